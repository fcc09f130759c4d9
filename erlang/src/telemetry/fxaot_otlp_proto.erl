%% @private Requests of OTLP as bytes, written by the numbers of opentelemetry-proto 1:
%% `ExportTraceServiceRequest', `ExportMetricsServiceRequest', `ExportLogsServiceRequest'.
%%
%% ```
%%   request ▶ resource: who sends ▶ scope: fxaot and its version ▶ spans | metrics | log records
%% '''
-module(fxaot_otlp_proto).

-export([traces/2, metrics/2, logs/2, partial/1, problem/1]).

-export_type([resource/0, attributes/0, value/0, span/0, metric/0, number_point/0, histogram_point/0, log/0]).

-import(fxaot_protobuf, [varint/2, fixed32/2, fixed64/2, text/2, bytes/2, message/2, packed_fixed64/2, packed_doubles/2,
                         one_of_varint/2, one_of_sfixed64/2, one_of_double/2, one_of_text/2]).

-define(MAX_INT64, 16#7FFFFFFFFFFFFFFF).

-type value() :: binary() | atom() | number() | [value()].
-type attributes() :: #{atom() | binary() => value()}.
%% `version': of the scope.
-type resource() :: #{attributes := attributes(), version := binary()}.
%% Times are nanoseconds since 1970; ids are 16 and 8 bytes; `parent' is empty for a root.
-type span() ::
        #{trace_id := binary(), span_id := binary(), name := binary(),
          start_time := non_neg_integer(), end_time := non_neg_integer(),
          parent => binary(), flags => 0..255, state => binary(), is_remote => boolean(),
          kind => internal | server | client | producer | consumer,
          attributes => attributes(),
          events => [#{time := non_neg_integer(), name := binary(), attributes => attributes()}],
          dropped_events => non_neg_integer(),
          links => [#{trace_id := binary(), span_id := binary(), flags => 0..255, is_remote => boolean(),
                      attributes => attributes()}],
          status => unset | ok | {error, unicode:chardata()}}.
-type number_point() ::
        #{attributes := attributes(), value := fxaot_protobuf:number_value(),
          start_time => non_neg_integer(), time := non_neg_integer()}.
%% `counts' has one more number than `bounds' and is not cumulative.
-type histogram_point() ::
        #{attributes := attributes(), counts := [non_neg_integer()], bounds := [number()],
          count := non_neg_integer(), sum := number(),
          start_time := non_neg_integer(), time := non_neg_integer()}.
-type metric() ::
        #{name := binary(), unit := binary(), help := unicode:chardata(), type := gauge | counter | histogram,
          points := [number_point() | histogram_point()]}.
-type log() ::
        #{time := non_neg_integer(), level := logger:level(), body := unicode:chardata(), attributes := attributes(),
          trace_id => binary(), span_id => binary(), flags => 0..255}.

%% ---- requests -------------------------------------------------------------------

%% @doc With how many of them are in it: one that cannot be written does not cost the others.
-spec traces(resource(), [span()]) -> {iodata(), Written :: non_neg_integer()}.
traces(Resource, Spans) -> some(Resource, fun span/1, Spans).

-spec metrics(resource(), [metric()]) -> iodata().
metrics(Resource, Metrics) -> request(Resource, [message(2, metric(Metric)) || Metric <- Metrics]).

-spec logs(resource(), [log()]) -> {iodata(), Written :: non_neg_integer()}.
logs(Resource, Logs) -> some(Resource, fun log/1, Logs).

some(Resource, Write, Items) ->
    Written = lists:append([written(Write, Item) || Item <- Items]),
    {request(Resource, Written), length(Written)}.

written(Write, Item) ->
    try [message(2, Write(Item))]
    catch error:_ -> []
    end.

%% The three requests have the same numbers down to the items.
request(#{attributes := Attributes, version := Version}, Items) ->
    Scope = [text(1, <<"fxaot">>), text(2, Version)],
    message(1, [message(1, attributes(1, Attributes)), message(2, [message(1, Scope), Items])]).

%% ---- spans ----------------------------------------------------------------------

span(#{trace_id := Trace, span_id := Id, name := Name, start_time := Start, end_time := End} = Span) ->
    [bytes(1, Trace), bytes(2, Id),
     text(3, maps:get(state, Span, <<>>)),
     bytes(4, maps:get(parent, Span, <<>>)),
     text(5, Name),
     varint(6, kind(maps:get(kind, Span, internal))),
     fixed64(7, Start), fixed64(8, End),
     attributes(9, maps:get(attributes, Span, #{})),
     [message(11, event(Event)) || Event <- maps:get(events, Span, [])],
     varint(12, maps:get(dropped_events, Span, 0)),
     [message(13, linked(Link)) || Link <- maps:get(links, Span, [])],
     status(maps:get(status, Span, unset)),
     fixed32(16, flags(Span))].

%% Bits 8 and 9: whether the parent is another service's, and that this is known.
flags(#{is_remote := true} = Span) -> maps:get(flags, Span, 1) bor 16#300;
flags(Span) -> maps:get(flags, Span, 1) bor 16#100.

kind(internal) -> 1;
kind(server) -> 2;
kind(client) -> 3;
kind(producer) -> 4;
kind(consumer) -> 5.

event(#{time := Time, name := Name} = Event) ->
    [fixed64(1, Time), text(2, Name), attributes(3, maps:get(attributes, Event, #{}))].

linked(#{trace_id := Trace, span_id := Id} = Link) ->
    [bytes(1, Trace), bytes(2, Id), attributes(4, maps:get(attributes, Link, #{})),
     fixed32(6, flags(Link))].

status(unset) -> [];
status(ok) -> message(15, varint(3, 1));
status({error, Sentence}) -> message(15, [text(2, Sentence), varint(3, 2)]).

%% ---- metrics --------------------------------------------------------------------

metric(#{name := Name, unit := Unit, help := Help, type := Type, points := Points}) ->
    [text(1, Name), text(2, Help), text(3, Unit), data(Type, Points)].

%% Temporality 2: cumulative.
data(gauge, Points) -> message(5, [message(1, number_point(Point)) || Point <- Points]);
data(counter, Points) ->
    message(7, [[message(1, number_point(Point)) || Point <- Points], varint(2, 2), varint(3, 1)]);
data(histogram, Points) -> message(9, [[message(1, histogram_point(Point)) || Point <- Points], varint(2, 2)]).

number_point(#{attributes := Attributes, value := Value, time := Time} = Point) ->
    [fixed64(2, maps:get(start_time, Point, 0)), fixed64(3, Time),
     case is_integer(Value) andalso abs(Value) =< ?MAX_INT64 of
         true -> one_of_sfixed64(6, Value);
         false -> one_of_double(4, Value)
     end,
     attributes(7, Attributes)].

histogram_point(#{attributes := Attributes, counts := Counts, bounds := Bounds, count := Count, sum := Sum,
                  start_time := Start, time := Time}) ->
    [fixed64(2, Start), fixed64(3, Time), fixed64(4, Count), one_of_double(5, Sum), packed_fixed64(6, Counts),
     packed_doubles(7, Bounds), attributes(9, Attributes)].

%% ---- logs -----------------------------------------------------------------------

log(#{time := Time, level := Level, body := Body, attributes := Attributes} = Log) ->
    [fixed64(1, Time), varint(2, severity(Level)), text(3, atom_to_binary(Level)),
     message(5, one_of_text(1, Body)), attributes(6, Attributes),
     fixed32(8, maps:get(flags, Log, 0)),
     bytes(9, maps:get(trace_id, Log, <<>>)), bytes(10, maps:get(span_id, Log, <<>>)),
     fixed64(11, Time)].

%% The numbers that the data model of logs gives the levels of syslog.
severity(debug) -> 5;
severity(info) -> 9;
severity(notice) -> 10;
severity(warning) -> 13;
severity(error) -> 17;
severity(critical) -> 18;
severity(alert) -> 19;
severity(emergency) -> 21.

%% ---- attributes -----------------------------------------------------------------

attributes(Field, Attributes) ->
    [message(Field, [text(1, key(Key)), message(2, any(Value))])
     || {Key, Value} <- lists:sort([{key(Key), Value} || {Key, Value} <- maps:to_list(Attributes)])].

key(Key) when is_atom(Key) -> atom_to_binary(Key);
key(Key) -> Key.

any(Value) when is_boolean(Value) -> one_of_varint(2, case Value of true -> 1; false -> 0 end);
any(Value) when is_atom(Value) -> one_of_text(1, atom_to_binary(Value));
any(Value) when is_binary(Value) -> one_of_text(1, Value);
any(Value) when is_integer(Value), abs(Value) =< ?MAX_INT64 -> one_of_varint(3, Value);
any(Value) when is_number(Value) -> one_of_double(4, Value);
any(Values) when is_list(Values) -> message(5, [message(1, any(Value)) || Value <- Values]).

%% ---- answers --------------------------------------------------------------------

%% @doc How many items a receiver refused of a request that it accepted, and why.
-spec partial(binary()) -> {Refused :: non_neg_integer(), Why :: binary()}.
partial(Answer) ->
    case fxaot_protobuf:fields(Answer) of
        [_ | _] = Fields ->
            case [Partial || {1, Partial} <- Fields, is_binary(Partial)] of
                [Partial | _] -> partial_success(fxaot_protobuf:fields(Partial));
                [] -> {0, <<>>}
            end;
        _ -> {0, <<>>}
    end.

partial_success(Fields) when is_list(Fields) ->
    Refused = [Count || {1, Count} <- Fields, is_integer(Count), Count =< ?MAX_INT64],
    Why = [Text || {2, Text} <- Fields, is_binary(Text)],
    {lists:last([0 | Refused]), lists:last([<<>> | Why])};
partial_success(error) -> {0, <<>>}.

%% @doc What the `google.rpc.Status' in an answer with an error says; nothing when it is something else.
-spec problem(binary()) -> binary().
problem(Answer) ->
    case fxaot_protobuf:fields(Answer) of
        Fields when is_list(Fields) -> lists:last([<<>> | [Text || {2, Text} <- Fields, is_binary(Text)]]);
        error -> <<>>
    end.
