%% Processes are killed in mid-stream; every event and the final state must come out as if they
%% had not been.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_crash_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

all() ->
    [killed_between_random_quotes, {group, replay}, heir_killed, heir_and_engine_killed,
     supervisor_of_engines_killed, feed_killed, caller_of_a_replay_killed, stopped_under_a_replay,
     somebody_else_sends_quotes, somebody_else_adopts_it].

groups() ->
    [{replay, [], [killed_in_a_replay_quote_by_quote, killed_in_a_replay_by_batches]}].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [calm, shaken]],
    ok.

engines(Timeframe) ->
    [begin
         {ok, _} = fxaot:start_engine(Engine, #{bar_events => true}),
         ok = fxaot_test:deploy_four(Engine, Timeframe)
     end || Engine <- [calm, shaken]],
    {fxaot_test:collector(calm), fxaot_test:collector(shaken)}.

compare({Calm, Shaken}) ->
    Expected = fxaot_test:collected(Calm),
    ?assertEqual(Expected, fxaot_test:collected(Shaken)),
    ?assertEqual(fxaot_test:final_state(calm), fxaot_test:final_state(shaken)),
    Expected.

killed_between_random_quotes(_) ->
    Collectors = engines({seconds, 5}),
    ok = fxaot_events:watch(shaken),
    Quotes = fxaot_test:quotes(20000),
    _ = rand:seed(exsss, 42),
    _ = fxaot:ticks(calm, Quotes),
    _ = each(Quotes, fun(T, B, A, BS, AS) ->
                             case rand:uniform(200) of
                                 1 -> killed(shaken);
                                 _ -> ok
                             end,
                             _ = fxaot:tick(shaken, 'EURUSD', T, B, A, BS, AS)
                     end),
    Events = compare(Collectors),
    ?assert(length(Events) > 1000),
    #{quotes := 20000, accepted := Accepted} = fxaot:stats(shaken),
    ?assertMatch(#{accepted := Accepted}, fxaot:stats(calm)).

each(Quotes, Fun) ->
    [Fun(T, B, A, BS, AS)
     || <<T:64/little, _:64, B:64/little-float, A:64/little-float, BS:64/little-float,
          AS:64/little-float>> <= Quotes].

%% Kills an engine that the caller watches, and returns when it is back.
killed(Engine) ->
    exit(whereis(Engine), kill),
    receive {fxaot_engine, Engine, up} -> ok end.

killed_in_a_replay_quote_by_quote(_) -> killed_in_a_replay(quote, 20).
killed_in_a_replay_by_batches(_) -> killed_in_a_replay(batch, 3).

%% A killer strikes at random moments, over as many passes as it takes to strike often.
killed_in_a_replay(Mode, Least) ->
    Feed = fxaot_test:lean(),
    {Collectors, Restarts, Quotes} = struck(Feed, Mode, Least, 1),
    Events = compare(Collectors),
    ct:pal("~w kills felt by the replay of ~w quotes, ~w events", [Restarts, Quotes, length(Events)]),
    ?assert(length(Events) > 4 * 1000).

struck(Feed, Mode, Least, Seed) ->
    Collectors = engines({minutes, 1}),
    {ok, #{quotes := Quotes, restarts := 0}} = fxaot:replay(calm, Feed, #{mode => Mode}),
    Killer = spawn_link(fun() -> kill_at_random(shaken, rand:seed_s(exsss, Seed)) end),
    {ok, #{quotes := Quotes, restarts := Restarts}} =
        fxaot:replay(shaken, Feed, #{mode => Mode}),
    unlink(Killer),
    exit(Killer, kill),
    settled(shaken),
    ?assertMatch(#{quotes := Quotes}, fxaot:stats(shaken)),
    case Restarts >= Least orelse Seed >= 20 of
        true ->
            ?assert(Restarts >= 1),
            {Collectors, Restarts, Quotes};
        false ->
            _ = compare(Collectors),
            end_per_testcase(again, []),
            struck(Feed, Mode, Least, Seed + 1)
    end.

kill_at_random(Engine, Rand) ->
    {Pause, Next} = rand:uniform_s(4, Rand),
    receive after Pause -> ok end,
    case whereis(Engine) of
        undefined -> ok;
        Pid -> exit(Pid, kill)
    end,
    kill_at_random(Engine, Next).

%% A kill of the last moment has been dealt with.
settled(Engine) ->
    ok = fxaot_events:watch(Engine),
    case fxaot:stats(Engine) of
        #{} -> ok;
        {error, {engine_down, _}} -> receive {fxaot_engine, Engine, up} -> settled(Engine) end
    end.

heir_killed(_) ->
    Collectors = engines({seconds, 5}),
    ok = fxaot_events:watch(shaken),
    Quotes = fxaot_test:quotes(10000),
    _ = fxaot:ticks(calm, Quotes),
    {First, Second} = split_binary(Quotes, 48 * 5000),
    _ = fxaot:ticks(shaken, First),
    heir_dies(),
    %% A request after the news of the new heir has been handled: the copy is on its way to it.
    _ = fxaot:stats(shaken),
    _ = sys:get_state(fxaot_heir),
    ?assert(lists:keymember(shaken, 1, fxaot_heir:held())),
    killed(shaken),
    _ = fxaot:ticks(shaken, Second),
    _ = compare(Collectors).

heir_dies() ->
    Heir = whereis(fxaot_heir),
    Monitor = monitor(process, Heir),
    exit(Heir, kill),
    receive {'DOWN', Monitor, process, _, killed} -> ok end,
    %% The supervisor answers when it has started the next.
    _ = supervisor:which_children(fxaot_heir_sup),
    ?assertNotEqual(Heir, whereis(fxaot_heir)).

%% The engine's second reference is lost for a moment, its own is not.
heir_and_engine_killed(_) ->
    Collectors = engines({seconds, 5}),
    ok = fxaot_events:watch(shaken),
    Quotes = fxaot_test:quotes(5000),
    _ = fxaot:ticks(calm, Quotes),
    each(Quotes, fun(T, B, A, BS, AS) ->
                         case T rem 97 of
                             0 ->
                                 heir_dies(),
                                 _ = fxaot:stats(shaken),
                                 killed(shaken);
                             _ -> ok
                         end,
                         _ = fxaot:tick(shaken, 'EURUSD', T, B, A, BS, AS)
                 end),
    _ = compare(Collectors).

%% Too many crashes end the supervisor of engines: the next one starts what the heir holds.
supervisor_of_engines_killed(_) ->
    Collectors = engines({seconds, 5}),
    ok = fxaot_events:watch(shaken),
    ok = fxaot_events:watch(calm),
    Quotes = fxaot_test:quotes(4000),
    _ = fxaot:ticks(calm, Quotes),
    {First, Second} = split_binary(Quotes, 48 * 2000),
    _ = fxaot:ticks(shaken, First),
    exit(whereis(fxaot_engines_sup), kill),
    [receive {fxaot_engine, Engine, up} -> ok end || Engine <- [calm, shaken]],
    _ = fxaot:ticks(shaken, Second),
    _ = compare(Collectors).

feed_killed(_) ->
    {ok, _} = fxaot:start_engine(shaken),
    Before = erlang:ports(),
    %% The progress function runs in the feed's process.
    Answer = fxaot:replay(shaken, #{days => 5},
                          #{progress => fun(#{quotes := Quotes}) when Quotes > 0 ->
                                                exit(self(), kill);
                                           (_) -> ok
                                        end}),
    ?assertMatch({error, {feed_died, #{reason := killed}}}, Answer),
    ?assertMatch(#{quotes := Quotes} when Quotes > 0, fxaot:stats(shaken)),
    %% pg hears of the death when it does.
    case pg:monitor(fxaot_events, {watch, shaken}) of
        {_, []} -> ok;
        {Reference, [Pid]} -> receive {Reference, leave, _, [Pid]} -> ok end
    end,
    ?assertEqual(Before, erlang:ports()).

caller_of_a_replay_killed(_) ->
    {ok, _} = fxaot:start_engine(shaken),
    Test = self(),
    Tell = fun(_) -> Test ! {feed, self()} end,
    {Caller, Ended} = spawn_monitor(fun() ->
                                            exit(fxaot:replay(shaken, #{days => 5},
                                                              #{progress => Tell, speed => 10}))
                                    end),
    Feed = receive {feed, Pid} -> Pid end,
    Monitor = monitor(process, Feed),
    exit(Caller, kill),
    receive {'DOWN', Ended, process, Caller, Why} -> ?assertEqual(killed, Why) end,
    receive
        {'DOWN', Monitor, process, Feed, Reason} ->
            ?assert(lists:member(Reason, [normal, noproc]))
    end.

stopped_under_a_replay(_) ->
    {ok, _} = fxaot:start_engine(shaken),
    Test = self(),
    Tell = fun(_) -> Test ! running end,
    Stopper = spawn_link(fun() -> receive stop -> ok = fxaot:stop_engine(shaken) end end),
    Runner = spawn_link(fun() ->
                                Answer = fxaot:replay(shaken, #{days => 5, seed => 1},
                                                      #{progress => Tell, speed => 1000000}),
                                Test ! {answer, Answer}
                        end),
    receive running -> Stopper ! stop end,
    receive {answer, Answer} -> ?assertEqual({error, {no_engine, shaken}}, Answer) end,
    unlink(Runner).

somebody_else_sends_quotes(_) ->
    {ok, _} = fxaot:start_engine(shaken),
    ok = fxaot_events:watch(shaken),
    Test = self(),
    Once = fun(#{quotes := Quotes}) when Quotes > 0 ->
                   case put(told, true) of
                       undefined ->
                           Test ! {running, self()},
                           receive go_on -> ok end;
                       true -> ok
                   end;
              (_) -> ok
           end,
    spawn_link(fun() ->
                       Test ! {answer, fxaot:replay(shaken, #{days => 5}, #{progress => Once,
                                                                          mode => quote})}
               end),
    receive
        {running, Feed} ->
            _ = fxaot:ticks(shaken, binary:copy(fxaot_test:quotes(1), 100000)),
            ok = sys:suspend(shaken),
            Feed ! go_on,
            %% Its next batch is in the queue of the suspended process, which then dies.
            waits_for(Feed, shaken),
            killed(shaken)
    end,
    receive {answer, Answer} -> ?assertMatch({error, {engine_changed, _}}, Answer) end.

%% Then it is theirs, and the name is free.
somebody_else_adopts_it(_) ->
    {ok, Pid} = fxaot:start_engine(shaken),
    ok = fxaot_events:watch(shaken),
    {ok, Handle} = fxaot:handle(shaken),
    {ok, #{supervisor := Supervisor}} = fxaot_engines:find(shaken),
    ok = sys:suspend(Supervisor),
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, killed} -> ok end,
    ok = fxaot_nif:adopt(Handle),
    ok = sys:resume(Supervisor),
    receive {fxaot_engine, shaken, stopped} -> ok end,
    ?assertMatch(#{quotes := 0}, fxaot_nif:stats(Handle)),
    ?assertEqual({error, {no_engine, shaken}}, fxaot:stats(shaken)),
    {ok, _} = fxaot:start_engine(shaken).

waits_for(Feed, Engine) ->
    case {process_info(whereis(Engine), message_queue_len), process_info(Feed, status)} of
        {{_, Length}, {_, waiting}} when Length > 0 -> ok;
        _ -> erlang:yield(), waits_for(Feed, Engine)
    end.
