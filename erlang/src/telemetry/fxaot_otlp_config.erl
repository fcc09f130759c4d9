%% @private What is exported, where to and how: the variables of OpenTelemetry and the application's key `otlp', a map
%% of the same meaning. docs/telemetry.md lists both.
%%
%% A variable wins over the key. A wrong option of the key stops the application's start; a wrong variable is
%% logged and ignored, as OpenTelemetry asks for: it may be meant for another program.
-module(fxaot_otlp_config).

-export([check/1, read/0, read/2, quote_spans/0, options/0, signals/0]).

-export_type([signal/0, config/0, target/0, sampler/0, batching/0]).

-define(MOST_MS, 16#FFFFFFFF).

-type signal() :: traces | metrics | logs.
-type sampler() :: always_on | always_off | traceidratio
                 | parentbased_always_on | parentbased_always_off | parentbased_traceidratio.
%% Where one signal goes. `timeout' is for one request.
-type target() ::
        #{url := string(), headers := [{string(), string()}], timeout := pos_integer(), compression := none | gzip,
          certificate := none | file:name_all(), client_certificate := none | file:name_all(),
          client_key := none | file:name_all(), batching := batching()}.
%% `delay' is the time between two exports, `export_timeout' how long one batch is tried. Metrics have no queue.
-type batching() ::
        #{delay := pos_integer(), export_timeout := pos_integer(), queue => pos_integer(), batch => pos_integer(),
          retry_pause := pos_integer(), shutdown_timeout := non_neg_integer()}.
-type config() ::
        #{targets := #{signal() => target()}, resource := fxaot_otlp_proto:resource(),
          sampler := sampler(), sampler_ratio := float(), shutdown_timeout := non_neg_integer()}.
-type kind() :: url | pairs | milliseconds | from_0_ms | count | ratio | boolean | text | path | exporter | {one_of, [atom()]}
              | count_or_none.
-type option() :: {Option :: atom(), Variable :: string() | none, kind(), Default :: term()}.

-spec signals() -> [signal()].
signals() -> [traces, metrics, logs].

%% @doc Every option of the key `otlp', the variable that has the same meaning, and its default.
-spec options() -> [option()].
options() ->
    [{disabled, "OTEL_SDK_DISABLED", boolean, false}]
        ++ lists:append([of_signals(Option, "OTEL_EXPORTER_OTLP_" ++ Name, Kind, Default)
                         || {Option, Name, Kind, Default} <-
                                [{endpoint, "ENDPOINT", url, none}, {headers, "HEADERS", pairs, #{}},
                                 {timeout, "TIMEOUT", milliseconds, 10000},
                                 {compression, "COMPRESSION", {one_of, [none, gzip]}, none},
                                 {certificate, "CERTIFICATE", path, none},
                                 {client_certificate, "CLIENT_CERTIFICATE", path, none},
                                 {client_key, "CLIENT_KEY", path, none}]])
        ++ [{Signal, "OTEL_" ++ upper(Signal) ++ "_EXPORTER", exporter, otlp} || Signal <- signals()]
        ++ [{service_name, "OTEL_SERVICE_NAME", text, none},
            {resource, "OTEL_RESOURCE_ATTRIBUTES", pairs, #{}},
            {sampler, "OTEL_TRACES_SAMPLER",
             {one_of, [always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off,
                       parentbased_traceidratio]}, parentbased_always_on},
            {sampler_ratio, "OTEL_TRACES_SAMPLER_ARG", ratio, 1.0},
            {traces_delay, "OTEL_BSP_SCHEDULE_DELAY", milliseconds, 5000},
            {traces_export_timeout, "OTEL_BSP_EXPORT_TIMEOUT", milliseconds, 30000},
            {traces_queue, "OTEL_BSP_MAX_QUEUE_SIZE", count, 2048},
            {traces_batch, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", count, 512},
            {logs_delay, "OTEL_BLRP_SCHEDULE_DELAY", milliseconds, 1000},
            {logs_export_timeout, "OTEL_BLRP_EXPORT_TIMEOUT", milliseconds, 30000},
            {logs_queue, "OTEL_BLRP_MAX_QUEUE_SIZE", count, 2048},
            {logs_batch, "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", count, 512},
            {metrics_delay, "OTEL_METRIC_EXPORT_INTERVAL", milliseconds, 60000},
            {metrics_export_timeout, "OTEL_METRIC_EXPORT_TIMEOUT", milliseconds, 30000},
            {quote_spans, none, count_or_none, none},
            {retry_pause, none, milliseconds, 1000},
            {shutdown_timeout, none, from_0_ms, 5000}].

%% One for all signals, and one for each that takes its place.
of_signals(Option, Variable, Kind, Default) ->
    [{Option, Variable, Kind, Default}
     | [{of_signal(Signal, Option), signal_variable(Signal, Variable), Kind, none} || Signal <- signals()]].

signal_variable(Signal, "OTEL_EXPORTER_OTLP_" ++ Name) -> "OTEL_EXPORTER_OTLP_" ++ upper(Signal) ++ "_" ++ Name.

of_signal(Signal, Option) -> list_to_atom(atom_to_list(Signal) ++ "_" ++ atom_to_list(Option)).

upper(Atom) -> string:uppercase(atom_to_list(Atom)).

%% ---- checking -------------------------------------------------------------------

%% @doc Checks the value of the key `otlp'. Values are not in the error: headers may be secrets.
-spec check(term()) -> ok | fxaot:error().
check(Given) when is_map(Given) ->
    Known = [Option || {Option, _, _, _} <- options()],
    case [Option || Option <- maps:keys(Given), not lists:member(Option, Known)] of
        [] -> checked([{Option, Kind, map_get(Option, Given)}
                       || {Option, _, Kind, Default} <- options(), is_map_key(Option, Given),
                          %% What is left out may be none.
                          Default =/= none orelse map_get(Option, Given) =/= none]);
        [Unknown | _] ->
            Near = fxaot_near_miss:suggestion(Unknown, Known),
            {error, {unknown_key, Near#{key => Unknown, known => Known, in => otlp}}}
    end;
check(_) -> {error, {bad_key, #{key => otlp, expected => "a map of options"}}}.

checked([]) -> ok;
checked([{Option, Kind, Value} | Rest]) ->
    case is_valid(Kind, Value) of
        true -> checked(Rest);
        false -> {error, {bad_key, #{key => Option, in => otlp, expected => expected(Kind)}}}
    end.

is_valid(url, Value) -> is_text(Value) andalso is_url(Value);
is_valid(pairs, Value) ->
    is_map(Value) andalso lists:all(fun({Key, Each}) -> is_name(Key) andalso is_value(Each) end, maps:to_list(Value));
is_valid(milliseconds, Value) -> is_integer(Value) andalso Value > 0 andalso Value =< ?MOST_MS;
is_valid(from_0_ms, Value) -> Value =:= 0 orelse is_valid(milliseconds, Value);
is_valid(count, Value) -> is_integer(Value) andalso Value > 0 andalso Value =< 1000000;
is_valid(count_or_none, Value) -> is_integer(Value) andalso Value > 0;
is_valid(ratio, Value) -> is_number(Value) andalso Value >= 0 andalso Value =< 1;
is_valid(boolean, Value) -> is_boolean(Value);
is_valid(text, Value) -> is_text(Value);
is_valid(path, Value) -> is_text(Value);
is_valid(exporter, Value) -> lists:member(Value, [otlp, none]);
is_valid({one_of, Names}, Value) -> lists:member(Value, Names).

is_text(Value) when is_binary(Value) -> Value =/= <<>> andalso is_list(unicode:characters_to_list(Value));
is_text([_ | _] = Value) -> io_lib:char_list(Value);
is_text(_) -> false.

is_name(Key) -> is_atom(Key) orelse is_text(Key) andalso is_value(Key).

%% A line break would begin another header.
is_value(Value) when is_number(Value); is_atom(Value); Value =:= <<>>; Value =:= "" -> true;
is_value(Value) -> is_text(Value) andalso lists:all(fun(End) -> string:find(Value, End) =:= nomatch end, ["\n", "\r"]).

is_url(Value) ->
    case uri_string:parse(unicode:characters_to_list(Value)) of
        #{scheme := Scheme, host := [_ | _]} -> lists:member(string:lowercase(Scheme), ["http", "https"]);
        _ -> false
    end.

expected(url) -> "a URL that begins with http:// or https://";
expected(pairs) -> "a map of names and texts";
expected(milliseconds) -> "a whole number of milliseconds from 1";
expected(from_0_ms) -> "a whole number of milliseconds from 0";
expected(count) -> "a whole number from 1 to 1000000";
expected(count_or_none) -> "a whole number from 1, or none";
expected(ratio) -> "a number from 0 to 1";
expected(boolean) -> "true or false";
expected(text) -> "a text";
expected(path) -> "a path";
expected(exporter) -> "otlp or none";
expected({one_of, Names}) -> [lists:join(", ", [atom_to_list(Name) || Name <- lists:droplast(Names)]), " or ",
                              atom_to_list(lists:last(Names))].

%% ---- reading --------------------------------------------------------------------

%% @doc Of this process and this application's environment.
-spec read() -> {off | config(), Warnings :: [binary()]}.
read() -> read(fun os:getenv/1, fxaot_config:value(otlp)).

%% @doc `off' without an endpoint. A warning is a sentence about a variable that is ignored; when nothing is exported,
%% about an endpoint, which may be the reason.
-spec read(Variable :: fun((string()) -> false | string()), Key :: map()) -> {off | config(), Warnings :: [binary()]}.
read(Variable, Key) ->
    Read = [read_one(Option, Variable, Key) || Option <- options()],
    Values = maps:from_list([{Option, Value} || {Option, Value, _, _} <- Read]),
    Warnings = [{Kind, Warning} || {_, _, Kind, Warning} <- Read, Warning =/= none],
    case targets(Values) of
        Targets when map_size(Targets) > 0, not map_get(disabled, Values) ->
            {(maps:with([sampler, shutdown_timeout], Values))
             #{targets => Targets, resource => resource(Values),
               sampler_ratio => float(map_get(sampler_ratio, Values))},
             [Warning || {_, Warning} <- Warnings] ++ protocol(Variable)};
        _ -> {off, [Warning || {url, Warning} <- Warnings, not map_get(disabled, Values)]}
    end.

read_one({Option, Variable, Kind, Default}, Get, Key) ->
    Given = maps:get(Option, Key, Default),
    case Variable =/= none andalso Get(Variable) of
        false -> {Option, Given, Kind, none};
        "" -> {Option, Given, Kind, none};
        Text ->
            Value = parsed(Kind, string:trim(Text)),
            case Value =/= error andalso (Value =:= none orelse is_valid(Kind, Value)) of
                true -> {Option, Value, Kind, none};
                false -> {Option, Given, Kind, ignored(Variable, expected(Kind))}
            end
    end.

ignored(Variable, Expected) ->
    unicode:characters_to_binary(["The variable ", Variable, " is ignored: it must be ", Expected, "."]).

parsed(Kind, Text) when Kind =:= milliseconds; Kind =:= count ->
    try list_to_integer(Text)
    catch error:badarg -> error
    end;
parsed(ratio, Text) ->
    %% Also .1 and 1e-3, which are no floats of Erlang.
    case re:run(Text, "^\\+?(?=\\.?[0-9])([0-9]*)(\\.[0-9]*)?([eE][-+]?[0-9]+)?$", [{capture, all_but_first, list}]) of
        {match, [Whole | Rest]} -> number("0" ++ Whole, Rest);
        nomatch -> error
    end;
%% Only true is true.
parsed(boolean, Text) -> string:lowercase(Text) =:= "true";
%% What other exporters do is theirs: fxaot has none of them.
parsed(exporter, Text) ->
    Names = [string:trim(Name) || Name <- string:lexemes(Text, ",")],
    case {lists:member("otlp", Names), Names -- ["none", "prometheus", "console", "logging", "zipkin", "jaeger"]} of
        {true, _} -> otlp;
        {false, []} -> none;
        _ -> error
    end;
parsed({one_of, Names}, Text) ->
    case [Name || Name <- Names, atom_to_list(Name) =:= string:lowercase(Text)] of
        [Name] -> Name;
        [] -> error
    end;
parsed(pairs, Text) ->
    try maps:from_list([pair(Each) || Each <- string:lexemes(Text, ","), string:trim(Each) =/= ""])
    catch error:_ -> error
    end;
parsed(_, Text) -> Text.

number(Whole, Rest) ->
    Part = [Digits || "." ++ Digits <- Rest],
    Exponent = [Each || [E | _] = Each <- Rest, E =:= $e orelse E =:= $E],
    try list_to_float(lists:append([Whole, ".", lists:append(Part), "0" | Exponent]))
    catch error:badarg -> error
    end.

pair(Text) ->
    [Key, Value] = string:split(Text, "="),
    [_ | _] = Name = string:trim(Key),
    {decoded(Name), decoded(string:trim(Value))}.

decoded(Text) -> unicode:characters_to_binary(uri_string:percent_decode(unicode:characters_to_list(Text))).

%% Only one protocol is written.
protocol(Variable) ->
    Common = "OTEL_EXPORTER_OTLP_PROTOCOL",
    Names = [Common | [signal_variable(Signal, Common) || Signal <- signals()]],
    [ignored(Name, "http/protobuf, the protocol that fxaot writes")
     || Name <- Names, Text <- [Variable(Name)], Text =/= false, Text =/= "", Text =/= "http/protobuf"].

%% @doc One in so many single quotes is traced; no variable stands for it.
-spec quote_spans() -> none | pos_integer().
quote_spans() -> maps:get(quote_spans, fxaot_config:value(otlp), none).

%% ---- where a signal goes ----------------------------------------------------------

targets(Values) ->
    maps:from_list([{Signal, target(Signal, Url, Values)}
                    || Signal <- signals(), map_get(Signal, Values) =:= otlp,
                       Url <- [url(Signal, Values)], Url =/= none]).

%% A signal's own URL is used as it is.
url(Signal, Values) ->
    case {map_get(of_signal(Signal, endpoint), Values), map_get(endpoint, Values)} of
        {none, none} -> none;
        {none, Base} -> address(Base, "/v1/" ++ atom_to_list(Signal));
        {Own, _} -> address(Own, "")
    end.

target(Signal, Url, Values) ->
    Of = fun(Option) ->
                 case map_get(of_signal(Signal, Option), Values) of
                     none -> map_get(Option, Values);
                     Own -> Own
                 end
         end,
    #{url => Url, headers => [{text(Key), text(Value)} || {Key, Value} <- lists:sort(maps:to_list(Of(headers)))],
      timeout => Of(timeout), compression => Of(compression), certificate => Of(certificate),
      client_certificate => Of(client_certificate), client_key => Of(client_key),
      batching => batching(Signal, Values)}.

%% The scheme in lower case: TLS depends on it. A query stays behind the path.
address(Given, Below) ->
    #{scheme := Scheme, path := Path} = Parts = uri_string:parse(text(Given)),
    Whole = case Below of
                "" -> Path;
                _ -> string:trim(Path, trailing, "/") ++ Below
            end,
    uri_string:recompose(Parts#{scheme := string:lowercase(Scheme), path := Whole}).

batching(Signal, Values) ->
    Own = [{Option, map_get(of_signal(Signal, Option), Values)}
           || Option <- [delay, export_timeout, queue, batch], is_map_key(of_signal(Signal, Option), Values)],
    Batching = (maps:with([retry_pause, shutdown_timeout], Values)),
    fitting(maps:merge(Batching, maps:from_list(Own))).

%% A batch is no larger than the queue that it comes from.
fitting(#{queue := Queue, batch := Batch} = Batching) -> Batching#{batch := min(Queue, Batch)};
fitting(Batching) -> Batching.

text(Value) when is_atom(Value) -> atom_to_list(Value);
text(Value) when is_number(Value) -> lists:flatten(io_lib:format("~w", [Value]));
text(Value) -> unicode:characters_to_list(Value).

%% ---- who sends --------------------------------------------------------------------

resource(#{resource := Given, service_name := Service}) ->
    Version = version(),
    Attributes = #{<<"service.name">> => <<"fxaot">>,
                   <<"service.instance.id">> => instance(),
                   <<"telemetry.sdk.name">> => <<"fxaot">>,
                   <<"telemetry.sdk.language">> => <<"erlang">>,
                   <<"telemetry.sdk.version">> => Version,
                   <<"process.pid">> => list_to_integer(os:getpid()),
                   <<"process.runtime.name">> => <<"BEAM">>,
                   <<"process.runtime.version">> => list_to_binary(erlang:system_info(otp_release)),
                   <<"host.name">> => host()},
    Own = maps:from_list([{unicode:characters_to_binary(text(Key)), value(Value)}
                          || {Key, Value} <- maps:to_list(Given)]),
    Named = maps:from_list([{<<"service.name">>, unicode:characters_to_binary(text(Service))} || Service =/= none]),
    #{attributes => maps:merge(maps:merge(Attributes, Own), Named), version => Version}.

value(Value) when is_list(Value) -> unicode:characters_to_binary(Value);
value(Value) -> Value.

version() ->
    case application:get_key(fxaot, vsn) of
        {ok, Version} -> list_to_binary(Version);
        undefined -> <<>>
    end.

%% A node's name is its own; without one a random number is, as long as the operating system's process lives.
instance() ->
    case {node(), persistent_term:get({?MODULE, instance}, none)} of
        {nonode@nohost, none} ->
            Id = binary:encode_hex(rand:bytes(16)),
            persistent_term:put({?MODULE, instance}, Id),
            Id;
        {nonode@nohost, Id} -> Id;
        {Node, _} -> atom_to_binary(Node)
    end.

host() ->
    {ok, Name} = inet:gethostname(),
    list_to_binary(Name).
