%% @private Figures of processes that the collector and a probe read without asking those processes, which may wait for
%% a disk. A process opens its figures under a key and sets numbers; its next one, after a crash, goes on with them.
-module(fxaot_figures).

-export([new/0, open/2, add/3, set/3, note/2, figure/2, find/1, all/1, close/1]).

-export_type([figures/0, key/0]).

%% Rows: `{Key, Fields, Numbers, Note}'.
-define(TABLE, ?MODULE).

-type key() :: {Kind :: atom(), Engine :: atom()}.
-opaque figures() :: {key(), #{Field :: term() => pos_integer()}, counters:counters_ref()}.

%% @doc Only for the application's supervisor.
-spec new() -> ok.
new() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, {read_concurrency, true}]),
    ok.

%% @doc The figures under a key, all 0 where there are none yet. Unknown to others while the application does not run.
-spec open(key(), Fields :: [term()]) -> figures().
open(Key, Fields) ->
    try ets:lookup(?TABLE, Key) of
        [{_, Fields, Numbers, _}] -> {Key, places(Fields), Numbers};
        _ ->
            Numbers = counters:new(length(Fields), [write_concurrency]),
            true = ets:insert(?TABLE, {Key, Fields, Numbers, none}),
            {Key, places(Fields), Numbers}
    catch error:badarg -> {Key, places(Fields), counters:new(length(Fields), [])}
    end.

places(Fields) -> maps:from_list(lists:zip(Fields, lists:seq(1, length(Fields)))).

-spec add(figures(), Field :: term(), integer()) -> ok.
add({_, Places, Numbers}, Field, Number) -> counters:add(Numbers, map_get(Field, Places), Number).

-spec set(figures(), Field :: term(), integer()) -> ok.
set({_, Places, Numbers}, Field, Number) -> counters:put(Numbers, map_get(Field, Places), Number).

%% @doc What no number says: why something is down. `none' ends it.
-spec note(figures(), term()) -> ok.
note({Key, _, _}, Note) ->
    _ = try ets:update_element(?TABLE, Key, {4, Note}) catch error:badarg -> false end,
    ok.

-spec figure(figures(), Field :: term()) -> integer().
figure({_, Places, Numbers}, Field) -> counters:get(Numbers, map_get(Field, Places)).

%% @doc All figures under a key, by field, and its note.
-spec find(key()) -> {ok, #{term() => integer()}, Note :: term()} | none.
find(Key) ->
    try ets:lookup(?TABLE, Key) of
        [{_, Fields, Numbers, Note}] -> {ok, numbers(Fields, Numbers), Note};
        [] -> none
    catch error:badarg -> none
    end.

%% @doc Those of a kind, by engine.
-spec all(Kind :: atom()) -> [{Engine :: atom(), #{term() => integer()}, Note :: term()}].
all(Kind) ->
    Rows = try ets:match_object(?TABLE, {{Kind, '_'}, '_', '_', '_'}) catch error:badarg -> [] end,
    [{Engine, numbers(Fields, Numbers), Note} || {{_, Engine}, Fields, Numbers, Note} <- lists:sort(Rows)].

numbers(Fields, Numbers) ->
    maps:from_list([{Field, counters:get(Numbers, Place)}
                    || {Field, Place} <- lists:zip(Fields, lists:seq(1, length(Fields)))]).

%% @doc Forgets the figures under a key.
-spec close(key()) -> ok.
close(Key) ->
    _ = try ets:delete(?TABLE, Key) catch error:badarg -> true end,
    ok.
