/* Files that name the native code on probation. An orderly end of the VM, halt included, removes them, so
 * a file that is left over means a crash. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fxaot_nif.h"

typedef struct noted {
  struct noted *next;
  char path[];
} noted;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static noted *all;

/* Where the entry of a path hangs, or the end of the list; with the lock held. */
static noted **find(const ErlNifBinary *path) {
  noted **at = &all;
  while (*at &&
         !(strlen((*at)->path) == path->size && memcmp((*at)->path, path->data, path->size) == 0))
    at = &(*at)->next;
  return at;
}

FXAOT_NIF(fxaot_nif_note_1) { /* (Path) */
  ErlNifBinary path;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &path) || memchr(path.data, 0, path.size))
    return enif_make_badarg(env);
  noted *entry = malloc(sizeof(noted) + path.size + 1);
  if (!entry) return fxaot_status_error(env, FXAOT_OUT_OF_MEMORY, atoms.undefined);
  memcpy(entry->path, path.data, path.size);
  entry->path[path.size] = 0;
  pthread_mutex_lock(&lock);
  entry->next = all;
  all = entry;
  pthread_mutex_unlock(&lock);
  return atoms.ok;
}

FXAOT_NIF(fxaot_nif_forget_1) { /* (Path) */
  ErlNifBinary path;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &path)) return enif_make_badarg(env);
  pthread_mutex_lock(&lock);
  noted **at = find(&path), *entry = *at;
  if (entry) *at = entry->next;
  pthread_mutex_unlock(&lock);
  free(entry);
  return atoms.ok;
}

/* exit() comes by here; a signal, abort() and a crash dump do not. */
__attribute__((destructor)) static void at_exit(void) {
  pthread_mutex_lock(&lock);
  for (noted *entry = all; entry; entry = entry->next) unlink(entry->path);
  pthread_mutex_unlock(&lock);
}
