%% @private One FIX 4.4 session as its initiator: a process that has the socket, the sequence numbers and the store.
%%
%% ```
%%   idle ─▶ logon ─▶ syncing: TestRequest ⇄ Heartbeat, gaps are filled both ways ─▶ up ─▶ idle
%%                                                     stopped: a sequence number was too low; a person decides
%% '''
%% The owner is a gateway's process. It opens the session, or, of quotes (`auto'), the session opens itself and again
%% after each loss. The owner gets `{fxaot_fix, Session, News}':
%% <ul>
%% <li>`{message, Seq, Name, Fields}': a message of the application, in its order; `taken/2' says that it is done
%%   with. What is not done with comes again to the next owner, or by a resend after the next logon.</li>
%% <li>`{unsent, Name, Fields}': a request that was lost on its way and is too old to be sent again.</li>
%% <li>`{refused, Name, Fields, Text}': a request that the counterparty has rejected (3, j).</li>
%% <li>`{down, Reason}'.</li>
%% </ul>
%%
%% Longer than a file should be: the rules of a session refer to one another.
-module(fxaot_fix_session).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/3, own/2, open/2, pending/1, send/4, taken/2, reset/1, close/2, figures/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3, format_status/1]).

-export_type([role/0, config/0]).

%% Queued messages behind a gap.
-define(MAX_QUEUED, 10000).
%% How long a session without an owner waits for the next one.
-define(OWNER_MS, 5000).
-define(LOGOUT_MS, 1000).
-define(CONNECT_MS, 5000).

-type role() :: orders | quotes.
-type config() :: #{atom() => term()}.
-type phase() :: idle | logon | syncing | up | stopped.

-record(state, {engine :: atom(), role :: role(), config :: config(),
                store :: fxaot_fix_store:store(),
                owner = none :: none | {pid(), reference()},
                phase = idle :: phase(),
                why = none :: term(),
                socket = none :: none | {gen_tcp, gen_tcp:socket()} | {ssl, ssl:sslsocket()},
                buffer = <<>> :: binary(), wanted = 0 :: non_neg_integer(),
                opener = none :: none | gen_server:from(),
                %% Messages behind a gap, and the last number that was asked for.
                queued = #{} :: #{pos_integer() => term()}, asked = 0 :: non_neg_integer(),
                %% Messages that the owner has not done with, oldest first.
                pending = queue:new() :: queue:queue({pos_integer(), fxaot_fix_dictionary:name(), map()}),
                sent_at = 0 :: integer(), got_at = 0 :: integer(), test = none :: none | binary(),
                connection = 0 :: non_neg_integer(), opened_at = 0 :: integer(), logged_on_seq = 0 :: non_neg_integer(),
                wait :: pos_integer(),
                book = none :: none | fxaot_fix_quotes:book(),
                stamp = {0, <<>>} :: {integer(), binary()},
                figures = #{logons => 0, resends => 0, gaps => 0, rejects => 0, garbled => 0} :: map()}).

-spec start_link(Engine :: atom(), role(), config()) -> gen_server:start_ret().
start_link(Engine, Role, Config) -> gen_server:start_link(?MODULE, {Engine, Role, Config}, []).

%% @doc The caller is the owner from now on; `other': the session has other options.
-spec own(pid(), config()) -> ok | other.
own(Session, Config) -> gen_server:call(Session, {own, self(), Config}).

%% @doc Connects and logs on. Returns when both sides have all messages of the other, but for those under
%% {@link pending/1}.
-spec open(pid(), timeout()) -> ok | {error, term()}.
open(Session, Timeout) -> asked(Session, open, Timeout).

%% @doc The messages that are not done with.
-spec pending(pid()) -> [{pos_integer(), fxaot_fix_dictionary:name(), map()}] | {error, term()}.
pending(Session) -> asked(Session, pending, 5000).

%% @doc Sends a message. A key, a client order id and a tag, is used once for ever: `same' if this message has left
%% already, `other' if another one has.
-spec send(pid(), fxaot_fix_store:key() | none, fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()) ->
          ok | same | other | {error, term()}.
send(Session, Key, Name, Fields) -> asked(Session, {send, Key, Name, Fields}, infinity).

%% @doc The owner has done with all messages up to this number.
-spec taken(pid(), pos_integer()) -> ok.
taken(Session, Seq) -> gen_server:cast(Session, {taken, Seq}).

%% @doc Both sides begin with 1 at the next logon, also of a session that has stopped itself.
-spec reset(pid()) -> ok | {error, term()}.
reset(Session) -> asked(Session, reset, 5000).

-spec close(pid(), Reason :: term()) -> ok.
close(Session, Reason) -> gen_server:cast(Session, {close, Reason}).

-spec figures(pid()) -> map() | {error, term()}.
figures(Session) -> asked(Session, figures, 5000).

asked(Session, Request, Timeout) ->
    try gen_server:call(Session, Request, Timeout)
    catch exit:Reason -> {error, Reason}
    end.

%% ---- the process ----------------------------------------------------------------

-spec init({atom(), role(), config()}) -> {ok, #state{}} | {stop, term()}.
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
            {ok, #state{engine = Engine, role = Role, config = Config, store = Store, wait = Least}};
        {error, Reason} -> {stop, {shutdown, Reason}}
    end.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({own, Owner, Config}, _, #state{config = Config, owner = Before} = State) ->
    _ = [demonitor(Monitor, [flush]) || {_, Monitor} <- [Before]],
    {reply, ok, State#state{owner = {Owner, monitor(process, Owner)}}};
handle_call({own, _, _}, _, State) -> {reply, other, State};
handle_call(open, _, #state{phase = up} = State) -> {reply, ok, State};
handle_call(open, _, #state{phase = stopped, why = Why} = State) -> {reply, {error, Why}, State};
handle_call(open, From, #state{phase = idle} = State) -> {noreply, opened(State#state{opener = From})};
handle_call(open, From, State) -> {noreply, State#state{opener = From}};
handle_call(pending, _, #state{pending = Pending} = State) -> {reply, queue:to_list(Pending), State};
handle_call({send, Key, Name, Fields}, _, #state{phase = up, store = Store} = State) ->
    case Key =:= none orelse fxaot_fix_store:known(Key, Store) of
        New when New =:= true; New =:= new ->
            {Answer, Next} = told(Key, Name, Fields, State),
            {reply, Answer, Next};
        Known -> {reply, Known, State}
    end;
handle_call({send, _, _, _}, _, #state{why = Why} = State) -> {reply, {error, {down, Why}}, State};
handle_call(reset, _, State) ->
    #state{store = Store, engine = Engine, role = Role} = Ended = ended(reset, State),
    fxaot_alarm:clear(fix, {Engine, sequence, Role}),
    {reply, ok, Ended#state{store = fxaot_fix_store:reset({1, 1}, Store), phase = idle, why = none,
                            pending = queue:new()}};
handle_call(figures, _, #state{figures = Figures, store = Store, phase = Phase} = State) ->
    {reply, Figures#{phase => Phase, next_out => fxaot_fix_store:next_out(Store),
                     next_in => fxaot_fix_store:next_in(Store)}, State};
handle_call(_, _, State) -> {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({taken, Seq}, #state{pending = Pending} = State) ->
    {noreply, noted(State#state{pending = done(Seq, Pending)})};
handle_cast({close, Reason}, State) -> {noreply, ended(Reason, logged_out(<<"Closed">>, State))};
handle_cast(_, State) -> {noreply, State}.

done(Seq, Pending) ->
    case queue:peek(Pending) of
        {value, {Oldest, _, _}} when Oldest =< Seq -> done(Seq, queue:drop(Pending));
        _ -> Pending
    end.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, term(), #state{}}.
handle_info({tcp, Socket, Bytes}, #state{socket = {_, Socket}} = State) -> {noreply, read(Bytes, State)};
handle_info({ssl, Socket, Bytes}, #state{socket = {_, Socket}} = State) -> {noreply, read(Bytes, State)};
handle_info({Closed, Socket}, #state{socket = {_, Socket}} = State)
  when Closed =:= tcp_closed; Closed =:= ssl_closed -> {noreply, ended(closed, State)};
handle_info({Failed, Socket, Reason}, #state{socket = {_, Socket}} = State)
  when Failed =:= tcp_error; Failed =:= ssl_error -> {noreply, ended(Reason, State)};
handle_info({tick, Connection}, #state{connection = Connection, socket = Socket} = State) when Socket =/= none ->
    {noreply, ticked(State)};
handle_info({sync, Ms}, #state{store = Store} = State) ->
    _ = erlang:send_after(Ms, self(), {sync, Ms}),
    {noreply, State#state{store = fxaot_fix_store:sync(Store)}};
handle_info(open, #state{phase = idle} = State) -> {noreply, opened(State)};
handle_info({'DOWN', Monitor, process, _, Reason}, #state{owner = {_, Monitor}} = State)
  when Reason =:= shutdown; Reason =:= normal -> {stop, {shutdown, no_owner}, State#state{owner = none}};
handle_info({'DOWN', Monitor, process, _, _}, #state{owner = {_, Monitor}} = State) ->
    _ = erlang:send_after(?OWNER_MS, self(), {no_owner, Monitor}),
    {noreply, State};
handle_info({no_owner, Monitor}, #state{owner = {_, Monitor}} = State) -> {stop, {shutdown, no_owner}, State};
handle_info({'EXIT', _, Reason}, State) when Reason =/= normal -> {stop, Reason, State};
handle_info(_, State) -> {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, State) ->
    #state{store = Store} = ended(stop, logged_out(<<"Stopped">>, State)),
    fxaot_fix_store:close(Store).

-spec code_change(term(), State, term()) -> {ok, State}.
code_change(_, State, _) -> {ok, State}.

%% Without the password.
-spec format_status(gen_server:format_status()) -> gen_server:format_status().
format_status(#{state := #state{config = Config} = State} = Status) ->
    Status#{state => State#state{config = maps:without([password, tls], Config)}};
format_status(Status) -> Status.

now_ms() -> erlang:system_time(millisecond).
clock() -> erlang:monotonic_time(millisecond).

%% ---- connecting -----------------------------------------------------------------

opened(#state{config = #{host := Host, port := Port} = Config} = State) ->
    Options = [binary, {packet, raw}, {active, false}, {nodelay, true}, {keepalive, true}, {send_timeout, ?CONNECT_MS},
               {send_timeout_close, true}],
    case fxaot_fix_socket:connect(Host, Port, maps:get(tls, Config, false), Options, ?CONNECT_MS) of
        {ok, Socket} -> logging_on(State#state{socket = Socket});
        {error, Reason} -> ended({connect, Reason}, State)
    end.

logging_on(#state{config = #{heartbeat_s := Seconds} = Config, connection = Connection} = State) ->
    {Reset, #state{store = Store} = Begun} = begun(State),
    Logon = maps:merge(#{encrypt_method => 0, heart_bt_int => Seconds},
                       maps:from_list([{reset_seq_num_flag, true} || Reset]
                                      ++ [{username, text(User)} || #{username := User} <- [Config]]
                                      ++ [{password, text(Password)} || #{password := Password} <- [Config]])),
    Next = written(admin, none, logon, Logon,
                   Begun#state{phase = logon, connection = Connection + 1, buffer = <<>>, wanted = 0, queued = #{},
                               asked = 0, test = none, got_at = clock(), opened_at = clock(),
                               logged_on_seq = fxaot_fix_store:next_out(Store)}),
    ticking(Next),
    again(Next).

text(Secret) when is_function(Secret, 0) -> text(Secret());
text(Secret) -> iolist_to_binary(Secret).

%% At the time of day that both sides have agreed on, or with each logon, the numbers begin with 1.
begun(#state{store = Store, config = Config} = State) ->
    IsNew = {fxaot_fix_store:next_out(Store), fxaot_fix_store:next_in(Store)} =:= {1, 1},
    case maps:get(reset, Config, never) =:= logon orelse is_due(State) of
        true -> {true, State#state{store = fxaot_fix_store:reset({1, 1}, Store), pending = queue:new()}};
        false -> {IsNew andalso maps:get(reset, Config, never) =/= never, State}
    end.

is_due(#state{store = Store, config = #{reset_time := {H, M, S}}}) ->
    Day = 86400000,
    Offset = (H * 3600 + M * 60 + S) * 1000,
    (now_ms() - Offset) div Day > (fxaot_fix_store:created(Store) - Offset) div Day;
is_due(_) -> false.

ticking(#state{connection = Connection, config = #{heartbeat_s := Seconds}}) ->
    _ = erlang:send_after(max(50, min(1000, Seconds * 250)), self(), {tick, Connection}),
    ok.

again(#state{socket = none} = State) -> State;
again(#state{socket = Socket} = State) ->
    case fxaot_fix_socket:active_once(Socket) of
        ok -> State;
        {error, Reason} -> ended(Reason, State)
    end.

%% The connection is over; a session of quotes tries again.
ended(_, #state{socket = none, phase = idle, opener = none, role = orders} = State) -> State;
ended(Reason, #state{socket = Socket, phase = Phase, opener = Opener, engine = Engine, role = Role} = State) ->
    _ = [fxaot_fix_socket:close(Socket) || Socket =/= none],
    _ = [gen_server:reply(Opener, {error, Reason}) || Opener =/= none],
    _ = case Phase of
            up ->
                fxaot_telemetry_emit:happened([fix, down], #{engine => Engine, session => Role, reason => word(Reason)}),
                news({down, Reason}, State);
            _ -> ok
        end,
    %% What has not been done with and is not in order comes again.
    Closed = noted(State#state{socket = none, opener = none, buffer = <<>>, queued = #{}, book = none,
                               why = case Phase of stopped -> State#state.why; _ -> Reason end,
                               phase = case Phase of stopped -> stopped; _ -> idle end}),
    later(Reason, Closed).

later(Reason, #state{role = quotes, phase = idle, wait = Wait, config = #{reconnect_ms := {_, Most}},
                     engine = Engine} = State) when Reason =/= stop ->
    ?FXAOT_LOG(warning, #{engine => Engine,
                          text => io_lib:format("its FIX session of quotes is not connected, the next attempt is in "
                                                "~b ms: ~0tp", [Wait, Reason])}),
    _ = erlang:send_after(Wait, self(), open),
    State#state{wait = min(2 * Wait, Most)};
later(_, State) -> State.

word(Reason) when is_atom(Reason) -> Reason;
word(Reason) when is_atom(element(1, Reason)) -> element(1, Reason);
word(_) -> other.

news(_, #state{owner = none}) -> ok;
news(News, #state{owner = {Owner, _}}) ->
    Owner ! {fxaot_fix, self(), News},
    ok.

logged_out(_, #state{phase = Phase} = State) when Phase =:= idle; Phase =:= stopped -> State;
logged_out(Text, State) -> written(admin, none, logout, #{text => Text}, State).

%% A number was too low: one side has forgotten messages, and nobody here can know which.
stopped(Why, #state{engine = Engine, role = Role} = State) ->
    ?FXAOT_LOG(error, #{engine => Engine, text => io_lib:format("its FIX session of ~tp has stopped: ~0tp", [Role, Why])}),
    fxaot_alarm:set(fix, {Engine, sequence, Role}, Why),
    ended(Why, State#state{phase = case State#state.phase of up -> _ = down(Why, State), stopped; _ -> stopped end,
                           why = Why}).

down(Why, #state{engine = Engine, role = Role} = State) ->
    fxaot_telemetry_emit:happened([fix, down], #{engine => Engine, session => Role, reason => word(Why)}),
    news({down, Why}, State).

%% ---- writing --------------------------------------------------------------------

told(Key, Name, Fields, #state{store = Store} = State) ->
    case encoded(fxaot_fix_store:next_out(Store), Name, Fields, stamped(State)) of
        {{ok, Bytes, Ms}, Next} ->
            {ok, left(Bytes, Next#state{store = fxaot_fix_store:sent(Ms, Key, Name, Fields, Store)})};
        {{error, _} = Error, Next} -> {Error, Next}
    end.

%% The header's time is the same for a whole millisecond.
stamped(#state{stamp = {Ms, _}} = State) ->
    case now_ms() of
        Ms -> State;
        Now -> State#state{stamp = {Now, fxaot_fix_time:text(Now)}}
    end.

encoded(Seq, Name, Fields, #state{config = Config, stamp = {Ms, Stamp}} = State) ->
    #{header := Header} = Config,
    case fxaot_fix_codec:encode(Name, maps:merge(Header#{msg_seq_num => Seq, sending_time => Stamp}, Fields)) of
        {ok, Bytes} -> {{ok, Bytes, Ms}, State};
        {error, _} = Error -> {Error, State}
    end.

%% An administrative message, whose number is only gap-filled.
written(admin, Key, Name, Fields, #state{store = Store} = State) ->
    case encoded(fxaot_fix_store:next_out(Store), Name, Fields, stamped(State)) of
        {{ok, Bytes, Ms}, Next} -> left(Bytes, Next#state{store = fxaot_fix_store:sent(Ms, Key, Name, admin, Store)});
        {{error, Error}, Next} ->
            ?FXAOT_LOG(error, #{engine => State#state.engine,
                                text => io_lib:format("cannot write a FIX message: ~ts", [fxaot_error:format_error(Error)])}),
            Next
    end.

%% A loss is told by the socket's own message.
left(_, #state{socket = none} = State) -> State;
left(Bytes, #state{socket = Socket} = State) ->
    case fxaot_fix_socket:send(Socket, Bytes) of
        ok -> State#state{sent_at = clock()};
        {error, Reason} ->
            self() ! {tcp_error, element(2, Socket), Reason},
            State
    end.

%% ---- reading --------------------------------------------------------------------

read(Bytes, #state{buffer = Buffer, wanted = Wanted} = State) ->
    All = <<Buffer/binary, Bytes/binary>>,
    case byte_size(All) < Wanted of
        true -> again(State#state{buffer = All});
        false -> again(noted(decoded(All, State#state{got_at = clock(), test = none})))
    end.

decoded(_, #state{socket = none} = State) -> State;
decoded(Bytes, State) ->
    case fxaot_fix_codec:decode(Bytes) of
        {ok, {Name, Fields}, Rest} -> decoded(Rest, got(Name, Fields, State));
        {more, Count} -> State#state{buffer = binary:copy(Bytes), wanted = byte_size(Bytes) + Count};
        {error, {garbled, #{reason := Reason}}, Rest} ->
            ?FXAOT_LOG(warning, #{engine => State#state.engine,
                                  text => io_lib:format("ignores a garbled FIX message: ~tp", [Reason])}),
            decoded(Rest, counted(garbled, State));
        {error, {invalid, Invalid}, Rest} -> decoded(Rest, invalid(Invalid, State))
    end.

counted(What, #state{figures = Figures} = State) ->
    State#state{figures = maps:update_with(What, fun(Count) -> Count + 1 end, Figures)}.

invalid(_, #state{phase = logon} = State) -> ended(bad_logon, State);
invalid(#{sequence := undefined}, State) ->
    ended(no_sequence, logged_out(<<"MsgSeqNum is missing">>, State));
invalid(#{sequence := Seq, type := Type} = Invalid, #state{store = Store} = State) ->
    case fxaot_fix_store:next_in(Store) of
        Seq -> next(rejected(Seq, Type, Invalid, State));
        Next when Seq > Next -> missed(Seq, {invalid, Invalid}, State);
        _ -> State
    end.

rejected(Seq, Type, #{reason := Reason, tag := Tag}, #state{engine = Engine, role = Role} = State) ->
    fxaot_telemetry_emit:happened([fix, reject], #{engine => Engine, session => Role, direction => out, reason => Reason}),
    Fields = maps:from_list([{ref_seq_num, Seq}, {ref_msg_type, Type}, {session_reject_reason, Reason}]
                            ++ [{ref_tag_id, Tag} || Tag > 0]),
    written(admin, none, reject, Fields, counted(rejects, State)).

%% The header first: whose message it is, and when it was sent.
got(Name, #{sender_comp_id := From, target_comp_id := To} = Fields,
    #state{config = #{sender := To, target := From}} = State) ->
    case is_timely(Fields, State) of
        true -> ruled(Name, Fields, State);
        false -> misfit(10, 52, <<"SendingTime accuracy problem">>, Name, Fields, State)
    end;
got(Name, Fields, State) -> misfit(9, 0, <<"CompID problem">>, Name, Fields, State).

misfit(_, _, _, _, _, #state{phase = logon} = State) -> ended(bad_logon, State);
misfit(Reason, Tag, Text, Name, #{msg_seq_num := Seq}, State) ->
    Rejected = rejected(Seq, fxaot_fix_dictionary:type(Name), #{reason => Reason, tag => Tag}, State),
    ended(bad_header, logged_out(Text, next_if(Seq, Rejected))).

next_if(Seq, #state{store = Store} = State) ->
    case fxaot_fix_store:next_in(Store) of
        Seq -> next(State);
        _ -> State
    end.

is_timely(#{sending_time := Text}, #state{config = #{check_times_ms := Most}}) ->
    case fxaot_fix_time:milliseconds(Text) of
        {ok, Ms} -> abs(now_ms() - Ms) =< Most;
        error -> false
    end;
is_timely(_, _) -> true.

ruled(logon, Fields, #state{phase = logon} = State) -> logged_on(Fields, State);
ruled(logout, Fields, #state{phase = logon} = State) -> logon_refused(maps:get(text, Fields, <<>>), Fields, State);
ruled(_, _, #state{phase = logon} = State) -> ended(no_logon, State);
%% Whatever its number.
ruled(sequence_reset, #{new_seq_no := New} = Fields, #state{store = Store} = State)
  when map_get(gap_fill_flag, Fields) =/= true; not is_map_key(gap_fill_flag, Fields) ->
    case New >= fxaot_fix_store:next_in(Store) of
        true -> unqueued(filled(State#state{store = fxaot_fix_store:set_next_in(New, Store)}));
        false -> rejected(map_get(msg_seq_num, Fields), <<"4">>, #{reason => 5, tag => 36}, State)
    end;
ruled(Name, #{msg_seq_num := Seq} = Fields, #state{store = Store} = State) ->
    case fxaot_fix_store:next_in(Store) of
        Seq -> unqueued(in_order(Name, Fields, next(State)));
        Next when Seq > Next -> too_high(Name, Fields, State);
        Next -> too_low(Next, Name, Fields, State)
    end.

next(#state{store = Store} = State) ->
    filled(State#state{store = fxaot_fix_store:set_next_in(fxaot_fix_store:next_in(Store) + 1, Store)}).

%% The gap that was asked for is closed.
filled(#state{store = Store, asked = Asked} = State) ->
    case Asked > 0 andalso fxaot_fix_store:next_in(Store) > Asked of
        true -> State#state{asked = 0};
        false -> State
    end.

%% These are answered although something before them is missing, or both sides would wait for ever.
too_high(resend_request, #{msg_seq_num := Seq} = Fields, State) ->
    missed(Seq, answered, resent(Fields, State));
too_high(logout, Fields, State) -> in_order(logout, Fields, State);
too_high(Name, #{msg_seq_num := Seq} = Fields, State) -> missed(Seq, {Name, Fields}, State).

missed(_, _, #state{queued = Queued} = State) when map_size(Queued) >= ?MAX_QUEUED -> ended(too_many_queued, State);
missed(Seq, What, #state{queued = Queued, asked = Asked, store = Store, engine = Engine, role = Role} = State) ->
    Waiting = State#state{queued = Queued#{Seq => What}},
    case Asked of
        0 ->
            From = fxaot_fix_store:next_in(Store),
            fxaot_telemetry_emit:happened([fix, resend], #{engine => Engine, session => Role, direction => in,
                                                           from => From, to => Seq - 1}),
            written(admin, none, resend_request, #{begin_seq_no => From, end_seq_no => 0},
                    counted(gaps, Waiting#state{asked = Seq - 1}));
        _ -> Waiting
    end.

unqueued(#state{socket = none} = State) -> State;
unqueued(#state{queued = Queued} = State) when map_size(Queued) =:= 0 -> State;
unqueued(#state{queued = Queued, store = Store} = State) ->
    Next = fxaot_fix_store:next_in(Store),
    case maps:take(Next, Queued) of
        {What, Rest} -> unqueued(queued(What, Next, State#state{queued = Rest}));
        error -> State#state{queued = maps:filter(fun(Seq, _) -> Seq > Next end, Queued)}
    end.

queued(answered, _, State) -> next(State);
queued({invalid, #{type := Type} = Invalid}, Seq, State) -> next(rejected(Seq, Type, Invalid, State));
queued({Name, Fields}, _, State) -> in_order(Name, Fields, next(State)).

%% A resent message that came the first time.
too_low(_, _, #{poss_dup_flag := true, orig_sending_time := Original, sending_time := Sent, msg_seq_num := Seq},
        State) ->
    case {fxaot_fix_time:milliseconds(Original), fxaot_fix_time:milliseconds(Sent)} of
        {{ok, Before}, {ok, After}} when Before =< After -> State;
        _ ->
            ended(bad_header, logged_out(<<"SendingTime accuracy problem">>,
                                         rejected(Seq, <<"0">>, #{reason => 10, tag => 122}, State)))
    end;
too_low(_, sequence_reset, #{poss_dup_flag := true}, State) -> State;
too_low(_, Name, #{poss_dup_flag := true, msg_seq_num := Seq}, State) ->
    rejected(Seq, fxaot_fix_dictionary:type(Name), #{reason => 1, tag => 122}, State);
too_low(Next, _, #{msg_seq_num := Seq}, State) ->
    Text = iolist_to_binary(io_lib:format("MsgSeqNum too low, expecting ~b but received ~b", [Next, Seq])),
    stopped({sequence_too_low, #{expected => Next, received => Seq}}, logged_out(Text, State)).

%% ---- logging on and out ------------------------------------------------------------

logon_refused(Text, _, State) ->
    case binary:match(Text, <<"too low">>) of
        nomatch -> ended({logon_refused, Text}, State);
        _ -> stopped({sequence_too_low, #{counterparty => Text}}, State)
    end.

%% Its number may say that messages are missing here; the test request says when both sides have everything.
logged_on(#{msg_seq_num := Seq} = Fields, #state{store = Store} = State) ->
    Reset = maps:get(reset_seq_num_flag, Fields, false),
    Mine = case Reset andalso fxaot_fix_store:next_in(Store) =/= 1 of
               true -> State#state{store = fxaot_fix_store:reset({2, 1}, Store), pending = queue:new()};
               false -> State
           end,
    #state{figures = #{logons := Logons} = Figures} = Mine,
    Synced = Mine#state{phase = syncing, figures = Figures#{logons => Logons + 1}},
    case fxaot_fix_store:next_in(Mine#state.store) of
        Seq -> tested(next(Synced));
        Next when Seq > Next -> tested(missed(Seq, answered, Synced));
        Next when map_get(poss_dup_flag, Fields) =/= true; not is_map_key(poss_dup_flag, Fields) ->
            too_low(Next, logon, Fields, Synced);
        _ -> tested(Synced)
    end.

tested(State) ->
    Id = <<"sync-", (integer_to_binary(erlang:unique_integer([positive])))/binary>>,
    written(admin, none, test_request, #{test_req_id => Id}, State).

synced(#state{opener = Opener, engine = Engine, role = Role, config = #{reconnect_ms := {Least, _}} = Config} = State) ->
    fxaot_telemetry_emit:happened([fix, up], #{engine => Engine, session => Role}),
    _ = [gen_server:reply(Opener, ok) || Opener =/= none],
    fxaot_alarm:clear(fix, {Engine, sequence, Role}),
    Up = State#state{phase = up, opener = none, why = none, wait = Least},
    case Config of
        #{symbols := Symbols, quotes := true} ->
            {Book, Requests} = fxaot_fix_quotes:new(Engine, Symbols, Config),
            lists:foldl(fun(Request, Next) -> element(2, told(none, market_data_request, Request, Next)) end,
                        Up#state{book = Book}, Requests);
        _ -> Up
    end.

%% ---- messages in their order ----------------------------------------------------

in_order(heartbeat, #{test_req_id := <<"sync-", _/binary>>}, #state{phase = syncing, asked = 0} = State) -> synced(State);
in_order(heartbeat, _, State) -> State;
in_order(test_request, #{test_req_id := Id}, State) -> written(admin, none, heartbeat, #{test_req_id => Id}, State);
in_order(resend_request, Fields, State) -> resent(Fields, State);
in_order(sequence_reset, #{new_seq_no := New, msg_seq_num := Seq}, #state{store = Store} = State) ->
    case New >= fxaot_fix_store:next_in(Store) of
        true -> filled(State#state{store = fxaot_fix_store:set_next_in(New, Store)});
        false -> rejected(Seq, <<"4">>, #{reason => 5, tag => 36}, State)
    end;
in_order(logon, _, State) -> State;
in_order(logout, Fields, State) ->
    Text = maps:get(text, Fields, <<>>),
    case binary:match(Text, <<"too low">>) of
        nomatch -> ended({logout, Text}, logged_out(<<"Bye">>, State));
        _ -> stopped({sequence_too_low, #{counterparty => Text}}, State)
    end;
in_order(reject, #{ref_seq_num := Seq} = Fields, State) -> refused(Seq, Fields, State);
in_order(business_message_reject, #{ref_seq_num := Seq} = Fields, State) -> refused(Seq, Fields, State);
in_order(Name, Fields, #state{book = Book} = State)
  when Book =/= none, Name =:= market_data_snapshot;
       Book =/= none, Name =:= market_data_incremental;
       Book =/= none, Name =:= market_data_request_reject ->
    State#state{book = fxaot_fix_quotes:took(Name, Fields, Book)};
in_order(Name, _, State)
  when Name =:= market_data_snapshot; Name =:= market_data_incremental; Name =:= market_data_request_reject -> State;
in_order(_, _, #state{role = quotes} = State) -> State;
in_order(Name, #{msg_seq_num := Seq} = Fields, #state{pending = Pending, phase = Phase} = State) ->
    %% Until the session is up the owner waits for all of them.
    _ = [news({message, Seq, Name, Fields}, State) || Phase =:= up],
    State#state{pending = queue:in({Seq, Name, Fields}, Pending)}.

refused(Seq, Fields, #state{store = Store, engine = Engine, role = Role} = State) ->
    Text = maps:get(text, Fields, <<>>),
    fxaot_telemetry_emit:happened([fix, reject], #{engine => Engine, session => Role, direction => in,
                                                   reason => maps:get(session_reject_reason, Fields,
                                                                      maps:get(business_reject_reason, Fields, undefined))}),
    ?FXAOT_LOG(error, #{engine => Engine, text => io_lib:format("its FIX message ~b is rejected: ~ts", [Seq, Text])}),
    _ = case fxaot_fix_store:message(Seq, Store) of
            {ok, {_, _, Name, Sent}} -> news({refused, Name, Sent, Text}, State);
            none -> ok
        end,
    counted(rejects, State).

%% What is done with: all messages before the oldest one that the owner still has.
noted(#state{pending = Pending, store = Store} = State) ->
    Done = case queue:peek(Pending) of
               {value, {Oldest, _, _}} -> Oldest;
               empty -> fxaot_fix_store:next_in(Store)
           end,
    State#state{store = fxaot_fix_store:received(Done, Store)}.

%% ---- resending --------------------------------------------------------------------

%% Young orders go again with their numbers; all else is skipped by a gap fill.
resent(#{begin_seq_no := From, end_seq_no := To}, #state{store = Store, engine = Engine, role = Role} = State) ->
    Last = fxaot_fix_store:next_out(Store) - 1,
    Until = case To of
                0 -> Last;
                _ -> min(To, Last)
            end,
    fxaot_telemetry_emit:happened([fix, resend], #{engine => Engine, session => Role, direction => out,
                                                   from => From, to => Until}),
    Answered = again(From, Until, max(1, From), counted(resends, State)),
    case Answered of
        #state{phase = syncing} -> tested(Answered);
        _ -> Answered
    end.

%% Gap: the first number that is to be skipped.
again(Seq, Until, Gap, State) when Seq > Until -> skipped(Gap, Seq, State);
again(Seq, Until, Gap, #state{store = Store} = State) ->
    case fxaot_fix_store:message(Seq, Store) of
        {ok, {Sent, Key, Name, Fields}} ->
            case is_young(Seq, Sent, Key, State) of
                true -> again(Seq + 1, Until, Seq + 1, once_more(Seq, Sent, Name, Fields, skipped(Gap, Seq, State)));
                false ->
                    _ = [news({unsent, Name, Fields}, State) || Key =/= none],
                    again(Seq + 1, Until, Gap, State)
            end;
        none -> again(Seq + 1, Until, Gap, State)
    end.

%% A question is asked anew after each logon.
is_young(Seq, _, none, #state{logged_on_seq = First}) -> Seq > First;
is_young(_, Sent, _, #state{config = #{resend_ms := Most}}) -> now_ms() - Sent =< Most.

skipped(Seq, Seq, State) -> State;
skipped(Gap, Next, State) ->
    Fields = #{gap_fill_flag => true, new_seq_no => Next, poss_dup_flag => true},
    repeated(Gap, sequence_reset, Fields, State).

once_more(Seq, Sent, Name, Fields, State) ->
    repeated(Seq, Name, Fields#{poss_dup_flag => true, orig_sending_time => fxaot_fix_time:text(Sent)}, State).

repeated(Seq, Name, Fields, State) ->
    case encoded(Seq, Name, with_original(Fields, stamped(State)), stamped(State)) of
        {{ok, Bytes, _}, Next} -> left(Bytes, Next);
        {{error, _}, Next} -> Next
    end.

with_original(#{orig_sending_time := _} = Fields, _) -> Fields;
with_original(Fields, #state{stamp = {_, Stamp}}) -> Fields#{orig_sending_time => Stamp}.

%% ---- time passes ------------------------------------------------------------------

ticked(#state{phase = logon, opened_at = Opened, config = #{logon_timeout_ms := Most}} = State) ->
    case clock() - Opened > Most of
        true -> ended(logon_timeout, State);
        false -> ticking(State), State
    end;
ticked(#state{config = #{heartbeat_s := Seconds}, sent_at = Sent, got_at = Got, test = Test, store = Store} = State) ->
    Beat = Seconds * 1000,
    Now = clock(),
    case is_due(State) of
        true -> ended(daily_reset, logged_out(<<"Daily reset">>, State));
        _ when Now - Got > 2 * Beat + Beat div 2 -> ended(heartbeat_timeout, logged_out(<<"No heartbeat">>, State));
        _ when Test =:= none, Now - Got > Beat + Beat div 5 ->
            ticking(State),
            Id = integer_to_binary(Now),
            written(admin, none, test_request, #{test_req_id => Id}, State#state{test = Id});
        _ when Now - Sent >= Beat ->
            ticking(State),
            written(admin, none, heartbeat, #{}, State);
        _ ->
            ticking(State),
            State#state{store = fxaot_fix_store:compacted(Store)}
    end.
