%% @private The demonstration that `make demo-dashboard' runs: four strategies on a simulated EURUSD, twenty times as fast as
%% the clock, and the dashboard's address with a token.
-module(fxaot_dashboard_demo).

-export([main/1, start/1]).

-define(ENGINE, demo).
-define(SPEED, 20).
-define(DAY_NS, 86400000000000).
%% A Monday, 2024-01-01.
-define(START, 1704067200000000000).
-define(WARM_DAYS, 2).
-define(WEEK, 7).

%% @doc Runs until the node is stopped. An argument is the port.
-spec main([string() | atom()]) -> no_return().
main(Arguments) ->
    Port = case Arguments of
               [Text | _] -> list_to_integer(lists:concat([Text]));
               [] -> 8470
           end,
    case start(Port) of
        {ok, Url} ->
            io:format("~nThe dashboard: ~ts~nStop it with Ctrl-C.~n", [Url]),
            weeks(0);
        Error ->
            io:format(standard_error, "fxaot demo: ~ts~n", [fxaot:format_error(Error)]),
            halt(1)
    end.

%% @doc The engine with two days of bars. The address has the token behind a #, which no server sees.
-spec start(inet:port_number()) -> {ok, Url :: binary()} | fxaot:error().
start(Port) ->
    Token = binary:encode_hex(crypto:strong_rand_bytes(16)),
    _ = application:load(fxaot),
    ok = application:set_env(fxaot, dashboard, #{port => Port,
                                                 tokens => [#{name => <<"demo">>, role => trade, token => Token}]}),
    _ = application:ensure_all_started(sasl),
    case application:ensure_all_started(fxaot) of
        {ok, _} ->
            {ok, _} = fxaot:start_engine(?ENGINE, #{instruments => ['EURUSD'], balance => 100000,
                                                    account => #{leverage => 50}}),
            lists:foreach(fun({Id, Deployment}) -> deploy(Id, Deployment) end, strategies()),
            _ = fxaot:replay(?ENGINE, #{start => ?START, days => ?WARM_DAYS, seed => 1}, #{}),
            {ok, <<(fxaot_dashboard:url())/binary, "#token=", Token/binary>>};
        {error, {fxaot, {{Error, _}, _}}} -> {error, Error};
        {error, Reason} -> {error, {not_started, #{reason => Reason}}}
    end.

deploy(Id, Deployment) ->
    case fxaot:deploy(?ENGINE, Id, Deployment#{instrument => 'EURUSD', timeframe => {minutes, 1}}) of
        {error, Error} -> io:format(standard_error, "~ts: ~ts~n", [Id, fxaot:format_error(Error)]);
        _ -> ok
    end.

%% The last one is a script, which gets native code where there is a compiler.
strategies() ->
    [{crossover, #{strategy => ma_crossover, params => #{'band' => 0.00005}}},
     {breakout, #{strategy => momentum_breakout, params => #{threshold => 0.0004}}},
     {reversion, #{strategy => mean_reversion}},
     {script, #{strategy => {file, filename:join([fxaot_upgrade:priv(), "strategies", "ma_crossover.pine"])}}}].

%% A week goes on at the price of the one before.
weeks(Week) ->
    From = ?START + Week * ?WEEK * ?DAY_NS,
    Start = case Week of
                0 -> From + ?WARM_DAYS * ?DAY_NS;
                _ -> From
            end,
    Market = #{start => Start, days => ?WEEK - (Start - From) div ?DAY_NS, seed => 2 + Week},
    case fxaot:replay(?ENGINE, maps:merge(Market, price()), #{speed => ?SPEED}) of
        {ok, _} -> weeks(Week + 1);
        {error, Error} ->
            io:format(standard_error, "~ts~n", [fxaot:format_error(Error)]),
            timer:sleep(1000),
            weeks(Week + 1)
    end.

price() ->
    case fxaot_engine_call:ask(?ENGINE, {dashboard, fast, erlang:monotonic_time() + erlang:convert_time_unit(5, second, native)}) of
        {ok, #{quotes := [{_, _, {_, Bid, _}} | _]}} -> #{price => Bid};
        _ -> #{}
    end.
