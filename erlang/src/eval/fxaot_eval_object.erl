%% @private The functions over objects, each with the heap before and after it. A fault is thrown as
%% `{fault, Reason}'. Here are those of user types and drawings.
-module(fxaot_eval_object).

-export([evaluate/3, type/1]).

-include("fxaot_eval.hrl").

-type result() :: {value(), fxaot_eval_heap:heap()}.
-export_type([result/0]).

%% @doc A function of these values.
-spec evaluate(atom(), [value()], fxaot_eval_heap:heap()) -> result().
evaluate(Function, Values, Heap) ->
    case is_short(Function) orelse Values =:= [] of
        true -> function(Function, Values, Heap);
        false -> function(Function, Values, fxaot_eval_heap:spend_size(hd(Values), Heap))
    end.

%% Whether it takes the same time for any number of elements; the others spend their first object's size.
is_short(Function) ->
    lists:member(Function, [array_get, array_set, array_size, array_first, array_last, array_push, array_pop,
                            array_shift, map_put, map_get, map_contains, map_size, map_key_at, map_value_at,
                            matrix_get, matrix_set, matrix_rows, matrix_columns, matrix_elements_count,
                            record_new, record_copy, record_get, record_set, drawing_get, drawing_set]).

function(record_new, [Type | Fields], Heap) ->
    fxaot_eval_heap:make(#object{kind = record, cells = list_to_tuple(Fields), detail = whole(Type)},
                         length(Fields), Heap);
function(record_copy, [Id], Heap) -> copied(Id, record, Heap);
function(record_get, [Id, Field], Heap) ->
    #object{cells = Fields} = fxaot_eval_heap:find(Id, record, Heap),
    {element(field(Field, Fields), Fields), Heap};
function(record_set, [Id, Field, Value], Heap) ->
    {na, changed(Id, fxaot_eval_heap:find(Id, record, Heap), Field, Value, Heap)};
function(drawing_new, [Kind | Fields], Heap) ->
    drawn(fxaot_eval_heap:make(#object{kind = drawing, cells = list_to_tuple(Fields), detail = kind(Kind)},
                               length(Fields), Heap));
function(drawing_all, [Kind], Heap) ->
    All = [Id || {_, Id} <- drawings(kind(Kind), Heap)],
    fxaot_eval_heap:make(#object{kind = array, type = reference, cells = fxaot_eval_vector:from_list(All)},
                         max(length(All), 1), Heap);
function(drawing_copy, [Id], Heap) -> shown(Id, Heap, fun(_) -> drawn(copied(Id, drawing, Heap)) end);
function(drawing_get, [Id, Field], Heap) ->
    shown(Id, Heap, fun(#object{cells = Fields}) -> {element(field(Field, Fields), Fields), Heap} end);
function(drawing_set, [Id, Field, Value], Heap) ->
    shown(Id, Heap, fun(Drawing) -> {na, changed(Id, Drawing, Field, Value, Heap)} end);
function(drawing_delete, [Id], Heap) -> shown(Id, Heap, fun(Drawing) -> {na, deleted(Id, Drawing, Heap)} end);
function(Function, Values, Heap) -> fxaot_eval_array:function(Function, Values, Heap).

%% Another object of the kind with the same fields.
copied(Id, Kind, Heap) ->
    #object{cells = Fields} = Object = fxaot_eval_heap:find(Id, Kind, Heap),
    fxaot_eval_heap:make(Object, tuple_size(Fields), Heap).

field(Number, Fields) ->
    case fxaot_eval_number:at_least(Number, 0.0) andalso
        fxaot_eval_number:above(float(tuple_size(Fields)), Number) of
        true -> trunc(Number) + 1;
        false -> fxaot_eval_heap:fail({argument, Number})
    end.

changed(Id, #object{cells = Fields} = Object, Field, Value, Heap) ->
    fxaot_eval_heap:put(Id, Object#object{cells = setelement(field(Field, Fields), Fields, Value)}, Heap).

%% ---- drawings --------------------------------------------------------------------

%% na and a drawing that has been deleted have na fields; to change them does nothing.
shown(Id, Heap, Act) ->
    case fxaot_eval_heap:look(Id, Heap) of
        #object{kind = drawing, extra = Number} = Drawing when Number >= 0 -> Act(Drawing);
        _ -> {na, Heap}
    end.

%% A new drawing gets its number; beyond the most of its kind the oldest goes.
drawn({Id, Heap0}) ->
    {Number, Heap1} = fxaot_eval_heap:drawing(Heap0),
    #object{detail = Kind} = Drawing = fxaot_eval_heap:look(Id, Heap1),
    Heap = fxaot_eval_heap:put(Id, Drawing#object{extra = Number}, Heap1),
    [{_, Oldest} | _] = All = drawings(Kind, Heap),
    case length(All) > fxaot_eval_heap:most_drawings(Kind, Heap) of
        true -> {Id, deleted(Oldest, fxaot_eval_heap:look(Oldest, Heap), Heap)};
        false -> {Id, Heap}
    end.

deleted(Id, Drawing, Heap) -> fxaot_eval_heap:put(Id, Drawing#object{extra = -1}, Heap).

%% Those of a kind that have not been deleted, oldest first.
drawings(Kind, Heap) ->
    lists:sort([{Number, Id} || {Id, #object{kind = drawing, detail = K, extra = Number}} <-
                                    fxaot_eval_heap:objects(Heap), K =:= Kind, Number >= 0]).

%% ---- arguments -------------------------------------------------------------------

%% @doc The type of elements that a function has as a number.
-spec type(value()) -> atom().
type(X) ->
    Types = {int, float, bool, text, color, reference},
    case lists:search(fun(N) -> X == N end, lists:seq(0, tuple_size(Types) - 1)) of
        {value, N} -> element(N + 1, Types);
        false -> fxaot_eval_heap:fail({argument, X})
    end.

%% The number of a kind of drawings: lines, labels, boxes, linefills, polylines, tables.
kind(X) ->
    Kind = whole(X),
    Kind == X andalso Kind >= 0 andalso Kind =< 5 orelse fxaot_eval_heap:fail({argument, X}),
    Kind.

%% A whole number as an integer; 0 for what is none.
whole(X) when is_float(X), abs(X) < 1.0e15 ->
    case trunc(X) of
        N when N == X -> N;
        _ -> 0
    end;
whole(_) -> 0.
