%% @private Metrics as text: the format 0.0.4 of Prometheus, and OpenMetrics 1.0.
-module(fxaot_metrics_text).

-export([format/2, accepted/1, takes_gzip/1, content_type/1]).

-export_type([kind/0]).

-type kind() :: prometheus | open_metrics.

-spec content_type(kind()) -> string().
content_type(prometheus) -> "text/plain; version=0.0.4; charset=utf-8";
content_type(open_metrics) -> "application/openmetrics-text; version=1.0.0; charset=utf-8".

%% ---- what the client wants --------------------------------------------------

%% @doc The format for a value of the header Accept: OpenMetrics if it is asked for and no other is preferred.
-spec accepted(Accept :: string()) -> kind().
accepted(Accept) ->
    Ranges = [range(Text) || Text <- string:lexemes(Accept, ",")],
    Open = quality(fun is_open/1, Ranges),
    case Open > 0 andalso Open >= quality(fun({Type, _}) -> Type =:= "text/plain" end, Ranges) of
        true -> open_metrics;
        false -> prometheus
    end.

%% @doc Whether a value of the header Accept-Encoding allows gzip.
-spec takes_gzip(AcceptEncoding :: string()) -> boolean().
takes_gzip(Accept) ->
    Codings = [range(Text) || Text <- string:lexemes(Accept, ",")],
    quality(fun({Coding, _}) -> Coding =:= "gzip" end, Codings) > 0.

range(Text) ->
    [Type | Parameters] = [string:lowercase(string:trim(Part)) || Part <- string:split(Text, ";", all)],
    {Type, [list_to_tuple([string:trim(Side) || Side <- string:split(Parameter, "=")]) || Parameter <- Parameters]}.

is_open({"application/openmetrics-text", Parameters}) ->
    lists:member(proplists:get_value("version", Parameters, "1.0.0"), ["1.0.0", "\"1.0.0\""]);
is_open(_) -> false.

quality(Fits, Ranges) -> lists:max([0.0 | [weight(Range) || Range <- Ranges, Fits(Range)]]).

weight({_, Parameters}) ->
    case string:to_float(proplists:get_value("q", Parameters, "1") ++ ".0") of
        {Weight, _} when is_float(Weight) -> Weight;
        {error, _} -> 0.0
    end.

%% ---- the text ---------------------------------------------------------------

%% @doc Metrics without points are left out.
-spec format(kind(), [fxaot_metrics:metric()]) -> iodata().
format(Kind, Metrics) ->
    [[metric(Kind, Metric) || #{points := [_ | _]} = Metric <- Metrics], ending(Kind)].

ending(prometheus) -> [];
ending(open_metrics) -> "# EOF\n".

metric(Kind, #{name := Name, type := Type, help := Help, unit := Unit, points := Points}) ->
    Family = family(Kind, Type, Name),
    [["# HELP ", Family, $\s, escaped(Kind, Help), $\n],
     ["# TYPE ", Family, $\s, atom_to_list(Type), $\n],
     [["# UNIT ", Family, $\s, Unit, $\n] || Kind =:= open_metrics, Unit =/= <<>>],
     [point(Type, Name, Point) || Point <- Points]].

%% Prometheus names a counter by its samples.
family(prometheus, counter, Name) -> [Name, "_total"];
family(_, _, Name) -> Name.

point(counter, Name, #{labels := Labels, value := Value}) -> sample([Name, "_total"], Labels, [], Value);
point(gauge, Name, #{labels := Labels, value := Value}) -> sample(Name, Labels, [], Value);
point(histogram, Name, #{labels := Labels, buckets := Buckets, sum := Sum, count := Count}) ->
    [[sample([Name, "_bucket"], Labels, [{<<"le">>, bound(Bound)}], Of) || {Bound, Of} <- Buckets],
     sample([Name, "_sum"], Labels, [], Sum), sample([Name, "_count"], Labels, [], Count)].

bound(infinity) -> <<"+Inf">>;
bound(Bound) -> number(float(Bound)).

sample(Name, Labels, More, Value) ->
    [Name, labels(lists:sort(maps:to_list(Labels)) ++ More), $\s, number(Value), $\n].

labels([]) -> [];
labels(Labels) -> [${, lists:join($,, [[Label, "=\"", quoted(Value), $"] || {Label, Value} <- Labels]), $}].

number(Value) when is_integer(Value) -> integer_to_binary(Value);
number(Value) -> float_to_binary(Value, [short]).

quoted(Text) -> replaced(Text, [{<<"\\">>, <<"\\\\">>}, {<<"\"">>, <<"\\\"">>}, {<<"\n">>, <<"\\n">>}]).

%% Quotation marks are escaped in OpenMetrics only.
escaped(open_metrics, Text) -> quoted(Text);
escaped(prometheus, Text) -> replaced(Text, [{<<"\\">>, <<"\\\\">>}, {<<"\n">>, <<"\\n">>}]).

%% Hardly any text has one.
replaced(Text, Pairs) ->
    case binary:match(Text, [From || {From, _} <- Pairs]) of
        nomatch -> Text;
        _ -> lists:foldl(fun({From, To}, Next) -> binary:replace(Next, From, To, [global]) end, Text, Pairs)
    end.
