%% @private One FIX 4.4 session as its initiator: a process that has the socket, the sequence numbers and the store.
%%
%% ```
%%   idle ─▶ logon ─▶ syncing: TestRequest ⇄ Heartbeat, gaps are filled both ways ─▶ up ─▶ leaving: Logout ⇄ Logout ─▶ idle
%%                                                     stopped: a sequence number was too low; a person decides
%% '''
%% The owner is a gateway's process. It opens the session, or, of quotes (`auto'), the session opens itself and again
%% after each loss. The owner gets `{fxaot_fix, Session, News}':
%% <ul>
%% <li>`{message, Place, Name, Fields}': a message of the application, in its order; `taken/2' says that it is done
%%   with. What is not done with comes again to the next owner, or by a resend after the next logon.</li>
%% <li>`{unsent, Name, Fields}': a request that was lost on its way and is too old to be sent again.</li>
%% <li>`{refused, Name, Fields, Reject}': a request that the counterparty has rejected (3, j).</li>
%% <li>`{down, Connection, Reason}': the connection that {@link open/2} named.</li>
%% </ul>
%% {@link fxaot_fix_incoming} has the rules of sequence numbers, {@link fxaot_fix_dispatch} says what a message does in its
%% order, {@link fxaot_fix_outgoing} sends, {@link fxaot_fix_ending} ends a connection.
-module(fxaot_fix_session).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_session.hrl").

-export([start_link/3, own/2, open/2, pending/1, chains/1, chain/3, send/4, taken/2, reset/1, close/2, figures/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3, format_status/1]).

-export_type([role/0, config/0, phase/0, place/0, news/0]).

%% How long a session without an owner waits for the next one.
-define(OWNER_MS, 5000).
-define(CONNECT_MS, 5000).
%% Longer than a logout takes.
-define(STOP_MS, 1500).

-type role() :: orders | quotes.
-type config() :: #{atom() => term()}.
-type phase() :: idle | logon | syncing | up | leaving | stopped.
%% Where a message stands among all: the numbers begin again in each epoch.
-type place() :: {Epoch :: non_neg_integer(), Seq :: pos_integer()}.
-type news() :: {message, place(), fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()}
              | {unsent, fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()}
              | {refused, fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), Reject :: fxaot_fix_codec:fields()}
              | {down, Connection :: pos_integer(), Reason :: term()}.

-spec start_link(Engine :: atom(), role(), config()) -> gen_server:start_ret().
start_link(Engine, Role, Config) -> gen_server:start_link(?MODULE, {Engine, Role, Config}, []).

%% @doc The caller is the owner from now on; `other': the session has other options.
-spec own(pid(), config()) -> ok | other.
own(Session, Config) -> gen_server:call(Session, {own, self(), Config}).

%% @doc Connects and logs on. Returns when both sides have all messages of the other, but for those under
%% {@link pending/1}.
-spec open(pid(), timeout()) -> {ok, Connection :: pos_integer()} | {error, term()}.
open(Session, Timeout) -> asked(Session, open, Timeout).

%% @doc The messages that are not done with.
-spec pending(pid()) -> [{place(), fxaot_fix_dictionary:name(), map()}] | {error, term()}.
pending(Session) -> asked(Session, pending, 5000).

%% @doc The client order ids of orders that have been changed, which outlive the connection.
-spec chains(pid()) -> #{fxaot_order:id() => ClOrdID :: binary()} | {error, term()}.
chains(Session) -> asked(Session, chains, 5000).

-spec chain(pid(), fxaot_order:id(), ClOrdID :: binary() | none) -> ok.
chain(Session, Order, ClOrdId) -> gen_server:cast(Session, {chain, Order, ClOrdId}).

%% @doc Sends a message. A key, a client order id and a tag, is used once for ever: `same' if this message has left
%% already, `other' if another one has.
-spec send(pid(), fxaot_fix_store:key() | none, fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()) ->
          ok | same | other | {error, term()}.
send(Session, Key, Name, Fields) -> asked(Session, {send, Key, Name, Fields}, infinity).

%% @doc The owner has done with all messages up to this place.
-spec taken(pid(), place()) -> ok.
taken(Session, Place) -> gen_server:cast(Session, {taken, Place}).

%% @doc Both sides begin with 1 at the next logon, also of a session that has stopped itself.
-spec reset(pid()) -> ok | {error, term()}.
reset(Session) -> asked(Session, reset, 5000).

%% @doc Logs out. The next {@link open/2} waits until this is done.
-spec close(pid(), Reason :: term()) -> ok.
close(Session, Reason) -> gen_server:cast(Session, {close, Reason}).

-spec figures(pid()) -> map() | {error, term()}.
figures(Session) -> asked(Session, figures, 5000).

asked(Session, Request, Timeout) ->
    try gen_server:call(Session, Request, Timeout)
    catch exit:Reason -> {error, Reason}
    end.

%% ---- the process ----------------------------------------------------------------

-spec init({atom(), role(), config()}) -> {ok, #session{}} | {stop, term()}.
init({Engine, Role, #{store := Dir, journal := Journal, reconnect_ms := {Least, _}} = Config}) ->
    process_flag(trap_exit, true),
    case fxaot_fix_store:open(Dir, Journal) of
        {ok, Store} ->
            _ = [?FXAOT_LOG(warning, #{engine => Engine,
                                       text => io_lib:format("~b bytes of a torn write are cut off its FIX store ~ts",
                                                             [Cut, Dir])})
                 || Cut <- [fxaot_fix_store:cut(Store)], Cut > 0],
            _ = [erlang:send_after(Ms, self(), {sync, Ms}) || {every, Ms} <- [Journal]],
            _ = [self() ! open || Role =:= quotes],
            {ok, #session{engine = Engine, role = Role, config = Config, store = Store, wait = Least}};
        {error, Reason} -> {stop, {shutdown, Reason}}
    end.

-spec handle_call(term(), gen_server:from(), #session{}) -> {reply, term(), #session{}} | {noreply, #session{}}.
handle_call({own, Owner, Config}, _, #session{config = Config, owner = Before} = Session) ->
    _ = [demonitor(Monitor, [flush]) || {_, Monitor} <- [Before]],
    {reply, ok, Session#session{owner = {Owner, monitor(process, Owner)}}};
handle_call({own, _, _}, _, Session) -> {reply, other, Session};
handle_call(open, _, #session{phase = up, connection = Connection} = Session) -> {reply, {ok, Connection}, Session};
handle_call(open, _, #session{phase = stopped, why = Why} = Session) -> {reply, {error, Why}, Session};
handle_call(open, From, #session{phase = idle} = Session) -> {noreply, opened(Session#session{opener = From})};
handle_call(open, From, Session) -> {noreply, Session#session{opener = From}};
handle_call(pending, _, #session{pending = Pending} = Session) -> {reply, queue:to_list(Pending), Session};
handle_call(chains, _, #session{store = Store} = Session) -> {reply, fxaot_fix_store:chains(Store), Session};
handle_call({send, Key, Name, Fields}, _, #session{phase = up, store = Store} = Session) ->
    case Key =:= none orelse fxaot_fix_store:known(Key, Store) of
        New when New =:= true; New =:= new ->
            {Answer, Next} = fxaot_fix_outgoing:application(Key, Name, Fields, Session),
            {reply, Answer, Next};
        Known -> {reply, Known, Session}
    end;
handle_call({send, _, _, _}, _, #session{why = Why} = Session) -> {reply, {error, {down, Why}}, Session};
handle_call(reset, _, #session{engine = Engine, role = Role} = Session) ->
    Ended = fxaot_fix_ending:ended(reset, fxaot_fix_ending:logged_out(<<"Reset">>, Session)),
    fxaot_alarm:clear(fix, {Engine, sequence, Role}),
    _ = [self() ! open || Role =:= quotes],
    {reply, ok, (renumbered(Ended))#session{phase = idle, why = none, resets = true}};
handle_call(figures, _, #session{figures = Figures, store = Store, phase = Phase} = Session) ->
    {reply, Figures#{phase => Phase, next_out => fxaot_fix_store:next_out(Store),
                     next_in => fxaot_fix_store:next_in(Store)}, Session};
handle_call(_, _, Session) -> {reply, {error, unknown_request}, Session}.

-spec handle_cast(term(), #session{}) -> {noreply, #session{}}.
handle_cast({taken, Place}, Session) -> {noreply, fxaot_fix_owner:done(Place, Session)};
handle_cast({chain, Order, ClOrdId}, #session{store = Store} = Session) ->
    {noreply, Session#session{store = fxaot_fix_store:chain(Order, ClOrdId, Store)}};
handle_cast({close, Reason}, Session) -> {noreply, fxaot_fix_ending:leaving(Reason, <<"Closed">>, Session)};
handle_cast(_, Session) -> {noreply, Session}.

-spec handle_info(term(), #session{}) -> {noreply, #session{}} | {stop, term(), #session{}}.
handle_info({tcp, Socket, Bytes}, #session{socket = {_, Socket}} = Session) -> {noreply, fxaot_fix_incoming:read(Bytes, Session)};
handle_info({ssl, Socket, Bytes}, #session{socket = {_, Socket}} = Session) -> {noreply, fxaot_fix_incoming:read(Bytes, Session)};
handle_info({Passive, Socket}, #session{socket = {_, Socket}} = Session)
  when Passive =:= tcp_passive; Passive =:= ssl_passive -> {noreply, activated(Session)};
handle_info({Closed, Socket}, #session{socket = {_, Socket}} = Session)
  when Closed =:= tcp_closed; Closed =:= ssl_closed -> {noreply, fxaot_fix_ending:ended(closed, Session)};
handle_info({Failed, Socket, Reason}, #session{socket = {_, Socket}} = Session)
  when Failed =:= tcp_error; Failed =:= ssl_error -> {noreply, fxaot_fix_ending:ended(Reason, Session)};
handle_info({tick, Connection}, #session{connection = Connection, socket = Socket} = Session) when Socket =/= none ->
    {noreply, ticked(Session)};
handle_info({left, Connection}, #session{connection = Connection, phase = leaving} = Session) ->
    {noreply, fxaot_fix_ending:ended(no_logout, Session)};
handle_info({sync, Ms}, #session{store = Store} = Session) ->
    _ = erlang:send_after(Ms, self(), {sync, Ms}),
    {noreply, Session#session{store = fxaot_fix_store:sync(Store)}};
handle_info(note, #session{store = Store} = Session) ->
    {noreply, Session#session{store = fxaot_fix_store:noted(Store), is_noting = false}};
handle_info(open, #session{phase = idle, role = Role, opener = Opener} = Session) when Role =:= quotes; Opener =/= none ->
    {noreply, opened(Session)};
handle_info({'DOWN', Monitor, process, _, Reason}, #session{owner = {_, Monitor}} = Session)
  when Reason =:= shutdown; Reason =:= normal -> {stop, {shutdown, no_owner}, Session#session{owner = none}};
handle_info({'DOWN', Monitor, process, _, _}, #session{owner = {_, Monitor}} = Session) ->
    _ = erlang:send_after(?OWNER_MS, self(), {no_owner, Monitor}),
    {noreply, Session};
handle_info({no_owner, Monitor}, #session{owner = {_, Monitor}} = Session) -> {stop, {shutdown, no_owner}, Session};
handle_info({'EXIT', _, Reason}, Session) when Reason =/= normal -> {stop, Reason, Session};
handle_info(_, Session) -> {noreply, Session}.

-spec terminate(term(), #session{}) -> ok.
terminate(Reason, #session{wire = Wire} = Session) ->
    try left(Reason, Session)
    after
        %% Of a session whose disk fails.
        fxaot_fix_wire:close(Wire)
    end.

left(Reason, Session) when Reason =:= normal; Reason =:= shutdown; element(1, Reason) =:= shutdown ->
    Left = drained(fxaot_fix_ending:leaving(stop, <<"Stopped">>, Session), clock() + ?STOP_MS),
    #session{store = Store} = fxaot_fix_ending:ended(stop, Left),
    fxaot_fix_store:close(Store);
%% After a crash half a record may stand in the file: one behind it would be lost, and the number of a logout come again.
left(_, _) -> ok.

%% Until the counterparty has logged out.
drained(#session{phase = leaving} = Session, Deadline) ->
    receive
        Message ->
            case handle_info(Message, Session) of
                {noreply, Next} -> drained(Next, Deadline);
                {stop, _, Next} -> Next
            end
    after max(0, Deadline - clock()) -> Session
    end;
drained(Session, _) -> Session.

%% The version before made its socket active for one piece.
-spec code_change(term(), State, term()) -> {ok, State}.
code_change(_, #session{} = Session, _) -> {ok, activated(Session)};
%% One earlier had no wire.
code_change(_, Before, _) when element(1, Before) =:= session ->
    #session{} = Session = list_to_tuple(tuple_to_list(Before) ++ [none]),
    {ok, activated(Session)};
code_change(_, Other, _) -> {ok, Other}.

%% Without the password. What is logged of a session must not keep its connection.
-spec format_status(gen_server:format_status()) -> gen_server:format_status().
format_status(#{state := #session{config = Config} = Session} = Status) ->
    Status#{state => Session#session{config = maps:without([password, tls], Config), wire = none}};
format_status(Status) -> Status.

clock() -> erlang:monotonic_time(millisecond).

%% ---- connecting -----------------------------------------------------------------

opened(#session{config = #{host := Host, port := Port} = Config} = Session) ->
    Options = [binary, {packet, raw}, {active, false}, {nodelay, true}, {keepalive, true}, {send_timeout, ?CONNECT_MS},
               {send_timeout_close, true}],
    case fxaot_fix_socket:connect(Host, Port, maps:get(tls, Config, false), Options, ?CONNECT_MS) of
        {ok, Socket} -> logging_on(wired(Session#session{socket = Socket}));
        {error, Reason} -> fxaot_fix_ending:ended({connect, Reason}, Session)
    end.

wired(#session{socket = Socket, store = Store} = Session) ->
    Session#session{wire = fxaot_fix_wire:open(fxaot_fix_store:path(Store), Socket)}.

logging_on(#session{connection = Connection} = Session) ->
    {Resets, #session{store = Store} = Begun} = begun(Session),
    Next = fxaot_fix_outgoing:logon(Resets, Begun#session{phase = logon, connection = Connection + 1, buffer = <<>>,
                                                          wanted = 0, queued = #{}, asked = 0, test = none,
                                                          got_at = clock(), opened_at = clock(),
                                                          logged_on_seq = fxaot_fix_store:next_out(Store)}),
    ticking(Next),
    activated(Next).

%% With each logon, at the time of day that both sides have agreed on, or when a person says so, the numbers begin with 1.
%% A reset that the counterparty has not answered is asked for again.
begun(#session{store = Store, config = #{reset := Reset} = Config, resets = Resets} = Session) ->
    case Resets orelse Reset =:= logon orelse is_due(Session)
        orelse (is_map_key(reset_time, Config) andalso fxaot_fix_store:next_in(Store) =:= 1) of
        true -> {true, renumbered(Session)};
        false -> {false, Session}
    end.

renumbered(#session{store = Store, epoch = Epoch} = Session) ->
    Session#session{store = fxaot_fix_store:reset({1, 1}, Store), epoch = Epoch + 1}.

%% The numbers are older than the last such moment.
is_due(#session{store = Store, config = #{reset_time := Time, reset_zone := Zone}}) ->
    fxaot_fix_store:created(Store) < fxaot_fix_time:last(Time, Zone, erlang:system_time(millisecond));
is_due(_) -> false.

ticking(#session{connection = Connection, config = #{heartbeat_s := Seconds}}) ->
    _ = erlang:send_after(max(50, min(1000, Seconds * 250)), self(), {tick, Connection}),
    ok.

activated(#session{socket = none} = Session) -> Session;
activated(#session{socket = Socket} = Session) ->
    case fxaot_fix_socket:activate(Socket) of
        ok -> Session;
        {error, Reason} -> fxaot_fix_ending:ended(Reason, Session)
    end.

%% ---- time passes ------------------------------------------------------------------

ticked(#session{phase = leaving} = Session) -> Session;
ticked(#session{phase = logon, opened_at = Opened, config = #{logon_timeout_ms := Most}} = Session) ->
    case clock() - Opened > Most of
        true -> fxaot_fix_ending:ended(logon_timeout, Session);
        false -> ticking(Session), Session
    end;
ticked(#session{config = #{heartbeat_s := Seconds}, sent_at = Sent, got_at = Got, test = Test} = Session) ->
    Beat = Seconds * 1000,
    Now = clock(),
    case is_due(Session) of
        true -> fxaot_fix_ending:leaving(daily_reset, <<"Daily reset">>, Session);
        _ when Now - Got > 2 * Beat + Beat div 2 ->
            fxaot_fix_ending:ended(heartbeat_timeout, fxaot_fix_ending:logged_out(<<"No heartbeat">>, missed(Session)));
        _ when Test =:= none, Now - Got > Beat + Beat div 5 ->
            ticking(Session),
            Id = integer_to_binary(Now),
            fxaot_fix_outgoing:admin(test_request, #{test_req_id => Id}, missed(Session#session{test = Id}));
        _ when Now - Sent >= Beat ->
            ticking(Session),
            fxaot_fix_outgoing:admin(heartbeat, #{}, Session);
        _ ->
            ticking(Session),
            compacted(Session)
    end.

%% The wire has the file that was.
compacted(#session{store = Store, wire = Wire} = Session) ->
    case fxaot_fix_store:compacted(Store) of
        Store -> Session;
        New ->
            ok = fxaot_fix_wire:close(Wire),
            wired(Session#session{store = New})
    end.

missed(Session) -> fxaot_fix_owner:counted(missed_heartbeats, Session).
