%% @private Makes spans of what happens, in two ways.
%%
%% Spans of the event bus (deploy ▶ check ▶ compile ▶ load ▶ attach, reload ▶ prepare ▶ swap, replay, request) are made by
%% its handlers, in the processes that they happen in. Orders are followed in this process, which subscribes to every
%% engine's events. On a quote's way an engine sends its events to one subscriber more, and nothing else:
%% ```
%%   #signal{} ▶ span signal
%%   #order{} ─▶ span order, below the signal or the request ▶ span venue, until the order ends
%%   #fill{} ──▶ span fill, below venue, with a link to the signal or the request
%% '''
%% Its times are when the events came here; the quotes' times are attributes.
-module(fxaot_tracer).
-behaviour(gen_server).

-include("../../include/fxaot.hrl").

-export([start_link/1, stop/0]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).
-export([handle_event/4, handle_engine/4]).

%% Orders that are followed at the same time; further ones are not.
-define(MOST_ORDERS, 10000).
%% How long a request may be on its way.
-define(REQUEST_MS, 60000).
%% Of one order that are kept.
-define(MOST_EVENTS, 128).

-define(HANDLERS, [fxaot_tracer_spans, fxaot_tracer_engines]).

-record(followed, {span :: fxaot_span:span(),
                   venue :: fxaot_span:span(),
                   %% What has caused it, for its fills to link to.
                   cause :: none | fxaot_trace:context(),
                   %% Base units that are not filled yet. An order without a name has no last event.
                   open :: non_neg_integer(),
                   %% The newest first.
                   events = [] :: [map()]}).

%% What a request is for, and the order's id if it has one.
-type asked() :: {{submit | close, Strategy :: atom()}, Id :: binary() | undefined}.

-record(state, {orders = #{} :: #{{Engine :: atom(), Number :: pos_integer()} => #followed{}},
                %% Requests of trading on their way: their orders' parents.
                requests = #{} :: #{reference() => {Engine :: atom(), asked(), fxaot_trace:context(), Ms :: integer()}}}).

-spec start_link(fxaot_span:sampling()) -> gen_server:start_ret().
start_link(Sampling) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Sampling, []).

%% @doc The application has stopped.
-spec stop() -> ok.
stop() ->
    lists:foreach(fun fxaot_telemetry:detach/1, ?HANDLERS),
    fxaot_quote_span:configure(none),
    fxaot_span:forget().

%% ---- the process ------------------------------------------------------------

-spec init(fxaot_span:sampling()) -> {ok, #state{}, {continue, subscribe}}.
init(Sampling) ->
    process_flag(trap_exit, true),
    fxaot_span:configure(Sampling),
    fxaot_quote_span:configure(fxaot_otlp_config:quote_spans()),
    %% Of a process before this one.
    lists:foreach(fun fxaot_telemetry:detach/1, ?HANDLERS),
    ok = fxaot_telemetry:attach_many(fxaot_tracer_spans, spans(), fun ?MODULE:handle_event/4, none),
    ok = fxaot_telemetry:attach_many(fxaot_tracer_engines,
                                     [[fxaot, engine, Event] || Event <- [start, adopt, stop, lost]],
                                     fun ?MODULE:handle_engine/4, none),
    {ok, #state{}, {continue, subscribe}}.

%% Every event that has an exception is a span's.
spans() ->
    lists:append([[Prefix ++ [start], Prefix ++ [stop], Prefix ++ [exception]]
                  || #{event := Event} <- fxaot_telemetry:events(), lists:last(Event) =:= exception,
                     Prefix <- [lists:droplast(Event)]]).

-spec handle_continue(subscribe, #state{}) -> {noreply, #state{}}.
handle_continue(subscribe, State) ->
    lists:foreach(fun subscribed/1, [Name || #{kind := engine, name := Name} <- fxaot_engines:all()]),
    {noreply, State}.

%% An engine that does not answer is subscribed to when it is up again.
subscribed(Name) ->
    _ = fxaot:subscribe(Name),
    ok.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(sync, _From, State) -> {reply, ok, State};
handle_call(_, _From, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({fxaot_events, Engine, _, _, Events}, State) -> {noreply, followed(Events, Engine, none, State)};
handle_info({engine, Event, Name}, State) when Event =:= start; Event =:= adopt ->
    subscribed(Name),
    {noreply, State};
%% Its orders are gone with it.
handle_info({engine, _, Name}, State) -> {noreply, forgotten(Name, State)};
handle_info({requested, Reference, Engine, Id, Context}, #state{requests = Requests} = State) ->
    Now = erlang:monotonic_time(millisecond),
    Young = maps:filter(fun(_, {_, _, _, Began}) -> Now - Began < ?REQUEST_MS end, Requests),
    {noreply, State#state{requests = Young#{Reference => {Engine, Id, Context, Now}}}};
handle_info({answered, Reference}, #state{requests = Requests} = State) ->
    {noreply, State#state{requests = maps:remove(Reference, Requests)}};
%% Its orders are not followed further: what became of them is not known.
handle_info({fxaot_gap, Engine, _, _}, State) -> {noreply, forgotten(Engine, State)};
handle_info(_, State) -> {noreply, State}.

forgotten(Engine, #state{orders = Orders} = State) ->
    State#state{orders = maps:filter(fun({Name, _}, _) -> Name =/= Engine end, Orders)}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, _) -> stop().

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

%% ---- spans of the bus ---------------------------------------------------------

%% @doc In the process of the event. The span of each start is kept in the process dictionary until its stop.
-spec handle_event(fxaot_telemetry:event(), map(), map(), none) -> ok.
handle_event([fxaot | Path], Measurements, #{telemetry_span_context := Reference} = Metadata, none) ->
    case lists:last(Path) of
        start -> began(lists:droplast(Path), Reference, Metadata);
        Kind -> ended(Kind, fxaot_trace:opened(Reference), Reference, maps:merge(Metadata, counts(Measurements)))
    end;
handle_event(_, _, _, _) -> ok.

began(Path, Reference, Metadata) ->
    Span = fxaot_span:start(name(Path), #{parent => fxaot_trace:current(), attributes => attributes(Metadata)}),
    Context = fxaot_span:context(Span),
    Before = fxaot_trace:set_current(Context),
    ok = fxaot_trace:open(Reference, {Span, Before}),
    asked(Path, Reference, Context, Metadata).

%% A span has its times.
counts(Measurements) -> maps:without([duration, monotonic_time, system_time], Measurements).

ended(Kind, {ok, {Span, Before}}, Reference, Metadata) ->
    restored(fxaot_span:context(Span), Before),
    _ = to_tracer({answered, Reference}),
    fxaot_span:finish(Span, #{attributes => attributes(Metadata), status => status(Kind, Metadata)});
%% It began before there was a tracer.
ended(_, none, _, _) -> ok.

%% Unless the process works for another span by now.
restored(Context, Before) ->
    case fxaot_trace:set_current(Before) of
        Context -> ok;
        Other ->
            _ = fxaot_trace:set_current(Other),
            ok
    end.

name(Path) -> iolist_to_binary(lists:join($., [atom_to_list(Part) || Part <- [fxaot | Path]])).

attributes(Metadata) ->
    fxaot_span:attributes(maps:without([telemetry_span_context, stacktrace, kind], Metadata)).

status(exception, #{kind := Kind, reason := Reason}) -> {error, io_lib:format("~ts: ~0tP", [Kind, Reason, 12])};
status(stop, #{result := error, reason := Reason}) when is_atom(Reason) -> {error, words(Reason)};
status(stop, #{result := error} = Metadata) ->
    {error, io_lib:format("~0tP", [maps:get(reason, Metadata, undefined), 12])};
status(_, _) -> unset.

%% The order's events come to the tracer before the request's answer, and after this message.
asked([request], Reference, #{} = Context, #{engine := Engine, request := Request} = Metadata)
  when Request =:= submit; Request =:= close ->
    What = {Request, maps:get(strategy, Metadata, undefined)},
    to_tracer({requested, Reference, Engine, {What, maps:get(id, Metadata, undefined)}, Context});
asked(_, _, _, _) -> ok.

to_tracer(Message) ->
    case whereis(?MODULE) of
        undefined -> ok;
        Pid ->
            Pid ! Message,
            ok
    end.

%% @doc In the engine's process, which does not answer yet.
-spec handle_engine(fxaot_telemetry:event(), map(), map(), none) -> ok.
handle_engine([fxaot, engine, Event], _, #{engine := Name}, none) -> to_tracer({engine, Event, Name}).

%% ---- orders -------------------------------------------------------------------

%% The signal that is the event before: its order is the next event.
followed([], _, _, State) -> State;
followed([#signal{} = Signal | Rest], Engine, _, State) ->
    followed(Rest, Engine, {Signal, erlang:system_time(nanosecond)}, State);
followed([#bar{} | Rest], Engine, Signal, State) -> followed(Rest, Engine, Signal, State);
followed([Event | Rest], Engine, Signal, State) -> followed(Rest, Engine, none, event(Event, Engine, Signal, State)).

event(#order{id = Number} = Order, Engine, Signal, #state{orders = Orders} = State) ->
    Key = {Engine, Number},
    case Orders of
        #{Key := Followed} -> changed(Order, Key, Followed, State);
        #{} when Order#order.state =:= new; Order#order.state =:= pending_new; Order#order.state =:= accepted ->
            placed(Order, Key, cause(Order, Engine, Signal, State), State);
        #{} -> State
    end;
event(#fill{order_id = Number} = Fill, Engine, _, #state{orders = Orders} = State) ->
    case Orders of
        #{{Engine, Number} := Followed} -> filled(Fill, Engine, Followed, State);
        #{} -> State
    end;
event(#reject{} = Reject, Engine, Signal, State) ->
    rejected(Reject, Engine, cause(Reject, Engine, Signal, State), State);
event(_, _, _, State) -> State.

placed(_, _, _, #state{orders = Orders} = State) when map_size(Orders) >= ?MOST_ORDERS -> State;
placed(#order{id = Number, strategy = Strategy, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
              name = Name, price = Price}, {Engine, _} = Key, Cause, #state{orders = Orders} = State) ->
    Attributes = attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol, side => Side,
                              quantity => Quantity, order => Number, id => Name, price => Price, time => Time}),
    Order = fxaot_span:start(<<"fxaot.order">>, #{parent => Cause, attributes => Attributes}),
    Venue = fxaot_span:start(<<"fxaot.venue">>, #{parent => fxaot_span:context(Order), kind => client,
                                                  attributes => maps:with([<<"fxaot.engine">>, <<"fxaot.symbol">>],
                                                                          Attributes)}),
    State#state{orders = Orders#{Key => #followed{span = Order, venue = Venue, cause = Cause, open = Quantity}}}.

%% What happened to an order, as an event of its span; the last one ends it.
changed(#order{state = OrderState, reason = Reason, time = Time} = Order, Key,
        #followed{events = Events, open = Open} = Followed, #state{orders = Orders} = State) ->
    Event = #{time => erlang:system_time(nanosecond), name => atom_to_binary(name_of(OrderState)),
              attributes => attributes(#{time => Time, reason => Reason})},
    Now = Followed#followed{events = lists:sublist([Event | Events], ?MOST_EVENTS), open = open(Order, Open)},
    case is_end(OrderState) of
        true ->
            finished(OrderState, Reason, Now),
            State#state{orders = maps:remove(Key, Orders)};
        false -> State#state{orders = Orders#{Key := Now}}
    end.

%% What a change of its quantity leaves open is what its event says.
open(#order{state = modified, quantity = Quantity}, _) -> Quantity;
open(_, Open) -> Open.

name_of(Name) when is_atom(Name) -> Name;
name_of({Name, _}) -> Name.

is_end(OrderState) -> lists:member(OrderState, [filled, cancelled, expired]).

finished(OrderState, Reason, #followed{span = Span, venue = Venue, events = Events}) ->
    Attributes = attributes(#{state => OrderState, reason => Reason}),
    fxaot_span:finish(Venue, #{attributes => Attributes}),
    fxaot_span:finish(Span, #{attributes => Attributes, events => lists:reverse(Events)}).

words(Reason) -> string:replace(atom_to_list(Reason), "_", " ", all).

filled(#fill{order_id = Number, strategy = Strategy, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
             price = Price, profit = Profit, commission = Commission}, Engine,
       #followed{venue = Venue, cause = Cause} = Followed, State) ->
    Fill = fxaot_span:start(<<"fxaot.fill">>,
                            #{parent => fxaot_span:context(Venue),
                              links => [Cause || Cause =/= none],
                              attributes => attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol,
                                                         order => Number, side => Side, quantity => Quantity,
                                                         price => Price, profit => Profit, commission => Commission,
                                                         time => Time})}),
    fxaot_span:finish(Fill, #{}),
    left(max(0, Followed#followed.open - Quantity), {Engine, Number}, Followed, State).

left(0, Key, Followed, #state{orders = Orders} = State) ->
    finished(filled, undefined, Followed),
    State#state{orders = maps:remove(Key, Orders)};
left(Open, Key, Followed, #state{orders = Orders} = State) ->
    State#state{orders = Orders#{Key := Followed#followed{open = Open}}}.

rejected(#reject{order_id = Number, strategy = Strategy, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
                 reason = Reason, name = Name}, Engine, Cause, State) ->
    Span = fxaot_span:start(<<"fxaot.order">>,
                            #{parent => Cause,
                              attributes => attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol,
                                                         side => Side, quantity => Quantity, order => Number,
                                                         id => Name, state => rejected, reason => name_of(Reason), time => Time})}),
    fxaot_span:finish(Span, #{status => {error, words(name_of(Reason))}}),
    State.

%% ---- what causes an order -------------------------------------------------------

cause(Event, Engine, {#signal{id = Strategy, symbol = Symbol} = Signal, Seen}, State) ->
    case subject(Event) of
        {Strategy, Symbol, _} -> signalled(Signal, Seen, Engine);
        _ -> requested(subject(Event), Engine, State)
    end;
cause(Event, Engine, none, State) -> requested(subject(Event), Engine, State).

subject(#order{strategy = Strategy, symbol = Symbol, name = Name}) -> {Strategy, Symbol, Name};
subject(#reject{strategy = Strategy, symbol = Symbol, name = Name}) -> {Strategy, Symbol, Name}.

%% The root of the order's trace, and no longer than a moment.
signalled(#signal{id = Strategy, symbol = Symbol, time = Time, strength = Strength}, Seen, Engine) ->
    Span = fxaot_span:start(<<"fxaot.signal">>,
                            #{start_time => Seen,
                              attributes => attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol,
                                                         strength => Strength, time => Time})}),
    fxaot_span:finish(Span, #{end_time => Seen}),
    fxaot_span:context(Span).

%% The request with the order's id; else the only one without an id that is on its way and can have caused it: orders of
%% scripts and liquidations may come at the same time.
requested({Strategy, _, Name}, Engine, #state{requests = Requests}) ->
    Here = [{What, Id, Context} || {Of, {What, Id}, Context, _} <- maps:values(Requests), is_engine(Of, Engine)],
    case {[Context || {_, Id, Context} <- Here, Id =/= undefined, Id =:= Name],
          [Context || {What, undefined, Context} <- Here, may_cause(What, Strategy, Name)]} of
        {[Context | _], _} -> Context;
        {[], [Context]} -> Context;
        _ -> none
    end.

%% Names are those that an engine gives: at a broker every order has one.
may_cause({submit, Strategy}, Strategy, undefined) -> true;
may_cause({submit, Strategy}, Strategy, <<"order.", _/binary>>) -> true;
may_cause({close, _}, _, <<"close.", _/binary>>) -> true;
may_cause({close, _}, undefined, undefined) -> true;
may_cause(_, _, _) -> false.

%% A request may name the group.
is_engine(Engine, Engine) -> true;
is_engine(Of, Engine) -> Of =:= fxaot_names:group(Engine).
