%% @private What the numbers in a program's binary form stand for. A name's place in its tuple is its
%% number; new ones only ever come at the end.
-module(fxaot_eval_names).

-export([kernels/0, fields/0, symbol_fields/0, timeframe_fields/0, trade_fields/0,
         binary_operators/0, functions/0, arity/1]).

-spec kernels() -> tuple().
kernels() ->
    {sma, ema, rma, wma, vwma, hma, swma, alma, linreg, stdev, variance, dev, median, mode,
     percentile_linear_interpolation, percentile_nearest_rank, percentrank, correlation, cog, rsi,
     macd, stoch, cci, cmo, mfi, mom, roc, tsi, wpr, rci, bb, bbw, kc, kcw, atr, tr, dmi,
     supertrend, sar, highest, lowest, highestbars, lowestbars, range, change, cum, cross,
     crossover, crossunder, rising, falling, barssince, valuewhen, pivothigh, pivotlow, vwap, obv,
     accdist, nvi, pvi, pvt, wad, wvad, iii, max, min, sum, fixnan, vwap_bands, timeframe_change}.

-spec fields() -> tuple().
fields() ->
    {open, high, low, close, volume, hl2, hlc3, ohlc4, hlcc4, time, time_close, time_trading_day,
     index, last_index, last_time, now, is_first, is_last, is_history, is_realtime, is_new,
     is_confirmed, is_last_confirmed_history, is_market, is_premarket, is_postmarket,
     is_session_first, is_session_last, year, month, week_of_year, day_of_month, day_of_week, hour,
     minute, second}.

-spec symbol_fields() -> tuple().
symbol_fields() ->
    {mintick, point_value, min_contract, price_scale, min_move, ticker_id, ticker, prefix, root,
     description, type, session, timezone, currency, base_currency, country, sector, industry,
     volume_type, account_currency, main_ticker_id}.

-spec timeframe_fields() -> tuple().
timeframe_fields() ->
    {period, main_period, multiplier, is_intraday, is_minutes, is_seconds, is_ticks, is_dwm,
     is_daily, is_weekly, is_monthly, seconds, short_period}.

-spec trade_fields() -> tuple().
trade_fields() ->
    {entry_id, exit_id, entry_comment, exit_comment, entry_bar, exit_bar, entry_time, exit_time,
     entry_price, exit_price, size, profit, profit_percent, commission, max_runup,
     max_runup_percent, max_drawdown, max_drawdown_percent}.

-spec binary_operators() -> tuple().
binary_operators() ->
    {add, subtract, multiply, divide, remainder, divide_integers, less, less_or_equal, greater,
     greater_or_equal, equal, not_equal}.

-spec functions() -> tuple().
functions() ->
    {abs, ceil, floor, sqrt, exp, log, log10, sin, cos, tan, asin, acos, atan, sign, to_degrees,
     to_radians, round, round_to, round_to_mintick, pow, max, min, avg, nz, color_new, color_rgb,
     color_red, color_green, color_blue, color_transparency, color_from_gradient, concatenate,
     text_of_number, text_of_number_formatted, text_of_bool, text_format, text_format_time,
     text_length, text_contains, text_position, text_substring, text_replace, text_replace_all,
     text_upper, text_lower, text_trim, text_repeat, text_starts_with, text_ends_with,
     text_to_number, time, time_close, year, month, week_of_year, day_of_month, day_of_week, hour,
     minute, second, timestamp, timeframe_seconds, timeframe_from_seconds,
     timestamp_of_text}.

%% @doc A function's fewest and most arguments.
-spec arity(atom()) -> {non_neg_integer(), non_neg_integer()}.
arity(F) when F =:= max; F =:= min; F =:= avg -> {2, 255};
arity(text_format) -> {1, 255};
arity(F) -> exactly(fixed_arity(F)).

exactly(N) -> {N, N}.

fixed_arity(F) ->
    Two = [round_to, pow, nz, color_new, concatenate, text_of_number_formatted, text_contains,
           text_position, text_starts_with, text_ends_with, year, month, week_of_year, day_of_month,
           day_of_week, hour, minute, second],
    Three = [time, time_close, text_format_time, text_substring, text_replace_all, text_repeat],
    case {lists:member(F, Two), lists:member(F, Three)} of
        {true, _} -> 2;
        {_, true} -> 3;
        _ when F =:= color_rgb; F =:= text_replace -> 4;
        _ when F =:= color_from_gradient -> 5;
        _ when F =:= timestamp -> 7;
        _ -> 1
    end.
