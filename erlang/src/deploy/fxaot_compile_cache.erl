%% @private The size of the compiler's cache, for telemetry. Its folder is known by the manifests in it:
%% `artifacts/KEY/HEX.manifest', beside its library.
-module(fxaot_compile_cache).

-export([used/1, grown/1, size/0]).

-include_lib("kernel/include/file.hrl").

-define(KEY, {compile_cache, none}).

%% @doc An entry was found. The first time says how large the cache is. O(entries) then.
-spec used(Manifest :: file:filename_all()) -> ok.
used(Manifest) ->
    case size() of
        {ok, _, _} -> ok;
        none -> grown(Manifest)
    end.

%% @doc An entry was made, and others may have been removed for it. O(entries).
-spec grown(Manifest :: file:filename_all()) -> ok.
grown(Manifest) ->
    Folder = filename:dirname(filename:dirname(Manifest)),
    Entries = [filename:join(Folder, Name) || Name <- names(Folder)],
    {Count, Bytes} = {length(Entries), lists:sum([bytes_in(Entry) || Entry <- Entries])},
    Figures = fxaot_figures:open(?KEY, [entries, bytes]),
    fxaot_figures:set(Figures, entries, Count),
    fxaot_figures:set(Figures, bytes, Bytes),
    fxaot_telemetry:execute([fxaot, cache, size],
                            #{system_time => erlang:system_time(), entries => Count, bytes => Bytes}, #{}).

%% @doc As it was when it was last used; none before.
-spec size() -> {ok, Entries :: non_neg_integer(), Bytes :: non_neg_integer()} | none.
size() ->
    case fxaot_figures:find(?KEY) of
        {ok, #{entries := Entries, bytes := Bytes}, _} -> {ok, Entries, Bytes};
        none -> none
    end.

bytes_in(Entry) -> lists:sum([bytes(filename:join(Entry, Name)) || Name <- names(Entry)]).

names(Folder) ->
    case file:list_dir(Folder) of
        {ok, Names} -> Names;
        {error, _} -> []
    end.

bytes(File) ->
    case file:read_file_info(File, [raw, {time, posix}]) of
        {ok, #file_info{size = Size}} -> Size;
        {error, _} -> 0
    end.
