%% Statistics of arrays, maps, and objects as texts, of the evaluator in Erlang.
-module(fxaot_eval_collection_tests).
-include_lib("eunit/include/eunit.hrl").

-import(fxaot_eval_object_tests, [heap/0, heap/1, call/3, made/3, floats/2, elements/2, fault/3]).

-define(CLOSE(X, Y), ?assert(abs((X) - (Y)) < 1.0e-14)).

value(Function, Values, Heap) -> element(1, call(Function, Values, Heap)).

%% A function of an array of floats.
of_floats(Function, Elements) -> of_floats(Function, Elements, []).
of_floats(Function, Elements, More) ->
    {A, Heap} = floats(Elements, heap()),
    value(Function, [A | More], Heap).

sums_leave_na_out_test() ->
    ?assertEqual([6.0, na, na], [of_floats(array_sum, E) || E <- [[1.0, na, 5.0], [], [na]]]),
    ?assertEqual([3.0, na], [of_floats(array_avg, E) || E <- [[1.0, na, 5.0], []]]),
    %% 0.1 + 0.2 - 0.3 is 5.6e-17: a sum on the way that is nothing.
    ?assertEqual([0.0, 1.0], [of_floats(array_sum, E) || E <- [[0.1, 0.2, -0.3], [0.1, 0.2, -0.3, 1.0]]]),
    ?assertEqual([inf, na], [of_floats(array_sum, E) || E <- [[1.0, inf], [ninf, inf]]]).

the_spread_of_elements_test() ->
    E = [2.0, 4.0, na, 4.0, 5.0, 5.0],
    ?assertEqual(3.0, of_floats(array_range, E)),
    ?CLOSE(1.2, of_floats(array_variance, E, [1.0])),
    ?CLOSE(1.5, of_floats(array_variance, E, [0.0])),
    ?CLOSE(math:sqrt(1.2), of_floats(array_stdev, E, [1.0])),
    ?assertEqual([0.0, na, na], [of_floats(array_variance, V, [B]) || {V, B} <- [{[3.0], 1.0}, {[3.0], 0.0}, {[], 1.0}]]),
    {A, H0} = floats([1.0, 2.0, na, 4.0], heap()),
    {B, H} = floats([2.0, 4.0, 5.0, 9.0], H0),
    ?CLOSE(11 / 3, value(array_covariance, [A, B, 1.0], H)),
    ?CLOSE(5.5, value(array_covariance, [A, B, 0.0], H)),
    {C, H1} = floats([1.0], H),
    ?assertEqual(<<"array.covariance: 1 x 4 elements do not fit 1 x 1">>, fault(array_covariance, [A, C, 1.0], H1)).

ranks_of_elements_test() ->
    E = [5.0, na, 1.0, 3.0, 3.0],
    ?assertEqual([1.0, 3.0, 5.0, 5.0], [of_floats(array_min, E, [R]) || R <- [0.0, 1.0, 3.0, 4.0]]),
    ?assertEqual([5.0, 3.0, 1.0], [of_floats(array_max, E, [R]) || R <- [na, 1.0, 4.0]]),
    {A, H} = floats(E, heap()),
    ?assertEqual(<<"array.max: the index 5 is outside of 5 elements">>, fault(array_max, [A, 5.0], H)),
    ?assertEqual([3.0, 2.5, na], [of_floats(array_median, V) || V <- [E, [4.0, 1.0], []]]),
    {I, HI} = made(0.0, [4.0, 1.0], heap()),
    ?assertEqual(2.0, value(array_median, [I], HI)),
    ?assertEqual([3.0, 1.0, 2.0, na], [of_floats(array_mode, V) || V <- [E, [3.0, 1.0, 2.0], [4.0, 2.0, 4.0, 2.0], [na]]]).

percentiles_test() ->
    E = [1.0, 2.0, 3.0, 4.0, 5.0],
    ?assertEqual([1.0, 3.0, 5.0, 3.5], [of_floats(array_percentile_linear, E, [P]) || P <- [0.0, 50.0, 100.0, 60.0]]),
    ?assertEqual([1.0, 2.0, 3.0, 5.0, 1.0], [of_floats(array_percentile_nearest, E, [P]) || P <- [0.0, 40.0, 41.0, 100.0, na]]),
    %% na is an element behind the others: the place 2.6 of 4 is one between two.
    ?assertEqual([na, 2.0, na], [of_floats(array_percentile_linear, [1.0, 2.0, 3.0, na], [P]) || P <- [52.5, 37.5, na]]),
    {A, H} = floats(E, heap()),
    ?assertEqual(<<"array.percentile_linear_interpolation: 101 cannot be an argument">>,
                 fault(array_percentile_linear, [A, 101.0], H)),
    ?assertEqual([0.0, 50.0, 100.0, na], [of_floats(array_percent_rank, [1.0, 3.0, 2.0], [I]) || I <- [0.0, 2.0, 1.0]]
                 ++ [of_floats(array_percent_rank, [1.0], [0.0])]).

arrays_of_the_elements_test() ->
    {A, H0} = floats([-1.0, na, 3.0], heap()),
    {B, H1} = call(array_abs, [A], H0),
    {C, H2} = call(array_standardize, [A], H1),
    ?assertEqual({[1.0, na, 3.0], [-1.0, na, 1.0]}, {elements(B, H2), elements(C, H2)}),
    {D, H3} = floats([2.0, 2.0], H2),
    {E, H} = call(array_standardize, [D], H3),
    ?assertEqual([1.0, 1.0], elements(E, H)),
    Bools = fun(V) -> {X, HB} = made(2.0, V, heap()), {value(array_every, [X], HB), value(array_some, [X], HB)} end,
    ?assertEqual([{1.0, 1.0}, {0.0, 1.0}, {0.0, 0.0}, {0.0, 0.0}], [Bools(V) || V <- [[1.0], [1.0, 0.0], [0.0], []]]).

%% ---- texts -----------------------------------------------------------------------------

elements_as_texts_test() ->
    Join = fun(Type, Elements, Separator) ->
                   {A, H} = made(Type, Elements, heap()), value(array_join, [A, Separator], H)
           end,
    ?assertEqual(<<"1, NaN, 2.5">>, Join(1.0, [1.0, na, 2.5], <<", ">>)),
    ?assertEqual(<<"truefalse">>, Join(2.0, [1.0, 0.0], na)),
    ?assertEqual(<<"a-NaN-">>, Join(3.0, [<<"a">>, na, <<>>], <<"-">>)),
    ?assertEqual(4096, byte_size(Join(3.0, [<<"0123456789">> || _ <- lists:seq(1, 500)], <<>>))),
    {A, H} = floats([1.0, 2.25], heap()),
    ?assertEqual([<<"[1, 2.25]">>, <<"[1, 2.3]">>, <<"NaN">>],
                 [value(text_of_object, V, H) || V <- [[A, na], [A, <<"#.#">>], [na, na]]]).

a_text_in_parts_test() ->
    Split = fun(Text, Separator) -> {A, H} = call(text_split, [Text, Separator], heap()), elements(A, H) end,
    ?assertEqual([<<"a">>, <<>>, <<"b">>, <<>>], Split(<<"a,,b,">>, <<",">>)),
    ?assertEqual([<<"ä"/utf8>>, <<"b">>, <<"→"/utf8>>], Split(<<"äb→"/utf8>>, <<>>)),
    ?assertEqual([[<<>>], [], [<<"ab">>]], [Split(<<>>, na), Split(na, <<",">>), Split(<<"ab">>, <<"abc">>)]).

%% ---- maps ------------------------------------------------------------------------------

a_map_keeps_the_order_of_insertion_test() ->
    {M, H0} = call(map_new, [3.0, 1.0], heap()),
    Put = fun(Key, Value, H) -> call(map_put, [M, Key, Value], H) end,
    {na, H1} = Put(<<"b">>, 1.0, H0),
    {na, H2} = Put(na, 2.0, H1),
    {na, H3} = Put(<<"a">>, 3.0, H2),
    {1.0, H4} = Put(<<"b">>, 4.0, H3),
    {Keys, H5} = call(map_keys, [M], H4),
    {Values, H6} = call(map_values, [M], H5),
    ?assertEqual({[<<"b">>, na, <<"a">>], [4.0, 2.0, 3.0]}, {elements(Keys, H6), elements(Values, H6)}),
    ?assertEqual([3.0, 4.0, na, 1.0, 0.0], [value(F, [M | X], H6) || {F, X} <- [
        {map_size, []}, {map_get, [<<"b">>]}, {map_get, [<<"c">>]}, {map_contains, [na]}, {map_contains, [<<"c">>]}]]),
    {2.0, H7} = call(map_remove, [M, na], H6),
    {na, H8} = call(map_remove, [M, na], H7),
    ?assertEqual({<<"a">>, 3.0}, {value(map_key_at, [M, 1.0], H8), value(map_value_at, [M, 1.0], H8)}),
    ?assertEqual(<<"map.key_at: the index 2 is outside of 2 elements">>, fault(map_key_at, [M, 2.0], H8)),
    {na, H9} = call(map_clear, [M], H8),
    ?assertEqual(0.0, value(map_size, [M], H9)).

a_copy_of_a_map_is_another_one_test() ->
    {M, H0} = call(map_new, [0.0, 2.0], heap()),
    {+0.0, H1} = call(map_put, [M, 0.0, 1.0], H0),
    {C, H2} = call(map_copy, [M], H1),
    {1.0, H3} = call(map_put, [C, -0.0, 0.0], H2),
    {+0.0, H4} = call(map_put, [C, 7.0, 1.0], H3),
    {na, H} = call(map_put_all, [M, C], H4),
    {Keys, HK} = call(map_keys, [M], H),
    ?assertEqual([0.0, 7.0], elements(Keys, HK)),
    ?assertEqual([0.0, 1.0], [value(map_get, [M, K], H) || K <- [0.0, 7.0]]),
    ?assertEqual(<<"map.get: the object is na">>, fault(map_get, [na, 0.0], H)),
    {V5, H5} = call(map_new, [0.0, 2.0], heap(5)),
    ?assertEqual(na, value(map_get, [V5, 1.0], H5)).

%% A chunk for 8 pairs, then ones for 16 and 32 with an index of 32 and 64.
a_map_takes_cells_as_the_machine_does_test() ->
    {M, H0} = call(map_new, [0.0, 1.0], heap()),
    Put = fun(N, H) -> element(2, call(map_put, [M, float(N), 0.0], H)) end,
    H8 = lists:foldl(Put, H0, lists:seq(1, 8)),
    H16 = lists:foldl(Put, H8, lists:seq(9, 16)),
    H17 = Put(17, H16),
    ?assertEqual([16, 16 + 64, 16 + 64 + 128], [fxaot_eval_heap:used(H) || H <- [H8, H16, H17]]).

a_map_holds_50000_pairs_test() ->
    {M, H0} = call(map_new, [0.0, 1.0], heap()),
    Put = fun(N, H) -> element(2, call(map_put, [M, float(N), 0.0], H)) end,
    H = lists:foldl(Put, H0, lists:seq(1, 50000)),
    {+0.0, _} = call(map_put, [M, 1.0, 2.0], H),
    ?assertEqual(<<"map.put: a size must be from 0 to 50000, not 50001">>, fault(map_put, [M, 0.0, 2.0], H)).
