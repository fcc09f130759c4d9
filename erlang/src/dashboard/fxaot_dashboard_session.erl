%% @private Sessions without a table: the cookie carries name, role and end, under a key that is made from the
%% configuration's secrets. So a page goes on after the node's restart, and another token or password ends what
%% it has begun.
-module(fxaot_dashboard_session).

-export([key/1, new/4, read/3, csrf/2, cookie_name/1, by_token/2]).

-export_type([key/0, session/0]).

-opaque key() :: binary().
%% `id' is the cookie's own random number, `ends' in seconds since 1970.
-type session() :: #{id := binary(), name := binary(), role := fxaot_dashboard_config:role(), ends := integer()}.

-define(SECONDS, 12 * 3600).

-spec key(fxaot_dashboard_config:config()) -> key().
key(#{tokens := Tokens, users := Users}) ->
    crypto:mac(hmac, sha256, <<"fxaot dashboard">>, term_to_binary({lists:sort(Tokens), lists:sort(Users)})).

%% @doc The value of a cookie that is good for twelve hours.
-spec new(key(), Name :: binary(), fxaot_dashboard_config:role(), Now :: integer()) -> {session(), Cookie :: binary()}.
new(Key, Name, Role, Now) ->
    Session = #{id => crypto:strong_rand_bytes(16), name => Name, role => Role, ends => Now + ?SECONDS},
    {Session, written(Key, Session)}.

written(Key, #{id := Id, name := Name, role := Role, ends := Ends}) ->
    Body = <<Id:16/binary, Ends:64, (letter(Role)), Name/binary>>,
    <<(hex(sum(Key, Body)))/binary, (hex(Body))/binary>>.

letter(view) -> $v;
letter(trade) -> $t.

%% @doc The session of a cookie, unless it is forged or over.
-spec read(key(), Cookie :: binary(), Now :: integer()) -> {ok, session()} | none.
read(Key, <<Sum:64/binary, Text/binary>>, Now) when byte_size(Text) >= 50, byte_size(Text) =< 1024 ->
    try {binary:decode_hex(Sum), binary:decode_hex(Text)} of
        {Mac, <<Id:16/binary, Ends:64, Letter, Name/binary>> = Body} when Ends > Now ->
            case crypto:hash_equals(sum(Key, Body), Mac) of
                true -> {ok, #{id => Id, name => Name, role => role(Letter), ends => Ends}};
                false -> none
            end;
        _ -> none
    catch error:badarg -> none
    end;
read(_, _, _) -> none.

role($t) -> trade;
role(_) -> view.

sum(Key, Body) -> crypto:mac(hmac, sha256, Key, [<<"session">>, Body]).

%% @doc What the page sends along with each act.
-spec csrf(key(), session()) -> binary().
csrf(Key, #{id := Id}) -> hex(crypto:mac(hmac, sha256, Key, [<<"csrf">>, Id])).

hex(Bytes) -> binary:encode_hex(Bytes).

%% @doc Cookies are a host's and not a port's: two nodes of a host must not take each other's.
-spec cookie_name(inet:port_number()) -> binary().
cookie_name(Port) -> <<"fxaot_", (integer_to_binary(Port))/binary>>.

%% @doc Whose token it is. Compares sums, so that time tells nothing.
-spec by_token(fxaot_dashboard_config:config(), Token :: binary()) ->
          {ok, Name :: binary(), fxaot_dashboard_config:role()} | none.
by_token(#{tokens := Tokens}, Given) ->
    Sum = crypto:hash(sha256, Given),
    case [{Name, Role} || #{name := Name, role := Role, token := Token} <- Tokens,
                          crypto:hash_equals(crypto:hash(sha256, Token), Sum)] of
        [{Name, Role} | _] -> {ok, Name, Role};
        [] -> none
    end.
