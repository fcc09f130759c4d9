%% @private The tree:
%% ```
%%   fxaot_sup  one_for_one, owner of the tables
%%    ├─ fxaot_otlp_sup                        queues and exporters of telemetry, if there is an endpoint
%%    │   ├─ fxaot_otlp_end                    the exports' time limit at the end
%%    │   ├─ fxaot_otlp_exporter               one per signal
%%    │   └─ fxaot_tracer                      follows orders
%%    ├─ fxaot_events_sup ── fxaot_events      pg scope: who watches engines and strategies
%%    ├─ fxaot_heir_sup ── fxaot_heir          a second reference to every native engine
%%    ├─ fxaot_compiler_sup ── fxaot_compiler  the compile server's port
%%    ├─ fxaot_metrics_sup ── fxaot_metrics_http  serves metrics, when metrics_port is set
%%    ├─ fxaot_dashboard_sup                   the page for people, if the key dashboard is set
%%    │   ├─ fxaot_dashboard_login             passwords, one at a time
%%    │   ├─ fxaot_dashboard_collector         gathers figures and events for all pages
%%    │   └─ fxaot_dashboard_listener          its port
%%    │       └─ fxaot_dashboard_connection    one per connection
%%    ├─ fxaot_journals_sup ── fxaot_journal   one per engine with a journal
%%    ├─ fxaot_engines_sup  simple_one_for_one
%%    │   └─ fxaot_engine_sup                  one per engine, with a budget of its own
%%    │       └─ fxaot_engine                  or fxaot_beam, fxaot_lost
%%    ├─ fxaot_fix_sup  one_for_one
%%    │   └─ fxaot_fix_session                 one per connection over FIX
%%    ├─ fxaot_gateways_sup  one_for_one
%%    │   └─ fxaot_gateway_sup                 one per engine with a gateway
%%    │       └─ fxaot_gateway_link            the connection to its broker
%%    ├─ fxaot_group_sup  simple_one_for_one
%%    │   └─ fxaot_group                       one per group of engines
%%    ├─ fxaot_deployment_sup  simple_one_for_one
%%    │   └─ fxaot_deployment                  one per deployed strategy
%%    └─ fxaot_keeper_sup ── fxaot_keeper      restarts the children of a dead supervisor
%% '''
%% one_for_one and not rest_for_one: when the heir dies, only the engines' own references keep their state, so
%% the engines must live on. They give the new heir its copies at once.
%%
%% The tables fxaot_telemetry, fxaot_figures, fxaot_names, fxaot_subscribers, fxaot_engines and fxaot_deployments live as
%% long as the application.
-module(fxaot_sup).
-behaviour(supervisor).

-export([start_link/0, init/1, intensity/0, intensity_of_supervisors/0]).

%% Supervisors die less often than processes, but when many processes die, theirs die too.
-define(SUPERVISORS, 10).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    lists:foreach(fun table/1, [fxaot_telemetry, fxaot_figures, fxaot_metrics, fxaot_metrics_counts, fxaot_names,
                                fxaot_events, fxaot_engines, fxaot_deployments]),
    {ok, {maps:put(strategy, one_for_one, intensity_of_supervisors()),
          %% The first child, so that it exports what the others do until they have ended.
          [fxaot_otlp_sup:child(),
           fxaot_area_sup:child(fxaot_events_sup,
                                [#{id => fxaot_events, start => {pg, start_link, [fxaot_events]}}]),
           fxaot_area_sup:child(fxaot_heir_sup, [worker(fxaot_heir)]),
           fxaot_area_sup:child(fxaot_compiler_sup, [worker(fxaot_compiler)]),
           fxaot_area_sup:child(fxaot_metrics_sup, [worker(fxaot_metrics_http)]),
           fxaot_dashboard:child(),
           %% Before the engines, so that it ends after them.
           supervisor(fxaot_journals_sup),
           supervisor(fxaot_engines_sup),
           supervisor(fxaot_fix_sup),
           supervisor(fxaot_gateways_sup),
           supervisor(fxaot_group_sup),
           supervisor(fxaot_deployment_sup),
           %% The last child, so that it has ended before the others shut down.
           fxaot_area_sup:child(fxaot_keeper_sup, [worker(fxaot_keeper)])]}}.

%% An upgrade of the release calls this in the running supervisor, which has the tables of the version before.
table(Module) ->
    case ets:whereis(table_of(Module)) of
        undefined -> ok = Module:new();
        _ -> ok
    end.

table_of(fxaot_events) -> fxaot_subscribers;
table_of(Module) -> Module.

worker(Module) -> #{id => Module, start => {Module, start_link, []}}.

supervisor(Module) -> (worker(Module))#{type => supervisor}.

%% @doc The application's environment: restart_intensity restarts in restart_period seconds.
-spec intensity() -> #{intensity := non_neg_integer(), period := pos_integer()}.
intensity() ->
    #{intensity => fxaot_config:value(restart_intensity), period => fxaot_config:value(restart_period)}.

%% @doc Of a supervisor of supervisors.
-spec intensity_of_supervisors() -> #{intensity := non_neg_integer(), period := pos_integer()}.
intensity_of_supervisors() ->
    #{intensity := Intensity} = Budget = intensity(),
    Budget#{intensity := ?SUPERVISORS * Intensity}.
