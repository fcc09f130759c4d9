%% @private Exports one signal: a batch at a time, after each delay and whenever a batch is full.
%%
%% ```
%%   flush | full ▶ first items of the queue ▶ sender: a process that writes and sends them
%%                      ▲                         │ ok: done        retry: a pause, and again
%%                      └──── more than a batch ──┘ refused, or tried for too long: dropped, counted
%% '''
%% Metrics have no queue: a batch is a collection, and a repeated try collects again.
%%
%% When the application stops, what is queued is sent once more, within a time limit.
-module(fxaot_otlp_exporter).
-behaviour(gen_server).

-include("fxaot_log.hrl").

-export([name/1, start_link/1, points/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3, format_status/1]).

%% The longest pause between two tries; the first is `retry_pause', and each is twice as long as the one before.
-define(MOST_PAUSE_MS, 30000).
%% A sender has this much longer than its request.
-define(SPARE_MS, 5000).

%% Keys of the queue's items; none of a collection of metrics.
-record(batch, {keys :: [pos_integer()],
                items :: [term()] | metrics,
                began :: integer(),
                tries = 0 :: non_neg_integer(),
                count = 0 :: non_neg_integer(),
                at :: {sender, pid(), reference()} | {pause, reference()} | none}).

-record(state, {signal :: fxaot_otlp_config:signal(),
                target :: fxaot_otlp_config:target(),
                resource :: fxaot_otlp_proto:resource(),
                batch = none :: none | #batch{},
                %% Items that were there when the delay had passed: they do not wait for a full batch.
                due = 0 :: non_neg_integer(),
                %% Since when cumulative values count, by metric and labels.
                starts :: fxaot_otlp_metrics:starts(),
                %% Nothing is sent before: the receiver has asked for a pause.
                closed = none :: none | reference(),
                is_failing = false :: boolean()}).

-spec name(fxaot_otlp_config:signal()) -> atom().
name(traces) -> fxaot_otlp_traces;
name(metrics) -> fxaot_otlp_metrics;
name(logs) -> fxaot_otlp_logs.

%% The configuration is read here and not given, so that no report of a supervisor shows its headers.
-spec start_link(fxaot_otlp_config:signal()) -> gen_server:start_ret().
start_link(Signal) -> gen_server:start_link({local, name(Signal)}, ?MODULE, Signal, []).

%% @doc What the exporters have sent and dropped, for the collector of metrics.
-spec points() -> [{Name :: binary(), fxaot_metrics:point()}].
points() ->
    lists:append([points(atom_to_binary(Signal), fxaot_otlp_queue:size(Signal), Counts)
                  || Signal <- fxaot_otlp_config:signals(), Counts <- [fxaot_otlp_queue:counts(Signal)], Counts =/= off]).

points(Signal, Size, #{sent := Sent, retries := Retries} = Counts) ->
    [point(<<"fxaot_otlp_queued">>, Signal, Size) || Signal =/= <<"metrics">>]
        ++ [point(<<"fxaot_otlp_sent">>, Signal, Sent), point(<<"fxaot_otlp_retries">>, Signal, Retries)]
        ++ [{<<"fxaot_otlp_dropped">>, #{labels => #{<<"signal">> => Signal, <<"reason">> => atom_to_binary(Reason)},
                                         value => map_get(Reason, Counts)}}
            || Reason <- [full, refused, expired]].

point(Name, Signal, Value) -> {Name, #{labels => #{<<"signal">> => Signal}, value => Value}}.

%% ---- the process ------------------------------------------------------------

-spec init(fxaot_otlp_config:signal()) -> {ok, #state{}} | ignore.
init(Signal) ->
    process_flag(trap_exit, true),
    case fxaot_otlp_config:read() of
        {#{targets := #{Signal := Target}, resource := Resource}, _} ->
            _ = [fxaot_otlp_logs:add_handler() || Signal =:= logs],
            {ok, later(#state{signal = Signal, target = Target, resource = Resource, starts = starts(Signal)})};
        %% It was switched off while a process before this one ran.
        _ ->
            ok = fxaot_otlp_queue:remove(Signal),
            ignore
    end.

%% Those of a process before this one count on.
starts(Signal) ->
    case fxaot_otlp_queue:kept(Signal) of
        none -> fxaot_otlp_metrics:starts(erlang:system_time(nanosecond));
        Starts -> Starts
    end.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(_, _From, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(flush, #state{signal = Signal} = State) ->
    {noreply, begun(later(State#state{due = fxaot_otlp_queue:size(Signal)}))};
handle_info(full, State) -> {noreply, begun(State)};
handle_info({timeout, Timer, open}, #state{closed = Timer, signal = Signal} = State) ->
    {noreply, begun(State#state{closed = none, due = fxaot_otlp_queue:size(Signal)})};
handle_info({result, Pid, Result}, #state{batch = #batch{at = {sender, Pid, Monitor}}} = State) ->
    demonitor(Monitor, [flush]),
    {noreply, continued(ended(Result, State))};
handle_info({'DOWN', _, process, Pid, Reason}, #state{batch = #batch{at = {sender, Pid, _}}} = State) ->
    {noreply, continued(ended(died(Reason), State))};
handle_info({overdue, Pid}, #state{batch = #batch{at = {sender, Pid, _}}} = State) ->
    exit(Pid, kill),
    {noreply, State};
handle_info({timeout, Timer, again}, #state{batch = #batch{at = {pause, Timer}} = Batch} = State) ->
    {noreply, sending(Batch, State)};
handle_info(_, State) -> {noreply, State}.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

%% Headers may be secrets.
-spec format_status(gen_server:format_status()) -> gen_server:format_status().
format_status(#{state := #state{target = Target} = State} = Status) ->
    Status#{state := State#state{target = Target#{headers := []}}};
format_status(Status) -> Status.

later(#state{target = #{batching := #{delay := Delay}}} = State) ->
    _ = erlang:send_after(Delay, self(), flush),
    State.

%% ---- a batch ----------------------------------------------------------------

begun(#state{closed = Timer} = State) when Timer =/= none -> State;
begun(#state{batch = none, signal = metrics} = State) -> sending(new([], metrics), State);
begun(#state{batch = none, signal = Signal, target = #{batching := #{batch := Most}}} = State) ->
    case fxaot_otlp_queue:first(Signal, Most) of
        [] -> State;
        Rows ->
            {Keys, Items} = lists:unzip(Rows),
            sending((new(Keys, Items))#batch{count = length(Keys)}, State)
    end;
begun(State) -> State.

new(Keys, Items) -> #batch{keys = Keys, items = Items, began = erlang:monotonic_time(millisecond), at = none}.

sending(Batch, #state{target = #{timeout := Timeout}} = State) ->
    {Pid, Monitor} = sender(Batch, State),
    _ = erlang:send_after(Timeout + ?SPARE_MS, self(), {overdue, Pid}),
    State#state{batch = Batch#batch{at = {sender, Pid, Monitor}}}.

sender(#batch{items = Items}, #state{signal = Signal, target = Target, resource = Resource, starts = Starts}) ->
    Exporter = self(),
    spawn_monitor(fun() -> Exporter ! {result, self(), sent(Signal, Items, Starts, Target, Resource)} end).

%% In the sender's process.
sent(Signal, Items, Starts, Target, Resource) ->
    case fxaot_otlp_http:start(Target) of
        ok ->
            {Body, Count, Next} = written(Signal, Items, Starts, Resource),
            {sent, fxaot_otlp_http:post(Target, Body), Count, Next};
        {error, Application} ->
            Why = io_lib:format("the application ~ts is not in the release", [Application]),
            {sent, {refused, Why}, length_of(Items), Starts}
    end.

written(traces, Spans, Starts, Resource) ->
    {Body, Count} = fxaot_otlp_proto:traces(Resource, Spans),
    {Body, Count, Starts};
written(logs, Logs, Starts, Resource) ->
    {Body, Count} = fxaot_otlp_proto:logs(Resource, Logs),
    {Body, Count, Starts};
written(metrics, metrics, Starts, Resource) ->
    Collected = [Metric || #{points := [_ | _]} = Metric <- fxaot_metrics:collect()],
    {Metrics, Next} = fxaot_otlp_metrics:converted(Collected, erlang:system_time(nanosecond), Starts),
    {fxaot_otlp_proto:metrics(Resource, Metrics), lists:sum([length(Points) || #{points := Points} <- Metrics]), Next}.

length_of(metrics) -> 0;
length_of(Items) -> length(Items).

%% A batch that cannot be written is not tried again.
died(killed) -> {retry, none, "the receiver does not answer in time"};
died(Reason) -> {refused, io_lib:format("a batch cannot be written: ~0tP", [Reason, 12])}.

ended({sent, Answer, Count, Starts}, #state{batch = Batch, signal = Signal} = State) ->
    _ = [fxaot_otlp_queue:keep(Signal, Starts) || Signal =:= metrics],
    ended(Answer, State#state{batch = Batch#batch{count = Count}, starts = Starts});
ended({ok, Refused, Why}, #state{signal = Signal, batch = #batch{count = Count}} = State) ->
    ok = fxaot_otlp_queue:count(Signal, sent, max(0, Count - Refused)),
    ok = fxaot_otlp_queue:count(Signal, refused, min(Refused, Count)),
    closed(case Refused of
               0 -> works(State);
               _ -> fails(io_lib:format("the receiver refuses ~b of ~b: ~ts", [Refused, Count, Why]), State)
           end);
ended({refused, Why}, State) -> dropped(refused, Why, State);
ended({retry, After, Why}, #state{target = #{batching := #{export_timeout := Limit, retry_pause := First}},
                                  batch = #batch{began = Began, tries = Tries} = Batch, signal = Signal} = State) ->
    BackOff = jittered(min(?MOST_PAUSE_MS, First bsl min(Tries, 20))),
    %% A receiver may ask for a longer pause, not for a shorter one.
    Pause = case After of
                none -> BackOff;
                _ -> max(After, BackOff)
            end,
    case erlang:monotonic_time(millisecond) + Pause - Began =< Limit of
        true ->
            ok = fxaot_otlp_queue:count(Signal, retries, 1),
            Timer = erlang:start_timer(Pause, self(), again),
            fails(Why, State#state{batch = Batch#batch{at = {pause, Timer}, tries = Tries + 1}});
        false when After =:= none; After < BackOff -> dropped(expired, Why, State);
        false -> put_back(Pause, Why, State)
    end.

%% The receiver asks for a longer pause than a batch is tried: its items wait in the queue, and nothing is sent before.
put_back(Pause, Why, #state{signal = Signal} = State) ->
    ok = fxaot_otlp_queue:count(Signal, retries, 1),
    fails(Why, State#state{batch = none, closed = erlang:start_timer(Pause, self(), open)}).

%% From half to one and a half, so that many senders do not come back at once.
jittered(Pause) -> max(1, Pause div 2 + rand:uniform(Pause + 1) - 1).

dropped(Counter, Why, #state{signal = Signal, batch = #batch{count = Count}} = State) ->
    ok = fxaot_otlp_queue:count(Signal, Counter, Count),
    closed(fails(Why, State)).

closed(#state{signal = Signal, batch = #batch{keys = Keys, count = Count}, due = Due} = State) ->
    %% Those that could not be written.
    ok = fxaot_otlp_queue:count(Signal, refused, max(0, length(Keys) - Count)),
    ok = fxaot_otlp_queue:done(Signal, Keys),
    State#state{batch = none, due = max(0, Due - length(Keys))}.

%% The rest of what was due, or the next full batch.
continued(#state{batch = none, signal = metrics} = State) -> State;
continued(#state{batch = none, signal = Signal, due = Due, target = #{batching := #{batch := Most}}} = State) ->
    case Due > 0 orelse fxaot_otlp_queue:size(Signal) >= Most of
        true -> begun(State);
        false -> State
    end;
continued(State) -> State.

%% ---- the log ----------------------------------------------------------------

%% One line when it begins to fail, one when it works again.
fails(Why, #state{is_failing = false, signal = Signal, target = #{url := Url}} = State) ->
    ?FXAOT_LOG(warning, #{text => io_lib:format("cannot export ~ts to ~ts: ~ts", [Signal, shown(Url), Why])}),
    State#state{is_failing = true};
fails(_, State) -> State.

works(#state{is_failing = true, signal = Signal, target = #{url := Url}} = State) ->
    #{full := Full, refused := Refused, expired := Expired} = fxaot_otlp_queue:counts(Signal),
    ?FXAOT_LOG(notice, #{text => io_lib:format("exports ~ts to ~ts again; ~b were dropped so far",
                                               [Signal, shown(Url), Full + Refused + Expired])}),
    State#state{is_failing = false};
works(State) -> State.

%% Without a password.
shown(Url) ->
    case uri_string:parse(Url) of
        #{} = Parts -> uri_string:recompose(maps:without([userinfo, query], Parts));
        _ -> "its URL"
    end.

%% ---- the end ----------------------------------------------------------------

-spec terminate(term(), #state{}) -> ok.
terminate(shutdown, #state{signal = Signal, target = #{batching := #{shutdown_timeout := Limit}}} = State) ->
    _ = [fxaot_otlp_logs:remove_handler() || Signal =:= logs],
    Until = fxaot_otlp_end:until(Limit),
    last(stopped(begun(State#state{closed = none}), Until));
terminate(_, #state{batch = #batch{at = {sender, Pid, _}}}) ->
    exit(Pid, kill),
    ok;
terminate(_, _) -> ok.

%% The batch on its way, then the others, as long as they succeed and there is time.
stopped(#state{batch = none} = State, _) -> State;
stopped(#state{batch = #batch{at = {pause, _}} = Batch} = State, Until) -> stopped(sending(Batch, State), Until);
stopped(#state{batch = #batch{at = {sender, Pid, Monitor}}} = State, Until) ->
    Left = max(0, Until - erlang:monotonic_time(millisecond)),
    receive
        {result, Pid, {sent, {ok, _, _}, _, _} = Result} ->
            demonitor(Monitor, [flush]),
            next(ended(Result, State), Until);
        {result, Pid, _} -> State;
        {'DOWN', Monitor, process, Pid, _} -> State
    after Left ->
            exit(Pid, kill),
            State
    end.

next(#state{signal = metrics} = State, _) -> State;
next(State, Until) -> stopped(begun(State), Until).

last(#state{signal = metrics}) -> ok;
last(#state{signal = Signal}) ->
    case fxaot_otlp_queue:size(Signal) of
        0 -> ok;
        Left ->
            ok = fxaot_otlp_queue:count(Signal, expired, Left),
            ?FXAOT_LOG(warning, #{text => io_lib:format("~b ~ts are not exported: the application stops",
                                                        [Left, Signal])})
    end.
