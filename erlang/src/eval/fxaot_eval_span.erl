%% @private The elements of a script's array, or those that a slice shows of it; new arrays; places and ranges as
%% arguments.
%%
%% A slice is a window on its array: it holds no elements, and what is added to it or removed from it is added to and
%% removed from the array. Other slices of the array keep their indices. A slice of a slice is one of the array.
-module(fxaot_eval_span).

-export([find/2, count/1, type/1, elements/1, element/2, replace/3, set/4, insert/4, delete/4, make/3, copy/2,
         slice/4, place/4, range/4, size/2, missing/2]).

-export_type([span/0]).

-include("fxaot_eval.hrl").

-compile({no_auto_import, [element/2]}).

-define(LONGEST, 100000).

-record(span, {array :: reference_to_object(), object :: fxaot_eval_heap:object(),
               slice = none :: none | reference_to_object(),
               %% The first element's place in the array.
               first = 0 :: non_neg_integer(), count :: non_neg_integer()}).

-opaque span() :: #span{}.

%% @doc The elements of an array or a slice; a fault for na and for a slice beyond its array's end.
-spec find(value(), fxaot_eval_heap:heap()) -> span().
find(Id, Heap) ->
    case fxaot_eval_heap:look(Id, Heap) of
        #object{kind = array, cells = Cells} = Array ->
            #span{array = Id, object = Array, count = fxaot_eval_vector:size(Cells)};
        #object{kind = slice, detail = N, extra = First, count = Count} ->
            #object{cells = Cells} = Array = fxaot_eval_heap:find({ref, N}, array, Heap),
            Size = fxaot_eval_vector:size(Cells),
            First + Count =< Size orelse fxaot_eval_heap:fail({slice, First + Count, Size}),
            #span{array = {ref, N}, object = Array, slice = Id, first = First, count = Count};
        _ -> fxaot_eval_heap:fail(missing)
    end.

-spec count(span()) -> non_neg_integer().
count(#span{count = Count}) -> Count.

%% @doc Of the elements.
-spec type(span()) -> atom().
type(#span{object = #object{type = Type}}) -> Type.

-spec elements(span()) -> [value()].
elements(#span{object = #object{cells = Cells}, first = First, count = Count}) ->
    fxaot_eval_vector:part(First, Count, Cells).

%% @doc The element at a place.
-spec element(non_neg_integer(), span()) -> value().
element(Place, #span{object = #object{cells = Cells}, first = First}) -> fxaot_eval_vector:get(First + Place, Cells).

%% @doc As many elements instead of those that are there.
-spec replace(span(), [value()], fxaot_eval_heap:heap()) -> fxaot_eval_heap:heap().
replace(#span{array = Id, object = Array, first = First}, Elements, Heap) ->
    {Cells, _} = lists:foldl(fun(X, {C, I}) -> {fxaot_eval_vector:set(I, X, C), I + 1} end,
                             {Array#object.cells, First}, Elements),
    fxaot_eval_heap:put(Id, Array#object{cells = Cells}, Heap).

-spec set(non_neg_integer(), value(), span(), fxaot_eval_heap:heap()) -> fxaot_eval_heap:heap().
set(Place, Value, #span{array = Id, object = #object{cells = Cells} = Array, first = First}, Heap) ->
    fxaot_eval_heap:put(Id, Array#object{cells = fxaot_eval_vector:set(First + Place, Value, Cells)}, Heap).

%% ---- growing and shrinking -------------------------------------------------------

%% @doc Adds elements at a place, from 0 to the number of elements.
-spec insert(non_neg_integer(), [value()], span(), fxaot_eval_heap:heap()) -> fxaot_eval_heap:heap().
insert(Place, Values, #span{array = Id, object = #object{cells = Cells0, lead = Lead} = Array, first = First} = Span,
       Heap0) ->
    Extra = length(Values),
    Size = fxaot_eval_vector:size(Cells0) + Extra,
    Size =< ?LONGEST orelse fxaot_eval_heap:fail({size, float(Size), ?LONGEST}),
    Heap = case First + Place =:= 0 andalso Lead >= Extra of
               true -> fxaot_eval_heap:put(Id, Array#object{lead = Lead - Extra}, Heap0);
               false -> fxaot_eval_heap:reserve(Id, Size, Heap0)
           end,
    Grown = fxaot_eval_heap:look(Id, Heap),
    Cells = fxaot_eval_vector:insert(First + Place, Values, Cells0),
    widened(Span, Extra, fxaot_eval_heap:put(Id, Grown#object{cells = Cells}, Heap)).

%% @doc Takes so many elements out from a place on, and answers them.
-spec delete(non_neg_integer(), non_neg_integer(), span(), fxaot_eval_heap:heap()) ->
          {[value()], fxaot_eval_heap:heap()}.
delete(Place, Count, #span{array = Id, object = #object{cells = Cells0, lead = Lead0} = Array, first = First} = Span,
       Heap) ->
    {Removed, Cells} = fxaot_eval_vector:delete(First + Place, Count, Cells0),
    Lead = case First + Place of 0 -> Lead0 + Count; _ -> Lead0 end,
    {Removed, widened(Span, -Count, fxaot_eval_heap:put(Id, Array#object{cells = Cells, lead = Lead}, Heap))}.

widened(#span{slice = none}, _, Heap) -> Heap;
widened(#span{slice = Id, count = Count}, By, Heap) ->
    Slice = fxaot_eval_heap:look(Id, Heap),
    fxaot_eval_heap:put(Id, Slice#object{count = Count + By}, Heap).

%% ---- new ones ----------------------------------------------------------------------

%% @doc A new array.
-spec make(atom(), [value()], fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
make(Type, Elements, Heap) ->
    Count = length(Elements),
    Count =< ?LONGEST orelse fxaot_eval_heap:fail({size, float(Count), ?LONGEST}),
    fxaot_eval_heap:make(#object{kind = array, type = Type, cells = fxaot_eval_vector:from_list(Elements)},
                         Count, Heap).

%% @doc Another array with the same elements.
-spec copy(span(), fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
copy(Span, Heap) -> make(type(Span), elements(Span), Heap).

%% @doc A slice of so many elements from a place on.
-spec slice(non_neg_integer(), non_neg_integer(), span(), fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
slice(From, Count, #span{array = {ref, N}, object = #object{type = Type}, first = First}, Heap) ->
    fxaot_eval_heap:make(#object{kind = slice, type = Type, detail = N, extra = First + From, count = Count}, 0, Heap).

%% ---- arguments ---------------------------------------------------------------------

%% @doc The place that an index names among so many; below 0 it counts from the end, where it may. `ends': the place
%% behind the last element is one too.
-spec place(value(), non_neg_integer(), from_start | from_end, within | ends) -> non_neg_integer().
place(Index, Count, From, Bound) ->
    Place = case towards_zero(Index) of
                N when is_integer(N), N < 0, From =:= from_end -> N + Count;
                N -> N
            end,
    Last = case Bound of within -> Count - 1; _ -> Count end,
    case is_integer(Place) andalso Place >= 0 andalso Place =< Last of
        true -> Place;
        false -> fxaot_eval_heap:fail({index, Index, Count})
    end.

towards_zero(X) when is_float(X) -> trunc(X);
towards_zero(_) -> none.

%% @doc From one index to before another: na is the beginning, and the end. The first place, and how many.
-spec range(value(), value(), non_neg_integer(), within | ends) -> {non_neg_integer(), integer()}.
range(From, To, Count, Bound) ->
    First = case From of na -> 0; _ -> place(From, Count, from_start, Bound) end,
    End = case To of na -> Count; _ -> place(To, Count, from_start, ends) end,
    {First, End - First}.

%% @doc A number of elements, 0 for na.
-spec size(value(), Most :: non_neg_integer()) -> non_neg_integer().
size(na, _) -> 0;
size(X, Most) ->
    case towards_zero(X) of
        Size when is_integer(Size), Size >= 0, Size =< Most -> Size;
        _ -> fxaot_eval_heap:fail({size, X, Most})
    end.

%% @doc The element that there is not: na, or false for a bool of version 6.
-spec missing(atom(), fxaot_eval_heap:heap()) -> value().
missing(bool, Heap) ->
    case fxaot_eval_heap:counts_back(Heap) of
        true -> 0.0;
        false -> na
    end;
missing(_, _) -> na.
