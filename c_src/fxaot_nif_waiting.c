/* Senders that wait for room in a mailbox: they hold no scheduler, the actor sends them a message.
 *
 * No wake-up is lost. A sender enters the list, passes a full fence and tries once more; the actor takes messages out,
 * passes a full fence and looks whether somebody waits. One of the two fences is the first. */
#include "fxaot_nif_actors.h"

#include <string.h>

/* So many may wait before the dead ones are looked for. */
#define FEWEST_WAITERS 64

bool fxaot_open_waiters(running_actor *running) {
  running->most_waiters = FEWEST_WAITERS;
  running->waiting = enif_mutex_create("fxaot_waiters");
  return running->waiting != NULL;
}

static void free_waiter(waiter *it) {
  enif_free_env(it->env);
  enif_free(it);
}

void fxaot_close_waiters(running_actor *running) {
  for (waiter *it = running->waiters, *next; it; it = next) {
    next = it->next;
    free_waiter(it);
  }
  if (running->waiting) enif_mutex_destroy(running->waiting);
}

void fxaot_tell_room(void *argument) {
  running_actor *running = argument;
  atomic_thread_fence(memory_order_seq_cst);
  if (!atomic_load_explicit(&running->has_waiters, memory_order_relaxed)) return;
  enif_mutex_lock(running->waiting);
  waiter *first = running->waiters;
  running->waiters = NULL;
  running->waiter_count = 0;
  running->has_waiters = false;
  enif_mutex_unlock(running->waiting);
  for (waiter *next; first; first = next) {
    next = first->next;
    enif_send(NULL, &first->pid, first->env,
              enif_make_tuple2(first->env, atoms.fxaot_room, first->ref));
    free_waiter(first);
  }
}

/* With the lock held. Who was killed while it waited would stay until there is room. */
static void drop_dead(ErlNifEnv *env, running_actor *running) {
  waiter **at = &running->waiters;
  while (*at) {
    waiter *it = *at;
    if (enif_is_process_alive(env, &it->pid)) {
      at = &it->next;
      continue;
    }
    *at = it->next;
    running->waiter_count--;
    free_waiter(it);
  }
  running->most_waiters =
      running->waiter_count < FEWEST_WAITERS / 2 ? FEWEST_WAITERS : 2 * running->waiter_count;
}

static bool enter(ErlNifEnv *env, running_actor *running, ERL_NIF_TERM ref) {
  waiter *it = enif_alloc(sizeof *it);
  if (!it) return false;
  it->env = enif_alloc_env();
  if (!it->env || !enif_self(env, &it->pid)) {
    if (it->env) enif_free_env(it->env);
    enif_free(it);
    return false;
  }
  it->ref = enif_make_copy(it->env, ref);
  enif_mutex_lock(running->waiting);
  if (running->waiter_count >= running->most_waiters) drop_dead(env, running);
  it->next = running->waiters;
  running->waiters = it;
  running->waiter_count++;
  running->has_waiters = true;
  enif_mutex_unlock(running->waiting);
  atomic_thread_fence(memory_order_seq_cst);
  return true;
}

static ERL_NIF_TERM wait_at(ErlNifEnv *env, mailbox_resource *mailbox, ERL_NIF_TERM ref,
                            ERL_NIF_TERM list) {
  if (!enter(env, mailbox->running, ref)) return list;
  return enif_make_list_cell(env, enif_make_resource(env, mailbox), list);
}

/* Whether a route is the one of (Symbol, or the key of a record). */
static bool leads(ErlNifEnv *env, const fxaot_route *route, ERL_NIF_TERM what) {
  ErlNifUInt64 key;
  return enif_is_atom(env, what) ? route->symbol_ref == what
                                 : enif_get_uint64(env, what, &key) && route->symbol == key;
}

/* With the router's lock held. */
static ERL_NIF_TERM wait_at_router(ErlNifEnv *env, router_resource *router, ERL_NIF_TERM ref,
                                   ERL_NIF_TERM what) {
  ERL_NIF_TERM none = enif_make_list(env, 0);
  for (unsigned i = 0; i < router->count; i++)
    if (leads(env, &router->routes[i], what)) return wait_at(env, router->mailboxes[i], ref, none);
  return none;
}

/* (Mailbox or Router, Ref, Symbol): [Mailbox], where {fxaot_room, Ref} will come from, once, unless stop_waiting_nif is
 * quicker. The caller tries again before it waits. Symbol: the atom or the key of the quote that found no room; a
 * router needs it. */
FXAOT_NIF(fxaot_nif_wait_3) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  router_resource *router = mailbox ? NULL : fxaot_get_router(env, argv[0]);
  if ((!mailbox && !router) || !enif_is_ref(env, argv[1])) return enif_make_badarg(env);
  if (mailbox) return wait_at(env, mailbox, argv[1], enif_make_list(env, 0));
  if (enif_mutex_trylock(router->lock))
    return fxaot_try_again(env, "wait_nif", fxaot_nif_wait_3, argc, argv);
  ERL_NIF_TERM list = wait_at_router(env, router, argv[1], argv[2]);
  enif_mutex_unlock(router->lock);
  return list;
}

/* (Mailbox, Ref): true; or false, then the message is there or on its way. */
FXAOT_NIF(fxaot_nif_stop_waiting_2) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  (void)argc;
  if (!mailbox || !enif_is_ref(env, argv[1])) return enif_make_badarg(env);
  running_actor *running = mailbox->running;
  enif_mutex_lock(running->waiting);
  waiter **at = &running->waiters;
  while (*at && !enif_is_identical((*at)->ref, argv[1])) at = &(*at)->next;
  waiter *it = *at;
  if (it) {
    *at = it->next;
    running->waiter_count--;
  }
  enif_mutex_unlock(running->waiting);
  if (it) free_waiter(it);
  return it ? atoms.atom_true : atoms.atom_false;
}
