%% Orders that go to a broker: the requests and reports of an engine, and gateways over fxaot_gateway_sim.
-module(fxaot_gateway_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000). %% Wednesday, 3 January 2024
-define(SECOND, 1000000000).

all() ->
    [requests_wait_and_reports_fill, wrong_reports_are_sentences, options_are_checked,
     the_sim_equals_paper_with_latency, pairs_and_groups_over_the_sim_equal_paper, each_fault_is_survived_and_counted, a_late_fill_is_alarmed,
     without_a_connection_orders_are_refused, what_was_missed_is_told_after_a_reconnect,
     differences_are_alarms_before_trading_goes_on, a_killed_gateway_loses_nothing,
     a_killed_engine_process_loses_nothing, a_killed_supervisor_comes_back, a_broker_that_dies_is_a_lost_connection,
     a_heartbeat_finds_a_lost_connection, a_module_that_crashes_is_a_lost_connection,
     a_stopped_engine_has_no_gateway, no_name_comes_twice_to_a_broker, a_lost_engine_reconciles].

suite() -> [{timetrap, {minutes, 2}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    _ = [fxaot:stop_engine(Engine) || Engine <- [eur, paper]],
    ok.

%% ---- by hand ------------------------------------------------------------------

start(Options) -> start(eur, Options).

start(Name, Options) ->
    {ok, _} = fxaot:start_engine(Name, maps:merge(#{instruments => ['EURUSD'], balance => 10000}, Options)),
    ok.

market(Id, Side, Quantity) -> #{id => Id, symbol => 'EURUSD', side => Side, quantity => Quantity}.

requests_wait_and_reports_fill(_) ->
    each_mode(
      fun(Mode) ->
              start(Mode#{venue => gateway}),
              _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
              _ = fxaot:stats(eur),
              ok = fxaot:subscribe(eur),
              {ok, #{state := pending_new}} = fxaot:submit(eur, market(<<"a">>, buy, 10000)),
              ?assertMatch({ok, [#{sequence := 1, kind := send, trigger := same, post_only := false,
                                   ticket := undefined,
                                   order := #{id := <<"a">>, side := buy, type := market, quantity := 10000}}]},
                           fxaot:requests(eur, 0)),
              ?assertEqual({ok, []}, fxaot:requests(eur, 1)),
              ?assertEqual({ok, taken}, fxaot:report(eur, #{id => <<"a">>, kind => accepted})),
              Fill = #{id => <<"a">>, kind => fill, quantity => 10000, price => 1.1002, execution => <<"x">>,
                       commission => 2},
              ?assertEqual({ok, taken}, fxaot:report(eur, Fill)),
              ?assertEqual({ok, duplicate}, fxaot:report(eur, Fill)),
              ?assertEqual({ok, late}, fxaot:report(eur, #{number => 1, kind => cancelled})),
              ?assertEqual({ok, unknown}, fxaot:report(eur, #{number => 7, kind => expired})),
              ?assertEqual([{order, <<"a">>, pending_new}, {order, <<"a">>, accepted}, {fill, <<"a">>, 1.1002, 2000000}],
                           [told(Event) || Event <- received()]),
              {ok, [#{id := <<"close.", _/binary>> = Close, state := pending_new}]} = fxaot:close(eur, 'EURUSD'),
              ?assertMatch(#{link := up, requests := 2, acknowledged := 1, reports := 5, fills := 1, duplicates := 1,
                             late := 1, unknown := 1, out_of_order := 0, overfills := 0}, fxaot:gateway(eur)),
              %% 10,000 × (1.1 − 1.1002) − 2
              ?assertMatch(#{equity := 9996000000}, fxaot:account(eur)),
              ok = fxaot:unsubscribe(eur),
              ?assertMatch([#order{name = Close, state = pending_new}], received()),
              ok = fxaot:stop_engine(eur)
      end).

told(#order{name = Name, state = State}) -> {order, Name, State};
told(#fill{name = Name, price = Price, commission = Commission}) -> {fill, Name, Price, Commission};
told(#alarm{kind = Kind, detail = Detail}) -> {alarm, Kind, Detail}.

received() ->
    receive {fxaot_events, _, _, _, Events} -> Events ++ received()
    after 0 -> []
    end.

each_mode(Do) -> [Do(Mode) || Mode <- [#{}, #{mode => actor}]].

wrong_reports_are_sentences(_) ->
    start(#{venue => gateway}),
    _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    {ok, _} = fxaot:submit(eur, market(<<"a">>, buy, 10000)),
    Fill = #{id => <<"a">>, kind => fill, quantity => 1, price => 1.1, execution => <<"x">>},
    [begin
         {error, {bad_report, #{field := Field}} = Error} = fxaot:report(eur, Report),
         ?assertMatch(<<"The report's ", _/binary>>, fxaot:format_error(Error))
     end || {Field, Report} <- [{id, maps:remove(id, Fill)}, {id, Fill#{number => 1}}, {id, Fill#{id => <<>>}},
                                {kind, maps:remove(kind, Fill)}, {kind, Fill#{kind => filled}},
                                {quantity, maps:remove(quantity, Fill)}, {quantity, Fill#{quantity => 0}},
                                {execution, maps:remove(execution, Fill)}, {execution, Fill#{execution => x}},
                                {price, maps:remove(price, Fill)}, {price, Fill#{price => -1}},
                                {price, Fill#{price => 1.0e300}}, {commission, Fill#{commission => x}},
                                {number, (maps:remove(id, Fill))#{number => 0}}]],
    ?assertMatch({error, {unknown_option, #{option := kindd, suggestion := kind}}},
                 fxaot:report(eur, Fill#{kindd => fill})),
    ?assertMatch(#{fills := 0, reports := 0}, fxaot:gateway(eur)),
    start(paper, #{}),
    {error, {no_gateway, _} = Error} = fxaot:report(paper, Fill),
    ?assertEqual(<<"The engine has the paper venue; its option venue => gateway takes reports.">>,
                 fxaot:format_error(Error)),
    ?assertMatch(#{link := none}, fxaot:gateway(paper)).

options_are_checked(_) ->
    Sim = {fxaot_gateway_sim, #{}},
    [?assertMatch({error, {bad_option, #{option := Option}}}, fxaot:start_engine(eur, Options))
     || {Option, Options} <- [{gateway, #{gateway => x}}, {gateway, #{gateway => {lists, #{}}}},
                              {gateway, #{gateway => {fxaot_gateway_sim, []}}},
                              {heartbeat_ms, #{gateway => {fxaot_gateway_sim, #{heartbeat_ms => 0}}}},
                              {reconnect_ms, #{gateway => {fxaot_gateway_sim, #{reconnect_ms => {5, 1}}}}},
                              {reconnect_ms, #{gateway => {fxaot_gateway_sim, #{reconnect_ms => {1, 1 bsl 33}}}}},
                              {heartbeat_ms, #{gateway => {fxaot_gateway_sim, #{heartbeat_ms => 1 bsl 33}}}},
                              {venue, #{venue => broker}}, {venue, #{venue => #{}, gateway => Sim}}]],
    [?assertMatch({error, {bad_option, #{option := Option}}}, fxaot:start_engines(pair, 2, #{Option => Value}))
     || {Option, Value} <- [{gateway, Sim}, {venue, gateway}]].

%% ---- over the sim ---------------------------------------------------------------

broker(Options) ->
    {ok, Broker} = fxaot_gateway_sim:start_link(Options),
    Broker.

gateway(Broker) -> gateway(Broker, #{}).

gateway(Broker, Options) ->
    {fxaot_gateway_sim, maps:merge(#{broker => Broker, reconnect_ms => {1, 5}}, Options)}.

connected(Options, Broker) ->
    start(Options#{gateway => gateway(Broker)}),
    fxaot_gateway_sim:settle(Broker, eur),
    Broker.

%% The N-th second's quote of both, Bid in steps, a spread of one pip.
tick(Broker, N, Bid) ->
    fxaot_gateway_sim:tick(Broker, eur, 'EURUSD', ?START + N * ?SECOND, Bid / 100000, (Bid + 10) / 100000).

submit(Broker, Order) ->
    Answer = fxaot:submit(eur, Order),
    fxaot_gateway_sim:settle(Broker, eur),
    Answer.

%% The same random orders and quotes over paper and over the sim, both with two and a half seconds of latency.
the_sim_equals_paper_with_latency(_) ->
    Broker = connected(#{}, broker(#{latency_ms => 2500})),
    start(paper, #{venue => #{latency_ms => 2500}}),
    _ = rand:seed(exsss, {1, 2, 3}),
    lists:foldl(
      fun(N, Bid) ->
              Next = Bid + rand:uniform(41) - 21,
              _ = fxaot:tick(paper, 'EURUSD', ?START + N * ?SECOND, Next / 100000, (Next + 10) / 100000),
              tick(Broker, N, Next),
              _ = [acted(Broker, N, Next) || N > 1, rand:uniform(3) =:= 1],
              Next
      end, 110000, lists:seq(1, 400)),
    Paper = account(paper),
    ?assertEqual(Paper, account(eur)),
    ?assertMatch(#{late := 0, out_of_order := 0, duplicates := 0, unknown := 0, overfills := 0}, fxaot:gateway(eur)),
    %% It is not nothing.
    ?assert(length(element(3, Paper)) > 20).

acted(Broker, N, Bid) ->
    Id = integer_to_binary(N),
    Side = case rand:uniform(2) of 1 -> buy; 2 -> sell end,
    Away = (20 + rand:uniform(40)) / 100000,
    Price = Bid / 100000 + case Side of buy -> -Away; sell -> Away end,
    Order = case rand:uniform(4) of
                1 -> market(Id, Side, 1000 * rand:uniform(10));
                2 -> (market(Id, Side, 1000))#{type => limit, price => Price};
                3 -> (market(Id, Side, 2000))#{type => stop, price => 2 * Bid / 100000 - Price};
                4 -> (market(Id, Side, 3000))#{type => market_if_touched, price => Price}
            end,
    ?assertMatch({ok, _}, fxaot:submit(paper, Order)),
    ?assertMatch({ok, _}, submit(Broker, Order)).

pairs_and_groups_over_the_sim_equal_paper(_) ->
    Broker = connected(#{}, broker(#{latency_ms => 1000})),
    start(paper, #{venue => #{latency_ms => 1000}}),
    Pair = fun(Id, Side, Bid) ->
                   Sign = case Side of buy -> 1; sell -> -1 end,
                   (market(Id, Side, 10000))#{stop_loss => (Bid - Sign * 100) / 100000,
                                              take_profit => (Bid + Sign * 100) / 100000}
           end,
    Limit = fun(Id, Bid) -> (market(Id, buy, 4000))#{type => limit, price => Bid / 100000, oco => <<"g">>} end,
    %% A take-profit, a reduced pair with its stop-loss, and a group whose first order has a child.
    Orders = #{1 => [Pair(<<"a">>, buy, 110000)], 5 => [Pair(<<"b">>, sell, 110150)],
               7 => [market(<<"c">>, buy, 3000)],
               13 => [Limit(<<"d">>, 110200), Limit(<<"e">>, 110100),
                      (market(<<"f">>, sell, 4000))#{'after' => <<"d">>}]},
    Bids = [110000, 110010, 110050, 110120, 110150, 110140, 110140, 110140, 110150, 110240, 110250, 110260, 110260, 110220,
            110180, 110150, 110140, 110000],
    lists:foreach(
      fun({N, Bid}) ->
              _ = fxaot:tick(paper, 'EURUSD', ?START + N * ?SECOND, Bid / 100000, (Bid + 10) / 100000),
              tick(Broker, N, Bid),
              [begin
                   ?assertMatch({ok, _}, fxaot:submit(paper, Order)),
                   ?assertMatch({ok, _}, submit(Broker, Order))
               end || Order <- maps:get(N, Orders, [])]
      end, lists:zip(lists:seq(1, length(Bids)), Bids)),
    Paper = account(paper),
    ?assertEqual(Paper, account(eur)),
    ?assertMatch({_, [#{quantity := 0}], [_, _, _, _], []}, Paper),
    [?assertEqual(State, State2)
     || Id <- [<<"a.sl">>, <<"a.tp">>, <<"b.sl">>, <<"b.tp">>, <<"d">>, <<"e">>, <<"f">>],
        {{ok, #{state := State}}, {ok, #{state := State2}}} <- [{fxaot:order(paper, Id), fxaot:order(eur, Id)}]].

%% Numbers of orders differ in nothing, either.
account(Engine) ->
    {ok, Trades} = fxaot:trades(Engine),
    {fxaot:account(Engine), fxaot:positions(Engine), Trades, [Id || #{id := Id} <- fxaot:orders(Engine)]}.

each_fault_is_survived_and_counted(_) ->
    Faults = #{<<"reject">> => [reject], <<"parts">> => [{parts, [3000, 3000]}], <<"double">> => [double],
               <<"reverse">> => [reverse, {parts, [1000]}], <<"over">> => [{overfill, 500}],
               <<"delay">> => [{delay, 2}], <<"requote">> => [{requote, 1.1050}], <<"keep">> => [keep]},
    Broker = connected(#{}, broker(#{faults => Faults})),
    tick(Broker, 1, 110000),
    [{ok, _} = submit(Broker, market(Id, buy, 10000))
     || Id <- [<<"reject">>, <<"parts">>, <<"double">>, <<"reverse">>, <<"over">>, <<"requote">>]],
    {ok, _} = submit(Broker, market(<<"delay">>, sell, 10000)),
    {ok, _} = submit(Broker, (market(<<"keep">>, buy, 1000))#{type => limit, price => 1.0900}),
    tick(Broker, 2, 110000),
    ?assertMatch({ok, #{state := cancelled, reason := rejected_by_venue}}, fxaot:order(eur, <<"reject">>)),
    [?assertMatch({ok, #{state := filled, filled := Filled}}, fxaot:order(eur, Id))
     || {Id, Filled} <- [{<<"parts">>, 10000}, {<<"double">>, 10000}, {<<"reverse">>, 10000}, {<<"over">>, 10500}]],
    ?assertMatch({ok, #{average_price := 1.1050}}, fxaot:order(eur, <<"requote">>)),
    ?assertMatch({ok, #{state := accepted}}, fxaot:order(eur, <<"delay">>)),
    tick(Broker, 3, 110000),
    tick(Broker, 4, 110000),
    ?assertMatch({ok, #{state := filled}}, fxaot:order(eur, <<"delay">>)),
    %% A cancel that the broker refuses, and its refusal of a change that nobody has asked for.
    {ok, #{state := accepted}} = fxaot:cancel(eur, <<"keep">>),
    fxaot_gateway_sim:settle(Broker, eur),
    ?assertMatch({ok, #{state := accepted}}, fxaot:order(eur, <<"keep">>)),
    ?assertMatch([#{quantity := 40500}], fxaot:positions(eur)),
    %% Twice: accepted and fill of `double'. Out of order: `reverse', and the change of `keep'.
    ?assertMatch(#{link := up, fills := 9, duplicates := 2, out_of_order := 2, overfills := 1, late := 0, unknown := 0,
                   differences := 0, unreadable := 0}, fxaot:gateway(eur)).

a_late_fill_is_alarmed(_) ->
    Broker = connected(#{}, broker(#{faults => #{<<"a">> => [late_fill]}})),
    tick(Broker, 1, 110000),
    {ok, _} = submit(Broker, (market(<<"a">>, buy, 1000))#{type => limit, price => 1.0900}),
    ok = fxaot:subscribe(eur),
    {ok, _} = fxaot:cancel(eur, <<"a">>),
    fxaot_gateway_sim:settle(Broker, eur),
    ok = fxaot:unsubscribe(eur),
    ?assertEqual([{order, <<"a">>, pending_cancel}, {order, <<"a">>, cancelled}, {fill, <<"a">>, 1.09, 0},
                  {alarm, gateway, #{reason => late_fill, number => 1, quantity => 1000}}],
                 [told(Event) || Event <- received()]),
    ?assertMatch([#{quantity := 1000}], fxaot:positions(eur)),
    %% A report of an order that nobody knows, and one that cannot be read.
    ok = fxaot_gateway_sim:report(Broker, #{id => <<"z">>, kind => accepted}),
    ok = fxaot_gateway_sim:report(Broker, #{id => <<"a">>, kind => gone}),
    fxaot_gateway_sim:settle(Broker, eur),
    ?assertMatch(#{late := 1, unknown := 1, unreadable := 1, link := up}, fxaot:gateway(eur)).

%% ---- connections ----------------------------------------------------------------

%% Its news come from other processes.
await(Engine, Is) -> fxaot_test:until(fun() -> Is(fxaot:gateway(Engine)) end).

connects(N) -> fun(#{connects := Connects, link := Link}) -> Connects =:= N andalso Link =:= up end.

without_a_connection_orders_are_refused(_) ->
    Broker = connected(#{}, broker(#{})),
    tick(Broker, 1, 110000),
    {ok, _} = submit(Broker, market(<<"a">>, buy, 10000)),
    tick(Broker, 2, 110000),
    ok = sys:suspend(fxaot_gateways_sup:link_of(eur)),
    %% As after a crash: the process sets the link down before anything else.
    ok = ask({set_gateway, down}),
    {error, {gateway_down, _} = Error} = fxaot:submit(eur, market(<<"b">>, buy, 1000)),
    ?assertMatch(<<"The gateway has no connection to the broker", _/binary>>, fxaot:format_error(Error)),
    %% What closes waits for the connection.
    {ok, [#{id := Close}]} = fxaot:close(eur, 'EURUSD'),
    ok = sys:resume(fxaot_gateways_sup:link_of(eur)),
    ok = fxaot_gateway_sim:hang_up(Broker, 3),
    await(eur, connects(2)),
    tick(Broker, 3, 110000),
    ?assertMatch({ok, #{state := filled}}, fxaot:order(eur, Close)),
    ?assertMatch({ok, #{state := pending_new}}, submit(Broker, market(<<"c">>, buy, 1000))).

ask(Request) -> fxaot_engine_call:ask(eur, {trading, Request}).

what_was_missed_is_told_after_a_reconnect(_) ->
    Broker = connected(#{}, broker(#{})),
    tick(Broker, 1, 110000),
    {ok, _} = submit(Broker, market(<<"a">>, buy, 10000)),
    {ok, _} = submit(Broker, (market(<<"b">>, buy, 1000))#{type => limit, price => 1.0900}),
    ok = sys:suspend(fxaot_gateways_sup:link_of(eur)),
    ok = fxaot_gateway_sim:hang_up(Broker, 0),
    %% It fills while nobody listens.
    ok = fxaot_gateway_sim:quote(Broker, 'EURUSD', ?START + 2 * ?SECOND, 1.1000, 1.1001),
    ok = sys:resume(fxaot_gateways_sup:link_of(eur)),
    await(eur, connects(2)),
    ?assertMatch({ok, #{state := filled}}, fxaot:order(eur, <<"a">>)),
    ?assertMatch(#{differences := 0, fills := 1}, fxaot:gateway(eur)).

differences_are_alarms_before_trading_goes_on(_) ->
    {ok, _} = application:ensure_all_started(sasl),
    Broker = connected(#{}, broker(#{})),
    tick(Broker, 1, 110000),
    {ok, _} = submit(Broker, (market(<<"a">>, buy, 1000))#{type => limit, price => 1.0900}),
    %% The engine believes what no broker has done.
    {ok, taken} = fxaot:report(eur, #{id => <<"a">>, kind => fill, quantity => 400, price => 1.09, execution => <<"x">>}),
    ok = fxaot:subscribe(eur),
    ok = fxaot_gateway_sim:hang_up(Broker, 0),
    await(eur, connects(2)),
    ?assertEqual([{filled, <<"a">>, #{engine => 400, broker => 0}},
                  {position, 'EURUSD', #{engine => 400, broker => 0}}], differences()),
    {ok, taken} = fxaot:report(eur, #{id => <<"a">>, kind => cancelled}),
    ok = fxaot_gateway_sim:hang_up(Broker, 0),
    await(eur, connects(3)),
    ok = fxaot:unsubscribe(eur),
    ?assertEqual([{position, 'EURUSD', #{engine => 400, broker => 0}}, {unknown, <<"a">>, #{}}], differences()),
    ?assertMatch(#{differences := 4}, fxaot:gateway(eur)),
    %% Each once, and none that is over.
    Position = {{gateway_difference, {eur, position, 'EURUSD'}}, #{engine => 400, broker => 0}},
    ?assertEqual([Position, {{gateway_difference, {eur, unknown, <<"a">>}}, #{}}],
                 lists:sort(alarm_handler:get_alarms())),
    {ok, _} = submit(Broker, market(<<"b">>, buy, 1000)),
    ok = fxaot:stop_engine(eur),
    ?assertEqual([], alarm_handler:get_alarms()),
    ok = application:stop(sasl).

%% The broker remembers the orders of the engine before.
no_name_comes_twice_to_a_broker(_) ->
    Broker = broker(#{}),
    Sent = [begin
                _ = connected(#{}, Broker),
                tick(Broker, 2 * N, 110000),
                {ok, #{number := 1}} = submit(Broker, maps:remove(id, market(none, Side, 1000))),
                tick(Broker, 2 * N + 1, 110000),
                [#{quantity := Quantity}] = fxaot:positions(eur),
                ok = fxaot:stop_engine(eur),
                Quantity
            end || {N, Side} <- [{1, buy}, {2, sell}]],
    ?assertEqual([1000, -1000], Sent).

killed(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

%% An actor that dies with its heir has lost its orders and positions: the broker has them still.
a_lost_engine_reconciles(_) ->
    Broker = connected(#{mode => actor}, broker(#{})),
    tick(Broker, 1, 110000),
    {ok, _} = submit(Broker, market(<<"a">>, buy, 1000)),
    tick(Broker, 2, 110000),
    await(eur, fun(#{fills := Fills, acknowledged := Newest}) -> Fills =:= 1 andalso Newest =:= 1 end),
    ok = fxaot_events:watch(eur),
    ok = sys:suspend(fxaot_heir_sup),
    [killed(whereis(Name)) || Name <- [fxaot_heir, eur]],
    ok = sys:resume(fxaot_heir_sup),
    receive {fxaot_engine, eur, lost} -> ok end,
    ok = fxaot:acknowledge_loss(eur),
    receive {fxaot_engine, eur, up} -> ok end,
    ok = fxaot_events:unwatch(eur),
    await(eur, fun(#{link := Link}) -> Link =:= up end),
    ?assertMatch(#{connects := 1, differences := 1}, fxaot:gateway(eur)).

differences() ->
    receive {fxaot_gateway, eur, {difference, Difference}} -> [Difference | differences()]
    after 0 -> []
    end.

a_killed_gateway_loses_nothing(_) ->
    Broker = connected(#{}, broker(#{})),
    tick(Broker, 1, 110000),
    lists:foreach(
      fun(N) ->
              Id = integer_to_binary(N),
              %% Killed at some moment of handing it over, or of taking its fill.
              Link = fxaot_gateways_sup:link_of(eur),
              {ok, _} = fxaot:submit(eur, market(Id, buy, 1000)),
              _ = [exit(Link, kill) || is_pid(Link), N rem 3 =/= 0],
              await(eur, fun(#{link := Now, acknowledged := Newest}) -> Now =:= up andalso Newest >= N end),
              fxaot_gateway_sim:settle(Broker, eur),
              ok = fxaot_gateway_sim:quote(Broker, 'EURUSD', ?START + N * ?SECOND, 1.1000, 1.1001),
              _ = [exit(fxaot_gateways_sup:link_of(eur), kill) || N rem 3 =:= 0, is_pid(fxaot_gateways_sup:link_of(eur))],
              await(eur, fun(#{link := Now, fills := Fills}) -> Now =:= up andalso Fills >= N end)
      end, lists:seq(1, 6)),
    ?assertMatch([#{quantity := 6000}], fxaot:positions(eur)),
    ?assertMatch(#{fills := 6, differences := 0, unknown := 0}, fxaot:gateway(eur)).

a_killed_engine_process_loses_nothing(_) ->
    Broker = connected(#{}, broker(#{})),
    tick(Broker, 1, 110000),
    {ok, _} = submit(Broker, market(<<"a">>, buy, 1000)),
    ok = fxaot_events:watch(eur),
    exit(whereis(eur), kill),
    ok = fxaot_gateway_sim:quote(Broker, 'EURUSD', ?START + 2 * ?SECOND, 1.1000, 1.1001),
    receive {fxaot_engine, eur, up} -> ok end,
    _ = fxaot_events:unwatch(eur),
    await(eur, fun(#{fills := Fills, link := Link}) -> Fills =:= 1 andalso Link =:= up end),
    {ok, _} = submit(Broker, market(<<"b">>, buy, 1000)),
    ok = fxaot_gateway_sim:quote(Broker, 'EURUSD', ?START + 3 * ?SECOND, 1.1000, 1.1001),
    await(eur, fun(#{fills := Fills}) -> Fills =:= 2 end).

a_killed_supervisor_comes_back(_) ->
    Broker = connected(#{}, broker(#{})),
    tick(Broker, 1, 110000),
    Before = fxaot_gateways_sup:link_of(eur),
    Monitor = monitor(process, Before),
    exit(whereis(fxaot_gateways_sup), kill),
    receive {'DOWN', Monitor, process, Before, _} -> ok end,
    await(eur, connects(1)),
    {ok, _} = submit(Broker, market(<<"a">>, buy, 1000)),
    tick(Broker, 2, 110000),
    await(eur, fun(#{fills := Fills}) -> Fills =:= 1 end).

a_broker_that_dies_is_a_lost_connection(_) ->
    Broker = connected(#{}, broker(#{})),
    tick(Broker, 1, 110000),
    unlink(Broker),
    exit(Broker, kill),
    await(eur, fun(#{link := Link}) -> Link =:= down end),
    ?assertMatch({error, {gateway_down, _}}, fxaot:submit(eur, market(<<"a">>, buy, 1000))).

a_heartbeat_finds_a_lost_connection(_) ->
    Broker = broker(#{}),
    start(#{gateway => gateway(Broker, #{heartbeat_ms => 1})}),
    await(eur, connects(1)),
    tick(Broker, 1, 110000),
    ok = fxaot_gateway_sim:drop(Broker),
    await(eur, connects(2)),
    {ok, _} = submit(Broker, market(<<"a">>, buy, 1000)),
    tick(Broker, 2, 110000),
    ?assertMatch(#{fills := 1}, fxaot:gateway(eur)).

%% This suite is a module of the behaviour, whose callbacks crash or answer nonsense in turn.
a_module_that_crashes_is_a_lost_connection(_) ->
    Turns = counters:new(1, []),
    start(#{gateway => {?MODULE, #{turns => Turns, reconnect_ms => {1, 1}}}}),
    _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    await(eur, fun(#{link := Link}) -> Link =:= up end),
    Link = fxaot_gateways_sup:link_of(eur),
    {ok, _} = fxaot:submit(eur, market(<<"a">>, buy, 1000)),
    await(eur, fun(#{acknowledged := Newest, link := Now}) -> Newest =:= 1 andalso Now =:= up end),
    Link ! nonsense,
    await(eur, connects(6)),
    ?assertEqual(Link, fxaot_gateways_sup:link_of(eur)),
    ?assertMatch(#{unreadable := 1, fills := 0}, fxaot:gateway(eur)).

connect(eur, #{turns := Turns}) ->
    counters:add(Turns, 1, 1),
    case counters:get(Turns, 1) of
        1 -> error(crashed);
        2 -> nonsense;
        3 -> {error, refused};
        Turn -> {ok, Turn}
    end.

disconnect(_, _) -> error(crashed).

reconcile(4) -> error(crashed);
reconcile(5) -> {ok, #{reports => []}, 5};
reconcile(6) -> {ok, nonsense, 6};
reconcile(Turn) -> {ok, #{reports => [], orders => [#{id => <<"a">>, filled => 0}], positions => #{}}, Turn}.

send_order(_, 7) -> error(crashed);
send_order(_, 8) -> nonsense;
send_order(_, Turn) -> {ok, [nonsense], Turn}.

cancel_order(_, Turn) -> {ok, [], Turn}.
modify_order(_, Turn) -> {ok, [], Turn}.
heartbeat(Turn) -> {ok, [], Turn}.
handle_info(_, 9) -> throw(crashed);
handle_info(_, Turn) -> {ok, [], Turn}.

a_stopped_engine_has_no_gateway(_) ->
    _ = connected(#{}, broker(#{})),
    Link = fxaot_gateways_sup:link_of(eur),
    Monitor = monitor(process, Link),
    ok = fxaot:stop_engine(eur),
    receive {'DOWN', Monitor, process, Link, _} -> ok end,
    ?assertEqual(undefined, fxaot_gateways_sup:link_of(eur)).
