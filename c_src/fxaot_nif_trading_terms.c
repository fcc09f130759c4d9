/* Orders and their account: terms ▶ structs ▶ terms. Erlang has checked the values and given them their places;
 * the engine checks them again. */
#include "fxaot_nif_trading.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- terms ▶ structs ------------------------------------------------------ */

static const ERL_NIF_TERM *get_tuple(ErlNifEnv *env, ERL_NIF_TERM term, int size) {
  const ERL_NIF_TERM *places;
  int arity;
  return enif_get_tuple(env, term, &arity, &places) && arity == size ? places : NULL;
}

static bool get_whole(ErlNifEnv *env, ERL_NIF_TERM term, int64_t *out) {
  ErlNifSInt64 number;
  if (!enif_get_int64(env, term, &number)) return false;
  *out = number;
  return true;
}

/* undefined becomes NaN. */
static bool get_price(ErlNifEnv *env, ERL_NIF_TERM term, double *out) {
  *out = NAN;
  return enif_is_identical(term, atoms.undefined) || enif_get_double(env, term, out);
}

/* The end of an attached order's name. */
static uint32_t end_of(const ErlNifBinary *name) {
  const unsigned char *tail = name->data + name->size - 3;
  if (memcmp(tail, ".sl", 3) == 0) return FXAOT_NAME_STOP_LOSS;
  return memcmp(tail, ".tp", 3) == 0 ? FXAOT_NAME_TAKE_PROFIT : FXAOT_NAME_PLAIN;
}

bool fxaot_get_id(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_id *out) {
  ErlNifBinary binary;
  memset(out, 0, sizeof *out);
  if (!enif_inspect_binary(env, term, &binary)) return false;
  if (binary.size > FXAOT_ID_BYTES) { /* longer only with its end */
    if (binary.size > FXAOT_ID_BYTES + 3 || !(out->end = end_of(&binary))) return false;
    binary.size -= 3;
  }
  memcpy(out->text, binary.data, binary.size);
  out->length = (uint32_t)binary.size;
  return true;
}

/* {Leverage, Mode, MarginMode, MarginPrice, Conversion, Liquidation, NegativeBalanceProtection, Fifo,
 * NewOrders, MarginCall, StopOut} */
bool fxaot_get_account_terms(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_account_terms *out) {
  const ERL_NIF_TERM *at = get_tuple(env, term, 11);
  fxaot_account_terms_default(out);
  return at && enif_get_uint(env, at[0], &out->leverage) && enif_get_uint(env, at[1], &out->mode) &&
         enif_get_uint(env, at[2], &out->margin_mode) &&
         enif_get_uint(env, at[3], &out->margin_price) &&
         enif_get_uint(env, at[4], &out->conversion) &&
         enif_get_uint(env, at[5], &out->liquidation) &&
         enif_get_uint(env, at[6], &out->negative_balance_protection) &&
         enif_get_uint(env, at[7], &out->fifo) && get_whole(env, at[8], &out->new_orders) &&
         get_whole(env, at[9], &out->margin_call) && get_whole(env, at[10], &out->stop_out);
}

/* {MaxQuoteAgeNs, MaxSpreadSteps, Collar, MaxOrderQuantity, MaxOrderNotionalMicro, MaxPosition,
 * MaxCurrencyNotionalMicro, MaxPositions, MaxOrders, OrderRateCount, OrderRateNs, DailyLossMicro,
 * MaxDrawdown, MaxLosingTrades, HaltCancelsProtection} */
bool fxaot_get_risk(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_risk *out) {
  const ERL_NIF_TERM *at = get_tuple(env, term, 15);
  memset(out, 0, sizeof *out);
  return at && get_whole(env, at[0], &out->max_quote_age_ns) &&
         get_whole(env, at[1], &out->max_spread_steps) && get_whole(env, at[2], &out->collar) &&
         get_whole(env, at[3], &out->max_order_quantity) &&
         get_whole(env, at[4], &out->max_order_notional_micro) &&
         get_whole(env, at[5], &out->max_position) &&
         get_whole(env, at[6], &out->max_currency_notional_micro) &&
         enif_get_uint(env, at[7], &out->max_positions) &&
         enif_get_uint(env, at[8], &out->max_orders) &&
         get_whole(env, at[9], &out->order_rate_count) &&
         get_whole(env, at[10], &out->order_rate_ns) &&
         get_whole(env, at[11], &out->daily_loss_micro) &&
         get_whole(env, at[12], &out->max_drawdown) &&
         enif_get_uint(env, at[13], &out->max_losing_trades) &&
         enif_get_uint(env, at[14], &out->halt_cancels_protection);
}

/* {LatencyNs, SlippageSteps, SlippageOfSpread, RandomSlippage, RejectProbability, Seed, IgnoreSizes} */
bool fxaot_get_venue(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_venue *out) {
  const ERL_NIF_TERM *at = get_tuple(env, term, 7);
  ErlNifUInt64 seed, ignore_sizes;
  memset(out, 0, sizeof *out);
  if (!at || !get_whole(env, at[0], &out->latency_ns) ||
      !get_whole(env, at[1], &out->slippage_steps) ||
      !get_whole(env, at[2], &out->slippage_of_spread) ||
      !get_whole(env, at[3], &out->random_slippage) ||
      !get_whole(env, at[4], &out->reject_probability) || !enif_get_uint64(env, at[5], &seed) ||
      !enif_get_uint64(env, at[6], &ignore_sizes))
    return false;
  out->seed = seed;
  out->ignore_sizes = ignore_sizes;
  return true;
}

/* [{AboveMicro, Rate}] */
static bool get_tiers(ErlNifEnv *env, ERL_NIF_TERM list, fxaot_margin_tier *tiers) {
  ERL_NIF_TERM head;
  unsigned count = 0;
  for (; enif_get_list_cell(env, list, &head, &list); count++) {
    const ERL_NIF_TERM *at = count < FXAOT_MARGIN_TIERS ? get_tuple(env, head, 2) : NULL;
    if (!at || !get_whole(env, at[0], &tiers[count].above_micro) ||
        !get_whole(env, at[1], &tiers[count].rate))
      return false;
  }
  return enif_is_empty_list(env, list);
}

/* Days as 32 bits in the machine's order; good as long as the binary is. */
static bool get_holidays(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_terms *out) {
  ErlNifBinary days;
  if (!enif_inspect_binary(env, term, &days) || days.size % sizeof *out->holidays) return false;
  if ((uintptr_t)days.data % _Alignof(int32_t)) return false;
  out->holidays = (const int32_t *)days.data;
  out->holiday_count = (uint32_t)(days.size / sizeof *out->holidays);
  return days.size / sizeof *out->holidays <= FXAOT_MOST_HOLIDAYS;
}

/* {MarginRate, Tiers, MaxPosition, MinimumStopDistance, Hours, TripleDay, SwapMode, SwapDays, SwapLong,
 * SwapShort, CommissionKind, Commission, CommissionMinimumMicro, CommissionCurrency, {RateBase, RateQuote,
 * RateMarkup}, Holidays} */
bool fxaot_get_trading_terms(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_terms *out) {
  const ERL_NIF_TERM *at = get_tuple(env, term, 16);
  const ERL_NIF_TERM *rates = at ? get_tuple(env, at[14], 3) : NULL;
  memset(out, 0, sizeof *out);
  return rates && get_whole(env, at[0], &out->margin_rate) && get_tiers(env, at[1], out->tiers) &&
         get_whole(env, at[2], &out->max_position) &&
         get_whole(env, at[3], &out->minimum_stop_distance) &&
         fxaot_get_text(env, at[4], out->hours, sizeof out->hours) &&
         enif_get_uint(env, at[5], &out->triple_day) &&
         enif_get_uint(env, at[6], &out->swap_mode) && enif_get_uint(env, at[7], &out->swap_days) &&
         get_whole(env, at[8], &out->swap_long) && get_whole(env, at[9], &out->swap_short) &&
         enif_get_uint(env, at[10], &out->commission_kind) &&
         get_whole(env, at[11], &out->commission) &&
         get_whole(env, at[12], &out->commission_minimum_micro) &&
         fxaot_get_text(env, at[13], out->commission_currency, sizeof out->commission_currency) &&
         get_whole(env, rates[0], &out->rate_base) && get_whole(env, rates[1], &out->rate_quote) &&
         get_whole(env, rates[2], &out->rate_markup) && get_holidays(env, at[15], out);
}

/* {Id, Symbol, Strategy, Side, Type, TimeInForce, Trigger, ReduceOnly, PostOnly, Quantity, Price, Limit, Trail,
 * TrailStep, TrailActivation, ExpiresNs, StopLoss, TakeProfit, Oco, After} */
bool fxaot_get_request(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_order_request *out) {
  const ERL_NIF_TERM *at = get_tuple(env, term, 20);
  memset(out, 0, sizeof *out);
  if (!at || !enif_is_atom(env, at[1]) || !enif_is_atom(env, at[2])) return false;
  out->symbol_ref = at[1];
  out->strategy_ref = at[2] == atoms.undefined ? 0 : at[2];
  return fxaot_get_id(env, at[0], &out->id) && enif_get_uint(env, at[3], &out->side) &&
         enif_get_uint(env, at[4], &out->type) && enif_get_uint(env, at[5], &out->time_in_force) &&
         enif_get_uint(env, at[6], &out->trigger) && enif_get_uint(env, at[7], &out->reduce_only) &&
         enif_get_uint(env, at[8], &out->post_only) && get_whole(env, at[9], &out->quantity) &&
         get_price(env, at[10], &out->price) && get_price(env, at[11], &out->limit) &&
         get_whole(env, at[12], &out->trail_steps) && get_whole(env, at[13], &out->trail_step) &&
         get_price(env, at[14], &out->trail_activation) &&
         get_whole(env, at[15], &out->expires_ns) && get_price(env, at[16], &out->stop_loss) &&
         get_price(env, at[17], &out->take_profit) && fxaot_get_id(env, at[18], &out->oco) &&
         fxaot_get_id(env, at[19], &out->after);
}

/* {Quantity, Price, Limit, StopLoss, TakeProfit, Trail, ExpiresNs} */
bool fxaot_get_change(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_order_change *out) {
  const ERL_NIF_TERM *at = get_tuple(env, term, 7);
  memset(out, 0, sizeof *out);
  return at && get_whole(env, at[0], &out->quantity) && get_price(env, at[1], &out->price) &&
         get_price(env, at[2], &out->limit) && get_price(env, at[3], &out->stop_loss) &&
         get_price(env, at[4], &out->take_profit) && get_whole(env, at[5], &out->trail_steps) &&
         get_whole(env, at[6], &out->expires_ns);
}

/* {Id, Number, Kind, Quantity, Price, Commission or undefined, Execution} */
bool fxaot_get_report(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_report *out) {
  const ERL_NIF_TERM *at = get_tuple(env, term, 7);
  memset(out, 0, sizeof *out);
  if (!at || !fxaot_get_id(env, at[0], &out->id) || !get_whole(env, at[1], &out->order_id) ||
      !enif_get_uint(env, at[2], &out->kind) || !get_whole(env, at[3], &out->quantity) ||
      !get_price(env, at[4], &out->price) || !fxaot_get_id(env, at[6], &out->execution))
    return false;
  out->has_commission = !enif_is_identical(at[5], atoms.undefined);
  return !out->has_commission || get_whole(env, at[5], &out->commission_micro);
}

/* ---- structs ▶ terms ------------------------------------------------------ */

static ERL_NIF_TERM ref_term(uint64_t ref) { return ref ? ref : atoms.undefined; }

static ERL_NIF_TERM type_term(ErlNifEnv *env, uint32_t type) {
  const ERL_NIF_TERM names[] = {[FXAOT_TYPE_MARKET] = atoms.market,
                                [FXAOT_TYPE_LIMIT] = atoms.limit,
                                [FXAOT_TYPE_STOP] = atoms.stop,
                                [FXAOT_TYPE_STOP_LIMIT] = atoms.stop_limit,
                                [FXAOT_TYPE_MARKET_IF_TOUCHED] = atoms.market_if_touched,
                                [FXAOT_TYPE_LIMIT_IF_TOUCHED] = atoms.limit_if_touched};
  return type < COUNT(names) ? names[type] : fxaot_unknown_code(env, type);
}

static ERL_NIF_TERM time_in_force_term(ErlNifEnv *env, const fxaot_order *order) {
  switch (order->time_in_force) {
  case FXAOT_GTC: return atoms.gtc;
  case FXAOT_DAY: return atoms.day;
  case FXAOT_GTD: return enif_make_tuple2(env, atoms.gtd, enif_make_int64(env, order->expires_ns));
  case FXAOT_IOC: return atoms.ioc;
  case FXAOT_FOK: return atoms.fok;
  default: return fxaot_unknown_code(env, order->time_in_force);
  }
}

static ERL_NIF_TERM reason_term(ErlNifEnv *env, const fxaot_order *order) {
  switch (order->state) {
  case FXAOT_ORDER_CANCELLED: return fxaot_cancel_term(env, order->reason);
  case FXAOT_ORDER_REJECTED: return fxaot_reject_term(env, order->reason);
  default: return atoms.undefined;
  }
}

ERL_NIF_TERM fxaot_order_term(ErlNifEnv *env, const fxaot_order *o) {
  const ERL_NIF_TERM pairs[][2] = {
      {atoms.id, fxaot_name_term(env, o->name.text, o->name_length, o->name_end)},
      {atoms.number, enif_make_int64(env, o->order_id)},
      {atoms.state, fxaot_order_state_term(env, o->state)},
      {atoms.reason, reason_term(env, o)},
      {atoms.detail, o->state == FXAOT_ORDER_REJECTED
                         ? fxaot_refusal_map(env, o->reason, o->measured, o->bound)
                         : atoms.undefined},
      {atoms.symbol, ref_term(o->symbol_ref)},
      {atoms.strategy, ref_term(o->strategy_ref)},
      {atoms.side, fxaot_side_term(env, o->side)},
      {atoms.type, type_term(env, o->type)},
      {atoms.tif, time_in_force_term(env, o)},
      {atoms.reduce_only, o->reduce_only ? atoms.atom_true : atoms.atom_false},
      {atoms.quantity, enif_make_int64(env, o->quantity)},
      {atoms.filled, enif_make_int64(env, o->filled)},
      {atoms.price, fxaot_price_term(env, o->price)},
      {atoms.limit, fxaot_price_term(env, o->limit)},
      {atoms.average_price, fxaot_price_term(env, o->average_price)},
      {atoms.stop_loss, fxaot_price_term(env, o->stop_loss)},
      {atoms.take_profit, fxaot_price_term(env, o->take_profit)},
      {atoms.trail, enif_make_int64(env, o->trail_steps)},
      {atoms.time, enif_make_int64(env, o->time_ns)}};
  return fxaot_map_of_pairs(env, COUNT(pairs), pairs);
}

static ERL_NIF_TERM request_kind(ErlNifEnv *env, uint32_t kind) {
  switch (kind) {
  case FXAOT_REQUEST_SEND: return atoms.send;
  case FXAOT_REQUEST_CANCEL: return atoms.cancel;
  case FXAOT_REQUEST_REPLACE: return atoms.replace;
  default: return fxaot_unknown_code(env, kind);
  }
}

static ERL_NIF_TERM trigger_term(ErlNifEnv *env, uint32_t trigger) {
  switch (trigger) {
  case FXAOT_TRIGGER_SAME: return atoms.same;
  case FXAOT_TRIGGER_MID: return atoms.mid;
  case FXAOT_TRIGGER_OPPOSITE: return atoms.opposite;
  default: return fxaot_unknown_code(env, trigger);
  }
}

ERL_NIF_TERM fxaot_gateway_request_term(ErlNifEnv *env, const fxaot_gateway_request *r) {
  const ERL_NIF_TERM pairs[][2] = {
      {atoms.sequence, enif_make_uint64(env, r->sequence)},
      {atoms.kind, request_kind(env, r->kind)},
      {atoms.order, fxaot_order_term(env, &r->order)},
      {atoms.trigger, trigger_term(env, r->trigger)},
      {atoms.post_only, r->post_only ? atoms.atom_true : atoms.atom_false},
      {atoms.ticket, r->ticket ? enif_make_int64(env, r->ticket) : atoms.undefined},
      {atoms.trail_step, enif_make_int64(env, r->trail_step)},
      {atoms.trail_activation, fxaot_price_term(env, r->trail_activation)}};
  return fxaot_map_of_pairs(env, COUNT(pairs), pairs);
}

/* Quantities of tickets and trades are positive, like those of orders: the side says the rest. */
static ERL_NIF_TERM size_term(ErlNifEnv *env, int64_t quantity) {
  return enif_make_uint64(env, quantity < 0 ? -(uint64_t)quantity : (uint64_t)quantity);
}

static ERL_NIF_TERM side_of(int64_t quantity) { return quantity < 0 ? atoms.sell : atoms.buy; }

ERL_NIF_TERM fxaot_ticket_term(ErlNifEnv *env, const fxaot_ticket *t) {
  const ERL_NIF_TERM pairs[][2] = {
      {atoms.id, fxaot_name_term(env, t->name.text, t->name_length, FXAOT_NAME_PLAIN)},
      {atoms.number, enif_make_int64(env, t->order_id)},
      {atoms.symbol, ref_term(t->symbol_ref)},
      {atoms.side, side_of(t->quantity)},
      {atoms.quantity, size_term(env, t->quantity)},
      {atoms.price, fxaot_price_term(env, t->price)},
      {atoms.unrealised, enif_make_int64(env, t->unrealised_micro)}};
  return fxaot_map_of_pairs(env, COUNT(pairs), pairs);
}

ERL_NIF_TERM fxaot_trade_term(ErlNifEnv *env, const fxaot_trade *t) {
  const ERL_NIF_TERM pairs[][2] = {{atoms.symbol, ref_term(t->symbol_ref)},
                                   {atoms.strategy, ref_term(t->strategy_ref)},
                                   {atoms.side, side_of(t->quantity)},
                                   {atoms.quantity, size_term(env, t->quantity)},
                                   {atoms.entry_order, enif_make_int64(env, t->entry_order)},
                                   {atoms.exit_order, enif_make_int64(env, t->exit_order)},
                                   {atoms.entry_time, enif_make_int64(env, t->entry_ns)},
                                   {atoms.exit_time, enif_make_int64(env, t->exit_ns)},
                                   {atoms.entry_price, fxaot_price_term(env, t->entry_price)},
                                   {atoms.exit_price, fxaot_price_term(env, t->exit_price)},
                                   {atoms.profit, enif_make_int64(env, t->profit_micro)},
                                   {atoms.commission, enif_make_int64(env, t->commission_micro)}};
  return fxaot_map_of_pairs(env, COUNT(pairs), pairs);
}

ERL_NIF_TERM fxaot_account_term(ErlNifEnv *env, const fxaot_account *a) {
  char currency[FXAOT_CURRENCY_BYTES];
  memcpy(currency, a->currency, sizeof currency);
  currency[sizeof currency - 1] = 0;
  const ERL_NIF_TERM pairs[][2] = {{atoms.currency, enif_make_atom(env, currency)},
                                   {atoms.balance, enif_make_int64(env, a->balance_micro)},
                                   {atoms.equity, enif_make_int64(env, a->equity_micro)},
                                   {atoms.realised, enif_make_int64(env, a->realised_micro)},
                                   {atoms.unrealised, enif_make_int64(env, a->unrealised_micro)},
                                   {atoms.unvalued, enif_make_uint(env, a->unvalued)},
                                   {atoms.state, fxaot_trading_state_term(env, a->state)},
                                   {atoms.margin_used, enif_make_int64(env, a->margin_used_micro)},
                                   {atoms.free_margin, enif_make_int64(env, a->free_margin_micro)},
                                   {atoms.margin_level, fxaot_level_term(env, a->margin_level)},
                                   {atoms.commission, enif_make_int64(env, a->commission_micro)},
                                   {atoms.swap, enif_make_int64(env, a->swap_micro)},
                                   {atoms.cash, enif_make_int64(env, a->cash_micro)}};
  return fxaot_map_of_pairs(env, COUNT(pairs), pairs);
}

ERL_NIF_TERM fxaot_fault_term(ErlNifEnv *env, uint32_t fault) {
  const ERL_NIF_TERM names[] = {[FXAOT_FAULT_ID] = atoms.id,
                                [FXAOT_FAULT_SYMBOL] = atoms.symbol,
                                [FXAOT_FAULT_SIDE] = atoms.side,
                                [FXAOT_FAULT_TYPE] = atoms.type,
                                [FXAOT_FAULT_QUANTITY] = atoms.quantity,
                                [FXAOT_FAULT_PRICE] = atoms.price,
                                [FXAOT_FAULT_LIMIT] = atoms.limit,
                                [FXAOT_FAULT_TRAIL] = atoms.trail,
                                [FXAOT_FAULT_TIME_IN_FORCE] = atoms.tif,
                                [FXAOT_FAULT_EXPIRES] = atoms.expires,
                                [FXAOT_FAULT_STOP_LOSS] = atoms.stop_loss,
                                [FXAOT_FAULT_TAKE_PROFIT] = atoms.take_profit,
                                [FXAOT_FAULT_AFTER] = atoms.after,
                                [FXAOT_FAULT_STATE] = atoms.state,
                                [FXAOT_FAULT_TICKET] = atoms.ticket,
                                [FXAOT_FAULT_POSITION] = atoms.position,
                                [FXAOT_FAULT_CASH] = atoms.amount,
                                [FXAOT_FAULT_STRATEGY] = atoms.strategy};
  return fault > 0 && fault < COUNT(names) ? names[fault] : fxaot_unknown_code(env, fault);
}
