%% @doc What the dashboard costs an engine's quotes: without it, with it and no page, and with 50 pages that get 20 updates a
%% second. scripts/dashboard-cost runs it.
%%
%% The three take turns, so that a slower minute of the machine is everybody's. Pages are sockets of another process of the
%% operating system, at the lowest priority, which reads all that it gets.
-module(fxaot_bench_dashboard).

-export([main/0, pages/1]).

-define(ENGINE, ?MODULE).
-define(TOKEN, <<"benchmark-token-0123456789">>).
-define(PAGES, 50).
-define(ROUNDS, 8).
-define(SECONDS, 1).
-define(PART, 4096).
%% Quotes of one burst at a live pace, 1,000 bursts a second.
-define(BURST, 20).

-spec main() -> no_return().
main() ->
    ok = logger:set_primary_config(level, warning),
    _ = application:load(fxaot),
    {ok, Market} = fxaot_nif:market(#{seed => 7, start => 1704240000000000000}),
    Rounds = [[{Arm, measured(Arm, Market)} || Arm <- order(Round)] || Round <- lists:seq(1, ?ROUNDS)],
    [shown(Kind, Rounds) || Kind <- [quote, replay, live]],
    halt(0).

%% Whoever is first or last has no advantage.
order(Round) when Round rem 2 =:= 0 -> [off, idle, pages];
order(_) -> [pages, idle, off].

shown(Kind, Rounds) ->
    Of = fun(Arm) -> [maps:get(Kind, Figures) || Round <- Rounds, {Name, Figures} <- Round, Name =:= Arm] end,
    Off = Of(off),
    io:format("~-7ts ~8.1f ns a quote without", [Kind, median(Off)]),
    [io:format(", ~ts ~.1f (~ts)", [Text, median(Of(Arm)), percent([With / Without - 1 || {With, Without} <- lists:zip(Of(Arm), Off)])])
     || {Arm, Text} <- [{idle, "no page"}, {pages, "50 pages"}]],
    io:format("~n").

percent(Ratios) -> io_lib:format("~.2f %, from ~.2f to ~.2f", [100 * median(Ratios), 100 * quantile(0.25, Ratios), 100 * quantile(0.75, Ratios)]).

median(List) -> quantile(0.5, List).

quantile(Share, List) -> lists:nth(1 + round(Share * (length(List) - 1)), lists:sort(List)).

measured(Arm, Market) ->
    application:set_env(fxaot, dashboard, case Arm of
                                              off -> off;
                                              _ -> #{port => 0, rate => 20,
                                                     tokens => [#{name => <<"b">>, role => view, token => ?TOKEN}]}
                                          end),
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(?ENGINE, #{instruments => ['EURUSD']}),
    [ok = fxaot:deploy(?ENGINE, Id, #{strategy => Strategy, instrument => 'EURUSD', timeframe => {minutes, 1}})
     || {Id, Strategy} <- [{a, ma_crossover}, {b, momentum_breakout}, {c, mean_reversion}, {d, ma_crossover}]],
    Readers = [readers() || Arm =:= pages],
    Figures = #{quote => full(fun ticked/1, Market), replay => full(fun batch/1, Market), live => live(Market)},
    [stopped(Port) || Port <- Readers],
    ok = application:stop(fxaot),
    Figures.

quotes(Market, Count) ->
    {ok, Quotes} = fxaot_nif:market_next(Market, 1 bsl 62, Count),
    Quotes.

%% As fast as it goes.
full(Send, Market) -> full(Send, Market, erlang:monotonic_time(millisecond) + 1000 * ?SECONDS, 0, 0).

full(Send, Market, End, Ns, Count) ->
    case erlang:monotonic_time(millisecond) < End of
        true ->
            Quotes = quotes(Market, 100000),
            Began = erlang:monotonic_time(nanosecond),
            Send(Quotes),
            full(Send, Market, End, Ns + erlang:monotonic_time(nanosecond) - Began, Count + 100000);
        false -> Ns / Count
    end.

ticked(<<Time:64/little, _:64, Bid:64/little-float, Ask:64/little-float, _:128, Rest/binary>>) ->
    _ = fxaot:tick(?ENGINE, 'EURUSD', Time, Bid, Ask),
    ticked(Rest);
ticked(<<>>) -> ok.

batch(<<Part:(48 * ?PART)/binary, Rest/binary>>) ->
    _ = fxaot:ticks(?ENGINE, Part),
    batch(Rest);
batch(Quotes) ->
    _ = fxaot:ticks(?ENGINE, Quotes),
    ok.

%% 20,000 a second, with pauses as a feed has them.
live(Market) ->
    Quotes = quotes(Market, ?BURST * 1000 * ?SECONDS),
    median(bursts(Quotes)).

bursts(<<Part:(48 * ?BURST)/binary, Rest/binary>>) ->
    receive after 1 -> ok end,
    Began = erlang:monotonic_time(nanosecond),
    ticked(Part),
    [(erlang:monotonic_time(nanosecond) - Began) / ?BURST | bursts(Rest)];
bursts(<<>>) -> [].

%% ---- pages ----------------------------------------------------------------------

readers() ->
    Url = binary_to_list(fxaot_dashboard:url()),
    Command = lists:flatten(io_lib:format("nice -n 19 erl -noshell +S 1 +sbwt none +sbwtdcpu none +sbwtdio none -pa ~ts -run ~ts pages ~ts",
                                          [filename:dirname(code:which(?MODULE)), ?MODULE, Url])),
    Port = open_port({spawn, Command}, [{line, 1000}, binary]),
    receive {Port, {data, {eol, <<"open">>}}} -> Port end.

stopped(Port) ->
    port_command(Port, <<"\n">>),
    receive {Port, {data, {eol, <<"updates ", Count/binary>>}}} ->
            %% 50 pages at 20 a second: that they have had them.
            io:format(standard_error, "~ts updates~n", [Count])
    end,
    %% It may have ended already.
    _ = catch port_close(Port),
    ok.

%% In the other process: opens the pages, and reads until a line comes.
-spec pages([string()]) -> no_return().
pages([Url]) ->
    #{host := Host, port := Number} = uri_string:parse(Url),
    {ok, Address} = inet:parse_address(Host),
    Connect = fun() ->
                      {ok, Socket} = gen_tcp:connect(Address, Number, [binary, {active, false}]),
                      Socket
              end,
    Login = Connect(),
    Body = ["{\"token\":\"", ?TOKEN, "\"}"],
    ok = gen_tcp:send(Login, ["POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ",
                              integer_to_list(iolist_size(Body)), "\r\n\r\n", Body]),
    {ok, Answer} = gen_tcp:recv(Login, 0),
    {match, [Cookie]} = re:run(Answer, "set-cookie: ([^;]+);", [{capture, all_but_first, binary}]),
    Counter = counters:new(1, []),
    [spawn_link(fun() ->
                        Socket = Connect(),
                        ok = gen_tcp:send(Socket, ["GET /api/events HTTP/1.1\r\nHost: localhost\r\nCookie: ", Cookie, "\r\n\r\n"]),
                        read(Socket, Counter)
                end) || _ <- lists:seq(1, ?PAGES)],
    opened(Counter),
    io:format("open~n"),
    _ = io:get_line(""),
    io:format("updates ~b~n", [counters:get(Counter, 1)]),
    halt(0).

opened(Counter) ->
    case counters:get(Counter, 1) >= ?PAGES of
        true -> ok;
        false ->
            receive after 10 -> ok end,
            opened(Counter)
    end.

read(Socket, Counter) ->
    {ok, Bytes} = gen_tcp:recv(Socket, 0),
    counters:add(Counter, 1, length(binary:matches(Bytes, <<"\ndata: ">>))),
    read(Socket, Counter).
