%% @doc The one collector of metrics: Prometheus text, OpenMetrics and OTLP are made from its answer.
%%
%% Engines count in native memory. A collection asks all of them at once and waits for at most `metrics_timeout'; of an
%% engine that does not answer in time it shows the last values. There are at most `metrics_series' series: engines come
%% first, then journals, FIX sessions, positions, strategies, and the reasons of their rejects; what is left out is
%% counted. What is stopped or removed is in the next collection no more.
-module(fxaot_metrics).

-export([collect/0]).
-export([new/0]).

-export_type([metric/0, point/0]).

%% Names are those of Prometheus without `_total', units are base units: seconds, bytes.
-type metric() :: #{name := binary(), type := counter | gauge | histogram, unit := binary(), help := binary(),
                    points := [point()]}.
%% Buckets are cumulative, by their upper bounds; the last one has all.
-type point() :: #{labels := #{binary() => binary()}, value := number()}
               | #{labels := #{binary() => binary()}, buckets := [{Bound :: number() | infinity, non_neg_integer()}],
                   sum := number(), count := non_neg_integer()}.

%% Rows: `{Engine, Figures}', the last ones.
-define(LAST, ?MODULE).

%% @private Only for the application's supervisor.
-spec new() -> ok.
new() ->
    ?LAST = ets:new(?LAST, [named_table, public]),
    ok.

%% @doc All metrics, those without a point too. Any process may call it; it takes at most a little longer than
%% `metrics_timeout'.
-spec collect() -> [metric()].
collect() ->
    Start = erlang:monotonic_time(),
    Timeout = fxaot_config:value(metrics_timeout),
    Series = fxaot_config:value(metrics_series),
    Deadline = Start + erlang:convert_time_unit(Timeout, millisecond, native),
    Health = fxaot_health:health(),
    Engines = lists:sort([Name || Name <- maps:keys(map_get(engines, Health))]),
    Compiler = request(fxaot_compiler, requests),
    Sessions = fxaot_metrics_fix:ask(),
    Figures = asked(Engines, Series div fxaot_metrics_engine:strategy_series(), Deadline),
    Requests = answer(Compiler, Deadline),
    fxaot_metrics_counts:keep(Engines ++ maps:keys(map_get(groups, Health))),
    Fix = fxaot_metrics_fix:answers(Sessions, fun() -> left(Deadline) end),
    Found = lists:append([node_points(Health, Requests), fxaot_otlp_exporter:points(),
                          engine_points(Figures, Fix, Series)]),
    Took = (erlang:monotonic_time() - Start) / erlang:convert_time_unit(1, second, native),
    ByName = maps:groups_from_list(fun({Name, _}) -> Name end, fun({_, Point}) -> Point end,
                                   [value(<<"fxaot_collection_seconds">>, Took) | Found]),
    [#{name => Name, type => Type, unit => Unit, help => Help,
       points => maps:get(Name, ByName, []) ++ fxaot_metrics_counts:points(Name)}
     || {Name, Type, Unit, _, Help} <- fxaot_metrics_table:all()].

%% ---- engines ----------------------------------------------------------------

%% All at once; the answers come while the others work.
asked(Engines, Strategies, Deadline) ->
    Requests = [{Engine, request(Engine, {metrics, Strategies, Deadline})} || Engine <- Engines],
    Figures = [{Engine, figures(Engine, answer(Request, Deadline))} || {Engine, Request} <- Requests],
    forget(Engines),
    [Of || {_, {_, _}} = Of <- Figures].

request(Process, Request) -> gen_server:send_request(Process, Request).

answer(Request, Deadline) -> gen_server:receive_response(Request, left(Deadline)).

left(Deadline) ->
    max(0, erlang:convert_time_unit(Deadline - erlang:monotonic_time(), native, millisecond)).

figures(Engine, {reply, {ok, Figures}}) ->
    keep(Engine, Figures),
    {new, Figures};
%% Its state is lost.
figures(_, {reply, {error, _}}) -> none;
figures(Engine, _) ->
    case last(Engine) of
        {ok, Figures} ->
            fxaot_metrics_counts:add(<<"fxaot_collection_stale_engines">>, [], 1),
            {last, Figures};
        none ->
            fxaot_metrics_counts:add(<<"fxaot_collection_missing_engines">>, [], 1),
            none
    end.

keep(Engine, Figures) -> try ets:insert(?LAST, {Engine, Figures}) catch error:badarg -> true end.

last(Engine) ->
    try ets:lookup(?LAST, Engine) of
        [{_, Figures}] -> {ok, Figures};
        [] -> none
    catch error:badarg -> none
    end.

%% Of engines that are stopped nothing is kept.
forget(Engines) ->
    Kept = try ets:select(?LAST, [{{'$1', '_'}, [], ['$1']}]) catch error:badarg -> [] end,
    lists:foreach(fun(Engine) -> ets:delete(?LAST, Engine) end, Kept -- Engines).

%% ---- the limit --------------------------------------------------------------

engine_points(Figures, Fix, Series) ->
    {Engines, Beside, NoEngines} = fitting(Figures, fxaot_metrics_engine:base_series(), Series),
    {Journals, Between, NoJournals} =
        fitting([Journal || {Engine, _} <- Engines, [_ | _] = Journal <- [fxaot_metrics_journal:points(Engine)]],
                fxaot_metrics_journal:series(), Beside),
    {Sessions, Room, NoSessions} = fitting(Fix, fxaot_metrics_fix:series(), Between),
    {Positions, Left, NoPositions} =
        fitting(listed(positions, Engines), fxaot_metrics_engine:position_series(), Room),
    {Strategies, Last, NoStrategies} =
        fitting(listed(strategies, Engines), fxaot_metrics_engine:strategy_series(), Left),
    {Rejected, _, NoRejected} =
        fitting([{Engine, Each} || {Engine, Strategy} <- Strategies, Each <- fxaot_metrics_engine:rejected(Strategy)],
                1, Last),
    fxaot_metrics_counts:add(<<"fxaot_collection_left_out_series">>, [],
                             NoEngines + NoJournals + NoSessions + NoPositions + NoStrategies + NoRejected
                                 + unread(Engines)),
    lists:append([fxaot_metrics_engine:points(atom_to_binary(Engine), Of,
                                              {of_engine(Engine, Positions), of_engine(Engine, Strategies),
                                               of_engine(Engine, Rejected)})
                  || {Engine, {_, Of}} <- Engines]
                 ++ Journals ++ [fxaot_metrics_fix:points(Session) || Session <- Sessions]).

listed(Key, Engines) -> [{Engine, Each} || {Engine, {_, Figures}} <- Engines, Each <- map_get(Key, Figures)].

of_engine(Engine, Listed) -> [Each || {Of, Each} <- Listed, Of =:= Engine].

%% As many as there is room for, the room that is left, and the series of those that are left out.
fitting(All, Series, Room) ->
    {Kept, Rest} = lists:split(min(length(All), Room div Series), All),
    {Kept, Room - length(Kept) * Series, length(Rest) * Series}.

%% The series of strategies that their engines have not even read.
unread(Engines) ->
    fxaot_metrics_engine:strategy_series()
        * lists:sum([max(0, maps:get(strategies, Stats, 0) - length(Read))
                     || {_, {_, #{stats := Stats, strategies := Read}}} <- Engines]).

%% ---- the node ---------------------------------------------------------------

node_points(#{ready := Ready, native := Native, engines := Engines, groups := Groups, deployments := Deployments,
              quarantined := Quarantined}, Requests) ->
    [value(<<"fxaot_ready">>, truth(Ready)), value(<<"fxaot_native">>, truth(Native =:= true)),
     value(<<"fxaot_quarantined_plans">>, Quarantined),
     value(<<"fxaot_probations">>,
           length([ok || {_, _, #{probation := Probation}} <- fxaot_deployments:saved(), Probation =/= none])),
     value(<<"fxaot_beam_processes">>, erlang:system_info(process_count))]
        ++ [value(<<"fxaot_compiler_requests">>, Count) || {reply, Count} <- [Requests], is_integer(Count)]
        ++ [value(Name, Value)
            || {ok, Entries, Bytes} <- [fxaot_compile_cache:size()],
               {Name, Value} <- [{<<"fxaot_compile_cache_entries">>, Entries},
                                 {<<"fxaot_compile_cache_bytes">>, Bytes}]]
        ++ [value(<<"fxaot_deployments">>, [{<<"status">>, Status}],
                  length([ok || #{status := Of} <- maps:values(Deployments), Of =:= Status]))
            || Status <- [up, restarting]]
        ++ lists:append([[value(<<"fxaot_engine_up">>, [{<<"engine">>, Engine}, {<<"status">>, Status}],
                                truth(Status =:= up)),
                          value(<<"fxaot_engine_queue_messages">>, [{<<"engine">>, Engine}], Queue)]
                         || {Engine, #{status := Status, queue := Queue}} <- lists:sort(maps:to_list(Engines))])
        ++ lists:append([group(Group, Status) || {Group, #{status := Status}} <- lists:sort(maps:to_list(Groups))])
        ++ [value(<<"fxaot_beam_run_queue">>, [{<<"scheduler">>, Scheduler}], Length)
            || {Scheduler, Length} <- run_queues()]
        ++ [value(<<"fxaot_beam_memory_bytes">>, [{<<"kind">>, Kind}], Bytes)
            || {Kind, Bytes} <- erlang:memory(), lists:member(Kind, [total, processes, binary, ets, atom, code])].

group(Group, Status) ->
    [value(<<"fxaot_group_up">>, [{<<"group">>, Group}], truth(Status =:= up))]
        ++ [value(<<"fxaot_group_unrouted_quotes">>, [{<<"group">>, Group}], fxaot_nif:unrouted(Router))
            || {send, _, router, Router} <- [fxaot_names:target(Group)]].

%% Those of the schedulers, then those of all dirty CPU and of all dirty IO schedulers.
run_queues() ->
    Lengths = erlang:statistics(run_queue_lengths_all),
    {Normal, Dirty} = lists:split(erlang:system_info(schedulers), Lengths),
    lists:zip(lists:seq(1, length(Normal)), Normal) ++ lists:zip([dirty_cpu, dirty_io], Dirty).

value(Name, Value) -> {Name, #{labels => #{}, value => Value}}.

value(Name, Labels, Value) ->
    {Name, #{labels => maps:from_list([{Label, label(Of)} || {Label, Of} <- Labels]), value => Value}}.

label(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
label(Number) -> integer_to_binary(Number).

truth(true) -> 1;
truth(false) -> 0.
