%% @doc The demonstration that `make demo' runs: four strategies live with 50x leverage, on EURUSD of
%% the simulated market or on the symbol of quote files, a report, and a small account that is driven into
%% a stop-out.
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
-define(STOPPED, fxaot_demo_stop_out).
-define(BALANCE, 100000).
-define(LEVERAGE, 50).
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
    case fxaot:start_engine(?ENGINE, #{instruments => [Symbol], balance => ?BALANCE,
                                       account => #{leverage => ?LEVERAGE}}) of
        {ok, _} ->
            try live(Options) of
                ok -> stop_out();
                Error -> Error
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
    io:format("fxaot: four strategies live on ~ts, 1-minute bars, 10,000 ~ts a signal~n"
              "account  ~ts USD, ~wx leverage~n~n",
              [Symbol, Base, thousands(?BALANCE), ?LEVERAGE]),
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
    Received = received(#{count => 0, missing => 0, rejects => #{}, balance => ?BALANCE * 1000000,
                          highest => ?BALANCE * 1000000, drawdown => 0}, 1),
    io:format("~n"),
    strategy_table(fxaot:strategies(?ENGINE)),
    rejects(Received, Options, Account),
    account(Account, Received),
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

account(#{currency := Currency, balance := Balance, equity := Equity, margin_used := Used,
          free_margin := Free, margin_level := Level}, #{drawdown := Drawdown}) ->
    io:format("~naccount   balance ~ts ~ts, equity ~ts ~ts~n",
              [money(Balance), Currency, money(Equity), Currency]),
    io:format("          margin ~ts used, ~ts free, level ~ts; largest fall of the balance ~ts~n",
              [money(Used), money(Free), level(Level), money(Drawdown)]).

level(infinity) -> "infinite";
level(Level) -> io_lib:format("~.1f %", [Level * 100]).

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
received(#{count := Count, missing := Missing, rejects := Rejects} = Seen, Expected) ->
    receive
        {fxaot_events, ?ENGINE, _, First, Events} ->
            More = lists:foldl(fun(#reject{reason = Reason}, Counts) ->
                                       maps:update_with(Reason, fun(N) -> N + 1 end, 1, Counts);
                                  (_, Counts) -> Counts
                               end, Rejects, Events),
            received((lists:foldl(fun fall/2, Seen, Events))#{
                       count := Count + length(Events), missing := Missing + First - Expected,
                       rejects := More}, First + length(Events))
    after 0 -> Seen
    end.

%% The largest fall of the balance below its highest so far.
fall(#fill{profit = Profit, commission = Commission},
     #{balance := Balance, highest := Highest, drawdown := Drawdown} = Seen) ->
    Now = Balance + Profit - Commission,
    Seen#{balance := Now, highest := max(Highest, Now),
          drawdown := max(Drawdown, max(Highest, Now) - Now)};
fall(_, Seen) -> Seen.

%% ---- a stop-out -------------------------------------------------------------

%% 1,000 USD hold 40,000 EUR with 50x, and EURUSD falls by two pips a second until the account is stopped out.
stop_out() ->
    {ok, _} = fxaot:start_engine(?STOPPED, #{instruments => ['EURUSD'], balance => 1000,
                                             account => #{leverage => ?LEVERAGE}}),
    try
        io:format("~na second account, 1,000 USD, ~wx: it buys 40,000 EUR, and EURUSD falls~n",
                  [?LEVERAGE]),
        [] = falling(0),
        {ok, _} = fxaot:submit(?STOPPED, #{id => <<"demo">>, symbol => 'EURUSD', side => buy,
                                           quantity => 40000}),
        fall_until_sold(1)
    after
        _ = fxaot:stop_engine(?STOPPED)
    end.

fall_until_sold(Second) ->
    Events = falling(Second),
    [tell(Event, Second) || Event <- Events],
    case [Fill || #fill{side = sell} = Fill <- Events] of
        [] when Second < 1000 -> fall_until_sold(Second + 1);
        _ -> ok
    end.

falling(Second) ->
    case fxaot:tick(?STOPPED, 'EURUSD', 1709546400000000000 + Second * 1000000000, bid(Second),
                    bid(Second) + 0.0001) of
        ok -> [];
        Events -> Events
    end.

bid(Second) -> round((1.1 - 0.0002 * Second) * 100000) / 100000.

tell(#account{change = margin_call, detail = #{level := Level}}, Second) ->
    io:format("  ~.4f  margin call, level ~ts~n", [bid(Second), level(Level)]);
tell(#account{change = stop_out, detail = #{quantity := Quantity, level := Level}}, Second) ->
    io:format("  ~.4f  stop-out, level ~ts: ~ts EUR are sold~n",
              [bid(Second), level(Level), thousands(Quantity)]);
tell(#fill{side = Side, quantity = Quantity, price = Price, profit = Profit}, _) ->
    #{balance := Balance, margin_used := Used} = fxaot:account(?STOPPED),
    io:format("  ~.4f  ~ts ~ts, profit ~ts: balance ~ts, margin ~ts~n",
              [Price, case Side of buy -> "bought"; sell -> "sold" end, thousands(Quantity),
               money(Profit), money(Balance), money(Used)]);
tell(_, _) -> ok.

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
