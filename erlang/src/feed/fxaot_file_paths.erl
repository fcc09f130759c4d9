%% @private The files that a feed's `files' stand for: paths, and the quote files of folders.
-module(fxaot_file_paths).

-export([expand/1]).

%% @doc A folder's files are `{within, Path}': one without data among them is skipped.
-spec expand(term()) -> {ok, [file:name_all() | {within, file:name_all()}]} | {error, {atom(), term()}}.
expand(Files) ->
    case is_path(Files) of
        true -> expanded([Files], []);
        false when is_list(Files) -> expanded(Files, []);
        false -> bad_paths(Files)
    end.

is_path(Path) when is_binary(Path) -> Path =/= <<>>;
is_path([Char | _] = Path) when is_integer(Char) ->
    try is_list(unicode:characters_to_list(Path)) andalso not lists:member(0, Path)
    catch error:_ -> false
    end;
is_path(_) -> false.

bad_paths(Files) ->
    {error, {bad_option, #{option => files, value => Files,
                           expected => "a path or a list of paths"}}}.

expanded([], []) -> {error, {no_data, none}};
expanded([], Paths) -> {ok, lists:append(lists:reverse(Paths))};
expanded([Path | Rest], Done) ->
    case is_path(Path) of
        true ->
            case filelib:is_dir(Path) of
                false -> expanded(Rest, [[Path] | Done]);
                true ->
                    case folder(Path) of
                        [] -> {error, {no_data, #{path => Path}}};
                        Paths -> expanded(Rest, [[{within, File} || File <- Paths] | Done])
                    end
            end;
        false -> bad_paths(Path)
    end;
expanded(Other, _) -> bad_paths(Other).

folder(Path) ->
    case file:list_dir(Path) of
        {ok, Names} ->
            [File || Name <- lists:sort(Names), is_quote_file(Name),
                     File <- [filename:join(Path, Name)], filelib:is_regular(File)];
        {error, _} -> []
    end.

is_quote_file([$. | _]) -> false;
is_quote_file(Name) ->
    lists:member(string:lowercase(filename:extension(Name)),
                 [".csv", ".txt", ".tsv", ".gz", ".zip", ".bz2", ".xz", ".zst", ".lzma", ".bi5", ".parquet"]).
