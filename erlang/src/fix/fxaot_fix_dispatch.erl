%% @private What a message does when it is its turn in a FIX session.
-module(fxaot_fix_dispatch).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_session.hrl").

-export([in_order/3, logon_refused/2, quotes_lost/1, quotes_anew/1]).

%% @doc All messages with a lower number have been here before.
-spec in_order(fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), #session{}) -> #session{}.
in_order(heartbeat, #{test_req_id := <<"sync-", _/binary>>}, #session{phase = syncing, asked = 0} = Session) ->
    synced(Session);
in_order(heartbeat, _, Session) -> Session;
in_order(test_request, #{test_req_id := Id}, Session) ->
    fxaot_fix_outgoing:admin(heartbeat, #{test_req_id => Id}, Session);
in_order(resend_request, Fields, Session) -> fxaot_fix_outgoing:resent(Fields, Session);
in_order(logon, _, Session) -> Session;
in_order(logout, Fields, Session) ->
    Text = maps:get(text, Fields, <<>>),
    case is_too_low(Text) of
        false -> fxaot_fix_ending:ended({logout, Text}, fxaot_fix_ending:logged_out(<<"Bye">>, Session));
        true -> fxaot_fix_ending:stopped({sequence_too_low, #{counterparty => Text}}, Session)
    end;
in_order(Name, #{ref_seq_num := Seq} = Fields, Session)
  when Name =:= reject; Name =:= business_message_reject -> refused(Seq, Fields, Session);
in_order(Name, Fields, #session{book = Book} = Session)
  when Name =:= market_data_snapshot; Name =:= market_data_incremental; Name =:= market_data_request_reject ->
    case Book of
        none -> Session;
        _ -> Session#session{book = fxaot_fix_quotes:took(Name, Fields, Book)}
    end;
in_order(_, _, #session{role = quotes} = Session) -> Session;
in_order(Name, #{msg_seq_num := Seq} = Fields, Session) -> fxaot_fix_owner:message(Seq, Name, Fields, Session).

%% @doc The counterparty has answered the logon by a logout.
-spec logon_refused(Text :: binary(), #session{}) -> #session{}.
logon_refused(Text, Session) ->
    case is_too_low(Text) of
        false -> fxaot_fix_ending:ended({logon_refused, Text}, Session);
        true -> fxaot_fix_ending:stopped({sequence_too_low, #{counterparty => Text}}, Session)
    end.

%% As all engines write it.
is_too_low(Text) -> binary:match(Text, <<"too low">>) =/= nomatch.

refused(Seq, Fields, #session{store = Store, engine = Engine, role = Role} = Session) ->
    fxaot_telemetry_emit:happened([fix, reject], #{engine => Engine, session => Role, direction => in,
                                                   reason => maps:get(session_reject_reason, Fields,
                                                                      maps:get(business_reject_reason, Fields, undefined))}),
    ?FXAOT_LOG(error, #{engine => Engine, text => io_lib:format("its FIX message ~b is rejected: ~ts",
                                                                [Seq, maps:get(text, Fields, <<>>)])}),
    _ = case fxaot_fix_store:message(Seq, Store) of
            {ok, {_, _, Name, Sent}} -> fxaot_fix_owner:news({refused, Name, Sent, Fields}, Session);
            none -> ok
        end,
    fxaot_fix_owner:counted(rejects, Session).

synced(#session{opener = Opener, engine = Engine, role = Role, connection = Connection, config = Config} = Session) ->
    #{reconnect_ms := {Least, _}} = Config,
    fxaot_telemetry_emit:happened([fix, up], #{engine => Engine, session => Role}),
    _ = [gen_server:reply(Opener, {ok, Connection}) || Opener =/= none],
    fxaot_alarm:clear(fix, {Engine, sequence, Role}),
    Up = Session#session{phase = up, opener = none, why = none, wait = Least, quotes_lost = false},
    case Config of
        #{symbols := Symbols, quotes := true} -> asked(fxaot_fix_quotes:new(Engine, Symbols, Config), Up);
        _ -> Up
    end.

%% ---- quotes -----------------------------------------------------------------------

asked({Book, Requests}, Session) ->
    lists:foldl(fun(Request, Next) ->
                        element(2, fxaot_fix_outgoing:application(none, market_data_request, Request, Next))
                end, Session#session{book = Book}, Requests).

%% @doc A message that will not come again may have changed the quotes.
-spec quotes_lost(#session{}) -> #session{}.
quotes_lost(#session{book = none} = Session) -> Session;
quotes_lost(#session{book = Book} = Session) ->
    case fxaot_fix_quotes:lost(Book) of
        {lost, Empty} -> Session#session{book = Empty, quotes_lost = true};
        whole -> Session
    end.

%% @doc Asks for them anew when no gap is open.
-spec quotes_anew(#session{}) -> #session{}.
quotes_anew(#session{quotes_lost = true, asked = 0, phase = up, book = Book} = Session) when Book =/= none ->
    asked(fxaot_fix_quotes:anew(Book), Session#session{quotes_lost = false});
quotes_anew(Session) -> Session.
