-module(fxaot_metrics_tests).
-include_lib("eunit/include/eunit.hrl").

-export([lines_of_metrics/0]).

accept_test_() ->
    [?_assertEqual({Accept, Kind}, {Accept, fxaot_metrics_text:accepted(Accept)})
     || {Accept, Kind} <-
            [{"", prometheus}, {"*/*", prometheus}, {"text/plain", prometheus}, {"application/json", prometheus},
             {"application/openmetrics-text", open_metrics},
             {"application/openmetrics-text; version=1.0.0; charset=utf-8", open_metrics},
             {"Application/OpenMetrics-Text;version=\"1.0.0\"", open_metrics},
             %% As Prometheus 2.42 asks.
             {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
              "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", open_metrics},
             {"application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5", prometheus},
             {"application/openmetrics-text;q=0.2, text/plain;q=0.5", prometheus},
             {"application/openmetrics-text;q=0, text/plain", prometheus},
             {"application/openmetrics-text;q=no", prometheus}, {";;,=,;q", prometheus}]].

gzip_test_() ->
    [?_assertEqual({Accept, Gzip}, {Accept, fxaot_metrics_text:takes_gzip(Accept)})
     || {Accept, Gzip} <- [{"", false}, {"gzip", true}, {"deflate, GZIP;q=0.5", true}, {"gzip;q=0", false},
                           {"gzip;q=0.0, br", false}, {"deflate", false}, {"x-gzipped", false}]].

%% Those of the header, by their codes; without the sources there is nothing to compare.
reject_reasons_test() ->
    case fxaot_telemetry_tests:source("c_src/include/fxaot.h") of
        {ok, Text} ->
            {match, Names} = re:run(Text, "\\n  FXAOT_REJECT_([A-Z_]+)\\s*=", [global, {capture, [1], binary}]),
            ?assertEqual([string:lowercase(Name) || [Name] <- Names],
                         [atom_to_binary(Reason) || Reason <- fxaot_metrics_engine:reject_reasons()]);
        none -> ok
    end.

metrics() ->
    [#{name => <<"a">>, type => counter, unit => <<>>, help => <<"A \"b\" \\ c\nd">>,
       points => [#{labels => #{<<"x">> => <<"q\"\\\n">>, <<"b">> => <<"ä"/utf8>>}, value => 3},
                  #{labels => #{}, value => 0.25}]},
     #{name => <<"none">>, type => gauge, unit => <<>>, help => <<"None">>, points => []},
     #{name => <<"t_seconds">>, type => histogram, unit => <<"seconds">>, help => <<"T">>,
       points => [#{labels => #{<<"x">> => <<"1">>}, buckets => [{0.5, 1}, {1.0, 2}, {infinity, 4}], sum => 9.5,
                    count => 4}]},
     #{name => <<"g">>, type => gauge, unit => <<>>, help => <<"G">>, points => [#{labels => #{}, value => -1.0e-9}]}].

prometheus_test() ->
    ?assertEqual(
       <<"# HELP a_total A \"b\" \\\\ c\\nd\n"
         "# TYPE a_total counter\n"
         "a_total{b=\"ä\",x=\"q\\\"\\\\\\n\"} 3\n"
         "a_total 0.25\n"
         "# HELP t_seconds T\n"
         "# TYPE t_seconds histogram\n"
         "t_seconds_bucket{x=\"1\",le=\"0.5\"} 1\n"
         "t_seconds_bucket{x=\"1\",le=\"1.0\"} 2\n"
         "t_seconds_bucket{x=\"1\",le=\"+Inf\"} 4\n"
         "t_seconds_sum{x=\"1\"} 9.5\n"
         "t_seconds_count{x=\"1\"} 4\n"
         "# HELP g G\n"
         "# TYPE g gauge\n"
         "g -1.0e-9\n"/utf8>>, iolist_to_binary(fxaot_metrics_text:format(prometheus, metrics()))).

open_metrics_test() ->
    [A, T, _] = metrics() -- [lists:nth(2, metrics())],
    ?assertEqual(
       <<"# HELP a A \\\"b\\\" \\\\ c\\nd\n"
         "# TYPE a counter\n"
         "a_total{b=\"ä\",x=\"q\\\"\\\\\\n\"} 3\n"
         "a_total 0.25\n"
         "# HELP t_seconds T\n"
         "# TYPE t_seconds histogram\n"
         "# UNIT t_seconds seconds\n"
         "t_seconds_bucket{x=\"1\",le=\"0.5\"} 1\n"
         "t_seconds_bucket{x=\"1\",le=\"1.0\"} 2\n"
         "t_seconds_bucket{x=\"1\",le=\"+Inf\"} 4\n"
         "t_seconds_sum{x=\"1\"} 9.5\n"
         "t_seconds_count{x=\"1\"} 4\n"
         "# EOF\n"/utf8>>, iolist_to_binary(fxaot_metrics_text:format(open_metrics, [A, T]))).

%% Without the application there is nothing but the node.
not_running_test() ->
    _ = application:stop(fxaot),
    Metrics = fxaot_metrics:collect(),
    ?assertEqual([Name || {Name, _, _, _, _} <- fxaot_metrics_table:all()], [Name || #{name := Name} <- Metrics]),
    ?assertMatch([#{value := 0}], points(<<"fxaot_ready">>, Metrics)),
    ?assertEqual([], points(<<"fxaot_quotes">>, Metrics)),
    ?assertMatch([#{value := _}], points(<<"fxaot_beam_processes">>, Metrics)).

points(Name, Metrics) ->
    [Points] = [Points || #{name := Known, points := Points} <- Metrics, Known =:= Name],
    Points.

%% Every type of message is there from the start, with 0.
fix_test() ->
    Figures = #{phase => syncing, next_in => 7, next_out => 9, logons => 1, resends => 0, gaps => 2, rejects => 3, garbled => 4,
                missed_heartbeats => 5, {in, heartbeat} => 6, {out, new_order_single} => 8},
    Points = fxaot_metrics_fix:points({eur, orders, Figures}),
    ?assertEqual(fxaot_metrics_fix:series(), length(Points)),
    Known = maps:from_list([{Name, lists:sort(Labels)} || {Name, _, _, Labels, _} <- fxaot_metrics_table:all()]),
    ?assertEqual([], [Name || {Name, #{labels := Labels}} <- Points,
                              maps:get(Name, Known, none) =/= lists:sort(maps:keys(Labels))]),
    ?assertEqual([{<<"fxaot_fix_gaps">>, [], 2}, {<<"fxaot_fix_garbled">>, [], 4}, {<<"fxaot_fix_logons">>, [], 1},
                  {<<"fxaot_fix_messages">>, [<<"in">>, <<"heartbeat">>], 6},
                  {<<"fxaot_fix_messages">>, [<<"out">>, <<"new_order_single">>], 8},
                  {<<"fxaot_fix_missed_heartbeats">>, [], 5},
                  {<<"fxaot_fix_next_sequence">>, [<<"in">>], 7}, {<<"fxaot_fix_next_sequence">>, [<<"out">>], 9},
                  {<<"fxaot_fix_rejects">>, [], 3}, {<<"fxaot_fix_session_state">>, [<<"syncing">>], 1}],
                 lists:sort([{Name, maps:values(maps:without([<<"engine">>, <<"session">>], Labels)), Value}
                             || {Name, #{labels := #{<<"engine">> := <<"eur">>, <<"session">> := <<"orders">>} = Labels,
                                         value := Value}} <- Points, Value =/= 0])).

%% ---- docs/telemetry.md ------------------------------------------------------

document_test() ->
    case fxaot_telemetry_tests:document() of
        {ok, Lines} ->
            Metrics = lines_of_metrics(),
            ?assertEqual([], Metrics -- Lines),
            ?assertEqual([], [Line || <<"| `fxaot_", _/binary>> = Line <- Lines] -- Metrics);
        none -> ok
    end.

lines_of_metrics() -> [iolist_to_binary(line(Row)) || Row <- fxaot_metrics_table:all()].

line({Name, Type, _, Labels, Help}) ->
    Shown = case Type of
                counter -> <<Name/binary, "_total">>;
                _ -> Name
            end,
    ["| `", Shown, "` | ", atom_to_list(Type), " | ", lists:join(", ", Labels), " | ", Help, " |"].
