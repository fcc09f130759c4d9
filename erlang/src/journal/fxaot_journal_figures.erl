%% @private What a journal counts, where a collector and a probe read it without asking the journal: it may wait for a
%% disk.
-module(fxaot_journal_figures).

-export([open/1, close/1, framed/3, began/3, committed/4, captured/3, segment/2, down/3, up/1, durable/1, read/1, health/1,
         bounds/0]).

%% Seconds of a write with its sync.
-define(BOUNDS, [1.0e-4, 5.0e-4, 1.0e-3, 5.0e-3, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0]).
-define(COUNTS, [up, epoch, sequence, durable, records, commits, segments, unavailable, bytes, written_bytes, sync_ns,
                 longest_sync_ns, snapshot_bytes, snapshot_ns]).
%% Monotonic, native. 0: no commit is on its way, there is no snapshot yet.
-define(TIMES, [began, captured]).

-type status() :: starting | up | unavailable.

%% @doc For the journal's process. After its crash the counts go on.
-spec open(Engine :: atom()) -> fxaot_figures:figures().
open(Engine) -> fxaot_figures:open({journal, Engine}, ?COUNTS ++ ?TIMES ++ [{sync, Bound} || Bound <- bounds()]).

-spec close(Engine :: atom()) -> ok.
close(Engine) -> fxaot_figures:close({journal, Engine}).

-spec bounds() -> [float() | infinity].
bounds() -> ?BOUNDS ++ [infinity].

%% @doc Records are on their way to the file; the newest has this number.
-spec framed(Records :: non_neg_integer(), Sequence :: non_neg_integer(), fxaot_figures:figures()) -> ok.
framed(Records, Sequence, Figures) ->
    fxaot_figures:add(Figures, records, Records),
    fxaot_figures:set(Figures, sequence, Sequence).

%% @doc A commit begins.
-spec began(Now :: integer(), Bytes :: non_neg_integer(), fxaot_figures:figures()) -> ok.
began(Now, Bytes, Figures) ->
    fxaot_figures:add(Figures, written_bytes, Bytes),
    %% One may be on its way already.
    case fxaot_figures:figure(Figures, began) of
        0 -> fxaot_figures:set(Figures, began, Now);
        _ -> ok
    end.

%% @doc It has ended well. Spent: native units.
-spec committed(Durable :: non_neg_integer(), SegmentBytes :: non_neg_integer(), Spent :: integer(),
                fxaot_figures:figures()) -> ok.
committed(Durable, Bytes, Spent, Figures) ->
    Ns = erlang:convert_time_unit(Spent, native, nanosecond),
    fxaot_figures:set(Figures, durable, Durable),
    fxaot_figures:set(Figures, bytes, Bytes),
    fxaot_figures:add(Figures, commits, 1),
    fxaot_figures:add(Figures, sync_ns, Ns),
    fxaot_figures:set(Figures, longest_sync_ns, max(Ns, fxaot_figures:figure(Figures, longest_sync_ns))),
    fxaot_figures:set(Figures, began, 0),
    [Bound | _] = [Each || Each <- bounds(), Ns / 1.0e9 =< Each],
    fxaot_figures:add(Figures, {sync, Bound}, 1).

%% @doc A snapshot's bytes, and how long the engine has waited for it.
-spec captured(Spent :: integer(), Bytes :: non_neg_integer(), fxaot_figures:figures()) -> ok.
captured(Spent, Bytes, Figures) ->
    fxaot_figures:set(Figures, snapshot_ns, erlang:convert_time_unit(Spent, native, nanosecond)),
    fxaot_figures:set(Figures, snapshot_bytes, Bytes),
    fxaot_figures:set(Figures, captured, erlang:monotonic_time()).

-spec segment(Epoch :: non_neg_integer(), fxaot_figures:figures()) -> ok.
segment(Epoch, Figures) ->
    fxaot_figures:set(Figures, epoch, Epoch),
    fxaot_figures:add(Figures, segments, 1).

%% @doc The files take no records. IsNew: they did before.
-spec down(Why :: term(), IsNew :: boolean(), fxaot_figures:figures()) -> ok.
down(Why, IsNew, Figures) ->
    _ = [fxaot_figures:add(Figures, unavailable, 1) || IsNew],
    fxaot_figures:set(Figures, up, 0),
    fxaot_figures:note(Figures, {down, Why}).

-spec up(fxaot_figures:figures()) -> ok.
up(Figures) ->
    fxaot_figures:set(Figures, up, 1),
    fxaot_figures:note(Figures, none).

%% @doc The last record that was durable, of the process before this one too.
-spec durable(fxaot_figures:figures()) -> non_neg_integer().
durable(Figures) -> fxaot_figures:figure(Figures, durable).

%% @doc For fxaot:journal/1, and with the times' ages (ns; none) and the syncs by their bounds for the collector.
-spec read(Engine :: atom()) ->
          {ok, map(), #{lag := none | integer(), snapshot := none | integer(),
                        syncs := [{float() | infinity, integer()}]}} | none.
read(Engine) ->
    case fxaot_figures:find({journal, Engine}) of
        {ok, #{began := Began, captured := Captured} = Numbers, Note} ->
            {ok, (maps:without([up], maps:with(?COUNTS, Numbers)))#{state => status(Numbers, Note)},
             #{lag => age(Began), snapshot => age(Captured),
               syncs => [{Bound, map_get({sync, Bound}, Numbers)} || Bound <- bounds()]}};
        none -> none
    end.

age(0) -> none;
age(Time) -> erlang:convert_time_unit(erlang:monotonic_time() - Time, native, nanosecond).

status(#{up := 1}, _) -> up;
status(_, none) -> starting;
status(_, {down, _}) -> unavailable.

%% @doc For a probe. `why' is there while it is unavailable.
-spec health(Engine :: atom()) -> #{status := status(), durable := non_neg_integer(), why => term()} | none.
health(Engine) ->
    case fxaot_figures:find({journal, Engine}) of
        {ok, #{durable := Durable} = Numbers, Note} ->
            Status = case fxaot_names:journal(Engine) of
                         none -> {starting, []};
                         Journal -> health(is_process_alive(Journal), status(Numbers, Note), Note)
                     end,
            maps:from_list([{status, element(1, Status)}, {durable, Durable} | element(2, Status)]);
        none -> none
    end.

health(false, _, _) -> {unavailable, [{why, restarting}]};
health(true, unavailable, {down, Why}) -> {unavailable, [{why, Why}]};
health(true, Status, _) -> {Status, []}.
