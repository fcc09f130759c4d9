-module(fxaot_dashboard_pages_tests).
-include_lib("eunit/include/eunit.hrl").

-define(FIRST, {1700000000000, 1}).
-define(SECOND, {1700000000000, 2}).
-define(THIRD, {1700000000000, 3}).

whole(Last) -> term_to_binary(Last).

sent(Common, Newest, Pages) -> fxaot_dashboard_pages:send(Common, fun whole/1, Newest, Pages).

got() -> receive {fxaot_dashboard, Update} -> Update after 0 -> none end.

a_page_gets_the_next_update_when_it_has_sent_the_one_before_test() ->
    Ready = fxaot_dashboard_pages:is_ready(self(), fxaot_dashboard_pages:add(self(), ?FIRST, own, #{})),
    Busy = sent(<<"second">>, ?SECOND, Ready),
    ?assertEqual(<<"second">>, got()),
    Behind = sent(<<"third">>, ?THIRD, Busy),
    ?assertEqual(none, got()),
    %% Then all that it has missed, from its last row on.
    _ = sent(<<"fourth">>, ?THIRD, fxaot_dashboard_pages:is_ready(self(), Behind)),
    ?assertEqual(whole(?SECOND), got()).

a_socket_takes_updates_and_nobody_is_woken_test() ->
    {ok, Listener} = gen_tcp:listen(0, [binary, {ip, {127, 0, 0, 1}}, {active, false}]),
    {ok, Port} = inet:port(Listener),
    {ok, Client} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {active, false}]),
    {ok, Socket} = gen_tcp:accept(Listener),
    Session = #{id => <<0:128>>, name => <<"a">>, role => view, ends => os:system_time(second) + 1000},
    Ended = ets:new(fxaot_dashboard_login, [named_table]),
    Added = fxaot_dashboard_pages:add(self(), ?FIRST, {{tcp, Socket}, Session}, #{}),
    Sent = sent(<<"one">>, ?SECOND, fxaot_dashboard_pages:is_ready(self(), Added)),
    Again = sent(<<"two">>, ?THIRD, Sent),
    ?assertEqual({none, {ok, <<"onetwo">>}}, {got(), gen_tcp:recv(Client, 6, 5000)}),
    %% A session that has ended is its process's to close, and so is a socket that is gone.
    true = ets:insert(Ended, {<<0:128>>}),
    _ = sent(<<"three">>, ?THIRD, Again),
    ?assertEqual(<<"three">>, got()),
    true = ets:delete(Ended, <<0:128>>),
    ok = gen_tcp:close(Socket),
    _ = sent(<<"four">>, ?THIRD, Again),
    ?assertEqual(<<"four">>, got()),
    true = ets:delete(Ended),
    [ok = gen_tcp:close(Each) || Each <- [Client, Listener]].

an_upgrade_takes_pages_along_test() ->
    Before = #{self() => {page, ?FIRST, true, false}},
    Up = fxaot_dashboard_pages:converted(up, Before),
    _ = sent(<<"second">>, ?SECOND, Up),
    ?assertEqual(<<"second">>, got()),
    ?assertEqual(Up, fxaot_dashboard_pages:converted(up, Up)),
    ?assertEqual(Before, fxaot_dashboard_pages:converted(down, Up)).
