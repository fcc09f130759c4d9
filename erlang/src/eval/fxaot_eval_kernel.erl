%% @private The functions with state, `ta.*', `math.sum', `fixnan': their arguments, and which module
%% has their definition.
-module(fxaot_eval_kernel).

-export([arguments/1, results/1, type/1, make/2, step/4, is_length/2, repeats_skipped_bars/1,
         extreme/2, extreme_step/3]).

-export_type([kernel/0, state/0, known/0]).

-include("fxaot_eval.hrl").

-type kernel() :: atom().
-type state() :: term().
%% An argument's value where it is known before the first bar.
-type known() :: value() | unknown.

-define(LONGEST, 5000).

-spec arguments(kernel()) -> [atom()].
arguments(K) when K =:= swma; K =:= cum; K =:= max; K =:= min; K =:= fixnan -> [source];
arguments(alma) -> [source, length, offset, sigma, floor];
arguments(linreg) -> [source, length, offset];
arguments(K) when K =:= stdev; K =:= variance -> [source, length, biased];
arguments(K) when K =:= percentile_linear_interpolation; K =:= percentile_nearest_rank ->
    [source, length, percentage];
arguments(correlation) -> [source1, source2, length];
arguments(macd) -> [source, fastlen, slowlen, siglen];
arguments(stoch) -> [source, high, low, length];
arguments(tsi) -> [source, short_length, long_length];
arguments(K) when K =:= wpr; K =:= atr -> [length];
arguments(K) when K =:= bb; K =:= bbw -> [series, length, mult];
arguments(K) when K =:= kc; K =:= kcw -> [series, length, mult, use_true_range];
arguments(tr) -> [handle_na];
arguments(dmi) -> [di_length, adx_smoothing];
arguments(supertrend) -> [factor, atr_period];
arguments(sar) -> [start, inc, max];
arguments(K) when K =:= cross; K =:= crossover; K =:= crossunder -> [source1, source2];
arguments(barssince) -> [condition];
arguments(valuewhen) -> [condition, source, occurrence];
arguments(K) when K =:= pivothigh; K =:= pivotlow -> [source, leftbars, rightbars];
arguments(vwap) -> [source, anchor];
arguments(vwap_bands) -> [source, anchor, stdev_mult];
arguments(timeframe_change) -> [timeframe];
arguments(K) when K =:= obv; K =:= accdist; K =:= nvi; K =:= pvi; K =:= pvt; K =:= wad; K =:= wvad;
                  K =:= iii -> [];
arguments(_) -> [source, length].

%% @doc macd: line, signal, histogram. bb, kc, vwap_bands: middle, upper, lower. dmi: +DI, −DI, ADX.
%% supertrend: line, direction.
-spec results(kernel()) -> 1..3.
results(K) when K =:= macd; K =:= bb; K =:= kc; K =:= dmi; K =:= vwap_bands -> 3;
results(supertrend) -> 2;
results(_) -> 1.

%% @doc Of the first result.
-spec type(kernel()) -> bool | number.
type(K) when K =:= cross; K =:= crossover; K =:= crossunder; K =:= rising; K =:= falling;
             K =:= timeframe_change -> bool;
type(_) -> number.

%% @doc Whether an argument is a length that must be from 1 to 5,000.
-spec is_length(kernel(), Argument :: atom()) -> boolean().
is_length(K, _) when K =:= change; K =:= mom; K =:= roc -> false;
is_length(_, Argument) ->
    lists:member(Argument, [length, fastlen, slowlen, siglen, short_length, long_length, di_length,
                            adx_smoothing, atr_period]).

%% @doc Whether a call in a branch counts a bar on which the branch was not taken as one with the
%% last call's values.
-spec repeats_skipped_bars(kernel()) -> boolean().
repeats_skipped_bars(Kernel) ->
    lists:member(Kernel, [wma, swma, alma, change, mom, roc, stoch, wpr, percentrank, dev, cog,
                          pivothigh, pivotlow, highest, lowest, highestbars, lowestbars]).

%% @doc The state before the first bar; `not_constant' where an argument must be known and is not.
-spec make(kernel(), [known()]) -> {ok, {module(), state()}} | not_constant.
make(Kernel, Known) -> make([fxaot_eval_average, fxaot_eval_rank, fxaot_eval_range, fxaot_eval_event], Kernel, Known).

make([Module | Rest], Kernel, Known) ->
    case Module:make(Kernel, Known) of
        none when Rest =/= [] -> make(Rest, Kernel, Known);
        not_constant -> not_constant;
        State -> {ok, {Module, State}}
    end.

%% @doc One bar. Answers the result, or a tuple of several.
-spec step(kernel(), {module(), state()}, [value()], #candle{}) ->
          {value() | tuple(), {module(), state()}}.
step(Kernel, {Module, State}, Arguments, Candle) ->
    {Result, Next} = Module:step(Kernel, State, Arguments, Candle),
    {Result, {Module, Next}}.

%% ---- highest and lowest in a branch -------------------------------------------

%% TradingView keeps the values in N + 1 slots, by the number of the bar, and writes a slot only when
%% the function is called: on a bar without a call the slot still has its value of N + 1 bars before,
%% or 0. The extreme is kept from call to call, and searched for anew once it is N bars old.

%% @doc For `highest', `lowest', `highestbars', `lowestbars' with a known length.
-spec extreme(kernel(), Length :: value()) -> state().
extreme(Kernel, Length) ->
    Which = case Kernel of
                highest -> highest;
                highestbars -> highest;
                _ -> lowest
            end,
    {Which, max(1, fxaot_eval_number:whole(Length)), 0.0, none, #{}}.

%% @doc The extreme and how many bars ago it was, as 0 or a negative number.
-spec extreme_step(state(), value(), Bar :: non_neg_integer()) -> {{value(), value()}, state()}.
extreme_step({Which, N, Best, Place, Slots0}, X, Bar) ->
    Slots = Slots0#{Bar rem (N + 1) => X},
    {Best1, Place1} =
        case X of
            na -> {Best, none};
            _ when Place =:= none -> {X, Bar};
            _ ->
                case is_beyond(Which, X, Best) of
                    true -> {X, Bar};
                    false when Bar - Place >= N -> search(Which, N, Slots, Bar, 1, X, Bar);
                    false -> {Best, Place}
                end
        end,
    Result = case Place1 of
                 _ when Bar < N - 1 -> {na, na};
                 none -> {na, 0.0};
                 _ -> {Best1, float(Place1 - Bar)}
             end,
    {Result, {Which, N, Best1, Place1, Slots}}.

%% The oldest extreme of the newest N slots up to a na.
search(Which, N, Slots, Bar, Older, Best, Place) when Older < N, Older =< Bar ->
    case maps:get((Bar - Older) rem (N + 1), Slots, 0.0) of
        na -> {Best, Place};
        X ->
            case X == Best orelse is_beyond(Which, X, Best) of
                true -> search(Which, N, Slots, Bar, Older + 1, X, Bar - Older);
                false -> search(Which, N, Slots, Bar, Older + 1, Best, Place)
            end
    end;
search(_, _, _, _, _, Best, Place) -> {Best, Place}.

is_beyond(highest, X, Best) -> fxaot_eval_number:above(X, Best);
is_beyond(lowest, X, Best) -> fxaot_eval_number:above(Best, X).
