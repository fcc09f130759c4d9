/* Engines: handles, ownership, instruments, deployments. */
#include "fxaot_nif_actors.h"

#include <string.h>

/* Another number for another layout of engine_resource: after an upgrade of the code, handles of the one
 * before are no engines. */
#define FXAOT_ENGINE_TYPE "fxaot_engine_4"

/* ---- lifetime ------------------------------------------------------------- */

/* An engine on its way to the thread that frees it. */
typedef struct leaving {
  const fxaot_library *library;
  fxaot_engine *engine;
} leaving;

static void free_engine(void *argument) {
  leaving *it = argument;
  it->library->engine_free(it->engine);
  enif_free(it);
}

/* A mailbox keeps its engine, so no actor runs this one any more. */
static void engine_destructor(ErlNifEnv *env, void *object) {
  engine_resource *handle = object;
  (void)env;
  leaving *it = handle->engine && handle->is_measured ? enif_alloc(sizeof *it) : NULL;
  if (it) {
    *it = (leaving){handle->library, handle->engine};
    fxaot_run_aside(free_engine, it);
  } else {
    handle->library->engine_free(handle->engine);
  }
  handle->library->refs_free(handle->refs);
  if (handle->control) enif_mutex_destroy(handle->control);
  if (handle->life) enif_mutex_destroy(handle->life);
  if (handle->subscribers) {
    fxaot_close_subscribers(handle->subscribers);
    enif_free(handle->subscribers);
  }
}

static void subscriber_down(ErlNifEnv *env, void *object, ErlNifPid *pid, ErlNifMonitor *monitor) {
  engine_resource *handle = object;
  (void)env;
  fxaot_subscriber_down(handle->subscribers, pid, monitor);
}

bool fxaot_open_engines(ErlNifEnv *env, ErlNifResourceFlags flags) {
  ErlNifResourceTypeInit init = {.dtor = engine_destructor, .down = subscriber_down};
  fxaot_engine_type = enif_open_resource_type_x(env, FXAOT_ENGINE_TYPE, &init, flags, NULL);
  return fxaot_engine_type != NULL;
}

/* Microseconds since 1970, and always more than the one before. */
static uint64_t new_incarnation(void) {
  static _Atomic uint64_t newest;
  uint64_t before = newest, now;
  do {
    now = (uint64_t)(enif_monotonic_time(ERL_NIF_USEC) + enif_time_offset(ERL_NIF_USEC));
    if (now <= before) now = before + 1;
  } while (!atomic_compare_exchange_weak(&newest, &before, now));
  return now;
}

engine_resource *fxaot_new_engine(ErlNifPid owner) {
  engine_resource *handle = enif_alloc_resource(fxaot_engine_type, sizeof *handle);
  if (!handle) return NULL;
  memset(handle, 0, sizeof *handle);
  handle->library = &fxaot_own_library;
  handle->owner = owner.pid;
  handle->incarnation = new_incarnation();
  handle->control = enif_mutex_create("fxaot_engine");
  handle->life = enif_mutex_create("fxaot_engine_life");
  if (handle->control && handle->life) return handle;
  enif_release_resource(handle);
  return NULL;
}

/* (Currency, BalanceMicro, MinStrength, SizerKind, FixedQuantity, EquityPercent, BarEvents,
 * KeptBars, MaxTimeJumpNs, FirstOrder, OrderStep) */
FXAOT_NIF(fxaot_nif_new_11) {
  fxaot_config config;
  ErlNifSInt64 balance, fixed, jump;
  unsigned first, step;
  ErlNifPid self;
  (void)argc;
  fxaot_config_default(&config);
  memset(config.account_currency, 0, sizeof config.account_currency);
  if (!enif_get_int64(env, argv[1], &balance) ||
      !enif_get_double(env, argv[2], &config.min_strength) ||
      !enif_get_uint(env, argv[3], &config.sizer) || !enif_get_int64(env, argv[4], &fixed) ||
      !enif_get_double(env, argv[5], &config.equity_percent) ||
      !enif_get_uint(env, argv[6], &config.bar_events) ||
      !enif_get_uint(env, argv[7], &config.kept_bars) || !enif_get_int64(env, argv[8], &jump) ||
      !enif_get_uint(env, argv[9], &first) || !enif_get_uint(env, argv[10], &step) ||
      first > UINT16_MAX || step > UINT16_MAX || !enif_self(env, &self))
    return enif_make_badarg(env);
  if (!fxaot_get_text(env, argv[0], config.account_currency, sizeof config.account_currency))
    return fxaot_status_error(env, FXAOT_BAD_CONFIG, argv[0]);
  config.balance_micro = balance;
  config.fixed_quantity = fixed;
  config.max_time_jump_ns = jump;
  config.first_order = (uint16_t)first;
  config.order_step = (uint16_t)step;

  engine_resource *handle = fxaot_new_engine(self);
  if (!handle) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  int32_t status = handle->library->engine_new(&config, &handle->engine);
  ERL_NIF_TERM term = enif_make_resource(env, handle);
  enif_release_resource(handle);
  if (status != FXAOT_OK) return fxaot_status_error(env, status, enif_make_new_map(env));
  return fxaot_ok(env, term);
}

/* -1 means the built-in symbol's value. */
static bool get_term_or_default(ErlNifEnv *env, ERL_NIF_TERM term, int64_t *field) {
  ErlNifSInt64 value;
  if (!enif_get_int64(env, term, &value)) return false;
  if (value != -1) *field = value;
  return true;
}

static bool get_currency(ErlNifEnv *env, ERL_NIF_TERM term, char *field) {
  char text[FXAOT_CURRENCY_BYTES];
  if (!fxaot_get_text(env, term, text, sizeof text)) return false;
  if (text[0]) {
    memset(field, 0, FXAOT_CURRENCY_BYTES);
    strcpy(field, text);
  }
  return true;
}

/* The twelve fields of an instrument's terms, NULL for another term. */
static const ERL_NIF_TERM *get_terms(ErlNifEnv *env, ERL_NIF_TERM term) {
  const ERL_NIF_TERM *spec;
  int arity;
  return enif_get_tuple(env, term, &arity, &spec) && arity == 12 ? spec : NULL;
}

bool fxaot_is_terms(ErlNifEnv *env, ERL_NIF_TERM term) { return get_terms(env, term) != NULL; }

bool fxaot_get_instrument(ErlNifEnv *env, ERL_NIF_TERM name, ERL_NIF_TERM terms,
                          fxaot_instrument *out) {
  const ERL_NIF_TERM *spec = get_terms(env, terms);
  char symbol[FXAOT_SYMBOL_BYTES];
  memset(out, 0, sizeof *out);
  if (!spec || !fxaot_get_text(env, name, symbol, sizeof symbol)) return false;
  if (fxaot_instrument_builtin(symbol, out) != FXAOT_OK) {
    strcpy(out->symbol, symbol);
    out->step_units = 1;
    out->pip_steps = 1;
    out->lot = out->quantity_step = out->minimum_quantity = 1;
    out->maximum_quantity = 1000000000;
    out->price_decimals = UINT32_MAX; /* must be given */
  }
  int64_t decimals = out->price_decimals, step = out->step_units, given = -1;
  if (!get_currency(env, spec[0], out->base) || !get_currency(env, spec[1], out->quote) ||
      !get_term_or_default(env, spec[2], &decimals) || !get_term_or_default(env, spec[3], &step) ||
      !get_term_or_default(env, spec[4], &out->pip_steps) ||
      !get_term_or_default(env, spec[5], &out->lot) ||
      !get_term_or_default(env, spec[6], &out->quantity_step) ||
      !get_term_or_default(env, spec[7], &out->minimum_quantity) ||
      !get_term_or_default(env, spec[8], &out->maximum_quantity) ||
      !fxaot_get_text(env, spec[9], out->session, sizeof out->session) ||
      !fxaot_get_text(env, spec[10], out->timezone, sizeof out->timezone) || decimals < 0 ||
      decimals > 9 || step < 1 || step > UINT32_MAX)
    return false;
  /* A step without a minimum is also the minimum. */
  if (get_term_or_default(env, spec[7], &given) && given == -1)
    out->minimum_quantity = out->quantity_step;
  out->price_decimals = (uint32_t)decimals;
  out->step_units = (uint32_t)step;
  return true;
}

/* The last field: a list of atoms. */
static bool get_aliases(ErlNifEnv *env, ERL_NIF_TERM terms, fxaot_alias *out, uint32_t *count) {
  const ERL_NIF_TERM *spec = get_terms(env, terms);
  ERL_NIF_TERM head, list = spec[11];
  for (*count = 0; enif_get_list_cell(env, list, &head, &list); ++*count) {
    if (*count >= FXAOT_MOST_ALIASES || !enif_is_atom(env, head) ||
        !fxaot_get_text(env, head, out[*count].symbol, sizeof out->symbol))
      return false;
    out[*count].ref = head;
  }
  return enif_is_empty_list(env, list);
}

/* (Engine, Symbol, Terms) */
FXAOT_ENGINE_NIF(fxaot_nif_add_instrument, 3, "add_instrument_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_instrument instrument;
  fxaot_alias aliases[FXAOT_MOST_ALIASES];
  uint32_t count;
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !fxaot_is_terms(env, argv[2]) ||
      !get_aliases(env, argv[2], aliases, &count))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  ERL_NIF_TERM details = fxaot_map(env, 1, &atoms.symbol, &argv[1]);
  if (!fxaot_get_instrument(env, argv[1], argv[2], &instrument))
    return fxaot_status_error(env, FXAOT_BAD_INSTRUMENT, details);
  instrument.aliases = aliases;
  instrument.alias_count = count;
  int32_t status = handle->library->engine_add_instrument(handle->engine, &instrument, argv[1]);
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, details);
}

/* (Engine, Id, Strategy, Symbol, TimeframeKind, Count, Price, [{Param, Value}]) */
FXAOT_ENGINE_NIF(fxaot_nif_add_strategy, 8, "add_strategy_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_deployment deployment;
  param_list params;
  char strategy[FXAOT_PARAM_NAME_BYTES];
  uint64_t bad;
  (void)argc;
  memset(&deployment, 0, sizeof deployment);
  if (!handle || !enif_is_atom(env, argv[1]) || !enif_is_atom(env, argv[3]) ||
      !enif_get_uint(env, argv[4], &deployment.timeframe.kind) ||
      !enif_get_uint(env, argv[5], &deployment.timeframe.count) ||
      !enif_get_uint(env, argv[6], &deployment.price) || !fxaot_get_params(env, argv[7], &params))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  if (!fxaot_get_text(env, argv[2], strategy, sizeof strategy))
    return fxaot_error(env, atoms.unknown_strategy, fxaot_map(env, 1, &atoms.strategy, &argv[2]));
  deployment.strategy = strategy;
  deployment.symbol_ref = argv[3];
  deployment.params = params.values;
  deployment.param_count = params.count;

  fxaot_tell_name(env, handle, argv[1]);
  int32_t status = handle->library->engine_add_strategy(handle->engine, &deployment, argv[1], &bad);
  fxaot_assess(handle);
  ERL_NIF_TERM keys[] = {atoms.id, atoms.symbol, atoms.strategy};
  ERL_NIF_TERM values[] = {argv[1], argv[3], argv[2]};
  switch (status) {
  case FXAOT_OK: return atoms.ok;
  case FXAOT_UNKNOWN_PARAMETER:
  case FXAOT_PARAMETER_RANGE:
    return fxaot_status_error(env, status, fxaot_param_details(env, &params, bad, strategy));
  default: return fxaot_status_error(env, status, fxaot_map(env, 3, keys, values));
  }
}

/* (Engine, Id) */
FXAOT_ENGINE_NIF(fxaot_nif_remove_strategy, 2, "remove_strategy_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1])) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle); /* its orders are cancelled: events of the next call that causes some */
  int32_t status = handle->library->engine_remove_strategy(handle->engine, argv[1]);
  fxaot_assess(handle);
  return status == FXAOT_OK
             ? atoms.ok
             : fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.id, &argv[1]));
}
