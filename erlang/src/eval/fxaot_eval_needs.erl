%% @private The statements of a tree with an effect: orders, plots, errors (also that of a loop's step), functions
%% over objects, a request's results, and the statements that these need. The others are left out. A request's world has
%% only the statements that its results need: of functions over objects, those over objects that a needed statement
%% reads, or that are reached from these.
-module(fxaot_eval_needs).

-export([prune/3]).

-include("fxaot_eval.hrl").

%% A statement provides these, and others need them.
-type thing() :: {v, non_neg_integer()} | {site, non_neg_integer()} | {exits, non_neg_integer()}
               | {objects, non_neg_integer() | drawings}.

-record(n, {providers = #{} :: #{thing() => [non_neg_integer()]},
            around = #{} :: #{non_neg_integer() => [non_neg_integer()]},
            reads = #{} :: #{non_neg_integer() => [thing()]},
            work = [] :: [non_neg_integer()],
            %% Of a request's world: the variables' types, and what joins variables whose objects may refer to each
            %% other.
            types = {} :: tuple(), joined = none :: none | map()}).

%% @doc The tree without the statements that have no effect.
-spec prune([tuple()], chart | {request, non_neg_integer()}, map()) -> [tuple()].
prune(Body, World, #{results := Results, types := Types}) ->
    Joined = case World of
                 chart -> none;
                 _ -> connected(Body, Types)
             end,
    N = scan(Body, [], #n{types = Types, joined = Joined}),
    Things = lists:append([variable(V, N) || V <- Results]),
    Work = N#n.work ++ lists:append([providers(Thing, N) || Thing <- Things]),
    kept(Body, spread(Work, N, #{}, maps:from_keys(Things, true))).

%% What is done to the objects that a variable refers to is seen through it.
variable(V, #n{joined = none}) -> [{v, V}];
variable(V, #n{types = Types, joined = Joined}) ->
    [{v, V} | [{objects, root(V, Joined)} || element(V + 1, Types) =:= reference]].

providers(Thing, #n{providers = Providers}) -> maps:get(Thing, Providers, []).

spread([], _, Live, _) -> Live;
spread([Id | Work], N, Live, Needed) when is_map_key(Id, Live) -> spread(Work, N, Live, Needed);
spread([Id | Work], N, Live, Needed) ->
    {More, Known} =
        lists:foldl(fun(Thing, {W, K}) when is_map_key(Thing, K) -> {W, K};
                       (Thing, {W, K}) -> {providers(Thing, N) ++ W, K#{Thing => true}}
                    end, {map_get(Id, N#n.around) ++ Work, Needed}, map_get(Id, N#n.reads)),
    spread(More, N, Live#{Id => true}, Known).

scan(Block, Outer, N) -> lists:foldl(fun(S, M) -> statement(S, Outer, M) end, N, Block).

%% Outer: the statements around, the innermost first, loops marked.
statement({Id, _, S}, Outer, N0) ->
    {Expressions, Blocks} = parts(S),
    Chain = [{Id, is_loop(S)} | Outer],
    Own = [{exits, Id} || is_loop(S)],
    N1 = N0#n{around = (N0#n.around)#{Id => [I || {I, _} <- Outer]}},
    N2 = lists:foldl(fun(Thing, N) -> provide(Thing, Id, N) end, N1, provided(S, Outer)),
    {Reads, N3} = lists:foldl(fun(E, {R, N}) -> expression(E, Chain, R, N) end, {Own, N2},
                              Expressions),
    N4 = N3#n{reads = (N3#n.reads)#{Id => Reads}},
    N5 = case has_effect(S) of
             true -> N4#n{work = [Id | N4#n.work]};
             false -> N4
         end,
    lists:foldl(fun(Block, N) -> scan(Block, Chain, N) end, N5, Blocks).

provide(Thing, Id, #n{providers = Providers} = N) ->
    N#n{providers = maps:update_with(Thing, fun(Ids) -> [Id | Ids] end, [Id], Providers)}.

provided({declare, V, _, _}, _) -> [{v, V}];
provided({declare_once, V, _, _, _}, _) -> [{v, V}];
provided({assign, V, _}, _) -> [{v, V}];
provided({for, V, _, _, _, _}, _) -> [{v, V}];
provided(S, Outer) when S =:= break; S =:= continue ->
    case [Id || {Id, true} <- Outer] of
        [Loop | _] -> [{exits, Loop}];
        [] -> []
    end;
provided(_, _) -> [].

is_loop(S) -> is_tuple(S) andalso (element(1, S) =:= for orelse element(1, S) =:= while).

%% A step of a loop may stop the script.
has_effect({for, _, _, _, Step, _}) ->
    case Step of
        none -> false;
        {c, X} -> X =/= na andalso not fxaot_eval_number:above(X, 0.0);
        _ -> true
    end;
has_effect(S) -> is_tuple(S) andalso lists:member(element(1, S), [order, risk, plot, fail]).

parts({evaluate, E}) -> {[E], []};
parts({declare, _, E, _}) -> {[E], []};
parts({declare_once, _, E, _, _}) -> {[E], []};
parts({assign, _, E}) -> {[E], []};
parts({branch, C, Then, Else}) -> {[C], [Then, Else]};
parts({for, _, From, To, Step, Body}) -> {[E || E <- [From, To, Step], E =/= none], [Body]};
parts({while, C, Body}) -> {[C], [Body]};
parts({order, _, Arguments}) -> {[E || E <- Arguments, E =/= none], []};
parts({risk, _, Value, _, Message}) -> {[E || E <- [Value, Message], E =/= none], []};
parts({plot, _, E}) -> {[E], []};
parts({fail, E}) -> {[E], []};
parts(_) -> {[], []}.

expression({v, V}, _, Reads, N) -> {variable(V, N) ++ Reads, N};
expression({history, V, E}, Chain, Reads, N) -> expression(E, Chain, variable(V, N) ++ Reads, N);
expression({kernel_result, Site, _, _}, _, Reads, N) -> {[{site, Site} | Reads], N};
expression({kernel, Site, _, Arguments, _}, [{Id, _} | _] = Chain, Reads, N) ->
    expressions(Arguments, Chain, Reads, provide({site, Site}, Id, N));
expression({sequence, Block, E}, Chain, Reads, N) ->
    expression(E, Chain, Reads, scan(Block, Chain, N));
expression({function, _, Arguments, _}, Chain, Reads, N) -> expressions(Arguments, Chain, Reads, N);
expression({object, _, Arguments}, [{Id, _} | _] = Chain, Reads, #n{work = Work, joined = none} = N) ->
    expressions(Arguments, Chain, Reads, N#n{work = [Id | Work]});
expression({object, _, Arguments} = E, [{Id, _} | _] = Chain, Reads, #n{types = Types, joined = Joined} = N) ->
    case references(E, Types) of
        [] -> expressions(Arguments, Chain, Reads, N);
        [Holder | _] ->
            Thing = {objects, root(Holder, Joined)},
            expressions(Arguments, Chain, [Thing | Reads], provide(Thing, Id, N))
    end;
expression(E, Chain, Reads, N) -> expressions(operands(E), Chain, Reads, N).

expressions(All, Chain, Reads, N) ->
    lists:foldl(fun(E, {R, M}) -> expression(E, Chain, R, M) end, {Reads, N}, All).

operands({Tag, _}) when Tag =:= c; Tag =:= b; Tag =:= book -> [];
operands({request, _, _, _}) -> [];
operands({bar_history, _, E}) -> [E];
operands({trade, _, _, E}) -> [E];
operands({_, A}) -> [A];
operands({_, A, B}) -> [A, B];
operands({select, C, A, B}) -> [C, A, B];
operands(entry_name) -> [].

%% ---- objects -----------------------------------------------------------------

connected(Body, Types) ->
    lists:foldl(fun([First | Rest], Joined) -> lists:foldl(fun(V, J) -> join(First, V, J) end, Joined, Rest) end,
                #{}, [Holders || Holders <- holders(Body, Types), Holders =/= []]).

%% Of each statement the variables whose objects may refer to each other from then on.
holders(Block, Types) ->
    lists:append([[own_holders(S, Types) | inner_holders(S, Types)] || {_, _, S} <- Block]).

own_holders({Tag, V, E, _}, Types) when Tag =:= declare -> held(V, E, Types);
own_holders({declare_once, V, E, _, _}, Types) -> held(V, E, Types);
own_holders({assign, V, E}, Types) -> held(V, E, Types);
own_holders({evaluate, E}, Types) -> references(E, Types);
own_holders(_, _) -> [].

held(V, E, Types) -> references({v, V}, Types) ++ references(E, Types).

inner_holders(S, Types) ->
    {Expressions, Blocks} = parts(S),
    lists:append([holders(Block, Types)
                  || Block <- Blocks ++ lists:append([sequences(E) || E <- Expressions])]).

sequences({sequence, Block, E}) -> [Block | sequences(E)];
sequences({kernel, _, _, Arguments, _}) -> lists:append([sequences(A) || A <- Arguments]);
sequences({Tag, _, Arguments, _}) when Tag =:= function -> lists:append([sequences(A) || A <- Arguments]);
sequences({object, _, Arguments}) -> lists:append([sequences(A) || A <- Arguments]);
sequences({history, _, E}) -> sequences(E);
sequences({kernel_result, _, _, _}) -> [];
sequences({Tag, _}) when Tag =:= v -> [];
sequences(E) -> lists:append([sequences(A) || A <- operands(E)]).

%% The variables that an expression's objects come from; all drawings are one.
references({v, V}, Types) -> [V || element(V + 1, Types) =:= reference];
references({history, V, _}, Types) -> [V || element(V + 1, Types) =:= reference];
references({select, _, A, B}, Types) -> references(A, Types) ++ references(B, Types);
references({sequence, _, E}, Types) -> references(E, Types);
references({object, Function, Arguments}, Types) ->
    lists:append([references(A, Types) || A <- Arguments])
        ++ [drawings || lists:member(Function, [drawing_new, drawing_copy, drawing_get, drawing_set, drawing_delete,
                                                drawing_all])];
references(_, _) -> [].

join(V, W, Joined) ->
    case {root(V, Joined), root(W, Joined)} of
        {Root, Root} -> Joined;
        {First, Second} -> Joined#{First => Second}
    end.

root(V, Joined) ->
    case Joined of
        #{V := Next} -> root(Next, Joined);
        #{} -> V
    end.

%% ---- leaving out -------------------------------------------------------------

kept(Block, Live) ->
    [{Id, Line, kept_statement(S, Live)} || {Id, Line, S} <- Block, is_map_key(Id, Live)].

kept_statement({branch, C, Then, Else}, Live) ->
    {branch, inside(C, Live), kept(Then, Live), kept(Else, Live)};
kept_statement({while, C, Body}, Live) -> {while, inside(C, Live), kept(Body, Live)};
kept_statement({for, V, From, To, Step, Body}, Live) ->
    {for, V, inside(From, Live), inside(To, Live), inside(Step, Live), kept(Body, Live)};
kept_statement({order, Kind, Arguments}, Live) -> {order, Kind, [inside(E, Live) || E <- Arguments]};
kept_statement({risk, Kind, Value, IsPercent, Message}, Live) ->
    {risk, Kind, inside(Value, Live), IsPercent, inside(Message, Live)};
kept_statement({declare, V, E, Looped}, Live) -> {declare, V, inside(E, Live), Looped};
kept_statement({declare_once, V, E, Looped, Flag}, Live) ->
    {declare_once, V, inside(E, Live), Looped, Flag};
kept_statement({Tag, N, E}, Live) -> {Tag, N, inside(E, Live)};
kept_statement({Tag, E}, Live) -> {Tag, inside(E, Live)};
kept_statement(S, _) -> S.

%% A sequence's statements live by themselves.
inside({sequence, Block, E}, Live) ->
    case kept(Block, Live) of
        [] -> inside(E, Live);
        Left -> {sequence, Left, inside(E, Live)}
    end;
inside({kernel, Site, Kernel, Arguments, Place}, Live) ->
    {kernel, Site, Kernel, [inside(E, Live) || E <- Arguments], Place};
inside({function, Function, Arguments, IsText}, Live) ->
    {function, Function, [inside(E, Live) || E <- Arguments], IsText};
inside({object, Function, Arguments}, Live) ->
    {object, Function, [inside(E, Live) || E <- Arguments]};
inside({history, V, E}, Live) -> {history, V, inside(E, Live)};
inside({bar_history, Field, E}, Live) -> {bar_history, Field, inside(E, Live)};
inside({trade, Field, IsOpen, E}, Live) -> {trade, Field, IsOpen, inside(E, Live)};
inside({Tag, _} = E, _) when Tag =:= c; Tag =:= v; Tag =:= b; Tag =:= book -> E;
inside({Tag, _, _, _} = E, _) when Tag =:= request; Tag =:= kernel_result -> E;
inside({select, C, A, B}, Live) -> {select, inside(C, Live), inside(A, Live), inside(B, Live)};
inside({Operator, A}, Live) -> {Operator, inside(A, Live)};
inside({Operator, A, B}, Live) -> {Operator, inside(A, Live), inside(B, Live)};
inside(E, _) -> E.
