/* Mailboxes and routers, as the files that know them see them. */
#ifndef FXAOT_NIF_ACTORS_H
#define FXAOT_NIF_ACTORS_H

#include "fxaot_nif.h"

#define MOST_SUBSCRIBERS 256

/* Gets the events of an actor as messages. A slot is written under the mailbox's lock, and read by
 * the actor's thread without. */
typedef struct subscriber {
  _Atomic ERL_NIF_TERM pid;  /* 0: the slot is free */
  _Atomic int64_t allowance; /* messages it may still get; INT64_MAX: no bound */
  _Atomic uint64_t missed;   /* events that it had no allowance for */
  ErlNifMonitor monitor;
} subscriber;

/* Any process sends quotes to it. It keeps the engine's resource; the engine knows of it, but
 * does not keep it. */
typedef struct mailbox_resource {
  fxaot_actor *actor;
  engine_resource *engine;
  ERL_NIF_TERM name; /* an atom, sent with the events */
  int64_t wait_ns;   /* how long a sender waits for room; 0: not at all */
  ErlNifMonitor owner;
  ErlNifEnv *env;          /* the actor's thread's, for messages */
  ErlNifMutex *lock;       /* guards changes of `subscribers` */
  _Atomic uint64_t missed; /* events that some subscriber had no allowance for */
  _Atomic uint64_t subscriber_count;
  struct mailbox_resource *next, *previous;
  subscriber subscribers[MOST_SUBSCRIBERS];
} mailbox_resource;

static inline mailbox_resource *fxaot_get_mailbox(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_mailbox_type, &object) ? object : NULL;
}

/* Where a group's quotes go: any process sends them here. */
typedef struct router_resource {
  fxaot_router *router;
  int64_t wait_ns;   /* as a mailbox's */
  ErlNifMutex *lock; /* guards what follows: the mailboxes that the routes need */
  mailbox_resource **mailboxes;
  unsigned count;
} router_resource;

static inline router_resource *fxaot_get_router(ErlNifEnv *env, ERL_NIF_TERM term) {
  void *object;
  return enif_get_resource(env, term, fxaot_router_type, &object) ? object : NULL;
}

/* How a sender that may block waits for room: not long. */
void fxaot_pause_sender(void);

#endif
