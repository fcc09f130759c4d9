%% @private The sentences of files, feeds and replays.
-module(fxaot_error_file).

-export([sentence/1, sentence/2]).

-import(fxaot_show, [term/1, name/1]).

%% @doc A reason with its details.
-spec sentence(Reason :: atom(), Details :: map()) -> fxaot_error:sentence().
sentence(missing_file, #{path := Path}) -> {["No such file: ", name(Path)], [path]};
sentence(empty_file, #{path := Path}) -> {["The file ", name(Path), " is empty"], [path]};
sentence(unreadable_file, #{path := Path, reason := Posix}) when is_atom(Posix) ->
    {["Cannot read the file ", name(Path), ": ", file:format_error(Posix)], [path, reason]};
sentence(unwritable_file, #{path := Path, reason := Posix}) when is_atom(Posix) ->
    {["Cannot write the file ", name(Path), ": ", file:format_error(Posix)], [path, reason]};
sentence(journal_taken, #{path := Path}) ->
    {["The journal in ", name(Path), " is in use by another engine or node"], [path, engine]};
sentence(journal_folder, #{path := Path, reason := untrusted}) ->
    {["The journal's folder ", name(Path), " has files in it and others may write to it: give it the mode 700"],
     [path, reason]};
sentence(journal_folder, #{path := Path, reason := engine}) ->
    {["The folder ", name(Path), " has the journal of an engine: a group needs one of its own"], [path, reason]};
sentence(journal_folder, #{path := Path, reason := count, engines := Count}) ->
    {["The folder ", name(Path), " has the journals of a group of ", term(Count), " engines: start as many"],
     [path, reason, engines]};
sentence(journal_folder, #{path := Path, reason := Posix}) when is_atom(Posix) ->
    {["Cannot use the journal's folder ", name(Path), ": ", file:format_error(Posix)], [path, reason]};
sentence(journal_file, #{path := Path, reason := Posix}) when is_atom(Posix) ->
    {["Cannot use the journal's file ", name(Path), ": ", file:format_error(Posix)], [path, reason]};
sentence(bad_journal, #{path := Path, reason := Reason, format := Format})
  when Reason =:= version; Reason =:= format ->
    {["The journal's file ", name(Path), " was written by a newer fxaot: its ", name(Reason), " is ", term(Format)],
     [path, offset, reason, format]};
sentence(bad_journal, #{path := Path, offset := Offset}) ->
    {["The journal's file ", name(Path), " is damaged at byte ", term(Offset)], [path, offset]};
sentence(no_journal, #{engine := Engine}) -> {["The engine ", term(Engine), " has no journal"], [engine]};
sentence(no_data, #{path := Path}) -> {["There are no quote files in ", name(Path)], [path]};
sentence(bad_archive, #{path := Path, reason := encrypted, member := Name}) ->
    {[name(Name), " in ", name(Path), " is encrypted: unpack it first"], [path, reason, member]};
sentence(bad_archive, #{path := Path, reason := {compression_method, Method}, member := Name}) ->
    {[name(Name), " in ", name(Path), " is packed by method ", integer_to_list(Method),
      "; fxaot reads deflate only: unpack it first"], [path, reason, member]};
sentence(bad_archive, #{path := Path, reason := zip64}) ->
    {["The archive ", name(Path), " has a zip64 directory, which fxaot cannot read: unpack it first"],
     [path, reason]};
sentence(bad_archive, #{path := Path}) ->
    {["The archive ", name(Path), " is damaged or cut short"], [path]};
sentence(unsupported_compression, #{path := Path, message := Message}) ->
    {["Cannot read ", name(Path), ": ", name(Message)], [path, compression, message]};
sentence(unsupported_compression, #{path := Path, compression := Packing}) ->
    {["Cannot unpack ", name(Path), ", a file of ", term(Packing), ": unpack it first, or read it with "
      "the tool (fxaot run)"], [path, compression]};
sentence(unsorted_file, #{file := File}) ->
    {["The rows of ", name(File), " are too far out of time order to be sorted here: sort the file first"],
     [file]};
sentence(no_good_line, #{file := File, bad := Bad, format := Format}) ->
    {["No good line in ", name(File), ", read as ", name(Format), ": ", bad_lines(Bad)],
     [file, bad, bad_lines, lines, format]};
sentence(no_rows, #{file := File, format := Format}) ->
    {["No rows in ", name(File), ", read as ", name(Format)], [file, format]};
sentence(too_many_bad_lines, #{file := File, bad_lines := Count, bad := [_ | _] = Bad} = Details) ->
    Of = case Details of
             #{lines := Lines} -> [" of ", term(Lines)];
             _ -> ""
         end,
    {["Too many bad lines in ", name(File), ": ", term(Count), Of, ": ", bad_lines(Bad)],
     [file, bad, bad_lines, bad_line_numbers, lines, format]};
sentence(too_many_bad_lines, #{bad_lines := Count, bad_line_numbers := Numbers} = Details) ->
    Where = case Details of
                #{file := File} -> [" in ", name(File)];
                _ -> ""
            end,
    {["Too many bad lines", Where, ": ", term(Count), ", the first at ",
      lists:join(", ", [term(Number) || Number <- Numbers])],
     [bad_lines, bad_line_numbers, file]};
sentence(several_symbols, #{file := File, rows := Rows}) ->
    {["The file ", name(File), " has several symbols: ", term(Rows), " rows are not of the first one; "
      "choose one: {fxaot_file_feed, #{files => Files, symbol => 'EURUSD'}}"], [file, rows]};
sentence(several_symbols, #{symbols := Symbols}) when is_list(Symbols) ->
    {["The files have several symbols, ", lists:join(", ", [term(S) || S <- Symbols]),
      ": give files of one symbol"], [symbols]};
sentence(bad_format, #{path := Path, message := Message}) ->
    {["Cannot read ", name(Path), ": ", name(Message)], [path, message]};
sentence(bad_format, #{path := Path}) ->
    {["Cannot read ", name(Path), ": its format is not lean, truefx, histdata, bars or quotes"], [path]};
sentence(no_symbol, #{path := Path}) ->
    {["Cannot infer the symbol from ", name(Path), ": name the file or its folder like eurusd-2014.csv, or "
      "give the symbol: {fxaot_file_feed, #{files => Files, symbol => 'EURUSD'}}"], [path]};
sentence(no_day, #{path := Path}) ->
    {["Cannot infer the day (YYYYMMDD) from ", name(Path), ", and its format needs one; give the day: "
      "{fxaot_file_feed, #{files => Files, day => {Year, Month, Day}}}"], [path]};
sentence(_, _) -> unknown.

%% @doc A reason without details.
-spec sentence(Reason :: atom()) -> string() | unknown.
sentence(missing_file) -> "There is no such file";
sentence(empty_file) -> "The file is empty";
sentence(no_data) -> "There are no quotes to read";
sentence(bad_archive) -> "The archive is damaged or cut short";
sentence(unreadable_file) -> "The file cannot be read";
sentence(no_symbol) -> "Cannot infer the symbol from the file's name";
sentence(several_symbols) -> "The files have several symbols";
sentence(no_day) -> "Cannot infer the day from the file's name";
sentence(unsupported_compression) -> "The file's compression is not supported here";
sentence(unsorted_file) -> "The rows are too far out of time order to be sorted here";
sentence(no_good_line) -> "The file has no good line";
sentence(no_rows) -> "The file has no rows";
sentence(long_line) -> "A line is longer than 16 MiB, so this is not a quote file";
sentence(too_many_bad_lines) -> "The file has too many bad lines";
sentence(bad_format) -> "The format is not lean, truefx, histdata, bars or quotes";
sentence(bad_parser) -> "Not the state of a parser";
sentence(bad_feed) ->
    "A feed must be {Module, Arguments}, a path, a list of paths, or a map for the simulated market";
sentence(feed_died) -> "The feed's process died";
sentence(engine_changed) ->
    "The engine got quotes from elsewhere or lost its state, so the replay cannot continue";
sentence(_) -> unknown.

%% The first bad lines: number, fault, text.
bad_lines(Bad) ->
    lists:join("; ", [["line ", term(Line), " (", fault(Reason), "): ", [visible(C) || C <- name(Text)]]
                      || #{line := Line, reason := Reason, text := Text} <- Bad]).

visible(C) when C < $\s; C =:= 127 -> $\s;
visible(C) -> C.

fault(columns) -> "fewer or more columns than the other lines";
fault(time) -> "no valid time";
fault(range) -> "a time before 1990 or years ahead";
fault(number) -> "a price that is not a number";
fault(price) -> "a price that is not above 0";
fault(level) -> "a price ten times away from its neighbours";
fault(bar) -> "open or close outside low to high";
fault(size) -> "a volume that is negative or not a number";
fault(_) -> "not in the format".
