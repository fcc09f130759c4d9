%% Events, as tick/5,7, ticks/2 and advance/2 return them and as subscribers get them.
%% Times are nanoseconds since 1970 UTC, quantities integer base units, money integer
%% micro-units of the account currency, prices and strengths floats.

-record(signal, {id :: atom(),              %% the strategy's id, as given to deploy/3
                 symbol :: atom(),
                 time :: non_neg_integer(), %% end of the bar it was made from
                 strength :: float()}).     %% -1.0 … +1.0, never 0.0

-record(order, {id :: pos_integer(),
                strategy :: atom(),
                symbol :: atom(),
                time :: non_neg_integer(),
                side :: buy | sell,
                quantity :: pos_integer(),
                state = accepted :: accepted}).

-record(fill, {order_id :: pos_integer(),
               strategy :: atom(),
               symbol :: atom(),
               time :: non_neg_integer(),
               side :: buy | sell,
               quantity :: pos_integer(),
               price :: float(),
               profit :: integer()}).       %% realised by this fill

-record(reject, {order_id :: pos_integer(),
                 strategy :: atom(),
                 symbol :: atom(),
                 time :: non_neg_integer(),
                 side :: buy | sell,
                 quantity :: non_neg_integer(),
                 reason :: quantity_below_minimum | quantity_above_maximum | no_conversion
                         | no_equity | out_of_memory
                         | degraded           %% native code is not loaded
                         | {unknown_code, non_neg_integer()}}).

%% Only from an engine with bar_events: every bar that closes for a strategy, holds included.
-record(bar, {strategy :: atom(),
              symbol :: atom(),
              open_time :: non_neg_integer(),
              end_time :: non_neg_integer(),
              open :: float(), high :: float(), low :: float(), close :: float(),
              volume :: float(),
              ticks :: pos_integer(),
              strength :: float()}).

%% count: events_lost, how many; script_stopped, the line of the script (strategies/1 says why).
%% degraded: the engine runs without native code; the first event of such an engine.
%% small_order: the strategy's first order that is too small for its instrument; detail says its size in
%% base units, and the instrument's quantity step and smallest quantity. Each such order is a reject.
%% time_jump: the instrument's time has jumped further than max_time_jump, to time; count quotes were
%% dropped before.
%% unknown_code, unknown_event: the library has an alarm or an event that the Erlang side does not know.
-record(alarm, {kind :: bad_signal | events_lost | script_stopped | degraded | small_order | time_jump
                      | {unknown_code, non_neg_integer()} | {unknown_event, non_neg_integer()},
                strategy :: atom(),
                symbol :: atom(),
                time :: non_neg_integer(),
                count :: non_neg_integer(),
                detail = undefined :: undefined | #{size := float(), step := pos_integer(),
                                                    minimum := pos_integer()}}).
