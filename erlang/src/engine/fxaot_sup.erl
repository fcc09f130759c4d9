%% @private The tree:
%% ```
%%   fxaot_sup  one_for_one
%%    ├─ fxaot_events      pg scope: who subscribes to which engine
%%    ├─ fxaot_heir        a second reference to every native engine
%%    ├─ fxaot_compiler    the compile server's port
%%    ├─ fxaot_engine_sup  simple_one_for_one
%%    │   └─ fxaot_engine  one per engine
%%    ├─ fxaot_group_sup   simple_one_for_one
%%    │   └─ fxaot_group   one per group of engines
%%    └─ fxaot_deployment_sup  simple_one_for_one
%%        └─ fxaot_deployment  one per deployed strategy
%% '''
%% one_for_one and not rest_for_one: when the heir dies, the engines' own references are all that
%% keeps their state, so they must live on; they hand the new heir its copies at once.
-module(fxaot_sup).
-behaviour(supervisor).

-export([start_link/0, init/1, intensity/0]).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    %% Owned here, so the names outlive every process that uses them.
    ok = fxaot_names:new(),
    ok = fxaot_events:new(),
    ok = fxaot_deployments:new(),
    {ok, {maps:put(strategy, one_for_one, intensity()),
          [#{id => fxaot_events, start => {pg, start_link, [fxaot_events]}},
           #{id => fxaot_heir, start => {fxaot_heir, start_link, []}},
           #{id => fxaot_compiler, start => {fxaot_compiler, start_link, []}},
           #{id => fxaot_engine_sup, start => {fxaot_engine_sup, start_link, []},
             type => supervisor},
           #{id => fxaot_group_sup, start => {fxaot_group_sup, start_link, []},
             type => supervisor},
           #{id => fxaot_deployment_sup, start => {fxaot_deployment_sup, start_link, []},
             type => supervisor}]}}.

%% @doc The application's environment: restart_intensity restarts in restart_period seconds.
-spec intensity() -> #{intensity := non_neg_integer(), period := pos_integer()}.
intensity() ->
    #{intensity => application:get_env(fxaot, restart_intensity, 10),
      period => application:get_env(fxaot, restart_period, 10)}.
