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
    ?assertEqual(nomatch, re:run(Text, "rejected")).

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
    ?assertEqual(<<"The files have quotes of several symbols, 'EURUSD', 'USDJPY': give those of "
                   "one.">>, fxaot:format_error(Several)),
    {None, <<>>} = printed(Config, [quotes(Config, "nameless/ticks.csv", 1.1)]),
    ?assertMatch({error, {no_symbol, _}}, None).

%% 3 samples of 384 quotes; without the longest, 2: 192 quotes each.
stats(Stages, Longest) ->
    None = #{admit => 0.0, bars => 0.0, strategies => 0.0, trading => 0.0},
    #{stage_ns => maps:merge(None, Stages),
      latency_samples => 3, latency_ns => #{max => Longest}}.

stages_of_undisturbed_samples(_) ->
    %% Three times admit 10, bars 20, strategies 30 ns: the largest stage loses the longest, 60.
    Stats = stats(#{admit => 30.0, bars => 60.0, strategies => 90.0}, 60.0),
    Shares = fxaot_demo:shares(384.0e-7, 384, Stats),
    near(#{admit => 57.6e-7, bars => 115.2e-7, strategies => 57.6e-7, trading => 0.0,
           boundary => 153.6e-7}, Shares),
    ?assertMatch(#{disturbed := false}, Shares).

%% A millisecond in bars, in the third sample.
one_interrupted_sample_changes_nothing(_) ->
    Stats = stats(#{admit => 20.0, bars => 1000000.0 + 40.0, strategies => 60.0}, 1000000.0),
    Shares = fxaot_demo:shares(384.0e-7, 384, Stats),
    near(#{admit => 38.4e-7, bars => 76.8e-7, strategies => 115.2e-7, boundary => 153.6e-7},
         Shares),
    ?assertMatch(#{disturbed := false}, Shares).

%% Two milliseconds: the one left cannot be told from the rest.
no_boundary_below_zero(_) ->
    Stats = stats(#{bars => 2000000.0, strategies => 1000000.0}, 1000000.0),
    Shares = fxaot_demo:shares(384.0e-7, 384, Stats),
    near(#{boundary => 0.0, bars => 192.0e-7, strategies => 192.0e-7}, Shares),
    ?assertMatch(#{disturbed := true}, Shares),
    %% Nothing was timed, or nothing ran.
    near(#{boundary => 1.0, bars => 0.0}, fxaot_demo:shares(1.0, 5, stats(#{}, 0.0))),
    near(#{boundary => 0.0}, fxaot_demo:shares(0.0, 0, stats(#{}, 0.0))).

near(Expected, Shares) ->
    maps:foreach(fun(Key, Value) ->
                         ?assert(abs(Value - maps:get(Key, Shares)) < 1.0e-12)
                 end, Expected).
