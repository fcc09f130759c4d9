/* A strategy written in C, run by the same engine that runs the built-in ones.
 *
 *   cc -std=c11 -Ic_src/include c_src/examples/c_strategy.c -Lpriv -lfxaot -Wl,-rpath,$PWD/priv
 *
 * It registers a momentum strategy, deploys it on 1-minute bars of EURUSD, sends two days of
 * simulated quotes, and prints every order and fill, the first signals, and a line of counts. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fxaot.h"

/* ---- the strategy ------------------------------------------------------- */

#define LOOKBACK_LIMIT 240

enum { LOOKBACK, THRESHOLD, PARAM_COUNT }; /* positions in `params` */

static const fxaot_param momentum_params[PARAM_COUNT] = {
    {.name = "lookback",
     .default_value = 30,
     .minimum = 1,
     .maximum = LOOKBACK_LIMIT,
     .is_integer = 1},
    {.name = "threshold", .default_value = 0.0005, .minimum = 0.000001, .maximum = 1},
};

/* All it knows from bar to bar: flat, no pointers, so that a copy of it is a snapshot. */
typedef struct momentum_state {
  uint64_t bars; /* taken in so far */
  double closes[LOOKBACK_LIMIT];
} momentum_state;

static uint64_t momentum_state_bytes(const double *params) {
  (void)params;
  return sizeof(momentum_state);
}

static void momentum_reset(const double *params, void *state) {
  (void)params;
  memset(state, 0, sizeof(momentum_state));
}

/* The relative change over `lookback` bars, in thresholds, a third of it as strength: three
 * thresholds are full strength, less than one is no signal. */
static double momentum_step(const double *params, void *state, uint32_t feed,
                            const fxaot_bar *bar) {
  momentum_state *s = state;
  uint64_t lookback = (uint64_t)params[LOOKBACK];
  double *slot = &s->closes[s->bars % lookback]; /* the close of `lookback` bars ago, then this */
  double before = *slot;
  (void)feed;
  *slot = bar->close;
  if (s->bars++ < lookback) return 0;
  double moved = (bar->close - before) / before / params[THRESHOLD];
  if (moved < 1 && moved > -1) return 0;
  return moved > 3 ? 1 : moved < -3 ? -1 : moved / 3;
}

static const uint32_t one_feed[] = {1};

/* The engine keeps a pointer to this table: it must live as long as the process. */
static const fxaot_strategy momentum = {
    .abi_version = FXAOT_ABI_VERSION,
    .param_count = PARAM_COUNT,
    .name = "c_momentum",
    .params = momentum_params,
    .feed_multiples = one_feed,
    .feed_count = 1,
    .state_bytes = momentum_state_bytes,
    .reset = momentum_reset,
    .step = momentum_step,
};

/* ---- the program -------------------------------------------------------- */

enum { EURUSD = 1, MOMENTUM = 7, BATCH = 4096, SIGNALS_SHOWN = 10 }; /* refs are ours to choose */

/* Says which call failed; every status has a name. */
static int failed(const char *call, int32_t status) {
  if (status != FXAOT_OK) fprintf(stderr, "%s: %s\n", call, fxaot_status_name(status));
  return status != FXAOT_OK;
}

static int deploy(fxaot_engine *engine) {
  fxaot_instrument instrument;
  fxaot_param_value threshold = {.name = "threshold", .value = 0.0004};
  fxaot_deployment deployment = {
      .strategy = "c_momentum",
      .symbol_ref = EURUSD,
      .timeframe = {FXAOT_TF_MINUTES, 1},
      .price = FXAOT_MID,
      .param_count = 1,
      .params = &threshold, /* lookback keeps its default */
  };
  uint64_t bad_param;
  if (failed("fxaot_instrument_builtin", fxaot_instrument_builtin("EURUSD", &instrument)) ||
      failed("fxaot_engine_add_instrument",
             fxaot_engine_add_instrument(engine, &instrument, EURUSD)))
    return 1;
  return failed("fxaot_engine_add_strategy",
                fxaot_engine_add_strategy(engine, &deployment, MOMENTUM, &bad_param));
}

static void print_event(const fxaot_event *event) {
  static unsigned signals;
  const char *side = event->side == FXAOT_BUY ? "buy" : "sell";
  long long seconds = (long long)(event->time_ns / 1000000000);
  if (event->kind == FXAOT_EVENT_SIGNAL && signals++ < SIGNALS_SHOWN)
    printf("%lld signal %+.4f\n", seconds, event->strength);
  else if (event->kind == FXAOT_EVENT_ORDER)
    printf("%lld order  %s %" PRId64 "\n", seconds, side, event->quantity);
  else if (event->kind == FXAOT_EVENT_FILL)
    printf("%lld fill   %s %" PRId64 " at %.5f, profit %+.2f\n", seconds, side, event->quantity,
           event->price, (double)event->profit_micro / 1e6);
}

/* Sends every quote of the market before `end`; one call takes a whole batch. */
static int trade(fxaot_engine *engine, fxaot_market *market, int64_t end) {
  static fxaot_quote quotes[BATCH];
  uint64_t count;
  while ((count = fxaot_market_next(market, end, quotes, BATCH)) > 0) {
    int64_t answer = fxaot_ticks(engine, quotes, count);
    if (answer < 0) return failed("fxaot_ticks", (int32_t)-answer);
    uint64_t events;
    const fxaot_event *event = fxaot_engine_events(engine, &events);
    for (uint64_t i = 0; i < events; i++) print_event(&event[i]);
    fxaot_engine_clear_events(engine);
  }
  return 0;
}

static void print_counts(const fxaot_engine *engine) {
  fxaot_stats stats;
  fxaot_account account;
  fxaot_engine_stats(engine, &stats);
  fxaot_engine_account(engine, &account);
  printf("quotes %" PRIu64 " bars %" PRIu64 " signals %" PRIu64 " orders %" PRIu64 " fills %" PRIu64
         " equity %.2f %s\n",
         stats.quotes, stats.bars, stats.signals, stats.orders, stats.fills,
         (double)account.equity_micro / 1e6, account.currency);
}

int main(void) {
  const int64_t start = 1704067200000000000; /* 2024-01-01 00:00 UTC */
  const int64_t days = 2, day = 86400000000000;
  fxaot_market_config market_config = {.seed = 1,
                                       .symbol = fxaot_symbol_key("EURUSD", 6),
                                       .start_ns = start};
  fxaot_engine *engine = NULL;
  fxaot_market *market = NULL;
  int result = 1;

  if (fxaot_missing_cpu_features()) {
    fprintf(stderr, "this processor lacks %s\n", fxaot_missing_cpu_features());
    return 1;
  }
  if (fxaot_abi_version() != FXAOT_ABI_VERSION) {
    fprintf(stderr, "the library speaks another ABI than fxaot.h\n");
    return 1;
  }
  if (!failed("fxaot_strategy_register", fxaot_strategy_register(&momentum)) &&
      !failed("fxaot_engine_new", fxaot_engine_new(NULL, &engine)) && !deploy(engine) &&
      !failed("fxaot_market_new", fxaot_market_new(&market_config, &market)) &&
      !trade(engine, market, start + days * day)) {
    print_counts(engine);
    result = 0;
  }
  fxaot_market_free(market); /* NULL is fine for both */
  fxaot_engine_free(engine);
  return result;
}
