%% @private The options of an engine that its supervision reads.
-module(fxaot_engine_options).

-export([names/0, check/1, budget/1, stop_timeout/1]).

-define(NAMES, [timeout, restart_intensity, restart_period, on_stop, stop_timeout]).
-define(STOP_TIMEOUT_MS, 5000).

-spec names() -> [atom()].
names() -> ?NAMES.

-spec check(Options :: map()) -> ok | fxaot:error().
check(Options) -> check(?NAMES, Options).

check([], _) -> ok;
check([Name | Rest], Options) ->
    case Options of
        #{Name := Value} ->
            case expected(Name, Value) of
                ok -> check(Rest, Options);
                Expected ->
                    {error, {bad_option, #{option => Name, value => Value, expected => Expected}}}
            end;
        #{} -> check(Rest, Options)
    end.

expected(timeout, infinity) -> ok;
expected(timeout, Value) when is_integer(Value), Value > 0, Value < 1 bsl 32 -> ok;
expected(timeout, _) -> "a number of milliseconds from 1, or infinity";
expected(restart_intensity, Value) when is_integer(Value), Value >= 0 -> ok;
expected(restart_intensity, _) -> "a whole number from 0";
expected(restart_period, Value) when is_integer(Value), Value > 0 -> ok;
expected(restart_period, _) -> "a number of seconds from 1";
expected(on_stop, Value) when Value =:= keep; Value =:= flat -> ok;
expected(on_stop, _) -> "keep or flat";
expected(stop_timeout, Value) when is_integer(Value), Value >= 0, Value =< 3600000 -> ok;
expected(stop_timeout, _) -> "a number of milliseconds from 0 to 3600000".

%% @doc How long the application's stop waits for the engine's closes to fill, ms.
-spec stop_timeout(Options :: map()) -> non_neg_integer().
stop_timeout(Options) -> maps:get(stop_timeout, Options, ?STOP_TIMEOUT_MS).

%% @doc How many restarts in how many seconds.
-spec budget(Options :: map()) -> {Intensity :: non_neg_integer(), Period :: pos_integer()}.
budget(Options) ->
    #{intensity := Intensity, period := Period} = fxaot_sup:intensity(),
    {maps:get(restart_intensity, Options, Intensity), maps:get(restart_period, Options, Period)}.
