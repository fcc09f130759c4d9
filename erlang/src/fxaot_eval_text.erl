%% @private The `str.*' functions and how numbers are written. Places and lengths count characters.
-module(fxaot_eval_text).

-export([function/4, number/1, clock/2]).

-include("fxaot_eval.hrl").

%% A text of a script is never longer.
-define(LONGEST, 4096).

%% Digits behind the point, at least and at most; before it at least; groups of three; percent.
-record(format, {fewest = 0 :: 0..16, most = 10 :: 0..16, whole = 1 :: 0..16,
                 grouped = false :: boolean(), percent = false :: boolean()}).

%% @doc A function of texts; na for one that there is not.
-spec function(atom(), [value()], IsText :: [boolean()], Mintick :: float()) -> value().
function(concatenate, [A, B], _, _) when A =:= na; B =:= na -> na;
function(concatenate, [A, B], _, _) -> cut([text(A), text(B)]);
function(text_of_number, [X], _, _) -> cut(written(X, #format{}));
function(text_of_number_formatted, [X, Format], _, Mintick) ->
    cut(formatted(X, loaded(Format), Mintick));
function(text_of_bool, [X], _, _) when X == 1.0 -> <<"true">>;
function(text_of_bool, [na], _, _) -> <<"NaN">>;
function(text_of_bool, [_], _, _) -> <<"false">>;
function(text_format, [Pattern | Values], [_ | IsText], _) ->
    cut(message(loaded(Pattern), lists:zip(Values, IsText), []));
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
function(text_repeat, [X, Times, Separator], _, _) ->
    Between = case Separator of na -> <<>>; _ -> text(Separator) end,
    cut(repeated(loaded(X), count(Times), Between, [], 0));
function(_, _, _, _) -> na.

%% Not within a character.
cut(Text) ->
    case iolist_to_binary(Text) of
        <<_:?LONGEST/binary, Next, _/binary>> = Made -> binary:part(Made, 0, cut(Next, Made, ?LONGEST));
        Made -> Made
    end.

cut(Next, Made, Length) when Next band 16#C0 =:= 16#80, Length > 0 ->
    cut(binary:at(Made, Length - 1), Made, Length - 1);
cut(_, _, Length) -> Length.

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

%% ---- texts of numbers --------------------------------------------------------

formatted(X, <<"mintick">>, Mintick) ->
    Places = places(Mintick, 0),
    written(X, #format{fewest = Places, most = Places});
formatted(X, <<"percent">>, _) -> [written(X, #format{fewest = 2, most = 2}), $%];
formatted(X, <<"volume">>, _) ->
    Size = fxaot_eval_number:absolute(X),
    {Unit, Sign} = case [U || {Least, _} = U <- [{1.0e9, "B"}, {1.0e6, "M"}, {1.0e3, "K"}],
                              fxaot_eval_number:at_least(Size, Least)] of
                       [Largest | _] -> Largest;
                       [] -> {1.0, ""}
                   end,
    [written(fxaot_eval_number:divide(X, Unit), #format{most = 3}), Sign];
formatted(X, <<>>, _) -> written(X, #format{});
formatted(X, Pattern, _) -> written(X, pattern(Pattern)).

%% The decimals of prices with steps of Mintick.
places(Step, Places) when Places < 10, is_float(Step) ->
    Whole = float(round(Step)),
    case Whole >= 1 andalso abs(Step - Whole) < 1.0e-9 * abs(Step) of
        true -> Places;
        false -> places(Step * 10, Places + 1)
    end;
places(_, Places) -> Places.

%% `#.##', `0.00', `#,###.0', `00', `#.#%'.
pattern(Pattern) -> pattern(Pattern, false, #format{fewest = 0, most = 0, whole = 0}).

pattern(<<$., Rest/binary>>, _, F) -> pattern(Rest, true, F);
pattern(<<$,, Rest/binary>>, Behind, F) -> pattern(Rest, Behind, F#format{grouped = true});
pattern(<<$%, Rest/binary>>, Behind, F) -> pattern(Rest, Behind, F#format{percent = true});
pattern(<<$0, Rest/binary>>, true, #format{most = Most} = F) ->
    More = min(Most + 1, 16),
    pattern(Rest, true, F#format{most = More, fewest = More});
pattern(<<$0, Rest/binary>>, false, #format{whole = Whole} = F) ->
    pattern(Rest, false, F#format{whole = min(Whole + 1, 16)});
pattern(<<$#, Rest/binary>>, true, #format{most = Most} = F) ->
    pattern(Rest, true, F#format{most = min(Most + 1, 16)});
pattern(<<_, Rest/binary>>, Behind, F) -> pattern(Rest, Behind, F);
pattern(<<>>, _, F) -> F.

%% Halves away from zero.
written(X, #format{percent = true} = F) ->
    Value = fxaot_eval_number:multiply(X, 100.0),
    [written(Value, F#format{percent = false}) | [$% || is_float(Value)]];
written(inf, _) -> <<"∞"/utf8>>;
written(ninf, _) -> <<"-∞"/utf8>>;
written(X, #format{most = Most} = F) when is_float(X) ->
    Scale = pow10(Most),
    case fxaot_eval_number:multiply(abs(X), float(Scale)) of
        Scaled when is_float(Scaled), Scaled < 9.0e15 ->
            Digits = half_away(Scaled),
            [[$- || X < 0, Digits =/= 0], whole(Digits div Scale, F),
             fraction(Digits rem Scale, F)];
        _ when abs(X) < 9.0e15 ->
            written(X, F#format{most = max(Most - 1, 0), fewest = min(F#format.fewest, max(Most - 1, 0))});
        _ -> plain(X)
    end;
written(_, _) -> <<"NaN">>.

half_away(X) ->
    Whole = trunc(X),
    if X - Whole >= 0.5 -> Whole + 1; true -> Whole end.

pow10(N) -> lists:foldl(fun(_, Power) -> Power * 10 end, 1, lists:seq(1, N)).

whole(N, #format{whole = Least, most = Most, grouped = Grouped}) ->
    Digits = case N of 0 -> ""; _ -> integer_to_list(N) end,
    Places = case Least of
                 0 when N =:= 0, Most =:= 0 -> 1;
                 _ -> Least
             end,
    Padded = lists:duplicate(max(0, Places - length(Digits)), $0) ++ Digits,
    case Padded of
        "" -> "0";
        _ when Grouped -> grouped(lists:reverse(Padded), []);
        _ -> Padded
    end.

grouped([A, B, C, D | Rest], Done) -> grouped([D | Rest], [$,, C, B, A | Done]);
grouped(Rest, Done) -> lists:reverse(Rest) ++ Done.

fraction(_, #format{most = 0}) -> "";
fraction(N, #format{most = Most, fewest = Fewest}) ->
    Digits = lists:flatten(string:pad(integer_to_list(N), Most, leading, $0)),
    Kept = kept(lists:reverse(Digits), Most, Fewest),
    case Kept of
        "" -> "";
        _ -> [$. | Kept]
    end.

kept([$0 | Rest], Places, Fewest) when Places > Fewest -> kept(Rest, Places - 1, Fewest);
kept(Digits, _, _) -> lists:reverse(Digits).

%% The shortest text that is this number, as 1e+16.
plain(X) ->
    case binary:split(float_to_binary(X, [short]), <<"e">>) of
        [Digits, Exponent] ->
            [string:trim(Digits, trailing, ".0"), "e+", string:trim(Exponent, leading, "+")];
        [Digits] -> Digits
    end.

%% @doc A number as it is read from a text; na for any other text.
-spec number(binary()) -> value().
number(Text) ->
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

%% ---- messages ----------------------------------------------------------------

%% `{0}', `{1,number,#.##}', `{2,date,…}'; apostrophes quote.
message(Pattern, Values, Done) -> message(Pattern, false, Values, Done).

message(<<"''", Rest/binary>>, Quoted, Values, Done) -> message(Rest, Quoted, Values, [$' | Done]);
message(<<$', Rest/binary>>, Quoted, Values, Done) -> message(Rest, not Quoted, Values, Done);
message(<<${, Rest/binary>>, false, Values, Done) ->
    case binary:split(Rest, <<"}">>) of
        [Inner, After] -> message(After, false, Values, [argument(Inner, Values) | Done]);
        [_] -> message(Rest, false, Values, [${ | Done])
    end;
message(<<C, Rest/binary>>, Quoted, Values, Done) -> message(Rest, Quoted, Values, [C | Done]);
message(<<>>, _, _, Done) -> lists:reverse(Done).

argument(Inner, Values) ->
    {First, Kind, Style} = case parts(Inner) of
                               [F] -> {F, <<>>, <<>>};
                               [F, K] -> {F, K, <<>>};
                               [F, K, S] -> {F, K, S}
                           end,
    try lists:nth(binary_to_integer(First) + 1, Values) of
        {Value, true} -> text(Value);
        {Value, false} when Kind =:= <<"date">>; Kind =:= <<"time">> -> moment(Value, Kind, Style);
        {Value, false} -> written(Value, style(Style))
    catch error:_ -> [${, Inner, $}]
    end.

parts(Inner) ->
    case binary:split(Inner, <<",">>) of
        [First, Rest] -> [First | binary:split(Rest, <<",">>)];
        Single -> Single
    end.

style(<<>>) -> #format{most = 3, grouped = true};
style(<<"integer">>) -> #format{most = 0, grouped = true};
style(<<"currency">>) -> #format{fewest = 2, most = 2, grouped = true};
style(<<"percent">>) -> #format{most = 0, grouped = true, percent = true};
style(Pattern) -> pattern(Pattern).

moment(Time, <<"date">>, <<>>) -> shown(Time, <<"yyyy-MM-dd">>);
moment(Time, <<"time">>, <<>>) -> shown(Time, <<"HH:mm:ss">>);
moment(Time, _, Pattern) -> shown(Time, Pattern).

shown(Time, Pattern) ->
    case clock(Time, Pattern) of
        na -> <<"NaN">>;
        Text -> Text
    end.

%% ---- dates and times of day --------------------------------------------------

%% @doc Milliseconds since 1970 by some clock, as a pattern shows them: y M d H h m s S a, as often
%% as digits are wanted; text in apostrophes. na for na and times beyond ±190,000 years.
-spec clock(value(), Pattern :: binary()) -> value().
clock(Time, <<>>) -> clock(Time, <<"yyyy-MM-dd'T'HH:mm:ssZ">>);
clock(Time, Pattern) when is_float(Time), abs(Time) < 6.0e15 ->
    cut(runs(Pattern, false, fxaot_eval_time:clock(floor(Time))));
clock(_, _) -> na.

runs(<<>>, _, _) -> [];
runs(<<C, _/binary>> = Pattern, Quoted, Clock) ->
    Run = run(Pattern, C, 0),
    <<Same:Run/binary, Rest/binary>> = Pattern,
    case C of
        $' -> runs(Rest, Quoted xor (Run rem 2 =:= 1), Clock);
        _ when Quoted -> [Same | runs(Rest, Quoted, Clock)];
        _ -> [shown(C, Run, Same, Clock) | runs(Rest, Quoted, Clock)]
    end.

run(<<C, Rest/binary>>, C, N) -> run(Rest, C, N + 1);
run(_, _, N) -> N.

shown(C, 2, _, #{year := Year}) when C =:= $y; C =:= $Y -> digits(Year rem 100, 2);
shown(C, Run, _, #{year := Year}) when C =:= $y; C =:= $Y -> digits(Year, Run);
shown($M, Run, _, #{month := Month}) when Run < 3 -> digits(Month, Run);
shown($M, 3, _, #{month := Month}) -> lists:sublist(month(Month), 3);
shown($M, _, _, #{month := Month}) -> month(Month);
shown($d, Run, _, #{day := Day}) -> digits(Day, Run);
shown($H, Run, _, #{hour := Hour}) -> digits(Hour, Run);
shown($h, Run, _, #{hour := Hour}) -> digits((Hour + 11) rem 12 + 1, Run);
shown($m, Run, _, #{minute := Minute}) -> digits(Minute, Run);
shown($s, Run, _, #{second := Second}) -> digits(Second, Run);
shown($S, Run, _, #{millisecond := Millisecond}) -> digits(Millisecond, Run);
shown($a, _, _, #{hour := Hour}) when Hour < 12 -> "AM";
shown($a, _, _, _) -> "PM";
shown(_, _, Same, _) -> Same.

digits(N, Places) when N < 0 -> [$- | digits(-N, Places)];
digits(N, Places) -> string:pad(integer_to_list(N), min(Places, 8), leading, $0).

month(N) ->
    element(N, {"January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December"}).
