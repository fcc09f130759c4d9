%% A disk in memory, in the place of `file': what has been written, and what of that is durable.
%%
%% A file has the bytes that processes read, and those that a loss of power leaves at least. A sync of the file makes the
%% first the second. New names, other names and removed names are durable after a sync of the folder, in their order.
%% Faults and the moment of a crash are set before: each operation of the disk counts.
-module(fxaot_sim_disk).

-export([new/0, saved/0, restored/1, crash/1, crash_at/1, fail/2, mend/0, flipped/0, holed/0, operations/0, durable_bytes/0]).
%% As `file' and `filelib'.
-export([ensure_dir/1, read_file_info/2, change_mode/2, list_dir/1, rename/2, delete/2, read_file/1, open/2, close/1,
         write/2, position/2, truncate/1, sync/1, datasync/1]).
%% As `fxaot_nif'.
-export([lock_file/1, unlock_file/1, unlocked/0]).

-define(KEY, ?MODULE).
-define(PAGE, 4096).

-record(disk, {names = #{} :: #{string() => pos_integer()},
               %% What the names were: durable first, then after each operation since.
               before = [#{}] :: [#{string() => pos_integer()}],
               contents = #{} :: #{pos_integer() => content()},
               open = #{} :: #{reference() => {pos_integer() | folder, Position :: non_neg_integer()}},
               lock = none :: none | reference(),
               next = 1 :: pos_integer(),
               faults = #{} :: #{atom() => {atom(), Times :: pos_integer()}},
               operations = 0 :: non_neg_integer(),
               crash = never :: never | non_neg_integer()}).

%% `kept' is durable. After a sync that failed, what was to be synced never will be.
-record(content, {data = <<>> :: binary(), kept = <<>> :: binary(), lost = none :: none | non_neg_integer()}).
-type content() :: #content{}.

new() -> put(?KEY, #disk{}).

%% The whole disk as a term, to come back to.
saved() -> get(?KEY).
restored(Disk) -> put(?KEY, Disk).

operations() -> (get(?KEY))#disk.operations.

%% The operation with that number does not end, or does half: it throws `crashed'.
crash_at(Operation) -> changed(fun(Disk) -> Disk#disk{crash = Operation} end).

%% From now on so many operations of a kind fail.
fail(Kinds, Times) ->
    changed(fun(#disk{faults = Faults} = Disk) ->
                    Disk#disk{faults = maps:merge(Faults, maps:map(fun(_, Reason) -> {Reason, Times} end, Kinds))}
            end).

mend() -> changed(fun(Disk) -> Disk#disk{faults = #{}} end).

%% The node's end: all that was written is there. Or that of power: a part of what was not synced, from its beginning on,
%% and maybe zeros in the place of the rest.
crash(kill) -> changed(fun(Disk) -> Disk#disk{open = #{}, lock = none, crash = never, faults = #{}} end);
crash(power) ->
    crash(kill),
    changed(fun(#disk{before = Before, contents = Contents} = Disk) ->
                    Names = lists:nth(rand:uniform(length(Before)), Before),
                    Disk#disk{names = Names, before = [Names], contents = each(fun torn/1, Contents)}
            end).

%% In the order of their numbers: the same seed does the same.
each(Left, Contents) -> maps:from_list([{Number, whole(Left(Content))} || {Number, Content} <- lists:sort(maps:to_list(Contents))]).

whole(Data) -> #content{data = Data, kept = Data}.

torn(#content{data = Data, kept = Kept, lost = Lost}) ->
    Here = byte_size(Kept),
    case Data of
        _ when byte_size(Data) < Here -> case rand:uniform(2) of 1 -> Data; 2 -> Kept end;
        <<Kept:Here/binary, Tail/binary>> when Lost =:= none ->
            Cut = case rand:uniform(4) of
                      1 -> 0;
                      2 -> byte_size(Tail);
                      _ -> rand:uniform(byte_size(Tail) + 1) - 1
                  end,
            Zeros = case rand:uniform(4) of
                        1 -> 8 * (byte_size(Tail) - Cut);
                        _ -> 0
                    end,
            <<Kept/binary, Tail:Cut/binary, 0:Zeros>>;
        _ -> Kept
    end.

%% The bit of some file that has turned, and its file's bytes: none on an empty disk.
flipped() ->
    #disk{names = Names, contents = Contents} = get(?KEY),
    Files = [{Path, Number} || {Path, Number} <- lists:sort(maps:to_list(Names)),
                               byte_size((maps:get(Number, Contents))#content.data) > 0],
    case Files of
        [] -> none;
        _ ->
            {Path, Number} = lists:nth(rand:uniform(length(Files)), Files),
            #content{data = Data} = Content = maps:get(Number, Contents),
            Bit = rand:uniform(bit_size(Data)) - 1,
            <<Before:Bit/bitstring, Old:1, After/bitstring>> = Data,
            Other = <<Before/bitstring, (1 - Old):1, After/bitstring>>,
            changed(fun(Disk) -> Disk#disk{contents = Contents#{Number := Content#content{data = Other, kept = Other}}} end),
            {Path, Bit div 8, byte_size(Data)}
    end.

%% Power is lost, and pages are there that were written after pages which are not: what a file system that does not order
%% them may leave.
holed() ->
    crash(kill),
    changed(fun(#disk{contents = Contents} = Disk) ->
                    Disk#disk{contents = each(fun holed/1, Contents)}
            end).

holed(#content{data = Data, kept = Kept}) when byte_size(Data) - byte_size(Kept) < 2 * ?PAGE -> Kept;
holed(#content{data = Data, kept = Kept}) ->
    Here = byte_size(Kept),
    <<_:Here/binary, Tail/binary>> = Data,
    iolist_to_binary([Kept | pages(Tail)]).

pages(<<Page:?PAGE/binary, Rest/binary>>) ->
    [case rand:uniform(3) of
         1 -> <<0:(8 * ?PAGE)>>;
         _ -> Page
     end | pages(Rest)];
pages(Rest) -> [Rest].

%% How many bytes of each file a loss of power leaves at least.
durable_bytes() ->
    #disk{names = Names, contents = Contents} = get(?KEY),
    maps:map(fun(_, Number) -> byte_size((maps:get(Number, Contents))#content.kept) end, Names).

%% ---- operations ---------------------------------------------------------------

ensure_dir(_) -> operation(mkdir, fun(Disk) -> {ok, Disk} end).

%% A folder of this user's alone.
read_file_info(_, _) -> {ok, {file_info, 0, directory, read_write, 0, 0, 0, 8#40700, 1, 0, 0, 0, 0, 0}}.
change_mode(_, _) -> ok.

list_dir(_) ->
    operation(read, fun(#disk{names = Names} = Disk) ->
                            {{ok, [filename:basename(Path) || Path <- lists:sort(maps:keys(Names))]}, Disk}
                    end).

rename(From, To) ->
    Old = path(From),
    New = path(To),
    operation(rename, fun(#disk{names = Names} = Disk) ->
                              case maps:take(Old, Names) of
                                  {Number, Rest} -> {ok, named(Rest#{New => Number}, Disk)};
                                  error -> {{error, enoent}, Disk}
                              end
                      end).

delete(Name, _) ->
    Path = path(Name),
    operation(delete, fun(#disk{names = Names} = Disk) ->
                              case Names of
                                  #{Path := _} -> {ok, named(maps:remove(Path, Names), Disk)};
                                  #{} -> {{error, enoent}, Disk}
                              end
                      end).

read_file(Name) ->
    Path = path(Name),
    operation(read, fun(#disk{names = Names, contents = Contents} = Disk) ->
                            case Names of
                                #{Path := Number} -> {{ok, (maps:get(Number, Contents))#content.data}, Disk};
                                #{} -> {{error, enoent}, Disk}
                            end
                    end).

open(Name, Modes) ->
    Path = path(Name),
    operation(open, fun(Disk) -> opened(Path, lists:member(directory, Modes), lists:member(exclusive, Modes), Disk) end).

opened(_, true, _, Disk) -> handle(folder, Disk);
opened(Path, _, IsNew, #disk{names = Names, contents = Contents, next = Next} = Disk) ->
    case Names of
        #{Path := _} when IsNew -> {{error, eexist}, Disk};
        #{Path := Number} -> handle(Number, Disk);
        #{} when IsNew ->
            handle(Next, named(Names#{Path => Next},
                               Disk#disk{contents = Contents#{Next => #content{}}, next = Next + 1}));
        #{} -> {{error, enoent}, Disk}
    end.

handle(Number, #disk{open = Open} = Disk) ->
    Handle = make_ref(),
    {{ok, Handle}, Disk#disk{open = Open#{Handle => {Number, 0}}}}.

close(Handle) ->
    operation(close, fun(#disk{open = Open} = Disk) -> {ok, Disk#disk{open = maps:remove(Handle, Open)}} end).

position(Handle, Place) ->
    on(Handle, read, fun(Number, _, #disk{open = Open} = Disk) ->
                             {{ok, Place}, Disk#disk{open = Open#{Handle := {Number, Place}}}}
                     end).

%% A full disk takes the first bytes. So does one whose node ends meanwhile.
write(Handle, Data) ->
    Bytes = iolist_to_binary(Data),
    Half = binary:part(Bytes, 0, rand:uniform(byte_size(Bytes) + 1) - 1),
    operation(write, fun(Disk) -> {ok, written(Handle, Bytes, Disk)} end,
              fun(Disk) -> written(Handle, Half, Disk) end).

written(Handle, Bytes, #disk{open = Open, contents = Contents} = Disk) ->
    {Number, Place} = maps:get(Handle, Open),
    #content{data = Data} = Content = maps:get(Number, Contents),
    Place = byte_size(Data),
    Disk#disk{open = Open#{Handle := {Number, Place + byte_size(Bytes)}},
              contents = Contents#{Number := Content#content{data = <<Data/binary, Bytes/binary>>}}}.

truncate(Handle) ->
    on(Handle, truncate, fun(Number, Place, #disk{contents = Contents} = Disk) ->
                                 #content{data = Data} = Content = maps:get(Number, Contents),
                                 Cut = Content#content{data = binary:part(Data, 0, Place)},
                                 {ok, Disk#disk{contents = Contents#{Number := Cut}}}
                         end).

datasync(Handle) -> sync(Handle).

sync(Handle) ->
    case maps:get(Handle, (get(?KEY))#disk.open) of
        {folder, _} -> operation(folder_sync, fun(#disk{names = Names} = Disk) -> {ok, Disk#disk{before = [Names]}} end);
        {Number, _} ->
            operation(sync,
                      fun(Disk) -> {ok, synced(Number, Disk)} end,
                      fun(#disk{contents = Contents} = Disk) ->
                              #content{kept = Kept} = Content = maps:get(Number, Contents),
                              Disk#disk{contents = Contents#{Number := Content#content{lost = byte_size(Kept)}}}
                      end)
    end.

synced(Number, Disk) ->
    case get(fxaot_sim_plant) of
        %% A disk that only says so.
        syncs_do_nothing -> Disk;
        _ -> kept(Number, Disk)
    end.

kept(Number, #disk{contents = Contents} = Disk) ->
    case maps:get(Number, Contents) of
        #content{data = Data, lost = none} = Content ->
            Disk#disk{contents = Contents#{Number := Content#content{kept = Data}}};
        _ -> Disk
    end.

lock_file(_) ->
    case get(?KEY) of
        #disk{lock = none} = Disk ->
            Lock = make_ref(),
            put(?KEY, Disk#disk{lock = Lock}),
            {ok, Lock};
        _ -> {error, taken}
    end.

unlock_file(Lock) ->
    changed(fun(#disk{lock = Held} = Disk) when Held =:= Lock -> Disk#disk{lock = none};
               (Disk) -> Disk
            end).

%% The end of a process gives its lock back, and closes its files.
unlocked() -> changed(fun(Disk) -> Disk#disk{lock = none, open = #{}} end).

%% ---- faults -------------------------------------------------------------------

on(Handle, Kind, Do) ->
    operation(Kind, fun(#disk{open = Open} = Disk) ->
                            {Number, Place} = maps:get(Handle, Open),
                            Do(Number, Place, Disk)
                    end).

operation(Kind, Do) -> operation(Kind, Do, fun(Disk) -> Disk end).

%% `Fail' is what a failing one, or one that the node's end cuts off, leaves.
operation(Kind, Do, Fail) ->
    #disk{operations = Count, crash = Crash, faults = Faults} = Before = get(?KEY),
    Disk = Before#disk{operations = Count + 1},
    case Faults of
        _ when Crash =/= never, Count >= Crash ->
            put(?KEY, case Kind of
                          write -> Fail(Disk);
                          _ -> Disk
                      end),
            throw(crashed);
        #{Kind := {Reason, Times}} ->
            put(?KEY, (Fail(Disk))#disk{faults = case Times of
                                                     1 -> maps:remove(Kind, Faults);
                                                     _ -> Faults#{Kind := {Reason, Times - 1}}
                                                 end}),
            {error, Reason};
        #{} ->
            {Answer, After} = Do(Disk),
            put(?KEY, After),
            Answer
    end.

named(Names, #disk{before = Before} = Disk) -> Disk#disk{names = Names, before = Before ++ [Names]}.

changed(Change) ->
    put(?KEY, Change(get(?KEY))),
    ok.

path(Name) -> unicode:characters_to_list(Name).
