%% The dashboard's HTTP side: who may see and act, what a hostile client can do, and what pages get.
-module(fxaot_dashboard_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(TRADER, <<"trader-token-0123456789">>).
-define(VIEWER, <<"viewer-token-0123456789">>).
-define(START, 1704240000000000000).
-define(SECOND, 1000000000).
-define(WAIT, 20000).

all() ->
    [off_by_default, the_page_and_its_files, tokens_and_roles, passwords, wrong_logins_have_to_wait, forged_cookies,
     sessions_outlive_the_node, a_session_that_is_ended, other_sites, acts_need_role_and_csrf_token, acts, deploying,
     bars_and_trades, oversize_requests, slow_requests, strange_requests, no_path_leads_out, no_request_makes_an_atom,
     updates, a_busy_engine_holds_nobody_up, rows_after_a_reconnect, fifty_pages, updates_wake_no_process_of_a_page,
     a_slow_page_misses_nothing, a_page_that_does_not_read,
     threads_and_groups, many_events_are_counted, a_refused_reload_says_why, an_engine_comes_and_goes, wrong_options, a_port_in_use, over_tls].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    {ok, _} = application:ensure_all_started(inets),
    fxaot_test:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

init_per_testcase(off_by_default, Config) -> Config;
init_per_testcase(_, Config) ->
    serve(#{}),
    Config.

end_per_testcase(_, _) ->
    application:stop(fxaot),
    application:unset_env(fxaot, dashboard),
    {ok, _} = application:ensure_all_started(fxaot).

tokens() -> [#{name => <<"trader">>, role => trade, token => ?TRADER}, #{name => <<"viewer">>, role => view, token => ?VIEWER}].

serve(Options) ->
    application:stop(fxaot),
    application:set_env(fxaot, dashboard, maps:merge(#{port => 0, tokens => tokens(), rate => 20}, Options)),
    {ok, _} = application:ensure_all_started(fxaot),
    port().

port() -> fxaot_test:until(fun() ->
                                   case fxaot_dashboard_listener:port() of
                                       none -> false;
                                       Port -> {true, Port}
                                   end
                           end).

engine(Name, Options) ->
    {ok, _} = fxaot:start_engine(Name, Options),
    ok.

quote(Engine, Number, Price) ->
    _ = fxaot:tick(Engine, 'EURUSD', ?START + Number * ?SECOND, Price, Price),
    ok.

%% ---- a client -------------------------------------------------------------------

connect() ->
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, port(), [binary, {active, false}]),
    Socket.

%% `{Status, Headers, Body}'; the server closes the connection.
request(Method, Path, Headers, Body) ->
    Lines = [[Name, ": ", Value, "\r\n"] || {Name, Value} <- [{"Connection", "close"} | with_host(Headers)]],
    raw([Method, " ", Path, " HTTP/1.1\r\n", Lines, "\r\n", Body]).

with_host(Headers) ->
    case lists:keymember("Host", 1, Headers) of
        true -> Headers;
        false -> [{"Host", host()} | Headers]
    end.

host() -> "127.0.0.1:" ++ integer_to_list(port()).

raw(Bytes) ->
    Socket = connect(),
    ok = gen_tcp:send(Socket, Bytes),
    answer(read_all(Socket, <<>>)).

read_all(Socket, Before) ->
    case gen_tcp:recv(Socket, 0, ?WAIT) of
        {ok, Bytes} -> read_all(Socket, <<Before/binary, Bytes/binary>>);
        {error, closed} ->
            ok = gen_tcp:close(Socket),
            Before;
        %% Closed with some of the request unread.
        {error, econnreset} -> Before
    end.

answer(<<>>) -> closed;
answer(<<"HTTP/1.1 ", Status:3/binary, Rest/binary>>) ->
    [Head, Body] = binary:split(Rest, <<"\r\n\r\n">>),
    [_ | Lines] = binary:split(Head, <<"\r\n">>, [global]),
    {binary_to_integer(Status), maps:from_list([list_to_tuple(binary:split(Line, <<": ">>)) || Line <- Lines]), Body}.

status({Status, _, _}) -> Status;
status(closed) -> closed.

get(Path, Headers) -> request("GET", Path, Headers, "").

post(Path, Headers, Value) ->
    Body = iolist_to_binary(fxaot_dashboard_json:encode(Value)),
    request("POST", Path, [{"Content-Type", "application/json"}, {"Content-Length", integer_to_list(byte_size(Body))}
                           | Headers], Body).

value({200, _, Body}) ->
    {ok, Value} = fxaot_json:decode(Body),
    Value.

%% The headers of a session.
login(Token) ->
    {200, #{<<"set-cookie">> := Set}, Body} = post("/api/login", [], #{token => Token}),
    {ok, #{<<"csrf">> := Csrf}} = fxaot_json:decode(Body),
    [Cookie | _] = binary:split(Set, <<";">>),
    [{"Cookie", Cookie}, {"X-CSRF-Token", Csrf}].

act(Session, Fields) -> value(post("/api/act", Session, Fields)).

%% A page: its socket, and what has come without being read.
page(Session) -> page(Session, []).

page([Cookie | _], More) ->
    Socket = connect(),
    Lines = [[Name, ": ", Value, "\r\n"] || {Name, Value} <- [Cookie, {"Host", host()} | More]],
    ok = gen_tcp:send(Socket, ["GET /api/events HTTP/1.1\r\n", Lines, "\r\n"]),
    {<<"HTTP/1.1 200 OK", _/binary>>, Rest} = until_blank(Socket, <<>>, <<"\r\n\r\n">>),
    {<<"retry: 1000">>, Left} = until_blank(Socket, Rest, <<"\n\n">>),
    {Socket, Left}.

until_blank(Socket, Before, End) ->
    case binary:split(Before, End) of
        [Piece, Rest] -> {Piece, Rest};
        [_] ->
            {ok, Bytes} = gen_tcp:recv(Socket, 0, ?WAIT),
            until_blank(Socket, <<Before/binary, Bytes/binary>>, End)
    end.

%% The next update: its id, and what is in it.
next({Socket, Left}) ->
    {Piece, Rest} = until_blank(Socket, Left, <<"\n\n">>),
    [<<"id: ", Id/binary>>, <<"data: ", Data/binary>>] = binary:split(Piece, <<"\n">>),
    {ok, Value} = fxaot_json:decode(Data),
    {Id, Value, {Socket, Rest}}.

%% Reads updates until one says it.
until_update(Page, Says) ->
    {Id, Update, Next} = next(Page),
    case Says(Update) of
        true -> {Id, Update, Next};
        false -> until_update(Next, Says)
    end.

close({Socket, _}) -> ok = gen_tcp:close(Socket).

texts(#{<<"rows">> := Rows}) -> [Text || #{<<"text">> := Text} <- Rows].

%% ---- the page -------------------------------------------------------------------

off_by_default(_) ->
    ?assertEqual(none, fxaot_dashboard:url()),
    ?assertEqual([], supervisor:which_children(fxaot_dashboard_sup)).

the_page_and_its_files(_) ->
    {200, Headers, Page} = get("/", []),
    ?assertMatch({match, _}, re:run(Page, "<title>fxaot</title>")),
    ?assertEqual(<<"text/html; charset=utf-8">>, maps:get(<<"content-type">>, Headers)),
    ?assertEqual(<<"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                   "base-uri 'none'; form-action 'none'; frame-ancestors 'none'">>,
                 maps:get(<<"content-security-policy">>, Headers)),
    ?assertMatch(#{<<"x-content-type-options">> := <<"nosniff">>, <<"x-frame-options">> := <<"DENY">>,
                   <<"referrer-policy">> := <<"no-referrer">>}, Headers),
    %% Nothing that the policy would refuse, and no file is missing.
    ?assertEqual(nomatch, re:run(Page, "<script>|<style| style=| on[a-z]+=")),
    {match, Links} = re:run(Page, "(?:src|href)=\"([^\"]+)\"", [global, {capture, all_but_first, binary}]),
    [?assertEqual({Link, 200}, {Link, status(get(Link, []))}) || [Link] <- Links],
    {200, #{<<"content-length">> := Length}, <<>>} = request("HEAD", "/", [], ""),
    ?assertEqual(integer_to_binary(byte_size(Page)), Length),
    ?assertEqual(405, status(request("DELETE", "/", [], ""))).

tokens_and_roles(_) ->
    ?assertEqual(#{<<"name">> => null}, value(get("/api/session", []))),
    ?assertEqual(401, status(get("/api/events", []))),
    [Cookie, {_, Csrf}] = login(?VIEWER),
    ?assertEqual(#{<<"name">> => <<"viewer">>, <<"role">> => <<"view">>, <<"csrf">> => Csrf},
                 value(get("/api/session", [Cookie]))),
    {200, #{<<"set-cookie">> := Set}, _} = post("/api/login", [], #{token => ?TRADER}),
    ?assertMatch({match, _}, re:run(Set, "^fxaot_0=[0-9A-F]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200$")),
    ?assertEqual([401, 401, 400, 400, 415],
                 [status(Answer) || Answer <- [post("/api/login", [], #{token => <<?TRADER/binary, "x">>}),
                                               post("/api/login", [], #{token => <<>>}),
                                               post("/api/login", [], #{token => 7}), post("/api/login", [], []),
                                               request("POST", "/api/login", [{"Content-Length", "2"}], "{}")]]).

passwords(_) ->
    Hash = fxaot_dashboard:hash_password(<<"right">>),
    ?assertMatch(<<"pbkdf2-sha256$600000$", _/binary>>, Hash),
    [<<"pbkdf2-sha256">>, _, Salt, Sum] = binary:split(Hash, <<"$">>, [global]),
    ?assertEqual(crypto:pbkdf2_hmac(sha256, <<"right">>, base64:decode(Salt), 600000, 32), base64:decode(Sum)),
    serve(#{users => [#{name => <<"ann">>, role => trade, password => Hash}]}),
    %% While a password is checked, a token is.
    Self = self(),
    spawn_link(fun() -> Self ! {status, status(post("/api/login", [], #{name => <<"ann">>, password => <<"wrong">>}))} end),
    _ = login(?VIEWER),
    ?assertEqual(#{<<"name">> => <<"ann">>, <<"role">> => <<"trade">>},
                 maps:remove(<<"csrf">>, value(post("/api/login", [], #{name => <<"ann">>, password => <<"right">>})))),
    receive {status, Status} -> ?assertEqual(401, Status) end,
    ?assertEqual(401, status(post("/api/login", [], #{name => <<"bob">>, password => <<"right">>}))).

wrong_logins_have_to_wait(_) ->
    Wrong = fun() -> status(post("/api/login", [], #{token => <<"no such token">>})) end,
    ?assertEqual([401, 401, 401, 401, 401, 429], [Wrong() || _ <- lists:seq(1, 6)]),
    {429, #{<<"retry-after">> := After}, _} = post("/api/login", [], #{token => ?TRADER}),
    ?assert(binary_to_integer(After) =< 60).

forged_cookies(_) ->
    [{"Cookie", <<"fxaot_0=", Value/binary>>} | _] = login(?VIEWER),
    <<Sum:64/binary, Body/binary>> = Value,
    %% The role's letter: after 16 bytes of its number and 8 of its end.
    <<Before:48/binary, "76", Name/binary>> = Body,
    Session = fun(Forged) -> value(get("/api/session", [{"Cookie", ["fxaot_0=", Forged]}])) end,
    ?assertMatch(#{<<"name">> := <<"viewer">>}, Session(Value)),
    [?assertEqual(#{<<"name">> => null}, Session(Forged))
     || Forged <- [[Sum, Before, "74", Name], [Sum, Body, "00"], Sum, "", "xyz", lists:duplicate(200, "z"),
                   [lists:duplicate(64, "0"), Body]]],
    %% Two of them: neither.
    ?assertEqual(#{<<"name">> => null},
                 value(get("/api/session", [{"Cookie", ["fxaot_0=", Value, "; fxaot_0=", Value]}]))).

sessions_outlive_the_node(_) ->
    [Cookie | _] = login(?TRADER),
    serve(#{}),
    ?assertMatch(#{<<"name">> := <<"trader">>}, value(get("/api/session", [Cookie]))),
    %% Another token ends them.
    serve(#{tokens => [#{name => <<"trader">>, role => trade, token => <<"another-token-0123456789">>}]}),
    ?assertEqual(#{<<"name">> => null}, value(get("/api/session", [Cookie]))).

a_session_that_is_ended(_) ->
    Session = login(?VIEWER),
    Page = page(Session),
    ?assertEqual(200, status(post("/api/logout", Session, #{}))),
    ?assertEqual(#{<<"name">> => null}, value(get("/api/session", Session))),
    ?assertEqual(401, status(get("/api/trades?engine=x", Session))),
    {Socket, _} = Page,
    _ = read_all(Socket, <<>>).

%% A name that leads here (DNS rebinding), and requests that another site's page makes a browser send.
other_sites(_) ->
    [?assertEqual({Host, Status}, {Host, status(get("/", [{"Host", Host}]))})
     || {Host, Status} <- [{"localhost:1", 200}, {"LOCALHOST", 200}, {"127.0.0.1", 200}, {"[::1]:8", 200},
                           {"evil.example", 421}, {"evil.example:80", 421}, {"localhost.evil.example", 421}, {"", 421},
                           {"127.0.0.1.evil.example", 421}, {"[evil]", 421}]],
    Session = login(?TRADER),
    engine(eur, #{}),
    Halt = fun(More) -> status(post("/api/act", Session ++ More, #{act => halt, engine => eur})) end,
    ?assertEqual([403, 403, 403, 403],
                 [Halt(More) || More <- [[{"Origin", "http://evil.example"}], [{"Origin", "null"}],
                                         [{"Sec-Fetch-Site", "cross-site"}], [{"Sec-Fetch-Site", "same-site"}]]]),
    ?assertMatch(#{state := active}, fxaot:account(eur)),
    ?assertEqual(200, Halt([{"Origin", "http://" ++ host()}, {"Sec-Fetch-Site", "same-origin"}])),
    ?assertEqual(403, status(get("/api/events", [{"Sec-Fetch-Site", "cross-site"} | Session]))),
    serve(#{hosts => [<<"Desk.example">>]}),
    ?assertEqual(200, status(get("/", [{"Host", "desk.example:443"}]))).

%% ---- acts -----------------------------------------------------------------------

acts_need_role_and_csrf_token(_) ->
    engine(eur, #{}),
    Halt = #{act => halt, engine => eur},
    [Cookie, Csrf] = Trader = login(?TRADER),
    [_, {_, Other}] = Viewer = login(?VIEWER),
    ?assertEqual([401, 401, 403, 403, 403, 403],
                 [status(post("/api/act", Headers, Halt))
                  || Headers <- [[], [Csrf], [Cookie], [Cookie, {"X-CSRF-Token", Other}], [Cookie, {"X-CSRF-Token", ""}],
                                 Viewer]]),
    ?assertEqual(403, status(post("/api/check", Viewer, #{source => <<"x">>}))),
    ?assertMatch(#{state := active}, fxaot:account(eur)),
    ?assertEqual(#{<<"ok">> => true}, act(Trader, Halt)),
    ?assertMatch(#{state := halted}, fxaot:account(eur)).

acts(_) ->
    Session = login(?TRADER),
    engine(eur, #{}),
    quote(eur, 1, 1.25),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 10000}),
    quote(eur, 2, 1.25),
    ?assertMatch([#{quantity := 10000}], fxaot:positions(eur)),
    ?assertEqual(#{<<"ok">> => true}, act(Session, #{act => close, engine => eur, symbol => 'EURUSD'})),
    quote(eur, 3, 1.25),
    ?assertEqual([], fxaot:positions(eur)),
    [begin
         ?assertEqual(#{<<"ok">> => true}, act(Session, #{act => Act, engine => eur})),
         ?assertMatch(#{state := State}, fxaot:account(eur))
     end || {Act, State} <- [{reduce, reducing}, {halt, halted}, {resume, active}]],
    [?assertMatch(#{<<"ok">> := false, <<"error">> := _}, act(Session, Fields))
     || Fields <- [#{act => halt, engine => <<"no such engine here">>}, #{act => halt, engine => kernel}, #{act => halt},
                   #{act => fly, engine => eur}, #{act => close, engine => eur}, #{act => 1, engine => eur},
                   #{act => close, engine => eur, symbol => <<"no such symbol here">>},
                   #{act => close, engine => eur, ticket => <<"none">>},
                   #{act => rollback, engine => eur, strategy => eur}]].

deploying(_) ->
    Session = login(?TRADER),
    engine(eur, #{}),
    Page = page(Session),
    Wrong = <<"//@version=6\nstrategy(\"x\")\nplot(ta.smaa(close, 5))\n">>,
    Right = <<"//@version=6\nstrategy(\"x\")\nplot(ta.sma(close, 5), \"signal\")\n">>,
    ?assertMatch(#{<<"ok">> := false, <<"diagnostics">> := [#{<<"line">> := 3}]},
                 value(post("/api/check", Session, #{source => Wrong}))),
    ?assertEqual(#{<<"ok">> => true}, value(post("/api/check", Session, #{source => Right}))),
    %% A place is free again while its connection stays.
    Kept = [connect() || _ <- lists:seq(1, 3)],
    [begin
         Body = iolist_to_binary(fxaot_dashboard_json:encode(#{source => Right})),
         Lines = [[Name, ": ", Value, "\r\n"] || {Name, Value} <- [{"Host", host()}, {"Content-Type", "application/json"},
                                                                  {"Content-Length", integer_to_list(byte_size(Body))} | Session]],
         ok = gen_tcp:send(Socket, ["POST /api/check HTTP/1.1\r\n", Lines, "\r\n", Body]),
         {_, <<"{\"ok\":true}">>} = until_blank(Socket, <<>>, <<"\r\n\r\n">>)
     end || Socket <- Kept],
    New = #{act => deploy, engine => eur, strategy => null, symbol => 'EURUSD', timeframe => [minutes, 5]},
    ?assertMatch(#{<<"ok">> := false, <<"diagnostics">> := [#{<<"line">> := 3}]}, act(Session, New#{source => Wrong})),
    ?assertEqual([], fxaot:strategies(eur)),
    ?assertEqual(#{<<"ok">> => true, <<"strategy">> => <<"script_1">>}, act(Session, New#{source => Right})),
    ?assertMatch([#{id := script_1, symbol := 'EURUSD', timeframe := {minutes, 5}, version := 1}], fxaot:strategies(eur)),
    Next = #{act => deploy, engine => eur, strategy => script_1, source => <<Right/binary, "plot(close)\n">>},
    ?assertMatch(#{<<"ok">> := true, <<"version">> := 2}, act(Session, Next)),
    ?assertMatch(#{<<"ok">> := true, <<"version">> := 3},
                 act(Session, #{act => rollback, engine => eur, strategy => script_1})),
    %% It is in the stream who has done it.
    {_, _, Last} = until_update(Page, fun(Update) -> contains(<<"trader at 127.0.0.1: roll back script_1: done">>, Update) end),
    close(Last),
    [?assertMatch(#{<<"ok">> := false}, act(Session, Fields#{source => Right}))
     || Fields <- [New#{symbol => <<"no such symbol here">>}, New#{timeframe => [weeks, 1]}, New#{timeframe => [minutes, 0]},
                   New#{strategy => <<"no such strategy here">>}, New#{strategy => 5}]].

contains(Part, Update) -> lists:any(fun(Text) -> binary:match(Text, Part) =/= nomatch end, texts(Update)).

bars_and_trades(_) ->
    Session = login(?VIEWER),
    engine(eur, #{}),
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}}),
    [quote(eur, Second, Price) || {Second, Price} <- [{0, 1.25}, {30, 1.5}, {60, 1.125}]],
    Ms = ?START div 1000000,
    ?assertEqual([0, true, [[Ms, 1.25, 1.5, 1.25, 1.5, 2.0], [Ms + 60000, 1.125, 1.125, 1.125, 1.125, 1.0]]],
                 value(get("/api/bars?engine=eur&strategy=cross&most=5", Session))),
    ?assertMatch([1, true, [_]], value(get("/api/bars?engine=eur&strategy=cross&most=1", Session))),
    ?assertEqual([null, null], [value(get(["/api/bars?engine=", Engine, "&strategy=none"], Session))
                                || Engine <- ["eur", "nobody%20knows%20it"]]),
    ?assertEqual(400, status(get("/api/bars", Session))),
    {ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 10000}),
    quote(eur, 61, 1.25),
    {ok, _} = fxaot:close(eur, 'EURUSD'),
    quote(eur, 62, 1.5),
    ?assertMatch([#{<<"profit">> := 2500.0, <<"side">> := <<"buy">>, <<"entry_price">> := 1.25, <<"exit_price">> := 1.5}],
                 value(get("/api/trades?engine=eur", Session))).

%% ---- hostile clients --------------------------------------------------------------

oversize_requests(_) ->
    Session = login(?TRADER),
    Long = lists:duplicate(9000, $a),
    ?assertEqual(413, status(request("POST", "/api/act", [{"Content-Length", "262145"} | Session], ""))),
    ?assertEqual(413, status(request("POST", "/api/login", [{"Content-Type", "application/json"},
                                                            {"Content-Length", "4097"}], lists:duplicate(4097, $ )))),
    ?assert(lists:member(status(get(["/", Long], [])), [414, 400, closed])),
    ?assert(lists:member(status(get("/", [{"X", Long}])), [431, 400, closed])),
    ?assertEqual(431, status(get("/", [{"X" ++ integer_to_list(N), "1"} || N <- lists:seq(1, 80)]))),
    ?assertEqual(431, status(get("/", [{"X", lists:duplicate(5000, $a)} || _ <- lists:seq(1, 5)]))),
    %% Numbers whose conversion would take minutes.
    Digits = iolist_to_binary(["{\"act\":", lists:duplicate(200000, $9), "}"]),
    ?assertEqual(400, status(request("POST", "/api/act", [{"Content-Type", "application/json"},
                                                          {"Content-Length", integer_to_list(byte_size(Digits))} | Session],
                                     Digits))).

%% Whoever sends a line now and then loses the connection in time, and others are served meanwhile.
slow_requests(_) ->
    Sockets = [connect() || _ <- lists:seq(1, 20)],
    [ok = gen_tcp:send(Socket, "GET / HTTP/1.1\r\nHost: localhost\r\n") || Socket <- Sockets],
    Silent = connect(),
    Began = erlang:monotonic_time(millisecond),
    ?assertEqual(200, status(get("/", []))),
    ?assert(erlang:monotonic_time(millisecond) - Began < 3000),
    [?assertEqual(408, status(answer(read_all(Socket, <<>>)))) || Socket <- Sockets],
    ?assertEqual(<<>>, read_all(Silent, <<>>)),
    ?assert(erlang:monotonic_time(millisecond) - Began < 10000),
    %% A body that does not come.
    Half = connect(),
    ok = gen_tcp:send(Half, ["POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"]),
    ?assertEqual(408, status(answer(read_all(Half, <<>>)))).

strange_requests(_) ->
    [?assertEqual({Bytes, Status}, {Bytes, status(raw(Bytes))})
     || {Bytes, Status} <-
            [{"nonsense\r\n\r\n", 400}, {"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505},
             {"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
             {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
             {"GET / HTTP/1.1\r\n\r\n", 421},
             {"POST /api/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
             {"POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400},
             {"POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
             {"POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999\r\n\r\n", 400},
             {"POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\nX\r\n\r\n", 400}]],
    %% A connection takes several requests.
    Socket = connect(),
    ok = gen_tcp:send(Socket, ["GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n",
                               "GET /icon.svg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"]),
    ?assertEqual(2, length(binary:matches(read_all(Socket, <<>>), <<"HTTP/1.1 200 OK">>))),
    %% What a request has in it is in no answer's head.
    {Status, Headers, _} = get("/x%0d%0aset-cookie:%20a=b?y%0d%0aset-cookie:%20c=d", []),
    ?assertEqual(404, Status),
    ?assertNot(is_map_key(<<"set-cookie">>, Headers)).

no_path_leads_out(_) ->
    [?assertEqual({Path, 404}, {Path, status(get(Path, []))})
     || Path <- ["/../index.html", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/./", "/index.html",
                 "/dashboard/index.html", "/www/lightweight-charts.js", "/libfxaot.so", "/dashboard.js/", "/dashboard.js%00",
                 "/Dashboard.js"]].

no_request_makes_an_atom(_) ->
    Session = login(?TRADER),
    engine(eur, #{}),
    Ask = fun(Number) ->
                  Name = iolist_to_binary(["unheard_of_", integer_to_list(Number)]),
                  _ = get(["/", Name], [{["X-", Name], "1"}]),
                  _ = get(["/api/bars?engine=", Name, "&strategy=", Name, "&", Name, "=1"], Session),
                  _ = request(["M", Name], "/", [], ""),
                  _ = post("/api/act", Session, #{Name => 1, act => Name, engine => Name}),
                  _ = post("/api/act", Session, #{act => deploy, engine => eur, strategy => Name, source => <<"x">>}),
                  _ = post("/api/act", Session, #{act => close, engine => eur, symbol => Name})
          end,
    %% The first time may load modules.
    [Ask(Number) || Number <- [1, 2]],
    Before = erlang:system_info(atom_count),
    [Ask(Number) || Number <- lists:seq(3, 12)],
    ?assertEqual(Before, erlang:system_info(atom_count)).

%% ---- updates ----------------------------------------------------------------------

updates(_) ->
    engine(eur, #{balance => 1000}),
    ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}}),
    quote(eur, 1, 1.25),
    Page = page(login(?VIEWER)),
    {_, #{<<"engines">> := #{<<"eur">> := Eur}}, Next} =
        until_update(Page, fun(#{<<"engines">> := Engines}) -> is_map(maps:get(<<"eur">>, Engines, null)) end),
    Ms = ?START div 1000000,
    ?assertMatch(#{<<"account">> := #{<<"balance">> := 1000.0, <<"currency">> := <<"USD">>, <<"state">> := <<"active">>,
                                      <<"level">> := null},
                   <<"strategies">> := [#{<<"id">> := <<"cross">>, <<"tier">> := <<"built_in">>, <<"version">> := 1}]}, Eur),
    ?assertEqual([[<<"EURUSD">>, 5, Ms + 1000, 1.25, 1.25]], maps:get(<<"prices">>, Eur)),
    ?assertEqual(#{<<"cross">> => [0, true, [[Ms, 1.25, 1.25, 1.25, 1.25, 1.0]]]}, maps:get(<<"bars">>, Eur)),
    %% A bar as it forms, and once a second what need not be read so often.
    quote(eur, 2, 1.5),
    {_, _, After} = until_update(Next, fun(#{<<"engines">> := #{<<"eur">> := #{<<"bars">> := Bars}}}) ->
                                               Bars =:= #{<<"cross">> => [0, true, [[Ms, 1.25, 1.5, 1.25, 1.5, 2.0]]]};
                                          (_) -> false
                                       end),
    quote(eur, 3, 1.5),
    {_, _, Last} = until_update(After, fun(#{<<"slow">> := #{<<"eur">> := #{<<"stats">> := #{<<"quotes">> := 3}}}}) -> true;
                                          (_) -> false
                                       end),
    close(Last).

a_busy_engine_holds_nobody_up(_) ->
    [engine(Name, #{}) || Name <- [stuck, free]],
    ok = sys:suspend(stuck),
    Page = page(login(?VIEWER)),
    quote(free, 1, 1.25),
    {_, _, Next} = until_update(Page, fun(#{<<"engines">> := #{<<"free">> := #{<<"prices">> := [[_, _, _, 1.25, 1.25]]}}}) -> true;
                                         (_) -> false
                                      end),
    ok = sys:resume(stuck),
    {_, _, Last} = until_update(Next, fun(#{<<"engines">> := #{<<"stuck">> := Stuck}}) -> is_map(Stuck);
                                         (_) -> false
                                      end),
    close(Last).

threads_and_groups(_) ->
    {ok, _} = fxaot:start_engine(thread, #{mode => actor}),
    {ok, _} = fxaot:start_engines(both, 2, #{instruments => ['EURUSD', 'USDJPY']}),
    [ok = fxaot:deploy(Engine, cross, #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}})
     || Engine <- [thread, both]],
    {ok, Members} = fxaot:engines(both),
    [Member] = [atom_to_binary(Name) || {Name, Symbols} <- Members, lists:member('EURUSD', Symbols)],
    [quote(Engine, 1, 1.25) || Engine <- [thread, both]],
    Session = login(?TRADER),
    Shows = fun(Name) ->
                    fun(#{<<"engines">> := Engines}) ->
                            case Engines of
                                #{Name := #{<<"strategies">> := [_], <<"bars">> := #{<<"cross">> := [0, true, [_]]}}} -> true;
                                _ -> false
                            end
                    end
            end,
    [close(element(3, until_update(page(Session), Shows(Name)))) || Name <- [<<"thread">>, Member]],
    Page = page(Session),
    {_, #{<<"slow">> := #{<<"thread">> := #{<<"mailbox">> := Mailbox}}}, Last} =
        until_update(Page, fun(#{<<"slow">> := #{<<"thread">> := #{<<"mailbox">> := #{}}}}) -> true; (_) -> false end),
    ?assertMatch(#{<<"handled">> := _, <<"waiting">> := 0, <<"capacity">> := 65536}, Mailbox),
    close(Last),
    %% A group as a whole, and one engine of it.
    ?assertEqual(#{<<"ok">> => true}, act(Session, #{act => halt, engine => both})),
    ?assertEqual(#{<<"ok">> => true}, act(Session, #{act => resume, engine => Member})).

rows_after_a_reconnect(_) ->
    engine(eur, #{}),
    Session = login(?VIEWER),
    Page = page(Session),
    Noted = fun(Texts) -> [ok = fxaot_dashboard_collector:note(log, #{text => Text}) || Text <- Texts] end,
    Noted([<<"first">>]),
    {Id, _, Seen} = until_update(Page, fun(Update) -> contains(<<"first">>, Update) end),
    close(Seen),
    Noted([<<"second">>, <<"third">>]),
    Again = page(Session, [{"Last-Event-ID", Id}]),
    {_, Update, Next} = next(Again),
    ?assertEqual([<<"second">>, <<"third">>], texts(Update)),
    ?assertNot(is_map_key(<<"missed">>, Update)),
    close(Next),
    %% More than are kept: how many are gone.
    [<<Incarnation/binary>>, Number] = binary:split(Id, <<"-">>),
    Noted([integer_to_binary(N) || N <- lists:seq(1, 1500)]),
    Late = page(Session, [{"Last-Event-ID", Id}]),
    {_, #{<<"missed">> := Missed, <<"rows">> := Rows}, Rest} = next(Late),
    ?assertEqual(1000, length(Rows)),
    ?assertEqual(binary_to_integer(Number) + Missed + 1, maps:get(<<"n">>, hd(Rows))),
    close(Rest),
    %% Another incarnation's number says nothing here.
    serve(#{}),
    engine(eur, #{}),
    Restarted = page(Session, [{"Last-Event-ID", Id}]),
    {<<Later:13/binary, "-", _/binary>>, After, End} = next(Restarted),
    ?assert(Later > Incarnation),
    ?assertNot(is_map_key(<<"missed">>, After)),
    close(End).

fifty_pages(_) ->
    engine(eur, #{}),
    Session = login(?VIEWER),
    Pages = [page(Session) || _ <- lists:seq(1, 50)],
    quote(eur, 1, 1.25),
    Shows = fun(#{<<"engines">> := #{<<"eur">> := #{<<"prices">> := [[_, _, _, 1.25, 1.25]]}}}) -> true;
               (_) -> false
            end,
    Shown = [element(3, until_update(Page, Shows)) || Page <- Pages],
    %% And requests between them.
    ?assertEqual(200, status(get("/", []))),
    [close(Page) || Page <- Shown],
    fxaot_test:until(fun() -> map_size(element(2, streams())) =:= 0 end).

streams() -> {ok, maps:filter(fun(_, Kind) -> Kind =:= streams end, element(5, sys:get_state(fxaot_dashboard_listener)))}.

%% The process of the one page that there is.
page_process() ->
    fxaot_test:until(fun() ->
                             case maps:keys(element(2, streams())) of
                                 [] -> false;
                                 [Pid] -> {true, Pid}
                             end
                     end).

%% After the first one: fifty of them would be woken a thousand times a second.
updates_wake_no_process_of_a_page(_) ->
    engine(eur, #{}),
    {_, _, First} = next(page(login(?VIEWER))),
    Pid = page_process(),
    %% It has said that it has sent the first one once it waits again.
    fxaot_test:until(fun() -> is_waiting(Pid) end),
    1 = erlang:trace(Pid, true, ['receive']),
    ok = fxaot_dashboard_collector:note(log, #{text => <<"one">>}),
    {_, _, Second} = until_update(First, fun(Update) -> contains(<<"one">>, Update) end),
    ok = fxaot_dashboard_collector:note(log, #{text => <<"two">>}),
    {_, _, Third} = until_update(Second, fun(Update) -> contains(<<"two">>, Update) end),
    Reference = erlang:trace_delivered(Pid),
    receive {trace_delivered, Pid, Reference} -> ok end,
    receive {trace, Pid, 'receive', Message} -> ct:fail({woken, Message}) after 0 -> ok end,
    close(Third).

is_waiting(Pid) -> process_info(Pid, current_function) =:= {current_function, {fxaot_dashboard_connection, stream, 2}}.

%% While it does not read, its own process waits for its socket; later it gets in one piece what it has missed.
a_slow_page_misses_nothing(_) ->
    engine(eur, #{}),
    {_, _, First} = next(page(login(?VIEWER))),
    Pid = page_process(),
    Noted = fun(Text) -> fxaot_dashboard_collector:note(log, #{text => Text}) end,
    fxaot_test:until(fun() ->
                             ok = Noted(binary:copy(<<"x">>, 20000)),
                             process_info(Pid, status) =:= {status, suspended}
                                 orelse not is_waiting(Pid)
                     end),
    ok = Noted(<<"last">>),
    {Numbers, Last} = numbers_until(<<"last">>, First, []),
    ?assertEqual(lists:seq(hd(Numbers), lists:last(Numbers)), Numbers),
    %% And the next ones.
    ok = Noted(<<"next">>),
    {_, _, End} = until_update(Last, fun(Update) -> contains(<<"next">>, Update) end),
    close(End).

%% The numbers of all rows up to one with that text.
numbers_until(Text, Page, Before) ->
    {_, #{<<"rows">> := Rows} = Update, Next} = next(Page),
    ?assertNot(is_map_key(<<"missed">>, Update)),
    Numbers = Before ++ [Number || #{<<"n">> := Number} <- Rows],
    case contains(Text, Update) of
        true -> {Numbers, Next};
        false -> numbers_until(Text, Next, Numbers)
    end.

%% It is dropped, and until then neither its process nor the collector keeps what it has not read.
a_page_that_does_not_read(_) ->
    engine(eur, #{}),
    [ok = fxaot:deploy(eur, list_to_atom("s" ++ integer_to_list(N)),
                       #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}})
     || N <- lists:seq(1, 64)],
    _ = page(login(?VIEWER)),
    Pid = page_process(),
    Monitor = monitor(process, Pid),
    Most = feed_until_down(Monitor, Pid, 1, 0),
    ?assert(Most =< 2),
    {message_queue_len, Waiting} = process_info(whereis(fxaot_dashboard_collector), message_queue_len),
    ?assert(Waiting < 100).

%% Quotes that change every update, until the page is gone. The most messages that have waited for it.
feed_until_down(Monitor, Pid, Number, Most) ->
    receive
        {'DOWN', Monitor, process, Pid, _} -> Most
    after 10 ->
            quote(eur, Number, 1.0 + (Number rem 1000) / 10000),
            Waiting = case process_info(Pid, message_queue_len) of
                          {_, Length} -> Length;
                          undefined -> 0
                      end,
            feed_until_down(Monitor, Pid, Number + 1, max(Most, Waiting))
    end.

many_events_are_counted(_) ->
    engine(eur, #{}),
    Page = page(login(?VIEWER)),
    {_, _, Next} = next(Page),
    quote(eur, 1, 1.25),
    Orders = [{ok, _} = fxaot:submit(eur, #{symbol => 'EURUSD', side => buy, quantity => 1000, type => limit, price => 1.0})
              || _ <- lists:seq(1, 2000)],
    ?assertEqual(2000, length(Orders)),
    #{events := Events} = fxaot:stats(eur),
    ?assertEqual(2000, Events),
    ?assert(counted(Next, Events, 0, 0) < 1000).

%% Each event is a row or is counted: the number of rows once all are.
counted(Page, Events, Shown, Counted) when Shown + Counted =:= Events ->
    close(Page),
    Shown;
counted(Page, Events, Shown, Counted) ->
    ?assert(Shown + Counted < Events),
    {_, #{<<"rows">> := Rows}, Next} = next(Page),
    More = [binary_to_integer(hd(binary:split(Text, <<" ">>))) || #{<<"kind">> := <<"gap">>, <<"text">> := Text} <- Rows],
    counted(Next, Events, Shown + length([order || #{<<"kind">> := <<"order">>} <- Rows]), Counted + lists:sum(More)).

a_refused_reload_says_why(_) ->
    engine(eur, #{}),
    Deployment = #{strategy => ma_crossover, instrument => 'EURUSD', timeframe => {minutes, 1}},
    ok = fxaot:deploy(eur, cross, Deployment),
    Page = page(login(?VIEWER)),
    {error, Error} = fxaot:deploy(eur, cross, Deployment#{params => #{fast => 0}}),
    Text = iolist_to_binary(["not reloaded: ", fxaot:format_error(Error)]),
    {_, Update, Last} = until_update(Page, fun(Update) -> contains(<<"not reloaded">>, Update) end),
    ?assertEqual([Text], [Told || #{<<"kind">> := <<"reload">>, <<"text">> := Told} <- maps:get(<<"rows">>, Update)]),
    close(Last).

an_engine_comes_and_goes(_) ->
    Page = page(login(?VIEWER)),
    engine(late, #{}),
    {_, _, Next} = until_update(Page, fun(#{<<"engines">> := #{<<"late">> := #{}}}) -> true;
                                         (_) -> false
                                      end),
    ok = fxaot:stop_engine(late),
    {_, _, Last} = until_update(Next, fun(#{<<"node">> := #{<<"engines">> := Engines}}) -> map_size(Engines) =:= 0;
                                         (_) -> false
                                      end),
    close(Last).

%% ---- configuration -----------------------------------------------------------------

wrong_options(_) ->
    Token = #{name => <<"a">>, role => view, token => ?VIEWER},
    [?assertMatch({Options, {error, {bad_key, #{in := dashboard, key := Key}}}}, {Options, fxaot_config:check([{dashboard, Options}])})
     || {Key, Options} <-
            [{tokens, #{}}, {port, #{port => 65536}}, {ip, #{ip => "127.0.0.1"}}, {rate, #{rate => 21}}, {rate, #{rate => 0}},
             {hosts, #{hosts => [host]}}, {tokens, #{tokens => [Token#{token => <<"short">>}]}},
             {tokens, #{tokens => [Token, Token]}}, {tokens, #{tokens => [Token#{role => admin}]}}, {tokens, #{tokens => [Token | x]}},
             {users, #{users => [#{name => <<"a">>, role => view, password => <<"readable">>}]}},
             {users, #{users => [#{name => <<"a">>, role => view,
                                   password => <<"pbkdf2-sha256$1000$AAAAAAAAAAAAAAAAAAAAAA==$",
                                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=">>}]}},
             {tls, #{tls => #{certfile => "x"}}}, {tls, #{tls => yes}}]],
    ?assertMatch({error, {bad_key, #{key := dashboard}}}, fxaot_config:check([{dashboard, on}])),
    {error, Unknown} = fxaot_config:check([{dashboard, #{prot => 1}}]),
    ?assertEqual(<<"The key dashboard of the application fxaot has no option prot; did you mean port?">>,
                 fxaot:format_error(Unknown)),
    ?assertEqual(ok, fxaot_config:check([{dashboard, off}])),
    %% A secret is in no error.
    {error, Error} = fxaot_config:check([{dashboard, #{tokens => [#{token => <<"secret">>}]}}]),
    ?assertEqual(nomatch, binary:match(fxaot:format_error(Error), <<"secret">>)).

a_port_in_use(_) ->
    {ok, Socket} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Socket),
    application:stop(fxaot),
    application:set_env(fxaot, dashboard, #{port => Port, tokens => tokens()}),
    {error, {{{dashboard_port, _}, Sentence}, _}} = application:start(fxaot),
    ?assertEqual(iolist_to_binary(["Cannot serve the dashboard: another program has the port ", integer_to_list(Port),
                                   " of 127.0.0.1; set port in the key dashboard of fxaot to another one."]), Sentence),
    ok = gen_tcp:close(Socket),
    application:set_env(fxaot, dashboard, #{tokens => tokens(), tls => #{certfile => "/no/cert", keyfile => "/no/key"}}),
    {error, {{{dashboard_tls, _}, NoFile}, _}} = application:start(fxaot),
    ?assertEqual(<<"Cannot serve the dashboard over TLS: there is no file /no/cert.">>, NoFile).

over_tls(Config) ->
    Rsa = [{key, {rsa, 2048, 65537}}],
    Chain = #{root => Rsa, intermediates => [], peer => Rsa},
    #{server_config := Made, client_config := Client} =
        public_key:pkix_test_data(#{server_chain => Chain, client_chain => Chain}),
    Folder = proplists:get_value(priv_dir, Config),
    {Kind, Key} = proplists:get_value(key, Made),
    [Cert, Private] = [begin
                           Path = filename:join(Folder, Name),
                           ok = file:write_file(Path, public_key:pem_encode([{Of, Der, not_encrypted}])),
                           Path
                       end || {Name, Of, Der} <- [{"cert.pem", 'Certificate', proplists:get_value(cert, Made)}, {"key.pem", Kind, Key}]],
    Port = serve(#{tls => #{certfile => Cert, keyfile => Private}}),
    ?assertEqual(iolist_to_binary(["https://127.0.0.1:", integer_to_list(Port), "/"]), fxaot_dashboard:url()),
    Options = [{verify, verify_peer}, {server_name_indication, disable}, {cacerts, proplists:get_value(cacerts, Client)},
               {active, false}, {mode, binary}],
    {ok, Socket} = ssl:connect({127, 0, 0, 1}, Port, Options),
    Body = iolist_to_binary(fxaot_dashboard_json:encode(#{token => ?VIEWER})),
    ok = ssl:send(Socket, ["POST /api/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                           "Content-Type: application/json\r\nContent-Length: ", integer_to_list(byte_size(Body)), "\r\n\r\n",
                           Body]),
    {200, #{<<"set-cookie">> := Set}, _} = answer(read_all_tls(Socket, <<>>)),
    ?assertMatch({match, _}, re:run(Set, "; Secure$")),
    [Cookie | _] = binary:split(Set, <<";">>),
    %% A stream.
    {ok, Page} = ssl:connect({127, 0, 0, 1}, Port, Options),
    ok = ssl:send(Page, ["GET /api/events HTTP/1.1\r\nHost: localhost\r\nCookie: ", Cookie, "\r\n\r\n"]),
    Update = read_until_tls(Page, <<"data: ">>, <<>>),
    ?assertMatch({match, _}, re:run(Update, "HTTP/1.1 200 OK")),
    ok = ssl:close(Page),
    %% Whoever speaks no TLS gets nothing.
    ?assertEqual(closed, try status(get("/", [])) catch error:_ -> closed end).

read_all_tls(Socket, Before) ->
    case ssl:recv(Socket, 0, ?WAIT) of
        {ok, Bytes} -> read_all_tls(Socket, <<Before/binary, Bytes/binary>>);
        {error, closed} -> Before
    end.

read_until_tls(Socket, Part, Before) ->
    case binary:match(Before, Part) of
        nomatch ->
            {ok, Bytes} = ssl:recv(Socket, 0, ?WAIT),
            read_until_tls(Socket, Part, <<Before/binary, Bytes/binary>>);
        _ -> Before
    end.
