%% @private A zip file's members. What is where, and whether it is whole, the native library says, to the tool and to
%% this feed; here are the reads of the file.
-module(fxaot_zip).

-export([members/1, start/2, check/3]).

-export_type([member/0]).

-type member() :: #{name := unicode:chardata(), method := stored | deflated, packed := non_neg_integer(),
                    size := non_neg_integer(), offset := non_neg_integer(), entry := fxaot_nif:zip_member()}.
-type reason() :: atom() | {compression_method, non_neg_integer()}.

-define(TAIL_BYTES, 65557).
-define(HEADER_BYTES, 30).

%% @doc The members of an open file that are no folders, in the order of their names. A reason may come with
%% the member's name.
-spec members(file:io_device()) -> {ok, [member()]} | {error, reason() | {reason(), Name :: binary()}}.
members(File) ->
    {ok, Size} = file:position(File, eof),
    TailSize = min(Size, ?TAIL_BYTES),
    case read(File, Size - TailSize, TailSize) of
        {ok, Tail} ->
            case fxaot_nif:zip_find(Tail, Size) of
                {ok, Offset, Bytes, Count} -> listed(read(File, Offset, Bytes), Count);
                Error -> Error
            end;
        Error -> Error
    end.

listed({ok, Directory}, Count) ->
    case fxaot_nif:zip_members(Directory, Count) of
        {ok, Members} ->
            {ok, [#{name => Name, method => case IsDeflated of true -> deflated; false -> stored end,
                    packed => Packed, size => Unpacked, offset => Offset, entry => Entry}
                  || {Name, IsDeflated, Packed, Unpacked, Offset, Entry} <- Members]};
        {error, {bad_directory, _}} -> {error, bad_directory};
        Error -> Error
    end;
listed(Error, _) -> Error.

%% What is there of it: the native library sees that something is missing.
read(File, Offset, Bytes) ->
    case file:pread(File, Offset, Bytes) of
        eof -> {ok, <<>>};
        Answer -> Answer
    end.

%% @doc Moves an open file to where a member's packed bytes begin, if all of them are in the file.
-spec start(file:io_device(), member()) -> ok | {error, reason()}.
start(File, #{offset := Offset, entry := Entry}) ->
    {ok, Size} = file:position(File, eof),
    case read(File, Offset, ?HEADER_BYTES) of
        {ok, Header} ->
            case fxaot_nif:zip_start(Entry, Header, Size) of
                {ok, Start} ->
                    {ok, _} = file:position(File, Start),
                    ok;
                Error -> Error
            end;
        Error -> Error
    end.

%% @doc Whether so many bytes with this checksum are what the member holds.
-spec check(member(), Size :: non_neg_integer(), CRC :: non_neg_integer()) -> ok | {error, reason() | {size, non_neg_integer()}}.
check(#{entry := Entry}, Size, CRC) ->
    case fxaot_nif:zip_check(Entry, Size, CRC) of
        {error, size} -> {error, {size, Size}};
        Answer -> Answer
    end.
