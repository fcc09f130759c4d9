%% @doc `make soak': full load on engines with threads of their own for a long time, and then every
%% counter must add up.
%%
%% `soak_one' refuses quotes when it is full, `soak_drops' has a small mailbox and drops the oldest,
%% `soak_group' is two engines between which instruments move all the time. Producers send as fast
%% as quotes are taken; one of them is killed every few milliseconds and replaced. Subscribers come
%% and are killed; one is slow; one for each engine hears everything and checks the numbering.
%% Meanwhile counters are read, strategies come and go, and events are pulled.
-module(fxaot_soak).

-export([main/3]).

-define(SINGLE, ['EURUSD', 'GBPUSD']).
-define(GROUP, ['EURUSD', 'GBPUSD', 'AUDUSD', 'USDCAD']).
-define(ENGINES, [soak_one, soak_drops, soak_group]).
-define(LONG_MS, 10).
%% By how many bytes the median of memory may grow from the first quarter to the last.
-define(BOUND, 16 * 1024 * 1024).
-define(LEAST_SECONDS, 30).
-define(PROGRESS_S, 5).

-record(soak, {lanes :: [{Engine :: atom(), fxaot_soak_load:lane()}],
               batches :: [pid()],
               killers :: [pid()],
               steady :: [{Engine :: atom(), pid()}],
               puller :: pid(),
               slow :: pid(),
               readers :: [pid()],
               watch :: pid()}).

%% @doc Seconds, the seed ("" for one from the clock), and whether to tell how it goes on.
-spec main(Seconds :: string(), Seed :: string(), IsTerminal :: boolean()) -> no_return().
main(Seconds, Seed, IsTerminal) ->
    case {string:to_integer(Seconds), string:to_integer(Seed)} of
        {{Length, ""}, {Number, ""}} when Length >= ?LEAST_SECONDS, is_integer(Number) ->
            ended(Length, Number, IsTerminal);
        {{Length, ""}, _} when Length >= ?LEAST_SECONDS, Seed =:= "" ->
            ended(Length, erlang:system_time(second), IsTerminal);
        _ ->
            io:format(standard_error, "soak: SECONDS is a whole number from ~b, SEED any~n",
                      [?LEAST_SECONDS]),
            halt(1)
    end.

ended(Length, Seed, IsTerminal) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({checked, soak(Length, Seed, IsTerminal)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {checked, []}} -> halt(0);
        {'DOWN', Monitor, process, Pid, {checked, _}} -> halt(1);
        {'DOWN', Monitor, process, Pid, Reason} ->
            io:format(standard_error, "soak failed: ~tp~n", [Reason]),
            halt(1)
    end.

%% Answers the checks that failed.
soak(Length, Seed, IsTerminal) ->
    {ok, _} = application:ensure_all_started(fxaot),
    Threads = fxaot_soak_watch:threads(),
    io:format("fxaot soak: ~b s, seed ~b, ~b schedulers~n",
              [Length, Seed, erlang:system_info(schedulers_online)]),
    start_engines(),
    Soak = start_load(Seed),
    WarmUp = min(60, Length div 4),
    _ = sampled(WarmUp, WarmUp, IsTerminal, Soak),
    Samples = sampled(Length - WarmUp, Length - WarmUp, IsTerminal, Soak),
    Long = fxaot_soak_watch:long_schedules(Soak#soak.watch),
    Kills = stop_load(Soak),
    Checks = counters(Soak, Kills) ++ machine(Samples, Long) ++ ends(Threads),
    fxaot_soak_report:show(Checks).

%% ---- the engines ------------------------------------------------------------

start_engines() ->
    Actor = #{mode => actor, bar_events => true},
    {ok, _} = fxaot:start_engine(soak_one, Actor#{instruments => ?SINGLE, capacity => 4096}),
    {ok, _} = fxaot:start_engine(soak_drops, Actor#{instruments => ?SINGLE, capacity => 64,
                                                    overflow => drop_oldest}),
    {ok, _} = fxaot:start_engines(soak_group, 2, #{bar_events => true, instruments => ?GROUP,
                                                   capacity => 4096}),
    [ok = fxaot:deploy(Engine, id(Symbol, Strategy),
                       #{strategy => Strategy, instrument => Symbol, timeframe => {seconds, 1}})
     || Engine <- ?ENGINES, Symbol <- symbols(Engine),
        Strategy <- [ma_crossover, momentum_breakout, mean_reversion, fusion]].

symbols(soak_group) -> ?GROUP;
symbols(_) -> ?SINGLE.

id(Symbol, Strategy) -> list_to_atom(lists:concat([Symbol, "_", Strategy])).

%% ---- the load ---------------------------------------------------------------

%% The last symbol of each engine but the dropping one is fed by batches.
start_load(Seed) ->
    Watch = fxaot_soak_watch:start(?LONG_MS),
    Steady = [{Engine, spawn_link(fun() -> fxaot_soak_load:steady(Engine) end)}
              || Engine <- ?ENGINES],
    %% The steady ones hear from the first event on.
    lists:foreach(fun({_, Pid}) -> counted(Pid) end, Steady),
    Puller = spawn_link(fun() -> fxaot_soak_load:puller(soak_one) end),
    Slow = spawn_link(fun() -> fxaot_soak_load:slow(soak_one) end),
    Lanes = [{Engine, fxaot_soak_load:lane(Engine, Symbol, Engine =/= soak_group)}
             || Engine <- ?ENGINES, Symbol <- symbols(Engine)],
    {Batched, Single} = lists:partition(fun is_batched/1, numbered(Lanes)),
    Batches = [element(1, spawn_monitor(fun() -> fxaot_soak_load:batch_producer(Lane) end))
               || {_, _, Lane} <- Batched],
    Killers = [fxaot_soak_chaos:producers([Lane || {_, _, Lane} <- Single], Seed),
               fxaot_soak_chaos:subscribers(?ENGINES, Seed + 1)],
    Readers = [fxaot_soak_chaos:reader(?ENGINES),
               fxaot_soak_chaos:mover(soak_group, ?GROUP, [soak_group_1, soak_group_2], Seed + 2)],
    #soak{lanes = Lanes, batches = Batches, killers = Killers, steady = Steady, puller = Puller,
          slow = Slow, readers = Readers, watch = Watch}.

numbered(Lanes) ->
    [{N, Engine, Lane} || {N, {Engine, Lane}} <- lists:zip(lists:seq(1, length(Lanes)), Lanes)].

is_batched({N, Engine, _}) -> Engine =/= soak_drops andalso N rem 2 =:= 0.

counted(Pid) ->
    Pid ! {counted, self()},
    receive {Pid, Answer} -> Answer end.

%% A sample of memory for each second.
sampled(0, _, _, _) -> [];
sampled(Left, Length, IsTerminal, Soak) ->
    receive after 1000 -> ok end,
    Sample = fxaot_soak_watch:memory(),
    case IsTerminal andalso Left rem ?PROGRESS_S =:= 0 of
        true -> fxaot_soak_report:progress(Left, Sample, quotes(Soak));
        false -> ok
    end,
    [Sample | sampled(Left - 1, Length, IsTerminal, Soak)].

quotes(#soak{lanes = Lanes}) -> lists:sum([fxaot_soak_load:told(Lane) || {_, Lane} <- Lanes]).

%% In this order: all producers end by themselves, then the rest. Answers how many producers were
%% killed, and what else has happened how often.
stop_load(#soak{lanes = Lanes, batches = Batches, killers = Killers, readers = Readers}) ->
    lists:foreach(fun({_, Lane}) -> fxaot_soak_load:stop(Lane) end, Lanes),
    Counts = [fxaot_soak_chaos:stop(Pid) || Pid <- Killers ++ Readers],
    [receive {'DOWN', _, process, Pid, Why} -> normal = Why end || Pid <- Batches],
    lists:zip([producers_killed, subscribers_killed, reads, moves], Counts).

%% ---- the checks -------------------------------------------------------------

-define(CHECK(Name, Is, Format, Arguments), {Name, Is, io_lib:format(Format, Arguments)}).

counters(#soak{lanes = Lanes, steady = Steady, puller = Puller, slow = Slow}, Counts) ->
    [{_, Kills} | _] = Counts,
    lists:append(
      [begin
           Own = [Lane || {E, Lane} <- Lanes, E =:= Engine],
           Stats = fxaot:stats(Engine),
           Engines = maps:to_list(maps:get(engines, Stats, #{Engine => Stats})),
           [told(Engine, Own, Kills, Stats, Engines), reasons(Engine, Stats)]
               ++ [mailbox(Name, EngineStats) || {Name, EngineStats} <- Engines]
               ++ [numbering(Name, EngineStats, counted(Pid)) || {Name, EngineStats} <- Engines]
       end || {Engine, Pid} <- Steady])
        ++ [pulled(counted(Puller), fxaot:stats(soak_one)), slow(Slow, fxaot:stats(soak_one)),
            {chaos, lists:all(fun({_, Count}) -> Count > 0 end, Counts),
             lists:join(", ", [io_lib:format("~b ~ts", [Count, string:replace(atom_to_list(What),
                                                                               "_", " ")])
                               || {What, Count} <- Counts])}].

%% What producers were told is what has been taken: a kill may hide one.
told(Engine, Lanes, Kills, #{quotes := Quotes}, Engines) ->
    Told = lists:sum([fxaot_soak_load:told(Lane) + fxaot_soak_load:bad(Lane) || Lane <- Lanes]),
    Full = lists:sum([fxaot_soak_load:full(Lane) || Lane <- Lanes]),
    Dropped = lists:sum([maps:get(dropped, Mailbox) || {_, #{mailbox := Mailbox}} <- Engines]),
    Taken = Quotes + Dropped,
    ?CHECK({Engine, told}, Taken >= Told andalso Taken - Told =< Kills,
           "told ok ~b, taken ~b (~b kills), ~b times full", [Told, Taken, Kills, Full]).

reasons(Engine, #{quotes := Quotes, accepted := Accepted, late := Late, bad_price := Price,
                  bad_size := Size, bad_time := Time, unknown_symbol := Unknown}) ->
    ?CHECK({Engine, reasons},
           Accepted + Late + Price + Size + Time + Unknown =:= Quotes andalso Late =:= 0,
           "quotes ~b = accepted ~b + late ~b + price ~b + size ~b + time ~b + unknown ~b",
           [Quotes, Accepted, Late, Price, Size, Time, Unknown]).

mailbox(Engine, #{quotes := Quotes,
                  mailbox := #{pushed := Pushed, handled := Handled, waiting := Waiting,
                               dropped := Dropped, high_water := High}}) ->
    ?CHECK({Engine, mailbox},
           Waiting =:= 0 andalso Pushed =:= Handled + Dropped andalso Quotes =:= Handled,
           "pushed ~b = handled ~b + dropped ~b, waiting ~b, at most ~b",
           [Pushed, Handled, Dropped, Waiting, High]).

numbering(Engine, #{events := Events}, Seen) ->
    {Last, Missing, Double} = maps:get(Engine, Seen, {0, 0, 0}),
    ?CHECK({Engine, numbering}, Events > 0 andalso {Last, Missing, Double} =:= {Events, 0, 0},
           "events ~b, heard up to ~b, ~b missing, ~b twice", [Events, Last, Missing, Double]).

pulled({Count, IsOrdered}, #{events := Events, mailbox := #{unpulled := Unpulled}}) ->
    ?CHECK({soak_one, pulled}, IsOrdered andalso Count + Unpulled =:= Events,
           "pulled ~b + without room ~b = events ~b", [Count, Unpulled, Events]).

slow(Pid, #{mailbox := #{subscribers := Subscribers, missed := Missed}}) ->
    {_, Waiting} = process_info(Pid, message_queue_len),
    ?CHECK({soak_one, slow}, Waiting =< 10000 andalso Missed > 0 andalso length(Subscribers) =:= 2,
           "~b messages wait, ~b events missed, ~b subscribers left",
           [Waiting, Missed, length(Subscribers)]).

machine(Samples, #{seen := Seen, beyond := Beyond, longest := Longest, held_beyond := HeldBeyond,
                   longest_held := LongestHeld, examples := Examples}) ->
    {Resident, Erlang} = lists:unzip(Samples),
    [memory("resident memory", Resident), memory("Erlang's memory", Erlang),
     ?CHECK({"long schedules"}, HeldBeyond =:= 0,
            "by the clock ~b of 1 ms, ~b of ~b ms, at most ~b ms; less known waits ~b of ~b ms, "
            "at most ~b ms~s",
            [Seen, Beyond, ?LONG_MS, Longest, HeldBeyond, ?LONG_MS, LongestHeld,
             [io_lib:format("; ~0p", [Event]) || Event <- Examples]])].

memory(Name, Figures) ->
    {First, Last, Most, IsFlat} = fxaot_soak_watch:flat(Figures, ?BOUND),
    Mb = fun(Bytes) -> Bytes / 1048576 end,
    ?CHECK({Name}, IsFlat, "after the warm-up ~.1f MB, at the end ~.1f, at most ~.1f",
           [Mb(First), Mb(Last), Mb(Most)]).

%% No thread stays.
ends(Before) ->
    [ok = fxaot:stop_engine(Engine) || Engine <- ?ENGINES],
    After = fxaot_soak_watch:threads(),
    [?CHECK({"threads"}, After =< Before, "~b before, ~b after", [Before, After])].
