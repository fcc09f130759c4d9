%% @private The trace that a process works for: ids of W3C's Trace Context, in the process dictionary.
%%
%% A caller gives it as the option `traceparent', or with opentelemetry-erlang, whose current span is the parent where
%% that library is loaded. It goes along to processes that work for the caller.
-module(fxaot_trace).

-export([parse/1, header/1, option/3, current/0, set_current/1, within/2, contained/1, open/2, opened/1, log_metadata/0]).

-export_type([context/0]).

%% `is_remote': it came from another program. `otel': the span of opentelemetry-erlang.
-type context() ::
        #{trace_id := <<_:128>>, span_id := <<_:64>>, flags := 0..255, is_remote => boolean(), otel => term()}.

-define(KEY, '$fxaot_trace').
%% The spans that a process has begun and not ended.
-define(OPEN, '$fxaot_spans').

%% @doc Reads a `traceparent': `00-<32 hex digits>-<16>-<2>'. Of later versions the fields that are known.
-spec parse(term()) -> {ok, context()} | error.
parse(<<"00-", Fields:52/binary>>) -> fields(Fields);
parse(<<Version:2/binary, "-", Fields:52/binary, Rest/binary>>) when Version =/= <<"00">>, Version =/= <<"ff">> ->
    case {is_hex(Version), Rest} of
        {true, <<>>} -> fields(Fields);
        {true, <<"-", _/binary>>} -> fields(Fields);
        _ -> error
    end;
parse(_) -> error.

fields(<<Trace:32/binary, "-", Span:16/binary, "-", Flags:2/binary>>) ->
    case lists:all(fun is_hex/1, [Trace, Span, Flags]) of
        true -> ids(binary:decode_hex(Trace), binary:decode_hex(Span), binary:decode_hex(Flags));
        false -> error
    end;
fields(_) -> error.

ids(<<0:128>>, _, _) -> error;
ids(_, <<0:64>>, _) -> error;
ids(Trace, Span, <<Flags>>) -> {ok, #{trace_id => Trace, span_id => Span, flags => Flags, is_remote => true}}.

%% Lower case only.
is_hex(Text) -> lists:all(fun(Digit) -> Digit >= $0 andalso Digit =< $9 orelse Digit >= $a andalso Digit =< $f end,
                          binary_to_list(Text)).

%% @doc The context as a `traceparent'.
-spec header(context()) -> binary().
header(#{trace_id := Trace, span_id := Span, flags := Flags}) ->
    <<"00-", (hex(Trace))/binary, "-", (hex(Span))/binary, "-", (hex(<<Flags>>))/binary>>.

hex(Bytes) -> string:lowercase(binary:encode_hex(Bytes)).

%% @doc Takes the option `traceparent' out of a caller's map; Reason and Key are those of its error.
-spec option(Reason :: atom(), Key :: atom(), map()) -> {ok, context() | none, Rest :: map()} | fxaot:error().
option(Reason, Key, #{traceparent := Given} = Options) ->
    case parse(Given) of
        {ok, Context} -> {ok, Context, maps:remove(traceparent, Options)};
        error ->
            {error, {Reason, #{Key => traceparent, value => Given,
                               expected => "a binary like 00-<trace id>-<span id>-<flags>, in lower-case hex"}}}
    end;
option(_, _, Options) -> {ok, none, Options}.

%% @doc The context that the caller works in.
-spec current() -> context() | none.
current() ->
    case get(?KEY) of
        undefined -> fxaot_otel:current();
        Context -> Context
    end.

%% @doc Returns the context before.
-spec set_current(context() | none) -> context() | none.
set_current(none) -> before(erase(?KEY));
set_current(Context) -> before(put(?KEY, Context)).

before(undefined) -> none;
before(Context) -> Context.

%% @doc Runs a function in a context; in the caller's when there is none. The caller's is as before afterwards, also when
%% the function has begun a span that goes on.
-spec within(context() | none, fun(() -> Result)) -> Result.
within(Context, Function) ->
    Before = get(?KEY),
    _ = [set_current(Context) || Context =/= none],
    try Function()
    after put_back(?KEY, Before)
    end.

%% @doc Runs a function whose spans end with it, also when whoever handles their ends is gone by then.
-spec contained(fun(() -> Result)) -> Result.
contained(Function) ->
    {Before, Open} = {get(?KEY), get(?OPEN)},
    try Function()
    after
        put_back(?KEY, Before),
        put_back(?OPEN, Open)
    end.

put_back(Key, undefined) -> erase(Key);
put_back(Key, Value) -> put(Key, Value).

%% @doc Keeps a span of the calling process until its end.
-spec open(reference(), Span :: term()) -> ok.
open(Reference, Span) ->
    _ = put(?OPEN, (spans())#{Reference => Span}),
    ok.

%% @doc Takes it out.
-spec opened(reference()) -> {ok, Span :: term()} | none.
opened(Reference) ->
    case maps:take(Reference, spans()) of
        {Span, Rest} ->
            _ = put_back(?OPEN, case map_size(Rest) of
                                    0 -> undefined;
                                    _ -> Rest
                                end),
            {ok, Span};
        error -> none
    end.

spans() ->
    case get(?OPEN) of
        undefined -> #{};
        Spans -> Spans
    end.

%% @doc The ids for a log line, in hex.
-spec log_metadata() -> #{atom() => term()}.
log_metadata() ->
    case current() of
        none -> #{};
        #{trace_id := Trace, span_id := Span, flags := Flags} ->
            #{trace_id => hex(Trace), span_id => hex(Span), trace_flags => Flags}
    end.
