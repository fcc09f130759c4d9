%% @private Terms ▶ JSON texts (RFC 8259). Atoms are texts, besides true, false and null.
-module(fxaot_dashboard_json).

-export([encode/1, text/1]).

-type value() :: atom() | number() | binary() | [value()] | #{atom() | binary() => value()} | {json, iodata()}.

%% @doc `{json, Text}' is a text that is made already.
-spec encode(value()) -> iodata().
encode({json, Text}) -> Text;
encode(null) -> <<"null">>;
encode(true) -> <<"true">>;
encode(false) -> <<"false">>;
encode(Atom) when is_atom(Atom) -> text(atom_to_binary(Atom));
encode(Number) when is_integer(Number) -> integer_to_binary(Number);
encode(Number) when is_float(Number) -> float_to_binary(Number, [short]);
encode(Text) when is_binary(Text) -> text(Text);
encode([]) -> <<"[]">>;
encode([First | Rest]) -> [$[, encode(First), [[$,, encode(Value)] || Value <- Rest], $]];
encode(Map) when is_map(Map) ->
    case maps:to_list(Map) of
        [] -> <<"{}">>;
        [First | Rest] -> [${, member(First), [[$,, member(Each)] || Each <- Rest], $}]
    end.

member({Key, Value}) when is_atom(Key) -> [text(atom_to_binary(Key)), $:, encode(Value)];
member({Key, Value}) -> [text(Key), $:, encode(Value)].

%% @doc A text in its quotes. Bytes that are no UTF-8 become question marks.
-spec text(binary()) -> iodata().
text(Text) ->
    case is_plain(Text) of
        true -> [$", Text, $"];
        false -> [$", escaped(Text), $"]
    end.

is_plain(<<C, Rest/binary>>) when C >= 16#20, C < 16#7F, C =/= $", C =/= $\\ -> is_plain(Rest);
is_plain(<<>>) -> true;
is_plain(_) -> false.

escaped(<<C, Rest/binary>>) when C =:= $"; C =:= $\\ -> [$\\, C | escaped(Rest)];
escaped(<<C, Rest/binary>>) when C < 16#20; C =:= 16#7F -> [io_lib:format("\\u~4.16.0b", [C]) | escaped(Rest)];
escaped(<<C/utf8, Rest/binary>>) -> [<<C/utf8>> | escaped(Rest)];
escaped(<<_, Rest/binary>>) -> [$? | escaped(Rest)];
escaped(<<>>) -> [].
