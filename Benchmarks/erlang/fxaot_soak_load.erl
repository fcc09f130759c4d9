%% @doc The processes that load engines in `make soak'.
%%
%% What was told to be accepted is counted per lane, a lane being one producer's engine and symbol;
%% a producer that is killed is followed by another on the same lane, which goes on in time. So
%% nothing on a lane may be late, and a kill may cost one count: it falls between a send and its
%% counting.
-module(fxaot_soak_load).

-export([lane/3, producer/1, batch_producer/1, told/1, bad/1, full/1, stop/1,
         steady/1, puller/1, doomed/1, slow/1]).

-export_type([lane/0]).

-define(START, 1704240000000000000).
-define(STEP, 1000000).
%% One quote in so many is wrong, where the engine itself is to find out.
-define(BAD_EVERY, 1000).
-define(BATCH, 256).

-record(lane, {engine :: atom(), symbol :: atom(), has_bad :: boolean(),
               counts :: atomics:atomics_ref()}).
-opaque lane() :: #lane{}.

%% The counts of a lane.
-define(NUMBER, 1).
-define(TOLD, 2).
-define(BAD, 3).
-define(FULL, 4).
-define(STOP, 5).

%% @doc A lane whose quotes are wrong now and then, or never.
-spec lane(Engine :: atom(), Symbol :: atom(), HasBad :: boolean()) -> lane().
lane(Engine, Symbol, HasBad) ->
    #lane{engine = Engine, symbol = Symbol, has_bad = HasBad, counts = atomics:new(5, [])}.

-spec told(lane()) -> non_neg_integer().
told(#lane{counts = Counts}) -> atomics:get(Counts, ?TOLD).

-spec bad(lane()) -> non_neg_integer().
bad(#lane{counts = Counts}) -> atomics:get(Counts, ?BAD).

-spec full(lane()) -> non_neg_integer().
full(#lane{counts = Counts}) -> atomics:get(Counts, ?FULL).

%% @doc Its producers end at their next quote.
-spec stop(lane()) -> ok.
stop(#lane{counts = Counts}) -> atomics:put(Counts, ?STOP, 1).

%% ---- quotes -----------------------------------------------------------------

%% @doc Sends single quotes as fast as they are taken.
-spec producer(lane()) -> ok.
producer(#lane{counts = Counts} = Lane) ->
    case atomics:get(Counts, ?STOP) of
        0 ->
            send(Lane, atomics:add_get(Counts, ?NUMBER, 1)),
            producer(Lane);
        _ -> ok
    end.

send(#lane{engine = Engine, has_bad = true, counts = Counts} = Lane, N)
  when N rem ?BAD_EVERY =:= 0 ->
    {Symbol, Time, Price} = bad_quote(Lane, N div ?BAD_EVERY rem 3, N),
    told(Lane, fxaot:tick(Engine, Symbol, Time, Price, Price), N, ?BAD, Counts);
send(#lane{engine = Engine, symbol = Symbol, counts = Counts} = Lane, N) ->
    Price = price(N),
    told(Lane, fxaot:tick(Engine, Symbol, time(N), Price, Price + 0.00002), N, ?TOLD, Counts).

told(_, ok, _, Kind, Counts) -> atomics:add(Counts, Kind, 1);
told(Lane, {error, full}, N, _, Counts) ->
    atomics:add(Counts, ?FULL, 1),
    erlang:yield(),
    send(Lane, N).

bad_quote(_, 0, N) -> {'NOSUCH', time(N), 1.0};
bad_quote(#lane{symbol = Symbol}, 1, N) -> {Symbol, time(N), -1.0};
bad_quote(#lane{symbol = Symbol}, 2, _) -> {Symbol, -1, 1.0}.

%% @doc Sends batches, and the rest of one again where not all found room. Not to be killed: what of
%% a batch had been accepted would not be known.
-spec batch_producer(lane()) -> ok.
batch_producer(#lane{symbol = Symbol, counts = Counts} = Lane) ->
    case atomics:get(Counts, ?STOP) of
        0 ->
            Last = atomics:add_get(Counts, ?NUMBER, ?BATCH),
            send_batch(Lane, << <<(fxaot_nif:quote(Symbol, time(N), Price, Price + 0.00002, 0.0,
                                                   0.0))/binary>>
                                || N <- lists:seq(Last - ?BATCH + 1, Last),
                                   Price <- [price(N)] >>),
            batch_producer(Lane);
        _ -> ok
    end.

send_batch(#lane{engine = Engine, counts = Counts} = Lane, Quotes) ->
    Count = byte_size(Quotes) div 48,
    case fxaot:ticks(Engine, Quotes) of
        ok -> atomics:add(Counts, ?TOLD, Count);
        {error, full} -> batch_again(Lane, Quotes);
        {error, {full, #{accepted := Accepted}}} ->
            atomics:add(Counts, ?TOLD, Accepted),
            batch_again(Lane, binary:part(Quotes, Accepted * 48, (Count - Accepted) * 48))
    end.

batch_again(#lane{counts = Counts} = Lane, Quotes) ->
    atomics:add(Counts, ?FULL, 1),
    erlang:yield(),
    send_batch(Lane, Quotes).

time(N) -> ?START + N * ?STEP.

%% Up and down between 1.1 and 1.102, a little rough: strategies trade on it.
price(N) -> (110000 + abs(N rem 4000 - 2000) div 10 + N * 7919 band 7) / 100000.

%% ---- events -----------------------------------------------------------------

%% @doc Hears everything of an engine or a group. Answers `{counted, From}' with the last number and
%% how many were missing or came twice, for each engine.
-spec steady(Engine :: atom()) -> no_return().
steady(Engine) ->
    ok = fxaot:subscribe(Engine),
    heard(#{}).

heard(Seen) ->
    receive
        {fxaot_events, Name, First, Events} ->
            {Last, Missing, Double} = maps:get(Name, Seen, {0, 0, 0}),
            heard(Seen#{Name => {First + length(Events) - 1, Missing + max(0, First - Last - 1),
                                 Double + max(0, Last + 1 - First)}});
        {counted, From} ->
            From ! {self(), Seen},
            heard(Seen)
    end.

%% @doc Pulls events. Answers `{counted, From}' with how many, when none waits, and whether they
%% came in order, and ends.
-spec puller(Engine :: atom()) -> term().
puller(Engine) -> pull(Engine, none, {0, 0, true}).

%% Who has asked is answered when nothing is left that came before.
pull(Engine, From, {Count, Last, IsOrdered} = Pulled) ->
    case fxaot:drain(Engine, 1000) of
        {ok, []} when From =/= none -> From ! {self(), {Count, IsOrdered}};
        {ok, []} ->
            receive {counted, Asking} -> pull(Engine, Asking, Pulled)
            after 5 -> pull(Engine, none, Pulled)
            end;
        {ok, Events} ->
            {End, Rising} = lists:foldl(fun({N, _}, {Before, Is}) -> {N, Is andalso N > Before} end,
                                        {Last, IsOrdered}, Events),
            pull(Engine, From, {Count + length(Events), End, Rising})
    end.

%% @doc Subscribes, and hears until it is killed.
-spec doomed(Engine :: atom()) -> no_return().
doomed(Engine) ->
    _ = fxaot:subscribe(Engine),
    hear().

hear() -> receive _ -> hear() end.

%% @doc Takes one message in 20 ms: it misses events.
-spec slow(Engine :: atom()) -> no_return().
slow(Engine) ->
    ok = fxaot:subscribe(Engine),
    hear_slowly().

hear_slowly() ->
    receive after 20 -> ok end,
    receive {fxaot_events, _, _, _} -> ok end,
    hear_slowly().
