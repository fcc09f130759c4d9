%% @private Fields of protobuf messages as bytes: what OTLP needs of the encoding, and of its answers.
%%
%% ```
%%   field       tag = number << 3 | wire type, as a varint; then the value
%%   wire types  0 varint   1 eight bytes, little-endian   2 length as a varint, bytes   5 four bytes
%% '''
%% A field with its type's default value is left out, as proto3 has it; `one_of_…' writes it all the same.
-module(fxaot_protobuf).

-export([varint/2, fixed32/2, fixed64/2, text/2, bytes/2, message/2, packed_fixed64/2, packed_doubles/2]).
-export([one_of_varint/2, one_of_sfixed64/2, one_of_double/2, one_of_text/2]).
-export([utf8/1, fields/1]).

-export_type([number_value/0]).

-type field() :: 1..536870911.
-type number_value() :: number() | infinity | '-infinity' | nan.

%% ---- writing ------------------------------------------------------------------

-spec varint(field(), integer()) -> iodata().
varint(_, 0) -> [];
varint(Field, Value) -> one_of_varint(Field, Value).

%% A negative int64 takes ten bytes.
-spec one_of_varint(field(), integer()) -> iodata().
one_of_varint(Field, Value) -> [tag(Field, 0), base128(Value band 16#FFFFFFFFFFFFFFFF)].

-spec fixed32(field(), non_neg_integer()) -> iodata().
fixed32(_, 0) -> [];
fixed32(Field, Value) -> [tag(Field, 5), <<Value:32/little>>].

-spec fixed64(field(), non_neg_integer()) -> iodata().
fixed64(_, 0) -> [];
fixed64(Field, Value) -> [tag(Field, 1), <<Value:64/little>>].

-spec one_of_sfixed64(field(), integer()) -> iodata().
one_of_sfixed64(Field, Value) -> [tag(Field, 1), <<Value:64/little-signed>>].

-spec one_of_double(field(), number_value()) -> iodata().
one_of_double(Field, Value) -> [tag(Field, 1), double(Value)].

%% @doc Text of any bytes: what is not UTF-8 is replaced, since a receiver refuses the whole message otherwise.
-spec text(field(), unicode:chardata()) -> iodata().
text(Field, Text) -> bytes(Field, utf8(Text)).

-spec one_of_text(field(), unicode:chardata()) -> iodata().
one_of_text(Field, Text) -> message(Field, utf8(Text)).

-spec bytes(field(), binary()) -> iodata().
bytes(_, <<>>) -> [];
bytes(Field, Bytes) -> message(Field, Bytes).

%% @doc Also an empty message is there.
-spec message(field(), iodata()) -> iodata().
message(Field, Message) -> [tag(Field, 2), base128(iolist_size(Message)), Message].

-spec packed_fixed64(field(), [non_neg_integer()]) -> iodata().
packed_fixed64(_, []) -> [];
packed_fixed64(Field, Values) -> message(Field, [<<Value:64/little>> || Value <- Values]).

-spec packed_doubles(field(), [number_value()]) -> iodata().
packed_doubles(_, []) -> [];
packed_doubles(Field, Values) -> message(Field, [double(Value) || Value <- Values]).

tag(Field, Type) -> base128(Field bsl 3 bor Type).

base128(Value) when Value < 128 -> <<Value>>;
base128(Value) -> <<1:1, (Value band 127):7, (base128(Value bsr 7))/binary>>.

double(infinity) -> <<0:48, 16#F0, 16#7F>>;
double('-infinity') -> <<0:48, 16#F0, 16#FF>>;
double(nan) -> <<0:48, 16#F8, 16#7F>>;
double(Value) ->
    try <<Value:64/float-little>>
    catch error:badarg when Value > 0 -> double(infinity);
          error:badarg -> double('-infinity')
    end.

%% @doc The text as UTF-8; a byte that does not belong to a character becomes U+FFFD.
-spec utf8(unicode:chardata()) -> binary().
utf8(Text) ->
    case unicode:characters_to_binary(Text) of
        Binary when is_binary(Binary) -> Binary;
        {_, Good, Rest} -> replaced(iolist_to_binary_of(Rest), [Good])
    end.

replaced(<<>>, Done) -> iolist_to_binary(lists:reverse(Done));
replaced(<<_, Rest/binary>>, Done) ->
    case unicode:characters_to_binary(Rest) of
        Binary when is_binary(Binary) -> replaced(<<>>, [Binary, <<16#FFFD/utf8>> | Done]);
        {_, Good, Bad} -> replaced(iolist_to_binary_of(Bad), [Good, <<16#FFFD/utf8>> | Done])
    end.

%% The rest of a text with a fault may still have characters above 255.
iolist_to_binary_of(Rest) when is_binary(Rest) -> Rest;
iolist_to_binary_of(Rest) ->
    iolist_to_binary([case Each of
                          Binary when is_binary(Binary) -> Binary;
                          Code when Code =< 255 -> Code;
                          Code -> try <<Code/utf8>> catch error:badarg -> $? end
                      end || Each <- lists:flatten([Rest])]).

%% ---- reading ------------------------------------------------------------------

%% @doc The fields of a message, unsigned; `error' when the bytes are none.
-spec fields(binary()) -> [{non_neg_integer(), non_neg_integer() | binary()}] | error.
fields(Bytes) -> fields(Bytes, []).

fields(<<>>, Done) -> lists:reverse(Done);
fields(Bytes, Done) ->
    case varint_of(Bytes, 0, 0) of
        {Tag, Rest} ->
            case value(Tag band 7, Rest) of
                {Value, After} -> fields(After, [{Tag bsr 3, Value} | Done]);
                error -> error
            end;
        error -> error
    end.

value(0, Bytes) -> varint_of(Bytes, 0, 0);
value(1, <<Value:64/little, Rest/binary>>) -> {Value, Rest};
value(5, <<Value:32/little, Rest/binary>>) -> {Value, Rest};
value(2, Bytes) ->
    case varint_of(Bytes, 0, 0) of
        {Length, Rest} when Length =< byte_size(Rest) ->
            <<Value:Length/binary, After/binary>> = Rest,
            {Value, After};
        _ -> error
    end;
value(_, _) -> error.

varint_of(<<More:1, Part:7, Rest/binary>>, Shift, Value) when Shift < 70 ->
    Sum = Value bor (Part bsl Shift),
    case More of
        0 -> {Sum band 16#FFFFFFFFFFFFFFFF, Rest};
        1 -> varint_of(Rest, Shift + 7, Sum)
    end;
varint_of(_, _, _) -> error.
