%% @private The process that touches a journal's files, since a disk may hold it for long: the journal goes on meanwhile.
%%
%% It gets one job at a time, `{Journal, Ref, [step()]}', and answers `{Ref, ok | {error, Posix}}'. After an error it
%% closes its file and never writes to it again: what a failed sync has left there nobody knows.
-module(fxaot_journal_writer).

-export([start_link/0, job/2, renew/1]).
-export([loop/2]).

-export_type([step/0]).

-type step() :: {segment, file:filename_all(), Header :: binary()} | {write, iodata()} | sync | close
              | {keep, Dir :: file:filename_all(), Segments :: pos_integer()}.

-spec start_link() -> pid().
start_link() ->
    Journal = self(),
    spawn_link(fun() -> loop(Journal, none) end).

%% @doc Sends a job, and returns the reference of its answer.
-spec job(pid(), [step()]) -> reference().
job(Writer, Steps) ->
    Ref = make_ref(),
    Writer ! {Ref, Steps},
    Ref.

%% @doc Goes on in the newest code: an upgrade of the release has loaded it.
-spec renew(pid()) -> ok.
renew(Writer) ->
    Writer ! renew,
    ok.

%% @doc For `renew/1'.
-spec loop(Journal :: pid(), none | file:io_device()) -> no_return().
loop(Journal, File) ->
    receive
        renew -> ?MODULE:loop(Journal, File);
        {Ref, Steps} ->
            {Answer, Next} = unmade(done(Steps, File), Steps),
            Journal ! {Ref, Answer},
            loop(Journal, Next)
    end.

done([], File) -> {ok, File};
done([Step | Rest], File) ->
    case step(Step, File) of
        {ok, Next} -> done(Rest, Next);
        {error, Reason} ->
            _ = closed(File),
            {{error, Reason}, none}
    end.

%% A segment that could not be made takes no room: each try makes another.
unmade({ok, File}, _) -> {ok, File};
unmade({Error, none}, Steps) ->
    _ = [file:delete(Path, [raw]) || {segment, Path, _} <- Steps],
    {Error, none}.

step({segment, Path, Header}, File) ->
    _ = closed(File),
    case file:open(Path, [write, exclusive, raw, binary]) of
        {ok, New} ->
            case file:write(New, Header) of
                ok -> in_folder(Path, New);
                Error ->
                    _ = file:close(New),
                    Error
            end;
        Error -> Error
    end;
step({write, _}, none) -> {error, ebadf};
step({write, Bytes}, File) -> same(file:write(File, Bytes), File);
step(sync, none) -> {error, ebadf};
step(sync, File) -> same(file:datasync(File), File);
step(close, File) ->
    _ = closed(File),
    {ok, none};
step({keep, Dir, Segments}, File) -> same(fxaot_journal_files:remove_before(Dir, Segments), File).

same(ok, File) -> {ok, File};
same(Error, _) -> Error.

closed(none) -> ok;
closed(File) -> file:close(File).

%% So that the new name is durable too. Not every file system lets a folder be synced.
in_folder(Path, New) ->
    case folder_synced(filename:dirname(Path)) of
        ok -> {ok, New};
        {error, Reason} when Reason =:= einval; Reason =:= enotsup; Reason =:= enosys; Reason =:= eisdir; Reason =:= eacces ->
            {ok, New};
        Error ->
            _ = file:close(New),
            Error
    end.

folder_synced(Dir) ->
    case file:open(Dir, [read, directory, raw]) of
        {ok, Folder} ->
            Answer = file:sync(Folder),
            _ = file:close(Folder),
            Answer;
        Error -> Error
    end.
