%% @doc Quote files as a feed: one, several, or folders, in time order, plain, gzip or zip.
%%
%% Arguments:
%% <dl>
%% <dt>`files'</dt><dd>a path or a list of paths. A folder stands for its files. Several texts are
%%   read in order of their first quotes.</dd>
%% <dt>`symbol'</dt><dd>an atom; else guessed from the names of entry, file and folder.</dd>
%% <dt>`format'</dt><dd>lean, truefx, histdata, bars or quotes; else detected.</dd>
%% <dt>`day'</dt><dd>`{Year, Month, Day}' for the lean format; else from the file's name
%%   (YYYYMMDD).</dd>
%% <dt>`bad_line_limit'</dt><dd>how many bad lines a text may have (100); they are skipped, and
%%   counted in the replay's answer.</dd>
%% </dl>
-module(fxaot_file_feed).
-behaviour(fxaot_feed).

-export([symbols/1]).
-export([init/1, next/1, terminate/2, progress/1, info/1]).

-export_type([arguments/0]).

-type arguments() ::
        #{files := file:name_all() | [file:name_all()], symbol => atom(),
          format => fxaot_nif:format(), day => calendar:date(),
          bad_line_limit => non_neg_integer()}.

%% What one call of the parser gets, about. A line longer than that is none.
-define(PIECE, 1048576).
%% What format and first time are found in.
-define(HEAD, 65536).
-define(EPOCH_DAYS, 719528).
-define(DAY_NS, 86400000000000).
-define(BAD_LINES_KEPT, 8).

%% A text that is ready to be read, and its first quote's time.
-record(text, {source :: fxaot_bytes:source(),
               label :: string(),
               bytes :: non_neg_integer(),
               symbol :: atom(),
               parser :: fxaot_nif:parser(),
               first :: integer()}).

%% The text being read.
-record(open, {text :: #text{},
               stream :: fxaot_bytes:stream(),
               parser :: fxaot_nif:parser(),
               rest = <<>> :: binary(),                   % bytes of a line that is not whole yet
               ended = false :: boolean()}).

-record(feed, {texts :: [#text{}],                        % not yet begun
               open = none :: none | #open{},
               files :: pos_integer(),
               symbols :: [atom()],
               total :: pos_integer(),                    % packed bytes of all texts
               through = 0 :: non_neg_integer(),          % packed bytes of finished ones
               lines = 0 :: non_neg_integer(),
               bad_lines = 0 :: non_neg_integer(),
               bad_at = [] :: [{string(), pos_integer()}]}).

-spec init(arguments() | file:name_all()) -> {ok, #feed{}} | {error, {atom(), term()}}.
init(Path) when is_binary(Path); is_list(Path) -> init(#{files => Path});
init(#{files := Files} = Arguments) ->
    Known = [files, symbol, format, day, bad_line_limit],
    case fxaot_terms:known_options(Arguments, Known) of
        ok ->
            case check(maps:to_list(Arguments)) of
                ok -> opened(texts(paths(Files), Arguments, []));
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

opened({ok, Texts}) ->
    Total = lists:sum([Bytes || #text{bytes = Bytes} <- Texts]),
    {ok, #feed{texts = lists:keysort(#text.first, Texts), files = length(Texts), total = Total,
               symbols = lists:usort([Symbol || #text{symbol = Symbol} <- Texts])}};
opened(Error) -> Error.

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
expected(files, _) -> ok.

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
                        Paths -> expand(Rest, [Paths | Done])
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
    lists:member(string:lowercase(filename:extension(Name)), [".csv", ".txt", ".gz", ".zip"]).

texts({ok, []}, _, Done) -> {ok, Done};
texts({ok, [Path | Rest]}, Arguments, Done) ->
    case fxaot_bytes:list(Path) of
        {ok, Entries} ->
            case entries(Entries, Path, Arguments, Done) of
                {ok, More} -> texts({ok, Rest}, Arguments, More);
                Error -> Error
            end;
        Error -> Error
    end;
texts(Error, _, _) -> Error.

entries([], _, _, Done) -> {ok, Done};
entries([{Name, Bytes, Source} | Rest], Path, Arguments, Done) ->
    case text(Name, Source, Path, Arguments) of
        {ok, Symbol, Parser, First} ->
            Text = #text{source = Source, label = Name, bytes = Bytes, symbol = Symbol,
                         parser = Parser, first = First},
            entries(Rest, Path, Arguments, [Text | Done]);
        {error, {Reason, Details}} when is_map(Details) ->
            {error, {Reason, Details#{path => Path}}};
        {error, {Reason, none}} -> {error, {Reason, #{path => Path}}};
        {error, {Reason, Details}} -> {error, {Reason, #{path => Path, details => Details}}}
    end.

%% Its symbol, its parser, and its first quote's time, by which several are sorted.
text(Name, Source, Path, Arguments) ->
    case head(Source) of
        {ok, Head, Final} ->
            maybe_parser(format(Head, Arguments), Head, Final, Name, Path, Arguments);
        Error -> Error
    end.

maybe_parser({ok, Format}, Head, Final, Name, Path, Arguments) ->
    Limit = maps:get(bad_line_limit, Arguments, 100),
    case {symbol(Name, Path, Arguments), day(Format, Name, Path, Arguments)} of
        {{ok, Symbol}, {ok, Day}} ->
            case fxaot_nif:parser(Format, Symbol, Day, Limit) of
                {ok, Parser} -> {ok, Symbol, Parser, first_time(Parser, Head, Final)};
                Error -> Error
            end;
        {{error, _} = Error, _} -> Error;
        {_, Error} -> Error
    end;
maybe_parser(Error, _, _, _, _, _) -> Error.

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

format(_, #{format := Format}) -> {ok, Format};
format(Head, _) -> fxaot_nif:detect_format(Head).

symbol(_, _, #{symbol := Symbol}) -> {ok, Symbol};
symbol(Name, Path, _) ->
    %% "./a.csv" is in the current folder.
    Folder = lists:last([Part || Part <- filename:split(filename:dirname(filename:absname(Path))),
                                 Part =/= ".", Part =/= <<".">>]),
    Known = fxaot_nif:instrument_list(),
    Words = lists:append([words(Text) || Text <- [Name, filename:basename(Path), Folder]]),
    case [Word || Word <- Words, lists:member(Word, Known)] of
        [Symbol | _] -> {ok, binary_to_atom(Symbol)};
        [] -> {error, {no_symbol, none}}
    end.

words(Text) ->
    case unicode:characters_to_list(Text) of
        List when is_list(List) ->
            Lexemes = string:lexemes(string:uppercase(List), "-_. /()[]"),
            [unicode:characters_to_binary(Word) || Word <- Lexemes];
        _ -> []
    end.

day(lean, _, _, #{day := Date}) -> {ok, day_ns(Date)};
day(lean, Name, Path, _) ->
    Texts = [Name, filename:basename(Path)],
    Found = [Date || Text <- Texts, {ok, Date} <- [date_in(Text)]],
    case Found of
        [Date | _] -> {ok, day_ns(Date)};
        [] -> {error, {no_day, none}}
    end;
day(_, _, _, _) -> {ok, 0}.

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
next(#feed{open = none, texts = []} = Feed) -> {done, Feed};
next(#feed{open = none, texts = [#text{source = Source} = Text | Rest]} = Feed) ->
    case fxaot_bytes:open(Source) of
        {ok, Stream} ->
            next(Feed#feed{texts = Rest, open = #open{text = Text, stream = Stream,
                                                      parser = Text#text.parser}});
        {error, Error} -> {error, Error, Feed}
    end;
next(#feed{open = #open{rest = Rest, ended = true}} = Feed) -> parse(Rest, Feed);
next(#feed{open = #open{stream = Stream, rest = Rest} = Open} = Feed) ->
    case gather(Stream, [Rest], byte_size(Rest)) of
        {Ended, Bytes, Next} ->
            parse(Bytes, Feed#feed{open = Open#open{stream = Next, ended = Ended =:= eof}});
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
        {error, {Reason, Details}} when is_map(Details) ->
            {error, {Reason, Details#{file => Text#text.label}}, Feed};
        {error, {Reason, Details}} ->
            {error, {Reason, #{file => Text#text.label, details => Details}}, Feed}
    end.

parsed(Quotes, Consumed, #feed{open = #open{rest = Rest, ended = Ended, text = Text}} = Feed) ->
    if
        Ended, Rest =:= <<>> orelse Consumed =:= 0 -> answer(Quotes, finished(Feed));
        Consumed =:= 0, byte_size(Rest) >= ?PIECE ->
            {error, {long_line, #{file => Text#text.label}}, Feed};
        true -> answer(Quotes, Feed)
    end.

answer(<<>>, Feed) -> next(Feed);
answer(Quotes, Feed) -> {quotes, Quotes, Feed}.

finished(#feed{open = #open{stream = Stream, text = Text} = Open, through = Through} = Feed) ->
    ok = fxaot_bytes:close(Stream),
    counted(Open, Feed#feed{open = none, through = Through + Text#text.bytes}).

counted(#open{parser = Parser, text = #text{label = Label}},
        #feed{lines = Lines, bad_lines = Bad, bad_at = At} = Feed) ->
    case fxaot_nif:parser_info(Parser) of
        #{lines := More, bad_lines := MoreBad, bad_line_numbers := Numbers} ->
            Places = At ++ [{Label, Number} || Number <- Numbers],
            Feed#feed{lines = Lines + More, bad_lines = Bad + MoreBad,
                      bad_at = lists:sublist(Places, ?BAD_LINES_KEPT)};
        {error, _} -> Feed
    end.

-spec terminate(term(), #feed{}) -> ok.
terminate(_, #feed{open = none}) -> ok;
terminate(_, #feed{open = #open{stream = Stream}}) -> fxaot_bytes:close(Stream).

-spec progress(#feed{}) -> float().
progress(#feed{open = none, through = Through, total = Total}) -> Through / Total;
progress(#feed{open = #open{stream = Stream}, through = Through, total = Total}) ->
    min(1.0, (Through + fxaot_bytes:position(Stream)) / Total).

%% `#{files, symbols, lines, bad_lines, bad_line_numbers => [{File, Line}]}', the first 8 bad ones.
-spec info(#feed{}) -> #{atom() => term()}.
info(#feed{open = #open{} = Open} = Feed) -> info((counted(Open, Feed))#feed{open = none});
info(#feed{files = Files, symbols = Symbols, lines = Lines, bad_lines = Bad, bad_at = At}) ->
    #{files => Files, symbols => Symbols, lines => Lines, bad_lines => Bad, bad_line_numbers => At}.
