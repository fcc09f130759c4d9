%% @private Scripts ▶ programs, by the command-line tool in an operating system process of its own:
%% a compiler that crashes or hangs harms no node.
-module(fxaot_script).

-export([compile/1, tool/0]).

-export_type([script/0, program/0, diagnostic/0]).

%% How long the tool may take. A script of 1 MB takes less than a second.
-define(LIMIT_MS, 30000).
%% As much of what it writes as is read.
-define(MOST_BYTES, 16#2000000).

-type script() :: {file, file:name_all()} | {source, iodata()} | {ir, binary()}.
-type program() :: {ir, binary()}.
-type diagnostic() ::
        #{line := pos_integer(), column := pos_integer(), message := binary(),
          severity => binary(), file => binary(), expected => binary(), suggestion => binary(),
          endLine => pos_integer(), endColumn => pos_integer()}.

%% @doc A script's program, ready for an engine. Takes some ten milliseconds.
-spec compile(script()) -> {ok, program()} | {error, {Reason :: atom(), Details :: map()}}.
compile({ir, Bytes}) when is_binary(Bytes) -> {ok, {ir, Bytes}};
compile({file, Name}) when is_list(Name); is_binary(Name); is_atom(Name) ->
    case file:read_file_info(Name, [raw]) of
        {ok, _} -> run(filename:flatten(Name), #{file => Name});
        {error, enoent} -> {error, {missing_file, #{path => Name}}};
        {error, badarg} -> bad_script({file, Name});
        {error, Posix} -> {error, {unreadable_file, #{path => Name, reason => Posix}}}
    end;
compile({source, Text} = Script) ->
    try iolist_to_binary(Text) of
        Bytes -> compile_text(Bytes)
    catch error:badarg -> bad_script(Script)
    end;
compile(Script) -> bad_script(Script).

bad_script(Script) ->
    {error, {bad_option,
             #{option => strategy, value => Script,
               expected => "a strategy's name, {file, Path}, {source, Text} or {ir, Program}"}}}.

compile_text(Bytes) ->
    Name = filename:join(temporary_folder(), unique_name()),
    case file:write_file(Name, Bytes, [exclusive, raw]) of
        ok ->
            try run(Name, #{}) after _ = file:delete(Name, [raw]) end;
        {error, Posix} -> {error, {unwritable_file, #{path => Name, reason => Posix}}}
    end.

temporary_folder() -> os:getenv("TMPDIR", "/tmp").

unique_name() ->
    Number = binary:decode_unsigned(rand:bytes(8)),
    lists:concat(["fxaot-", os:getpid(), "-", integer_to_list(Number, 36), ".pine"]).

%% ---- the tool ---------------------------------------------------------------

%% @doc The tool: where the application's environment says (`tool'), else in its priv folder, in bin
%% of the project that the application was built in, or in the path.
-spec tool() -> {ok, file:filename()} | {error, {no_tool, map()}}.
tool() ->
    case application:get_env(fxaot, tool) of
        {ok, Path} ->
            case is_tool(Path) of
                true -> {ok, Path};
                false -> {error, {no_tool, #{looked_in => Path}}}
            end;
        undefined -> find_tool()
    end.

find_tool() ->
    Priv = case code:priv_dir(fxaot) of
               {error, _} -> filename:join(filename:dirname(filename:dirname(code:which(?MODULE))),
                                           "priv");
               Folder -> Folder
           end,
    Near = [filename:join(Priv, "fxaot") | [filename:join([Up, "bin", "fxaot"]) || Up <- above(Priv)]],
    case [Path || Path <- Near, is_tool(Path)] of
        [Path | _] -> {ok, Path};
        [] ->
            case os:find_executable("fxaot") of
                false -> {error, {no_tool, #{looked_in => hd(Near)}}};
                Path -> {ok, Path}
            end
    end.

%% The project's own folder, of priv in it or linked to from _build/PROFILE/lib/fxaot.
above(Priv) ->
    Real = case file:read_link_all(Priv) of
               {ok, Target} -> filename:absname(Target, filename:dirname(Priv));
               {error, _} -> Priv
           end,
    [filename:join(Real, "..")].

is_tool(Path) ->
    case file:read_file_info(Path, [raw]) of
        {ok, Info} -> element(3, Info) =:= regular andalso element(8, Info) band 8#111 =/= 0;
        {error, _} -> false
    end.

run(Name, Details) ->
    case tool() of
        {ok, Tool} ->
            Arguments = ["check", "--emit", "binary", "--json", "--", Name],
            try open_port({spawn_executable, Tool},
                          [{args, Arguments}, binary, exit_status, stderr_to_stdout, hide]) of
                Port ->
                    Answer = wait(Port, deadline(), <<>>),
                    forget(Port),
                    answer(Answer, Details)
            catch error:Reason ->
                    {error, {script_tool, Details#{tool => Tool, reason => Reason}}}
            end;
        Error -> Error
    end.

%% A caller that traps exits is not to hear of a port that it never saw.
forget(Port) ->
    unlink(Port),
    receive {'EXIT', Port, _} -> ok after 0 -> ok end.

deadline() -> erlang:monotonic_time(millisecond) + ?LIMIT_MS.

wait(Port, Deadline, Read) ->
    receive
        {Port, {data, More}} when byte_size(Read) + byte_size(More) =< ?MOST_BYTES ->
            wait(Port, Deadline, <<Read/binary, More/binary>>);
        {Port, {data, _}} -> kill(Port), too_much;
        {Port, {exit_status, Status}} -> {Status, Read}
    after max(0, Deadline - erlang:monotonic_time(millisecond)) -> kill(Port), timeout
    end.

%% Closing the port alone does not end a program that neither reads nor writes.
kill(Port) ->
    Process = erlang:port_info(Port, os_pid),
    catch port_close(Port),
    receive {Port, _} -> ok after 0 -> ok end,
    case {Process, os:find_executable("kill")} of
        {{os_pid, Pid}, Kill} when is_list(Kill) ->
            Killer = open_port({spawn_executable, Kill},
                               [{args, ["-KILL", integer_to_list(Pid)]}, exit_status,
                                stderr_to_stdout]),
            receive {Killer, {exit_status, _}} -> ok after 1000 -> ok end,
            forget(Killer);
        _ -> ok
    end.

answer({0, <<"FXIR", _/binary>> = Program}, _) -> {ok, {ir, Program}};
answer({_, <<$[, _/binary>> = Text}, Details) ->
    case fxaot_json:decode(Text) of
        {ok, Diagnostics} when is_list(Diagnostics) ->
            Errors = [maps:with(keys(), D) || D <- Diagnostics, is_map(D)],
            {error, {script_errors, Details#{diagnostics => [named(D, Details) || D <- Errors]}}};
        _ -> tool_error(Text, Details)
    end;
answer({_, Text}, Details) -> tool_error(Text, Details);
answer(Reason, Details) -> {error, {script_tool, Details#{reason => Reason}}}.

tool_error(Text, Details) ->
    {error, {script_tool, Details#{message => string:trim(binary:part(Text, 0, min(200, byte_size(Text))))}}}.

keys() ->
    [<<"severity">>, <<"file">>, <<"line">>, <<"column">>, <<"endLine">>, <<"endColumn">>,
     <<"message">>, <<"expected">>, <<"suggestion">>].

%% A text that came without a file has no name that its writer knows.
named(Diagnostic, #{file := _}) -> atoms(Diagnostic);
named(Diagnostic, _) -> maps:remove(file, atoms(Diagnostic)).

atoms(Diagnostic) ->
    maps:from_list([{binary_to_atom(Key), Value} || {Key, Value} <- maps:to_list(Diagnostic)]).
