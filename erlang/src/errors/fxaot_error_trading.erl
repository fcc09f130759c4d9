%% @private The sentences of orders, closes and cash.
-module(fxaot_error_trading).

-export([sentence/1, sentence/2, rejected/1]).

-import(fxaot_show, [term/1]).

%% @doc A reason with its details.
-spec sentence(Reason :: atom(), Details :: map()) -> fxaot_error:sentence().
sentence(bad_order, #{field := Field, expected := Expected} = Details) ->
    {["The order's ", name(Field), " must be ", Expected, got(Details)], [field, expected, value]};
sentence(bad_order, #{field := Field} = Details) ->
    {[fault(Field), got(Details)], [field, value]};
sentence(bad_report, #{field := Field, expected := Expected} = Details) ->
    {["The report's ", name(Field), " must be ", Expected, got(Details)], [field, expected, value]};
sentence(bad_report, #{field := Field} = Details) ->
    {["The report's ", name(Field), " is none of the instrument", got(Details)], [field, value]};
sentence(open_orders, #{symbol := Symbol}) ->
    {[sentence(open_orders), "; ", term(Symbol), " or an instrument that is converted with it has such"], [symbol]};
%% A refusal has the number of the refused order.
sentence(Reason, #{number := _} = Details) ->
    case rejected(Reason) of
        unknown -> unknown;
        Text -> {[Text, numbers(Reason, Details)], [number | maps:keys(Details)]}
    end;
sentence(_, _) -> unknown.

%% @doc A reason without details.
-spec sentence(Reason :: atom()) -> string() | unknown.
sentence(bad_order) -> "The order cannot be read";
sentence(journal_unavailable) -> "The journal takes no records, so what was asked for may not be there after a restart";
sentence(bad_report) -> "The report cannot be read";
sentence(no_session) -> "The engine has no FIX session";
sentence(store_in_use) -> "Another session has this FIX store open";
sentence(store) -> "The FIX store cannot be opened";
sentence(bad_message) -> "A field of a FIX message is missing or has an invalid value";
sentence(no_gateway) -> "The engine has the paper venue; its option venue => gateway takes reports";
sentence(open_orders) ->
    "An instrument with open tickets, attached orders or orders of clients cannot move: cancel or close them first";
sentence(_) -> unknown.

got(#{value := Value}) -> ["; got ", term(Value)];
got(_) -> "".

name(Field) when is_atom(Field) -> string:replace(atom_to_list(Field), "_", " ", all);
name(Field) -> term(Field).

%% What the engine finds wrong in a field.
fault(id) -> "The order's id is reserved for the engine's own names, such as close.1 and a.sl";
fault(symbol) -> "The order's symbol is none of the engine";
fault(side) -> "The order's side is neither buy nor sell";
fault(type) -> "The order's type does not go with its other fields";
fault(quantity) -> "The order's quantity must be above zero, and above what is filled already";
fault(price) -> "The order's price is missing, not wanted for its type, or no price of the instrument";
fault(limit) -> "The order's limit is missing, not wanted for its type, or no price of the instrument";
fault(trail) -> "Only a stop may trail, by whole steps above zero, and without a price of its own";
fault(tif) -> "The order's time in force does not go with its type";
fault(expires) -> "The order must expire later than the engine's time";
fault(stop_loss) -> "The order's stop-loss is no price of the instrument";
fault(take_profit) -> "The order's take-profit is no price of the instrument";
fault('after') -> "The order must come after another order of the engine that has not ended";
fault(state) -> "The order has ended";
fault(ticket) -> "There is no such open ticket, or it is not of the other side";
fault(position) -> "There is no position to close";
fault(amount) -> "The amount is more than may be withdrawn, or more than an account holds";
fault(strategy) -> "No strategy of the engine on this instrument has this id";
fault(Field) -> ["The order's ", name(Field), " cannot be read"].

%% @doc Why the risk gate refuses an order.
-spec rejected(Reason :: atom()) -> string() | unknown.
rejected(quantity_below_minimum) -> "The order is smaller than the instrument's smallest quantity";
rejected(quantity_above_maximum) -> "The order is larger than the instrument's largest quantity";
rejected(no_conversion) -> "No live quote links the instrument's currency to the account's";
rejected(no_equity) -> "The account has no equity for a new position";
rejected(out_of_memory) -> "There is no memory for the order";
rejected(halted) -> "Trading is halted; fxaot:resume/1 ends it";
rejected(reducing) -> "Only orders that shrink their own strategy's position pass; fxaot:resume/1 ends it";
rejected(unknown_symbol) -> "The engine does not have the order's instrument";
rejected(quantity_step) -> "The order's quantity is no multiple of the instrument's quantity step";
rejected(no_quote) -> "The instrument has no quote yet";
rejected(stale_quote) -> "The instrument's newest quote is older than max_quote_age_ms";
rejected(spread) -> "The instrument's spread is wider than max_spread";
rejected(market_closed) -> "The instrument's market is closed";
rejected(collar) -> "A price of the order is further from the mid than collar allows";
rejected(max_quantity) -> "The order is larger than max_order_quantity";
rejected(max_notional) -> "The order's notional is above max_order_notional";
rejected(max_position) -> "The position would be larger than max_position";
rejected(max_currency) -> "The notional in a currency would be above max_currency_notional";
rejected(max_positions) -> "There would be more positions than max_positions";
rejected(max_orders) -> "There would be more orders than max_orders";
rejected(rate) -> "There are more orders than order_rate allows";
rejected(daily_loss) -> "The day's loss has reached daily_loss; fxaot:resume/1 ends it";
rejected(drawdown) -> "The drawdown has reached max_drawdown; fxaot:resume/1 ends it";
rejected(losing_trades) -> "So many trades in a row as max_losing_trades have lost; fxaot:resume/1 ends it";
rejected(post_only) -> "The order would trade at once, and is post_only";
rejected(reduce_only) -> "There is no opposite position that a reduce_only order could shrink";
rejected(bad_stop_loss) -> "The stop-loss is on the wrong side of the price or too near to it";
rejected(bad_take_profit) -> "The take-profit is on the wrong side of the price or too near to it";
rejected(margin) -> "The account's margin does not cover the order";
rejected(gateway_down) -> "The gateway has no connection to the broker";
rejected(journal_unavailable) -> "The journal takes no records, and nothing new is to be lost; see the alarm";
rejected(fifo) ->
    "With the option fifo a close takes the instrument's oldest ticket; without it a quantity is closed of a ticket, "
        "not of an instrument";
rejected(_) -> unknown.

%% What was measured, and the bound.
numbers(margin, #{needed := Needed, free := Free}) ->
    [": it needs ", money(Needed), ", and ", money(Free), " is free"];
numbers(max_notional, Details) -> compared(notional, fun money/1, Details);
numbers(max_currency, Details) -> compared(notional, fun money/1, Details);
numbers(daily_loss, Details) -> compared(loss, fun money/1, Details);
numbers(stale_quote, Details) -> compared(age, fun(Ns) -> [decimal(Ns / 1.0e6, 3), " ms"] end, Details);
numbers(collar, Details) -> compared(distance, fun percent/1, Details);
numbers(drawdown, Details) -> compared(drawdown, fun percent/1, Details);
numbers(spread, Details) -> compared(spread, fun steps/1, Details);
numbers(Reason, Details) when Reason =:= post_only; Reason =:= bad_stop_loss; Reason =:= bad_take_profit ->
    compared(distance, fun steps/1, Details);
numbers(rate, #{count := Count, per_ms := Ms}) -> [": ", term(Count), " in ", term(Ms), " ms"];
numbers(quantity_step, #{quantity := Quantity, step := Step}) -> [": ", term(Quantity), ", in steps of ", term(Step)];
numbers(_, Details) ->
    case [Key || Key <- [quantity, positions, orders, trades], is_map_key(Key, Details)] of
        [Key | _] -> compared(Key, fun fxaot_show:term/1, Details);
        [] -> ""
    end.

compared(Key, Show, Details) ->
    case Details of
        #{Key := Measured, maximum := Most} -> [": ", Show(Measured), ", at most ", Show(Most)];
        #{Key := Measured, minimum := Least} -> [": ", Show(Measured), ", at least ", Show(Least)];
        _ -> ""
    end.

money(Micro) -> decimal(Micro / 1.0e6, 2).
percent(Part) -> [decimal(Part * 100, 4), " %"].
steps(Number) -> [term(Number), " steps"].

decimal(Number, Places) -> float_to_list(Number, [{decimals, Places}]).
