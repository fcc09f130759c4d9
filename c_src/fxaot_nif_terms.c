/* The small terms that every part of the shim makes or reads. */
#include "fxaot_nif.h"

#include <string.h>

fxaot_atoms atoms;

void fxaot_make_atoms(ErlNifEnv *env) {
#define FXAOT_ATOM_MAKE(name) atoms.name = enif_make_atom(env, #name);
  FXAOT_ATOMS(FXAOT_ATOM_MAKE)
#undef FXAOT_ATOM_MAKE
  atoms.atom_float = enif_make_atom(env, "float");
  atoms.atom_true = enif_make_atom(env, "true");
  atoms.atom_false = enif_make_atom(env, "false");
  atoms.atom_default = enif_make_atom(env, "default");
}

ERL_NIF_TERM fxaot_error(ErlNifEnv *env, ERL_NIF_TERM reason, ERL_NIF_TERM details) {
  return enif_make_tuple2(env, atoms.error, enif_make_tuple2(env, reason, details));
}

ERL_NIF_TERM fxaot_status_error(ErlNifEnv *env, int32_t status, ERL_NIF_TERM details) {
  return fxaot_error(env, enif_make_atom(env, fxaot_status_name(status)), details);
}

ERL_NIF_TERM fxaot_other_library(ErlNifEnv *env) {
  return fxaot_error(env, atoms.other_library, enif_make_new_map(env));
}

ERL_NIF_TERM fxaot_unknown_code(ErlNifEnv *env, uint32_t code) {
  return enif_make_tuple2(env, atoms.unknown_code, enif_make_uint(env, code));
}

ERL_NIF_TERM fxaot_ok(ErlNifEnv *env, ERL_NIF_TERM term) {
  return enif_make_tuple2(env, atoms.ok, term);
}

ERL_NIF_TERM fxaot_map(ErlNifEnv *env, unsigned count, const ERL_NIF_TERM *keys,
                       const ERL_NIF_TERM *values) {
  ERL_NIF_TERM map;
  /* Fails only on equal keys, and every caller's are distinct atoms. */
  enif_make_map_from_arrays(env, (ERL_NIF_TERM *)keys, (ERL_NIF_TERM *)values, count, &map);
  return map;
}

ERL_NIF_TERM fxaot_map_of_pairs(ErlNifEnv *env, unsigned count, const ERL_NIF_TERM pairs[][2]) {
  ERL_NIF_TERM keys[32], values[32];
  for (unsigned i = 0; i < count && i < 32; i++) {
    keys[i] = pairs[i][0];
    values[i] = pairs[i][1];
  }
  return fxaot_map(env, count < 32 ? count : 32, keys, values);
}

ERL_NIF_TERM fxaot_text(ErlNifEnv *env, const char *text) {
  ERL_NIF_TERM term;
  size_t length = strlen(text);
  memcpy(enif_make_new_binary(env, length, &term), text, length);
  return term;
}

bool fxaot_get_text(ErlNifEnv *env, ERL_NIF_TERM term, char *out, unsigned size) {
  ErlNifBinary binary;
  if (enif_is_atom(env, term)) return enif_get_atom(env, term, out, size, ERL_NIF_LATIN1) > 0;
  if (!enif_inspect_binary(env, term, &binary) || binary.size >= size ||
      memchr(binary.data, 0, binary.size))
    return false;
  memcpy(out, binary.data, binary.size);
  out[binary.size] = 0;
  return true;
}

ERL_NIF_TERM fxaot_double(ErlNifEnv *env, double value) {
  return enif_make_double(env, value - value == 0 ? value : 0.0);
}

bool fxaot_get_params(ErlNifEnv *env, ERL_NIF_TERM list, param_list *out) {
  ERL_NIF_TERM head;
  const ERL_NIF_TERM *pair;
  int arity;
  for (out->count = 0; enif_get_list_cell(env, list, &head, &list); out->count++) {
    unsigned i = out->count;
    if (i == FXAOT_MAX_PARAMS || !enif_get_tuple(env, head, &arity, &pair) || arity != 2 ||
        !fxaot_get_text(env, pair[0], out->names[i], FXAOT_PARAM_NAME_BYTES) ||
        !enif_get_double(env, pair[1], &out->values[i].value))
      return false;
    out->values[i].name = out->names[i];
  }
  return enif_is_empty_list(env, list);
}

ERL_NIF_TERM fxaot_param_details(ErlNifEnv *env, const param_list *params, uint64_t bad,
                                 const char *strategy) {
  ERL_NIF_TERM key = bad < params->count ? atoms.parameter : atoms.strategy;
  ERL_NIF_TERM value = fxaot_text(env, bad < params->count ? params->names[bad] : strategy);
  return fxaot_map(env, 1, &key, &value);
}

ERL_NIF_TERM fxaot_binary_term(ErlNifEnv *env, const void *bytes, size_t size) {
  ERL_NIF_TERM term;
  unsigned char *data = enif_make_new_binary(env, size, &term);
  if (data && size) memcpy(data, bytes, size);
  return term;
}

bool fxaot_get_struct(ErlNifEnv *env, ERL_NIF_TERM term, void *out, size_t size) {
  ErlNifBinary bytes;
  if (!enif_inspect_binary(env, term, &bytes) || bytes.size != size) return false;
  memcpy(out, bytes.data, size);
  return true;
}
