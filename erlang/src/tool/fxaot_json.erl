%% @private JSON texts (RFC 8259) ▶ terms, as the command-line tool writes them.
-module(fxaot_json).

-export([decode/1]).

-export_type([json/0]).

-define(MOST_DIGITS, 400).

-type json() :: null | boolean() | number() | binary() | [json()] | #{binary() => json()}.

%% @doc The first value of a text; what follows it is not looked at.
-spec decode(binary()) -> {ok, json()} | error.
decode(Text) ->
    try value(space(Text)) of
        {Value, _} -> {ok, Value}
    catch error:_ -> error
    end.

space(<<C, Rest/binary>>) when C =:= $\s; C =:= $\t; C =:= $\n; C =:= $\r -> space(Rest);
space(Rest) -> Rest.

value(<<"null", Rest/binary>>) -> {null, Rest};
value(<<"true", Rest/binary>>) -> {true, Rest};
value(<<"false", Rest/binary>>) -> {false, Rest};
value(<<$", Rest/binary>>) -> text(Rest, <<>>);
value(<<$[, Rest/binary>>) -> list(space(Rest), []);
value(<<${, Rest/binary>>) -> object(space(Rest), #{});
value(Text) -> number(Text).

list(<<$], Rest/binary>>, Done) -> {lists:reverse(Done), Rest};
list(Text, Done) ->
    {Value, Rest} = value(Text),
    case space(Rest) of
        <<$,, More/binary>> -> list(space(More), [Value | Done]);
        <<$], _/binary>> = End -> list(End, [Value | Done])
    end.

object(<<$}, Rest/binary>>, Done) -> {Done, Rest};
object(<<$", Text/binary>>, Done) ->
    {Key, Rest} = text(Text, <<>>),
    <<$:, After/binary>> = space(Rest),
    {Value, Left} = value(space(After)),
    case space(Left) of
        <<$,, More/binary>> -> object(space(More), Done#{Key => Value});
        <<$}, _/binary>> = End -> object(End, Done#{Key => Value})
    end.

text(<<$", Rest/binary>>, Done) -> {Done, Rest};
text(<<$\\, $u, Hex:4/binary, Rest/binary>>, Done) ->
    unicode(binary_to_integer(Hex, 16), Rest, Done);
text(<<$\\, C, Rest/binary>>, Done) -> text(Rest, <<Done/binary, (escaped(C))>>);
text(<<C/utf8, Rest/binary>>, Done) -> text(Rest, <<Done/binary, C/utf8>>).

%% A character beyond the first 65,536 comes as two.
unicode(High, <<$\\, $u, Hex:4/binary, Rest/binary>>, Done) when High >= 16#D800, High < 16#DC00 ->
    Low = binary_to_integer(Hex, 16),
    C = 16#10000 + ((High - 16#D800) bsl 10) + (Low - 16#DC00),
    text(Rest, <<Done/binary, C/utf8>>);
unicode(C, Rest, Done) -> text(Rest, <<Done/binary, C/utf8>>).

escaped($n) -> $\n;
escaped($t) -> $\t;
escaped($r) -> $\r;
escaped($b) -> $\b;
escaped($f) -> $\f;
escaped(C) when C =:= $"; C =:= $\\; C =:= $/ -> C.

number(Text) ->
    {match, [{0, Length}]} =
        re:run(Text, "^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?", [{capture, first}]),
    %% The time of a conversion grows with the square of its digits.
    true = Length =< ?MOST_DIGITS,
    <<Number:Length/binary, Rest/binary>> = Text,
    {to_number(Number), Rest}.

to_number(Number) ->
    case re:run(Number, "[.eE]", [{capture, none}]) of
        nomatch -> binary_to_integer(Number);
        match ->
            [Head | Exponent] = re:split(Number, "[eE]"),
            Whole = case binary:match(Head, <<".">>) of
                        nomatch -> <<Head/binary, ".0">>;
                        _ -> Head
                    end,
            binary_to_float(iolist_to_binary([Whole | [[$e, E] || E <- Exponent]]))
    end.
