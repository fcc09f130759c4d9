/* Quotes to engines on threads of their own, from any process; events pulled from there. No call waits: one that finds
 * no room answers {wait, Ns, Done, Symbol}, and the caller waits as its policy says, see fxaot_nif_waiting.c. */
#include "fxaot_nif_actors.h"

#include <string.h>

#define RECORDS_BETWEEN_CLOCKS 1024
#define MOST_PULLED 1024

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

/* Where quotes go: a mailbox or a router, and what acts there at the moment. */
typedef struct destination {
  mailbox_resource *mailbox;
  router_resource *router;
  const acting *acting;
  const way *way;
} destination;

static inline bool get_destination(ErlNifEnv *env, ERL_NIF_TERM term, destination *to) {
  to->mailbox = fxaot_get_mailbox(env, term);
  to->router = to->mailbox ? NULL : fxaot_get_router(env, term);
  to->acting = to->mailbox ? fxaot_acting_of(to->mailbox->running) : NULL;
  to->way = to->router ? fxaot_way_of(to->router) : NULL;
  return to->mailbox || to->router;
}

static inline int64_t wait_of(const destination *to) {
  return to->mailbox ? to->mailbox->wait_ns : to->router->wait_ns;
}

static inline int32_t send_to(const destination *to, ERL_NIF_TERM symbol, const fxaot_quote *quote,
                              uint64_t entry) {
  return to->acting ? to->acting->library->actor_send(to->acting->actor, symbol, quote, entry)
                    : to->way->library->router_send(to->way->router, symbol, quote, entry);
}

/* Whether it has stopped because its engine goes to another library: then another try is right. */
static bool is_crossing(const destination *to) {
  if (to->acting)
    return atomic_load(&to->mailbox->running->is_crossing) ||
           fxaot_acting_of(to->mailbox->running) != to->acting;
  return atomic_load(&to->router->is_crossing) || fxaot_way_of(to->router) != to->way;
}

static ERL_NIF_TERM wait_term(ErlNifEnv *env, int64_t wait_ns, uint64_t done, ERL_NIF_TERM symbol) {
  return enif_make_tuple4(env, atoms.wait, enif_make_int64(env, wait_ns),
                          enif_make_uint64(env, done), symbol);
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

static inline ERL_NIF_TERM send_quote(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[],
                                      fxaot_nif_function *self) {
  destination to;
  fxaot_quote quote;
  uint64_t entry = fxaot_call_time(&sends);
  if (!get_destination(env, argv[0], &to) || !get_quote(env, argc, argv, &quote))
    return enif_make_badarg(env);
  if (quote.time_ns < FXAOT_MIN_TIME_NS || quote.time_ns > FXAOT_MAX_TIME_NS)
    return fxaot_quote_error(env, FXAOT_BAD_TIME, argv, argc);
  int32_t status = send_to(&to, argv[1], &quote, entry);
  if (status == FXAOT_OK) return atoms.ok;
  if (status == FXAOT_FULL && wait_of(&to) > 0) return wait_term(env, wait_of(&to), 0, argv[1]);
  if (status == FXAOT_STOPPED && is_crossing(&to))
    return fxaot_try_again(env, "send_nif", self, argc, argv);
  if (status == FXAOT_UNKNOWN_SYMBOL)
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.symbol, &argv[1]));
  return send_result(env, status);
}

/* (Mailbox, Symbol, TimeNs, Bid, Ask) */
FXAOT_NIF(fxaot_nif_send_5) { return send_quote(env, argc, argv, fxaot_nif_send_5); }

/* (Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) */
FXAOT_NIF(fxaot_nif_send_7) { return send_quote(env, argc, argv, fxaot_nif_send_7); }

/* ---- time ------------------------------------------------------------------ */

static ERL_NIF_TERM advance_result(ErlNifEnv *env, const ERL_NIF_TERM argv[], const destination *to,
                                   int32_t status) {
  if (status == FXAOT_BAD_TIME)
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.time, &argv[1]));
  if (status == FXAOT_BUSY || (status == FXAOT_STOPPED && is_crossing(to)))
    return fxaot_try_again(env, "send_advance_nif", fxaot_nif_send_advance_2, 2, argv);
  if (status == FXAOT_FULL && wait_of(to) > 0)
    return wait_term(env, wait_of(to), 0, atoms.undefined);
  return send_result(env, status);
}

/* (Router, TimeNs), dirty: an engine may have to make room that a quote has just taken. */
static FXAOT_NIF(advance_all) {
  destination to;
  ErlNifSInt64 time;
  (void)argc;
  if (!get_destination(env, argv[0], &to) || !to.router || !enif_get_int64(env, argv[1], &time))
    return enif_make_badarg(env);
  return advance_result(env, argv, &to, fxaot_router_advance(env, to.router, time));
}

/* (Mailbox or Router, TimeNs) */
FXAOT_NIF(fxaot_nif_send_advance_2) {
  destination to;
  ErlNifSInt64 time;
  if (!get_destination(env, argv[0], &to)) return enif_make_badarg(env);
  if (!enif_get_int64(env, argv[1], &time)) return advance_result(env, argv, &to, FXAOT_BAD_TIME);
  if (to.router)
    return enif_schedule_nif(env, "send_advance_nif", ERL_NIF_DIRTY_JOB_IO_BOUND, advance_all, argc,
                             argv);
  return advance_result(env, argv, &to, to.acting->library->actor_advance(to.acting->actor, time));
}

/* ---- batches --------------------------------------------------------------- */

/* As the mailbox's policy says; never in the place of older ones; the same, a replay's, which may have gaps. */
enum { SEND_BY_POLICY, SEND_PATIENTLY, SEND_REPLAY };

static int32_t send_records(const destination *to, const unsigned char *records, uint64_t count,
                            unsigned kind, uint64_t *accepted) {
  const acting *a = to->acting;
  const way *w = to->way;
  switch (kind) {
  case SEND_BY_POLICY:
    return a ? a->library->actor_send_batch(a->actor, records, count, accepted)
             : w->library->router_send_batch(w->router, records, count, accepted);
  case SEND_PATIENTLY:
    return a ? a->library->actor_send_batch_waiting(a->actor, records, count, 0, accepted)
             : w->library->router_send_batch(w->router, records, count, accepted);
  default:
    return a ? a->library->actor_replay(a->actor, records, count, 0, accepted)
             : w->library->router_replay(w->router, records, count, accepted);
  }
}

/* The error of a batch that was not accepted whole, with the number of accepted records. */
static ERL_NIF_TERM batch_error(ErlNifEnv *env, int32_t status, uint64_t accepted) {
  if (accepted == 0) return send_result(env, status);
  ERL_NIF_TERM count = enif_make_uint64(env, accepted);
  return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.accepted, &count));
}

/* The key of the first record that found no room. */
static ERL_NIF_TERM key_term(ErlNifEnv *env, const unsigned char *record) {
  fxaot_quote quote;
  memcpy(&quote, record, sizeof quote);
  return enif_make_uint64(env, quote.symbol);
}

/* Checks a batch: ok, or an error. */
static ERL_NIF_TERM check_batch(ErlNifEnv *env, const ErlNifBinary *quotes) {
  if (quotes->size % sizeof(fxaot_quote)) return fxaot_bad_length(env, quotes->size);
  return fxaot_has_no_time(quotes->data, quotes->size / sizeof(fxaot_quote))
             ? fxaot_batch_time_error(env, quotes->data)
             : atoms.ok;
}

/* (Mailbox or Router, Quotes, QuotesDone, Kind): a slice at a time. */
FXAOT_NIF(fxaot_nif_send_batch_4) {
  destination to;
  ErlNifBinary quotes;
  ErlNifUInt64 done;
  unsigned kind;
  if (!get_destination(env, argv[0], &to) || !enif_inspect_binary(env, argv[1], &quotes) ||
      !enif_get_uint64(env, argv[2], &done) || !enif_get_uint(env, argv[3], &kind) ||
      kind > SEND_REPLAY || done > quotes.size / sizeof(fxaot_quote))
    return enif_make_badarg(env);
  ERL_NIF_TERM verdict = done == 0 ? check_batch(env, &quotes) : atoms.ok;
  if (verdict != atoms.ok) return verdict;
  uint64_t count = quotes.size / sizeof(fxaot_quote), accepted;
  int64_t start = enif_monotonic_time(ERL_NIF_NSEC), spent = 0;
  while (done < count && spent < FXAOT_SLICE_NS) {
    uint64_t piece = count - done < RECORDS_BETWEEN_CLOCKS ? count - done : RECORDS_BETWEEN_CLOCKS;
    const unsigned char *records = quotes.data + done * sizeof(fxaot_quote);
    int32_t status = send_records(&to, records, piece, kind, &accepted);
    done += accepted;
    if (status == FXAOT_FULL && (kind != SEND_BY_POLICY || wait_of(&to) > 0))
      return wait_term(env, wait_of(&to), done,
                       key_term(env, records + accepted * sizeof(fxaot_quote)));
    if (status == FXAOT_STOPPED && is_crossing(&to)) {
      enif_consume_timeslice(env, 25);
      break;
    }
    if (status != FXAOT_OK) return batch_error(env, status, done);
    spent = enif_monotonic_time(ERL_NIF_NSEC) - start;
  }
  fxaot_consume(env, spent);
  if (done == count) return atoms.ok;
  ERL_NIF_TERM next[] = {argv[0], argv[1], enif_make_uint64(env, done), argv[3]};
  return enif_schedule_nif(env, "send_batch_nif", 0, fxaot_nif_send_batch_4, argc, next);
}

/* ---- pulling ---------------------------------------------------------------- */

/* The events of the actors before come first. */
static int32_t pull(const acting *it, fxaot_event *events, uint64_t most, uint64_t *count) {
  *count = 0;
  if (it->before) {
    int32_t status = pull(it->before, events, most, count);
    if (status != FXAOT_OK || *count > 0) return status;
  }
  return it->library->actor_pull(it->actor, events, most, count);
}

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
  int32_t status = pull(fxaot_acting_of(mailbox->running), events, most, &count);
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
