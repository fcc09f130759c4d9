%% @private The objects of one world: arrays, maps, matrices, values of user types and drawings, which a script holds
%% by reference. A reference's number is never given a second time.
%%
%% Bounds are those of the virtual machine, so its cells are counted as it gives them out: a chunk for each object,
%% of which one that is too small is left for another of twice the elements. What nothing refers to is reclaimed
%% at the beginning of a bar, when enough was made since the last time.
-module(fxaot_eval_heap).

-export([new/1, begun/2, make/3, find/3, look/2, put/3, reserve/3, moved/3, spend/2, spend_size/2, fail/1,
         counts_back/1, mintick/1, most_drawings/2, drawing/1, objects/1, used/1]).

-export_type([heap/0, object/0, kind/0]).

-include("fxaot_eval.hrl").

%% Cells that objects in use may have together; with what a bar makes and leaves.
-define(MOST_CELLS, 2097152).
-define(MOST_CELLS_IN_BAR, 8388608).
-define(MOST_OBJECTS, 1048576).
%% Elements that a bar's functions may go through.
-define(MOST_WORK, 20000000).
%% When it is reclaimed first: cells given out, objects.
-define(ROUND, 65536).
-define(FIRST_OBJECTS, 4096).
%% Where a kind of drawings has no limit of its own.
-define(USUAL_DRAWINGS, 100).

-record(heap, {objects = #{} :: #{pos_integer() => object()},
               next = 1 :: pos_integer(),
               used = 0 :: non_neg_integer(),
               next_round = ?ROUND :: pos_integer(), next_objects = ?FIRST_OBJECTS :: pos_integer(),
               is_overfull = false :: boolean(),
               work = 0 :: non_neg_integer(),
               %% Drawings made so far; how many of a kind may stay.
               drawings = 0 :: non_neg_integer(), most_drawings = {} :: tuple(),
               counts_back :: boolean(), mintick :: float()}).

-opaque heap() :: #heap{}.
-type object() :: #object{}.
-type kind() :: array | slice | map | matrix | record | drawing.

%% @doc Without objects, as before the first bar.
-spec new(map()) -> heap().
new(#{version := Version, mintick := Mintick} = Fixed) ->
    #heap{counts_back = Version >= 6, mintick = Mintick, most_drawings = maps:get(most_drawings, Fixed, {})}.

%% @doc Before a bar. The roots are lists of values.
-spec begun(fun(() -> [[value()]]), heap()) -> heap().
begun(Roots, #heap{used = Used, next_round = Round, objects = Objects, next_objects = Most} = Heap) ->
    case Used > Round orelse map_size(Objects) > Most of
        true -> collected(lists:append([references(Values) || Values <- Roots()]), Heap#heap{work = 0});
        false -> Heap#heap{work = 0}
    end.

%% Drawings that have not been deleted stay on the chart, whether the script refers to them or not.
collected(Roots, #heap{objects = Objects} = Heap) ->
    Shown = [N || {N, #object{kind = drawing, extra = Number}} <- maps:to_list(Objects), Number >= 0],
    Kept = marked(Shown ++ Roots, Objects, #{}),
    Used = maps:fold(fun(_, #object{room = Room}, Sum) -> Sum + Room end, 0, Kept),
    Heap#heap{objects = Kept, used = Used, next_round = Used + max(Used, ?ROUND),
              next_objects = 2 * max(map_size(Kept), ?FIRST_OBJECTS div 2), is_overfull = Used > ?MOST_CELLS}.

marked([N | Rest], Objects, Kept) when is_map_key(N, Kept) -> marked(Rest, Objects, Kept);
marked([N | Rest], Objects, Kept) ->
    case Objects of
        #{N := Object} -> marked(inner(Object) ++ Rest, Objects, Kept#{N => Object});
        #{} -> marked(Rest, Objects, Kept)
    end;
marked([], _, Kept) -> Kept.

references(Values) -> [N || {ref, N} <- Values].

inner(#object{kind = slice, detail = Array}) -> [Array];
inner(#object{kind = Kind, cells = Cells}) when Kind =:= record; Kind =:= drawing -> references(tuple_to_list(Cells));
inner(#object{type = Type}) when Type =/= reference -> [];
inner(#object{kind = map, cells = Pairs}) -> references(fxaot_eval_map:values(Pairs));
inner(#object{cells = Elements}) -> references(fxaot_eval_vector:to_list(Elements)).

%% ---- objects -------------------------------------------------------------------

-spec fail(fxaot_eval_fault:reason()) -> no_return().
fail(Reason) -> throw({fault, Reason}).

%% @doc A new object with so many cells.
-spec make(object(), Cells :: non_neg_integer(), heap()) -> {reference_to_object(), heap()}.
make(Object, Room, Heap0) ->
    #heap{objects = Objects, next = N} = Heap = allocated(Room, Heap0),
    map_size(Objects) < ?MOST_OBJECTS orelse fail(room),
    {{ref, N}, Heap#heap{objects = Objects#{N => Object#object{room = Room, lead = 0}}, next = N + 1}}.

allocated(Count, #heap{used = Used, is_overfull = IsOverfull} = Heap) ->
    not IsOverfull andalso Used + Count =< ?MOST_CELLS_IN_BAR orelse fail(room),
    Heap#heap{used = Used + Count}.

%% @doc An object of the kind; a fault for na.
-spec find(value(), kind(), heap()) -> object().
find(Reference, Kind, Heap) ->
    case look(Reference, Heap) of
        #object{kind = Kind} = Object -> Object;
        _ -> fail(missing)
    end.

%% @doc The object of any kind.
-spec look(value(), heap()) -> object() | none.
look({ref, N}, #heap{objects = Objects}) -> maps:get(N, Objects, none);
look(_, _) -> none.

%% @doc The object as it is from now on.
-spec put(reference_to_object(), object(), heap()) -> heap().
put({ref, N}, Object, #heap{objects = Objects} = Heap) -> Heap#heap{objects = Objects#{N := Object}}.

%% @doc Room for so many elements in an object.
-spec reserve(reference_to_object(), non_neg_integer(), heap()) -> heap().
reserve(Reference, Count, Heap) ->
    #object{room = Room, lead = Lead} = Object = look(Reference, Heap),
    if Lead + Count =< Room -> Heap;
       Room >= 2 * Count -> put(Reference, Object#object{lead = 0}, Heap);
       true -> moved(Reference, max(8, 2 * Count), Heap)
    end.

%% @doc Another chunk for an object, of so many cells.
-spec moved(reference_to_object(), non_neg_integer(), heap()) -> heap().
moved(Reference, Room, Heap) ->
    put(Reference, (look(Reference, Heap))#object{room = Room, lead = 0}, allocated(Room, Heap)).

%% @doc Counts elements that a function goes through.
-spec spend(non_neg_integer(), heap()) -> heap().
spend(Elements, #heap{work = Work} = Heap) when Work + Elements =< ?MOST_WORK -> Heap#heap{work = Work + Elements};
spend(_, _) -> fail(work).

%% @doc Those of a whole object, where the value refers to one.
-spec spend_size(value(), heap()) -> heap().
spend_size(Reference, Heap) ->
    case look(Reference, Heap) of
        none -> Heap;
        Object -> spend(elements(Object), Heap)
    end.

elements(#object{kind = slice, count = Count}) -> Count;
elements(#object{kind = map, cells = Pairs}) -> fxaot_eval_map:size(Pairs);
elements(#object{kind = Kind, cells = Cells}) when Kind =:= record; Kind =:= drawing -> tuple_size(Cells);
elements(#object{cells = Elements}) -> fxaot_eval_vector:size(Elements).

%% ---- what functions ask for ----------------------------------------------------

%% @doc Whether a negative index counts from the end.
-spec counts_back(heap()) -> boolean().
counts_back(#heap{counts_back = CountsBack}) -> CountsBack.

-spec mintick(heap()) -> float().
mintick(#heap{mintick = Mintick}) -> Mintick.

%% @doc How many drawings of a kind stay.
-spec most_drawings(non_neg_integer(), heap()) -> non_neg_integer().
most_drawings(Kind, #heap{most_drawings = Most}) when Kind < tuple_size(Most) -> element(Kind + 1, Most);
most_drawings(_, _) -> ?USUAL_DRAWINGS.

%% @doc The number of the next drawing.
-spec drawing(heap()) -> {pos_integer(), heap()}.
drawing(#heap{drawings = Count} = Heap) -> {Count + 1, Heap#heap{drawings = Count + 1}}.

-spec objects(heap()) -> [{reference_to_object(), object()}].
objects(#heap{objects = Objects}) -> [{{ref, N}, Object} || {N, Object} <- maps:to_list(Objects)].

%% @doc Cells given out.
-spec used(heap()) -> non_neg_integer().
used(#heap{used = Used}) -> Used.
