%% @private The broker of {@link fxaot_gateway_sim}: its orders, its positions, and who is connected.
%%
%% Prices as the paper venue has them: buys at the ask, sells at the bid, a limit at the quote's better price, a stop
%% at the quote that triggers it, all at the first quote that comes `latency_ms' after the order.
-module(fxaot_gateway_sim_broker).
-behaviour(gen_server).

-export([start_link/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).

-record(order, {id :: fxaot_order:id(),
                terms :: fxaot_order:order(),
                filled = 0 :: non_neg_integer(),
                live = true :: boolean(),
                accepted = false :: boolean(),
                triggered = false :: boolean(),
                from :: integer(),          % time from which it may fill
                skips = 0 :: non_neg_integer(),
                faults :: [fxaot_gateway_sim:fault()]}).

-record(state, {latency :: non_neg_integer(),
                faults :: #{fxaot_order:id() => [fxaot_gateway_sim:fault()]},
                time = 0 :: integer(),
                %% Oldest first.
                orders = [] :: [#order{}],
                positions = #{} :: #{atom() => integer()},
                executions = 0 :: non_neg_integer(),
                client = none :: none | pid(),
                %% The client that has the reports of `told'.
                reader = none :: none | pid(),
                refused = 0 :: non_neg_integer(),
                %% Reports for the next connection, and those that the client has got; newest first.
                missed = [] :: [fxaot_gateway:report()],
                told = [] :: [fxaot_gateway:report()]}).

%% So many reports are told again to a client that has not got them itself.
-define(TOLD, 1000).

-spec start_link(fxaot_gateway_sim:options()) -> gen_server:start_ret().
start_link(Options) -> gen_server:start_link(?MODULE, Options, []).

-spec init(fxaot_gateway_sim:options()) -> {ok, #state{}}.
init(Options) ->
    {ok, #state{latency = maps:get(latency_ms, Options, 0) * 1000000, faults = maps:get(faults, Options, #{})}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(connect, _, #state{refused = Refused} = State) when Refused > 0 ->
    {reply, {error, refused}, State#state{refused = Refused - 1}};
%% Another process than before may have died with reports in its mailbox.
handle_call(connect, {Client, _}, #state{missed = Missed, told = Told, reader = Reader} = State) ->
    Again = case Reader of
                Client -> Missed;
                _ -> Missed ++ Told
            end,
    {reply, ok, State#state{client = Client, reader = Client, missed = Again, told = []}};
handle_call(view, _, #state{missed = Missed, told = Told, orders = Orders, positions = Positions} = State) ->
    Live = [#{id => Id, filled => Filled} || #order{id = Id, filled = Filled, live = true} <- Orders],
    Held = maps:filter(fun(_, Units) -> Units =/= 0 end, Positions),
    {reply, #{reports => lists:reverse(Missed), orders => Live, positions => Held},
     State#state{missed = [], told = lists:sublist(Missed ++ Told, ?TOLD)}};
handle_call({hang_up, Refused}, _, #state{client = Client} = State) ->
    _ = [Client ! {fxaot_gateway_sim, hang_up} || is_pid(Client)],
    {reply, ok, State#state{client = none, refused = Refused}};
handle_call(drop, _, State) -> {reply, ok, State#state{client = none}};
handle_call({report, Report}, _, State) -> {reply, ok, told(Report, State)};
handle_call({quote, Symbol, Time, Bid, Ask}, _, State) -> {reply, ok, quoted(Symbol, Time, Bid, Ask, State)};
handle_call(settle, _, State) -> {reply, ok, State};
%% A request over a connection that has been given up.
handle_call({_, _}, {Client, _}, #state{client = Other} = State) when Client =/= Other ->
    {reply, {error, hang_up}, State};
handle_call({heartbeat, _}, _, State) -> {reply, ok, State};
handle_call({send, Request}, _, State) -> {reply, ok, sent(Request, State)};
handle_call({cancel, #{order := #{id := Id}}}, _, State) -> {reply, ok, changed(Id, fun cancelled/2, State)};
handle_call({replace, #{order := #{id := Id} = Terms}}, _, State) ->
    {reply, ok, changed(Id, fun(Order, Next) -> replaced(Order, Terms, Next) end, State)};
handle_call(_, _, State) -> {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(_, State) -> {noreply, State}.

-spec code_change(term(), State, term()) -> {ok, State}.
code_change(_, State, _) -> {ok, State}.

%% ---- requests -------------------------------------------------------------------

%% A client order id is one order, however often it is sent.
sent(#{order := #{id := Id} = Terms}, #state{orders = Orders, faults = Faults, time = Time, latency = Latency} = State) ->
    case lists:keymember(Id, #order.id, Orders) of
        true -> State;
        false ->
            Own = maps:get(Id, Faults, []),
            Order = #order{id = Id, terms = Terms, from = Time + Latency, faults = Own,
                           skips = proplists:get_value(delay, Own, 0)},
            taken(lists:member(reject, Own), lists:member(reverse, Own),
                  State#state{orders = Orders ++ [Order]}, Order)
    end.

taken(true, _, State, Order) -> put_order(Order#order{live = false}, told(Order, #{kind => rejected}, State));
taken(_, true, State, _) -> State;
taken(_, _, State, Order) -> accepted(Order, State).

accepted(Order, State) -> put_order(Order#order{accepted = true}, told(Order, #{kind => accepted}, State)).

%% What is asked of an order that has ended is refused.
changed(Id, Change, #state{orders = Orders} = State) ->
    case lists:keyfind(Id, #order.id, Orders) of
        #order{live = true, faults = Faults} = Order ->
            case lists:member(keep, Faults) of
                true -> told(Order, #{kind => cancel_rejected}, told(Order, #{kind => replace_rejected}, State));
                false -> Change(Order, State)
            end;
        #order{} = Order -> told(Order, #{kind => cancel_rejected}, State);
        false -> State
    end.

cancelled(#order{faults = Faults, terms = #{price := Price}} = Order, State) ->
    Next = put_order(Order#order{live = false}, told(Order, #{kind => cancelled}, State)),
    case lists:member(late_fill, Faults) of
        true -> filled(Order#order{live = false}, left(Order), Price, Next);
        false -> Next
    end.

replaced(Order, Terms, State) -> put_order(Order#order{terms = Terms}, told(Order, #{kind => replaced}, State)).

put_order(#order{id = Id} = Order, #state{orders = Orders} = State) ->
    State#state{orders = lists:keyreplace(Id, #order.id, Orders, Order)}.

left(#order{terms = #{quantity := Quantity}, filled = Filled}) -> Quantity - Filled.

%% ---- quotes ---------------------------------------------------------------------

quoted(Symbol, Time, Bid, Ask, #state{orders = Orders} = State) ->
    Live = [{Type, Id} || #order{id = Id, live = true, terms = #{symbol := Of, type := Type}} <- Orders, Of =:= Symbol],
    %% Market orders first.
    {Market, Resting} = lists:partition(fun({Type, _}) -> Type =:= market end, Live),
    lists:foldl(fun({_, Id}, Next) -> met(Id, Time, Bid, Ask, Next) end, State#state{time = Time}, Market ++ Resting).

met(Id, Time, Bid, Ask, #state{orders = Orders} = State) ->
    case lists:keyfind(Id, #order.id, Orders) of
        #order{live = true, from = From} when From > Time -> State;
        #order{live = true, skips = Skips} = Order when Skips > 0 -> put_order(Order#order{skips = Skips - 1}, State);
        #order{live = true, terms = #{side := Side}} = Order ->
            Price = case Side of buy -> Ask; sell -> Bid end,
            reached(fills(Order, Price), Order, Price, State);
        _ -> State
    end.

reached(no, _, _, State) -> State;
reached(triggers, Order, Price, State) ->
    Triggered = Order#order{triggered = true},
    Next = put_order(Triggered, told(Order, #{kind => triggered}, State)),
    reached(case fills(Triggered, Price) of triggers -> no; Answer -> Answer end, Triggered, Price, Next);
reached(yes, #order{faults = Faults} = Order, Price, State) ->
    At = proplists:get_value(requote, Faults, Price),
    More = proplists:get_value(overfill, Faults, 0),
    Parts = parts(proplists:get_value(parts, Faults, []), left(Order)),
    {Last, Next} = lists:foldl(fun(Units, {Now, Before}) -> late_accepted(filled_part(Now, Units, At, Before)) end,
                               {Order, State}, with_more(Parts, More)),
    put_order(Last#order{live = false}, Next).

late_accepted({#order{accepted = true}, _} = Filled) -> Filled;
late_accepted({Order, State}) -> {Order#order{accepted = true}, told(Order, #{kind => accepted}, State)}.

with_more(Parts, 0) -> Parts;
with_more(Parts, More) -> lists:droplast(Parts) ++ [lists:last(Parts) + More].

parts([Units | Rest], Left) when Units < Left -> [Units | parts(Rest, Left - Units)];
parts(_, Left) -> [Left].

%% Whether a price of the order's side fills it.
fills(#order{terms = #{type := market}}, _) -> yes;
fills(#order{terms = #{type := limit, side := Side, price := Limit}}, Price) -> at_limit(Side, Price, Limit);
fills(#order{triggered = false, terms = #{type := Type, side := Side, price := Stop}}, Price) ->
    IsStop = Type =:= stop orelse Type =:= stop_limit,
    IsRising = IsStop =:= (Side =:= buy),
    case (IsRising andalso Price >= Stop) orelse (not IsRising andalso Price =< Stop) of
        true -> triggers;
        false -> no
    end;
fills(#order{terms = #{type := Type, side := Side, limit := Limit}}, Price)
  when Type =:= stop_limit; Type =:= limit_if_touched -> at_limit(Side, Price, Limit);
fills(_, _) -> yes.

at_limit(buy, Price, Limit) when Price =< Limit -> yes;
at_limit(sell, Price, Limit) when Price >= Limit -> yes;
at_limit(_, _, _) -> no.

%% ---- reports --------------------------------------------------------------------

filled(Order, Units, Price, State) ->
    {Filled, Next} = filled_part(Order, Units, Price, State),
    put_order(Filled, Next).

filled_part(#order{terms = #{symbol := Symbol, side := Side}, filled = Filled} = Order, Units, Price,
            #state{executions = Count, positions = Positions} = State) ->
    Signed = case Side of buy -> Units; sell -> -Units end,
    Next = State#state{executions = Count + 1,
                       positions = maps:update_with(Symbol, fun(Held) -> Held + Signed end, Signed, Positions)},
    Report = #{kind => fill, quantity => Units, price => Price,
               execution => <<"e", (integer_to_binary(Count + 1))/binary>>},
    {Order#order{filled = Filled + Units}, told(Order, Report, Next)}.

told(#order{id = Id, faults = Faults}, Report, State) ->
    Named = Report#{id => Id},
    case lists:member(double, Faults) of
        true -> told(Named, told(Named, State));
        false -> told(Named, State)
    end.

told(Report, #state{client = none, missed = Missed} = State) -> State#state{missed = [Report | Missed]};
told(Report, #state{client = Client, told = Told} = State) ->
    Client ! {fxaot_gateway_sim, report, Report},
    State#state{told = lists:sublist([Report | Told], ?TOLD)}.
