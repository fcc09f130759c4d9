%% @private Supervises the engines' own supervisors, {@link fxaot_engine_sup}. When it comes back after its death,
%% {@link fxaot_keeper} starts again the engines that it had.
-module(fxaot_engines_sup).
-behaviour(supervisor).

-export([start_link/0, prepare/1, prepare_group/1, start_engine/2, stop_engine/1, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% @doc Whether an engine of this name may be started. One that has given up goes on with its state.
-spec prepare(Name :: atom()) -> ok | fxaot:error().
prepare(Name) ->
    case {fxaot_engines:find(Name), fxaot_names:group(Name)} of
        {{ok, #{status := given_up, supervisor := Supervisor}}, _} ->
            fxaot_alarm:clear(engine_given_up, Name),
            fxaot_keeper:remove(Supervisor);
        {{ok, _}, _} -> {error, {already_exists, #{engine => Name}}};
        {none, Name} -> ok;
        {none, Group} -> {error, {group_member, #{engine => Name, group => Group}}}
    end.

%% @doc Whether a group of this name may be started.
-spec prepare_group(Name :: atom()) -> ok | fxaot:error().
prepare_group(Name) ->
    case fxaot_engines:find(Name) of
        {ok, _} -> {error, {already_exists, #{engine => Name}}};
        none -> prepare(Name)
    end.

%% @doc Starts an engine, or one again whose process is gone.
-spec start_engine(Name :: atom(), Options :: map()) -> {ok, pid()} | ignore | {error, term()}.
start_engine(Name, Options) ->
    case fxaot_patience:start_child(?MODULE, [Name, Options, fxaot], fxaot_engines:limit_of(Options)) of
        {ok, _, Engine} -> {ok, Engine};
        {ok, undefined} -> ignore;
        {ok, _} -> {error, {shutdown, {error, {given_up, #{engine => Name}}}}};
        Error -> Error
    end.

%% @doc Stops an engine or a group, and frees its state. The name is free again when this returns.
-spec stop_engine(Name :: atom()) -> ok | fxaot:error().
stop_engine(Name) ->
    case fxaot_engines:find(Name) of
        {ok, #{status := given_up, supervisor := Supervisor}} ->
            ok = fxaot_keeper:remove(Supervisor),
            discard(Name);
        {ok, #{place := elsewhere, supervisor := Supervisor}} ->
            case is_process_alive(Supervisor) of
                true -> {error, {own_supervisor, #{engine => Name}}};
                false -> discard(Name)
            end;
        _ -> asked(Name)
    end.

asked(Name) ->
    Monitor = monitor(process, Name),
    case fxaot_engine_call:ask(Name, stop) of
        ok -> receive {'DOWN', Monitor, process, _, _} -> ok end;
        Error ->
            demonitor(Monitor, [flush]),
            Error
    end.

%% What no process has.
discard(Name) ->
    fxaot_gateways_sup:stop(Name),
    fxaot_heir:forget(Name),
    fxaot_names:forget(Name),
    fxaot_beam_store:forget(Name),
    fxaot_engines:leave(Name),
    fxaot_alarm:clear(engine_given_up, Name),
    fxaot_telemetry_emit:happened([engine, stop], #{engine => Name}),
    fxaot_events:tell_watchers(Name, stopped),
    fxaot_deployments:engine_stopped(Name).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    fxaot_keeper:restore(),
    {ok, {maps:put(strategy, simple_one_for_one, fxaot_sup:intensity_of_supervisors()),
          %% transient: one that ends in good order, or has given up, stays away.
          [#{id => fxaot_engine_sup, start => {fxaot_engine_sup, start_link, []}, type => supervisor,
             restart => transient}]}}.
