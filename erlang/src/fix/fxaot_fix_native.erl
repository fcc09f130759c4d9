%% @private Native code that reads and writes plain FIX messages: without a fault, data, fields of the users, or a group in a
%% group. Its rules are made from {@link fxaot_fix_dictionary}. All others are {@link fxaot_fix_codec}'s.
-module(fxaot_fix_native).

-export([parse/3, write/2]).

-define(KEY, ?MODULE).
%% Longer ones are not plain.
-define(MOST_BODY, 65536).

%% @doc The plain messages that the bytes begin with, at most so many, and what follows them.
-spec parse(binary(), MaxBytes :: pos_integer(), Most :: pos_integer()) -> {[fxaot_fix_codec:message()], binary()}.
parse(Bytes, Max, Most) ->
    case rules() of
        none -> {[], Bytes};
        Rules -> fxaot_nif:fix_parse(Rules, Bytes, min(Max, ?MOST_BODY), Most)
    end.

%% @doc The bytes of a plain message of up to 8,000 bytes; `none' for any other.
-spec write(fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()) -> binary() | none.
write(Name, Fields) ->
    case rules() of
        none -> none;
        Rules ->
            case fxaot_nif:fix_write(Rules, Name, Fields) of
                Bytes when is_binary(Bytes) -> Bytes;
                _ -> none
            end
    end.

%% A new version of the dictionary makes new ones.
rules() ->
    Version = fxaot_fix_dictionary:module_info(md5),
    case persistent_term:get(?KEY, none) of
        {Version, Rules} -> Rules;
        _ ->
            Rules = made(),
            persistent_term:put(?KEY, {Version, Rules}),
            Rules
    end.

%% None without native code.
made() ->
    Header = fxaot_fix_dictionary:header(),
    Fields = [field(Tag, Name, Kind) || Name <- lists:sort(fxaot_fix_dictionary:names()),
                                        {Tag, Kind} <- [fxaot_fix_dictionary:tag(Name)]],
    Messages = [message(fxaot_fix_dictionary:type(Name), Header) || Name <- fxaot_fix_dictionary:messages()],
    try fxaot_nif:fix_rules(Fields, Messages, tags(Header)) of
        {ok, Rules} -> Rules;
        {error, _} -> none
    catch error:_ -> none
    end.

field(Tag, Name, {one_of, Values}) ->
    case lists:all(fun(Value) -> byte_size(Value) =:= 1 end, Values) of
        true -> {Tag, Name, kind(code), iolist_to_binary(Values)};
        false -> {Tag, Name, kind(other), <<>>}
    end;
field(Tag, Name, Kind) -> {Tag, Name, kind(Kind), <<>>}.

message(Type, Header) ->
    {Name, Body} = fxaot_fix_dictionary:message(Type),
    All = Header ++ Body,
    {Type, Name, tags(All), required(All),
     [{hd(tags([Group])), hd(tags(Entries)), tags(Entries), required(Entries)} || {_, _, Entries} = Group <- All]}.

required(Members) -> tags([Member || Member <- Members, element(1, Member) =:= required]).

tags(Members) -> [Tag || Member <- Members, {Tag, _} <- [fxaot_fix_dictionary:tag(element(2, Member))]].

%% Those of fxaot.h.
kind(int) -> 1;
kind(number) -> 2;
kind(char) -> 3;
kind(string) -> 4;
kind(boolean) -> 5;
kind(timestamp) -> 6;
kind(date) -> 7;
kind(time) -> 8;
kind(code) -> 9;
kind(count) -> 11;
kind(_) -> 10.
