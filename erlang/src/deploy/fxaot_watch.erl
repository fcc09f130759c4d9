%% @private A watched file: detects a change of its content.
%%
%% It first compares the time of change and the size, which is cheap. If they differ, it reads the file; only
%% another content counts. A missing file, as while an editor replaces it, has not changed. Nor has one that
%% is not a plain file: a pipe or a device may never end. A content counts when two checks in a row have found
%% it, because a file that is still being written is not saved yet.
-module(fxaot_watch).

-export([new/1, look/1]).

-export_type([watch/0]).

-include_lib("kernel/include/file.hrl").

%% No script is longer.
-define(MOST_BYTES, 16#400000).

-record(watch, {path :: file:name_all(),
                seen :: {MTime :: term(), Size :: term()} | none,
                %% Of the content; 16 bytes.
                digest :: binary() | none,
                %% Of another content, at the last check.
                found = none :: binary() | none}).

-opaque watch() :: #watch{}.

%% @doc Watches for changes from now on.
-spec new(file:name_all()) -> watch().
new(Path) ->
    {_, Found} = look(#watch{path = Path, seen = none, digest = none}),
    {_, Watch} = look(Found),
    Watch.

%% @doc Whether the content has changed, and was the same at the last check.
-spec look(watch()) -> {changed | unchanged, watch()}.
look(#watch{path = Path, seen = Seen} = Watch) ->
    case file:read_file_info(Path, [raw, {time, posix}]) of
        {ok, #file_info{type = regular, mtime = Changed, size = Size}}
          when {Changed, Size} =/= Seen, Size =< ?MOST_BYTES ->
            read(Watch#watch{seen = settled(Changed, Size)});
        _ -> {unchanged, Watch}
    end.

%% A file may change twice in a second, the second time without another time or size. So a file
%% that has just changed is read again at the next check.
settled(Changed, Size) ->
    case os:system_time(second) - Changed > 2 of
        true -> {Changed, Size};
        false -> none
    end.

read(#watch{path = Path, digest = Known, found = Found} = Watch) ->
    case file:read_file(Path) of
        {ok, Bytes} ->
            case erlang:md5(Bytes) of
                Known -> {unchanged, Watch#watch{found = none}};
                Found -> {changed, Watch#watch{digest = Found, found = none}};
                Digest -> {unchanged, Watch#watch{seen = none, found = Digest}}
            end;
        {error, _} -> {unchanged, Watch}
    end.
