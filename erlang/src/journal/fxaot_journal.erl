%% @private The journal of an engine: takes what the engine has recorded, has it written, and knows what is durable.
%%
%% ```
%%   engine ──take──▶ this process ──frame──▶ writer ──▶ segment
%%                       │  ▲                    │
%%        callers who wait  └──── written, synced┘
%% '''
%% All that waits when a commit begins shares one write and one sync. While the disk is full, slow or broken the engine is
%% told: it refuses new orders, quotes go on. What comes back is a new segment with a snapshot.
%%
%% The folder is locked as long as this process lives. The engine's process may die meanwhile: the native engine goes on.
-module(fxaot_journal).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/2, recover/3, open/2, close/1, sync/1, keep/3, forget/2, acknowledge/4, durable/1, figures/1,
         snapshot/1, terms/1, handle/1, hold/2, release/1, hold/1, crossed/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).

%% Before another try to bring the files back.
-define(RETRY_MS, 1000).
-define(LOCK_TRIES, 100).
-define(LOCK_MS, 10).

-record(state, {engine :: atom(),
                options :: fxaot_journal_options:options(),
                lock :: fxaot_nif:file_lock(),
                writer :: pid(),
                %% The native engine, once it records.
                handle = none :: none | fxaot_nif:handle(),
                chain = <<0:384>> :: fxaot_nif:chain() | unread,
                epoch = 0 :: non_neg_integer(),
                %% Of the segment that is written.
                bytes = 0 :: non_neg_integer(),
                %% Unread: this process has come back to files that cannot be read, and nobody else knows them.
                terms = #{} :: #{term() => term()} | unread,
                %% Records of the application's own that the next commit takes, newest first.
                own = [] :: [{byte(), iodata()}],
                durable = 0 :: non_neg_integer(),
                %% The last record that was in the files when this process or the engine began. A kill leaves what no sync has
                %% kept: it is durable with this process's first segment.
                found = 0 :: non_neg_integer(),
                %% The job at hand, the sequence number that is durable with it, and who waits for it.
                job = none :: none | {reference(), Sequence :: non_neg_integer(), [waiter()], Began :: integer()},
                %% Who waits for the next one.
                waiting = [] :: [waiter()],
                %% Nothing is written meanwhile: whoever moves an instrument, and the engine whose journal has it first; or
                %% whoever takes the engine to another library.
                held = none :: none | {reference(), Other :: atom() | crossing},
                %% Why the files take no records.
                lost = none :: none | term(),
                timer = none :: none | reference(),
                figures :: fxaot_figures:figures()}).

%% A caller and the answer that it gets.
-type waiter() :: {gen_server:from(), Answer :: term()}.

-spec start_link(Engine :: atom(), fxaot_journal_options:options()) -> gen_server:start_ret().
start_link(Engine, Options) -> gen_server:start_link(?MODULE, {Engine, Options}, []).

%% @doc What the files hold, in the calling process: see {@link fxaot_journal_files:recover/3}.
-spec recover(Engine :: atom(), Load :: fun((binary()) -> {ok, Thing} | fxaot:error()),
              Apply :: fun((binary(), Thing) -> ok | fxaot:error())) ->
          {ok, none} | {ok, Thing, fxaot_journal_files:recovered()} | fxaot:error().
recover(Engine, Load, Apply) ->
    case call(Engine, dir) of
        {ok, Dir} ->
            case fxaot_journal_files:recover(Dir, Load, Apply) of
                {ok, Thing, #{chain := Chain, terms := Terms} = Recovered} ->
                    case call(Engine, {found, Chain, Terms}) of
                        ok -> {ok, Thing, Recovered};
                        Error -> Error
                    end;
                Other -> Other
            end;
        Error -> Error
    end.

%% @doc From now on the journal takes the engine's records, which it has begun to make. The first one is a snapshot.
%% Returns when that is durable.
-spec open(Engine :: atom(), fxaot_nif:handle()) -> ok | fxaot:error().
open(Engine, Handle) -> call(Engine, {open, Handle}).

%% @doc Ends it in order: all that was recorded is durable, and an end says so.
-spec close(Engine :: atom()) -> ok | fxaot:error().
close(Engine) -> call(Engine, close).

%% @doc Waits until all that the engine has recorded is durable: with the policy `never', written.
-spec sync(Engine :: atom()) -> ok | fxaot:error().
sync(Engine) -> call(Engine, sync).

%% @doc Keeps a term of the application's under a key: it is there again after a restart. With the policy `always' it is
%% durable on return, unless the files take nothing.
-spec keep(Engine :: atom(), Key :: term(), Value :: term()) -> ok.
keep(Engine, Key, Value) -> own(Engine, {put, Key, Value}).

-spec forget(Engine :: atom(), Key :: term()) -> ok.
forget(Engine, Key) -> own(Engine, {delete, Key}).

own(Engine, Term) ->
    _ = call(Engine, {own, Term}),
    ok.

%% @doc Answers a caller of the engine's process once all that the engine has recorded is durable.
-spec acknowledge(Engine :: atom(), pid() | undefined, gen_server:from(), Answer :: term()) -> ok.
acknowledge(_, undefined, From, Answer) -> gen_server:reply(From, unavailable(Answer));
acknowledge(_, Journal, From, Answer) -> gen_server:cast(Journal, {acknowledge, From, Answer}).

%% @doc The sequence number of the last record that is durable.
-spec durable(Engine :: atom()) -> {ok, non_neg_integer()} | fxaot:error().
durable(Engine) -> patient_call(Engine, durable).

-spec figures(Engine :: atom()) -> {ok, map()} | fxaot:error().
figures(Engine) ->
    case fxaot_journal_figures:read(Engine) of
        {ok, Figures, _} -> {ok, Figures};
        none -> {error, {no_journal, #{engine => Engine}}}
    end.

%% @doc The journal writes nothing until {@link release/1}, so that the one of another engine has first what leaves this
%% engine. Should the caller die, it waits for that one by itself.
-spec hold(Engine :: atom(), Other :: atom()) -> ok | fxaot:error().
hold(Engine, Other) -> call(Engine, {hold, self(), Other}).

-spec release(Engine :: atom()) -> ok | fxaot:error().
release(Engine) -> call(Engine, release).

%% @doc The journal writes nothing until {@link crossed/2}: its engine goes to another native library.
-spec hold(Engine :: atom()) -> ok | fxaot:error().
hold(Engine) -> call(Engine, {hold, self(), crossing}).

%% @doc The engine has crossed: with what it had recorded, and the snapshot that begins the next segment. Or it has not.
-spec crossed(Engine :: atom(), {Records :: binary(), Snapshot :: binary()} | same | failed) -> ok | fxaot:error().
crossed(Engine, Captured) -> call(Engine, {crossed, Captured}).

%% @doc All terms that are kept.
-spec terms(Engine :: atom()) -> {ok, #{term() => term()}} | fxaot:error().
terms(Engine) -> call(Engine, terms).

%% @doc The native engine, which this process holds too.
-spec handle(Engine :: atom()) -> {ok, fxaot_nif:handle()} | none.
handle(Engine) ->
    case call(Engine, handle) of
        {ok, Handle} -> {ok, Handle};
        _ -> none
    end.

%% @doc A new segment that begins with a snapshot.
-spec snapshot(Engine :: atom()) -> ok | fxaot:error().
snapshot(Engine) -> patient_call(Engine, snapshot).

call(Engine, Request) ->
    with_journal(Engine, fun(Journal) ->
                                 try gen_server:call(Journal, Request, infinity)
                                 catch exit:_ -> restarted_meanwhile(Engine)
                                 end
                         end).

%% From outside the engine. The disk may take its time, a journal that does not answer may not.
patient_call(Engine, Request) ->
    Limit = fxaot_engines:limit(Engine),
    with_journal(Engine, fun(Journal) ->
                                 case fxaot_patience:request(Journal, Request, Limit) of
                                     {reply, Answer} -> Answer;
                                     {died, _} -> restarted_meanwhile(Engine);
                                     timeout -> {error, {timeout, #{engine => Engine, milliseconds => Limit}}}
                                 end
                         end).

with_journal(Engine, Ask) ->
    case fxaot_journals_sup:find(Engine) of
        undefined -> {error, {no_journal, #{engine => Engine}}};
        Journal -> Ask(Journal)
    end.

restarted_meanwhile(Engine) -> {error, {journal_unavailable, #{engine => Engine, reason => restarted}}}.

%% ---- the process ------------------------------------------------------------

-spec init({Engine :: atom(), fxaot_journal_options:options()}) -> {ok, #state{}} | {stop, term()}.
init({Engine, #{dir := Dir} = Options}) ->
    process_flag(trap_exit, true),
    ok = fxaot_log:whose(#{engine => Engine}),
    case fxaot_journal_files:prepare(Dir) of
        ok ->
            case locked(Engine, unicode:characters_to_binary(filename:join(Dir, "lock")), ?LOCK_TRIES) of
                {ok, Lock} ->
                    ok = fxaot_names:set_journal(Engine, self()),
                    again(#state{engine = Engine, options = Options, lock = Lock,
                                 writer = fxaot_journal_writer:start_link(),
                                 figures = fxaot_journal_figures:open(Engine)});
                {error, taken} -> {stop, {shutdown, {error, {journal_taken, #{path => Dir, engine => Engine}}}}};
                {error, Reason} ->
                    {stop, {shutdown, {error, {journal_folder, #{path => Dir, reason => Reason}}}}}
            end;
        Error -> {stop, {shutdown, Error}}
    end.

%% The process before this one may not be quite gone.
locked(Engine, Path, Tries) ->
    case fxaot_nif:lock_file(Path) of
        {error, taken} when Tries > 1 ->
            case recording(Engine) of
                none -> {error, taken};
                _ ->
                    timer:sleep(?LOCK_MS),
                    locked(Engine, Path, Tries - 1)
            end;
        Answer -> Answer
    end.

%% After this process has crashed the engine goes on: what it has recorded meanwhile and what this process had taken are
%% in a new snapshot.
again(#state{engine = Engine, figures = Figures} = State) ->
    case recording(Engine) of
        none -> {ok, State};
        {ok, Handle} ->
            _ = fxaot_nif:lose_journal(Handle),
            fxaot_journal_figures:down(restarted, false, Figures),
            Terms = case fxaot_journals_sup:terms(Engine) of
                        {ok, All} -> All;
                        none -> unread
                    end,
            {ok, reread(State#state{handle = Handle, lost = restarted, terms = Terms,
                                    durable = fxaot_journal_figures:durable(Figures)})}
    end.

%% Where the files end; not before that is known another segment begins.
reread(#state{options = #{dir := Dir}} = State) ->
    case fxaot_journal_files:newest(Dir) of
        {ok, read, #{chain := <<Found:64/little, _/binary>> = Chain, terms := Terms}} ->
            restarted(known(Terms, State#state{chain = Chain, found = Found}));
        {ok, none} -> restarted(known(#{}, State#state{chain = <<0:384>>}));
        {error, Error} -> failed(Error, State#state{chain = unread})
    end.

%% What the files hold, and what the application has kept meanwhile.
known(Terms, #state{terms = unread, own = Own} = State) ->
    State#state{terms = fxaot_journal_files:with_terms(lists:reverse(Own), Terms)};
known(_, State) -> State.

recording(Engine) ->
    case fxaot_engines:find(Engine) of
        {ok, #{kind := engine}} ->
            case fxaot_engines:has_state(Engine) of
                true -> fxaot_heir:look(Engine);
                false -> none
            end;
        _ -> none
    end.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}
                                                        | {stop, normal, term(), #state{}}.
handle_call(alive, _From, State) -> {reply, ok, State};
handle_call(dir, _From, #state{options = #{dir := Dir}} = State) -> {reply, {ok, Dir}, State};
handle_call({found, <<Found:64/little, _/binary>> = Chain, Terms}, _From, #state{engine = Engine} = State) ->
    ok = fxaot_journals_sup:keep_terms(Engine, Terms),
    {reply, ok, State#state{chain = Chain, terms = Terms, found = Found}};
handle_call({open, Handle}, From, State) ->
    fxaot_journal_figures:up(State#state.figures),
    {noreply, polling(begun(State#state{handle = Handle, waiting = [{From, ok}]}))};
handle_call(close, _From, #state{handle = none} = State) -> {stop, normal, ok, State};
%% The files take nothing, maybe never again.
handle_call(close, _From, #state{lost = Lost} = State) when Lost =/= none -> {stop, normal, unavailable(close), State};
handle_call(close, From, #state{job = none, held = none, waiting = Waiting} = State) ->
    {noreply, ending(State#state{waiting = [{{stop, From}, ok} | Waiting]})};
handle_call(close, From, #state{waiting = Waiting} = State) ->
    {noreply, State#state{waiting = [{{ending, From}, ok} | Waiting]}};
handle_call(sync, From, State) -> {noreply, waiting(From, ok, State)};
handle_call({own, Term}, From, #state{handle = Handle, options = #{sync := always}} = State) when Handle =/= none ->
    {noreply, waiting(From, ok, owned(Term, State))};
handle_call({own, Term}, _From, State) -> {reply, ok, owned(Term, State)};
handle_call(snapshot, From, #state{job = none, held = none} = State) ->
    {noreply, begun(State#state{waiting = [{From, ok} | State#state.waiting]})};
handle_call(snapshot, From, #state{waiting = Waiting} = State) ->
    {noreply, State#state{waiting = [{{snapshot, From}, ok} | Waiting]}};
handle_call({hold, Mover, crossing}, _From, #state{held = none, handle = Handle, writer = Writer} = State)
  when Handle =/= none ->
    %% Whatever the direction of the upgrade, all modules are loaded by now.
    fxaot_journal_writer:renew(Writer),
    {reply, ok, State#state{held = {monitor(process, Mover), crossing}}};
handle_call({hold, Mover, Other}, _From, #state{held = none, lost = none} = State) when Other =/= crossing ->
    {reply, ok, State#state{held = {monitor(process, Mover), Other}}};
handle_call({hold, _, _}, _From, State) -> {reply, unavailable(hold), State};
handle_call(release, _From, State) -> {reply, ok, released(State)};
handle_call({crossed, Captured}, _From, State) -> {reply, ok, arrived(Captured, State)};
handle_call(terms, _From, #state{terms = unread} = State) -> {reply, unavailable(terms), State};
handle_call(terms, _From, #state{terms = Terms} = State) -> {reply, {ok, Terms}, State};
handle_call(handle, _From, #state{handle = Handle} = State) ->
    {reply, case Handle of
                none -> none;
                _ -> {ok, Handle}
            end, State};
handle_call(durable, _From, #state{durable = Durable} = State) -> {reply, {ok, Durable}, State};
handle_call(_, _From, State) -> {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({acknowledge, From, Answer}, State) -> {noreply, waiting(From, Answer, State)};
handle_cast(_, State) -> {noreply, State}.

owned(Term, #state{engine = Engine, terms = Terms, own = Own} = State) ->
    Record = fxaot_journal_files:term_record(Term),
    New = case Terms of
              unread -> unread;
              _ -> fxaot_journal_files:with_terms([Record], Terms)
          end,
    _ = [fxaot_journals_sup:keep_terms(Engine, New) || is_map(New)],
    State#state{terms = New, own = [Record | Own]}.

released(#state{held = {Monitor, _}} = State) ->
    demonitor(Monitor, [flush]),
    more(State#state{held = none});
released(State) -> State.

%% The mover has died: what it has moved may be in the other engine already.
settle(Journal, Other) ->
    _ = spawn(fun() -> settled(Journal, Other) end),
    ok.

settled(Journal, Other) ->
    case sync(Other) of
        {error, {journal_unavailable, _}} ->
            receive after ?RETRY_MS -> settled(Journal, Other) end;
        _ -> Journal ! released
    end.

waiting(From, Answer, #state{lost = none, waiting = Waiting} = State) ->
    committed(State#state{waiting = [{From, Answer} | Waiting]});
waiting(From, Answer, State) ->
    answer({From, Answer}, unavailable(Answer)),
    State.

unavailable(_) -> {error, {journal_unavailable, none}}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({Ref, Answer}, #state{job = {Ref, Sequence, Waiters, Began}} = State) ->
    ended(Answer, Sequence, Waiters, erlang:monotonic_time() - Began, State#state{job = none});
handle_info({timeout, Timer, poll}, #state{timer = Timer} = State) -> {noreply, polling(committed(State))};
handle_info({timeout, _, {slow, Ref}}, #state{job = {Ref, _, Waiters, _}} = State) ->
    %% Its answer will come, or never. Who waited for it is told at once.
    Failed = failed(slow, State),
    lists:foreach(fun({_, Answer} = Waiter) -> answer(Waiter, unavailable(Answer)) end, Waiters),
    {Ref, Sequence, _, Began} = Failed#state.job,
    {noreply, Failed#state{job = {Ref, Sequence, [], Began}}};
handle_info({timeout, _, retry}, #state{lost = Lost} = State) when Lost =/= none -> {noreply, restarted(State)};
handle_info({'DOWN', Monitor, process, _, _}, #state{held = {Monitor, crossing}} = State) ->
    {noreply, arrived(failed, State)};
handle_info({'DOWN', Monitor, process, _, _}, #state{held = {Monitor, Other}} = State) ->
    settle(self(), Other),
    {noreply, State};
handle_info(released, State) -> {noreply, released(State)};
handle_info({'EXIT', Writer, Reason}, #state{writer = Writer, job = Job} = State) ->
    New = State#state{writer = fxaot_journal_writer:start_link(), job = none},
    case Job of
        {_, Sequence, Waiters, Began} ->
            ended({error, Reason}, Sequence, Waiters, erlang:monotonic_time() - Began, New);
        none -> {noreply, failed(Reason, New)}
    end;
handle_info({'EXIT', _, Reason}, State) when Reason =:= shutdown -> {stop, normal, State};
handle_info(_, State) -> {noreply, State}.

%% The end of the node, in order: what is recorded is written.
-spec terminate(term(), #state{}) -> ok.
terminate(_, #state{lock = Lock, handle = none}) -> fxaot_nif:unlock_file(Lock);
terminate(Reason, #state{lock = Lock, lost = none, held = none} = State) when Reason =:= normal; Reason =:= shutdown ->
    _ = last(State),
    fxaot_nif:unlock_file(Lock);
terminate(_, #state{lock = Lock}) -> fxaot_nif:unlock_file(Lock).

last(#state{job = {Ref, _, _, _}, options = #{slow_ms := Slow}} = State) ->
    receive {Ref, ok} -> last(State#state{job = none})
    after Slow -> ok
    end;
last(#state{options = #{slow_ms := Slow}} = State) ->
    case ending(State) of
        #state{job = {Ref, _, _, _}} -> receive {Ref, _} -> ok after Slow -> ok end;
        _ -> ok
    end.

%% Without quotes strategies come back from a snapshot alone.
ending(#state{own = Own, options = #{quotes := Quotes}} = State) ->
    Ending = State#state{own = [fxaot_journal_files:end_record() | Own]},
    case Quotes of
        true -> committed(Ending);
        false -> begun(Ending)
    end.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

%% ---- commits ----------------------------------------------------------------

polling(#state{options = #{sync := Sync}} = State) ->
    Milliseconds = case Sync of
                       {every, Every} -> Every;
                       always -> 1;
                       never -> 10
                   end,
    State#state{timer = erlang:start_timer(Milliseconds, self(), poll)}.

%% Takes what there is, unless the writer is at work: then all waits for its answer.
committed(#state{job = none, lost = none, held = none, handle = Handle} = State) when Handle =/= none ->
    case fxaot_nif:take_journal(Handle) of
        {ok, Batch, false} -> written(Batch, State);
        %% Too much was recorded between two commits.
        {ok, _, true} -> begun(State);
        {error, Reason} -> failed(Reason, State)
    end;
committed(State) -> State.

written(<<>>, #state{own = [], waiting = []} = State) -> State;
written(Batch, #state{own = Own, options = #{segment_bytes := Most}, bytes = Bytes} = State) ->
    case iolist_to_binary([Batch, fxaot_journal_files:batch(lists:reverse(Own))]) of
        <<>> -> job([], 0, State);
        All when Bytes + byte_size(All) > Most ->
            begun(framed(All, [], State#state{own = []}));
        All -> framed(All, [], State#state{own = []})
    end.

framed(Batch, Before, #state{chain = Chain} = State) ->
    {ok, Records, <<Sequence:64/little, _/binary>> = Next} = fxaot_nif:frame_records(Batch, Chain),
    <<Old:64/little, _/binary>> = Chain,
    job(Before ++ [{write, Records}], byte_size(Records), counted(Sequence - Old, State#state{chain = Next})).

counted(Records, #state{chain = <<Sequence:64/little, _/binary>>, figures = Figures} = State) ->
    fxaot_journal_figures:framed(Records, Sequence, Figures),
    State.

%% A write and what makes it durable; after one that is on its way, behind it.
job(Steps, Size, #state{writer = Writer, options = #{sync := Sync, slow_ms := Slow}, waiting = Waiting, job = Before,
                        chain = <<Sequence:64/little, _/binary>>, bytes = Bytes} = State) ->
    Synced = case Sync of
                 never -> Steps;
                 _ -> Steps ++ [sync]
             end,
    Ref = fxaot_journal_writer:job(Writer, Synced),
    _ = erlang:start_timer(Slow, self(), {slow, Ref}),
    Waiters = case Before of
                  none -> Waiting;
                  %% The answer of the last job stands for both: they are carried out in order.
                  {_, _, Others, _} -> Waiting ++ Others
              end,
    Began = erlang:monotonic_time(),
    fxaot_journal_figures:began(Began, Size, State#state.figures),
    State#state{job = {Ref, Sequence, Waiters, Began}, waiting = [], bytes = Bytes + Size}.

%% A new segment, which begins with a snapshot and all that the application keeps. What was recorded before it goes into
%% the segment before, where that takes it.
begun(#state{chain = unread} = State) -> reread(State);
begun(#state{handle = Handle} = State) ->
    Began = erlang:monotonic_time(),
    case fxaot_nif:journal_snapshot(Handle) of
        {ok, Batch, Snapshot} ->
            fxaot_journal_figures:captured(erlang:monotonic_time() - Began, iolist_size(Snapshot), State#state.figures),
            captured(Batch, Snapshot, State);
        {error, Reason} -> failed(Reason, State)
    end.

captured(Batch, Snapshot, #state{lost = Lost} = State) ->
    Before = case Lost of
                 none when Batch =/= <<>>, State#state.bytes > 0 -> framed(Batch, [], State);
                 _ -> State
             end,
    snapshot_written(Snapshot, Before).

%% The engine has been on its way to another library. Who waits is answered with the snapshot: without that one, of a
%% journal that has restarted meanwhile too, with a new one.
arrived(Captured, #state{held = {Monitor, crossing}, waiting = Waiting} = State) ->
    demonitor(Monitor, [flush]),
    Free = State#state{held = none, waiting = [{plain(From), Answer} || {From, Answer} <- Waiting]},
    case Captured of
        {Batch, Snapshot} when Free#state.chain =/= unread -> retried(captured(Batch, Snapshot, Free));
        same -> more(State#state{held = none});
        _ -> retried(begun(Free))
    end;
arrived(_, #state{held = none, handle = Handle, chain = Chain} = State) when Handle =/= none, Chain =/= unread ->
    retried(begun(State));
arrived(_, State) -> State.

snapshot_written(Snapshot, #state{chain = Chain, terms = Terms, own = Own,
                                  options = #{dir := Dir, keep_segments := Keep}} = State) ->
    <<Sequence:64/little, Before:64/little, _/binary>> = Chain,
    Epoch = case State#state.epoch of
                0 -> Before + 1;
                Same -> Same
            end,
    {Header, Next} = fxaot_journal_files:header(Chain, Epoch),
    Records = [fxaot_journal_files:begin_record() | gap(Sequence, State)]
        ++ [fxaot_journal_files:term_record({put, Key, Value}) || {Key, Value} <- maps:to_list(Terms)]
        ++ fxaot_journal_files:snapshot_records(Snapshot)
        ++ lists:filter(fun fxaot_journal_files:is_end/1, Own),
    Keeping = case Keep of
                  all -> [];
                  Count -> [{keep, Dir, Count}]
              end,
    {ok, Framed, After} = fxaot_nif:frame_records(iolist_to_binary(fxaot_journal_files:batch(Records)), Next),
    <<Newest:64/little, _/binary>> = After,
    fxaot_journal_figures:segment(Epoch, State#state.figures),
    job([{segment, fxaot_journal_files:path(Dir, Sequence + 1), Header}, {write, Framed}, sync | Keeping],
        byte_size(Framed),
        counted(Newest - Sequence,
                State#state{chain = After, epoch = Epoch, bytes = 0, own = []})).

%% What the disk has not taken.
gap(Sequence, #state{lost = Lost, durable = Durable, found = Found}) when Lost =/= none, Durable < Sequence, Found < Sequence ->
    [fxaot_journal_files:gap_record(max(Durable, Found) + 1, Sequence)];
gap(_, _) -> [].

ended(ok, Sequence, Waiters, Spent, #state{figures = Figures, lost = Lost} = State) ->
    fxaot_journal_figures:committed(Sequence, State#state.bytes, Spent, Figures),
    Counted = State#state{durable = Sequence},
    Stops = [From || {{stop, From}, _} <- Waiters],
    lists:foreach(fun({_, Answer} = Waiter) -> answer(Waiter, Answer) end, Waiters),
    case {Stops, Lost} of
        {[], none} -> {noreply, more(Counted)};
        %% A slow disk has answered at last: the engine has gone on without it.
        {[], slow} -> {noreply, restarted(Counted)};
        {[], _} -> {noreply, found_again(Counted)};
        _ -> {stop, normal, Counted#state{handle = none}}
    end;
ended({error, Reason}, _, Waiters, _, State) ->
    lists:foreach(fun({_, Answer} = Waiter) -> answer(Waiter, unavailable(Answer)) end, Waiters),
    {noreply, failed(Reason, State)}.

%% What has waited meanwhile.
more(#state{held = {_, _}} = State) -> State;
more(#state{waiting = [], own = []} = State) -> State;
more(#state{waiting = Waiting} = State) ->
    Plain = State#state{waiting = [{plain(From), Answer} || {From, Answer} <- Waiting]},
    Asks = [element(1, From) || {From, _} <- Waiting],
    case {lists:member(ending, Asks), lists:member(snapshot, Asks)} of
        {true, _} -> ending(Plain);
        {_, true} -> begun(Plain);
        _ -> committed(State)
    end.

plain({snapshot, From}) -> From;
plain({ending, From}) -> {stop, From};
plain(From) -> From.

answer({{Ask, From}, _}, Answer) when is_atom(Ask) -> gen_server:reply(From, Answer);
answer({From, _}, Answer) -> gen_server:reply(From, Answer).

%% ---- faults -----------------------------------------------------------------

failed(Reason, #state{handle = Handle, waiting = Waiting, lost = Lost, figures = Figures} = State) ->
    IsNew = Lost =:= none orelse Lost =:= restarted,
    fxaot_journal_figures:down(Reason, IsNew, Figures),
    _ = Handle =/= none andalso fxaot_nif:lose_journal(Handle),
    lists:foreach(fun({_, Answer} = Waiter) -> answer(Waiter, unavailable(Answer)) end, Waiting),
    _ = erlang:start_timer(?RETRY_MS, self(), retry),
    Told = State#state{waiting = [], lost = Reason},
    _ = [said(Reason, State) || IsNew],
    Told.

said(Reason, #state{engine = Engine, lost = Lost}) ->
    ?FXAOT_LOG(alert, #{engine => Engine, reason => Reason,
                        text => io_lib:format("its journal takes no records (~tp): new orders are refused", [Reason])}),
    %% That of the process before this one may be set.
    _ = [fxaot_alarm:clear(journal_unavailable, Engine) || Lost =:= restarted],
    fxaot_alarm:set(journal_unavailable, Engine, Reason),
    fxaot_telemetry_emit:happened([journal, lost], #{engine => Engine, reason => Reason}).

%% Another segment, unless the writer is still held up, or the engine is on its way.
restarted(#state{job = none, held = none, handle = Handle} = State) when Handle =/= none -> retried(begun(State));
restarted(State) ->
    _ = erlang:start_timer(?RETRY_MS, self(), retry),
    State.

%% The answer tells whether the files are back.
retried(#state{lost = slow} = State) -> State#state{lost = late};
retried(State) -> State.

found_again(#state{engine = Engine, timer = Timer} = State) ->
    ?FXAOT_LOG(notice, #{engine => Engine, text => "its journal takes records again, from a new snapshot on"}),
    fxaot_alarm:clear(journal_unavailable, Engine),
    fxaot_telemetry_emit:happened([journal, back], #{engine => Engine}),
    fxaot_journal_figures:up(State#state.figures),
    Back = State#state{lost = none},
    more(case Timer of
             none -> polling(Back);
             _ -> Back
         end).
