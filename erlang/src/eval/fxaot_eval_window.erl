%% @private The newest values of a series, and plain sums over them, for kernels with a length.
%%
%% Sums are compensated (Neumaier 1974), so that their own error is negligible;
%% the mean of equal values is that value, and their deviation 0.
-module(fxaot_eval_window).

-export([new/1, push/2, count/1, capacity/1, values/1, at/2, newest/2, has/2,
         total/2, mean/2, weighted/2, squares/3, deviations/3, best/3]).

-export_type([window/0]).

-include("fxaot_eval.hrl").

%% Values taken in, values held, how many are wanted, the newest first.
-opaque window() :: {non_neg_integer(), non_neg_integer(), pos_integer(), [value()]}.

-spec new(pos_integer()) -> window().
new(Capacity) -> {0, 0, Capacity, []}.

-spec push(value(), window()) -> window().
push(X, {Count, Held, Capacity, Values}) when Held < 2 * Capacity + 16 ->
    {Count + 1, Held + 1, Capacity, [X | Values]};
push(X, {Count, _, Capacity, Values}) ->
    {Count + 1, Capacity + 1, Capacity, [X | lists:sublist(Values, Capacity)]}.

-spec count(window()) -> non_neg_integer().
count({Count, _, _, _}) -> Count.

-spec capacity(window()) -> pos_integer().
capacity({_, _, Capacity, _}) -> Capacity.

-spec values(window()) -> [value()].
values({_, _, _, Values}) -> Values.

%% @doc Whether there are so many newest values as a length asks for.
-spec has(integer(), window()) -> boolean().
has(N, {Count, _, Capacity, _}) -> N >= 1 andalso N =< Capacity andalso N =< Count.

%% @doc The value so many before the newest; na if there is no such value.
-spec at(non_neg_integer(), window()) -> value().
at(Age, {_, Held, _, Values}) when Age < Held -> lists:nth(Age + 1, Values);
at(_, _) -> na.

-spec newest(non_neg_integer(), window()) -> [value()].
newest(N, {_, _, _, Values}) -> lists:sublist(Values, N).

%% ---- sums over the newest N --------------------------------------------------

-spec total(pos_integer(), window()) -> value().
total(N, {_, _, _, Values}) ->
    try total(Values, N, 0.0, 0.0)
    catch error:_ -> lists:foldl(fun fxaot_eval_number:add/2, 0.0, lists:sublist(Values, N))
    end.

total(_, 0, Sum, Lost) -> Sum + Lost;
total([X | Rest], N, Sum, Lost) when abs(Sum) >= abs(X) ->
    Next = Sum + X,
    total(Rest, N - 1, Next, Lost + ((Sum - Next) + X));
total([X | Rest], N, Sum, Lost) when is_float(X) ->
    Next = Sum + X,
    total(Rest, N - 1, Next, Lost + ((X - Next) + Sum)).

-spec mean(pos_integer(), window()) -> value().
mean(N, {_, _, _, [X | Rest]} = Window) when is_float(X) ->
    case are_equal(X, Rest, N - 1) of
        true -> X;
        false -> fxaot_eval_number:divide(total(N, Window), float(N))
    end;
mean(N, Window) -> fxaot_eval_number:divide(total(N, Window), float(N)).

are_equal(_, _, 0) -> true;
are_equal(X, [Y | Rest], N) when X == Y -> are_equal(X, Rest, N - 1);
are_equal(_, _, _) -> false.

%% @doc Weights N … 1 from the newest.
-spec weighted(pos_integer(), window()) -> value().
weighted(N, {_, _, _, Values}) ->
    try weighted(Values, float(N), 0.0, 0.0)
    catch error:_ ->
            Weights = lists:seq(N, 1, -1),
            lists:foldl(fun({X, Weight}, Sum) ->
                                fxaot_eval_number:add(Sum, fxaot_eval_number:multiply(X, float(Weight)))
                        end, 0.0, lists:zip(lists:sublist(Values, N), Weights))
    end.

weighted(_, Weight, Sum, Lost) when Weight < 0.5 -> Sum + Lost;
weighted([X | Rest], Weight, Sum, Lost) ->
    Term = X * Weight,
    Next = Sum + Term,
    More = if abs(Sum) >= abs(Term) -> (Sum - Next) + Term;
              true -> (Term - Next) + Sum
           end,
    weighted(Rest, Weight - 1, Next, Lost + More).

%% @doc The sum of the squared deviations from Mean.
-spec squares(pos_integer(), value(), window()) -> value().
squares(N, Mean, {_, _, _, Values}) ->
    try squares(Values, N, Mean, 0.0, 0.0) of
        {Sum, Squares} -> max(0.0, Squares - Sum * Sum / N)
    catch error:_ ->
            lists:foldl(fun(X, Sum) ->
                                Deviation = fxaot_eval_number:subtract(X, Mean),
                                fxaot_eval_number:add(
                                  Sum, fxaot_eval_number:multiply(Deviation, Deviation))
                        end, 0.0, lists:sublist(Values, N))
    end.

squares(_, 0, _, Sum, Squares) -> {Sum, Squares};
squares([X | Rest], N, Mean, Sum, Squares) ->
    Deviation = X - Mean,
    squares(Rest, N - 1, Mean, Sum + Deviation, Squares + Deviation * Deviation).

%% @doc The sum of the deviations' sizes.
-spec deviations(pos_integer(), value(), window()) -> value().
deviations(N, Mean, {_, _, _, Values}) ->
    lists:foldl(fun(X, Sum) ->
                        fxaot_eval_number:add(
                          Sum, fxaot_eval_number:absolute(fxaot_eval_number:subtract(X, Mean)))
                end, 0.0, lists:sublist(Values, N)).

%% @doc The highest or the lowest of the newest N, and how many values ago it was; of equal ones the
%% oldest.
-spec best(highest | lowest, pos_integer(), window()) -> {value(), non_neg_integer()}.
best(Which, N, {_, _, _, [X | Rest]}) ->
    best(Which, Rest, 1, N, X, 0).

best(_, _, N, N, Best, Age) -> {Best, Age};
best(highest, [X | Rest], I, N, Best, _) when is_float(X), is_float(Best), X >= Best ->
    best(highest, Rest, I + 1, N, X, I);
best(lowest, [X | Rest], I, N, Best, _) when is_float(X), is_float(Best), X =< Best ->
    best(lowest, Rest, I + 1, N, X, I);
best(Which, [X | Rest], I, N, Best, Age) when is_float(X), is_float(Best) ->
    best(Which, Rest, I + 1, N, Best, Age);
best(Which, [X | Rest], I, N, Best, Age) ->
    IsBetter = case Which of
                   highest -> fxaot_eval_number:at_least(X, Best);
                   lowest -> fxaot_eval_number:at_least(Best, X)
               end,
    case IsBetter of
        true -> best(Which, Rest, I + 1, N, X, I);
        false -> best(Which, Rest, I + 1, N, Best, Age)
    end.
