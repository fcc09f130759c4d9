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

-export([reset/1]).
-export([check/1, connect/2, disconnect/2, send_order/2, cancel_order/2, modify_order/2, handle_info/2, heartbeat/1,
         reconcile/1]).

-record(connection, {engine :: atom(), session :: pid(), monitor :: reference(), config :: map(),
                     quotes :: none | map(),
                     %% By order: the client order id of its newest accepted form, where that is not its first.
                     chains = #{} :: #{fxaot_order:id() => binary()}}).
-type connection() :: #connection{}.

%% @doc Both sides begin with sequence number 1 at the next logon. For a person, after the alarm `sequence' has stopped
%% a session and the broker has said which numbers are right: messages between are lost.
-spec reset(Engine :: atom()) -> ok | fxaot:error().
reset(Engine) when is_atom(Engine) ->
    case [Session || {{Of, _}, Session, _, _} <- children(), Of =:= Engine, is_pid(Session)] of
        [] -> {error, {no_session, #{engine => Engine}}};
        Sessions -> lists:foreach(fun(Session) -> _ = fxaot_fix_session:reset(Session) end, Sessions)
    end;
reset(Engine) -> erlang:error(badarg, [Engine], [{error_info, #{module => fxaot_badarg}}]).

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
                ok ->
                    {ok, #connection{engine = Engine, session = Session, monitor = monitor(process, Session),
                                     config = Config, quotes = Quotes}};
                Error -> Error
            end;
        {error, {shutdown, Reason}} -> {error, Reason};
        {error, Reason} -> {error, Reason}
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
    #{cl_ord_id := ClOrdId} = Fields = fxaot_fix_orders:cancel(Request, current(Id, Connection), Config),
    sent(order_cancel_request, {ClOrdId, 0}, Fields, #{id => Id, kind => cancel_rejected}, Connection).

%% @private
-spec modify_order(fxaot_gateway:request(), connection()) -> fxaot_gateway:answer(connection()).
modify_order(#{order := #{id := Id} = Order} = Request, #connection{config = Config} = Connection) ->
    Refused = #{id => Id, kind => replace_rejected},
    case fxaot_fix_orders:change(Request, current(Id, Connection), Config) of
        {ok, #{cl_ord_id := ClOrdId} = Fields} ->
            sent(order_cancel_replace_request, {ClOrdId, 0}, Fields, Refused, Connection);
        {unsupported, What} -> unsupported(What, Order, Refused, Connection)
    end.

current(Id, #connection{chains = Chains}) -> maps:get(Id, Chains, fxaot_fix_orders:cl_ord_id(Id)).

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
handle_info({fxaot_fix_taken, Session, Seq}, #connection{session = Session} = Connection) ->
    ok = fxaot_fix_session:taken(Session, Seq),
    {ok, [], Connection};
handle_info({'DOWN', Monitor, process, _, Reason}, #connection{monitor = Monitor} = Connection) ->
    {down, Reason, Connection};
handle_info(_, Connection) -> {ok, [], Connection}.

told({down, Reason}, Connection) -> {down, Reason, Connection};
told({message, Seq, Name, Fields}, #connection{session = Session} = Connection) ->
    {Reports, Next} = understood(Name, Fields, Connection),
    %% The next message to this process, after the engine has got the reports.
    self() ! {fxaot_fix_taken, Session, Seq},
    {ok, Reports, Next};
told({Lost, Name, Fields}, Connection) when Lost =:= unsent -> {ok, lost(Name, Fields), Connection};
told({refused, Name, Fields, _}, Connection) -> {ok, lost(Name, Fields), Connection};
told(_, Connection) -> {ok, [], Connection}.

lost(new_order_single, Fields) -> [about(Fields, rejected)];
lost(order_cancel_request, Fields) -> [about(Fields, cancel_rejected)];
lost(order_cancel_replace_request, Fields) -> [about(Fields, replace_rejected)];
lost(_, _) -> [].

about(#{cl_ord_id := ClOrdId}, Kind) -> #{id => fxaot_fix_orders:order_id(ClOrdId), kind => Kind}.

understood(Name, Fields, #connection{config = Config, engine = Engine} = Connection) ->
    case fxaot_fix_orders:report({Name, Fields}, Config) of
        {report, Report} -> {[Report], chained(Report, Fields, Connection)};
        {alarm, What, Details} ->
            ?FXAOT_LOG(error, #{engine => Engine, text => io_lib:format("its broker says ~tp: ~0tp", [What, Details])}),
            fxaot_alarm:set(fix, {Engine, What, maps:get(exec_id, Fields, none)}, Details),
            fxaot_events:tell_subscribers(Engine, {fxaot_gateway, Engine, {What, Details}}),
            {[], Connection};
        _ -> {[], Connection}
    end.

chained(#{kind := replaced, id := Id}, #{cl_ord_id := ClOrdId}, #connection{chains = Chains} = Connection) ->
    Connection#connection{chains = Chains#{Id => ClOrdId}};
chained(#{kind := Kind, id := Id}, _, #connection{chains = Chains} = Connection)
  when Kind =:= cancelled; Kind =:= rejected; Kind =:= expired ->
    Connection#connection{chains = maps:remove(Id, Chains)};
chained(#{kind := fill, id := Id}, #{leaves_qty := Left}, #connection{chains = Chains} = Connection) when Left == 0 ->
    Connection#connection{chains = maps:remove(Id, Chains)};
chained(_, _, Connection) -> Connection.

%% ---- reconciling --------------------------------------------------------------------

%% @private
-spec reconcile(connection()) -> {ok, fxaot_gateway:view(), connection()} | {down, term(), connection()}.
reconcile(#connection{engine = Engine, session = Session, config = #{reconcile := Mode, reconcile_ms := Most}} = Connection) ->
    case {fxaot:orders(Engine), fxaot_fix_session:pending(Session)} of
        {Orders, Pending} when is_list(Orders), is_list(Pending) ->
            %% Those that the session has told already are among these.
            {Reports, Next} = lists:foldl(fun missed/2, {[], Connection}, Pending),
            _ = [self() ! {fxaot_fix_taken, Session, Seq} || {Seq, _, _} <- lists:nthtail(max(0, length(Pending) - 1), Pending)],
            Deadline = erlang:monotonic_time(millisecond) + Most,
            asked(Mode, Orders, Deadline, Reports, Next);
        {_, {error, Reason}} -> {down, Reason, Connection};
        {Error, _} -> {down, Error, Connection}
    end.

missed({_, Name, Fields}, {Reports, Connection}) ->
    {New, Next} = understood(Name, Fields, Connection),
    {lists:reverse(New) ++ Reports, Next}.

asked(Mode, Orders, Deadline, Reports, #connection{session = Session, config = Config} = Connection) ->
    Id = <<"r", (integer_to_binary(erlang:system_time(microsecond)))/binary>>,
    Asked = case Mode of
                mass ->
                    [{order_mass_status_request, #{mass_status_req_id => Id, mass_status_req_type => 7}}];
                each ->
                    [{order_status_request, status_request(Order, Connection)} || #{state := State} = Order <- Orders, State =/= new];
                none -> []
            end,
    Wait = #{id => Id, mode => Mode, left => length(Asked), statuses => [], reports => Reports,
             positions => case Config of
                              #{positions := true, account := _} -> {waiting, #{}};
                              _ -> none
                          end},
    Questions = Asked ++ [{request_for_positions, positions_request(Id, Config)} || #{positions := {waiting, _}} <- [Wait]],
    case lists:usort([fxaot_fix_session:send(Session, none, Name, Fields) || {Name, Fields} <- Questions]) of
        Sent when Sent =:= [ok]; Sent =:= [] -> collected(Wait, Deadline, Connection);
        [Error | _] -> {down, Error, Connection}
    end.

status_request(#{id := Id, symbol := Symbol, side := Side}, #connection{config = #{names := Names} = Config} = Connection) ->
    maps:merge(#{cl_ord_id => current(Id, Connection), symbol => maps:get(Symbol, Names, atom_to_binary(Symbol)),
                 side => case Side of buy -> <<"1">>; sell -> <<"2">> end}, maps:with([account], Config)).

positions_request(Id, #{account := Account}) ->
    Now = erlang:system_time(millisecond),
    #{pos_req_id => Id, pos_req_type => 0, account => Account, account_type => 1,
      clearing_business_date => fxaot_fix_time:date(Now), transact_time => fxaot_fix_time:text(Now)}.

collected(#{left := 0, positions := Theirs} = Wait, _, Connection)
  when Theirs =:= none; is_map(Theirs) -> viewed(Wait, Connection);
collected(Wait, Deadline, #connection{session = Session, monitor = Monitor} = Connection) ->
    receive
        {fxaot_fix, Session, {down, Reason}} -> {down, Reason, Connection};
        {'DOWN', Monitor, process, _, Reason} -> {down, Reason, Connection};
        {fxaot_fix, Session, {message, Seq, Name, Fields}} ->
            self() ! {fxaot_fix_taken, Session, Seq},
            {Next, Known} = answered(Name, Fields, Wait, Connection),
            collected(Next, Deadline, Known);
        {fxaot_fix, Session, {refused, Name, Fields, Text}} ->
            refused(Name, Fields, Text, Wait, Deadline, Connection);
        {fxaot_fix, Session, {unsent, Name, Fields}} ->
            #{reports := Reports} = Wait,
            collected(Wait#{reports => lists:reverse(lost(Name, Fields)) ++ Reports}, Deadline, Connection)
    after max(0, Deadline - erlang:monotonic_time(millisecond)) -> {down, reconcile_timeout, Connection}
    end.

%% A broker that does not know the question.
refused(Name, _, Text, _, _, Connection)
  when Name =:= order_mass_status_request; Name =:= order_status_request; Name =:= request_for_positions ->
    {down, {reconcile_refused, Name, Text}, Connection};
refused(Name, Fields, _, #{reports := Reports} = Wait, Deadline, Connection) ->
    collected(Wait#{reports => lists:reverse(lost(Name, Fields)) ++ Reports}, Deadline, Connection).

answered(execution_report, #{exec_type := <<"I">>} = Fields, #{statuses := Statuses} = Wait,
         #connection{config = Config, chains = Chains} = Connection) ->
    {status, Status} = fxaot_fix_orders:report({execution_report, Fields}, Config),
    Known = case Status of
                #{live := true, id := Id, current := Current} -> Connection#connection{chains = Chains#{Id => Current}};
                _ -> Connection
            end,
    {ended(Fields, Wait#{statuses => [Status || map_get(live, Status)] ++ Statuses}), Known};
%% The answer to a question about an order that the broker does not know.
answered(execution_report, #{mass_status_req_id := _, ord_status := <<"8">>} = Fields, Wait, Connection) ->
    {ended(Fields, Wait), Connection};
answered(execution_report, #{ord_status_req_id := _, ord_status := <<"8">>} = Fields, Wait, Connection) ->
    {ended(Fields, Wait), Connection};
answered(business_message_reject, #{ref_msg_type := <<"AF">>}, Wait, Connection) -> {Wait#{left => 0}, Connection};
answered(request_for_positions_ack, #{pos_req_result := Result}, #{positions := {waiting, _}} = Wait, Connection)
  when Result =/= 0 -> {Wait#{positions => #{}}, Connection};
answered(request_for_positions_ack, #{total_num_pos_reports := 0}, #{positions := {waiting, _}} = Wait, Connection) ->
    {Wait#{positions => #{}}, Connection};
answered(position_report, #{no_positions := List} = Fields, #{positions := {waiting, Held}} = Wait,
         #connection{config = #{symbols := Symbols} = Config} = Connection) ->
    Name = maps:get(symbol, Fields, <<>>),
    Net = lists:sum([fxaot_fix_orders:units(maps:get(long_qty, Each, 0), Config)
                     - fxaot_fix_orders:units(maps:get(short_qty, Each, 0), Config) || Each <- List]),
    New = maps:merge(Held, maps:from_list([{Symbol, Net} || {Symbol, Names} <- Symbols, lists:member(Name, Names),
                                                            Net =/= 0])),
    Count = maps:get(reports_of_positions, Wait, 0) + 1,
    More = Wait#{reports_of_positions => Count},
    {case Fields of
         #{total_num_pos_reports := Total} when Count < Total -> More#{positions => {waiting, New}};
         _ -> More#{positions => New}
     end, Connection};
answered(Name, Fields, #{reports := Reports} = Wait, Connection) ->
    {New, Next} = understood(Name, Fields, Connection),
    {Wait#{reports => lists:reverse(New) ++ Reports}, Next}.

ended(Fields, #{mode := each, left := Left} = Wait) when is_map(Fields) -> Wait#{left => max(0, Left - 1)};
ended(#{last_rpt_requested := true}, Wait) -> Wait#{left => 0};
ended(#{tot_num_reports := Total}, #{got := Got} = Wait) when Got + 1 >= Total -> Wait#{left => 0};
ended(#{tot_num_reports := Total}, Wait) when Total =< 1 -> Wait#{left => 0};
ended(_, Wait) -> Wait#{got => maps:get(got, Wait, 0) + 1}.

viewed(#{reports := Reports, statuses := Statuses, mode := Mode, positions := Theirs}, Connection) ->
    {ok, #{reports => lists:reverse(Reports),
           orders => case Mode of
                         none -> unknown;
                         _ -> [maps:with([id, filled], Status) || Status <- Statuses]
                     end,
           positions => case Theirs of
                            none -> unknown;
                            #{} -> Theirs
                        end}, Connection}.
