%% The FIX gateway against QuickFIX: a venue whose sessions nobody here wrote (Tests/fix/venue.cpp). `make test-fix'
%% runs it, and says so by FXAOT_FIX=1.
-module(fxaot_fix_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-import(fxaot_fix_venue, [start/1, heard/2, told/2, options/2, engine/2, engine/3, up/0, down/0, quoted/3, submitted/2, fill/1,
                          order/2, net/0, figures/0, phase/0]).

-compile([export_all, nowarn_export_all]).

all() ->
    [quotes_come_and_orders_fill, limits_wait_change_and_are_cancelled, rejects_and_parts,
     a_fill_while_away_is_booked_once, a_report_that_comes_twice_is_booked_once, a_refused_logon_is_said,
     a_logout_of_the_venue_is_answered, an_order_that_is_lost_is_sent_again, an_order_too_old_is_not_sent_again,
     a_number_too_low_stops_the_session, a_venue_that_expects_more_stops_the_session,
     gaps_are_filled_both_ways, a_silent_venue_is_left,
     numbers_go_on_after_a_kill_of_the_node].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) -> fxaot_fix_venue:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

init_per_testcase(Case, Config) -> fxaot_fix_venue:begin_case(Case, Config).

end_per_testcase(_, _) -> fxaot_fix_venue:end_case().

%% ---- orders -----------------------------------------------------------------------

quotes_come_and_orders_fill(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    quoted(Venue, 1.1, 1.1001),
    {ok, #{state := pending_new}} =
        fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 10000}),
    ?assertMatch(#fill{price = 1.1001, quantity = 10000}, fill(<<"a">>)),
    ?assertEqual(10000, net()),
    ?assertMatch(#{fills := 1, unreadable := 0, differences := 0}, fxaot:gateway(eur)).

limits_wait_change_and_are_cancelled(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    quoted(Venue, 1.1, 1.1001),
    Limit = #{symbol => 'EURUSD', side => buy, quantity => 10000, type => limit, price => 1.0995},
    {ok, _} = fxaot:submit(eur, Limit#{id => <<"a">>}),
    {ok, _} = fxaot:submit(eur, Limit#{id => <<"b">>}),
    _ = order(<<"b">>, accepted),
    {ok, _} = fxaot:modify(eur, <<"a">>, #{price => 1.0990}),
    heard(Venue, <<"change a">>),
    fxaot_test:until(fun() -> {ok, #{state := State, price := Price}} = fxaot:order(eur, <<"a">>),
                              {State, Price} =:= {accepted, 1.0990} end),
    %% The second change names the first one.
    {ok, _} = fxaot:modify(eur, <<"a">>, #{price => 1.0985}),
    fxaot_test:until(fun() -> {ok, #{state := State, price := Price}} = fxaot:order(eur, <<"a">>),
                              {State, Price} =:= {accepted, 1.0985} end),
    {ok, _} = fxaot:cancel(eur, <<"b">>),
    heard(Venue, <<"cancel b">>),
    _ = order(<<"b">>, cancelled),
    quoted(Venue, 1.0983, 1.0984),
    ?assertMatch(#fill{price = 1.0984}, fill(<<"a">>)).

rejects_and_parts(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    quoted(Venue, 1.1, 1.1001),
    told(Venue, "reject"),
    Market = #{symbol => 'EURUSD', side => sell, quantity => 10000},
    {ok, _} = fxaot:submit(eur, Market#{id => <<"a">>}),
    ?assertMatch(#order{reason = rejected_by_venue}, order(<<"a">>, cancelled)),
    told(Venue, "parts 4000"),
    {ok, _} = fxaot:submit(eur, Market#{id => <<"b">>}),
    ?assertEqual([4000, 4000, 2000], [(fill(<<"b">>))#fill.quantity || _ <- [1, 2, 3]]),
    ?assertEqual(-10000, net()).

%% ---- sessions ---------------------------------------------------------------------

a_fill_while_away_is_booked_once(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{reconnect_ms => {1000, 1000}}),
    quoted(Venue, 1.1, 1.1001),
    told(Venue, "hold"),
    {ok, _} = fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 10000}),
    _ = order(<<"a">>, accepted),
    told(Venue, "drop"),
    down(),
    told(Venue, "fill"),
    ?assertMatch(#fill{price = 1.1001, quantity = 10000}, fill(<<"a">>)),
    up(),
    ?assertMatch(#{fills := 1, differences := 0, connects := 2}, fxaot:gateway(eur)),
    ?assertEqual(10000, net()).

%% With a number of its own, and PossResend.
a_report_that_comes_twice_is_booked_once(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    quoted(Venue, 1.1, 1.1001),
    _ = submitted(<<"a">>, #{}),
    _ = fill(<<"a">>),
    told(Venue, "repeat"),
    fxaot_test:until(fun() -> maps:get(duplicates, fxaot:gateway(eur)) =:= 1 end),
    ?assertMatch(#{fills := 1}, fxaot:gateway(eur)),
    ?assertEqual(10000, net()).

%% And the next logon is welcome.
a_logout_of_the_venue_is_answered(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    told(Venue, "logout"),
    heard(Venue, <<"logout">>),
    told(Venue, "logon"),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
    quoted(Venue, 1.1, 1.1001),
    ?assertMatch(#{connects := 2}, fxaot:gateway(eur)).

an_order_that_is_lost_is_sent_again(Config) ->
    Venue = lost_order(Config, #{}),
    heard(Venue, <<"order a">>),
    quoted(Venue, 1.2, 1.2001),
    ?assertMatch(#fill{price = 1.2001, quantity = 10000}, fill(<<"a">>)),
    ?assertMatch(#{fills := 1, differences := 0}, fxaot:gateway(eur)),
    ?assertMatch(#{resends := 1}, figures()).

an_order_too_old_is_not_sent_again(Config) ->
    Venue = lost_order(Config, #{resend_ms => 0}),
    heard(Venue, <<"admin 4">>),
    ?assertMatch(#order{reason = rejected_by_venue}, order(<<"a">>, cancelled)),
    ?assertMatch(#{fills := 0, differences := 0}, fxaot:gateway(eur)),
    ?assertMatch(#{phase := up, resends := 1}, figures()).

%% The venue dies with the order in its socket, and asks for it when it is back.
lost_order(Config, Options) ->
    First = start(Config),
    engine(First, Config, Options),
    quoted(First, 1.1, 1.1001),
    {os_pid, Process} = erlang:port_info(First, os_pid),
    _ = os:cmd("kill -STOP " ++ integer_to_list(Process)),
    #{next_out := Next} = figures(),
    _ = submitted(<<"a">>, #{}),
    fxaot_test:until(fun() -> maps:get(next_out, figures()) > Next end),
    _ = os:cmd("kill -KILL " ++ integer_to_list(Process)),
    down(),
    Venue = start(Config),
    up(),
    Venue.

a_refused_logon_is_said(Config) ->
    _ = start(Config),
    Dir = proplists:get_value(dir, Config),
    ?assertMatch({error, {logon_refused, <<"Rejected Logon Attempt: wrong password">>}},
                 fxaot_gateway_fix:connect(one, options(Config, #{password => "wrong"}))),
    %% QuickFIX closes the connection of a stranger without a word.
    Stranger = options(Config, #{sender => "STRANGER", store => filename:join(Dir, "stranger")}),
    ?assertMatch({error, closed}, fxaot_gateway_fix:connect(two, Stranger)).

a_venue_that_expects_more_stops_the_session(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    told(Venue, "seq 0 1000"),
    told(Venue, "drop"),
    fxaot_test:until(fun() -> phase() =:= stopped end),
    ?assertMatch(#{connects := 1}, fxaot:gateway(eur)),
    %% A person and the broker agree: both begin with 1.
    ok = fxaot_gateway_fix:reset(eur),
    up(),
    quoted(Venue, 1.1, 1.1001),
    _ = submitted(<<"a">>, #{}),
    ?assertMatch(#fill{quantity = 10000}, fill(<<"a">>)),
    ?assert(maps:get(next_out, figures()) < 10).

gaps_are_filled_both_ways(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    %% The venue's next message is number 50: those before it are asked for.
    told(Venue, "seq 50 0"),
    quoted(Venue, 1.1, 1.1001),
    heard(Venue, <<"admin 2">>),
    ?assertMatch(#{phase := up, gaps := 1, next_in := 51}, figures()),
    %% The venue believes that it has not got the last message: it asks for it, and has the order once.
    #{next_out := Next} = figures(),
    told(Venue, io_lib:format("seq 0 ~b", [Next - 1])),
    {ok, _} = fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 10000}),
    ?assertMatch(#fill{quantity = 10000}, fill(<<"a">>)),
    told(Venue, "quote EUR/USD 1.2 1.2001"),
    {ok, _} = fxaot:submit(eur, #{id => <<"b">>, symbol => 'EURUSD', side => buy, quantity => 1000}),
    ?assertMatch(#fill{price = 1.2001}, fill(<<"b">>)),
    ?assertMatch(#{phase := up, resends := 1}, figures()),
    ?assertMatch(#{fills := 2, differences := 0, connects := 1}, fxaot:gateway(eur)),
    ?assertEqual(11000, net()).

a_silent_venue_is_left(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{heartbeat_s => 1, logon_timeout_ms => 500}),
    {os_pid, Process} = erlang:port_info(Venue, os_pid),
    _ = os:cmd("kill -STOP " ++ integer_to_list(Process)),
    down(),
    _ = os:cmd("kill -CONT " ++ integer_to_list(Process)),
    up(),
    quoted(Venue, 1.1, 1.1001).

numbers_go_on_after_a_kill_of_the_node(Config) ->
    Venue = start(Config),
    First = node_with_engine(Config),
    told(Venue, "quote EUR/USD 1.1 1.1001"),
    filled(First, <<"a">>),
    #{next_out := Out, next_in := In} = peer:call(First, fxaot_fix_venue, figures, []),
    Process = peer:call(First, os, getpid, []),
    _ = os:cmd("kill -9 " ++ Process),
    heard(Venue, <<"logout">>),
    Second = node_with_engine(Config),
    filled(Second, <<"b">>),
    #{phase := up, logons := 1, next_out := NextOut, next_in := NextIn} = peer:call(Second, fxaot_fix_venue, figures, []),
    ?assert(NextOut > Out),
    ?assert(NextIn > In),
    ok = peer:stop(Second).

node_with_engine(Config) ->
    {ok, Peer, _} = peer:start(#{connection => standard_io, args => ["-pa" | code:get_path()]}),
    {ok, _} = peer:call(Peer, application, ensure_all_started, [fxaot]),
    {ok, _} = peer:call(Peer, fxaot, start_engine,
                        [eur, #{instruments => ['EURUSD'], balance => 10000,
                                gateway => {fxaot_gateway_fix, options(Config, #{journal => sync})}}]),
    fxaot_test:until(fun() -> maps:get(link, peer:call(Peer, fxaot, gateway, [eur])) =:= up end),
    Peer.

filled(Peer, Id) ->
    fxaot_test:until(fun() -> maps:get(quotes, peer:call(Peer, fxaot, stats, [eur])) > 0 end),
    {ok, _} = peer:call(Peer, fxaot, submit, [eur, #{id => Id, symbol => 'EURUSD', side => buy, quantity => 10000}]),
    fxaot_test:until(fun() -> maps:get(fills, peer:call(Peer, fxaot, gateway, [eur])) =:= 1 end).

a_number_too_low_stops_the_session(Config) ->
    Venue = start(Config),
    engine(Venue, Config),
    told(Venue, "seq 1 0"),
    quoted_to_nobody(Venue),
    down(),
    fxaot_test:until(fun() -> phase() =:= stopped end).

quoted_to_nobody(Venue) -> told(Venue, "quote EUR/USD 1.1 1.1001").
