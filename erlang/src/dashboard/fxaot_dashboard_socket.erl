%% @private A connection: TCP, or TLS over it.
-module(fxaot_dashboard_socket).

-export([listen/3, port/1, close_listener/1, accept/2, handshake/2, peer/1, send/2, try_send/2, recv/3, packet/2, close/1]).

-export_type([socket/0]).

-type socket() :: {tcp, gen_tcp:socket()} | {tls, ssl:sslsocket()}.

%% A client that does not read loses its connection.
-define(SEND_MS, 5000).
-define(LONGEST_LINE, 8192).

-spec listen(inet:ip_address(), inet:port_number(), proplists:proplist()) -> {ok, gen_tcp:socket()} | {error, term()}.
listen(Ip, Port, More) ->
    gen_tcp:listen(Port, [binary, {ip, Ip}, case Ip of {_, _, _, _} -> inet; _ -> inet6 end, {active, false},
                          {packet, http_bin}, {packet_size, ?LONGEST_LINE}, {reuseaddr, true}, {nodelay, true},
                          {backlog, 64}, {sndbuf, 65536}, {high_watermark, 65536},
                          {send_timeout, ?SEND_MS}, {send_timeout_close, true} | More]).

-spec port(gen_tcp:socket()) -> inet:port_number().
port(Listener) ->
    {ok, Port} = inet:port(Listener),
    Port.

-spec close_listener(gen_tcp:socket()) -> ok.
close_listener(Listener) -> gen_tcp:close(Listener).

%% @doc The connection before its handshake.
-spec accept(gen_tcp:socket(), timeout()) -> {ok, gen_tcp:socket()} | {error, term()}.
accept(Listener, Ms) -> gen_tcp:accept(Listener, Ms).

-spec handshake(gen_tcp:socket(), none | map()) -> {ok, socket()} | {error, term()}.
handshake(Socket, none) -> {ok, {tcp, Socket}};
handshake(Socket, Tls) ->
    %% TLS is a stream of its own: lines are for what is in it.
    _ = inet:setopts(Socket, [{packet, raw}]),
    %% A map, since the specification in OTP 25 has forgotten the certificates.
    Options = maps:merge(Tls, #{versions => ['tlsv1.2', 'tlsv1.3'], log_level => error}),
    case ssl:handshake(Socket, maps:to_list(Options), ?SEND_MS) of
        {ok, Safe} ->
            %% The handshake takes these from the socket below.
            case ssl:setopts(Safe, [{mode, binary}, {packet, http_bin}, {packet_size, ?LONGEST_LINE}]) of
                ok -> {ok, {tls, Safe}};
                Error -> Error
            end;
        {error, _} = Error ->
            ok = gen_tcp:close(Socket),
            Error
    end.

-spec peer(socket()) -> inet:ip_address().
peer({tcp, Socket}) -> address(inet:peername(Socket));
peer({tls, Socket}) -> address(ssl:peername(Socket)).

address({ok, {Ip, _}}) -> Ip;
address(_) -> {0, 0, 0, 0}.

-spec send(socket(), iodata()) -> ok | {error, term()}.
send({tcp, Socket}, Data) -> gen_tcp:send(Socket, Data);
send({tls, Socket}, Data) -> ssl:send(Socket, Data).

%% @doc Sends without waiting, from any process; false if that cannot be: over TLS, to a client that takes nothing more for
%% now, or that has gone. The rest of what is sent waits in the socket's driver, whose room is bounded.
-spec try_send(socket(), iodata()) -> boolean().
try_send({tls, _}, _) -> false;
try_send({tcp, Socket}, Data) ->
    try erlang:port_command(Socket, Data, [nosuspend]) of
        %% The driver has answered before it returns, mostly.
        true -> receive {inet_reply, Socket, Status} -> Status =:= ok after 0 -> true end;
        false -> false
    catch error:badarg -> false
    end.

-spec recv(socket(), non_neg_integer(), timeout()) -> {ok, term()} | {error, term()}.
recv({tcp, Socket}, Length, Ms) -> gen_tcp:recv(Socket, Length, Ms);
recv({tls, Socket}, Length, Ms) -> ssl:recv(Socket, Length, Ms).

%% @doc How what comes next is read.
-spec packet(socket(), http_bin | raw) -> ok | {error, term()}.
packet({tcp, Socket}, Packet) -> inet:setopts(Socket, [{packet, Packet}]);
packet({tls, Socket}, Packet) -> ssl:setopts(Socket, [{packet, Packet}]).

-spec close(socket()) -> ok.
close({tcp, Socket}) -> gen_tcp:close(Socket);
close({tls, Socket}) ->
    _ = ssl:close(Socket),
    ok.
