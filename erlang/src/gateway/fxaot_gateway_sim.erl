%% @doc A broker for tests and rehearsals: fills like the paper venue, from the quotes that it is given, and does what
%% brokers do besides: it rejects, delays, fills in parts, reports twice or in the wrong order, and hangs up.
%%
%% ```
%% {ok, Broker} = fxaot_gateway_sim:start_link(#{latency_ms => 50}),
%% {ok, _} = fxaot:start_engine(eur, #{gateway => {fxaot_gateway_sim, #{broker => Broker}}}),
%% fxaot_gateway_sim:tick(Broker, eur, 'EURUSD', TimeNs, 1.1000, 1.1001).
%% '''
%% The broker outlives connections, as a broker does. What it would report while nobody is connected is told after the
%% next connect.
%%
%% `faults' say by client order id what goes wrong, in any combination:
%% <dl>
%% <dt>`reject'</dt><dd>the order is rejected</dd>
%% <dt>`{parts, [Units]}'</dt><dd>a fill is reported in such parts and the rest</dd>
%% <dt>`{delay, Quotes}'</dt><dd>so many quotes of its symbol pass the order by</dd>
%% <dt>`{requote, Price}'</dt><dd>it fills at this price</dd>
%% <dt>`double'</dt><dd>each report comes twice</dd>
%% <dt>`reverse'</dt><dd>it is reported as accepted after its first fill</dd>
%% <dt>`{overfill, Units}'</dt><dd>so many more are filled than were ordered</dd>
%% <dt>`late_fill'</dt><dd>a cancel is confirmed, and then comes a fill</dd>
%% <dt>`keep'</dt><dd>cancels and changes are rejected</dd>
%% </dl>
-module(fxaot_gateway_sim).
-behaviour(fxaot_gateway).

-export([start_link/1, tick/6, quote/5, report/2, hang_up/2, drop/1, settle/2]).
-export([connect/2, disconnect/2, send_order/2, cancel_order/2, modify_order/2, handle_info/2, heartbeat/1,
         reconcile/1]).

-export_type([options/0, fault/0]).

-type fault() :: reject | {parts, [pos_integer()]} | {delay, pos_integer()} | {requote, number()} | double | reverse
               | {overfill, pos_integer()} | late_fill | keep.
-type options() :: #{latency_ms => non_neg_integer(), faults => #{fxaot_order:id() => [fault()]}}.

%% ---- the broker -----------------------------------------------------------------

-spec start_link(options()) -> gen_server:start_ret().
start_link(Options) when is_map(Options) -> fxaot_gateway_sim_broker:start_link(Options).

%% @doc Gives a quote to the engine and then to the broker. Returns when the engine has taken what the broker reports,
%% and the broker what the engine then asks for.
-spec tick(pid(), Engine :: atom(), Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number()) -> ok.
tick(Broker, Engine, Symbol, Time, Bid, Ask) ->
    _ = fxaot:tick(Engine, Symbol, Time, Bid, Ask),
    settle(Broker, Engine),
    ok = quote(Broker, Symbol, Time, Bid, Ask),
    settle(Broker, Engine).

%% @doc Gives a quote to the broker alone.
-spec quote(pid(), Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number()) -> ok.
quote(Broker, Symbol, Time, Bid, Ask) -> gen_server:call(Broker, {quote, Symbol, Time, Bid, Ask}).

%% @doc Sends any report, as a script would have it.
-spec report(pid(), fxaot_gateway:report()) -> ok.
report(Broker, Report) -> gen_server:call(Broker, {report, Report}).

%% @doc Ends the connection, and refuses the next Refused ones.
-spec hang_up(pid(), Refused :: non_neg_integer()) -> ok.
hang_up(Broker, Refused) -> gen_server:call(Broker, {hang_up, Refused}).

%% @doc The connection is gone, and nobody is told: the next heartbeat or request finds out.
-spec drop(pid()) -> ok.
drop(Broker) -> gen_server:call(Broker, drop).

%% @doc Returns when all requests of the engine so far have reached the broker, and all of the broker's reports the
%% engine. The quotes and calls before must have returned.
-spec settle(pid(), Engine :: atom()) -> ok.
settle(Broker, Engine) ->
    %% A report, the request that it causes, and the report of that.
    lists:foreach(fun(_) ->
                          _ = gen_server:call(Broker, settle),
                          _ = fxaot_gateway_link:figures(Engine)
                  end, [1, 2, 3]).

%% ---- the connection ---------------------------------------------------------------

-type connection() :: #{broker := pid(), monitor := reference()}.

%% @private
-spec connect(atom(), map()) -> {ok, connection()} | {error, term()}.
connect(_Engine, #{broker := Broker}) ->
    try gen_server:call(Broker, connect) of
        ok -> {ok, #{broker => Broker, monitor => monitor(process, Broker)}};
        Error -> Error
    catch exit:Reason -> {error, Reason}
    end;
connect(_, _) -> {error, no_broker}.

%% @private
-spec disconnect(term(), connection()) -> true.
disconnect(_, #{monitor := Monitor}) -> demonitor(Monitor, [flush]).

%% @private
-spec send_order(fxaot_gateway:request(), connection()) -> fxaot_gateway:answer(connection()).
send_order(Request, Connection) -> told({send, Request}, Connection).

%% @private
-spec cancel_order(fxaot_gateway:request(), connection()) -> fxaot_gateway:answer(connection()).
cancel_order(Request, Connection) -> told({cancel, Request}, Connection).

%% @private
-spec modify_order(fxaot_gateway:request(), connection()) -> fxaot_gateway:answer(connection()).
modify_order(Request, Connection) -> told({replace, Request}, Connection).

told(What, #{broker := Broker} = Connection) ->
    try gen_server:call(Broker, What) of
        ok -> {ok, [], Connection};
        {error, Reason} -> {down, Reason, Connection}
    catch exit:Reason -> {down, Reason, Connection}
    end.

%% @private
-spec handle_info(term(), connection()) -> fxaot_gateway:answer(connection()).
handle_info({fxaot_gateway_sim, report, Report}, Connection) -> {ok, [Report], Connection};
handle_info({fxaot_gateway_sim, hang_up}, Connection) -> {down, hang_up, Connection};
handle_info({'DOWN', Monitor, process, _, Reason}, #{monitor := Monitor} = Connection) ->
    {down, Reason, Connection};
handle_info(_, Connection) -> {ok, [], Connection}.

%% @private
-spec heartbeat(connection()) -> fxaot_gateway:answer(connection()).
heartbeat(Connection) -> told({heartbeat, now}, Connection).

%% @private
-spec reconcile(connection()) -> {ok, fxaot_gateway:view(), connection()} | {down, term(), connection()}.
reconcile(#{broker := Broker} = Connection) ->
    try {ok, gen_server:call(Broker, view), Connection}
    catch exit:Reason -> {down, Reason, Connection}
    end.
