%% @private Eigenvalues, real parts, and eigenvectors of a square matrix; matrices are lists of rows.
%%
%% Of a symmetric matrix by cyclic Jacobi rotations, the largest eigenvalue first. Of any other one by reduction to
%% Hessenberg form and the QR algorithm (fxaot_eval_hessenberg), and eigenvectors by inverse iteration
%% (fxaot_eval_null_vector). Eigenvectors are columns of length 1, whose largest element is positive.
-module(fxaot_eval_eigen).

-export([values/1, vectors/1]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, absolute/1, above/2, below/2, at_least/2, larger/2,
                            smaller/2, square_root/1, truth/1]).

-define(MOST_SWEEPS, 60).
%% 2⁻⁵³, 2⁻⁵⁴, 2⁻⁶⁰
-define(HALF_EPSILON, 1.1102230246251565e-16).
-define(QUARTER_EPSILON, 5.551115123125783e-17).
-define(NOTHING, 8.673617379884035e-19).

-type matrix() :: [[value()], ...].

-spec values(matrix()) -> [value()].
values(Rows) ->
    case is_symmetric(Rows) of
        true -> [Value || {Value, _} <- symmetric(Rows)];
        false -> [Real || {Real, _} <- fxaot_eval_hessenberg:eigenvalues(Rows)]
    end.

-spec vectors(matrix()) -> matrix().
vectors(Rows) ->
    transposed(case is_symmetric(Rows) of
                   true -> [Vector || {_, Vector} <- symmetric(Rows)];
                   false ->
                       [fxaot_eval_null_vector:real_parts(Rows, Value)
                        || Value <- fxaot_eval_hessenberg:eigenvalues(Rows)]
               end).

transposed([[] | _]) -> [];
transposed(Rows) -> [[hd(Row) || Row <- Rows] | transposed([tl(Row) || Row <- Rows])].

%% But for rounding.
is_symmetric(Rows) ->
    N = length(Rows),
    Tolerance = 10 * float(N * N) * ?HALF_EPSILON,
    lists:all(fun({X, Y}) ->
                      at_least(multiply(larger(absolute(X), absolute(Y)), Tolerance), absolute(subtract(X, Y)))
              end, lists:zip(lists:append(Rows), lists:append(transposed(Rows)))).

%% ---- symmetric matrices --------------------------------------------------------------

%% Each eigenvalue and its vector.
symmetric(Rows) ->
    N = length(Rows),
    Numbers = lists:seq(1, N),
    A = maps:from_list([{{I, J}, X} || {I, Row} <- lists:zip(Numbers, Rows), {J, X} <- lists:zip(Numbers, Row)]),
    V = maps:from_list([{{I, J}, truth(I =:= J)} || I <- Numbers, J <- Numbers]),
    Pairs = [{P, Q} || P <- Numbers, Q <- lists:seq(P + 1, N)],
    {Turned, Vectors} = swept(?MOST_SWEEPS, Pairs, N, {A, V}),
    Diagonal = [{map_get({I, I}, Turned), I} || I <- Numbers],
    Largest = lists:foldl(fun({X, _}, Most) -> larger(Most, absolute(X)) end, 0.0, Diagonal),
    Ordered = lists:sort(fun({X, I}, {Y, K}) -> above(X, Y) orelse (not above(Y, X) andalso I =< K) end, Diagonal),
    [{rounded(X, Largest), signed([map_get({Row, I}, Vectors) || Row <- Numbers])} || {X, I} <- Ordered].

rounded(X, Largest) ->
    case at_least(multiply(Largest, ?HALF_EPSILON), absolute(X)) of
        true -> 0.0;
        false -> X
    end.

signed(Vector) ->
    Largest = lists:foldl(fun(X, Most) ->
                                  case above(absolute(X), absolute(Most)) of true -> X; false -> Most end
                          end, 0.0, Vector),
    Sign = case below(Largest, 0.0) of true -> -1.0; false -> 1.0 end,
    [multiply(Sign, X) || X <- Vector].

swept(0, _, _, Grids) -> Grids;
swept(Left, Pairs, N, Grids) ->
    case lists:foldl(fun(Pair, State) -> rotated(Pair, N, State) end, {true, Grids}, Pairs) of
        {true, Done} -> Done;
        {false, Turned} -> swept(Left - 1, Pairs, N, Turned)
    end.

%% Makes the element of two axes 0, which may be nothing beside the diagonal.
rotated({P, Q}, N, {IsDone, {A, V}}) ->
    #{{P, P} := X, {Q, Q} := Y, {P, Q} := Z} = A,
    Size = absolute(Z),
    IsSome = above(Size, multiply(?QUARTER_EPSILON, smaller(absolute(X), absolute(Y)))) andalso
        above(Size, multiply(?NOTHING, larger(absolute(X), absolute(Y)))),
    case IsSome of
        false -> {IsDone, {A#{{P, Q} := 0.0, {Q, P} := 0.0}, V}};
        true ->
            {T, C, S} = rotation(X, Y, Z),
            Columns = fun(Grid) -> turned([{{I, P}, {I, Q}} || I <- lists:seq(1, N)], C, S, Grid) end,
            Turned = turned([{{P, I}, {Q, I}} || I <- lists:seq(1, N)], C, S, Columns(A)),
            {false, {Turned#{{P, Q} := 0.0, {Q, P} := 0.0, {P, P} := subtract(X, multiply(T, Z)),
                             {Q, Q} := add(Y, multiply(T, Z))}, Columns(V)}}
    end.

rotation(X, Y, Z) ->
    Theta = divide(subtract(Y, X), multiply(2.0, Z)),
    Sign = case below(Theta, 0.0) of true -> -1.0; false -> 1.0 end,
    T = divide(Sign, add(absolute(Theta), square_root(add(multiply(Theta, Theta), 1.0)))),
    C = divide(1.0, square_root(add(multiply(T, T), 1.0))),
    {T, C, multiply(T, C)}.

turned(Places, C, S, Grid0) ->
    lists:foldl(fun({I, K}, Grid) ->
                        #{I := X, K := Y} = Grid,
                        Grid#{I := subtract(multiply(C, X), multiply(S, Y)), K := add(multiply(S, X), multiply(C, Y))}
                end, Grid0, Places).
