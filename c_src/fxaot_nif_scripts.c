/* Scripts: a program's bytes and its inputs' values. */
#include "fxaot_nif_scripts.h"

#include <math.h>
#include <string.h>

static bool is_text(ErlNifBinary *text) { return !memchr(text->data, 0, text->size); }

/* {Name, Number | true | false | Text} with binaries for names and texts */
static bool get_pair(ErlNifEnv *env, ERL_NIF_TERM term, ErlNifBinary *name, ErlNifBinary *text,
                     fxaot_script_param *out) {
  const ERL_NIF_TERM *pair;
  int arity;
  if (!enif_get_tuple(env, term, &arity, &pair) || arity != 2 ||
      !enif_inspect_binary(env, pair[0], name) || !is_text(name))
    return false;
  memset(out, 0, sizeof *out);
  text->size = 0;
  if (enif_get_double(env, pair[1], &out->number)) {
    out->kind = FXAOT_NUMBER;
  } else if (enif_inspect_binary(env, pair[1], text) && is_text(text)) {
    out->kind = FXAOT_TEXT;
  } else if (enif_is_atom(env, pair[1])) {
    out->kind = FXAOT_BOOL;
    out->number = enif_is_identical(pair[1], atoms.atom_true);
  } else {
    return false;
  }
  return true;
}

static char *copy(char *to, const ErlNifBinary *text) {
  memcpy(to, text->data, text->size);
  to[text->size] = 0;
  return to + text->size + 1;
}

bool fxaot_get_script_params(ErlNifEnv *env, ERL_NIF_TERM list, script_params *out) {
  ErlNifBinary name, text;
  ERL_NIF_TERM head, rest = list;
  size_t bytes = 1;
  for (out->count = 0; enif_get_list_cell(env, rest, &head, &rest); out->count++) {
    if (out->count == FXAOT_MAX_PARAMS ||
        !get_pair(env, head, &name, &text, &out->values[out->count]))
      return false;
    bytes += name.size + text.size + 2;
  }
  if (!enif_is_empty_list(env, rest) || !(out->texts = enif_alloc(bytes))) return false;
  char *free = out->texts;
  for (unsigned i = 0; i < out->count; i++) {
    fxaot_script_param *value = &out->values[i];
    enif_get_list_cell(env, list, &head, &list);
    get_pair(env, head, &name, &text, value);
    value->name = free;
    free = copy(free, &name);
    if (value->kind == FXAOT_TEXT) {
      value->text = free;
      free = copy(free, &text);
    }
  }
  return true;
}

static ERL_NIF_TERM put(ErlNifEnv *env, ERL_NIF_TERM map, ERL_NIF_TERM key, ERL_NIF_TERM value) {
  ERL_NIF_TERM larger = map;
  enif_make_map_put(env, map, key, value, &larger);
  return larger;
}

ERL_NIF_TERM fxaot_refusal(ErlNifEnv *env, int32_t status, const char *parameter,
                           const fxaot_engine_refusal *error, ERL_NIF_TERM details) {
  if (parameter)
    details = put(env, enif_make_new_map(env), atoms.parameter, fxaot_text(env, parameter));
  if (error->minimum == error->minimum)
    details = put(env, details, atoms.minimum, fxaot_double(env, error->minimum));
  if (error->maximum == error->maximum)
    details = put(env, details, atoms.maximum, fxaot_double(env, error->maximum));
  if (error->message[0])
    details = put(env, details, atoms.message, fxaot_text(env, error->message));
  return fxaot_status_error(env, status, details);
}

/* Enough for the most deeply nested program, with room to spare: a dirty scheduler's own
 * stack has 40 kilowords. */
#define STACK_KILOWORDS 1024

typedef struct errand {
  void (*body)(void *argument);
  void *argument;
} errand;

static void *run(void *argument) {
  errand *it = argument;
  it->body(it->argument);
  return NULL;
}

int32_t fxaot_on_large_stack(void (*body)(void *argument), void *argument) {
  static char name[] = "fxaot_script";
  errand it = {body, argument};
  ErlNifTid thread;
  ErlNifThreadOpts *options = enif_thread_opts_create(name);
  if (!options) return FXAOT_OUT_OF_MEMORY;
  options->suggested_stack_size = STACK_KILOWORDS;
  int failed = enif_thread_create(name, &thread, run, &it, options);
  enif_thread_opts_destroy(options);
  if (failed) return FXAOT_THREAD;
  enif_thread_join(thread, NULL);
  return FXAOT_OK;
}

typedef struct addition {
  engine_resource *handle;
  const fxaot_script *script;
  ERL_NIF_TERM id;
  fxaot_engine_refusal *error;
  int32_t status;
} addition;

static void add(void *argument) {
  addition *it = argument;
  it->status =
      it->handle->library->engine_add_script(it->handle->engine, it->script, it->id, it->error);
}

void fxaot_no_refusal(fxaot_engine_refusal *error) {
  memset(error, 0, sizeof *error);
  error->param = UINT64_MAX;
  error->minimum = error->maximum = NAN;
}

static FXAOT_NIF(add_script) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_script script;
  fxaot_engine_refusal error;
  script_params params;
  ErlNifBinary program;
  (void)argc;
  memset(&script, 0, sizeof script);
  if (!handle || !enif_is_atom(env, argv[1]) || !enif_inspect_binary(env, argv[2], &program) ||
      !enif_is_atom(env, argv[3]) || !enif_get_uint(env, argv[4], &script.timeframe.kind) ||
      !enif_get_uint(env, argv[5], &script.timeframe.count) ||
      !enif_get_uint(env, argv[6], &script.price))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  if (!fxaot_get_script_params(env, argv[7], &params)) return enif_make_badarg(env);
  script.program = program.data;
  script.length = program.size;
  script.symbol_ref = argv[3];
  script.params = params.values;
  script.param_count = params.count;

  fxaot_no_refusal(&error);
  fxaot_tell_name(env, handle, argv[1]);
  addition addition = {handle, &script, argv[1], &error, FXAOT_OK};
  int32_t status = fxaot_on_large_stack(add, &addition);
  if (status == FXAOT_OK) status = addition.status;
  if (status == FXAOT_OK) handle->has_scripts = true;
  fxaot_assess(handle);
  ERL_NIF_TERM answer = atoms.ok;
  if (status != FXAOT_OK) {
    ERL_NIF_TERM keys[] = {atoms.id, atoms.symbol}, values[] = {argv[1], argv[3]};
    answer = fxaot_refusal(env, status, fxaot_script_param_name(&params, &error), &error,
                           fxaot_map(env, 2, keys, values));
  }
  enif_free(params.texts);
  return answer;
}

/* (Engine, Id, Program, Symbol, TimeframeKind, Count, Price, [{Input, Value}]), dirty: a program of
 * usual size takes about a millisecond, the largest a hundred times that. */
FXAOT_NIF(fxaot_nif_add_script_8) { return fxaot_visit(env, argc, argv, add_script); }
