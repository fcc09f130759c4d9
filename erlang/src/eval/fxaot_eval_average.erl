%% @private Averages and functions of averages, by their definitions.
%%
%% Longer than a file should be: a clause of make/2 and one of step/4 for each function, side by side.
-module(fxaot_eval_average).

-export([make/2, step/4, room/1, ema/1, rma/1, ema_step/2, rma_step/2, true_range/2]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, absolute/1, whole/1, less_or_equal/2]).
-import(fxaot_eval_window, [new/1, push/2, has/2]).

-define(LONGEST, 5000).

%% @doc The longest possible window: a known length, else the longest history.
-spec room(fxaot_eval_kernel:known()) -> pos_integer().
room(unknown) -> ?LONGEST;
room(Length) -> max(1, whole(Length)).

-spec make(fxaot_eval_kernel:kernel(), [fxaot_eval_kernel:known()]) -> term() | none | not_constant.
make(K, [_, N]) when K =:= sma; K =:= sum -> new(room(N));
make(wma, [_, N]) -> wma(room(N));
make(vwma, [_, N]) -> {new(room(N)), new(room(N))};
make(swma, _) -> new(4);
make(cum, _) -> 0.0;
make(fixnan, _) -> na;
make(K, [unknown]) when K =:= atr; K =:= tr -> not_constant;
make(tr, [Handles]) -> not_zero(Handles);
make(atr, [N]) -> rma(N);
make(K, [_, unknown | _]) when K =:= ema; K =:= rma; K =:= hma; K =:= rsi; K =:= macd; K =:= tsi;
                               K =:= alma; K =:= kc; K =:= kcw -> not_constant;
make(ema, [_, N]) -> ema(N);
make(rma, [_, N]) -> rma(N);
make(hma, [_, Length]) ->
    N = room(Length),
    {max(1, N div 2), N, trunc(math:sqrt(N)), wma(N), wma(N), wma(N)};
make(rsi, [_, N]) -> {na, rma(N), rma(N)};
make(macd, [_, Fast, Slow, Signal]) when Slow =/= unknown, Signal =/= unknown ->
    {ema(Fast), ema(Slow), ema(Signal)};
make(tsi, [_, Short, Long]) when Long =/= unknown ->
    {na, ema(Long), ema(Short), ema(Long), ema(Short)};
make(alma, [_, N, Offset, Sigma, Floor]) when Offset =/= unknown, Sigma =/= unknown ->
    {weights(room(N), Offset, Sigma, Floor =/= unknown andalso fxaot_eval_number:is_true(Floor)),
     new(room(N))};
make(K, _) when K =:= macd; K =:= tsi; K =:= alma -> not_constant;
make(K, [_, N | _]) when K =:= kc; K =:= kcw -> {ema(N), ema(N)};
make(K, [_, N, _]) when K =:= stdev; K =:= variance; K =:= bb; K =:= bbw; K =:= linreg ->
    new(room(N));
make(cog, [_, N]) -> new(room(N));
make(K, [_, N]) when K =:= dev; K =:= cci -> {new(room(N)), new(room(N))};
make(K, [_, N]) when K =:= cmo; K =:= mfi -> {na, new(room(N)), new(room(N))};
make(_, _) -> none.

-spec step(fxaot_eval_kernel:kernel(), term(), [value()], #candle{}) -> {value() | tuple(), term()}.
step(sma, W, [X, N], _) -> mean_step(X, whole(N), W);
step(sum, W, [X, N], _) ->
    Window = taken(X, W),
    {over(whole(N), Window, fun fxaot_eval_window:total/2), Window};
step(wma, S, [X, N], _) -> wma_step(X, whole(N), S);
step(vwma, {Products, Volumes}, [X, Length], #candle{volume = Volume}) ->
    N = whole(Length),
    {Weighted, Products1} = mean_step(multiply(X, Volume), N, Products),
    {Mean, Volumes1} = mean_step(Volume, N, Volumes),
    {divide(Weighted, Mean), {Products1, Volumes1}};
step(hma, {Half, Full, Root, H, F, R}, [X | _], _) ->
    {Short, H1} = wma_step(X, Half, H),
    {Long, F1} = wma_step(X, Full, F),
    case subtract(multiply(2.0, Short), Long) of
        na -> {na, {Half, Full, Root, H1, F1, R}};
        Lead ->
            {Result, R1} = wma_step(Lead, Root, R),
            {Result, {Half, Full, Root, H1, F1, R1}}
    end;
step(swma, W, [X], _) ->
    Window = push(X, W),
    [C, B, A] = [fxaot_eval_window:at(Age, Window) || Age <- [1, 2, 3]],
    Parts = [divide(A, 6.0), divide(multiply(B, 2.0), 6.0), divide(multiply(C, 2.0), 6.0),
             divide(X, 6.0)],
    {lists:foldl(fun(Part, Sum) -> add(Sum, Part) end, 0.0, Parts), Window};
step(cum, Sum, [na], _) -> {na, Sum};
step(cum, Sum, [X], _) ->
    Next = add(Sum, X),
    {Next, Next};
step(fixnan, Kept, [na], _) -> {Kept, Kept};
step(fixnan, _, [X], _) -> {X, X};
step(ema, S, [X | _], _) -> ema_step(X, S);
step(rma, S, [X | _], _) -> rma_step(X, S);
step(rsi, S, [X | _], _) -> rsi(X, S);
step(macd, {Fast, Slow, Signal}, [X | _], _) ->
    {F, Fast1} = ema_step(X, Fast),
    {S, Slow1} = ema_step(X, Slow),
    Line = subtract(F, S),
    {Smooth, Signal1} = ema_step(Line, Signal),
    {{Line, Smooth, subtract(Line, Smooth)}, {Fast1, Slow1, Signal1}};
step(tsi, {Before, L1, S1, L2, S2}, [X | _], _) ->
    Change = subtract(X, Before),
    {Long, L1a} = ema_step(Change, L1),
    {Up, S1a} = ema_step(Long, S1),
    {Size, L2a} = ema_step(absolute(Change), L2),
    {All, S2a} = ema_step(Size, S2),
    {divide(Up, All), {X, L1a, S1a, L2a, S2a}};
step(alma, {Weights, W}, [X | _], _) ->
    Window = push(X, W),
    {over(length(Weights), Window, fun(N, Full) -> alma(Weights, N, Full) end), {Weights, Window}};
step(tr, HandlesNA, _, Candle) -> {true_range(Candle, HandlesNA), HandlesNA};
step(atr, Average, _, Candle) -> rma_step(true_range(Candle, true), Average);
step(kc, S, Arguments, Candle) -> keltner(S, Arguments, Candle);
step(kcw, S, Arguments, Candle) ->
    {{Middle, Upper, Lower}, Next} = keltner(S, Arguments, Candle),
    {divide(subtract(Upper, Lower), Middle), Next};
step(variance, W, [X, N, Biased], _) -> variance(X, whole(N), not_zero(Biased), W);
step(stdev, W, [X, N, Biased], _) ->
    {Variance, Window} = variance(X, whole(N), not_zero(Biased), W),
    {fxaot_eval_number:square_root(Variance), Window};
step(bb, W, [X, N, Multiple], _) -> bands(X, whole(N), Multiple, W);
step(bbw, W, [X, N, Multiple], _) ->
    {{Middle, Upper, Lower}, Window} = bands(X, whole(N), Multiple, W),
    {multiply(100.0, divide(subtract(Upper, Lower), Middle)), Window};
step(linreg, W, [X, N, Offset], _) ->
    Window = push(X, W),
    {over(whole(N), Window, fun(Length, Full) -> regression(Length, Offset, Full) end), Window};
step(cog, W, [X, N], _) ->
    Window = push(X, W),
    {over(whole(N), Window, fun centre_of_gravity/2), Window};
step(dev, {M, W}, [X, Length], _) ->
    N = whole(Length),
    {Mean, M1} = mean_step(X, N, M),
    Window = push(X, W),
    {mean_deviation(N, Mean, Window), {M1, Window}};
step(cci, S, [na, _], _) -> {na, S};
step(cci, {M, W}, [X, Length], _) ->
    N = whole(Length),
    {Mean, M1} = mean_step(X, N, M),
    Window = push(X, W),
    Deviation = mean_deviation(N, Mean, Window),
    {divide(subtract(X, Mean), multiply(0.015, Deviation)), {M1, Window}};
step(cmo, {Before, U, D}, [X, Length], _) ->
    N = whole(Length),
    Change = subtract(X, Before),
    {Rise, Fall} = case less_or_equal(0.0, Change) of
                       true -> {Change, 0.0};
                       false -> {0.0, fxaot_eval_number:negate(Change)}
                   end,
    {Up, U1} = sum_step(Rise, N, U),
    {Down, D1} = sum_step(Fall, N, D),
    Result = case Change of
                 na -> na;
                 _ -> divide(multiply(100.0, subtract(Up, Down)), add(Up, Down))
             end,
    {Result, {X, U1, D1}};
step(mfi, {Before, U, D}, [X, Length], #candle{volume = Volume}) ->
    N = whole(Length),
    Change = subtract(X, Before),
    Rising = case less_or_equal(Change, 0.0) of true -> 0.0; false -> X end,
    Falling = case less_or_equal(0.0, Change) of true -> 0.0; false -> X end,
    {Up, U1} = sum_step(multiply(Volume, Rising), N, U),
    {Down, D1} = sum_step(multiply(Volume, Falling), N, D),
    Result = case Down of
                 _ when X =:= na; Up =:= na -> na;
                 _ when Down == 0.0 -> 100.0;
                 _ -> index(Up, Down)
             end,
    {Result, {X, U1, D1}}.

not_zero(X) -> X /= 0.0.

%% ---- windows -----------------------------------------------------------------

%% A bar with na does not change a window.
taken(na, Window) -> Window;
taken(X, Window) -> push(X, Window).

over(N, Window, F) ->
    case has(N, Window) of
        true -> F(N, Window);
        false -> na
    end.

mean_step(X, N, W) ->
    Window = taken(X, W),
    {over(N, Window, fun fxaot_eval_window:mean/2), Window}.

sum_step(X, N, W) ->
    Window = taken(X, W),
    {over(N, Window, fun fxaot_eval_window:total/2), Window}.

%% A bar with na counts as the value before it and is answered with na itself.
wma(Room) -> {na, new(Room)}.

wma_step(na, _, {na, _} = S) -> {na, S};
wma_step(na, _, {Before, W}) -> {na, {Before, push(Before, W)}};
wma_step(X, N, {_, W}) ->
    Window = push(X, W),
    Result = over(N, Window, fun(Length, Full) ->
                                     divide(fxaot_eval_window:weighted(Length, Full),
                                            Length * (Length + 1) * 0.5)
                             end),
    {Result, {X, Window}}.

%% Gaussian weights around a place, the newest bar's first.
weights(N, Offset, Sigma, IsFloored) ->
    Last = float(N - 1),
    Place = multiply(Offset, Last),
    Middle = case IsFloored of true -> fxaot_eval_number:rounded_down(Place); false -> Place end,
    Width = divide(float(N), Sigma),
    [begin
         Distance = subtract(float(I), Middle),
         Power = divide(multiply(Distance, Distance), multiply(2.0, multiply(Width, Width))),
         fxaot_eval_number:function(exp, [fxaot_eval_number:negate(Power)], 1.0)
     end || I <- lists:seq(N - 1, 0, -1)].

alma(Weights, N, Window) ->
    {Sum, All} = lists:foldl(fun({X, Weight}, {S, A}) -> {add(S, multiply(X, Weight)), add(A, Weight)} end,
                             {0.0, 0.0}, lists:zip(fxaot_eval_window:newest(N, Window), Weights)),
    divide(Sum, All).

variance(X, N, IsBiased, W) ->
    Window = taken(X, W),
    Divisor = float(case IsBiased of true -> N; false -> N - 1 end),
    Result = over(N, Window, fun(Length, Full) ->
                                     Mean = fxaot_eval_window:mean(Length, Full),
                                     divide(fxaot_eval_window:squares(Length, Mean, Full), Divisor)
                             end),
    {Result, Window}.

bands(X, N, Multiple, W) ->
    Window = taken(X, W),
    case has(N, Window) of
        false -> {{na, na, na}, Window};
        true ->
            Mean = fxaot_eval_window:mean(N, Window),
            Squares = fxaot_eval_window:squares(N, Mean, Window),
            Deviation = fxaot_eval_number:square_root(divide(Squares, float(N))),
            {around(Mean, multiply(Multiple, Deviation)), Window}
    end.

around(Middle, Distance) -> {Middle, add(Middle, Distance), subtract(Middle, Distance)}.

mean_deviation(_, na, _) -> na;
mean_deviation(N, Mean, Window) ->
    divide(fxaot_eval_window:deviations(N, Mean, Window), float(N)).

%% The least-squares line through the window, read Offset bars before the newest. Around the middle
%% of the window: Σ(i − c)² = n(n² − 1)/12.
regression(1, _, Window) -> fxaot_eval_window:at(0, Window);
regression(N, Offset, Window) ->
    Centre = (N - 1) * 0.5,
    Sum = fxaot_eval_window:total(N, Window),
    Weighted = fxaot_eval_window:weighted(N, Window),
    Covariance = subtract(subtract(Weighted, Sum), multiply(Centre, Sum)),
    Slope = divide(multiply(Covariance, 12.0), float(N * (N * N - 1))),
    add(divide(Sum, float(N)), multiply(Slope, subtract(Centre, Offset))).

%% −Σ x[i]·(i + 1) / Σ x[i], i = 0 the newest.
centre_of_gravity(N, Window) ->
    case fxaot_eval_window:total(N, Window) of
        Zero when Zero == 0.0 -> na;
        Sum ->
            Weighted = fxaot_eval_window:weighted(N, Window),
            fxaot_eval_number:negate(
              divide(subtract(multiply(float(N + 1), Sum), Weighted), Sum))
    end.

%% ---- averages with a memory without end --------------------------------------

%% The mean of the first n values, from then on a step towards each value; na changes nothing.

-spec ema(value()) -> term().
ema(Length) -> {room(Length), 0, 0.0}.

-spec rma(value()) -> term().
rma(Length) -> {room(Length), 0, 0.0}.

-spec ema_step(value(), term()) -> {value(), term()}.
ema_step(na, S) -> {na, S};
ema_step(X, {N, N, Average}) ->
    Next = add(Average, multiply(2 / (N + 1), subtract(X, Average))),
    {Next, {N, N, Next}};
ema_step(X, S) -> seed(X, S).

-spec rma_step(value(), term()) -> {value(), term()}.
rma_step(na, S) -> {na, S};
rma_step(X, {N, N, Average}) ->
    Next = divide(add(multiply(Average, float(N - 1)), X), float(N)),
    {Next, {N, N, Next}};
rma_step(X, S) -> seed(X, S).

seed(X, {N, Count, Sum}) when Count + 1 < N -> {na, {N, Count + 1, add(Sum, X)}};
seed(X, {N, _, Sum}) ->
    Mean = divide(add(Sum, X), float(N)),
    {Mean, {N, N, Mean}}.

rsi(na, S) -> {na, S};
rsi(X, {na, Rises, Falls}) -> {na, {X, Rises, Falls}};
rsi(X, {Before, Rises, Falls}) ->
    {Rise, Rises1} = rma_step(not_below_zero(subtract(X, Before)), Rises),
    {Fall, Falls1} = rma_step(not_below_zero(subtract(Before, X)), Falls),
    Result = case Rise of
                 na -> na;
                 _ when Fall == 0.0 -> 100.0;
                 _ -> index(Rise, Fall)
             end,
    {Result, {X, Rises1, Falls1}}.

not_below_zero(X) ->
    case fxaot_eval_number:above(X, 0.0) of
        true -> X;
        false when X =:= na -> na;
        false -> 0.0
    end.

index(Up, Down) -> subtract(100.0, divide(100.0, add(1.0, divide(Up, Down)))).

%% ---- ranges ------------------------------------------------------------------

%% From the close of the chart's bar before, whenever the last call was.
-spec true_range(#candle{}, HandlesNA :: boolean()) -> value().
true_range(#candle{high = High, low = Low, before = none}, true) -> subtract(High, Low);
true_range(#candle{before = none}, false) -> na;
true_range(#candle{high = High, low = Low, before = #candle{close = Before}}, _) ->
    lists:foldl(fun(Distance, Largest) ->
                        case fxaot_eval_number:above(Distance, Largest) of
                            true -> Distance;
                            false -> Largest
                        end
                end, subtract(High, Low),
                [absolute(subtract(High, Before)), absolute(subtract(Low, Before))]).

keltner({M, W}, [X, _, Multiple, UsesTrueRange], #candle{high = High, low = Low} = Candle) ->
    {Middle, M1} = ema_step(X, M),
    Range = case not_zero(UsesTrueRange) of
                true -> true_range(Candle, false);
                false -> subtract(High, Low)
            end,
    {Width, W1} = ema_step(Range, W),
    {around(Middle, multiply(Width, Multiple)), {M1, W1}}.
