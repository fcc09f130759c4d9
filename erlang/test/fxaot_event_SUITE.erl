%% @private Events ▶ terms, one by one, codes included that no library sends today: the shim's own C files
%% with a NIF that takes an event's kind, code and side.
-module(fxaot_event_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1]).
-export([sides_have_names/1, reject_reasons_have_names/1, alarms_have_names/1,
         unknown_codes_are_shown/1, unknown_events_are_shown/1]).
-export([event/3]).

all() ->
    [sides_have_names, reject_reasons_have_names, alarms_have_names, unknown_codes_are_shown,
     unknown_events_are_shown].

-define(ORDER, 2).
-define(REJECT, 4).
-define(ALARM, 6).

event(_Kind, _Code, _Side) -> erlang:nif_error(not_loaded).

init_per_suite(Config) ->
    Folder = proplists:get_value(priv_dir, Config),
    Root = filename:join(filename:dirname(fxaot_test:file("fxaot_test.erl")), "../.."),
    Priv = code:priv_dir(fxaot),
    Source = filename:join(Folder, "event.c"),
    Library = filename:join(Folder, "event"),
    ok = file:write_file(
           Source,
           "#include \"fxaot_nif.h\"\n"
           "static FXAOT_NIF(event) {\n"
           "  fxaot_event it = {0};\n"
           "  (void)argc;\n"
           "  if (!enif_get_uint(env, argv[0], &it.kind) || !enif_get_uint(env, argv[1], &it.code) ||\n"
           "      !enif_get_uint(env, argv[2], &it.side))\n"
           "    return enif_make_badarg(env);\n"
           "  return fxaot_event_term(env, &it);\n"
           "}\n"
           "static int load(ErlNifEnv *env, void **data, ERL_NIF_TERM info) {\n"
           "  (void)data, (void)info;\n"
           "  fxaot_make_atoms(env);\n"
           "  return 0;\n"
           "}\n"
           "static ErlNifFunc functions[] = {{\"event\", 3, event, 0}};\n"
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
                  out_of_memory],
                 [(event(?REJECT, Code, 1))#reject.reason || Code <- lists:seq(1, 5)]).

alarms_have_names(_) ->
    ?assertEqual([bad_signal, events_lost, script_stopped, time_jump, small_order],
                 [(event(?ALARM, Code, 0))#alarm.kind || Code <- lists:seq(1, 5)]).

unknown_codes_are_shown(_) ->
    ?assertMatch(#order{side = {unknown_code, 3}}, event(?ORDER, 1, 3)),
    ?assertMatch(#reject{reason = {unknown_code, 0}}, event(?REJECT, 0, 1)),
    ?assertMatch(#reject{reason = {unknown_code, 6}}, event(?REJECT, 6, 1)),
    ?assertMatch(#alarm{kind = {unknown_code, 0}}, event(?ALARM, 0, 0)),
    ?assertMatch(#alarm{kind = {unknown_code, 4294967295}}, event(?ALARM, 4294967295, 0)).

unknown_events_are_shown(_) ->
    ?assertMatch(#alarm{kind = {unknown_event, 0}}, event(0, 1, 1)),
    ?assertMatch(#alarm{kind = {unknown_event, 7}}, event(7, 1, 1)).
