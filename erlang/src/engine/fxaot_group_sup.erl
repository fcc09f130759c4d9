%% @private Supervises the processes of groups of engines; the engines themselves are under
%% {@link fxaot_engines_sup}. When it comes back after its death, {@link fxaot_keeper} starts its groups again.
-module(fxaot_group_sup).
-behaviour(supervisor).

-export([start_link/0, start_group/3, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec start_group(Name :: atom(), Count :: pos_integer(), Options :: map()) ->
          supervisor:startchild_ret().
start_group(Name, Count, Options) ->
    case fxaot_beam:load_error() of
        none -> fxaot_patience:start_child(?MODULE, [Name, Count, Options], fxaot_engines:limit_of(Options));
        %% A group is native threads.
        Why -> {error, {shutdown, {error, {degraded, #{why => Why}}}}}
    end.

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    fxaot_keeper:restore(),
    {ok, {maps:put(strategy, simple_one_for_one, fxaot_sup:intensity()),
          [#{id => fxaot_group, start => {fxaot_group, start_link, []}, restart => transient}]}}.
