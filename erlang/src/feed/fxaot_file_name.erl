%% @private The symbol and the day in the names of quote files.
-module(fxaot_file_name).

-export([symbol/2, day/2]).

%% @doc The symbol that the names of an entry, its file or its folder contain, in that order.
-spec symbol(Name :: string(), Path :: file:name_all()) -> {ok, atom()} | {error, {no_symbol, none}}.
symbol(Name, Path) ->
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

%% @doc The day (YYYYMMDD) that the name of an entry or its file contains.
-spec day(Name :: string(), Path :: file:name_all()) -> {ok, calendar:date()} | {error, {no_day, none}}.
day(Name, Path) ->
    Texts = [Name, filename:basename(Path)],
    Found = [Date || Text <- Texts, {ok, Date} <- [date_in(Text)]],
    case Found of
        [Date | _] -> {ok, Date};
        [] -> {error, {no_day, none}}
    end.

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
