/* Access to an engine: its owner, its actor, or one process after another. */
#include "fxaot_nif_actors.h"

#include <string.h>
#include <time.h>

#define SPINS 64
/* The share of its timeslice that a process gives up each time it finds the engine busy. */
#define BUSY_PERCENT 25
/* From this many strategies on a call may be long, or is always long. */
#define MEASURED_STRATEGIES 16
#define SLOW_STRATEGIES 256

ERL_NIF_TERM fxaot_unusable(ErlNifEnv *env, engine_resource *handle) {
  ERL_NIF_TERM owner = handle->owner;
  if (!handle->engine) return fxaot_error(env, atoms.closed, enif_make_new_map(env));
  if (fxaot_is_owner(env, handle))
    return fxaot_error(env, atoms.actor_mode, enif_make_new_map(env));
  return fxaot_error(env, atoms.not_owner, fxaot_map(env, 1, &atoms.owner, &owner));
}

/* ---- the lock of a shared engine ------------------------------------------ */

static void pause_processor(void) {
#if defined __x86_64__
  __builtin_ia32_pause();
#elif defined __aarch64__
  __asm__ volatile("yield");
#endif
}

bool fxaot_wait_briefly(engine_resource *handle) {
  for (unsigned i = 0; i < SPINS; i++) {
    pause_processor();
    if (!atomic_load_explicit(&handle->busy, memory_order_relaxed) &&
        !atomic_exchange_explicit(&handle->busy, true, memory_order_acquire))
      return true;
  }
  return false;
}

void fxaot_lock_dirty(engine_resource *handle) {
  while (!fxaot_lock(handle)) nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
}

void fxaot_send_events(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM list) {
  uint64_t count = 0;
  if (handle->engine) {
    const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
    if (count && handle->subscribers->count) {
      ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC);
      fxaot_publish(handle->subscribers, env, list, events, count);
      handle->publish_ns += (uint64_t)(enif_monotonic_time(ERL_NIF_NSEC) - start);
    }
    if (count) handle->library->engine_clear_events(handle->engine);
  }
  handle->has_events = false;
}

void fxaot_release(ErlNifEnv *env, engine_resource *handle, ERL_NIF_TERM list) {
  fxaot_send_events(env, handle, list);
  fxaot_unlock(handle);
}

ERL_NIF_TERM fxaot_try_again(ErlNifEnv *env, const char *name, fxaot_nif_function *self, int argc,
                             const ERL_NIF_TERM argv[]) {
  enif_consume_timeslice(env, BUSY_PERCENT);
  return enif_schedule_nif(env, name, 0, self, argc, argv);
}

void fxaot_assess(engine_resource *handle) {
  uint64_t strategies = handle->library->engine_strategies(handle->engine, NULL, 0);
  handle->is_measured = handle->has_scripts || strategies >= MEASURED_STRATEGIES;
  handle->slow_calls = strategies >= SLOW_STRATEGIES ? FXAOT_ALWAYS : 0;
}

/* ---- the owner's calls ---------------------------------------------------- */

ERL_NIF_TERM fxaot_with_engine(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[],
                               const char *name, fxaot_nif_function *self, fxaot_nif_function *body,
                               fxaot_nif_function *visit) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  if (!handle || !fxaot_is_owner(env, handle)) return body(env, argc, argv);
  if (fxaot_is_slow(handle) || fxaot_has_access(handle, FXAOT_AWAY))
    return enif_schedule_nif(env, name, ERL_NIF_DIRTY_JOB_CPU_BOUND, visit, argc, argv);
  if (!fxaot_has_access(handle, FXAOT_SHARED)) return body(env, argc, argv);
  if (!fxaot_lock(handle)) return fxaot_try_again(env, name, self, argc, argv);
  ERL_NIF_TERM answer = body(env, argc, argv);
  fxaot_release(env, handle, 0);
  return answer;
}

static ERL_NIF_TERM visit_shared(ErlNifEnv *env, engine_resource *handle, int argc,
                                 const ERL_NIF_TERM argv[], fxaot_nif_function *body) {
  fxaot_lock_dirty(handle);
  ERL_NIF_TERM answer = body(env, argc, argv);
  fxaot_release(env, handle, 0);
  return answer;
}

/* `control` is held throughout, so that nobody adopts or stops the engine meanwhile; of a shared one,
 * `busy` is. */
ERL_NIF_TERM fxaot_visit(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[],
                         fxaot_nif_function *body) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  if (!handle) return enif_make_badarg(env);
  if (fxaot_has_access(handle, FXAOT_SHARED)) return visit_shared(env, handle, argc, argv, body);
  enif_mutex_lock(handle->control);
  const acting *acting = NULL;
  if (fxaot_has_access(handle, FXAOT_AWAY) && fxaot_is_owner(env, handle)) {
    acting = fxaot_acting_of(handle->running);
    acting->library->actor_pause(acting->actor);
    handle->access = FXAOT_OWNED;
  }
  ERL_NIF_TERM answer = body(env, argc, argv);
  if (acting) {
    /* The call's events, before those of the next turn. */
    acting->library->actor_publish(acting->actor);
    handle->has_events = false;
    handle->access = FXAOT_AWAY;
    acting->library->actor_resume(acting->actor);
  }
  enif_mutex_unlock(handle->control);
  return answer;
}

/* ---- sharing -------------------------------------------------------------- */

/* (Engine, Name): from now on any process sends quotes, and the events go to subscribers under this
 * name. Again, after an adoption: nothing changes. */
FXAOT_NIF(fxaot_nif_share_2) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle || !enif_is_atom(env, argv[1])) return enif_make_badarg(env);
  if (fxaot_is_owner(env, handle) && fxaot_has_access(handle, FXAOT_SHARED)) return atoms.ok;
  if (!fxaot_owns(env, handle)) return fxaot_unusable(env, handle);
  subscribers *them = enif_alloc(sizeof *them);
  if (!them) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  memset(them, 0, sizeof *them);
  them->name = argv[1];
  if (!fxaot_open_subscribers(them, handle->incarnation)) {
    fxaot_close_subscribers(them);
    enif_free(them);
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  fxaot_begin(handle); /* the owner has seen the events of its last call */
  atomic_store_explicit(&handle->subscribers, them, memory_order_release);
  atomic_store_explicit(&handle->access, FXAOT_SHARED, memory_order_release);
  return atoms.ok;
}

/* (Mailbox or Engine), any process: {Incarnation, Missed, PublishNs, [{Pid, Missed}]} */
FXAOT_NIF(fxaot_nif_subscribers_1) {
  void *resource;
  subscribers *them = fxaot_get_subscribers(env, argv[0], &resource);
  engine_resource *engine = fxaot_get_engine(env, argv[0]);
  ERL_NIF_TERM list;
  if (!them) return enif_make_badarg(env);
  if (!fxaot_get_subscriber_list(env, them, &list))
    return fxaot_try_again(env, "subscribers_nif", fxaot_nif_subscribers_1, argc, argv);
  return enif_make_tuple4(env, enif_make_uint64(env, them->incarnation),
                          enif_make_uint64(env, them->missed),
                          enif_make_uint64(env, engine ? engine->publish_ns : 0), list);
}

/* ---- changing hands -------------------------------------------------------- */

static FXAOT_NIF(close_engine) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_engine *engine = handle->engine;
  const fxaot_library *library = handle->library;
  enif_mutex_lock(handle->life);
  handle->engine = NULL;
  enif_mutex_unlock(handle->life);
  library->engine_free(engine);
  handle->has_events = false;
  return atoms.ok;
}

static FXAOT_NIF(close_visit) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (fxaot_has_access(handle, FXAOT_SHARED))
    return visit_shared(env, handle, argc, argv, close_engine);
  enif_mutex_lock(handle->control);
  if (fxaot_is_owner(env, handle)) fxaot_leave_actor(handle);
  ERL_NIF_TERM answer = close_engine(env, argc, argv);
  enif_mutex_unlock(handle->control);
  return answer;
}

/* (Engine) */
FXAOT_NIF(fxaot_nif_close_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  if (handle && fxaot_is_owner(env, handle) && handle->is_measured)
    return enif_schedule_nif(env, "close_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, close_visit, argc,
                             argv);
  return fxaot_with_engine(env, argc, argv, "close_nif", fxaot_nif_close_1, close_engine,
                           close_visit);
}

static ERL_NIF_TERM adopt(ErlNifEnv *env, engine_resource *handle, ErlNifPid owner) {
  ErlNifPid self;
  if (!enif_self(env, &self)) return enif_make_badarg(env);
  if (!handle->engine) return fxaot_error(env, atoms.closed, enif_make_new_map(env));
  if (owner.pid == self.pid) return atoms.ok;
  if (enif_is_process_alive(env, &owner))
    return fxaot_error(env, atoms.owner_alive, fxaot_map(env, 1, &atoms.owner, &owner.pid));
  if (!atomic_compare_exchange_strong(&handle->owner, &owner.pid, self.pid))
    return fxaot_unusable(env, handle);
  /* The dead owner may have been in a replay. */
  handle->is_replaying = false;
  handle->library->engine_set_replaying(handle->engine, 0);
  return atoms.ok;
}

/* (Engine), dirty. A process that is dead or exiting runs no NIF on a normal scheduler any more, but
 * its NIF on a dirty scheduler continues. NIFs there hold `control`, or `busy` of a shared engine. So a
 * process that exchanges the owner's pid under both has the engine alone. The dead owner's actor handles
 * its accepted messages, then ends. */
FXAOT_NIF(fxaot_nif_adopt_1) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  enif_mutex_lock(handle->control);
  fxaot_lock_dirty(handle);
  ErlNifPid owner = {.pid = handle->owner};
  if (!enif_is_process_alive(env, &owner)) fxaot_leave_actor(handle);
  ERL_NIF_TERM answer = adopt(env, handle, owner);
  fxaot_unlock(handle);
  enif_mutex_unlock(handle->control);
  return answer;
}
