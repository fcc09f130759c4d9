%% @private The options `account', `risk', `venue' and `gateway' of an engine ▶ the positional arguments that the native
%% functions take. Names are those of scenario files, see docs/trading.md.
%%
%% Every function is total: a wrong value is `{error, {Reason, Details}}', whatever the term.
-module(fxaot_account_terms).

-export([option_names/0, check/1, apply/2, limited/3]).
-export([account/1, risk/1, venue/1, fraction/1, micro/1]).

-export_type([account/0, risk/0, venue/0]).

-define(MAX_INT64, 16#7FFFFFFFFFFFFFFF).
-define(MAX_UINT64, 16#FFFFFFFFFFFFFFFF).
-define(MAX_UINT32, 16#FFFFFFFF).
%% In units of the account currency, so that micro-units stay far from 2^63.
-define(MAX_AMOUNT, 1000000000000).
%% Of a margin level, and of what new orders may use.
-define(MAX_LEVEL, 100).
-define(MAX_MS, 31536000000).
-define(DAY_MS, 86400000).
-define(MAX_STEPS, 1000000).
-define(MAX_RATE, 1000000).
-define(MS_NS, 1000000).

-type account() ::
        #{leverage => 1..500,                    % 50
          mode => netting | hedging,             % netting
          margin_mode => sum | max | net,        % sum: of hedged tickets
          margin_price => mid | entry,           % mid
          conversion => mid | side,              % mid
          liquidation => largest_loss | largest_margin | oldest | all | partial, % largest_loss
          negative_balance_protection => boolean(), % false
          fifo => boolean(),                     % false
          new_orders => number(),                % 1.0: margin used may be equity / this
          margin_call => number(),               % 0.5, a margin level
          stop_out => number()}.                 % 0.2, a margin level; 0: never

%% Limits are off unless given.
-type risk() ::
        #{max_quote_age_ms => pos_integer(), max_spread => pos_integer(), collar => number(),
          max_order_quantity => pos_integer(), max_order_notional => number(),
          max_position => pos_integer() | #{Symbol :: atom() => pos_integer()}, % by symbol: of engines alone
          max_currency_notional => number(),
          max_positions => pos_integer(), max_orders => pos_integer(),
          order_rate => #{count := pos_integer(), per_ms := pos_integer()},
          daily_loss => number(), max_drawdown => number(), max_losing_trades => pos_integer(),
          halt_keeps_protection => boolean()}.   % true

-type venue() ::
        #{latency_ms => non_neg_integer(), slippage => non_neg_integer(),
          slippage_of_spread => number(), random_slippage => non_neg_integer(),
          reject_probability => number(), seed => non_neg_integer(), ignore_sizes => boolean()}.

-type error() :: fxaot_terms:error().

%% @doc The options of an engine that are described here.
-spec option_names() -> [account | risk | venue | gateway].
option_names() -> [account, risk, venue, gateway].

%% @doc Whether an engine's options of trading are right.
-spec check(Options :: map()) -> ok | error().
check(Options) ->
    each(fun(Name, Terms) ->
                 case positional(Name, Terms) of
                     {ok, _} -> ok;
                     Error -> Error
                 end
         end, Options).

%% @doc Gives a new engine the terms that its options name.
-spec apply(fxaot_nif:handle(), Options :: map()) -> ok | fxaot:error().
apply(Engine, Options) ->
    each(fun(account, Terms) -> fxaot_nif:set_account(Engine, Terms);
            (risk, Terms) ->
                 case for_all(Terms) of
                     {ok, Risk} -> fxaot_nif:set_risk(Engine, Risk);
                     Error -> Error
                 end;
            (venue, paper) -> ok;
            (venue, gateway) -> fxaot_nif:set_gateway(Engine, up);
            (venue, Terms) when is_map(Terms) -> fxaot_nif:set_venue(Engine, Terms);
            (venue, Other) -> bad_venue(Other);
            (gateway, Gateway) ->
                 case fxaot_gateway:check(Gateway) of
                     ok -> fxaot_nif:set_gateway(Engine, down);
                     Error -> Error
                 end
         end, Options).

each(_, #{gateway := _, venue := Venue}) when Venue =/= gateway ->
    {error, {bad_option, #{option => venue, value => Venue, expected => "left out with the option gateway"}}};
each(Do, Options) ->
    each(Do, Options, [Name || Name <- option_names(), is_map_key(Name, Options)]).

each(_, _, []) -> ok;
each(Do, Options, [Name | Rest]) ->
    case Options of
        #{Name := Terms} when is_map(Terms); Name =:= venue, is_atom(Terms); Name =:= gateway ->
            case Do(Name, Terms) of
                ok -> each(Do, Options, Rest);
                Error -> Error
            end;
        #{Name := Value} ->
            {error, {bad_option, #{option => Name, value => Value, expected => "a map, see docs/trading.md"}}}
    end.

positional(account, Terms) -> account(Terms);
positional(risk, Terms) ->
    case for_all(Terms) of
        {ok, Risk} -> risk(Risk);
        Error -> Error
    end;
positional(gateway, Gateway) ->
    case fxaot_gateway:check(Gateway) of
        ok -> {ok, {}};
        Error -> Error
    end;
positional(venue, paper) -> {ok, {}};
positional(venue, gateway) -> {ok, {}};
positional(venue, Terms) when is_map(Terms) -> venue(Terms);
positional(venue, Other) -> bad_venue(Other).

bad_venue(Other) ->
    {error, {bad_option, #{option => venue, value => Other, expected => "paper, gateway or a map"}}}.

%% `max_position' may be by symbol: then it is each instrument's own.
for_all(#{max_position := Limits} = Risk) when is_map(Limits) ->
    case [Limit || {Symbol, Limit} <- maps:to_list(Limits),
                   not is_atom(Symbol) orelse element(1, fxaot_terms:whole(Limit, 1, ?MAX_INT64)) =/= ok] of
        [] -> {ok, maps:remove(max_position, Risk)};
        _ -> {error, {bad_option, #{option => max_position, value => Limits,
                                    expected => "a whole number from 1, or a map of symbols to such numbers"}}}
    end;
for_all(Risk) -> {ok, Risk}.

%% @doc An instrument's options with the limit that the engine's option `risk' has for it.
-spec limited(Symbol :: atom(), Spec :: map(), Options :: map()) -> Spec :: map().
limited(Symbol, Spec, #{risk := #{max_position := Limits}}) when is_map_key(Symbol, Limits) ->
    maps:merge(#{max_position => map_get(Symbol, Limits)}, Spec);
limited(_, Spec, _) -> Spec.

%% ---- the account --------------------------------------------------------------

%% @doc The account's terms in their native order; levels in billionths.
-spec account(map()) -> {ok, tuple()} | error().
account(Terms) ->
    Defaults = #{leverage => 50, mode => netting, margin_mode => sum, margin_price => mid, conversion => mid,
                 liquidation => largest_loss, negative_balance_protection => false, fifo => false,
                 new_orders => 1.0, margin_call => 0.5, stop_out => 0.2},
    Checked = fxaot_terms:checked(bad_option, Terms, Defaults, fun account_option/2,
                                  fun account_places/1),
    case Checked of
        {ok, Places} when element(11, Places) > element(10, Places) ->
            {error, {bad_option, #{option => stop_out, value => maps:get(stop_out, Terms, 0.2),
                                   expected => "at most margin_call"}}};
        _ -> Checked
    end.

account_places(#{leverage := Leverage, mode := Mode, margin_mode := MarginMode, margin_price := MarginPrice,
                 conversion := Conversion, liquidation := Liquidation, negative_balance_protection := Protection,
                 fifo := Fifo, new_orders := New, margin_call := Call, stop_out := Out}) ->
    {Leverage, Mode, MarginMode, MarginPrice, Conversion, Liquidation, Protection, Fifo, New, Call, Out}.

account_option(leverage, Value) -> fxaot_terms:whole(Value, 1, 500);
account_option(mode, Value) -> fxaot_terms:one_of(Value, [netting, hedging]);
account_option(margin_mode, Value) -> fxaot_terms:one_of(Value, [sum, max, net]);
account_option(margin_price, Value) -> fxaot_terms:one_of(Value, [mid, entry]);
account_option(conversion, Value) -> fxaot_terms:one_of(Value, [mid, side]);
account_option(liquidation, Value) ->
    fxaot_terms:one_of(Value, [largest_loss, largest_margin, oldest, all, partial]);
account_option(new_orders, Value) when is_number(Value), Value > 0, Value =< ?MAX_LEVEL ->
    {ok, max(1, fraction(Value))};
account_option(new_orders, _) -> {expected, "a margin level above 0, such as 1.0"};
account_option(Level, Value) when Level =:= margin_call; Level =:= stop_out ->
    case is_number(Value) andalso Value >= 0 andalso Value =< ?MAX_LEVEL of
        true -> {ok, fraction(Value)};
        false -> {expected, "a margin level from 0, such as 0.5"}
    end;
account_option(_, Value) -> fxaot_terms:flag(Value).

%% ---- risk ---------------------------------------------------------------------

%% @doc The limits in their native order; 0 for one that is off.
-spec risk(map()) -> {ok, tuple()} | error().
risk(Terms) ->
    Defaults = #{max_quote_age_ms => off, max_spread => off, collar => off, max_order_quantity => off,
                 max_order_notional => off, max_position => off, max_currency_notional => off,
                 max_positions => off, max_orders => off, order_rate => off, daily_loss => off,
                 max_drawdown => off, max_losing_trades => off, halt_keeps_protection => true},
    fxaot_terms:checked(bad_option, Terms, Defaults, fun risk_option/2,
                        fun(#{max_quote_age_ms := Age, max_spread := Spread, collar := Collar,
                              max_order_quantity := Quantity, max_order_notional := Notional,
                              max_position := Position, max_currency_notional := Currency,
                              max_positions := Positions, max_orders := Orders, order_rate := Rate,
                              daily_loss := Loss, max_drawdown := Drawdown, max_losing_trades := Losing,
                              halt_keeps_protection := Keeps}) ->
                                {Count, Per} = rate(Rate),
                                {Age * ?MS_NS, Spread, Collar, Quantity, Notional, Position, Currency, Positions,
                                 Orders, Count, Per, Loss, Drawdown, Losing, 1 - Keeps}
                        end).

rate(0) -> {0, 0};
rate(Rate) -> Rate.

risk_option(halt_keeps_protection, Value) -> fxaot_terms:flag(Value);
risk_option(_, off) -> {ok, 0};
risk_option(max_quote_age_ms, Value) -> fxaot_terms:whole(Value, 1, ?MAX_MS);
risk_option(max_spread, Value) -> fxaot_terms:whole(Value, 1, ?MAX_INT64);
risk_option(Fraction, Value) when Fraction =:= collar; Fraction =:= max_drawdown -> share(Value);
risk_option(Amount, Value)
  when Amount =:= max_order_notional; Amount =:= max_currency_notional; Amount =:= daily_loss ->
    amount(Value);
risk_option(Count, Value) when Count =:= max_positions; Count =:= max_orders; Count =:= max_losing_trades ->
    fxaot_terms:whole(Value, 1, ?MAX_UINT32);
risk_option(order_rate, #{count := Count, per_ms := Per} = Rate)
  when map_size(Rate) =:= 2, is_integer(Count), Count > 0, Count =< ?MAX_RATE,
       is_integer(Per), Per > 0, Per =< ?MAX_MS ->
    {ok, {Count, Per * ?MS_NS}};
risk_option(order_rate, _) ->
    {expected, "#{count => Orders, per_ms => Milliseconds}, whole numbers from 1, at most 1000000 orders"};
risk_option(_, Value) -> fxaot_terms:whole(Value, 1, ?MAX_INT64).

share(Value) when is_number(Value), Value > 0, Value =< 1 -> {ok, max(1, fraction(Value))};
share(_) -> {expected, "a fraction above 0 and at most 1, such as 0.1"}.

amount(Value) when is_number(Value), Value > 0, Value =< ?MAX_AMOUNT -> {ok, max(1, micro(Value))};
amount(_) -> {expected, "an amount above 0 in the account currency"}.

%% ---- the venue ----------------------------------------------------------------

%% @doc The venue's terms in their native order.
-spec venue(map()) -> {ok, tuple()} | error().
venue(Terms) ->
    Defaults = #{latency_ms => 0, slippage => 0, slippage_of_spread => 0, random_slippage => 0,
                 reject_probability => 0, seed => 0, ignore_sizes => false},
    fxaot_terms:checked(bad_option, Terms, Defaults, fun venue_option/2,
                        fun(#{latency_ms := Latency, slippage := Slippage, slippage_of_spread := OfSpread,
                              random_slippage := Random, reject_probability := Reject, seed := Seed, ignore_sizes := Ignore}) ->
                                {Latency * ?MS_NS, Slippage, OfSpread, Random, Reject, Seed, Ignore}
                        end).

venue_option(latency_ms, Value) -> fxaot_terms:whole(Value, 0, ?DAY_MS);
venue_option(seed, Value) -> fxaot_terms:whole(Value, 0, ?MAX_UINT64);
venue_option(slippage_of_spread, Value) when is_number(Value), Value >= 0, Value =< ?MAX_LEVEL ->
    {ok, fraction(Value)};
venue_option(slippage_of_spread, _) -> {expected, "a fraction of the spread from 0, such as 0.5"};
venue_option(reject_probability, Value) when is_number(Value), Value >= 0, Value =< 1 -> {ok, fraction(Value)};
venue_option(reject_probability, _) -> {expected, "a probability from 0 to 1"};
venue_option(ignore_sizes, false) -> {ok, 0};
venue_option(ignore_sizes, true) -> {ok, 1};
venue_option(ignore_sizes, _) -> {expected, "true or false"};
venue_option(_, Value) -> fxaot_terms:whole(Value, 0, ?MAX_STEPS).

%% ---- units --------------------------------------------------------------------

%% @doc Billionths.
-spec fraction(number()) -> integer().
fraction(Value) -> round(Value * 1000000000).

%% @doc Micro-units of an amount in a currency.
-spec micro(number()) -> integer().
micro(Value) -> round(Value * 1000000).
