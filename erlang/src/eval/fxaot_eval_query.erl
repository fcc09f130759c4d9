%% @private What a script asks of time, by the texts of its timeframe, session and zone: settled once where these are
%% known before the first bar, else on each bar.
-module(fxaot_eval_query).

-export([time/5, period/2, zone/2, answer/4, complaint/1, refuse/1]).
-export_type([place/0]).

-include("fxaot_eval.hrl").

%% What is known of the world before its first bar, and its calendar.
-type place() :: {Known :: map(), Calendar :: tuple()}.

%% @doc A query of the function `time' or `time_close'. Throws `{refused, Sentence}'.
-spec time(time | time_close, binary(), binary(), binary(), place()) -> tuple().
time(Function, Timeframe, Session, Name, {Known, Calendar} = Place) ->
    Zone = zone(Name, Place),
    Hours = session(Session),
    Query = case period(Timeframe, Place) of
                Own when Own =:= map_get(period, Known) -> {itself, Function};
                Period -> {bounds, Function, Period, session_calendar(Hours, Zone, Calendar)}
            end,
    {time, Query, Zone, Hours}.

%% @doc The timeframe of a text; the empty one is the world's own. Throws `{refused, Sentence}'.
-spec period(binary(), place()) -> fxaot_eval_time:period().
period(<<>>, {#{period := Own}, _}) -> Own;
period(Text, _) ->
    case fxaot_eval_time:period(Text) of
        none -> refuse(["'", Text, "' is not a timeframe"]);
        Period -> Period
    end.

%% @doc The zone of a name; the empty one is the symbol's. Throws `{refused, Sentence}'.
-spec zone(binary(), place()) -> fxaot_eval_time:zone().
zone(Name, {#{symbol := #{timezone := Own}, zone := Zone}, {Symbols, _, _}}) ->
    case Name of
        _ when Name =:= <<>>; Name =:= Own -> Symbols;
        _ ->
            case Zone(Name) of
                none -> refuse(["this system has no time zone '", Name, "'"]);
                Found -> Found
            end
    end.

session(<<>>) -> none;
session(Text) ->
    case fxaot_eval_time:session(Text) of
        none -> refuse(["'", Text, "' is not a session; write it as 0930-1600 or 0930-1600:23456"]);
        Session -> Session
    end.

%% With a session its hours make the bounds.
session_calendar(none, _, Calendar) -> Calendar;
session_calendar(Hours, Zone, {_, _, Days}) -> fxaot_eval_time:calendar(Zone, Hours, Days).

%% @doc A function's answer where texts change from bar to bar. Throws `{refused, Sentence}'.
-spec answer(atom(), [value()], place(), #candle{}) -> value().
answer(Function, [Timeframe, Session, Name], Place, Candle) when Function =:= time; Function =:= time_close ->
    {time, Query, Zone, Hours} = time(Function, text(Timeframe), text(Session), text(Name), Place),
    fxaot_eval_bar:time(Query, Zone, Hours, Candle);
answer(timeframe_change, [Timeframe], {_, Calendar} = Place, #candle{time = Time}) ->
    {Start, _} = fxaot_eval_time:bounds(period(text(Timeframe), Place), Time, Calendar),
    float(Start);
answer(timeframe_seconds, [Timeframe], Place, _) ->
    float(fxaot_eval_time:seconds(period(text(Timeframe), Place)));
answer(timestamp, [Name | Fields], Place, _) -> fxaot_eval_bar:stamp(zone(text(Name), Place), Fields);
answer(text_format_time, [Time, Format, Name], Place, _) ->
    fxaot_eval_bar:shown(zone(text(Name), Place), Time, Format);
answer(Field, [Time, Name], Place, _) -> fxaot_eval_bar:clock(Field, zone(text(Name), Place), Time).

text(Text) when is_binary(Text) -> Text;
text(_) -> <<>>.

%% @doc What is wrong with texts that are refused on a bar.
-spec complaint(atom()) -> string().
complaint(time) -> "time: no such timeframe, session or time zone";
complaint(time_close) -> "time_close: no such timeframe, session or time zone";
complaint(timeframe_change) -> "timeframe.change: no such timeframe";
complaint(timeframe_seconds) -> "timeframe.in_seconds: no such timeframe";
complaint(_) -> "no such time zone".

-spec refuse(iodata()) -> no_return().
refuse(Sentence) -> throw({refused, unicode:characters_to_binary(Sentence)}).
