%% A node in one process: its clock, its timers, its journal's process and writer, whose messages this module keeps until
%% their time. Nothing here waits, and nothing depends on anything but the seed.
-module(fxaot_sim_node).

-export([boot/1, ended/0, next/0, later/2, ask/2, client/1, now_ns/0, jump/1, journal_dies/0, writer_dies/0, stall/1, engine/1,
         pump/1, durable/0]).
%% As gen_server, timer, erlang.
-export([call/3, cast/2, reply/2, sleep/1, start_timer/3, monotonic_time/0, monotonic_time/1, system_time/0,
         system_time/1]).
%% As fxaot_journals_sup, fxaot_names, fxaot_engines, fxaot_heir.
-export([start/2, stop/1, find/1, set_journal/2, keep_terms/2, terms/1, engine_found/1, has_state/1, look/1,
         set_stale/2]).
%% As fxaot_journal_writer.
-export([start_link/0, job/2]).
%% As fxaot_alarm and telemetry.
-export([set/3, clear/2, happened/2, happened/3, execute/3]).
%% As fxaot_account_terms and fxaot_nif.
-export([apply/2, lose_journal/1, remove_strategy/2, journal_snapshot/1, apply_records/2, frame_records/2]).

-define(KEY, ?MODULE).
-define(JOURNAL, fxaot_sim_of_fxaot_journal).
-define(WRITER, fxaot_sim_of_fxaot_journal_writer).
-define(MS, 1000000).

-record(node, {now = 0 :: integer(),
               wall = 1700000000000000000 :: integer(),
               %% What comes, the next one first: {Time, Number, Event}.
               events = [] :: [{integer(), integer(), term()}],
               next = 0 :: non_neg_integer(),
               options = none :: none | map(),
               journal = none :: none | tuple(),
               %% How often its process has died.
               deaths = 0 :: non_neg_integer(),
               engine = none :: none | reference(),
               writer = none :: none | {reference(), File :: none | reference()},
               %% Jobs and their answers are carried out in order.
               job = 0 :: integer(), answer = 0 :: integer(),
               terms = none :: none | map(),
               stall = 0 :: non_neg_integer(),
               replies = #{} :: #{reference() => term()}}).

%% A node begins; its monotonic clock goes on, its wall clock need not.
boot(Now) ->
    ok = fxaot_sim_figures:new(),
    put(?KEY, #node{now = Now, wall = 1700000000000000000 + rand:uniform(1000000000000)}).

ended() ->
    #node{now = Now} = get(?KEY),
    boot(Now),
    Now.

now_ns() -> (get(?KEY))#node.now.

%% The wall clock is set.
jump(By) -> changed(fun(#node{wall = Wall} = Node) -> Node#node{wall = Wall + By} end).

%% The writer's next job waits so long for the disk.
stall(Ns) -> changed(fun(Node) -> Node#node{stall = Ns} end).

engine(Handle) -> changed(fun(Node) -> Node#node{engine = Handle} end).

later(Ns, Event) ->
    changed(fun(#node{now = Now, events = Events, next = Next} = Node) ->
                    Node#node{events = lists:sort([{Now + Ns, Next, Event} | Events]), next = Next + 1}
            end).

%% What happens next: an event that is the caller's, `ok' for one of the node's own, `none' when nothing is to come.
next() ->
    case get(?KEY) of
        #node{events = []} -> none;
        #node{events = [{At, _, Event} | Rest], now = Now} = Node ->
            put(?KEY, Node#node{events = Rest, now = max(At, Now)}),
            happens(Event)
    end.

happens({timer, Ref, Message}) -> told({timeout, Ref, Message});
happens({answer, Ref, Answer}) -> told({Ref, Answer});
happens({job, Writer, Ref, Steps}) ->
    case get(?KEY) of
        #node{writer = {Writer, File}} ->
            {Answer, Next} = ?WRITER:unmade(?WRITER:done(Steps, File), Steps),
            changed(fun(Node) -> Node#node{writer = {Writer, Next}} end),
            #node{now = Now, answer = Last} = get(?KEY),
            At = max(Last, Now) + rand:uniform(200) * 1000,
            changed(fun(Node) -> Node#node{answer = At} end),
            later(At - Now, {answer, Ref, Answer});
        _ -> ok
    end;
happens({event, _} = Event) -> Event.

told(Message) ->
    case get(?KEY) of
        #node{journal = none} -> ok;
        #node{journal = State} -> gone_on(?JOURNAL:handle_info(Message, State))
    end.

gone_on({noreply, State}) -> changed(fun(Node) -> Node#node{journal = State} end);
gone_on({stop, normal, State}) ->
    ok = ?JOURNAL:terminate(normal, State),
    changed(fun(Node) -> Node#node{journal = none} end).

%% Who gets an answer as fxaot_sim:answered/2: a process and a tag, as of a gen_server.
client(What) -> {self(), {told, What}}.

%% Asks the journal. The answer goes to From: reply/2.
ask(Request, From) ->
    case get(?KEY) of
        #node{journal = none} -> reply(From, {error, {journal_unavailable, none}});
        #node{journal = State} ->
            case ?JOURNAL:handle_call(Request, From, State) of
                {reply, Answer, Next} ->
                    gone_on({noreply, Next}),
                    reply(From, Answer);
                {noreply, Next} -> gone_on({noreply, Next});
                {stop, normal, Answer, Next} ->
                    gone_on({stop, normal, Next}),
                    reply(From, Answer)
            end
    end.

durable() ->
    Ref = make_ref(),
    ask(durable, {self(), Ref}),
    case answered(Ref) of
        {ok, {ok, Durable}} -> Durable;
        _ -> 0
    end.

%% The supervisor starts it again at once.
journal_dies() ->
    #node{options = Options} = get(?KEY),
    changed(fun(#node{events = Events, deaths = Deaths} = Node) ->
                    Node#node{journal = none, writer = none, deaths = Deaths + 1,
                              events = [Event || {_, _, {event, _}} = Event <- Events]}
            end),
    fxaot_sim_disk:unlocked(),
    start(sim, Options).

writer_dies() ->
    #node{writer = {Writer, _}} = get(?KEY),
    changed(fun(#node{events = Events} = Node) ->
                    Node#node{events = [Event || {_, _, What} = Event <- Events, element(1, What) =/= answer]}
            end),
    told({'EXIT', Writer, killed}).

%% Lets things happen until an answer is there, the caller's own events too, or the journal's process has gone.
pump(Ref) -> pump(Ref, (get(?KEY))#node.deaths).

pump(Ref, Deaths) ->
    case {answered(Ref), get(?KEY)} of
        {{ok, Answer}, _} -> Answer;
        {none, #node{journal = Journal, deaths = Now}} when Journal =:= none; Now > Deaths -> exit(noproc);
        {none, _} ->
            case next() of
                none -> throw({failed, {nobody_answers, Ref}});
                {event, Event} -> fxaot_sim:happens(Event);
                _ -> ok
            end,
            pump(Ref, Deaths)
    end.

answered(Ref) ->
    #node{replies = Replies} = Node = get(?KEY),
    case maps:take(Ref, Replies) of
        {Answer, Rest} ->
            put(?KEY, Node#node{replies = Rest}),
            {ok, Answer};
        error -> none
    end.

%% ---- processes ----------------------------------------------------------------

call(journal, Request, infinity) ->
    fxaot_sim_model:asked(Request),
    Ref = make_ref(),
    ask(Request, {self(), Ref}),
    pump(Ref).

%% Planted: the caller is answered before anything is written.
cast(journal, {acknowledge, From, Answer} = Message) ->
    case get(fxaot_sim_plant) of
        early_answers -> reply(From, Answer);
        _ -> told_by_cast(Message)
    end.

told_by_cast(Message) ->
    #node{journal = State} = get(?KEY),
    gone_on(?JOURNAL:handle_cast(Message, State)).

%% Of a client, or of a call.
reply({_, {told, What}}, Answer) -> fxaot_sim:answered(What, Answer);
reply({_, Ref}, Answer) -> changed(fun(#node{replies = Replies} = Node) -> Node#node{replies = Replies#{Ref => Answer}} end).

start(Name, Options) ->
    changed(fun(Node) -> Node#node{options = Options} end),
    case ?JOURNAL:init({Name, Options}) of
        {ok, State} -> changed(fun(Node) -> Node#node{journal = State} end);
        {stop, {shutdown, Error}} -> Error
    end.

stop(Name) ->
    case find(Name) of
        undefined -> ok;
        _ ->
            _ = ?JOURNAL:close(Name),
            changed(fun(Node) -> Node#node{journal = none, writer = none} end)
    end.

find(_) ->
    case get(?KEY) of
        #node{journal = none} -> undefined;
        _ -> journal
    end.

set_journal(_, _) -> ok.

keep_terms(_, Terms) -> changed(fun(Node) -> Node#node{terms = Terms} end).

terms(_) ->
    case get(?KEY) of
        #node{terms = none} -> none;
        #node{terms = Terms} -> {ok, Terms}
    end.

engine_found(Name) -> {ok, #{kind => engine, name => Name}}.

set_stale(_, _) -> ok.

has_state(_) -> (get(?KEY))#node.engine =/= none.
look(_) -> {ok, (get(?KEY))#node.engine}.

start_link() ->
    Writer = make_ref(),
    changed(fun(Node) -> Node#node{writer = {Writer, none}} end),
    Writer.

job(Writer, Steps) ->
    Ref = make_ref(),
    #node{now = Now, job = Last, stall = Stall} = get(?KEY),
    At = max(Last, Now) + Stall + rand:uniform(3000) * 1000,
    changed(fun(Node) -> Node#node{job = At, stall = 0} end),
    later(At - Now, {job, Writer, Ref, Steps}),
    Ref.

set(_, _, _) -> ok.
clear(_, _) -> ok.
happened(_, _) -> ok.
happened(_, _, _) -> ok.
execute(_, _, _) -> ok.

%% ---- time ---------------------------------------------------------------------

start_timer(Milliseconds, _, Message) ->
    Ref = make_ref(),
    later(Milliseconds * ?MS, {timer, Ref, Message}),
    Ref.

sleep(Milliseconds) -> changed(fun(#node{now = Now} = Node) -> Node#node{now = Now + Milliseconds * ?MS} end).

monotonic_time() -> monotonic_time(nanosecond).
monotonic_time(Unit) -> erlang:convert_time_unit(now_ns(), nanosecond, Unit).
system_time() -> system_time(nanosecond).
system_time(Unit) ->
    #node{now = Now, wall = Wall} = get(?KEY),
    erlang:convert_time_unit(Now + Wall, nanosecond, Unit).

%% ---- the engine ---------------------------------------------------------------

%% What the journal does to the engine is part of its history.
apply(Engine, Options) -> fxaot_sim_model:input(Engine, {options, Options}).
lose_journal(Engine) -> fxaot_sim_model:input(Engine, lost).

remove_strategy(Engine, Id) ->
    fxaot_sim:counted(half_deployed),
    fxaot_sim_model:input(Engine, {remove, Id}).

journal_snapshot(Engine) ->
    fxaot_sim_model:noted(mended),
    fxaot_nif:journal_snapshot(Engine).

frame_records(Batch, Chain) ->
    fxaot_sim_model:recorded(Batch),
    fxaot_nif:frame_records(Batch, Chain).

apply_records(Engine, Records) ->
    case fxaot_nif:apply_records(Engine, planted(get(fxaot_sim_plant), Records)) of
        ok -> fxaot_sim_model:recovered(Engine);
        Error -> Error
    end.

%% Faults that the simulation has to find: the last record is not carried out, or twice.
planted(a_record_is_lost, Records) -> binary:part(Records, 0, last(Records, 0, 0));
planted(a_record_is_doubled, Records) ->
    Last = last(Records, 0, 0),
    <<Records/binary, (binary:part(Records, Last, byte_size(Records) - Last))/binary>>;
planted(_, Records) -> Records.

%% Where the last record begins.
last(Records, _, Place) when Place < byte_size(Records) ->
    <<_:Place/binary, Length:32/little, _/binary>> = Records,
    last(Records, Place, Place + 57 + Length, Place);
last(_, Last, _) -> Last.

last(Records, _, Next, Place) when Next < byte_size(Records) -> last(Records, Place, Next);
last(_, _, _, Place) -> Place.

changed(Change) ->
    put(?KEY, Change(get(?KEY))),
    ok.
