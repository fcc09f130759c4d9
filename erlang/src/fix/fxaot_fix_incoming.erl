%% @private What a FIX session reads: bytes ▶ messages ▶ messages in their order. The rules are those of FIX 4.4, volume 2:
%% a number that is too high opens a gap, which is asked for; one that is too low stops the session.
-module(fxaot_fix_incoming).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_session.hrl").

-export([read/2]).

%% Queued messages behind a gap.
-define(MAX_QUEUED, 10000).
%% As the codec has it.
-define(MAX_BYTES, 65536).

%% The reject reasons (373) of this module.
-define(MISSING, 1).
-define(BAD_VALUE, 5).
-define(BAD_COMP_ID, 9).
-define(BAD_SENDING_TIME, 10).

%% @doc Takes what a socket has received.
-spec read(binary(), #session{}) -> #session{}.
read(Bytes, #session{buffer = Buffer, wanted = Wanted} = Session) ->
    All = <<Buffer/binary, Bytes/binary>>,
    case byte_size(All) < Wanted of
        true -> Session#session{buffer = All};
        false ->
            Now = erlang:monotonic_time(millisecond),
            fxaot_fix_owner:noted(fxaot_fix_dispatch:quotes_anew(decoded(All, Session#session{got_at = Now, test = none})))
    end.

decoded(_, #session{socket = none} = Session) -> Session;
decoded(<<>>, Session) -> Session#session{buffer = <<>>, wanted = 0};
decoded(Bytes, Session) ->
    case fxaot_fix_codec:decode_many(Bytes, ?MAX_BYTES) of
        {ok, Messages, Rest} -> decoded(Rest, lists:foldl(fun each/2, Session, Messages));
        {more, Count} -> Session#session{buffer = binary:copy(Bytes), wanted = byte_size(Bytes) + Count};
        {error, {garbled, #{reason := Reason}}, Rest} -> decoded(Rest, garbled(Reason, Bytes, Session));
        {error, {invalid, Invalid}, Rest} -> decoded(Rest, invalid(Invalid, Session))
    end.

%% What follows a message that has ended the connection is nobody's.
each(_, #session{socket = none} = Session) -> Session;
each({Name, Fields}, Session) -> got(Name, Fields, fxaot_fix_owner:counted({in, Name}, Session)).

%% Ignored: the next good message has a number that is too high, and what was lost is asked for. A counterparty that
%% speaks another version will not come to speak this one.
garbled(begin_string, <<"8=FIX", _/binary>> = Bytes, Session) ->
    case binary:split(Bytes, <<1, "9=">>) of
        [<<"8=", Version/binary>>, _] when byte_size(Version) < 20 ->
            Text = <<"BeginString is ", Version/binary, ", not FIX.4.4">>,
            fxaot_fix_ending:ended({begin_string, Version}, fxaot_fix_ending:logged_out(Text, Session));
        _ -> ignored(begin_string, Session)
    end;
garbled(Reason, _, Session) -> ignored(Reason, Session).

ignored(Reason, #session{engine = Engine} = Session) ->
    ?FXAOT_LOG(warning, #{engine => Engine, text => io_lib:format("ignores a garbled FIX message: ~tp", [Reason])}),
    fxaot_fix_owner:counted(garbled, Session).

%% ---- one message ------------------------------------------------------------------

invalid(_, #session{phase = logon} = Session) -> fxaot_fix_ending:ended(bad_logon, Session);
invalid(#{sequence := undefined}, Session) ->
    fxaot_fix_ending:ended(no_sequence, fxaot_fix_ending:logged_out(<<"MsgSeqNum is missing">>, Session));
invalid(#{sequence := Seq} = Invalid, #session{store = Store} = Session) ->
    case fxaot_fix_store:next_in(Store) of
        Seq -> unqueued(next(refused(Seq, Invalid, Session)));
        Next when Seq > Next -> missed(Seq, {invalid, Invalid}, Session);
        _ -> Session
    end.

%% A change of quotes may be what is refused.
refused(Seq, #{type := Type} = Invalid, Session) ->
    fxaot_fix_dispatch:quotes_lost(fxaot_fix_outgoing:rejected(Seq, Type, Invalid, Session)).

%% The header first: whose message it is, and when it was sent.
got(Name, #{sender_comp_id := From, target_comp_id := To} = Fields,
    #session{config = #{sender := To, target := From}} = Session) ->
    case is_timely(Fields, Session) of
        true -> ruled(Name, Fields, Session);
        false -> misfit(?BAD_SENDING_TIME, 52, <<"SendingTime accuracy problem">>, Name, Fields, Session)
    end;
got(Name, Fields, Session) -> misfit(?BAD_COMP_ID, 0, <<"CompID problem">>, Name, Fields, Session).

misfit(_, _, _, _, _, #session{phase = logon} = Session) -> fxaot_fix_ending:ended(bad_logon, Session);
misfit(Reason, Tag, Text, Name, #{msg_seq_num := Seq}, #session{store = Store} = Session) ->
    Rejected = rejected(Seq, Name, Reason, Tag, Session),
    Counted = case fxaot_fix_store:next_in(Store) of
                  Seq -> next(Rejected);
                  _ -> Rejected
              end,
    fxaot_fix_ending:ended(bad_header, fxaot_fix_ending:logged_out(Text, Counted)).

rejected(Seq, Name, Reason, Tag, Session) ->
    fxaot_fix_outgoing:rejected(Seq, fxaot_fix_dictionary:type(Name), #{reason => Reason, tag => Tag}, Session).

is_timely(_, #session{config = #{check_times_ms := infinity}}) -> true;
is_timely(#{sending_time := Text}, #session{config = #{check_times_ms := Most}}) ->
    case fxaot_fix_time:milliseconds(Text) of
        {ok, Ms} -> abs(erlang:system_time(millisecond) - Ms) =< Most;
        error -> false
    end;
is_timely(_, _) -> true.

%% ---- numbers ----------------------------------------------------------------------

ruled(logon, Fields, #session{phase = logon} = Session) -> logged_on(Fields, Session);
ruled(logout, Fields, #session{phase = logon} = Session) ->
    fxaot_fix_dispatch:logon_refused(maps:get(text, Fields, <<>>), Session);
ruled(_, _, #session{phase = logon} = Session) -> fxaot_fix_ending:ended(no_logon, Session);
%% The counterparty begins with 1 again while the connection lasts.
ruled(logon, #{reset_seq_num_flag := true, msg_seq_num := 1}, Session) -> renumbered(Session);
%% Whatever its number.
ruled(sequence_reset, #{new_seq_no := New} = Fields, #session{store = Store} = Session)
  when map_get(gap_fill_flag, Fields) =/= true; not is_map_key(gap_fill_flag, Fields) ->
    case New >= fxaot_fix_store:next_in(Store) of
        true -> unqueued(skipped(New, Session));
        false -> rejected(map_get(msg_seq_num, Fields), sequence_reset, ?BAD_VALUE, 36, Session)
    end;
ruled(Name, #{msg_seq_num := Seq} = Fields, #session{store = Store} = Session) ->
    case fxaot_fix_store:next_in(Store) of
        Seq -> unqueued(in_order(Name, Fields, next(Session)));
        Next when Seq > Next -> too_high(Name, Fields, Session);
        Next -> too_low(Next, Name, Fields, Session)
    end.

in_order(sequence_reset, #{new_seq_no := New, msg_seq_num := Seq}, #session{store = Store} = Session) ->
    case New >= fxaot_fix_store:next_in(Store) of
        true -> skipped(New, Session);
        false -> rejected(Seq, sequence_reset, ?BAD_VALUE, 36, Session)
    end;
in_order(Name, Fields, Session) -> fxaot_fix_dispatch:in_order(Name, Fields, Session).

next(#session{store = Store} = Session) -> expecting(fxaot_fix_store:next_in(Store) + 1, Session).

%% What is skipped does not come again, and may have been changes of quotes.
skipped(New, Session) -> expecting(New, fxaot_fix_dispatch:quotes_lost(Session)).

%% The gap that was asked for may be closed.
expecting(Next, #session{store = Store, asked = Asked} = Session) ->
    Session#session{store = fxaot_fix_store:set_next_in(Next, Store),
                    asked = case Next > Asked of true -> 0; false -> Asked end}.

%% These are answered although something before them is missing, or both sides would wait for ever.
too_high(resend_request, #{msg_seq_num := Seq} = Fields, Session) ->
    missed(Seq, answered, fxaot_fix_outgoing:resent(Fields, Session));
too_high(logout, Fields, Session) -> in_order(logout, Fields, Session);
too_high(Name, #{msg_seq_num := Seq} = Fields, Session) -> missed(Seq, {Name, Fields}, Session).

missed(_, _, #session{queued = Queued} = Session) when map_size(Queued) >= ?MAX_QUEUED ->
    fxaot_fix_ending:ended(too_many_queued, Session);
missed(Seq, What, #session{queued = Queued, asked = 0, store = Store, engine = Engine, role = Role} = Session) ->
    From = fxaot_fix_store:next_in(Store),
    fxaot_telemetry_emit:happened([fix, resend], #{engine => Engine, session => Role, direction => in,
                                                   from => From, to => Seq - 1}),
    fxaot_fix_outgoing:admin(resend_request, #{begin_seq_no => From, end_seq_no => 0},
                             fxaot_fix_owner:counted(gaps, Session#session{queued = Queued#{Seq => What},
                                                                           asked = Seq - 1}));
missed(Seq, What, #session{queued = Queued} = Session) -> Session#session{queued = Queued#{Seq => What}}.

unqueued(#session{socket = none} = Session) -> Session;
unqueued(#session{queued = Queued} = Session) when map_size(Queued) =:= 0 -> Session;
unqueued(#session{queued = Queued, store = Store} = Session) ->
    Next = fxaot_fix_store:next_in(Store),
    case maps:take(Next, Queued) of
        {What, Rest} -> unqueued(queued(What, Next, Session#session{queued = Rest}));
        error -> Session#session{queued = maps:filter(fun(Seq, _) -> Seq > Next end, Queued)}
    end.

queued(answered, _, Session) -> next(Session);
queued({invalid, Invalid}, Seq, Session) -> next(refused(Seq, Invalid, Session));
queued({Name, Fields}, _, Session) -> in_order(Name, Fields, next(Session)).

%% A resent message that came the first time.
too_low(_, Name, #{poss_dup_flag := true, orig_sending_time := Original, sending_time := Sent, msg_seq_num := Seq},
        Session) ->
    case {fxaot_fix_time:milliseconds(Original), fxaot_fix_time:milliseconds(Sent)} of
        {{ok, Before}, {ok, After}} when Before =< After -> Session;
        _ ->
            fxaot_fix_ending:ended(bad_header,
                                   fxaot_fix_ending:logged_out(<<"SendingTime accuracy problem">>,
                                                               rejected(Seq, Name, ?BAD_SENDING_TIME, 122, Session)))
    end;
too_low(_, sequence_reset, #{poss_dup_flag := true}, Session) -> Session;
too_low(_, Name, #{poss_dup_flag := true, msg_seq_num := Seq}, Session) -> rejected(Seq, Name, ?MISSING, 122, Session);
too_low(Next, _, #{msg_seq_num := Seq}, Session) ->
    Text = iolist_to_binary(io_lib:format("MsgSeqNum too low, expecting ~b but received ~b", [Next, Seq])),
    fxaot_fix_ending:stopped({sequence_too_low, #{expected => Next, received => Seq}},
                             fxaot_fix_ending:logged_out(Text, Session)).

%% ---- logging on -------------------------------------------------------------------

%% Its number may say that messages are missing here; the test request says when both sides have everything.
logged_on(#{msg_seq_num := Seq} = Fields, #session{store = Store} = Session) ->
    IsNew = {fxaot_fix_store:next_out(Store), fxaot_fix_store:next_in(Store)} =:= {2, 1},
    Mine = case maps:get(reset_seq_num_flag, Fields, false) andalso not IsNew of
               %% The counterparty wants it, and takes the logon for number 1.
               true -> reset({2, 1}, Session);
               false -> Session
           end,
    Synced = fxaot_fix_owner:counted(logons, Mine#session{phase = syncing, resets = false}),
    case fxaot_fix_store:next_in(Mine#session.store) of
        Seq -> fxaot_fix_outgoing:tested(next(Synced));
        Next when Seq > Next -> fxaot_fix_outgoing:tested(missed(Seq, answered, Synced));
        Next when map_get(poss_dup_flag, Fields) =/= true; not is_map_key(poss_dup_flag, Fields) ->
            too_low(Next, logon, Fields, Synced);
        _ -> fxaot_fix_outgoing:tested(Synced)
    end.

%% Its logon was number 1, and so is the answer.
renumbered(Session) ->
    #session{store = Store} = Again = reset({1, 2}, Session),
    fxaot_fix_outgoing:logon(true, Again#session{logged_on_seq = fxaot_fix_store:next_out(Store)}).

reset(Numbers, #session{store = Store, epoch = Epoch} = Session) ->
    Session#session{store = fxaot_fix_store:reset(Numbers, Store), epoch = Epoch + 1, queued = #{}, asked = 0}.
