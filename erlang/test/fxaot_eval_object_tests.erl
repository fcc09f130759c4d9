%% Arrays, slices, records and drawings of the evaluator in Erlang.
-module(fxaot_eval_object_tests).
-include_lib("eunit/include/eunit.hrl").
-include("../src/eval/fxaot_eval.hrl").

-export([heap/0, heap/1, call/3, made/3, floats/2, elements/2, fault/3]).

heap() -> heap(6).
heap(Version) -> fxaot_eval_heap:new(#{version => Version, mintick => 0.01}).

call(Function, Values, Heap) -> fxaot_eval_object:evaluate(Function, Values, Heap).

%% A step with an effect only.
done(Function, Values, Heap0) ->
    {na, Heap} = call(Function, Values, Heap0),
    Heap.

made(Type, Elements, Heap) -> call(array_from, [Type | Elements], Heap).
floats(Elements, Heap) -> made(1.0, Elements, Heap).

elements(Id, Heap) -> fxaot_eval_span:elements(fxaot_eval_span:find(Id, Heap)).

value(Function, Values, Heap) -> element(1, call(Function, Values, Heap)).

%% The sentence with which a function stops.
fault(Function, Values, Heap) ->
    try call(Function, Values, Heap) of Result -> Result
    catch throw:{fault, Reason} -> iolist_to_binary(fxaot_eval_fault:sentence(Function, Reason))
    end.

%% ---- arrays ------------------------------------------------------------------------

an_array_changes_at_both_ends_test() ->
    {A, H0} = call(array_new, [1.0, 2.0, 7.0], heap()),
    H1 = lists:foldl(fun({F, Arguments}, H) -> done(F, [A | Arguments], H) end, H0,
                     [{array_push, [1.0]}, {array_unshift, [2.0]}, {array_insert, [1.0, 3.0]},
                      {array_insert, [-1.0, 4.0]}, {array_insert, [6.0, 5.0]}, {array_set, [-2.0, 6.0]}]),
    ?assertEqual([2.0, 3.0, 7.0, 7.0, 4.0, 6.0, 5.0], elements(A, H1)),
    {5.0, H2} = call(array_pop, [A], H1),
    {2.0, H3} = call(array_shift, [A], H2),
    {7.0, H4} = call(array_remove, [A, 1.0], H3),
    {6.0, H5} = call(array_remove, [A, -1.0], H4),
    ?assertEqual([3.0, 7.0, 4.0], elements(A, H5)),
    ?assertEqual([3.0, 4.0, 3.0, 7.0], [value(F, [A | X], H5) || {F, X} <- [{array_first, []}, {array_last, []},
                                                                          {array_size, []}, {array_get, [1.0]}]]),
    ?assertEqual([], elements(A, done(array_clear, [A], H5))).

what_cannot_be_stops_the_script_test() ->
    {A, H} = floats([1.0, 2.0, 3.0], heap()),
    {E, H1} = floats([], H),
    ?assertEqual(<<"array.get: the index 3 is outside of 3 elements">>, fault(array_get, [A, 3.0], H)),
    ?assertEqual(<<"array.get: the index -4 is outside of 3 elements">>, fault(array_get, [A, -4.0], H)),
    ?assertEqual(<<"array.set: the index 1e+20 is outside of 3 elements">>, fault(array_set, [A, 1.0e20, 0.0], H)),
    ?assertEqual(<<"array.remove: the index inf is outside of 3 elements">>, fault(array_remove, [A, inf], H)),
    ?assertEqual(<<"array.insert: the index 4 is outside of 3 elements">>, fault(array_insert, [A, 4.0, 0.0], H)),
    ?assertEqual(<<"array.pop: there are no elements">>, fault(array_pop, [E], H1)),
    ?assertEqual(<<"array.first: there are no elements">>, fault(array_first, [E], H1)),
    ?assertEqual(<<"array.push: the object is na">>, fault(array_push, [na, 1.0], H)),
    ?assertEqual(<<"array.new: a size must be from 0 to 100000, not 100001">>,
                 fault(array_new, [1.0, 100001.0, na], H)),
    ?assertEqual(<<"array.new: a size must be from 0 to 100000, not -1.5">>, fault(array_new, [1.0, -1.5, na], H)),
    ?assertEqual(<<"array.new: 9 cannot be an argument">>, fault(array_new, [9.0, 1.0, na], H)).

%% Version 5 has no negative indices.
a_negative_index_counts_from_the_end_in_version_6_test() ->
    {A, H} = floats([1.0, 2.0, 3.0], heap(5)),
    ?assertEqual(<<"array.get: the index -1 is outside of 3 elements">>, fault(array_get, [A, -1.0], H)),
    {B, H6} = floats([1.0, 2.0, 3.0], heap(6)),
    ?assertEqual(3.0, value(array_get, [B, -1.0], H6)),
    ?assertEqual([na, 0.0], [begin {T, H1} = made(2.0, [1.0], heap(V)), value(array_get, [T, na], H1) end || V <- [5, 6]]).

a_slice_is_a_window_on_its_array_test() ->
    {A, H0} = floats([0.0, 1.0, 2.0, 3.0, 4.0], heap()),
    {S, H1} = call(array_slice, [A, 1.0, 4.0], H0),
    {T, H2} = call(array_slice, [S, 1.0, na], H1),
    ?assertEqual({[1.0, 2.0, 3.0], [2.0, 3.0]}, {elements(S, H2), elements(T, H2)}),
    H3 = done(array_set, [T, 0.0, 9.0], H2),
    H4 = done(array_push, [S, 8.0], H3),
    ?assertEqual([0.0, 1.0, 9.0, 3.0, 8.0, 4.0], elements(A, H4)),
    ?assertEqual({[1.0, 9.0, 3.0, 8.0], [9.0, 3.0]}, {elements(S, H4), elements(T, H4)}),
    {1.0, H5} = call(array_shift, [S], H4),
    ?assertEqual({[0.0, 9.0, 3.0, 8.0, 4.0], [9.0, 3.0, 8.0], [3.0, 8.0]},
                 {elements(A, H5), elements(S, H5), elements(T, H5)}),
    {_, H6} = call(array_pop, [A], H5),
    {_, H7} = call(array_pop, [A], H6),
    ?assertEqual(<<"array.size: the slice ends at 4, but its array has only 3 elements">>, fault(array_size, [S], H7)).

all_elements_change_test() ->
    {A, H} = floats([3.0, 1.0, na, 2.0, 1.0], heap()),
    ?assertEqual([1.0, 1.0, 2.0, 3.0, na], elements(A, done(array_sort, [A, 1.0], H))),
    ?assertEqual([na, 3.0, 2.0, 1.0, 1.0], elements(A, done(array_sort, [A, -1.0], H))),
    ?assertEqual([1.0, 2.0, na, 1.0, 3.0], elements(A, done(array_reverse, [A], H))),
    ?assertEqual([3.0, 0.0, 0.0, 2.0, 1.0], elements(A, done(array_fill, [A, 0.0, 1.0, 3.0], H))),
    ?assertEqual([3.0, 1.0, na, 0.0, 0.0], elements(A, done(array_fill, [A, 0.0, 3.0, na], H))),
    {Indices, H1} = call(array_sort_indices, [A, 1.0], H),
    ?assertEqual([1.0, 4.0, 3.0, 0.0, 2.0], elements(Indices, H1)),
    {B, H2} = call(array_copy, [A], H1),
    {A, H3} = call(array_concat, [A, B], H2),
    ?assertEqual(10.0, value(array_size, [A], H3)),
    ?assertEqual(5.0, value(array_size, [B], H3)).

texts_are_sorted_by_their_bytes_test() ->
    {A, H} = made(3.0, [<<"b">>, na, <<"ab">>, <<"B">>, <<"a">>, <<>>], heap()),
    ?assertEqual([na, <<>>, <<"B">>, <<"a">>, <<"ab">>, <<"b">>], elements(A, done(array_sort, [A, 1.0], H))).

elements_are_found_test() ->
    {A, H} = floats([1.0, 2.0, 2.0, 4.0, na], heap()),
    Find = fun(F, X) -> value(F, [A, X], H) end,
    ?assertEqual([1.0, 0.0, 1.0, 0.0], [Find(array_includes, X) || X <- [2.0, 3.0, 4.00000000005, na]]),
    ?assertEqual([1.0, -1.0], [Find(array_index_of, X) || X <- [2.0, 3.0]]),
    ?assertEqual([2.0, -1.0], [Find(array_last_index_of, X) || X <- [2.0, 3.0]]),
    ?assertEqual([2.0, -1.0, 0.0], [Find(array_binary_search, X) || X <- [2.0, 3.0, 1.0]]),
    ?assertEqual([1.0, 2.0, 0.0, 3.0], [Find(array_binary_search_leftmost, X) || X <- [2.0, 3.0, 0.0, 5.0]]),
    ?assertEqual([2.0, 3.0, 0.0, 4.0], [Find(array_binary_search_rightmost, X) || X <- [2.0, 3.0, 0.0, 5.0]]).

%% ---- records and drawings ------------------------------------------------------------

a_record_is_shared_until_it_is_copied_test() ->
    {R, H0} = call(record_new, [1.0, 5.0, <<"x">>], heap()),
    {C, H1} = call(record_copy, [R], H0),
    H = done(record_set, [R, 0.0, 6.0], H1),
    ?assertEqual({6.0, 5.0, <<"x">>},
                 {value(record_get, [R, 0.0], H), value(record_get, [C, 0.0], H), value(record_get, [C, 1.0], H)}),
    ?assertEqual(<<"T.get: the object is na">>, fault(record_get, [na, 0.0], H)),
    ?assertEqual(<<"T.get: 2 cannot be an argument">>, fault(record_get, [R, 2.0], H)).

a_deleted_drawing_has_na_fields_test() ->
    {L, H0} = call(drawing_new, [0.0, 1.0, 2.0], heap()),
    {C, H1} = call(drawing_copy, [L], H0),
    {_, H2} = call(drawing_new, [1.0, 9.0], H1),
    H3 = done(drawing_set, [C, 1.0, 3.0], H2),
    {All, H4} = call(drawing_all, [0.0], H3),
    ?assertEqual({[L, C], 3.0}, {elements(All, H4), value(drawing_get, [C, 1.0], H4)}),
    H5 = done(drawing_delete, [L], H4),
    {Left, H} = call(drawing_all, [0.0], H5),
    ?assertEqual([C], elements(Left, H)),
    ?assertEqual([na, na], [value(drawing_get, [D, 0.0], H) || D <- [L, na]]),
    ?assertEqual({na, na}, {value(drawing_copy, [L], H), value(drawing_set, [na, 0.0, 1.0], H)}).

%% ---- the heap --------------------------------------------------------------------------

what_nothing_refers_to_is_reclaimed_test() ->
    {Kept, H0} = call(array_new, [5.0, 0.0, na], heap()),
    {Inner, H1} = call(array_new, [1.0, 10.0, 0.0], H0),
    {Shown, H2} = call(drawing_new, [0.0, na], done(array_push, [Kept, Inner], H1)),
    H3 = lists:foldl(fun(_, H) -> {_, Next} = call(array_new, [1.0, 100.0, 0.0], H), Next end, H2, lists:seq(1, 700)),
    ?assertEqual(8 + 10 + 1 + 70000, fxaot_eval_heap:used(H3)),
    H = fxaot_eval_heap:begun(fun() -> [[1.0, na, Kept]] end, H3),
    ?assertEqual(lists:sort([Kept, Inner, Shown]), lists:sort([Id || {Id, _} <- fxaot_eval_heap:objects(H)])),
    ?assertEqual(8 + 10 + 1, fxaot_eval_heap:used(H)),
    ?assertEqual(10.0, value(array_size, [value(array_get, [Kept, 0.0], H)], H)).

%% 8,388,608 cells.
a_bar_cannot_make_more_than_64_mib_test() ->
    {_, H} = fxaot_eval_heap:make(#object{kind = array, cells = fxaot_eval_vector:from_list([])}, 8388600, heap()),
    {_, _} = call(array_new, [1.0, 8.0, na], H),
    ?assertEqual(<<"array.new: the script's objects exceed 16 MiB">>, fault(array_new, [1.0, 9.0, na], H)).

objects_in_use_cannot_take_more_than_16_mib_test() ->
    Made = fun(Cells) -> fxaot_eval_heap:make(#object{kind = array, cells = fxaot_eval_vector:from_list([])},
                                              Cells, heap())
           end,
    Next = fun({Id, H}) -> fxaot_eval_heap:begun(fun() -> [[Id]] end, H) end,
    {_, _} = floats([1.0], Next(Made(2097152))),
    ?assertEqual(<<"array.from: the script's objects exceed 16 MiB">>,
                 fault(array_from, [1.0, 1.0], Next(Made(2097153)))).

a_bar_goes_through_20000000_elements_test() ->
    {A, H} = call(array_new, [1.0, 100.0, 1.0], heap()),
    Spent = fxaot_eval_heap:spend(19999800, H),
    {na, Full} = call(array_reverse, [A], Spent),
    ?assertEqual(<<"array.reverse: the script goes through too many elements on this bar">>,
                 fault(array_reverse, [A], Full)),
    {na, _} = call(array_reverse, [A], fxaot_eval_heap:begun(fun() -> [] end, Full)).

numbers_are_written_as_the_machine_does_test_() ->
    [?_assertEqual(Text, iolist_to_binary(fxaot_eval_fault:number(X)))
     || {X, Text} <- [{10000.0, <<"10000">>}, {0.5, <<"0.5">>}, {-1.25, <<"-1.25">>}, {1.0e16, <<"1e+16">>},
                      {1.5e300, <<"1.5e+300">>}, {0.0001, <<"0.0001">>}, {0.00001, <<"1e-05">>}, {-0.0, <<"0">>},
                      {123456.789, <<"123456.789">>}, {na, <<"nan">>}, {ninf, <<"-inf">>}]].

%% 100 where the script says nothing else.
the_oldest_drawing_goes_test() ->
    Draw = fun(Kind, N, H) -> element(2, call(drawing_new, [Kind, float(N)], H)) end,
    First = fun(Kind, H0) ->
                    {All, H} = call(drawing_all, [Kind], H0),
                    {value(array_size, [All], H), value(drawing_get, [value(array_first, [All], H), 0.0], H)}
            end,
    Limited = fxaot_eval_heap:new(#{version => 6, mintick => 0.01, most_drawings => {2}}),
    H = lists:foldl(fun(N, Before) -> Draw(5.0, N, Draw(0.0, N, Before)) end, Limited, lists:seq(1, 103)),
    ?assertEqual({{2.0, 102.0}, {100.0, 4.0}}, {First(0.0, H), First(5.0, H)}).
