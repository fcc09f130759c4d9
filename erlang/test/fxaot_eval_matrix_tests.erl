%% Matrices of the evaluator in Erlang.
-module(fxaot_eval_matrix_tests).
-include_lib("eunit/include/eunit.hrl").

-import(fxaot_eval_object_tests, [heap/0, call/3, floats/2, elements/2, fault/3]).

%% A matrix of floats by its rows.
matrix([First | _] = Rows, Heap0) ->
    {M, Heap1} = call(matrix_new, [1.0, float(length(Rows)), float(length(First)), na], Heap0),
    Cells = [{float(R), float(C), X} || {R, Row} <- numbered(Rows), {C, X} <- numbered(Row)],
    {M, lists:foldl(fun({R, C, X}, Heap) -> element(2, call(matrix_set, [M, R, C, X], Heap)) end, Heap1, Cells)}.

numbered(List) -> lists:zip(lists:seq(0, length(List) - 1), List).

rows(M, Heap) -> fxaot_eval_matrix:rows(fxaot_eval_matrix:find(M, Heap)).

%% A function of a matrix: the value, or the rows of the matrix or the elements of the array that it answers.
of_rows(Function, Rows) -> of_rows(Function, Rows, []).
of_rows(Function, Rows, More) ->
    {M, Heap} = matrix(Rows, heap()),
    answer(call(Function, [M | More], Heap)).

of_two(Function, Rows, Others) ->
    {M, Heap0} = matrix(Rows, heap()),
    {Other, Heap} = matrix(Others, Heap0),
    answer(call(Function, [M, Other], Heap)).

answer({Id, Heap}) ->
    case fxaot_eval_heap:look(Id, Heap) of
        none -> Id;
        Object -> case element(2, Object) of
                      matrix -> rows(Id, Heap);
                      _ -> elements(Id, Heap)
                  end
    end.

%% The matrix after a function with an effect only.
changed(Function, Rows, More) ->
    {M, Heap0} = matrix(Rows, heap()),
    {_, Heap} = call(Function, [M | More], Heap0),
    rows(M, Heap).

-define(A, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).

close(Expected, Actual) ->
    ?assertEqual(length(lists:flatten(Expected)), length(lists:flatten(Actual))),
    [?assert(abs(X - Y) < 1.0e-13) || {X, Y} <- lists:zip(lists:flatten(Expected), lists:flatten(Actual))].

%% ---- reading and changing --------------------------------------------------------------

elements_have_a_row_and_a_column_test() ->
    ?assertEqual([6.0, 2.0, 3.0, 6.0, na], [of_rows(F, ?A, More) || {F, More} <- [
        {matrix_get, [1.0, 2.0]}, {matrix_rows, []}, {matrix_columns, []}, {matrix_elements_count, []},
        {matrix_get, [na, 0.0]}]]),
    ?assertEqual([4.0, 5.0, 6.0], of_rows(matrix_row, ?A, [1.0])),
    ?assertEqual([2.0, 5.0], of_rows(matrix_column, ?A, [1.0])),
    {M, H} = matrix(?A, heap()),
    ?assertEqual(<<"matrix.get: the index 2 is outside of 2 elements">>, fault(matrix_get, [M, 2.0, 0.0], H)),
    ?assertEqual(<<"matrix.col: the index -1 is outside of 3 elements">>, fault(matrix_column, [M, -1.0], H)),
    ?assertEqual(<<"matrix.new: a size must be from 0 to 100000, not 100489">>,
                 fault(matrix_new, [1.0, 317.0, 317.0, 0.0], H)),
    ?assertEqual(<<"matrix.rows: the object is na">>, fault(matrix_rows, [na], H)).

rows_and_columns_come_and_go_test() ->
    {Array, H0} = floats([7.0, 8.0, 9.0], heap()),
    {M, H1} = matrix(?A, H0),
    After = fun(F, More) -> {_, H} = call(F, [M | More], H1), rows(M, H) end,
    ?assertEqual([[1.0, 2.0, 3.0], [7.0, 8.0, 9.0], [4.0, 5.0, 6.0]], After(matrix_add_row, [1.0, Array])),
    ?assertEqual(?A ++ [[na, na, na]], After(matrix_add_row, [na, na])),
    ?assertEqual([[1.0, 2.0, 3.0, na], [4.0, 5.0, 6.0, na]], After(matrix_add_column, [na, na])),
    ?assertEqual(<<"matrix.add_col: 2 x 3 elements do not fit 1 x 3">>, fault(matrix_add_column, [M, 0.0, Array], H1)),
    ?assertEqual([[4.0, 5.0, 6.0]], After(matrix_remove_row, [0.0])),
    ?assertEqual([[1.0, 2.0], [4.0, 5.0]], After(matrix_remove_column, [na])),
    ?assertEqual([1.0, 2.0, 3.0], of_rows(matrix_remove_row, ?A, [0.0])),
    {Empty, H2} = call(matrix_new, [1.0, 0.0, 0.0, na], H1),
    {na, H3} = call(matrix_add_column, [Empty, na, Array], H2),
    ?assertEqual([[7.0], [8.0], [9.0]], rows(Empty, H3)),
    ?assertEqual(<<"matrix.remove_row: there are no elements">>, fault(matrix_remove_row, [Empty, na], H2)).

rows_and_columns_change_places_test() ->
    ?assertEqual([[4.0, 5.0, 6.0], [1.0, 2.0, 3.0]], changed(matrix_swap_rows, ?A, [0.0, 1.0])),
    ?assertEqual([[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]], changed(matrix_swap_columns, ?A, [0.0, 2.0])),
    ?assertEqual([[6.0, 5.0, 4.0], [3.0, 2.0, 1.0]], changed(matrix_reverse, ?A, [])),
    ?assertEqual([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], changed(matrix_reshape, ?A, [3.0, 2.0])),
    ?assertEqual([[1.0, 0.0, 0.0], [4.0, 0.0, 0.0]], changed(matrix_fill, ?A, [0.0, 0.0, na, 1.0, 3.0])),
    ?assertEqual([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]], of_rows(matrix_transpose, ?A)),
    ?assertEqual([[5.0, 6.0]], of_rows(matrix_submatrix, ?A, [1.0, na, 1.0, na])),
    ?assertEqual(?A ++ ?A, of_two(matrix_concat, ?A, ?A)),
    ?assertEqual([[1.0, 9.0], [3.0, 7.0], [3.0, 8.0], [na, 0.0]],
                 changed(matrix_sort, [[3.0, 7.0], [na, 0.0], [3.0, 8.0], [1.0, 9.0]], [0.0, 1.0])),
    {M, H} = matrix(?A, heap()),
    ?assertEqual(<<"matrix.reshape: 2 x 3 elements do not fit 2 x 2">>, fault(matrix_reshape, [M, 2.0, 2.0], H)),
    ?assertEqual(<<"[1, 2, 3]\n[4, 5, 6]">>, of_rows(text_of_object, ?A, [na])).

%% ---- algebra ---------------------------------------------------------------------------

sums_and_products_test() ->
    ?assertEqual([[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]], of_two(matrix_sum, ?A, ?A)),
    ?assertEqual([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], of_rows(matrix_diff, ?A, [1.0])),
    ?assertEqual([[22.0, 28.0], [49.0, 64.0]], of_two(matrix_mult, ?A, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
    ?assertEqual([[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]], of_rows(matrix_mult, ?A, [2.0])),
    {Vector, H0} = floats([1.0, 0.0, -1.0], heap()),
    {M, H} = matrix(?A, H0),
    ?assertEqual([-2.0, -2.0], answer(call(matrix_mult, [M, Vector], H))),
    ?assertEqual(<<"matrix.mult: 2 x 3 elements do not fit 2 x 3">>, fault(matrix_mult, [M, M], H)),
    ?assertEqual([[37.0, 54.0], [81.0, 118.0]], of_rows(matrix_pow, [[1.0, 2.0], [3.0, 4.0]], [3.0])),
    ?assertEqual([[1.0, 0.0], [0.0, 1.0]], of_rows(matrix_pow, [[1.0, 2.0], [3.0, 4.0]], [0.0])),
    ?assertEqual(<<"matrix.pow: the matrix has 2 rows and 3 columns, but must be square">>,
                 fault(matrix_pow, [M, 2.0], H)),
    ?assertEqual([[0.0, 1.0, 0.0, 2.0], [3.0, 4.0, 6.0, 8.0]], of_two(matrix_kron, [[1.0, 2.0]], [[0.0, 1.0], [3.0, 4.0]])).

%% det = 2·(12 − 0) − 0 + 1·(0 − 3).
inverses_test() ->
    B = [[2.0, 0.0, 1.0], [0.0, 3.0, 0.0], [1.0, 5.0, 4.0]],
    close([21.0], [of_rows(matrix_det, B)]),
    close([[12 / 21, 5 / 21, -3 / 21], [0.0, 7 / 21, 0.0], [-3 / 21, -10 / 21, 6 / 21]], of_rows(matrix_inv, B)),
    ?assertEqual([0.0, na, na], [of_rows(F, [[1.0, 2.0], [2.0, 4.0]]) || F <- [matrix_det, matrix_inv]]
                 ++ [of_rows(matrix_det, [[1.0, na], [2.0, 4.0]])]),
    ?assertEqual([[na, na], [na, na]], of_rows(matrix_inv, [[1.0, na], [2.0, 4.0]])),
    %% Of a matrix of rank 1, its transpose by the sum of its squares.
    close([[1 / 25, 2 / 25], [2 / 25, 4 / 25]], of_rows(matrix_pinv, [[1.0, 2.0], [2.0, 4.0]])),
    close([[-17 / 18, 8 / 18], [-2 / 18, 2 / 18], [13 / 18, -4 / 18]], of_rows(matrix_pinv, ?A)),
    ?assertEqual([2.0, 1.0, 0.0], [of_rows(matrix_rank, M) || M <- [?A, [[1.0, 2.0], [2.0, 4.0]], [[0.0]]]]),
    ?assertEqual(9.0, of_rows(matrix_trace, B)).

eigenvalues_test() ->
    close([3.0, 1.0], of_rows(matrix_eigenvalues, [[2.0, 1.0], [1.0, 2.0]])),
    Half = math:sqrt(0.5),
    close([[Half, Half], [Half, -Half]], of_rows(matrix_eigenvectors, [[2.0, 1.0], [1.0, 2.0]])),
    %% (x − 1)(x − 2)(x − 4)
    close([1.0, 2.0, 4.0], lists:sort(of_rows(matrix_eigenvalues, [[1.0, 5.0, 6.0], [0.0, 2.0, 7.0], [0.0, 0.0, 4.0]]))),
    close([2.0, 2.0], of_rows(matrix_eigenvalues, [[2.0, -3.0], [1.0, 2.0]])),
    %% x³ − 6x² + 11x − 6 = (x − 1)(x − 2)(x − 3), its companion.
    Companion = [[0.0, 0.0, 6.0], [1.0, 0.0, -11.0], [0.0, 1.0, 6.0]],
    Values = of_rows(matrix_eigenvalues, Companion),
    [?assert(abs(X - Y) < 1.0e-12) || {X, Y} <- lists:zip([1.0, 2.0, 3.0], lists:sort(Values))],
    Columns = of_rows(matrix_eigenvectors, Companion),
    %% A·v = λ·v
    [[?assert(abs(lists:sum([A * V || {A, V} <- lists:zip(Row, Vector)]) - Value * lists:nth(I, Vector)) < 1.0e-11)
      || {I, Row} <- lists:zip([1, 2, 3], Companion)]
     || {K, Value} <- lists:zip([1, 2, 3], Values), Vector <- [[lists:nth(K, Row) || Row <- Columns]]].

statistics_of_a_matrix_test() ->
    B = [[3.0, na], [1.0, 3.0]],
    ?assertEqual([7 / 3, 1.0, 3.0, 3.0, 3.0],
                 [of_rows(F, B) || F <- [matrix_avg, matrix_min, matrix_max, matrix_median, matrix_mode]]).

questions_test_() ->
    [?_assertEqual(Expected, [of_rows(F, Rows) || F <- [
        matrix_is_square, matrix_is_identity, matrix_is_binary, matrix_is_symmetric, matrix_is_antisymmetric,
        matrix_is_diagonal, matrix_is_antidiagonal, matrix_is_triangular, matrix_is_stochastic, matrix_is_zero]])
     || {Rows, Expected} <- [
        {[[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0]},
        {[[0.0, 2.0], [-2.0, 0.0]], [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]},
        {[[0.25, 0.75, 0.0]], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]},
        {[[1.0, 3.0], [0.0, 2.0]], [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]},
        {[[0.0, 0.0], [0.0, 0.0]], [1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0]}]].
