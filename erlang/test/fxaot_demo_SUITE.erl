%% The demonstration: whose quotes it takes, and where it says the time went.
-module(fxaot_demo_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(T0, 1704240000000000000).

all() ->
    [runs_on_the_files_symbol, tells_why_orders_are_rejected,
     refuses_files_of_no_or_several_symbols, stages_of_undisturbed_samples,
     one_interrupted_sample_changes_nothing, no_boundary_below_zero].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    ok = fxaot_test:start(),
    Config.

end_per_suite(_) -> application:stop(fxaot).

%% Two hours of quotes a second apart; a jump every 20 minutes, which mean reversion trades.
quotes(Config, Name, Price) ->
    Path = filename:join(proplists:get_value(priv_dir, Config), Name),
    ok = filelib:ensure_dir(Path),
    Line = fun(Second) ->
                   Minute = Second div 60,
                   Mid = Price * (1 + case Minute rem 20 of
                                          19 -> 0.01;
                                          _ -> 0.0001 * (Minute rem 2)
                                      end),
                   io_lib:format("~w,~.5f,~.5f,1,1~n", [?T0 + Second * 1000000000, Mid, Mid])
           end,
    ok = file:write_file(Path, [Line(Second) || Second <- lists:seq(0, 7199)]),
    Path.

%% A run's answer, and what it prints.
printed(Config, Arguments) ->
    Path = filename:join(proplists:get_value(priv_dir, Config), "printed.txt"),
    {ok, Device} = file:open(Path, [write, {encoding, utf8}]),
    Leader = group_leader(),
    true = group_leader(Device, self()),
    Answer = try fxaot_demo:run(Arguments) after group_leader(Leader, self()) end,
    ok = file:close(Device),
    {ok, Text} = file:read_file(Path),
    {Answer, Text}.

runs_on_the_files_symbol(Config) ->
    {ok, Text} = printed(Config, [quotes(Config, "usdjpy-ticks.csv", 100.0)]),
    ct:pal("~ts", [Text]),
    ?assertMatch({match, _}, re:run(Text, "live on USDJPY, 1-minute bars, 10,000 USD")),
    ?assertMatch({match, _}, re:run(Text, "accepted 7,200 \\(0 crossed\\), dropped 0")),
    %% USD is one of the pair's currencies: its own quotes convert the profit.
    ?assertMatch({match, _}, re:run(Text, "mean_reversion +120 +[1-9][0-9]* +[1-9]")),
    ?assertEqual(nomatch, re:run(Text, "rejected")),
    ?assertMatch({match, _}, re:run(Text, "100,000 USD, 50x leverage")),
    ?assertMatch({match, _}, re:run(Text, "margin [0-9,.]+ used, [0-9,.]+ free, level")),
    %% 40,000 × 1.0793 / 50 = 863.44 of margin; 1,000 − 40,000 × 0.0207 = 172 of equity.
    ?assertMatch({match, _}, re:run(Text, "margin call, level 49\\.|margin call, level 50\\.0")),
    ?assertMatch({match, _}, re:run(Text, "stop-out, level (1[0-9]\\.[0-9]|20\\.0) %: 40,000 EUR")).

tells_why_orders_are_rejected(Config) ->
    {ok, Text} = printed(Config, [quotes(Config, "eurgbp/ticks.csv", 0.85)]),
    ct:pal("~ts", [Text]),
    ?assertMatch({match, _}, re:run(Text, "live on EURGBP, 1-minute bars, 10,000 EUR")),
    ?assertMatch({match, _}, re:run(Text, "[1-9][0-9]* orders rejected: no_conversion, since no "
                                    "quote here converts GBP to the account's USD")).

refuses_files_of_no_or_several_symbols(Config) ->
    Euro = quotes(Config, "eurusd.csv", 1.1),
    Yen = quotes(Config, "usdjpy.csv", 100.0),
    {Several, <<>>} = printed(Config, [Euro, Yen]),
    ?assertEqual(<<"The files have several symbols, 'EURUSD', 'USDJPY': give files of one "
                   "symbol.">>, fxaot:format_error(Several)),
    {None, <<>>} = printed(Config, [quotes(Config, "nameless/ticks.csv", 1.1)]),
    ?assertMatch({error, {no_symbol, _}}, None).

%% Of 1,000 samples of 128,000 quotes: these sums, and the longest.
stats(Stages, Longest) ->
    None = #{admit => 0.0, bars => 0.0, strategies => 0.0, trading => 0.0},
    #{stage_ns => maps:merge(None, Stages), latency_samples => 1000,
      latency_ns => #{max => Longest}}.

%% A quote takes 10, 20 and 30 ns in three stages and 40 at the boundary. The bars that take
%% 15,000 ns are no interruption.
stages_of_undisturbed_samples(_) ->
    Stats = stats(#{admit => 1.0e4, bars => 2.0e4, strategies => 3.0e4}, 1.5e4),
    Shares = fxaot_demo:shares(128000 * 100.0e-9, 128000, Stats),
    near(#{admit => 1.28e-3, bars => 2.56e-3, strategies => 3.84e-3, trading => 0.0,
           boundary => 5.12e-3}, Shares),
    ?assertMatch(#{disturbed := false}, Shares).

%% A millisecond more for one sample in any stage: the same to a hundredth of the calls.
one_interrupted_sample_changes_nothing(_) ->
    Sums = #{admit => 1.0e4, bars => 2.0e4, strategies => 3.0e4, trading => 0.0},
    [begin
         Stats = stats(Sums#{Stage => maps:get(Stage, Sums) + 1.0e6}, 1.0e6 + 60),
         Shares = fxaot_demo:shares(128000 * 100.0e-9, 128000, Stats),
         near(#{admit => 1.28e-3, bars => 2.56e-3, strategies => 3.84e-3, trading => 0.0,
                boundary => 5.12e-3}, Shares, 0.0128e-3),
         ?assertMatch(#{disturbed := false}, Shares)
     end || Stage <- maps:keys(Sums)].

%% Milliseconds in several samples cannot be told from the rest: the stages share the calls' time.
no_boundary_below_zero(_) ->
    Stats = stats(#{bars => 2.0e6, strategies => 1.0e6}, 1.0e6),
    Shares = fxaot_demo:shares(12.0e-3, 128000, Stats),
    near(#{boundary => 0.0, bars => 8.0e-3, strategies => 4.0e-3}, Shares),
    ?assertMatch(#{disturbed := true}, Shares),
    %% No stage took any time, or nothing ran.
    near(#{boundary => 1.0, bars => 0.0}, fxaot_demo:shares(1.0, 5, stats(#{}, 0.0))),
    near(#{boundary => 0.0, bars => 0.0}, fxaot_demo:shares(0.0, 0, stats(#{}, 0.0))).

near(Expected, Shares) -> near(Expected, Shares, 1.0e-12).

near(Expected, Shares, Tolerance) ->
    maps:foreach(fun(Key, Value) ->
                         ?assert(abs(Value - maps:get(Key, Shares)) < Tolerance)
                 end, Expected).
