%% @private Matrices: sums, products and questions. Sums of products run from the first to the last.
-module(fxaot_eval_algebra).

-export([function/3]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, multiply/2, at_least/2, same/2, truth/1]).

-define(MOST, 100000).
-define(LARGEST_POWER, 9007199254740992.0).

%% @doc A function of a matrix of numbers.
-spec function(atom(), [value()], fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
function(matrix_sum, [Id, Other], Heap) -> combined(Id, Other, fun fxaot_eval_number:add/2, Heap);
function(matrix_diff, [Id, Other], Heap) -> combined(Id, Other, fun fxaot_eval_number:subtract/2, Heap);
function(matrix_mult, [Id, {ref, _} = Other], Heap) ->
    M = fxaot_eval_matrix:find(Id, Heap),
    case fxaot_eval_heap:look(Other, Heap) of
        #object{kind = matrix} = Second -> product(M, Second, Heap);
        _ -> product_with_array(M, fxaot_eval_span:find(Other, Heap), Heap)
    end;
function(matrix_mult, [Id, Number], Heap) -> combined(Id, Number, fun fxaot_eval_number:multiply/2, Heap);
function(matrix_pow, [Id, Power], Heap) ->
    M = fxaot_eval_matrix:find(Id, Heap),
    check_square(M),
    at_least(Power, 0.0) andalso at_least(?LARGEST_POWER, Power) orelse fxaot_eval_heap:fail({argument, Power}),
    power(M, trunc(Power), Heap);
function(matrix_kron, [Id, Other], Heap) ->
    kronecker(fxaot_eval_matrix:find(Id, Heap), fxaot_eval_matrix:find(Other, Heap), Heap);
function(Function, [Id], Heap) when Function =:= matrix_avg; Function =:= matrix_min; Function =:= matrix_max ->
    Values = [X || X <- elements(fxaot_eval_matrix:find(Id, Heap)), X =/= na],
    {Least, Most} = fxaot_eval_statistics:extremes(Values),
    {case Function of
         matrix_avg -> fxaot_eval_statistics:average(Values);
         matrix_min -> Least;
         matrix_max -> Most
     end, Heap};
function(Function, [Id], Heap0) when Function =:= matrix_median; Function =:= matrix_mode ->
    #object{type = Type} = M = fxaot_eval_matrix:find(Id, Heap0),
    {Values, Heap} = fxaot_eval_statistics:ascending(elements(M), Heap0),
    {case Function of
         matrix_median -> fxaot_eval_statistics:median(Values, Type);
         matrix_mode -> fxaot_eval_statistics:mode(Values)
     end, Heap};
function(Function, [Id], Heap0)
  when Function =:= matrix_det; Function =:= matrix_inv; Function =:= matrix_pinv; Function =:= matrix_rank;
       Function =:= matrix_trace; Function =:= matrix_eigenvalues; Function =:= matrix_eigenvectors ->
    #object{extra = Rows, detail = Columns} = M = fxaot_eval_matrix:find(Id, Heap0),
    Function =:= matrix_pinv orelse Function =:= matrix_rank orelse check_square(M),
    Rows > 0 andalso Columns > 0 orelse fxaot_eval_heap:fail(empty),
    decomposed(Function, M, fxaot_eval_heap:spend(work(Function, Rows, Columns), Heap0));
function(Function, [Id], Heap) ->
    #object{kind = matrix} = M = fxaot_eval_matrix:find(Id, Heap),
    {truth(is(Function, M)), Heap};
function(_, _, _) -> fxaot_eval_heap:fail({argument, na}).

elements(#object{cells = Cells}) -> fxaot_eval_vector:to_list(Cells).

check_square(#object{extra = Rows, detail = Rows}) -> true;
check_square(#object{extra = Rows, detail = Columns}) -> fxaot_eval_heap:fail({not_square, Rows, Columns}).

%% ---- sums and products -------------------------------------------------------------

%% With a matrix of the same shape, or with a number.
combined(Id, {ref, _} = Other, Combine, Heap) ->
    #object{extra = Rows, detail = Columns} = M = fxaot_eval_matrix:find(Id, Heap),
    #object{extra = OtherRows, detail = OtherColumns} = Second = fxaot_eval_matrix:find(Other, Heap),
    {Rows, Columns} =:= {OtherRows, OtherColumns} orelse
        fxaot_eval_heap:fail({shapes, Rows, Columns, OtherRows, OtherColumns}),
    made(Rows, Columns, lists:zipwith(Combine, elements(M), elements(Second)), Heap);
combined(Id, Number, Combine, Heap) ->
    #object{extra = Rows, detail = Columns} = M = fxaot_eval_matrix:find(Id, Heap),
    made(Rows, Columns, [Combine(X, Number) || X <- elements(M)], Heap).

made(Rows, Columns, Elements, Heap) -> fxaot_eval_matrix:make(float, Rows, Columns, Elements, Heap).

product_with_array(#object{extra = Rows, detail = Columns} = M, Span, Heap0) ->
    Count = fxaot_eval_span:count(Span),
    Heap = fxaot_eval_heap:spend(Count, Heap0),
    Count =:= Columns orelse fxaot_eval_heap:fail({shapes, Rows, Columns, 1, Count}),
    Vector = fxaot_eval_span:elements(Span),
    fxaot_eval_span:make(float, [dot(Row, Vector) || Row <- fxaot_eval_matrix:rows(M)], Heap).

product(#object{extra = Rows, detail = Inner} = M, #object{extra = OtherRows, detail = Columns} = Other, Heap) ->
    Inner =:= OtherRows orelse fxaot_eval_heap:fail({shapes, Rows, Inner, OtherRows, Columns}),
    fits(Rows, Columns),
    Spent = fxaot_eval_heap:spend(Rows * Inner * Columns, Heap),
    Product = multiplied(fxaot_eval_matrix:rows(M), columns(fxaot_eval_matrix:rows(Other), Columns)),
    made(Rows, Columns, lists:append(Product), Spent).

fits(Rows, Columns) ->
    Rows * Columns =< ?MOST orelse fxaot_eval_heap:fail({size, float(Rows * Columns), ?MOST}).

multiplied(Rows, Columns) -> [[dot(Row, Column) || Column <- Columns] || Row <- Rows].

columns(Rows, Count) -> [[lists:nth(C, Row) || Row <- Rows] || C <- lists:seq(1, Count)].

dot([X | Xs], [Y | Ys]) -> dot(Xs, Ys, add(0.0, multiply(X, Y)));
dot([], []) -> 0.0.

dot([X | Xs], [Y | Ys], Sum) -> dot(Xs, Ys, add(Sum, multiply(X, Y)));
dot([], [], Sum) -> Sum.

%% By repeated squaring; the power 0 is the identity.
power(#object{extra = N}, 0, Heap) ->
    made(N, N, [truth(Row =:= Column) || Row <- lists:seq(1, N), Column <- lists:seq(1, N)], Heap);
power(#object{extra = N} = M, Power, Heap0) ->
    Rows = fxaot_eval_matrix:rows(M),
    {Product, Heap} = squared(Power - 1, Rows, Rows, N, Heap0),
    made(N, N, lists:append(Product), Heap).

squared(0, Product, _, _, Heap) -> {Product, Heap};
squared(Left, Product0, Square0, N, Heap0) ->
    Heap = fxaot_eval_heap:spend(2 * N * N * N, Heap0),
    Columns = columns(Square0, N),
    Product = case Left band 1 of
                  1 -> multiplied(Product0, Columns);
                  0 -> Product0
              end,
    case Left bsr 1 of
        0 -> {Product, Heap};
        Rest -> squared(Rest, Product, multiplied(Square0, Columns), N, Heap)
    end.

kronecker(#object{extra = Rows, detail = Columns} = M, #object{extra = OtherRows, detail = OtherColumns} = Other,
          Heap0) ->
    {AllRows, AllColumns} = {Rows * OtherRows, Columns * OtherColumns},
    AllRows =< ?MOST andalso AllColumns =< ?MOST andalso AllRows * AllColumns =< ?MOST orelse
        fxaot_eval_heap:fail({size, float(AllRows * AllColumns), ?MOST}),
    Heap = fxaot_eval_heap:spend(AllRows * AllColumns, Heap0),
    made(AllRows, AllColumns, [multiply(X, Y) || Row <- fxaot_eval_matrix:rows(M),
                                                 OtherRow <- fxaot_eval_matrix:rows(Other), X <- Row, Y <- OtherRow],
         Heap).

%% ---- decompositions ----------------------------------------------------------------

work(matrix_trace, _, _) -> 0;
work(Function, Rows, Columns) when Function =:= matrix_rank; Function =:= matrix_pinv ->
    8 * Rows * Columns * min(Rows, Columns);
work(_, Rows, Columns) -> Rows * Columns * min(Rows, Columns).

decomposed(matrix_trace, M, Heap) ->
    Numbered = lists:zip(lists:seq(1, M#object.extra), fxaot_eval_matrix:rows(M)),
    {lists:foldl(fun({I, Row}, Sum) -> add(Sum, lists:nth(I, Row)) end, 0.0, Numbered), Heap};
decomposed(Function, #object{extra = Rows, detail = Columns} = M, Heap) ->
    case lists:all(fun is_float/1, elements(M)) of
        true -> of_finite(Function, fxaot_eval_matrix:rows(M), Rows, Columns, Heap);
        false -> of_infinite(Function, Rows, Columns, Heap)
    end.

%% Where an element is na or without end, so are all results.
of_infinite(Function, _, _, Heap) when Function =:= matrix_det; Function =:= matrix_rank -> {na, Heap};
of_infinite(matrix_eigenvalues, Rows, _, Heap) -> fxaot_eval_span:make(float, lists:duplicate(Rows, na), Heap);
of_infinite(matrix_pinv, Rows, Columns, Heap) -> made(Columns, Rows, lists:duplicate(Rows * Columns, na), Heap);
of_infinite(_, Rows, Columns, Heap) -> made(Rows, Columns, lists:duplicate(Rows * Columns, na), Heap).

of_finite(matrix_det, Rows, _, _, Heap) -> {fxaot_eval_solve:determinant(Rows), Heap};
of_finite(matrix_inv, Rows, N, _, Heap) ->
    case fxaot_eval_solve:inverse(Rows) of
        none -> {na, Heap};
        Inverse -> made(N, N, lists:append(Inverse), Heap)
    end;
of_finite(matrix_pinv, Rows, Height, Width, Heap) ->
    Inverse = case Height =:= Width andalso fxaot_eval_solve:inverse(Rows) of
                  Known when is_list(Known) -> Known;
                  _ -> fxaot_eval_singular:pseudo_inverse(Rows)
              end,
    made(Width, Height, lists:append(Inverse), Heap);
of_finite(matrix_rank, Rows, _, _, Heap) -> {float(fxaot_eval_singular:rank(Rows)), Heap};
of_finite(matrix_eigenvalues, Rows, _, _, Heap) ->
    fxaot_eval_span:make(float, fxaot_eval_eigen:values(Rows), Heap);
of_finite(matrix_eigenvectors, Rows, N, _, Heap0) ->
    Heap = fxaot_eval_heap:spend(2 * N * N * N * N, Heap0),
    made(N, N, lists:append(fxaot_eval_eigen:vectors(Rows)), Heap).

%% ---- questions -----------------------------------------------------------------------

%% Elements are compared exactly; sums of rows as scripts compare numbers.
is(matrix_is_zero, M) -> lists:all(fun(X) -> X == 0.0 end, elements(M));
is(matrix_is_binary, M) -> lists:all(fun(X) -> X == 0.0 orelse X == 1.0 end, elements(M));
is(matrix_is_stochastic, #object{extra = Rows} = M) ->
    Rows > 0 andalso lists:all(fun(X) -> at_least(X, 0.0) end, elements(M)) andalso
        lists:all(fun(Row) -> fxaot_eval_number:equal(lists:foldl(fun(X, Sum) -> add(Sum, X) end, 0.0, Row), 1.0) end,
                  fxaot_eval_matrix:rows(M));
is(_, #object{extra = Rows, detail = Columns}) when Rows =/= Columns -> false;
is(matrix_is_square, _) -> true;
is(matrix_is_identity, M) -> holds(fun(Row, Column, X) -> X == truth(Row =:= Column) end, M);
is(matrix_is_symmetric, M) -> mirrors(fun fxaot_eval_number:same/2, M);
is(matrix_is_antisymmetric, M) -> mirrors(fun(X, Y) -> same(X, fxaot_eval_number:negate(Y)) end, M);
is(matrix_is_diagonal, M) -> holds(fun(Row, Column, X) -> Row =:= Column orelse X == 0.0 end, M);
is(matrix_is_antidiagonal, #object{extra = N} = M) ->
    holds(fun(Row, Column, X) -> Row + Column =:= N + 1 orelse X == 0.0 end, M);
is(matrix_is_triangular, M) ->
    holds(fun(Row, Column, X) -> Row =< Column orelse X == 0.0 end, M) orelse
        holds(fun(Row, Column, X) -> Row >= Column orelse X == 0.0 end, M);
is(_, _) -> fxaot_eval_heap:fail({argument, na}).

%% For each row's and column's number, from 1 on, and element.
holds(Rule, #object{extra = N} = M) ->
    lists:all(fun({Row, Elements}) ->
                      lists:all(fun({Column, X}) -> Rule(Row, Column, X) end, lists:zip(lists:seq(1, N), Elements))
              end, lists:zip(lists:seq(1, N), fxaot_eval_matrix:rows(M))).

%% Each element and the one on the other side of the main diagonal.
mirrors(Fits, #object{extra = N} = M) ->
    Rows = fxaot_eval_matrix:rows(M),
    lists:all(fun({X, Y}) -> Fits(X, Y) end, lists:zip(lists:append(Rows), lists:append(columns(Rows, N)))).
