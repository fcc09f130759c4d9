%% @private Restarts processes that supervisors alone cannot restart.
%%
%% A dead supervisor of engines, groups or deployments comes back without its children: this process starts
%% them again from the tables. It also reports when an engine's own supervisor has given up, and for telemetry when a
%% process has crashed.
-module(fxaot_keeper).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/0, restore/0, watch/2, watch_process/2, give_up/2, remove/1, remove_later/1]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).

%% The pause before another try to start a child; each next pause is twice as long.
-define(PAUSE_MS, 500).
-define(MOST_PAUSE_MS, 30000).

%% What a process is, and its name.
-type watched() :: engine | group | {deployment, Id :: atom()}.

-record(state, {%% The engines' supervisors, each under the supervisor of engines that there was; and processes.
                engines = #{} :: #{reference() => {Name :: atom(), Parent :: pid()}
                                                | {process, watched(), Name :: atom()}},
                pause = ?PAUSE_MS :: pos_integer()}).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc A supervisor has started, without the children it may have had.
-spec restore() -> ok.
restore() -> gen_server:cast(?MODULE, restore).

%% @doc Only for the supervisor of engines, which the caller is.
-spec watch(Name :: atom(), Supervisor :: pid()) -> ok.
watch(Name, Supervisor) -> gen_server:cast(?MODULE, {watch, Name, Supervisor, self()}).

%% @doc Tells telemetry when the caller crashes.
-spec watch_process(watched(), Name :: atom()) -> ok.
watch_process(What, Name) -> gen_server:cast(?MODULE, {watch_process, What, Name, self()}).

%% @doc The engine stays stopped, with its state, until somebody starts or stops it.
-spec give_up(Name :: atom(), Why :: term()) -> ok.
give_up(Name, Why) ->
    fxaot_engines:set_status(Name, given_up),
    %% An unsupervised engine takes no quotes.
    fxaot_names:set_target(Name, {call, Name}),
    ?FXAOT_LOG(alert, #{engine => Name, reason => Why,
                        text => io_lib:format("~ts (~0tP)", [fxaot_error:format_error({given_up, #{}}), Why, 20])}),
    fxaot_alarm:set(engine_given_up, Name),
    fxaot_telemetry_emit:happened([engine, give_up], #{engine => Name, reason => Why}),
    fxaot_events:tell_watchers(Name, stopped).

%% @doc Ends an engine's supervisor that has no engine.
-spec remove(Supervisor :: pid()) -> ok.
remove(Supervisor) ->
    try supervisor:terminate_child(fxaot_engines_sup, Supervisor) of
        _ -> ok
    catch exit:_ -> ok
    end.

%% @doc The same, for that supervisor itself.
-spec remove_later(Supervisor :: pid()) -> ok.
remove_later(Supervisor) -> gen_server:cast(?MODULE, {remove, Supervisor}).

%% ---- the process ------------------------------------------------------------

-spec init([]) -> {ok, #state{}, {continue, restore}}.
init([]) -> {ok, #state{}, {continue, restore}}.

%% Watches the supervisors of living engines again, and starts the others.
-spec handle_continue(restore, #state{}) -> {noreply, #state{}}.
handle_continue(restore, State) ->
    Parent = whereis(fxaot_engines_sup),
    Watched = [{monitor(process, Supervisor), {Name, Parent}}
               || #{name := Name, place := fxaot, supervisor := Supervisor} <- fxaot_engines:all(),
                  is_pid(Parent)],
    Processes = [{monitor(process, Pid), {process, What, Name}} || {Pid, What, Name} <- living()],
    {noreply, restored(State#state{engines = maps:from_list(Watched ++ Processes)})}.

living() ->
    [{Pid, Kind, Name} || #{name := Name, kind := Kind} <- fxaot_engines:all(), Pid <- [whereis(Name)], is_pid(Pid)]
        ++ [{Pid, {deployment, Id}, Group} || {Pid, {Group, Id}} <- fxaot_deployments:all()].

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(_, _From, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(restore, State) -> {noreply, restored(State)};
handle_cast({watch, Name, Supervisor, Parent}, #state{engines = Engines} = State) ->
    Monitor = monitor(process, Supervisor),
    {noreply, State#state{engines = Engines#{Monitor => {Name, Parent}}}};
handle_cast({watch_process, What, Name, Pid}, #state{engines = Engines} = State) ->
    {noreply, State#state{engines = Engines#{monitor(process, Pid) => {process, What, Name}}}};
handle_cast({remove, Supervisor}, State) ->
    ok = remove(Supervisor),
    {noreply, State};
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({'DOWN', Monitor, process, Supervisor, Reason}, #state{engines = Engines} = State) ->
    _ = case Engines of
            #{Monitor := {Name, Parent}} when Reason =:= shutdown -> ended(Name, Supervisor, Parent);
            #{Monitor := {process, What, Name}} -> crashed(What, Name, Reason);
            #{} -> ok
        end,
    {noreply, State#state{engines = maps:remove(Monitor, Engines)}};
handle_info(restore, State) -> {noreply, restored(State)};
handle_info(_, State) -> {noreply, State}.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

crashed(_, _, Reason) when Reason =:= normal; Reason =:= shutdown -> ok;
crashed(_, _, {shutdown, _}) -> ok;
%% It had ended before this process looked: in good order, if it has left its table.
crashed(What, Name, noproc) ->
    case is_known(What, Name) of
        true -> crashed(What, Name, unknown);
        false -> ok
    end;
crashed({deployment, Id}, Group, Reason) ->
    fxaot_telemetry_emit:happened([deployment, crash], #{engine => Group, strategy => Id, reason => Reason});
crashed(Kind, Name, Reason) -> fxaot_telemetry_emit:happened([Kind, crash], #{engine => Name, reason => Reason}).

is_known({deployment, Id}, Group) -> lists:keymember({Group, Id}, 2, fxaot_deployments:all());
is_known(_, Name) -> fxaot_engines:find(Name) =/= none.

%% An engine's supervisor ended by itself: the engine was stopped, then it has left the table, or has crashed
%% too often. While its own supervisor ends too, it no longer answers.
ended(Name, Supervisor, Parent) ->
    case fxaot_engines:find(Name) of
        {ok, #{supervisor := Supervisor, place := fxaot, status := Status}} when Status =/= given_up ->
            try gen_server:call(Parent, count_children, infinity) of
                _ -> give_up(Name, too_many_crashes)
            catch exit:_ -> ok
            end;
        _ -> ok
    end.

%% ---- restoring --------------------------------------------------------------

%% Engines before their groups, and these before the strategies in them.
restored(#state{pause = Pause} = State) ->
    case lists:member(failed, [engines(), groups(), deployments()]) of
        false -> State#state{pause = ?PAUSE_MS};
        true ->
            _ = erlang:send_after(Pause, self(), restore),
            State#state{pause = min(2 * Pause, ?MOST_PAUSE_MS)}
    end.

engines() ->
    each(fxaot_engines_sup,
         [{Supervisor, Name} || #{kind := engine, place := fxaot, status := Status, name := Name,
                                  supervisor := Supervisor} <- fxaot_engines:all(),
                                Status =/= given_up],
         fun(Name) -> fxaot_engines_sup:start_engine(Name, fxaot_engines:options(Name)) end).

groups() ->
    each(fxaot_group_sup,
         [{whereis(Name), Group} || #{kind := group, name := Name} = Group <- fxaot_engines:all()],
         fun(#{name := Name, count := Count, options := Options}) ->
                 fxaot_group_sup:start_group(Name, Count, Options)
         end).

deployments() ->
    each(fxaot_deployment_sup, fxaot_deployments:all(),
         fun({Group, Id}) -> fxaot_deployment_sup:start_deployment(Group, Id) end).

%% Starts those whose processes are not the supervisor's. A living process belonged to another and is about to
%% die.
each(Supervisor, All, Start) ->
    try [Pid || {_, Pid, _, _} <- supervisor:which_children(Supervisor)] of
        Present ->
            Again = [What || {Pid, What} <- All, not lists:member(Pid, Present), gone(Pid)],
            %% Its supervisor restarts it, or the restart fails and a later try starts it.
            told(Supervisor, [Failed || not lists:member(restarting, Present), What <- Again,
                                        {error, _} = Failed <- [started(Start, What)]])
    catch exit:_ ->
            %% Its next start reports it.
            ok
    end.

told(_, []) -> ok;
told(Supervisor, [Error | _] = Failed) ->
    ?FXAOT_LOG(error, #{supervisor => Supervisor,
                        text => io_lib:format("~tp cannot start ~b of its children again: ~0tP",
                                              [Supervisor, length(Failed), Error, 20])}),
    failed.

started(Start, What) ->
    try Start(What) of
        {error, {already_started, _}} -> ok;
        Answer -> Answer
    catch exit:_ -> ok
    end.

gone(Pid) when is_pid(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> true end;
gone(undefined) -> true.
