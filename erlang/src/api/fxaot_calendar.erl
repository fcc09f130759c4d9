%% @private Calendar files: days on which banks are closed, a line for each.
%%
%% A line has a date, currencies, and what else is of interest: `2024-07-04 USD Independence Day',
%% `2024-12-25 EUR,USD'. Blank lines and those that begin with `#' say nothing.
-module(fxaot_calendar).

-export([read/2, dates/2]).

%% @doc The days of these currencies in a file, or what was expected there.
-spec read(term(), term()) -> {ok, [calendar:date()]} | {expected, string()}.
read(File, Currencies) when is_list(Currencies) ->
    case lists:all(fun is_atom/1, Currencies) andalso content(File) of
        {ok, Text} -> named(dates(Text, Currencies), File);
        {error, Reason} -> {expected, text(["a calendar file; ", fxaot_show:term(File), ": ", file:format_error(Reason)])};
        false -> no_currencies()
    end;
read(_, _) -> no_currencies().

content(File) ->
    try file:read_file(File) catch error:_ -> {error, badarg} end.

no_currencies() -> {expected, "{file, Path, [Currency]} with the names of the currencies, such as ['EUR', 'USD']"}.

named({error, Line}, File) ->
    {expected, text(["a calendar file of lines such as 2024-07-04 USD; ", fxaot_show:term(File), " has another line ",
                     integer_to_list(Line)])};
named(Dates, _) -> Dates.

text(Parts) -> unicode:characters_to_list(Parts).

%% @doc The same of a file's text; the number of the first line that is none of a calendar.
-spec dates(binary(), [Currency :: atom()]) -> {ok, [calendar:date()]} | {error, Line :: pos_integer()}.
dates(Text, Currencies) ->
    Wanted = [atom_to_binary(Currency) || Currency <- Currencies],
    Lines = binary:split(Text, [<<"\r\n">>, <<"\n">>], [global]),
    try {ok, lists:append([day(trimmed(Line, Number), Number, Wanted)
                           || {Number, Line} <- lists:zip(lists:seq(1, length(Lines)), Lines)])}
    catch throw:{line, Number} -> {error, Number}
    end.

trimmed(Line, Number) ->
    try string:trim(Line) catch error:_ -> throw({line, Number}) end.

day(<<>>, _, _) -> [];
day(<<$#, _/binary>>, _, _) -> [];
day(<<Year:4/binary, $-, Month:2/binary, $-, Day:2/binary, Space, Rest/binary>>, Number, Wanted)
  when Space =:= $\s; Space =:= $\t ->
    Date = try {binary_to_integer(Year), binary_to_integer(Month), binary_to_integer(Day)}
           catch error:_ -> throw({line, Number})
           end,
    case {calendar:valid_date(Date), string:lexemes(Rest, " \t")} of
        {true, [Names | _]} ->
            [Date || lists:any(fun(Name) -> lists:member(Name, Wanted) end, string:lexemes(Names, ","))];
        _ -> throw({line, Number})
    end;
day(_, Number, _) -> throw({line, Number}).
