%% The state of fxaot_gateway_fix between an engine and its FIX sessions.
-record(connection, {engine :: atom(), session :: pid(), monitor :: reference(),
                     %% The session's connection: news of an earlier one are old.
                     number :: pos_integer(),
                     config :: map(), quotes :: none | map(),
                     %% By order: the client order id of its newest accepted form, where that is not its first.
                     chains = #{} :: #{fxaot_order:id() => binary()}}).
