%% @private Spans of single quotes, about one in so many (`quote_spans' of the key `otlp'); off by default.
%%
%% Native code picks them among the quotes that it times, and writes down the times of their stages. So a quote pays
%% nothing for them. The tracer reads them once a second.
-module(fxaot_quote_span).

-include("../../include/fxaot.hrl").

-export([configure/1, trace/1, span/5]).

-define(KEY, {?MODULE, every}).
-define(MOST_EVENTS, 128).

%% @doc For the tracer: what engines keep from now on. `off': they need not keep anything.
-spec configure(off | none | pos_integer()) -> ok.
configure(off) ->
    _ = persistent_term:erase(?KEY),
    ok;
configure(Every) -> persistent_term:put(?KEY, Every).

%% @doc For an engine's process: its engine keeps what is configured.
-spec trace(fxaot_nif:handle()) -> ok.
trace(Engine) ->
    case persistent_term:get(?KEY, off) of
        off -> ok;
        Every ->
            %% Without memory there are no traces.
            _ = fxaot_nif:trace(Engine, Every),
            ok
    end.

%% @doc The span of a quote, whose stages and whose orders' events are the span's events. Now: when it was read.
-spec span(Engine :: atom(), inline | actor, Now :: integer(), fxaot_nif:traced_quote(),
           [{Time :: integer(), fxaot_nif:event()}]) -> ok.
span(Engine, Mode, Now, {Symbol, Time, Bid, Ask, Age, Status, _, Count, Steps}, Caused) ->
    End = Now - Age,
    Start = End - round(lists:sum([Ns || {_, Ns} <- Steps])),
    Span = fxaot_span:start(<<"fxaot.quote">>,
                            #{start_time => Start,
                              attributes => maps:merge(fxaot_span:attributes(#{engine => Engine, symbol => Symbol,
                                                                               time => Time, bid => Bid, ask => Ask,
                                                                               way => way(Mode), events => Count}),
                                                       sums(Steps))}),
    Events = [#{time => At, name => atom_to_binary(element(1, Event)), attributes => described(Event)}
              || {At, Event} <- lists:sublist(Caused, ?MOST_EVENTS)],
    fxaot_span:finish(Span, #{end_time => End, status => status(Status),
                              events => stages(Start, Steps) ++ Events}).

way(inline) -> inline;
way(actor) -> mailbox.

%% A stage may come twice: bars that a time ends close before the quote is traded, bars of so many ticks after it.
sums(Steps) ->
    lists:foldl(fun({Stage, Ns}, Sums) ->
                        maps:update_with(<<"fxaot.", (atom_to_binary(Stage))/binary, "_ns">>,
                                         fun(Sum) -> Sum + Ns end, Ns, Sums)
                end, #{}, Steps).

%% Each at its end.
stages(Start, Steps) ->
    {Events, _} = lists:mapfoldl(fun({Stage, Ns}, Before) ->
                                         {#{time => Start + round(Before + Ns), name => atom_to_binary(Stage),
                                            attributes => fxaot_span:attributes(#{ns => Ns})}, Before + Ns}
                                 end, 0.0, Steps),
    Events.

status(ok) -> unset;
status(Reason) -> {error, string:replace(atom_to_list(Reason), "_", " ", all)}.

described(#signal{id = Strategy, strength = Strength}) ->
    fxaot_span:attributes(#{strategy => Strategy, strength => Strength});
described(#order{id = Number, strategy = Strategy, state = State}) ->
    fxaot_span:attributes(#{order => Number, strategy => Strategy, state => State});
described(#fill{order_id = Number, strategy = Strategy}) ->
    fxaot_span:attributes(#{order => Number, strategy => Strategy});
described(#reject{order_id = Number, strategy = Strategy, reason = Reason}) ->
    fxaot_span:attributes(#{order => Number, strategy => Strategy, reason => Reason});
described(_) -> #{}.
