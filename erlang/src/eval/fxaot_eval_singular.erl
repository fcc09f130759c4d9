%% @private Rank and pseudo-inverse of a matrix by its singular values: one-sided Jacobi rotations (Hestenes) turn pairs
%% of columns until all are at right angles; their lengths are then the singular values. Matrices are lists of rows.
-module(fxaot_eval_singular).

-export([rank/1, pseudo_inverse/1]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, absolute/1, above/2, below/2, square_root/1]).

-define(MOST_SWEEPS, 60).
-define(RIGHT_ANGLE, 1.0e-15).
%% 2⁻⁵²
-define(EPSILON, 2.220446049250313e-16).

-type matrix() :: [[value()]].
%% A column of the turned matrix and of the rotations, by its number.
-type columns() :: #{pos_integer() => {[value()], [value()]}}.

-spec rank(matrix()) -> non_neg_integer().
rank(Rows) ->
    {Columns, _} = turned(Rows),
    {Lengths, Limit} = lengths(Columns),
    length([L || L <- Lengths, above(L, Limit)]).

-spec pseudo_inverse(matrix()) -> matrix().
pseudo_inverse(Rows) ->
    {Columns, IsTransposed} = turned(Rows),
    {Lengths, Limit} = lengths(Columns),
    {Column, _} = map_get(1, Columns),
    Zero = [[0.0 || _ <- Column] || _ <- Lengths],
    Inverse = lists:foldl(fun({K, L}, Sum) ->
                                  case above(L, Limit) of
                                      true -> with(map_get(K, Columns), multiply(L, L), Sum);
                                      false -> Sum
                                  end
                          end, Zero, lists:zip(lists:seq(1, length(Lengths)), Lengths)),
    case IsTransposed of
        true -> transposed(Inverse);
        false -> Inverse
    end.

with({U, V}, Square, Sum) ->
    [begin
         Factor = divide(Element, Square),
         lists:zipwith(fun(X, Y) -> add(X, multiply(Factor, Y)) end, Row, U)
     end || {Element, Row} <- lists:zip(V, Sum)].

%% The lengths of the columns, and how long one must be to count.
-spec lengths(columns()) -> {[value()], value()}.
lengths(Columns) ->
    Lengths = [square_root(dot(U, U)) || {_, {U, _}} <- lists:sort(maps:to_list(Columns))],
    {Column, _} = map_get(1, Columns),
    Largest = lists:foldl(fun(L, Most) -> case above(L, Most) of true -> L; false -> Most end end, hd(Lengths),
                          tl(Lengths)),
    {Lengths, multiply(multiply(float(length(Column)), Largest), ?EPSILON)}.

%% Of the matrix or, where it has more columns than rows, of its transpose.
-spec turned(matrix()) -> {columns(), IsTransposed :: boolean()}.
turned([First | _] = Rows) ->
    IsTransposed = length(First) > length(Rows),
    Sides = case IsTransposed of
                true -> Rows;
                false -> transposed(Rows)
            end,
    Count = length(Sides),
    Numbers = lists:seq(1, Count),
    Columns = maps:from_list([{I, {Side, [fxaot_eval_number:truth(I =:= K) || K <- Numbers]}}
                              || {I, Side} <- lists:zip(Numbers, Sides)]),
    {swept(?MOST_SWEEPS, [{P, Q} || P <- Numbers, Q <- lists:seq(P + 1, Count)], Columns), IsTransposed}.

swept(0, _, Columns) -> Columns;
swept(Left, Pairs, Columns0) ->
    case lists:foldl(fun rotated/2, {true, Columns0}, Pairs) of
        {true, Columns} -> Columns;
        {false, Columns} -> swept(Left - 1, Pairs, Columns)
    end.

%% Puts two columns at right angles.
rotated({P, Q}, {IsDone, Columns}) ->
    #{P := {U1, V1}, Q := {U2, V2}} = Columns,
    {Alpha, Beta, Gamma} = {dot(U1, U1), dot(U2, U2), dot(U1, U2)},
    case above(absolute(Gamma), multiply(?RIGHT_ANGLE, square_root(multiply(Alpha, Beta)))) of
        true ->
            {C, S} = rotation(Alpha, Beta, Gamma),
            {NewU1, NewU2} = turn(U1, U2, C, S),
            {NewV1, NewV2} = turn(V1, V2, C, S),
            {false, Columns#{P := {NewU1, NewV1}, Q := {NewU2, NewV2}}};
        false -> {IsDone, Columns}
    end.

rotation(Alpha, Beta, Gamma) ->
    Zeta = divide(subtract(Beta, Alpha), multiply(2.0, Gamma)),
    Sign = case below(Zeta, 0.0) of true -> -1.0; false -> 1.0 end,
    T = divide(Sign, add(absolute(Zeta), square_root(add(1.0, multiply(Zeta, Zeta))))),
    C = divide(1.0, square_root(add(1.0, multiply(T, T)))),
    {C, multiply(C, T)}.

turn(As, Bs, C, S) ->
    lists:unzip([{subtract(multiply(C, A), multiply(S, B)), add(multiply(S, A), multiply(C, B))}
                 || {A, B} <- lists:zip(As, Bs)]).

dot(Xs, Ys) -> lists:foldl(fun({X, Y}, Sum) -> add(Sum, multiply(X, Y)) end, 0.0, lists:zip(Xs, Ys)).

transposed([[] | _]) -> [];
transposed(Rows) -> [[hd(Row) || Row <- Rows] | transposed([tl(Row) || Row <- Rows])].
