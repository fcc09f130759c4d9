%% @private What a FIX session must not lose: its sequence numbers and the orders that it has sent.
%%
%% ```
%%   file:    header record*             header: "FXAOTFIX" VERSION:8
%%   record:  LENGTH:32 CRC:32 TERM      CRC-32 of TERM, which is in Erlang's external format:
%%     {reset, NextOut, NextIn, CreatedMs}   the numbers to go on with
%%     {out, Seq}                            an administrative message has left: never sent again
%%     {out, Seq, SentMs, Key, Name, Fields} an application message; Key: {ClOrdID, Tag} of an order, or none
%%     {key, Key}                            an order with this client order id has left, before a compaction
%%     {in, Next}                            all messages before this number are done with
%%     {chain, Order, ClOrdID}               the id of an order's newest accepted change; none: it has ended
%% '''
%% A record stands in the file before its message leaves; `journal' says when the disk must have it. Bytes after the
%% last whole record are a torn write, and are cut off.
%%
%% A name in the kernel, which ends with the process that has it, keeps a second session out (an abstract Unix
%% socket on Linux, a socket in the folder elsewhere).
-module(fxaot_fix_store).

-export([open/2, close/1, reset/2, record/5, write/2, kept/1, path/1, is_synced/1, received/2, is_behind/1, noted/1, sync/1,
         next_out/1, next_in/1, created/1, message/2, known/2, set_next_in/2, chain/3, chains/1, cut/1, compacted/1]).

-export_type([store/0, journal/0, entry/0, key/0]).

-define(HEADER, <<"FXAOTFIX", 1>>).
-define(MAX_RECORD, 1048576).
%% Messages and ids that are kept.
-define(KEPT, 10000).
-define(COMPACT_BYTES, 16777216).

-type journal() :: sync | {every, pos_integer()} | never.
%% The tag tells two orders of one id apart.
-type key() :: {ClOrdID :: binary(), Tag :: integer()}.
-type entry() :: {SentMs :: integer(), key() | none, fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()}.
-record(store, {path :: file:filename_all(), fd :: file:fd(), lock :: port(), journal :: journal(),
                next_out = 1 :: pos_integer(), next_in = 1 :: pos_integer(),
                %% The number in the file, and the one that is to be there.
                written_in = 1 :: pos_integer(), done = 1 :: pos_integer(),
                created = 0 :: integer(), size = 0 :: non_neg_integer(),
                sent = #{} :: #{pos_integer() => entry()}, order = queue:new() :: queue:queue(pos_integer()),
                keys = #{} :: #{binary() => integer()}, key_order = queue:new() :: queue:queue(binary()),
                chains = #{} :: #{fxaot_order:id() => binary()},
                dirty = false :: boolean(), cut = 0 :: non_neg_integer()}).
-opaque store() :: #store{}.

%% @doc Opens or makes the store in a folder.
-spec open(file:filename_all(), journal()) -> {ok, store()} | {error, {Reason :: atom(), map()}}.
open(Dir, Journal) ->
    Path = filename:join(Dir, "session.fix"),
    case filelib:ensure_dir(Path) of
        ok ->
            case locked(Dir) of
                {ok, Lock} -> opened(Path, Lock, Journal);
                Error -> Error
            end;
        {error, Reason} -> {error, {store, #{path => Dir, reason => Reason}}}
    end.

locked(Dir) ->
    Name = case os:type() of
               {unix, linux} -> <<0, "fxaot-fix-", (identity(Dir))/binary>>;
               _ -> filename:join(Dir, "lock")
           end,
    case gen_tcp:listen(0, [{ifaddr, {local, Name}}, local]) of
        {ok, Lock} -> {ok, Lock};
        {error, eaddrinuse} when is_binary(Name), binary_part(Name, 0, 1) =:= <<0>> -> in_use(Dir);
        {error, eaddrinuse} ->
            case gen_tcp:connect({local, Name}, 0, [local]) of
                {ok, Other} -> gen_tcp:close(Other), in_use(Dir);
                {error, _} -> _ = file:delete(Name), locked(Dir)
            end;
        {error, Reason} -> {error, {store, #{path => Dir, reason => Reason}}}
    end.

in_use(Dir) -> {error, {store_in_use, #{path => Dir}}}.

%% However the path is written.
identity(Dir) ->
    {ok, Info} = file:read_file_info(Dir, [raw]),
    %% Of #file_info{}: the device and the number of the folder.
    binary:encode_hex(erlang:md5(term_to_binary({element(10, Info), element(12, Info)}))).

opened(Path, Lock, Journal) ->
    case file:open(Path, [raw, binary, read, append]) of
        {ok, Fd} ->
            {ok, Bytes} = file:read_file(Path),
            Store = #store{path = Path, fd = Fd, lock = Lock, journal = Journal},
            case Bytes of
                <<"FXAOTFIX", 1, Rest/binary>> -> {ok, torn_off(byte_size(Bytes), loaded(Rest, 9, Store))};
                _ when byte_size(Bytes) < 9 -> {ok, begun(Store)};
                _ ->
                    gen_tcp:close(Lock),
                    _ = file:close(Fd),
                    {error, {store, #{path => Path, reason => not_a_store}}}
            end;
        {error, Reason} ->
            gen_tcp:close(Lock),
            {error, {store, #{path => Path, reason => Reason}}}
    end.

begun(#store{fd = Fd} = Store) ->
    {ok, _} = file:position(Fd, 0),
    ok = file:truncate(Fd),
    ok = file:write(Fd, ?HEADER),
    reset({1, 1}, Store#store{size = 9}).

loaded(<<Length:32, Crc:32, Term:Length/binary, Rest/binary>>, Place, Store) when Length =< ?MAX_RECORD ->
    case erlang:crc32(Term) of
        Crc -> loaded(Rest, Place + 8 + Length, applied(binary_to_term(Term), Store));
        _ -> Store#store{size = Place}
    end;
loaded(_, Place, Store) -> Store#store{size = Place}.

torn_off(Size, #store{size = Size} = Store) -> Store;
torn_off(Bytes, #store{fd = Fd, size = Size} = Store) ->
    {ok, _} = file:position(Fd, Size),
    ok = file:truncate(Fd),
    Store#store{cut = Bytes - Size}.

applied({reset, Out, In, Created}, Store) ->
    Store#store{next_out = Out, next_in = In, written_in = In, done = In, created = Created, sent = #{},
                order = queue:new()};
applied({out, Seq}, Store) -> Store#store{next_out = Seq + 1};
applied({out, Seq, Sent, Key, Name, Fields}, Store) ->
    kept(Seq, {Sent, Key, Name, Fields}, with_key(Key, Store#store{next_out = Seq + 1}));
applied({key, Key}, Store) -> with_key(Key, Store);
applied({in, Next}, Store) -> Store#store{next_in = Next, written_in = Next, done = Next};
applied({chain, Order, none}, #store{chains = Chains} = Store) -> Store#store{chains = maps:remove(Order, Chains)};
applied({chain, Order, ClOrdId}, #store{chains = Chains} = Store) -> Store#store{chains = Chains#{Order => ClOrdId}}.

kept(Seq, Entry, #store{sent = Sent, order = Order} = Store) ->
    Longer = queue:in(Seq, Order),
    case map_size(Sent) >= ?KEPT of
        true ->
            {{value, Oldest}, Shorter} = queue:out(Longer),
            Store#store{sent = maps:remove(Oldest, Sent#{Seq => Entry}), order = Shorter};
        false -> Store#store{sent = Sent#{Seq => Entry}, order = Longer}
    end.

with_key(none, Store) -> Store;
with_key({Key, Tag}, #store{keys = Keys, key_order = Order} = Store) ->
    Longer = queue:in(Key, Order),
    case map_size(Keys) >= ?KEPT of
        true ->
            {{value, Oldest}, Shorter} = queue:out(Longer),
            Store#store{keys = maps:remove(Oldest, Keys#{Key => Tag}), key_order = Shorter};
        false -> Store#store{keys = Keys#{Key => Tag}, key_order = Longer}
    end.

-spec close(store()) -> ok.
close(Store) ->
    #store{fd = Fd, lock = Lock} = noted(Store),
    _ = file:datasync(Fd),
    _ = file:close(Fd),
    gen_tcp:close(Lock).

%% ---- writing --------------------------------------------------------------------

%% @doc Both sides begin with these numbers.
-spec reset({NextOut :: pos_integer(), NextIn :: pos_integer()}, store()) -> store().
reset({Out, In}, Store) ->
    Record = {reset, Out, In, erlang:system_time(millisecond)},
    synced(written([Record], applied(Record, Store))).

%% @doc The record of the next message, and the store that has it. {@link write/2} writes it before the message leaves, or
%% {@link fxaot_nif:fix_leave/4} does both, and {@link kept/1} says so. A key: the client order id that it uses up.
-spec record(SentMs :: integer(), key() | none, fxaot_fix_dictionary:name(),
             fxaot_fix_codec:fields() | admin, store()) -> {iodata(), store()}.
record(_, _, _, admin, #store{next_out = Seq} = Store) -> leaving({out, Seq}, Store);
record(Sent, Key, Name, Fields, #store{next_out = Seq} = Store) -> leaving({out, Seq, Sent, Key, Name, Fields}, Store).

%% A write takes longer than all else that is done here for a message: one for both.
leaving(Record, #store{done = Done} = Store) ->
    Bytes = encoded([{in, Done} || is_behind(Store)] ++ [Record]),
    {Bytes, grown(Bytes, (applied(Record, Store))#store{written_in = Done})}.

-spec write(Record :: iodata(), store()) -> store().
write(Bytes, #store{fd = Fd} = Store) ->
    ok = file:write(Fd, Bytes),
    synced(Store).

%% @doc The record is in the file, and on the disk if it has to be.
-spec kept(store()) -> store().
kept(#store{journal = sync} = Store) -> Store#store{dirty = false};
kept(Store) -> Store.

%% @doc Whether the disk has each record before its message leaves.
-spec is_synced(store()) -> boolean().
is_synced(#store{journal = Journal}) -> Journal =:= sync.

-spec path(store()) -> file:filename_all().
path(#store{path = Path}) -> Path.

%% @doc All before this number are done with: {@link noted/1} or the next message that leaves writes it. A number that is
%% lost is asked for again.
-spec received(Done :: pos_integer(), store()) -> store().
received(Done, Store) -> Store#store{done = Done}.

%% @doc Whether the file has an older number than the one up to which all is done with.
-spec is_behind(store()) -> boolean().
is_behind(#store{written_in = Written, done = Done}) -> Written =/= Done.

%% @doc Writes that number. No disk is waited for.
-spec noted(store()) -> store().
noted(#store{written_in = Done, done = Done} = Store) -> Store;
noted(#store{done = Done} = Store) -> (written([{in, Done}], Store))#store{written_in = Done}.

%% @doc An order that has been changed has another client order id, until it ends (`none').
-spec chain(fxaot_order:id(), ClOrdID :: binary() | none, store()) -> store().
chain(Order, ClOrdId, #store{chains = Chains} = Store) ->
    case maps:get(Order, Chains, none) of
        ClOrdId -> Store;
        _ ->
            Record = {chain, Order, ClOrdId},
            written([Record], applied(Record, Store))
    end.

-spec set_next_in(pos_integer(), store()) -> store().
set_next_in(Next, Store) -> Store#store{next_in = Next}.

written(Records, #store{fd = Fd} = Store) ->
    Bytes = encoded(Records),
    ok = file:write(Fd, Bytes),
    grown(Bytes, Store).

encoded(Records) ->
    [begin
         Term = term_to_binary(Record),
         <<(byte_size(Term)):32, (erlang:crc32(Term)):32, Term/binary>>
     end || Record <- Records].

grown(Bytes, #store{size = Size} = Store) -> Store#store{size = Size + iolist_size(Bytes), dirty = true}.

synced(#store{journal = sync} = Store) -> sync(Store);
synced(Store) -> Store.

%% @doc Waits until the disk has it all.
-spec sync(store()) -> store().
sync(#store{dirty = true, fd = Fd, journal = Journal} = Store) when Journal =/= never ->
    ok = file:datasync(Fd),
    Store#store{dirty = false};
sync(Store) -> Store.

%% @doc Writes a large file anew, with what is still needed.
-spec compacted(store()) -> store().
compacted(#store{size = Size} = Store) when Size < ?COMPACT_BYTES -> Store;
compacted(#store{path = Path, fd = Old, next_out = Out, written_in = In, created = Created, sent = Sent,
                 order = Order, keys = Known, key_order = Keys, chains = Chains} = Store) ->
    New = [Path, ".new"],
    _ = file:delete(New),
    {ok, Fd} = file:open(New, [raw, binary, read, append]),
    ok = file:write(Fd, ?HEADER),
    Young = lists:nthtail(max(0, queue:len(Order) - 1000), queue:to_list(Order)),
    Records = [{key, {Key, map_get(Key, Known)}} || Key <- queue:to_list(Keys)] ++ [{reset, Out, In, Created}]
        ++ [list_to_tuple([out, Seq | tuple_to_list(map_get(Seq, Sent))]) || Seq <- Young]
        ++ [{out, Out - 1} || Out > 1]
        ++ [{chain, Id, ClOrdId} || {Id, ClOrdId} <- lists:sort(maps:to_list(Chains))],
    Next = written(Records, Store#store{fd = Fd, size = 9}),
    ok = file:datasync(Fd),
    ok = file:rename(New, Path),
    _ = file:close(Old),
    Next.

%% ---- reading --------------------------------------------------------------------

-spec next_out(store()) -> pos_integer().
next_out(#store{next_out = Next}) -> Next.

-spec next_in(store()) -> pos_integer().
next_in(#store{next_in = Next}) -> Next.

-spec chains(store()) -> #{fxaot_order:id() => ClOrdID :: binary()}.
chains(#store{chains = Chains}) -> Chains.

%% @doc When the numbers began, ms since 1970.
-spec created(store()) -> integer().
created(#store{created = Created}) -> Created.

%% @doc An application message that was sent under a number.
-spec message(pos_integer(), store()) -> {ok, entry()} | none.
message(Seq, #store{sent = Sent}) ->
    case Sent of
        #{Seq := Entry} -> {ok, Entry};
        #{} -> none
    end.

%% @doc Whether a message with this client order id has left, and whether it was this one.
-spec known(key(), store()) -> new | same | other.
known({Key, Tag}, #store{keys = Keys}) ->
    case Keys of
        #{Key := Tag} -> same;
        #{Key := _} -> other;
        #{} -> new
    end.

%% @doc How many bytes of a torn write were cut off.
-spec cut(store()) -> non_neg_integer().
cut(#store{cut = Cut}) -> Cut.
