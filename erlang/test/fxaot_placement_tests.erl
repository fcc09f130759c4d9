-module(fxaot_placement_tests).

-include_lib("eunit/include/eunit.hrl").

families(Symbols, Account) -> fxaot_placement:families([{Symbol, #{}} || Symbol <- Symbols], Account).

a_pair_that_links_the_quote_currency_keeps_it_test() ->
    ?assertEqual(#{'EURUSD' => <<"EUR">>, 'GBPUSD' => <<"GBP">>, 'EURGBP' => <<"GBP">>,
                   'USDJPY' => <<"JPY">>, 'EURJPY' => <<"JPY">>},
                 families(['EURUSD', 'GBPUSD', 'EURGBP', 'USDJPY', 'EURJPY'], 'USD')).

two_legs_are_one_family_test() ->
    ?assertEqual(#{'USDSGD' => <<"USD">>, 'USDJPY' => <<"USD">>, 'GBPJPY' => <<"USD">>,
                   'EURUSD' => <<"USD">>},
                 families(['USDSGD', 'USDJPY', 'GBPJPY', 'EURUSD'], 'SGD')).

the_dollar_is_preferred_as_the_middle_test() ->
    %% Yen reach Swiss francs over euros too.
    All = families(['EURJPY', 'EURCHF', 'USDJPY', 'USDCHF', 'GBPJPY'], 'CHF'),
    ?assertEqual(<<"USD">>, map_get('GBPJPY', All)),
    ?assertEqual(<<"EUR">>, map_get('GBPJPY', families(['EURJPY', 'EURCHF', 'USDJPY', 'GBPJPY'], 'CHF'))).

without_a_way_the_quote_currency_is_the_family_test() ->
    ?assertEqual(#{'GBPJPY' => <<"JPY">>, 'EURJPY' => <<"JPY">>}, families(['GBPJPY', 'EURJPY'], 'USD')).

terms_say_the_currencies_test() ->
    ?assertEqual(#{gold => <<"XAU">>, 'X' => <<"JPY">>, 'USDJPY' => <<"JPY">>},
                 fxaot_placement:families([{gold, #{base => 'XAU', quote => 'USD'}},
                                           {'X', #{base => 'EUR', quote => 'JPY'}}, {'USDJPY', #{}}], 'USD')).

rendezvous_moves_only_what_must_test() ->
    Keys = lists:seq(1, 10000),
    Four = [a, b, c, d],
    Places = [fxaot_placement:place(Key, Four) || Key <- Keys],
    [?assert(abs(length([P || P <- Places, P =:= Engine]) - 2500) < 250) || Engine <- Four],
    %% Without d, only d's keys move; with e, only to e.
    lists:foreach(fun({_, d}) -> ok;
                     ({Key, Place}) -> ?assertEqual(Place, fxaot_placement:place(Key, [a, b, c]))
                  end, lists:zip(Keys, Places)),
    lists:foreach(fun({Key, Place}) ->
                          ?assert(lists:member(fxaot_placement:place(Key, [e | Four]), [e, Place]))
                  end, lists:zip(Keys, Places)).
