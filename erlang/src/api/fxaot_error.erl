%% @private What an error means, in a sentence.
%%
%% format_error/1 takes the `{Reason, Details}' of an `{error, _}'; format_error/2 is the callback
%% with which the shell explains a `badarg' argument by argument (EEP 54).
-module(fxaot_error).

-export([format_error/1, format_error/2, text/1]).

%% 1990 and 2200, ns.
-define(MIN_TIME, 631152000000000000).
-define(MAX_TIME, 7258118400000000000).

%% @doc One plain sentence for what a call of this application answered. Accepts `{error, Error}',
%% the Error alone, and `badarg'; anything else is shown as it is.
-spec format_error(term()) -> binary().
format_error({error, Error}) -> format_error(Error);
format_error(badarg) ->
    <<"An argument has the wrong type; the shell's exception report says which.">>;
format_error(Reason) when Reason =:= full; Reason =:= stopped -> format_error({Reason, none});
format_error({Reason, Details}) when is_atom(Reason) ->
    Sentence = case sentence(Reason, Details) of
                   {Text, Shown} -> [Text, rest(Details, [suggestion | Shown]), near(Details)];
                   unknown -> [spaced(Reason), rest(Details, [suggestion]), near(Details)]
               end,
    unicode:characters_to_binary(Sentence);
format_error(Other) -> unicode:characters_to_binary([show(Other), $.]).

%% The sentence of a reason without its full stop, and the details it already tells.
sentence(Reason, Details) when is_map(Details) ->
    told(Reason, Details);
sentence(Reason, _) ->
    case general(Reason) of
        unknown -> unknown;
        Text -> {Text, []}
    end.

told(unknown_option, #{option := Option, suggestion := _}) ->
    {["There is no option ", show(Option)], [option, known]};
told(unknown_option, #{option := Option, known := Known}) when is_list(Known) ->
    {["There is no option ", show(Option), "; there are ",
      lists:join(", ", [show(Name) || Name <- Known])], [option, known]};
told(unknown_option, #{option := Option}) ->
    {["There is no option ", show(Option)], [option]};
told(missing_option, #{option := Option}) ->
    {["The option ", show(Option), " is needed"], [option]};
told(bad_parameter, #{parameter := Name, given := twice}) ->
    {["The parameter ", show(Name), " is given twice"], [parameter, given]};
told(Reason, #{parameter := _, message := Message} = Details)
  when Reason =:= bad_parameter; Reason =:= unknown_parameter; Reason =:= parameter_range ->
    Value = ["; it is " ++ show(maps:get(value, Details)) || is_map_key(value, Details)],
    {[capital(Message), Value], [parameter, message, value, minimum, maximum]};
told(bad_parameter, #{parameter := Name}) ->
    {["The parameter ", show(Name), " needs a name that is an atom or a binary, and a number"],
     [parameter]};
told(unknown_parameter, #{parameter := Name}) ->
    {["The strategy has no parameter ", show(Name)], [parameter]};
told(parameter_range, #{parameter := Name}) ->
    {["The parameter ", show(Name), " is outside its limits"], [parameter]};
told(parameter_range, #{strategy := Strategy}) ->
    {["The parameters of ", show(Strategy), " do not go together", together(Strategy)],
     [strategy]};
told(script_errors, #{diagnostics := [_ | _] = Diagnostics} = Details) ->
    {lists:join("\n", [diagnostic(D, Details) || D <- Diagnostics]), [file, diagnostics]};
told(bad_script, #{message := Message}) ->
    {["The script cannot run here: ", show(Message)], [message, id, symbol]};
told(degraded, #{why := Why}) ->
    {[general(degraded), ": ", show(Why)], [why]};
told(no_tool, #{looked_in := Path}) ->
    {["The tool fxaot, which compiles scripts, is neither ", name(Path), " nor in the path; "
      "make tool builds it"], [looked_in]};
told(script_tool, #{reason := timeout} = Details) ->
    {["The script", of_file(Details), " takes too long to compile"], [reason, file]};
told(script_tool, #{message := Message} = Details) ->
    {["The script", of_file(Details), " cannot be compiled: ", show(Message)], [message, file]};
told(script_tool, #{reason := _} = Details) ->
    {["The tool fxaot cannot be run", of_file(Details)], [file]};
told(no_artifact, #{name := Name, looked_in := []}) ->
    {["There is no folder of artifacts to find ", name(Name), ".fxir in"], [name, looked_in]};
told(no_artifact, #{name := Name, looked_in := Folders}) ->
    {["There is no ", name(Name), ".fxir in ", lists:join(", ", [name(F) || F <- Folders]),
      "; fxaot compile writes it"], [name, looked_in]};
told(compiler, #{reason := timeout, milliseconds := Limit}) ->
    {["The compiler has taken more than ", show(Limit), " ms and was ended"],
     [reason, milliseconds]};
told(compiler, #{reason := ended, status := 125}) ->
    {["The compiler cannot be given its limit of memory"], [reason, status]};
told(compiler, #{reason := ended, status := Status}) ->
    {["The compiler has ended before it answered, with status ", show(Status)],
     [reason, status]};
told(compiler, #{reason := rubbish}) ->
    {["The compiler has answered what is no answer, and was ended"], [reason]};
told(compiler, #{reason := restarted}) ->
    {["The compiler's process was restarted"], [reason]};
told(compiler, #{reason := no_toolchain, message := Message}) ->
    {["There is no Swift toolchain to compile with: ", name(Message)], [reason, message]};
told(compiler, #{message := Message}) ->
    {["The compiler has failed: ", name(Message)], [reason, message]};
told(quarantined, #{plan := Plan}) ->
    {["This native code is in quarantine, since the Erlang VM died while it was on probation; "
      "fxaot:release(<<\"", Plan, "\">>) trusts it again"], [plan]};
told(no_probation, #{path := Folder, reason := Posix}) when is_atom(Posix) ->
    {["The probation of native code cannot be noted in ", name(Folder), ": ",
      file:format_error(Posix), "; set quarantine_dir of fxaot"], [path, reason]};
told(no_version, #{id := Id}) ->
    {["There is no version of ", show(Id), " before the one that runs"], [id]};
told(undeployed, #{id := Id}) -> {["Meanwhile ", show(Id), " was undeployed"], [id]};
told(task_died, #{reason := Reason}) ->
    {["The process that was to do it has died: ", show(Reason)], [reason]};
told(unwritable_file, #{path := Path, reason := Posix}) when is_atom(Posix) ->
    {["The file ", name(Path), " cannot be written: ", file:format_error(Posix)], [path, reason]};
told(unknown_strategy, #{strategy := Strategy}) ->
    {["There is no strategy ", show(Strategy)], [strategy, id, symbol]};
told(Reason, #{option := Option, expected := Expected} = Details)
  when Reason =:= bad_config; Reason =:= bad_instrument; Reason =:= bad_deployment;
       Reason =:= bad_option ->
    {["The option ", show(Option), " must be ", Expected,
      ["; it is " ++ show(maps:get(value, Details)) || is_map_key(value, Details)]],
     [option, expected, value]};
told(bad_list, #{argument := Argument, position := Position}) ->
    {["Element ", show(Position), " of the list of ", show(Argument),
      " is no number that fits a float64"], [argument, position]};
told(bad_list, #{argument := Argument}) ->
    {["The list of ", show(Argument), " does not end properly"], [argument]};
told(bad_timeframe, #{timeframe := Timeframe}) ->
    {[show(Timeframe), " is no timeframe: tick, {ticks, N}, {seconds, N}, {minutes, N}, "
      "{hours, N} or day, with N from 1"], [timeframe]};
told(missing_file, #{path := Path}) -> {["There is no file ", name(Path)], [path]};
told(empty_file, #{path := Path}) -> {["The file ", name(Path), " is empty"], [path]};
told(no_data, #{path := Path}) -> {["There are no quote files in ", name(Path)], [path]};
told(bad_archive, #{path := Path}) ->
    {["The archive ", name(Path), " is damaged or cut off"], [path]};
told(unsupported_compression, #{path := Path, message := Message}) ->
    {["The file ", name(Path), " is not read: ", name(Message)], [path, compression, message]};
told(unsupported_compression, #{path := Path, compression := Packing}) ->
    {["The file ", name(Path), " is packed as ", show(Packing), ", which is not unpacked here: unpack it, or "
      "have the tool read it (fxaot run)"], [path, compression]};
told(unsorted_file, #{file := File}) ->
    {["The rows of ", name(File), " lie further out of the order of time than is sorted here: sort the file"],
     [file]};
told(no_good_line, #{file := File, bad := Bad, format := Format}) ->
    {["No line of ", name(File), " is good: ", bad_lines(Bad), "; it was read as ", name(Format)],
     [file, bad, bad_lines, lines, format]};
told(no_rows, #{file := File, format := Format}) ->
    {["There are no rows in ", name(File), "; it was read as ", name(Format)], [file, format]};
told(too_many_bad_lines, #{file := File, bad_lines := Count, bad := [_ | _] = Bad} = Details) ->
    Of = case Details of
             #{lines := Lines} -> [" of ", show(Lines)];
             _ -> ""
         end,
    {[general(too_many_bad_lines), " in ", name(File), ": ", show(Count), Of, ": ", bad_lines(Bad)],
     [file, bad, bad_lines, bad_line_numbers, lines, format]};
told(several_symbols, #{file := File, rows := Rows}) ->
    {["The file ", name(File), " has rows of several symbols, ", show(Rows),
      " of another than the first: give one, {fxaot_file_feed, #{files => Files, symbol => 'EURUSD'}}"],
     [file, rows]};
told(bad_format, #{path := Path, message := Message}) ->
    {["The file ", name(Path), " is not read: ", name(Message)], [path, message]};
told(bad_format, #{path := Path}) ->
    {["The file ", name(Path), " has no format known here: lean, truefx, histdata, bars or "
      "quotes"], [path]};
told(unreadable_file, #{path := Path, reason := Posix}) when is_atom(Posix) ->
    {["The file ", name(Path), " cannot be read: ", file:format_error(Posix)], [path, reason]};
told(too_many_bad_lines, #{bad_lines := Count, bad_line_numbers := Numbers} = Details) ->
    Where = case Details of
                #{file := File} -> [" in ", name(File)];
                _ -> ""
            end,
    {[general(too_many_bad_lines), Where, ": ", show(Count), ", the first of them ",
      lists:join(", ", [show(Number) || Number <- Numbers])],
     [bad_lines, bad_line_numbers, file]};
told(no_symbol, #{path := Path}) ->
    {["The name of ", name(Path), " tells no symbol: name the file or its folder like "
      "eurusd-2014.csv, or give one: {fxaot_file_feed, #{files => Files, symbol => 'EURUSD'}}"],
     [path]};
told(several_symbols, #{symbols := Symbols}) when is_list(Symbols) ->
    {["The files have quotes of several symbols, ", lists:join(", ", [show(S) || S <- Symbols]),
      ": give those of one"], [symbols]};
told(no_day, #{path := Path}) ->
    {["The name of ", name(Path), " tells no day (YYYYMMDD), which this format needs; give one: "
      "{fxaot_file_feed, #{files => Files, day => {Year, Month, Day}}}"], [path]};
told(not_owner, #{owner := Owner}) when is_pid(Owner), node(Owner) =:= node() ->
    Whose = general(not_owner),
    case is_process_alive(Owner) of
        true -> {Whose, [owner]};
        false -> {[Whose, ", which is dead; fxaot_nif:adopt/1 takes the engine over"], [owner]}
    end;
told(Reason, #{message := Message})
  when is_binary(Message), Reason =:= bad_artifact orelse Reason =:= bad_reload ->
    {capital(Message), [message]};
told(bad_time, #{time := Time}) when is_integer(Time) ->
    {[general(bad_time), "; it is ", show(Time), unit(Time)], [time]};
told(Reason, _) -> sentence(Reason, none).

%% Whether it is a time of 1990 to 2200 in another unit. No number is one in two of them.
unit(Time) ->
    Fits = [[", which looks like ", Unit, ": multiply it by ", show(Factor)]
            || {Unit, Factor} <- [{"seconds", 1000000000}, {"milliseconds", 1000000},
                                  {"microseconds", 1000}],
               Time * Factor >= ?MIN_TIME, Time * Factor =< ?MAX_TIME],
    case Fits of
        [] -> "";
        [Fit] -> Fit
    end.

%% The first bad lines: number, what is wrong, text.
bad_lines(Bad) ->
    lists:join("; ", [["line ", show(Line), " (", wrong(Reason), "): ", [visible(C) || C <- name(Text)]]
                      || #{line := Line, reason := Reason, text := Text} <- Bad]).

visible(C) when C < $\s; C =:= 127 -> $\s;
visible(C) -> C.

wrong(columns) -> "fewer or more columns than the others";
wrong(time) -> "no time";
wrong(range) -> "a time before 1990 or years from now";
wrong(number) -> "a price that is no number";
wrong(price) -> "a price that is not above 0";
wrong(level) -> "a price ten times away from its neighbours";
wrong(bar) -> "open or close outside low to high";
wrong(size) -> "a volume that is no number from 0 on";
wrong(_) -> "not in the format".

%% file:line:column: message
diagnostic(#{line := Line, column := Column, message := Message} = D, Details) ->
    File = case Details of
               #{file := Name} -> name(Name);
               _ -> "script"
           end,
    [File, $:, show(Line), $:, show(Column), ": ", name(Message),
     [["; expected ", name(Expected)] || #{expected := Expected} <- [D]],
     [["; did you mean ", name(Near), $?] || #{suggestion := Near} <- [D]]];
diagnostic(Other, _) -> show(Other).

of_file(#{file := File}) -> [" ", name(File)];
of_file(_) -> "".

capital(Message) -> string:titlecase(name(Message)).

%% What the built-in strategies ask of several parameters at once: the native check tells only
%% that it failed.
together(<<"ma_crossover">>) -> ": fast must be below slow";
together(<<"fusion">>) ->
    ": the weights must add up to at most 1, and ma_crossover.fast must be below ma_crossover.slow";
together(_) -> "".

general(bad_script) -> "The bytes are no script's program";
general(bad_artifact) -> "The native code is not to be used";
general(bad_reload) -> "Such a version cannot take the running one's place";
general(stale) ->
    "The running version is no more the one that the new one was prepared for; prepare it again";
general(script_errors) -> "The script has errors";
general(compiler) -> "The compiler has failed";
general(deployment_down) -> "The strategy's process is just restarting";
general(script_tool) -> "The tool fxaot did not compile the script";
general(no_tool) -> "There is no tool fxaot to compile scripts";
general(unknown_symbol) -> "The engine has no such instrument";
general(bad_price) ->
    "A price must be a finite number above zero within the instrument's limits";
general(bad_size) -> "A quote's size must be a finite number, zero or above";
general(bad_time) -> "A time must be in nanoseconds, from 1990 to 2200";
general(time_backwards) ->
    "The quote is older than the instrument's newest and was dropped";
general(time_jump) ->
    "The quote is further ahead of the instrument's time than max_time_jump allows and was dropped; "
        "three in a row at one place, or fxaot:advance/2, make the new time hold";
general(unknown_strategy) -> "There is no strategy of that name";
general(unknown_parameter) -> "The strategy has no such parameter";
general(parameter_range) ->
    "A parameter is outside its limits or does not go with the others";
general(bad_parameter) -> "A parameter has a wrong name or value";
general(bad_timeframe) ->
    "The timeframe must be tick, {ticks, N}, {seconds, N}, {minutes, N}, {hours, N} or day";
general(already_exists) -> "Something of that name exists already";
general(not_found) -> "There is nothing of that name";
general(bad_instrument) ->
    "The instrument's terms are incomplete or out of range; one that is not built in needs at "
        "least base, quote and price_decimals";
general(bad_config) -> "The configuration has a value out of range";
general(bad_deployment) -> "The deployment has a wrong value";
general(bad_option) -> "An option has a wrong value";
general(unknown_option) -> "There is no such option";
general(missing_option) -> "An option that is needed is missing";
general(bad_list) -> "A list must be proper and hold only numbers that fit a float64";
general(out_of_memory) -> "There is not enough memory";
general(limit) -> "A documented maximum is reached";
general(bad_abi) -> "The native library speaks another version of the interface";
general(bad_length) ->
    "The sizes do not fit: a batch is whole 48-byte records, an array whole float64 values, "
        "and prices and volumes are equally long";
general(bad_format) ->
    "The text has no format known here: lean, truefx, histdata, bars or quotes";
general(too_many_bad_lines) -> "There are more bad lines than allowed";
general(bad_argument) -> "An argument has a value that makes no sense there";
general(no_array_form) ->
    "The strategy reads several timeframes, so it has no form over one array";
general(bad_parser) -> "The value is no parser state";
general(full) -> "The engine's mailbox is full";
general(stopped) -> "The engine takes no more quotes: it is stopped or restarting";
general(thread) -> "The system starts no further thread";
general(busy) -> "Another process does the same just now";
general(actor_mode) ->
    "The engine runs on a thread of its own: send quotes to its mailbox";
general(degraded) -> "That needs native code, which is not loaded";
general(inline_mode) ->
    "The engine has no thread of its own; start it with mode => actor";
general(group) ->
    "A group of engines has no handle, mailbox or events of its own: ask one of its engines, see "
        "fxaot:engines/1";
general(closed) -> "The engine is closed";
general(not_owner) -> "The engine belongs to another process";
general(owner_alive) -> "The engine's owner is alive, so nobody can adopt it";
general(no_engine) -> "There is no such engine";
general(engine_down) ->
    "The engine's process died during the call or is restarting; whether the request counted "
        "can be read from its stats";
general(engine_changed) ->
    "The engine took in quotes from elsewhere, or lost its state, so the replay cannot go on";
general(missing_file) -> "There is no such file";
general(empty_file) -> "The file is empty";
general(no_data) -> "There are no quotes in what was given";
general(bad_archive) -> "The archive is damaged or cut off";
general(unreadable_file) -> "The file cannot be read";
general(no_symbol) -> "The file's name tells no symbol";
general(several_symbols) -> "The files have quotes of several symbols";
general(no_day) -> "The file's name tells no day";
general(unsupported_compression) -> "The file is packed in a way that is not unpacked here";
general(unsorted_file) -> "The rows lie further out of the order of time than is sorted here";
general(no_good_line) -> "No line of the file is good";
general(no_rows) -> "There are no rows in the file";
general(long_line) -> "A line is longer than 1 MB, so this is no quote file";
general(bad_feed) ->
    "A feed is {Module, Arguments}, a path, a list of paths, or a map for the simulated market";
general(feed_died) -> "The feed's process died";
general(not_running) -> "The application fxaot is not running";
general(_) -> unknown.

%% ---- words ------------------------------------------------------------------

%% How a sentence ends.
near(#{suggestion := Near}) -> ["; did you mean ", show(Near), $?];
near(_) -> $..

rest(Details, Shown) when is_map(Details) ->
    case maps:to_list(maps:without(Shown, Details)) of
        [] -> [];
        Left -> [" (", lists:join(", ", [[spaced(K), " ", show(V)] || {K, V} <- Left]), $)]
    end;
rest(none, _) -> [];
rest(undefined, _) -> [];
rest([], _) -> [];
rest(Details, _) -> [" (", show(Details), $)].

spaced(Key) when is_atom(Key) -> string:replace(atom_to_list(Key), "_", " ", all);
spaced(Key) -> show(Key).

%% Long terms are cut: a sentence is for reading.
show(Term) when is_binary(Term); is_list(Term) ->
    case is_text(Term) of
        true -> name(Term);
        false -> lists:flatten(io_lib:format("~0tP", [Term, 30]))
    end;
show(Term) -> lists:flatten(io_lib:format("~0tP", [Term, 30])).

is_text(<<>>) -> false;
is_text([]) -> false;
is_text(Text) when is_binary(Text), byte_size(Text) =< 200 ->
    case unicode:characters_to_list(Text) of
        List when is_list(List) -> io_lib:printable_unicode_list(List);
        _ -> false
    end;
is_text(Text) when is_list(Text) -> io_lib:printable_unicode_list(Text);
is_text(_) -> false.

%% @doc A path or name, for people, whatever its bytes are.
-spec text(file:name_all()) -> string().
text(Path) -> name(Path).

name(Path) ->
    try unicode:characters_to_list(Path) of
        Text when is_list(Text) -> Text;
        _ -> lists:flatten(io_lib:format("~0tp", [Path]))
    catch error:_ -> lists:flatten(io_lib:format("~0tP", [Path, 30]))
    end.

%% ---- badarg, argument by argument -------------------------------------------

%% @doc The error_info callback: which argument has the wrong type.
-spec format_error(Reason :: term(), Stacktrace :: [tuple()]) ->
          #{pos_integer() | general => unicode:chardata()}.
format_error(badarg, [{Module, Function, Arguments, _} | _]) when is_list(Arguments) ->
    case types(Module, Function, length(Arguments)) of
        unknown -> #{general => <<"an argument has the wrong type">>};
        Types ->
            Numbered = lists:zip3(lists:seq(1, length(Arguments)), Types, Arguments),
            case [{N, iolist_to_binary(["not ", article(Type)])}
                  || {N, Type, Argument} <- Numbered, not is_type(Type, Argument)] of
                [] -> #{general => <<"an argument is not what the function takes">>};
                Wrong -> maps:from_list(Wrong)
            end
    end;
format_error(_, _) -> #{}.

types(fxaot_nif, Function, Arity) -> nif_types(Function, Arity);
types(fxaot, Function, Arity) -> api_types(Function, Arity);
types(_, _, _) -> unknown.

nif_types(new, 1) -> [map];
nif_types(add_instrument, 2) -> [handle, atom];
nif_types(add_instrument, 3) -> [handle, atom, map];
nif_types(add_strategy, 4) -> [handle, atom, name, map];
nif_types(add_script, 4) -> [handle, atom, binary, map];
nif_types(remove_strategy, 2) -> [handle, atom];
nif_types(tick, 5) -> [handle, atom, integer, number, number];
nif_types(tick, 7) -> [handle, atom, integer, number, number, number, number];
nif_types(ticks, 2) -> [handle, binary];
nif_types(advance, 2) -> [handle, integer];
nif_types(set_replaying, 2) -> [handle, boolean];
nif_types(start_actor, 2) -> [handle, map];
nif_types(send, 5) -> [mailbox, atom, integer, number, number];
nif_types(send, 7) -> [mailbox, atom, integer, number, number, number, number];
nif_types(send_batch, 2) -> [mailbox, binary];
nif_types(Function, 3) when Function =:= send_batch; Function =:= send_replay ->
    [mailbox, binary, milliseconds];
nif_types(send_advance, 2) -> [mailbox, integer];
nif_types(drain, 2) -> [mailbox, count];
nif_types(subscribe, 3) -> [mailbox, local_pid, allowance];
nif_types(unsubscribe, 2) -> [mailbox, local_pid];
nif_types(allow, 3) -> [mailbox, local_pid, allowance];
nif_types(mailbox, 1) -> [mailbox];
nif_types(router, 1) -> [map];
nif_types(instruments, 1) -> [handle];
nif_types(load_native, 1) -> [path];
nif_types(native_info, 1) -> [native];
nif_types(script_plan, 1) -> [prepared];
nif_types(script_plan, 2) -> [handle, atom];
nif_types(attach_native, 2) -> [prepared, native];
nif_types(attach_native, 3) -> [handle, atom, native];
nif_types(detach_native, 2) -> [handle, atom];
nif_types(reload_basis, 5) -> [handle, atom, integer, integer, integer];
nif_types(prepare, 3) -> [basis, name, map];
nif_types(swap, 3) -> [handle, atom, prepared];
nif_types(quote, 6) -> [symbol, integer, number, number, number, number];
nif_types(symbol_key, 1) -> [symbol];
nif_types(execute, 4) -> [name, binary, binary, map];
nif_types(detect_format, 1) -> [binary];
nif_types(sniff, 4) -> [binary, boolean, names, binary];
nif_types(set_parser, 6) -> [binary, atom, integer, integer, integer, atom];
nif_types(sorter, 1) -> [integer];
nif_types(sort, 3) -> [sorter, binary, boolean];
nif_types(sorted, 2) -> [sorter, integer];
nif_types(parser, 4) -> [atom, atom, integer, integer];
nif_types(parse, 3) -> [binary, binary, boolean];
nif_types(parser_info, 1) -> [binary];
nif_types(market, 1) -> [map];
nif_types(Function, 1) when Function =:= note; Function =:= forget -> [binary];
nif_types(market_next, 3) -> [market, integer, integer];
nif_types(Function, 1)
  when Function =:= close; Function =:= adopt; Function =:= pending; Function =:= acknowledge;
       Function =:= stats; Function =:= account; Function =:= positions;
       Function =:= strategies; Function =:= stop_actor -> [handle];
nif_types(_, _) -> unknown.

api_types(start_engine, 1) -> [atom];
api_types(start_engine, 2) -> [atom, map];
api_types(start_engines, 1) -> [integer];
api_types(start_engines, 3) -> [atom, integer, map];
api_types(engines, 1) -> [engine];
api_types(move_instrument, 3) -> [engine, atom, atom];
api_types(deploy, 3) -> [engine, atom, map];
api_types(undeploy, 2) -> [engine, atom];
api_types(rollback, 2) -> [engine, atom];
api_types(tier, 2) -> [engine, atom];
api_types(release, 1) -> [binary];
api_types(add_instrument, 2) -> [engine, atom];
api_types(add_instrument, 3) -> [engine, atom, map];
api_types(tick, 5) -> [engine, atom, integer, number, number];
api_types(tick, 7) -> [engine, atom, integer, number, number, number, number];
api_types(ticks, 2) -> [engine, binary];
api_types(advance, 2) -> [engine, integer];
api_types(drain, 2) -> [engine, count];
api_types(replay, 3) -> [engine, feed, map];
api_types(execute, 3) -> [name, map, map];
api_types(Function, 1)
  when Function =:= stop_engine; Function =:= subscribe; Function =:= unsubscribe;
       Function =:= stats; Function =:= account; Function =:= positions;
       Function =:= strategies; Function =:= handle; Function =:= mailbox -> [engine];
api_types(_, _) -> unknown.

is_type(map, Term) -> is_map(Term);
is_type(atom, Term) -> is_atom(Term);
is_type(symbol, Term) -> is_atom(Term);
is_type(name, Term) -> is_atom(Term) orelse is_binary(Term);
is_type(integer, Term) -> is_integer(Term);
is_type(number, Term) -> is_number(Term);
is_type(binary, Term) -> is_binary(Term);
is_type(boolean, Term) -> is_boolean(Term);
is_type(handle, Term) -> is_reference(Term) andalso resource(Term) =/= other;
is_type(mailbox, Term) -> is_reference(Term) andalso mailbox(Term);
is_type(milliseconds, Term) -> is_integer(Term) andalso Term >= 0 andalso Term =< 3600000;
is_type(count, Term) -> is_integer(Term) andalso Term >= 0;
is_type(local_pid, Term) -> is_pid(Term) andalso node(Term) =:= node();
is_type(allowance, Term) -> Term =:= infinity orelse is_type(count, Term);
is_type(Resource, Term) when Resource =:= market; Resource =:= sorter -> is_reference(Term);
is_type(names, Term) -> is_list(Term);
is_type(Resource, Term) when Resource =:= native; Resource =:= basis; Resource =:= prepared ->
    is_reference(Term);
is_type(path, Term) -> is_binary(Term) orelse is_list(Term);
is_type(engine, Term) -> is_atom(Term) orelse is_pid(Term);
is_type(feed, Term) -> is_tuple(Term) orelse is_list(Term) orelse is_binary(Term)
                           orelse is_map(Term).

%% A reference that is no engine: a market, another library's resource, a plain make_ref().
resource(Reference) ->
    try fxaot_nif:stats(Reference) of
        _ -> engine
    catch error:_ -> other
    end.

mailbox(Reference) ->
    try fxaot_nif:mailbox(Reference) of
        #{} -> true
    catch error:_ -> false
    end.

article(mailbox) -> "a mailbox";
article(milliseconds) -> "a number of milliseconds from 0 to 3600000";
article(count) -> "a whole number from 0";
article(local_pid) -> "the pid of a process on this node";
article(allowance) -> "a whole number from 0, or infinity";
article(map) -> "a map";
article(atom) -> "an atom";
article(symbol) -> "an atom that names a symbol (1 to 31 printable ASCII characters)";
article(name) -> "an atom or a binary";
article(integer) -> "a whole number";
article(number) -> "a number";
article(binary) -> "a binary";
article(boolean) -> "true or false";
article(handle) -> "an engine's handle";
article(market) -> "a market's handle";
article(sorter) -> "a sorter";
article(names) -> "a list of names";
article(native) -> "native code";
article(basis) -> "what reload_basis/5 answers";
article(prepared) -> "what prepare/3 answers";
article(path) -> "a file's name";
article(engine) -> "an engine's name (an atom) or pid";
article(feed) -> "a feed: {Module, Arguments}, a path, a list of paths or a map".
