%% What needs no receiver: bytes of protobuf, the configuration, trace contexts, sampling, the queue, metrics.
-module(fxaot_otlp_tests).
-include_lib("eunit/include/eunit.hrl").

%% ---- protobuf -------------------------------------------------------------------

bytes(Data) -> iolist_to_binary(Data).

%% Worked out by hand from the encoding's rules.
fields_test_() ->
    [?_assertEqual(Expected, bytes(Written))
     || {Expected, Written} <-
            [{<<16#08, 16#96, 16#01>>, fxaot_protobuf:varint(1, 150)},
             {<<>>, fxaot_protobuf:varint(1, 0)},
             {<<16#10, 0>>, fxaot_protobuf:one_of_varint(2, 0)},
             {<<16#08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1>>, fxaot_protobuf:varint(1, -1)},
             {<<16#39, 1, 0, 0, 0, 0, 0, 0, 0>>, fxaot_protobuf:fixed64(7, 1)},
             {<<16#85, 16#01, 1, 1, 0, 0>>, fxaot_protobuf:fixed32(16, 257)},
             {<<16#31, 254, 255, 255, 255, 255, 255, 255, 255>>, fxaot_protobuf:one_of_sfixed64(6, -2)},
             {<<16#21, 0, 0, 0, 0, 0, 0, 16#F8, 16#3F>>, fxaot_protobuf:one_of_double(4, 1.5)},
             {<<16#21, 0, 0, 0, 0, 0, 0, 16#F0, 16#7F>>, fxaot_protobuf:one_of_double(4, infinity)},
             {<<16#21, 0, 0, 0, 0, 0, 0, 16#F0, 16#FF>>, fxaot_protobuf:one_of_double(4, -(1 bsl 2000))},
             {<<16#21, 0, 0, 0, 0, 0, 0, 16#F8, 16#7F>>, fxaot_protobuf:one_of_double(4, nan)},
             {<<16#12, 7, "testing">>, fxaot_protobuf:text(2, "testing")},
             {<<>>, fxaot_protobuf:text(2, <<>>)},
             {<<16#12, 0>>, fxaot_protobuf:message(2, [])},
             {<<16#12, 200, 1, 0:1600>>, fxaot_protobuf:message(2, <<0:1600>>)},
             {<<16#32, 16, 1:64/little, 2:64/little>>, fxaot_protobuf:packed_fixed64(6, [1, 2])},
             {<<16#3A, 8, 0, 0, 0, 0, 0, 0, 16#E0, 16#3F>>, fxaot_protobuf:packed_doubles(7, [0.5])}]].

utf8_test_() ->
    [?_assertEqual(Expected, fxaot_protobuf:utf8(Given))
     || {Expected, Given} <-
            [{<<"plain">>, "plain"}, {<<"é"/utf8>>, [233]}, {<<"a", 16#FFFD/utf8, "b">>, <<"a", 255, "b">>},
             {<<16#FFFD/utf8, 16#FFFD/utf8>>, <<255, 254>>}, {<<"é"/utf8>>, <<"é"/utf8>>},
             {<<"x", 16#FFFD/utf8>>, [$x, <<16#C3>>]}]].

answers_test_() ->
    Partial = bytes(fxaot_protobuf:message(1, [fxaot_protobuf:varint(1, 3), fxaot_protobuf:text(2, "no room")])),
    [?_assertEqual({3, <<"no room">>}, fxaot_otlp_proto:partial(Partial)),
     ?_assertEqual({0, <<>>}, fxaot_otlp_proto:partial(<<>>)),
     ?_assertEqual({0, <<>>}, fxaot_otlp_proto:partial(<<"<html>">>)),
     ?_assertEqual({0, <<>>}, fxaot_otlp_proto:partial(<<10, 200>>)),
     ?_assertEqual(<<"why">>, fxaot_otlp_proto:problem(bytes([fxaot_protobuf:varint(1, 3),
                                                              fxaot_protobuf:text(2, "why")]))),
     ?_assertEqual(<<>>, fxaot_otlp_proto:problem(<<"Not found">>))].

%% What cannot be written is left out alone.
one_of_many_test() ->
    Span = #{trace_id => <<1:128>>, span_id => <<2:64>>, name => <<"a">>, start_time => 1, end_time => 2},
    Resource = #{attributes => #{}, version => <<>>},
    {Two, 2} = fxaot_otlp_proto:traces(Resource, [Span, Span]),
    {Bytes, 2} = fxaot_otlp_proto:traces(Resource, [Span, Span#{attributes => #{<<"a">> => self()}}, Span]),
    ?assertEqual(bytes(Two), bytes(Bytes)).

%% Other libraries write the ids of a process's log lines too.
ids_of_log_lines_test_() ->
    Line = fun(Ids) ->
                   ok = fxaot_otlp_queue:new(logs, 10, 10),
                   try
                       ok = fxaot_otlp_logs:log(#{level => error, msg => {string, "a"}, meta => Ids#{time => 1}}, #{}),
                       [{1, Log}] = fxaot_otlp_queue:first(logs, 10),
                       maps:with([trace_id, span_id, flags], Log)
                   after fxaot_otlp_queue:remove(logs)
                   end
           end,
    Trace = <<"4bf92f3577b34da6a3ce929d0e0e4736">>,
    Ids = fun(Flags) -> #{trace_id => Trace, span_id => "00f067aa0ba902b7", trace_flags => Flags} end,
    Whole = fun(Flags) -> #{trace_id => binary:decode_hex(Trace), span_id => <<16#00f067aa0ba902b7:64>>, flags => Flags} end,
    [?_assertEqual(Whole(Expected), Line(Ids(Flags)))
     || {Flags, Expected} <- [{1, 1}, {<<"01">>, 1}, {"01", 1}, {256, 0}, {<<"x">>, 0}, {none, 0}]]
        ++ [?_assertEqual(#{}, Line((Ids(1))#{Key => Bad}))
            || {Key, Bad} <- [{trace_id, <<"4b">>}, {span_id, Trace}, {trace_id, 7}, {span_id, <<"00f067aa0ba902bx">>}]].

%% No bytes are an error of ours.
any_bytes_are_read_test() ->
    [?assert(is_list(Fields) orelse Fields =:= error)
     || _ <- lists:seq(1, 5000), Fields <- [fxaot_protobuf:fields(rand:bytes(rand:uniform(40)))]].

%% ---- the configuration ----------------------------------------------------------

read(Variables) -> read(Variables, #{}).

read(Variables, Key) -> fxaot_otlp_config:read(fun(Name) -> proplists:get_value(Name, Variables, false) end, Key).

off_without_an_endpoint_test_() ->
    [?_assertEqual({off, []}, read([])),
     ?_assertEqual({off, []}, read([{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}])),
     ?_assertEqual({off, []}, read([{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"}, {"OTEL_SDK_DISABLED", "true"}])),
     ?_assertEqual({off, []}, read([{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"}, {"OTEL_TRACES_EXPORTER", "none"},
                                    {"OTEL_METRICS_EXPORTER", "none"}, {"OTEL_LOGS_EXPORTER", "none"}])),
     ?_assertMatch({#{}, []}, read([{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"}, {"OTEL_SDK_DISABLED", "no"}]))].

endpoints_test() ->
    {#{targets := Targets}, []} =
        read([{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4318/in/"},
              {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://logs:1/own"},
              {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b,x=1=2"},
              {"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "m=n"},
              {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
              {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"},
              {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/a/ca.pem"},
              {"OTEL_BSP_MAX_QUEUE_SIZE", "100"}, {"OTEL_BSP_SCHEDULE_DELAY", "70"},
              {"OTEL_METRIC_EXPORT_INTERVAL", "1000"}]),
    #{traces := Traces, metrics := Metrics, logs := Logs} = Targets,
    ?assertEqual("https://collector:4318/in/v1/traces", map_get(url, Traces)),
    ?assertEqual("https://collector:4318/in/v1/metrics", map_get(url, Metrics)),
    ?assertEqual("http://logs:1/own", map_get(url, Logs)),
    ?assertEqual([{"api-key", "a b"}, {"x", "1=2"}], map_get(headers, Traces)),
    ?assertEqual([{"m", "n"}], map_get(headers, Metrics)),
    ?assertEqual({250, 10000}, {map_get(timeout, Traces), map_get(timeout, Metrics)}),
    ?assertMatch(#{compression := gzip, certificate := "/a/ca.pem", client_key := none}, Traces),
    ?assertEqual(#{delay => 70, export_timeout => 30000, queue => 100, batch => 100, retry_pause => 1000,
                   shutdown_timeout => 5000}, map_get(batching, Traces)),
    ?assertEqual(#{delay => 1000, export_timeout => 30000, retry_pause => 1000, shutdown_timeout => 5000},
                 map_get(batching, Metrics)).

%% Or its certificate would not be checked.
scheme_test() ->
    {#{targets := #{traces := #{url := Url}}}, []} = read([{"OTEL_EXPORTER_OTLP_ENDPOINT", "HTTPS://Collector:4318"}]),
    ?assertEqual("https://Collector:4318/v1/traces", Url),
    {#{targets := #{traces := Target}}, []} = read([{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "HTTPS://Collector:4318/x"}]),
    ?assertEqual("https://Collector:4318/x", map_get(url, Target)),
    %% Any other way is none.
    ?assertEqual({retry, none, "its URL begins neither with http:// nor with https://"},
                 fxaot_otlp_http:post(Target#{url := "HTTPS://Collector:4318/x"}, <<>>)).

%% A path is appended before the query.
addresses_test_() ->
    [?_assertMatch({#{targets := #{logs := #{url := Url}}}, []}, read([{"OTEL_EXPORTER_OTLP_ENDPOINT", Base}]))
     || {Base, Url} <- [{"http://h/otlp?token=x", "http://h/otlp/v1/logs?token=x"},
                        {"http://[::1]:4318", "http://[::1]:4318/v1/logs"}]].

%% The reason that nothing is exported.
warned_when_off_test_() ->
    Warning = <<"The variable OTEL_EXPORTER_OTLP_ENDPOINT is ignored: it must be a URL that begins with http:// or https://.">>,
    Wrong = {"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"},
    [?_assertEqual({off, [Warning]}, read([Wrong])),
     ?_assertEqual({off, [Warning]}, read([Wrong, {"OTEL_BSP_MAX_QUEUE_SIZE", "x"}])),
     ?_assertEqual({off, []}, read([Wrong, {"OTEL_SDK_DISABLED", "true"}])),
     ?_assertEqual({off, []}, read([{"OTEL_BSP_MAX_QUEUE_SIZE", "x"}]))].

%% Only what may be missing may be none.
none_test_() ->
    Needed = [Option || {Option, _, _, Default} <- fxaot_otlp_config:options(), Default =/= none],
    Listed = [compression, traces, metrics, logs],
    [?_assertEqual(ok, fxaot_otlp_config:check(#{Option => none}))
     || Option <- Listed ++ [Option || {Option, _, _, none} <- fxaot_otlp_config:options()]]
        ++ [?_assertMatch({Option, {error, {bad_key, #{key := Option}}}},
                          {Option, fxaot_otlp_config:check(#{endpoint => "http://a", Option => none})})
            || Option <- Needed -- Listed]
        ++ [?_assertEqual(ok, fxaot_otlp_config:check(#{shutdown_timeout => 0})),
            ?_assertMatch({error, _}, fxaot_otlp_config:check(#{timeout => 0}))].

values_test_() ->
    Base = {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"},
    [?_assertMatch({#{sampler_ratio := Ratio}, []}, read([Base, {"OTEL_TRACES_SAMPLER_ARG", Text}]))
     || {Text, Ratio} <- [{".5", 0.5}, {"1e-3", 0.001}, {"0.25", 0.25}, {"1", 1.0}, {"1.", 1.0}, {"2.5E-1", 0.25}]]
        ++ [?_assertMatch({#{sampler_ratio := 1.0}, [_]}, read([Base, {"OTEL_TRACES_SAMPLER_ARG", Text}]))
            || Text <- [".", "e1", "x", "-1", "1e999", "2"]]
        ++ [?_assertMatch({#{targets := #{traces := #{headers := [{"a", "b"}, {"c", ""}]}}}, []},
                          read([Base, {"OTEL_EXPORTER_OTLP_HEADERS", "a=b,c="}])),
            ?_assertMatch({#{targets := #{traces := #{timeout := 10000}}}, [_]},
                          read([Base, {"OTEL_EXPORTER_OTLP_TIMEOUT", "0"}]))]
        ++ [?_assertEqual({Text, Signals, Count},
                          begin
                              {#{targets := Targets}, Warnings} = read([Base, {"OTEL_METRICS_EXPORTER", Text}]),
                              {Text, lists:sort(maps:keys(Targets)), length(Warnings)}
                          end)
            || {Text, Signals, Count} <- [{"prometheus", [logs, traces], 0}, {"console,otlp", [logs, metrics, traces], 0},
                                          {"mine", [logs, metrics, traces], 1}]].

pauses_test_() ->
    [?_assertEqual(Pause, fxaot_otlp_http:retry_after(Text))
     || {Text, Pause} <- [{undefined, none}, {<<"3">>, 3000}, {<<"Sat, 31 Feb 2026 10:00:00 GMT">>, none}, {<<"soon">>, none},
                          {<<"Sat, 07 Feb 2026 10:00:00 GMT">>, 0}, {<<"999999">>, 86400000}]].

%% Answers as other servers write them, and what is none.
http_test_() ->
    Partial = bytes(fxaot_protobuf:message(1, [fxaot_protobuf:varint(1, 3), fxaot_protobuf:text(2, "no room")])),
    <<One:5/binary, Two/binary>> = Partial,
    Chunk = fun(Bytes) -> [integer_to_list(byte_size(Bytes), 16), "\r\n", Bytes, "\r\n"] end,
    Ok = "HTTP/1.1 200 OK\r\n",
    [?_assertEqual(Expected, answered(Answer))
     || {Expected, Answer} <-
            [{{ok, 3, <<"no room">>}, [Ok, "Transfer-Encoding: Chunked\r\n\r\n", Chunk(One), Chunk(Two), "0\r\n\r\n"]},
             {{ok, 3, <<"no room">>}, [Ok, "content-length: ", integer_to_list(byte_size(Partial)), "\r\n\r\n", Partial]},
             {{ok, 3, <<"no room">>}, [Ok, "\r\n", Partial]},
             {{ok, 0, <<>>}, ["HTTP/1.1 100 Continue\r\n\r\n", Ok, "Content-Length: 0\r\n\r\n"]},
             {{retry, 0, "the receiver answers 503"}, "HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"},
             {{refused, "the receiver answers 301"}, "HTTP/1.1 301 There\r\nLocation: http://a/\r\nContent-Length: 0\r\n\r\n"},
             {{retry, none, "the connection failed: closed"}, ""},
             {{retry, none, "the connection failed: closed"}, [Ok, "Content-Length: 7\r\n\r\nab"]},
             {{retry, none, "the connection failed: no http"}, "SSH-2.0\r\n"},
             {{retry, none, "the connection failed: no http"}, [Ok, "Transfer-Encoding: chunked\r\n\r\nx\r\n"]},
             {{retry, none, "the connection failed: too long"}, [Ok, "Content-Length: 99999999\r\n\r\n"]}]].

%% The request is what the server has read when it answers.
answered(Answer) ->
    {ok, Listen} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Listen),
    Server = spawn_monitor(fun() ->
                                   {ok, Socket} = gen_tcp:accept(Listen),
                                   Host = integer_to_binary(Port),
                                   Request = <<"POST /x?y=1 HTTP/1.1\r\nhost: 127.0.0.1:", Host/binary,
                                               "\r\nauthorization: Basic dTpw\r\ncontent-type: application/x-protobuf\r\n"
                                               "user-agent: fxaot\r\na: b\r\ncontent-length: 3\r\n"
                                               "connection: close\r\n\r\nabc">>,
                                   {ok, Request} = gen_tcp:recv(Socket, byte_size(Request)),
                                   ok = gen_tcp:send(Socket, Answer),
                                   ok = gen_tcp:close(Socket)
                           end),
    Url = "http://u:p@127.0.0.1:" ++ integer_to_list(Port) ++ "/x?y=1",
    Told = fxaot_otlp_http:post(#{url => Url, headers => [{"a", "b"}], timeout => 5000, compression => none}, <<"abc">>),
    {Pid, Monitor} = Server,
    receive {'DOWN', Monitor, process, Pid, Reason} -> ?assertEqual(normal, Reason) end,
    ok = gen_tcp:close(Listen),
    case Told of
        {Kind, Why} -> {Kind, lists:flatten(Why)};
        {retry, After, Why} -> {retry, After, lists:flatten(Why)};
        Ok -> Ok
    end.


resource_test() ->
    {#{resource := #{attributes := Attributes}}, []} =
        read([{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"}, {"OTEL_SERVICE_NAME", "trader"},
              {"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=live,service.name=other,note=a%2Cb"}]),
    ?assertMatch(#{<<"service.name">> := <<"trader">>, <<"deployment.environment.name">> := <<"live">>,
                   <<"note">> := <<"a,b">>, <<"telemetry.sdk.language">> := <<"erlang">>}, Attributes).

%% A variable wins over the key; one that is wrong is named and ignored.
variables_and_keys_test() ->
    Key = #{endpoint => "http://a", timeout => 7, sampler => always_off, headers => #{authorization => <<"secret">>}},
    ?assertMatch({#{sampler := always_off, targets := #{logs := #{timeout := 7}}}, []}, read([], Key)),
    {#{sampler := always_off, targets := #{traces := #{timeout := 9}}}, Warnings} =
        read([{"OTEL_EXPORTER_OTLP_TIMEOUT", "9"}, {"OTEL_TRACES_SAMPLER", "sometimes"},
              {"OTEL_BSP_MAX_QUEUE_SIZE", "-1"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}], Key),
    ?assertEqual([<<"The variable OTEL_TRACES_SAMPLER is ignored: it must be always_on, always_off, traceidratio, "
                    "parentbased_always_on, parentbased_always_off or parentbased_traceidratio.">>,
                  <<"The variable OTEL_BSP_MAX_QUEUE_SIZE is ignored: it must be a whole number from 1 to 1000000.">>,
                  <<"The variable OTEL_EXPORTER_OTLP_PROTOCOL is ignored: it must be http/protobuf, the protocol that "
                    "fxaot writes.">>], Warnings).

key_test_() ->
    [?_assertEqual(ok, fxaot_config:check([{otlp, Good}]))
     || Good <- [#{}, #{endpoint => "http://127.0.0.1:4318"},
                 #{endpoint => <<"https://a/b">>, headers => #{<<"a">> => "b"}},
                 #{quote_spans => 1000, sampler_ratio => 0.5, traces => none, certificate => none}]]
        ++ [?_assertEqual(iolist_to_binary(Sentence), fxaot:format_error(fxaot_config:check([{otlp, Bad}])))
            || {Bad, Sentence} <-
                   [{on, "The key otlp of the application fxaot must be a map of options."},
                    {#{endpiont => "x"}, "The key otlp of the application fxaot has no option endpiont; did you mean endpoint?"},
                    {#{endpoint => "localhost:4318"}, "The option endpoint of the key otlp of the application fxaot must be "
                     "a URL that begins with http:// or https://."},
                    %% Not a word of its value.
                    {#{headers => #{key => <<"a\r\nsecret: b">>}}, "The option headers of the key otlp of the application "
                     "fxaot must be a map of names and texts."},
                    {#{sampler_ratio => 2}, "The option sampler_ratio of the key otlp of the application fxaot must be a "
                     "number from 0 to 1."}]].

%% ---- trace contexts -------------------------------------------------------------

-define(PARENT, <<"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01">>).

traceparent_test_() ->
    {ok, Context} = fxaot_trace:parse(?PARENT),
    [?_assertMatch(#{trace_id := <<16#0af7651916cd43dd8448eb211c80319c:128>>, span_id := <<16#b7ad6b7169203331:64>>,
                     flags := 1, is_remote := true}, Context),
     ?_assertEqual(?PARENT, fxaot_trace:header(Context)),
     ?_assertMatch({ok, _}, fxaot_trace:parse(<<"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-new">>))]
        ++ [?_assertEqual(error, fxaot_trace:parse(Bad))
            || Bad <- [<<>>, none, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                       <<"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01">>,
                       <<"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01">>,
                       <<"00-00000000000000000000000000000000-b7ad6b7169203331-01">>,
                       <<"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01">>,
                       <<"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g">>,
                       <<"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x">>,
                       <<"00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01">>]].

within_test() ->
    {ok, Context} = fxaot_trace:parse(?PARENT),
    ?assertEqual(none, fxaot_trace:current()),
    ?assertEqual(Context, fxaot_trace:within(Context, fun fxaot_trace:current/0)),
    ?assertThrow(stop, fxaot_trace:within(Context, fun() -> throw(stop) end)),
    ?assertEqual(none, fxaot_trace:current()),
    ?assertEqual(#{trace_id => <<"0af7651916cd43dd8448eb211c80319c">>, span_id => <<"b7ad6b7169203331">>, trace_flags => 1},
                 fxaot_trace:within(Context, fun fxaot_trace:log_metadata/0)).

%% ---- sampling and the queue -----------------------------------------------------

with_queue(Most, Batch, Test) ->
    ok = fxaot_otlp_queue:new(traces, Most, Batch),
    try Test()
    after
        fxaot_otlp_queue:remove(traces),
        fxaot_span:forget()
    end.

sampled(Sampler, Ratio, Parent) ->
    fxaot_span:configure({Sampler, Ratio}),
    #{flags := Flags} = fxaot_span:context(fxaot_span:start(<<"a">>, #{parent => Parent})),
    Flags.

samplers_test() ->
    {ok, On} = fxaot_trace:parse(?PARENT),
    Off = On#{flags => 0},
    ?assertEqual([1, 1, 0], [sampled(parentbased_always_on, 1.0, Parent) || Parent <- [none, On, Off]]),
    ?assertEqual([0, 1, 0], [sampled(parentbased_always_off, 1.0, Parent) || Parent <- [none, On, Off]]),
    ?assertEqual([1, 1, 1], [sampled(always_on, 1.0, Parent) || Parent <- [none, On, Off]]),
    ?assertEqual([0, 0, 0], [sampled(always_off, 1.0, Parent) || Parent <- [none, On, Off]]),
    ?assertEqual([0, 1, 0], [sampled(parentbased_traceidratio, 0.0, Parent) || Parent <- [none, On, Off]]),
    %% 0x0448eb211c80319c / 2^63 is 0.0335.
    ?assertEqual([0, 1], [sampled(traceidratio, Ratio, On) || Ratio <- [0.0334, 0.0336]]),
    ?assertEqual([1], lists:usort([sampled(traceidratio, 1.0, none) || _ <- lists:seq(1, 100)])),
    fxaot_span:forget().

spans_wait_in_the_queue_test() ->
    with_queue(2, 2,
               fun() ->
                       fxaot_span:configure({parentbased_always_on, 1.0}),
                       {ok, Parent} = fxaot_trace:parse(?PARENT),
                       Start = fun(Name) -> fxaot_span:start(Name, #{parent => Parent, start_time => 5}) end,
                       [fxaot_span:finish(Start(Name), #{end_time => 9}) || Name <- [<<"a">>, <<"b">>, <<"c">>]],
                       [{1, First}, {2, _}] = fxaot_otlp_queue:first(traces, 10),
                       ?assertMatch(#{name := <<"a">>, start_time := 5, end_time := 9, is_remote := true,
                                      trace_id := <<16#0af7651916cd43dd8448eb211c80319c:128>>,
                                      parent := <<16#b7ad6b7169203331:64>>}, First),
                       ?assertEqual(2, fxaot_otlp_queue:size(traces)),
                       ?assertMatch(#{full := 1, sent := 0}, fxaot_otlp_queue:counts(traces)),
                       ok = fxaot_otlp_queue:done(traces, [1]),
                       ?assertEqual([2], [Key || {Key, _} <- fxaot_otlp_queue:first(traces, 10)]),
                       ?assertEqual(ok, fxaot_otlp_queue:offer(traces, d)),
                       ?assertEqual(dropped, fxaot_otlp_queue:offer(traces, e))
               end),
    ?assertEqual(off, fxaot_otlp_queue:offer(traces, e)).

%% Many processes at once: what is in the table and what was dropped add up.
offers_race_test() ->
    with_queue(1000, 100,
               fun() ->
                       Offers = fun() -> [fxaot_otlp_queue:offer(traces, N) || N <- lists:seq(1, 500)] end,
                       Workers = [spawn_monitor(Offers) || _ <- lists:seq(1, 8)],
                       [receive {'DOWN', Monitor, process, Pid, normal} -> ok end || {Pid, Monitor} <- Workers],
                       ?assertEqual(1000, length(fxaot_otlp_queue:first(traces, 5000))),
                       ?assertMatch(#{full := 3000}, fxaot_otlp_queue:counts(traces))
               end).

attributes_test() ->
    ?assertEqual(#{<<"fxaot.engine">> => eur, <<"fxaot.plan">> => <<"FF00">>, <<"fxaot.n">> => 1, <<"fxaot.t">> => <<"a">>},
                 fxaot_span:attributes(#{engine => eur, plan => <<255, 0>>, n => 1, t => <<"a">>, pid => self(),
                                         what => undefined, map => #{}})).

%% ---- metrics --------------------------------------------------------------------

metrics_test() ->
    Counter = fun(Value) -> #{name => <<"c">>, type => counter, unit => <<"seconds">>, help => <<"h">>,
                              points => [#{labels => #{<<"a">> => <<"b">>}, value => Value}]} end,
    Histogram = #{name => <<"h">>, type => histogram, unit => <<>>, help => <<>>,
                  points => [#{labels => #{}, buckets => [{0.5, 2}, {1.0, 5}, {infinity, 6}], sum => 4.5, count => 6}]},
    Gauge = #{name => <<"g">>, type => gauge, unit => <<"quotes">>, help => <<>>,
              points => [#{labels => #{}, value => 1.5}]},
    Begun = fxaot_otlp_metrics:starts(100),
    {[C, H, G], After} = fxaot_otlp_metrics:converted([Counter(5), Histogram, Gauge], 200, Begun),
    ?assertEqual(#{name => <<"c">>, type => counter, unit => <<"s">>, help => <<"h">>,
                   points => [#{attributes => #{<<"a">> => <<"b">>}, value => 5, time => 200, start_time => 100}]}, C),
    ?assertMatch(#{points := [#{counts := [2, 3, 1], bounds := [0.5, 1.0], sum := 4.5, count := 6, start_time := 100,
                                time := 200}]}, H),
    ?assertEqual(#{name => <<"g">>, type => gauge, unit => <<"{quotes}">>, help => <<>>,
                   points => [#{attributes => #{}, value => 1.5, time => 200}]}, G),
    %% It has grown; then it began anew, after the collection at 300.
    {[#{points := [Grown]}], Later} = fxaot_otlp_metrics:converted([Counter(7)], 300, After),
    ?assertMatch(#{start_time := 100, value := 7}, Grown),
    {[#{points := [Anew]}], _} = fxaot_otlp_metrics:converted([Counter(1)], 400, Later),
    ?assertMatch(#{start_time := 300, value := 1}, Anew),
    %% It was not read once, and counts on.
    {[], Missed} = fxaot_otlp_metrics:converted([], 350, Later),
    {[#{points := [Back]}], _} = fxaot_otlp_metrics:converted([Counter(8)], 400, Missed),
    ?assertMatch(#{start_time := 100, value := 8}, Back),
    %% What does not come back is forgotten.
    #{series := None} = lists:foldl(fun(N, Starts) -> element(2, fxaot_otlp_metrics:converted([], 400 + N, Starts)) end,
                                    Later, lists:seq(1, 11)),
    ?assertEqual(#{}, None).

%% ---- log lines ------------------------------------------------------------------

%% There is one way to write a line: the macro of fxaot_log.hrl.
every_line_is_a_report_test() ->
    Sources = filelib:wildcard(filename:join([code:lib_dir(fxaot), "erlang", "src", "*", "*.erl"])),
    ?assert(length(Sources) > 50),
    Levels = "logger:(emergency|alert|critical|error|warning|notice|info|debug|log)\\(|error_logger:|\\?LOG(_[A-Z]+)?\\(",
    ?assertEqual([], [{filename:basename(Source), Line}
                      || Source <- Sources, {ok, Text} <- [file:read_file(Source)],
                         Line <- binary:split(Text, <<"\n">>, [global]), re:run(Line, Levels) =/= nomatch,
                         re:run(Line, "^-spec") =:= nomatch]).

log_lines_test_() ->
    [?_assertEqual(Expected, lists:flatten(io_lib:format(Format, Arguments)))
     || {Expected, Report} <-
            [{"fxaot: is here", #{text => "is here"}},
             {"fxaot engine eur: is here", #{engine => eur, text => <<"is here">>}},
             {"fxaot engine eur strategy cross: stays", #{engine => eur, strategy => cross, text => ["st", "ays"]}}],
        {Format, Arguments} <- [fxaot_log:format(Report)]].
