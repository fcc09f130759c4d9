/* Figures of an engine, and lists of the library. */
#include "fxaot_nif_trading.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* In one call of bars_nif. */
#define FXAOT_MOST_BARS 1000u

/* (Engine) */
FXAOT_ENGINE_NIF(fxaot_nif_stats, 1, "stats_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_stats s;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->library->engine_stats(handle->engine, &s);

  ERL_NIF_TERM latency_keys[] = {atoms.p50, atoms.p99, atoms.p999, atoms.max};
  ERL_NIF_TERM latency[] = {
      fxaot_double(env, s.latency_p50_ns), fxaot_double(env, s.latency_p99_ns),
      fxaot_double(env, s.latency_p999_ns), fxaot_double(env, s.latency_max_ns)};
  ERL_NIF_TERM stage_keys[] = {atoms.admit, atoms.bars, atoms.strategies, atoms.trading};
  ERL_NIF_TERM stages[FXAOT_STAGE_COUNT];
  for (unsigned i = 0; i < FXAOT_STAGE_COUNT; i++) stages[i] = fxaot_double(env, s.stage_ns[i]);

  const struct {
    ERL_NIF_TERM key;
    uint64_t value;
  } counts[] = {{atoms.quotes, s.quotes},
                {atoms.accepted, s.accepted},
                {atoms.crossed, s.crossed},
                {atoms.late, s.late},
                {atoms.bad_price, s.bad_price},
                {atoms.bad_size, s.bad_size},
                {atoms.bad_time, s.bad_time},
                {atoms.unknown_symbol, s.unknown_symbol},
                {atoms.time_jump, s.time_jump},
                {atoms.gaps, s.gaps},
                {atoms.bars, s.bars},
                {atoms.signals, s.signals},
                {atoms.orders, s.orders},
                {atoms.fills, s.fills},
                {atoms.rejects, s.rejects},
                {atoms.alarms, s.alarms},
                {atoms.events, s.events},
                {atoms.latency_samples, s.latency_samples},
                {atoms.strategies, s.strategies}};
  ERL_NIF_TERM reasons[FXAOT_REJECT_CODES], rejected[FXAOT_REJECT_CODES];
  unsigned reason_count = 0;
  for (unsigned code = 0; code < FXAOT_REJECT_CODES; code++) {
    if (!s.rejected[code]) continue;
    reasons[reason_count] = fxaot_reject_term(env, code);
    rejected[reason_count++] = enif_make_uint64(env, s.rejected[code]);
  }

  ERL_NIF_TERM keys[COUNT(counts) + 3], values[COUNT(counts) + 3];
  unsigned n = 0;
  for (; n < COUNT(counts); n++) {
    keys[n] = counts[n].key;
    values[n] = enif_make_uint64(env, counts[n].value);
  }
  keys[n] = atoms.latency_ns;
  values[n++] = fxaot_map(env, COUNT(latency), latency_keys, latency);
  keys[n] = atoms.stage_ns;
  values[n++] = fxaot_map(env, COUNT(stages), stage_keys, stages);
  keys[n] = atoms.rejected;
  values[n++] = fxaot_map(env, reason_count, reasons, rejected);
  return fxaot_map(env, n, keys, values);
}

/* (Engine). {Samples, SumNs, [{BoundNs, Count}]} */
FXAOT_ENGINE_NIF(fxaot_nif_latency, 1, "latency_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_latency l;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->library->engine_latency(handle->engine, &l);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  for (unsigned i = FXAOT_LATENCY_BOUNDS; i-- > 0;) {
    ERL_NIF_TERM bucket = enif_make_tuple2(env, fxaot_double(env, l.bounds_ns[i]),
                                           enif_make_uint64(env, l.counts[i]));
    list = enif_make_list_cell(env, bucket, list);
  }
  return enif_make_tuple3(env, enif_make_uint64(env, l.samples), fxaot_double(env, l.sum_ns), list);
}

/* (Engine) */
FXAOT_ENGINE_NIF(fxaot_nif_account, 1, "account_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_account a;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->library->engine_account(handle->engine, &a);
  return fxaot_account_term(env, &a);
}

/* (Engine) */
FXAOT_ENGINE_NIF(fxaot_nif_positions, 1, "positions_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t count = handle->library->engine_positions(handle->engine, NULL, 0);
  fxaot_position *positions = enif_alloc((count + 1) * sizeof *positions);
  if (!positions) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  handle->library->engine_positions(handle->engine, positions, count);
  ERL_NIF_TERM keys[] = {atoms.symbol, atoms.quantity, atoms.average_price, atoms.realised,
                         atoms.unrealised};
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) {
    const fxaot_position *p = &positions[count];
    ERL_NIF_TERM values[] = {
        p->symbol_ref, enif_make_int64(env, p->quantity), fxaot_double(env, p->average_price),
        enif_make_int64(env, p->realised_micro), enif_make_int64(env, p->unrealised_micro)};
    list = enif_make_list_cell(env, fxaot_map(env, COUNT(keys), keys, values), list);
  }
  enif_free(positions);
  return list;
}

static ERL_NIF_TERM timeframe_term(ErlNifEnv *env, fxaot_timeframe timeframe) {
  const ERL_NIF_TERM kinds[] = {atoms.tick,    atoms.ticks, atoms.seconds,
                                atoms.minutes, atoms.hours, atoms.day};
  ERL_NIF_TERM kind = timeframe.kind < COUNT(kinds) ? kinds[timeframe.kind]
                                                    : fxaot_unknown_code(env, timeframe.kind);
  if (timeframe.kind == FXAOT_TF_TICK || timeframe.kind == FXAOT_TF_DAY) return kind;
  return enif_make_tuple2(env, kind, enif_make_uint(env, timeframe.count));
}

static ERL_NIF_TERM tier_term(ErlNifEnv *env, uint32_t tier) {
  const ERL_NIF_TERM tiers[] = {atoms.built_in, atoms.vm, atoms.native};
  return tier < COUNT(tiers) ? tiers[tier] : fxaot_unknown_code(env, tier);
}

static ERL_NIF_TERM rejected_term(ErlNifEnv *env, const fxaot_strategy_stats *s) {
  ERL_NIF_TERM reasons[FXAOT_STRATEGY_REJECTS], counts[FXAOT_STRATEGY_REJECTS];
  unsigned n = 0;
  for (; n < FXAOT_STRATEGY_REJECTS && s->rejected[n].count; n++) {
    uint32_t code = s->rejected[n].code;
    reasons[n] = code ? fxaot_reject_term(env, code) : atoms.other;
    counts[n] = enif_make_uint64(env, s->rejected[n].count);
  }
  return fxaot_map(env, n, reasons, counts);
}

static ERL_NIF_TERM strategy_term(ErlNifEnv *env, const fxaot_strategy_stats *s) {
  ERL_NIF_TERM keys[] = {atoms.id,         atoms.symbol,   atoms.strategy,      atoms.timeframe,
                         atoms.bars,       atoms.signals,  atoms.orders,        atoms.fills,
                         atoms.rejects,    atoms.quantity, atoms.average_price, atoms.realised,
                         atoms.unrealised, atoms.tier,     atoms.version,       atoms.native_steps,
                         atoms.rejected};
  ERL_NIF_TERM values[] = {s->strategy_ref,
                           s->symbol_ref,
                           fxaot_text(env, s->strategy),
                           timeframe_term(env, s->timeframe),
                           enif_make_uint64(env, s->bars),
                           enif_make_uint64(env, s->signals),
                           enif_make_uint64(env, s->orders),
                           enif_make_uint64(env, s->fills),
                           enif_make_uint64(env, s->rejects),
                           enif_make_int64(env, s->quantity),
                           fxaot_double(env, s->average_price),
                           enif_make_int64(env, s->realised_micro),
                           enif_make_int64(env, s->unrealised_micro),
                           tier_term(env, s->tier),
                           enif_make_uint(env, s->version),
                           enif_make_uint64(env, s->native_steps),
                           rejected_term(env, s)};
  ERL_NIF_TERM map = fxaot_map(env, COUNT(keys), keys, values);
  if (s->stale_since_ns)
    enif_make_map_put(env, map, atoms.stale_since, enif_make_int64(env, s->stale_since_ns), &map);
  if (s->failure) enif_make_map_put(env, map, atoms.failure, fxaot_text(env, s->failure), &map);
  return map;
}

/* (Engine, First, Most) */
FXAOT_ENGINE_NIF(fxaot_nif_strategies, 3, "strategies_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifUInt64 first, most;
  (void)argc;
  if (!handle || !enif_get_uint64(env, argv[1], &first) || !enif_get_uint64(env, argv[2], &most))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t all = handle->library->engine_strategies(handle->engine, NULL, 0);
  uint64_t count = first < all ? all - first : 0;
  if (count > most) count = most;
  fxaot_strategy_stats *stats = enif_alloc((count + 1) * sizeof *stats);
  if (!stats) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  count = handle->library->engine_strategies_from(handle->engine, first, stats, count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) list = enif_make_list_cell(env, strategy_term(env, &stats[count]), list);
  enif_free(stats);
  return list;
}

/* (Engine). [Symbol] */
FXAOT_ENGINE_NIF(fxaot_nif_instruments, 1, "instruments_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t count = handle->library->engine_instruments(handle->engine, NULL, 0);
  uint64_t *refs = enif_alloc((count + 1) * sizeof *refs);
  if (!refs) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  handle->library->engine_instruments(handle->engine, refs, count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) list = enif_make_list_cell(env, refs[count], list);
  enif_free(refs);
  return list;
}

/* (Engine). [{Symbol, Decimals, none | {TimeNs, Bid, Ask}}] */
FXAOT_ENGINE_NIF(fxaot_nif_quotes, 1, "quotes_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t count = handle->library->engine_quotes(handle->engine, NULL, 0);
  fxaot_instrument_quote *quotes = enif_alloc((count + 1) * sizeof *quotes);
  if (!quotes) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  handle->library->engine_quotes(handle->engine, quotes, count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) {
    const fxaot_instrument_quote *q = &quotes[count];
    ERL_NIF_TERM newest =
        q->time_ns == 0 ? atoms.none
                        : enif_make_tuple3(env, enif_make_int64(env, q->time_ns),
                                           fxaot_double(env, q->bid), fxaot_double(env, q->ask));
    ERL_NIF_TERM term =
        enif_make_tuple3(env, q->symbol_ref, enif_make_uint(env, q->price_decimals), newest);
    list = enif_make_list_cell(env, term, list);
  }
  enif_free(quotes);
  return list;
}

static ERL_NIF_TERM bar_tuple(ErlNifEnv *env, const fxaot_bar *bar) {
  return enif_make_tuple(env, 8, enif_make_int64(env, bar->open_time_ns),
                         enif_make_int64(env, bar->end_time_ns), fxaot_double(env, bar->open),
                         fxaot_double(env, bar->high), fxaot_double(env, bar->low),
                         fxaot_double(env, bar->close), fxaot_double(env, bar->volume),
                         enif_make_int64(env, bar->ticks));
}

/* (Engine, Id, Most). {ok, First, [Bar], IsOpen} */
FXAOT_ENGINE_NIF(fxaot_nif_bars, 3, "bars_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  unsigned most;
  fxaot_bar_run run;
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !enif_get_uint(env, argv[2], &most))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  if (most > FXAOT_MOST_BARS) most = FXAOT_MOST_BARS;
  fxaot_bar *bars = enif_alloc((most + 1) * sizeof *bars);
  if (!bars) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  int32_t status = handle->library->engine_bars(handle->engine, argv[1], bars, most, &run);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  for (uint64_t i = run.count; i-- > 0;)
    list = enif_make_list_cell(env, bar_tuple(env, &bars[i]), list);
  enif_free(bars);
  if (status != FXAOT_OK)
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.id, &argv[1]));
  return enif_make_tuple4(env, atoms.ok, enif_make_uint64(env, run.first), list,
                          run.is_open ? atoms.atom_true : atoms.atom_false);
}

/* Bars of each strategy in one call of figures_nif, which stays short on a normal scheduler. */
#define MOST_BARS_OF_EACH 16

/* [{Id, First, IsOpen, [Bar]}] of those strategies that have bars. */
static ERL_NIF_TERM bars_of_each(ErlNifEnv *env, ERL_NIF_TERM engine, ERL_NIF_TERM strategies,
                                 ERL_NIF_TERM most) {
  ERL_NIF_TERM strategy, id, list = enif_make_list(env, 0);
  while (enif_get_list_cell(env, strategies, &strategy, &strategies)) {
    const ERL_NIF_TERM *answer;
    int arity;
    if (!enif_get_map_value(env, strategy, atoms.id, &id)) continue;
    ERL_NIF_TERM arguments[] = {engine, id, most};
    ERL_NIF_TERM bars = fxaot_nif_bars_body(env, COUNT(arguments), arguments);
    if (!enif_get_tuple(env, bars, &arity, &answer) || arity != 4) continue;
    list =
        enif_make_list_cell(env, enif_make_tuple4(env, id, answer[1], answer[3], answer[2]), list);
  }
  enif_make_reverse_list(env, list, &list);
  return list;
}

/* (Engine, MostStrategies, MostBars): what a dashboard shows many times a second, in one visit. Whoever looks in turn
 * after turn for each of these waits for the quotes as often, and they wait for him. */
FXAOT_ENGINE_NIF(fxaot_nif_figures, 3, "figures_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifUInt64 most_strategies;
  unsigned most_bars;
  (void)argc;
  if (!handle || !enif_get_uint64(env, argv[1], &most_strategies) ||
      !enif_get_uint(env, argv[2], &most_bars))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  ERL_NIF_TERM part[] = {argv[0], enif_make_uint(env, 0), argv[1]};
  ERL_NIF_TERM keys[] = {atoms.account, atoms.positions, atoms.strategies, atoms.quotes,
                         atoms.bars};
  ERL_NIF_TERM values[COUNT(keys)] = {
      fxaot_nif_account_body(env, 1, argv), fxaot_nif_positions_body(env, 1, argv),
      fxaot_nif_strategies_body(env, COUNT(part), part), fxaot_nif_quotes_body(env, 1, argv)};
  /* Each is an error where there was no memory. */
  for (unsigned i = 1; i < COUNT(keys) - 1; i++)
    if (!enif_is_list(env, values[i])) return values[i];
  if (most_bars > MOST_BARS_OF_EACH) most_bars = MOST_BARS_OF_EACH;
  values[COUNT(keys) - 1] = bars_of_each(env, argv[0], values[2], enif_make_uint(env, most_bars));
  return fxaot_map(env, COUNT(keys), keys, values);
}

/* (Symbol) */
FXAOT_NIF(fxaot_nif_symbol_key_1) {
  char symbol[FXAOT_SYMBOL_BYTES];
  uint64_t key = 0;
  (void)argc;
  if (fxaot_get_text(env, argv[0], symbol, sizeof symbol))
    key = fxaot_symbol_key(symbol, strlen(symbol));
  if (key == 0)
    return fxaot_status_error(env, FXAOT_BAD_INSTRUMENT,
                              fxaot_map(env, 1, &atoms.symbol, &argv[0]));
  return fxaot_ok(env, enif_make_uint64(env, key));
}

/* () [{Name, [{Parameter, Default, Minimum, Maximum, integer | float}]}] */
FXAOT_NIF(fxaot_nif_strategy_list_0) {
  uint64_t count = 0;
  ERL_NIF_TERM list = enif_make_list(env, 0);
  (void)argc, (void)argv;
  while (fxaot_strategy_at(count)) count++;
  while (count--) {
    const fxaot_strategy *table = fxaot_strategy_at(count);
    ERL_NIF_TERM params = enif_make_list(env, 0);
    for (uint32_t i = table->param_count; i-- > 0;) {
      const fxaot_param *p = &table->params[i];
      ERL_NIF_TERM row =
          enif_make_tuple5(env, fxaot_text(env, p->name), fxaot_double(env, p->default_value),
                           fxaot_double(env, p->minimum), fxaot_double(env, p->maximum),
                           p->is_integer ? atoms.integer : atoms.atom_float);
      params = enif_make_list_cell(env, row, params);
    }
    list =
        enif_make_list_cell(env, enif_make_tuple2(env, fxaot_text(env, table->name), params), list);
  }
  return list;
}

/* () */
FXAOT_NIF(fxaot_nif_instrument_list_0) {
  uint64_t count = 0;
  ERL_NIF_TERM list = enif_make_list(env, 0);
  (void)argc, (void)argv;
  while (fxaot_instrument_builtin_at(count)) count++;
  while (count--)
    list = enif_make_list_cell(env, fxaot_text(env, fxaot_instrument_builtin_at(count)), list);
  return list;
}
