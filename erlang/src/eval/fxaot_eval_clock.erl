%% @private Dates and times of day as patterns show them: the letters of Java's SimpleDateFormat, as
%% often as digits are wanted; text in apostrophes, two of them are one.
-module(fxaot_eval_clock).

-export([text/3]).

-include("fxaot_eval.hrl").

-define(DAY, 86400000).

%% @doc Milliseconds since 1970 by some clock, Ahead milliseconds ahead of UTC. na for na and times
%% beyond ±190,000 years.
-spec text(value(), Ahead :: integer(), Pattern :: binary()) -> iodata() | na.
text(Time, Ahead, Pattern) when is_float(Time), abs(Time) < 6.0e15 ->
    Local = floor(Time),
    #{year := Year} = Clock = fxaot_eval_time:clock(Local),
    Days = floor_div(Local, ?DAY),
    First = calendar:date_to_gregorian_days(cycle(Year), 1, 1) - calendar:date_to_gregorian_days(1970, 1, 1)
        + (Year - cycle(Year)) div 400 * 146097,
    runs(Pattern, false, Clock#{ahead => Ahead div 60000, day_of_year => Days - First,
                                weekday => (Days rem 7 + 11) rem 7});
text(_, _, _) -> na.

%% The year of the same calendar from 2000 on.
cycle(Year) -> 2000 + ((Year rem 400) + 400) rem 400.

floor_div(X, Y) when X >= 0 -> X div Y;
floor_div(X, Y) -> -((-X + Y - 1) div Y).

runs(<<>>, _, _) -> [];
runs(<<"''", Rest/binary>>, Quoted, Clock) -> [$' | runs(Rest, Quoted, Clock)];
runs(<<$', Rest/binary>>, Quoted, Clock) -> runs(Rest, not Quoted, Clock);
runs(<<C, Rest/binary>>, true, Clock) -> [C | runs(Rest, true, Clock)];
runs(<<C, _/binary>> = Pattern, false, Clock) ->
    Run = run(Pattern, C, 0),
    <<Same:Run/binary, Rest/binary>> = Pattern,
    [shown(C, Run, Same, Clock) | runs(Rest, false, Clock)].

run(<<C, Rest/binary>>, C, N) -> run(Rest, C, N + 1);
run(_, _, N) -> N.

shown($G, _, _, #{year := Year}) -> if Year > 0 -> "AD"; true -> "BC" end;
shown(C, 2, _, #{year := Year}) when C =:= $y; C =:= $Y -> digits(Year rem 100, 2);
shown(C, Run, _, #{year := Year}) when C =:= $y; C =:= $Y -> digits(Year, Run);
shown(C, Run, _, #{month := Month}) when C =:= $M orelse C =:= $L, Run < 3 -> digits(Month, Run);
shown(C, Run, _, #{month := Month}) when C =:= $M; C =:= $L -> name(month(Month), Run);
shown($w, Run, _, #{day_of_year := Day, weekday := Weekday}) -> digits(week(Day, Weekday), Run);
shown($W, Run, _, #{day := Day, weekday := Weekday}) -> digits(week(Day - 1, Weekday), Run);
shown($D, Run, _, #{day_of_year := Day}) -> digits(Day + 1, Run);
shown($d, Run, _, #{day := Day}) -> digits(Day, Run);
shown($E, Run, _, #{weekday := Weekday}) -> name(weekday(Weekday), max(Run, 3));
shown($u, Run, _, #{weekday := 0}) -> digits(7, Run);
shown($u, Run, _, #{weekday := Weekday}) -> digits(Weekday, Run);
shown($H, Run, _, #{hour := Hour}) -> digits(Hour, Run);
shown($k, Run, _, #{hour := Hour}) -> digits((Hour + 23) rem 24 + 1, Run);
shown($K, Run, _, #{hour := Hour}) -> digits(Hour rem 12, Run);
shown($h, Run, _, #{hour := Hour}) -> digits((Hour + 11) rem 12 + 1, Run);
shown($m, Run, _, #{minute := Minute}) -> digits(Minute, Run);
shown($s, Run, _, #{second := Second}) -> digits(Second, Run);
shown($S, Run, _, #{millisecond := Millisecond}) -> digits(Millisecond, Run);
shown($a, _, _, #{hour := Hour}) when Hour < 12 -> "AM";
shown($a, _, _, _) -> "PM";
shown($z, _, _, #{ahead := 0}) -> "UTC";
shown($z, _, _, #{ahead := Ahead}) -> ["GMT", ahead(Ahead), $:, minutes(Ahead)];
shown($Z, _, _, #{ahead := Ahead}) -> [ahead(Ahead), minutes(Ahead)];
shown($X, _, _, #{ahead := 0}) -> "Z";
shown($X, 1, _, #{ahead := Ahead}) -> ahead(Ahead);
shown($X, 2, _, #{ahead := Ahead}) -> [ahead(Ahead), minutes(Ahead)];
shown($X, _, _, #{ahead := Ahead}) -> [ahead(Ahead), $:, minutes(Ahead)];
shown(_, _, Same, _) -> Same.

%% Weeks begin on Sunday; the first is the one with the first day. Day is so many days after it.
week(Day, Weekday) ->
    First = (Weekday - Day rem 7 + 7) rem 7,
    (Day + First) div 7 + 1.

ahead(Ahead) -> [if Ahead < 0 -> $-; true -> $+ end, digits(abs(Ahead) div 60, 2)].

minutes(Ahead) -> digits(abs(Ahead) rem 60, 2).

digits(N, Places) when N < 0 -> [$- | digits(-N, Places)];
digits(N, Places) -> string:pad(integer_to_list(N), min(Places, 8), leading, $0).

%% In full from four letters on.
name(Name, 3) -> lists:sublist(Name, 3);
name(Name, _) -> Name.

month(N) ->
    element(N, {"January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December"}).

weekday(N) ->
    element(N + 1, {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}).
