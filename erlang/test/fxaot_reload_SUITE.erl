%% Another version in the place of a running one: by deploying it again, by rolling back, by saving
%% its file; and what happens when something is wrong or dies on the way.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_reload_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

all() ->
    [{group, inline}, {group, actor}, {group, pair},
     a_script_with_errors, a_version_that_cannot_take_its_place, the_place_stays_unless_given,
     built_in_strategies_too, wrong_options,
     its_engine_is_killed, its_process_is_killed, its_process_is_killed_after_the_engine_is_gone,
     what_was_saved_runs, a_broken_save, a_rolled_back_file, undeploy_ends_the_watch,
     two_callers_at_once, undeployed_meanwhile, a_stopped_engine_takes_all_along,
     a_storm].

groups() ->
    Cases = [it_takes_the_place, the_same_version_changes_nothing, back_and_further_back],
    [{inline, [], Cases}, {actor, [], Cases}, {pair, [], Cases}].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) ->
    application:stop(fxaot),
    ok = fxaot_test:start(),
    application:set_env(fxaot, watch_interval, 5),
    logger:set_primary_config(level, none),
    Config.

end_per_suite(_) ->
    logger:set_primary_config(level, notice),
    application:unset_env(fxaot, watch_interval),
    application:stop(fxaot).

init_per_group(Mode, Config) -> [{mode, Mode} | Config].
end_per_group(_, _) -> ok.

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [eur, calm, shaken]],
    ok.

mode(Config) -> proplists:get_value(mode, Config, inline).

engine(Engine, Config) when is_list(Config) -> engine(Engine, mode(Config));
engine(Engine, pair) ->
    {ok, _} = fxaot:start_engines(Engine, 2, #{instruments => ['EURUSD', 'USDJPY']}),
    Engine;
engine(Engine, Mode) ->
    {ok, _} = fxaot:start_engine(Engine, #{mode => Mode}),
    Engine.

%% Long and short by turns; a plot more or less makes another version.
cross(Fast, Plots) ->
    ["//@version=6\n"
     "strategy(\"Cross\", default_qty_value = 1000)\n"
     "fast = input.int(", integer_to_list(Fast), ", \"Fast length\", minval = 1)\n"
     "quick = ta.ema(close, fast)\n"
     "slow = ta.ema(close, 26)\n"
     "if ta.crossover(quick, slow)\n"
     "    strategy.entry(\"Long\", strategy.long)\n"
     "if ta.crossunder(quick, slow)\n"
     "    strategy.entry(\"Short\", strategy.short)\n",
     [["plot(quick, \"", Plot, "\")\n"] || Plot <- Plots]].

deployment(Script) ->
    #{strategy => Script, instrument => 'EURUSD', timeframe => {seconds, 5}, tier => vm}.

deployed(Engine, Text) -> fxaot:deploy(Engine, cross, deployment({source, Text})).

%% In pieces, so that others get their turn.
pieces(Quotes, Count) ->
    Size = Count * 48,
    [binary:part(Quotes, At, min(Size, byte_size(Quotes) - At))
     || At <- lists:seq(0, byte_size(Quotes) - 1, Size)].

%% Subscribers of a group get its engines' events under the engines' names; one has the instrument.
collector(Engine, Config) ->
    case mode(Config) of
        pair ->
            {ok, Places} = fxaot:engines(Engine),
            [Holder] = [Name || {Name, Symbols} <- Places, lists:member('EURUSD', Symbols)],
            fxaot_test:collector(Holder);
        _ -> fxaot_test:collector(Engine)
    end.

settled(Engine) -> [_ | _] = fxaot:strategies(Engine).

it_takes_the_place(Config) ->
    eur = engine(eur, Config),
    ok = deployed(eur, cross(12, ["quick"])),
    _ = fxaot:ticks(eur, fxaot_test:quotes(20000)),
    [#{version := 1, orders := Orders, quantity := Quantity, bars := Bars}] = fxaot:strategies(eur),
    ?assert(Orders > 10),
    {ok, Report} = deployed(eur, cross(5, ["fast line"])),
    ?assertMatch(#{version := 2, inputs := #{changed := [#{name := _, default := {12.0, 5.0}}]},
                   outputs := #{added := [<<"fast line">>], removed := [<<"quick">>]}}, Report),
    ?assertEqual(Bars, maps:get(warm_bars, Report)),
    ?assertMatch([#{version := 2, quantity := Quantity}], fxaot:strategies(eur)),
    ?assertMatch({ok, #{tier := vm, version := 2, why := <<"it was deployed with tier => vm">>}},
                 fxaot:tier(eur, cross)).

%% As warm as if it had never been replaced: its orders are those of the undisturbed run.
the_same_version_changes_nothing(Config) ->
    [engine(Engine, Config) || Engine <- [calm, shaken]],
    [ok = deployed(Engine, cross(12, [])) || Engine <- [calm, shaken]],
    {Calm, Shaken} = {collector(calm, Config), collector(shaken, Config)},
    Quotes = fxaot_test:quotes(40000),
    _ = fxaot:ticks(calm, Quotes),
    [begin
         _ = fxaot:ticks(shaken, Piece),
         {ok, _} = deployed(shaken, cross(12, []))
     end || Piece <- pieces(Quotes, 3001)],
    [settled(Engine) || Engine <- [calm, shaken]],
    Expected = fxaot_test:collected(Calm),
    ?assert(length(Expected) > 40),
    ?assertEqual(Expected, fxaot_test:collected(Shaken)),
    ?assertEqual(fxaot:account(calm), fxaot:account(shaken)).

back_and_further_back(Config) ->
    eur = engine(eur, Config),
    ?assertMatch({error, {not_found, _}}, fxaot:rollback(eur, cross)),
    ok = deployed(eur, cross(1, [])),
    ?assertMatch({error, {no_version, #{id := cross}}}, fxaot:rollback(eur, cross)),
    [{ok, _} = deployed(eur, cross(N, [])) || N <- lists:seq(2, 7)],
    %% The five newest are kept: 7 runs, and 6, 5, 4, 3 are below it.
    [?assertMatch({ok, #{version := Version,
                         inputs := #{changed := [#{default := {Old, New}}]}}},
                  fxaot:rollback(eur, cross))
     || {Version, Old, New} <- [{8, 7.0, 6.0}, {9, 6.0, 5.0}, {10, 5.0, 4.0}, {11, 4.0, 3.0}]],
    Error = fxaot:rollback(eur, cross),
    ?assertEqual(<<"cross has no earlier version.">>,
                 fxaot:format_error(Error)),
    ?assertMatch([#{version := 11}], fxaot:strategies(eur)).

%% ---- what is refused --------------------------------------------------------

a_script_with_errors(_) ->
    eur = engine(eur, inline),
    ok = deployed(eur, cross(12, [])),
    {error, {script_errors, _}} = Error = deployed(eur, ["//@version=6\nstrategy(\"C\")\nx = 1 +\n"]),
    ?assertMatch(<<"script:3:", _/binary>>, fxaot:format_error(Error)),
    ?assertMatch([#{version := 1}], fxaot:strategies(eur)),
    ?assertMatch({error, {no_version, _}}, fxaot:rollback(eur, cross)).

a_version_that_cannot_take_its_place(_) ->
    eur = engine(eur, inline),
    ok = deployed(eur, cross(12, [])),
    _ = fxaot:ticks(eur, fxaot_test:quotes(2000)),
    Again = fun(Script, Changes) ->
                    fxaot:deploy(eur, cross, maps:merge(deployment(Script), Changes))
            end,
    Cross = {source, cross(12, [])},
    Failing = {source, "//@version=6\nstrategy(\"F\")\nif bar_index == 1\n    runtime.error(\"no\")\n"},
    [begin
         {error, {Reason, _}} = Error = Again(Script, Changes),
         ?assertMatch(<<_, _/binary>>, fxaot:format_error(Error))
     end || {Reason, Script, Changes} <-
                [{bad_reload, Cross, #{instrument => 'USDJPY'}},
                 {bad_reload, Cross, #{price => bid}},
                 {bad_reload, ma_crossover, #{}},
                 {parameter_range, Cross, #{params => #{fast => 0}}},
                 {bad_script, {ir, <<"FXIR and more">>}, #{}},
                 {bad_script, Failing, #{}}]],
    ?assertMatch([#{version := 1} = Told] when not is_map_key(failure, Told), fxaot:strategies(eur)).

the_place_stays_unless_given(_) ->
    eur = engine(eur, inline),
    ok = deployed(eur, cross(12, [])),
    {ok, _} = fxaot:deploy(eur, cross, #{strategy => {source, cross(9, [])}, tier => vm}),
    ?assertMatch([#{timeframe := {seconds, 5}}], fxaot:strategies(eur)),
    {ok, _} = fxaot:deploy(eur, cross, #{strategy => {source, cross(9, [])}, tier => vm,
                                         timeframe => {minutes, 1}}),
    ?assertMatch([#{timeframe := {minutes, 1}}], fxaot:strategies(eur)).

built_in_strategies_too(_) ->
    eur = engine(eur, inline),
    Deployment = #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {seconds, 30}},
    ok = fxaot:deploy(eur, cross, Deployment),
    ?assertMatch({ok, #{tier := built_in, why := <<"it is a built-in strategy">>}},
                 fxaot:tier(eur, cross)),
    ?assertMatch({error, {parameter_range, _}},
                 fxaot:deploy(eur, cross, Deployment#{params => #{fast => 1000000}})),
    {ok, #{version := 2}} = fxaot:deploy(eur, cross, Deployment#{params => #{fast => 3}}),
    {ok, #{version := 3}} = fxaot:rollback(eur, cross),
    ?assertMatch({error, {bad_reload, _}}, deployed(eur, cross(12, []))).

wrong_options(_) ->
    eur = engine(eur, inline),
    [?assertMatch({error, {bad_option, #{option := Option}}},
                  fxaot:deploy(eur, cross, maps:merge(deployment({source, cross(1, [])}), Wrong)))
     || {Option, Wrong} <- [{tier, #{tier => fast}}, {wait, #{wait => vm}},
                            {wait, #{wait => native}}, {watch, #{watch => 1}},
                            {watch, #{watch => true}}]],
    ?assertMatch({error, {unknown_option, _}},
                 fxaot:deploy(eur, cross, (deployment(ma_crossover))#{paramz => #{}})),
    ?assertMatch({error, {missing_option, #{option := strategy}}}, fxaot:deploy(eur, cross, #{})),
    ?assertEqual({error, {no_engine, nobody}}, deployed(nobody, cross(1, []))),
    ?assertEqual({error, {no_engine, nobody}}, fxaot:tier(nobody, cross)),
    ?assertMatch({error, {not_found, #{id := cross}}}, fxaot:tier(eur, cross)),
    ?assertMatch({error, {not_found, #{id := cross}}}, fxaot:undeploy(eur, cross)),
    ?assertError(badarg, fxaot:rollback("eur", cross)),
    ?assertError(badarg, fxaot:tier(eur, "cross")),
    ?assertError(badarg, fxaot:release(1)),
    ?assertEqual([], fxaot:strategies(eur)).

%% ---- deaths -----------------------------------------------------------------

its_engine_is_killed(_) ->
    [engine(Engine, inline) || Engine <- [calm, shaken]],
    [ok = deployed(Engine, cross(12, [])) || Engine <- [calm, shaken]],
    {Calm, Shaken} = {fxaot_test:collector(calm), fxaot_test:collector(shaken)},
    ok = fxaot_events:watch(shaken),
    Quotes = fxaot_test:quotes(20000),
    [begin
         _ = fxaot:ticks(calm, Piece),
         {ok, _} = deployed(calm, cross(N, []))
     end || {N, Piece} <- numbered(pieces(Quotes, 3001))],
    [begin
         _ = fxaot:ticks(shaken, Piece),
         exit(whereis(shaken), kill),
         %% While its process comes back.
         {ok, _} = deployed(shaken, cross(N, [])),
         receive {fxaot_engine, shaken, up} -> ok end
     end || {N, Piece} <- numbered(pieces(Quotes, 3001))],
    ?assertEqual(fxaot_test:collected(Calm), fxaot_test:collected(Shaken)),
    ?assertEqual(fxaot:strategies(calm), fxaot:strategies(shaken)),
    {ok, _} = fxaot:rollback(shaken, cross).

numbered(List) -> lists:zip(lists:seq(1, length(List)), List).

process(Id) ->
    [Pid] = [Pid || {_, Pid, _, _} <- supervisor:which_children(fxaot_deployment_sup),
                    element(3, sys:get_state(Pid)) =:= Id],
    Pid.

its_process_is_killed(_) ->
    eur = engine(eur, inline),
    ok = deployed(eur, cross(12, [])),
    {ok, _} = deployed(eur, cross(9, [])),
    killed(process(cross)),
    ?assertMatch({ok, #{version := 3}}, fxaot:rollback(eur, cross)),
    ?assertMatch({ok, #{tier := vm, version := 3}}, fxaot:tier(eur, cross)),
    killed(process(cross)),
    ok = fxaot:undeploy(eur, cross),
    ?assertEqual([], fxaot:strategies(eur)).

killed(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end,
    _ = supervisor:which_children(fxaot_deployment_sup),
    ok.

%% The engine's state is lost with the application's; nothing is left that would speak for it.
its_process_is_killed_after_the_engine_is_gone(_) ->
    eur = engine(eur, inline),
    ok = deployed(eur, cross(12, [])),
    Pid = process(cross),
    ok = fxaot:stop_engine(eur),
    Monitor = monitor(process, Pid),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end,
    eur = engine(eur, inline),
    ?assertMatch({error, {not_found, _}}, fxaot:tier(eur, cross)),
    ok = deployed(eur, cross(12, [])).

%% ---- the file ---------------------------------------------------------------

watched(Config, Text) ->
    File = filename:join(proplists:get_value(priv_dir, Config), "watched.pine"),
    ok = file:write_file(File, Text),
    eur = engine(eur, inline),
    ok = fxaot_deployments:watch(eur, cross),
    ok = fxaot:deploy(eur, cross, (deployment({file, File}))#{watch => true}),
    File.

news() -> receive {fxaot_deployment, eur, cross, News} -> News end.

what_was_saved_runs(Config) ->
    File = watched(Config, cross(12, [])),
    ok = file:write_file(File, cross(7, [])),
    ?assertMatch({reloaded, #{version := 2, inputs := #{changed := [#{default := {12.0, 7.0}}]}}},
                 news()),
    %% As editors save.
    New = File ++ ".new",
    ok = file:write_file(New, cross(8, [])),
    ok = file:rename(New, File),
    ?assertMatch({reloaded, #{version := 3}}, news()).

a_broken_save(Config) ->
    File = watched(Config, cross(12, [])),
    ok = file:write_file(File, "//@version=6\nstrategy(\"C\")\nx = 1 +\n"),
    {refused, {script_errors, #{file := File}} = Error} = news(),
    ?assertMatch({match, _}, re:run(fxaot:format_error(Error), "watched.pine:3:")),
    ?assertMatch([#{version := 1}], fxaot:strategies(eur)),
    ok = file:write_file(File, cross(7, [])),
    ?assertMatch({reloaded, #{version := 2}}, news()).

a_rolled_back_file(Config) ->
    File = watched(Config, cross(12, [])),
    ok = file:write_file(File, cross(7, [])),
    {reloaded, _} = news(),
    {ok, #{version := 3}} = fxaot:rollback(eur, cross),
    {reloaded, #{version := 3}} = news(),
    ok = file:write_file(File, cross(6, [])),
    ?assertMatch({reloaded, #{version := 4, inputs := #{changed := [#{default := {12.0, 6.0}}]}}},
                 news()).

undeploy_ends_the_watch(Config) ->
    File = watched(Config, cross(12, [])),
    ok = fxaot:undeploy(eur, cross),
    ok = fxaot:deploy(eur, cross, deployment({file, File})),
    ok = fxaot_deployments:watch(eur, other),
    ok = fxaot:deploy(eur, other, (deployment({file, File}))#{watch => true}),
    [begin
         ok = file:write_file(File, cross(N, [])),
         receive {fxaot_deployment, eur, Id, {reloaded, _}} -> ?assertEqual(other, Id) end
     end || N <- [7, 8, 9]],
    ?assertMatch([1, 4], [Version || #{version := Version} <- fxaot:strategies(eur)]).

%% ---- at once ----------------------------------------------------------------

two_callers_at_once(_) ->
    eur = engine(eur, inline),
    Callers = [spawn_monitor(fun() -> exit({answer, deployed(eur, cross(N, []))}) end)
               || N <- lists:seq(1, 20)],
    Answers = [receive {'DOWN', Monitor, process, Pid, {answer, Answer}} -> Answer end
               || {Pid, Monitor} <- Callers],
    ?assertMatch([ok], [Answer || ok = Answer <- Answers]),
    Versions = [Version || {ok, #{version := Version}} <- Answers],
    ?assertEqual(lists:seq(2, 20), lists:sort(Versions)).

undeployed_meanwhile(_) ->
    eur = engine(eur, inline),
    ok = deployed(eur, cross(12, [])),
    Pid = process(cross),
    ok = sys:suspend(Pid),
    Undeploying = spawn_monitor(fun() -> exit({answer, fxaot:undeploy(eur, cross)}) end),
    until_queued(Pid, 1),
    Deploying = spawn_monitor(fun() -> exit({answer, deployed(eur, cross(9, []))}) end),
    until_queued(Pid, 2),
    ok = sys:resume(Pid),
    [receive {'DOWN', Monitor, process, Caller, {answer, Answer}} -> ?assertEqual(ok, Answer) end
     || {Caller, Monitor} <- [Undeploying, Deploying]],
    ?assertMatch([#{version := 1}], fxaot:strategies(eur)).

until_queued(Pid, Count) ->
    case process_info(Pid, message_queue_len) of
        {_, Length} when Length >= Count -> ok;
        _ -> erlang:yield(), until_queued(Pid, Count)
    end.

a_stopped_engine_takes_all_along(_) ->
    eur = engine(eur, pair),
    ok = deployed(eur, cross(12, [])),
    Pid = process(cross),
    Monitor = monitor(process, Pid),
    ok = fxaot:stop_engine(eur),
    receive {'DOWN', Monitor, process, Pid, Reason} -> ?assertEqual(normal, Reason) end,
    ?assertEqual([], supervisor:which_children(fxaot_deployment_sup)).

%% ---- under load -------------------------------------------------------------

%% Quotes from four processes, each with an instrument of its own, and reloads of all four scripts
%% meanwhile: what comes out is what comes out of an undisturbed run. FXAOT_SOAK=1: 1,000 reloads,
%% a million quotes.
a_storm(_) ->
    {Reloads, Quotes} = case os:getenv("FXAOT_SOAK") of
                            false -> {100, 100000};
                            _ -> {1000, 1000000}
                        end,
    Streams = [{Symbol, stream(Symbol, Quotes div 4)}
               || Symbol <- ['EURUSD', 'GBPUSD', 'AUDUSD', 'USDJPY']],
    [begin
         Expected = run(calm, Mode, Streams, 0),
         Actual = run(shaken, Mode, Streams, Reloads),
         ?assertEqual(maps:remove(histogram, Expected), maps:remove(histogram, Actual)),
         ?assert(maps:get(fills, Expected) > 40),
         ct:pal("~w, ~w quotes, ~w reloads: calls by time~n~ts",
                [Mode, Quotes, Reloads, shown(maps:get(histogram, Actual))]),
         [ok = fxaot:stop_engine(Engine) || Engine <- [calm, shaken]]
     end || Mode <- [inline, actor]].

stream(Symbol, Count) ->
    {ok, Market} = fxaot_nif:market(#{seed => 7, symbol => Symbol, start => 1704240000000000000}),
    {ok, Quotes} = fxaot_nif:market_next(Market, 1 bsl 62, Count),
    Count = byte_size(Quotes) div 48,
    [{Time, Bid, Ask} || <<Time:64/little, _:64, Bid:64/little-float, Ask:64/little-float, _:128>>
                             <= Quotes].

run(Engine, Mode, Streams, Reloads) ->
    Symbols = [Symbol || {Symbol, _} <- Streams],
    {ok, _} = fxaot:start_engine(Engine, #{mode => Mode, instruments => Symbols}),
    [ok = fxaot:deploy(Engine, Symbol, stormy(Symbol, [])) || Symbol <- Symbols],
    Collector = fxaot_test:collector(Engine),
    %% Who has come how far, in thousandths, so that neither ends long before the other.
    Progress = atomics:new(5, [{signed, false}]),
    Senders = [spawn_monitor(fun() -> exit({sent, sent(Engine, Symbol, Stream, N, Progress)}) end)
               || {N, {Symbol, Stream}} <- lists:zip([1, 2, 3, 4], Streams)],
    reload(Engine, Symbols, Reloads, Reloads, Progress),
    Histograms = [receive {'DOWN', Monitor, process, Pid, {sent, Histogram}} -> Histogram end
                  || {Pid, Monitor} <- Senders],
    Strategies = fxaot:strategies(Engine),
    ?assertEqual(Reloads + 4, lists:sum([Version || #{version := Version} <- Strategies])),
    Events = fxaot_test:collected(Collector),
    #{quotes := Quotes, accepted := Accepted} = fxaot:stats(Engine),
    #{strategies => [maps:without([version, native_steps], Told) || Told <- Strategies],
      events => [[anonymous(Event) || Event <- Events, element(4, Event) =:= Symbol]
                 || Symbol <- Symbols],
      fills => length([Event || #fill{} = Event <- Events]),
      quotes => Quotes, accepted => Accepted, account => fxaot:account(Engine),
      histogram => lists:foldl(fun sum/2, #{}, Histograms)}.

stormy(Symbol, Plots) ->
    #{strategy => {ir, program(Plots)}, instrument => Symbol, timeframe => {minutes, 1},
      tier => vm}.

program(Plots) ->
    case get({program, Plots}) of
        undefined ->
            {ok, {ir, Program}} = fxaot_script:compile({source, cross(5, Plots)}),
            put({program, Plots}, Program),
            Program;
        Program -> Program
    end.

%% Orders are numbered by the engine, over all instruments.
anonymous(#order{} = Order) -> Order#order{id = 1};
anonymous(#fill{} = Fill) -> Fill#fill{order_id = 1}.

reload(_, _, 0, _, Progress) -> atomics:put(Progress, 5, 1000);
reload(Engine, [Symbol | Rest], Left, Reloads, Progress) ->
    Done = (Reloads - Left) * 1000 div Reloads,
    atomics:put(Progress, 5, Done),
    until(fun() -> lists:min([atomics:get(Progress, N) || N <- [1, 2, 3, 4]]) + 20 >= Done end),
    Plots = [["quick"], []],
    {ok, _} = fxaot:deploy(Engine, Symbol, stormy(Symbol, lists:nth(1 + Left div 4 rem 2, Plots))),
    reload(Engine, Rest ++ [Symbol], Left - 1, Reloads, Progress).

sent(Engine, Symbol, Stream, Me, Progress) ->
    sent(Engine, Symbol, Stream, Me, Progress, 0, length(Stream), #{}).

sent(_, _, [], Me, Progress, _, _, Histogram) ->
    atomics:put(Progress, Me, 1000),
    Histogram;
sent(Engine, Symbol, [{Time, Bid, Ask} | Rest], Me, Progress, Sent, All, Histogram) ->
    case Sent rem 100 of
        0 ->
            Done = Sent * 1000 div All,
            atomics:put(Progress, Me, Done),
            until(fun() -> atomics:get(Progress, 5) + 20 >= Done end);
        _ -> ok
    end,
    Start = erlang:monotonic_time(nanosecond),
    taken(fxaot:tick(Engine, Symbol, Time, Bid, Ask), Engine, Symbol, Time, Bid, Ask),
    Bucket = bucket(erlang:monotonic_time(nanosecond) - Start),
    sent(Engine, Symbol, Rest, Me, Progress, Sent + 1, All,
         maps:update_with(Bucket, fun(Count) -> Count + 1 end, 1, Histogram)).

taken({error, full}, Engine, Symbol, Time, Bid, Ask) ->
    erlang:yield(),
    taken(fxaot:tick(Engine, Symbol, Time, Bid, Ask), Engine, Symbol, Time, Bid, Ask);
taken({error, _} = Error, _, _, _, _, _) -> error(Error);
taken(_, _, _, _, _, _) -> ok.

until(Condition) ->
    case Condition() of
        true -> ok;
        false -> erlang:yield(), until(Condition)
    end.

%% The power of two that a time in ns does not exceed.
bucket(Ns) -> length(integer_to_list(max(1, Ns), 2)).

sum(Histogram, Sums) ->
    maps:fold(fun(Bucket, Count, All) ->
                      maps:update_with(Bucket, fun(Sum) -> Sum + Count end, Count, All)
              end, Sums, Histogram).

shown(Histogram) ->
    [io_lib:format("  up to ~10b ns ~10b~n", [1 bsl Bucket, Count])
     || {Bucket, Count} <- lists:sort(maps:to_list(Histogram))].
