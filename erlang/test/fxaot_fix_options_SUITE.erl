%% The options of the FIX gateway against QuickFIX (`make test-fix'): TLS, changes of quotes, a session of their own,
%% reconciling, positions, resets.
-module(fxaot_fix_options_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include_lib("public_key/include/public_key.hrl").
-include("../include/fxaot.hrl").

-import(fxaot_fix_venue, [start/1, heard/2, told/2, options/2, engine/2, engine/3, up/0, down/0, quoted/3, submitted/2, fill/1,
                          order/2, net/0, figures/0, phase/1]).

-compile([export_all, nowarn_export_all]).

all() ->
    [tls_is_verified, a_client_shows_its_certificate,
     changes_move_quotes, changes_of_two_instruments, quotes_have_a_session_of_their_own, a_stopped_session_of_quotes_is_reset_alone,
     each_order_is_asked_for, a_reject_says_that_an_order_is_unknown, nothing_is_asked_for,
     positions_are_compared, refused_positions_are_none,
     a_reset_with_each_logon, a_daily_reset, lots_and_account].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) -> fxaot_fix_venue:begin_suite(Config).

end_per_suite(Config) -> fxaot_test:end_suite(Config).

init_per_testcase(Case, Config) -> fxaot_fix_venue:begin_case(Case, Config).

end_per_testcase(_, _) -> fxaot_fix_venue:end_case().

%% ---- TLS --------------------------------------------------------------------------

%% QuickFIX's own TLS is not in Debian's build: one that ends here passes all on.
tls(Config, Options) ->
    {ok, Listen} = ssl:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}, {reuseaddr, true} | Options]),
    {ok, {_, Port}} = ssl:sockname(Listen),
    Venue = proplists:get_value(port, Config),
    _ = spawn_link(fun() -> passing(Listen, Venue) end),
    Port.

passing(Listen, Venue) ->
    {ok, Accepted} = ssl:transport_accept(Listen),
    _ = case ssl:handshake(Accepted, 5000) of
            {ok, Outer} ->
                {ok, Inner} = gen_tcp:connect({127, 0, 0, 1}, Venue, [binary, {active, true}, {nodelay, true}]),
                ok = ssl:setopts(Outer, [{active, true}]),
                passed(Outer, Inner);
            {error, _} -> refused
        end,
    passing(Listen, Venue).

passed(Outer, Inner) ->
    receive
        {ssl, Outer, Bytes} -> _ = gen_tcp:send(Inner, Bytes), passed(Outer, Inner);
        {tcp, Inner, Bytes} -> _ = ssl:send(Outer, Bytes), passed(Outer, Inner);
        {Closed, _} when Closed =:= ssl_closed; Closed =:= tcp_closed -> _ = ssl:close(Outer), gen_tcp:close(Inner)
    end.

%% Of a server for `localhost', and of a client: each verifies the other by its own root.
certificates() ->
    Made = [{digest, sha256}, {key, {namedCurve, ?secp256r1}}],
    Chain = fun(Name) ->
                    Names = #'Extension'{extnID = ?'id-ce-subjectAltName', critical = false, extnValue = [{dNSName, Name}]},
                    #{root => Made, intermediates => [], peer => [{extensions, [Names]} | Made]}
            end,
    #{server_config := Server, client_config := Client} =
        public_key:pkix_test_data(#{server_chain => Chain("localhost"), client_chain => Chain("desk.example")}),
    {Server, Client}.

tls_is_verified(Config) ->
    Venue = start(Config),
    {ok, _} = application:ensure_all_started(ssl),
    {Server, Client} = certificates(),
    {_, Other} = certificates(),
    Port = tls(Config, maps_of(Server, [cert, key])),
    Refused = fun(More) ->
                      {error, {connect, Reason}} =
                          fxaot_gateway_fix:connect(one, options(Config, maps:merge(#{host => "localhost", port => Port}, More))),
                      Reason
              end,
    [Roots] = maps_of(Client, [cacerts]),
    ?assertMatch({tls_alert, {unknown_ca, _}}, Refused(#{tls => maps_of(Other, [cacerts])})),
    %% The system's roots, if it has any.
    ?assertMatch({Reason, _} when Reason =:= tls_alert; Reason =:= tls, Refused(#{tls => true})),
    ?assertMatch({tls_alert, {handshake_failure, _}}, Refused(#{tls => [Roots], host => "127.0.0.1"})),
    ?assertMatch({tls_alert, {handshake_failure, _}},
                 Refused(#{tls => [Roots, {server_name_indication, "broker.example"}]})),
    ?assertMatch({options, _}, Refused(#{tls => [{no_such_option, 1}]})),
    %% Neither side takes the other's way.
    ?assertMatch({error, _}, fxaot_gateway_fix:connect(one, options(Config, #{port => Port, logon_timeout_ms => 500}))),
    ?assertMatch({error, {connect, _}}, fxaot_gateway_fix:connect(one, options(Config, #{tls => [Roots]}))),
    fxaot_fix_sup:stop(one),
    engine(Venue, Config, #{host => "localhost", port => Port, tls => [Roots]}),
    quoted(Venue, 1.1, 1.1001),
    _ = submitted(<<"a">>, #{}),
    ?assertMatch(#fill{price = 1.1001, quantity = 10000}, fill(<<"a">>)),
    %% A loss is noticed as without TLS.
    told(Venue, "drop"),
    heard(Venue, <<"subscribe EUR/USD">>),
    up(),
    ?assertMatch(#{connects := 2, differences := 0}, fxaot:gateway(eur)).

a_client_shows_its_certificate(Config) ->
    Venue = start(Config),
    {ok, _} = application:ensure_all_started(ssl),
    {Server, Client} = certificates(),
    Port = tls(Config, [{verify, verify_peer}, {fail_if_no_peer_cert, true} | maps_of(Server, [cert, key, cacerts])]),
    At = #{host => "localhost", port => Port},
    ?assertMatch({error, _}, fxaot_gateway_fix:connect(one, options(Config, At#{tls => maps_of(Client, [cacerts])}))),
    fxaot_fix_sup:stop(one),
    engine(Venue, Config, At#{tls => maps_of(Client, [cacerts, cert, key])}),
    quoted(Venue, 1.1, 1.1001).

maps_of(Options, Keys) -> [Option || {Key, _} = Option <- Options, lists:member(Key, Keys)].

%% ---- quotes -----------------------------------------------------------------------

%% In millionths of a dollar: a position of 10,000 EUR at the bid.
unrealised(Value) -> fxaot_test:until(fun() -> maps:get(unrealised, fxaot:account(eur)) =:= Value end).

entries(Venue, Symbol, Entries) ->
    [told(Venue, ["entry ", Entry]) || Entry <- Entries],
    told(Venue, ["flush ", Symbol]).

changes_move_quotes(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{quote_updates => incremental}),
    %% New entries, then changes of them.
    quoted(Venue, 1.1, 1.1001),
    _ = submitted(<<"a">>, #{}),
    _ = fill(<<"a">>),
    quoted(Venue, 1.1002, 1.1003),
    unrealised(1000000),
    %% A better bid, which goes again; what nobody knows changes nothing.
    entries(Venue, "EUR/USD", ["new bid EUR/USD b2 1.10025"]),
    unrealised(1500000),
    entries(Venue, "EUR/USD", ["change bid EUR/USD b2 1.10027", "delete - EUR/USD nobody -", "change - EUR/USD nobody 1.2"]),
    unrealised(1700000),
    entries(Venue, "EUR/USD", ["delete bid EUR/USD b2 -"]),
    unrealised(1000000),
    %% A book without a bid gives no quote until it has one.
    #{quotes := Before} = fxaot:stats(eur),
    entries(Venue, "EUR/USD", ["delete - EUR/USD b -"]),
    entries(Venue, "EUR/USD", ["change ask EUR/USD a 1.2"]),
    entries(Venue, "EUR/USD", ["new bid EUR/USD b 1.1999"]),
    unrealised(998000000),
    ?assertEqual(Before + 1, maps:get(quotes, fxaot:stats(eur))).

changes_of_two_instruments(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{quote_updates => incremental, symbols => #{'EURUSD' => "EUR/USD", 'GBPUSD' => "GBP/USD"}}),
    quoted(Venue, 1.1, 1.1001),
    told(Venue, "quote GBP/USD 1.25 1.2501"),
    fxaot_test:until(fun() -> maps:get(quotes, fxaot:stats(eur)) =:= 2 end),
    _ = submitted(<<"a">>, #{}),
    _ = submitted(<<"b">>, #{symbol => 'GBPUSD'}),
    _ = fill(<<"a">>),
    _ = fill(<<"b">>),
    %% One message of both, and of a third that nobody has asked for; one of them has no symbol.
    entries(Venue, "EUR/USD", ["change ask GBP/USD a 1.251", "change bid GBP/USD b 1.2502", "new bid USD/JPY j 150.1",
                              "change ask EUR/USD a 1.11", "change bid EUR/USD b 1.1003"]),
    unrealised(3000000),
    entries(Venue, "EUR/USD", ["change bid GBP/USD b 1.2523", "change ask - a 1.2524"]),
    unrealised(24000000),
    ?assertMatch(#{unreadable := 0}, fxaot:gateway(eur)),
    ?assertMatch(#{rejects := 0}, figures()).

quotes_have_a_session_of_their_own(Config) ->
    Venue = start(Config),
    Own = #{sender => "QUOTES", store => filename:join(proplists:get_value(dir, Config), "quotes")},
    engine(Venue, Config, #{quotes => Own, reconnect_ms => {1000, 1000}}),
    heard(Venue, <<"logon QUOTES">>),
    quoted(Venue, 1.1, 1.1001),
    _ = submitted(<<"a">>, #{}),
    _ = fill(<<"a">>),
    %% Quotes go on without the session of orders, and orders without the one of quotes.
    told(Venue, "drop"),
    down(),
    quoted(Venue, 1.1002, 1.1003),
    ?assertEqual({idle, up}, {phase(orders), phase(quotes)}),
    up(),
    told(Venue, "drop QUOTES"),
    fxaot_test:until(fun() -> phase(quotes) =/= up end),
    _ = submitted(<<"b">>, #{}),
    ?assertMatch(#fill{price = 1.1003}, fill(<<"b">>)),
    heard(Venue, <<"subscribe EUR/USD">>),
    quoted(Venue, 1.1004, 1.1005),
    ?assertMatch(#{connects := 2}, fxaot:gateway(eur)).

a_stopped_session_of_quotes_is_reset_alone(Config) ->
    Venue = start(Config),
    Own = #{sender => "QUOTES", store => filename:join(proplists:get_value(dir, Config), "quotes")},
    engine(Venue, Config, #{quotes => Own}),
    told(Venue, "seq 0 1000 QUOTES"),
    told(Venue, "drop QUOTES"),
    fxaot_test:until(fun() -> phase(quotes) =:= stopped end),
    ?assertEqual(up, phase(orders)),
    ok = fxaot_gateway_fix:reset(eur),
    heard(Venue, <<"subscribe EUR/USD">>),
    quoted(Venue, 1.1, 1.1001),
    ?assertEqual(up, phase(orders)),
    ?assertMatch(#{link := up, connects := 1}, fxaot:gateway(eur)).

%% ---- reconciling ------------------------------------------------------------------

%% `a' has been changed, and the venue forgets `b'.
two_orders(Venue) ->
    quoted(Venue, 1.1, 1.1001),
    Limit = #{type => limit, price => 1.09},
    _ = submitted(<<"a">>, Limit),
    _ = submitted(<<"b">>, Limit),
    _ = order(<<"b">>, accepted),
    {ok, _} = fxaot:modify(eur, <<"a">>, #{price => 1.0895}),
    fxaot_test:until(fun() -> {ok, #{price := Price, state := State}} = fxaot:order(eur, <<"a">>),
                              {Price, State} =:= {1.0895, accepted} end),
    told(Venue, "forget b"),
    dropped(Venue).

dropped(Venue) ->
    #{connects := Before} = fxaot:gateway(eur),
    told(Venue, "drop"),
    fxaot_test:until(fun() -> maps:get(connects, fxaot:gateway(eur)) > Before end),
    up().

difference() -> receive {fxaot_gateway, eur, {difference, Difference}} -> Difference after 10000 -> ct:fail(no_difference) end.

no_difference() -> receive {fxaot_gateway, eur, {difference, Difference}} -> ct:fail(Difference) after 0 -> ok end.

each_order_is_asked_for(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{reconcile => each}),
    two_orders(Venue),
    heard(Venue, <<"status b">>),
    ?assertEqual({missing, <<"b">>, #{}}, difference()),
    no_difference(),
    %% The changed order is known by its newest id.
    {ok, _} = fxaot:cancel(eur, <<"a">>),
    _ = order(<<"a">>, cancelled).

a_reject_says_that_an_order_is_unknown(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{reconcile => each}),
    told(Venue, "refuse unknown"),
    two_orders(Venue),
    ?assertEqual({missing, <<"b">>, #{}}, difference()),
    no_difference(),
    ?assertMatch(#{connects := 2}, fxaot:gateway(eur)).

nothing_is_asked_for(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{reconcile => none}),
    two_orders(Venue),
    no_difference(),
    ?assertMatch(#{connects := 2, differences := 0}, fxaot:gateway(eur)).

positions_are_compared(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{positions => true, account => "ACC"}),
    heard(Venue, <<"positions">>),
    quoted(Venue, 1.1, 1.1001),
    _ = submitted(<<"a">>, #{side => sell}),
    _ = fill(<<"a">>),
    %% Another instrument's is none of this engine's.
    told(Venue, "position USD/JPY 7000"),
    dropped(Venue),
    no_difference(),
    told(Venue, "position EUR/USD -4000"),
    dropped(Venue),
    ?assertEqual({position, 'EURUSD', #{engine => -10000, broker => -4000}}, difference()),
    told(Venue, "position EUR/USD -10000"),
    dropped(Venue),
    no_difference().

%% "Not supported" is not "no positions": the link stays down, and comes up when the venue answers.
refused_positions_are_none(Config) ->
    Venue = start(Config),
    told(Venue, "refuse positions"),
    {ok, _} = fxaot:start_engine(eur, #{instruments => ['EURUSD'],
                                        gateway => {fxaot_gateway_fix, options(Config, #{positions => true, account => "ACC"})}}),
    ok = fxaot:subscribe(eur),
    fxaot_test:until(fun() -> maps:get(connects, fxaot:gateway(eur)) >= 3 end),
    ?assertNotEqual(up, maps:get(link, fxaot:gateway(eur))),
    told(Venue, "allow"),
    up(),
    no_difference().

%% ---- resets -----------------------------------------------------------------------

a_reset_with_each_logon(Config) ->
    Venue = start(Config),
    told(Venue, "seq 500 500"),
    engine(Venue, Config, #{reset => logon}),
    ?assert(maps:get(next_in, figures()) < 10),
    quoted(Venue, 1.1, 1.1001),
    _ = submitted(<<"a">>, #{}),
    _ = fill(<<"a">>),
    dropped(Venue),
    heard(Venue, <<"subscribe EUR/USD">>),
    ?assert(maps:get(next_in, figures()) < 10),
    quoted(Venue, 1.1002, 1.1003),
    ?assertMatch(#{fills := 1, differences := 0}, fxaot:gateway(eur)).

%% The numbers of both are of yesterday.
a_daily_reset(Config) ->
    Venue = start(Config),
    told(Venue, "seq 500 500"),
    #{store := Dir} = options(Config, #{}),
    ok = filelib:ensure_dir(filename:join(Dir, "x")),
    Term = term_to_binary({reset, 500, 500, erlang:system_time(millisecond) - 86400000}),
    ok = file:write_file(filename:join(Dir, "session.fix"),
                         [<<"FXAOTFIX", 1, (byte_size(Term)):32, (erlang:crc32(Term)):32>>, Term]),
    engine(Venue, Config, #{reset_time => {17, 0, 0}, reset_zone => <<"America/New_York">>}),
    ?assert(maps:get(next_in, figures()) < 10),
    quoted(Venue, 1.1, 1.1001),
    %% That once.
    [quoted(Venue, 1.1, 1.1001) || _ <- lists:seq(1, 10)],
    dropped(Venue),
    ?assert(maps:get(next_in, figures()) > 10),
    ?assertMatch(#{connects := 2, differences := 0}, fxaot:gateway(eur)).

%% ---- what else there is --------------------------------------------------------------

lots_and_account(Config) ->
    Venue = start(Config),
    engine(Venue, Config, #{quantity => {lots, 100000}, account => "ACC", journal => {every, 10}, quote_time => received}),
    quoted(Venue, 1.1, 1.1001),
    told(Venue, "parts 0.04"),
    _ = submitted(<<"a">>, #{}),
    ?assertEqual([4000, 4000, 2000], [(fill(<<"a">>))#fill.quantity || _ <- [1, 2, 3]]),
    dropped(Venue),
    no_difference(),
    ?assertEqual(10000, net()).
