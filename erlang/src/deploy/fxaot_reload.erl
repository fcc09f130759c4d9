%% @private The steps from a request to another version, or to native code. A task takes them in a process of
%% its own and sends the engine's process only quick requests.
-module(fxaot_reload).

-export([prepare/3, swap/3, attach/3, native_of_new/3, native_of_running/2, ask/2]).

-export_type([native/0]).

%% The request itself may crash the engine's process.
-define(MOST_ATTEMPTS, 5).
%% How long to wait for the engine's process to restart.
-define(WAIT_MS, 1000).

%% Code that is loaded, the hash of its plan, and where it came from.
-type native() :: #{code := fxaot_nif:native(), hash := fxaot_compiler:hash(), told := map()}.

%% @doc Builds the version that was requested and runs it on the bars that the engine has kept.
%% With native code if the request waits for it.
-spec prepare(Group :: atom(), Id :: atom(), fxaot_deployment:request()) ->
          {ok, fxaot_nif:prepared(), fxaot_deployment:strategy(), none | native()} | fxaot:error().
prepare(Group, Id, Request) ->
    fxaot_telemetry_emit:span([prepare], #{engine => Group, strategy => Id}, fun() -> made(Group, Id, Request) end).

made(Group, Id, #{strategy := Strategy} = Request) ->
    case program(Strategy) of
        {ok, Program} ->
            case built(Group, Id, Program, maps:get(deployment, Request)) of
                {ok, Prepared} ->
                    with_native(Prepared, Program, maps:get(wait, Request), #{engine => Group, strategy => Id});
                Error -> Error
            end;
        Error -> Error
    end.

%% A watched file is compiled here; other strategies by the caller of deploy/3.
program({file, _} = Script) -> fxaot_script:compile(Script);
program(Strategy) -> {ok, Strategy}.

built(Group, Id, Program, Deployment) ->
    case terms(Program, Deployment) of
        {ok, {_, Kind, Count, Price, _}} ->
            case ask(Group, {reload_basis, Id, Kind, Count, Price}) of
                {ok, Basis} ->
                    fxaot_nif:prepare(Basis, name(Program), maps:get(params, Deployment, #{}));
                Error -> Error
            end;
        Error -> Error
    end.

terms({ir, _}, Deployment) -> fxaot_terms:script_deployment(Deployment);
terms(_, Deployment) -> fxaot_terms:deployment(Deployment).

name({ir, Program}) -> Program;
name(Name) -> Name.

with_native(Prepared, {ir, _} = Program, true, Whose) ->
    case fxaot_nif:script_plan(Prepared) of
        {ok, Plan} ->
            case loaded(Plan, Whose) of
                {ok, Native} -> {ok, Prepared, Program, Native};
                Error -> Error
            end;
        Error -> Error
    end;
with_native(Prepared, Program, _, _) -> {ok, Prepared, Program, none}.

%% @doc Replaces the running version by a prepared one. If the engine's process dies during the call, the
%% swap may have happened or not.
-spec swap(Group :: atom(), Id :: atom(), fxaot_nif:prepared()) -> {ok, map()} | fxaot:error().
swap(Group, Id, Prepared) ->
    fxaot_telemetry_emit:span([swap], #{engine => Group, strategy => Id}, fun() -> swapped(Group, Id, Prepared) end).

swapped(Group, Id, Prepared) ->
    Before = version(Group, Id),
    case fxaot_engine_call:ask(Group, {swap, Id, Prepared}) of
        {error, {engine_down, _}} ->
            case version(Group, Id) of
                Before -> swapped(Group, Id, Prepared);
                Version when is_integer(Version) -> {ok, #{version => Version}};
                none -> {error, {engine_down, Group}}
            end;
        Answer -> Answer
    end.

version(Group, Id) ->
    case ask(Group, {strategy, Id}) of
        {ok, #{version := Version}} -> Version;
        _ -> none
    end.

%% ---- native code ------------------------------------------------------------

%% @doc Native code takes over a running script.
-spec attach(Group :: atom(), Id :: atom(), fxaot_nif:native()) -> ok | fxaot:error().
attach(Group, Id, Code) ->
    fxaot_telemetry_emit:span([attach], #{engine => Group, strategy => Id},
                              fun() -> ask(Group, {attach_native, Id, Code}) end).

%% @doc The native code of a script that is not deployed yet, so that no quote ever reaches the script
%% before it is native.
-spec native_of_new(Engine :: atom(), Id :: atom(), fxaot_deployment:request()) -> {ok, native()} | fxaot:error().
native_of_new(Engine, Id, #{strategy := {ir, Program}, deployment := #{instrument := Symbol} = Deployment}) ->
    case ask(Engine, {instrument_terms, Symbol}) of
        {ok, Terms} ->
            case fxaot_nif:script_plan(Program, Terms, Deployment) of
                {ok, Plan} -> loaded(Plan, #{engine => Engine, strategy => Id});
                Error -> Error
            end;
        Error -> Error
    end;
native_of_new(_, _, _) -> {error, {missing_option, #{option => instrument}}}.

%% @doc The native code of a script that runs.
-spec native_of_running(Group :: atom(), Id :: atom()) -> {ok, native()} | fxaot:error().
native_of_running(Group, Id) ->
    case ask(Group, {script_plan, Id}) of
        {ok, Plan} -> loaded(Plan, #{engine => Group, strategy => Id});
        Error -> Error
    end.

loaded(#{hash := Hash} = Plan, Whose) ->
    case fxaot_quarantine:check(Hash) of
        ok ->
            case fxaot_artifacts:load(Plan, Whose) of
                {ok, Code, Told} -> {ok, #{code => Code, hash => Hash, told => Told}};
                Error -> Error
            end;
        Error -> Error
    end.

%% ---- asking -----------------------------------------------------------------

%% @doc Asks an engine something that may be asked twice: when its process dies meanwhile, its
%% restart is asked.
-spec ask(Group :: atom(), fxaot_engine_call:request()) -> term().
ask(Group, Request) -> ask(Group, Request, ?MOST_ATTEMPTS).

ask(Group, Request, Attempts) ->
    case fxaot_engine_call:ask(Group, Request) of
        {error, {engine_down, Down}} when Attempts > 1 ->
            await(Down),
            ask(Group, Request, Attempts - 1);
        Answer -> Answer
    end.

%% Waits until an engine reports that it is back; it may have reported before this process subscribed.
await(Engine) when is_atom(Engine) ->
    ok = fxaot_events:watch(Engine),
    case fxaot_engine_call:ask(Engine, instruments) of
        {error, {engine_down, _}} -> receive {fxaot_engine, Engine, _} -> ok after ?WAIT_MS -> ok end;
        _ -> ok
    end,
    _ = fxaot_events:unwatch(Engine),
    flush(Engine);
await(_) -> ok.

flush(Engine) -> receive {fxaot_engine, Engine, _} -> flush(Engine) after 0 -> ok end.
