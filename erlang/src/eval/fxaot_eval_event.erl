%% @private Events of bars, bars since an event, and lines of volumes.
-module(fxaot_eval_event).

-export([make/2, step/4]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, whole/1, above/2, at_least/2,
                            less/2, truth/1, is_true/1]).

-spec make(fxaot_eval_kernel:kernel(), [fxaot_eval_kernel:known()]) -> term() | none.
make(cross, _) -> 0;
make(K, _) when K =:= crossover; K =:= crossunder -> {false, false};
make(K, _) when K =:= rising; K =:= falling -> {na, 0};
make(barssince, _) -> na;
make(valuewhen, [_, _, Occurrence]) ->
    fxaot_eval_window:new(fxaot_eval_average:room(Occurrence) + 1);
make(K, _) when K =:= nvi; K =:= pvi -> {1.0, na};
make(K, _) when K =:= obv; K =:= accdist; K =:= pvt; K =:= wad -> {0.0, na};
make(K, _) when K =:= iii; K =:= wvad -> stateless;
make(K, _) when K =:= vwap; K =:= vwap_bands -> {0.0, 0.0, 0.0};
make(_, _) -> none.

-spec step(fxaot_eval_kernel:kernel(), term(), [value()], #candle{}) -> {value() | tuple(), term()}.
step(cross, Side, [A, B], _) ->
    Crossed = (Side < 0 andalso above(A, B)) orelse (Side > 0 andalso above(B, A)),
    Now = case {less(B, A), less(A, B)} of
              {true, _} -> 1;
              {_, true} -> -1;
              _ -> Side
          end,
    {truth(Crossed), Now};
step(crossover, {WasUnder, _} = S, [A, B], _) ->
    {truth(WasUnder andalso above(A, B)), sides(A, B, S)};
step(crossunder, {_, WasOver} = S, [A, B], _) ->
    {truth(WasOver andalso above(B, A)), sides(A, B, S)};
step(rising, {Before, Steps}, [X, N], _) -> trend(less(Before, X), Steps, X, N);
step(falling, {Before, Steps}, [X, N], _) -> trend(less(X, Before), Steps, X, N);
step(barssince, Since, [Condition], _) ->
    Now = case is_true(Condition) of
              true -> 0.0;
              false -> add(Since, 1.0)
          end,
    {Now, Now};
step(valuewhen, W, [Condition, X, Occurrence], _) ->
    Window = case is_true(Condition) of
                 true -> fxaot_eval_window:push(X, W);
                 false -> W
             end,
    Result = case at_least(Occurrence, 0.0) of
                 true -> fxaot_eval_window:at(whole(Occurrence), Window);
                 false -> na
             end,
    {Result, Window};
step(iii, S, _, #candle{high = High, low = Low, close = Close, volume = Volume}) ->
    Place = subtract(subtract(multiply(2.0, Close), High), Low),
    {fxaot_eval_number:quotient(Place, multiply(subtract(High, Low), Volume)), S};
step(wvad, S, _, #candle{open = Open, high = High, low = Low, close = Close, volume = Volume}) ->
    {per_range(subtract(Close, Open), High, Low, Volume), S};
step(vwap, S, [X, Anchor], Candle) ->
    {{Mean, _, _}, Next} = anchored(S, X, Anchor, 0.0, Candle),
    {Mean, Next};
step(vwap_bands, S, [X, Anchor, Multiple], Candle) -> anchored(S, X, Anchor, Multiple, Candle);
%% A value that cannot be calculated (no call before, no range) adds nothing; obv and pvt are na then.
step(Kernel, {Line, Last}, _, #candle{close = Close} = Candle) ->
    case added(Kernel, Line, subtract(Close, Last), Candle) of
        Added when is_float(Added) ->
            Next = add(Line, Added),
            {Next, {Next, Close}};
        _ when Kernel =:= obv; Kernel =:= pvt -> {na, {Line, Close}};
        _ -> {Line, {Line, Close}}
    end.

%% On the newest bar on which both had a value.
sides(na, _, S) -> S;
sides(_, na, S) -> S;
sides(A, B, _) -> {at_least(B, A), at_least(A, B)}.

trend(Goes, Steps, X, Length) ->
    Now = case Goes of true -> Steps + 1; false -> 0 end,
    N = whole(Length),
    {truth(N >= 1 andalso Now >= N), {X, Now}}.

per_range(X, High, Low, Volume) ->
    case above(High, Low) of
        true -> multiply(divide(X, subtract(High, Low)), Volume);
        false -> na
    end.

%% The addition of a bar to a line. Change is from the call before; the bar before is the chart's.
added(accdist, _, _, #candle{high = High, low = Low, close = Close, volume = Volume}) ->
    Place = subtract(subtract(Close, Low), subtract(High, Close)),
    multiply(divide(Place, subtract(High, Low)), Volume);
added(obv, _, na, _) -> na;
added(obv, _, Change, #candle{volume = Volume}) ->
    by_sign(Change, Volume, fxaot_eval_number:negate(Volume));
added(pvt, _, Change, #candle{volume = Volume, before = Before}) ->
    multiply(divide(Change, close(Before)), Volume);
added(wad, _, Change, #candle{high = High, low = Low, close = Close, before = Before0}) ->
    Before = close(Before0),
    Lower = case above(Before, Low) of true -> Low; false -> Before end,
    Upper = case above(High, Before) of true -> High; false -> Before end,
    by_sign(Change, subtract(Close, Lower), subtract(Close, Upper));
added(Kernel, Line, _, #candle{close = Close, volume = Volume, before = Before})
  when Kernel =:= nvi; Kernel =:= pvi ->
    Last = case Before of #candle{volume = V} -> V; none -> 0.0 end,
    Counts = case Kernel of nvi -> above(Last, Volume); pvi -> above(Volume, Last) end,
    case Counts andalso Close /= 0.0 of
        true -> multiply(divide(subtract(Close, close(Before)), close(Before)), Line);
        false -> 0.0
    end.

close(#candle{close = Close}) -> Close;
close(none) -> na.

by_sign(Change, Rise, Fall) ->
    case {above(Change, 0.0), above(0.0, Change)} of
        {true, _} -> Rise;
        {_, true} -> Fall;
        _ -> 0.0
    end.

%% Σ x·volume / Σ volume since the newest anchor, before it since the first call, and bands of a
%% multiple of the deviation.
anchored(S0, X, Anchor, Multiple, #candle{volume = Volume}) ->
    {Sum0, Volumes0, Squares0} = S = case Anchor == 1.0 of true -> {0.0, 0.0, 0.0}; false -> S0 end,
    case multiply(X, Volume) of
        na -> {{na, na, na}, S};
        Weighted ->
            Sum = add(Sum0, Weighted),
            Volumes = add(Volumes0, Volume),
            Squares = add(Squares0, multiply(X, Weighted)),
            Mean = divide(Sum, Volumes),
            Variance = subtract(divide(Squares, Volumes), multiply(Mean, Mean)),
            Distance = multiply(Multiple, deviation(Variance)),
            {{Mean, add(Mean, Distance), subtract(Mean, Distance)}, {Sum, Volumes, Squares}}
    end.

deviation(Variance) ->
    case above(Variance, 0.0) of
        true -> fxaot_eval_number:square_root(Variance);
        false -> 0.0
    end.
