%% @private A request of HTTP/1.1 (RFC 9112), as much of it as the page needs: no chunked bodies, bounded lines, headers and
%% bodies, and a time by which all of it must be there.
-module(fxaot_dashboard_request).

-export([read/3]).

-export_type([request/0]).

-type request() ::
        #{method := binary(), path := binary(), query := binary(), headers := #{binary() => binary()},
          body := binary(), keeps := boolean()}.

-define(MOST_HEADERS, 64).
-define(MOST_HEADER_BYTES, 16384).
-define(MOST_BODY, 262144).
-define(HEADERS_MS, 5000).
-define(BODY_MS, 10000).
%% Others are not looked at.
-define(KNOWN, [<<"host">>, <<"cookie">>, <<"content-length">>, <<"transfer-encoding">>, <<"origin">>,
                <<"sec-fetch-site">>, <<"x-csrf-token">>, <<"last-event-id">>, <<"content-type">>, <<"connection">>,
                <<"expect">>]).

%% @doc Waits for a request for so long. An error's number is the answer's status; `closed': there is nobody to answer.
-spec read(fxaot_dashboard_socket:socket(), IdleMs :: pos_integer(), fun((binary()) -> ok | {error, term()})) ->
          {ok, request()} | {error, 400..599} | closed.
read(Socket, IdleMs, Send) ->
    case fxaot_dashboard_socket:recv(Socket, 0, IdleMs) of
        {ok, {http_request, Method, {abs_path, Target}, {1, _} = Version}} ->
            Deadline = erlang:monotonic_time(millisecond) + ?HEADERS_MS,
            case headers(Socket, Deadline, #{}, 0, byte_size(Target)) of
                {ok, Headers} -> with_body(Socket, started(Method, Target, Version, Headers), Send);
                Error -> Error
            end;
        {ok, {http_request, _, {abs_path, _}, _}} -> {error, 505};
        {ok, {http_error, _}} -> {error, 400};
        {ok, _} -> {error, 400};
        {error, emsgsize} -> {error, 414};
        {error, _} -> closed
    end.

started(Method, Target, Version, Headers) ->
    {Path, Query} = case binary:split(Target, <<"?">>) of
                        [Before, After] -> {Before, After};
                        [Whole] -> {Whole, <<>>}
                    end,
    #{method => text(Method), path => Path, query => Query, headers => Headers, body => <<>>,
      keeps => Version =:= {1, 1} andalso lower(maps:get(<<"connection">>, Headers, <<>>)) =/= <<"close">>}.

text(Name) when is_atom(Name) -> atom_to_binary(Name);
text(Name) -> Name.

lower(Text) -> string:lowercase(Text).

headers(_, _, _, Count, Bytes) when Count > ?MOST_HEADERS; Bytes > ?MOST_HEADER_BYTES -> {error, 431};
headers(Socket, Deadline, Headers, Count, Bytes) ->
    case fxaot_dashboard_socket:recv(Socket, 0, max(0, Deadline - erlang:monotonic_time(millisecond))) of
        {ok, http_eoh} -> {ok, Headers};
        {ok, {http_header, _, Field, _, Value}} ->
            Name = ascii_lower(text(Field)),
            case kept(Name, Value, Headers) of
                error -> {error, 400};
                Next -> headers(Socket, Deadline, Next, Count + 1, Bytes + byte_size(Name) + byte_size(Value))
            end;
        {ok, _} -> {error, 400};
        {error, emsgsize} -> {error, 431};
        {error, timeout} -> {error, 408};
        {error, _} -> closed
    end.

ascii_lower(Name) -> << <<(if C >= $A, C =< $Z -> C + 32; true -> C end)>> || <<C>> <= Name >>.

%% Twice the same of these is an attack or a mistake.
kept(Name, Value, Headers) ->
    case {lists:member(Name, ?KNOWN), Headers} of
        {true, #{Name := Before}} when Name =:= <<"cookie">> -> Headers#{Name := <<Before/binary, "; ", Value/binary>>};
        {true, #{Name := _}} -> error;
        {true, _} -> Headers#{Name => Value};
        {false, _} -> Headers
    end.

with_body(_, #{headers := #{<<"transfer-encoding">> := _}}, _) -> {error, 501};
with_body(Socket, #{headers := #{<<"content-length">> := Text} = Headers} = Request, Send) ->
    case length_of(Text) of
        error -> {error, 400};
        Length when Length > ?MOST_BODY -> {error, 413};
        0 -> {ok, Request};
        Length ->
            _ = is_map_key(<<"expect">>, Headers) andalso Send(<<"HTTP/1.1 100 Continue\r\n\r\n">>),
            body(Socket, Length, Request)
    end;
with_body(_, Request, _) -> {ok, Request}.

length_of(Text) when byte_size(Text) =< 12 ->
    case re:run(Text, "^[0-9]+$", [{capture, none}, dollar_endonly]) of
        match -> binary_to_integer(Text);
        nomatch -> error
    end;
length_of(_) -> error.

body(Socket, Length, Request) ->
    _ = fxaot_dashboard_socket:packet(Socket, raw),
    case fxaot_dashboard_socket:recv(Socket, Length, ?BODY_MS) of
        {ok, Body} ->
            _ = fxaot_dashboard_socket:packet(Socket, http_bin),
            {ok, Request#{body := Body}};
        {error, timeout} -> {error, 408};
        {error, _} -> closed
    end.
