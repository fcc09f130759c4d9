%% @private The trading terms among an instrument's options ▶ the positional arguments of the native function.
%% Names are those of scenario files, see docs/trading.md.
-module(fxaot_instrument_terms).

-export([names/0, terms/1, all/1]).

-export_type([terms/0]).

-define(MAX_INT64, 16#7FFFFFFFFFFFFFFF).
-define(MAX_TIERS, 8).
-define(MAX_AMOUNT, 1000000000000).
%% Of swap and commission, in their units.
-define(MAX_RATE, 1000000).
-define(MAX_HOLIDAYS, 10000).
%% Of 1970-01-01.
-define(GREGORIAN_1970, 719528).
-define(DAYS, [monday, tuesday, wednesday, thursday, friday]).

-type terms() ::
        #{margin_rate => number(),               % 1 / leverage
          margin_tiers => [#{above := number(), rate := number()}], % of the notional's part above
          max_position => pos_integer(),         % the account's limit
          minimum_stop_distance => non_neg_integer(), % steps
          hours => forex | binary(),             % a session in New York's time; else always open
          triple_day => monday | tuesday | wednesday | thursday | friday,
          swap_mode => points | currency | percent | rates, swap_days => 360 | 365,
          swap_rates => #{base := number(), quote := number(), markup => number()}, % percent a year
          %% Of its currencies; or those of some currencies in a calendar file.
          holidays => [calendar:date()] | {file, file:name_all(), [Currency :: atom()]},
          swap_long => number(), swap_short => number(), % positive is paid out
          commission => #{per_lot := number(), currency => atom()} | #{per_million := number()}
                      | #{percent := number()}}. % each with minimum => number(), of a fill

%% @doc The names of these options.
-spec names() -> [atom()].
names() -> maps:keys(defaults()).

defaults() ->
    #{margin_rate => usual, margin_tiers => [], max_position => usual, minimum_stop_distance => 0,
      hours => usual, triple_day => usual, swap_mode => points, swap_days => 360, swap_long => 0,
      swap_short => 0, swap_rates => none, holidays => [], commission => none}.

%% @doc The terms in their native order; `none' if an instrument's options have none of them.
-spec terms(map()) -> {ok, tuple()} | none | fxaot_terms:error().
terms(Spec) ->
    case maps:with(names(), Spec) of
        None when map_size(None) =:= 0 -> none;
        Given -> all(Given)
    end.

%% @doc The same of a map that has no other options.
-spec all(map()) -> {ok, tuple()} | fxaot_terms:error().
all(Terms) ->
    case {maps:get(swap_mode, Terms, points) =:= rates, is_map_key(swap_rates, Terms)} of
        {Same, Same} -> fxaot_terms:checked(bad_instrument, Terms, defaults(), fun option/2, fun positional/1);
        {true, false} -> {error, {bad_instrument, #{option => swap_rates, value => none, expected => rates()}}};
        {false, true} ->
            {error, {bad_instrument, #{option => swap_mode, value => maps:get(swap_mode, Terms, points),
                                       expected => "rates, since there are swap_rates"}}}
    end.

positional(#{margin_rate := Rate, margin_tiers := Tiers, max_position := Position,
             minimum_stop_distance := Distance, hours := Hours, triple_day := Day, swap_mode := Mode,
             swap_days := Days, swap_long := Long, swap_short := Short,
             commission := {Kind, Commission, Minimum, Currency}, swap_rates := Rates, holidays := Holidays}) ->
    {Rate, Tiers, Position, Distance, Hours, Day, Mode, Days, Long, Short, Kind, Commission, Minimum, Currency,
     Rates, Holidays}.

option(hours, usual) -> {ok, <<>>};
option(hours, forex) -> {ok, <<"forex">>};
option(hours, Value) -> hours(Value);
option(_, usual) -> {ok, 0};
option(margin_rate, Value) -> rate(Value, "a margin rate above 0 and at most 1, such as 0.02");
option(margin_tiers, Value) -> tiers(Value);
option(max_position, Value) -> fxaot_terms:whole(Value, 1, ?MAX_INT64);
option(minimum_stop_distance, Value) -> fxaot_terms:whole(Value, 0, ?MAX_INT64);
option(triple_day, Value) ->
    case fxaot_terms:one_of(Value, ?DAYS) of
        {ok, Number} -> {ok, Number + 1};
        Expected -> Expected
    end;
option(swap_mode, Value) -> fxaot_terms:one_of(Value, [points, currency, percent, rates]);
option(swap_days, Value) when Value =:= 360; Value =:= 365 -> {ok, Value};
option(swap_days, _) -> {expected, "360 or 365"};
option(commission, Value) -> commission(Value);
option(swap_rates, Value) -> swap_rates(Value);
option(holidays, Value) -> holidays(Value);
option(Swap, Value) when Swap =:= swap_long; Swap =:= swap_short ->
    case is_number(Value) andalso abs(Value) =< ?MAX_RATE of
        true -> {ok, fxaot_account_terms:micro(Value)};
        false -> {expected, "a number, such as -6.5"}
    end.

%% Millionths.
swap_rates(none) -> {ok, {0, 0, 0}};
swap_rates(#{base := Base, quote := Quote} = Rates) ->
    Markup = maps:get(markup, Rates, 0),
    IsRate = fun(Value) -> is_number(Value) andalso abs(Value) =< ?MAX_RATE end,
    case lists:all(IsRate, [Base, Quote, Markup]) andalso Markup >= 0
        andalso map_size(maps:without([base, quote, markup], Rates)) =:= 0 of
        true -> {ok, list_to_tuple([fxaot_account_terms:micro(Value) || Value <- [Base, Quote, Markup]])};
        false -> {expected, rates()}
    end;
swap_rates(_) -> {expected, rates()}.

rates() -> "#{base => Percent, quote => Percent, markup => Percent}, the markup from 0".

%% As 32-bit days since 1970, which grow.
holidays({file, File, Currencies}) ->
    case fxaot_calendar:read(File, Currencies) of
        {ok, Dates} -> holidays(Dates);
        Expected -> Expected
    end;
holidays(Dates) ->
    try lists:usort([day(Date) || Date <- Dates]) of
        Days when length(Days) =< ?MAX_HOLIDAYS -> {ok, << <<Day:32/native-signed>> || Day <- Days >>};
        _ -> bad_holidays()
    catch error:_ -> bad_holidays()
    end.

%% From OTP 29 on the number of days is counted even for a date that does not exist.
day(Date) ->
    true = calendar:valid_date(Date),
    calendar:date_to_gregorian_days(Date) - ?GREGORIAN_1970.

bad_holidays() -> {expected, "at most 10000 dates {Year, Month, Day}, or {file, Path, [Currency]}"}.

rate(Value, _) when is_number(Value), Value > 0, Value =< 1 -> {ok, max(1, fxaot_account_terms:fraction(Value))};
rate(_, Expected) -> {expected, Expected}.

hours(Value) when is_binary(Value), byte_size(Value) < 64 ->
    case Value =:= <<"forex">> orelse fxaot_eval_time:session(Value) =/= none of
        true -> {ok, Value};
        false -> bad_hours()
    end;
hours(_) -> bad_hours().

bad_hours() -> {expected, "forex, or a session in New York's time such as <<\"1700-1700:23456\">>"}.

%% Above grows from tier to tier.
tiers(List) when is_list(List) ->
    try tiers(List, 0, []) catch error:_ -> bad_tiers() end;
tiers(_) -> bad_tiers().

tiers([], _, Tiers) when length(Tiers) =< ?MAX_TIERS -> {ok, lists:reverse(Tiers)};
tiers([#{above := Above, rate := Rate} = Tier | Rest], Before, Tiers)
  when map_size(Tier) =:= 2, is_number(Above), Above > Before, Above =< ?MAX_AMOUNT ->
    {ok, Billionths} = rate(Rate, ""),
    tiers(Rest, Above, [{fxaot_account_terms:micro(Above), Billionths} | Tiers]);
tiers(_, _, _) -> bad_tiers().

bad_tiers() ->
    {expected, "at most 8 of #{above => Notional, rate => Rate}, each above the one before, rates above 0 and "
               "at most 1"}.

%% Kind, value and minimum in millionths, currency.
commission(none) -> {ok, {0, 0, 0, <<>>}};
commission(#{per_lot := Value} = Terms) -> commission(0, Value, maps:remove(per_lot, Terms));
commission(#{per_million := Value} = Terms) -> commission(1, Value, maps:remove(per_million, Terms));
commission(#{percent := Value} = Terms) -> commission(2, Value, maps:remove(percent, Terms));
commission(_) -> bad_commission().

commission(Kind, Value, Rest) ->
    Minimum = maps:get(minimum, Rest, 0),
    Currency = case Rest of
                   #{currency := Name} when Kind =:= 0 -> fxaot_terms:currency(Name);
                   #{currency := _} -> error;
                   #{} -> {ok, <<>>}
               end,
    case {maps:keys(maps:without([minimum, currency], Rest)), Currency} of
        {[], {ok, Text}} when is_number(Value), Value >= 0, Value =< ?MAX_RATE, is_number(Minimum), Minimum >= 0,
                              Minimum =< ?MAX_RATE ->
            {ok, {Kind, fxaot_account_terms:micro(Value), fxaot_account_terms:micro(Minimum), Text}};
        _ -> bad_commission()
    end.

bad_commission() ->
    {expected, "#{per_lot => Amount, currency => Currency}, #{per_million => Amount} or #{percent => Percent}, "
               "each with minimum => Amount if there is one, amounts from 0"}.
