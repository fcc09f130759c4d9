%% @private The gateways of the engines that have one, each under a supervisor of its own ({@link fxaot_gateway_sup}):
%% one that crashes again and again stops no other, and no engine.
-module(fxaot_gateways_sup).
-behaviour(supervisor).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/0, start/2, stop/1, link_of/1, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% @doc Starts the gateway of an engine, if it has one and that does not run already.
-spec start(Engine :: atom(), Options :: map()) -> ok.
start(Engine, #{gateway := Gateway}) ->
    case fxaot_patience:start_child(?MODULE, child(Engine, Gateway), fxaot_engines:limit(Engine)) of
        {error, Reason} when Reason =/= already_present, element(1, Reason) =/= already_started ->
            ?FXAOT_LOG(error, #{engine => Engine, reason => Reason,
                                text => io_lib:format("its gateway does not start: ~tp", [Reason])});
        _ -> ok
    end;
start(_, _) -> ok.

%% @doc Before the engine has left its table: one without a gateway waits for nobody.
-spec stop(Engine :: atom()) -> ok.
stop(Engine) ->
    case fxaot_engines:options(Engine) of
        #{gateway := _} ->
            _ = supervisor:terminate_child(?MODULE, Engine),
            _ = supervisor:delete_child(?MODULE, Engine),
            fxaot_fix_sup:stop(Engine),
            fxaot_alarm:clear_all(gateway_difference, Engine);
        #{} -> ok
    end.

%% @doc The process that has the connection.
-spec link_of(Engine :: atom()) -> pid() | undefined | fxaot:error().
link_of(Engine) ->
    fxaot_patience:ask(?MODULE, fun() -> linked(lists:keyfind(Engine, 1, supervisor:which_children(?MODULE))) end,
                       fxaot_engines:limit(Engine)).

linked({_, Supervisor, _, _}) when is_pid(Supervisor) -> fxaot_gateway_sup:link_of(Supervisor);
linked(_) -> undefined.

%% When this supervisor comes back after its death, the engines that have come up get their gateways again.
-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Engines = [Name || #{kind := engine, name := Name} <- fxaot_engines:all(), fxaot_engines:has_state(Name)],
    {ok, {maps:put(strategy, one_for_one, fxaot_sup:intensity_of_supervisors()),
          [child(Engine, Gateway) || Engine <- Engines, #{gateway := Gateway} <- [fxaot_engines:options(Engine)]]}}.

child(Engine, Gateway) ->
    #{id => Engine, start => {fxaot_gateway_sup, start_link, [Engine, Gateway]}, type => supervisor}.
