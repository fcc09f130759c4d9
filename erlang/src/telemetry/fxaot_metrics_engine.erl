%% @private What an engine counts, as its process reads it for a collection, and as points of metrics.
-module(fxaot_metrics_engine).

-export([native/4, answer/2, points/3, rejected/1, base_series/0, position_series/0, strategy_series/0,
         reject_reasons/0]).

-export_type([figures/0, rejected/0]).

%% Strategies are read in parts, so that quotes come in between.
-define(PART, 64).
-define(MICRO, 1000000).

-type figures() ::
        #{stats := map(), account := map(), positions := [map()], strategies := [map()],
          latency => {Samples :: non_neg_integer(), SumNs :: float(),
                      [{BoundNs :: float(), Count :: non_neg_integer()}]},
          gateway => fxaot_report:figures() | fxaot_terms:error(), mailbox => map()}.

-type rejected() :: {Strategy :: map(), Reason :: atom(), Count :: non_neg_integer()}.

%% @doc For the engine's process: all that it has counted, and at most so many strategies. `late' after the deadline
%% (monotonic, native), when nobody waits for the answer any more.
-spec native(fxaot_nif:handle(), inline | fxaot_nif:mailbox(), Strategies :: non_neg_integer(),
             Deadline :: integer()) -> {ok, figures()} | late.
native(Engine, Mailbox, Strategies, Deadline) ->
    case erlang:monotonic_time() < Deadline of
        true -> {ok, with_mailbox(Mailbox, read(Engine, Mailbox, Strategies))};
        false -> late
    end.

read(Engine, Mailbox, Strategies) ->
    Source = case Mailbox of
                 inline -> Engine;
                 _ -> Mailbox
             end,
    #{stats => maps:merge(fxaot_nif:stats(Engine), fxaot_nif:subscribers(Source)),
      latency => fxaot_nif:latency(Engine),
      account => fxaot_nif:account(Engine),
      positions => fxaot_nif:positions(Engine),
      gateway => fxaot_nif:gateway(Engine),
      strategies => strategies(Engine, 0, Strategies)}.

with_mailbox(inline, Figures) -> Figures;
with_mailbox(Mailbox, Figures) -> Figures#{mailbox => fxaot_nif:mailbox(Mailbox)}.

strategies(_, _, 0) -> [];
strategies(Engine, First, Most) ->
    Part = min(?PART, Most),
    case fxaot_nif:strategies(Engine, First, Part) of
        List when length(List) < Part -> List;
        List -> List ++ strategies(Engine, First + Part, Most - Part)
    end.

%% @doc The same of an engine without native code.
-spec answer(Read :: fun((fxaot_engine_call:figures()) -> term()), Strategies :: non_neg_integer()) ->
          {ok, figures()}.
answer(Read, Strategies) ->
    {ok, #{stats => Read(stats), account => Read(account), positions => Read(positions),
           strategies => lists:sublist(Read(strategies), Strategies)}}.

%% ---- points -----------------------------------------------------------------

%% @doc How many series an engine, a position and a strategy have at most.
-spec base_series() -> pos_integer().
base_series() -> 126.

-spec position_series() -> pos_integer().
position_series() -> 2.

-spec strategy_series() -> pos_integer().
strategy_series() -> 10.

%% @doc The points of an engine's figures, by metric.
-spec points(Engine :: binary(), figures(), Kept :: {Positions :: [map()], Strategies :: [map()], [rejected()]}) ->
          [{Metric :: binary(), fxaot_metrics:point()}].
points(Name, #{stats := Stats, account := #{currency := Currency} = Account} = Figures,
       {Positions, Strategies, Rejected}) ->
    Engine = #{<<"engine">> => Name},
    Money = Engine#{<<"currency">> => atom_to_binary(Currency)},
    lists:append([counts(Engine, Stats), latency(Engine, Figures), mailbox(Engine, Figures), gateway(Engine, Figures),
                  account(Engine, Money, Account),
                  lists:append([position(Engine, Money, Position) || Position <- Positions]),
                  lists:append([strategy(Engine, Money, Strategy) || Strategy <- Strategies]),
                  [rejected(Engine, Each) || Each <- Rejected]]).

%% @doc What was refused of a strategy's orders, by reason: a series for each reason that has occurred, at most 16.
-spec rejected(Strategy :: map()) -> [rejected()].
rejected(#{rejected := Rejected} = Strategy) ->
    [{Strategy, Reason, Count} || {Reason, Count} <- lists:sort(maps:to_list(Rejected)), is_atom(Reason)];
rejected(_) -> [].

rejected(Engine, {#{id := Id, symbol := Symbol}, Reason, Count}) ->
    point(<<"fxaot_strategy_rejects">>,
          Engine#{<<"strategy">> => atom_to_binary(Id), <<"instrument">> => atom_to_binary(Symbol),
                  <<"reason">> => atom_to_binary(Reason)}, Count).

counts(Engine, Stats) ->
    [point(Metric, Engine, map_get(Key, Stats))
     || {Metric, Key} <- [{<<"fxaot_quotes">>, quotes}, {<<"fxaot_quotes_accepted">>, accepted},
                          {<<"fxaot_quotes_crossed">>, crossed}, {<<"fxaot_quote_gaps">>, gaps},
                          {<<"fxaot_bars">>, bars}, {<<"fxaot_signals">>, signals}, {<<"fxaot_orders">>, orders},
                          {<<"fxaot_fills">>, fills}, {<<"fxaot_engine_alarms">>, alarms},
                          {<<"fxaot_engine_events">>, events}, {<<"fxaot_strategies">>, strategies},
                          {<<"fxaot_subscriber_missed_events">>, missed}],
        is_map_key(Key, Stats)]
        ++ [point(<<"fxaot_quotes_dropped">>, Engine#{<<"reason">> => atom_to_binary(Reason)}, map_get(Reason, Stats))
            || Reason <- [late, bad_price, bad_size, bad_time, unknown_symbol, time_jump]]
        ++ [point(<<"fxaot_rejects">>, Engine#{<<"reason">> => atom_to_binary(Reason)}, Count)
            || {Reason, Count} <- rejects(Stats)]
        ++ [point(<<"fxaot_stage_seconds">>, Engine#{<<"stage">> => atom_to_binary(Stage)}, Ns / 1.0e9)
            || {Stage, Ns} <- lists:sort(maps:to_list(maps:get(stage_ns, Stats, #{})))]
        ++ [point(<<"fxaot_subscribers">>, Engine, length(Subscribers)) || #{subscribers := Subscribers} <- [Stats]]
        ++ [point(<<"fxaot_publish_seconds">>, Engine, Ns / 1.0e9) || #{publish_ns := Ns} <- [Stats]].

%% Those that have not been are zero: for Prometheus a count that appears with 1 has not risen.
rejects(#{rejected := Rejected}) ->
    None = maps:from_keys(reject_reasons(), 0),
    [Of || {Reason, _} = Of <- lists:sort(maps:to_list(maps:merge(None, Rejected))), is_atom(Reason)];
rejects(_) -> [].

%% @doc In the order of their codes.
-spec reject_reasons() -> [atom()].
reject_reasons() ->
    [quantity_below_minimum, quantity_above_maximum, no_conversion, no_equity, out_of_memory, halted, reducing,
     unknown_symbol, quantity_step, no_quote, stale_quote, spread, market_closed, collar, max_quantity, max_notional,
     max_position, max_currency, max_positions, max_orders, rate, daily_loss, drawdown, losing_trades, post_only,
     reduce_only, bad_stop_loss, bad_take_profit, margin, fifo, gateway_down,
     journal_unavailable].

latency(Engine, #{latency := {Samples, SumNs, Buckets}}) ->
    [{<<"fxaot_quote_latency_seconds">>,
      #{labels => Engine, sum => SumNs / 1.0e9, count => Samples,
        buckets => [{Bound / 1.0e9, Count} || {Bound, Count} <- Buckets] ++ [{infinity, Samples}]}}];
latency(_, _) -> [].

mailbox(Engine, #{mailbox := Mailbox}) ->
    [point(Metric, Engine, map_get(Key, Mailbox))
     || {Metric, Key} <- [{<<"fxaot_mailbox_capacity_quotes">>, capacity},
                          {<<"fxaot_mailbox_waiting_quotes">>, waiting},
                          {<<"fxaot_mailbox_high_water_quotes">>, high_water}]]
        ++ [point(<<"fxaot_mailbox_quotes">>, Engine#{<<"fate">> => atom_to_binary(Fate)}, map_get(Fate, Mailbox))
            || Fate <- [pushed, handled, refused, dropped]];
mailbox(_, _) -> [].

gateway(Engine, #{gateway := #{link := Link} = Gateway}) when Link =/= none ->
    #{requests := Requests, acknowledged := Acknowledged, reports := Reports} = Gateway,
    Refused = [{Verdict, map_get(Key, Gateway)}
               || {Verdict, Key} <- [{duplicate, duplicates}, {late, late}, {out_of_order, out_of_order},
                                     {unknown, unknown}]],
    Taken = {taken, Reports - lists:sum([Count || {_, Count} <- Refused])},
    [point(<<"fxaot_gateway_up">>, Engine, truth(Link =:= up)),
     point(<<"fxaot_gateway_requests">>, Engine, Requests),
     point(<<"fxaot_gateway_waiting_requests">>, Engine, Requests - Acknowledged),
     point(<<"fxaot_gateway_overfills">>, Engine, map_get(overfills, Gateway))]
        ++ [point(<<"fxaot_gateway_reports">>, Engine#{<<"verdict">> => atom_to_binary(Verdict)}, Count)
            || {Verdict, Count} <- [Taken | Refused]];
gateway(_, _) -> [].

account(Engine, Money, #{state := State, margin_level := Level} = Account) ->
    [point(Metric, Money, units(map_get(Key, Account)))
     || {Metric, Key} <- [{<<"fxaot_account_balance">>, balance}, {<<"fxaot_account_equity">>, equity},
                          {<<"fxaot_account_realised">>, realised}, {<<"fxaot_account_unrealised">>, unrealised},
                          {<<"fxaot_account_margin_used">>, margin_used},
                          {<<"fxaot_account_free_margin">>, free_margin},
                          {<<"fxaot_account_commission">>, commission}, {<<"fxaot_account_swap">>, swap},
                          {<<"fxaot_account_cash">>, cash}]]
        ++ [point(<<"fxaot_account_margin_level_ratio">>, Engine, Level) || is_number(Level)]
        ++ [point(<<"fxaot_engine_trading_state">>, Engine#{<<"state">> => atom_to_binary(Each)}, truth(Each =:= State))
            || Each <- [active, reducing, halted]].

position(Engine, Money, #{symbol := Symbol, quantity := Quantity, unrealised := Unrealised}) ->
    Of = #{<<"instrument">> => atom_to_binary(Symbol)},
    [point(<<"fxaot_position_units">>, maps:merge(Engine, Of), Quantity),
     point(<<"fxaot_position_unrealised">>, maps:merge(Money, Of), units(Unrealised))].

strategy(Engine, Money, #{id := Id, symbol := Symbol, tier := Tier} = Strategy) ->
    Of = #{<<"strategy">> => atom_to_binary(Id), <<"instrument">> => atom_to_binary(Symbol)},
    [point(Metric, maps:merge(Engine, Of), map_get(Key, Strategy))
     || {Metric, Key} <- [{<<"fxaot_strategy_bars">>, bars}, {<<"fxaot_strategy_signals">>, signals},
                          {<<"fxaot_strategy_orders">>, orders}, {<<"fxaot_strategy_fills">>, fills},
                          {<<"fxaot_strategy_position_units">>, quantity},
                          {<<"fxaot_strategy_version">>, version}, {<<"fxaot_strategy_native_steps">>, native_steps}],
        is_map_key(Key, Strategy)]
        ++ [point(Metric, maps:merge(Money, Of), units(map_get(Key, Strategy)))
            || {Metric, Key} <- [{<<"fxaot_strategy_realised">>, realised},
                                 {<<"fxaot_strategy_unrealised">>, unrealised}],
               is_map_key(Key, Strategy)]
        ++ [point(<<"fxaot_strategy_tier">>, (maps:merge(Engine, Of))#{<<"tier">> => atom_to_binary(Tier)}, 1)].

point(Metric, Labels, Value) -> {Metric, #{labels => Labels, value => Value}}.

units(Micro) -> Micro / ?MICRO.

truth(true) -> 1;
truth(false) -> 0.
