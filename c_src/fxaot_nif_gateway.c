/* A broker in place of the paper venue: what it is to do, and what it reports. */
#include "fxaot_nif_trading.h"

/* Of one call; the caller asks for the next ones. */
#define MOST_REQUESTS 128

/* (Engine, Link) */
FXAOT_ENGINE_NIF(fxaot_nif_set_gateway, 2, "set_gateway_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  unsigned link;
  (void)argc;
  if (!handle || !enif_get_uint(env, argv[1], &link) || link > FXAOT_GATEWAY_UP)
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  int32_t status = handle->library->engine_set_gateway(handle->engine, link);
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, enif_make_new_map(env));
}

/* (Engine, Acknowledged). {ok, [Request]}: at most MOST_REQUESTS after that number. */
FXAOT_ENGINE_NIF(fxaot_nif_requests, 2, "requests_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifUInt64 acknowledged;
  (void)argc;
  if (!handle || !enif_get_uint64(env, argv[1], &acknowledged)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_gateway_request requests[MOST_REQUESTS];
  uint64_t count =
      handle->library->engine_requests(handle->engine, acknowledged, requests, MOST_REQUESTS);
  if (count > MOST_REQUESTS) count = MOST_REQUESTS;
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--)
    list = enif_make_list_cell(env, fxaot_gateway_request_term(env, &requests[count]), list);
  return fxaot_ok(env, list);
}

static ERL_NIF_TERM verdict_term(ErlNifEnv *env, uint32_t verdict) {
  switch (verdict) {
  case FXAOT_REPORT_TAKEN: return atoms.taken;
  case FXAOT_REPORT_DUPLICATE: return atoms.duplicate;
  case FXAOT_REPORT_LATE: return atoms.late;
  case FXAOT_REPORT_OUT_OF_ORDER: return atoms.out_of_order;
  case FXAOT_REPORT_UNKNOWN: return atoms.unknown;
  default: return fxaot_unknown_code(env, verdict);
  }
}

/* (Engine, Report). {ok, Verdict, Events} */
FXAOT_ENGINE_NIF(fxaot_nif_report, 2, "report_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_report report;
  uint32_t verdict = FXAOT_REPORT_TAKEN;
  (void)argc;
  if (!handle || !fxaot_get_report(env, argv[1], &report)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  int32_t status = handle->library->engine_report(handle->engine, &report, &verdict);
  uint64_t count;
  const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
  handle->has_events = count > 0;
  if (status != FXAOT_OK) return fxaot_status_error(env, status, enif_make_new_map(env));
  return enif_make_tuple3(env, atoms.ok, verdict_term(env, verdict),
                          fxaot_event_list(env, events, count));
}

static ERL_NIF_TERM link_term(ErlNifEnv *env, uint32_t link) {
  switch (link) {
  case FXAOT_GATEWAY_NONE: return atoms.none;
  case FXAOT_GATEWAY_DOWN: return atoms.down;
  case FXAOT_GATEWAY_UP: return atoms.up;
  default: return fxaot_unknown_code(env, link);
  }
}

/* (Engine) */
FXAOT_ENGINE_NIF(fxaot_nif_gateway, 1, "gateway_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_gateway_stats stats;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->library->engine_gateway(handle->engine, &stats);
  const ERL_NIF_TERM pairs[][2] = {{atoms.link, link_term(env, stats.link)},
                                   {atoms.requests, enif_make_uint64(env, stats.requests)},
                                   {atoms.acknowledged, enif_make_uint64(env, stats.acknowledged)},
                                   {atoms.reports, enif_make_uint64(env, stats.reports)},
                                   {atoms.fills, enif_make_uint64(env, stats.fills)},
                                   {atoms.duplicates, enif_make_uint64(env, stats.duplicates)},
                                   {atoms.late, enif_make_uint64(env, stats.late)},
                                   {atoms.out_of_order, enif_make_uint64(env, stats.out_of_order)},
                                   {atoms.unknown, enif_make_uint64(env, stats.unknown)},
                                   {atoms.overfills, enif_make_uint64(env, stats.overfills)}};
  return fxaot_map_of_pairs(env, sizeof pairs / sizeof *pairs, pairs);
}
