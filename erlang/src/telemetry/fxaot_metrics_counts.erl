%% @private Counts of what the event bus tells, for the collector. Handlers add to a table in the process in which the
%% event happens. Labels have few values: engines, results, kinds; the counts of an engine go when it is stopped.
-module(fxaot_metrics_counts).

-export([new/0, add/3, missed/2, keep/1, points/1, handle/4]).

%% Rows: `{{Name, Engine, Labels}, Count}'; of a histogram `{{Name, Engine, Labels}, Sum, Bucket …}', its buckets not
%% cumulative, its sum in native units. Engine is none for what belongs to no engine.
-define(TABLE, ?MODULE).
-define(OPERATIONS, <<"fxaot_operation_seconds">>).
%% Seconds.
-define(BOUNDS, [1.0e-5, 1.0e-4, 1.0e-3, 5.0e-3, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0]).

-type label() :: {binary(), binary()}.

%% @doc Only for the application's supervisor, after the bus.
-spec new() -> ok.
new() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, {write_concurrency, true}]),
    lists:foreach(fun({Name, Labels}) -> zero(Name, none, Labels) end, of_node()),
    Events = [Event || #{event := Event} <- fxaot_telemetry:events(), is_counted(tl(Event))],
    ok = fxaot_telemetry:attach_many(?MODULE, Events, fun ?MODULE:handle/4, none).

is_counted(Event) ->
    lists:last(Event) =:= stop orelse lists:last(Event) =:= exception
        orelse lists:member(Event, [[engine, start], [engine, crash], [engine, adopt], [group, start],
                                    [group, crash], [deployment, crash], [tier, change], [cache, hit], [cache, miss],
                                    [journal, recover], [compiler, start],
                                    [compiler, fail], [feed, open], [feed, close], [alarm, set],
                                    [gateway, connect], [gateway, down], [gateway, difference],
                                    [telemetry, failure]]).

%% ---- zeros ------------------------------------------------------------------

%% A count that appears with 1 has not risen for Prometheus: those whose labels are known begin at 0.
of_node() ->
    [{Name, []} || Name <- [<<"fxaot_deployment_crashes">>, <<"fxaot_compiler_starts">>, <<"fxaot_handler_failures">>,
                            <<"fxaot_collection_stale_engines">>, <<"fxaot_collection_missing_engines">>,
                            <<"fxaot_collection_left_out_series">>]]
        ++ [{<<"fxaot_compiler_failures">>, [{<<"reason">>, Reason}]}
            || Reason <- [<<"ended">>, <<"rubbish">>, <<"timeout">>]]
        ++ [{<<"fxaot_alarms">>, [{<<"kind">>, atom_to_binary(Kind)}]} || Kind <- fxaot_alarm:kinds()]
        ++ [{<<"fxaot_compile_cache_lookups">>, [{<<"result">>, Result}]} || Result <- [<<"hit">>, <<"miss">>]]
        ++ [{<<"fxaot_native_loads">>, [{<<"source">>, Source}, {<<"result">>, Result}]}
            || Source <- [<<"folder">>, <<"cache">>, <<"compiler">>], Result <- [<<"ok">>, <<"error">>]].

begun(Engine, Names) ->
    Of = [{<<"engine">>, text(Engine)}],
    lists:foreach(fun(Name) -> zero(Name, Engine, Of) end, Names),
    lists:foreach(fun(Result) -> zero(<<"fxaot_strategy_reloads">>, Engine, Of ++ [{<<"result">>, Result}]) end,
                  [<<"ok">>, <<"error">>]).

gateway_begun(Engine) ->
    Of = [{<<"engine">>, text(Engine)}],
    zero(<<"fxaot_gateway_losses">>, Engine, Of),
    lists:foreach(fun(Result) -> zero(<<"fxaot_gateway_connects">>, Engine, Of ++ [{<<"result">>, Result}]) end,
                  [<<"ok">>, <<"error">>]),
    lists:foreach(fun(What) -> zero(<<"fxaot_gateway_differences">>, Engine, Of ++ [{<<"difference">>, What}]) end,
                  [<<"missing">>, <<"unknown">>, <<"filled">>, <<"position">>]).

zero(Name, Engine, Labels) ->
    try ets:insert_new(?TABLE, {{Name, Engine, Labels}, 0}) of
        _ -> ok
    catch error:badarg -> ok
    end.

%% ---- counting ---------------------------------------------------------------

%% @doc Adds to a counter; does nothing while the application does not run.
-spec add(Name :: binary(), [label()], non_neg_integer()) -> ok.
add(Name, Labels, Count) -> add(Name, none, Labels, Count).

add(_, _, _, 0) -> ok;
add(Name, Engine, Labels, Count) ->
    Key = {Name, Engine, Labels},
    try ets:update_counter(?TABLE, Key, Count, {Key, 0}) of
        _ -> ok
    catch error:badarg -> ok
    end.

%% @doc Events of an engine's orders that found no room for the tracer.
-spec missed(Engine :: atom(), non_neg_integer()) -> ok.
missed(Engine, Count) -> add(<<"fxaot_traces_missed_events">>, Engine, [{<<"engine">>, text(Engine)}], Count).

%% What ends after its engine is no engine's.
of_engine(Name, Engine, Labels) ->
    case fxaot_engines:find(Engine) of
        {ok, _} -> add(Name, Engine, [{<<"engine">>, text(Engine)} | Labels], 1);
        none -> ok
    end.

-spec handle(fxaot_telemetry:event(), map(), map(), none) -> ok.
handle([fxaot | Event], Measurements, Metadata, none) -> counted(Event, Measurements, Metadata).

counted([engine, start], _, #{engine := Engine}) ->
    begun(Engine, [<<"fxaot_engine_crashes">>, <<"fxaot_engine_adoptions">>, <<"fxaot_traces_missed_events">>]);
counted([group, start], _, #{engine := Engine}) -> begun(Engine, [<<"fxaot_group_crashes">>]);
counted([engine, crash], _, #{engine := Engine}) -> of_engine(<<"fxaot_engine_crashes">>, Engine, []);
counted([engine, adopt], _, #{engine := Engine}) -> of_engine(<<"fxaot_engine_adoptions">>, Engine, []);
counted([group, crash], _, #{engine := Engine}) -> of_engine(<<"fxaot_group_crashes">>, Engine, []);
counted([Kind, stop], _, #{engine := Engine}) when Kind =:= engine; Kind =:= group -> forget(Engine);
counted([application, stop], _, _) -> ok;
counted([deployment, crash], _, _) -> add(<<"fxaot_deployment_crashes">>, [], 1);
counted([tier, change], _, #{engine := Engine, tier := Tier}) ->
    of_engine(<<"fxaot_tier_changes">>, Engine, [{<<"tier">>, text(Tier)}]);
counted([cache, Result], _, _) -> add(<<"fxaot_compile_cache_lookups">>, [{<<"result">>, text(Result)}], 1);
counted([journal, recover], #{duration := Duration}, _) -> timed(recover, ok, Duration);
counted([compiler, start], _, _) -> add(<<"fxaot_compiler_starts">>, [], 1);
counted([compiler, fail], _, #{reason := Reason}) ->
    add(<<"fxaot_compiler_failures">>, [{<<"reason">>, text(Reason)}], 1);
counted([feed, open], _, #{feed := Feed, result := Result}) ->
    add(<<"fxaot_feeds">>, [{<<"feed">>, text(Feed)}, {<<"result">>, text(Result)}], 1);
counted([feed, close], #{quotes := Quotes}, #{feed := Feed}) ->
    add(<<"fxaot_feed_quotes">>, [{<<"feed">>, text(Feed)}], Quotes);
counted([gateway, connect], _, #{engine := Engine, result := Result}) ->
    gateway_begun(Engine),
    of_engine(<<"fxaot_gateway_connects">>, Engine, [{<<"result">>, text(Result)}]);
counted([gateway, down], _, #{engine := Engine}) -> of_engine(<<"fxaot_gateway_losses">>, Engine, []);
counted([gateway, difference], _, #{engine := Engine, difference := What}) ->
    of_engine(<<"fxaot_gateway_differences">>, Engine, [{<<"difference">>, text(What)}]);
counted([alarm, set], _, #{kind := Kind}) -> add(<<"fxaot_alarms">>, [{<<"kind">>, text(Kind)}], 1);
counted([telemetry, failure], _, _) -> add(<<"fxaot_handler_failures">>, [], 1);
counted([load, stop], #{duration := Duration}, #{source := Source, result := Result}) ->
    add(<<"fxaot_native_loads">>, [{<<"source">>, text(Source)}, {<<"result">>, text(Result)}], 1),
    timed(load, Result, Duration);
counted([reload, stop], #{duration := Duration}, #{engine := Engine, result := Result}) ->
    of_engine(<<"fxaot_strategy_reloads">>, Engine, [{<<"result">>, text(Result)}]),
    timed(reload, Result, Duration);
counted([request, stop], #{duration := Duration}, #{request := Request, result := Result}) ->
    timed(Request, Result, Duration);
counted([request, exception], #{duration := Duration}, #{request := Request}) -> timed(Request, exception, Duration);
counted([Operation, stop], #{duration := Duration}, #{result := Result}) -> timed(Operation, Result, Duration);
counted([Operation, exception], #{duration := Duration}, _) -> timed(Operation, exception, Duration).

%% ---- durations --------------------------------------------------------------

timed(Operation, Result, Duration) ->
    Key = {?OPERATIONS, none, [{<<"operation">>, text(Operation)}, {<<"result">>, text(Result)}]},
    Seconds = Duration / erlang:convert_time_unit(1, second, native),
    Place = 3 + length([Bound || Bound <- ?BOUNDS, Seconds > Bound]),
    try ets:update_counter(?TABLE, Key, [{2, Duration}, {Place, 1}],
                           list_to_tuple([Key, 0, 0 | [0 || _ <- ?BOUNDS]])) of
        _ -> ok
    catch error:badarg -> ok
    end.

%% @doc Drops the counts of engines other than these: what was told of one after its stop.
-spec keep(Engines :: [atom()]) -> ok.
keep(Engines) ->
    Counted = try ets:select(?TABLE, [{{{'_', '$1', '_'}, '_'}, [], ['$1']}]) catch error:badarg -> [] end,
    lists:foreach(fun forget/1, lists:usort(Counted) -- [none | Engines]).

forget(Engine) ->
    try
        true = ets:match_delete(?TABLE, {{'_', Engine, '_'}, '_'}),
        ok
    catch error:badarg -> ok
    end.

text(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
text(_) -> <<"other">>.

%% ---- reading ----------------------------------------------------------------

%% @doc The points of one of these metrics.
-spec points(Name :: binary()) -> [fxaot_metrics:point()].
points(Name) ->
    Rows = try ets:select(?TABLE, [{{{Name, '_', '$1'}, '$2'}, [], [{{'$1', '$2'}}]}])
           catch error:badarg -> []
           end,
    [#{labels => maps:from_list(Labels), value => Count} || {Labels, Count} <- lists:sort(Rows)]
        ++ case Name of
               ?OPERATIONS -> histograms();
               _ -> []
           end.

histograms() ->
    Rows = try [Row || Row <- ets:tab2list(?TABLE), tuple_size(Row) > 2]
           catch error:badarg -> []
           end,
    [histogram(Labels, Sum, Buckets)
     || [{_, _, Labels}, Sum | Buckets] <- lists:map(fun tuple_to_list/1, lists:sort(Rows))].

histogram(Labels, Sum, Counts) ->
    {Buckets, Count} = lists:mapfoldl(fun({Bound, Of}, Below) -> {{Bound, Below + Of}, Below + Of} end, 0,
                                      lists:zip(?BOUNDS ++ [infinity], Counts)),
    #{labels => maps:from_list(Labels), buckets => Buckets, count => Count,
      sum => Sum / erlang:convert_time_unit(1, second, native)}.
