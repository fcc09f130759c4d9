/* Mailboxes and routers, as the files that know them see them. */
#ifndef FXAOT_NIF_ACTORS_H
#define FXAOT_NIF_ACTORS_H

#include "fxaot_nif.h"
#include "fxaot_nif_subscribers.h"

/* An actor, its engine and its subscribers. It outlives its mailbox until its thread has
 * ended. */
typedef struct running_actor {
  fxaot_actor *actor;
  engine_resource *engine; /* kept */
  subscribers subscribers;
  struct running_actor *next, *previous;
} running_actor;

/* Any process sends quotes to it. */
typedef struct mailbox_resource {
  running_actor *running;
  fxaot_actor *actor; /* the same as running->actor */
  int64_t wait_ns;    /* how long a sender waits for room; 0: not at all */
  bool drops_oldest;  /* it never lacks room */
  ERL_NIF_TERM owner; /* the process that started the actor; set before it is monitored */
} mailbox_resource;

static inline mailbox_resource *fxaot_get_mailbox(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_mailbox_type, &object) ? object : NULL;
}

/* Where a group's quotes go: any process sends them here. */
typedef struct router_resource {
  fxaot_router *router;
  int64_t wait_ns; /* as a mailbox's */
  ErlNifMutex
      *lock; /* guards what follows: the mailboxes that the routes need, one for each route */
  mailbox_resource **mailboxes;
  unsigned count;
} router_resource;

/* Lets time pass in each of a router's engines, or, where one has no room or has stopped, in none. Blocks
 * for `turn_ns` at most, and as long as an engine needs to make room that a quote has just taken. False:
 * not yet, since the routes are being changed (FXAOT_BUSY) or there is no room (FXAOT_FULL). */
bool fxaot_router_advance(ErlNifEnv *env, router_resource *router, int64_t time_ns, int64_t turn_ns,
                          int32_t *status);

/* The counters are read one after the other while the actor works. */
static inline uint64_t fxaot_waiting(const fxaot_actor_stats *s) {
  uint64_t done = s->handled + s->dropped;
  return s->pushed > done ? s->pushed - done : 0;
}

static inline router_resource *fxaot_get_router(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_router_type, &object) ? object : NULL;
}

/* A short pause of a sender that may block and waits for room. */
void fxaot_pause_sender(void);

#endif
