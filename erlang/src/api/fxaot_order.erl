%% @private Orders and their changes as maps ▶ the positional arguments that the native functions take. See
%% docs/trading.md.
%%
%% Every function is total: a wrong value is `{error, {Reason, Details}}', whatever the term.
-module(fxaot_order).

-export([request/1, change/1, with_value/2, is_id/1, is_name/1]).

-export_type([request/0, change/0, order/0, ticket/0, trade/0, id/0]).

-define(MAX_INT64, 16#7FFFFFFFFFFFFFFF).
-define(MAX_ID_BYTES, 64).

%% 1 to 64 bytes.
-type id() :: binary().
-type request() ::
        #{id => id(),
          symbol := atom(), side := buy | sell,
          type => market | limit | stop | stop_limit | market_if_touched | limit_if_touched, % market
          quantity := pos_integer(),             % base units
          price => number(),                     % the limit of a limit order, else the trigger
          limit => number(),                     % of stop_limit and limit_if_touched
          stop_loss => number(), take_profit => number(),
          tif => gtc | day | {gtd, TimeNs :: integer()} | ioc | fok, % gtc
          trail => pos_integer(), trail_step => non_neg_integer(),   % steps
          trail_activation => number(),
          oco => id(), 'after' => id(),
          reduce_only => boolean(), post_only => boolean(),
          trigger => same | mid | opposite,      % same: a buy triggers on the ask, a sell on the bid
          strategy => atom(),
          traceparent => binary()}.              % the caller's span; only for fxaot:submit/2
-type change() ::
        #{quantity => pos_integer(), price => number(), limit => number(), stop_loss => number(),
          take_profit => number(), trail => pos_integer(), tif => {gtd, TimeNs :: integer()}}.

-type state() :: new | pending_new | accepted | triggered | part_filled | filled | cancelled | rejected | expired.
%% `number' is the engine's own. `reason': why it was cancelled or rejected; `detail': the numbers of a rejected
%% one. `is_known': an earlier order has this id, and this is its state; only in answers to submit, modify and cancel.
-type order() ::
        #{id := id() | undefined, number := pos_integer(), state := state(), reason := atom(),
          detail := undefined | #{atom() => number()},
          symbol := atom(), strategy := atom(), side := buy | sell, type := atom(), tif := term(),
          reduce_only := boolean(), quantity := pos_integer(), filled := non_neg_integer(),
          price := float() | undefined, limit := float() | undefined,
          average_price := float() | undefined, stop_loss := float() | undefined,
          take_profit := float() | undefined, trail := non_neg_integer(), time := integer(),
          is_known => boolean()}.
%% Of a hedging account.
-type ticket() ::
        #{id := id() | undefined, number := pos_integer(), symbol := atom(), side := buy | sell,
          quantity := pos_integer(), price := float(), unrealised := integer()}.
-type trade() ::
        #{symbol := atom(), strategy := atom(), side := buy | sell, quantity := pos_integer(),
          entry_order := integer(), exit_order := integer(), entry_time := integer(), exit_time := integer(),
          entry_price := float(), exit_price := float(), profit := integer(), commission := integer()}.

-type error() :: fxaot_terms:error().

%% @doc An order in its native order; prices that are not there are `undefined'.
-spec request(map()) -> {ok, tuple()} | error().
request(Order) ->
    case [Key || Key <- [symbol, side, quantity], not is_map_key(Key, Order)] of
        [Missing | _] -> missing(Missing, Order);
        [] -> checked(Order, request_defaults(), fun field/2, fun positional/1)
    end.

%% A misspelt name is the better news.
missing(Missing, Order) ->
    case fxaot_terms:known_options(Order, maps:keys(request_defaults())) of
        ok -> {error, {missing_option, #{option => Missing}}};
        Error -> Error
    end.

request_defaults() ->
    #{id => none, symbol => none, side => none, type => market, quantity => none, price => none,
      limit => none, stop_loss => none, take_profit => none, tif => gtc, trail => 0, trail_step => 0,
      trail_activation => none, oco => none, 'after' => none, reduce_only => false, post_only => false,
      trigger => same, strategy => undefined}.

positional(#{id := Id, symbol := Symbol, side := Side, type := Type, quantity := Quantity, price := Price,
             limit := Limit, stop_loss := StopLoss, take_profit := TakeProfit, tif := {Tif, Expires},
             trail := Trail, trail_step := TrailStep, trail_activation := Activation, oco := Oco,
             'after' := After, reduce_only := ReduceOnly, post_only := PostOnly, trigger := Trigger,
             strategy := Strategy}) ->
    {Id, Symbol, Strategy, Side + 1, Type, Tif, Trigger, ReduceOnly, PostOnly, Quantity, Price, Limit, Trail,
     TrailStep, Activation, Expires, StopLoss, TakeProfit, Oco, After}.

%% @doc A change in its native order; 0 and `undefined' stand for what stays.
-spec change(map()) -> {ok, tuple()} | error().
change(Change) ->
    Defaults = #{quantity => none, price => none, limit => none, stop_loss => none, take_profit => none,
                 trail => 0, tif => none},
    checked(Change, Defaults, fun change_field/2,
            fun(#{quantity := Quantity, price := Price, limit := Limit, stop_loss := StopLoss,
                  take_profit := TakeProfit, trail := Trail, tif := {_, Expires}}) ->
                    {Quantity, Price, Limit, StopLoss, TakeProfit, Trail, Expires}
            end).

checked(Map, Defaults, Check, Positional) ->
    case fxaot_terms:checked(bad_order, Map, Defaults, Check, Positional) of
        {error, {bad_order, #{option := Field} = Details}} ->
            {error, {bad_order, (maps:remove(option, Details))#{field => Field}}};
        Answer -> Answer
    end.

%% ---- fields -------------------------------------------------------------------

field(Field, none) when Field =:= id; Field =:= oco; Field =:= 'after' -> {ok, <<>>};
field(Field, Value) when Field =:= id; Field =:= oco; Field =:= 'after' ->
    case is_id(Value) of
        true -> {ok, Value};
        false -> {expected, "a binary of 1 to 64 bytes"}
    end;
field(symbol, Value) when is_atom(Value) -> {ok, Value};
field(symbol, _) -> {expected, "an atom, the symbol"};
field(strategy, Value) when is_atom(Value) -> {ok, Value};
field(strategy, _) -> {expected, "an atom, the id of a deployment"};
field(side, Value) -> fxaot_terms:one_of(Value, [buy, sell]);
field(type, Value) ->
    fxaot_terms:one_of(Value, [market, limit, stop, stop_limit, market_if_touched, limit_if_touched]);
field(trigger, Value) -> fxaot_terms:one_of(Value, [same, mid, opposite]);
field(quantity, Value) -> fxaot_terms:whole(Value, 1, ?MAX_INT64);
field(tif, Value) -> time_in_force(Value);
field(Flag, Value) when Flag =:= reduce_only; Flag =:= post_only -> fxaot_terms:flag(Value);
field(Steps, Value) when Steps =:= trail; Steps =:= trail_step -> fxaot_terms:whole(Value, 0, ?MAX_INT64);
field(_, none) -> {ok, undefined};
field(_, Value) when is_number(Value) -> {ok, fxaot_terms:to_float(Value)};
field(_, _) -> {expected, "a price, a number"}.

change_field(quantity, none) -> {ok, 0};
change_field(tif, none) -> {ok, {0, 0}};
change_field(tif, {gtd, _} = Value) -> time_in_force(Value);
change_field(tif, _) -> {expected, "{gtd, TimeNs}: the time in force stays, only its end can move"};
change_field(Field, Value) -> field(Field, Value).

time_in_force(gtc) -> {ok, {0, 0}};
time_in_force(day) -> {ok, {1, 0}};
time_in_force({gtd, Time}) when is_integer(Time), Time > 0, Time =< ?MAX_INT64 -> {ok, {2, Time}};
time_in_force(ioc) -> {ok, {3, 0}};
time_in_force(fok) -> {ok, {4, 0}};
time_in_force(_) -> {expected, "gtc, day, {gtd, TimeNs}, ioc or fok"}.

%% @doc Whether an order may have this id.
-spec is_id(term()) -> boolean().
is_id(Value) -> is_binary(Value) andalso Value =/= <<>> andalso byte_size(Value) =< ?MAX_ID_BYTES.

%% @doc Whether an order may be addressed by this: its id, or of an attached order its name.
-spec is_name(term()) -> boolean().
is_name(Value) when is_binary(Value), byte_size(Value) > ?MAX_ID_BYTES, byte_size(Value) =< ?MAX_ID_BYTES + 3 ->
    End = binary:part(Value, byte_size(Value), -3),
    End =:= <<".sl">> orelse End =:= <<".tp">>;
is_name(Value) -> is_id(Value).

%% @doc The engine names the field that it refuses; its value is the caller's.
-spec with_value(Answer, Order :: map()) -> Answer when Answer :: term().
with_value({error, {bad_order, #{field := expires} = Details}}, #{tif := Value}) ->
    {error, {bad_order, Details#{value => Value}}};
with_value({error, {bad_order, #{field := Field} = Details}}, Order) when is_map_key(Field, Order) ->
    {error, {bad_order, Details#{value => map_get(Field, Order)}}};
with_value(Answer, _) -> Answer.
