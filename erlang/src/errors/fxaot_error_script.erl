%% @private The sentences of scripts, the tool, the compiler, native code, and versions of a strategy.
-module(fxaot_error_script).

-export([sentence/1, sentence/2]).

-import(fxaot_show, [term/1, name/1]).

%% @doc A reason with its details.
-spec sentence(Reason :: atom(), Details :: map()) -> fxaot_error:sentence().
sentence(script_errors, #{diagnostics := [_ | _] = Diagnostics} = Details) ->
    {lists:join("\n", [diagnostic(D, Details) || D <- Diagnostics]), [file, diagnostics]};
sentence(bad_record, #{message := Message}) ->
    {["The journal's record cannot be carried out: ", term(Message)], [message]};
sentence(bad_script, #{message := Message}) ->
    {["The script cannot run here: ", term(Message)], [message, id, symbol]};
sentence(no_tool, #{looked_in := Path}) ->
    {["The tool fxaot, which compiles scripts, is neither ", name(Path), " nor in the PATH; build it with "
      "make tool"], [looked_in]};
sentence(script_tool, #{reason := timeout} = Details) ->
    {["Compiling the script", of_file(Details), " took too long"], [reason, file]};
sentence(script_tool, #{message := Message} = Details) ->
    {["Compiling the script", of_file(Details), " failed: ", term(Message)], [message, file]};
sentence(script_tool, #{reason := _} = Details) ->
    {["Cannot run the tool fxaot to compile the script", of_file(Details)], [file]};
sentence(no_artifact, #{name := Name, looked_in := []}) ->
    {["Cannot find ", name(Name), ".fxir: there is no folder of artifacts"], [name, looked_in]};
sentence(no_artifact, #{name := Name, looked_in := Folders}) ->
    {["Cannot find ", name(Name), ".fxir in ", lists:join(", ", [name(F) || F <- Folders]),
      "; fxaot compile writes it"], [name, looked_in]};
sentence(compiler, #{reason := timeout, milliseconds := Limit}) ->
    {["The compiler took more than ", term(Limit), " ms and was killed"], [reason, milliseconds]};
sentence(compiler, #{reason := ended, status := 125}) ->
    {["Cannot set the compiler's memory limit"], [reason, status]};
sentence(compiler, #{reason := ended, status := Status}) ->
    {["The compiler exited with status ", term(Status), " before it replied"], [reason, status]};
sentence(compiler, #{reason := ended, cause := Posix}) ->
    {["Cannot start the compiler: ", file:format_error(Posix)], [reason, cause]};
%% Its input was closed before its status was heard.
sentence(compiler, #{reason := ended}) -> {["The compiler ended before it replied"], [reason]};
sentence(compiler, #{reason := rubbish}) ->
    {["The compiler sent an invalid reply and was killed"], [reason]};
sentence(compiler, #{reason := restarted}) -> {["The compiler's process was restarted"], [reason]};
sentence(compiler, #{reason := no_toolchain, message := Message}) ->
    {["No Swift toolchain found: ", name(Message)], [reason, message]};
sentence(compiler, #{message := Message}) ->
    {["The compiler failed: ", name(Message)], [reason, message]};
sentence(quarantined, #{plan := Plan}) ->
    {["This native code is in quarantine: the Erlang VM died while the code was on probation; "
      "fxaot:release(<<\"", Plan, "\">>) trusts it again"], [plan]};
sentence(no_probation, #{reason := no_home}) ->
    {"Cannot record the probation of native code: HOME is not set; set quarantine_dir of fxaot", [reason]};
sentence(no_probation, #{path := Folder, reason := Posix}) when is_atom(Posix) ->
    {["Cannot record the probation of native code in ", name(Folder), ": ", file:format_error(Posix),
      "; set quarantine_dir of fxaot"], [path, reason]};
sentence(no_version, #{id := Id}) -> {[term(Id), " has no earlier version"], [id]};
sentence(undeployed, #{id := Id}) -> {[term(Id), " was undeployed in the meantime"], [id]};
sentence(task_died, #{reason := Reason}) ->
    {["The process that did this died: ", term(Reason)], [reason]};
sentence(Reason, #{message := Message})
  when is_binary(Message), Reason =:= bad_artifact orelse Reason =:= bad_reload ->
    {string:titlecase(name(Message)), [message]};
sentence(_, _) -> unknown.

%% @doc A reason without details.
-spec sentence(Reason :: atom()) -> string() | unknown.
sentence(bad_record) -> "Not a record of a journal";
sentence(bad_script) -> "Not a compiled script";
sentence(bad_artifact) -> "This native code cannot be used";
sentence(bad_reload) -> "This version cannot replace the running one";
sentence(stale) -> "The running version changed after the new one was prepared; prepare it again";
sentence(script_errors) -> "The script has errors";
sentence(script_tool) -> "The tool fxaot did not compile the script";
sentence(no_tool) -> "The tool fxaot, which compiles scripts, was not found";
sentence(compiler) -> "The compiler failed";
sentence(deployment_down) -> "The strategy's process is restarting";
sentence(_) -> unknown.

%% file:line:column: message
diagnostic(#{line := Line, column := Column, message := Message} = D, Details) ->
    File = case Details of
               #{file := Name} -> name(Name);
               _ -> "script"
           end,
    [File, $:, term(Line), $:, term(Column), ": ", name(Message),
     [["; expected ", name(Expected)] || #{expected := Expected} <- [D]],
     [["; did you mean ", name(Near), $?] || #{suggestion := Near} <- [D]]];
diagnostic(Other, _) -> term(Other).

of_file(#{file := File}) -> [" ", name(File)];
of_file(_) -> "".
