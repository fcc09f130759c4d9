%% A release that OTP's release handler upgrades and downgrades while quotes flow: nothing is lost, no process is
%% restarted, and each time the engines cross to the other release's native library.
%%
%% The older version is this one, compiled again with another number: 0.0.9.
-module(fxaot_upgrade_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include_lib("kernel/include/file.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).
-define(SECOND, 1000000000).
-define(SYMBOLS, ['EURUSD', 'GBPUSD', 'AUDUSD', 'NZDUSD']).
-define(ENGINES, [one, thread, journaled, group, booked]).
-define(OLD, "0.0.9").
-define(NEW, "0.1.0").
%% The same modules, but they ask for another interface.
-define(OTHER, "0.1.1").
%% Each sender sends so many quotes before, between and after.
-define(QUOTES, 2000).
-define(BATCH, 1000).
%% A sender pauses after so many.
-define(BURST, 20).

all() ->
    [every_module_is_named, every_process_takes_its_state_along, nothing_is_lost_under_load,
     native_code_comes_again, an_engine_that_cannot_cross_stays, another_interface_is_refused].

suite() -> [{timetrap, {minutes, 4}}].

init_per_suite(Config) ->
    Root = filename:join(proplists:get_value(priv_dir, Config), "upgrade"),
    Ebin = filename:dirname(code:which(fxaot)),
    {ok, [{?NEW, [{?OLD, Up}], [{?OLD, Down}]}]} = file:consult(filename:join(Ebin, "fxaot.appup")),
    Modules = modules(Down),
    [copy(Root, Version, Ebin, Modules) || Version <- [?OLD, ?NEW, ?OTHER]],
    [older(filename:join(ebin(Root, ?OLD), Module)) || Module <- Modules],
    appup(Root, ?NEW, {?NEW, [{?OLD, Up}], [{?OLD, Down}]}),
    [{apply, {Check, check, [Abi]}} | Rest] = Up,
    appup(Root, ?OTHER, {?OTHER, [{?OLD, [{apply, {Check, check, [Abi + 1]}} | Rest]}], []}),
    [release(Root, Version) || Version <- [?OLD, ?NEW, ?OTHER]],
    [ok = systools:make_relup(rel(Root, Version), [rel(Root, ?OLD)], Back,
                              [{path, [ebin(Root, ?OLD), ebin(Root, Version)]},
                               {outdir, releases(Root, Version)}])
     || {Version, Back} <- [{?NEW, [rel(Root, ?OLD)]}, {?OTHER, []}]],
    [{root, Root}, {up, Up}, {down, Down} | Config].

end_per_suite(_) -> ok.

modules(Instructions) -> [element(2, Instruction) || Instruction <- Instructions, element(1, Instruction) =/= apply].

%% ---- the releases ---------------------------------------------------------------

releases(Root, Version) -> filename:join([Root, "releases", Version]).

rel(Root, Version) -> filename:join(releases(Root, Version), "quotes").

ebin(Root, Version) -> filename:join([Root, "lib", "fxaot-" ++ Version, "ebin"]).

copy(Root, Version, From, Modules) ->
    Ebin = ebin(Root, Version),
    [copy_file(From, Ebin, atom_to_list(Module) ++ ".beam") || Module <- Modules],
    Priv = filename:join(filename:dirname(Ebin), "priv"),
    [copy_file(code:priv_dir(fxaot), Priv, File)
     || File <- ["fxaot_nif.so", "libfxaot.so", "strategies/fusion.fxir"]],
    [ok = file:make_symlink(filename:join(code:priv_dir(fxaot), Name), filename:join(Priv, Name))
     || Name <- ["fxaot", "kernels"]],
    ok = file:make_dir(filename:join(Priv, "artifacts")),
    {ok, [{application, fxaot, Keys}]} = file:consult(filename:join(From, "fxaot.app")),
    write(filename:join(Ebin, "fxaot.app"),
          {application, fxaot, lists:keystore(modules, 1, lists:keystore(vsn, 1, Keys, {vsn, Version}),
                                              {modules, Modules})}).

copy_file(From, To, Name) ->
    Target = filename:join(To, Name),
    ok = filelib:ensure_dir(Target),
    {ok, _} = file:copy(filename:join(From, Name), Target).

write(Path, Term) -> ok = file:write_file(Path, io_lib:format("~tp.~n", [Term])).

appup(Root, Version, Appup) -> write(filename:join(ebin(Root, Version), "fxaot.appup"), Appup).

%% Its code is the same; its number is another.
older(Path) ->
    {ok, {_, [{abstract_code, {_, [File, Module | Forms]}}]}} = beam_lib:chunks(Path, [abstract_code]),
    {ok, _, Bytes} = compile:forms([File, Module, {attribute, erl_anno:new(1), vsn, [?OLD]} | Forms], [debug_info]),
    ok = file:write_file(Path ++ ".beam", Bytes).

release(Root, Version) ->
    Rel = rel(Root, Version),
    ok = filelib:ensure_dir(Rel),
    Applications = [{Name, version(Name)} || Name <- [kernel, stdlib, sasl | fxaot_test:needed()]]
        ++ [{fxaot, Version}],
    write(Rel ++ ".rel", {release, {"quotes", Version}, {erts, erlang:system_info(version)}, Applications}),
    ok = systools:make_script(Rel, [local, {path, [ebin(Root, Version)]},
                                                         {outdir, releases(Root, Version)}]),
    {ok, _} = file:copy(Rel ++ ".boot", filename:join(releases(Root, Version), "start.boot")),
    ok = file:write_file(filename:join(releases(Root, Version), "sys.config"), "[].\n").

version(Name) ->
    _ = application:load(Name),
    {ok, Version} = application:get_key(Name, vsn),
    Version.

%% ---- what the upgrade knows -----------------------------------------------------

every_module_is_named(Config) ->
    Sources = filelib:wildcard(filename:join([code:lib_dir(fxaot), "erlang", "src", "*", "*.erl"])),
    Modules = lists:sort([list_to_atom(filename:basename(Source, ".erl")) || Source <- Sources]),
    ?assert(lists:member(fxaot_nif, Modules)),
    Down = proplists:get_value(down, Config),
    ?assertEqual(Modules, lists:sort(modules(Down))),
    [{apply, {fxaot_upgrade, check, [Abi]}}, point_of_no_return | Up] = proplists:get_value(up, Config),
    ?assertEqual(fxaot_nif:abi_version(), Abi),
    %% The engines cross last, whatever the direction.
    Cross = {apply, {fxaot_upgrade, cross, []}},
    ?assertEqual([Cross, Cross], [lists:last(Up), lists:last(Down)]),
    ?assertEqual(lists:droplast(Up), lists:reverse(lists:droplast(Down))).

every_process_takes_its_state_along(Config) ->
    Updates = [{Module, Kind} || {update, Module, Kind, default, {advanced, []}, soft_purge, soft_purge, []}
                                     <- proplists:get_value(up, Config)],
    ?assertEqual([fxaot_beam, fxaot_compiler, fxaot_dashboard_collector, fxaot_dashboard_listener,
                  fxaot_dashboard_login, fxaot_deployment, fxaot_engine, fxaot_fix_session, fxaot_gateway_link,
                  fxaot_gateway_sim_broker, fxaot_group, fxaot_heir,
                  fxaot_journal, fxaot_keeper, fxaot_lost, fxaot_metrics_http, fxaot_otlp_end, fxaot_otlp_exporter, fxaot_tracer],
                 [Module || {Module, dynamic} <- Updates]),
    ?assertEqual([fxaot_area_sup, fxaot_deployment_sup, fxaot_engine_sup, fxaot_engines_sup, fxaot_fix_sup, fxaot_gateway_sup,
                  fxaot_gateways_sup, fxaot_group_sup, fxaot_journals_sup,
                  fxaot_otlp_sup, fxaot_sup], [Module || {Module, static} <- Updates]),
    [?assertEqual({Module, {ok, state}}, {Module, Module:code_change(Version, state, [])})
     || {Module, dynamic} <- Updates, Version <- [?OLD, {down, ?OLD}]].

%% ---- under load -----------------------------------------------------------------

nothing_is_lost_under_load(Config) ->
    on_release(Config, fun(Node) -> peer:call(Node, ?MODULE, under_load, [proplists:get_value(root, Config)], 200000) end).

native_code_comes_again(Config) ->
    on_release(Config, fun(Node) -> peer:call(Node, ?MODULE, native, [proplists:get_value(root, Config)], 200000) end).

an_engine_that_cannot_cross_stays(Config) ->
    Library = last_return(proplists:get_value(root, Config)),
    on_release(Config, ["-fxaot", "strategies", lists:flatten(io_lib:format("~tp", [[Library]]))],
               fun(Node) -> peer:call(Node, ?MODULE, stays, [proplists:get_value(root, Config)], 100000) end).

another_interface_is_refused(Config) ->
    on_release(Config, fun(Node) -> peer:call(Node, ?MODULE, refused, [proplists:get_value(root, Config)], 60000) end).

on_release(Config, Test) -> on_release(Config, [], Test).

on_release(Config, Arguments, Test) ->
    Root = proplists:get_value(root, Config),
    Releases = filename:join(Root, "releases"),
    ok = release_handler:create_RELEASES(Root, Releases, rel(Root, ?OLD) ++ ".rel",
                                         [{fxaot, ?OLD, filename:join(Root, "lib")}]),
    {ok, Pid, Node} =
        peer:start(#{name => peer:random_name(?MODULE), connection => standard_io, wait_boot => 30000,
                     args => ["-boot", filename:join(releases(Root, ?OLD), "start"),
                              "-sasl", "releases_dir", lists:flatten(io_lib:format("~tp", [Releases])),
                              "-kernel", "logger_level", "error" | Arguments]}),
    Monitor = monitor(process, Pid),
    true = peer:call(Pid, os, putenv, ["FXAOT_TEST_INCLUDE", c_source("include")]),
    true = peer:call(Pid, os, putenv, ["FXAOT_CACHE", filename:join(Root, "cache")]),
    try
        {?MODULE, Code, File} = code:get_object_code(?MODULE),
        {module, _} = peer:call(Pid, code, load_binary, [?MODULE, File, Code]),
        {fxaot_test, Shared, At} = code:get_object_code(fxaot_test),
        {module, _} = peer:call(Pid, code, load_binary, [fxaot_test, At, Shared]),
        Test(Pid)
    after
        ok = peer:stop(Pid),
        receive {'DOWN', Monitor, process, Pid, Reason} -> ?assertEqual({Node, normal}, {Node, Reason}) end
    end.

%% On the node of the release.
under_load(Root) ->
    ?assertEqual(?OLD, running()),
    Options = #{instruments => ?SYMBOLS, bar_events => true, subscriber_limit => 100000000},
    {ok, _} = fxaot:start_engine(one, Options),
    {ok, _} = fxaot:start_engine(thread, Options#{mode => actor, overflow => {block, 5000}}),
    {ok, _} = fxaot:start_engines(group, 2, Options#{overflow => {block, 5000}}),
    Journaled = Options#{journal => journal(Root, journaled)},
    {ok, _} = fxaot:start_engine(journaled, Journaled),
    Booked = Options#{journal => journal(Root, booked), overflow => {block, 5000}},
    {ok, _} = fxaot:start_engines(booked, 2, Booked),
    {ok, _} = fxaot:start_engine(batches, Options#{bar_events => false}),
    {ok, _} = fxaot:start_engine(replays, #{}),
    [strategies(Engine) || Engine <- [batches | ?ENGINES]],
    Collectors = [{Engine, collector(Engine)} || Engine <- [batches | ?ENGINES]],
    Incarnations = [incarnations(Engine) || Engine <- ?ENGINES],
    Libraries = [filename:join([Root, "lib", "fxaot-" ++ Version, "priv", "libfxaot.so"]) || Version <- [?OLD, ?NEW]],
    ?assertEqual([hd(Libraries)], mapped("libfxaot.so")),
    Processes = tree(),
    Workers = workers(),

    passed(Workers),
    installed(?NEW, up(Root), Processes),
    %% Versions without a process in old code can be removed, which a next upgrade asks for.
    passed(Workers),
    ?assertEqual(2, length(mapped("fxaot_nif.so"))),
    installed(?OLD, fun() -> ok end, Processes),
    passed(Workers),
    installed(?NEW, fun() -> ok end, Processes),
    passed(Workers),

    Sent = [{Who, ended(Worker)} || {Who, Worker, _} <- Workers],
    ?assertEqual([], [Wrong || {_, {_, Wrongs}} <- Sent, Wrong <- Wrongs]),
    ?assertEqual(Processes, tree()),
    ?assertEqual(Incarnations, [incarnations(Engine) || Engine <- ?ENGINES]),
    ?assertEqual(Libraries, mapped("libfxaot.so")),
    Counts = [{Engine, Symbol, Count} || {{Engine, Symbol}, {Count, []}} <- Sent],
    [whole(Engine, Counts, Collectors) || Engine <- [batches | ?ENGINES]],
    {_, {Quotes, []}} = lists:keyfind(replays, 1, Sent),
    ?assertMatch(#{quotes := Quotes, accepted := Quotes}, fxaot:stats(replays)),
    %% What the version before has started, this one stops.
    States = [fxaot_test:final_state(Engine) || Engine <- [journaled, booked]],
    [ok = fxaot:stop_engine(Engine) || Engine <- [batches, replays | ?ENGINES]],
    %% What the journals hold was recorded in two libraries, in turns.
    {ok, _} = fxaot:start_engine(journaled, Journaled),
    {ok, _} = fxaot:start_engines(booked, 2, Booked),
    ?assertEqual(States, [fxaot_test:final_state(Engine) || Engine <- [journaled, booked]]),
    [ok = fxaot:stop_engine(Engine) || Engine <- [journaled, booked]].

journal(Root, Engine) -> #{dir => filename:join([Root, "journals", Engine]), quotes => true}.

%% On the node of the release: a script in native code, which the old library had.
native(Root) ->
    {ok, _} = fxaot:start_engine(one, #{instruments => ['EURUSD']}),
    {ok, Program} = file:read_file(filename:join(code:priv_dir(fxaot), "strategies/fusion.fxir")),
    Deployment = #{strategy => {ir, Program}, instrument => 'EURUSD', timeframe => {minutes, 1}, tier => native},
    ok = fxaot:deploy(one, fusion, Deployment),
    ?assertMatch({ok, #{tier := native}}, fxaot:tier(one, fusion)),
    [ok = quote(one, 'EURUSD', N) || N <- lists:seq(0, 99)],
    ok = fxaot_deployments:watch(one, fusion),
    upgraded(?NEW, up(Root)),
    receive {fxaot_deployment, one, fusion, {running, native}} -> ok end,
    #{native_steps := Before} = tier(one, fusion),
    %% Three bars close.
    [quote(one, 'EURUSD', N) || N <- lists:seq(100, 299)],
    ?assertMatch(#{tier := native, native_steps := Steps} when Steps =:= Before + 3, tier(one, fusion)),
    %% A second version, with code of the new library.
    {ok, #{version := 2}} = fxaot:deploy(one, fusion, Deployment),
    ?assertMatch(#{tier := native}, tier(one, fusion)),
    ok.

tier(Engine, Id) ->
    {ok, Told} = fxaot:tier(Engine, Id),
    Told.

%% On the node of the release: a strategy in C that only the old library knows, and one of a shared library that the
%% application loads.
stays(Root) ->
    ok = registered(Root, ?OLD),
    {ok, _} = fxaot:start_engine(stays, #{instruments => ['EURUSD']}),
    Thread = #{instruments => ['EURUSD'], mode => actor, journal => journal(Root, thread)},
    {ok, _} = fxaot:start_engine(thread, Thread),
    Group = #{instruments => ?SYMBOLS, journal => journal(Root, group)},
    {ok, _} = fxaot:start_engines(group, 2, Group),
    {ok, _} = fxaot:start_engine(goes, #{instruments => ['EURUSD']}),
    Deployment = #{strategy => c_hold, instrument => 'EURUSD', timeframe => {ticks, 1}},
    [ok = fxaot:deploy(Engine, held, Deployment) || Engine <- [stays, thread, group]],
    ok = fxaot:deploy(goes, library, Deployment#{strategy => last_return, params => #{threshold => 1.0}}),
    All = [{stays, 'EURUSD'}, {thread, 'EURUSD'}, {goes, 'EURUSD'} | [{group, Symbol} || Symbol <- ?SYMBOLS]],
    Quotes = fun(Numbers) -> [ok = quote(Engine, Symbol, N) || N <- Numbers, {Engine, Symbol} <- All] end,
    Quotes(lists:seq(0, 9)),
    upgraded(?NEW, up(Root)),
    %% Those run on where they are, each with an alarm.
    Stay = [group, stays, thread],
    ?assertEqual(Stay, lists:sort([Engine || {{other_library, {Engine, _, _}}, _} <- alarm_handler:get_alarms()])),
    Here = fun() -> [{Engine, has_crossed(Engine)} || Engine <- [stays, thread, goes, group_1, group_2]] end,
    ?assertEqual([{stays, false}, {thread, false}, {goes, true}, {group_1, false}, {group_2, false}], Here()),
    Quotes(lists:seq(10, 19)),
    Order = #{symbol => 'EURUSD', side => buy, quantity => 1000},
    [{ok, _} = fxaot:submit(Engine, Order) || Engine <- [thread, group]],
    %% Once the new library knows the strategy they cross.
    ok = registered(Root, ?NEW),
    ok = fxaot_upgrade:cross(),
    ?assertEqual([], [Alarm || {{other_library, _}, _} = Alarm <- alarm_handler:get_alarms()]),
    ?assertEqual([true], lists:usort([Crossed || {_, Crossed} <- Here()])),
    Quotes(lists:seq(20, 29)),
    ?assertEqual([{stays, 30}, {thread, 30}, {goes, 30}, {group, 120}],
                 [{Engine, maps:get(accepted, fxaot:stats(Engine))} || Engine <- [stays, thread, goes, group]]),
    ?assertMatch([#{strategy := <<"last_return">>, bars := 30}], fxaot:strategies(goes)),
    %% Their journals have gone on.
    [{ok, _} = fxaot:submit(Engine, Order) || Engine <- [thread, group]],
    Quotes([30]),
    States = [fxaot_test:final_state(Engine) || Engine <- [thread, group]],
    ?assertMatch([[#{quantity := 2000}], [#{quantity := 2000}]], [Positions || {_, _, Positions} <- States]),
    [ok = fxaot:stop_engine(Engine) || Engine <- [thread, group]],
    {ok, _} = fxaot:start_engine(thread, Thread),
    {ok, _} = fxaot:start_engines(group, 2, Group),
    ?assertEqual(States, [fxaot_test:final_state(Engine) || Engine <- [thread, group]]),
    ok.

last_return(Root) ->
    Library = filename:join(Root, "last_return.so"),
    [] = os:cmd(lists:concat(["cc -std=c11 -shared -fPIC '-I", c_source("include"), "' -o '", Library, "' '",
                              c_source("examples/c_library.c"), "' -lm 2>&1"])),
    Library.

c_source(Path) -> filename:join([filename:dirname(fxaot_test:file("fxaot_test.erl")), "../../c_src", Path]).

has_crossed(Engine) ->
    {ok, Handle} = fxaot_engine_call:ask(Engine, handle),
    fxaot_nif:has_crossed(Handle).

%% Registers the strategy c_hold in the native library of a version, by a NIF library that is linked to that one.
registered(Root, Version) ->
    Name = list_to_atom("c_hold_" ++ [C || C <- Version, C =/= $.]),
    Base = filename:join(Root, atom_to_list(Name)),
    Priv = filename:join([Root, "lib", "fxaot-" ++ Version, "priv"]),
    ok = file:write_file(Base ++ ".c",
        ["#include <erl_nif.h>\n#include \"fxaot.h\"\n"
         "static uint64_t bytes(const double *p) { (void)p; return 8; }\n"
         "static void reset(const double *p, void *s) { (void)p; *(uint64_t *)s = 0; }\n"
         "static double step(const double *p, void *s, uint32_t f, const fxaot_bar *b) {\n"
         "  (void)p, (void)f, (void)b; ++*(uint64_t *)s; return 0;\n}\n"
         "static const uint32_t feeds[] = {1};\n"
         "static const fxaot_strategy hold = {.abi_version = FXAOT_ABI_VERSION, .name = \"c_hold\",\n"
         "  .feed_multiples = feeds, .feed_count = 1, .state_bytes = bytes, .reset = reset, .step = step};\n"
         "static int load(ErlNifEnv *env, void **data, ERL_NIF_TERM info) {\n"
         "  (void)env, (void)data, (void)info; return fxaot_strategy_register(&hold);\n}\n"
         "static ErlNifFunc functions[] = {};\n"
         "ERL_NIF_INIT(", atom_to_list(Name), ", functions, load, NULL, NULL, NULL)\n"]),
    Include = filename:join([code:root_dir(), "erts-" ++ erlang:system_info(version), "include"]),
    [] = os:cmd(lists:flatten(
                  ["cc -std=gnu11 -shared -fPIC -o '", Base, ".so' '", Base, ".c'",
                   [[" -I '", Path, "'"] || Path <- [Include, filename:join([code:root_dir(), "usr", "include"]),
                                                     os:getenv("FXAOT_TEST_INCLUDE")]],
                   %% By its path: -lfxaot would find the one that is loaded already.
                   " '", Priv, "/libfxaot.so'"])),
    Load = [{attribute, 1, module, Name}, {attribute, 1, export, [{load, 0}]},
            {function, 1, load, 0, [{clause, 1, [], [], [{call, 1, {remote, 1, {atom, 1, erlang}, {atom, 1, load_nif}},
                                                           [{string, 1, Base}, {integer, 1, 0}]}]}]}],
    {ok, Name, Code} = compile:forms(Load),
    {module, Name} = code:load_binary(Name, atom_to_list(Name) ++ ".beam", Code),
    Name:load().

running() ->
    {_, _, Version} = lists:keyfind(fxaot, 1, application:which_applications()),
    Version.

strategies(Engine) ->
    {ok, Program} = file:read_file(filename:join(code:priv_dir(fxaot), "strategies/fusion.fxir")),
    [begin
         ok = fxaot:deploy(Engine, Symbol, #{strategy => ma_crossover, instrument => Symbol, timeframe => {ticks, 2},
                                             params => #{'band' => 0.00001}}),
         Script = list_to_atom("fusion_" ++ atom_to_list(Symbol)),
         ok = fxaot:deploy(Engine, Script, #{strategy => {ir, Program}, instrument => Symbol,
                                             timeframe => {minutes, 1}, tier => vm})
     end || Symbol <- ?SYMBOLS].

incarnations(Engine) ->
    case fxaot:stats(Engine) of
        #{engines := Members} -> [Incarnation || #{incarnation := Incarnation} <- maps:values(Members)];
        #{incarnation := Incarnation} -> [Incarnation]
    end.

up(Root) ->
    fun() ->
            {ok, ?NEW} = release_handler:set_unpacked(rel(Root, ?NEW) ++ ".rel",
                                                      [{fxaot, ?NEW, filename:join(Root, "lib")}])
    end.

%% Every process of the tree changes its code once; none is restarted.
installed(Version, Unpack, Processes) ->
    Unpack(),
    Changes = {self(), spawn_link(fun() -> changes([]) end)},
    1 = erlang:trace_pattern('receive', [{['_', '_', {system, '_', {change_code, '_', '_', '_'}}], [], []}], []),
    [1 = erlang:trace(Pid, true, ['receive', {tracer, element(2, Changes)}]) || {_, Pid} <- Processes],
    ?assertMatch({ok, _, []}, release_handler:install_release(Version)),
    [1 = erlang:trace(Pid, false, ['receive']) || {_, Pid} <- Processes],
    ?assertEqual(lists:sort([Pid || {Id, Pid} <- Processes, Id =/= fxaot_events]),
                 lists:usort(changed(Changes))),
    ok = release_handler:make_permanent(Version),
    Engines = [one, thread, journaled, batches, replays, group_1, group_2, booked_1, booked_2],
    ?assertEqual([], [Engine || Engine <- Engines, not has_crossed(Engine)]),
    Priv = code:priv_dir(fxaot),
    ?assertEqual({ok, filename:join(Priv, "fxaot")}, fxaot_tool:find()),
    ?assertEqual([filename:join(Priv, "artifacts")], fxaot_artifacts:folders()),
    ?assertEqual(Version, running()),
    {ok, Modules} = application:get_key(fxaot, modules),
    Old = [Module || Module <- Modules, {vsn, [?OLD]} <- Module:module_info(attributes)],
    ?assertEqual(case Version of ?OLD -> Modules; ?NEW -> [] end, Old),
    ?assertEqual(filename:dirname(code:priv_dir(fxaot)), filename:dirname(filename:dirname(code:which(fxaot)))),
    ?assertMatch({match, _}, re:run(code:priv_dir(fxaot), "fxaot-" ++ Version)).

upgraded(Version, Unpack) ->
    Unpack(),
    {ok, _, []} = release_handler:install_release(Version),
    ok = release_handler:make_permanent(Version).

changes(Pids) ->
    receive
        {trace, Pid, 'receive', {system, _, {change_code, _, _, _}}} -> changes([Pid | Pids]);
        {all, From} -> From ! {self(), Pids}
    end.

%% All messages of the tracing are there.
changed({Self, Pid}) ->
    Delivered = erlang:trace_delivered(all),
    receive {trace_delivered, all, Delivered} -> ok end,
    Pid ! {all, Self},
    receive {Pid, Pids} -> Pids end.

tree() -> lists:sort(below(fxaot_sup)).

below(Supervisor) ->
    lists:append([[{Id, Pid} | [Below || Type =:= supervisor, Below <- below(Pid)]]
                  || {Id, Pid, Type, _} <- supervisor:which_children(Supervisor)])
        ++ [{Supervisor, whereis(Supervisor)} || Supervisor =:= fxaot_sup].

%% The files of this name that the node has mapped.
mapped(Name) ->
    {ok, Maps} = file:read_file("/proc/self/maps"),
    %% The path comes last, and may have blanks.
    lists:usort([binary_to_list(string:find(Line, "/"))
                 || Line <- binary:split(Maps, <<"\n">>, [global]), string:find(Line, "/" ++ Name) =/= nomatch]).

%% ---- senders ---------------------------------------------------------------------

workers() ->
    [worker({Engine, Symbol}, fun(N) -> {1, quote(Engine, Symbol, N)} end)
     || Engine <- ?ENGINES, Symbol <- ?SYMBOLS]
        ++ [worker({batches, Symbol}, fun(N) -> {?BATCH, batch(Symbol, N)} end) || Symbol <- ?SYMBOLS]
        ++ [worker(replays, fun replay/1)]
        ++ [worker({requests, Engine}, fun(N) -> {1, request(Engine, N)} end) || Engine <- ?ENGINES].

worker(Who, Work) ->
    Parent = self(),
    Progress = atomics:new(1, []),
    {Who, spawn_link(fun() -> work(Parent, Work, Progress, 0, []) end), Progress}.

%% Paced, so that the events fit into memory.
work(Parent, Work, Progress, Done, Wrong) ->
    receive stop -> Parent ! {self(), {Done, Wrong}}
    after case Done rem ?BURST of 0 -> 5; _ -> 0 end ->
            {Count, Answer} = Work(Done),
            Next = Done + Count,
            ok = atomics:put(Progress, 1, Next),
            work(Parent, Work, Progress, Next, [Answer || not is_right(Answer)] ++ Wrong)
    end.

is_right(ok) -> true;
is_right({ok, _}) -> true;
is_right(Answer) -> is_list(Answer) orelse is_map(Answer).

ended(Worker) ->
    Worker ! stop,
    receive {Worker, Done} -> Done end.

quote(Engine, Symbol, N) ->
    {Time, Bid, Ask} = prices(N),
    fxaot:tick(Engine, Symbol, Time, Bid, Ask).

prices(N) ->
    Price = 1.1 + (N * 7 rem 50) / 10000,
    {?START + N * ?SECOND, Price, Price + 0.0001}.

batch(Symbol, First) ->
    Quotes = << <<(fxaot_nif:quote(Symbol, Time, Bid, Ask, 0.0, 0.0))/binary>>
                || N <- lists:seq(First, First + ?BATCH - 1), {Time, Bid, Ask} <- [prices(N)] >>,
    fxaot:ticks(batches, Quotes).

%% A day after the other; on some the market is closed.
replay(_) ->
    Days = case get(days) of undefined -> 0; Done -> Done end,
    put(days, Days + 1),
    case fxaot:replay(replays, #{days => 1, seed => 1, start => ?START + Days * 86400 * ?SECOND}, #{}) of
        {ok, #{quotes := Quotes, accepted := Quotes, restarts := 0}} -> {Quotes, ok};
        Other -> {1, {wrong, Other}}
    end.

request(Engine, N) ->
    Symbol = lists:nth(N rem length(?SYMBOLS) + 1, ?SYMBOLS),
    case N rem 5 of
        0 -> fxaot:stats(Engine);
        1 -> fxaot:positions(Engine);
        2 -> fxaot:account(Engine);
        3 -> fxaot:tier(Engine, Symbol);
        4 -> fxaot:strategies(Engine)
    end.

%% Until each worker has done enough more.
passed(Workers) ->
    Least = [{Progress, atomics:get(Progress, 1) + least(Who)} || {Who, _, Progress} <- Workers],
    [until(fun() -> atomics:get(Progress, 1) >= Count end) || {Progress, Count} <- Least],
    ok.

least({requests, _}) -> 20;
least(_) -> ?QUOTES.

until(Ask) ->
    case Ask() of
        true -> ok;
        false ->
            receive after 1 -> ok end,
            until(Ask)
    end.

%% ---- nothing is lost ----------------------------------------------------------------

%% Every quote was counted, every event came, and each symbol's events are those of an engine that has never
%% been upgraded.
whole(Engine, Counts, Collectors) ->
    Mine = [{Symbol, Count} || {Of, Symbol, Count} <- Counts, Of =:= Engine],
    All = lists:sum([Count || {_, Count} <- Mine]),
    #{quotes := All, accepted := All, missed := 0, events := Count} = fxaot:stats(Engine),
    {_, Collector} = lists:keyfind(Engine, 1, Collectors),
    Events = collected(Collector, Count),
    {ok, _} = fxaot:start_engine(fresh, #{instruments => ?SYMBOLS, bar_events => Engine =/= batches,
                                          subscriber_limit => 100000000}),
    strategies(fresh),
    Fresh = collector(fresh),
    [quote(fresh, Symbol, N) || {Symbol, Sent} <- Mine, N <- lists:seq(0, Sent - 1)],
    #{events := Expected} = fxaot:stats(fresh),
    Others = collected(Fresh, Expected),
    [?assertEqual({Engine, Symbol, erlang:md5(term_to_binary(of_symbol(Symbol, Others)))},
                  {Engine, Symbol, erlang:md5(term_to_binary(of_symbol(Symbol, Events)))}) || {Symbol, _} <- Mine],
    ok = fxaot:stop_engine(fresh).

%% Orders' numbers are the engine's.
of_symbol(Symbol, Events) ->
    [case Event of
         #order{} -> Event#order{id = 0};
         #reject{} -> Event#reject{order_id = 0};
         #fill{} -> Event#fill{order_id = 0};
         _ -> Event
     end || Event <- Events, element(symbol_at(Event), Event) =:= Symbol].

symbol_at(#signal{}) -> #signal.symbol;
symbol_at(#order{}) -> #order.symbol;
symbol_at(#fill{}) -> #fill.symbol;
symbol_at(#reject{}) -> #reject.symbol;
symbol_at(#alarm{}) -> #alarm.symbol;
symbol_at(#bar{}) -> #bar.symbol.

collector(Engine) ->
    Parent = self(),
    Pid = spawn_link(fun() ->
                             ok = fxaot:subscribe(Engine),
                             Parent ! {self(), subscribed},
                             collect(#{}, 0, none)
                     end),
    receive {Pid, subscribed} -> Pid end.

%% The events of each engine, the newest first, and how many there are; whoever waits for a number gets them.
collect(Events, Count, {Count, From}) -> From ! {self(), Events};
collect(Events, Count, Waiting) ->
    receive
        {fxaot_events, Engine, Incarnation, First, New} ->
            {Next, Before} = maps:get({Engine, Incarnation}, Events, {1, []}),
            ?assertEqual(Next, First),
            After = {Next + length(New), lists:reverse(New, Before)},
            collect(Events#{{Engine, Incarnation} => After}, Count + length(New), Waiting);
        {collected, Number, From} -> collect(Events, Count, {Number, From})
    end.

collected(Pid, Count) ->
    Pid ! {collected, Count, self()},
    Events = receive {Pid, All} -> All end,
    lists:append([lists:reverse(List) || {_, List} <- maps:values(Events)]).

%% ---- refused -------------------------------------------------------------------------

refused(Root) ->
    {ok, _} = fxaot:start_engine(one, #{}),
    ok = quote(one, 'EURUSD', 1),
    {ok, ?OTHER} = release_handler:set_unpacked(rel(Root, ?OTHER) ++ ".rel",
                                                [{fxaot, ?OTHER, filename:join(Root, "lib")}]),
    Abi = fxaot_nif:abi_version(),
    Processes = tree(),
    ?assertEqual({error, {other_interface, #{running => Abi, new => Abi + 1}}},
                 release_handler:install_release(?OTHER)),
    %% The release handler has changed the application's data by then, and nothing else.
    ?assertMatch([{_, ?OLD, _, permanent}], release_handler:which_releases(permanent)),
    ?assertEqual([], [Module || {Module, File} <- code:all_loaded(), is_list(File),
                                string:find(File, "fxaot-" ++ ?OTHER) =/= nomatch]),
    ?assertEqual(Processes, tree()),
    ?assertMatch(#{accepted := 1}, fxaot:stats(one)).
