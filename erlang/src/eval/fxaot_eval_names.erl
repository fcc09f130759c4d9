%% @private What the numbers in a program's binary form stand for, and how the functions are called.
%% Made by scripts/catalogue from Sources/StrategyIR/Catalogue: change the rows there.
%% Longer than a file should be: one table for each enumeration of the format.
-module(fxaot_eval_names).

-export([kernels/0, kernel_arguments/1, kernel_lengths/1, kernel_results/1, kernel_type/1,
         repeats_skipped_bars/1, fields/0, symbol_fields/0, timeframe_fields/0, trade_fields/0,
         binary_operators/0, functions/0, arity/1, objects/0, object_arity/1, object_name/1]).

-spec kernels() -> tuple().
kernels() ->
    {sma, ema, rma, wma, vwma, hma, swma, alma, linreg, stdev, variance, dev, median, mode,
     percentile_linear_interpolation, percentile_nearest_rank, percentrank, correlation, cog, rsi,
     macd, stoch, cci, cmo, mfi, mom, roc, tsi, wpr, rci, bb, bbw, kc, kcw, atr, tr, dmi,
     supertrend, sar, highest, lowest, highestbars, lowestbars, range, change, cum, cross,
     crossover, crossunder, rising, falling, barssince, valuewhen, pivothigh, pivotlow, vwap, obv,
     accdist, nvi, pvi, pvt, wad, wvad, iii, max, min, sum, fixnan, vwap_bands,
     timeframe_change}.

-spec kernel_arguments(atom()) -> [atom()].
kernel_arguments(sma) -> [source, length];
kernel_arguments(ema) -> [source, length];
kernel_arguments(rma) -> [source, length];
kernel_arguments(wma) -> [source, length];
kernel_arguments(vwma) -> [source, length];
kernel_arguments(hma) -> [source, length];
kernel_arguments(swma) -> [source];
kernel_arguments(alma) -> [series, length, offset, sigma, floor];
kernel_arguments(linreg) -> [source, length, offset];
kernel_arguments(stdev) -> [source, length, biased];
kernel_arguments(variance) -> [source, length, biased];
kernel_arguments(dev) -> [source, length];
kernel_arguments(median) -> [source, length];
kernel_arguments(mode) -> [source, length];
kernel_arguments(percentile_linear_interpolation) -> [source, length, percentage];
kernel_arguments(percentile_nearest_rank) -> [source, length, percentage];
kernel_arguments(percentrank) -> [source, length];
kernel_arguments(correlation) -> [source1, source2, length];
kernel_arguments(cog) -> [source, length];
kernel_arguments(rsi) -> [source, length];
kernel_arguments(macd) -> [source, fastlen, slowlen, siglen];
kernel_arguments(stoch) -> [source, high, low, length];
kernel_arguments(cci) -> [source, length];
kernel_arguments(cmo) -> [series, length];
kernel_arguments(mfi) -> [series, length];
kernel_arguments(mom) -> [source, length];
kernel_arguments(roc) -> [source, length];
kernel_arguments(tsi) -> [source, short_length, long_length];
kernel_arguments(wpr) -> [length];
kernel_arguments(rci) -> [source, length];
kernel_arguments(bb) -> [series, length, mult];
kernel_arguments(bbw) -> [series, length, mult];
kernel_arguments(kc) -> [series, length, mult, use_true_range];
kernel_arguments(kcw) -> [series, length, mult, use_true_range];
kernel_arguments(atr) -> [length];
kernel_arguments(tr) -> [handle_na];
kernel_arguments(dmi) -> [di_length, adx_smoothing];
kernel_arguments(supertrend) -> [factor, atr_period];
kernel_arguments(sar) -> [start, inc, max];
kernel_arguments(highest) -> [source, length];
kernel_arguments(lowest) -> [source, length];
kernel_arguments(highestbars) -> [source, length];
kernel_arguments(lowestbars) -> [source, length];
kernel_arguments(range) -> [source, length];
kernel_arguments(change) -> [source, length];
kernel_arguments(cum) -> [source];
kernel_arguments(cross) -> [source1, source2];
kernel_arguments(crossover) -> [source1, source2];
kernel_arguments(crossunder) -> [source1, source2];
kernel_arguments(rising) -> [source, length];
kernel_arguments(falling) -> [source, length];
kernel_arguments(barssince) -> [condition];
kernel_arguments(valuewhen) -> [condition, source, occurrence];
kernel_arguments(pivothigh) -> [source, leftbars, rightbars];
kernel_arguments(pivotlow) -> [source, leftbars, rightbars];
kernel_arguments(vwap) -> [source, anchor];
kernel_arguments(obv) -> [];
kernel_arguments(accdist) -> [];
kernel_arguments(nvi) -> [];
kernel_arguments(pvi) -> [];
kernel_arguments(pvt) -> [];
kernel_arguments(wad) -> [];
kernel_arguments(wvad) -> [];
kernel_arguments(iii) -> [];
kernel_arguments(max) -> [source];
kernel_arguments(min) -> [source];
kernel_arguments(sum) -> [source, length];
kernel_arguments(fixnan) -> [source];
kernel_arguments(vwap_bands) -> [source, anchor, stdev_mult];
kernel_arguments(timeframe_change) -> [timeframe].

%% @doc The places of the arguments that must be lengths from 1 to 5,000.
-spec kernel_lengths(atom()) -> [pos_integer()].
kernel_lengths(sma) -> [2];
kernel_lengths(ema) -> [2];
kernel_lengths(rma) -> [2];
kernel_lengths(wma) -> [2];
kernel_lengths(vwma) -> [2];
kernel_lengths(hma) -> [2];
kernel_lengths(swma) -> [];
kernel_lengths(alma) -> [2];
kernel_lengths(linreg) -> [2];
kernel_lengths(stdev) -> [2];
kernel_lengths(variance) -> [2];
kernel_lengths(dev) -> [2];
kernel_lengths(median) -> [2];
kernel_lengths(mode) -> [2];
kernel_lengths(percentile_linear_interpolation) -> [2];
kernel_lengths(percentile_nearest_rank) -> [2];
kernel_lengths(percentrank) -> [2];
kernel_lengths(correlation) -> [3];
kernel_lengths(cog) -> [2];
kernel_lengths(rsi) -> [2];
kernel_lengths(macd) -> [2, 3, 4];
kernel_lengths(stoch) -> [4];
kernel_lengths(cci) -> [2];
kernel_lengths(cmo) -> [2];
kernel_lengths(mfi) -> [2];
kernel_lengths(mom) -> [];
kernel_lengths(roc) -> [];
kernel_lengths(tsi) -> [2, 3];
kernel_lengths(wpr) -> [1];
kernel_lengths(rci) -> [2];
kernel_lengths(bb) -> [2];
kernel_lengths(bbw) -> [2];
kernel_lengths(kc) -> [2];
kernel_lengths(kcw) -> [2];
kernel_lengths(atr) -> [1];
kernel_lengths(tr) -> [];
kernel_lengths(dmi) -> [1, 2];
kernel_lengths(supertrend) -> [2];
kernel_lengths(sar) -> [];
kernel_lengths(highest) -> [2];
kernel_lengths(lowest) -> [2];
kernel_lengths(highestbars) -> [2];
kernel_lengths(lowestbars) -> [2];
kernel_lengths(range) -> [2];
kernel_lengths(change) -> [];
kernel_lengths(cum) -> [];
kernel_lengths(cross) -> [];
kernel_lengths(crossover) -> [];
kernel_lengths(crossunder) -> [];
kernel_lengths(rising) -> [2];
kernel_lengths(falling) -> [2];
kernel_lengths(barssince) -> [];
kernel_lengths(valuewhen) -> [];
kernel_lengths(pivothigh) -> [];
kernel_lengths(pivotlow) -> [];
kernel_lengths(vwap) -> [];
kernel_lengths(obv) -> [];
kernel_lengths(accdist) -> [];
kernel_lengths(nvi) -> [];
kernel_lengths(pvi) -> [];
kernel_lengths(pvt) -> [];
kernel_lengths(wad) -> [];
kernel_lengths(wvad) -> [];
kernel_lengths(iii) -> [];
kernel_lengths(max) -> [];
kernel_lengths(min) -> [];
kernel_lengths(sum) -> [2];
kernel_lengths(fixnan) -> [];
kernel_lengths(vwap_bands) -> [];
kernel_lengths(timeframe_change) -> [].

%% @doc How many values a call answers.
-spec kernel_results(atom()) -> 1..3.
kernel_results(sma) -> 1;
kernel_results(ema) -> 1;
kernel_results(rma) -> 1;
kernel_results(wma) -> 1;
kernel_results(vwma) -> 1;
kernel_results(hma) -> 1;
kernel_results(swma) -> 1;
kernel_results(alma) -> 1;
kernel_results(linreg) -> 1;
kernel_results(stdev) -> 1;
kernel_results(variance) -> 1;
kernel_results(dev) -> 1;
kernel_results(median) -> 1;
kernel_results(mode) -> 1;
kernel_results(percentile_linear_interpolation) -> 1;
kernel_results(percentile_nearest_rank) -> 1;
kernel_results(percentrank) -> 1;
kernel_results(correlation) -> 1;
kernel_results(cog) -> 1;
kernel_results(rsi) -> 1;
kernel_results(macd) -> 3;
kernel_results(stoch) -> 1;
kernel_results(cci) -> 1;
kernel_results(cmo) -> 1;
kernel_results(mfi) -> 1;
kernel_results(mom) -> 1;
kernel_results(roc) -> 1;
kernel_results(tsi) -> 1;
kernel_results(wpr) -> 1;
kernel_results(rci) -> 1;
kernel_results(bb) -> 3;
kernel_results(bbw) -> 1;
kernel_results(kc) -> 3;
kernel_results(kcw) -> 1;
kernel_results(atr) -> 1;
kernel_results(tr) -> 1;
kernel_results(dmi) -> 3;
kernel_results(supertrend) -> 2;
kernel_results(sar) -> 1;
kernel_results(highest) -> 1;
kernel_results(lowest) -> 1;
kernel_results(highestbars) -> 1;
kernel_results(lowestbars) -> 1;
kernel_results(range) -> 1;
kernel_results(change) -> 1;
kernel_results(cum) -> 1;
kernel_results(cross) -> 1;
kernel_results(crossover) -> 1;
kernel_results(crossunder) -> 1;
kernel_results(rising) -> 1;
kernel_results(falling) -> 1;
kernel_results(barssince) -> 1;
kernel_results(valuewhen) -> 1;
kernel_results(pivothigh) -> 1;
kernel_results(pivotlow) -> 1;
kernel_results(vwap) -> 1;
kernel_results(obv) -> 1;
kernel_results(accdist) -> 1;
kernel_results(nvi) -> 1;
kernel_results(pvi) -> 1;
kernel_results(pvt) -> 1;
kernel_results(wad) -> 1;
kernel_results(wvad) -> 1;
kernel_results(iii) -> 1;
kernel_results(max) -> 1;
kernel_results(min) -> 1;
kernel_results(sum) -> 1;
kernel_results(fixnan) -> 1;
kernel_results(vwap_bands) -> 3;
kernel_results(timeframe_change) -> 1.

%% @doc Of the first result.
-spec kernel_type(atom()) -> bool | number.
kernel_type(sma) -> number;
kernel_type(ema) -> number;
kernel_type(rma) -> number;
kernel_type(wma) -> number;
kernel_type(vwma) -> number;
kernel_type(hma) -> number;
kernel_type(swma) -> number;
kernel_type(alma) -> number;
kernel_type(linreg) -> number;
kernel_type(stdev) -> number;
kernel_type(variance) -> number;
kernel_type(dev) -> number;
kernel_type(median) -> number;
kernel_type(mode) -> number;
kernel_type(percentile_linear_interpolation) -> number;
kernel_type(percentile_nearest_rank) -> number;
kernel_type(percentrank) -> number;
kernel_type(correlation) -> number;
kernel_type(cog) -> number;
kernel_type(rsi) -> number;
kernel_type(macd) -> number;
kernel_type(stoch) -> number;
kernel_type(cci) -> number;
kernel_type(cmo) -> number;
kernel_type(mfi) -> number;
kernel_type(mom) -> number;
kernel_type(roc) -> number;
kernel_type(tsi) -> number;
kernel_type(wpr) -> number;
kernel_type(rci) -> number;
kernel_type(bb) -> number;
kernel_type(bbw) -> number;
kernel_type(kc) -> number;
kernel_type(kcw) -> number;
kernel_type(atr) -> number;
kernel_type(tr) -> number;
kernel_type(dmi) -> number;
kernel_type(supertrend) -> number;
kernel_type(sar) -> number;
kernel_type(highest) -> number;
kernel_type(lowest) -> number;
kernel_type(highestbars) -> number;
kernel_type(lowestbars) -> number;
kernel_type(range) -> number;
kernel_type(change) -> number;
kernel_type(cum) -> number;
kernel_type(cross) -> bool;
kernel_type(crossover) -> bool;
kernel_type(crossunder) -> bool;
kernel_type(rising) -> bool;
kernel_type(falling) -> bool;
kernel_type(barssince) -> number;
kernel_type(valuewhen) -> number;
kernel_type(pivothigh) -> number;
kernel_type(pivotlow) -> number;
kernel_type(vwap) -> number;
kernel_type(obv) -> number;
kernel_type(accdist) -> number;
kernel_type(nvi) -> number;
kernel_type(pvi) -> number;
kernel_type(pvt) -> number;
kernel_type(wad) -> number;
kernel_type(wvad) -> number;
kernel_type(iii) -> number;
kernel_type(max) -> number;
kernel_type(min) -> number;
kernel_type(sum) -> number;
kernel_type(fixnan) -> number;
kernel_type(vwap_bands) -> number;
kernel_type(timeframe_change) -> bool.

%% @doc Whether a call in a branch counts a bar on which the branch was not taken as one with
%% the last call's values.
-spec repeats_skipped_bars(atom()) -> boolean().
repeats_skipped_bars(sma) -> false;
repeats_skipped_bars(ema) -> false;
repeats_skipped_bars(rma) -> false;
repeats_skipped_bars(wma) -> true;
repeats_skipped_bars(vwma) -> false;
repeats_skipped_bars(hma) -> false;
repeats_skipped_bars(swma) -> true;
repeats_skipped_bars(alma) -> true;
repeats_skipped_bars(linreg) -> false;
repeats_skipped_bars(stdev) -> false;
repeats_skipped_bars(variance) -> false;
repeats_skipped_bars(dev) -> true;
repeats_skipped_bars(median) -> false;
repeats_skipped_bars(mode) -> false;
repeats_skipped_bars(percentile_linear_interpolation) -> false;
repeats_skipped_bars(percentile_nearest_rank) -> false;
repeats_skipped_bars(percentrank) -> true;
repeats_skipped_bars(correlation) -> false;
repeats_skipped_bars(cog) -> true;
repeats_skipped_bars(rsi) -> false;
repeats_skipped_bars(macd) -> false;
repeats_skipped_bars(stoch) -> true;
repeats_skipped_bars(cci) -> false;
repeats_skipped_bars(cmo) -> false;
repeats_skipped_bars(mfi) -> false;
repeats_skipped_bars(mom) -> true;
repeats_skipped_bars(roc) -> true;
repeats_skipped_bars(tsi) -> false;
repeats_skipped_bars(wpr) -> true;
repeats_skipped_bars(rci) -> false;
repeats_skipped_bars(bb) -> false;
repeats_skipped_bars(bbw) -> false;
repeats_skipped_bars(kc) -> false;
repeats_skipped_bars(kcw) -> false;
repeats_skipped_bars(atr) -> false;
repeats_skipped_bars(tr) -> false;
repeats_skipped_bars(dmi) -> false;
repeats_skipped_bars(supertrend) -> false;
repeats_skipped_bars(sar) -> false;
repeats_skipped_bars(highest) -> true;
repeats_skipped_bars(lowest) -> true;
repeats_skipped_bars(highestbars) -> true;
repeats_skipped_bars(lowestbars) -> true;
repeats_skipped_bars(range) -> false;
repeats_skipped_bars(change) -> true;
repeats_skipped_bars(cum) -> false;
repeats_skipped_bars(cross) -> false;
repeats_skipped_bars(crossover) -> false;
repeats_skipped_bars(crossunder) -> false;
repeats_skipped_bars(rising) -> false;
repeats_skipped_bars(falling) -> false;
repeats_skipped_bars(barssince) -> false;
repeats_skipped_bars(valuewhen) -> false;
repeats_skipped_bars(pivothigh) -> true;
repeats_skipped_bars(pivotlow) -> true;
repeats_skipped_bars(vwap) -> false;
repeats_skipped_bars(obv) -> false;
repeats_skipped_bars(accdist) -> false;
repeats_skipped_bars(nvi) -> false;
repeats_skipped_bars(pvi) -> false;
repeats_skipped_bars(pvt) -> false;
repeats_skipped_bars(wad) -> false;
repeats_skipped_bars(wvad) -> false;
repeats_skipped_bars(iii) -> false;
repeats_skipped_bars(max) -> false;
repeats_skipped_bars(min) -> false;
repeats_skipped_bars(sum) -> false;
repeats_skipped_bars(fixnan) -> false;
repeats_skipped_bars(vwap_bands) -> false;
repeats_skipped_bars(timeframe_change) -> false.

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
     minute, second, timestamp, timeframe_seconds, timeframe_from_seconds, timestamp_of_text,
     text_match}.

%% @doc A function's fewest and most arguments.
-spec arity(atom()) -> {non_neg_integer(), non_neg_integer()}.
arity(abs) -> {1, 1};
arity(ceil) -> {1, 1};
arity(floor) -> {1, 1};
arity(sqrt) -> {1, 1};
arity(exp) -> {1, 1};
arity(log) -> {1, 1};
arity(log10) -> {1, 1};
arity(sin) -> {1, 1};
arity(cos) -> {1, 1};
arity(tan) -> {1, 1};
arity(asin) -> {1, 1};
arity(acos) -> {1, 1};
arity(atan) -> {1, 1};
arity(sign) -> {1, 1};
arity(to_degrees) -> {1, 1};
arity(to_radians) -> {1, 1};
arity(round) -> {1, 1};
arity(round_to) -> {2, 2};
arity(round_to_mintick) -> {1, 1};
arity(pow) -> {2, 2};
arity(max) -> {2, 255};
arity(min) -> {2, 255};
arity(avg) -> {2, 255};
arity(nz) -> {2, 2};
arity(color_new) -> {2, 2};
arity(color_rgb) -> {4, 4};
arity(color_red) -> {1, 1};
arity(color_green) -> {1, 1};
arity(color_blue) -> {1, 1};
arity(color_transparency) -> {1, 1};
arity(color_from_gradient) -> {5, 5};
arity(concatenate) -> {2, 2};
arity(text_of_number) -> {1, 1};
arity(text_of_number_formatted) -> {2, 2};
arity(text_of_bool) -> {1, 1};
arity(text_format) -> {1, 255};
arity(text_format_time) -> {3, 3};
arity(text_length) -> {1, 1};
arity(text_contains) -> {2, 2};
arity(text_position) -> {2, 2};
arity(text_substring) -> {3, 3};
arity(text_replace) -> {4, 4};
arity(text_replace_all) -> {3, 3};
arity(text_upper) -> {1, 1};
arity(text_lower) -> {1, 1};
arity(text_trim) -> {1, 1};
arity(text_repeat) -> {3, 3};
arity(text_starts_with) -> {2, 2};
arity(text_ends_with) -> {2, 2};
arity(text_to_number) -> {1, 1};
arity(time) -> {3, 3};
arity(time_close) -> {3, 3};
arity(year) -> {2, 2};
arity(month) -> {2, 2};
arity(week_of_year) -> {2, 2};
arity(day_of_month) -> {2, 2};
arity(day_of_week) -> {2, 2};
arity(hour) -> {2, 2};
arity(minute) -> {2, 2};
arity(second) -> {2, 2};
arity(timestamp) -> {7, 7};
arity(timeframe_seconds) -> {1, 1};
arity(timeframe_from_seconds) -> {1, 1};
arity(timestamp_of_text) -> {1, 1};
arity(text_match) -> {2, 2}.

%% @doc The functions over objects.
-spec objects() -> tuple().
objects() ->
    {array_new, array_from, array_copy, array_slice, array_concat, array_get, array_set,
     array_size, array_first, array_last, array_push, array_pop, array_shift, array_unshift,
     array_insert, array_remove, array_clear, array_fill, array_reverse, array_sort,
     array_sort_indices, array_includes, array_index_of, array_last_index_of, array_binary_search,
     array_binary_search_leftmost, array_binary_search_rightmost, array_sum, array_avg, array_min,
     array_max, array_range, array_median, array_mode, array_stdev, array_variance,
     array_covariance, array_percentile_linear, array_percentile_nearest, array_percent_rank,
     array_abs, array_standardize, array_every, array_some, array_join, map_new, map_copy, map_put,
     map_put_all, map_get, map_contains, map_remove, map_size, map_clear, map_keys, map_values,
     map_key_at, map_value_at, matrix_new, matrix_copy, matrix_get, matrix_set, matrix_fill,
     matrix_rows, matrix_columns, matrix_elements_count, matrix_row, matrix_column, matrix_add_row,
     matrix_add_column, matrix_remove_row, matrix_remove_column, matrix_swap_rows,
     matrix_swap_columns, matrix_concat, matrix_reshape, matrix_reverse, matrix_transpose,
     matrix_submatrix, matrix_sort, matrix_sum, matrix_diff, matrix_mult, matrix_pow, matrix_kron,
     matrix_det, matrix_inv, matrix_pinv, matrix_rank, matrix_trace, matrix_eigenvalues,
     matrix_eigenvectors, matrix_avg, matrix_min, matrix_max, matrix_median, matrix_mode,
     matrix_is_square, matrix_is_identity, matrix_is_binary, matrix_is_symmetric,
     matrix_is_antisymmetric, matrix_is_diagonal, matrix_is_antidiagonal, matrix_is_triangular,
     matrix_is_stochastic, matrix_is_zero, record_new, record_copy, record_get, record_set,
     drawing_new, drawing_copy, drawing_get, drawing_set, drawing_delete, drawing_all, text_split,
     text_of_object}.

-spec object_arity(atom()) -> {non_neg_integer(), non_neg_integer()}.
object_arity(array_new) -> {3, 3};
object_arity(array_from) -> {1, 4095};
object_arity(array_copy) -> {1, 1};
object_arity(array_slice) -> {3, 3};
object_arity(array_concat) -> {2, 2};
object_arity(array_get) -> {2, 2};
object_arity(array_set) -> {3, 3};
object_arity(array_size) -> {1, 1};
object_arity(array_first) -> {1, 1};
object_arity(array_last) -> {1, 1};
object_arity(array_push) -> {2, 2};
object_arity(array_pop) -> {1, 1};
object_arity(array_shift) -> {1, 1};
object_arity(array_unshift) -> {2, 2};
object_arity(array_insert) -> {3, 3};
object_arity(array_remove) -> {2, 2};
object_arity(array_clear) -> {1, 1};
object_arity(array_fill) -> {4, 4};
object_arity(array_reverse) -> {1, 1};
object_arity(array_sort) -> {2, 2};
object_arity(array_sort_indices) -> {2, 2};
object_arity(array_includes) -> {2, 2};
object_arity(array_index_of) -> {2, 2};
object_arity(array_last_index_of) -> {2, 2};
object_arity(array_binary_search) -> {2, 2};
object_arity(array_binary_search_leftmost) -> {2, 2};
object_arity(array_binary_search_rightmost) -> {2, 2};
object_arity(array_sum) -> {1, 1};
object_arity(array_avg) -> {1, 1};
object_arity(array_min) -> {2, 2};
object_arity(array_max) -> {2, 2};
object_arity(array_range) -> {1, 1};
object_arity(array_median) -> {1, 1};
object_arity(array_mode) -> {1, 1};
object_arity(array_stdev) -> {2, 2};
object_arity(array_variance) -> {2, 2};
object_arity(array_covariance) -> {3, 3};
object_arity(array_percentile_linear) -> {2, 2};
object_arity(array_percentile_nearest) -> {2, 2};
object_arity(array_percent_rank) -> {2, 2};
object_arity(array_abs) -> {1, 1};
object_arity(array_standardize) -> {1, 1};
object_arity(array_every) -> {1, 1};
object_arity(array_some) -> {1, 1};
object_arity(array_join) -> {2, 2};
object_arity(map_new) -> {2, 2};
object_arity(map_copy) -> {1, 1};
object_arity(map_put) -> {3, 3};
object_arity(map_put_all) -> {2, 2};
object_arity(map_get) -> {2, 2};
object_arity(map_contains) -> {2, 2};
object_arity(map_remove) -> {2, 2};
object_arity(map_size) -> {1, 1};
object_arity(map_clear) -> {1, 1};
object_arity(map_keys) -> {1, 1};
object_arity(map_values) -> {1, 1};
object_arity(map_key_at) -> {2, 2};
object_arity(map_value_at) -> {2, 2};
object_arity(matrix_new) -> {4, 4};
object_arity(matrix_copy) -> {1, 1};
object_arity(matrix_get) -> {3, 3};
object_arity(matrix_set) -> {4, 4};
object_arity(matrix_fill) -> {6, 6};
object_arity(matrix_rows) -> {1, 1};
object_arity(matrix_columns) -> {1, 1};
object_arity(matrix_elements_count) -> {1, 1};
object_arity(matrix_row) -> {2, 2};
object_arity(matrix_column) -> {2, 2};
object_arity(matrix_add_row) -> {3, 3};
object_arity(matrix_add_column) -> {3, 3};
object_arity(matrix_remove_row) -> {2, 2};
object_arity(matrix_remove_column) -> {2, 2};
object_arity(matrix_swap_rows) -> {3, 3};
object_arity(matrix_swap_columns) -> {3, 3};
object_arity(matrix_concat) -> {2, 2};
object_arity(matrix_reshape) -> {3, 3};
object_arity(matrix_reverse) -> {1, 1};
object_arity(matrix_transpose) -> {1, 1};
object_arity(matrix_submatrix) -> {5, 5};
object_arity(matrix_sort) -> {3, 3};
object_arity(matrix_sum) -> {2, 2};
object_arity(matrix_diff) -> {2, 2};
object_arity(matrix_mult) -> {2, 2};
object_arity(matrix_pow) -> {2, 2};
object_arity(matrix_kron) -> {2, 2};
object_arity(matrix_det) -> {1, 1};
object_arity(matrix_inv) -> {1, 1};
object_arity(matrix_pinv) -> {1, 1};
object_arity(matrix_rank) -> {1, 1};
object_arity(matrix_trace) -> {1, 1};
object_arity(matrix_eigenvalues) -> {1, 1};
object_arity(matrix_eigenvectors) -> {1, 1};
object_arity(matrix_avg) -> {1, 1};
object_arity(matrix_min) -> {1, 1};
object_arity(matrix_max) -> {1, 1};
object_arity(matrix_median) -> {1, 1};
object_arity(matrix_mode) -> {1, 1};
object_arity(matrix_is_square) -> {1, 1};
object_arity(matrix_is_identity) -> {1, 1};
object_arity(matrix_is_binary) -> {1, 1};
object_arity(matrix_is_symmetric) -> {1, 1};
object_arity(matrix_is_antisymmetric) -> {1, 1};
object_arity(matrix_is_diagonal) -> {1, 1};
object_arity(matrix_is_antidiagonal) -> {1, 1};
object_arity(matrix_is_triangular) -> {1, 1};
object_arity(matrix_is_stochastic) -> {1, 1};
object_arity(matrix_is_zero) -> {1, 1};
object_arity(record_new) -> {1, 4095};
object_arity(record_copy) -> {1, 1};
object_arity(record_get) -> {2, 2};
object_arity(record_set) -> {3, 3};
object_arity(drawing_new) -> {1, 4095};
object_arity(drawing_copy) -> {1, 1};
object_arity(drawing_get) -> {2, 2};
object_arity(drawing_set) -> {3, 3};
object_arity(drawing_delete) -> {1, 1};
object_arity(drawing_all) -> {1, 1};
object_arity(text_split) -> {2, 2};
object_arity(text_of_object) -> {2, 2}.

%% @doc As scripts call it.
-spec object_name(atom()) -> binary().
object_name(array_new) -> <<"array.new">>;
object_name(array_from) -> <<"array.from">>;
object_name(array_copy) -> <<"array.copy">>;
object_name(array_slice) -> <<"array.slice">>;
object_name(array_concat) -> <<"array.concat">>;
object_name(array_get) -> <<"array.get">>;
object_name(array_set) -> <<"array.set">>;
object_name(array_size) -> <<"array.size">>;
object_name(array_first) -> <<"array.first">>;
object_name(array_last) -> <<"array.last">>;
object_name(array_push) -> <<"array.push">>;
object_name(array_pop) -> <<"array.pop">>;
object_name(array_shift) -> <<"array.shift">>;
object_name(array_unshift) -> <<"array.unshift">>;
object_name(array_insert) -> <<"array.insert">>;
object_name(array_remove) -> <<"array.remove">>;
object_name(array_clear) -> <<"array.clear">>;
object_name(array_fill) -> <<"array.fill">>;
object_name(array_reverse) -> <<"array.reverse">>;
object_name(array_sort) -> <<"array.sort">>;
object_name(array_sort_indices) -> <<"array.sort_indices">>;
object_name(array_includes) -> <<"array.includes">>;
object_name(array_index_of) -> <<"array.indexof">>;
object_name(array_last_index_of) -> <<"array.lastindexof">>;
object_name(array_binary_search) -> <<"array.binary_search">>;
object_name(array_binary_search_leftmost) -> <<"array.binary_search_leftmost">>;
object_name(array_binary_search_rightmost) -> <<"array.binary_search_rightmost">>;
object_name(array_sum) -> <<"array.sum">>;
object_name(array_avg) -> <<"array.avg">>;
object_name(array_min) -> <<"array.min">>;
object_name(array_max) -> <<"array.max">>;
object_name(array_range) -> <<"array.range">>;
object_name(array_median) -> <<"array.median">>;
object_name(array_mode) -> <<"array.mode">>;
object_name(array_stdev) -> <<"array.stdev">>;
object_name(array_variance) -> <<"array.variance">>;
object_name(array_covariance) -> <<"array.covariance">>;
object_name(array_percentile_linear) -> <<"array.percentile_linear_interpolation">>;
object_name(array_percentile_nearest) -> <<"array.percentile_nearest_rank">>;
object_name(array_percent_rank) -> <<"array.percentrank">>;
object_name(array_abs) -> <<"array.abs">>;
object_name(array_standardize) -> <<"array.standardize">>;
object_name(array_every) -> <<"array.every">>;
object_name(array_some) -> <<"array.some">>;
object_name(array_join) -> <<"array.join">>;
object_name(map_new) -> <<"map.new">>;
object_name(map_copy) -> <<"map.copy">>;
object_name(map_put) -> <<"map.put">>;
object_name(map_put_all) -> <<"map.put_all">>;
object_name(map_get) -> <<"map.get">>;
object_name(map_contains) -> <<"map.contains">>;
object_name(map_remove) -> <<"map.remove">>;
object_name(map_size) -> <<"map.size">>;
object_name(map_clear) -> <<"map.clear">>;
object_name(map_keys) -> <<"map.keys">>;
object_name(map_values) -> <<"map.values">>;
object_name(map_key_at) -> <<"map.key_at">>;
object_name(map_value_at) -> <<"map.value_at">>;
object_name(matrix_new) -> <<"matrix.new">>;
object_name(matrix_copy) -> <<"matrix.copy">>;
object_name(matrix_get) -> <<"matrix.get">>;
object_name(matrix_set) -> <<"matrix.set">>;
object_name(matrix_fill) -> <<"matrix.fill">>;
object_name(matrix_rows) -> <<"matrix.rows">>;
object_name(matrix_columns) -> <<"matrix.columns">>;
object_name(matrix_elements_count) -> <<"matrix.elements_count">>;
object_name(matrix_row) -> <<"matrix.row">>;
object_name(matrix_column) -> <<"matrix.col">>;
object_name(matrix_add_row) -> <<"matrix.add_row">>;
object_name(matrix_add_column) -> <<"matrix.add_col">>;
object_name(matrix_remove_row) -> <<"matrix.remove_row">>;
object_name(matrix_remove_column) -> <<"matrix.remove_col">>;
object_name(matrix_swap_rows) -> <<"matrix.swap_rows">>;
object_name(matrix_swap_columns) -> <<"matrix.swap_columns">>;
object_name(matrix_concat) -> <<"matrix.concat">>;
object_name(matrix_reshape) -> <<"matrix.reshape">>;
object_name(matrix_reverse) -> <<"matrix.reverse">>;
object_name(matrix_transpose) -> <<"matrix.transpose">>;
object_name(matrix_submatrix) -> <<"matrix.submatrix">>;
object_name(matrix_sort) -> <<"matrix.sort">>;
object_name(matrix_sum) -> <<"matrix.sum">>;
object_name(matrix_diff) -> <<"matrix.diff">>;
object_name(matrix_mult) -> <<"matrix.mult">>;
object_name(matrix_pow) -> <<"matrix.pow">>;
object_name(matrix_kron) -> <<"matrix.kron">>;
object_name(matrix_det) -> <<"matrix.det">>;
object_name(matrix_inv) -> <<"matrix.inv">>;
object_name(matrix_pinv) -> <<"matrix.pinv">>;
object_name(matrix_rank) -> <<"matrix.rank">>;
object_name(matrix_trace) -> <<"matrix.trace">>;
object_name(matrix_eigenvalues) -> <<"matrix.eigenvalues">>;
object_name(matrix_eigenvectors) -> <<"matrix.eigenvectors">>;
object_name(matrix_avg) -> <<"matrix.avg">>;
object_name(matrix_min) -> <<"matrix.min">>;
object_name(matrix_max) -> <<"matrix.max">>;
object_name(matrix_median) -> <<"matrix.median">>;
object_name(matrix_mode) -> <<"matrix.mode">>;
object_name(matrix_is_square) -> <<"matrix.is_square">>;
object_name(matrix_is_identity) -> <<"matrix.is_identity">>;
object_name(matrix_is_binary) -> <<"matrix.is_binary">>;
object_name(matrix_is_symmetric) -> <<"matrix.is_symmetric">>;
object_name(matrix_is_antisymmetric) -> <<"matrix.is_antisymmetric">>;
object_name(matrix_is_diagonal) -> <<"matrix.is_diagonal">>;
object_name(matrix_is_antidiagonal) -> <<"matrix.is_antidiagonal">>;
object_name(matrix_is_triangular) -> <<"matrix.is_triangular">>;
object_name(matrix_is_stochastic) -> <<"matrix.is_stochastic">>;
object_name(matrix_is_zero) -> <<"matrix.is_zero">>;
object_name(record_new) -> <<"T.new">>;
object_name(record_copy) -> <<"T.copy">>;
object_name(record_get) -> <<"T.get">>;
object_name(record_set) -> <<"T.set">>;
object_name(drawing_new) -> <<"drawing.new">>;
object_name(drawing_copy) -> <<"drawing.copy">>;
object_name(drawing_get) -> <<"drawing.get">>;
object_name(drawing_set) -> <<"drawing.set">>;
object_name(drawing_delete) -> <<"drawing.delete">>;
object_name(drawing_all) -> <<"drawing.all">>;
object_name(text_split) -> <<"str.split">>;
object_name(text_of_object) -> <<"str.tostring">>.
