/* Engines cross from the library that they run in to the one beside this shim: by a snapshot, in their own handles. So
 * whoever has a handle goes on with it, subscribers too, and the events' numbers go on.
 *
 *     stop the actors ▶ snapshot of each engine ▶ load ▶ new actors, new routes ▶ exchange ▶ free the old engines
 *
 * All or none: until the exchange, which cannot fail, nothing is lost, and what fails leaves the engines where they
 * are. */
#include "fxaot_nif_actors.h"
#include "fxaot_nif_scripts.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ENGINES 1024

typedef struct crossing {
  engine_resource *handle;
  unsigned place;              /* in the caller's list */
  const fxaot_library *before; /* that it comes from */
  void *records, *snapshot;
  uint64_t record_bytes, snapshot_bytes;
  fxaot_refs *refs;
  fxaot_engine *engine; /* in this library; once exchanged, the old one */
  acting *acting;       /* the same */
  bool is_here;         /* in this library already */
  bool has_stopped;
  int32_t status;
  fxaot_engine_refusal error;
} crossing;

/* ---- one engine ------------------------------------------------------------ */

static bool has_actor(engine_resource *handle) { return fxaot_has_access(handle, FXAOT_AWAY); }

/* The actor handles its accepted quotes and releases the engine; later quotes wait with their senders. */
static void stop_actor(crossing *it) {
  running_actor *running = it->handle->running;
  const acting *acting = fxaot_acting_of(running);
  atomic_store(&running->is_crossing, true);
  acting->library->actor_stop(acting->actor);
  it->has_stopped = true;
}

/* On a large stack: a program may be nested deeply. An atom is the same in both libraries. */
static void load(void *argument) {
  crossing *it = argument;
  it->status = fxaot_own_library.engine_load(it->snapshot, it->snapshot_bytes, it->refs, NULL, NULL,
                                             &it->engine, &it->error);
}

/* The engine's copy in this library; the engine itself is as it was. */
static int32_t copy_engine(crossing *it, unsigned scope) {
  engine_resource *handle = it->handle;
  fxaot_snapshot *snapshot = handle->library->engine_capture(handle->engine);
  it->snapshot_bytes = snapshot ? handle->library->snapshot_bytes(snapshot, &it->snapshot) : 0;
  it->refs = fxaot_own_library.refs_new();
  if (!it->snapshot || !it->refs) return FXAOT_OUT_OF_MEMORY;
  int32_t status = fxaot_on_large_stack(load, it);
  if (status != FXAOT_OK || (status = it->status) != FXAOT_OK) return status;
  return scope ? fxaot_own_library.engine_start_journal(it->engine, scope) : FXAOT_OK;
}

/* Back to where it was. FXAOT_STOPPED: without its actor. */
static int32_t go_back(crossing *it) {
  engine_resource *handle = it->handle;
  int32_t status = FXAOT_OK;
  if (it->acting) fxaot_free_acting(it->acting);
  fxaot_own_library.engine_free(it->engine);
  if (it->has_stopped) {
    running_actor *running = handle->running;
    acting *again;
    running->coming = NULL;
    status = fxaot_act(running, handle->library, handle->engine, &again);
    if (status == FXAOT_OK) fxaot_set_acting(running, again);
  }
  return status == FXAOT_OK ? FXAOT_OK : FXAOT_STOPPED;
}

/* Cannot fail. The old engine, whose owner frees it. */
static fxaot_engine *exchange(crossing *it) {
  engine_resource *handle = it->handle;
  fxaot_engine *old = handle->engine;
  fxaot_account account;
  uint32_t is_broken;
  /* The snapshot has mended a broken journal, and nothing has been recorded since. */
  it->record_bytes = handle->library->engine_take_journal(old, &it->records, &is_broken);
  /* Until now the kill switch was set in the old one. */
  enif_mutex_lock(handle->life);
  handle->library->engine_account(old, &account);
  fxaot_own_library.engine_set_state(it->engine, account.state);
  handle->library->refs_free(handle->refs);
  handle->refs = NULL;
  handle->engine = it->engine;
  handle->library = &fxaot_own_library;
  enif_mutex_unlock(handle->life);
  fxaot_assess(handle);
  if (it->acting) {
    handle->running->coming = NULL;
    fxaot_set_acting(handle->running, it->acting);
  }
  return old;
}

/* Senders go on; the owner may have died meanwhile. */
static void go_on(ErlNifEnv *env, crossing *it) {
  running_actor *running = it->handle->running;
  const acting *acting = fxaot_acting_of(running);
  ErlNifPid owner = {.pid = it->handle->owner};
  if (!enif_is_process_alive(env, &owner)) acting->library->actor_begin_stop(acting->actor, 0);
  atomic_store(&running->is_crossing, false);
  fxaot_tell_room(running);
}

/* ---- several --------------------------------------------------------------- */

static void lock_all(crossing *all, unsigned count) {
  for (unsigned i = 0; i < count; i++) enif_mutex_lock(all[i].handle->control);
  for (unsigned i = 0; i < count; i++) fxaot_lock_dirty(all[i].handle);
}

static void unlock_all(crossing *all, unsigned count) {
  for (unsigned i = count; i-- > 0;) fxaot_unlock(all[i].handle);
  for (unsigned i = count; i-- > 0;) enif_mutex_unlock(all[i].handle->control);
}

/* An engine that one process has to itself crosses in that process's own call. */
static int32_t check(ErlNifEnv *env, const crossing *it) {
  engine_resource *handle = it->handle;
  if (!handle->engine) return FXAOT_BAD_ARGUMENT;
  return fxaot_has_access(handle, FXAOT_OWNED) && !fxaot_is_owner(env, handle) ? FXAOT_BUSY
                                                                               : FXAOT_OK;
}

/* Events that nobody has been sent yet. */
static void send_events(ErlNifEnv *env, engine_resource *handle) {
  if (fxaot_has_access(handle, FXAOT_SHARED))
    fxaot_send_events(env, handle, 0);
  else if (fxaot_has_access(handle, FXAOT_OWNED))
    fxaot_begin(handle);
}

/* Copies of all, with their actors; the first error. */
static int32_t copy_all(ErlNifEnv *env, crossing *all, unsigned count, unsigned scope) {
  int32_t status = FXAOT_OK;
  for (unsigned i = 0; i < count && status == FXAOT_OK; i++)
    if (!all[i].is_here && has_actor(all[i].handle)) stop_actor(&all[i]);
  for (unsigned i = 0; i < count && status == FXAOT_OK; i++) {
    if (all[i].is_here) continue;
    send_events(env, all[i].handle);
    status = all[i].status = copy_engine(&all[i], scope);
  }
  for (unsigned i = 0; i < count && status == FXAOT_OK; i++) {
    if (!all[i].has_stopped) continue;
    status = all[i].status =
        fxaot_act(all[i].handle->running, &fxaot_own_library, all[i].engine, &all[i].acting);
    all[i].handle->running->coming = all[i].acting;
  }
  return status;
}

static int32_t lead_here(router_resource *router, way **out) {
  *out = fxaot_new_way(&fxaot_own_library);
  return *out ? fxaot_lead(router, *out) : FXAOT_OUT_OF_MEMORY;
}

static bool are_here(const crossing *all, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (!all[i].is_here) return false;
  return true;
}

/* All engines are locked, and the router. */
static int32_t cross(ErlNifEnv *env, crossing *all, unsigned count, router_resource *router,
                     unsigned scope) {
  int32_t status = FXAOT_OK;
  way *new_way = NULL;
  for (unsigned i = 0; i < count && status == FXAOT_OK; i++) {
    all[i].before = all[i].handle->library;
    all[i].is_here = all[i].before == &fxaot_own_library;
    if (!all[i].is_here) status = check(env, &all[i]);
  }
  if (status != FXAOT_OK) return status;
  if (are_here(all, count) && (!router || fxaot_way_of(router)->library == &fxaot_own_library))
    return FXAOT_OK;
  if (router) atomic_store(&router->is_crossing, true);
  status = copy_all(env, all, count, scope);
  if (status == FXAOT_OK && router) status = lead_here(router, &new_way);
  if (status == FXAOT_OK) {
    if (router) {
      new_way->before = fxaot_way_of(router);
      atomic_store(&router->way, new_way);
    }
    for (unsigned i = 0; i < count; i++)
      if (!all[i].is_here) all[i].engine = exchange(&all[i]);
  } else {
    if (new_way) fxaot_free_way(new_way);
    for (unsigned i = 0; i < count; i++) {
      if (!all[i].is_here && go_back(&all[i]) != FXAOT_OK) status = FXAOT_STOPPED;
      all[i].engine = NULL;
    }
    if (router) fxaot_lead(router, fxaot_way_of(router));
  }
  for (unsigned i = 0; i < count; i++)
    if (all[i].has_stopped) go_on(env, &all[i]);
  if (router) atomic_store(&router->is_crossing, false);
  return status;
}

/* ---- the NIFs -------------------------------------------------------------- */

static int by_address(const void *a, const void *b) {
  const crossing *first = a, *second = b;
  return first->handle < second->handle ? -1 : first->handle > second->handle;
}

/* How many different ones, in the order in which they are locked; 0 for a wrong list. */
static unsigned get_engines(ErlNifEnv *env, ERL_NIF_TERM list, crossing *all) {
  ERL_NIF_TERM head;
  unsigned count = 0;
  for (; count < MOST_ENGINES && enif_get_list_cell(env, list, &head, &list); count++) {
    memset(&all[count], 0, sizeof *all);
    fxaot_no_refusal(&all[count].error);
    all[count].place = count;
    if (!(all[count].handle = fxaot_get_engine(env, head))) return 0;
  }
  qsort(all, count, sizeof *all, by_address);
  for (unsigned i = 1; i < count; i++)
    if (all[i].handle == all[i - 1].handle) return 0;
  return enif_is_empty_list(env, list) ? count : 0;
}

static ERL_NIF_TERM crossing_error(ErlNifEnv *env, const crossing *all, unsigned count,
                                   int32_t status) {
  for (unsigned i = 0; i < count; i++)
    if (all[i].status != FXAOT_OK)
      return fxaot_refusal(env, status, NULL, &all[i].error, enif_make_new_map(env));
  return fxaot_status_error(env, status, enif_make_new_map(env));
}

static ERL_NIF_TERM captured_term(ErlNifEnv *env, const crossing *it) {
  if (it->is_here) return atoms.same;
  return enif_make_tuple2(env, fxaot_binary_term(env, it->records, it->record_bytes),
                          fxaot_binary_term(env, it->snapshot, it->snapshot_bytes));
}

static int by_place(const void *a, const void *b) {
  const crossing *first = a, *second = b;
  return first->place < second->place ? -1 : first->place > second->place;
}

static ERL_NIF_TERM captured_terms(ErlNifEnv *env, crossing *all, unsigned count) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  qsort(all, count, sizeof *all, by_place);
  for (unsigned i = count; i-- > 0;)
    list = enif_make_list_cell(env, captured_term(env, &all[i]), list);
  return fxaot_ok(env, list);
}

/* ([Engine], Router or none, Scope), any process, dirty: ok, or same if all were here. With a scope, that of the
 * engines' journals, {ok, [{Records, Snapshot}]} as of journal_snapshot_nif, or same in the place of one that was here. After an
 * error each journal needs a snapshot. */
FXAOT_NIF(fxaot_nif_cross_3) {
  router_resource *router = fxaot_get_router(env, argv[1]);
  unsigned scope;
  (void)argc;
  if ((!router && argv[1] != atoms.none) || !enif_get_uint(env, argv[2], &scope) ||
      scope > FXAOT_JOURNAL_INPUTS)
    return enif_make_badarg(env);
  crossing *all = enif_alloc(MOST_ENGINES * sizeof *all);
  if (!all) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  unsigned count = get_engines(env, argv[0], all);
  if (count == 0) {
    enif_free(all);
    return enif_make_badarg(env);
  }
  if (router) enif_mutex_lock(router->lock);
  lock_all(all, count);
  int32_t status = cross(env, all, count, router, scope);
  unlock_all(all, count);
  if (router) enif_mutex_unlock(router->lock);
  ERL_NIF_TERM answer = status != FXAOT_OK     ? crossing_error(env, all, count, status)
                        : are_here(all, count) ? atoms.same
                        : scope                ? captured_terms(env, all, count)
                                               : atoms.ok;
  for (unsigned i = 0; i < count; i++) {
    if (status == FXAOT_OK && !all[i].is_here) all[i].before->engine_free(all[i].engine);
    fxaot_own_library.refs_free(all[i].refs);
    fxaot_bytes_free(all[i].records);
    fxaot_bytes_free(all[i].snapshot);
  }
  enif_free(all);
  return answer;
}

/* (Engine): whether it runs in the library beside this shim. */
FXAOT_NIF(fxaot_nif_has_crossed_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  return handle->library == &fxaot_own_library ? atoms.atom_true : atoms.atom_false;
}
