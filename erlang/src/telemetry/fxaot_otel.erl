%% @private The adapter to opentelemetry-erlang: where its SDK is in the release, spans are its spans, and it exports
%% them by its own configuration.
%%
%% Written against opentelemetry_api 1; its functions are called by name, so that nothing depends on it.
-module(fxaot_otel).

-export([is_present/0, current/0, start/2, finish/2]).

%% @doc Whether the SDK is there; the API alone records nothing.
-spec is_present() -> boolean().
is_present() ->
    lists:all(fun(Module) -> element(1, code:ensure_loaded(Module)) =:= module end,
              [opentelemetry, otel_tracer, otel_span, otel_ctx, otel_tracer_default]).

%% @doc The span that the calling process is in; a look-up when the library is not loaded.
-spec current() -> fxaot_trace:context() | none.
current() ->
    case erlang:function_exported(otel_tracer, current_span_ctx, 0) of
        false -> none;
        true ->
            case call(otel_tracer, current_span_ctx, []) of
                undefined -> none;
                Span -> context(Span)
            end
    end.

context(Span) ->
    case {call(otel_span, trace_id, [Span]), call(otel_span, span_id, [Span])} of
        {Trace, Id} when is_integer(Trace), Trace > 0, is_integer(Id), Id > 0 ->
            Flags = case call(otel_span, is_recording, [Span]) of
                        true -> 1;
                        _ -> 0
                    end,
            #{trace_id => <<Trace:128>>, span_id => <<Id:64>>, flags => Flags, otel => Span};
        _ -> none
    end.

%% @doc Starts a span of the library.
-spec start(Name :: binary(), fxaot_span:options()) -> fxaot_trace:context() | none.
start(Name, Options) ->
    Parent = case maps:get(parent, Options, none) of
                 none -> call(otel_ctx, new, []);
                 Context -> call(otel_tracer, set_current_span, [call(otel_ctx, new, []), native(Context)])
             end,
    Links = [call(opentelemetry, link, [Trace, Id, maps:get(attributes, Link, #{}), []])
             || #{trace_id := <<Trace:128>>, span_id := <<Id:64>>} = Link <- maps:get(links, Options, [])],
    context(call(otel_tracer, start_span,
                 [Parent, call(opentelemetry, get_tracer, [fxaot]), Name,
                  maps:from_list([{kind, maps:get(kind, Options, internal)},
                                  {attributes, maps:get(attributes, Options, #{})}, {links, Links}
                                  | [{start_time, timestamp(Start)} || #{start_time := Start} <- [Options]]])])).

%% The library's times are monotonic and native.
timestamp(Nanoseconds) ->
    erlang:convert_time_unit(Nanoseconds, nanosecond, native) - erlang:time_offset().

native(#{otel := Span}) -> Span;
native(#{trace_id := <<Trace:128>>, span_id := <<Id:64>>, flags := Flags}) ->
    call(otel_tracer, from_remote_span, [Trace, Id, Flags]).

%% @doc Ends a span.
-spec finish(fxaot_trace:context(), fxaot_span:ending()) -> ok.
finish(#{otel := Span}, Ending) ->
    _ = call(otel_span, set_attributes, [Span, maps:get(attributes, Ending, #{})]),
    _ = [call(otel_span, add_event, [Span, Name, maps:get(attributes, Event, #{})])
         || #{name := Name} = Event <- maps:get(events, Ending, [])],
    _ = case maps:get(status, Ending, unset) of
            {error, Sentence} ->
                call(otel_span, set_status,
                     [Span, call(opentelemetry, status, [error, unicode:characters_to_binary(Sentence)])]);
            _ -> ok
        end,
    _ = call(otel_span, end_span, [Span | [timestamp(End) || #{end_time := End} <- [Ending]]]),
    ok.

%% The modules are in another application, or nowhere.
call(Module, Function, Arguments) -> apply(Module, Function, Arguments).
