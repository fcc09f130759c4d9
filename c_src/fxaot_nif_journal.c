/* An engine's journal: batches of records out, records of segments in. */
#include "fxaot_nif_actors.h"
#include "fxaot_nif_scripts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The longest atom. */
#define NAME_BYTES 255
#define MOST_INSTRUMENTS 1024

/* ---- for any process ------------------------------------------------------ */

typedef struct batch {
  void *bytes;
  uint64_t count;
  uint32_t is_broken;
  const fxaot_library *library; /* of the snapshot */
  fxaot_snapshot *snapshot;
  /* Of instruments to drop. */
  const uint64_t *refs;
  uint64_t ref_count;
  int32_t status;
} batch;

typedef void journal_body(engine_resource *handle, batch *out);

static void take(engine_resource *handle, batch *out) {
  out->count = handle->library->engine_take_journal(handle->engine, &out->bytes, &out->is_broken);
}

/* What was recorded before the snapshot, and the snapshot. */
static void capture(engine_resource *handle, batch *out) {
  take(handle, out);
  out->library = handle->library;
  out->snapshot = handle->library->engine_capture(handle->engine);
}

static void lose(engine_resource *handle, batch *out) {
  (void)out;
  handle->library->engine_lose_journal(handle->engine);
}

static void drop(engine_resource *handle, batch *out) {
  out->status = handle->library->engine_drop(handle->engine, out->refs, out->ref_count);
  fxaot_assess(handle);
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
    const acting *it =
        fxaot_has_access(handle, FXAOT_AWAY) ? fxaot_acting_of(handle->running) : NULL;
    if (it) it->library->actor_pause(it->actor);
    body(handle, out);
    if (it) it->library->actor_resume(it->actor);
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

/* (Engine), any process, dirty: {ok, Records, Snapshot}, the records before it. The engine waits only while the state
 * is captured. */
FXAOT_NIF(fxaot_nif_journal_snapshot_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  batch out = {0};
  void *bytes = NULL;
  ERL_NIF_TERM records, snapshot;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!visited(handle, capture, &out)) return closed(env);
  uint64_t count = out.library->snapshot_bytes(out.snapshot, &bytes);
  unsigned char *data = enif_make_new_binary(env, out.is_broken ? 0 : out.count, &records);
  if (data && out.count && !out.is_broken) memcpy(data, out.bytes, out.count);
  fxaot_bytes_free(out.bytes);
  if (!bytes) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  data = enif_make_new_binary(env, count, &snapshot);
  if (data) memcpy(data, bytes, count);
  fxaot_bytes_free(bytes);
  return enif_make_tuple3(env, atoms.ok, records, snapshot);
}

/* (Engine), any process, dirty: its journal takes no records. */
FXAOT_NIF(fxaot_nif_lose_journal_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  batch out = {0};
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  return visited(handle, lose, &out) ? atoms.ok : closed(env);
}

/* (Engine, [Symbol]), any process, dirty: instruments that another engine has now. */
FXAOT_NIF(fxaot_nif_drop_2) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ERL_NIF_TERM head, list = argv[1];
  unsigned length;
  batch out = {0};
  (void)argc;
  if (!handle || !enif_get_list_length(env, list, &length) || length > MOST_INSTRUMENTS)
    return enif_make_badarg(env);
  uint64_t *refs = enif_alloc((length + 1) * sizeof *refs);
  if (!refs) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  out.refs = refs;
  while (enif_get_list_cell(env, list, &head, &list)) refs[out.ref_count++] = head;
  bool is_there = visited(handle, drop, &out);
  enif_free(refs);
  if (!is_there) return closed(env);
  return out.status == FXAOT_OK ? atoms.ok
                                : fxaot_status_error(env, out.status, enif_make_new_map(env));
}

void fxaot_tell_name(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM name) {
  char text[NAME_BYTES + 1];
  if (fxaot_get_text(env, name, text, sizeof text))
    handle->library->engine_name(handle->engine, name, text);
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
  int32_t status = handle->library->engine_start_journal(handle->engine, scope);
  handle->library->refs_free(handle->refs);
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
    it->status = it->handle->library->engine_apply(it->handle->engine, it->handle->refs,
                                                   record[RECORD_HEAD - 1], record + RECORD_HEAD,
                                                   length, make_ref, it->env, &it->error);
    if (it->status == FXAOT_OK) it->place += RECORD_HEAD + length + RECORD_TAIL;
  }
}

static FXAOT_NIF(apply_body) {
  application it = {.env = env, .handle = fxaot_get_engine(env, argv[0])};
  (void)argc;
  if (!it.handle || !enif_inspect_binary(env, argv[1], &it.bytes)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, it.handle)) return fxaot_unusable(env, it.handle);
  if (!it.handle->refs && !(it.handle->refs = it.handle->library->refs_new()))
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

/* (Engine), dirty: after the last record of a recovery without quotes. */
static FXAOT_NIF(mark_body) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->library->engine_mark_stale(handle->engine);
  return atoms.ok;
}

FXAOT_NIF(fxaot_nif_mark_stale_1) { return fxaot_visit(env, argc, argv, mark_body); }

typedef struct warming {
  engine_resource *handle;
  ErlNifBinary quotes;
  int32_t status;
} warming;

static void warm(void *argument) {
  warming *it = argument;
  it->status =
      it->handle->library->engine_warm(it->handle->engine, (const fxaot_quote *)it->quotes.data,
                                       it->quotes.size / sizeof(fxaot_quote));
}

static FXAOT_NIF(warm_body) {
  warming it = {.handle = fxaot_get_engine(env, argv[0])};
  (void)argc;
  if (!it.handle || !enif_inspect_binary(env, argv[1], &it.quotes) ||
      it.quotes.size % sizeof(fxaot_quote))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, it.handle)) return fxaot_unusable(env, it.handle);
  int32_t status = fxaot_on_large_stack(warm, &it);
  if (status == FXAOT_OK) status = it.status;
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, enif_make_new_map(env));
}

/* (Engine, Quotes), dirty: quotes of the past, in which nothing trades. */
FXAOT_NIF(fxaot_nif_warm_2) { return fxaot_visit(env, argc, argv, warm_body); }

typedef struct loading {
  ErlNifEnv *env; /* for atoms alone */
  ErlNifBinary bytes;
  fxaot_refs *refs;
  fxaot_engine *engine;
  int32_t status;
  fxaot_engine_refusal error;
} loading;

static void load_engine(void *argument) {
  loading *it = argument;
  it->status = fxaot_own_library.engine_load(it->bytes.data, it->bytes.size, it->refs, make_ref,
                                             it->env, &it->engine, &it->error);
}

/* (Snapshot), dirty: {ok, Engine} */
FXAOT_NIF(fxaot_nif_restore_1) {
  loading it = {.env = env};
  ErlNifPid self;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &it.bytes) || !enif_self(env, &self))
    return enif_make_badarg(env);
  engine_resource *handle = fxaot_new_engine(self);
  it.refs = fxaot_own_library.refs_new();
  if (!handle || !it.refs) {
    if (handle) enif_release_resource(handle);
    fxaot_own_library.refs_free(it.refs);
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  handle->refs = it.refs;
  fxaot_no_refusal(&it.error);
  int32_t status = fxaot_on_large_stack(load_engine, &it);
  handle->engine = it.engine;
  ERL_NIF_TERM term = enif_make_resource(env, handle);
  enif_release_resource(handle);
  if (status == FXAOT_OK) status = it.status;
  if (status != FXAOT_OK)
    return fxaot_refusal(env, status, NULL, &it.error, enif_make_new_map(env));
  handle->has_scripts = true;
  fxaot_assess(handle);
  return fxaot_ok(env, term);
}

/* ---- records of a segment -------------------------------------------------- */

/* What a call on a normal scheduler may take: about a nanosecond a byte and half a microsecond a record. */
#define MOST_BYTES 100000
#define RECORDS_AT_ONCE 256

/* (Batch, Chain): {ok, Records, Chain} */
FXAOT_NIF(fxaot_nif_frame_2) {
  ErlNifBinary batch;
  fxaot_record_chain chain;
  void *bytes;
  uint64_t length;
  if (!enif_inspect_binary(env, argv[0], &batch) ||
      !fxaot_get_struct(env, argv[1], &chain, sizeof chain))
    return enif_make_badarg(env);
  if (batch.size > MOST_BYTES && fxaot_is_on_normal_scheduler())
    return enif_schedule_nif(env, "frame_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, fxaot_nif_frame_2, argc,
                             argv);
  int32_t status = fxaot_records_frame(batch.data, batch.size, &chain, &bytes, &length);
  if (status != FXAOT_OK) return fxaot_status_error(env, status, enif_make_new_map(env));
  ERL_NIF_TERM records = fxaot_binary_term(env, bytes, length);
  fxaot_bytes_free(bytes);
  return enif_make_tuple3(env, atoms.ok, records, fxaot_binary_term(env, &chain, sizeof chain));
}

static ERL_NIF_TERM fault_term(ErlNifEnv *env, uint32_t fault) {
  static const char *const names[] = {"none",     "short", "length", "sum",
                                      "sequence", "epoch", "hash",   "type"};
  return enif_make_atom(env, fault < sizeof names / sizeof *names ? names[fault] : "unknown");
}

/* (Bytes, Chain), dirty: {Whole, Fault, IsLater, [{Type, Sequence, Epoch, Offset, Length}], Chain}: the bytes of whole
 * records, what is wrong with the next one, whether a record lies behind it, and all of a kind that no engine
 * carries out. */
FXAOT_NIF(fxaot_nif_read_records_3) {
  ErlNifBinary bytes;
  fxaot_record_chain chain;
  fxaot_record found[RECORDS_AT_ONCE];
  fxaot_records result = {0};
  ERL_NIF_TERM list = enif_make_list(env, 0), reversed;
  uint64_t place = 0;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &bytes) ||
      !fxaot_get_struct(env, argv[1], &chain, sizeof chain) || !enif_is_atom(env, argv[2]))
    return enif_make_badarg(env);
  bool wants_all = argv[2] == atoms.atom_true;
  do {
    fxaot_records_read(bytes.data + place, bytes.size - place, &chain, found, RECORDS_AT_ONCE,
                       &result);
    for (uint64_t n = 0; n < result.count; n++) {
      if (!wants_all && found[n].type >= 3 && found[n].type <= 6) continue;
      list = enif_make_list_cell(env,
                                 enif_make_tuple5(env, enif_make_uint(env, found[n].type),
                                                  enif_make_uint64(env, found[n].sequence),
                                                  enif_make_uint64(env, found[n].epoch),
                                                  enif_make_uint64(env, place + found[n].offset),
                                                  enif_make_uint(env, found[n].length)),
                                 list);
    }
    place += result.bytes;
  } while (!result.fault && place < bytes.size && result.count > 0);
  bool is_later = result.fault && fxaot_records_follow(bytes.data, bytes.size, place, &chain) != 0;
  enif_make_reverse_list(env, list, &reversed);
  return enif_make_tuple5(env, enif_make_uint64(env, place), fault_term(env, result.fault),
                          is_later ? atoms.atom_true : atoms.atom_false, reversed,
                          fxaot_binary_term(env, &chain, sizeof chain));
}

/* (Bytes): CRC-32C. */
FXAOT_NIF(fxaot_nif_crc32c_1) {
  ErlNifBinary bytes;
  if (!enif_inspect_binary(env, argv[0], &bytes)) return enif_make_badarg(env);
  if (bytes.size > MOST_BYTES && fxaot_is_on_normal_scheduler())
    return enif_schedule_nif(env, "crc32c_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, fxaot_nif_crc32c_1,
                             argc, argv);
  return enif_make_uint(env, fxaot_crc32c(bytes.data, bytes.size));
}

/* (Bytes), dirty */
FXAOT_NIF(fxaot_nif_sha256_1) {
  ErlNifBinary bytes;
  uint8_t hash[FXAOT_HASH_BYTES];
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &bytes)) return enif_make_badarg(env);
  fxaot_sha256(bytes.data, bytes.size, hash);
  return fxaot_binary_term(env, hash, sizeof hash);
}

/* ---- one journal, one node -------------------------------------------------- */

typedef struct file_lock {
  _Atomic int descriptor; /* −1: given back */
} file_lock;

static ErlNifResourceType *lock_type;

static void give_back(file_lock *lock) {
  int descriptor = atomic_exchange(&lock->descriptor, -1);
  if (descriptor >= 0) close(descriptor);
}

static void lock_destructor(ErlNifEnv *env, void *object) {
  (void)env;
  give_back(object);
}

bool fxaot_open_locks(ErlNifEnv *env, ErlNifResourceFlags flags) {
  lock_type = enif_open_resource_type(env, NULL, "fxaot_file_lock", lock_destructor, flags, NULL);
  return lock_type != NULL;
}

const char *fxaot_errno_name(int reason) {
  switch (reason) {
  case EACCES: return "eacces";
  case ENOENT: return "enoent";
  case ENOSPC: return "enospc";
  case EROFS: return "erofs";
  case ELOOP: return "eloop";
  case ENOTDIR: return "enotdir";
  case EISDIR: return "eisdir";
  case EBADF: return "ebadf";
  case EDQUOT: return "edquot";
  case EFBIG: return "efbig";
  case ENOMEM: return "enomem";
  case ENOTSOCK: return "enotsock";
  default: return "eio";
  }
}

/* (Path), dirty: {ok, Lock}. The file is made where it is not there. The system takes the lock back when the
 * process ends, however it does; here unlock_file_nif or the garbage collector. */
FXAOT_NIF(fxaot_nif_lock_file_1) {
  ErlNifBinary path;
  char text[4096];
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &path) || path.size >= sizeof text ||
      memchr(path.data, 0, path.size))
    return enif_make_badarg(env);
  memcpy(text, path.data, path.size);
  text[path.size] = 0;
  file_lock *lock = enif_alloc_resource(lock_type, sizeof *lock);
  if (!lock) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  lock->descriptor = open(text, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool is_locked = lock->descriptor >= 0 && flock(lock->descriptor, LOCK_EX | LOCK_NB) == 0;
  int reason = errno;
  ERL_NIF_TERM term = enif_make_resource(env, lock);
  enif_release_resource(lock);
  if (is_locked) return fxaot_ok(env, term);
  return enif_make_tuple2(
      env, atoms.error,
      enif_make_atom(env, reason == EWOULDBLOCK ? "taken" : fxaot_errno_name(reason)));
}

/* (Lock) */
FXAOT_NIF(fxaot_nif_unlock_file_1) {
  void *object;
  (void)argc;
  if (!enif_get_resource(env, argv[0], lock_type, &object)) return enif_make_badarg(env);
  give_back(object);
  return atoms.ok;
}
