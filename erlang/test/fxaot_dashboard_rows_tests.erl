-module(fxaot_dashboard_rows_tests).
-include_lib("eunit/include/eunit.hrl").
-include("../include/fxaot.hrl").

-define(INCARNATION, 1700000000000).

signals(Count) -> [#signal{id = a, symbol = 'EURUSD', time = 0, strength = 0.5} || _ <- lists:seq(1, Count)].

rows(Count) ->
    lists:foldl(fun(_, Rows) -> fxaot_dashboard_rows:add(#{kind => log}, Rows) end, fxaot_dashboard_rows:new(?INCARNATION),
                lists:seq(1, Count)).

number(Text) ->
    {ok, #{<<"n">> := Number}} = fxaot_json:decode(Text),
    Number.

a_second_shows_a_hundred_events_and_counts_the_others_test() ->
    Empty = fxaot_dashboard_rows:new(?INCARNATION),
    %% In one message or in many.
    Full = fxaot_dashboard_rows:events(eur, signals(30), fxaot_dashboard_rows:events(eur, signals(90), Empty)),
    ?assertEqual(100, length(fxaot_dashboard_rows:fresh(Full))),
    Over = fxaot_dashboard_rows:left_out(5, fxaot_dashboard_rows:events(eur, signals(7), Full)),
    %% An update is no new second.
    Published = fxaot_dashboard_rows:events(eur, signals(1), fxaot_dashboard_rows:published(Over)),
    ?assertEqual([], fxaot_dashboard_rows:fresh(Published)),
    Next = fxaot_dashboard_rows:end_second(Published),
    [Text] = fxaot_dashboard_rows:fresh(Next),
    ?assertMatch({ok, #{<<"kind">> := <<"gap">>, <<"text">> := <<"33 events more">>, <<"n">> := 101}}, fxaot_json:decode(Text)),
    ?assertEqual(3, length(fxaot_dashboard_rows:fresh(fxaot_dashboard_rows:events(eur, signals(2), Next)))).

bars_make_no_rows_test() ->
    Bar = #bar{strategy = a, symbol = 'EURUSD', open_time = 0, end_time = 60, open = 1.0, high = 1.0, low = 1.0, close = 1.0,
               volume = 1.0, ticks = 1},
    ?assertEqual([], fxaot_dashboard_rows:fresh(fxaot_dashboard_rows:end_second(
                                                  fxaot_dashboard_rows:events(eur, [Bar], rows(0))))).

other_rows_are_not_counted_test() ->
    Rows = fxaot_dashboard_rows:events(eur, signals(100), rows(150)),
    ?assertEqual(250, length(fxaot_dashboard_rows:fresh(Rows))).

a_page_gets_what_follows_its_last_row_test() ->
    Rows = rows(1500),
    ?assertEqual({?INCARNATION, 1500}, fxaot_dashboard_rows:last(Rows)),
    Since = fun(Place) ->
                    {Texts, Missed} = fxaot_dashboard_rows:since(Place, Rows),
                    {[number(Text) || Text <- Texts], Missed}
            end,
    ?assertEqual({[1499, 1500], 0}, Since({?INCARNATION, 1498})),
    ?assertEqual({[], 0}, Since({?INCARNATION, 1500})),
    ?assertEqual({lists:seq(501, 1500), 0}, Since({?INCARNATION, 500})),
    ?assertEqual({lists:seq(501, 1500), 1}, Since({?INCARNATION, 499})),
    ?assertEqual({lists:seq(501, 1500), 500}, Since({?INCARNATION, 0})),
    %% A new page, and one of another node.
    [?assertEqual({lists:seq(1301, 1500), 0}, Since(Place)) || Place <- [none, {?INCARNATION - 1, 1400}, {?INCARNATION, 1501}]].
