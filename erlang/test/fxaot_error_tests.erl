-module(fxaot_error_tests).
-include_lib("eunit/include/eunit.hrl").

%% Every reason that fxaot.h or this application's modules give.
reasons() ->
    [unknown_symbol, bad_price, bad_size, bad_time, time_backwards, time_jump, unknown_strategy,
     unknown_parameter, parameter_range, bad_timeframe, already_exists, not_found, bad_instrument,
     bad_config, out_of_memory, limit, bad_abi, bad_length, bad_format, too_many_bad_lines,
     bad_argument, closed, not_owner, owner_alive, no_engine, engine_down, engine_changed,
     unknown_option, missing_option, bad_option, bad_deployment, bad_parameter, bad_list,
     missing_file, empty_file, no_data, bad_archive, unreadable_file, no_symbol, several_symbols,
     no_day, long_line,
     bad_feed, feed_died, not_running, bad_parser, no_array_form, full, stopped, thread, busy,
     actor_mode, inline_mode, degraded, group, bad_script, bad_artifact, bad_reload, stale,
     script_errors, script_tool, no_tool, compiler, deployment_down, unknown_status,
     unsupported_compression, unsorted_file, no_good_line, no_rows, bad_order, open_orders].

%% A sentence: begins with a capital, as no reason's name does, and ends with one full stop.
every_reason_has_a_sentence_test_() ->
    [{atom_to_list(Reason),
      fun() ->
              Text = unicode:characters_to_list(fxaot:format_error({error, {Reason, Details}})),
              ?assertMatch([C | _] when C >= $A andalso C =< $Z, Text),
              ?assert(lists:member(lists:last(Text), ".")),
              ?assertEqual(nomatch, string:find(Text, ".."))
      end} || Reason <- reasons(), Details <- [none, #{}, 'EURUSD', #{path => "a.csv"},
                                               #{option => a}, <<"bytes">>, #{parameter => fast}]].

%% A time of our days tells its unit by its size.
a_time_in_another_unit_is_told_test_() ->
    [?_assertEqual(iolist_to_binary(["A time must be in nanoseconds, from 1990 to 2200; got ", Text]),
                   fxaot:format_error({error, {bad_time, #{time => Time}}}))
     || {Text, Time} <-
            [{"1709510400, which looks like seconds: multiply it by 1000000000.", 1709510400},
             {"1709510400123, which looks like milliseconds: multiply it by 1000000.", 1709510400123},
             {"1709510400123456, which looks like microseconds: multiply it by 1000.", 1709510400123456},
             {"631152000, which looks like seconds: multiply it by 1000000000.", 631152000},
             {"631151999.", 631151999}, {"0.", 0}, {"-1.", -1}, {"1.", 1},
             {"7258118400000000001.", 7258118400000000001},
             {"340282366920938463463374607431768211456.", 1 bsl 128}]].

details_are_told_test_() ->
    [?_assertEqual(Text, fxaot:format_error(Error))
     || {Text, Error} <-
            [{<<"Unknown option balanse; did you mean balance?">>,
              {unknown_option, #{option => balanse, suggestion => balance,
                                 known => [balance]}}},
             {<<"Unknown option zebra; known options: speed, mode.">>,
              fxaot_terms:known_options(#{zebra => 1}, [speed, mode])},
             {<<"The option balance must be a number from 0 to 1,000,000,000,000; got -1.">>,
              element(2, fxaot_terms:config(#{balance => -1}))},
             {<<"The parameters of ma_crossover contradict each other: fast must be below slow.">>,
              {parameter_range, #{strategy => <<"ma_crossover">>}}},
             {<<"The parameters of mine contradict each other.">>,
              {parameter_range, #{strategy => mine}}},
             {<<"The parameter fast is out of range.">>,
              {parameter_range, #{parameter => <<"fast">>}}},
             {<<"Unknown strategy fusoin; did you mean fusion?">>,
              {unknown_strategy, #{strategy => <<"fusoin">>, id => a, symbol => 'EURUSD',
                                   suggestion => <<"fusion">>}}},
             {<<"No such file: a/b.csv.">>, {missing_file, #{path => "a/b.csv"}}},
             {<<"The file has too many bad lines (bad lines 3, file a.csv).">>,
              {too_many_bad_lines, #{bad_lines => 3, file => "a.csv"}}},
             {<<"Too many bad lines in a.csv: 3, the first at 72, 105.">>,
              {too_many_bad_lines, #{bad_lines => 3, file => "a.csv",
                                     bad_line_numbers => [72, 105]}}},
             {<<"No such engine (eur).">>, {error, {no_engine, eur}}},
             {<<"The new version needs interface 9 of the native library, and this node runs 8: restart the node "
                "with the new version.">>, {other_interface, #{running => 8, new => 9}}},
             {<<"Element 2 of the list prices is not a number that fits a float64.">>,
              {bad_list, #{argument => prices, position => 2}}}]].

anything_else_is_shown_test_() ->
    [?_assert(is_binary(fxaot:format_error(Term)))
     || Term <- [badarg, 1, [], {}, {a, b, c}, {"x", y}, make_ref(), <<255>>, {a, <<255, 0>>},
                 {odd_reason, [1 | 2]}, {missing_file, #{path => [-1]}}]].

an_unknown_option_of_deploy_is_told_with_those_there_are_test() ->
    Deploy = fun(Option) ->
                     fxaot_deployment_request:new(ma_crossover, #{instrument => 'EURUSD', Option => native})
             end,
    ?assertMatch({error, {unknown_option, #{option := waits, suggestion := wait}}}, Deploy(waits)),
    Sentence = fxaot:format_error(Deploy(leverage)),
    [?assertMatch({_, _}, binary:match(Sentence, Option))
     || Option <- [<<"tier">>, <<"watch">>, <<"timeframe">>]].

wrong_types_are_told_by_argument_test() ->
    ?assertEqual(#{2 => <<"not an atom">>, 3 => <<"not a whole number">>},
                 explained(fun() -> fxaot:tick(eur, "EURUSD", 1.0, 1.1, 1.2) end)),
    ?assertEqual(#{1 => <<"not an engine's name (an atom) or pid">>},
                 explained(fun() -> fxaot:stats("eur") end)),
    ?assertEqual(#{3 => <<"not a map">>},
                 explained(fun() -> fxaot:execute(ma_crossover, #{}, []) end)),
    ?assertEqual(#{}, fxaot:format_error(other, [])),
    ?assertMatch(#{general := _}, fxaot:format_error(badarg, [{m, f, [1], []}])).

explained(Call) ->
    try Call() of
        Answer -> error({no_badarg, Answer})
    catch error:badarg:Stacktrace ->
            [{_, _, _, Info} | _] = Stacktrace,
            ?assertMatch({error_info, #{module := fxaot_badarg}}, lists:keyfind(error_info, 1, Info)),
            fxaot:format_error(badarg, Stacktrace)
    end.
