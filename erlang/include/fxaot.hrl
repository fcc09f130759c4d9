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
                %% modified: its terms have changed, its state has not. pending_new, pending_cancel,
                %% pending_replace: a broker has been asked; cancel_rejected, replace_rejected: it has refused.
                state = accepted :: new | pending_new | accepted | triggered | part_filled | filled | cancelled | expired
                                  | modified | pending_cancel | pending_replace | cancel_rejected
                                  | replace_rejected | {unknown_code, non_neg_integer()},
                %% The caller's id, or a name that the engine gave: <<"a.sl">>, <<"close.1">>.
                name = undefined :: binary() | undefined,
                %% Why it was cancelled, or is to be. venue: by the broker itself.
                reason = undefined :: undefined | user | oco | 'after' | flip | halted | stop_out | margin
                                    | reduce_only | ioc | fok | rejected_by_venue | strategy | venue
                                    | {unknown_code, non_neg_integer()},
                %% Its limit or trigger.
                price = undefined :: float() | undefined,
                %% The limit of a stop_limit or limit_if_touched order.
                limit = undefined :: float() | undefined}).

-record(fill, {order_id :: pos_integer(),
               strategy :: atom(),
               symbol :: atom(),
               time :: non_neg_integer(),
               side :: buy | sell,
               quantity :: pos_integer(),
               price :: float(),
               profit :: integer(),         %% realised by this fill, before its commission
               name = undefined :: binary() | undefined,
               commission = 0 :: integer()}).

-record(reject, {order_id :: pos_integer(),
                 strategy :: atom(),
                 symbol :: atom(),
                 time :: non_neg_integer(),
                 side :: buy | sell,
                 quantity :: non_neg_integer(),
                 %% See docs/trading.md.
                 reason :: quantity_below_minimum | quantity_above_maximum | no_conversion
                         | no_equity | out_of_memory
                         | halted | reducing | unknown_symbol | quantity_step | no_quote | stale_quote
                         | spread | market_closed | collar | max_quantity | max_notional | max_position
                         | max_currency | max_positions | max_orders | rate | daily_loss | drawdown
                         | losing_trades | post_only | reduce_only | bad_stop_loss | bad_take_profit
                         | margin | fifo | gateway_down
                         | degraded           %% native code is not loaded
                         | {unknown_code, non_neg_integer()},
                 name = undefined :: binary() | undefined,
                 %% What was measured and its bound, by reason: see docs/trading.md.
                 detail = #{} :: #{atom() => number()}}).

%% The account has changed other than by a fill. detail:
%% swap: nights, rate, conversion into the account currency; order_id and name in a hedging account.
%% margin_call: level. stop_out: a liquidation is sent; quantity, level; name if it is a ticket's.
%% state: the new trading state, and who or which limit has set it. cash: a deposit, or negative a withdrawal.
%% reset: a negative balance is zero again; amount is the difference.
-record(account, {change :: cash | swap | margin_call | stop_out | state | reset
                          | {unknown_code, non_neg_integer()},
                  symbol :: atom(),
                  time :: non_neg_integer(),
                  amount :: integer(),        %% by which the balance has changed
                  order_id = undefined :: pos_integer() | undefined,
                  name = undefined :: binary() | undefined,
                  detail = undefined
                      :: undefined
                       | #{nights := integer(), rate := float(), conversion := float()}
                       | #{level := float() | infinity}
                       | #{quantity := pos_integer(), level := float() | infinity}
                       | #{state := active | reducing | halted,
                           reason := user | daily_loss | drawdown | losing_trades}}).

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
%% margin_call: the margin level is at or below the account's; detail says it. risk_state: a limit has switched
%% trading to reducing; detail says which.
%% gateway: a fill that the engine did not wait for; detail says why, the order's number and the units. An overfill
%% and a late fill are booked, that of an unknown order is not.
%% unknown_code, unknown_event: the library has an alarm or an event that the Erlang side does not know.
-record(alarm, {kind :: bad_signal | events_lost | script_stopped | degraded | small_order | time_jump
                      | margin_call | risk_state | gateway
                      | {unknown_code, non_neg_integer()} | {unknown_event, non_neg_integer()},
                strategy :: atom(),
                symbol :: atom(),
                time :: non_neg_integer(),
                count :: non_neg_integer(),
                detail = undefined :: undefined | #{size := float(), step := pos_integer(),
                                                    minimum := pos_integer()}
                                    | #{level := float() | infinity}
                                    | #{reason := daily_loss | drawdown | losing_trades | user}
                                    | #{reason := overfill | late_fill | unknown_order,
                                        number := integer(), quantity := integer()}}).
