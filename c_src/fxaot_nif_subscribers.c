/* Events ▶ subscribers: the messages that each may get, and the events that it has missed. */
#include "fxaot_nif_actors.h"

#include <string.h>

bool fxaot_open_subscribers(subscribers *them, uint64_t incarnation) {
  them->incarnation = incarnation;
  them->lock = enif_mutex_create("fxaot_subscribers");
  them->env = enif_alloc_env();
  return them->lock && them->env;
}

void fxaot_close_subscribers(subscribers *them) {
  if (them->env) enif_free_env(them->env);
  if (them->lock) enif_mutex_destroy(them->lock);
}

/* ---- sending --------------------------------------------------------------- */

typedef struct publication {
  subscribers *to;
  ErlNifEnv *env; /* of `message` */
  ERL_NIF_TERM message;
} publication;

/* To a dead process: nothing. Never in the name of the calling process: messages of one sender stay in
 * order, those of several may not. And a process that is being killed runs its dirty NIF to the end, but
 * its messages are dropped. */
static void send(const subscriber *subscriber, ERL_NIF_TERM message) {
  ErlNifPid pid = {.pid = subscriber->pid};
  enif_send(NULL, &pid, NULL, message);
}

static void tell_gap(const publication *it, subscriber *subscriber) {
  if (subscriber->gap_from == 0) return;
  send(subscriber, enif_make_tuple4(it->env, atoms.fxaot_gap, it->to->name,
                                    enif_make_uint64(it->env, subscriber->gap_from),
                                    enif_make_uint64(it->env, subscriber->gap_to)));
  subscriber->gap_from = 0;
}

static void miss(subscribers *them, subscriber *subscriber, uint64_t first, uint64_t count) {
  if (subscriber->gap_from == 0) subscriber->gap_from = first;
  subscriber->gap_to = first + count - 1;
  subscriber->missed += count;
  them->missed += count;
}

static void send_to_each(publication *it, ERL_NIF_TERM list, const fxaot_event *events,
                         uint64_t count) {
  subscribers *them = it->to;
  uint64_t left = atomic_load_explicit(&them->count, memory_order_relaxed);
  for (unsigned i = 0; left > 0 && i < MOST_SUBSCRIBERS; i++) {
    subscriber *subscriber = &them->slots[i];
    if (!subscriber->pid) continue;
    left--;
    if (subscriber->allowance <= 0) {
      miss(them, subscriber, events[0].sequence, count);
      continue;
    }
    if (subscriber->allowance != INT64_MAX) subscriber->allowance--;
    if (!it->message) {
      if (!list) list = fxaot_event_list(it->env, events, count);
      it->message = enif_make_tuple5(it->env, atoms.fxaot_events, them->name,
                                     enif_make_uint64(it->env, them->incarnation),
                                     enif_make_uint64(it->env, events[0].sequence), list);
    }
    tell_gap(it, subscriber);
    send(subscriber, it->message);
  }
}

void fxaot_publish(subscribers *them, ErlNifEnv *env, ERL_NIF_TERM list, const fxaot_event *events,
                   uint64_t count) {
  if (count == 0 || atomic_load_explicit(&them->count, memory_order_relaxed) == 0) return;
  publication it = {.to = them, .env = env ? env : them->env};
  enif_mutex_lock(them->lock);
  send_to_each(&it, list, events, count);
  enif_mutex_unlock(them->lock);
  if (!env) enif_clear_env(them->env);
}

/* ---- subscribing ----------------------------------------------------------- */

/* With the lock held. */
static subscriber *find(subscribers *them, ERL_NIF_TERM pid) {
  for (unsigned i = 0; i < MOST_SUBSCRIBERS; i++)
    if (them->slots[i].pid == pid) return &them->slots[i];
  return NULL;
}

static bool get_allowance(ErlNifEnv *env, ERL_NIF_TERM term, int64_t *allowance) {
  ErlNifSInt64 number;
  if (enif_is_identical(term, atoms.infinity)) {
    *allowance = INT64_MAX;
    return true;
  }
  if (!enif_get_int64(env, term, &number)) return false;
  *allowance = number < 0 ? 0 : number;
  return true;
}

subscribers *fxaot_get_subscribers(ErlNifEnv *env, ERL_NIF_TERM term, void **resource) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, term);
  if (mailbox) {
    *resource = mailbox;
    return &mailbox->running->subscribers;
  }
  engine_resource *engine = fxaot_get_engine(env, term);
  *resource = engine;
  return engine ? atomic_load_explicit(&engine->subscribers, memory_order_acquire) : NULL;
}

/* What (Mailbox or Engine, Pid[, Allowance]) says. */
typedef struct subscription {
  void *resource; /* monitors the process */
  subscribers *them;
  ErlNifPid pid;
  int64_t allowance;
} subscription;

static bool get_subscription(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[],
                             subscription *it) {
  it->them = fxaot_get_subscribers(env, argv[0], &it->resource);
  return it->them && enif_get_local_pid(env, argv[1], &it->pid) &&
         (argc < 3 || get_allowance(env, argv[2], &it->allowance));
}

/* (Mailbox or Engine, Pid, Allowance). Again: the new allowance counts. */
FXAOT_NIF(fxaot_nif_subscribe_3) {
  subscription it;
  if (!get_subscription(env, argc, argv, &it)) return enif_make_badarg(env);
  subscribers *them = it.them;
  if (enif_mutex_trylock(them->lock))
    return fxaot_try_again(env, "subscribe_nif", fxaot_nif_subscribe_3, argc, argv);
  ERL_NIF_TERM answer = atoms.ok;
  subscriber *known = find(them, it.pid.pid), *free = find(them, 0);
  if (known) {
    known->allowance = it.allowance;
  } else if (!free) {
    ERL_NIF_TERM most = enif_make_uint(env, MOST_SUBSCRIBERS);
    answer = fxaot_status_error(env, FXAOT_LIMIT, fxaot_map(env, 1, &atoms.subscribers, &most));
  } else {
    int status = enif_monitor_process(env, it.resource, &it.pid, &free->monitor);
    if (status < 0) {
      answer = fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
    } else if (status == 0) { /* else it is dead already */
      free->allowance = it.allowance;
      free->missed = 0;
      free->gap_from = 0;
      free->pid = it.pid.pid;
      them->count++;
    }
  }
  enif_mutex_unlock(them->lock);
  return answer;
}

/* (Mailbox or Engine, Pid) */
FXAOT_NIF(fxaot_nif_unsubscribe_2) {
  subscription it;
  if (!get_subscription(env, argc, argv, &it)) return enif_make_badarg(env);
  subscribers *them = it.them;
  if (enif_mutex_trylock(them->lock))
    return fxaot_try_again(env, "unsubscribe_nif", fxaot_nif_unsubscribe_2, argc, argv);
  subscriber *known = find(them, it.pid.pid);
  if (known) {
    enif_demonitor_process(env, it.resource, &known->monitor);
    known->pid = 0;
    them->count--;
  }
  enif_mutex_unlock(them->lock);
  return atoms.ok;
}

/* (Mailbox or Engine, Pid, Allowance): how many more messages the subscriber may get. It gets a
 * fxaot_gap for missed events at once. */
FXAOT_NIF(fxaot_nif_allow_3) {
  subscription it;
  if (!get_subscription(env, argc, argv, &it)) return enif_make_badarg(env);
  subscribers *them = it.them;
  if (enif_mutex_trylock(them->lock))
    return fxaot_try_again(env, "allow_nif", fxaot_nif_allow_3, argc, argv);
  subscriber *known = find(them, it.pid.pid);
  if (known) {
    known->allowance = it.allowance;
    publication gap = {.to = them, .env = env};
    if (it.allowance > 0) tell_gap(&gap, known);
  }
  enif_mutex_unlock(them->lock);
  return known ? atoms.ok : fxaot_error(env, atoms.not_found, enif_make_new_map(env));
}

void fxaot_subscriber_down(subscribers *them, ErlNifPid *pid, ErlNifMonitor *monitor) {
  enif_mutex_lock(them->lock);
  subscriber *known = find(them, pid->pid);
  if (known && enif_compare_monitors(&known->monitor, monitor) == 0) {
    known->pid = 0;
    them->count--;
  }
  enif_mutex_unlock(them->lock);
}

bool fxaot_get_subscriber_list(ErlNifEnv *env, subscribers *them, ERL_NIF_TERM *list) {
  if (enif_mutex_trylock(them->lock)) return false;
  *list = enif_make_list(env, 0);
  for (unsigned i = 0; i < MOST_SUBSCRIBERS; i++) {
    ErlNifPid pid = {.pid = them->slots[i].pid};
    if (!pid.pid) continue;
    ERL_NIF_TERM entry = enif_make_tuple2(env, enif_make_pid(env, &pid),
                                          enif_make_uint64(env, them->slots[i].missed));
    *list = enif_make_list_cell(env, entry, *list);
  }
  enif_mutex_unlock(them->lock);
  return true;
}
