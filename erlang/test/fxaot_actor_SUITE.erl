%% Engines on native threads of their own: what they cause, who hears of it, and what happens when
%% processes die.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_actor_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).

all() ->
    [same_events_as_inline, order_per_producer_and_nothing_lost, killed_producers,
     killed_subscribers_and_late_ones, slow_subscriber_misses_and_is_counted, pulled_events,
     full_mailbox_refuses, full_mailbox_drops_the_oldest, full_mailbox_blocks_for_its_limit,
     blocked_senders_hold_no_scheduler, killed_while_they_wait,
     batch_that_does_not_fit, batch_that_waits, wrong_options, hostile_arguments,
     stopped_twice_and_sent_to, engine_in_actor_mode_refuses_direct_calls,
     killed_owner_stops_the_thread, killed_engine_comes_back, stop_engine_handles_what_waits,
     dropped_mailbox_frees_the_thread, time_passes_in_order, reading_under_load, replay_by_actor,
     a_batch_in_another_unit_is_refused, a_stray_quote_blocks_nothing,
     a_replay_has_gaps_and_live_quotes_beside_it_have_none, halt_under_load].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [calm, actor]],
    ok.

actor() -> actor(#{}).
actor(Options) ->
    {ok, _} = fxaot:start_engine(actor, maps:merge(#{mode => actor}, Options)),
    {ok, Mailbox} = fxaot:mailbox(actor),
    Mailbox.

%% An engine of the caller's own, in actor mode.
bare(Options) ->
    {ok, Engine} = fxaot_nif:new(),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    {ok, Mailbox} = fxaot_nif:start_actor(Engine, Options),
    {Engine, Mailbox}.

%% Its thread is kept busy for as long as Count quotes take that close a bar for each of many
%% strategies.
make_slow(Strategies) ->
    [ok = fxaot:deploy(actor, list_to_atom("slow" ++ integer_to_list(N)),
                       #{strategy => mean_reversion, instrument => 'EURUSD', timeframe => tick})
     || N <- lists:seq(1, Strategies)],
    ok.

send(Mailbox, N) -> fxaot_nif:send(Mailbox, 'EURUSD', ?START + N, 1.1, 1.1001).

%% ---- what comes out ---------------------------------------------------------

same_events_as_inline(_) ->
    {ok, _} = fxaot:start_engine(calm, #{bar_events => true}),
    Mailbox = actor(#{bar_events => true, capacity => 512, worker => #{budget => 37}}),
    [ok = fxaot_test:deploy_four(Engine, {seconds, 5}) || Engine <- [calm, actor]],
    Collectors = [fxaot_test:collector(Engine) || Engine <- [calm, actor]],
    Quotes = fxaot_test:quotes(50000),
    _ = fxaot:ticks(calm, Quotes),
    %% Half one by one, half in batches; what is full is tried again.
    <<Singles:(25000 * 48)/binary, Batches/binary>> = Quotes,
    [again(fun() -> fxaot:tick(actor, 'EURUSD', T, B, A, BS, AS) end)
     || <<T:64/little, _:64, B:64/little-float, A:64/little-float, BS:64/little-float,
          AS:64/little-float>> <= Singles],
    ok = fxaot_nif:send_batch(Mailbox, Batches, 60000),
    _ = fxaot:stats(actor),
    [Calm, Actor] = [fxaot_test:collected(Collector) || Collector <- Collectors],
    ?assert(length(Calm) > 3000),
    ?assertEqual(Calm, Actor),
    ?assertEqual(fxaot_test:final_state(calm), fxaot_test:final_state(actor)),
    Counts = [quotes, accepted, bars, signals, orders, fills, events],
    ?assertEqual(maps:with(Counts, fxaot:stats(calm)), maps:with(Counts, fxaot:stats(actor))).

again(Send) ->
    case Send() of
        ok -> ok;
        {error, full} ->
            erlang:yield(),
            again(Send)
    end.

%% Each producer has an instrument of its own; a bar for each quote tells which came when.
order_per_producer_and_nothing_lost(_) ->
    Symbols = ['EURUSD', 'GBPUSD', 'USDJPY', 'AUDUSD', 'NZDUSD', 'USDCAD', 'USDCHF', 'EURGBP'],
    Count = per_producer(),
    lists:foreach(fun(Capacity) -> produced(Symbols, Count, Capacity) end, [64, 65536]).

%% FXAOT_MESSAGES: how many quotes each of the eight sends; 1000000 for the full size.
per_producer() -> list_to_integer(os:getenv("FXAOT_MESSAGES", "20000")).

produced(Symbols, Count, Capacity) ->
    _ = actor(#{instruments => Symbols, capacity => Capacity, bar_events => true,
                subscriber_limit => 1 bsl 40}),
    [ok = fxaot:deploy(actor, Symbol, #{strategy => ma_crossover, instrument => Symbol,
                                        timeframe => tick}) || Symbol <- Symbols],
    Checker = checker(Symbols),
    Producers = [spawn_monitor(fun() -> produce(Symbol, 1, Count) end) || Symbol <- Symbols],
    [receive {'DOWN', Monitor, process, Pid, Why} -> ?assertEqual(normal, Why) end
     || {Pid, Monitor} <- Producers],
    Total = Count * length(Symbols),
    ?assertMatch(#{accepted := Total, late := 0, quotes := Total,
                   mailbox := #{pushed := Total, handled := Total, waiting := 0, missed := 0}},
                 fxaot:stats(actor)),
    ?assertEqual([{Symbol, Count, Count * (Count + 1) div 2} || Symbol <- lists:sort(Symbols)],
                 checked(Checker)),
    ok = fxaot:stop_engine(actor).

produce(_, N, Count) when N > Count -> ok;
produce(Symbol, N, Count) ->
    again(fun() -> fxaot:tick(actor, Symbol, ?START + N, 1.1, 1.1001) end),
    produce(Symbol, N + 1, Count).

%% Fails when a symbol's bars are not the next ones; answers how many there were and their sum.
checker(Symbols) ->
    Test = self(),
    Pid = spawn_link(fun() ->
                             ok = fxaot:subscribe(actor),
                             Test ! {self(), ready},
                             check(maps:from_list([{Symbol, {0, 0}} || Symbol <- Symbols]))
                     end),
    receive {Pid, ready} -> Pid end.

check(Seen) ->
    receive
        {fxaot_events, actor, _, _, Events} ->
            check(lists:foldl(fun(#bar{symbol = Symbol, end_time = Time}, Now) ->
                                      #{Symbol := {Last, Sum}} = Now,
                                      ?assertEqual(?START + Last + 1, Time),
                                      Now#{Symbol := {Last + 1, Sum + Last + 1}};
                                 (_, Now) -> Now
                              end, Seen, Events));
        {checked, From} ->
            From ! {self(), lists:sort([{Symbol, Last, Sum}
                                        || {Symbol, {Last, Sum}} <- maps:to_list(Seen)])}
    end.

checked(Checker) ->
    Checker ! {checked, self()},
    receive {Checker, Answer} -> Answer end.

%% ---- processes that die -----------------------------------------------------

%% What a killed producer was told was accepted is handled; what it had not sent yet is not.
killed_producers(_) ->
    Mailbox = actor(#{capacity => 1024}),
    Sent = counters:new(1, [atomics]),
    _ = rand:seed(exsss, 7),
    lists:foreach(
      fun(Round) ->
              Pids = [spawn(fun() -> flood(Mailbox, Sent) end) || _ <- lists:seq(1, 4)],
              wait_until(fun() -> counters:get(Sent, 1) > Round * 500 + rand:uniform(500) end),
              Monitors = [monitor(process, Pid) || Pid <- Pids],
              [exit(Pid, kill) || Pid <- Pids],
              [receive {'DOWN', Monitor, process, _, _} -> ok end || Monitor <- Monitors]
      end, lists:seq(1, 20)),
    #{quotes := Quotes, mailbox := #{pushed := Pushed, handled := Handled, waiting := 0}} =
        fxaot:stats(actor),
    Told = counters:get(Sent, 1),
    ?assertEqual(Pushed, Handled),
    ?assertEqual(Pushed, Quotes),
    %% Each kill may fall between a send and its counting.
    ?assert(Pushed >= Told andalso Pushed - Told =< 80).

flood(Mailbox, Sent) ->
    case send(Mailbox, 1) of
        ok -> counters:add(Sent, 1, 1);
        {error, full} -> ok
    end,
    flood(Mailbox, Sent).

wait_until(Condition) ->
    case Condition() of
        true -> ok;
        false ->
            receive after 1 -> ok end,
            wait_until(Condition)
    end.

killed_subscribers_and_late_ones(_) ->
    Mailbox = actor(#{bar_events => true}),
    ok = fxaot:deploy(actor, s, #{strategy => ma_crossover, instrument => 'EURUSD',
                                  timeframe => tick}),
    Steady = fxaot_test:collector(actor),
    Last = lists:foldl(
             fun(_, From) ->
                     Doomed = [spawn(fun() -> ok = fxaot:subscribe(actor), sleep() end)
                               || _ <- lists:seq(1, 5)],
                     [ok = send(Mailbox, N) || N <- lists:seq(From, From + 99)],
                     [exit(Pid, kill) || Pid <- Doomed],
                     From + 100
             end, 1, lists:seq(1, 20)),
    _ = fxaot:stats(actor),
    ?assertEqual(Last - 1, length(fxaot_test:collected(Steady))),
    wait_until(fun() ->
                       #{subscribers := Left} = fxaot_nif:mailbox(Mailbox),
                       length(Left) =< 1
               end).

sleep() -> receive never -> ok end.

%% Its messages stay under the limit, it learns from the numbers what it has missed, and others get
%% everything.
slow_subscriber_misses_and_is_counted(_) ->
    Mailbox = actor(#{bar_events => true, subscriber_limit => 10, worker => #{budget => 1}}),
    ok = fxaot:deploy(actor, s, #{strategy => ma_crossover, instrument => 'EURUSD',
                                  timeframe => tick}),
    Slow = spawn_link(fun sleep/0),
    ok = fxaot_nif:subscribe(Mailbox, Slow, 10),
    [ok = send(Mailbox, N) || N <- lists:seq(1, 1000)],
    #{mailbox := #{missed := Missed, subscribers := [{Slow, Missed}]}} = fxaot:stats(actor),
    {_, Waiting} = process_info(Slow, message_queue_len),
    {_, Messages} = process_info(Slow, messages),
    ?assert(Waiting =< 10),
    ?assertEqual(1000, Missed + lists:sum([length(Events)
                                           || {fxaot_events, actor, _, _, Events} <- Messages])).

%% ---- pulling ----------------------------------------------------------------

pulled_events(_) ->
    _ = actor(#{bar_events => true, pull_capacity => 64}),
    ok = fxaot:deploy(actor, s, #{strategy => ma_crossover, instrument => 'EURUSD',
                                  timeframe => tick}),
    ?assertEqual({ok, []}, fxaot:drain(actor, 10)),
    [ok = fxaot:tick(actor, 'EURUSD', ?START + N, 1.1, 1.1001) || N <- lists:seq(1, 100)],
    #{mailbox := #{unpulled := 36}} = fxaot:stats(actor),
    {ok, First} = fxaot:drain(actor, 10),
    {ok, Rest} = fxaot:drain(actor, 1000000),
    ?assertEqual(lists:seq(1, 64), [Number || {Number, #bar{}} <- First ++ Rest]),
    ?assertEqual({ok, []}, fxaot:drain(actor, 10)),
    {ok, _} = fxaot:start_engine(calm, #{}),
    ?assertMatch({error, {inline_mode, _}}, fxaot:drain(calm, 1)).

%% ---- when there is no room ---------------------------------------------------

%% Sends until there is no room: the thread cannot keep up with thousands of strategies a quote.
fill(Mailbox, N) ->
    case send(Mailbox, N) of
        ok -> fill(Mailbox, N + 1);
        Other -> {N - 1, Other}
    end.

full_mailbox_refuses(_) ->
    Mailbox = actor(#{capacity => 4}),
    ok = make_slow(2000),
    {Sent, {error, full}} = fill(Mailbox, 1),
    ?assertMatch(#{quotes := Sent, mailbox := #{pushed := Sent, refused := Refused, capacity := 4,
                                                high_water := 4}} when Refused >= 1,
                 fxaot:stats(actor)).

full_mailbox_drops_the_oldest(_) ->
    Mailbox = actor(#{capacity => 4, overflow => drop_oldest}),
    ok = make_slow(2000),
    [ok = send(Mailbox, N) || N <- lists:seq(1, 500)],
    #{quotes := Quotes, mailbox := #{pushed := 500, dropped := Dropped, handled := Quotes}} =
        fxaot:stats(actor),
    ?assert(Dropped > 0),
    ?assertEqual(500, Quotes + Dropped),
    %% The newest was not dropped: nothing older comes in after it.
    ok = send(Mailbox, 499),
    ?assertMatch(#{late := 1}, fxaot:stats(actor)).

full_mailbox_blocks_for_its_limit(_) ->
    Mailbox = actor(#{capacity => 4, overflow => {block, 60000}}),
    ok = make_slow(500),
    [ok = send(Mailbox, N) || N <- lists:seq(1, 100)],
    ?assertMatch(#{quotes := 100, late := 0, mailbox := #{pushed := 100}}, fxaot:stats(actor)),
    ok = fxaot:stop_engine(actor),
    Short = actor(#{capacity => 1, overflow => {block, 1}}),
    ok = make_slow(20000),
    {_, Answer} = fill(Short, 1),
    ?assertEqual({error, full}, Answer).

%% So many that each dirty scheduler would have two of them.
blocked_senders_hold_no_scheduler(_) ->
    Mailbox = actor(#{capacity => 1, overflow => {block, 60000}}),
    ok = make_slow(5000),
    Count = 2 * erlang:system_info(dirty_io_schedulers) + 1,
    Senders = blocked(Mailbox, Count),
    %% What reads files has the dirty schedulers to itself.
    {ok, _} = file:read_file_info(?FILE, [raw]),
    ?assertEqual([{ok, []}], lists:usort([ended(Sender) || Sender <- Senders])),
    ?assertMatch(#{quotes := Count, mailbox := #{pushed := Count, waiting := 0}}, fxaot:stats(actor)).

%% The others go on, and nothing comes to them later.
killed_while_they_wait(_) ->
    Mailbox = actor(#{capacity => 1, overflow => {block, 60000}}),
    ok = make_slow(5000),
    {Killed, Left} = lists:split(20, blocked(Mailbox, 40)),
    [exit(Pid, kill) || {Pid, _} <- Killed],
    ?assertEqual([{ok, []}], lists:usort([ended(Sender) || Sender <- Left])),
    #{quotes := Quotes, mailbox := #{pushed := Quotes}} = fxaot:stats(actor),
    ?assert(Quotes >= 20 andalso Quotes =< 40),
    ok = send(Mailbox, 41),
    ?assertMatch(#{quotes := After} when After =:= Quotes + 1, fxaot:stats(actor)).

%% Processes that send a quote each; on return each has waited for room in a receive, or has ended.
blocked(Mailbox, Count) ->
    Senders = [spawn_monitor(fun() ->
                                     Answer = send(Mailbox, N),
                                     exit({Answer, element(2, process_info(self(), messages))})
                             end) || N <- lists:seq(1, Count)],
    [fxaot_test:until(fun() -> has_waited(process_info(Pid, [status, current_function])) end) || {Pid, _} <- Senders],
    Senders.

has_waited(undefined) -> true;
has_waited(Told) -> Told =:= [{status, waiting}, {current_function, {fxaot_nif, waited, 5}}].

ended({Pid, Monitor}) ->
    receive {'DOWN', Monitor, process, Pid, Reason} -> Reason end.

batch(Numbers) -> << <<(fxaot_nif:quote('EURUSD', ?START + N, 1.1, 1.1001, 0.0, 0.0))/binary>>
                     || N <- Numbers >>.

batch_that_does_not_fit(_) ->
    Mailbox = actor(#{capacity => 16}),
    ok = make_slow(2000),
    {error, {full, #{accepted := Accepted}}} =
        fxaot_nif:send_batch(Mailbox, batch(lists:seq(1, 5000))),
    ?assert(Accepted >= 16),
    ?assertMatch(#{quotes := Accepted}, fxaot:stats(actor)),
    ?assertMatch({error, {bad_length, _}}, fxaot_nif:send_batch(Mailbox, <<1, 2, 3>>)),
    ok = fxaot_nif:send_batch(Mailbox, <<>>).

%% Also where single quotes push out the oldest: a batch that waits loses none.
batch_that_waits(_) ->
    Mailbox = actor(#{capacity => 16, overflow => drop_oldest}),
    ok = fxaot_nif:send_batch(Mailbox, batch(lists:seq(1, 50000)), 60000),
    ?assertMatch(#{quotes := 50000, late := 0, mailbox := #{dropped := 0}}, fxaot:stats(actor)).

%% ---- mistakes ----------------------------------------------------------------

wrong_options(_) ->
    Start = fun(Options) -> fxaot:start_engine(actor, Options#{mode => actor}) end,
    [?assertMatch({error, {bad_option, #{option := Option}}}, Start(#{Option => Value}))
     || {Option, Value} <- [{capacity, 0}, {capacity, -1}, {capacity, 1 bsl 60}, {capacity, many},
                            {pull_capacity, 0}, {pull_capacity, 1 bsl 40}, {overflow, drop},
                            {overflow, {block, 0}}, {worker, fast}, {subscriber_limit, 0}]],
    [?assertMatch({error, {bad_option, #{option := Option}}},
                  Start(#{worker => #{Option => Value}}))
     || {Option, Value} <- [{waiting, sleep}, {budget, 0}, {budget, 257}, {processor, -1},
                            {processor, 1 bsl 20}]],
    ?assertMatch({error, {unknown_option, #{option := wating, suggestion := waiting}}},
                 Start(#{worker => #{wating => spin}})),
    ?assertMatch({error, {bad_option, #{option := mode}}}, fxaot:start_engine(actor, #{mode => x})),
    ?assertMatch({error, {bad_option, #{option := capacity}}},
                 fxaot:start_engine(actor, #{capacity => 8})),
    ?assertMatch({error, {no_engine, actor}}, fxaot:mailbox(actor)),
    %% Not a power of two: rounded up.
    ?assertMatch(#{capacity := 1024}, fxaot_nif:mailbox(actor(#{capacity => 1000}))),
    %% A processor that is not there: the thread runs nevertheless, and says so.
    {_, Mailbox} = bare(#{processor => 4000}),
    ?assertMatch(#{pinning := Error} when Error =/= 0, fxaot_nif:mailbox(Mailbox)),
    ok = send(Mailbox, 1).

hostile_arguments(_) ->
    {Engine, Mailbox} = bare(#{}),
    Bad = [fun() -> fxaot_nif:send(Engine, 'EURUSD', 1, 1.0, 1.0) end,
           fun() -> fxaot_nif:send(make_ref(), 'EURUSD', 1, 1.0, 1.0) end,
           fun() -> fxaot_nif:send(Mailbox, "EURUSD", 1, 1.0, 1.0) end,
           fun() -> fxaot_nif:send(Mailbox, 'EURUSD', 1.0, 1.0, 1.0) end,
           fun() -> fxaot_nif:send_batch(Engine, <<>>) end,
           fun() -> fxaot_nif:send_batch(Mailbox, <<>>, -1) end,
           fun() -> fxaot_nif:drain(Mailbox, -1) end,
           fun() -> fxaot_nif:drain(Engine, 1) end,
           fun() -> fxaot_nif:mailbox(Engine) end,
           fun() -> fxaot_nif:subscribe(Mailbox, self, 1) end,
           fun() -> fxaot_nif:subscribe(Mailbox, self(), -1) end,
           fun() -> fxaot_nif:allow(Engine, self(), 1) end,
           fun() -> fxaot_nif:start_actor(Mailbox) end,
           fun() -> fxaot_nif:stop_actor(Mailbox) end],
    [?assertError(badarg, Call()) || Call <- Bad],
    ok = fxaot_nif:send(Mailbox, no_such_symbol, ?START, 1.0, 1.0),
    [?assertMatch({error, {bad_time, #{symbol := 'EURUSD', time := Time}}},
                  fxaot_nif:send(Mailbox, 'EURUSD', Time, 1.0, 1.0))
     || Time <- [1 bsl 80, -1, 0, ?START div 1000, ?START div 1000000000]],
    ?assertMatch({error, {bad_time, #{ask_size := 1.0}}},
                 fxaot_nif:send(Mailbox, 'EURUSD', ?START div 1000000, 1.0, 1.0, 0.0, 1.0)),
    ok = fxaot_nif:send(Mailbox, 'EURUSD', ?START, -1.0, 1 bsl 2000),
    %% No symbol's key, and one that means something inside.
    ok = fxaot_nif:send_batch(Mailbox, <<?START:64/little, -1:64, 0:256>>),
    ok = fxaot_nif:send_batch(Mailbox, <<?START:64/little, 0:64, 0:256>>),
    ok = fxaot_nif:send_batch(Mailbox, binary:copy(<<255>>, 48 * 10)),
    ?assertMatch(#{quotes := 14, accepted := 0, unknown_symbol := 13, bad_time := 0,
                   bad_price := 1}, fxaot_nif:stats(Engine)),
    [?assertMatch({error, {bad_time, _}}, fxaot_nif:send_advance(Mailbox, Time)) || Time <- [-5, 0]],
    ?assertMatch({error, {not_found, _}}, fxaot_nif:allow(Mailbox, self(), 1)),
    Pids = [spawn_link(fun sleep/0) || _ <- lists:seq(1, 257)],
    Answers = [fxaot_nif:subscribe(Mailbox, Pid) || Pid <- Pids],
    ?assertEqual(256, length([ok || ok <- Answers])),
    ?assertMatch({error, {limit, _}}, lists:last(Answers)).

stopped_twice_and_sent_to(_) ->
    {Engine, Mailbox} = bare(#{}),
    [ok = send(Mailbox, N) || N <- lists:seq(1, 1000)],
    ?assertEqual(ok, fxaot_nif:stop_actor(Engine)),
    ?assertEqual(ok, fxaot_nif:stop_actor(Engine)),
    ?assertMatch(#{quotes := 1000}, fxaot_nif:stats(Engine)),
    ?assertEqual({error, stopped}, send(Mailbox, 1)),
    ?assertEqual({error, stopped}, fxaot_nif:send_batch(Mailbox, batch([1]))),
    ?assertEqual({error, stopped}, fxaot_nif:send_batch(Mailbox, batch([1]), 1000)),
    ?assertEqual({error, stopped}, fxaot_nif:send_advance(Mailbox, ?START)),
    ?assertMatch(#{state := stopped, handled := 1000}, fxaot_nif:mailbox(Mailbox)),
    %% The engine is its owner's again, and can have another thread.
    ?assertEqual(ok, fxaot_nif:tick(Engine, 'EURUSD', ?START + 2000, 1.1, 1.2)),
    {ok, Second} = fxaot_nif:start_actor(Engine),
    ok = send(Second, 3000),
    ?assertEqual({error, stopped}, send(Mailbox, 1)),
    ?assertMatch(#{quotes := 1002}, fxaot_nif:stats(Engine)),
    ok = fxaot_nif:close(Engine),
    ?assertEqual({error, stopped}, send(Second, 1)),
    ?assertMatch({error, {closed, _}}, fxaot_nif:stop_actor(Engine)).

engine_in_actor_mode_refuses_direct_calls(_) ->
    {Engine, Mailbox} = bare(#{}),
    [?assertMatch({error, {actor_mode, _}}, Answer)
     || Answer <- [fxaot_nif:tick(Engine, 'EURUSD', 1, 1.0, 1.0),
                   fxaot_nif:ticks(Engine, batch([1])), fxaot_nif:advance(Engine, ?START),
                   fxaot_nif:start_actor(Engine)]],
    %% Whoever holds the mailbox keeps the thread.
    ?assertMatch(#{state := running}, fxaot_nif:mailbox(Mailbox)),
    Test = self(),
    spawn_link(fun() -> Test ! {answers, fxaot_nif:stats(Engine), fxaot_nif:stop_actor(Engine),
                                fxaot_nif:close(Engine)} end),
    receive
        {answers, A, B, C} ->
            [?assertMatch({error, {not_owner, _}}, Answer) || Answer <- [A, B, C]]
    end.

%% ---- ends --------------------------------------------------------------------

%% Nobody adopts the engine: what was accepted is handled, then the mailbox says that it is over.
killed_owner_stops_the_thread(_) ->
    Test = self(),
    Owner = spawn(fun() ->
                          {Engine, Mailbox} = bare(#{}),
                          Test ! {owned, Engine, Mailbox},
                          sleep()
                  end),
    {Engine, Mailbox} = receive {owned, E, M} -> {E, M} end,
    [ok = send(Mailbox, N) || N <- lists:seq(1, 5000)],
    exit(Owner, kill),
    wait_until(fun() -> send(Mailbox, 6000) =:= {error, stopped} end),
    ok = fxaot_nif:adopt(Engine),
    #{pushed := Pushed} = fxaot_nif:mailbox(Mailbox),
    ?assertMatch(#{quotes := Pushed}, fxaot_nif:stats(Engine)),
    {ok, Next} = fxaot_nif:start_actor(Engine),
    ok = send(Next, 7000).

killed_engine_comes_back(_) ->
    _ = actor(#{bar_events => true}),
    {ok, _} = fxaot:start_engine(calm, #{bar_events => true}),
    [ok = fxaot_test:deploy_four(Engine, {seconds, 5}) || Engine <- [calm, actor]],
    Collectors = [fxaot_test:collector(Engine) || Engine <- [calm, actor]],
    ok = fxaot_events:watch(actor),
    Quotes = fxaot_test:quotes(20000),
    _ = fxaot:ticks(calm, Quotes),
    _ = rand:seed(exsss, 3),
    [begin
         case rand:uniform(1000) of
             1 ->
                 exit(whereis(actor), kill),
                 receive {fxaot_engine, actor, up} -> ok end;
             _ -> ok
         end,
         ok = fxaot:tick(actor, 'EURUSD', T, B, A, BS, AS)
     end || <<T:64/little, _:64, B:64/little-float, A:64/little-float, BS:64/little-float,
              AS:64/little-float>> <= Quotes],
    _ = fxaot:stats(actor),
    [Calm, Actor] = [fxaot_test:collected(Collector) || Collector <- Collectors],
    ?assertEqual(Calm, Actor),
    ?assertEqual(fxaot_test:final_state(calm), fxaot_test:final_state(actor)).

stop_engine_handles_what_waits(_) ->
    Mailbox = actor(#{bar_events => true}),
    ok = fxaot:deploy(actor, s, #{strategy => ma_crossover, instrument => 'EURUSD',
                                  timeframe => tick}),
    Collector = fxaot_test:collector(actor),
    [ok = send(Mailbox, N) || N <- lists:seq(1, 10000)],
    ok = fxaot:stop_engine(actor),
    ?assertMatch(#{state := stopped, handled := 10000}, fxaot_nif:mailbox(Mailbox)),
    ?assertEqual(10000, length(fxaot_test:collected(Collector))),
    ?assertMatch({error, {no_engine, actor}}, fxaot:tick(actor, 'EURUSD', 1, 1.0, 1.0)).

threads() ->
    case file:list_dir("/proc/self/task") of
        {ok, Threads} -> length(Threads);
        {error, _} -> unknown
    end.

dropped_mailbox_frees_the_thread(_) ->
    Before = threads(),
    Test = self(),
    {Pid, Monitor} = spawn_monitor(fun() ->
                                           Kept = [bare(#{waiting => park}) || _ <- lists:seq(1, 20)],
                                           Test ! {threads, threads()},
                                           [ok = send(M, 1) || {_, M} <- Kept]
                                   end),
    receive {threads, During} -> ?assert(During =:= unknown orelse During - Before =:= 20) end,
    receive {'DOWN', Monitor, process, Pid, normal} -> ok end,
    wait_until(fun() -> threads() =:= Before end).

time_passes_in_order(_) ->
    Mailbox = actor(#{bar_events => true}),
    ok = fxaot:deploy(actor, s, #{strategy => ma_crossover, instrument => 'EURUSD',
                                  timeframe => {seconds, 1}}),
    Collector = fxaot_test:collector(actor),
    ok = fxaot:tick(actor, 'EURUSD', ?START, 1.1, 1.1001),
    ok = fxaot:advance(actor, ?START + 1000000000),
    ok = send(Mailbox, 5),
    _ = fxaot:stats(actor),
    ?assertMatch([#bar{ticks = 1}], fxaot_test:collected(Collector)),
    ?assertMatch(#{accepted := 1, late := 1}, fxaot:stats(actor)).

%% Reading stops the thread for a moment and sees all that was sent before.
reading_under_load(_) ->
    Mailbox = actor(#{capacity => 256}),
    Sent = counters:new(1, [atomics]),
    Pids = [spawn_link(fun() -> flood(Mailbox, Sent) end) || _ <- [1, 2]],
    Counts = [begin
                  Before = counters:get(Sent, 1),
                  #{quotes := Quotes} = fxaot:stats(actor),
                  ?assert(Quotes >= Before),
                  ok = fxaot:deploy(actor, list_to_atom("s" ++ integer_to_list(N)),
                                    #{strategy => ma_crossover, instrument => 'EURUSD'}),
                  Quotes
              end || N <- lists:seq(1, 50)],
    [begin unlink(Pid), exit(Pid, kill) end || Pid <- Pids],
    ?assertEqual(Counts, lists:sort(Counts)),
    ?assertEqual(50, length(fxaot:strategies(actor))).

replay_by_actor(_) ->
    Feed = #{days => 1, seed => 5},
    {ok, _} = fxaot:start_engine(calm, #{bar_events => true}),
    _ = actor(#{bar_events => true, capacity => 64, overflow => drop_oldest}),
    [ok = fxaot_test:deploy_four(Engine, {minutes, 1}) || Engine <- [calm, actor]],
    Collectors = [fxaot_test:collector(Engine) || Engine <- [calm, actor]],
    {ok, #{quotes := Quotes, accepted := Accepted}} = fxaot:replay(calm, Feed, #{}),
    {ok, #{quotes := Quotes, accepted := Accepted}} = fxaot:replay(actor, Feed, #{}),
    _ = fxaot:stats(actor),
    [Calm, Actor] = [fxaot_test:collected(Collector) || Collector <- Collectors],
    ?assertEqual(Calm, Actor).

a_batch_in_another_unit_is_refused(_) ->
    Mailbox = actor(),
    Milliseconds = << <<(fxaot_nif:quote('EURUSD', ?START div 1000000 + N, 1.1, 1.2, 0, 0))/binary>>
                      || N <- lists:seq(0, 99) >>,
    Expected = {error, {bad_time, #{time => ?START div 1000000}}},
    ?assertEqual(Expected, fxaot:ticks(actor, Milliseconds)),
    ?assertEqual(Expected, fxaot_nif:send_batch(Mailbox, Milliseconds, 1000)),
    ?assertMatch({error, {bad_time, _}}, fxaot:tick(actor, 'EURUSD', ?START div 1000000, 1.1, 1.2)),
    %% One among right ones is counted.
    One = fxaot_nif:quote('EURUSD', ?START, 1.1, 1.2, 0, 0),
    ok = fxaot:ticks(actor, <<(binary:part(Milliseconds, 0, 48))/binary, One/binary>>),
    ?assertMatch(#{quotes := 2, accepted := 1, bad_time := 1}, fxaot:stats(actor)).

a_stray_quote_blocks_nothing(_) ->
    _ = actor(#{max_time_jump => 3600000000000}),
    Collector = fxaot_test:collector(actor),
    Hour = 3600000000000,
    Tick = fun(Later) -> ok = fxaot:tick(actor, 'EURUSD', ?START + Later, 1.1, 1.2) end,
    [Tick(Later) || Later <- [0, 2 * Hour, 1, 2 * Hour, 2 * Hour + 1, 2 * Hour + 2]],
    ?assertMatch(#{quotes := 6, accepted := 2, time_jump := 4, late := 0}, fxaot:stats(actor)),
    Tick(2 * Hour + 3),
    Tick(2),
    ?assertMatch(#{accepted := 3, time_jump := 4, late := 1, alarms := 1}, fxaot:stats(actor)),
    ?assertEqual([#alarm{kind = time_jump, strategy = undefined, symbol = 'EURUSD',
                         time = ?START + 2 * Hour + 3, count = 3}], fxaot_test:collected(Collector)).

%% Each quote knows whether it is of the replay.
a_replay_has_gaps_and_live_quotes_beside_it_have_none(_) ->
    Mailbox = actor(),
    Quote = fun(Days) -> fxaot_nif:quote('EURUSD', ?START + Days * 86400000000000, 1.1, 1.2, 0, 0) end,
    ok = fxaot_nif:send_replay(Mailbox, <<(Quote(0))/binary, (Quote(8))/binary>>, 1000),
    ok = fxaot_nif:send_batch(Mailbox, Quote(16)),
    ok = fxaot_nif:send_replay(Mailbox, <<(Quote(9))/binary, (Quote(17))/binary>>, 1000),
    ?assertMatch(#{accepted := 4, gaps := 2, time_jump := 1}, fxaot:stats(actor)).

%% Another node of the VM halts while three processes send: no crash, no dump, status as asked.
halt_under_load(_) ->
    Code = "{ok, E} = fxaot_nif:new(#{bar_events => true}), "
        "ok = fxaot_nif:add_instrument(E, 'EURUSD'), "
        "{ok, M} = fxaot_nif:start_actor(E, #{capacity => 1024, waiting => ~p}), "
        "ok = fxaot_nif:add_strategy(E, s, ma_crossover, "
        "#{instrument => 'EURUSD', timeframe => tick}), "
        "ok = fxaot_nif:subscribe(M, self()), "
        "F = fun F() -> fxaot_nif:send(M, 'EURUSD', 1704240000000000000, 1.1, 1.2), F() end, "
        %% No receive of one's own here: OTP 25's evaluator dies of one that messages flood.
        "[spawn(F) || _ <- [1, 2, 3]], timer:sleep(50), ~s.",
    Erl = os:find_executable("erl"),
    Path = filename:dirname(code:which(fxaot_nif)),
    [begin
         Port = open_port({spawn_executable, Erl},
                          [exit_status, stderr_to_stdout,
                           {args, ["-noshell", "-pa", Path, "-eval",
                                   lists:flatten(io_lib:format(Code, [Waiting, Halt]))]}]),
         ?assertEqual({Status, []}, exit_of(Port, []))
     end || Waiting <- [park, spin],
            {Halt, Status} <- [{"erlang:halt(3)", 3}, {"init:stop(4), timer:sleep(infinity)", 4},
                               {"erlang:halt(5, [{flush, false}])", 5}]].

exit_of(Port, Output) ->
    receive
        {Port, {data, Data}} -> exit_of(Port, Output ++ Data);
        {Port, {exit_status, Status}} -> {Status, Output}
    end.
