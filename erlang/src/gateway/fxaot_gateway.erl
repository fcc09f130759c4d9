%% @doc A connection to a broker: the behaviour of the module in an engine's option `gateway => {Module, Options}'.
%%
%% The module's functions are called in a process of its own for each engine, `fxaot_gateway_link', which hands
%% over the engine's requests one after another and gives the engine what the module reports. See docs/gateways.md.
%%
%% <ul>
%% <li>A request may come twice, after a crash or a lost connection: its order's `id' is the client order id, and the
%%   module must not send an order of that id a second time. The same holds for cancels and changes of an order by
%%   their `sequence', which begins at 1 again in each new engine.</li>
%% <li>A report may be given twice: the engine books an execution once.</li>
%% <li>`{down, Reason, State}' ends the connection: the request that was being handed over comes again after the next
%%   one. What a broker refuses for good is a report, `rejected', not a reason to go down.</li>
%% <li>The process may end at any time without a call: a socket that it owns is closed with it.</li>
%% </ul>
-module(fxaot_gateway).

-export([check/1]).

-export_type([spec/0, view/0, report/0, request/0, answer/1]).

-type spec() :: {Module :: module(), Options :: map()}.
-type report() :: fxaot_report:report().
-type request() :: fxaot_report:request().
%% Reports are given to the engine in their order, before the next request is handed over.
-type answer(State) :: {ok, [report()], State} | {down, Reason :: term(), State}.
%% What the broker has. `reports': what has happened while there was no connection; they are given to the engine
%% before the rest is compared. `orders': those that live. `positions': the net units of each instrument. `unknown'
%% is not compared: a broker that does not say.
-type view() :: #{reports := [report()],
                  orders := [#{id := fxaot_order:id(), filled := non_neg_integer()}] | unknown,
                  positions := #{Symbol :: atom() => integer()} | unknown}.

-callback connect(Engine :: atom(), Options :: map()) -> {ok, State :: term()} | {error, Reason :: term()}.
%% Called when the connection is given up, not when the process is killed.
-callback disconnect(Reason :: term(), State :: term()) -> term().
-callback send_order(request(), State) -> answer(State).
-callback cancel_order(request(), State) -> answer(State).
-callback modify_order(request(), State) -> answer(State).
%% Every message to the process that is not its own: what the connection receives.
-callback handle_info(Message :: term(), State) -> answer(State).
%% Every `heartbeat_ms'.
-callback heartbeat(State) -> answer(State).
%% After each connect, before the first request.
-callback reconcile(State) -> {ok, view(), State} | {down, Reason :: term(), State}.

%% Whether the options are right, before the engine starts.
-callback check(Options :: map()) -> ok | fxaot:error().
-optional_callbacks([check/1]).

-define(CALLBACKS, [{connect, 2}, {disconnect, 2}, {send_order, 2}, {cancel_order, 2}, {modify_order, 2},
                    {handle_info, 2}, {heartbeat, 1}, {reconcile, 1}]).

%% @private Whether the value of an engine's option is right.
-spec check(term()) -> ok | fxaot:error().
check({Module, Options} = Value) when is_atom(Module), is_map(Options) ->
    _ = code:ensure_loaded(Module),
    case [Function || {Function, Arity} <- ?CALLBACKS, not erlang:function_exported(Module, Function, Arity)] of
        [] ->
            case {fxaot_gateway_link:check(Options), erlang:function_exported(Module, check, 1)} of
                {ok, true} -> Module:check(Options);
                {Answer, _} -> Answer
            end;
        _ -> bad(Value)
    end;
check(Value) -> bad(Value).

bad(Value) ->
    {error, {bad_option, #{option => gateway, value => Value,
                           expected => "{Module, Options}, a module of the behaviour fxaot_gateway and a map"}}}.
