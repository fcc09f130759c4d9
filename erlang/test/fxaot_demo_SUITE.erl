%% The demonstration: whose quotes it takes.
-module(fxaot_demo_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(T0, 1704240000000000000).

all() ->
    [runs_on_the_files_symbol, tells_why_orders_are_rejected,
     refuses_files_of_no_or_several_symbols].

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
