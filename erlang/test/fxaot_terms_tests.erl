-module(fxaot_terms_tests).
-include_lib("eunit/include/eunit.hrl").

config_defaults_test() ->
    ?assertEqual({ok, {<<"USD">>, 100000000000, 0.1, 0, 10000, 0.0, 0, 10000, 604800000000000, {1, 1}}}, fxaot_terms:config(#{})).

config_of_every_field_test() ->
    ?assertEqual({ok, {<<"EUR">>, 1500000, 1.0, 1, 1, 2.5, 1, 7, 3, {1, 1}}},
                 fxaot_terms:config(#{account_currency => 'EUR', balance => 1.5, min_strength => 1,
                                      sizer => {equity_percent, 2.5}, bar_events => true,
                                      kept_bars => 7, max_time_jump => 3})).

sizes_of_every_kind_test_() ->
    [?_assertEqual({Code, Quantity, Percent},
                   begin
                       {ok, Config} = fxaot_terms:config(Options),
                       {element(4, Config), element(5, Config), element(6, Config)}
                   end)
     || {Options, Code, Quantity, Percent} <-
            [{#{sizer => {risk, 1, 500}}, 2, 500, 1.0}, {#{sizer => {volatility, 0.5, 14}}, 3, 14, 0.5},
             {#{sizer => {kelly, 50, 20}}, 4, 50, 20.0},
             {#{sizer => {fixed, 7}, scale_by_strength => true}, 256, 7, 0.0}]].

time_may_jump_without_a_limit_test() ->
    {ok, Config} = fxaot_terms:config(#{max_time_jump => infinity}),
    ?assertEqual((1 bsl 63) - 1, element(9, Config)).

wrong_config_values_are_named_test_() ->
    [?_assertMatch({error, {bad_config, #{option := Key, value := Value}}},
                   fxaot_terms:config(#{Key => Value}))
     || {Key, Value} <- [{balance, -1}, {balance, 1 bsl 2000}, {balance, 1.0e300}, {balance, a},
                         {account_currency, <<"USD">>}, {account_currency, ''},
                         {account_currency, 'TOOLONGX'}, {account_currency, 'Ü'},
                         {min_strength, 1.1}, {min_strength, -0.1}, {min_strength, []},
                         {sizer, {fixed, 0}}, {sizer, {fixed, 1.5}}, {sizer, {fixed, 1 bsl 64}},
                         {sizer, {equity_percent, 0}}, {sizer, fixed}, {sizer, {risk, 1, 0}}, {sizer, {risk, 101, 5}},
                         {sizer, {volatility, 1, 10001}}, {sizer, {kelly, 0, 5}}, {sizer, {kelly, 101, 5}},
                         {scale_by_strength, 1}, {bar_events, 1}, {kept_bars, -1},
                         {kept_bars, 100001}, {kept_bars, 1.0}, {max_time_jump, 0},
                         {max_time_jump, 1.5}, {max_time_jump, 1 bsl 63}, {max_time_jump, never}]].

unknown_options_get_a_near_miss_test() ->
    ?assertMatch({error, {unknown_option, #{option := balanse, suggestion := balance}}},
                 fxaot_terms:config(#{balanse => 1})),
    {error, {unknown_option, Details}} = fxaot_terms:config(#{<<"balance">> => 1}),
    ?assertNot(is_map_key(suggestion, Details)),
    {error, {unknown_option, Far}} = fxaot_terms:config(#{zebra => 1}),
    ?assertNot(is_map_key(suggestion, Far)).

names_get_near_misses_whatever_they_are_test_() ->
    Known = [<<"fast">>, <<"slow">>, <<"band">>],
    [?_assertEqual(Near, fxaot_near_miss:suggestion(Name, Known))
     || {Name, Near} <- [{<<"fats">>, #{suggestion => <<"fast">>}}, {solw, #{suggestion => <<"slow">>}},
                         {<<"zebra">>, #{}}, {<<255>>, #{}}, {<<>>, #{}}, {"fast", #{}},
                         {binary:copy(<<"fast">>, 1000), #{}}]].

instrument_leaves_out_what_is_built_in_test() ->
    ?assertEqual({ok, {<<>>, <<>>, -1, -1, -1, -1, -1, -1, -1, <<>>, <<>>, []}},
                 fxaot_terms:instrument('EURUSD', #{})),
    ?assertEqual({ok, {<<"BTC">>, <<"USD">>, 0, 5, 10, 1, 2, 3, 4, <<"24x7">>, <<"Asia/Tokyo">>,
                       ['BTCUSD.r']}},
                 fxaot_terms:instrument('BTCUSD',
                                        #{base => 'BTC', quote => 'USD', price_decimals => 0,
                                          step_units => 5, pip_steps => 10, lot => 1,
                                          quantity_step => 2, minimum_quantity => 3,
                                          maximum_quantity => 4, session => <<"24x7">>,
                                          timezone => <<"Asia/Tokyo">>, aliases => ['BTCUSD.r']})).

wrong_instrument_values_are_named_test_() ->
    [?_assertMatch({error, {bad_instrument, #{symbol := x, option := Key, value := Value}}},
                   fxaot_terms:instrument(x, #{Key => Value}))
     || {Key, Value} <- [{price_decimals, 10}, {price_decimals, -1}, {lot, 0}, {lot, 1 bsl 63},
                         {step_units, 1 bsl 32}, {pip_steps, 1.0}, {base, "EUR"},
                         {session, <<"never">>}, {session, <<>>}, {session, "24x7"},
                         {aliases, 'EURUSD.r'}, {aliases, [a, a]}, {aliases, ['a b']}, {aliases, [a | b]},
                         {aliases, [<<"a">>]}, {aliases, ['']}, {aliases, [a, b, c, d, e, f, g, h, i]},
                         {timezone, <<"Mars/Olympus">>}, {timezone, binary:copy(<<"x">>, 64)}]].

deployment_defaults_test() ->
    ?assertEqual({ok, {'EURUSD', 3, 1, 0, []}}, fxaot_terms:deployment(#{instrument => 'EURUSD'})).

timeframes_test_() ->
    [?_assertEqual({ok, {x, Kind, Count, 2, []}},
                   fxaot_terms:deployment(#{instrument => x, timeframe => Timeframe,
                                            price => ask}))
     || {Timeframe, Kind, Count} <- [{tick, 0, 1}, {{ticks, 7}, 1, 7}, {{seconds, 30}, 2, 30},
                                     {{minutes, 5}, 3, 5}, {{hours, 4}, 4, 4}, {day, 5, 1}]].

timeframe_nonsense_test_() ->
    [?_assertEqual({error, {bad_timeframe, #{timeframe => Timeframe}}},
                   fxaot_terms:deployment(#{instrument => x, timeframe => Timeframe}))
     || Timeframe <- [{minutes, 0}, {minutes, -1}, {minutes, 1.0}, {weeks, 1}, minute, 1, {},
                      {minutes, 1 bsl 32}, {hours, 8785}, {ticks, 1000000001}, {seconds, 31622401}, "1m", {minutes, 1, 1}]].

deployment_needs_an_instrument_test() ->
    ?assertEqual({error, {missing_option, #{option => instrument}}}, fxaot_terms:deployment(#{})).

parameters_test() ->
    {ok, Params} = fxaot_params:params(#{fast => 5, <<"slow">> => 20.5}),
    ?assertEqual([{<<"fast">>, 5.0}, {<<"slow">>, 20.5}], lists:sort(Params)).

wrong_parameters_test() ->
    ?assertEqual({error, {bad_parameter, #{parameter => fast, value => "5"}}},
                 fxaot_params:params(#{fast => "5"})),
    ?assertEqual({error, {bad_parameter, #{parameter => fast, value => 1 bsl 2000}}},
                 fxaot_params:params(#{fast => 1 bsl 2000})),
    ?assertMatch({error, {bad_parameter, #{given := twice}}},
                 fxaot_params:params(#{fast => 5, <<"fast">> => 6})),
    ?assertMatch({error, {unknown_parameter, _}}, fxaot_params:params(#{<<"a", 0>> => 1})),
    ?assertMatch({error, {bad_parameter, _}}, fxaot_params:params(#{{a} => 1})),
    ?assertMatch({error, {limit, _}},
                 fxaot_params:params(maps:from_list([{integer_to_binary(N), N}
                                                    || N <- lists:seq(1, 65)]))).

numbers_beyond_float64_become_its_largest_test() ->
    ?assertEqual(1.7976931348623157e308, fxaot_terms:to_float(1 bsl 5000)),
    ?assertEqual(-1.7976931348623157e308, fxaot_terms:to_float(-(1 bsl 5000))),
    ?assertEqual(3.0, fxaot_terms:to_float(3)).

market_defaults_test() ->
    ?assertEqual({ok, {'EURUSD', 0, 0, 0.0, 0.0, 0.0, 0.0, 0}}, fxaot_terms:market(#{})),
    ?assertMatch({error, {bad_config, #{option := seed}}}, fxaot_terms:market(#{seed => -1})),
    ?assertMatch({error, {bad_config, #{option := price}}}, fxaot_terms:market(#{price => 0})).
