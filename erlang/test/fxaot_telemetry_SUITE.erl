%% The events that the application tells the bus, heard through a stand-in of the library `telemetry', which outlives
%% the application. Each has the measurements and metadata of its row in the table.
-module(fxaot_telemetry_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).
-define(HEX, <<"0000000000000000000000000000000000000000000000000000000000000007">>).

%% The last case needs all before it.
all() ->
    [an_engine_starts_and_stops, an_engine_crashes_and_is_adopted, an_engine_gives_up, an_engine_loses_its_state,
     a_group, a_built_in_strategy, a_script_that_does_not_parse, a_script_becomes_native, a_reload_that_is_refused,
     a_strategys_process_crashes, a_replay, a_replay_without_its_file, subscribers, requests, a_gateway,
     a_journal, the_kill_switch,
     a_quarantine, the_compile_server_fails, lines_say_whose_they_are, the_compilers_cache, an_upgrade,
     the_application, an_exception, a_handler_that_fails,
     every_event_has_happened].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    ok = fxaot_test:stand_in_for_telemetry(),
    Ears = spawn(fun() -> ears(#{}, []) end),
    true = register(?MODULE, Ears),
    fxaot_test:begin_suite(Config).

end_per_suite(Config) ->
    fxaot_test:end_suite(Config),
    fxaot_test:no_telemetry(),
    exit(whereis(?MODULE), kill).

init_per_testcase(_, Config) ->
    application:stop(fxaot),
    application:set_env(fxaot, artifact_dirs, []),
    application:set_env(fxaot, quarantine_dir, filename:join(proplists:get_value(priv_dir, Config), "quarantine")),
    {ok, _} = application:ensure_all_started(fxaot),
    _ = heard(),
    Config.

end_per_testcase(_, _) ->
    [application:unset_env(fxaot, Key) || Key <- [artifact_dirs, quarantine_dir, tool]],
    ok.

%% ---- hearing ----------------------------------------------------------------

ears(Seen, Events) ->
    receive
        {telemetry, Event, Measurements, Metadata} ->
            ears(Seen#{Event => true}, [{Event, Measurements, Metadata} | Events]);
        {heard, From} ->
            From ! {heard, lists:reverse(Events)},
            ears(Seen, []);
        {seen, From} ->
            From ! {seen, lists:sort(maps:keys(Seen))},
            ears(Seen, Events)
    end.

%% What has happened since the last time, each as its row says.
heard() ->
    ?MODULE ! {heard, self()},
    Events = receive {heard, All} -> All end,
    lists:foreach(fun is_as_its_row/1, Events),
    [{Event, Metadata} || {[fxaot | Event], _, Metadata} <- Events].

is_as_its_row({Event, Measurements, Metadata}) ->
    [#{measurements := Measured, metadata := Told}] =
        [Row || #{event := Known} = Row <- fxaot_telemetry:events(), Known =:= Event],
    %% quotes and accepted: of a replay that ends well.
    ?assertEqual({Event, []}, {Event, maps:keys(Measurements) -- Measured}),
    ?assertEqual({Event, []}, {Event, (Measured -- maps:keys(Measurements)) -- [quotes, accepted]}),
    ?assertEqual({Event, []}, {Event, maps:keys(Metadata) -- Told}),
    ?assertEqual({Event, []}, {Event, (Told -- maps:keys(Metadata)) -- [reason, error]}).

names(Events) -> [Event || {Event, _} <- Events].

%% Events so far, and more until one of this name is among them.
until(Name) -> until(Name, []).

until(Name, Before) ->
    Told = Before ++ heard(),
    case lists:keymember(Name, 1, Told) of
        true -> Told;
        false -> receive after 1 -> until(Name, Told) end
    end.

start(Name) -> start(Name, #{}).

start(Name, Options) ->
    {ok, Pid} = fxaot:start_engine(Name, Options),
    Pid.

%% The keeper, which tells of crashes, has seen the process by then.
killed(Pid) ->
    _ = sys:get_state(fxaot_keeper),
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, killed} -> ok end.

%% ---- engines ----------------------------------------------------------------

an_engine_starts_and_stops(_) ->
    start(eur),
    start(jpy, #{mode => actor}),
    ?assertEqual([{[engine, start], #{engine => eur, mode => inline}},
                  {[engine, start], #{engine => jpy, mode => actor}}], heard()),
    ok = fxaot:stop_engine(eur),
    ok = fxaot:stop_engine(jpy),
    ?assertEqual([{[engine, stop], #{engine => eur}}, {[engine, stop], #{engine => jpy}}], heard()).

an_engine_crashes_and_is_adopted(_) ->
    Pid = start(eur),
    _ = heard(),
    ok = fxaot_events:watch(eur),
    killed(Pid),
    receive {fxaot_engine, eur, up} -> ok end,
    %% Two processes tell these.
    Told = until([engine, crash]),
    ?assertEqual([{[engine, adopt], #{engine => eur, mode => inline}},
                  {[engine, crash], #{engine => eur, reason => killed}}], lists:sort(Told)),
    %% Also after the keeper itself was restarted.
    killed(whereis(fxaot_keeper)),
    fxaot_test:until(fun() -> is_pid(whereis(fxaot_keeper)) end),
    killed(whereis(eur)),
    receive {fxaot_engine, eur, up} -> ok end,
    ?assertEqual([[engine, adopt], [engine, crash]], lists:sort(names(until([engine, crash])))).

an_engine_gives_up(_) ->
    Pid = start(eur, #{restart_intensity => 0}),
    _ = heard(),
    killed(Pid),
    Told = until([engine, give_up]),
    ?assertMatch({_, #{engine := eur, reason := too_many_crashes}}, lists:keyfind([engine, give_up], 1, Told)),
    ?assertMatch({_, #{kind := engine_given_up, of_what := eur}}, lists:keyfind([alarm, set], 1, Told)),
    ok = fxaot:stop_engine(eur),
    ?assertEqual([[alarm, clear], [engine, stop]], lists:sort(names(heard())) -- [[engine, crash]]).

an_engine_loses_its_state(_) ->
    start(eur, #{mode => actor}),
    ok = fxaot_events:watch(eur),
    _ = heard(),
    ok = sys:suspend(fxaot_heir_sup),
    [killed(whereis(Name)) || Name <- [fxaot_heir, eur]],
    ok = sys:resume(fxaot_heir_sup),
    receive {fxaot_engine, eur, lost} -> ok end,
    Lost = until([engine, crash]),
    ?assertEqual([{[alarm, set], #{kind => state_lost, of_what => eur}},
                  {[engine, crash], #{engine => eur, reason => killed}},
                  {[engine, lost], #{engine => eur}}], lists:sort(Lost)),
    ok = fxaot:acknowledge_loss(eur),
    ?assertEqual([{[alarm, clear], #{kind => state_lost, of_what => eur}},
                  {[engine, start], #{engine => eur, mode => actor}}], lists:sort(heard())).

a_group(_) ->
    {ok, Pid} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'USDJPY']}),
    Members = [pair_1, pair_2],
    ?assertEqual([{[engine, start], #{engine => pair_1, mode => actor}},
                  {[engine, start], #{engine => pair_2, mode => actor}},
                  {[group, start], #{engine => pair, engines => Members}}], heard()),
    ok = fxaot_events:watch(pair),
    killed(Pid),
    receive {fxaot_engine, pair, up} -> ok end,
    ?assertEqual([{[group, crash], #{engine => pair, reason => killed}},
                  {[group, start], #{engine => pair, engines => Members}}], lists:sort(until([group, crash]))),
    ok = fxaot:stop_engine(pair),
    ?assertEqual([[engine, stop], [engine, stop], [group, stop]], names(heard())).

%% ---- strategies -------------------------------------------------------------

a_built_in_strategy(_) ->
    start(eur),
    _ = heard(),
    Deployment = #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}},
    ok = fxaot:deploy(eur, cross, Deployment),
    [{[deploy, start], #{engine := eur, strategy := cross, telemetry_span_context := Context} = Began},
     {[deploy, stop], Ended}] = heard(),
    ?assertEqual(Began#{result => ok}, Ended),
    ?assert(is_reference(Context)),
    {ok, _} = fxaot:deploy(eur, cross, Deployment#{params => #{fast => 3}}),
    Reload = [[deploy, start], [reload, start], [prepare, start], [prepare, stop], [swap, start], [swap, stop],
              [reload, stop], [deploy, stop]],
    ?assertEqual(Reload, names(heard())),
    {ok, _} = fxaot:rollback(eur, cross),
    ?assertEqual(lists:sublist(Reload, 2, 6), names(heard())),
    ok = fxaot:undeploy(eur, cross),
    ?assertMatch([{[undeploy, start], #{engine := eur, strategy := cross}}, {[undeploy, stop], #{result := ok}}],
                 heard()),
    {error, {not_found, _}} = fxaot:undeploy(eur, cross),
    ?assertMatch([{[undeploy, start], _},
                  {[undeploy, stop], #{engine := eur, strategy := cross, result := error, reason := not_found}}], heard()).

script(Slow) ->
    {source, ["//@version=6\nstrategy(\"S\")\nif ta.crossover(close, ta.ema(close, ", integer_to_list(Slow), "))\n"
              "    strategy.entry(\"L\", strategy.long)\n"]}.

a_script_that_does_not_parse(_) ->
    start(eur),
    _ = heard(),
    {error, {script_errors, _}} = fxaot:deploy(eur, bad, #{strategy => {source, "//@version=6\nx = "},
                                                           instrument => 'EURUSD', timeframe => {minutes, 1}}),
    ?assertMatch([{[deploy, start], _}, {[check, start], #{script := source}},
                  {[check, stop], #{result := error, reason := script_errors}},
                  {[deploy, stop], #{result := error, reason := script_errors}}], heard()).

a_script_becomes_native(_) ->
    start(eur),
    _ = heard(),
    ok = fxaot_deployments:watch(eur, cross),
    Deployment = #{strategy => script(17), instrument => 'EURUSD', timeframe => {minutes, 1}},
    ok = fxaot:deploy(eur, cross, Deployment),
    case receive {fxaot_deployment, eur, cross, News} -> News end of
        {running, native} ->
            Told = until([tier, change]),
            %% The compiler's cache may have it.
            Spans = names(Told) -- [[compiler, start], [compile, start], [compile, stop], [cache, hit], [cache, miss],
                                    [cache, size]],
            ?assertEqual([[attach, start], [attach, stop], [check, start], [check, stop], [deploy, start],
                          [deploy, stop], [load, start], [load, stop], [tier, change]], lists:sort(Spans)),
            ?assertMatch({_, #{engine := eur, strategy := cross, tier := native, why := <<_/binary>>}},
                         lists:keyfind([tier, change], 1, Told)),
            ?assertEqual([1], probations()),
            Compiler = plan_compiled(),
            ?assertMatch([{[compile, start], #{plan := _}}, {[compile, stop], #{result := ok}}], Compiler),
            ok = fxaot:undeploy(eur, cross),
            ?assertEqual([0], probations());
        {refused, {compiler, #{reason := no_toolchain}}} -> {skip, "no Swift toolchain"}
    end.

probations() ->
    [Value || #{name := <<"fxaot_probations">>, points := Points} <- fxaot_metrics:collect(),
              #{value := Value} <- Points].

%% The compile server answers a plan also from its cache.
plan_compiled() ->
    {ok, Plan} = fxaot_engine_call:ask(eur, {script_plan, cross}),
    {ok, _} = fxaot_telemetry_emit:span([compile], #{plan => <<"7">>}, fun() -> fxaot_compiler:compile(Plan, #{}) end),
    heard().

a_reload_that_is_refused(_) ->
    start(eur),
    Deployment = #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}},
    ok = fxaot:deploy(eur, cross, Deployment),
    _ = heard(),
    {error, {Reason, _} = Error} = fxaot:deploy(eur, cross, Deployment#{params => #{fast => 0}}),
    ?assertMatch([{[deploy, start], _}, {[reload, start], #{engine := eur, strategy := cross}}, {[prepare, start], _},
                  {[prepare, stop], #{result := error, reason := Reason}},
                  {[reload, stop], #{result := error, reason := Reason, error := Error}},
                  {[deploy, stop], #{result := error, reason := Reason}}], heard()).

a_strategys_process_crashes(_) ->
    start(eur),
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}}),
    _ = heard(),
    [{Pid, {eur, cross}}] = fxaot_deployments:all(),
    killed(Pid),
    ?assertEqual({[deployment, crash], #{engine => eur, strategy => cross, reason => killed}},
                 lists:keyfind([deployment, crash], 1, until([deployment, crash]))).

%% ---- feeds and subscribers --------------------------------------------------

a_replay(_) ->
    start(eur),
    _ = heard(),
    {ok, #{quotes := _}} = fxaot:replay(eur, #{days => 1, seed => 1}, #{}),
    ?assertMatch([{[replay, start], #{engine := eur}}, {[feed, open], #{feed := fxaot_market_feed, result := ok}},
                  {[feed, close], #{engine := eur, result := ok}}, {[replay, stop], #{engine := eur, result := ok}}],
                 heard()).

a_replay_without_its_file(_) ->
    start(eur),
    _ = heard(),
    {error, {missing_file, _}} = fxaot:replay(eur, "/nowhere/quotes.csv", #{}),
    ?assertMatch([{[replay, start], _},
                  {[feed, open], #{feed := fxaot_file_feed, result := error, reason := missing_file}},
                  {[replay, stop], #{result := error, reason := missing_file}}], heard()).

subscribers(_) ->
    start(eur, #{subscriber_limit => 3, bar_events => true}),
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => tick}),
    _ = heard(),
    Test = self(),
    ok = fxaot:subscribe(eur),
    ?assertEqual([{[subscriber, add], #{engine => eur, pid => Test}}], heard()),
    %% The engine's process, which would allow more, rests.
    ok = sys:suspend(eur),
    [fxaot:tick(eur, 'EURUSD', ?START + N, 1.1, 1.2) || N <- lists:seq(1, 20)],
    #{missed := Missed} = fxaot_nif:subscribers(element(3, fxaot_names:target(eur))),
    ok = sys:resume(eur),
    ?assertEqual([{[subscriber, missed], #{engine => eur, pid => Test}}], until([subscriber, missed])),
    ?assert(Missed > 0),
    ok = fxaot:unsubscribe(eur),
    ?assertEqual([{[subscriber, remove], #{engine => eur, pid => Test}}], heard()).

%% ---- trading ----------------------------------------------------------------

requests(_) ->
    start(eur),
    _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    _ = heard(),
    {ok, _} = fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 1000,
                                  type => limit, price => 1.0}),
    {ok, _} = fxaot:modify(eur, <<"a">>, #{price => 1.01}),
    {ok, _} = fxaot:cancel(eur, <<"a">>),
    {error, {not_found, _}} = fxaot:cancel(eur, <<"b">>),
    {ok, 0} = fxaot:cancel_all(eur, all),
    {ok, _} = fxaot:deposit(eur, 1),
    {ok, _} = fxaot:withdraw(eur, 1),
    [] = fxaot:orders(eur),
    %% What a broker reports is no request.
    {error, {no_gateway, _}} = fxaot:report(eur, #{id => <<"a">>, kind => accepted}),
    Told = heard(),
    ?assertEqual(lists:append([[[request, start], [request, stop]] || _ <- lists:seq(1, 7)]), names(Told)),
    ?assertEqual([{submit, ok}, {modify, ok}, {cancel, ok}, {cancel, not_found}, {cancel_all, ok}, {deposit, ok},
                  {withdraw, ok}],
                 [{Request, maps:get(reason, Metadata, ok)}
                  || {[request, stop], #{engine := eur, request := Request} = Metadata} <- Told]).

a_gateway(_) ->
    {ok, Broker} = fxaot_gateway_sim:start_link(#{}),
    start(eur, #{instruments => ['EURUSD'],
                 gateway => {fxaot_gateway_sim, #{broker => Broker, reconnect_ms => {1, 1}}}}),
    ?assertEqual([{[gateway, connect], #{engine => eur, result => ok}}], of_gateways(until([gateway, connect]))),
    up(1),
    _ = fxaot:tick(eur, 'EURUSD', ?START, 1.1, 1.1001),
    {ok, _} = fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 1000,
                                  type => limit, price => 1.0}),
    fxaot_gateway_sim:settle(Broker, eur),
    %% The engine believes what no broker has done.
    {ok, taken} = fxaot:report(eur, #{id => <<"a">>, kind => fill, quantity => 400, price => 1.0,
                                      execution => <<"x">>}),
    _ = heard(),
    ok = fxaot_gateway_sim:hang_up(Broker, 1),
    up(2),
    ?assertEqual([{[gateway, down], #{engine => eur, reason => hang_up}},
                  {[gateway, connect], #{engine => eur, result => error, reason => refused}},
                  {[gateway, connect], #{engine => eur, result => ok}},
                  {[gateway, difference], #{engine => eur, difference => filled}},
                  {[gateway, difference], #{engine => eur, difference => position}}], of_gateways(heard())),
    Counted = fun(Name) ->
                      [Points] = [Points || #{name := Known, points := Points} <- fxaot_metrics:collect(),
                                            Known =:= Name],
                      [{lists:sort(maps:values(Labels)), Value} || #{labels := Labels, value := Value} <- Points]
              end,
    ?assertEqual([{[<<"eur">>], 1}], Counted(<<"fxaot_gateway_losses">>)),
    ?assertEqual([{[<<"error">>, <<"eur">>], 1}, {[<<"eur">>, <<"ok">>], 2}], Counted(<<"fxaot_gateway_connects">>)),
    ?assertEqual([{[<<"eur">>, <<"filled">>], 1}, {[<<"eur">>, <<"missing">>], 0}, {[<<"eur">>, <<"position">>], 1},
                  {[<<"eur">>, <<"unknown">>], 0}], Counted(<<"fxaot_gateway_differences">>)),
    ok = fxaot:stop_engine(eur),
    ?assertEqual([], Counted(<<"fxaot_gateway_connects">>)).

of_gateways(Events) -> [Event || {[gateway, _], _} = Event <- Events].

up(Connects) ->
    fxaot_test:until(fun() ->
                             #{link := Link, connects := Count} = fxaot:gateway(eur),
                             Link =:= up andalso Count =:= Connects
                     end).

the_kill_switch(_) ->
    start(eur),
    _ = heard(),
    ok = fxaot:halt(eur),
    ok = fxaot:reduce(eur),
    ok = fxaot:resume(eur),
    ?assertEqual([{[trading, state], #{engine => eur, state => State}} || State <- [halted, reducing, active]],
                 heard()).

%% ---- the application --------------------------------------------------------

%% A process that is gone has left native code on probation.
a_quarantine(Config) ->
    ok = left_on_probation(Config),
    [?HEX] = fxaot_quarantine:sweep(),
    ok = fxaot:release(?HEX),
    ?assertEqual([{[alarm, set], #{kind => fxaot_quarantine, of_what => ?HEX}},
                  {[quarantine, add], #{plan => ?HEX}}, {[quarantine, lift], #{plan => ?HEX}},
                  {[alarm, clear], #{kind => fxaot_quarantine, of_what => ?HEX}}], heard()).

left_on_probation(Config) ->
    {ok, Boot} = file:read_file("/proc/sys/kernel/random/boot_id"),
    {ok, "pid:[" ++ Namespace} = file:read_link("/proc/self/ns/pid"),
    Name = lists:flatten(lists:join($-, [binary_to_list(?HEX), "999999999", "17", lists:droplast(Namespace),
                                         binary_to_list(binary:replace(string:trim(Boot), <<"-">>, <<>>, [global])),
                                         "1.probation"])),
    Path = filename:join([proplists:get_value(priv_dir, Config), "quarantine", Name]),
    ok = filelib:ensure_dir(Path),
    file:write_file(Path, "since 1700000000\nnode a@b\nstrategy cross of eur\n").

the_compile_server_fails(_) ->
    application:set_env(fxaot, tool, fxaot_test:file("fake_compile_server")),
    {error, {compiler, _}} = fxaot_compiler:compile(#{hash => <<7:256>>, bytes => <<"die">>}, #{}),
    ?assertEqual([{[compiler, start], #{}}, {[compiler, fail], #{reason => ended}}], heard()).

%% Log lines of the application, for the test's process.
log(#{meta := #{mfa := {Module, _, _}}} = Event, #{config := Test}) ->
    case atom_to_list(Module) of
        "fxaot_" ++ _ -> Test ! {line, Event};
        _ -> ok
    end;
log(_, _) -> ok.

lines() -> receive {line, Event} -> [Event | lines()] after 0 -> [] end.

lines_say_whose_they_are(Config) ->
    Private = proplists:get_value(priv_dir, Config),
    ok = logger:add_handler(?MODULE, ?MODULE, #{config => self()}),
    ok = logger:set_primary_config(level, all),
    try
        start(eur),
        {ok, Program} = fxaot_script:compile(script(23)),
        Deployment = #{strategy => Program, instrument => 'EURUSD', timeframe => {minutes, 1}},
        ok = fxaot:deploy(eur, vm, Deployment#{tier => vm}),
        {ok, #{hash := Hash}} = fxaot_engine_call:ask(eur, {script_plan, vm}),
        Hex = iolist_to_binary([io_lib:format("~2.16.0b", [Byte]) || <<Byte>> <= Hash]),
        Damaged = filename:join([Private, "damaged", <<Hex/binary, ".manifest">>]),
        ok = filelib:ensure_dir(Damaged),
        ok = file:write_file(Damaged, "no manifest"),
        application:set_env(fxaot, artifact_dirs, [filename:dirname(Damaged)]),
        application:set_env(fxaot, tool, fxaot_test:file("fake_compile_server")),
        os:putenv("FXAOT_FAKE", "die"),
        _ = lines(),
        %% A damaged artifact, then a compile server that dies.
        {error, {compiler, _}} = fxaot:deploy(eur, cross, Deployment#{wait => native}),
        ?assertEqual([{fxaot_artifacts, eur, cross}, {fxaot_compiler, eur, cross}],
                     [{Module, Engine, Strategy}
                      || #{meta := #{mfa := {Module, _, _}, domain := [fxaot], engine := Engine, strategy := Strategy}}
                             <- lines()]),
        %% Native code of a node that is gone.
        ok = left_on_probation(Config),
        [?HEX] = fxaot_quarantine:sweep(),
        [#{meta := Meta, msg := {report, Report}}] = lines(),
        ?assertMatch(#{mfa := {fxaot_quarantine, _, _}, domain := [fxaot], engine := <<"eur">>, strategy := <<"cross">>},
                     Meta),
        {Format, Arguments} = fxaot_log:format(Report),
        ?assertMatch("fxaot engine eur strategy cross: " ++ _, lists:flatten(io_lib:format(Format, Arguments))),
        ok = fxaot:release(?HEX)
    after
        ok = logger:set_primary_config(level, none),
        ok = logger:remove_handler(?MODULE),
        os:unsetenv("FXAOT_FAKE")
    end.

%% The compiler's cache of this test alone.
the_compilers_cache(Config) ->
    Cache = filename:join(proplists:get_value(priv_dir, Config), "the_compilers_cache"),
    os:putenv("FXAOT_CACHE", Cache),
    start(eur),
    Deployment = #{strategy => script(29), instrument => 'EURUSD', timeframe => {minutes, 1}, wait => native},
    Lookups = fun() ->
                      [{Result, Value} || #{labels := #{<<"result">> := Result}, value := Value}
                                              <- points(<<"fxaot_compile_cache_lookups">>)]
              end,
    Of = fun() -> [{Name, Metadata} || {[cache, Name], Metadata} <- heard()] end,
    ?assertEqual([{<<"hit">>, 0}, {<<"miss">>, 0}], Lookups()),
    ?assertEqual([], points(<<"fxaot_compile_cache_bytes">>)),
    try fxaot:deploy(eur, a, Deployment) of
        ok ->
            ?assertMatch([{miss, #{plan := <<_:64/binary>>}}, {size, #{}}], Of()),
            ok = fxaot:deploy(eur, b, Deployment),
            ?assertMatch([{hit, _}], Of()),
            ?assertEqual([{<<"hit">>, 1}, {<<"miss">>, 1}], Lookups()),
            Files = filelib:wildcard(filename:join([Cache, "artifacts", "*", "*"])),
            ?assertEqual(2, length(Files)),
            ?assertMatch([#{value := 1}], points(<<"fxaot_compile_cache_entries">>)),
            Bytes = lists:sum([filelib:file_size(File) || File <- Files]),
            ?assertMatch([#{value := Bytes}], points(<<"fxaot_compile_cache_bytes">>));
        {error, {compiler, #{reason := no_toolchain}}} -> {skip, "no Swift toolchain"}
    after os:unsetenv("FXAOT_CACHE")
    end.

points(Name) ->
    [Points] = [Points || #{name := Known, points := Points} <- fxaot_metrics:collect(), Known =:= Name],
    Points.

an_upgrade(_) ->
    Abi = fxaot_nif:abi_version(),
    ok = fxaot_upgrade:check(Abi),
    ?assertThrow({error, {other_interface, _}}, fxaot_upgrade:check(Abi + 1)),
    ok = fxaot_app:config_change([{call_timeout, 1}], [], [tool]),
    ?assertEqual([{[upgrade, check], #{running => Abi, new => Abi, result => ok}},
                  {[upgrade, check], #{running => Abi, new => Abi + 1, result => error}},
                  {[config, change], #{changed => [{call_timeout, 1}], new => [], removed => [tool]}}], heard()),
    %% Its process dies when it is asked to cross.
    {ok, Engine} = fxaot:start_engine(eur),
    ok = sys:suspend(Engine),
    Crossing = spawn_monitor(fun() -> fxaot_upgrade:cross() end),
    fxaot_test:until(fun() -> process_info(Engine, message_queue_len) =:= {message_queue_len, 1} end),
    exit(Engine, kill),
    receive {'DOWN', _, process, Pid, Reason} when Pid =:= element(1, Crossing) -> ?assertEqual(normal, Reason) end,
    Heard = heard(),
    ?assertEqual([#{engine => eur, result => error, reason => engine_down}],
                 [Metadata || {[upgrade, cross], Metadata} <- Heard]),
    ?assertMatch([#{kind := other_library}], [Metadata || {[alarm, set], Metadata} <- Heard]),
    fxaot_alarm:clear_all(other_library, eur).

the_application(_) ->
    ok = application:stop(fxaot),
    {ok, _} = application:ensure_all_started(fxaot),
    ?assertEqual([{[application, stop], #{}}, {[application, start], #{version => "0.1.0"}}], heard()).

an_exception(_) ->
    start(eur),
    _ = heard(),
    ?assertError(badarg, fxaot_telemetry_emit:span([deploy], #{engine => eur, strategy => a},
                                                   fun() -> error(badarg) end)),
    ?assertMatch([{[deploy, start], _}, {[deploy, exception], #{kind := error, stacktrace := [_ | _]}}], heard()).

a_handler_that_fails(_) ->
    ok = fxaot_telemetry:attach(mine, [fxaot, engine, start], fun(_, _, _, _) -> error(no) end, none),
    start(eur),
    ?assertMatch([{[telemetry, failure], #{handler := mine, event := [fxaot, engine, start], reason := no}},
                  {[engine, start], _}], heard()),
    start(jpy),
    ?assertMatch([{[engine, start], _}], heard()).

a_journal(Config) ->
    Dir = filename:join(proplists:get_value(priv_dir, Config), "a_journal"),
    Options = #{journal => Dir},
    {ok, _} = fxaot:start_engine(eur, Options),
    ok = application:stop(fxaot),
    {ok, _} = application:ensure_all_started(fxaot),
    _ = heard(),
    {ok, _} = fxaot:start_engine(eur, Options),
    ?assertEqual([#{engine => eur}], [Metadata || {[journal, recover], Metadata} <- heard()]),
    {links, Links} = process_info(fxaot_journals_sup:find(eur), links),
    [Writer] = [Pid || Pid <- Links, is_pid(Pid), Pid =/= whereis(fxaot_journals_sup)],
    exit(Writer, kill),
    ?assertEqual([#{engine => eur, reason => killed}],
                 [Metadata || {[journal, lost], Metadata} <- until([journal, lost])]),
    ?assertEqual([#{engine => eur}], [Metadata || {[journal, back], Metadata} <- until([journal, back])]),
    ?assertMatch(#{journals := #{eur := #{status := up}}, ready := true}, fxaot:health()),
    %% Without its folder it cannot come back.
    ok = file:rename(Dir, Dir ++ ".away"),
    {links, Now} = process_info(fxaot_journals_sup:find(eur), links),
    [Next] = [Pid || Pid <- Now, is_pid(Pid), Pid =/= whereis(fxaot_journals_sup)],
    exit(Next, kill),
    _ = until([journal, lost]),
    #{journals := #{eur := Journal}, ready := false} = fxaot:health(),
    {ok, Durable} = fxaot:durable(eur),
    ?assertMatch(#{status := unavailable, durable := Durable, why := _}, Journal),
    ?assertNot(fxaot:ready()),
    ?assertMatch({ok, #{state := unavailable, durable := Durable, unavailable := 2}}, fxaot:journal(eur)),
    ok = file:rename(Dir ++ ".away", Dir),
    _ = until([journal, back]),
    ?assert(fxaot:ready()),
    ok = fxaot:stop_engine(eur),
    ?assertMatch(#{journals := None} when None =:= #{}, fxaot:health()).

%% A session of FIX needs a counterparty: those events are fxaot_fix_SUITE's.
every_event_has_happened(_) ->
    ?MODULE ! {seen, self()},
    Seen = receive {seen, All} -> All end,
    Table = [Event || #{event := Event} <- fxaot_telemetry:events(), lists:last(Event) =/= exception,
                      lists:nth(2, Event) =/= fix,
                      %% fxaot_journal_SUITE hears these.
                      not lists:member(Event, [[fxaot, strategy, stale], [fxaot, strategy, warm]])],
    ?assertEqual([], Table -- Seen).
