%% @private Extremes over windows, and the indicators of highs, lows and trends.
%%
%% Longer than a file should be: a clause of make/2 and one of step/4 for each function, side by side.
-module(fxaot_eval_range).

-export([make/2, step/4]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, absolute/1, whole/1, above/2,
                            larger/2, smaller/2, less/2]).
-import(fxaot_eval_average, [room/1, rma/1, rma_step/2]).
-import(fxaot_eval_window, [new/1, push/2, has/2]).

-spec make(fxaot_eval_kernel:kernel(), [fxaot_eval_kernel:known()]) -> term() | none | not_constant.
make(K, [_, N]) when K =:= highest; K =:= lowest; K =:= highestbars; K =:= lowestbars ->
    no_extreme(room(N));
make(range, [_, N]) -> new(room(N));
make(K, [_]) when K =:= max; K =:= min -> na;
make(stoch, [_, _, _, N]) -> {na, no_extreme(room(N)), no_extreme(room(N))};
make(wpr, [N]) -> {no_extreme(room(N)), no_extreme(room(N))};
make(K, [_, N]) when K =:= change; K =:= mom; K =:= roc -> new(room(N) + 1);
make(dmi, [N, Smoothing]) when N =/= unknown, Smoothing =/= unknown ->
    {{na, na}, {na, na}, rma(N), rma(N), rma(N), rma(Smoothing)};
make(supertrend, [_, N]) when N =/= unknown -> {start, na, fxaot_eval_average:make(atr, [N])};
make(sar, [Start, Increment, Most]) when Start =/= unknown, Increment =/= unknown, Most =/= unknown ->
    {{Start, Increment, Most}, none};
make(K, _) when K =:= dmi; K =:= supertrend; K =:= sar -> not_constant;
make(K, [_, Left, Right]) when K =:= pivothigh; K =:= pivotlow ->
    {room(Left), room(Right), new(room(Left) + room(Right) + 1)};
make(_, _) -> none.

-spec step(fxaot_eval_kernel:kernel(), term(), [value()], #candle{}) -> {value() | tuple(), term()}.
step(K, S, [X, N], _) when K =:= highest; K =:= lowest ->
    {Best, _, Next} = extreme(K, X, whole(N), S),
    {Best, Next};
step(highestbars, S, [X, N], _) -> bars(extreme(highest, X, whole(N), S));
step(lowestbars, S, [X, N], _) -> bars(extreme(lowest, X, whole(N), S));
step(range, W, [X, Length], _) ->
    N = whole(Length),
    Window = case X of na -> W; _ -> push(X, W) end,
    Result = case has(N, Window) of
                 false -> na;
                 true ->
                     {Highest, _} = fxaot_eval_window:best(highest, N, Window),
                     {Lowest, _} = fxaot_eval_window:best(lowest, N, Window),
                     %% As on TradingView a largest value below 0 counts as 0.
                     subtract(larger(Highest, 0.0), Lowest)
             end,
    {Result, Window};
step(_, Best, [na], _) -> {Best, Best};
step(_, na, [X], _) when is_float(X); X =:= inf; X =:= ninf -> {X, X};
step(max, Best, [X], _) -> twice(larger(X, Best));
step(min, Best, [X], _) -> twice(smaller(X, Best));
step(stoch, {Last, H, L}, [X, High, Low, Length], _) ->
    N = whole(Length),
    {Top, _, H1} = extreme(highest, High, N, H),
    {Bottom, _, L1} = extreme(lowest, Low, N, L),
    Answer = stochastic(X, Top, Bottom, Last),
    {Answer, {Answer, H1, L1}};
step(wpr, {H, L}, [Length], #candle{high = High, low = Low, close = Close}) ->
    N = whole(Length),
    {Top, _, H1} = extreme(highest, High, N, H),
    {Bottom, _, L1} = extreme(lowest, Low, N, L),
    Result = case above(Top, Bottom) of
                 true -> divide(multiply(100.0, subtract(Close, Top)), subtract(Top, Bottom));
                 false -> na
             end,
    {Result, {H1, L1}};
step(roc, W, [X, N], _) ->
    Window = push(X, W),
    case past(N, Window) of
        Zero when Zero == 0.0 -> {na, Window};
        Before -> {divide(multiply(100.0, subtract(X, Before)), Before), Window}
    end;
step(K, W, [X, N], _) when K =:= change; K =:= mom ->
    Window = push(X, W),
    {subtract(X, past(N, Window)), Window};
step(dmi, S, _, Candle) -> directional_movement(S, Candle);
step(supertrend, S, [Factor, _], Candle) -> supertrend(S, Factor, Candle);
step(sar, {Settings, S}, _, Candle) ->
    {Result, Next} = parabolic(Settings, S, Candle),
    {Result, {Settings, Next}};
step(pivothigh, S, Arguments, _) -> pivot(highest, S, Arguments);
step(pivotlow, S, Arguments, _) -> pivot(lowest, S, Arguments).

twice(X) -> {X, X}.

%% ---- extremes ----------------------------------------------------------------

%% Of the newest n bars, but not beyond the newest one with na; na on a bar with na.
no_extreme(Room) -> {0, new(Room)}.

extreme(Which, X, N, {Known0, W}) ->
    Window = push(X, W),
    Known = case X of na -> 0; _ -> Known0 + 1 end,
    {Best, Age} = case has(N, Window) of
                      true when Known > 0 -> fxaot_eval_window:best(Which, min(N, Known), Window);
                      true -> {na, 0};
                      false -> {na, none}
                  end,
    {Best, Age, {Known, Window}}.

bars({_, none, Next}) -> {na, Next};
bars({_, Age, Next}) -> {float(-Age), Next}.

%% The value so many bars ago; a negative number and na are none.
past(N, Window) when is_float(N), N >= 0.0, N < 1.0e15 -> before(trunc(N), Window);
past(_, _) -> na.

before(N, Window) ->
    case N < fxaot_eval_window:capacity(Window) of
        true -> fxaot_eval_window:at(N, Window);
        false -> na
    end.

%% Without a range the last answer is repeated where the source lies in it.
stochastic(X, Top, Bottom, Last) ->
    case fxaot_eval_number:same(Top, Bottom) of
        true ->
            case fxaot_eval_number:same(X, Bottom) of
                true -> Last;
                false -> na
            end;
        false ->
            case divide(multiply(100.0, subtract(X, Bottom)), subtract(Top, Bottom)) of
                na -> Last;
                K -> K
            end
    end.

%% The value Right bars ago, if none of the Left before is beyond it and none after is beyond or
%% equal; on either side bars behind one with na do not count.
pivot(Which, {MostLeft, MostRight, W}, [X, Left0, Right0]) ->
    Window = push(X, W),
    {Left, Right} = {whole(Left0), whole(Right0)},
    Result = case Left =< MostLeft andalso Right =< MostRight
                 andalso Left + Right < fxaot_eval_window:count(Window) of
                 false -> na;
                 true ->
                     {After, [Pivot | Before]} =
                         lists:split(Right, fxaot_eval_window:newest(Left + Right + 1, Window)),
                     Beyond = fun(Y) -> is_beyond(Which, Y, Pivot) end,
                     OrEqual = fun(Y) -> Beyond(Y) orelse fxaot_eval_number:same(Y, Pivot) end,
                     case Pivot =/= na andalso not lists:any(OrEqual, known(lists:reverse(After)))
                         andalso not lists:any(Beyond, known(Before)) of
                         true -> Pivot;
                         false -> na
                     end
             end,
    {Result, {MostLeft, MostRight, Window}}.

known(Values) -> lists:takewhile(fun(X) -> X =/= na end, Values).

is_beyond(highest, X, Y) -> above(X, Y);
is_beyond(lowest, X, Y) -> above(Y, X).

%% ---- trends ------------------------------------------------------------------

%% The movements are from call to call, the range is from the chart's bar before. The movements are
%% compared with the tolerance of comparisons: of two equal ones neither counts.
directional_movement({{HighBefore, LowBefore}, {Plus0, Minus0}, R, P, M, A},
                     #candle{high = High, low = Low} = Candle) ->
    Up = subtract(High, HighBefore),
    Down = subtract(LowBefore, Low),
    IsKnown = Up =/= na andalso Down =/= na,
    Rise = movement(IsKnown, Up, Down),
    Fall = movement(IsKnown, Down, Up),
    {Width, R1} = rma_step(fxaot_eval_average:true_range(Candle, false), R),
    {PlusMean, P1} = rma_step(Rise, P),
    {MinusMean, M1} = rma_step(Fall, M),
    Plus = index(PlusMean, Width, Plus0),
    Minus = index(MinusMean, Width, Minus0),
    Sum = case add(Plus, Minus) of
              Zero when Zero == 0.0 -> 1.0;
              S -> S
          end,
    {Mean, A1} = rma_step(divide(absolute(subtract(Plus, Minus)), Sum), A),
    {{Plus, Minus, multiply(100.0, Mean)},
     {{High, Low}, {Plus, Minus}, R1, P1, M1, A1}}.

movement(false, _, _) -> na;
movement(true, Move, Other) ->
    case less(Other, Move) andalso less(0.0, Move) of
        true -> Move;
        false -> 0.0
    end.

index(Mean, Width, Last) when Mean =:= na; Width =:= na; Width == 0.0 -> Last;
index(Mean, Width, _) -> divide(multiply(100.0, Mean), Width).

%% Bands that only move towards the price while it stays within them. A band that is not there yet
%% counts as 0.
supertrend({Before, Width0, Range}, Factor,
           #candle{high = High, low = Low, close = Close} = Candle) ->
    {Width, Range1} = fxaot_eval_average:step(atr, Range, [0.0], Candle),
    CloseBefore = case Candle of
                      #candle{before = #candle{close = C}} -> C;
                      _ -> na
                  end,
    {LowerBefore, UpperBefore, LineBefore} =
        case Before of
            start -> {0.0, 0.0, na};
            {L, U, Line0} -> {or_zero(L), or_zero(U), Line0}
        end,
    Middle = divide(add(High, Low), 2.0),
    Lower0 = subtract(Middle, multiply(Factor, Width)),
    Upper0 = add(Middle, multiply(Factor, Width)),
    Lower = case above(Lower0, LowerBefore) orelse above(LowerBefore, CloseBefore) of
                true -> Lower0;
                false -> LowerBefore
            end,
    Upper = case above(UpperBefore, Upper0) orelse above(CloseBefore, UpperBefore) of
                true -> Upper0;
                false -> UpperBefore
            end,
    Direction = case fxaot_eval_number:same(LineBefore, UpperBefore) of
                    _ when Width0 =:= na -> 1.0;
                    true -> case above(Close, Upper) of true -> -1.0; false -> 1.0 end;
                    false -> case above(Lower, Close) of true -> 1.0; false -> -1.0 end
                end,
    Line = case Direction < 0 of true -> Lower; false -> Upper end,
    {{Line, Direction}, {{Lower, Upper, Line}, Width, Range1}}.

or_zero(na) -> 0.0;
or_zero(X) -> X.

%% Wilder's stop and reverse: the stop, its trend, the trend's extreme and the acceleration. The
%% chart's second bar starts it; without a call on that bar it stays na.
parabolic({Start, _, _} = Settings, _,
          #candle{high = High, low = Low, close = Close,
                  before = #candle{before = none} = Before} = Candle) ->
    Begun = case above(Close, Before#candle.close) of
                true -> {Before#candle.low, below, High, Start};
                false -> {Before#candle.high, above, Low, Start}
            end,
    parabolic(Settings, [Before], Begun, true, Candle);
parabolic(_, none, _) -> {na, none};
parabolic(Settings, Trend, #candle{before = #candle{before = Second} = First} = Candle) ->
    parabolic(Settings, [First, Second], Trend, false, Candle).

parabolic({Start, Increment, Most}, Bars, {Stop0, Side, Extreme, Speed}, IsFirst,
          #candle{high = High, low = Low}) ->
    Stop1 = add(Stop0, multiply(Speed, subtract(Extreme, Stop0))),
    {Stop2, Side2, Extreme2, Speed2} =
        case Side of
            below ->
                case above(Stop1, Low) of
                    true -> {maximum(High, Extreme), above, Low, Start};
                    false when not IsFirst ->
                        accelerated(above(High, Extreme), Stop1, below, High, Extreme, Speed, Increment, Most);
                    false -> {Stop1, Side, Extreme, Speed}
                end;
            above ->
                case above(High, Stop1) of
                    true -> {minimum(Low, Extreme), below, High, Start};
                    false when not IsFirst ->
                        accelerated(above(Extreme, Low), Stop1, above, Low, Extreme, Speed, Increment, Most);
                    false -> {Stop1, Side, Extreme, Speed}
                end
        end,
    Stop = case Side2 of
               below -> lists:foldl(fun(#candle{low = L}, S) -> minimum(S, L) end, Stop2, Bars);
               above -> lists:foldl(fun(#candle{high = H}, S) -> maximum(S, H) end, Stop2, Bars)
           end,
    {Stop, {Stop, Side2, Extreme2, Speed2}}.

accelerated(true, Stop, Side, Extreme, _, Speed, Increment, Most) ->
    {Stop, Side, Extreme, minimum(add(Speed, Increment), Most)};
accelerated(false, Stop, Side, _, Extreme, Speed, _, _) -> {Stop, Side, Extreme, Speed}.

maximum(A, B) -> case above(B, A) of true -> B; false -> A end.
minimum(A, B) -> case above(A, B) of true -> B; false -> A end.
