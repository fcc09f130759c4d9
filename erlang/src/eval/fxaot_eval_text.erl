%% @private The `str.*' functions. Places and lengths count characters.
-module(fxaot_eval_text).

-export([function/4, number/1, clock/3, cut/1]).

-include("fxaot_eval.hrl").

%% A text of a script is never longer.
-define(LONGEST, 4096).

%% @doc A function of texts; na for one that there is not.
-spec function(atom(), [value()], IsText :: [boolean()], Mintick :: float()) -> value().
function(concatenate, [A, B], _, _) when A =:= na; B =:= na -> na;
function(concatenate, [A, B], _, _) -> cut([text(A), text(B)]);
function(text_of_number, [X], _, _) -> cut(fxaot_eval_format:plain(X));
function(text_of_number_formatted, [X, Format], _, Mintick) ->
    cut(fxaot_eval_format:named(X, loaded(Format), Mintick));
function(text_of_bool, [X], _, _) when X == 1.0 -> <<"true">>;
function(text_of_bool, [na], _, _) -> <<"NaN">>;
function(text_of_bool, [_], _, _) -> <<"false">>;
function(text_format, [Pattern | Values], [_ | IsText], _) ->
    cut(fxaot_eval_message:format(loaded(Pattern), lists:zip(Values, IsText)));
function(text_length, [na], _, _) -> na;
function(text_length, [X], _, _) -> float(characters(loaded(X)));
function(text_contains, [X, Y], _, _) -> fxaot_eval_number:truth(found(X, Y) =/= nomatch);
function(text_position, [X, Y], _, _) ->
    case found(X, Y) of
        nomatch -> na;
        {Place, _} -> float(characters(binary:part(loaded(X), 0, Place)))
    end;
function(text_starts_with, [X, Y], _, _) ->
    fxaot_eval_number:truth(is_start(loaded(Y), loaded(X)));
function(text_ends_with, [X, Y], _, _) ->
    fxaot_eval_number:truth(is_start(reversed(loaded(Y)), reversed(loaded(X))));
function(text_to_number, [X], _, _) -> number(loaded(X));
function(timeframe_from_seconds, [X], _, _) when is_float(X), X >= 1.0, X < 1.0e9 ->
    fxaot_eval_time:period_text(fxaot_eval_time:of_seconds(trunc(X)));
function(timeframe_from_seconds, _, _, _) -> na;
function(timestamp_of_text, [X], _, _) -> fxaot_eval_date:milliseconds(loaded(X));
function(_, [na | _], _, _) -> na;
function(text_substring, [X, From, To], _, _) ->
    Text = loaded(X),
    Start = byte_place(place(From, 0, Text), Text, 0),
    End = byte_place(place(To, byte_size(Text), Text), Text, 0),
    binary:copy(binary:part(Text, Start, max(0, End - Start)));
function(text_replace, [X, Target, By, Number], _, _) ->
    Text = loaded(X),
    cut(replaced(Text, loaded(Target), text(By), place(Number, 0, Text)));
function(text_replace_all, [X, Target, By], _, _) ->
    cut(replaced(loaded(X), loaded(Target), text(By), all));
function(text_upper, [X | _], _, _) -> cut(string:uppercase(loaded(X)));
function(text_lower, [X | _], _, _) -> cut(string:lowercase(loaded(X)));
function(text_trim, [X | _], _, _) -> trimmed(reversed(trimmed(reversed(loaded(X)))));
function(text_match, [X, Regex], _, _) ->
    try re:run(loaded(X), loaded(Regex), [unicode, {capture, first, binary}]) of
        {match, [Found]} -> Found;
        nomatch -> <<>>
    catch error:badarg -> <<>>
    end;
function(text_repeat, [X, Times, Separator], _, _) ->
    Between = case Separator of na -> <<>>; _ -> text(Separator) end,
    cut(repeated(loaded(X), count(Times), Between, [], 0));
function(_, _, _, _) -> na.

%% @doc As much of a text as a script's text can be long; not cut within a character.
-spec cut(iodata()) -> binary().
cut(Text) ->
    case iolist_to_binary(Text) of
        <<_:?LONGEST/binary, Next, _/binary>> = Made -> binary:part(Made, 0, whole_characters(Next, Made, ?LONGEST));
        Made -> Made
    end.

whole_characters(Next, Made, Length) when Next band 16#C0 =:= 16#80, Length > 0 ->
    whole_characters(binary:at(Made, Length - 1), Made, Length - 1);
whole_characters(_, _, Length) -> Length.

%% Bytes that begin a character.
characters(Text) -> length([C || <<C>> <= Text, C band 16#C0 =/= 16#80]).

%% Where the character begins that has so many before it.
byte_place(N, Text, Byte) ->
    case Text of
        <<_:Byte/binary, C, _/binary>> when C band 16#C0 =:= 16#80 -> byte_place(N, Text, Byte + 1);
        <<_:Byte/binary, _, _/binary>> when N > 0 -> byte_place(N - 1, Text, Byte + 1);
        _ -> Byte
    end.

%% In another text na is written, as a text of its own it is empty.
text(X) when is_binary(X) -> X;
text(_) -> <<"NaN">>.

loaded(X) when is_binary(X) -> X;
loaded(_) -> <<>>.

reversed(Text) -> list_to_binary(lists:reverse(binary_to_list(Text))).

found(X, Y) ->
    case loaded(Y) of
        <<>> -> {0, 0};
        Pattern -> binary:match(loaded(X), Pattern)
    end.

is_start(Start, Text) ->
    Length = byte_size(Start),
    case Text of
        <<Start:Length/binary, _/binary>> -> true;
        _ -> false
    end.

place(X, _, Text) when is_float(X) -> trunc(min(max(X, 0.0), float(byte_size(Text))));
place(inf, _, Text) -> byte_size(Text);
place(ninf, _, _) -> 0;
place(_, Otherwise, _) -> Otherwise.

count(X) when is_float(X) -> trunc(min(max(X, 0.0), float(?LONGEST)));
count(inf) -> ?LONGEST;
count(_) -> 0.

replaced(Text, <<>>, _, _) -> Text;
replaced(Text, Target, By, Number) ->
    case binary:match(Text, Target) of
        nomatch -> Text;
        {Place, Length} ->
            <<Before:Place/binary, _:Length/binary, Rest/binary>> = Text,
            case Number of
                all -> [Before, By | replaced(Rest, Target, By, all)];
                0 -> [Before, By, Rest];
                _ -> [Before, Target | replaced(Rest, Target, By, Number - 1)]
            end
    end.

trimmed(<<C, Rest/binary>>) when C =:= 32; C >= 9, C =< 13 -> trimmed(Rest);
trimmed(Text) -> Text.

repeated(_, 0, _, Done, _) -> lists:reverse(Done);
repeated(_, _, _, Done, Length) when Length >= ?LONGEST -> lists:reverse(Done);
repeated(Text, Times, Between, [], 0) ->
    repeated(Text, Times - 1, Between, [Text], byte_size(Text));
repeated(Text, Times, Between, Done, Length) ->
    repeated(Text, Times - 1, Between, [Text, Between | Done],
             Length + byte_size(Text) + byte_size(Between)).

%% ---- numbers of texts ---------------------------------------------------------

%% @doc A number as it is read from a text, with blanks around it; na for any other text.
-spec number(binary()) -> value().
number(Text0) ->
    Text = string:trim(Text0, both, lists:seq(0, 32)),
    Form = "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?$",
    case re:run(Text, Form, [{capture, none}, dollar_endonly]) of
        match -> parsed(string:lowercase(Text));
        nomatch -> na
    end.

parsed(<<$+, Text/binary>>) -> parsed(Text);
parsed(<<$-, Text/binary>>) -> fxaot_eval_number:negate(parsed(Text));
parsed(Text) ->
    {Digits, Exponent} = case binary:split(Text, <<"e">>) of
                             [D, E] -> {D, E};
                             [D] -> {D, <<"0">>}
                         end,
    Parts = case binary:split(Digits, <<".">>) of
                [Whole] -> [zero(Whole), <<".0">>];
                [Whole, Rest] -> [zero(Whole), $., zero(Rest)]
            end,
    try binary_to_float(iolist_to_binary([Parts, $e, Exponent]))
    catch error:badarg -> inf
    end.

zero(<<>>) -> <<"0">>;
zero(Digits) -> Digits.

%% ---- dates and times of day --------------------------------------------------

%% @doc str.format_time: milliseconds since 1970 by some clock, Ahead milliseconds ahead of UTC.
-spec clock(value(), Ahead :: integer(), Pattern :: binary()) -> value().
clock(Time, Ahead, <<>>) -> clock(Time, Ahead, <<"yyyy-MM-dd'T'HH:mm:ssZ">>);
clock(Time, Ahead, Pattern) ->
    case fxaot_eval_clock:text(Time, Ahead, Pattern) of
        na -> na;
        Text -> cut(Text)
    end.
