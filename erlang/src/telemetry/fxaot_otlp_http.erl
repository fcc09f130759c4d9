%% @private One request of OTLP over HTTP, and what its answer means.
%%
%% A request has a connection of its own: one that was kept may be closed by the receiver at the moment of the next
%% request, and then nobody knows whether that has arrived.
-module(fxaot_otlp_http).

-export([post/2, start/1, retry_after/1]).

-export_type([answer/0]).

-define(MOST_SHOWN, 300).

%% `retry': a later try may succeed; after so many milliseconds, if the receiver asks for that.
-type answer() :: {ok, Refused :: non_neg_integer(), Why :: unicode:chardata()}
                | {retry, AfterMs :: none | non_neg_integer(), Why :: unicode:chardata()}
                | {refused, Why :: unicode:chardata()}.

%% @doc Starts what requests need; the release may lack ssl.
-spec start(fxaot_otlp_config:target()) -> ok | {error, Application :: atom()}.
start(#{url := "https:" ++ _}) ->
    case whereis(ssl_sup) =/= undefined orelse is_started(ssl) of
        true -> ok;
        false -> {error, ssl}
    end;
start(_) -> ok.

%% Not while it runs: the controller of applications answers nobody while it stops this one.
is_started(Application) ->
    case application:ensure_all_started(Application) of
        {ok, _} -> true;
        {error, _} -> false
    end.

%% @doc Sends a request, and waits for its answer as long as its time limit says.
-spec post(fxaot_otlp_config:target(), Body :: iodata()) -> answer().
post(#{url := Url, headers := Headers, timeout := Timeout} = Target, Body) ->
    {Encoding, Encoded} = encoded(Target, Body),
    case tls(Target) of
        {ok, Tls} ->
            All = Encoding ++ [{"content-type", "application/x-protobuf"}, {"user-agent", "fxaot"} | Headers],
            case fxaot_otlp_client:post(Url, All, Encoded, Tls, Timeout) of
                {ok, Status, AnswerHeaders, Answer} -> answered(Status, AnswerHeaders, Answer);
                {error, Reason} -> {retry, none, failure(Reason, Url)}
            end;
        {error, Why} -> {retry, none, Why}
    end.

encoded(#{compression := gzip}, Body) -> {[{"content-encoding", "gzip"}], zlib:gzip(Body)};
encoded(_, Body) -> {[], iolist_to_binary(Body)}.

%% ---- answers --------------------------------------------------------------------

answered(Status, _, Answer) when Status >= 200, Status < 300 ->
    {Refused, Why} = fxaot_otlp_proto:partial(Answer),
    {ok, Refused, shortened(Why)};
answered(Status, Headers, Answer) when Status =:= 429; Status =:= 502; Status =:= 503; Status =:= 504 ->
    {retry, retry_after(maps:get(<<"retry-after">>, Headers, undefined)), said(Status, Answer)};
answered(Status, _, Answer) -> {refused, said(Status, Answer)}.

said(Status, Answer) ->
    case fxaot_otlp_proto:problem(Answer) of
        <<>> -> io_lib:format("the receiver answers ~b", [Status]);
        Why -> io_lib:format("the receiver answers ~b: ~ts", [Status, shortened(Why)])
    end.

shortened(Why) -> string:slice(fxaot_protobuf:utf8(Why), 0, ?MOST_SHOWN).

%% @doc The pause that an answer's header asks for, in milliseconds: seconds, or a date.
-spec retry_after(undefined | binary()) -> none | non_neg_integer().
retry_after(undefined) -> none;
retry_after(Text) ->
    case string:to_integer(Text) of
        {Seconds, <<>>} when Seconds >= 0 -> min(Seconds, 86400) * 1000;
        _ ->
            %% Of a time of day that there is not the seconds fail.
            try
                {Day, _} = Date = httpd_util:convert_request_date(binary_to_list(Text)),
                true = calendar:valid_date(Day),
                Until = calendar:datetime_to_gregorian_seconds(Date)
                    - calendar:datetime_to_gregorian_seconds(calendar:universal_time()),
                max(0, min(Until, 86400)) * 1000
            catch error:_ -> none
            end
    end.

failure(timeout, _) -> "the receiver does not answer in time";
failure({connect, {tls_alert, {Alert, _}}}, Url) ->
    ["the certificate of", place(Url), " is not accepted: ", atom_to_list(Alert)];
failure({connect, Reason}, Url) -> ["no connection to", place(Url), ": ", reason(Reason)];
failure(Reason, _) -> ["the connection failed: ", reason(Reason)].

place(Url) ->
    #{host := Host} = Parts = uri_string:parse(Url),
    [" ", Host | [[":", integer_to_list(Port)] || #{port := Port} <- [Parts], is_integer(Port)]].

reason(Reason) when is_atom(Reason) -> string:replace(atom_to_list(Reason), "_", " ", all);
reason(Reason) -> io_lib:format("~0tP", [Reason, 12]).

%% ---- TLS ------------------------------------------------------------------------

tls(#{url := "https:" ++ _} = Target) ->
    case authorities(Target) of
        {ok, Authorities} ->
            Check = [{match_fun, public_key:pkix_verify_hostname_match_fun(https)}],
            {ok, [{verify, verify_peer}, {depth, 10}, {customize_hostname_check, Check} | Authorities]
             ++ own(certfile, client_certificate, Target) ++ own(keyfile, client_key, Target)};
        Error -> Error
    end;
tls(#{url := "http:" ++ _}) -> {ok, none};
%% Nothing leaves by a way that is not known to be what was asked for.
tls(_) -> {error, "its URL begins neither with http:// nor with https://"}.

authorities(#{certificate := none}) ->
    try {ok, [{cacerts, public_key:cacerts_get()}]}
    catch error:_ -> {error, "this system has no certificates of authorities; set the option certificate"}
    end;
authorities(#{certificate := Path}) ->
    case filelib:is_regular(Path) of
        true -> {ok, [{cacertfile, path(Path)}]};
        false -> {error, ["there is no file ", fxaot_show:name(Path), " with certificates"]}
    end.

own(Key, Option, Target) ->
    case map_get(Option, Target) of
        none -> [];
        Path -> [{Key, path(Path)}]
    end.

path(Path) -> unicode:characters_to_list(Path).
