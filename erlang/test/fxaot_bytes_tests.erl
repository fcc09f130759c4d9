-module(fxaot_bytes_tests).
-include_lib("eunit/include/eunit.hrl").

files_test_() ->
    {setup, fun directory/0, fun(Directory) -> file:del_dir_r(Directory) end,
     fun(Directory) ->
             [{Title, fun() -> Test(Directory) end}
              || {Title, Test} <-
                     [{"a plain file", fun plain/1}, {"gzip", fun gzip/1},
                      {"gzip of two members", fun gzip_members/1}, {"zip", fun zip/1},
                      {"a stored zip entry", fun zip_stored/1},
                      {"an archive of two, by name", fun zip_of_two/1},
                      {"a zip with a wrong byte", fun damaged_zip/1},
                      {"a zip whose directory lies", fun wrong_directory/1},
                      {"an encrypted zip", fun encrypted_zip/1},
                      {"a cut zip", fun cut_zip/1}, {"a cut gzip", fun cut_gzip/1},
                      {"damaged gzip", fun damaged_gzip/1}, {"a missing file", fun missing/1},
                      {"an empty file", fun empty/1}]]
     end}.

directory() ->
    Directory = filename:join("/tmp", "fxaot_bytes_" ++ os:getpid()),
    ok = filelib:ensure_dir(filename:join(Directory, "x")),
    Directory.

%% More than one piece, and hardly compressible.
text() ->
    _ = rand:seed(exsss, 1),
    iolist_to_binary([[integer_to_binary(rand:uniform(1 bsl 60)), $\n] || _ <- lists:seq(1, 60000)]).

written(Directory, Name, Bytes) ->
    Path = filename:join(Directory, Name),
    ok = file:write_file(Path, Bytes),
    Path.

all(Source) ->
    case fxaot_bytes:open(Source) of
        {ok, Stream} -> all(Stream, []);
        Error -> Error
    end.

all(Stream, Done) ->
    case fxaot_bytes:read(Stream) of
        {ok, Bytes, Next} -> all(Next, [Done | Bytes]);
        {eof, Next} ->
            ok = fxaot_bytes:close(Next),
            iolist_to_binary(Done);
        Error -> Error
    end.

plain(Directory) ->
    {ok, [{"a.csv", Size, Source}]} = fxaot_bytes:list(written(Directory, "a.csv", text())),
    ?assertEqual(byte_size(text()), Size),
    ?assertEqual(text(), all(Source)).

gzip(Directory) ->
    {ok, [{"a.gz", _, Source}]} =
        fxaot_bytes:list(written(Directory, "a.gz", zlib:gzip(text()))),
    ?assertEqual(text(), all(Source)).

gzip_members(Directory) ->
    Bytes = [zlib:gzip(<<"one\n">>), zlib:gzip(<<"two\n">>)],
    {ok, [{_, _, Source}]} = fxaot_bytes:list(written(Directory, "two.gz", Bytes)),
    ?assertEqual(<<"one\ntwo\n">>, all(Source)).

archive(Files, Options) ->
    {ok, {_, Bytes}} = zip:create("a.zip", Files, [memory | Options]),
    Bytes.

zip(Directory) ->
    Path = written(Directory, "a.zip", archive([{"in/b.csv", text()}], [])),
    {ok, [{"b.csv", _, Source}]} = fxaot_bytes:list(Path),
    ?assertEqual(text(), all(Source)).

zip_stored(Directory) ->
    Path = written(Directory, "s.zip", archive([{"b.csv", text()}], [{compress, []}])),
    {ok, [{"b.csv", _, Source}]} = fxaot_bytes:list(Path),
    ?assertEqual(text(), all(Source)).

zip_of_two(Directory) ->
    Path = written(Directory, "two.zip", archive([{"b.csv", <<"B">>}, {"a.csv", <<"A">>}], [])),
    {ok, Entries} = fxaot_bytes:list(Path),
    ?assertEqual([{"a.csv", <<"A">>}, {"b.csv", <<"B">>}],
                 [{Name, all(Source)} || {Name, _, Source} <- Entries]).

%% One byte of the data is another; where it is stored nothing else would notice.
damaged_zip(Directory) ->
    [begin
         Bytes = archive([{"b.csv", text()}], Options),
         At = byte_size(Bytes) div 2,
         <<Head:At/binary, Byte, Tail/binary>> = Bytes,
         {ok, [{_, _, Source}]} =
             fxaot_bytes:list(written(Directory, "bad.zip", <<Head/binary, (Byte bxor 1), Tail/binary>>)),
         ?assertMatch({error, {bad_archive, _}}, all(Source))
     end || Options <- [[], [{compress, []}]]].

%% The record of the directory: flags at 8, method at 10, checksum at 16, size at 24.
with_directory(Directory, At, Field) ->
    Bytes = archive([{"b.csv", <<"B\n">>}], [{compress, []}]),
    [{Start, 4} | _] = binary:matches(Bytes, <<"PK", 1, 2>>),
    Before = Start + At,
    Length = byte_size(Field),
    <<Head:Before/binary, _:Length/binary, Tail/binary>> = Bytes,
    fxaot_bytes:list(written(Directory, "wrong.zip", <<Head/binary, Field/binary, Tail/binary>>)).

wrong_directory(Directory) ->
    {ok, [{_, _, Checksum}]} = with_directory(Directory, 16, <<0:32>>),
    ?assertMatch({error, {bad_archive, #{reason := checksum}}}, all(Checksum)),
    {ok, [{_, _, Size}]} = with_directory(Directory, 24, <<3:32/little>>),
    ?assertMatch({error, {bad_archive, #{reason := {size, 2}}}}, all(Size)),
    ?assertMatch({error, {bad_archive, #{reason := {compression_method, 12}, member := <<"b.csv">>}}},
                 with_directory(Directory, 10, <<12:16/little>>)),
    ?assertMatch({error, {bad_archive, #{reason := bad_directory}}},
                 with_directory(Directory, 28, <<9999:16/little>>)).

encrypted_zip(Directory) ->
    {error, {bad_archive, #{path := Path}}} = Error = with_directory(Directory, 8, <<1:16/little>>),
    ?assertEqual("b.csv in " ++ Path ++ " is encrypted: unpack it first.",
                 lists:flatten(io_lib:format("~ts", [fxaot:format_error(Error)]))).

cut_zip(Directory) ->
    Bytes = archive([{"b.csv", text()}], []),
    [begin
         Path = written(Directory, "cut.zip", binary:part(Bytes, 0, Size)),
         ?assertMatch({error, {bad_archive, #{path := Path}}}, fxaot_bytes:list(Path))
     end || Size <- [4, 30, byte_size(Bytes) div 2, byte_size(Bytes) - 30]].

cut_gzip(Directory) ->
    Bytes = zlib:gzip(text()),
    [begin
         {ok, [{_, _, Source}]} =
             fxaot_bytes:list(written(Directory, "cut.gz", binary:part(Bytes, 0, Size))),
         ?assertMatch({error, {bad_archive, _}}, all(Source))
     end || Size <- [4, byte_size(Bytes) div 2, byte_size(Bytes) - 1]].

damaged_gzip(Directory) ->
    <<Head:1000/binary, _:64, Tail/binary>> = zlib:gzip(text()),
    {ok, [{_, _, Source}]} =
        fxaot_bytes:list(written(Directory, "bad.gz", <<Head/binary, 0:64, Tail/binary>>)),
    ?assertMatch({error, {bad_archive, _}}, all(Source)).

missing(Directory) ->
    Path = filename:join(Directory, "none.csv"),
    ?assertEqual({error, {missing_file, #{path => Path}}}, fxaot_bytes:list(Path)).

empty(Directory) ->
    Path = written(Directory, "empty.csv", <<>>),
    ?assertEqual({error, {empty_file, #{path => Path}}}, fxaot_bytes:list(Path)).
