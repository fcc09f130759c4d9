%% @private The journals of engines, for the collector.
-module(fxaot_metrics_journal).

-export([points/1, series/0]).

-define(COUNTS, [{<<"fxaot_journal_records">>, records}, {<<"fxaot_journal_written_bytes">>, written_bytes},
                 {<<"fxaot_journal_segments">>, segments}, {<<"fxaot_journal_losses">>, unavailable},
                 {<<"fxaot_journal_sequence">>, sequence}, {<<"fxaot_journal_durable_sequence">>, durable}]).

%% @doc How many series a journal has at most; a histogram is one of each bound, and two.
-spec series() -> pos_integer().
series() -> length(?COUNTS) + 6 + length(fxaot_journal_figures:bounds()) + 2.

%% @doc None for an engine without a journal.
-spec points(Engine :: atom()) -> [{Metric :: binary(), fxaot_metrics:point()}].
points(Name) ->
    case fxaot_journal_figures:read(Name) of
        {ok, Figures, Times} -> of_journal(#{<<"engine">> => atom_to_binary(Name)}, Figures, Times);
        none -> []
    end.

of_journal(Engine, #{state := State, sequence := Sequence, durable := Durable} = Figures,
           #{lag := Lag, snapshot := Age, syncs := Syncs}) ->
    [point(<<"fxaot_journal_up">>, Engine, case State of up -> 1; _ -> 0 end)]
        ++ [point(Metric, Engine, map_get(Key, Figures)) || {Metric, Key} <- ?COUNTS]
        ++ [point(<<"fxaot_journal_lag_records">>, Engine, max(0, Sequence - Durable)),
            point(<<"fxaot_journal_lag_seconds">>, Engine, seconds(Lag)), syncs(Engine, Figures, Syncs)]
        ++ [point(Metric, Engine, Value)
            || Age =/= none,
               {Metric, Value} <- [{<<"fxaot_journal_snapshot_age_seconds">>, seconds(Age)},
                                   {<<"fxaot_journal_snapshot_seconds">>, seconds(map_get(snapshot_ns, Figures))},
                                   {<<"fxaot_journal_snapshot_bytes">>, map_get(snapshot_bytes, Figures)}]].

syncs(Engine, #{sync_ns := Ns}, Syncs) ->
    {Buckets, Count} = lists:mapfoldl(fun({Bound, Of}, Below) -> {{Bound, Below + Of}, Below + Of} end, 0, Syncs),
    {<<"fxaot_journal_sync_seconds">>, #{labels => Engine, buckets => Buckets, sum => seconds(Ns), count => Count}}.

seconds(none) -> 0;
seconds(Ns) -> Ns / 1.0e9.

point(Metric, Labels, Value) -> {Metric, #{labels => Labels, value => Value}}.
