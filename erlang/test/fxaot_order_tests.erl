%% Orders, changes and the terms of account, risk, venue and instruments ▶ native places.
-module(fxaot_order_tests).

-include_lib("eunit/include/eunit.hrl").

order() -> #{symbol => 'EURUSD', side => buy, quantity => 1000}.

%% ---- orders -------------------------------------------------------------------

an_order_is_put_into_its_places_test_() ->
    [?_assertEqual({ok, {<<>>, 'EURUSD', undefined, 1, 0, 0, 0, 0, 0, 1000, undefined, undefined, 0, 0, undefined, 0,
                         undefined, undefined, <<>>, <<>>}},
                   fxaot_order:request(order())),
     ?_assertEqual({ok, {<<"a">>, 'EURUSD', cross, 2, 3, 2, 1, 1, 1, 1000, 1.1, 1.2, 5, 2, 1.15, 7, 1.05, 1.3,
                         <<"g">>, <<"b">>}},
                   fxaot_order:request((order())#{id => <<"a">>, side => sell, type => stop_limit, price => 1.1,
                                               limit => 1.2, stop_loss => 1.05, take_profit => 1.3,
                                               tif => {gtd, 7}, trail => 5, trail_step => 2,
                                               trail_activation => 1.15, oco => <<"g">>, 'after' => <<"b">>,
                                               reduce_only => true, post_only => true, trigger => mid,
                                               strategy => cross})),
     %% A whole number is a price too.
     ?_assertMatch({ok, {_, _, _, _, 1, 1, _, _, _, _, 1.0, _, _, _, _, _, _, _, _, _}},
                   fxaot_order:request((order())#{type => limit, tif => day, price => 1}))].

a_wrong_field_is_named_test_() ->
    [?_assertMatch({error, {bad_order, #{field := Field, value := Value, expected := _}}},
                   fxaot_order:request((order())#{Field => Value}))
     || {Field, Value} <- [{id, <<>>}, {id, binary:copy(<<"x">>, 65)}, {id, a}, {symbol, "EURUSD"}, {side, long},
                           {type, trailing}, {quantity, 0}, {quantity, 1.0}, {quantity, 1 bsl 63}, {price, x},
                           {stop_loss, x}, {tif, gtx}, {tif, {gtd, 0}}, {tif, {gtd, 1 bsl 63}}, {trail, -1},
                           {oco, 1}, {'after', <<>>}, {reduce_only, 1}, {trigger, last}, {strategy, <<"a">>}]].

a_misspelt_field_has_a_suggestion_test() ->
    ?assertMatch({error, {unknown_option, #{option := pirce, suggestion := price}}},
                 fxaot_order:request((order())#{pirce => 1.1})),
    ?assertMatch({error, {unknown_option, #{option := quantty, suggestion := quantity}}},
                 fxaot_order:request((maps:remove(quantity, order()))#{quantty => 1})),
    ?assertEqual({error, {missing_option, #{option => quantity}}},
                 fxaot_order:request(maps:remove(quantity, order()))).

a_change_names_what_changes_test() ->
    ?assertEqual({ok, {0, undefined, undefined, undefined, undefined, 0, 0}}, fxaot_order:change(#{})),
    ?assertEqual({ok, {5, 1.1, 1.2, 1.0, 1.3, 9, 7}},
                 fxaot_order:change(#{quantity => 5, price => 1.1, limit => 1.2, stop_loss => 1, take_profit => 1.3,
                                      trail => 9, tif => {gtd, 7}})),
    ?assertMatch({error, {bad_order, #{field := tif}}}, fxaot_order:change(#{tif => day})),
    ?assertMatch({error, {unknown_option, #{option := side}}}, fxaot_order:change(#{side => buy})).

%% ---- the engine's terms ---------------------------------------------------------

the_account_has_defaults_test() ->
    ?assertEqual({ok, {50, 0, 0, 0, 0, 0, 0, 0, 1000000000, 500000000, 200000000}},
                 fxaot_account_terms:account(#{})),
    ?assertEqual({ok, {500, 1, 2, 1, 1, 4, 1, 1, 800000000, 1000000000, 0}},
                 fxaot_account_terms:account(#{leverage => 500, mode => hedging, margin_mode => net,
                                               margin_price => entry, conversion => side, liquidation => partial,
                                               negative_balance_protection => true, fifo => true,
                                               new_orders => 0.8, margin_call => 1, stop_out => 0})).

limits_are_off_unless_given_test() ->
    ?assertEqual({ok, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, fxaot_account_terms:risk(#{})),
    ?assertEqual({ok, {1500000000, 20, 50000000, 100000, 250000500000, 300000, 1000000000000, 5, 6, 7, 1000000000,
                       1000000, 100000000, 3, 1}},
                 fxaot_account_terms:risk(#{max_quote_age_ms => 1500, max_spread => 20, collar => 0.05,
                                            max_order_quantity => 100000, max_order_notional => 250000.5,
                                            max_position => 300000, max_currency_notional => 1000000,
                                            max_positions => 5, max_orders => 6,
                                            order_rate => #{count => 7, per_ms => 1000}, daily_loss => 1,
                                            max_drawdown => 0.1, max_losing_trades => 3,
                                            halt_keeps_protection => false})).

the_venue_fills_at_once_unless_told_test() ->
    ?assertEqual({ok, {0, 0, 0, 0, 0, 0, 0}}, fxaot_account_terms:venue(#{})),
    ?assertEqual({ok, {50000000, 2, 500000000, 3, 10000000, 42, 1}},
                 fxaot_account_terms:venue(#{latency_ms => 50, slippage => 2, slippage_of_spread => 0.5,
                                             random_slippage => 3, reject_probability => 0.01, seed => 42,
                                             ignore_sizes => true})),
    ?assertMatch({error, {bad_option, #{option := ignore_sizes, value := 1}}}, fxaot_account_terms:venue(#{ignore_sizes => 1})).

wrong_terms_are_named_test_() ->
    [?_assertMatch({error, {bad_option, #{option := Option, value := Value, expected := _}}},
                   fxaot_account_terms:Function(#{Option => Value}))
     || {Function, Option, Value} <-
            [{account, leverage, 0}, {account, leverage, 501}, {account, leverage, 50.0}, {account, mode, net},
             {account, new_orders, 0}, {account, stop_out, -0.1}, {account, margin_call, 101}, {account, stop_out, 0.6},
             {account, fifo, yes}, {account, liquidation, newest},
             {risk, max_spread, 0}, {risk, collar, 0}, {risk, collar, 1.5}, {risk, daily_loss, -1},
             {risk, daily_loss, 1.0e13}, {risk, max_positions, 1 bsl 32}, {risk, order_rate, {1, 1000}},
             {risk, order_rate, #{count => 1}}, {risk, order_rate, #{count => 0, per_ms => 1}},
             {risk, halt_keeps_protection, 1}, {risk, max_position, #{'EURUSD' => 1}},
             {venue, latency_ms, -1}, {venue, latency_ms, 86400001},
             {venue, slippage, 1000001}, {venue, reject_probability, 1.1}, {venue, seed, -1}, {venue, slippage, 0.5}]].

options_of_an_engine_are_checked_test() ->
    ?assertEqual(ok, fxaot_account_terms:check(#{account => #{leverage => 30}, risk => #{}, mode => actor})),
    ?assertMatch({error, {bad_option, #{option := risk, value := []}}}, fxaot_account_terms:check(#{risk => []})),
    ?assertMatch({error, {unknown_option, #{option := levrage, suggestion := leverage}}},
                 fxaot_account_terms:check(#{account => #{levrage => 30}})).

a_position_may_be_limited_by_symbol_test() ->
    Options = #{risk => #{max_position => #{'EURUSD' => 5}}},
    ?assertEqual(ok, fxaot_account_terms:check(Options)),
    ?assertEqual(#{max_position => 5}, fxaot_account_terms:limited('EURUSD', #{}, Options)),
    ?assertEqual(#{max_position => 3}, fxaot_account_terms:limited('EURUSD', #{max_position => 3}, Options)),
    ?assertEqual(#{}, fxaot_account_terms:limited('USDJPY', #{}, Options)),
    ?assertEqual(#{}, fxaot_account_terms:limited('EURUSD', #{}, #{risk => #{max_position => 5}})),
    [?assertMatch({error, {bad_option, #{option := max_position, value := Limits}}},
                  fxaot_account_terms:check(#{risk => #{max_position => Limits}}))
     || Limits <- [#{'EURUSD' => 0}, #{<<"EURUSD">> => 1}, 0, x]].

trading_terms_of_an_instrument_test() ->
    ?assertEqual(none, fxaot_instrument_terms:terms(#{lot => 1000})),
    ?assertEqual({ok, {0, [], 0, 0, <<>>, 0, 0, 360, -6500000, 1200000, 0, 0, 0, <<>>, {0, 0, 0}, <<>>}},
                 fxaot_instrument_terms:terms(#{swap_long => -6.5, swap_short => 1.2})),
    ?assertEqual({ok, {20000000, [{1000000000000, 50000000}, {5000000000000, 100000000}], 7, 5, <<"forex">>, 4, 2, 365,
                       0, 0, 2, 10000, 1000000, <<>>, {0, 0, 0}, <<>>}},
                 fxaot_instrument_terms:terms(#{margin_rate => 0.02,
                                                margin_tiers => [#{above => 1000000, rate => 0.05},
                                                                 #{above => 5000000, rate => 0.1}],
                                                max_position => 7, minimum_stop_distance => 5, hours => forex,
                                                triple_day => thursday, swap_mode => percent, swap_days => 365,
                                                commission => #{percent => 0.01, minimum => 1}})),
    ?assertMatch({ok, {0, [], 0, 0, <<>>, 0, 3, 360, 0, 0, 0, 0, 0, <<>>, {4350000, 5300000, 500000}, <<>>}},
                 fxaot_instrument_terms:terms(#{swap_mode => rates,
                                                swap_rates => #{base => 4.35, quote => 5.3, markup => 0.5}})),
    %% Days since 1970, growing.
    Days = << <<Day:32/native>> || Day <- [-1, 19908, 20082] >>,
    ?assertMatch({ok, {0, [], 0, 0, <<>>, 0, 0, 360, 0, 0, 0, 0, 0, <<>>, {0, 0, 0}, Days}},
                 fxaot_instrument_terms:terms(#{holidays => [{2024, 12, 25}, {2024, 7, 4}, {1969, 12, 31},
                                                             {2024, 7, 4}]})),
    [?assertMatch({ok, {_, _, _, _, _, _, _, _, _, _, Kind, Value, 0, Currency, _, _}},
                  fxaot_instrument_terms:terms(#{commission => Commission}))
     || {Commission, Kind, Value, Currency} <- [{#{per_lot => 3.5}, 0, 3500000, <<>>},
                                                {#{per_lot => 3.5, currency => 'EUR'}, 0, 3500000, <<"EUR">>},
                                                {#{per_million => 20}, 1, 20000000, <<>>}]].

wrong_trading_terms_are_named_test_() ->
    [?_assertMatch({error, {bad_instrument, #{option := Option, symbol := 'EURUSD', expected := _}}},
                   fxaot_terms:instrument('EURUSD', #{Option => Value}))
     || {Option, Value} <- [{margin_rate, 0}, {margin_rate, 1.1}, {margin_tiers, [#{above => 1}]},
                            {margin_tiers, [#{above => 0, rate => 0.1}]},
                            {margin_tiers, [#{above => 2, rate => 0.1}, #{above => 1, rate => 0.2}]},
                            {margin_tiers, [#{above => 1, rate => 0.1} | x]},
                            {margin_tiers, [#{above => N, rate => 0.1} || N <- lists:seq(1, 9)]},
                            {hours, <<"x">>}, {hours, always}, {triple_day, sunday}, {swap_days, 364},
                            {swap_mode, pips}, {swap_long, x},
                            {holidays, [{2024, 2, 30}]}, {holidays, x}, {holidays, [{2024, 7, 4} | x]},
                            {holidays, {file, "no such file", ['USD']}}, {holidays, {file, "x", [<<"USD">>]}},
                            {swap_long, 1000001}, {commission, 3.5}, {commission, #{}},
                            {commission, #{per_lot => -1}}, {commission, #{percent => 1, currency => 'USD'}},
                            {commission, #{per_lot => 1, maximum => 2}}, {max_position, 0}]].

rates_go_with_their_mode_test() ->
    [?assertMatch({error, {bad_instrument, #{option := Option}}}, fxaot_instrument_terms:all(Terms))
     || {Option, Terms} <- [{swap_rates, #{swap_mode => rates}},
                            {swap_mode, #{swap_mode => percent, swap_rates => #{base => 1, quote => 2}}},
                            {swap_rates, #{swap_mode => rates, swap_rates => #{base => 1}}},
                            {swap_rates, #{swap_mode => rates, swap_rates => #{base => 1, quote => 2, markup => -1}}},
                            {swap_rates, #{swap_mode => rates, swap_rates => #{base => 1, quote => 2, fee => 1}}}]].

a_calendar_file_has_the_days_of_currencies_test() ->
    Text = <<"# Banks\n\n2024-07-04 USD Independence Day\r\n 2024-12-25\tEUR,USD  Christmas\n2024-07-01 CAD\n">>,
    ?assertEqual({ok, [{2024, 7, 4}, {2024, 12, 25}]}, fxaot_calendar:dates(Text, ['USD', 'JPY'])),
    ?assertEqual({ok, [{2024, 12, 25}]}, fxaot_calendar:dates(Text, ['EUR'])),
    ?assertEqual({ok, []}, fxaot_calendar:dates(<<>>, ['EUR'])),
    [?assertEqual({error, 2}, fxaot_calendar:dates(<<"2024-07-04 USD\n", Line/binary>>, ['USD']))
     || Line <- [<<"2024-07-04">>, <<"2024-7-04 USD">>, <<"2024-02-30 USD">>, <<"USD 2024-07-04">>, <<"2024-07-04 ">>,
                 <<"20x4-07-04 USD">>, <<255>>]],
    ?assertEqual({expected, "a calendar file; no such file: no such file or directory"},
                 fxaot_calendar:read("no such file", ['USD'])).

%% ---- sentences ------------------------------------------------------------------

sentences_name_field_and_value_test_() ->
    [?_assertEqual(Text, fxaot:format_error(Error))
     || {Text, Error} <-
            [{<<"The order's side must be buy or sell; got long.">>, fxaot_order:request((order())#{side => long})},
             {<<"The order's stop loss must be a price, a number; got x.">>,
              fxaot_order:request((order())#{stop_loss => x})},
             {<<"The order has ended.">>, {bad_order, #{field => state}}},
             {<<"The account's margin does not cover the order: it needs 22001.00, and -0.50 is free.">>,
              {error, {margin, #{number => 3, needed => 22001000000, free => -500000}}}},
             {<<"The account's margin does not cover the order.">>, {error, {margin, #{number => 3}}}},
             {<<"The instrument's newest quote is older than max_quote_age_ms: 1500.250 ms, at most 1000.000 ms.">>,
              {error, {stale_quote, #{number => 1, age => 1500250000, maximum => 1000000000}}}},
             {<<"A price of the order is further from the mid than collar allows: 5.5000 %, at most 5.0000 %.">>,
              {error, {collar, #{number => 1, distance => 0.055, maximum => 0.05}}}},
             {<<"There are more orders than order_rate allows: 5 in 1000 ms.">>,
              {error, {rate, #{number => 1, count => 5, per_ms => 1000}}}},
             {<<"There would be more orders than max_orders: 3, at most 2.">>,
              {error, {max_orders, #{number => 1, orders => 3, maximum => 2}}}},
             {<<"The stop-loss is on the wrong side of the price or too near to it: -5 steps, at least 1 steps.">>,
              {error, {bad_stop_loss, #{number => 1, distance => -5, minimum => 1}}}},
             {<<"The engine does not have the order's instrument.">>, {error, {unknown_symbol, #{number => 1}}}},
             {<<"The option leverage must be a whole number from 1 to 500; got 0.">>,
              fxaot_account_terms:account(#{leverage => 0})}]].

every_reason_of_the_gate_has_a_sentence_test_() ->
    [?_assertNotEqual(unknown, fxaot_error_trading:rejected(Reason))
     || Reason <- [gateway_down, quantity_below_minimum, quantity_above_maximum, no_conversion, no_equity, out_of_memory, halted,
                   reducing, unknown_symbol, quantity_step, no_quote, stale_quote, spread, market_closed, collar,
                   max_quantity, max_notional, max_position, max_currency, max_positions, max_orders, rate,
                   daily_loss, drawdown, losing_trades, post_only, reduce_only, bad_stop_loss, bad_take_profit,
                   margin, fifo]].

%% ---- trades ---------------------------------------------------------------------

trades_are_lines_of_csv_test() ->
    Trade = #{symbol => 'EURUSD', strategy => undefined, side => sell, quantity => 1000, entry_time => 1,
              entry_price => 1.1, exit_time => 2, exit_price => 1.05, profit => 50000000, commission => 7,
              entry_order => 3, exit_order => 4},
    Header = "symbol,strategy,side,quantity,entry_time,entry_price,exit_time,exit_price,profit,commission,"
        "entry_order,exit_order\n",
    ?assertEqual(iolist_to_binary(Header), fxaot_trades:csv([])),
    ?assertEqual(iolist_to_binary([Header, "EURUSD,,sell,1000,1,1.1,2,1.05,50000000,7,3,4\n",
                                   "\"a,\"\"b\",x,sell,1000,1,1.1,2,1.05,50000000,7,3,4\n"]),
                 fxaot_trades:csv([Trade, Trade#{symbol := 'a,"b', strategy := x}])).
