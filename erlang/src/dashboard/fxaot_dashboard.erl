%% @doc The dashboard: engines, charts, orders and alarms in a browser, live; see docs/dashboard.md.
%%
%% It is off unless the application's key `dashboard' says where it listens and who may see or act.
-module(fxaot_dashboard).

-export([url/0, hash_password/1]).
-export([child/0, check/0]).

%% @doc Where the page is now; `none' while it is off or its port is taken.
-spec url() -> binary() | none.
url() ->
    case {fxaot_dashboard_config:read(), fxaot_dashboard_listener:port()} of
        {#{ip := Ip, tls := Tls}, Port} when is_integer(Port) ->
            Scheme = case Tls of none -> "http"; _ -> "https" end,
            iolist_to_binary([Scheme, "://", shown(Ip), ":", integer_to_list(Port), "/"]);
        _ -> none
    end.

shown(Ip) when tuple_size(Ip) =:= 8 -> ["[", inet:ntoa(Ip), "]"];
shown(Ip) -> inet:ntoa(Ip).

%% @doc A user's password as the configuration has it: PBKDF2-HMAC-SHA256, 600,000 rounds, which takes about two seconds.
-spec hash_password(Password :: binary()) -> binary().
hash_password(Password) when is_binary(Password) -> fxaot_dashboard_password:hash(Password).

%% @private For the application's supervisor. Without its key there are no processes.
-spec child() -> supervisor:child_spec().
child() ->
    fxaot_area_sup:child(fxaot_dashboard_sup,
                         case fxaot_dashboard_config:read() of
                             off -> [];
                             _ -> [#{id => Module, start => {Module, start_link, []}}
                                   || Module <- [fxaot_dashboard_login, fxaot_dashboard_collector,
                                                 fxaot_dashboard_listener]]
                         end).

%% @private
-spec check() -> ok | fxaot:error().
check() -> fxaot_dashboard_listener:check().
