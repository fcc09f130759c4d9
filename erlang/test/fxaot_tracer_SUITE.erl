%% What spans there are, and how they hang together: read from the queue, which nobody empties here.
-module(fxaot_tracer_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(START, 1704240000000000000).
-define(CALLER, <<"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01">>).
-define(TRACE, <<16#0af7651916cd43dd8448eb211c80319c:128>>).
-define(PARENT, <<16#b7ad6b7169203331:64>>).

all() ->
    [a_deployment_is_one_trace, a_script_with_errors_says_so, an_order_of_a_caller, an_order_with_an_id_among_many,
     an_order_is_told_to_its_end, every_span_of_a_call_has_its_caller, an_order_in_parts,
     an_order_of_a_group, an_order_at_a_broker, an_order_of_somebody_else, a_caller_gets_its_context_back,
     a_callers_random_numbers, a_refused_order, an_order_of_a_signal, an_order_of_a_script, more_orders_than_there_is_room,
     a_replay_is_its_callers, one_quote_in_ten, a_dropped_quote, one_quote_in_a_thousand,
     an_unsampled_caller, wrong_contexts_are_sentences, a_killed_tracer_follows_on, opentelemetry_takes_the_spans].

suite() -> [{timetrap, {minutes, 2}}].

init_per_suite(Config) -> fxaot_test:begin_suite(Config).

end_per_suite(Config) ->
    application:set_env(fxaot, otlp, #{}),
    fxaot_test:end_suite(Config).

init_per_testcase(_, Config) ->
    traced(#{}),
    Config.

end_per_testcase(_, _) ->
    [fxaot:stop_engine(Engine) || Engine <- [eur, thread, pair]],
    application:stop(fxaot),
    [begin true = code:delete(Module), code:purge(Module) end
     || {Module, _} <- stand_ins(), code:is_loaded(Module) =/= false],
    [application:unset_env(fxaot, Key) || Key <- [artifact_dirs, quarantine_dir]],
    os:unsetenv("XDG_CACHE_HOME").

%% Nobody listens on port 1, and nothing is sent before the end.
traced(Options) ->
    application:stop(fxaot),
    application:set_env(fxaot, otlp,
                        maps:merge(#{traces_endpoint => "http://127.0.0.1:1", traces_delay => 3600000,
                                     traces_queue => 100000, traces_batch => 100000, shutdown_timeout => 100}, Options)),
    fxaot_test:start().

engine(Name, Options) ->
    {ok, _} = fxaot:start_engine(Name, Options),
    ok = gen_server:call(fxaot_tracer, sync).

tick(Second, Bid) -> fxaot:tick(eur, 'EURUSD', ?START + Second * 1000000000, Bid, Bid + 0.0001).

spans() ->
    ok = gen_server:call(fxaot_tracer, sync),
    [Span || {_, Span} <- fxaot_otlp_queue:first(traces, 1000000)].

named(Name) -> [Span || #{name := Each} = Span <- spans(), Each =:= Name].

one(Name) ->
    [Span] = named(Name),
    Span.

parent(#{parent := Parent}) -> Parent;
parent(#{}) -> root.

attribute(Key, #{attributes := Attributes}) -> maps:get(<<"fxaot.", Key/binary>>, Attributes, none).

%% ---- deployments --------------------------------------------------------------

script(Length) ->
    {source, ["//@version=6\nstrategy(\"Traced\")\nif close > ta.ema(close, ", integer_to_list(Length), ")\n"
              "    strategy.entry(\"Long\", strategy.long)\n"]}.

a_deployment_is_one_trace(Config) ->
    Private = proplists:get_value(priv_dir, Config),
    application:set_env(fxaot, artifact_dirs, []),
    application:set_env(fxaot, quarantine_dir, filename:join(Private, "quarantine")),
    os:putenv("XDG_CACHE_HOME", Private),
    traced(#{}),
    ok = engine(eur, #{}),
    ok = fxaot_deployments:watch(eur, cross),
    Deployment = #{strategy => script(9), instrument => 'EURUSD', timeframe => {minutes, 1}, traceparent => ?CALLER},
    ok = fxaot:deploy(eur, cross, Deployment),
    case receive {fxaot_deployment, eur, cross, News} -> News end of
        {running, native} ->
            #{span_id := Deploy} = Root = one(<<"fxaot.deploy">>),
            ?assertMatch(#{parent := ?PARENT, is_remote := true, status := unset,
                           attributes := #{<<"fxaot.engine">> := eur, <<"fxaot.strategy">> := cross,
                                           <<"fxaot.result">> := ok}}, Root),
            [?assertEqual({Name, Deploy, unset}, {Name, parent(one(Name)), map_get(status, one(Name))})
             || Name <- [<<"fxaot.check">>, <<"fxaot.compile">>, <<"fxaot.load">>, <<"fxaot.attach">>]],
            ?assertEqual([?TRACE], lists:usort([Trace || #{trace_id := Trace} <- spans()])),
            [?assert(map_get(start_time, Early) =< map_get(start_time, Late))
             || {Early, Late} <- [{Root, one(<<"fxaot.check">>)}, {one(<<"fxaot.check">>), one(<<"fxaot.compile">>)},
                                  {one(<<"fxaot.compile">>), one(<<"fxaot.load">>)},
                                  {one(<<"fxaot.load">>), one(<<"fxaot.attach">>)}]],
            a_reload_is_one_trace();
        {refused, {compiler, #{reason := no_toolchain}}} -> {skip, "no toolchain"}
    end.

%% A root of its own: its caller gives no context. The process of the deployment keeps none of the one before.
a_reload_is_one_trace() ->
    Before = spans(),
    {ok, _} = fxaot:deploy(eur, cross, #{strategy => script(10), tier => vm}),
    New = spans() -- Before,
    Of = fun(Name) -> hd([Span || #{name := Each} = Span <- New, Each =:= Name]) end,
    #{trace_id := Trace, span_id := Deploy} = Root = Of(<<"fxaot.deploy">>),
    ?assertEqual(root, parent(Root)),
    #{span_id := Reload} = Of(<<"fxaot.reload">>),
    ?assertEqual(Deploy, parent(Of(<<"fxaot.reload">>))),
    ?assertEqual([Reload, Reload], [parent(Of(Name)) || Name <- [<<"fxaot.prepare">>, <<"fxaot.swap">>]]),
    ?assertEqual([Trace], lists:usort([Each || #{trace_id := Each} <- New])),
    ?assertEqual([<<"fxaot.check">>, <<"fxaot.deploy">>, <<"fxaot.prepare">>, <<"fxaot.reload">>, <<"fxaot.swap">>],
                 lists:sort([Name || #{name := Name} <- New])),
    %% Nobody's context is left for those that have none.
    Reloads = named(<<"fxaot.reload">>),
    [begin
         {ok, _} = fxaot:rollback(eur, cross, Options),
         {ok, _} = fxaot:deploy(eur, cross, #{strategy => script(Length), tier => vm})
     end || {Length, Options} <- [{11, #{traceparent => ?CALLER}}, {12, #{}}]],
    ?assertMatch([#{parent := ?PARENT, trace_id := ?TRACE}, _, _, _], named(<<"fxaot.reload">>) -- Reloads),
    ?assertMatch([_, #{trace_id := First}, #{trace_id := Second}, #{trace_id := Third}]
                 when First =/= Second andalso Second =/= Third andalso First =/= ?TRACE,
                 named(<<"fxaot.reload">>) -- Reloads),
    ?assertEqual([root], [parent(Span) || Span <- named(<<"fxaot.reload">>) -- Reloads, parent(Span) =:= root]).

a_script_with_errors_says_so(_) ->
    ok = engine(eur, #{}),
    {error, {script_errors, _}} =
        fxaot:deploy(eur, cross, #{strategy => {source, "//@version=6\nstrategy(\"x\")\nplot(what)\n"},
                                   instrument => 'EURUSD', timeframe => {minutes, 1}}),
    [?assertMatch(#{status := {error, _}, attributes := #{<<"fxaot.reason">> := script_errors}}, one(Name))
     || Name <- [<<"fxaot.check">>, <<"fxaot.deploy">>]],
    ?assertEqual(map_get(span_id, one(<<"fxaot.deploy">>)), parent(one(<<"fxaot.check">>))).

%% ---- orders -------------------------------------------------------------------

an_order_of_a_caller(_) ->
    ok = engine(eur, #{balance => 10000}),
    _ = tick(1, 1.1),
    {ok, #{number := Number}} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000,
                                                    traceparent => ?CALLER}),
    _ = tick(2, 1.1002),
    #{span_id := Request} = Asked = one(<<"fxaot.request">>),
    ?assertMatch(#{parent := ?PARENT, is_remote := true, attributes := #{<<"fxaot.request">> := submit}}, Asked),
    #{span_id := Order} = Placed = one(<<"fxaot.order">>),
    ?assertEqual(Request, parent(Placed)),
    #{span_id := Venue} = one(<<"fxaot.venue">>),
    ?assertEqual(Order, parent(one(<<"fxaot.venue">>))),
    #{links := Links, attributes := Filled} = Fill = one(<<"fxaot.fill">>),
    ?assertEqual(Venue, parent(Fill)),
    ?assertMatch([#{trace_id := ?TRACE, span_id := Request}], Links),
    ?assertMatch(#{<<"fxaot.engine">> := eur, <<"fxaot.symbol">> := 'EURUSD', <<"fxaot.order">> := Number,
                   <<"fxaot.side">> := buy, <<"fxaot.quantity">> := 1000, <<"fxaot.price">> := 1.1003,
                   <<"fxaot.time">> := ?START + 2000000000}, Filled),
    ?assertEqual([filled, filled], [attribute(<<"state">>, Span) || Span <- [Placed, one(<<"fxaot.venue">>)]]),
    ?assertEqual([?TRACE], lists:usort([Trace || #{trace_id := Trace} <- spans()])).

%% Requests of many processes at once: an order's id says whose it is.
an_order_with_an_id_among_many(_) ->
    ok = engine(eur, #{balance => 10000000}),
    _ = tick(1, 1.1),
    Workers = [spawn_monitor(fun() ->
                                     Id = <<"order ", (integer_to_binary(N))/binary>>,
                                     {ok, _} = fxaot:submit(eur, #{id => Id, symbol => 'EURUSD', side => buy,
                                                                   quantity => 1000})
                             end) || N <- lists:seq(1, 40)],
    [receive {'DOWN', Monitor, process, Pid, Reason} -> ?assertEqual(normal, Reason) end || {Pid, Monitor} <- Workers],
    _ = tick(2, 1.1002),
    Requests = maps:from_list([{Id, attribute(<<"id">>, Span)} || #{span_id := Id} = Span <- named(<<"fxaot.request">>)]),
    Orders = [{attribute(<<"id">>, Span), map_get(parent(Span), Requests)} || Span <- named(<<"fxaot.order">>)],
    ?assertEqual(40, length(Orders)),
    ?assertEqual([], [Pair || {Id, Of} = Pair <- Orders, Id =/= Of]),
    ?assertEqual(40, length(named(<<"fxaot.fill">>))).

an_order_is_told_to_its_end(_) ->
    ok = engine(eur, #{balance => 10000}),
    _ = tick(1, 1.1),
    {ok, _} = fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 1000, type => limit,
                                  price => 1.05}),
    ?assertEqual([], named(<<"fxaot.order">>)),
    {ok, _} = fxaot:modify(eur, <<"a">>, #{price => 1.06, traceparent => ?CALLER}),
    {ok, _} = fxaot:cancel(eur, <<"a">>, #{traceparent => ?CALLER}),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 3000}),
    _ = tick(2, 1.1),
    {ok, [_]} = fxaot:close(eur, 'EURUSD', #{quantity => 1000, traceparent => ?CALLER}),
    {ok, [_]} = fxaot:close(eur, 'EURUSD', #{traceparent => ?CALLER}),
    ?assertEqual([{submit, root}, {modify, ?PARENT}, {cancel, ?PARENT}, {submit, root}, {close, ?PARENT}, {close, ?PARENT}],
                 [{attribute(<<"request">>, Span), parent(Span)} || Span <- named(<<"fxaot.request">>)]),
    [#{events := Events, start_time := Start, end_time := End} = Order | _] = named(<<"fxaot.order">>),
    ?assertEqual([<<"modified">>, <<"cancelled">>], [Name || #{name := Name} <- Events]),
    ?assertEqual({cancelled, user, <<"a">>}, {attribute(<<"state">>, Order), attribute(<<"reason">>, Order),
                                              attribute(<<"id">>, Order)}),
    ?assert(Start =< End),
    ?assertEqual([<<"a">>, <<"a">>, <<"a">>], [attribute(<<"id">>, Span) || Span <- lists:sublist(named(<<"fxaot.request">>), 3)]).

%% Whatever has a span takes the caller's trace.
every_span_of_a_call_has_its_caller(_) ->
    ok = engine(eur, #{balance => 10000}),
    Options = #{traceparent => ?CALLER},
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}}),
    ok = fxaot:undeploy(eur, cross, Options),
    {ok, 0} = fxaot:cancel_all(eur, all, Options),
    {ok, 0} = fxaot:cancel_all(eur, #{symbol => 'EURUSD'}, Options),
    {error, _} = fxaot:close_by(eur, <<"a">>, <<"b">>, Options),
    {ok, _} = fxaot:deposit(eur, 1, Options),
    {ok, _} = fxaot:withdraw(eur, 1, Options),
    ?assertEqual([{cancel_all, unset}, {cancel_all, unset},
                  {close_by, error}, {deposit, unset}, {withdraw, unset}],
                 [{attribute(<<"request">>, Span), case Status of {error, _} -> error; _ -> Status end}
                  || #{status := Status} = Span <- named(<<"fxaot.request">>)]),
    ?assertEqual([root], [parent(Span) || Span <- named(<<"fxaot.deploy">>)]),
    ?assertEqual(lists:duplicate(6, ?PARENT),
                 [parent(Span) || Name <- [<<"fxaot.undeploy">>, <<"fxaot.request">>], Span <- named(Name)]),
    ?assertMatch([{error, {unknown_option, _}}, {error, {unknown_option, _}}],
                 [fxaot:deposit(eur, 1, #{trace => ?CALLER}), fxaot:undeploy(eur, cross, #{trace => ?CALLER})]).

%% A quote's sizes fill a part; the order ends with the last one.
an_order_in_parts(_) ->
    ok = engine(eur, #{balance => 10000}),
    _ = tick(1, 1.1),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 3000}),
    Quote = fun(Second, Size) ->
                    fxaot:tick(eur, 'EURUSD', ?START + Second * 1000000000, 1.1, 1.1001, Size, Size)
            end,
    _ = Quote(2, 1000),
    ?assertEqual({[1000], []}, {[attribute(<<"quantity">>, Fill) || Fill <- named(<<"fxaot.fill">>)],
                                named(<<"fxaot.order">>)}),
    _ = Quote(3, 5000),
    ?assertEqual([1000, 2000], [attribute(<<"quantity">>, Fill) || Fill <- named(<<"fxaot.fill">>)]),
    ?assertEqual({filled, 3000}, {attribute(<<"state">>, one(<<"fxaot.order">>)),
                                  attribute(<<"quantity">>, one(<<"fxaot.order">>))}).

%% The request names the group, the events one of its engines.
an_order_of_a_group(_) ->
    {ok, _} = fxaot:start_engines(pair, 2, #{instruments => ['EURUSD', 'USDJPY'], balance => 10000}),
    ok = gen_server:call(fxaot_tracer, sync),
    ok = fxaot:subscribe(pair),
    Tick = fun(Second) ->
                   ok = fxaot:tick(pair, 'EURUSD', ?START + Second * 1000000000, 1.1, 1.1001),
                   %% The engine has taken it when it answers.
                   _ = fxaot:stats(pair)
           end,
    Tick(1),
    {ok, _} = fxaot:submit(pair, #{symbol => 'EURUSD', side => buy, quantity => 1000, traceparent => ?CALLER}),
    Tick(2),
    Engine = filled(),
    ?assertEqual([pair, Engine], [attribute(<<"engine">>, one(Name)) || Name <- [<<"fxaot.request">>, <<"fxaot.fill">>]]),
    ?assertEqual(map_get(span_id, one(<<"fxaot.request">>)), parent(one(<<"fxaot.order">>))),
    ?assertEqual([?TRACE], lists:usort([Trace || #{trace_id := Trace} <- spans()])).

%% What a broker reports later belongs to the order's span; what it rejects ends it.
an_order_at_a_broker(_) ->
    ok = engine(eur, #{balance => 10000, venue => gateway}),
    _ = tick(1, 1.1),
    [{ok, #{state := pending_new}} = fxaot:submit(eur, #{id => Id, symbol => 'EURUSD', side => buy, quantity => 1000})
     || Id <- [<<"a">>, <<"b">>]],
    [{ok, taken} = fxaot:report(eur, Report)
     || Report <- [#{id => <<"a">>, kind => accepted},
                   #{id => <<"a">>, kind => fill, quantity => 1000, price => 1.1002, execution => <<"x">>},
                   #{id => <<"b">>, kind => rejected}]],
    [#{events := Events} = A, B] = named(<<"fxaot.order">>),
    ?assertEqual({<<"a">>, filled, [<<"accepted">>]},
                 {attribute(<<"id">>, A), attribute(<<"state">>, A), [Name || #{name := Name} <- Events]}),
    ?assertEqual({<<"b">>, cancelled, rejected_by_venue},
                 {attribute(<<"id">>, B), attribute(<<"state">>, B), attribute(<<"reason">>, B)}),
    ?assertEqual([1.1002], [attribute(<<"price">>, Fill) || Fill <- named(<<"fxaot.fill">>)]),
    %% Its cause is the request, before the broker has said anything.
    [#{span_id := Request}] = [Span || #{attributes := #{<<"fxaot.id">> := <<"a">>}} = Span <- named(<<"fxaot.request">>),
                                       attribute(<<"request">>, Span) =:= submit],
    ?assertEqual(Request, parent(A)),
    ?assertMatch([#{links := [#{span_id := Request}]}], named(<<"fxaot.fill">>)).

%% While a request is on its way, orders come that it has not made. Its answer says which one is its own, and what was read
%% from the engine waits for it.
an_order_of_somebody_else(_) ->
    ok = engine(eur, #{}),
    {ok, Caller} = fxaot_trace:parse(?CALLER),
    Order = fun(Number, Strategy, Name) ->
                    #order{id = Number, strategy = Strategy, symbol = 'EURUSD', time = 1, side = buy, quantity = 1000,
                           name = Name}
            end,
    Orders = [Order(1, undefined, <<"stop_out.1">>), Order(2, undefined, <<"a.sl">>), Order(3, undefined, undefined)],
    Events = [{Number, 10 - Number, Each}
              || {Number, Each} <- lists:enumerate(Orders ++ [Each#order{state = cancelled} || Each <- Orders])],
    Reference = make_ref(),
    fxaot_tracer ! {requested, Reference, Caller},
    fxaot_tracer ! {waits, {traced, eur, inline, 1000, {Events, 0, []}}},
    Waits = gen_server:send_request(fxaot_tracer, sync),
    ?assertEqual(timeout, gen_server:receive_response(Waits, 10)),
    fxaot_tracer ! {answered, Reference, eur, [3]},
    ?assertEqual([{1, root, 991, 994}, {2, root, 992, 995}, {3, ?PARENT, 993, 996}],
                 [{attribute(<<"order">>, Span), parent(Span), map_get(start_time, Span), map_get(end_time, Span)}
                  || Span <- named(<<"fxaot.order">>)]).

%% Whoever would have ended the span is gone.
a_caller_gets_its_context_back(_) ->
    ok = engine(eur, #{}),
    Before = get(),
    ok = fxaot_telemetry_emit:span([replay], #{engine => eur},
                                   fun() ->
                                           #{trace_id := _} = fxaot_trace:current(),
                                           fxaot_tracer:stop()
                                   end),
    ?assertEqual([], [Key || {Key, _} <- get() -- Before, Key =/= '$fxaot_random']),
    ?assertEqual(none, fxaot_trace:current()).

a_callers_random_numbers(_) ->
    _ = rand:seed(exsss, 42),
    Expected = rand:uniform(1000000),
    _ = rand:seed(exsss, 42),
    fxaot_span:finish(fxaot_span:start(<<"a">>, #{}), #{}),
    ?assertEqual(Expected, rand:uniform(1000000)).

filled() ->
    receive {fxaot_events, Engine, _, _, Events} ->
            case [Fill || #fill{} = Fill <- Events] of
                [] -> filled();
                [_] -> Engine
            end
    after 5000 -> ct:fail(not_filled)
    end.

a_refused_order(_) ->
    ok = engine(eur, #{balance => 10000}),
    _ = tick(1, 1.1),
    {error, {margin, _}} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 100000000}),
    #{span_id := Request} = Asked = one(<<"fxaot.request">>),
    ?assertEqual("margin", text(Asked)),
    Order = one(<<"fxaot.order">>),
    ?assertEqual({Request, rejected, margin}, {parent(Order), attribute(<<"state">>, Order), attribute(<<"reason">>, Order)}),
    ?assertEqual("margin", text(Order)).

text(#{status := {error, Text}}) -> lists:flatten(unicode:characters_to_list(Text)).

%% Each fill of a strategy links to the signal whose order it is, the root of its trace.
an_order_of_a_signal(_) ->
    ok = engine(eur, #{balance => 100000, sizer => {fixed, 1000}}),
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1},
                                    params => #{'band' => 0.00005}}),
    ok = fxaot:subscribe(eur),
    {ok, _} = fxaot:replay(eur, #{days => 1, seed => 1}, #{}),
    Fills = fills([]),
    ?assert(length(Fills) >= 5),
    Traced = named(<<"fxaot.fill">>),
    ?assertEqual(lists:sort([Number || #fill{order_id = Number} <- Fills]),
                 lists:sort([attribute(<<"order">>, Span) || Span <- Traced])),
    By = maps:from_list([{Id, Span} || #{span_id := Id} = Span <- spans()]),
    [begin
         Venue = map_get(parent(Fill), By),
         Order = map_get(parent(Venue), By),
         Signal = map_get(parent(Order), By),
         ?assertMatch([<<"fxaot.venue">>, <<"fxaot.order">>, <<"fxaot.signal">>],
                      [map_get(name, Span) || Span <- [Venue, Order, Signal]]),
         [#{trace_id := Trace, span_id := Id}] = map_get(links, Fill),
         ?assertEqual({map_get(trace_id, Signal), map_get(span_id, Signal)}, {Trace, Id}),
         ?assertEqual({root, cross}, {parent(Signal), attribute(<<"strategy">>, Signal)}),
         %% The order came from that very bar.
         ?assertEqual(attribute(<<"time">>, Signal) =< attribute(<<"time">>, Fill), true),
         ?assertEqual(attribute(<<"order">>, Fill), attribute(<<"order">>, Order))
     end || Fill <- Traced].

%% Each fill of a script links to the bar on which it wanted the order.
an_order_of_a_script(_) ->
    ok = engine(eur, #{balance => 100000}),
    ok = fxaot:deploy(eur, cross, #{strategy => script(9), instrument => 'EURUSD', timeframe => {minutes, 1}, tier => vm}),
    [tick(Second, 1.1 + Second / 1000000) || Second <- lists:seq(1, 3600, 10)],
    #{span_id := Id} = Bar = one(<<"fxaot.bar">>),
    ?assertEqual({root, cross, 'EURUSD'}, {parent(Bar), attribute(<<"strategy">>, Bar), attribute(<<"symbol">>, Bar)}),
    ?assertEqual(Id, parent(one(<<"fxaot.order">>))),
    ?assertMatch(#{links := [#{span_id := Id}]}, one(<<"fxaot.fill">>)).

%% What an engine keeps is bounded. What came first is traced, and the rest is counted.
more_orders_than_there_is_room(_) ->
    ok = engine(eur, #{balance => 10000000}),
    _ = tick(1, 1.1),
    Submitted = fun(Count) ->
                        [{ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000, type => limit,
                                                       price => 1.0}) || _ <- lists:seq(1, Count)],
                        {ok, _} = fxaot:cancel_all(eur, all),
                        named(<<"fxaot.order">>)
                end,
    Missed = fun() ->
                     [#{points := Points}] = [Metric || #{name := <<"fxaot_traces_missed_events">>} = Metric
                                                            <- fxaot_metrics:collect()],
                     [Value || #{value := Value} <- Points]
             end,
    ok = sys:suspend(fxaot_tracer),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000, type => limit, price => 1.0}),
    [begin
         {ok, _} = fxaot:submit(eur, #{id => integer_to_binary(N), symbol => 'EURUSD', side => buy, quantity => 1000,
                                       type => limit, price => 1.0}),
         {ok, _} = fxaot:cancel(eur, integer_to_binary(N))
     end || N <- lists:seq(1, 200)],
    ok = sys:resume(fxaot_tracer),
    %% One order is not cancelled, and two events of each other one came.
    ?assertEqual({127, [1 + 400 - 256]}, {length(named(<<"fxaot.order">>)), Missed()}),
    ?assertEqual(127 + 50, length(Submitted(50))),
    ?assertEqual([145], Missed()).

fills(Done) ->
    receive {fxaot_events, eur, _, _, Events} -> fills(Done ++ [Fill || #fill{} = Fill <- Events])
    after 0 -> Done
    end.

%% ---- replays and quotes ---------------------------------------------------------

a_replay_is_its_callers(_) ->
    ok = engine(eur, #{}),
    {ok, #{quotes := Quotes, accepted := Accepted}} =
        fxaot:replay(eur, #{days => 1, seed => 1}, #{traceparent => ?CALLER}),
    Span = one(<<"fxaot.replay">>),
    ?assertMatch(#{trace_id := ?TRACE, parent := ?PARENT, is_remote := true, status := unset}, Span),
    ?assertEqual({eur, ok}, {attribute(<<"engine">>, Span), attribute(<<"result">>, Span)}),
    ?assertEqual({Quotes, Accepted}, {attribute(<<"quotes">>, Span), attribute(<<"accepted">>, Span)}),
    {error, _} = fxaot:replay(eur, "/no/such/file.csv", #{}),
    [_, Failed] = named(<<"fxaot.replay">>),
    ?assertMatch(#{status := {error, _}}, Failed).

%% Those that are timed, so every tenth one.
one_quote_in_ten(_) ->
    traced(#{quote_spans => 10}),
    ok = engine(eur, #{}),
    ?assertEqual(lists:duplicate(100, ok), [tick(Second, 1.1) || Second <- lists:seq(1, 100)]),
    _ = fxaot:ticks(eur, <<>>),
    Quotes = named(<<"fxaot.quote">>),
    ?assertEqual([{eur, inline, ?START + Second * 1000000000, unset} || Second <- lists:seq(10, 100, 10)],
                 [{attribute(<<"engine">>, Span), attribute(<<"way">>, Span), attribute(<<"time">>, Span),
                   map_get(status, Span)} || Span <- Quotes]),
    [has_its_stages(Span) || Span <- Quotes],
    %% What the quote has caused are events of its span. The tenth from here is the 110th.
    [ok = tick(Second, 1.1) || Second <- lists:seq(101, 109)],
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000}),
    [#fill{}] = tick(110, 1.1),
    [#{events := Events} = Last] = named(<<"fxaot.quote">>) -- Quotes,
    ?assertEqual({1, [<<"entry">>, <<"admit">>, <<"trading">>, <<"bars">>, <<"fill">>]},
                 {attribute(<<"events">>, Last), [Name || #{name := Name} <- Events]}).

%% One after the other, and together as long as the span.
has_its_stages(#{start_time := Start, end_time := End, events := Events} = Span) ->
    ?assertEqual([<<"entry">>, <<"admit">>, <<"bars">>], [Name || #{name := Name} <- Events]),
    Times = [Time || #{time := Time} <- Events],
    ?assertEqual([Start | Times], lists:sort([Start | Times])),
    ?assertEqual(End, lists:last(Times)),
    Stages = [attribute(<<Stage/binary, "_ns">>, Span) || Stage <- [<<"entry">>, <<"admit">>, <<"bars">>]],
    ?assertEqual(End - Start, round(lists:sum(Stages))).

a_dropped_quote(_) ->
    traced(#{quote_spans => 1}),
    ok = engine(thread, #{mode => actor}),
    ok = fxaot:tick(thread, 'EURUSD', ?START, 1.1, 1.2),
    ok = fxaot:tick(thread, 'EURUSD', ?START, -1.0, 1.2),
    _ = fxaot:stats(thread),
    [Good, Bad] = named(<<"fxaot.quote">>),
    ?assertEqual([{thread, mailbox, 1.2}, {thread, mailbox, 1.2}],
                 [{attribute(<<"engine">>, Span), attribute(<<"way">>, Span), attribute(<<"ask">>, Span)}
                  || Span <- [Good, Bad]]),
    ?assertEqual({unset, "bad price"}, {map_get(status, Good), text(Bad)}).

%% Of a batch too; the engine has room for 64 between two readings.
one_quote_in_a_thousand(_) ->
    traced(#{quote_spans => 1000}),
    ok = engine(eur, #{}),
    ok = sys:suspend(fxaot_tracer),
    {ok, Market} = fxaot_nif:market(#{seed => 7, start => ?START}),
    {ok, Batch} = fxaot_nif:market_next(Market, 1 bsl 62, 20000),
    _ = fxaot:ticks(eur, Batch),
    ok = sys:resume(fxaot_tracer),
    Quotes = named(<<"fxaot.quote">>),
    %% 128 · 156 timed quotes of 20,000 make 19.
    ?assertEqual(19, length(Quotes)),
    ok = sys:suspend(fxaot_tracer),
    {ok, More} = fxaot_nif:market_next(Market, 1 bsl 62, 100000),
    _ = fxaot:ticks(eur, More),
    ok = sys:resume(fxaot_tracer),
    ?assertEqual(19 + 64, length(named(<<"fxaot.quote">>))).

%% ---- contexts -------------------------------------------------------------------

%% No span, but the ids go along: to a log line, for example.
an_unsampled_caller(_) ->
    ok = engine(eur, #{}),
    Unsampled = <<"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00">>,
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1},
                                    traceparent => Unsampled}),
    _ = tick(1, 1.1),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000, traceparent => Unsampled}),
    _ = tick(2, 1.1),
    ?assertEqual([], spans()).

wrong_contexts_are_sentences(_) ->
    ok = engine(eur, #{}),
    Expected = " must be a binary like 00-<trace id>-<span id>-<flags>, in lower-case hex; got ",
    [?assertMatch({match, _}, re:run(fxaot:format_error(Error), ["traceparent", Expected]))
     || Bad <- [<<"00-1">>, "text", 7],
        Error <- [fxaot:deploy(eur, cross, #{strategy => ma_crossover, traceparent => Bad}),
                  fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1, traceparent => Bad}),
                  fxaot:modify(eur, <<"a">>, #{traceparent => Bad}), fxaot:cancel(eur, <<"a">>, #{traceparent => Bad}),
                  fxaot:cancel_all(eur, all, #{traceparent => Bad}),
                  fxaot:close_by(eur, <<"a">>, <<"b">>, #{traceparent => Bad}),
                  fxaot:deposit(eur, 1, #{traceparent => Bad}), fxaot:withdraw(eur, 1, #{traceparent => Bad}),
                  fxaot:close(eur, 'EURUSD', #{traceparent => Bad}), fxaot:rollback(eur, a, #{traceparent => Bad}),
                  fxaot:undeploy(eur, a, #{traceparent => Bad}),
                  fxaot:replay(eur, #{days => 1}, #{traceparent => Bad})]],
    ?assertEqual([], spans()).

a_killed_tracer_follows_on(_) ->
    ok = engine(eur, #{balance => 10000}),
    Tracer = whereis(fxaot_tracer),
    exit(Tracer, kill),
    fxaot_test:until(fun() -> is_pid(whereis(fxaot_tracer)) andalso whereis(fxaot_tracer) =/= Tracer end),
    ok = gen_server:call(fxaot_tracer, sync),
    _ = tick(1, 1.1),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000}),
    _ = tick(2, 1.1),
    ?assertEqual([1, 1, 1, 1], [length(named(Name)) || Name <- [<<"fxaot.request">>, <<"fxaot.order">>, <<"fxaot.venue">>,
                                                                <<"fxaot.fill">>]]).

%% ---- opentelemetry-erlang ---------------------------------------------------------

%% Modules with the functions of its API that are called: a span is a map, and a message tells of each call.
opentelemetry_takes_the_spans(_) ->
    persistent_term:put(?MODULE, self()),
    Modules = stand_ins(),
    [stand_in(Module, Functions) || {Module, Functions} <- Modules],
    traced(#{traces_endpoint => none}),
    ok = engine(eur, #{balance => 10000}),
    _ = tick(1, 1.1),
    put(otel_span, #{trace => 16#77, id => 16#88, flags => 1}),
    ?assertEqual(#{trace_id => <<"00000000000000000000000000000077">>, span_id => <<"0000000000000088">>,
                   trace_flags => 1}, fxaot_trace:log_metadata()),
    {ok, _} = fxaot:submit(eur, #{id => <<"a">>, symbol => 'EURUSD', side => buy, quantity => 1000}),
    _ = tick(2, 1.1),
    ok = gen_server:call(fxaot_tracer, sync),
    ?assertEqual(off, fxaot_otlp_queue:counts(traces)),
    {Request, #{span := #{trace := 16#77, id := 16#88}}, _} = begun(<<"fxaot.request">>),
    {Order, #{span := #{id := Request, trace := 16#77}}, _} = begun(<<"fxaot.order">>),
    {Venue, #{span := #{id := Order}}, #{kind := client}} = begun(<<"fxaot.venue">>),
    {Fill, #{span := #{id := Venue}}, #{links := [{link, 16#77, Request, #{}, []}]}} = begun(<<"fxaot.fill">>),
    [receive {ended, Id} -> ok end || Id <- [Request, Order, Venue, Fill]],
    %% An error is the library's status.
    erase(otel_span),
    {error, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 100000000}),
    {Refused, Root, _} = begun(<<"fxaot.request">>),
    ?assertEqual(#{}, Root),
    receive {status, Refused, Status} -> ?assertEqual({status, error, <<"margin">>}, Status) end.

stand_ins() ->
    [{opentelemetry, ["get_tracer(Name) -> {tracer, Name}.",
                      "link(Trace, Span, Attributes, State) -> {link, Trace, Span, Attributes, State}.",
                      "status(Code, Message) -> {status, Code, Message}."]},
     {otel_ctx, ["new() -> #{}."]},
     {otel_tracer_default, ["here() -> ok."]},
     {otel_tracer, ["current_span_ctx() -> get(otel_span).",
                    "set_current_span(Ctx, Span) -> Ctx#{span => Span}.",
                    "from_remote_span(Trace, Span, Flags) -> #{trace => Trace, id => Span, flags => Flags}.",
                    "start_span(Ctx, Tracer, Name, Options) ->"
                    " Id = erlang:unique_integer([positive]),"
                    " Trace = case Ctx of #{span := #{trace := T}} -> T; _ -> Id end,"
                    " persistent_term:get(fxaot_tracer_SUITE) ! {start, Id, Name, Ctx, Tracer, Options},"
                    " #{trace => Trace, id => Id, flags => 1}."]},
     {otel_span, ["trace_id(#{trace := T}) -> T.", "span_id(#{id := Id}) -> Id.", "is_recording(_) -> true.",
                  "set_attributes(#{id := Id}, A) -> persistent_term:get(fxaot_tracer_SUITE) ! {attributes, Id, A}, true.",
                  "add_event(#{id := Id}, N, A) -> persistent_term:get(fxaot_tracer_SUITE) ! {event, Id, N, A}, true.",
                  "set_status(#{id := Id}, S) -> persistent_term:get(fxaot_tracer_SUITE) ! {status, Id, S}, true.",
                  "end_span(#{id := Id}) -> persistent_term:get(fxaot_tracer_SUITE) ! {ended, Id}, ok.",
                  "end_span(Span, Time) when is_integer(Time) -> end_span(Span)."]}].

begun(Name) ->
    receive {start, Id, Name, Ctx, {tracer, fxaot}, Options} -> {Id, Ctx, Options}
    after 5000 -> ct:fail(Name)
    end.

stand_in(Module, Functions) ->
    Forms = [begin {ok, Tokens, _} = erl_scan:string(Text), {ok, Form} = erl_parse:parse_form(Tokens), Form end
             || Text <- ["-module(" ++ atom_to_list(Module) ++ ").", "-compile(export_all)." | Functions]],
    {ok, Module, Code} = compile:forms(Forms),
    {module, Module} = code:load_binary(Module, atom_to_list(Module) ++ ".beam", Code).
