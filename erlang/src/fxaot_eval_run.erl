%% @private Walks a world's tree, once a bar. All state is in one term, so a step that is not to
%% count (a look at a period that is not over) is one whose state is dropped.
-module(fxaot_eval_run).

-export([new/1, step/5, results/1, plots/1, orders/1, risks/1, unary/2, binary/3, function/4]).

-export_type([world/0, book/0, place/0]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [truth/1, is_true/1]).

-define(LONGEST, 5000).
-define(BUDGET, 1000000).
-define(MOST_ORDERS, 10000).

%% A script's book: numbers in the order of their fields, trades by number.
-type book() :: none | #{numbers := tuple(), open => #{non_neg_integer() => map()},
                         closed => #{non_neg_integer() => map()}, entry_name => binary()}.
%% What the bar is among the others: the last one's number and time, and whether it is history.
-type place() :: {LastIndex :: integer() | inf, LastTime :: integer(), IsHistory :: boolean()}.

-record(w, {fixed :: map(),
            variables :: tuple(), sites :: tuple(), series :: tuple(),
            %% Fields whose past is read: what they are on this bar.
            fields = [] :: list(),
            %% Bars begun.
            bar = 0 :: non_neg_integer(),
            candle :: #candle{} | undefined, place :: place() | undefined,
            book = none :: book(), requests = #{} :: map(),
            day_before = none :: integer() | none, day = none :: integer() | none,
            budget = ?BUDGET :: integer(),
            plots = #{} :: map(), orders = [] :: list(), order_count = 0 :: non_neg_integer(),
            risks = [] :: list()}).

-opaque world() :: #w{}.

-spec new(map()) -> world().
new(#{variables := Variables, sites := Sites, series := Series} = Fixed) ->
    #w{fixed = maps:without([variables, sites, series], Fixed),
       variables = store(Variables), sites = store([none | Sites]),
       series = store([none | [{0, 0, Most, Empty, []} || {_, Most, Empty} <- Series]])}.

%% @doc One bar. Throws `{stop, Line, Sentence}'.
-spec step(#candle{}, place(), book(), Requests :: map(), world()) -> world().
step(Candle, Place, Book, Requests, #w{fixed = #{body := Body}} = W0) ->
    {_, W} = run(Body, begun(Candle, W0#w{place = Place, book = Book, requests = Requests,
                                          budget = ?BUDGET, plots = #{}, orders = [],
                                          order_count = 0, risks = []})),
    W.

%% The old bar's fields go to their histories.
begun(Candle, #w{fixed = #{fields := Fields}, bar = Bar, fields = Before} = W0) ->
    Series = lists:foldl(fun({Index, Value}, S) -> pushed(Index, Value, S) end, W0#w.series, Before),
    W1 = with_day(Candle, W0#w{series = Series, bar = Bar + 1, candle = Candle}),
    W1#w{fields = [{Index, field(Field, W1)} || {Field, Index} <- Fields]}.

with_day(#candle{time = Time}, #w{fixed = #{needs_day := true, calendar := Calendar}, day = Day} = W) ->
    W#w{day_before = Day, day = fxaot_eval_time:trading_day(Time, Calendar)};
with_day(_, W) -> W.

%% ---- what a step left --------------------------------------------------------

%% @doc The values of a request's results.
-spec results(world()) -> [value()].
results(#w{fixed = #{results := Results}, variables = Variables}) ->
    [get(V, Variables) || V <- Results].

-spec plots(world()) -> [value()].
plots(#w{fixed = #{plots := Count}, plots = Plots}) ->
    [maps:get(N, Plots, na) || N <- lists:seq(0, Count - 1)].

-spec orders(world()) -> [map()].
orders(#w{orders = Orders}) -> lists:reverse(Orders).

-spec risks(world()) -> [map()].
risks(#w{risks = Risks}) -> lists:reverse(Risks).

%% ---- stores: what changes often, in tuples of 16 ------------------------------

store(Values) -> list_to_tuple(chunks(Values)).

chunks([]) -> [];
chunks(Values) when length(Values) =< 16 -> [list_to_tuple(Values)];
chunks(Values) ->
    {First, Rest} = lists:split(16, Values),
    [list_to_tuple(First) | chunks(Rest)].

get(I, Store) -> element((I band 15) + 1, element((I bsr 4) + 1, Store)).

set(I, Value, Store) ->
    Chunk = (I bsr 4) + 1,
    setelement(Chunk, Store, setelement((I band 15) + 1, element(Chunk, Store), Value)).

%% A history: the bar of its newest push in a loop, how many values are held, how many are wanted,
%% what is there before there was any, and the values, the newest first.
pushed(Index, Value, Store) ->
    case get(Index, Store) of
        {Stamp, Held, Most, Empty, Values} when Held < 2 * Most + 8 ->
            set(Index, {Stamp, Held + 1, Most, Empty, [Value | Values]}, Store);
        {Stamp, _, Most, Empty, Values} ->
            set(Index, {Stamp, Most + 1, Most, Empty, [Value | lists:sublist(Values, Most)]}, Store)
    end.

past(Index, Ago, #w{series = Store}) ->
    case get(Index, Store) of
        {_, Held, _, _, Values} when Ago =< Held -> lists:nth(Ago, Values);
        {_, _, _, Empty, _} -> Empty
    end.

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
        0.0 ->
            {X, W1} = eval(E, W0),
            W = stamped(Index, W1),
            run(Rest, W#w{variables = set(Flag, 1.0, set(V, X, W#w.variables))});
        _ when Index =:= none -> run(Rest, W0);
        _ -> run(Rest, keep(V, Index, IsLooped, W0))
    end;
run([{for, V, From, To, Step, Body, Cost, Line} | Rest], W0) ->
    {First, W1} = eval(From, W0),
    {By, W2} = case Step of
                   {c, na} -> {1.0, W1};
                   _ -> eval(Step, W1)
               end,
    for(First, fxaot_eval_number:absolute(By), none, {V, To, Body, Cost, Line}, Rest, W2);
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
keep(_, Index, true, #w{series = Series, bar = Bar} = W) when element(1, element((Index band 15) + 1, element((Index bsr 4) + 1, Series))) =:= Bar ->
    W;
keep(V, Index, true, W) -> keep(V, Index, false, stamped(Index, W));
keep(V, Index, false, #w{series = Series, variables = Variables} = W) ->
    W#w{series = pushed(Index, get(V, Variables), Series)}.

stamped(none, W) -> W;
stamped(Index, #w{series = Series, bar = Bar} = W) ->
    W#w{series = set(Index, setelement(1, get(Index, Series), Bar), Series)}.

%% The direction is settled in the first round; the bound is evaluated before each.
for(I, Size, Direction, {V, To, Body, Cost, Line} = Loop, Rest, W0) ->
    {Last, W1} = eval(To, W0),
    case direction(I, Last, Size, Direction) of
        none -> run(Rest, W1);
        By ->
            Goes = case fxaot_eval_number:above(By, 0.0) of
                       true -> fxaot_eval_number:at_least(Last, I);
                       false -> fxaot_eval_number:at_least(I, Last)
                   end,
            case Goes andalso run(Body, W1#w{variables = set(V, I, W1#w.variables)}) of
                false -> run(Rest, W1);
                {break, W} -> run(Rest, W);
                {_, W} ->
                    for(fxaot_eval_number:add(I, By), Size, By, Loop, Rest, paid(Cost, Line, W))
            end
    end.

direction(I, Last, Size, none) ->
    case fxaot_eval_number:above(Size, 0.0) andalso I =/= na andalso Last =/= na of
        false -> none;
        true ->
            case fxaot_eval_number:at_least(Last, I) of
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
paid(_, Line, _) -> stop(Line, "a bar takes more steps than the script may make").

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
changing({change, Index, {Period, Calendar}}, #w{sites = Sites, candle = #candle{time = Time}} = W) ->
    {Start, _} = fxaot_eval_time:bounds(Period, Time, Calendar),
    {_, Before} = get(Index, Sites),
    Changed = truth(fxaot_eval_number:not_equal(float(Start), Before)),
    {Changed, W#w{sites = set(Index, {Changed, float(Start)}, Sites)}};
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
changing({past, Index, Now, Ago, Line}, W0) ->
    {Offset, W} = eval(Ago, W0),
    {value({past, Index, Now, {c, Offset}, Line}, W), W};
changing({trade, Field, IsOpen, Number}, W0) ->
    {N, W} = eval(Number, W0),
    {value({trade, Field, IsOpen, {c, N}}, W), W};
changing({function, Function, Arguments, IsText}, W0) ->
    {Values, W} = all(Arguments, W0),
    {function(Function, Values, IsText, maps:get(mintick, W#w.fixed)), W};
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
        N -> stop(Line, ["a length must be from 1 to 5000, not ", written(N)])
    end,
    check_lengths(Rest, Values, Line).

written(N) when is_float(N) -> string:trim(float_to_binary(N, [short]), trailing, ".0");
written(inf) -> "inf";
written(ninf) -> "-inf";
written(_) -> "nan".

%% ---- kernels, by where they are called -----------------------------------------

advanced(plain, Kernel, Values, {_, State}, #w{candle = Candle}) ->
    fxaot_eval_kernel:step(Kernel, State, Values, Candle);
%% In a loop each round of a bar starts from the state before the bar.
advanced(loop, Kernel, Values, {_, Bar, Before, _}, #w{bar = Bar, candle = Candle}) ->
    {Result, State} = fxaot_eval_kernel:step(Kernel, Before, Values, Candle),
    {Result, Bar, Before, State};
advanced(loop, Kernel, Values, {_, _, _, Before}, #w{bar = Bar, candle = Candle}) ->
    {Result, State} = fxaot_eval_kernel:step(Kernel, Before, Values, Candle),
    {Result, Bar, Before, State};
%% In a branch, as many steps as bars were passed over, with the values of the last call.
advanced(carry, Kernel, Values, {_, State0, Last}, #w{bar = Bar, candle = Candle}) ->
    Before = case Last of
                 {LastBar, LastValues, LastCandle} ->
                     repeated(min(Bar - 1 - LastBar, ?LONGEST), Kernel, State0, LastValues, LastCandle);
                 none -> State0
             end,
    {Result, State} = fxaot_eval_kernel:step(Kernel, Before, Values, Candle),
    {Result, State, {Bar, Values, Candle}};
advanced(slots, Kernel, [X, _], {_, State0}, #w{bar = Bar}) ->
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
value({past, Index, Ago}, W) -> past(Index, Ago, W);
value({past, Index, Now, Ago, Line}, W) ->
    case value(Ago, W) of
        N when is_float(N), N >= 0.0, N < ?LONGEST + 1 ->
            case trunc(N) of
                0 -> value(Now, W);
                Whole -> past(Index, Whole, W)
            end;
        na -> na;
        N -> stop(Line, ["bars ago must be from 0 to 5000, not ", written(N)])
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
value({book, N}, #w{book = none, fixed = #{capital := Capital}}) -> unopened(N, Capital);
value({book, N}, #w{book = #{numbers := Numbers}}) -> element(N + 1, Numbers);
value(entry_name, #w{book = #{entry_name := Name}}) -> Name;
value(entry_name, _) -> <<>>;
value({trade, Field, IsOpen, Number}, W) -> trade(Field, IsOpen, value(Number, W), W);
value({time, Query, Zone, Session}, #w{candle = Candle}) -> time(Query, Zone, Session, Candle);
value({stamp, Zone, Fields}, W) -> stamp(Zone, [value(F, W) || F <- Fields]);
value({shown, Zone, Time, Format}, W) -> shown(Zone, value(Time, W), value(Format, W));
value({clock, Field, Zone, Time}, W) -> clock(Field, Zone, value(Time, W));
value({Operator, A, B}, W) -> binary(Operator, value(A, W), value(B, W));
value({Operator, A}, W) -> unary(Operator, value(A, W)).

%% @doc The unary operators.
-spec unary(atom(), value()) -> value().
unary(negate, X) -> fxaot_eval_number:negate(X);
unary('not', X) -> truth(not is_true(X));
unary(is_na, X) -> truth(X =:= na);
unary(truncate, X) -> fxaot_eval_number:truncated(X);
unary(truth, X) -> truth(is_true(X)).

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

%% ---- the bar -------------------------------------------------------------------

field(close, #w{candle = #candle{close = Close}}) -> Close;
field(open, #w{candle = #candle{open = Open}}) -> Open;
field(high, #w{candle = #candle{high = High}}) -> High;
field(low, #w{candle = #candle{low = Low}}) -> Low;
field(volume, #w{candle = #candle{volume = Volume}}) -> Volume;
field(hl2, #w{candle = #candle{high = High, low = Low}}) -> mean([High, Low]);
field(hlc3, #w{candle = #candle{high = High, low = Low, close = Close}}) -> mean([High, Low, Close]);
field(ohlc4, #w{candle = #candle{open = O, high = H, low = L, close = C}}) -> mean([O, H, L, C]);
field(hlcc4, #w{candle = #candle{high = H, low = L, close = C}}) -> mean([H, L, C, C]);
field(time, #w{candle = #candle{time = Time}}) -> float(Time);
field(F, #w{candle = #candle{time_close = Time}}) when F =:= time_close; F =:= now -> float(Time);
field(index, #w{bar = Bar}) -> float(Bar - 1);
field(last_index, #w{place = {inf, _, _}}) -> 9223372036854775807.0;
field(last_index, #w{place = {Last, _, _}}) -> float(Last);
field(last_time, #w{place = {_, Last, _}}) -> float(Last);
field(time_trading_day, #w{candle = #candle{time = Time}, fixed = #{calendar := Calendar}}) ->
    float(fxaot_eval_time:trading_day(Time, Calendar) * 86400000);
field(is_first, #w{bar = Bar}) -> truth(Bar =:= 1);
field(is_last, #w{bar = Bar, place = {Last, _, _}}) -> truth(Last =/= inf andalso Bar - 1 >= Last);
field(is_history, #w{place = {_, _, IsHistory}}) -> truth(IsHistory);
field(is_realtime, #w{place = {_, _, IsHistory}}) -> truth(not IsHistory);
field(F, _) when F =:= is_new; F =:= is_confirmed -> 1.0;
field(is_last_confirmed_history, #w{bar = Bar, place = {Last, _, IsHistory}}) ->
    truth(IsHistory andalso Bar - 1 =:= Last);
field(is_market, #w{candle = #candle{time = Time}} = W) -> truth(is_within(Time, W));
field(F, _) when F =:= is_premarket; F =:= is_postmarket -> 0.0;
field(is_session_first, #w{day = Day, day_before = Before}) -> truth(Day =/= Before);
field(is_session_last, #w{candle = #candle{time = Time, time_close = Close},
                          fixed = #{calendar := Calendar}} = W) ->
    truth(not is_within(Close, W) orelse fxaot_eval_time:trading_day(Close, Calendar)
              =/= fxaot_eval_time:trading_day(Time, Calendar));
field(Field, #w{candle = #candle{time = Time}, fixed = #{zone := Zone}}) ->
    float(fxaot_eval_time:field(Field, fxaot_eval_time:local(Time, Zone))).

mean(Values) ->
    Sum = lists:foldl(fun(X, Sum) -> fxaot_eval_number:add(Sum, X) end, hd(Values), tl(Values)),
    fxaot_eval_number:divide(Sum, float(length(Values))).

is_within(Time, #w{fixed = #{session := Session, zone := Zone}}) ->
    Session =:= none orelse fxaot_eval_time:is_within(Session, fxaot_eval_time:local(Time, Zone)).

%% ---- time ------------------------------------------------------------------------

%% A bar belongs to the session it opens in; of its close, the last moment before counts.
time({itself, time}, Zone, Session, #candle{time = Time}) -> inside(Time, Time, Zone, Session);
time({itself, time_close}, Zone, Session, #candle{time_close = Time}) ->
    inside(Time, Time - 1, Zone, Session);
time({bounds, Function, Period, Calendar}, Zone, Session, #candle{time = Time}) ->
    {Start, End} = fxaot_eval_time:bounds(Period, Time, Calendar),
    inside(case Function of time -> Start; time_close -> End end, Time, Zone, Session).

inside(Answer, _, _, none) -> float(Answer);
inside(Answer, Time, Zone, Session) ->
    case fxaot_eval_time:is_within(Session, fxaot_eval_time:local(Time, Zone)) of
        true -> float(Answer);
        false -> na
    end.

stamp(Zone, Values) ->
    case lists:all(fun(X) -> is_float(X) andalso abs(X) < 1.0e12 end, Values) of
        true ->
            case fxaot_eval_time:timestamp([trunc(X) || X <- Values], Zone) of
                na -> na;
                Instant -> float(Instant)
            end;
        false -> na
    end.

shown(Zone, Time, Format) when is_float(Time), abs(Time) =< 7.6032e15 ->
    Pattern = case Format of na -> <<>>; _ -> Format end,
    fxaot_eval_text:clock(float(fxaot_eval_time:local(trunc(Time), Zone)), text(Pattern));
shown(_, _, _) -> na.

clock(Field, Zone, Time) when is_float(Time), abs(Time) =< 7.6032e15 ->
    float(fxaot_eval_time:field(Field, fxaot_eval_time:local(trunc(Time), Zone)));
clock(_, _, _) -> na.

%% ---- the book ----------------------------------------------------------------------

%% A book without any trade: the account's numbers, no mean of nothing.
unopened(N, Capital) when N =:= 2; N =:= 29 -> Capital;
unopened(N, _) when N =:= 1; N =:= 30; N >= 20, N =< 25 -> na;
unopened(_, _) -> 0.0.

trade(_, _, _, #w{book = none}) -> na;
trade(Field, IsOpen, N, #w{book = Book, fixed = #{point_value := PointValue}}) when is_float(N), N >= 0.0 ->
    case maps:get(case IsOpen of true -> open; false -> closed end, Book, #{}) of
        Trades ->
            case maps:find(trunc(N), Trades) of
                {ok, Trade} -> trade_field(Field, Trade, PointValue);
                error -> na
            end
    end;
trade(_, _, _, _) -> na.

%% Percents are of what the trade's entry cost.
trade_field(Field, #{entry_price := Price, size := Size} = Trade, PointValue)
  when Field =:= profit_percent; Field =:= max_runup_percent; Field =:= max_drawdown_percent ->
    Amount = map_get(case Field of
                         profit_percent -> profit;
                         max_runup_percent -> max_runup;
                         max_drawdown_percent -> max_drawdown
                     end, Trade),
    Cost = fxaot_eval_number:multiply(
             fxaot_eval_number:multiply(Price, fxaot_eval_number:absolute(Size)), PointValue),
    fxaot_eval_number:multiply(fxaot_eval_number:divide(Amount, Cost), 100.0);
trade_field(Field, Trade, _) -> map_get(Field, Trade).
