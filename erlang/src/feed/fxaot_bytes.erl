%% @private A quote file as a stream of bytes, whatever it is packed in: plain text, gzip, or an
%% entry of a zip archive. Read and unpacked piece by piece, so that memory does not grow with the
%% file. A file and its unpacker end with the process that opened them.
%%
%% Longer than a file should be: each packing is opened, read and closed side by side.
-module(fxaot_bytes).

-export([list/1, list/2, printable/1, open/1, read/1, close/1, position/1]).

-export_type([source/0, stream/0]).

-define(PIECE, 262144).

%% One text: where it is, how its packed bytes are to be read, and its own name.
-record(source, {path :: file:name_all(),
                 name :: string(),
                 packing :: plain | gzip | {zip, fxaot_zip:member()}
                          %% By the tool, and the zone of times without one.
                          | {tool, Tool :: file:filename(), Packing :: atom(), Zone :: binary()},
                 bytes :: non_neg_integer()}).          % packed

-record(stream, {source :: #source{},
                 file :: file:io_device() | fxaot_tool:program(),
                 left :: non_neg_integer(),             % packed bytes not yet read
                 unpacker :: none | zlib:zstream(),
                 more = false :: boolean(),             % the unpacker has output waiting
                 %% Of the unpacked bytes so far.
                 crc = 0 :: non_neg_integer(),
                 size = 0 :: non_neg_integer(),
                 %% UTF-16 becomes UTF-8: the byte order, and what is left of a character.
                 utf16 = unknown :: unknown | no | {little | big, Rest :: binary()}}).

-opaque source() :: #source{}.
-opaque stream() :: #stream{}.
-type error() :: {error, {atom(), map()}}.

%% @equiv list(Path, <<>>)
-spec list(file:name_all()) -> {ok, [{Name :: string(), Bytes :: pos_integer(), source()}]}
              | error().
list(Path) -> list(Path, <<>>).

%% @doc The texts in a file, with their names and packed sizes: one, or an archive's entries in
%% order of their names. The tool `fxaot' converts other packings to plain quotes,
%% where there is one; Zone is that of its times that name none.
-spec list(file:name_all(), Zone :: binary()) ->
          {ok, [{Name :: string(), Bytes :: pos_integer(), source()}]} | error().
list(Path, Zone) ->
    case head(Path) of
        {ok, <<"PK", _/binary>>, _} -> entries(Path);
        {ok, <<"BZh", _/binary>>, Size} -> other(Path, Size, bzip2, Zone);
        {ok, <<16#FD, "7zX", _/binary>>, Size} -> other(Path, Size, xz, Zone);
        {ok, <<16#28, 16#B5, 16#2F, 16#FD, _/binary>>, Size} -> other(Path, Size, zstd, Zone);
        {ok, <<16#5D, 0, 0, _/binary>>, Size} -> other(Path, Size, lzma, Zone);
        {ok, <<"PAR1", _/binary>>, Size} -> other(Path, Size, parquet, Zone);
        {ok, <<31, 139, _/binary>>, Size} -> {ok, [listed(#source{path = Path, name = base(Path),
                                                                  packing = gzip, bytes = Size})]};
        {ok, _, Size} -> {ok, [listed(#source{path = Path, name = base(Path), packing = plain,
                                              bytes = Size})]};
        eof -> {error, {empty_file, #{path => Path}}};
        {error, Reason} -> file_error(Path, Reason)
    end.

%% Packings that only the tool unpacks.
other(Path, Size, Packing, Zone) ->
    case fxaot_tool:find() of
        {ok, Tool} ->
            {ok, [listed(#source{path = Path, name = base(Path), bytes = Size,
                                 packing = {tool, Tool, Packing, Zone}})]};
        {error, _} -> {error, {unsupported_compression, #{path => Path, compression => Packing}}}
    end.

%% @doc A name or path as UTF-8 text, whatever its bytes are.
-spec printable(file:name_all()) -> binary().
printable(Name) ->
    Text = try unicode:characters_to_binary(Name) of
               Bytes when is_binary(Bytes) -> Bytes;
               _ -> <<>>
           catch error:_ -> <<>>
           end,
    << <<C>> || <<C>> <= Text, C =/= $\n, C =/= 0 >>.

listed(#source{name = Name, bytes = Bytes} = Source) -> {Name, Bytes, Source}.

base(Path) ->
    case unicode:characters_to_list(filename:basename(Path)) of
        Name when is_list(Name) -> Name;
        _ -> ""
    end.

head(Path) ->
    case file:open(Path, [read, raw, binary]) of
        {ok, File} ->
            Head = file:read(File, 4),
            Size = file:position(File, eof),
            _ = file:close(File),
            case {Head, Size} of
                {{ok, Bytes}, {ok, Length}} -> {ok, Bytes, Length};
                {Other, _} -> Other
            end;
        Error -> Error
    end.

entries(Path) ->
    {ok, File} = file:open(Path, [read, raw, binary]),
    Members = fxaot_zip:members(File),
    _ = file:close(File),
    case Members of
        {ok, All} ->
            case [listed(Path, Member) || #{size := Size} = Member <- All, Size > 0] of
                [] -> {error, {empty_file, #{path => Path}}};
                Sources -> {ok, Sources}
            end;
        {error, {Reason, Name}} -> {error, {bad_archive, #{path => Path, reason => Reason, member => Name}}};
        {error, Reason} -> bad_archive(Path, Reason)
    end.

listed(Path, #{name := Name, packed := Packed} = Member) ->
    listed(#source{path = Path, name = base(Name), bytes = Packed, packing = {zip, Member}}).

bad_archive(Path, Reason) -> {error, {bad_archive, #{path => Path, reason => Reason}}}.

file_error(Path, enoent) -> {error, {missing_file, #{path => Path}}};
file_error(Path, Reason) -> {error, {unreadable_file, #{path => Path, reason => Reason}}}.

%% @doc Opens one text.
-spec open(source()) -> {ok, stream()} | error().
open(#source{packing = {tool, Tool, _, Zone}, path = Path, bytes = Bytes} = Source) ->
    InZone = case Zone of
                 <<>> -> [];
                 _ -> ["--file-timezone", Zone]
             end,
    case fxaot_tool:open(Tool, ["convert", "--quiet"] ++ InZone ++ ["--", Path]) of
        {ok, Program} ->
            {ok, #stream{source = Source, file = Program, left = Bytes, unpacker = none, utf16 = no}};
        {error, Reason} -> file_error(Tool, Reason)
    end;
open(#source{path = Path, packing = Packing, bytes = Bytes} = Source) ->
    case file:open(Path, [read, raw, binary]) of
        {ok, File} ->
            Stream = #stream{source = Source, file = File, left = Bytes, unpacker = none},
            case start(Packing, Stream) of
                {ok, _} = Opened -> Opened;
                Error ->
                    _ = file:close(File),
                    Error
            end;
        {error, Reason} -> file_error(Path, Reason)
    end.

start(plain, Stream) -> {ok, Stream};
start(gzip, Stream) -> {ok, Stream#stream{unpacker = unpacker(31, reset)}};
start({zip, #{method := Method} = Member}, #stream{file = File, source = #source{path = Path}} = Stream) ->
    case {fxaot_zip:start(File, Member), Method} of
        {ok, stored} -> {ok, Stream};
        {ok, deflated} -> {ok, Stream#stream{unpacker = unpacker(-15, cut)}};
        {{error, Reason}, _} -> bad_archive(Path, Reason)
    end.

unpacker(WindowBits, AtEnd) ->
    Unpacker = zlib:open(),
    ok = zlib:inflateInit(Unpacker, WindowBits, AtEnd),
    Unpacker.

%% @doc The next piece of text.
-spec read(stream()) -> {ok, binary(), stream()} | {eof, stream()} | error().
read(Stream) ->
    case packed(Stream) of
        {ok, Bytes, Next} -> decoded(Bytes, checked(Bytes, Next));
        {eof, Next} -> whole(Next);
        Error -> Error
    end.

%% Of a zip's member. Gzip's own checksum is the unpacker's.
checked(Bytes, #stream{source = #source{packing = {zip, _}}, crc = CRC, size = Size} = Stream) ->
    Stream#stream{crc = erlang:crc32(CRC, Bytes), size = Size + byte_size(Bytes)};
checked(_, Stream) -> Stream.

whole(#stream{source = #source{path = Path, packing = {zip, Member}}, crc = CRC, size = Size} = Stream) ->
    case fxaot_zip:check(Member, Size, CRC) of
        ok -> {eof, Stream};
        {error, Reason} -> bad_archive(Path, Reason)
    end;
whole(Stream) -> {eof, Stream}.

decoded(Bytes, #stream{utf16 = no} = Stream) -> {ok, Bytes, Stream};
decoded(<<16#FF, 16#FE, Rest/binary>>, #stream{utf16 = unknown} = Stream) ->
    decoded(Rest, Stream#stream{utf16 = {little, <<>>}});
decoded(<<16#FE, 16#FF, Rest/binary>>, #stream{utf16 = unknown} = Stream) ->
    decoded(Rest, Stream#stream{utf16 = {big, <<>>}});
decoded(Bytes, #stream{utf16 = unknown} = Stream) -> {ok, Bytes, Stream#stream{utf16 = no}};
decoded(Bytes, #stream{utf16 = {Order, Before}} = Stream) ->
    case unicode:characters_to_binary(<<Before/binary, Bytes/binary>>, {utf16, Order}) of
        Text when is_binary(Text) -> {ok, Text, Stream#stream{utf16 = {Order, <<>>}}};
        {incomplete, Text, Rest} -> {ok, Text, Stream#stream{utf16 = {Order, Rest}}};
        {error, _, _} -> bad_archive(Stream#stream.source#source.path, bad_utf16)
    end.

packed(#stream{file = Program, source = #source{packing = {tool, _, _, _}}} = Stream) ->
    case fxaot_tool:read(Program, infinity) of
        %% Quotes, or an error: that is all of the output then.
        {data, <<"fxaot: ", _/binary>> = Text} -> refused(Text, Stream);
        {data, Bytes} -> {ok, Bytes, Stream};
        {exit, 0} -> {eof, Stream#stream{left = 0}};
        {exit, _} -> refused(<<"the tool failed">>, Stream)
    end;
packed(#stream{more = true} = Stream) -> inflate([], Stream);
packed(#stream{left = 0, unpacker = none} = Stream) -> {eof, Stream};
packed(#stream{left = 0, unpacker = Unpacker, source = #source{path = Path}} = Stream) ->
    %% inflateEnd raises when the packed data has not reached its end; what follows that end (an
    %% archive's directory, where the size is not known) is dropped by one more call.
    try
        _ = zlib:safeInflate(Unpacker, []),
        zlib:inflateEnd(Unpacker)
    of
        %% Where the checksum is wrong, the stream before this one is closed, and the unpacker with it. Else
        %% garbage collection does that.
        ok -> {eof, Stream#stream{unpacker = none}}
    catch error:_ -> bad_archive(Path, cut_off)
    end;
packed(#stream{file = File, left = Left, source = #source{path = Path}} = Stream) ->
    case file:read(File, min(Left, ?PIECE)) of
        {ok, Bytes} ->
            Read = Stream#stream{left = Left - byte_size(Bytes)},
            case Stream#stream.unpacker of
                none -> {ok, Bytes, Read};
                _ -> inflate(Bytes, Read)
            end;
        eof when Stream#stream.source#source.packing =:= plain -> {eof, Stream};
        eof when Stream#stream.unpacker =:= none -> bad_archive(Path, cut_off);
        eof -> packed(Stream#stream{left = 0});
        {error, Reason} -> file_error(Path, Reason)
    end.

refused(Text, #stream{file = Program, source = #source{path = Path, packing = {tool, _, Packing, _}}}) ->
    Message = case string:trim(Text) of
                  <<"fxaot: ", Rest/binary>> -> Rest;
                  Other -> Other
              end,
    fxaot_tool:close(Program),
    {error, {unsupported_compression, #{path => Path, compression => Packing,
                                        message => unicode:characters_to_binary(Message)}}}.

inflate(Packed, #stream{unpacker = Unpacker, source = #source{path = Path}} = Stream) ->
    try inflate(Unpacker, Packed, [], 0) of
        {More, Text} -> {ok, Text, Stream#stream{more = More}}
    catch error:_ -> bad_archive(Path, bad_data)
    end.

%% safeInflate answers a few kB at a time: gathered to about a piece, bounded whatever the ratio.
inflate(Unpacker, Packed, Done, Size) ->
    case zlib:safeInflate(Unpacker, Packed) of
        {continue, Text} when Size < 4 * ?PIECE ->
            inflate(Unpacker, [], [Done | Text], Size + iolist_size(Text));
        {continue, Text} -> {true, iolist_to_binary([Done | Text])};
        {finished, Text} -> {false, iolist_to_binary([Done | Text])}
    end.

-spec close(stream()) -> ok.
close(#stream{file = Program, source = #source{packing = {tool, _, _, _}}}) ->
    fxaot_tool:close(Program);
close(#stream{file = File, unpacker = Unpacker}) ->
    _ = [zlib:close(Unpacker) || Unpacker =/= none],
    _ = file:close(File),
    ok.

%% @doc Packed bytes read so far.
-spec position(stream()) -> non_neg_integer().
position(#stream{left = Left, source = #source{bytes = Bytes}}) -> max(0, Bytes - Left).
