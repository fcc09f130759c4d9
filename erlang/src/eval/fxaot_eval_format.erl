%% @private How numbers are written. Digits are those of the shortest decimal that reads back as the
%% same float, cut to a number of places behind the point, halves up.
-module(fxaot_eval_format).

-export([plain/1, named/3, message/2]).

-include("fxaot_eval.hrl").

-define(MOST_DIGITS, 100).

%% Digits behind the point, at least and at most; before it at least; digits between commas; percent;
%% whether it is one of str.format, which keeps the sign of a number that rounds to 0; the text around
%% the digits, and around those of a negative number.
-record(format, {fewest = 0 :: non_neg_integer(), most = 10 :: non_neg_integer(),
                 whole = 0 :: non_neg_integer(), group = 0 :: non_neg_integer(),
                 percent = false :: boolean(), message = false :: boolean(),
                 before = [] :: iodata(), 'after' = [] :: iodata(),
                 negative = none :: none | {iodata(), iodata()}}).

%% @doc `#.##########'.
-spec plain(value()) -> iodata().
plain(X) -> written(X, #format{}).

%% @doc By a name or a pattern of str.tostring.
-spec named(value(), Format :: binary(), Mintick :: float()) -> iodata().
named(X, <<"mintick">>, Mintick) ->
    Places = places(Mintick, 0),
    written(fxaot_eval_number:function(round_to_mintick, [X], Mintick),
            #format{fewest = Places, most = Places, whole = 1});
named(X, <<"percent">>, _) -> [written(X, #format{fewest = 2, most = 2, whole = 1}), $%];
named(X, <<"volume">>, _) ->
    Size = fxaot_eval_number:absolute(X),
    case [U || {Least, _} = U <- [{1.0e12, "T"}, {1.0e9, "B"}, {1.0e6, "M"}, {1.0e3, "K"}],
               fxaot_eval_number:at_least(Size, Least)] of
        [{Unit, Sign} | _] -> [written(fxaot_eval_number:divide(X, Unit), #format{most = 3}), Sign];
        [] -> written(X, #format{most = 0})
    end;
named(X, <<>>, _) -> plain(X);
named(X, Pattern, _) -> written(X, pattern(Pattern)).

%% @doc By a style of str.format, in which a name may be in capitals and between blanks.
-spec message(value(), Style :: binary()) -> iodata().
message(X, Style) ->
    Format = case string:lowercase(string:trim(Style, both, " ")) of
                 <<>> -> #format{most = 3, group = 3};
                 <<"integer">> -> #format{most = 0, group = 3};
                 <<"currency">> -> #format{fewest = 2, most = 2, whole = 1, group = 3, before = "$"};
                 <<"percent">> -> #format{most = 0, group = 3, percent = true, 'after' = "%"};
                 _ -> pattern(Style)
             end,
    written(X, Format#format{message = true}).

%% The decimals of prices with steps of Mintick.
places(Step, Places) when Places < 10, is_float(Step) ->
    Whole = float(round(Step)),
    case Whole >= 1 andalso abs(Step - Whole) < 1.0e-9 * abs(Step) of
        true -> Places;
        false -> places(Step * 10, Places + 1)
    end;
places(_, Places) -> Places.

%% ---- patterns ------------------------------------------------------------------

pattern(Pattern) ->
    {Before, Digits, F1} = literal(Pattern, true, [], #format{fewest = 0, most = 0}),
    {F2, Rest} = digits(Digits, whole, none, F1#format{before = Before}),
    {After, Rest1, F3} = literal(Rest, false, [], F2),
    F = F3#format{'after' = After},
    case Rest1 of
        <<$;, Negative/binary>> ->
            {NegativeBefore, NegativeDigits, F4} = literal(Negative, true, [], F),
            {_, NegativeRest} = digits(NegativeDigits, whole, none, F4),
            {NegativeAfter, _, F5} = literal(NegativeRest, false, [], F4),
            F5#format{negative = {NegativeBefore, NegativeAfter}};
        <<>> -> F
    end.

%% Literal text: up to a `;', the end or, if wanted, the digits.
literal(Pattern, UntilDigits, Done, F) -> literal(Pattern, UntilDigits, false, Done, F).

literal(<<"''", Rest/binary>>, Until, Quoted, Done, F) -> literal(Rest, Until, Quoted, [$' | Done], F);
literal(<<$', Rest/binary>>, Until, Quoted, Done, F) -> literal(Rest, Until, not Quoted, Done, F);
literal(<<$;, _/binary>> = Rest, _, false, Done, F) -> {lists:reverse(Done), Rest, F};
literal(<<C, _/binary>> = Rest, true, false, Done, F) when C =:= $#; C =:= $0; C =:= $,; C =:= $. ->
    {lists:reverse(Done), Rest, F};
literal(<<$%, Rest/binary>>, Until, false, Done, F) ->
    literal(Rest, Until, false, [$% | Done], F#format{percent = true});
literal(<<C, Rest/binary>>, Until, Quoted, Done, F) -> literal(Rest, Until, Quoted, [C | Done], F);
literal(<<>>, _, _, Done, F) -> {lists:reverse(Done), <<>>, F}.

digits(<<$., Rest/binary>>, _, Comma, F) -> digits(Rest, fraction, Comma, F);
digits(<<$,, Rest/binary>>, whole, _, F) -> digits(Rest, whole, 0, F);
digits(<<$,, Rest/binary>>, fraction, Comma, F) -> digits(Rest, fraction, Comma, F);
digits(<<$0, Rest/binary>>, fraction, Comma, #format{most = Most} = F) ->
    More = min(Most + 1, ?MOST_DIGITS),
    digits(Rest, fraction, Comma, F#format{most = More, fewest = More});
digits(<<$#, Rest/binary>>, fraction, Comma, #format{most = Most} = F) ->
    digits(Rest, fraction, Comma, F#format{most = min(Most + 1, ?MOST_DIGITS)});
digits(<<$0, Rest/binary>>, whole, Comma, #format{whole = Whole} = F) ->
    digits(Rest, whole, next(Comma), F#format{whole = min(Whole + 1, ?MOST_DIGITS)});
digits(<<$#, Rest/binary>>, whole, Comma, F) -> digits(Rest, whole, next(Comma), F);
digits(Rest, _, none, F) -> {F#format{group = 0}, Rest};
digits(Rest, _, Comma, F) -> {F#format{group = Comma}, Rest}.

next(none) -> none;
next(Comma) -> Comma + 1.

%% ---- writing -------------------------------------------------------------------

%% na, and in str.tostring an infinity, is NaN without the text around a number.
written(X, F) when is_float(X) ->
    {Mantissa0, Exponent0} = shortest(abs(X)),
    Exponent1 = case F#format.percent of true -> Exponent0 + 2; false -> Exponent0 end,
    {Mantissa, Exponent} = rounded(Mantissa0, Exponent1, F#format.most),
    IsNegative = X < 0.0 andalso (F#format.message orelse Mantissa =/= 0),
    around(IsNegative, [whole(Mantissa, Exponent, F), behind(Mantissa, Exponent, F)], F);
written(X, #format{message = true} = F) when X =:= inf; X =:= ninf ->
    around(X =:= ninf, <<"∞"/utf8>>, F);
written(_, _) -> <<"NaN">>.

around(true, Digits, #format{negative = {Before, After}}) -> [Before, Digits, After];
around(IsNegative, Digits, #format{before = Before, 'after' = After}) ->
    [[$- || IsNegative], Before, Digits, After].

%% Mantissa · 10^Exponent.
shortest(Size) ->
    [Digits | Exponent] = binary:split(float_to_binary(Size, [short]), <<"e">>),
    [Whole, Fraction] = binary:split(Digits, <<".">>),
    Power = case Exponent of
                [E] -> binary_to_integer(E);
                [] -> 0
            end,
    {binary_to_integer(<<Whole/binary, Fraction/binary>>), Power - byte_size(Fraction)}.

rounded(Mantissa, Exponent, Places) when -Exponent =< Places -> {Mantissa, Exponent};
rounded(Mantissa, Exponent, Places) ->
    Power = pow10(-Exponent - Places),
    {(2 * Mantissa + Power) div (2 * Power), -Places}.

pow10(N) -> lists:foldl(fun(_, Power) -> Power * 10 end, 1, lists:seq(1, N)).

%% A 0 where no digit is asked for on either side of the point.
whole(Mantissa, Exponent, #format{whole = Least, fewest = Fewest, group = Group}) ->
    Whole = case Exponent >= 0 of
                true -> Mantissa * pow10(Exponent);
                false -> Mantissa div pow10(-Exponent)
            end,
    Digits = case Whole of 0 -> ""; _ -> integer_to_list(Whole) end,
    Places = max(Least, case Fewest of 0 -> 1; _ -> 0 end),
    Padded = lists:duplicate(max(0, Places - length(Digits)), $0) ++ Digits,
    grouped(lists:reverse(Padded), Group, 0, []).

grouped([], _, _, Done) -> Done;
grouped(Digits, Group, Group, Done) when Group > 0 -> grouped(Digits, Group, 0, [$, | Done]);
grouped([D | Rest], Group, N, Done) -> grouped(Rest, Group, N + 1, [D | Done]).

behind(_, Exponent, #format{fewest = 0}) when Exponent >= 0 -> "";
behind(Mantissa, Exponent, #format{fewest = Fewest}) ->
    Places = max(Fewest, -Exponent),
    Digits = case Exponent >= 0 of
                 true -> lists:duplicate(Places, $0);
                 false ->
                     Rest = Mantissa rem pow10(-Exponent),
                     Padded = string:pad(integer_to_list(Rest), -Exponent, leading, $0),
                     lists:flatten([Padded, lists:duplicate(Places + Exponent, $0)])
             end,
    case kept(lists:reverse(Digits), Places, Fewest) of
        "" -> "";
        Kept -> [$. | Kept]
    end.

kept([$0 | Rest], Places, Fewest) when Places > Fewest -> kept(Rest, Places - 1, Fewest);
kept(Digits, _, _) -> lists:reverse(Digits).
