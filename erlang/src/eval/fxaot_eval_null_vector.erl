%% @private An eigenvector to an eigenvalue, by inverse iteration: (A − λ·I)·x = b solved twice by elimination with
%% partial pivoting, where a pivot of 0 counts as a very small one. Numbers are complex.
-module(fxaot_eval_null_vector).

-export([real_parts/2]).

-export_type([complex/0]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, above/2, larger/2, square_root/1]).

%% 2⁻⁵², 2⁻⁵⁰⁰
-define(EPSILON, 2.220446049250313e-16).
-define(LEAST, 3.054936363499605e-151).

-type complex() :: {Real :: value(), Imaginary :: value()}.

%% @doc Of a matrix as a list of rows.
-spec real_parts([[value()], ...], complex()) -> [value()].
real_parts(Rows, Value) ->
    Numbers = lists:seq(1, length(Rows)),
    Largest = lists:foldl(fun(X, Most) -> larger(Most, fxaot_eval_number:absolute(X)) end, 0.0, lists:append(Rows)),
    Smallest = larger(multiply(Largest, ?EPSILON), ?LEAST),
    A = [[less({X, 0.0}, case I of J -> Value; _ -> {0.0, 0.0} end) || {J, X} <- lists:zip(Numbers, Row)]
         || {I, Row} <- lists:zip(Numbers, Rows)],
    First = [{divide(1.0, float(I)), 0.0} || I <- Numbers],
    Vector = lists:foldl(fun(_, X) -> normalized(solved(lists:zip(A, X), Smallest, [])) end, First, [1, 2]),
    [Real || {Real, _} <- Vector].

%% Rows with their right sides; those that are done, from the last one on.
solved([], _, Done) -> lists:foldl(fun substituted/2, [], Done);
solved(Rows, Smallest, Done) ->
    [{[Pivot0 | Right], B} | Others] = pivoted(Rows),
    Pivot = case above(square(Pivot0), multiply(Smallest, Smallest)) of
                true -> Pivot0;
                false -> {Smallest, 0.0}
            end,
    Rest = [begin
                Factor = over(X, Pivot),
                {[less(Y, times(Factor, Z)) || {Y, Z} <- lists:zip(Row, Right)], less(Side, times(Factor, B))}
            end || {[X | Row], Side} <- Others],
    solved(Rest, Smallest, [{Pivot, Right, B} | Done]).

substituted({Pivot, Right, B}, Below) ->
    Left = lists:foldl(fun({A, X}, Sum) -> less(Sum, times(A, X)) end, B, lists:zip(Right, Below)),
    [over(Left, Pivot) | Below].

%% The row with the largest element in front, in exchange for the one that is there.
pivoted([{[Front | _], _} = First | Rest] = Rows) ->
    {_, Best, _} = lists:foldl(fun({[X | _], _}, {N, Place, Most}) ->
                                       case above(square(X), Most) of
                                           true -> {N + 1, N, square(X)};
                                           false -> {N + 1, Place, Most}
                                       end
                               end, {1, 0, square(Front)}, Rest),
    case Best of
        0 -> Rows;
        _ ->
            {Before, [Pivot | After]} = lists:split(Best - 1, Rest),
            [Pivot | Before ++ [First | After]]
    end.

%% To length 1, turned so that the largest element is real and positive.
normalized(Vector) ->
    Largest = lists:foldl(fun(X, Most) -> case above(square(X), square(Most)) of true -> X; false -> Most end end,
                          {0.0, 0.0}, Vector),
    case above(square(Largest), 0.0) of
        true ->
            Turned = [over(X, Largest) || X <- Vector],
            Length = square_root(lists:foldl(fun(X, Sum) -> add(Sum, square(X)) end, 0.0, Turned)),
            [{divide(Real, Length), divide(Imaginary, Length)} || {Real, Imaginary} <- Turned];
        false -> Vector
    end.

%% ---- complex numbers -----------------------------------------------------------------

square({Real, Imaginary}) -> add(multiply(Real, Real), multiply(Imaginary, Imaginary)).

less({R1, I1}, {R2, I2}) -> {subtract(R1, R2), subtract(I1, I2)}.

times({R1, I1}, {R2, I2}) ->
    {subtract(multiply(R1, R2), multiply(I1, I2)), add(multiply(R1, I2), multiply(I1, R2))}.

over(X, {Real, Imaginary} = Y) ->
    {R, I} = times(X, {Real, fxaot_eval_number:negate(Imaginary)}),
    {divide(R, square(Y)), divide(I, square(Y))}.
