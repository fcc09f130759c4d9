%% @private Times of FIX: 20240103-00:00:00.123, in UTC.
-module(fxaot_fix_time).

-export([text/1, milliseconds/1, nanoseconds/1, date/1, last/3]).

%% Of 1970-01-01, in seconds of Erlang's calendar.
-define(EPOCH, 62167219200).

%% @doc With three digits of its second.
-spec text(Ms :: integer()) -> binary().
text(Ms) ->
    {{Year, Month, Day}, {Hour, Minute, Second}} = calendar:gregorian_seconds_to_datetime(Ms div 1000 + ?EPOCH),
    Part = Ms rem 1000,
    <<($0 + Year div 1000), ($0 + Year div 100 rem 10), (two(Year rem 100))/binary, (two(Month))/binary,
      (two(Day))/binary, $-, (two(Hour))/binary, $:, (two(Minute))/binary, $:, (two(Second))/binary, $.,
      ($0 + Part div 100), (two(Part rem 100))/binary>>.

two(Number) -> <<($0 + Number div 10), ($0 + Number rem 10)>>.

-spec date(Ms :: integer()) -> binary().
date(Ms) -> binary:part(text(Ms), 0, 8).

%% @doc When the clocks of a zone showed a time of day last, in ms.
-spec last({0..23, 0..59, 0..59}, fxaot_eval_time:zone(), Ms :: integer()) -> integer().
last({Hour, Minute, Second}, Zone, Now) ->
    Day = 86400000,
    Today = fxaot_eval_time:local(Now, Zone) div Day * Day + (Hour * 3600 + Minute * 60 + Second) * 1000,
    %% Today's clock may leap between the two.
    hd([At || Local <- [Today, Today - Day, Today - 2 * Day], At <- [fxaot_eval_time:instant(Local, Zone)], At =< Now]).

-spec milliseconds(binary()) -> {ok, integer()} | error.
milliseconds(Text) ->
    case nanoseconds(Text) of
        {ok, Ns} -> {ok, Ns div 1000000};
        error -> error
    end.

%% @doc Of a timestamp that the codec has read: its digits are checked.
-spec nanoseconds(binary()) -> {ok, integer()} | error.
nanoseconds(<<Y:4/binary, M:2/binary, D:2/binary, $-, H:2/binary, $:, Mi:2/binary, $:, S:2/binary, Part/binary>>) ->
    [Year, Month, Day, Hour, Minute, Second] = [binary_to_integer(Digits) || Digits <- [Y, M, D, H, Mi, S]],
    Days = calendar:date_to_gregorian_days(Year, Month, Day),
    {ok, ((Days * 86400 + Hour * 3600 + Minute * 60 + Second) - ?EPOCH) * 1000000000 + part(Part)};
nanoseconds(_) -> error.

part(<<>>) -> 0;
part(<<$., Digits/binary>>) -> binary_to_integer(<<Digits/binary, (binary:copy(<<"0">>, 9 - byte_size(Digits)))/binary>>).
