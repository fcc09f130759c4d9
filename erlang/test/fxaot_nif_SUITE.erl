%% The native functions themselves: ownership, schedulers, and the reference values.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_nif_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(T0, 1704240000000000000).

all() ->
    [only_the_owner_may_use_it, adopts_from_the_dead_only, a_closed_engine, another_reference_is_no_engine, a_forgotten_engine,
     pending_events, wrong_type_names_its_argument, the_library_is_self_contained,
     newest_quotes_and_bars, schedulers_are_not_held, reference_arrays, reference_stream].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) ->
    ok = fxaot_test:start(),
    Config.

end_per_suite(_) -> application:stop(fxaot).

%% Every function that takes an engine.
uses(Engine) ->
    [fun() -> fxaot_nif:add_instrument(Engine, 'USDJPY') end,
     fun() -> fxaot_nif:add_strategy(Engine, a, ma_crossover, #{instrument => 'EURUSD'}) end,
     fun() -> fxaot_nif:remove_strategy(Engine, a) end,
     fun() -> fxaot_nif:tick(Engine, 'EURUSD', 1, 1.0, 1.0) end,
     fun() -> fxaot_nif:tick(Engine, 'EURUSD', 1, 1.0, 1.0, 1.0, 1.0) end,
     fun() -> fxaot_nif:ticks(Engine, <<0:384>>) end,
     fun() -> fxaot_nif:advance(Engine, 1) end, fun() -> fxaot_nif:pending(Engine) end,
     fun() -> fxaot_nif:acknowledge(Engine) end, fun() -> fxaot_nif:stats(Engine) end,
     fun() -> fxaot_nif:account(Engine) end, fun() -> fxaot_nif:positions(Engine) end,
     fun() -> fxaot_nif:strategies(Engine) end, fun() -> fxaot_nif:quotes(Engine) end,
     fun() -> fxaot_nif:bars(Engine, a, 2) end, fun() -> fxaot_nif:figures(Engine, 1, 1) end,
     fun() -> fxaot_nif:close(Engine) end].

%% Runs it in a process of its own and answers what it answered; that process is dead then.
elsewhere(Fun) ->
    {_, Monitor} = spawn_monitor(fun() -> exit({answer, Fun()}) end),
    receive {'DOWN', Monitor, process, _, {answer, Answer}} -> Answer end.

only_the_owner_may_use_it(_) ->
    {ok, Engine} = fxaot_nif:new(),
    Self = self(),
    [?assertEqual({error, {not_owner, #{owner => Self}}}, elsewhere(Use)) || Use <- uses(Engine)],
    ?assertEqual(<<"The engine belongs to another process.">>,
                 fxaot:format_error({not_owner, #{owner => Self}})),
    ?assertMatch(#{quotes := 0}, fxaot_nif:stats(Engine)).

adopts_from_the_dead_only(_) ->
    {ok, Engine} = fxaot_nif:new(),
    ?assertEqual(ok, fxaot_nif:adopt(Engine)),
    ?assertMatch({error, {owner_alive, _}}, elsewhere(fun() -> fxaot_nif:adopt(Engine) end)),
    Orphan = elsewhere(fun() ->
                               {ok, New} = fxaot_nif:new(),
                               ok = fxaot_nif:add_instrument(New, 'EURUSD'),
                               ok = fxaot_nif:tick(New, 'EURUSD', ?T0, 1.0, 1.0),
                               New
                       end),
    {error, {not_owner, _}} = Refused = fxaot_nif:stats(Orphan),
    ?assertEqual(<<"The engine belongs to another process, which is dead; fxaot_nif:adopt/1 takes "
                   "the engine over.">>, fxaot:format_error(Refused)),
    ok = fxaot_nif:adopt(Orphan),
    ?assertMatch(#{quotes := 1}, fxaot_nif:stats(Orphan)).

a_closed_engine(_) ->
    {ok, Engine} = fxaot_nif:new(),
    ok = fxaot_nif:close(Engine),
    ?assertMatch({error, {closed, _}}, fxaot_nif:adopt(Engine)),
    [?assertMatch({error, {closed, _}}, Use()) || Use <- uses(Engine)].

%% The shell says of a reference that is no engine which argument it is.
another_reference_is_no_engine(_) ->
    {ok, Market} = fxaot_nif:market(#{}),
    [try fxaot_nif:stats(Other) of
         Answer -> ct:fail({no_badarg, Answer})
     catch error:badarg:Stacktrace ->
             ?assertEqual(#{1 => <<"not an engine's handle">>},
                          fxaot:format_error(badarg, Stacktrace))
     end || Other <- [make_ref(), Market]],
    [?assertError(badarg, Use()) || Use <- uses(Market)],
    {ok, Engine} = fxaot_nif:new(),
    ?assertError(badarg, fxaot_nif:market_next(Engine, 1, 1)).

%% 2,000 engines with an instrument each, none closed: their memory comes back.
a_forgotten_engine(_) ->
    Make = fun() ->
                   [begin
                        {ok, Engine} = fxaot_nif:new(),
                        ok = fxaot_nif:add_instrument(Engine, 'EURUSD')
                    end || _ <- lists:seq(1, 2000)],
                   ok
           end,
    ok = elsewhere(Make),
    Before = resident(),
    [ok = elsewhere(Make) || _ <- lists:seq(1, 5)],
    Grown = resident() - Before,
    ct:pal("10,000 forgotten engines left ~w kB", [Grown]),
    ?assert(Grown < 30000).

%% kB in memory; 0 where /proc is not there.
resident() ->
    case file:read_file("/proc/self/status") of
        {ok, Text} ->
            {match, [Size]} = re:run(Text, "VmRSS:\\s*([0-9]+)", [{capture, [1], list}]),
            list_to_integer(Size);
        {error, _} -> 0
    end.

pending_events(_) ->
    {ok, Engine} = fxaot_nif:new(#{bar_events => true}),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    ok = fxaot_nif:add_strategy(Engine, a, ma_crossover, #{instrument => 'EURUSD',
                                                           timeframe => tick}),
    ?assertEqual({ok, {1, []}}, fxaot_nif:pending(Engine)),
    [#bar{} = First] = fxaot_nif:tick(Engine, 'EURUSD', ?T0, 1.0, 1.0),
    ?assertEqual({ok, {1, [First]}}, fxaot_nif:pending(Engine)),
    [#bar{} = Second] = fxaot_nif:tick(Engine, 'EURUSD', ?T0 + 1, 1.5, 1.0),
    ?assertEqual({ok, {2, [Second]}}, fxaot_nif:pending(Engine)),
    ok = fxaot_nif:acknowledge(Engine),
    ?assertEqual({ok, {3, []}}, fxaot_nif:pending(Engine)).

wrong_type_names_its_argument(_) ->
    {ok, Engine} = fxaot_nif:new(),
    try fxaot_nif:tick(Engine, 'EURUSD', 1, "1.0", 1.0) of
        Answer -> ct:fail({no_badarg, Answer})
    catch error:badarg:Stacktrace ->
            ?assertEqual(#{4 => <<"not a number">>}, fxaot:format_error(badarg, Stacktrace))
    end.

the_library_is_self_contained(_) ->
    Libraries = os:cmd("ldd '" ++ filename:join(code:priv_dir(fxaot), "libfxaot.so") ++ "'"),
    ?assertNotEqual(nomatch, string:find(Libraries, "libc.so")),
    ?assertEqual(nomatch, string:find(Libraries, "libswift")),
    ?assertEqual(nomatch, string:find(Libraries, "Foundation")).

%% No scheduler is held: a batch of 5 million quotes with four strategies would hold one for a
%% hundred milliseconds if it did not yield. The machine may take the CPU away from anybody for a
%% while, so a process that only counts runs beside it as the measure of that.
schedulers_are_not_held(_) ->
    {ok, Market} = fxaot_nif:market(#{seed => 1}),
    Quotes = iolist_to_binary([element(2, fxaot_nif:market_next(Market, 1 bsl 62, 1000000))
                               || _ <- lists:seq(1, 5)]),
    ?assertEqual(5000000 * 48, byte_size(Quotes)),
    %% What the machine takes away only adds: the round with the shortest longest slice counts.
    Rounds = [round_of(Quotes) || _ <- lists:seq(1, 3)],
    [{Longest, Slices, Others} | _] = lists:sort(Rounds),
    ?assert(Longest < 10 orelse Longest =< 2 * lists:max([0 | Others])),
    %% Slices are a third of a millisecond, so these would be most of about 500.
    ?assert(Slices =< 20 orelse Slices =< 2 * length(Others)).

round_of(Quotes) ->
    {ok, Engine} = fxaot_nif:new(),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    [ok = fxaot_nif:add_strategy(Engine, Strategy, Strategy, #{instrument => 'EURUSD'})
     || Strategy <- [ma_crossover, momentum_breakout, mean_reversion, fusion]],
    erlang:garbage_collect(),
    Watch = watch(),
    Counter = spawn_link(fun() -> count(0) end),
    {Microseconds, _} = timer:tc(fun() -> fxaot_nif:ticks(Engine, Quotes) end),
    unlink(Counter),
    exit(Counter, kill),
    Held = watched(Watch),
    Ours = [Time || {Pid, Time} <- Held, Pid =:= self()],
    Others = [Time || {Pid, Time} <- Held, Pid =/= self()],
    Longest = lists:max([0 | Ours]),
    ?assertMatch(#{quotes := 5000000, late := 0}, fxaot_nif:stats(Engine)),
    ct:pal("5,000,000 quotes in ~w ms; longer than 1 ms: ~w slices of ours, up to ~w ms; beside "
           "it ~w of others, up to ~w ms", [Microseconds div 1000, length(Ours), Longest,
                                            length(Others), lists:max([0 | Others])]),
    {Longest, length(Ours), Others}.

count(N) -> count(N + 1).

watch() ->
    Test = self(),
    Watch = spawn_link(fun() ->
                               erlang:system_monitor(self(), [{long_schedule, 1}]),
                               Test ! {self(), watching},
                               gather([])
                       end),
    receive {Watch, watching} -> Watch end.

gather(Held) ->
    receive
        {monitor, Pid, long_schedule, Info} ->
            gather([{Pid, proplists:get_value(timeout, Info)} | Held]);
        {watched, From} ->
            erlang:system_monitor(undefined),
            From ! {self(), Held}
    end.

watched(Watch) ->
    Watch ! {watched, self()},
    receive {Watch, Held} -> Held end.

%% ---- reference values -------------------------------------------------------

%% Within 1e-9, and never of another sign.
agree(Expected, Got) ->
    abs(Expected - Got) =< 1.0e-9 andalso (Expected > 0) =:= (Got > 0)
        andalso (Expected < 0) =:= (Got < 0).

reference_arrays(_) ->
    case {fxaot_test:shared("data/crypto/ethusdt-15m.csv.gz"),
          fxaot_test:shared("reference/strategies-ethusdt-15m.csv.gz")} of
        {{ok, Data}, {ok, Reference}} -> reference_arrays(Data, Reference);
        {{skip, _} = Skip, _} -> Skip;
        {_, Skip} -> Skip
    end.

reference_arrays(Data, Reference) ->
    Bars = [{fxaot_test:value(Close), fxaot_test:value(Volume)}
            || [_, _, _, _, Close, Volume] <- fxaot_test:csv(Data)],
    Prices = << <<Close:64/float-native>> || {Close, _} <- Bars >>,
    Volumes = << <<Volume:64/float-native>> || {_, Volume} <- Bars >>,
    Rows = fxaot_test:csv(Reference),
    ?assertEqual(length(Rows), length(Bars)),
    [begin
         {ok, Signals} = fxaot:execute(Strategy, #{prices => Prices, volumes => Volumes}, #{}),
         Pairs = lists:zip([fxaot_test:value(lists:nth(Column, Row)) || Row <- Rows],
                           [Signal || <<Signal:64/float-native>> <= Signals]),
         ?assertEqual([], [Pair || {Expected, Got} = Pair <- Pairs, not agree(Expected, Got)]),
         ?assert(length([Got || {_, Got} <- Pairs, Got /= 0.0]) > 100)
     end || {Strategy, Column} <- [{ma_crossover, 2}, {momentum_breakout, 3},
                                   {mean_reversion, 4}]],
    ok.

reference_stream(_) ->
    case {fxaot_test:shared("data/lean-fxcm-eurusd"),
          fxaot_test:shared("reference/strategies-eurusd-m1.csv.gz")} of
        {{ok, Folder}, {ok, Reference}} -> reference_stream(Folder, Reference);
        {{skip, _} = Skip, _} -> Skip;
        {_, Skip} -> Skip
    end.

reference_stream(Folder, Reference) ->
    {ok, _} = fxaot:start_engine(eur, #{bar_events => true}),
    ok = fxaot_test:deploy_four(eur, {minutes, 1}),
    Collector = fxaot_test:collector(eur),
    {ok, #{quotes := 519729, bad_lines := 0}} = fxaot:replay(eur, Folder, #{}),
    Bars = [Bar || #bar{} = Bar <- fxaot_test:collected(Collector)],
    ok = fxaot:stop_engine(eur),
    Rows = [[binary_to_integer(Open) * 1000000 | lists:map(fun fxaot_test:value/1, Values)]
            || [Open | Values] <- fxaot_test:csv(Reference)],
    [begin
         Own = [Bar || #bar{strategy = S} = Bar <- Bars, S =:= Strategy],
         ?assertEqual(length(Rows), length(Own)),
         Wrong = [{Row, Bar} || {Row, Bar} <- lists:zip(Rows, Own), not same(Row, Bar, Column)],
         ?assertEqual({Strategy, []}, {Strategy, lists:sublist(Wrong, 3)})
     end || {Strategy, Column} <- [{ma_crossover, 7}, {momentum_breakout, 8}, {mean_reversion, 9},
                                   {fusion, 10}]],
    ok.

%% Prices are whole steps inside, so equal to the reference's sums of doubles but for their
%% rounding; open time and tick count exactly.
same([Open, O, H, L, C, Ticks | _] = Row, #bar{} = Bar, Column) ->
    Open =:= Bar#bar.open_time andalso Ticks == Bar#bar.ticks
        andalso Ticks == Bar#bar.volume
        andalso lists:all(fun({A, B}) -> abs(A - B) =< 1.0e-12 end,
                          [{O, Bar#bar.open}, {H, Bar#bar.high}, {L, Bar#bar.low},
                           {C, Bar#bar.close}])
        andalso agree(lists:nth(Column, Row), Bar#bar.strength).

%% A bar is seen while it forms, and closed ones before it, numbered from the start of the series.
newest_quotes_and_bars(_) ->
    Start = 1704240000000000000,
    Minute = 60000000000,
    {ok, Engine} = fxaot_nif:new(#{}),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    ok = fxaot_nif:add_instrument(Engine, 'USDJPY'),
    ok = fxaot_nif:add_strategy(Engine, cross, ma_crossover, #{instrument => 'EURUSD', timeframe => {minutes, 1}}),
    ?assertEqual([{'EURUSD', 5, none}, {'USDJPY', 3, none}], fxaot_nif:quotes(Engine)),
    ?assertEqual({ok, 0, [], false}, fxaot_nif:bars(Engine, cross, 10)),
    [fxaot_nif:tick(Engine, 'EURUSD', Start + At, Price, Price)
     || {At, Price} <- [{0, 1.25}, {1, 1.5}, {Minute, 1.125}, {2 * Minute, 1.375}, {2 * Minute + 1, 1.25}]],
    ?assertEqual([{'EURUSD', 5, {Start + 2 * Minute + 1, 1.25, 1.25}}, {'USDJPY', 3, none}], fxaot_nif:quotes(Engine)),
    First = {Start, Start + Minute, 1.25, 1.5, 1.25, 1.5, 2.0, 2},
    Second = {Start + Minute, Start + 2 * Minute, 1.125, 1.125, 1.125, 1.125, 1.0, 1},
    Forming = {Start + 2 * Minute, Start + 3 * Minute, 1.375, 1.375, 1.25, 1.25, 2.0, 2},
    ?assertEqual({ok, 0, [First, Second, Forming], true}, fxaot_nif:bars(Engine, cross, 10)),
    ?assertEqual({ok, 1, [Second, Forming], true}, fxaot_nif:bars(Engine, cross, 2)),
    fxaot_nif:advance(Engine, Start + 3 * Minute),
    ?assertEqual({ok, 2, [Forming], false}, fxaot_nif:bars(Engine, cross, 1)),
    ?assertEqual({error, {not_found, #{id => other}}}, fxaot_nif:bars(Engine, other, 1)),
    %% The same in one call.
    ok = fxaot_nif:add_strategy(Engine, other, ma_crossover, #{instrument => 'USDJPY', timeframe => {minutes, 1}}),
    ?assertEqual(#{account => fxaot_nif:account(Engine), positions => fxaot_nif:positions(Engine),
                   strategies => fxaot_nif:strategies(Engine), quotes => fxaot_nif:quotes(Engine),
                   bars => [{cross, 1, false, [Second, Forming]}, {other, 0, false, []}]},
                 fxaot_nif:figures(Engine, 64, 2)),
    #{strategies := [Only], bars := Bars} = fxaot_nif:figures(Engine, 1, 0),
    ?assertEqual([Only], fxaot_nif:strategies(Engine, 0, 1)),
    ?assertMatch([{cross, _, false, []}], Bars),
    %% It stays short, whatever is asked for.
    [fxaot_nif:tick(Engine, 'EURUSD', Start + N * Minute, 1.25, 1.25) || N <- lists:seq(3, 40)],
    #{bars := [{cross, _, _, Longest} | _]} = fxaot_nif:figures(Engine, 64, 1 bsl 40),
    ?assertEqual(16, length(Longest)),
    ok = fxaot_nif:close(Engine).
