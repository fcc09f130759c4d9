%% @private A row of values: the elements of a script's array or matrix.
%%
%% A map of values by consecutive keys, and the first key. Values come and go at both ends as cheaply as one is read
%% or changed: O(log n), five levels at 100,000 elements. A tuple would be copied by each change, the array module
%% cannot lose its first element, a list has one cheap end. Versions share what they have in common: a copy is free,
%% and so is a step that does not count.
-module(fxaot_eval_vector).

-export([new/2, from_list/1, to_list/1, size/1, get/2, set/3, push/2, insert/3, delete/3, part/3]).

-export_type([vector/0, vector/1]).

-compile({no_auto_import, [size/1]}).

-opaque vector(Value) :: {First :: integer(), Size :: non_neg_integer(), #{integer() => Value}}.
-type vector() :: vector(term()).

%% @doc Size times the same value.
-spec new(non_neg_integer(), Value) -> vector(Value).
new(Size, Value) -> {0, Size, maps:from_keys(lists:seq(0, Size - 1), Value)}.

-spec from_list([Value]) -> vector(Value).
from_list(Values) ->
    Size = length(Values),
    {0, Size, maps:from_list(lists:zip(lists:seq(0, Size - 1), Values))}.

-spec to_list(vector(Value)) -> [Value].
to_list({First, Size, Values}) -> values(First, First + Size - 1, Values, []).

values(First, Last, Values, Done) when Last >= First ->
    values(First, Last - 1, Values, [map_get(Last, Values) | Done]);
values(_, _, _, Done) -> Done.

-spec size(vector()) -> non_neg_integer().
size({_, Size, _}) -> Size.

%% @doc The value at a place from 0 to the size less 1.
-spec get(non_neg_integer(), vector(Value)) -> Value.
get(I, {First, _, Values}) -> map_get(First + I, Values).

-spec set(non_neg_integer(), Value, vector(Value)) -> vector(Value).
set(I, Value, {First, Size, Values}) -> {First, Size, Values#{First + I := Value}}.

%% @doc Adds a value at the end.
-spec push(Value, vector(Value)) -> vector(Value).
push(Value, {First, Size, Values}) -> {First, Size + 1, Values#{First + Size => Value}}.

%% @doc Adds values at a place from 0 to the size. O(n) but for one value at an end.
-spec insert(non_neg_integer(), [Value], vector(Value)) -> vector(Value).
insert(I, Added, {_, I, _} = Vector) -> lists:foldl(fun push/2, Vector, Added);
insert(0, [Value], {First, Size, Values}) -> {First - 1, Size + 1, Values#{First - 1 => Value}};
insert(I, Added, Vector) ->
    {Before, After} = lists:split(I, to_list(Vector)),
    from_list(Before ++ Added ++ After).

%% @doc So many values from a place on, and the vector without them. O(n) but for one value at an end.
-spec delete(non_neg_integer(), non_neg_integer(), vector(Value)) -> {[Value], vector(Value)}.
delete(0, 1, {First, Size, Values}) ->
    {Value, Left} = maps:take(First, Values),
    {[Value], {First + 1, Size - 1, Left}};
delete(I, 1, {First, Size, Values}) when I =:= Size - 1 ->
    {Value, Left} = maps:take(First + I, Values),
    {[Value], {First, I, Left}};
delete(I, Count, Vector) ->
    {Before, Rest} = lists:split(I, to_list(Vector)),
    {Removed, After} = lists:split(Count, Rest),
    {Removed, from_list(Before ++ After)}.

%% @doc So many values from a place on.
-spec part(non_neg_integer(), non_neg_integer(), vector(Value)) -> [Value].
part(I, Count, {First, _, Values}) -> values(First + I, First + I + Count - 1, Values, []).
