%% The engine without native code beside the native one: bars and signals in the same order.
-module(fxaot_beam_engine_tests).

-include_lib("eunit/include/eunit.hrl").
-include("../include/fxaot.hrl").

-define(START, 1704240000000000000).
-define(MINUTE, 60000000000).
%% Neither their order nor its reverse is that of the alphabet.
-define(SYMBOLS, ['GBPUSD', 'AUDUSD', 'USDJPY', 'EURUSD']).

-define(STRATEGIES, [{a, ma_crossover, {minutes, 1}}, {b, mean_reversion, {ticks, 3}},
                     {c, mean_reversion, {minutes, 5}}, {d, momentum_breakout, {minutes, 1}},
                     {e, mean_reversion, {ticks, 6}}, {f, fusion, {seconds, 30}}, {g, ma_crossover, tick}]).

engines(Deployments) ->
    {ok, Native} = fxaot_nif:new(#{bar_events => true}),
    [ok = fxaot_nif:add_instrument(Native, Symbol) || Symbol <- ?SYMBOLS],
    New = fxaot_beam_engine:new(#{currency => 'USD', balance => 100000, min_strength => 0.1, quantity => 10000,
                                  bar_events => true, max_time_jump => 604800000000000}),
    Beam = lists:foldl(fun(Symbol, Engine) ->
                               {ok, Next} = fxaot_beam_engine:add_instrument(Symbol, #{}, Engine),
                               Next
                       end, New, ?SYMBOLS),
    {Native, lists:foldl(fun({Id, Strategy, Symbol, Timeframe}, Engine) ->
                                 Place = #{instrument => Symbol, timeframe => Timeframe},
                                 ok = fxaot_nif:add_strategy(Native, Id, Strategy, Place),
                                 {ok, Next} = fxaot_beam_engine:deploy(Id, Strategy, Place, Engine),
                                 Next
                         end, Beam, Deployments)}.

%% Without native code every order is refused, so only bars and signals can be compared. Strengths of the
%% built-in strategies agree to 1e-9, all else to the bit.
shown(ok) -> [];
shown(Events) ->
    [case Event of
         #bar{strength = Strength} -> {Event#bar{strength = 0.0}, Strength};
         #signal{strength = Strength} -> {Event#signal{strength = 0.0}, Strength}
     end || Event <- Events, is_record(Event, bar) orelse is_record(Event, signal)].

same(Expected, Actual) ->
    ?assertEqual([Event || {Event, _} <- Expected], [Event || {Event, _} <- Actual]),
    ?assertEqual([], [Pair || {{_, A}, {_, B}} = Pair <- lists:zip(Expected, Actual), abs(A - B) > 1.0e-9]).

bars_that_end_together_come_in_the_same_order_test_() ->
    {timeout, 60, fun() ->
        {Native, Beam} = engines([{Id, Strategy, 'EURUSD', Timeframe}
                                  || {Id, Strategy, Timeframe} <- ?STRATEGIES]),
        {ok, Market} = fxaot_nif:market(#{seed => 7, start => ?START}),
        {ok, Quotes} = fxaot_nif:market_next(Market, 1 bsl 62, 5000),
        Expected = shown(fxaot_nif:ticks(Native, Quotes)),
        {Events, _} = fxaot_beam_engine:batch(Quotes, Beam),
        ?assert(length(Expected) > 5000),
        same(Expected, shown(Events))
    end}.

time_passes_in_the_order_of_adding_test() ->
    {Native, Beam} = engines([{Symbol, mean_reversion, Symbol, {minutes, 1}}
                              || Symbol <- lists:reverse(?SYMBOLS)]),
    ?assertEqual(?SYMBOLS, fxaot_beam_engine:instruments(Beam)),
    Quoted = lists:foldl(fun(Symbol, Engine) ->
                                 ok = fxaot_nif:tick(Native, Symbol, ?START, 1.1, 1.1001),
                                 {ok, [], Next} = fxaot_beam_engine:tick(Symbol, ?START, 1.1, 1.1001, none, Engine),
                                 Next
                         end, Beam, ?SYMBOLS),
    Expected = shown(fxaot_nif:advance(Native, ?START + ?MINUTE)),
    {Events, _} = fxaot_beam_engine:advance(?START + ?MINUTE, Quoted),
    ?assertEqual(?SYMBOLS, [Symbol || {#bar{symbol = Symbol}, _} <- Expected]),
    same(Expected, shown(Events)).
