/* Quotes in, events out: the hot path. */
#include "fxaot_nif_actors.h"

#include <string.h>

/* Quotes between two looks at the clock: few at first, because a quote may step thousands of
 * strategies, then twice as many while they take less than PIECE_NS. */
#define FEWEST_QUOTES 1
#define MOST_QUOTES 256
#define PIECE_NS 50000
#define EVENTS_BETWEEN_CLOCKS 64
/* How many calls go to a dirty scheduler after one that took longer than a slice: bars close seldom. */
#define CALLS_AFTER_SLOW_ONE 10000
/* Events of a shared engine that become terms and messages under its lock. */
#define MOST_SLICE_EVENTS 1024
/* Of an advance on a normal scheduler: see fxaot_advance_work. */
#define MOST_ADVANCE_WORK 500

ERL_NIF_TERM fxaot_quote_error(ErlNifEnv *env, int32_t status, const ERL_NIF_TERM argv[],
                               int argc) {
  ERL_NIF_TERM keys[] = {atoms.symbol, atoms.time,     atoms.bid,
                         atoms.ask,    atoms.bid_size, atoms.ask_size};
  return fxaot_status_error(env, status, fxaot_map(env, (unsigned)argc - 1, keys, argv + 1));
}

static void consume_since(ErlNifEnv *env, ErlNifTime start) {
  fxaot_consume(env, enif_monotonic_time(ERL_NIF_NSEC) - start);
}

/* The events of this call, oldest first. */
static ERL_NIF_TERM take_events(ErlNifEnv *env, engine_resource *handle) {
  uint64_t count;
  const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
  handle->has_events = true;
  return fxaot_event_list(env, events, count);
}

/* The caller has the engine: (Engine, Symbol, TimeNs, Bid, Ask[, BidSize, AskSize]). Returns ok, the events,
 * or the reason why the quote was dropped. Each arity has a copy, for the owner's calls to run through. */
__attribute__((always_inline)) static inline ERL_NIF_TERM quote(ErlNifEnv *env,
                                                                engine_resource *handle, int argc,
                                                                const ERL_NIF_TERM argv[]) {
  ErlNifUInt64 time;
  double bid, ask, bid_size = 0, ask_size = 0;
  uint64_t entry = fxaot_call_time(&handle->calls);
  if (!enif_get_uint64(env, argv[2], &time))
    time = UINT64_MAX; /* negative or beyond 64 bits: counted as a bad time, −1 */
  if (!enif_get_double(env, argv[3], &bid) || !enif_get_double(env, argv[4], &ask) ||
      (argc == 7 &&
       (!enif_get_double(env, argv[5], &bid_size) || !enif_get_double(env, argv[6], &ask_size))))
    return enif_make_badarg(env);
  fxaot_begin(handle);
  int64_t caused = handle->library->tick(handle->engine, argv[1], (int64_t)time, bid, ask, bid_size,
                                         ask_size, entry);
  if (__builtin_expect(caused == 0, 1)) return atoms.ok;
  if (caused < 0) return fxaot_quote_error(env, (int32_t)-caused, argv, argc);
  return take_events(env, handle);
}

static ERL_NIF_TERM quote_any(ErlNifEnv *env, engine_resource *handle, int argc,
                              const ERL_NIF_TERM argv[]) {
  return argc == 7 ? quote(env, handle, 7, argv) : quote(env, handle, 5, argv);
}

static FXAOT_NIF(advance_dirty);

/* The caller has the engine: (Engine, TimeNs). One that is long goes on in a dirty job. */
static ERL_NIF_TERM advance(ErlNifEnv *env, engine_resource *handle, int argc,
                            const ERL_NIF_TERM argv[]) {
  ErlNifSInt64 time;
  int64_t caused = -FXAOT_BAD_TIME;
  if (enif_get_int64(env, argv[1], &time)) {
    if (fxaot_is_on_normal_scheduler() &&
        handle->library->advance_work(handle->engine, time) > MOST_ADVANCE_WORK)
      return enif_schedule_nif(env, "advance_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, advance_dirty, argc,
                               argv);
    fxaot_begin(handle);
    caused = handle->library->advance(handle->engine, time);
  }
  if (caused == 0) return atoms.ok;
  if (caused < 0)
    return fxaot_status_error(env, (int32_t)-caused, fxaot_map(env, 1, &atoms.time, &argv[1]));
  return take_events(env, handle);
}

/* ---- calls that are not short, or not the owner's -------------------------- */

static void note_slow_call(engine_resource *handle) {
  uint32_t none = 0; /* FXAOT_ALWAYS stays */
  atomic_compare_exchange_strong(&handle->slow_calls, &none, CALLS_AFTER_SLOW_ONE);
}

typedef ERL_NIF_TERM call(ErlNifEnv *, engine_resource *, int, const ERL_NIF_TERM[]);

/* An engine with many strategies: the next calls go to a dirty scheduler if this one took too long. */
static ERL_NIF_TERM measured(ErlNifEnv *env, engine_resource *handle, int argc,
                             const ERL_NIF_TERM argv[], call *call) {
  if (!handle->is_measured) return call(env, handle, argc, argv);
  ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC);
  ERL_NIF_TERM answer = call(env, handle, argc, argv);
  ErlNifTime spent = enif_monotonic_time(ERL_NIF_NSEC) - start;
  if (spent > FXAOT_SLICE_NS) note_slow_call(handle);
  if (spent > FXAOT_SLICE_NS / 100) fxaot_consume(env, spent);
  return answer;
}

/* In a shared engine, whose lock the caller has: only the owner's quotes are a replay's. */
static inline void mark_replay(ErlNifEnv *env, engine_resource *handle) {
  if (handle->is_replaying)
    handle->library->engine_set_replaying(handle->engine, fxaot_is_owner(env, handle));
}

/* In a shared engine, whose lock the caller has. */
static ERL_NIF_TERM answer_and_release(ErlNifEnv *env, engine_resource *handle, int argc,
                                       const ERL_NIF_TERM argv[], call *call) {
  if (!handle->engine) {
    fxaot_unlock(handle);
    return fxaot_error(env, atoms.closed, enif_make_new_map(env));
  }
  mark_replay(env, handle);
  ERL_NIF_TERM answer = measured(env, handle, argc, argv, call);
  if (handle->has_events)
    fxaot_release(env, handle, answer);
  else
    fxaot_unlock(handle);
  return answer;
}

/* On a dirty scheduler, to its end. */
static ERL_NIF_TERM call_dirty(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[], call *call) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  if (!handle) return enif_make_badarg(env);
  if (fxaot_has_access(handle, FXAOT_SHARED)) {
    fxaot_lock_dirty(handle);
    return answer_and_release(env, handle, argc, argv, call);
  }
  enif_mutex_lock(handle->control);
  ERL_NIF_TERM answer =
      fxaot_owns(env, handle) ? call(env, handle, argc, argv) : fxaot_unusable(env, handle);
  enif_mutex_unlock(handle->control);
  return answer;
}

static FXAOT_NIF(quote_dirty) { return call_dirty(env, argc, argv, quote_any); }
static FXAOT_NIF(advance_dirty) { return call_dirty(env, argc, argv, advance); }

/* One call of a NIF that the owner makes without a lock, unless its engine is slow, and that any process
 * makes on a shared engine. */
typedef struct entry_point {
  const char *name;
  fxaot_nif_function *self, *dirty;
  call *call;
} entry_point;

static ERL_NIF_TERM call_shared(ErlNifEnv *env, engine_resource *handle, int argc,
                                const ERL_NIF_TERM argv[], const entry_point *point) {
  if (!fxaot_has_access(handle, FXAOT_SHARED) && !fxaot_owns(env, handle))
    return fxaot_unusable(env, handle);
  if (fxaot_is_slow(handle))
    return enif_schedule_nif(env, point->name, ERL_NIF_DIRTY_JOB_CPU_BOUND, point->dirty, argc,
                             argv);
  if (!fxaot_has_access(handle, FXAOT_SHARED))
    return measured(env, handle, argc, argv, point->call);
  if (!fxaot_lock(handle)) return fxaot_try_again(env, point->name, point->self, argc, argv);
  return answer_and_release(env, handle, argc, argv, point->call);
}

/* (Engine, Symbol, TimeNs, Bid, Ask) */
FXAOT_NIF(fxaot_nif_tick_5) {
  static const entry_point point = {"tick_nif", fxaot_nif_tick_5, quote_dirty, quote_any};
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  if (!handle) return enif_make_badarg(env);
  if (fxaot_owns(env, handle) && !handle->is_measured) return quote(env, handle, 5, argv);
  return call_shared(env, handle, argc, argv, &point);
}

/* (Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) */
FXAOT_NIF(fxaot_nif_tick_7) {
  static const entry_point point = {"tick_nif", fxaot_nif_tick_7, quote_dirty, quote_any};
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  if (!handle) return enif_make_badarg(env);
  if (fxaot_owns(env, handle) && !handle->is_measured) return quote(env, handle, 7, argv);
  return call_shared(env, handle, argc, argv, &point);
}

/* (Engine, TimeNs) */
FXAOT_NIF(fxaot_nif_advance_2) {
  static const entry_point point = {"advance_nif", fxaot_nif_advance_2, advance_dirty, advance};
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  if (!handle) return enif_make_badarg(env);
  return call_shared(env, handle, argc, argv, &point);
}

/* Builds the list from the newest event back, a slice at a time: (Engine, EventsLeft, Tail). */
static FXAOT_NIF(list_events) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifUInt64 left;
  ERL_NIF_TERM list = argv[2];
  uint64_t count;
  if (!handle || !enif_get_uint64(env, argv[1], &left)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
  if (left > count) left = count;
  ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC);
  while (left > 0) {
    for (unsigned i = 0; i < EVENTS_BETWEEN_CLOCKS && left > 0; i++) {
      left--;
      list = enif_make_list_cell(env, fxaot_event_term(env, &events[left]), list);
    }
    if (left > 0 && enif_monotonic_time(ERL_NIF_NSEC) - start > FXAOT_SLICE_NS) {
      ERL_NIF_TERM next[] = {argv[0], enif_make_uint64(env, left), list};
      consume_since(env, start);
      return enif_schedule_nif(env, "ticks_nif", 0, list_events, argc, next);
    }
  }
  consume_since(env, start);
  return enif_is_empty_list(env, list) ? atoms.ok : list;
}

/* Handles quotes from `done` on, until the slice is over or the engine has `most_events`. Returns how many
 * are done. */
static uint64_t run_slice(engine_resource *handle, const ErlNifBinary *quotes, uint64_t done,
                          uint64_t most_events, ErlNifTime start) {
  uint64_t count = quotes->size / sizeof(fxaot_quote), most = FEWEST_QUOTES, events = 0;
  ErlNifTime before = start;
  while (done < count) {
    uint64_t piece = count - done < most ? count - done : most;
    handle->library->ticks(handle->engine, quotes->data + done * sizeof(fxaot_quote), piece);
    done += piece;
    ErlNifTime now = enif_monotonic_time(ERL_NIF_NSEC);
    if (now - before > PIECE_NS)
      most = most > FEWEST_QUOTES ? most / 2 : FEWEST_QUOTES;
    else if (now - before < PIECE_NS / 2 && most < MOST_QUOTES)
      most *= 2;
    if (piece == 1 && now - before > FXAOT_SLICE_NS) note_slow_call(handle);
    before = now;
    if (now - start > FXAOT_SLICE_NS) break;
    if (most_events == UINT64_MAX) continue;
    handle->library->engine_events(handle->engine, &events);
    if (events >= most_events) break;
  }
  return done;
}

static ERL_NIF_TERM without_events(ErlNifEnv *env, const ErlNifBinary *quotes) {
  uint64_t count = quotes->size / sizeof(fxaot_quote);
  return fxaot_has_no_time(quotes->data, count) ? fxaot_batch_time_error(env, quotes->data)
                                                : atoms.ok;
}

/* Quotes a slice at a time: (Engine, Quotes, QuotesDone). The events stay in the engine until the
 * list is made and the next call has begun, so that a kill between two slices loses none. */
static FXAOT_NIF(run_quotes) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifBinary quotes;
  ErlNifUInt64 done;
  uint64_t events = 0;
  (void)argc;
  if (!handle || !enif_inspect_binary(env, argv[1], &quotes) ||
      !enif_get_uint64(env, argv[2], &done))
    return enif_make_badarg(env);
  bool is_normal = fxaot_is_on_normal_scheduler();
  if (is_normal && fxaot_is_slow(handle))
    return enif_schedule_nif(env, "ticks_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, run_quotes, 3, argv);
  /* A killed owner's dirty NIF goes on: nobody adopts the engine meanwhile. */
  if (!is_normal) enif_mutex_lock(handle->control);
  ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC);
  bool owns = fxaot_owns(env, handle);
  if (owns) {
    handle->has_events = true;
    done = run_slice(handle, &quotes, done, UINT64_MAX, start);
    handle->library->engine_events(handle->engine, &events);
  }
  if (!is_normal) enif_mutex_unlock(handle->control);
  if (!owns) return fxaot_unusable(env, handle);
  consume_since(env, start);
  if (done < quotes.size / sizeof(fxaot_quote)) {
    ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, done)};
    return enif_schedule_nif(env, "ticks_nif", 0, run_quotes, 3, next);
  }
  if (events == 0) return without_events(env, &quotes);
  ERL_NIF_TERM next[] = {argv[0], enif_make_uint64(env, events), enif_make_list(env, 0)};
  /* Not here on a dirty scheduler: there the engine may be another process's by now. */
  if (!is_normal || events > EVENTS_BETWEEN_CLOCKS)
    return enif_schedule_nif(env, "ticks_nif", 0, list_events, 3, next);
  return list_events(env, 3, next);
}

/* The same in a shared engine: (Engine, Quotes, QuotesDone, Slices, WantsEvents). Each slice takes
 * the lock and sends its events before it releases it, so a kill between two slices loses none.
 * Slices: the events of those before, the newest first. */
static FXAOT_NIF(run_shared) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifBinary quotes;
  ErlNifUInt64 done;
  uint64_t count = 0;
  if (!handle || !enif_inspect_binary(env, argv[1], &quotes) ||
      !enif_get_uint64(env, argv[2], &done))
    return enif_make_badarg(env);
  bool is_normal = fxaot_is_on_normal_scheduler();
  if (is_normal && fxaot_is_slow(handle))
    return enif_schedule_nif(env, "ticks_nif", ERL_NIF_DIRTY_JOB_CPU_BOUND, run_shared, argc, argv);
  if (!is_normal)
    fxaot_lock_dirty(handle);
  else if (!fxaot_lock(handle))
    return fxaot_try_again(env, "ticks_nif", run_shared, argc, argv);
  if (!handle->engine) {
    fxaot_unlock(handle);
    return fxaot_error(env, atoms.closed, enif_make_new_map(env));
  }
  ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC);
  bool wants_events = argv[4] == atoms.atom_true;
  subscribers *them = handle->subscribers;
  mark_replay(env, handle);
  done = run_slice(handle, &quotes, done, MOST_SLICE_EVENTS / (1 + them->count), start);
  const fxaot_event *events = handle->library->engine_events(handle->engine, &count);
  ERL_NIF_TERM list = count && wants_events ? fxaot_event_list(env, events, count) : 0;
  fxaot_release(env, handle, list);
  consume_since(env, start);
  ERL_NIF_TERM slices = list ? enif_make_list_cell(env, list, argv[3]) : argv[3];
  if (done < quotes.size / sizeof(fxaot_quote)) {
    ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, done), slices, argv[4]};
    return enif_schedule_nif(env, "ticks_nif", 0, run_shared, 5, next);
  }
  if (enif_is_empty_list(env, slices)) return without_events(env, &quotes);
  return enif_make_tuple2(env, atoms.slices, slices);
}

bool fxaot_is_in_other_unit(int64_t time_ns) { return time_ns >= 0 && time_ns < FXAOT_MIN_TIME_NS; }

bool fxaot_has_no_time(const unsigned char *quotes, uint64_t count) {
  for (uint64_t n = 0; n < count; n++) {
    fxaot_quote quote;
    memcpy(&quote, quotes + n * sizeof quote, sizeof quote);
    if (!fxaot_is_in_other_unit(quote.time_ns)) return false;
  }
  return count > 0;
}

ERL_NIF_TERM fxaot_batch_time_error(ErlNifEnv *env, const unsigned char *quotes) {
  fxaot_quote quote;
  memcpy(&quote, quotes, sizeof quote);
  ERL_NIF_TERM time = enif_make_int64(env, quote.time_ns);
  return fxaot_status_error(env, FXAOT_BAD_TIME, fxaot_map(env, 1, &atoms.time, &time));
}

ERL_NIF_TERM fxaot_bad_length(ErlNifEnv *env, size_t bytes) {
  ERL_NIF_TERM keys[] = {atoms.bytes, atoms.record};
  ERL_NIF_TERM values[] = {enif_make_uint64(env, bytes),
                           enif_make_uint64(env, sizeof(fxaot_quote))};
  return fxaot_error(env, atoms.bad_length, fxaot_map(env, 2, keys, values));
}

static ERL_NIF_TERM run(ErlNifEnv *env, const ERL_NIF_TERM argv[], ERL_NIF_TERM wants_events) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifBinary quotes;
  if (!handle || !enif_inspect_binary(env, argv[1], &quotes)) return enif_make_badarg(env);
  bool is_shared = fxaot_has_access(handle, FXAOT_SHARED);
  if (!is_shared && !fxaot_owns(env, handle)) return fxaot_unusable(env, handle);
  if (quotes.size % sizeof(fxaot_quote)) return fxaot_bad_length(env, quotes.size);
  if (!is_shared) fxaot_begin(handle);
  ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, 0), enif_make_list(env, 0),
                         wants_events};
  return is_shared ? run_shared(env, 5, next) : run_quotes(env, 3, next);
}

/* (Engine, Quotes): ok, the events, or of a shared engine {slices, [Events]}, the newest first. */
FXAOT_NIF(fxaot_nif_ticks_2) {
  (void)argc;
  return run(env, argv, atoms.atom_true);
}

/* (Engine, Quotes): the same of a shared engine, for the events' subscribers alone. */
FXAOT_NIF(fxaot_nif_feed_2) {
  (void)argc;
  return run(env, argv, atoms.atom_false);
}

/* (Engine, IsReplaying) */
FXAOT_ENGINE_NIF(fxaot_nif_set_replaying, 2, "set_replaying_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->is_replaying = argv[1] == atoms.atom_true;
  handle->library->engine_set_replaying(handle->engine, handle->is_replaying);
  return atoms.ok;
}

/* (Engine). {ok, FirstSequence} of the events of events_nif. */
FXAOT_ENGINE_NIF(fxaot_nif_pending, 1, "pending_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  fxaot_stats stats;
  uint64_t count;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->library->engine_stats(handle->engine, &stats);
  handle->library->engine_events(handle->engine, &count);
  return fxaot_ok(env, enif_make_uint64(env, stats.events - count + 1));
}

/* (Engine). The events not yet acknowledged, or ok. */
FXAOT_ENGINE_NIF(fxaot_nif_events, 1, "events_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  uint64_t count;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  handle->library->engine_events(handle->engine, &count);
  handle->has_events = count > 0;
  ERL_NIF_TERM next[] = {argv[0], enif_make_uint64(env, count), enif_make_list(env, 0)};
  return list_events(env, 3, next);
}

/* (Engine) */
FXAOT_ENGINE_NIF(fxaot_nif_acknowledge, 1, "acknowledge_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_begin(handle);
  return atoms.ok;
}
