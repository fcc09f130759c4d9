/* Shared libraries with strategies of their own. */
#include "fxaot_nif.h"

#include <dlfcn.h>

#define PATH_BYTES 4096
#define NAME_BYTES 256

/* A table stays for the life of the process, so its library does too. */
static void *opened(const char *path) {
  return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
}

static ERL_NIF_TERM unloadable(ErlNifEnv *env) {
  const char *why = dlerror();
  ERL_NIF_TERM message = fxaot_text(env, why ? why : "it cannot be loaded");
  return fxaot_error(env, enif_make_atom(env, "strategy_library"),
                     fxaot_map(env, 1, &atoms.message, &message));
}

static ERL_NIF_TERM refused(ErlNifEnv *env, const fxaot_strategy *table, int32_t status) {
  /* A table of another version may begin with the same number alone. */
  bool has_name = status != FXAOT_BAD_ABI && table->name;
  ERL_NIF_TERM keys[] = {atoms.reason, atoms.strategy};
  ERL_NIF_TERM values[] = {enif_make_atom(env, fxaot_status_name(status)),
                           has_name ? fxaot_text(env, table->name) : enif_make_atom(env, "none")};
  return fxaot_error(env, enif_make_atom(env, "strategy_library"), fxaot_map(env, 2, keys, values));
}

/* (Path), dirty, input and output: {ok, [Name]} of the strategies that the library has. Loading it again does nothing. */
FXAOT_NIF(fxaot_nif_load_strategies_1) {
  char path[PATH_BYTES];
  ERL_NIF_TERM list = enif_make_list(env, 0), names;
  (void)argc;
  if (!enif_is_binary(env, argv[0]) || !fxaot_get_text(env, argv[0], path, sizeof path))
    return enif_make_badarg(env);
  void *library = opened(path);
  if (!library) return unloadable(env);
  fxaot_library_strategy_function strategy = NULL;
  *(void **)&strategy = dlsym(library, FXAOT_LIBRARY_STRATEGY);
  if (!strategy) {
    ERL_NIF_TERM result = unloadable(env);
    dlclose(library);
    return result;
  }
  const fxaot_strategy *table;
  for (uint64_t n = 0; n < FXAOT_LIBRARY_STRATEGIES && (table = strategy(n)); n++) {
    int32_t status = fxaot_strategy_register(table);
    if (status == FXAOT_ALREADY_EXISTS && fxaot_strategy_find(table->name) == table)
      status = FXAOT_OK;
    if (status != FXAOT_OK) return refused(env, table, status);
    list = enif_make_list_cell(env, fxaot_text(env, table->name), list);
  }
  enif_make_reverse_list(env, list, &names);
  return fxaot_ok(env, names);
}
