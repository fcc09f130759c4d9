%% @private Supervises the engines. When it comes back after too many crashes, it starts again
%% every engine that the heir still holds.
-module(fxaot_engine_sup).
-behaviour(supervisor).

-export([start_link/0, start_engine/2, start_process/2, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    case supervisor:start_link({local, ?MODULE}, ?MODULE, []) of
        {ok, Supervisor} ->
            lists:foreach(fun start_again/1, fxaot_heir:held()),
            {ok, Supervisor};
        Other -> Other
    end.

%% A killed supervisor's engines are linked to it and die, but maybe not yet: until then the name
%% and the native engine are theirs.
start_again({Name, Options}) ->
    case whereis(Name) of
        undefined -> ok;
        Pid ->
            Monitor = monitor(process, Pid),
            case fxaot_names:name(Pid) of
                {ok, Name} -> receive {'DOWN', Monitor, process, Pid, _} -> ok end;
                _ -> demonitor(Monitor, [flush])
            end
    end,
    start_engine(Name, Options).

-spec start_engine(Name :: atom(), Options :: map()) -> supervisor:startchild_ret().
start_engine(Name, Options) -> supervisor:start_child(?MODULE, [Name, Options]).

%% @doc An engine's process: one of native code, or of the evaluator where that cannot be loaded.
-spec start_process(Name :: atom(), Options :: map()) -> {ok, pid()} | ignore | {error, term()}.
start_process(Name, Options) ->
    case fxaot_beam:load_error() of
        none -> fxaot_engine:start_link(Name, Options);
        _ -> fxaot_beam:start_link(Name, Options)
    end.

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    {ok, {maps:put(strategy, simple_one_for_one, fxaot_sup:intensity()),
          %% transient: stop_engine/1 ends it normally, everything else is a crash.
          [#{id => fxaot_engine, start => {?MODULE, start_process, []}, restart => transient}]}}.
