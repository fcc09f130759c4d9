%% @private The collector's metrics as those of OTLP: units of UCUM, buckets that are not cumulative, and for each
%% cumulative value the time since when it counts.
%%
%% A value that has fallen counts from the collection before: its engine has begun anew. So does one that is new.
-module(fxaot_otlp_metrics).

-export([starts/1, converted/3]).

-export_type([starts/0]).

-define(MOST_MISSED, 10).

%% `before': the time of the collection before.
-opaque starts() :: #{before := non_neg_integer(),
                      series := #{series() => {Start :: non_neg_integer(), Last :: number(), Missed :: non_neg_integer()}}}.
%% `Missed': in how many collections since it was not there.
-type series() :: {Name :: binary(), Labels :: #{binary() => binary()}}.

-spec starts(TimeNs :: non_neg_integer()) -> starts().
starts(Time) -> #{before => Time, series => #{}}.

-spec converted([fxaot_metrics:metric()], TimeNs :: non_neg_integer(), starts()) ->
          {[fxaot_otlp_proto:metric()], starts()}.
converted(Metrics, Time, #{before := Before, series := Series}) ->
    Known = maps:from_list([{{Name, Labels}, started(maps:get({Name, Labels}, Series, none), level(Point), Before)}
                            || #{name := Name, type := Type, points := Points} <- Metrics, Type =/= gauge,
                               #{labels := Labels} = Point <- Points]),
    {[converted_one(Metric, Time, Known) || Metric <- Metrics],
     #{before => Time, series => maps:merge(missed(Series), Known)}}.

%% A collection may lack an engine that was slow; its values count on when they come back.
missed(Series) ->
    maps:from_list([{Key, {Start, Last, Missed + 1}}
                    || {Key, {Start, Last, Missed}} <- maps:to_list(Series), Missed < ?MOST_MISSED]).

level(#{value := Value}) -> Value;
level(#{count := Count}) -> Count.

started({Start, Last, _}, Level, _) when Level >= Last -> {Start, Level, 0};
started(_, Level, Before) -> {Before, Level, 0}.

converted_one(#{name := Name, type := Type, unit := Unit, help := Help, points := Points}, Time, Known) ->
    #{name => Name, type => Type, unit => unit(Unit), help => Help,
      points => [point(Point, Name, Time, Known) || Point <- Points]}.

point(#{labels := Labels, value := Value}, Name, Time, Known) ->
    Point = #{attributes => Labels, value => Value, time => Time},
    case Known of
        #{{Name, Labels} := {Start, _, _}} -> Point#{start_time => Start};
        #{} -> Point
    end;
point(#{labels := Labels, buckets := Buckets, sum := Sum, count := Count}, Name, Time, Known) ->
    {Start, _, _} = map_get({Name, Labels}, Known),
    #{attributes => Labels, time => Time, start_time => Start, sum => Sum, count => Count,
      bounds => [Bound || {Bound, _} <- Buckets, Bound =/= infinity], counts => apart(Buckets, Count, 0)}.

%% One more number than bounds, also when the last bucket is missing.
apart([{infinity, Up} | _], _, Below) -> [Up - Below];
apart([{_, Up} | Rest], Count, Below) -> [Up - Below | apart(Rest, Count, Up)];
apart([], Count, Below) -> [Count - Below].

unit(<<"seconds">>) -> <<"s">>;
unit(<<"bytes">>) -> <<"By">>;
unit(<<"ratio">>) -> <<"1">>;
unit(<<>>) -> <<>>;
unit(Other) -> <<"{", Other/binary, "}">>.
