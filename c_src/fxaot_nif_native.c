/* Native code of scripts: artifacts, plans, and which script runs in which code. */
#include "fxaot_nif_reloads.h"

#include <string.h>

#define PATH_BYTES 4096

ErlNifResourceType *fxaot_native_type;

static void destroy_native(ErlNifEnv *env, void *object) {
  native_resource *native = object;
  (void)env;
  native->library->native_free(native->code);
}

bool fxaot_open_native(ErlNifEnv *env, ErlNifResourceFlags flags) {
  fxaot_native_type =
      enif_open_resource_type(env, NULL, "fxaot_native_2", destroy_native, flags, NULL);
  return fxaot_native_type;
}

static native_resource *get_native(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_native_type, &object) ? object : NULL;
}

/* (ManifestPath), dirty, input and output */
FXAOT_NIF(fxaot_nif_load_native_1) {
  char path[PATH_BYTES];
  fxaot_native_code *code;
  fxaot_engine_refusal error;
  (void)argc;
  if (!enif_is_binary(env, argv[0]) || !fxaot_get_text(env, argv[0], path, sizeof path))
    return enif_make_badarg(env);
  fxaot_no_refusal(&error);
  int32_t status = fxaot_own_library.native_load(path, &code, &error);
  if (status != FXAOT_OK) return fxaot_refusal(env, status, NULL, &error, enif_make_new_map(env));
  native_resource *native = enif_alloc_resource(fxaot_native_type, sizeof *native);
  if (!native) {
    fxaot_own_library.native_free(code);
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  native->library = &fxaot_own_library;
  native->code = code;
  ERL_NIF_TERM term = enif_make_resource(env, native);
  enif_release_resource(native);
  return fxaot_ok(env, term);
}

static ERL_NIF_TERM bytes_term(ErlNifEnv *env, const void *bytes, size_t count) {
  ERL_NIF_TERM term;
  memcpy(enif_make_new_binary(env, count, &term), bytes, count);
  return term;
}

/* (Native), any process */
FXAOT_NIF(fxaot_nif_native_info_1) {
  native_resource *native = get_native(env, argv[0]);
  fxaot_native_info info;
  (void)argc;
  if (!native) return enif_make_badarg(env);
  native->library->native_read_info(native->code, &info);
  ERL_NIF_TERM keys[] = {atoms.plan, atoms.cpu, atoms.compiler, atoms.path};
  ERL_NIF_TERM values[] = {bytes_term(env, info.plan, sizeof info.plan), fxaot_text(env, info.cpu),
                           fxaot_text(env, info.compiler), fxaot_text(env, info.path)};
  return fxaot_ok(env, fxaot_map(env, 4, keys, values));
}

/* ---- plans ------------------------------------------------------------------ */

static ERL_NIF_TERM plan_term(ErlNifEnv *env, const fxaot_library *library, fxaot_plan *plan) {
  ERL_NIF_TERM keys[] = {atoms.hash, atoms.bytes};
  ERL_NIF_TERM values[] = {bytes_term(env, plan->hash, sizeof plan->hash),
                           bytes_term(env, plan->bytes, plan->length)};
  library->plan_free(plan);
  return fxaot_ok(env, fxaot_map(env, 2, keys, values));
}

/* (Prepared), any process, dirty */
FXAOT_NIF(fxaot_nif_script_plan_1) {
  prepared_resource *prepared = fxaot_get_prepared(env, argv[0]);
  fxaot_engine_refusal error;
  fxaot_plan plan;
  (void)argc;
  if (!prepared) return enif_make_badarg(env);
  fxaot_no_refusal(&error);
  enif_mutex_lock(prepared->lock);
  int32_t status = prepared->library->prepared_script_plan(prepared->version, &plan, &error);
  enif_mutex_unlock(prepared->lock);
  return status == FXAOT_OK ? plan_term(env, prepared->library, &plan)
                            : fxaot_refusal(env, status, NULL, &error, enif_make_new_map(env));
}

static FXAOT_NIF(script_plan) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_engine_refusal error;
  fxaot_plan plan;
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1])) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_no_refusal(&error);
  int32_t status = handle->library->engine_script_plan(handle->engine, argv[1], &plan, &error);
  return status == FXAOT_OK
             ? plan_term(env, handle->library, &plan)
             : fxaot_refusal(env, status, NULL, &error, fxaot_map(env, 1, &atoms.id, &argv[1]));
}

/* (Engine, Id), dirty */
FXAOT_NIF(fxaot_nif_script_plan_2) { return fxaot_visit(env, argc, argv, script_plan); }

typedef struct planning {
  const fxaot_script *script;
  const fxaot_instrument *instrument;
  fxaot_plan *plan;
  fxaot_engine_refusal *error;
  int32_t status;
} planning;

static void make_plan(void *argument) {
  planning *it = argument;
  it->status = fxaot_own_library.script_plan(it->script, it->instrument, it->plan, it->error);
}

/* (Program, Symbol, Terms, TimeframeKind, Count, [{Input, Value}]), any process, dirty */
FXAOT_NIF(fxaot_nif_script_plan_6) {
  fxaot_script script;
  fxaot_instrument instrument;
  fxaot_engine_refusal error;
  script_params params;
  fxaot_plan plan;
  ErlNifBinary program;
  (void)argc;
  memset(&script, 0, sizeof script);
  if (!enif_inspect_binary(env, argv[0], &program) || !enif_is_atom(env, argv[1]) ||
      !fxaot_is_terms(env, argv[2]) || !enif_get_uint(env, argv[3], &script.timeframe.kind) ||
      !enif_get_uint(env, argv[4], &script.timeframe.count))
    return enif_make_badarg(env);
  ERL_NIF_TERM details = fxaot_map(env, 1, &atoms.symbol, &argv[1]);
  if (!fxaot_get_instrument(env, argv[1], argv[2], &instrument))
    return fxaot_status_error(env, FXAOT_BAD_INSTRUMENT, details);
  if (!fxaot_get_script_params(env, argv[5], &params)) return enif_make_badarg(env);
  script.program = program.data;
  script.length = program.size;
  script.params = params.values;
  script.param_count = params.count;
  fxaot_no_refusal(&error);
  planning planning = {&script, &instrument, &plan, &error, FXAOT_OK};
  int32_t status = fxaot_on_large_stack(make_plan, &planning);
  if (status == FXAOT_OK) status = planning.status;
  ERL_NIF_TERM answer =
      status == FXAOT_OK
          ? plan_term(env, &fxaot_own_library, &plan)
          : fxaot_refusal(env, status, fxaot_script_param_name(&params, &error), &error, details);
  enif_free(params.texts);
  return answer;
}

/* ---- attaching -------------------------------------------------------------- */

/* (Prepared, Native), any process, dirty */
FXAOT_NIF(fxaot_nif_attach_native_2) {
  prepared_resource *prepared = fxaot_get_prepared(env, argv[0]);
  native_resource *native = get_native(env, argv[1]);
  fxaot_engine_refusal error;
  (void)argc;
  if (!prepared || !native) return enif_make_badarg(env);
  if (prepared->library != native->library) return fxaot_other_library(env);
  fxaot_no_refusal(&error);
  enif_mutex_lock(prepared->lock);
  int32_t status =
      prepared->library->prepared_attach_native(prepared->version, native->code, &error);
  enif_mutex_unlock(prepared->lock);
  return status == FXAOT_OK ? atoms.ok
                            : fxaot_refusal(env, status, NULL, &error, enif_make_new_map(env));
}

/* (Engine, Id, Native) */
FXAOT_ENGINE_NIF(fxaot_nif_attach_native, 3, "attach_native_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  native_resource *native = get_native(env, argv[2]);
  fxaot_engine_refusal error;
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1]) || !native) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  if (handle->library != native->library) return fxaot_other_library(env);
  fxaot_no_refusal(&error);
  int32_t status =
      handle->library->engine_attach_native(handle->engine, argv[1], native->code, &error);
  return status == FXAOT_OK
             ? atoms.ok
             : fxaot_refusal(env, status, NULL, &error, fxaot_map(env, 1, &atoms.id, &argv[1]));
}

/* (Engine, Id) */
FXAOT_ENGINE_NIF(fxaot_nif_detach_native, 2, "detach_native_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_engine_refusal error;
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1])) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_no_refusal(&error);
  int32_t status = handle->library->engine_detach_native(handle->engine, argv[1], &error);
  return status == FXAOT_OK
             ? atoms.ok
             : fxaot_refusal(env, status, NULL, &error, fxaot_map(env, 1, &atoms.id, &argv[1]));
}
