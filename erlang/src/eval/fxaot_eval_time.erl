%% @private Dates, sessions, periods and zones, in milliseconds since 1970. Days and months are the
%% proleptic Gregorian calendar's; the calendar module of OTP ends at year 0.
%%
%% Longer than a file should be: clock, session, zone and period are one calendar.
-module(fxaot_eval_time).

-export([clock/1, field/2, days/3, period/1, seconds/1, period_text/1, of_seconds/1, is_intraday/1,
         session/1, is_within/2, calendar/2, calendar/3, zone/1, local/2, instant/2, trading_day/2,
         is_traded/2, bounds/3, session_bounds/4, timestamp/2]).

-export_type([period/0, session/0, zone/0, calendar/0]).

-type unit() :: second | minute | day | week | month.
-type period() :: {pos_integer(), unit()}.
%% Ranges of minutes of the day, with the days (1 = Sunday) that they belong to.
-type session() :: [{Start :: 0..1439, End :: 1..1440, Days :: [1..7]}].
%% Milliseconds ahead of UTC; from transitions, newest first, with the offset before them.
-type zone() :: integer() | {Transitions :: [{From :: integer(), Offset :: integer()}],
                             Before :: integer(), Rule :: term()}.
%% With the days of the week that are traded.
-type calendar() :: {zone(), DayStart :: integer(), Days :: [1..7]}.

-define(DAY, 86400000).
%% Instants further away than this are cut to it.
-define(FURTHEST, (88000000 * ?DAY)).

%% ---- dates -------------------------------------------------------------------

%% @doc The fields of a moment, by the clock that its milliseconds are counted on.
-spec clock(Local :: integer()) -> #{atom() => integer()}.
clock(Local0) ->
    Local = bounded(Local0),
    Days = floor_div(Local, ?DAY),
    Rest = Local - Days * ?DAY,
    {Year, Month, Day} = date(Days),
    #{days => Days, year => Year, month => Month, day => Day, hour => Rest div 3600000,
      minute => Rest div 60000 rem 60, second => Rest div 1000 rem 60,
      millisecond => Rest rem 1000}.

-spec field(atom(), Local :: integer()) -> integer().
field(Field, Local) ->
    case clock(Local) of
        #{days := Days} when Field =:= day_of_week -> weekday(Days);
        #{days := Days} when Field =:= week_of_year -> week(Days);
        #{day := Day} when Field =:= day_of_month -> Day;
        #{Field := Value} -> Value
    end.

date(Days) ->
    Z = Days + 719468,
    Era = floor_div(Z, 146097),
    DayOfEra = Z - Era * 146097,
    YearOfEra = (DayOfEra - DayOfEra div 1460 + DayOfEra div 36524 - DayOfEra div 146096) div 365,
    DayOfYear = DayOfEra - (365 * YearOfEra + YearOfEra div 4 - YearOfEra div 100),
    Shifted = (5 * DayOfYear + 2) div 153,
    Day = DayOfYear - (153 * Shifted + 2) div 5 + 1,
    Month = case Shifted < 10 of true -> Shifted + 3; false -> Shifted - 9 end,
    Year = YearOfEra + Era * 400 + case Month =< 2 of true -> 1; false -> 0 end,
    {Year, Month, Day}.

%% @doc Days since 1970-01-01; month and day may lie outside of their ranges.
-spec days(Year :: integer(), Month :: integer(), Day :: integer()) -> integer().
days(Year0, Month0, Day0) ->
    Furthest = 270000,
    Months = min(max(Month0, -12 * Furthest), 12 * Furthest) - 1,
    Carried = floor_div(Months, 12),
    Month = Months - Carried * 12 + 1,
    Year = min(max(Year0, -Furthest), Furthest) + Carried - case Month =< 2 of true -> 1; false -> 0 end,
    Era = floor_div(Year, 400),
    YearOfEra = Year - Era * 400,
    FromMarch = case Month > 2 of true -> Month - 3; false -> Month + 9 end,
    DayOfYear = (153 * FromMarch + 2) div 5,
    DayOfEra = YearOfEra * 365 + YearOfEra div 4 - YearOfEra div 100 + DayOfYear,
    Era * 146097 + DayOfEra - 719468 + min(max(Day0, -366 * Furthest), 366 * Furthest) - 1.

%% 1 = Sunday.
weekday(Days) -> floor_mod(Days + 4, 7) + 1.

%% ISO 8601: weeks begin on Monday, week 1 has the year's first Thursday.
week(Days) ->
    Thursday = Days - (weekday(Days) + 5) rem 7 + 3,
    {Year, _, _} = date(Thursday),
    (Thursday - days(Year, 1, 1)) div 7 + 1.

%% @doc The instant of a year, month, day, hour, minute and second by a zone's clocks; na for no such date.
-spec timestamp([integer()], zone()) -> integer() | na.
timestamp([Year, Month, Day, Hour, Minute, Second], Zone)
  when abs(Hour) < 1 bsl 40, abs(Minute) < 1 bsl 40, abs(Second) < 1 bsl 40 ->
    case days(Year, Month, Day) * ?DAY + (Hour * 3600 + Minute * 60 + Second) * 1000 of
        Local when abs(Local) =< ?FURTHEST -> instant(Local, Zone);
        _ -> na
    end;
timestamp(_, _) -> na.

%% ---- periods -----------------------------------------------------------------

%% @doc `15', `30S', `D', `1W', `3M'; none for any other text.
-spec period(binary()) -> period() | none.
period(Text) ->
    case re:run(Text, "^([0-9]{0,6})([SDWM]?)$", [{capture, all_but_first, binary}, dollar_endonly]) of
        {match, [<<>>, <<>>]} -> none;
        {match, [Digits, Unit]} ->
            Count = case Digits of <<>> -> 1; _ -> binary_to_integer(Digits) end,
            allowed(Count, unit(Unit));
        nomatch -> none
    end.

unit(<<"S">>) -> second;
unit(<<"D">>) -> day;
unit(<<"W">>) -> week;
unit(<<"M">>) -> month;
unit(<<>>) -> minute.

allowed(Count, Unit) ->
    Most = case Unit of second -> 86400; minute -> 1440; day -> 366; week -> 53; month -> 12 end,
    case Count >= 1 andalso Count =< Most of
        true -> {Count, Unit};
        false -> none
    end.

-spec seconds(period()) -> pos_integer().
seconds({N, second}) -> N;
seconds({N, minute}) -> N * 60;
seconds({N, day}) -> N * 86400;
seconds({N, week}) -> N * 604800;
seconds({N, month}) -> N * 2628003.

-spec period_text(period()) -> binary().
period_text({N, Unit}) ->
    Letter = case Unit of second -> "S"; minute -> ""; day -> "D"; week -> "W"; month -> "M" end,
    iolist_to_binary([integer_to_list(N), Letter]).

%% @doc The period of so many seconds, rounded up to one that there is.
-spec of_seconds(integer()) -> period().
of_seconds(Seconds0) ->
    Seconds = min(max(Seconds0, 1), 12 * 2628003),
    Up = fun(Unit) -> (Seconds + Unit - 1) div Unit end,
    if
        Seconds < 60 -> {Seconds, second};
        Seconds =< 86400 - 60 -> {Up(60), minute};
        Seconds rem 604800 =:= 0, Seconds =< 52 * 604800 -> {Up(604800), week};
        Seconds rem 2628003 =:= 0 -> {Up(2628003), month};
        Seconds =< 365 * 86400 -> {Up(86400), day};
        true -> {12, month}
    end.

-spec is_intraday(period()) -> boolean().
is_intraday({_, Unit}) -> Unit =:= second orelse Unit =:= minute.

%% ---- sessions ----------------------------------------------------------------

%% @doc `0930-1600', `0930-1130,1230-1600:23456', `24x7'; none for any other text.
-spec session(binary()) -> session() | none.
session(<<"24x7">>) -> [{0, 1440, [1, 2, 3, 4, 5, 6, 7]}];
session(Text) ->
    try lists:append([ranges(Part) || Part <- binary:split(Text, <<"|">>, [global])]) of
        Ranges when length(Ranges) =< 64 -> Ranges;
        _ -> none
    catch error:_ -> none
    end.

ranges(Part) ->
    {Hours, Days} = case binary:split(Part, <<":">>, [global]) of
                        [H] -> {H, [1, 2, 3, 4, 5, 6, 7]};
                        [H, <<_, _/binary>> = D] -> {H, [C - $0 || <<C>> <= D]}
                    end,
    true = lists:all(fun(Day) -> Day >= 1 andalso Day =< 7 end, Days),
    [{minutes(From) rem 1440, case minutes(To) of 0 -> 1440; End -> End end, Days}
     || <<From:4/binary, $-, To:4/binary>> <- exact(binary:split(Hours, <<",">>, [global]))].

exact(Ranges) ->
    true = lists:all(fun(Range) -> byte_size(Range) =:= 9 andalso binary:at(Range, 4) =:= $- end,
                     Ranges),
    Ranges.

minutes(Text) ->
    true = lists:all(fun(C) -> C >= $0 andalso C =< $9 end, binary_to_list(Text)),
    Value = binary_to_integer(Text),
    {Hour, Minute} = {Value div 100, Value rem 100},
    true = Minute < 60 andalso (Hour < 24 orelse Value =:= 2400),
    Hour * 60 + Minute.

%% @doc Whether a clock that shows Local is within the session's hours. A range that ends before it
%% begins belongs to the day on which it ends.
-spec is_within(session(), Local :: integer()) -> boolean().
is_within(Session, Local) ->
    Bounded = bounded(Local),
    Days = floor_div(Bounded, ?DAY),
    Minute = (Bounded - Days * ?DAY) div 60000,
    Today = weekday(Days),
    Tomorrow = Today rem 7 + 1,
    lists:any(fun({Start, End, On}) when End =< Start ->
                      (Minute >= Start andalso lists:member(Tomorrow, On))
                          orelse (Minute < End andalso lists:member(Today, On));
                 ({Start, End, On}) ->
                      Minute >= Start andalso Minute < End andalso lists:member(Today, On)
              end, Session).

%% ---- zones -------------------------------------------------------------------

%% @doc A zone by name: `UTC', `GMT-3:30', or one of the system's, as `Europe/Berlin'.
-spec zone(binary()) -> zone() | none.
zone(Name) ->
    Utc = [<<"UTC">>, <<"GMT">>, <<"Z">>, <<"UCT">>, <<"Etc/UTC">>, <<"Etc/GMT">>, <<"Etc/UCT">>,
           <<"Zulu">>],
    case {lists:member(Name, Utc), Name} of
        {true, _} -> 0;
        {_, <<Prefix:3/binary, Offset/binary>>}
          when Prefix =:= <<"UTC">>, Offset =/= <<>>; Prefix =:= <<"GMT">>, Offset =/= <<>> ->
            offset(Offset);
        {_, <<"America/New_York">>} ->
            %% Of forex, whatever the system has: else the rules that hold since 2007.
            case fxaot_eval_zone:read(Name) of
                none -> fxaot_eval_zone:posix("EST5EDT,M3.2.0,M11.1.0");
                Zone -> Zone
            end;
        _ -> fxaot_eval_zone:read(Name)
    end.

%% `+5', `-03', `+0530', `-3:30'.
offset(Text) ->
    Form = "^([+-])([0-9]{1,2})(:?([0-9]{2}))?$",
    case re:run(Text, Form, [{capture, [1, 2, 4], list}, dollar_endonly]) of
        {match, [Sign, Hours, Minutes]} ->
            offset(Sign, list_to_integer(Hours), case Minutes of "" -> 0; _ -> list_to_integer(Minutes) end);
        nomatch -> none
    end.

offset(Sign, Hours, Minutes) when Hours =< 24, Minutes < 60 ->
    Size = (Hours * 60 + Minutes) * 60000,
    case Sign of "-" -> -Size; "+" -> Size end;
offset(_, _, _) -> none.

%% @doc The time of a zone's clocks at an instant.
-spec local(integer(), zone()) -> integer().
local(Instant, Zone) ->
    Bounded = bounded(Instant),
    Bounded + offset_at(Bounded, Zone).

offset_at(_, Offset) when is_integer(Offset) -> Offset;
offset_at(Instant, Zone) -> fxaot_eval_zone:offset(Instant, Zone).

%% @doc When a zone's clocks show Local: the first time, and by the clock before where they leap.
-spec instant(integer(), zone()) -> integer().
instant(Local0, Zone) ->
    Local = bounded(Local0),
    Before = offset_at(Local - ?DAY, Zone),
    After = offset_at(Local + ?DAY, Zone),
    case {offset_at(Local - Before, Zone), offset_at(Local - After, Zone)} of
        {Before, _} -> Local - Before;
        {_, After} -> Local - After;
        _ -> Local - Before
    end.

%% ---- trading days and the periods' bounds ------------------------------------

%% @doc The calendar of a symbol: its day begins with its session's first range.
-spec calendar(zone(), session() | none) -> calendar().
calendar(Zone, none) -> {Zone, 0, lists:seq(1, 7)};
calendar(Zone, Session) ->
    calendar(Zone, Session, lists:usort(lists:append([Days || {_, _, Days} <- Session]))).

%% @doc The same with other days of the week.
-spec calendar(zone(), session(), [1..7]) -> calendar().
calendar(Zone, [{Start, End, _} | _], Days) when End =< Start -> {Zone, Start - 1440, Days};
calendar(Zone, [{Start, _, _} | _], Days) -> {Zone, Start, Days}.

%% @doc The day, counted from 1970-01-01, that an instant is traded under. The time between
%% two traded days belongs to the day before.
-spec trading_day(integer(), calendar()) -> integer().
trading_day(Instant, Calendar) -> before(day(Instant, Calendar), Calendar).

%% @doc Whether an instant lies on a day that is traded.
-spec is_traded(integer(), calendar()) -> boolean().
is_traded(Instant, Calendar) -> is_traded_day(day(Instant, Calendar), Calendar).

day(Instant, {Zone, DayStart, _}) ->
    floor_div(local(cut(Instant), Zone) - DayStart * 60000, ?DAY).

is_traded_day(Day, {_, _, Days}) -> lists:member(weekday(Day), Days).

before(Day, Calendar) ->
    case is_traded_day(Day, Calendar) of
        true -> Day;
        false -> before(Day - 1, Calendar)
    end.

from_on(Day, Calendar) ->
    case is_traded_day(Day, Calendar) of
        true -> Day;
        false -> from_on(Day + 1, Calendar)
    end.

day_start(Day, {Zone, DayStart, _}) -> instant(Day * ?DAY + DayStart * 60000, Zone).

%% @doc The bar of a period that an instant lies in: start, and end, exclusive. Days count from
%% 1 January, weeks from the year's first Monday.
-spec bounds(period(), integer(), calendar()) -> {integer(), integer()}.
bounds({Count, Unit} = Period, Instant0, Calendar) ->
    Instant = cut(Instant0),
    Day = day(Instant, Calendar),
    {From, Until} =
        case Unit of
            second -> intraday(Instant, Day, Count * 1000, Calendar);
            minute -> intraday(Instant, Day, Count * 60000, Calendar);
            _ -> of_days(Period, Day, Calendar)
        end,
    {min(From, Instant), max(Until, Instant + 1)}.

intraday(Instant, Day, Length, Calendar) ->
    Start = day_start(Day, Calendar),
    From = Start + floor_div(Instant - Start, Length) * Length,
    {From, min(From + Length, day_start(Day + 1, Calendar))}.

of_days(Period, Day, Calendar) ->
    Traded = before(Day, Calendar),
    {First, Next} = days_of(Period, Traded),
    End = day_start(before(Next - 1, Calendar) + 1, Calendar),
    {day_start(from_on(First, Calendar), Calendar),
     case Traded of
         Day -> End;
         _ -> max(End, day_start(from_on(Day, Calendar), Calendar))
     end}.

%% The days of a period that a day lies in: the first, and the one after the last.
days_of({1, day}, Day) -> {Day, Day + 1};
days_of({Count, day}, Day) ->
    {Year, _, _} = date(Day),
    counted(Day, Count, days(Year, 1, 1), days(Year + 1, 1, 1));
days_of({Count, week}, Day) ->
    %% 1970-01-05 was a Monday.
    Monday = Day - floor_mod(Day - 4, 7),
    {Year0, _, _} = date(Monday),
    Year = case Monday < first_monday(Year0) of true -> Year0 - 1; false -> Year0 end,
    counted(Monday, 7 * Count, first_monday(Year), first_monday(Year + 1));
days_of({Count, month}, Day) ->
    {Year, Month, _} = date(Day),
    First = (Month - 1) div Count * Count + 1,
    {days(Year, First, 1), days(Year, min(First + Count, 13), 1)}.

first_monday(Year) ->
    First = days(Year, 1, 1),
    First + floor_mod(4 - First, 7).

counted(Day, Count, Origin, End) ->
    First = Origin + floor_div(Day - Origin, Count) * Count,
    {First, min(First + Count, End)}.

%% @doc The bar of a period as the hours of a session make it, in the calendar's zone; none outside of
%% the hours.
-spec session_bounds(period(), integer(), session(), calendar()) -> {integer(), integer()} | none.
session_bounds(Period, Instant0, Session, {Zone, _, _} = Calendar) ->
    Instant = cut(Instant0),
    case hours(Session, local(Instant, Zone)) of
        none -> none;
        {Day, Opening, Closing} ->
            {From, Until} = within(Period, Instant, {Day, Opening, Closing}, Session, Calendar),
            {min(From, Instant), max(Until, Instant + 1)}
    end.

within(Period, Instant, {Day, Opening, Closing}, Session, Calendar) ->
    case is_intraday(Period) of
        true ->
            Length = seconds(Period) * 1000,
            Start = minute_of(Day, Opening, Calendar),
            From = Start + floor_div(Instant - Start, Length) * Length,
            {From, min(From + Length, minute_of(Day, Closing, Calendar))};
        false ->
            {First, Next} = days_of(Period, Day),
            Spans = [{D, span(D, Session)} || D <- lists:seq(First, max(Next, Day + 1) - 1),
                                              is_traded_day(D, Calendar)],
            {first_or(Instant, [minute_of(D, Open, Calendar)
                                || {D, {Open, _}} <- Spans, D =< Day]),
             first_or(Instant + 1, [minute_of(D, Close, Calendar)
                                    || {D, {_, Close}} <- lists:reverse(Spans), D >= Day])}
    end.

first_or(Otherwise, []) -> Otherwise;
first_or(_, [First | _]) -> First.

minute_of(Day, Minute, {Zone, _, _}) -> instant(Day * ?DAY + Minute * 60000, Zone).

%% The range that a time lies in: its day, and its ends in minutes from that day's midnight.
hours(Session, Local) ->
    Bounded = bounded(Local),
    Days = floor_div(Bounded, ?DAY),
    Minute = (Bounded - Days * ?DAY) div 60000,
    Today = weekday(Days),
    first_or(none, lists:append([hours_of(Range, Days, Minute, Today) || Range <- Session])).

hours_of({Start, End, On}, Days, Minute, Today) when End =< Start ->
    case {lists:member(Today rem 7 + 1, On), lists:member(Today, On)} of
        {true, _} when Minute >= Start -> [{Days + 1, Start - 1440, End}];
        {_, true} when Minute < End -> [{Days, Start - 1440, End}];
        _ -> []
    end;
hours_of({Start, End, On}, Days, Minute, Today) ->
    [{Days, Start, End} || Minute >= Start, Minute < End, lists:member(Today, On)].

%% First opening and last closing of a day; none where it has no hours.
span(Day, Session) ->
    Today = weekday(Day),
    case [{case End =< Start of true -> Start - 1440; false -> Start end, End}
          || {Start, End, On} <- Session, lists:member(Today, On)] of
        [] -> none;
        Ranges -> {lists:min([Open || {Open, _} <- Ranges]), lists:max([Close || {_, Close} <- Ranges])}
    end.

bounded(Instant) -> min(max(Instant, -?FURTHEST), ?FURTHEST).

cut(Instant) -> min(max(Instant, -?FURTHEST + 400 * ?DAY), ?FURTHEST - 400 * ?DAY).

floor_div(A, B) when A >= 0 -> A div B;
floor_div(A, B) -> -((-A + B - 1) div B).

floor_mod(A, B) -> A - floor_div(A, B) * B.
