%% @private TCP or TLS, one form for both.
-module(fxaot_fix_socket).

-export([connect/5, send/2, activate/1, close/1]).

-export_type([socket/0]).

%% A descriptor that has had ten events on end goes over to the schedulers, which look at it between their work (`erl +IOs').
%% A pause before keeps it with the threads that wait for descriptors: they tell of a piece at once.
-define(PIECES, 8).

-type socket() :: {gen_tcp, gen_tcp:socket()} | {ssl, ssl:sslsocket()}.

%% @doc `true' checks the server's certificate against the system's; options of ssl take the place of these defaults.
-spec connect(string(), inet:port_number(), Tls :: boolean() | [ssl:tls_client_option()], [gen_tcp:connect_option()],
              timeout()) -> {ok, socket()} | {error, term()}.
connect(Host, Port, false, Options, Timeout) -> tagged(gen_tcp, gen_tcp:connect(Host, Port, Options, Timeout));
connect(Host, Port, Tls, Options, Timeout) ->
    {ok, _} = application:ensure_all_started(ssl),
    Given = case Tls of
                true -> [];
                _ -> Tls
            end,
    try tagged(ssl, ssl:connect(Host, Port, Options ++ Given ++ defaults(Given, Host), Timeout))
    catch error:Reason -> {error, {tls, Reason}}
    end.

defaults(Given, Host) ->
    [Option || {Name, _} = Option <- [{verify, verify_peer}, {depth, 5}, {server_name_indication, Host},
                                      {customize_hostname_check,
                                       [{match_fun, public_key:pkix_verify_hostname_match_fun(https)}]}]
                   ++ roots(Given),
               not lists:keymember(Name, 1, Given)].

roots(Given) ->
    case lists:keymember(cacerts, 1, Given) orelse lists:keymember(cacertfile, 1, Given)
        orelse proplists:get_value(verify, Given) =:= verify_none of
        true -> [];
        false -> [{cacerts, public_key:cacerts_get()}]
    end.

tagged(Module, {ok, Socket}) -> {ok, {Module, Socket}};
tagged(_, {error, _} = Error) -> Error.

-spec send(socket(), iodata()) -> ok | {error, term()}.
send({Module, Socket}, Bytes) -> Module:send(Socket, Bytes).

%% @doc The next pieces come as messages; then the socket says `tcp_passive' or `ssl_passive'. One call for each piece would
%% hold up what it has brought.
-spec activate(socket()) -> ok | {error, term()}.
activate({gen_tcp, Socket}) -> inet:setopts(Socket, [{active, ?PIECES}]);
activate({ssl, Socket}) -> ssl:setopts(Socket, [{active, ?PIECES}]).

-spec close(socket()) -> ok | {error, term()}.
close({Module, Socket}) -> Module:close(Socket).
