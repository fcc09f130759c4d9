%% @private The option `journal' of an engine: a folder, or a map with one.
-module(fxaot_journal_options).

-export([check/1, read/1, scope/1]).

-export_type([options/0]).

-type options() :: #{dir := file:filename_all(), quotes := boolean(), sync := always | never | {every, pos_integer()},
                     segment_bytes := pos_integer(), keep_segments := pos_integer() | all, slow_ms := pos_integer()}.

-define(DEFAULTS, #{quotes => false, sync => {every, 10}, segment_bytes => 67108864, keep_segments => all,
                    slow_ms => 1000}).

%% @doc Whether an engine's options have a journal that can be.
-spec check(Options :: map()) -> ok | fxaot:error().
check(#{journal := Journal}) ->
    case whole(Journal) of
        {ok, Options} -> checked(maps:to_list(Options));
        Error -> Error
    end;
check(_) -> ok.

%% @doc The option with its defaults; `none' for an engine without a journal.
-spec read(Options :: map()) -> options() | none.
read(#{journal := Journal}) ->
    {ok, Options} = whole(Journal),
    Options#{dir := filename:absname(unicode:characters_to_list(maps:get(dir, Options)))};
read(_) -> none.

%% @doc What the engine records.
-spec scope(options()) -> account | inputs.
scope(#{quotes := true}) -> inputs;
scope(#{quotes := false}) -> account.

whole(#{dir := _} = Map) -> {ok, maps:merge(?DEFAULTS, Map)};
whole(Dir) when is_list(Dir); is_binary(Dir) -> {ok, maps:merge(?DEFAULTS, #{dir => Dir})};
whole(Other) -> {error, {bad_option, #{option => journal, value => Other,
                                       expected => "a folder's path, or a map with dir"}}}.

checked([]) -> ok;
checked([{Name, Value} | Rest]) ->
    case expected(Name, Value) of
        ok -> checked(Rest);
        unknown -> {error, {unknown_option, #{option => Name, known => [dir | maps:keys(?DEFAULTS)]}}};
        Expected -> {error, {bad_option, #{option => {journal, Name}, value => Value, expected => Expected}}}
    end.

expected(dir, Dir) when is_list(Dir); is_binary(Dir) ->
    case try unicode:characters_to_list(Dir) catch error:badarg -> none end of
        [_ | _] = Text ->
            case lists:member(0, Text) of
                false -> ok;
                true -> "a folder's path"
            end;
        _ -> "a folder's path"
    end;
expected(dir, _) -> "a folder's path";
expected(quotes, Value) when is_boolean(Value) -> ok;
expected(quotes, _) -> "true or false";
expected(sync, Value) when Value =:= always; Value =:= never -> ok;
expected(sync, {every, Ms}) when is_integer(Ms), Ms >= 1, Ms =< 60000 -> ok;
expected(sync, _) -> "always, never or {every, Milliseconds}, 1 to 60000";
expected(segment_bytes, Value) when is_integer(Value), Value >= 65536, Value =< 1073741824 -> ok;
expected(segment_bytes, _) -> "a number of bytes from 65536 to 1073741824";
expected(keep_segments, all) -> ok;
expected(keep_segments, Value) when is_integer(Value), Value >= 1 -> ok;
expected(keep_segments, _) -> "all, or a whole number from 1";
expected(slow_ms, Value) when is_integer(Value), Value >= 1, Value =< 3600000 -> ok;
expected(slow_ms, _) -> "a number of milliseconds from 1 to 3600000";
expected(_, _) -> unknown.
