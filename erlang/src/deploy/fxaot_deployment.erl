%% @private A deployed strategy: its running version, its tier, and the steps to the next version.
%%
%% The engine runs it and needs nothing from here; this process replaces it by another version,
%% makes native code of it, watches its file.
%% ```
%%   deploy  ▶ the VM runs it ─────▶ artifact or compiler (task) ▶ probation, attach ▶ native runs it
%%   again   ▶ basis, prepare (task) ▶ swap ─┘
%% '''
%% Slow work is a task: a process that sends its result and ends. So the engine gets only quick requests, and
%% quotes never wait. Requests run one after another. A step that fails does not change the running version.
%%
%% Longer than a file should be: the steps of one state machine.
-module(fxaot_deployment).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/2]).
-export([init/1, handle_call/3, handle_info/2, handle_cast/2, terminate/2, code_change/3]).

-export_type([request/0, strategy/0, news/0]).

-define(MOST_VERSIONS, 5).
-define(MAKING, <<"native code is being compiled">>).
%% The longest pause before another try to make native code.
-define(MOST_RETRY_MS, 300000).
%% The first pause before a check for the end of a probation; each pause is twice as long.
-define(PROBATION_MS, 1000).
-define(MOST_PROBATION_MS, 30000).
%% Before another look at the engine's tier.
-define(VERIFY_MS, 100).

-type strategy() :: atom() | binary() | fxaot_script:program().
%% A version as a caller asks for it. `strategy' is a file only in a watch's own request.
-type request() ::
        #{strategy := strategy() | fxaot_script:script(), deployment := map(),
          tier := auto | vm | native, wait := boolean(), watch := watched(),
          %% Its engine crossed to another library while it was prepared.
          again => true,
          %% The caller's trace.
          trace => fxaot_trace:context() | none,
          %% Of a reload.
          span => fxaot_telemetry_emit:span()}.
-type version() :: #{strategy := strategy(), deployment := map(), tier := auto | vm | native}.
-type watched() :: none | {file:name_all(), fxaot_watch:watch()}.
%% The messages of a process that watches.
-type news() :: {running, native} | {refused, term()} | {reloaded, map()} | admitted.

%% When it began (monotonic, s), and the pause before the next check for its end.
-type probation() :: {fxaot_quarantine:marker(), Began :: integer(), PauseMs :: pos_integer()}.

%% Who asked: a caller, or the watch, which waits for no answer.
-type from() :: gen_server:from() | watch.

-record(task, {pid :: pid(), monitor :: reference(), request :: request(), from :: from(),
               %% A new strategy's engine, or the versions that stay below the new one.
               into :: {engine, atom()} | {above, [version()]}}).

-record(state, {group :: atom(),
                id :: atom(),
                %% The newest first; that one runs.
                versions = [] :: [version()],
                task = none :: none | #task{},
                %% Calls that wait for the task to end.
                waiting = queue:new() :: queue:queue({term(), from()}),
                %% Makes native code of the running version, or waits before it is tried again.
                upgrade = none :: none | {pid(), reference()} | {later, Timer :: reference()},
                is_native = false :: boolean(),
                %% How often it was tried.
                attempts = 0 :: non_neg_integer(),
                %% The reason for the tier.
                why = <<>> :: binary(),
                probation = none :: none | probation(),
                watch = none :: watched(),
                %% Whether a message to look at the file is on its way.
                looks = false :: boolean(),
                %% Of the newest request, for what its tasks report later.
                trace = none :: fxaot_trace:context() | none}).

-spec start_link(Group :: atom(), Id :: atom()) -> {ok, pid()} | ignore | {error, term()}.
start_link(Group, Id) -> gen_server:start_link(?MODULE, {Group, Id}, []).

-spec init({Group :: atom(), Id :: atom()}) -> {ok, #state{}} | ignore.
init({Group, Id}) ->
    process_flag(trap_exit, true),
    State = #state{group = Group, id = Id},
    case fxaot_deployments:enter(Group, Id) of
        taken -> ignore;
        {ok, Saved} ->
            fxaot_keeper:watch_process({deployment, Id}, Group),
            {ok, case Saved of
                     none -> State;
                     _ -> restored(Saved, State)
                 end}
    end.

%% Tries native code after a pause, so that a process that dies of it does not die at once.
restored(#{versions := Versions, why := Why, watch := Watch, probation := Probation, attempts := Attempts,
           is_native := IsNative, upgrades := Upgrades}, State) ->
    _ = [fxaot_quarantine:resume(Marker) || {Marker, _, _} <- [Probation]],
    Restored = on_probation(Probation, watching(Watch, State#state{versions = Versions, why = Why,
                                                                   attempts = Attempts,
                                                                   is_native = IsNative})),
    case Upgrades of
        true -> save(later(Restored));
        false ->
            _ = IsNative andalso (self() ! verify),
            Restored
    end.

save(#state{group = Group, id = Id, versions = Versions, why = Why, watch = Watch, probation = Probation,
            attempts = Attempts, upgrade = Upgrade, is_native = IsNative} = State) ->
    fxaot_deployments:save(Group, Id, #{versions => Versions, why => Why, watch => Watch,
                                        probation => Probation, attempts => Attempts,
                                        is_native => IsNative, is_script => is_script(Versions),
                                        upgrades => Upgrade =/= none}),
    State.

is_script([#{strategy := {ir, _}} | _]) -> true;
is_script(_) -> false.

%% An orderly stop of the process proves nothing against its native code.
-spec terminate(term(), #state{}) -> ok.
terminate(Reason, State) when Reason =:= normal; Reason =:= shutdown ->
    _ = cancelled(idle(not_probed(State))),
    ok;
terminate(_, State) ->
    _ = cancelled(idle(State)),
    ok.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

%% ---- requests ---------------------------------------------------------------

-type next() :: {noreply, #state{}} | {stop, normal, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | next().
handle_call(alive, _From, State) -> {reply, ok, State};
handle_call(tier, _From, State) -> {reply, tier(State), State};
handle_call({undeploy, Engine}, From, #state{id = Id, task = Task} = State) ->
    Answer = case {fxaot_engine_call:ask(Engine, {undeploy, Id}), Task} of
                 %% It was not deployed yet.
                 {{error, {not_found, _}}, #task{into = {engine, _}}} -> ok;
                 {Told, _} -> Told
             end,
    gen_server:reply(From, Answer),
    case Answer of
        ok -> ended(given_up(State));
        {error, {not_found, _}} -> ended(given_up(State));
        _ -> {noreply, State}
    end;
handle_call(Call, From, #state{waiting = Waiting} = State) ->
    next(State#state{waiting = queue:in({Call, From}, Waiting)}).

-spec handle_cast(term(), #state{}) -> next().
handle_cast(engine_stopped, State) -> {stop, normal, State};
%% Native code of the library before is gone.
handle_cast(engine_crossed, State) -> {noreply, on_vm(State)};
handle_cast(_, State) -> {noreply, State}.

on_vm(#state{versions = [#{strategy := {ir, _}, tier := Tier} | _]} = State) when Tier =/= vm ->
    On = (cancelled(not_probed(State)))#state{attempts = 0, is_native = false, why = ?MAKING},
    tier_changed(vm, On),
    save(upgrading(On));
on_vm(State) -> State.

%% The engine has taken another version, and this process does not know: it did not get the answer, or the process before
%% it has died before it wrote that down.
verified(#state{group = Group, id = Id, is_native = true} = State) ->
    case fxaot_engine_call:ask(Group, {strategy, Id}) of
        {ok, #{tier := vm}} -> on_vm(State);
        {error, {Reason, _}} when Reason =:= engine_down; Reason =:= timeout ->
            _ = erlang:send_after(?VERIFY_MS, self(), verify),
            State;
        _ -> State
    end;
verified(State) -> State.

next(#state{task = none, waiting = Waiting, versions = Versions} = State) ->
    case queue:out(Waiting) of
        {empty, _} when Versions =:= [] -> ended(State);
        {empty, _} -> {noreply, State};
        %% What it begins and ends later, as a reload's span, leaves no context here.
        {{value, {Call, From}}, Rest} ->
            next(fxaot_trace:within(none, fun() -> begun(Call, From, State#state{waiting = Rest}) end))
    end;
next(State) -> {noreply, State}.

%% Waiting callers ask again, and reach a new process.
ended(#state{group = Group, id = Id} = State) ->
    fxaot_deployments:leave(Group, Id),
    {stop, normal, State}.

given_up(#state{task = #task{from = From, request = Request}, id = Id} = State) ->
    idle(refused({error, {undeployed, #{id => Id}}}, Request, From, State));
given_up(State) -> State.

begun({deploy, Engine, #{trace := Trace} = Request}, From, State) ->
    fxaot_trace:within(Trace, fun() -> begun({deploy, Engine, maps:remove(trace, Request)}, From, State) end);
begun({deploy, Engine, #{wait := true, strategy := {ir, _}} = Request}, From,
      #state{id = Id, versions = []} = State) ->
    task(fun() -> fxaot_reload:native_of_new(Engine, Id, Request) end, Request, From, {engine, Engine},
         State);
begun({deploy, Engine, Request}, From, #state{versions = []} = State) ->
    first(Engine, Request, none, From, State);
begun({deploy, _, Request}, From, #state{versions = [Running | _] = Versions} = State) ->
    reload(Request, From, Running, Versions, State);
begun({rollback, #{} = Trace}, From, State) ->
    fxaot_trace:within(Trace, fun() -> begun({rollback, none}, From, State) end);
begun({rollback, none}, From, #state{versions = [Running, #{tier := Tier} = Before | Below]} = State) ->
    reload(Before#{wait => Tier =:= native, watch => State#state.watch}, From, Running, Below,
           State);
begun({rollback, none}, From, #state{id = Id} = State) ->
    answered({error, {no_version, #{id => Id}}}, From, State);
begun(_, From, State) -> answered({error, {bad_argument, none}}, From, State).

answered(Answer, From, State) when From =/= watch ->
    gen_server:reply(From, Answer),
    State;
answered({error, Error}, watch, State) ->
    told(warning, ["keeps its running version: ", fxaot:format_error(Error)], State),
    news({refused, Error}, State);
answered(_, watch, State) -> State.

%% ---- a new strategy ---------------------------------------------------------

%% Native code on probation is attached together with the strategy.
first(Engine, #{strategy := Strategy, deployment := Deployment} = Request, Native, From,
      #state{id = Id} = State) ->
    case admitted(Native, State) of
        {ok, Marker} ->
            case fxaot_engine_call:ask(Engine, {deploy, Id, with_code(Strategy, Native), Deployment}) of
                ok ->
                    Running = runs(Request, [], Native, Marker, State),
                    answered(ok, From, Running);
                {error, {already_exists, _}} ->
                    %% The engine has it from a process before this one.
                    fxaot_quarantine:pass(Marker),
                    reload(Request, From, Request, [], State);
                Error ->
                    fxaot_quarantine:pass(Marker),
                    answered(Error, From, State)
            end;
        Error -> answered(Error, From, State)
    end.

with_code({ir, Program}, #{code := Code}) -> {ir, Program, Code};
with_code(Strategy, none) -> Strategy.

admitted(none, _) -> {ok, none};
admitted(#{hash := Hash}, #state{group = Group, id = Id}) ->
    fxaot_quarantine:admit(Hash, io_lib:format("~ts of ~ts", [Id, Group])).

%% ---- another version --------------------------------------------------------

%% An instrument, timeframe or price that the request leaves out stays as it is.
reload(#{deployment := Given} = Request, From, #{deployment := Running}, Below, State) ->
    Place = maps:with([instrument, timeframe, price], Running),
    Symbol = maps:get(instrument, Running, none),
    case maps:merge(Place, Given) of
        #{instrument := Other} when Other =/= Symbol ->
            answered({error, {bad_reload,
                              #{message => <<"a strategy cannot change its instrument">>}}}, From, State);
        Deployment ->
            #state{group = Group, id = Id} = State,
            Span = fxaot_telemetry_emit:start_span([reload], #{engine => Group, strategy => Id}),
            prepare(Request#{deployment => Deployment, span => Span}, From, Below, State)
    end.

prepare(Request, From, Below, #state{group = Group, id = Id} = State) ->
    task(fun() -> fxaot_reload:prepare(Group, Id, Request) end, Request, From, {above, Below}, State).

swapped({ok, Prepared, Strategy, Native}, #task{request = Request, from = From, into = {above, Below}},
        #state{group = Group, id = Id} = State) ->
    case admitted(Native, State) of
        {ok, Marker} ->
            case exchange(Group, Id, Prepared, Native) of
                {error, {other_library, _}} when not is_map_key(again, Request) ->
                    fxaot_quarantine:pass(Marker),
                    prepare(Request#{again => true}, From, Below, State);
                Answer -> exchanged(Answer, Request#{strategy := Strategy}, From, Below, Native, Marker, State)
            end;
        Error -> refused(Error, Request, From, State)
    end;
%% The engine has lost it, with all its state.
swapped({error, {not_found, _}} = Error, #task{request = #{strategy := Strategy} = Request, from = From}, State)
  when not is_tuple(Strategy); element(1, Strategy) =:= ir ->
    stopped(Request, Error),
    first(State#state.group, Request, none, From, State#state{versions = []});
swapped(Error, #task{request = Request, from = From}, State) -> refused(Error, Request, From, State).

refused(Error, Request, From, State) ->
    stopped(Request, Error),
    answered(Error, From, State).

%% Ends the span of a reload.
stopped(#{span := Span}, Answer) -> fxaot_telemetry_emit:stop_span(Span, Answer);
stopped(#{}, _) -> ok.

exchange(Group, Id, Prepared, none) -> fxaot_reload:swap(Group, Id, Prepared);
exchange(Group, Id, Prepared, #{code := Code}) ->
    case fxaot_nif:attach_native(Prepared, Code) of
        ok -> fxaot_reload:swap(Group, Id, Prepared);
        Error -> Error
    end.

exchanged({ok, Report}, Request, From, Below, Native, Marker, State) ->
    Running = runs(Request, Below, Native, Marker, not_probed(State)),
    stopped(Request, {ok, Report}),
    answered({ok, Report}, From, news({reloaded, Report}, Running));
exchanged(Error, Request, From, _, _, Marker, State) ->
    fxaot_quarantine:pass(Marker),
    %% The engine may still take it.
    _ = is_late(Error) andalso erlang:send_after(?VERIFY_MS, self(), verify),
    refused(Error, Request, From, State).

is_late({error, {timeout, _}}) -> true;
is_late(_) -> false.

%% ---- the running version ----------------------------------------------------

%% With native code, if there is some; else it begins on the VM.
runs(#{tier := Tier, strategy := Strategy, watch := Watch} = Request, Below, Native, Marker, State) ->
    Version = maps:with([strategy, deployment, tier], Request),
    Versions = lists:sublist([Version | Below], ?MOST_VERSIONS),
    Now = watching(Watch, cancelled(State#state{versions = Versions, attempts = 0,
                                                is_native = false})),
    case {Native, Strategy, Tier} of
        {#{told := Told}, _, _} -> native(Told, Marker, Now);
        {none, {ir, _}, vm} -> save(Now#state{why = <<"it was deployed with tier => vm">>});
        {none, {ir, _}, _} ->
            save(upgrading(Now#state{why = ?MAKING}));
        {none, _, _} -> save(Now#state{why = <<"it is a built-in strategy">>})
    end.

native(Told, Marker, State) ->
    Now = on_probation(probation(Marker), State#state{why = origin(Told), attempts = 0,
                                                         is_native = true}),
    tier_changed(native, Now),
    save(news({running, native}, Now)).

origin(#{source := folder, manifest := Manifest}) ->
    unicode:characters_to_binary(["compiled ahead of time: ", fxaot_show:name(Manifest)]);
origin(#{source := cache}) -> <<"compiled earlier, from the compiler's cache">>;
origin(#{source := compiler, milliseconds := Milliseconds}) ->
    iolist_to_binary(io_lib:format("compiled in ~b ms", [round(Milliseconds)])).

upgrading(#state{group = Group, id = Id} = State) ->
    State#state{upgrade = working(fun() -> fxaot_reload:native_of_running(Group, Id) end),
                trace = fxaot_trace:current()}.

upgraded({ok, #{code := Code, told := Told} = Native}, #state{group = Group, id = Id} = State) ->
    case admitted(Native, State) of
        {ok, Marker} ->
            case fxaot_reload:attach(Group, Id, Code) of
                ok -> native(Told, Marker, State);
                Error ->
                    fxaot_quarantine:pass(Marker),
                    upgraded(Error, State)
            end;
        Error -> upgraded(Error, State)
    end;
upgraded({error, Error}, State) ->
    Why = fxaot:format_error(Error),
    told(warning, ["stays on the VM: ", Why], State),
    Refused = State#state{why = Why},
    tier_changed(vm, Refused),
    save(news({refused, Error}, case is_passing(Error) of
                                    true -> later(Refused);
                                    false -> Refused
                                end)).

%% Whether the next attempt may succeed: a process died or was slow, a disk was full.
is_passing({compiler, #{reason := Reason}}) ->
    lists:member(Reason, [ended, restarted, timeout, rubbish, disk]);
is_passing({Reason, _}) -> lists:member(Reason, [task_died, engine_down, timeout, other_library]).

later(#state{attempts = Attempts} = State) ->
    Pause = min(?MOST_RETRY_MS, fxaot_config:value(compile_retry) bsl min(Attempts, 20)),
    State#state{upgrade = {later, erlang:start_timer(Pause, self(), upgrade)}, attempts = Attempts + 1}.

%% ---- tasks ------------------------------------------------------------------

task(Work, Request, From, Into, State) ->
    {Pid, Monitor} = working(Work),
    State#state{task = #task{pid = Pid, monitor = Monitor, request = Request, from = From,
                             into = Into},
                trace = fxaot_trace:current()}.

working(Work) ->
    Deployment = self(),
    Trace = fxaot_trace:current(),
    spawn_monitor(fun() -> Deployment ! {result, self(), fxaot_trace:within(Trace, Work)} end).

%% A report of a task belongs to the request that it was for.
traced(#state{trace = Trace}, Function) -> fxaot_trace:within(Trace, Function).

-spec handle_info(term(), #state{}) -> next().
handle_info({result, Pid, Result}, #state{task = #task{pid = Pid, monitor = Monitor} = Task} = State) ->
    demonitor(Monitor, [flush]),
    next(traced(State, fun() -> done(Result, Task, State#state{task = none}) end));
handle_info({result, Pid, Result}, #state{upgrade = {Pid, Monitor}} = State) ->
    demonitor(Monitor, [flush]),
    {noreply, traced(State, fun() -> upgraded(Result, State#state{upgrade = none}) end)};
handle_info({'DOWN', _, process, Pid, Reason}, #state{task = #task{pid = Pid} = Task} = State) ->
    next(traced(State, fun() -> done(died(Reason), Task, State#state{task = none}) end));
handle_info({'DOWN', _, process, Pid, Reason}, #state{upgrade = {Pid, _}} = State) when is_pid(Pid) ->
    {noreply, traced(State, fun() -> upgraded(died(Reason), State#state{upgrade = none}) end)};
handle_info({timeout, Timer, upgrade}, #state{upgrade = {later, Timer}} = State) ->
    {noreply, traced(State, fun() -> upgrading(State) end)};
handle_info(look, State) -> next(looked(State#state{looks = false}));
handle_info(probe, State) -> {noreply, probed(State)};
handle_info(verify, State) -> {noreply, verified(State)};
handle_info(_, State) -> {noreply, State}.

died(Reason) -> {error, {task_died, #{reason => Reason}}}.

done({ok, Native}, #task{into = {engine, Engine}, request = Request, from = From}, State) ->
    first(Engine, Request, Native, From, State);
done(Error, #task{into = {engine, _}, from = From}, State) -> answered(Error, From, State);
done(Result, Task, State) -> swapped(Result, Task, State).

idle(#state{task = #task{pid = Pid, monitor = Monitor}} = State) ->
    demonitor(Monitor, [flush]),
    exit(Pid, kill),
    State#state{task = none};
idle(State) -> State.

cancelled(#state{upgrade = {later, Timer}} = State) ->
    _ = erlang:cancel_timer(Timer),
    State#state{upgrade = none};
cancelled(#state{upgrade = {Pid, Monitor}} = State) ->
    demonitor(Monitor, [flush]),
    exit(Pid, kill),
    State#state{upgrade = none};
cancelled(State) -> State.

%% ---- probation --------------------------------------------------------------

probation(Marker) -> {Marker, erlang:monotonic_time(second), ?PROBATION_MS}.

on_probation(none, State) -> State;
on_probation({_, _, Pause} = Probation, State) ->
    _ = erlang:send_after(Pause, self(), probe),
    State#state{probation = Probation}.

not_probed(#state{probation = {Marker, _, _}} = State) ->
    fxaot_quarantine:pass(Marker),
    State#state{probation = none};
not_probed(State) -> State.

%% It ends after so many steps or so much time, whichever is first.
probed(#state{probation = {Marker, Began, Pause}} = State) ->
    case is_past(Began) orelse has_stepped(State) of
        true -> save(news(admitted, not_probed(State)));
        false ->
            fxaot_quarantine:renew(Marker),
            save(on_probation({Marker, Began, min(2 * Pause, ?MOST_PROBATION_MS)}, State))
    end;
probed(State) -> State.

is_past(Began) ->
    erlang:monotonic_time(second) - Began >= fxaot_config:value(probation_seconds).

has_stepped(#state{group = Group, id = Id}) ->
    case fxaot_engine_call:ask(Group, {strategy, Id}) of
        {ok, #{native_steps := Steps}} ->
            Steps >= fxaot_config:value(probation_steps);
        _ -> false
    end.

%% ---- the file ---------------------------------------------------------------

watching(none, State) -> State#state{watch = none};
watching(Watch, State) -> look_later(State#state{watch = Watch}).

look_later(#state{looks = true} = State) -> State;
look_later(State) ->
    _ = erlang:send_after(fxaot_config:value(watch_interval), self(), look),
    State#state{looks = true}.

%% A version that came from elsewhere meanwhile stays until the next save.
looked(#state{watch = {Path, Watch}, versions = [Running | _], waiting = Waiting} = State) ->
    {Found, Looked} = fxaot_watch:look(Watch),
    Later = look_later(State#state{watch = {Path, Looked}}),
    case Found of
        unchanged -> Later;
        changed ->
            Request = Running#{strategy := {file, Path}, wait => map_get(tier, Running) =:= native,
                             watch => {Path, Looked}},
            Later#state{waiting = queue:in({{deploy, State#state.group, Request}, watch}, Waiting)}
    end;
looked(State) -> State.

%% ---- telling ----------------------------------------------------------------

%% The engine knows the tier, this process the reason.
tier(#state{versions = [], group = Group, id = Id}) ->
    case fxaot_engine_call:ask(Group, {strategy, Id}) of
        {ok, _} -> {error, {busy, #{id => Id}}};
        Error -> Error
    end;
tier(#state{group = Group, id = Id, why = Why, probation = Probation}) ->
    case fxaot_reload:ask(Group, {strategy, Id}) of
        {ok, Told} ->
            {ok, (maps:with([tier, version, native_steps], Told))#{
                   why => Why, probation => Probation =/= none}};
        Error -> Error
    end.

told(Level, Sentence, #state{group = Group, id = Id}) ->
    ?FXAOT_LOG(Level, #{engine => Group, strategy => Id, text => Sentence}).

tier_changed(Tier, #state{group = Group, id = Id, why = Why}) ->
    fxaot_telemetry_emit:happened([tier, change], #{engine => Group, strategy => Id, tier => Tier, why => Why}).

news(News, #state{group = Group, id = Id} = State) ->
    fxaot_deployments:tell(Group, Id, News),
    State.
