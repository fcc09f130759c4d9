%% @private Values that change often, in tuples of 16 within a tuple: a change copies two small tuples. And
%% histories, which lie in such a store.
-module(fxaot_eval_store).

-export([new/1, get/2, set/3, values/1, history/2, push/3, past/3, kept/1, is_stamped/3, stamp/3]).

-export_type([store/0]).

-include("fxaot_eval.hrl").

-type store() :: tuple().

-spec new([term()]) -> store().
new(Values) -> list_to_tuple(chunks(Values)).

chunks([]) -> [];
chunks(Values) when length(Values) =< 16 -> [list_to_tuple(Values)];
chunks(Values) ->
    {First, Rest} = lists:split(16, Values),
    [list_to_tuple(First) | chunks(Rest)].

%% @doc Places count from 0.
-spec get(non_neg_integer(), store()) -> term().
get(I, Store) -> element((I band 15) + 1, element((I bsr 4) + 1, Store)).

-spec set(non_neg_integer(), term(), store()) -> store().
set(I, Value, Store) ->
    Chunk = (I bsr 4) + 1,
    setelement(Chunk, Store, setelement((I band 15) + 1, element(Chunk, Store), Value)).

%% @doc All values, in their order.
-spec values(store()) -> [term()].
values(Store) -> lists:append([tuple_to_list(Chunk) || Chunk <- tuple_to_list(Store)]).

%% @doc An empty history: how many values it keeps, and the value before the first one.
-spec history(pos_integer(), value()) -> tuple().
history(Most, Empty) -> {0, 0, Most, Empty, []}.

%% @doc Adds a value to a history. It has the bar of its newest push in a loop, how many values it has and
%% keeps, the value before the first one, and the values, the newest first.
-spec push(non_neg_integer(), value(), store()) -> store().
push(I, Value, Store) ->
    case get(I, Store) of
        {Stamp, Held, Most, Empty, Values} when Held < 2 * Most + 8 ->
            set(I, {Stamp, Held + 1, Most, Empty, [Value | Values]}, Store);
        {Stamp, _, Most, Empty, Values} ->
            set(I, {Stamp, Most + 1, Most, Empty, [Value | lists:sublist(Values, Most)]}, Store)
    end.

%% @doc The value so many pushes ago, from 1.
-spec past(non_neg_integer(), pos_integer(), store()) -> value().
past(I, Ago, Store) ->
    case get(I, Store) of
        {_, Held, _, _, Values} when Ago =< Held -> lists:nth(Ago, Values);
        {_, _, _, Empty, _} -> Empty
    end.

%% @doc The values that a history keeps.
-spec kept(tuple()) -> [value()].
kept({_, _, Most, _, Values}) -> lists:sublist(Values, Most).

%% @doc Whether a history was pushed to, or set, on a bar.
-spec is_stamped(non_neg_integer(), non_neg_integer(), store()) -> boolean().
is_stamped(I, Bar, Store) -> element(1, get(I, Store)) =:= Bar.

-spec stamp(non_neg_integer(), non_neg_integer(), store()) -> store().
stamp(I, Bar, Store) -> set(I, setelement(1, get(I, Store), Bar), Store).
