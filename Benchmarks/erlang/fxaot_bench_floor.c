/* The floor of a call from Erlang: NIFs that do nothing. They live here, not in the product. */
#include <erl_nif.h>

static ERL_NIF_TERM empty_nif(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
  (void)env, (void)argc;
  return argv[1];
}

static ErlNifFunc functions[] = {{"empty", 5, empty_nif, 0}};

ERL_NIF_INIT(fxaot_bench_floor, functions, NULL, NULL, NULL, NULL)
