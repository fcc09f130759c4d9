%% Scripts in the strategy language: compiled by the tool, run by engines.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_script_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(T0, 1704240000000000000).
-define(MINUTE, 60000000000).

all() ->
    [a_file_trades, a_source_and_a_program_trade, inputs_by_title_and_variable,
     wrong_inputs_are_told, errors_of_a_script_are_told, no_such_file, no_tool,
     bytes_that_are_no_program, mutated_programs, deeply_nested, a_caller_that_traps_exits,
     a_text_is_nobody_elses,
     a_failing_script_raises_an_alarm, an_order_cut_to_nothing_is_told,
     killed_in_mid_stream, actor_mode_is_inline_mode, moved_in_a_group,
     from_the_shell_level_below, a_run_with_an_account_is_the_live_one].

suite() -> [{timetrap, {minutes, 2}}].

init_per_suite(Config) ->
    _ = fxaot_test:begin_suite(Config),
    Folder = proplists:get_value(priv_dir, Config),
    File = filename:join(Folder, "cross.pine"),
    ok = file:write_file(File, cross()),
    [{script, File} | Config].

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [eur, calm, shaken]],
    ok.

%% Without operators that a file in Latin-1 could not hold.
cross() ->
    <<"//@version=6\n"
      "strategy(\"MACD cross\", default_qty_value = 1000)\n"
      "fast = input.int(12, \"Fast length\", minval = 1, maxval = 200)\n"
      "[line, signal, _] = ta.macd(close, fast, 26, 9)\n"
      "if ta.crossover(line, signal)\n"
      "    strategy.entry(\"Long\", strategy.long)\n"
      "if ta.crossunder(line, signal)\n"
      "    strategy.entry(\"Short\", strategy.short)\n"
      "strategy.exit(\"Stop\", loss = 400, trail_points = 200, trail_offset = 100)\n">>.

engine(Engine, Options) ->
    {ok, _} = fxaot:start_engine(Engine, Options#{instruments => ['EURUSD']}),
    Engine.

%% On the VM: native code is another suite's.
deployment(Script) ->
    #{strategy => Script, instrument => 'EURUSD', timeframe => {seconds, 30}, tier => vm}.

deployment(Script, Params) -> (deployment(Script))#{params => Params}.

events(Engine, Quotes) ->
    Collector = fxaot_test:collector(Engine),
    _ = fxaot:ticks(Engine, Quotes),
    fxaot_test:collected(Collector).

kinds(Events) -> lists:usort([element(1, Event) || Event <- Events]).

a_file_trades(Config) ->
    eur = engine(eur, #{}),
    ok = fxaot:deploy(eur, macd, deployment({file, proplists:get_value(script, Config)})),
    Events = events(eur, fxaot_test:quotes(20000)),
    ?assertEqual([fill, order], kinds(Events)),
    Changes = [Order || #order{strategy = macd} = Order <- Events],
    Orders = [Order || #order{state = accepted} = Order <- Changes],
    ?assert(length(Orders) > 20),
    [#{id := macd, strategy := <<"MACD cross">>, orders := Count, fills := Fills} = Macd] =
        fxaot:strategies(eur),
    ?assertEqual(length(Orders), Count),
    ?assertNot(is_map_key(failure, Macd)),
    Held = lists:sum([case Side of buy -> Q; sell -> -Q end
                      || #fill{side = Side, quantity = Q} <- Events]),
    ?assertMatch(#{quantity := Held}, Macd),
    ?assertEqual(Fills, length(Events) - length(Changes)),
    ok = fxaot:undeploy(eur, macd),
    [] = fxaot:strategies(eur).

a_source_and_a_program_trade(Config) ->
    Script = proplists:get_value(script, Config),
    {ok, {ir, Program}} = fxaot_script:compile({file, Script}),
    Quotes = fxaot_test:quotes(10000),
    [Expected, Expected, Expected] =
        [begin
             eur = engine(eur, #{}),
             ok = fxaot:deploy(eur, macd, deployment(Strategy)),
             Events = events(eur, Quotes),
             ok = fxaot:stop_engine(eur),
             Events
         end || Strategy <- [{file, list_to_binary(Script)}, {source, cross()}, {ir, Program}]],
    ?assertMatch([_, _ | _], Expected).

inputs_by_title_and_variable(Config) ->
    Script = {file, proplists:get_value(script, Config)},
    Quotes = fxaot_test:quotes(10000),
    [Default, Short, Short] =
        [begin
             eur = engine(eur, #{}),
             ok = fxaot:deploy(eur, macd, deployment(Script, Params)),
             Events = events(eur, Quotes),
             ok = fxaot:stop_engine(eur),
             Events
         end || Params <- [#{}, #{<<"Fast length">> => 5}, #{fast => 5.0}]],
    ?assertNotEqual(Default, Short).

wrong_inputs_are_told(Config) ->
    Script = {file, proplists:get_value(script, Config)},
    eur = engine(eur, #{}),
    Told = fun(Params) ->
                   {error, {Reason, _}} = Error =
                       fxaot:deploy(eur, macd, deployment(Script, Params)),
                   {Reason, fxaot:format_error(Error)}
           end,
    ?assertEqual({parameter_range, <<"The input fast must be from 1 to 200.">>},
                 Told(#{fast => 201})),
    ?assertEqual({bad_parameter, <<"The input fast takes another type of value.">>},
                 Told(#{fast => <<"many">>})),
    ?assertEqual({bad_parameter, <<"The input fast takes another type of value.">>},
                 Told(#{fast => 1.5})),
    ?assertEqual({unknown_parameter, <<"The script has no input 'slow'.">>}, Told(#{slow => 1})),
    ?assertMatch({bad_parameter, _}, Told(#{fast => {1, 2}})),
    ?assertMatch({error, {unknown_symbol, _}},
                 fxaot:deploy(eur, macd, (deployment(Script))#{instrument => 'USDJPY'})),
    ok = fxaot:deploy(eur, macd, deployment(Script)),
    %% Inputs of a version that is to take its place are as carefully looked at.
    ?assertEqual({parameter_range, <<"The input fast must be from 1 to 200.">>},
                 Told(#{fast => 0})).

errors_of_a_script_are_told(Config) ->
    File = filename:join(proplists:get_value(priv_dir, Config), "wrong.pine"),
    Text = "//@version=6\nstrategy(\"W\")\nx = ta.smaa(close, 3)\ny = close +\n",
    ok = file:write_file(File, Text),
    eur = engine(eur, #{}),
    {error, {script_errors, #{file := File, diagnostics := Diagnostics}}} = Error =
        fxaot:deploy(eur, wrong, deployment({file, File})),
    ?assertMatch([#{line := _, column := _, message := _} | _], Diagnostics),
    [First | _] = binary:split(fxaot:format_error(Error), <<"\n">>, [global]),
    ?assertMatch({match, _}, re:run(First, "wrong.pine:[34]:[0-9]+: .+")),
    {error, {script_errors, Details}} = fxaot:deploy(eur, wrong, deployment({source, Text})),
    ?assertNot(is_map_key(file, Details)),
    ?assertMatch(<<"script:", _/binary>>, fxaot:format_error({script_errors, Details})),
    [] = fxaot:strategies(eur).

no_such_file(_) ->
    eur = engine(eur, #{}),
    Error = fxaot:deploy(eur, none, deployment({file, "no/such.pine"})),
    ?assertMatch({error, {missing_file, #{path := "no/such.pine"}}}, Error),
    ?assertEqual(<<"No such file: no/such.pine.">>, fxaot:format_error(Error)),
    ?assertMatch({error, {bad_option, _}}, fxaot:deploy(eur, none, deployment({files, []}))),
    ?assertMatch({error, {bad_option, _}}, fxaot:deploy(eur, none, deployment({source, 17}))).

no_tool(Config) ->
    eur = engine(eur, #{}),
    Script = deployment({file, proplists:get_value(script, Config)}),
    Folder = proplists:get_value(priv_dir, Config),
    Missing = filename:join(Folder, "missing"),
    try
        application:set_env(fxaot, tool, Missing),
        {error, {no_tool, #{looked_in := Missing}}} = Error = fxaot:deploy(eur, macd, Script),
        ?assertMatch({match, _}, re:run(fxaot:format_error(Error), "build it with make tool")),
        %% One that is something else.
        application:set_env(fxaot, tool, "/bin/echo"),
        ?assertMatch({error, {script_tool, #{message := _}}}, fxaot:deploy(eur, macd, Script)),
        application:set_env(fxaot, tool, proplists:get_value(script, Config)),
        ?assertMatch({error, {no_tool, _}}, fxaot:deploy(eur, macd, Script))
    after
        application:unset_env(fxaot, tool)
    end,
    ok = fxaot:deploy(eur, macd, Script).

bytes_that_are_no_program(_) ->
    eur = engine(eur, #{}),
    Error = fxaot:deploy(eur, macd, deployment({ir, <<"FXIR and more">>})),
    ?assertMatch({error, {bad_script, #{message := _}}}, Error),
    ?assertEqual(<<"The script cannot run here: not a compiled script of this version.">>,
                 fxaot:format_error(Error)).

mutated_programs(Config) ->
    {ok, {ir, Program}} = fxaot_script:compile({file, proplists:get_value(script, Config)}),
    Quotes = fxaot_test:quotes(500),
    _ = rand:seed(exsss, 7),
    [begin
         {ok, Engine} = fxaot_nif:new(#{}),
         ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
         case fxaot_nif:add_script(Engine, s, mutated(Program), #{instrument => 'EURUSD'}) of
             ok -> _ = fxaot_nif:ticks(Engine, Quotes);
             {error, {bad_script, _}} -> ok
         end,
         ok = fxaot_nif:close(Engine)
     end || _ <- lists:seq(1, 500)].

mutated(Program) ->
    Place = rand:uniform(byte_size(Program)) - 1,
    <<Before:Place/binary, _, After/binary>> = Program,
    <<Before/binary, (rand:uniform(256) - 1), After/binary>>.

a_failing_script_raises_an_alarm(_) ->
    Text = <<"//@version=6\nstrategy(\"F\")\nif bar_index == 1\n    runtime.error(\"enough\")\n">>,
    eur = engine(eur, #{}),
    ok = fxaot:deploy(eur, f, (deployment({source, Text}))#{timeframe => {minutes, 1}}),
    [ok = fxaot:tick(eur, 'EURUSD', ?T0 + N * ?MINUTE, 1.1, 1.1) || N <- [0, 1]],
    ?assertEqual([#alarm{kind = script_stopped, strategy = f, symbol = 'EURUSD',
                         time = ?T0 + 2 * ?MINUTE, count = 4}],
                 fxaot:tick(eur, 'EURUSD', ?T0 + 2 * ?MINUTE, 1.1, 1.1)),
    ok = fxaot:tick(eur, 'EURUSD', ?T0 + 3 * ?MINUTE, 1.1, 1.1),
    ?assertMatch([#{failure := <<"line 4: enough">>}], fxaot:strategies(eur)).

%% One unit is the least, unless the instrument's terms say otherwise.
an_order_cut_to_nothing_is_told(_) ->
    Text = <<"//@version=6\nstrategy(\"S\")\nif bar_index == 0\n    strategy.entry(\"L\", strategy.long, 0.5)\n"
             "if bar_index == 1\n    strategy.entry(\"L\", strategy.long, 1)\n">>,
    Detail = #{size => 0.5, step => 1, minimum => 1},
    eur = engine(eur, #{}),
    ok = fxaot:deploy(eur, s, (deployment({source, Text}))#{timeframe => {minutes, 1}}),
    ok = fxaot:tick(eur, 'EURUSD', ?T0, 1.1, 1.1),
    ?assertMatch([#reject{order_id = 1, strategy = s, symbol = 'EURUSD', side = buy, quantity = 0,
                          reason = quantity_below_minimum},
                  #alarm{kind = small_order, strategy = s, symbol = 'EURUSD', count = 1, detail = Detail}],
                 fxaot:tick(eur, 'EURUSD', ?T0 + ?MINUTE, 1.1, 1.1)),
    ?assertMatch([#order{quantity = 1}], fxaot:tick(eur, 'EURUSD', ?T0 + 2 * ?MINUTE, 1.1, 1.1)),
    ?assertMatch([#{rejects := 1, orders := 1}], fxaot:strategies(eur)).

killed_in_mid_stream(Config) ->
    Script = {file, proplists:get_value(script, Config)},
    [ok = fxaot:deploy(engine(Engine, #{}), macd, deployment(Script)) || Engine <- [calm, shaken]],
    Collectors = {fxaot_test:collector(calm), fxaot_test:collector(shaken)},
    ok = fxaot_events:watch(shaken),
    Quotes = fxaot_test:quotes(10000),
    _ = fxaot:ticks(calm, Quotes),
    Pieces = [binary:part(Quotes, At, min(96000, byte_size(Quotes) - At))
              || At <- lists:seq(0, byte_size(Quotes) - 1, 96000)],
    [begin
         _ = fxaot:ticks(shaken, Piece),
         exit(whereis(shaken), kill),
         receive {fxaot_engine, shaken, up} -> ok end
     end || Piece <- Pieces],
    fxaot_events:unwatch(shaken),
    Expected = fxaot_test:collected(element(1, Collectors)),
    ?assert(length(Expected) > 20),
    ?assertEqual(Expected, fxaot_test:collected(element(2, Collectors))),
    ?assertEqual(fxaot_test:final_state(calm), fxaot_test:final_state(shaken)).

%% The stack of a dirty scheduler, where an engine on a thread of its own takes its scripts, is small.
deeply_nested(_) ->
    Deep = [<<"//@version=6\nstrategy(\"Deep\")\nx = ">>, lists:duplicate(190, "ta.sma("), "close",
            lists:duplicate(190, ", 3)"), <<"\nif x > 0\n    strategy.entry(\"L\", strategy.long)\n">>],
    [begin
         eur = engine(eur, #{mode => Mode}),
         ok = fxaot:deploy(eur, deep, deployment({source, Deep})),
         ok = fxaot:undeploy(eur, deep),
         ok = fxaot:stop_engine(eur)
     end || Mode <- [inline, actor]].

a_caller_that_traps_exits(Config) ->
    process_flag(trap_exit, true),
    {ok, _} = fxaot_script:compile({file, proplists:get_value(script, Config)}),
    {error, {script_errors, _}} = fxaot_script:compile({source, "1 +"}),
    receive {'EXIT', Port, _} when is_port(Port) -> ct:fail(heard_of_a_port)
    after 0 -> process_flag(trap_exit, false)
    end.

%% A tool that says who may read the file it is given.
a_text_is_nobody_elses(Config) ->
    Folder = proplists:get_value(priv_dir, Config),
    [Tool, Seen] = [filename:join(Folder, Name) || Name <- ["tool", "seen"]],
    ok = file:write_file(Tool, ["#!/bin/sh\nfor last; do :; done\nstat -c %a \"$last\" >'", Seen, "'\nexit 1\n"]),
    ok = file:change_mode(Tool, 8#700),
    application:set_env(fxaot, tool, Tool),
    {error, _} = fxaot_script:compile({source, cross()}),
    application:unset_env(fxaot, tool),
    ?assertEqual({ok, <<"600\n">>}, file:read_file(Seen)).

actor_mode_is_inline_mode(Config) ->
    Script = {file, proplists:get_value(script, Config)},
    Quotes = fxaot_test:quotes(10000),
    [Expected, Expected] =
        [begin
             eur = engine(eur, #{mode => Mode}),
             ok = fxaot:deploy(eur, macd, deployment(Script)),
             Collector = fxaot_test:collector(eur),
             _ = fxaot:ticks(eur, Quotes),
             {ok, #{accepted := 10000}} = {ok, fxaot:stats(eur)},
             [#{orders := _}] = fxaot:strategies(eur),
             ok = fxaot:stop_engine(eur),
             fxaot_test:collected(Collector)
         end || Mode <- [inline, actor]],
    ?assertMatch([_, _ | _], Expected).

moved_in_a_group(Config) ->
    Script = {file, proplists:get_value(script, Config)},
    Quotes = fxaot_test:quotes(10000),
    {ok, _} = fxaot:start_engines(shaken, 2, #{instruments => ['EURUSD']}),
    ok = fxaot:deploy(shaken, macd, deployment(Script)),
    calm = engine(calm, #{}),
    ok = fxaot:deploy(calm, macd, deployment(Script)),
    _ = fxaot:ticks(calm, Quotes),
    Half = byte_size(Quotes) div 96 * 48,
    _ = fxaot:ticks(shaken, binary:part(Quotes, 0, Half)),
    [{ok, _} = fxaot:move_instrument(shaken, 'EURUSD', Engine) || Engine <- [shaken_1, shaken_2]],
    _ = fxaot:ticks(shaken, binary:part(Quotes, Half, byte_size(Quotes) - Half)),
    ?assertEqual(fxaot:strategies(calm), fxaot:strategies(shaken)).

from_the_shell_level_below(Config) ->
    {ok, {ir, Program}} = fxaot_script:compile({file, proplists:get_value(script, Config)}),
    {ok, Engine} = fxaot_nif:new(#{}),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    ok = fxaot_nif:add_script(Engine, macd, Program, #{instrument => 'EURUSD', price => bid}),
    ?assertError(badarg, fxaot_nif:add_script(make_ref(), macd, Program, #{instrument => a})),
    ?assertError(badarg, fxaot_nif:add_script(Engine, macd, program, #{instrument => a})),
    ok = fxaot_nif:remove_strategy(Engine, macd),
    ok = fxaot_nif:close(Engine).

%% The tool's run of a file and an engine that gets the same quotes: the same fills, the same money to the micro-unit.
a_run_with_an_account_is_the_live_one(Config) ->
    Folder = proplists:get_value(priv_dir, Config),
    [Quotes, Account, Trades] = [filename:join(Folder, Name) || Name <- ["eurusd.csv", "account.jsonl", "trades.csv"]],
    %% Two days and a rollover.
    {ok, Market} = fxaot_nif:market(#{seed => 11, start => 1704240000000000000}),
    {ok, Records} = fxaot_nif:market_next(Market, 1704240000000000000 + 2 * 1440 * ?MINUTE, 400000),
    ok = file:write_file(Quotes, ["time_ns,bid,ask\n" | [io_lib:format("~b,~p,~p~n", [Time, Bid, Ask])
                                  || <<Time:64/little, _:64, Bid/little-float, Ask/little-float, _:128>> <= Records]]),
    ok = file:write_file(Account, "{\"account\": {\"balance\": 20000, \"leverage\": 30}}\n"
                         "{\"instrument\": {\"symbol\": \"EURUSD\", \"swap_mode\": \"points\", \"swap_long\": -6.5, "
                         "\"swap_short\": 1.25, \"commission\": {\"per_lot\": 3.5, \"currency\": \"USD\"}}}\n"
                         "{\"venue\": {\"latency_ms\": 1500, \"slippage\": 1}}\n"),
    {ok, Tool} = fxaot_tool:find(),
    Script = proplists:get_value(script, Config),
    Json = os:cmd(lists:flatten(io_lib:format("'~ts' run '~ts' --ticks '~ts' --timeframe 5m --account '~ts' --trades '~ts' --json",
                                              [Tool, Script, Quotes, Account, Trades]))),
    {ok, #{<<"account">> := Told, <<"trades">> := Closed}} = fxaot_json:decode(unicode:characters_to_binary(Json)),

    {ok, _} = fxaot:start_engine(eur, #{balance => 20000, account => #{leverage => 30},
                                        venue => #{latency_ms => 1500, slippage => 1},
                                        instruments =>
                                            [{'EURUSD', #{swap_long => -6.5, swap_short => 1.25,
                                                          commission => #{per_lot => 3.5, currency => 'USD'}}}]}),
    ok = fxaot:deploy(eur, macd, (deployment({file, Script}))#{timeframe => {minutes, 5}}),
    Events = events(eur, Records),
    #{balance := Balance, equity := Equity, commission := Commission, swap := Swap} = fxaot:account(eur),
    ?assertEqual([Balance, Equity, Commission, Swap],
                 [round(maps:get(Key, Told) * 1000000) || Key <- [<<"balance">>, <<"equity">>, <<"commission">>, <<"swap">>]]),
    ?assert(Closed > 20),
    ?assert(Swap =/= 0),
    Fills = [{Time div 1000000, Price} || #fill{time = Time, price = Price} <- Events],
    ?assertEqual(length(Fills), maps:get(<<"fills">>, Told)),
    {ok, Text} = file:read_file(Trades),
    [_ | Rows] = binary:split(Text, <<"\n">>, [global, trim]),
    [begin
         [_, _, _, Entry, _, Exit | _] = binary:split(Row, <<",">>, [global]),
         [?assert(lists:keymember(binary_to_float(Price), 2, Fills)) || Price <- [Entry, Exit], Price =/= <<>>]
     end || Row <- Rows].
