%% Native code and reloads, one level below the shell's functions.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_native_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").
-include("../include/fxaot_abi.hrl").

-compile([export_all, nowarn_export_all]).

-define(T0, 1704240000000000000).
-define(SECOND, 1000000000).
-define(MINUTES, 3).

all() ->
    [wrong_types_are_badarg, an_artifact_is_loaded_and_told, damaged_artifacts_are_refused,
     code_of_another_plan_is_refused, tiers_and_versions_are_told, plans_of_running_and_prepared,
     the_same_program_mid_stream_changes_nothing, a_reload_tells_what_is_different,
     strategies_of_the_library_are_reloaded, what_cannot_be_replaced_is_refused,
     a_version_that_fails_replaces_nothing, bars_that_close_meanwhile_are_caught_up,
     another_process_prepares_and_only_the_owner_swaps, an_engine_on_its_own_thread,
     a_closed_engine, kept_bars_is_an_option].

suite() -> [{timetrap, {minutes, 2}}].

init_per_suite(Config) ->
    application:stop(fxaot),
    ok = fxaot_test:start(),
    Folder = filename:join(proplists:get_value(priv_dir, Config), "artifact"),
    ok = file:make_dir(Folder),
    ok = file:change_mode(Folder, 8#700),
    [{program, program(cross(""))}, {artifact, artifact(Folder)} | Config].

end_per_suite(_) -> application:stop(fxaot).

cross(More) ->
    iolist_to_binary(
      ["//@version=6\n"
       "strategy(\"Cross\", default_qty_value = 1000)\n"
       "fast = input.int(3, \"Fast\", minval = 1, maxval = 50)\n"
       "kind = input.string(\"ema\", \"Kind\", options = [\"ema\", \"sma\"])\n"
       "on = input.bool(true, \"On\")\n"
       "average(length) =>\n"
       "    e = ta.ema(close, length)\n"
       "    s = ta.sma(close, length)\n"
       "    kind == \"ema\" ? e : s\n"
       "if on and ta.crossover(average(fast), average(8))\n"
       "    strategy.entry(\"L\", strategy.long)\n"
       "if on and ta.crossunder(average(fast), average(8))\n"
       "    strategy.entry(\"S\", strategy.short)\n"
       "plot(average(8), \"slow\")\n", More]).

program(Text) ->
    {ok, {ir, Program}} = fxaot_script:compile({source, Text}),
    Program.

%% A shared library that is native code of some plan, and its manifest.
artifact(Folder) ->
    Source = filename:join(Folder, "code.c"),
    Library = filename:join(Folder, "code.so"),
    ok = file:write_file(
           Source,
           "#include \"fxaot.h\"\n"
           "static uint64_t bytes(uint32_t world) { return world ? 0 : 64; }\n"
           "static fxaot_native_step step(uint32_t world) { (void)world; return NULL; }\n"
           "int32_t fxaot_native_open(fxaot_native *out) {\n"
           "  out->abi_version = FXAOT_ABI_VERSION;\n"
           "  out->world_count = 1;\n"
           "  for (int i = 0; i < 32; i++) out->plan[i] = (uint8_t)i;\n"
           "  out->state_bytes = bytes;\n"
           "  out->step = step;\n"
           "  return 0;\n"
           "}\n"),
    Include = filename:join(filename:dirname(fxaot_test:file("fxaot_test.erl")),
                            "../../c_src/include"),
    [] = os:cmd(lists:flatten(io_lib:format("cc -shared -fPIC -I '~s' -o '~s' '~s'",
                                            [Include, Library, Source]))),
    ok = file:change_mode(Library, 8#700),
    write_manifest(Folder, plan(), ?FXAOT_ABI_VERSION).

plan() -> list_to_binary(lists:seq(0, 31)).

hex(Bytes) -> [io_lib:format("~2.16.0b", [Byte]) || <<Byte>> <= Bytes].

write_manifest(Folder, Plan, Abi) ->
    {ok, Code} = file:read_file(filename:join(Folder, "code.so")),
    Manifest = filename:join(Folder, "code.manifest"),
    Hash = hex(crypto:hash(sha256, Code)),
    ok = file:write_file(
           Manifest,
           io_lib:format("fxaot-artifact 1~nabi ~b~nplan ~s~ncompiler a C compiler~nkernels ~s~n"
                         "created 2026-01-01T00:00:00Z~n"
                         "variant x86-64-v2 code.so ~s ~b~nvariant aarch64 code.so ~s ~b~n",
                         [Abi, hex(Plan), hex(<<0:256>>), Hash, byte_size(Code), Hash,
                          byte_size(Code)])),
    ok = file:change_mode(Manifest, 8#600),
    Manifest.

%% ---- an engine --------------------------------------------------------------

engine() -> engine(#{}).

engine(Config) ->
    {ok, Engine} = fxaot_nif:new(Config),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    Engine.

engine_with(Program) ->
    Engine = engine(),
    ok = fxaot_nif:add_script(Engine, cross, Program, #{instrument => 'EURUSD'}),
    Engine.

%% Quotes every ten seconds, from that one on.
quotes(From, Count) ->
    [begin
         Mid = 1.1 + 0.002 * math:sin(N / 17) + 0.001 * math:sin(N / 5),
         fxaot_nif:quote('EURUSD', ?T0 + N * 10 * ?SECOND, Mid, Mid + 0.00002, 0.0, 0.0)
     end || N <- lists:seq(From, From + Count - 1)].

send(Engine, From, Count) ->
    case fxaot_nif:ticks(Engine, iolist_to_binary(quotes(From, Count))) of
        ok -> [];
        Events -> Events
    end.

basis(Engine, Id) -> basis(Engine, Id, 1).

basis(Engine, Id, Minutes) ->
    {ok, Basis} = fxaot_nif:reload_basis(Engine, Id, ?MINUTES, Minutes, 0),
    Basis.

reload(Engine, Id, Program, Params) ->
    case fxaot_nif:prepare(basis(Engine, Id), Program, Params) of
        {ok, Prepared} -> fxaot_nif:swap(Engine, Id, Prepared);
        Error -> Error
    end.

strategy(Engine, Id) ->
    [Strategy] = [S || #{id := Found} = S <- fxaot_nif:strategies(Engine), Found =:= Id],
    Strategy.

%% ---- native code ------------------------------------------------------------

wrong_types_are_badarg(Config) ->
    Engine = engine_with(proplists:get_value(program, Config)),
    {ok, Native} = fxaot_nif:load_native(proplists:get_value(artifact, Config)),
    {ok, Prepared} = fxaot_nif:prepare(basis(Engine, cross), proplists:get_value(program, Config),
                                       #{}),
    Terms = [make_ref(), 1, -1, 1.5, atom, <<"bytes">>, <<"a", 0>>, [], [300], {}, #{}, Engine,
             Native, Prepared, self(), 1 bsl 70, <<0:5>>],
    Calls = [{load_native, 1}, {native_info, 1}, {script_plan, 1}, {script_plan, 2}, {script_plan, 3},
             {attach_native, 2}, {attach_native, 3}, {detach_native, 2}, {swap, 3}, {prepare, 3}],
    rand:seed(exsss, 1),
    [[random_call(Name, [lists:nth(rand:uniform(length(Terms)), Terms) || _ <- lists:seq(1, Arity)])
      || _ <- lists:seq(1, 400)] || {Name, Arity} <- Calls],
    [random_call(reload_basis,
                 [Engine | [lists:nth(rand:uniform(length(Terms)), Terms) || _ <- lists:seq(1, 4)]])
     || _ <- lists:seq(1, 400)],
    ?assertMatch([#{id := cross, version := 1}], fxaot_nif:strategies(Engine)),
    Info = try fxaot_nif:native_info(make_ref())
           catch error:badarg:Stack -> element(4, hd(Stack))
           end,
    ?assertMatch(#{module := fxaot_badarg}, proplists:get_value(error_info, Info)),
    #{1 := Text} = fxaot_badarg:format_error(badarg, [{fxaot_nif, native_info, [x], []}]),
    ?assertEqual(<<"not native code">>, Text).

random_call(Name, Arguments) ->
    try apply(fxaot_nif, Name, Arguments) of
        ok -> ok;
        {ok, _} -> ok;
        {error, {Reason, _} = Why} when is_atom(Reason) ->
            true = is_binary(fxaot_error:format_error(Why))
    catch error:badarg -> ok
    end.

an_artifact_is_loaded_and_told(Config) ->
    Path = proplists:get_value(artifact, Config),
    {ok, Native} = fxaot_nif:load_native(Path),
    {ok, Info} = fxaot_nif:native_info(Native),
    ?assertMatch(#{compiler := <<"a C compiler">>, cpu := <<_/binary>>}, Info),
    ?assertEqual(plan(), maps:get(plan, Info)),
    ?assertEqual(unicode:characters_to_binary(filename:absname(Path)), maps:get(path, Info)),
    {ok, _} = fxaot_nif:load_native(unicode:characters_to_binary(Path)).

damaged_artifacts_are_refused(Config) ->
    Path = proplists:get_value(artifact, Config),
    Folder = filename:dirname(Path),
    Code = filename:join(Folder, "code.so"),
    Refused = fun() ->
                      {error, {bad_artifact, #{message := Message}} = Why} =
                          fxaot_nif:load_native(Path),
                      true = is_binary(fxaot:format_error(Why)),
                      binary_to_list(Message)
              end,
    ok = file:change_mode(Code, 8#722),
    ?assertMatch({match, _}, re:run(Refused(), "other users may write to it")),
    ok = file:change_mode(Code, 8#700),
    write_manifest(Folder, <<1:256>>, ?FXAOT_ABI_VERSION),
    ?assertMatch({match, _}, re:run(Refused(), "another script or other settings")),
    write_manifest(Folder, plan(), ?FXAOT_ABI_VERSION + 1),
    ?assertMatch({match, _}, re:run(Refused(), "it was made for version")),
    ok = file:write_file(Path, <<"nothing">>),
    ?assertMatch({match, _}, re:run(Refused(), "manifest is damaged")),
    ?assertMatch({error, {bad_artifact, _}}, fxaot_nif:load_native("/nowhere/x.manifest")),
    write_manifest(Folder, plan(), ?FXAOT_ABI_VERSION),
    {ok, _} = fxaot_nif:load_native(Path).

code_of_another_plan_is_refused(Config) ->
    Program = proplists:get_value(program, Config),
    Engine = engine_with(Program),
    {ok, Native} = fxaot_nif:load_native(proplists:get_value(artifact, Config)),
    ?assertMatch({error, {bad_artifact, #{message := <<"the artifact was made from another script", _/binary>>}}},
                 fxaot_nif:attach_native(Engine, cross, Native)),
    {ok, Prepared} = fxaot_nif:prepare(basis(Engine, cross), Program, #{}),
    ?assertMatch({error, {bad_artifact, _}}, fxaot_nif:attach_native(Prepared, Native)),
    ?assertMatch({error, {not_found, #{id := none}}},
                 fxaot_nif:attach_native(Engine, none, Native)),
    ?assertEqual(ok, fxaot_nif:detach_native(Engine, cross)),
    ?assertMatch({error, {not_found, _}}, fxaot_nif:detach_native(Engine, none)),
    ?assertMatch(#{tier := vm}, strategy(Engine, cross)).

tiers_and_versions_are_told(Config) ->
    Engine = engine_with(proplists:get_value(program, Config)),
    ok = fxaot_nif:add_strategy(Engine, ma, ma_crossover, #{instrument => 'EURUSD'}),
    ?assertMatch(#{tier := vm, version := 1, native_steps := 0}, strategy(Engine, cross)),
    ?assertMatch(#{tier := built_in, version := 1, native_steps := 0}, strategy(Engine, ma)),
    {ok, Native} = fxaot_nif:load_native(proplists:get_value(artifact, Config)),
    ?assertMatch({error, {bad_script, #{message := _}}}, fxaot_nif:attach_native(Engine, ma, Native)),
    ?assertMatch({error, {bad_script, #{message := _}}}, fxaot_nif:detach_native(Engine, ma)),
    ?assertMatch({error, {bad_script, #{message := _}}}, fxaot_nif:script_plan(Engine, ma)).

plans_of_running_and_prepared(Config) ->
    Program = proplists:get_value(program, Config),
    Engine = engine_with(Program),
    {ok, #{hash := Hash, bytes := Bytes}} = fxaot_nif:script_plan(Engine, cross),
    ?assertEqual(crypto:hash(sha256, Bytes), Hash),
    Deployment = #{instrument => 'EURUSD'},
    ?assertEqual({ok, #{hash => Hash, bytes => Bytes}},
                 fxaot_nif:script_plan(Program, #{}, Deployment)),
    ?assertMatch({error, {bad_instrument, _}},
                 fxaot_nif:script_plan(Program, #{price_decimals => 10}, Deployment)),
    ?assertMatch({error, {unknown_parameter, #{parameter := <<"none">>}}},
                 fxaot_nif:script_plan(Program, #{}, Deployment#{params => #{none => 1}})),
    ?assertMatch({error, {bad_script, #{message := _}}},
                 fxaot_nif:script_plan(<<"bytes">>, #{}, Deployment)),
    {ok, Same} = fxaot_nif:prepare(basis(Engine, cross), Program, #{}),
    ?assertEqual({ok, #{hash => Hash, bytes => Bytes}}, fxaot_nif:script_plan(Same)),
    {ok, Other} = fxaot_nif:prepare(basis(Engine, cross), Program, #{'Fast' => 4}),
    {ok, #{hash := OtherHash}} = fxaot_nif:script_plan(Other),
    ?assertNotEqual(Hash, OtherHash),
    {ok, _} = fxaot_nif:swap(Engine, cross, Other),
    ?assertMatch({ok, #{hash := OtherHash}}, fxaot_nif:script_plan(Engine, cross)),
    ?assertMatch({error, {stale, _}}, fxaot_nif:script_plan(Other)).

%% ---- reloads ----------------------------------------------------------------

the_same_program_mid_stream_changes_nothing(Config) ->
    Program = proplists:get_value(program, Config),
    Still = engine_with(Program),
    Reloaded = engine_with(Program),
    Expected = send(Still, 0, 3000),
    Events = [begin
                  Part = send(Reloaded, N * 100, 100),
                  {ok, #{warm_bars := Bars}} = reload(Reloaded, cross, Program, #{}),
                  ?assertEqual(((N + 1) * 100 - 1) div 6, Bars),
                  Part
              end || N <- lists:seq(0, 29)],
    ?assert(length(Expected) > 50),
    ?assertEqual(Expected, lists:append(Events)),
    ?assertMatch(#{version := 31}, strategy(Reloaded, cross)).

a_reload_tells_what_is_different(Config) ->
    Engine = engine_with(proplists:get_value(program, Config)),
    ?assertMatch(
       {ok, #{version := 2, warm_bars := 0, outputs := #{added := [], removed := []},
              inputs := #{added := [], removed := [],
                          changed := [#{name := <<"Fast">>, default := {3.0, 3.0}, value := {3.0, 4.0}},
                                      #{name := <<"Kind">>, value := {<<"ema">>, <<"sma">>}},
                                      #{name := <<"On">>, value := {true, false}}]}}},
       reload(Engine, cross, proplists:get_value(program, Config),
              #{'Fast' => 4, 'Kind' => sma, on => false})),
    Other = program(<<"//@version=6\nstrategy(\"Other\")\n"
                      "x = input.float(0.5, \"X\")\nfast = input.int(9, \"Fast\")\n"
                      "plot(x * fast, \"product\")\n">>),
    {ok, Report} = reload(Engine, cross, Other, #{}),
    ?assertEqual(
       #{version => 3, warm_bars => 0,
         outputs => #{added => [<<"product">>], removed => [<<"slow">>]},
         inputs => #{added => [#{name => <<"X">>, default => 0.5, value => 0.5}],
                     removed => [#{name => <<"Kind">>, default => <<"ema">>, value => <<"sma">>},
                                 #{name => <<"On">>, default => true, value => false}],
                     changed => [#{name => <<"Fast">>, default => {3.0, 9.0},
                                   value => {4.0, 9.0}}]}},
       Report),
    ?assertMatch(#{strategy := <<"Other">>}, strategy(Engine, cross)).

strategies_of_the_library_are_reloaded(_) ->
    Engine = engine(),
    ok = fxaot_nif:add_strategy(Engine, ma, ma_crossover, #{instrument => 'EURUSD'}),
    _ = send(Engine, 0, 601),
    {ok, #{warm_bars := 100, version := 2, inputs := #{changed := Changed}}} =
        reload(Engine, ma, ma_crossover, #{fast => 3}),
    ?assertMatch([#{name := <<"fast">>, value := {5.0, 3.0}}], Changed),
    {ok, #{version := 3}} = reload(Engine, ma, <<"mean_reversion">>, #{}),
    ?assertMatch(#{strategy := <<"mean_reversion">>, bars := 100, tier := built_in},
                 strategy(Engine, ma)),
    ?assertMatch({error, {unknown_strategy, #{suggestion := <<"ma_crossover">>}}},
                 reload(Engine, ma, ma_crosover, #{})),
    ?assertMatch({error, {unknown_parameter, #{parameter := <<"fats">>}}},
                 reload(Engine, ma, ma_crossover, #{fats => 3})),
    ?assertMatch({error, {parameter_range, _}}, reload(Engine, ma, ma_crossover, #{fast => 0})),
    ?assertMatch({error, {unknown_strategy, _}},
                 reload(Engine, ma, binary:copy(<<"x">>, 100), #{})).

what_cannot_be_replaced_is_refused(Config) ->
    Program = proplists:get_value(program, Config),
    Engine = engine_with(Program),
    ok = fxaot_nif:add_strategy(Engine, ma, ma_crossover, #{instrument => 'EURUSD'}),
    [begin
         ?assertMatch({bad_reload, #{message := _}}, Why),
         ?assert(is_binary(fxaot:format_error(Why)))
     end || {error, Why} <- [reload(Engine, ma, Program, #{}),
                             reload(Engine, cross, ma_crossover, #{}),
                             fxaot_nif:reload_basis(Engine, cross, ?MINUTES, 1, 2)]],
    ?assertMatch({error, {bad_timeframe, _}}, fxaot_nif:reload_basis(Engine, cross, 7, 1, 0)),
    ?assertMatch({error, {bad_timeframe, _}}, fxaot_nif:reload_basis(Engine, cross, 3, 0, 0)),
    ?assertMatch({error, {not_found, #{id := none}}},
                 fxaot_nif:reload_basis(Engine, none, ?MINUTES, 1, 0)),
    ?assertMatch({error, {bad_script, _}},
                 reload(Engine, cross, <<"FXIR and then nothing">>, #{})),
    ?assertMatch({error, {parameter_range, #{parameter := <<"Fast">>, minimum := 1.0}}},
                 reload(Engine, cross, Program, #{'Fast' => 0})),
    {ok, First} = fxaot_nif:prepare(basis(Engine, cross), Program, #{}),
    {ok, Second} = fxaot_nif:prepare(basis(Engine, cross), Program, #{}),
    ?assertMatch({error, {not_found, _}}, fxaot_nif:swap(Engine, none, First)),
    ?assertMatch({error, {stale, _}}, fxaot_nif:swap(Engine, ma, First)),
    {ok, _} = fxaot_nif:swap(Engine, cross, First),
    ?assertMatch({error, {stale, _}}, fxaot_nif:swap(Engine, cross, First)),
    ?assertMatch({error, {stale, _}}, fxaot_nif:swap(Engine, cross, Second)),
    ?assertMatch(#{version := 2}, strategy(Engine, cross)).

a_version_that_fails_replaces_nothing(Config) ->
    Program = proplists:get_value(program, Config),
    Failing = program(cross("if bar_index == 120\n    runtime.error(\"no\")\n")),
    [Still, Engine] = [engine_with(Program) || _ <- [1, 2]],
    Expected = send(Still, 0, 3000),
    First = send(Engine, 0, 600),
    {ok, Early} = fxaot_nif:prepare(basis(Engine, cross), Failing, #{}),
    Second = send(Engine, 600, 600),
    {error, {bad_script, #{message := Message}}} = fxaot_nif:swap(Engine, cross, Early),
    ?assertEqual(<<"failed while warming up: line 16: no">>, Message),
    ?assertMatch({error, {bad_script, _}},
                 fxaot_nif:prepare(basis(Engine, cross), Failing, #{})),
    ?assertEqual(Expected, First ++ Second ++ send(Engine, 1200, 1800)).

bars_that_close_meanwhile_are_caught_up(Config) ->
    Program = proplists:get_value(program, Config),
    [Still, Engine] = [engine_with(Program) || _ <- [1, 2]],
    Expected = send(Still, 0, 6000),
    First = send(Engine, 0, 600),
    {ok, Prepared} = fxaot_nif:prepare(basis(Engine, cross), Program, #{}),
    %% So many that it is a dirty scheduler's work.
    Second = send(Engine, 600, 3000),
    ?assertMatch({ok, #{warm_bars := 599}}, fxaot_nif:swap(Engine, cross, Prepared)),
    ?assertEqual(Expected, First ++ Second ++ send(Engine, 3600, 2400)).

another_process_prepares_and_only_the_owner_swaps(Config) ->
    Program = proplists:get_value(program, Config),
    Engine = engine_with(Program),
    Basis = basis(Engine, cross),
    Self = self(),
    {Pid, Reference} =
        spawn_monitor(
          fun() ->
                  {ok, Prepared} = fxaot_nif:prepare(Basis, Program, #{}),
                  {error, {not_owner, #{owner := Self}}} = fxaot_nif:swap(Engine, cross, Prepared),
                  {error, {not_owner, _}} = fxaot_nif:reload_basis(Engine, cross, 3, 1, 0),
                  {error, {not_owner, _}} = fxaot_nif:script_plan(Engine, cross),
                  {error, {not_owner, _}} = fxaot_nif:detach_native(Engine, cross),
                  {ok, _} = fxaot_nif:script_plan(Prepared),
                  exit({prepared, Prepared})
          end),
    receive
        {'DOWN', Reference, process, Pid, {prepared, Prepared}} ->
            ?assertMatch({ok, #{version := 2}}, fxaot_nif:swap(Engine, cross, Prepared))
    end.

an_engine_on_its_own_thread(Config) ->
    Program = proplists:get_value(program, Config),
    [Still, Engine] = [engine_with(Program) || _ <- [1, 2]],
    Expected = send(Still, 0, 3000),
    {ok, Mailbox} = fxaot_nif:start_actor(Engine),
    ok = fxaot_nif:subscribe(Mailbox, self()),
    [begin
         ok = fxaot_nif:send_batch(Mailbox, iolist_to_binary(quotes(N * 300, 300))),
         {ok, #{version := Version}} = reload(Engine, cross, Program, #{}),
         ?assertEqual(N + 2, Version),
         {ok, _} = fxaot_nif:script_plan(Engine, cross),
         ok = fxaot_nif:detach_native(Engine, cross)
     end || N <- lists:seq(0, 9)],
    ok = fxaot_nif:stop_actor(Engine),
    ?assertEqual(Expected, told([])).

told(Events) ->
    receive {fxaot_events, _, _, _, More} -> told(Events ++ More)
    after 0 -> Events
    end.

a_closed_engine(Config) ->
    Program = proplists:get_value(program, Config),
    Engine = engine_with(Program),
    {ok, Native} = fxaot_nif:load_native(proplists:get_value(artifact, Config)),
    Basis = basis(Engine, cross),
    ok = fxaot_nif:close(Engine),
    %% What was taken from it does not need it.
    {ok, Prepared} = fxaot_nif:prepare(Basis, Program, #{}),
    [?assertMatch({error, {closed, _}}, Answer)
     || Answer <- [fxaot_nif:swap(Engine, cross, Prepared), fxaot_nif:script_plan(Engine, cross),
                   fxaot_nif:reload_basis(Engine, cross, 3, 1, 0),
                   fxaot_nif:attach_native(Engine, cross, Native),
                   fxaot_nif:detach_native(Engine, cross)]].

kept_bars_is_an_option(Config) ->
    Program = proplists:get_value(program, Config),
    [begin
         Engine = engine(#{kept_bars => Kept}),
         ok = fxaot_nif:add_script(Engine, cross, Program, #{instrument => 'EURUSD'}),
         _ = send(Engine, 0, 601),
         ?assertMatch({ok, #{warm_bars := Kept}}, reload(Engine, cross, Program, #{}))
     end || Kept <- [0, 1, 7, 100]],
    ?assertMatch({error, {bad_config, #{option := kept_bars}}}, fxaot_nif:new(#{kept_bars => -1})).
