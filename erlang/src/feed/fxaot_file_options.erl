%% @private Checks the arguments of a feed of files; {@link fxaot_file_feed} says what they mean.
-module(fxaot_file_options).

-export([check/1]).

-define(KNOWN, [files, symbol, format, day, bad_line_limit, file_timezone, timezone]).

-spec check(map()) -> ok | fxaot:error().
check(Arguments) ->
    case fxaot_terms:known_options(Arguments, ?KNOWN) of
        ok -> values(lists:sort(maps:to_list(Arguments)));
        Error -> Error
    end.

values([]) -> ok;
values([{Key, Value} | Rest]) ->
    case expected(Key, Value) of
        ok -> values(Rest);
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
    case fxaot_file_texts:zone(Zone) of
        error -> "the name of a time zone, as \"Europe/Athens\"";
        _ -> ok
    end.
