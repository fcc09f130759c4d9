%% @private Spans: begun, ended, sampled, and put into the queue of the exporter, or given to opentelemetry-erlang.
%%
%% A span that is not sampled has ids all the same, so that its children are not sampled either.
-module(fxaot_span).

-export([configure/1, forget/0, start/2, finish/2, context/1, attributes/1]).

-export_type([span/0, options/0, ending/0, sampling/0]).

-define(KEY, {?MODULE, config}).
-define(RANDOM, '$fxaot_random').
-define(MOST_EVENTS, 128).
-define(MOST_CHARACTERS, 1024).

%% `start_time': nanoseconds since 1970; now, unless given.
-type options() :: #{parent => fxaot_trace:context() | none, kind => internal | client | producer,
                     attributes => fxaot_otlp_proto:attributes(), links => [fxaot_trace:context()],
                     start_time => non_neg_integer()}.
-type ending() :: #{attributes => fxaot_otlp_proto:attributes(), status => unset | {error, unicode:chardata()},
                    events => [#{time := non_neg_integer(), name := binary(),
                                 attributes => fxaot_otlp_proto:attributes()}],
                    end_time => non_neg_integer()}.
%% Who decides which spans are kept: we, or opentelemetry-erlang.
-type sampling() :: {fxaot_otlp_config:sampler(), Ratio :: float()} | otel.
%% What is needed at its end; `monotonic' so that a clock that is set does not change durations.
-opaque span() :: {own, fxaot_trace:context(), Monotonic :: integer(), fxaot_otlp_proto:span()}
                | {unsampled, fxaot_trace:context()}
                | {otel, fxaot_trace:context()}
                | off.

%% @doc For the application's start: replacing the term scans every heap.
-spec configure(sampling()) -> ok.
configure(Sampling) -> persistent_term:put(?KEY, Sampling).

-spec forget() -> ok.
forget() ->
    _ = persistent_term:erase(?KEY),
    ok.

-spec start(Name :: binary(), options()) -> span().
start(Name, Options) ->
    case persistent_term:get(?KEY, off) of
        off -> off;
        otel ->
            case fxaot_otel:start(Name, Options) of
                none -> off;
                Context -> {otel, Context}
            end;
        {Sampler, Ratio} ->
            Parent = maps:get(parent, Options, none),
            Trace = case Parent of
                        none -> id(16);
                        #{trace_id := Id} -> Id
                    end,
            begun(is_sampled(Sampler, Ratio, Parent, Trace), Name, Parent, Trace, Options)
    end.

begun(false, _, _, Trace, _) -> {unsampled, #{trace_id => Trace, span_id => id(8), flags => 0}};
begun(true, Name, Parent, Trace, Options) ->
    Now = erlang:system_time(nanosecond),
    Id = id(8),
    Span = (maps:with([kind, attributes, links], Options))
        #{trace_id => Trace, span_id => Id, flags => 1, name => Name,
          start_time => maps:get(start_time, Options, Now), end_time => 0},
    {own, #{trace_id => Trace, span_id => Id, flags => 1}, erlang:monotonic_time(nanosecond), below(Parent, Span)}.

below(none, Span) -> Span;
below(#{span_id := Parent} = Context, Span) ->
    Span#{parent => Parent, is_remote => maps:get(is_remote, Context, false)}.

%% Never all zeros. With a state of its own: the caller may need the random numbers of a seed that it has set.
id(Bytes) ->
    State = case get(?RANDOM) of
                undefined -> rand:seed_s(exsss);
                Before -> Before
            end,
    {Id, Next} = rand:bytes_s(Bytes, State),
    _ = put(?RANDOM, Next),
    case Id of
        <<0:Bytes/unit:8>> -> id(Bytes);
        _ -> Id
    end.

is_sampled(parentbased_always_on, _, none, _) -> true;
is_sampled(parentbased_always_off, _, none, _) -> false;
is_sampled(parentbased_traceidratio, Ratio, none, Trace) -> is_within(Ratio, Trace);
is_sampled(always_on, _, _, _) -> true;
is_sampled(always_off, _, _, _) -> false;
is_sampled(traceidratio, Ratio, _, Trace) -> is_within(Ratio, Trace);
is_sampled(_, _, #{flags := Flags}, _) -> Flags band 1 =:= 1.

%% By the id alone, so that all programs decide alike.
is_within(Ratio, <<_:65, Low:63>>) -> Low < Ratio * (1 bsl 63).

%% @doc Ends a span, now unless `end_time' is given.
-spec finish(span(), ending()) -> ok.
finish({own, _, Monotonic, #{start_time := Start} = Span}, Ending) ->
    End = maps:get(end_time, Ending, Start + erlang:monotonic_time(nanosecond) - Monotonic),
    Events = maps:get(events, Ending, []),
    _ = fxaot_otlp_queue:offer(traces,
                               Span#{end_time := max(Start, End),
                                     attributes => maps:merge(maps:get(attributes, Span, #{}),
                                                              maps:get(attributes, Ending, #{})),
                                     events => lists:sublist(Events, ?MOST_EVENTS),
                                     dropped_events => max(0, length(Events) - ?MOST_EVENTS),
                                     status => maps:get(status, Ending, unset)}),
    ok;
finish({otel, Context}, Ending) -> fxaot_otel:finish(Context, Ending);
finish(_, _) -> ok.

%% @doc For children, links and log lines; none when traces are off.
-spec context(span()) -> fxaot_trace:context() | none.
context({own, Context, _, _}) -> Context;
context({unsampled, Context}) -> Context;
context({otel, Context}) -> Context;
context(off) -> none.

%% @doc Those of a map that can be attributes, under names that begin with `fxaot.'.
-spec attributes(#{atom() => term()}) -> fxaot_otlp_proto:attributes().
attributes(Map) ->
    maps:from_list([{<<"fxaot.", (atom_to_binary(Key))/binary>>, Shown}
                    || {Key, Value} <- maps:to_list(Map), Shown <- [shown(Value)], Shown =/= undefined]).

shown(Value) when is_atom(Value); is_number(Value) -> Value;
shown(Value) when is_binary(Value) ->
    case io_lib:printable_unicode_list(unicode_list(Value)) of
        true -> string:slice(Value, 0, ?MOST_CHARACTERS);
        false -> binary:encode_hex(binary:part(Value, 0, min(64, byte_size(Value))))
    end;
shown(_) -> undefined.

unicode_list(Value) ->
    case unicode:characters_to_list(Value) of
        List when is_list(List) -> List;
        _ -> [0]
    end.
