/* One build of libfxaot.so, as a table of its functions.
 *
 * After an upgrade of the release two builds are in the process. Whatever a handle keeps belongs to the build that made
 * it, so a handle keeps that build's table too, and every call goes through it. Functions that take and give plain values
 * alone (fxaot_symbol_key, fxaot_crc32c …) are called by name: those of the build beside this shim. */
#ifndef FXAOT_NIF_LIBRARY_H
#define FXAOT_NIF_LIBRARY_H

#include "fxaot.h"

/* Both versions of the shim read a table: a change here raises FXAOT_ABI_VERSION. */
/* clang-format off */
#define FXAOT_LIBRARY(X)                                                                          \
  X(engine_new) X(engine_free) X(engine_add_instrument) X(engine_add_strategy)                    \
  X(engine_add_script) X(engine_remove_strategy) X(tick) X(ticks) X(advance) X(advance_work)      \
  X(engine_set_replaying) X(engine_events) X(engine_clear_events) X(engine_trace)                 \
  X(engine_traced) X(engine_clear_traced) X(engine_stats) X(engine_latency) X(engine_account)     \
  X(engine_positions) X(engine_strategies) X(engine_strategies_from) X(engine_instruments)        \
  X(engine_set_account) X(engine_set_risk) X(engine_set_venue) X(engine_set_terms)                \
  X(engine_set_gateway) X(engine_requests) X(engine_report) X(engine_gateway) X(engine_submit)    \
  X(engine_modify) X(engine_cancel) X(engine_cancel_all) X(engine_close_symbol)                   \
  X(engine_close_ticket) X(engine_close_by) X(engine_cash) X(engine_set_state)                    \
  X(engine_apply_state) X(engine_fill_rest) X(engine_order) X(engine_order_numbered)              \
  X(engine_orders) X(engine_tickets) X(engine_trades) X(engine_start_journal)                     \
  X(engine_take_journal) X(engine_lose_journal) X(engine_name) X(engine_capture)                  \
  X(snapshot_bytes) X(engine_load) X(engine_apply) X(engine_warm) X(engine_mark_stale)            \
  X(engine_drop) X(engine_quotes) X(engine_bars) X(refs_new) X(refs_free)                         \
  X(engine_script_plan) X(script_plan) X(plan_free) X(engine_attach_native)                       \
  X(engine_detach_native) X(native_load) X(native_free) X(native_read_info)                       \
  X(engine_reload_basis) X(basis_free) X(prepare_script) X(prepare_strategy)                      \
  X(prepared_free) X(prepared_changes) X(prepared_read_reload) X(prepared_script_plan)            \
  X(prepared_attach_native) X(engine_swap) X(engine_swap_bars) X(engine_check_move)               \
  X(engine_move_checked) X(actor_new) X(actor_free) X(actor_send) X(actor_send_batch)             \
  X(actor_send_batch_waiting) X(actor_replay) X(actor_advance) X(actor_pull)                      \
  X(actor_read_stats) X(actor_pause) X(actor_publish) X(actor_resume) X(actor_begin_stop)         \
  X(actor_has_ended) X(actor_stop) X(router_new) X(router_free) X(router_set) X(router_send)      \
  X(router_send_batch) X(router_replay) X(router_unknown) X(market_new) X(market_free)            \
  X(market_next) X(sorter_new) X(sorter_free) X(sorter_add) X(sorter_finish) X(sorter_take)       \
  X(sorter_unordered)
/* clang-format on */

typedef struct fxaot_library {
#define FXAOT_LIBRARY_FIELD(name) __typeof__(fxaot_##name) *name;
  FXAOT_LIBRARY(FXAOT_LIBRARY_FIELD)
#undef FXAOT_LIBRARY_FIELD
} fxaot_library;

/* The build beside this shim: what is made from now on is made in it. */
extern const fxaot_library fxaot_own_library;

#endif
