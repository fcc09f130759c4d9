%% @private Dates written in texts, as `timestamp' takes them: ISO 8601 and RFC 2822. Without a zone
%% the time is UTC. The rules are those of `DateText' in Sources/Calendar.
-module(fxaot_eval_date).

-export([milliseconds/1]).

-include("fxaot_eval.hrl").

%% Numbers of the day in the order of the text, the newest first, with their digits; a month by its
%% name; minutes east of UTC.
-record(d, {numbers = [] :: [{non_neg_integer(), pos_integer()}],
            month = none :: none | 1..12,
            clock = none :: none | non_neg_integer(),
            zone = none :: none | integer(),
            weekday = false :: boolean()}).

%% @doc Milliseconds since 1970, UTC; na if the text is not a date.
-spec milliseconds(binary()) -> value().
milliseconds(Text) when byte_size(Text) =< 100 ->
    try time(lists:foldl(fun word/2, #d{}, words(Text)))
    catch throw:no_date -> na
    end;
milliseconds(_) -> na.

words(Text) ->
    Small = << <<(if C >= $A, C =< $Z -> C + 32; true -> C end)>> || <<C>> <= Text >>,
    [Word || Word <- binary:split(Small, [<<" ">>, <<"\t">>, <<",">>], [global]), Word =/= <<>>].

word(<<C, _/binary>> = Word, D) when C =:= $+; C =:= $- -> zone(Word, D);
word(<<C, _/binary>> = Word, D) when C >= $0, C =< $9 ->
    case {re:run(Word, "(?<=[0-9])t", [{capture, first}]), binary:match(Word, <<":">>)} of
        {{match, [{Place, 1}]}, _} ->
            <<Day:Place/binary, "t", Clock/binary>> = Word,
            clock(Clock, day(Day, D));
        {nomatch, nomatch} -> day(Word, D);
        {nomatch, _} -> clock(Word, D)
    end;
word(Word, D) -> name(Word, D).

-spec no_date() -> no_return().
no_date() -> throw(no_date).

name(Word, D) ->
    case {place(Word, months()), place(Word, weekdays()), hours(Word), Word} of
        {Month, _, _, _} when Month =/= none -> month(Month, D);
        {_, Day, _, _} when Day =/= none, not D#d.weekday -> D#d{weekday = true};
        {_, none, Hours, _} when Hours =/= none -> in_zone(Hours * 60, D);
        {_, none, _, <<"gmt", Rest/binary>>} -> zone(Rest, D);
        {_, none, _, <<"utc", Rest/binary>>} -> zone(Rest, D);
        _ -> no_date()
    end.

month(Month, #d{month = none} = D) -> D#d{month = Month};
month(_, _) -> no_date().

day(<<_:64>> = Word, #d{numbers = [], month = none} = D) ->
    case digits(Word) of
        {All, 8} ->
            D#d{numbers = [{All rem 100, 2}, {All div 100 rem 100, 2}, {All div 10000, 4}]};
        none -> fields(Word, D)
    end;
day(Word, D) -> fields(Word, D).

fields(Word, D) ->
    case [Mark || Mark <- [<<"-">>, <<"/">>, <<".">>], binary:match(Word, Mark) =/= nomatch] of
        [] -> plain(Word, D);
        [Mark | _] when D#d.numbers =:= [], D#d.month =:= none ->
            Fields = binary:split(Word, Mark, [global]),
            Made = lists:foldl(fun field/2, D, Fields),
            case length(Fields) of
                2 -> Made#d{numbers = [{1, 2} | Made#d.numbers]};
                3 -> Made;
                _ -> no_date()
            end;
        _ -> no_date()
    end.

field(<<C, _/binary>> = Field, D) when C >= $0, C =< $9 -> plain(Field, D);
field(<<>>, _) -> no_date();
field(Field, D) -> name(Field, D).

plain(Word, #d{numbers = Numbers} = D) when length(Numbers) < 3 ->
    case digits(Word) of
        {_, Count} = Number when Count =< 4 -> D#d{numbers = [Number | Numbers]};
        _ -> no_date()
    end;
plain(_, _) -> no_date().

clock(Word, #d{clock = none} = D0) ->
    {Digits, D} = clock_zone(Word, D0),
    case binary:split(Digits, <<":">>, [global]) of
        [Hour, Minute] -> clock(number(Hour), number(Minute), 0, D);
        [Hour, Minute, Second] -> clock(number(Hour), number(Minute), second(Second), D);
        _ -> no_date()
    end;
clock(_, _) -> no_date().

clock(Hour, Minute, Milliseconds, D) when Hour < 24, Minute < 60, Milliseconds < 60000 ->
    D#d{clock = (Hour * 60 + Minute) * 60000 + Milliseconds};
clock(_, _, _, _) -> no_date().

clock_zone(Word, D) ->
    Length = byte_size(Word) - 1,
    case Word of
        <<Digits:Length/binary, "z">> -> {Digits, in_zone(0, D)};
        _ ->
            case binary:match(Word, [<<"+">>, <<"-">>]) of
                nomatch -> {Word, D};
                {Place, 1} ->
                    <<Digits:Place/binary, Zone/binary>> = Word,
                    {Digits, zone(Zone, D)}
            end
    end.

second(Word) ->
    case binary:split(Word, <<".">>, [global]) of
        [Second] -> number(Second) * 1000;
        [Second, Fraction] when Fraction =/= <<>> ->
            lists:all(fun(C) -> C >= $0 andalso C =< $9 end, binary_to_list(Fraction)) orelse no_date(),
            <<Digits:3/binary, _/binary>> = <<Fraction/binary, "000">>,
            number(Second) * 1000 + binary_to_integer(Digits);
        _ -> no_date()
    end.

zone(<<Sign, Rest/binary>>, D) when Sign =:= $+; Sign =:= $- ->
    Minutes = case digits(binary:replace(Rest, <<":">>, <<>>, [global])) of
                  {Hours, Count} when Count =< 2 -> Hours * 60;
                  {N, Count} when Count =< 4 -> N div 100 * 60 + N rem 100;
                  _ -> no_date()
              end,
    Minutes =< 14 * 60 orelse no_date(),
    in_zone(case Sign of $- -> -Minutes; $+ -> Minutes end, D);
zone(_, _) -> no_date().

%% `GMT +0100' gives a zone twice: the offset counts.
in_zone(Minutes, #d{zone = Zone} = D) when Zone =:= none; Zone =:= 0 -> D#d{zone = Minutes};
in_zone(_, _) -> no_date().

%% ---- the time ----------------------------------------------------------------

time(#d{clock = Clock, zone = Zone} = D) ->
    {Year, Month, Day} = calendar_day(D),
    Year >= 1 andalso Year =< 9999 andalso calendar:valid_date(Year, Month, Day) orelse no_date(),
    Days = calendar:date_to_gregorian_days(Year, Month, Day) - 719528,
    float(Days * 86400000 + or_zero(Clock) - or_zero(Zone) * 60000).

or_zero(none) -> 0;
or_zero(N) -> N.

%% With a month by its name the day stands before the year, unless the year has four digits.
calendar_day(#d{month = none, numbers = [{Day, _}, {Month, _}, {Year, 4}]}) -> {Year, Month, Day};
calendar_day(#d{month = Month, numbers = [{Second, Digits}, {First, FirstDigits}]}) when Month =/= none ->
    if FirstDigits =:= 4, Digits =< 2 -> {First, Month, Second};
       FirstDigits > 2 -> no_date();
       Digits =:= 4 -> {Second, Month, First};
       Digits =:= 2, Second < 50 -> {Second + 2000, Month, First};
       Digits =:= 2 -> {Second + 1900, Month, First};
       true -> no_date()
    end;
calendar_day(_) -> no_date().

%% ---- letters and digits ------------------------------------------------------

digits(Word) when Word =/= <<>>, byte_size(Word) =< 8 ->
    case lists:all(fun(C) -> C >= $0 andalso C =< $9 end, binary_to_list(Word)) of
        true -> {binary_to_integer(Word), byte_size(Word)};
        false -> none
    end;
digits(_) -> none.

number(Word) ->
    case digits(Word) of
        {N, _} -> N;
        none -> no_date()
    end.

%% Of a name or its beginning, three letters at least: from 1 on.
place(Word, Names) when byte_size(Word) >= 3 ->
    case [N || {N, Name} <- lists:enumerate(Names), string:prefix(Name, Word) =/= nomatch] of
        [First | _] -> First;
        [] -> none
    end;
place(_, _) -> none.

months() ->
    [<<"january">>, <<"february">>, <<"march">>, <<"april">>, <<"may">>, <<"june">>, <<"july">>,
     <<"august">>, <<"september">>, <<"october">>, <<"november">>, <<"december">>].

weekdays() ->
    [<<"monday">>, <<"tuesday">>, <<"wednesday">>, <<"thursday">>, <<"friday">>, <<"saturday">>,
     <<"sunday">>].

%% Hours east of UTC: the zones of RFC 2822.
hours(Word) ->
    proplists:get_value(Word, [{<<"z">>, 0}, {<<"ut">>, 0}, {<<"utc">>, 0}, {<<"gmt">>, 0},
                               {<<"est">>, -5}, {<<"edt">>, -4}, {<<"cst">>, -6}, {<<"cdt">>, -5},
                               {<<"mst">>, -7}, {<<"mdt">>, -6}, {<<"pst">>, -8}, {<<"pdt">>, -7}],
                        none).
