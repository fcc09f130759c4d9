/* A strategy over whole histories. */
#include "fxaot_nif.h"

#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

/* A new binary of some megabytes is fresh pages, and mapping them one by one takes as long as
 * filling them: asks for large pages. Advice only; nothing depends on it. */
#define LARGE_PAGE ((uintptr_t)2 << 20)
static void prefer_large_pages(const ErlNifBinary *binary) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  uintptr_t from = ((uintptr_t)binary->data + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
  uintptr_t to = ((uintptr_t)binary->data + binary->size) & ~(LARGE_PAGE - 1);
  if (from < to) madvise((void *)from, to - from, MADV_HUGEPAGE);
#else
  (void)binary;
#endif
}

/* More bars than this may be more than 1 ms of work, at 40 ns a bar with the longest windows: a
 * dirty scheduler's job. */
#define BARS_IN_PLACE 25000

/* The doubles of a binary, copied if they are not aligned (a sub-binary). */
static const double *aligned(const ErlNifBinary *binary, void **copy) {
  *copy = NULL;
  if ((uintptr_t)binary->data % _Alignof(double) == 0) return (const double *)binary->data;
  *copy = enif_alloc(binary->size);
  if (*copy) memcpy(*copy, binary->data, binary->size);
  return *copy;
}

static ERL_NIF_TERM run(ErlNifEnv *env, const fxaot_strategy *table, const double *params,
                        const ErlNifBinary *closes, const ErlNifBinary *volumes) {
  void *copied_closes, *copied_volumes;
  const double *c = aligned(closes, &copied_closes), *v = aligned(volumes, &copied_volumes);
  ErlNifBinary out;
  ERL_NIF_TERM result;
  if (c && v && enif_alloc_binary(closes->size, &out)) {
    prefer_large_pages(&out);
    table->array(params, c, v, (double *)out.data, closes->size / sizeof(double));
    result = fxaot_ok(env, enif_make_binary(env, &out));
  } else {
    result = fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  if (copied_closes) enif_free(copied_closes);
  if (copied_volumes) enif_free(copied_volumes);
  return result;
}

/* (Strategy, Closes, Volumes, [{Param, Value}]) */
FXAOT_NIF(fxaot_nif_execute_4) {
  ErlNifBinary closes, volumes;
  param_list params;
  char name[FXAOT_PARAM_NAME_BYTES];
  double values[FXAOT_MAX_PARAMS];
  uint64_t bad;
  if (!enif_inspect_binary(env, argv[1], &closes) || !enif_inspect_binary(env, argv[2], &volumes) ||
      !fxaot_get_params(env, argv[3], &params))
    return enif_make_badarg(env);

  ERL_NIF_TERM strategy = fxaot_map(env, 1, &atoms.strategy, &argv[0]);
  const fxaot_strategy *table =
      fxaot_get_text(env, argv[0], name, sizeof name) ? fxaot_strategy_find(name) : NULL;
  if (!table) return fxaot_error(env, atoms.unknown_strategy, strategy);
  int32_t status = fxaot_strategy_params(table, params.values, params.count, values, &bad);
  if (status != FXAOT_OK)
    return fxaot_status_error(env, status, fxaot_param_details(env, &params, bad, name));
  if (!table->array) return fxaot_error(env, atoms.no_array_form, strategy);
  if (closes.size % sizeof(double) || closes.size != volumes.size) {
    ERL_NIF_TERM keys[] = {atoms.prices, atoms.volumes};
    ERL_NIF_TERM sizes[] = {enif_make_uint64(env, closes.size),
                            enif_make_uint64(env, volumes.size)};
    return fxaot_error(env, atoms.bad_length, fxaot_map(env, 2, keys, sizes));
  }
  if (closes.size / sizeof(double) > BARS_IN_PLACE &&
      enif_thread_type() == ERL_NIF_THR_NORMAL_SCHEDULER)
    return enif_schedule_nif(env, "execute_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, fxaot_nif_execute_4,
                             argc, argv);
  return run(env, table, values, &closes, &volumes);
}
