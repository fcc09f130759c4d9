%% @doc An order over FIX and back: an engine, its gateway, TCP on this machine, and a broker on QuickFIX
%% (Tests/fix/venue.cpp).
-module(fxaot_bench_fix).

-export([venue/0, round_trips/3, bare/2, datasync/1]).

-include("../../erlang/include/fxaot.hrl").

-define(NAME, fxaot_bench_fix).
-define(WAIT_MS, 10000).

%% @doc The broker's program, which Benchmarks/run builds where QuickFIX is installed.
-spec venue() -> {ok, file:filename()} | none.
venue() ->
    Path = filename:absname("_build/bench/venue"),
    case filelib:is_regular(Path) of
        true -> {ok, Path};
        false -> none
    end.

%% @doc Nanoseconds from the call of `fxaot:submit/2' to the broker's acceptance and to the fill, as a subscriber hears of
%% them, for each of so many market orders. `Journal': of the gateway.
-spec round_trips(Venue :: file:filename(), Journal :: sync | never, Count :: pos_integer()) ->
          [{Accepted :: integer(), Filled :: integer()}].
round_trips(Venue, Journal, Count) ->
    _ = application:load(fxaot),
    ok = logger:set_application_level(fxaot, critical),
    {ok, _} = application:ensure_all_started(fxaot),
    {Broker, Port, Dir} = started(Venue),
    {ok, _} = fxaot:start_engine(?NAME, #{
        instruments => ['EURUSD'],
        gateway => {fxaot_gateway_fix, #{host => "127.0.0.1", port => Port, sender => "DESK", target => "BROKER",
                                         store => filename:join(Dir, "desk"), journal => Journal,
                                         symbols => #{'EURUSD' => "EUR/USD"}}}}),
    ok = fxaot:subscribe(?NAME),
    told(Broker, <<"subscribe EUR/USD">>),
    Broker ! {command, "quote EUR/USD 1.1 1.1001\n"},
    told(Broker, <<"done quote">>),
    until(fun() -> maps:get(link, fxaot:gateway(?NAME)) =:= up andalso maps:get(quotes, fxaot:stats(?NAME)) > 0 end),
    Times = [ordered(N) || N <- lists:seq(1, Count)],
    #{fills := Count, differences := 0} = fxaot:gateway(?NAME),
    ok = application:stop(fxaot),
    ok = logger:unset_application_level(fxaot),
    ended(Broker, Dir),
    %% The first orders find cold code and files.
    lists:nthtail(Count div 10, Times).

%% Buys and sells in turns, so that the margin stays.
ordered(N) ->
    Side = case N rem 2 of
               0 -> sell;
               1 -> buy
           end,
    Order = #{id => integer_to_binary(N), symbol => 'EURUSD', side => Side, quantity => 1000},
    Began = erlang:monotonic_time(nanosecond),
    {ok, _} = fxaot:submit(?NAME, Order),
    Accepted = heard(fun(Event) -> is_record(Event, order) andalso Event#order.state =:= accepted end, []),
    Filled = heard(fun(Event) -> is_record(Event, fill) end, []),
    {Accepted - Began, Filled - Began}.

%% When the first event came that it is, also one of a message before.
heard(Is, []) ->
    receive
        {fxaot_events, ?NAME, _, _, Events} -> heard(Is, [{erlang:monotonic_time(nanosecond), Event} || Event <- Events])
    after ?WAIT_MS -> error({no_event, process_info(self(), messages)})
    end;
heard(Is, [{Time, Event} | Rest]) ->
    case Is(Event) of
        true ->
            %% Acceptance and fill may come in one message.
            _ = [self() ! {fxaot_events, ?NAME, 0, 0, [Other || {_, Other} <- Rest]} || Rest =/= []],
            Time;
        false -> heard(Is, Rest)
    end.

%% @doc The same from a process that has but a socket: nanoseconds from the encoding of an order to the broker's acceptance.
-spec bare(Venue :: file:filename(), Count :: pos_integer()) -> [integer()].
bare(Venue, Count) ->
    {Broker, Port, Dir} = started(Venue),
    {ok, Socket} = gen_tcp:connect("127.0.0.1", Port, [binary, {active, false}, {nodelay, true}]),
    sent(Socket, 1, logon, #{encrypt_method => 0, heart_bt_int => 60}),
    {_, Rest} = read(Socket, <<>>),
    Broker ! {command, "quote EUR/USD 1.1 1.1001\n"},
    told(Broker, <<"done quote">>),
    {Times, _} = lists:mapfoldl(fun(N, Left) -> bare_order(Socket, N, Left) end, Rest, lists:seq(2, Count + 1)),
    ok = gen_tcp:close(Socket),
    ended(Broker, Dir),
    lists:nthtail(Count div 10, Times).

bare_order(Socket, N, Left) ->
    Side = case N rem 2 of
               0 -> <<"1">>;
               1 -> <<"2">>
           end,
    Order = #{cl_ord_id => integer_to_binary(N), symbol => <<"EUR/USD">>, side => Side, order_qty => 1000,
              ord_type => <<"1">>, transact_time => fxaot_fix_time:text(erlang:system_time(millisecond))},
    Began = erlang:monotonic_time(nanosecond),
    sent(Socket, N, new_order_single, Order),
    {Messages, Rest} = read(Socket, Left),
    Accepted = erlang:monotonic_time(nanosecond),
    {Accepted - Began, filled(Socket, Messages, Rest)}.

sent(Socket, N, Name, Fields) ->
    {ok, Bytes} = fxaot_fix_codec:encode(Name, Fields#{sender_comp_id => <<"DESK">>, target_comp_id => <<"BROKER">>,
                                                       msg_seq_num => N,
                                                       sending_time => fxaot_fix_time:text(erlang:system_time(millisecond))}),
    ok = gen_tcp:send(Socket, Bytes).

read(Socket, Bytes) ->
    case Bytes =/= <<>> andalso fxaot_fix_codec:decode_many(Bytes, 65536) of
        {ok, [_ | _] = Messages, Rest} -> {Messages, Rest};
        _ ->
            {ok, More} = gen_tcp:recv(Socket, 0, ?WAIT_MS),
            read(Socket, <<Bytes/binary, More/binary>>)
    end.

filled(Socket, Messages, Rest) ->
    case [Fill || {execution_report, #{exec_type := <<"F">>} = Fill} <- Messages] of
        [] ->
            {More, Left} = read(Socket, Rest),
            filled(Socket, More, Left);
        _ -> Rest
    end.

%% @doc Nanoseconds that the system takes to make 200 bytes more of a file durable, of each of so many times.
-spec datasync(Count :: pos_integer()) -> [integer()].
datasync(Count) ->
    Path = filename:absname("_build/bench/datasync"),
    {ok, File} = file:open(Path, [raw, binary, append]),
    Times = [begin
                 ok = file:write(File, binary:copy(<<"x">>, 200)),
                 Began = erlang:monotonic_time(nanosecond),
                 ok = file:datasync(File),
                 erlang:monotonic_time(nanosecond) - Began
             end || _ <- lists:seq(1, Count)],
    ok = file:close(File),
    ok = file:delete(Path),
    Times.

%% ---- the broker -----------------------------------------------------------------

started(Venue) ->
    Dir = filename:absname("_build/bench/fix"),
    _ = file:del_dir_r(Dir),
    ok = filelib:ensure_path(Dir),
    Port = free_port(),
    Self = self(),
    Broker = spawn_link(fun() -> broker(Self, [Venue, integer_to_list(Port), "-", "Tests/fix/FIX44.xml"]) end),
    told(Broker, <<"ready">>),
    {Broker, Port, Dir}.

ended(Broker, Dir) ->
    Broker ! {command, "quit\n"},
    told(Broker, closed),
    _ = file:del_dir_r(Dir),
    ok.

free_port() ->
    {ok, Probe} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Probe),
    ok = gen_tcp:close(Probe),
    Port.

%% `-': it writes neither files nor lines about orders, which are no part of an order's way.
broker(Parent, [Venue | Arguments]) ->
    Port = open_port({spawn_executable, Venue}, [{args, Arguments}, {line, 1000}, binary, exit_status]),
    brokering(Parent, Port).

brokering(Parent, Port) ->
    receive
        {command, Line} ->
            port_command(Port, Line),
            brokering(Parent, Port);
        {Port, {data, {eol, Line}}} ->
            Parent ! {said, self(), Line},
            brokering(Parent, Port);
        {Port, {exit_status, _}} -> Parent ! {said, self(), closed}
    end.

told(Broker, What) ->
    receive {said, Broker, What} -> ok
    after ?WAIT_MS -> error({broker_did_not_say, What})
    end.

until(Is) ->
    case Is() of
        true -> ok;
        false ->
            receive after 1 -> ok end,
            until(Is)
    end.
