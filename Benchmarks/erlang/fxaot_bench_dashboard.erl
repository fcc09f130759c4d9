%% @doc What 50 pages that get 20 updates a second cost an engine's quotes, and, as a control, what a plain program costs that
%% sends as many bytes as often to readers of the same kind. What the readers cost, and the kernel's copies, is in both: the
%% difference is the dashboard's. scripts/dashboard-cost [SECONDS] runs it.
%%
%% A machine's speed changes from second to second by more than what is looked for. So all are connected all the time, the
%% quotes are the same again and again, at later times, and the arms follow each other within a second, in an order drawn anew
%% for each turn: `quiet' (the collector is suspended), `pages', `control' (the plain program sends). The arms of a turn are
%% compared: shown is the median of these ratios, and the interval that has the true one with 95 % of certainty. Readers
%% and the plain program are processes of the operating system (fxaot_bench_pages.c), the readers with the lowest priority.
-module(fxaot_bench_dashboard).

-export([main/0]).

-define(ENGINE, ?MODULE).
-define(TOKEN, "benchmark-token-0123456789").
-define(PAGES, 50).
-define(RATE, 20).
-define(SECONDS, 240).
%% An arm's share of a turn: two updates. What is counted in milliseconds takes longer, and not in each turn.
-define(SLICE_MS, 100).
-define(LIVE_MS, 1000).
-define(LIVE_TURNS, 16).
%% Before each.
-define(SETTLE_MS, 10).
%% Quotes that are sent again and again, and those of a batch.
-define(BLOCK, 20000).
-define(PART, 4000).
%% From a Monday on, so that the market stays open. Apart by so much: some bars close each second.
-define(START_NS, 1704672000000000000).
-define(STEP_NS, 100000).
%% At a live pace: quotes of one burst, 1,000 bursts a second.
-define(BURST, 20).
-define(LIVE_STEP_NS, 3000000).

-record(bench, {block :: binary(), time = ?START_NS :: integer(), pages :: port(), readers :: port(), feeder :: port()}).

-spec main() -> no_return().
main() ->
    ok = logger:set_primary_config(level, warning),
    Bench = begun(),
    End = erlang:monotonic_time(second) + seconds(init:get_plain_arguments()),
    Turns = turns(1, End, Bench),
    io:format("~n~b turns; in brackets the interval of 95 %~n", [length(Turns)]),
    [clock(Kind, Turns) || Kind <- [quote, replay]],
    processor([Turn || #{live := _} = Turn <- Turns]),
    halt(0).

seconds([Text | _]) -> list_to_integer(Text);
seconds([]) -> ?SECONDS.

begun() ->
    _ = application:load(fxaot),
    {ok, Market} = fxaot_nif:market(#{seed => 7, start => ?START_NS}),
    {ok, Block} = fxaot_nif:market_next(Market, 1 bsl 62, ?BLOCK),
    application:set_env(fxaot, dashboard, #{port => 0, rate => ?RATE,
                                            tokens => [#{name => <<"b">>, role => view, token => <<?TOKEN>>}]}),
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(?ENGINE, #{instruments => ['EURUSD']}),
    [ok = fxaot:deploy(?ENGINE, Id, #{strategy => Strategy, instrument => 'EURUSD', timeframe => {minutes, 1}})
     || {Id, Strategy} <- [{a, ma_crossover}, {b, momentum_breakout}, {c, mean_reversion}, {d, ma_crossover}]],
    Feeder = program("", io_lib:format("feed ~b ~b", [?PAGES, ?RATE])),
    <<"port ", Text/binary>> = line(Feeder),
    Bench = #bench{block = Block, feeder = Feeder,
                   pages = readers(io_lib:format("~b ~ts", [fxaot_dashboard_listener:port(), ?TOKEN])),
                   readers = readers(Text)},
    ok = silence(pages, Bench),
    ok = silence(control, Bench),
    Bench.

readers(From) ->
    Readers = program("nice -n 19 ", io_lib:format("read ~b ~ts", [?PAGES, From])),
    <<"open">> = line(Readers),
    Readers.

%% ---- turns ------------------------------------------------------------------

turns(Number, End, Bench) ->
    case erlang:monotonic_time(second) < End of
        true ->
            Kinds = [quote, replay] ++ [live || Number rem ?LIVE_TURNS =:= 1],
            {Turn, Next} = lists:foldl(fun arms/2, {#{}, Bench}, Kinds),
            Number rem 20 =/= 0 orelse
                io:format("turn ~b: pages ~.1f %, plain program ~.1f % slower by tick/5; ~.1f, ~.1f % by ticks/2~n",
                          [Number | [slower(Kind, Arm, quiet, Turn) || Kind <- [quote, replay], Arm <- [pages, control]]]),
            [Turn | turns(Number + 1, End, Next)];
        false -> []
    end.

arms(Kind, {Turn, Bench}) ->
    {Figures, Next} = lists:foldl(fun(Arm, Before) -> slice(Kind, Arm, Before) end, {#{}, Bench},
                                  shuffled([quiet, pages, control])),
    {Turn#{Kind => Figures}, Next}.

shuffled(List) -> [Each || {_, Each} <- lists:sort([{rand:uniform(), Each} || Each <- List])].

slice(Kind, Arm, {Turn, Bench}) ->
    Before = counts(Arm, Bench),
    ok = loud(Arm, Bench),
    Began = erlang:monotonic_time(microsecond),
    {_, Settled} = measured(Kind, ?SETTLE_MS, Bench),
    {Figure, Next} = measured(Kind, case Kind of live -> ?LIVE_MS; _ -> ?SLICE_MS end, Settled),
    Us = erlang:monotonic_time(microsecond) - Began,
    ok = silence(Arm, Bench),
    Counts = [(After - Count) / Us || {After, Count} <- lists:zip(counts(Arm, Bench), Before)],
    {Turn#{Arm => [Figure | Counts]}, Next}.

loud(quiet, _) -> ok;
loud(pages, _) -> sys:resume(fxaot_dashboard_collector);
loud(control, #bench{feeder = Feeder, pages = Pages}) ->
    [Updates, Bytes, _] = counted(Pages),
    tell(Feeder, "bytes ~b", [max(8, Bytes div max(1, Updates))]).

silence(quiet, _) -> ok;
silence(pages, _) -> sys:suspend(fxaot_dashboard_collector);
silence(control, #bench{feeder = Feeder}) -> tell(Feeder, "bytes 0", []).

%% Updates, bytes, and microseconds of the processor that readers and the plain program have taken.
counts(quiet, _) -> [];
counts(pages, #bench{pages = Pages}) -> counted(Pages);
counts(control, #bench{readers = Readers, feeder = Feeder}) -> counted(Readers) ++ counted(Feeder).

counted(Port) ->
    ok = tell(Port, "count", []),
    [binary_to_integer(Word) || Word <- binary:split(line(Port), <<" ">>, [global])].

program(Before, Arguments) ->
    Path = filename:join(filename:dirname(code:which(?MODULE)), "fxaot_bench_pages"),
    open_port({spawn, lists:flatten([Before, Path, " ", Arguments])}, [{line, 1000}, binary]).

tell(Port, Format, Arguments) ->
    true = port_command(Port, io_lib:format(Format ++ "~n", Arguments)),
    ok.

line(Port) -> receive {Port, {data, {eol, Line}}} -> Line end.

%% ---- quotes -----------------------------------------------------------------

measured(live, Ms, Bench) -> live(Ms, Bench);
measured(Kind, Ms, #bench{block = Block, time = Time} = Bench) ->
    {Ns, Next} = full(Kind, Block, Time, erlang:monotonic_time(millisecond) + Ms, 0, 0),
    {Ns, Bench#bench{time = Next}}.

%% As fast as it goes: nanoseconds a quote.
full(Kind, Block, Time, End, Ns, Count) ->
    Next = Time + ?BLOCK * ?STEP_NS,
    More = sent(Kind, Block, Time),
    case erlang:monotonic_time(millisecond) < End of
        true -> full(Kind, Block, Next, End, Ns + More, Count + ?BLOCK);
        false -> {(Ns + More) / (Count + ?BLOCK), Next}
    end.

sent(quote, Block, Time) -> timed(fun() -> ticked(Block, Time, ?STEP_NS) end);
sent(replay, Block, Time) ->
    Quotes = later(Block, Time, <<>>),
    timed(fun() -> batch(Quotes) end).

later(<<_:64, Quote:40/binary, Rest/binary>>, Time, Before) ->
    later(Rest, Time + ?STEP_NS, <<Before/binary, Time:64/little, Quote/binary>>);
later(<<>>, _, Quotes) -> Quotes.

timed(Send) ->
    Began = erlang:monotonic_time(nanosecond),
    Send(),
    erlang:monotonic_time(nanosecond) - Began.

ticked(<<_:128, Bid:64/little-float, Ask:64/little-float, _:128, Rest/binary>>, Time, Step) ->
    _ = fxaot:tick(?ENGINE, 'EURUSD', Time, Bid, Ask),
    ticked(Rest, Time + Step, Step);
ticked(<<>>, _, _) -> ok.

batch(<<Part:(48 * ?PART)/binary, Rest/binary>>) ->
    _ = fxaot:ticks(?ENGINE, Part),
    batch(Rest);
batch(<<>>) -> ok.

%% 20,000 a second, with pauses as a feed has them; and what that takes of the processor.
live(Ms, #bench{block = Block, time = Time} = Bench) ->
    {Began, Before} = {erlang:monotonic_time(microsecond), runtime()},
    Next = bursts(Ms, Block, Time),
    {1000000 * (runtime() - Before) / (erlang:monotonic_time(microsecond) - Began), Bench#bench{time = Next}}.

bursts(0, _, Time) -> Time;
bursts(Left, Block, Time) ->
    receive after 1 -> ok end,
    ticked(binary:part(Block, 48 * ?BURST * (Left rem (?BLOCK div ?BURST)), 48 * ?BURST), Time, ?LIVE_STEP_NS),
    bursts(Left - 1, Block, Time + ?BURST * ?LIVE_STEP_NS).

%% Of all threads, ms.
runtime() -> element(1, erlang:statistics(runtime)).

%% ---- the result -------------------------------------------------------------

clock(Kind, Turns) ->
    io:format("~-7ts ~.1f ns a quote; 50 pages ~ts; the plain program ~ts; pages beside it ~ts~n",
              [Kind, median([hd(figures(Kind, quiet, Turn)) || Turn <- Turns])
               | [interval([slower(Kind, Arm, Than, Turn) || Turn <- Turns], " %")
                  || {Arm, Than} <- [{pages, quiet}, {control, quiet}, {pages, control}]]]).

slower(Kind, Arm, Than, Turn) -> 100 * (hd(figures(Kind, Arm, Turn)) / hd(figures(Kind, Than, Turn)) - 1).

figures(Kind, Arm, Turn) -> map_get(Arm, map_get(Kind, Turn)).

%% Milliseconds a second.
processor(Turns) ->
    Of = fun(Arm, Number) -> [lists:nth(Number, figures(live, Arm, Turn)) || Turn <- Turns] end,
    Mean = fun(Arm, Number) -> lists:sum(Of(Arm, Number)) / length(Turns) end,
    io:format("live    ms/s of the processor: the node ~.1f, with pages ~.1f, beside the plain program ~.1f; that one ~.1f~n",
              [Mean(quiet, 1), Mean(pages, 1), Mean(control, 1), 1000 * Mean(control, 5)]),
    io:format("        readers ~.1f of pages, ~.1f of the plain program; updates a second and page ~.1f, ~.1f; of ~b, ~b bytes~n",
              [1000 * Mean(pages, 4), 1000 * Mean(control, 4), 1000000 * Mean(pages, 2) / ?PAGES,
               1000000 * Mean(control, 2) / ?PAGES, round(Mean(pages, 3) / Mean(pages, 2)),
               round(Mean(control, 3) / Mean(control, 2))]).

%% The median, and between which of the sorted values the true one is: so many of n fall short of it, by the binomial
%% distribution's normal approximation.
interval(Values, Unit) ->
    Count = length(Values),
    Low = max(1, round(Count / 2 - 0.98 * math:sqrt(Count))),
    Sorted = lists:sort(Values),
    io_lib:format("~.2f~ts [~.2f, ~.2f]", [median(Values), Unit, lists:nth(Low, Sorted), lists:nth(Count + 1 - Low, Sorted)]).

median(Values) ->
    Sorted = lists:sort(Values),
    Count = length(Values),
    (lists:nth((Count + 1) div 2, Sorted) + lists:nth(Count div 2 + 1, Sorted)) / 2.
