%% @private FIX 4.4 in its tag=value form: bytes ⇄ messages, by the data dictionary {@link fxaot_fix_dictionary}.
%%
%% ```
%%   8=FIX.4.4␁9=LENGTH␁35=TYPE␁ header body 10=SUM␁
%%             └ of the bytes from 35= to the ␁ before 10=; SUM: of all bytes before 10=, modulo 256, three digits
%% '''
%% A message is `{Name, Fields}': a map of the header and the body together. A group is a list of such maps under the
%% name of its count. Tags that users define (5000 and above) are whole numbers as keys, with their bytes, wherever they
%% stand, the first of each. The bytes of a data field stand under its own name alone; its length is the codec's.
%%
%% Brokers send more than the dictionary has: fields that a message of it does not have are skipped.
%%
%% Every function is total, makes no atoms, and looks at no more than the largest message: `{more, Bytes}' asks for at
%% least so many, `garbled' names bytes that are no message, which are to be skipped without an answer, and `invalid'
%% names a message that is to be rejected (`reason': the session's reject reason 373, by the standard's numbers).
-module(fxaot_fix_codec).

-export([encode/2, encode_plainly/2, decode/1, decode/2, decode_many/2, decode_plainly/2]).

-export_type([message/0, fields/0, value/0, invalid/0]).

-type value() :: integer() | float() | boolean() | binary() | [fields()].
-type fields() :: #{fxaot_fix_dictionary:name() | pos_integer() => value()}.
-type message() :: {fxaot_fix_dictionary:name(), fields()}.
-type invalid() :: #{reason := non_neg_integer(), tag := non_neg_integer(), type := binary(),
                     sequence := non_neg_integer() | undefined}.

-define(SOH, 1).
-define(BEGIN, "8=FIX.4.4").
-define(PREFIX, <<?BEGIN, ?SOH, "9=">>).
%% "10=123␁"
-define(TRAILER, 7).
-define(MAX_BYTES, 65536).
-define(MAX_FIELDS, 4096).
-define(MAX_INT, 16#7FFFFFFFFFFFFFFF).
%% Of a number: the largest whole one that a double holds exactly, and its text.
-define(MAX_NUMBER, 1.0e15).
-define(MAX_TEXT, 40).
-define(TEN_DECIMALS, 10000000000).
-define(USER, 5000).
-define(MAX_TAG, 99999).

%% The reject reasons of tag 373 that the codec finds.
-define(INVALID_TAG, 0).
-define(MISSING, 1).
-define(NOT_OF_MESSAGE, 2).
-define(EMPTY, 4).
-define(BAD_VALUE, 5).
-define(BAD_FORMAT, 6).
-define(BAD_TYPE, 11).
-define(TWICE, 13).
-define(OUT_OF_ORDER, 14).
-define(BAD_GROUP, 15).
-define(BAD_COUNT, 16).

%% ---- encoding -----------------------------------------------------------------

%% @doc A message's bytes. The dictionary says the order of the fields, and which must be there.
-spec encode(fxaot_fix_dictionary:name(), fields()) -> {ok, binary()} | {error, {bad_message, map()}}.
encode(Name, Fields) when is_atom(Name), is_map(Fields) ->
    case fxaot_fix_native:write(Name, Fields) of
        none -> encode_plainly(Name, Fields);
        Bytes -> {ok, Bytes}
    end;
encode(Name, _) -> {error, {bad_message, #{message => Name}}}.

%% @doc encode/2 without native code: for what that leaves, and the oracle of its tests.
-spec encode_plainly(fxaot_fix_dictionary:name(), fields()) -> {ok, binary()} | {error, {bad_message, map()}}.
encode_plainly(Name, Fields) ->
    case fxaot_fix_dictionary:type(Name) of
        unknown -> {error, {bad_message, #{message => Name}}};
        Type ->
            {_, Body} = fxaot_fix_dictionary:message(Type),
            try framed([<<"35=">>, Type, ?SOH, written(fxaot_fix_dictionary:header() ++ Body, Fields, true)])
            catch throw:{bad, Field, Value} -> {error, {bad_message, #{message => Name, field => Field, value => Value}}};
                  throw:{missing, Field} -> {error, {bad_message, #{message => Name, missing => Field}}};
                  throw:too_long -> {error, {bad_message, #{message => Name, maximum => ?MAX_BYTES}}}
            end
    end.

framed(Body) ->
    Bytes = iolist_to_binary(Body),
    _ = [throw(too_long) || byte_size(Bytes) > ?MAX_BYTES],
    All = <<?PREFIX/binary, (integer_to_binary(byte_size(Bytes)))/binary, ?SOH, Bytes/binary>>,
    {ok, <<All/binary, "10=", (three_digits(sum(All)))/binary, ?SOH>>}.

three_digits(Sum) -> iolist_to_binary(io_lib:format("~3..0b", [Sum])).

sum(Bytes) -> sum(Bytes, 0).

sum(<<Byte, Rest/binary>>, Sum) -> sum(Rest, Sum + Byte);
sum(<<>>, Sum) -> Sum rem 256.

%% Fields of the users come last, by their tags.
written(Members, Fields, AllowsUsers) ->
    Known = [element(2, Member) || Member <- Members],
    Others = lists:sort(maps:keys(maps:without(Known, Fields))),
    _ = [throw({bad, Other, map_get(Other, Fields)})
         || Other <- Others,
            not (AllowsUsers andalso is_integer(Other) andalso Other >= ?USER andalso Other =< ?MAX_TAG)],
    [[one(Member, Fields) || Member <- Members],
     [pair(Tag, user_text(Tag, map_get(Tag, Fields))) || Tag <- Others]].

one(Member, Fields) ->
    Name = element(2, Member),
    case {Fields, Member} of
        {#{Name := Value}, {_, _, Entries}} -> group(Name, Value, Entries);
        {#{Name := Value}, {_, _}} -> field(Name, Value);
        {#{}, _} when element(1, Member) =:= required -> throw({missing, Name});
        _ -> []
    end.

group(Name, Entries, Members) when is_list(Entries), length(Entries) =< ?MAX_FIELDS ->
    {Tag, count} = fxaot_fix_dictionary:tag(Name),
    [pair(Tag, integer_to_binary(length(Entries))),
     [case is_map(Entry) of
          true -> written(Members, Entry, false);
          false -> throw({bad, Name, Entry})
      end || Entry <- Entries]];
group(Name, Value, _) -> throw({bad, Name, Value}).

field(Name, Value) ->
    {Tag, Kind} = fxaot_fix_dictionary:tag(Name),
    case {Kind, text(Kind, Value)} of
        {_, bad} -> throw({bad, Name, Value});
        {data, Bytes} ->
            {LengthTag, length} = fxaot_fix_dictionary:tag(fxaot_fix_dictionary:length_of(Name)),
            [pair(LengthTag, integer_to_binary(byte_size(Bytes))), pair(Tag, Bytes)];
        {_, Text} -> pair(Tag, Text)
    end.

pair(Tag, Text) -> [integer_to_binary(Tag), $=, Text, ?SOH].

user_text(Tag, Value) ->
    case text(string, Value) of
        bad -> throw({bad, Tag, Value});
        Text -> Text
    end.

text(int, Value) when is_integer(Value), abs(Value) =< ?MAX_INT -> integer_to_binary(Value);
text(number, Value) when is_integer(Value), abs(Value) =< ?MAX_NUMBER -> integer_to_binary(Value);
text(number, Value) when is_float(Value), abs(Value) =< ?MAX_NUMBER ->
    decimal(Value);
text(boolean, true) -> <<"Y">>;
text(boolean, false) -> <<"N">>;
text(data, Value) when is_binary(Value), Value =/= <<>> -> Value;
text({one_of, Values}, Value) ->
    case lists:member(Value, Values) of
        true -> Value;
        false -> bad
    end;
text(Kind, Value) when is_binary(Value), Value =/= <<>> ->
    case binary:match(Value, <<?SOH>>) =:= nomatch andalso read(Kind, Value) of
        {ok, Value} -> Value;
        _ -> bad
    end;
text(_, _) -> bad.

%% Up to ten decimals, at least one. The integer part is taken off first, which is exact.
decimal(Value) ->
    Magnitude = abs(Value),
    Whole = trunc(Magnitude),
    Sign = case Value < 0 of
               true -> <<"-">>;
               false -> <<>>
           end,
    case round((Magnitude - Whole) * ?TEN_DECIMALS) of
        ?TEN_DECIMALS -> [Sign, integer_to_binary(Whole + 1), ".0"];
        Part ->
            <<"1", First, Digits/binary>> = integer_to_binary(?TEN_DECIMALS + Part),
            [Sign, integer_to_binary(Whole), $., First, string:trim(Digits, trailing, "0")]
    end.

%% ---- decoding: frames -----------------------------------------------------------

%% @equiv decode(Bytes, 65536)
-spec decode(binary()) ->
          {ok, message(), Rest :: binary()} | {more, pos_integer()}
        | {error, {garbled, #{reason := atom()}} | {invalid, invalid()}, Rest :: binary()}.
decode(Bytes) -> decode(Bytes, ?MAX_BYTES).

%% @doc The first message of the bytes, whose body has at most so many.
-spec decode(binary(), MaxBytes :: pos_integer()) ->
          {ok, message(), Rest :: binary()} | {more, pos_integer()}
        | {error, {garbled, #{reason := atom()}} | {invalid, invalid()}, Rest :: binary()}.
decode(Bytes, Max) when is_binary(Bytes), is_integer(Max), Max > 0 ->
    case fxaot_fix_native:parse(Bytes, Max, 1) of
        {[Message], Rest} -> {ok, Message, Rest};
        _ -> decode_plainly(Bytes, Max)
    end.

%% @doc Messages from the beginning of the bytes on, at most 64, and what follows them. Where there is none, the reason
%% is that of {@link decode/2}.
-spec decode_many(binary(), MaxBytes :: pos_integer()) ->
          {ok, [message(), ...], Rest :: binary()} | {more, pos_integer()}
        | {error, {garbled, #{reason := atom()}} | {invalid, invalid()}, Rest :: binary()}.
decode_many(Bytes, Max) when is_binary(Bytes), is_integer(Max), Max > 0 ->
    case fxaot_fix_native:parse(Bytes, Max, 64) of
        {[_ | _] = Messages, Rest} -> {ok, Messages, Rest};
        _ ->
            case decode_plainly(Bytes, Max) of
                {ok, Message, Rest} -> {ok, [Message], Rest};
                Other -> Other
            end
    end.

%% @doc decode/2 without native code: for what that leaves, and the oracle of its tests.
-spec decode_plainly(binary(), MaxBytes :: pos_integer()) ->
          {ok, message(), Rest :: binary()} | {more, pos_integer()}
        | {error, {garbled, #{reason := atom()}} | {invalid, invalid()}, Rest :: binary()}.
decode_plainly(Bytes, Max) ->
    Prefix = ?PREFIX,
    Size = min(byte_size(Prefix), byte_size(Bytes)),
    case {Bytes, binary:part(Prefix, 0, Size)} of
        {<<Prefix:(byte_size(Prefix))/binary, Rest/binary>>, _} -> sized(Bytes, Rest, 0, 0, Max);
        {<<Start:Size/binary>>, Start} -> {more, byte_size(Prefix) - Size};
        _ -> garbled(begin_string, Bytes)
    end.

%% The digits of the length.
sized(Bytes, <<Digit, Rest/binary>>, Length, Digits, Max) when Digit >= $0, Digit =< $9, Digits < 7 ->
    sized(Bytes, Rest, 10 * Length + Digit - $0, Digits + 1, Max);
sized(Bytes, <<?SOH, Rest/binary>>, Length, Digits, Max) when Digits > 0, Length > 0, Length =< Max ->
    framed(Bytes, Rest, Length);
sized(_, <<>>, _, Digits, _) when Digits < 7 -> {more, 1};
sized(Bytes, _, _, _, _) -> garbled(body_length, Bytes).

framed(Bytes, Rest, Length) ->
    case Rest of
        <<Body:Length/binary, "10=", A, B, C, ?SOH, After/binary>>
          when A >= $0, A =< $9, B >= $0, B =< $9, C >= $0, C =< $9 ->
            Sum = sum(binary:part(Bytes, 0, byte_size(Bytes) - byte_size(Rest) + Length)),
            case 100 * (A - $0) + 10 * (B - $0) + C - $0 of
                Sum -> parsed(Body, After);
                _ -> garbled(checksum, Bytes)
            end;
        _ when byte_size(Rest) < Length + ?TRAILER -> {more, Length + ?TRAILER - byte_size(Rest)};
        _ -> garbled(body_length, Bytes)
    end.

%% The next message may begin anywhere behind the first byte.
garbled(Reason, <<_, Rest/binary>>) ->
    Next = case binary:match(Rest, <<"8=FIX.4.4">>) of
               {Place, _} -> binary:part(Rest, Place, byte_size(Rest) - Place);
               nomatch -> tail(Rest, min(byte_size(Rest), byte_size(?PREFIX) - 1))
           end,
    {error, {garbled, #{reason => Reason}}, Next}.

%% The longest end that may be the beginning of a message.
tail(_, 0) -> <<>>;
tail(Bytes, Size) ->
    End = binary:part(Bytes, byte_size(Bytes) - Size, Size),
    case binary:part(?PREFIX, 0, Size) of
        End -> End;
        _ -> tail(Bytes, Size - 1)
    end.

%% ---- decoding: fields -----------------------------------------------------------

parsed(Body, After) ->
    case pairs(Body, 0, []) of
        {ok, [{35, Type} | Pairs]} -> typed(Type, Pairs, After);
        %% The standard: a message whose third field is not its type is garbled.
        {ok, _} -> {error, {garbled, #{reason => msg_type}}, After};
        {bad, Reason, Tag, [{35, Type} | Pairs]} -> invalid(Reason, Tag, Type, Pairs, After);
        {bad, _, _, _} -> {error, {garbled, #{reason => msg_type}}, After}
    end.

typed(Type, Pairs, After) ->
    case fxaot_fix_dictionary:message(Type) of
        unknown -> invalid(?BAD_TYPE, 35, Type, Pairs, After);
        {Name, Body} ->
            Header = fxaot_fix_dictionary:header(),
            {Known, Users} = known(Pairs, names(Header ++ Body), [], #{}),
            try
                {Fields, []} = members(Known, Header ++ Body, #{}, message),
                _ = in_order(Known, [element(2, Member) || Member <- Header], header),
                {ok, {Name, maps:merge(Users, Fields)}, After}
            catch throw:{bad, Reason, Tag} -> invalid(Reason, Tag, Type, Pairs, After)
            end
    end.

names(Members) -> lists:flatmap(fun({_, Name}) -> [Name]; ({_, Name, Entries}) -> [Name | names(Entries)] end, Members).

%% What the message can have, and the users' fields.
known([], _, Known, Users) -> {lists:reverse(Known), Users};
known([{Tag, Text} = Pair | Rest], Names, Known, Users) ->
    case named(Tag) of
        user -> known(Rest, Names, Known, maps:merge(#{Tag => Text}, Users));
        unknown -> known(Rest, Names, Known, Users);
        {Name, _} ->
            case lists:member(Name, Names) of
                true -> known(Rest, Names, [Pair | Known], Users);
                false -> known(Rest, Names, Known, Users)
            end
    end.

invalid(Reason, Tag, Type, Pairs, After) ->
    Sequence = case lists:keyfind(34, 1, Pairs) of
                   {_, Text} ->
                       case read(int, Text) of
                           {ok, Number} when Number >= 0 -> Number;
                           _ -> undefined
                       end;
                   false -> undefined
               end,
    {error, {invalid, #{reason => Reason, tag => Tag, type => Type, sequence => Sequence}}, After}.

%% All fields of the header stand before all of the body.
in_order([], _, _) -> ok;
in_order([{Tag, _} | Rest], Header, Where) ->
    {Name, _} = named(Tag),
    case {Where, lists:member(Name, Header)} of
        {body, true} -> throw({bad, ?OUT_OF_ORDER, Tag});
        {_, true} -> in_order(Rest, Header, header);
        {_, false} -> in_order(Rest, Header, body)
    end.

%% Tags and their bytes. The length before a data field says where that ends: it may contain anything.
pairs(<<>>, _, Pairs) -> {ok, lists:reverse(Pairs)};
pairs(Bytes, Count, Pairs) when Count < ?MAX_FIELDS ->
    case {tag_of(Bytes, 0, 0), Pairs} of
        {{ok, Tag, Rest}, [{LengthTag, Length} | _]} ->
            case counted(LengthTag, Tag, Length, Rest) of
                {ok, Value, After} -> pairs(After, Count + 1, [{Tag, Value} | Pairs]);
                no -> until_end(Tag, Rest, Count, Pairs);
                bad -> {bad, ?BAD_FORMAT, LengthTag, lists:reverse(Pairs)}
            end;
        {{ok, Tag, Rest}, []} -> until_end(Tag, Rest, Count, Pairs);
        {bad, _} -> {bad, ?INVALID_TAG, 0, lists:reverse(Pairs)}
    end;
pairs(_, _, Pairs) -> {bad, ?BAD_FORMAT, 0, lists:reverse(Pairs)}.

until_end(Tag, Rest, Count, Pairs) ->
    case binary:split(Rest, <<?SOH>>) of
        [<<>>, _] -> {bad, ?EMPTY, Tag, lists:reverse(Pairs)};
        [Value, After] -> pairs(After, Count + 1, [{Tag, Value} | Pairs]);
        [_] -> {bad, ?BAD_FORMAT, Tag, lists:reverse(Pairs)}
    end.

counted(LengthTag, Tag, Text, Rest) ->
    case {fxaot_fix_dictionary:field(LengthTag), fxaot_fix_dictionary:field(Tag)} of
        {{Length, length}, {Data, data}} ->
            case {fxaot_fix_dictionary:data_of(Length), read(length, Text)} of
                {Data, {ok, Size}} ->
                    case Rest of
                        <<Value:Size/binary, ?SOH, After/binary>> -> {ok, Value, After};
                        _ -> bad
                    end;
                _ -> bad
            end;
        _ -> no
    end.

tag_of(<<Digit, Rest/binary>>, Tag, Digits)
  when Digit >= $0, Digit =< $9, Digits < 5, Digit > $0 orelse Digits > 0 ->
    tag_of(Rest, 10 * Tag + Digit - $0, Digits + 1);
tag_of(<<$=, Rest/binary>>, Tag, Digits) when Digits > 0 -> {ok, Tag, Rest};
tag_of(_, _, _) -> bad.

%% ---- decoding: by the dictionary --------------------------------------------------

%% A message takes fields in any order, and so does an entry of a group after its first one: it ends where that comes
%% again, or with a field that is none of the entry's.
members([], Members, Fields, _) -> {complete(Members, Fields), []};
members([{Tag, _} | _] = Pairs, [Delimiter | _] = Members, Fields, Where) ->
    {Name, Kind} = named(Tag),
    case {lists:keyfind(Name, 2, Members), Where} of
        {false, message} -> throw({bad, ?NOT_OF_MESSAGE, Tag});
        {false, entry} -> {complete(Members, Fields), Pairs};
        {Delimiter, entry} when is_map_key(Name, Fields) -> {complete(Members, Fields), Pairs};
        {Member, _} -> member(Member, Kind, Pairs, Members, Fields, Where)
    end.

%% A length stands for its data.
named(Tag) ->
    case fxaot_fix_dictionary:field(Tag) of
        unknown when Tag >= ?USER -> user;
        unknown -> unknown;
        {Name, length} -> {fxaot_fix_dictionary:data_of(Name), length};
        Field -> Field
    end.

member({_, Name, Entries}, count, [{Tag, Text} | Rest], Left, Fields, Where) ->
    Count = case read(count, Text) of
                {ok, Number} -> Number;
                bad -> throw({bad, ?BAD_FORMAT, Tag})
            end,
    {List, After} = entries(Rest, Entries, Tag, Count, []),
    members(After, Left, once(Name, Tag, List, Fields), Where);
%% Its data is the next field.
member({_, Name}, length, [{LengthTag, _} | Rest], Left, Fields, Where) ->
    case {Rest, fxaot_fix_dictionary:tag(Name)} of
        {[{Tag, Bytes} | After], {Tag, _}} -> members(After, Left, once(Name, Tag, Bytes, Fields), Where);
        _ -> throw({bad, ?OUT_OF_ORDER, LengthTag})
    end;
member({_, Name}, data, _, _, _, _) ->
    {LengthTag, length} = fxaot_fix_dictionary:tag(fxaot_fix_dictionary:length_of(Name)),
    throw({bad, ?MISSING, LengthTag});
member({_, Name}, Kind, [{Tag, Text} | Rest], Left, Fields, Where) ->
    case read(Kind, Text) of
        {ok, Value} -> members(Rest, Left, once(Name, Tag, Value, Fields), Where);
        bad -> throw({bad, case Kind of {one_of, _} -> ?BAD_VALUE; _ -> ?BAD_FORMAT end, Tag})
    end.

entries(Pairs, _, _, 0, Entries) -> {lists:reverse(Entries), Pairs};
entries([{First, _} | _] = Pairs, [Delimiter | _] = Members, Tag, Count, Entries) ->
    case fxaot_fix_dictionary:tag(element(2, Delimiter)) of
        {First, _} ->
            {Entry, Rest} = members(Pairs, Members, #{}, entry),
            entries(Rest, Members, Tag, Count - 1, [Entry | Entries]);
        _ -> throw({bad, case Entries of [] -> ?BAD_GROUP; _ -> ?BAD_COUNT end, Tag})
    end;
entries([], _, Tag, _, _) -> throw({bad, ?BAD_COUNT, Tag}).

once(Key, Tag, _, Fields) when is_map_key(Key, Fields) -> throw({bad, ?TWICE, Tag});
once(Key, _, Value, Fields) -> Fields#{Key => Value}.

complete(Members, Fields) ->
    case [element(2, Member) || Member <- Members, element(1, Member) =:= required,
                                not is_map_key(element(2, Member), Fields)] of
        [] -> Fields;
        [Missing | _] ->
            {Tag, _} = fxaot_fix_dictionary:tag(Missing),
            throw({bad, ?MISSING, Tag})
    end.

%% ---- values ---------------------------------------------------------------------

read(int, Text) -> whole(Text);
read(length, Text) ->
    case read(count, Text) of
        {ok, Number} when Number > 0 -> {ok, Number};
        _ -> bad
    end;
read(count, Text) ->
    case whole(Text) of
        {ok, Number} when Number >= 0, Number =< ?MAX_BYTES -> {ok, Number};
        _ -> bad
    end;
read(number, Text) -> number(Text);
read(boolean, <<"Y">>) -> {ok, true};
read(boolean, <<"N">>) -> {ok, false};
read(boolean, _) -> bad;
read(char, <<Char>>) -> {ok, <<Char>>};
read(char, _) -> bad;
read({one_of, Values}, Text) ->
    case lists:member(Text, Values) of
        true -> {ok, Text};
        false -> bad
    end;
read(date, <<Date:8/binary>> = Text) -> checked(is_date(Date), Text);
read(time, Text) -> checked(is_time(Text), Text);
read(timestamp, <<Date:8/binary, $-, Time/binary>> = Text) -> checked(is_date(Date) andalso is_time(Time), Text);
read(Kind, Text) when Kind =:= string; Kind =:= data -> {ok, Text};
read(_, _) -> bad.

checked(true, Text) -> {ok, Text};
checked(false, _) -> bad.

whole(<<$-, Digits/binary>>) ->
    case whole(Digits) of
        {ok, Number} -> {ok, -Number};
        bad -> bad
    end;
whole(Digits) when byte_size(Digits) > 0, byte_size(Digits) =< 19 ->
    case all_digits(Digits) andalso binary_to_integer(Digits) of
        Number when is_integer(Number), Number =< ?MAX_INT -> {ok, Number};
        _ -> bad
    end;
whole(_) -> bad.

%% Digits with at most one point, in front of, between or behind them; a whole number stays one.
number(Text) when byte_size(Text) =< ?MAX_TEXT ->
    {Sign, Unsigned} = case Text of
                           <<$-, Rest/binary>> -> {-1, Rest};
                           _ -> {1, Text}
                       end,
    case binary:split(Unsigned, <<".">>) of
        [Whole] -> bounded(Sign, Whole, <<>>);
        [Whole, Part] -> bounded(Sign, Whole, Part)
    end;
number(_) -> bad.

bounded(_, <<>>, <<>>) -> bad;
bounded(Sign, Whole, Part) ->
    case all_digits(Whole) andalso all_digits(Part) of
        false -> bad;
        true ->
            Number = case Part of
                         <<>> -> binary_to_integer(Whole);
                         _ -> binary_to_float(<<"0", Whole/binary, ".", Part/binary>>)
                     end,
            case Number =< ?MAX_NUMBER of
                true -> {ok, Sign * Number};
                false -> bad
            end
    end.

all_digits(<<Digit, Rest/binary>>) when Digit >= $0, Digit =< $9 -> all_digits(Rest);
all_digits(<<>>) -> true;
all_digits(_) -> false.

is_date(<<Y:4/binary, M:2/binary, D:2/binary>>) ->
    lists:all(fun all_digits/1, [Y, M, D])
        andalso calendar:valid_date(binary_to_integer(Y), binary_to_integer(M), binary_to_integer(D)).

%% A second may be a leap second; fractions have 3 to 9 digits.
is_time(<<H:2/binary, $:, M:2/binary, $:, S:2/binary>>) ->
    lists:all(fun all_digits/1, [H, M, S])
        andalso binary_to_integer(H) < 24 andalso binary_to_integer(M) < 60 andalso binary_to_integer(S) =< 60;
is_time(<<Time:8/binary, $., Part/binary>>) when byte_size(Part) >= 3, byte_size(Part) =< 9 ->
    is_time(Time) andalso all_digits(Part);
is_time(_) -> false.
