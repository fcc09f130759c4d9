%% A simulation of engines with a journal: quotes, orders, crashes, faults of the disk and jumps of the clock, all from one
%% seed and in one process. `make sim' runs it.
%%
%% ```
%%   inputs ──▶ engine (native) ──▶ journal, writer, recovery: the code under test ──▶ disk in memory
%%      └─────▶ model: list of inputs, sums of events, promises ◀── compares ── the engine that comes back
%% '''
%% A seed fixes everything: a run that fails, fails again, and says at which step. A run is a few lives of a node. Each
%% ends by kill -9, by a loss of power, in order, or amid a start.
-module(fxaot_sim).

-export([main/1, load/0, run/1, run/2, many/3]).
%% For the node that is simulated.
-export([happens/1, answered/2]).
%% For the inputs.
-export([pick/1, step/1, counted/1, changed/1]).

-include("fxaot_sim.hrl").

-define(DIR, "/journal").
%% Steps that a failure shows.
-define(SHOWN, 40).

%% ---- from the command line ------------------------------------------------------

%% @doc Arguments: the first seed and how many runs; without a seed a random one and 10,000 runs.
main([Seed, Runs]) ->
    ok = load(),
    {First, Count} = case {Seed, Runs} of
                         {"", ""} -> {erlang:system_time(second) * 100000, 10000};
                         {"", _} -> {erlang:system_time(second) * 100000, list_to_integer(Runs)};
                         {_, ""} -> {list_to_integer(Seed), 1};
                         {_, _} -> {list_to_integer(Seed), list_to_integer(Runs)}
                     end,
    Began = erlang:monotonic_time(millisecond),
    {Failures, Counts} = many(First, Count, 3),
    Spent = max(1, erlang:monotonic_time(millisecond) - Began),
    lists:foreach(fun(Failure) -> io:format("~ts~n", [sentence(Failure)]) end, Failures),
    io:format("seeds ~b to ~b, ~b runs a minute~n~ts~n",
              [First, First + Count - 1, maps:get(runs, Counts, 0) * 60000 div Spent,
               lists:join(", ", [io_lib:format("~b ~p", [N, What]) || {What, N} <- lists:sort(maps:to_list(Counts))])]),
    halt(case Failures of [] -> 0; _ -> 1 end).

sentence({Seed, Reason, Steps}) ->
    io_lib:format("seed ~b: ~tp~nits last steps, oldest first:~n~ts", [Seed, Reason, [io_lib:format("  ~tp~n", [Step]) || Step <- Steps]]).

%% @doc Runs so many seeds, on each scheduler some, up to so many failures there. Each failure: its seed, its reason, its last
%% steps.
many(First, Count, MostFailures) ->
    Workers = erlang:system_info(schedulers_online),
    Parts = [spawn_monitor(fun() -> exit({done, many(First + N, Workers, First + Count, MostFailures, [], #{})}) end)
             || N <- lists:seq(0, Workers - 1)],
    lists:foldl(fun({Pid, Monitor}, {Failures, Counts}) ->
                        receive
                            {'DOWN', Monitor, process, Pid, {done, {More, Others}}} ->
                                {lists:keymerge(1, Failures, More), sum(Counts, Others)};
                            {'DOWN', Monitor, process, Pid, Reason} -> exit(Reason)
                        end
                end, {[], #{}}, Parts).

many(Seed, _, End, Most, Failures, Counts) when Seed >= End; length(Failures) >= Most -> {lists:reverse(Failures), Counts};
many(Seed, Step, End, Most, Failures, Counts) ->
    case run(Seed) of
        {ok, More} -> many(Seed + Step, Step, End, Most, Failures, sum(Counts, More));
        {failed, Reason, Steps} ->
            many(Seed + Step, Step, End, Most, [{Seed, Reason, Steps} | Failures], sum(Counts, #{runs => 1}))
    end.

sum(One, Other) -> maps:fold(fun(Key, N, Sum) -> maps:update_with(Key, fun(Old) -> Old + N end, N, Sum) end, One, Other).

%% @doc The code of the journal, made ready for the simulation, and the script that runs in it.
load() ->
    ok = fxaot_sim_code:load(),
    persistent_term:put(fxaot_sim_script, script()).

%% Orders that wait, in a program as `fxaot check' makes it.
script() ->
    Text = "//@version=6\n"
        "strategy(\"Waits\", pyramiding = 2, margin_long = 0, margin_short = 0)\n"
        "n = 500 * (1 + bar_index % 3)\n"
        "if bar_index % 3 == 0\n"
        "    strategy.order(\"A\", strategy.long, n, stop = close + 0.0003, oca_name = \"g\", oca_type = strategy.oca.cancel)\n"
        "    strategy.order(\"B\", strategy.short, n, stop = close - 0.0003, oca_name = \"g\", oca_type = strategy.oca.cancel)\n"
        "if bar_index % 5 == 0\n"
        "    strategy.exit(\"X\", qty_percent = 50, profit = 40, loss = 40)\n"
        "if bar_index % 7 == 0\n"
        "    strategy.close_all()\n",
    {ok, {ir, Program}} = fxaot_script:compile({source, Text}),
    Program.

%% ---- a run ----------------------------------------------------------------------

run(Seed) -> run(Seed, none).

%% @doc The same with a fault that is planted, which a run has to find.
-spec run(Seed :: integer(),
          none | syncs_do_nothing | early_answers | a_record_is_lost | a_record_is_doubled) ->
          {ok, Counts :: #{term() => pos_integer()}} | {failed, Reason :: term(), Steps :: [term()]}.
run(Seed, Plant) ->
    _ = rand:seed(exsss, Seed),
    put(fxaot_sim_plant, Plant),
    fxaot_sim_disk:new(),
    fxaot_sim_node:boot(0),
    Options = options(),
    put(?RUN, #run{seed = Seed, options = Options, lives = 2 + rand:uniform(4)}),
    fxaot_sim_model:new(case Options of #{journal := #{quotes := true}} -> inputs; _ -> account end, config(Options),
                        fun add/2),
    try
        lives(),
        #run{counts = Counts} = get(?RUN),
        {ok, Counts#{runs => 1}}
    catch
        throw:{failed, Reason} -> failure(Reason);
        Class:Reason:Stack when Reason =/= crashed -> failure({Class, Reason, Stack})
    after
        _ = [fxaot_nif:close(Engine) || #run{engine = Engine} <- [get(?RUN)], Engine =/= none],
        erase(?RUN)
    end.

failure(Reason) ->
    #run{steps = Steps, options = Options} = get(?RUN),
    {failed, Reason, [Options | lists:reverse(lists:sublist(Steps, ?SHOWN))]}.

options() ->
    Sync = pick([always, always, always, {every, 10}, {every, 10}, never]),
    #{instruments => ['EURUSD', 'GBPUSD'], balance => 100000, strategies => pick([true, true, false]),
      account => #{mode => pick([netting, netting, hedging]), leverage => pick([30, 200]), new_orders => pick([1.0, 2.0])},
      risk => pick([#{}, #{max_orders => 6, order_rate => #{count => 5, per_ms => 2000}}, #{daily_loss => 50, max_drawdown => 0.01}]),
      venue => pick([#{}, #{latency_ms => 300}, #{latency_ms => 50, reject_probability => 0.1, seed => 7, random_slippage => 2},
                     gateway]),
      journal => #{dir => ?DIR, quotes => pick([true, true, false]), sync => Sync, slow_ms => pick([50, 1000]),
                   segment_bytes => pick([65536, 67108864]), keep_segments => pick([all, all, 1, 2])}}.

config(Options) -> maps:with([balance], Options).

add(Engine, Symbols) -> lists:foreach(fun(Symbol) -> ok = fxaot_nif:add_instrument(Engine, Symbol, #{}) end, Symbols).

lives() ->
    #run{lives = Lives} = get(?RUN),
    lists:foreach(fun(N) -> life(N =:= Lives) end, lists:seq(1, Lives)),
    %% Nothing was in the air at the end: all of it is there.
    started().

%% From a start to a crash, and the last one to an end in order.
life(IsLast) ->
    changed(fun(Run) -> Run#run{crash = end_of_life(IsLast, Run), left = 10 + rand:uniform(70)} end),
    #run{crash = Crash} = get(?RUN),
    _ = Crash =/= stop andalso rand:uniform(3) =:= 1
        andalso fxaot_sim_disk:crash_at(fxaot_sim_disk:operations() + rand:uniform(60)),
    try
        started(),
        fxaot_sim_node:later(0, {event, input}),
        _ = [fxaot_sim_node:later(rand:uniform(400) * ?MS, {event, Trouble}) || Trouble <- troubles()],
        lived()
    catch throw:crashed -> ok
    end,
    ended(Crash).

end_of_life(true, _) -> stop;
%% A loss of power may take all that was never synced.
end_of_life(_, #run{options = #{journal := #{sync := never}}}) -> pick([kill, kill, stop]);
end_of_life(_, _) -> pick([kill, power, power, power, stop]).

troubles() ->
    lists:append([case rand:uniform(5) of
                      1 -> [pick([full, full, read_only, read_fails, sync_fails, write_fails, folder_fails, stall, stall, journal_dies,
                                  writer_dies, clock, clock, snapshot, snapshot])];
                      _ -> []
                  end || _ <- lists:seq(1, 6)]).

lived() ->
    case fxaot_sim_node:next() of
        {event, What} -> happens(What);
        _ -> ok
    end,
    case get(?RUN) of
        #run{left = 0, crash = stop} -> stopped();
        #run{left = 0} -> throw(crashed);
        _ -> lived()
    end.

%% What was recorded before an orderly end is there after it, if the disk takes it.
stopped() ->
    fxaot_sim_disk:mend(),
    Count = fxaot_sim_model:count(),
    Terms = fxaot_sim_model:kept(none),
    step({stopping, Count}),
    case fxaot_sim_of_fxaot_journal:close(sim) of
        ok ->
            fxaot_sim_model:acknowledged(Count),
            fxaot_sim_model:terms_acknowledged(Terms);
        {error, {journal_unavailable, _}} -> ok
    end,
    throw(crashed).

%% The node is gone.
ended(How) ->
    Durable = fxaot_sim_node:durable(),
    step({crash, How, #{durable => Durable, inputs => fxaot_sim_model:count()}}),
    counted(How),
    fxaot_sim_model:crashed(Durable),
    #run{engine = Engine} = get(?RUN),
    _ = Engine =/= none andalso fxaot_nif:close(Engine),
    changed(fun(Run) -> Run#run{engine = none} end),
    _ = fxaot_sim_node:ended(),
    Disk = fxaot_sim_disk:saved(),
    experiment(rand:uniform(8)),
    fxaot_sim_disk:restored(Disk),
    fxaot_sim_disk:crash(case How of power -> power; _ -> kill end).

%% ---- starts ---------------------------------------------------------------------

begun() ->
    #run{options = Options} = get(?RUN),
    Make = fun fxaot_sim_model:made/0,
    Add = fun(Engine, Symbols) -> _ = [ok = fxaot_sim_model:input(Engine, {add, Symbols}) || Symbols =/= []], ok end,
    fxaot_sim_of_fxaot_journal_recovery:start(sim, Options, Make, Add).

started() ->
    case begun() of
        {ok, Engine, _} ->
            {ok, #{epoch := Epoch}} = fxaot_sim_of_fxaot_journal:figures(sim),
            fxaot_sim_model:started(Epoch),
            fxaot_sim_node:engine(Engine),
            changed(fun(Run) -> Run#run{engine = Engine} end),
            step({started, Epoch}),
            known_again(Engine);
        {error, Reason} -> throw({failed, {no_start, Reason}})
    end.

%% What was sent to the broker is known, clients ask for what they were not answered, and the link goes on.
known_again(Engine) ->
    _ = [case fxaot_nif:order(Engine, Id) of
             {ok, _} -> ok;
             Error -> throw({failed, {an_unknown_order, #{sequence => Sequence, id => Id, answer => Error}}})
         end || {Sequence, {_, Id}} <- fxaot_sim_model:sent(), is_binary(Id)],
    changed(fun(#run{strategies = Known} = Run) ->
                    Run#run{strategies = [Id || #{id := Id} <- fxaot_nif:strategies(Engine), lists:member(Id, Known)],
                            handed = maps:get(acknowledged, fxaot_nif:gateway(Engine), 0)}
            end),
    lists:foreach(fun({submit, _} = Again) -> fxaot_sim_inputs:given(Again);
                     (_) -> ok
                  end, fxaot_sim_model:lost_inputs()).

%% ---- on a copy of the disk ------------------------------------------------------

%% What a start makes of another damage, and nothing after it.
experiment(1) ->
    fxaot_sim_disk:crash(kill),
    case fxaot_sim_disk:flipped() of
        none -> ok;
        %% It says so, or has an engine that was: one before the record that has changed.
        Where -> apart(fun() ->
                               fxaot_sim_model:nothing_promised(),
                               seen(flipped, Where, begun(), fun(_) -> true end)
                       end)
    end;
experiment(2) ->
    case get(?RUN) of
        #run{options = #{journal := #{sync := never}}} -> ok;
        _ ->
            Kept = fxaot_sim_disk:durable_bytes(),
            fxaot_sim_disk:holed(),
            %% It has all that was promised, or names the byte, which was never durable.
            apart(fun() ->
                          seen(holed, Kept, begun(), fun(#{path := Path, offset := Offset}) -> Offset >= maps:get(Path, Kept, 0) end)
                  end)
    end;
experiment(_) -> ok.

seen(Damage, _, {ok, Engine, _}, _) ->
    counted({Damage, started}),
    ok = fxaot_nif:close(Engine);
seen(Damage, Where, {error, {bad_journal, Details}}, IsRight) ->
    counted({Damage, refused}),
    IsRight(Details) orelse throw({failed, {Damage, Where, Details}});
seen(Damage, Where, Error, _) -> throw({failed, {Damage, Where, Error}}).

%% Whatever Do does to the model and the node is forgotten, but for what it counted.
apart(Do) ->
    Model = get(fxaot_sim_model),
    Node = get(fxaot_sim_node),
    Do(),
    put(fxaot_sim_model, Model),
    put(fxaot_sim_node, Node).

%% ---- what happens ---------------------------------------------------------------

happens(input) ->
    #run{left = Left} = get(?RUN),
    changed(fun(Run) -> Run#run{left = max(0, Left - 1)} end),
    fxaot_sim_inputs:next(rand:uniform(100)),
    fxaot_sim_node:later(case rand:uniform(20) of
                             1 -> rand:uniform(1200) * ?MS;
                             _ -> rand:uniform(6) * ?MS
                         end, {event, input});
happens(full) -> fault(#{write => enospc}, pick([1, 3, 1000]));
happens(read_only) -> fault(#{open => erofs, write => erofs}, pick([1, 1000]));
happens(sync_fails) -> fault(#{sync => eio}, pick([1, 2, 1000]));
happens(read_fails) -> fault(#{read => eio}, pick([1, 2, 5]));
happens(write_fails) -> fault(#{write => eio}, pick([1, 1000]));
happens(folder_fails) -> fault(#{folder_sync => eio, delete => eio}, pick([1, 1000]));
happens(mend) ->
    step(mended_disk),
    fxaot_sim_disk:mend();
happens(stall) ->
    Ns = rand:uniform(2500) * ?MS,
    step({stall, Ns}),
    fxaot_sim_node:stall(Ns);
happens(journal_dies) ->
    step(journal_dies),
    counted(journal_dies),
    fxaot_sim_node:journal_dies();
happens(writer_dies) ->
    step(writer_dies),
    fxaot_sim_node:writer_dies();
happens(clock) ->
    By = pick([-1, 1]) * rand:uniform(10000) * ?SECOND,
    step({clock, By}),
    fxaot_sim_node:jump(By);
happens(snapshot) ->
    step(snapshot),
    fxaot_sim_node:ask(snapshot, fxaot_sim_node:client({snapshot, fxaot_sim_model:count(), fxaot_sim_model:kept(none)})).

fault(Kinds, Times) ->
    step({fault, Kinds, Times}),
    counted(faults),
    fxaot_sim_disk:fail(Kinds, Times),
    fxaot_sim_node:later(rand:uniform(3000) * ?MS, {event, mend}).

%% What somebody is told: from then on it is a promise.
answered(What, Answer) ->
    step({answer, What, Answer}),
    case {What, Answer} of
        {{input, Count}, ok} -> fxaot_sim_model:acknowledged(Count);
        {{snapshot, Count, Version}, ok} ->
            fxaot_sim_model:acknowledged(Count),
            fxaot_sim_model:terms_acknowledged(Version);
        {{kept, Version}, ok} -> kept(Version);
        {{sent, Count, Requests}, ok} ->
            fxaot_sim_model:acknowledged(Count),
            fxaot_sim_model:sent(Requests),
            changed(fun(#run{handed = Handed} = Run) ->
                            Run#run{handed = lists:max([Handed | [Sequence || #{sequence := Sequence} <- Requests]])}
                    end);
        {_, {error, {journal_unavailable, _}}} -> counted(unavailable)
    end.

%% With `always' a term that is kept is durable on return, unless the files take nothing.
kept(Version) ->
    case get(?RUN) of
        #run{options = #{journal := #{sync := always}}} -> fxaot_sim_model:terms_acknowledged(Version);
        _ -> ok
    end.

%% ---- the run's own --------------------------------------------------------------

pick(List) -> lists:nth(rand:uniform(length(List)), List).

%% With its time in the node, in microseconds.
step(Step) ->
    changed(fun(#run{steps = Steps} = Run) -> Run#run{steps = [{fxaot_sim_node:now_ns() div 1000, short(Step)} | Steps]} end).

short({ticks, Quotes}) -> {ticks, byte_size(Quotes) div 48};
short({script, Id, _, Deployment}) -> {script, Id, Deployment};
short({answer, {sent, Count, Requests}, Answer}) ->
    {answer, {sent, Count, [Sequence || #{sequence := Sequence} <- Requests]}, Answer};
short(Step) -> Step.

counted(What) -> changed(fun(#run{counts = Counts} = Run) -> Run#run{counts = sum(Counts, #{What => 1})} end).

changed(Change) ->
    put(?RUN, Change(get(?RUN))),
    ok.
