%% @doc The demonstration that `make demo' runs: four strategies live, on EURUSD of the simulated
%% market or on the symbol of quote files, and a report.
%%
%% ```
%% fxaot_demo [PATH…] [--batch] [--speed FACTOR] [--days N] [--seed N]
%% '''
%%
%% Longer than a file should be: one report from top to bottom.
-module(fxaot_demo).

-export([main/1, run/1, shares/3]).

-include("../../include/fxaot.hrl").

-define(ENGINE, fxaot_demo).
-define(BAR_CELLS, 30).

%% @doc Runs it and ends the node: status 0, or 1 with a sentence on standard error.
-spec main([string() | atom()]) -> no_return().
main(Arguments) ->
    case run([lists:flatten(io_lib:format("~ts", [Argument])) || Argument <- Arguments]) of
        ok -> halt(0);
        Error ->
            io:format(standard_error, "fxaot demo: ~ts~n", [fxaot:format_error(Error)]),
            halt(1)
    end.

%% @doc Runs it and prints to standard output.
-spec run([string()]) -> ok | fxaot:error().
run(Arguments) ->
    case parse(Arguments, #{paths => [], mode => quote, speed => infinity, days => 5, seed => 1}) of
        #{} = Options ->
            {ok, _} = application:ensure_all_started(fxaot),
            case symbol(Options) of
                {ok, Symbol} -> with_engine(Options#{symbol => Symbol});
                Error -> Error
            end;
        Error -> Error
    end.

parse([], Options) -> Options;
parse(["--batch" | Rest], Options) -> parse(Rest, Options#{mode => batch});
parse(["--speed", Value | Rest], Options) -> number(speed, Value, Rest, Options);
parse(["--days", Value | Rest], Options) -> number(days, Value, Rest, Options);
parse(["--seed", Value | Rest], Options) -> number(seed, Value, Rest, Options);
parse(["--" ++ _ = Unknown | _], _) ->
    {error, {unknown_option, #{option => Unknown}}};
parse([Path | Rest], #{paths := Paths} = Options) -> parse(Rest, Options#{paths => Paths ++ [Path]}).

number(Key, Text, Rest, Options) ->
    case {string:to_integer(Text), string:to_float(Text)} of
        {{Integer, []}, _} -> parse(Rest, Options#{Key => Integer});
        {_, {Float, []}} when is_float(Float) -> parse(Rest, Options#{Key => Float});
        _ -> {error, {bad_option, #{option => Key, value => Text, expected => "a number"}}}
    end.

%% The files' names tell a built-in symbol.
symbol(#{paths := []}) -> {ok, 'EURUSD'};
symbol(#{paths := Paths}) ->
    case fxaot_file_feed:symbols(#{files => Paths}) of
        {ok, [Symbol]} -> {ok, Symbol};
        {ok, Symbols} -> {error, {several_symbols, #{symbols => Symbols}}};
        Error -> Error
    end.

with_engine(#{symbol := Symbol} = Options) ->
    case fxaot:start_engine(?ENGINE, #{instruments => [Symbol]}) of
        {ok, _} ->
            try
                live(Options)
            after
                _ = fxaot:stop_engine(?ENGINE)
            end;
        Error -> Error
    end.

%% The parameters are those for EURUSD on 1-minute bars, where price moves are small.
strategies() ->
    [{crossover, #{strategy => ma_crossover, params => #{'band' => 0.00005}}},
     {breakout, #{strategy => momentum_breakout, params => #{threshold => 0.0004}}},
     {reversion, #{strategy => mean_reversion}},
     {fusion, #{strategy => fusion,
                params => #{<<"ma_crossover.band">> => 0.00005,
                            <<"momentum_breakout.threshold">> => 0.0006,
                            <<"mean_reversion.k">> => 1.5}}}].

live(#{mode := Mode, speed := Speed, symbol := Symbol} = Options) ->
    [ok = fxaot:deploy(?ENGINE, Id, Deployment#{instrument => Symbol, timeframe => {minutes, 1}})
     || {Id, Deployment} <- strategies()],
    ok = fxaot:subscribe(?ENGINE),
    introduce(Options),
    Terminal = is_terminal(),
    Tell = fun(Progress) -> show(Terminal, Progress) end,
    Answer = fxaot:replay(?ENGINE, source(Options),
                          #{mode => Mode, speed => Speed, progress => Tell}),
    [io:format("~n") || Terminal],
    case Answer of
        {ok, Replay} ->
            report(Replay, Options),
            ok;
        Error -> Error
    end.

source(#{paths := [], days := Days, seed := Seed}) -> #{days => Days, seed => Seed};
source(#{paths := Paths, symbol := Symbol}) ->
    {fxaot_file_feed, #{files => Paths, symbol => Symbol}}.

introduce(#{mode := Mode, symbol := Symbol} = Options) ->
    {Base, _} = currencies(Symbol),
    io:format("fxaot: four strategies live on ~ts, 1-minute bars, 10,000 ~ts a signal~n~n",
              [Symbol, Base]),
    io:format("quotes   ~ts~n", [described(Options)]),
    io:format("calls    ~ts~n~n",
              [case Mode of
                   quote -> "one fxaot_nif:tick/5 for every quote (--batch: fxaot_nif:ticks/2)";
                   batch -> "fxaot_nif:ticks/2, many quotes a call (without --batch: one each)"
               end]).

described(#{paths := [], days := Days, seed := Seed}) ->
    io_lib:format("simulated market, ~w days, seed ~w (make demo DATA=path: your files)",
                  [Days, Seed]);
described(#{paths := Paths}) -> lists:join(", ", Paths).

%% A built-in symbol is its two currencies (or metal and currency).
currencies(Symbol) -> lists:split(3, atom_to_list(Symbol)).

%% ---- while it runs ----------------------------------------------------------

%% Only Linux says; elsewhere the output is that of a log.
is_terminal() ->
    case file:read_link("/proc/" ++ os:getpid() ++ "/fd/1") of
        {ok, "/dev/pts/" ++ _} -> true;
        {ok, "/dev/tty" ++ _} -> true;
        _ -> false
    end.

%% A terminal's line is written over; a log gets a line per tenth.
show(true, Progress) -> io:format("\r~ts", [line(Progress)]);
show(false, #{progress := Done} = Progress) ->
    Tenth = trunc(Done * 10),
    case get(fxaot_demo_tenth) of
        Tenth -> ok;
        _ ->
            put(fxaot_demo_tenth, Tenth),
            io:format("~ts~n", [line(Progress)])
    end.

line(#{progress := Done, quotes := Quotes, seconds := Seconds}) ->
    Cells = max(0, min(?BAR_CELLS, round(Done * ?BAR_CELLS))),
    io_lib:format("[~s~s] ~3w %  ~10ts quotes  ~6.2f s",
                  [lists:duplicate(Cells, $#), lists:duplicate(?BAR_CELLS - Cells, $.),
                   round(Done * 100), thousands(Quotes), Seconds]).

%% ---- the report -------------------------------------------------------------

report(Replay, Options) ->
    %% The engine's answer comes after all events that it has sent.
    Stats = fxaot:stats(?ENGINE),
    Account = fxaot:account(?ENGINE),
    Received = received(#{count => 0, missing => 0, rejects => #{}}, 1),
    io:format("~n"),
    strategy_table(fxaot:strategies(?ENGINE)),
    rejects(Received, Options, Account),
    account(Account),
    engine(Replay, Stats),
    calls(Options, Stats),
    times(Replay, Stats),
    events(Stats, Received).

strategy_table(Strategies) ->
    io:format("~-12ts~-19ts~9ts~9ts~8ts~8ts~14ts~n",
              ["strategy", "", "bars", "signals", "orders", "fills", "profit USD"]),
    [io:format("~-12ts~-19ts~9ts~9ts~8ts~8ts~14ts~n",
               [atom_to_list(Id), Name, thousands(Bars), thousands(Signals), thousands(Orders),
                thousands(Fills), money(Realised + Unrealised)])
     || #{id := Id, strategy := Name, bars := Bars, signals := Signals, orders := Orders,
          fills := Fills, realised := Realised, unrealised := Unrealised} <- Strategies],
    ok.

rejects(#{rejects := Rejects}, #{symbol := Symbol}, Account) ->
    [io:format("~ts orders rejected: ~ts~n", [thousands(Count), why(Reason, Symbol, Account)])
     || {Reason, Count} <- lists:sort(maps:to_list(Rejects))],
    ok.

why(no_conversion, Symbol, #{currency := Currency}) ->
    {_, Quote} = currencies(Symbol),
    io_lib:format("no_conversion, since no quote here converts ~ts to the account's ~ts",
                  [Quote, Currency]);
why(Reason, _, _) -> atom_to_list(Reason).

account(#{currency := Currency, balance := Balance, equity := Equity}) ->
    io:format("~naccount   balance ~ts ~ts, equity ~ts ~ts~n",
              [money(Balance), Currency, money(Equity), Currency]).

engine(#{quotes := Quotes, seconds := Seconds} = Replay, Stats) ->
    io:format("engine    ~ts quotes in ~.3f s, feed included: ~ts quotes/s~n",
              [thousands(Quotes), Seconds, thousands(round(Quotes / max(Seconds, 1.0e-6)))]),
    #{accepted := Accepted, crossed := Crossed, late := Late} = Stats,
    Dropped = maps:get(quotes, Stats) - Accepted,
    io:format("          accepted ~ts (~ts crossed), dropped ~ts (~ts late)~ts~n",
              [thousands(Accepted), thousands(Crossed), thousands(Dropped), thousands(Late),
               case Replay of
                   #{bad_lines := Bad} -> [", bad lines ", thousands(Bad)];
                   _ -> ""
               end]).

calls(#{mode := Mode}, #{latency_ns := #{p50 := P50, p99 := P99, p999 := P999, max := Max},
                         latency_samples := Samples}) ->
    io:format("~ts p50 ~ts ns, p99 ~ts ns, p99.9 ~ts ns, longest ~ts ns (~ts sampled)~n",
              [case Mode of quote -> "a call   "; batch -> "a quote  " end,
               thousands(round(P50)), thousands(round(P99)), thousands(round(P999)),
               thousands(round(Max)), thousands(Samples)]).

%% The time of a native call outside its stages is the boundary: Erlang's loop, arguments in, events
%% out as terms.
times(#{call_seconds := Calls, publish_seconds := Publishing, feed_seconds := Feed,
        quotes := Quotes}, Stats) ->
    #{admit := Admit, bars := Bars, strategies := Strategies, trading := Trading,
      boundary := Boundary, disturbed := Disturbed} = shares(Calls, Quotes, Stats),
    Total = Calls + Publishing,
    io:format("~nwhere the time of the engine's process went      ms      ns a quote~n"),
    [io:format("  ~-42ts~9.2f~16.1f  ~3w %~n",
               [Text, Seconds * 1000, Seconds * 1.0e9 / max(1, Quotes),
                round(100 * Seconds / max(Total, 1.0e-9))])
     || {Text, Seconds} <- [{"boundary: Erlang's loop, arguments, terms", Boundary},
                            {"admit: instrument, price and time checks", Admit},
                            {"bars", Bars},
                            {"strategies and sizing", Strategies},
                            {"venue and account", Trading},
                            {"events to subscribers", Publishing}]],
    [io:format("  (timed quotes were interrupted: the stages are too high, the boundary too low)~n")
     || Disturbed],
    io:format("at the same time, in the feed's process~n  ~-42ts~9.2f~16.1f~n",
              ["reading and parsing, or simulating", Feed * 1000,
               Feed * 1.0e9 / max(1, Quotes)]).

%% @private Seconds of the native calls by stage, and the rest of them, the boundary.
%%
%% One quote in 128 is timed, so a timed quote that the system interrupted for a millisecond would
%% come out as an eighth of a second. Therefore the longest sample is left out where only one stage
%% can have had it: no other one has half its time over all samples. (Where two have, it counts
%% for no more than what is regular.) Should even the rest come out above the calls' own time,
%% more samples were interrupted: then the stages share that time, and the report says so.
-spec shares(Calls :: float(), Quotes :: non_neg_integer(), Stats :: map()) ->
          #{admit | bars | strategies | trading | boundary => float(), disturbed => boolean()}.
shares(Calls, Quotes, #{stage_ns := Stages, latency_samples := Samples,
                        latency_ns := #{max := Longest}}) ->
    Kept = case [Stage || {Stage, Time} <- maps:to_list(Stages), Time > Longest / 2] of
               [Only] -> maps:update_with(Only, fun(Time) -> max(0.0, Time - Longest) end, Stages);
               _ -> Stages
           end,
    Scale = Quotes / max(1, Samples) / 1.0e9,
    Inside = Scale * lists:sum(maps:values(Kept)),
    Fitted = case Inside > Calls of
                 true -> Scale * Calls / Inside;
                 false -> Scale
             end,
    Seconds = maps:map(fun(_, Time) -> Fitted * Time end, Kept),
    Seconds#{boundary => max(0.0, Calls - Inside), disturbed => Inside > Calls}.

events(#{events := Events}, #{count := Count, missing := Missing}) ->
    io:format("~nevents    ~ts from the engine, ~ts came to a subscriber, ~w missing~n",
              [thousands(Events), thousands(Count), Missing]).

%% This subscriber's counts: events received, sequence numbers missing, and the
%% rejects by reason.
received(#{count := Count, missing := Missing, rejects := Rejects}, Expected) ->
    receive
        {fxaot_events, ?ENGINE, _, First, Events} ->
            More = lists:foldl(fun(#reject{reason = Reason}, Counts) ->
                                       maps:update_with(Reason, fun(N) -> N + 1 end, 1, Counts);
                                  (_, Counts) -> Counts
                               end, Rejects, Events),
            received(#{count => Count + length(Events), missing => Missing + First - Expected,
                       rejects => More}, First + length(Events))
    after 0 -> #{count => Count, missing => Missing, rejects => Rejects}
    end.

%% ---- numbers ----------------------------------------------------------------

thousands(Number) when Number < 0 -> [$- | thousands(-Number)];
thousands(Number) -> grouped(lists:reverse(integer_to_list(Number)), []).

grouped([A, B, C, D | Rest], Done) -> grouped([D | Rest], [$,, C, B, A | Done]);
grouped(Rest, Done) -> lists:reverse(Rest) ++ Done.

%% Micro-units, to the cent.
money(Micro) when Micro < 0 -> [$- | money(-Micro)];
money(Micro) ->
    Cents = (Micro + 5000) div 10000,
    [thousands(Cents div 100), io_lib:format(".~2..0w", [Cents rem 100])].
