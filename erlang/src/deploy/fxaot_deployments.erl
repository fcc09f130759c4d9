%% @private The deployed strategies by engine (or group of engines) and id, and the requests to
%% them. Each has a process, {@link fxaot_deployment}; the table outlives it and keeps what its restart
%% goes on from.
-module(fxaot_deployments).

-export([new/0, enter/2, save/3, leave/2, all/0, saved/0, restore/3]).
-export([deploy/4, undeploy/3, rollback/2, tier/2, engine_stopped/1, engine_crossed/1, watch/2, tell/3]).

%% Rows: {{Group, Id}, Pid, Saved}. Group is the group of an engine that is in one, else the engine.

%% How often one request restarts a dead process.
-define(MOST_ATTEMPTS, 5).

%% @doc Only for the application's supervisor.
-spec new() -> ok.
new() ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {read_concurrency, true}]),
    ok.

%% @doc The caller is the process of that strategy from now on: `{ok, Saved}' of the one before it,
%% unless that lives.
-spec enter(Group :: atom(), Id :: atom()) -> {ok, Saved :: term() | none} | taken.
enter(Group, Id) ->
    Key = {Group, Id},
    case ets:insert_new(?MODULE, {Key, self(), none}) of
        true -> {ok, none};
        false -> take_over(Key, ets:lookup(?MODULE, Key))
    end.

take_over({Group, Id}, []) -> enter(Group, Id);
take_over(Key, [{_, Pid, Saved}]) ->
    case is_process_alive(Pid) of
        true -> taken;
        false ->
            true = ets:update_element(?MODULE, Key, {2, self()}),
            {ok, Saved}
    end.

-spec save(Group :: atom(), Id :: atom(), term()) -> ok.
save(Group, Id, Saved) ->
    _ = ets:update_element(?MODULE, {Group, Id}, {3, Saved}),
    fxaot_group_journal:keep(Group, Id, maps:remove(probation, Saved)).

%% @doc A strategy that an engine has out of its journal gets its process again, unless it has one. It runs on the VM,
%% and gets native code as it would after a deployment.
-spec restore(Group :: atom(), Id :: atom(), Saved :: map()) -> ok.
restore(Group, Id, #{versions := [#{tier := Tier} | _], is_script := IsScript} = Saved) ->
    Upgrades = IsScript andalso Tier =/= vm,
    Row = {{Group, Id}, nobody(), Saved#{probation => none, attempts => 0, is_native => false, upgrades => Upgrades}},
    case ets:insert_new(?MODULE, Row) of
        true ->
            _ = fxaot_deployment_sup:start_deployment(Group, Id),
            ok;
        false -> ok
    end;
restore(_, _, _) -> ok.

%% A process that has ended.
nobody() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, process, Pid, _} -> Pid end.

-spec leave(Group :: atom(), Id :: atom()) -> ok.
leave(Group, Id) ->
    _ = ets:select_delete(?MODULE, [{{{Group, Id}, self(), '_'}, [], [true]}]),
    fxaot_group_journal:forget(Group, Id).

%% @doc All deployments, and their processes, which may be dead.
-spec all() -> [{pid(), {Group :: atom(), Id :: atom()}}].
all() -> [{Pid, Key} || {Key, Pid, _} <- saved()].

%% @doc The same with what each has kept; none while the application is not running.
-spec saved() -> [{{Group :: atom(), Id :: atom()}, pid(), Saved :: term() | none}].
saved() -> try ets:tab2list(?MODULE) catch error:badarg -> [] end.

%% ---- requests ---------------------------------------------------------------

%% @doc Starts a strategy, or replaces it by another version. Engine is the name that the caller gave.
-spec deploy(Group :: atom(), Engine :: atom(), Id :: atom(), fxaot_deployment:request()) ->
          ok | {ok, map()} | fxaot:error().
deploy(Group, Engine, Id, #{strategy := Strategy, deployment := Deployment} = Request) ->
    case fxaot_names:target(Engine) of
        %% Without native code there is one tier, and the engine's process does it all.
        {call, Name} -> fxaot_engine_call:ask(Name, Engine, {deploy, Id, Strategy, Deployment});
        _ -> deployed(Group, Engine, Id, Request)
    end.

deployed(Group, Engine, Id, Request) ->
    case find(Group, Id) of
        {ok, Pid} ->
            again(call(Group, Id, Pid, {deploy, Engine, Request}),
                  fun() -> deploy(Group, Engine, Id, Request) end);
        none ->
            try fxaot_deployment_sup:start_deployment(Group, Id) of
                {error, {timeout, _}} = Error -> Error;
                %% Or another caller was first.
                _ -> deploy(Group, Engine, Id, Request)
            catch exit:_ -> {error, {not_running, none}}
            end
    end.

-spec undeploy(Group :: atom(), Engine :: atom(), Id :: atom()) -> ok | fxaot:error().
undeploy(Group, Engine, Id) ->
    case find(Group, Id) of
        {ok, Pid} -> again(call(Group, Id, Pid, {undeploy, Engine}),
                           fun() -> undeploy(Group, Engine, Id) end);
        none -> fxaot_engine_call:ask(Engine, {undeploy, Id})
    end.

%% @doc Returns to the version before the running one.
-spec rollback(Group :: atom(), Id :: atom()) -> {ok, map()} | fxaot:error().
rollback(Group, Id) -> existing(Group, Id, {rollback, fxaot_trace:current()}).

%% @doc See {@link fxaot:tier/2}.
-spec tier(Group :: atom(), Id :: atom()) -> {ok, map()} | fxaot:error().
tier(Group, Id) -> existing(Group, Id, tier).

existing(Group, Id, Request) ->
    case find(Group, Id) of
        {ok, Pid} -> again(call(Group, Id, Pid, Request), fun() -> existing(Group, Id, Request) end);
        none ->
            case fxaot_names:target(Group) of
                {call, Name} -> fxaot_engine_call:ask(Name, Group, {Request, Id});
                none -> {error, {no_engine, Group}};
                _ -> {error, {not_found, #{id => Id}}}
            end
    end.

find(Group, Id) ->
    try ets:lookup(?MODULE, {Group, Id}) of
        [{_, Pid, _}] -> {ok, Pid};
        [] -> none
    catch error:badarg -> none
    end.

call(Group, Id, Pid, Request) -> call(Group, Id, Pid, Request, ?MOST_ATTEMPTS).

call(Group, Id, Pid, Request, Attempts) ->
    Limit = fxaot_engines:limit(Group),
    %% Native code takes long to make. Meanwhile the process is asked whether it still answers.
    case fxaot_patience:request(Pid, Request, Limit) of
        {reply, Answer} -> Answer;
        %% A process that ends normally has removed its row first.
        {died, normal} -> ended;
        {died, noproc} when Attempts > 0 -> revived(Group, Id, Pid, Request, Attempts - 1);
        {died, _} -> {error, {deployment_down, none}};
        timeout -> {error, {timeout, #{milliseconds => Limit}}}
    end.

%% It died before the request: its state is in its row, and its next process continues from there.
revived(Group, Id, Dead, Request, Attempts) ->
    case find(Group, Id) of
        none -> ended;
        {ok, Dead} ->
            try fxaot_deployment_sup:start_deployment(Group, Id) of
                {error, {timeout, _}} = Error -> Error;
                _ ->
                    case find(Group, Id) of
                        {ok, Pid} -> call(Group, Id, Pid, Request, Attempts);
                        none -> ended
                    end
            catch exit:_ -> {error, {deployment_down, none}}
            end;
        {ok, Pid} -> call(Group, Id, Pid, Request, Attempts)
    end.

again(ended, Retry) -> Retry();
again(Answer, _) -> Answer.

%% @doc An engine, or group of engines, is stopped for good, and the strategies with it. Does not wait
%% for them.
-spec engine_stopped(Group :: atom()) -> ok.
engine_stopped(Group) ->
    Pids = ets:select(?MODULE, [{{{Group, '_'}, '$1', '_'}, [], ['$1']}]),
    _ = ets:select_delete(?MODULE, [{{{Group, '_'}, '_', '_'}, [], [true]}]),
    lists:foreach(fun(Pid) -> gen_server:cast(Pid, engine_stopped) end, Pids).

%% @doc An engine, or group of engines, has crossed to another native library, where its scripts run on the VM.
-spec engine_crossed(Group :: atom()) -> ok.
engine_crossed(Group) ->
    Pids = ets:select(?MODULE, [{{{Group, '_'}, '$1', '_'}, [], ['$1']}]),
    lists:foreach(fun(Pid) -> gen_server:cast(Pid, engine_crossed) end, Pids).

%% ---- news -------------------------------------------------------------------

%% @doc From now on the caller gets `{fxaot_deployment, Group, Id, News}'.
-spec watch(Group :: atom(), Id :: atom()) -> ok.
watch(Group, Id) -> fxaot_events:join({fxaot_deployment, Group, Id}).

-spec tell(Group :: atom(), Id :: atom(), fxaot_deployment:news()) -> ok.
tell(Group, Id, News) ->
    fxaot_events:tell({fxaot_deployment, Group, Id}, {fxaot_deployment, Group, Id, News}).
