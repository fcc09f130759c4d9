%% When days and bars of instruments begin, without native code.
-module(fxaot_hours_tests).

-include_lib("eunit/include/eunit.hrl").

-define(HOUR, 3600000000000).
%% 2024-03-08, a Friday, midnight UTC; New York is five hours behind.
-define(FRIDAY, (1709856000 * 1000000000)).

terms_go_before_the_market_test_() ->
    [?_assertEqual(Spans, [span(Length, Hour, Terms) || {Length, Hour} <- [{4, 0}, {24, 20}]])
     || {Terms, Spans} <- [{#{}, [{-2, 2}, {-2, 22}]},
                           {#{timezone => <<"UTC">>}, [{0, 4}, {0, 24}]},
                           {#{timezone => <<"Asia/Tokyo">>}, [{-1, 3}, {15, 39}]},
                           {#{session => <<"0300-0300">>}, [{0, 4}, {8, 32}]},
                           {#{session => <<"1700-1700">>, timezone => <<"UTC">>}, [{-3, 1}, {17, 41}]}]].

span(Length, Hour, Terms) ->
    {ok, #{calendar := Calendar, hours := Hours}} = fxaot_beam_market:terms('EURUSD', Terms),
    ?assertEqual([Hours], fxaot_hours:of_instrument('EURUSD', Terms)),
    {Start, End} = fxaot_hours:bar(Length * ?HOUR, ?FRIDAY + Hour * ?HOUR, Calendar),
    {(Start - ?FRIDAY) div ?HOUR, (End - ?FRIDAY) div ?HOUR}.
