%% Engines with a journal: nodes killed under load, torn and damaged files, two owners of a folder, disks that are full,
%% fail or stall, and kills of the processes.
%% Longer than a file should be: its cases share one load and one comparison.
-module(fxaot_journal_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

%% An order is sent after each so many quotes.
-define(EVERY, 40).
-define(QUOTES, 400000).

all() ->
    [wrong_options, torn_at_every_byte, damaged_at_every_byte, newer_versions, a_segment_that_was_never_whole,
     one_owner_of_a_folder, killed_without_quotes, stale_strategies, history_of_a_function, an_orderly_stop, strategies_of_a_library,
     killed_processes, files_unread_after_a_crash, nothing_found_is_durable, half_of_a_request, segments_and_retention, a_swap_survives, a_full_disk, a_failing_disk, killed_nodes].

suite() -> [{timetrap, {minutes, case os:getenv("FXAOT_KILLS") of false -> 2; _ -> 60 end}}].

init_per_suite(Config) ->
    _ = application:ensure_all_started(sasl),
    Begun = fxaot_test:begin_suite(Config),
    persistent_term:put(?MODULE, fxaot_test:quotes(?QUOTES)),
    Begun.

end_per_suite(Config) ->
    persistent_term:erase(?MODULE),
    fxaot_test:end_suite(Config).

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [calm, shaken, other]],
    ok.

%% ---- options -----------------------------------------------------------------

wrong_options(Config) ->
    Dir = folder(Config),
    File = filename:join(Dir, "file"),
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, <<>>),
    Said = fun(Journal) ->
                   {error, _} = Error = fxaot:start_engine(shaken, #{journal => Journal}),
                   ?assertEqual(undefined, whereis(shaken)),
                   {element(1, element(2, Error)), unicode:characters_to_list(fxaot:format_error(Error))}
           end,
    [?assertMatch({bad_option, _}, Said(Journal))
     || Journal <- [none, 7, "", [{dir, Dir}], <<255>>, "a\0b", #{}, #{dir => x}, #{dir => Dir, quotes => 1},
                    #{dir => Dir, sync => {every, 0}}, #{dir => Dir, sync => often}, #{dir => Dir, segment_bytes => 1},
                    #{dir => Dir, keep_segments => 0}, #{dir => Dir, slow_ms => 1.0}]],
    ?assertMatch({unknown_option, _}, Said(#{dir => Dir, colour => red})),
    [?assertMatch({error, {bad_option, #{option := history}}},
                  fxaot:start_engine(shaken, #{journal => Dir, history => History}))
     || History <- [7, none, {"a", b}, {a, b, c}, fun() -> ok end]],
    ?assertMatch({error, {missing_option, #{option := journal}}}, fxaot:start_engine(shaken, #{history => "a.csv"})),
    Below = filename:join(File, "below"),
    ?assertEqual({journal_folder, "Cannot use the journal's folder " ++ Below ++ ": not a directory."}, Said(Below)),
    ok = file:change_mode(Dir, 8#777),
    ?assertEqual({journal_folder, "The journal's folder " ++ Dir ++ " has files in it and others may write to it: "
                  "give it the mode 700."}, Said(Dir)),
    Sentences = [{{journal_taken, #{path => "d", engine => eur}}, "The journal in d is in use by another engine or node."},
                 {{journal_file, #{path => "f", reason => eio}}, "Cannot use the journal's file f: I/O error."},
                 {{bad_journal, #{path => "f", offset => 68, reason => sum}},
                  "The journal's file f is damaged at byte 68 (reason sum)."},
                 {{bad_journal, #{path => "f", offset => 8, reason => version, format => 2}},
                  "The journal's file f was written by a newer fxaot: its version is 2."},
                 {{no_journal, #{engine => eur}}, "The engine eur has no journal."},
                 {{journal_unavailable, none},
                  "The journal takes no records, so what was asked for may not be there after a restart."}],
    [?assertEqual(Text, unicode:characters_to_list(fxaot:format_error({error, Error}))) || {Error, Text} <- Sentences],
    {ok, _} = fxaot:start_engine(shaken, #{}),
    ?assertEqual({error, {no_journal, #{engine => shaken}}}, fxaot_journal:sync(shaken)).

%% ---- files -------------------------------------------------------------------

%% A journal of a small segment as a file.
small(Config) ->
    Dir = folder(Config),
    {ok, _} = fxaot:start_engine(shaken, #{journal => #{dir => Dir, quotes => true, sync => always}}),
    _ = fed(shaken, 0, 10),
    [{ok, _} = fxaot:submit(shaken, order(N)) || N <- [1, 2, 3]],
    ok = fxaot:stop_engine(shaken),
    {ok, [#{path := Path}]} = fxaot_journal_files:segments(Dir),
    {ok, Bytes} = file:read_file(Path),
    <<Header:68/binary, Rest/binary>> = Bytes,
    <<_:12/binary, _:32, First:64/little, Epoch:64/little, _/binary>> = Header,
    Chain = <<(First - 1):64/little, Epoch:64/little, (fxaot_nif:sha256(Header))/binary>>,
    {_, none, false, Records, _} = fxaot_nif:read_records(Rest, Chain, all),
    {filename:basename(Path), Bytes, [{Type, 68 + Offset} || {Type, _, _, Offset, _} <- Records]}.

recovered(Dir) -> fxaot_journal_files:recover(Dir, fun(_) -> {ok, loaded} end, fun(_, loaded) -> ok end).

written(Config, Name, Bytes) ->
    Dir = folder(Config),
    Path = filename:join(Dir, Name),
    ok = filelib:ensure_dir(Path),
    ok = file:write_file(Path, Bytes),
    {Dir, Path}.

torn_at_every_byte(Config) ->
    {Name, Bytes, Records} = small(Config),
    {_, Last} = lists:last(Records),
    Count = length(Records),
    {Dir, Path} = written(Config, Name, Bytes),
    ?assertMatch({ok, loaded, #{records := Count, torn := none}}, recovered(Dir)),
    [begin
         ok = file:write_file(Path, binary:part(Bytes, 0, Size)),
         {ok, loaded, #{records := Whole, torn := Torn}} = recovered(Dir),
         ?assertEqual({Count - 1, case Size - Last of 0 -> none; Cut -> {Path, Cut} end}, {Whole, Torn}),
         ?assertEqual({ok, binary:part(Bytes, 0, Last)}, file:read_file(Path)),
         ?assertMatch({ok, loaded, #{torn := none}}, recovered(Dir))
     end || Size <- lists:seq(Last, byte_size(Bytes) - 1)].

damaged_at_every_byte(Config) ->
    {Name, Bytes, Records} = small(Config),
    {Dir, Path} = written(Config, Name, Bytes),
    {_, Last} = lists:last(Records),
    Start = fun(At) -> lists:max([0 | [Offset || {_, Offset} <- Records, Offset =< At]]) end,
    [begin
         <<Before:At/binary, Byte, After/binary>> = Bytes,
         ok = file:write_file(Path, [Before, Byte bxor (1 bsl (At rem 8)), After]),
         case recovered(Dir) of
             {ok, loaded, #{torn := {Path, Cut}}} -> ?assertEqual({Last, byte_size(Bytes) - Last}, {Start(At), Cut});
             {error, {bad_journal, #{path := Path, offset := Offset, reason := Reason}}} ->
                 ?assert(At < Last),
                 case Reason of
                     version -> ?assertEqual({8, true}, {Offset, At >= 8 andalso At < 12});
                     _ -> ?assertEqual({At, Start(At)}, {At, Offset})
                 end
         end
     end || At <- places(byte_size(Bytes))].

%% A header that a later version has written, whose sum is right.
newer_versions(Config) ->
    {Name, Bytes, _} = small(Config),
    <<Magic:8/binary, 1:32/little, 1:32/little, Head:48/binary, _:32, Records/binary>> = Bytes,
    [begin
         Header = <<Magic/binary, Version:32/little, Format:32/little, Head/binary>>,
         {Dir, Path} = written(Config, Name, <<Header/binary, (fxaot_nif:crc32c(Header)):32/little, Records/binary>>),
         Error = {error, {bad_journal, #{path => Path, offset => Offset, reason => Reason, format => 2}}},
         ?assertEqual(Error, recovered(Dir)),
         ?assertEqual(Error, fxaot:start_engine(shaken, #{journal => Dir})),
         ?assertEqual("The journal's file " ++ Path ++ " was written by a newer fxaot: its " ++ atom_to_list(Reason)
                      ++ " is 2.", unicode:characters_to_list(fxaot:format_error(Error)))
     end || {Version, Format, Offset, Reason} <- [{2, 1, 8, version}, {1, 2, 12, format}, {2, 2, 8, version}]].

%% Every byte of a small file, and a prime step through the middle of a larger one.
places(Size) when Size =< 20000 -> lists:seq(0, Size - 1);
places(Size) -> lists:usort(lists:seq(0, 8000) ++ lists:seq(8000, Size - 4000, 37) ++ lists:seq(Size - 4000, Size - 1)).

%% Wherever its making ends, the segment before goes on; and the very first one begins again.
a_segment_that_was_never_whole(Config) ->
    {Name, Bytes, Records} = small(Config),
    {_, Snapshot} = lists:last([Record || {2, _} = Record <- Records]),
    [Next | _] = [Offset || {_, Offset} <- Records, Offset > Snapshot],
    [begin
         {Dir, Path} = written(Config, Name, binary:part(Bytes, 0, Size)),
         ?assertEqual({ok, none}, recovered(Dir)),
         ?assertEqual(false, filelib:is_file(Path))
     end || Size <- [0, 1, 67, 68, 69, Snapshot, Next - 1]],
    Engine = #{journal => #{dir => folder(Config), quotes => true, sync => always}},
    {ok, _} = fxaot:start_engine(shaken, Engine),
    _ = fed(shaken, 0, 10),
    {ok, _} = fxaot:submit(shaken, order(1)),
    Expected = state(shaken),
    ok = fxaot:stop_engine(shaken),
    #{journal := #{dir := Dir}} = Engine,
    [begin
         {ok, Segments} = fxaot_journal_files:segments(Dir),
         {ok, _} = fxaot:start_engine(shaken, Engine),
         ok = fxaot:stop_engine(shaken),
         {ok, More} = fxaot_journal_files:segments(Dir),
         #{path := New} = lists:last(More),
         ?assert(length(More) > length(Segments)),
         {ok, Whole} = file:read_file(New),
         ok = file:write_file(New, binary:part(Whole, 0, Size)),
         {ok, _} = fxaot:start_engine(shaken, Engine),
         ?assertEqual(Expected, state(shaken)),
         ok = fxaot:stop_engine(shaken)
     end || Size <- [0, 30, 68, 100, 500]].

one_owner_of_a_folder(Config) ->
    Dir = folder(Config),
    Journal = #{dir => Dir, sync => always},
    {Peer, Node} = node_of([]),
    {ok, _} = peer:call(Node, ?MODULE, started, [shaken, Journal], 30000),
    ?assertMatch({error, {journal_taken, #{path := Dir, engine := other}}},
                 fxaot:start_engine(other, #{journal => Journal})),
    ok = kill_node(Peer, Node),
    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
    ?assertMatch({error, {journal_taken, #{path := Dir, engine := other}}},
                 fxaot:start_engine(other, #{journal => Journal})),
    ok = fxaot:stop_engine(shaken),
    {ok, _} = fxaot:start_engine(other, #{journal => Journal}).

%% Without quotes: money, positions and orders are there after a kill of the node, and the deployment.
killed_without_quotes(Config) ->
    Journal = #{dir => folder(Config), sync => always},
    lists:foldl(fun(_, Before) ->
                        {Peer, Node} = node_of([]),
                        {ok, _} = peer:call(Node, ?MODULE, started, [shaken, Journal], 30000),
                        ?assertEqual(Before, case Before of
                                                 none -> none;
                                                 _ -> peer:call(Node, ?MODULE, account_of, [shaken], 30000)
                                             end),
                        #{number := From} = peer:call(Node, ?MODULE, traded, [shaken], 30000),
                        After = peer:call(Node, ?MODULE, account_of, [shaken], 30000),
                        ?assert(From > 0),
                        ok = kill_node(Peer, Node),
                        After
                end, none, [1, 2, 3]).

traded(Engine) ->
    At = 2 * 40 * (length(fxaot:orders(Engine)) + 1),
    _ = fed(Engine, 0, At),
    {ok, Waiting} = fxaot:submit(Engine, (order(At))#{type => limit, price => 1.01}),
    {ok, _} = fxaot:submit(Engine, order(At + 1)),
    _ = fed(Engine, At, At + 1000),
    {ok, _} = fxaot:deposit(Engine, 100),
    Waiting.

%% What does not follow from prices.
account_of(Engine) ->
    {maps:with([balance, cash, commission, realised, state], fxaot:account(Engine)),
     [maps:with([symbol, quantity, average_price, realised], Position) || Position <- fxaot:positions(Engine)],
     fxaot:orders(Engine), fxaot:tier(Engine, ma)}.

%% ---- without quotes: strategies ------------------------------------------------

%% A folder of a node that was killed at quote 40,000, after a snapshot at quote 20,000.
killed_after_a_snapshot(Config) ->
    Dir = folder(Config),
    {Peer, Node} = node_of([]),
    ok = peer:call(Node, ?MODULE, snapshot_and_more, [#{dir => Dir, sync => always}], 60000),
    ok = kill_node(Peer, Node),
    Dir.

snapshot_and_more(Journal) ->
    {ok, _} = started(shaken, Journal),
    _ = fed(shaken, 0, 20000),
    ok = fxaot:snapshot(shaken),
    _ = fed(shaken, 20000, 40000),
    fxaot_journal:sync(shaken).

%% What an engine has to be that was never disturbed, after 40,000 quotes and then after 80,000.
undisturbed() ->
    {ok, _} = fxaot:start_engine(calm, #{}),
    ok = deployed(calm),
    _ = fed(calm, 0, 40000),
    ?assert(trades(calm) > 0).

%% They go on as one engine.
same_from_now_on() ->
    Before = trades(calm),
    [_ = fed(Engine, 40000, 80000) || Engine <- [calm, shaken]],
    ?assert(trades(calm) > Before),
    ?assertEqual(fxaot:trades(calm), fxaot:trades(shaken)),
    ?assertEqual(fxaot:positions(calm), fxaot:positions(shaken)),
    ?assertEqual(fxaot:account(calm), fxaot:account(shaken)),
    Bars = fun(Engine) -> [maps:with([bars, orders, fills], Strategy) || Strategy <- fxaot:strategies(Engine)] end,
    ?assertEqual(Bars(calm), Bars(shaken)).

trades(Engine) ->
    {ok, Trades} = fxaot:trades(Engine),
    length(Trades).

%% The quotes as a file of the file feed.
history(Config, From, To) ->
    Path = filename:join(folder(Config), "EURUSD.csv"),
    ok = filelib:ensure_dir(Path),
    ok = file:write_file(Path, [<<"time_ns,bid,ask\n">>
                                | [io_lib:format("~b,~w,~w~n", [Time, Bid, Ask])
                                   || <<Time:64/little-signed, _:64, Bid:64/little-float, Ask:64/little-float, _:128>>
                                          <= quotes(From, To)]]),
    Path.

time_of(N) ->
    <<Time:64/little-signed, _/binary>> = quotes(N - 1, N),
    Time.

stale_strategies(Config) ->
    Dir = killed_after_a_snapshot(Config),
    ok = undisturbed(),
    ok = fxaot_telemetry:attach_many(?MODULE, [[fxaot, strategy, stale], [fxaot, strategy, warm]],
                           fun(Event, #{since := Since}, #{engine := shaken, strategy := ma}, Test) ->
                                   Test ! {lists:last(Event), Since}
                           end, self()),
    Started = fun(Options) -> {ok, _} = fxaot:start_engine(shaken, Options#{journal => #{dir => Dir, sync => always}}) end,
    Is = fun(Since) ->
                 ?assertMatch([#{id := ma, stale_since := Since}], fxaot:strategies(shaken)),
                 ?assertMatch(#{{shaken, ma} := #{status := up, stale_since := Since}},
                              maps:get(deployments, fxaot:health())),
                 ?assertEqual([#{ma => Since}], alarms()),
                 receive {stale, Since} -> ok after 0 -> error(no_event) end
         end,
    Started(#{}),
    Is(time_of(20000)),
    ok = fxaot:stop_engine(shaken),
    ?assertEqual([], alarms()),
    %% A file that is not there, and one that ends too early.
    Started(#{history => filename:join(Dir, "none.csv")}),
    Is(time_of(20000)),
    ok = fxaot:stop_engine(shaken),
    Started(#{history => [history(Config, 0, 30000)]}),
    Is(time_of(30000)),
    ok = fxaot:stop_engine(shaken),
    Started(#{history => history(Config, 0, 40000)}),
    [Strategy] = fxaot:strategies(shaken),
    ?assertNot(is_map_key(stale_since, Strategy)),
    ?assertNot(is_map_key(stale_since, map_get({shaken, ma}, maps:get(deployments, fxaot:health())))),
    ?assertEqual([], alarms()),
    Since = time_of(30000),
    receive {warm, Since} -> ok after 0 -> error(no_event) end,
    ok = fxaot_telemetry:detach(?MODULE),
    same_from_now_on().

alarms() -> [Stale || {{strategies_stale, shaken}, Stale} <- alarm_handler:get_alarms()].

%% A function is told from when. Whatever it does, the engine is there; a strategy that is gone is not stale.
history_of_a_function(Config) ->
    Dir = killed_after_a_snapshot(Config),
    ok = undisturbed(),
    Since = time_of(20000),
    Path = history(Config, 20000, 40000),
    Options = #{journal => #{dir => Dir, sync => always}},
    [begin
         {ok, _} = fxaot:start_engine(shaken, Options#{history => History}),
         ?assertMatch([#{id := ma, stale_since := Since}], fxaot:strategies(shaken)),
         ok = fxaot:stop_engine(shaken)
     end || History <- [fun(_) -> error(gone) end, fun(_) -> none end, fun(_) -> {error, {closed, #{}}} end,
                        fun(_) -> 7 end, {lists, []}]],
    History = fun(#{since := From, symbols := ['EURUSD']}) when From =:= Since -> Path end,
    {ok, _} = fxaot:start_engine(shaken, Options#{history => History}),
    ?assertEqual([], alarms()),
    same_from_now_on(),
    ok = fxaot:stop_engine(shaken),
    Other = killed_after_a_snapshot(Config),
    {ok, _} = fxaot:start_engine(shaken, #{journal => Other}),
    ?assertMatch([_], alarms()),
    ok = fxaot:undeploy(shaken, ma),
    ?assertEqual([], alarms()),
    ok = deployed(shaken),
    [Strategy] = fxaot:strategies(shaken),
    ?assertNot(is_map_key(stale_since, Strategy)).

%% It ends with a snapshot, so nothing is missing.
an_orderly_stop(Config) ->
    Journal = #{dir => folder(Config)},
    ok = undisturbed(),
    {ok, _} = started(shaken, Journal),
    _ = fed(shaken, 0, 40000),
    ok = fxaot:stop_engine(shaken),
    {ok, _} = started(shaken, Journal),
    ?assertEqual([], alarms()),
    same_from_now_on(),
    %% The application's end is one too.
    Expected = state(shaken),
    ok = application:stop(fxaot),
    {ok, _} = started(shaken, Journal),
    ?assertEqual(Expected, state(shaken)),
    ?assertEqual([], alarms()).

%% A node loads the library by its configuration; one that has not names the strategy, also where only a record tells of it.
strategies_of_a_library(Config) ->
    Library = filename:join(folder(Config), "last_return.so"),
    ok = filelib:ensure_dir(Library),
    Root = filename:dirname(filename:dirname(filename:dirname(source()))),
    Source = filename:join([Root, "c_src", "examples", "c_library.c"]),
    Headers = filename:join([Root, "c_src", "include"]),
    case os:cmd(lists:concat(["cc -std=c11 -shared -fPIC -O2 '-I", Headers, "' -o '", Library, "' '", Source, "' -lm 2>&1"])) of
        "" -> of_library(folder(Config), Library);
        Why -> {skip, "no library of strategies: " ++ Why}
    end.

of_library(Dir, Library) ->
    Journal = #{dir => Dir, quotes => true, sync => always},
    Arguments = ["-fxaot", "strategies", lists:flatten(io_lib:format("~tp", [[Library]]))],
    Deployed = fun(_) ->
                       {Peer, Node} = node_of([], Arguments),
                       {ok, _} = peer:call(Node, ?MODULE, with_last_return, [Journal], 30000),
                       State = peer:call(Node, ?MODULE, state, [shaken], 30000),
                       ok = kill_node(Peer, Node),
                       State
               end,
    First = Deployed(1),
    Refused = fun(Words) ->
                      {error, {_, #{path := _}}} = Error = fxaot:start_engine(shaken, #{journal => Journal}),
                      ?assertMatch({match, _}, re:run(fxaot:format_error(Error), Words))
              end,
    Refused("The journal's record cannot be carried out: the strategy last_return is not registered here"),
    ?assertEqual(First, Deployed(2)),
    Refused("the snapshot has the strategy last_return, which is not registered here; the application's key strategies"),
    ?assertMatch({error, {strategy_library, #{message := _}}}, fxaot_nif:load_strategies(<<"/nowhere/a.so">>)),
    Nif = filename:join(code:priv_dir(fxaot), "libfxaot.so"),
    ?assertMatch({error, {strategy_library, #{message := _}}}, fxaot_nif:load_strategies(list_to_binary(Nif))),
    ok = application:stop(fxaot),
    application:set_env(fxaot, strategies, ["/nowhere/a.so"]),
    ?assertMatch({error, {{{strategy_library, _}, <<"Cannot load the library of strategies /nowhere/a.so: ", _/binary>>}, _}},
                 application:start(fxaot)),
    application:set_env(fxaot, strategies, [Library]),
    ok = application:start(fxaot),
    application:unset_env(fxaot, strategies),
    ?assertEqual({ok, [<<"last_return">>]}, fxaot_nif:load_strategies(unicode:characters_to_binary(Library))),
    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
    ?assertEqual(First, state(shaken)).

with_last_return(Journal) ->
    ok = fxaot_test:start(),
    {ok, Pid} = fxaot:start_engine(shaken, #{journal => Journal}),
    case fxaot:strategies(shaken) of
        [] ->
            ok = fxaot:deploy(shaken, own, #{strategy => last_return, instrument => 'EURUSD', timeframe => {seconds, 5}}),
            _ = fed(shaken, 0, 2000),
            ok = fxaot_journal:sync(shaken);
        _ -> ok
    end,
    {ok, Pid}.

source() -> proplists:get_value(source, ?MODULE:module_info(compile)).

%% ---- processes ---------------------------------------------------------------

killed_processes(Config) ->
    Journal = #{dir => folder(Config), quotes => true, sync => always},
    {ok, _} = started(shaken, Journal),
    Kills = [fun() -> killed(fxaot_journals_sup:find(shaken)) end,
             fun() ->
                     {links, Links} = process_info(fxaot_journals_sup:find(shaken), links),
                     killed(hd(Links -- [whereis(fxaot_journals_sup)]))
             end,
             fun() -> killed(whereis(fxaot_journals_sup)) end,
             fun() -> killed(whereis(shaken)) end,
             fun() ->
                     Engine = whereis(shaken),
                     killed(whereis(fxaot_heir)),
                     killed(Engine)
             end],
    Last = lists:foldl(fun(Kill, From) ->
                               Kill(),
                               To = From + 2000,
                               _ = fed(shaken, From, To),
                               fxaot_test:until(fun() -> is_up(shaken) end),
                               ?assertMatch(#{quotes := To}, fxaot:stats(shaken)),
                               {ok, _} = fxaot:submit(shaken, order(To)),
                               To
                       end, 0, Kills ++ Kills),
    _ = [{ok, _} = fxaot:order(shaken, id(N)) || N <- lists:seq(2000, Last, 2000)],
    Expected = state(shaken),
    ok = fxaot:stop_engine(shaken),
    {ok, _} = started(shaken, Journal),
    ?assertMatch(#{quotes := Last}, fxaot:stats(shaken)),
    ?assertEqual(Expected, state(shaken)),
    ?assertMatch({ok, #{tier := built_in}}, fxaot:tier(shaken, ma)).

%% What the application keeps before and while a journal that has crashed cannot read its files is there again.
files_unread_after_a_crash(Config) ->
    Dir = folder(Config),
    Journal = #{dir => Dir, quotes => true, sync => always},
    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
    {ok, [#{path := Path}]} = fxaot_journal_files:segments(Dir),
    Keep = fun(N) -> ok = fxaot_journal:keep(shaken, {note, N}, N) end,
    Kept = fun() ->
                   {ok, Terms} = fxaot_journal:terms(shaken),
                   lists:sort([N || {note, N} <- maps:keys(Terms)])
           end,
    ok = Keep(1),
    Unread = fun(Kill, N) ->
                     {ok, Segments} = fxaot_journal_files:segments(Dir),
                     Newest = maps:get(path, lists:last(Segments)),
                     ok = file:rename(Newest, Path ++ ".away"),
                     ok = file:make_dir(Newest),
                     Kill(),
                     fxaot_test:until(fun is_alarmed/0),
                     ok = Keep(N),
                     ok = file:del_dir(Newest),
                     ok = file:rename(Path ++ ".away", Newest),
                     fxaot_test:until(fun() -> is_up(shaken) andalso not is_alarmed() end)
             end,
    Unread(fun() -> killed(fxaot_journals_sup:find(shaken)) end, 2),
    ?assertEqual([1, 2], Kept()),
    %% What it had kept goes with the supervisor.
    Unread(fun() -> killed(whereis(fxaot_journals_sup)) end, 3),
    ?assertEqual([1, 2, 3], Kept()),
    ok = fxaot:stop_engine(shaken),
    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
    ?assertEqual([1, 2, 3], Kept()).

%% What a kill has left is durable with the next segment, not when it is read.
nothing_found_is_durable(Config) ->
    Options = #{dir => folder(Config), quotes => true, sync => always},
    {ok, _} = fxaot:start_engine(shaken, #{journal => Options}),
    {ok, _} = fxaot:durable(shaken),
    ok = fxaot:stop_engine(shaken),
    ok = fxaot_journals_sup:start(shaken, fxaot_journal_options:read(#{journal => Options})),
    {ok, Engine, #{records := Records}} =
        fxaot_journal:recover(shaken, fun fxaot_nif:restore/1, fun(Bytes, Engine) -> fxaot_nif:apply_records(Engine, Bytes) end),
    ?assert(Records > 0),
    ?assertEqual({ok, 0}, fxaot_journal:durable(shaken)),
    ok = fxaot_nif:start_journal(Engine, inputs),
    ok = fxaot_journal:open(shaken, Engine),
    {ok, Durable} = fxaot_journal:durable(shaken),
    ?assert(Durable > Records),
    ok = fxaot_journals_sup:stop(shaken),
    ok = fxaot_nif:close(Engine).

%% The node's end came after the engine's record of an instrument or a strategy, and before the application's.
half_of_a_request(Config) ->
    Journal = #{dir => folder(Config), quotes => true, sync => always},
    Halved = fun() ->
                     ok = fxaot:add_instrument(shaken, 'GBPUSD', #{commission => #{per_lot => 3.5, currency => 'USD'}}),
                     ok = deployed(shaken),
                     ok = fxaot_journal:forget(shaken, {deployment, ma}),
                     ok = fxaot_journal:keep(shaken, instruments, ['EURUSD'])
             end,
    Again = fun() ->
                    ok = fxaot:stop_engine(shaken),
                    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
                    {fxaot_engine_call:ask(shaken, instruments), [Id || #{id := Id} <- fxaot:strategies(shaken)]}
            end,
    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
    Halved(),
    ?assertEqual({['EURUSD'], []}, Again()),
    Halved(),
    %% What has been traded in stays.
    _ = fxaot:tick(shaken, 'GBPUSD', 1704240000000000000, 1.25, 1.2501),
    {ok, _} = fxaot:submit(shaken, #{id => <<"low">>, symbol => 'GBPUSD', side => buy, quantity => 1000, type => limit,
                                     price => 1.0}),
    ?assertEqual({['EURUSD', 'GBPUSD'], []}, Again()),
    ?assertMatch([#{id := <<"low">>}], fxaot:orders(shaken)),
    ok = deployed(shaken),
    ?assertEqual({['EURUSD', 'GBPUSD'], [ma]}, Again()),
    ?assertMatch({ok, #{tier := built_in}}, fxaot:tier(shaken, ma)).

killed(Pid) ->
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

is_up(Engine) ->
    is_pid(whereis(Engine)) andalso
        case fxaot_journal:figures(Engine) of
            {ok, #{state := up}} -> fxaot_journal:sync(Engine) =:= ok;
            _ -> false
        end.

segments_and_retention(Config) ->
    Dir = folder(Config),
    Journal = #{dir => Dir, quotes => true, sync => always, segment_bytes => 65536, keep_segments => 3},
    {ok, _} = started(shaken, Journal),
    {ok, _} = fxaot:start_engine(calm, #{}),
    ok = deployed(calm),
    lists:foreach(fun(N) ->
                          _ = fed(shaken, N * 1000, N * 1000 + 1000),
                          ok = fxaot_journal:sync(shaken),
                          _ = fed(calm, N * 1000, N * 1000 + 1000)
                  end, lists:seq(0, 19)),
    {ok, #{segments := Made}} = fxaot_journal:figures(shaken),
    {ok, Kept} = fxaot_journal_files:segments(Dir),
    ?assert(Made > 5),
    ?assertEqual(3, length(Kept)),
    ok = fxaot:stop_engine(shaken),
    {ok, _} = started(shaken, Journal),
    ?assertEqual(state(calm), state(shaken)).

a_swap_survives(Config) ->
    Journal = #{dir => folder(Config), quotes => true, sync => always},
    Script = fun(Fast) ->
                     ["//@version=6\nstrategy(\"Cross\", default_qty_value = 1000)\nquick = ta.ema(close, ", Fast, ")\n"
                      "if ta.crossover(quick, ta.ema(close, 26))\n    strategy.entry(\"Long\", strategy.long)\n"
                      "if ta.crossunder(quick, ta.ema(close, 26))\n    strategy.entry(\"Short\", strategy.short)\n"]
             end,
    Deploy = fun(Engine, Fast) ->
                     fxaot:deploy(Engine, cross, #{strategy => {source, Script(Fast)}, instrument => 'EURUSD',
                                                   timeframe => {seconds, 5}, tier => vm})
             end,
    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
    {ok, _} = fxaot:start_engine(calm, #{}),
    [begin
         ok = Deploy(Engine, "12"),
         _ = fed(Engine, 0, 20000),
         {ok, #{version := 2}} = Deploy(Engine, "9"),
         _ = fed(Engine, 20000, 30000)
     end || Engine <- [shaken, calm]],
    ok = fxaot_journal:sync(shaken),
    ok = fxaot:stop_engine(shaken),
    {ok, _} = fxaot:start_engine(shaken, #{journal => Journal}),
    ?assertMatch({ok, #{tier := vm}}, fxaot:tier(shaken, cross)),
    ?assertEqual(state(calm), state(shaken)),
    [_ = fed(Engine, 30000, 60000) || Engine <- [shaken, calm]],
    ?assertEqual(state(calm), state(shaken)).

%% ---- disks -------------------------------------------------------------------

a_full_disk(Config) ->
    Dir = folder(Config),
    ok = filelib:ensure_dir(filename:join(Dir, "x")),
    case os:cmd("mount -t tmpfs -o size=8m,mode=700 tmpfs '" ++ Dir ++ "' 2>&1 && echo mounted") of
        "mounted\n" ->
            try filled(Dir)
            after
                _ = fxaot:stop_engine(shaken),
                os:cmd("umount -l '" ++ Dir ++ "'")
            end;
        Why -> {skip, "no tmpfs can be mounted: " ++ Why}
    end.

filled(Dir) ->
    Journal = #{dir => filename:join(Dir, "j"), quotes => true, sync => always},
    {ok, _} = started(shaken, Journal),
    {ok, _} = fxaot:start_engine(calm, #{}),
    ok = deployed(calm),
    [begin
         _ = fed(Engine, 0, 1000),
         {ok, _} = fxaot:submit(Engine, order(1000))
     end || Engine <- [shaken, calm]],
    Filler = filename:join(Dir, "filler"),
    _ = file:write_file(Filler, binary:copy(<<0>>, 8388608)),
    [_ = fed(Engine, 1000, 4000) || Engine <- [shaken, calm]],
    fxaot_test:until(fun is_alarmed/0),
    ?assertMatch({error, _}, fxaot:submit(shaken, order(4000))),
    ?assertMatch({ok, #{state := rejected, reason := journal_unavailable}}, fxaot:order(shaken, id(4000))),
    ?assertMatch(#{quotes := 4000}, fxaot:stats(shaken)),
    ok = file:delete(Filler),
    fxaot_test:until(fun() -> is_up(shaken) andalso not is_alarmed() end),
    [{ok, _} = fxaot:submit(Engine, order(4001)) || Engine <- [shaken, calm]],
    ok = fxaot:stop_engine(shaken),
    {ok, _} = started(shaken, Journal),
    same_but_refused(calm, shaken).

is_alarmed() -> lists:keymember({journal_unavailable, shaken}, 1, alarm_handler:get_alarms()).

%% A refused order has an order's number.
same_but_refused(Calm, Shaken) ->
    ?assertEqual(fxaot:positions(Calm), fxaot:positions(Shaken)),
    ?assertEqual(maps:get(quotes, fxaot:stats(Calm)), maps:get(quotes, fxaot:stats(Shaken))),
    ?assertEqual(maps:with([balance, equity], fxaot:account(Calm)), maps:with([balance, equity], fxaot:account(Shaken))).

%% EIO, then a disk that answers late.
a_failing_disk(Config) ->
    Dir = folder(Config),
    %% LD_PRELOAD has no way to write a blank.
    Library = "/tmp/fxaot_journal_disk_" ++ os:getpid() ++ ".so",
    Control = filename:join(Dir, "control"),
    ok = filelib:ensure_dir(Control),
    Source = filename:join(filename:dirname(source()), "fxaot_journal_disk.c"),
    case {os:type(), os:cmd("cc -shared -fPIC -O1 -o '" ++ Library ++ "' '" ++ Source ++ "' -ldl 2>&1")} of
        {{unix, linux}, ""} -> try failing(Dir, Library, Control) after file:delete(Library) end;
        {_, Why} -> {skip, "no library with a disk's faults: " ++ Why}
    end.

failing(Dir, Library, Control) ->
    ok = file:write_file(Control, "ok"),
    Journal = #{dir => filename:join(Dir, "j"), quotes => true, sync => always, slow_ms => 100},
    {Peer, Node} = node_of([{"LD_PRELOAD", Library}, {"FXAOT_DISK", Control}]),
    Call = fun(Function, Arguments) -> peer:call(Node, ?MODULE, Function, Arguments, 30000) end,
    {ok, _} = Call(started, [shaken, Journal]),
    [begin
         ok = file:write_file(Control, Fault),
         ok = Call(alarm_while_fed, [N * 2000, N * 2000 + 2000]),
         ok = file:write_file(Control, "ok"),
         ok = Call(back, [])
     end || {N, Fault} <- [{0, "eio"}, {1, "stall"}, {2, "eio"}]],
    {ok, _} = peer:call(Node, fxaot, submit, [shaken, order(6000)]),
    Expected = Call(state, [shaken]),
    ok = kill_node(Peer, Node),
    %% What the kill left is synced before anything else.
    ok = file:write_file(Control, "eio"),
    {Refused, There} = node_of([{"LD_PRELOAD", Library}, {"FXAOT_DISK", Control}]),
    ?assertMatch({error, {journal_file, #{reason := eio}}}, peer:call(There, ?MODULE, started, [shaken, Journal], 30000)),
    ok = kill_node(Refused, There),
    {ok, _} = started(shaken, Journal),
    ?assertEqual(Expected, state(shaken)),
    %% What the disk took none of is a known gap.
    Said = os:cmd("'" ++ filename:join(code:priv_dir(fxaot), "fxaot") ++ "' journal verify '" ++ filename:join(Dir, "j")
                  ++ "'; echo \"exit $?\""),
    ?assertMatch({match, _}, re:run(Said, "records [0-9]+ to [0-9]+ are in its snapshot alone.*\nwhole: .*\nexit 0\n$",
                                    [dotall])).

alarm_while_fed(From, To) ->
    _ = fed(shaken, From, To),
    fxaot_test:until(fun() -> {ok, #{state := Now}} = fxaot_journal:figures(shaken), Now =:= unavailable end),
    {error, _} = fxaot:submit(shaken, order(From)),
    #{quotes := To} = fxaot:stats(shaken),
    ok.

back() -> fxaot_test:until(fun() -> is_up(shaken) end).

%% ---- nodes -------------------------------------------------------------------

killed_nodes(Config) ->
    Kills = list_to_integer(os:getenv("FXAOT_KILLS", "12")),
    Dir = folder(Config),
    Acknowledged = filename:join(Dir, "acknowledged"),
    ok = filelib:ensure_dir(Acknowledged),
    ok = file:write_file(Acknowledged, <<>>),
    Journal = #{dir => filename:join(Dir, "j"), quotes => true, sync => always, segment_bytes => 1048576},
    {ok, _} = fxaot:start_engine(calm, #{}),
    ok = deployed(calm),
    Seed = erlang:unique_integer([positive]) + erlang:system_time(),
    ct:pal("seed ~b", [Seed]),
    _ = rand:seed(exsss, Seed),
    Last = lists:foldl(fun(_, Before) -> killed_node(Journal, Acknowledged, Before) end, 0, lists:seq(1, Kills)),
    ct:pal("~b kills, ~b quotes, ~b orders acknowledged", [Kills, Last, length(acknowledged(Acknowledged))]),
    ?assert(Last > 0).

killed_node(Journal, Acknowledged, Before) ->
    {Peer, Node} = node_of([]),
    {ok, _} = peer:call(Node, ?MODULE, started, [shaken, Journal], 60000),
    ok = peer:call(Node, ?MODULE, load, [Acknowledged]),
    receive after rand:uniform(400) -> ok end,
    ok = kill_node(Peer, Node),
    {ok, _} = started(shaken, Journal),
    #{quotes := Now} = fxaot:stats(shaken),
    ?assert(Now >= Before),
    _ = [{ok, _} = fxaot:order(shaken, Id) || Id <- acknowledged(Acknowledged)],
    %% The same inputs, without a fault. The order after the last quote may have come in or not.
    ok = loaded(calm, Before, Now),
    _ = [fxaot:submit(calm, order(Now)) || Now rem ?EVERY =:= 0, Now > Before, is_order(shaken, Now)],
    _ = [fxaot:submit(calm, order(Now)) || Now =:= Before, Now rem ?EVERY =:= 0, Now > 0, is_order(shaken, Now),
                                           not is_order(calm, Now)],
    ?assertEqual(state(calm), state(shaken)),
    ok = fxaot:stop_engine(shaken),
    Now.

acknowledged(Path) ->
    {ok, Text} = file:read_file(Path),
    Ids = binary:split(Text, <<"\n">>, [global, trim_all]),
    ?assertEqual(length(Ids), length(lists:usort(Ids))),
    Ids.

is_order(Engine, N) -> element(1, fxaot:order(Engine, id(N))) =:= ok.

%% In the killed node: goes on where the journal has ended.
load(Acknowledged) ->
    persistent_term:put(?MODULE, fxaot_test:quotes(?QUOTES)),
    #{quotes := From} = fxaot:stats(shaken),
    spawn(fun() ->
                  {ok, File} = file:open(Acknowledged, [append, raw]),
                  Submit = fun(N) ->
                                   {ok, _} = fxaot:submit(shaken, order(N)),
                                   ok = file:write(File, [id(N), $\n])
                           end,
                  _ = [Submit(From) || From > 0, From rem ?EVERY =:= 0, not is_order(shaken, From)],
                  loaded(shaken, From, ?QUOTES, Submit)
          end),
    ok.

%% Quotes From + 1 to To, and the orders between them but the one after the last.
loaded(Engine, From, From) when is_atom(Engine) -> ok;
loaded(Engine, From, To) ->
    _ = [fxaot:submit(Engine, order(From)) || From > 0, From rem ?EVERY =:= 0, not is_order(Engine, From)],
    loaded(Engine, From, To, fun(N) -> _ = [{ok, _} = fxaot:submit(Engine, order(N)) || N < To] end).

loaded(_, To, To, _) -> ok;
loaded(Engine, From, To, Submit) ->
    Next = min(To, (From div ?EVERY + 1) * ?EVERY),
    _ = fed(Engine, From, Next),
    _ = [Submit(Next) || Next rem ?EVERY =:= 0],
    loaded(Engine, Next, To, Submit).

%% Buys and sells at the market by turns, and orders that wait.
order(N) ->
    Order = #{id => id(N), symbol => 'EURUSD', quantity => 1000},
    case N div ?EVERY rem 2 of
        0 -> Order#{side => buy};
        1 -> Order#{side => sell}
    end.

id(N) -> <<"o", (integer_to_binary(N))/binary>>.

fed(Engine, From, To) ->
    Quotes = case persistent_term:get(?MODULE, none) of
                 none ->
                     New = fxaot_test:quotes(?QUOTES),
                     persistent_term:put(?MODULE, New),
                     New;
                 Known -> Known
             end,
    fxaot:ticks(Engine, part(Quotes, From, To)).

quotes(From, To) -> part(persistent_term:get(?MODULE), From, To).

part(Quotes, From, To) -> binary:part(Quotes, From * 48, (To - From) * 48).

started(Engine, Journal) ->
    ok = fxaot_test:start(),
    case fxaot:start_engine(Engine, #{journal => Journal}) of
        {ok, Pid} ->
            case fxaot:strategies(Engine) of
                [] -> ok = deployed(Engine);
                _ -> ok
            end,
            {ok, Pid};
        Error -> Error
    end.

deployed(Engine) ->
    fxaot:deploy(Engine, ma, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {seconds, 5},
                               params => #{'band' => 0.00005}}).

state(Engine) -> {fxaot_test:final_state(Engine), fxaot:orders(Engine), maps:get(quotes, fxaot:stats(Engine))}.

node_of(Environment) -> node_of(Environment, []).

node_of(Environment, Arguments) ->
    Paths = lists:usort([filename:dirname(filename:absname(code:which(Module)))
                         || Module <- [fxaot, fxaot_test, ?MODULE]]),
    {ok, Peer, Node} = peer:start(#{name => peer:random_name(), connection => standard_io, env => Environment,
                                    args => Arguments ++ ["-kernel", "logger_level", "none", "-pa" | Paths]}),
    _ = Node,
    {Peer, Peer}.

kill_node(Peer, Node) ->
    Id = peer:call(Node, os, getpid, []),
    Monitor = monitor(process, Peer),
    _ = os:cmd("kill -9 " ++ Id),
    receive {'DOWN', Monitor, process, Peer, _} -> ok end.

%% A new name for each call, made by whoever uses it.
folder(Config) ->
    filename:join(proplists:get_value(priv_dir, Config), integer_to_list(erlang:unique_integer([positive]))).
