/* Who gets an engine's events as messages. */
#ifndef FXAOT_NIF_SUBSCRIBERS_H
#define FXAOT_NIF_SUBSCRIBERS_H

#include "fxaot_nif.h"

#define MOST_SUBSCRIBERS 256

/* A slot is free where `pid` is 0. */
typedef struct subscriber {
  ERL_NIF_TERM pid;
  int64_t allowance;         /* messages it may still get; INT64_MAX: no bound */
  uint64_t missed;           /* events that it had no allowance for */
  uint64_t gap_from, gap_to; /* the newest missed ones, not reported yet; 0: none */
  ErlNifMonitor monitor;
} subscriber;

/* `lock` guards the slots. It is held while a message goes to each of them, so a NIF on a normal
 * scheduler tries it and comes back later. */
typedef struct subscribers {
  ERL_NIF_TERM name;    /* an atom, sent with the events */
  uint64_t incarnation; /* of the engine's state; sent with the events */
  ErlNifMutex *lock;
  ErlNifEnv *env; /* for the messages of a thread without an environment */
  _Atomic uint64_t count;
  _Atomic uint64_t missed; /* events that some subscriber had no allowance for */
  subscriber slots[MOST_SUBSCRIBERS];
} subscribers;

/* The subscribers of a mailbox or of a shared engine, and the resource that monitors them; NULL for another
 * term. */
subscribers *fxaot_get_subscribers(ErlNifEnv *env, ERL_NIF_TERM term, void **resource);

/* False when there is no memory; fxaot_close_subscribers frees what there is. */
bool fxaot_open_subscribers(subscribers *subscribers, uint64_t incarnation);
void fxaot_close_subscribers(subscribers *subscribers);

/* Sends events, one message to each subscriber: {fxaot_events, Name, Incarnation, First, Events}, and
 * before that {fxaot_gap, Name, From, To} to one that has missed some. `list` holds the same events as
 * a term of `env`; 0: it is made here. `env` is the calling process's, NULL on another thread. */
void fxaot_publish(subscribers *subscribers, ErlNifEnv *env, ERL_NIF_TERM list,
                   const fxaot_event *events, uint64_t count);

/* For a resource's `down`: the process that it monitored for a subscription has died. */
void fxaot_subscriber_down(subscribers *subscribers, ErlNifPid *pid, ErlNifMonitor *monitor);

/* [{Pid, Missed}]; false while somebody else has the lock. */
bool fxaot_get_subscriber_list(ErlNifEnv *env, subscribers *subscribers, ERL_NIF_TERM *list);

#endif
