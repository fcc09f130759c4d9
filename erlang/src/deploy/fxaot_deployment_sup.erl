%% @private Supervises the processes of deployed strategies. When it comes back after its death, {@link
%% fxaot_keeper} starts them again.
-module(fxaot_deployment_sup).
-behaviour(supervisor).

-export([start_link/0, start_deployment/2, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec start_deployment(Group :: atom(), Id :: atom()) -> supervisor:startchild_ret().
start_deployment(Group, Id) -> fxaot_patience:start_child(?MODULE, [Group, Id], fxaot_engines:limit(Group)).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    fxaot_keeper:restore(),
    {ok, {maps:put(strategy, simple_one_for_one, fxaot_sup:intensity()),
          %% transient: undeploy/2 ends it normally, everything else is a crash.
          [#{id => fxaot_deployment, start => {fxaot_deployment, start_link, []},
             restart => transient}]}}.
