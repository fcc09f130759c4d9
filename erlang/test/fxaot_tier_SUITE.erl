%% Scripts in native code: from the VM to it while quotes flow, and all that keeps a script on the VM.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_tier_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include_lib("kernel/include/file.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

all() -> [{group, compiler}, {group, no_compiler}].

groups() ->
    [{compiler, [], [native_when_ready, native_from_the_first_quote, never_native, in_a_group,
                     a_reload_that_waits, back_to_a_native_version, a_killed_engine_stays_native,
                     a_swap_that_nobody_wrote_down,
                     ahead_of_time, a_corrupt_artifact, a_foreign_artifact,
                     an_artifact_that_others_can_write, out_of_disk,
                     a_passed_probation, a_probation_of_time, killed_on_probation,
                     halted_on_probation, a_hiccup_of_the_compiler]},
     {no_compiler, [], [a_new_strategy_that_waits, a_running_version_runs_on,
                        what_runs_on_the_vm_says_why, killed_while_code_is_made,
                        no_such_artifact]}].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

%% Those with a compiler are skipped where the tool finds no toolchain.
init_per_group(compiler, Config) ->
    private(Config),
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(eur),
    Answer = fxaot:deploy(eur, cross, (deployment(12))#{wait => native}),
    ok = fxaot:stop_engine(eur),
    case Answer of
        ok -> Config;
        {error, {compiler, #{reason := no_toolchain}}} = Error ->
            {skip, binary_to_list(fxaot:format_error(Error))}
    end;
init_per_group(no_compiler, Config) -> Config.

end_per_group(_, _) -> ok.

init_per_testcase(_, Config) ->
    application:stop(fxaot),
    private(Config),
    {ok, _} = application:ensure_all_started(fxaot),
    Config.

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [eur, calm, shaken]],
    [application:unset_env(fxaot, Key)
     || Key <- [tool, artifact_dirs, quarantine_dir, probation_steps, probation_seconds, compile_timeout,
                compile_memory, compile_retry]],
    [os:unsetenv(Name) || Name <- ["FXAOT_FAKE", "XDG_CACHE_HOME", "TMPDIR"]],
    ok.

%% No artifacts that lie about, a quarantine of our own.
private(Config) ->
    application:set_env(fxaot, artifact_dirs, []),
    application:set_env(fxaot, quarantine_dir, quarantine(Config)).

quarantine(Config) -> filename:join(proplists:get_value(priv_dir, Config), "quarantine").

%% Each length is a plan of its own.
cross(Slow) ->
    ["//@version=6\n"
     "strategy(\"Cross\", default_qty_value = 1000)\n"
     "quick = ta.ema(close, 5)\n"
     "slow = ta.ema(close, ", integer_to_list(Slow), ")\n"
     "if ta.crossover(quick, slow)\n"
     "    strategy.entry(\"Long\", strategy.long)\n"
     "if ta.crossunder(quick, slow)\n"
     "    strategy.entry(\"Short\", strategy.short)\n"
     "strategy.exit(\"Stop\", loss = 400, trail_points = 200, trail_offset = 100)\n"].

deployment(Slow) ->
    #{strategy => {source, cross(Slow)}, instrument => 'EURUSD', timeframe => {seconds, 30}}.

vm(Slow) -> (deployment(Slow))#{tier => vm}.
waiting(Slow) -> (deployment(Slow))#{wait => native}.

tier(Engine) ->
    {ok, #{tier := Tier, why := Why}} = fxaot:tier(Engine, cross),
    {Tier, Why}.

news(Engine) -> receive {fxaot_deployment, Engine, cross, News} -> News end.

halves(Quotes) ->
    Half = byte_size(Quotes) div 96 * 48,
    <<First:Half/binary, Second/binary>> = Quotes,
    [First, Second].

%% ---- with a compiler --------------------------------------------------------

%% The strategy's process has died after the engine had taken the next version, on the VM, and before it knew.
a_swap_that_nobody_wrote_down(_) ->
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    {ok, Request} = fxaot_deployment_request:new({source, cross(22)}, maps:remove(strategy, vm(22))),
    {ok, Prepared, _, none} = fxaot_reload:prepare(eur, cross, Request),
    {ok, #{version := 2}} = fxaot_reload:swap(eur, cross, Prepared),
    ok = fxaot_deployments:watch(eur, cross),
    [{Pid, {eur, cross}}] = fxaot_deployments:all(),
    exit(Pid, kill),
    ?assertEqual({running, native}, news(eur)),
    ?assertMatch({native, <<"compiled", _/binary>>}, tier(eur)).

%% The events are those of a script that stays on the VM.
native_when_ready(_) ->
    [begin
         [{ok, _} = fxaot:start_engine(Engine, #{mode => Mode}) || Engine <- [calm, shaken]],
         Collectors = {fxaot_test:collector(calm), fxaot_test:collector(shaken)},
         ok = fxaot:deploy(calm, cross, vm(21)),
         ok = fxaot_deployments:watch(shaken, cross),
         ok = fxaot:deploy(shaken, cross, deployment(21)),
         [First, Second] = halves(fxaot_test:quotes(40000)),
         [_ = fxaot:ticks(Engine, First) || Engine <- [calm, shaken]],
         ?assertEqual({running, native}, news(shaken)),
         ?assertMatch({native, <<"compiled", _/binary>>}, tier(shaken)),
         [_ = fxaot:ticks(Engine, Second) || Engine <- [calm, shaken]],
         {ok, #{native_steps := Steps, probation := true}} = fxaot:tier(shaken, cross),
         ?assert(Steps > 100),
         ?assertMatch({ok, #{native_steps := 0, probation := false}}, fxaot:tier(calm, cross)),
         Expected = fxaot_test:collected(element(1, Collectors)),
         ?assert(length(Expected) > 20),
         ?assertEqual(Expected, fxaot_test:collected(element(2, Collectors))),
         ?assertEqual(fxaot:account(calm), fxaot:account(shaken)),
         [ok = fxaot:stop_engine(Engine) || Engine <- [calm, shaken]]
     end || Mode <- [inline, actor]].

native_from_the_first_quote(_) ->
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    ?assertMatch({native, _}, tier(eur)),
    _ = fxaot:ticks(eur, fxaot_test:quotes(5000)),
    [#{bars := Bars, native_steps := Steps, tier := native}] = fxaot:strategies(eur),
    ?assertEqual(Bars, Steps),
    ok = fxaot:deploy(eur, strict, (deployment(21))#{tier => native}),
    ?assertMatch({ok, #{tier := native}}, fxaot:tier(eur, strict)).

never_native(_) ->
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    {ok, _} = fxaot:deploy(eur, cross, vm(21)),
    ?assertEqual({vm, <<"it was deployed with tier => vm">>}, tier(eur)).

%% An instrument with terms of its own, and its script moved while it is native.
in_a_group(_) ->
    Terms = #{base => 'EUR', quote => 'USD', price_decimals => 3},
    {ok, _} = fxaot:start_engines(eur, 2, #{instruments => [{'EURUSD', Terms}]}),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    [First, Second] = halves(fxaot_test:quotes(10000)),
    _ = fxaot:ticks(eur, First),
    [{ok, _} = fxaot:move_instrument(eur, 'EURUSD', Engine) || Engine <- [eur_1, eur_2]],
    _ = fxaot:ticks(eur, Second),
    [#{bars := Bars, native_steps := Bars, tier := native}] = fxaot:strategies(eur),
    {ok, #{version := 2}} = fxaot:deploy(eur, cross, waiting(22)),
    ?assertMatch({native, _}, tier(eur)).

a_reload_that_waits(_) ->
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, vm(21)),
    _ = fxaot:ticks(eur, fxaot_test:quotes(5000)),
    {ok, #{version := 2, warm_bars := Warm}} = fxaot:deploy(eur, cross, waiting(34)),
    ?assert(Warm > 10),
    ?assertMatch({native, _}, tier(eur)).

back_to_a_native_version(_) ->
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, (deployment(21))#{tier => native}),
    {ok, _} = fxaot:deploy(eur, cross, vm(34)),
    ?assertMatch({vm, _}, tier(eur)),
    {ok, _} = fxaot:rollback(eur, cross),
    ?assertMatch({native, _}, tier(eur)).

a_killed_engine_stays_native(_) ->
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    ok = fxaot_events:watch(eur),
    exit(whereis(eur), kill),
    receive {fxaot_engine, eur, up} -> ok end,
    _ = fxaot:ticks(eur, fxaot_test:quotes(5000)),
    ?assertMatch({native, _}, tier(eur)).

%% ---- artifacts --------------------------------------------------------------

%% As a release has them: then the compiler is not asked.
artifacts(Name, Config) ->
    Folder = filename:join(proplists:get_value(priv_dir, Config), Name),
    Scripts = filename:join(Folder, "strategies"),
    Artifacts = filename:join(Folder, "artifacts"),
    ok = filelib:ensure_dir(filename:join(Scripts, "x")),
    ok = file:write_file(filename:join(Scripts, "cross.pine"), cross(21)),
    {ok, Tool} = fxaot_tool:find(),
    Port = open_port({spawn_executable, Tool},
                     [{args, ["compile", Scripts, "-o", Artifacts]}, exit_status, stderr_to_stdout,
                      binary]),
    0 = status(Port),
    application:set_env(fxaot, artifact_dirs, [Artifacts]),
    Artifacts.

status(Port) ->
    receive
        {Port, {exit_status, Status}} -> Status;
        {Port, {data, _}} -> status(Port)
    end.

without_tool() -> application:set_env(fxaot, tool, "/nowhere/fxaot").

shipped() -> (maps:remove(strategy, deployment(21)))#{strategy => {artifact, cross}}.

ahead_of_time(Config) ->
    Artifacts = artifacts("ahead", Config),
    without_tool(),
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, (shipped())#{wait => native}),
    {native, Why} = tier(eur),
    ?assertMatch({match, _}, re:run(Why, "^compiled ahead of time: " ++ Artifacts)),
    %% The same plan elsewhere.
    ok = fxaot:deploy(eur, slower, (shipped())#{wait => native, timeframe => {minutes, 5}}).

%% With one that is not to be used: a new strategy on the VM, with a reason; a running one runs on.
refused(Pattern) ->
    without_tool(),
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot_deployments:watch(eur, cross),
    ok = fxaot:deploy(eur, cross, shipped()),
    {refused, _} = news(eur),
    ?assertMatch({vm, _}, tier(eur)),
    [Manifest] = manifests(hd(fxaot_artifacts:folders())),
    {error, {bad_artifact, _}} = Error = fxaot_nif:load_native(Manifest),
    ?assertMatch({match, _}, re:run(fxaot:format_error(Error), Pattern)),
    ?assertMatch({error, {no_tool, _}}, fxaot:deploy(eur, cross, (shipped())#{wait => native})),
    ?assertMatch([#{version := 1, tier := vm}], fxaot:strategies(eur)).

manifests(Folder) -> filelib:wildcard(filename:join(Folder, "*.manifest")).

a_corrupt_artifact(Config) ->
    Artifacts = artifacts("corrupt", Config),
    [begin
         {ok, Bytes} = file:read_file(Library),
         Half = byte_size(Bytes) div 2,
         <<Before:Half/binary, Byte, After/binary>> = Bytes,
         ok = file:write_file(Library, <<Before/binary, (Byte bxor 1), After/binary>>)
     end || Library <- filelib:wildcard(filename:join(Artifacts, "*.so"))],
    refused("does not match its manifest").

%% Of another plan, under this one's name.
a_foreign_artifact(Config) ->
    Artifacts = artifacts("foreign", Config),
    [Manifest] = manifests(Artifacts),
    {ok, Text} = file:read_file(Manifest),
    Hex = filename:basename(Manifest, ".manifest"),
    Other = "00" ++ lists:nthtail(2, Hex),
    ok = file:write_file(Manifest, re:replace(Text, "plan " ++ Hex, "plan " ++ Other)),
    refused("does not match its manifest").

an_artifact_that_others_can_write(Config) ->
    Artifacts = artifacts("open", Config),
    [Manifest] = manifests(Artifacts),
    ok = file:change_mode(Manifest, 8#666),
    refused("cannot be trusted").

%% The cache cannot be written.
out_of_disk(Config) ->
    File = filename:join(proplists:get_value(priv_dir, Config), "full"),
    ok = file:write_file(File, ""),
    os:putenv("XDG_CACHE_HOME", File),
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, vm(21)),
    {error, {compiler, #{reason := _, message := _}}} = Error =
        fxaot:deploy(eur, cross, waiting(987)),
    ?assertMatch(<<"The compiler failed: ", _/binary>>, fxaot:format_error(Error)),
    ?assertMatch([#{version := 1}], fxaot:strategies(eur)).

%% ---- probation --------------------------------------------------------------

a_passed_probation(Config) ->
    application:set_env(fxaot, probation_steps, 10),
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot_deployments:watch(eur, cross),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    {running, native} = news(eur),
    ?assertMatch({ok, [_]}, file:list_dir(quarantine(Config))),
    _ = fxaot:ticks(eur, fxaot_test:quotes(5000)),
    admitted = news(eur),
    ?assertEqual({ok, []}, file:list_dir(quarantine(Config))),
    %% What is undeployed is off probation too.
    application:unset_env(fxaot, probation_steps),
    ok = fxaot:deploy(eur, other, waiting(22)),
    ?assertMatch({ok, [_]}, file:list_dir(quarantine(Config))),
    ok = fxaot:stop_engine(eur),
    ok = application:stop(fxaot),
    ?assertEqual({ok, []}, file:list_dir(quarantine(Config))).

%% No step was taken.
a_probation_of_time(Config) ->
    application:set_env(fxaot, probation_seconds, 1),
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot_deployments:watch(eur, cross),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    {running, native} = news(eur),
    ?assertMatch({ok, [_]}, file:list_dir(quarantine(Config))),
    ?assertMatch({ok, #{probation := true, native_steps := 0}}, fxaot:tier(eur, cross)),
    admitted = news(eur),
    ?assertEqual({ok, []}, file:list_dir(quarantine(Config))),
    ?assertMatch({ok, #{probation := false, native_steps := 0}}, fxaot:tier(eur, cross)).

%% The script does not stay on the VM.
a_hiccup_of_the_compiler(_) ->
    application:set_env(fxaot, compile_retry, 1),
    {ok, _} = fxaot:start_engine(eur),
    Deployment = program(77),
    failing("die"),
    ok = fxaot_deployments:watch(eur, cross),
    ok = fxaot:deploy(eur, cross, Deployment),
    [{refused, {compiler, #{reason := ended}}} = news(eur) || _ <- [1, 2, 3]],
    application:unset_env(fxaot, tool),
    application:unset_env(fxaot, compile_timeout),
    os:unsetenv("FXAOT_FAKE"),
    {running, native} = until_running(),
    ?assertMatch({native, _}, tier(eur)).

%% Those that were under way.
until_running() ->
    case news(eur) of
        {refused, {compiler, #{reason := ended}}} -> until_running();
        News -> News
    end.

%% Another node, which deploys and then says so.
node(Config, Then) ->
    Code = "application:load(fxaot), application:set_env(fxaot, quarantine_dir, \"" ++
        quarantine(Config) ++ "\"), application:set_env(fxaot, artifact_dirs, []), "
        "{ok, _} = application:ensure_all_started(fxaot), {ok, _} = fxaot:start_engine(eur), "
        "ok = fxaot:deploy(eur, cross, " ++
        lists:flatten(io_lib:format("~p", [(waiting(21))#{strategy := {source, iolist_to_binary(cross(21))}}]))
        ++ "), io:format(\"native~n\"), " ++ Then,
    Port = open_port({spawn_executable, os:find_executable("erl")},
                     [{args, ["-noshell", "-pa", filename:dirname(code:which(fxaot)), "-eval", Code]},
                      exit_status, {line, 1000}]),
    receive {Port, {data, {eol, "native"}}} -> Port end.

killed_on_probation(Config) ->
    Port = node(Config, "receive never -> ok end."),
    ?assertMatch({ok, [_]}, file:list_dir(quarantine(Config))),
    {os_pid, Process} = erlang:port_info(Port, os_pid),
    %% It lives, so nothing is held against its code.
    {ok, _} = fxaot:start_engine(eur),
    ok = fxaot:deploy(eur, cross, waiting(21)),
    ok = fxaot:undeploy(eur, cross),
    _ = os:cmd("kill -9 " ++ integer_to_list(Process)),
    receive {Port, {exit_status, _}} -> ok end,
    %% As the node's restart finds it.
    ok = fxaot_deployments:watch(eur, cross),
    ok = fxaot:deploy(eur, cross, deployment(21)),
    {refused, {quarantined, #{plan := Plan}}} = news(eur),
    ?assertMatch({vm, <<"This native code is in quarantine", _/binary>>}, tier(eur)),
    ?assertMatch([#{plan := Plan, strategy := <<"cross of eur">>}], fxaot:quarantine()),
    ?assertMatch({error, {quarantined, _}}, fxaot:deploy(eur, cross, waiting(21))),
    ?assertMatch([#{version := 1, tier := vm}], fxaot:strategies(eur)),
    %% Another plan is another matter.
    {ok, _} = fxaot:deploy(eur, cross, waiting(22)),
    ok = fxaot:release(Plan),
    {ok, _} = fxaot:deploy(eur, cross, waiting(21)),
    ?assertMatch({native, _}, tier(eur)).

halted_on_probation(Config) ->
    Port = node(Config, "halt(0)."),
    receive {Port, {exit_status, Status}} -> ?assertEqual(0, Status) end,
    ?assertEqual({ok, []}, file:list_dir(quarantine(Config))),
    ?assertEqual([], fxaot:quarantine()).

%% ---- without ----------------------------------------------------------------

%% What stands in for the compiler fails in this way.
failing(missing) -> without_tool();
failing(How) ->
    application:set_env(fxaot, tool, fxaot_test:file("fake_compile_server")),
    ok = supervisor:terminate_child(fxaot_compiler_sup, fxaot_compiler),
    {ok, _} = supervisor:restart_child(fxaot_compiler_sup, fxaot_compiler),
    application:set_env(fxaot, compile_timeout, 3000),
    application:set_env(fxaot, compile_memory, infinity),
    case How of
        memory -> application:set_env(fxaot, compile_memory, 4096);
        _ -> os:putenv("FXAOT_FAKE", How)
    end.

failures() ->
    [{missing, no_tool, "^The tool fxaot, "},
     {"die", compiler, "^The compiler exited with status 3 before it replied"},
     {"hang", compiler, "^The compiler took more than 3000 ms and was killed"},
     %% It may end before it is sent the request.
     {memory, compiler, "^The compiler (exited with status [0-9]+|ended) before it replied"},
     {"rubbish", compiler, "^The compiler sent an invalid reply"},
     {"E no_toolchain", compiler, "^No Swift toolchain found: it is so"},
     {"E disk", compiler, "^The compiler failed: it is so"},
     %% A manifest that is not there.
     {"ok", bad_artifact, "."}].

%% The tool is needed for the program too: that is made before.
program(Slow) ->
    {ok, Program} = fxaot_script:compile({source, cross(Slow)}),
    (deployment(Slow))#{strategy => Program}.

a_new_strategy_that_waits(_) ->
    {ok, _} = fxaot:start_engine(eur),
    Deployment = program(21),
    [begin
         failing(How),
         {error, {Expected, _}} = Error = fxaot:deploy(eur, cross, Deployment#{wait => native}),
         ?assertMatch({match, _}, re:run(fxaot:format_error(Error), Pattern)),
         ?assertEqual([], fxaot:strategies(eur))
     end || {How, Expected, Pattern} <- failures()].

a_running_version_runs_on(_) ->
    {ok, _} = fxaot:start_engine(eur),
    {Running, Next} = {program(21), program(34)},
    ok = fxaot:deploy(eur, cross, Running#{tier => vm}),
    [begin
         failing(How),
         {error, {Expected, _}} = Error = fxaot:deploy(eur, cross, Next#{wait => native}),
         ?assertMatch({match, _}, re:run(fxaot:format_error(Error), Pattern)),
         _ = fxaot:ticks(eur, fxaot_test:quotes(100)),
         ?assertMatch([#{version := 1, tier := vm}], fxaot:strategies(eur))
     end || {How, Expected, Pattern} <- failures()],
    ?assertMatch({error, {no_version, _}}, fxaot:rollback(eur, cross)).

what_runs_on_the_vm_says_why(_) ->
    {ok, _} = fxaot:start_engine(eur),
    Deployment = program(21),
    ok = fxaot_deployments:watch(eur, cross),
    [begin
         failing(How),
         ok = fxaot:deploy(eur, cross, Deployment),
         {refused, {Expected, _}} = news(eur),
         {vm, Why} = tier(eur),
         ?assertMatch({match, _}, re:run(Why, Pattern)),
         ok = fxaot:undeploy(eur, cross)
     end || {How, Expected, Pattern} <- failures()].

%% Its process goes on with what the one before it was at.
killed_while_code_is_made(_) ->
    {ok, _} = fxaot:start_engine(eur),
    Deployment = program(21),
    failing("hang"),
    ok = fxaot_deployments:watch(eur, cross),
    ok = fxaot:deploy(eur, cross, Deployment),
    ?assertEqual({vm, <<"native code is being compiled">>}, tier(eur)),
    [{_, Pid, _, _}] = supervisor:which_children(fxaot_deployment_sup),
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end,
    ?assertMatch({refused, {compiler, #{reason := timeout}}}, news(eur)),
    ?assertMatch({vm, <<"The compiler took more than", _/binary>>}, tier(eur)).

no_such_artifact(Config) ->
    {ok, _} = fxaot:start_engine(eur),
    Told = fun(Name) -> fxaot:deploy(eur, cross, (shipped())#{strategy => {artifact, Name}}) end,
    ?assertEqual(<<"Cannot find cross.fxir: there is no folder of artifacts.">>,
                 fxaot:format_error(Told(cross))),
    Folder = proplists:get_value(priv_dir, Config),
    application:set_env(fxaot, artifact_dirs, [Folder, "/nowhere"]),
    ?assertMatch({error, {no_artifact, #{name := <<"cross">>, looked_in := [Folder]}}},
                 Told(<<"cross">>)),
    [?assertMatch({error, {bad_option, #{option := strategy}}}, Told(Name))
     || Name <- ["../cross", "", 17, <<"a/b">>, [0], <<255>>]].
