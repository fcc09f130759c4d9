%% @private Makes spans of what happens, in two ways.
%%
%% Spans of the event bus (deploy ▶ check ▶ compile ▶ load ▶ attach, reload ▶ prepare ▶ swap, replay, request) are made by
%% its handlers, in the processes that they happen in. Orders, and single quotes, are read from the engines once a
%% second: these keep the last events of orders for it, so that nothing is sent on a quote's way.
-module(fxaot_tracer).
-behaviour(gen_server).

-export([start_link/1, stop/0, read_all/0, last/3, answer/2]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).
-export([handle_event/4, handle_engine/4]).

-define(READ_MS, 1000).
%% How long a request may be on its way, and how long it is known which orders it has made.
-define(REQUEST_MS, 10000).
-define(MOST_CAUSES, 10000).

-define(HANDLERS, [fxaot_tracer_spans, fxaot_tracer_engines]).

%% Read from an engine and not yet taken, or somebody who waits until all before has been.
-type item() :: {traced, Engine :: atom(), Mode :: inline | actor, Now :: integer(), fxaot_nif:traced()}
              | {gone, Engine :: atom()} | {sync, gen_server:from()}.

-record(state, {orders = fxaot_order_spans:new() :: fxaot_order_spans:orders(),
                %% Requests of trading on their way.
                requests = #{} :: #{reference() => {fxaot_trace:context(), Ms :: integer()}},
                %% What the answered ones have made, under the name that the request was sent to.
                causes = #{} :: #{{Engine :: atom(), Number :: pos_integer()} => {fxaot_trace:context(), Ms :: integer()}},
                %% What was read, the newest first, with the requests that were on their way then: an answer says which
                %% orders are a request's.
                waiting = [] :: [{item(), [reference()]}]}).

-spec start_link(fxaot_span:sampling()) -> gen_server:start_ret().
start_link(Sampling) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Sampling, []).

%% @doc The application has stopped.
-spec stop() -> ok.
stop() ->
    lists:foreach(fun fxaot_telemetry:detach/1, ?HANDLERS),
    fxaot_quote_span:configure(off),
    fxaot_span:forget().

%% @doc The application is about to stop: what the engines have kept becomes spans.
-spec read_all() -> ok.
read_all() ->
    try gen_server:call(?MODULE, sync, 2 * ?READ_MS)
    catch exit:_ -> ok
    end.

%% @doc For the process of an engine that is about to be freed.
-spec last(Engine :: atom(), inline | actor, fxaot_nif:handle()) -> ok.
last(Name, Mode, Engine) ->
    case whereis(?MODULE) of
        undefined -> ok;
        _ ->
            case answer(Mode, Engine) of
                {ok, {_, Now, Traced}} -> to_tracer({waits, {traced, Name, Mode, Now, Traced}});
                _ -> ok
            end
    end.

%% @doc For an engine's process: what it has kept.
-spec answer(inline | actor, fxaot_nif:handle()) ->
          {ok, {inline | actor, Now :: integer(), fxaot_nif:traced()}} | fxaot_nif:error().
answer(Mode, Engine) ->
    case fxaot_nif:traced(Engine) of
        {error, _} = Error -> Error;
        Traced -> {ok, {Mode, erlang:system_time(nanosecond), Traced}}
    end.

%% ---- the process ------------------------------------------------------------

-spec init(fxaot_span:sampling()) -> {ok, #state{}, {continue, trace}}.
init(Sampling) ->
    process_flag(trap_exit, true),
    fxaot_span:configure(Sampling),
    fxaot_quote_span:configure(fxaot_otlp_config:quote_spans()),
    %% Of a process before this one.
    lists:foreach(fun fxaot_telemetry:detach/1, ?HANDLERS),
    ok = fxaot_telemetry:attach_many(fxaot_tracer_spans, spans(), fun ?MODULE:handle_event/4, none),
    ok = fxaot_telemetry:attach_many(fxaot_tracer_engines, [[fxaot, engine, Event] || Event <- [stop, lost]],
                                     fun ?MODULE:handle_engine/4, none),
    {ok, #state{}, {continue, trace}}.

%% Every event that has an exception is a span's.
spans() ->
    lists:append([[Prefix ++ [start], Prefix ++ [stop], Prefix ++ [exception]]
                  || #{event := Event} <- fxaot_telemetry:events(), lists:last(Event) =:= exception,
                     Prefix <- [lists:droplast(Event)]]).

%% Engines that were there before. What they have kept for a process before this one is of no use.
-spec handle_continue(trace, #state{}) -> {noreply, #state{}}.
handle_continue(trace, State) ->
    _ = asked(trace),
    _ = read(),
    later(),
    {noreply, State}.

later() ->
    _ = erlang:send_after(?READ_MS, self(), read),
    ok.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}.
handle_call(sync, From, State) ->
    read(From),
    {noreply, State};
handle_call(_, _From, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(read, State) ->
    lists:foreach(fun(Item) -> self() ! {waits, Item} end, read()),
    later(),
    {noreply, pruned(State)};
handle_info({waits, Item}, #state{waiting = Waiting, requests = Requests} = State) ->
    {noreply, taken(State#state{waiting = [{Item, maps:keys(Requests)} | Waiting]})};
handle_info({requested, Reference, Context}, #state{requests = Requests} = State) ->
    {noreply, State#state{requests = Requests#{Reference => {Context, now_ms()}}}};
handle_info({answered, Reference, Engine, Numbers}, #state{requests = Requests} = State) ->
    {noreply, case maps:take(Reference, Requests) of
                  {{Context, _}, Rest} ->
                      taken(answered([Reference], caused(Engine, Numbers, Context, State#state{requests = Rest})));
                  error -> State
              end};
handle_info(_, State) -> {noreply, State}.

now_ms() -> erlang:monotonic_time(millisecond).

-spec terminate(term(), #state{}) -> ok.
terminate(_, _) -> stop().

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

%% ---- reading the engines ----------------------------------------------------

%% All at once; the answers come while the others work. One that does not answer keeps what it has.
read() ->
    [{traced, Name, Mode, Now, Traced}
     || {Name, {ok, {Mode, Now, Traced}}} <- asked({traced, erlang:monotonic_time() + deadline()})].

deadline() -> erlang:convert_time_unit(?READ_MS, millisecond, native).

%% The requests that have caused what was read are in the mailbox by now, before this.
read(From) -> lists:foreach(fun(Item) -> self() ! {waits, Item} end, read() ++ [{sync, From}]).

asked(Request) ->
    Deadline = now_ms() + ?READ_MS,
    Asked = [{Name, gen_server:send_request(Name, Request)} || #{kind := engine, name := Name} <- fxaot_engines:all()],
    [{Name, Reply} || {Name, Id} <- Asked,
                      {reply, Reply} <- [gen_server:receive_response(Id, max(0, Deadline - now_ms()))]].

%% In their order, as far as no request is on its way that may have caused them.
taken(#state{waiting = Waiting} = State) ->
    {Ready, Rest} = lists:splitwith(fun({_, Requests}) -> Requests =:= [] end, lists:reverse(Waiting)),
    lists:foldl(fun({Item, _}, Before) -> item(Item, Before) end, State#state{waiting = lists:reverse(Rest)}, Ready).

item({sync, From}, State) ->
    gen_server:reply(From, ok),
    State;
%% Its orders are gone with it.
item({gone, Engine}, #state{orders = Orders} = State) ->
    State#state{orders = fxaot_order_spans:forget(Engine, Orders)};
item({traced, Engine, Mode, Now, {Events, Missed, Quotes}}, #state{orders = Orders} = State) ->
    Traced = [{Now - Age, Event} || {_, Age, Event} <- Events],
    Followed = fxaot_order_spans:events(Engine, Traced, cause(Engine, State), Orders),
    lists:foreach(fun(Quote) -> fxaot_quote_span:span(Engine, Mode, Now, Quote, of_quote(Quote, Now, Events)) end,
                  Quotes),
    fxaot_metrics_counts:missed(Engine, Missed),
    State#state{orders = case Missed of
                             0 -> Followed;
                             _ -> fxaot_order_spans:forget(Engine, Followed)
                         end}.

of_quote(Quote, Now, Events) ->
    {First, Count} = {element(7, Quote), element(8, Quote)},
    [{Now - Age, Event} || {Sequence, Age, Event} <- Events, Sequence >= First, Sequence < First + Count].

%% ---- requests ---------------------------------------------------------------

%% A request may name the group.
cause(Engine, #state{causes = Causes}) ->
    Group = fxaot_names:group(Engine),
    fun(Number) ->
            case Causes of
                #{{Engine, Number} := {Context, _}} -> Context;
                #{{Group, Number} := {Context, _}} -> Context;
                #{} -> none
            end
    end.

caused(Engine, Numbers, Context, State) ->
    lists:foldl(fun(Number, #state{causes = Causes} = Before) when map_size(Causes) < ?MOST_CAUSES ->
                        Before#state{causes = Causes#{{Engine, Number} => {Context, now_ms()}}};
                   (_, Before) -> Before
                end, State, Numbers).

answered(References, #state{waiting = Waiting} = State) ->
    State#state{waiting = [{Item, Requests -- References} || {Item, Requests} <- Waiting]}.

%% Whoever waits for an answer that never comes has died.
pruned(#state{requests = Requests, causes = Causes} = State) ->
    Oldest = now_ms() - ?REQUEST_MS,
    {Old, Young} = lists:partition(fun({_, {_, Began}}) -> Began < Oldest end, maps:to_list(Requests)),
    taken(answered([Reference || {Reference, _} <- Old],
                   State#state{requests = maps:from_list(Young),
                               causes = maps:filter(fun(_, {_, Came}) -> Came >= Oldest end, Causes)})).

%% ---- spans of the bus ---------------------------------------------------------

%% @doc In the process of the event. The span of each start is kept in the process dictionary until its stop.
-spec handle_event(fxaot_telemetry:event(), map(), map(), none) -> ok.
handle_event([fxaot | Path], Measurements, #{telemetry_span_context := Reference} = Metadata, none) ->
    case lists:last(Path) of
        start -> began(lists:droplast(Path), Reference, Metadata);
        Kind ->
            ended(Kind, fxaot_trace:opened(Reference), maps:merge(Metadata, counts(Measurements))),
            answered(lists:droplast(Path), Reference, Metadata)
    end;
handle_event(_, _, _, _) -> ok.

began(Path, Reference, Metadata) ->
    Span = fxaot_span:start(name(Path), #{parent => fxaot_trace:current(), attributes => attributes(Metadata)}),
    Context = fxaot_span:context(Span),
    Before = fxaot_trace:set_current(Context),
    ok = fxaot_trace:open(Reference, {Span, Before}),
    requested(Path, Reference, Context, Metadata).

%% A span has its times.
counts(Measurements) -> maps:without([duration, monotonic_time, system_time], Measurements).

ended(Kind, {ok, {Span, Before}}, Metadata) ->
    restored(fxaot_span:context(Span), Before),
    fxaot_span:finish(Span, #{attributes => attributes(Metadata), status => status(Kind, Metadata)});
%% It began before there was a tracer.
ended(_, none, _) -> ok.

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
    fxaot_span:attributes(maps:without([telemetry_span_context, stacktrace, kind, orders, error], Metadata)).

status(exception, #{kind := Kind, reason := Reason}) -> {error, io_lib:format("~ts: ~0tP", [Kind, Reason, 12])};
status(stop, #{result := error, reason := Reason}) when is_atom(Reason) -> {error, words(Reason)};
status(stop, #{result := error} = Metadata) ->
    {error, io_lib:format("~0tP", [maps:get(reason, Metadata, undefined), 12])};
status(_, _) -> unset.

%% Only these two make orders.
requested([request], Reference, #{} = Context, #{request := Request}) when Request =:= submit; Request =:= close ->
    to_tracer({requested, Reference, Context});
requested(_, _, _, _) -> ok.

answered([request], Reference, #{engine := Engine, request := Request} = Metadata)
  when Request =:= submit; Request =:= close ->
    to_tracer({answered, Reference, Engine, maps:get(orders, Metadata, [])});
answered(_, _, _) -> ok.

to_tracer(Message) ->
    case whereis(?MODULE) of
        undefined -> ok;
        Pid ->
            Pid ! Message,
            ok
    end.

%% @doc In the engine's process, or the one that has found its state lost.
-spec handle_engine(fxaot_telemetry:event(), map(), map(), none) -> ok.
handle_engine([fxaot, engine, _], _, #{engine := Name}, none) -> to_tracer({waits, {gone, Name}}).

words(Reason) -> string:replace(atom_to_list(Reason), "_", " ", all).
