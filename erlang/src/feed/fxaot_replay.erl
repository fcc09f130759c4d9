%% @private Runs a feed into an engine, in a process of its own.
%%
%% ```
%%   caller ◀─monitor─▶ replay process ──{feed, Mode, Batch}──▶ engine
%%                      parses the next batch while the engine works on this one
%% '''
%% When the engine's process dies, the replay waits for its restart and continues at the exact quote:
%% the engine counts every record, so the count says how many of the batch on its way arrived.
%% That needs the replay to be the only one that sends quotes meanwhile. A group says itself how many it took
%% until one of its engines was found stopped; the rest is sent again until that engine is back.
%%
%% Longer than a file should be: sending, resuming, pacing and reporting share the state of one run.
-module(fxaot_replay).

-export([run/3]).

-define(RECORD, 48).
-define(PROGRESS_NS, 100000000).
%% Between two tries to send to a group one of whose engines is away, and how many before giving up.
-define(AWAY_MS, 20).
-define(MOST_TRIES, 1500).

-type options() ::
        #{speed => infinity | number(),
          mode => fxaot_engine_feed:mode(),
          close_last_bar => boolean(),
          progress => fun((map()) -> term()),
          traceparent => binary()}.         % taken out by fxaot:replay/3

-export_type([options/0]).

-record(run, {engine :: atom(),
              caller :: reference(),                    % monitor of who waits for the answer
              supervisor :: reference(),
              mode :: fxaot_engine_feed:mode(),
              progress :: fun((map()) -> term()) | none,
              before = #{} :: map(),                    % the engine's counters when we began
              quotes = 0 :: non_neg_integer(),          % sent and answered
              last = none :: none | integer(),          % time of the newest of them
              started :: integer(),
              shown = 0 :: integer(),                   % when progress was last told
              restarts = 0 :: non_neg_integer(),
              tries = 0 :: non_neg_integer(),           % in a row, of a group with an engine away
              feed_ns = 0 :: non_neg_integer(),
              call_ns = 0 :: non_neg_integer(),
              publish_ns = 0 :: non_neg_integer(),
              waited_ns = 0 :: non_neg_integer(),
              %% Paced replay: this quote time was due at this monotonic time (ns).
              origin = none :: none | {QuoteNs :: integer(), MonotonicNs :: integer()},
              speed :: infinity | number()}).

%% @doc Runs a feed to its end, see {@link fxaot:replay/3}.
-spec run(Engine :: atom(), fxaot_feed:source(), options()) ->
          {ok, map()} | {error, {atom(), term()}}.
run(Engine, Source, Options) ->
    fxaot_telemetry_emit:span([replay], #{engine => Engine}, fun() -> ran(Engine, Source, Options) end).

ran(Engine, Source, Options) ->
    case options(Options) of
        ok ->
            Caller = self(),
            Reply = make_ref(),
            Trace = fxaot_trace:current(),
            {_, Monitor} = spawn_monitor(fun() ->
                                                 _ = fxaot_trace:set_current(Trace),
                                                 Answer = start(Engine, Source, Options, Caller),
                                                 Caller ! {Reply, Answer}
                                         end),
            receive
                {Reply, Answer} ->
                    demonitor(Monitor, [flush]),
                    Answer;
                {'DOWN', Monitor, process, _, Reason} ->
                    {error, {feed_died, #{reason => Reason}}}
            end;
        Error -> Error
    end.

options(Options) ->
    case fxaot_terms:known_options(Options, [speed, mode, close_last_bar, progress]) of
        ok ->
            Wrong = [{error, {bad_option, #{option => Key, value => Value, expected => Text}}}
                     || {Key, Value} <- lists:sort(maps:to_list(Options)),
                        {false, Text} <- [option(Key, Value)]],
            case Wrong of
                [] -> ok;
                [Error | _] -> Error
            end;
        Error -> Error
    end.

option(speed, Value) ->
    {Value =:= infinity orelse is_number(Value) andalso Value >= 1.0e-6 andalso Value =< 1.0e12,
     "infinity or a factor above 0"};
option(mode, Value) -> {Value =:= batch orelse Value =:= quote, "batch or quote"};
option(close_last_bar, Value) -> {is_boolean(Value), "true or false"};
option(progress, Value) -> {is_function(Value, 1), "a function of one argument"}.

%% ---- in the replay's process ------------------------------------------------

start(Engine, Source, Options, Caller) ->
    Run = #run{engine = Engine,
               caller = monitor(process, Caller),
               supervisor = monitor(process, fxaot_sup),
               mode = maps:get(mode, Options, batch),
               progress = maps:get(progress, Options, none),
               speed = maps:get(speed, Options, infinity),
               started = erlang:monotonic_time(nanosecond)},
    ok = fxaot_events:watch(Engine),
    try
        #run{} = Begun = begin_at(Run),
        {Result, Feed, Finished} = replay(Begun, opened(Engine, Source)),
        Answer = answer(Result, Feed, close_bars(Result, Options, Finished)),
        _ = [closed(Engine, Source, Result, Finished) || Feed =/= none],
        Answer
    catch throw:{stop, Error} -> Error
    end.

opened(Engine, Source) ->
    Opened = fxaot_feed:open(Source),
    fxaot_telemetry_emit:happened([feed, open], told(Engine, Source, Opened)),
    Opened.

closed(Engine, Source, Result, #run{quotes = Quotes}) ->
    fxaot_telemetry:execute([fxaot, feed, close], #{system_time => erlang:system_time(), quotes => Quotes},
                            told(Engine, Source, Result)).

told(Engine, Source, {error, {Reason, _}}) -> (told(Engine, Source, ok))#{result := error, reason => Reason};
told(Engine, {Module, _}, _) -> #{engine => Engine, feed => Module, result => ok};
told(Engine, Map, _) when is_map(Map) -> #{engine => Engine, feed => fxaot_market_feed, result => ok};
told(Engine, _, _) -> #{engine => Engine, feed => fxaot_file_feed, result => ok}.

begin_at(Run) ->
    Run#run{before = ask(stats, Run)}.

replay(Run, {error, _} = Error) -> {Error, none, Run};
replay(Run, {ok, Feed}) ->
    {Next, Pulled} = pull(Feed, Run),
    step(Next, Pulled).

pull(Feed, Run) ->
    Start = erlang:monotonic_time(nanosecond),
    Next = fxaot_feed:next(Feed),
    {Next, Run#run{feed_ns = Run#run.feed_ns + erlang:monotonic_time(nanosecond) - Start}}.

step({quotes, <<>>, Feed}, Run) ->
    {Next, Pulled} = pull(Feed, Run),
    step(Next, Pulled);
step({quotes, Quotes, Feed}, #run{speed = infinity} = Run) ->
    watch_caller(Run),
    Request = send(Quotes, Run),
    {Next, Pulled} = pull(Feed, Run),
    step(Next, progress(newest(Next, Feed), sent(Request, Quotes, Pulled)));
step({quotes, Quotes, Feed}, Run) ->
    {Next, Pulled} = pull(Feed, paced(Quotes, Feed, Run)),
    step(Next, Pulled);
step({done, Feed}, Run) -> {ok, Feed, progress(Feed, Run#run{shown = 0})};
step({error, Error, Feed}, Run) -> {{error, Error}, Feed, Run}.

newest({quotes, _, Feed}, _) -> Feed;
newest({done, Feed}, _) -> Feed;
newest(_, Feed) -> Feed.

%% ---- one batch --------------------------------------------------------------

send(Quotes, #run{engine = Engine, mode = Mode}) ->
    gen_server:send_request(Engine, {feed, Mode, Quotes}).

sent(Request, Quotes, Run) ->
    Start = erlang:monotonic_time(nanosecond),
    Response = response(Request, Run),
    Waited = Run#run{waited_ns = Run#run.waited_ns
                     + erlang:monotonic_time(nanosecond) - Start},
    case Response of
        {reply, {ok, CallNs, PublishNs}} ->
            count(Quotes, Waited#run{call_ns = Run#run.call_ns + CallNs,
                                     publish_ns = Run#run.publish_ns + PublishNs});
        {reply, {stopped, Taken}} -> again(Quotes, Taken, Waited);
        {reply, {error, {engine_down, _}}} -> again(Quotes, 0, Waited);
        {reply, {error, _} = Error} -> throw({stop, Error});
        {error, _} -> resume(Quotes, Waited)
    end.

again(_, _, #run{tries = ?MOST_TRIES, engine = Engine}) ->
    throw({stop, {error, {engine_down, Engine}}});
again(Quotes, Taken, #run{tries = Tries, restarts = Restarts, caller = Caller} = Run) ->
    receive {'DOWN', Caller, process, _, _} -> exit(normal)
    after ?AWAY_MS -> ok
    end,
    <<Done:(Taken * ?RECORD)/binary, Rest/binary>> = Quotes,
    Next = case Tries of
               0 -> Run#run{tries = 1, restarts = Restarts + 1};
               _ -> Run#run{tries = Tries + 1}
           end,
    Counted = count(Done, Next),
    (sent(send(Rest, Counted), Rest, Counted))#run{tries = 0}.

count(<<>>, Run) -> Run;
count(Quotes, #run{quotes = Sent} = Run) ->
    <<Last:64/little-signed, _/binary>> = binary:part(Quotes, byte_size(Quotes), -?RECORD),
    Run#run{quotes = Sent + byte_size(Quotes) div ?RECORD, last = Last}.

%% The engine's process died with this batch on its way: the quotes that it did not count are sent again.
resume(Quotes, #run{before = #{quotes := Base}, quotes = Sent, engine = Engine} = Run) ->
    wait(Run),
    #{quotes := Count} = ask(stats, Run),
    case Count - Base - Sent of
        Taken when Taken >= 0, Taken * ?RECORD =< byte_size(Quotes) ->
            <<Done:(Taken * ?RECORD)/binary, Rest/binary>> = Quotes,
            Resumed = count(Done, Run#run{restarts = Run#run.restarts + 1}),
            case Rest of
                <<>> -> Resumed;
                _ -> sent(send(Rest, Resumed), Rest, Resumed)
            end;
        _ ->
            throw({stop, {error, {engine_changed, #{engine => Engine, quotes => Count,
                                                    expected => Base + Sent}}}})
    end.

%% A request that may be asked twice, across restarts.
ask(Request, #run{engine = Engine} = Run) ->
    case response(gen_server:send_request(Engine, Request), Run) of
        {reply, {error, {engine_down, _}}} when Run#run.tries < ?MOST_TRIES ->
            receive after ?AWAY_MS -> ok end,
            ask(Request, Run#run{tries = Run#run.tries + 1});
        {reply, {error, _} = Error} -> throw({stop, Error});
        {reply, Answer} -> Answer;
        {error, _} ->
            wait(Run),
            ask(Request, Run)
    end.

%% However long a batch takes.
response(Sent, #run{engine = Engine}) ->
    Limit = fxaot_engines:limit(Engine),
    case fxaot_patience:response(Sent, Engine, Limit) of
        timeout -> throw({stop, {error, {timeout, #{engine => Engine, milliseconds => Limit}}}});
        Response -> Response
    end.

%% Until the engine is back. News of an earlier restart ends it too early; then the next request
%% fails and we are here again. News may be lost with what tells them, so this looks now and then.
wait(#run{engine = Engine, caller = Caller, supervisor = Supervisor}) ->
    _ = is_expected(Engine) orelse throw({stop, {error, absent(Engine)}}),
    receive
        {fxaot_engine, Engine, News} when News =:= up; News =:= lost -> ok;
        {fxaot_engine, Engine, stopped} -> throw({stop, {error, absent(Engine)}});
        {'DOWN', Supervisor, process, _, _} -> throw({stop, {error, {no_engine, Engine}}});
        {'DOWN', Caller, process, _, _} -> exit(normal)
    after ?AWAY_MS -> ok
    end.

%% Whether its process will come up. That it was stopped may have been said before this process listened.
is_expected(Engine) ->
    case fxaot_engines:find(Engine) of
        {ok, #{status := given_up}} -> false;
        {ok, _} -> true;
        none -> false
    end.

absent(Engine) ->
    case fxaot_engines:status(Engine) of
        given_up -> {given_up, #{engine => Engine}};
        _ -> {no_engine, Engine}
    end.

watch_caller(#run{caller = Caller}) ->
    receive {'DOWN', Caller, process, _, _} -> exit(normal)
    after 0 -> ok
    end.

close_bars(ok, Options, #run{last = Last} = Run) when is_integer(Last) ->
    case maps:get(close_last_bar, Options, true) of
        true ->
            %% Twice does no harm: no bar is left to close.
            _ = ask({close_bars, Last}, Run),
            Run;
        false -> Run
    end;
close_bars(_, _, Run) -> Run.

%% ---- pace -------------------------------------------------------------------

%% Sends the due quotes, waits for the next ones, and so on. Due times count from the first quote, so
%% waiting late once does not shift the rest.
paced(<<>>, _, Run) -> Run;
paced(Quotes, Feed, #run{origin = none} = Run) ->
    <<First:64/little-signed, _/binary>> = Quotes,
    paced(Quotes, Feed, Run#run{origin = {First, erlang:monotonic_time(nanosecond)}});
paced(Quotes, Feed, #run{origin = {First, Began}, speed = Speed} = Run) ->
    watch_caller(Run),
    Now = First + trunc((erlang:monotonic_time(nanosecond) - Began) * Speed),
    case due(Quotes, Now, 0) of
        0 ->
            <<Next:64/little-signed, _/binary>> = Quotes,
            pause(Began + ceil((Next - First) / Speed), Run),
            paced(Quotes, Feed, Run);
        Bytes ->
            <<Due:Bytes/binary, Rest/binary>> = Quotes,
            paced(Rest, Feed, progress(Feed, sent(send(Due, Run), Due, Run)))
    end.

due(Quotes, Now, Bytes) ->
    case Quotes of
        <<_:Bytes/binary, Time:64/little-signed, _:40/binary, _/binary>> when Time =< Now ->
            due(Quotes, Now, Bytes + ?RECORD);
        _ -> Bytes
    end.

pause(Until, #run{caller = Caller}) ->
    %% At most an hour at once: a receive takes no longer timeout than 49 days.
    Milliseconds = (Until - erlang:monotonic_time(nanosecond)) div 1000000 + 1,
    receive {'DOWN', Caller, process, _, _} -> exit(normal)
    after max(0, min(Milliseconds, 3600000)) -> ok
    end.

%% ---- telling ----------------------------------------------------------------

progress(_, #run{progress = none} = Run) -> Run;
progress(Feed, #run{progress = Tell, shown = Shown, started = Started, quotes = Quotes} = Run) ->
    Now = erlang:monotonic_time(nanosecond),
    case Shown =:= 0 orelse Now - Shown >= ?PROGRESS_NS of
        true ->
            _ = Tell(#{quotes => Quotes, seconds => (Now - Started) / 1.0e9,
                       progress => fxaot_feed:progress(Feed)}),
            Run#run{shown = Now};
        false -> Run
    end.

answer(Result, Feed, Run) ->
    Info = case Feed of
               none -> #{};
               _ ->
                   Told = fxaot_feed:info(Feed),
                   fxaot_feed:close(normal, Feed),
                   Told
           end,
    Seconds = (erlang:monotonic_time(nanosecond) - Run#run.started) / 1.0e9,
    case Result of
        ok ->
            Taken = taken(Run#run.before, ask(stats, Run)),
            {ok, (maps:merge(Info, Taken))
                 #{quotes => Run#run.quotes, seconds => Seconds,
                   restarts => Run#run.restarts, last_time => Run#run.last,
                   feed_seconds => Run#run.feed_ns / 1.0e9,
                   call_seconds => Run#run.call_ns / 1.0e9,
                   publish_seconds => Run#run.publish_ns / 1.0e9,
                   wait_seconds => Run#run.waited_ns / 1.0e9}};
        %% How far it came, where it began.
        {error, {Reason, Details}} when is_map(Details), Run#run.quotes > 0 ->
            {error, {Reason, Details#{quotes => Run#run.quotes}}};
        Error -> Error
    end.

%% How many quotes were accepted and dropped, by the engine's counters before and after.
taken(Before, #{accepted := Accepted} = After) ->
    Dropped = [{Reason, Count}
               || Reason <- [late, bad_price, bad_size, bad_time, unknown_symbol],
                  Count <- [maps:get(Reason, After) - maps:get(Reason, Before)], Count > 0],
    #{accepted => max(0, Accepted - maps:get(accepted, Before)),
      gaps => max(0, maps:get(gaps, After) - maps:get(gaps, Before)),
      dropped => maps:from_list(Dropped)}.
