%% @doc What the dashboard costs an engine's quotes: without it, with it and no page, with 50 pages that get 20 updates a
%% second, and, as a control, without it while a plain program sends the same readers as many bytes as often. What the
%% readers cost, and the kernel's copies, is in both: the difference is the dashboard's. scripts/dashboard-cost runs it.
%%
%% The four take turns, so that a slower minute of the machine is everybody's. Readers and the plain program are processes
%% of the operating system (fxaot_bench_pages.c), the readers with the lowest priority. Times are of the clock, and suffer
%% from what else the machine does; the processor's time at a live pace does so much less.
-module(fxaot_bench_dashboard).

-export([main/0]).

-define(ENGINE, ?MODULE).
-define(TOKEN, "benchmark-token-0123456789").
-define(PAGES, 50).
-define(RATE, 20).
-define(ROUNDS, 8).
-define(SECONDS, 1).
-define(PART, 4096).
%% Quotes of one burst at a live pace, 1,000 bursts a second.
-define(BURST, 20).
-define(ARMS, [off, idle, pages, control]).

-spec main() -> no_return().
main() ->
    ok = logger:set_primary_config(level, warning),
    _ = application:load(fxaot),
    {ok, Market} = fxaot_nif:market(#{seed => 7, start => 1704240000000000000}),
    %% The plain program sends as many bytes as the pages have had.
    Rounds = rounds(1, Market, #{}),
    [clock(Kind, Rounds) || Kind <- [quote, replay, live]],
    processor(Rounds),
    halt(0).

rounds(Round, _, _) when Round > ?ROUNDS -> [];
rounds(Round, Market, Before) ->
    Figures = lists:foldl(fun(Arm, Known) -> Known#{Arm => measured(Arm, Market, Known)} end, Before, order(Round)),
    [Figures | rounds(Round + 1, Market, Figures)].

%% Whoever is first or last has no advantage. The control follows pages that it can be like.
order(Round) when Round rem 2 =:= 0 -> ?ARMS;
order(_) -> [pages, control, idle, off].

clock(Kind, Rounds) ->
    Off = of_all(off, Kind, Rounds),
    io:format("~-7ts ~8.1f ns a quote without", [Kind, median(Off)]),
    [io:format("; ~ts ~.1f (~ts)", [text(Arm), median(Own), percent(Own, Off)])
     || Arm <- tl(?ARMS), Own <- [of_all(Arm, Kind, Rounds)]],
    io:format("; pages beside the plain program ~ts~n", [percent(of_all(pages, Kind, Rounds), of_all(control, Kind, Rounds))]).

%% Milliseconds a second.
processor(Rounds) ->
    io:format("processor at a live pace, ms/s: the node"),
    [io:format(" ~.1f (~ts)", [median(of_all(Arm, node, Rounds)), text(Arm)]) || Arm <- ?ARMS],
    io:format("; the plain program ~.1f; readers ~.1f of pages, ~.1f of it~n",
              [median(of_all(control, feeder, Rounds)), median(of_all(pages, readers, Rounds)),
               median(of_all(control, readers, Rounds))]),
    io:format("updates a second and page: ~.1f, of ~b bytes~n",
              [median(of_all(pages, updates, Rounds)), round(median(of_all(pages, bytes, Rounds)))]).

text(off) -> "without";
text(idle) -> "no page";
text(pages) -> "50 pages";
text(control) -> "plain program".

of_all(Arm, Kind, Rounds) -> [map_get(Kind, map_get(Arm, Figures)) || Figures <- Rounds].

percent(Own, Others) ->
    Ratios = [100 * (One / Other - 1) || {One, Other} <- lists:zip(Own, Others)],
    io_lib:format("~.1f %, from ~.1f to ~.1f", [median(Ratios), quantile(0.25, Ratios), quantile(0.75, Ratios)]).

median(List) -> float(quantile(0.5, List)).

quantile(Share, List) -> lists:nth(1 + round(Share * (length(List) - 1)), lists:sort(List)).

measured(Arm, Market, Known) ->
    application:set_env(fxaot, dashboard, case lists:member(Arm, [idle, pages]) of
                                              false -> off;
                                              true -> #{port => 0, rate => ?RATE,
                                                        tokens => [#{name => <<"b">>, role => view, token => <<?TOKEN>>}]}
                                          end),
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(?ENGINE, #{instruments => ['EURUSD']}),
    [ok = fxaot:deploy(?ENGINE, Id, #{strategy => Strategy, instrument => 'EURUSD', timeframe => {minutes, 1}})
     || {Id, Strategy} <- [{a, ma_crossover}, {b, momentum_breakout}, {c, mean_reversion}, {d, ma_crossover}]],
    %% Those of a live pace are counted by themselves.
    Full = beside(Arm, Known, fun() -> #{quote => full(fun ticked/1, Market), replay => full(fun batch/1, Market)} end),
    Live = beside(Arm, Known, fun() -> live(Market) end),
    ok = application:stop(fxaot),
    maps:merge(Full, Live).

quotes(Market, Count) ->
    {ok, Quotes} = fxaot_nif:market_next(Market, 1 bsl 62, Count),
    Quotes.

%% As fast as it goes.
full(Send, Market) -> full(Send, Market, erlang:monotonic_time(millisecond) + 1000 * ?SECONDS, 0, 0).

full(Send, Market, End, Ns, Count) ->
    case erlang:monotonic_time(millisecond) < End of
        true ->
            Quotes = quotes(Market, 100000),
            Began = erlang:monotonic_time(nanosecond),
            Send(Quotes),
            full(Send, Market, End, Ns + erlang:monotonic_time(nanosecond) - Began, Count + 100000);
        false -> Ns / Count
    end.

ticked(<<Time:64/little, _:64, Bid:64/little-float, Ask:64/little-float, _:128, Rest/binary>>) ->
    _ = fxaot:tick(?ENGINE, 'EURUSD', Time, Bid, Ask),
    ticked(Rest);
ticked(<<>>) -> ok.

batch(<<Part:(48 * ?PART)/binary, Rest/binary>>) ->
    _ = fxaot:ticks(?ENGINE, Part),
    batch(Rest);
batch(Quotes) ->
    _ = fxaot:ticks(?ENGINE, Quotes),
    ok.

%% 20,000 a second, with pauses as a feed has them; and what that takes of the processor.
live(Market) ->
    Quotes = quotes(Market, ?BURST * 1000 * ?SECONDS),
    {Began, Before} = {erlang:monotonic_time(microsecond), runtime()},
    Bursts = bursts(Quotes),
    Seconds = (erlang:monotonic_time(microsecond) - Began) / 1000000,
    #{live => median(Bursts), node => (runtime() - Before) / Seconds}.

%% Of all threads, ms.
runtime() -> element(1, erlang:statistics(runtime)).

bursts(<<Part:(48 * ?BURST)/binary, Rest/binary>>) ->
    receive after 1 -> ok end,
    Began = erlang:monotonic_time(nanosecond),
    ticked(Part),
    [(erlang:monotonic_time(nanosecond) - Began) / ?BURST | bursts(Rest)];
bursts(<<>>) -> [].

%% ---- beside it ------------------------------------------------------------------

%% Measures while there are readers, if there are to be any; with what they have had and cost.
beside(pages, _, Measure) ->
    Readers = readers(fxaot_dashboard_listener:port(), [" ", ?TOKEN]),
    Began = erlang:monotonic_time(millisecond),
    Figures = Measure(),
    maps:merge(Figures, read(Readers, Began));
beside(control, #{pages := #{bytes := Bytes}}, Measure) ->
    Program = program(io_lib:format("feed ~b ~b ~b", [round(Bytes), ?PAGES, ?RATE])),
    <<"port ", Port/binary>> = line(Program),
    Readers = readers(binary_to_integer(Port), []),
    <<"open">> = line(Program),
    Began = erlang:monotonic_time(millisecond),
    Figures = Measure(),
    Read = read(Readers, Began),
    [{<<"cpu">>, Cpu}] = ended(Program),
    maps:merge(Figures, Read#{feeder => 1000 * Cpu / (erlang:monotonic_time(millisecond) - Began)});
beside(_, _, Measure) -> Measure().

readers(Port, More) ->
    Readers = program("nice -n 19 ", io_lib:format("read ~b ~b~ts", [Port, ?PAGES, More])),
    <<"open">> = line(Readers),
    Readers.

read(Readers, Began) ->
    [{<<"updates">>, Updates}, {<<"bytes">>, Bytes}, {<<"cpu">>, Cpu}] = ended(Readers),
    Ms = erlang:monotonic_time(millisecond) - Began,
    #{updates => 1000 * Updates / Ms / ?PAGES, bytes => Bytes / Updates, readers => 1000 * Cpu / Ms}.

program(Arguments) -> program("", Arguments).

program(Before, Arguments) ->
    Path = filename:join(filename:dirname(code:which(?MODULE)), "fxaot_bench_pages"),
    open_port({spawn, lists:flatten([Before, Path, " ", Arguments])}, [{line, 1000}, binary]).

line(Port) -> receive {Port, {data, {eol, Line}}} -> Line end.

%% Its last line, in pairs.
ended(Port) ->
    true = port_command(Port, <<"\n">>),
    Line = line(Port),
    %% It may have ended already.
    try port_close(Port) of
        true -> ok
    catch error:badarg -> ok
    end,
    pairs(binary:split(Line, <<" ">>, [global])).

pairs([Name, Number | Rest]) -> [{Name, binary_to_integer(Number)} | pairs(Rest)];
pairs([]) -> [].
