/* Quotes to engines on threads of their own, from any process; events pulled from there.
 * Longer than a file should be: single quotes and batches share the ways to wait for room. */
#include "fxaot_nif_actors.h"

#include <string.h>

#define RECORDS_BETWEEN_CLOCKS 1024
#define MOST_PULLED 1024
#define WAITING_TURN_NS 1000000

/* Calls of this thread since the last one that was timed from here to the strategy. */
static _Thread_local uint64_t sends;

/* A single quote fails with {error, full} or {error, stopped}. */
static ERL_NIF_TERM send_result(ErlNifEnv *env, int32_t status) {
  switch (status) {
  case FXAOT_OK: return atoms.ok;
  case FXAOT_FULL: return enif_make_tuple2(env, atoms.error, atoms.full);
  case FXAOT_STOPPED: return enif_make_tuple2(env, atoms.error, atoms.stopped);
  default: return fxaot_status_error(env, status, enif_make_new_map(env));
  }
}

/* Where quotes go: a mailbox or a router. */
typedef struct destination {
  mailbox_resource *mailbox;
  router_resource *router;
} destination;

static inline bool get_destination(ErlNifEnv *env, ERL_NIF_TERM term, destination *to) {
  to->mailbox = fxaot_get_mailbox(env, term);
  to->router = to->mailbox ? NULL : fxaot_get_router(env, term);
  return to->mailbox || to->router;
}

static inline int64_t wait_of(const destination *to) {
  return to->mailbox ? to->mailbox->wait_ns : to->router->wait_ns;
}

static inline int32_t send_to(const destination *to, ERL_NIF_TERM symbol, const fxaot_quote *quote,
                              uint64_t entry) {
  return to->mailbox ? fxaot_actor_send(to->mailbox->actor, symbol, quote, entry)
                     : fxaot_router_send(to->router->router, symbol, quote, entry);
}

static int32_t send_records(const destination *to, const unsigned char *records, uint64_t count,
                            uint64_t *accepted) {
  return to->mailbox ? fxaot_actor_send_batch(to->mailbox->actor, records, count, accepted)
                     : fxaot_router_send_batch(to->router->router, records, count, accepted);
}

/* Waits for room; by a router until the first record that finds no room. */
static int32_t send_records_waiting(const destination *to, const unsigned char *records,
                                    uint64_t count, int64_t wait_ns, bool is_replay,
                                    uint64_t *accepted) {
  if (to->mailbox)
    return (is_replay ? fxaot_actor_replay : fxaot_actor_send_batch_waiting)(
        to->mailbox->actor, records, count, wait_ns, accepted);
  return (is_replay ? fxaot_router_replay : fxaot_router_send_batch)(to->router->router, records,
                                                                     count, accepted);
}

/* (Mailbox, Symbol, TimeNs, Bid, Ask[, BidSize, AskSize]); false for a wrong type. A time beyond 64
 * bits becomes −1, which is refused. */
static bool get_quote(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[], fxaot_quote *quote) {
  ErlNifSInt64 time;
  memset(quote, 0, sizeof *quote);
  quote->time_ns = enif_get_int64(env, argv[2], &time) ? time : -1;
  return enif_get_double(env, argv[3], &quote->bid) && enif_get_double(env, argv[4], &quote->ask) &&
         (argc < 7 || (enif_get_double(env, argv[5], &quote->bid_size) &&
                       enif_get_double(env, argv[6], &quote->ask_size)));
}

static int64_t monotonic_ns(void) { return enif_monotonic_time(ERL_NIF_NSEC); }

/* A sender that waits for room holds a dirty scheduler for one turn at a time, so that others get it in
 * between, however many senders wait. */
static int64_t end_of_turn(int64_t end) {
  int64_t turn = monotonic_ns() + WAITING_TURN_NS;
  return turn < end ? turn : end;
}

/* The arguments of send_nif, and the deadline by the system's clock. */
static FXAOT_NIF(send_waiting) {
  destination to;
  fxaot_quote quote;
  ErlNifSInt64 end;
  if (!get_destination(env, argv[0], &to) || !get_quote(env, argc - 1, argv, &quote) ||
      !enif_get_int64(env, argv[argc - 1], &end))
    return enif_make_badarg(env);
  int64_t turn_end = end_of_turn(end);
  int32_t status;
  while ((status = send_to(&to, argv[1], &quote, 0)) == FXAOT_FULL && monotonic_ns() < turn_end &&
         enif_is_current_process_alive(env))
    fxaot_pause_sender();
  if (status != FXAOT_FULL || monotonic_ns() >= end) return send_result(env, status);
  return enif_schedule_nif(env, "send_nif", ERL_NIF_DIRTY_JOB_IO_BOUND, send_waiting, argc, argv);
}

static ERL_NIF_TERM wait_with_quote(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[],
                                    int64_t wait_ns) {
  ERL_NIF_TERM next[8];
  memcpy(next, argv, (size_t)argc * sizeof *next);
  next[argc] = enif_make_int64(env, monotonic_ns() + wait_ns);
  return enif_schedule_nif(env, "send_nif", ERL_NIF_DIRTY_JOB_IO_BOUND, send_waiting, argc + 1,
                           next);
}

static inline ERL_NIF_TERM send_quote(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
  destination to;
  fxaot_quote quote;
  uint64_t entry = fxaot_call_time(&sends);
  if (!get_destination(env, argv[0], &to) || !get_quote(env, argc, argv, &quote))
    return enif_make_badarg(env);
  if (quote.time_ns < FXAOT_MIN_TIME_NS || quote.time_ns > FXAOT_MAX_TIME_NS)
    return fxaot_quote_error(env, FXAOT_BAD_TIME, argv, argc);
  int32_t status = send_to(&to, argv[1], &quote, entry);
  if (status == FXAOT_OK) return atoms.ok;
  if (status == FXAOT_FULL && wait_of(&to) > 0)
    return wait_with_quote(env, argc, argv, wait_of(&to));
  if (status == FXAOT_UNKNOWN_SYMBOL)
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.symbol, &argv[1]));
  return send_result(env, status);
}

/* (Mailbox, Symbol, TimeNs, Bid, Ask) */
FXAOT_NIF(fxaot_nif_send_5) { return send_quote(env, argc, argv); }

/* (Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) */
FXAOT_NIF(fxaot_nif_send_7) { return send_quote(env, argc, argv); }

static ERL_NIF_TERM advance_result(ErlNifEnv *env, const ERL_NIF_TERM argv[], int32_t status) {
  if (status == FXAOT_BAD_TIME)
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.time, &argv[1]));
  return send_result(env, status);
}

/* (Router, TimeNs, EndNs), dirty: it waits for moves, and for room until then, a turn at a time. */
static FXAOT_NIF(advance_all) {
  router_resource *router = fxaot_get_router(env, argv[0]);
  ErlNifSInt64 time, end;
  int32_t status;
  if (!router || !enif_get_int64(env, argv[1], &time) || !enif_get_int64(env, argv[2], &end))
    return enif_make_badarg(env);
  if (fxaot_router_advance(env, router, time, WAITING_TURN_NS, &status) ||
      (status == FXAOT_FULL && monotonic_ns() >= end))
    return advance_result(env, argv, status);
  return enif_schedule_nif(env, "send_advance_nif", ERL_NIF_DIRTY_JOB_IO_BOUND, advance_all, argc,
                           argv);
}

/* (Mailbox or Router, TimeNs) */
FXAOT_NIF(fxaot_nif_send_advance_2) {
  destination to;
  ErlNifSInt64 time;
  (void)argc;
  if (!get_destination(env, argv[0], &to)) return enif_make_badarg(env);
  if (!enif_get_int64(env, argv[1], &time)) return advance_result(env, argv, FXAOT_BAD_TIME);
  if (to.router) {
    int64_t end = monotonic_ns() + to.router->wait_ns;
    ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_int64(env, end)};
    return enif_schedule_nif(env, "send_advance_nif", ERL_NIF_DIRTY_JOB_IO_BOUND, advance_all, 3,
                             next);
  }
  return advance_result(env, argv, fxaot_actor_advance(to.mailbox->actor, time));
}

/* ---- batches --------------------------------------------------------------- */

/* The error of a batch that was not accepted whole, with the number of accepted records. */
static ERL_NIF_TERM batch_error(ErlNifEnv *env, int32_t status, uint64_t accepted) {
  if (accepted == 0) return send_result(env, status);
  ERL_NIF_TERM count = enif_make_uint64(env, accepted);
  return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.accepted, &count));
}

/* The rest of a batch, waiting for room: (Mailbox, Quotes, EndNs, QuotesDone, IsReplay), dirty. */
static FXAOT_NIF(send_batch_waiting) {
  destination to;
  ErlNifBinary quotes;
  ErlNifSInt64 end;
  ErlNifUInt64 done;
  uint64_t accepted;
  (void)argc;
  if (!get_destination(env, argv[0], &to) || !enif_inspect_binary(env, argv[1], &quotes) ||
      !enif_get_int64(env, argv[2], &end) || !enif_get_uint64(env, argv[3], &done))
    return enif_make_badarg(env);
  uint64_t count = quotes.size / sizeof(fxaot_quote);
  int64_t turn_end = end_of_turn(end), left;
  int32_t status;
  while (true) {
    left = turn_end - monotonic_ns();
    status = send_records_waiting(&to, quotes.data + done * sizeof(fxaot_quote), count - done,
                                  left > 0 ? left : 0, argv[4] == atoms.atom_true, &accepted);
    done += accepted;
    /* A killed process's quotes end here, so a later count of them is final. */
    if (status != FXAOT_FULL || left <= 0 || !enif_is_current_process_alive(env)) break;
    if (to.router) fxaot_pause_sender();
  }
  if (status == FXAOT_OK) return atoms.ok;
  if (status != FXAOT_FULL || monotonic_ns() >= end) return batch_error(env, status, done);
  ERL_NIF_TERM next[] = {argv[0], argv[1], argv[2], enif_make_uint64(env, done), argv[4]};
  return enif_schedule_nif(env, "send_batch_nif", ERL_NIF_DIRTY_JOB_IO_BOUND, send_batch_waiting, 5,
                           next);
}

static ERL_NIF_TERM wait_with_batch(ErlNifEnv *env, const ERL_NIF_TERM argv[], int64_t wait_ns,
                                    uint64_t done, bool is_replay) {
  ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_int64(env, monotonic_ns() + wait_ns),
                         enif_make_uint64(env, done),
                         is_replay ? atoms.atom_true : atoms.atom_false};
  return enif_schedule_nif(env, "send_batch_nif", ERL_NIF_DIRTY_JOB_IO_BOUND, send_batch_waiting, 5,
                           next);
}

/* A slice at a time: (Mailbox, Quotes, QuotesDone). */
static FXAOT_NIF(send_slice) {
  destination to;
  ErlNifBinary quotes;
  ErlNifUInt64 done;
  (void)argc;
  if (!get_destination(env, argv[0], &to) || !enif_inspect_binary(env, argv[1], &quotes) ||
      !enif_get_uint64(env, argv[2], &done))
    return enif_make_badarg(env);
  uint64_t count = quotes.size / sizeof(fxaot_quote), accepted;
  int64_t start = monotonic_ns(), spent = 0;
  while (done < count && spent < FXAOT_SLICE_NS) {
    uint64_t piece = count - done < RECORDS_BETWEEN_CLOCKS ? count - done : RECORDS_BETWEEN_CLOCKS;
    int32_t status = send_records(&to, quotes.data + done * sizeof(fxaot_quote), piece, &accepted);
    done += accepted;
    if (status == FXAOT_FULL && wait_of(&to) > 0)
      return wait_with_batch(env, argv, wait_of(&to), done, false);
    if (status != FXAOT_OK) return batch_error(env, status, done);
    spent = monotonic_ns() - start;
  }
  fxaot_consume(env, spent);
  if (done == count) return atoms.ok;
  ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, done)};
  return enif_schedule_nif(env, "send_batch_nif", 0, send_slice, 3, next);
}

/* Checks a batch: ok, an error or badarg. */
static ERL_NIF_TERM check_batch(ErlNifEnv *env, const ERL_NIF_TERM argv[]) {
  destination to;
  ErlNifBinary quotes;
  if (!get_destination(env, argv[0], &to) || !enif_inspect_binary(env, argv[1], &quotes))
    return enif_make_badarg(env);
  if (quotes.size % sizeof(fxaot_quote)) return fxaot_bad_length(env, quotes.size);
  return fxaot_has_no_time(quotes.data, quotes.size / sizeof(fxaot_quote))
             ? fxaot_batch_time_error(env, quotes.data)
             : atoms.ok;
}

/* (Mailbox, Quotes) */
FXAOT_NIF(fxaot_nif_send_batch_2) {
  (void)argc;
  ERL_NIF_TERM verdict = check_batch(env, argv);
  if (verdict != atoms.ok) return verdict;
  ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, 0)};
  return send_slice(env, 3, next);
}

static ERL_NIF_TERM send_batch_3(ErlNifEnv *env, const ERL_NIF_TERM argv[], bool is_replay) {
  ErlNifSInt64 wait_ns;
  if (!enif_get_int64(env, argv[2], &wait_ns)) return enif_make_badarg(env);
  ERL_NIF_TERM verdict = check_batch(env, argv);
  return verdict == atoms.ok ? wait_with_batch(env, argv, wait_ns, 0, is_replay) : verdict;
}

/* (Mailbox, Quotes, WaitNs): waits for room whatever the mailbox's policy. */
FXAOT_NIF(fxaot_nif_send_batch_3) {
  (void)argc;
  return send_batch_3(env, argv, false);
}

/* (Mailbox, Quotes, WaitNs): the same with a replay's quotes, which may have gaps. */
FXAOT_NIF(fxaot_nif_send_replay_3) {
  (void)argc;
  return send_batch_3(env, argv, true);
}

/* ---- pulling ---------------------------------------------------------------- */

/* (Mailbox, Most). {ok, [{Sequence, Event}]}, at most MOST_PULLED at a time. */
FXAOT_NIF(fxaot_nif_drain_2) {
  mailbox_resource *mailbox = fxaot_get_mailbox(env, argv[0]);
  ErlNifUInt64 most;
  uint64_t count;
  (void)argc;
  if (!mailbox || !enif_get_uint64(env, argv[1], &most)) return enif_make_badarg(env);
  if (most > MOST_PULLED) most = MOST_PULLED;
  fxaot_event *events = enif_alloc((most ? most : 1) * sizeof *events);
  if (!events) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  int32_t status = fxaot_actor_pull(mailbox->actor, events, most, &count);
  ERL_NIF_TERM list = enif_make_list(env, 0);
  for (uint64_t n = status == FXAOT_OK ? count : 0; n--;) {
    ERL_NIF_TERM entry = enif_make_tuple2(env, enif_make_uint64(env, events[n].sequence),
                                          fxaot_event_term(env, &events[n]));
    list = enif_make_list_cell(env, entry, list);
  }
  enif_free(events);
  enif_consume_timeslice(env, (int)(1 + count / 16 > 100 ? 100 : 1 + count / 16));
  return status == FXAOT_OK ? fxaot_ok(env, list)
                            : fxaot_status_error(env, status, enif_make_new_map(env));
}
