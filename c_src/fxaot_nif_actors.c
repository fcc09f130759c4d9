/* Engines on threads of their own: start, stop, events. */
#include "fxaot_nif_actors.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long the end of the VM waits for the threads; each finishes at most one turn. */
#define EXIT_WAIT_MS 2000

/* ---- all actors, for the end of the VM ------------------------------------- */

/* One for all versions of this library in the process: an actor that one has started, another ends. */
typedef struct actor_list {
  ErlNifMutex *lock;
  running_actor *first;
} actor_list;

static actor_list *actors;

static void enlist(running_actor *running) {
  enif_mutex_lock(actors->lock);
  running->next = actors->first;
  if (actors->first) actors->first->previous = running;
  actors->first = running;
  enif_mutex_unlock(actors->lock);
}

static void delist(running_actor *running) {
  enif_mutex_lock(actors->lock);
  if (running->next) running->next->previous = running->previous;
  if (running->previous) running->previous->next = running->next;
  if (actors->first == running) actors->first = running->next;
  enif_mutex_unlock(actors->lock);
}

static void begin_stop(running_actor *running, uint32_t drops) {
  const acting *it = fxaot_acting_of(running);
  it->library->actor_begin_stop(it->actor, drops);
}

static bool has_ended(running_actor *running) {
  const acting *it = fxaot_acting_of(running);
  return it->library->actor_has_ended(it->actor);
}

/* Runs in exit(): no thread of ours may still run when the libraries are torn down. Quotes
 * in a mailbox are lost with the engine. */
static void end_threads(void) {
  enif_mutex_lock(actors->lock);
  for (running_actor *r = actors->first; r; r = r->next) begin_stop(r, 1);
  unsigned waited = 0;
  for (running_actor *r = actors->first; r; r = r->next)
    for (; !has_ended(r) && waited < EXIT_WAIT_MS; waited++)
      nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  enif_mutex_unlock(actors->lock);
}

static actor_list *new_list(void) {
  actor_list *list = enif_alloc(sizeof *list);
  if (!list) return NULL;
  *list = (actor_list){.lock = enif_mutex_create("fxaot_mailboxes")};
  if (list->lock) return list;
  enif_free(list);
  return NULL;
}

/* On the actor's thread, once a turn that caused events. */
static void publish(void *context, const fxaot_event *events, uint64_t count) {
  running_actor *running = context;
  fxaot_publish(&running->subscribers, NULL, 0, events, count);
}

/* ---- lifetime ------------------------------------------------------------- */

/* A subscriber or the owner has died. The owner's engine takes no more quotes; what was accepted is
 * still handled. */
static void process_down(ErlNifEnv *env, void *object, ErlNifPid *pid, ErlNifMonitor *monitor) {
  mailbox_resource *mailbox = object;
  (void)env;
  if (pid->pid == mailbox->owner) begin_stop(mailbox->running, 0);
  fxaot_subscriber_down(&mailbox->running->subscribers, pid, monitor);
}

void fxaot_leave_actor(engine_resource *handle) {
  running_actor *running = handle->running;
  if (!running) return;
  const acting *it = fxaot_acting_of(running);
  it->library->actor_stop(it->actor);
  handle->running = NULL;
  handle->access = FXAOT_OWNED;
}

/* On a thread of its own: waits for one turn at most, and for whoever has the engine. */
static void end_actor(void *argument) {
  running_actor *running = argument;
  engine_resource *engine = running->engine;
  if (fxaot_acting_of(running)) {
    enif_mutex_lock(engine->control);
    if (engine->running == running) fxaot_leave_actor(engine);
    delist(running);
    for (acting *it = fxaot_acting_of(running), *before; it; it = before) {
      before = it->before;
      fxaot_free_acting(it);
    }
    enif_mutex_unlock(engine->control);
  }
  fxaot_close_waiters(running);
  fxaot_close_subscribers(&running->subscribers);
  enif_free(running);
  enif_release_resource(engine);
}

/* No process can send or subscribe any more. Drops waiting quotes. */
static void destroy_mailbox(ErlNifEnv *env, void *object) {
  mailbox_resource *mailbox = object;
  (void)env;
  if (!mailbox->running) return;
  if (fxaot_acting_of(mailbox->running)) begin_stop(mailbox->running, 1);
  fxaot_run_aside(end_actor, mailbox->running);
}

bool fxaot_open_actors(ErlNifEnv *env, ErlNifResourceFlags flags, void **list) {
  static bool has_handler;
  ErlNifResourceTypeInit init = {.dtor = destroy_mailbox, .down = process_down};
  fxaot_mailbox_type = enif_open_resource_type_x(env, "fxaot_mailbox_3", &init, flags, NULL);
  if (!fxaot_mailbox_type) return false;
  if (*list)
    actors = *list;
  else if (!actors)
    actors = new_list();
  if (!actors || (!has_handler && atexit(end_threads))) return false;
  has_handler = true;
  *list = actors;
  return true;
}

static mailbox_resource *new_mailbox(engine_resource *handle, ERL_NIF_TERM name) {
  mailbox_resource *mailbox = enif_alloc_resource(fxaot_mailbox_type, sizeof *mailbox);
  running_actor *running = enif_alloc(sizeof *running);
  if (mailbox) memset(mailbox, 0, sizeof *mailbox);
  if (mailbox && running) {
    memset(running, 0, sizeof *running);
    enif_keep_resource(handle);
    running->engine = handle;
    running->subscribers.name = name;
    mailbox->running = running;
    if (fxaot_open_waiters(running) &&
        fxaot_open_subscribers(&running->subscribers, handle->incarnation))
      return mailbox;
  } else {
    enif_free(running);
  }
  if (mailbox) enif_release_resource(mailbox);
  return NULL;
}

int32_t fxaot_act(running_actor *running, const fxaot_library *library, fxaot_engine *engine,
                  acting **out) {
  acting *it = *out = enif_alloc(sizeof *it);
  if (!it) return FXAOT_OUT_OF_MEMORY;
  *it = (acting){.library = library};
  int32_t status = library->actor_new(engine, &running->config, &it->actor);
  if (status == FXAOT_OK) return FXAOT_OK;
  enif_free(it);
  *out = NULL;
  return status;
}

void fxaot_free_acting(acting *it) {
  it->library->actor_free(it->actor);
  enif_free(it);
}

void fxaot_set_acting(running_actor *running, acting *it) {
  it->before = fxaot_acting_of(running);
  atomic_store(&running->acting, it);
}

/* With `control` held. */
static ERL_NIF_TERM start_actor(ErlNifEnv *env, mailbox_resource *mailbox, ErlNifPid owner) {
  running_actor *running = mailbox->running;
  engine_resource *handle = running->engine;
  if (!fxaot_owns(env, handle)) return fxaot_unusable(env, handle);
  acting *it;
  int32_t status = fxaot_act(running, handle->library, handle->engine, &it);
  if (status != FXAOT_OK) {
    ERL_NIF_TERM capacity = enif_make_uint64(env, running->config.capacity);
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.capacity, &capacity));
  }
  fxaot_set_acting(running, it);
  handle->has_events = false;
  handle->running = running;
  handle->access = FXAOT_AWAY;
  enlist(running);
  mailbox->owner = owner.pid;
  /* The owner was killed a moment ago: handle it as if it were killed later. */
  if (enif_monitor_process(env, mailbox, &owner, NULL)) begin_stop(running, 0);
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
  mailbox_resource *mailbox = new_mailbox(handle, argv[1]);
  if (!mailbox) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  mailbox->wait_ns = wait_ns;
  mailbox->drops_oldest = config.overflow == FXAOT_DROP_OLDEST;
  config.capacity = capacity;
  config.events = events;
  config.sink = publish;
  config.bell = fxaot_tell_room;
  config.context = mailbox->running;
  mailbox->running->config = config;
  enif_mutex_lock(handle->control);
  ERL_NIF_TERM answer = start_actor(env, mailbox, self);
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

void fxaot_read_actor(running_actor *running, fxaot_actor_stats *out) {
  const acting *it = fxaot_acting_of(running);
  it->library->actor_read_stats(it->actor, out);
  while ((it = it->before)) {
    fxaot_actor_stats s;
    it->library->actor_read_stats(it->actor, &s);
    out->pushed += s.pushed;
    out->handled += s.handled;
    out->refused += s.refused;
    out->dropped += s.dropped;
    out->pulled += s.pulled;
    out->unpulled += s.unpulled;
    out->rounds += s.rounds;
    out->sleeps += s.sleeps;
    if (s.high_water > out->high_water) out->high_water = s.high_water;
  }
}

/* (Mailbox), any process */
FXAOT_NIF(fxaot_nif_mailbox_1) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  fxaot_actor_stats s;
  ERL_NIF_TERM list;
  if (!mailbox) return enif_make_badarg(env);
  if (!fxaot_get_subscriber_list(env, &mailbox->running->subscribers, &list))
    return fxaot_try_again(env, "mailbox_nif", fxaot_nif_mailbox_1, argc, argv);
  fxaot_read_actor(mailbox->running, &s);
  const struct {
    ERL_NIF_TERM key;
    uint64_t value;
  } counts[] = {
      {atoms.capacity, s.capacity},     {atoms.waiting, fxaot_waiting(&s)},
      {atoms.pushed, s.pushed},         {atoms.handled, s.handled},
      {atoms.refused, s.refused},       {atoms.dropped, s.dropped},
      {atoms.high_water, s.high_water}, {atoms.pulled, s.pulled},
      {atoms.unpulled, s.unpulled},     {atoms.missed, mailbox->running->subscribers.missed},
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
  values[n++] = list;
  return fxaot_map(env, n, keys, values);
}
