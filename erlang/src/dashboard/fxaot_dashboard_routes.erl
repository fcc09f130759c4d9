%% @private What is answered to a request, and to whom.
%%
%% | path | who | what |
%% | / and the page's files | all | they have no data |
%% | GET /api/session | all | name, role and CSRF token, or null |
%% | POST /api/login | all | a session's cookie for a token, or for a name and a password |
%% | POST /api/logout | view | ends the session |
%% | GET /api/events | view | the stream |
%% | GET /api/bars, /api/trades | view | of a strategy, of an engine |
%% | POST /api/check, /api/act | trade | see fxaot_dashboard_acts |
-module(fxaot_dashboard_routes).

-include("../telemetry/fxaot_log.hrl").

-export([context/3, answer/2, failure/1, headers/1]).

-export_type([context/0, answer/0]).

-type context() :: #{config := fxaot_dashboard_config:config(), key := fxaot_dashboard_session:key(),
                     port := inet:port_number(), ip := inet:ip_address()}.
-type answer() :: {Status :: 200..599, [{binary(), iodata()}], iodata()}.

-define(MOST_LOGIN, 4096).
-define(MOST_BARS, 1000).

%% No other file is ever read.
-define(FILES, #{<<"/">> => {"dashboard/index.html", <<"text/html; charset=utf-8">>},
                 <<"/dashboard.css">> => {"dashboard/dashboard.css", <<"text/css; charset=utf-8">>},
                 <<"/dashboard.js">> => {"dashboard/dashboard.js", <<"text/javascript; charset=utf-8">>},
                 <<"/format.js">> => {"dashboard/format.js", <<"text/javascript; charset=utf-8">>},
                 <<"/chart.js">> => {"dashboard/chart.js", <<"text/javascript; charset=utf-8">>},
                 <<"/panels.js">> => {"dashboard/panels.js", <<"text/javascript; charset=utf-8">>},
                 <<"/acts.js">> => {"dashboard/acts.js", <<"text/javascript; charset=utf-8">>},
                 <<"/icon.svg">> => {"dashboard/icon.svg", <<"image/svg+xml">>},
                 <<"/lightweight-charts.js">> => {"www/lightweight-charts.js", <<"text/javascript; charset=utf-8">>},
                 <<"/lightweight-charts.NOTICE.txt">> => {"www/lightweight-charts.NOTICE.txt",
                                                          <<"text/plain; charset=utf-8">>}}).

-spec context(fxaot_dashboard_config:config(), inet:port_number(), inet:ip_address()) -> context().
context(Config, Port, Ip) -> #{config => Config, key => fxaot_dashboard_session:key(Config), port => Port, ip => Ip}.

%% @doc Of every answer.
-spec headers(context()) -> [{binary(), binary()}].
headers(_) ->
    [{<<"content-security-policy">>,
      <<"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'">>},
     {<<"x-content-type-options">>, <<"nosniff">>}, {<<"x-frame-options">>, <<"DENY">>},
     {<<"referrer-policy">>, <<"no-referrer">>}, {<<"cross-origin-opener-policy">>, <<"same-origin">>},
     {<<"cross-origin-resource-policy">>, <<"same-origin">>}, {<<"cache-control">>, <<"no-store">>}].

-spec failure(400..599) -> answer().
failure(Status) -> {Status, [{<<"content-type">>, <<"text/plain; charset=utf-8">>}], <<"fxaot: not served.\n">>}.

json(Value) -> json(200, [], Value).

json(Status, Headers, Value) ->
    {Status, [{<<"content-type">>, <<"application/json">>} | Headers], fxaot_dashboard_json:encode(Value)}.

%% @doc Or the stream of a session, from the last row on that the page has.
-spec answer(fxaot_dashboard_request:request(), context()) ->
          answer() | {stream, fxaot_dashboard_session:session(), {integer(), integer()} | none}.
answer(#{headers := Headers} = Request, Context) ->
    case is_host(maps:get(<<"host">>, Headers, <<>>), Context) of
        true -> routed(Request, Context);
        false -> failure(421)
    end.

%% Another site's name for this address (DNS rebinding) must not reach the page: by an address, as localhost, or by a name
%% that the configuration has.
is_host(Given, #{config := #{hosts := Hosts}}) ->
    Name = without_port(string:lowercase(Given)),
    Name =:= <<"localhost">> orelse lists:member(Name, [string:lowercase(Host) || Host <- Hosts])
        orelse is_address(Name).

without_port(<<"[", Rest/binary>>) ->
    case binary:split(Rest, <<"]">>) of
        [Address, _] -> Address;
        _ -> <<>>
    end;
without_port(Host) -> hd(binary:split(Host, <<":">>)).

is_address(Name) -> try inet:parse_strict_address(binary_to_list(Name)) of {ok, _} -> true; _ -> false catch _:_ -> false end.

routed(#{method := Method, path := <<"/api/", _/binary>> = Path, headers := Headers} = Request, Context) ->
    case is_own(Method, Headers) of
        true -> api(Method, Path, Request, session(Headers, Context), Context);
        false -> failure(403)
    end;
routed(#{method := Method, path := Path}, _) when Method =:= <<"GET">>; Method =:= <<"HEAD">> ->
    case ?FILES of
        #{Path := {Name, Type}} ->
            case file:read_file(filename:join(fxaot_upgrade:priv(), Name)) of
                {ok, Bytes} -> {200, [{<<"content-type">>, Type}], Bytes};
                %% The page works without it, and says so.
                {error, _} when Path =:= <<"/lightweight-charts.js">> -> {200, [{<<"content-type">>, Type}], <<>>};
                {error, _} -> failure(404)
            end;
        #{} -> failure(404)
    end;
routed(_, _) -> failure(405).

%% Whether this origin's own page asks: browsers say so, others need not.
is_own(Method, Headers) ->
    Site = maps:get(<<"sec-fetch-site">>, Headers, <<"same-origin">>),
    Origin = maps:get(<<"origin">>, Headers, none),
    Host = maps:get(<<"host">>, Headers, <<>>),
    (Site =:= <<"same-origin">> orelse Site =:= <<"none">> andalso Method =:= <<"GET">>)
        andalso (Origin =:= none orelse Origin =:= <<"http://", Host/binary>> orelse Origin =:= <<"https://", Host/binary>>).

session(#{<<"cookie">> := Cookies}, #{key := Key, config := #{port := Port}}) ->
    Name = fxaot_dashboard_session:cookie_name(Port),
    Size = byte_size(Name),
    Values = [Value || Cookie <- binary:split(Cookies, <<";">>, [global]),
                       <<Given:Size/binary, "=", Value/binary>> <- [string:trim(Cookie)], Given =:= Name],
    case Values of
        [Value] ->
            case fxaot_dashboard_session:read(Key, Value, os:system_time(second)) of
                {ok, Session} ->
                    case fxaot_dashboard_login:is_ended(Session) of
                        true -> none;
                        false -> Session
                    end;
                none -> none
            end;
        _ -> none
    end;
session(_, _) -> none.

%% ---- the interface of the page ---------------------------------------------------

api(<<"GET">>, <<"/api/session">>, _, none, _) -> json(#{name => null});
api(<<"GET">>, <<"/api/session">>, _, #{name := Name, role := Role} = Session, #{key := Key}) ->
    json(#{name => Name, role => Role, csrf => fxaot_dashboard_session:csrf(Key, Session)});
api(<<"POST">>, <<"/api/login">>, #{body := Body} = Request, _, Context) when byte_size(Body) =< ?MOST_LOGIN ->
    case posted(Request) of
        {ok, Fields} -> login(Fields, Context);
        Failure -> Failure
    end;
api(<<"POST">>, <<"/api/login">>, _, _, _) -> failure(413);
api(_, _, _, none, _) -> failure(401);
api(<<"GET">>, <<"/api/events">>, #{headers := Headers, query := Query}, Session, _) ->
    {stream, Session, last(maps:get(<<"last-event-id">>, Headers, maps:get(<<"last">>, fields(Query), <<>>)))};
api(<<"GET">>, <<"/api/bars">>, #{query := Query}, _, _) -> bars(fields(Query));
api(<<"GET">>, <<"/api/trades">>, #{query := Query}, _, _) -> trades(fields(Query));
api(<<"POST">>, Path, #{headers := Headers} = Request, #{role := Role} = Session, #{key := Key} = Context) ->
    Token = maps:get(<<"x-csrf-token">>, Headers, <<>>),
    Wanted = fxaot_dashboard_session:csrf(Key, Session),
    case {byte_size(Token) =:= byte_size(Wanted) andalso crypto:hash_equals(Token, Wanted), Path, posted(Request)} of
        {false, _, _} -> failure(403);
        {true, <<"/api/logout">>, _} -> logout(Session, Context);
        {true, Act, _} when Act =/= <<"/api/act">>, Act =/= <<"/api/check">> -> failure(404);
        {true, _, _} when Role =/= trade -> failure(403);
        {true, <<"/api/check">>, {ok, Fields}} -> json(fxaot_dashboard_acts:check(Fields));
        {true, <<"/api/act">>, {ok, Fields}} -> json(fxaot_dashboard_acts:act(Fields, Session, map_get(ip, Context)));
        {true, _, Failure} -> Failure
    end;
api(_, _, _, _, _) -> failure(404).

%% Only JSON: a form of another site cannot send that.
posted(#{headers := Headers, body := Body}) ->
    case maps:get(<<"content-type">>, Headers, <<>>) of
        <<"application/json", _/binary>> ->
            case fxaot_json:decode(Body) of
                {ok, Fields} when is_map(Fields) -> {ok, Fields};
                _ -> failure(400)
            end;
        _ -> failure(415)
    end.

fields(Query) ->
    case uri_string:dissect_query(Query) of
        Pairs when is_list(Pairs) -> maps:from_list([Pair || {_, Value} = Pair <- Pairs, is_binary(Value)]);
        _ -> #{}
    end.

last(Text) ->
    try
        [Incarnation, Number] = binary:split(binary:part(Text, 0, min(40, byte_size(Text))), <<"-">>),
        {binary_to_integer(Incarnation), binary_to_integer(Number)}
    catch error:_ -> none
    end.

%% ---- login -------------------------------------------------------------------------

login(#{<<"token">> := Token}, #{ip := Ip} = Context) when is_binary(Token) ->
    entered(fxaot_dashboard_login:token(Ip, Token), Context);
login(#{<<"name">> := Name, <<"password">> := Password}, #{ip := Ip} = Context)
  when is_binary(Name), is_binary(Password) ->
    entered(fxaot_dashboard_login:password(Ip, Name, Password), Context);
login(_, _) -> failure(400).

entered({ok, Name, Role}, #{key := Key, ip := Ip} = Context) ->
    ?FXAOT_LOG(notice, #{text => io_lib:format("the dashboard: ~ts at ~ts has logged in", [Name, inet:ntoa(Ip)])}),
    {Session, Cookie} = fxaot_dashboard_session:new(Key, Name, Role, os:system_time(second)),
    json(200, [cookie(Cookie, 12 * 3600, Context)],
         #{name => Name, role => Role, csrf => fxaot_dashboard_session:csrf(Key, Session)});
entered(wrong, #{ip := Ip}) ->
    ?FXAOT_LOG(warning, #{text => ["the dashboard: a wrong login from ", inet:ntoa(Ip)]}),
    json(401, [], #{error => <<"Unknown token, or wrong name or password.">>});
entered({wait, Seconds}, _) ->
    json(429, [{<<"retry-after">>, integer_to_binary(Seconds)}],
         #{error => iolist_to_binary(["Too many wrong logins: wait ", integer_to_binary(Seconds), " s."])});
entered(busy, _) -> json(503, [{<<"retry-after">>, <<"5">>}], #{error => <<"Too many logins at once: try again.">>}).

cookie(Value, Seconds, #{config := #{port := Port, tls := Tls}}) ->
    {<<"set-cookie">>, [fxaot_dashboard_session:cookie_name(Port), $=, Value, <<"; Path=/; HttpOnly; SameSite=Strict; Max-Age=">>,
                        integer_to_binary(Seconds), case Tls of none -> <<>>; _ -> <<"; Secure">> end]}.

logout(Session, Context) ->
    ok = fxaot_dashboard_login:end_session(Session),
    json(200, [cookie(<<>>, 0, Context)], #{name => null}).

%% ---- reading -------------------------------------------------------------------------

bars(#{<<"engine">> := Engine, <<"strategy">> := Id} = Fields) ->
    Most = case string:to_integer(maps:get(<<"most">>, Fields, <<"500">>)) of
               {Number, <<>>} when is_integer(Number), Number > 0, Number =< ?MOST_BARS -> Number;
               _ -> 500
           end,
    with_names([Engine, Id], fun([Name, Strategy]) ->
                                     case fxaot_engine_call:ask(Name, {dashboard_bars, Strategy, Most}) of
                                         {ok, First, Bars, IsOpen} ->
                                             json({json, fxaot_dashboard_render:bars({First, IsOpen, Bars})});
                                         _ -> json(null)
                                     end
                             end);
bars(_) -> failure(400).

trades(#{<<"engine">> := Engine}) ->
    with_names([Engine], fun([Name]) ->
                                 case fxaot_engine_call:ask(Name, {dashboard_trades, 1000}) of
                                     {ok, Trades} -> json([fxaot_dashboard_render:trade(Trade) || Trade <- Trades]);
                                     _ -> json(null)
                                 end
                         end);
trades(_) -> failure(400).

%% Names that there are not are no atoms either, and none is made.
with_names(Texts, Do) ->
    try [binary_to_existing_atom(Text) || Text <- Texts] of
        Names -> Do(Names)
    catch error:_ -> json(null)
    end.
