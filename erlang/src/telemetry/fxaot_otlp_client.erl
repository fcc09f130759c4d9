%% @private One POST over HTTP/1.1, with a connection of its own.
%%
%% httpc is not used: it repeats a request by itself when the answer is 503 with Retry-After, at once if that is 0, and
%% also after the time limit when nobody waits for the answer any more. So an item would arrive twice.
-module(fxaot_otlp_client).

-export([post/5]).

%% Of an answer.
-define(MOST_BYTES, 1000000).
-define(MOST_HEADERS, 200).

-type answer() :: {ok, Status :: pos_integer(), Headers :: #{binary() => binary()}, Body :: binary()}.
-type connection() :: {gen_tcp, gen_tcp:socket()} | {ssl, ssl:sslsocket()}.

%% @doc Names of the answer's headers are in lower case. Tls is none for http.
-spec post(Url :: string(), Headers :: [{string(), string()}], Body :: binary(), none | [ssl:tls_client_option()],
           TimeoutMs :: pos_integer()) -> answer() | {error, {connect, term()} | term()}.
post(Url, Headers, Body, Tls, Timeout) ->
    Until = erlang:monotonic_time(millisecond) + Timeout,
    #{host := Host} = Parts = uri_string:parse(Url),
    case connected(Host, port_of(Parts, Tls), Tls, [inet6, inet], Until) of
        {ok, Connection} ->
            try
                ok = done(sent(Connection, [head(Parts, Headers, Body), Body])),
                answer(Connection, Until)
            catch throw:Reason -> {error, Reason}
            after closed(Connection)
            end;
        {error, Reason} -> {error, {connect, Reason}}
    end.

port_of(#{port := Port}, _) when is_integer(Port) -> Port;
port_of(_, none) -> 80;
port_of(_, _) -> 443.

%% ---- the request ----------------------------------------------------------------

head(#{host := Host} = Parts, Headers, Body) ->
    Path = case map_get(path, Parts) of
               "" -> "/";
               Given -> Given
           end,
    Query = [["?", Each] || #{query := Each} <- [Parts]],
    Port = [[":", integer_to_list(Each)] || #{port := Each} <- [Parts], is_integer(Each)],
    Name = case lists:member($:, Host) of
               true -> ["[", Host, "]"];
               false -> Host
           end,
    User = [{"authorization", "Basic " ++ base64:encode_to_string(unicode:characters_to_binary(uri_string:percent_decode(Each)))}
            || #{userinfo := Each} <- [Parts]],
    unicode:characters_to_binary(
      ["POST ", Path, Query, " HTTP/1.1\r\nhost: ", Name, Port, "\r\n",
       [[Key, ": ", Value, "\r\n"] || {Key, Value} <- User ++ Headers],
       "content-length: ", integer_to_list(byte_size(Body)), "\r\nconnection: close\r\n\r\n"]).

%% ---- the answer -----------------------------------------------------------------

answer(Connection, Until) ->
    case done(received(Connection, 0, Until)) of
        {http_response, _, Status, _} when Status < 200 ->
            _ = headers(Connection, Until, #{}),
            answer(Connection, Until);
        {http_response, _, Status, _} ->
            Headers = headers(Connection, Until, #{}),
            done(raw(Connection)),
            {ok, Status, Headers, body(Connection, Headers, Until)};
        _ -> throw(no_http)
    end.

headers(_, _, Headers) when map_size(Headers) > ?MOST_HEADERS -> throw(too_long);
headers(Connection, Until, Headers) ->
    case done(received(Connection, 0, Until)) of
        {http_header, _, Name, _, Value} -> headers(Connection, Until, Headers#{lower(Name) => Value});
        http_eoh -> Headers;
        _ -> throw(no_http)
    end.

lower(Name) when is_atom(Name) -> lower(atom_to_binary(Name));
lower(Name) -> << <<(if Byte >= $A, Byte =< $Z -> Byte + 32; true -> Byte end)>> || <<Byte>> <= Name >>.

body(Connection, #{<<"transfer-encoding">> := Encoding}, Until) ->
    case lower(Encoding) of
        <<"chunked">> -> chunks(until_closed(Connection, Until, <<>>), <<>>);
        _ -> throw(unknown_encoding)
    end;
body(Connection, #{<<"content-length">> := Length}, Until) ->
    case string:to_integer(Length) of
        {0, <<>>} -> <<>>;
        {Bytes, <<>>} when Bytes > 0, Bytes =< ?MOST_BYTES -> done(received(Connection, Bytes, Until));
        _ -> throw(too_long)
    end;
body(Connection, _, Until) -> until_closed(Connection, Until, <<>>).

%% The request asks for that, with its last header.
until_closed(_, _, Bytes) when byte_size(Bytes) > ?MOST_BYTES -> throw(too_long);
until_closed(Connection, Until, Bytes) ->
    case received(Connection, 0, Until) of
        {ok, More} -> until_closed(Connection, Until, <<Bytes/binary, More/binary>>);
        {error, closed} -> Bytes;
        {error, Reason} -> throw(Reason)
    end.

chunks(Bytes, Whole) ->
    case binary:split(Bytes, <<"\r\n">>) of
        [Size, Rest] ->
            Length = length_of(Size),
            case Rest of
                _ when Length =:= 0 -> Whole;
                <<Chunk:Length/binary, "\r\n", More/binary>> -> chunks(More, <<Whole/binary, Chunk/binary>>);
                _ -> throw(no_http)
            end;
        _ -> throw(no_http)
    end.

length_of(Text) ->
    [Digits | _] = binary:split(Text, <<";">>),
    try binary_to_integer(string:trim(Digits), 16) of
        Size when Size >= 0 -> Size;
        _ -> throw(no_http)
    catch error:badarg -> throw(no_http)
    end.

done(ok) -> ok;
done({ok, Term}) -> Term;
done({error, Reason}) -> throw(Reason).

%% ---- the connection -------------------------------------------------------------

%% By IPv6 where that works within half the time, else by IPv4, whose error is shown.
connected(Host, Port, Tls, [Family | Rest], Until) ->
    case connect(Host, Port, Tls, [Family, binary, {active, false}, {packet, http_bin}, {nodelay, true},
                                   {send_timeout, left(Until)}, {send_timeout_close, true}], soon(Rest, Until)) of
        {ok, Connection} -> {ok, Connection};
        {error, _} when Rest =/= [] -> connected(Host, Port, Tls, Rest, Until);
        {error, Reason} -> {error, Reason}
    end.

soon([], Until) -> Until;
soon(_, Until) -> Until - left(Until) div 2.

-spec connect(string(), inet:port_number(), none | list(), list(), integer()) -> {ok, connection()} | {error, term()}.
connect(Host, Port, none, Options, Until) -> as(gen_tcp, gen_tcp:connect(Host, Port, Options, left(Until)));
connect(Host, Port, Tls, Options, Until) -> as(ssl, ssl:connect(Host, Port, Options ++ Tls, left(Until))).

as(Transport, {ok, Socket}) -> {ok, {Transport, Socket}};
as(_, {error, Reason}) -> {error, Reason}.

left(Until) -> max(1, Until - erlang:monotonic_time(millisecond)).

sent({gen_tcp, Socket}, Data) -> gen_tcp:send(Socket, Data);
sent({ssl, Socket}, Data) -> ssl:send(Socket, Data).

received({gen_tcp, Socket}, Bytes, Until) -> gen_tcp:recv(Socket, Bytes, left(Until));
received({ssl, Socket}, Bytes, Until) -> ssl:recv(Socket, Bytes, left(Until)).

raw({gen_tcp, Socket}) -> inet:setopts(Socket, [{packet, raw}]);
raw({ssl, Socket}) -> ssl:setopts(Socket, [{packet, raw}]).

closed({gen_tcp, Socket}) -> gen_tcp:close(Socket);
closed({ssl, Socket}) -> ssl:close(Socket).
