/* Versions of strategies outside of an engine, as terms. */
#ifndef FXAOT_NIF_RELOADS_H
#define FXAOT_NIF_RELOADS_H

#include "fxaot_nif_scripts.h"

/* Never changes: its functions are for any process. */
typedef struct basis_resource {
  const fxaot_library *library;
  fxaot_basis *basis;
} basis_resource;

/* Any process may use it; the lock makes them take turns. */
typedef struct prepared_resource {
  const fxaot_library *library;
  fxaot_prepared *version;
  ErlNifMutex *lock;
} prepared_resource;

extern ErlNifResourceType *fxaot_prepared_type;

static inline prepared_resource *fxaot_get_prepared(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_prepared_type, &object) ? object : NULL;
}

#endif
