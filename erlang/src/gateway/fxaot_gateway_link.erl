%% @private The process between an engine and a module of the behaviour {@link fxaot_gateway}.
%%
%% ```
%%   connect ─▶ reconcile: reports, then differences ─▶ link up ─▶ requests ⇄ reports
%%      ▲                                                              │ down, error
%%      └──────────────── wait, longer each time ◀── link down ◀───────┘
%% '''
%% It keeps nothing that must not be lost. The requests are the engine's until they are acknowledged, with the next
%% request or 5 ms later; reports that the engine cannot take now wait here, and a broker gives them again after a reconnect.
-module(fxaot_gateway_link).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/2, check/1, figures/1]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).

-include("../../include/fxaot.hrl").

-define(HEARTBEAT_MS, 10000).
-define(LEAST_WAIT_MS, 100).
-define(MOST_WAIT_MS, 30000).
%% Requests that an engine gives at once, at most.
-define(BATCH, 128).
%% After requests have been handed over, until they are acknowledged: the broker's answer comes first.
-define(LOOK_MS, 5).
%% Until an engine that does not answer is asked again.
-define(ENGINE_WAIT_MS, 100).
%% Milliseconds that a timer takes.
-define(IS_TIMER(Value), (is_integer(Value) andalso Value > 0 andalso Value < 1 bsl 32)).

-record(state, {engine :: atom(),
                module :: module(),
                options :: map(),
                %% Of the module; `none' without a connection.
                connection = none :: none | {some, term()},
                %% The newest request that has been handed over.
                handed = 0 :: non_neg_integer(),
                %% Reports that the engine has not taken yet, oldest first.
                waiting = [] :: [fxaot_gateway:report()],
                wait :: pos_integer(),
                %% What a message to this process itself will begin.
                timers = [] :: [begin_again | connect | report | look],
                %% The differences whose alarms are set.
                alarms = [] :: [{What :: atom(), Which :: term()}],
                figures = #{connects => 0, differences => 0, unreadable => 0} :: figures()}).

-type figures() :: #{connects := non_neg_integer(), differences := non_neg_integer(),
                     unreadable := non_neg_integer()}.

-spec start_link(Engine :: atom(), fxaot_gateway:spec()) -> gen_server:start_ret().
start_link(Engine, Gateway) -> gen_server:start_link(?MODULE, {Engine, Gateway}, []).

%% @doc The options of a gateway that this process reads; all others are the module's.
-spec check(Options :: map()) -> ok | fxaot:error().
check(Options) ->
    Heartbeat = maps:get(heartbeat_ms, Options, ?HEARTBEAT_MS),
    case {?IS_TIMER(Heartbeat), waits(Options)} of
        {true, {Least, Most}} when ?IS_TIMER(Least), ?IS_TIMER(Most), Least =< Most -> ok;
        {false, _} -> bad(heartbeat_ms, Heartbeat, "a number of milliseconds from 1 to 4294967295");
        {true, Waits} -> bad(reconnect_ms, Waits, "{Least, Most}, milliseconds from 1 to 4294967295")
    end.

bad(Option, Value, Expected) ->
    {error, {bad_option, #{option => Option, value => Value, expected => Expected}}}.

waits(Options) -> maps:get(reconnect_ms, Options, {?LEAST_WAIT_MS, ?MOST_WAIT_MS}).

%% @doc What this process has counted; zeros where there is none.
-spec figures(Engine :: atom()) -> figures() | fxaot:error().
figures(Engine) ->
    None = #{connects => 0, differences => 0, unreadable => 0},
    Limit = fxaot_engines:limit(Engine),
    try fxaot_gateways_sup:link_of(Engine) of
        undefined -> None;
        {error, {timeout, Details}} -> {error, {timeout, Details#{engine => Engine}}};
        Link -> gen_server:call(Link, figures, Limit)
    catch
        exit:{timeout, _} -> {error, {timeout, #{engine => Engine, milliseconds => Limit}}};
        exit:_ -> None
    end.

%% ---- messages -----------------------------------------------------------------

-spec init({Engine :: atom(), fxaot_gateway:spec()}) -> {ok, #state{}, {continue, begin_again}}.
init({Engine, {Module, Options}}) ->
    {Least, _} = waits(Options),
    {ok, #state{engine = Engine, module = Module, options = Options, wait = Least}, {continue, begin_again}}.

-spec handle_continue(begin_again, #state{}) -> {noreply, #state{}}.
handle_continue(begin_again, #state{engine = Engine} = State) ->
    _ = fxaot_events:watch(Engine),
    {noreply, begun(State)}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(figures, _From, #state{figures = Figures} = State) -> {reply, Figures, State};
handle_call(_, _From, State) -> {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({fxaot_events, _, _, _, Events}, State) ->
    {noreply, case lists:any(fun is_request/1, Events) of
                  true -> handed_over(State);
                  false -> State
              end};
%% Events were left out.
handle_info({fxaot_gap, _, _, _}, State) -> {noreply, handed_over(State)};
handle_info({?MODULE, What}, #state{timers = Timers} = State) ->
    {noreply, again(What, State#state{timers = lists:delete(What, Timers)})};
handle_info({?MODULE, heartbeat, Connects}, #state{figures = #{connects := Connects}} = State) ->
    {noreply, beaten(State)};
handle_info({?MODULE, heartbeat, _}, State) -> {noreply, State};
%% The engine's process has restarted, perhaps without its state: it says what is acknowledged.
handle_info({fxaot_engine, Engine, _}, #state{engine = Engine} = State) -> {noreply, begun(State)};
handle_info({Own, _, _}, State) when Own =:= fxaot_stopping; Own =:= fxaot_gateway -> {noreply, State};
handle_info(Message, #state{connection = {some, Connection}} = State) ->
    {noreply, taken(called(handle_info, [Message, Connection], Connection, State), State)};
handle_info(_, State) -> {noreply, State}.

is_request(#order{state = State}) ->
    State =:= pending_new orelse State =:= pending_cancel orelse State =:= pending_replace;
is_request(_) -> false.

-spec code_change(term(), State, term()) -> {ok, State}.
code_change(_, State, _) -> {ok, State}.

%% One at a time of each.
later(Milliseconds, What, #state{timers = Timers} = State) ->
    case lists:member(What, Timers) of
        true -> State;
        false ->
            _ = erlang:send_after(Milliseconds, self(), {?MODULE, What}),
            State#state{timers = [What | Timers]}
    end.

again(begin_again, State) -> begun(State);
again(connect, State) -> connected(State);
again(report, State) -> handed_over(reported([], State));
again(look, State) -> handed_over(State).

%% ---- the connection -----------------------------------------------------------

%% The engine's own account of what has been handed over is the right one.
begun(#state{engine = Engine} = State) ->
    case {fxaot:subscribe(Engine), asked(gateway, State)} of
        {ok, #{acknowledged := Acknowledged}} -> linked(Acknowledged, State);
        _ -> later(?ENGINE_WAIT_MS, begin_again, State)
    end.

linked(Acknowledged, #state{connection = none} = State) ->
    _ = asked({set_gateway, down}, State),
    connected(State#state{handed = Acknowledged});
%% The engine has lost what it knew of the broker: an engine that lives has acknowledged all that was handed over,
%% or will be told to.
linked(Acknowledged, #state{handed = Handed} = State) when Acknowledged < Handed ->
    _ = asked({set_gateway, down}, State),
    reconciled(State#state{handed = Acknowledged});
linked(Acknowledged, State) -> up(State#state{handed = Acknowledged}).

connected(#state{connection = {some, _}} = State) -> State;
connected(#state{engine = Engine, options = Options, figures = Figures} = State) ->
    #{connects := Connects} = Figures,
    case called(connect, [Engine, Options], none, State) of
        {ok, Connection} ->
            fxaot_telemetry_emit:happened([gateway, connect], #{engine => Engine}, ok),
            Reconciled = reconciled(State#state{connection = {some, Connection},
                                                figures = Figures#{connects => Connects + 1}}),
            beat(Reconciled),
            Reconciled;
        {error, Reason} -> refused(Reason, State);
        {down, Reason, none} -> refused(Reason, State);
        Other -> refused({bad_answer, Other}, State)
    end.

refused(Reason, #state{engine = Engine} = State) ->
    fxaot_telemetry_emit:happened([gateway, connect], #{engine => Engine}, {error, word(Reason)}),
    waited(Reason, State).

%% For telemetry, the first of what a module says.
word(Reason) when is_atom(Reason) -> Reason;
word(Reason) when is_atom(element(1, Reason)) -> element(1, Reason);
word(_) -> other.

%% A module that crashes has lost its connection; it costs no budget of a supervisor.
called(Function, Arguments, Connection, #state{module = Module}) ->
    try apply(Module, Function, Arguments)
    catch Class:Reason:Stacktrace -> {down, {Class, Reason, Stacktrace}, Connection}
    end.

waited(Reason, #state{engine = Engine, options = Options, wait = Wait} = State) ->
    ?FXAOT_LOG(warning, #{engine => Engine, reason => Reason,
                          text => io_lib:format("its gateway is not connected, the next attempt is in ~b ms: ~tp",
                                                [Wait, Reason])}),
    {_, Most} = waits(Options),
    later(Wait, connect, State#state{connection = none, wait = min(2 * Wait, Most)}).

lost(Reason, Connection, #state{engine = Engine} = State) ->
    _ = asked({set_gateway, down}, State),
    fxaot_telemetry_emit:happened([gateway, down], #{engine => Engine, reason => word(Reason)}),
    _ = called(disconnect, [Reason, Connection], Connection, State),
    waited(Reason, State#state{connection = none}).

up(#state{options = Options} = State) ->
    case asked({set_gateway, up}, State) of
        ok ->
            {Least, _} = waits(Options),
            handed_over(State#state{wait = Least});
        _ -> later(?ENGINE_WAIT_MS, begin_again, State)
    end.

beaten(#state{connection = none} = State) -> State;
beaten(#state{engine = Engine, connection = {some, Connection}} = State) ->
    %% And whatever no event has told.
    Beaten = handed_over(taken(called(heartbeat, [Connection], Connection, State), State)),
    beat(Beaten),
    case fxaot_events:is_watching(Engine) of
        true -> Beaten;
        %% What tells of engines has died, and news may be lost.
        false ->
            _ = fxaot_events:watch(Engine),
            begun(Beaten)
    end.

beat(#state{connection = none}) -> ok;
beat(#state{options = Options, figures = #{connects := Connects}}) ->
    _ = erlang:send_after(maps:get(heartbeat_ms, Options, ?HEARTBEAT_MS), self(), {?MODULE, heartbeat, Connects}),
    ok.

%% ---- requests -----------------------------------------------------------------

%% An order is durable before a broker sees it.
handed_over(#state{engine = Engine, connection = {some, _}, waiting = [], handed = Handed} = State) ->
    case asked({requests, Handed}, State) of
        {ok, []} -> State;
        {ok, Requests} ->
            case fxaot_journal:sync(Engine) of
                {error, {journal_unavailable, _}} -> later(?ENGINE_WAIT_MS, begin_again, State);
                _ -> looked(length(Requests), lists:foldl(fun handed/2, State, Requests))
            end;
        _ -> later(?ENGINE_WAIT_MS, begin_again, State)
    end;
handed_over(State) -> State.

%% Each further request has an event of its own.
looked(Count, State) when Count < ?BATCH -> later(?LOOK_MS, look, State);
looked(_, State) -> handed_over(State).

%% Only in their order, and after the reports that an earlier one has caused.
handed(#{sequence := Sequence} = Request,
       #state{connection = {some, Connection}, waiting = [], handed = Handed} = State)
  when Sequence > Handed ->
    Function = case Request of
                   #{kind := send} -> send_order;
                   #{kind := cancel} -> cancel_order;
                   #{kind := replace} -> modify_order
               end,
    Answer = called(Function, [Request, Connection], Connection, State),
    case Answer of
        {ok, _, _} -> taken(Answer, State#state{handed = Sequence});
        _ -> taken(Answer, State)
    end;
handed(_, State) -> State.

%% ---- reports ------------------------------------------------------------------

taken({ok, Reports, Connection}, State) when is_list(Reports) ->
    reported(Reports, State#state{connection = {some, Connection}});
taken({down, Reason, Connection}, State) -> lost(Reason, Connection, State);
taken(Other, #state{connection = {some, Connection}} = State) -> lost({bad_answer, Other}, Connection, State).

reported(Reports, #state{waiting = Waiting} = State) -> given(Waiting ++ Reports, State).

given([], State) -> State#state{waiting = []};
given([Report | Rest] = Reports, #state{engine = Engine, figures = Figures} = State) ->
    case asked({report, Report}, State) of
        {ok, _} -> given(Rest, State);
        {error, {Reason, _}}
          when Reason =:= engine_down; Reason =:= timeout; Reason =:= no_engine; Reason =:= given_up;
               Reason =:= owner_alive; Reason =:= not_owner ->
            later(?ENGINE_WAIT_MS, report, State#state{waiting = Reports});
        Error ->
            ?FXAOT_LOG(error, #{engine => Engine, report => Report,
                                text => io_lib:format("cannot take a report of its gateway, ~tp: ~ts",
                                                      [Report, fxaot_error:format_error(Error)])}),
            #{unreadable := Count} = Figures,
            given(Rest, State#state{figures = Figures#{unreadable => Count + 1}})
    end.

%% Each is a map, or the module has a fault.
asked({report, Report}, _) when not is_map(Report) -> {error, {bad_report, #{report => Report}}};
asked(Request, #state{engine = Engine}) -> fxaot_engine_call:ask(Engine, {trading, Request}).

%% ---- reconciling --------------------------------------------------------------

reconciled(#state{connection = {some, Connection}} = State) ->
    case called(reconcile, [Connection], Connection, State) of
        {ok, #{reports := Reports, orders := _, positions := _} = View, Next} when is_list(Reports) ->
            Reported = reported(Reports, State#state{connection = {some, Next}}),
            up(compared(View, Reported));
        Other -> taken(Other, State)
    end.

compared(View, #state{engine = Engine, handed = Handed, figures = Figures} = State) ->
    case {fxaot:orders(Engine), fxaot:positions(Engine), asked({requests, Handed}, State)} of
        {Orders, Positions, {ok, Requests}} when is_list(Orders), is_list(Positions) ->
            Differences = fxaot_gateway_view:differences(View, Orders, Positions, Requests),
            cleared(State),
            lists:foreach(fun(Difference) -> alarmed(Engine, Difference) end, Differences),
            #{differences := Count} = Figures,
            State#state{figures = Figures#{differences => Count + length(Differences)},
                        alarms = [{What, Which} || {What, Which, _} <- Differences]};
        _ -> State
    end.

cleared(#state{engine = Engine, alarms = Alarms}) ->
    lists:foreach(fun({What, Which}) -> fxaot_alarm:clear(gateway_difference, {Engine, What, Which}) end, Alarms).

alarmed(Engine, {What, Which, Details} = Difference) ->
    ?FXAOT_LOG(warning, #{engine => Engine,
                          text => io_lib:format("it and its broker differ: ~tp ~tp ~tp", [What, Which, Details])}),
    fxaot_telemetry_emit:happened([gateway, difference], #{engine => Engine, difference => What}),
    fxaot_alarm:set(gateway_difference, {Engine, What, Which}, Details),
    fxaot_events:tell_subscribers(Engine, {fxaot_gateway, Engine, {difference, Difference}}).
