%% FIX 4.4: bytes by hand, faults by the standard's reject reasons, and random messages and bytes.
-module(fxaot_fix_codec_tests).

-include_lib("eunit/include/eunit.hrl").

%% For the tests of what messages do.
-export([random_fields/1]).

header() ->
    #{sender_comp_id => <<"DESK">>, target_comp_id => <<"BROKER">>, msg_seq_num => 7,
      sending_time => <<"20240103-00:00:00.123">>}.

%% | stands for the separator.
bytes(Text) -> << <<(case Char of $| -> 1; _ -> Char end)>> || <<Char>> <= iolist_to_binary(Text) >>.

%% A message around a body, with its right length and sum.
framed(Body) ->
    Bytes = bytes(Body),
    Start = <<(bytes("8=FIX.4.4|9="))/binary, (integer_to_binary(byte_size(Bytes)))/binary, 1, Bytes/binary>>,
    Sum = lists:sum(binary_to_list(Start)) rem 256,
    <<Start/binary, (iolist_to_binary(io_lib:format("10=~3..0b", [Sum])))/binary, 1>>.

%% ---- by hand --------------------------------------------------------------------

%% 65 bytes from 35= on. The sum of the well-known logon of FIX.4.2 is 62; a 4 in place of its 2 makes 64.
logon() -> "35=A|49=SERVER|56=CLIENT|34=177|52=20090107-18:15:16|98=0|108=30|".

a_logon_is_read_and_written_test() ->
    Bytes = bytes(["8=FIX.4.4|9=65|", logon(), "10=064|"]),
    Fields = #{sender_comp_id => <<"SERVER">>, target_comp_id => <<"CLIENT">>, msg_seq_num => 177,
               sending_time => <<"20090107-18:15:16">>, encrypt_method => 0, heart_bt_int => 30},
    ?assertEqual({ok, {logon, Fields}, <<>>}, fxaot_fix_codec:decode(Bytes)),
    ?assertEqual({ok, Bytes}, fxaot_fix_codec:encode(logon, Fields)),
    ?assertEqual({ok, {logon, Fields}, <<"8=">>}, fxaot_fix_codec:decode(<<Bytes/binary, "8=">>)).

an_order_has_the_dictionarys_order_test() ->
    {ok, Bytes} = fxaot_fix_codec:encode(new_order_single,
                                         (header())#{cl_ord_id => <<"a">>, symbol => <<"EUR/USD">>, side => <<"1">>,
                                                  transact_time => <<"20240103-00:00:00">>, order_qty => 100000,
                                                  ord_type => <<"2">>, price => 1.1, 5001 => <<"x">>,
                                                  no_party_ids => [#{party_id => <<"P">>, party_role => 24}]}),
    ?assertEqual(framed("35=D|49=DESK|56=BROKER|34=7|52=20240103-00:00:00.123|11=a|453=1|448=P|452=24|55=EUR/USD|54=1|"
                        "60=20240103-00:00:00|38=100000|40=2|44=1.1|5001=x|"), Bytes).

groups_are_lists_of_maps_test() ->
    Bytes = framed("35=W|49=B|56=D|34=2|52=20240103-00:00:00|55=EUR/USD|268=2|269=0|270=1.1|271=1000000|269=1|"
                   "270=1.10010|273=00:00:00.250|"),
    {ok, {market_data_snapshot, Fields}, <<>>} = fxaot_fix_codec:decode(Bytes),
    ?assertMatch(#{symbol := <<"EUR/USD">>,
                   no_md_entries := [#{md_entry_type := <<"0">>, md_entry_px := 1.1, md_entry_size := 1000000},
                                     #{md_entry_type := <<"1">>, md_entry_px := 1.1001,
                                       md_entry_time := <<"00:00:00.250">>}]}, Fields).

data_may_contain_anything_test() ->
    Data = bytes("10=000|8=FIX.4.4|"),
    {ok, Bytes} = fxaot_fix_codec:encode(logon, (header())#{encrypt_method => 0, heart_bt_int => 30, raw_data => Data}),
    ?assertMatch({ok, {logon, #{raw_data := Data}}, <<>>}, fxaot_fix_codec:decode(Bytes)),
    ?assertNotEqual(nomatch, binary:match(Bytes, bytes("95=17|96=10=000|"))).

numbers_are_whole_where_they_can_be_test_() ->
    [?_assertMatch({ok, {_, #{avg_px := Number}}, <<>>},
                   fxaot_fix_codec:decode(framed(["35=8|49=B|56=D|34=2|52=20240103-00:00:00|37=o|17=e|150=0|39=0|55=X|54=1|"
                                                  "151=0|14=0|6=", Text, "|"])))
     || {Text, Number} <- [{"0", 0}, {"5", 5}, {"5.", 5}, {"-5.25", -5.25}, {".5", 0.5}, {"007.50", 7.5},
                           {"1000000000000000", 1000000000000000}]].

%% ---- frames ---------------------------------------------------------------------

every_beginning_asks_for_more_test() ->
    Bytes = framed(logon()),
    [begin
         {more, Missing} = fxaot_fix_codec:decode(binary:part(Bytes, 0, Size)),
         ?assert(Missing > 0 andalso Missing =< byte_size(Bytes) - Size)
     end || Size <- lists:seq(0, byte_size(Bytes) - 1)].

garbled_bytes_are_skipped_to_the_next_message_test_() ->
    Good = framed(logon()),
    [?_assertEqual({error, {garbled, #{reason => Reason}}, Rest}, fxaot_fix_codec:decode(Bytes))
     || {Reason, Bytes, Rest} <-
            [{begin_string, <<"xx", Good/binary>>, Good},
             {begin_string, <<"8=FIX.4.2">>, <<>>},
             {begin_string, <<"x8=FI">>, <<"8=FI">>},
             {body_length, bytes(["8=FIX.4.4|9=64|", logon(), "10=064|"]), <<>>},
             {body_length, bytes("8=FIX.4.4|9=|"), <<>>},
             {body_length, bytes("8=FIX.4.4|9=-1|"), <<>>},
             {body_length, bytes("8=FIX.4.4|9=0|10=000|"), <<>>},
             {body_length, bytes("8=FIX.4.4|9=99999999|"), <<>>},
             {body_length, bytes("8=FIX.4.4|9=65537|"), <<>>},
             {checksum, <<(bytes(["8=FIX.4.4|9=65|", logon(), "10=065|"]))/binary, Good/binary>>, Good},
             {msg_type, <<(framed("49=A|35=0|"))/binary, Good/binary>>, Good},
             {msg_type, <<(framed("nonsense"))/binary, Good/binary>>, Good}]].

a_smaller_bound_holds_test() ->
    Bytes = framed(logon()),
    ?assertMatch({ok, _, <<>>}, fxaot_fix_codec:decode(Bytes, 65)),
    ?assertMatch({error, {garbled, #{reason := body_length}}, _}, fxaot_fix_codec:decode(Bytes, 64)).

%% ---- faults ---------------------------------------------------------------------

invalid_messages_say_reason_and_tag_test_() ->
    Start = "49=B|56=D|34=5|52=20240103-00:00:00|",
    [{Body, ?_assertEqual({error, {invalid, #{reason => Reason, tag => Tag, type => Type, sequence => 5}}, <<"rest">>},
                          fxaot_fix_codec:decode(<<(framed(["35=", Type, "|", Start, Body]))/binary, "rest">>))}
     || {Type, Body, Reason, Tag} <-
            [{<<"1">>, "", 1, 112}, {<<"W">>, "55=X|270=1|268=1|269=0|", 2, 270},
             {<<"1">>, "112=|", 4, 112}, {<<"1">>, "0112=a|", 0, 0}, {<<"1">>, "112=a|x=1|", 0, 0},
             {<<"1">>, "112=a|123456=1|", 0, 0}, {<<"1">>, "112=a|112=b|", 13, 112},
             {<<"1">>, "112=a|50=x|", 14, 50},
             {<<"4">>, "36=x|", 6, 36}, {<<"4">>, "36=99999999999999999999|", 6, 36}, {<<"4">>, "123=X|36=1|", 6, 123},
             {<<"ZZ">>, "", 11, 35},
             {<<"A">>, "98=0|108=30|95=9|96=ab|", 6, 95}, {<<"A">>, "98=0|108=30|95=2|58=ab|", 14, 95},
             {<<"A">>, "98=0|108=30|96=ab|", 1, 95},
             {<<"F">>, "41=a|11=b|55=X|54=0|60=20240103-00:00:00|", 5, 54},
             {<<"F">>, "41=a|11=b|55=X|54=1|60=20240230-00:00:00|", 6, 60},
             {<<"F">>, "41=a|11=b|55=X|54=1|60=20240103-24:00:00|", 6, 60},
             {<<"W">>, "55=X|268=2|269=0|270=1|", 16, 268}, {<<"W">>, "55=X|268=-1|", 6, 268},
             {<<"W">>, "55=X|268=1|269=0|270=1|269=1|", 2, 269}, {<<"W">>, "55=X|268=1|269=0|270=1|270=2|", 13, 270},
             {<<"W">>, "55=X|268=0|269=0|", 2, 269}, {<<"W">>, "55=X|268=65537|", 6, 268},
             {<<"W">>, "55=X|268=1|270=1|", 15, 268}, {<<"W">>, "55=X|268=1|269=0|270=1.1.1|", 6, 270},
             {<<"W">>, "55=X|268=1|269=0|270=1e5|", 6, 270},
             {<<"AP">>, "721=a|728=0|715=20240103|1=A|581=1|730=1|731=1|734=1|702=1|703=TQ|753=1|707=FMTM|", 1, 708}]].

%% Of the standard (63, 423, 1028), of its groups (382, 375), and of the header (369, 627): the dictionary has none of these.
fields_of_others_are_skipped_test() ->
    Fill = "37=o|17=e|150=F|39=2|55=X|54=1|32=5|31=1.5|151=0|14=5|6=1.5|",
    {ok, Plain, <<>>} = fxaot_fix_codec:decode(framed(["35=8|49=B|56=D|34=5|52=20240103-00:00:00|", Fill])),
    ?assertEqual({ok, Plain, <<>>},
                 fxaot_fix_codec:decode(framed(["35=8|49=B|56=D|369=4|34=5|627=1|52=20240103-00:00:00|63=0|", Fill,
                                                "382=2|375=a|337=b|375=c|337=d|423=2|1028=Y|2000=x|262=r|35=8|"]))),
    %% What they contain is none of the message's.
    ?assertEqual({ok, Plain, <<>>},
                 fxaot_fix_codec:decode(framed(["35=8|49=B|56=D|34=5|52=20240103-00:00:00|", Fill, "348=6|349=|44=1||"]))).

%% The first of each.
fields_of_users_are_kept_test() ->
    {ok, {_, Fields}, <<>>} =
        fxaot_fix_codec:decode(framed("35=W|49=B|5001=a|56=D|34=2|52=20240103-00:00:00|55=X|268=2|269=0|5002=b|270=1|269=1|5002=c|")),
    ?assertMatch(#{5001 := <<"a">>, 5002 := <<"b">>, no_md_entries := [#{md_entry_px := 1}, #{md_entry_type := <<"1">>}]}, Fields).

entries_have_any_order_after_their_first_field_test() ->
    {ok, {_, #{no_md_entries := Entries}}, <<>>} =
        fxaot_fix_codec:decode(framed("35=X|49=B|56=D|34=2|52=20240103-00:00:00|268=2|279=0|271=5|270=1.1|55=X|278=a|269=0|"
                                      "279=2|423=1|278=b|")),
    ?assertEqual([#{md_update_action => <<"0">>, md_entry_size => 5, md_entry_px => 1.1, symbol => <<"X">>,
                    md_entry_id => <<"a">>, md_entry_type => <<"0">>},
                  #{md_update_action => <<"2">>, md_entry_id => <<"b">>}], Entries).

a_group_may_be_empty_test() ->
    Bytes = framed("35=W|49=B|56=D|34=2|52=20240103-00:00:00|55=X|268=0|"),
    {ok, {Name, Fields}, <<>>} = fxaot_fix_codec:decode(Bytes),
    ?assertMatch(#{no_md_entries := []}, Fields),
    ?assertEqual({ok, Bytes}, fxaot_fix_codec:encode(Name, Fields)).

wrong_fields_are_not_written_test_() ->
    Good = (header())#{test_req_id => <<"a">>},
    [?_assertMatch({error, {bad_message, Details}}, fxaot_fix_codec:encode(Name, Fields))
     || {Name, Fields, Details} <-
            [{nonsense, Good, #{message => nonsense}}, {test_request, [], #{message => test_request}},
             {test_request, header(), #{message => test_request, missing => test_req_id}},
             {test_request, maps:remove(msg_seq_num, Good), #{message => test_request, missing => msg_seq_num}},
             {test_request, Good#{test_req_id => <<1>>}, #{message => test_request, field => test_req_id, value => <<1>>}},
             {test_request, Good#{test_req_id => <<>>}, #{message => test_request, field => test_req_id, value => <<>>}},
             {test_request, Good#{price => 1}, #{message => test_request, field => price, value => 1}},
             {test_request, Good#{44 => <<"1">>}, #{message => test_request, field => 44, value => <<"1">>}},
             {test_request, Good#{msg_seq_num => <<"1">>},
              #{message => test_request, field => msg_seq_num, value => <<"1">>}},
             {test_request, Good#{test_req_id => binary:copy(<<"x">>, 70000)},
              #{message => test_request, maximum => 65536}}]].

%% ---- at random --------------------------------------------------------------------

%% What is written is read again, for every message of the dictionary.
random_messages_come_back_test_() ->
    {timeout, 60, fun() ->
                          _ = rand:seed(exsss, {4, 4, 2024}),
                          [come_back(Name) || _ <- lists:seq(1, 60), Name <- fxaot_fix_dictionary:messages()]
                  end}.

come_back(Name) ->
    {Name, Body} = fxaot_fix_dictionary:message(fxaot_fix_dictionary:type(Name)),
    Fields = random_fields(fxaot_fix_dictionary:header() ++ Body),
    {ok, Bytes} = fxaot_fix_codec:encode(Name, Fields),
    ?assertEqual({ok, {Name, Fields}, <<"8=">>}, fxaot_fix_codec:decode(<<Bytes/binary, "8=">>)),
    ?assertEqual({ok, Bytes}, fxaot_fix_codec:encode(Name, Fields)).

random_fields(Members) ->
    maps:from_list([{element(2, Member), random_value(Member)}
                    || Member <- Members, element(1, Member) =:= required orelse rand:uniform(2) =:= 1]).

random_value({_, _, Entries}) -> [random_fields(Entries) || _ <- lists:seq(1, rand:uniform(3))];
random_value({_, Name}) ->
    {_, Kind} = fxaot_fix_dictionary:tag(Name),
    case Kind of
        int -> rand:uniform(1000000) - 1;
        number -> pick([rand:uniform(1000000) / 100000, rand:uniform(1000), 0, -0.5]);
        char -> pick([<<"0">>, <<"F">>]);
        string -> pick([<<"a">>, <<"EUR/USD">>, <<"8=FIX.4.4">>, <<"=">>]);
        boolean -> pick([true, false]);
        timestamp -> pick([<<"20240229-23:59:60">>, <<"20240103-00:00:00.123456789">>]);
        date -> <<"20240229">>;
        time -> pick([<<"00:00:00">>, <<"23:59:59.999">>]);
        data -> << <<(rand:uniform(256) - 1)>> || _ <- lists:seq(1, rand:uniform(20)) >>;
        {one_of, Values} -> pick(Values)
    end.

pick(List) -> lists:nth(rand:uniform(length(List)), List).

%% Whatever comes, there is an answer, and a buffer that grows is read to its end.
random_bytes_are_answered_test_() ->
    {timeout, 60, fun() ->
                          _ = rand:seed(exsss, {4, 4, 2025}),
                          Good = framed(logon()),
                          [answered(mutated(<<Good/binary, Good/binary>>)) || _ <- lists:seq(1, 20000)]
                  end}.

answered(Bytes) ->
    case fxaot_fix_codec:decode(Bytes) of
        {more, Missing} -> ?assert(Missing > 0);
        {ok, {Name, #{}}, Rest} when is_atom(Name) -> shorter(Rest, Bytes);
        {error, {garbled, #{reason := _}}, Rest} -> shorter(Rest, Bytes);
        {error, {invalid, #{reason := Reason, tag := _, type := _, sequence := _}}, Rest} ->
            ?assert(Reason >= 0 andalso Reason =< 16),
            shorter(Rest, Bytes)
    end.

shorter(Rest, Bytes) ->
    ?assert(byte_size(Rest) < byte_size(Bytes)),
    answered(Rest).

mutated(Bytes) ->
    lists:foldl(fun(_, Now) ->
                        Place = rand:uniform(byte_size(Now)) - 1,
                        <<Before:Place/binary, _, After/binary>> = Now,
                        case rand:uniform(4) of
                            1 -> <<Before/binary, (rand:uniform(256) - 1), After/binary>>;
                            2 -> <<Before/binary, After/binary, "x">>;
                            3 -> <<Before/binary, 1, After/binary>>;
                            4 -> resummed(<<Before/binary, (pick([$0, $9, $=, 1, $-])), After/binary>>)
                        end
                end, Bytes, lists:seq(1, rand:uniform(3))).

%% A changed body with its right sum gets as far as the fields.
resummed(Bytes) ->
    case binary:split(Bytes, <<1, "10=">>) of
        [Start, <<_:3/binary, After/binary>>] ->
            Sum = (lists:sum(binary_to_list(Start)) + 1) rem 256,
            <<Start/binary, 1, "10=", (iolist_to_binary(io_lib:format("~3..0b", [Sum])))/binary, After/binary>>;
        _ -> Bytes
    end.

%% ---- native code ------------------------------------------------------------------

-define(BUFFER, 65536).

report() ->
    framed("35=8|49=B|56=D|34=12|43=N|52=20240103-00:00:00.123|37=o1|11=c1|17=e1|150=F|39=2|55=EUR/USD|54=1|38=100000|44=1.1|"
           "32=100000|31=1.10005|151=0|14=100000|6=1.10005|60=20240103-00:00:00.123|").

%% It reads the messages that come often: else all that follows says nothing.
plain_messages_are_read_natively_test() ->
    {[{execution_report, Fields}], <<"8=">>} = fxaot_fix_native:parse(<<(report())/binary, "8=">>, ?BUFFER, 1),
    ?assertEqual(#{sender_comp_id => <<"B">>, target_comp_id => <<"D">>, msg_seq_num => 12,
                   sending_time => <<"20240103-00:00:00.123">>, order_id => <<"o1">>, cl_ord_id => <<"c1">>,
                   exec_id => <<"e1">>, exec_type => <<"F">>, ord_status => <<"2">>, symbol => <<"EUR/USD">>,
                   side => <<"1">>, order_qty => 100000, price => 1.1, last_qty => 100000, last_px => 1.10005,
                   leaves_qty => 0, cum_qty => 100000, avg_px => 1.10005,
                   transact_time => <<"20240103-00:00:00.123">>, poss_dup_flag => false}, Fields),
    ?assertMatch({[], _}, fxaot_fix_native:parse(framed("35=8|49=B|"), ?BUFFER, 1)),
    ?assertEqual({error, badarg}, try fxaot_nif:fix_parse(make_ref(), <<>>, 1, 1) catch Class:Reason -> {Class, Reason} end).

%% Quotes are, with what the broker adds.
groups_are_read_natively_test() ->
    {[{market_data_incremental, Fields}], <<>>} =
        fxaot_fix_native:parse(framed("35=X|49=B|56=D|34=2|52=20240103-00:00:00|262=r|268=2|279=0|269=0|278=a|55=X|270=1.1|271=5|"
                                      "279=2|278=b|1500=x|63=0|"), ?BUFFER, 1),
    ?assertEqual(#{sender_comp_id => <<"B">>, target_comp_id => <<"D">>, msg_seq_num => 2,
                   sending_time => <<"20240103-00:00:00">>, md_req_id => <<"r">>,
                   no_md_entries => [#{md_update_action => <<"0">>, md_entry_type => <<"0">>, md_entry_id => <<"a">>,
                                       symbol => <<"X">>, md_entry_px => 1.1, md_entry_size => 5},
                                     #{md_update_action => <<"2">>, md_entry_id => <<"b">>}]}, Fields),
    Snapshot = fun(Body) -> fxaot_fix_native:parse(framed(["35=W|49=B|56=D|34=2|52=20240103-00:00:00|55=X|", Body]), ?BUFFER, 1) end,
    ?assertMatch({[{market_data_snapshot, #{no_md_entries := []}}], <<>>}, Snapshot("268=0|")),
    %% Two groups, one of them before what follows it in the message.
    ?assertMatch({[{position_report, #{no_positions := [#{pos_type := <<"TQ">>, long_qty := 5}], text := <<"x">>,
                                       no_pos_amt := [#{pos_amt := 0}], no_party_ids := [#{party_id := <<"P">>}]}}], <<>>},
                 fxaot_fix_native:parse(framed("35=AP|49=B|56=D|34=2|52=20240103-00:00:00|721=a|728=0|715=20240103|453=1|448=P|"
                                               "1=A|581=1|730=1|731=1|734=1|702=1|703=TQ|704=5|753=1|707=FMTM|708=0|58=x|"),
                                        ?BUFFER, 1)),
    %% More fields than there is room for, and more entries than there are.
    Many = ["268=400|", ["269=0|270=1|271=2|" || _ <- lists:seq(1, 400)]],
    ?assertMatch({[], _}, Snapshot(Many)),
    ?assertMatch({[], _}, Snapshot("268=2|269=0|")).

a_header_field_after_the_body_is_not_plain_test() ->
    Bytes = framed("35=0|49=B|56=D|34=2|52=20240103-00:00:00|112=a|43=Y|"),
    ?assertEqual({[], Bytes}, fxaot_fix_native:parse(Bytes, ?BUFFER, 1)),
    ?assertMatch({error, {invalid, #{reason := 14, tag := 43}}, <<>>}, fxaot_fix_codec:decode(Bytes)).

%% The first fault of a stream is the codec's in Erlang.
many_messages_come_at_once_test() ->
    Report = report(),
    Twice = <<Report/binary, Report/binary>>,
    {ok, Message, <<>>} = fxaot_fix_codec:decode_plainly(Report, ?BUFFER),
    ?assertEqual({ok, [Message, Message], <<"8=FIX">>}, fxaot_fix_codec:decode_many(<<Twice/binary, "8=FIX">>, ?BUFFER)),
    ?assertEqual({ok, [Message, Message], <<"x", Report/binary>>},
                 fxaot_fix_codec:decode_many(<<Twice/binary, "x", Report/binary>>, ?BUFFER)),
    ?assertEqual({error, {garbled, #{reason => begin_string}}, Report},
                 fxaot_fix_codec:decode_many(<<"x", Report/binary>>, ?BUFFER)),
    {ok, Most, Rest} = fxaot_fix_codec:decode_many(binary:copy(Report, 100), ?BUFFER),
    ?assertEqual({64, 36 * byte_size(Report)}, {length(Most), byte_size(Rest)}).

%% Values at the edges of what native code reads.
every_value_is_the_same_test_() ->
    Head = "49=B|56=D|34=2|52=20240103-00:00:00|",
    Report = fun(Field) -> ["35=8|", Head, "37=o|17=e|150=0|39=0|55=X|54=1|151=0|14=0|6=0|", Field] end,
    Bodies =
        [Report(["44=", Number, "|"])
         || Number <- ["0", "-0", "-0.0", "00", ".5", "5.", ".", "-", "", "-.", "--5", "+5", "1e5", "0.1", "0.30000000000000004",
                       "123456789012345", "1234567890123456", "1000000000000000", "1000000000000001", "1.2.3", "1..2",
                       "0.000000000000001", "12345678.9012345", "000000000000000000000001.5", "9007199254740993"]]
        ++ [["35=1|49=B|56=D|34=", Number, "|52=20240103-00:00:00|112=a|"]
            || Number <- ["0", "-1", "-0", "--1", "999999999999999999", "9223372036854775807", "9223372036854775808", "1.0",
                          "0000000000000000001", "", "-"]]
        ++ [Report(["60=", Time, "|"])
            || Time <- ["20240229-23:59:60", "20230229-00:00:00", "20000229-00:00:00", "19000229-00:00:00",
                        "20240431-00:00:00", "20241301-00:00:00", "20240100-00:00:00", "00000101-00:00:00",
                        "20240103-24:00:00", "20240103-00:60:00", "20240103-00:00:61", "20240103-00:00:00.12",
                        "20240103-00:00:00.123456789", "20240103-00:00:00.1234567890", "20240103-00:00:00,123",
                        "20240103 00:00:00", "2024010-00:00:00", "20240103-0:00:00", "20240103-", "x"]]
        ++ [Report(Field) || Field <- ["64=20240103|", "64=2024010|", "64=20240132|", "43=Y|", "40=1|", "40=12|", "40=|", "5000=x|",
                                       "999=x|", "1024=x|", "99999=x|", "100000=x|", "044=1|", "=1|", "44|", "44=1", "58=a=b|",
                                       "912=Y|", "912=y|", "912=|", "39=0|", "54=1|", "453=1|448=P|", "354=1|355=a|", "35=8|",
                                       "10=000|", "8=FIX.4.4|", "9=5|", "34=3|", "50=x|"]]
        ++ [["35=X|", Head, Body]
            || Body <- ["268=0|", "268=-0|", "268=00|", "268=1|", "268=x|", "268=|", "268=65536|", "268=65537|", "268=1|279=0|",
                        "268=1|278=a|279=0|", "268=2|279=0|", "268=2|279=0|279=1|", "268=1|279=0|279=1|", "268=2|279=0|262=r|279=1|",
                        "268=1|279=0|262=r|278=a|", "268=1|279=0|278=a|278=b|", "268=1|279=0|268=1|279=0|", "279=0|268=1|279=0|",
                        "268=1|279=0|50=x|", "268=1|279=0|5000=x|270=1|", "268=1|279=0|63=x|270=1|", "268=1|279=0|2000=|270=1|",
                        "268=1|279=0|270=1.1.1|", "268=1|279=00|", "268=1|279=0|354=1|355=a|270=1|", "268=1|279=0|348=3|349=a|b|270=1|",
                        "268=1|279=0|58=x|", "268=1|279=0|63=a|63=a|35=X|", "63=0|268=1|279=0|", "268=1|63=0|279=0|"]]
        ++ [["35=W|", Head, Body] || Body <- ["55=X|268=1|269=0|55=X|", "268=1|269=0|55=X|", "268=1|269=0|270=1|58=x|55=X|",
                                              "55=X|268=1|270=1|269=0|", "55=X|268=1|58=x|269=0|"]]
        ++ [["35=AP|", Head, "721=a|728=0|715=20240103|1=A|581=1|730=1|731=1|734=1|", Body]
            || Body <- ["702=1|703=a|753=1|707=a|708=1|", "702=1|703=a|753=1|707=a|", "702=1|703=a|753=2|707=a|708=1|707=b|",
                        "702=1|703=a|753=2|707=a|707=b|708=1|", "702=0|753=0|", "702=1|703=a|704=5|453=1|448=p|452=1|753=0|"]]
        ++ [["35=0|", Head, ["1=a|" || _ <- lists:seq(1, Count)]] || Count <- [4089, 4090, 4091, 4092]]
        ++ ["35=|49=B|", "35=888|49=B|", "35=AE|49=B|", "35=j|" ++ Head ++ "372=D|380=0|", "35=AN|" ++ Head, "34=1|35=0|", "35=0"],
    [{iolist_to_binary(Body), ?_test(is_the_same(framed(Body)))} || Body <- Bodies].

is_the_same(Bytes) ->
    [?assertEqual({Max, fxaot_fix_codec:decode_plainly(Bytes, Max)}, {Max, fxaot_fix_codec:decode(Bytes, Max)})
     || Max <- [?BUFFER, max(1, byte_size(Bytes)), 50, 1 bsl 70]].

%% Split at each byte, with a wrong sum, a wrong length, and something behind it.
every_split_is_the_same_test() ->
    Report = report(),
    [is_the_same(binary:part(Report, 0, Size)) || Size <- lists:seq(0, byte_size(Report))],
    [begin
         <<Before:Place/binary, Byte, After/binary>> = Report,
         [is_the_same(<<Before/binary, Other, After/binary>>) || Other <- [Byte bxor 1, 1, $0, $=, 255]],
         is_the_same(<<Before/binary, After/binary>>)
     end || Place <- lists:seq(0, byte_size(Report) - 1)].

%% Messages of every type with random fields, whole and mutated, with right and wrong sums.
random_messages_are_the_same_test_() ->
    {timeout, 120, fun() ->
                           _ = rand:seed(exsss, {4, 4, 2026}),
                           [begin
                                {_, Body} = fxaot_fix_dictionary:message(fxaot_fix_dictionary:type(Name)),
                                Fields = random_fields(fxaot_fix_dictionary:header() ++ Body),
                                {ok, Bytes} = fxaot_fix_codec:encode(Name, Fields),
                                is_the_same(Bytes),
                                [is_the_same(with_sum(mutated(Bytes))) || _ <- lists:seq(1, 10)],
                                [is_the_same(mutated(Bytes)) || _ <- lists:seq(1, 3)],
                                [is_the_same(with_sum(inserted(inserted(Bytes)))) || _ <- lists:seq(1, 10)]
                            end || _ <- lists:seq(1, 60), Name <- fxaot_fix_dictionary:messages()]
                   end}.

%% With a field more, behind the type: of nobody, of users, of the header, of groups, of data.
inserted(Bytes) ->
    Fields = binary:split(Bytes, <<1>>, [global]),
    {Before, After} = lists:split(2 + rand:uniform(length(Fields) - 3), Fields),
    More = pick(["63=0", "2000=x", "4999=x", "5000=u", "99999=u", "50=x", "58=t", "55=X", "262=r", "35=8", "43=Y", "1=a",
                 "268=0", "268=1", "279=0", "269=0", "270=1.5", "278=a", "453=1", "448=P", "702=1", "703=TQ", "753=0",
                 "354=1", "355=a", [<<"348=2", 1, "349=", 1>>, $x], "95=1", "0=1", "63=", "100000=x"]),
    iolist_to_binary(lists:join(1, Before ++ [More] ++ After)).

%% With the length and the sum that the bytes between have, so that faults of the fields are reached.
with_sum(Bytes) ->
    case {binary:split(Bytes, <<1, "35=">>), binary:matches(Bytes, <<1, "10=">>)} of
        {[_, _], [_ | _] = Ends} ->
            {Start, _} = binary:match(Bytes, <<1, "35=">>),
            {End, _} = lists:last(Ends),
            framed(binary:part(Bytes, Start + 1, max(0, End - Start)));
        _ -> Bytes
    end.

%% ---- written by native code -------------------------------------------------------

report_fields() ->
    (header())#{order_id => <<"o1">>, exec_id => <<"e1">>, exec_type => <<"F">>, ord_status => <<"2">>, symbol => <<"EUR/USD">>,
                side => <<"1">>, leaves_qty => 0, cum_qty => 100000, avg_px => 1.10005, poss_dup_flag => false,
                no_party_ids => [#{party_id => <<"P">>, party_role => 24}, #{party_id => <<"Q">>}]}.

%% It writes the messages that go often: else all that follows says nothing.
plain_messages_are_written_natively_test() ->
    ?assertEqual(framed("35=8|49=DESK|56=BROKER|34=7|43=N|52=20240103-00:00:00.123|37=o1|453=2|448=P|452=24|448=Q|17=e1|150=F|"
                        "39=2|55=EUR/USD|54=1|151=0|14=100000|6=1.10005|"),
                 fxaot_fix_native:write(execution_report, report_fields())),
    ?assertEqual(framed("35=j|49=DESK|56=BROKER|34=7|52=20240103-00:00:00.123|372=D|380=0|"),
                 fxaot_fix_native:write(business_message_reject,
                                        (header())#{ref_msg_type => <<"D">>, business_reject_reason => 0})),
    ?assertEqual(none, fxaot_fix_native:write(nonsense, header())),
    ?assertEqual(none, fxaot_fix_native:write(test_request, header())),
    ?assertEqual({error, badarg}, try fxaot_nif:fix_write(make_ref(), logon, #{}) catch Class:Reason -> {Class, Reason} end).

%% All plain messages of the dictionary, with any of their fields.
random_messages_are_written_the_same_test_() ->
    {timeout, 120, fun() ->
                           _ = rand:seed(exsss, {4, 4, 2027}),
                           Written = [is_written_the_same(Name, maybe_spoilt(random_message(Name)))
                                      || _ <- lists:seq(1, 300), Name <- fxaot_fix_dictionary:messages()],
                           {Natively, Plainly} = lists:partition(fun(Is) -> Is end, Written),
                           ?assert(length(Natively) > 1000 andalso length(Plainly) > 1000)
                   end}.

random_message(Name) ->
    {_, Body} = fxaot_fix_dictionary:message(fxaot_fix_dictionary:type(Name)),
    random_fields(fxaot_fix_dictionary:header() ++ Body).

%% Whether native code wrote it.
is_written_the_same(Name, Fields) ->
    Plainly = fxaot_fix_codec:encode_plainly(Name, Fields),
    ?assertEqual({Fields, Plainly}, {Fields, fxaot_fix_codec:encode(Name, Fields)}),
    case fxaot_fix_native:write(Name, Fields) of
        none -> false;
        Bytes ->
            ?assertEqual({Fields, Plainly}, {Fields, {ok, Bytes}}),
            true
    end.

%% One field less, one more, or another value.
maybe_spoilt(Fields) ->
    case rand:uniform(3) of
        1 -> maps:without([encoded_text, raw_data, secure_data], Fields);
        2 -> maps:remove(pick(maps:keys(Fields)), Fields);
        3 -> Fields#{pick([price, symbol, text, 44, 5001, <<"x">> | maps:keys(Fields)]) => odd_value()}
    end.

odd_value() ->
    pick([0, -1, 1 bsl 63, -(1 bsl 63), (1 bsl 63) - 1, 1 - (1 bsl 63), 1000000000000000, 1000000000000001, 1.0e15, 1.1e15, 1.0e300,
          -0.0, true, false, none, <<>>, <<"x">>, <<"1">>, <<1>>, <<"a", 1, "b">>, <<255>>, <<1:1>>, "text", {1}, [], [a], [#{}],
          [#{} | x], [#{party_id => <<"P">>}], [#{md_entry_type => <<"0">>}], #{}, <<"20240103">>, <<"20240103-00:00:00">>,
          <<"00000101-00:00:00">>, binary:copy(<<"x">>, 9000), lists:duplicate(300, #{party_id => <<"P">>})]).

numbers_are_written_the_same_test_() ->
    {timeout, 60, fun() ->
                          _ = rand:seed(exsss, {4, 4, 2028}),
                          [?assert(is_written_the_same(execution_report, (report_fields())#{price => Number}))
                           || Number <- [0.1 + 0.2, 1.0, 0.0, -0.0, 1.0e-10, 4.9e-11, 5.0e-11, -1.0e-12, 0.99999999994, 0.99999999995,
                                         0.99999999999, 999999999999999.9, 1.0e15, -1.0e15, 123456.789, 1.1000000001, 2.5, -2.5]
                                  ++ [(rand:uniform() - 0.5) * math:pow(10, rand:uniform(16) - 1) || _ <- lists:seq(1, 20000)]
                                  ++ [rand:uniform(100000000) / 100000 || _ <- lists:seq(1, 20000)]]
                  end}.

numbers_have_up_to_ten_decimals_test_() ->
    [?_assertEqual({Number, framed(["35=8|49=DESK|56=BROKER|34=7|52=20240103-00:00:00|37=o|17=e|150=0|39=0|55=X|54=1|151=0|14=0|6=",
                                    Text, "|"])},
                   begin
                       {ok, Bytes} = fxaot_fix_codec:encode(execution_report,
                                                            (header())#{sending_time => <<"20240103-00:00:00">>, order_id => <<"o">>,
                                                                        exec_id => <<"e">>, exec_type => <<"0">>,
                                                                        ord_status => <<"0">>, symbol => <<"X">>, side => <<"1">>,
                                                                        leaves_qty => 0, cum_qty => 0, avg_px => Number}),
                       {Number, Bytes}
                   end)
     || {Number, Text} <- [{1.10005, "1.10005"}, {0.1 + 0.2, "0.3"}, {150.0, "150.0"}, {-0.5, "-0.5"}, {0.99999999999, "1.0"},
                           {1.0e-10, "0.0000000001"}, {999999999999999.9, "999999999999999.875"}, {1.0e15, "1000000000000000.0"},
                           {7, "7"}]].

no_input_makes_atoms_test() ->
    Before = erlang:system_info(atom_count),
    _ = [fxaot_fix_codec:decode(framed(["35=", integer_to_list(N), "|49=", integer_to_list(N), "|"]))
         || N <- lists:seq(100, 1100)],
    ?assert(erlang:system_info(atom_count) - Before < 50).
