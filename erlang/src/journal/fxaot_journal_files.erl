%% @private The files of a journal: segments of records, and what a start makes of them. docs/journal.md has the format.
%%
%% ```
%%   00000000000000000001.fxj │ header │ begin │ terms │ snapshot parts │ records …
%%   00000000000000081234.fxj │ header │ begin │ terms │ snapshot parts │ records …   ◀ the newest
%% '''
%% A start reads the newest segment. One whose snapshot is not whole was never in use: it is put aside, and the one before it
%% is the newest. The snapshot comes last in a segment's beginning, so whoever has it has all.
-module(fxaot_journal_files).

-include("../telemetry/fxaot_log.hrl").

-export([prepare/1, recover/3, newest/1, segments/1, path/2, header/2, batch/1, begin_record/0, end_record/0,
         snapshot_records/1, term_record/1, with_terms/2, gap_record/2, is_end/1, remove_before/2]).

-export_type([segment/0, recovered/0, fault/0]).

-define(MAGIC, "FXAOTJNL").
-define(VERSION, 1).
-define(STATE_FORMAT, 1).
-define(HEADER_BYTES, 68).
-define(SUFFIX, ".fxj").
-define(PART_BYTES, 1048576).
%% Around a payload.
-define(HEAD_BYTES, 21).
-define(OVERHEAD, 57).
-define(DIRECTORY_MODE, 8#700).

-define(BEGIN, 1).
-define(SNAPSHOT, 2).
-define(TERM, 7).
-define(END, 8).
-define(GAP, 9).

-type segment() :: #{path := file:filename_all(), first := pos_integer()}.
-type recovered() :: #{terms := #{term() => term()}, chain := fxaot_nif:chain(), records := non_neg_integer(),
                       bytes := non_neg_integer(), torn := none | {file:filename_all(), Bytes :: pos_integer()},
                       %% The snapshot was taken at an orderly stop: nothing came after it.
                       is_of_end := boolean()}.
-type fault() :: fxaot:error().

%% @doc Makes the folder, for this user alone, or checks that it is such a one.
-spec prepare(Dir :: file:filename_all()) -> ok | fault().
prepare(Dir) ->
    case filelib:ensure_dir(filename:join(Dir, "x")) of
        ok -> checked(Dir, file:read_file_info(Dir, [raw]));
        {error, Reason} -> {error, {journal_folder, #{path => Dir, reason => Reason}}}
    end.

checked(Dir, {ok, Info}) ->
    %% #file_info{} by its places would need file.hrl for two fields.
    Mode = element(8, Info) band 8#7777,
    case Mode band 8#022 of
        0 -> file:change_mode(Dir, Mode band ?DIRECTORY_MODE bor ?DIRECTORY_MODE);
        _ ->
            case file:list_dir(Dir) of
                {ok, []} -> file:change_mode(Dir, ?DIRECTORY_MODE);
                _ -> {error, {journal_folder, #{path => Dir, reason => untrusted}}}
            end
    end;
checked(Dir, {error, Reason}) -> {error, {journal_folder, #{path => Dir, reason => Reason}}}.

%% @doc All segments, oldest first.
-spec segments(Dir :: file:filename_all()) -> {ok, [segment()]} | fault().
segments(Dir) ->
    case file:list_dir(Dir) of
        {ok, Names} ->
            {ok, lists:sort(fun(#{first := A}, #{first := B}) -> A =< B end,
                            [#{path => filename:join(Dir, Name), first => First}
                             || Name <- Names, {ok, First} <- [first(Name)]])};
        {error, Reason} -> {error, {journal_folder, #{path => Dir, reason => Reason}}}
    end.

first(Name) ->
    case filename:extension(Name) =:= ?SUFFIX andalso string:to_integer(filename:basename(Name, ?SUFFIX)) of
        {First, []} when First > 0 -> {ok, First};
        _ -> none
    end.

-spec path(Dir :: file:filename_all(), First :: pos_integer()) -> file:filename_all().
path(Dir, First) -> filename:join(Dir, lists:flatten(io_lib:format("~20..0b" ?SUFFIX, [First]))).

%% ---- writing ----------------------------------------------------------------

%% @doc The header of a segment whose first record follows the chain, in an epoch; and the chain after it.
-spec header(fxaot_nif:chain(), Epoch :: pos_integer()) -> {Header :: binary(), fxaot_nif:chain()}.
header(<<Sequence:64/little, _:64, Hash:32/binary>>, Epoch) ->
    Head = <<?MAGIC, ?VERSION:32/little, ?STATE_FORMAT:32/little, (Sequence + 1):64/little, Epoch:64/little, Hash/binary>>,
    Header = <<Head/binary, (fxaot_nif:crc32c(Head)):32/little>>,
    {Header, <<Sequence:64/little, Epoch:64/little, (fxaot_nif:sha256(Header))/binary>>}.

%% @doc A batch of records for {@link fxaot_nif:frame_records/2}.
-spec batch([{Type :: byte(), Payload :: iodata()}]) -> iodata().
batch(Records) -> [[<<(iolist_size(Payload)):32/little, Type>>, Payload] || {Type, Payload} <- Records].

-spec begin_record() -> {byte(), iodata()}.
begin_record() ->
    Version = case application:get_key(fxaot, vsn) of
                  {ok, Vsn} -> Vsn;
                  undefined -> "0"
              end,
    {?BEGIN, [<<(erlang:system_time(nanosecond)):64/little>>, Version]}.

-spec end_record() -> {byte(), iodata()}.
end_record() -> {?END, <<(erlang:system_time(nanosecond)):64/little>>}.

-spec is_end({byte(), iodata()}) -> boolean().
is_end({Type, _}) -> Type =:= ?END.

%% @doc Records that the disk did not take: what they told is in the segment's snapshot.
-spec gap_record(From :: pos_integer(), To :: pos_integer()) -> {byte(), iodata()}.
gap_record(From, To) -> {?GAP, <<From:64/little, To:64/little>>}.

%% @doc A snapshot in parts of 1 MiB: number and count of parts before each.
-spec snapshot_records(binary()) -> [{byte(), iodata()}].
snapshot_records(Snapshot) ->
    Count = max(1, (byte_size(Snapshot) + ?PART_BYTES - 1) div ?PART_BYTES),
    [{?SNAPSHOT, [<<N:32/little, Count:32/little>>, part(Snapshot, N)]} || N <- lists:seq(0, Count - 1)].

part(Snapshot, N) ->
    Start = N * ?PART_BYTES,
    binary:part(Snapshot, Start, min(?PART_BYTES, byte_size(Snapshot) - Start)).

%% @doc What the application keeps: the newest value of each key counts.
-spec term_record({put, Key :: term(), Value :: term()} | {delete, Key :: term()}) -> {byte(), iodata()}.
term_record(Term) -> {?TERM, term_to_binary(Term, [{minor_version, 2}])}.

%% @doc What is kept after some records, oldest first.
-spec with_terms([{Type :: byte(), Payload :: iodata()}], #{term() => term()}) -> #{term() => term()}.
with_terms(Records, Terms) ->
    lists:foldl(fun kept/2, Terms, [binary_to_term(iolist_to_binary(Payload)) || {?TERM, Payload} <- Records]).

%% @doc Removes segments, all of whose records lie before one.
-spec remove_before(Dir :: file:filename_all(), Keep :: pos_integer()) -> ok.
remove_before(Dir, Keep) ->
    case segments(Dir) of
        {ok, Segments} when length(Segments) > Keep ->
            lists:foreach(fun(#{path := Path}) -> file:delete(Path, [raw]) end,
                          lists:sublist(Segments, length(Segments) - Keep));
        _ -> ok
    end.

%% ---- reading ----------------------------------------------------------------

%% @doc Where the journal stands; `none' for an empty one. Cuts a torn end off.
-spec newest(Dir :: file:filename_all()) -> {ok, none} | {ok, read, recovered()} | fault().
newest(Dir) -> recover(Dir, fun(_) -> {ok, read} end, fun(_, read) -> ok end).

%% @doc Reads the newest segment with a whole snapshot: Load makes something of that, Apply carries the records after it
%% out. A torn end is cut off.
-spec recover(Dir :: file:filename_all(), Load :: fun((Snapshot :: binary()) -> {ok, Thing} | fault()),
              Apply :: fun((Records :: binary(), Thing) -> ok | fault())) ->
          {ok, none} | {ok, Thing, recovered()} | fault().
recover(Dir, Load, Apply) ->
    case segments(Dir) of
        {ok, Segments} -> started(lists:reverse(Segments), Load, Apply);
        Error -> Error
    end.

started([], _, _) -> {ok, none};
started([#{path := Path, first := First} = Segment | Older], Load, Apply) ->
    case read(Segment) of
        {ok, #{snapshot := {Snapshot, From}} = Read} ->
            case Load(Snapshot) of
                {ok, Thing} -> carried_out(Path, From, Thing, Apply, Read);
                {error, {Reason, Details}} when is_map(Details) ->
                    {error, {Reason, Details#{path => Path, offset => ?HEADER_BYTES}}};
                Error -> Error
            end;
        %% Only the very first segment has none before it to go on from.
        {ok, _} when Older =:= [], First > 1 -> {error, {bad_journal, #{path => Path, offset => 0, reason => no_snapshot}}};
        {ok, _} ->
            case file:rename(Path, [Path, ".unused"]) of
                ok ->
                    ?FXAOT_LOG(warning, #{text => io_lib:format("a journal's segment without a whole snapshot is put aside: ~ts",
                                                                [Path])}),
                    started(Older, Load, Apply);
                {error, Reason} -> {error, {journal_file, #{path => Path, reason => Reason}}}
            end;
        Error -> Error
    end.

carried_out(Path, From, Thing, Apply, #{bytes := Bytes, whole := Whole, chain := Chain, terms := Terms, count := Count,
                                        torn := Torn, is_of_end := IsOfEnd}) ->
    case Apply(binary:part(Bytes, From, Whole - From), Thing) of
        ok ->
            case synced(Path, Torn, Whole) of
                {error, Reason} -> {error, {journal_file, #{path => Path, reason => Reason}}};
                ok -> {ok, Thing, #{terms => lists:foldl(fun kept/2, #{}, Terms), chain => Chain, records => Count,
                                   bytes => Whole - From, torn => torn(Path, Torn), is_of_end => IsOfEnd}}
            end;
        {error, {Reason, #{offset := Offset} = Details}} ->
            {error, {Reason, Details#{path => Path, offset := From + Offset}}};
        Error -> Error
    end.

torn(_, 0) -> none;
torn(Path, Bytes) -> {Path, Bytes}.

kept({put, Key, Value}, Terms) -> Terms#{Key => Value};
kept({delete, Key}, Terms) -> maps:remove(Key, Terms);
kept(_, Terms) -> Terms.

%% A segment's bytes and what is in them, but for a torn end.
read(#{path := Path, first := First}) ->
    case file:read_file(Path) of
        {ok, <<?MAGIC, ?VERSION:32/little, Format:32/little, First:64/little, Epoch:64/little, _:32/binary,
               Sum:32/little, _/binary>> = Bytes} ->
            case fxaot_nif:crc32c(binary:part(Bytes, 0, ?HEADER_BYTES - 4)) of
                Sum when Format >= 1, Format =< ?STATE_FORMAT -> read(Path, First, Epoch, Bytes);
                Sum -> {error, {bad_journal, #{path => Path, offset => 12, reason => format, format => Format}}};
                _ -> bad_header(Path, First, Bytes)
            end;
        {ok, <<?MAGIC, Version:32/little, _/binary>>} when Version > ?VERSION ->
            {error, {bad_journal, #{path => Path, offset => 8, reason => version, format => Version}}};
        {ok, Bytes} -> bad_header(Path, First, Bytes);
        {error, Reason} -> {error, {journal_file, #{path => Path, reason => Reason}}}
    end.

%% A crash while it was being made: then no whole record follows. Some file systems leave zeros for what was not written.
bad_header(_, _, Bytes) when byte_size(Bytes) =< ?HEADER_BYTES -> {ok, torn};
bad_header(Path, First, Bytes) ->
    <<_:?HEADER_BYTES/binary, Rest/binary>> = Bytes,
    case fxaot_nif:read_records(Rest, <<(First - 1):64/little, 0:64, 0:256>>, other) of
        {0, Fault, false, _, _} when Fault =:= short; Fault =:= length; Fault =:= sum -> {ok, torn};
        _ -> {error, {bad_journal, #{path => Path, offset => 0, reason => header}}}
    end.

read(Path, First, Epoch, Bytes) ->
    <<Header:?HEADER_BYTES/binary, Rest/binary>> = Bytes,
    Chain = <<(First - 1):64/little, Epoch:64/little, (fxaot_nif:sha256(Header))/binary>>,
    {Whole, Fault, IsLater, Others, After} = fxaot_nif:read_records(Rest, Chain, other),
    <<Last:64/little, _/binary>> = After,
    %% A whole record with a good sum that does not follow is no torn end.
    case Fault =:= none orelse not IsLater andalso lists:member(Fault, [short, length, sum]) of
        true ->
            {ok, #{bytes => Bytes, whole => ?HEADER_BYTES + Whole, chain => After, count => Last - First + 1,
                   terms => [binary_to_term(payload(Record, Rest)) || {?TERM, _, _, _, _} = Record <- Others],
                   snapshot => snapshot([Record || {?SNAPSHOT, _, _, _, _} = Record <- Others], Rest),
                   is_of_end => is_of_end(Others, Last - First + 1), torn => byte_size(Rest) - Whole}};
        false -> {error, {bad_journal, #{path => Path, offset => ?HEADER_BYTES + Whole, reason => Fault}}}
    end.

%% No record of the engine's among all, and an end.
is_of_end([_ | _] = Others, Count) -> length(Others) =:= Count andalso element(1, lists:last(Others)) =:= ?END;
is_of_end([], _) -> false.

%% A kill leaves what no sync has kept. The next segment must not be durable before that.
synced(Path, Torn, Whole) ->
    case file:open(Path, [read, write, raw, binary]) of
        {ok, File} ->
            Answer = case Torn =:= 0 orelse truncated(File, Whole) of
                         {error, Reason} -> {error, Reason};
                         _ -> file:datasync(File)
                     end,
            _ = file:close(File),
            Answer;
        Error -> Error
    end.

truncated(File, Bytes) ->
    case file:position(File, Bytes) of
        {ok, _} -> file:truncate(File);
        Error -> Error
    end.

payload({_, _, _, Offset, Length}, Bytes) -> binary:part(Bytes, Offset + ?HEAD_BYTES, Length).

%% The parts of the segment's one snapshot, if all are there, and where its last one ends.
snapshot(Records, Bytes) ->
    Parts = [{Number, Count, Part} || Record <- Records,
                                      <<Number:32/little, Count:32/little, Part/binary>> <- [payload(Record, Bytes)]],
    case Parts of
        [{0, Count, _} | _] when length(Parts) =:= Count ->
            {_, _, _, Offset, Length} = lists:last(Records),
            {iolist_to_binary([Part || {_, _, Part} <- Parts]), ?HEADER_BYTES + Offset + ?OVERHEAD + Length};
        _ -> none
    end.
