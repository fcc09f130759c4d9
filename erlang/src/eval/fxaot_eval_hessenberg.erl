%% @private The eigenvalues of any square matrix: Householder's reduction to Hessenberg form, then the QR algorithm with
%% double shifts of Francis, as EISPACK's hqr has it. na for those that 30 steps do not find.
-module(fxaot_eval_hessenberg).

-export([eigenvalues/1]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, negate/1, absolute/1, above/2, below/2, at_least/2,
                            square_root/1]).

-define(MOST_STEPS, 30).
%% 2⁻⁵²
-define(EPSILON, 2.220446049250313e-16).

%% Elements by row and column, from 0.
-type grid() :: #{{non_neg_integer(), non_neg_integer()} => value()}.

%% @doc In the order of the diagonal on which they stand; a matrix is a list of rows.
-spec eigenvalues([[value()], ...]) -> [fxaot_eval_null_vector:complex()].
eigenvalues(Rows) ->
    N = length(Rows),
    Numbers = lists:seq(0, N - 1),
    A = maps:from_list([{{I, J}, X} || {I, Row} <- lists:zip(Numbers, Rows), {J, X} <- lists:zip(Numbers, Row)]),
    Found = found(N - 1, 0, 0.0, reduced(N, A), #{}),
    [maps:get(I, Found, {na, 0.0}) || I <- Numbers].

sum(Terms) -> lists:foldl(fun(X, Sum) -> add(Sum, X) end, 0.0, Terms).

at(I, J, A) -> map_get({I, J}, A).

%% ---- reduction -----------------------------------------------------------------------

%% Zeros below the diagonal beneath the main one.
-spec reduced(pos_integer(), grid()) -> grid().
reduced(N, A) -> lists:foldl(fun(K, Grid) -> reflected(K, N, Grid) end, A, lists:seq(0, N - 3)).

reflected(K, N, A) ->
    Below = lists:seq(K + 1, N - 1),
    Norm = square_root(sum([multiply(at(I, K, A), at(I, K, A)) || I <- Below])),
    case above(Norm, 0.0) of
        false -> A;
        true ->
            First = at(K + 1, K, A),
            Head = add(First, case below(First, 0.0) of true -> negate(Norm); false -> Norm end),
            V = maps:from_list([{I, at(I, K, A)} || I <- Below]),
            Reflector = V#{K + 1 := Head},
            zeroed(K, N, mirrored(Reflector, Below, N, A))
    end.

mirrored(V, Below, N, A) ->
    Square = sum([multiply(map_get(I, V), map_get(I, V)) || I <- Below]),
    All = lists:seq(0, N - 1),
    Rows = lists:foldl(fun(J, Grid) -> mirror([{I, {I, J}} || I <- Below], V, Square, Grid) end, A, All),
    lists:foldl(fun(I, Grid) -> mirror([{J, {I, J}} || J <- Below], V, Square, Grid) end, Rows, All).

%% A row or column less twice its part along V.
mirror(Places, V, Square, A0) ->
    Along = sum([multiply(map_get(I, V), map_get(Place, A0)) || {I, Place} <- Places]),
    Factor = divide(multiply(2.0, Along), Square),
    lists:foldl(fun({I, Place}, A) ->
                        A#{Place := subtract(map_get(Place, A), multiply(Factor, map_get(I, V)))}
                end, A0, Places).

zeroed(K, N, A) -> lists:foldl(fun(I, Grid) -> Grid#{{I, K} := 0.0} end, A, lists:seq(K + 2, N - 1)).

%% ---- the QR algorithm ------------------------------------------------------------------

%% The shift is what has been taken from the diagonal by exceptional shifts.
found(Last, _, _, _, Found) when Last < 0 -> Found;
found(Last, Steps, Shift, A0, Found) ->
    {First, A} = first(Last, A0),
    if First =:= Last -> found(Last - 1, 0, Shift, A, Found#{Last => {add(at(Last, Last, A), Shift), 0.0}});
       First =:= Last - 1 -> found(Last - 2, 0, Shift, A, maps:merge(Found, pair(Last, Shift, A)));
       Steps >= ?MOST_STEPS -> Found;
       true ->
            {Next, Taken} = step(First, Last, Steps + 1, A),
            found(Last, Steps + 1, add(Shift, Taken), Next, Found)
    end.

%% Where the block begins that ends with the row and has no 0 below its diagonal.
first(0, A) -> {0, A};
first(Row, A) ->
    Size = add(absolute(at(Row - 1, Row - 1, A)), absolute(at(Row, Row, A))),
    case at_least(multiply(?EPSILON, Size), absolute(at(Row, Row - 1, A))) of
        true -> {Row, A#{{Row, Row - 1} := 0.0}};
        false -> first(Row - 1, A)
    end.

pair(Last, Shift, A) ->
    {X, Y} = {at(Last, Last, A), at(Last - 1, Last - 1, A)},
    W = multiply(at(Last, Last - 1, A), at(Last - 1, Last, A)),
    P = divide(subtract(Y, X), 2.0),
    Q = add(multiply(P, P), W),
    Root = square_root(absolute(Q)),
    Base = add(X, Shift),
    case at_least(Q, 0.0) of
        true ->
            Z = case below(P, 0.0) of true -> subtract(P, Root); false -> add(P, Root) end,
            Second = case Z == 0.0 of true -> add(Base, Z); false -> subtract(Base, divide(W, Z)) end,
            #{Last - 1 => {add(Base, Z), 0.0}, Last => {Second, 0.0}};
        false -> #{Last - 1 => {add(Base, P), Root}, Last => {add(Base, P), negate(Root)}}
    end.

step(First, Last, Steps, A0) ->
    {{X, Y, W}, Taken, A} = shifted(Last, Steps, A0),
    {Start, P, Q, R} = beginning(Last - 2, First, X, Y, W, A),
    Cleared = lists:foldl(fun(I, Grid) when I > Start + 2 -> Grid#{{I, I - 2} := 0.0, {I, I - 3} := 0.0};
                             (I, Grid) -> Grid#{{I, I - 2} := 0.0}
                          end, A, lists:seq(Start + 2, Last)),
    {swept(Start, First, Last, Start, {P, Q, R}, Cleared), Taken}.

%% Steps 11 and 21 have a shift of their own.
shifted(Last, Steps, A) when Steps =:= 11; Steps =:= 21 ->
    X = at(Last, Last, A),
    Less = lists:foldl(fun(I, Grid) -> Grid#{{I, I} := subtract(at(I, I, Grid), X)} end, A, lists:seq(0, Last)),
    S = add(absolute(at(Last, Last - 1, Less)), absolute(at(Last - 1, Last - 2, Less))),
    Near = multiply(0.75, S),
    {{Near, Near, multiply(multiply(-0.4375, S), S)}, X, Less};
shifted(Last, _, A) ->
    {{at(Last, Last, A), at(Last - 1, Last - 1, A), multiply(at(Last, Last - 1, A), at(Last - 1, Last, A))}, 0.0, A}.

%% Two small elements below the diagonal in a row: the step can begin there.
beginning(M, First, X, Y, W, A) ->
    Z = at(M, M, A),
    {DX, DY} = {subtract(X, Z), subtract(Y, Z)},
    P0 = add(divide(subtract(multiply(DX, DY), W), at(M + 1, M, A)), at(M, M + 1, A)),
    Q0 = subtract(subtract(subtract(at(M + 1, M + 1, A), Z), DX), DY),
    R0 = at(M + 2, M + 1, A),
    Size = add(add(absolute(P0), absolute(Q0)), absolute(R0)),
    {P, Q, R} = {divide(P0, Size), divide(Q0, Size), divide(R0, Size)},
    case M =:= First orelse is_small(M, P, Q, R, Z, A) of
        true -> {M, P, Q, R};
        false -> beginning(M - 1, First, X, Y, W, A)
    end.

is_small(M, P, Q, R, Z, A) ->
    U = multiply(absolute(at(M, M - 1, A)), add(absolute(Q), absolute(R))),
    Diagonal = add(add(absolute(at(M - 1, M - 1, A)), absolute(Z)), absolute(at(M + 1, M + 1, A))),
    at_least(multiply(?EPSILON, multiply(absolute(P), Diagonal)), U).

%% The double step: reflections of three rows and columns, from Start down.
swept(K, _, Last, _, _, A) when K >= Last -> A;
swept(K, First, Last, Start, Beginning, A) ->
    case direction(K, Last, Start, Beginning, A) of
        none -> swept(K + 1, First, Last, Start, Beginning, A);
        {P, Q, R, Scale, S} ->
            Marked = marked(K, First, Start, S, Scale, A),
            Sum = add(P, S),
            Row = {divide(Sum, S), divide(Q, S), divide(R, S)},
            Column = {divide(Q, Sum), divide(R, Sum)},
            swept(K + 1, First, Last, Start, Beginning, reflect(K, First, Last, Row, Column, Marked))
    end.

direction(Start, _, Start, {P, Q, R}, _) -> normed(P, Q, R, 1.0);
direction(K, Last, _, _, A) ->
    {P, Q} = {at(K, K - 1, A), at(K + 1, K - 1, A)},
    R = case K < Last - 1 of true -> at(K + 2, K - 1, A); false -> 0.0 end,
    case add(add(absolute(P), absolute(Q)), absolute(R)) of
        Scale when Scale == 0.0 -> none;
        Scale -> normed(divide(P, Scale), divide(Q, Scale), divide(R, Scale), Scale)
    end.

normed(P, Q, R, Scale) ->
    case square_root(add(add(multiply(P, P), multiply(Q, Q)), multiply(R, R))) of
        Norm when Norm == 0.0 -> none;
        Norm -> {P, Q, R, Scale, case below(P, 0.0) of true -> negate(Norm); false -> Norm end}
    end.

marked(K, _, Start, S, Scale, A) when K > Start -> A#{{K, K - 1} := multiply(negate(S), Scale)};
marked(K, First, Start, _, _, A) when First =/= Start -> A#{{K, K - 1} := negate(at(K, K - 1, A))};
marked(_, _, _, _, _, A) -> A.

reflect(K, First, Last, {X, Y, Z}, {Q, R}, A0) ->
    HasThird = K < Last - 1,
    Rows = lists:foldl(
             fun(J, A) -> part([{K, J}, {K + 1, J} | [{K + 2, J} || HasThird]], [1.0, Q, R], [X, Y, Z], A) end,
             A0, lists:seq(K, Last)),
    lists:foldl(
      fun(I, A) -> part([{I, K}, {I, K + 1} | [{I, K + 2} || HasThird]], [X, Y, Z], [1.0, Q, R], A) end,
      Rows, lists:seq(First, min(Last, K + 3))).

%% Takes their weighted sum from elements, each times a factor of its own.
part(Places, Weights, Factors, A0) ->
    Count = length(Places),
    [Head | Tail] = [multiply(W, map_get(Place, A0)) || {W, Place} <- lists:zip(lists:sublist(Weights, Count), Places)],
    Sum = lists:foldl(fun(X, S) -> add(S, X) end, Head, Tail),
    lists:foldl(fun({Place, Factor}, A) -> A#{Place := subtract(map_get(Place, A), multiply(Sum, Factor))} end, A0,
                lists:zip(Places, lists:sublist(Factors, Count))).
