%% @private Walks a world's tree, once a bar. All state is in one term, so a step that is not to
%% count (a look at a period that is not over) is one whose state is dropped.
%%
%% Longer than a file should be: one walk with a clause for each kind of node.
-module(fxaot_eval_run).

-export([new/1, step/5, results/1, plots/1, orders/1, risks/1, unary/2, binary/3, function/4]).

-export_type([world/0, book/0, place/0]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [truth/1, is_true/1]).
-import(fxaot_eval_store, [get/2, set/3, push/3, past/3]).
-import(fxaot_eval_bar, [field/2, time/4, stamp/2, shown/3, clock/3, book/2, trade/4]).

-define(LONGEST, 5000).
-define(BUDGET, 1000000).
-define(MOST_ORDERS, 10000).

%% A script's book: numbers in the order of their fields, trades by number.
-type book() :: none | #{numbers := tuple(), open => #{non_neg_integer() => map()},
                         closed => #{non_neg_integer() => map()}, entry_name => binary()}.
%% The bar's place among the others: the last one's number and time, and whether it is history.
-type place() :: {LastIndex :: integer() | newest, LastTime :: integer(), IsHistory :: boolean()}.

-opaque world() :: #w{}.

-spec new(map()) -> world().
new(#{variables := Variables, sites := Sites, series := Series} = Fixed) ->
    Histories = [fxaot_eval_store:history(Most, Empty) || {_, Most, Empty} <- Series],
    #w{fixed = maps:without([variables, sites, series], Fixed),
       heap = fxaot_eval_heap:new(Fixed),
       variables = fxaot_eval_store:new(Variables), sites = fxaot_eval_store:new([none | Sites]),
       series = fxaot_eval_store:new([none | Histories])}.

%% @doc One bar. Throws `{stop, Line, Sentence}'.
-spec step(#candle{}, place(), book(), Requests :: map(), world()) -> world().
step(Candle, Place, Book, Given, #w{fixed = #{body := Body}} = Before) ->
    {Requests, Heap} = maps:fold(fun with_arrays/3, {Given, Before#w.heap}, Given),
    W0 = Before#w{requests = Requests, heap = Heap},
    {_, W} = run(Body, begun(Candle, W0#w{place = Place, book = Book, budget = ?BUDGET, plots = #{},
                                          orders = [], order_count = 0, risks = [],
                                          heap = reclaimed(W0)})),
    W.

%% The arrays that requests answer are the asking world's objects; na where there is no room.
with_arrays(R, Values, {Requests, Heap0}) ->
    {Made, Heap} = lists:mapfoldl(fun with_array/2, Heap0, Values),
    {Requests#{R := Made}, Heap}.

with_array({array, Type, Elements}, Heap) ->
    try fxaot_eval_span:make(Type, Elements, Heap)
    catch throw:{fault, _} -> {na, Heap}
    end;
with_array(Value, Heap) -> {Value, Heap}.

%% The old bar's fields go to their histories.
begun(Candle0, #w{fixed = #{fields := Fields}, bar = Bar, fields = Before} = W0) ->
    Candle = Candle0#candle{before = last_two(W0#w.candle)},
    Series = lists:foldl(fun({Index, Value}, S) -> push(Index, Value, S) end, W0#w.series, Before),
    W1 = with_day(Candle, W0#w{series = Series, bar = Bar + 1, candle = Candle}),
    W1#w{fields = [{Index, field(Field, W1)} || {Field, Index} <- Fields]}.

%% What neither a variable nor its past refers to makes room.
reclaimed(#w{heap = Heap, variables = Variables, series = Series, requests = Requests}) ->
    fxaot_eval_heap:begun(
      fun() ->
              [fxaot_eval_store:values(Variables) | maps:values(Requests)]
                  ++ [fxaot_eval_store:kept(History)
                  || History <- fxaot_eval_store:values(Series), is_tuple(History)]
      end, Heap).

last_two(#candle{before = #candle{} = Before} = Last) ->
    Last#candle{before = Before#candle{before = none}};
last_two(#candle{} = Last) -> Last;
last_two(undefined) -> none.

with_day(#candle{time = Time}, #w{fixed = #{needs_day := true, calendar := Calendar}, day = Day} = W) ->
    W#w{day_before = Day, day = fxaot_eval_time:trading_day(Time, Calendar)};
with_day(_, W) -> W.

%% ---- a step's output ---------------------------------------------------------

%% @doc The values of a request's results.
-spec results(world()) -> [value() | {array, atom(), [value()]}].
results(#w{fixed = #{results := Results}, variables = Variables, heap = Heap}) ->
    [copied(get(V, Variables), Heap) || V <- Results].

%% Arrays leave their world by their elements.
copied({ref, _} = Array, Heap) ->
    try
        Span = fxaot_eval_span:find(Array, Heap),
        {array, fxaot_eval_span:type(Span), fxaot_eval_span:elements(Span)}
    catch throw:{fault, _} -> na
    end;
copied(Value, _) -> Value.

-spec plots(world()) -> [value()].
plots(#w{fixed = #{plots := Count}, plots = Plots}) ->
    [maps:get(N, Plots, na) || N <- lists:seq(0, Count - 1)].

-spec orders(world()) -> [map()].
orders(#w{orders = Orders}) -> lists:reverse(Orders).

-spec risks(world()) -> [map()].
risks(#w{risks = Risks}) -> lists:reverse(Risks).

%% ---- stopping -----------------------------------------------------------------

-spec stop(integer(), iodata()) -> no_return().
stop(Line, Sentence) -> throw({stop, Line, iolist_to_binary(Sentence)}).

%% ---- statements --------------------------------------------------------------

run([{assign, V, E} | Rest], W0) ->
    {X, W} = eval(E, W0),
    run(Rest, W#w{variables = set(V, X, W#w.variables)});
run([{declare, V, E, Index, IsLooped} | Rest], W0) ->
    {X, W1} = eval(E, W0),
    W = keep(V, Index, IsLooped, W1),
    run(Rest, W#w{variables = set(V, X, W#w.variables)});
run([{branch, C, Then, Else} | Rest], W0) ->
    {Decided, W} = eval(C, W0),
    case run(case is_true(Decided) of true -> Then; false -> Else end, W) of
        {next, W1} -> run(Rest, W1);
        Left -> Left
    end;
run([{plot, N, E} | Rest], W0) ->
    {X, W} = eval(E, W0),
    run(Rest, W#w{plots = (W#w.plots)#{N => X}});
run([{evaluate, E} | Rest], W0) ->
    {_, W} = eval(E, W0),
    run(Rest, W);
run([{declare_once, V, E, Index, IsLooped, Flag} | Rest], W0) ->
    case get(Flag, W0#w.variables) of
        Zero when Zero == 0.0 ->
            {X, W1} = eval(E, W0),
            W = stamped(Index, W1),
            run(Rest, W#w{variables = set(Flag, 1.0, set(V, X, W#w.variables))});
        _ when Index =:= none -> run(Rest, W0);
        _ -> run(Rest, keep(V, Index, IsLooped, W0))
    end;
run([{for, V, From, To, Step, Body, Cost, Line} | Rest], W0) ->
    {First, W1} = eval(From, W0),
    {By, W2} = eval(Step, W1),
    for(First, By, none, {V, To, Body, Cost, Line}, Rest, W2);
run([{while, C, Body, Cost, Line} | Rest], W) -> while(C, Body, Cost, Line, Rest, W);
run([{order, Kind, Arguments, Line} | Rest], W0) ->
    {Values, #w{orders = Orders, order_count = Count} = W} = all(Arguments, W0),
    Count < ?MOST_ORDERS orelse
        stop(Line, "the script places more than 10,000 orders on one bar"),
    run(Rest, W#w{orders = [order(Kind, Values) | Orders], order_count = Count + 1});
run([{risk, Kind, Value, IsPercent, Message, Line} | Rest], W0) ->
    {[X, Text], #w{risks = Risks} = W} = all([Value, Message], W0),
    length(Risks) < ?MOST_ORDERS orelse
        stop(Line, "the script places more than 10,000 orders on one bar"),
    Rule = #{kind => Kind, value => X, is_percent => IsPercent, message => text(Text)},
    run(Rest, W#w{risks = [Rule | Risks]});
run([{fail, E, Line} | _], W0) ->
    {Message, _} = eval(E, W0),
    stop(Line, text(Message));
run([break | _], W) -> {break, W};
run([continue | _], W) -> {continue, W};
run([], W) -> {next, W}.

%% The variable's value goes to its history; in a loop once a bar.
keep(V, Index, true, #w{series = Series, bar = Bar} = W) ->
    case fxaot_eval_store:is_stamped(Index, Bar, Series) of
        true -> W;
        false -> keep(V, Index, false, stamped(Index, W))
    end;
keep(V, Index, false, #w{series = Series, variables = Variables} = W) ->
    W#w{series = push(Index, get(V, Variables), Series)}.

stamped(none, W) -> W;
stamped(Index, #w{series = Series, bar = Bar} = W) ->
    W#w{series = fxaot_eval_store:stamp(Index, Bar, Series)}.

%% The direction is settled in the first round; the bound is evaluated before each.
for(I, Step, Direction, {V, To, Body, Cost, Line} = Loop, Rest, W0) ->
    {Last, W1} = eval(To, W0),
    Direction =:= none andalso check_step(I, Last, Step, Line),
    case direction(I, Last, Step, Direction) of
        none -> run(Rest, W1);
        By ->
            Goes = case fxaot_eval_number:above(By, 0.0) of
                       true -> fxaot_eval_number:less_or_equal(I, Last);
                       false -> fxaot_eval_number:less_or_equal(Last, I)
                   end,
            case Goes andalso run(Body, W1#w{variables = set(V, I, W1#w.variables)}) of
                false -> run(Rest, W1);
                {break, W} -> run(Rest, W);
                {_, W} ->
                    for(fxaot_eval_number:add(I, By), Step, By, Loop, Rest, paid(Cost, Line, W))
            end
    end.

%% A negative step of a loop that counts up, and 0, stop the script.
check_step(_, _, Step, Line) when Step == 0.0 -> stop(Line, "the step of a 'for' loop cannot be 0");
check_step(I, Last, Step, Line) ->
    fxaot_eval_number:above(0.0, Step) andalso fxaot_eval_number:less(I, Last) andalso
        stop(Line, ["a 'for' loop that counts up cannot have the step ", fxaot_eval_fault:number(Step)]).

%% A step that is na leads beyond any bound.
direction(I, Last, Step, none) ->
    case I =/= na andalso Last =/= na of
        false -> none;
        true ->
            Size = case Step of na -> inf; _ -> fxaot_eval_number:absolute(Step) end,
            case fxaot_eval_number:less_or_equal(I, Last) of
                true -> Size;
                false -> fxaot_eval_number:negate(Size)
            end
    end;
direction(_, _, _, Direction) -> Direction.

while(C, Body, Cost, Line, Rest, W0) ->
    {Decided, W1} = eval(C, W0),
    case is_true(Decided) andalso run(Body, W1) of
        false -> run(Rest, W1);
        {break, W} -> run(Rest, W);
        {_, W} -> while(C, Body, Cost, Line, Rest, paid(Cost, Line, W))
    end.

paid(Cost, _, #w{budget = Left} = W) when Left >= Cost -> W#w{budget = Left - Cost};
paid(_, Line, _) -> stop(Line, "the script exceeds its step limit on this bar").

order(Kind, [Id, Direction, FromEntry, Quantity, QuantityPercent, Limit, Stop, Profit, Loss,
             TrailPrice, TrailPoints, TrailOffset, OcaName, Oca, Comment, CommentProfit,
             CommentLoss, CommentTrailing, Immediately]) ->
    #{kind => Kind, id => text(Id), direction => sign(Direction), from_entry => text(FromEntry),
      quantity => Quantity, quantity_percent => QuantityPercent, limit => Limit, stop => Stop,
      profit => Profit, loss => Loss, trail_price => TrailPrice, trail_points => TrailPoints,
      trail_offset => TrailOffset, oca_name => text(OcaName), oca => oca(Oca),
      comment => text(Comment), comment_profit => text(CommentProfit),
      comment_loss => text(CommentLoss), comment_trailing => text(CommentTrailing),
      immediately => is_true(Immediately)}.

text(X) when is_binary(X) -> X;
text(_) -> <<>>.

sign(X) ->
    case fxaot_eval_number:above(X, 0.0) of
        true -> 1;
        false -> case fxaot_eval_number:above(0.0, X) of true -> -1; false -> 0 end
    end.

oca(X) when X == 1.0 -> cancel;
oca(X) when X == 2.0 -> reduce;
oca(_) -> none.

%% ---- expressions that change something -----------------------------------------

eval({i, Node}, W) -> changing(Node, W);
eval(Node, W) -> {value(Node, W), W}.

all(Nodes, W) -> lists:mapfoldl(fun eval/2, W, Nodes).

changing({kernel, Index, Kernel, Mode, Arguments, Checks, Line}, W0) ->
    {Values, #w{sites = Sites} = W} = all(Arguments, W0),
    check_lengths(Checks, Values, Line),
    Slot = advanced(Mode, Kernel, Values, get(Index, Sites), W),
    {first(element(1, Slot)), W#w{sites = set(Index, Slot, Sites)}};
changing({change, Index, {asked, Timeframe, Place, Line}}, W0) ->
    {Text, W} = eval(Timeframe, W0),
    changed(Index, asked(timeframe_change, [Text], Place, Line, W), W);
changing({change, Index, {Period, Calendar}}, #w{candle = #candle{time = Time}} = W) ->
    {Start, _} = fxaot_eval_time:bounds(Period, Time, Calendar),
    changed(Index, float(Start), W);
changing({asked, Function, Arguments, Place, Line}, W0) ->
    {Values, W} = all(Arguments, W0),
    {asked(Function, Values, Place, Line, W), W};
changing({sequence, Block, E}, W0) ->
    {_, W} = run(Block, W0),
    eval(E, W);
changing({select, C, A, B}, W0) ->
    {Decided, W} = eval(C, W0),
    eval(case is_true(Decided) of true -> A; false -> B end, W);
changing({'and', A, B}, W0) ->
    {Left, W} = eval(A, W0),
    case is_true(Left) of
        true -> eval(B, W);
        false -> {Left, W}
    end;
changing({'or', A, B}, W0) ->
    {Left, W} = eval(A, W0),
    case is_true(Left) of
        true -> {Left, W};
        false -> eval(B, W)
    end;
changing({past, Index, Now, Ago, Line, Most}, W0) ->
    {Offset, W} = eval(Ago, W0),
    {value({past, Index, Now, {c, Offset}, Line, Most}, W), W};
changing({trade, Field, IsOpen, Number}, W0) ->
    {N, W} = eval(Number, W0),
    {value({trade, Field, IsOpen, {c, N}}, W), W};
changing({function, Function, Arguments, IsText}, W0) ->
    {Values, W} = all(Arguments, W0),
    {function(Function, Values, IsText, maps:get(mintick, W#w.fixed)), W};
changing({object, Function, Arguments, Line}, W0) ->
    {Values, #w{heap = Heap0} = W} = all(Arguments, W0),
    try fxaot_eval_object:evaluate(Function, Values, Heap0) of
        {X, Heap} -> {X, W#w{heap = Heap}}
    catch throw:{fault, Reason} -> stop(Line, fxaot_eval_fault:sentence(Function, Reason))
    end;
changing({stamp, Zone, Fields}, W0) ->
    {Values, W} = all(Fields, W0),
    {stamp(Zone, Values), W};
changing({shown, Zone, Time, Format}, W0) ->
    {[T, F], W} = all([Time, Format], W0),
    {shown(Zone, T, F), W};
changing({clock, Field, Zone, Time}, W0) ->
    {T, W} = eval(Time, W0),
    {clock(Field, Zone, T), W};
changing({Operator, A, B}, W0) ->
    {Left, W1} = eval(A, W0),
    {Right, W} = eval(B, W1),
    {binary(Operator, Left, Right), W};
changing({Operator, A}, W0) ->
    {X, W} = eval(A, W0),
    {unary(Operator, X), W}.

first(Results) when is_tuple(Results) -> element(1, Results);
first(Result) -> Result.

check_lengths([], _, _) -> ok;
check_lengths([I | Rest], Values, Line) ->
    case lists:nth(I, Values) of
        N when is_float(N), N >= 1.0, N =< ?LONGEST -> ok;
        na -> ok;
        N -> stop(Line, ["a length must be from 1 to 5000, not ", fxaot_eval_fault:number(N)])
    end,
    check_lengths(Rest, Values, Line).

%% ---- kernels, by where they are called -----------------------------------------

%% In a loop each round of a bar starts from the state before the bar.
advanced({loop, Mode}, Kernel, Values, {_, Bar, Before, _}, #w{bar = Bar} = W) ->
    {Result, State} = stepped(Mode, Kernel, Values, Before, W),
    {Result, Bar, Before, State};
advanced({loop, Mode}, Kernel, Values, {_, _, _, Before}, #w{bar = Bar} = W) ->
    {Result, State} = stepped(Mode, Kernel, Values, Before, W),
    {Result, Bar, Before, State};
advanced(Mode, Kernel, Values, {_, State}, W) -> stepped(Mode, Kernel, Values, State, W).

stepped(plain, Kernel, Values, State, #w{candle = Candle}) ->
    fxaot_eval_kernel:step(Kernel, State, Values, Candle);
%% As many steps as bars were passed over, with the values of the last call.
stepped(carry, Kernel, Values, {State0, Last}, #w{bar = Bar, candle = Candle}) ->
    Before = case Last of
                 {LastBar, LastValues, LastCandle} ->
                     repeated(min(Bar - 1 - LastBar, ?LONGEST), Kernel, State0, LastValues, LastCandle);
                 none -> State0
             end,
    {Result, State} = fxaot_eval_kernel:step(Kernel, Before, Values, Candle),
    {Result, {State, {Bar, Values, Candle}}};
stepped(slots, Kernel, [X, _], State0, #w{bar = Bar}) ->
    {{Best, Age}, State} = fxaot_eval_kernel:extreme_step(State0, X, Bar - 1),
    {case Kernel of
         highest -> Best;
         lowest -> Best;
         _ -> Age
     end, State}.

repeated(N, Kernel, State0, Values, Candle) when N > 0 ->
    {_, State} = fxaot_eval_kernel:step(Kernel, State0, Values, Candle),
    repeated(N - 1, Kernel, State, Values, Candle);
repeated(_, _, State, _, _) -> State.

%% ---- expressions that are only read ----------------------------------------------

value({c, X}, _) -> X;
value({v, V}, #w{variables = Variables}) -> get(V, Variables);
value({b, Field}, W) -> field(Field, W);
value({past, Index, Ago}, #w{series = Series}) -> past(Index, Ago, Series);
value({past, Index, Now, Ago, Line, Most}, W) ->
    case value(Ago, W) of
        N when is_float(N), N >= 0.0, N < Most + 1 ->
            case trunc(N) of
                0 -> value(Now, W);
                Whole -> past(Index, Whole, W#w.series)
            end;
        na -> na;
        N -> stop(Line, ["bars ago must be from 0 to 5000 (10000 of open, high, low, close and time), or "
                           "to a larger max_bars_back, not ", fxaot_eval_fault:number(N)])
    end;
value({add, A, B}, W) -> fxaot_eval_number:add(value(A, W), value(B, W));
value({subtract, A, B}, W) -> fxaot_eval_number:subtract(value(A, W), value(B, W));
value({multiply, A, B}, W) -> fxaot_eval_number:multiply(value(A, W), value(B, W));
value({divide, A, B}, W) -> fxaot_eval_number:quotient(value(A, W), value(B, W));
value({'and', A, B}, W) ->
    Left = value(A, W),
    case is_true(Left) of
        true -> value(B, W);
        false -> Left
    end;
value({'or', A, B}, W) ->
    Left = value(A, W),
    case is_true(Left) of
        true -> Left;
        false -> value(B, W)
    end;
value({select, C, A, B}, W) ->
    case is_true(value(C, W)) of
        true -> value(A, W);
        false -> value(B, W)
    end;
value({function, Function, Arguments, IsText}, #w{fixed = #{mintick := Mintick}} = W) ->
    function(Function, [value(A, W) || A <- Arguments], IsText, Mintick);
value({kernel_result, Index, K}, #w{sites = Sites}) ->
    case element(1, get(Index, Sites)) of
        Results when is_tuple(Results) -> element(K + 1, Results);
        Result when K =:= 0 -> Result;
        _ -> na
    end;
value({request, R, K, Empty}, #w{requests = Requests}) ->
    case Requests of
        #{R := Values} when K < length(Values) ->
            case lists:nth(K + 1, Values) of
                na -> Empty;
                X -> X
            end;
        #{} -> Empty
    end;
value({book, N}, W) -> book(N, W);
value(entry_name, W) -> book(entry_name, W);
value({trade, Field, IsOpen, Number}, W) -> trade(Field, IsOpen, value(Number, W), W);
value({time, Query, Zone, Session}, #w{candle = Candle}) -> time(Query, Zone, Session, Candle);
value({asked, Function, Arguments, Place, Line}, W) ->
    asked(Function, [value(A, W) || A <- Arguments], Place, Line, W);
value({stamp, Zone, Fields}, W) -> stamp(Zone, [value(F, W) || F <- Fields]);
value({shown, Zone, Time, Format}, W) -> shown(Zone, value(Time, W), value(Format, W));
value({clock, Field, Zone, Time}, W) -> clock(Field, Zone, value(Time, W));
value({Operator, A, B}, W) -> binary(Operator, value(A, W), value(B, W));
value({Operator, A}, W) -> unary(Operator, value(A, W)).

%% A period's start compared with the last bar's.
changed(Index, Start, #w{sites = Sites} = W) ->
    {_, Before} = get(Index, Sites),
    Changed = truth(fxaot_eval_number:not_equal(Start, Before)),
    {Changed, W#w{sites = set(Index, {Changed, Start}, Sites)}}.

%% A function of time with texts of the bar.
asked(Function, Values, Place, Line, #w{candle = Candle}) ->
    try fxaot_eval_query:answer(Function, Values, Place, Candle)
    catch throw:{refused, _} -> stop(Line, fxaot_eval_query:complaint(Function))
    end.

%% @doc The unary operators.
-spec unary(atom(), value()) -> value().
unary(negate, X) -> fxaot_eval_number:negate(X);
unary('not', X) -> truth(not is_true(X));
unary(is_na, X) -> truth(X =:= na);
unary(truncate, X) -> fxaot_eval_number:truncated(X);
unary(truth, X) -> truth(fxaot_eval_number:not_equal(X, 0.0)).

%% @doc The binary operators that evaluate both sides.
-spec binary(atom(), value(), value()) -> value().
binary(add, A, B) -> fxaot_eval_number:add(A, B);
binary(subtract, A, B) -> fxaot_eval_number:subtract(A, B);
binary(multiply, A, B) -> fxaot_eval_number:multiply(A, B);
binary(divide, A, B) -> fxaot_eval_number:quotient(A, B);
binary(remainder, A, B) -> fxaot_eval_number:remainder(A, B);
binary(divide_integers, A, B) -> fxaot_eval_number:divide_integers(A, B);
binary(less, A, B) -> truth(fxaot_eval_number:less(A, B));
binary(less_or_equal, A, B) -> truth(fxaot_eval_number:less_or_equal(A, B));
binary(greater, A, B) -> truth(fxaot_eval_number:less(B, A));
binary(greater_or_equal, A, B) -> truth(fxaot_eval_number:less_or_equal(B, A));
binary(equal, A, B) -> truth(fxaot_eval_number:equal(A, B));
binary(not_equal, A, B) -> truth(fxaot_eval_number:not_equal(A, B)).

%% @doc A function of numbers, colours or texts.
-spec function(atom(), [value()], [boolean()], Mintick :: float()) -> value().
function(Function, Values, IsText, Mintick) ->
    case fxaot_eval_number:function(Function, Values, Mintick) of
        none -> fxaot_eval_text:function(Function, Values, IsText, Mintick);
        Value -> Value
    end.
