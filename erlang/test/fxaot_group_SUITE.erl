%% Several engines under one name: where instruments are, and that moving them changes nothing.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_group_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).
-define(SYMBOLS, ['EURUSD', 'GBPUSD', 'EURGBP', 'USDJPY', 'EURJPY', 'AUDUSD', 'USDCHF']).

all() ->
    [families_stay_together, group_answers_like_an_engine,
     moving_in_mid_stream_changes_no_event, moving_under_load_loses_nothing,
     engine_of_a_group_killed, subscribers_of_a_group_outlive_its_engines, group_killed,
     two_legs_stay_together, a_late_pair_brings_a_family_together, terms_outlive_group_and_move,
     advance_is_for_all_or_none, orders_have_one_number_each, wrong_groups, wrong_moves, replay_by_group,
     replay_outlives_group_and_engines].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [pair, single, pair_1]],
    ok.

families_stay_together(_) ->
    {ok, _} = fxaot:start_engines(pair, 3, #{}),
    {ok, Engines} = fxaot:engines(pair),
    ?assertEqual([pair_1, pair_2, pair_3], [Engine || {Engine, _} <- Engines]),
    All = lists:append([Symbols || {_, Symbols} <- Engines]),
    ?assertEqual(lists:sort([binary_to_atom(S) || S <- fxaot_nif:instrument_list()]),
                 lists:sort(All)),
    Place = maps:from_list([{Symbol, Engine} || {Engine, Symbols} <- Engines, Symbol <- Symbols]),
    [?assertEqual(map_get(Pair, Place), map_get(Cross, Place))
     || {Cross, Pair} <- [{'EURGBP', 'GBPUSD'}, {'EURJPY', 'USDJPY'}, {'AUDNZD', 'NZDUSD'},
                          {'GBPCHF', 'USDCHF'}, {'AUDCAD', 'USDCAD'}]].

pair() -> pair(#{}).
pair(Options) ->
    {ok, _} = fxaot:start_engines(pair, 2, maps:merge(#{instruments => ?SYMBOLS}, Options)),
    ok.

group_answers_like_an_engine(_) ->
    ok = pair(),
    ok = fxaot:add_instrument(pair, 'NZDUSD'),
    ?assertMatch({error, {already_exists, _}}, fxaot:add_instrument(pair, 'NZDUSD')),
    ok = fxaot:add_instrument(pair, 'FOOUSD', #{base => 'FOO', quote => 'USD', price_decimals => 4}),
    ok = fxaot:deploy(pair, a, #{strategy => ma_crossover, instrument => 'NZDUSD'}),
    ?assertMatch({error, {bad_reload, _}},
                 fxaot:deploy(pair, a, #{strategy => ma_crossover, instrument => 'USDJPY'})),
    ?assertMatch({error, {unknown_symbol, _}},
                 fxaot:deploy(pair, b, #{strategy => ma_crossover, instrument => 'XXXUSD'})),
    ?assertMatch([#{id := a}], fxaot:strategies(pair)),
    [ok = fxaot:tick(pair, Symbol, ?START, 1.1, 1.2) || Symbol <- ['FOOUSD' | ?SYMBOLS]],
    ok = fxaot:tick(pair, 'EURUSD', ?START, 1.1, 1.2, 1.0, 1.0),
    ?assertMatch({error, {unknown_symbol, #{symbol := 'XAGUSD'}}},
                 fxaot:tick(pair, 'XAGUSD', ?START, 1.1, 1.2)),
    ?assertMatch({error, {bad_time, #{symbol := 'EURUSD'}}},
                 fxaot:tick(pair, 'EURUSD', ?START div 1000000, 1.1, 1.2)),
    Batch = << <<(fxaot_nif:quote(Symbol, ?START + 1, 1.1, 1.2, 0.0, 0.0))/binary>>
               || Symbol <- ['EURUSD', 'XAGUSD', 'USDJPY', 'USDJPY', 'FOOUSD'] >>,
    ok = fxaot:ticks(pair, Batch),
    ok = fxaot:advance(pair, ?START + 2),
    ok = fxaot:tick(pair, 'EURUSD', ?START + 1, 1.1, 1.2),
    ?assertMatch(#{quotes := 16, accepted := 13, late := 1, unknown_symbol := 2,
                   engines := #{pair_1 := #{}, pair_2 := #{}}}, fxaot:stats(pair)),
    ?assertMatch(#{balance := 100000000000, equity := 100000000000, currency := 'USD'},
                 fxaot:account(pair)),
    ok = fxaot:undeploy(pair, a),
    ?assertMatch({error, {not_found, _}}, fxaot:undeploy(pair, a)),
    [?assertMatch({error, {group, _}}, Answer)
     || Answer <- [fxaot:handle(pair), fxaot:mailbox(pair), fxaot:drain(pair, 1)]],
    ok = fxaot:stop_engine(pair),
    [?assertMatch({error, {no_engine, Engine}}, fxaot:stats(Engine))
     || Engine <- [pair, pair_1, pair_2]].

%% Random quotes of all symbols in time order, from a seed.
quotes(Count) ->
    State = rand:seed_s(exsss, 11),
    Prices = #{'EURUSD' => 1.1, 'GBPUSD' => 1.3, 'EURGBP' => 0.85, 'USDJPY' => 150.0,
               'EURJPY' => 165.0, 'AUDUSD' => 0.65, 'USDCHF' => 0.9},
    quotes(Count, ?START, Prices, State).

quotes(0, _, _, _) -> [];
quotes(Count, Time, Prices, State) ->
    {N, S1} = rand:uniform_s(length(?SYMBOLS), State),
    {Step, S2} = rand:normal_s(S1),
    Symbol = lists:nth(N, ?SYMBOLS),
    #{Symbol := Last} = Prices,
    Price = Last * (1 + Step * 0.0005),
    [{Symbol, Time, Price, Price * 1.0001}
     | quotes(Count - 1, Time + 300000000, Prices#{Symbol := Price}, S2)].

%% Two strategies an instrument: one on time bars, one on tick bars.
deploy(Engine) ->
    [ok = fxaot:deploy(Engine, id(Symbol, Strategy),
                       #{strategy => Strategy, instrument => Symbol, timeframe => Timeframe,
                         params => Params})
     || Symbol <- ?SYMBOLS,
        {Strategy, Timeframe, Params} <- [{mean_reversion, {seconds, 5}, #{k => 1.0}},
                                          {momentum_breakout, {ticks, 7}, #{threshold => 0.0004}}]],
    ok.

id(Symbol, Strategy) -> list_to_atom(lists:concat([Symbol, "_", Strategy])).

%% Every engine numbers its own orders: an order's number becomes its place among its instrument's.
renumbered(Events) ->
    {Renumbered, _} =
        lists:mapfoldl(fun(Event, Known) ->
                               case order_id(Event) of
                                   none -> {Event, Known};
                                   {Position, Id} ->
                                       Number = maps:get(Id, Known, map_size(Known) + 1),
                                       {setelement(Position, Event, Number), Known#{Id => Number}}
                               end
                       end, #{}, Events),
    Renumbered.

order_id(#order{id = Id}) -> {#order.id, Id};
order_id(#fill{order_id = Id}) -> {#fill.order_id, Id};
order_id(#reject{order_id = Id}) -> {#reject.order_id, Id};
order_id(_) -> none.

symbol(#signal{symbol = Symbol}) -> Symbol;
symbol(#order{symbol = Symbol}) -> Symbol;
symbol(#fill{symbol = Symbol}) -> Symbol;
symbol(#reject{symbol = Symbol}) -> Symbol;
symbol(#bar{symbol = Symbol}) -> Symbol;
symbol(_) -> none.

%% Events of each instrument, in the order in which they came from whichever engine had it.
by_symbol(Batches) ->
    Events = [{symbol(Event), Event} || Batch <- Batches, Event <- Batch],
    maps:from_list([{Symbol, renumbered([E || {S, E} <- Events, S =:= Symbol])}
                    || Symbol <- ?SYMBOLS]).

%% Gathers the batches that an engine, or all of a group's, publish.
gatherer(Engine) ->
    Test = self(),
    Pid = spawn_link(fun() ->
                             ok = fxaot:subscribe(Engine),
                             Test ! {self(), ready},
                             gather([])
                     end),
    receive {Pid, ready} -> Pid end.

gather(Batches) ->
    receive
        {fxaot_events, _, _, _, Events} -> gather([Events | Batches]);
        {gathered, From} -> From ! {self(), lists:reverse(Batches)}
    end.

gathered(Pid) ->
    Pid ! {gathered, self()},
    receive {Pid, Batches} -> Batches end.

%% At random quotes a random instrument moves to the other engine.
moving_in_mid_stream_changes_no_event(_) ->
    {ok, _} = fxaot:start_engine(single, #{bar_events => true, instruments => ?SYMBOLS}),
    ok = pair(#{bar_events => true}),
    [ok = deploy(Engine) || Engine <- [single, pair]],
    Gatherers = [gatherer(Engine) || Engine <- [single, pair]],
    Quotes = quotes(20000),
    _ = rand:seed(exsss, 5),
    Moves = lists:sum([begin
                           _ = fxaot:tick(single, Symbol, Time, Bid, Ask),
                           ok = fxaot:tick(pair, Symbol, Time, Bid, Ask),
                           moved(rand:uniform(100))
                       end || {Symbol, Time, Bid, Ask} <- Quotes]),
    ?assert(Moves > 50),
    #{accepted := 20000} = fxaot:stats(pair),
    [Single, Pair] = [by_symbol(gathered(Pid)) || Pid <- Gatherers],
    ?assert(lists:sum([length(Events) || {_, Events} <- maps:to_list(Single)]) > 10000),
    ?assert(length([fill || {_, Events} <- maps:to_list(Single), #fill{} <- Events]) > 100),
    [?assertEqual(map_get(Symbol, Single), map_get(Symbol, Pair)) || Symbol <- ?SYMBOLS],
    ?assertEqual(fxaot:account(single), fxaot:account(pair)),
    ?assertEqual(lists:sort(fxaot:positions(single)), lists:sort(fxaot:positions(pair))),
    ?assertEqual(lists:sort(fxaot:strategies(single)), lists:sort(fxaot:strategies(pair))).

moved(1) ->
    Symbol = lists:nth(rand:uniform(length(?SYMBOLS)), ?SYMBOLS),
    To = lists:nth(rand:uniform(2), [pair_1, pair_2]),
    {ok, Moved} = fxaot:move_instrument(pair, Symbol, To),
    length(Moved);
moved(_) -> 0.

%% One producer for each instrument, while instruments move as fast as they can. Each sends so many quotes, and more until
%% enough has moved.
moving_under_load_loses_nothing(_) ->
    Count = list_to_integer(os:getenv("FXAOT_MESSAGES", "20000")),
    ok = pair(#{capacity => 256, bar_events => true, subscriber_limit => 1 bsl 40, timeout => infinity}),
    [ok = fxaot:deploy(pair, Symbol, #{strategy => ma_crossover, instrument => Symbol,
                                       timeframe => tick}) || Symbol <- ?SYMBOLS],
    Gatherer = gatherer(pair),
    Producers = [{spawn_monitor(fun() -> produce(Symbol, 1, Count) end), Symbol} || Symbol <- ?SYMBOLS],
    move(20),
    [Pid ! enough || {{Pid, _}, _} <- Producers],
    Sent = move_until_the_end(Producers, []),
    Total = lists:sum([Number || {_, Number} <- Sent]),
    ?assertMatch(#{quotes := Total, accepted := Total, late := 0, unknown_symbol := 0},
                 fxaot:stats(pair)),
    Events = by_symbol(gathered(Gatherer)),
    [begin
         ?assert(Number >= Count),
         ?assertEqual([?START + N || N <- lists:seq(1, Number)],
                      [Time || #bar{end_time = Time} <- map_get(Symbol, Events)])
     end || {Symbol, Number} <- Sent].

produce(Symbol, N, Count) ->
    case fxaot:tick(pair, Symbol, ?START + N, 1.1, 1.1001) of
        ok when N < Count -> produce(Symbol, N + 1, Count);
        ok ->
            receive enough -> exit({sent, N})
            after 0 -> produce(Symbol, N + 1, Count)
            end;
        {error, full} ->
            erlang:yield(),
            produce(Symbol, N, Count)
    end.

move(Left) when Left =< 0 -> ok;
move(Left) -> move(Left - move_one()).

move_until_the_end([], Sent) -> Sent;
move_until_the_end([{{Pid, Monitor}, Symbol} | Rest] = Producers, Sent) ->
    _ = move_one(),
    receive
        {'DOWN', Monitor, process, Pid, Why} ->
            {sent, Number} = Why,
            move_until_the_end(Rest, [{Symbol, Number} | Sent])
    after 0 -> move_until_the_end(Producers, Sent)
    end.

move_one() ->
    {ok, Moved} = fxaot:move_instrument(pair, lists:nth(rand:uniform(length(?SYMBOLS)), ?SYMBOLS),
                                        lists:nth(rand:uniform(2), [pair_1, pair_2])),
    length(Moved).

engine_of_a_group_killed(_) ->
    ok = pair(),
    ok = fxaot_events:watch(pair_1),
    {ok, [{pair_1, [Symbol | _]} | _]} = fxaot:engines(pair),
    ok = fxaot:tick(pair, Symbol, ?START, 1.1, 1.2),
    exit(whereis(pair_1), kill),
    receive {fxaot_engine, pair_1, up} -> ok end,
    %% The group has the news too, after its own message.
    _ = fxaot:engines(pair),
    ok = fxaot:tick(pair, Symbol, ?START + 1, 1.1, 1.2),
    ?assertMatch(#{accepted := 2}, fxaot:stats(pair)).

group_killed(_) ->
    ok = pair(),
    {ok, Moved} = fxaot:move_instrument(pair, 'USDJPY', element(1, hd(not_with('USDJPY')))),
    ?assertEqual(['EURJPY', 'USDJPY'], lists:sort(Moved)),
    {ok, Before} = fxaot:engines(pair),
    Old = whereis(pair),
    exit(Old, kill),
    wait_until(fun() -> is_pid(whereis(pair)) andalso whereis(pair) =/= Old
                            andalso answers(pair) end),
    ?assertEqual({ok, Before}, fxaot:engines(pair)),
    [ok = fxaot:tick(pair, Symbol, ?START, 1.1, 1.2) || Symbol <- ?SYMBOLS],
    ?assertMatch(#{accepted := 7}, fxaot:stats(pair)).

answers(Group) ->
    try element(1, fxaot:engines(Group)) =:= ok
    catch exit:_ -> false
    end.

not_with(Symbol) ->
    {ok, Engines} = fxaot:engines(pair),
    [Entry || {_, Symbols} = Entry <- Engines, not lists:member(Symbol, Symbols)].

wait_until(Condition) ->
    case Condition() of
        true -> ok;
        false ->
            receive after 1 -> ok end,
            wait_until(Condition)
    end.

%% 20 quotes that each close bars, before and after: not one event is missing.
subscribers_of_a_group_outlive_its_engines(_) ->
    ok = pair(#{bar_events => true}),
    ok = fxaot_events:watch(pair_1),
    {ok, [{pair_1, [Symbol | _]} | _]} = fxaot:engines(pair),
    ok = fxaot:deploy(pair, cross, #{strategy => ma_crossover, instrument => Symbol,
                                     timeframe => {ticks, 1}}),
    ok = fxaot:subscribe(pair),
    [begin
         exit(whereis(pair_1), kill),
         receive {fxaot_engine, pair_1, up} -> ok end,
         _ = fxaot:engines(pair),
         [ok = fxaot:tick(pair, Symbol, ?START + Round * 1000 + N, 1.1, 1.2) || N <- lists:seq(1, 20)]
     end || Round <- [1, 2]],
    #{bars := 40, events := Events, missed := 0} = fxaot:stats(pair),
    ?assertEqual(lists:seq(1, Events), lists:sort(numbers(Events))).

numbers(0) -> [];
numbers(Left) ->
    receive {fxaot_events, pair_1, _, First, New} ->
            lists:seq(First, First + length(New) - 1) ++ numbers(Left - length(New))
    end.

two_legs_stay_together(_) ->
    {ok, _} = fxaot:start_engines(pair, 2, #{account_currency => 'SGD', bar_events => true,
                                             instruments => [singapore(), 'USDJPY', 'GBPJPY', 'EURUSD']}),
    [ok = fxaot:tick(pair, Symbol, ?START, Price, Price)
     || {Symbol, Price} <- [{'USDSGD', 1.35}, {'USDJPY', 150.0}, {'GBPJPY', 190.0}, {'EURUSD', 1.1}]],
    [ok = fxaot:deploy(pair, Symbol, always_in(Symbol)) || Symbol <- ['USDJPY', 'GBPJPY', 'EURUSD']],
    [ok = fxaot:tick(pair, Symbol, ?START + N * 1000000000, Price + N / 100, Price + N / 100)
     || N <- lists:seq(1, 60), {Symbol, Price} <- [{'USDJPY', 150.0}, {'GBPJPY', 190.0}, {'EURUSD', 1.1}]],
    Stats = fxaot:stats(pair),
    ?assertMatch(#{orders := 3, rejects := 0}, Stats).

singapore() -> {'USDSGD', #{base => 'USD', quote => 'SGD', price_decimals => 5}}.

always_in(Symbol) ->
    #{strategy => ma_crossover, instrument => Symbol, timeframe => {ticks, 1},
      params => #{'band' => 0.0, confirm => 0}}.

a_late_pair_brings_a_family_together(_) ->
    Apart = ['GBPJPY', 'EURJPY', 'USDJPY', 'EURUSD', 'GBPUSD'],
    {ok, _} = fxaot:start_engines(pair, 4, #{account_currency => 'SGD', instruments => Apart}),
    {Symbol, Terms} = singapore(),
    ok = fxaot:add_instrument(pair, Symbol, Terms),
    {ok, Engines} = fxaot:engines(pair),
    ?assertEqual([lists:sort([Symbol | Apart])],
                 [lists:sort(Symbols) || {_, Symbols} <- Engines, Symbols =/= []]),
    [ok = fxaot:tick(pair, S, ?START, 1.5, 1.5) || S <- [Symbol | Apart]],
    ?assertMatch(#{accepted := 6, unknown_symbol := 0}, fxaot:stats(pair)).

terms_outlive_group_and_move(_) ->
    ok = pair(),
    Terms = #{base => 'EUR', quote => 'SEK', price_decimals => 4, session => <<"0900-1700:23456">>},
    ok = fxaot:add_instrument(pair, 'EURSEK', Terms),
    [{Other, _} | _] = not_with('EURSEK'),
    %% Kronor reach dollars over euros.
    {ok, Moved} = fxaot:move_instrument(pair, 'EURSEK', Other),
    ?assertEqual(['EURSEK', 'EURUSD'], lists:sort(Moved)),
    Old = whereis(pair),
    exit(Old, kill),
    wait_until(fun() -> is_pid(whereis(pair)) andalso whereis(pair) =/= Old
                            andalso answers(pair) end),
    ?assertEqual({ok, Terms}, gen_server:call(pair, {instrument_terms, 'EURSEK'})),
    ?assertEqual({ok, Terms}, gen_server:call(Other, {instrument_terms, 'EURSEK'})).

%% Where one engine has no room, no engine sees the time pass; each sees it once, however many instruments
%% it has.
advance_is_for_all_or_none(_) ->
    ok = pair(#{capacity => 2}),
    {ok, [{pair_1, [Crowded | _]}, {pair_2, [Quiet | _]}]} = fxaot:engines(pair),
    ok = fxaot:deploy(pair, quiet, #{strategy => ma_crossover, instrument => Quiet}),
    [ok = fxaot:deploy(pair, list_to_atom("crowd_" ++ integer_to_list(N)),
                       #{strategy => ma_crossover, instrument => Crowded, timeframe => {ticks, 1}})
     || N <- lists:seq(1, 1000)],
    Answers = [begin
                   Minute = ?START + Round * 60000000000,
                   ok = fxaot:tick(pair, Quiet, Minute, 1.1, 1.2),
                   Filler = filler(Round rem 2, Crowded, Minute),
                   Answer = fxaot:advance(pair, Minute + 60000000000),
                   exit(Filler, kill),
                   _ = fxaot:stats(pair),
                   Answer
               end || Round <- lists:seq(1, 200)],
    Passed = length([ok || ok <- Answers]),
    ?assertEqual(200, Passed + length([full || {error, full} <- Answers])),
    ?assert(Passed >= 100 andalso Passed < 200),
    %% A bar that no advance has closed is closed by the next minute's quote.
    #{engines := #{pair_2 := #{bars := Bars}}} = fxaot:stats(pair),
    ?assertEqual(case lists:last(Answers) of ok -> 200; _ -> 199 end, Bars).

%% Instruments go to and fro with their waiting orders.
orders_have_one_number_each(_) ->
    ok = pair(),
    [ok = fxaot:deploy(pair, Symbol, #{strategy => mean_reversion, instrument => Symbol, timeframe => {ticks, 1},
                                       params => #{confirm => 0, k => 0.5}}) || Symbol <- ?SYMBOLS],
    ok = fxaot:subscribe(pair),
    _ = rand:seed(exsss, 31),
    [begin
         [ok = fxaot:tick(pair, Symbol, ?START + N * 1000, Price, Price + 0.0001)
          || Symbol <- ?SYMBOLS, Price <- [1.1 + rand:uniform(100) / 1000]],
         N rem 10 =:= 0 andalso
             fxaot:move_instrument(pair, lists:nth(rand:uniform(length(?SYMBOLS)), ?SYMBOLS),
                                   lists:nth(rand:uniform(2), [pair_1, pair_2]))
     end || N <- lists:seq(1, 1000)],
    #{orders := Orders} = fxaot:stats(pair),
    ?assert(Orders > 1000),
    Numbers = order_numbers(Orders),
    ?assertEqual(Orders, length(lists:usort(Numbers))).

order_numbers(0) -> [];
order_numbers(Left) ->
    receive {fxaot_events, _, _, _, Events} ->
            New = [Id || #order{id = Id} <- Events],
            New ++ order_numbers(Left - length(New))
    end.

%% A process that keeps a mailbox full, and has found it so once.
filler(0, _, _) -> spawn(fun() -> ok end);
filler(1, Symbol, Time) ->
    Test = self(),
    Filler = spawn(fun() -> keep_full(Test, Symbol, Time) end),
    receive {Filler, full} -> Filler end.

keep_full(Test, Symbol, Time) ->
    case fxaot:tick(pair, Symbol, Time, 1.1, 1.2) of
        {error, full} when is_pid(Test) ->
            Test ! {self(), full},
            keep_full(told, Symbol, Time);
        _ -> keep_full(Test, Symbol, Time)
    end.

wrong_groups(_) ->
    ?assertMatch({error, {limit, _}}, fxaot:start_engines(0)),
    ?assertMatch({error, {limit, _}}, fxaot:start_engines(1000000)),
    ?assertError(badarg, fxaot:start_engines(two)),
    ?assertMatch({error, {bad_option, #{option := sizer}}},
                 fxaot:start_engines(pair, 2, #{sizer => {equity_percent, 5}})),
    ?assertMatch({error, {bad_option, #{option := mode}}},
                 fxaot:start_engines(pair, 2, #{mode => inline})),
    ?assertMatch({error, {bad_option, #{option := capacity}}},
                 fxaot:start_engines(pair, 2, #{capacity => 0})),
    ?assertMatch({error, {unknown_option, #{option := capacty}}},
                 fxaot:start_engines(pair, 2, #{capacty => 8})),
    ?assertMatch({error, {bad_option, #{option := overflow}}}, fxaot:start_engines(pair, 2, #{overflow => [a | b]})),
    Long = list_to_atom(lists:duplicate(254, $z)),
    ?assertEqual({error, {limit, #{group => Long, characters => 253}}}, fxaot:start_engines(Long, 2, #{})),
    %% What did not start has no name.
    [?assertEqual({error, {no_engine, Name}}, fxaot:stats(Name)) || Name <- [pair, Long]],
    ?assertMatch({error, _}, fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'EURUSD']})),
    ?assertMatch({error, {bad_option, #{option := instruments}}},
                 fxaot:start_engines(pair, 2, #{instruments => [7]})),
    %% A name of one of its engines is taken: it is not touched.
    {ok, Pid} = fxaot:start_engine(pair_1, #{}),
    ?assertMatch({error, {already_exists, _}}, fxaot:start_engines(pair, 2, #{})),
    ?assertEqual(Pid, whereis(pair_1)),
    ?assertEqual([undefined, undefined], [whereis(Name) || Name <- [pair, pair_2]]),
    ok = fxaot:stop_engine(pair_1),
    ok = pair(),
    ?assertMatch({error, {already_exists, _}}, fxaot:start_engines(pair, 2, #{})).

wrong_moves(_) ->
    ok = pair(),
    {ok, Engines} = fxaot:engines(pair),
    [{Here, _}] = [Entry || {_, Symbols} = Entry <- Engines, lists:member('EURUSD', Symbols)],
    ?assertEqual({ok, []}, fxaot:move_instrument(pair, 'EURUSD', Here)),
    ?assertMatch({error, {unknown_symbol, _}}, fxaot:move_instrument(pair, 'XAUUSD', pair_1)),
    ?assertMatch({error, {no_engine, pair_9}}, fxaot:move_instrument(pair, 'EURUSD', pair_9)),
    {ok, Router} = fxaot_nif:router(#{}),
    {ok, A} = fxaot:handle(pair_1),
    {ok, B} = fxaot:handle(pair_2),
    {ok, M} = fxaot:mailbox(pair_1),
    [?assertError(badarg, Call())
     || Call <- [fun() -> fxaot_nif:move(Router, [], A, A, []) end,
                 fun() -> fxaot_nif:move(A, [], A, B, []) end,
                 fun() -> fxaot_nif:move(Router, [{'EURUSD', A}], A, B, []) end,
                 fun() -> fxaot_nif:move(Router, [x], A, B, []) end,
                 fun() -> fxaot_nif:set_routes(Router, [{x, M} | y]) end,
                 fun() -> fxaot_nif:set_routes(M, []) end]],
    ?assertMatch({error, {already_exists, _}}, fxaot_nif:set_routes(Router, [{x, M}, {x, M}])),
    ?assertMatch({error, {unknown_symbol, _}}, fxaot_nif:move(Router, [], A, B, [nothing])),
    ?assertEqual({ok, Engines}, fxaot:engines(pair)),
    %% Refused: the routes are what they were.
    {ok, N} = fxaot:mailbox(pair_2),
    ok = fxaot_nif:set_routes(Router, [{'EURUSD', M}]),
    ?assertMatch({error, {unknown_symbol, _}},
                 fxaot_nif:move(Router, [{'EURUSD', N}], A, B, [nothing])),
    #{pushed := Before} = fxaot_nif:mailbox(M),
    ok = fxaot_nif:send(Router, 'EURUSD', ?START, 1.1, 1.2),
    ?assertMatch(#{pushed := After} when After =:= Before + 1, fxaot_nif:mailbox(M)),
    {ok, Inline} = fxaot_nif:new(),
    ?assertMatch({error, {stopped, _}}, fxaot_nif:move(Router, [], A, Inline, ['EURUSD'])).

%% A killer strikes the group's process and its engines at random; not one quote is lost or doubled.
replay_outlives_group_and_engines(_) ->
    {ok, _} = fxaot:start_engine(single, #{instruments => ?SYMBOLS}),
    ok = pair(#{capacity => 64}),
    [ok = deploy(Engine) || Engine <- [single, pair]],
    Feed = #{days => 5, seed => 3},
    {ok, #{quotes := Quotes, accepted := Accepted}} = fxaot:replay(single, Feed, #{}),
    {ok, #{quotes := Quotes, accepted := Accepted, restarts := Restarts}} =
        fxaot:replay(pair, {?MODULE, Feed}, #{}),
    ct:pal("~b restarts felt by the replay", [Restarts]),
    ?assert(Restarts >= 3),
    wait_until(fun() -> is_map(fxaot:account(pair)) andalso is_map(fxaot:account(pair_1)) end),
    ?assertEqual(fxaot:account(single), fxaot:account(pair)).

%% A feed in small pieces that kills the group or one of its engines before every seventh, while the piece before is on
%% its way.
init(Feed) ->
    {ok, Opened} = fxaot_feed:open(Feed),
    {ok, {pieces(all_quotes(Opened)), 1, rand:seed_s(exsss, 17)}}.

next({[], _, _} = Feed) -> {done, Feed};
next({[Piece | Rest], Number, Random}) when Number rem 7 =:= 0 ->
    {Victim, Later} = rand:uniform_s(3, Random),
    kill(lists:nth(Victim, [pair, pair_1, pair_2])),
    {quotes, Piece, {Rest, Number + 1, Later}};
next({[Piece | Rest], Number, Random}) -> {quotes, Piece, {Rest, Number + 1, Random}}.

terminate(_, _) -> ok.

all_quotes(Feed) ->
    case fxaot_feed:next(Feed) of
        {quotes, Quotes, Next} -> <<Quotes/binary, (all_quotes(Next))/binary>>;
        {done, _} -> <<>>
    end.

pieces(<<Piece:(48 * 2000)/binary, Rest/binary>>) -> [Piece | pieces(Rest)];
pieces(Last) -> [Last].

kill(Name) ->
    case whereis(Name) of
        undefined -> ok;
        Pid -> exit(Pid, kill)
    end.

replay_by_group(_) ->
    {ok, _} = fxaot:start_engine(single, #{instruments => ?SYMBOLS}),
    ok = pair(#{capacity => 64}),
    [ok = deploy(Engine) || Engine <- [single, pair]],
    Feed = #{days => 1, seed => 3},
    {ok, #{quotes := Quotes, accepted := Accepted}} = fxaot:replay(single, Feed, #{}),
    {ok, #{quotes := Quotes, accepted := Accepted}} = fxaot:replay(pair, Feed, #{}),
    ?assertEqual(fxaot:account(single), fxaot:account(pair)).
