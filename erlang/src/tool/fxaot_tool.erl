%% @private The command-line tool `fxaot': where it is, and how it runs, in an operating system process of its
%% own, so that a crash or a hang harms no node.
%%
%% A program leads a process group. Ending it ends the group, so the compilers that it has started too.
-module(fxaot_tool).

-export([find/0, run/4, open/2, open_server/3, port/1, read/2, close/1, kill/1]).

-export_type([program/0]).

-record(program, {port :: port(), process :: non_neg_integer() | undefined}).
-opaque program() :: #program{}.

%% ---- where it is ------------------------------------------------------------

%% @doc Looks where the application's environment says (`tool'), else in its priv folder, in bin of the
%% project that the application was built in, and in the PATH.
-spec find() -> {ok, file:filename()} | {error, {no_tool, map()}}.
find() ->
    case fxaot_config:value(tool) of
        default -> find_near();
        Path ->
            case is_tool(Path) of
                true -> {ok, Path};
                false -> {error, {no_tool, #{looked_in => Path}}}
            end
    end.

find_near() ->
    Priv = fxaot_upgrade:priv(),
    Near = [filename:join(Priv, "fxaot"), filename:join([project(Priv), "bin", "fxaot"])],
    case [Path || Path <- Near, is_tool(Path)] of
        [Path | _] -> {ok, Path};
        [] ->
            case os:find_executable("fxaot") of
                false -> {error, {no_tool, #{looked_in => hd(Near)}}};
                Path -> {ok, Path}
            end
    end.

%% The folder that priv lies in, or is linked to from _build/PROFILE/lib/fxaot.
project(Priv) ->
    Real = case file:read_link_all(Priv) of
               {ok, Target} -> filename:absname(Target, filename:dirname(Priv));
               {error, _} -> Priv
           end,
    filename:join(Real, "..").

is_tool(Path) ->
    case file:read_file_info(Path, [raw]) of
        {ok, Info} -> element(3, Info) =:= regular andalso element(8, Info) band 8#111 =/= 0;
        {error, _} -> false
    end.

%% ---- running it -------------------------------------------------------------

%% @doc Runs it to its end, or kills it when it takes longer or writes more than allowed.
-spec run(Tool :: file:filename(), Arguments :: [string() | binary()], Milliseconds :: pos_integer(),
          Bytes :: pos_integer()) ->
          {exit, Status :: integer(), Output :: binary()} | timeout | too_much | {error, term()}.
run(Tool, Arguments, Milliseconds, Bytes) ->
    case open(Tool, Arguments) of
        {ok, Program} -> gather(Program, erlang:monotonic_time(millisecond) + Milliseconds, Bytes, <<>>);
        Error -> Error
    end.

gather(Program, Deadline, Most, Output) ->
    case read(Program, max(0, Deadline - erlang:monotonic_time(millisecond))) of
        {data, More} when byte_size(Output) + byte_size(More) =< Most ->
            gather(Program, Deadline, Most, <<Output/binary, More/binary>>);
        {data, _} -> killed(Program, too_much);
        timeout -> killed(Program, timeout);
        {exit, Status} ->
            close(Program),
            {exit, Status, Output}
    end.

killed(Program, Why) ->
    kill(Program),
    Why.

%% @doc Starts it. The caller gets its output, errors too, by {@link read/2}.
-spec open(Tool :: file:filename(), Arguments :: [string() | binary()]) ->
          {ok, program()} | {error, term()}.
open(Tool, Arguments) -> spawned(Tool, Arguments, [stderr_to_stdout]).

%% @doc Starts it with a limit on its memory (bytes), and drops its errors. It exits with 125 if the
%% limit cannot be set.
-spec open_server(Tool :: file:filename(), Arguments :: [string()], Memory :: pos_integer() | infinity) ->
          {ok, program()} | {error, term()}.
open_server(Tool, Arguments, Memory) ->
    %% The shell sets the limit and becomes the program; the tool's path is never part of its text.
    Limited = "test \"$1\" = infinity || ulimit -v \"$1\" || exit 125; shift; exec \"$@\" 2>/dev/null",
    spawned("/bin/sh", ["-c", Limited, "sh", kilobytes(Memory), Tool | Arguments], []).

kilobytes(infinity) -> "infinity";
kilobytes(Bytes) -> integer_to_list((Bytes + 1023) div 1024).

spawned(Executable, Arguments, Options) ->
    try open_port({spawn_executable, Executable},
                  [{args, Arguments}, binary, exit_status, hide | Options]) of
        Port ->
            Process = case erlang:port_info(Port, os_pid) of
                          {os_pid, Pid} -> Pid;
                          undefined -> undefined
                      end,
            {ok, #program{port = Port, process = Process}}
    catch error:Reason -> {error, Reason}
    end.

%% @doc For a process that gets the port's messages by itself.
-spec port(program()) -> port().
port(#program{port = Port}) -> Port.

%% @doc The next bytes that it has written, or its end.
-spec read(program(), timeout()) -> {data, binary()} | {exit, Status :: integer()} | timeout.
read(#program{port = Port}, Timeout) ->
    receive
        {Port, {data, Bytes}} -> {data, Bytes};
        {Port, {exit_status, Status}} -> {exit, Status}
    after Timeout -> timeout
    end.

%% @doc Ends it, if it still runs.
-spec close(program()) -> ok.
close(#program{port = Port} = Program) ->
    case erlang:port_info(Port, os_pid) of
        {os_pid, _} -> kill(Program);
        undefined -> forget(Port)
    end.

%% @doc Kills it and all that it has started, also when it has ended itself.
-spec kill(program()) -> ok.
kill(#program{port = Port, process = Process}) ->
    %% Closing the port alone does not end a program that neither reads nor writes.
    try port_close(Port) of
        true -> ok
    catch error:badarg -> ok
    end,
    forget(Port),
    kill_group(Process).

kill_group(undefined) -> ok;
kill_group(Process) ->
    Killer = open_port({spawn_executable, "/bin/sh"},
                       [{args, ["-c", "kill -s KILL -- \"-$1\" 2>/dev/null", "sh",
                                integer_to_list(Process)]}, exit_status, hide]),
    receive {Killer, {exit_status, _}} -> ok after 1000 -> ok end,
    forget(Killer).

%% A caller that traps exits is not to hear of a port that it never saw.
forget(Port) ->
    unlink(Port),
    flush(Port).

flush(Port) ->
    receive
        {Port, _} -> flush(Port);
        {'EXIT', Port, _} -> flush(Port)
    after 0 -> ok
    end.
