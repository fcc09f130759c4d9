%% @private Arrays and slices: making, reading, changing, sorting, searching.
%%
%% Numbers are sorted by value, texts by their bytes. In ascending order na comes behind the numbers, and before the
%% texts; descending order is that order turned around. Searches for an element take numbers that are equal in
%% scripts as equal; sorting and binary searches compare them exactly, with na above all numbers.
-module(fxaot_eval_array).

-export([function/3, sorted/2, bits/1]).

-include("fxaot_eval.hrl").

-define(LONGEST, 100000).

-import(fxaot_eval_number, [truth/1, below/2, same/2]).

-define(IS_SEARCH(F), F =:= array_includes; F =:= array_index_of; F =:= array_last_index_of;
        F =:= array_binary_search; F =:= array_binary_search_leftmost; F =:= array_binary_search_rightmost).

%% @doc A function over arrays.
-spec function(atom(), [value()], fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
function(array_new, [Type0, Size, Value], Heap) ->
    Type = fxaot_eval_object:type(Type0),
    Count = fxaot_eval_span:size(Size, ?LONGEST),
    fxaot_eval_span:make(Type, lists:duplicate(Count, Value), fxaot_eval_heap:spend(Count, Heap));
function(array_from, [Type | Values], Heap) ->
    fxaot_eval_span:make(fxaot_eval_object:type(Type), Values, fxaot_eval_heap:spend(length(Values) + 1, Heap));
function(array_get, [Id, Index], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    case Index of
        na -> {fxaot_eval_span:missing(fxaot_eval_span:type(Span), Heap), Heap};
        _ -> {fxaot_eval_span:element(place(Index, Span, Heap), Span), Heap}
    end;
function(array_set, [Id, Index, Value], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    case Index of
        na -> {na, Heap};
        _ -> {na, fxaot_eval_span:set(place(Index, Span, Heap), Value, Span, Heap)}
    end;
function(array_push, [Id, Value], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    {na, fxaot_eval_span:insert(fxaot_eval_span:count(Span), [Value], Span, Heap)};
function(array_unshift, [Id, Value], Heap) ->
    {na, fxaot_eval_span:insert(0, [Value], fxaot_eval_span:find(Id, Heap), Heap)};
function(array_insert, [Id, Index, Value], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    Count = fxaot_eval_span:count(Span),
    Place = case Index of na -> Count; _ -> fxaot_eval_span:place(Index, Count, from(Heap), ends) end,
    {na, fxaot_eval_span:insert(Place, [Value], Span, Heap)};
function(array_pop, [Id], Heap) -> removed_end(Id, fun(Count) -> Count - 1 end, Heap);
function(array_shift, [Id], Heap) -> removed_end(Id, fun(_) -> 0 end, Heap);
function(array_remove, [Id, Index], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    case Index of
        na -> {fxaot_eval_span:missing(fxaot_eval_span:type(Span), Heap), Heap};
        _ -> removed(place(Index, Span, Heap), Span, Heap)
    end;
function(Function, [Id | Arguments], Heap) when ?IS_SEARCH(Function) ->
    {search(Function, fxaot_eval_span:elements(fxaot_eval_span:find(Id, Heap)), hd(Arguments)), Heap};
function(Function, Values, Heap) -> whole(Function, Values, Heap).

%% Those that go through all elements, or end the slice.
whole(array_size, [Id], Heap) -> {float(fxaot_eval_span:count(fxaot_eval_span:find(Id, Heap))), Heap};
whole(array_first, [Id], Heap) -> {end_of(Id, fun(_) -> 0 end, Heap), Heap};
whole(array_last, [Id], Heap) -> {end_of(Id, fun(Count) -> Count - 1 end, Heap), Heap};
whole(array_copy, [Id], Heap) -> fxaot_eval_span:copy(fxaot_eval_span:find(Id, Heap), Heap);
whole(array_slice, [Id, From, To], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    {First, Count} = fxaot_eval_span:range(From, To, fxaot_eval_span:count(Span), within),
    Count >= 0 orelse fxaot_eval_heap:fail({index, From, First + Count}),
    fxaot_eval_span:slice(First, Count, Span, Heap);
whole(array_concat, [Id, Other], Heap0) ->
    Span = fxaot_eval_span:find(Id, Heap0),
    Added = fxaot_eval_span:find(Other, Heap0),
    Heap = fxaot_eval_heap:spend(fxaot_eval_span:count(Added), Heap0),
    {Id, fxaot_eval_span:insert(fxaot_eval_span:count(Span), fxaot_eval_span:elements(Added), Span, Heap)};
whole(array_clear, [Id], Heap0) ->
    Span = fxaot_eval_span:find(Id, Heap0),
    {_, Heap} = fxaot_eval_span:delete(0, fxaot_eval_span:count(Span), Span, Heap0),
    {na, Heap};
whole(array_fill, [Id, Value, From, To], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    {First, Count} = fxaot_eval_span:range(From, To, fxaot_eval_span:count(Span), ends),
    {Before, Rest} = lists:split(First, fxaot_eval_span:elements(Span)),
    After = lists:nthtail(max(0, Count), Rest),
    {na, fxaot_eval_span:replace(Span, Before ++ lists:duplicate(max(0, Count), Value) ++ After, Heap)};
whole(array_reverse, [Id], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    {na, fxaot_eval_span:replace(Span, lists:reverse(fxaot_eval_span:elements(Span)), Heap)};
whole(Function, [Id, Order], Heap0) when Function =:= array_sort; Function =:= array_sort_indices ->
    Span = fxaot_eval_span:find(Id, Heap0),
    Count = fxaot_eval_span:count(Span),
    Heap = fxaot_eval_heap:spend(Count * bits(Count), Heap0),
    Ascending = sorted(fxaot_eval_span:type(Span), fxaot_eval_span:elements(Span)),
    Pairs = case below(Order, 0.0) of true -> lists:reverse(Ascending); false -> Ascending end,
    case Function of
        array_sort -> {na, fxaot_eval_span:replace(Span, [X || {X, _} <- Pairs], Heap)};
        array_sort_indices -> fxaot_eval_span:make(int, [float(I) || {_, I} <- Pairs], Heap)
    end;
whole(Function, Values, Heap) -> fxaot_eval_statistics:function(Function, Values, Heap).

from(Heap) ->
    case fxaot_eval_heap:counts_back(Heap) of
        true -> from_end;
        false -> from_start
    end.

place(Index, Span, Heap) -> fxaot_eval_span:place(Index, fxaot_eval_span:count(Span), from(Heap), within).

removed(Place, Span, Heap0) ->
    {[Value], Heap} = fxaot_eval_span:delete(Place, 1, Span, Heap0),
    {Value, Heap}.

end_of(Id, Place, Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    Count = fxaot_eval_span:count(Span),
    Count > 0 orelse fxaot_eval_heap:fail(empty),
    fxaot_eval_span:element(Place(Count), Span).

removed_end(Id, Place, Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    Count = fxaot_eval_span:count(Span),
    Count > 0 orelse fxaot_eval_heap:fail(empty),
    removed(Place(Count), Span, Heap).

%% @doc How many binary digits a number has.
-spec bits(non_neg_integer()) -> non_neg_integer().
bits(0) -> 0;
bits(N) -> 1 + bits(N bsr 1).

%% ---- sorting -------------------------------------------------------------------------

%% @doc The elements in ascending order, equal ones in their own order, each with its place.
-spec sorted(atom(), [value()]) -> [{value(), non_neg_integer()}].
sorted(Type, Elements) ->
    Placed = lists:zip(Elements, lists:seq(0, length(Elements) - 1)),
    {Missing, There} = lists:partition(fun({X, _}) -> X =:= na end, Placed),
    InOrder = [{X, I} || {_, X, I} <- lists:keysort(1, [{rank(X), X, I} || {X, I} <- There])],
    case Type of
        text -> Missing ++ InOrder;
        _ -> InOrder ++ Missing
    end.

rank(ninf) -> {0, 0.0};
rank(X) when is_float(X) -> {1, X};
rank(inf) -> {2, 0.0};
rank(X) -> {3, X}.

%% ---- searching -----------------------------------------------------------------------

search(array_includes, Elements, X) -> truth(lists:any(fun(E) -> fxaot_eval_number:equal(E, X) end, Elements));
search(array_index_of, Elements, X) -> float(index(Elements, X, 0));
search(array_last_index_of, Elements, X) ->
    case index(lists:reverse(Elements), X, 0) of
        -1 -> -1.0;
        FromEnd -> float(length(Elements) - 1 - FromEnd)
    end;
search(array_binary_search, Elements, X) ->
    All = list_to_tuple(Elements),
    float(binary_search(All, X, 0, tuple_size(All)));
search(_, [], _) -> -1.0;
search(array_binary_search_leftmost, Elements, X) ->
    All = list_to_tuple(Elements),
    Place = bound(fun(E) -> is_below(E, X) end, All, 0, tuple_size(All)),
    case Place < tuple_size(All) andalso not is_below(X, element(Place + 1, All)) of
        true -> float(Place);
        false -> float(max(0, Place - 1))
    end;
search(array_binary_search_rightmost, Elements, X) ->
    All = list_to_tuple(Elements),
    Place = bound(fun(E) -> not is_below(X, E) end, All, 0, tuple_size(All)),
    case Place > 0 andalso not is_below(element(Place, All), X) of
        true -> float(Place - 1);
        false -> float(Place)
    end.

index([E | Rest], X, I) ->
    case fxaot_eval_number:equal(E, X) of
        true -> I;
        false -> index(Rest, X, I + 1)
    end;
index([], _, _) -> -1.

%% Any of several equal ones; of two middle ones the lower is looked at.
binary_search(_, _, Low, High) when Low >= High -> -1;
binary_search(All, X, Low, High) ->
    Middle = Low + (High - 1 - Low) div 2,
    E = element(Middle + 1, All),
    case {same(E, X), below(E, X)} of
        {true, _} -> Middle;
        {_, true} -> binary_search(All, X, Middle + 1, High);
        _ -> binary_search(All, X, Low, Middle)
    end.

%% na is above all numbers.
is_below(A, na) -> A =/= na;
is_below(A, B) -> below(A, B).

%% The first place whose element does not go on.
bound(_, _, Low, High) when Low >= High -> Low;
bound(GoesOn, All, Low, High) ->
    Middle = (Low + High) div 2,
    case GoesOn(element(Middle + 1, All)) of
        true -> bound(GoesOn, All, Middle + 1, High);
        false -> bound(GoesOn, All, Low, Middle)
    end.
