%% @private Events ▶ terms, one by one, codes included that no library sends today: the shim's own C files
%% with a NIF that takes an event's kind, code and side, and its reason, quantity, numbers and name.
-module(fxaot_event_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1]).
-export([sides_have_names/1, reject_reasons_have_names/1, alarms_have_names/1,
         unknown_codes_are_shown/1, unknown_events_are_shown/1, states_of_orders_have_names/1,
         cancelled_orders_say_why/1, names_have_their_ends/1, refusals_have_their_numbers/1, fills_have_name_and_commission/1,
         changes_of_the_account_have_details/1]).
-export([event/3, event/7]).

all() ->
    [sides_have_names, reject_reasons_have_names, alarms_have_names, unknown_codes_are_shown,
     unknown_events_are_shown, states_of_orders_have_names, cancelled_orders_say_why, names_have_their_ends, refusals_have_their_numbers,
     fills_have_name_and_commission, changes_of_the_account_have_details].

-define(ORDER, 2).
-define(REJECT, 4).
-define(FILL, 3).
-define(ALARM, 6).
-define(ACCOUNT, 7).

event(Kind, Code, Side) -> event(Kind, Code, Side, 0, 0, 0.0, {<<>>, 0}).

%% Number is the price, the strength and, rounded, the profit; the commission is half of it.
event(_Kind, _Code, _Side, _Reason, _Quantity, _Number, _Name) -> erlang:nif_error(not_loaded).

init_per_suite(Config) ->
    Folder = proplists:get_value(priv_dir, Config),
    Root = filename:join(filename:dirname(fxaot_test:file("fxaot_test.erl")), "../.."),
    Priv = code:priv_dir(fxaot),
    Source = filename:join(Folder, "event.c"),
    Library = filename:join(Folder, "event"),
    ok = file:write_file(
           Source,
           "#include \"fxaot_nif.h\"\n"
           "#include <math.h>\n"
           "#include <string.h>\n"
           "static FXAOT_NIF(event) {\n"
           "  fxaot_event it = {0};\n"
           "  unsigned reason, end;\n"
           "  int arity;\n"
           "  ErlNifSInt64 quantity;\n"
           "  ErlNifBinary name;\n"
           "  const ERL_NIF_TERM *named;\n"
           "  (void)argc;\n"
           "  if (!enif_get_uint(env, argv[0], &it.kind) || !enif_get_uint(env, argv[1], &it.code) ||\n"
           "      !enif_get_uint(env, argv[2], &it.side) || !enif_get_uint(env, argv[3], &reason) ||\n"
           "      !enif_get_int64(env, argv[4], &quantity) || !enif_get_double(env, argv[5], &it.price) ||\n"
           "      !enif_get_tuple(env, argv[6], &arity, &named) || arity != 2 ||\n"
           "      !enif_inspect_binary(env, named[0], &name) || name.size > 64 ||\n"
           "      !enif_get_uint(env, named[1], &end))\n"
           "    return enif_make_badarg(env);\n"
           "  it.reason = (uint16_t)reason;\n"
           "  it.quantity = quantity;\n"
           "  it.strength = it.price < 0 ? INFINITY : it.price;\n"
           "  it.profit_micro = (int64_t)it.price;\n"
           "  it.commission_micro = it.profit_micro / 2;\n"
           "  it.name_length = (uint8_t)name.size;\n"
           "  it.name_end = (uint8_t)end;\n"
           "  memcpy((void *)fxaot_event_name(&it), name.data, name.size);\n"
           "  return fxaot_event_term(env, &it);\n"
           "}\n"
           "static int load(ErlNifEnv *env, void **data, ERL_NIF_TERM info) {\n"
           "  (void)data, (void)info;\n"
           "  fxaot_make_atoms(env);\n"
           "  return 0;\n"
           "}\n"
           "static ErlNifFunc functions[] = {{\"event\", 7, event, 0}};\n"
           "ERL_NIF_INIT(fxaot_event_SUITE, functions, load, NULL, NULL, NULL)\n"),
    Erts = filename:join([code:root_dir(), "erts-" ++ erlang:system_info(version), "include"]),
    Shim = [filename:join([Root, "c_src", File]) || File <- ["fxaot_nif_events.c", "fxaot_nif_terms.c"]],
    [] = os:cmd(lists:flatten(
                  ["cc -std=gnu11 -shared -fPIC -o '", Library, ".so' '", Source, "'",
                   [[" -I '", Path, "'"]
                    || Path <- [Erts, filename:join([code:root_dir(), "usr", "include"]),
                                filename:join(Root, "c_src"), filename:join(Root, "c_src/include")]],
                   [[" '", File, "'"] || File <- Shim],
                   " -L '", Priv, "' -lfxaot -Wl,-rpath,'", Priv, "'"])),
    ok = erlang:load_nif(Library, 0),
    Config.

end_per_suite(_) -> ok.

sides_have_names(_) ->
    ?assertMatch(#order{side = buy}, event(?ORDER, 1, 1)),
    ?assertMatch(#order{side = sell}, event(?ORDER, 1, 2)).

reject_reasons_have_names(_) ->
    ?assertEqual([quantity_below_minimum, quantity_above_maximum, no_conversion, no_equity,
                  out_of_memory, halted, reducing, unknown_symbol, quantity_step, no_quote, stale_quote, spread,
                  market_closed, collar, max_quantity, max_notional, max_position, max_currency, max_positions,
                  max_orders, rate, daily_loss, drawdown, losing_trades, post_only, reduce_only, bad_stop_loss,
                  bad_take_profit, margin, fifo, gateway_down],
                 [(event(?REJECT, Code, 1))#reject.reason || Code <- lists:seq(1, 31)]).

alarms_have_names(_) ->
    ?assertEqual([bad_signal, events_lost, script_stopped, time_jump, small_order, margin_call, risk_state,
                  gateway],
                 [(event(?ALARM, Code, 0))#alarm.kind || Code <- lists:seq(1, 8)]),
    ?assertMatch(#alarm{kind = gateway, count = 1, detail = #{reason := late_fill, quantity := 5}},
                 event(?ALARM, 8, 0, 2, 5, 0.0, {<<>>, 0})),
    ?assertMatch(#alarm{kind = margin_call, count = 1, detail = #{level := 0.5}},
                 event(?ALARM, 6, 0, 0, 0, 0.5, {<<>>, 0})),
    ?assertMatch(#alarm{kind = risk_state, count = 1, detail = #{reason := drawdown}},
                 event(?ALARM, 7, 0, 2, 0, 0.0, {<<>>, 0})).

unknown_codes_are_shown(_) ->
    ?assertMatch(#order{side = {unknown_code, 3}}, event(?ORDER, 1, 3)),
    ?assertMatch(#reject{reason = {unknown_code, 0}}, event(?REJECT, 0, 1)),
    ?assertMatch(#reject{reason = {unknown_code, 33}}, event(?REJECT, 33, 1)),
    ?assertMatch(#alarm{kind = {unknown_code, 0}}, event(?ALARM, 0, 0)),
    ?assertMatch(#alarm{kind = {unknown_code, 4294967295}}, event(?ALARM, 4294967295, 0)).

unknown_events_are_shown(_) ->
    ?assertMatch(#alarm{kind = {unknown_event, 0}}, event(0, 1, 1)),
    ?assertMatch(#alarm{kind = {unknown_event, 8}}, event(8, 1, 1)).

states_of_orders_have_names(_) ->
    ?assertEqual([new, accepted, triggered, part_filled, filled, cancelled, rejected, expired, modified,
                  pending_new, pending_cancel, pending_replace, cancel_rejected, replace_rejected,
                  {unknown_code, 14}],
                 [(event(?ORDER, Code, 1, 1, 0, 0.0, {<<>>, 0}))#order.state || Code <- lists:seq(0, 14)]).

cancelled_orders_say_why(_) ->
    Cancelled = 5,
    ?assertEqual([{unknown_code, 0}, user, oco, 'after', flip, halted, stop_out, margin, reduce_only, ioc, fok,
                  rejected_by_venue, strategy, venue, {unknown_code, 14}],
                 [(event(?ORDER, Cancelled, 1, Reason, 0, 0.0, {<<>>, 0}))#order.reason
                  || Reason <- lists:seq(0, 14)]),
    %% The reason of any other state says nothing.
    ?assertEqual(undefined, (event(?ORDER, 1, 1, 3, 0, 0.0, {<<>>, 0}))#order.reason).

names_have_their_ends(_) ->
    Longest = binary:copy(<<"x">>, 64),
    ?assertEqual([undefined, <<"a">>, <<"a.sl">>, <<"a.tp">>, <<"a">>, Longest, <<Longest/binary, ".tp">>],
                 [(event(?ORDER, 1, 1, 0, 1, 0.0, Name))#order.name
                  || Name <- [{<<>>, 1}, {<<"a">>, 0}, {<<"a">>, 1}, {<<"a">>, 2}, {<<"a">>, 3}, {Longest, 0},
                              {Longest, 2}]]),
    ?assertMatch(#order{price = 1.25, quantity = 7}, event(?ORDER, 1, 1, 0, 7, 1.25, {<<"a">>, 0})),
    ?assertMatch(#order{price = undefined}, event(?ORDER, 1, 1, 0, 7, 0.0, {<<"a">>, 0})),
    ?assertMatch(#order{price = 1.25, limit = 1.25}, event(?ORDER, 1, 1, 0, 7, 1.25, {<<"a">>, 0})),
    ?assertMatch(#reject{name = <<"a">>, reason = margin, detail = Detail} when Detail =:= #{},
                 event(?REJECT, 29, 1, 0, 7, 0.0, {<<"a">>, 0})).

refusals_have_their_numbers(_) ->
    ?assertEqual([#{quantity => 2000000, minimum => 1000000}, #{quantity => 2000000, maximum => 1000000}, #{}, #{}, #{},
                  #{}, #{}, #{}, #{quantity => 2000000, step => 1000000}, #{},
                  #{age => 2000000, maximum => 1000000}, #{spread => 2000000, maximum => 1000000}, #{},
                  #{distance => 0.002, maximum => 0.001}, #{quantity => 2000000, maximum => 1000000},
                  #{notional => 2000000, maximum => 1000000}, #{quantity => 2000000, maximum => 1000000},
                  #{notional => 2000000, maximum => 1000000}, #{positions => 2000000, maximum => 1000000},
                  #{orders => 2000000, maximum => 1000000}, #{count => 2000000, per_ms => 1},
                  #{loss => 2000000, maximum => 1000000}, #{drawdown => 0.002, maximum => 0.001},
                  #{trades => 2000000, maximum => 1000000}, #{distance => 2000000, minimum => 1000000}, #{},
                  #{distance => 2000000, minimum => 1000000}, #{distance => 2000000, minimum => 1000000},
                  #{needed => 2000000, free => 1000000}, #{}, #{}],
                 [(event(?REJECT, Code, 1, 0, 0, 2.0e6, {<<>>, 0}))#reject.detail || Code <- lists:seq(1, 31)]).

fills_have_name_and_commission(_) ->
    ?assertMatch(#fill{name = <<"close.1">>, quantity = 5, price = 8.0, profit = 8, commission = 4},
                 event(?FILL, 0, 2, 0, 5, 8.0, {<<"close.1">>, 0})).

changes_of_the_account_have_details(_) ->
    Change = fun(Code, Reason, Quantity, Number) ->
                     event(?ACCOUNT, Code, 0, Reason, Quantity, Number, {<<"t">>, 0})
             end,
    ?assertMatch(#account{change = cash, amount = 9, detail = undefined, order_id = undefined, name = <<"t">>},
                 Change(1, 0, 0, 9.0)),
    ?assertMatch(#account{change = swap, amount = 2, detail = #{nights := 3, rate := 2.5, conversion := 2.5}},
                 Change(2, 0, 3, 2.5)),
    ?assertMatch(#account{change = margin_call, detail = #{level := 0.5}}, Change(3, 0, 0, 0.5)),
    ?assertMatch(#account{change = margin_call, detail = #{level := infinity}}, Change(3, 0, 0, -1.0)),
    ?assertMatch(#account{change = stop_out, detail = #{quantity := 1000, level := 0.125}},
                 Change(4, 0, 1000, 0.125)),
    ?assertMatch(#account{change = state, detail = #{state := halted, reason := user}}, Change(5, 0, 2, 0.0)),
    ?assertMatch(#account{change = state, detail = #{state := reducing, reason := losing_trades}},
                 Change(5, 3, 1, 0.0)),
    ?assertMatch(#account{change = state, detail = #{state := {unknown_code, 3}, reason := {unknown_code, 4}}},
                 Change(5, 4, 3, 0.0)),
    ?assertMatch(#account{change = reset, amount = 5, detail = undefined}, Change(6, 0, 0, 5.0)),
    ?assertMatch(#account{change = {unknown_code, 7}}, Change(7, 0, 0, 0.0)).
