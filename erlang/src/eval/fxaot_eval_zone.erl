%% @private Time zones from the system's files (TZif, RFC 8536). Years after a file's last
%% transition go by the rule at its end, a POSIX text such as `EST5EDT,M3.2.0,M11.1.0'.
-module(fxaot_eval_zone).

-export([read/1, posix/1, offset/2]).

-define(DAY, 86400000).

%% @doc A zone of the system by name; none if there is no such file.
-spec read(binary()) -> fxaot_eval_time:zone() | none.
read(Name) ->
    case re:run(Name, "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", [{capture, none}, dollar_endonly]) of
        match ->
            Folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"],
            first([filename:join(Folder, Name) || Folder <- Folders]);
        nomatch -> none
    end.

first([]) -> none;
first([Path | Rest]) ->
    case file:read_file(Path) of
        {ok, Bytes} -> try parsed(Bytes) catch error:_ -> none end;
        {error, _} -> first(Rest)
    end.

parsed(<<"TZif", Version, _/binary>> = Bytes) when Version >= $2 ->
    {_, Second} = block(Bytes, 4),
    {Zone, <<$\n, Rest/binary>>} = block(Second, 8),
    [Rule, _] = binary:split(Rest, <<"\n">>),
    setelement(3, Zone, rule(binary_to_list(Rule)));
parsed(<<"TZif", _/binary>> = Bytes) -> element(1, block(Bytes, 4)).

block(<<"TZif", _:16/binary, UT:32, Standard:32, Leaps:32, Times:32, Types:32, Names:32,
        Bytes/binary>>, Size) ->
    <<Instants:(Times * Size)/binary, Of:Times/binary, Kinds:(Types * 6)/binary, _:Names/binary,
      _:(Leaps * (Size + 4))/binary, _:Standard/binary, _:UT/binary, Rest/binary>> = Bytes,
    Offsets = list_to_tuple([Offset * 1000 || <<Offset:32/signed, _, _>> <= Kinds]),
    Moments = [Instant * 1000 || <<Instant:Size/signed-unit:8>> <= Instants],
    Changes = lists:zip(Moments, [element(Type + 1, Offsets) || <<Type>> <= Of]),
    {{lists:reverse(Changes), element(1, Offsets), none}, Rest}.

%% @doc Milliseconds ahead of UTC at an instant.
-spec offset(integer(), fxaot_eval_time:zone()) -> integer().
offset(Instant, {[{Last, _} | _], _, {_, _} = Rule}) when Instant >= Last -> by_rule(Instant, Rule);
offset(Instant, {[], _, {_, _} = Rule}) -> by_rule(Instant, Rule);
offset(Instant, {Changes, Before, _}) -> since(Instant, Changes, Before).

since(Instant, [{From, Offset} | _], _) when Instant >= From -> Offset;
since(Instant, [_ | Older], Before) -> since(Instant, Older, Before);
since(_, [], Before) -> Before.

%% ---- the rule for the years to come ------------------------------------------

by_rule(_, {Standard, none}) -> Standard;
by_rule(Instant, {Standard, {Summer, Start, End}}) ->
    #{year := Year} = fxaot_eval_time:clock(Instant),
    %% The end before the start: of two at one instant, daylight saving time goes on.
    Changes = lists:append([[{on(End, Y) - Summer, 1, Standard}, {on(Start, Y) - Standard, 2, Summer}]
                            || Y <- [Year - 1, Year, Year + 1]]),
    {_, _, Offset} = lists:max([{From, Order, To} || {From, Order, To} <- Changes, From =< Instant]),
    Offset.

on({Day, Time}, Year) -> day(Day, Year) * ?DAY + Time.

day({julian, N}, Year) ->
    Leap = fxaot_eval_time:days(Year, 3, 1) - fxaot_eval_time:days(Year, 2, 1) =:= 29,
    Skipped = case Leap andalso N >= 60 of true -> 1; false -> 0 end,
    fxaot_eval_time:days(Year, 1, N + Skipped);
day({ordinal, N}, Year) -> fxaot_eval_time:days(Year, 1, N + 1);
day({weekday, Month, Week, Day}, Year) ->
    First = fxaot_eval_time:days(Year, Month, 1),
    Next = fxaot_eval_time:days(Year, Month + 1, 1),
    %% 1970-01-01 was a Thursday.
    Ahead = (((Day - (First + 4)) rem 7) + 7) rem 7,
    case First + Ahead + (Week - 1) * 7 of
        Later when Later >= Next -> Later - 7;
        Found -> Found
    end.

%% @doc A zone that goes by such a text at all times.
-spec posix(string()) -> fxaot_eval_time:zone().
posix(Text) ->
    {Standard, _} = Rule = rule(Text),
    {[], Standard, Rule}.

rule("") -> none;
rule(Text) ->
    {Standard, Rest} = offset_of(Text),
    case Rest of
        "" -> {Standard, none};
        _ ->
            {Summer, [$, | Changes]} = summer(Rest, Standard),
            [Start, End] = string:split(Changes, ","),
            {Standard, {Summer, change(Start), change(End)}}
    end.

summer(Text, Standard) ->
    case name(Text) of
        [$, | _] = Changes -> {Standard + 3600000, Changes};
        _ -> offset_of(Text)
    end.

%% West of Greenwich is positive in these texts.
offset_of(Text) ->
    {Time, Rest} = time(name(Text)),
    {-Time, Rest}.

name([$< | Rest]) -> tl(lists:dropwhile(fun(C) -> C =/= $> end, Rest));
name(Text) ->
    lists:dropwhile(fun(C) -> C >= $a andalso C =< $z orelse C >= $A andalso C =< $Z end, Text).

%% `[+-]h[:mm[:ss]]'.
time([$- | Rest]) ->
    {Time, Left} = time(Rest),
    {-Time, Left};
time([$+ | Rest]) -> time(Rest);
time(Text) ->
    {Hours, Rest} = string:to_integer(Text),
    {Minutes, Rest1} = sixtieth(Rest),
    {Seconds, Rest2} = sixtieth(Rest1),
    {(Hours * 3600 + Minutes * 60 + Seconds) * 1000, Rest2}.

sixtieth([$: | Rest]) -> string:to_integer(Rest);
sixtieth(Rest) -> {0, Rest}.

change(Text) ->
    [Day | Time] = string:split(Text, "/"),
    {day_of(Day), case Time of [] -> 7200000; [T] -> element(1, time(T)) end}.

day_of([$J | N]) -> {julian, list_to_integer(N)};
day_of([$M | Text]) ->
    [Month, Week, Day] = [list_to_integer(Part) || Part <- string:split(Text, ".", all)],
    {weekday, Month, Week, Day};
day_of(N) -> {ordinal, list_to_integer(N)}.
