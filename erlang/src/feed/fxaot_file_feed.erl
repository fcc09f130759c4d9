%% @doc Quote and bar files as a feed: one, several, or folders, in time order; plain, gzip or zip;
%% bzip2, xz, zstd and .bi5 by the tool `fxaot', where there is one.
%%
%% They are read as the tool reads them: by their headers, or by the contents of their columns. Texts and
%% rows are sorted by time, in memory up to 256 MiB of records, beyond that within 100,000 rows.
%%
%% Arguments:
%% <dl>
%% <dt>`files'</dt><dd>a path or a list of paths. A folder stands for its files. Files without data in a folder or
%%   zip that has data are skipped, and listed in the replay's answer.</dd>
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
%% The replay's answer has `files', `symbols', `lines', `formats' (a sentence each: how columns
%% were read), `sorted' (rows that were older than the row before), `skipped' (`[{Name, Why}]'), `bad_lines',
%% `bad_line_numbers' and, of the first three, `bad' (`#{file, line, reason, text}').
-module(fxaot_file_feed).
-behaviour(fxaot_feed).

-export([symbols/1]).
-export([init/1, next/1, terminate/2, progress/1, info/1]).

-export_type([arguments/0]).

-include("fxaot_file.hrl").

-type arguments() ::
        #{files := file:name_all() | [file:name_all()], symbol => atom(),
          file_timezone => binary() | string(), timezone => binary() | string(),
          format => fxaot_nif:format(), day => calendar:date(),
          bad_line_limit => non_neg_integer()}.

%% About the bytes of one call to the parser. A longer line is an error.
-define(PIECE, 1048576).
%% As in the tool; a longer line belongs to no table.
-define(LONGEST_LINE, 16777216).
-define(BAD_LINES_KEPT, 8).
-define(BAD_TEXTS_KEPT, 3).
%% Records of a batch.
-define(BATCH, 21845).

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
    case fxaot_file_options:check(Arguments) of
        ok -> opened(fxaot_file_texts:find(Files, Arguments), Arguments);
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
    %% Bars are kept whole, or become four quotes each if other texts have quotes.
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
        Consumed =:= 0, byte_size(Rest) >= ?LONGEST_LINE -> {error, {long_line, #{file => Label}}, Feed};
        true -> sort(Quotes, Feed, Label)
    end.

finished(#feed{open = #open{stream = Stream, text = Text, parser = Parser} = Open, through = Through} = Feed) ->
    ok = fxaot_bytes:close(Stream),
    case whole(Text, fxaot_nif:parser_info(Parser), Feed) of
        ok -> {ok, counted(Open, Feed#feed{open = none, through = Through + Text#text.bytes})};
        Error -> Error
    end.

%% Whether a text that was read to its end is data: it has a good line, not too many bad lines, and rows of
%% one symbol.
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

%% The feed's part of the replay's answer, see above.
-spec info(#feed{}) -> #{atom() => term()}.
info(#feed{open = #open{} = Open} = Feed) -> info((counted(Open, Feed))#feed{open = none});
info(#feed{files = Files, symbols = Symbols, lines = Lines, formats = Formats, sorted = Sorted,
           skipped = Skipped, bad_lines = Bad, bad_at = At, bad = Shown}) ->
    #{files => Files, symbols => Symbols, lines => Lines, formats => Formats, sorted => Sorted,
      skipped => Skipped, bad_lines => Bad, bad_line_numbers => At, bad => Shown}.
