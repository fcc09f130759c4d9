%% @private Native code that may have brought the Erlang VM down does not run again.
%%
%% While a native version is on probation, a file says so:
%% ```
%%   PLAN-PROCESS-START-NAMESPACE-BOOT-N.probation
%% '''
%% PLAN is in hex. The operating system process has a number, a start, a namespace of such numbers, and a boot
%% of its machine. The file is there before the code is attached and goes when the probation is over, or the
%% strategy is stopped. A file whose process is gone means that the VM died in between. Processes of another
%% namespace (another container) are not visible here. They renew their files, and a file that was not renewed
%% for two minutes has no process any more. Every node that uses this folder then refuses that plan until
%% {@link lift/1}:
%% ```
%%   PLAN.quarantined
%% '''
%% Both have lines of a key and a value, for people and for {@link list/0}.
%%
%% The application's environment: `quarantine_dir', a folder of this machine, or `none' for no
%% quarantine at all.
%%
%% Longer than a file should be: begin, renew, find and lift share the format of the files.
-module(fxaot_quarantine).

-include("../telemetry/fxaot_log.hrl").

-export([check/1, admit/2, renew/1, resume/1, pass/1, sweep/0, list/0, lift/1, folder/0]).

-include_lib("kernel/include/file.hrl").

-export_type([marker/0, entry/0]).

-opaque marker() :: none | {file:filename_all(), Text :: iodata()}.
%% since: seconds since 1970.
-type entry() :: #{plan := binary(), since := integer(), node => binary(), strategy => binary()}.

-define(PROBATION, ".probation").
-define(QUARANTINED, ".quarantined").
%% A living process renews its files every 30 s.
-define(STALE_SECONDS, 120).

%% @doc Begins a plan's probation, unless it is in quarantine. If the file cannot be written, the
%% plan is refused too: nobody would know why the node died.
-spec admit(fxaot_compiler:hash(), Strategy :: unicode:chardata()) ->
          {ok, marker()} | fxaot:error().
admit(Hash, Strategy) ->
    case {check(Hash), folder()} of
        {ok, none} -> {ok, none};
        {ok, unknown} -> {error, {no_probation, #{reason => no_home}}};
        {ok, Folder} -> mark(Folder, hex(Hash), Strategy);
        {Error, _} -> Error
    end.

%% @doc Whether a plan may run.
-spec check(fxaot_compiler:hash()) -> ok | {error, {quarantined, map()}}.
check(Hash) ->
    _ = sweep(),
    Plan = hex(Hash),
    Folder = folder(),
    case not is_atom(Folder) andalso filelib:is_regular(quarantined(Folder, Plan)) of
        true -> {error, {quarantined, #{plan => Plan}}};
        false -> ok
    end.

mark(Folder, Plan, Strategy) ->
    Process = os:getpid(),
    {Namespace, Boot} = here(),
    Number = integer_to_list(erlang:unique_integer([positive])),
    Name = [lists:join($-, [Plan, Process, started(Process), Namespace, Boot, Number]), ?PROBATION],
    Path = filename:absname(filename:join(Folder, unicode:characters_to_list(Name))),
    Text = iolist_to_binary([["since ", integer_to_list(os:system_time(second)), $\n],
                             ["node ", atom_to_list(node()), $\n],
                             ["strategy ", unicode:characters_to_binary(Strategy), $\n]]),
    case written(Path, Text) of
        ok ->
            %% A node that is halted in good order has not died of it.
            ok = fxaot_nif:note(native(Path)),
            {ok, {Path, Text}};
        {error, Posix} -> {error, {no_probation, #{path => Folder, reason => Posix}}}
    end.

written(Path, Text) ->
    case filelib:ensure_dir(Path) of
        ok -> file:write_file(Path, Text);
        Error -> Error
    end.

%% @doc Says that the process lives: at least once a minute.
-spec renew(marker()) -> ok.
renew(none) -> ok;
renew({Path, Text}) ->
    _ = written(Path, Text),
    ok.

%% @doc The probation goes on, though another process of this node may have ended it.
-spec resume(marker()) -> ok.
resume(none) -> ok;
resume({Path, _} = Marker) ->
    renew(Marker),
    _ = fxaot_nif:forget(native(Path)),
    fxaot_nif:note(native(Path)).

%% @doc Ends a probation.
-spec pass(marker()) -> ok.
pass(none) -> ok;
pass({Path, _}) ->
    _ = file:delete(Path),
    fxaot_nif:forget(native(Path)).

native(Path) when is_binary(Path) -> Path;
native(Path) -> unicode:characters_to_binary(Path, unicode, file:native_name_encoding()).

%% @doc Finds the plans whose process died while they were on probation, and raises an alarm for each.
-spec sweep() -> [Plan :: binary()].
sweep() ->
    case folder() of
        Nowhere when is_atom(Nowhere) -> [];
        Folder ->
            Marks = [{Name, Mark} || Name <- names(Folder, ?PROBATION), Mark <- parsed(Name)],
            %% Many files may be of one process.
            Here = here(),
            Starts = maps:from_list([{Process, started(Process)}
                                     || Process <- lists:usort([Process || {_, {_, Process, _, At}} <- Marks,
                                                                           At =:= Here])]),
            [Plan || {Name, {Plan, _, _, _} = Mark} <- Marks, is_gone(Mark, Here, Starts, Folder, Name),
                     is_caught(Folder, Name, Plan)]
    end.

parsed(Name) ->
    case string:split(filename:basename(Name, ?PROBATION), "-", all) of
        [Plan, Process, Start, Namespace, Boot, _] ->
            [{list_to_binary(Plan), Process, Start, {Namespace, Boot}}];
        _ -> []
    end.

%% Whether the process of a file has ended.
is_gone({_, Process, Start, Here}, Here, Starts, _, _) -> map_get(Process, Starts) =/= Start;
is_gone({_, _, _, {_, Boot}}, {_, Boot}, _, Folder, Name) ->
    case file:read_file_info(filename:join(Folder, Name), [{time, posix}]) of
        {ok, #file_info{mtime = Renewed}} -> os:system_time(second) - Renewed > ?STALE_SECONDS;
        {error, _} -> false
    end;
is_gone(_, _, _, _, _) -> true.

%% Several nodes may try; the first one succeeds.
is_caught(Folder, Name, Plan) ->
    case file:rename(filename:join(Folder, Name), quarantined(Folder, Plan)) of
        ok ->
            Entry = entry(Folder, Plan),
            ?FXAOT_LOG(error, maps:merge(subject(Entry),
                                         #{plan => Plan,
                                           text => fxaot_error:format_error({quarantined, #{plan => Plan}})})),
            fxaot_alarm:set(fxaot_quarantine, Plan, Entry),
            fxaot_telemetry_emit:happened([quarantine, add], #{plan => Plan}),
            true;
        {error, _} -> false
    end.

%% As admit/2 was told it: `cross of eur'.
subject(#{strategy := Text}) ->
    case binary:split(Text, <<" of ">>) of
        [Strategy, Engine] -> #{strategy => Strategy, engine => Engine};
        _ -> #{strategy => Text}
    end;
subject(_) -> #{}.

%% @doc The plans that are refused.
-spec list() -> [entry()].
list() ->
    case folder() of
        Nowhere when is_atom(Nowhere) -> [];
        Folder ->
            [entry(Folder, list_to_binary(filename:basename(Name, ?QUARANTINED)))
             || Name <- names(Folder, ?QUARANTINED)]
    end.

entry(Folder, Plan) ->
    Lines = case file:read_file(quarantined(Folder, Plan)) of
                {ok, Text} -> binary:split(Text, <<"\n">>, [global, trim_all]);
                {error, _} -> []
            end,
    Told = maps:from_list([{Key, Value} || Line <- Lines,
                                           [Key, Value] <- [binary:split(Line, <<" ">>)]]),
    lists:foldl(fun({Key, Name}, Entry) ->
                        case Told of
                            #{Name := Value} -> Entry#{Key => Value};
                            #{} -> Entry
                        end
                end, #{plan => Plan, since => seconds(Told)},
                [{node, <<"node">>}, {strategy, <<"strategy">>}]).

seconds(#{<<"since">> := Text}) ->
    try binary_to_integer(Text) catch error:badarg -> 0 end;
seconds(_) -> 0.

%% @doc Trusts a plan again, by its hash or the hexadecimal text of it.
-spec lift(Plan :: binary() | string()) -> ok | fxaot:error().
lift(<<Hash:32/binary>>) -> lift(hex(Hash));
lift(Plan) ->
    Text = unicode:characters_to_binary(Plan),
    Removed = case {folder(), re:run(Text, "^[0-9a-f]{64}$", [{capture, none}])} of
                  {Nowhere, _} when is_atom(Nowhere) -> {error, enoent};
                  {_, nomatch} -> {error, enoent};
                  {Folder, match} -> file:delete(quarantined(Folder, Text))
              end,
    case Removed of
        ok ->
            fxaot_telemetry_emit:happened([quarantine, lift], #{plan => Text}),
            fxaot_alarm:clear(fxaot_quarantine, Text);
        {error, enoent} -> {error, {not_found, #{plan => Text}}};
        {error, Posix} -> {error, {unwritable_file, #{path => folder(), reason => Posix}}}
    end.

%% @doc Where the files are. Unknown: by default they are in the user's home, and HOME is not set.
-spec folder() -> file:name_all() | none | unknown.
folder() ->
    case fxaot_config:value(quarantine_dir) of
        default ->
            try filename:join(filename:basedir(user_cache, "fxaot"), "quarantine")
            catch error:_ -> unknown
            end;
        Folder -> Folder
    end.

quarantined(Folder, Plan) -> filename:join(Folder, <<Plan/binary, ?QUARANTINED>>).

names(Folder, Ending) ->
    case file:list_dir(Folder) of
        {ok, Names} -> lists:sort([Name || Name <- Names, filename:extension(Name) =:= Ending]);
        {error, _} -> []
    end.

hex(Hash) -> << <<(hex_digit(Nibble))>> || <<Nibble:4>> <= Hash >>.

hex_digit(Nibble) when Nibble < 10 -> $0 + Nibble;
hex_digit(Nibble) -> $a + Nibble - 10.

%% When a process began, in the kernel's ticks since the machine came up: which tells it from a
%% later process with the same number. "0" for one that is not there, or that only waits for its parent to notice.
started(Process) ->
    case file:read_file(["/proc/", Process, "/stat"]) of
        {ok, Stat} ->
            %% The name is in parentheses and may contain parentheses; state and start are the
            %% first and the 20th word after it.
            After = lists:last(binary:split(Stat, <<") ">>, [global])),
            case binary:split(After, <<" ">>, [global]) of
                [State | _] when State =:= <<"Z">>; State =:= <<"X">> -> "0";
                Words -> binary_to_list(lists:nth(20, Words))
            end;
        {error, _} -> "0"
    end.

%% The namespace of this process's number, and the boot of its machine; neither changes.
here() ->
    case persistent_term:get({?MODULE, here}, none) of
        none ->
            Here = {namespace(), boot()},
            persistent_term:put({?MODULE, here}, Here),
            Here;
        Here -> Here
    end.

namespace() ->
    case file:read_link("/proc/self/ns/pid") of
        {ok, Link} -> [Char || Char <- Link, Char >= $0, Char =< $9];
        {error, _} -> "0"
    end.

boot() ->
    case file:read_file("/proc/sys/kernel/random/boot_id") of
        {ok, Id} -> [Char || <<Char>> <= Id, Char =/= $-, Char > $\s];
        {error, _} -> "0"
    end.
