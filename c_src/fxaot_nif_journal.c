/* An engine's journal: batches of records out, records of segments in. */
#include "fxaot_nif_actors.h"
#include "fxaot_nif_scripts.h"

#include <string.h>

/* The longest atom. */
#define NAME_BYTES 255

/* ---- for any process ------------------------------------------------------ */

typedef struct batch {
  void *bytes;
  uint64_t count;
  uint32_t is_broken;
} batch;

typedef void journal_body(engine_resource *handle, batch *out);

static void take(engine_resource *handle, batch *out) {
  out->count = fxaot_engine_take_journal(handle->engine, &out->bytes, &out->is_broken);
}

static void lose(engine_resource *handle, batch *out) {
  (void)out;
  fxaot_engine_lose_journal(handle->engine);
}

/* {ok, Records, IsBroken} */
static ERL_NIF_TERM batch_term(ErlNifEnv *env, batch *it) {
  ERL_NIF_TERM binary;
  unsigned char *data = enif_make_new_binary(env, it->count, &binary);
  if (data && it->count) memcpy(data, it->bytes, it->count);
  fxaot_bytes_free(it->bytes);
  return enif_make_tuple3(env, atoms.ok, binary,
                          it->is_broken ? atoms.atom_true : atoms.atom_false);
}

static ERL_NIF_TERM closed(ErlNifEnv *env) {
  return fxaot_error(env, atoms.closed, enif_make_new_map(env));
}

/* On a dirty scheduler; an actor pauses between two turns. */
static bool visited(engine_resource *handle, journal_body *body, batch *out) {
  bool is_there;
  if (fxaot_has_access(handle, FXAOT_SHARED)) {
    fxaot_lock_dirty(handle);
    if ((is_there = handle->engine != NULL)) body(handle, out);
    fxaot_unlock(handle);
    return is_there;
  }
  enif_mutex_lock(handle->control);
  if ((is_there = handle->engine != NULL)) {
    fxaot_actor *actor = fxaot_has_access(handle, FXAOT_AWAY) ? fxaot_actor_of(handle) : NULL;
    if (actor) fxaot_actor_pause(actor);
    body(handle, out);
    if (actor) fxaot_actor_resume(actor);
  }
  enif_mutex_unlock(handle->control);
  return is_there;
}

static FXAOT_NIF(take_dirty) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  batch out = {0};
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  return visited(handle, take, &out) ? batch_term(env, &out) : closed(env);
}

/* (Engine), any process: what the engine has recorded since the last call. */
FXAOT_NIF(fxaot_nif_take_journal_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  batch out = {0};
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_has_access(handle, FXAOT_SHARED))
    return enif_schedule_nif(env, "take_journal_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, take_dirty, argc,
                             argv);
  if (!fxaot_lock(handle))
    return fxaot_try_again(env, "take_journal_nif", fxaot_nif_take_journal_1, argc, argv);
  bool is_there = handle->engine != NULL;
  if (is_there) take(handle, &out);
  fxaot_unlock(handle);
  return is_there ? batch_term(env, &out) : closed(env);
}

/* (Engine), any process, dirty: its journal takes no records. */
FXAOT_NIF(fxaot_nif_lose_journal_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  batch out = {0};
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  return visited(handle, lose, &out) ? atoms.ok : closed(env);
}

void fxaot_tell_name(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM name) {
  char text[NAME_BYTES + 1];
  if (fxaot_get_text(env, name, text, sizeof text)) fxaot_engine_name(handle->engine, name, text);
}

/* ---- for the owner -------------------------------------------------------- */

/* (Engine, Scope) */
FXAOT_ENGINE_NIF(fxaot_nif_start_journal, 2, "start_journal_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  unsigned scope;
  (void)argc;
  if (!handle || !enif_get_uint(env, argv[1], &scope) || scope > FXAOT_JOURNAL_INPUTS)
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  int32_t status = fxaot_engine_start_journal(handle->engine, scope);
  fxaot_refs_free(handle->refs);
  handle->refs = NULL;
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, enif_make_new_map(env));
}

/* An atom is its own ref. */
static uint64_t make_ref(void *context, const void *name, uint64_t length) {
  if (length > NAME_BYTES) return 0;
  return enif_make_atom_len(context, name, (size_t)length);
}

static uint32_t get_u32(const unsigned char *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
         (uint32_t)bytes[3] << 24;
}

/* A record of a segment: length, sequence, epoch, type, payload, hash, sum. */
#define RECORD_HEAD 21
#define RECORD_TAIL 36

typedef struct application {
  ErlNifEnv *env; /* for atoms alone */
  engine_resource *handle;
  ErlNifBinary bytes;
  size_t place;
  int32_t status;
  fxaot_engine_refusal error;
} application;

static void apply_records(void *argument) {
  application *it = argument;
  while (it->status == FXAOT_OK && it->place < it->bytes.size) {
    const unsigned char *record = it->bytes.data + it->place;
    size_t left = it->bytes.size - it->place;
    uint32_t length = left < RECORD_HEAD + RECORD_TAIL ? UINT32_MAX : get_u32(record);
    if (left < RECORD_HEAD + RECORD_TAIL || length > left - RECORD_HEAD - RECORD_TAIL) {
      it->status = FXAOT_BAD_LENGTH;
      return;
    }
    it->status = fxaot_engine_apply(it->handle->engine, it->handle->refs, record[RECORD_HEAD - 1],
                                    record + RECORD_HEAD, length, make_ref, it->env, &it->error);
    if (it->status == FXAOT_OK) it->place += RECORD_HEAD + length + RECORD_TAIL;
  }
}

static FXAOT_NIF(apply_body) {
  application it = {.env = env, .handle = fxaot_get_engine(env, argv[0])};
  (void)argc;
  if (!it.handle || !enif_inspect_binary(env, argv[1], &it.bytes)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, it.handle)) return fxaot_unusable(env, it.handle);
  if (!it.handle->refs && !(it.handle->refs = fxaot_refs_new()))
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  fxaot_no_refusal(&it.error);
  /* A program may be nested deeply. */
  int32_t status = fxaot_on_large_stack(apply_records, &it);
  it.handle->has_scripts = true;
  fxaot_assess(it.handle);
  if (status == FXAOT_OK && it.status == FXAOT_OK) return atoms.ok;
  ERL_NIF_TERM keys[] = {atoms.offset, atoms.message};
  ERL_NIF_TERM values[] = {enif_make_uint64(env, it.place), fxaot_text(env, it.error.message)};
  return fxaot_status_error(env, status == FXAOT_OK ? it.status : status,
                            fxaot_map(env, 2, keys, values));
}

/* (Engine, Records), dirty: whole records of a segment, which have been checked. */
FXAOT_NIF(fxaot_nif_apply_2) { return fxaot_visit(env, argc, argv, apply_body); }
