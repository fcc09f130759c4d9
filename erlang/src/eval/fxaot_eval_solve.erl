%% @private Determinant and inverse of a square matrix, by Gauss's elimination with partial pivoting. Matrices are lists
%% of rows.
-module(fxaot_eval_solve).

-export([determinant/1, inverse/1]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [subtract/2, multiply/2, divide/2, absolute/1, above/2, at_least/2]).

%% A pivot this small means that there is no inverse.
-define(SMALLEST, 1.0e-11).

-type matrix() :: [[value()]].
%% Of each row of the result: the row of the matrix that stands there, its factors left of the main diagonal, and what
%% is on it and right of it.
-type decomposed() :: [{pos_integer(), Lower :: [value()], Upper :: [value(), ...]}].

-spec determinant(matrix()) -> value().
determinant(Rows) ->
    case decomposed(Rows) of
        none -> 0.0;
        {Sign, All} -> lists:foldl(fun({_, _, [Pivot | _]}, Product) -> multiply(Product, Pivot) end, Sign, All)
    end.

%% @doc `none' where there is none.
-spec inverse(matrix()) -> matrix() | none.
inverse(Rows) ->
    case decomposed(Rows) of
        none -> none;
        {_, All} -> backward(forward(All, length(Rows)))
    end.

%% The sign is -1 when rows were exchanged an odd number of times.
-spec decomposed(matrix()) -> {Sign :: float(), decomposed()} | none.
decomposed(Rows) ->
    eliminated([{I, [], Row} || {I, Row} <- lists:zip(lists:seq(1, length(Rows)), Rows)], 1.0, []).

eliminated([], Sign, Done) -> {Sign, [{I, lists:reverse(Lower), Upper} || {I, Lower, Upper} <- lists:reverse(Done)]};
eliminated(Rows, Sign0, Done) ->
    {[{_, _, [Pivot | Right]} = First | Others], Sign} = pivoted(Rows, Sign0),
    case at_least(absolute(Pivot), ?SMALLEST) of
        true ->
            Rest = [begin
                        Factor = divide(X, Pivot),
                        {I, [Factor | Lower], lists:zipwith(fun(A, B) -> subtract(A, multiply(Factor, B)) end, Upper,
                                                            Right)}
                    end || {I, Lower, [X | Upper]} <- Others],
            eliminated(Rest, Sign, [First | Done]);
        false -> none
    end.

%% The row with the largest element in front, in exchange for the one that is there.
pivoted([First | Rest] = Rows, Sign) ->
    {_, Best, _} = lists:foldl(fun({_, _, [X | _]}, {N, Place, Most}) ->
                                       case above(absolute(X), Most) of
                                           true -> {N + 1, N, absolute(X)};
                                           false -> {N + 1, Place, Most}
                                       end
                               end, {1, 0, front(First)}, Rest),
    case Best of
        0 -> {Rows, Sign};
        _ ->
            {Before, [Pivot | After]} = lists:split(Best - 1, Rest),
            {[Pivot | Before ++ [First | After]], -Sign}
    end.

front({_, _, [X | _]}) -> absolute(X).

%% The rows of the identity, exchanged likewise, less the factors times the rows above.
forward(All, N) ->
    lists:reverse(
      lists:foldl(fun({I, Lower, Upper}, Done) ->
                          Unit = [fxaot_eval_number:truth(Column =:= I) || Column <- lists:seq(1, N)],
                          Above = [X || {X, _} <- lists:reverse(Done)],
                          Row = lists:foldl(fun less/2, Unit, lists:zip(Above, Lower)),
                          [{Row, Upper} | Done]
                  end, [], All)).

%% From the last row up.
backward(Rows) ->
    lists:foldl(fun({Row, [Pivot | Right]}, Below) ->
                        Left = lists:foldl(fun less/2, Row, lists:reverse(lists:zip(Below, Right))),
                        [[divide(X, Pivot) || X <- Left] | Below]
                end, [], lists:reverse(Rows)).

%% A row less another one times a factor.
less({Other, Factor}, Row) -> lists:zipwith(fun(X, Y) -> subtract(X, multiply(Y, Factor)) end, Row, Other).
