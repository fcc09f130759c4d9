%% Trading from Erlang: orders, closes, cash and the kill switch of a supervised engine, inline and in actor mode.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_trading_SUITE).

-include_lib("proper/include/proper.hrl").
-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000). %% Wednesday, 3 January 2024
-define(SECOND, 1000000000).

all() ->
    [an_order_fills_at_the_next_quote, events_come_before_the_call_returns, events_reach_subscribers_in_order,
     inline_equals_actor, a_refused_order_says_why, an_id_is_one_order, orders_rest_change_and_end,
     cancel_all_of_a_symbol, tickets_are_closed_by_id_and_by_one_another, the_oldest_ticket_goes_first,
     trades_are_listed_and_printed, an_order_of_a_strategy_is_its_own, many_callers_trade_at_once,
     events_of_orders_are_drained, a_stop_out_is_told, swap_is_booked_and_told, the_venue_delays_slips_and_rejects,
     an_alias_is_its_instrument, aliases_in_groups, a_close_by_reaches_strategies, a_long_advance_leaves_the_scheduler, attached_orders_of_long_ids,
     cash_goes_in_and_out, wrong_orders_are_sentences, options_are_checked, terms_of_an_instrument_hold,
     a_halt_refuses_the_next_order, a_halt_works_while_the_process_is_suspended,
     a_halt_works_in_the_middle_of_a_batch, a_halt_outlives_the_process, a_halt_races_with_a_close,
     reducing_lets_closes_through, a_kill_in_between_changes_nothing, options_outlive_the_state,
     a_group_trades_by_symbol, an_instrument_with_orders_stays, random_trading_survives_kills,
     only_the_owner_trades, events_wait_for_an_owner,
     a_stop_closes_positions, a_stop_fills_at_fresh_quotes, a_stop_waits_no_longer].

suite() -> [{timetrap, {minutes, 2}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [eur, other, pair]],
    ok.

%% ---- what is traded ---------------------------------------------------------

start(Options) -> start(eur, Options).

start(Name, Options) ->
    {ok, _} = fxaot:start_engine(Name, maps:merge(#{instruments => ['EURUSD'], balance => 10000}, Options)),
    ok.

%% The N-th second's quote, with a spread of one pip; Bid in steps.
quote(Engine, N, Bid) -> quote(Engine, 'EURUSD', N, Bid).

quote(Engine, Symbol, N, Bid) ->
    fxaot:tick(Engine, Symbol, ?START + N * ?SECOND, Bid / 100000, (Bid + 10) / 100000).

order(Id) -> #{id => Id, symbol => 'EURUSD', side => buy, quantity => 100000}.

limit(Id, Steps) -> (order(Id))#{type => limit, price => Steps / 100000}.

%% Both ways of running an engine.
modes() -> [#{}, #{mode => actor}].

each_mode(Do) ->
    [begin
         start(Mode),
         Do(),
         ok = fxaot:stop_engine(eur)
     end || Mode <- modes()].

%% In actor mode a quote's effect is there when a request after it is answered.
settled(Engine) -> _ = fxaot:stats(Engine), ok.

%% ---- orders -----------------------------------------------------------------

an_order_fills_at_the_next_quote(_) ->
    each_mode(
      fun() ->
              quote(eur, 1, 110000),
              ?assertMatch({ok, #{id := <<"a">>, number := 1, state := accepted, symbol := 'EURUSD', side := buy,
                                  type := market, tif := gtc, quantity := 100000, filled := 0, strategy := undefined,
                                  price := undefined, is_known := false}},
                           fxaot:submit(eur, order(<<"a">>))),
              ?assertMatch([#{id := <<"a">>, state := accepted}], fxaot:orders(eur)),
              quote(eur, 2, 110020),
              settled(eur),
              ?assertMatch({ok, #{state := filled, filled := 100000, average_price := 1.1003}},
                           fxaot:order(eur, <<"a">>)),
              ?assertEqual([], fxaot:orders(eur)),
              ?assertMatch([#{symbol := 'EURUSD', quantity := 100000, average_price := 1.1003}],
                           fxaot:positions(eur)),
              %% 100,000 × mid 1.10025 / 50; the spread is lost.
              Level = 9990000000 / 2200500000,
              ?assertMatch(#{balance := 10000000000, equity := 9990000000, unrealised := -10000000,
                             margin_used := 2200500000, free_margin := 7789500000, margin_level := Level,
                             state := active, commission := 0, swap := 0, cash := 0},
                           fxaot:account(eur))
      end).

%% Without a further quote, which would make an actor publish.
events_come_before_the_call_returns(_) ->
    each_mode(
      fun() ->
              ok = fxaot:subscribe(eur),
              quote(eur, 1, 110000),
              {ok, _} = fxaot:submit(eur, limit(<<"a">>, 109000)),
              ?assertMatch([#order{name = <<"a">>, state = accepted}], received()),
              {ok, _} = fxaot:modify(eur, <<"a">>, #{price => 1.08}),
              ?assertMatch([#order{name = <<"a">>, state = modified}], received()),
              {ok, _} = fxaot:cancel(eur, <<"a">>),
              ?assertMatch([#order{name = <<"a">>, state = cancelled, reason = user}], received()),
              {ok, _} = fxaot:deposit(eur, 1),
              ?assertMatch([#account{change = cash, amount = 1000000}], received()),
              ok = fxaot:halt(eur),
              ?assertMatch([#account{change = state, detail = #{state := halted, reason := user}}], received()),
              ok = fxaot:unsubscribe(eur)
      end).

%% Everything that happened, by the records that a subscriber gets.
story(Engine) ->
    Collector = fxaot_test:collector(Engine),
    quote(Engine, 1, 110000),
    {ok, _} = fxaot:submit(Engine, (order(<<"a">>))#{stop_loss => 1.0950, take_profit => 1.1100}),
    quote(Engine, 2, 110020),
    {ok, _} = fxaot:submit(Engine, limit(<<"b">>, 109900)),
    {ok, _} = fxaot:submit(Engine, (order(<<"s">>))#{type => stop, side => sell, price => 1.0960}),
    {error, {margin, #{number := _}}} = fxaot:submit(Engine, (order(<<"m">>))#{quantity => 1000000}),
    {ok, _} = fxaot:modify(Engine, <<"b">>, #{price => 1.0985}),
    quote(Engine, 3, 109830),
    {ok, _} = fxaot:cancel(Engine, <<"s">>),
    {ok, _} = fxaot:deposit(Engine, 500),
    {ok, _} = fxaot:close(Engine, 'EURUSD', 50000),
    quote(Engine, 4, 110100),
    ok = fxaot:halt(Engine),
    {error, {halted, #{number := _}}} = fxaot:submit(Engine, order(<<"h">>)),
    {ok, [_]} = fxaot:close(Engine, 'EURUSD'),
    quote(Engine, 5, 110110),
    ok = fxaot:resume(Engine),
    quote(Engine, 6, 110120),
    settled(Engine),
    Events = fxaot_test:collected(Collector),
    {Events, fxaot:account(Engine), fxaot:trades(Engine), fxaot:positions(Engine)}.

events_reach_subscribers_in_order(_) ->
    start(#{}),
    {Events, Account, {ok, Trades}, _} = story(eur),
    ?assertEqual(maps:get(events, fxaot:stats(eur)), length(Events)),
    ?assertEqual([<<"a">>, <<"b">>, <<"close.1">>, <<"close.2">>], [Name || #fill{name = Name} <- Events]),
    ?assertEqual([{<<"m">>, margin}, {<<"h">>, halted}], [{Name, Why} || #reject{name = Name, reason = Why} <- Events]),
    ?assertMatch([cash, state, state], [Change || #account{change = Change} <- Events]),
    ?assertMatch([#account{amount = 500000000}], [Event || #account{change = cash} = Event <- Events]),
    ?assert(lists:member({<<"b">>, modified}, [{Name, State} || #order{name = Name, state = State} <- Events])),
    ?assert(lists:member({<<"s">>, cancelled, user},
                         [{Name, State, Why} || #order{name = Name, state = State, reason = Why} <- Events])),
    %% a: 100,000 at 1.1003, b at 1.0984 (the quote's better price): 200,000 at 1.09935. 50,000 closed at 1.101,
    %% 150,000 at 1.1011.
    ?assertEqual([{<<"a">>, 1.1003}, {<<"b">>, 1.0984}, {<<"close.1">>, 1.101}, {<<"close.2">>, 1.1011}],
                 [{Name, Price} || #fill{name = Name, price = Price} <- Events]),
    ?assertEqual(82500000 + 262500000, lists:sum([Profit || #fill{profit = Profit} <- Events])),
    ?assertEqual([82500000, 262500000], [Profit || #{profit := Profit} <- Trades]),
    ?assertMatch(#{balance := 10845000000, cash := 500000000, margin_used := 0, margin_level := infinity,
                   state := active}, Account).

inline_equals_actor(_) ->
    [Inline, Actor] = [begin
                           start(Mode),
                           Story = story(eur),
                           ok = fxaot:stop_engine(eur),
                           Story
                       end || Mode <- modes()],
    ?assertEqual(Inline, Actor).

a_refused_order_says_why(_) ->
    start(#{risk => #{max_spread => 20}}),
    ok = fxaot:subscribe(eur),
    ?assertMatch({error, {no_quote, #{number := _}}}, fxaot:submit(eur, order(<<"q">>))),
    quote(eur, 1, 110000),
    ?assertMatch({error, {unknown_symbol, #{number := _}}}, fxaot:submit(eur, (order(<<"u">>))#{symbol => 'GBPUSD'})),
    %% 1,000,000 × 1.10005 / 50 is more than 10,000.
    Refused = fxaot:submit(eur, (order(<<"m">>))#{quantity => 1000000}),
    ?assertMatch({error, {margin, #{number := _}}}, Refused),
    %% 1,000,000 × 1.10005 / 50 = 22,001.00.
    ?assertEqual({error, {margin, #{number => 3, needed => 22001000000, free => 10000000000}}}, Refused),
    ?assertEqual(<<"The account's margin does not cover the order: it needs 22001.00, and 10000.00 is free.">>,
                 fxaot:format_error(Refused)),
    ok = fxaot:tick(eur, 'EURUSD', ?START + 2 * ?SECOND, 1.1, 1.1003),
    ?assertMatch({error, {spread, #{number := _}}}, fxaot:submit(eur, order(<<"s">>))),
    ?assertMatch({ok, #{state := rejected, reason := spread, detail := #{spread := 30, maximum := 20}}},
                 fxaot:order(eur, <<"s">>)),
    ?assertEqual([], fxaot:orders(eur)),
    ?assertEqual([{no_quote, #{}}, {unknown_symbol, #{}}, {margin, #{needed => 22001000000, free => 10000000000}},
                  {spread, #{spread => 30, maximum => 20}}],
                 [{Reason, Detail} || #reject{reason = Reason, detail = Detail} <- received()]).

%% The events that have come to the test's own process.
received() ->
    receive {fxaot_events, _, _, _, Events} -> Events ++ received()
    after 0 -> []
    end.

an_id_is_one_order(_) ->
    start(#{}),
    quote(eur, 1, 110000),
    {ok, #{number := Number, is_known := false}} = fxaot:submit(eur, order(<<"a">>)),
    ?assertMatch({ok, #{number := Number, is_known := true, quantity := 100000}},
                 fxaot:submit(eur, (order(<<"a">>))#{quantity => 5000})),
    {error, {margin, #{number := _}}} = fxaot:submit(eur, (order(<<"m">>))#{quantity => 1000000}),
    %% After a rejection too.
    ?assertMatch({error, {margin, #{number := _}}}, fxaot:submit(eur, order(<<"m">>))),
    ?assertMatch(#{rejects := 1}, fxaot:stats(eur)),
    [#fill{} | _] = [Fill || #fill{} = Fill <- quote(eur, 2, 110020)],
    ?assertMatch({ok, #{state := filled, is_known := true}}, fxaot:submit(eur, order(<<"a">>))),
    ?assertMatch([#{quantity := 100000}], fxaot:positions(eur)),
    %% An order without an id has a number alone.
    {ok, #{id := undefined, number := Other}} = fxaot:submit(eur, maps:remove(id, order(x))),
    {ok, #{id := undefined, number := Next}} = fxaot:submit(eur, maps:remove(id, order(x))),
    ?assert(Number < Other andalso Other < Next),
    %% Among many others too.
    [{ok, _} = fxaot:submit(eur, limit(integer_to_binary(N), 109000)) || N <- lists:seq(1, 100)],
    Time = ?START + 2 * ?SECOND,
    ?assertMatch({ok, #{id := undefined, state := accepted, symbol := 'EURUSD', side := buy, type := limit,
                        tif := day, price := 1.09, limit := undefined, stop_loss := 1.08, average_price := undefined,
                        quantity := 500, filled := 0, time := Time, is_known := false}},
                 fxaot:submit(eur, (maps:remove(id, limit(x, 109000)))#{quantity => 500, tif => day,
                                                                       stop_loss => 1.08})).

orders_rest_change_and_end(_) ->
    start(#{}),
    quote(eur, 1, 110000),
    {ok, #{state := accepted, price := 1.099, type := limit}} = fxaot:submit(eur, limit(<<"a">>, 109900)),
    {ok, #{price := 1.0985, quantity := 50000}} =
        fxaot:modify(eur, <<"a">>, #{price => 1.0985, quantity => 50000}),
    ok = quote(eur, 2, 109880),
    {ok, #{state := cancelled, reason := user}} = fxaot:cancel(eur, <<"a">>),
    ?assertEqual([], fxaot:orders(eur)),
    Ended = fxaot:cancel(eur, <<"a">>),
    ?assertMatch({error, {bad_order, #{field := state}}}, Ended),
    ?assertEqual(<<"The order has ended.">>, fxaot:format_error(Ended)),
    [?assertEqual({error, {not_found, #{id => Id}}}, Answer)
     || Id <- [<<"b">>, <<>>, binary:copy(<<"x">>, 65)],
        Answer <- [fxaot:cancel(eur, Id), fxaot:modify(eur, Id, #{price => 1.1}), fxaot:order(eur, Id)]].

cancel_all_of_a_symbol(_) ->
    start(#{instruments => ['EURUSD', 'GBPUSD']}),
    quote(eur, 1, 110000),
    quote(eur, 'GBPUSD', 1, 130000),
    [{ok, _} = fxaot:submit(eur, limit(Id, 109000)) || Id <- [<<"a">>, <<"b">>]],
    {ok, _} = fxaot:submit(eur, (limit(<<"c">>, 129000))#{symbol => 'GBPUSD'}),
    ?assertEqual({ok, 0}, fxaot:cancel_all(eur, #{strategy => cross})),
    ?assertEqual({ok, 2}, fxaot:cancel_all(eur, #{symbol => 'EURUSD'})),
    ?assertMatch([#{id := <<"c">>}], fxaot:orders(eur)),
    ?assertEqual({ok, 1}, fxaot:cancel_all(eur, all)),
    ?assertEqual({ok, 0}, fxaot:cancel_all(eur, all)),
    ?assertMatch({error, {unknown_option, #{option := symbl, suggestion := symbol}}},
                 fxaot:cancel_all(eur, #{symbl => 'EURUSD'})).

tickets_are_closed_by_id_and_by_one_another(_) ->
    start(#{account => #{mode => hedging}}),
    quote(eur, 1, 110000),
    {ok, _} = fxaot:submit(eur, order(<<"a">>)),
    {ok, _} = fxaot:submit(eur, (order(<<"b">>))#{side => sell, quantity => 40000}),
    quote(eur, 2, 110020),
    ?assertMatch([#{id := <<"a">>, side := buy, quantity := 100000, price := 1.1003},
                  #{id := <<"b">>, side := sell, quantity := 40000, price := 1.1002}], fxaot:tickets(eur)),
    %% 40,000 × (1.1002 − 1.1003), without a spread.
    ok = fxaot:close_by(eur, <<"a">>, <<"b">>),
    ?assertMatch([#{id := <<"a">>, quantity := 60000}], fxaot:tickets(eur)),
    ?assertMatch(#{balance := 9996000000}, fxaot:account(eur)),
    ?assertMatch({error, {bad_order, #{field := ticket, value := <<"b">>}}}, fxaot:close(eur, {ticket, <<"b">>})),
    {ok, [#{side := sell, quantity := 10000}]} = fxaot:close(eur, {ticket, <<"a">>}, 10000),
    quote(eur, 3, 110030),
    ?assertMatch([#{id := <<"a">>, quantity := 50000}], fxaot:tickets(eur)),
    {ok, [#{quantity := 50000}]} = fxaot:close(eur, {ticket, <<"a">>}),
    quote(eur, 4, 110030),
    ?assertEqual([], fxaot:tickets(eur)).

the_oldest_ticket_goes_first(_) ->
    Open = fun(Fifo) ->
                   start(#{account => #{mode => hedging, fifo => Fifo}}),
                   quote(eur, 1, 110000),
                   [{ok, _} = fxaot:submit(eur, (order(Id))#{quantity => 2000}) || Id <- [<<"a">>, <<"b">>]],
                   quote(eur, 2, 110000)
           end,
    Open(false),
    ?assertMatch({error, {fifo, #{number := _}}}, fxaot:close(eur, 'EURUSD', 3000)),
    {ok, [#{quantity := 2000}]} = fxaot:close(eur, {ticket, <<"b">>}),
    {ok, [#{quantity := 2000}, #{quantity := 2000}]} = fxaot:close(eur, 'EURUSD'),
    ok = fxaot:stop_engine(eur),
    Open(true),
    ?assertMatch({error, {fifo, #{number := _}}}, fxaot:close(eur, {ticket, <<"b">>})),
    {ok, [#{quantity := 2000}, #{quantity := 1000}]} = fxaot:close(eur, 'EURUSD', 3000),
    quote(eur, 3, 110000),
    ?assertMatch([#{id := <<"b">>, quantity := 1000}], fxaot:tickets(eur)).

trades_are_listed_and_printed(_) ->
    start(#{instruments => [{'EURUSD', #{commission => #{per_million => 20}}}]}),
    quote(eur, 1, 110000),
    {ok, #{number := Entry}} = fxaot:submit(eur, order(<<"a">>)),
    quote(eur, 2, 110020),
    {ok, [#{id := <<"close.1">>, number := Exit, side := sell, quantity := 100000}]} = fxaot:close(eur, 'EURUSD'),
    quote(eur, 3, 110130),
    {EntryTime, ExitTime} = {?START + 2 * ?SECOND, ?START + 3 * ?SECOND},
    {ok, [Trade]} = fxaot:trades(eur),
    ?assertMatch(#{symbol := 'EURUSD', strategy := undefined, side := buy, quantity := 100000, entry_order := Entry,
                   exit_order := Exit, entry_time := EntryTime, exit_time := ExitTime, entry_price := 1.1003,
                   exit_price := 1.1013, profit := 100000000}, Trade),
    %% 20 for each million: of 110,030 and of 110,130.
    ?assertMatch(#{balance := 10095596800 , commission := 4403200}, fxaot:account(eur)),
    {ok, Csv} = fxaot:trades_csv(eur),
    [_Header, Line, <<>>] = binary:split(Csv, <<"\n">>, [global]),
    ?assertMatch({0, _}, binary:match(Line, <<"EURUSD,,buy,100000,">>)).

an_alias_is_its_instrument(_) ->
    [begin
         start(Mode#{instruments => [{'EURUSD', #{aliases => ['EURUSD.r', 'EURUSD.premium']}}]}),
         quote(eur, 'EURUSD.r', 1, 110000),
         {ok, #{symbol := 'EURUSD'}} = fxaot:submit(eur, (order(<<"a">>))#{symbol => 'EURUSD.premium'}),
         quote(eur, 'EURUSD.premium', 2, 110000),
         settled(eur),
         ?assertMatch([#{symbol := 'EURUSD', quantity := 100000}], fxaot:positions(eur)),
         {ok, [#{symbol := 'EURUSD'}]} = fxaot:close(eur, 'EURUSD.r'),
         ?assertMatch({error, {already_exists, #{symbol := 'GBPUSD'}}},
                      fxaot:add_instrument(eur, 'GBPUSD', #{aliases => ['EURUSD.r']})),
         ?assertMatch({error, {already_exists, _}}, fxaot:add_instrument(eur, 'EURUSD.r', #{base => 'EUR', quote => 'USD',
                                                                                            price_decimals => 5})),
         %% A process that restarts has them still.
         restarted(eur),
         quote(eur, 'EURUSD.r', 3, 110000),
         settled(eur),
         ?assertMatch(#{unknown_symbol := 0, accepted := 3}, fxaot:stats(eur)),
         ok = fxaot:stop_engine(eur)
     end || Mode <- modes()].

aliases_in_groups(_) ->
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => [{'EURUSD', #{aliases => ['EURUSD.r']}},
                                                             {'GBPUSD', #{aliases => ['GBPUSD.r']}}]}),
    [quote(pair, Symbol, 1, 110000) || Symbol <- ['EURUSD.r', 'GBPUSD.r']],
    {ok, #{symbol := 'GBPUSD'}} = fxaot:submit(pair, (order(<<"a">>))#{symbol => 'GBPUSD.r', quantity => 1000}),
    quote(pair, 'GBPUSD.r', 2, 110000),
    settled(pair),
    ?assertMatch([#{symbol := 'GBPUSD', quantity := 1000}], [P || #{quantity := Q} = P <- fxaot:positions(pair), Q =/= 0]),
    ?assertMatch({error, {already_exists, #{symbol := 'EURUSD.r'}}},
                 fxaot:add_instrument(pair, 'AUDUSD', #{aliases => ['EURUSD.r']})),
    ok = fxaot:add_instrument(pair, 'AUDUSD', #{aliases => ['AUDUSD.r']}),
    quote(pair, 'AUDUSD.r', 3, 70000),
    settled(pair),
    ?assertMatch(#{unknown_symbol := 0, accepted := 4}, fxaot:stats(pair)).

%% Each of the two strategies has a ticket; both are closed at the second one's entry.
a_close_by_reaches_strategies(_) ->
    start(#{account => #{mode => hedging}}),
    Deployment = #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {hours, 1}},
    [ok = fxaot:deploy(eur, Id, Deployment) || Id <- [long, short]],
    quote(eur, 1, 110000),
    {ok, _} = fxaot:submit(eur, (order(<<"a">>))#{strategy => long, quantity => 3000}),
    {ok, _} = fxaot:submit(eur, (order(<<"b">>))#{strategy => short, side => sell, quantity => 1000}),
    quote(eur, 2, 110000),
    quote(eur, 3, 110050),
    ok = fxaot:close_by(eur, <<"a">>, <<"b">>),
    ?assertMatch([#{id := long, quantity := 2000}, #{id := short, quantity := 0}],
                 [Info || Id <- [long, short], #{id := Is} = Info <- fxaot:strategies(eur), Is =:= Id]),
    %% 1,000 × (1.1 − 1.1001)
    ?assertEqual(-100000, lists:sum([Realised || #{realised := Realised} <- fxaot:strategies(eur)])),
    ?assertMatch(#{realised := -100000}, fxaot:account(eur)).

%% Ten years of nights on 500 tickets: a dirty job, with the same events.
a_long_advance_leaves_the_scheduler(_) ->
    Swaps = fun(Step) ->
                    start(#{balance => 100000, account => #{mode => hedging},
                            instruments => [{'EURUSD', #{swap_long => -1}}]}),
                    quote(eur, 1, 110000),
                    [{ok, _} = fxaot:submit(eur, (order(integer_to_binary(N)))#{quantity => 1000})
                     || N <- lists:seq(1, 500)],
                    quote(eur, 2, 110000),
                    Days = 365,
                    Events = lists:append([advanced(Day * 86400) || Day <- lists:seq(Step, Days, Step)]),
                    ok = fxaot:stop_engine(eur),
                    [{Time, Amount, Name} || #account{change = swap, time = Time, amount = Amount, name = Name} <- Events]
            end,
    AtOnce = Swaps(365),
    ?assert(length(AtOnce) > 500 * 200),
    ?assertEqual(AtOnce, Swaps(5)).

advanced(Seconds) ->
    case fxaot:advance(eur, ?START + Seconds * ?SECOND) of
        ok -> [];
        Events -> Events
    end.

attached_orders_of_long_ids(_) ->
    start(#{}),
    quote(eur, 1, 110000),
    [begin
         Id = binary:copy(<<"x">>, Length),
         {ok, _} = fxaot:submit(eur, (order(Id))#{quantity => 1000, stop_loss => 1.05, take_profit => 1.2}),
         quote(eur, Length, 110000),
         {StopLoss, TakeProfit} = {<<Id/binary, ".sl">>, <<Id/binary, ".tp">>},
         ?assertMatch({ok, #{id := StopLoss, price := 1.05}}, fxaot:order(eur, StopLoss)),
         ?assertMatch({ok, #{id := StopLoss, price := 1.06}}, fxaot:modify(eur, StopLoss, #{price => 1.06})),
         ?assertMatch({ok, #{id := TakeProfit, state := cancelled}}, fxaot:cancel(eur, TakeProfit)),
         Other = <<Id/binary, ".xx">>,
         ?assertEqual({error, {not_found, #{id => Other}}}, fxaot:cancel(eur, Other))
     end || Length <- [61, 62, 63, 64]],
    TooLong = <<(binary:copy(<<"x">>, 65))/binary, ".sl">>,
    ?assertEqual({error, {not_found, #{id => TooLong}}}, fxaot:order(eur, TooLong)),
    Longest = <<(binary:copy(<<"x">>, 64))/binary, ".sl">>,
    ?assertMatch({error, {bad_order, #{field := id}}}, fxaot:submit(eur, order(Longest))).

an_order_of_a_strategy_is_its_own(_) ->
    start(#{}),
    eager(eur),
    quote(eur, 1, 110000),
    {ok, #{strategy := eager}} = fxaot:submit(eur, (order(<<"a">>))#{strategy => eager, quantity => 3000}),
    [#fill{strategy = eager, name = <<"a">>, quantity = 3000} | _] = quote(eur, 2, 110000),
    ?assertMatch([#{id := eager, quantity := 3000, average_price := 1.1001}], fxaot:strategies(eur)),
    ?assertMatch({error, {bad_order, #{field := strategy, value := nobody}}},
                 fxaot:submit(eur, (order(<<"b">>))#{strategy => nobody})),
    {ok, _} = fxaot:submit(eur, (limit(<<"c">>, 109000))#{strategy => eager}),
    ?assertEqual({ok, 1}, fxaot:cancel_all(eur, #{strategy => eager})).

many_callers_trade_at_once(_) ->
    each_mode(
      fun() ->
              quote(eur, 1, 110000),
              Collector = fxaot_test:collector(eur),
              Submit = fun(Caller, N) ->
                               Id = <<(integer_to_binary(Caller))/binary, $., (integer_to_binary(N))/binary>>,
                               {ok, #{is_known := false}} =
                                   fxaot:submit(eur, #{id => Id, symbol => 'EURUSD', quantity => 10,
                                                       side => lists:nth(1 + Caller rem 2, [buy, sell])}),
                               {ok, #{is_known := true}} =
                                   fxaot:submit(eur, #{id => Id, symbol => 'EURUSD', quantity => 10, side => buy})
                       end,
              Callers = [spawn_monitor(fun() -> [Submit(Caller, N) || N <- lists:seq(1, 100)] end)
                         || Caller <- lists:seq(1, 8)],
              Feeder = spawn_link(fun() -> feed(eur, 2) end),
              [receive {'DOWN', Monitor, process, Pid, Reason} -> ?assertEqual(normal, Reason) end
               || {Pid, Monitor} <- Callers],
              fxaot_test:until(fun() -> fxaot:orders(eur) =:= [] end),
              unlink(Feeder),
              killed(Feeder),
              settled(eur),
              Fills = [{Name, Quantity} || #fill{name = Name, quantity = Quantity} <- fxaot_test:collected(Collector)],
              ?assertEqual(800, length(lists:usort(Fills))),
              ?assertEqual(800, length(Fills)),
              ?assertMatch(#{orders := 800, fills := 800, rejects := 0}, fxaot:stats(eur)),
              ?assertEqual([], [Held || #{quantity := Q} = Held <- fxaot:positions(eur), Q =/= 0])
      end).

events_of_orders_are_drained(_) ->
    start(#{mode => actor}),
    quote(eur, 1, 110000),
    {ok, _} = fxaot:submit(eur, limit(<<"a">>, 109000)),
    {ok, _} = fxaot:cancel(eur, <<"a">>),
    ?assertMatch({ok, [{1, #order{name = <<"a">>, state = accepted}}, {2, #order{name = <<"a">>, state = cancelled}}]},
                 fxaot:drain(eur, 10)).

%% 100,000 at 1.1 with 2,700: margin 100,000 × mid / 50.
a_stop_out_is_told(_) ->
    start(#{balance => 2700}),
    Flat = fun(N, Price) -> fxaot:tick(eur, 'EURUSD', ?START + N * ?SECOND, Price, Price) end,
    ok = Flat(1, 1.1),
    {ok, _} = fxaot:submit(eur, order(<<"a">>)),
    [#fill{}] = Flat(2, 1.1),
    %% Equity 1,000 of 2,166: 0.4617.
    Called = Flat(3, 1.083),
    Level = 1000000000 / 2166000000,
    ?assertMatch(#{equity := 1000000000, margin_used := 2166000000}, fxaot:account(eur)),
    ?assertMatch([#account{change = margin_call, detail = #{level := Level}}],
                 [Event || #account{} = Event <- Called]),
    ?assertMatch([#alarm{kind = margin_call, detail = #{level := Level}}], [Alarm || #alarm{} = Alarm <- Called]),
    ok = Flat(4, 1.0825),
    %% Equity 400 of 2,154: below a fifth.
    Out = Flat(5, 1.077),
    ?assertMatch([#account{change = stop_out, symbol = 'EURUSD', detail = #{quantity := 100000}}],
                 [Event || #account{} = Event <- Out]),
    [#fill{name = <<"stop_out.1">>, side = sell, quantity = 100000, price = 1.077, profit = -2300000000} | _] =
        [Fill || #fill{} = Fill <- Flat(6, 1.077)],
    ?assertMatch(#{balance := 400000000, margin_level := infinity}, fxaot:account(eur)).

%% Over Wednesday, 17:00 New York: three nights of 6.5 steps a lot, a dollar each.
swap_is_booked_and_told(_) ->
    start(#{instruments => [{'EURUSD', #{swap_long => -6.5, swap_short => 1.2}}]}),
    quote(eur, 1, 110000),
    {ok, _} = fxaot:submit(eur, order(<<"a">>)),
    quote(eur, 2, 110000),
    Events = fxaot:advance(eur, ?START + 23 * 3600 * ?SECOND),
    ?assertMatch([#account{change = swap, symbol = 'EURUSD', amount = -19500000,
                           detail = #{nights := 3, rate := -6.5, conversion := 1.0}}],
                 [Event || #account{} = Event <- Events]),
    ?assertMatch(#{balance := 9980500000, swap := -19500000}, fxaot:account(eur)).

the_venue_delays_slips_and_rejects(_) ->
    start(#{venue => #{latency_ms => 1500, slippage => 3}}),
    quote(eur, 1, 110000),
    {ok, _} = fxaot:submit(eur, order(<<"a">>)),
    ok = quote(eur, 2, 110000),
    [#fill{price = 1.10013}] = quote(eur, 3, 110000),
    start(other, #{venue => #{reject_probability => 1}}),
    quote(other, 1, 110000),
    _ = fxaot:submit(other, order(<<"a">>)),
    _ = quote(other, 2, 110000),
    ?assertMatch({ok, #{state := cancelled, reason := rejected_by_venue}}, fxaot:order(other, <<"a">>)).

cash_goes_in_and_out(_) ->
    each_mode(
      fun() ->
              ?assertMatch({ok, #{balance := 10500250000, cash := 500250000}}, fxaot:deposit(eur, 500.25)),
              ?assertMatch({ok, #{balance := 10000000000, cash := 0}}, fxaot:withdraw(eur, 500.25)),
              TooMuch = fxaot:withdraw(eur, 10000.01),
              ?assertMatch({error, {bad_order, #{field := amount, value := 10000.01}}}, TooMuch),
              ?assertEqual(<<"The amount is more than may be withdrawn, or more than an account holds; got 10000.01.">>,
                           fxaot:format_error(TooMuch)),
              [?assertMatch({error, {bad_order, #{field := amount, value := Amount}}}, fxaot:deposit(eur, Amount))
               || Amount <- [0, -1, 1.0e-7, 1.0e13, 1 bsl 80]],
              ?assertMatch(#{balance := 10000000000}, fxaot:account(eur))
      end).

wrong_orders_are_sentences(_) ->
    start(#{}),
    quote(eur, 1, 110000),
    Refused = fun(Order) -> iolist_to_binary(fxaot:format_error(fxaot:submit(eur, Order))) end,
    ?assertEqual(<<"The order's side must be buy or sell; got long.">>, Refused((order(<<"a">>))#{side => long})),
    ?assertEqual(<<"Unknown option pirce; did you mean price?">>, Refused((order(<<"a">>))#{pirce => 1.1})),
    [?assertMatch({error, {bad_order, #{field := Field}}}, fxaot:submit(eur, Order))
     || {Field, Order} <- [{price, (order(<<"a">>))#{type => limit}}, {price, (order(<<"a">>))#{price => 1.1}},
                           {limit, (order(<<"a">>))#{type => stop_limit, price => 1.1}},
                           {id, order(<<"close.1">>)}, {'after', (order(<<"a">>))#{'after' => <<"none">>}},
                           {expires, (order(<<"a">>))#{tif => {gtd, 1}, type => limit, price => 1.0}},
                           {quantity, (order(<<"a">>))#{quantity => 0}}]],
    ?assertEqual([], fxaot:orders(eur)),
    ?assertMatch(#{orders := 0, rejects := 0}, fxaot:stats(eur)),
    ?assertEqual({error, {no_engine, nobody}}, fxaot:submit(nobody, order(<<"a">>))),
    ?assertError(badarg, fxaot:submit(eur, [])),
    ?assertError(badarg, fxaot:close(eur, {ticket, 1})),
    ?assertError(badarg, fxaot:cancel_all(eur, #{symbol => <<"EURUSD">>})).

%% ---- options ----------------------------------------------------------------

options_are_checked(_) ->
    [begin
         Refused = fxaot:start_engine(eur, Options),
         ?assertMatch({error, {Reason, _}}, Refused),
         ?assertEqual(Sentence, iolist_to_binary(fxaot:format_error(Refused)))
     end || {Options, Reason, Sentence} <-
                [{#{account => #{leverage => 501}}, bad_option,
                  <<"The option leverage must be a whole number from 1 to 500; got 501.">>},
                 {#{account => #{levrage => 50}}, unknown_option,
                  <<"Unknown option levrage; did you mean leverage?">>},
                 {#{risk => #{collar => 2}}, bad_option,
                  <<"The option collar must be a fraction above 0 and at most 1, such as 0.1; got 2.">>},
                 {#{venue => 5}, bad_option, <<"The option venue must be a map, see docs/trading.md; got 5.">>},
                 {#{instruments => [{'EURUSD', #{margin_rate => 2}}]}, bad_instrument,
                  <<"The option margin_rate must be a margin rate above 0 and at most 1, such as 0.02; got 2 "
                    "(symbol 'EURUSD').">>}]],
    ?assertEqual({error, {no_engine, eur}}, fxaot:account(eur)).

terms_of_an_instrument_hold(_) ->
    start(#{instruments => [], account => #{leverage => 100}}),
    ok = fxaot:add_instrument(eur, 'EURUSD'),
    ok = fxaot:add_instrument(eur, 'GBPUSD', #{margin_rate => 0.05}),
    [begin
         quote(eur, Symbol, 1, Bid),
         {ok, _} = fxaot:submit(eur, (order(atom_to_binary(Symbol)))#{symbol => Symbol, quantity => 10000}),
         quote(eur, Symbol, 2, Bid)
     end || {Symbol, Bid} <- [{'EURUSD', 110000}, {'GBPUSD', 130000}]],
    %% 10,000 × 1.10005 / 100 + 10,000 × 1.30005 × 0.05
    ?assertMatch(#{margin_used := 760030000}, fxaot:account(eur)).

%% ---- the kill switch --------------------------------------------------------

a_halt_refuses_the_next_order(_) ->
    each_mode(
      fun() ->
              quote(eur, 1, 110000),
              {ok, _} = fxaot:submit(eur, (order(<<"a">>))#{stop_loss => 1.09}),
              quote(eur, 2, 110020),
              {ok, _} = fxaot:submit(eur, limit(<<"b">>, 109000)),
              ok = fxaot:halt(eur),
              ?assertMatch(#{state := halted}, fxaot:account(eur)),
              ?assertMatch({ok, #{state := cancelled, reason := halted}}, fxaot:order(eur, <<"b">>)),
              ?assertMatch({error, {halted, #{number := _}}}, fxaot:submit(eur, order(<<"c">>))),
              %% The stop-loss stays, and a close passes.
              ?assertMatch([#{id := <<"a.sl">>}], fxaot:orders(eur)),
              {ok, [_]} = fxaot:close(eur, 'EURUSD'),
              quote(eur, 3, 110030),
              settled(eur),
              ?assertEqual([], [Held || #{quantity := Q} = Held <- fxaot:positions(eur), Q =/= 0]),
              ok = fxaot:resume(eur),
              ?assertMatch(#{state := active}, fxaot:account(eur)),
              ?assertMatch({ok, #{state := accepted}}, fxaot:submit(eur, order(<<"d">>)))
      end).

%% Orders at every second quote, by closes that go up and down.
eager(Engine) ->
    ok = fxaot:deploy(Engine, eager, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => tick,
                                       params => #{fast => 1, slow => 2, 'band' => 0, confirm => 0}}).

rejects(Events) when is_list(Events) -> [Reason || #reject{reason = Reason} <- Events];
rejects(ok) -> [].

a_halt_works_while_the_process_is_suspended(_) ->
    start(#{timeout => 50}),
    eager(eur),
    [quote(eur, N, 110000 + N rem 2 * 50) || N <- lists:seq(1, 10)],
    ok = sys:suspend(eur),
    ?assertMatch({error, {timeout, _}}, fxaot:halt(eur)),
    Events = lists:append([case quote(eur, N, 110000 + N rem 2 * 50) of ok -> []; List -> List end
                           || N <- lists:seq(11, 20)]),
    %% An order that was sent before may fill; none is sent.
    ?assertEqual([halted], lists:usort(rejects(Events))),
    ok = sys:resume(eur),
    ?assertMatch(#{state := halted}, fxaot:account(eur)).

a_halt_works_in_the_middle_of_a_batch(_) ->
    start(#{balance => 1000000}),
    eager(eur),
    Quotes = fxaot_test:quotes(1000000),
    Collector = fxaot_test:collector(eur),
    Test = self(),
    Sender = spawn_link(fun() ->
                                Test ! {self(), begun},
                                _ = fxaot:ticks(eur, Quotes),
                                Test ! {self(), ended}
                        end),
    receive {Sender, begun} -> ok end,
    fxaot_test:until(fun() -> maps:get(quotes, fxaot:stats(eur)) > 0 end),
    ok = fxaot:halt(eur),
    #{quotes := Seen, events := Told} = fxaot:stats(eur),
    receive {Sender, ended} -> ok end,
    Events = fxaot_test:collected(Collector),
    After = lists:nthtail(Told, Events),
    ct:pal("halted after ~b of 1,000,000 quotes", [Seen]),
    ?assertEqual([], [Order || #order{state = accepted} = Order <- After]),
    ?assertEqual([halted], lists:usort(rejects(After)) ++ [halted || Seen =:= 1000000, rejects(After) =:= []]).

a_halt_outlives_the_process(_) ->
    [begin
         start(Mode),
         quote(eur, 1, 110000),
         {ok, _} = fxaot:submit(eur, limit(<<"a">>, 109000)),
         ok = sys:suspend(eur),
         %% The flag alone: the process dies before it has cancelled.
         ok = fxaot_engine_trading:switch(eur, halted),
         restarted(eur),
         ?assertMatch(#{state := halted}, fxaot:account(eur)),
         ?assertMatch({ok, #{state := cancelled, reason := halted}}, fxaot:order(eur, <<"a">>)),
         ok = fxaot:stop_engine(eur)
     end || Mode <- modes()].

%% The flag is set in an engine that is there, or in none.
a_halt_races_with_a_close(_) ->
    Halting = fun Halt(Engine, N) ->
                      case fxaot_nif:set_state(Engine, lists:nth(1 + N rem 3, [active, reducing, halted])) of
                          ok -> Halt(Engine, N + 1);
                          {error, {closed, _}} -> ok
                      end
              end,
    [begin
         {ok, Engine} = fxaot_nif:new(),
         Halters = [spawn_monitor(fun() -> Halting(Engine, N) end) || N <- [0, 1]],
         erlang:yield(),
         ok = fxaot_nif:close(Engine),
         [receive {'DOWN', Monitor, process, Pid, Reason} -> ?assertEqual(normal, Reason) end
          || {Pid, Monitor} <- Halters]
     end || _ <- lists:seq(1, 300)].

restarted(Engine) ->
    ok = fxaot_events:watch(Engine),
    exit(whereis(Engine), kill),
    receive {fxaot_engine, Engine, up} -> ok end,
    ok = fxaot_events:unwatch(Engine).

reducing_lets_closes_through(_) ->
    start(#{}),
    quote(eur, 1, 110000),
    {ok, _} = fxaot:submit(eur, order(<<"a">>)),
    quote(eur, 2, 110000),
    ok = fxaot:reduce(eur),
    ?assertMatch(#{state := reducing}, fxaot:account(eur)),
    ?assertMatch({error, {reducing, #{number := _}}}, fxaot:submit(eur, order(<<"b">>))),
    ?assertMatch({ok, _}, fxaot:submit(eur, (order(<<"c">>))#{side => sell, quantity => 40000})),
    quote(eur, 3, 110000),
    ?assertMatch([#{quantity := 60000}], fxaot:positions(eur)).

%% ---- kills ------------------------------------------------------------------

a_kill_in_between_changes_nothing(_) ->
    Run = fun(Mode, Between) ->
                  start(Mode#{account => #{leverage => 30}, risk => #{max_positions => 1}}),
                  quote(eur, 1, 110000),
                  {ok, _} = fxaot:submit(eur, (order(<<"a">>))#{stop_loss => 1.095}),
                  Between(),
                  {ok, #{is_known := true}} = fxaot:submit(eur, order(<<"a">>)),
                  quote(eur, 2, 110020),
                  {ok, _} = fxaot:submit(eur, limit(<<"b">>, 109900)),
                  Between(),
                  quote(eur, 3, 109850),
                  settled(eur),
                  Between(),
                  {ok, [_]} = fxaot:close(eur, 'EURUSD', 50000),
                  Between(),
                  quote(eur, 4, 109900),
                  settled(eur),
                  State = {fxaot:account(eur), fxaot:positions(eur), fxaot:orders(eur), fxaot:trades(eur),
                           maps:get(events, fxaot:stats(eur))},
                  ok = fxaot:stop_engine(eur),
                  State
          end,
    [?assertEqual(Run(Mode, fun() -> ok end), Run(Mode, fun() -> restarted(eur) end)) || Mode <- modes()].

%% Random calls and quotes: the same answers and the same events, inline, in actor mode, and with kills in between.
random_trading_survives_kills(_) ->
    Tell = fun(".", []) -> ok;
              (Format, Arguments) -> ct:log(Format, Arguments)
           end,
    ?assertEqual(true, proper:quickcheck(random_trading(list(command())),
                                         [{numtests, 150}, {max_size, 40}, {on_output, Tell}])),
    ?assertEqual(true, proper:quickcheck(random_trading(vector(200, command())), [{numtests, 10}, {on_output, Tell}])).

random_trading(Runs) ->
    ?FORALL({Commands, Options}, {Runs, options()},
            begin
                [Expected | Others] = [played(Commands, Mode, Options) || Mode <- [inline, actor]]
                    ++ [played(killed_between(Commands), Mode, Options) || Mode <- [inline, actor]],
                ?WHENFAIL(ct:log("~p~n~p~n", [Expected, Others]),
                          lists:all(fun(Other) -> Other =:= Expected end, Others))
            end).

options() ->
    ?LET({Mode, Leverage, Slippage, Losing}, {oneof([netting, hedging]), oneof([2, 50, 500]), oneof([0, 3]),
                                              oneof([1, 5])},
         #{account => #{mode => Mode, leverage => Leverage}, venue => #{slippage => Slippage},
           risk => #{max_losing_trades => Losing}}).

command() ->
    Id = oneof([<<"a">>, <<"b">>, <<"c">>, <<"d">>]),
    Price = ?LET(Steps, integer(109800, 110200), Steps / 100000),
    frequency([{8, {quote, integer(109800, 110200)}},
               {6, {submit, order(Id, Price)}},
               {1, {modify, Id, ?LET({P, Q}, {Price, integer(1, 200000)}, oneof([#{price => P}, #{quantity => Q}]))}},
               {1, {cancel, oneof([Id, <<"a.sl">>])}},
               {1, {close, oneof(['EURUSD', {ticket, Id}]), oneof([all, 5000])}},
               {1, {close_by, Id, Id}},
               {1, {cash, oneof([100, -100, -100000])}},
               {1, oneof([halt, reduce, resume])}]).

order(Id, Price) ->
    ?LET({Name, Side, Type, Quantity, P, Limit, StopLoss, Tif},
         {Id, oneof([buy, sell]), oneof([market, limit, stop, stop_limit]), integer(1, 200000), Price, Price, Price,
          oneof([gtc, day, ioc, fok])},
         begin
             Base = #{id => Name, symbol => 'EURUSD', side => Side, type => Type, quantity => Quantity, tif => Tif},
             Full = Base#{price => P, limit => Limit, stop_loss => StopLoss},
             Unused = case Type of
                          market -> [price, limit];
                          stop_limit -> [];
                          _ -> [limit]
                      end,
             oneof([maps:without(Unused, Full), maps:without([stop_loss | Unused], Full)])
         end).

killed_between(Commands) ->
    lists:append([case N rem 5 of 0 -> [kill, Command]; _ -> [Command] end
                  || {N, Command} <- lists:zip(lists:seq(1, length(Commands)), Commands)]).

played(Commands, Mode, Options) ->
    start(other, Options#{mode => Mode}),
    Collector = fxaot_test:collector(other),
    {Answers, _} = lists:mapfoldl(fun play/2, 1, Commands),
    State = {[Answer || Answer <- Answers, Answer =/= killed], fxaot:account(other), fxaot:positions(other),
             fxaot:orders(other), fxaot:tickets(other), fxaot:trades(other)},
    Events = fxaot_test:collected(Collector),
    unlink(Collector),
    exit(Collector, kill),
    ok = fxaot:stop_engine(other),
    {State, Events}.

play({quote, Bid}, N) ->
    _ = quote(other, N, Bid),
    {quoted, N + 1};
play(kill, N) ->
    restarted(other),
    {killed, N};
play(Command, N) ->
    {case Command of
         {submit, Order} -> fxaot:submit(other, Order);
         {modify, Id, Change} -> fxaot:modify(other, Id, Change);
         {cancel, Id} -> fxaot:cancel(other, Id);
         {close, What, all} -> fxaot:close(other, What);
         {close, What, Quantity} -> fxaot:close(other, What, Quantity);
         {close_by, Id, By} -> fxaot:close_by(other, Id, By);
         {cash, Amount} when Amount > 0 -> fxaot:deposit(other, Amount);
         {cash, Amount} -> fxaot:withdraw(other, -Amount);
         %% The flag overtakes quotes that wait in a mailbox.
         Switch ->
             settled(other),
             fxaot:Switch(other)
     end, N}.

%% The heir and the engine die at one moment; the state of an actor is lost, its options are not.
options_outlive_the_state(_) ->
    start(#{mode => actor, account => #{leverage => 10},
            risk => #{max_order_quantity => 5000, max_position => #{'EURUSD' => 3000}}}),
    ok = fxaot_events:watch(eur),
    ok = sys:suspend(fxaot_heir_sup),
    [killed(whereis(Name)) || Name <- [fxaot_heir, eur]],
    ok = sys:resume(fxaot_heir_sup),
    receive {fxaot_engine, eur, lost} -> ok end,
    ?assertMatch({error, {state_lost, _}}, fxaot:submit(eur, order(<<"a">>))),
    ok = fxaot:acknowledge_loss(eur),
    receive {fxaot_engine, eur, up} -> ok end,
    ok = fxaot_events:unwatch(eur),
    quote(eur, 1, 110000),
    ?assertMatch({error, {max_quantity, #{number := _}}}, fxaot:submit(eur, (order(<<"a">>))#{quantity => 5001})),
    ?assertMatch({error, {max_position, #{number := _}}}, fxaot:submit(eur, (order(<<"b">>))#{quantity => 3001})),
    {ok, _} = fxaot:submit(eur, (order(<<"c">>))#{quantity => 1000}),
    quote(eur, 2, 110000),
    settled(eur),
    %% 1,000 × 1.10005 / 10
    ?assertMatch(#{margin_used := 110005000}, fxaot:account(eur)).

killed(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

%% ---- groups -----------------------------------------------------------------

a_group_trades_by_symbol(_) ->
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'GBPUSD', 'AUDUSD'], balance => 10000}),
    [quote(pair, Symbol, 1, 110000) || Symbol <- ['EURUSD', 'GBPUSD', 'AUDUSD']],
    [{ok, _} = fxaot:submit(pair, (limit(atom_to_binary(Symbol), 109000))#{symbol => Symbol, quantity => 1000})
     || Symbol <- ['EURUSD', 'GBPUSD', 'AUDUSD']],
    ?assertMatch([_, _, _], fxaot:orders(pair)),
    %% An id is one of the whole group.
    ?assertMatch({ok, #{is_known := true, symbol := 'EURUSD'}},
                 fxaot:submit(pair, (order(<<"EURUSD">>))#{symbol => 'GBPUSD'})),
    ?assertMatch({error, {unknown_symbol, _}}, fxaot:submit(pair, (order(<<"x">>))#{symbol => 'NZDUSD'})),
    ?assertMatch({error, {missing_option, _}}, fxaot:submit(pair, #{})),
    {ok, #{price := 1.085}} = fxaot:modify(pair, <<"GBPUSD">>, #{price => 1.085}),
    {ok, #{state := cancelled}} = fxaot:cancel(pair, <<"GBPUSD">>),
    ?assertEqual({error, {not_found, #{id => <<"none">>}}}, fxaot:cancel(pair, <<"none">>)),
    ?assertEqual({ok, 2}, fxaot:cancel_all(pair, all)),
    {ok, _} = fxaot:submit(pair, (order(<<"m">>))#{quantity => 50000}),
    quote(pair, 'EURUSD', 2, 110000),
    settled(pair),
    %% 50,000 × 1.10005 / 50; the spread is lost.
    ?assertMatch(#{balance := 10000000000, equity := 9995000000, margin_used := 1100050000,
                   free_margin := 8894950000, state := active}, fxaot:account(pair)),
    ?assertMatch({error, {group, _}}, fxaot:deposit(pair, 1)),
    ok = fxaot:halt(pair),
    ?assertMatch([#{state := halted}, #{state := halted}], [fxaot:account(E) || E <- [pair_1, pair_2]]),
    {ok, [_]} = fxaot:close(pair, 'EURUSD'),
    quote(pair, 'EURUSD', 3, 110010),
    settled(pair),
    %% Bought at 1.1001, sold at 1.1001.
    ?assertMatch({ok, [#{symbol := 'EURUSD', profit := 0}]}, fxaot:trades(pair)),
    ok = fxaot:resume(pair).

an_instrument_with_orders_stays(_) ->
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD'], balance => 10000}),
    {ok, Engines} = fxaot:engines(pair),
    [To] = [Engine || {Engine, []} <- Engines],
    quote(pair, 'EURUSD', 1, 110000),
    {ok, _} = fxaot:submit(pair, order(<<"a">>)),
    quote(pair, 'EURUSD', 2, 110000),
    {ok, _} = fxaot:submit(pair, limit(<<"b">>, 109000)),
    Refused = fxaot:move_instrument(pair, 'EURUSD', To),
    ?assertEqual({error, {open_orders, #{symbol => 'EURUSD'}}}, Refused),
    ?assertMatch(<<"An instrument with open tickets, ", _/binary>>, fxaot:format_error(Refused)),
    {ok, _} = fxaot:cancel(pair, <<"b">>),
    ?assertEqual({ok, ['EURUSD']}, fxaot:move_instrument(pair, 'EURUSD', To)),
    %% The position has moved; the ids are still taken.
    ?assertMatch(#{margin_used := 2200100000}, fxaot:account(To)),
    ?assertMatch({ok, #{is_known := true, state := filled}}, fxaot:submit(pair, order(<<"a">>))),
    ?assertMatch({ok, #{is_known := true, state := cancelled}}, fxaot:submit(pair, order(<<"b">>))),
    {ok, [#{quantity := 100000}]} = fxaot:close(pair, 'EURUSD'),
    quote(pair, 'EURUSD', 3, 110010),
    settled(pair),
    ?assertMatch(#{margin_used := 0}, fxaot:account(pair)),
    ?assertMatch({ok, [#{symbol := 'EURUSD', quantity := 100000, profit := 0}]}, fxaot:trades(pair)).

%% ---- one level down ---------------------------------------------------------

only_the_owner_trades(_) ->
    {ok, Engine} = fxaot_nif:new(#{balance => 10000}),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    Test = self(),
    Refused = fun(Call) ->
                      spawn_link(fun() -> Test ! {answer, Call()} end),
                      receive {answer, Answer} -> ?assertMatch({error, {not_owner, _}}, Answer) end
              end,
    [Refused(Call) || Call <- [fun() -> fxaot_nif:submit(Engine, order(<<"a">>)) end,
                               fun() -> fxaot_nif:cancel_all(Engine, all) end,
                               fun() -> fxaot_nif:close(Engine, 'EURUSD') end,
                               fun() -> fxaot_nif:deposit(Engine, 1) end,
                               fun() -> fxaot_nif:set_risk(Engine, #{}) end,
                               fun() -> fxaot_nif:apply_state(Engine) end,
                               fun() -> fxaot_nif:orders(Engine) end,
                               fun() -> fxaot_nif:trades(Engine, 0) end]],
    %% But anyone may halt.
    spawn_link(fun() -> Test ! {answer, fxaot_nif:set_state(Engine, halted)} end),
    receive {answer, ok} -> ok end,
    ok = fxaot_nif:tick(Engine, 'EURUSD', ?START, 1.1, 1.1001),
    ?assertMatch({error, {halted, #{number := _}}}, fxaot_nif:submit(Engine, order(<<"a">>))),
    ok = fxaot_nif:close(Engine),
    [?assertMatch({error, {closed, _}}, Answer)
     || Answer <- [fxaot_nif:set_state(Engine, active), fxaot_nif:submit(Engine, order(<<"a">>)),
                   fxaot_nif:tickets(Engine)]].

events_wait_for_an_owner(_) ->
    {ok, Engine} = fxaot_nif:new(#{balance => 10000}),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD', #{max_position => 200000}),
    ok = fxaot_nif:set_account(Engine, #{leverage => 100}),
    ok = fxaot_nif:tick(Engine, 'EURUSD', ?START, 1.1, 1.1001),
    {ok, #{id := <<"a">>}, [#order{name = <<"a">>, state = accepted}] = Events} =
        fxaot_nif:submit(Engine, order(<<"a">>)),
    ?assertEqual({ok, {1, Events}}, fxaot_nif:pending(Engine)),
    ok = fxaot_nif:acknowledge(Engine),
    ?assertEqual({ok, {2, []}}, fxaot_nif:pending(Engine)),
    {error, {busy, _}} = fxaot_nif:set_account(Engine, #{leverage => 50}),
    [#fill{name = <<"a">>} | _] = fxaot_nif:tick(Engine, 'EURUSD', ?START + 1, 1.1, 1.1001),
    %% 100,000 × 1.10005 / 100
    ?assertMatch(#{margin_used := 1100050000}, fxaot_nif:account(Engine)),
    ?assertEqual({ok, [], done}, fxaot_nif:trades(Engine, 0)),
    ?assertEqual({ok, [], done}, fxaot_nif:trades(Engine, 1 bsl 70)),
    ok = fxaot_nif:close(Engine).

%% ---- the application stops --------------------------------------------------

%% Quotes still come from a process of their own, until the engine has gone.
feeding(Engine) ->
    spawn_link(fun() -> feed(Engine, 10) end).

feed(Engine, N) ->
    case quote(Engine, N, 110000) of
        {error, full} -> feed(Engine, N);
        {error, _} -> ok;
        _ -> feed(Engine, N + 1)
    end.

in_position(Engine) ->
    quote(Engine, 1, 110000),
    {ok, _} = fxaot:submit(Engine, order(<<"a">>)),
    quote(Engine, 2, 110000),
    settled(Engine),
    {ok, _} = fxaot:submit(Engine, limit(<<"b">>, 109000)),
    ok = fxaot:subscribe(Engine).

a_stop_closes_positions(_) ->
    start(#{on_stop => flat, stop_timeout => 60000}),
    in_position(eur),
    feeding(eur),
    ok = application:stop(fxaot),
    Events = received(),
    ?assertMatch([#fill{name = <<"close.1">>, side = sell, quantity = 100000}], [Fill || #fill{} = Fill <- Events]),
    ?assertEqual([{<<"b">>, halted}], [{Name, Why} || #order{name = Name, state = cancelled, reason = Why} <- Events]),
    receive {fxaot_stopping, _, _} = Told -> ct:fail(Told) after 0 -> ok end,
    ok = fxaot_test:start().

%% No quote comes any more. The last one of USDCHF is 5 seconds old by the engine's time, that of EURUSD is older.
a_stop_fills_at_fresh_quotes(_) ->
    [begin
         start(Mode#{on_stop => flat, stop_timeout => 10, instruments => ['EURUSD', 'USDCHF', 'GBPUSD'],
                     venue => #{latency_ms => 1000}}),
         [quote(eur, Symbol, 1, 110000) || Symbol <- ['EURUSD', 'USDCHF', 'GBPUSD']],
         [{ok, _} = fxaot:submit(eur, (order(atom_to_binary(Symbol)))#{symbol => Symbol, quantity => 1000,
                                                                       stop_loss => 1.05})
          || Symbol <- ['EURUSD', 'USDCHF']],
         quote(eur, 'EURUSD', 2, 110000),
         quote(eur, 'USDCHF', 3, 110000),
         quote(eur, 'GBPUSD', 8, 110000),
         settled(eur),
         ok = fxaot:subscribe(eur),
         ok = application:stop(fxaot),
         ?assertMatch([#fill{symbol = 'USDCHF', side = sell, quantity = 1000, price = 1.1}],
                      [Fill || #fill{} = Fill <- received()]),
         receive {fxaot_stopping, eur, [#{symbol := 'EURUSD', quantity := 1000}]} -> ok
         after 0 -> ct:fail(not_told)
         end,
         ok = fxaot_test:start()
     end || Mode <- modes()].

%% No quote comes, and the newest one is too old for the risk gate's own limit: the position is named.
a_stop_waits_no_longer(_) ->
    start(#{on_stop => flat, stop_timeout => 10, risk => #{max_quote_age_ms => 1000},
            instruments => ['EURUSD', 'GBPUSD']}),
    in_position(eur),
    quote(eur, 'GBPUSD', 4, 130000),
    ok = application:stop(fxaot),
    _ = received(),
    receive {fxaot_stopping, eur, [#{symbol := 'EURUSD', quantity := 100000}]} -> ok
    after 0 -> ct:fail(not_told)
    end,
    ok = fxaot_test:start(),
    %% Of a hedging account the tickets, also where their net is nothing.
    start(#{account => #{mode => hedging}}),
    quote(eur, 1, 110000),
    [{ok, _} = fxaot:submit(eur, (order(atom_to_binary(Side)))#{side => Side}) || Side <- [buy, sell]],
    quote(eur, 2, 110000),
    ok = fxaot:subscribe(eur),
    ok = application:stop(fxaot),
    receive {fxaot_stopping, eur, [#{id := <<"buy">>, side := buy}, #{id := <<"sell">>, side := sell}]} -> ok
    after 0 -> ct:fail(not_told)
    end,
    ok = fxaot_test:start(),
    ?assertEqual({error, {bad_option, #{option => on_stop, value => closed, expected => "keep or flat"}}},
                 fxaot:start_engine(eur, #{on_stop => closed})).
