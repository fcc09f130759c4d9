/* Events ▶ terms: the records of fxaot.hrl. A code that this file does not know is shown as such. */
#include "fxaot_nif.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define END_BYTES 3 /* of ".sl" and ".tp" */

/* ---- codes ---------------------------------------------------------------- */

ERL_NIF_TERM fxaot_side_term(ErlNifEnv *env, uint32_t side) {
  switch (side) {
  case FXAOT_BUY: return atoms.buy;
  case FXAOT_SELL: return atoms.sell;
  default: return fxaot_unknown_code(env, side);
  }
}

ERL_NIF_TERM fxaot_reject_term(ErlNifEnv *env, uint32_t code) {
  const ERL_NIF_TERM names[] = {
      [FXAOT_REJECT_QUANTITY_BELOW_MINIMUM] = atoms.quantity_below_minimum,
      [FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM] = atoms.quantity_above_maximum,
      [FXAOT_REJECT_NO_CONVERSION] = atoms.no_conversion,
      [FXAOT_REJECT_NO_EQUITY] = atoms.no_equity,
      [FXAOT_REJECT_OUT_OF_MEMORY] = atoms.out_of_memory,
      [FXAOT_REJECT_HALTED] = atoms.halted,
      [FXAOT_REJECT_REDUCING] = atoms.reducing,
      [FXAOT_REJECT_UNKNOWN_SYMBOL] = atoms.unknown_symbol,
      [FXAOT_REJECT_QUANTITY_STEP] = atoms.quantity_step,
      [FXAOT_REJECT_NO_QUOTE] = atoms.no_quote,
      [FXAOT_REJECT_STALE_QUOTE] = atoms.stale_quote,
      [FXAOT_REJECT_SPREAD] = atoms.spread,
      [FXAOT_REJECT_MARKET_CLOSED] = atoms.market_closed,
      [FXAOT_REJECT_COLLAR] = atoms.collar,
      [FXAOT_REJECT_MAX_QUANTITY] = atoms.max_quantity,
      [FXAOT_REJECT_MAX_NOTIONAL] = atoms.max_notional,
      [FXAOT_REJECT_MAX_POSITION] = atoms.max_position,
      [FXAOT_REJECT_MAX_CURRENCY] = atoms.max_currency,
      [FXAOT_REJECT_MAX_POSITIONS] = atoms.max_positions,
      [FXAOT_REJECT_MAX_ORDERS] = atoms.max_orders,
      [FXAOT_REJECT_RATE] = atoms.rate,
      [FXAOT_REJECT_DAILY_LOSS] = atoms.daily_loss,
      [FXAOT_REJECT_DRAWDOWN] = atoms.drawdown,
      [FXAOT_REJECT_LOSING_TRADES] = atoms.losing_trades,
      [FXAOT_REJECT_POST_ONLY] = atoms.post_only,
      [FXAOT_REJECT_REDUCE_ONLY] = atoms.reduce_only,
      [FXAOT_REJECT_BAD_STOP_LOSS] = atoms.bad_stop_loss,
      [FXAOT_REJECT_BAD_TAKE_PROFIT] = atoms.bad_take_profit,
      [FXAOT_REJECT_MARGIN] = atoms.margin,
      [FXAOT_REJECT_FIFO] = atoms.fifo,
      [FXAOT_REJECT_GATEWAY_DOWN] = atoms.gateway_down,
      [FXAOT_REJECT_JOURNAL_UNAVAILABLE] = atoms.journal_unavailable};
  return code > 0 && code < COUNT(names) ? names[code] : fxaot_unknown_code(env, code);
}

/* How a number of a refusal is shown. */
enum unit { WHOLE, FRACTION, MILLISECONDS };

static ERL_NIF_TERM number_term(ErlNifEnv *env, enum unit unit, int64_t number) {
  switch (unit) {
  case FRACTION: return fxaot_double(env, (double)number / 1e9);
  case MILLISECONDS: return enif_make_int64(env, number / 1000000);
  default: return enif_make_int64(env, number);
  }
}

ERL_NIF_TERM fxaot_refusal_map(ErlNifEnv *env, uint32_t code, int64_t measured, int64_t bound) {
  ERL_NIF_TERM measure = atoms.quantity, limit = atoms.maximum;
  enum unit unit = WHOLE, unit_of_bound = WHOLE;
  if (measured == 0 && bound == 0) return enif_make_new_map(env);
  switch (code) {
  case FXAOT_REJECT_QUANTITY_BELOW_MINIMUM: limit = atoms.minimum; break;
  case FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM:
  case FXAOT_REJECT_MAX_QUANTITY:
  case FXAOT_REJECT_MAX_POSITION: break;
  case FXAOT_REJECT_QUANTITY_STEP: limit = atoms.step; break;
  case FXAOT_REJECT_STALE_QUOTE: measure = atoms.age; break;
  case FXAOT_REJECT_SPREAD: measure = atoms.spread; break;
  case FXAOT_REJECT_COLLAR: measure = atoms.distance, unit = unit_of_bound = FRACTION; break;
  case FXAOT_REJECT_MAX_NOTIONAL:
  case FXAOT_REJECT_MAX_CURRENCY: measure = atoms.notional; break;
  case FXAOT_REJECT_MAX_POSITIONS: measure = atoms.positions; break;
  case FXAOT_REJECT_MAX_ORDERS: measure = atoms.orders; break;
  case FXAOT_REJECT_RATE:
    measure = atoms.count, limit = atoms.per_ms, unit_of_bound = MILLISECONDS;
    break;
  case FXAOT_REJECT_DAILY_LOSS: measure = atoms.loss; break;
  case FXAOT_REJECT_DRAWDOWN: measure = atoms.drawdown, unit = unit_of_bound = FRACTION; break;
  case FXAOT_REJECT_LOSING_TRADES: measure = atoms.trades; break;
  case FXAOT_REJECT_POST_ONLY:
  case FXAOT_REJECT_BAD_STOP_LOSS:
  case FXAOT_REJECT_BAD_TAKE_PROFIT: measure = atoms.distance, limit = atoms.minimum; break;
  case FXAOT_REJECT_MARGIN: measure = atoms.needed, limit = atoms.free; break;
  default: return enif_make_new_map(env);
  }
  ERL_NIF_TERM keys[] = {measure, limit};
  ERL_NIF_TERM values[] = {number_term(env, unit, measured),
                           number_term(env, unit_of_bound, bound)};
  return fxaot_map(env, COUNT(keys), keys, values);
}

ERL_NIF_TERM fxaot_cancel_term(ErlNifEnv *env, uint32_t code) {
  const ERL_NIF_TERM names[] = {[FXAOT_CANCEL_USER] = atoms.user,
                                [FXAOT_CANCEL_OCO] = atoms.oco,
                                [FXAOT_CANCEL_AFTER] = atoms.after,
                                [FXAOT_CANCEL_FLIP] = atoms.flip,
                                [FXAOT_CANCEL_HALTED] = atoms.halted,
                                [FXAOT_CANCEL_STOP_OUT] = atoms.stop_out,
                                [FXAOT_CANCEL_MARGIN] = atoms.margin,
                                [FXAOT_CANCEL_REDUCE_ONLY] = atoms.reduce_only,
                                [FXAOT_CANCEL_IOC] = atoms.ioc,
                                [FXAOT_CANCEL_FOK] = atoms.fok,
                                [FXAOT_CANCEL_REJECTED_BY_VENUE] = atoms.rejected_by_venue,
                                [FXAOT_CANCEL_STRATEGY] = atoms.strategy,
                                [FXAOT_CANCEL_BY_VENUE] = atoms.venue};
  return code > 0 && code < COUNT(names) ? names[code] : fxaot_unknown_code(env, code);
}

ERL_NIF_TERM fxaot_order_state_term(ErlNifEnv *env, uint32_t state) {
  const ERL_NIF_TERM names[] = {[FXAOT_ORDER_NEW] = atoms.new,
                                [FXAOT_ORDER_ACCEPTED] = atoms.accepted,
                                [FXAOT_ORDER_TRIGGERED] = atoms.triggered,
                                [FXAOT_ORDER_PART_FILLED] = atoms.part_filled,
                                [FXAOT_ORDER_FILLED] = atoms.filled,
                                [FXAOT_ORDER_CANCELLED] = atoms.cancelled,
                                [FXAOT_ORDER_REJECTED] = atoms.rejected,
                                [FXAOT_ORDER_EXPIRED] = atoms.expired,
                                [FXAOT_ORDER_MODIFIED] = atoms.modified,
                                [FXAOT_ORDER_PENDING_NEW] = atoms.pending_new,
                                [FXAOT_ORDER_PENDING_CANCEL] = atoms.pending_cancel,
                                [FXAOT_ORDER_PENDING_REPLACE] = atoms.pending_replace,
                                [FXAOT_ORDER_CANCEL_REJECTED] = atoms.cancel_rejected,
                                [FXAOT_ORDER_REPLACE_REJECTED] = atoms.replace_rejected};
  return state < COUNT(names) ? names[state] : fxaot_unknown_code(env, state);
}

ERL_NIF_TERM fxaot_trading_state_term(ErlNifEnv *env, uint64_t state) {
  switch (state) {
  case FXAOT_TRADING_ACTIVE: return atoms.active;
  case FXAOT_TRADING_REDUCING: return atoms.reducing;
  case FXAOT_TRADING_HALTED: return atoms.halted;
  default: return fxaot_unknown_code(env, (uint32_t)state);
  }
}

static ERL_NIF_TERM state_reason(ErlNifEnv *env, uint32_t code) {
  switch (code) {
  case FXAOT_STATE_USER: return atoms.user;
  case FXAOT_STATE_DAILY_LOSS: return atoms.daily_loss;
  case FXAOT_STATE_DRAWDOWN: return atoms.drawdown;
  case FXAOT_STATE_LOSING_TRADES: return atoms.losing_trades;
  default: return fxaot_unknown_code(env, code);
  }
}

static ERL_NIF_TERM gateway_reason(ErlNifEnv *env, uint32_t code) {
  switch (code) {
  case FXAOT_GATEWAY_OVERFILL: return atoms.overfill;
  case FXAOT_GATEWAY_LATE_FILL: return atoms.late_fill;
  case FXAOT_GATEWAY_UNKNOWN_ORDER: return atoms.unknown_order;
  default: return fxaot_unknown_code(env, code);
  }
}

static ERL_NIF_TERM alarm_kind(ErlNifEnv *env, uint32_t code) {
  switch (code) {
  case FXAOT_ALARM_BAD_SIGNAL: return atoms.bad_signal;
  case FXAOT_ALARM_SCRIPT_STOPPED: return atoms.script_stopped;
  case FXAOT_ALARM_SMALL_ORDER: return atoms.small_order;
  case FXAOT_ALARM_TIME_JUMP: return atoms.time_jump;
  case FXAOT_ALARM_EVENTS_LOST: return atoms.events_lost;
  case FXAOT_ALARM_MARGIN_CALL: return atoms.margin_call;
  case FXAOT_ALARM_RISK_STATE: return atoms.risk_state;
  case FXAOT_ALARM_GATEWAY: return atoms.gateway;
  default: return fxaot_unknown_code(env, code);
  }
}

/* ---- values --------------------------------------------------------------- */

ERL_NIF_TERM fxaot_price_term(ErlNifEnv *env, double price) {
  return isnan(price) ? atoms.undefined : fxaot_double(env, price);
}

ERL_NIF_TERM fxaot_level_term(ErlNifEnv *env, double level) {
  return isinf(level) && level > 0 ? atoms.infinity : fxaot_double(env, level);
}

ERL_NIF_TERM fxaot_name_term(ErlNifEnv *env, const uint8_t *text, uint32_t length, uint32_t end) {
  if (length == 0 || length > FXAOT_ID_BYTES) return atoms.undefined;
  const char *ends[] = {"", ".sl", ".tp"};
  size_t rest = end == FXAOT_NAME_PLAIN || end >= COUNT(ends) ? 0 : END_BYTES;
  ERL_NIF_TERM term;
  unsigned char *bytes = enif_make_new_binary(env, length + rest, &term);
  memcpy(bytes, text, length);
  if (rest) memcpy(bytes + length, ends[end], rest);
  return term;
}

/* ---- events --------------------------------------------------------------- */

static ERL_NIF_TERM name_of(ErlNifEnv *env, const fxaot_event *event) {
  return fxaot_name_term(env, fxaot_event_name(event), event->name_length, event->name_end);
}

static ERL_NIF_TERM bar_term(ErlNifEnv *env, const fxaot_event *event, ERL_NIF_TERM strategy,
                             ERL_NIF_TERM symbol) {
  const fxaot_bar *bar = &event->bar;
  return enif_make_tuple(env, 12, atoms.bar, strategy, symbol,
                         enif_make_int64(env, bar->open_time_ns),
                         enif_make_int64(env, bar->end_time_ns), fxaot_double(env, bar->open),
                         fxaot_double(env, bar->high), fxaot_double(env, bar->low),
                         fxaot_double(env, bar->close), fxaot_double(env, bar->volume),
                         enif_make_int64(env, bar->ticks), fxaot_double(env, event->strength));
}

/* An alarm's last field: undefined, or a map. */
static ERL_NIF_TERM alarm_detail(ErlNifEnv *env, const fxaot_event *event) {
  if (event->code == FXAOT_ALARM_MARGIN_CALL) {
    ERL_NIF_TERM level = fxaot_level_term(env, event->strength);
    return fxaot_map(env, 1, &atoms.level, &level);
  }
  if (event->code == FXAOT_ALARM_RISK_STATE) {
    ERL_NIF_TERM reason = state_reason(env, event->reason);
    return fxaot_map(env, 1, &atoms.reason, &reason);
  }
  if (event->code == FXAOT_ALARM_GATEWAY) {
    ERL_NIF_TERM keys[] = {atoms.reason, atoms.number, atoms.quantity};
    ERL_NIF_TERM values[] = {gateway_reason(env, event->reason),
                             enif_make_int64(env, event->order_id),
                             enif_make_int64(env, event->quantity)};
    return fxaot_map(env, COUNT(keys), keys, values);
  }
  if (event->code != FXAOT_ALARM_SMALL_ORDER) return atoms.undefined;
  ERL_NIF_TERM keys[] = {atoms.size, atoms.step, atoms.minimum};
  ERL_NIF_TERM values[] = {fxaot_double(env, event->strength),
                           enif_make_int64(env, event->quantity),
                           enif_make_int64(env, (int64_t)event->price)};
  return fxaot_map(env, 3, keys, values);
}

/* An alarm that counts nothing is one. */
static ERL_NIF_TERM alarm_count(ErlNifEnv *env, const fxaot_event *event) {
  bool is_one = event->code == FXAOT_ALARM_SMALL_ORDER || event->code == FXAOT_ALARM_MARGIN_CALL ||
                event->code == FXAOT_ALARM_RISK_STATE || event->code == FXAOT_ALARM_GATEWAY;
  return enif_make_int64(env, is_one ? 1 : event->quantity);
}

static ERL_NIF_TERM account_change(ErlNifEnv *env, uint32_t code) {
  switch (code) {
  case FXAOT_ACCOUNT_CASH: return atoms.cash;
  case FXAOT_ACCOUNT_SWAP: return atoms.swap;
  case FXAOT_ACCOUNT_MARGIN_CALL: return atoms.margin_call;
  case FXAOT_ACCOUNT_STOP_OUT: return atoms.stop_out;
  case FXAOT_ACCOUNT_STATE: return atoms.state;
  case FXAOT_ACCOUNT_RESET: return atoms.reset;
  default: return fxaot_unknown_code(env, code);
  }
}

/* What belongs to this change alone: undefined, or a map. */
static ERL_NIF_TERM account_detail(ErlNifEnv *env, const fxaot_event *event) {
  ERL_NIF_TERM quantity = enif_make_int64(env, event->quantity);
  ERL_NIF_TERM level = fxaot_level_term(env, event->strength);
  switch (event->code) {
  case FXAOT_ACCOUNT_SWAP: {
    ERL_NIF_TERM keys[] = {atoms.nights, atoms.rate, atoms.conversion};
    ERL_NIF_TERM values[] = {quantity, fxaot_double(env, event->price),
                             fxaot_double(env, event->strength)};
    return fxaot_map(env, COUNT(keys), keys, values);
  }
  case FXAOT_ACCOUNT_MARGIN_CALL: return fxaot_map(env, 1, &atoms.level, &level);
  case FXAOT_ACCOUNT_STOP_OUT: {
    ERL_NIF_TERM keys[] = {atoms.quantity, atoms.level}, values[] = {quantity, level};
    return fxaot_map(env, COUNT(keys), keys, values);
  }
  case FXAOT_ACCOUNT_STATE: {
    ERL_NIF_TERM keys[] = {atoms.state, atoms.reason};
    ERL_NIF_TERM values[] = {fxaot_trading_state_term(env, (uint64_t)event->quantity),
                             state_reason(env, event->reason)};
    return fxaot_map(env, COUNT(keys), keys, values);
  }
  default: return atoms.undefined;
  }
}

ERL_NIF_TERM fxaot_event_list(ErlNifEnv *env, const fxaot_event *events, uint64_t count) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) list = enif_make_list_cell(env, fxaot_event_term(env, &events[count]), list);
  return list;
}

ERL_NIF_TERM fxaot_event_term(ErlNifEnv *env, const fxaot_event *event) {
  /* Refs are the words of the atoms that the caller named things with; an atom's word is good in
   * every environment as long as the node lives. */
  ERL_NIF_TERM strategy = event->strategy_ref ? event->strategy_ref : atoms.undefined;
  ERL_NIF_TERM symbol = event->symbol_ref ? event->symbol_ref : atoms.undefined;
  ERL_NIF_TERM time = enif_make_int64(env, event->time_ns);
  ERL_NIF_TERM id = enif_make_int64(env, event->order_id);
  ERL_NIF_TERM quantity = enif_make_int64(env, event->quantity);
  switch (event->kind) {
  case FXAOT_EVENT_SIGNAL:
    return enif_make_tuple5(env, atoms.signal, strategy, symbol, time,
                            fxaot_double(env, event->strength));
  case FXAOT_EVENT_ORDER:
    return enif_make_tuple(
        env, 12, atoms.order, id, strategy, symbol, time, fxaot_side_term(env, event->side),
        quantity, fxaot_order_state_term(env, event->code), name_of(env, event),
        event->code == FXAOT_ORDER_CANCELLED || event->code == FXAOT_ORDER_PENDING_CANCEL
            ? fxaot_cancel_term(env, event->reason)
            : atoms.undefined,
        event->price > 0 ? fxaot_double(env, event->price) : atoms.undefined,
        event->strength > 0 ? fxaot_double(env, event->strength) : atoms.undefined);
  case FXAOT_EVENT_FILL:
    return enif_make_tuple(
        env, 11, atoms.fill, id, strategy, symbol, time, fxaot_side_term(env, event->side),
        quantity, fxaot_double(env, event->price), enif_make_int64(env, event->profit_micro),
        name_of(env, event), enif_make_int64(env, event->commission_micro));
  case FXAOT_EVENT_REJECT:
    return enif_make_tuple(
        env, 10, atoms.reject, id, strategy, symbol, time, fxaot_side_term(env, event->side),
        quantity, fxaot_reject_term(env, event->code), name_of(env, event),
        fxaot_refusal_map(env, event->code, event->profit_micro, event->commission_micro));
  case FXAOT_EVENT_BAR: return bar_term(env, event, strategy, symbol);
  case FXAOT_EVENT_ALARM:
    return enif_make_tuple7(env, atoms.alarm, alarm_kind(env, event->code), strategy, symbol, time,
                            alarm_count(env, event), alarm_detail(env, event));
  case FXAOT_EVENT_ACCOUNT:
    return enif_make_tuple8(env, atoms.account, account_change(env, event->code), symbol, time,
                            enif_make_int64(env, event->profit_micro),
                            event->order_id ? id : atoms.undefined, name_of(env, event),
                            account_detail(env, event));
  default:
    return enif_make_tuple7(
        env, atoms.alarm,
        enif_make_tuple2(env, atoms.unknown_event, enif_make_uint(env, event->kind)), strategy,
        symbol, time, quantity, atoms.undefined);
  }
}
