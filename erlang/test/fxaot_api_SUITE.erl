%% The supervised API on the native library, and every wrong input it must survive.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_api_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(T0, 1704240000000000000).

all() ->
    [starts_and_stops, names_are_unique, unknown_engine, other_processes_are_no_engines,
     wrong_start_options, a_wrong_start_option_gets_a_near_miss, deploys_and_undeploys,
     wrong_deployments, wrong_names_get_a_near_miss, adds_instruments,
     a_venues_step_is_an_instruments_terms, days_begin_where_an_instruments_terms_say, a_tick_answers_what_it_caused, subscribers_get_what_the_call_answered, wrong_quotes,
     late_and_crossed_quotes_are_counted, times_in_another_unit_are_errors,
     a_stray_quote_blocks_nothing, three_in_a_row_or_an_advance_make_a_new_time,
     a_replay_takes_its_gaps_and_counts_them, batches_equal_ticks, a_batch_of_a_wrong_size,
     executes_arrays, wrong_arrays, wrong_types_raise_badarg, replays_every_format, paced_replay,
     quote_mode_equals_batch_mode, a_feed_of_ones_own, quote_mode_takes_any_record,
     a_replay_tells_what_was_dropped, wrong_feeds, wrong_files, bad_lines_are_skipped_and_counted,
     files_come_in_time_order, files_are_read_by_headers_and_contents, times_without_a_zone,
     utf16_is_read, rows_and_files_are_put_in_order, damaged_archives_are_read_as_the_tool_reads_them,
     what_is_no_data_in_a_zip_is_skipped_and_named,
     bad_lines_are_told_with_their_reasons, the_tool_unpacks_what_erlang_does_not,
     other_compressions_are_named,
     a_column_names_the_symbol, progress_reaches_the_end].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) ->
    ok = fxaot_test:start(),
    Config.

end_per_suite(_) -> application:stop(fxaot).

init_per_testcase(_, Config) ->
    {ok, _} = fxaot:start_engine(eur),
    Config.

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [eur, other]],
    ok.

starts_and_stops(_) ->
    Pid = whereis(eur),
    ?assertEqual(fxaot:stats(eur), fxaot:stats(Pid)),
    {ok, Handle} = fxaot:handle(eur),
    ?assertMatch({error, {not_owner, _}}, fxaot_nif:stats(Handle)),
    ok = fxaot:stop_engine(Pid),
    ?assertEqual(undefined, whereis(eur)),
    ?assertEqual([], [held || {eur, _} <- fxaot_heir:held()]),
    {ok, _} = fxaot:start_engine(eur),
    ?assertMatch(#{quotes := 0}, fxaot:stats(eur)).

names_are_unique(_) ->
    ?assertEqual({error, {already_exists, #{engine => eur}}}, fxaot:start_engine(eur)),
    ?assertMatch({error, {already_exists, _}}, fxaot:start_engine(kernel_sup)).

unknown_engine(_) ->
    Calls = [fun fxaot:stats/1, fun fxaot:account/1, fun fxaot:positions/1,
             fun fxaot:strategies/1, fun fxaot:handle/1, fun fxaot:stop_engine/1,
             fun fxaot:subscribe/1,
             fun(E) -> fxaot:tick(E, 'EURUSD', 1, 1.0, 1.0) end,
             fun(E) -> fxaot:ticks(E, <<>>) end,
             fun(E) -> fxaot:replay(E, #{}, #{}) end],
    [?assertEqual({error, {no_engine, nobody}}, Call(nobody)) || Call <- Calls],
    Dead = spawn(fun() -> ok end),
    [?assertEqual({error, {no_engine, Dead}}, Call(Dead)) || Call <- Calls].

other_processes_are_no_engines(_) ->
    Before = whereis(kernel_sup),
    ?assertEqual({error, {no_engine, kernel_sup}}, fxaot:stats(kernel_sup)),
    ?assertEqual({error, {no_engine, self()}}, fxaot:stats(self())),
    ?assertEqual(Before, whereis(kernel_sup)).

wrong_start_options(_) ->
    [begin
         ?assertMatch({error, {Reason, _}}, fxaot:start_engine(other, Options)),
         ?assertEqual(undefined, whereis(other)),
         ?assertEqual({error, {no_engine, other}}, fxaot:stats(other))
     end || {Reason, Options} <-
                [{unknown_option, #{ballance => 1}}, {bad_config, #{balance => -1}},
                 {bad_config, #{sizer => {fixed, 0}}}, {bad_option, #{instruments => 'EURUSD'}},
                 {bad_option, #{instruments => ['EURUSD' | x]}},
                 {bad_option, #{instruments => [{x}]}},
                 {bad_instrument, #{instruments => ['NOTHING']}},
                 {already_exists, #{instruments => ['EURUSD', 'EURUSD']}}]].

a_wrong_start_option_gets_a_near_miss(_) ->
    [begin
         {error, {unknown_option, Details}} = Error = fxaot:start_engine(other, #{Option => []}),
         ?assertMatch(#{option := Option, suggestion := Near}, Details),
         Sentence = unicode:characters_to_list(fxaot:format_error(Error)),
         ?assertNotEqual(nomatch, string:find(Sentence, atom_to_list(Near))),
         ?assertEqual(nomatch, string:find(Sentence, "bad_"))
     end || {Option, Near} <- [{instrument, instruments}, {balanse, balance}]].

deploys_and_undeploys(_) ->
    ok = fxaot:deploy(eur, a, #{strategy => <<"ma_crossover">>, instrument => 'EURUSD',
                                timeframe => {hours, 4}, price => bid, params => #{fast => 3}}),
    ?assertMatch([#{id := a, strategy := <<"ma_crossover">>, symbol := 'EURUSD',
                    timeframe := {hours, 4}, bars := 0}], fxaot:strategies(eur)),
    ok = fxaot:undeploy(eur, a),
    ?assertEqual([], fxaot:strategies(eur)),
    ?assertMatch({error, {not_found, _}}, fxaot:undeploy(eur, a)).

wrong_deployments(_) ->
    Good = #{strategy => ma_crossover, instrument => 'EURUSD'},
    ok = fxaot:deploy(eur, taken, Good),
    Before = fxaot:strategies(eur),
    [?assertMatch({Reason, {error, {Reason, _}}}, {Reason, fxaot:deploy(eur, Id, Deployment)})
     || {Reason, Id, Deployment} <-
            [{bad_reload, taken, Good#{price => bid}},
             {unknown_strategy, a, Good#{strategy => no_such}},
             {unknown_strategy, a, Good#{strategy => <<"ma_crossover", 0>>}},
             {bad_option, a, Good#{strategy => "ma_crossover"}},
             {missing_option, a, maps:remove(strategy, Good)},
             {missing_option, a, maps:remove(instrument, Good)},
             {unknown_symbol, a, Good#{instrument => 'USDJPY'}},
             {unknown_parameter, a, Good#{params => #{fats => 5}}},
             {parameter_range, a, Good#{params => #{fast => 0}}},
             {parameter_range, a, Good#{params => #{fast => 2.5}}},
             {parameter_range, a, Good#{params => #{'band' => -1}}},
             {bad_parameter, a, Good#{params => #{fast => five}}},
             {bad_timeframe, a, Good#{timeframe => {minutes, 0}}},
             {bad_timeframe, a, Good#{timeframe => fortnight}},
             {bad_timeframe, a, Good#{timeframe => {hours, 16#FFFFFFFF}}},
             {bad_deployment, a, Good#{price => last}},
             {bad_deployment, a, Good#{params => []}},
             {unknown_option, a, Good#{timefrane => tick}}]],
    ?assertEqual(Before, fxaot:strategies(eur)).

%% What is told of a name that is nearly right, and of parameters that contradict each other.
wrong_names_get_a_near_miss(_) ->
    Good = #{strategy => ma_crossover, instrument => 'EURUSD'},
    Data = #{prices => [1], volumes => [1]},
    [?assertEqual(Sentence, fxaot:format_error(Error))
     || {Sentence, Error} <-
            [{<<"Unknown strategy ma_crosover; did you mean ma_crossover?">>,
              fxaot:deploy(eur, a, Good#{strategy => ma_crosover})},
             {<<"Unknown strategy zebra.">>, fxaot:deploy(eur, a, Good#{strategy => zebra})},
             {<<"The strategy has no parameter bnad; did you mean band?">>,
              fxaot:deploy(eur, a, Good#{params => #{bnad => 1}})},
             {<<"The strategy has no parameter fats; did you mean fast?">>,
              fxaot:execute(ma_crossover, Data, #{<<"fats">> => 1})},
             {<<"Unknown strategy fuson; did you mean fusion?">>,
              fxaot:execute(<<"fuson">>, Data, #{})},
             {<<"The parameters of ma_crossover contradict each other: fast must be below slow.">>,
              fxaot:deploy(eur, a, Good#{params => #{fast => 30}})},
             {<<"The parameters of fusion contradict each other: the weights must add up to at most 1, "
                "and ma_crossover.fast must be below ma_crossover.slow.">>,
              fxaot:deploy(eur, a, Good#{strategy => fusion,
                                         params => #{<<"ma_crossover.fast">> => 30}})},
             {<<"No such file: /no/such.csv.">>, fxaot:replay(eur, "/no/such.csv", #{})}]].

adds_instruments(_) ->
    ok = fxaot:add_instrument(eur, 'USDJPY'),
    ok = fxaot:add_instrument(eur, 'BTCUSD', #{base => 'BTC', quote => 'USD', price_decimals => 2}),
    ?assertEqual(ok, fxaot:tick(eur, 'BTCUSD', ?T0, 45000.25, 45000.5)),
    ?assertMatch({error, {already_exists, _}}, fxaot:add_instrument(eur, 'USDJPY')),
    ?assertMatch({error, {bad_instrument, _}}, fxaot:add_instrument(eur, 'XYZ')),
    ?assertMatch({error, {bad_instrument, _}},
                 fxaot:add_instrument(eur, 'XYZ', #{base => 'X', quote => 'Y',
                                                    price_decimals => 10})),
    ?assertMatch({error, {bad_instrument, _}},
                 fxaot:add_instrument(eur, list_to_atom(lists:duplicate(40, $X)),
                                      #{base => 'X', quote => 'Y', price_decimals => 2})).

%% A crossover of 1 and 2 ticks without confirmation: worked out by hand. After closes 1.0 and 1.1
%% the third bar's means before it are 1.1 (fast) and 1.05 (slow), and r = v / mean of v = 1.
%% A venue's step is the instrument's; the least quantity is the step where nothing else is said.
a_venues_step_is_an_instruments_terms(_) ->
    {ok, _} = fxaot:start_engine(other, #{instruments => [{'EURUSD', #{quantity_step => 1000}}],
                                          sizer => {fixed, 900}}),
    ok = fxaot:deploy(other, a, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => tick,
                                  params => #{fast => 1, slow => 2, 'band' => 0, confirm => 0, cap => 4}}),
    [ok = fxaot:tick(other, 'EURUSD', ?T0 + N, 1.0 + N / 10, 1.0 + N / 10) || N <- [0, 1]],
    Events = fxaot:tick(other, 'EURUSD', ?T0 + 2, 1.2, 1.2),
    ?assertMatch([#signal{}, #reject{quantity = 900, reason = quantity_below_minimum},
                  #alarm{kind = small_order, strategy = a, count = 1,
                         detail = #{size := 900.0, step := 1000, minimum := 1000}}], Events),
    ?assertMatch([#{rejects := 1}], fxaot:strategies(other)),
    ?assertMatch({error, {bad_instrument, _}},
                 fxaot:add_instrument(eur, 'GBPUSD', #{quantity_step => 1000, minimum_quantity => 1})),
    ok = fxaot:add_instrument(eur, 'GBPUSD', #{quantity_step => 1000}).

%% Four-hour bars of EURUSD begin at 17:00 New York (22:00 UTC in winter), unless its terms say otherwise.
days_begin_where_an_instruments_terms_say(_) ->
    Hour = 3600000000000,
    Friday = 1709856000 * 1000000000,
    Spans = fun(Terms) ->
                    {ok, _} = fxaot:start_engine(other, #{instruments => [{'EURUSD', Terms}], bar_events => true}),
                    ok = fxaot:deploy(other, a, #{strategy => ma_crossover, instrument => 'EURUSD',
                                                  timeframe => {hours, 4}}),
                    Events = lists:append([events(fxaot:tick(other, 'EURUSD', Friday + H * Hour, 1.1, 1.1))
                                           || H <- [0, 3, 7]]),
                    ok = fxaot:stop_engine(other),
                    [{(Start - Friday) div Hour, (End - Friday) div Hour}
                     || #bar{open_time = Start, end_time = End} <- Events]
            end,
    ?assertEqual([{-2, 2}, {2, 6}], Spans(#{})),
    ?assertEqual([{0, 4}], Spans(#{timezone => <<"UTC">>})),
    ?assertEqual([{-1, 3}, {3, 7}], Spans(#{session => <<"24x7">>, timezone => <<"Asia/Tokyo">>})),
    ?assertMatch({error, {bad_instrument, #{option := timezone}}},
                 fxaot:add_instrument(eur, 'GBPUSD', #{timezone => <<"Mars/Olympus">>})).

events(ok) -> [];
events(Events) -> Events.

a_tick_answers_what_it_caused(_) ->
    ok = fxaot:deploy(eur, quick, #{strategy => ma_crossover, instrument => 'EURUSD',
                                    timeframe => tick,
                                    params => #{fast => 1, slow => 2, 'band' => 0, confirm => 0,
                                                cap => 4}}),
    ok = fxaot:tick(eur, 'EURUSD', ?T0, 1.0, 1.0),
    ok = fxaot:tick(eur, 'EURUSD', ?T0 + 1, 1.1, 1.1),
    [#signal{id = quick, symbol = 'EURUSD', strength = 0.25}, #order{} = Order | _] =
        fxaot:tick(eur, 'EURUSD', ?T0 + 2, 1.2, 1.2),
    ?assertMatch(#order{strategy = quick, side = buy, quantity = 10000, state = accepted}, Order),
    Id = Order#order.id,
    %% The market order fills at the next quote's ask.
    Events = fxaot:tick(eur, 'EURUSD', ?T0 + 3, 1.2, 1.25),
    ?assertMatch([#fill{order_id = Id, strategy = quick, side = buy, quantity = 10000,
                        price = 1.25, profit = 0}], [Fill || #fill{} = Fill <- Events]).

subscribers_get_what_the_call_answered(_) ->
    ok = fxaot:deploy(eur, quick, #{strategy => ma_crossover, instrument => 'EURUSD',
                                    timeframe => tick,
                                    params => #{fast => 1, slow => 2, 'band' => 0, confirm => 0}}),
    ok = fxaot:subscribe(eur),
    ok = fxaot:subscribe(eur),
    Answers = [fxaot:tick(eur, 'EURUSD', ?T0 + N, 1.0 + N / 1000, 1.0 + N / 1000)
               || N <- lists:seq(0, 20)],
    Answered = lists:append([Events || Events <- Answers, is_list(Events)]),
    ?assertEqual(Answered, received(1)),
    ok = fxaot:unsubscribe(eur),
    [_ | _] = fxaot:tick(eur, 'EURUSD', ?T0 + 21, 1.5, 1.5),
    ?assertEqual([], received(length(Answered) + 1)).

received(First) ->
    receive {fxaot_events, eur, _, First, Events} -> Events ++ received(First + length(Events))
    after 0 -> []
    end.

wrong_quotes(_) ->
    ok = fxaot:deploy(eur, a, #{strategy => ma_crossover, instrument => 'EURUSD'}),
    ok = fxaot:tick(eur, 'EURUSD', ?T0, 1.1, 1.2),
    Account = fxaot_test:final_state(eur),
    [?assertMatch({Reason, {error, {Reason, #{}}}},
                  {Reason, fxaot:tick(eur, Symbol, Time, Bid, Ask, Size, Size)})
     || {Reason, Symbol, Time, Bid, Ask, Size} <-
            [{unknown_symbol, 'USDJPY', ?T0, 1.1, 1.1, 0}, {bad_price, 'EURUSD', ?T0, 0.0, 1.1, 0},
             {bad_price, 'EURUSD', ?T0, 1.1, -1.1, 0}, {bad_price, 'EURUSD', ?T0, 1.0e300, 1.1, 0},
             {bad_price, 'EURUSD', ?T0, 1 bsl 3000, 1.1, 0},
             {bad_size, 'EURUSD', ?T0, 1.1, 1.1, -1},
             {bad_time, 'EURUSD', -1, 1.1, 1.1, 0}, {bad_time, 'EURUSD', 1 bsl 63, 1.1, 1.1, 0},
             {bad_time, 'EURUSD', 1 bsl 200, 1.1, 1.1, 0},
             {time_backwards, 'EURUSD', ?T0 - 1, 1.1, 1.1, 0}]],
    ?assertMatch({error, {bad_time, _}}, fxaot:advance(eur, -1)),
    ?assertEqual(Account, fxaot_test:final_state(eur)),
    ?assertMatch(#{accepted := 1}, fxaot:stats(eur)).

late_and_crossed_quotes_are_counted(_) ->
    ok = fxaot:tick(eur, 'EURUSD', ?T0, 1.2, 1.1),
    {error, {time_backwards, _}} = fxaot:tick(eur, 'EURUSD', ?T0 - 1, 1.1, 1.2),
    NaN = <<0, 0, 0, 0, 0, 0, 248, 127>>,
    Good = fxaot_nif:quote('EURUSD', ?T0, 1.1, 1.2, 0, 0),
    <<Head:16/binary, _:8/binary, Tail/binary>> = Good,
    Records = [fxaot_nif:quote('EURUSD', ?T0 - 1, 1.1, 1.2, 0, 0), <<Head/binary, NaN/binary,
               Tail/binary>>, fxaot_nif:quote('USDJPY', ?T0, 1.1, 1.2, 0, 0),
               fxaot_nif:quote('EURUSD', 1 bsl 70, 1.1, 1.2, 0, 0),
               fxaot_nif:quote('EURUSD', ?T0, 1.1, 1.2, -1, 0), Good],
    ok = fxaot:ticks(eur, iolist_to_binary(Records)),
    ?assertMatch(#{quotes := 8, accepted := 2, crossed := 1, late := 2, bad_price := 1,
                   unknown_symbol := 1, bad_time := 1, bad_size := 1}, fxaot:stats(eur)).

times_in_another_unit_are_errors(_) ->
    ok = fxaot:deploy(eur, a, #{strategy => ma_crossover, instrument => 'EURUSD'}),
    Units = [1, 1000, 1000000],
    [begin
         Time = (?T0 div 1000000000 + N) * Unit,
         ?assertEqual({error, {bad_time, #{symbol => 'EURUSD', time => Time, bid => 1.1, ask => 1.2}}},
                      fxaot:tick(eur, 'EURUSD', Time, 1.1, 1.2)),
         ?assertMatch({error, {bad_time, #{time := Time, bid_size := 1.0}}},
                      fxaot:tick(eur, 'EURUSD', Time, 1.1, 1.2, 1, 1))
     end || Unit <- Units, N <- lists:seq(0, 7200, 1800)],
    Batch = fun(Unit) ->
                    << <<(fxaot_nif:quote('EURUSD', (?T0 div 1000000000 + N) * Unit, 1.1, 1.2, 0, 0))/binary>>
                       || N <- lists:seq(0, 7200) >>
            end,
    [?assertEqual({error, {bad_time, #{time => ?T0 div 1000000000 * Unit}}}, fxaot:ticks(eur, Batch(Unit)))
     || Unit <- Units],
    [?assertMatch({error, {bad_time, _}}, fxaot:advance(eur, Time)) || Time <- [0, ?T0 div 1000000]],
    {ok, Handle} = fxaot_nif:new(),
    ok = fxaot_nif:add_instrument(Handle, 'EURUSD'),
    ?assertMatch({error, {bad_time, _}}, fxaot_nif:ticks(Handle, Batch(1000))),
    ?assertMatch({error, {bad_time, _}}, fxaot:replay(eur, {?MODULE, [Batch(1000)]}, #{})),
    #{accepted := 0, bars := 0, bad_time := Bad} = fxaot:stats(eur),
    ?assertEqual(2 * 15 + 4 * 7201, Bad),
    ok = fxaot:tick(eur, 'EURUSD', ?T0, 1.1, 1.2).

a_stray_quote_blocks_nothing(_) ->
    ok = fxaot:tick(eur, 'EURUSD', ?T0, 1.1, 1.2),
    Years = ?T0 + 5 * 365 * 86400000000000,
    ?assertMatch({error, {time_jump, #{symbol := 'EURUSD', time := Years}}},
                 fxaot:tick(eur, 'EURUSD', Years, 1.1, 1.2)),
    ok = fxaot:tick(eur, 'EURUSD', ?T0 + 1, 1.1, 1.2),
    %% Exactly 7 days may pass.
    Week = ?T0 + 1 + 7 * 86400000000000,
    ?assertMatch({error, {time_jump, _}}, fxaot:tick(eur, 'EURUSD', Week + 1, 1.1, 1.2)),
    ok = fxaot:tick(eur, 'EURUSD', Week, 1.1, 1.2),
    ?assertMatch(#{accepted := 3, time_jump := 2, late := 0, alarms := 0}, fxaot:stats(eur)),
    {ok, _} = fxaot:start_engine(other, #{max_time_jump => infinity}),
    ok = fxaot:tick(other, 'EURUSD', ?T0, 1.1, 1.2),
    ok = fxaot:tick(other, 'EURUSD', Years, 1.1, 1.2).

three_in_a_row_or_an_advance_make_a_new_time(_) ->
    ok = fxaot:subscribe(eur),
    ok = fxaot:tick(eur, 'EURUSD', ?T0, 1.1, 1.2),
    Years = ?T0 + 5 * 365 * 86400000000000,
    [{error, {time_jump, _}} = fxaot:tick(eur, 'EURUSD', Years + N, 1.1, 1.2) || N <- [0, 1, 2]],
    Alarm = #alarm{kind = time_jump, strategy = undefined, symbol = 'EURUSD', time = Years + 3,
                   count = 3},
    ?assertEqual([Alarm], fxaot:tick(eur, 'EURUSD', Years + 3, 1.1, 1.2)),
    ?assertEqual([Alarm], received(1)),
    ?assertMatch({error, {time_backwards, _}}, fxaot:tick(eur, 'EURUSD', ?T0 + 1, 1.1, 1.2)),
    More = Years + 30 * 86400000000000,
    {error, {time_jump, _}} = fxaot:tick(eur, 'EURUSD', More, 1.1, 1.2),
    ?assertEqual([Alarm#alarm{time = More, count = 1}], fxaot:advance(eur, More)),
    ok = fxaot:tick(eur, 'EURUSD', More, 1.1, 1.2),
    ?assertMatch(#{accepted := 3, time_jump := 4, alarms := 2}, fxaot:stats(eur)).

a_replay_takes_its_gaps_and_counts_them(Config) ->
    Day = 86400000000000,
    File = quotes_file(Config, "eurusd-gaps.csv", [?T0, ?T0 + 8 * Day, ?T0 + 9 * Day, ?T0 + 99 * Day]),
    {ok, _} = fxaot:start_engines(several, 2, #{instruments => ['EURUSD']}),
    [begin
         ?assertMatch({ok, #{quotes := 4, accepted := 4, gaps := 2, dropped := None}}
                        when None =:= #{}, fxaot:replay(Engine, File, #{mode => Mode})),
         %% Live quotes are judged again.
         ok = fxaot:tick(Engine, 'EURUSD', ?T0 + 100 * Day, 1.1, 1.2),
         _ = fxaot:tick(Engine, 'EURUSD', ?T0 + 200 * Day, 1.1, 1.2),
         ?assertMatch(#{accepted := 5, gaps := 2, time_jump := 1, alarms := 0}, fxaot:stats(Engine)),
         ok = fxaot:stop_engine(Engine),
         {ok, _} = fxaot:start_engine(eur)
     end || {Engine, Mode} <- [{eur, batch}, {eur, quote}]],
    ?assertMatch({ok, #{quotes := 4, accepted := 4, gaps := 2}}, fxaot:replay(several, File, #{})),
    ok = fxaot:stop_engine(several).

batches_equal_ticks(_) ->
    Quotes = fxaot_test:quotes(20000),
    {ok, _} = fxaot:start_engine(other),
    [ok = fxaot_test:deploy_four(Engine, {seconds, 5}) || Engine <- [eur, other]],
    Batch = fxaot:ticks(eur, Quotes),
    Single = [fxaot:tick(other, 'EURUSD', T, B, A, BS, AS)
              || <<T:64/little, _:64, B:64/little-float, A:64/little-float, BS:64/little-float,
                   AS:64/little-float>> <= Quotes],
    ?assert(length(Batch) > 100),
    ?assertEqual(Batch, lists:append([Events || Events <- Single, is_list(Events)])),
    ?assertEqual(fxaot_test:final_state(eur), fxaot_test:final_state(other)).

a_batch_of_a_wrong_size(_) ->
    ?assertEqual({error, {bad_length, #{bytes => 49, record => 48}}},
                 fxaot:ticks(eur, <<0:(49 * 8)>>)),
    ?assertMatch(#{quotes := 0}, fxaot:stats(eur)),
    ok = fxaot:ticks(eur, <<>>).

%% Means before bar 2: fast 1.1, slow 1.05; r = 2 / mean(1, 1) = 2; min(2, 4) / 4.
executes_arrays(_) ->
    Params = #{fast => 1, slow => 2, 'band' => 0, confirm => 1, cap => 4, volume_window => 2},
    Lists = #{prices => [1, 1.1, 1.2, 1.2], volumes => [1, 1, 2, 1.0]},
    ?assertEqual({ok, [0.0, 0.0, 0.5, 0.0]}, fxaot:execute(ma_crossover, Lists, Params)),
    Pack = fun(List) -> << <<V:64/float-native>> || V <- List >> end,
    Binaries = maps:map(fun(_, List) -> Pack(List) end, Lists),
    ?assertEqual({ok, Pack([0.0, 0.0, 0.5, 0.0])},
                 fxaot:execute(<<"ma_crossover">>, Binaries, Params)),
    ?assertEqual({ok, <<>>}, fxaot:execute(mean_reversion, #{prices => <<>>, volumes => <<>>}, #{})),
    %% Past 100,000 bars the work moves to a dirty scheduler: the same values.
    Many = lists:duplicate(60000, 1.0) ++ [1.0 + N / 1.0e6 || N <- lists:seq(1, 60000)],
    Long = #{prices => Pack(Many), volumes => Pack(Many)},
    {ok, Signals} = fxaot:execute(momentum_breakout, Long, #{}),
    ?assertEqual(byte_size(Pack(Many)), byte_size(Signals)),
    Head = 8 * 50000,
    {ok, Part} = fxaot:execute(momentum_breakout,
                               maps:map(fun(_, B) -> binary:part(B, 0, Head) end, Long), #{}),
    ?assertEqual(Part, binary:part(Signals, 0, Head)).

wrong_arrays(_) ->
    P = <<1.0:64/float-native>>,
    [?assertMatch({Reason, {error, {Reason, _}}},
                  {Reason, fxaot:execute(Strategy, Data, Params)})
     || {Reason, Strategy, Data, Params} <-
            [{bad_length, ma_crossover, #{prices => <<P/binary, P/binary>>, volumes => P}, #{}},
             {bad_length, ma_crossover, #{prices => <<1, 2, 3>>, volumes => <<1, 2, 3>>}, #{}},
             {bad_length, ma_crossover, #{prices => [1, 2], volumes => [1]}, #{}},
             {bad_list, ma_crossover, #{prices => [1 | 2], volumes => [1]}, #{}},
             {bad_list, ma_crossover, #{prices => [1, x], volumes => [1, 1]}, #{}},
             {bad_list, ma_crossover, #{prices => [1 bsl 2000], volumes => [1]}, #{}},
             {bad_option, ma_crossover, #{prices => x, volumes => [1]}, #{}},
             {missing_option, ma_crossover, #{prices => P}, #{}},
             {missing_option, ma_crossover, #{volumes => P}, #{}},
             {unknown_option, ma_crossover, #{prices => P, volumes => P, close => P}, #{}},
             {unknown_strategy, nonsense, #{prices => P, volumes => P}, #{}},
             {unknown_parameter, ma_crossover, #{prices => P, volumes => P}, #{window => 1}},
             {parameter_range, ma_crossover, #{prices => P, volumes => P}, #{fast => -1}},
             {no_array_form, fusion, #{prices => P, volumes => P}, #{}}]].

wrong_types_raise_badarg(_) ->
    [?assertError(badarg, Call())
     || Call <- [fun() -> fxaot:start_engine("eur") end, fun() -> fxaot:start_engine(a, []) end,
                 fun() -> fxaot:deploy(eur, "id", #{}) end,
                 fun() -> fxaot:tick(eur, 'EURUSD', 1.0, 1.1, 1.2) end,
                 fun() -> fxaot:tick(eur, 'EURUSD', 1, nan, 1.2) end,
                 fun() -> fxaot:ticks(eur, [1]) end, fun() -> fxaot:advance(eur, 1.0) end,
                 fun() -> fxaot:execute("x", #{}, #{}) end,
                 fun() -> fxaot:replay(eur, 17, #{}) end, fun() -> fxaot:replay(eur, "x", []) end,
                 fun() -> fxaot:stats({eur, node()}) end,
                 fun() -> fxaot_nif:new([]) end, fun() -> fxaot_nif:stats(eur) end,
                 fun() -> fxaot_nif:tick(make_ref(), 'EURUSD', 1, 1.0, 1.0) end]],
    ?assertMatch(#{quotes := 0}, fxaot:stats(eur)).

%% ---- feeds ------------------------------------------------------------------

replays_every_format(_) ->
    [case fxaot_test:shared(filename:join("data", Path)) of
         {ok, File} ->
             {ok, _} = fxaot:start_engine(other, #{instruments => [Symbol]}),
             ?assertMatch({Path, {ok, #{quotes := Quotes, bad_lines := 0}}},
                          {Path, fxaot:replay(other, {fxaot_file_feed, #{files => File,
                                                                         symbol => Symbol}}, #{})}),
             ?assertMatch(#{accepted := Quotes, crossed := Crossed}, fxaot:stats(other)),
             ok = fxaot:stop_engine(other);
         {skip, Why} -> ct:pal("skipped: ~s", [Why])
     end || {Path, Symbol, Quotes, Crossed} <-
                [{"lean-fxcm-eurusd", 'EURUSD', 519729, 54346},
                 {"truefx/usdjpy-ticks.csv", 'USDJPY', 1000, 0},
                 {"histdata/quote_tick_data.csv", 'EURUSD', 9500, 0},
                 {"fxcm-m1/gbpusd-m1-bid-2012.csv.gz", 'GBPUSD', 4 * 30117, 0}]],
    ok.

%% 60 quotes, 1 ms of their time apart, at a tenth of their speed: 590 ms, and no faster.
paced_replay(Config) ->
    Path = quotes_file(Config, "paced.csv", [?T0 + N * 1000000 || N <- lists:seq(0, 59)]),
    Feed = {fxaot_file_feed, #{files => Path, symbol => 'EURUSD'}},
    {ok, #{quotes := 60, seconds := Seconds}} = fxaot:replay(eur, Feed, #{speed => 0.1}),
    ?assert(Seconds >= 0.59),
    ?assertMatch({error, {bad_option, #{option := speed}}}, fxaot:replay(eur, Feed, #{speed => 0})),
    ?assertMatch({error, {unknown_option, #{suggestion := speed}}},
                 fxaot:replay(eur, Feed, #{sped => 1})).

quotes_file(Config, Name, Times) ->
    Path = filename:join(proplists:get_value(priv_dir, Config), Name),
    ok = file:write_file(Path, [[integer_to_binary(Time), ",1.1,1.1001,0,0\n"] || Time <- Times]),
    Path.

quote_mode_equals_batch_mode(_) ->
    {ok, _} = fxaot:start_engine(other),
    [ok = fxaot_test:deploy_four(Engine, {minutes, 1}) || Engine <- [eur, other]],
    Collectors = [fxaot_test:collector(Engine) || Engine <- [eur, other]],
    Feed = #{days => 2, seed => 3},
    {ok, #{quotes := Quotes, last_time := Last}} = fxaot:replay(eur, Feed, #{mode => batch}),
    {ok, #{quotes := Quotes, last_time := Last}} = fxaot:replay(other, Feed, #{mode => quote}),
    [Batch, Single] = [fxaot_test:collected(Collector) || Collector <- Collectors],
    ?assert(length(Batch) > 50),
    ?assertEqual(Batch, Single),
    ?assertEqual(fxaot_test:final_state(eur), fxaot_test:final_state(other)).

%% This suite is a feed too: it answers what its argument lists.
init(Answers) when is_list(Answers) -> {ok, Answers};
init(Answer) -> Answer.

next([Answer | Rest]) when is_binary(Answer) -> {quotes, Answer, Rest};
next([Answer | _]) -> Answer;
next([]) -> {done, []}.

terminate(Reason, State) ->
    self() ! {terminated, Reason, State},
    ok.

a_feed_of_ones_own(_) ->
    Quotes = fxaot_test:quotes(100),
    ?assertMatch({ok, #{quotes := 200, restarts := 0}},
                 fxaot:replay(eur, {?MODULE, [Quotes, <<>>, Quotes]}, #{})),
    ?assertMatch({ok, #{quotes := 0, last_time := none}}, fxaot:replay(eur, {?MODULE, []}, #{})),
    [?assertMatch({error, {Reason, _}}, fxaot:replay(eur, {?MODULE, Feed}, #{}))
     || {Reason, Feed} <- [{bad_feed, [<<1, 2, 3>>]}, {bad_feed, [nonsense]}, {bad_feed, nonsense},
                           {no_data, {error, {no_data, none}}},
                           {broken, [Quotes, {error, {broken, wire}, []}]}]],
    ?assertMatch({error, {feed_died, _}}, fxaot:replay(eur, {?MODULE, [<<>> | improper]}, #{})),
    ?assertMatch(#{quotes := 300}, fxaot:stats(eur)).

%% Records that no tick/5 can say, and symbols in turns.
quote_mode_takes_any_record(_) ->
    ok = fxaot:add_instrument(eur, 'USDJPY'),
    ok = fxaot:add_instrument(eur, 'LONGER_THAN_8', #{base => 'XAU', quote => 'USD',
                                                      price_decimals => 2}),
    Of = fun(Symbol, Size) -> fxaot_nif:quote(Symbol, ?T0, 100.0, 101.0, Size, Size) end,
    NaN = <<0, 0, 0, 0, 0, 0, 248, 127>>,
    <<Head:16/binary, _:8/binary, Tail/binary>> = Of('EURUSD', 0),
    Records = [Of('EURUSD', 0), Of('USDJPY', 5), Of('EURUSD', 5), <<Head/binary, NaN/binary,
               Tail/binary>>, Of('LONGER_THAN_8', 0), Of('EURUSD', 0), Of('NONE', 0),
               Of('EURUSD', -1), Of('EURUSD', 0)],
    Expected = #{bad_price => 1, unknown_symbol => 1, bad_size => 1},
    {ok, #{quotes := 9, accepted := 6, dropped := Expected}} =
        fxaot:replay(eur, {?MODULE, [iolist_to_binary(Records)]}, #{mode => quote}),
    ?assertMatch(#{quotes := 9, accepted := 6, bad_price := 1, unknown_symbol := 1, bad_size := 1},
                 fxaot:stats(eur)).

%% By the counters of this replay alone, whatever the engine has dropped before.
a_replay_tells_what_was_dropped(Config) ->
    ok = fxaot:tick(eur, 'EURUSD', ?T0 + 2, 1.1, 1.2),
    {error, {unknown_symbol, _}} = fxaot:tick(eur, 'USDJPY', ?T0, 1.1, 1.2),
    Yen = quotes_file(Config, "usdjpy-quotes.csv", lists:seq(?T0, ?T0 + 9)),
    ?assertMatch({ok, #{quotes := 10, accepted := 0, dropped := #{unknown_symbol := 10},
                        symbols := ['USDJPY']}}, fxaot:replay(eur, Yen, #{})),
    Euro = quotes_file(Config, "eurusd-quotes.csv", lists:seq(?T0, ?T0 + 9)),
    {ok, Answer} = fxaot:replay(eur, Euro, #{}),
    ?assertMatch(#{quotes := 10, accepted := 8, symbols := ['EURUSD']}, Answer),
    ?assertEqual(#{late => 2}, maps:get(dropped, Answer)),
    {ok, Clean} = fxaot:replay(eur, {?MODULE, []}, #{}),
    ?assertEqual(#{}, maps:get(dropped, Clean)),
    ?assertEqual({ok, ['EURUSD', 'USDJPY']}, fxaot_file_feed:symbols(#{files => [Yen, Euro]})),
    %% A folder is told by its name, also when the path goes through ".".
    ok = filelib:ensure_dir(filename:join(proplists:get_value(priv_dir, Config), "gbpusd/x")),
    Pound = quotes_file(Config, "gbpusd/./quotes.csv", [?T0]),
    ?assertEqual({ok, ['GBPUSD']}, fxaot_file_feed:symbols(#{files => Pound})).

wrong_feeds(_) ->
    ?assertMatch({error, {unknown_option, #{option := dayz, suggestion := days}}},
                 fxaot:replay(eur, #{dayz => 1}, #{})),
    [?assertMatch({Reason, {error, {Reason, _}}}, {Reason, fxaot:replay(eur, Feed, #{})})
     || {Reason, Feed} <-
            [{bad_feed, {no_such_module, x}}, {bad_feed, {lists, x}}, {bad_feed, {1, 2}},
             {bad_feed, {a, b, c}}, {bad_option, #{days => 0}}, {bad_config, #{seed => -1}},
             {unknown_option, #{sede => 1}}, {missing_option, {fxaot_file_feed, #{}}},
             {bad_option, {fxaot_file_feed, #{files => "x", symbol => "EURUSD"}}},
             {bad_option, {fxaot_file_feed, #{files => "x", format => csv}}},
             {bad_option, {fxaot_file_feed, #{files => "x", day => {2024, 13, 1}}}},
             {unknown_option, {fxaot_file_feed, #{files => "x", symbl => x}}},
             {bad_option, [1.5]}, {bad_option, ["a" | b]}, {no_data, []}]].

wrong_files(Config) ->
    Directory = filename:join(proplists:get_value(priv_dir, Config), "wrong"),
    Write = fun(Name, Bytes) ->
                    Path = filename:join(Directory, Name),
                    ok = filelib:ensure_dir(Path),
                    ok = file:write_file(Path, Bytes),
                    Path
            end,
    {ok, {_, Zip}} = zip:create("a.zip", [{"20140501_eurusd.csv",
                                           binary:copy(<<"1787,1.38727,1.38729\n">>, 5000)}],
                                [memory]),
    Day = "day/20140501_quote.csv",
    Lean = <<"1787,1.38727,1.38729\n1788,1.38727,1.38729\n">>,
    [begin
         {error, {Got, Details}} = fxaot:replay(eur, Feed, #{}),
         ?assertEqual(Reason, Got),
         Sentence = fxaot:format_error({Got, Details}),
         ct:pal("~ts", [Sentence]),
         ?assertNotEqual(nomatch, string:find(Sentence, filename:basename(Told)))
     end || {Reason, Told, Feed} <-
                [{missing_file, "none.csv", filename:join(Directory, "none.csv")},
                 {empty_file, "empty.csv", Write("empty.csv", <<>>)},
                 {bad_archive, "cut.zip", Write("cut.zip", binary:part(Zip, 0, 200))},
                 {bad_format, "text.csv", Write("eurusd/text.csv", <<"no quotes here\n">>)},
                 {no_data, "nothing", filename:dirname(Write("nothing/README", <<"x">>))},
                 {no_symbol, "20140501_quote.csv", Write(Day, Lean)},
                 {no_day, "eurusd.csv", Write("eurusd.csv", Lean)}]],
    ?assertMatch(#{quotes := 0}, fxaot:stats(eur)).

bad_lines_are_skipped_and_counted(Config) ->
    Path = quotes_file(Config, "eurusd-bad.csv", lists:seq(?T0, ?T0 + 9)),
    {ok, Good} = file:read_file(Path),
    ok = file:write_file(Path, [Good, "garbage\n", Good, ",,,\n\xff\xfe\n"]),
    Feed = {fxaot_file_feed, #{files => Path, format => quotes, bad_line_limit => 3}},
    ?assertMatch({ok, #{quotes := 20, bad_lines := 3,
                        bad_line_numbers := [{"eurusd-bad.csv", 11}, {_, 22}, {_, 23}]}},
                 fxaot:replay(eur, Feed, #{close_last_bar => false})),
    Strict = {fxaot_file_feed, #{files => Path, format => quotes, bad_line_limit => 2}},
    ?assertMatch({error, {too_many_bad_lines, #{bad_lines := 3, file := "eurusd-bad.csv"}}},
                 fxaot:replay(eur, Strict, #{})).

files_come_in_time_order(Config) ->
    Late = quotes_file(Config, "a-late.csv", [?T0 + 10, ?T0 + 11]),
    Early = quotes_file(Config, "b-early.csv", [?T0, ?T0 + 1]),
    Feed = {fxaot_file_feed, #{files => [Late, Early], symbol => 'EURUSD'}},
    {ok, #{quotes := 4, last_time := Last}} = fxaot:replay(eur, Feed, #{}),
    ?assertEqual(?T0 + 11, Last),
    ?assertMatch(#{accepted := 4, late := 0}, fxaot:stats(eur)).

%% ---- files as they come -------------------------------------------------------

%% What a file of that name and text gives: {Time, Bid, Ask} of every record, and the answer about it.
read(Config, Name, Text, Arguments) ->
    Path = filename:join([proplists:get_value(priv_dir, Config), "files", Name]),
    ok = filelib:ensure_dir(Path),
    ok = file:write_file(Path, Text),
    read(Arguments#{files => Path}).

read(Arguments) ->
    case fxaot_feed:open({fxaot_file_feed, Arguments}) of
        {ok, Feed} -> all(fxaot_feed:next(Feed), []);
        Error -> Error
    end.

all({quotes, Quotes, Feed}, Done) -> all(fxaot_feed:next(Feed), [Quotes | Done]);
all({done, Feed}, Done) ->
    Info = fxaot_feed:info(Feed),
    ok = fxaot_feed:close(normal, Feed),
    {[{Time, Bid, Ask} || <<Time:64/little-signed, _:64, Bid:64/little-float, Ask:64/little-float,
                            _:128>> <= iolist_to_binary(lists:reverse(Done))], Info};
all({error, Error, _}, _) -> {error, Error}.

%% 2024-03-04 00:00 UTC.
-define(MARCH, 1709510400000000000).
-define(MINUTE, 60000000000).

files_are_read_by_headers_and_contents(Config) ->
    Rows = fun(Row) -> [Row(N) || N <- lists:seq(0, 9)] end,
    Quotes = [{"node-eurusd.csv", ["timestamp,askPrice,bidPrice,askVolume,bidVolume\n",
                                   Rows(fun(N) -> io_lib:format("~b,1.08433,1.08431,1.5,0.9\n",
                                                                [?MARCH div 1000000 + N * 60000]) end)]},
              {"duka-eurusd.csv", ["time,ask,bid\n",
                                   Rows(fun(N) -> io_lib:format("2024-03-04 00:0~b:00,1.08433,1.08431\n", [N]) end)]},
              {"seconds-eurusd.csv", ["Time;Bid;Ask\n",
                                      Rows(fun(N) -> io_lib:format("~b;1,08431;1,08433\n",
                                                                   [?MARCH div 1000000000 + N * 60]) end)]},
              {"dots-eurusd.csv", ["Gmt time,Ask,Bid\n",
                                   Rows(fun(N) -> io_lib:format("04.03.2024 00:0~b:00.000,1.08433,1.08431\n", [N]) end)]}],
    [begin
         {Read, Info} = read(Config, Name, Text, #{}),
         ?assertEqual({Name, [{?MARCH + N * ?MINUTE, 1.08431, 1.08433} || N <- lists:seq(0, 9)]},
                      {Name, Read}),
         ?assertMatch(#{symbols := ['EURUSD'], bad_lines := 0, sorted := 0, skipped := [],
                        formats := [<<_, _/binary>>]}, Info)
     end || {Name, Text} <- Quotes],
    %% Sizes near the price are no highs and lows: quotes of ours without their header.
    {Ours, _} = read(Config, "ours-eurusd.csv", Rows(fun(N) -> io_lib:format("~b,1.08431,1.08433,1,1\n",
                                                                             [?MARCH + N * ?MINUTE]) end), #{}),
    ?assertEqual([{?MARCH + N * ?MINUTE, 1.08431, 1.08433} || N <- lists:seq(0, 9)], Ours),
    Bars = [{"order-eurusd.csv", ["timestamp,close,open,high,low,volume\n",
                                  Rows(fun(N) -> io_lib:format("~b,1.2,1.1,1.4,1.05,7\n",
                                                               [?MARCH div 1000000000 + N * 60]) end)]},
            {"FX_EURUSD, 60.csv", ["time,open,high,low,close\n",
                                   Rows(fun(N) -> io_lib:format("~b,1.1,1.4,1.05,1.2\n",
                                                                [?MARCH div 1000000000 + N * 3600]) end)]},
            {"yahoo-eurusd.csv", ["Datetime,Open,High,Low,Close,Adj Close,Volume\n",
                                  Rows(fun(N) -> io_lib:format("2024-03-04 00:0~b:00+00:00,1.1,1.4,1.05,1.2,9.9,0\n", [N])
                                       end)]}],
    [begin
         {Read, _} = read(Config, Name, Text, #{}),
         ?assertEqual({Name, 40}, {Name, length(Read)}),
         ?assertMatch({Name, [{?MARCH, 1.1, 1.1} | _]}, {Name, Read}),
         ?assertMatch({Name, {_, 1.2, 1.2}}, {Name, lists:last(Read)})
     end || {Name, Text} <- Bars].

times_without_a_zone(Config) ->
    Text = ["2024.03.04,00:00,1.08430,1.08440,1.08420,1.08435,41\n", "2024.03.04,00:01,1.08435,1.08440,1.08430,1.08440,12\n",
            "2024.03.04,00:02,1.08440,1.08450,1.08430,1.08440,41\n"],
    First = fun(Arguments) ->
                    {[{Time, _, _} | _], _} = read(Config, "EURUSD1.csv", Text, Arguments),
                    Time
            end,
    ?assertEqual(?MARCH, First(#{})),
    ?assertEqual(?MARCH - 120 * ?MINUTE, First(#{file_timezone => "Europe/Athens"})),
    ?assertEqual(?MARCH + 300 * ?MINUTE, First(#{timezone => <<"America/New_York">>})),
    [?assertMatch({error, {bad_option, #{option := _}}},
                  read(Config, "EURUSD1.csv", Text, #{file_timezone => Zone}))
     || Zone <- ["Mars/Olympus", 17, binary:copy(<<"x">>, 100)]].

utf16_is_read(Config) ->
    Text = <<"<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n"
             "2024.03.04\t00:00:00\t150.130\t150.150\t150.120\t150.140\t55\t0\t2\r\n"
             "2024.03.04\t00:01:00\t150.140\t150.160\t150.130\t150.155\t41\t0\t2\r\n">>,
    {Plain, _} = read(Config, "USDJPY_M1.csv", Text, #{}),
    ?assertMatch([{?MARCH, 150.13, 150.13} | _], Plain),
    [?assertMatch({Plain, _}, read(Config, "USDJPY_M1.csv",
                                   [unicode:encoding_to_bom({utf16, Order}),
                                    unicode:characters_to_binary(Text, utf8, {utf16, Order})], #{}))
     || Order <- [little, big]].

rows_and_files_are_put_in_order(Config) ->
    Line = fun(N) -> io_lib:format("~b,1.1,1.2,0,0\n", [?MARCH + N]) end,
    Text = fun(Numbers) -> ["time_ns,bid,ask,bid_size,ask_size\n", [Line(N) || N <- Numbers]] end,
    {Descending, Info} = read(Config, "eurusd-newest-first.csv", Text(lists:seq(99, 0, -1)), #{}),
    ?assertEqual([{?MARCH + N, 1.1, 1.2} || N <- lists:seq(0, 99)], Descending),
    ?assertMatch(#{sorted := 99}, Info),
    Folder = filename:join(proplists:get_value(priv_dir, Config), "parts-eurusd"),
    [begin
         Path = filename:join(Folder, Name),
         ok = filelib:ensure_dir(Path),
         ok = file:write_file(Path, Text(Numbers))
     end || {Name, Numbers} <- [{"part1.csv", lists:seq(0, 9)}, {"part10.csv", lists:seq(20, 29)},
                                {"part2.csv", lists:seq(10, 19)}]],
    {Parts, _} = read(#{files => Folder}),
    ?assertEqual([?MARCH + N || N <- lists:seq(0, 29)], [Time || {Time, _, _} <- Parts]),
    ?assertMatch({ok, #{quotes := 30, accepted := 30, sorted := 0, gaps := 0}},
                 fxaot:replay(eur, Folder, #{})).

%% Each byte of an archive that is not packed data gets four other values. The feed reads what the tool reads, and
%% refuses what it refuses.
damaged_archives_are_read_as_the_tool_reads_them(Config) ->
    case fxaot_tool:find() of
        {ok, Tool} ->
            Csv = [[integer_to_binary(?T0 + N), ",1.1,1.1001,0,0\n"] || N <- lists:seq(1, 12)],
            Bytes = [zip:create("a.zip", [{"a.csv", iolist_to_binary(Csv)}], [memory | Options])
                     || Options <- [[], [{compress, []}]]],
            Path = filename:join(proplists:get_value(priv_dir, Config), "eurusd-damaged.zip"),
            [?assertEqual({Damage, converted(Tool, Path)}, {Damage, fed(Path)})
             || {ok, {_, Zip}} <- Bytes, Damage <- damages(Zip), ok <- [file:write_file(Path, damaged(Damage, Zip))]];
        _ -> {skip, "the tool is not built"}
    end.

%% The header before the data, of 30 bytes and the name, and all from the directory on.
damages(Zip) ->
    [{Directory, 4} | _] = binary:matches(Zip, <<"PK", 1, 2>>),
    [{At, Value} || At <- lists:seq(0, 34) ++ lists:seq(Directory, byte_size(Zip) - 1),
                    Value <- lists:usort([0, 1, 255, binary:at(Zip, At) bxor 128]), Value =/= binary:at(Zip, At)].

damaged({At, Value}, Zip) ->
    <<Head:At/binary, _, Tail/binary>> = Zip,
    <<Head/binary, Value, Tail/binary>>.

converted(Tool, Path) ->
    Port = open_port({spawn_executable, Tool}, [{args, ["convert", "--quiet", "--symbol", "EURUSD", Path]}, exit_status,
                                                binary, stderr_to_stdout]),
    converted_rows(Port, []).

converted_rows(Port, Text) ->
    receive
        {Port, {data, Bytes}} -> converted_rows(Port, [Text, Bytes]);
        {Port, {exit_status, 0}} -> {ok, length(binary:matches(iolist_to_binary(Text), <<",1.1001,">>))};
        {Port, {exit_status, _}} -> refused
    end.

fed(Path) ->
    case read(#{files => Path, symbol => 'EURUSD'}) of
        {error, _} -> refused;
        {Quotes, _} -> {ok, length(Quotes)}
    end.

what_is_no_data_in_a_zip_is_skipped_and_named(Config) ->
    Data = ["20240304 000000123,1.08431,1.08433,0\n", "20240304 000001123,1.08432,1.08434,0\n"],
    {ok, {_, Zip}} = zip:create("a.zip", [{"DAT_ASCII_EURUSD_T_202403.csv", iolist_to_binary(Data)},
                                          {"DAT_ASCII_EURUSD_T_202403.txt", <<"Status report. No gaps.\n">>}], [memory]),
    {Quotes, Info} = read(Config, "HISTDATA_EURUSD.zip", Zip, #{}),
    %% HistData's clock is five hours behind UTC all year.
    ?assertMatch([{?MARCH + 300 * ?MINUTE + 123000000, 1.08431, 1.08433}, _], Quotes),
    ?assertMatch(#{files := 1, skipped := [{"DAT_ASCII_EURUSD_T_202403.txt", <<_, _/binary>>}]}, Info),
    %% In a folder likewise.
    Folder = filename:join(proplists:get_value(priv_dir, Config), "beside-eurusd"),
    ok = filelib:ensure_dir(filename:join(Folder, "x")),
    ok = file:write_file(filename:join(Folder, "a.csv"), Data),
    ok = file:write_file(filename:join(Folder, "a.txt"), "Status report. No gaps.\n"),
    ?assertMatch({[_, _], #{files := 1, skipped := [{"a.txt", <<_, _/binary>>}]}}, read(#{files => Folder})),
    ok = file:delete(filename:join(Folder, "a.csv")),
    ?assertMatch({error, {bad_format, #{message := _}}}, read(#{files => Folder})),
    {ok, {_, None}} = zip:create("b.zip", [{"README", <<"nothing\n">>}], [memory]),
    ?assertMatch({error, {bad_format, #{path := _, message := _}}}, read(Config, "eurusd.zip", None, #{})).

bad_lines_are_told_with_their_reasons(Config) ->
    Line = fun(N) -> io_lib:format("~b,1.1,1.2,0,0\n", [?MARCH + N]) end,
    Good = [Line(N) || N <- lists:seq(0, 499)],
    Header = "time_ns,bid,ask,bid_size,ask_size\n",
    Bad = ["5,1.1,1.2,0,0\n", [integer_to_list(?MARCH + 500), ",-1.1,1.2,0,0\n"],
           [integer_to_list(?MARCH + 501), ",110,120,0,0\n"]],
    {Quotes, Info} = read(Config, "eurusd-few.csv", [Header, Good, Bad, Line(502), Line(503)], #{}),
    ?assertEqual(502, length(Quotes)),
    ?assertMatch(#{bad_lines := 3, bad_line_numbers := [{"eurusd-few.csv", 502}, {_, 503}, {_, 504}],
                   bad := [#{line := 502, file := "eurusd-few.csv", reason := range,
                             text := <<"5,1.1,1.2,0,0">>},
                           #{line := 503}, #{line := 504, reason := level}]}, Info),
    %% More than one in a hundred is an error before a quote is sent; a limit of one's own is kept.
    Many = [Header, Good, Bad, Bad, [Line(N) || N <- lists:seq(502, 511)]],
    {error, {too_many_bad_lines, Details}} = read(Config, "eurusd-many.csv", Many, #{}),
    ?assertMatch(#{bad_lines := 6, lines := 516, bad := [_, _, _]}, Details),
    ?assertNotEqual(nomatch, string:find(fxaot:format_error({too_many_bad_lines, Details}),
                                         "line 502 (a time before 1990 or years ahead): 5,1.1")),
    ?assertMatch({[_ | _], #{bad_lines := 6}}, read(Config, "eurusd-many.csv", Many, #{bad_line_limit => 6})),
    None = [Header, ["1,1.1,1.2,0,0\n" || _ <- lists:seq(1, 5)]],
    {error, {Reason, _} = Error} = read(Config, "eurusd-none.csv", None, #{format => quotes}),
    ?assertEqual(no_good_line, Reason),
    ?assertNotEqual(nomatch, string:find(fxaot:format_error(Error), "No good line in eurusd-none.csv")).

%% Ten quotes of dukascopy-node, and three of Dukascopy's own format.
the_tool_unpacks_what_erlang_does_not(Config) ->
    Expected = [{?MARCH + N * ?MINUTE, 1.08431, 1.08433} || N <- lists:seq(0, 9)],
    [?assertMatch({Name, {Expected, #{bad_lines := 0, symbols := ['EURUSD']}}},
                  {Name, read(Config, Name, base64:decode(Packed), #{})})
     || {Name, Packed} <-
            [{"eurusd.csv.bz2", <<"QlpoOTFBWSZTWcgWA1sAAKfbgGAQAAV/4EAAPipcACAAchKU9Q9QaaANPU2oFSk1PSaGNQGQLI88UckWsUoe7WIxSTTpfSta1XxG"
                   "pFGCM0akXRdFMuCMiOfXOxFMEULslMxCzFlQA89iY6OfVKtDQ0CvfT8XckU4UJDIFgNb">>},
             {"eurusd.csv.xz", <<"/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AFHAE5dADoaSfrkHnoH6H2yd5Abh5dbvMuTisuAbSzVUhhrLiqdJOocRR7vdNWvaqWC"
                  "zzDVnQL72Ri/rSJGLe081EKitBxWTnTtD4yzZUQjkyanAAAAAFHTDUkKsiGgAAFqyAIAAABwk1YZscRn+wIAAAAABFla">>},
             {"eurusd.csv.zst", <<"KLUv/QRYxQIAtAN0aW1lc3RhbXAsYXNrUHJpY2UsYmlkCjE3MDk1MTA0MDAwMDAsMS4wODQzMzE2NTI4NjQ3MDY4Mjg5NAwA4EPA"
                   "MHA3wAhwY8AgYBi4G2ASVLlWsmFbmnfVH7E=">>}]],
    Bi5 = base64:decode(<<"XQAAgAD//////////wAAaP6xQHoWyDXLMddKgaYshcxw/UrRXc4k7IHan//roqAA">>),
    {Ticks, _} = read(Config, "EURUSD/2024/02/04/00h_ticks.bi5", Bi5, #{}),
    ?assertEqual([{?MARCH + N * 1000000000, 1.08431, 1.08433} || N <- lists:seq(0, 2)], Ticks),
    %% Without the tool it says so.
    ok = application:set_env(fxaot, tool, "/no/such/fxaot"),
    try read(Config, "eurusd.csv.bz2", <<"BZh91AY&SY">>, #{}) of
        Answer -> ?assertMatch({error, {unsupported_compression, #{compression := bzip2}}}, Answer)
    after application:unset_env(fxaot, tool)
    end.

other_compressions_are_named(Config) ->
    [begin
         {error, {unsupported_compression, #{compression := Packing}} = Error} =
             read(Config, "eurusd" ++ Name, Bytes, #{}),
         ?assertNotEqual(nomatch, string:find(fxaot:format_error(Error), "eurusd" ++ Name))
     end || {Name, Packing, Bytes} <-
                [{".csv.bz2", bzip2, <<"BZh91AY&SY">>}, {".csv.xz", xz, <<16#FD, "7zXZ", 0>>},
                 {".csv.zst", zstd, <<16#28, 16#B5, 16#2F, 16#FD, 0>>},
                 {"-00h_ticks.bi5", lzma, <<16#5D, 0, 0, 4, 0>>}, {".parquet", parquet, <<"PAR1....">>}]].

a_column_names_the_symbol(Config) ->
    Line = fun(Symbol, N) -> io_lib:format("~s,20240304 00:00:0~b.404,1.08431,1.08433\n", [Symbol, N]) end,
    {Quotes, Info} = read(Config, "delivered.csv", [Line("EUR/USD", N) || N <- lists:seq(0, 9)], #{}),
    ?assertEqual({10, ['EURUSD']}, {length(Quotes), maps:get(symbols, Info)}),
    Mixed = [Line(Symbol, N) || N <- lists:seq(0, 9), Symbol <- ["EUR/USD", "USD/JPY"]],
    ?assertMatch({error, {several_symbols, _}}, read(Config, "mixed.csv", Mixed, #{})),
    {Yen, _} = read(Config, "mixed.csv", Mixed, #{symbol => 'USDJPY'}),
    ?assertEqual(10, length(Yen)).

progress_reaches_the_end(_) ->
    Test = self(),
    {ok, #{quotes := Quotes}} =
        fxaot:replay(eur, #{days => 1}, #{progress => fun(Progress) -> Test ! Progress end}),
    All = (fun Loop() -> receive #{progress := _} = P -> [P | Loop()] after 0 -> [] end end)(),
    ?assertMatch(#{quotes := Quotes, progress := 1.0}, lists:last(All)).
