/* Reloads: another version of a strategy is prepared while the old one runs, then replaces it.
 * Longer than a file should be: one function for each step of a reload. */
#include "fxaot_nif_reloads.h"

#include <string.h>

/* A swap over more bars than this runs on a dirty scheduler. */
#define MOST_SWAP_BARS 64

static ErlNifResourceType *basis_type;
ErlNifResourceType *fxaot_prepared_type;

static void destroy_basis(ErlNifEnv *env, void *object) {
  basis_resource *basis = object;
  (void)env;
  basis->library->basis_free(basis->basis);
}

static void destroy_prepared(ErlNifEnv *env, void *object) {
  prepared_resource *prepared = object;
  (void)env;
  prepared->library->prepared_free(prepared->version);
  if (prepared->lock) enif_mutex_destroy(prepared->lock);
}

bool fxaot_open_reloads(ErlNifEnv *env, ErlNifResourceFlags flags) {
  basis_type = enif_open_resource_type(env, NULL, "fxaot_basis_2", destroy_basis, flags, NULL);
  fxaot_prepared_type =
      enif_open_resource_type(env, NULL, "fxaot_prepared_2", destroy_prepared, flags, NULL);
  return basis_type && fxaot_prepared_type;
}

static basis_resource *get_basis(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, basis_type, &object) ? object : NULL;
}

/* ---- the basis of a version ------------------------------------------------- */

/* (Engine, Id, TimeframeKind, Count, Price) */
FXAOT_ENGINE_NIF(fxaot_nif_reload_basis, 5, "reload_basis_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_timeframe timeframe;
  fxaot_engine_refusal error;
  unsigned price;
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !enif_get_uint(env, argv[2], &timeframe.kind) ||
      !enif_get_uint(env, argv[3], &timeframe.count) || !enif_get_uint(env, argv[4], &price))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  basis_resource *basis = enif_alloc_resource(basis_type, sizeof *basis);
  if (!basis) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  basis->library = handle->library;
  basis->basis = NULL;
  fxaot_no_refusal(&error);
  int32_t status = handle->library->engine_reload_basis(handle->engine, argv[1], timeframe, price,
                                                        &basis->basis, &error);
  ERL_NIF_TERM term = enif_make_resource(env, basis);
  enif_release_resource(basis);
  return status == FXAOT_OK
             ? fxaot_ok(env, term)
             : fxaot_refusal(env, status, NULL, &error, fxaot_map(env, 1, &atoms.id, &argv[1]));
}

/* ---- preparing -------------------------------------------------------------- */

static prepared_resource *new_prepared(const basis_resource *basis) {
  prepared_resource *prepared = enif_alloc_resource(fxaot_prepared_type, sizeof *prepared);
  if (!prepared) return NULL;
  memset(prepared, 0, sizeof *prepared);
  prepared->library = basis->library;
  prepared->lock = enif_mutex_create("fxaot_prepared");
  if (prepared->lock) return prepared;
  enif_release_resource(prepared);
  return NULL;
}

typedef struct preparation {
  const basis_resource *basis;
  const fxaot_script *script;
  fxaot_prepared **out;
  fxaot_engine_refusal *error;
  int32_t status;
} preparation;

static void prepare(void *argument) {
  preparation *it = argument;
  it->status = it->basis->library->prepare_script(it->basis->basis, it->script, it->out, it->error);
}

/* (Basis, Program, [{Input, Value}]), any process, dirty */
FXAOT_NIF(fxaot_nif_prepare_script_3) {
  basis_resource *basis = get_basis(env, argv[0]);
  fxaot_script script;
  fxaot_engine_refusal error;
  script_params params;
  ErlNifBinary program;
  (void)argc;
  if (!basis || !enif_inspect_binary(env, argv[1], &program) ||
      !fxaot_get_script_params(env, argv[2], &params))
    return enif_make_badarg(env);
  prepared_resource *prepared = new_prepared(basis);
  if (!prepared) {
    enif_free(params.texts);
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  memset(&script, 0, sizeof script);
  script.program = program.data;
  script.length = program.size;
  script.params = params.values;
  script.param_count = params.count;
  fxaot_no_refusal(&error);
  preparation it = {basis, &script, &prepared->version, &error, FXAOT_OK};
  int32_t status = fxaot_on_large_stack(prepare, &it);
  if (status == FXAOT_OK) status = it.status;
  ERL_NIF_TERM answer = status == FXAOT_OK
                            ? fxaot_ok(env, enif_make_resource(env, prepared))
                            : fxaot_refusal(env, status, fxaot_script_param_name(&params, &error),
                                            &error, enif_make_new_map(env));
  enif_release_resource(prepared);
  enif_free(params.texts);
  return answer;
}

/* (Basis, Name, [{Parameter, Value}]), any process, dirty */
FXAOT_NIF(fxaot_nif_prepare_strategy_3) {
  basis_resource *basis = get_basis(env, argv[0]);
  fxaot_deployment deployment;
  fxaot_engine_refusal error;
  param_list params;
  char strategy[FXAOT_PARAM_NAME_BYTES];
  (void)argc;
  if (!basis || !enif_is_binary(env, argv[1]) || !fxaot_get_params(env, argv[2], &params))
    return enif_make_badarg(env);
  if (!fxaot_get_text(env, argv[1], strategy, sizeof strategy))
    return fxaot_error(env, atoms.unknown_strategy, fxaot_map(env, 1, &atoms.strategy, &argv[1]));
  prepared_resource *prepared = new_prepared(basis);
  if (!prepared) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  memset(&deployment, 0, sizeof deployment);
  deployment.strategy = strategy;
  deployment.params = params.values;
  deployment.param_count = params.count;
  fxaot_no_refusal(&error);
  int32_t status =
      basis->library->prepare_strategy(basis->basis, &deployment, &prepared->version, &error);
  ERL_NIF_TERM answer = fxaot_ok(env, enif_make_resource(env, prepared));
  enif_release_resource(prepared);
  switch (status) {
  case FXAOT_OK: return answer;
  case FXAOT_UNKNOWN_PARAMETER:
  case FXAOT_PARAMETER_RANGE:
    return fxaot_status_error(env, status,
                              fxaot_param_details(env, &params, error.param, strategy));
  default:
    return fxaot_refusal(env, status, NULL, &error, fxaot_map(env, 1, &atoms.strategy, &argv[1]));
  }
}

/* ---- changes ---------------------------------------------------------------- */

static ERL_NIF_TERM value_term(ErlNifEnv *env, const fxaot_value *value) {
  switch (value->kind) {
  case FXAOT_BOOL: return value->number != 0 ? atoms.atom_true : atoms.atom_false;
  case FXAOT_TEXT: return fxaot_text(env, value->text ? value->text : "");
  case FXAOT_NUMBER: return fxaot_double(env, value->number);
  default: return fxaot_unknown_code(env, value->kind);
  }
}

static ERL_NIF_TERM input_term(ErlNifEnv *env, const fxaot_change *change) {
  ERL_NIF_TERM keys[] = {atoms.name, atoms.atom_default, atoms.value};
  ERL_NIF_TERM old_default = value_term(env, &change->old_default);
  ERL_NIF_TERM old_value = value_term(env, &change->old_value);
  ERL_NIF_TERM new_default = value_term(env, &change->new_default);
  ERL_NIF_TERM new_value = value_term(env, &change->new_value);
  ERL_NIF_TERM name = fxaot_text(env, change->name ? change->name : "");
  switch (change->what) {
  case FXAOT_INPUT_ADDED:
    return fxaot_map(env, 3, keys, (ERL_NIF_TERM[]){name, new_default, new_value});
  case FXAOT_INPUT_REMOVED:
    return fxaot_map(env, 3, keys, (ERL_NIF_TERM[]){name, old_default, old_value});
  case FXAOT_INPUT_CHANGED:
    return fxaot_map(env, 3, keys,
                     (ERL_NIF_TERM[]){name, enif_make_tuple2(env, old_default, new_default),
                                      enif_make_tuple2(env, old_value, new_value)});
  default: return fxaot_unknown_code(env, change->what);
  }
}

static ERL_NIF_TERM changes_term(ErlNifEnv *env, const fxaot_change *changes, uint64_t count,
                                 uint32_t what) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  for (uint64_t i = count; i-- > 0;) {
    if (changes[i].what != what) continue;
    ERL_NIF_TERM entry = what >= FXAOT_OUTPUT_ADDED
                             ? fxaot_text(env, changes[i].name ? changes[i].name : "")
                             : input_term(env, &changes[i]);
    list = enif_make_list_cell(env, entry, list);
  }
  return list;
}

/* With the lock held. */
static ERL_NIF_TERM report(ErlNifEnv *env, const prepared_resource *prepared) {
  fxaot_reload reload;
  memset(&reload, 0, sizeof reload);
  prepared->library->prepared_read_reload(prepared->version, &reload);
  fxaot_change *changes = reload.changes ? enif_alloc(reload.changes * sizeof *changes) : NULL;
  uint64_t count =
      changes ? prepared->library->prepared_changes(prepared->version, changes, reload.changes) : 0;
  ERL_NIF_TERM input_keys[] = {atoms.added, atoms.removed, atoms.changed};
  ERL_NIF_TERM inputs[] = {changes_term(env, changes, count, FXAOT_INPUT_ADDED),
                           changes_term(env, changes, count, FXAOT_INPUT_REMOVED),
                           changes_term(env, changes, count, FXAOT_INPUT_CHANGED)};
  ERL_NIF_TERM outputs[] = {changes_term(env, changes, count, FXAOT_OUTPUT_ADDED),
                            changes_term(env, changes, count, FXAOT_OUTPUT_REMOVED)};
  enif_free(changes);
  ERL_NIF_TERM keys[] = {atoms.version, atoms.warm_bars, atoms.inputs, atoms.outputs};
  ERL_NIF_TERM values[] = {
      enif_make_uint(env, reload.version), enif_make_uint64(env, reload.warm_bars),
      fxaot_map(env, 3, input_keys, inputs), fxaot_map(env, 2, input_keys, outputs)};
  return fxaot_ok(env, fxaot_map(env, 4, keys, values));
}

/* ---- the exchange ----------------------------------------------------------- */

/* With the prepared version's lock held. */
static ERL_NIF_TERM exchange(ErlNifEnv *env, engine_resource *handle, prepared_resource *prepared,
                             const ERL_NIF_TERM argv[]) {
  fxaot_engine_refusal error;
  if (prepared->library != handle->library) return fxaot_other_library(env);
  fxaot_no_refusal(&error);
  int32_t status = handle->library->engine_swap(handle->engine, argv[1], prepared->version, &error);
  return status == FXAOT_OK
             ? report(env, prepared)
             : fxaot_refusal(env, status, NULL, &error, fxaot_map(env, 1, &atoms.id, &argv[1]));
}

/* On a dirty scheduler: waits until no other process has the prepared version. */
static FXAOT_NIF(swap) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  prepared_resource *prepared = fxaot_get_prepared(env, argv[2]);
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !prepared) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  enif_mutex_lock(prepared->lock);
  ERL_NIF_TERM answer = exchange(env, handle, prepared, argv);
  enif_mutex_unlock(prepared->lock);
  return answer;
}

static FXAOT_NIF(swap_visit) { return fxaot_visit(env, argc, argv, swap); }

/* The caller has the engine. Leaves for a dirty scheduler if another process has the prepared version, or
 * many bars are missing. */
static FXAOT_NIF(swap_or_leave) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  prepared_resource *prepared = fxaot_get_prepared(env, argv[2]);
  if (!handle || !enif_is_atom(env, argv[1]) || !prepared) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  if (enif_mutex_trylock(prepared->lock) == 0) {
    bool is_quick = prepared->library != handle->library ||
                    handle->library->engine_swap_bars(handle->engine, argv[1], prepared->version) <=
                        MOST_SWAP_BARS;
    ERL_NIF_TERM answer = is_quick ? exchange(env, handle, prepared, argv) : 0;
    enif_mutex_unlock(prepared->lock);
    if (is_quick) return answer;
  }
  return enif_schedule_nif(env, "swap_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, swap_visit, argc, argv);
}

/* (Engine, Id, Prepared): at once, or on a dirty scheduler if it is long. */
FXAOT_NIF(fxaot_nif_swap_3) {
  return fxaot_with_engine(env, argc, argv, "swap_nif", fxaot_nif_swap_3, swap_or_leave,
                           swap_visit);
}
