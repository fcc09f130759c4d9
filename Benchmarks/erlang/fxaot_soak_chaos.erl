%% @doc What happens to engines and their users at random during `make soak'.
-module(fxaot_soak_chaos).

-export([producers/2, subscribers/2, reader/1, mover/4, stop/1]).

%% Subscribers that live at a time.
-define(DOOMED, 8).

%% @doc Runs a producer on each lane, and kills one of them every few milliseconds. At its end it
%% waits for all.
-spec producers([fxaot_soak_load:lane()], Seed :: integer()) -> pid().
producers(Lanes, Seed) ->
    start(Seed, fun() -> maps:from_list([start_producer(Lane) || Lane <- Lanes]) end,
          fun kill_producer/1, fun await_all/1, 30).

start_producer(Lane) -> {spawn_monitor(fun() -> fxaot_soak_load:producer(Lane) end), Lane}.

kill_producer(Producers) ->
    {{{Pid, _} = Key, Lane}, Rest} = taken(Producers),
    exit(Pid, kill),
    %% Or it has just been told to stop.
    ended(Key, [killed, normal]),
    {New, Lane} = start_producer(Lane),
    Rest#{New => Lane}.

await_all(Producers) -> lists:foreach(fun(Key) -> ended(Key, [normal]) end, maps:keys(Producers)).

ended({Pid, Monitor}, Expected) ->
    receive {'DOWN', Monitor, process, Pid, Why} -> true = lists:member(Why, Expected) end.

taken(Map) ->
    Key = lists:nth(rand:uniform(map_size(Map)), maps:keys(Map)),
    {Value, Rest} = maps:take(Key, Map),
    {{Key, Value}, Rest}.

%% @doc Starts subscribers of random engines and kills them.
-spec subscribers(Engines :: [atom()], Seed :: integer()) -> pid().
subscribers(Engines, Seed) ->
    Fresh = fun() ->
                    Engine = lists:nth(rand:uniform(length(Engines)), Engines),
                    {spawn_monitor(fun() -> fxaot_soak_load:doomed(Engine) end), Engine}
            end,
    Kill = fun(Living) ->
                   {{{Pid, _} = Key, _}, Rest} = taken(Living),
                   exit(Pid, kill),
                   ended(Key, [killed]),
                   {New, Engine} = Fresh(),
                   Rest#{New => Engine}
           end,
    start(Seed, fun() -> maps:from_list([Fresh() || _ <- lists:seq(1, ?DOOMED)]) end, Kill,
          fun(Living) ->
                  [exit(Pid, kill) || {Pid, _} <- maps:keys(Living)],
                  [ended(Key, [killed]) || Key <- maps:keys(Living)]
          end, 30).

%% @doc Reads all there is to read, and has a strategy come and go.
-spec reader(Engines :: [atom()]) -> pid().
reader(Engines) ->
    start(1, fun() -> none end,
          fun(none) ->
                  lists:foreach(fun read/1, Engines),
                  none
          end, fun(none) -> ok end, 40).

read(Engine) ->
    #{quotes := _} = fxaot:stats(Engine),
    #{balance := _} = fxaot:account(Engine),
    [_ | _] = fxaot:strategies(Engine),
    Positions = fxaot:positions(Engine),
    true = is_list(Positions),
    ok = fxaot:deploy(Engine, visitor, #{strategy => fusion, instrument => 'EURUSD'}),
    ok = fxaot:undeploy(Engine, visitor).

%% @doc Moves random instruments of a group to random engines of it.
-spec mover(Group :: atom(), Symbols :: [atom()], Engines :: [atom()], Seed :: integer()) -> pid().
mover(Group, Symbols, Engines, Seed) ->
    Pick = fun(List) -> lists:nth(rand:uniform(length(List)), List) end,
    start(Seed, fun() -> none end,
          fun(none) ->
                  {ok, _} = fxaot:move_instrument(Group, Pick(Symbols), Pick(Engines)),
                  none
          end, fun(none) -> ok end, 20).

%% @doc Answers how often it has done its work, when it has ended.
-spec stop(pid()) -> non_neg_integer().
stop(Pid) ->
    Pid ! {stop, self()},
    receive {Pid, Count} -> Count end.

%% Works again and again, with pauses of up to so many milliseconds.
start(Seed, Begin, Work, End, Pause) ->
    spawn_link(fun() ->
                       _ = rand:seed(exsss, Seed),
                       work(Begin(), Work, End, Pause, 0)
               end).

work(State, Work, End, Pause, Count) ->
    receive
        {stop, From} ->
            _ = End(State),
            From ! {self(), Count}
    after rand:uniform(Pause) -> work(Work(State), Work, End, Pause, Count + 1)
    end.
