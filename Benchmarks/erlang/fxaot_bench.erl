%% @doc `make bench': every speed that fxaot promises, measured in one run, as a table and as JSON.
%%
%% A row is the median over rounds. A figure and its floor are measured in turn within each round,
%% and the ratio is the median of the rounds' ratios, so that a machine whose speed drifts moves
%% both. What each row's floor is stands in docs/performance.md.
%%
%% Longer than a file should be: one measurement after another, as the table has rows.
-module(fxaot_bench).

-export([main/1]).

-define(ROUNDS, 15).
-define(QUOTES, 200000).
-define(BARS, 1000000).
-define(START, 1700000000000000000).
-define(MINUTE, 60000000000).
-define(SYMBOL, 'EURUSD').
-define(ACTOR, fxaot_bench_actor).
%% Quotes that are timed in a round of actor_latency; one in so many is; and ns between two quotes.
-define(SAMPLES, 200).
-define(SAMPLING, 128).
-define(PAUSE_NS, 3000).
%% Of a round of reload_pause; its script has all the bars that an engine keeps.
-define(RELOADS, 20).
-define(KEPT_BARS, 5000).
%% Of the processes that send to one engine at once.
-define(SYMBOLS, [?SYMBOL, 'GBPUSD', 'AUDUSD', 'USDJPY']).

%% value, floor, ratio: medians. met: of the ratio where the target is one, else of the value. A row
%% without a target is only reported.
-record(row, {name :: atom(),
              value :: float(),
              unit :: string(),
              target = none :: number() | none,
              sense = at_most :: at_most | at_least,
              of_ratio = false :: boolean(),
              floor = none :: float() | none,
              floor_name = "none" :: string(),
              ratio = none :: float() | none,
              peers = [] :: [{string(), float()}]}).

%% What the project set out from, in ns: a quote into a ring, out of it, to its strategy, and all.
-define(FOUNDING, #{ring_push => 50.0, ring_pop => 45.0, dispatch => 100.0}).
-define(FOUNDING_SUM, 200).

%% @doc Arguments: the data folder (or "" for none), where to write the JSON, and the files with the
%% figures of the messaging benchmark, of the scripts' and of the peers (or "").
-spec main([string()]) -> no_return().
main([Data, Json, MessagingFile, ScriptFile, PeerFile]) ->
    %% The application's stops are no rows of the table.
    ok = logger:set_primary_config(level, warning),
    %% A worker of its own with a roomy heap: garbage collection is not what is measured.
    {Pid, Monitor} = spawn_opt(fun() ->
                                       run(Data, Json, figures(MessagingFile), figures(ScriptFile),
                                           peers(PeerFile))
                               end,
                               [monitor, {min_heap_size, 20000000}]),
    receive
        {'DOWN', Monitor, process, Pid, normal} -> halt(0);
        {'DOWN', Monitor, process, Pid, Reason} ->
            io:format(standard_error, "bench failed: ~tp~n", [Reason]),
            halt(1)
    end.

run(Data, Json, Messaging, Scripts, Peers) ->
    io:format("fxaot ~s on ~ts, Erlang/OTP ~s, ~b schedulers, ~ts~n~n",
              [version(), cpu(), erlang:system_info(otp_release),
               erlang:system_info(schedulers_online), market_name(Data)]),
    heading(),
    Rows = [show(Row) || Bench <- [fun quote/0, fun quote_bar_close/0, fun quote_batch/0,
                                   fun supervised/0,
                                   fun() -> array(ma_crossover, 3, Peers) end,
                                   fun() -> array(momentum_breakout, 6, Peers) end,
                                   fun() -> array(mean_reversion, 5, Peers) end,
                                   fun() -> replay(Data) end, fun telemetry/0, fun fix_parse/0, fun fix_orders/0, fun journal/0,
                                   fun() -> load(Data) end,
                                   fun() -> rings(Messaging) end,
                                   fun() -> actor_latency(Messaging) end,
                                   fun() -> trading(Scripts) end,
                                   fun() -> scripts(Scripts) end,
                                   fun() -> compiled(Scripts, Peers) end, fun reload_pause/0],
                         Row <- Bench()],
    show_founding(Rows),
    show_tiers(Rows, Scripts, Peers),
    ok = filelib:ensure_dir(Json),
    ok = file:write_file(Json, json(Rows)),
    Missed = [Name || #row{name = Name} = Row <- Rows, met(Row) =:= false],
    case Missed of
        [] ->
            Targets = length([Row || #row{target = Target} = Row <- Rows, Target =/= none]),
            io:format("~nAll ~b targets are met; ~ts has the figures.~n", [Targets, Json]);
        _ -> io:format("~nNot met: ~p; ~ts has the figures.~n", [Missed, Json])
    end.

%% ---- the rows -----------------------------------------------------------------------------

quote() ->
    Quotes = walk(?QUOTES, 1000),
    [call_row(quote, 3, Quotes)].

%% Every quote closes the 1-minute bar of the one before.
quote_bar_close() ->
    Quotes = walk(?QUOTES, ?MINUTE),
    [call_row(quote_bar_close, 12, Quotes)].

call_row(Name, Target, Quotes) ->
    Count = length(Quotes),
    Rounds = [begin
                  Engine = engine([crossover]),
                  Floor = time(fun() -> call_floor(Engine, Quotes) end),
                  Value = time(fun() -> call(Engine, Quotes) end),
                  Count = accepted(Engine),
                  ok = fxaot_nif:close(Engine),
                  {Value / Count, Floor / Count}
              end || _ <- rounds()],
    row(Name, "ns", Target, at_most, true, "an empty NIF of arity 5", Rounds).

call_floor(_, []) -> ok;
call_floor(Engine, [{Time, Bid, Ask} | Quotes]) ->
    fxaot_bench_floor:empty(Engine, ?SYMBOL, Time, Bid, Ask),
    call_floor(Engine, Quotes).

call(_, []) -> ok;
call(Engine, [{Time, Bid, Ask} | Quotes]) ->
    fxaot_nif:tick(Engine, ?SYMBOL, Time, Bid, Ask),
    call(Engine, Quotes).

%% Quotes from processes that are not the engine's, through fxaot.
supervised() ->
    {ok, _} = application:ensure_all_started(fxaot),
    Quotes = walk(?QUOTES, 1000),
    Batch = market(?QUOTES),
    One = [on_supervised(length(Quotes), fun() -> tick_all(?MODULE, ?SYMBOL, Quotes) end,
                         fun() -> call_floor(?MODULE, Quotes) end) || _ <- rounds()],
    Many = [on_supervised(byte_size(Batch) div 48, fun() -> fxaot:ticks(?MODULE, Batch) end,
                          fun() -> binary:copy(Batch) end) || _ <- rounds()],
    Crowded = [on_supervised(length(?SYMBOLS) * ?QUOTES, crowd(), fun() -> ok end) || _ <- rounds()],
    ok = application:stop(fxaot),
    [row(tick_supervised, "ns", 6, at_most, true, "an empty NIF of arity 5", One),
     row(ticks_supervised, "ns per quote", 15, at_most, false, "a copy of the batch", Many),
     #row{name = tick_supervised_4, unit = "ns per quote, four senders",
          value = median([Value || {Value, _} <- Crowded])}].

on_supervised(Count, Call, Floor) ->
    {ok, _} = fxaot:start_engine(?MODULE, #{instruments => ?SYMBOLS}),
    ok = fxaot:deploy(?MODULE, crossover, #{strategy => ma_crossover, instrument => ?SYMBOL,
                                            timeframe => {minutes, 1}, params => #{'band' => 0.00005}}),
    FloorNs = time(Floor),
    ValueNs = time(Call),
    #{quotes := Count} = fxaot:stats(?MODULE),
    ok = fxaot:stop_engine(?MODULE),
    {ValueNs / Count, FloorNs / Count}.

tick_all(_, _, []) -> ok;
tick_all(Engine, Symbol, [{Time, Bid, Ask} | Quotes]) ->
    fxaot:tick(Engine, Symbol, Time, Bid, Ask),
    tick_all(Engine, Symbol, Quotes).

%% Senders that are ready, each with an instrument of its own.
crowd() ->
    Test = self(),
    Senders = [spawn_monitor(fun() ->
                                     Quotes = walk(?QUOTES, 1000),
                                     Test ! {self(), ready},
                                     receive go -> tick_all(?MODULE, Symbol, Quotes) end
                             end) || Symbol <- ?SYMBOLS],
    lists:foreach(fun({Pid, _}) -> receive {Pid, ready} -> ok end end, Senders),
    fun() ->
            lists:foreach(fun({Pid, _}) -> Pid ! go end, Senders),
            lists:foreach(fun({Pid, Monitor}) ->
                                  receive {'DOWN', Monitor, process, Pid, normal} -> ok end
                          end, Senders)
    end.

quote_batch() ->
    Batch = market(?QUOTES),
    Count = byte_size(Batch) div 48,
    Rounds = [begin
                  Engine = engine([crossover]),
                  Floor = time(fun() -> binary:copy(Batch) end),
                  Value = time(fun() -> fxaot_nif:ticks(Engine, Batch) end),
                  Count = accepted(Engine),
                  ok = fxaot_nif:close(Engine),
                  {Value / Count, Floor / Count}
              end || _ <- rounds()],
    [row(quote_batch, "ns per quote", 15, at_most, false, "a copy of the batch", Rounds)].

%% The second of two calls in a row is timed, as in the peers' program: the arrays are as near as the
%% caches hold them.
array(Strategy, Target, Peers) ->
    {Closes, Volumes} = series(?BARS),
    Execute = fun() -> {ok, _} = fxaot_nif:execute(Strategy, Closes, Volumes, #{}) end,
    Copy = fun() -> {binary:copy(Closes), binary:copy(Volumes)} end,
    Rounds = [{again(Execute) / ?BARS, again(Copy) / ?BARS} || _ <- rounds()],
    Name = list_to_atom("array_" ++ atom_to_list(Strategy)),
    Row = row(Name, "ns per bar", Target, at_most, false, "a copy of both arrays", Rounds),
    [Row#row{peers = [{How, Ns} || {S, How, Ns} <- Peers, S =:= Strategy]}].

%% The files' quotes from memory through ticks/2, the four strategies on.
replay(Data) ->
    Batch = quotes(Data),
    Count = byte_size(Batch) div 48,
    Rounds = [begin
                  Engine = engine([crossover, breakout, reversion, fusion]),
                  Floor = time(fun() -> binary:copy(Batch) end),
                  Value = time(fun() -> feed(Engine, Batch) end),
                  Count = accepted(Engine),
                  ok = fxaot_nif:close(Engine),
                  {Count / Value * 1000, Count / Floor * 1000}
              end || _ <- rounds()],
    [row(replay, "M quotes/s", 10, at_least, false, "a copy of the batch", Rounds)].

%% Off, and on with a collection of metrics each second.
telemetry() ->
    Quotes = fxaot_bench_telemetry:quotes(1000000),
    [row(Name, "ns per quote", 1.05, at_most, true, "the same without telemetry",
         [{with_telemetry(Kind, on, Quotes), with_telemetry(Kind, off, Quotes)} || _ <- rounds()])
     || {Name, Kind} <- [{quote_telemetry, quote}, {replay_telemetry, replay}]].

with_telemetry(Kind, Mode, Quotes) ->
    ok = fxaot_bench_telemetry:start(Mode),
    Ns = time(fun() -> fxaot_bench_telemetry:run(Kind, Quotes) end) / (byte_size(Quotes) div 48),
    Collected = case Mode of
                    on -> time(fun fxaot_bench_telemetry:collect/0);
                    off -> 0
                end,
    ok = fxaot_bench_telemetry:stop(Mode),
    Ns * (1 + Collected / 1000000000).

%% Recording, and coming back.
journal() ->
    Orders = 20000,
    Recorded = [{fxaot_bench_journal:order(inputs, Orders), fxaot_bench_journal:order(nothing, Orders)} || _ <- rounds()],
    [alone(journal_append, "M records/s", 0.1, at_least, [fxaot_bench_journal:append(300000) / 1.0e6 || _ <- [1, 2, 3]]),
     row(journal_order, "ns", 2000, at_most, false, "an order and its cancel without a journal",
         [{With - Without, Without} || {With, Without} <- Recorded]),
     alone(recovery, "s", 5, at_most, [fxaot_bench_journal:recovery(1000000)])].

%% Without a floor.
alone(Name, Unit, Target, Sense, Values) ->
    #row{name = Name, unit = Unit, target = Target, sense = Sense, of_ratio = false, value = median(Values),
         floor = none, ratio = none}.

%% Execution reports as they come from a socket, in 64 KiB.
fix_parse() ->
    Report = #{sender_comp_id => <<"BROKER">>, target_comp_id => <<"DESK">>, msg_seq_num => 12345,
               sending_time => <<"20240103-00:00:00.123">>, order_id => <<"o123456">>, cl_ord_id => <<"c123456">>,
               exec_id => <<"e123456">>, exec_type => <<"F">>, ord_status => <<"2">>, symbol => <<"EUR/USD">>,
               side => <<"1">>, order_qty => 100000, ord_type => <<"2">>, price => 1.1, last_qty => 100000,
               last_px => 1.10005, leaves_qty => 0, cum_qty => 100000, avg_px => 1.10005,
               transact_time => <<"20240103-00:00:00.123">>},
    {ok, Bytes} = fxaot_fix_codec:encode(execution_report, Report),
    Count = 65536 div byte_size(Bytes),
    Buffer = binary:copy(Bytes, Count),
    Times = 200,
    {ok, {execution_report, Report}, <<>>} = fxaot_fix_codec:decode_plainly(Bytes, 65536),
    Rounds = [begin
                  Value = time(fun() -> repeat(Times, fun() -> fixed(Buffer) end) end),
                  Floor = time(fun() -> repeat(Times, fun() -> binary:matches(Buffer, <<"8=FIX">>) end) end),
                  {Times * Count / Value * 1000, Times * Count / Floor * 1000}
              end || _ <- rounds()],
    [row(fix_parse, "M reports/s", 1, at_least, false, "a search for their beginnings", Rounds)].

%% From a client's submit to the broker's acceptance, with the fill beside it; the gateway's store on the way.
fix_orders() ->
    case fxaot_bench_fix:venue() of
        {ok, Venue} ->
            Sync = median(fxaot_bench_fix:datasync(300)) / 1000,
            Bare = median(fxaot_bench_fix:bare(Venue, 1000)) / 1000,
            [fix_order(fix_order_roundtrip, Venue, never, 150, Bare, "the same broker and a bare socket"),
             fix_order(fix_order_roundtrip_sync, Venue, sync, round(150 + 2 * Sync), Sync, "a datasync of 200 bytes")];
        none ->
            io:format("~-26s No QuickFIX (libquickfix-dev) and C++ compiler here: not measured.~n", [fix_order_roundtrip]),
            []
    end.

fix_order(Name, Venue, Journal, Target, Floor, FloorName) ->
    {Accepted, Filled} = lists:unzip(fxaot_bench_fix:round_trips(Venue, Journal, 1000)),
    Value = median(Accepted) / 1000,
    #row{name = Name, value = Value, unit = "us", target = Target, floor = Floor, floor_name = FloorName,
         ratio = Value / Floor,
         peers = [{"to its fill", median(Filled) / 1000}]}.

repeat(0, _) -> ok;
repeat(Times, Work) ->
    _ = Work(),
    repeat(Times - 1, Work).

fixed(<<>>) -> ok;
fixed(Bytes) ->
    {ok, _, Rest} = fxaot_fix_codec:decode_many(Bytes, 65536),
    fixed(Rest).

%% In pieces, as a feed sends them.
feed(_, <<>>) -> ok;
feed(Engine, <<Piece:(48 * 4096)/binary, Rest/binary>>) ->
    fxaot_nif:ticks(Engine, Piece),
    feed(Engine, Rest);
feed(Engine, Piece) -> fxaot_nif:ticks(Engine, Piece).

%% Archives ▶ records; beside it, unpacking alone.
load("") ->
    io:format("~-26s skipped: no data folder~n", [load]),
    [];
load(Data) ->
    Zips = lists:sort(filelib:wildcard(filename:join(Data, "*.zip"))),
    Rounds = [begin
                  Floor = time(fun() -> [unzip(Zip) || Zip <- Zips] end),
                  {Value, Bytes} = timed(fun() -> read_all(Data) end),
                  Count = Bytes / 48,
                  {Count / Value * 1000, Count / Floor * 1000}
              end || _ <- lists:seq(1, 7)],
    [row(load, "M quotes/s", 4, at_least, false, "unzipping alone", Rounds)].

unzip(Zip) ->
    {ok, Texts} = fxaot_bytes:list(Zip),
    [begin
         {ok, Stream} = fxaot_bytes:open(Source),
         unpack(fxaot_bytes:read(Stream))
     end || {_, _, Source} <- Texts].

unpack({ok, _, Stream}) -> unpack(fxaot_bytes:read(Stream));
unpack({eof, Stream}) -> fxaot_bytes:close(Stream).

%% ---- messaging ----------------------------------------------------------------------------

%% Measured by a program of their own: there is no Erlang in them.
rings(Figures) ->
    Copy = {ring_copy, "a copy of 48 bytes"},
    Handover = {ring_handover, "two arrays in turns, no ring"},
    [Row
     || {Name, Unit, Target, Floor} <-
            [{ring_push, "ns", {at_most, 3}, Copy}, {ring_pop, "ns", {at_most, 3}, Copy},
             {ring_spsc_cross, "M messages/s", {at_least, 90}, Handover},
             {ring_spsc_single_cross, "M messages/s", none, Handover},
             {ring_mpsc_cross, "M messages/s", {at_least, 25}, Handover},
             {ring_mpsc_cross_2, "M messages/s", none, none},
             {ring_mpsc_cross_4, "M messages/s", none, none},
             {ring_mpsc_single_cross, "M messages/s", none, Handover},
             {dispatch, "ns", {at_most, 5}, {dispatch_load, "a load from a table"}}],
        Row <- native(Name, Unit, Target, Floor, Figures)].

%% ---- trading ------------------------------------------------------------------------------

%% Nanoseconds beyond the same quote without positions, or without orders.
trading(Figures) ->
    native(order_path, "ns", {at_most, 250}, none, Figures)
        ++ native(mark_28, "ns more", {at_most, 100}, none, Figures)
        ++ native(resting_1k, "ns more", {at_most, 50}, none, Figures)
        ++ native(scripts_in_position_1k, "ns more", {at_most, 150}, none, Figures)
        ++ native(snapshot_pause, "ms", {at_most, 1}, none, Figures)
        ++ native(scripts_with_exits_1k, "ns more", {at_most, 150}, none, Figures).

%% ---- scripts ------------------------------------------------------------------------------

scripts(Figures) ->
    Kernel = {macd_kernel_bar, "the indicator's kernel alone"},
    native(vm_macd_bar, "ns per bar", {at_most, 250}, Kernel, Figures)
        ++ native(backtest_50k, "ms", {at_most, 15}, none, Figures)
        ++ native(script_ready, "ms", {at_most, 5}, none, Figures)
        ++ native(script_ready_3000, "ms", {at_most, 60}, none, Figures).

%% The longest that a reload makes a caller wait beyond its own quote. Of twenty reloads the worst; over the
%% rounds the median of those, since one in thousands meets the system's own pauses.
reload_pause() ->
    {ok, {ir, Program}} =
        fxaot_script:compile({source, "//@version=6\nstrategy(\"Cross\")\n"
                                      "quick = ta.ema(close, 12)\nslow = ta.ema(close, 26)\n"
                                      "if ta.crossover(quick, slow)\n"
                                      "    strategy.entry(\"Long\", strategy.long)\n"
                                      "if ta.crossunder(quick, slow)\n"
                                      "    strategy.entry(\"Short\", strategy.short)\n"}),
    Place = #{instrument => ?SYMBOL, timeframe => {minutes, 1}},
    {Warming, Rest} = lists:split(?KEPT_BARS, walk(?KEPT_BARS + 2 * ?RELOADS, ?MINUTE)),
    {Pauses, Whole} = lists:unzip([worst_reload(Program, Place, Warming, Rest) || _ <- rounds()]),
    [#row{name = reload_pause, unit = "us", value = median(Pauses) / 1000, target = 20,
          peers = [{"with the quote itself", median(Whole) / 1000}]}].

%% A plain quote after as long a wait tells what the quote after a swap takes without one.
worst_reload(Program, Place, Warming, Rest) ->
    {ok, Engine} = fxaot_nif:new(#{}),
    ok = fxaot_nif:add_instrument(Engine, ?SYMBOL),
    ok = fxaot_nif:add_script(Engine, s, Program, Place),
    call(Engine, Warming),
    {ok, {_, Kind, Count, Price, _}} = fxaot_terms:script_deployment(Place),
    Basis = fun() -> stopwatch(fun() -> fxaot_nif:reload_basis(Engine, s, Kind, Count, Price) end) end,
    Tick = fun({Time, Bid, Ask}) ->
                   element(1, stopwatch(fun() -> fxaot_nif:tick(Engine, ?SYMBOL, Time, Bid, Ask) end))
           end,
    {Plain, Reloads} = lists:unzip(reloads(Engine, Program, Basis, Tick, Rest)),
    ok = fxaot_nif:close(Engine),
    Usual = median(Plain),
    {lists:max([max(Kept, Swap + max(0, Quote - Usual)) || {Kept, Swap, Quote} <- Reloads]),
     lists:max([max(Kept, Swap + Quote) || {Kept, Swap, Quote} <- Reloads])}.

%% In nanoseconds: a quote after a wait, and the three calls of a reload.
reloads(_, _, _, _, []) -> [];
reloads(Engine, Program, Basis, Tick, [First, Second | Rest]) ->
    {_, {ok, Unused}} = Basis(),
    {ok, _} = fxaot_nif:prepare(Unused, Program, #{}),
    Plain = Tick(First),
    {Kept, {ok, From}} = Basis(),
    {ok, Prepared} = fxaot_nif:prepare(From, Program, #{}),
    {Swap, {ok, _}} = stopwatch(fun() -> fxaot_nif:swap(Engine, s, Prepared) end),
    [{Plain, {Kept, Swap, Tick(Second)}} | reloads(Engine, Program, Basis, Tick, Rest)].

%% Native code of scripts; nothing where there is no Swift to compile it with.
compiled(Figures, Peers) ->
    Kernel = {macd_kernel_bar, "the indicator's kernel alone"},
    Beside = fun(Name, Others) ->
                     [{How, map_get(Key, Figures)} || {How, Key} <- Others, is_map_key(Key, Figures)]
                         ++ [{How, Value} || {Of, How, Value} <- Peers, Of =:= Name]
             end,
    [Row#row{peers = Beside(Of, Others)}
     || {Name, Unit, Target, Floor, Of, Others} <-
            [{native_macd_bar, "ns per bar", {at_most, 40}, Kernel, none,
              [{"on the VM", vm_macd_bar}, {"the broker alone", broker_macd_bar}]},
             {native_step_ma_crossover, "ns per bar", {at_most, 5}, none, none,
              [{"on the VM", vm_step_ma_crossover}, {"built in", builtin_step_ma_crossover}]},
             {native_array_ma_crossover, "ns per bar", {at_most, 3}, none, ma_crossover, []},
             {native_lane_ma_crossover, "ns per set", {at_most, 1}, none, none, []},
             {array_push_shift, "ns more", {at_most, 15}, none, none, []},
             {array_sum_100, "ns more", {at_most, 150}, none, none, []},
             {matrix_4x4_mult, "ns more", {at_most, 150}, none, none, []},
             {udt_bar, "ns per bar", none, none, none, [{"on the VM", vm_udt_bar}]},
             {compile_cold, "ms", {at_most, 500}, none, compile_ma_crossover, []},
             {compile_cached, "ms", {at_most, 5}, none, none, []}],
        Row <- native(Name, Unit, Target, Floor, Figures)]
        ++ over_vm(Figures) ++ udt_over_vm(Figures).

udt_over_vm(#{udt_bar := Native, vm_udt_bar := VM}) ->
    [#row{name = udt_over_vm, unit = "times", value = VM / Native, target = 5, sense = at_least}];
udt_over_vm(_) -> [].

over_vm(#{native_step_ma_crossover := Native, vm_step_ma_crossover := VM}) ->
    [#row{name = native_over_vm, unit = "times", value = VM / Native, target = 5,
          sense = at_least}];
over_vm(_) -> [].

%% A figure of a native benchmark as a row; none where it was not measured.
native(Name, Unit, Target, Floor, Figures) when is_map_key(Name, Figures) ->
    Row = targeted(#row{name = Name, unit = Unit, value = map_get(Name, Figures),
                        peers = [{"founding figure", Ns} || {N, Ns} <- maps:to_list(?FOUNDING),
                                                            N =:= Name]}, Target),
    case Floor of
        none -> [Row];
        {Key, FloorName} ->
            #{Key := Ns} = Figures,
            [Row#row{floor = Ns, floor_name = FloorName, ratio = Row#row.value / Ns}]
    end;
native(_, _, _, _, _) -> [].

targeted(Row, none) -> Row;
targeted(Row, {Sense, Target}) -> Row#row{sense = Sense, target = Target}.

%% From fxaot:tick/5 in a process to the end of the strategy's step on a spinning worker. The
%% engine's own latency begins in the native function: what tick/5 does before is measured on its
%% own, with an empty native function at its end, which counts that call twice. Quotes come so far
%% apart that none waits for another.
actor_latency(#{worker_hop := Hop}) ->
    _ = application:ensure_all_started(fxaot),
    Quotes = walk(?SAMPLES * ?SAMPLING, 1000),
    Rounds = [one_latency(Quotes) || _ <- rounds()],
    Value = median([Before + Native || {Before, Native} <- Rounds]),
    [#row{name = actor_latency, unit = "ns", value = Value, target = 1000,
          floor = Hop, floor_name = "the same hop without Erlang", ratio = Value / Hop,
          peers = [{"before the native call", median([Before || {Before, _} <- Rounds])},
                   {"from it on", median([Native || {_, Native} <- Rounds])}]}].

%% Both parts of the way. An engine of its own each time: its median is of this round's quotes.
one_latency(Quotes) ->
    Count = length(Quotes),
    {ok, _} = fxaot:start_engine(?ACTOR, #{mode => actor, worker => #{waiting => spin}}),
    ok = fxaot:deploy(?ACTOR, cross, #{strategy => ma_crossover, instrument => ?SYMBOL}),
    Before = time(fun() -> before_send(?ACTOR, Quotes) end) / Count,
    ok = send_apart(Quotes),
    #{quotes := Count, latency_ns := #{p50 := Native}} = fxaot:stats(?ACTOR),
    ok = fxaot:stop_engine(?ACTOR),
    {Before, Native}.

send_apart([]) -> ok;
send_apart([{Time, Bid, Ask} | Quotes]) ->
    ok = fxaot:tick(?ACTOR, ?SYMBOL, Time, Bid, Ask),
    pause(erlang:monotonic_time(nanosecond) + ?PAUSE_NS),
    send_apart(Quotes).

pause(End) ->
    case erlang:monotonic_time(nanosecond) of
        Now when Now < End -> pause(End);
        _ -> ok
    end.

%% As fxaot:tick/5 until it calls native code.
before_send(_, []) -> ok;
before_send(Engine, [{Time, Bid, Ask} | Quotes])
  when is_atom(Engine), is_integer(Time), is_number(Bid), is_number(Ask) ->
    case fxaot_names:target(Engine) of
        {send, _, mailbox, Mailbox} -> fxaot_bench_floor:empty(Mailbox, ?SYMBOL, Time, Bid, Ask)
    end,
    before_send(Engine, Quotes).

%% ---- what they work on --------------------------------------------------------------------

engine(Which) ->
    {ok, Engine} = fxaot_nif:new(#{}),
    ok = fxaot_nif:add_instrument(Engine, ?SYMBOL),
    All = [{crossover, ma_crossover, #{'band' => 0.00005}},
           {breakout, momentum_breakout, #{threshold => 0.0004}},
           {reversion, mean_reversion, #{}},
           {fusion, fusion, #{'ma_crossover.band' => 0.00005,
                              'momentum_breakout.threshold' => 0.0006}}],
    [ok = fxaot_nif:add_strategy(Engine, Id, Strategy,
                                 #{instrument => ?SYMBOL, timeframe => {minutes, 1},
                                   params => Params})
     || {Id, Strategy, Params} <- All, lists:member(Id, Which)],
    Engine.

accepted(Engine) ->
    #{accepted := Accepted} = fxaot_nif:stats(Engine),
    Accepted.

%% Quotes as terms: a seeded walk, one quote every Step ns.
walk(Count, Step) ->
    walk(Count, ?START, Step, 110000, rand:seed_s(exsss, 1), []).

walk(0, _, _, _, _, Quotes) -> lists:reverse(Quotes);
walk(Count, Time, Step, Bid, Seed, Quotes) ->
    {Move, Next} = rand:uniform_s(5, Seed),
    Quote = {Time, Bid / 100000, (Bid + 2) / 100000},
    walk(Count - 1, Time + Step, Step, Bid + Move - 3, Next, [Quote | Quotes]).

%% Quotes as records: the simulated market.
market(Count) ->
    {ok, Market} = fxaot_nif:market(#{symbol => ?SYMBOL, seed => 1}),
    {ok, Quotes} = fxaot_nif:market_next(Market, ?START + 3650 * 1440 * ?MINUTE, Count),
    Quotes.

series(Count) ->
    {Closes, Volumes, _} =
        lists:foldl(fun(_, {Cs, Vs, {Close, Seed}}) ->
                            {N, S1} = rand:normal_s(Seed),
                            {V, S2} = rand:uniform_s(S1),
                            Moved = Close * (1 + N * 3.0e-4),
                            {[<<Moved/float-native>> | Cs],
                             [<<(50 + 400 * V * V)/float-native>> | Vs], {Moved, S2}}
                    end, {[], [], {1.1, rand:seed_s(exsss, 2)}}, lists:seq(1, Count)),
    {iolist_to_binary(Closes), iolist_to_binary(Volumes)}.

quotes("") -> market(519729);
quotes(Data) -> iolist_to_binary(collect(Data)).

collect(Data) ->
    {ok, Feed} = fxaot_feed:open(Data),
    collect(fxaot_feed:next(Feed), []).

collect({quotes, Quotes, Feed}, All) -> collect(fxaot_feed:next(Feed), [Quotes | All]);
collect({done, _}, All) -> lists:reverse(All).

read_all(Data) ->
    {ok, Feed} = fxaot_feed:open(Data),
    read_all(fxaot_feed:next(Feed), 0).

read_all({quotes, Quotes, Feed}, Bytes) ->
    read_all(fxaot_feed:next(Feed), Bytes + byte_size(Quotes));
read_all({done, _}, Bytes) -> Bytes.

%% ---- measuring ----------------------------------------------------------------------------

rounds() -> lists:seq(1, ?ROUNDS).

time(Fun) -> element(1, timed(Fun)).

again(Fun) ->
    erlang:garbage_collect(),
    Fun(),
    element(1, stopwatch(Fun)).

timed(Fun) ->
    erlang:garbage_collect(),
    stopwatch(Fun).

stopwatch(Fun) ->
    Start = erlang:monotonic_time(nanosecond),
    Result = Fun(),
    {erlang:monotonic_time(nanosecond) - Start, Result}.

median(Figures) -> lists:nth((length(Figures) + 1) div 2, lists:sort(Figures)).

row(Name, Unit, Target, Sense, OfRatio, FloorName, Rounds) ->
    #row{name = Name, unit = Unit, target = Target, sense = Sense, of_ratio = OfRatio,
         floor_name = FloorName,
         value = median([V || {V, _} <- Rounds]),
         floor = median([F || {_, F} <- Rounds]),
         ratio = median([V / F || {V, F} <- Rounds])}.

met(#row{target = none}) -> none;
met(#row{of_ratio = true, ratio = Ratio, target = Target}) -> Ratio =< Target;
met(#row{sense = at_most, value = Value, target = Target}) -> Value =< Target;
met(#row{sense = at_least, value = Value, target = Target}) -> Value >= Target.

%% ---- telling ------------------------------------------------------------------------------

heading() ->
    io:format("~-26s ~8s ~-13s ~-10s ~8s ~6s  ~-4s ~s~n",
              ["row", "value", "unit", "target", "floor", "ratio", "met", "floor is; peers"]).

show(#row{name = Name, value = Value, unit = Unit, floor = Floor, ratio = Ratio} = Row) ->
    io:format("~-26s ~8.2f ~-13s ~-10s ~8s ~6s  ~-4s ~s~s~n",
              [Name, Value, Unit, target(Row), figure(Floor), figure(Ratio), yes(met(Row)),
               Row#row.floor_name,
               [io_lib:format("; ~s ~.1f", [How, Ns]) || {How, Ns} <- Row#row.peers]]),
    Row.

%% What the project set out from, beside what it has come to.
show_founding(Rows) ->
    [In, Out, Dispatch] = [Value || Name <- [ring_push, ring_pop, dispatch],
                                    #row{name = N, value = Value} <- Rows, N =:= Name],
    #{ring_push := SetIn, ring_pop := SetOut, dispatch := SetDispatch} = ?FOUNDING,
    io:format("~nSet out for ~w ns in, ~w ns out and ~w ns for dispatch, under ~w ns together; "
              "here ~.2f + ~.2f + ~.2f = ~.2f ns on one core.~n",
              [round(SetIn), round(SetOut), round(SetDispatch), ?FOUNDING_SUM,
               In, Out, Dispatch, In + Out + Dispatch]).

%% Each strategy on each tier, over a whole history in one call and bar by bar; ns per bar.
show_tiers(Rows, Figures, Peers) ->
    Tiers = ["built in", "native", "VM", "BEAM", "numba", "numba parallel", "TA-Lib + numpy"],
    io:format("~n| ns per bar | ~ts |~n|---|~ts~n",
              [lists:join(" | ", Tiers), lists:duplicate(length(Tiers), "---:|")]),
    Measured = maps:merge(Figures, maps:from_list([{Name, Value}
                                                   || #row{name = Name, value = Value} <- Rows])),
    [io:format("| ~ts, ~ts | ~ts |~n", [Strategy, Manner, lists:join(" | ", Cells)])
     || Strategy <- ["ma_crossover", "momentum_breakout", "mean_reversion", "fusion"],
        {Manner, Names} <- [{"a history at once", ["array_", "native_array_", none, none]},
                            {"bar by bar",
                             ["builtin_step_", "native_step_", "vm_step_", "beam_step_"]}],
        Cells <- [[tier(Name, Strategy, Measured) || Name <- Names]
                  ++ [peer(Manner, How, Strategy, Peers) || How <- lists:nthtail(4, Tiers)]],
        lists:any(fun(Cell) -> Cell =/= "" end, Cells)].

tier(none, _, _) -> "";
tier(Prefix, Strategy, Measured) ->
    case maps:find(list_to_atom(Prefix ++ Strategy), Measured) of
        {ok, Ns} -> io_lib:format("~.2f", [Ns]);
        error -> ""
    end.

peer("bar by bar", _, _, _) -> "";
peer(_, How, Strategy, Peers) ->
    case [Ns || {S, H, Ns} <- Peers, S =:= list_to_atom(Strategy), H =:= How] of
        [Ns | _] -> io_lib:format("~.1f", [Ns]);
        [] -> ""
    end.

figure(none) -> "-";
figure(Number) -> io_lib:format("~.2f", [Number]).

target(#row{target = none}) -> "-";
target(#row{of_ratio = true, target = T}) -> ["<= ", io_lib:format("~p x", [T])];
target(#row{sense = at_most, target = T}) -> ["<= ", io_lib:format("~p", [T])];
target(#row{sense = at_least, target = T}) -> [">= ", io_lib:format("~p", [T])].

yes(true) -> "yes";
yes(false) -> "no";
yes(none) -> "-".

json(Rows) ->
    ["[\n", lists:join(",\n", [json_row(Row) || Row <- Rows]), "\n]\n"].

json_row(#row{} = Row) ->
    Peers = [io_lib:format(", \"peer: ~s\": ~.3f", [How, Ns]) || {How, Ns} <- Row#row.peers],
    io_lib:format("  {\"name\": \"~s\", \"value\": ~.4f, \"unit\": \"~s\", \"target\": ~s, "
                  "\"floor\": ~s, \"ratio\": ~s, \"met\": ~s, \"floor is\": \"~s\"~s}",
                  [Row#row.name, Row#row.value, Row#row.unit, json_target(Row),
                   json_number(Row#row.floor), json_number(Row#row.ratio), json_met(met(Row)),
                   Row#row.floor_name, Peers]).

json_target(#row{target = none}) -> "null";
json_target(Row) -> ["\"", target(Row), "\""].

json_number(none) -> "null";
json_number(Number) -> io_lib:format("~.4f", [Number]).

json_met(none) -> "null";
json_met(Met) -> atom_to_list(Met).

%% A line of a native benchmark is `Name Value Unit'.
figures(File) ->
    {ok, Text} = file:read_file(File),
    maps:from_list([{binary_to_atom(Name), binary_to_float(Value)}
                    || Line <- binary:split(Text, <<"\n">>, [global, trim_all]),
                       [Name, Value, _] <- [binary:split(Line, <<" ">>, [global])]]).

%% A peer's row is `Strategy Tab How Tab NsPerBar'.
peers("") -> [];
peers(File) ->
    {ok, Text} = file:read_file(File),
    [{binary_to_atom(Strategy), binary_to_list(How), binary_to_float(Ns)}
     || Line <- binary:split(Text, <<"\n">>, [global, trim_all]),
        [Strategy, How, Ns] <- [binary:split(Line, <<"\t">>, [global])]].

version() ->
    ok = case application:load(fxaot) of
             {error, {already_loaded, _}} -> ok;
             Loaded -> Loaded
         end,
    {ok, Version} = application:get_key(fxaot, vsn),
    Version.

cpu() ->
    case file:read_file("/proc/cpuinfo") of
        {ok, Text} ->
            case re:run(Text, "model name\\s*: (.*)", [{capture, [1], list}]) of
                {match, [Name]} -> Name;
                nomatch -> erlang:system_info(system_architecture)
            end;
        _ -> erlang:system_info(system_architecture)
    end.

market_name("") -> "simulated market (no data folder)";
market_name(Data) -> filename:basename(Data).
