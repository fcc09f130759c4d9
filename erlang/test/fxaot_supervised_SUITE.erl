%% Quotes from any process straight into a supervised engine: whose they are, who may do what, and what
%% becomes of them when callers, subscribers and the engine's process are slow, many or killed.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_supervised_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).
-define(SYMBOLS, ['EURUSD', 'GBPUSD', 'AUDUSD', 'NZDUSD']).

all() ->
    [every_sender_keeps_its_order, events_come_before_the_call_returns, killed_callers_lose_no_event,
     killed_batches_end_between_two_slices, quotes_flow_while_the_process_is_away,
     callers_wait_for_nobody_who_is_suspended, only_the_owner_changes_it, a_stopped_engine_is_closed,
     a_batch_answers_as_single_quotes_do, a_crowded_engine_answers_as_a_small_one,
     a_slow_subscriber_learns_its_gap, a_subscriber_of_few_messages, dead_subscribers_are_forgotten, a_new_engine_is_another_incarnation,
     subscriptions_outlive_scope_and_process, subscribers_are_of_this_node,
     a_name_that_another_application_uses_is_refused, a_replay_excuses_no_quotes_but_its_own].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [eur, other, small, crowded]],
    ok.

start(Name, Options) ->
    %% A collector that is slow for a moment is to miss nothing.
    All = maps:merge(#{instruments => ?SYMBOLS, bar_events => true, subscriber_limit => 100000000}, Options),
    {ok, Pid} = fxaot:start_engine(Name, All),
    Pid.

cross(Engine, Id, Symbol) ->
    ok = fxaot:deploy(Engine, Id, #{strategy => ma_crossover, instrument => Symbol,
                                    timeframe => {ticks, 2}, params => #{'band' => 0.00001}}).

quote(Engine, Symbol, N) ->
    Price = 1.1 + (N * 7 rem 50) / 10000,
    fxaot:tick(Engine, Symbol, ?START + N * 1000000, Price, Price + 0.0001).

%% ---- order and events -----------------------------------------------------------

every_sender_keeps_its_order(_) ->
    start(eur, #{}),
    [cross(eur, Symbol, Symbol) || Symbol <- ?SYMBOLS],
    Collector = fxaot_test:collector(eur),
    Count = 20000,
    together([fun() -> [quote(eur, Symbol, N) || N <- lists:seq(1, Count)] end || Symbol <- ?SYMBOLS]),
    %% A quote that was overtaken would be late.
    Accepted = Count * length(?SYMBOLS),
    ?assertMatch(#{quotes := Accepted, accepted := Accepted, late := 0, missed := 0}, fxaot:stats(eur)),
    Events = fxaot_test:collected(Collector),
    ?assertEqual(maps:get(events, fxaot:stats(eur)), length(Events)),
    %% Each symbol's events are those of an engine that got them alone.
    start(other, #{}),
    [cross(other, Symbol, Symbol) || Symbol <- ?SYMBOLS],
    Alone = fxaot_test:collector(other),
    [quote(other, Symbol, N) || Symbol <- ?SYMBOLS, N <- lists:seq(1, Count)],
    Expected = fxaot_test:collected(Alone),
    [?assertEqual(of_symbol(Symbol, Expected), of_symbol(Symbol, Events)) || Symbol <- ?SYMBOLS].

%% Orders' numbers are the engine's.
of_symbol(Symbol, Events) ->
    [case Event of
         #order{} -> Event#order{id = 0};
         #reject{} -> Event#reject{order_id = 0};
         #fill{} -> Event#fill{order_id = 0};
         _ -> Event
     end || Event <- Events, symbol(Event) =:= Symbol].

symbol(#signal{symbol = Symbol}) -> Symbol;
symbol(#order{symbol = Symbol}) -> Symbol;
symbol(#fill{symbol = Symbol}) -> Symbol;
symbol(#reject{symbol = Symbol}) -> Symbol;
symbol(#bar{symbol = Symbol}) -> Symbol.

together(Funs) ->
    Running = [spawn_monitor(Fun) || Fun <- Funs],
    [receive {'DOWN', Monitor, process, Pid, Reason} -> ?assertEqual(normal, Reason) end
     || {Pid, Monitor} <- Running].

events_come_before_the_call_returns(_) ->
    start(eur, #{}),
    cross(eur, cross, 'EURUSD'),
    ok = fxaot:subscribe(eur),
    #{incarnation := Incarnation} = fxaot:stats(eur),
    ok = quote(eur, 'EURUSD', 1),
    Answer = quote(eur, 'EURUSD', 2),
    ?assertMatch([#bar{} | _], Answer),
    receive {fxaot_events, eur, Incarnation, 1, Answer} -> ok after 0 -> ct:fail(no_message) end.

%% ---- kills ----------------------------------------------------------------------

killed_callers_lose_no_event(_) ->
    start(eur, #{}),
    [cross(eur, Symbol, Symbol) || Symbol <- ?SYMBOLS],
    Collector = fxaot_test:collector(eur),
    Clock = atomics:new(1, []),
    _ = rand:seed(exsss, 12),
    [begin
         Pids = [spawn(fun() -> forever(Clock, Symbol) end) || Symbol <- ?SYMBOLS],
         receive after rand:uniform(5) -> ok end,
         [killed(Pid) || Pid <- Pids]
     end || _ <- lists:seq(1, 100)],
    %% collected/1 fails where a number is missing.
    Events = fxaot_test:collected(Collector),
    #{events := Count, quotes := Quotes, missed := 0} = fxaot:stats(eur),
    ct:pal("~b quotes, ~b events, 400 callers killed", [Quotes, Count]),
    ?assert(Quotes > 1000),
    ?assertEqual(Count, length(Events)).

forever(Clock, Symbol) ->
    _ = quote(eur, Symbol, atomics:add_get(Clock, 1, 1)),
    forever(Clock, Symbol).

killed(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

killed_batches_end_between_two_slices(_) ->
    start(eur, #{}),
    cross(eur, cross, 'EURUSD'),
    Collector = fxaot_test:collector(eur),
    Quotes = fxaot_test:quotes(200000),
    _ = rand:seed(exsss, 3),
    [begin
         Pid = spawn(fun() -> fxaot:ticks(eur, Quotes) end),
         receive after rand:uniform(4) -> ok end,
         killed(Pid)
     end || _ <- lists:seq(1, 40)],
    Events = fxaot_test:collected(Collector),
    #{events := Count} = fxaot:stats(eur),
    ?assertEqual(Count, length(Events)).

quotes_flow_while_the_process_is_away(_) ->
    start(eur, #{}),
    cross(eur, cross, 'EURUSD'),
    Collector = fxaot_test:collector(eur),
    ok = fxaot_events:watch(eur),
    _ = rand:seed(exsss, 5),
    Answers = [begin
                   Away = rand:uniform(100) =:= 1,
                   Away andalso exit(whereis(eur), kill),
                   Answer = quote(eur, 'EURUSD', N),
                   Away andalso receive {fxaot_engine, eur, up} -> ok end,
                   Answer
               end || N <- lists:seq(1, 5000)],
    ?assertEqual([], [Error || {error, _} = Error <- Answers]),
    ?assertMatch(#{quotes := 5000, accepted := 5000}, fxaot:stats(eur)),
    ?assertEqual(lists:append([List || List <- Answers, is_list(List)]), fxaot_test:collected(Collector)).

callers_wait_for_nobody_who_is_suspended(_) ->
    start(eur, #{}),
    ok = sys:suspend(eur),
    ?assertEqual(ok, quote(eur, 'EURUSD', 1)),
    ?assertEqual(ok, fxaot:advance(eur, ?START + 10000000)),
    ok = sys:resume(eur),
    ?assertMatch(#{quotes := 1}, fxaot:stats(eur)).

%% ---- who may what ---------------------------------------------------------------

only_the_owner_changes_it(_) ->
    Owner = start(eur, #{}),
    {ok, Handle} = fxaot:handle(eur),
    Refused = {error, {not_owner, #{owner => Owner}}},
    ?assertEqual(ok, fxaot_nif:tick(Handle, 'EURUSD', ?START, 1.1, 1.2)),
    ?assertEqual(ok, fxaot_nif:advance(Handle, ?START + 1)),
    ?assertEqual(ok, fxaot_nif:ticks(Handle, <<>>)),
    ?assertEqual(Refused, fxaot_nif:stats(Handle)),
    ?assertEqual(Refused, fxaot_nif:close(Handle)),
    ?assertEqual(Refused, fxaot_nif:set_replaying(Handle, true)),
    ?assertEqual(Refused, fxaot_nif:remove_strategy(Handle, cross)),
    ?assertEqual(Refused, fxaot_nif:share(Handle, eur)),
    ?assertEqual(Refused, fxaot_nif:start_actor(Handle, #{})),
    ?assertMatch({error, {owner_alive, _}}, fxaot_nif:adopt(Handle)),
    %% An engine that is not shared stays its process's alone.
    {ok, Alone} = fxaot_nif:new(#{}),
    Test = self(),
    together([fun() -> Test ! {answer, fxaot_nif:tick(Alone, 'EURUSD', ?START, 1.1, 1.2)} end]),
    receive {answer, Answer} -> ?assertEqual({error, {not_owner, #{owner => Test}}}, Answer) end.

a_stopped_engine_is_closed(_) ->
    start(eur, #{}),
    {ok, Handle} = fxaot:handle(eur),
    ok = fxaot:stop_engine(eur),
    ?assertEqual({error, {no_engine, eur}}, quote(eur, 'EURUSD', 1)),
    ?assertEqual({error, {closed, #{}}}, fxaot_nif:tick(Handle, 'EURUSD', ?START, 1.1, 1.2)),
    ?assertEqual({error, {closed, #{}}}, fxaot_nif:advance(Handle, ?START)),
    ?assertEqual({error, {closed, #{}}}, fxaot_nif:ticks(Handle, fxaot_test:quotes(10))).

%% ---- answers --------------------------------------------------------------------

a_batch_answers_as_single_quotes_do(_) ->
    [begin start(Name, #{}), cross(Name, cross, 'EURUSD') end || Name <- [eur, other]],
    Quotes = fxaot_test:quotes(30000),
    Batch = fxaot:ticks(eur, Quotes),
    Single = lists:append([case fxaot:tick(other, 'EURUSD', T, B, A, BS, AS) of
                               ok -> [];
                               Events -> Events
                           end || <<T:64/little, _:64, B:64/little-float, A:64/little-float,
                                    BS:64/little-float, AS:64/little-float>> <= Quotes]),
    ?assert(length(Batch) > 15000),
    ?assertEqual(Single, Batch),
    ?assertEqual(ok, fxaot:ticks(eur, <<>>)),
    ?assertMatch({error, {bad_time, _}}, fxaot:ticks(eur, <<1:64/little, 0:320>>)),
    ?assertMatch({error, {bad_length, _}}, fxaot:ticks(eur, <<1>>)).

%% From 256 strategies on, calls run on dirty schedulers.
a_crowded_engine_answers_as_a_small_one(_) ->
    start(small, #{}),
    start(crowded, #{}),
    cross(small, first, 'EURUSD'),
    [cross(crowded, Id, 'EURUSD')
     || Id <- [first | [list_to_atom("more_" ++ integer_to_list(N)) || N <- lists:seq(1, 299)]]],
    Collector = fxaot_test:collector(crowded),
    Of = fun(Events) when is_list(Events) ->
                 [Event || #bar{strategy = first} = Event <- Events];
            (Other) -> Other
         end,
    Answers = [{Of(quote(small, 'EURUSD', N)), Of(quote(crowded, 'EURUSD', N))} || N <- lists:seq(1, 200)],
    [?assertEqual(Small, Crowded) || {Small, Crowded} <- Answers],
    ?assert(lists:any(fun({Small, _}) -> is_list(Small) andalso Small =/= [] end, Answers)),
    %% Killed callers, whose calls go on without them.
    _ = rand:seed(exsss, 8),
    Clock = atomics:new(1, []),
    atomics:put(Clock, 1, 200),
    [begin
         Pid = spawn(fun() -> crowd(Clock) end),
         receive after rand:uniform(3) -> ok end,
         killed(Pid)
     end || _ <- lists:seq(1, 100)],
    #{events := Count} = fxaot:stats(crowded),
    ?assertEqual(Count, length(fxaot_test:collected(Collector))).

crowd(Clock) ->
    _ = quote(crowded, 'EURUSD', atomics:add_get(Clock, 1, 1)),
    crowd(Clock).

%% ---- subscribers ----------------------------------------------------------------

a_slow_subscriber_learns_its_gap(_) ->
    start(eur, #{subscriber_limit => 3}),
    cross(eur, cross, 'EURUSD'),
    Test = self(),
    Slow = spawn_link(fun() ->
                              ok = fxaot:subscribe(eur),
                              Test ! subscribed,
                              receive wake -> ok end,
                              heard(Test, [])
                      end),
    receive subscribed -> ok end,
    %% The engine's process, which would allow more, rests.
    ok = sys:suspend(eur),
    [quote(eur, 'EURUSD', N) || N <- lists:seq(1, 200)],
    {message_queue_len, Waiting} = process_info(Slow, message_queue_len),
    ?assertEqual(3, Waiting),
    Slow ! wake,
    ok = sys:resume(eur),
    #{events := Last, missed := Missed, subscribers := [{Slow, Missed}]} = fxaot:stats(eur),
    Heard = receive {heard, Messages} -> Messages end,
    [{fxaot_events, eur, Incarnation, 1, _}, _, {fxaot_events, eur, Incarnation, Third, Events},
     {fxaot_gap, eur, From, To}] = Heard,
    ?assertEqual(Third + length(Events), From),
    ?assertEqual(Last, To),
    ?assertEqual(Missed, To - From + 1),
    %% And then it goes on.
    Collector = fxaot_test:collector(eur),
    _ = [quote(eur, 'EURUSD', N) || N <- lists:seq(201, 202)],
    Collector ! {collected, self()},
    receive {Collector, New} -> ?assertEqual(To + 1, lists:min(maps:keys(New))) end.

%% All until the gap.
heard(Test, Messages) ->
    receive
        {fxaot_gap, _, _, _} = Gap -> Test ! {heard, lists:reverse([Gap | Messages])};
        Message -> heard(Test, [Message | Messages])
    end.

a_new_engine_is_another_incarnation(_) ->
    start(eur, #{}),
    ok = fxaot:subscribe(eur),
    Numbers = [begin
                   cross(eur, cross, 'EURUSD'),
                   quote(eur, 'EURUSD', 1),
                   quote(eur, 'EURUSD', 2),
                   Message = receive {fxaot_events, eur, _, 1, [#bar{} | _]} = M -> M end,
                   ok = fxaot:stop_engine(eur),
                   start(eur, #{}),
                   element(3, Message)
               end || _ <- [1, 2, 3]],
    ?assertEqual(Numbers, lists:usort(Numbers)).

subscriptions_outlive_scope_and_process(_) ->
    start(eur, #{}),
    cross(eur, cross, 'EURUSD'),
    Collector = fxaot_test:collector(eur),
    [begin
         killed(registered_as(fxaot_events)),
         killed(registered_as(eur)),
         [quote(eur, 'EURUSD', 100 * Round + N) || N <- lists:seq(1, 50)]
     end || Round <- [1, 2, 3]],
    up(eur, 1000),
    #{events := Count} = fxaot:stats(eur),
    ?assertEqual(Count, length(fxaot_test:collected(Collector))),
    ?assert(Count >= 75).

%% It may be restarting.
registered_as(Name) ->
    fxaot_test:until(fun() ->
                             case whereis(Name) of
                                 undefined -> false;
                                 Pid -> {true, Pid}
                             end
                     end).

up(Engine, Tries) when Tries > 0 ->
    case fxaot:stats(Engine) of
        #{} -> ok;
        _ ->
            receive after 5 -> ok end,
            up(Engine, Tries - 1)
    end.

dead_subscribers_are_forgotten(_) ->
    start(eur, #{}),
    Collector = fxaot_test:collector(eur),
    Died = [spawn_monitor(fun() -> ok = fxaot:subscribe(eur) end) || _ <- lists:seq(1, 1000)],
    [receive {'DOWN', Monitor, process, Pid, Reason} -> normal = Reason end || {Pid, Monitor} <- Died],
    Rows = fun() -> ets:tab2list(fxaot_subscribers) end,
    fxaot_test:until(fun() -> Rows() =:= [{eur, Collector}] end),
    unlink(Collector),
    killed(Collector),
    fxaot_test:until(fun() -> Rows() =:= [] end).

%% It gets so many a second, and the numbers of those that it has not got.
a_subscriber_of_few_messages(_) ->
    start(eur, #{}),
    ok = fxaot_events:subscribe(eur, self(), 3),
    Began = erlang:monotonic_time(second),
    ok = fxaot_engine_call:ask(eur, {subscribe, self()}),
    _ = quote(eur, 'EURUSD', 1),
    [{ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000, type => limit, price => 1.0})
     || _ <- lists:seq(1, 1000)],
    #{events := Events} = fxaot:stats(eur),
    Messages = covered(1, Events, 0),
    ?assert(Messages >= 3),
    %% The allowance before the first second, and of each that has begun.
    ?assert(Messages =< 3 * (erlang:monotonic_time(second) - Began + 3)),
    ?assertEqual(#{self() => 3}, fxaot_events:limited(eur)),
    ok = fxaot:unsubscribe(eur),
    ?assertEqual([], fxaot_events:subscribers(eur)).

%% Takes messages until the events from Next to Last are all there, or named as missing.
covered(Next, Last, Messages) when Next > Last -> Messages;
covered(Next, Last, Messages) ->
    receive
        {fxaot_events, eur, _, First, Events} ->
            ?assertEqual(Next, First),
            covered(Next + length(Events), Last, Messages + 1);
        {fxaot_gap, eur, From, To} ->
            ?assertEqual(Next, From),
            covered(To + 1, Last, Messages)
    end.

subscribers_are_of_this_node(_) ->
    start(eur, #{}),
    ok = fxaot:subscribe(eur),
    ?assertEqual([self()], fxaot_events:subscribers(eur)),
    ok = fxaot:unsubscribe(eur),
    ?assertEqual([], fxaot_events:subscribers(eur)),
    {Dead, Monitor} = spawn_monitor(fun() -> ok = fxaot:subscribe(eur) end),
    receive {'DOWN', Monitor, process, Dead, normal} -> ok end,
    ?assertEqual([], fxaot_events:subscribers(eur)),
    ?assertMatch(#{subscribers := []}, fxaot:stats(eur)).

a_name_that_another_application_uses_is_refused(_) ->
    persistent_term:put(other, {their, term}),
    Error = fxaot:start_engine(other, #{}),
    ?assertMatch({error, {name_taken, #{engine := other}}}, Error),
    ?assertEqual("The name other is taken: a persistent term of another application has it.",
                 lists:flatten(io_lib:format("~ts", [fxaot:format_error(Error)]))),
    ?assertEqual({their, term}, persistent_term:get(other)),
    _ = persistent_term:erase(other),
    {ok, _} = fxaot:start_engine(other, #{}).

%% ---- replays ----------------------------------------------------------------------

%% Each stray quote is years away from the others, so that they never agree on a new time.
a_replay_excuses_no_quotes_but_its_own(_) ->
    [begin
         start(eur, #{}),
         ok = fxaot:tick(eur, 'EURUSD', ?START - 1, 1.1, 1.1001),
         Stray = spawn_link(fun() -> strays(0, []) end),
         {ok, #{quotes := Quotes, accepted := Quotes, gaps := 0}} =
             fxaot:replay(eur, #{days => 20, seed => 1, start => ?START}, #{mode => Mode}),
         Stray ! {stop, self()},
         {Count, Wrong} = receive {Stray, Told} -> Told end,
         ?assertEqual({Mode, []}, {Mode, Wrong}),
         ?assert(Count > 100),
         Accepted = Quotes + 1,
         ?assertMatch(#{accepted := Accepted, time_jump := Count, late := 0}, fxaot:stats(eur)),
         ok = fxaot:stop_engine(eur)
     end || Mode <- [batch, quote]].

strays(Count, Wrong) ->
    receive {stop, From} -> From ! {self(), {Count, Wrong}}
    after 0 ->
            Years = 1 + Count rem 100,
            case fxaot:tick(eur, 'EURUSD', ?START + Years * 365 * 86400 * 1000000000, 1.1, 1.1001) of
                {error, {time_jump, _}} -> strays(Count + 1, Wrong);
                Answer -> strays(Count + 1, [Answer | Wrong])
            end
    end.
