%% @private The one process that gathers what all pages show.
%%
%% ```
%%   engines ── figures, up to 20 times a second ──▶ ┌───────────┐
%%   engines ── events ────────────────────────────▶ │ collector │ ── one binary for all pages ──▶ connections
%%   telemetry, logger ── what happened ───────────▶ └───────────┘
%% '''
%% It never waits for an engine, and without a page it asks none. What it knows are three values: the engines' figures, the
%% stream's rows, and the pages.
-module(fxaot_dashboard_collector).
-behaviour(gen_server).

-export([start_link/0, join/2, sent/1, note/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).

%% Without a page, and for what need not be read more often.
-define(SLOW_MS, 1000).
-define(ANSWER_MS, 5000).

-record(state, {interval :: pos_integer(),
                %% The next update and when it is due, monotonic ms.
                timer :: reference(), due :: integer(),
                figures = #{} :: fxaot_dashboard_figures:figures(),
                rows :: fxaot_dashboard_rows:rows(),
                pages = #{} :: fxaot_dashboard_pages:pages(),
                alarms = #{} :: #{term() => {integer(), binary()}},
                %% The node's health as JSON, and when it was last looked at.
                node = <<"null">> :: binary(), is_node_new = true :: boolean(), looked :: integer(),
                second :: integer(), beat :: integer()}).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc From now on the page gets updates by its way, or the caller `{fxaot_dashboard, Update}': the first one at once, and the
%% next after {@link sent/1}. `Last' is the number of the last row that the page has, or none.
-spec join(fxaot_dashboard_rows:place() | none, fxaot_dashboard_pages:way()) -> ok | {error, not_running}.
join(Last, Way) ->
    try gen_server:call(?MODULE, {join, self(), Last, Way}, ?ANSWER_MS)
    catch exit:_ -> {error, not_running}
    end.

-spec sent(pid()) -> ok.
sent(Page) -> gen_server:cast(?MODULE, {sent, Page}).

%% @doc A row of the stream: what somebody did.
-spec note(Kind :: atom(), map()) -> ok.
note(Kind, Row) -> gen_server:cast(?MODULE, {row, Row#{kind => Kind, time => os:system_time(millisecond)}}).

%% ---- the process --------------------------------------------------------------

-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(trap_exit, true),
    _ = process_flag(priority, low),
    #{rate := Rate} = fxaot_dashboard_config:read(),
    ok = fxaot_dashboard_news:attach(?MODULE),
    Now = now_ms(),
    {ok, #state{interval = 1000 div Rate, timer = timer(Now + ?SLOW_MS), due = Now + ?SLOW_MS,
                rows = fxaot_dashboard_rows:new(os:system_time(millisecond)), alarms = fxaot_dashboard_news:alarms(),
                looked = Now - ?SLOW_MS, second = Now, beat = Now - ?SLOW_MS}}.

now_ms() -> erlang:monotonic_time(millisecond).

timer(At) -> erlang:start_timer(At, self(), update, [{abs, true}]).

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({join, Pid, Last, Way}, _, Before) ->
    #state{rows = Rows, pages = Pages} = State = begun(Before),
    _ = monitor(process, Pid),
    Pid ! {fxaot_dashboard, whole(Last, State)},
    {reply, ok, State#state{pages = fxaot_dashboard_pages:add(Pid, fxaot_dashboard_rows:last(Rows), Way, Pages)}};
handle_call(_, _, State) -> {reply, {error, {bad_argument, none}}, State}.

%% Before the first page: the figures may be old, since nobody was looking.
begun(#state{pages = Pages, timer = Timer, interval = Interval} = State) when map_size(Pages) =:= 0 ->
    Now = now_ms(),
    _ = erlang:cancel_timer(Timer),
    asked(Now, watched(looked(Now, State#state{timer = timer(Now + Interval), due = Now + Interval})));
begun(State) -> State.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({sent, Pid}, #state{pages = Pages} = State) ->
    {noreply, State#state{pages = fxaot_dashboard_pages:is_ready(Pid, Pages)}};
handle_cast({row, Row}, State) -> {noreply, added(Row, State)};
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({timeout, Timer, update}, #state{timer = Timer} = State) -> {noreply, timed(updated(now_ms(), State))};
handle_info({timeout, _, update}, State) -> {noreply, State};
handle_info({fxaot_events, Name, Incarnation, First, Events}, #state{figures = Figures} = State) ->
    Last = First + length(Events) - 1,
    {noreply, listed(Name, Events, fxaot_dashboard_figures:seen(Name, Incarnation, First, Last, Figures), State)};
%% More than a second's messages.
handle_info({fxaot_gap, Name, First, Last}, #state{figures = Figures} = State) ->
    {noreply, listed(Name, [], fxaot_dashboard_figures:missed(Name, First, Last, Figures), State)};
%% Of a socket that has answered late. One that has failed has lost its process.
handle_info({inet_reply, _, _}, State) -> {noreply, State};
handle_info({fxaot_stopping, _, _}, State) -> {noreply, State};
handle_info({happened, Event, Metadata}, State) -> {noreply, happened(fxaot_dashboard_news:happened(Event, Metadata), State)};
handle_info({row, Row}, State) -> {noreply, added(Row, State)};
handle_info({'DOWN', _, process, Pid, _}, #state{pages = Pages} = State) when is_map_key(Pid, Pages) ->
    {noreply, State#state{pages = fxaot_dashboard_pages:remove(Pid, Pages)}};
handle_info(Message, #state{figures = Figures} = State) ->
    {noreply, State#state{figures = fxaot_dashboard_figures:answered(Message, Figures)}}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, _) -> fxaot_dashboard_news:detach().

-spec code_change(term(), State, term()) -> {ok, State}.
code_change(Version, #state{pages = Pages} = State, _) ->
    {ok, State#state{pages = fxaot_dashboard_pages:converted(case Version of {down, _} -> down; _ -> up end, Pages)}};
code_change(_, State, _) -> {ok, State}.

%% ---- news -----------------------------------------------------------------------

added(Row, #state{rows = Rows} = State) -> State#state{rows = fxaot_dashboard_rows:add(Row, Rows)}.

listed(_, _, none, State) -> State;
listed(Name, Events, {Missed, Figures}, #state{rows = Rows} = State) ->
    State#state{figures = Figures,
                rows = fxaot_dashboard_rows:events(Name, Events, fxaot_dashboard_rows:left_out(Missed, Rows))}.

happened(none, State) -> State;
happened({Row, none}, State) -> added(Row, State);
happened({Row, {Change, Alarm, Text}}, #state{alarms = Alarms} = State) ->
    Now = case Change of
              set -> Alarms#{Alarm => {os:system_time(millisecond), Text}};
              clear -> maps:remove(Alarm, Alarms)
          end,
    %% Shown with the next update.
    added(Row, State#state{alarms = Now, looked = now_ms() - ?SLOW_MS}).

%% ---- updates ------------------------------------------------------------------------

%% Due at even times, however long an update takes.
timed(#state{interval = Interval, pages = Pages, due = Due} = State) ->
    Next = max(now_ms(), Due + case map_size(Pages) of 0 -> ?SLOW_MS; _ -> Interval end),
    State#state{timer = timer(Next), due = Next}.

updated(Now, #state{pages = Pages} = State) when map_size(Pages) =:= 0 ->
    #state{rows = Rows} = Watched = watched(second(Now, State)),
    Watched#state{rows = fxaot_dashboard_rows:published(Rows)};
updated(Now, #state{looked = Looked} = State) ->
    Fresh = case Now - Looked >= ?SLOW_MS of
                true -> looked(Now, watched(State));
                false -> State
            end,
    asked(Now, published(Now, second(Now, Fresh))).

second(Now, #state{second = Second, rows = Rows} = State) when Now - Second >= ?SLOW_MS ->
    State#state{second = Now, rows = fxaot_dashboard_rows:end_second(Rows)};
second(_, State) -> State.

watched(#state{figures = Known, is_node_new = IsNew} = State) ->
    {IsOther, Figures} = fxaot_dashboard_figures:watched(Known),
    State#state{figures = Figures, is_node_new = IsNew orelse IsOther}.

asked(Now, #state{figures = Figures} = State) -> State#state{figures = fxaot_dashboard_figures:asked(Now, Figures)}.

%% The node's health, once a second.
looked(Now, #state{alarms = Alarms, node = Before, is_node_new = IsNew} = State) ->
    #{engines := Engines} = Health = fxaot_health:health(),
    Node = (fxaot_dashboard_render:health(Health))#{
             engines => maps:map(fun(Name, Engine) -> Engine#{group => fxaot_names:group(Name)} end, Engines),
             node => node(), queue => element(2, process_info(self(), message_queue_len)),
             run_queue => erlang:statistics(total_run_queue_lengths),
             alarms => [#{text => Text, time => Time} || {Time, Text} <- lists:sort(maps:values(Alarms))]},
    Text = iolist_to_binary(fxaot_dashboard_json:encode(Node)),
    State#state{node = Text, looked = Now, is_node_new = IsNew orelse Text =/= Before}.

%% Nothing, if nothing has changed: but something each second, so that a page knows that the node is there.
published(Now, #state{figures = Figures, rows = Rows, pages = Pages, node = Node, is_node_new = IsNodeNew, beat = Beat} = State) ->
    case {fxaot_dashboard_figures:changed(Figures), fxaot_dashboard_rows:fresh(Rows)} of
        {[], []} when not IsNodeNew, Now - Beat < ?SLOW_MS -> State;
        {Parts, Fresh} ->
            Newest = fxaot_dashboard_rows:last(Rows),
            Common = fxaot_dashboard_pages:update(Newest, Parts, case IsNodeNew of true -> Node; false -> none end, Fresh, 0),
            Whole = fun(Last) -> whole(Last, State) end,
            State#state{pages = fxaot_dashboard_pages:send(Common, Whole, Newest, Pages),
                        figures = fxaot_dashboard_figures:published(Figures), rows = fxaot_dashboard_rows:published(Rows),
                        is_node_new = false, beat = Now}
    end.

%% All that there is, with the rows after the last one that the page has.
whole(Last, #state{figures = Figures, rows = Rows, node = Node}) ->
    {Texts, Missed} = fxaot_dashboard_rows:since(Last, Rows),
    fxaot_dashboard_pages:update(fxaot_dashboard_rows:last(Rows), fxaot_dashboard_figures:all(Figures), Node, Texts, Missed).
