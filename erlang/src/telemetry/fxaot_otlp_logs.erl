%% @private A handler of the logger that queues the application's log lines for their export.
%%
%% It is there only while they are exported. It writes a line in the process that logs it, and never waits.
-module(fxaot_otlp_logs).

-export([add_handler/0, remove_handler/0, log/2]).

%% Longer lines are cut.
-define(MOST_CHARACTERS, 8192).

-spec add_handler() -> ok.
add_handler() ->
    %% Only lines of this application, which have its domain.
    Filter = {fun logger_filters:domain/2, {log, sub, [fxaot]}},
    _ = logger:add_handler(?MODULE, ?MODULE, #{level => all, filter_default => stop, filters => [{fxaot, Filter}]}),
    ok.

-spec remove_handler() -> ok.
remove_handler() ->
    _ = logger:remove_handler(?MODULE),
    ok.

%% @doc For the logger alone.
-spec log(logger:log_event(), logger:handler_config()) -> ok.
log(#{level := Level, meta := Meta} = Event, _) ->
    Text = logger_formatter:format(Event, #{template => [msg], single_line => false, chars_limit => ?MOST_CHARACTERS}),
    Log = #{time => map_get(time, Meta) * 1000, level => Level, body => fxaot_protobuf:utf8(Text),
            attributes => attributes(Event)},
    _ = fxaot_otlp_queue:offer(logs, with_trace(Meta, Log)),
    ok.

attributes(#{meta := Meta} = Event) ->
    maps:from_list(
      [{<<"fxaot.", (atom_to_binary(Key))/binary>>, map_get(Key, Meta)}
       || Key <- [engine, group, strategy], is_map_key(Key, Meta),
          is_atom(map_get(Key, Meta)) orelse is_binary(map_get(Key, Meta))]
      ++ [{<<"fxaot.reason">>, Reason} || #{msg := {report, #{reason := Reason}}} <- [Event], is_atom(Reason)]
      ++ code(Meta)
      ++ [{<<"thread.name">>, list_to_binary(pid_to_list(Pid))} || #{pid := Pid} <- [Meta]]).

code(#{mfa := {Module, Function, Arity}} = Meta) ->
    [{<<"code.function.name">>, iolist_to_binary(io_lib:format("~tw:~tw/~b", [Module, Function, Arity]))}
     | [{<<"code.line.number">>, Line} || #{line := Line} <- [Meta]]];
code(_) -> [].

with_trace(#{trace_id := Trace, span_id := Span} = Meta, Log) ->
    %% Other libraries use these keys too: what is not as W3C writes it is left out.
    case {id(Trace, 16), id(Span, 8), maps:get(trace_flags, Meta, 0)} of
        {<<_, _/binary>> = TraceId, <<_, _/binary>> = SpanId, Flags} ->
            Log#{trace_id => TraceId, span_id => SpanId, flags => flags(Flags)};
        _ -> Log
    end;
with_trace(_, Log) -> Log.

id(Text, Bytes) ->
    try binary:decode_hex(iolist_to_binary(Text)) of
        <<Id:Bytes/binary>> -> Id;
        _ -> none
    catch error:_ -> none
    end.

%% A number, or two digits of hex.
flags(Flags) when is_integer(Flags), Flags >= 0, Flags =< 255 -> Flags;
flags(Flags) ->
    case id(Flags, 1) of
        <<Value>> -> Value;
        none -> 0
    end.
