%% Telemetry exported to real receivers: otlp_receiver.py, which decodes with opentelemetry-proto, and oteltap.
%% `make test-telemetry' installs both and runs this suite; without them it is skipped.
-module(fxaot_otlp_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include_lib("public_key/include/public_key.hrl").

-compile([export_all, nowarn_export_all]).

all() ->
    [spans_arrive_whole, metrics_arrive_whole, log_lines_arrive_whole, requests_are_as_configured,
     another_receiver_reads_all_signals,
     a_dead_receiver_gets_what_was_kept, what_the_receiver_refuses_is_counted, refused_log_lines_end, a_receiver_says_when_to_come_again,
     a_long_pause_is_kept, no_pause_is_backed_off, a_killed_exporter_counts_on,
     a_batch_is_not_tried_for_ever, a_hanging_receiver_slows_nobody, certificates_are_checked,
     a_killed_exporter_loses_nothing, crashing_exporters_end_alone, the_end_sends_what_waits, the_end_has_the_last_figures, the_end_waits_no_longer,
     the_end_waits_once].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    case os:getenv("FXAOT_TELEMETRY_PYTHON") of
        false -> {skip, "make test-telemetry runs this suite"};
        Python ->
            [os:unsetenv(Name) || "OTEL_" ++ _ = Name <- [hd(string:split(Each, "=")) || Each <- os:getenv()]],
            _ = application:load(fxaot),
            [{python, Python} | Config]
    end.

end_per_suite(_) -> ok.

init_per_testcase(_, Config) ->
    logger:set_handler_config(default, level, none),
    Filter = {fun logger_filters:domain/2, {log, sub, [fxaot]}},
    ok = logger:add_handler(?MODULE, ?MODULE, #{level => all, config => self(), filter_default => stop,
                                                filters => [{fxaot, Filter}]}),
    Config.

end_per_testcase(_, _) ->
    stop(),
    application:set_env(fxaot, otlp, #{}),
    application:set_env(fxaot, restart_intensity, 10),
    _ = logger:remove_handler(?MODULE),
    logger:set_handler_config(default, level, all).

%% ---- what the cases share -------------------------------------------------------

%% The suite is a handler of the logger.
log(Event, #{config := Pid}) ->
    Pid ! {line, unicode:characters_to_binary(logger_formatter:format(Event, #{template => [msg]}))},
    ok.

line() -> receive {line, Line} -> Line after 10000 -> ct:fail(no_line) end.

receiver(Config) -> receiver(Config, []).

receiver(Config, Arguments) -> receiver(Config, 0, Arguments).

receiver(Config, At, Arguments) ->
    Port = open_port({spawn_executable, proplists:get_value(python, Config)},
                     [{args, [fxaot_test:file("otlp_receiver.py"), integer_to_list(At) | Arguments]},
                      {line, 10000000}, binary, exit_status]),
    #{<<"port">> := Bound} = told(Port),
    {Port, Bound}.

told(Port) ->
    receive {Port, {data, {eol, Line}}} -> {ok, Json} = fxaot_json:decode(Line), Json
    after 20000 -> ct:fail(nothing_received)
    end.

%% The next request of a signal.
request(Port, Path) ->
    case told(Port) of
        #{<<"path">> := Path} = Request -> Request;
        _ -> request(Port, Path)
    end.

%% Spans or log records, until there are so many.
items(_, _, 0) -> [];
items(Port, Path, Count) ->
    #{<<"items">> := Items, <<"status">> := 200} = request(Port, Path),
    Items ++ items(Port, Path, Count - length(Items)).

behave(Port, Mode) ->
    true = port_command(Port, [Mode, $\n]),
    Text = iolist_to_binary(Mode),
    #{<<"mode">> := Text} = told_mode(Port).

told_mode(Port) ->
    case told(Port) of
        #{<<"mode">> := _} = Mode -> Mode;
        _ -> told_mode(Port)
    end.

%% At once, and nothing is answered any more.
kill(Port) ->
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    os:cmd("kill -9 " ++ integer_to_list(Pid)),
    receive {Port, {exit_status, _}} -> ok end.

url(Port) -> "http://127.0.0.1:" ++ integer_to_list(Port).

%% Only what a case asks for is exported, and soon.
start(Options) ->
    stop(),
    Quick = #{traces_delay => 20, logs_delay => 20, metrics_delay => 100, retry_pause => 10,
              traces => none, metrics => none, logs => none},
    application:set_env(fxaot, otlp, maps:merge(Quick, Options)),
    {ok, _} = application:ensure_all_started(fxaot),
    ok.

stop() ->
    _ = application:stop(fxaot),
    ok.

span(Name) -> fxaot_span:finish(fxaot_span:start(Name, #{}), #{}).

names(Items) -> [Name || #{<<"name">> := Name} <- Items].

until_counts(Signal, Counts) ->
    fxaot_test:until(fun() -> maps:with(maps:keys(Counts), fxaot_otlp_queue:counts(Signal)) =:= Counts end).

%% ---- signals ----------------------------------------------------------------------

spans_arrive_whole(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp}),
    {ok, Caller} = fxaot_trace:parse(<<"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01">>),
    Outer = fxaot_span:start(<<"outer">>, #{parent => Caller, kind => client, start_time => 1700000000000000001,
                                            attributes => #{<<"a">> => eur, <<"b">> => 7, <<"c">> => 1.5, <<"d">> => true,
                                                            <<"e">> => <<"é"/utf8>>, <<"f">> => [1, <<"x">>],
                                                            <<"g">> => 1 bsl 70, <<"h">> => <<255>>}}),
    Context = #{trace_id := Trace, span_id := Id} = fxaot_span:context(Outer),
    Inner = fxaot_span:start(<<"inner">>, #{parent => Context, links => [Caller]}),
    fxaot_span:finish(Inner, #{status => {error, "no margin"}}),
    fxaot_span:finish(Outer, #{end_time => 1700000000000000009, attributes => #{<<"z">> => 0},
                               events => [#{time => 1700000000000000005, name => <<"triggered">>,
                                            attributes => #{<<"i">> => -1}}]}),
    [First, Second] = items(Receiver, <<"/v1/traces">>, 2),
    ?assertEqual(#{<<"name">> => <<"outer">>, <<"trace">> => <<"0af7651916cd43dd8448eb211c80319c">>,
                   <<"span">> => hex(Id), <<"parent">> => <<"b7ad6b7169203331">>, <<"kind">> => 3, <<"flags">> => 16#301,
                   <<"start">> => 1700000000000000001, <<"end">> => 1700000000000000009,
                   <<"attributes">> => #{<<"a">> => <<"eur">>, <<"b">> => 7, <<"c">> => 1.5, <<"d">> => true,
                                         <<"e">> => <<"é"/utf8>>, <<"f">> => [1, <<"x">>], <<"g">> => float(1 bsl 70),
                                         <<"h">> => <<16#FFFD/utf8>>, <<"z">> => 0},
                   <<"status">> => 0, <<"message">> => <<>>,
                   <<"events">> => [#{<<"name">> => <<"triggered">>, <<"time">> => 1700000000000000005,
                                      <<"attributes">> => #{<<"i">> => -1}}],
                   <<"links">> => []}, Second),
    #{<<"start">> := Start, <<"end">> := End} = First,
    ?assertMatch(#{<<"name">> := <<"inner">>, <<"kind">> := 1, <<"flags">> := 16#101, <<"status">> := 2,
                   <<"message">> := <<"no margin">>}, First),
    ?assertEqual({hex(Trace), hex(Id)}, {map_get(<<"trace">>, First), map_get(<<"parent">>, First)}),
    ?assertEqual([#{<<"trace">> => <<"0af7651916cd43dd8448eb211c80319c">>, <<"span">> => <<"b7ad6b7169203331">>,
                    <<"flags">> => 16#301}],
                 map_get(<<"links">>, First)),
    ?assert(Start =< End),
    ?assert(abs(erlang:system_time(nanosecond) - End) < 60000000000),
    until_counts(traces, #{sent => 2, full => 0, refused => 0, expired => 0, retries => 0}).

hex(Bytes) -> string:lowercase(binary:encode_hex(Bytes)).

metrics_arrive_whole(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), metrics => otlp}),
    #{<<"items">> := First} = request(Receiver, <<"/v1/metrics">>),
    #{<<"items">> := Second} = request(Receiver, <<"/v1/metrics">>),
    Kinds = #{gauge => <<"gauge">>, counter => <<"sum">>, histogram => <<"histogram">>},
    Collected = maps:from_list([{Name, map_get(Type, Kinds)}
                                || #{name := Name, type := Type, points := [_ | _]} <- fxaot_metrics:collect()]),
    ?assertEqual(Collected, maps:from_list([{Name, Kind} || #{<<"name">> := Name, <<"kind">> := Kind} <- Second])),
    [?assertEqual({Name, true, 2}, {Name, map_get(<<"monotonic">>, Sum), map_get(<<"temporality">>, Sum)})
     || #{<<"name">> := Name, <<"kind">> := <<"sum">>} = Sum <- Second],
    [?assert(Start > 0 andalso Start < Time)
     || #{<<"kind">> := Kind, <<"points">> := Points} <- Second, Kind =/= <<"gauge">>,
        #{<<"start">> := Start, <<"time">> := Time} <- Points],
    %% What the first export sent is a count of the second, since the same time.
    Points = lists:sum([length(Each) || #{<<"points">> := Each} <- First]),
    #{<<"points">> := [#{<<"value">> := Sent, <<"start">> := Since}]} = metric(<<"fxaot_otlp_sent">>, Second),
    #{<<"points">> := [#{<<"value">> := Before, <<"start">> := Begun}]} = metric(<<"fxaot_otlp_sent">>, First),
    ?assertEqual({Points, 0, Begun}, {Sent, Before, Since}).

metric(Name, Metrics) ->
    [Metric] = [Each || #{<<"name">> := Other} = Each <- Metrics, Other =:= Name],
    Metric.

log_lines_arrive_whole(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), logs => otlp}),
    {ok, Caller} = fxaot_trace:parse(<<"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01">>),
    logger:error("Not a line of fxaot"),
    fxaot_trace:within(Caller, fun() -> {error, _} = fxaot_test_line:write(eur) end),
    [Log] = items(Receiver, <<"/v1/logs">>, 1),
    Line = <<"fxaot engine eur: cannot start: no room">>,
    ?assertEqual(Line, line()),
    #{<<"time">> := Time} = Log,
    ?assertMatch(#{<<"body">> := Line, <<"severity">> := 17, <<"text">> := <<"error">>, <<"observed">> := Time,
                   <<"trace">> := <<"0af7651916cd43dd8448eb211c80319c">>, <<"span">> := <<"b7ad6b7169203331">>,
                   <<"flags">> := 1}, Log),
    ?assert(abs(erlang:system_time(nanosecond) - Time) < 60000000000),
    ?assertMatch(#{<<"fxaot.engine">> := <<"eur">>, <<"fxaot.reason">> := <<"no_room">>,
                   <<"code.function.name">> := <<"fxaot_test_line:write/1">>, <<"code.line.number">> := _},
                 map_get(<<"attributes">>, Log)).

requests_are_as_configured(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp, compression => gzip,
                 headers => #{authorization => <<"Bearer abc">>}, service_name => "trader", resource => #{'deployment.environment.name' => "test"}}),
    span(<<"a">>),
    #{<<"headers">> := Headers, <<"resource">> := Resource, <<"scope">> := Scope,
      <<"items">> := [#{<<"name">> := <<"a">>}]} =
        request(Receiver, <<"/v1/traces">>),
    ?assertMatch(#{<<"content-type">> := <<"application/x-protobuf">>, <<"content-encoding">> := <<"gzip">>,
                   <<"authorization">> := <<"Bearer abc">>, <<"user-agent">> := <<"fxaot">>}, Headers),
    ?assertMatch(#{<<"service.name">> := <<"trader">>, <<"deployment.environment.name">> := <<"test">>,
                   <<"telemetry.sdk.language">> := <<"erlang">>, <<"process.runtime.name">> := <<"BEAM">>}, Resource),
    {ok, Version} = application:get_key(fxaot, vsn),
    ?assertEqual([<<"fxaot">>, list_to_binary(Version)], Scope).

%% oteltap prints an item a line, and ends when it has the span that it waits for.
another_receiver_reads_all_signals(Config) ->
    At = free_port(),
    Tap = open_port({spawn_executable, proplists:get_value(python, Config)},
                    [{args, ["-u", "-c", "import subprocess, sys; tap = subprocess.Popen([sys.executable, '-u', '-m', 'oteltap', "
                             "'--port', sys.argv[1]], stdin=subprocess.DEVNULL); sys.stdin.read(); tap.kill()",
                             integer_to_list(At)]}, {line, 1000000}, binary]),
    {<<"Listening", _/binary>>, _} = {tap(Tap), Tap},
    ok = start(#{endpoint => url(At), traces => otlp, metrics => otlp, logs => otlp}),
    span(<<"for oteltap">>),
    {error, _} = fxaot_test_line:write(eur),
    Found = tapped(Tap, [<<"\"name\":\"for oteltap\"">>, <<"fxaot engine eur: cannot start: no room">>,
                         <<"\"fxaot_beam_run_queue\"">>]),
    port_close(Tap),
    ?assertEqual(ok, Found).

tap(Tap) -> receive {Tap, {data, {eol, Line}}} -> Line after 20000 -> ct:fail(nothing_tapped) end.

tapped(_, []) -> ok;
tapped(Tap, Texts) ->
    Line = tap(Tap),
    tapped(Tap, [Text || Text <- Texts, binary:match(Line, Text) =:= nomatch]).

%% Nobody listens there.
free_port() ->
    {ok, Socket} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}, {reuseaddr, true}]),
    {ok, Port} = inet:port(Socket),
    ok = gen_tcp:close(Socket),
    Port.

%% ---- receivers that fail ------------------------------------------------------------

%% The queue takes ten: the first ten arrive when the receiver is back, each once; fifteen are counted.
a_dead_receiver_gets_what_was_kept(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp, traces_queue => 10, traces_batch => 4}),
    span(<<"before">>),
    [_] = items(Receiver, <<"/v1/traces">>, 1),
    until_counts(traces, #{sent => 1}),
    kill(Receiver),
    [span(integer_to_binary(N)) || N <- lists:seq(1, 25)],
    ?assertEqual(<<"fxaot: cannot export traces to ", (list_to_binary(url(Port)))/binary,
                   "/v1/traces: no connection to 127.0.0.1:", (integer_to_binary(Port))/binary, ": econnrefused">>, line()),
    ?assertMatch(#{full := 15, sent := 1, expired := 0, refused := 0}, fxaot_otlp_queue:counts(traces)),
    {Back, Port} = receiver(Config, Port, []),
    ?assertEqual([integer_to_binary(N) || N <- lists:seq(1, 10)], names(items(Back, <<"/v1/traces">>, 10))),
    until_counts(traces, #{sent => 11, full => 15, expired => 0, refused => 0}),
    ?assertMatch({match, _}, re:run(line(), "^fxaot: exports traces to .* again; 15 were dropped so far$")),
    span(<<"after">>),
    ?assertEqual([<<"after">>], names(items(Back, <<"/v1/traces">>, 1))).

what_the_receiver_refuses_is_counted(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp, traces_batch => 3, traces_delay => 60000}),
    behave(Receiver, "status 400"),
    [span(<<"a">>) || _ <- lists:seq(1, 3)],
    until_counts(traces, #{sent => 0, refused => 3, retries => 0}),
    ?assertMatch({match, _}, re:run(line(), "the receiver answers 400$")),
    behave(Receiver, "partial 2 too_old"),
    [span(<<"b">>) || _ <- lists:seq(1, 3)],
    until_counts(traces, #{sent => 1, refused => 5}),
    %% It fails on: no line more, until it works.
    behave(Receiver, "ok"),
    [span(<<"c">>) || _ <- lists:seq(1, 3)],
    until_counts(traces, #{sent => 4, refused => 5}),
    ?assertMatch({match, _}, re:run(line(), "again; 5 were dropped so far$")),
    ?assertEqual(0, fxaot_otlp_queue:size(traces)),
    behave(Receiver, "partial 1 too_old"),
    [span(<<"d">>) || _ <- lists:seq(1, 6)],
    until_counts(traces, #{sent => 8, refused => 7}),
    ?assertMatch({match, _}, re:run(line(), "the receiver refuses 1 of 3: too_old$")),
    receive {line, Line} -> ct:fail(Line) after 0 -> ok end.

%% Its line about that is the last one, although it is a log line too, and refused.
refused_log_lines_end(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), logs => otlp}),
    behave(Receiver, "partial 1 no"),
    {error, _} = fxaot_test_line:write(eur),
    until_counts(logs, #{sent => 0, refused => 2}),
    ?assertEqual(<<"fxaot engine eur: cannot start: no room">>, line()),
    ?assertMatch({match, _}, re:run(line(), "the receiver refuses 1 of 1: no$")),
    {error, _} = fxaot_test_line:write(eur),
    until_counts(logs, #{sent => 0, refused => 3}),
    ?assertEqual(<<"fxaot engine eur: cannot start: no room">>, line()),
    receive {line, Line} -> ct:fail(Line) after 0 -> ok end.

%% Longer than a batch is tried: one request, nothing is dropped, and all arrives after the pause.
a_long_pause_is_kept(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp, traces_batch => 2, traces_export_timeout => 500}),
    behave(Receiver, "status 429 1"),
    Start = erlang:monotonic_time(millisecond),
    [span(integer_to_binary(N)) || N <- lists:seq(1, 6)],
    #{<<"status">> := 429} = request(Receiver, <<"/v1/traces">>),
    behave(Receiver, "ok"),
    ?assertEqual([integer_to_binary(N) || N <- lists:seq(1, 6)], names(items(Receiver, <<"/v1/traces">>, 6))),
    ?assert(erlang:monotonic_time(millisecond) - Start >= 1000),
    until_counts(traces, #{sent => 6, expired => 0, full => 0, retries => 1}).

%% No pause at all is not shorter than the back-off.
no_pause_is_backed_off(Config) ->
    {Receiver, Port} = receiver(Config),
    [begin
         ok = start(#{endpoint => url(Port), traces => otlp, retry_pause => 1000}),
         behave(Receiver, ["status ", Status, " 0"]),
         Start = erlang:monotonic_time(millisecond),
         span(<<"a">>),
         _ = request(Receiver, <<"/v1/traces">>),
         behave(Receiver, "ok"),
         ?assertEqual([<<"a">>], names(items(Receiver, <<"/v1/traces">>, 1))),
         ?assert(erlang:monotonic_time(millisecond) - Start >= 500),
         until_counts(traces, #{sent => 1, retries => 1})
     end || Status <- ["429", "503"]].

%% Its values count since the same time as before.
a_killed_exporter_counts_on(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), metrics => otlp}),
    Since = fun() ->
                    #{<<"items">> := Items} = request(Receiver, <<"/v1/metrics">>),
                    #{<<"points">> := [#{<<"value">> := Sent, <<"start">> := Start}]} = metric(<<"fxaot_otlp_sent">>, Items),
                    {Start, Sent}
            end,
    {_, 0} = Since(),
    {Start, Sent} = Since(),
    exit(whereis(fxaot_otlp_metrics), kill),
    {Again, More} = Since(),
    ?assertEqual({Start, true}, {Again, More >= Sent}).

%% Each code that a later try may follow; after as many seconds as the receiver says.
a_receiver_says_when_to_come_again(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp}),
    [begin
         behave(Receiver, ["status ", Code]),
         span(Code),
         #{<<"items">> := [#{<<"name">> := Code}]} = request(Receiver, <<"/v1/traces">>),
         behave(Receiver, "ok"),
         ?assertEqual([Code], names(items(Receiver, <<"/v1/traces">>, 1)))
     end || Code <- [<<"429">>, <<"502">>, <<"503">>, <<"504">>]],
    until_counts(traces, #{sent => 4}),
    behave(Receiver, "status 503 1"),
    Start = erlang:monotonic_time(millisecond),
    span(<<"later">>),
    #{<<"status">> := 503} = request(Receiver, <<"/v1/traces">>),
    behave(Receiver, "ok"),
    ?assertEqual([<<"later">>], names(items(Receiver, <<"/v1/traces">>, 1))),
    ?assert(erlang:monotonic_time(millisecond) - Start >= 1000).

a_batch_is_not_tried_for_ever(_) ->
    Port = free_port(),
    ok = start(#{endpoint => url(Port), traces => otlp, traces_export_timeout => 50, traces_delay => 10}),
    span(<<"a">>),
    until_counts(traces, #{sent => 0, expired => 1, full => 0, refused => 0}),
    ?assertEqual(0, fxaot_otlp_queue:size(traces)),
    #{retries := Retries} = fxaot_otlp_queue:counts(traces),
    ?assert(Retries >= 1).

%% A request may take ten seconds; a thousand quotes and orders, with a span each, take less.
a_hanging_receiver_slows_nobody(Config) ->
    {Receiver, Port} = receiver(Config),
    behave(Receiver, "hang"),
    ok = start(#{endpoint => url(Port), traces => otlp, logs => otlp, metrics => otlp,
                 traces_queue => 20, traces_batch => 5, shutdown_timeout => 10}),
    {ok, _} = fxaot:start_engine(eur, #{balance => 1000000}),
    Start = erlang:monotonic_time(millisecond),
    [begin
         span(<<"quote">>),
         _ = [fxaot_test_line:write(eur) || N =< 40],
         _ = fxaot:tick(eur, 'EURUSD', (1704240000 + N) * 1000000000, 1.1, 1.1001),
         {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000})
     end || N <- lists:seq(1, 1000)],
    ?assert(erlang:monotonic_time(millisecond) - Start < 9000),
    #{full := Full, sent := 0} = fxaot_otlp_queue:counts(traces),
    ?assert(Full >= 980).

%% ---- TLS ----------------------------------------------------------------------------

certificates_are_checked(Config) ->
    Dir = proplists:get_value(priv_dir, Config),
    {Certificate, Key, Authority} = certificate(Dir, "right", "localhost"),
    {_, _, Stranger} = certificate(Dir, "other", "localhost"),
    {Receiver, Port} = receiver(Config, [Certificate, Key]),
    Url = "https://localhost:" ++ integer_to_list(Port),
    ok = start(#{endpoint => Url, traces => otlp, certificate => Authority}),
    span(<<"seen">>),
    ?assertEqual([<<"seen">>], names(items(Receiver, <<"/v1/traces">>, 1))),
    Refused = fun(Endpoint, Ca, Alert) ->
                      ok = start(#{endpoint => Endpoint, traces => otlp, certificate => Ca,
                                   traces_export_timeout => 1}),
                      span(<<"hidden">>),
                      until_counts(traces, #{sent => 0, expired => 1}),
                      ?assertMatch({Alert, {match, _}},
                                   {Alert, re:run(line(), "the certificate of .* is not accepted: " ++ Alert)})
              end,
    Refused(Url, Stranger, "unknown_ca"),
    %% The right authority, but a name that the certificate has not.
    Refused("https://127.0.0.1:" ++ integer_to_list(Port), Authority, "handshake_failure"),
    ok = start(#{endpoint => Url, traces => otlp, certificate => filename:join(Dir, "none.pem"),
                 traces_export_timeout => 1}),
    span(<<"hidden">>),
    ?assertMatch({match, _}, re:run(line(), "there is no file .*none.pem with certificates")),
    %% Nothing hidden has arrived meanwhile.
    receive {Receiver, {data, Data}} -> ct:fail(Data) after 0 -> ok end.

certificate(Dir, Name, Host) ->
    San = #'Extension'{extnID = ?'id-ce-subjectAltName', extnValue = [{dNSName, Host}], critical = false},
    Of = [{key, {rsa, 2048, 65537}}, {digest, sha256}],
    Chain = #{root => Of, intermediates => [], peer => [{extensions, [San]} | Of]},
    #{server_config := Server, client_config := Client} =
        public_key:pkix_test_data(#{server_chain => Chain, client_chain => Chain}),
    {Type, Key} = proplists:get_value(key, Server),
    Write = fun(Kind, Entries) ->
                    Path = filename:join(Dir, Name ++ "-" ++ Kind ++ ".pem"),
                    Pem = public_key:pem_encode([{Each, Der, not_encrypted} || {Each, Der} <- Entries]),
                    ok = file:write_file(Path, Pem),
                    Path
            end,
    {Write("certificate", [{'Certificate', proplists:get_value(cert, Server)}]), Write("key", [{Type, Key}]),
     Write("authority", [{'Certificate', Der} || Der <- proplists:get_value(cacerts, Client)])}.

%% ---- crashes and the end --------------------------------------------------------------

a_killed_exporter_loses_nothing(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp, traces_delay => 60000, traces_batch => 3}),
    [span(Name) || Name <- [<<"a">>, <<"b">>]],
    Exporter = whereis(fxaot_otlp_traces),
    exit(Exporter, kill),
    fxaot_test:until(fun() -> is_pid(whereis(fxaot_otlp_traces)) andalso whereis(fxaot_otlp_traces) =/= Exporter end),
    span(<<"c">>),
    ?assertEqual([<<"a">>, <<"b">>, <<"c">>], names(items(Receiver, <<"/v1/traces">>, 3))).

%% More often than their budget: the application and its engines run on, and the export can be started again.
crashing_exporters_end_alone(Config) ->
    {Receiver, Port} = receiver(Config),
    application:set_env(fxaot, restart_intensity, 2),
    ok = start(#{endpoint => url(Port), traces => otlp}),
    {ok, Engine} = fxaot:start_engine(eur),
    Application = whereis(fxaot_sup),
    Monitor = monitor(process, fxaot_otlp_sup),
    killed_until_down(Monitor),
    ?assertEqual({Application, Engine}, {whereis(fxaot_sup), whereis(eur)}),
    ?assertEqual(off, fxaot_otlp_queue:counts(traces)),
    span(<<"lost">>),
    ok = fxaot:tick(eur, 'EURUSD', 1704240001000000000, 1.1, 1.1001),
    {ok, _} = supervisor:restart_child(fxaot_sup, fxaot_otlp_sup),
    span(<<"again">>),
    ?assertEqual([<<"again">>], names(items(Receiver, <<"/v1/traces">>, 1))).

killed_until_down(Monitor) ->
    _ = [exit(Pid, kill) || Pid <- [whereis(fxaot_otlp_traces)], is_pid(Pid)],
    receive {'DOWN', Monitor, process, _, shutdown} -> ok
    after 1 -> killed_until_down(Monitor)
    end.

the_end_sends_what_waits(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), traces => otlp, traces_delay => 60000, traces_batch => 100}),
    [span(integer_to_binary(N)) || N <- lists:seq(1, 250)],
    stop(),
    ?assertEqual([integer_to_binary(N) || N <- lists:seq(1, 250)], names(items(Receiver, <<"/v1/traces">>, 250))).

%% The only export of this application: its engine has ended by then.
the_end_has_the_last_figures(Config) ->
    {Receiver, Port} = receiver(Config),
    ok = start(#{endpoint => url(Port), metrics => otlp, metrics_delay => 3600000}),
    {ok, _} = fxaot:start_engine(eur),
    [ok = fxaot:tick(eur, 'EURUSD', (1704240000 + N) * 1000000000, 1.1, 1.1001) || N <- lists:seq(1, 7)],
    stop(),
    #{<<"items">> := Items} = request(Receiver, <<"/v1/metrics">>),
    #{<<"points">> := Points} = metric(<<"fxaot_quotes">>, Items),
    ?assertEqual([7], [Value || #{<<"value">> := Value, <<"attributes">> := #{<<"engine">> := <<"eur">>}} <- Points]).

%% The limit is for all signals together.
the_end_waits_once(Config) ->
    {Receiver, Port} = receiver(Config),
    behave(Receiver, "hang"),
    ok = start(#{endpoint => url(Port), traces => otlp, metrics => otlp, logs => otlp, traces_delay => 60000,
                 metrics_delay => 60000, logs_delay => 60000, shutdown_timeout => 1000}),
    span(<<"a">>),
    {error, _} = fxaot_test_line:write(eur),
    Start = erlang:monotonic_time(millisecond),
    stop(),
    Took = erlang:monotonic_time(millisecond) - Start,
    %% One after another they would take three seconds.
    ?assert(Took >= 1000 andalso Took < 2900).

the_end_waits_no_longer(Config) ->
    {Receiver, Port} = receiver(Config),
    behave(Receiver, "hang"),
    ok = start(#{endpoint => url(Port), traces => otlp, traces_delay => 60000, shutdown_timeout => 200}),
    span(<<"a">>),
    Start = erlang:monotonic_time(millisecond),
    stop(),
    ?assert(erlang:monotonic_time(millisecond) - Start < 5000),
    ?assertEqual(<<"fxaot: 1 traces are not exported: the application stops">>, line()).
