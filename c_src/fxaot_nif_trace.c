/* What an engine keeps for traces: events of orders, and single quotes with the times of their steps. */
#include "fxaot_nif.h"

_Atomic uint32_t fxaot_timed_every = FXAOT_SAMPLING;

/* (Engine, off | QuotesBetween): 0 traces no quotes. How many quotes are timed is the same for all engines. */
FXAOT_ENGINE_NIF(fxaot_nif_trace, 2, "trace_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifUInt64 every = 0;
  bool is_on = argv[1] != atoms.off;
  (void)argc;
  if (!handle || (is_on && !enif_get_uint64(env, argv[1], &every))) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_timed_every = every && every < FXAOT_SAMPLING ? (uint32_t)every : FXAOT_SAMPLING;
  int32_t status = handle->library->engine_trace(handle->engine, is_on, every);
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, enif_make_new_map(env));
}

static ERL_NIF_TERM events_term(ErlNifEnv *env, const fxaot_trace *trace) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  for (uint64_t n = trace->event_count; n-- > 0;) {
    const fxaot_traced_event *traced = &trace->events[n];
    ERL_NIF_TERM entry = enif_make_tuple3(env, enif_make_uint64(env, traced->event.sequence),
                                          enif_make_int64(env, trace->now_ns - traced->at_ns),
                                          fxaot_event_term(env, &traced->event));
    list = enif_make_list_cell(env, entry, list);
  }
  return list;
}

/* [{Stage, Ns}] */
static ERL_NIF_TERM steps_term(ErlNifEnv *env, const fxaot_traced_quote *quote) {
  const ERL_NIF_TERM stages[] = {atoms.admit, atoms.bars, atoms.strategies, atoms.trading,
                                 atoms.entry};
  ERL_NIF_TERM list = enif_make_list(env, 0);
  for (uint32_t n = quote->step_count; n-- > 0;) {
    ERL_NIF_TERM stage = quote->stages[n] <= FXAOT_STAGE_ENTRY
                             ? stages[quote->stages[n]]
                             : fxaot_unknown_code(env, quote->stages[n]);
    ERL_NIF_TERM step = enif_make_tuple2(env, stage, fxaot_double(env, quote->steps_ns[n]));
    list = enif_make_list_cell(env, step, list);
  }
  return list;
}

static ERL_NIF_TERM quotes_term(ErlNifEnv *env, const fxaot_trace *trace) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  for (uint64_t n = trace->quote_count; n-- > 0;) {
    const fxaot_traced_quote *quote = &trace->quotes[n];
    ERL_NIF_TERM term = enif_make_tuple9(
        env, quote->symbol_ref, enif_make_int64(env, quote->time_ns), fxaot_double(env, quote->bid),
        fxaot_double(env, quote->ask), enif_make_int64(env, trace->now_ns - quote->at_ns),
        enif_make_atom(env, fxaot_status_name(quote->status)), enif_make_uint64(env, quote->first),
        enif_make_uint64(env, quote->count), steps_term(env, quote));
    list = enif_make_list_cell(env, term, list);
  }
  return list;
}

/* (Engine). {[{Sequence, AgeNs, Event}], Missed,
 *            [{Symbol, TimeNs, Bid, Ask, AgeNs, Status, First, Events, [{Stage, Ns}]}]}, and forgets them. */
FXAOT_ENGINE_NIF(fxaot_nif_traced, 1, "traced_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_trace trace;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC);
  handle->library->engine_traced(handle->engine, &trace);
  ERL_NIF_TERM answer = enif_make_tuple3(
      env, events_term(env, &trace), enif_make_uint64(env, trace.missed), quotes_term(env, &trace));
  handle->library->engine_clear_traced(handle->engine);
  fxaot_consume(env, enif_monotonic_time(ERL_NIF_NSEC) - start);
  return answer;
}
