%% A real Prometheus scrapes a node that trades, promtool reads what it serves, and every query of the Grafana
%% dashboard returns data. `make test-telemetry' installs Prometheus and runs this; without it the suite is skipped.
-module(fxaot_prometheus_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

all() -> [promtool_accepts_the_metrics, prometheus_has_the_counts, the_dashboards_queries_return_data,
          the_dashboards_variables_have_values].

suite() -> [{timetrap, {seconds, 60}}].

%% ---- a node that trades, and Prometheus -------------------------------------

init_per_suite(Config) ->
    case {os:find_executable("prometheus"), os:find_executable("promtool"), os:getenv("FXAOT_TELEMETRY")} of
        {Prometheus, Promtool, _} when is_list(Prometheus), is_list(Promtool) -> started(Prometheus, Config);
        {_, _, false} -> {skip, "Prometheus is not installed: make test-telemetry installs it"}
    end.

started(Prometheus, Config) ->
    Private = proplists:get_value(priv_dir, Config),
    {ok, _} = application:ensure_all_started(inets),
    application:stop(fxaot),
    application:load(fxaot),
    [application:set_env(fxaot, Key, Value)
     || {Key, Value} <- [{metrics_port, 0}, {artifact_dirs, []},
                         %% An export that no one receives.
                         {otlp, #{endpoint => "http://127.0.0.1:1", traces => none, logs => none,
                                  metrics_delay => 1000, metrics_export_timeout => 1000}},
                         {quarantine_dir, filename:join(Private, "quarantine")}]],
    ok = fxaot_test:start(),
    logger:set_primary_config(level, none),
    Trader = trader(Private),
    Port = free_port(),
    Server = prometheus(Prometheus, Private, Port),
    Url = "http://127.0.0.1:" ++ integer_to_list(Port),
    [{trader, Trader}, {server, Server}, {url, Url} | Config].

end_per_suite(Config) ->
    exit(proplists:get_value(trader, Config), kill),
    proplists:get_value(server, Config) ! stop,
    [application:unset_env(fxaot, Key) || Key <- [metrics_port, otlp, artifact_dirs, quarantine_dir]],
    fxaot_test:end_suite(Config).

free_port() ->
    {ok, Socket} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Socket),
    ok = gen_tcp:close(Socket),
    Port.

%% Each second a scrape. The shell ends it when its standard input does: with the port, and so with this node.
prometheus(Executable, Private, Port) ->
    File = filename:join(Private, "prometheus.yml"),
    ok = file:write_file(File, io_lib:format("global: {scrape_interval: 1s, scrape_timeout: 1s}~n"
                                             "scrape_configs:~n- job_name: fxaot~n  static_configs:~n"
                                             "  - targets: ['127.0.0.1:~b']~n", [fxaot_metrics_http:port()])),
    Arguments = ["--config.file=" ++ File, "--log.level=error",
                 "--storage.tsdb.path=" ++ filename:join(Private, "data"),
                 "--web.listen-address=127.0.0.1:" ++ integer_to_list(Port)],
    spawn(fun() ->
                  Open = open_port({spawn_executable, "/bin/sh"},
                                   [{args, ["-c", "\"$@\" & read _; kill $!", "sh", Executable | Arguments]},
                                    exit_status, stderr_to_stdout]),
                  receive stop -> port_close(Open) end
          end).

%% Every part of the application does something, and goes on doing it.
trader(Private) ->
    Test = self(),
    {Trader, Monitor} = spawn_monitor(fun() ->
                                              Broker = prepared(Private),
                                              Test ! {self(), ready},
                                              traded(Broker, 1)
                                      end),
    receive
        {Trader, ready} -> Trader;
        {'DOWN', Monitor, process, Trader, Reason} -> error(Reason)
    end.

prepared(Private) ->
    {ok, _} = fxaot:start_engine(eur, #{}),
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'USDJPY']}),
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {ticks, 10},
                                    params => #{'band' => 0.00001}}),
    Script = {source, "//@version=6\nstrategy(\"S\", default_qty_value = 1000)\n"
              "if ta.crossover(close, ta.ema(close, 5))\n    strategy.entry(\"L\", strategy.long)\n"},
    ok = fxaot:deploy(eur, script, #{strategy => Script, instrument => 'EURUSD', timeframe => {ticks, 10},
                                     wait => native}),
    {ok, _} = fxaot:replay(eur, #{days => 1, seed => 1}, #{}),
    ok = fxaot:subscribe(eur),
    %% A crash.
    _ = sys:get_state(fxaot_keeper),
    ok = fxaot_events:watch(eur),
    exit(whereis(eur), kill),
    receive {fxaot_engine, eur, up} -> ok end,
    {ok, Broker} = fxaot_gateway_sim:start_link(#{}),
    Gateway = {fxaot_gateway_sim, #{broker => Broker}},
    {ok, _} = fxaot:start_engine(broker, #{instruments => ['EURUSD'], gateway => Gateway}),
    {ok, _} = fxaot:start_engine(kept, #{instruments => ['EURUSD'], journal => filename:join(Private, "journal")}),
    %% A counterparty that is not there.
    Fix = #{host => "127.0.0.1", port => 1, sender => <<"TRADER">>, target => <<"BROKER">>,
            store => filename:join(Private, "fix"), symbols => #{'EURUSD' => "EUR/USD"}},
    {ok, _} = fxaot:start_engine(fix, #{instruments => ['EURUSD'], gateway => {fxaot_gateway_fix, Fix}}),
    Broker.

traded(Broker, N) ->
    flush(),
    Time = 1900000000000000000 + N * 1000000000,
    [begin
         Price = 1.1 + ((N * 100 + K) * 7 rem 50) / 10000,
         _ = fxaot:tick(eur, 'EURUSD', Time + K * 1000, Price, Price + 0.0001),
         _ = fxaot:tick(pair, 'EURUSD', Time + K * 1000, Price, Price + 0.0001)
     end || K <- lists:seq(1, 2000)],
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000}),
    {error, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000000000}),
    {ok, _} = fxaot:deploy(eur, cross, #{strategy => ma_crossover, params => #{fast => 3 + N rem 3}}),
    ok = fxaot_gateway_sim:tick(Broker, broker, 'EURUSD', Time, 1.1, 1.1001),
    _ = fxaot:tick(kept, 'EURUSD', Time, 1.1, 1.1001),
    _ = fxaot:submit(kept, #{symbol => 'EURUSD', side => side(N), quantity => 1000}),
    _ = fxaot:submit(broker, #{symbol => 'EURUSD', side => side(N), quantity => 1000}),
    receive after 100 -> traded(Broker, N + 1) end.

side(N) when N rem 2 =:= 0 -> sell;
side(_) -> buy.

flush() -> receive _ -> flush() after 0 -> ok end.

%% ---- what it says -----------------------------------------------------------

fetched(Url) ->
    case httpc:request(get, {Url, []}, [{timeout, 5000}], [{body_format, binary}]) of
        {ok, {{_, 200, _}, _, Body}} ->
            {ok, #{<<"status">> := <<"success">>, <<"data">> := Data}} = fxaot_json:decode(Body),
            {ok, Data};
        {ok, {{_, Code, _}, _, Body}} -> {error, {Code, Body}};
        {error, Reason} -> {error, Reason}
    end.

%% The numbers of a query's series; none while Prometheus comes up.
query(Config, Query) ->
    Url = proplists:get_value(url, Config) ++ "/api/v1/query?query=" ++ uri_string:quote(Query),
    case fetched(Url) of
        {ok, #{<<"result">> := Result}} ->
            [Value || #{<<"value">> := [_, Value]} <- Result, Value =/= <<"NaN">>];
        {error, {Code, Body}} when is_integer(Code), Code < 500 -> error({Query, Body});
        {error, _} -> []
    end.

%% Waits for a series: Prometheus comes up, and a rate takes two scrapes.
data(Config, Query) ->
    fxaot_test:until(fun() ->
                             case query(Config, Query) of
                                 [] -> false;
                                 Values -> {true, Values}
                             end
                     end).

promtool_accepts_the_metrics(Config) ->
    File = filename:join(proplists:get_value(priv_dir, Config), "metrics.txt"),
    ok = file:write_file(File, fxaot_metrics_text:format(prometheus, fxaot_metrics:collect())),
    ?assertEqual("ok\n", os:cmd("promtool check metrics < '" ++ File ++ "' 2>&1 && echo ok")).

prometheus_has_the_counts(Config) ->
    ?assertEqual([<<"1">>], data(Config, "up{job=\"fxaot\"}")),
    ?assertEqual([<<"6">>], data(Config, "count(fxaot_engine_up == 1)")),
    #{fills := Fills} = fxaot:stats(eur),
    %% A later scrape has at least as many.
    fxaot_test:until(fun() ->
                             [Scraped] = data(Config, "fxaot_fills_total{engine=\"eur\"}"),
                             binary_to_integer(Scraped) >= Fills
                     end),
    ?assertEqual([<<"1">>], data(Config, "fxaot_engine_crashes_total{engine=\"eur\"}")),
    ?assertEqual([<<"1">>], data(Config, "fxaot_strategy_tier{strategy=\"script\", tier=\"native\"}")),
    %% OpenMetrics was chosen, so the units are known.
    Metadata = "/api/v1/targets/metadata?metric=fxaot_operation_seconds",
    {ok, Known} = fetched(proplists:get_value(url, Config) ++ Metadata),
    ?assertMatch([#{<<"type">> := <<"histogram">>, <<"unit">> := <<"seconds">>} | _], Known).

dashboard() ->
    {ok, Text} = dashboard(filename:absname(code:which(?MODULE))),
    {ok, #{<<"panels">> := Panels} = Dashboard} = fxaot_json:decode(Text),
    {Dashboard, Panels}.

dashboard("/") -> {error, enoent};
dashboard(Path) ->
    case file:read_file(filename:join(Path, "grafana/fxaot.json")) of
        {ok, Text} -> {ok, Text};
        {error, _} -> dashboard(filename:dirname(Path))
    end.

the_dashboards_queries_return_data(Config) ->
    {_, Panels} = dashboard(),
    Queries = [{Title, Query} || #{<<"title">> := Title, <<"targets">> := Targets} <- Panels,
                                 #{<<"expr">> := Query} <- Targets],
    ?assert(length(Queries) > 40),
    lists:foreach(fun({Title, Query}) ->
                          ct:log("~ts~n  ~ts~n  ~p", [Title, Query, data(Config, as_grafana(Query))])
                  end, Queries).

%% What Grafana puts in for its variables.
as_grafana(Query) ->
    lists:foldl(fun({Variable, Value}, Text) -> string:replace(Text, Variable, Value, all) end, Query,
                [{"$__rate_interval", "10s"}, {"$engine", ".*"}]).

the_dashboards_variables_have_values(Config) ->
    {#{<<"templating">> := #{<<"list">> := Variables}}, _} = dashboard(),
    ?assertEqual([<<"label_values(fxaot_engine_up, engine)">>],
                 [Definition || #{<<"definition">> := Definition} <- Variables]),
    Values = "/api/v1/label/engine/values?match%5B%5D=fxaot_engine_up",
    {ok, Engines} = fetched(proplists:get_value(url, Config) ++ Values),
    ?assertEqual([<<"broker">>, <<"eur">>, <<"fix">>, <<"kept">>, <<"pair_1">>, <<"pair_2">>], lists:sort(Engines)).
