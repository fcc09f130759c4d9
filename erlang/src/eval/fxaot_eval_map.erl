%% @private Maps: pairs in the order in which their keys came first. na is a key like others.
-module(fxaot_eval_map).

-export([function/3, size/1, values/1]).

-export_type([pairs/0]).

-include("fxaot_eval.hrl").

-compile({no_auto_import, [size/1]}).

-define(MOST, 50000).
%% The machine's map has an index when it has more pairs: a power of two, at least twice the pairs for which there is
%% room. Its size is the object's `detail'.
-define(WITHOUT_INDEX, 8).

%% The pairs in their order, and each key's place.
-opaque pairs() :: {fxaot_eval_vector:vector({value(), value()}), #{value() => non_neg_integer()}}.

-spec size(pairs()) -> non_neg_integer().
size({Order, _}) -> fxaot_eval_vector:size(Order).

%% @doc In the order of insertion.
-spec values(pairs()) -> [value()].
values({Order, _}) -> [Value || {_, Value} <- fxaot_eval_vector:to_list(Order)].

%% @doc A function over maps.
-spec function(atom(), [value()], fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
function(map_new, [Key, Type], Heap) ->
    Map = #object{kind = map, key = fxaot_eval_object:type(Key), type = fxaot_eval_object:type(Type), cells = none()},
    fxaot_eval_heap:make(Map, 2 * ?WITHOUT_INDEX, Heap);
function(map_put, [Id, Key, Value], Heap) ->
    {old(Key, find(Id, Heap), Heap), put(Id, key(Key), Value, Heap)};
function(map_get, [Id, Key], Heap) -> {old(Key, find(Id, Heap), Heap), Heap};
function(map_contains, [Id, Key], Heap) ->
    #object{cells = {_, Places}} = find(Id, Heap),
    {fxaot_eval_number:truth(is_map_key(key(Key), Places)), Heap};
function(map_remove, [Id, Key], Heap) ->
    #object{cells = Pairs} = Map = find(Id, Heap),
    {old(Key, Map, Heap), changed(Id, Map, removed(key(Key), Pairs), Heap)};
function(map_size, [Id], Heap) ->
    #object{cells = Pairs} = find(Id, Heap),
    {float(size(Pairs)), Heap};
function(map_clear, [Id], Heap) -> {na, changed(Id, find(Id, Heap), none(), Heap)};
function(map_copy, [Id], Heap) ->
    #object{room = Room} = Map = find(Id, Heap),
    fxaot_eval_heap:make(Map, Room, Heap);
function(map_put_all, [Id, Other], Heap0) ->
    _ = find(Id, Heap0),
    #object{cells = {Order, _} = Added} = find(Other, Heap0),
    Heap = fxaot_eval_heap:spend(size(Added), Heap0),
    {na, lists:foldl(fun({Key, Value}, H) -> put(Id, Key, Value, H) end, Heap, fxaot_eval_vector:to_list(Order))};
function(map_keys, [Id], Heap) ->
    #object{key = Type, cells = {Order, _}} = find(Id, Heap),
    fxaot_eval_span:make(Type, [Key || {Key, _} <- fxaot_eval_vector:to_list(Order)], Heap);
function(map_values, [Id], Heap) ->
    #object{type = Type, cells = Pairs} = find(Id, Heap),
    fxaot_eval_span:make(Type, values(Pairs), Heap);
function(map_key_at, [Id, Place], Heap) -> {element(1, pair(Place, find(Id, Heap))), Heap};
function(map_value_at, [Id, Place], Heap) -> {element(2, pair(Place, find(Id, Heap))), Heap};
function(Function, Values, Heap) -> fxaot_eval_matrix:function(Function, Values, Heap).

find(Id, Heap) -> fxaot_eval_heap:find(Id, map, Heap).

none() -> {fxaot_eval_vector:from_list([]), #{}}.

%% Zero has one sign.
key(Key) when is_float(Key) -> Key + 0.0;
key(Key) -> Key.

%% The key's value, na or false without one.
old(Key0, #object{type = Type, cells = {Order, Places}}, Heap) ->
    case maps:find(key(Key0), Places) of
        {ok, Place} -> element(2, fxaot_eval_vector:get(Place, Order));
        error -> fxaot_eval_span:missing(Type, Heap)
    end.

pair(Place, #object{cells = {Order, _} = Pairs}) ->
    fxaot_eval_vector:get(fxaot_eval_span:place(Place, size(Pairs), from_start, within), Order).

put(Id, Key, Value, Heap) ->
    #object{cells = {Order, Places}} = Map = find(Id, Heap),
    case Places of
        #{Key := Place} ->
            changed(Id, Map, {fxaot_eval_vector:set(Place, {Key, Value}, Order), Places}, Heap);
        #{} ->
            Size = fxaot_eval_vector:size(Order),
            Size < ?MOST orelse fxaot_eval_heap:fail({size, float(Size + 1), ?MOST}),
            Grown = grown(Id, Map, Size, Heap),
            changed(Id, find(Id, Grown), {fxaot_eval_vector:push({Key, Value}, Order), Places#{Key => Size}}, Grown)
    end.

%% Room for another pair, as the machine gives it.
grown(Id, #object{room = Room, detail = Index} = Map, Size, Heap) when 2 * Size + 2 + Index > Room ->
    Pairs = max(2 * Size, ?WITHOUT_INDEX),
    Larger = power_of_two(2 * Pairs, 1),
    fxaot_eval_heap:moved(Id, 2 * Pairs + Larger, fxaot_eval_heap:put(Id, Map#object{detail = Larger}, Heap));
grown(_, _, _, Heap) -> Heap.

power_of_two(Least, N) when N >= Least -> N;
power_of_two(Least, N) -> power_of_two(Least, 2 * N).

removed(Key, {Order0, Places} = Pairs) ->
    case Places of
        #{Key := Place} ->
            {_, Order} = fxaot_eval_vector:delete(Place, 1, Order0),
            Fewer = maps:map(fun(_, P) when P > Place -> P - 1;
                                (_, P) -> P
                             end, maps:remove(Key, Places)),
            {Order, Fewer};
        #{} -> Pairs
    end.

changed(Id, Map, Pairs, Heap) -> fxaot_eval_heap:put(Id, Map#object{cells = Pairs}, Heap).
