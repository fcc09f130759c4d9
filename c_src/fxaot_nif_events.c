/* Events ▶ terms: the records of fxaot.hrl. A code that this file does not know is shown as such. */
#include "fxaot_nif.h"

static ERL_NIF_TERM side_term(ErlNifEnv *env, uint32_t side) {
  switch (side) {
  case FXAOT_BUY: return atoms.buy;
  case FXAOT_SELL: return atoms.sell;
  default: return fxaot_unknown_code(env, side);
  }
}

static ERL_NIF_TERM reject_reason(ErlNifEnv *env, uint32_t code) {
  switch (code) {
  case FXAOT_REJECT_QUANTITY_BELOW_MINIMUM: return atoms.quantity_below_minimum;
  case FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM: return atoms.quantity_above_maximum;
  case FXAOT_REJECT_NO_CONVERSION: return atoms.no_conversion;
  case FXAOT_REJECT_NO_EQUITY: return atoms.no_equity;
  case FXAOT_REJECT_OUT_OF_MEMORY: return atoms.out_of_memory;
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
  default: return fxaot_unknown_code(env, code);
  }
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
  if (event->code != FXAOT_ALARM_SMALL_ORDER) return atoms.undefined;
  ERL_NIF_TERM keys[] = {atoms.size, atoms.step, atoms.minimum};
  ERL_NIF_TERM values[] = {fxaot_double(env, event->strength),
                           enif_make_int64(env, event->quantity),
                           enif_make_int64(env, (int64_t)event->price)};
  return fxaot_map(env, 3, keys, values);
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
    return enif_make_tuple8(env, atoms.order, id, strategy, symbol, time,
                            side_term(env, event->side), quantity, atoms.accepted);
  case FXAOT_EVENT_FILL:
    return enif_make_tuple9(env, atoms.fill, id, strategy, symbol, time,
                            side_term(env, event->side), quantity, fxaot_double(env, event->price),
                            enif_make_int64(env, event->profit_micro));
  case FXAOT_EVENT_REJECT:
    return enif_make_tuple8(env, atoms.reject, id, strategy, symbol, time,
                            side_term(env, event->side), quantity, reject_reason(env, event->code));
  case FXAOT_EVENT_BAR: return bar_term(env, event, strategy, symbol);
  case FXAOT_EVENT_ALARM:
    if (event->code == FXAOT_ALARM_SMALL_ORDER) quantity = enif_make_int(env, 1);
    return enif_make_tuple7(env, atoms.alarm, alarm_kind(env, event->code), strategy, symbol, time,
                            quantity, alarm_detail(env, event));
  default:
    return enif_make_tuple7(
        env, atoms.alarm,
        enif_make_tuple2(env, atoms.unknown_event, enif_make_uint(env, event->kind)), strategy,
        symbol, time, quantity, atoms.undefined);
  }
}
