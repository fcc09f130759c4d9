/* Shared by adding, preparing and reloading scripts. */
#ifndef FXAOT_NIF_SCRIPTS_H
#define FXAOT_NIF_SCRIPTS_H

#include "fxaot_nif.h"

/* Values of inputs: names and texts lie one behind the other, each with its NUL. */
typedef struct script_params {
  unsigned count;
  fxaot_script_param values[FXAOT_MAX_PARAMS];
  char *texts;
} script_params;

/* [{Name, Number | true | false | Text}]. False for a wrong term, or when there is no memory; when it
 * is true, `texts` is to be freed. */
bool fxaot_get_script_params(ErlNifEnv *env, ERL_NIF_TERM list, script_params *out);

/* The wrong parameter, or NULL. */
static inline const char *fxaot_script_param_name(const script_params *params,
                                                  const fxaot_engine_refusal *error) {
  return error->param < params->count ? params->values[error->param].name : NULL;
}

void fxaot_no_refusal(fxaot_engine_refusal *error);

/* {error, {StatusName, Details}}: the details given, or the wrong parameter, with the range and the
 * sentence of the error if it has them. */
ERL_NIF_TERM fxaot_refusal(ErlNifEnv *env, int32_t status, const char *parameter,
                           const fxaot_engine_refusal *error, ERL_NIF_TERM details);

/* Waits for a thread whose stack is large enough for any program. FXAOT_OUT_OF_MEMORY, FXAOT_THREAD. */
int32_t fxaot_on_large_stack(void (*body)(void *argument), void *argument);

#endif
