%% A FIX session against a counterparty that does what the tests say: the cases of FIX 4.4's session level, what QuickFIX
%% never does among them.
-module(fxaot_fix_session_SUITE).

-include_lib("stdlib/include/assert.hrl").

-import(fxaot_fix_acceptor, [accept/1, accept_without_logon/1, logged_on/1, synced/1, send/2, send/3, resend/4, send_bytes/1,
                             framed/1, expect/1, expect/2, nothing_but/1, closed/0, numbers/2, close/0, now_text/1]).

-compile([export_all, nowarn_export_all]).

all() ->
    [a_session_logs_on_and_out, a_logout_is_answered, what_comes_before_the_logout_is_kept,
     a_logout_without_an_answer_ends, an_open_waits_for_the_logout, a_stopped_session_logs_out,
     something_else_than_a_logon_ends_it, a_logon_of_somebody_else_ends_it, a_refused_logon_is_an_error,
     a_logon_without_an_answer_ends, another_version_is_said,
     a_number_too_high_is_asked_for, a_logon_with_a_number_too_high_is_answered, a_number_too_low_stops,
     a_repeated_message_is_ignored, a_repetition_from_the_future_ends_it, a_repetition_without_its_time_is_rejected,
     a_possible_resend_is_told, garbled_messages_take_no_number, a_message_without_its_number_ends_it,
     an_invalid_message_is_rejected_and_counted, a_wrong_comp_id_ends_it, a_wrong_time_ends_it,
     a_gap_fill_skips, a_gap_fill_backwards_is_rejected, a_reset_sets_the_number, a_resend_request_is_answered,
     a_resend_request_of_nonsense_is_answered, a_request_behind_a_gap_is_answered, a_test_request_is_answered, a_hundred_pieces_are_read,
     silence_is_tested_and_left, heartbeats_are_sent, a_reset_with_each_logon, a_daily_reset, a_reset_is_asked_for_until_it_is_answered,
     a_reset_by_a_person, a_counterparty_resets_at_the_logon, a_counterparty_resets_in_between,
     an_order_is_in_the_file_before_it_leaves, an_order_without_its_record_does_not_leave,
     a_session_that_crashes_records_and_sends_nothing_more,
     places_of_another_epoch_are_not_taken, lost_changes_of_quotes_are_asked_for_anew, quotes_of_an_earlier_request_are_ignored,
     random_messages_end_a_connection_at_most].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

init_per_testcase(Case, Config) ->
    [{dir, filename:join([proplists:get_value(priv_dir, Config), "session", atom_to_list(Case)])} | Config].

end_per_testcase(_, _) -> ok.

%% ---- a session of the test's --------------------------------------------------------

options(Port, Config, More) ->
    maps:merge(#{host => "127.0.0.1", port => Port, sender => "DESK", target => "BROKER",
                 store => filename:join(proplists:get_value(dir, Config), "store"), heartbeat_s => 60, journal => never,
                 symbols => #{'EURUSD' => "EUR/USD"}, quotes => false, reconnect_ms => {1, 1}}, More).

%% Of this process, not connected.
session(Port, Config, More) ->
    {Orders, none} = fxaot_fix_options:configs(options(Port, Config, More)),
    {ok, Session} = fxaot_fix_session:start_link(test, orders, Orders),
    ok = fxaot_fix_session:own(Session, Orders),
    Session.

%% Its answer comes as {opened, Answer}: this process is the counterparty meanwhile.
open(Session) ->
    Test = self(),
    _ = spawn_link(fun() -> Test ! {opened, fxaot_fix_session:open(Session, 20000)} end),
    ok.

opened() -> receive {opened, Answer} -> Answer after 10000 -> ct:fail(not_opened) end.

up(Config) -> up(Config, #{}).

up(Config, More) ->
    {Listen, Port} = fxaot_fix_acceptor:listen(),
    Session = session(Port, Config, More),
    {Session, Listen, again(Session, Listen)}.

again(Session, Listen) ->
    open(Session),
    Logon = synced(Listen),
    {ok, _} = opened(),
    Logon.

news() -> receive {fxaot_fix, _, News} -> News after 10000 -> ct:fail(no_news) end.

down() ->
    {down, _, Reason} = news(),
    Reason.

told() ->
    {message, Place, Name, Fields} = news(),
    {Place, Name, Fields}.

no_news() -> receive {fxaot_fix, _, News} -> ct:fail({unexpected, News}) after 0 -> ok end.

figure(Name, Session) -> maps:get(Name, fxaot_fix_session:figures(Session)).

ended(Session) ->
    unlink(Session),
    ok = gen_server:stop(Session).

report(Id) ->
    #{order_id => <<"o">>, cl_ord_id => Id, exec_id => <<"x", Id/binary>>, exec_type => <<"0">>, ord_status => <<"0">>,
      symbol => <<"EUR/USD">>, side => <<"1">>, leaves_qty => 1000, cum_qty => 0, avg_px => 0}.

order(Id) ->
    #{cl_ord_id => Id, symbol => <<"EUR/USD">>, side => <<"1">>, transact_time => now_text(0), order_qty => 1000,
      ord_type => <<"1">>}.

%% ---- logging on and out --------------------------------------------------------------

a_session_logs_on_and_out(Config) ->
    {Session, _, Logon} = up(Config, #{username => "u", password => fun() -> <<"secret">> end}),
    ?assertMatch(#{msg_seq_num := 1, encrypt_method := 0, heart_bt_int := 60, username := <<"u">>, password := <<"secret">>},
                 Logon),
    ?assertNot(is_map_key(reset_seq_num_flag, Logon)),
    ok = fxaot_fix_session:close(Session, bored),
    expect(logout),
    send(logout, #{}),
    closed(),
    ?assertEqual(bored, down()),
    #{phase := idle, next_out := 4, next_in := 4} = Figures = fxaot_fix_session:figures(Session),
    %% As metrics, by type.
    ?assertEqual([{<<"in">>, <<"heartbeat">>, 1}, {<<"in">>, <<"logon">>, 1}, {<<"in">>, <<"logout">>, 1},
                  {<<"out">>, <<"logon">>, 1}, {<<"out">>, <<"logout">>, 1}, {<<"out">>, <<"test_request">>, 1}],
                 lists:sort([{Direction, Type, Count}
                             || {<<"fxaot_fix_messages">>, #{labels := #{<<"direction">> := Direction, <<"type">> := Type},
                                                             value := Count}}
                                    <- fxaot_metrics_fix:points({test, orders, Figures}), Count > 0])),
    ?assertEqual({error, {down, bored}}, fxaot_fix_session:send(Session, none, heartbeat, #{})),
    ended(Session).

a_logout_is_answered(Config) ->
    {Session, _, _} = up(Config),
    send(logout, #{text => <<"Good night">>}),
    expect(logout),
    closed(),
    ?assertEqual({logout, <<"Good night">>}, down()),
    ended(Session).

what_comes_before_the_logout_is_kept(Config) ->
    {Session, Listen, _} = up(Config),
    ok = fxaot_fix_session:close(Session, bored),
    expect(logout),
    send(execution_report, report(<<"a">>)),
    send(logout, #{}),
    closed(),
    ?assertEqual(bored, down()),
    no_news(),
    ?assertMatch([{{0, 3}, execution_report, #{cl_ord_id := <<"a">>}}], fxaot_fix_session:pending(Session)),
    _ = again(Session, Listen),
    ?assertMatch([{{0, 3}, execution_report, _}], fxaot_fix_session:pending(Session)),
    ended(Session).

a_logout_without_an_answer_ends(Config) ->
    {Session, _, _} = up(Config),
    ok = fxaot_fix_session:close(Session, bored),
    expect(logout),
    closed(),
    ?assertEqual(idle, figure(phase, Session)),
    ended(Session).

an_open_waits_for_the_logout(Config) ->
    {Session, Listen, _} = up(Config),
    ok = fxaot_fix_session:close(Session, bored),
    open(Session),
    expect(logout),
    ?assertEqual(leaving, figure(phase, Session)),
    send(logout, #{}),
    closed(),
    _ = synced(Listen),
    ?assertEqual({ok, 2}, opened()),
    ?assertEqual({down, 1, bored}, news()),
    ended(Session).

a_stopped_session_logs_out(Config) ->
    {Session, _, _} = up(Config),
    Test = self(),
    unlink(Session),
    _ = spawn_link(fun() -> Test ! {stopped, gen_server:stop(Session)} end),
    expect(logout),
    send(logout, #{}),
    closed(),
    receive {stopped, ok} -> ok end.

something_else_than_a_logon_ends_it(Config) -> not_logged_on(fun() -> send(heartbeat, #{}) end, no_logon, Config).

a_logon_of_somebody_else_ends_it(Config) ->
    not_logged_on(fun() -> send(logon, #{encrypt_method => 0, heart_bt_int => 60, sender_comp_id => <<"OTHER">>}) end,
                  bad_logon, Config).

a_refused_logon_is_an_error(Config) ->
    not_logged_on(fun() -> send(logout, #{text => <<"who are you">>}) end, {logon_refused, <<"who are you">>}, Config).

a_logon_without_an_answer_ends(Config) ->
    {Listen, Port} = fxaot_fix_acceptor:listen(),
    Session = session(Port, Config, #{heartbeat_s => 1, logon_timeout_ms => 100}),
    open(Session),
    _ = accept(Listen),
    closed(),
    ?assertEqual({error, logon_timeout}, opened()),
    ended(Session).

not_logged_on(Answer, Reason, Config) ->
    {Listen, Port} = fxaot_fix_acceptor:listen(),
    Session = session(Port, Config, #{}),
    open(Session),
    _ = accept(Listen),
    Answer(),
    ?assertEqual({error, Reason}, opened()),
    closed(),
    no_news(),
    %% The next one is tried.
    numbers(get(fix_out), 2),
    _ = again_from(Session, Listen),
    ended(Session).

%% The counterparty's number is the one that the session expects.
again_from(Session, Listen) ->
    numbers(figure(next_in, Session), get(fix_in)),
    again(Session, Listen).

another_version_is_said(Config) ->
    {Session, _, _} = up(Config),
    send_bytes(<<"8=FIX.4.2", 1, "9=5", 1, "35=0", 1, "10=161", 1>>),
    expect(logout, #{text => <<"BeginString is FIX.4.2, not FIX.4.4">>}),
    closed(),
    ?assertEqual({begin_string, <<"FIX.4.2">>}, down()),
    ended(Session).

%% ---- numbers ------------------------------------------------------------------------

a_number_too_high_is_asked_for(Config) ->
    {Session, _, _} = up(Config),
    %% 3 and 4 get lost; 5 and 6 wait for them.
    send(execution_report, report(<<"c">>), 5),
    expect(resend_request, #{begin_seq_no => 3, end_seq_no => 0}),
    send(execution_report, report(<<"d">>), 6),
    no_news(),
    resend(execution_report, report(<<"a">>), 3, 0),
    resend(execution_report, report(<<"b">>), 4, 0),
    %% They come again, and are not told twice.
    resend(execution_report, report(<<"c">>), 5, 0),
    resend(execution_report, report(<<"d">>), 6, 0),
    numbers(7, get(fix_in)),
    _ = nothing_but(<<"t">>),
    ?assertEqual([{{0, Seq}, Id} || {Seq, Id} <- [{3, <<"a">>}, {4, <<"b">>}, {5, <<"c">>}, {6, <<"d">>}]],
                 [{Place, Id} || _ <- [1, 2, 3, 4], {Place, execution_report, #{cl_ord_id := Id}} <- [told()]]),
    no_news(),
    ?assertMatch(#{gaps := 1, next_in := 8}, fxaot_fix_session:figures(Session)),
    %% All before the second one are done with: a store that is opened now begins there.
    ok = fxaot_fix_session:taken(Session, {0, 3}),
    ?assertMatch([{{0, 4}, _, _}, {{0, 5}, _, _}, {{0, 6}, _, _}], fxaot_fix_session:pending(Session)),
    ended(Session),
    {ok, Store} = fxaot_fix_store:open(filename:join(proplists:get_value(dir, Config), "store"), never),
    ?assertEqual(4, fxaot_fix_store:next_in(Store)),
    fxaot_fix_store:close(Store).

a_logon_with_a_number_too_high_is_answered(Config) ->
    {Listen, Port} = fxaot_fix_acceptor:listen(),
    Session = session(Port, Config, #{}),
    numbers(9, 1),
    open(Session),
    _ = logged_on(Listen),
    expect(resend_request, #{begin_seq_no => 1, end_seq_no => 0}),
    #{test_req_id := Id} = expect(test_request),
    resend(sequence_reset, #{gap_fill_flag => true, new_seq_no => 10}, 1, 0),
    send(heartbeat, #{test_req_id => Id}),
    ?assertEqual({ok, 1}, opened()),
    ?assertEqual(11, figure(next_in, Session)),
    ended(Session).

a_number_too_low_stops(Config) ->
    {Session, _, _} = up(Config),
    send(heartbeat, #{}, 2),
    expect(logout, #{text => <<"MsgSeqNum too low, expecting 3 but received 2">>}),
    closed(),
    Why = {sequence_too_low, #{expected => 3, received => 2}},
    ?assertEqual(Why, down()),
    ?assertEqual(stopped, figure(phase, Session)),
    ?assertEqual({error, Why}, fxaot_fix_session:open(Session, 1000)),
    ended(Session).

a_repeated_message_is_ignored(Config) ->
    {Session, _, _} = up(Config),
    send(execution_report, report(<<"a">>)),
    _ = told(),
    resend(execution_report, report(<<"a">>), 3, 0),
    _ = nothing_but(<<"t">>),
    no_news(),
    ended(Session).

a_repetition_from_the_future_ends_it(Config) ->
    {Session, _, _} = up(Config),
    resend(execution_report, report(<<"a">>), 2, erlang:system_time(millisecond) + 60000),
    expect(reject, #{ref_seq_num => 2, ref_tag_id => 122, ref_msg_type => <<"8">>, session_reject_reason => 10}),
    expect(logout),
    closed(),
    ?assertEqual(bad_header, down()),
    ended(Session).

a_repetition_without_its_time_is_rejected(Config) ->
    {Session, _, _} = up(Config),
    send(execution_report, (report(<<"a">>))#{poss_dup_flag => true}, 2),
    expect(reject, #{ref_seq_num => 2, ref_tag_id => 122, ref_msg_type => <<"8">>, session_reject_reason => 1}),
    _ = nothing_but(<<"t">>),
    ended(Session).

%% It has a number of its own: the engine knows an execution by its id.
a_possible_resend_is_told(Config) ->
    {Session, _, _} = up(Config),
    send(execution_report, report(<<"a">>)),
    send(execution_report, (report(<<"a">>))#{poss_resend => true}),
    ?assertMatch([{{0, 3}, _, #{exec_id := <<"xa">>}}, {{0, 4}, _, #{exec_id := <<"xa">>, poss_resend := true}}],
                 [told(), told()]),
    ended(Session).

%% ---- faults of messages ----------------------------------------------------------------

garbled_messages_take_no_number(Config) ->
    {Session, _, _} = up(Config),
    {ok, Good} = fxaot_fix_codec:encode(heartbeat, #{sender_comp_id => <<"BROKER">>, target_comp_id => <<"DESK">>,
                                                     msg_seq_num => 3, sending_time => now_text(0)}),
    Size = byte_size(Good),
    BadSum = <<(binary:part(Good, 0, Size - 2))/binary, (case binary:at(Good, Size - 2) of $0 -> $1; _ -> $0 end), 1>>,
    BadLength = binary:replace(Good, <<1, "9=5">>, <<1, "9=4">>),
    ?assertNotEqual(Good, BadLength),
    [send_bytes(Bytes) || Bytes <- [BadSum, BadLength, framed(["49=BROKER|56=DESK|34=3|52=", now_text(0), "|"]), "nonsense"]],
    _ = nothing_but(<<"t">>),
    ?assertMatch(#{next_in := 4, rejects := 0, gaps := 0}, fxaot_fix_session:figures(Session)),
    ?assert(figure(garbled, Session) >= 4),
    ended(Session).

a_message_without_its_number_ends_it(Config) ->
    {Session, _, _} = up(Config),
    send_bytes(framed(["35=0|49=BROKER|56=DESK|52=", now_text(0), "|"])),
    expect(logout, #{text => <<"MsgSeqNum is missing">>}),
    closed(),
    ?assertEqual(no_sequence, down()),
    ended(Session).

an_invalid_message_is_rejected_and_counted(Config) ->
    {Session, _, _} = up(Config),
    Sent = fun(Type, Body) ->
                   Seq = get(fix_out),
                   numbers(Seq + 1, get(fix_in)),
                   send_bytes(framed(["35=", Type, "|49=BROKER|56=DESK|34=", integer_to_list(Seq), "|52=", now_text(0), "|", Body]))
           end,
    %% A required field is missing; a number is none; a type that nobody knows.
    Sent("1", ""),
    expect(reject, #{ref_seq_num => 3, ref_tag_id => 112, ref_msg_type => <<"1">>, session_reject_reason => 1}),
    Sent("4", "36=x|"),
    expect(reject, #{ref_seq_num => 4, ref_tag_id => 36, ref_msg_type => <<"4">>, session_reject_reason => 6}),
    Sent("ZZ", ""),
    expect(reject, #{ref_seq_num => 5, ref_tag_id => 35, ref_msg_type => <<"ZZ">>, session_reject_reason => 11}),
    _ = nothing_but(<<"t">>),
    ?assertMatch(#{next_in := 7, rejects := 3}, fxaot_fix_session:figures(Session)),
    ended(Session).

a_wrong_comp_id_ends_it(Config) ->
    {Session, _, _} = up(Config),
    send(heartbeat, #{sender_comp_id => <<"OTHER">>}),
    expect(reject, #{ref_seq_num => 3, ref_msg_type => <<"0">>, session_reject_reason => 9}),
    expect(logout, #{text => <<"CompID problem">>}),
    closed(),
    ?assertEqual(bad_header, down()),
    ?assertEqual(4, figure(next_in, Session)),
    ended(Session).

a_wrong_time_ends_it(Config) ->
    {Session, _, _} = up(Config, #{check_times_ms => 30000}),
    send(heartbeat, #{sending_time => now_text(-20000)}),
    _ = nothing_but(<<"t">>),
    send(heartbeat, #{sending_time => now_text(-40000)}),
    expect(reject, #{ref_seq_num => 5, ref_tag_id => 52, session_reject_reason => 10}),
    expect(logout, #{text => <<"SendingTime accuracy problem">>}),
    closed(),
    ?assertEqual(bad_header, down()),
    ended(Session).

%% ---- gaps ---------------------------------------------------------------------------

a_gap_fill_skips(Config) ->
    {Session, _, _} = up(Config),
    send(sequence_reset, #{gap_fill_flag => true, new_seq_no => 20}),
    numbers(20, get(fix_in)),
    _ = nothing_but(<<"t">>),
    ?assertEqual(21, figure(next_in, Session)),
    ended(Session).

a_gap_fill_backwards_is_rejected(Config) ->
    {Session, _, _} = up(Config),
    send(sequence_reset, #{gap_fill_flag => true, new_seq_no => 2}),
    expect(reject, #{ref_seq_num => 3, ref_tag_id => 36, ref_msg_type => <<"4">>, session_reject_reason => 5}),
    _ = nothing_but(<<"t">>),
    ended(Session).

%% Whatever its own number; never backwards.
a_reset_sets_the_number(Config) ->
    {Session, _, _} = up(Config),
    send(sequence_reset, #{new_seq_no => 50}, 1),
    numbers(50, get(fix_in)),
    _ = nothing_but(<<"t">>),
    send(sequence_reset, #{new_seq_no => 10}, 51),
    expect(reject, #{ref_tag_id => 36, session_reject_reason => 5}),
    ?assertEqual(51, figure(next_in, Session)),
    ended(Session).

a_resend_request_is_answered(Config) ->
    {Session, _, _} = up(Config),
    ok = fxaot_fix_session:send(Session, {<<"a">>, 1}, new_order_single, order(<<"a">>)),
    ok = fxaot_fix_session:send(Session, {<<"b">>, 1}, new_order_single, order(<<"b">>)),
    #{sending_time := First} = expect(new_order_single, #{cl_ord_id => <<"a">>, msg_seq_num => 3}),
    expect(new_order_single, #{cl_ord_id => <<"b">>, msg_seq_num => 4}),
    send(resend_request, #{begin_seq_no => 1, end_seq_no => 0}),
    %% The logon and the test request are skipped.
    expect(sequence_reset, #{msg_seq_num => 1, gap_fill_flag => true, new_seq_no => 3, poss_dup_flag => true}),
    expect(new_order_single, #{msg_seq_num => 3, cl_ord_id => <<"a">>, poss_dup_flag => true, orig_sending_time => First}),
    expect(new_order_single, #{msg_seq_num => 4, cl_ord_id => <<"b">>, poss_dup_flag => true}),
    send(resend_request, #{begin_seq_no => 4, end_seq_no => 4}),
    expect(new_order_single, #{msg_seq_num => 4, cl_ord_id => <<"b">>, poss_dup_flag => true}),
    _ = nothing_but(<<"t">>),
    %% The same order leaves once.
    ?assertEqual(same, fxaot_fix_session:send(Session, {<<"a">>, 1}, new_order_single, order(<<"a">>))),
    ?assertEqual(other, fxaot_fix_session:send(Session, {<<"a">>, 2}, new_order_single, order(<<"a">>))),
    ended(Session).

a_resend_request_of_nonsense_is_answered(Config) ->
    {Session, _, _} = up(Config),
    send(resend_request, #{begin_seq_no => -9000000000000000000, end_seq_no => 2}),
    expect(sequence_reset, #{msg_seq_num => 1, new_seq_no => 3}),
    send(resend_request, #{begin_seq_no => 9000000000000000000, end_seq_no => 0}),
    send(resend_request, #{begin_seq_no => 2, end_seq_no => 1}),
    _ = nothing_but(<<"t">>),
    ended(Session).

%% Both sides miss something: neither waits for the other.
a_request_behind_a_gap_is_answered(Config) ->
    {Session, _, _} = up(Config),
    send(resend_request, #{begin_seq_no => 1, end_seq_no => 0}, 4),
    expect(sequence_reset, #{msg_seq_num => 1, new_seq_no => 3}),
    expect(resend_request, #{begin_seq_no => 3, end_seq_no => 0}),
    resend(sequence_reset, #{gap_fill_flag => true, new_seq_no => 5}, 3, 0),
    numbers(5, get(fix_in)),
    _ = nothing_but(<<"t">>),
    ?assertMatch(#{resends := 1, gaps := 1, next_in := 6}, fxaot_fix_session:figures(Session)),
    ended(Session).

%% ---- time ---------------------------------------------------------------------------

%% The socket gives so many only when it is asked for more.
a_hundred_pieces_are_read(Config) ->
    {Session, _, _} = up(Config),
    [begin
         Id = integer_to_binary(N),
         send(test_request, #{test_req_id => Id}),
         expect(heartbeat, #{test_req_id => Id})
     end || N <- lists:seq(1, 100)],
    ?assertEqual(100, figure({in, test_request}, Session)),
    ended(Session).

a_test_request_is_answered(Config) ->
    {Session, _, _} = up(Config),
    send(test_request, #{test_req_id => <<"hello">>}),
    expect(heartbeat, #{test_req_id => <<"hello">>}),
    ended(Session).

silence_is_tested_and_left(Config) ->
    {Session, _, _} = up(Config, #{heartbeat_s => 1}),
    heartbeats_until(test_request),
    send(heartbeat, #{}),
    heartbeats_until(test_request),
    heartbeats_until(logout),
    closed(),
    ?assertEqual(heartbeat_timeout, down()),
    ?assertEqual(3, figure(missed_heartbeats, Session)),
    ended(Session).

heartbeats_until(Name) ->
    case fxaot_fix_acceptor:expect_any([heartbeat, Name]) of
        heartbeat -> heartbeats_until(Name);
        Name -> ok
    end.

heartbeats_are_sent(Config) ->
    {Session, _, _} = up(Config, #{heartbeat_s => 1}),
    Fields = expect(heartbeat),
    ?assertNot(is_map_key(test_req_id, Fields)),
    ended(Session).

%% ---- resets -------------------------------------------------------------------------

a_reset_with_each_logon(Config) ->
    {Session, Listen, First} = up(Config, #{reset => logon}),
    ?assertMatch(#{reset_seq_num_flag := true, msg_seq_num := 1}, First),
    send(execution_report, report(<<"a">>)),
    ?assertMatch({{1, 3}, _, _}, told()),
    close(),
    ?assertEqual(closed, down()),
    numbers(1, 1),
    ?assertMatch(#{reset_seq_num_flag := true, msg_seq_num := 1}, again(Session, Listen)),
    %% What was not done with is there still.
    ?assertMatch([{{1, 3}, execution_report, _}], fxaot_fix_session:pending(Session)),
    ended(Session).

%% The numbers of a store are of yesterday: the moment has passed.
a_daily_reset(Config) ->
    Dir = filename:join(proplists:get_value(dir, Config), "store"),
    store_of(Dir, 8, 9, erlang:system_time(millisecond) - 86400000),
    {Session, Listen, First} = up(Config, #{reset_time => {17, 0, 0}, reset_zone => "America/New_York"}),
    ?assertMatch(#{reset_seq_num_flag := true, msg_seq_num := 1}, First),
    close(),
    ?assertEqual(closed, down()),
    %% Once a day.
    numbers(3, 3),
    ?assertNot(is_map_key(reset_seq_num_flag, again(Session, Listen))),
    ended(Session),
    ?assertEqual(stop, down()),
    %% In the middle of a connection, by a clock that passes it.
    {Hour, Minute, Second} = in_two_seconds(),
    ok = file:del_dir_r(Dir),
    {Late, Again, _} = up(Config, #{reset_time => {Hour, Minute, Second}, heartbeat_s => 1}),
    heartbeats_until_logout(),
    send(logout, #{}),
    closed(),
    ?assertEqual(daily_reset, down()),
    numbers(1, 1),
    ?assertMatch(#{reset_seq_num_flag := true, msg_seq_num := 1}, again(Late, Again)),
    ended(Late).

in_two_seconds() ->
    {_, Time} = calendar:system_time_to_universal_time(erlang:system_time(second) + 2, second),
    Time.

%% Test requests are answered meanwhile.
heartbeats_until_logout() ->
    case fxaot_fix_acceptor:expect_any([heartbeat, test_request, logout]) of
        logout -> ok;
        _ ->
            send(heartbeat, #{}),
            heartbeats_until_logout()
    end.

store_of(Dir, Out, In, Created) ->
    ok = filelib:ensure_dir(filename:join(Dir, "x")),
    Term = term_to_binary({reset, Out, In, Created}),
    ok = file:write_file(filename:join(Dir, "session.fix"),
                         [<<"FXAOTFIX", 1, (byte_size(Term)):32, (erlang:crc32(Term)):32>>, Term]).

a_reset_is_asked_for_until_it_is_answered(Config) ->
    {Listen, Port} = fxaot_fix_acceptor:listen(),
    store_of(filename:join(proplists:get_value(dir, Config), "store"), 8, 9, 0),
    Session = session(Port, Config, #{reset_time => {17, 0, 0}}),
    open(Session),
    ?assertMatch(#{reset_seq_num_flag := true, msg_seq_num := 1}, accept(Listen)),
    close(),
    ?assertEqual({error, closed}, opened()),
    numbers(1, 1),
    ?assertMatch(#{reset_seq_num_flag := true, msg_seq_num := 1}, again(Session, Listen)),
    ended(Session).

a_reset_by_a_person(Config) ->
    {Session, Listen, First} = up(Config),
    ?assertNot(is_map_key(reset_seq_num_flag, First)),
    send(heartbeat, #{}, 1),
    expect(logout),
    closed(),
    {sequence_too_low, _} = down(),
    ok = fxaot_fix_session:reset(Session),
    numbers(1, 1),
    ?assertMatch(#{reset_seq_num_flag := true, msg_seq_num := 1}, again(Session, Listen)),
    close(),
    ?assertEqual(closed, down()),
    %% That once.
    ?assertMatch(#{msg_seq_num := 3}, again(Session, Listen)),
    ended(Session).

a_counterparty_resets_at_the_logon(Config) ->
    {Session, Listen, _} = up(Config),
    close(),
    ?assertEqual(closed, down()),
    open(Session),
    ?assertMatch(#{msg_seq_num := 3}, accept(Listen)),
    %% It takes that for number 1.
    numbers(1, 2),
    send(logon, #{encrypt_method => 0, heart_bt_int => 60, reset_seq_num_flag => true}),
    #{test_req_id := Id} = expect(test_request, #{msg_seq_num => 2}),
    send(heartbeat, #{test_req_id => Id}),
    ?assertEqual({ok, 2}, opened()),
    ?assertMatch(#{next_out := 3, next_in := 3}, fxaot_fix_session:figures(Session)),
    ended(Session).

a_counterparty_resets_in_between(Config) ->
    {Session, _, _} = up(Config),
    send(execution_report, report(<<"a">>)),
    ?assertMatch({{0, 3}, _, _}, told()),
    numbers(1, 1),
    send(logon, #{encrypt_method => 0, heart_bt_int => 60, reset_seq_num_flag => true}),
    expect(logon, #{msg_seq_num => 1, reset_seq_num_flag => true, heart_bt_int => 60}),
    send(execution_report, report(<<"b">>)),
    ?assertMatch({{1, 2}, _, _}, told()),
    _ = nothing_but(<<"t">>),
    ?assertMatch(#{phase := up, next_out := 3, next_in := 4}, fxaot_fix_session:figures(Session)),
    ended(Session).

%% The owner is slow: what it has done with is of before the reset.
places_of_another_epoch_are_not_taken(Config) ->
    {Session, _, _} = up(Config),
    [send(execution_report, report(<<"a">>)) || _ <- lists:seq(3, 9)],
    numbers(1, 1),
    send(logon, #{encrypt_method => 0, heart_bt_int => 60, reset_seq_num_flag => true}),
    expect(logon),
    send(execution_report, report(<<"b">>)),
    _ = nothing_but(<<"t">>),
    ok = fxaot_fix_session:taken(Session, {0, 9}),
    ?assertMatch([{{1, 2}, _, #{cl_ord_id := <<"b">>}}], fxaot_fix_session:pending(Session)),
    ok = fxaot_fix_session:taken(Session, {1, 2}),
    ?assertEqual([], fxaot_fix_session:pending(Session)),
    ended(Session).

%% ---- the disk -------------------------------------------------------------------------

an_order_is_in_the_file_before_it_leaves(Config) ->
    {Session, _, _} = up(Config, #{journal => sync}),
    [begin
         Id = integer_to_binary(N),
         ok = fxaot_fix_session:send(Session, {Id, 1}, new_order_single, order(Id)),
         expect(new_order_single, #{cl_ord_id => Id, msg_seq_num => N + 2}),
         ?assertEqual({N + 3, [Id]}, recorded(Config, [Id]))
     end || N <- lists:seq(1, 20)],
    ended(Session).

%% What a session finds after a kill -9: the next number, and which of these orders have left.
recorded(Config, Ids) ->
    Dir = proplists:get_value(dir, Config),
    ok = filelib:ensure_path(filename:join(Dir, "copy")),
    {ok, _} = file:copy(filename:join([Dir, "store", "session.fix"]), filename:join([Dir, "copy", "session.fix"])),
    {ok, Store} = fxaot_fix_store:open(filename:join(Dir, "copy"), never),
    Known = {fxaot_fix_store:next_out(Store), [Id || Id <- Ids, fxaot_fix_store:known({Id, 1}, Store) =:= same]},
    ok = fxaot_fix_store:close(Store),
    Known.

an_order_without_its_record_does_not_leave(Config) ->
    Dir = filename:join(proplists:get_value(dir, Config), "store"),
    ok = filelib:ensure_path(Dir),
    case os:cmd("mount -t tmpfs -o size=64k,mode=700 tmpfs '" ++ Dir ++ "' 2>&1 && echo mounted") of
        "mounted\n" ->
            try filled(Dir, Config)
            after os:cmd("umount -l '" ++ Dir ++ "'")
            end;
        Why -> {skip, "no tmpfs can be mounted: " ++ Why}
    end.

a_session_that_crashes_records_and_sends_nothing_more(Config) ->
    {Session, _, _} = up(Config, #{journal => sync}),
    unlink(Session),
    Before = recorded(Config, []),
    exit(Session, crashed),
    {closed, _} = fxaot_fix_acceptor:expect_one(),
    ?assertEqual(Before, recorded(Config, [])).

filled(Dir, Config) ->
    {Session, Listen, _} = up(Config, #{journal => sync}),
    unlink(Session),
    Filler = filename:join(Dir, "filler"),
    {error, enospc} = file:write_file(Filler, binary:copy(<<0>>, 65536)),
    Ids = [integer_to_binary(N) || N <- lists:seq(1, 200)],
    Sent = lists:takewhile(fun(Id) -> fxaot_fix_session:send(Session, {Id, 1}, new_order_single, order(Id)) =:= ok end, Ids),
    ?assert(length(Sent) < 200),
    ?assertEqual(Sent, arrived()),
    ok = file:delete(Filler),
    ?assertEqual({length(Sent) + 3, Sent}, recorded(Config, Ids)),
    %% There is room again.
    {ok, Port} = inet:port(Listen),
    Again = session(Port, Config, #{journal => sync}),
    numbers(get(fix_out), length(Sent) + 3),
    _ = again(Again, Listen),
    Next = lists:nth(length(Sent) + 1, Ids),
    ok = fxaot_fix_session:send(Again, {Next, 1}, new_order_single, order(Next)),
    expect(new_order_single, #{cl_ord_id => Next}),
    ended(Again).

%% The orders that the counterparty has got when the connection ends.
arrived() ->
    case fxaot_fix_acceptor:expect_one() of
        {new_order_single, #{cl_ord_id := Id}} -> [Id | arrived()];
        {closed, _} -> []
    end.

%% ---- quotes -------------------------------------------------------------------------

changes(Id, Entries) -> #{md_req_id => Id, no_md_entries => Entries}.

side(Type, Price) -> #{md_update_action => <<"0">>, md_entry_type => Type, symbol => <<"EUR/USD">>, md_entry_px => Price}.

ticks() -> maps:get(quotes, fxaot:stats(test)).

lost_changes_of_quotes_are_asked_for_anew(Config) ->
    {ok, _} = fxaot:start_engine(test, #{instruments => ['EURUSD']}),
    {Session, _, _} = up(Config, #{quotes => true, quote_updates => incremental}),
    #{md_req_id := First} = expect(market_data_request, #{subscription_request_type => <<"1">>, md_update_type => 1}),
    send(market_data_incremental, changes(First, [side(<<"0">>, 1.1), side(<<"1">>, 1.2)])),
    _ = nothing_but(<<"a">>),
    ?assertEqual(1, ticks()),
    %% Number 5 is lost, and is not sent again.
    send(market_data_incremental, changes(First, [side(<<"0">>, 1.15)]), 6),
    expect(resend_request, #{begin_seq_no => 5, end_seq_no => 0}),
    resend(sequence_reset, #{gap_fill_flag => true, new_seq_no => 6}, 5, 0),
    resend(market_data_incremental, changes(First, [side(<<"0">>, 1.15)]), 6, 0),
    expect(market_data_request, #{subscription_request_type => <<"2">>, md_req_id => First}),
    #{md_req_id := Second} = expect(market_data_request, #{subscription_request_type => <<"1">>}),
    ?assertNotEqual(First, Second),
    numbers(7, get(fix_in)),
    %% Half a book and what is left of the old one make no quote.
    send(market_data_incremental, changes(First, [side(<<"1">>, 1.3)])),
    send(market_data_incremental, changes(Second, [side(<<"0">>, 1.16)])),
    _ = nothing_but(<<"b">>),
    ?assertEqual(1, ticks()),
    send(market_data_incremental, changes(Second, [side(<<"1">>, 1.17)])),
    _ = nothing_but(<<"c">>),
    ?assertEqual(2, ticks()),
    ended(Session),
    ok = fxaot:stop_engine(test).

quotes_of_an_earlier_request_are_ignored(Config) ->
    {ok, _} = fxaot:start_engine(test, #{instruments => ['EURUSD']}),
    {Session, _, _} = up(Config, #{quotes => true}),
    #{md_req_id := Id} = expect(market_data_request),
    Both = [maps:remove(md_update_action, maps:remove(symbol, side(Type, 1.1))) || Type <- [<<"0">>, <<"1">>]],
    [send(market_data_snapshot, maps:merge(#{symbol => <<"EUR/USD">>, no_md_entries => Both}, Of))
     || Of <- [#{md_req_id => <<"old">>}, #{md_req_id => Id}, #{}]],
    _ = nothing_but(<<"t">>),
    ?assertEqual(2, ticks()),
    ended(Session),
    ok = fxaot:stop_engine(test).

%% ---- at random ----------------------------------------------------------------------

%% The process lives on, and its next connection comes up.
random_messages_end_a_connection_at_most(Config) ->
    {ok, _} = fxaot:start_engine(test, #{instruments => ['EURUSD']}),
    _ = rand:seed(exsss, {4, 4, 2028}),
    {Session, Listen, _} = up(Config, #{quotes => true, quote_updates => incremental}),
    _ = lists:foldl(fun random_message/2, {Session, Listen}, lists:seq(1, 1000)),
    ok = fxaot_fix_session:reset(Session),
    numbers(1, 1),
    _ = again(Session, Listen),
    ended(Session),
    ok = fxaot:stop_engine(test).

random_message(_, {Session, Listen}) ->
    case fxaot_fix_session:figures(Session) of
        #{phase := up, next_in := Next} ->
            Name = one_of(fxaot_fix_dictionary:messages()),
            {Name, Body} = fxaot_fix_dictionary:message(fxaot_fix_dictionary:type(Name)),
            Fields = fxaot_fix_codec_tests:random_fields(fxaot_fix_dictionary:header() ++ Body),
            Header = #{sender_comp_id => <<"BROKER">>, target_comp_id => <<"DESK">>, sending_time => now_text(0),
                       msg_seq_num => one_of([Next, Next, Next, Next, Next + 1, 1, 0, -5, 1 bsl 60])},
            {ok, Bytes} = fxaot_fix_codec:encode(Name, maps:merge(Fields, Header)),
            _ = gen_tcp:send(get(fix_socket), Bytes);
        #{phase := leaving} -> ok;
        #{} ->
            ok = fxaot_fix_session:reset(Session),
            numbers(1, 1),
            _ = again(Session, Listen)
    end,
    {Session, Listen}.

one_of(List) -> lists:nth(rand:uniform(length(List)), List).
