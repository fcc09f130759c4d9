/* Quotes in, events out: the hot path. */
#include "fxaot_nif.h"

#include <string.h>

/* A call that has done this much work lets others run. A scheduler is to be held for 1 ms at most;
 * what a slow machine adds must still fit. */
#define SLICE_NS 300000
/* Quotes between two looks at the clock: few at first, since a quote may step thousands of
 * strategies, then twice as many as long as they are done in PIECE_NS. */
#define FEWEST_QUOTES 1
#define MOST_QUOTES 256
#define PIECE_NS 50000
#define EVENTS_BETWEEN_CLOCKS 64

ERL_NIF_TERM fxaot_quote_error(ErlNifEnv *env, int32_t status, const ERL_NIF_TERM argv[],
                               int argc) {
  ERL_NIF_TERM keys[] = {atoms.symbol, atoms.time,     atoms.bid,
                         atoms.ask,    atoms.bid_size, atoms.ask_size};
  return fxaot_status_error(env, status, fxaot_map(env, (unsigned)argc - 1, keys, argv + 1));
}

/* The events of this call, oldest first. */
static ERL_NIF_TERM take_events(ErlNifEnv *env, engine_resource *handle) {
  uint64_t count;
  const fxaot_event *events = fxaot_engine_events(handle->engine, &count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  handle->has_events = true;
  while (count--) list = enif_make_list_cell(env, fxaot_event_term(env, &events[count]), list);
  return list;
}

/* A tick's answer: ok, its events, or why the quote was dropped. */
static inline ERL_NIF_TERM tick_result(ErlNifEnv *env, engine_resource *handle, int64_t caused,
                                       const ERL_NIF_TERM argv[], int argc) {
  if (caused == 0) return atoms.ok;
  if (caused < 0) return fxaot_quote_error(env, (int32_t)-caused, argv, argc);
  return take_events(env, handle);
}

/* (Engine, Symbol, TimeNs, Bid, Ask) */
FXAOT_NIF(fxaot_nif_tick_5) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifSInt64 time;
  double bid, ask;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t entry = ++handle->calls % FXAOT_SAMPLING ? 0 : fxaot_cycles();
  if (!enif_get_int64(env, argv[2], &time))
    return fxaot_quote_error(env, FXAOT_BAD_TIME, argv, argc); /* an integer, but beyond 64 bits */
  if (!enif_get_double(env, argv[3], &bid) || !enif_get_double(env, argv[4], &ask))
    return enif_make_badarg(env);
  fxaot_begin(handle);
  int64_t caused = fxaot_tick(handle->engine, argv[1], time, bid, ask, 0, 0, entry);
  return tick_result(env, handle, caused, argv, argc);
}

/* (Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) */
FXAOT_NIF(fxaot_nif_tick_7) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifSInt64 time;
  double bid, ask, bid_size, ask_size;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  uint64_t entry = ++handle->calls % FXAOT_SAMPLING ? 0 : fxaot_cycles();
  if (!enif_get_int64(env, argv[2], &time))
    return fxaot_quote_error(env, FXAOT_BAD_TIME, argv, argc);
  if (!enif_get_double(env, argv[3], &bid) || !enif_get_double(env, argv[4], &ask) ||
      !enif_get_double(env, argv[5], &bid_size) || !enif_get_double(env, argv[6], &ask_size))
    return enif_make_badarg(env);
  fxaot_begin(handle);
  int64_t caused = fxaot_tick(handle->engine, argv[1], time, bid, ask, bid_size, ask_size, entry);
  return tick_result(env, handle, caused, argv, argc);
}

/* How much of a timeslice of 1 ms the time since `start` is, in percent. */
static int slice_percent(ErlNifTime start) {
  ErlNifTime percent = (enif_monotonic_time(ERL_NIF_NSEC) - start) / 10000;
  return percent < 1 ? 1 : percent > 100 ? 100 : (int)percent;
}

/* Builds the list from the newest event back, a slice at a time: (Engine, EventsLeft, Tail). */
static FXAOT_NIF(list_events) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifUInt64 left;
  ERL_NIF_TERM list = argv[2];
  uint64_t count;
  if (!handle || !enif_get_uint64(env, argv[1], &left)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  const fxaot_event *events = fxaot_engine_events(handle->engine, &count);
  if (left > count) left = count;
  ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC);
  while (left > 0) {
    for (unsigned i = 0; i < EVENTS_BETWEEN_CLOCKS && left > 0; i++) {
      left--;
      list = enif_make_list_cell(env, fxaot_event_term(env, &events[left]), list);
    }
    if (left > 0 && enif_monotonic_time(ERL_NIF_NSEC) - start > SLICE_NS) {
      ERL_NIF_TERM next[] = {argv[0], enif_make_uint64(env, left), list};
      enif_consume_timeslice(env, slice_percent(start));
      return enif_schedule_nif(env, "ticks_nif", 0, list_events, argc, next);
    }
  }
  enif_consume_timeslice(env, slice_percent(start));
  return enif_is_empty_list(env, list) ? atoms.ok : list;
}

/* Quotes a slice at a time: (Engine, Quotes, QuotesDone). The events stay in the engine until the
 * list is made and the next call has begun, so that a kill between two slices loses none. */
static FXAOT_NIF(run_quotes) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifBinary quotes;
  ErlNifUInt64 done;
  uint64_t count, events;
  (void)argc;
  if (!handle || !enif_inspect_binary(env, argv[1], &quotes) ||
      !enif_get_uint64(env, argv[2], &done))
    return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  count = quotes.size / sizeof(fxaot_quote);
  handle->has_events = true;
  ErlNifTime start = enif_monotonic_time(ERL_NIF_NSEC), before = start;
  uint64_t most = FEWEST_QUOTES;
  while (done < count) {
    uint64_t piece = count - done < most ? count - done : most;
    fxaot_ticks(handle->engine, quotes.data + done * sizeof(fxaot_quote), piece);
    done += piece;
    ErlNifTime now = enif_monotonic_time(ERL_NIF_NSEC);
    if (now - before > PIECE_NS)
      most = most > FEWEST_QUOTES ? most / 2 : FEWEST_QUOTES;
    else if (now - before < PIECE_NS / 2 && most < MOST_QUOTES)
      most *= 2;
    before = now;
    if (done < count && now - start > SLICE_NS) {
      ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, done)};
      enif_consume_timeslice(env, slice_percent(start));
      return enif_schedule_nif(env, "ticks_nif", 0, run_quotes, 3, next);
    }
  }
  enif_consume_timeslice(env, slice_percent(start));
  fxaot_engine_events(handle->engine, &events);
  if (events == 0)
    return fxaot_has_no_time(quotes.data, count) ? fxaot_batch_time_error(env, quotes.data)
                                                 : atoms.ok;
  ERL_NIF_TERM next[] = {argv[0], enif_make_uint64(env, events), enif_make_list(env, 0)};
  if (events > EVENTS_BETWEEN_CLOCKS)
    return enif_schedule_nif(env, "ticks_nif", 0, list_events, 3, next);
  return list_events(env, 3, next);
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

/* (Engine, Quotes) */
FXAOT_NIF(fxaot_nif_ticks_2) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifBinary quotes;
  (void)argc;
  if (!handle || !enif_inspect_binary(env, argv[1], &quotes)) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  if (quotes.size % sizeof(fxaot_quote)) return fxaot_bad_length(env, quotes.size);
  fxaot_begin(handle);
  ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, 0)};
  return run_quotes(env, 3, next);
}

/* (Engine, TimeNs) */
FXAOT_NIF(fxaot_nif_advance_2) {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  ErlNifSInt64 time;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  int64_t caused = -FXAOT_BAD_TIME;
  if (enif_get_int64(env, argv[1], &time)) {
    fxaot_begin(handle);
    caused = fxaot_advance(handle->engine, time);
  }
  if (caused == 0) return atoms.ok;
  if (caused < 0)
    return fxaot_status_error(env, (int32_t)-caused, fxaot_map(env, 1, &atoms.time, &argv[1]));
  return take_events(env, handle);
}

/* (Engine, IsReplaying) */
FXAOT_ENGINE_NIF(fxaot_nif_set_replaying, 2, "set_replaying_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_engine_set_replaying(handle->engine, argv[1] == atoms.atom_true);
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
  fxaot_engine_stats(handle->engine, &stats);
  fxaot_engine_events(handle->engine, &count);
  return fxaot_ok(env, enif_make_uint64(env, stats.events - count + 1));
}

/* (Engine). The events not yet acknowledged, or ok. */
FXAOT_ENGINE_NIF(fxaot_nif_events, 1, "events_nif") {
  engine_resource *handle = fxaot_get_engine(env, argv[0]);
  uint64_t count;
  (void)argc;
  if (!handle) return enif_make_badarg(env);
  if (!fxaot_is_usable(env, handle)) return fxaot_unusable(env, handle);
  fxaot_engine_events(handle->engine, &count);
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
