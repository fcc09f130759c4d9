/* Loading, and the table of functions. */
#include "fxaot_nif.h"

const fxaot_library fxaot_own_library = {
#define FXAOT_LIBRARY_ENTRY(name) .name = fxaot_##name,
    FXAOT_LIBRARY(FXAOT_LIBRARY_ENTRY)
#undef FXAOT_LIBRARY_ENTRY
};

ErlNifResourceType *fxaot_engine_type, *fxaot_market_type, *fxaot_mailbox_type, *fxaot_router_type;

static FXAOT_NIF(fxaot_nif_abi_version_0) {
  (void)argc, (void)argv;
  return enif_make_uint(env, fxaot_abi_version());
}

/* Why loading failed; on_load gets the number. */
enum { LOAD_OTHER_ABI = 1, LOAD_OLD_CPU = 2, LOAD_NO_TYPES = 3 };

static int open_types(ErlNifEnv *env, void **data, ERL_NIF_TERM abi) {
  unsigned version;
  int flags = ERL_NIF_RT_CREATE | ERL_NIF_RT_TAKEOVER;
  if (fxaot_missing_cpu_features()) {
    enif_fprintf(stderr, "fxaot: this build needs a processor with %s\n",
                 fxaot_missing_cpu_features());
    return LOAD_OLD_CPU;
  }
  if (!enif_get_uint(env, abi, &version) || version != FXAOT_ABI_VERSION ||
      fxaot_abi_version() != FXAOT_ABI_VERSION) {
    enif_fprintf(
        stderr,
        "fxaot: the versions of the interface differ: fxaot_nif.so has %u, libfxaot.so has %u, "
        "fxaot_nif.beam needs %T\n",
        FXAOT_ABI_VERSION, fxaot_abi_version(), abi);
    return LOAD_OTHER_ABI;
  }
  fxaot_market_type =
      enif_open_resource_type(env, NULL, "fxaot_market_2", fxaot_market_destructor, flags, NULL);
  if (!fxaot_open_aside() || !fxaot_open_engines(env, flags) || !fxaot_open_locks(env, flags) ||
      !fxaot_market_type || !fxaot_open_actors(env, flags, data) ||
      !fxaot_open_routers(env, flags) || !fxaot_open_native(env, flags) ||
      !fxaot_open_reloads(env, flags) || !fxaot_open_sorters(env, flags) ||
      !fxaot_open_fix(env, flags) || !fxaot_open_wires(env, flags))
    return LOAD_NO_TYPES;
  fxaot_make_atoms(env);
  return 0;
}

static int load(ErlNifEnv *env, void **data, ERL_NIF_TERM abi) {
  *data = NULL;
  return open_types(env, data, abi);
}

/* New code of fxaot_nif: engines live on, their types move over to it. Each stays in the libfxaot.so that made it,
 * until it crosses: see fxaot_nif_crossing.c. */
static int upgrade(ErlNifEnv *env, void **data, void **old_data, ERL_NIF_TERM abi) {
  *data = *old_data;
  return open_types(env, data, abi);
}

/* Each row: short enough for a normal scheduler, or yields (ticks), or moves itself to a dirty one
 * when there is much to do (execute); only what always takes long starts there. */
static ErlNifFunc functions[] = {
    {"new_nif", 11, fxaot_nif_new_11, 0},
    {"close_nif", 1, fxaot_nif_close_1, 0},
    {"adopt_nif", 1, fxaot_nif_adopt_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"share_nif", 2, fxaot_nif_share_2, 0},
    {"subscribers_nif", 1, fxaot_nif_subscribers_1, 0},
    {"add_instrument_nif", 3, fxaot_nif_add_instrument_3, 0},
    {"add_strategy_nif", 8, fxaot_nif_add_strategy_8, 0},
    {"add_script_nif", 8, fxaot_nif_add_script_8, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"remove_strategy_nif", 2, fxaot_nif_remove_strategy_2, 0},
    {"tick_nif", 5, fxaot_nif_tick_5, 0},
    {"tick_nif", 7, fxaot_nif_tick_7, 0},
    {"ticks_nif", 2, fxaot_nif_ticks_2, 0},
    {"feed_nif", 2, fxaot_nif_feed_2, 0},
    {"advance_nif", 2, fxaot_nif_advance_2, 0},
    {"set_replaying_nif", 2, fxaot_nif_set_replaying_2, 0},
    {"pending_nif", 1, fxaot_nif_pending_1, 0},
    {"events_nif", 1, fxaot_nif_events_1, 0},
    {"acknowledge_nif", 1, fxaot_nif_acknowledge_1, 0},
    {"trace_nif", 2, fxaot_nif_trace_2, 0},
    {"traced_nif", 1, fxaot_nif_traced_1, 0},
    {"stats_nif", 1, fxaot_nif_stats_1, 0},
    {"latency_nif", 1, fxaot_nif_latency_1, 0},
    {"account_nif", 1, fxaot_nif_account_1, 0},
    {"positions_nif", 1, fxaot_nif_positions_1, 0},
    {"strategies_nif", 3, fxaot_nif_strategies_3, 0},
    {"quotes_nif", 1, fxaot_nif_quotes_1, 0},
    {"bars_nif", 3, fxaot_nif_bars_3, 0},
    {"figures_nif", 3, fxaot_nif_figures_3, 0},
    {"start_actor_nif", 9, fxaot_nif_start_actor_9, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"stop_actor_nif", 1, fxaot_nif_stop_actor_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"send_nif", 5, fxaot_nif_send_5, 0},
    {"send_nif", 7, fxaot_nif_send_7, 0},
    {"send_batch_nif", 4, fxaot_nif_send_batch_4, 0},
    {"wait_nif", 3, fxaot_nif_wait_3, 0},
    {"stop_waiting_nif", 2, fxaot_nif_stop_waiting_2, 0},
    {"send_advance_nif", 2, fxaot_nif_send_advance_2, 0},
    {"drain_nif", 2, fxaot_nif_drain_2, 0},
    {"mailbox_nif", 1, fxaot_nif_mailbox_1, 0},
    {"subscribe_nif", 3, fxaot_nif_subscribe_3, 0},
    {"unsubscribe_nif", 2, fxaot_nif_unsubscribe_2, 0},
    {"allow_nif", 3, fxaot_nif_allow_3, 0},
    {"instruments_nif", 1, fxaot_nif_instruments_1, 0},
    {"set_account_nif", 2, fxaot_nif_set_account_2, 0},
    {"set_risk_nif", 2, fxaot_nif_set_risk_2, 0},
    {"set_venue_nif", 2, fxaot_nif_set_venue_2, 0},
    {"set_terms_nif", 3, fxaot_nif_set_terms_3, 0},
    {"set_gateway_nif", 2, fxaot_nif_set_gateway_2, 0},
    {"report_nif", 2, fxaot_nif_report_2, 0},
    {"requests_nif", 2, fxaot_nif_requests_2, 0},
    {"gateway_nif", 1, fxaot_nif_gateway_1, 0},
    {"start_journal_nif", 2, fxaot_nif_start_journal_2, 0},
    {"take_journal_nif", 1, fxaot_nif_take_journal_1, 0},
    {"drop_nif", 2, fxaot_nif_drop_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"lose_journal_nif", 1, fxaot_nif_lose_journal_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"apply_nif", 2, fxaot_nif_apply_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"mark_stale_nif", 1, fxaot_nif_mark_stale_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"warm_nif", 2, fxaot_nif_warm_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"journal_snapshot_nif", 1, fxaot_nif_journal_snapshot_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"cross_nif", 3, fxaot_nif_cross_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"has_crossed_nif", 1, fxaot_nif_has_crossed_1, 0},
    {"restore_nif", 1, fxaot_nif_restore_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"sha256_nif", 1, fxaot_nif_sha256_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"frame_nif", 2, fxaot_nif_frame_2, 0},
    {"read_records_nif", 3, fxaot_nif_read_records_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"crc32c_nif", 1, fxaot_nif_crc32c_1, 0},
    {"lock_file_nif", 1, fxaot_nif_lock_file_1, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"unlock_file_nif", 1, fxaot_nif_unlock_file_1, 0},
    {"submit_nif", 2, fxaot_nif_submit_2, 0},
    {"modify_nif", 3, fxaot_nif_modify_3, 0},
    {"cancel_nif", 2, fxaot_nif_cancel_2, 0},
    {"cancel_all_nif", 3, fxaot_nif_cancel_all_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"close_symbol_nif", 3, fxaot_nif_close_symbol_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"close_ticket_nif", 3, fxaot_nif_close_ticket_3, 0},
    {"close_by_nif", 3, fxaot_nif_close_by_3, 0},
    {"cash_nif", 2, fxaot_nif_cash_2, 0},
    {"set_state_nif", 2, fxaot_nif_set_state_2, 0},
    {"apply_state_nif", 1, fxaot_nif_apply_state_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"fill_rest_nif", 1, fxaot_nif_fill_rest_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"order_nif", 2, fxaot_nif_order_2, 0},
    {"orders_nif", 1, fxaot_nif_orders_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"tickets_nif", 1, fxaot_nif_tickets_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"trades_nif", 2, fxaot_nif_trades_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"load_strategies_nif", 1, fxaot_nif_load_strategies_1, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"load_native_nif", 1, fxaot_nif_load_native_1, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"native_info_nif", 1, fxaot_nif_native_info_1, 0},
    {"script_plan_nif", 1, fxaot_nif_script_plan_1, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"script_plan_nif", 2, fxaot_nif_script_plan_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"script_plan_nif", 6, fxaot_nif_script_plan_6, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"attach_native_nif", 2, fxaot_nif_attach_native_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"attach_native_nif", 3, fxaot_nif_attach_native_3, 0},
    {"detach_native_nif", 2, fxaot_nif_detach_native_2, 0},
    {"reload_basis_nif", 5, fxaot_nif_reload_basis_5, 0},
    {"prepare_script_nif", 3, fxaot_nif_prepare_script_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"prepare_strategy_nif", 3, fxaot_nif_prepare_strategy_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"swap_nif", 3, fxaot_nif_swap_3, 0},
    {"router_nif", 1, fxaot_nif_router_1, 0},
    {"unrouted_nif", 1, fxaot_nif_unrouted_1, 0},
    {"set_routes_nif", 2, fxaot_nif_set_routes_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"move_nif", 5, fxaot_nif_move_5, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"symbol_key_nif", 1, fxaot_nif_symbol_key_1, 0},
    {"strategy_list_nif", 0, fxaot_nif_strategy_list_0, 0},
    {"instrument_list_nif", 0, fxaot_nif_instrument_list_0, 0},
    {"execute_nif", 4, fxaot_nif_execute_4, 0},
    {"detect_format_nif", 1, fxaot_nif_detect_format_1, 0},
    {"sniff_nif", 4, fxaot_nif_sniff_4, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"set_parser_nif", 6, fxaot_nif_set_parser_6, 0},
    {"zip_find_nif", 2, fxaot_nif_zip_find_2, 0},
    {"zip_members_nif", 2, fxaot_nif_zip_members_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"zip_start_nif", 3, fxaot_nif_zip_start_3, 0},
    {"zip_check_nif", 3, fxaot_nif_zip_check_3, 0},
    {"symbol_in_names_nif", 1, fxaot_nif_symbol_in_names_1, 0},
    {"day_in_name_nif", 1, fxaot_nif_day_in_name_1, 0},
    {"sorter_nif", 1, fxaot_nif_sorter_1, 0},
    {"sort_nif", 3, fxaot_nif_sort_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"sorted_nif", 2, fxaot_nif_sorted_2, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"parser_nif", 4, fxaot_nif_parser_4, 0},
    {"parse_nif", 3, fxaot_nif_parse_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"parser_info_nif", 1, fxaot_nif_parser_info_1, 0},
    {"market_nif", 8, fxaot_nif_market_8, 0},
    {"market_next_nif", 3, fxaot_nif_market_next_3, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"fix_rules_nif", 3, fxaot_nif_fix_rules_3, 0},
    {"fix_parse_nif", 4, fxaot_nif_fix_parse_4, 0},
    {"fix_write_nif", 3, fxaot_nif_fix_write_3, 0},
    {"fix_wire_nif", 2, fxaot_nif_fix_wire_2, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"fix_leave_nif", 4, fxaot_nif_fix_leave_4, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"fix_unwire_nif", 1, fxaot_nif_fix_unwire_1, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"note_nif", 1, fxaot_nif_note_1, 0},
    {"forget_nif", 1, fxaot_nif_forget_1, 0},
    {"abi_version", 0, fxaot_nif_abi_version_0, 0},
};

ERL_NIF_INIT(fxaot_nif, functions, load, NULL, upgrade, NULL)
