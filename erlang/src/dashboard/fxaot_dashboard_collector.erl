%% @private The one process that gathers what all pages show.
%%
%% ```
%%   engines ── figures, up to 20 times a second ──▶ ┌───────────┐
%%   engines ── events ────────────────────────────▶ │ collector │ ── one binary for all pages ──▶ connections
%%   telemetry, logger ── what happened ───────────▶ └───────────┘
%% '''
%% It never waits for an engine: questions go out, and an engine that has not answered is not asked again. Without a page
%% it asks nothing. A page gets the next update when it has sent the one before; what it misses meanwhile it gets in one
%% piece of its own, so that no mailbox grows.
%%
%% Rows of the stream (events, alarms, log lines) are numbered; the newest 1,000 are kept. A page says the last one that it
%% has, `INCARNATION-NUMBER', and gets those that follow, or how many are gone.
-module(fxaot_dashboard_collector).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/0, join/1, sent/1, note/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).
-export([handle_event/4, log/2]).

-define(KEPT, 1000).
%% A new page gets so many of the kept rows.
-define(FIRST, 200).
%% Of the events between two updates; more are counted.
-define(MOST_ROWS, 100).
-define(MOST_ENGINES, 32).
-define(SLOW_MS, 1000).
-define(DEADLINE_MS, 1000).
-define(ANSWER_MS, 5000).
%% Waiting messages above which log lines are left out.
-define(MOST_WAITING, 500).
-define(HANDLER, fxaot_dashboard).

-record(engine, {request = none :: none | gen_server:request_id(),
                 asked = long_ago() :: integer(),
                 %% When it was last asked for all, ms.
                 slow = long_ago() :: integer(),
                 figures = none :: none | fxaot_dashboard_engine:figures(),
                 %% What it was rendered to, and whether that has changed since the last update.
                 fast = <<"null">> :: binary(), slow_text = <<"null">> :: binary(),
                 is_new = true :: boolean(), is_slow_new = true :: boolean(),
                 incarnation = 0 :: integer(), sequence = 0 :: non_neg_integer()}).

-record(page, {monitor :: reference(), number :: non_neg_integer(), is_ready = false :: boolean(),
               %% It has missed an update, and needs all of the next.
               is_behind = false :: boolean()}).

-record(state, {incarnation :: pos_integer(), interval :: pos_integer(),
                number = 0 :: non_neg_integer(),
                %% The newest first.
                rows = queue:new() :: queue:queue({pos_integer(), binary()}), kept = 0 :: non_neg_integer(),
                %% Since the last update.
                fresh = 0 :: non_neg_integer(), left_out = 0 :: non_neg_integer(),
                engines = #{} :: #{atom() => #engine{}},
                pages = #{} :: #{pid() => #page{}},
                alarms = #{} :: #{term() => {integer(), binary()}},
                node = <<"null">> :: binary(), is_node_new = true :: boolean(), looked = long_ago() :: integer(),
                beat = long_ago() :: integer()}).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc From now on the caller gets `{fxaot_dashboard, Update}', the first one at once, and the next after {@link sent/1}.
%% `Last' is the number of the last row that the page has, or none.
-spec join(Last :: {Incarnation :: integer(), Number :: integer()} | none) -> ok | {error, not_running}.
join(Last) ->
    try gen_server:call(?MODULE, {join, self(), Last}, ?ANSWER_MS)
    catch exit:_ -> {error, not_running}
    end.

-spec sent(pid()) -> ok.
sent(Page) -> gen_server:cast(?MODULE, {sent, Page}).

%% @doc A row of the stream: what somebody did.
-spec note(Kind :: atom(), map()) -> ok.
note(Kind, Row) -> gen_server:cast(?MODULE, {row, Row#{kind => Kind, time => os:system_time(millisecond)}}).

%% ---- telemetry and log -------------------------------------------------------

-define(EVENTS, [[fxaot, alarm, set], [fxaot, alarm, clear], [fxaot, reload, stop], [fxaot, tier, change],
                 [fxaot, engine, start], [fxaot, engine, adopt], [fxaot, engine, stop], [fxaot, gateway, connect],
                 [fxaot, gateway, down], [fxaot, journal, lost], [fxaot, journal, back], [fxaot, trading, state]]).

-spec handle_event(fxaot_telemetry:event(), map(), map(), term()) -> ok.
handle_event([_ | Event], _, Metadata, _) -> to_collector({happened, Event, Metadata}).

%% For logger: lines of the application.
-spec log(logger:log_event(), logger:handler_config()) -> ok.
%% An act, which has a row of its own.
log(#{msg := {report, #{who := _}}}, _) -> ok;
log(#{level := Level, meta := #{domain := [fxaot | _]} = Meta} = Event, _) ->
    Line = try logger_formatter:format(Event, #{single_line => true, template => [msg]})
           catch _:_ -> <<"?">>
           end,
    to_collector({line, Level, maps:get(time, Meta, 0) div 1000, Line});
log(_, _) -> ok.

to_collector(Message) ->
    case whereis(?MODULE) of
        undefined -> ok;
        Pid ->
            case process_info(Pid, message_queue_len) of
                {_, Waiting} when Waiting < ?MOST_WAITING ->
                    Pid ! Message,
                    ok;
                _ -> ok
            end
    end.

%% ---- the process --------------------------------------------------------------

-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(trap_exit, true),
    _ = process_flag(priority, low),
    #{rate := Rate} = fxaot_dashboard_config:read(),
    _ = fxaot_telemetry:detach(?HANDLER),
    ok = fxaot_telemetry:attach_many(?HANDLER, ?EVENTS, fun ?MODULE:handle_event/4, none),
    _ = logger:remove_handler(?HANDLER),
    _ = logger:add_handler(?HANDLER, ?MODULE, #{level => notice}),
    State = #state{incarnation = os:system_time(millisecond), interval = 1000 div Rate, alarms = alarms()},
    {ok, timed(State)}.

%% sasl's own handler lists those from before.
alarms() ->
    Listed = case whereis(alarm_handler) of
                 undefined -> [];
                 _ -> try alarm_handler:get_alarms() catch exit:_ -> [] end
             end,
    maps:from_list([{{Kind, Of}, {0, alarm_text(Kind, Of)}} || is_list(Listed), {{Kind, Of}, _} <- Listed,
                                                               lists:member(Kind, fxaot_alarm:kinds())]).

alarm_text(Kind, Of) -> text("~ts: ~0tP", [Kind, Of, 20]).

timed(#state{interval = Interval, pages = Pages} = State) ->
    _ = erlang:send_after(case map_size(Pages) of 0 -> ?SLOW_MS; _ -> Interval end, self(), update),
    State.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({join, Pid, Last}, _, #state{number = Number, pages = Pages} = State) ->
    %% The figures may be old: nobody was looking.
    Asked = case map_size(Pages) of
                0 -> asked(watched(looked(State, now_ms())), now_ms());
                _ -> State
            end,
    Page = #page{monitor = monitor(process, Pid), number = Number},
    Pid ! {fxaot_dashboard, whole(Asked, Last)},
    {reply, ok, Asked#state{pages = Pages#{Pid => Page}}};
handle_call(_, _, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({sent, Pid}, #state{pages = Pages} = State) ->
    {noreply, case Pages of
                  #{Pid := Page} -> State#state{pages = Pages#{Pid := Page#page{is_ready = true}}};
                  #{} -> State
              end};
handle_cast({row, Row}, State) -> {noreply, added(Row, State)};
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(update, State) -> {noreply, timed(updated(State))};
handle_info({fxaot_events, Name, Incarnation, First, Events}, State) ->
    {noreply, happened(Name, Incarnation, First, Events, State)};
handle_info({fxaot_gap, Name, From, To}, State) ->
    {noreply, added(gap(Name, From, To), State)};
handle_info({fxaot_stopping, _, _}, State) -> {noreply, State};
handle_info({happened, Event, Metadata}, State) -> {noreply, told(Event, Metadata, State)};
handle_info({line, Level, Time, Line}, State) ->
    {noreply, added(#{kind => log, level => Level, time => Time, text => text("~ts", [Line])}, State)};
handle_info({'DOWN', _, process, Pid, _}, #state{pages = Pages} = State) when is_map_key(Pid, Pages) ->
    {noreply, State#state{pages = maps:remove(Pid, Pages)}};
handle_info(Message, State) -> {noreply, answered(Message, maps:to_list(State#state.engines), State)}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, _) ->
    _ = logger:remove_handler(?HANDLER),
    _ = fxaot_telemetry:detach(?HANDLER),
    ok.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

now_ms() -> erlang:monotonic_time(millisecond).

long_ago() -> now_ms() - 10 * ?SLOW_MS.

%% ---- engines --------------------------------------------------------------------

%% The engines that there are, and their events from the first look on.
watched(#state{engines = Known} = State) ->
    Names = lists:sublist(lists:sort([Name || #{kind := engine, name := Name} <- entries()]), ?MOST_ENGINES),
    New = [Name || Name <- Names, not is_map_key(Name, Known)],
    lists:foreach(fun subscribe/1, New),
    State#state{engines = maps:merge(maps:from_list([{Name, #engine{}} || Name <- New]), maps:with(Names, Known)),
                is_node_new = State#state.is_node_new orelse New =/= [] orelse length(Names) =/= map_size(Known)}.

entries() -> try fxaot_engines:all() catch error:badarg -> [] end.

%% The table's row outlives the engine's process; its answer is of no interest.
subscribe(Name) ->
    _ = fxaot_events:subscribe(Name, self()),
    _ = gen_server:send_request(Name, {subscribe, self()}),
    ok.

%% All at once; those that have not answered the last question are left alone, for a while.
asked(#state{engines = Engines} = State, Now) ->
    State#state{engines = maps:map(fun(Name, Engine) -> ask(Name, Engine, Now) end, Engines)}.

ask(_, #engine{request = Request, asked = Asked} = Engine, Now)
  when Request =/= none, Now - Asked < ?ANSWER_MS; Asked > Now -> Engine;
ask(Name, #engine{slow = Slow} = Engine, Now) ->
    Pace = case Now - Slow >= ?SLOW_MS of
               true -> slow;
               false -> fast
           end,
    Deadline = erlang:monotonic_time() + erlang:convert_time_unit(?DEADLINE_MS, millisecond, native),
    Engine#engine{request = gen_server:send_request(Name, {dashboard, Pace, Deadline}), asked = Now,
                  slow = case Pace of slow -> Now; fast -> Slow end}.

answered(_, [], State) -> State;
answered(Message, [{_, #engine{request = none}} | Rest], State) -> answered(Message, Rest, State);
answered(Message, [{Name, #engine{request = Request} = Engine} | Rest], #state{engines = Engines} = State) ->
    case gen_server:check_response(Message, Request) of
        no_reply -> answered(Message, Rest, State);
        {reply, {ok, Figures}} ->
            State#state{engines = Engines#{Name := shown(Name, Figures, Engine#engine{request = none})}};
        %% It is stuck, restarts, or has lost its state: the last figures stay.
        _ -> State#state{engines = Engines#{Name := Engine#engine{request = none}}}
    end.

%% Figures that it does not know must not end what others are shown.
shown(Name, Figures, Engine) ->
    try rendered(Figures, Engine)
    catch Class:Reason:Stacktrace ->
            ?FXAOT_LOG(error, #{engine => Name, text => io_lib:format("the dashboard cannot show it: ~0tP",
                                                                      [{Class, Reason, Stacktrace}, 30])}),
            %% Not twenty times a second.
            Engine#engine{request = none, asked = now_ms() + ?ANSWER_MS}
    end.

rendered(Figures, #engine{fast = Fast, slow_text = Slow, incarnation = Incarnation, sequence = Sequence} = Engine) ->
    NewFast = iolist_to_binary(fxaot_dashboard_render:engine(Figures, #{})),
    NewSlow = case Figures of
                  #{stats := _} ->
                      iolist_to_binary(fxaot_dashboard_render:slow(Figures, #{incarnation => Incarnation,
                                                                              sequence => Sequence}));
                  _ -> Slow
              end,
    Engine#engine{figures = Figures, fast = NewFast, slow_text = NewSlow,
                  is_new = Engine#engine.is_new orelse NewFast =/= Fast,
                  is_slow_new = Engine#engine.is_slow_new orelse NewSlow =/= Slow}.

%% ---- rows -------------------------------------------------------------------------

%% An engine numbers its events without gaps; a larger incarnation begins again.
happened(Name, Incarnation, First, Events, #state{engines = Engines} = State) ->
    Last = First + length(Events) - 1,
    case Engines of
        #{Name := #engine{incarnation = Incarnation, sequence = Known} = Engine} ->
            Kept = State#state{engines = Engines#{Name := Engine#engine{sequence = max(Known, Last)}}},
            listed(Name, Events, case First > Known + 1 of
                                     true -> added(gap(Name, Known + 1, First - 1), Kept);
                                     false -> Kept
                                 end);
        #{Name := Engine} ->
            listed(Name, Events, State#state{engines = Engines#{Name := Engine#engine{incarnation = Incarnation,
                                                                                      sequence = Last}}});
        #{} -> State
    end.

gap(Name, From, To) ->
    #{kind => gap, engine => Name, time => os:system_time(millisecond),
      text => text("events ~b to ~b were not seen here", [From, To])}.

listed(_, Events, #state{fresh = Fresh, left_out = Out} = State) when Fresh >= ?MOST_ROWS ->
    State#state{left_out = Out + length(Events)};
listed(Name, Events, #state{fresh = Fresh, left_out = Out} = State) ->
    Rows = [Row#{engine => Name} || Event <- Events, #{} = Row <- [fxaot_dashboard_render:event(Event)]],
    {Shown, Rest} = lists:split(min(length(Rows), ?MOST_ROWS - Fresh), Rows),
    lists:foldl(fun added/2, State#state{left_out = Out + length(Rest)}, Shown).

added(Row, #state{number = Number, rows = Rows, kept = Kept, fresh = Fresh} = State) ->
    Next = Number + 1,
    Text = iolist_to_binary(fxaot_dashboard_json:encode(Row#{n => Next})),
    {Shorter, Count} = case Kept >= ?KEPT of
                           true -> {queue:drop_r(Rows), Kept};
                           false -> {Rows, Kept + 1}
                       end,
    State#state{number = Next, rows = queue:in_r({Next, Text}, Shorter), kept = Count, fresh = Fresh + 1}.

%% The rows after a number, the oldest first.
after_number(Last, #state{rows = Rows}) ->
    lists:reverse([Text || {_, Text} <- lists:takewhile(fun({Number, _}) -> Number > Last end, queue:to_list(Rows))]).

told([alarm, set], #{kind := Kind, of_what := Of}, #state{alarms = Alarms} = State) ->
    Text = alarm_text(Kind, Of),
    added(row(alarm, [<<"alarm set: ">>, Text]),
          State#state{alarms = Alarms#{{Kind, Of} => {os:system_time(millisecond), Text}}, looked = long_ago()});
told([alarm, clear], #{kind := Kind, of_what := Of}, #state{alarms = Alarms} = State) ->
    added(row(alarm, [<<"alarm cleared: ">>, alarm_text(Kind, Of)]),
          State#state{alarms = maps:remove({Kind, Of}, Alarms), looked = long_ago()});
told([reload, stop], #{engine := Engine, strategy := Id} = Metadata, State) ->
    Text = case Metadata of
               #{result := ok} -> <<"reloaded">>;
               _ -> [<<"not reloaded: ">>, text("~0tP", [maps:get(reason, Metadata, unknown), 20])]
           end,
    added((row(reload, Text))#{engine => Engine, strategy => Id}, State);
told(Event, #{engine := Engine} = Metadata, State) ->
    Rest = [[<<", ">>, atom_to_binary(Key), $\s, text("~0tP", [Value, 20])]
            || {Key, Value} <- lists:sort(maps:to_list(maps:with([state, tier, why, result, reason], Metadata)))],
    Row = row(node, [lists:join($\s, [atom_to_binary(Word) || Word <- Event]), Rest]),
    added(maps:merge(Row#{engine => Engine}, maps:with([strategy], Metadata)), State);
told(_, _, State) -> State.

row(Kind, Text) -> #{kind => Kind, time => os:system_time(millisecond), text => text("~ts", [Text])}.

text(Format, Arguments) ->
    case unicode:characters_to_binary(io_lib:format(Format, Arguments)) of
        Text when is_binary(Text) -> string:slice(Text, 0, 1000);
        _ -> <<"?">>
    end.

%% ---- updates ------------------------------------------------------------------------

updated(#state{pages = Pages} = State) when map_size(Pages) =:= 0 ->
    (counted(watched(State)))#state{fresh = 0};
updated(State) ->
    Now = now_ms(),
    Looked = case Now - State#state.looked >= ?SLOW_MS of
                 true -> looked(watched(State), Now);
                 false -> State
             end,
    asked(published(counted(Looked), Now), Now).

%% Too many for people to read.
counted(#state{left_out = 0} = State) -> State;
counted(#state{left_out = Out} = State) ->
    (added(row(gap, text("~b events more", [Out])), State))#state{left_out = 0}.

%% The node's health, once a second.
looked(#state{alarms = Alarms, node = Before} = State, Now) ->
    #{engines := Engines} = Health = fxaot_health:health(),
    Node = (fxaot_dashboard_render:health(Health))#{
             engines => maps:map(fun(Name, Engine) -> Engine#{group => fxaot_names:group(Name)} end, Engines),
             node => node(), queue => element(2, process_info(self(), message_queue_len)),
             run_queue => erlang:statistics(total_run_queue_lengths),
             alarms => [#{text => Text, time => Time} || {Time, Text} <- lists:sort(maps:values(Alarms))]},
    Text = iolist_to_binary(fxaot_dashboard_json:encode(Node)),
    State#state{node = Text, looked = Now, is_node_new = State#state.is_node_new orelse Text =/= Before}.

%% One binary for the pages that have had all before; another for each of those that have not.
published(#state{engines = Engines, pages = Pages, fresh = Fresh} = State, Now) ->
    New = maps:filter(fun(_, #engine{is_new = IsNew, is_slow_new = IsSlowNew}) -> IsNew orelse IsSlowNew end, Engines),
    case Fresh =:= 0 andalso map_size(New) =:= 0 andalso not State#state.is_node_new
        andalso Now - State#state.beat < ?SLOW_MS of
        true -> State;
        false ->
            Common = common(New, State),
            Sent = maps:map(fun(Pid, Page) -> send(Pid, Page, Common, State) end, Pages),
            State#state{pages = Sent, fresh = 0, is_node_new = false, beat = Now,
                        engines = maps:map(fun(_, Engine) -> Engine#engine{is_new = false, is_slow_new = false} end,
                                           Engines)}
    end.

common(New, #state{number = Number, fresh = Fresh} = State) ->
    Parts = [{fast, Name, Fast} || {Name, #engine{is_new = true, fast = Fast}} <- maps:to_list(New)]
        ++ [{slow, Name, Slow} || {Name, #engine{is_slow_new = true, slow_text = Slow}} <- maps:to_list(New)],
    frame(Parts, State#state.is_node_new, after_number(Number - Fresh, State), 0, State).

send(_, #page{is_ready = false} = Page, _, _) -> Page#page{is_behind = true};
send(Pid, #page{is_behind = false} = Page, Common, #state{number = Number}) ->
    Pid ! {fxaot_dashboard, Common},
    Page#page{is_ready = false, number = Number};
send(Pid, #page{number = Last} = Page, _, #state{number = Number, incarnation = Incarnation} = State) ->
    Pid ! {fxaot_dashboard, whole(State, {Incarnation, Last})},
    Page#page{is_ready = false, is_behind = false, number = Number}.

%% All that there is, with the rows after the last one that the page has.
whole(#state{engines = Engines, incarnation = Incarnation, number = Number, kept = Kept} = State, Last) ->
    Parts = [{fast, Name, Fast} || {Name, #engine{fast = Fast}} <- maps:to_list(Engines)]
        ++ [{slow, Name, Slow} || {Name, #engine{slow_text = Slow}} <- maps:to_list(Engines)],
    {From, Missed} = case Last of
                         {Incarnation, Seen} when Seen =< Number -> {Seen, max(0, Number - Kept - Seen)};
                         _ -> {max(0, Number - ?FIRST), 0}
                     end,
    frame(Parts, true, after_number(From, State), Missed, State).

frame(Parts, WithNode, Rows, Missed, #state{incarnation = Incarnation, number = Number} = State) ->
    Members = [member(<<"at">>, integer_to_binary(os:system_time(millisecond))),
               member(<<"incarnation">>, integer_to_binary(Incarnation)),
               member(<<"engines">>, object(fast, Parts)), member(<<"slow">>, object(slow, Parts)),
               member(<<"rows">>, [$[, lists:join($,, Rows), $]])]
        ++ [member(<<"node">>, State#state.node) || WithNode]
        ++ [member(<<"missed">>, integer_to_binary(Missed)) || Missed > 0],
    iolist_to_binary([<<"id: ">>, integer_to_binary(Incarnation), $-, integer_to_binary(Number), <<"\ndata: {">>,
                      lists:join($,, Members), <<"}\n\n">>]).

member(Key, Value) -> [$", Key, $", $:, Value].

object(Kind, Parts) ->
    [${, lists:join($,, [[fxaot_dashboard_json:text(atom_to_binary(Name)), $:, Text]
                         || {Of, Name, Text} <- Parts, Of =:= Kind]), $}].
