%% @private Figures and events ▶ JSON, as the page reads it: times in milliseconds, money in units of its currency.
-module(fxaot_dashboard_render).

-export([engine/2, slow/2, health/1, bars/1, event/1, trade/1]).

-include("../../include/fxaot.hrl").

-define(MICRO, 1000000).
-define(MS, 1000000).
%% A sentence of the page is no longer.
-define(MOST_TEXT, 400).

%% @doc What changes with each quote.
-spec engine(fxaot_dashboard_engine:figures(), map()) -> iodata().
engine(#{account := Account, positions := Positions, strategies := Strategies} = Figures, Extra) ->
    fxaot_dashboard_json:encode(
      Extra#{account => account(Account),
             positions => [[Symbol, Quantity, Price, units(Realised), units(Unrealised)]
                           || #{symbol := Symbol, quantity := Quantity, average_price := Price,
                                realised := Realised, unrealised := Unrealised} <- Positions],
             prices => [price(Quote) || Quote <- maps:get(quotes, Figures, [])],
             strategies => [strategy(Strategy) || Strategy <- Strategies],
             bars => maps:from_list([{Id, series(First, IsOpen, Bars)}
                                     || {Id, First, IsOpen, Bars} <- maps:get(bars, Figures, [])])}).

account(#{currency := Currency, state := State, margin_level := Level} = Account) ->
    maps:merge(#{currency => Currency, state => State, level => number(Level)},
               maps:map(fun(_, Value) -> units(Value) end,
                        maps:with([balance, equity, realised, unrealised, margin_used, free_margin], Account))).

number(infinity) -> null;
number(Number) -> Number.

price({Symbol, Decimals, none}) -> [Symbol, Decimals];
price({Symbol, Decimals, {Time, Bid, Ask}}) -> [Symbol, Decimals, Time div ?MS, Bid, Ask].

strategy(#{id := Id, symbol := Symbol} = Strategy) ->
    maps:merge(
      #{id => Id, symbol => Symbol, timeframe => timeframe(maps:get(timeframe, Strategy, undefined)),
        name => shown(maps:get(name, Strategy, maps:get(strategy, Strategy, Id)))},
      maps:merge(maps:with([tier, version, bars, signals, orders, fills, rejects, quantity, average_price], Strategy),
                 maps:merge(maps:map(fun(_, Value) -> units(Value) end, maps:with([realised, unrealised], Strategy)),
                            maps:map(fun(stale_since, Since) -> Since div ?MS;
                                        (failure, Failure) -> failure(Failure)
                                     end, maps:with([failure, stale_since], Strategy))))).

failure(Text) when is_binary(Text) -> Text;
failure(Other) -> shown(Other).

timeframe({seconds, N}) -> text("~b s", [N]);
timeframe({minutes, N}) -> text("~b min", [N]);
timeframe({hours, N}) -> text("~b h", [N]);
timeframe({ticks, N}) -> text("~b ticks", [N]);
timeframe(Other) -> shown(Other).

%% @doc The newest bars of a strategy: number of the first one, whether the last one forms, and each as time, open,
%% high, low, close, volume.
-spec bars({First :: non_neg_integer(), IsOpen :: boolean(), [fxaot_nif:bar()]}) -> iodata().
bars({First, IsOpen, Bars}) -> fxaot_dashboard_json:encode(series(First, IsOpen, Bars)).

series(First, IsOpen, Bars) ->
    [First, IsOpen, [[Open div ?MS, O, H, L, C, Volume] || {Open, _, O, H, L, C, Volume, _} <- Bars]].

%% @doc What is read once a second.
-spec slow(fxaot_dashboard_engine:figures(), map()) -> iodata().
slow(#{stats := Stats} = Figures, Extra) ->
    fxaot_dashboard_json:encode(
      Extra#{stats => maps:map(fun(_, Value) -> Value end,
                               maps:with([quotes, accepted, crossed, late, bad_price, bad_time, unknown_symbol, bars,
                                          signals, orders, fills, rejects, alarms, events, latency_ns], Stats)),
             rejected => maps:from_list([{shown(Reason), Count}
                                         || {Reason, Count} <- maps:to_list(maps:get(rejected, Stats, #{}))]),
             latency => latency(Figures),
             open_orders => [order(Order) || Order <- maps:get(orders, Figures, [])],
             tickets => [ticket(Ticket) || Ticket <- maps:get(tickets, Figures, [])],
             gateway => gateway(Figures), mailbox => mailbox(Figures)}).

%% Without its subscribers.
mailbox(#{mailbox := Mailbox}) -> maps:filter(fun(_, Value) -> is_integer(Value) end, Mailbox);
mailbox(_) -> null.

latency(#{latency := {Samples, SumNs, Buckets}}) ->
    #{samples => Samples, sum_ns => SumNs, buckets => [[Bound, Count] || {Bound, Count} <- Buckets]};
latency(_) -> null.

gateway(#{gateway := #{link := none}}) -> null;
gateway(#{gateway := #{link := _} = Gateway}) ->
    maps:filter(fun(_, Value) -> is_atom(Value) orelse is_integer(Value) end, Gateway);
gateway(_) -> null.

order(#{number := Number, symbol := Symbol, side := Side, type := Type, quantity := Quantity} = Order) ->
    maps:map(fun(_, undefined) -> null; (_, Value) -> Value end,
             #{number => Number, id => maps:get(id, Order, null), symbol => Symbol, side => Side, type => Type,
               quantity => Quantity, filled => maps:get(filled, Order, 0), state => maps:get(state, Order, null),
               price => maps:get(price, Order, null), strategy => maps:get(strategy, Order, null)}).

ticket(#{number := Number, symbol := Symbol, side := Side, quantity := Quantity, price := Price,
         unrealised := Unrealised} = Ticket) ->
    #{number => Number, id => case maps:get(id, Ticket, undefined) of undefined -> null; Id -> Id end,
      symbol => Symbol, side => Side, quantity => Quantity, price => Price, unrealised => units(Unrealised)}.

%% @doc A closed trade.
-spec trade(fxaot_order:trade()) -> map().
trade(#{symbol := Symbol, strategy := Strategy, side := Side, quantity := Quantity, entry_time := Entered,
        exit_time := Left, entry_price := From, exit_price := To, profit := Profit, commission := Commission}) ->
    #{symbol => Symbol, strategy => Strategy, side => Side, quantity => Quantity, entry_time => Entered div ?MS,
      exit_time => Left div ?MS, entry_price => From, exit_price => To, profit => units(Profit),
      commission => units(Commission)}.

%% @doc Of the node.
-spec health(fxaot_health:health()) -> map().
health(#{ready := Ready, native := Native, quarantined := Quarantined, groups := Groups, journals := Journals,
         deployments := Deployments}) ->
    #{ready => Ready, native => case Native of true -> true; {false, Why} -> shown(Why) end,
      quarantined => Quarantined,
      groups => maps:map(fun(_, Group) -> maps:with([status, queue], Group) end, Groups),
      journals => maps:map(fun(_, #{status := Status, durable := Durable} = Journal) ->
                                   #{status => Status, durable => Durable,
                                     why => case maps:get(why, Journal, none) of
                                                None when None =:= none; None =:= undefined -> null;
                                                Why -> shown(Why)
                                            end}
                           end, Journals),
      deployments => [#{engine => Group, id => Id, status => Status, queue => Queue, as_asked => AsAsked,
                        why => shown(Why)}
                      || {{Group, Id}, #{status := Status, queue := Queue, is_as_asked := AsAsked, why := Why}}
                             <- lists:sort(maps:to_list(Deployments))]}.

%% ---- events -----------------------------------------------------------------

%% @doc A row of the stream: kind, time, strategy, symbol, and a sentence; `none' for bars, which the chart has.
-spec event(fxaot_nif:event()) -> map() | none.
event(#bar{}) -> none;
event(#signal{id = Id, symbol = Symbol, time = Time, strength = Strength}) ->
    row(signal, Time, Id, Symbol, text("signal ~.3f", [Strength]));
event(#order{id = Number, strategy = Id, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
             state = State, name = Name, reason = Reason, price = Price}) ->
    row(order, Time, Id, Symbol,
        text("order ~b~ts ~ts: ~ts ~b~ts~ts",
             [Number, named(Name), shown(State), Side, Quantity, at(Price), because(Reason)]));
event(#fill{order_id = Number, strategy = Id, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
            price = Price, profit = Profit, name = Name}) ->
    (row(fill, Time, Id, Symbol,
         text("order ~b~ts filled: ~ts ~b at ~ts", [Number, named(Name), Side, Quantity, price_text(Price)])))
        #{side => Side, price => Price, quantity => Quantity, profit => units(Profit)};
event(#reject{order_id = Number, strategy = Id, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
              reason = Reason, name = Name, detail = Detail}) ->
    (row(reject, Time, Id, Symbol,
         text("order ~b~ts refused: ~ts ~b, ~ts~ts",
              [Number, named(Name), Side, Quantity, shown(Reason), details(Detail)])))#{reason => shown(Reason)};
event(#account{change = Change, symbol = Symbol, time = Time, amount = Amount, detail = Detail}) ->
    row(account, Time, undefined, Symbol, text("account: ~ts ~ts~ts",
                                               [shown(Change), price_text(units(Amount)), details(Detail)]));
event(#alarm{kind = Kind, strategy = Id, symbol = Symbol, time = Time, count = Count, detail = Detail}) ->
    row(alarm, Time, Id, Symbol, text("alarm ~ts (~b)~ts", [shown(Kind), Count, details(Detail)])).

row(Kind, Time, Id, Symbol, Text) ->
    #{kind => Kind, time => Time div ?MS, strategy => shown(Id), symbol => shown(Symbol), text => Text}.

named(undefined) -> <<>>;
named(Name) -> [$\s, Name].

at(undefined) -> <<>>;
at(Price) -> [" at ", price_text(Price)].

because(undefined) -> <<>>;
because(Reason) -> [", ", shown(Reason)].

details(undefined) -> <<>>;
details(Map) when map_size(Map) =:= 0 -> <<>>;
details(Map) ->
    [", ", lists:join(", ", [[shown(Key), $\s, shown(Value)] || {Key, Value} <- lists:sort(maps:to_list(Map))])].

price_text(Price) when is_float(Price) -> float_to_binary(Price, [short]).

units(Micro) -> Micro / ?MICRO.

shown(undefined) -> <<>>;
shown(Text) when is_binary(Text) -> Text;
shown(Name) when is_atom(Name) -> atom_to_binary(Name);
shown(Term) -> text("~0tP", [Term, 20]).

text(Format, Arguments) ->
    case unicode:characters_to_binary(io_lib:format(Format, Arguments)) of
        Text when is_binary(Text) -> string:slice(Text, 0, ?MOST_TEXT);
        _ -> <<"?">>
    end.
