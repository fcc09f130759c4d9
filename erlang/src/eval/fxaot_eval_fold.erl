%% @private Writes a program out as one tree for one world, with known values in place.
%%
%% The chart has a world, and each `request.security' that is needed has one: the whole script over
%% the request's bars, without orders and plots. Constants are followed through variables and decided
%% branches are taken, since a script's meaning depends on it: a length becomes known, a call no longer
%% stands in a branch.
%%
%% Statements are `{Id, Line, Statement}'. A call of a kernel knows where it stands: `always', in a
%% `branch' or in a `loop'.
%%
%% Longer than a file should be: one walk with a clause for each kind of expression and statement.
-module(fxaot_eval_fold).

-export([fold/3]).

-export_type([known/0, folded/0]).

-include("fxaot_eval.hrl").

%% The book's number that converts money, by its place.
-define(ACCOUNT_RATE, 32).

-type known() :: #{parameters := tuple(), period := fxaot_eval_time:period(),
                   chart := fxaot_eval_time:period(), symbol := map(), chart_symbol := map(),
                   %% A nameless symbol; the histories of others, and the one that a world reads.
                   any := map(), data := [fxaot_eval_market:history()],
                   history := none | fxaot_eval_market:history(),
                   account := binary(),
                   zone := fun((binary()) -> fxaot_eval_time:zone() | none)}.
-type folded() :: #{body := list(), results := [non_neg_integer()], types := tuple(),
                    requests := #{non_neg_integer() => map()}, open := [{integer(), string()}]}.

-record(f, {program :: #program{}, known :: known(),
            world :: chart | {request, non_neg_integer()},
            %% Constants that variables hold at this point.
            held = #{} :: map(),
            %% Variables that anything but one declaration writes.
            reassigned :: map(),
            %% Statements of the block at hand, the newest first.
            out = [] :: list(),
            line = 0 :: integer(), next = 0 :: non_neg_integer(),
            types :: [atom()], variables :: non_neg_integer(),
            sites = #{} :: map(), site_count = 0 :: non_neg_integer(),
            requests = #{} :: map(), numbers = #{} :: map(),
            captured = #{} :: map(),
            %% On the way to a request that is evaluated ahead: copies of the variables that are
            %% written on it, and which of them are declared on it.
            way = none :: none | {Copies :: map(), Declared :: [non_neg_integer()]},
            reach :: fxaot_eval_parts:reach(),
            %% Conditions and loops around this place; those around the statement at hand.
            conditions = 0 :: non_neg_integer(), base = 0 :: non_neg_integer(),
            loops = 0 :: non_neg_integer(), laziness = 0 :: non_neg_integer(),
            open = [] :: list()}).

%% @doc The chart's world, or a request's, whose results are then the variables `results'. `open'
%% lists the requests that are not fully known before the first bar.
-spec fold(#program{}, chart | {request, non_neg_integer()}, known()) -> folded().
fold(Program, World, Known) ->
    Types = tuple_to_list(Program#program.variables),
    F0 = #f{program = Program, known = Known, world = World, reassigned = reassigned(Program),
            reach = fxaot_eval_parts:reach(Program),
            types = lists:reverse(Types), variables = length(Types)},
    {Body, F} = nested(Program#program.body, F0),
    Results = case World of
                  chart -> [];
                  {request, R} -> maps:get(R, F#f.captured, [])
              end,
    #{body => Body, results => Results, types => list_to_tuple(lists:reverse(F#f.types)),
      requests => F#f.requests, open => lists:reverse(F#f.open)}.

reassigned(#program{blocks = Blocks, loops = Loops}) ->
    Writes = [W || Block <- tuple_to_list(Blocks), {_, S} <- Block, W <- writes(S)]
        ++ [{V, 2} || {V, _, _, _, _} <- tuple_to_list(Loops)],
    Counts = lists:foldl(fun({V, N}, Sum) -> maps:update_with(V, fun(M) -> M + N end, N, Sum) end,
                         #{}, Writes),
    maps:filter(fun(_, N) -> N > 1 end, Counts).

writes({declare, V, _}) -> [{V, 1}];
writes({declare_once, V, _}) -> [{V, 1}];
writes({assign, V, _}) -> [{V, 2}];
writes(_) -> [].

%% ---- statements --------------------------------------------------------------

%% A block's statements as a list of its own.
nested(Block, #f{out = Out, laziness = Laziness, base = Base} = F0) ->
    F = block(Block, F0#f{out = [], laziness = 0}),
    {lists:reverse(F#f.out), F#f{out = Out, laziness = Laziness, base = Base}}.

%% A block's statements behind those that are there.
block(Block, F) when Block < 0 -> F;
block(Block, #f{program = #program{blocks = Blocks}} = F) ->
    lists:foldl(fun({Line, S}, G) ->
                        statement(S, G#f{line = Line, base = G#f.conditions})
                end, F, element(Block + 1, Blocks)).

put_out(S, #f{out = Out, next = Id, line = Line} = F) ->
    F#f{out = [{Id, Line, S} | Out], next = Id + 1}.

statement({evaluate, E}, F) -> evaluated(expression(E, F));
statement({declare, V, E}, F0) ->
    {Made, F} = expression(E, F0),
    put_out({declare, place(V, F), Made, is_looped(F)}, hold(V, Made, F));
statement({assign, V, E}, F0) ->
    {Made, F} = expression(E, F0),
    put_out({assign, place(V, F), Made}, hold(V, Made, F));
statement({declare_once, V, E}, F) ->
    #f{held = Held} = F0 = foreseen({expression, E}, F),
    {Made, F1} = lazily(E, F0),
    F2 = merged(Held, F1),
    Kept = case maps:is_key(V, F2#f.reassigned) of
               true -> forget(V, F2);
               false -> hold(V, Made, F2)
           end,
    {Flag, Next} = variable(bool, Kept),
    put_out({declare_once, place(V, F1), Made, is_looped(F1), Flag}, Next);
statement({branch, C, Then, Else}, F0) ->
    case expression(C, F0) of
        {{c, Value}, F} ->
            block(case fxaot_eval_number:is_true(Value) of true -> Then; false -> Else end, F);
        {Decided, #f{held = Held, line = Line} = Before} ->
            F = foreseen({block, Else}, foreseen({block, Then}, Before)),
            {First, F1} = nested(Then, in_branch(1, F)),
            {Second, F2} = nested(Else, F1#f{held = Held}),
            Merged = merged(F1#f.held, in_branch(-1, F2)),
            put_out({branch, Decided, First, Second}, Merged#f{line = Line})
    end;
statement({for, N}, #f{program = #program{loops = Loops}, line = Line} = F0) ->
    {Counter, From, To, Step, Body} = element(N + 1, Loops),
    {First, F1} = expression(From, F0),
    {By, F2} = optional(Step, F1),
    Entry = forget(Counter, forget_written([To], [Body], F2)),
    {Last, F3} = lazily_looped(To, Entry),
    F4 = in_loop(1, F3),
    {Made, F5} = nested(Body, F4),
    F = forget(Counter, forget_written([To], [Body], in_loop(-1, F5#f{held = F4#f.held}))),
    put_out({for, place(Counter, F), First, Last, By, Made}, F#f{line = Line});
statement({while, C, Body}, #f{line = Line} = F0) ->
    Entry = forget_written([C], [Body], F0),
    case lazily_looped(C, Entry) of
        {{c, Value} = Decided, F1} ->
            case fxaot_eval_number:is_true(Value) of
                true -> while(Decided, C, Body, Line, F1);
                false -> F1
            end;
        {Decided, F1} -> while(Decided, C, Body, Line, F1)
    end;
statement({break}, F) -> put_out(break, F);
statement({continue}, F) -> put_out(continue, F);
statement({order, N}, #f{program = #program{orders = Orders}} = F0) ->
    {Kind, Arguments} = element(N + 1, Orders),
    {Made, F} = optionals(Arguments, F0),
    effect({order, Kind, Made}, Made, F);
statement({risk, N}, #f{program = #program{risks = Risks}} = F0) ->
    {Kind, Value, IsPercent, Message} = element(N + 1, Risks),
    {[V, M], F} = optionals([Value, Message], F0),
    effect({risk, Kind, V, IsPercent, M}, [V], F);
statement({plot, N, E}, F0) ->
    {Made, F} = expression(E, F0),
    effect({plot, N, Made}, [Made], F);
statement({fail, E}, F0) ->
    {Made, F} = expression(E, F0),
    effect({fail, Made}, [Made], F).

while(Decided, C, Body, Line, F1) ->
    {Made, F2} = nested(Body, in_loop(1, F1)),
    F = forget_written([C], [Body], in_loop(-1, F2#f{held = F1#f.held})),
    put_out({while, Decided, Made}, F#f{line = Line}).

%% Orders, plots and errors are the chart's. Elsewhere only their arguments are evaluated, since the
%% request that is wanted may be in one.
effect(S, _, #f{world = chart, way = none} = F) -> put_out(S, F);
effect(_, Arguments, F) ->
    lists:foldl(fun(none, G) -> G;
                   (Made, G) -> evaluated({Made, G})
                end, F, Arguments).

evaluated({{c, _}, F}) -> F;
evaluated({Made, F}) -> put_out({evaluate, Made}, F).

is_looped(#f{loops = Loops}) -> Loops > 0.

in_branch(By, #f{conditions = N} = F) -> F#f{conditions = N + By}.
in_loop(By, #f{loops = N} = F) -> F#f{loops = N + By}.

%% ---- what variables hold -----------------------------------------------------

hold(V, {sequence, _, E}, F) -> hold(V, E, F);
hold(V, {c, Value}, #f{held = Held} = F) -> F#f{held = Held#{V => Value}};
hold(V, _, F) -> forget(V, F).

forget(V, #f{held = Held} = F) -> F#f{held = maps:remove(V, Held)}.

%% The values that hold on both ways.
merged(Other, #f{held = Held} = F) ->
    F#f{held = maps:filter(fun(V, Value) ->
                                   case Other of
                                       #{V := Value} -> true;
                                       #{} -> false
                                   end
                           end, Held)}.

%% Variables that a loop writes are unknown in it and after it.
forget_written(Expressions, Blocks, #f{program = Program} = F) ->
    Parts = [{expression, E} || E <- Expressions] ++ [{block, B} || B <- Blocks],
    {Written, _} = fxaot_eval_parts:written(Parts, Program),
    lists:foldl(fun forget/2, F, Written).

%% ---- expressions -------------------------------------------------------------

optional(E, F) when E < 0 -> {none, F};
optional(E, F) -> expression(E, F).

optionals(Expressions, F) -> lists:mapfoldl(fun optional/2, F, Expressions).

lazily(E, #f{laziness = Laziness} = F0) ->
    {Made, F} = expression(E, in_branch(1, F0#f{laziness = Laziness + 1})),
    {Made, in_branch(-1, F#f{laziness = Laziness})}.

lazily_looped(E, #f{laziness = Laziness} = F0) ->
    {Made, F} = expression(E, in_loop(1, F0#f{laziness = Laziness + 1})),
    {Made, in_loop(-1, F#f{laziness = Laziness})}.

expression(E, #f{program = #program{expressions = All}} = F) ->
    {Type, Expression} = element(E + 1, All),
    expression(Expression, Type, F).

expression({number, X}, Type, F) -> {constant(X, Type), F};
expression({text, N}, _, #f{program = #program{texts = Texts}} = F) ->
    {{c, element(N + 1, Texts)}, F};
expression({parameter, N}, Type, #f{known = #{parameters := Parameters}} = F) ->
    case element(N + 1, Parameters) of
        {source, Field} -> {{b, Field}, F};
        Value -> {constant(Value, Type), F}
    end;
expression({variable, V}, _, F) -> {read(V, F), F};
expression({history, V, Offset}, _, F0) ->
    case expression(Offset, F0) of
        {{c, Zero}, F} when Zero == 0.0 -> {read(V, F), F};
        {Ago, F} -> {{history, past(V, F), Ago}, F}
    end;
expression({bar, Field}, _, F) -> {{b, Field}, F};
expression({bar_history, Field, Offset}, _, F0) ->
    case expression(Offset, F0) of
        {{c, Zero}, F} when Zero == 0.0 -> {{b, Field}, F};
        {Ago, F} -> {{bar_history, Field, Ago}, F}
    end;
expression({symbol, Field}, Type, #f{known = Known} = F) ->
    {constant(symbol(Field, Known), Type), F};
expression({timeframe, Field}, Type, #f{known = Known} = F) ->
    {constant(timeframe(Field, Known), Type), F};
expression({unary, Operator, X}, Type, F0) ->
    case expression(X, F0) of
        {{c, Value}, F} -> {constant(fxaot_eval_run:unary(Operator, Value), Type), F};
        {Made, F} -> {{Operator, Made}, F}
    end;
expression({binary, Operator, A, B}, Type, F0) ->
    {Left, F1} = expression(A, F0),
    case {Left, expression(B, F1)} of
        {{c, X}, {{c, Y}, F}} -> {constant(fxaot_eval_run:binary(Operator, X, Y), Type), F};
        {_, {Right, F}} -> {{Operator, Left, Right}, F}
    end;
expression({'and', A, B}, Type, F) -> lazy('and', A, B, Type, F);
expression({'or', A, B}, Type, F) -> lazy('or', A, B, Type, F);
expression({select, C, A, B}, Type, F0) -> select(expression(C, F0), A, B, Type);
expression({function, Function, Arguments}, Type, F0) ->
    {Made, F} = lists:mapfoldl(fun expression/2, F0, Arguments),
    {function(Function, Made, [is_text(A, F) || A <- Arguments], Type, F), F};
expression({object, Function, Arguments}, _, F0) ->
    {Made, F} = lists:mapfoldl(fun expression/2, F0, Arguments),
    {{object, Function, Made}, F};
expression({kernel, Site}, _, #f{program = #program{sites = Sites}} = F0) ->
    {Kernel, Arguments} = element(Site + 1, Sites),
    {Made, F} = lists:mapfoldl(fun expression/2, F0, Arguments),
    Number = F#f.site_count,
    Place = if F#f.loops > 0, F#f.conditions > 0 -> looped_branch;
               F#f.loops > 0 -> loop;
               F#f.conditions > 0 -> branch;
               true -> always
            end,
    {{kernel, Number, Kernel, Made, Place},
     F#f{site_count = Number + 1, sites = (F#f.sites)#{Site => {Number, Kernel}}}};
expression({kernel_result, Site, K}, _, #f{sites = Sites} = F) ->
    case Sites of
        #{Site := {Number, Kernel}} -> {{kernel_result, Number, Kernel, K}, F};
        #{} -> {{c, na}, F}
    end;
expression({request, R, K}, Type, F) -> request(R, K, Type, F);
expression({book, ?ACCOUNT_RATE}, _, #f{known = #{account := Own, chart_symbol := #{currency := Own}}} = F) ->
    {{c, 1.0}, F};
expression({book, Field}, _, F) -> {{book, Field}, F};
expression({entry_name}, _, F) -> {entry_name, F};
expression({trade, Field, IsOpen, Index}, _, F0) ->
    {Made, F} = expression(Index, F0),
    {{trade, Field, IsOpen, Made}, F};
expression({sequence, Block, E}, _, #f{world = {request, _}, laziness = 0} = F) ->
    %% Ahead of the statement at hand: the request that is wanted needs nothing else of it.
    expression(E, rebased(block(Block, F), F));
expression({sequence, Block, E}, _, #f{laziness = Laziness, out = Out, base = Base} = F0) ->
    F1 = block(Block, F0#f{out = [], laziness = 0}),
    {Result, F2} = expression(E, F1#f{base = F1#f.conditions}),
    F = F2#f{out = Out, laziness = Laziness, base = Base},
    case lists:reverse(F2#f.out) of
        [] -> {Result, F};
        Made -> {{sequence, Made, Result}, F}
    end.

rebased(F, #f{line = Line, base = Base}) -> F#f{line = Line, base = Base}.

constant(na, bool) -> {c, 0.0};
constant(X, _) -> {c, X}.

%% This world's variable for one of the program, and the variable that has its past.
place(V, #f{way = {Copies, _}}) -> maps:get(V, Copies, V);
place(V, _) -> V.

past(V, #f{way = {Copies, Declared}}) ->
    case lists:member(V, Declared) of
        true -> map_get(V, Copies);
        false -> V
    end;
past(V, _) -> V.

read(V, #f{held = Held} = F) ->
    case Held of
        #{V := Value} -> constant(Value, lists:nth(F#f.variables - V, F#f.types));
        #{} -> {v, place(V, F)}
    end.

is_text(E, #f{program = #program{expressions = All}}) -> element(1, element(E + 1, All)) =:= text.

lazy(Operator, A, B, Type, F0) ->
    Going = fxaot_eval_number:truth(Operator =:= 'and'),
    case expression(A, F0) of
        {{c, Value}, F} ->
            case fxaot_eval_number:truth(fxaot_eval_number:is_true(Value)) of
                Going -> expression(B, F);
                _ -> {constant(Value, Type), F}
            end;
        {Left, Before} ->
            #f{held = Held} = F1 = foreseen({expression, B}, Before),
            {Right, F2} = lazily(B, F1),
            F = merged(Held, F2),
            case Right of
                {c, Value} when Value =/= na ->
                    case fxaot_eval_number:truth(fxaot_eval_number:is_true(Value)) of
                        Going -> {Left, F};
                        _ -> {{Operator, Left, Right}, F}
                    end;
                _ -> {{Operator, Left, Right}, F}
            end
    end.

select({{c, Value}, F0}, A, B, Type) ->
    case expression(case fxaot_eval_number:is_true(Value) of true -> A; false -> B end, F0) of
        {{c, Taken}, F} -> {constant(Taken, Type), F};
        Made -> Made
    end;
select({C, Before}, A, B, _) ->
    #f{held = Held} = F0 = foreseen({expression, B}, foreseen({expression, A}, Before)),
    {First, F1} = lazily(A, F0),
    {Second, F2} = lazily(B, F1#f{held = Held}),
    {{select, C, First, Second}, merged(F1#f.held, F2)}.

function(Function, Made, IsText, Type, #f{known = Known}) ->
    Values = [Value || {c, Value} <- Made],
    case length(Values) =:= length(Made) andalso folded(Function, Values, IsText, Known) of
        {ok, Value} -> constant(Value, Type);
        _ -> {function, Function, Made, IsText}
    end.

%% Functions of constants that do not ask for the time of a bar.
folded(timeframe_seconds, [Text], _, Known) ->
    case period(Text, Known) of
        none -> none;
        Period -> {ok, float(fxaot_eval_time:seconds(Period))}
    end;
folded(Function, Values, IsText, #{symbol := #{mintick := Mintick}}) ->
    case lists:member(Function, [year, month, week_of_year, day_of_month, day_of_week, hour, minute,
                                 second, time, time_close, text_format_time, timestamp]) of
        true -> none;
        false -> {ok, fxaot_eval_run:function(Function, Values, IsText, Mintick)}
    end.

%% ---- facts about the place ---------------------------------------------------

symbol(Field, #{symbol := Symbol}) when Field =:= mintick; Field =:= point_value; Field =:= min_contract ->
    map_get(Field, Symbol);
symbol(price_scale, #{symbol := #{mintick := Mintick}}) -> math:floor(1 / Mintick + 0.5);
symbol(min_move, _) -> 1.0;
symbol(volume_type, _) -> <<"base">>;
symbol(account_currency, #{account := Account}) -> Account;
symbol(main_ticker_id, #{chart_symbol := Symbol}) -> symbol(ticker_id, #{symbol => Symbol});
symbol(ticker_id, #{symbol := #{prefix := <<>>, ticker := Ticker}}) -> Ticker;
symbol(ticker_id, #{symbol := #{prefix := Prefix, ticker := Ticker}}) ->
    <<Prefix/binary, ":", Ticker/binary>>;
symbol(Field, #{symbol := Symbol}) -> maps:get(Field, Symbol, <<>>).

timeframe(period, #{period := Period}) -> fxaot_eval_time:period_text(Period);
timeframe(main_period, #{chart := Chart}) -> fxaot_eval_time:period_text(Chart);
timeframe(short_period, #{period := Period}) ->
    case fxaot_eval_time:period_text(Period) of
        <<"1", Unit>> when Unit =:= $D; Unit =:= $W; Unit =:= $M -> <<Unit>>;
        Text -> Text
    end;
timeframe(multiplier, #{period := {Count, _}}) -> float(Count);
timeframe(seconds, #{period := Period}) -> float(fxaot_eval_time:seconds(Period));
timeframe(Field, #{period := {_, Unit} = Period}) ->
    fxaot_eval_number:truth(
      case Field of
          is_intraday -> fxaot_eval_time:is_intraday(Period);
          is_minutes -> Unit =:= minute;
          is_seconds -> Unit =:= second;
          is_ticks -> false;
          is_dwm -> not fxaot_eval_time:is_intraday(Period);
          is_daily -> Unit =:= day;
          is_weekly -> Unit =:= week;
          is_monthly -> Unit =:= month
      end).

%% The empty text is the world's own.
period(Text, #{period := Own}) when Text =:= na; Text =:= <<>> -> Own;
period(Text, _) when is_binary(Text) -> fxaot_eval_time:period(Text);
period(_, _) -> none.

%% ---- requests ----------------------------------------------------------------

request(R, K, Type, #f{captured = Captured} = F) when is_map_key(R, Captured) ->
    {captured(R, K, map_get(R, Captured), Type, F), F};
request(R, K, Type, #f{world = {request, R}} = F) -> capture(R, K, Type, F);
request(R, K, Type, #f{program = #program{requests = Requests}, known = Known} = F0) ->
    #{timeframe := Timeframe, symbol := Symbol} = Request = element(R + 1, Requests),
    {[Frame, Name], F} = optionals([Timeframe, Symbol], followed_wanted(R, F0)),
    case is_own(Request, Frame, Name, Known) of
        true -> capture(R, K, Type, F);
        false -> asked(R, K, Type, Frame, Name, Request, F)
    end.

%% Whether it asks for the bars of this world, as they are.
is_own(#{kind := security, currency := Currency}, {c, Text}, Name, #{period := Period, symbol := Symbol} = Known)
  when Currency < 0 ->
    period(Text, Known) =:= Period andalso
        case Name of
            none -> true;
            {c, Asked} -> fxaot_eval_market:is_meant(Asked, Symbol);
            _ -> false
        end;
is_own(_, _, _, _) -> false.

asked(R, K, Type, _, _, _, #f{numbers = Numbers} = F) when is_map_key(R, Numbers) ->
    {{request, R, K, Type}, F};
asked(R, K, Type, Timeframe, Symbol, Request0, F0) ->
    #{kind := Kind, gaps := Gaps, lookahead := Lookahead, currency := Currency, ignores := Ignores} = Request0,
    {[G, L, C, I], F} = optionals([Gaps, Lookahead, Currency, Ignores], F0),
    {SymbolIs, CurrencyIs} = case Kind of
                                 currency_rate -> {"currencies", "currencies"};
                                 _ -> {"symbol", "currency"}
                             end,
    Options = [{"timeframe", Timeframe}, {"gaps", G}, {"lookahead", L}, {SymbolIs, Symbol},
               {CurrencyIs, C}, {"ignore_invalid_symbol", I}],
    Open = [{F#f.line, What} || {What, Made} <- Options, Made =/= none, element(1, Made) =/= c],
    Is = fun({c, Value}) -> Value == 1.0; (_) -> false end,
    Text = fun(none) -> none; ({c, Value}) -> Value; (_) -> na end,
    Request = #{kind => Kind, timeframe => Text(Timeframe), gaps => Is(G), lookahead => Is(L),
                symbol => Text(Symbol), currency => Text(C), ignores => Is(I)},
    {{request, R, K, Type},
     F#f{requests = (F#f.requests)#{R => Request}, numbers = (F#f.numbers)#{R => true},
         open = lists:reverse(Open) ++ F#f.open}}.

%% Evaluates all results, into variables of their own, ahead of the statement at hand.
capture(R, K, Type, #f{program = #program{requests = Requests, expressions = All},
                       conditions = Conditions, base = Base, laziness = Laziness} = F0) ->
    #{block := Block, results := Results} = element(R + 1, Requests),
    F1 = rebased(block(Block, F0#f{conditions = Base, laziness = 0}), F0),
    {Variables, F2} =
        lists:mapfoldl(fun(E, G0) ->
                               {V, G1} = variable(element(1, element(E + 1, All)), G0),
                               {Made, G2} = expression(E, G1),
                               {V, put_out({declare, V, Made, is_looped(G2)}, G2)}
                       end, F1, Results),
    F = F2#f{captured = (F2#f.captured)#{R => Variables}, conditions = Conditions,
             laziness = Laziness},
    {captured(R, K, Variables, Type, F), F}.

%% Within its own world a request of shorter bars has no arrays.
captured(R, K, Variables, Type, #f{program = #program{requests = Requests}}) ->
    case element(R + 1, Requests) of
        #{kind := lower_bars} -> constant(na, Type);
        _ when K < length(Variables) -> {v, lists:nth(K + 1, Variables)};
        _ -> constant(na, Type)
    end.

variable(Type, #f{variables = V, types = Types} = F) ->
    {V, F#f{variables = V + 1, types = [Type | Types]}}.

%% ---- requests under conditions -----------------------------------------------
%%
%% A request is calculated on every bar of its own timeframe, whatever branches, `?:', `and', `or'
%% stand around the call: they only decide whether its result is read. Where a world evaluates a
%% request itself and a condition is about to be entered that leads to it, it is evaluated ahead of the
%% statement at hand as if the way to it were taken. The statements on that way write copies of the
%% variables. Loops are not entered ahead: there the last round's result counts.

foreseen(Part, #f{conditions = 0, loops = 0, way = none, reach = Reach} = F) ->
    lists:foldl(fun(R, G) -> foreseen(R, Part, G) end, F, maps:get(Part, Reach, []));
foreseen(_, F) -> F.

foreseen(R, _, #f{captured = Captured} = F) when is_map_key(R, Captured) -> F;
foreseen(R, Part, F) ->
    case is_evaluated_here(R, F) of
        true -> on_the_way([Part], fun(G) -> follow(Part, R, G) end, F);
        false -> F
    end.

is_evaluated_here(R, #f{world = {request, R}}) -> true;
is_evaluated_here(R, #f{program = #program{requests = Requests}, known = Known} = F) ->
    #{timeframe := Timeframe, symbol := Symbol} = Request = element(R + 1, Requests),
    {[Frame, Name], _} = optionals([Timeframe, Symbol], F),
    is_own(Request, Frame, Name, Known).

on_the_way(Parts, Follow, #f{program = Program} = F0) ->
    {Written, Declared} = fxaot_eval_parts:written(Parts, Program),
    {Copies, F1} = lists:mapfoldl(fun(V, F) -> copied(V, lists:member(V, Declared), F) end, F0, Written),
    F = Follow(F1#f{way = {maps:from_list(Copies), Declared}, laziness = 0}),
    F#f{way = none, held = F0#f.held, sites = F0#f.sites, laziness = F0#f.laziness,
        line = F0#f.line, base = F0#f.base}.

copied(V, IsDeclared, #f{types = Types, variables = Count} = F0) ->
    {Copy, F} = variable(lists:nth(Count - V, Types), F0),
    {{V, Copy}, case IsDeclared of
                    true -> F;
                    false -> put_out({declare, Copy, {v, V}, is_looped(F)}, F)
                end}.

%% The wanted request may stand in another one's expression, which this world does not evaluate.
followed_wanted(R, #f{world = {request, Wanted}, captured = Captured, way = none, reach = Reach,
                      program = Program} = F) when not is_map_key(Wanted, Captured) ->
    Parts = fxaot_eval_parts:expression({request, R, 0}, Program),
    case lists:any(fun(P) -> fxaot_eval_parts:leads(P, Wanted, Reach) end, Parts) of
        true -> on_the_way(Parts, fun(G) -> follow_parts(Parts, Wanted, G) end, F);
        false -> F
    end;
followed_wanted(_, F) -> F.

%% The statements up to the one that leads to the request.
follow({block, N}, R, #f{program = #program{blocks = Blocks}} = F) ->
    follow_block(element(N + 1, Blocks), R, F);
follow({expression, N}, R, #f{program = #program{expressions = All} = Program} = F) ->
    case element(N + 1, All) of
        {Type, {request, R, K}} ->
            {_, G} = request(R, K, Type, F),
            G;
        {_, Expression} -> follow_parts(fxaot_eval_parts:expression(Expression, Program), R, F)
    end.

follow_block([{Line, S} | Rest], R, #f{program = Program, reach = Reach} = F0) ->
    F = F0#f{line = Line, base = F0#f.conditions},
    Ways = [P || P <- fxaot_eval_parts:statement(S, Program), fxaot_eval_parts:leads(P, R, Reach)],
    case Ways of
        [] -> follow_block(Rest, R, statement(S, F));
        [{block, _} | _] when element(1, S) =/= branch -> statement(S, F);
        [Way | _] -> follow(Way, R, F)
    end.

%% Of an expression's parts, its block comes first and runs where the way goes on behind it.
follow_parts([{block, N} = Block | Rest], R, #f{reach = Reach} = F) ->
    case fxaot_eval_parts:leads(Block, R, Reach) of
        true -> follow(Block, R, F);
        false -> follow_parts(Rest, R, block(N, F))
    end;
follow_parts(Parts, R, #f{reach = Reach} = F) ->
    [Way | _] = [P || P <- Parts, fxaot_eval_parts:leads(P, R, Reach)],
    follow(Way, R, F).
