%% @private Why a function over objects stops a script, as a sentence; and how sentences write numbers.
-module(fxaot_eval_fault).

-export([sentence/2, number/1]).

-export_type([reason/0]).

-include("fxaot_eval.hrl").

-type reason() :: missing | empty | room | work
                | {index, value(), Elements :: non_neg_integer()}
                | {size, value(), Most :: non_neg_integer()}
                | {slice, End :: integer(), Elements :: non_neg_integer()}
                | {shapes, Rows :: integer(), Columns :: integer(), Rows :: integer(), Columns :: integer()}
                | {not_square, Rows :: integer(), Columns :: integer()}
                | {argument, value()}.

%% Larger numbers are written with an exponent.
-define(LARGEST_PLAIN, 9007199254740992.0).

%% @doc `array.get: the index 5 is outside of 3 elements'.
-spec sentence(atom(), reason()) -> iodata().
sentence(Function, Reason) -> [fxaot_eval_names:object_name(Function), ": ", reason(Reason)].

reason(missing) -> "the object is na";
reason({index, Index, Count}) ->
    ["the index ", argument(Index), " is outside of ", integer_to_list(Count), " elements"];
reason({size, Size, Most}) ->
    ["a size must be from 0 to ", integer_to_list(Most), ", not ", argument(Size)];
reason(empty) -> "there are no elements";
reason({slice, End, Count}) ->
    ["the slice ends at ", integer_to_list(End), ", but its array has only ", integer_to_list(Count), " elements"];
reason({shapes, Rows, Columns, OtherRows, OtherColumns}) ->
    [shape(Rows, Columns), " elements do not fit ", shape(OtherRows, OtherColumns)];
reason({not_square, Rows, Columns}) ->
    ["the matrix has ", integer_to_list(Rows), " rows and ", integer_to_list(Columns), " columns, but must be square"];
reason({argument, Value}) -> [argument(Value), " cannot be an argument"];
reason(room) -> "the script's objects exceed 16 MiB";
reason(work) -> "the script goes through too many elements on this bar".

shape(Rows, Columns) -> [integer_to_list(Rows), " x ", integer_to_list(Columns)].

argument(na) -> "na";
argument(X) -> number(X).

%% @doc The shortest decimal that reads back as the number, without ".0" after whole numbers.
-spec number(value()) -> iodata().
number(X) when is_float(X), X < 0.0 -> [$- | number(-X)];
number(X) when is_float(X), X == 0.0 -> "0";
number(X) when is_float(X) ->
    {Digits, Place} = digits(X),
    case Place < -3 orelse X > ?LARGEST_PLAIN of
        true -> scientific(Digits, Place - 1);
        false -> plain(Digits, Place)
    end;
number(inf) -> "inf";
number(ninf) -> "-inf";
number(_) -> "nan".

%% 0.Digits · 10^Place.
digits(X) ->
    [Mantissa | Exponent] = string:split(float_to_list(X, [short]), "e"),
    [Whole, Fraction] = string:split(Mantissa, "."),
    Power = case Exponent of [E] -> list_to_integer(E); [] -> 0 end,
    Digits = string:trim(Whole ++ Fraction, leading, "0"),
    Zeros = length(Whole) + length(Fraction) - length(Digits),
    {string:trim(Digits, trailing, "0"), Power + length(Whole) - Zeros}.

plain(Digits, Place) when Place =< 0 -> ["0.", lists:duplicate(-Place, $0), Digits];
plain(Digits, Place) when Place >= length(Digits) -> [Digits, lists:duplicate(Place - length(Digits), $0)];
plain(Digits, Place) ->
    {Whole, Fraction} = lists:split(Place, Digits),
    [Whole, $., Fraction].

scientific([First | Rest], Exponent) ->
    Sign = case Exponent < 0 of true -> $-; false -> $+ end,
    Power = string:pad(integer_to_list(abs(Exponent)), 2, leading, $0),
    [First, [[$. | Rest] || Rest =/= []], $e, Sign, Power].
