/* A shared library with a strategy, for a node that runs it without a line of code of its own:
 *
 *   cc -std=c11 -shared -fPIC -O2 -Ic_src/include c_src/examples/c_library.c -o last_return.so
 *   erl … -fxaot strategies '["/path/to/last_return.so"]'
 *
 * It needs no other library: fxaot asks it for its tables. */
#include <math.h>

#include "fxaot.h"

static const fxaot_param params[] = {
    {.name = "threshold", .default_value = 0.001, .minimum = 0, .maximum = 1}};

static const uint32_t feeds[] = {1};

static uint64_t state_bytes(const double *p) {
  (void)p;
  return sizeof(double);
}

static void reset(const double *p, void *state) {
  (void)p;
  *(double *)state = NAN;
}

/* The newest return, as a tenth of so many thresholds. */
static double step(const double *p, void *state, uint32_t feed, const fxaot_bar *bar) {
  double previous = *(double *)state;
  (void)feed;
  *(double *)state = bar->close;
  double change = (bar->close - previous) / previous;
  if (!(fabs(change) > p[0])) return 0; /* nan too: the first bar */
  return fmax(-1, fmin(change / p[0] / 10, 1));
}

static const fxaot_strategy last_return = {.abi_version = FXAOT_ABI_VERSION,
                                           .param_count = 1,
                                           .name = "last_return",
                                           .params = params,
                                           .feed_multiples = feeds,
                                           .feed_count = 1,
                                           .state_bytes = state_bytes,
                                           .reset = reset,
                                           .step = step};

const fxaot_strategy *fxaot_library_strategy(uint64_t index) {
  return index == 0 ? &last_return : 0;
}
