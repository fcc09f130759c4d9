%% @private The one table of all metrics; docs/telemetry.md has the same rows, and a test compares them.
-module(fxaot_metrics_table).

-export([all/0]).

-export_type([row/0]).

-type row() :: {Name :: binary(), counter | gauge | histogram, Unit :: binary(), Labels :: [binary()],
                Help :: binary()}.

%% @doc In the order of {@link fxaot_metrics:collect/0}.
-spec all() -> [row()].
all() ->
    [{Name, Type, unit(Name), Labels, Help}
     || {Of, Rows} <- [{[], of_node()}, {[<<"engine">>], engine()}, {[<<"engine">>], account()},
                       {[<<"engine">>, <<"instrument">>], position()},
                       {[<<"engine">>, <<"strategy">>, <<"instrument">>], strategy()}, {[], operations()}],
        Row <- Rows, {Name, Type, Help, Labels} <- [labelled(Row, Of)]].

labelled({Name, Type, Help}, Labels) -> {Name, Type, Help, Labels};
labelled({Name, Type, More, Help}, Labels) -> {Name, Type, Help, Labels ++ More}.

unit(Name) ->
    case lists:last(binary:split(Name, <<"_">>, [global])) of
        Unit when Unit =:= <<"seconds">>; Unit =:= <<"bytes">>; Unit =:= <<"ratio">> -> Unit;
        _ -> <<>>
    end.

of_node() ->
    [{<<"fxaot_ready">>, gauge, <<"1 if native code is loaded and every engine, group, strategy and journal is up">>},
     {<<"fxaot_native">>, gauge, <<"1 if native code is loaded">>},
     {<<"fxaot_quarantined_plans">>, gauge, <<"Plans whose native code is refused">>},
     {<<"fxaot_probations">>, gauge, <<"Strategies whose native code is on probation">>},
     {<<"fxaot_deployments">>, gauge, [<<"status">>],
      <<"Deployed strategies, by the status of their processes">>},
     {<<"fxaot_group_up">>, gauge, [<<"group">>], <<"1 if the process of a group of engines is up">>},
     {<<"fxaot_group_unrouted_quotes">>, counter, [<<"group">>],
      <<"Quotes of instruments that no engine of the group has">>},
     {<<"fxaot_compiler_requests">>, gauge, <<"Requests that wait for the compile server or are being answered">>},
     {<<"fxaot_beam_run_queue">>, gauge, [<<"scheduler">>],
      <<"Processes and ports that are ready to run and wait for a scheduler">>},
     {<<"fxaot_beam_processes">>, gauge, <<"Processes of the node">>},
     {<<"fxaot_beam_memory_bytes">>, gauge, [<<"kind">>], <<"Memory that the Erlang VM has allocated">>},
     {<<"fxaot_otlp_queued">>, gauge, [<<"signal">>], <<"Spans and log records that wait for their export">>},
     {<<"fxaot_otlp_sent">>, counter, [<<"signal">>],
      <<"Spans, log records and data points that a receiver has accepted">>},
     {<<"fxaot_otlp_dropped">>, counter, [<<"signal">>, <<"reason">>],
      <<"Spans, log records and data points that were not exported: full, refused or expired">>},
     {<<"fxaot_otlp_retries">>, counter, [<<"signal">>], <<"Requests of exports that failed and were repeated">>},
     {<<"fxaot_collection_seconds">>, gauge, <<"Time that this collection took">>},
     {<<"fxaot_collection_stale_engines">>, counter,
      <<"Engines that did not answer a collection in time, so that it shows their last values">>},
     {<<"fxaot_collection_missing_engines">>, counter,
      <<"Engines that did not answer a collection in time and had no last values">>},
     {<<"fxaot_collection_left_out_series">>, counter, <<"Series that collections left out, above metrics_series">>}].

engine() ->
    [{<<"fxaot_engine_up">>, gauge, [<<"status">>],
      <<"1 if the engine is up; status: up, restarting, given_up or lost">>},
     {<<"fxaot_engine_queue_messages">>, gauge, <<"Messages that wait for the engine's process">>},
     {<<"fxaot_engine_trading_state">>, gauge, [<<"state">>],
      <<"1 for the state that the engine is in: active, reducing or halted">>},
     {<<"fxaot_strategies">>, gauge, <<"Strategies that run">>},
     {<<"fxaot_quotes">>, counter, <<"Quotes taken in, good and bad">>},
     {<<"fxaot_quotes_accepted">>, counter, <<"Quotes accepted">>},
     {<<"fxaot_quotes_dropped">>, counter, [<<"reason">>], <<"Quotes dropped">>},
     {<<"fxaot_quotes_crossed">>, counter, <<"Accepted quotes with a bid above the ask">>},
     {<<"fxaot_quote_gaps">>, counter, <<"Accepted quotes of a replay that jumped further ahead than max_time_jump">>},
     {<<"fxaot_quote_latency_seconds">>, histogram,
      <<"Time in the engine of the sampled quotes, one in 128; to 6.25 %">>},
     {<<"fxaot_stage_seconds">>, counter, [<<"stage">>], <<"Time of the sampled quotes in each stage">>},
     {<<"fxaot_bars">>, counter, <<"Bars closed">>},
     {<<"fxaot_signals">>, counter, <<"Signals of strategies">>},
     {<<"fxaot_orders">>, counter, <<"Orders accepted">>},
     {<<"fxaot_fills">>, counter, <<"Fills">>},
     {<<"fxaot_rejects">>, counter, [<<"reason">>], <<"Orders refused by the risk gate">>},
     {<<"fxaot_gateway_up">>, gauge, <<"1 if the engine's gateway is connected to its broker">>},
     {<<"fxaot_gateway_requests">>, counter, <<"Requests to the broker: orders, cancels and changes">>},
     {<<"fxaot_gateway_waiting_requests">>, gauge, <<"Requests that the gateway has not acknowledged">>},
     {<<"fxaot_gateway_reports">>, counter, [<<"verdict">>],
      <<"The broker's reports: taken, duplicate, late, out_of_order or unknown">>},
     {<<"fxaot_gateway_overfills">>, counter, <<"Fills of more than was ordered">>},
     {<<"fxaot_gateway_connects">>, counter, [<<"result">>], <<"Attempts to connect to the broker">>},
     {<<"fxaot_gateway_losses">>, counter, <<"Connections to the broker that were lost">>},
     {<<"fxaot_gateway_differences">>, counter, [<<"difference">>],
      <<"Orders and positions that differed from the broker's after a connect">>},
     {<<"fxaot_journal_up">>, gauge, <<"1 if the engine's journal takes records">>},
     {<<"fxaot_journal_records">>, counter, <<"Records of the journal that were written, or are on their way">>},
     {<<"fxaot_journal_written_bytes">>, counter, <<"Bytes of them">>},
     {<<"fxaot_journal_segments">>, counter, <<"Segments begun">>},
     {<<"fxaot_journal_losses">>, counter, <<"How often the journal has stopped taking records">>},
     {<<"fxaot_journal_sequence">>, gauge, <<"Number of the newest record">>},
     {<<"fxaot_journal_durable_sequence">>, gauge, <<"Number of the newest record that is durable">>},
     {<<"fxaot_journal_lag_records">>, gauge, <<"Records on their way to the disk">>},
     {<<"fxaot_journal_lag_seconds">>, gauge, <<"How long the commit under way has taken so far; 0: there is none">>},
     {<<"fxaot_journal_sync_seconds">>, histogram, <<"Time of commits: a write, and its sync">>},
     {<<"fxaot_journal_snapshot_age_seconds">>, gauge, <<"Age of the newest snapshot">>},
     {<<"fxaot_journal_snapshot_seconds">>, gauge, <<"How long the engine has waited for it">>},
     {<<"fxaot_journal_snapshot_bytes">>, gauge, <<"Its size">>},
     {<<"fxaot_fix_session_state">>, gauge, [<<"session">>, <<"state">>],
      <<"1 for the state of a FIX session: idle, logon, syncing, up, leaving or stopped">>},
     {<<"fxaot_fix_messages">>, counter, [<<"session">>, <<"direction">>, <<"type">>],
      <<"FIX messages in and out, by type">>},
     {<<"fxaot_fix_logons">>, counter, [<<"session">>], <<"Logons that were answered">>},
     {<<"fxaot_fix_resends">>, counter, [<<"session">>], <<"Requests of the counterparty for messages again">>},
     {<<"fxaot_fix_gaps">>, counter, [<<"session">>],
      <<"Gaps in the counterparty's messages, which were asked for again">>},
     {<<"fxaot_fix_rejects">>, counter, [<<"session">>], <<"FIX messages rejected by either side">>},
     {<<"fxaot_fix_garbled">>, counter, [<<"session">>], <<"Garbled messages, which were ignored">>},
     {<<"fxaot_fix_missed_heartbeats">>, counter, [<<"session">>],
      <<"How often the counterparty was silent for longer than its heartbeat, and when that ended the connection">>},
     {<<"fxaot_fix_next_sequence">>, gauge, [<<"session">>, <<"direction">>],
      <<"Sequence number of the next message in and out">>},
     {<<"fxaot_engine_alarms">>, counter, <<"Alarms among the engine's events">>},
     {<<"fxaot_engine_events">>, counter, <<"Events, all kinds">>},
     {<<"fxaot_subscribers">>, gauge, <<"Processes that get the engine's events">>},
     {<<"fxaot_subscriber_missed_events">>, counter, <<"Events not sent to subscribers that had fallen behind">>},
     {<<"fxaot_traces_missed_events">>, counter, <<"Events of orders that came too fast to be traced">>},
     {<<"fxaot_publish_seconds">>, counter,
      <<"Time spent on sending events; of an engine without a thread of its own">>},
     {<<"fxaot_mailbox_capacity_quotes">>, gauge, <<"Quotes that fit into the mailbox of an engine in actor mode">>},
     {<<"fxaot_mailbox_waiting_quotes">>, gauge, <<"Quotes that wait in the mailbox">>},
     {<<"fxaot_mailbox_high_water_quotes">>, gauge, <<"The most quotes that have waited">>},
     {<<"fxaot_mailbox_quotes">>, counter, [<<"fate">>], <<"Quotes pushed, handled, refused or dropped">>},
     {<<"fxaot_engine_crashes">>, counter, <<"Crashes of the engine's process">>},
     {<<"fxaot_engine_adoptions">>, counter, <<"How often a next process took over the engine's state">>},
     {<<"fxaot_group_crashes">>, counter, <<"Crashes of the process of a group, whose name is the label engine">>},
     {<<"fxaot_strategy_reloads">>, counter, [<<"result">>], <<"Reloads and rollbacks of the engine's strategies">>},
     {<<"fxaot_tier_changes">>, counter, [<<"tier">>],
      <<"Scripts that went to native code, or had to stay on the VM">>}].

account() ->
    Currency = [<<"currency">>],
    [{<<"fxaot_account_balance">>, gauge, Currency, <<"Balance, in units of the account's currency">>},
     {<<"fxaot_account_equity">>, gauge, Currency, <<"Balance and unrealised profit">>},
     {<<"fxaot_account_realised">>, gauge, Currency, <<"Profit of closed positions">>},
     {<<"fxaot_account_unrealised">>, gauge, Currency, <<"Profit of open positions at the closing side">>},
     {<<"fxaot_account_margin_used">>, gauge, Currency, <<"Margin that positions use">>},
     {<<"fxaot_account_free_margin">>, gauge, Currency, <<"Equity that no position uses as margin">>},
     {<<"fxaot_account_margin_level_ratio">>, gauge, <<"Equity / margin used; left out when none is used">>},
     {<<"fxaot_account_commission">>, gauge, Currency, <<"Commission since the start">>},
     {<<"fxaot_account_swap">>, gauge, Currency, <<"Swap since the start">>},
     {<<"fxaot_account_cash">>, gauge, Currency, <<"Deposits less withdrawals since the start">>}].

position() ->
    [{<<"fxaot_position_units">>, gauge, <<"Net position in base units; negative: short">>},
     {<<"fxaot_position_unrealised">>, gauge, [<<"currency">>], <<"Profit of the open position">>}].

strategy() ->
    [{<<"fxaot_strategy_bars">>, counter, <<"Bars that the strategy has seen">>},
     {<<"fxaot_strategy_signals">>, counter, <<"Signals">>},
     {<<"fxaot_strategy_orders">>, counter, <<"Orders accepted">>},
     {<<"fxaot_strategy_fills">>, counter, <<"Fills">>},
     {<<"fxaot_strategy_rejects">>, counter, [<<"reason">>],
      <<"Orders refused by the risk gate; a series begins with the reason's first one">>},
     {<<"fxaot_strategy_position_units">>, gauge, <<"The strategy's own position in base units">>},
     {<<"fxaot_strategy_realised">>, gauge, [<<"currency">>], <<"Profit of what it has closed">>},
     {<<"fxaot_strategy_unrealised">>, gauge, [<<"currency">>], <<"Profit of its open position">>},
     {<<"fxaot_strategy_tier">>, gauge, [<<"tier">>],
      <<"1 for the tier that it runs on: native, vm, beam or built_in">>},
     {<<"fxaot_strategy_version">>, gauge, <<"1, and one more with each reload">>},
     {<<"fxaot_strategy_native_steps">>, counter, <<"Bars on which its native code has run">>}].

operations() ->
    [{<<"fxaot_operation_seconds">>, histogram, [<<"operation">>, <<"result">>],
      <<"Time of deployments, their steps, replays, and requests of trading">>},
     {<<"fxaot_native_loads">>, counter, [<<"source">>, <<"result">>],
      <<"Native code loaded: from a folder, the compiler's cache, or the compiler, where no cache had it">>},
     {<<"fxaot_compile_cache_lookups">>, counter, [<<"result">>],
      <<"Looks into the compiler's cache: hit or miss; what a folder of artifacts has is not looked for">>},
     {<<"fxaot_compile_cache_entries">>, gauge, <<"Compiled scripts in the compiler's cache, when it was last used">>},
     {<<"fxaot_compile_cache_bytes">>, gauge, <<"Bytes of them">>},
     {<<"fxaot_compiler_starts">>, counter, <<"Starts of the compile server">>},
     {<<"fxaot_compiler_failures">>, counter, [<<"reason">>], <<"Failures of the compile server">>},
     {<<"fxaot_deployment_crashes">>, counter, <<"Crashes of processes of deployed strategies">>},
     {<<"fxaot_feeds">>, counter, [<<"feed">>, <<"result">>], <<"Feeds that replays opened">>},
     {<<"fxaot_feed_quotes">>, counter, [<<"feed">>], <<"Quotes of feeds that are closed">>},
     {<<"fxaot_alarms">>, counter, [<<"kind">>], <<"Alarms for people">>},
     {<<"fxaot_handler_failures">>, counter, <<"Handlers of telemetry that failed and were detached">>}].
