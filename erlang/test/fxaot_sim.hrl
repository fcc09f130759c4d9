%% A run of the simulation, in the process dictionary of its process.
-define(RUN, fxaot_sim).

-define(START, 1709546400000000000).
-define(MS, 1000000).
-define(SECOND, 1000000000).

-record(run, {seed :: integer(), options :: map(), engine = none :: none | reference(),
              lives :: pos_integer(), left = 0 :: non_neg_integer(),
              time = ?START :: integer(),
              mids = #{'EURUSD' => 1.1, 'GBPUSD' => 1.28} :: #{atom() => float()},
              orders = 0 :: non_neg_integer(),
              strategies = [] :: [atom()],
              handed = 0 :: non_neg_integer(), executions = 0 :: non_neg_integer(),
              crash = none :: none | kill | power | stop,
              steps = [] :: [term()],
              counts = #{} :: #{term() => non_neg_integer()}}).
