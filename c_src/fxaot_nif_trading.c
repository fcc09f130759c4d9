/* Orders, closes, cash and the kill switch. Whoever has the engine calls; fxaot_nif_set_state_2 alone is for
 * any process at any time. */
#include "fxaot_nif_trading.h"
#include "fxaot_nif_actors.h"

#include <math.h>
#include <string.h>

/* Of one call; the caller asks for the next ones. */
#define MOST_TRADES 1000

/* ---- terms ---------------------------------------------------------------- */

/* The status of a setter as a term; the details are those of a refusal. */
static ERL_NIF_TERM setting(ErlNifEnv *env, int32_t status, ERL_NIF_TERM details) {
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, details);
}

/* (Engine, Terms) */
FXAOT_ENGINE_NIF(fxaot_nif_set_account, 2, "set_account_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_account_terms terms;
  (void)argc;
  if (!handle || !fxaot_get_account_terms(env, argv[1], &terms)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  return setting(env, handle->library->engine_set_account(handle->engine, &terms),
                 enif_make_new_map(env));
}

/* (Engine, Risk) */
FXAOT_ENGINE_NIF(fxaot_nif_set_risk, 2, "set_risk_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_risk risk;
  (void)argc;
  if (!handle || !fxaot_get_risk(env, argv[1], &risk)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  return setting(env, handle->library->engine_set_risk(handle->engine, &risk),
                 enif_make_new_map(env));
}

/* (Engine, Venue) */
FXAOT_ENGINE_NIF(fxaot_nif_set_venue, 2, "set_venue_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_venue venue;
  (void)argc;
  if (!handle || !fxaot_get_venue(env, argv[1], &venue)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  return setting(env, handle->library->engine_set_venue(handle->engine, &venue),
                 enif_make_new_map(env));
}

/* (Engine, Symbol, Terms) */
FXAOT_ENGINE_NIF(fxaot_nif_set_terms, 3, "set_terms_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_terms terms;
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !fxaot_get_trading_terms(env, argv[2], &terms))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  return setting(env, handle->library->engine_set_terms(handle->engine, argv[1], &terms),
                 fxaot_map(env, 1, &atoms.symbol, &argv[1]));
}

/* ---- answers -------------------------------------------------------------- */

/* {ok, Value, Events}: the events of this call, which begin_call has begun. */
static ERL_NIF_TERM done(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM value) {
  uint64_t count;
  const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
  return enif_make_tuple3(env, atoms.ok, value, fxaot_event_list(env, events, count));
}

/* Events stay in the engine until the next call, so that a kill loses none: see pending/1. */
static void end_call(engine_resource *handle) {
  uint64_t count;
  handle->library->engine_events(handle->engine, &count);
  handle->has_events = count > 0;
}

static ERL_NIF_TERM refusal(ErlNifEnv *env, int32_t status, const fxaot_order_answer *answer,
                            ERL_NIF_TERM details) {
  if (status == FXAOT_REJECTED) {
    ERL_NIF_TERM numbers = fxaot_refusal_map(env, answer->reject, answer->measured, answer->bound);
    enif_make_map_put(env, numbers, atoms.number, enif_make_int64(env, answer->order_id), &numbers);
    return fxaot_error(env, fxaot_reject_term(env, answer->reject), numbers);
  }
  if (status != FXAOT_BAD_ORDER) return fxaot_status_error(env, status, details);
  ERL_NIF_TERM field = fxaot_fault_term(env, answer->fault);
  return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.field, &field));
}

/* The order as it was asked for, at the time of its event. */
static fxaot_order as_asked(engine_resource *handle, const fxaot_order_request *request,
                            const fxaot_order_answer *answer) {
  fxaot_order order = {.order_id = answer->order_id,
                       .state = answer->state,
                       .symbol_ref = request->symbol_ref,
                       .strategy_ref = request->strategy_ref,
                       .side = request->side,
                       .type = request->type,
                       .time_in_force = request->time_in_force,
                       .reduce_only = request->reduce_only,
                       .quantity = request->quantity,
                       .price = request->price,
                       .limit = request->limit,
                       .average_price = NAN,
                       .stop_loss = request->stop_loss,
                       .take_profit = request->take_profit,
                       .trail_steps = request->trail_steps,
                       .expires_ns = request->expires_ns};
  uint64_t count;
  const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
  if (count) order.time_ns = events[count - 1].time_ns;
  return order;
}

static ERL_NIF_TERM order_answer(ErlNifEnv *env, const fxaot_order *order,
                                 const fxaot_order_answer *answer) {
  ERL_NIF_TERM map = fxaot_order_term(env, order);
  enif_make_map_put(env, map, atoms.is_known, answer->is_known ? atoms.atom_true : atoms.atom_false,
                    &map);
  return map;
}

/* The order of a modify or cancel that the engine has answered with FXAOT_OK. */
static ERL_NIF_TERM named_order(ErlNifEnv *env, engine_resource *handle, const fxaot_id *id,
                                const fxaot_order_answer *answer) {
  fxaot_order order = {.order_id = answer->order_id, .state = answer->state};
  handle->library->engine_order(handle->engine, id, &order);
  return done(env, handle, order_answer(env, &order, answer));
}

/* ---- orders --------------------------------------------------------------- */

/* (Engine, Request) */
FXAOT_ENGINE_NIF(fxaot_nif_submit, 2, "submit_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_order_request request;
  fxaot_order_answer answer = {0};
  (void)argc;
  if (!handle || !fxaot_get_request(env, argv[1], &request)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_submit(handle->engine, &request, &answer);
  end_call(handle);
  ERL_NIF_TERM symbol = request.symbol_ref;
  if (status != FXAOT_OK)
    return refusal(env, status, &answer, fxaot_map(env, 1, &atoms.symbol, &symbol));
  fxaot_order order;
  status = request.id.length
               ? handle->library->engine_order(handle->engine, &request.id, &order)
               : handle->library->engine_order_numbered(handle->engine, answer.order_id, &order);
  if (status != FXAOT_OK) order = as_asked(handle, &request, &answer);
  return done(env, handle, order_answer(env, &order, &answer));
}

/* An order that is not there is nothing bad in the request. */
static ERL_NIF_TERM named_refusal(ErlNifEnv *env, int32_t status, const fxaot_order_answer *answer,
                                  ERL_NIF_TERM id) {
  ERL_NIF_TERM details = fxaot_map(env, 1, &atoms.id, &id);
  if (status == FXAOT_BAD_ORDER && answer->fault == FXAOT_FAULT_ID)
    return fxaot_status_error(env, FXAOT_NOT_FOUND, details);
  return refusal(env, status, answer, details);
}

/* (Engine, Id, Change) */
FXAOT_ENGINE_NIF(fxaot_nif_modify, 3, "modify_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_id id;
  fxaot_order_change change;
  fxaot_order_answer answer = {0};
  (void)argc;
  if (!handle || !fxaot_get_id(env, argv[1], &id) || !fxaot_get_change(env, argv[2], &change))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_modify(handle->engine, &id, &change, &answer);
  end_call(handle);
  return status == FXAOT_OK ? named_order(env, handle, &id, &answer)
                            : named_refusal(env, status, &answer, argv[1]);
}

/* (Engine, Id) */
FXAOT_ENGINE_NIF(fxaot_nif_cancel, 2, "cancel_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_id id;
  fxaot_order_answer answer = {0};
  (void)argc;
  if (!handle || !fxaot_get_id(env, argv[1], &id)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_cancel(handle->engine, &id, &answer);
  end_call(handle);
  return status == FXAOT_OK ? named_order(env, handle, &id, &answer)
                            : named_refusal(env, status, &answer, argv[1]);
}

static uint64_t ref_or_any(ERL_NIF_TERM atom) { return atom == atoms.undefined ? 0 : atom; }

static FXAOT_NIF(cancel_all) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !enif_is_atom(env, argv[2]))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  uint64_t count =
      handle->library->engine_cancel_all(handle->engine, ref_or_any(argv[1]), ref_or_any(argv[2]));
  end_call(handle);
  return done(env, handle, enif_make_uint64(env, count));
}

/* (Engine, Symbol or undefined, Strategy or undefined), dirty. {ok, Count, Events} */
FXAOT_NIF(fxaot_nif_cancel_all_3) { return fxaot_visit(env, argc, argv, cancel_all); }

/* ---- closes --------------------------------------------------------------- */

/* The orders that this call has sent, as they are now: a close of a symbol sends one for each ticket. */
static ERL_NIF_TERM sent_orders(ErlNifEnv *env, engine_resource *handle) {
  uint64_t count;
  const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) {
    const fxaot_event *event = &events[count];
    fxaot_id id = {.length = event->name_length};
    fxaot_order order;
    bool is_sent = event->code == FXAOT_ORDER_ACCEPTED || event->code == FXAOT_ORDER_PENDING_NEW;
    if (event->kind != FXAOT_EVENT_ORDER || !is_sent || id.length > FXAOT_ID_BYTES) continue;
    memcpy(id.text, fxaot_event_name(event), id.length);
    if (handle->library->engine_order(handle->engine, &id, &order) == FXAOT_OK)
      list = enif_make_list_cell(env, fxaot_order_term(env, &order), list);
  }
  return list;
}

static ERL_NIF_TERM closed(ErlNifEnv *env, engine_resource *handle, int32_t status,
                           const fxaot_order_answer *answer, ERL_NIF_TERM key, ERL_NIF_TERM what) {
  end_call(handle);
  return status == FXAOT_OK ? done(env, handle, sent_orders(env, handle))
                            : refusal(env, status, answer, fxaot_map(env, 1, &key, &what));
}

static FXAOT_NIF(close_symbol) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifSInt64 quantity;
  fxaot_order_answer answer = {0};
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !enif_get_int64(env, argv[2], &quantity))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_close_symbol(handle->engine, argv[1], quantity, &answer);
  return closed(env, handle, status, &answer, atoms.symbol, argv[1]);
}

/* (Engine, Symbol, Quantity; 0: all), dirty: there may be many tickets. {ok, [Order], Events} */
FXAOT_NIF(fxaot_nif_close_symbol_3) { return fxaot_visit(env, argc, argv, close_symbol); }

/* (Engine, Id, Quantity; 0: all). {ok, [Order], Events} */
FXAOT_ENGINE_NIF(fxaot_nif_close_ticket, 3, "close_ticket_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_id id;
  ErlNifSInt64 quantity;
  fxaot_order_answer answer = {0};
  (void)argc;
  if (!handle || !fxaot_get_id(env, argv[1], &id) || !enif_get_int64(env, argv[2], &quantity))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_close_ticket(handle->engine, &id, quantity, &answer);
  return closed(env, handle, status, &answer, atoms.ticket, argv[1]);
}

/* (Engine, Id, Id). {ok, [], Events}: it sends no order. */
FXAOT_ENGINE_NIF(fxaot_nif_close_by, 3, "close_by_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_id id, by;
  fxaot_order_answer answer = {0};
  (void)argc;
  if (!handle || !fxaot_get_id(env, argv[1], &id) || !fxaot_get_id(env, argv[2], &by))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_close_by(handle->engine, &id, &by, &answer);
  return closed(env, handle, status, &answer, atoms.ticket, argv[1]);
}

/* ---- cash and trading state ----------------------------------------------- */

static ERL_NIF_TERM account_of(ErlNifEnv *env, engine_resource *handle) {
  fxaot_account account;
  handle->library->engine_account(handle->engine, &account);
  return fxaot_account_term(env, &account);
}

/* (Engine, AmountMicro). {ok, Account, Events} */
FXAOT_ENGINE_NIF(fxaot_nif_cash, 2, "cash_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifSInt64 amount;
  fxaot_order_answer answer = {0};
  (void)argc;
  if (!handle || !enif_get_int64(env, argv[1], &amount)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_cash(handle->engine, amount, &answer);
  end_call(handle);
  return status == FXAOT_OK ? done(env, handle, account_of(env, handle))
                            : refusal(env, status, &answer, enif_make_new_map(env));
}

/* The engine of a handle, or the one that a mailbox's actor runs. */
static engine_resource *get_any_engine(ErlNifEnv *env, ERL_NIF_TERM term) {
  engine_resource *handle = fxaot_get_engine(env, term);
  if (handle) return handle;
  mailbox_resource *mailbox = fxaot_get_mailbox(env, term);
  return mailbox ? mailbox->running->engine : NULL;
}

/* (Engine or Mailbox, State), any process, also while another one is in the engine. `life` keeps the engine
 * from being freed meanwhile. */
FXAOT_NIF(fxaot_nif_set_state_2) {
  engine_resource *handle = get_any_engine(env, argv[0]);
  unsigned state;
  (void)argc;
  if (!handle || !enif_get_uint(env, argv[1], &state) || state > FXAOT_TRADING_HALTED)
    return enif_make_badarg(env);
  enif_mutex_lock(handle->life);
  bool is_open = handle->engine != NULL;
  if (is_open) handle->library->engine_set_state(handle->engine, state);
  enif_mutex_unlock(handle->life);
  return is_open ? atoms.ok : fxaot_error(env, atoms.closed, enif_make_new_map(env));
}

static FXAOT_NIF(apply_state) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_account account;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_apply_state(handle->engine);
  end_call(handle);
  if (status != FXAOT_OK) return fxaot_status_error(env, status, enif_make_new_map(env));
  handle->library->engine_account(handle->engine, &account);
  return done(env, handle, fxaot_trading_state_term(env, account.state));
}

/* (Engine), dirty: a halt may cancel many orders. {ok, State, Events} */
FXAOT_NIF(fxaot_nif_apply_state_1) { return fxaot_visit(env, argc, argv, apply_state); }

static FXAOT_NIF(fill_rest) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  uint64_t left = handle->library->engine_fill_rest(handle->engine);
  end_call(handle);
  return done(env, handle, enif_make_uint64(env, left));
}

/* (Engine), dirty. {ok, PositionsLeft, Events} */
FXAOT_NIF(fxaot_nif_fill_rest_1) { return fxaot_visit(env, argc, argv, fill_rest); }

/* ---- reading -------------------------------------------------------------- */

/* (Engine, Id) */
FXAOT_ENGINE_NIF(fxaot_nif_order, 2, "order_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_id id;
  fxaot_order order;
  (void)argc;
  if (!handle || !fxaot_get_id(env, argv[1], &id)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  int32_t status = handle->library->engine_order(handle->engine, &id, &order);
  return status == FXAOT_OK
             ? fxaot_ok(env, fxaot_order_term(env, &order))
             : fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.id, &argv[1]));
}

static FXAOT_NIF(orders) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t count = handle->library->engine_orders(handle->engine, NULL, 0);
  fxaot_order *orders = enif_alloc((count + 1) * sizeof *orders);
  if (!orders) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  handle->library->engine_orders(handle->engine, orders, count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) list = enif_make_list_cell(env, fxaot_order_term(env, &orders[count]), list);
  enif_free(orders);
  return list;
}

static FXAOT_NIF(tickets) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t count = handle->library->engine_tickets(handle->engine, NULL, 0);
  fxaot_ticket *tickets = enif_alloc((count + 1) * sizeof *tickets);
  if (!tickets) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  handle->library->engine_tickets(handle->engine, tickets, count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) list = enif_make_list_cell(env, fxaot_ticket_term(env, &tickets[count]), list);
  enif_free(tickets);
  return list;
}

/* Whether the trade with this number is remembered: old ones are forgotten, all before a number. */
static bool has_trade(engine_resource *handle, uint64_t number) {
  fxaot_trade trade = {0};
  handle->library->engine_trades(handle->engine, number, &trade, 1);
  return trade.symbol_ref != 0;
}

/* The first trade from `first` on that is remembered, or `all`. */
static uint64_t first_trade(engine_resource *handle, uint64_t first, uint64_t all) {
  if (first >= all || has_trade(handle, first)) return first;
  uint64_t known = all;
  for (first++; first < known;) {
    uint64_t middle = first + (known - first) / 2;
    if (has_trade(handle, middle))
      known = middle;
    else
      first = middle + 1;
  }
  return known;
}

static FXAOT_NIF(trades) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifUInt64 asked;
  (void)argc;
  if (!handle || !enif_get_uint64(env, argv[1], &asked)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t all = handle->library->engine_trades(handle->engine, 0, NULL, 0);
  uint64_t first = first_trade(handle, asked, all);
  uint64_t count = first < all ? all - first : 0;
  if (count > MOST_TRADES) count = MOST_TRADES;
  fxaot_trade *trades = enif_alloc((count + 1) * sizeof *trades);
  if (!trades) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  handle->library->engine_trades(handle->engine, first, trades, count);
  ERL_NIF_TERM next = first + count < all ? enif_make_uint64(env, first + count) : atoms.done;
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) list = enif_make_list_cell(env, fxaot_trade_term(env, &trades[count]), list);
  enif_free(trades);
  return enif_make_tuple3(env, atoms.ok, list, next);
}

/* (Engine), dirty: there may be many. */
FXAOT_NIF(fxaot_nif_orders_1) { return fxaot_visit(env, argc, argv, orders); }
FXAOT_NIF(fxaot_nif_tickets_1) { return fxaot_visit(env, argc, argv, tickets); }

/* (Engine, First), dirty. {ok, [Trade], Next}: at most MOST_TRADES from number First on, and the number to
 * ask for then, or done. */
FXAOT_NIF(fxaot_nif_trades_2) { return fxaot_visit(env, argc, argv, trades); }
