%% @private Scripts ▶ programs, by `fxaot check'.
-module(fxaot_script).

-export([compile/1]).

-export_type([script/0, program/0, diagnostic/0]).

%% How long the tool may take. A script of 1 MB takes less than a second.
-define(LIMIT_MS, 30000).
%% How much it may write.
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
    case written(Name, Bytes) of
        ok ->
            try run(Name, #{}) after _ = file:delete(Name, [raw]) end;
        {error, Posix} -> {error, {unwritable_file, #{path => Name, reason => Posix}}}
    end.

%% A strategy may be a secret: nobody else may read it.
written(Name, Bytes) ->
    case file:open(Name, [write, exclusive, raw]) of
        {ok, File} ->
            Written = try [file:change_mode(Name, 8#600), file:write(File, Bytes)] after file:close(File) end,
            case [Error || {error, _} = Error <- Written] of
                [] -> ok;
                [Error | _] ->
                    _ = file:delete(Name, [raw]),
                    Error
            end;
        Error -> Error
    end.

temporary_folder() -> os:getenv("TMPDIR", "/tmp").

unique_name() ->
    Number = binary:decode_unsigned(rand:bytes(8)),
    lists:concat(["fxaot-", os:getpid(), "-", integer_to_list(Number, 36), ".pine"]).

run(Name, Details) ->
    %% A text has no file's name.
    Script = maps:get(file, Details, source),
    fxaot_telemetry_emit:span([check], #{script => Script}, fun() -> checked(Name, Details) end).

checked(Name, Details) ->
    case fxaot_tool:find() of
        {ok, Tool} ->
            Libraries = lists:append([["--library", Folder] || Folder <- fxaot_config:value(libraries)]),
            Arguments = ["check", "--emit", "binary", "--json"] ++ Libraries ++ ["--", Name],
            case fxaot_tool:run(Tool, Arguments, ?LIMIT_MS, ?MOST_BYTES) of
                {error, Reason} -> {error, {script_tool, Details#{tool => Tool, reason => Reason}}};
                Answer -> answer(Answer, Details)
            end;
        Error -> Error
    end.

answer({exit, 0, <<"FXIR", _/binary>> = Program}, _) -> {ok, {ir, Program}};
answer({exit, _, <<$[, _/binary>> = Text}, Details) ->
    case fxaot_json:decode(Text) of
        {ok, Diagnostics} when is_list(Diagnostics) ->
            Errors = [maps:with(keys(), D) || D <- Diagnostics, is_map(D)],
            {error, {script_errors, Details#{diagnostics => [named(D, Details) || D <- Errors]}}};
        _ -> tool_error(Text, Details)
    end;
answer({exit, _, Text}, Details) -> tool_error(Text, Details);
answer(Reason, Details) -> {error, {script_tool, Details#{reason => Reason}}}.

tool_error(Text, Details) ->
    {error, {script_tool, Details#{message => string:trim(binary:part(Text, 0, min(200, byte_size(Text))))}}}.

keys() ->
    [<<"severity">>, <<"file">>, <<"line">>, <<"column">>, <<"endLine">>, <<"endColumn">>,
     <<"message">>, <<"expected">>, <<"suggestion">>].

%% A text that came without a file was compiled from a temporary one, whose name says nothing.
named(Diagnostic, #{file := _}) -> atoms(Diagnostic);
named(Diagnostic, _) -> maps:remove(file, atoms(Diagnostic)).

atoms(Diagnostic) ->
    maps:from_list([{binary_to_atom(Key), Value} || {Key, Value} <- maps:to_list(Diagnostic)]).
