%% @private A message and its record by one native call: the record goes into the store's file, and then the bytes into the
%% socket. So a thread for files is woken once, and the counterparty reads while the session is woken again.
%%
%% Only of plain TCP, and while nothing that was sent before waits in Erlang. All else is done by hand: one after the other.
-module(fxaot_fix_wire).

-export([open/2, close/1, leave/5]).

-export_type([wire/0]).

-type wire() :: none | fxaot_nif:fix_wire().

%% @doc Of a store's file and a socket; `none' with TLS, or without native code.
-spec open(file:filename_all(), fxaot_fix_socket:socket()) -> wire().
open(Path, {gen_tcp, Socket}) when is_port(Socket) ->
    try
        {ok, Descriptor} = inet:getfd(Socket),
        {ok, Wire} = fxaot_nif:fix_wire(native(Path), Descriptor),
        Wire
    catch error:_ -> none
    end;
open(_, _) -> none.

native(Path) when is_binary(Path) -> Path;
native(Path) ->
    Native = unicode:characters_to_binary(Path, unicode, file:native_name_encoding()),
    true = is_binary(Native),
    Native.

%% @doc Before the socket: the connection ends with the last descriptor.
-spec close(wire()) -> ok.
close(none) -> ok;
close(Wire) -> fxaot_nif:fix_unwire(Wire).

%% @doc `{kept, Rest}': the record is in the file, and Rest of the message is to be sent. `by_hand': nothing is done. A record
%% that is not whole ends the session, and nothing has left, as by hand.
-spec leave(wire(), none | fxaot_fix_socket:socket(), Record :: iodata(), Bytes :: binary(), IsSynced :: boolean()) ->
          {kept, Rest :: binary()} | by_hand.
leave(Wire, {gen_tcp, Socket}, Record, Bytes, IsSynced) when Wire =/= none ->
    case inet:getstat(Socket, [send_pend]) of
        {ok, [{send_pend, 0}]} ->
            {ok, Sent} = fxaot_nif:fix_leave(Wire, Record, Bytes, IsSynced),
            <<_:Sent/binary, Rest/binary>> = Bytes,
            {kept, Rest};
        _ -> by_hand
    end;
leave(_, _, _, _, _) -> by_hand.
