/* Mailboxes and routers, as the files that know them see them. */
#ifndef FXAOT_NIF_ACTORS_H
#define FXAOT_NIF_ACTORS_H

#include "fxaot_nif.h"
#include "fxaot_nif_subscribers.h"

/* An actor, and the library that it runs in. Those before it have stopped, and are kept because a sender may still be
 * in one. */
typedef struct acting {
  const fxaot_library *library;
  fxaot_actor *actor;
  struct acting *before;
} acting;

/* A process that waits for room, and the reference that it waits with. */
typedef struct waiter {
  ErlNifPid pid;
  ErlNifEnv *env; /* of the message */
  ERL_NIF_TERM ref;
  struct waiter *next;
} waiter;

/* An actor, its engine and its subscribers. It outlives its mailbox until its thread has
 * ended. */
typedef struct running_actor {
  acting *_Atomic acting; /* the newest; NULL until it is started */
  acting *coming;         /* that is about to act; guarded by its router's lock and `control` */
  fxaot_actor_config config;
  _Atomic bool
      is_crossing; /* its engine is on the way to another library: who finds it stopped tries again */
  _Atomic bool has_waiters;
  ErlNifMutex *waiting; /* guards the waiters, for a moment at a time */
  waiter *waiters;
  unsigned waiter_count, most_waiters; /* beyond the second the dead ones are dropped */
  engine_resource *engine;             /* kept */
  subscribers subscribers;
  struct running_actor *next, *previous;
} running_actor;

static inline acting *fxaot_acting_of(running_actor *running) {
  return atomic_load_explicit(&running->acting, memory_order_acquire);
}

/* Starts an actor in a library for an engine that is there; FXAOT_OK, or as fxaot_actor_new. */
int32_t fxaot_act(running_actor *running, const fxaot_library *library, fxaot_engine *engine,
                  acting **out);
void fxaot_free_acting(acting *it);
/* From now on it acts. */
void fxaot_set_acting(running_actor *running, acting *it);
/* Counts of all that have acted; the state of the newest. */
void fxaot_read_actor(running_actor *running, fxaot_actor_stats *out);

/* Any process sends quotes to it. */
typedef struct mailbox_resource {
  running_actor *running;
  int64_t wait_ns;    /* how long a sender waits for room; 0: not at all */
  bool drops_oldest;  /* it never lacks room */
  ERL_NIF_TERM owner; /* the process that started the actor; set before it is monitored */
} mailbox_resource;

static inline mailbox_resource *fxaot_get_mailbox(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_mailbox_type, &object) ? object : NULL;
}

/* A router, and the library of the actors that it leads to. Those before it are kept as actors are. */
typedef struct way {
  const fxaot_library *library;
  fxaot_router *router;
  struct way *before;
} way;

/* Where a group's quotes go: any process sends them here. */
typedef struct router_resource {
  way *_Atomic way;
  _Atomic bool is_crossing; /* as an actor's */
  int64_t wait_ns;          /* as a mailbox's */
  ErlNifMutex
      *lock; /* guards what follows: the mailboxes that the routes need, one for each route */
  mailbox_resource **mailboxes;
  fxaot_route *routes; /* without their actors */
  unsigned count;
} router_resource;

static inline way *fxaot_way_of(router_resource *router) {
  return atomic_load_explicit(&router->way, memory_order_acquire);
}

/* With the router's lock held: its routes in `it`, to the actors that act now. */
int32_t fxaot_lead(router_resource *router, way *it);
/* A new one in a library, without routes; NULL: out of memory. */
way *fxaot_new_way(const fxaot_library *library);
void fxaot_free_way(way *it);

/* Lets time pass in each of a router's engines, or, where one has no room or has stopped, in none. Blocks as long
 * as an engine needs to make room that a quote has just taken. FXAOT_BUSY: the routes are being changed. */
int32_t fxaot_router_advance(ErlNifEnv *env, router_resource *router, int64_t time_ns);

/* The counters are read one after the other while the actor works. */
static inline uint64_t fxaot_waiting(const fxaot_actor_stats *s) {
  uint64_t done = s->handled + s->dropped;
  return s->pushed > done ? s->pushed - done : 0;
}

static inline router_resource *fxaot_get_router(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_router_type, &object) ? object : NULL;
}

/* ---- waiting for room -------------------------------------------------------- */

bool fxaot_open_waiters(running_actor *running);
void fxaot_close_waiters(running_actor *running);
/* An actor's `bell`: on its thread, after each turn. */
void fxaot_tell_room(void *running);

#endif
