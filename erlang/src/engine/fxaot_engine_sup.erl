%% @private Supervises one engine, with a budget of its own: `restart_intensity' restarts in `restart_period'
%% seconds, options of the engine. An engine that crashes more often stops alone.
%%
%% It is a child of {@link fxaot_engines_sup}, or of somebody else's supervisor by {@link fxaot:child_spec/2}.
-module(fxaot_engine_sup).
-behaviour(supervisor).

-export([start_link/3, start_process/1, start_again/1, init/1]).

%% For the process of a supervisor that was killed.
-define(WAIT_MS, 1000).

%% @doc Starts the supervisor and the engine. An engine whose restart fails has given up, and its supervisor
%% stays without a child.
-spec start_link(Name :: atom(), Options :: map(), fxaot_engines:place()) ->
          {ok, pid(), Engine :: pid()} | {ok, pid()} | ignore | {error, term()}.
start_link(Name, Options, Place) ->
    case fxaot_engine_options:check(Options) of
        ok -> entered(Name, Place, supervisor:start_link(?MODULE, {Name, Options, Place}));
        Error -> {error, {shutdown, Error}}
    end.

entered(Name, _, ignore) -> {error, {already_started, whereis(Name)}};
entered(Name, Place, {ok, Supervisor}) ->
    HadState = fxaot_engines:has_state(Name),
    _ = orphaned(Name),
    case supervisor:start_child(Supervisor, child(Name)) of
        {ok, Engine} when is_pid(Engine) ->
            _ = [fxaot_keeper:watch(Name, Supervisor) || Place =:= fxaot],
            {ok, Supervisor, Engine};
        {ok, undefined} ->
            ended(Supervisor),
            ignore;
        {error, Reason} when HadState, Place =:= fxaot ->
            fxaot_keeper:give_up(Name, Reason),
            {ok, Supervisor};
        {error, Reason} ->
            ended(Supervisor),
            _ = [fxaot_engines:leave(Name) || not HadState],
            {error, cause(Reason)}
    end;
entered(_, _, Error) -> Error.

%% The process of a killed supervisor is linked to it and will die, but may still live.
orphaned(Name) ->
    case whereis(Name) of
        undefined -> ok;
        Pid ->
            case fxaot_names:name(Pid) of
                {ok, Name} -> gone(Pid);
                _ -> false
            end
    end.

gone(Pid) ->
    Monitor = monitor(process, Pid),
    receive {'DOWN', Monitor, process, Pid, _} -> true
    after ?WAIT_MS ->
            demonitor(Monitor, [flush]),
            false
    end.

%% Without the child's specification.
cause({Reason, Child}) when is_map(Child); element(1, Child) =:= child -> Reason;
cause(Reason) -> Reason.

%% A supervisor obeys its parent, which the caller is.
ended(Supervisor) ->
    Monitor = monitor(process, Supervisor),
    unlink(Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', Monitor, process, Supervisor, _} -> ok end.

%% transient: stop_engine/1 ends it normally, and its supervisor with it; everything else is a crash. The modules
%% are those of its state, for an upgrade of the release.
child(Name) ->
    #{id => Name, start => {?MODULE, start_process, [Name]}, restart => transient, significant => true,
      modules => [fxaot_engine, fxaot_beam, fxaot_lost]}.

%% @doc An engine's process: one of native code, of the evaluator where that cannot be loaded, or one that says
%% that the engine's state is lost.
-spec start_process(Name :: atom()) -> {ok, pid()} | ignore | {error, term()}.
start_process(Name) ->
    case {fxaot_engines:status(Name), fxaot_beam:load_error()} of
        {lost, _} -> fxaot_lost:start_link(Name);
        {_, none} ->
            case fxaot_engine:start_link(Name, fxaot_engines:options(Name)) of
                {error, {shutdown, lost}} -> fxaot_lost:start_link(Name);
                ignore ->
                    %% Another process owns its native engine now.
                    fxaot_keeper:remove_later(self()),
                    ignore;
                Answer -> Answer
            end;
        _ -> fxaot_beam:start_link(Name, fxaot_engines:options(Name))
    end.

%% @doc Replaces the engine's process by a new one.
-spec start_again(Name :: atom()) -> ok | {error, term()}.
start_again(Name) ->
    case fxaot_engines:find(Name) of
        {ok, #{supervisor := Supervisor}} ->
            try
                ok = supervisor:terminate_child(Supervisor, Name),
                case supervisor:restart_child(Supervisor, Name) of
                    {ok, _} -> ok;
                    Error -> Error
                end
            catch exit:_ -> {error, {engine_down, Name}}
            end;
        _ -> {error, {no_engine, Name}}
    end.

%% Else its own supervisor has been killed, and it will end.
has_parent(Supervisor) ->
    case process_info(Supervisor, [dictionary, links]) of
        [{dictionary, Dictionary}, {links, Links}] ->
            case lists:keyfind('$ancestors', 1, Dictionary) of
                {_, [Parent | _]} when is_pid(Parent) -> lists:member(Parent, Links);
                {_, [Parent | _]} -> lists:member(whereis(Parent), Links);
                _ -> false
            end;
        undefined -> false
    end.

-spec init({Name :: atom(), Options :: map(), fxaot_engines:place()}) ->
          {ok, {supervisor:sup_flags(), []}} | ignore.
init({Name, Options, Place}) ->
    case entering(Name, Options, Place) of
        taken -> ignore;
        _ ->
            {Intensity, Period} = fxaot_engine_options:budget(Options),
            {ok, {#{strategy => one_for_one, intensity => Intensity, period => Period,
                    auto_shutdown => any_significant}, []}}
    end.

%% The supervisor before this one may be about to die with its own. An upgrade of the release finds this one.
entering(Name, Options, Place) ->
    Self = self(),
    case {fxaot_engines:enter(Name, Place, Options, Self), fxaot_engines:find(Name)} of
        {taken, {ok, #{supervisor := Self}}} -> again;
        {taken, {ok, #{supervisor := Before}}} ->
            case has_parent(Before) orelse not gone(Before) of
                true -> taken;
                false -> entering(Name, Options, Place)
            end;
        {Entered, _} -> Entered
    end.
