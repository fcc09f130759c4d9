%% @private Matrices: making, reading, and rows and columns that come, go and change places. The elements are a vector,
%% row by row.
-module(fxaot_eval_matrix).

-export([function/3, find/2, rows/1, make/5]).

-include("fxaot_eval.hrl").

-define(MOST, 100000).

%% @doc A function over matrices.
-spec function(atom(), [value()], fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
function(matrix_new, [Type0, Rows0, Columns0, Value], Heap) ->
    Type = fxaot_eval_object:type(Type0),
    Rows = fxaot_eval_span:size(Rows0, ?MOST),
    Columns = fxaot_eval_span:size(Columns0, ?MOST),
    fits(Rows, Columns),
    make(Type, Rows, Columns, lists:duplicate(Rows * Columns, Value), fxaot_eval_heap:spend(Rows * Columns, Heap));
function(matrix_copy, [Id], Heap) ->
    #object{type = Type, extra = Rows, detail = Columns} = M = find(Id, Heap),
    make(Type, Rows, Columns, elements(M), Heap);
function(matrix_get, [Id, Row, Column], Heap) ->
    M = find(Id, Heap),
    case Row =:= na orelse Column =:= na of
        true -> {fxaot_eval_span:missing(M#object.type, Heap), Heap};
        false -> {fxaot_eval_vector:get(place(Row, Column, M), M#object.cells), Heap}
    end;
function(matrix_set, [Id, Row, Column, Value], Heap) ->
    M = find(Id, Heap),
    case Row =:= na orelse Column =:= na of
        true -> {na, Heap};
        false -> {na, put(Id, M, fxaot_eval_vector:set(place(Row, Column, M), Value, M#object.cells), Heap)}
    end;
function(matrix_rows, [Id], Heap) -> {float((find(Id, Heap))#object.extra), Heap};
function(matrix_columns, [Id], Heap) -> {float((find(Id, Heap))#object.detail), Heap};
function(matrix_elements_count, [Id], Heap) ->
    {float(fxaot_eval_vector:size((find(Id, Heap))#object.cells)), Heap};
function(matrix_row, [Id, Row], Heap) ->
    M = find(Id, Heap),
    fxaot_eval_span:make(M#object.type, row(within(Row, M#object.extra), M), Heap);
function(matrix_column, [Id, Column], Heap) ->
    M = find(Id, Heap),
    fxaot_eval_span:make(M#object.type, column(within(Column, M#object.detail), M), Heap);
function(matrix_fill, [Id, Value, FromRow, ToRow, FromColumn, ToColumn], Heap) ->
    M = find(Id, Heap),
    {Rows, Columns} = area(FromRow, ToRow, FromColumn, ToColumn, M),
    Cells = lists:foldl(fun(I, Cells) -> fxaot_eval_vector:set(I, Value, Cells) end, M#object.cells,
                        [Row * M#object.detail + Column || Row <- Rows, Column <- Columns]),
    {na, put(Id, M, Cells, Heap)};
function(matrix_submatrix, [Id, FromRow, ToRow, FromColumn, ToColumn], Heap) ->
    M = find(Id, Heap),
    {Rows, Columns} = area(FromRow, ToRow, FromColumn, ToColumn, M),
    make(M#object.type, length(Rows), length(Columns), [at(Row, Column, M) || Row <- Rows, Column <- Columns], Heap);
function(matrix_transpose, [Id], Heap) ->
    #object{type = Type, extra = Rows, detail = Columns} = M = find(Id, Heap),
    make(Type, Columns, Rows, [at(Row, Column, M) || Column <- places(Columns), Row <- places(Rows)], Heap);
function(Function, Values, Heap) -> reshape(Function, Values, Heap).

%% ---- rows and columns --------------------------------------------------------------

reshape(matrix_add_row, [Id, Index, Array], Heap0) ->
    #object{extra = Rows, detail = Columns} = M = find(Id, Heap0),
    Place = place_or_end(Index, Rows),
    {Line, Heap} = added(Array, Columns, M, Heap0),
    {Before, After} = lists:split(Place, rows(M)),
    {na, grown(Id, Rows + 1, length(Line), Before ++ [Line | After], Heap)};
reshape(matrix_add_column, [Id, Index, Array], Heap0) ->
    #object{extra = Rows0, detail = Columns} = M = find(Id, Heap0),
    Place = place_or_end(Index, Columns),
    {Line, Heap} = added(Array, Rows0, M, Heap0),
    Rows = length(Line),
    Longer = [begin
                  {Before, After} = lists:split(Place, Row),
                  Before ++ [X | After]
              end || {X, Row} <- lists:zip(Line, case rows(M) of [] -> lists:duplicate(Rows, []); All -> All end)],
    {na, grown(Id, Rows, Columns + 1, Longer, Heap)};
reshape(matrix_remove_row, [Id, Index], Heap0) ->
    #object{type = Type, extra = Rows, detail = Columns} = M = find(Id, Heap0),
    Place = removed(Index, Rows),
    {Array, Heap} = fxaot_eval_span:make(Type, row(Place, M), Heap0),
    {Before, [_ | After]} = lists:split(Place, rows(M)),
    {Array, shaped(Id, M, Rows - 1, Columns, Before ++ After, Heap)};
reshape(matrix_remove_column, [Id, Index], Heap0) ->
    #object{type = Type, extra = Rows, detail = Columns} = M = find(Id, Heap0),
    Place = removed(Index, Columns),
    {Array, Heap} = fxaot_eval_span:make(Type, column(Place, M), Heap0),
    Shorter = [begin
                   {Before, [_ | After]} = lists:split(Place, Row),
                   Before ++ After
               end || Row <- rows(M)],
    {Array, shaped(Id, M, Rows, Columns - 1, Shorter, Heap)};
reshape(matrix_swap_rows, [Id, Index, Other], Heap) ->
    #object{extra = Rows, detail = Columns} = M = find(Id, Heap),
    {I, K} = {within(Index, Rows), within(Other, Rows)},
    {na, swapped(Id, [{I * Columns + C, K * Columns + C} || C <- places(Columns)], M, Heap)};
reshape(matrix_swap_columns, [Id, Index, Other], Heap) ->
    #object{extra = Rows, detail = Columns} = M = find(Id, Heap),
    {I, K} = {within(Index, Columns), within(Other, Columns)},
    {na, swapped(Id, [{R * Columns + I, R * Columns + K} || R <- places(Rows)], M, Heap)};
reshape(matrix_concat, [Id, Other], Heap0) ->
    #object{extra = Rows, detail = Columns} = M = find(Id, Heap0),
    #object{extra = OtherRows, detail = OtherColumns, cells = Cells} = Added = find(Other, Heap0),
    Heap = fxaot_eval_heap:spend(fxaot_eval_vector:size(Cells), Heap0),
    is_empty(M) orelse Columns =:= OtherColumns orelse
        fxaot_eval_heap:fail({shapes, Rows, Columns, OtherRows, OtherColumns}),
    {Id, grown(Id, Rows + OtherRows, OtherColumns, [elements(M), elements(Added)], Heap)};
reshape(matrix_reshape, [Id, Rows0, Columns0], Heap) ->
    #object{extra = OldRows, detail = OldColumns, cells = Cells} = M = find(Id, Heap),
    Rows = fxaot_eval_span:size(Rows0, ?MOST),
    Columns = fxaot_eval_span:size(Columns0, ?MOST),
    Rows * Columns =:= fxaot_eval_vector:size(Cells) orelse
        fxaot_eval_heap:fail({shapes, OldRows, OldColumns, Rows, Columns}),
    {na, fxaot_eval_heap:put(Id, M#object{extra = Rows, detail = Columns}, Heap)};
reshape(matrix_reverse, [Id], Heap) ->
    M = find(Id, Heap),
    {na, put(Id, M, fxaot_eval_vector:from_list(lists:reverse(elements(M))), Heap)};
reshape(matrix_sort, [Id, Column, Order], Heap0) ->
    #object{type = Type, extra = Count, detail = Columns} = M = find(Id, Heap0),
    Place = case Column of na -> 0; _ -> within(Column, Columns) end,
    Heap = fxaot_eval_heap:spend(Count * fxaot_eval_array:bits(Count), Heap0),
    {na, shaped(Id, M, Count, Columns, sorted(Type, Columns, Place, Order, rows(M)), Heap)};
reshape(Function, Values, Heap) -> fxaot_eval_algebra:function(Function, Values, Heap).

sorted(_, 0, _, _, Rows) -> Rows;
sorted(Type, _, Place, Order, Rows) ->
    All = list_to_tuple(Rows),
    Ascending = [element(I + 1, All)
                 || {_, I} <- fxaot_eval_array:sorted(Type, [lists:nth(Place + 1, Row) || Row <- Rows])],
    case fxaot_eval_number:below(Order, 0.0) of
        true -> lists:reverse(Ascending);
        false -> Ascending
    end.

%% The elements of a new row or column, and how many they are. A matrix without rows and columns takes any.
added(na, Count, #object{type = Type}, Heap) -> {lists:duplicate(Count, fxaot_eval_span:missing(Type, Heap)), Heap};
added(Array, Count, #object{extra = Rows, detail = Columns} = M, Heap0) ->
    Span = fxaot_eval_span:find(Array, Heap0),
    Size = fxaot_eval_span:count(Span),
    Heap = fxaot_eval_heap:spend(Size, Heap0),
    Size =:= Count orelse is_empty(M) orelse fxaot_eval_heap:fail({shapes, Rows, Columns, 1, Size}),
    {fxaot_eval_span:elements(Span), Heap}.

is_empty(#object{extra = Rows, detail = Columns}) -> Rows =:= 0 andalso Columns =:= 0.

place_or_end(na, Count) -> Count;
place_or_end(Index, Count) -> fxaot_eval_span:place(Index, Count, from_start, ends).

%% The last one for na.
removed(_, 0) -> fxaot_eval_heap:fail(empty);
removed(na, Count) -> Count - 1;
removed(Index, Count) -> within(Index, Count).

swapped(Id, Pairs, #object{cells = Cells0} = M, Heap) ->
    Cells = lists:foldl(fun({I, K}, Cells) ->
                                {X, Y} = {fxaot_eval_vector:get(I, Cells), fxaot_eval_vector:get(K, Cells)},
                                fxaot_eval_vector:set(K, X, fxaot_eval_vector:set(I, Y, Cells))
                        end, Cells0, Pairs),
    put(Id, M, Cells, Heap).

%% ---- matrices ----------------------------------------------------------------------

-spec find(value(), fxaot_eval_heap:heap()) -> fxaot_eval_heap:object().
find(Id, Heap) -> fxaot_eval_heap:find(Id, matrix, Heap).

%% @doc A new matrix of elements row by row.
-spec make(atom(), non_neg_integer(), non_neg_integer(), [value()], fxaot_eval_heap:heap()) ->
          fxaot_eval_object:result().
make(Type, Rows, Columns, Elements, Heap) ->
    fits(Rows, Columns),
    fxaot_eval_heap:make(#object{kind = matrix, type = Type, cells = fxaot_eval_vector:from_list(Elements),
                                 extra = Rows, detail = Columns}, Rows * Columns, Heap).

%% @doc Each row's elements.
-spec rows(fxaot_eval_heap:object()) -> [[value()]].
rows(#object{extra = Rows} = M) -> [row(Row, M) || Row <- places(Rows)].

row(Row, #object{detail = Columns, cells = Cells}) -> fxaot_eval_vector:part(Row * Columns, Columns, Cells).

column(Column, #object{extra = Rows} = M) -> [at(Row, Column, M) || Row <- places(Rows)].

elements(#object{cells = Cells}) -> fxaot_eval_vector:to_list(Cells).

at(Row, Column, #object{detail = Columns, cells = Cells}) -> fxaot_eval_vector:get(Row * Columns + Column, Cells).

put(Id, M, Cells, Heap) -> fxaot_eval_heap:put(Id, M#object{cells = Cells}, Heap).

%% Other rows in the same cells.
shaped(Id, M, Rows, Columns, Lists, Heap) ->
    Cells = fxaot_eval_vector:from_list(lists:append(Lists)),
    fxaot_eval_heap:put(Id, M#object{extra = Rows, detail = Columns, cells = Cells}, Heap).

%% More rows or columns, for which there must be room.
grown(Id, Rows, Columns, Lists, Heap0) ->
    fits(Rows, Columns),
    Heap = fxaot_eval_heap:reserve(Id, Rows * Columns, Heap0),
    shaped(Id, find(Id, Heap), Rows, Columns, Lists, Heap).

fits(Rows, Columns) ->
    Rows =< ?MOST andalso Columns =< ?MOST andalso Rows * Columns =< ?MOST orelse
        fxaot_eval_heap:fail({size, float(Rows * Columns), ?MOST}).

places(Count) -> lists:seq(0, Count - 1).

within(Index, Count) -> fxaot_eval_span:place(Index, Count, from_start, within).

place(Row, Column, #object{extra = Rows, detail = Columns}) ->
    R = within(Row, Rows),
    R * Columns + within(Column, Columns).

%% The rows and the columns from some to others.
area(FromRow, ToRow, FromColumn, ToColumn, #object{extra = Rows, detail = Columns}) ->
    {Row, Height} = fxaot_eval_span:range(FromRow, ToRow, Rows, ends),
    {Column, Width} = fxaot_eval_span:range(FromColumn, ToColumn, Columns, ends),
    {lists:seq(Row, Row + max(0, Height) - 1), lists:seq(Column, Column + max(0, Width) - 1)}.
