%% @private Supervises the gateway of one engine, with a budget of its own.
-module(fxaot_gateway_sup).
-behaviour(supervisor).

-export([start_link/2, link_of/1, init/1]).

-spec start_link(Engine :: atom(), fxaot_gateway:spec()) -> supervisor:startlink_ret().
start_link(Engine, Gateway) -> supervisor:start_link(?MODULE, {Engine, Gateway}).

-spec link_of(Supervisor :: pid()) -> pid() | undefined.
link_of(Supervisor) ->
    case supervisor:which_children(Supervisor) of
        [{_, Link, _, _}] when is_pid(Link) -> Link;
        _ -> undefined
    end.

-spec init({Engine :: atom(), fxaot_gateway:spec()}) ->
          {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init({Engine, Gateway}) ->
    {ok, {maps:put(strategy, one_for_one, fxaot_sup:intensity()),
          [#{id => fxaot_gateway_link, start => {fxaot_gateway_link, start_link, [Engine, Gateway]}}]}}.
