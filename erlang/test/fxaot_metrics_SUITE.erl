%% What a collection shows, its limits, and the endpoint /metrics.
-module(fxaot_metrics_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).

all() ->
    [figures_of_an_engine, rejects_by_reason, a_gateway, a_journal, latencies_by_bounds, an_actor_and_its_mailbox, a_group,
     crashes_and_reloads, what_is_removed_vanishes, a_busy_engine_shows_its_last_values,
     a_busy_engine_without_last_values, late_questions_cost_nothing, a_limit_of_series,
     ten_thousand_strategies_come_and_go, engines_come_and_go, parts_of_strategies, the_endpoint, silent_clients,
     two_formats, a_port_in_use, a_port_that_is_taken_later].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    {ok, _} = application:ensure_all_started(inets),
    fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

init_per_testcase(_, Config) ->
    restart([]),
    Config.

end_per_testcase(_, _) ->
    [application:unset_env(fxaot, Key) || Key <- [metrics_port, metrics_ip, metrics_timeout, metrics_series]],
    ok.

restart(Environment) ->
    application:stop(fxaot),
    [application:set_env(fxaot, Key, Value) || {Key, Value} <- Environment],
    {ok, _} = application:ensure_all_started(fxaot),
    ok.

%% ---- values -----------------------------------------------------------------

points(Name) -> points(Name, fxaot_metrics:collect()).

points(Name, Metrics) ->
    [Points] = [Points || #{name := Known, points := Points} <- Metrics, Known =:= Name],
    Points.

value(Name, Labels, Metrics) ->
    [Value] = [Value || #{labels := Of, value := Value} <- points(Name, Metrics), Of =:= Labels],
    Value.

start(Name, Options) -> {ok, _} = fxaot:start_engine(Name, Options).

cross(Engine, Id) ->
    ok = fxaot:deploy(Engine, Id, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}}).

figures_of_an_engine(_) ->
    start(eur, #{}),
    cross(eur, cross),
    {ok, #{quotes := Quotes}} = fxaot:replay(eur, #{days => 1, seed => 1}, #{}),
    Metrics = fxaot_metrics:collect(),
    Engine = #{<<"engine">> => <<"eur">>},
    Money = Engine#{<<"currency">> => <<"USD">>},
    Strategy = Engine#{<<"strategy">> => <<"cross">>, <<"instrument">> => <<"EURUSD">>},
    #{bars := Bars, signals := Signals, fills := Fills} = fxaot:stats(eur),
    #{equity := Equity} = fxaot:account(eur),
    [#{realised := Realised}] = fxaot:strategies(eur),
    ?assert(Fills > 0),
    ?assertEqual([Quotes, Quotes, 1440, Bars, Signals, Fills, Signals, Fills, Equity / 1.0e6, Realised / 1.0e6, 1, 1],
                 [value(Name, Labels, Metrics)
                  || {Name, Labels} <- [{<<"fxaot_quotes">>, Engine}, {<<"fxaot_quotes_accepted">>, Engine},
                                        {<<"fxaot_strategy_bars">>, Strategy}, {<<"fxaot_bars">>, Engine},
                                        {<<"fxaot_signals">>, Engine}, {<<"fxaot_fills">>, Engine},
                                        {<<"fxaot_strategy_signals">>, Strategy},
                                        {<<"fxaot_strategy_fills">>, Strategy}, {<<"fxaot_account_equity">>, Money},
                                        {<<"fxaot_strategy_realised">>, Strategy#{<<"currency">> => <<"USD">>}},
                                        {<<"fxaot_strategy_tier">>, Strategy#{<<"tier">> => <<"built_in">>}},
                                        {<<"fxaot_engine_up">>, Engine#{<<"status">> => <<"up">>}}]]),
    %% Every metric has the type of its table, and every point its labels.
    lists:foreach(fun({{Name, Type, _, Labels, _}, #{name := Name, type := Type, points := Points}}) ->
                          [?assertEqual({Name, lists:sort(Labels)}, {Name, lists:sort(maps:keys(Of))})
                           || #{labels := Of} <- Points]
                  end, lists:zip(fxaot_metrics_table:all(), Metrics)).

rejects_by_reason(_) ->
    start(eur, #{}),
    _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    Order = #{symbol => 'EURUSD', side => buy, quantity => 1000},
    %% Each reason is there before it happens.
    Reason = fun(Of) -> #{<<"engine">> => <<"eur">>, <<"reason">> => atom_to_binary(Of)} end,
    Zeros = [{Of, 0} || Of <- fxaot_metrics_engine:reject_reasons()],
    ?assertEqual([#{labels => Reason(Of), value => 0} || {Of, 0} <- lists:sort(Zeros)], points(<<"fxaot_rejects">>)),
    {error, _} = fxaot:submit(eur, Order#{quantity => 1000000000}),
    ok = fxaot:halt(eur),
    {error, _} = fxaot:submit(eur, Order),
    {error, _} = fxaot:submit(eur, Order),
    #{rejects := 3, rejected := Rejected} = fxaot:stats(eur),
    ?assertMatch(#{halted := 2}, Rejected),
    [Other] = maps:keys(maps:remove(halted, Rejected)),
    Metrics = fxaot_metrics:collect(),
    Counts = maps:merge(maps:from_list(Zeros), #{halted => 2, Other => 1}),
    ?assertEqual([#{labels => Reason(Of), value => Count} || {Of, Count} <- lists:sort(maps:to_list(Counts))],
                 points(<<"fxaot_rejects">>, Metrics)),
    ?assertEqual([0, 0, 1],
                 [value(<<"fxaot_engine_trading_state">>, #{<<"engine">> => <<"eur">>, <<"state">> => State}, Metrics)
                  || State <- [<<"active">>, <<"reducing">>, <<"halted">>]]),
    %% Of a strategy too, from the first one on.
    ?assertEqual([], points(<<"fxaot_strategy_rejects">>, Metrics)),
    cross(eur, cross),
    {ok, _} = fxaot:replay(eur, #{days => 1, seed => 1, start => 1893456000000000000}, #{}),
    [#{rejects := Rejects, rejected := #{halted := Rejects}}] = fxaot:strategies(eur),
    ?assert(Rejects > 0),
    ?assertEqual([#{labels => #{<<"engine">> => <<"eur">>, <<"strategy">> => <<"cross">>, <<"instrument">> => <<"EURUSD">>,
                                <<"reason">> => <<"halted">>}, value => Rejects}], points(<<"fxaot_strategy_rejects">>)),
    [#{count := 3}] = [Point || #{labels := #{<<"operation">> := <<"submit">>, <<"result">> := <<"error">>}} = Point
                                    <- points(<<"fxaot_operation_seconds">>, Metrics)].

a_gateway(_) ->
    start(eur, #{venue => gateway}),
    start(paper, #{}),
    _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    [{ok, _} = fxaot:submit(eur, #{id => Id, symbol => 'EURUSD', side => buy, quantity => 1000})
     || Id <- [<<"a">>, <<"b">>]],
    {ok, [_]} = fxaot:requests(eur, 1),
    Fill = #{id => <<"a">>, kind => fill, quantity => 1500, price => 1.1, execution => <<"x">>},
    {ok, taken} = fxaot:report(eur, #{id => <<"a">>, kind => accepted}),
    {ok, taken} = fxaot:report(eur, Fill),
    {ok, duplicate} = fxaot:report(eur, Fill),
    {ok, late} = fxaot:report(eur, #{id => <<"a">>, kind => cancelled}),
    {ok, unknown} = fxaot:report(eur, #{id => <<"z">>, kind => accepted}),
    Metrics = fxaot_metrics:collect(),
    Engine = #{<<"engine">> => <<"eur">>},
    ?assertEqual([1, 2, 1, 1],
                 [value(Name, Engine, Metrics) || Name <- [<<"fxaot_gateway_up">>, <<"fxaot_gateway_requests">>,
                                                           <<"fxaot_gateway_waiting_requests">>,
                                                           <<"fxaot_gateway_overfills">>]]),
    ?assertEqual([2, 1, 1, 0, 1],
                 [value(<<"fxaot_gateway_reports">>, Engine#{<<"verdict">> => Verdict}, Metrics)
                  || Verdict <- [<<"taken">>, <<"duplicate">>, <<"late">>, <<"out_of_order">>, <<"unknown">>]]),
    %% The paper venue is no gateway.
    ?assertEqual([], [Name || #{name := <<"fxaot_gateway_", _/binary>> = Name, points := Points} <- Metrics,
                              #{labels := #{<<"engine">> := <<"paper">>}} <- Points]).

a_journal(Config) ->
    Dir = filename:join(proplists:get_value(priv_dir, Config), "a_journal"),
    start(eur, #{instruments => ['EURUSD'], journal => #{dir => Dir, quotes => true, sync => always}}),
    start(none, #{}),
    _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000}),
    ok = fxaot:snapshot(eur),
    {ok, #{records := Records, commits := Commits, written_bytes := Bytes, sequence := Sequence, durable := Durable,
           segments := 2, unavailable := 0, snapshot_bytes := Size}} = fxaot:journal(eur),
    Metrics = fxaot_metrics:collect(),
    Engine = #{<<"engine">> => <<"eur">>},
    ?assertEqual([1, Records, Bytes, 2, 0, Sequence, Durable, 0, 0, Size],
                 [value(<<"fxaot_journal_", Name/binary>>, Engine, Metrics)
                  || Name <- [<<"up">>, <<"records">>, <<"written_bytes">>, <<"segments">>, <<"losses">>, <<"sequence">>,
                              <<"durable_sequence">>, <<"lag_records">>, <<"lag_seconds">>, <<"snapshot_bytes">>]]),
    ?assertEqual(Sequence, Records),
    ?assertEqual(Sequence, Durable),
    ?assertEqual(Bytes, lists:sum([filelib:file_size(File) - 68 || File <- filelib:wildcard(Dir ++ "/*.fxj")])),
    [#{labels := Engine, buckets := Buckets, count := Commits, sum := Sum}] =
        points(<<"fxaot_journal_sync_seconds">>, Metrics),
    ?assertEqual({infinity, Commits}, lists:last(Buckets)),
    ?assert(Sum > 0),
    ?assert(value(<<"fxaot_journal_snapshot_age_seconds">>, Engine, Metrics) > 0),
    ?assert(value(<<"fxaot_journal_snapshot_seconds">>, Engine, Metrics) > 0),
    %% Counts go on after a crash of the journal's process.
    Journal = fxaot_journals_sup:find(eur),
    Monitor = monitor(process, Journal),
    exit(Journal, kill),
    receive {'DOWN', Monitor, process, _, _} -> ok end,
    fxaot_test:until(fun() -> fxaot:snapshot(eur) =:= ok end),
    ?assert(value(<<"fxaot_journal_records">>, Engine, fxaot_metrics:collect()) > Records),
    ok = fxaot:stop_engine(eur),
    ?assertEqual([], [Name || #{name := <<"fxaot_journal_", _/binary>> = Name, points := [_ | _]} <- fxaot_metrics:collect()]),
    start(eur, #{journal => Dir}),
    [#{count := 1}] = [Point || #{labels := #{<<"operation">> := <<"recover">>}} = Point
                                    <- points(<<"fxaot_operation_seconds">>)].

latencies_by_bounds(_) ->
    start(eur, #{}),
    {ok, #{quotes := Quotes}} = fxaot:replay(eur, #{days => 1, seed => 1}, #{}),
    [#{labels := #{<<"engine">> := <<"eur">>}, buckets := Buckets, sum := Sum, count := Count}]
        = points(<<"fxaot_quote_latency_seconds">>),
    ?assert(Count >= Quotes div 128),
    ?assert(Sum > 0),
    ?assertEqual({infinity, Count}, lists:last(Buckets)),
    Counts = [Of || {_, Of} <- Buckets],
    ?assertEqual(lists:sort(Counts), Counts),
    ?assertEqual({2.5e-8, 1.0}, {element(1, hd(Buckets)), element(1, lists:nth(20, Buckets))}),
    %% From one collection to the next no bucket falls.
    {ok, _} = fxaot:replay(eur, #{days => 1, seed => 2, start => 1893456000000000000}, #{}),
    [#{buckets := Later}] = points(<<"fxaot_quote_latency_seconds">>),
    ?assertEqual([], [Bound || {{Bound, Before}, {Bound, After}} <- lists:zip(Buckets, Later), After < Before]).

an_actor_and_its_mailbox(_) ->
    start(eur, #{mode => actor, capacity => 1024}),
    ok = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    fxaot_test:until(fun() -> maps:get(quotes, fxaot:stats(eur)) =:= 1 end),
    Metrics = fxaot_metrics:collect(),
    Engine = #{<<"engine">> => <<"eur">>},
    ?assertEqual([1024, 0, 1, 1],
                 [value(<<"fxaot_mailbox_capacity_quotes">>, Engine, Metrics),
                  value(<<"fxaot_mailbox_waiting_quotes">>, Engine, Metrics),
                  value(<<"fxaot_mailbox_quotes">>, Engine#{<<"fate">> => <<"handled">>}, Metrics),
                  value(<<"fxaot_quotes">>, Engine, Metrics)]).

a_group(_) ->
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'USDJPY']}),
    {error, {unknown_symbol, _}} = fxaot:tick(pair, 'GBPUSD', ?START, 1.1, 1.1001),
    Metrics = fxaot_metrics:collect(),
    Group = #{<<"group">> => <<"pair">>},
    ?assertEqual([1, 1], [value(<<"fxaot_group_up">>, Group, Metrics),
                          value(<<"fxaot_group_unrouted_quotes">>, Group, Metrics)]),
    ?assertEqual([<<"pair_1">>, <<"pair_2">>],
                 [Engine || #{labels := #{<<"engine">> := Engine}} <- points(<<"fxaot_quotes">>, Metrics)]).

crashes_and_reloads(_) ->
    start(eur, #{}),
    cross(eur, cross),
    Zero = fxaot_metrics:collect(),
    ?assertEqual([0, 0, 0, 0, 0, 0, 0, 0],
                 [value(Name, Labels, Zero)
                  || {Name, Labels} <- [{<<"fxaot_engine_crashes">>, #{<<"engine">> => <<"eur">>}},
                                        {<<"fxaot_engine_adoptions">>, #{<<"engine">> => <<"eur">>}},
                                        {<<"fxaot_strategy_reloads">>, #{<<"engine">> => <<"eur">>,
                                                                         <<"result">> => <<"error">>}},
                                        {<<"fxaot_deployment_crashes">>, #{}}, {<<"fxaot_handler_failures">>, #{}},
                                        {<<"fxaot_alarms">>, #{<<"kind">> => <<"state_lost">>}},
                                        {<<"fxaot_compiler_failures">>, #{<<"reason">> => <<"ended">>}},
                                        {<<"fxaot_native_loads">>, #{<<"source">> => <<"cache">>,
                                                                     <<"result">> => <<"error">>}}]]),
    {ok, _} = fxaot:deploy(eur, cross, #{strategy => ma_crossover, params => #{fast => 3}}),
    _ = sys:get_state(fxaot_keeper),
    ok = fxaot_events:watch(eur),
    exit(whereis(eur), kill),
    receive {fxaot_engine, eur, up} -> ok end,
    Engine = #{<<"engine">> => <<"eur">>},
    fxaot_test:until(fun() -> points(<<"fxaot_engine_crashes">>) =:= [#{labels => Engine, value => 1}] end),
    Metrics = fxaot_metrics:collect(),
    ?assertEqual([1, 1], [value(<<"fxaot_engine_adoptions">>, Engine, Metrics),
                          value(<<"fxaot_strategy_reloads">>, Engine#{<<"result">> => <<"ok">>}, Metrics)]),
    ok = fxaot:stop_engine(eur),
    ?assertEqual([[], [], []], [points(Name) || Name <- [<<"fxaot_engine_crashes">>, <<"fxaot_engine_adoptions">>,
                                                         <<"fxaot_strategy_reloads">>]]).

what_is_removed_vanishes(_) ->
    start(eur, #{}),
    [cross(eur, Id) || Id <- [a, b]],
    Strategies = fun() -> [Id || #{labels := #{<<"strategy">> := Id}} <- points(<<"fxaot_strategy_bars">>)] end,
    ?assertEqual([<<"a">>, <<"b">>], Strategies()),
    ok = fxaot:undeploy(eur, a),
    ?assertEqual([<<"b">>], Strategies()),
    ok = fxaot:stop_engine(eur),
    Metrics = fxaot_metrics:collect(),
    ?assertEqual([], [Name || #{name := Name, points := Points} <- Metrics,
                              #{labels := #{<<"engine">> := _}} <- Points]),
    ?assertEqual([], ets:tab2list(fxaot_metrics)),
    %% News of an engine that is gone leaves nothing behind, also where nobody collects.
    fxaot_telemetry_emit:happened([engine, crash], #{engine => eur, reason => late}),
    ?assertEqual([], [Row || {{_, eur, _}, _} = Row <- ets:tab2list(fxaot_metrics_counts)]),
    ?assertEqual([], points(<<"fxaot_engine_crashes">>)).

%% ---- engines that do not answer ---------------------------------------------

a_busy_engine_shows_its_last_values(_) ->
    application:set_env(fxaot, metrics_timeout, 50),
    [start(Name, #{}) || Name <- [busy, free]],
    Quote = fun(N) -> [fxaot:tick(Name, 'EURUSD', ?START + N, 1.1, 1.1001) || Name <- [busy, free]] end,
    Quote(1),
    _ = fxaot_metrics:collect(),
    ok = sys:suspend(busy),
    Quote(2),
    Began = erlang:monotonic_time(millisecond),
    Metrics = fxaot_metrics:collect(),
    ?assert(erlang:monotonic_time(millisecond) - Began < 1000),
    ?assertEqual([1, 2, 1], [value(<<"fxaot_quotes">>, #{<<"engine">> => <<"busy">>}, Metrics),
                             value(<<"fxaot_quotes">>, #{<<"engine">> => <<"free">>}, Metrics),
                             value(<<"fxaot_collection_stale_engines">>, #{}, Metrics)]),
    ok = sys:resume(busy),
    ?assertEqual(2, value(<<"fxaot_quotes">>, #{<<"engine">> => <<"busy">>}, fxaot_metrics:collect())).

a_busy_engine_without_last_values(_) ->
    application:set_env(fxaot, metrics_timeout, 20),
    start(busy, #{}),
    ok = sys:suspend(busy),
    Metrics = fxaot_metrics:collect(),
    ?assertEqual([], points(<<"fxaot_quotes">>, Metrics)),
    ?assertEqual(1, value(<<"fxaot_collection_missing_engines">>, #{}, Metrics)),
    ok = sys:resume(busy).

%% Those that nobody waits for any more are not answered, and no answer comes late.
late_questions_cost_nothing(_) ->
    application:set_env(fxaot, metrics_timeout, 1),
    start(busy, #{}),
    ok = sys:suspend(busy),
    [fxaot_metrics:collect() || _ <- lists:seq(1, 5)],
    ok = sys:resume(busy),
    ?assertEqual(late, fxaot_engine_call:ask(busy, {metrics, 10, erlang:monotonic_time() - 1})),
    ?assertEqual({messages, []}, process_info(self(), messages)).

%% ---- limits -----------------------------------------------------------------

count(Metrics) -> lists:sum([length(Points) || #{points := Points} <- Metrics]).

a_limit_of_series(_) ->
    application:set_env(fxaot, metrics_series, 229),
    start(eur, #{}),
    [cross(eur, binary_to_atom(<<"s", (integer_to_binary(N))/binary>>)) || N <- lists:seq(1, 30)],
    Metrics = fxaot_metrics:collect(),
    %% 126 for the engine, then 10 for each strategy: ten fit, twenty are left out.
    ?assertEqual(10, length(points(<<"fxaot_strategy_bars">>, Metrics))),
    ?assertEqual(20 * 10, value(<<"fxaot_collection_left_out_series">>, #{}, Metrics)),
    ?assertEqual(2 * 20 * 10, value(<<"fxaot_collection_left_out_series">>, #{}, fxaot_metrics:collect())),
    ?assertEqual(30, value(<<"fxaot_strategies">>, #{<<"engine">> => <<"eur">>}, Metrics)).

%% Neither series nor memory grow, whatever their names were.
ten_thousand_strategies_come_and_go(_) ->
    start(eur, #{}),
    Ids = [binary_to_atom(<<"s", (integer_to_binary(N))/binary>>) || N <- lists:seq(1, 10)],
    Round = fun() -> [begin cross(eur, Id), ok = fxaot:undeploy(eur, Id) end || Id <- Ids] end,
    Round(),
    Before = count(fxaot_metrics:collect()),
    Words = words(),
    [begin Round(), _ = fxaot_metrics:collect() end || _ <- lists:seq(1, 1000)],
    ?assertEqual(Before, count(fxaot_metrics:collect())),
    ?assertEqual(Words, words()).

%% Ever new names, of which something is told, and nobody collects.
engines_come_and_go(_) ->
    Round = fun(N) ->
                    Name = binary_to_atom(<<"e", (integer_to_binary(N))/binary>>),
                    start(Name, #{}),
                    cross(Name, cross),
                    {ok, _} = fxaot:deploy(Name, cross, #{strategy => ma_crossover, params => #{fast => 3}}),
                    ok = fxaot:stop_engine(Name),
                    fxaot_telemetry_emit:happened([tier, change], #{engine => Name, strategy => cross, tier => vm,
                                                                    why => <<"late">>})
            end,
    Round(0),
    Words = words(),
    lists:foreach(Round, lists:seq(1, 50)),
    ?assertEqual(Words, words()).

words() -> [ets:info(Table, size) || Table <- [fxaot_metrics, fxaot_metrics_counts, fxaot_telemetry]].

parts_of_strategies(_) ->
    start(eur, #{}),
    Ids = [binary_to_atom(<<"s", (integer_to_binary(N))/binary>>) || N <- lists:seq(1, 130)],
    [cross(eur, Id) || Id <- Ids],
    %% Read in parts of 64.
    Shown = [binary_to_atom(Id) || #{labels := #{<<"strategy">> := Id}} <- points(<<"fxaot_strategy_bars">>)],
    ?assertEqual(Ids, Shown),
    {ok, Handle} = fxaot:handle(eur),
    ?assertMatch({error, {not_owner, _}}, fxaot_nif:strategies(Handle, 0, 1)).

%% ---- the endpoint -----------------------------------------------------------

serve() ->
    restart([{metrics_port, 0}]),
    "http://127.0.0.1:" ++ integer_to_list(fxaot_metrics_http:port()).

get(Url, Headers) ->
    {ok, {{_, Code, _}, Answered, Body}} = httpc:request(get, {Url, Headers}, [], [{body_format, binary}]),
    {Code, proplists:get_value("content-type", Answered), proplists:get_value("content-encoding", Answered), Body}.

the_endpoint(_) ->
    Url = serve(),
    start(eur, #{}),
    {200, "text/plain; version=0.0.4; charset=utf-8", undefined, Text} = get(Url ++ "/metrics", []),
    ?assertNotEqual(nomatch, binary:match(Text, <<"\nfxaot_quotes_total{engine=\"eur\"} 0\n">>)),
    {200, _, undefined, _} = get(Url ++ "/metrics?x=1", []),
    {200, _, undefined, _} = get(Url ++ "/metrics", [{"accept-encoding", "gzip;q=0"}]),
    {200, _, "gzip", Zipped} = get(Url ++ "/metrics", [{"accept-encoding", "gzip"}]),
    ?assertMatch(<<"# HELP fxaot_ready", _/binary>>, zlib:gunzip(Zipped)),
    [?assertMatch({404, _, _, _}, get(Url ++ Path, [])) || Path <- ["", "/", "/metricsx", "/metrics/x", "/../etc"]],
    {ok, {{_, 405, _}, Headers, _}} = httpc:request(post, {Url ++ "/metrics", [], "text/plain", "x"}, [], []),
    ?assertEqual("GET, HEAD", proplists:get_value("allow", Headers)),
    {ok, {{_, 200, _}, Head, []}} = httpc:request(head, {Url ++ "/metrics", []}, [], []),
    ?assertNotEqual("0", proplists:get_value("content-length", Head)).

%% They make room for others, and one that does not read its answer has a limit too.
silent_clients(_) ->
    _ = serve(),
    Port = fxaot_metrics_http:port(),
    Before = erlang:ports(),
    [Silent, Once] = [begin
                          {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {active, false}]),
                          Socket
                      end || _ <- [silent, once]],
    ok = gen_tcp:send(Once, <<"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n">>),
    {ok, <<"HTTP/1.1 200", _/binary>>} = gen_tcp:recv(Once, 0, 10000),
    {ok, Client} = inet:sockname(Once),
    [Served] = [Each || Each <- erlang:ports() -- Before, inet:peername(Each) =:= {ok, Client}],
    ?assertEqual({ok, [{send_timeout, 10000}, {send_timeout_close, true}]},
                 inet:getopts(Served, [send_timeout, send_timeout_close])),
    ?assertEqual([{error, closed}, {error, closed}], [answered(Socket) || Socket <- [Silent, Once]]).

answered(Socket) ->
    case gen_tcp:recv(Socket, 0, 20000) of
        {ok, _} -> answered(Socket);
        Error -> Error
    end.

two_formats(_) ->
    Url = serve(),
    {200, "application/openmetrics-text; version=1.0.0; charset=utf-8", undefined, Text}
        = get(Url ++ "/metrics", [{"accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}]),
    ?assertEqual(<<"# EOF\n">>, binary:part(Text, byte_size(Text), -6)),
    ?assertMatch({match, _}, re:run(Text, "\n# UNIT fxaot_collection_seconds seconds\n")).

a_port_in_use(_) ->
    {ok, Socket} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Socket),
    application:stop(fxaot),
    application:set_env(fxaot, metrics_port, Port),
    {error, {{{metrics_port, _}, Sentence}, _}} = application:start(fxaot),
    ?assertEqual(iolist_to_binary(["Cannot serve metrics: another program has the port ", integer_to_list(Port),
                                   " of 127.0.0.1; set metrics_port of fxaot to another one."]), Sentence),
    application:set_env(fxaot, metrics_ip, {192, 0, 2, 1}),
    {error, {{{metrics_port, _}, Elsewhere}, _}} = application:start(fxaot),
    ?assertEqual(iolist_to_binary(["Cannot serve metrics on the port ", integer_to_list(Port),
                                   " of 192.0.2.1: can't assign requested address."]), Elsewhere),
    ok = gen_tcp:close(Socket).

%% The application runs on without its metrics, and serves them when it can.
a_port_that_is_taken_later(_) ->
    serve(),
    Port = fxaot_metrics_http:port(),
    restart([{metrics_port, Port}]),
    %% Somebody's outgoing connection may have it for a moment.
    fxaot_test:until(fun() -> fxaot_metrics_http:port() =:= Port end),
    {Server, Port} = element(2, sys:get_state(fxaot_metrics_http)),
    ok = sys:suspend(fxaot_metrics_http),
    Monitor = monitor(process, Server),
    exit(Server, kill),
    receive {'DOWN', Monitor, process, Server, _} -> ok end,
    Socket = fxaot_test:until(fun() ->
                                      case gen_tcp:listen(Port, [{ip, {127, 0, 0, 1}}, {reuseaddr, true}]) of
                                          {ok, Listener} -> {true, Listener};
                                          {error, eaddrinuse} -> false
                                      end
                              end),
    ok = sys:resume(fxaot_metrics_http),
    ?assertEqual(none, fxaot_metrics_http:port()),
    start(eur, #{}),
    ok = gen_tcp:close(Socket),
    fxaot_test:until(fun() -> fxaot_metrics_http:port() =:= Port end),
    ?assertMatch({200, _, _, _}, get("http://127.0.0.1:" ++ integer_to_list(Port) ++ "/metrics", [])).
