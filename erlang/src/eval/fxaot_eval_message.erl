%% @private str.format: a message with arguments in braces. `{0}', `{1,number,#.##}',
%% `{2,number,currency}', `{3,date,yyyy-MM-dd}'; two apostrophes are one, a single one begins or ends a
%% text in which braces are plain. In braces they belong to the format.
-module(fxaot_eval_message).

-export([format/2]).

-include("fxaot_eval.hrl").

%% @doc Values go with whether each is a text.
-spec format(Pattern :: binary(), [{value(), boolean()}]) -> iodata().
format(Pattern, Values) -> message(Pattern, false, Values, []).

message(<<"''", Rest/binary>>, Quoted, Values, Done) -> message(Rest, Quoted, Values, [$' | Done]);
message(<<$', Rest/binary>>, Quoted, Values, Done) -> message(Rest, not Quoted, Values, Done);
message(<<${, Rest/binary>>, false, Values, Done) ->
    case parts(Rest, false, 0, [<<>>]) of
        {Parts, Length} ->
            <<Inner:Length/binary, $}, After/binary>> = Rest,
            message(After, false, Values, [argument(Parts, Inner, Values) | Done]);
        none -> message(Rest, false, Values, [${ | Done])
    end;
message(<<C, Rest/binary>>, Quoted, Values, Done) -> message(Rest, Quoted, Values, [C | Done]);
message(<<>>, _, _, Done) -> lists:reverse(Done).

%% Number, kind and style up to the closing brace, and how long they are together.
parts(Text, Quoted, Depth, Parts) -> parts(Text, Quoted, Depth, Parts, 0).

parts(<<$}, _/binary>>, false, 0, Parts, Length) -> {lists:reverse(Parts), Length};
parts(<<$,, Rest/binary>>, false, 0, Parts, Length) when length(Parts) < 3 ->
    parts(Rest, false, 0, [<<>> | Parts], Length + 1);
parts(<<C, Rest/binary>>, Quoted, Depth, [Part | Parts], Length) ->
    {Quoted1, Depth1} = case C of
                            $' -> {not Quoted, Depth};
                            ${ when not Quoted -> {Quoted, Depth + 1};
                            $} when not Quoted -> {Quoted, Depth - 1};
                            _ -> {Quoted, Depth}
                        end,
    parts(Rest, Quoted1, Depth1, [<<Part/binary, C>> | Parts], Length + 1);
parts(<<>>, _, _, _, _) -> none.

argument([First | Rest], Inner, Values) ->
    {Kind, Style} = case Rest of
                        [] -> {<<>>, <<>>};
                        [K] -> {K, <<>>};
                        [K, S] -> {K, S}
                    end,
    case re:run(First, "^[0-9]{1,5}$", [{capture, none}, dollar_endonly]) of
        match ->
            N = binary_to_integer(First),
            case N < length(Values) andalso lists:nth(N + 1, Values) of
                false -> [${, integer_to_list(N), $}];
                {Text, true} when is_binary(Text) -> Text;
                {_, true} -> <<"NaN">>;
                {Value, false} -> written(word(Kind), Value, Style)
            end;
        nomatch -> [${, Inner, $}]
    end.

word(Text) -> string:lowercase(string:trim(Text, both, " ")).

written(<<"number">>, Value, Style) -> fxaot_eval_format:message(Value, Style);
written(<<"date">>, Value, Style) -> moment(Value, date(word(Style)), Style);
written(<<"time">>, Value, Style) -> moment(Value, time(word(Style)), Style);
written(_, Value, _) -> fxaot_eval_format:message(Value, <<>>).

%% The named forms, as Java writes them in English; any other style is a pattern.
date(<<"short">>) -> <<"M/d/yy">>;
date(Style) when Style =:= <<>>; Style =:= <<"medium">> -> <<"MMM d, yyyy">>;
date(<<"long">>) -> <<"MMMM d, yyyy">>;
date(<<"full">>) -> <<"EEEE, MMMM d, yyyy">>;
date(_) -> none.

time(<<"short">>) -> <<"h:mm a">>;
time(Style) when Style =:= <<>>; Style =:= <<"medium">> -> <<"h:mm:ss a">>;
time(Style) when Style =:= <<"long">>; Style =:= <<"full">> -> <<"h:mm:ss a z">>;
time(_) -> none.

moment(Time, none, Style) -> shown(Time, Style);
moment(Time, Named, _) -> shown(Time, Named).

shown(Time, Pattern) ->
    case fxaot_eval_clock:text(Time, 0, Pattern) of
        na -> <<"NaN">>;
        Text -> Text
    end.
