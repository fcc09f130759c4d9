%% Groups with a journal: each engine comes back from its own, and with them places, routes, deployments and orders.
-module(fxaot_group_journal_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).
-define(SYMBOLS, ['EURUSD', 'GBPUSD', 'USDJPY', 'AUDUSD']).

all() ->
    [a_group_comes_back, half_of_a_deployment, without_quotes, moved_instruments, killed_in_a_move, a_disk_that_fails_in_a_move,
     killed_in_a_crossing, killed_processes, wrong_folders,
     members_answer_of_their_journals].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) ->
    _ = application:ensure_all_started(sasl),
    fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [pair, calm, one]],
    ok.

%% ---- a group ------------------------------------------------------------------

started(Group, Options) ->
    ok = fxaot_test:start(),
    {ok, _} = fxaot:start_engines(Group, 2, Options#{instruments => ?SYMBOLS}),
    ok.

deployed(Group) ->
    [ok = fxaot:deploy(Group, Symbol, #{strategy => mean_reversion, instrument => Symbol, timeframe => {seconds, 5},
                                        params => #{k => 1.0}}) || Symbol <- ?SYMBOLS],
    ok = fxaot:deploy(Group, script, #{strategy => {source, script()}, instrument => 'EURUSD', timeframe => {seconds, 5},
                                       tier => vm}).

script() ->
    "//@version=6\nstrategy(\"Cross\", default_qty_value = 1000)\nquick = ta.ema(close, 5)\n"
    "if ta.crossover(quick, ta.ema(close, 12))\n    strategy.entry(\"Long\", strategy.long)\n"
    "if ta.crossunder(quick, ta.ema(close, 12))\n    strategy.entry(\"Short\", strategy.short)\n".

%% Quotes of all symbols by turns, From + 1 to To.
fed(Group, From, To) ->
    ok = fxaot:ticks(Group, << <<(quote(N))/binary>> || N <- lists:seq(From + 1, To) >>),
    fxaot_test:until(fun() -> maps:get(quotes, fxaot:stats(Group)) =:= To end).

quote(N) ->
    Place = N rem length(?SYMBOLS),
    Symbol = lists:nth(Place + 1, ?SYMBOLS),
    Price = case Symbol of 'USDJPY' -> 150.0; _ -> 1.1 end * (1 + 0.002 * math:sin(N / 97 + Place) + 0.0005 * math:sin(N * N)),
    fxaot_nif:quote(Symbol, ?START + N * 300000000, Price, Price * 1.0001, 0.0, 0.0).

ordered(Group) ->
    [{ok, _} = fxaot:submit(Group, Order#{id => <<(atom_to_binary(Symbol))/binary, Kind/binary>>, symbol => Symbol,
                                          side => buy, quantity => 1000})
     || Symbol <- ?SYMBOLS, {Kind, Order} <- [{<<"m">>, #{}}, {<<"l">>, #{type => limit, price => 0.9}}]],
    ok.

durable(Group) ->
    {ok, Engines} = fxaot:engines(Group),
    [ok = fxaot_journal:sync(Engine) || {Engine, _} <- Engines],
    ok.

state(Group) ->
    {ok, Engines} = fxaot:engines(Group),
    {lists:sort([{Engine, lists:sort(Symbols)} || {Engine, Symbols} <- Engines]), fxaot:account(Group),
     lists:sort(fxaot:positions(Group)), lists:sort(fxaot:orders(Group)), lists:sort(fxaot:strategies(Group)),
     maps:get(quotes, fxaot:stats(Group))}.

%% In a node that will be killed.
lived(Options) ->
    ok = started(pair, Options),
    ok = deployed(pair),
    ok = fed(pair, 0, 20000),
    ok = fxaot:add_instrument(pair, 'NZDUSD'),
    ok = fxaot:add_instrument(pair, 'FOOUSD', #{base => 'FOO', quote => 'USD', price_decimals => 4}),
    ok = fxaot:undeploy(pair, 'AUDUSD'),
    ok = ordered(pair),
    ok = fed(pair, 20000, 24000),
    ok = durable(pair),
    state(pair).

killed(Options) ->
    {Peer, Node} = fxaot_journal_SUITE:node_of([]),
    State = peer:call(Node, ?MODULE, lived, [Options], 60000),
    ok = fxaot_journal_SUITE:kill_node(Peer, Node),
    State.

%% ---- cases --------------------------------------------------------------------

a_group_comes_back(Config) ->
    Options = #{journal => #{dir => folder(Config), quotes => true, sync => always}},
    {Places, Account, Positions, Orders, Strategies, Quotes} = killed(Options),
    ?assertNotEqual([], Orders),
    ?assertNotEqual([], Positions),
    ok = started(pair, Options),
    ?assertEqual({Places, Account, Positions, Orders, Strategies, Quotes}, state(pair)),
    [?assertMatch({ok, #{tier := built_in}}, fxaot:tier(pair, Symbol)) || Symbol <- ?SYMBOLS -- ['AUDUSD']],
    ?assertMatch({ok, #{tier := vm}}, fxaot:tier(pair, script)),
    ?assertMatch({error, {not_found, _}}, fxaot:tier(pair, 'AUDUSD')),
    ?assertEqual([], [Key || {Key, _, _} <- fxaot_deployments:saved(), element(1, Key) =/= pair]),
    %% It goes on as one that was never killed.
    ok = started(calm, #{}),
    ok = deployed(calm),
    ok = fed(calm, 0, 20000),
    ok = fxaot:undeploy(calm, 'AUDUSD'),
    ok = ordered(calm),
    ok = fed(calm, 20000, 24000),
    [ok = fed(Group, 24000, 40000) || Group <- [calm, pair]],
    ?assertEqual(fxaot:account(calm), fxaot:account(pair)),
    ?assertEqual(lists:sort(fxaot:positions(calm)), lists:sort(fxaot:positions(pair))),
    ?assertEqual(lists:sort(fxaot:strategies(calm)), lists:sort(fxaot:strategies(pair))),
    %% Its deployments are the group's.
    {ok, #{version := 2}} = fxaot:deploy(pair, 'EURUSD', #{strategy => mean_reversion, params => #{k => 2.0}}),
    ok = fxaot:undeploy(pair, 'GBPUSD'),
    ok = fxaot:stop_engine(pair),
    ok = started(pair, Options),
    ?assertEqual(['EURUSD', 'USDJPY', script], lists:sort([Id || #{id := Id} <- fxaot:strategies(pair)])),
    ?assertMatch({ok, #{version := 2}}, fxaot:tier(pair, 'EURUSD')),
    {ok, #{version := 3}} = fxaot:rollback(pair, 'EURUSD').

%% The node's end came after an engine's record of a strategy, and before the group's.
half_of_a_deployment(Config) ->
    Options = #{journal => #{dir => folder(Config), quotes => true, sync => always}},
    ok = started(pair, Options),
    ok = deployed(pair),
    {ok, [{First, _} | _]} = fxaot:engines(pair),
    [ok = fxaot_journal:forget(First, {group, deployment, Id}) || Id <- ['GBPUSD', script]],
    ok = fxaot:stop_engine(pair),
    ok = started(pair, Options),
    ?assertEqual(['AUDUSD', 'EURUSD', 'USDJPY'], lists:sort([Id || #{id := Id} <- fxaot:strategies(pair)])),
    ?assertMatch({error, {not_found, _}}, fxaot:tier(pair, script)),
    [?assertMatch({ok, #{tier := built_in}}, fxaot:tier(pair, Id)) || Id <- ['AUDUSD', 'EURUSD', 'USDJPY']].

without_quotes(Config) ->
    Options = #{journal => #{dir => folder(Config), sync => always}},
    {Places, Account, Positions, Orders, Strategies, _} = killed(Options),
    ok = started(pair, Options),
    {SamePlaces, Now, NowPositions, NowOrders, NowStrategies, _} = state(pair),
    ?assertEqual(Places, SamePlaces),
    ?assertEqual(maps:with([balance, cash], Account), maps:with([balance, cash], Now)),
    Held = fun(All) -> [maps:with([symbol, quantity, average_price], Position) || Position <- All] end,
    ?assertEqual(Held(Positions), Held(NowPositions)),
    ?assertEqual(Orders, NowOrders),
    ?assertEqual([Id || #{id := Id} <- Strategies], [Id || #{id := Id, stale_since := _} <- NowStrategies]),
    #{deployments := Deployments} = fxaot:health(),
    ?assertMatch(#{{pair, 'EURUSD'} := #{stale_since := _}}, Deployments),
    ok = fxaot:stop_engine(pair),
    %% History of all instruments; each engine takes its own.
    Quotes = << <<(quote(N))/binary>> || N <- lists:seq(1, 24000) >>,
    ok = started(pair, Options#{history => {?MODULE, Quotes}}),
    ?assertEqual([], [Id || #{id := Id, stale_since := _} <- fxaot:strategies(pair)]).

%% A feed of given quotes.
init(Quotes) -> {ok, Quotes}.
next(<<>>) -> {done, <<>>};
next(Quotes) -> {quotes, Quotes, <<>>}.
terminate(_, _) -> ok.

place(Symbol) ->
    {ok, Engines} = fxaot:engines(pair),
    [Engine] = [Engine || {Engine, Symbols} <- Engines, lists:member(Symbol, Symbols)],
    Engine.

other(pair_1) -> pair_2;
other(pair_2) -> pair_1.

%% In a node that will be killed: each instrument moves, and is traded before and after.
moved(Options) ->
    ok = started(pair, Options),
    ok = deployed(pair),
    lists:foldl(fun(Symbol, From) ->
                        {ok, _} = fxaot:move_instrument(pair, Symbol, other(place(Symbol))),
                        ok = fed(pair, From, From + 3000),
                        From + 3000
                end, 0, ?SYMBOLS ++ ?SYMBOLS ++ ['EURUSD']),
    ok = ordered(pair),
    ok = fed(pair, 27000, 28000),
    ok = durable(pair),
    state(pair).

moved_instruments(Config) ->
    [begin
         Options = #{journal => #{dir => folder(Config), quotes => true, sync => Sync}},
         {Peer, Node} = fxaot_journal_SUITE:node_of([]),
         State = peer:call(Node, ?MODULE, moved, [Options], 60000),
         ok = fxaot_journal_SUITE:kill_node(Peer, Node),
         ok = started(pair, Options),
         ?assertEqual(State, state(pair)),
         ok = fed(pair, 28000, 32000),
         {ok, _} = fxaot:submit(pair, #{symbol => 'EURUSD', side => buy, quantity => 1000}),
         ok = fxaot:stop_engine(pair)
     end || Sync <- [always, {every, 5}]].

%% The steps of a move, each the last one before a crash: the instrument is in one engine, with its order.
killed_in_a_move(Config) ->
    [begin
         %% Nothing is written but what a step writes.
         Options = #{journal => #{dir => folder(Config), quotes => true, sync => {every, 60000}}},
         {Peer, Node} = fxaot_journal_SUITE:node_of([]),
         {Expected, Positions} = peer:call(Node, ?MODULE, half_moved, [Options, Steps], 60000),
         ok = fxaot_journal_SUITE:kill_node(Peer, Node),
         ok = started(pair, Options),
         ?assertEqual({Steps, Expected}, {Steps, place('EURUSD')}),
         ?assertEqual(Positions, lists:sort(fxaot:positions(pair))),
         {ok, Terms} = fxaot_journal:terms(pair_1),
         ?assertEqual([], [Key || {group, moving, _} = Key <- maps:keys(Terms)]),
         ok = fed(pair, 4000, 8000),
         ok = fxaot:stop_engine(pair),
         ok = started(pair, Options),
         ?assertEqual(Expected, place('EURUSD')),
         ok = fxaot:stop_engine(pair)
     end || Steps <- lists:seq(0, 4)].

%% Who takes an engine to another library dies: its journal has written nothing, and goes on with a snapshot.
killed_in_a_crossing(Config) ->
    Options = #{journal => #{dir => folder(Config), quotes => true, sync => always}},
    ok = started(pair, Options),
    ok = fed(pair, 0, 100),
    ok = durable(pair),
    Engine = place('EURUSD'),
    Test = self(),
    Holder = spawn(fun() ->
                           Test ! {held, fxaot_journal:hold(Engine)},
                           receive after infinity -> ok end
                   end),
    receive {held, Answer} -> ?assertEqual(ok, Answer) end,
    ?assertEqual({error, {journal_unavailable, none}}, fxaot_journal:hold(Engine)),
    Segments = segments(Options, Engine),
    {ok, Durable} = fxaot_journal:durable(Engine),
    Order = #{id => <<"held">>, symbol => 'EURUSD', side => buy, quantity => 1000, type => limit, price => 0.9},
    {Sender, Monitor} = spawn_monitor(fun() -> exit(fxaot:submit(pair, Order)) end),
    fxaot_test:until(fun() -> [Id || #{id := Id} <- fxaot:orders(Engine)] =:= [<<"held">>] end),
    ?assertEqual({ok, Durable}, fxaot_journal:durable(Engine)),
    exit(Holder, kill),
    receive {'DOWN', Monitor, process, Sender, Told} -> ?assertMatch({ok, _}, Told) end,
    ?assertEqual(Segments + 1, segments(Options, Engine)),
    ok = durable(pair),
    State = state(pair),
    ok = fxaot:stop_engine(pair),
    ok = started(pair, Options),
    ?assertEqual(State, state(pair)).

segments(#{journal := #{dir := Dir}}, pair_1) -> segments(filename:join(Dir, "1"));
segments(#{journal := #{dir := Dir}}, pair_2) -> segments(filename:join(Dir, "2")).

segments(Dir) ->
    {ok, Segments} = fxaot_journal_files:segments(Dir),
    length(Segments).

half_moved(Options, Steps) ->
    ok = started(pair, Options),
    ok = fed(pair, 0, 100),
    {ok, _} = fxaot:submit(pair, #{symbol => 'EURUSD', side => buy, quantity => 1000}),
    ok = fed(pair, 100, 4000),
    ok = durable(pair),
    [#{quantity := 1000}] = Positions = fxaot:positions(pair),
    From = place('EURUSD'),
    To = other(From),
    {ok, Mailbox} = fxaot:mailbox(To),
    {ok, Router} = fxaot_nif:router(#{}),
    {ok, One} = fxaot:handle(From),
    {ok, Two} = fxaot:handle(To),
    %% As in a move the terms go first.
    ok = fxaot_engine_call:ask(To, {move_terms, [{'EURUSD', #{}}], ['EURUSD']}),
    All = [fun() ->
                   ok = fxaot_journal:keep(pair_1, {group, moving, 'EURUSD'}, {From, To, ['EURUSD']}),
                   fxaot_journal:sync(pair_1)
           end,
           fun() -> held(From, To) end,
           fun() -> fxaot_nif:move(Router, [{'EURUSD', Mailbox}], One, Two, ['EURUSD']) end,
           fun() -> fxaot_journal:sync(To) end],
    [ok = Step() || Step <- lists:sublist(All, Steps)],
    {case Steps of 4 -> To; _ -> From end, Positions}.

%% By a process that lives until the node is killed: else the journal would go on by itself.
held(From, To) ->
    Test = self(),
    spawn(fun() ->
                  Test ! {held, fxaot_journal:hold(From, To)},
                  receive never -> ok end
          end),
    receive {held, Answer} -> Answer end.

%% The writer of the other engine's journal dies with the job: the instrument is where it was, and both go on.
a_disk_that_fails_in_a_move(Config) ->
    Options = #{journal => #{dir => folder(Config), quotes => true, sync => {every, 60000}}},
    ok = started(pair, Options),
    ok = fed(pair, 0, 4000),
    [Symbol | _] = [Symbol || Symbol <- ?SYMBOLS, place(Symbol) =:= pair_1],
    Journal = fxaot_journals_sup:find(pair_2),
    {links, Links} = process_info(Journal, links),
    [Writer] = Links -- [whereis(fxaot_journals_sup)],
    true = erlang:suspend_process(Writer),
    Test = self(),
    spawn_link(fun() -> Test ! {moved, fxaot:move_instrument(pair, Symbol, pair_2)} end),
    fxaot_test:until(fun() ->
                             not lists:member(Symbol, fxaot_engine_call:ask(pair_1, instruments))
                                 andalso process_info(Writer, message_queue_len) =/= {message_queue_len, 0}
                     end),
    exit(Writer, kill),
    receive {moved, Answer} -> ?assertMatch({error, {journal_unavailable, _}}, Answer) end,
    ?assertEqual(pair_1, place(Symbol)),
    fxaot_test:until(fun is_up/0),
    ok = fed(pair, 4000, 8000),
    {ok, [_ | _]} = fxaot:move_instrument(pair, Symbol, pair_2),
    ok = fed(pair, 8000, 9000),
    State = state(pair),
    ok = fxaot:stop_engine(pair),
    ok = started(pair, Options),
    ?assertEqual(State, state(pair)).

%% Engine and heir at once: then the engine's journal still holds it. The group, its supervisor, a journal.
killed_processes(Config) ->
    ok = started(pair, #{journal => #{dir => folder(Config), quotes => true, sync => always}}),
    ok = deployed(pair),
    Kills = [fun() -> {[fxaot_heir, pair_1], []} end,
             fun() -> {[pair], []} end,
             fun() -> {[fxaot_group_sup], [pair]} end,
             fun() -> {[fxaot_journals_sup:find(pair_2)], []} end,
             fun() -> {[fxaot_engines_sup], [pair_1, pair_2]} end],
    lists:foldl(fun(Kill, From) ->
                        killed_with(Kill()),
                        fxaot_test:until(fun is_up/0),
                        ok = fed(pair, From, From + 2000),
                        From + 2000
                end, 0, Kills),
    ok = durable(pair),
    State = state(pair),
    ok = fxaot:stop_engine(pair),
    ok = started(pair, #{journal => #{dir => folder_of(Config), quotes => true}}),
    ?assertEqual(State, state(pair)).

%% Kills processes and waits until they have ended, and those that end with them.
killed_with({Killed, Others}) ->
    Pids = [case is_pid(Each) of
                true -> Each;
                false -> whereis(Each)
            end || Each <- Killed ++ Others],
    Monitors = [monitor(process, Pid) || Pid <- Pids],
    [exit(Pid, kill) || Pid <- lists:sublist(Pids, length(Killed))],
    [receive {'DOWN', Monitor, process, _, _} -> ok end || Monitor <- Monitors].

is_up() ->
    is_map(fxaot:stats(pair)) andalso
        lists:all(fun(Engine) -> fxaot_journal:sync(Engine) =:= ok end, [pair_1, pair_2]) andalso fxaot:ready().

wrong_folders(Config) ->
    Dir = folder(Config),
    Said = fun(Count, Journal) ->
                   {error, _} = Error = fxaot:start_engines(pair, Count, #{journal => Journal, instruments => ?SYMBOLS}),
                   ?assertEqual([undefined, undefined], [whereis(Name) || Name <- [pair, pair_1]]),
                   unicode:characters_to_list(fxaot:format_error(Error))
           end,
    ?assertMatch("The option " ++ _, Said(2, 7)),
    ok = started(pair, #{journal => Dir}),
    ?assertMatch({error, {journal_taken, _}}, fxaot:start_engine(one, #{journal => filename:join(Dir, "1")})),
    ok = fxaot:stop_engine(pair),
    [?assertEqual("The folder " ++ Dir ++ " has the journals of a group of 2 engines: start as many.", Said(Count, Dir))
     || Count <- [1, 3]],
    ok = started(pair, #{journal => Dir}),
    Other = folder(Config),
    {ok, _} = fxaot:start_engine(one, #{journal => Other}),
    ok = fxaot:stop_engine(one),
    ok = fxaot:stop_engine(pair),
    ?assertEqual("The folder " ++ Other ++ " has the journal of an engine: a group needs one of its own.", Said(2, Other)).

members_answer_of_their_journals(Config) ->
    ok = started(pair, #{journal => folder(Config)}),
    {ok, #{segments := 1}} = fxaot:journal(pair_2),
    ok = fxaot:snapshot(pair),
    [?assertMatch({ok, #{segments := 2}}, fxaot:journal(Engine)) || Engine <- [pair_1, pair_2]],
    [?assertMatch({error, {group, #{engine := pair}}}, Ask(pair)) || Ask <- [fun fxaot:journal/1, fun fxaot:durable/1]].

folder(Config) ->
    Dir = fxaot_journal_SUITE:folder(Config),
    put(?MODULE, Dir),
    Dir.

folder_of(_) -> get(?MODULE).
