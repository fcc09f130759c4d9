%% @private The supervisor of one area of the tree, with a budget of its own: however often its processes crash,
%% no other area is restarted.
-module(fxaot_area_sup).
-behaviour(supervisor).

-export([child/2, start_link/2, init/1]).

%% For a process of a supervisor that was killed.
-define(WAIT_MS, 1000).

%% @doc The area as a child of the application's supervisor.
-spec child(Name :: atom(), [supervisor:child_spec()]) -> supervisor:child_spec().
child(Name, Children) ->
    #{id => Name, start => {?MODULE, start_link, [Name, Children]}, type => supervisor}.

-spec start_link(Name :: atom(), [supervisor:child_spec()]) -> supervisor:startlink_ret().
start_link(Name, Children) ->
    lists:foreach(fun(#{id := Child}) -> gone(whereis(Child)) end, Children),
    supervisor:start_link({local, Name}, ?MODULE, Children).

-spec init([supervisor:child_spec()]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init(Children) -> {ok, {maps:put(strategy, one_for_one, fxaot_sup:intensity()), Children}}.

%% A process whose supervisor was killed is about to end too. Until then it has the name.
gone(undefined) -> ok;
gone(Pid) ->
    Monitor = monitor(process, Pid),
    receive {'DOWN', Monitor, process, Pid, _} -> ok
    after ?WAIT_MS ->
            exit(Pid, kill),
            receive {'DOWN', Monitor, process, Pid, _} -> ok end
    end.
