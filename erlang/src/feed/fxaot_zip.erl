%% @private The table of contents of a zip file (PKWARE APPNOTE 6.3), read from its end.
%%
%% ```
%% members … │ central directory: one 46-byte record + name each │ end record, 22 bytes + comment
%% '''
%% Stored and deflated members can be read, also those whose sizes are in the zip64 extra field; encryption,
%% a zip64 directory and other methods are errors. The tool's `ZipArchive' takes and refuses the same, and no
%% members above 4 GiB; a case of fxaot_api_SUITE compares the two. This one is for releases without the tool, and
%% the native library links no zlib. OTP's zip does not say a member's checksum, nor that it is encrypted.
-module(fxaot_zip).

-export([members/1, start/2]).

-export_type([member/0]).

-type member() :: #{name := unicode:chardata(), method := stored | deflated, crc := non_neg_integer(),
                    packed := non_neg_integer(), size := non_neg_integer(), offset := non_neg_integer()}.
-type reason() :: no_directory | bad_directory | zip64 | encrypted | {compression_method, non_neg_integer()}
                | bad_member | file:posix() | badarg | terminated.

-define(END_BYTES, 22).
-define(RECORD_BYTES, 46).
-define(LOCAL_BYTES, 30).
-define(ENCRYPTED, 1).
%% Stands in a 32-bit field for "see the zip64 field".
-define(ALL_ONES, 16#FFFFFFFF).

%% @doc The members of an open file that are no folders, in the order of their names. A reason may come with
%% the member's name.
-spec members(file:io_device()) -> {ok, [member()]} | {error, reason() | {reason(), Name :: binary()}}.
members(File) ->
    {ok, Size} = file:position(File, eof),
    TailSize = min(Size, ?END_BYTES + 65535),
    case file:pread(File, Size - TailSize, TailSize) of
        {ok, Tail} -> ended(File, Tail, Size - TailSize, byte_size(Tail) - ?END_BYTES);
        eof -> {error, no_directory};
        Error -> Error
    end.

%% The last place where the end record lies.
ended(_, _, _, At) when At < 0 -> {error, no_directory};
ended(File, Tail, Before, At) ->
    case Tail of
        <<_:At/binary, "PK", 5, 6, _:48, Count:16/little, Bytes:32/little, Offset:32/little, _/binary>> ->
            if
                Count =:= 16#FFFF; Bytes =:= ?ALL_ONES; Offset =:= ?ALL_ONES -> {error, zip64};
                Offset + Bytes > Before + At -> {error, bad_directory};
                true -> directory(file:pread(File, Offset, Bytes), Count)
            end;
        _ -> ended(File, Tail, Before, At - 1)
    end.

directory({ok, Records}, Count) -> records(Records, Count, []);
directory(eof, 0) -> {ok, []};
directory(eof, _) -> {error, bad_directory};
directory(Error, _) -> Error.

records(_, 0, Members) -> {ok, lists:sort(fun(#{name := A}, #{name := B}) -> A =< B end, Members)};
records(<<"PK", 1, 2, _:32, Flags:16/little, Method:16/little, _:32, CRC:32/little, Packed:32/little,
          Size:32/little, NameBytes:16/little, ExtraBytes:16/little, CommentBytes:16/little, _:64,
          Offset:32/little, Name:NameBytes/binary, Extra:ExtraBytes/binary, _:CommentBytes/binary,
          Rest/binary>>, Count, Members) ->
    case {is_folder(Name), member(Name, Flags, Method, zip64([Size, Packed, Offset], field(Extra)))} of
        {true, _} -> records(Rest, Count - 1, Members);
        {false, {ok, Member}} -> records(Rest, Count - 1, [Member#{crc => CRC} | Members]);
        {false, {error, bad_directory} = Error} -> Error;
        {false, {error, Reason}} -> {error, {Reason, Name}}
    end;
records(_, _, _) -> {error, bad_directory}.

is_folder(<<>>) -> false;
is_folder(Name) -> binary:last(Name) =:= $/.

member(_, Flags, _, _) when Flags band ?ENCRYPTED =/= 0 -> {error, encrypted};
member(Name, _, Method, [Size, Packed, Offset]) when Method =:= 0; Method =:= 8 ->
    {ok, #{name => Name, method => case Method of 0 -> stored; 8 -> deflated end, size => Size,
           packed => Packed, offset => Offset}};
member(_, _, Method, _) when Method =/= 0, Method =/= 8 -> {error, {compression_method, Method}};
member(_, _, _, none) -> {error, bad_directory}.

%% Fields of all ones stand in the zip64 field, in their order.
zip64([], _) -> [];
zip64([?ALL_ONES | Fields], <<Long:64/little, Rest/binary>>) -> longer(Long, zip64(Fields, Rest));
zip64([?ALL_ONES | _], _) -> none;
zip64([Short | Fields], Extra) -> longer(Short, zip64(Fields, Extra)).

longer(_, none) -> none;
longer(Value, Values) -> [Value | Values].

field(<<1:16/little, Length:16/little, Field:Length/binary, _/binary>>) -> Field;
field(<<_:16, Length:16/little, _:Length/binary, Rest/binary>>) -> field(Rest);
field(_) -> <<>>.

%% @doc Moves an open file to where a member's packed bytes begin, if all of them are in the file.
-spec start(file:io_device(), member()) -> ok | {error, reason()}.
start(File, #{offset := Offset, packed := Packed}) ->
    {ok, Size} = file:position(File, eof),
    case file:pread(File, Offset, ?LOCAL_BYTES) of
        {ok, <<"PK", 3, 4, _:176, Name:16/little, Extra:16/little>>}
          when Offset + ?LOCAL_BYTES + Name + Extra + Packed =< Size ->
            {ok, _} = file:position(File, Offset + ?LOCAL_BYTES + Name + Extra),
            ok;
        {error, Reason} -> {error, Reason};
        _ -> {error, bad_member}
    end.
