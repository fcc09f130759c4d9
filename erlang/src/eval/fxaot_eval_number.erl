%% @private The arithmetic of scripts. Floats in Erlang are neither NaN nor infinite, and raise
%% `badarith' where they would be: those values are the atoms `na', `inf' and `ninf' here, and
%% any value that is not a number counts as `na'.
%%
%% Longer than a file should be: every operation handles the same special values.
-module(fxaot_eval_number).

-export([add/2, subtract/2, multiply/2, divide/2, quotient/2, remainder/2, divide_integers/2,
         negate/1, absolute/1, truncated/1, rounded_down/1, rounded_up/1, square_root/1,
         larger/2, smaller/2, above/2, below/2, at_least/2, same/2, is_na/1, is_true/1,
         less/2, less_or_equal/2, equal/2, not_equal/2, function/3, whole/1, truth/1]).

-include("fxaot_eval.hrl").

-compile({inline, [special/1]}).

%% Numbers no further apart than this, whatever their size, are equal in a script's comparisons.
-define(TOLERANCE, 1.0e-10).
%% Beyond this all floats are whole.
-define(WHOLE, 4503599627370496.0).

-spec add(value(), value()) -> value().
add(A, B) when is_float(A), is_float(B) ->
    try A + B catch error:badarith -> infinity(A) end;
add(A, B) ->
    case {special(A), special(B)} of
        {na, _} -> na;
        {_, na} -> na;
        {inf, ninf} -> na;
        {ninf, inf} -> na;
        {finite, Special} -> Special;
        {Special, _} -> Special
    end.

-spec subtract(value(), value()) -> value().
subtract(A, B) when is_float(A), is_float(B) ->
    try A - B catch error:badarith -> infinity(A) end;
subtract(A, B) -> add(A, negate(B)).

-spec multiply(value(), value()) -> value().
multiply(A, B) when is_float(A), is_float(B) ->
    try A * B catch error:badarith -> signed(sign_of(A) * sign_of(B)) end;
multiply(A, B) ->
    case {special(A), special(B)} of
        {na, _} -> na;
        {_, na} -> na;
        {finite, _} when A == 0.0 -> na;
        {_, finite} when B == 0.0 -> na;
        _ -> signed(sign_of(A) * sign_of(B))
    end.

%% @doc As IEEE 754 divides: by zero it is an infinity, of 0/0 na.
-spec divide(value(), value()) -> value().
divide(A, B) when is_float(A), is_float(B), B /= 0.0 ->
    try A / B catch error:badarith -> signed(sign_of(A) * sign_of(B)) end;
divide(A, B) ->
    case {special(A), special(B)} of
        {na, _} -> na;
        {_, na} -> na;
        {finite, finite} when A == 0.0 -> na;
        {finite, finite} -> signed(sign_of(A) * sign_of(B));
        {finite, _} -> 0.0;
        {_, finite} -> signed(sign_of(A) * sign_of(B));
        _ -> na
    end.

%% @doc As a script divides: na for a divisor of 0.
-spec quotient(value(), value()) -> value().
quotient(_, B) when B == 0.0 -> na;
quotient(A, B) -> divide(A, B).

%% @doc The sign of the dividend, as in C; na for a zero divisor.
-spec remainder(value(), value()) -> value().
remainder(A, B) when is_float(A), is_float(B), B /= 0.0 -> math:fmod(A, B);
remainder(A, B) when is_float(A), B =:= inf; is_float(A), B =:= ninf -> A;
remainder(_, _) -> na.

-spec divide_integers(value(), value()) -> value().
divide_integers(_, B) when B == 0.0 -> na;
divide_integers(A, B) -> truncated(divide(A, B)).

-spec negate(value()) -> value().
negate(X) when is_float(X) -> -X;
negate(inf) -> ninf;
negate(ninf) -> inf;
negate(_) -> na.

-spec absolute(value()) -> value().
absolute(X) when is_float(X) -> abs(X);
absolute(ninf) -> inf;
absolute(X) -> special(X).

-spec truncated(value()) -> value().
truncated(X) when is_float(X), abs(X) < ?WHOLE -> float(trunc(X));
truncated(X) -> itself(X).

-spec rounded_down(value()) -> value().
rounded_down(X) when is_float(X) -> math:floor(X);
rounded_down(X) -> itself(X).

-spec rounded_up(value()) -> value().
rounded_up(X) when is_float(X) -> math:ceil(X);
rounded_up(X) -> itself(X).

-spec square_root(value()) -> value().
square_root(X) when is_float(X), X >= 0.0 -> math:sqrt(X);
square_root(inf) -> inf;
square_root(_) -> na.

%% The larger; na when one is.
-spec larger(value(), value()) -> value().
larger(A, B) when is_float(A), is_float(B) -> if A > B -> A; true -> B end;
larger(A, B) ->
    case above(A, B) of
        true -> A;
        false -> case at_least(B, A) of true -> B; false -> na end
    end.

-spec smaller(value(), value()) -> value().
smaller(A, B) -> negate(larger(negate(A), negate(B))).

%% ---- comparing exactly; false where one is na --------------------------------

-spec above(value(), value()) -> boolean().
above(A, B) when is_float(A), is_float(B) -> A > B;
above(A, B) -> rank(A) =/= na andalso rank(B) =/= na andalso rank(A) > rank(B).

-spec below(value(), value()) -> boolean().
below(A, B) -> above(B, A).

-spec at_least(value(), value()) -> boolean().
at_least(A, B) when is_float(A), is_float(B) -> A >= B;
at_least(A, B) -> rank(A) =/= na andalso rank(B) =/= na andalso rank(A) >= rank(B).

-spec same(value(), value()) -> boolean().
same(A, B) when is_float(A), is_float(B) -> A == B;
same(A, B) when is_binary(A) -> A =:= B;
same(A, B) -> rank(A) =/= na andalso rank(A) =:= rank(B).

-spec is_na(value()) -> boolean().
is_na(X) -> X =:= na.

%% @doc na is false.
-spec is_true(value()) -> boolean().
is_true(X) when is_float(X) -> X /= 0.0;
is_true(<<>>) -> false;
is_true(X) -> X =/= na.

%% ---- comparing as scripts do -------------------------------------------------

-spec less(value(), value()) -> boolean().
less(A, B) -> above(subtract(B, A), ?TOLERANCE).

-spec less_or_equal(value(), value()) -> boolean().
less_or_equal(A, B) -> at_least(B, A) orelse at_least(?TOLERANCE, subtract(A, B)).

-spec equal(value(), value()) -> boolean().
equal(A, B) when is_binary(A), is_binary(B) -> A =:= B;
equal({ref, A}, {ref, B}) -> A =:= B;
equal(A, B) -> same(A, B) orelse at_least(?TOLERANCE, absolute(subtract(A, B))).

-spec not_equal(value(), value()) -> boolean().
not_equal(A, B) when is_binary(A), is_binary(B) -> A =/= B;
not_equal({ref, A}, {ref, B}) -> A =/= B;
not_equal(A, B) -> less(A, B) orelse less(B, A).

%% ---- functions ---------------------------------------------------------------

%% @doc A function of numbers; `none' for any other.
-spec function(atom(), [value()], Mintick :: float()) -> value() | none.
function(abs, [X], _) -> absolute(X);
function(ceil, [X], _) -> rounded_up(X);
function(floor, [X], _) -> rounded_down(X);
function(sqrt, [X], _) -> square_root(X);
function(exp, [X], _) when is_float(X) -> try math:exp(X) catch error:badarith -> inf end;
function(exp, [inf], _) -> inf;
function(exp, [ninf], _) -> 0.0;
function(log, [X], _) -> logarithm(fun math:log/1, X);
function(log10, [X], _) -> logarithm(fun math:log10/1, X);
function(sin, [X], _) -> finite(fun math:sin/1, X);
function(cos, [X], _) -> finite(fun math:cos/1, X);
function(tan, [X], _) -> finite(fun math:tan/1, X);
function(asin, [X], _) -> finite(fun math:asin/1, X);
function(acos, [X], _) -> finite(fun math:acos/1, X);
function(atan, [inf], _) -> math:pi() / 2;
function(atan, [ninf], _) -> -math:pi() / 2;
function(atan, [X], _) -> finite(fun math:atan/1, X);
function(sign, [X], _) when is_float(X) -> if X > 0 -> 1.0; X < 0 -> -1.0; true -> X end;
function(sign, [inf], _) -> 1.0;
function(sign, [ninf], _) -> -1.0;
function(to_degrees, [X], _) -> multiply(X, 180 / math:pi());
function(to_radians, [X], _) -> multiply(X, math:pi() / 180);
function(round, [X], _) -> nearest(X);
function(round_to, [X, Places], _) -> to_places(X, Places);
function(round_to_mintick, [X], Mintick) -> to_step(X, Mintick);
function(pow, [X, Y], _) -> power(X, Y);
function(max, Values, _) -> extreme(Values, fun above/2);
function(min, Values, _) -> extreme(Values, fun below/2);
function(avg, Values, _) -> divide(lists:foldl(fun(X, Sum) -> add(Sum, X) end, 0.0, Values),
                                   float(length(Values)));
function(nz, [na, Y], _) -> Y;
function(nz, [X, _], _) -> X;
function(F, [_ | _], _) when F =:= exp; F =:= sign -> na;
function(F, Values, _) -> fxaot_eval_color:function(F, Values).

logarithm(Log, X) when is_float(X), X > 0.0 -> Log(X);
logarithm(_, inf) -> inf;
logarithm(_, _) -> na.

finite(F, X) when is_float(X) -> try F(X) catch error:badarith -> na end;
finite(_, _) -> na.

%% Halves away from zero; never −0.
nearest(X) when is_float(X), abs(X) < ?WHOLE -> float(round(X));
nearest(X) -> itself(X).

to_places(X, Places) when is_float(X), is_float(Places), Places >= 0.0, Places =< 16.0 ->
    rounded(X, float(pow10(trunc(Places))));
to_places(_, na) -> na;
to_places(X, _) -> itself(X).

pow10(N) -> pow10(N, 1).

pow10(0, Power) -> Power;
pow10(N, Power) -> pow10(N - 1, Power * 10).

%% Steps such as 0.01 are no floats; their inverses are, so the division comes last.
to_step(X, Step) when is_float(X), Step > 0 ->
    Inverse = math:floor(1 / Step + 0.5),
    if Inverse >= 1, abs(Inverse * Step - 1) < 1.0e-9 -> rounded(X, Inverse);
       true -> multiply(nearest(divide(X, Step)), Step)
    end;
to_step(X, _) -> itself(X).

%% To the nearest 1/Scale. Within 1e-10 of a half the decimal text of X decides, further off its exact
%% value.
rounded(X, Scale) ->
    case multiply(abs(X), Scale) of
        Scaled when is_float(Scaled), Scaled < 9.0e15 ->
            Count = count(abs(X), Scale, trunc(math:floor(Scaled))),
            if X < 0.0, Count =/= 0 -> -(Count / Scale);
               true -> Count / Scale
            end;
        _ -> X
    end.

%% Size · Scale as a whole number. A half of it is above, at or below the exact product of two floats;
%% the float nearest to the half over the scale is the one that its text reads back as.
count(Size, Scale, Down) ->
    {Number, Divisor} = fraction(Size),
    %% 2 · Divisor · (product − half)
    Beyond = 2 * Number * trunc(Scale) - (2 * Down + 1) * Divisor,
    IsUp = case abs(Beyond) * 10000000000 =< 2 * Divisor of
               true -> Size >= (Down + 0.5) / Scale;
               false -> Beyond > 0
           end,
    if IsUp -> Down + 1; true -> Down end.

%% A float that is not negative, as a fraction of whole numbers.
fraction(X) ->
    case <<X/float>> of
        <<_:1, 0:11, Mantissa:52>> -> {Mantissa, 1 bsl 1074};
        <<_:1, Exponent:11, Mantissa:52>> when Exponent >= 1075 ->
            {(Mantissa bor (1 bsl 52)) bsl (Exponent - 1075), 1};
        <<_:1, Exponent:11, Mantissa:52>> -> {Mantissa bor (1 bsl 52), 1 bsl (1075 - Exponent)}
    end.

%% As C's pow, of the numbers that are finite; x⁰ = 1 and 1ʸ = 1 for all.
power(X, Y) when is_float(X), is_float(Y) ->
    try math:pow(X, Y)
    catch error:badarith ->
            IsOdd = abs(Y) < ?WHOLE * 2 andalso math:fmod(Y, 2.0) /= 0.0 andalso math:floor(Y) == Y,
            if X < 0.0, Y =/= na -> case math:floor(Y) == Y of
                                        true when IsOdd -> ninf;
                                        true -> inf;
                                        false -> na
                                    end;
               X == 0.0, IsOdd -> infinity_of_zero(X);
               true -> inf
            end
    end;
power(X, Y) ->
    case {special(X), special(Y)} of
        {na, _} -> na;
        {_, na} -> na;
        {finite, _} -> power_without_end(abs(X), Y);
        {_, finite} when Y == 0.0 -> 1.0;
        {_, _} -> infinite_base(X, Y)
    end.

power_without_end(X, _) when X == 1.0 -> 1.0;
power_without_end(X, Y) ->
    case (X > 1.0) =:= (Y =:= inf) of
        true -> inf;
        false -> 0.0
    end.

infinite_base(_, ninf) -> 0.0;
infinite_base(_, Y) when is_float(Y), Y < 0.0 -> 0.0;
infinite_base(ninf, Y) when is_float(Y) ->
    case math:fmod(Y, 2.0) of
        Odd when Odd == 1.0 -> ninf;
        _ -> inf
    end;
infinite_base(_, _) -> inf.

infinity_of_zero(X) ->
    case <<X/float>> of
        <<1:1, _:63>> -> ninf;
        _ -> inf
    end.

extreme([First | _] = Values, IsBetter) ->
    case lists:any(fun(X) -> special(X) =:= na end, Values) of
        true -> na;
        false -> lists:foldl(fun(X, Best) ->
                                     case IsBetter(X, Best) of true -> X; false -> Best end
                             end, First, Values)
    end.

%% ---- kinds of values ----------------------------------------------------------

%% @doc A whole number 0 … 1,048,576, else 0, for which a kernel returns na.
-spec whole(value()) -> non_neg_integer().
whole(X) when is_float(X), X >= 0.0, X =< 1048576.0 -> trunc(X);
whole(_) -> 0.

-spec truth(boolean()) -> float().
truth(true) -> 1.0;
truth(false) -> 0.0.

special(X) when is_float(X) -> finite;
special(inf) -> inf;
special(ninf) -> ninf;
special(_) -> na.

itself(X) when is_float(X) -> X;
itself(X) -> special(X).

%% Of the sum that was too large.
infinity(A) when A > 0.0 -> inf;
infinity(_) -> ninf.

signed(Sign) when Sign > 0 -> inf;
signed(_) -> ninf.

sign_of(inf) -> 1;
sign_of(ninf) -> -1;
sign_of(X) ->
    case <<X/float>> of
        <<1:1, _:63>> -> -1;
        _ -> 1
    end.

%% Numbers in their order, the infinities at the ends.
rank(X) when is_float(X) -> {0, X};
rank(inf) -> {1, 0.0};
rank(ninf) -> {-1, 0.0};
rank(_) -> na.
