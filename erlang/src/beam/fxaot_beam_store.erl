%% @private The state of an engine without native code that survives a crash of its process, in a persistent
%% term: the counter of its events, and its deployments.
-module(fxaot_beam_store).

-export([numbers/1, incarnation/1, deployments/1, put/4, delete/2, forget/1]).

-export_type([deployment/0]).

-type deployment() :: {Id :: atom(), Strategy :: term(), Deployment :: map()}.

%% @doc The number of the newest event.
-spec numbers(Engine :: atom()) -> atomics:atomics_ref().
numbers(Name) -> element(1, kept(Name)).

%% @doc Of those numbers.
-spec incarnation(Engine :: atom()) -> pos_integer().
incarnation(Name) -> atomics:get(numbers(Name), 2).

%% @doc In the order in which they were deployed.
-spec deployments(Engine :: atom()) -> [deployment()].
deployments(Name) -> element(2, kept(Name)).

%% @doc Keeps a deployment; replaces the one with this id.
-spec put(Engine :: atom(), Id :: atom(), Strategy :: term(), Deployment :: map()) -> ok.
put(Name, Id, Strategy, Deployment) ->
    replace(Name, lists:keystore(Id, 1, deployments(Name), {Id, Strategy, Deployment})).

-spec delete(Engine :: atom(), Id :: atom()) -> ok.
delete(Name, Id) -> replace(Name, lists:keydelete(Id, 1, deployments(Name))).

-spec forget(Engine :: atom()) -> ok.
forget(Name) ->
    _ = persistent_term:erase({?MODULE, Name}),
    ok.

kept(Name) ->
    case persistent_term:get({?MODULE, Name}, none) of
        none ->
            Kept = {atomics:new(2, []), []},
            atomics:put(element(1, Kept), 2, erlang:system_time(microsecond)),
            persistent_term:put({?MODULE, Name}, Kept),
            Kept;
        Kept -> Kept
    end.

replace(Name, Deployments) -> persistent_term:put({?MODULE, Name}, {numbers(Name), Deployments}).
