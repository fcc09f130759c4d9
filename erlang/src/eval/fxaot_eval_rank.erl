%% @private Functions of the values in a window in their order, and of two windows.
-module(fxaot_eval_rank).

-export([make/2, step/4]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, whole/1, above/2]).
-import(fxaot_eval_average, [room/1]).
-import(fxaot_eval_window, [new/1, push/2, has/2, newest/2, count/1]).

-spec make(fxaot_eval_kernel:kernel(), [fxaot_eval_kernel:known()]) -> term() | none.
make(K, [_, N | _]) when K =:= median; K =:= mode; K =:= percentile_nearest_rank;
                         K =:= percentile_linear_interpolation; K =:= rci -> new(room(N));
make(percentrank, [_, N]) -> new(room(N) + 1);
make(correlation, [_, _, N]) -> {new(room(N)), new(room(N))};
make(_, _) -> none.

-spec step(fxaot_eval_kernel:kernel(), term(), [value()], #candle{}) -> {value(), term()}.
step(median, W, [X, Length], _) ->
    N = whole(Length),
    Window = case X of na -> W; _ -> push(X, W) end,
    Result = case has(N, Window) of
                 false -> na;
                 true -> middle(N, sorted(newest(N, Window)))
             end,
    {Result, Window};
step(mode, W, [X, Length], _) ->
    N = whole(Length),
    Window = case X of na -> W; _ -> push(X, W) end,
    Result = case has(N, Window) of
                 false -> na;
                 true ->
                     [First | Rest] = sorted(newest(N, Window)),
                     most_frequent(Rest, First, 1, First, 1)
             end,
    {Result, Window};
step(percentile_nearest_rank, W, [X, Length, Percentage], _) ->
    N = whole(Length),
    Window = push(X, W),
    Values = case has(N, Window) of
                 true -> sorted(newest(N, Window));
                 false -> []
             end,
    {nearest_rank(Values, Percentage), Window};
step(percentile_linear_interpolation, W, [X, Length, Percentage], _) ->
    N = whole(Length),
    Window = push(X, W),
    Values = case has(N, Window) of
                 true -> sorted(newest(N, Window));
                 false -> []
             end,
    Result = case length(Values) of
                 N when N > 0 -> interpolated(Values, N, Percentage);
                 _ -> na
             end,
    {Result, Window};
step(percentrank, W, [X, Length], _) ->
    N = whole(Length),
    Window = push(X, W),
    Result = case N >= 1 andalso has(N + 1, Window) of
                 false -> na;
                 true ->
                     [_ | Before] = newest(N + 1, Window),
                     Below = [B || B <- Before, fxaot_eval_number:less_or_equal(B, X)],
                     length(Below) / N * 100
             end,
    {Result, Window};
step(rci, W, [X, Length], _) ->
    N = whole(Length),
    Window = push(X, W),
    Result = case N > 1 andalso has(N, Window) andalso count(Window) > N of
                 false -> na;
                 true -> rank_correlation(lists:reverse(newest(N, Window)), N)
             end,
    {Result, Window};
step(correlation, {Xs0, Ys0}, [X, Y, Length], _) ->
    N = whole(Length),
    {Xs, Ys} = case X =:= na orelse Y =:= na of
                   true -> {Xs0, Ys0};
                   false -> {push(X, Xs0), push(Y, Ys0)}
               end,
    Result = case has(N, Xs) of
                 false -> na;
                 true -> pearson(N, Xs, Ys)
             end,
    {Result, {Xs, Ys}}.

%% In ascending order, without na.
sorted(Values) ->
    lists:sort(fun(A, B) -> fxaot_eval_number:at_least(B, A) end, [X || X <- Values, X =/= na]).

middle(N, Values) when N rem 2 =:= 1 -> lists:nth(N div 2 + 1, Values);
middle(N, Values) ->
    [Lower, Upper | _] = lists:nthtail(N div 2 - 1, Values),
    divide(add(Lower, Upper), 2.0).

%% The smallest of several that are equally frequent.
most_frequent([X | Rest], X, Run, Mode, Most) when Run + 1 > Most ->
    most_frequent(Rest, X, Run + 1, case Run + 1 > Most of true -> X; false -> Mode end, Run + 1);
most_frequent([X | Rest], Before, Run, Mode, Most) ->
    case fxaot_eval_number:same(X, Before) of
        true when Run + 1 > Most -> most_frequent(Rest, X, Run + 1, X, Run + 1);
        true -> most_frequent(Rest, X, Run + 1, Mode, Most);
        false -> most_frequent(Rest, X, 1, Mode, Most)
    end;
most_frequent([], _, _, Mode, _) -> Mode.

nearest_rank([], _) -> na;
nearest_rank(Values, Percentage) ->
    Size = length(Values),
    case fxaot_eval_number:rounded_up(multiply(divide(Percentage, 100.0), float(Size))) of
        na -> na;
        inf -> lists:last(Values);
        ninf -> hd(Values);
        Rank -> lists:nth(trunc(min(max(Rank, 1.0), float(Size))), Values)
    end.

interpolated(Values, N, Percentage) ->
    case subtract(multiply(divide(Percentage, 100.0), float(N)), 0.5) of
        na -> na;
        inf -> lists:last(Values);
        ninf -> hd(Values);
        Place ->
            Bounded = min(max(Place, 0.0), float(N - 1)),
            Below = trunc(Bounded),
            case {Bounded - Below, lists:nthtail(Below, Values)} of
                {Fraction, [A, B | _]} when Fraction > 0 ->
                    add(A, multiply(Fraction, subtract(B, A)));
                {_, [A | _]} -> A
            end
    end.

%% 100 · Pearson's correlation of the bars' order with their ranks.
rank_correlation(Values, N) ->
    case lists:member(na, Values) of
        true -> na;
        false ->
            Mean = (N - 1) / 2,
            Of = ranks(Values),
            {_, Product, Squares, Ranks} =
                lists:foldl(fun(X, {I, P, S, R}) ->
                                    Rank = map_get(positive_zero(X), Of) - Mean,
                                    Time = I - Mean,
                                    {I + 1, P + Time * Rank, S + Time * Time, R + Rank * Rank}
                            end, {0, 0.0, 0.0, 0.0}, Values),
            case Ranks > 0 of
                true -> Product / math:sqrt(Squares * Ranks) * 100;
                false -> na
            end
    end.

%% Ties: every value less than the tolerance above the smallest of them. Each value's mean rank.
ranks(Values) -> ranks(sorted(Values), 0, #{}).

ranks([], _, Ranks) -> Ranks;
ranks([Smallest | _] = Values, Below, Ranks0) ->
    {Tie, Rest} = lists:splitwith(
                    fun(X) -> fxaot_eval_number:same(X, Smallest)
                                  orelse above(1.0e-10, subtract(X, Smallest)) end, Values),
    Rank = Below + (length(Tie) - 1) / 2,
    Ranks = lists:foldl(fun(X, R) -> R#{positive_zero(X) => Rank} end, Ranks0, Tie),
    ranks(Rest, Below + length(Tie), Ranks).

%% −0.0 and 0.0 are two keys of a map.
positive_zero(X) when is_float(X), X == 0.0 -> 0.0;
positive_zero(X) -> X.

%% 0 where the covariance is within the tolerance of comparisons of 0.
pearson(N, Xs, Ys) ->
    MeanX = fxaot_eval_window:mean(N, Xs),
    MeanY = fxaot_eval_window:mean(N, Ys),
    {XX, YY, XY} =
        lists:foldl(fun({X, Y}, {SX, SY, S}) ->
                            {A, B} = {subtract(X, MeanX), subtract(Y, MeanY)},
                            {add(SX, multiply(A, A)), add(SY, multiply(B, B)), add(S, multiply(A, B))}
                    end, {0.0, 0.0, 0.0}, lists:zip(newest(N, Xs), newest(N, Ys))),
    case fxaot_eval_number:at_least(1.0e-10, fxaot_eval_number:absolute(divide(XY, float(N)))) of
        true -> 0.0;
        false -> divide(XY, fxaot_eval_number:square_root(multiply(XX, YY)))
    end.
