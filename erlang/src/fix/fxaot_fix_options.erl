%% @private The options of {@link fxaot_gateway_fix}, checked; docs/fix.md has the same table.
-module(fxaot_fix_options).

-export([check/1, configs/1]).

-define(MAX_MS, 4294967295).

-define(DEFAULTS,
        #{tls => false, sender_sub => none, target_sub => none, username => none, password => none, heartbeat_s => 30,
          journal => sync, logon_timeout_ms => 10000, reset => never, reset_time => none, reset_zone => <<"UTC">>,
          check_times_ms => infinity, resend_ms => 10000, quantity => units, account => none, reconcile => mass,
          reconcile_ms => 10000, positions => false, quotes => true, quote_updates => full, quote_time => sent,
          stale_ms => 5000, heartbeat_ms => 10000, reconnect_ms => {100, 30000}}).
-define(REQUIRED, [host, port, sender, target, store, symbols]).
%% What a connection of its own for quotes may have otherwise.
-define(OF_QUOTES, [host, port, sender, target, sender_sub, target_sub, username, password, tls, heartbeat_s, store,
                    reset, reset_time, reset_zone, journal, logon_timeout_ms, check_times_ms]).

%% @doc Whether the options are right.
-spec check(Options :: map()) -> ok | fxaot:error().
check(Options) ->
    case [Key || Key <- ?REQUIRED, not is_map_key(Key, Options)] of
        Missing -> checked(Missing, Options)
    end.

checked(Missing, Options) ->
    Known = ?REQUIRED ++ maps:keys(?DEFAULTS),
    case {fxaot_terms:known_options(Options, Known), Missing} of
        {ok, []} -> values(lists:sort(maps:to_list(Options)));
        {ok, [First | _]} -> {error, {missing_option, #{option => First}}};
        {Error, _} -> Error
    end.

values([]) -> ok;
values([{Option, Value} | Rest]) ->
    case value(Option, Value) of
        true -> values(Rest);
        Error = {error, _} -> Error;
        %% Without its value, which may be a secret.
        Expected when Option =:= password -> {error, {bad_option, #{option => Option, expected => Expected}}};
        Expected -> {error, {bad_option, #{option => Option, value => Value, expected => Expected}}}
    end.

value(host, Value) -> is_text(Value) orelse "a name or an address, a text";
value(port, Value) -> whole(Value, 1, 65535) orelse "a port from 1 to 65535";
value(Text, Value) when Text =:= sender; Text =:= target -> is_text(Value) orelse "a text without control characters";
value(Text, none) when Text =:= sender_sub; Text =:= target_sub; Text =:= username; Text =:= account -> true;
value(Text, Value) when Text =:= sender_sub; Text =:= target_sub; Text =:= username; Text =:= account ->
    is_text(Value) orelse "a text without control characters";
value(password, Value) ->
    Value =:= none orelse is_text(Value) orelse is_function(Value, 0) orelse "a text, or a function that returns one";
value(store, Value) -> is_text(Value) orelse "a folder, a text";
value(symbols, Value) -> is_symbols(Value) orelse "#{'EURUSD' => \"EUR/USD\"}, or a list of such names, the first to be sent";
value(tls, Value) -> is_boolean(Value) orelse is_list(Value) orelse "true, false or a list of options of ssl";
value(heartbeat_s, Value) -> whole(Value, 1, 3600) orelse "a number of seconds from 1 to 3600";
value(journal, {every, Ms}) -> whole(Ms, 1, ?MAX_MS) orelse journals();
value(journal, Value) -> Value =:= sync orelse Value =:= never orelse journals();
value(Ms, infinity) when Ms =:= check_times_ms; Ms =:= stale_ms -> true;
value(Ms, Value) when Ms =:= logon_timeout_ms; Ms =:= reconcile_ms; Ms =:= check_times_ms; Ms =:= stale_ms ->
    whole(Value, 1, ?MAX_MS) orelse
        ["a number of milliseconds from 1", [", or infinity" || Ms =:= check_times_ms orelse Ms =:= stale_ms]];
value(resend_ms, Value) -> whole(Value, 0, ?MAX_MS) orelse "a number of milliseconds from 0";
value(reset, Value) -> Value =:= never orelse Value =:= logon orelse "never or logon";
value(reset_time, none) -> true;
value(reset_time, {H, M, S}) -> (whole(H, 0, 23) andalso whole(M, 0, 59) andalso whole(S, 0, 59)) orelse times();
value(reset_time, _) -> times();
value(reset_zone, Value) ->
    (is_text(Value) andalso zone(Value) =/= none) orelse
        "a time zone that this system has, such as <<\"America/New_York\">>";
value(quantity, {lots, Units}) -> whole(Units, 1, 1000000000) orelse quantities();
value(quantity, Value) -> Value =:= units orelse quantities();
value(reconcile, Value) -> lists:member(Value, [mass, each, none]) orelse "mass, each or none";
value(positions, Value) -> is_boolean(Value) orelse "true or false";
value(quotes, Value) when is_map(Value) ->
    case fxaot_terms:known_options(Value, ?OF_QUOTES) of
        ok when is_map_key(store, Value) ->
            case values(lists:sort(maps:to_list(Value))) of
                ok -> true;
                Error -> Error
            end;
        ok -> {error, {missing_option, #{option => store}}};
        Unknown -> Unknown
    end;
value(quotes, Value) -> is_boolean(Value) orelse "true, false, or a map of options of a connection for quotes";
value(quote_updates, Value) -> Value =:= full orelse Value =:= incremental orelse "full or incremental";
value(quote_time, Value) -> Value =:= sent orelse Value =:= received orelse "sent or received";
%% fxaot_gateway_link checks them.
value(_, _) -> true.

journals() -> "sync, {every, Milliseconds} or never".
times() -> "{Hour, Minute, Second}, or none".
quantities() -> "units or {lots, UnitsOfOne}".

zone(Name) -> fxaot_eval_time:zone(iolist_to_binary(Name)).

whole(Value, Least, Most) -> is_integer(Value) andalso Value >= Least andalso Value =< Most.

is_text(Value) when is_binary(Value); is_list(Value) ->
    try iolist_to_binary(Value) of
        <<>> -> false;
        Text -> lists:all(fun(Byte) -> Byte >= 32 end, binary_to_list(Text))
    catch error:_ -> false
    end;
is_text(_) -> false.

is_symbols(Symbols) when is_map(Symbols), map_size(Symbols) > 0 ->
    lists:all(fun({Symbol, Names}) -> is_atom(Symbol) andalso is_names(Names) end, maps:to_list(Symbols))
        andalso begin
                    All = lists:append([names(Names) || Names <- maps:values(Symbols)]),
                    length(lists:usort(All)) =:= length(All)
                end;
is_symbols(_) -> false.

is_names(Names) -> is_text(Names) orelse (is_list(Names) andalso Names =/= [] andalso lists:all(fun is_text/1, Names)).

names([First | _] = Names) when not is_integer(First) -> [iolist_to_binary(Name) || Name <- Names];
names(Name) -> [iolist_to_binary(Name)].

%% @doc The sessions' configurations: of orders, and of quotes if they have a connection of their own.
-spec configs(Options :: map()) -> {Orders :: fxaot_fix_session:config(), Quotes :: fxaot_fix_session:config() | none}.
configs(Options) ->
    All = maps:merge(?DEFAULTS, Options),
    Symbols = [{Symbol, names(Names)} || {Symbol, Names} <- lists:sort(maps:to_list(map_get(symbols, Options)))],
    Own = All#{symbols => Symbols, names => maps:from_list([{Symbol, Name} || {Symbol, [Name | _]} <- Symbols]),
               lot => case All of #{quantity := {lots, Units}} -> Units; _ -> 1 end},
    case Own of
        #{quotes := Quotes} when is_map(Quotes) ->
            {session(Own#{quotes => false}), session((maps:merge(Own, Quotes))#{quotes => true})};
        _ -> {session(Own), none}
    end.

session(All) ->
    Texts = maps:from_list([{Key, iolist_to_binary(Value)}
                            || {Key, Value} <- maps:to_list(maps:with([sender, target, sender_sub, target_sub, account,
                                                                       username], All)),
                               Value =/= none]),
    Header = maps:from_list([{Tag, map_get(Key, Texts)}
                             || {Key, Tag} <- [{sender, sender_comp_id}, {target, target_comp_id},
                                               {sender_sub, sender_sub_id}, {target_sub, target_sub_id}],
                                is_map_key(Key, Texts)]),
    Given = maps:filter(fun(_, Value) -> Value =/= none andalso Value =/= infinity end, All),
    maps:merge(Given, Texts#{header => Header, host => binary_to_list(iolist_to_binary(map_get(host, All))),
                             stale_ms => map_get(stale_ms, All), reconcile => map_get(reconcile, All),
                             reset_zone => zone(map_get(reset_zone, All))}).
