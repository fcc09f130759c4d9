%% @private The application's environment: its keys, their types and defaults. See
%% docs/configuration.md.
-module(fxaot_config).

-include("../telemetry/fxaot_log.hrl").

-export([check/0, check/1, value/1, keys/0]).

-type key() :: restart_intensity | restart_period | call_timeout | tool | artifact_dirs | strategies | compile_timeout
             | compile_memory | compile_retry | quarantine_dir | probation_steps | probation_seconds
             | watch_interval | metrics_port | metrics_ip | metrics_timeout | metrics_series
             | libraries | otlp | dashboard.

%% `default': the module that reads the key finds the value itself.
-spec keys() -> [{key(), Default :: term()}].
keys() ->
    [{restart_intensity, 10},
     {restart_period, 10},
     {call_timeout, 5000},
     {tool, default},
     {artifact_dirs, default},
     {strategies, []},
     {compile_timeout, 60000},
     {compile_memory, 16#100000000},
     {compile_retry, 1000},
     {quarantine_dir, default},
     {probation_steps, 10000},
     {probation_seconds, 3600},
     {watch_interval, 1000},
     {metrics_port, none},
     {metrics_ip, {127, 0, 0, 1}},
     {metrics_timeout, 1000},
     {metrics_series, 20000},
     {libraries, []},
     {otlp, #{}},
     {dashboard, off}].

%% @doc The value of a key that is set, else its default, as where the value is wrong.
-spec value(key()) -> term().
value(Key) ->
    case application:get_env(fxaot, Key) of
        {ok, Value} -> right(Key, Value, values([{Key, Value}]));
        undefined -> default(Key)
    end.

%% A wrong value was set after the start. Each process says so once.
right(_, Value, ok) -> Value;
right(Key, Value, Error) ->
    case put({?MODULE, Key}, Value) of
        Value -> ok;
        _ -> ?FXAOT_LOG(error, #{text => ["the default holds: ", fxaot_error:format_error(Error)]})
    end,
    default(Key).

default(Key) -> proplists:get_value(Key, keys()).

%% @doc Checks that the application can start with this environment.
-spec check() -> ok | fxaot:error().
check() -> check(lists:keydelete(included_applications, 1, application:get_all_env(fxaot))).

-spec check([{atom(), term()}]) -> ok | fxaot:error().
check(Environment) ->
    Known = [Key || {Key, _} <- keys()],
    case [Key || {Key, _} <- Environment, not lists:member(Key, Known)] of
        [] -> values(Environment);
        [Unknown | _] ->
            Near = fxaot_near_miss:suggestion(Unknown, Known),
            {error, {unknown_key, Near#{key => Unknown, known => Known}}}
    end.

values([]) -> ok;
values([{otlp, Value} | Rest]) ->
    case fxaot_otlp_config:check(Value) of
        ok -> values(Rest);
        Error -> Error
    end;
values([{dashboard, Value} | Rest]) ->
    case fxaot_dashboard_config:check(Value) of
        ok -> values(Rest);
        Error -> Error
    end;
values([{Key, Value} | Rest]) ->
    case expected(Key, Value) of
        ok -> values(Rest);
        Expected -> {error, {bad_key, #{key => Key, value => Value, expected => Expected}}}
    end.

expected(Key, default) when Key =:= tool; Key =:= artifact_dirs; Key =:= quarantine_dir -> ok;
expected(tool, Path) -> path(Path, "a path");
expected(Key, Paths) when Key =:= artifact_dirs; Key =:= strategies; Key =:= libraries ->
    case are_paths(Paths) of
        true -> ok;
        false -> "a list of paths"
    end;
expected(metrics_port, none) -> ok;
expected(metrics_port, Port) when is_integer(Port), Port >= 0, Port =< 65535 -> ok;
expected(metrics_port, _) -> "a port from 1 to 65535, 0 for any that is free, or none";
expected(metrics_ip, Ip) ->
    case inet:is_ip_address(Ip) of
        true -> ok;
        false -> "an address such as {127,0,0,1} or {0,0,0,0,0,0,0,1}"
    end;
expected(metrics_series, Value) -> whole(Value, 100, "a whole number from 100");
expected(quarantine_dir, none) -> ok;
expected(quarantine_dir, Path) -> path(Path, "a path, or none");
expected(compile_memory, Bytes) when is_integer(Bytes), Bytes > 0, Bytes < 1 bsl 63 -> ok;
expected(compile_memory, Bytes) when is_integer(Bytes), Bytes > 0 -> "a whole number below 9223372036854775808";
expected(Key, infinity) when Key =:= call_timeout; Key =:= compile_memory -> ok;
expected(Key, Value) when Key =:= restart_intensity; Key =:= probation_steps; Key =:= probation_seconds ->
    whole(Value, 0, "a whole number from 0");
expected(Key, Value) when Key =:= call_timeout; Key =:= compile_memory ->
    whole(Value, 1, "a whole number from 1, or infinity");
expected(_, Value) -> whole(Value, 1, "a whole number from 1").

path(Path, Expected) ->
    case is_path(Path) of
        true -> ok;
        false -> Expected
    end.

%% A NUL ends a path for the operating system.
is_path(Path) when is_binary(Path) -> Path =/= <<>> andalso binary:match(Path, <<0>>) =:= nomatch;
is_path([_ | _] = Path) -> io_lib:char_list(Path) andalso not lists:member(0, Path);
is_path(_) -> false.

are_paths([]) -> true;
are_paths([Path | Rest]) -> is_path(Path) andalso are_paths(Rest);
are_paths(_) -> false.

%% The largest time of a timer.
whole(Value, Least, _) when is_integer(Value), Value >= Least, Value < 1 bsl 32 -> ok;
whole(Value, Least, _) when is_integer(Value), Value >= Least -> "a whole number below 4294967296";
whole(_, _, Expected) -> Expected.
