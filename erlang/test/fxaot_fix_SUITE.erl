%% The FIX gateway against QuickFIX: a venue whose sessions nobody here wrote (Tests/fix/venue.cpp). `make test-fix'
%% runs it, and says so by FXAOT_FIX=1.
-module(fxaot_fix_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

all() ->
    [quotes_come_and_orders_fill, limits_wait_change_and_are_cancelled, rejects_and_parts,
     a_fill_while_away_is_booked_once, a_refused_logon_is_said,
     a_number_too_low_stops_the_session, a_venue_that_expects_more_stops_the_session,
     gaps_are_filled_both_ways, a_silent_venue_is_left,
     numbers_go_on_after_a_kill_of_the_node].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    case os:getenv("FXAOT_FIX") of
        false -> {skip, "make test-fix runs it"};
        _ -> built(Config)
    end.

built(Config) ->
    Program = filename:join(proplists:get_value(priv_dir, Config), "venue"),
    Source = source(filename:absname(code:which(?MODULE))),
    Said = os:cmd(lists:flatten(io_lib:format("c++ -std=c++14 -O1 -w ~ts -lquickfix -lpthread -o ~ts 2>&1",
                                              [Source, Program]))),
    case filelib:is_regular(Program) of
        true ->
            Dictionary = filename:join(filename:dirname(Source), "FIX44.xml"),
            fxaot_test:begin_suite([{venue, Program}, {dictionary, Dictionary} | Config]);
        false -> ct:fail(Said)
    end.

source("/") -> "venue.cpp";
source(Path) ->
    File = filename:join(Path, "Tests/fix/venue.cpp"),
    case filelib:is_regular(File) of
        true -> File;
        false -> source(filename:dirname(Path))
    end.

end_per_suite(Config) -> fxaot_test:end_suite(Config).

init_per_testcase(Case, Config) ->
    Dir = filename:join(proplists:get_value(priv_dir, Config), atom_to_list(Case)),
    ok = filelib:ensure_dir(filename:join([Dir, "venue", "x"])),
    {ok, Probe} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Probe),
    ok = gen_tcp:close(Probe),
    [{dir, Dir}, {port, Port} | Config].

end_per_testcase(_, _) ->
    _ = fxaot:stop_engine(eur),
    ok.

%% ---- the venue --------------------------------------------------------------------

venue(Config) ->
    Venue = open_port({spawn_executable, proplists:get_value(venue, Config)},
                      [{args, [integer_to_list(proplists:get_value(port, Config)),
                               filename:join(proplists:get_value(dir, Config), "venue"),
                               proplists:get_value(dictionary, Config)]},
                       {line, 1000}, binary]),
    heard(Venue, <<"ready">>),
    Venue.

heard(Venue, Line) -> receive {Venue, {data, {eol, Line}}} -> ok after 10000 -> ct:fail({not_heard, Line}) end.

told(Venue, Line) ->
    true = port_command(Venue, [Line, "\n"]),
    [Word | _] = string:split(Line, " "),
    heard(Venue, iolist_to_binary(["done ", Word])).

options(Config, More) ->
    maps:merge(#{host => "127.0.0.1", port => proplists:get_value(port, Config), sender => "DESK", target => "BROKER",
                 store => filename:join(proplists:get_value(dir, Config), "store"), heartbeat_s => 5, journal => never,
                 symbols => #{'EURUSD' => "EUR/USD"}, reconnect_ms => {20, 100}}, More).

started(Config) -> started(Config, #{}).

started(Config, More) ->
    {ok, _} = fxaot:start_engine(eur, #{instruments => ['EURUSD'], balance => 10000,
                                        gateway => {fxaot_gateway_fix, options(Config, More)}}),
    ok = fxaot:subscribe(eur).

up() -> fxaot_test:until(fun() -> maps:get(link, fxaot:gateway(eur)) =:= up end).

quoted(Venue, Bid, Ask) ->
    #{accepted := Before} = quotes(),
    told(Venue, io_lib:format("quote EUR/USD ~p ~p", [Bid, Ask])),
    fxaot_test:until(fun() -> maps:get(accepted, quotes()) > Before end).

quotes() -> #{accepted => maps:get(quotes, fxaot:stats(eur))}.

event(Match) ->
    receive {fxaot_events, eur, _, _, Events} ->
            case [Event || Event <- Events, Match(Event)] of
                [Event | _] -> Event;
                [] -> event(Match)
            end
    after 10000 -> ct:fail(no_event)
    end.

fill(Id) -> event(fun(#fill{name = Name}) -> Name =:= Id; (_) -> false end).

order(Id, State) -> event(fun(#order{name = Name, state = Now}) -> Name =:= Id andalso Now =:= State; (_) -> false end).

net() -> lists:sum([Quantity || #{quantity := Quantity} <- fxaot:positions(eur)]).

%% ---- orders -----------------------------------------------------------------------

quotes_come_and_orders_fill(Config) ->
    Venue = venue(Config),
    started(Config),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
    quoted(Venue, 1.1, 1.1001),
    {ok, #{state := pending_new}} =
        fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 10000}),
    ?assertMatch(#fill{price = 1.1001, quantity = 10000}, fill(<<"a">>)),
    ?assertEqual(10000, net()),
    ?assertMatch(#{fills := 1, unreadable := 0, differences := 0}, fxaot:gateway(eur)).

limits_wait_change_and_are_cancelled(Config) ->
    Venue = venue(Config),
    started(Config),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
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
    Venue = venue(Config),
    started(Config),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
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
    Venue = venue(Config),
    started(Config, #{reconnect_ms => {1000, 1000}}),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
    quoted(Venue, 1.1, 1.1001),
    told(Venue, "hold"),
    {ok, _} = fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 10000}),
    _ = order(<<"a">>, accepted),
    told(Venue, "drop"),
    fxaot_test:until(fun() -> maps:get(link, fxaot:gateway(eur)) =:= down end),
    told(Venue, "fill"),
    ?assertMatch(#fill{price = 1.1001, quantity = 10000}, fill(<<"a">>)),
    up(),
    ?assertMatch(#{fills := 1, differences := 0, connects := 2}, fxaot:gateway(eur)),
    ?assertEqual(10000, net()).

a_refused_logon_is_said(Config) ->
    _ = venue(Config),
    Dir = proplists:get_value(dir, Config),
    ?assertMatch({error, {logon_refused, <<"Rejected Logon Attempt: wrong password">>}},
                 fxaot_gateway_fix:connect(one, options(Config, #{password => "wrong"}))),
    %% QuickFIX closes the connection of a stranger without a word.
    Stranger = options(Config, #{sender => "STRANGER", store => filename:join(Dir, "stranger")}),
    ?assertMatch({error, closed}, fxaot_gateway_fix:connect(two, Stranger)).

a_venue_that_expects_more_stops_the_session(Config) ->
    Venue = venue(Config),
    started(Config),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
    told(Venue, "seq 0 1000"),
    told(Venue, "drop"),
    fxaot_test:until(fun() -> phase() =:= stopped end),
    ?assertMatch(#{connects := 1}, fxaot:gateway(eur)).

gaps_are_filled_both_ways(Config) ->
    Venue = venue(Config),
    started(Config),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
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
    Venue = venue(Config),
    started(Config, #{heartbeat_s => 1, logon_timeout_ms => 500}),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
    {os_pid, Process} = erlang:port_info(Venue, os_pid),
    _ = os:cmd("kill -STOP " ++ integer_to_list(Process)),
    fxaot_test:until(fun() -> maps:get(link, fxaot:gateway(eur)) =/= up end),
    _ = os:cmd("kill -CONT " ++ integer_to_list(Process)),
    up(),
    quoted(Venue, 1.1, 1.1001).

numbers_go_on_after_a_kill_of_the_node(Config) ->
    Venue = venue(Config),
    First = node_with_engine(Config),
    told(Venue, "quote EUR/USD 1.1 1.1001"),
    filled(First, <<"a">>),
    #{next_out := Out, next_in := In} = peer:call(First, ?MODULE, figures, []),
    Process = peer:call(First, os, getpid, []),
    _ = os:cmd("kill -9 " ++ Process),
    heard(Venue, <<"logout">>),
    Second = node_with_engine(Config),
    filled(Second, <<"b">>),
    #{phase := up, logons := 1, next_out := NextOut, next_in := NextIn} = peer:call(Second, ?MODULE, figures, []),
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
    Venue = venue(Config),
    started(Config),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
    told(Venue, "seq 1 0"),
    quoted_to_nobody(Venue),
    fxaot_test:until(fun() -> maps:get(link, fxaot:gateway(eur)) =:= down end),
    fxaot_test:until(fun() -> phase() =:= stopped end).

quoted_to_nobody(Venue) -> told(Venue, "quote EUR/USD 1.1 1.1001").

phase() -> maps:get(phase, figures(), none).

figures() ->
    case [Session || {{eur, orders}, Session, _, _} <- supervisor:which_children(fxaot_fix_sup)] of
        [Session] -> fxaot_fix_session:figures(Session);
        [] -> #{}
    end.
