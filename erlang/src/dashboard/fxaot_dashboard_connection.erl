%% @private The process of one connection: waits for it, answers its requests one after another, or becomes the stream of a
%% page, which server-sent events are (HTML, 9.2). inets' httpd does not serve this: it has no place for a stream whose
%% reader is slow.
-module(fxaot_dashboard_connection).

-export([start_link/3]).
%% By their full names, so that a process does not stay in the code of the version before.
-export([accept/3, serve/3, stream/2]).

-define(ACCEPT_MS, 5000).
-define(PAUSE_MS, 100).
%% The first request must come at once, the next within this time.
-define(FIRST_MS, 5000).
-define(IDLE_MS, 15000).
-define(MOST_REQUESTS, 1000).

-type context() :: fxaot_dashboard_routes:context().

-spec start_link(gen_tcp:socket(), inet:port_number(), fxaot_dashboard_config:config()) -> pid().
start_link(Listener, Port, Config) ->
    proc_lib:spawn_opt(fun() -> ?MODULE:accept(Listener, Port, Config) end, [link, {priority, low}]).

-spec accept(gen_tcp:socket(), inet:port_number(), fxaot_dashboard_config:config()) -> ok.
accept(Listener, Port, #{tls := Tls} = Config) ->
    case fxaot_dashboard_socket:accept(Listener, ?ACCEPT_MS) of
        {ok, Connected} ->
            ok = fxaot_dashboard_listener:accepted(),
            case fxaot_dashboard_socket:handshake(Connected, Tls) of
                {ok, Socket} ->
                    Context = fxaot_dashboard_routes:context(Config, Port, fxaot_dashboard_socket:peer(Socket)),
                    ?MODULE:serve(Socket, Context, 0);
                {error, _} -> ok
            end;
        %% Nobody has come, or the client has gone before its turn: the next must not wait for that.
        {error, Reason} when Reason =:= timeout; Reason =:= econnaborted -> ?MODULE:accept(Listener, Port, Config);
        %% No descriptor, port or memory is free. Only time helps, and then another process waits.
        {error, _} -> timer:sleep(?PAUSE_MS)
    end.

%% ---- requests --------------------------------------------------------------------

-spec serve(fxaot_dashboard_socket:socket(), context(), Served :: non_neg_integer()) -> ok.
serve(Socket, _, Served) when Served >= ?MOST_REQUESTS -> fxaot_dashboard_socket:close(Socket);
serve(Socket, Context, Served) ->
    Wait = case Served of 0 -> ?FIRST_MS; _ -> ?IDLE_MS end,
    Send = fun(Bytes) -> fxaot_dashboard_socket:send(Socket, Bytes) end,
    case fxaot_dashboard_request:read(Socket, Wait, Send) of
        {ok, #{method := Method, keeps := Keeps} = Request} ->
            case fxaot_dashboard_routes:answer(Request, Context) of
                {stream, Session, Last} -> begin_stream(Socket, Context, Session, Last);
                Answer ->
                    Sent = Send(written(Method, Answer, Keeps, Context)),
                    case Sent =:= ok andalso Keeps of
                        true -> ?MODULE:serve(Socket, Context, Served + 1);
                        false -> fxaot_dashboard_socket:close(Socket)
                    end
            end;
        {error, Status} ->
            _ = Send(written(<<"GET">>, fxaot_dashboard_routes:failure(Status), false, Context)),
            fxaot_dashboard_socket:close(Socket);
        closed -> fxaot_dashboard_socket:close(Socket)
    end.

written(Method, {Status, Headers, Body}, Keeps, Context) ->
    [head(Status, [{<<"content-length">>, integer_to_binary(iolist_size(Body))},
                   {<<"connection">>, case Keeps of true -> <<"keep-alive">>; false -> <<"close">> end}
                   | Headers], Context),
     case Method of
         <<"HEAD">> -> [];
         _ -> Body
     end].

head(Status, Headers, Context) ->
    [<<"HTTP/1.1 ">>, integer_to_binary(Status), $\s, phrase(Status), <<"\r\n">>,
     [[Name, <<": ">>, Value, <<"\r\n">>] || {Name, Value} <- Headers ++ fxaot_dashboard_routes:headers(Context)],
     <<"\r\n">>].

phrase(200) -> <<"OK">>;
phrase(400) -> <<"Bad Request">>;
phrase(401) -> <<"Unauthorized">>;
phrase(403) -> <<"Forbidden">>;
phrase(404) -> <<"Not Found">>;
phrase(405) -> <<"Method Not Allowed">>;
phrase(408) -> <<"Request Timeout">>;
phrase(413) -> <<"Content Too Large">>;
phrase(414) -> <<"URI Too Long">>;
phrase(415) -> <<"Unsupported Media Type">>;
phrase(421) -> <<"Misdirected Request">>;
phrase(429) -> <<"Too Many Requests">>;
phrase(431) -> <<"Request Header Fields Too Large">>;
phrase(501) -> <<"Not Implemented">>;
phrase(503) -> <<"Service Unavailable">>;
phrase(505) -> <<"HTTP Version Not Supported">>;
phrase(_) -> <<"Error">>.

%% ---- streams ----------------------------------------------------------------------

begin_stream(Socket, Context, Session, Last) ->
    case fxaot_dashboard_listener:begin_stream() of
        ok ->
            Head = head(200, [{<<"content-type">>, <<"text/event-stream">>}, {<<"connection">>, <<"close">>}], Context),
            case fxaot_dashboard_socket:send(Socket, [Head, <<"retry: 1000\n\n">>]) of
                ok ->
                    _ = monitor(process, fxaot_dashboard_collector),
                    case fxaot_dashboard_collector:join(Last, {Socket, Session}) of
                        ok -> ?MODULE:stream(Socket, Session);
                        {error, _} -> fxaot_dashboard_socket:close(Socket)
                    end;
                {error, _} -> fxaot_dashboard_socket:close(Socket)
            end;
        full ->
            _ = fxaot_dashboard_socket:send(Socket, written(<<"GET">>, fxaot_dashboard_routes:failure(503), false, Context)),
            fxaot_dashboard_socket:close(Socket)
    end.

%% @doc One update after another, of those that the collector does not send itself: {@link fxaot_dashboard_pages}. A client that
%% does not read is closed by the send's time limit, one whose session has ended here.
-spec stream(fxaot_dashboard_socket:socket(), fxaot_dashboard_session:session()) -> ok.
stream(Socket, Session) ->
    receive
        {fxaot_dashboard, Update} ->
            case fxaot_dashboard_login:is_valid(Session) andalso fxaot_dashboard_socket:send(Socket, Update) of
                ok ->
                    ok = fxaot_dashboard_collector:sent(self()),
                    ?MODULE:stream(Socket, Session);
                _ -> fxaot_dashboard_socket:close(Socket)
            end;
        %% The page connects again, to the collector's next process.
        {'DOWN', _, process, {fxaot_dashboard_collector, _}, _} -> fxaot_dashboard_socket:close(Socket);
        %% Of TLS, or somebody's late answer.
        _ -> ?MODULE:stream(Socket, Session)
    end.
