%% @private The sources of a plan's native code: a release's folders of artifacts, then the compile server's
%% cache, then the compiler.
%%
%% An artifact is `HEX.manifest' and the shared libraries that it names, HEX being the plan's hash;
%% next to them `NAME.fxir' is the program of the script NAME, so that a release needs no tool at all.
%%
%% The application's environment: `artifact_dirs', folders; without it, priv/artifacts of every
%% application that is loaded.
-module(fxaot_artifacts).

-include("../telemetry/fxaot_log.hrl").

-export([load/2, program/1, folders/0]).

-type source() :: folder | cache | compiler.

%% @doc Loads the native code of a plan from the first source with a valid artifact. May take as long as the
%% compiler. Any process may call it. Whose code it is, is for the log.
-spec load(fxaot_compiler:plan(), fxaot_log:subject()) ->
          {ok, fxaot_nif:native(), #{source := source(), manifest := file:filename_all(),
                                     milliseconds => number()}} | fxaot:error().
load(#{hash := Hash} = Plan, Whose) -> shipped(manifests(Hash), Plan, Whose).

manifests(Hash) ->
    Name = [hex(Hash), ".manifest"],
    [Path || Folder <- folders(), Path <- [filename:join(Folder, lists:flatten(Name))],
             filelib:is_regular(Path)].

hex(Hash) -> [io_lib:format("~2.16.0b", [Byte]) || <<Byte>> <= Hash].

%% An artifact that is damaged or for another processor is logged and not used.
shipped([], Plan, Whose) -> cached(Plan, Whose);
shipped([Manifest | Rest], Plan, Whose) ->
    case mapped(folder, Manifest) of
        {ok, Native} -> {ok, Native, #{source => folder, manifest => Manifest}};
        {error, Error} ->
            unusable(Manifest, Error, Whose),
            shipped(Rest, Plan, Whose)
    end.

unusable(Manifest, Error, Whose) ->
    ?FXAOT_LOG(warning, Whose#{manifest => Manifest, text => fxaot:format_error(Error)}).

%% The compile server looks into its cache first for either question, but this one it answers at
%% once, and without a compiler.
cached(#{hash := Hash} = Plan, Whose) ->
    case fxaot_compiler:cached(Hash, Whose) of
        {ok, #{manifest := Manifest}} ->
            looked(hit, Hash),
            fxaot_compile_cache:used(Manifest),
            case mapped(cache, Manifest) of
                {ok, Native} -> {ok, Native, #{source => cache, manifest => Manifest}};
                {error, Error} ->
                    unusable(Manifest, Error, Whose),
                    compiled(Plan, Whose)
            end;
        none ->
            looked(miss, Hash),
            compiled(Plan, Whose);
        Error -> Error
    end.

looked(Result, Hash) -> fxaot_telemetry_emit:happened([cache, Result], #{plan => iolist_to_binary(hex(Hash))}).

compiled(#{hash := Hash} = Plan, Whose) ->
    Made = fxaot_telemetry_emit:span([compile], #{plan => iolist_to_binary(hex(Hash))},
                                     fun() -> fxaot_compiler:compile(Plan, Whose) end),
    case Made of
        {ok, #{manifest := Manifest, milliseconds := Milliseconds}} ->
            fxaot_compile_cache:grown(Manifest),
            case mapped(compiler, Manifest) of
                {ok, Native} -> {ok, Native, #{source => compiler, manifest => Manifest,
                                               milliseconds => Milliseconds}};
                Error -> Error
            end;
        Error -> Error
    end.

mapped(Source, Manifest) ->
    fxaot_telemetry_emit:span([load], #{manifest => Manifest, source => Source},
                              fun() -> fxaot_nif:load_native(Manifest) end).

%% @doc The program of a script that was compiled ahead of time, by the script's name.
-spec program(Name :: atom() | string() | binary()) -> {ok, binary()} | fxaot:error().
program(Name) ->
    case file_name(Name) of
        {ok, File} ->
            Folders = folders(),
            read([filename:join(Folder, File) || Folder <- Folders], Name, Folders);
        error ->
            {error, {bad_option, #{option => strategy, value => {artifact, Name},
                                   expected => "{artifact, Name}, with the name of a script"}}}
    end.

%% A plain name, so that it cannot lead out of the folders.
file_name(Name) ->
    try unicode:characters_to_binary(if is_atom(Name) -> atom_to_binary(Name);
                                        true -> Name
                                     end) of
        <<_, _/binary>> = Text ->
            case filename:basename(Text) =:= Text andalso binary:match(Text, <<0>>) =:= nomatch of
                true -> {ok, <<Text/binary, ".fxir">>};
                false -> error
            end;
        _ -> error
    catch error:_ -> error
    end.

read([], Name, Folders) -> {error, {no_artifact, #{name => Name, looked_in => Folders}}};
read([Path | Rest], Name, Folders) ->
    case file:read_file(Path) of
        {ok, Program} -> {ok, Program};
        {error, enoent} -> read(Rest, Name, Folders);
        {error, Posix} -> {error, {unreadable_file, #{path => Path, reason => Posix}}}
    end.

%% @doc The folders that exist, in the order of the search.
-spec folders() -> [file:filename_all()].
folders() ->
    Folders = case fxaot_config:value(artifact_dirs) of
                  default -> shipped_folders();
                  Given -> Given
              end,
    [Folder || Folder <- Folders, filelib:is_dir(Folder)].

shipped_folders() ->
    [filename:join(Priv, "artifacts")
     || {Application, _, _} <- application:loaded_applications(),
        Priv <- [priv_dir(Application)], is_list(Priv)].

priv_dir(fxaot) -> fxaot_upgrade:priv();
priv_dir(Application) -> code:priv_dir(Application).
