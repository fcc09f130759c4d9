%% @private A folded and pruned tree made ready to be walked: kernels with their states, histories as
%% long as they are read, questions of time with their zones and sessions.
%%
%% Longer than a file should be: one walk with a clause for each kind of node.
-module(fxaot_eval_world).

-export([make/4, clock/2]).

-include("fxaot_eval.hrl").

%% The longest window of a function, and the history of a variable; that of open, high, low, close and
%% time; the most that max_bars_back can make of them.
-define(LONGEST, 5000).
-define(LONGEST_PRICE, 10000).
-define(MOST, 20000).
%% A call's cost in a step's budget, besides its own node.
-define(FUNCTION_COST, 32).
-define(KERNEL_COST, 16).

-record(c, {known :: fxaot_eval_fold:known(),
            calendar :: fxaot_eval_time:calendar(),
            session :: fxaot_eval_time:session() | none,
            back :: non_neg_integer(),
            %% How far back variables and fields are read, and where their histories are.
            series :: #{term() => {non_neg_integer(), pos_integer()}},
            sites :: #{non_neg_integer() => non_neg_integer()}}).

%% @doc The argument of {@link fxaot_eval_run:new/1}. Throws `{refused, Sentence}'.
-spec make(#program{}, fxaot_eval_fold:folded(), Body :: list(), fxaot_eval_fold:known()) -> map().
make(Program, #{types := Types, results := Results}, Body, #{symbol := Symbol, zone := Zone} = Known) ->
    Nodes = tree(Body),
    {Session, SymbolZone, Calendar} = clock(Symbol, Zone),
    Calls = [{Line, Node} || {Line, Node} <- Nodes, element(1, Node) =:= kernel],
    C = #c{known = Known, calendar = Calendar,
           session = Session, back = Program#program.max_bars_back,
           series = series(Nodes, Program#program.max_bars_back),
           sites = numbered([Site || {_, {kernel, Site, _, _, _}} <- Calls])},
    Series = maps:to_list(C#c.series),
    Fields = [Field || {_, {b, Field}} <- Nodes] ++ [Field || {_, {bar_history, Field, _}} <- Nodes],
    #{body => block(Body, C),
      variables => [empty(Type) || Type <- tuple_to_list(Types)],
      sites => [site(Call, C) || Call <- first_calls(Calls)],
      series => [{Index, Most, thing_empty(Thing, Types)}
                 || {Thing, {Index, Most}} <- lists:keysort(2, Series)],
      fields => [{Field, Index} || {{field, Field}, {Index, _}} <- Series],
      needs_day => lists:member(is_session_first, Fields),
      results => Results,
      requests => lists:usort([R || {_, {request, R, _, _}} <- Nodes]),
      plots => length(Program#program.plots),
      capital => Program#program.initial_capital, version => Program#program.language_version,
      most_drawings => list_to_tuple(Program#program.most_drawings),
      calendar => C#c.calendar, session => Session, zone => SymbolZone,
      mintick => maps:get(mintick, Symbol), point_value => maps:get(point_value, Symbol)}.

%% @doc A symbol's session, its zone, and its calendar. Throws `{refused, Sentence}'.
-spec clock(map(), fun((binary()) -> none | fxaot_eval_time:zone())) ->
          {fxaot_eval_time:session() | none, fxaot_eval_time:zone(), fxaot_eval_time:calendar()}.
clock(#{session := Text} = Symbol, Zone) ->
    Session = fxaot_eval_time:session(Text),
    SymbolZone = own_zone(Symbol, Zone),
    {Session, SymbolZone, fxaot_eval_time:calendar(SymbolZone, Session)}.

own_zone(#{timezone := Name}, Zone) ->
    case Zone(Name) of
        none -> fxaot_eval_query:refuse(["this system has no time zone '", Name, "'"]);
        Found -> Found
    end.

empty(bool) -> 0.0;
empty(_) -> na.

thing_empty({field, Field}, _) -> empty(field_type(Field));
thing_empty(V, Types) -> empty(element(V + 1, Types)).

field_type(Field) ->
    case lists:prefix("is_", atom_to_list(Field)) of
        true -> bool;
        false -> number
    end.

-spec unknown(integer(), iodata()) -> no_return().
unknown(Line, What) ->
    fxaot_eval_query:refuse(["line ", integer_to_list(Line), ": ", What, " must be known before the first bar"]).

numbered(Keys) ->
    Distinct = lists:usort(Keys),
    maps:from_list(lists:zip(Distinct, lists:seq(1, length(Distinct)))).

%% One call of each site, in the order of their numbers.
first_calls(Calls) ->
    lists:ukeysort(1, [{Site, Line, Node} || {Line, {kernel, Site, _, _, _} = Node} <- Calls]).

series(Nodes, Back) ->
    Depths = lists:foldl(fun({_, {history, V, Ago}}, D) -> deeper(V, Ago, history(V, Back), D);
                            ({_, {bar_history, Field, Ago}}, D) ->
                                 deeper({field, Field}, Ago, history({field, Field}, Back), D);
                            (_, D) -> D
                         end, #{}, Nodes),
    Things = lists:zip(maps:to_list(Depths), lists:seq(1, map_size(Depths))),
    maps:from_list([{Thing, {Index, Depth}} || {{Thing, Depth}, Index} <- Things]).

%% How many bars back a variable can be read, or a field.
history({field, Field}, Back)
  when Field =:= open; Field =:= high; Field =:= low; Field =:= close; Field =:= time ->
    max(?LONGEST_PRICE, min(Back, ?MOST));
history(_, Back) -> max(?LONGEST, min(Back, ?MOST)).

deeper(Thing, Ago, Most, Depths) ->
    Depth = case Ago of
                {c, N} when is_float(N), N >= 1.0, N =< Most -> trunc(N);
                {c, _} -> 1;
                _ -> Most
            end,
    Depths#{Thing => max(Depth, maps:get(Thing, Depths, 1))}.

%% ---- all nodes, with their lines ---------------------------------------------

tree(Block) -> lists:append([own(S, Line) ++ inner(S) || {_, Line, S} <- Block]).

%% The expression nodes that belong to a statement itself.
own({evaluate, E}, L) -> below(E, L);
own({declare, _, E, _}, L) -> below(E, L);
own({declare_once, _, E, _, _}, L) -> below(E, L);
own({branch, C, _, _}, L) -> below(C, L);
own({for, _, From, To, Step, _}, L) -> all_below([From, To, Step], L);
own({while, C, _}, L) -> below(C, L);
own({order, _, Arguments}, L) -> all_below(Arguments, L);
own({risk, _, Value, _, Message}, L) -> all_below([Value, Message], L);
own({fail, E}, L) -> below(E, L);
own({_, _, E}, L) -> below(E, L);
own(_, _) -> [].

inner({branch, _, Then, Else}) -> tree(Then) ++ tree(Else);
inner({for, _, _, _, _, Body}) -> tree(Body);
inner({while, _, Body}) -> tree(Body);
inner(_) -> [].

all_below(Expressions, L) -> lists:append([below(E, L) || E <- Expressions]).

below(none, _) -> [];
below(entry_name, L) -> [{L, {entry_name}}];
below({sequence, Block, E}, L) -> tree(Block) ++ below(E, L);
below({kernel, _, _, Arguments, _} = E, L) -> [{L, E} | all_below(Arguments, L)];
below({function, _, Arguments, _} = E, L) -> [{L, E} | all_below(Arguments, L)];
below({object, _, Arguments} = E, L) -> [{L, E} | all_below(Arguments, L)];
below({history, _, A} = E, L) -> [{L, E} | below(A, L)];
below({bar_history, _, A} = E, L) -> [{L, E} | below(A, L)];
below({trade, _, _, A} = E, L) -> [{L, E} | below(A, L)];
below({select, C, A, B} = E, L) -> [{L, E} | all_below([C, A, B], L)];
below({Tag, _} = E, L) when Tag =:= c; Tag =:= v; Tag =:= b; Tag =:= book -> [{L, E}];
below({Tag, _, _, _} = E, L) when Tag =:= request; Tag =:= kernel_result -> [{L, E}];
below({_, A} = E, L) -> [{L, E} | below(A, L)];
below({_, A, B} = E, L) -> [{L, E} | all_below([A, B], L)].

cost(Nodes) ->
    lists:sum([case element(1, N) of
                   function -> 1 + ?FUNCTION_COST;
                   object -> 1 + ?FUNCTION_COST;
                   kernel -> 1 + ?KERNEL_COST;
                   _ -> 1
               end || {_, N} <- Nodes]) + 1.

%% ---- kernels -----------------------------------------------------------------

%% The start of a site: its result, and its state.
site({_, Line, {kernel, _, timeframe_change, _, _}}, _) when is_integer(Line) -> {0.0, na};
site({_, Line, {kernel, _, Kernel, Arguments, Place}}, _) ->
    Known = [case A of {c, Value} -> Value; _ -> unknown end || A <- Arguments],
    First = empty(fxaot_eval_names:kernel_type(Kernel)),
    case mode(Kernel, Place, Known) of
        {loop, Mode} ->
            State = beginning(Mode, Line, Kernel, Known),
            {First, 0, State, State};
        Mode -> {First, beginning(Mode, Line, Kernel, Known)}
    end.

beginning(slots, _, Kernel, [_, Length]) -> fxaot_eval_kernel:extreme(Kernel, Length);
beginning(Mode, Line, Kernel, Known) ->
    case fxaot_eval_kernel:make(Kernel, Known) of
        {ok, State} when Mode =:= carry -> {State, none};
        {ok, State} -> State;
        not_constant -> unknown(Line, ["ta.", atom_to_list(Kernel)])
    end.

%% How a kernel is stepped: a loop may have no round on a bar, so bars may pass it over as they may
%% a branch.
mode(_, always, _) -> plain;
mode(Kernel, looped_branch, Known) -> {loop, mode(Kernel, branch, Known)};
mode(Kernel, loop, _) -> {loop, passed_over(Kernel)};
mode(Kernel, branch, [_, Length])
  when Length =/= unknown, Length =/= na, Kernel =:= highest orelse Kernel =:= lowest
       orelse Kernel =:= highestbars orelse Kernel =:= lowestbars -> slots;
mode(Kernel, branch, _) -> passed_over(Kernel).

passed_over(Kernel) ->
    case fxaot_eval_names:repeats_skipped_bars(Kernel) of
        true -> carry;
        false -> plain
    end.

%% The arguments that must be looked at, since a length outside of its limits stops the script.
checks(Kernel, Arguments) ->
    [I || I <- fxaot_eval_names:kernel_lengths(Kernel), not is_fine(lists:nth(I, Arguments))].

is_fine({c, na}) -> true;
is_fine({c, N}) -> is_float(N) andalso N >= 1.0 andalso N =< ?LONGEST;
is_fine(_) -> false.

%% ---- the tree ----------------------------------------------------------------

%% Expressions that change something when they are evaluated are `{i, Node}'; the others are read.
block(Block, C) -> [statement(S, Line, C) || {_, Line, S} <- Block].

statement({evaluate, E}, L, C) -> {evaluate, node(E, L, C)};
statement({declare, V, E, IsLooped}, L, #c{series = Series} = C) ->
    case Series of
        #{V := {Index, _}} -> {declare, V, node(E, L, C), Index, IsLooped};
        #{} -> {assign, V, node(E, L, C)}
    end;
statement({declare_once, V, E, IsLooped, Flag}, L, #c{series = Series} = C) ->
    Index = case Series of
                #{V := {I, _}} -> I;
                #{} -> none
            end,
    {declare_once, V, node(E, L, C), Index, IsLooped, Flag};
statement({assign, V, E}, L, C) -> {assign, V, node(E, L, C)};
statement({branch, Condition, Then, Else}, L, C) ->
    {branch, node(Condition, L, C), block(Then, C), block(Else, C)};
statement({for, V, From, To, Step, Body} = S, L, C) ->
    By = case Step of none -> {c, 1.0}; _ -> node(Step, L, C) end,
    {for, V, node(From, L, C), node(To, L, C), By, block(Body, C),
     cost(own(S, L) ++ inner(S)), L};
statement({while, Condition, Body} = S, L, C) ->
    {while, node(Condition, L, C), block(Body, C), cost(own(S, L) ++ inner(S)), L};
statement({order, Kind, Arguments}, L, C) ->
    {order, Kind, [optional(E, L, C) || E <- Arguments], L};
statement({risk, Kind, Value, IsPercent, Message}, L, C) ->
    {risk, Kind, node(Value, L, C), IsPercent, optional(Message, L, C), L};
statement({plot, N, E}, L, C) -> {plot, N, node(E, L, C)};
statement({fail, E}, L, C) -> {fail, node(E, L, C), L};
statement(S, _, _) -> S.

optional(none, _, _) -> {c, na};
optional(E, L, C) -> node(E, L, C).

node({kernel, Site, Kernel, Arguments, Place}, L, #c{sites = Sites} = C) ->
    Index = map_get(Site, Sites),
    case Kernel of
        timeframe_change -> {i, {change, Index, change_query(hd(Arguments), L, C)}};
        _ ->
            Known = [case A of {c, Value} -> Value; _ -> unknown end || A <- Arguments],
            {i, {kernel, Index, Kernel, mode(Kernel, Place, Known),
                 [node(A, L, C) || A <- Arguments], checks(Kernel, Arguments), L}}
    end;
node({sequence, Block, E}, L, C) -> {i, {sequence, block(Block, C), node(E, L, C)}};
node({kernel_result, Site, Kernel, K}, _, #c{sites = Sites}) ->
    case Sites of
        #{Site := Index} -> {kernel_result, Index, K};
        #{} -> {c, case K of 0 -> empty(fxaot_eval_names:kernel_type(Kernel)); _ -> na end}
    end;
node({function, Function, Arguments, IsText}, L, C) -> function(Function, Arguments, IsText, L, C);
node({object, Function, Arguments}, L, C) -> {i, {object, Function, [node(A, L, C) || A <- Arguments], L}};
node({history, V, Ago}, L, C) -> past(V, {v, V}, Ago, L, C);
node({bar_history, Field, Ago}, L, C) -> past({field, Field}, {b, Field}, Ago, L, C);
node({trade, Field, IsOpen, Number}, L, C) ->
    made(trade, [node(Number, L, C)], fun([N]) -> {trade, Field, IsOpen, N} end);
node({select, Condition, A, B}, L, C) ->
    made(select, [node(E, L, C) || E <- [Condition, A, B]], fun([X, Y, Z]) -> {select, X, Y, Z} end);
node({request, R, K, Type}, _, _) -> {request, R, K, empty(Type)};
node({Tag, _} = E, _, _) when Tag =:= c; Tag =:= v; Tag =:= b; Tag =:= book -> E;
node(entry_name, _, _) -> entry_name;
node({Operator, X}, L, C) -> made(Operator, [node(X, L, C)], fun([A]) -> {Operator, A} end);
node({Operator, X, Y}, L, C) ->
    made(Operator, [node(X, L, C), node(Y, L, C)], fun([A, B]) -> {Operator, A, B} end).

past(Thing, Now, Ago, L, #c{series = Series, back = Back} = C) ->
    Index = element(1, map_get(Thing, Series)),
    Most = history(Thing, Back),
    case Ago of
        {c, N} when is_float(N), N >= 1.0, N =< Most -> {past, Index, trunc(N)};
        _ -> made(past, [node(Ago, L, C)], fun([A]) -> {past, Index, Now, A, L, Most} end)
    end.

made(_, Operands, Make) ->
    case lists:any(fun(Operand) -> element(1, Operand) =:= i end,
                   [O || O <- Operands, is_tuple(O)]) of
        true -> {i, Make(Operands)};
        false -> Make(Operands)
    end.

%% ---- functions, and those of time --------------------------------------------

function(Function, [_, _, _] = Texts, _, L, C) when Function =:= time; Function =:= time_close ->
    case known_texts(Texts) of
        [Timeframe, Session, Zone] -> fxaot_eval_query:time(Function, Timeframe, Session, Zone, place(C));
        unknown -> asked(Function, Texts, L, C)
    end;
function(timestamp, [Zone | Fields] = Arguments, _, L, C) ->
    case known_texts([Zone]) of
        [Name] ->
            In = fxaot_eval_query:zone(Name, place(C)),
            made(stamp, [node(F, L, C) || F <- Fields], fun(Made) -> {stamp, In, Made} end);
        unknown -> asked(timestamp, Arguments, L, C)
    end;
function(text_format_time, [Time, Format, Zone] = Arguments, _, L, C) ->
    case known_texts([Zone]) of
        [Name] ->
            In = fxaot_eval_query:zone(Name, place(C)),
            made(shown, [node(Time, L, C), node(Format, L, C)], fun([T, F]) -> {shown, In, T, F} end);
        unknown -> asked(text_format_time, Arguments, L, C)
    end;
function(timeframe_seconds, Arguments, _, L, C) ->
    case known_texts(Arguments) of
        [Text] -> {c, float(fxaot_eval_time:seconds(fxaot_eval_query:period(Text, place(C))))};
        unknown -> asked(timeframe_seconds, Arguments, L, C)
    end;
function(Function, [Time, Zone] = Arguments, IsText, L, C) ->
    IsClock = lists:member(Function, [year, month, week_of_year, day_of_month, day_of_week, hour, minute, second]),
    case known_texts([Zone]) of
        _ when not IsClock -> plain_function(Function, Arguments, IsText, L, C);
        [Name] ->
            In = fxaot_eval_query:zone(Name, place(C)),
            made(clock, [node(Time, L, C)], fun([T]) -> {clock, Function, In, T} end);
        unknown -> asked(Function, Arguments, L, C)
    end;
function(Function, Arguments, IsText, L, C) -> plain_function(Function, Arguments, IsText, L, C).

plain_function(Function, Arguments, IsText, L, C) ->
    made(Function, [node(A, L, C) || A <- Arguments],
         fun(Made) -> {function, Function, Made, IsText} end).

%% With texts that change from bar to bar.
asked(Function, Arguments, L, C) ->
    made(asked, [node(A, L, C) || A <- Arguments], fun(Made) -> {asked, Function, Made, place(C), L} end).

place(#c{known = Known, calendar = Calendar}) -> {Known, Calendar}.

%% Those of constants.
known_texts(Nodes) ->
    Texts = [Text || {c, Text} <- Nodes, is_binary(Text) orelse Text =:= na],
    case length(Texts) =:= length(Nodes) of
        true -> [case Text of na -> <<>>; _ -> Text end || Text <- Texts];
        false -> unknown
    end.

change_query(Timeframe, L, #c{calendar = Calendar} = C) ->
    case known_texts([Timeframe]) of
        [Text] -> {fxaot_eval_query:period(Text, place(C)), Calendar};
        unknown -> {asked, node(Timeframe, L, C), place(C), L}
    end.
