%% What strategies cost a bar in Erlang, the tier without native code: one `name value unit` line each.
-module(fxaot_bench_beam).

-export([main/0, nanoseconds/1]).

-define(BARS, 20000).
-define(ROUNDS, 5).

main() ->
    [io:format("beam_step_~s ~.3f ns~n", [Name, nanoseconds(Name)])
     || Name <- [ma_crossover, momentum_breakout, mean_reversion, fusion]],
    halt().

%% Of one bar of 1 minute, the median of some rounds after one that does not count.
nanoseconds(Name) ->
    Priv = filename:join(filename:dirname(filename:dirname(code:which(fxaot_eval))), "priv"),
    {ok, Program} = file:read_file(filename:join([Priv, "strategies", atom_to_list(Name) ++ ".fxir"])),
    Bars = bars(),
    [_ | Rounds] = [round(Program, Bars) || _ <- lists:seq(0, ?ROUNDS)],
    lists:nth(?ROUNDS div 2 + 1, lists:sort(Rounds)).

%% In a process of its own, so that none pays for another's garbage.
round(Program, Bars) ->
    Self = self(),
    Pid = spawn_link(fun() ->
                             {ok, State} = fxaot_eval:new(Program, #{timeframe => <<"1">>}, #{}),
                             Start = erlang:monotonic_time(nanosecond),
                             _ = lists:foldl(fun(Bar, S) ->
                                                     {ok, Next, _} = fxaot_eval:step(S, Bar, none),
                                                     Next
                                             end, State, Bars),
                             Self ! {self(), erlang:monotonic_time(nanosecond) - Start}
                     end),
    receive {Pid, Time} -> Time / ?BARS end.

%% A random walk in steps of 0.00001.
bars() ->
    _ = rand:seed(exsss, 3),
    {Bars, _} = lists:mapfoldl(fun(I, Before) ->
                                       Close = Before + rand:uniform(41) - 21,
                                       Price = Close / 100000,
                                       Time = 1704067200000 + I * 60000,
                                       {#{time => Time, time_close => Time + 60000, open => Price,
                                          high => Price, low => Price, close => Price,
                                          volume => float(rand:uniform(60))}, Close}
                               end, 110000, lists:seq(0, ?BARS - 1)),
    Bars.
