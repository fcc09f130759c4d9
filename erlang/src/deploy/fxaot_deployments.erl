%% @private Which strategies are deployed, by engine (or group of engines) and id, and the requests to
%% them. Each has a process, {@link fxaot_deployment}; the table outlives it and keeps what its restart
%% goes on from.
-module(fxaot_deployments).

-export([new/0, enter/2, save/3, leave/2]).
-export([deploy/4, undeploy/3, rollback/2, tier/2, engine_stopped/1, watch/2, tell/3]).

%% Rows: {{World, Id}, Pid, Saved}. World is the group of an engine that is in one, else the engine.

%% @doc Only for the application's supervisor.
-spec new() -> ok.
new() ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {read_concurrency, true}]),
    ok.

%% @doc The caller is the process of that strategy from now on: `{ok, Saved}' of the one before it,
%% unless that lives.
-spec enter(World :: atom(), Id :: atom()) -> {ok, Saved :: term() | none} | taken.
enter(World, Id) ->
    Key = {World, Id},
    case ets:insert_new(?MODULE, {Key, self(), none}) of
        true -> {ok, none};
        false -> take_over(Key, ets:lookup(?MODULE, Key))
    end.

take_over({World, Id}, []) -> enter(World, Id);
take_over(Key, [{_, Pid, Saved}]) ->
    case is_process_alive(Pid) of
        true -> taken;
        false ->
            true = ets:update_element(?MODULE, Key, {2, self()}),
            {ok, Saved}
    end.

-spec save(World :: atom(), Id :: atom(), term()) -> ok.
save(World, Id, Saved) ->
    _ = ets:update_element(?MODULE, {World, Id}, {3, Saved}),
    ok.

-spec leave(World :: atom(), Id :: atom()) -> ok.
leave(World, Id) ->
    _ = ets:select_delete(?MODULE, [{{{World, Id}, self(), '_'}, [], [true]}]),
    ok.

%% ---- requests ---------------------------------------------------------------

%% @doc Starts a strategy, or puts another version in its place. Engine is what the caller named.
-spec deploy(World :: atom(), Engine :: atom(), Id :: atom(), fxaot_deployment:order()) ->
          ok | {ok, map()} | fxaot:error().
deploy(World, Engine, Id, #{strategy := Strategy, deployment := Deployment} = Order) ->
    case fxaot_names:target(Engine) of
        %% Without native code there is one tier, and the engine's process does it all.
        beam -> fxaot_engine:ask(Engine, {deploy, Id, Strategy, Deployment});
        _ -> deployed(World, Engine, Id, Order)
    end.

deployed(World, Engine, Id, Order) ->
    Request = {deploy, Engine, Order},
    case find(World, Id) of
        {ok, Pid} -> again(call(Pid, Request), fun() -> deploy(World, Engine, Id, Order) end);
        none ->
            try fxaot_deployment_sup:start_deployment(World, Id) of
                %% Or another caller was first.
                _ -> deploy(World, Engine, Id, Order)
            catch exit:_ -> {error, {not_running, none}}
            end
    end.

-spec undeploy(World :: atom(), Engine :: atom(), Id :: atom()) -> ok | fxaot:error().
undeploy(World, Engine, Id) ->
    case find(World, Id) of
        {ok, Pid} -> again(call(Pid, {undeploy, Engine}), fun() -> undeploy(World, Engine, Id) end);
        none -> fxaot_engine:ask(Engine, {undeploy, Id})
    end.

%% @doc The version before the running one takes its place again.
-spec rollback(World :: atom(), Id :: atom()) -> {ok, map()} | fxaot:error().
rollback(World, Id) -> existing(World, Id, rollback).

%% @doc See {@link fxaot:tier/2}.
-spec tier(World :: atom(), Id :: atom()) -> {ok, map()} | fxaot:error().
tier(World, Id) -> existing(World, Id, tier).

existing(World, Id, Request) ->
    case find(World, Id) of
        {ok, Pid} -> again(call(Pid, Request), fun() -> existing(World, Id, Request) end);
        none ->
            case fxaot_names:target(World) of
                beam -> fxaot_engine:ask(World, {Request, Id});
                none -> {error, {no_engine, World}};
                _ -> {error, {not_found, #{id => Id}}}
            end
    end.

find(World, Id) ->
    try ets:lookup(?MODULE, {World, Id}) of
        [{_, Pid, _}] -> {ok, Pid};
        [] -> none
    catch error:badarg -> none
    end.

%% One that has ended as it should took its row away first.
call(Pid, Request) ->
    try gen_server:call(Pid, Request, infinity)
    catch
        exit:{normal, _} -> ended;
        exit:{noproc, _} ->
            case is_process_alive(Pid) orelse ets:match(?MODULE, {'_', Pid, '_'}) =:= [] of
                true -> ended;
                false -> {error, {deployment_down, none}}
            end;
        exit:_ -> {error, {deployment_down, none}}
    end.

again(ended, Retry) -> Retry();
again(Answer, _) -> Answer.

%% @doc An engine, or group of engines, is stopped for good, and the strategies with it. Does not wait
%% for them.
-spec engine_stopped(World :: atom()) -> ok.
engine_stopped(World) ->
    Pids = ets:select(?MODULE, [{{{World, '_'}, '$1', '_'}, [], ['$1']}]),
    _ = ets:select_delete(?MODULE, [{{{World, '_'}, '_', '_'}, [], [true]}]),
    lists:foreach(fun(Pid) -> gen_server:cast(Pid, engine_stopped) end, Pids).

%% ---- news -------------------------------------------------------------------

%% @doc From now on the caller gets `{fxaot_deployment, World, Id, News}'.
-spec watch(World :: atom(), Id :: atom()) -> ok.
watch(World, Id) -> pg:join(fxaot_events, {fxaot_deployment, World, Id}, self()).

-spec tell(World :: atom(), Id :: atom(), fxaot_deployment:news()) -> ok.
tell(World, Id, News) ->
    Members = try pg:get_members(fxaot_events, {fxaot_deployment, World, Id})
              catch error:_ -> []
              end,
    lists:foreach(fun(Member) -> Member ! {fxaot_deployment, World, Id, News} end, Members).
