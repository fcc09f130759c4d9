%% @private What a FIX session sends: a record stands in the store before its message leaves.
-module(fxaot_fix_outgoing).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_session.hrl").

-export([application/4, admin/3, logon/2, tested/1, rejected/4, resent/2]).

%% @doc A message of the application, which may go again by a resend.
-spec application(fxaot_fix_store:key() | none, fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), #session{}) ->
          {ok | {error, term()}, #session{}}.
application(Key, Name, Fields, #session{store = Store} = Session) ->
    case encoded(fxaot_fix_store:next_out(Store), Name, Fields, stamped(Session)) of
        {{ok, Bytes, Ms}, Next} ->
            {ok, left(fxaot_fix_store:record(Ms, Key, Name, Fields, Store), Bytes, Next)};
        {{error, _} = Error, Next} -> {Error, Next}
    end.

%% @doc An administrative message, whose number is only gap-filled.
-spec admin(fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), #session{}) -> #session{}.
admin(Name, Fields, #session{store = Store} = Session) ->
    case encoded(fxaot_fix_store:next_out(Store), Name, Fields, stamped(Session)) of
        {{ok, Bytes, Ms}, Next} -> left(fxaot_fix_store:record(Ms, none, Name, admin, Store), Bytes, Next);
        {{error, Error}, Next} ->
            ?FXAOT_LOG(error, #{engine => Session#session.engine,
                                text => io_lib:format("cannot write a FIX message: ~ts", [fxaot_error:format_error(Error)])}),
            Next
    end.

-spec logon(Resets :: boolean(), #session{}) -> #session{}.
logon(Resets, #session{config = #{heartbeat_s := Seconds} = Config} = Session) ->
    admin(logon, maps:merge(#{encrypt_method => 0, heart_bt_int => Seconds},
                            maps:from_list([{reset_seq_num_flag, true} || Resets]
                                           ++ [{username, text(User)} || #{username := User} <- [Config]]
                                           ++ [{password, text(Password)} || #{password := Password} <- [Config]])),
          Session).

text(Secret) when is_function(Secret, 0) -> text(Secret());
text(Secret) -> iolist_to_binary(Secret).

%% @doc Its answer says that the counterparty has read all that was sent before.
-spec tested(#session{}) -> #session{}.
tested(Session) ->
    Id = <<"sync-", (integer_to_binary(erlang:unique_integer([positive])))/binary>>,
    admin(test_request, #{test_req_id => Id}, Session).

%% @doc A message is refused by the standard's reason (373).
-spec rejected(Seq :: integer(), Type :: binary(), #{reason := non_neg_integer(), tag := non_neg_integer(), _ => _},
               #session{}) -> #session{}.
rejected(Seq, Type, #{reason := Reason, tag := Tag}, #session{engine = Engine, role = Role} = Session) ->
    fxaot_telemetry_emit:happened([fix, reject], #{engine => Engine, session => Role, direction => out, reason => Reason}),
    Fields = maps:from_list([{ref_seq_num, Seq}, {ref_msg_type, Type}, {session_reject_reason, Reason}]
                            ++ [{ref_tag_id, Tag} || Tag > 0]),
    admin(reject, Fields, fxaot_fix_owner:counted(rejects, Session)).

%% ---- bytes --------------------------------------------------------------------------

%% The header's time is the same for a whole millisecond.
stamped(#session{stamp = {Ms, _}} = Session) ->
    case erlang:system_time(millisecond) of
        Ms -> Session;
        Now -> Session#session{stamp = {Now, fxaot_fix_time:text(Now)}}
    end.

encoded(Seq, Name, Fields, #session{config = #{header := Header}, stamp = {Ms, Stamp}} = Session) ->
    case fxaot_fix_codec:encode(Name, maps:merge(Header#{msg_seq_num => Seq, sending_time => Stamp}, Fields)) of
        {ok, Bytes} -> {{ok, Bytes, Ms}, fxaot_fix_owner:counted({out, Name}, Session)};
        {error, _} = Error -> {Error, Session}
    end.

%% Its record stands in the file before a message leaves: by one call where the connection allows it.
left({Record, Store}, Bytes, #session{wire = Wire, socket = Socket} = Session) ->
    case fxaot_fix_wire:leave(Wire, Socket, Record, Bytes, fxaot_fix_store:is_synced(Store)) of
        {kept, Rest} -> sent(Rest, Session#session{store = fxaot_fix_store:kept(Store)});
        by_hand -> sent(Bytes, Session#session{store = fxaot_fix_store:write(Record, Store)})
    end.

%% A loss is told by the socket's own message.
sent(_, #session{socket = none} = Session) -> Session;
sent(<<>>, Session) -> Session#session{sent_at = erlang:monotonic_time(millisecond)};
sent(Bytes, #session{socket = Socket} = Session) ->
    case fxaot_fix_socket:send(Socket, Bytes) of
        ok -> Session#session{sent_at = erlang:monotonic_time(millisecond)};
        {error, Reason} ->
            self() ! {tcp_error, element(2, Socket), Reason},
            Session
    end.

%% ---- resending --------------------------------------------------------------------

%% @doc Answers a resend request. Young orders, and what has left in this connection, go again with their numbers; all else
%% is skipped by a gap fill.
-spec resent(fxaot_fix_codec:fields(), #session{}) -> #session{}.
resent(#{begin_seq_no := Begin, end_seq_no := To}, #session{store = Store, engine = Engine, role = Role} = Session) ->
    From = max(1, Begin),
    Last = fxaot_fix_store:next_out(Store) - 1,
    Until = case To of
                0 -> Last;
                _ -> min(To, Last)
            end,
    fxaot_telemetry_emit:happened([fix, resend], #{engine => Engine, session => Role, direction => out,
                                                   from => From, to => Until}),
    Answered = again(From, Until, From, fxaot_fix_owner:counted(resends, Session)),
    case Answered of
        #session{phase = syncing} -> tested(Answered);
        _ -> Answered
    end.

%% Gap: the first number that is to be skipped.
again(Seq, Until, Gap, Session) when Seq > Until -> skipped(Gap, Seq, Session);
again(Seq, Until, Gap, #session{store = Store} = Session) ->
    case fxaot_fix_store:message(Seq, Store) of
        {ok, {Sent, Key, Name, Fields}} ->
            case is_young(Seq, Sent, Key, Session) of
                true -> again(Seq + 1, Until, Seq + 1, once_more(Seq, Sent, Name, Fields, skipped(Gap, Seq, Session)));
                false ->
                    _ = [fxaot_fix_owner:news({unsent, Name, Fields}, Session) || Key =/= none],
                    again(Seq + 1, Until, Gap, Session)
            end;
        none -> again(Seq + 1, Until, Gap, Session)
    end.

%% In one connection the counterparty may hold the message behind the gap, and must not be told that it is none. A question
%% of an earlier one has been asked anew.
is_young(Seq, _, _, #session{logged_on_seq = First}) when Seq > First -> true;
is_young(_, _, none, _) -> false;
is_young(_, Sent, _, #session{config = #{resend_ms := Most}}) -> erlang:system_time(millisecond) - Sent < Most.

skipped(Seq, Seq, Session) -> Session;
skipped(Gap, Next, Session) ->
    #session{stamp = {_, Stamp}} = Now = stamped(Session),
    repeated(Gap, sequence_reset, #{gap_fill_flag => true, new_seq_no => Next, orig_sending_time => Stamp}, Now).

once_more(Seq, Sent, Name, Fields, Session) ->
    repeated(Seq, Name, Fields#{orig_sending_time => fxaot_fix_time:text(Sent)}, stamped(Session)).

repeated(Seq, Name, Fields, Session) ->
    case encoded(Seq, Name, Fields#{poss_dup_flag => true}, Session) of
        {{ok, Bytes, _}, Next} -> sent(Bytes, Next);
        {{error, _}, Next} -> Next
    end.
