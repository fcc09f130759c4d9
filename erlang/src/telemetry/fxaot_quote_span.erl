%% @private Spans of single quotes, one in so many (`quote_spans' of the key `otlp'); off by default.
%%
%% While they are off, a quote pays nothing for them: only an engine that starts while they are on has a target that
%% says so. A span holds the call of {@link fxaot:tick/5} as its caller sees it, with the events that it returned. In
%% actor mode that is the way into the mailbox.
-module(fxaot_quote_span).

-include("../../include/fxaot.hrl").

-export([configure/1, sampled/1, tick/5, tick/8]).

-define(KEY, {?MODULE, every}).
-define(MOST_EVENTS, 128).

%% @doc For the application's start.
-spec configure(none | pos_integer()) -> ok.
configure(none) ->
    _ = persistent_term:erase(?KEY),
    ok;
configure(Every) -> persistent_term:put(?KEY, Every).

%% @doc The target that an engine gets.
-spec sampled(fxaot_names:target()) -> fxaot_names:target() | fxaot_names:sampled().
sampled(Target) ->
    case persistent_term:get(?KEY, none) of
        none -> Target;
        Every -> {sampled, Every, atomics:new(1, [{signed, false}]), Target}
    end.

%% @doc Sends a quote, and traces it when it is its turn.
-spec tick(Every :: pos_integer(), atomics:atomics_ref(), fxaot_names:target(), fxaot:engine(), Symbol :: atom(),
           TimeNs :: integer(), Bid :: number(), Ask :: number()) -> term().
tick(Every, Counter, {engine, _, Handle} = Target, Engine, Symbol, Time, Bid, Ask) ->
    case atomics:add_get(Counter, 1, 1) rem Every of
        0 -> traced(Target, Engine, {Symbol, Time, Bid, Ask});
        _ -> fxaot_nif:tick(Handle, Symbol, Time, Bid, Ask)
    end;
tick(Every, Counter, Target, Engine, Symbol, Time, Bid, Ask) ->
    tick(Every, Counter, Target, Engine, {Symbol, Time, Bid, Ask}).

%% @doc The same, with sizes too.
-spec tick(Every :: pos_integer(), atomics:atomics_ref(), fxaot_names:target(), fxaot:engine(), Quote :: tuple()) ->
          term().
tick(Every, Counter, Target, Engine, Quote) ->
    case atomics:add_get(Counter, 1, 1) rem Every of
        0 -> traced(Target, Engine, Quote);
        _ -> sent(Target, Engine, Quote)
    end.

sent({engine, _, Handle}, _, Quote) -> apply(fxaot_nif, tick, [Handle | tuple_to_list(Quote)]);
sent({send, _, _, Destination}, _, Quote) -> apply(fxaot_nif, send, [Destination | tuple_to_list(Quote)]);
sent({call, Name}, Engine, Quote) -> fxaot_engine_call:ask(Name, Engine, erlang:insert_element(1, Quote, tick)).

traced(Target, Engine, Quote) ->
    [Symbol, Time, Bid, Ask | _] = tuple_to_list(Quote),
    Begun = safely(fun() ->
                           Attributes = #{engine => element(2, Target), symbol => Symbol, time => Time, bid => Bid,
                                          ask => Ask, way => way(Target)},
                           fxaot_span:start(<<"fxaot.quote">>, #{parent => fxaot_trace:current(),
                                                                 attributes => fxaot_span:attributes(Attributes)})
                   end),
    Answer = sent(Target, Engine, Quote),
    _ = [safely(fun() -> fxaot_span:finish(Span, ending(Answer)) end) || {ok, Span} <- [Begun]],
    Answer.

%% The quote goes on without a span, whatever another library does.
safely(Function) ->
    try {ok, Function()}
    catch _:_ -> failed
    end.

way({engine, _, _}) -> inline;
way({send, _, Kind, _}) -> Kind;
way({call, _}) -> process.

ending([_ | _] = Events) ->
    Now = erlang:system_time(nanosecond),
    #{attributes => #{<<"fxaot.events">> => length(Events)},
      events => [#{time => Now, name => atom_to_binary(element(1, Event)), attributes => described(Event)}
                 || Event <- lists:sublist(Events, ?MOST_EVENTS)]};
ending({error, Reason}) -> #{status => {error, fxaot_error:format_error(Reason)}};
ending(_) -> #{}.

described(#signal{id = Strategy, strength = Strength}) ->
    fxaot_span:attributes(#{strategy => Strategy, strength => Strength});
described(#order{id = Number, strategy = Strategy, state = State}) ->
    fxaot_span:attributes(#{order => Number, strategy => Strategy, state => State});
described(#fill{order_id = Number, strategy = Strategy}) ->
    fxaot_span:attributes(#{order => Number, strategy => Strategy});
described(#reject{order_id = Number, strategy = Strategy, reason = Reason}) ->
    fxaot_span:attributes(#{order => Number, strategy => Strategy, reason => Reason});
described(_) -> #{}.
