%% Nodes on which the NIF cannot be loaded: the application starts, signals go on, orders are refused.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_degraded_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(QUOTES, 60000).
-define(TIMEFRAME, {seconds, 30}).

all() ->
    [without_the_library, with_a_corrupt_library, with_another_interface, an_embedded_node_boots,
     native_once_it_loads, a_script_goes_on,
     another_version_is_warm, orders_are_refused, a_crash_deploys_again, wrong_quotes_are_counted].

suite() -> [{timetrap, {minutes, 2}}].

init_per_suite(Config) ->
    application:stop(fxaot),
    ok = fxaot_test:start(),
    Quotes = fxaot_test:quotes(?QUOTES),
    {ok, _} = fxaot:start_engine(eur, #{}),
    ok = fxaot_test:deploy_four(eur, ?TIMEFRAME),
    Native = [Event || #signal{} = Event <- fxaot:ticks(eur, Quotes)],
    ok = fxaot:stop_engine(eur),
    ?assertEqual([fusion, ma_crossover, mean_reversion, momentum_breakout],
                 lists:usort([Id || #signal{id = Id} <- Native])),
    %% Not in Config, which Common Test writes out for every case.
    persistent_term:put(?MODULE, {Quotes, Native}),
    Config.

end_per_suite(_) ->
    persistent_term:erase(?MODULE),
    application:stop(fxaot).

quotes() -> element(1, persistent_term:get(?MODULE)).

%% ---- why it does not load ----------------------------------------------------

without_the_library(Config) ->
    Why = same_signals(fun(_) -> ok end, Config),
    ?assertMatch({match, _}, re:run(Why, "fxaot_nif")).

with_a_corrupt_library(Config) ->
    Why = same_signals(fun(Folder) ->
                               Path = filename:join([Folder, "priv", "fxaot_nif.so"]),
                               ok = file:write_file(Path, <<"\177ELF, and nothing else">>)
                       end, Config),
    ?assertMatch({match, _}, re:run(Why, "fxaot_nif.so")).

%% The library is whole, but the module was compiled for another interface.
with_another_interface(Config) ->
    Why = same_signals(fun older_module/1, Config),
    ?assertMatch({match, _}, re:run(Why, "load")).

older_module(Folder) ->
    Priv = code:priv_dir(fxaot),
    [{ok, _} = file:copy(filename:join(Priv, File), filename:join([Folder, "priv", File]))
     || File <- ["fxaot_nif.so", "libfxaot.so"]],
    Source = proplists:get_value(source, fxaot_nif:module_info(compile)),
    Module = filename:join([Folder, "src", "api", "fxaot_nif.erl"]),
    ok = filelib:ensure_dir(Module),
    ok = filelib:ensure_dir(filename:join([Folder, "include", "x"])),
    {ok, _} = file:copy(Source, Module),
    {ok, _} = file:copy(filename:join([code:lib_dir(fxaot), "erlang", "include", "fxaot.hrl"]),
                        filename:join([Folder, "include", "fxaot.hrl"])),
    ok = file:write_file(filename:join([Folder, "include", "fxaot_abi.hrl"]),
                         "-define(FXAOT_ABI_VERSION, 1)."),
    {ok, fxaot_nif} = compile:file(Module, [{outdir, filename:join(Folder, "ebin")}, debug_info]).

%% As a release's: all modules are loaded before the application starts, and one that fails would end
%% the boot.
an_embedded_node_boots(Config) ->
    Needed = [filename:join(code:lib_dir(Name), "ebin") || Name <- fxaot_test:needed()],
    {fxaot_beam, Tier} = on_node(fun(_) -> ok end, ["-mode", "embedded", "-pa" | Needed], Config,
                                 fun(Node) ->
                                         {module, _} = peer:call(Node, code, load_file, [?MODULE]),
                                         peer:call(Node, ?MODULE, embedded, [Needed], 60000)
                                 end),
    ?assertMatch({ok, #{tier := beam}}, Tier).

embedded(Needed) ->
    [{module, _} = code:load_file(list_to_atom(filename:basename(File, ".beam")))
     || Folder <- Needed ++ [filename:join(code:lib_dir(fxaot), "ebin")],
        File <- filelib:wildcard(filename:join(Folder, "*.beam"))],
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, Pid} = fxaot:start_engine(eur, #{}),
    ok = fxaot:deploy(eur, ma, #{strategy => ma_crossover, instrument => 'EURUSD'}),
    {Module, init, 1} = proc_lib:translate_initial_call(Pid),
    {Module, fxaot:tier(eur, ma)}.

%% An engine that starts when the library is there is native; the one before stays as it is.
native_once_it_loads(Config) ->
    Self = self(),
    Tiers = on_node(fun(Folder) -> Self ! {folder, Folder} end, Config,
                    fun(Node) ->
                            Folder = receive {folder, F} -> F end,
                            First = peer:call(Node, ?MODULE, tier_of, [one], 60000),
                            Priv = code:priv_dir(fxaot),
                            [{ok, _} = file:copy(filename:join(Priv, File),
                                                 filename:join([Folder, "priv", File]))
                             || File <- ["fxaot_nif.so", "libfxaot.so"]],
                            Second = peer:call(Node, ?MODULE, tier_of, [two], 60000),
                            [First, Second, peer:call(Node, fxaot, tier, [one, ma])]
                    end),
    ?assertMatch([{ok, #{tier := beam}}, {ok, #{tier := built_in}}, {ok, #{tier := beam}}], Tiers).

tier_of(Engine) ->
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(Engine, #{}),
    ok = fxaot:deploy(Engine, ma, #{strategy => ma_crossover, instrument => 'EURUSD'}),
    fxaot:tier(Engine, ma).

%% Runs the four strategies on a node with a library of that kind; answers why it does not load.
same_signals(Break, Config) ->
    {Quotes, Native} = persistent_term:get(?MODULE),
    {Events, Told, Tiers, Strategies, Stats, Account, Group} =
        on_node(Break, Config, fun(Node) -> peer:call(Node, ?MODULE, four, [Quotes], 60000) end),
    Signals = [Signal || #signal{} = Signal <- Events],
    compare(Native, Signals),
    Rejects = [Reject || #reject{} = Reject <- Events],
    ?assertEqual(length([S || #signal{strength = S} <- Signals, abs(S) > 0.1]), length(Rejects)),
    ?assertEqual([{degraded, 10000}], lists:usort([{R, Q} || #reject{reason = R, quantity = Q} <- Rejects])),
    ?assertEqual(lists:seq(1, length(Rejects)), [Id || #reject{order_id = Id} <- Rejects]),
    ?assertEqual([], [Event || Event <- Events, element(1, Event) =:= order orelse element(1, Event) =:= fill]),
    %% Who subscribes hears of it once, as the engine's first event.
    ?assertEqual([#alarm{kind = degraded, count = 1} | Events],
                 [case E of #alarm{kind = degraded} -> #alarm{kind = degraded, count = 1}; _ -> E end
                  || E <- Told]),
    [{ok, #{tier := beam, why := Why}}] = lists:usort(Tiers),
    ?assertEqual([0], lists:usort([Orders || #{orders := Orders, tier := beam} <- Strategies])),
    ?assertMatch(#{quotes := ?QUOTES, accepted := ?QUOTES, orders := 0, tier := beam}, Stats),
    ?assertEqual({length(Signals), length(Rejects)}, {maps:get(signals, Stats), maps:get(rejects, Stats)}),
    ?assertMatch(#{currency := 'USD', balance := 100000000000, equity := 100000000000}, Account),
    ?assertMatch({error, {degraded, #{why := Why}}}, Group),
    ?assertMatch({match, _}, re:run(fxaot:format_error(Group), "native code, which is not loaded: ")),
    Why.

%% On that node.
four(Quotes) ->
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(eur, #{}),
    Collector = fxaot_test:collector(eur),
    ok = fxaot_test:deploy_four(eur, ?TIMEFRAME),
    Events = fxaot:ticks(eur, Quotes),
    Told = fxaot_test:collected(Collector),
    Tiers = [fxaot:tier(eur, maps:get(id, S)) || S <- fxaot:strategies(eur)],
    {Events, Told, Tiers, fxaot:strategies(eur), fxaot:stats(eur), fxaot:account(eur),
     fxaot:start_engines(group, 2, #{})}.

compare(Native, Ours) ->
    Key = fun(#signal{id = Id, symbol = Symbol, time = Time}) -> {Id, Symbol, Time} end,
    ?assertEqual(lists:sort([Key(S) || S <- Native]), lists:sort([Key(S) || S <- Ours])),
    Pairs = lists:zip(lists:keysort(1, [{Key(S), S#signal.strength} || S <- Native]),
                      lists:keysort(1, [{Key(S), S#signal.strength} || S <- Ours])),
    ?assertEqual([], [Pair || {{_, A}, {_, B}} = Pair <- Pairs, abs(A - B) > 1.0e-12]),
    ?assert(length(Pairs) > 300).

%% ---- other deployments -------------------------------------------------------

%% Where the tool is there, a script is compiled; without a plot named signal its orders tell.
a_script_goes_on(Config) ->
    Quotes = quotes(),
    {Events, Failed} = on_node(fun(_) -> ok end, Config,
                               fun(Node) -> peer:call(Node, ?MODULE, script, [Quotes], 60000) end),
    Signals = [{Time, S} || #signal{id = cross, time = Time, strength = S} <- Events],
    Rejects = [{Time, case Side of buy -> 1.0; sell -> -1.0 end}
               || #reject{strategy = cross, time = Time, side = Side, quantity = 1000} <- Events],
    ?assertEqual(Signals, Rejects),
    ?assertEqual([-1.0, 1.0], lists:usort([S || {_, S} <- Signals])),
    ?assertEqual([4], [Line || #alarm{kind = script_stopped, strategy = fails, count = Line} <- Events]),
    ?assertEqual([<<"line 4: enough">>], Failed).

script(Quotes) ->
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(eur, #{}),
    Cross = "//@version=6\nstrategy(\"Cross\")\nif ta.crossover(close, ta.sma(close, 9))\n"
        "    strategy.entry(\"L\", strategy.long, qty = 1000)\n"
        "if ta.crossunder(close, ta.sma(close, 9))\n"
        "    strategy.entry(\"S\", strategy.short, qty = 1000)\n",
    Fails = "//@version=6\nstrategy(\"Fails\")\nif bar_index == 7\n    runtime.error(\"enough\")\n",
    ok = fxaot:deploy(eur, cross, #{strategy => {source, Cross}, instrument => 'EURUSD'}),
    ok = fxaot:deploy(eur, fails, #{strategy => {source, Fails}, instrument => 'EURUSD'}),
    {error, {unknown_strategy, _}} = fxaot:deploy(eur, x, #{strategy => x, instrument => 'EURUSD'}),
    {error, {not_found, _}} = fxaot:tier(eur, x),
    {error, {bad_script, _}} = fxaot:deploy(eur, y, #{strategy => {ir, <<"FXIR">>}, instrument => 'EURUSD'}),
    Events = fxaot:ticks(eur, Quotes),
    {Events, [Why || #{failure := Why} <- fxaot:strategies(eur)]}.

%% Every call of trading answers.
orders_are_refused(Config) ->
    {Refused, Empty, States, Missing, Options} =
        on_node(fun(_) -> ok end, Config, fun(Node) -> peer:call(Node, ?MODULE, trade, [], 60000) end),
    [?assertMatch({error, {degraded, #{why := _}}}, Answer) || Answer <- Refused],
    ?assertEqual([[], [], {ok, []}, {ok, 0}], Empty),
    ?assertEqual([active, halted, reducing, active], States),
    ?assertEqual({error, {not_found, #{id => <<"a">>}}}, Missing),
    ?assertMatch([{error, {bad_option, #{option := leverage}}}, {error, {bad_instrument, #{option := hours}}}],
                 Options).

trade() ->
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(eur, #{account => #{leverage => 100}, risk => #{max_spread => 5},
                                        instruments => [{'EURUSD', #{margin_rate => 0.05}}]}),
    Order = #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 1000},
    Refused = [fxaot:submit(eur, Order), fxaot:modify(eur, <<"a">>, #{price => 1.1}), fxaot:close(eur, 'EURUSD'),
               fxaot:close(eur, {ticket, <<"a">>}, 5), fxaot:close_by(eur, <<"a">>, <<"b">>), fxaot:deposit(eur, 1),
               fxaot:withdraw(eur, 1)],
    Empty = [fxaot:orders(eur), fxaot:tickets(eur), fxaot:trades(eur), fxaot:cancel_all(eur, all)],
    State = fun() -> maps:get(state, fxaot:account(eur)) end,
    States = [State() | [begin ok = fxaot:Switch(eur), State() end || Switch <- [halt, reduce, resume]]],
    Options = [fxaot:start_engine(wrong, Wrong) || Wrong <- [#{account => #{leverage => 0}},
                                                            #{instruments => [{'EURUSD', #{hours => x}}]}]],
    {Refused, Empty, States, fxaot:order(eur, <<"a">>), Options}.

%% Deployed again in the middle of the quotes: as if the new version had been there all the time.
another_version_is_warm(Config) ->
    Quotes = quotes(),
    {All, Second, Report, Rollback} =
        on_node(fun(_) -> ok end, Config, fun(Node) -> peer:call(Node, ?MODULE, reload, [Quotes], 60000) end),
    ?assertMatch({ok, #{version := 2, outputs := #{added := [], removed := []},
                        inputs := #{added := [], removed := [],
                                    changed := [#{name := <<"Band">>, value := {0.0005, 0.00005}}]}}}, Report),
    {ok, #{warm_bars := Warm}} = Report,
    ?assert(Warm > 200),
    ?assertMatch({error, {degraded, _}}, Rollback),
    ?assertMatch([_ | _], Second),
    ?assertEqual(Second, lists:nthtail(length(All) - length(Second), All)).

reload(Quotes) ->
    {ok, _} = application:ensure_all_started(fxaot),
    Deployment = #{strategy => ma_crossover, instrument => 'EURUSD', params => #{'band' => 0.00005}},
    Half = byte_size(Quotes) div 96 * 48,
    <<First:Half/binary, Rest/binary>> = Quotes,
    Signals = fun(Events) -> [{Time, S} || #signal{time = Time, strength = S} <- Events] end,
    {ok, _} = fxaot:start_engine(all, #{}),
    ok = fxaot:deploy(all, ma, Deployment),
    All = fxaot:ticks(all, Quotes),
    {ok, _} = fxaot:start_engine(eur, #{}),
    ok = fxaot:deploy(eur, ma, Deployment#{params => #{'band' => 0.0005}}),
    _ = fxaot:ticks(eur, First),
    Report = fxaot:deploy(eur, ma, maps:remove(instrument, Deployment)),
    Second = fxaot:ticks(eur, Rest),
    {Signals(All), Signals(Second), Report, fxaot:rollback(eur, ma)}.

a_crash_deploys_again(Config) ->
    Quotes = quotes(),
    {Before, After, Told} = on_node(fun(_) -> ok end, Config,
                              fun(Node) -> peer:call(Node, ?MODULE, crash, [Quotes], 60000) end),
    ?assertEqual([ma_crossover], lists:usort([Id || #signal{id = Id} <- Before])),
    ?assertEqual([Signal || #signal{} = Signal <- Before], [Signal || #signal{} = Signal <- After]),
    %% The numbers of the events go on; the second alarm tells of the crash.
    ?assertMatch([#alarm{kind = degraded} | _], Told),
    ?assertEqual(Before ++ [hd(Told) | After], tl(Told)).

crash(Quotes) ->
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, Pid} = fxaot:start_engine(eur, #{}),
    ok = fxaot:deploy(eur, ma_crossover, #{strategy => ma_crossover, instrument => 'EURUSD',
                                           params => #{'band' => 0.00005}}),
    Collector = fxaot_test:collector(eur),
    Before = fxaot:ticks(eur, Quotes),
    ok = fxaot_events:watch(eur),
    exit(Pid, kill),
    receive {fxaot_engine, eur, up} -> ok end,
    After = fxaot:ticks(eur, Quotes),
    {Before, After, fxaot_test:collected(Collector)}.

wrong_quotes_are_counted(Config) ->
    Native = wrong(),
    ?assertEqual(Native, on_node(fun(_) -> ok end, Config,
                                 fun(Node) -> peer:call(Node, ?MODULE, wrong, [], 60000) end)).

%% The answers to quotes that are wrong, and what is counted of them.
wrong() ->
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(wrong, #{instruments => ['EURUSD', 'XAUUSD', 'USDJPY']}),
    T = 1704240000000000000,
    Years = T + 5 * 365 * 86400000000000,
    Answers = [case fxaot:tick(wrong, Symbol, Time, Bid, Ask, Size, 1) of
                   {error, {Reason, _}} -> Reason;
                   Answer -> Answer
               end
               || {Symbol, Time, Bid, Ask, Size}
                      <- [{'EURUSD', T, 1.1, 1.2, 1}, {'EURUSD', T, 1.2, 1.1, 0}, {'EURUSD', T - 1, 1.1, 1.1, 1},
                          {'EURUSD', -1, 1.1, 1.1, 1}, {'EURUSD', T, 0.0, 1.1, 1}, {'EURUSD', T, -1, 1.1, 1},
                          {'EURUSD', T, 0.000001, 1.1, 1}, {'EURUSD', T, 1.1, 1.1, -1}, {'NZDUSD', T, 1, 1, 1},
                          {'XAUUSD', T, 2000, 2001, 1}, {'USDJPY', T, 140, 140.001, 1},
                          {'EURUSD', T div 1000000, 1.1, 1.1, 1}, {'EURUSD', Years, 1.1, 1.1, 1},
                          {'EURUSD', T + 1, 1.1, 1.1, 1}, {'EURUSD', Years, 1.1, 1.1, 1},
                          {'EURUSD', Years + 1, 1.1, 1.1, 1}, {'EURUSD', T + 1, 1.1, 1.1, 1},
                          {'EURUSD', Years, 1.1, 1.1, 1}, {'EURUSD', Years + 1, 1.1, 1.1, 1},
                          {'EURUSD', Years + 2, 1.1, 1.1, 1}, {'EURUSD', Years + 3, 1.1, 1.1, 1},
                          {'XAUUSD', Years, 2000, 2001, 1}]],
    Advances = [fxaot:advance(wrong, Time) || Time <- [0, T + 1, Years + 4]],
    Quote = fun(Time, Key, Bid) -> <<Time:64/little, Key:8/binary, Bid:8/binary, 1.1:64/little-float, 0:128>> end,
    Price = <<1.1:64/little-float>>,
    Milliseconds = << <<(Quote(T div 1000000 + N, <<"EURUSD", 0, 0>>, Price))/binary>> || N <- [1, 2] >>,
    Refused = fxaot:ticks(wrong, Milliseconds),
    %% A replay has gaps.
    Gaps = << <<(Quote(Years + N * 30 * 86400000000000, <<"USDJPY", 0, 0>>, Price))/binary>> || N <- [1, 2] >>,
    {ok, _, _} = gen_server:call(wrong, {feed, batch, Gaps}),
    Records = <<(Quote(T, <<"EURUSD", 0, 0>>, <<1.1:64/little-float>>))/binary,
                (Quote(T, <<"EURUSD", 0, 0>>, <<0:48, 16#F0, 16#7F>>))/binary,
                (Quote(T, <<"GBPUSD", 0, 0>>, <<1.1:64/little-float>>))/binary>>,
    Batch = fxaot:ticks(wrong, Records),
    Stats = fxaot:stats(wrong),
    ok = fxaot:stop_engine(wrong),
    {Answers, Advances, Refused, Batch,
     maps:with([quotes, accepted, crossed, late, bad_price, bad_size, bad_time, unknown_symbol, time_jump,
                gaps, alarms], Stats)}.

%% ---- nodes -------------------------------------------------------------------

%% A node with a copy of the application, whose library Break makes or leaves out.
on_node(Break, Config, Run) -> on_node(Break, [], Config, Run).

on_node(Break, Flags, Config, Run) ->
    Folder = filename:join([proplists:get_value(priv_dir, Config),
                            integer_to_list(erlang:unique_integer([positive])), "fxaot"]),
    copied(filename:join(code:lib_dir(fxaot), "ebin"), filename:join(Folder, "ebin")),
    Priv = code:priv_dir(fxaot),
    copied(filename:join(Priv, "strategies"), filename:join([Folder, "priv", "strategies"])),
    ok = file:make_symlink(filename:absname(filename:join(Priv, "fxaot")),
                           filename:join([Folder, "priv", "fxaot"])),
    _ = Break(Folder),
    %% The tests' own modules may lie with the application's, whose folder that node must not see.
    Tests = filename:join(filename:dirname(Folder), "tests"),
    ok = filelib:ensure_dir(filename:join(Tests, "x")),
    [{ok, _} = file:copy(code:which(Module), filename:join(Tests, filename:basename(code:which(Module))))
     || Module <- [?MODULE, fxaot_test]],
    Paths = [filename:join(Folder, "ebin"), Tests],
    {ok, Node, _} = peer:start_link(#{connection => standard_io, args => Flags ++ ["-kernel", "logger_level", "none",
                                                                                "-pa" | Paths]}),
    try Run(Node) after peer:stop(Node) end.

copied(From, To) ->
    ok = filelib:ensure_dir(filename:join(To, "x")),
    {ok, Names} = file:list_dir(From),
    [{ok, _} = file:copy(filename:join(From, Name), filename:join(To, Name)) || Name <- Names].
