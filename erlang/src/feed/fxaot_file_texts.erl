%% @private From paths to texts that are ready to be read: a file's entries, each with its format, its symbol
%% and its first quote's time.
-module(fxaot_file_texts).

-export([find/2, zone/1]).

-include("fxaot_file.hrl").

%% The beginning of a text, in which its format and first time are found.
-define(HEAD, 65536).
-define(EPOCH_DAYS, 719528).
-define(DAY_NS, 86400000000000).
%% A quote later than two years from now is a bad line.
-define(YEARS_NS, (2 * 366 * ?DAY_NS)).
-define(NO_LIMIT, 16#FFFFFFFFFFFFFFFF).

%% @doc The texts, the newest first, and the skipped files with reasons.
-spec find(Files :: term(), fxaot_file_feed:arguments()) ->
          {ok, {[#text{}], Skipped :: [{string(), binary()}]}} | {error, {atom(), term()}}.
find(Files, Arguments) -> texts(fxaot_file_paths:expand(Files), Arguments, {[], []}).

texts({ok, []}, _, {[], [{Name, Why} | _]}) ->
    {error, {bad_format, #{path => Name, message => Why}}};
texts({ok, []}, _, Done) -> {ok, Done};
%% A folder may also hold a report, as an archive may.
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

%% An archive may also hold other files; a given file without data is an error.
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
    case {symbol(Column, Name, Path, Arguments), day(NeedsDay, Name, Path, Arguments)} of
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
symbol(Column, _, _, _) when is_binary(Column) -> {ok, binary_to_atom(Column)};
symbol(_, Name, Path, _) -> fxaot_file_name:symbol(Name, Path).

%% In nanoseconds; 0 where the format needs none.
day(false, _, _, _) -> {ok, 0};
day(true, _, _, #{day := Date}) -> {ok, day_ns(Date)};
day(true, Name, Path, _) -> fxaot_file_name:day(Name, Path).

day_ns(Date) -> (calendar:date_to_gregorian_days(Date) - ?EPOCH_DAYS) * ?DAY_NS.

%% @doc The zone of times without one, from a feed's arguments or as given; empty for UTC.
-spec zone(term()) -> binary() | error.
zone(#{file_timezone := Zone}) -> zone(Zone);
zone(#{timezone := Zone}) -> zone(Zone);
zone(Map) when is_map(Map) -> <<>>;
zone(Zone) ->
    try unicode:characters_to_binary(Zone) of
        Text when is_binary(Text), byte_size(Text) < 40 -> Text;
        _ -> error
    catch error:_ -> error
    end.
