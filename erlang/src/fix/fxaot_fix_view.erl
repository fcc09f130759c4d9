%% @private What a broker has: its orders by AF or H, its positions by AN, asked for after each connect.
%%
%% An answer to an earlier question, which came too late for it, is nobody's.
-module(fxaot_fix_view).

-include("fxaot_fix_connection.hrl").

-export([reconcile/1]).

%% The results (728) of a question about positions.
-define(VALID, 0).
-define(NO_POSITIONS, 2).
%% The reasons (380) to refuse a question about an order.
-define(UNKNOWN_ID, 1).

%% What is waited for: `orders' of `each' are those that are not answered yet, of `mass' the number of answers so far.
-type wait() :: #{id := binary(), orders := answered | {mass, non_neg_integer()} | {each, #{fxaot_order:id() => true}},
                  statuses := [map()], reports := [fxaot_gateway:report()],
                  positions := unknown | {waiting, Held :: #{atom() => integer()}, Got :: non_neg_integer(),
                                          Total :: non_neg_integer() | unknown}
                             | #{atom() => integer()},
                  down => term()}.

-spec reconcile(#connection{}) -> {ok, fxaot_gateway:view(), #connection{}} | {down, term(), #connection{}}.
reconcile(#connection{engine = Engine, session = Session} = Connection) ->
    case {fxaot:orders(Engine), fxaot_fix_session:pending(Session)} of
        {Orders, Pending} when is_list(Orders), is_list(Pending) ->
            %% Those that the session has told already are among these.
            {Reports, Next} = lists:foldl(fun missed/2, {[], Connection}, Pending),
            _ = [self() ! {fxaot_fix_taken, Session, Place}
                 || {Place, _, _} <- lists:nthtail(max(0, length(Pending) - 1), Pending)],
            asked(Orders, Reports, without_ended(Orders, Next));
        {_, {error, Reason}} -> {down, Reason, Connection};
        {Error, _} -> {down, Error, Connection}
    end.

%% Orders that have ended without a report of it.
without_ended(Orders, #connection{chains = Chains} = Connection) ->
    Ended = maps:keys(Chains) -- [Id || #{id := Id} <- Orders],
    lists:foldl(fun(Id, Known) -> fxaot_fix_reports:chained(Id, none, Known) end, Connection, Ended).

missed({_, Name, Fields}, {Reports, Connection}) ->
    {New, Next} = fxaot_fix_reports:understood(Name, Fields, Connection),
    {lists:reverse(New) ++ Reports, Next}.

%% ---- questions ----------------------------------------------------------------------

asked(Orders, Reports, #connection{session = Session, config = #{reconcile := Mode, reconcile_ms := Most}} = Connection) ->
    Id = <<"r", (integer_to_binary(erlang:system_time(microsecond)))/binary>>,
    Known = [Order || #{state := State} = Order <- Orders, State =/= new],
    {Wanted, OfOrders} = of_orders(Mode, Id, Known, Connection),
    {Positions, OfPositions} = of_positions(Id, Connection),
    Wait = #{id => Id, orders => Wanted, statuses => [], reports => Reports, positions => Positions},
    case lists:usort([fxaot_fix_session:send(Session, none, Name, Fields) || {Name, Fields} <- OfOrders ++ OfPositions]) of
        Sent when Sent =:= [ok]; Sent =:= [] ->
            collected(Wait, erlang:monotonic_time(millisecond) + Most, Mode, Connection);
        [Error | _] -> {down, Error, Connection}
    end.

of_orders(none, _, _, _) -> {answered, []};
of_orders(each, _, [], _) -> {answered, []};
of_orders(each, Id, Orders, Connection) ->
    {{each, maps:from_list([{Order, true} || #{id := Order} <- Orders])},
     [{order_status_request, status_request(Id, Order, Connection)} || Order <- Orders]};
of_orders(mass, Id, _, _) ->
    {{mass, 0}, [{order_mass_status_request, #{mass_status_req_id => Id, mass_status_req_type => 7}}]}.

status_request(Request, #{id := Id, symbol := Symbol, side := Side},
               #connection{config = #{names := Names} = Config} = Connection) ->
    maps:merge(#{cl_ord_id => fxaot_fix_reports:current(Id, Connection), ord_status_req_id => Request,
                 symbol => maps:get(Symbol, Names, atom_to_binary(Symbol)),
                 side => case Side of buy -> <<"1">>; sell -> <<"2">> end}, maps:with([account], Config)).

of_positions(Id, #connection{config = #{positions := true, account := Account}}) ->
    Now = erlang:system_time(millisecond),
    {{waiting, #{}, 0, unknown},
     [{request_for_positions,
       #{pos_req_id => Id, pos_req_type => 0, account => Account, account_type => 1,
         clearing_business_date => fxaot_fix_time:date(Now), transact_time => fxaot_fix_time:text(Now)}}]};
of_positions(_, _) -> {unknown, []}.

%% ---- answers ------------------------------------------------------------------------

-spec collected(wait(), Deadline :: integer(), Mode :: mass | each | none, #connection{}) ->
          {ok, fxaot_gateway:view(), #connection{}} | {down, term(), #connection{}}.
collected(#{down := Reason}, _, _, Connection) -> {down, Reason, Connection};
collected(#{orders := answered, positions := Theirs} = Wait, _, Mode, Connection)
  when Theirs =:= unknown; is_map(Theirs) -> viewed(Wait, Mode, Connection);
collected(Wait, Deadline, Mode, #connection{session = Session, monitor = Monitor, number = Number} = Connection) ->
    receive
        {fxaot_fix, Session, {down, Number, Reason}} -> {down, Reason, Connection};
        {'DOWN', Monitor, process, _, Reason} -> {down, Reason, Connection};
        {fxaot_fix, Session, {message, Place, Name, Fields}} ->
            self() ! {fxaot_fix_taken, Session, Place},
            {Next, Known} = answered(Name, Fields, Wait, Connection),
            collected(Next, Deadline, Mode, Known);
        {fxaot_fix, Session, {refused, Name, Fields, Reject}} ->
            collected(refused(Name, Fields, Reject, Wait), Deadline, Mode, Connection);
        {fxaot_fix, Session, {unsent, Name, Fields}} ->
            collected(reported(fxaot_fix_reports:unsent({Name, Fields}, Connection), Wait), Deadline, Mode, Connection)
    after max(0, Deadline - erlang:monotonic_time(millisecond)) -> late(Wait, Mode, Connection)
    end.

%% A broker that does not say how many reports of positions it has.
late(#{orders := answered, positions := {waiting, Held, Got, unknown}} = Wait, Mode, Connection) when Got > 0 ->
    viewed(Wait#{positions => Held}, Mode, Connection);
late(_, _, Connection) -> {down, reconcile_timeout, Connection}.

reported(New, #{reports := Reports} = Wait) -> Wait#{reports => lists:reverse(New) ++ Reports}.

%% A broker that does not know the order, or not the question.
refused(order_status_request, #{cl_ord_id := ClOrdId}, #{business_reject_reason := ?UNKNOWN_ID}, Wait) ->
    without(fxaot_fix_orders:order_id(ClOrdId), Wait);
refused(Name, _, Reject, Wait)
  when Name =:= order_mass_status_request; Name =:= order_status_request; Name =:= request_for_positions ->
    Wait#{down => {reconcile_refused, Name, maps:get(text, Reject, <<>>)}};
refused(Name, Fields, _, Wait) -> reported(fxaot_fix_reports:refused({Name, Fields}), Wait).

without(Order, #{orders := {each, Left}} = Wait) ->
    case maps:remove(Order, Left) of
        None when map_size(None) =:= 0 -> Wait#{orders => answered};
        Fewer -> Wait#{orders => {each, Fewer}}
    end;
without(_, Wait) -> Wait.

answered(execution_report, #{mass_status_req_id := Id} = Fields, #{id := Id} = Wait, Connection) ->
    status(Fields, Wait, Connection);
answered(execution_report, #{ord_status_req_id := Id} = Fields, #{id := Id} = Wait, Connection) ->
    status(Fields, Wait, Connection);
answered(execution_report, #{exec_type := <<"I">>} = Fields, Wait, Connection)
  when is_map_key(mass_status_req_id, Fields); is_map_key(ord_status_req_id, Fields) -> {Wait, Connection};
answered(execution_report, #{exec_type := <<"I">>} = Fields, Wait, Connection) -> status(Fields, Wait, Connection);
answered(business_message_reject, #{ref_msg_type := <<"AF">>} = Fields, Wait, Connection) ->
    {refused(order_mass_status_request, #{}, Fields, Wait), Connection};
answered(request_for_positions_ack, Fields, Wait, Connection) -> {acknowledged(Fields, Wait), Connection};
answered(position_report, Fields, Wait, #connection{config = Config} = Connection) -> {position(Fields, Config, Wait), Connection};
answered(Name, Fields, Wait, Connection) ->
    {New, Next} = fxaot_fix_reports:understood(Name, Fields, Connection),
    {reported(New, Wait), Next}.

status(Fields, #{statuses := Statuses} = Wait, #connection{config = Config} = Connection) ->
    case fxaot_fix_orders:status(Fields, Config) of
        #{live := true, id := Id, current := Current} = Status ->
            Known = case fxaot_fix_reports:current(Id, Connection) of
                        Current -> Connection;
                        _ -> fxaot_fix_reports:chained(Id, Current, Connection)
                    end,
            {counted(Fields, Id, Wait#{statuses => [Status | Statuses]}), Known};
        #{id := Id} -> {counted(Fields, Id, Wait), Connection}
    end.

counted(_, Id, #{orders := {each, _}} = Wait) -> without(Id, Wait);
counted(#{last_rpt_requested := true}, _, Wait) -> Wait#{orders => answered};
counted(#{tot_num_reports := Total}, _, #{orders := {mass, Got}} = Wait) when Got + 1 >= Total -> Wait#{orders => answered};
counted(_, _, #{orders := {mass, Got}} = Wait) -> Wait#{orders => {mass, Got + 1}};
counted(_, _, Wait) -> Wait.

%% ---- positions ----------------------------------------------------------------------

acknowledged(#{pos_req_id := Other}, #{id := Id} = Wait) when Other =/= Id -> Wait;
acknowledged(#{pos_req_result := ?NO_POSITIONS}, #{positions := {waiting, _, 0, _}} = Wait) -> Wait#{positions => #{}};
acknowledged(#{pos_req_result := ?VALID} = Fields, Wait) -> of_total(Fields, Wait);
acknowledged(#{pos_req_result := Result} = Fields, #{positions := {waiting, _, _, _}} = Wait) ->
    Wait#{down => {positions_refused, Result, maps:get(text, Fields, <<>>)}};
acknowledged(_, Wait) -> Wait.

of_total(#{total_num_pos_reports := Total}, #{positions := {waiting, Held, Got, _}} = Wait) when Got >= Total ->
    Wait#{positions => Held};
of_total(#{total_num_pos_reports := Total}, #{positions := {waiting, Held, Got, _}} = Wait) ->
    Wait#{positions => {waiting, Held, Got, Total}};
of_total(_, #{positions := {waiting, Held, Got, Total}} = Wait) when is_integer(Total), Got >= Total ->
    Wait#{positions => Held};
of_total(_, Wait) -> Wait.

position(#{pos_req_id := Other}, _, #{id := Id} = Wait) when Other =/= Id -> Wait;
position(#{no_positions := List} = Fields, #{symbols := Symbols} = Config,
         #{positions := {waiting, Held, Got, Total}} = Wait) ->
    Name = maps:get(symbol, Fields, <<>>),
    Net = fxaot_fix_orders:net(List, Config),
    More = lists:foldl(fun(Symbol, All) -> maps:update_with(Symbol, fun(Units) -> Units + Net end, Net, All) end,
                       Held, [Symbol || {Symbol, Names} <- Symbols, lists:member(Name, Names)]),
    of_total(Fields, Wait#{positions => {waiting, More, Got + 1, Total}});
position(_, _, Wait) -> Wait.

%% ---- the view -----------------------------------------------------------------------

viewed(#{reports := Reports, statuses := Statuses, positions := Theirs}, Mode, Connection) ->
    {ok, #{reports => lists:reverse(Reports),
           orders => case Mode of
                         none -> unknown;
                         _ -> [maps:with([id, filled], Status) || Status <- Statuses]
                     end,
           positions => case Theirs of
                            unknown -> unknown;
                            _ -> maps:filter(fun(_, Units) -> Units =/= 0 end, Theirs)
                        end}, Connection}.
