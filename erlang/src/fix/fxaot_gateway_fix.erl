%% A broker over FIX 4.4: a gateway's module, with one session for orders and quotes, or one for each. See docs/fix.md.
%%
%% ```
%% {ok, _} = fxaot:start_engine(eur, #{instruments => ['EURUSD'],
%%     gateway => {fxaot_gateway_fix, #{host => "fix.broker.example", port => 9880, tls => true,
%%                                      sender => "DESK", target => "BROKER", store => "fix/eur",
%%                                      symbols => #{'EURUSD' => "EUR/USD"}}}}).
%% '''
-module(fxaot_gateway_fix).
-behaviour(fxaot_gateway).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_connection.hrl").

-export([reset/1]).
-export([check/1, connect/2, disconnect/2, send_order/2, cancel_order/2, modify_order/2, handle_info/2, heartbeat/1,
         reconcile/1]).

-type connection() :: #connection{}.

%% @doc Both sides begin with sequence number 1 at the next logon. For a person, after the alarm `sequence' has stopped
%% a session and the broker has said which numbers are right: messages between are lost. Of the sessions that have
%% stopped; of all where none has.
-spec reset(Engine :: atom()) -> ok | fxaot:error().
reset(Engine) when is_atom(Engine) ->
    case [Session || {{Of, _}, Session, _, _} <- children(), Of =:= Engine, is_pid(Session)] of
        [] -> {error, {no_session, #{engine => Engine}}};
        Sessions ->
            Chosen = case [Session || Session <- Sessions, has_stopped(Session)] of
                         [] -> Sessions;
                         Stopped -> Stopped
                     end,
            lists:foreach(fun(Session) -> _ = fxaot_fix_session:reset(Session) end, Chosen)
    end;
reset(Engine) -> erlang:error(badarg, [Engine], [{error_info, #{module => fxaot_badarg}}]).

has_stopped(Session) ->
    case fxaot_fix_session:figures(Session) of
        #{phase := stopped} -> true;
        _ -> false
    end.

children() ->
    try supervisor:which_children(fxaot_fix_sup)
    catch exit:_ -> []
    end.

%% @private
-spec check(map()) -> ok | fxaot:error().
check(Options) -> fxaot_fix_options:check(Options).

%% ---- the connection -------------------------------------------------------------

%% @private
-spec connect(atom(), map()) -> {ok, connection()} | {error, term()}.
connect(Engine, Options) ->
    {Config, Quotes} = fxaot_fix_options:configs(Options),
    _ = quoting(Engine, Quotes),
    #{logon_timeout_ms := Most} = Config,
    case fxaot_fix_sup:session(Engine, orders, Config) of
        {ok, Session} ->
            case fxaot_fix_session:open(Session, 3 * Most + 10000) of
                {ok, Number} ->
                    linked(#connection{engine = Engine, session = Session, monitor = monitor(process, Session),
                                       number = Number, config = Config, quotes = Quotes});
                Error -> Error
            end;
        {error, {shutdown, Reason}} -> {error, Reason};
        {error, Reason} -> {error, Reason}
    end.

linked(#connection{session = Session} = Connection) ->
    case fxaot_fix_session:chains(Session) of
        Chains when is_map(Chains) -> {ok, Connection#connection{chains = Chains}};
        Error -> Error
    end.

%% The session of quotes lives on while the one of orders is down.
quoting(_, none) -> ok;
quoting(Engine, Quotes) ->
    case fxaot_fix_sup:session(Engine, quotes, Quotes) of
        {ok, _} -> ok;
        {error, Reason} ->
            ?FXAOT_LOG(error, #{engine => Engine,
                                text => io_lib:format("its FIX session of quotes does not start: ~0tp", [Reason])})
    end.

%% @private
-spec disconnect(term(), connection()) -> ok.
disconnect(Reason, #connection{session = Session, monitor = Monitor}) ->
    demonitor(Monitor, [flush]),
    fxaot_fix_session:close(Session, Reason).

%% @private
-spec heartbeat(connection()) -> fxaot_gateway:answer(connection()).
heartbeat(#connection{engine = Engine, quotes = Quotes} = Connection) ->
    _ = quoting(Engine, Quotes),
    {ok, [], Connection}.

%% ---- requests -------------------------------------------------------------------

%% @private
-spec send_order(fxaot_gateway:request(), connection()) -> fxaot_gateway:answer(connection()).
send_order(#{order := #{id := Id} = Order} = Request, #connection{config = Config} = Connection) ->
    case fxaot_fix_orders:new_order(Request, Config) of
        {ok, #{cl_ord_id := ClOrdId} = Fields} ->
            Tag = erlang:phash2(maps:with([number, time, symbol, side, type], Order)),
            sent(new_order_single, {ClOrdId, Tag}, Fields, rejected(Id), Connection);
        {unsupported, What} -> unsupported(What, Order, rejected(Id), Connection)
    end.

rejected(Id) -> #{id => Id, kind => rejected}.

%% @private
-spec cancel_order(fxaot_gateway:request(), connection()) -> fxaot_gateway:answer(connection()).
cancel_order(#{order := #{id := Id}} = Request, #connection{config = Config} = Connection) ->
    #{cl_ord_id := ClOrdId} = Fields = fxaot_fix_orders:cancel(Request, fxaot_fix_reports:current(Id, Connection), Config),
    sent(order_cancel_request, {ClOrdId, 0}, Fields, #{id => Id, kind => cancel_rejected}, Connection).

%% @private
-spec modify_order(fxaot_gateway:request(), connection()) -> fxaot_gateway:answer(connection()).
modify_order(#{order := #{id := Id} = Order} = Request, #connection{config = Config} = Connection) ->
    Refused = #{id => Id, kind => replace_rejected},
    case fxaot_fix_orders:change(Request, fxaot_fix_reports:current(Id, Connection), Config) of
        {ok, #{cl_ord_id := ClOrdId} = Fields} ->
            sent(order_cancel_replace_request, {ClOrdId, 0}, Fields, Refused, Connection);
        {unsupported, What} -> unsupported(What, Order, Refused, Connection)
    end.

unsupported(What, #{id := Id}, Report, #connection{engine = Engine} = Connection) ->
    ?FXAOT_LOG(error, #{engine => Engine,
                        text => io_lib:format("its order ~ts is not sent: FIX has no ~s here", [Id, What])}),
    {ok, [Report], Connection}.

%% Handed over twice it leaves once. An id of another order has been used up, and the broker would refuse it.
sent(Name, {ClOrdId, _} = Key, Fields, Refused, #connection{engine = Engine, session = Session} = Connection) ->
    case fxaot_fix_session:send(Session, Key, Name, Fields) of
        Sent when Sent =:= ok; Sent =:= same -> {ok, [], Connection};
        other when Name =:= new_order_single ->
            ?FXAOT_LOG(error, #{engine => Engine,
                                text => io_lib:format("its order ~ts is not sent: an earlier one had this id", [ClOrdId])}),
            {ok, [Refused], Connection};
        other -> {ok, [], Connection};
        {error, {bad_message, _}} = Error ->
            ?FXAOT_LOG(error, #{engine => Engine,
                                text => ["its order is not sent: ", fxaot_error:format_error(Error)]}),
            {ok, [Refused], Connection};
        {error, Reason} -> {down, Reason, Connection}
    end.

%% ---- what the broker sends ---------------------------------------------------------

%% @private
-spec handle_info(term(), connection()) -> fxaot_gateway:answer(connection()).
handle_info({fxaot_fix, Session, News}, #connection{session = Session} = Connection) -> told(News, Connection);
handle_info({fxaot_fix_taken, Session, Place}, #connection{session = Session} = Connection) ->
    ok = fxaot_fix_session:taken(Session, Place),
    {ok, [], Connection};
handle_info({'DOWN', Monitor, process, _, Reason}, #connection{monitor = Monitor} = Connection) ->
    {down, Reason, Connection};
handle_info(_, Connection) -> {ok, [], Connection}.

told({down, Number, Reason}, #connection{number = Number} = Connection) -> {down, Reason, Connection};
told({message, Place, Name, Fields}, #connection{session = Session} = Connection) ->
    {Reports, Next} = fxaot_fix_reports:understood(Name, Fields, Connection),
    %% The next message to this process, after the engine has got the reports.
    self() ! {fxaot_fix_taken, Session, Place},
    {ok, Reports, Next};
told({unsent, Name, Fields}, Connection) -> {ok, fxaot_fix_reports:unsent({Name, Fields}, Connection), Connection};
told({refused, Name, Fields, _}, Connection) -> {ok, fxaot_fix_reports:refused({Name, Fields}), Connection};
told(_, Connection) -> {ok, [], Connection}.

%% @private
-spec reconcile(connection()) -> {ok, fxaot_gateway:view(), connection()} | {down, term(), connection()}.
reconcile(Connection) -> fxaot_fix_view:reconcile(Connection).
