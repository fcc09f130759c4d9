%% The pure parts of the FIX gateway, and its store: ids, orders, reports, books, options.
-module(fxaot_fix_tests).

-include_lib("eunit/include/eunit.hrl").

config() -> #{names => #{'EURUSD' => <<"EUR/USD">>}, lot => 1}.

order(More) ->
    maps:merge(#{id => <<"a">>, number => 1, symbol => 'EURUSD', side => buy, type => market, tif => gtc, quantity => 10000,
                 trail => 0, price => undefined, limit => undefined}, More).

request(More) -> #{sequence => 7, kind => send, trigger => same, post_only => false, order => order(More)}.

%% ---- ids ------------------------------------------------------------------------

a_client_order_id_names_its_order_test_() ->
    [?_assertEqual({ClOrdId, Id}, {fxaot_fix_orders:cl_ord_id(Id), fxaot_fix_orders:order_id(ClOrdId)})
     || {Id, ClOrdId} <- [{<<"a">>, <<"a">>}, {<<"a~">>, <<"a~">>}, {<<"a~7">>, <<"a~7~0">>}, {<<"~7">>, <<"~7">>},
                          {<<"order.1.12">>, <<"order.1.12">>}, {<<"7">>, <<"7">>}]].

a_cancels_id_names_its_order_test() ->
    ?assertEqual(<<"a~7">>, fxaot_fix_orders:cl_ord_id(<<"a">>, 7)),
    ?assertEqual(<<"a">>, fxaot_fix_orders:order_id(<<"a~7">>)),
    ?assertEqual(<<"a~7">>, fxaot_fix_orders:order_id(fxaot_fix_orders:cl_ord_id(<<"a~7">>, 12))).

%% ---- orders -----------------------------------------------------------------------

orders_are_messages_test_() ->
    [?_assertMatch({ok, Fields}, {ok, maps:with(maps:keys(Fields), element(2, fxaot_fix_orders:new_order(request(Order), config())))})
     || {Order, Fields} <-
            [{#{}, #{cl_ord_id => <<"a">>, symbol => <<"EUR/USD">>, side => <<"1">>, order_qty => 10000, ord_type => <<"1">>}},
             {#{side => sell, type => limit, price => 1.1}, #{side => <<"2">>, ord_type => <<"2">>, price => 1.1, time_in_force => <<"1">>}},
             {#{type => stop, price => 1.2, tif => day}, #{ord_type => <<"3">>, stop_px => 1.2, time_in_force => <<"0">>}},
             {#{type => stop_limit, price => 1.2, limit => 1.3}, #{ord_type => <<"4">>, stop_px => 1.2, price => 1.3}},
             {#{type => limit, price => 1.1, tif => {gtd, 1704240000123000000}},
              #{time_in_force => <<"6">>, expire_time => <<"20240103-00:00:00.123">>}}]].

what_fix_cannot_say_is_not_sent_test_() ->
    [?_assertEqual({unsupported, What}, fxaot_fix_orders:new_order(Request, config()))
     || {What, Request} <- [{"trail", request(#{type => stop, price => 1.1, trail => 5})},
                            {"post_only", (request(#{}))#{post_only => true}},
                            {"limit_if_touched", request(#{type => limit_if_touched, price => 1.1})},
                            {"trigger", (request(#{type => stop, price => 1.1}))#{trigger => mid}}]].

lots_are_units_test() ->
    Lots = (config())#{lot => 100000},
    ?assertEqual(0.1, fxaot_fix_orders:quantity(10000, Lots)),
    ?assertEqual(2, fxaot_fix_orders:quantity(200000, Lots)),
    ?assertEqual(10000, fxaot_fix_orders:units(0.1, Lots)),
    ?assertEqual(7000, fxaot_fix_orders:units(0.07, Lots)).

%% ---- reports ----------------------------------------------------------------------

executed(Type, More) -> {execution_report, maps:merge(#{cl_ord_id => <<"a">>, exec_id => <<"e">>, exec_type => Type}, More)}.

reports_are_what_the_broker_says_test_() ->
    [?_assertEqual(Outcome, fxaot_fix_orders:report(Message, config()))
     || {Message, Outcome} <-
            [{executed(<<"0">>, #{}), {report, #{id => <<"a">>, kind => accepted}}},
             {executed(<<"A">>, #{}), none}, {executed(<<"6">>, #{}), none}, {executed(<<"E">>, #{}), none},
             {executed(<<"F">>, #{last_qty => 3000, last_px => 1.1}),
              {report, #{id => <<"a">>, kind => fill, quantity => 3000, price => 1.1, execution => <<"e">>}}},
             {executed(<<"F">>, #{last_qty => 3000}),
              {alarm, fill_without_amount, #{cl_ord_id => <<"a">>, exec_id => <<"e">>, last_qty => 3000}}},
             {executed(<<"F">>, #{last_qty => 0, last_px => 1.1}),
              {alarm, fill_without_amount, #{cl_ord_id => <<"a">>, exec_id => <<"e">>, last_qty => 0, last_px => 1.1}}},
             {executed(<<"1">>, #{last_qty => 0, last_px => 1.1}), none}, {executed(<<"2">>, #{}), none},
             {executed(<<"4">>, #{cl_ord_id => <<"a~7">>}), {report, #{id => <<"a">>, kind => cancelled}}},
             {executed(<<"5">>, #{cl_ord_id => <<"a~8">>}), {report, #{id => <<"a">>, kind => replaced}}},
             {executed(<<"8">>, #{}), {report, #{id => <<"a">>, kind => rejected}}},
             {executed(<<"C">>, #{}), {report, #{id => <<"a">>, kind => expired}}},
             {executed(<<"H">>, #{}), {alarm, trade_corrected, #{cl_ord_id => <<"a">>, exec_id => <<"e">>, exec_type => <<"H">>}}},
             {{order_cancel_reject, #{cl_ord_id => <<"a~7">>, cxl_rej_response_to => <<"1">>}},
              {report, #{id => <<"a">>, kind => cancel_rejected}}},
             {{order_cancel_reject, #{cl_ord_id => <<"a~7">>, cxl_rej_response_to => <<"2">>}},
              {report, #{id => <<"a">>, kind => replace_rejected}}},
             {{business_message_reject, #{business_reject_ref_id => <<"a">>, ref_msg_type => <<"D">>}},
              {report, #{id => <<"a">>, kind => rejected}}}]].

%% Whatever a broker says, there is an outcome, and a book.
random_messages_are_understood_test_() ->
    {timeout, 60, fun() ->
                          _ = rand:seed(exsss, {4, 4, 2027}),
                          _ = [understood(Name, random_body(Name)) || _ <- lists:seq(1, 300), Name <- fxaot_fix_dictionary:messages()]
                  end}.

random_body(Name) ->
    {Name, Body} = fxaot_fix_dictionary:message(fxaot_fix_dictionary:type(Name)),
    (fxaot_fix_codec_tests:random_fields(fxaot_fix_dictionary:header() ++ Body))#{sending_time => fxaot_fix_time:text(0)}.

understood(Name, Fields) ->
    case fxaot_fix_orders:report({Name, Fields}, config()) of
        none -> ok;
        {report, #{id := Id, kind := _}} when is_binary(Id) -> ok;
        {alarm, _, #{}} -> ok
    end,
    #{live := _} = fxaot_fix_orders:status(Fields, config()),
    ?assert(is_integer(fxaot_fix_orders:net(maps:get(no_positions, Fields, []), config()))),
    _ = [fxaot_fix_quotes:best('EURUSD', fxaot_fix_quotes:took(Name, Fields, book()))
         || lists:member(Name, [market_data_snapshot, market_data_incremental, market_data_request_reject])].

%% ---- quotes -----------------------------------------------------------------------

book() ->
    {Book, [_]} = fxaot_fix_quotes:new(nobody, [{'EURUSD', [<<"EUR/USD">>]}],
                                       #{stale_ms => 5000, quote_time => sent, lot => 1, quote_updates => full}),
    Book.

message(Fields) -> Fields#{sending_time => fxaot_fix_time:text(0)}.

a_book_needs_both_sides_test() ->
    Bid = #{md_entry_type => <<"0">>, md_entry_px => 1.1, md_entry_size => 5},
    Ask = #{md_entry_type => <<"1">>, md_entry_px => 1.2, md_entry_size => 6},
    Taken = fun(Entries) ->
                    fxaot_fix_quotes:best('EURUSD', fxaot_fix_quotes:took(market_data_snapshot,
                                                                          message(#{symbol => <<"EUR/USD">>, no_md_entries => Entries}),
                                                                          book()))
            end,
    ?assertEqual(none, Taken([Bid])),
    ?assertEqual({1.1, 1.2, 5, 6}, Taken([Bid, Ask])),
    ?assertEqual(none, Taken([Bid#{md_entry_px => 1.3}, Ask])),
    ?assertEqual(none, Taken([Bid, Ask#{quote_condition => <<"B">>}])).

changes_move_a_book_test() ->
    Change = fun(Action, More) -> maps:merge(#{md_update_action => Action, symbol => <<"EUR/USD">>}, More) end,
    Took = fun(Entries, Book) -> fxaot_fix_quotes:took(market_data_incremental, message(#{no_md_entries => Entries}), Book) end,
    One = Took([Change(<<"0">>, #{md_entry_id => <<"b1">>, md_entry_type => <<"0">>, md_entry_px => 1.1, md_entry_size => 1}),
                Change(<<"0">>, #{md_entry_id => <<"b2">>, md_entry_type => <<"0">>, md_entry_px => 1.15, md_entry_size => 2}),
                Change(<<"0">>, #{md_entry_id => <<"a1">>, md_entry_type => <<"1">>, md_entry_px => 1.2, md_entry_size => 3})], book()),
    ?assertEqual({1.15, 1.2, 2, 3}, fxaot_fix_quotes:best('EURUSD', One)),
    Two = Took([Change(<<"2">>, #{md_entry_id => <<"b2">>}), Change(<<"1">>, #{md_entry_id => <<"a1">>, md_entry_px => 1.19})], One),
    ?assertEqual({1.1, 1.19, 1, 3}, fxaot_fix_quotes:best('EURUSD', Two)),
    ?assertEqual(none, fxaot_fix_quotes:best('EURUSD', Took([Change(<<"2">>, #{md_entry_id => <<"b1">>})], Two))).

%% Entries may refer to others, or have no id; a change may say one thing alone.
changes_find_their_entries_test_() ->
    Entry = fun(Action, Type, More) -> maps:merge(#{md_update_action => Action, md_entry_type => Type, symbol => <<"EUR/USD">>}, More) end,
    Ask = Entry(<<"0">>, <<"1">>, #{md_entry_px => 1.2, md_entry_size => 3}),
    Bid = Entry(<<"0">>, <<"0">>, #{md_entry_id => <<"b">>, md_entry_px => 1.1, md_entry_size => 1}),
    Best = fun(Messages) ->
                   fxaot_fix_quotes:best('EURUSD', lists:foldl(fun(Entries, Book) ->
                                                                       fxaot_fix_quotes:took(market_data_incremental,
                                                                                             message(#{no_md_entries => Entries}), Book)
                                                               end, book(), Messages))
           end,
    [?_assertEqual(Wanted, Best([[Ask, Bid], Changes]))
     || {Wanted, Changes} <-
            [{{1.1, 1.2, 1, 3}, []},
             %% The size alone, the price alone.
             {{1.1, 1.2, 7, 3}, [Entry(<<"1">>, <<"0">>, #{md_entry_id => <<"b">>, md_entry_size => 7})]},
             {{1.15, 1.2, 1, 3}, [Entry(<<"1">>, <<"0">>, #{md_entry_id => <<"b">>, md_entry_px => 1.15})]},
             %% Another takes its place, and is found by its own id, or by the old one where it has none.
             {{1.12, 1.2, 1, 3}, [Entry(<<"0">>, <<"0">>, #{md_entry_id => <<"c">>, md_entry_ref_id => <<"b">>, md_entry_px => 1.12})]},
             {{1.13, 1.2, 2, 3}, [Entry(<<"1">>, <<"0">>, #{md_entry_ref_id => <<"b">>, md_entry_px => 1.13, md_entry_size => 2})]},
             {none, [Entry(<<"2">>, <<"0">>, #{md_entry_ref_id => <<"b">>})]},
             {none, [Entry(<<"2">>, <<"0">>, #{md_entry_id => <<"b">>})]},
             %% Without an id it is the side's one.
             {{1.1, 1.25, 1, 3}, [Entry(<<"1">>, <<"1">>, #{md_entry_px => 1.25})]},
             {none, [Entry(<<"2">>, <<"1">>, #{})]},
             %% Nobody knows these; an entry of nobody's instrument, and what follows it.
             {{1.1, 1.2, 1, 3}, [#{md_update_action => <<"2">>, md_entry_id => <<"z">>, symbol => <<"EUR/USD">>},
                                 #{md_update_action => <<"1">>, md_entry_id => <<"z">>, md_entry_px => 1.19, symbol => <<"EUR/USD">>}]},
             {{1.1, 1.2, 1, 3}, [Entry(<<"2">>, <<"0">>, #{symbol => <<"USD/JPY">>, md_entry_id => <<"b">>}),
                                 #{md_update_action => <<"2">>, md_entry_id => <<"b">>}]},
             %% Deleted before it is there, and a condition that is no price to trade at.
             {{1.1, 1.2, 1, 3}, [Entry(<<"2">>, <<"0">>, #{md_entry_id => <<"d">>}),
                                 Entry(<<"0">>, <<"0">>, #{md_entry_id => <<"d">>, md_entry_px => 1.05})]},
             {{1.1, 1.2, 1, 3}, [Entry(<<"0">>, <<"0">>, #{md_entry_id => <<"d">>, md_entry_px => 1.15, quote_condition => <<"B">>})]}]].

positions_are_transactions_where_there_are_such_test_() ->
    [?_assertEqual(Net, fxaot_fix_orders:net(List, (config())#{lot => 1000}))
     || {Net, List} <- [{0, []}, {5000, [#{pos_type => <<"TOT">>, long_qty => 7, short_qty => 2}]},
                        {-3000, [#{pos_type => <<"SOD">>, long_qty => 9}, #{pos_type => <<"TQ">>, short_qty => 3}]},
                        {4000, [#{pos_type => <<"SOD">>, long_qty => 3}, #{pos_type => <<"ITD">>, long_qty => 1}]}]].

%% 17:00 in New York is 22:00 UTC in winter and 21:00 in summer.
the_last_time_of_day_is_the_zones_test_() ->
    Zone = fxaot_eval_time:zone(<<"America/New_York">>),
    Ms = fun(Text) -> {ok, Value} = fxaot_fix_time:milliseconds(Text), Value end,
    [?_assertEqual(Last, fxaot_fix_time:text(fxaot_fix_time:last({17, 0, 0}, Zone, Ms(Now))))
     || {Now, Last} <- [{<<"20240103-22:00:00.000">>, <<"20240103-22:00:00.000">>}, {<<"20240103-21:59:59.999">>, <<"20240102-22:00:00.000">>},
                        {<<"20240703-21:00:00">>, <<"20240703-21:00:00.000">>}, {<<"20240703-20:59:59">>, <<"20240702-21:00:00.000">>},
                        {<<"20240310-21:30:00">>, <<"20240310-21:00:00.000">>}, {<<"20240310-20:30:00">>, <<"20240309-22:00:00.000">>}]].

times_are_read_and_written_test() ->
    ?assertEqual(<<"20240103-00:00:00.007">>, fxaot_fix_time:text(1704240000007)),
    ?assertEqual({ok, 1704240000007000000}, fxaot_fix_time:nanoseconds(<<"20240103-00:00:00.007">>)),
    ?assertEqual({ok, 1704240000000000000}, fxaot_fix_time:nanoseconds(<<"20240103-00:00:00">>)).

%% ---- the store --------------------------------------------------------------------

folder(Name) ->
    Dir = filename:join([filename:basedir(user_cache, "fxaot_fix_tests"), Name ++ os:getpid()]),
    _ = file:del_dir_r(Dir),
    Dir.

sent(Ms, Key, Name, Fields, Store) ->
    {Record, Next} = fxaot_fix_store:record(Ms, Key, Name, Fields, Store),
    fxaot_fix_store:write(Record, Next).

the_store_keeps_numbers_and_orders_test() ->
    Dir = folder("keeps"),
    {ok, Empty} = fxaot_fix_store:open(Dir, sync),
    ?assertEqual({1, 1}, {fxaot_fix_store:next_out(Empty), fxaot_fix_store:next_in(Empty)}),
    ?assertMatch({error, {store_in_use, _}}, fxaot_fix_store:open(Dir, sync)),
    Logon = sent(1, none, logon, admin, Empty),
    Order = sent(2, {<<"a">>, 5}, new_order_single, #{cl_ord_id => <<"a">>}, Logon),
    Taken = fxaot_fix_store:received(9, fxaot_fix_store:set_next_in(12, Order)),
    ok = fxaot_fix_store:close(Taken),
    {ok, Again} = fxaot_fix_store:open(Dir, sync),
    ?assertEqual({3, 9}, {fxaot_fix_store:next_out(Again), fxaot_fix_store:next_in(Again)}),
    ?assertEqual({ok, {2, {<<"a">>, 5}, new_order_single, #{cl_ord_id => <<"a">>}}}, fxaot_fix_store:message(2, Again)),
    ?assertEqual(none, fxaot_fix_store:message(1, Again)),
    ?assertEqual(#{}, fxaot_fix_store:chains(Again)),
    ?assertEqual([same, other, new], [fxaot_fix_store:known(Key, Again) || Key <- [{<<"a">>, 5}, {<<"a">>, 6}, {<<"b">>, 5}]]),
    ok = fxaot_fix_store:close(Again).

%% A changed order is known by its newest id until it ends, also after the numbers have begun again.
the_store_keeps_the_ids_of_changed_orders_test() ->
    Dir = folder("chains"),
    {ok, Empty} = fxaot_fix_store:open(Dir, never),
    Two = lists:foldl(fun({Order, ClOrdId}, Store) -> fxaot_fix_store:chain(Order, ClOrdId, Store) end, Empty,
                      [{<<"a">>, <<"a~1">>}, {<<"b">>, <<"b~2">>}, {<<"a">>, <<"a~3">>}, {<<"b">>, none}, {<<"c">>, none}]),
    ok = fxaot_fix_store:close(fxaot_fix_store:reset({1, 1}, Two)),
    {ok, Again} = fxaot_fix_store:open(Dir, never),
    ?assertEqual(#{<<"a">> => <<"a~3">>}, fxaot_fix_store:chains(Again)),
    ok = fxaot_fix_store:close(Again).

what_is_done_with_is_written_with_the_next_message_test() ->
    Dir = folder("done"),
    {ok, Empty} = fxaot_fix_store:open(Dir, never),
    Done = fxaot_fix_store:received(4, fxaot_fix_store:set_next_in(4, Empty)),
    ?assert(fxaot_fix_store:is_behind(Done)),
    Noted = fxaot_fix_store:noted(Done),
    ?assertNot(fxaot_fix_store:is_behind(Noted)),
    ?assertEqual({1, 4}, in_the_file(Dir)),
    More = fxaot_fix_store:received(6, fxaot_fix_store:set_next_in(7, Noted)),
    ?assertEqual({1, 4}, in_the_file(Dir)),
    Left = sent(1, none, heartbeat, admin, More),
    ?assertNot(fxaot_fix_store:is_behind(Left)),
    ?assertEqual({2, 6}, in_the_file(Dir)),
    ok = fxaot_fix_store:close(Left).

%% The numbers that a session finds after a kill -9.
in_the_file(Dir) ->
    {ok, Bytes} = file:read_file(filename:join(Dir, "session.fix")),
    Copy = Dir ++ ".copy",
    ok = filelib:ensure_path(Copy),
    ok = file:write_file(filename:join(Copy, "session.fix"), Bytes),
    {ok, Store} = fxaot_fix_store:open(Copy, never),
    Numbers = {fxaot_fix_store:next_out(Store), fxaot_fix_store:next_in(Store)},
    ok = fxaot_fix_store:close(Store),
    Numbers.

%% Cut at every byte of the last record: the numbers before it hold.
a_torn_write_is_cut_off_test() ->
    Dir = folder("torn"),
    Path = filename:join(Dir, "session.fix"),
    {ok, Empty} = fxaot_fix_store:open(Dir, never),
    One = sent(1, none, logon, admin, Empty),
    {ok, Before} = file:read_file(Path),
    ok = fxaot_fix_store:close(sent(2, none, heartbeat, admin, One)),
    {ok, All} = file:read_file(Path),
    [begin
         ok = file:write_file(Path, binary:part(All, 0, Size)),
         {ok, Store} = fxaot_fix_store:open(Dir, never),
         ?assertEqual({2, Size - byte_size(Before)}, {fxaot_fix_store:next_out(Store), fxaot_fix_store:cut(Store)}),
         ok = fxaot_fix_store:close(sent(2, none, heartbeat, admin, Store)),
         ?assertEqual({ok, All}, file:read_file(Path))
     end || Size <- lists:seq(byte_size(Before), byte_size(All) - 1)].

%% ---- a message and its record ---------------------------------------------------------

%% A file, and a connection whose reader does nothing by itself.
wired(Name, Options) ->
    Path = filename:join(folder(Name), "session.fix"),
    ok = filelib:ensure_dir(Path),
    ok = file:write_file(Path, <<"before ">>),
    {ok, Listen} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}, {recbuf, 8192}]),
    {ok, Port} = inet:port(Listen),
    {ok, Socket} = gen_tcp:connect("127.0.0.1", Port, [binary, {active, false}, {nodelay, true} | Options]),
    {ok, Reader} = gen_tcp:accept(Listen, 5000),
    ok = gen_tcp:close(Listen),
    {Path, {gen_tcp, Socket}, Reader, fxaot_fix_wire:open(Path, {gen_tcp, Socket})}.

a_message_leaves_after_its_record_test() ->
    {Path, Socket, Reader, Wire} = wired("leaves", []),
    [?assertEqual({kept, <<>>}, fxaot_fix_wire:leave(Wire, Socket, [<<"re">>, "cord "], <<"message">>, IsSynced))
     || IsSynced <- [false, true]],
    ?assertEqual({ok, <<"messagemessage">>}, gen_tcp:recv(Reader, 14, 5000)),
    ?assertEqual({ok, <<"before record record ">>}, file:read_file(Path)),
    %% The reader sees the end only when both descriptors are closed.
    ok = fxaot_fix_wire:close(Wire),
    ok = fxaot_fix_socket:close(Socket),
    ?assertEqual({error, closed}, gen_tcp:recv(Reader, 0, 5000)).

%% What the socket does not take at once goes by hand, and so does all that follows until that has left.
a_message_that_does_not_fit_leaves_in_order_test_() ->
    {timeout, 30, fun() ->
        {Path, {_, Port} = Socket, Reader, Wire} = wired("large", [{sndbuf, 8192}, {high_watermark, 67108864}]),
        Large = rand:bytes(16777216),
        {kept, Rest} = fxaot_fix_wire:leave(Wire, Socket, <<"large ">>, Large, false),
        ?assert(byte_size(Rest) > 0 andalso byte_size(Rest) < byte_size(Large)),
        ok = fxaot_fix_socket:send(Socket, Rest),
        ?assertNotEqual({ok, [{send_pend, 0}]}, inet:getstat(Port, [send_pend])),
        ?assertEqual(by_hand, fxaot_fix_wire:leave(Wire, Socket, <<"small ">>, <<"small">>, false)),
        ok = fxaot_fix_socket:send(Socket, <<"small">>),
        ?assertEqual({ok, <<Large/binary, "small">>}, gen_tcp:recv(Reader, byte_size(Large) + 5, 20000)),
        ?assertEqual({kept, <<>>}, fxaot_fix_wire:leave(Wire, Socket, <<"after">>, <<"after">>, false)),
        ?assertEqual({ok, <<"after">>}, gen_tcp:recv(Reader, 5, 5000)),
        ?assertEqual({ok, <<"before large after">>}, file:read_file(Path)),
        ok = fxaot_fix_wire:close(Wire)
    end}.

a_lost_connection_takes_nothing_test() ->
    {Path, {_, Port} = Socket, Reader, Wire} = wired("lost", []),
    ok = inet:setopts(Reader, [{linger, {true, 0}}]),
    ok = gen_tcp:close(Reader),
    {error, _} = gen_tcp:recv(Port, 0, 5000),
    Left = fxaot_fix_wire:leave(Wire, Socket, <<"record">>, <<"message">>, false),
    ?assert(Left =:= by_hand orelse Left =:= {kept, <<"message">>}),
    ?assertMatch({error, _}, fxaot_fix_socket:send(Socket, <<"message">>)),
    ok = fxaot_fix_wire:close(Wire),
    %% A record that is not in the file, and nothing leaves.
    ?assertEqual({error, ebadf}, fxaot_nif:fix_leave(Wire, <<"record">>, <<"message">>, false)),
    ?assertEqual({ok, case Left of by_hand -> <<"before ">>; _ -> <<"before record">> end}, file:read_file(Path)).

what_is_no_file_or_no_socket_has_no_wire_test() ->
    {Path, {_, Port} = Socket, _, Wire} = wired("none", []),
    {ok, Descriptor} = inet:getfd(Port),
    ok = fxaot_fix_wire:close(Wire),
    ?assertEqual({error, enoent}, fxaot_nif:fix_wire(<<"/nowhere/session.fix">>, Descriptor)),
    ?assertEqual({error, eisdir}, fxaot_nif:fix_wire(list_to_binary(filename:dirname(Path)), Descriptor)),
    ?assertEqual({error, ebadf}, fxaot_nif:fix_wire(list_to_binary(Path), 1 bsl 30)),
    ?assertEqual(none, fxaot_fix_wire:open("/nowhere/session.fix", Socket)),
    ?assertEqual(none, fxaot_fix_wire:open(Path, {ssl, Port})),
    ?assertEqual(by_hand, fxaot_fix_wire:leave(none, Socket, <<"record">>, <<"message">>, false)),
    ok = fxaot_fix_socket:close(Socket),
    ?assertEqual(none, fxaot_fix_wire:open(Path, Socket)).

%% ---- options ----------------------------------------------------------------------

options() ->
    #{host => "127.0.0.1", port => 9880, sender => "DESK", target => "BROKER", store => "fix", symbols => #{'EURUSD' => "EUR/USD"}}.

options_are_checked_test_() ->
    [?_assertEqual(ok, fxaot_gateway_fix:check(options())),
     ?_assertEqual(ok, fxaot_gateway_fix:check((options())#{quotes => #{store => "quotes", sender => "QUOTES"},
                                                            reset_time => {17, 0, 0}, reset_zone => "America/New_York"})),
     ?_assertMatch({error, {unknown_option, #{option := heartbeats, suggestion := _}}}, fxaot_gateway_fix:check((options())#{heartbeats => 3})),
     ?_assertMatch({error, {missing_option, #{option := store}}}, fxaot_gateway_fix:check(maps:remove(store, options())))]
        ++ [?_assertMatch({error, {bad_option, #{option := Option}}}, fxaot_gateway_fix:check((options())#{Option => Value}))
            || {Option, Value} <- [{host, 5}, {port, 0}, {sender, <<>>}, {symbols, #{}}, {symbols, #{a => "x", b => "x"}},
                                   {heartbeat_s, 0}, {journal, always}, {reset_time, {24, 0, 0}}, {reset_zone, "Nowhere"},
                                   {quantity, {lots, 0}}, {reconcile, all}, {tls, yes}, {stale_ms, 0}, {password, 5}, {quotes, no}, {positions, 1}]].

options_of_quotes_are_checked_test_() ->
    [?_assertMatch({error, {Reason, #{option := Option}}}, fxaot_gateway_fix:check((options())#{quotes => Quotes}))
     || {Reason, Option, Quotes} <- [{missing_option, store, #{}}, {bad_option, store, #{store => 5}},
                                     {unknown_option, stores, #{store => "quotes", stores => "a"}}]].

a_bad_password_is_not_shown_test() ->
    {error, {bad_option, Details}} = fxaot_gateway_fix:check((options())#{password => <<0>>}),
    ?assertEqual([expected, option], lists:sort(maps:keys(Details))).
