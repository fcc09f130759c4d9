%% @private The symbol and the day in the names of quote files: which names count. What is in them, the native library says, to
%% the tool and to this feed.
-module(fxaot_file_name).

-export([symbol/2, day/2]).

-define(MOST_BYTES, 4096).

%% @doc The symbol that the names of an entry, its file or its folder contain, in that order.
-spec symbol(Name :: string(), Path :: file:name_all()) -> {ok, atom()} | {error, {no_symbol, none}}.
symbol(Name, Path) ->
    %% "./a.csv" is in the current folder.
    Folders = [Part || Part <- filename:split(filename:dirname(filename:absname(Path))),
                       Part =/= ".", Part =/= <<".">>],
    Names = [fxaot_bytes:printable(Text) || Text <- [Name, filename:basename(Path) | above(Name, Folders)]],
    case fxaot_nif:symbol_in_names(cut(iolist_to_binary(lists:join($\n, Names)))) of
        undefined -> {error, {no_symbol, none}};
        Symbol -> {ok, Symbol}
    end.

%% The folder that may name the symbol; Dukascopy's files are in SYMBOL/YEAR/MONTH/DAY.
above(Name, Folders) ->
    case string:lowercase(filename:extension(Name)) of
        ".bi5" -> lists:sublist(lists:reverse(Folders), 4);
        _ -> [lists:last(Folders)]
    end.

%% @doc The day (YYYYMMDD) that the name of an entry or its file contains, in nanoseconds since 1970.
-spec day(Name :: string(), Path :: file:name_all()) -> {ok, TimeNs :: integer()} | {error, {no_day, none}}.
day(Name, Path) ->
    Names = [fxaot_bytes:printable(Text) || Text <- [filename:basename(Name), filename:basename(Path)]],
    case [Day || Text <- Names, Day <- [fxaot_nif:day_in_name(cut(Text))], Day =/= undefined] of
        [Day | _] -> {ok, Day};
        [] -> {error, {no_day, none}}
    end.

cut(Text) -> binary:part(Text, 0, min(?MOST_BYTES, byte_size(Text))).
