%% @private Alarms for people: in sasl's alarm handler, where there is one.
-module(fxaot_alarm).

-export([kinds/0, set/2, set/3, clear/2, clear_all/2]).

-type kind() :: engine_given_up | state_lost | fxaot_quarantine | gateway_difference | journal_unavailable | strategies_stale
              | fix | other_library.

-spec kinds() -> [kind()].
kinds() -> [engine_given_up, state_lost, fxaot_quarantine, gateway_difference, journal_unavailable, strategies_stale, fix,
            other_library].

%% @equiv set(Kind, Of, [])
-spec set(kind(), Of :: term()) -> ok.
set(Kind, Of) -> set(Kind, Of, []).

%% @doc Raises the alarm `{{Kind, Of}, Details}'.
-spec set(kind(), Of :: term(), Details :: term()) -> ok.
set(Kind, Of, Details) ->
    fxaot_telemetry_emit:happened([alarm, set], #{kind => Kind, of_what => Of}),
    told(fun() -> alarm_handler:set_alarm({{Kind, Of}, Details}) end).

-spec clear(kind(), Of :: term()) -> ok.
clear(Kind, Of) ->
    fxaot_telemetry_emit:happened([alarm, clear], #{kind => Kind, of_what => Of}),
    told(fun() -> alarm_handler:clear_alarm({Kind, Of}) end).

%% @doc Clears those of an engine, `{Engine, _, _}', that sasl's own handler still lists; another handler lists none.
-spec clear_all(kind(), Engine :: atom()) -> ok.
clear_all(Kind, Engine) ->
    Alarms = try alarm_handler:get_alarms()
             catch exit:_ -> []
             end,
    _ = is_list(Alarms) andalso
        [clear(Kind, Of) || {{Other, {Owner, _, _} = Of}, _} <- Alarms, Other =:= Kind, Owner =:= Engine],
    ok.

told(Tell) ->
    case whereis(alarm_handler) of
        undefined -> ok;
        _ ->
            _ = Tell(),
            ok
    end.
