%% @doc Quote and bar files as a feed: one, several, or folders, in time order; plain, gzip or zip;
%% bzip2, xz, zstd and .bi5 by the tool `fxaot', where there is one.
%%
%% They are read as the tool's are: by their headers, or by what the columns hold. Texts and rows are put
%% in the order of time, in memory up to 256 MiB of records, beyond that within 100,000 rows.
%%
%% Arguments:
%% <dl>
%% <dt>`files'</dt><dd>a path or a list of paths. A folder stands for its files. There and in a zip, what is no
%%   data beside data is skipped, and named in the replay's answer.</dd>
%% <dt>`symbol'</dt><dd>an atom; else the one that a column names, else guessed from the names of entry,
%%   file and folder.</dd>
%% <dt>`file_timezone', `timezone'</dt><dd>the IANA zone of times without one, as `"Europe/Athens"'; else
%%   UTC, and for HistData its own.</dd>
%% <dt>`format'</dt><dd>lean, truefx, histdata, bars or quotes; else found out.</dd>
%% <dt>`day'</dt><dd>`{Year, Month, Day}' for times since midnight; else from the file's name
%%   (YYYYMMDD).</dd>
%% <dt>`bad_line_limit'</dt><dd>how many bad lines a text may have; else one of a hundred lines. They are
%%   skipped, and counted in the replay's answer.</dd>
%% </dl>
%% The replay's answer has `files', `symbols', `lines', `formats' (a sentence each: what was taken for
%% what), `sorted' (rows that were older than the one before), `skipped' (`[{Name, Why}]'), `bad_lines',
%% `bad_line_numbers' and, of the first three, `bad' (`#{file, line, reason, text}').
-module(fxaot_file_feed).
-behaviour(fxaot_feed).

-export([symbols/1]).
-export([init/1, next/1, terminate/2, progress/1, info/1]).

-export_type([arguments/0]).

-type arguments() ::
        #{files := file:name_all() | [file:name_all()], symbol => atom(),
          file_timezone => binary() | string(), timezone => binary() | string(), format => fxaot_nif:format(), day => calendar:date(),
          bad_line_limit => non_neg_integer()}.

%% What one call of the parser gets, about. A line longer than that is none.
-define(PIECE, 1048576).
%% What format and first time are found in.
-define(HEAD, 65536).
-define(EPOCH_DAYS, 719528).
-define(DAY_NS, 86400000000000).
-define(BAD_LINES_KEPT, 8).
-define(BAD_TEXTS_KEPT, 3).
%% Records of a batch.
-define(BATCH, 21845).
%% Two years from now: no quote is of then.
-define(YEARS_NS, (2 * 366 * ?DAY_NS)).
-define(NO_LIMIT, 16#FFFFFFFFFFFFFFFF).

%% A text that is ready to be read, and its first quote's time.
-record(text, {source :: fxaot_bytes:source(),
               label :: string(),
               bytes :: non_neg_integer(),
               symbol :: atom(),
               parser :: fxaot_nif:parser(),
               format :: binary(),
               width :: 1 | 4,
               first :: integer()}).

%% The text being read.
-record(open, {text :: #text{},
               stream :: fxaot_bytes:stream(),
               parser :: fxaot_nif:parser(),
               rest = <<>> :: binary(),                   % bytes of a line that is not whole yet
               ended = false :: boolean()}).

-record(feed, {texts :: [#text{}],                        % not yet begun
               sorter :: fxaot_nif:sorter(),
               is_all_read = false :: boolean(),
               limit :: default | non_neg_integer(),      % of bad lines
               has_symbol :: boolean(),                   % it was given
               formats :: [binary()],
               skipped :: [{string(), binary()}],
               sorted = 0 :: non_neg_integer(),
               open = none :: none | #open{},
               files :: pos_integer(),
               symbols :: [atom()],
               total :: pos_integer(),                    % packed bytes of all texts
               through = 0 :: non_neg_integer(),          % packed bytes of finished ones
               lines = 0 :: non_neg_integer(),
               bad_lines = 0 :: non_neg_integer(),
               bad_at = [] :: [{string(), pos_integer()}],
               bad = [] :: [map()]}).

-spec init(arguments() | file:name_all()) -> {ok, #feed{}} | {error, {atom(), term()}}.
init(Path) when is_binary(Path); is_list(Path) -> init(#{files => Path});
init(#{files := Files} = Arguments) ->
    Known = [files, symbol, format, day, bad_line_limit, file_timezone, timezone],
    case fxaot_terms:known_options(Arguments, Known) of
        ok ->
            case check(maps:to_list(Arguments)) of
                ok -> opened(texts(paths(Files), Arguments, {[], []}), Arguments);
                Error -> Error
            end;
        Error -> Error
    end;
init(Arguments) when is_map(Arguments) -> {error, {missing_option, #{option => files}}};
init(Arguments) -> {error, {bad_feed, #{feed => Arguments}}}.

%% @doc Whose quotes these files have, before any is sent. Reads the beginning of each file.
-spec symbols(arguments()) -> {ok, [atom()]} | {error, {atom(), term()}}.
symbols(Arguments) ->
    case init(Arguments) of
        {ok, #feed{symbols = Symbols}} -> {ok, Symbols};
        Error -> Error
    end.

opened({ok, {Texts, Skipped}}, Arguments) ->
    %% Bars are kept whole; beside quotes they are four quotes each.
    Width = lists:min([Width || #text{width = Width} <- Texts]),
    case fxaot_nif:sorter(Width) of
        {ok, Sorter} ->
            Sorted = lists:keysort(#text.first, lists:reverse(Texts)),
            {ok, #feed{texts = Sorted, sorter = Sorter, files = length(Texts),
                       total = lists:sum([Bytes || #text{bytes = Bytes} <- Texts]),
                       limit = maps:get(bad_line_limit, Arguments, default),
                       has_symbol = is_map_key(symbol, Arguments),
                       symbols = lists:usort([Symbol || #text{symbol = Symbol} <- Texts]),
                       formats = lists:uniq([Format || #text{format = Format} <- Sorted]),
                       skipped = lists:reverse(Skipped)}};
        Error -> Error
    end;
opened(Error, _) -> Error.

check([]) -> ok;
check([{Key, Value} | Rest]) ->
    case expected(Key, Value) of
        ok -> check(Rest);
        Text -> {error, {bad_option, #{option => Key, value => Value, expected => Text}}}
    end.

expected(symbol, Value) when is_atom(Value) -> ok;
expected(symbol, _) -> "an atom";
expected(format, Value) ->
    case lists:member(Value, [lean, truefx, histdata, bars, quotes]) of
        true -> ok;
        false -> "lean, truefx, histdata, bars or quotes"
    end;
expected(day, {Year, Month, Day} = Date)
  when is_integer(Year), Year >= 1970, Year < 2200, is_integer(Month), is_integer(Day) ->
    case calendar:valid_date(Date) of
        true -> ok;
        false -> "a date {Year, Month, Day}"
    end;
expected(day, _) -> "a date {Year, Month, Day} from 1970 on";
expected(bad_line_limit, Value) when is_integer(Value), Value >= 0, Value < 1 bsl 62 -> ok;
expected(bad_line_limit, _) -> "a whole number from 0";
expected(files, _) -> ok;
expected(_, Zone) ->
    case zone(Zone) of
        error -> "the name of a time zone, as \"Europe/Athens\"";
        _ -> ok
    end.

zone(#{file_timezone := Zone}) -> zone(Zone);
zone(#{timezone := Zone}) -> zone(Zone);
zone(Map) when is_map(Map) -> <<>>;
zone(Zone) ->
    try unicode:characters_to_binary(Zone) of
        Text when is_binary(Text), byte_size(Text) < 40 -> Text;
        _ -> error
    catch error:_ -> error
    end.

%% ---- from paths to texts ----------------------------------------------------

paths(Files) ->
    case is_path(Files) of
        true -> expand([Files], []);
        false when is_list(Files) -> expand(Files, []);
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

expand([], []) -> {error, {no_data, none}};
expand([], Paths) -> {ok, lists:append(lists:reverse(Paths))};
expand([Path | Rest], Done) ->
    case is_path(Path) of
        true ->
            case filelib:is_dir(Path) of
                false -> expand(Rest, [[Path] | Done]);
                true ->
                    case folder(Path) of
                        [] -> {error, {no_data, #{path => Path}}};
                        Paths -> expand(Rest, [[{within, File} || File <- Paths] | Done])
                    end
            end;
        false -> bad_paths(Path)
    end;
expand(Other, _) -> bad_paths(Other).

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

texts({ok, []}, _, {[], [{Name, Why} | _]}) ->
    {error, {bad_format, #{path => Name, message => Why}}};
texts({ok, []}, _, Done) -> {ok, Done};
%% A folder may hold a report beside the data, as an archive may.
texts({ok, [{within, Path} | Rest]}, Arguments, {Texts, Skipped}) ->
    case texts({ok, [Path]}, Arguments, {[], []}) of
        {ok, {More, Left}} -> texts({ok, Rest}, Arguments, {More ++ Texts, Left ++ Skipped});
        {error, {bad_format, _}} = Error ->
            Name = unicode:characters_to_list(fxaot_bytes:printable(filename:basename(Path))),
            texts({ok, Rest}, Arguments, {Texts, [{Name, why(Error)} | Skipped]});
        Error -> Error
    end;
texts({ok, [Path | Rest]}, Arguments, {Texts, Skipped}) ->
    case fxaot_bytes:list(Path, zone(Arguments)) of
        {ok, Entries} ->
            Read = [{Name, Bytes, Source, text(Name, Source, Path, Arguments)}
                    || {Name, Bytes, Source} <- Entries],
            case judged(Read, Path) of
                {ok, More, Left} -> texts({ok, Rest}, Arguments, {More ++ Texts, Left ++ Skipped});
                Error -> Error
            end;
        Error -> Error
    end;
texts(Error, _, _) -> Error.

%% An archive may hold other files beside the data; a file that is given holds data or is an error.
judged(Read, Path) ->
    Texts = [Text#text{source = Source, label = Name, bytes = Bytes}
             || {Name, Bytes, Source, {ok, Text}} <- lists:reverse(Read)],
    Refused = [{Name, Error} || {Name, _, _, {error, _} = Error} <- Read],
    case {Texts, Refused} of
        {[_ | _], _} ->
            case [Error || {_, {error, {Reason, _}} = Error} <- Refused, Reason =/= bad_format] of
                [] -> {ok, Texts, [{Name, why(Error)} || {Name, Error} <- lists:reverse(Refused)]};
                [Error | _] -> with_path(Error, Path)
            end;
        {[], [{_, Error} | _]} -> with_path(Error, Path)
    end.

why({error, {_, #{message := Message}}}) -> Message;
why({error, {Reason, _}}) -> atom_to_binary(Reason).

with_path({error, {Reason, Details}}, Path) when is_map(Details) ->
    {error, {Reason, Details#{path => Path}}};
with_path({error, {Reason, none}}, Path) -> {error, {Reason, #{path => Path}}};
with_path({error, {Reason, Details}}, Path) ->
    {error, {Reason, #{path => Path, details => Details}}}.

%% Its symbol, its parser, and its first quote's time, by which several are sorted.
text(Name, Source, Path, Arguments) ->
    case head(Source) of
        {ok, Head, Final} ->
            case format(Head, Final, Name, Path, Arguments) of
                {ok, Parser, Format, Width, NeedsDay, Column} ->
                    Text = #text{source = Source, label = Name, bytes = 1, symbol = undefined,
                                 parser = Parser, format = Format, width = Width, first = 0},
                    labelled(Text, NeedsDay, Column, {Head, Final, Name, Path, Arguments});
                Error -> Error
            end;
        Error -> Error
    end.

format(_, _, _, _, #{format := Format}) ->
    case fxaot_nif:parser(Format, 'EURUSD', 0, 0) of
        {ok, Parser} ->
            Width = case Format of bars -> 4; _ -> 1 end,
            {ok, Parser, atom_to_binary(Format), Width, Format =:= lean, undefined};
        Error -> Error
    end;
format(Head, Final, Name, Path, Arguments) ->
    Names = [fxaot_bytes:printable(Text) || Text <- [Name, Path]],
    case fxaot_nif:sniff(Head, Final, Names, zone(Arguments)) of
        {ok, Parser, Format, IsBars, NeedsDay, Column} ->
            Width = case IsBars of true -> 4; false -> 1 end,
            {ok, Parser, Format, Width, NeedsDay, Column};
        {error, {bad_argument, Details}} ->
            {error, {bad_option, Details#{option => file_timezone, value => zone(Arguments),
                                          expected => "the name of a time zone"}}};
        Error -> Error
    end.

labelled(Text, NeedsDay, Column, {Head, Final, Name, Path, Arguments}) ->
    Limit = case maps:get(bad_line_limit, Arguments, default) of
                default -> ?NO_LIMIT;
                Given -> Given
            end,
    Latest = erlang:system_time(nanosecond) + ?YEARS_NS,
    case {symbol(Name, Path, Column, Arguments), day(NeedsDay, Name, Path, Arguments)} of
        {{ok, Symbol}, {ok, Day}} ->
            Rows = maps:get(symbol, Arguments, undefined),
            case fxaot_nif:set_parser(Text#text.parser, Symbol, Day, Limit, Latest, Rows) of
                {ok, Parser} ->
                    {ok, Text#text{symbol = Symbol, parser = Parser,
                                   first = first_time(Parser, Head, Final)}};
                Error -> Error
            end;
        {{error, _} = Error, _} -> Error;
        {_, Error} -> Error
    end.

%% A head that does not parse sorts first, and its error comes when it is read.
first_time(Parser, Head, Final) ->
    case fxaot_nif:parse(Parser, Head, Final) of
        {ok, <<Time:64/little-signed, _/binary>>, _, _} -> Time;
        _ -> 0
    end.

head(Source) ->
    case fxaot_bytes:open(Source) of
        {ok, Stream} -> head(Stream, <<>>);
        Error -> Error
    end.

head(Stream, Head) when byte_size(Head) >= ?HEAD ->
    ok = fxaot_bytes:close(Stream),
    {ok, Head, false};
head(Stream, Head) ->
    case fxaot_bytes:read(Stream) of
        {ok, Bytes, Next} -> head(Next, <<Head/binary, Bytes/binary>>);
        {eof, Next} ->
            ok = fxaot_bytes:close(Next),
            case Head of
                <<>> -> {error, {empty_file, none}};
                _ -> {ok, Head, true}
            end;
        Error ->
            ok = fxaot_bytes:close(Stream),
            Error
    end.

symbol(_, _, _, #{symbol := Symbol}) -> {ok, Symbol};
symbol(_, _, Column, _) when is_binary(Column) -> {ok, binary_to_atom(Column)};
symbol(Name, Path, _, _) ->
    %% "./a.csv" is in the current folder.
    Folders = [Part || Part <- filename:split(filename:dirname(filename:absname(Path))),
                       Part =/= ".", Part =/= <<".">>],
    Known = fxaot_nif:instrument_list(),
    Words = lists:append([words(Text) || Text <- [Name, filename:basename(Path) | above(Name, Folders)]]),
    case [Symbol || Word <- Words, Symbol <- [Word, without_number(Word)], lists:member(Symbol, Known)] of
        [Symbol | _] -> {ok, binary_to_atom(Symbol)};
        [] -> {error, {no_symbol, none}}
    end.

%% The folder that may name the symbol; Dukascopy's files are in SYMBOL/YEAR/MONTH/DAY.
above(Name, Folders) ->
    case string:lowercase(filename:extension(Name)) of
        ".bi5" -> lists:sublist(lists:reverse(Folders), 4);
        _ -> [lists:last(Folders)]
    end.

%% EURUSD of EURUSD60, as MetaTrader names its files.
without_number(Word) ->
    unicode:characters_to_binary(string:trim(Word, trailing, "0123456789")).

words(Text) ->
    case unicode:characters_to_list(Text) of
        List when is_list(List) ->
            Lexemes = string:lexemes(string:uppercase(List), "-_. /()[],:;=@&+"),
            [unicode:characters_to_binary(Word) || Word <- Lexemes];
        _ -> []
    end.

day(true, _, _, #{day := Date}) -> {ok, day_ns(Date)};
day(true, Name, Path, _) ->
    Texts = [Name, filename:basename(Path)],
    Found = [Date || Text <- Texts, {ok, Date} <- [date_in(Text)]],
    case Found of
        [Date | _] -> {ok, day_ns(Date)};
        [] -> {error, {no_day, none}}
    end;
day(false, _, _, _) -> {ok, 0}.

date_in(Text) ->
    case re:run(Text, "(?<![0-9])([12][0-9]{3})([0-9]{2})([0-9]{2})(?![0-9])",
                [{capture, all_but_first, list}]) of
        {match, Parts} ->
            [Year, Month, Day] = [list_to_integer(Part) || Part <- Parts],
            case Year >= 1970 andalso Year < 2200 andalso calendar:valid_date(Year, Month, Day) of
                true -> {ok, {Year, Month, Day}};
                false -> none
            end;
        nomatch -> none
    end.

day_ns(Date) -> (calendar:date_to_gregorian_days(Date) - ?EPOCH_DAYS) * ?DAY_NS.

%% ---- reading ----------------------------------------------------------------

-spec next(#feed{}) -> {quotes, binary(), #feed{}} | {done, #feed{}}
              | {error, {atom(), term()}, #feed{}}.
next(#feed{sorter = Sorter} = Feed) ->
    case fxaot_nif:sorted(Sorter, ?BATCH) of
        {ok, <<>>, _} when Feed#feed.is_all_read -> {done, Feed};
        {ok, <<>>, _} -> read(Feed);
        {ok, Quotes, Unordered} -> {quotes, Quotes, Feed#feed{sorted = Unordered}};
        {error, Error} -> {error, Error, Feed}
    end.

read(#feed{open = none, texts = []} = Feed) -> sort(<<>>, Feed#feed{is_all_read = true}, none);
read(#feed{open = none, texts = [#text{source = Source} = Text | Rest]} = Feed) ->
    case fxaot_bytes:open(Source) of
        {ok, Stream} ->
            read(Feed#feed{texts = Rest, open = #open{text = Text, stream = Stream,
                                                      parser = Text#text.parser}});
        {error, Error} -> {error, Error, Feed}
    end;
read(#feed{open = #open{rest = Rest, ended = true}} = Feed) -> parse(Rest, Feed);
read(#feed{open = #open{stream = Stream, rest = Rest} = Open} = Feed) ->
    case gather(Stream, [Rest], byte_size(Rest)) of
        {Ended, Bytes, Next} ->
            parse(Bytes, Feed#feed{open = Open#open{stream = Next, ended = Ended =:= eof}});
        {error, Error} -> {error, Error, Feed}
    end.

sort(Quotes, #feed{sorter = Sorter, is_all_read = Final} = Feed, Label) ->
    case fxaot_nif:sort(Sorter, Quotes, Final) of
        ok -> next(Feed);
        {error, {time_backwards, _}} -> {error, {unsorted_file, #{file => Label}}, Feed};
        {error, Error} -> {error, Error, Feed}
    end.

gather(Stream, Pieces, Size) when Size >= ?PIECE ->
    {more, iolist_to_binary(lists:reverse(Pieces)), Stream};
gather(Stream, Pieces, Size) ->
    case fxaot_bytes:read(Stream) of
        {ok, Bytes, Next} -> gather(Next, [Bytes | Pieces], Size + byte_size(Bytes));
        {eof, Next} -> {eof, iolist_to_binary(lists:reverse(Pieces)), Next};
        Error -> Error
    end.

parse(Bytes, #feed{open = #open{parser = Parser, ended = Ended, text = Text} = Open} = Feed) ->
    case fxaot_nif:parse(Parser, Bytes, Ended) of
        {ok, Quotes, Consumed, Next} ->
            Rest = binary:part(Bytes, Consumed, byte_size(Bytes) - Consumed),
            parsed(Quotes, Consumed, Feed#feed{open = Open#open{parser = Next, rest = Rest}});
        {error, {Reason, #{bad_texts := Texts} = Details}} ->
            Told = maps:without([bad_texts, rows, other_symbols], Details),
            Label = Text#text.label,
            {error, {Reason, Told#{file => Label, bad => shown(Label, Texts)}}, Feed};
        {error, {Reason, Details}} when is_map(Details) ->
            {error, {Reason, Details#{file => Text#text.label}}, Feed};
        {error, {Reason, Details}} ->
            {error, {Reason, #{file => Text#text.label, details => Details}}, Feed}
    end.

parsed(Quotes, Consumed, #feed{open = #open{rest = Rest, ended = Ended, text = Text}} = Feed) ->
    #text{label = Label} = Text,
    if
        Ended, Rest =:= <<>> orelse Consumed =:= 0 ->
            case finished(Feed) of
                {ok, Finished} -> sort(Quotes, Finished, Label);
                {error, Error} -> {error, Error, Feed}
            end;
        Consumed =:= 0, byte_size(Rest) >= ?PIECE -> {error, {long_line, #{file => Label}}, Feed};
        true -> sort(Quotes, Feed, Label)
    end.

finished(#feed{open = #open{stream = Stream, text = Text, parser = Parser} = Open, through = Through} = Feed) ->
    ok = fxaot_bytes:close(Stream),
    case whole(Text, fxaot_nif:parser_info(Parser), Feed) of
        ok -> {ok, counted(Open, Feed#feed{open = none, through = Through + Text#text.bytes})};
        Error -> Error
    end.

%% Whether a text that is through was data: it has a good line, no more bad ones than it may have, and
%% rows of one symbol.
whole(#text{label = Label, format = Format}, Info, #feed{limit = Limit, has_symbol = HasSymbol}) ->
    #{rows := Rows, bad_lines := Bad, other_symbols := Others, bad_texts := Texts} = Info,
    Details = #{file => Label, bad_lines => Bad, lines => Rows + Bad, format => Format,
                bad => shown(Label, Texts)},
    if
        Others > 0, not HasSymbol -> {error, {several_symbols, #{file => Label, rows => Others}}};
        Rows =:= 0, Bad > 0 -> {error, {no_good_line, Details}};
        Rows =:= 0 -> {error, {no_rows, #{file => Label, format => Format}}};
        Limit =:= default, Bad * 100 > Rows + Bad -> {error, {too_many_bad_lines, Details}};
        true -> ok
    end.

shown(Label, Texts) ->
    [#{file => Label, line => Line, reason => Reason, text => Text} || {Line, Reason, Text} <- Texts].

counted(#open{parser = Parser, text = #text{label = Label}},
        #feed{lines = Lines, bad_lines = Bad, bad_at = At, bad = Shown} = Feed) ->
    #{lines := More, bad_lines := MoreBad, bad_line_numbers := Numbers, bad_texts := Texts} =
        fxaot_nif:parser_info(Parser),
    Places = At ++ [{Label, Number} || Number <- Numbers],
    Feed#feed{lines = Lines + More, bad_lines = Bad + MoreBad,
              bad_at = lists:sublist(Places, ?BAD_LINES_KEPT),
              bad = lists:sublist(Shown ++ shown(Label, Texts), ?BAD_TEXTS_KEPT)}.

-spec terminate(term(), #feed{}) -> ok.
terminate(_, #feed{open = none}) -> ok;
terminate(_, #feed{open = #open{stream = Stream}}) -> fxaot_bytes:close(Stream).

-spec progress(#feed{}) -> float().
progress(#feed{open = none, through = Through, total = Total}) -> min(1.0, Through / max(1, Total));
progress(#feed{open = #open{stream = Stream}, through = Through, total = Total}) ->
    min(1.0, (Through + fxaot_bytes:position(Stream)) / Total).

%% What the replay's answer tells, see above.
-spec info(#feed{}) -> #{atom() => term()}.
info(#feed{open = #open{} = Open} = Feed) -> info((counted(Open, Feed))#feed{open = none});
info(#feed{files = Files, symbols = Symbols, lines = Lines, formats = Formats, sorted = Sorted,
           skipped = Skipped, bad_lines = Bad, bad_at = At, bad = Shown}) ->
    #{files => Files, symbols => Symbols, lines => Lines, formats => Formats, sorted => Sorted,
      skipped => Skipped, bad_lines => Bad, bad_line_numbers => At, bad => Shown}.
