/* Engines on threads of their own: starting, stopping, and who hears of their events. */
#include "fxaot_nif_actors.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long the end of the VM waits for the threads: each of them is in a turn at most. */
#define EXIT_WAIT_MS 2000

fxaot_actor *fxaot_mailbox_actor(mailbox_resource *mailbox) { return mailbox->actor; }

/* ---- all mailboxes, for the end of the VM --------------------------------- */

static ErlNifMutex *list_lock;
static mailbox_resource *first_mailbox;

static void enlist(mailbox_resource *mailbox) {
  enif_mutex_lock(list_lock);
  mailbox->next = first_mailbox;
  if (first_mailbox) first_mailbox->previous = mailbox;
  first_mailbox = mailbox;
  enif_mutex_unlock(list_lock);
}

static void delist(mailbox_resource *mailbox) {
  enif_mutex_lock(list_lock);
  if (mailbox->next) mailbox->next->previous = mailbox->previous;
  if (mailbox->previous) mailbox->previous->next = mailbox->next;
  if (first_mailbox == mailbox) first_mailbox = mailbox->next;
  enif_mutex_unlock(list_lock);
}

/* Runs in exit(): no thread of ours may still run when the libraries are torn down. What is in a
 * mailbox by then is gone with the engine. */
static void end_threads(void) {
  enif_mutex_lock(list_lock);
  for (mailbox_resource *m = first_mailbox; m; m = m->next) fxaot_actor_begin_stop(m->actor, 1);
  unsigned waited = 0;
  for (mailbox_resource *m = first_mailbox; m; m = m->next)
    for (; !fxaot_actor_has_ended(m->actor) && waited < EXIT_WAIT_MS; waited++)
      nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  enif_mutex_unlock(list_lock);
}

/* ---- events ▶ subscribers -------------------------------------------------- */

/* False when the subscriber may get no more. */
static bool use_allowance(subscriber *subscriber) {
  int64_t allowance = subscriber->allowance;
  do {
    if (allowance == INT64_MAX) return true;
    if (allowance <= 0) return false;
  } while (!atomic_compare_exchange_weak(&subscriber->allowance, &allowance, allowance - 1));
  return true;
}

/* On the actor's thread, once a turn that caused events: one message, to each subscriber. */
static void publish(void *context, const fxaot_event *events, uint64_t count) {
  mailbox_resource *mailbox = context;
  ERL_NIF_TERM message = 0;
  if (!mailbox->subscriber_count) return;
  for (unsigned i = 0; i < MOST_SUBSCRIBERS; i++) {
    subscriber *subscriber = &mailbox->subscribers[i];
    ErlNifPid pid = {.pid = subscriber->pid};
    if (!pid.pid) continue;
    if (!use_allowance(subscriber)) {
      subscriber->missed += count;
      mailbox->missed += count;
      continue;
    }
    if (!message) {
      ERL_NIF_TERM list = enif_make_list(mailbox->env, 0);
      for (uint64_t n = count; n--;)
        list = enif_make_list_cell(mailbox->env, fxaot_event_term(mailbox->env, &events[n]), list);
      message = enif_make_tuple4(mailbox->env, atoms.fxaot_events, mailbox->name,
                                 enif_make_uint64(mailbox->env, events[0].sequence), list);
    }
    enif_send(NULL, &pid, NULL, message); /* to a dead process: nothing */
  }
  if (message) enif_clear_env(mailbox->env);
}

/* With the lock held. */
static subscriber *find_subscriber(mailbox_resource *mailbox, ERL_NIF_TERM pid) {
  for (unsigned i = 0; i < MOST_SUBSCRIBERS; i++)
    if (mailbox->subscribers[i].pid == pid) return &mailbox->subscribers[i];
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

/* (Mailbox, Pid, Allowance). Again: the new allowance counts. */
FXAOT_NIF(fxaot_nif_subscribe_3) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  ErlNifPid pid;
  int64_t allowance;
  (void)argc;
  if (!mailbox || !enif_get_local_pid(env, argv[1], &pid) ||
      !get_allowance(env, argv[2], &allowance))
    return enif_make_badarg(env);
  ERL_NIF_TERM answer = atoms.ok;
  enif_mutex_lock(mailbox->lock);
  subscriber *subscriber = find_subscriber(mailbox, pid.pid);
  if (subscriber) {
    subscriber->allowance = allowance;
  } else if (!(subscriber = find_subscriber(mailbox, 0))) {
    ERL_NIF_TERM most = enif_make_uint(env, MOST_SUBSCRIBERS);
    answer = fxaot_status_error(env, FXAOT_LIMIT, fxaot_map(env, 1, &atoms.subscribers, &most));
  } else if (enif_monitor_process(env, mailbox, &pid, &subscriber->monitor) == 0) {
    subscriber->allowance = allowance;
    subscriber->missed = 0;
    subscriber->pid = pid.pid;
    mailbox->subscriber_count++;
  } /* else it is dead already */
  enif_mutex_unlock(mailbox->lock);
  return answer;
}

/* (Mailbox, Pid) */
FXAOT_NIF(fxaot_nif_unsubscribe_2) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  ErlNifPid pid;
  (void)argc;
  if (!mailbox || !enif_get_local_pid(env, argv[1], &pid)) return enif_make_badarg(env);
  enif_mutex_lock(mailbox->lock);
  subscriber *subscriber = find_subscriber(mailbox, pid.pid);
  if (subscriber) {
    enif_demonitor_process(env, mailbox, &subscriber->monitor);
    subscriber->pid = 0;
    mailbox->subscriber_count--;
  }
  enif_mutex_unlock(mailbox->lock);
  return atoms.ok;
}

/* (Mailbox, Pid, Allowance): how many more messages the subscriber may get. */
FXAOT_NIF(fxaot_nif_allow_3) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  ErlNifPid pid;
  int64_t allowance;
  (void)argc;
  if (!mailbox || !enif_get_local_pid(env, argv[1], &pid) ||
      !get_allowance(env, argv[2], &allowance))
    return enif_make_badarg(env);
  enif_mutex_lock(mailbox->lock);
  subscriber *subscriber = find_subscriber(mailbox, pid.pid);
  if (subscriber) subscriber->allowance = allowance;
  enif_mutex_unlock(mailbox->lock);
  return subscriber ? atoms.ok : fxaot_error(env, atoms.not_found, enif_make_new_map(env));
}

/* ---- lifetime ------------------------------------------------------------- */

/* A subscriber or the owner has died. The owner's engine takes no more quotes; what was accepted is
 * still handled. */
static void process_down(ErlNifEnv *env, void *object, ErlNifPid *pid, ErlNifMonitor *monitor) {
  mailbox_resource *mailbox = object;
  (void)env;
  if (enif_compare_monitors(&mailbox->owner, monitor) == 0) {
    fxaot_actor_begin_stop(mailbox->actor, 0);
    return;
  }
  enif_mutex_lock(mailbox->lock);
  subscriber *subscriber = find_subscriber(mailbox, pid->pid);
  if (subscriber && enif_compare_monitors(&subscriber->monitor, monitor) == 0) {
    subscriber->pid = 0;
    mailbox->subscriber_count--;
  }
  enif_mutex_unlock(mailbox->lock);
}

void fxaot_leave_actor(engine_resource *handle) {
  mailbox_resource *mailbox = handle->mailbox;
  if (!mailbox) return;
  fxaot_actor_stop(mailbox->actor);
  handle->mailbox = NULL;
  handle->away = false;
}

/* No process can send or hear any more. Waiting quotes are dropped, so this waits for one turn at most. */
static void destroy_mailbox(ErlNifEnv *env, void *object) {
  mailbox_resource *mailbox = object;
  engine_resource *engine = mailbox->engine;
  (void)env;
  if (mailbox->actor) {
    delist(mailbox);
    fxaot_actor_begin_stop(mailbox->actor, 1);
    enif_mutex_lock(engine->control);
    if (engine->mailbox == mailbox) fxaot_leave_actor(engine);
    fxaot_actor_free(mailbox->actor);
    enif_mutex_unlock(engine->control);
  }
  if (mailbox->env) enif_free_env(mailbox->env);
  if (mailbox->lock) enif_mutex_destroy(mailbox->lock);
  if (engine) enif_release_resource(engine);
}

bool fxaot_open_actors(ErlNifEnv *env, ErlNifResourceFlags flags) {
  ErlNifResourceTypeInit init = {.dtor = destroy_mailbox, .down = process_down};
  fxaot_mailbox_type = enif_open_resource_type_x(env, "fxaot_mailbox", &init, flags, NULL);
  if (!fxaot_mailbox_type) return false;
  if (!list_lock) {
    list_lock = enif_mutex_create("fxaot_mailboxes");
    if (!list_lock || atexit(end_threads)) return false;
  }
  return true;
}

static mailbox_resource *new_mailbox(engine_resource *handle) {
  mailbox_resource *mailbox = enif_alloc_resource(fxaot_mailbox_type, sizeof *mailbox);
  if (!mailbox) return NULL;
  memset(mailbox, 0, sizeof *mailbox);
  enif_keep_resource(handle);
  mailbox->engine = handle;
  mailbox->env = enif_alloc_env();
  mailbox->lock = enif_mutex_create("fxaot_mailbox");
  return mailbox;
}

/* With `control` held. */
static ERL_NIF_TERM start_actor(ErlNifEnv *env, mailbox_resource *mailbox,
                                const fxaot_actor_config *config, ErlNifPid owner) {
  engine_resource *handle = mailbox->engine;
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  if (!mailbox->env || !mailbox->lock)
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  int32_t status = fxaot_actor_new(handle->engine, config, &mailbox->actor);
  if (status != FXAOT_OK) {
    ERL_NIF_TERM capacity = enif_make_uint64(env, config->capacity);
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.capacity, &capacity));
  }
  handle->has_events = false;
  handle->mailbox = mailbox;
  handle->away = true;
  enlist(mailbox);
  /* It was killed a moment ago: as if it were killed later. */
  if (enif_monitor_process(env, mailbox, &owner, &mailbox->owner))
    fxaot_actor_begin_stop(mailbox->actor, 0);
  return fxaot_ok(env, enif_make_resource(env, mailbox));
}

/* (Engine, Name, Capacity, Events, Overflow, WaitNs, Waiting, Budget, Processor), dirty */
FXAOT_NIF(fxaot_nif_start_actor_9) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_actor_config config;
  ErlNifUInt64 capacity, events;
  ErlNifSInt64 wait_ns;
  ErlNifPid self;
  (void)argc;
  fxaot_actor_config_default(&config);
  if (!handle || !enif_is_atom(env, argv[1]) || !enif_get_uint64(env, argv[2], &capacity) ||
      !enif_get_uint64(env, argv[3], &events) || !enif_get_uint(env, argv[4], &config.overflow) ||
      !enif_get_int64(env, argv[5], &wait_ns) || !enif_get_uint(env, argv[6], &config.waiting) ||
      !enif_get_uint(env, argv[7], &config.budget) ||
      !enif_get_int(env, argv[8], &config.processor) || !enif_self(env, &self))
    return enif_make_badarg(env);
  mailbox_resource *mailbox = new_mailbox(handle);
  if (!mailbox) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  mailbox->name = argv[1];
  mailbox->wait_ns = wait_ns;
  config.capacity = capacity;
  config.events = events;
  config.sink = publish;
  config.context = mailbox;
  enif_mutex_lock(handle->control);
  ERL_NIF_TERM answer = start_actor(env, mailbox, &config, self);
  enif_mutex_unlock(handle->control);
  enif_release_resource(mailbox);
  return answer;
}

/* (Engine), dirty: handles the accepted quotes, then gives the engine back to its owner. */
FXAOT_NIF(fxaot_nif_stop_actor_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifPid self;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  enif_mutex_lock(handle->control);
  ERL_NIF_TERM answer = atoms.ok;
  if (enif_self(env, &self) && self.pid == handle->owner && handle->engine)
    fxaot_leave_actor(handle);
  else
    answer = fxaot_unusable(env, handle);
  enif_mutex_unlock(handle->control);
  return answer;
}

/* ---- a mailbox's figures --------------------------------------------------- */

static ERL_NIF_TERM subscriber_list(ErlNifEnv *env, mailbox_resource *mailbox) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  enif_mutex_lock(mailbox->lock);
  for (unsigned i = 0; i < MOST_SUBSCRIBERS; i++) {
    ErlNifPid pid = {.pid = mailbox->subscribers[i].pid};
    if (!pid.pid) continue;
    ERL_NIF_TERM entry = enif_make_tuple2(env, enif_make_pid(env, &pid),
                                          enif_make_uint64(env, mailbox->subscribers[i].missed));
    list = enif_make_list_cell(env, entry, list);
  }
  enif_mutex_unlock(mailbox->lock);
  return list;
}

/* (Mailbox), any process */
FXAOT_NIF(fxaot_nif_mailbox_1) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  fxaot_actor_stats s;
  (void)argc;
  if (!mailbox) return enif_make_badarg(env);
  fxaot_actor_read_stats(mailbox->actor, &s);
  const struct {
    ERL_NIF_TERM key;
    uint64_t value;
  } counts[] = {{atoms.capacity, s.capacity},     {atoms.waiting, s.pushed - s.handled - s.dropped},
                {atoms.pushed, s.pushed},         {atoms.handled, s.handled},
                {atoms.refused, s.refused},       {atoms.dropped, s.dropped},
                {atoms.high_water, s.high_water}, {atoms.pulled, s.pulled},
                {atoms.unpulled, s.unpulled},     {atoms.missed, mailbox->missed},
                {atoms.rounds, s.rounds},         {atoms.sleeps, s.sleeps}};
  enum { COUNTS = sizeof counts / sizeof *counts };
  ERL_NIF_TERM keys[COUNTS + 3], values[COUNTS + 3];
  unsigned n = 0;
  for (; n < COUNTS; n++) {
    keys[n] = counts[n].key;
    values[n] = enif_make_uint64(env, counts[n].value);
  }
  keys[n] = atoms.state;
  values[n++] = s.stopped ? atoms.stopped : atoms.running;
  keys[n] = atoms.pinning;
  values[n++] = enif_make_int(env, s.pinning);
  keys[n] = atoms.subscribers;
  values[n++] = subscriber_list(env, mailbox);
  return fxaot_map(env, n, keys, values);
}
