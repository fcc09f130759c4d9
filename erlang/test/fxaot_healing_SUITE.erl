%% Every process of the tree is killed, supervisors too, with the limits that users have. What there was is there
%% again, or its loss is said.
%% Longer than a file should be: its cases share one set-up and its checks.
-module(fxaot_healing_SUITE).
-behaviour(supervisor).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).
-define(AREAS, [fxaot_events_sup, fxaot_heir_sup, fxaot_compiler_sup, fxaot_engines_sup, fxaot_group_sup,
                fxaot_deployment_sup, fxaot_keeper_sup]).

all() ->
    [each_supervisor_killed, helpers_killed_often, deployment_killed_often, supervisor_of_deployments_killed,
     engine_killed_too_often, engine_that_cannot_start, supervisor_of_one_engine_killed,
     engines_under_their_own_limits, engine_in_a_tree_of_its_own, own_tree_killed,
     heir_and_engine_killed_at_once, heir_and_actor_killed_at_once, loss_of_a_member,
     supervisor_of_groups_killed, group_and_members_killed,
     members_belong_to_their_group, suspended_engine, suspended_deployment, suspended_servers, started_by_many_at_once,
     a_replay_outlives_scope_and_engine, a_replay_into_a_suspended_engine, no_quotes_after_the_end,
     an_end_without_an_answer, a_dead_journal_is_not_ready, wrong_keys_at_run_time, health, a_member_without_routes_is_not_ready, open_positions_at_the_end,
     chaos].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    ok = fxaot_test:start(),
    logger:set_primary_config(level, none),
    Config.

end_per_suite(_) -> logger:set_primary_config(level, notice).

init_per_testcase(_, Config) ->
    application:stop(fxaot),
    application:set_env(fxaot, restart_intensity, 10),
    application:set_env(fxaot, restart_period, 10),
    {ok, _} = application:ensure_all_started(fxaot),
    Config.

end_per_testcase(_, _) -> application:stop(fxaot).

%% ---- what is killed ---------------------------------------------------------

killed(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

%% By name, each time another process.
killed_often(Name, Count) ->
    lists:foldl(fun(_, Before) ->
                        Pid = fxaot_test:until(fun() -> another(whereis(Name), Before) end),
                        killed(Pid),
                        Pid
                end, none, lists:seq(1, Count)),
    ok.

another(Pid, Before) when is_pid(Pid), Pid =/= Before -> {true, Pid};
another(_, _) -> false.

%% Two engines with quotes, a strategy of two versions each.
world() -> world(#{}).
world(Options) ->
    [begin
         {ok, _} = fxaot:start_engine(Engine, Options),
         ok = deploy(Engine, 5),
         {ok, #{version := 2}} = deploy(Engine, 6),
         _ = fxaot:ticks(Engine, fxaot_test:quotes(1000))
     end || Engine <- [one, two]],
    #{application => whereis(fxaot_sup), one => fxaot:stats(one), two => fxaot:stats(two)}.

deploy(Engine, Fast) ->
    fxaot:deploy(Engine, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1},
                                  params => #{fast => Fast}}).

counts(Stats) -> maps:with([quotes, accepted, events], Stats).

is_whole(#{application := Application} = World) ->
    ?assertEqual(Application, whereis(fxaot_sup)),
    [begin
         Stats = fxaot_test:until(fun() -> answer(fxaot:stats(Engine)) end),
         ?assertEqual(counts(map_get(Engine, World)), counts(Stats)),
         ?assertMatch({ok, #{tier := built_in, version := 2}},
                      fxaot_test:until(fun() -> answer(fxaot:tier(Engine, cross)) end))
     end || Engine <- [one, two]],
    ok.

answer({error, {Reason, _}}) when Reason =:= engine_down; Reason =:= deployment_down -> false;
answer(Answer) -> {true, Answer}.

%% ---- helpers and supervisors ------------------------------------------------

each_supervisor_killed(_) ->
    World = world(),
    [begin
         Before = whereis(Area),
         killed(Before),
         fxaot_test:until(fun() -> another(whereis(Area), Before) end),
         is_whole(World)
     end || Area <- ?AREAS],
    ?assertMatch({ok, #{version := 3}}, deploy(one, 7)),
    ok = fxaot:undeploy(one, cross).

helpers_killed_often(_) ->
    World = world(),
    Engines = [whereis(Engine) || Engine <- [one, two]],
    [killed_often(Name, 12) || Name <- [fxaot_compiler, fxaot_heir, fxaot_events, fxaot_keeper]],
    is_whole(World),
    ?assertEqual(Engines, [whereis(Engine) || Engine <- [one, two]]),
    %% The newest heir has the engines' copies.
    fxaot_test:until(fun() -> length(fxaot_heir:held()) =:= 2 end),
    ok = fxaot_events:watch(one),
    killed(whereis(one)),
    receive {fxaot_engine, one, up} -> ok end,
    is_whole(World).

%% ---- deployments ------------------------------------------------------------

process_of(Engine) ->
    [Pid] = [Pid || {Pid, {Group, cross}} <- fxaot_deployments:all(), Group =:= Engine],
    Pid.

deployment_killed_often(_) ->
    World = world(),
    Engines = [whereis(Engine) || Engine <- [one, two]],
    lists:foldl(fun(_, Before) ->
                        Pid = fxaot_test:until(fun() ->
                                                       Found = process_of(one),
                                                       case is_process_alive(Found) of
                                                           true -> another(Found, Before);
                                                           false -> false
                                                       end
                                               end),
                        killed(Pid),
                        Pid
                end, none, lists:seq(1, 12)),
    is_whole(World),
    ?assertEqual(Engines, [whereis(Engine) || Engine <- [one, two]]),
    all_requests_work().

all_requests_work() ->
    [begin
         ?assertMatch({ok, #{version := 3}}, deploy(Engine, 7)),
         ?assertMatch({ok, #{version := 4}}, fxaot:rollback(Engine, cross)),
         ok = fxaot:undeploy(Engine, cross),
         ?assertEqual([], fxaot:strategies(Engine)),
         ?assertMatch({error, {not_found, _}}, fxaot:tier(Engine, cross))
     end || Engine <- [one, two]].

supervisor_of_deployments_killed(_) ->
    World = world(),
    killed(whereis(fxaot_deployment_sup)),
    is_whole(World),
    all_requests_work().

%% ---- engines ----------------------------------------------------------------

%% Until its supervisor gives up: how often its process came back.
killed_while_up(Engine, Count) ->
    case whereis(Engine) of
        undefined -> ok;
        Pid -> exit(Pid, kill)
    end,
    receive
        {fxaot_engine, Engine, up} -> killed_while_up(Engine, Count + 1);
        {fxaot_engine, Engine, stopped} -> Count
    end.

engine_killed_too_often(_) ->
    World = world(),
    Other = whereis(two),
    ok = fxaot_events:watch(one),
    ?assertEqual(10, killed_while_up(one, 0)),
    [?assertEqual({error, {given_up, #{engine => one}}}, Answer)
     || Answer <- [fxaot:stats(one), fxaot:advance(one, ?START), fxaot:tier(one, cross),
                   fxaot:replay(one, #{days => 1}, #{})]],
    ?assertMatch(<<"The engine crashed too often and is stopped", _/binary>>,
                 fxaot:format_error({error, {given_up, #{engine => one}}})),
    ?assertEqual(Other, whereis(two)),
    %% It goes on with its state.
    {ok, Pid} = fxaot:start_engine(one, #{}),
    ?assertEqual(Pid, whereis(one)),
    receive {fxaot_engine, one, up} -> ok end,
    is_whole(World),
    %% Or is freed.
    ?assertEqual(10, killed_while_up(one, 0)),
    ok = fxaot:stop_engine(one),
    ?assertEqual({error, {no_engine, one}}, fxaot:stats(one)),
    {ok, _} = fxaot:start_engine(one, #{}),
    ?assertMatch(#{quotes := 0}, fxaot:stats(one)).

%% Its name is taken whenever it starts.
engine_that_cannot_start(_) ->
    World = world(),
    Other = whereis(two),
    ok = fxaot_events:watch(one),
    {ok, #{supervisor := Supervisor}} = fxaot_engines:find(one),
    ok = sys:suspend(Supervisor),
    killed(whereis(one)),
    true = register(one, self()),
    ok = sys:resume(Supervisor),
    receive {fxaot_engine, one, stopped} -> ok end,
    true = unregister(one),
    ?assertEqual({error, {given_up, #{engine => one}}}, fxaot:stats(one)),
    ?assertEqual(Other, whereis(two)),
    {ok, _} = fxaot:start_engine(one, #{}),
    is_whole(World).

supervisor_of_one_engine_killed(_) ->
    World = world(),
    Other = whereis(two),
    ok = fxaot_events:watch(one),
    {ok, #{supervisor := Supervisor}} = fxaot_engines:find(one),
    killed(Supervisor),
    receive {fxaot_engine, one, up} -> ok end,
    is_whole(World),
    ?assertEqual(Other, whereis(two)).

engines_under_their_own_limits(_) ->
    {ok, _} = fxaot:start_engine(one, #{restart_intensity => 1, restart_period => 60}),
    ok = fxaot_events:watch(one),
    ?assertEqual(1, killed_while_up(one, 0)),
    [?assertMatch({error, {bad_option, #{option := Option}}}, fxaot:start_engine(two, #{Option => Value}))
     || {Option, Value} <- [{restart_intensity, -1}, {restart_period, 0}, {timeout, 0}, {timeout, "5"}]],
    ?assertEqual({error, {no_engine, two}}, fxaot:stats(two)).

%% ---- in somebody else's tree ------------------------------------------------

init(Children) -> {ok, {#{intensity => 100, period => 1}, Children}}.

own_tree(Options) ->
    {ok, Tree} = supervisor:start_link(?MODULE, [fxaot:child_spec(own, Options)]),
    Tree.

engine_in_a_tree_of_its_own(_) ->
    Tree = own_tree(#{restart_intensity => 1, restart_period => 60}),
    ok = fxaot_events:watch(own),
    _ = fxaot:ticks(own, fxaot_test:quotes(100)),
    ?assertMatch({error, {already_exists, _}}, fxaot:start_engine(own, #{})),
    %% Twice is beyond its limit: the tree starts it again.
    [begin
         killed(whereis(own)),
         receive {fxaot_engine, own, up} -> ok end,
         ?assertMatch(#{quotes := 100}, fxaot:stats(own))
     end || _ <- lists:seq(1, 5)],
    Refused = {error, {own_supervisor, #{engine => own}}},
    ?assertEqual(Refused, fxaot:stop_engine(own)),
    ?assertMatch(<<"The engine is in a supervision tree of its own", _/binary>>, fxaot:format_error(Refused)),
    ok = supervisor:terminate_child(Tree, {fxaot, own}),
    ?assertEqual({error, {engine_down, own}}, fxaot:stats(own)),
    {ok, _, _} = supervisor:restart_child(Tree, {fxaot, own}),
    ?assertMatch(#{quotes := 100}, fxaot:stats(own)),
    ok = supervisor:terminate_child(Tree, {fxaot, own}),
    ok = fxaot:stop_engine(own),
    ?assertEqual({error, {no_engine, own}}, fxaot:stats(own)),
    unlink(Tree),
    exit(Tree, shutdown).

%% The next one finds the engine's processes dying.
own_tree_killed(_) ->
    lists:foreach(fun(Quotes) ->
                          Tree = own_tree(#{}),
                          ?assertMatch(#{quotes := Quotes}, fxaot:stats(own)),
                          _ = fxaot:ticks(own, fxaot_test:quotes(100)),
                          unlink(Tree),
                          killed(Tree)
                  end, [0, 100, 200]).

%% ---- a state that is lost ---------------------------------------------------

%% The heir's supervisor waits until both are dead.
killed_at_once(Engine) ->
    ok = sys:suspend(fxaot_heir_sup),
    [killed(whereis(Name)) || Name <- [fxaot_heir, Engine]],
    ok = sys:resume(fxaot_heir_sup),
    receive {fxaot_engine, Engine, News} -> News end.

%% The handle of an inline engine is still where quotes find it.
heir_and_engine_killed_at_once(_) ->
    World = world(),
    ok = fxaot_events:watch(one),
    up = killed_at_once(one),
    is_whole(World),
    up = killed_at_once(one),
    is_whole(World).

heir_and_actor_killed_at_once(_) ->
    {ok, _} = application:ensure_all_started(sasl),
    World = world(#{mode => actor}),
    ok = fxaot:add_instrument(one, 'USDJPY'),
    ok = fxaot_events:watch(one),
    lost = killed_at_once(one),
    Lost = {error, {state_lost, #{engine => one}}},
    Requests = [fun() -> fxaot:stats(one) end, fun() -> fxaot:account(one) end,
                fun() -> fxaot:positions(one) end, fun() -> fxaot:strategies(one) end,
                fun() -> fxaot:tick(one, 'EURUSD', ?START, 1.1, 1.2) end,
                fun() -> fxaot:ticks(one, fxaot_test:quotes(10)) end,
                fun() -> fxaot:advance(one, ?START) end, fun() -> fxaot:handle(one) end,
                fun() -> fxaot:mailbox(one) end, fun() -> fxaot:add_instrument(one, 'GBPUSD') end,
                fun() -> fxaot:replay(one, #{days => 1}, #{}) end, fun() -> deploy(one, 7) end,
                fun() -> fxaot:tier(one, cross) end, fun() -> fxaot:rollback(one, cross) end,
                fun() -> fxaot:undeploy(one, cross) end],
    [?assertEqual(Lost, Request()) || Request <- Requests],
    ?assertMatch(<<"The state of the engine one is lost", _/binary>>, fxaot:format_error(Lost)),
    ?assertMatch([{{state_lost, one}, _}], losses()),
    %% A crash of what says so changes nothing.
    killed(whereis(one)),
    receive {fxaot_engine, one, lost} -> ok end,
    ?assertEqual(Lost, fxaot:stats(one)),
    ?assertEqual(counts(map_get(two, World)), counts(fxaot:stats(two))),
    ok = fxaot:acknowledge_loss(one),
    receive {fxaot_engine, one, up} -> ok end,
    ?assertEqual([], losses()),
    ?assertMatch(#{quotes := 0}, fxaot:stats(one)),
    ok = fxaot:tick(one, 'USDJPY', ?START, 150.0, 150.01),
    ok = deploy(one, 7),
    ?assertEqual({error, {no_loss, #{engine => one}}}, fxaot:acknowledge_loss(one)),
    %% Or it is stopped.
    lost = killed_at_once(one),
    ok = fxaot:stop_engine(one),
    ?assertEqual({error, {no_engine, one}}, fxaot:stats(one)),
    {ok, _} = fxaot:start_engine(one, #{}),
    ?assertMatch(#{quotes := 0}, fxaot:stats(one)),
    application:stop(sasl).

losses() -> [Alarm || {{state_lost, _}, _} = Alarm <- alarm_handler:get_alarms()].

loss_of_a_member(_) ->
    ok = group(),
    ok = fxaot_events:watch(pair_1),
    lost = killed_at_once(pair_1),
    Lost = {error, {state_lost, #{engine => pair_1}}},
    ?assertEqual(Lost, fxaot:stats(pair)),
    ?assertEqual(Lost, fxaot:account(pair)),
    ok = fxaot:acknowledge_loss(pair_1),
    all_routed(),
    ok = fxaot:stop_engine(pair).

%% ---- groups -----------------------------------------------------------------

group() ->
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'USDJPY', 'EURJPY', 'USDCHF']}),
    ok = fxaot:add_instrument(pair, 'FOOUSD', #{base => 'FOO', quote => 'USD', price_decimals => 4}),
    ok.

%% A quote of each instrument reaches the engine that has it.
all_routed() ->
    {ok, Engines} = fxaot_test:until(fun() -> answer(fxaot:engines(pair)) end),
    fxaot_test:until(fun() ->
                             Before = accepted(pair),
                             Sent = [fxaot:tick(pair, Symbol, ?START + Before, 1.1, 1.2)
                                     || {_, Symbols} <- Engines, Symbol <- Symbols],
                             lists:usort(Sent) =:= [ok]
                                 andalso accepted(pair) - Before =:= length(Sent)
                     end),
    Engines.

accepted(Engine) -> map_get(accepted, fxaot_test:until(fun() -> answer(fxaot:stats(Engine)) end)).

supervisor_of_groups_killed(_) ->
    ok = group(),
    Engines = all_routed(),
    Before = whereis(pair),
    Members = [whereis(Engine) || Engine <- [pair_1, pair_2]],
    killed(whereis(fxaot_group_sup)),
    fxaot_test:until(fun() -> another(whereis(pair), Before) end),
    ?assertEqual(Engines, all_routed()),
    ?assertEqual(Members, [whereis(Engine) || Engine <- [pair_1, pair_2]]),
    %% Terms of an instrument that was added are there too.
    ok = fxaot:deploy(pair, foo, #{strategy => ma_crossover, instrument => 'FOOUSD'}),
    ?assertMatch({error, {already_exists, _}}, fxaot:start_engines(pair, 2, #{})),
    ok = fxaot:stop_engine(pair),
    ?assertEqual([undefined, undefined, undefined], [whereis(Name) || Name <- [pair, pair_1, pair_2]]).

group_and_members_killed(_) ->
    ok = group(),
    Engines = all_routed(),
    [begin
         [exit(whereis(Name), kill) || Name <- Names],
         ?assertEqual(Engines, all_routed())
     end || Names <- [[pair_1], [pair_2], [pair_1, pair_2], [pair, pair_1], [fxaot_engines_sup],
                      [fxaot_engines_sup, fxaot_group_sup]]].

members_belong_to_their_group(_) ->
    ok = group(),
    Refused = {error, {group_member, #{engine => pair_1, group => pair}}},
    ?assertEqual(Refused, fxaot:stop_engine(pair_1)),
    ?assertEqual(Refused, fxaot:stop_engine(whereis(pair_1))),
    ?assertEqual(<<"The engine pair_1 belongs to the group pair and starts and stops with it.">>,
                 fxaot:format_error(Refused)),
    [?assertMatch({error, {already_exists, _}}, fxaot:start_engine(Name, #{})) || Name <- [pair, pair_1]],
    %% Also while the member is stopped.
    ok = fxaot_events:watch(pair_2),
    ?assertEqual(10, killed_while_up(pair_2, 0)),
    ?assertMatch({error, {given_up, #{engine := pair_2}}}, fxaot:stats(pair)),
    {ok, _} = fxaot:start_engine(pair_2, #{}),
    _ = all_routed(),
    ok = fxaot:stop_engine(pair),
    {ok, _} = fxaot:start_engine(pair_1, #{}),
    ok = fxaot:stop_engine(pair_1).

%% ---- processes that do not answer -------------------------------------------

suspended_engine(_) ->
    {ok, _} = fxaot:start_engine(one, #{timeout => 50}),
    ok = deploy(one, 5),
    ok = sys:suspend(one),
    Refused = {error, {timeout, #{engine => one, milliseconds => 50}}},
    [?assertEqual(Refused, Answer)
     || Answer <- [fxaot:stats(one), fxaot:positions(one), fxaot:stop_engine(one), fxaot:undeploy(one, cross),
                   fxaot:tier(one, cross), fxaot:add_instrument(one, 'USDJPY')]],
    ?assertEqual(<<"The engine one did not answer within 50 ms; the request may still take effect.">>,
                 fxaot:format_error(Refused)),
    exit(whereis(one), kill).

suspended_deployment(_) ->
    {ok, _} = fxaot:start_engine(one, #{timeout => 50}),
    ok = deploy(one, 5),
    ok = sys:suspend(process_of(one)),
    Refused = {error, {timeout, #{milliseconds => 50}}},
    [?assertEqual(Refused, Answer) || Answer <- [fxaot:tier(one, cross), deploy(one, 6)]],
    ?assertMatch(<<"The strategy's process did not answer within 50 ms", _/binary>>,
                 fxaot:format_error(Refused)),
    {messages, []} = process_info(self(), messages).

%% Each request that a server does not answer ends; those that do not need it go on.
suspended_servers(Config) ->
    application:set_env(fxaot, call_timeout, 50),
    Dir = filename:join(proplists:get_value(priv_dir, Config), "journal"),
    {ok, _} = fxaot:start_engine(one),
    {ok, _} = fxaot:start_engine(two, #{journal => Dir}),
    %% A request may still take effect, so each has a name of its own.
    New = fun() -> list_to_atom("new_" ++ integer_to_list(erlang:unique_integer([positive]))) end,
    Start = fun() -> fxaot:start_engine(New()) end,
    Group = fun() -> fxaot:start_engines(New(), 2, #{instruments => ['EURUSD']}) end,
    Deploy = fun() -> deploy(one, 5) end,
    Gateway = fun() -> fxaot:gateway(one) end,
    Journaled = fun() -> fxaot:start_engine(New(), #{journal => Dir ++ atom_to_list(New())}) end,
    Journal = [fun() -> fxaot:durable(two) end, fun() -> fxaot:snapshot(two) end],
    [begin
         ok = sys:suspend(Server),
         [?assertMatch({error, {timeout, #{milliseconds := 50}}}, Asked()) || Asked <- Refused],
         ?assertMatch(#{quotes := _}, fxaot:stats(one)),
         ?assertMatch(#{running := true}, fxaot:health()),
         ok = sys:resume(Server)
     end || {Server, Refused} <- [{fxaot_engines_sup, [Start, Group, Journaled]}, {fxaot_group_sup, [Group]},
                                  {fxaot_deployment_sup, [Deploy]}, {fxaot_gateways_sup, [Gateway]},
                                  {fxaot_journals_sup, [Journaled]}, {fxaot_names:journal(two), Journal}]],
    ok = deploy(one, 5),
    {ok, _} = fxaot:durable(two),
    application:set_env(fxaot, call_timeout, 5000),
    {messages, []} = process_info(self(), messages).

%% All but one are refused at once: none holds the starts of other engines up.
started_by_many_at_once(_) ->
    Began = erlang:monotonic_time(millisecond),
    Answers = together([fun() -> fxaot:start_engine(one) end || _ <- lists:seq(1, 50)]),
    ?assert(erlang:monotonic_time(millisecond) - Began < 5000),
    ?assertMatch([{ok, _}], [Answer || {ok, _} = Answer <- Answers]),
    ?assertEqual([{error, {already_exists, #{engine => one}}}], lists:usort([Error || {error, _} = Error <- Answers])),
    [ok] = [Answer || Answer <- together([fun() -> fxaot:stop_engine(one) end || _ <- lists:seq(1, 50)]), Answer =:= ok],
    {ok, _} = fxaot:start_engine(one).

together(Asks) ->
    Test = self(),
    Pids = [spawn_link(fun() -> Test ! {self(), Ask()} end) || Ask <- Asks],
    [receive {Pid, Answer} -> Answer end || Pid <- Pids].

%% The scope forgets who waits for news of the engine.
a_replay_outlives_scope_and_engine(_) ->
    {ok, _} = fxaot:start_engine(one),
    Replay = fun() -> fxaot:replay(one, #{days => 1, seed => 1}, #{}) end,
    Before = length(pg:get_local_members(fxaot_events, {watch, one})),
    ok = sys:suspend(one),
    Test = self(),
    Pid = spawn_link(fun() -> Test ! {self(), Replay()} end),
    fxaot_test:until(fun() -> length(pg:get_local_members(fxaot_events, {watch, one})) > Before end),
    killed_often(fxaot_events, 1),
    fxaot_test:until(fun() -> is_pid(whereis(fxaot_events)) end),
    killed(whereis(one)),
    receive {Pid, Answer} -> ?assertMatch({ok, #{quotes := Count, accepted := Count}}, Answer) end,
    %% Nor does a replay need it to begin.
    ok = supervisor:terminate_child(fxaot_events_sup, fxaot_events),
    ?assertMatch({ok, #{quotes := _}}, Replay()).

a_replay_into_a_suspended_engine(_) ->
    {ok, _} = fxaot:start_engine(one, #{timeout => 50}),
    ok = sys:suspend(one),
    ?assertEqual({error, {timeout, #{engine => one, milliseconds => 50}}},
                 fxaot:replay(one, #{days => 1, seed => 1}, #{})).

%% ---- what a probe is told ---------------------------------------------------

%% Its engine refuses new orders.
a_dead_journal_is_not_ready(Config) ->
    {ok, _} = fxaot:start_engine(one, #{journal => filename:join(proplists:get_value(priv_dir, Config), "journal_of_one")}),
    ?assert(fxaot:ready()),
    ok = supervisor:terminate_child(fxaot_sup, fxaot_journals_sup),
    ?assertMatch(#{journals := #{one := #{status := unavailable, why := restarting}}, ready := false}, fxaot:health()),
    {ok, _} = supervisor:restart_child(fxaot_sup, fxaot_journals_sup),
    fxaot_test:until(fun fxaot:ready/0).

%% They are as if they were not set, and end nothing.
wrong_keys_at_run_time(_) ->
    Keys = [Key || {Key, _} <- fxaot_config:keys(), Key =/= tool],
    [begin
         application:set_env(fxaot, Key, Wrong),
         ?assertEqual(proplists:get_value(Key, fxaot_config:keys()), fxaot_config:value(Key))
     end || Key <- Keys, Wrong <- [wrong, -1, [a | b], 1 bsl 70, #{wrong => 1}]],
    World = world(#{}),
    killed_often(fxaot_compiler, 2),
    killed_often(fxaot_deployment_sup, 1),
    is_whole(World),
    ok = application:stop(fxaot),
    [application:set_env(fxaot, Key, Default) || {Key, Default} <- fxaot_config:keys()].

%% An engine of a group is up when the group sends it quotes, not before.
a_member_without_routes_is_not_ready(_) ->
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'USDJPY']}),
    {ok, Engines} = fxaot:engines(pair),
    [Member] = [Engine || {Engine, Symbols} <- Engines, lists:member('EURUSD', Symbols)],
    ?assert(fxaot:ready()),
    ok = sys:suspend(pair),
    Before = whereis(Member),
    exit(Before, kill),
    fxaot_test:until(fun() -> is_pid(whereis(Member)) andalso whereis(Member) =/= Before end),
    {ok, _} = fxaot:mailbox(Member),
    ?assertEqual({error, stopped}, fxaot:tick(pair, 'EURUSD', 1704240000000000000, 1.1, 1.2)),
    ?assertMatch(#{engines := #{Member := #{status := restarting}}, groups := #{pair := #{status := up}}, ready := false},
                 fxaot:health()),
    ok = sys:resume(pair),
    fxaot_test:until(fun fxaot:ready/0),
    ?assertEqual(ok, fxaot:tick(pair, 'EURUSD', 1704240000000000000, 1.1, 1.2)),
    ok = fxaot:stop_engine(pair).

health(_) ->
    _ = world(),
    ok = group(),
    ?assertMatch(#{running := true, native := true, ready := true,
                   engines := #{one := #{status := up, queue := 0}, pair_1 := #{status := up}},
                   groups := #{pair := #{status := up}},
                   deployments := #{{one, cross} := #{status := up, queue := 0, is_as_asked := true}}},
                 fxaot:health()),
    ?assert(fxaot:ready()),
    ok = sys:suspend(one),
    one ! message,
    ?assertMatch(#{engines := #{one := #{status := up, queue := 1}}}, fxaot:health()),
    ok = sys:resume(one),
    ok = fxaot_events:watch(two),
    ?assertEqual(10, killed_while_up(two, 0)),
    ?assertMatch(#{engines := #{one := #{status := up}, two := #{status := given_up}}, ready := false},
                 fxaot:health()),
    ?assertNot(fxaot:ready()),
    ok = fxaot:stop_engine(two),
    ?assert(fxaot:ready()),
    application:stop(fxaot),
    ?assertMatch(#{running := false, engines := #{}, ready := false}, fxaot:health()).

%% ---- the end ----------------------------------------------------------------

%% Of an engine inline and one in a group, and of one that has given up; one without a position says nothing.
open_positions_at_the_end(_) ->
    {ok, _} = fxaot:start_engine(idle),
    [{ok, _} = fxaot:start_engine(Engine) || Engine <- [one, two]],
    ok = group(),
    Positions = [in_position(Engine) || Engine <- [one, two, pair]],
    ?assertMatch([#{symbol := 'EURUSD', quantity := 10000}], lists:usort(Positions)),
    ok = fxaot_events:watch(two),
    ?assertEqual(10, killed_while_up(two, 0)),
    {ok, Engines} = fxaot:engines(pair),
    [Member] = [Engine || {Engine, Symbols} <- Engines, lists:member('EURUSD', Symbols)],
    [ok = fxaot_events:subscribe(Engine, self()) || Engine <- [idle, one, two, pair]],
    ok = application:stop(fxaot),
    Told = told_to_stop(),
    ?assertEqual(lists:sort([Member, one, two]), lists:sort([Engine || {Engine, _} <- Told])),
    [?assertEqual([hd(Positions)], Open) || {_, Open} <- Told].

in_position(Engine) ->
    ok = fxaot:deploy(Engine, in, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {ticks, 1},
                                    params => #{'band' => 0.0, confirm => 0}}),
    [_ = fxaot:tick(Engine, 'EURUSD', ?START + N * 1000000000, 1.1 + N / 10000, 1.1 + N / 10000)
     || N <- lists:seq(1, 60)],
    [Position] = fxaot:positions(Engine),
    Position.

told_to_stop() ->
    receive {fxaot_stopping, Engine, Open} -> [{Engine, Open} | told_to_stop()]
    after 0 -> []
    end.

%% Nobody supervises the native engine then.
no_quotes_after_the_end(_) ->
    {ok, Pid} = fxaot:start_engine(one),
    Tick = fun(Engine) -> fxaot:tick(Engine, 'EURUSD', ?START, 1.1, 1.2) end,
    ok = Tick(one),
    ok = application:stop(fxaot),
    [?assertEqual({error, {no_engine, Engine}}, Tick(Engine)) || Engine <- [one, Pid]].

%% It is waited for, but not for ever.
an_end_without_an_answer(_) ->
    {ok, _} = fxaot:start_engine(one, #{on_stop => flat, stop_timeout => 10, timeout => infinity}),
    _ = in_position(one),
    ok = sys:suspend(one),
    ok = application:stop(fxaot).

%% ---- everything at random ---------------------------------------------------

%% `make chaos-otp' does the same for longer.
chaos(_) -> ?assertEqual([], fxaot_chaos:run(20, erlang:system_time(second))).
