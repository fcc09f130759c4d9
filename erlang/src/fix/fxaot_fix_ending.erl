%% @private How a connection of a FIX session ends: by a logout of one side, by a loss, or for a person to decide.
-module(fxaot_fix_ending).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_session.hrl").

-export([leaving/3, logged_out/2, ended/2, stopped/2]).

%% How long the counterparty's logout is waited for.
-define(LOGOUT_MS, 1000).

%% @doc Logs out, and ends with the counterparty's logout, at the latest after a second: what it sends before still comes.
-spec leaving(Reason :: term(), Text :: binary(), #session{}) -> #session{}.
leaving(Reason, Text, #session{phase = Phase, connection = Connection} = Session) when Phase =:= up; Phase =:= syncing ->
    _ = erlang:send_after(?LOGOUT_MS, self(), {left, Connection}),
    Out = logged_out(Text, Session),
    _ = [down(Reason, Out) || Phase =:= up],
    Out#session{phase = leaving, why = Reason};
leaving(_, _, #session{phase = leaving} = Session) -> Session;
leaving(Reason, _, Session) -> ended(Reason, Session).

%% @doc Sends a logout that is not waited for, where there is somebody to read it.
-spec logged_out(Text :: binary(), #session{}) -> #session{}.
logged_out(_, #session{phase = Phase} = Session) when Phase =:= idle; Phase =:= stopped; Phase =:= leaving -> Session;
logged_out(Text, Session) -> fxaot_fix_outgoing:admin(logout, #{text => Text}, Session).

%% @doc The connection is over; a session of quotes tries again.
-spec ended(Reason :: term(), #session{}) -> #session{}.
ended(_, #session{socket = none, phase = idle, opener = none, role = orders} = Session) -> Session;
%% Somebody waits for the next one already.
ended(_, #session{phase = leaving, opener = Opener} = Session) when Opener =/= none ->
    self() ! open,
    closed(Session);
ended(_, #session{phase = leaving, why = Why} = Session) -> later(Why, closed(Session));
ended(Reason, #session{phase = Phase, opener = Opener} = Session) ->
    _ = [gen_server:reply(Opener, {error, Reason}) || Opener =/= none],
    _ = [down(Reason, Session) || Phase =:= up],
    later(Reason, closed(Session#session{opener = none,
                                         why = case Phase of stopped -> Session#session.why; _ -> Reason end})).

%% What has not been done with and is not in order comes again.
closed(#session{socket = Socket, wire = Wire, phase = Phase} = Session) ->
    %% First, or the counterparty would not see the end.
    ok = fxaot_fix_wire:close(Wire),
    _ = [fxaot_fix_socket:close(Socket) || Socket =/= none],
    fxaot_fix_owner:noted(Session#session{socket = none, wire = none, buffer = <<>>, queued = #{}, book = none,
                                          quotes_lost = false, phase = case Phase of stopped -> stopped; _ -> idle end}).

later(Reason, #session{role = quotes, phase = idle, wait = Wait, config = #{reconnect_ms := {_, Most}},
                       engine = Engine} = Session) when Reason =/= stop ->
    ?FXAOT_LOG(warning, #{engine => Engine,
                          text => io_lib:format("its FIX session of quotes is not connected, the next attempt is in "
                                                "~b ms: ~0tp", [Wait, Reason])}),
    _ = erlang:send_after(Wait, self(), open),
    Session#session{wait = min(2 * Wait, Most)};
later(_, Session) -> Session.

%% @doc A number was too low: one side has forgotten messages, and nobody here can know which.
-spec stopped(Why :: term(), #session{}) -> #session{}.
stopped(Why, #session{engine = Engine, role = Role, phase = Phase} = Session) ->
    ?FXAOT_LOG(error, #{engine => Engine, text => io_lib:format("its FIX session of ~tp has stopped: ~0tp", [Role, Why])}),
    fxaot_alarm:set(fix, {Engine, sequence, Role}, Why),
    _ = [down(Why, Session) || Phase =:= up],
    ended(Why, Session#session{phase = stopped, why = Why}).

down(Reason, #session{engine = Engine, role = Role, connection = Connection} = Session) ->
    fxaot_telemetry_emit:happened([fix, down], #{engine => Engine, session => Role, reason => word(Reason)}),
    fxaot_fix_owner:news({down, Connection, Reason}, Session).

word(Reason) when is_atom(Reason) -> Reason;
word(Reason) when is_atom(element(1, Reason)) -> element(1, Reason);
word(_) -> other.
