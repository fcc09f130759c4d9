/* How a FIX message leaves: its record into the store's file, then its bytes into the socket, in one call. A thread
 * for files is woken once, and the counterparty reads while the session's process is woken again. */
#include "fxaot_nif.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors of its own: those of Erlang may be closed meanwhile. */
typedef struct fix_wire {
  ErlNifMutex *lock; /* held while a message leaves */
  int file, socket;  /* −1: closed */
} fix_wire;

static ErlNifResourceType *wire_type;

static void close_both(fix_wire *wire) {
  if (wire->file >= 0) close(wire->file);
  if (wire->socket >= 0) close(wire->socket);
  wire->file = wire->socket = -1;
}

static void wire_destructor(ErlNifEnv *env, void *object) {
  fix_wire *wire = object;
  (void)env;
  close_both(wire);
  if (wire->lock) enif_mutex_destroy(wire->lock);
}

bool fxaot_open_wires(ErlNifEnv *env, ErlNifResourceFlags flags) {
  wire_type = enif_open_resource_type(env, NULL, "fxaot_fix_wire", wire_destructor, flags, NULL);
  return wire_type != NULL;
}

static ERL_NIF_TERM failed(ErlNifEnv *env, int reason) {
  return enif_make_tuple2(env, atoms.error, enif_make_atom(env, fxaot_errno_name(reason)));
}

/* 0, or why not. */
static int open_both(fix_wire *wire, const char *path, int socket) {
  struct stat info;
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0) return errno;
  if (type != SOCK_STREAM) return ENOTSOCK;
  wire->file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK); /* of a pipe */
  if (wire->file < 0 || fstat(wire->file, &info) != 0) return errno;
  if (!S_ISREG(info.st_mode)) return EISDIR;
  wire->socket = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  return wire->socket < 0 ? errno : 0;
}

/* (Path, Socket), dirty: {ok, Wire}, of a file that is there and the descriptor of a connected socket. */
FXAOT_NIF(fxaot_nif_fix_wire_2) {
  ErlNifBinary path;
  char text[4096];
  int socket;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &path) || path.size >= sizeof text ||
      memchr(path.data, 0, path.size) || !enif_get_int(env, argv[1], &socket) || socket < 0)
    return enif_make_badarg(env);
  memcpy(text, path.data, path.size);
  text[path.size] = 0;
  fix_wire *wire = enif_alloc_resource(wire_type, sizeof *wire);
  if (!wire) return failed(env, ENOMEM);
  wire->file = wire->socket = -1;
  wire->lock = enif_mutex_create("fxaot_fix_wire");
  int reason = wire->lock ? open_both(wire, text, socket) : ENOMEM;
  ERL_NIF_TERM term = enif_make_resource(env, wire);
  enif_release_resource(wire);
  return reason ? failed(env, reason) : fxaot_ok(env, term);
}

/* 0, or why not all of it is in the file. */
static int write_all(int file, const ErlNifBinary *record, bool is_synced) {
  for (size_t done = 0; done < record->size;) {
    ssize_t count = write(file, record->data + done, record->size - done);
    if (count > 0)
      done += (size_t)count;
    else if (count == 0)
      return ENOSPC;
    else if (errno != EINTR)
      return errno;
  }
  while (is_synced && fdatasync(file) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

/* What leaves without waiting for the counterparty. A connection that is lost takes nothing. */
static size_t send_some(int socket, const ErlNifBinary *message) {
  size_t done = 0;
  while (done < message->size) {
    ssize_t count =
        send(socket, message->data + done, message->size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0)
      done += (size_t)count;
    else if (errno != EINTR)
      break;
  }
  return done;
}

/* (Wire, Record, Message, IsSynced), dirty: {ok, Sent}, the bytes of the message that have left. {error, Reason}: the
 * record is not whole in the file, or not on the disk where it has to be, and nothing has left. */
FXAOT_NIF(fxaot_nif_fix_leave_4) {
  void *object;
  ErlNifBinary record, message;
  (void)argc;
  if (!enif_get_resource(env, argv[0], wire_type, &object) ||
      !enif_inspect_iolist_as_binary(env, argv[1], &record) ||
      !enif_inspect_iolist_as_binary(env, argv[2], &message) ||
      (argv[3] != atoms.atom_true && argv[3] != atoms.atom_false))
    return enif_make_badarg(env);
  fix_wire *wire = object;
  size_t sent = 0;
  enif_mutex_lock(wire->lock);
  int reason = wire->file < 0 ? EBADF : write_all(wire->file, &record, argv[3] == atoms.atom_true);
  if (!reason) sent = send_some(wire->socket, &message);
  enif_mutex_unlock(wire->lock);
  return reason ? failed(env, reason) : fxaot_ok(env, enif_make_uint64(env, sent));
}

/* (Wire), dirty: ok. The connection ends when all who have its socket close it. */
FXAOT_NIF(fxaot_nif_fix_unwire_1) {
  void *object;
  (void)argc;
  if (!enif_get_resource(env, argv[0], wire_type, &object)) return enif_make_badarg(env);
  fix_wire *wire = object;
  enif_mutex_lock(wire->lock);
  close_both(wire);
  enif_mutex_unlock(wire->lock);
  return atoms.ok;
}
