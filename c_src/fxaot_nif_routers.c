/* Several engines on threads of their own: routes of quotes, and moves of instruments.
 * Longer than a file should be: a move needs every step of a route. */
#include "fxaot_nif_actors.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_ROUTES 65536
/* Between two tries to find room. */
#define PAUSE_NS 20000

static void pause_sender(void) { nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL); }

way *fxaot_new_way(const fxaot_library *library) {
  way *it = enif_alloc(sizeof *it);
  if (!it) return NULL;
  *it = (way){.library = library};
  if (library->router_new(&it->router) == FXAOT_OK) return it;
  enif_free(it);
  return NULL;
}

void fxaot_free_way(way *it) {
  it->library->router_free(it->router);
  enif_free(it);
}

static void destroy_router(ErlNifEnv *env, void *object) {
  router_resource *router = object;
  (void)env;
  for (way *it = fxaot_way_of(router), *before; it; it = before) {
    before = it->before;
    fxaot_free_way(it);
  }
  for (unsigned i = 0; i < router->count; i++) enif_release_resource(router->mailboxes[i]);
  enif_free(router->mailboxes);
  enif_free(router->routes);
  if (router->lock) enif_mutex_destroy(router->lock);
}

bool fxaot_open_routers(ErlNifEnv *env, ErlNifResourceFlags flags) {
  fxaot_router_type =
      enif_open_resource_type(env, NULL, "fxaot_router_2", destroy_router, flags, NULL);
  return fxaot_router_type;
}

/* (WaitNs) */
FXAOT_NIF(fxaot_nif_router_1) {
  ErlNifSInt64 wait_ns;
  (void)argc;
  if (!enif_get_int64(env, argv[0], &wait_ns)) return enif_make_badarg(env);
  router_resource *router = enif_alloc_resource(fxaot_router_type, sizeof *router);
  if (!router) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  memset(router, 0, sizeof *router);
  router->wait_ns = wait_ns;
  router->lock = enif_mutex_create("fxaot_router");
  router->way = router->lock ? fxaot_new_way(&fxaot_own_library) : NULL;
  int32_t status = router->way ? FXAOT_OK : FXAOT_OUT_OF_MEMORY;
  ERL_NIF_TERM term = enif_make_resource(env, router);
  enif_release_resource(router);
  return status == FXAOT_OK ? fxaot_ok(env, term)
                            : fxaot_status_error(env, status, enif_make_new_map(env));
}

/* Routes from [{Symbol, Mailbox}]; how many, or −1. The mailboxes are not kept yet. */
static int get_routes(ErlNifEnv *env, ERL_NIF_TERM list, unsigned length, fxaot_route *routes,
                      mailbox_resource **mailboxes) {
  ERL_NIF_TERM head;
  const ERL_NIF_TERM *pair;
  char symbol[FXAOT_SYMBOL_BYTES];
  int arity, count = 0;
  for (; (unsigned)count < length && enif_get_list_cell(env, list, &head, &list); count++) {
    if (!enif_get_tuple(env, head, &arity, &pair) || arity != 2 || !enif_is_atom(env, pair[0]) ||
        !fxaot_get_text(env, pair[0], symbol, sizeof symbol) ||
        !(mailboxes[count] = fxaot_get_mailbox(env, pair[1])))
      return -1;
    routes[count].symbol = fxaot_symbol_key(symbol, strlen(symbol));
    routes[count].symbol_ref = pair[0];
    if (!routes[count].symbol) return -1;
  }
  return count;
}

/* Routes, and the mailbox of each. */
typedef struct routing {
  fxaot_route *routes;
  mailbox_resource **mailboxes;
  unsigned count;
} routing;

static void free_routing(routing *it) {
  enif_free(it->routes);
  enif_free(it->mailboxes);
}

int32_t fxaot_lead(router_resource *router, way *it) {
  for (unsigned i = 0; i < router->count; i++) {
    running_actor *running = router->mailboxes[i]->running;
    const acting *acting = running->coming ? running->coming : fxaot_acting_of(running);
    if (acting->library != it->library) return FXAOT_BUSY; /* a group crosses as a whole */
    router->routes[i].actor = acting->actor;
  }
  return it->library->router_set(it->router, router->routes, router->count);
}

/* Exchanges a router's routes for others. */
static routing exchange(router_resource *router, routing new) {
  routing old = {router->routes, router->mailboxes, router->count};
  router->routes = new.routes;
  router->mailboxes = new.mailboxes;
  router->count = new.count;
  return old;
}

/* With the router's lock held. Keeps the new mailboxes, and releases the old ones once no sender goes
 * by them. */
static int32_t set_routes(router_resource *router, routing new) {
  for (unsigned i = 0; i < new.count; i++) enif_keep_resource(new.mailboxes[i]);
  routing gone = exchange(router, new);
  int32_t status = fxaot_lead(router, fxaot_way_of(router));
  if (status != FXAOT_OK) gone = exchange(router, gone);
  for (unsigned i = 0; i < gone.count; i++) enif_release_resource(gone.mailboxes[i]);
  free_routing(&gone);
  return status;
}

/* ---- time that passes ------------------------------------------------------ */

/* The different ones among a router's mailboxes, as pointers in order. */
static int by_address(const void *a, const void *b) {
  const mailbox_resource *first = *(mailbox_resource *const *)a,
                         *second = *(mailbox_resource *const *)b;
  return first < second ? -1 : first > second;
}

static unsigned different(mailbox_resource **mailboxes, unsigned count) {
  unsigned kept = 0;
  qsort(mailboxes, count, sizeof *mailboxes, by_address);
  for (unsigned i = 0; i < count; i++)
    if (kept == 0 || mailboxes[kept - 1] != mailboxes[i]) mailboxes[kept++] = mailboxes[i];
  return kept;
}

/* Whether all of them have room. An actor that drops its oldest quotes always has. */
static int32_t check_room(mailbox_resource *const *mailboxes, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    fxaot_actor_stats s;
    fxaot_read_actor(mailboxes[i]->running, &s);
    if (s.stopped) return FXAOT_STOPPED;
    if (!mailboxes[i]->drops_oldest && fxaot_waiting(&s) >= s.capacity) return FXAOT_FULL;
  }
  return FXAOT_OK;
}

static int32_t advance_each(ErlNifEnv *env, mailbox_resource *const *mailboxes, unsigned count,
                            int64_t time_ns) {
  int32_t status = check_room(mailboxes, count);
  /* A quote may have taken the room just found; the actor makes some again. */
  for (unsigned i = 0; i < count && status == FXAOT_OK; i++) {
    const acting *it = fxaot_acting_of(mailboxes[i]->running);
    while ((status = it->library->actor_advance(it->actor, time_ns)) == FXAOT_FULL &&
           enif_is_current_process_alive(env))
      pause_sender();
  }
  return status;
}

static int32_t try_advance(ErlNifEnv *env, router_resource *router, int64_t time_ns) {
  int32_t status = FXAOT_OUT_OF_MEMORY;
  mailbox_resource **each = enif_alloc((router->count + 1) * sizeof *each);
  if (each) {
    memcpy(each, router->mailboxes, router->count * sizeof *each);
    status = advance_each(env, each, different(each, router->count), time_ns);
    enif_free(each);
  }
  return status;
}

int32_t fxaot_router_advance(ErlNifEnv *env, router_resource *router, int64_t time_ns) {
  if (enif_mutex_trylock(router->lock)) return FXAOT_BUSY;
  int32_t status = try_advance(env, router, time_ns);
  enif_mutex_unlock(router->lock);
  return status;
}

/* ---- moving ---------------------------------------------------------------- */

/* A move between two engines that their actors have, locked in the order of their addresses. */
typedef struct move {
  engine_resource *from, *to;
  const uint64_t *refs;
  unsigned count;
} move;

static void lock_both(const move *m, bool locks) {
  engine_resource *first = m->from < m->to ? m->from : m->to;
  engine_resource *second = m->from < m->to ? m->to : m->from;
  if (locks) {
    enif_mutex_lock(first->control);
    enif_mutex_lock(second->control);
  } else {
    enif_mutex_unlock(second->control);
    enif_mutex_unlock(first->control);
  }
}

static bool is_with_actor(engine_resource *engine) {
  return engine->engine && fxaot_has_access(engine, FXAOT_AWAY) && engine->running;
}

/* Checks the move first, so a refused move changes no route. After that only lack of memory can fail it; the
 * caller then sets the routes again. The new engine pauses while the old one handles the quotes of the old
 * route; quotes of the new route wait in its mailbox. No quote is lost, doubled or overtaken. */
static int32_t set_and_move(router_resource *router, routing new, const move *m) {
  const fxaot_library *library = m->from->library;
  fxaot_actor *from = fxaot_acting_of(m->from->running)->actor;
  fxaot_actor *to = fxaot_acting_of(m->to->running)->actor;
  if (m->to->library != library) {
    free_routing(&new);
    return FXAOT_BUSY;
  }
  library->actor_pause(to);
  library->actor_pause(from);
  int32_t status = library->engine_check_move(m->from->engine, m->to->engine, m->refs, m->count);
  library->actor_resume(from);
  if (status == FXAOT_OK)
    status = set_routes(router, new);
  else
    free_routing(&new);
  if (status == FXAOT_OK) {
    library->actor_pause(from);
    status = library->engine_move_checked(m->from->engine, m->to->engine, m->refs, m->count);
    m->to->has_scripts |= m->from->has_scripts;
    fxaot_assess(m->from);
    fxaot_assess(m->to);
    library->actor_resume(from);
  }
  library->actor_resume(to);
  return status;
}

static ERL_NIF_TERM route(ErlNifEnv *env, router_resource *router, ERL_NIF_TERM list,
                          const move *m) {
  unsigned length;
  if (!enif_get_list_length(env, list, &length) || length > MOST_ROUTES)
    return enif_make_badarg(env);
  routing new = {.routes = enif_alloc((length + 1) * sizeof(fxaot_route)),
                 .mailboxes = enif_alloc((length + 1) * sizeof(mailbox_resource *))};
  bool has_memory = new.routes &&new.mailboxes;
  int count = has_memory ? get_routes(env, list, length, new.routes, new.mailboxes) : -1;
  if (count < 0) {
    free_routing(&new);
    return has_memory ? enif_make_badarg(env)
                      : fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  new.count = (unsigned)count;
  int32_t status;
  enif_mutex_lock(router->lock);
  if (!m) {
    status = set_routes(router, new);
  } else {
    lock_both(m, true);
    if (is_with_actor(m->from) && is_with_actor(m->to)) {
      status = set_and_move(router, new, m);
    } else {
      status = FXAOT_STOPPED;
      free_routing(&new);
    }
    lock_both(m, false);
  }
  enif_mutex_unlock(router->lock);
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, enif_make_new_map(env));
}

/* (Router): quotes that had no route */
FXAOT_NIF(fxaot_nif_unrouted_1) {
  router_resource *router = fxaot_get_router(env, argv[0]);
  (void)argc;
  if (!router) return enif_make_badarg(env);
  uint64_t count = 0;
  for (const way *it = fxaot_way_of(router); it; it = it->before)
    count += it->library->router_unknown(it->router);
  return enif_make_uint64(env, count);
}

/* (Router, [{Symbol, Mailbox}]), dirty */
FXAOT_NIF(fxaot_nif_set_routes_2) {
  router_resource *router = fxaot_get_router(env, argv[0]);
  (void)argc;
  return router ? route(env, router, argv[1], NULL) : enif_make_badarg(env);
}

/* (Router, [{Symbol, Mailbox}], FromEngine, ToEngine, [Symbol]), dirty, from any process: the
 * actors have the engines, and `control` excludes everybody else. */
FXAOT_NIF(fxaot_nif_move_5) {
  router_resource *router = fxaot_get_router(env, argv[0]);
  engine_resource *from = fxaot_get_engine(env, argv[2]), *to = fxaot_get_engine(env, argv[3]);
  ERL_NIF_TERM head, list = argv[4];
  unsigned length, count = 0;
  (void)argc;
  if (!router || !from || !to || from == to || !enif_get_list_length(env, list, &length) ||
      length > MOST_ROUTES)
    return enif_make_badarg(env);
  uint64_t *refs = enif_alloc((length + 1) * sizeof *refs);
  if (!refs) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  while (enif_get_list_cell(env, list, &head, &list)) refs[count++] = head;
  move m = {.from = from, .to = to, .refs = refs, .count = count};
  ERL_NIF_TERM answer = route(env, router, argv[1], &m);
  enif_free(refs);
  return answer;
}
