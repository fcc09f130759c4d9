%% @private The key `dashboard' of the application's environment: `off', or a map. See docs/dashboard.md.
-module(fxaot_dashboard_config).

-export([check/1, read/0, is_loopback/1]).

-export_type([config/0, role/0]).

-type role() :: view | trade.
-type config() ::
        #{port := inet:port_number(), ip := inet:ip_address(), rate := 1..20, hosts := [binary()],
          tokens := [#{name := binary(), role := role(), token := binary()}],
          users := [#{name := binary(), role := role(), password := binary()}],
          tls := none | #{certfile := file:name_all(), keyfile := file:name_all(), password => string()}}.

-define(OPTIONS, [port, ip, rate, hosts, tokens, users, tls]).
-define(SHORTEST_TOKEN, 16).
-define(LONGEST, 256).

%% @doc The options with their defaults.
-spec read() -> off | config().
read() ->
    case fxaot_config:value(dashboard) of
        off -> off;
        Options -> maps:merge(#{port => 8470, ip => {127, 0, 0, 1}, rate => 10, hosts => [], tokens => [], users => [],
                                tls => none}, Options)
    end.

%% @doc An error's details leave values out: they may be secrets.
-spec check(term()) -> ok | fxaot:error().
check(off) -> ok;
check(Options) when is_map(Options) ->
    case maps:keys(maps:without(?OPTIONS, Options)) of
        [] -> each(maps:to_list(Options), Options);
        [Unknown | _] ->
            {error, {unknown_key, (fxaot_near_miss:suggestion(Unknown, ?OPTIONS))#{in => dashboard, key => Unknown,
                                                                                   known => ?OPTIONS}}}
    end;
check(_) -> {error, {bad_key, #{key => dashboard, expected => "off or a map of options"}}}.

each([], Options) ->
    case length(maps:get(tokens, Options, [])) + length(maps:get(users, Options, [])) of
        0 -> bad(tokens, "there, or users: without one nobody can log in");
        _ -> ok
    end;
each([{Option, Value} | Rest], Options) ->
    case expected(Option, Value) of
        ok -> each(Rest, Options);
        Expected -> bad(Option, Expected)
    end.

bad(Option, Expected) -> {error, {bad_key, #{in => dashboard, key => Option, expected => Expected}}}.

expected(port, Port) when is_integer(Port), Port >= 0, Port =< 65535 -> ok;
expected(port, _) -> "a port from 1 to 65535, or 0 for any that is free";
expected(ip, Ip) -> right(inet:is_ip_address(Ip), "an address such as {127,0,0,1} or {0,0,0,0,0,0,0,1}");
expected(rate, Rate) -> right(is_integer(Rate) andalso Rate >= 1 andalso Rate =< 20, "a whole number from 1 to 20");
expected(hosts, Hosts) -> right(all(Hosts, fun is_name/1), "a list of host names as binaries");
expected(tokens, Tokens) ->
    right(all(Tokens, fun is_token/1) andalso are_distinct(Tokens),
          "a list of maps with name, role (view or trade) and token, a binary of 16 to 256 bytes; names are distinct");
expected(users, Users) ->
    right(all(Users, fun is_user/1) andalso are_distinct(Users),
          "a list of maps with name, role (view or trade) and password, as fxaot_dashboard:hash_password/1 makes it; "
          "names are distinct");
expected(tls, none) -> ok;
expected(tls, #{certfile := Cert, keyfile := Key} = Tls) ->
    right(maps:keys(maps:without([certfile, keyfile, password], Tls)) =:= [] andalso is_path(Cert) andalso is_path(Key),
          "none, or a map with certfile, keyfile and, where the key has one, password");
expected(tls, _) -> "none, or a map with certfile, keyfile and, where the key has one, password".

right(true, _) -> ok;
right(false, Expected) -> Expected.

all(List, Is) -> is_list(List) andalso length_of(List) andalso lists:all(Is, List).

length_of(List) -> try length(List) < 1000 catch error:badarg -> false end.

is_token(#{name := Name, role := Role, token := Token} = Map) ->
    map_size(Map) =:= 3 andalso is_name(Name) andalso is_role(Role) andalso is_binary(Token)
        andalso byte_size(Token) >= ?SHORTEST_TOKEN andalso byte_size(Token) =< ?LONGEST;
is_token(_) -> false.

is_user(#{name := Name, role := Role, password := Hash} = Map) ->
    map_size(Map) =:= 3 andalso is_name(Name) andalso is_role(Role) andalso fxaot_dashboard_password:is_hash(Hash);
is_user(_) -> false.

is_name(Name) -> is_binary(Name) andalso Name =/= <<>> andalso byte_size(Name) =< ?LONGEST.

is_role(Role) -> Role =:= view orelse Role =:= trade.

are_distinct(Maps) -> length(lists:usort([Name || #{name := Name} <- Maps])) =:= length(Maps).

is_path(Path) when is_binary(Path) -> Path =/= <<>>;
is_path([_ | _] = Path) -> io_lib:char_list(Path);
is_path(_) -> false.

-spec is_loopback(inet:ip_address()) -> boolean().
is_loopback({127, _, _, _}) -> true;
is_loopback({0, 0, 0, 0, 0, 0, 0, 1}) -> true;
is_loopback(_) -> false.
