%% @private A file that is looked at now and then: has its content changed?
%%
%% Time of change and size are asked for first, since that is cheap; only where they differ is the
%% file read, and only another content counts. A file that is gone, as while an editor replaces it,
%% has not changed; nor has one that is no plain file now: a pipe or a device may never end.
-module(fxaot_watch).

-export([new/1, look/1]).

-export_type([watch/0]).

-include_lib("kernel/include/file.hrl").

-record(watch, {path :: file:name_all(),
                seen :: {MTime :: term(), Size :: term()} | none,
                %% Of the content; 16 bytes.
                digest :: binary() | none}).

-opaque watch() :: #watch{}.

%% @doc Watches from what the file is now.
-spec new(file:name_all()) -> watch().
new(Path) ->
    {_, Watch} = look(#watch{path = Path, seen = none, digest = none}),
    Watch.

%% @doc Whether the content is another than at the last look.
-spec look(watch()) -> {changed | unchanged, watch()}.
look(#watch{path = Path, seen = Seen} = Watch) ->
    case file:read_file_info(Path, [raw, {time, posix}]) of
        {ok, #file_info{type = regular, mtime = Changed, size = Size}}
          when {Changed, Size} =/= Seen ->
            read(Watch#watch{seen = settled(Changed, Size)});
        _ -> {unchanged, Watch}
    end.

%% A file may change twice in a second, the second time without another time or size. So what has
%% changed just now is read again at the next look.
settled(Changed, Size) ->
    case os:system_time(second) - Changed > 2 of
        true -> {Changed, Size};
        false -> none
    end.

read(#watch{path = Path, digest = Known} = Watch) ->
    case file:read_file(Path) of
        {ok, Bytes} ->
            case erlang:md5(Bytes) of
                Known -> {unchanged, Watch};
                Digest -> {changed, Watch#watch{digest = Digest}}
            end;
        {error, _} -> {unchanged, Watch}
    end.
