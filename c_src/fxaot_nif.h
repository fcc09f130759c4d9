/* Shared by the files of the shim. Terms in, terms out: no logic lives here.
 * Longer than a file should be: one declaration after another. */
#ifndef FXAOT_NIF_H
#define FXAOT_NIF_H

#include <erl_nif.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "fxaot_nif_library.h"

/* All that follows is in the shim itself: reached without a look into the table of foreign addresses. */
#pragma GCC visibility push(hidden)

struct running_actor;
struct subscribers;

/* Who may use an engine. Owned: its owner only. Away: its actor; OWNED again while the owner visits it.
 * Shared: any process sends quotes, one at a time by `busy`, and only the owner changes the engine. */
enum { FXAOT_OWNED, FXAOT_AWAY, FXAOT_SHARED };

/* An engine's handle. Anyone may read `owner` and `access`. */
typedef struct engine_resource {
  fxaot_engine *engine; /* NULL once closed */
  const fxaot_library
      *library; /* that the engine runs in; both change while nobody else has the engine */
  _Atomic ERL_NIF_TERM owner;
  uint64_t calls;  /* since the last one that was timed */
  bool has_events; /* events of an earlier call are still in the engine */
  _Atomic unsigned char access;
  _Atomic bool busy; /* a shared engine's lock: somebody is in it */
  bool has_scripts;
  bool is_replaying; /* the owner's quotes are a replay's */
  _Atomic bool
      is_measured; /* each call looks at the clock: it may step many strategies, or scripts */
  /* So many of the next calls run on a dirty scheduler, because they may be long. FXAOT_ALWAYS: all. */
  _Atomic uint32_t slow_calls;
  ErlNifMutex *control; /* guards `running`; held from pause to resume */
  ErlNifMutex
      *life; /* held for a moment: by fxaot_nif_set_state_2, and while `engine` becomes NULL */
  struct running_actor *_Atomic running;   /* the actor that runs the engine */
  struct subscribers *_Atomic subscribers; /* of a shared engine */
  uint64_t incarnation;                    /* another number for each engine of this node */
  fxaot_refs
      *refs; /* of a journal that is being read, else NULL; as all pointers here, of `library` */
  uint64_t publish_ns; /* spent on sending events, of a shared engine */
} engine_resource;

typedef struct market_resource {
  const fxaot_library *library;
  fxaot_market *market;
  ErlNifMutex *lock; /* a market has no owner; calls take turns */
} market_resource;

/* Code of an artifact; its functions are for any process. */
typedef struct native_resource {
  const fxaot_library *library;
  fxaot_native_code *code;
} native_resource;

extern ErlNifResourceType *fxaot_engine_type, *fxaot_market_type, *fxaot_mailbox_type,
    *fxaot_router_type, *fxaot_native_type;

/* clang-format off */
#define FXAOT_ATOMS(X)                                                                            \
  X(ok) X(error) X(undefined) X(not_owner) X(closed) X(owner) X(owner_alive)      \
  X(signal) X(order) X(fill) X(reject) X(bar) X(alarm) X(buy) X(sell) X(accepted)                  \
  X(quantity_below_minimum) X(quantity_above_maximum) X(no_conversion) X(no_equity)                \
  X(bad_signal) X(events_lost) X(symbol) X(time) X(bid) X(ask) X(bid_size) X(ask_size)             \
  X(bytes) X(record) X(parameter) X(strategy) X(id) X(timeframe) X(tick) X(ticks) X(seconds)       \
  X(minutes) X(hours) X(day) X(quotes) X(crossed) X(late) X(bad_price) X(bad_size) X(bad_time)     \
  X(unknown_symbol) X(bars) X(signals) X(orders) X(fills) X(rejects) X(alarms) X(events)           \
  X(latency_samples) X(latency_ns) X(stage_ns) X(p50) X(p99) X(p999) X(max) X(admit)               \
  X(strategies) X(trading) X(currency) X(balance) X(equity) X(realised) X(unrealised)              \
  X(unvalued) X(quantity) X(average_price) X(prices) X(volumes) X(integer) X(no_array_form)        \
  X(lean) X(truefx) X(histdata) X(lines) X(bad_lines) X(bad_line_numbers) X(unknown_strategy)      \
  X(bad_length) X(out_of_memory) X(limit) X(count)              \
  X(bad_argument) X(full) X(stopped) X(actor_mode) X(fxaot_events)           \
  X(capacity) X(waiting) X(pushed) X(handled) X(refused) X(dropped)              \
  X(high_water) X(pulled) X(unpulled) X(rounds) X(sleeps) X(pinning) X(subscribers) X(missed)      \
  X(infinity) X(fxaot_gap) X(slices) X(incarnation) X(state) X(running) X(not_found)      \
  X(script_stopped) X(failure) X(message) X(minimum) X(maximum)                                    \
  X(tier) X(built_in) X(vm) X(native) X(native_steps) X(stale_since) X(version) X(plan) X(cpu) X(compiler)        \
  X(path) X(hash) X(inputs) X(outputs) X(warm_bars) X(added) X(removed) X(changed) X(name)         \
  X(value) X(time_jump) X(gaps) X(columns) X(rows) X(other) X(other_symbols) X(bad_texts) X(small_order)    \
  X(size) X(step) X(unknown_code) X(unknown_event)                                                 \
  X(halted) X(reducing) X(quantity_step) X(no_quote) X(stale_quote) X(spread) X(market_closed)     \
  X(collar) X(max_quantity) X(max_notional) X(max_position) X(max_currency) X(max_positions)       \
  X(max_orders) X(rate) X(daily_loss) X(drawdown) X(losing_trades) X(post_only) X(reduce_only)     \
  X(bad_stop_loss) X(bad_take_profit) X(margin) X(fifo) X(new) X(triggered) X(part_filled)         \
  X(filled) X(cancelled) X(rejected) X(expired) X(modified) X(user) X(oco) X(after) X(flip)        \
  X(stop_out) X(ioc) X(fok) X(rejected_by_venue) X(account) X(cash) X(swap) X(margin_call)         \
  X(reset) X(active) X(level) X(nights) X(conversion) X(reason) X(risk_state) X(number) X(side)    \
  X(type) X(tif) X(price) X(trail) X(stop_loss) X(take_profit) X(market) X(stop) X(stop_limit)     \
  X(market_if_touched) X(limit_if_touched) X(gtc) X(gtd) X(commission) X(margin_used)              \
  X(free_margin) X(margin_level) X(entry_price) X(exit_price) X(entry_time) X(exit_time)           \
  X(entry_order) X(exit_order) X(profit) X(is_known) X(bad_order) X(field) X(expires) X(ticket)    \
  X(position) X(amount) X(done) X(detail) X(age) X(distance) X(notional) X(positions) X(per_ms)    \
  X(loss) X(trades) X(needed) X(free)   \
  X(gateway) X(gateway_down) X(journal_unavailable) X(venue) X(pending_new) X(pending_cancel) X(pending_replace)          \
  X(cancel_rejected) X(replace_rejected) X(overfill) X(late_fill) X(unknown_order) X(taken) X(duplicate)              \
  X(out_of_order) X(unknown) X(send) X(cancel) X(replace) X(sequence) X(kind) X(trigger)           \
  X(trail_step) X(trail_activation) X(link) X(none) X(down) X(up) X(requests) X(acknowledged)      \
  X(reports) X(duplicates) X(overfills) X(same) X(mid) X(opposite)                                 \
  X(entry) X(off) X(offset) X(other_library) X(wait) X(fxaot_room)
/* clang-format on */

typedef struct fxaot_atoms {
#define FXAOT_ATOM_FIELD(name) ERL_NIF_TERM name;
  FXAOT_ATOMS(FXAOT_ATOM_FIELD)
#undef FXAOT_ATOM_FIELD
  ERL_NIF_TERM atom_float, atom_true, atom_false, atom_default; /* keywords or macros in C */
} fxaot_atoms;

extern fxaot_atoms atoms;
void fxaot_make_atoms(ErlNifEnv *env);

/* {error, {Reason, Details}} */
ERL_NIF_TERM fxaot_error(ErlNifEnv *env, ERL_NIF_TERM reason, ERL_NIF_TERM details);
/* {error, {StatusName, Details}} */
ERL_NIF_TERM fxaot_status_error(ErlNifEnv *env, int32_t status, ERL_NIF_TERM details);
/* Two handles whose things are in different libraries: they cannot be used together. */
ERL_NIF_TERM fxaot_other_library(ErlNifEnv *env);
/* {unknown_code, Code}: a code of the library that this shim does not know. */
ERL_NIF_TERM fxaot_unknown_code(ErlNifEnv *env, uint32_t code);
ERL_NIF_TERM fxaot_map(ErlNifEnv *env, unsigned count, const ERL_NIF_TERM *keys,
                       const ERL_NIF_TERM *values);
/* At most 32 pairs of keys, which are distinct, and values. */
ERL_NIF_TERM fxaot_map_of_pairs(ErlNifEnv *env, unsigned count, const ERL_NIF_TERM pairs[][2]);
ERL_NIF_TERM fxaot_text(ErlNifEnv *env, const char *text);
ERL_NIF_TERM fxaot_binary_term(ErlNifEnv *env, const void *bytes, size_t size);
/* A struct that a term carries as its bytes; false for any other term. */
bool fxaot_get_struct(ErlNifEnv *env, ERL_NIF_TERM term, void *out, size_t size);
/* For a batch that is not a whole number of records. */
ERL_NIF_TERM fxaot_bad_length(ErlNifEnv *env, size_t bytes);
/* A quote's fault and its parts: argv is (Engine, Symbol, TimeNs, Bid, Ask, …). */
ERL_NIF_TERM fxaot_quote_error(ErlNifEnv *env, int32_t status, const ERL_NIF_TERM argv[], int argc);
/* A time before 1990 in nanoseconds: it is in another unit. */
bool fxaot_is_in_other_unit(int64_t time_ns);
/* Whether all records have such times: then the whole batch is in the wrong unit. */
bool fxaot_has_no_time(const unsigned char *quotes, uint64_t count);
ERL_NIF_TERM fxaot_batch_time_error(ErlNifEnv *env, const unsigned char *quotes);
/* {ok, Term} */
ERL_NIF_TERM fxaot_ok(ErlNifEnv *env, ERL_NIF_TERM term);
/* A binary or atom as a C string; false when it is neither, has a NUL, or does not fit. */
bool fxaot_get_text(ErlNifEnv *env, ERL_NIF_TERM term, char *out, unsigned size);
/* nan and infinities are not Erlang floats: they become 0.0 */
ERL_NIF_TERM fxaot_double(ErlNifEnv *env, double value);

/* The resource, or NULL if `term` is not a handle. */
static inline engine_resource *fxaot_get_engine(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_engine_type, &object) ? object : NULL;
}

static inline bool fxaot_is_owner(ErlNifEnv *env, engine_resource *handle) {
  ErlNifPid self;
  return enif_self(env, &self) && self.pid == handle->owner;
}

static inline bool fxaot_has_access(engine_resource *handle, unsigned char access) {
  return atomic_load_explicit(&handle->access, memory_order_acquire) == access;
}

/* Whether the caller, who has the lock of a shared engine, may read and change the engine. */
static inline bool fxaot_is_usable(ErlNifEnv *env, engine_resource *handle) {
  return fxaot_is_owner(env, handle) && handle->engine && !fxaot_has_access(handle, FXAOT_AWAY);
}

/* Whether the engine is the caller's alone. */
static inline bool fxaot_owns(ErlNifEnv *env, engine_resource *handle) {
  return fxaot_is_owner(env, handle) && handle->engine && fxaot_has_access(handle, FXAOT_OWNED);
}

/* The error when fxaot_is_usable returns false. */
ERL_NIF_TERM fxaot_unusable(ErlNifEnv *env, engine_resource *handle);

/* A new call begins: the caller has seen the events of the one before. */
static inline void fxaot_begin(engine_resource *handle) {
  if (handle->has_events) {
    handle->library->engine_clear_events(handle->engine);
    handle->has_events = false;
  }
}

typedef ERL_NIF_TERM fxaot_nif_function(ErlNifEnv *, int, const ERL_NIF_TERM[]);

/* ---- timing ---------------------------------------------------------------- */

/* One quote in so many is timed: FXAOT_SAMPLING, or fewer where more quotes are to be traced. */
extern _Atomic uint32_t fxaot_timed_every;

/* The cycle counter if it is this call's turn, else 0. `calls` counts those since the last one that was timed. */
static inline uint64_t fxaot_call_time(uint64_t *calls) {
  if (__builtin_expect(++*calls < atomic_load_explicit(&fxaot_timed_every, memory_order_relaxed),
                       1))
    return 0;
  *calls = 0;
  return fxaot_cycles();
}

/* ---- the lock of a shared engine ------------------------------------------ */

bool fxaot_wait_briefly(engine_resource *handle);

/* False while another process uses the engine: then call fxaot_try_again, never wait. */
static inline bool fxaot_lock(engine_resource *handle) {
  return !atomic_exchange_explicit(&handle->busy, true, memory_order_acquire) ||
         fxaot_wait_briefly(handle);
}

/* On a dirty scheduler: waits. */
void fxaot_lock_dirty(engine_resource *handle);

static inline void fxaot_unlock(engine_resource *handle) {
  atomic_store_explicit(&handle->busy, false, memory_order_release);
}

/* Sends a shared engine's events to its subscribers, and forgets them. `list` holds them as a term, 0 if there is none
 * yet. */
void fxaot_send_events(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM list);
/* The same, and unlocks. */
void fxaot_release(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM list);

/* The same NIF again, after other processes have run. */
ERL_NIF_TERM fxaot_try_again(ErlNifEnv *env, const char *name, fxaot_nif_function *self, int argc,
                             const ERL_NIF_TERM argv[]);

/* After this much work a call lets others run. A call may hold a scheduler for at most 1 ms, also on a slow
 * machine. */
#define FXAOT_SLICE_NS 300000

/* Tells the scheduler how much of the timeslice of 1 ms a call has taken. */
static inline void fxaot_consume(ErlNifEnv *env, ErlNifTime spent_ns) {
  ErlNifTime percent = spent_ns / 10000;
  enif_consume_timeslice(env, percent < 1 ? 1 : percent > 100 ? 100 : (int)percent);
}

/* Whether this is a scheduler that no call may hold for long. */
static inline bool fxaot_is_on_normal_scheduler(void) {
  return enif_thread_type() == ERL_NIF_THR_NORMAL_SCHEDULER;
}

#define FXAOT_ALWAYS UINT32_MAX

/* Whether this call of the engine's goes to a dirty scheduler. */
static inline bool fxaot_is_slow(engine_resource *handle) {
  uint32_t calls = atomic_load_explicit(&handle->slow_calls, memory_order_relaxed);
  if (calls == 0) return false;
  if (calls != FXAOT_ALWAYS) /* not over what was set meanwhile */
    atomic_compare_exchange_strong(&handle->slow_calls, &calls, calls - 1);
  return true;
}

/* A handle without an engine yet, with one reference; NULL: out of memory. */
engine_resource *fxaot_new_engine(ErlNifPid owner);

/* For the journal: a strategy's name, which is an atom. */
void fxaot_tell_name(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM name);

/* After its strategies have changed: how the engine's calls are to run. */
void fxaot_assess(engine_resource *handle);

/* Defines the NIF `name`; its body follows, and runs while the caller has the engine. It runs at once if the
 * caller owns the engine or its lock is free. Otherwise it runs on a dirty scheduler, after the actor has
 * handled its accepted messages and released the engine. All calls of a slow engine run there too. */
ERL_NIF_TERM fxaot_with_engine(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[],
                               const char *name, fxaot_nif_function *self, fxaot_nif_function *body,
                               fxaot_nif_function *visit);
/* The body on a dirty scheduler, while the caller has the engine. */
ERL_NIF_TERM fxaot_visit(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[],
                         fxaot_nif_function *body);
#define FXAOT_ENGINE_NIF(name, arity, erlang_name)                                      \
  static FXAOT_NIF(name##_body);                                                        \
  static FXAOT_NIF(name##_visit) { return fxaot_visit(env, argc, argv, name##_body); }  \
  FXAOT_NIF(name##_##arity) {                                                           \
    return fxaot_with_engine(env, argc, argv, erlang_name, name##_##arity, name##_body, \
                             name##_visit);                                             \
  }                                                                                     \
  static FXAOT_NIF(name##_body)

/* {Base, Quote, Decimals, StepUnits, PipSteps, Lot, QuantityStep, Min, Max, Session, Zone}; -1 and ""
 * mean the built-in symbol's value. */
bool fxaot_is_terms(ErlNifEnv *env, ERL_NIF_TERM term);
/* False if the terms are not valid. */
bool fxaot_get_instrument(ErlNifEnv *env, ERL_NIF_TERM name, ERL_NIF_TERM terms,
                          fxaot_instrument *out);

ERL_NIF_TERM fxaot_event_term(ErlNifEnv *env, const fxaot_event *event);
/* Codes and names of orders, as events and the functions of fxaot_nif_trading.c show them. */
ERL_NIF_TERM fxaot_side_term(ErlNifEnv *env, uint32_t side);
ERL_NIF_TERM fxaot_reject_term(ErlNifEnv *env, uint32_t code);
/* The numbers of a refusal; empty where it has none. */
ERL_NIF_TERM fxaot_refusal_map(ErlNifEnv *env, uint32_t code, int64_t measured, int64_t bound);
ERL_NIF_TERM fxaot_cancel_term(ErlNifEnv *env, uint32_t code);
ERL_NIF_TERM fxaot_order_state_term(ErlNifEnv *env, uint32_t state);
ERL_NIF_TERM fxaot_trading_state_term(ErlNifEnv *env, uint64_t state);
/* A float; undefined for NaN, which is a price that is not there. */
ERL_NIF_TERM fxaot_price_term(ErlNifEnv *env, double price);
/* A float, or infinity. */
ERL_NIF_TERM fxaot_level_term(ErlNifEnv *env, double level);
/* A binary; undefined where there is no name. `end`: FXAOT_NAME_… */
ERL_NIF_TERM fxaot_name_term(ErlNifEnv *env, const uint8_t *text, uint32_t length, uint32_t end);
ERL_NIF_TERM fxaot_event_list(ErlNifEnv *env, const fxaot_event *events, uint64_t count);

/* Named parameter values: [{Name :: binary(), Value :: float()}]. */
#define FXAOT_PARAM_NAME_BYTES 64
typedef struct param_list {
  unsigned count;
  fxaot_param_value values[FXAOT_MAX_PARAMS];
  char names[FXAOT_MAX_PARAMS][FXAOT_PARAM_NAME_BYTES];
} param_list;
bool fxaot_get_params(ErlNifEnv *env, ERL_NIF_TERM list, param_list *out);
/* #{parameter => Name}, or the strategy's name if no single parameter is wrong. */
ERL_NIF_TERM fxaot_param_details(ErlNifEnv *env, const param_list *params, uint64_t bad,
                                 const char *strategy);

#define FXAOT_NIF(name) ERL_NIF_TERM name(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])

FXAOT_NIF(fxaot_nif_new_11);
FXAOT_NIF(fxaot_nif_close_1);
FXAOT_NIF(fxaot_nif_adopt_1);
FXAOT_NIF(fxaot_nif_share_2);
FXAOT_NIF(fxaot_nif_subscribers_1);
FXAOT_NIF(fxaot_nif_add_instrument_3);
FXAOT_NIF(fxaot_nif_add_strategy_8);
FXAOT_NIF(fxaot_nif_add_script_8);
FXAOT_NIF(fxaot_nif_remove_strategy_2);
FXAOT_NIF(fxaot_nif_tick_5);
FXAOT_NIF(fxaot_nif_tick_7);
FXAOT_NIF(fxaot_nif_ticks_2);
FXAOT_NIF(fxaot_nif_feed_2);
FXAOT_NIF(fxaot_nif_advance_2);
FXAOT_NIF(fxaot_nif_set_replaying_2);
FXAOT_NIF(fxaot_nif_pending_1);
FXAOT_NIF(fxaot_nif_events_1);
FXAOT_NIF(fxaot_nif_acknowledge_1);
FXAOT_NIF(fxaot_nif_fix_rules_3);
FXAOT_NIF(fxaot_nif_fix_parse_4);
FXAOT_NIF(fxaot_nif_fix_write_3);
FXAOT_NIF(fxaot_nif_fix_wire_2);
FXAOT_NIF(fxaot_nif_fix_leave_4);
FXAOT_NIF(fxaot_nif_fix_unwire_1);

FXAOT_NIF(fxaot_nif_trace_2);
FXAOT_NIF(fxaot_nif_traced_1);
FXAOT_NIF(fxaot_nif_stats_1);
FXAOT_NIF(fxaot_nif_latency_1);
FXAOT_NIF(fxaot_nif_account_1);
FXAOT_NIF(fxaot_nif_positions_1);
FXAOT_NIF(fxaot_nif_strategies_3);
FXAOT_NIF(fxaot_nif_quotes_1);
FXAOT_NIF(fxaot_nif_bars_3);
FXAOT_NIF(fxaot_nif_figures_3);
FXAOT_NIF(fxaot_nif_symbol_key_1);
FXAOT_NIF(fxaot_nif_strategy_list_0);
FXAOT_NIF(fxaot_nif_instrument_list_0);
FXAOT_NIF(fxaot_nif_execute_4);
FXAOT_NIF(fxaot_nif_detect_format_1);
FXAOT_NIF(fxaot_nif_sniff_4);
FXAOT_NIF(fxaot_nif_set_parser_6);
FXAOT_NIF(fxaot_nif_zip_find_2);
FXAOT_NIF(fxaot_nif_zip_members_2);
FXAOT_NIF(fxaot_nif_zip_start_3);
FXAOT_NIF(fxaot_nif_zip_check_3);
FXAOT_NIF(fxaot_nif_symbol_in_names_1);
FXAOT_NIF(fxaot_nif_day_in_name_1);
FXAOT_NIF(fxaot_nif_sorter_1);
FXAOT_NIF(fxaot_nif_sort_3);
FXAOT_NIF(fxaot_nif_sorted_2);
FXAOT_NIF(fxaot_nif_parser_4);
FXAOT_NIF(fxaot_nif_parse_3);
FXAOT_NIF(fxaot_nif_parser_info_1);
FXAOT_NIF(fxaot_nif_market_8);
FXAOT_NIF(fxaot_nif_market_next_3);

FXAOT_NIF(fxaot_nif_note_1);
FXAOT_NIF(fxaot_nif_forget_1);

FXAOT_NIF(fxaot_nif_start_actor_9);
FXAOT_NIF(fxaot_nif_stop_actor_1);
FXAOT_NIF(fxaot_nif_send_5);
FXAOT_NIF(fxaot_nif_send_7);
FXAOT_NIF(fxaot_nif_send_batch_4);
FXAOT_NIF(fxaot_nif_wait_3);
FXAOT_NIF(fxaot_nif_stop_waiting_2);
FXAOT_NIF(fxaot_nif_send_advance_2);
FXAOT_NIF(fxaot_nif_drain_2);
FXAOT_NIF(fxaot_nif_mailbox_1);
FXAOT_NIF(fxaot_nif_subscribe_3);
FXAOT_NIF(fxaot_nif_unsubscribe_2);
FXAOT_NIF(fxaot_nif_allow_3);

FXAOT_NIF(fxaot_nif_load_native_1);
FXAOT_NIF(fxaot_nif_load_strategies_1);
FXAOT_NIF(fxaot_nif_native_info_1);
FXAOT_NIF(fxaot_nif_script_plan_1);
FXAOT_NIF(fxaot_nif_script_plan_2);
FXAOT_NIF(fxaot_nif_script_plan_6);
FXAOT_NIF(fxaot_nif_attach_native_2);
FXAOT_NIF(fxaot_nif_attach_native_3);
FXAOT_NIF(fxaot_nif_detach_native_2);
FXAOT_NIF(fxaot_nif_reload_basis_5);
FXAOT_NIF(fxaot_nif_prepare_script_3);
FXAOT_NIF(fxaot_nif_prepare_strategy_3);
FXAOT_NIF(fxaot_nif_swap_3);

FXAOT_NIF(fxaot_nif_set_account_2);
FXAOT_NIF(fxaot_nif_set_risk_2);
FXAOT_NIF(fxaot_nif_set_venue_2);
FXAOT_NIF(fxaot_nif_set_terms_3);
FXAOT_NIF(fxaot_nif_set_gateway_2);
FXAOT_NIF(fxaot_nif_report_2);
FXAOT_NIF(fxaot_nif_requests_2);
FXAOT_NIF(fxaot_nif_start_journal_2);
FXAOT_NIF(fxaot_nif_take_journal_1);
FXAOT_NIF(fxaot_nif_lose_journal_1);
FXAOT_NIF(fxaot_nif_drop_2);
FXAOT_NIF(fxaot_nif_apply_2);
FXAOT_NIF(fxaot_nif_mark_stale_1);
FXAOT_NIF(fxaot_nif_warm_2);
FXAOT_NIF(fxaot_nif_journal_snapshot_1);
FXAOT_NIF(fxaot_nif_cross_3);
FXAOT_NIF(fxaot_nif_has_crossed_1);
FXAOT_NIF(fxaot_nif_restore_1);
FXAOT_NIF(fxaot_nif_sha256_1);
FXAOT_NIF(fxaot_nif_frame_2);
FXAOT_NIF(fxaot_nif_read_records_3);
FXAOT_NIF(fxaot_nif_crc32c_1);
FXAOT_NIF(fxaot_nif_lock_file_1);
FXAOT_NIF(fxaot_nif_unlock_file_1);
bool fxaot_open_locks(ErlNifEnv *env, ErlNifResourceFlags flags);
/* As Erlang writes it. */
const char *fxaot_errno_name(int reason);
FXAOT_NIF(fxaot_nif_gateway_1);
FXAOT_NIF(fxaot_nif_submit_2);
FXAOT_NIF(fxaot_nif_modify_3);
FXAOT_NIF(fxaot_nif_cancel_2);
FXAOT_NIF(fxaot_nif_cancel_all_3);
FXAOT_NIF(fxaot_nif_close_symbol_3);
FXAOT_NIF(fxaot_nif_close_ticket_3);
FXAOT_NIF(fxaot_nif_close_by_3);
FXAOT_NIF(fxaot_nif_cash_2);
FXAOT_NIF(fxaot_nif_set_state_2);
FXAOT_NIF(fxaot_nif_apply_state_1);
FXAOT_NIF(fxaot_nif_fill_rest_1);
FXAOT_NIF(fxaot_nif_order_2);
FXAOT_NIF(fxaot_nif_orders_1);
FXAOT_NIF(fxaot_nif_tickets_1);
FXAOT_NIF(fxaot_nif_trades_2);

FXAOT_NIF(fxaot_nif_instruments_1);
FXAOT_NIF(fxaot_nif_router_1);
FXAOT_NIF(fxaot_nif_unrouted_1);
FXAOT_NIF(fxaot_nif_set_routes_2);
FXAOT_NIF(fxaot_nif_move_5);

/* Loading: the resource types and the handler that ends the threads when the VM does. `list`: of the actors
 * that the version of this library before this one has started, or NULL; afterwards this one's. */
bool fxaot_open_actors(ErlNifEnv *env, ErlNifResourceFlags flags, void **list);
bool fxaot_open_routers(ErlNifEnv *env, ErlNifResourceFlags flags);
bool fxaot_open_native(ErlNifEnv *env, ErlNifResourceFlags flags);
bool fxaot_open_fix(ErlNifEnv *env, ErlNifResourceFlags flags);
bool fxaot_open_wires(ErlNifEnv *env, ErlNifResourceFlags flags);
bool fxaot_open_sorters(ErlNifEnv *env, ErlNifResourceFlags flags);
bool fxaot_open_reloads(ErlNifEnv *env, ErlNifResourceFlags flags);
/* Call with `control` held. Blocks until no actor has the engine. */
void fxaot_leave_actor(engine_resource *handle);

bool fxaot_open_engines(ErlNifEnv *env, ErlNifResourceFlags flags);
void fxaot_market_destructor(ErlNifEnv *env, void *object);

/* Runs a job that takes long or waits, on a thread of its own: destructors must do neither, since they
 * run on any scheduler. One job after another. */
typedef void fxaot_job(void *argument);
void fxaot_run_aside(fxaot_job *job, void *argument);
bool fxaot_open_aside(void);

#pragma GCC visibility pop

#endif
