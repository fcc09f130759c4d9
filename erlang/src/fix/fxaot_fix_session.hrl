%% The state of a FIX session, which fxaot_fix_session and its parts pass from hand to hand.
-record(session, {engine :: atom(), role :: fxaot_fix_session:role(), config :: fxaot_fix_session:config(),
                  store :: fxaot_fix_store:store(),
                  owner = none :: none | {pid(), reference()},
                  phase = idle :: fxaot_fix_session:phase(),
                  why = none :: term(),
                  socket = none :: none | fxaot_fix_socket:socket(),
                  %% Counts the connections.
                  connection = 0 :: non_neg_integer(),
                  buffer = <<>> :: binary(), wanted = 0 :: non_neg_integer(),
                  opener = none :: none | gen_server:from(),
                  %% Messages behind a gap, and the last number that was asked for.
                  queued = #{} :: #{pos_integer() => term()}, asked = 0 :: non_neg_integer(),
                  %% Counts the resets of the numbers, which are unique in an epoch.
                  epoch = 0 :: non_neg_integer(),
                  %% Messages that the owner has not done with, oldest first.
                  pending = queue:new() :: queue:queue({fxaot_fix_session:place(), fxaot_fix_dictionary:name(), map()}),
                  %% What is done with will be written down.
                  is_noting = false :: boolean(),
                  sent_at = 0 :: integer(), got_at = 0 :: integer(), test = none :: none | binary(),
                  opened_at = 0 :: integer(), logged_on_seq = 0 :: non_neg_integer(),
                  %% The next logon resets the numbers of both sides: a person wants it.
                  resets = false :: boolean(),
                  wait :: pos_integer(),
                  book = none :: none | fxaot_fix_quotes:book(),
                  %% Changes of quotes are lost: they are asked for anew when no gap is open.
                  quotes_lost = false :: boolean(),
                  stamp = {0, <<>>} :: {integer(), binary()},
                  %% Also `{in, Name}' and `{out, Name}', the messages of each type.
                  figures = #{logons => 0, resends => 0, gaps => 0, rejects => 0, garbled => 0,
                              missed_heartbeats => 0} :: map(),
                  %% Of a plain connection.
                  wire = none :: fxaot_fix_wire:wire()}).
