%% @private The parts of a program's statements and expressions: the variables that a part writes, and the
%% requests in it.
-module(fxaot_eval_parts).

-export([written/2, reach/1, leads/3, statement/2, expression/2]).

-export_type([part/0, reach/0]).

-include("fxaot_eval.hrl").

%% By number; below 0 for none.
-type part() :: {expression, integer()} | {block, integer()}.
%% Of each part, the requests in it.
-type reach() :: #{part() => ordsets:ordset(non_neg_integer())}.

%% @doc The variables that parts may write, and those of them that are declared there.
-spec written([part()], #program{}) ->
          {Written :: [non_neg_integer()], Declared :: [non_neg_integer()]}.
written(Parts, Program) ->
    Writes = lists:usort(lists:append([writes(Part, Program) || Part <- Parts])),
    {lists:usort([V || {V, _} <- Writes]), lists:usort([V || {V, declares} <- Writes])}.

writes({_, N}, _) when N < 0 -> [];
writes({block, N} = Part, #program{blocks = Blocks} = Program) ->
    lists:append([own(S, Program) || {_, S} <- element(N + 1, Blocks)]) ++ inner(Part, Program);
writes(Part, Program) -> inner(Part, Program).

inner(Part, Program) -> lists:append([writes(P, Program) || P <- parts(Part, Program)]).

own({declare, V, _}, _) -> [{V, declares}];
own({declare_once, V, _}, _) -> [{V, declares}];
own({assign, V, _}, _) -> [{V, assigns}];
own({for, N}, #program{loops = Loops}) -> [{element(1, element(N + 1, Loops)), declares}];
own(_, _) -> [].

%% @doc Which requests stand where in a program; empty where it makes none.
-spec reach(#program{}) -> reach().
reach(#program{requests = {}}) -> #{};
reach(#program{body = Body} = Program) ->
    {_, Reach} = reach({block, Body}, Program, #{}),
    Reach.

reach({_, N}, _, Known) when N < 0 -> {[], Known};
reach(Part, _, Known) when is_map_key(Part, Known) -> {map_get(Part, Known), Known};
reach(Part, Program, Known0) ->
    {Inner, Known} = lists:mapfoldl(fun(P, K) -> reach(P, Program, K) end, Known0,
                                    parts(Part, Program)),
    All = ordsets:union([request(Part, Program) | Inner]),
    {All, Known#{Part => All}}.

request({expression, N}, #program{expressions = All}) ->
    case element(2, element(N + 1, All)) of
        {request, R, _} -> [R];
        _ -> []
    end;
request(_, _) -> [].

%% @doc Whether a request stands in a part.
-spec leads(part(), non_neg_integer(), reach()) -> boolean().
leads(Part, R, Reach) -> ordsets:is_element(R, maps:get(Part, Reach, [])).

parts({expression, N}, #program{expressions = All} = Program) ->
    expression(element(2, element(N + 1, All)), Program);
parts({block, N}, #program{blocks = Blocks} = Program) ->
    lists:append([statement(S, Program) || {_, S} <- element(N + 1, Blocks)]).

%% @doc A statement's parts, its expressions first.
-spec statement(tuple(), #program{}) -> [part()].
statement({branch, C, Then, Else}, _) -> [{expression, C}, {block, Then}, {block, Else}];
statement({while, C, Body}, _) -> [{expression, C}, {block, Body}];
statement({for, N}, #program{loops = Loops}) ->
    {_, From, To, Step, Body} = element(N + 1, Loops),
    [{expression, From}, {expression, Step}, {expression, To}, {block, Body}];
statement({order, N}, #program{orders = Orders}) ->
    [{expression, E} || E <- element(2, element(N + 1, Orders))];
statement({risk, N}, #program{risks = Risks}) ->
    {_, Value, _, Message} = element(N + 1, Risks),
    [{expression, Value}, {expression, Message}];
statement({Tag, E}, _) when Tag =:= evaluate; Tag =:= fail -> [{expression, E}];
statement({_, _, E}, _) -> [{expression, E}];
statement(_, _) -> [].

%% @doc An expression's parts, its block first.
-spec expression(tuple(), #program{}) -> [part()].
expression({history, _, X}, _) -> [{expression, X}];
expression({bar_history, _, X}, _) -> [{expression, X}];
expression({unary, _, X}, _) -> [{expression, X}];
expression({trade, _, _, X}, _) -> [{expression, X}];
expression({binary, _, A, B}, _) -> [{expression, A}, {expression, B}];
expression({'and', A, B}, _) -> [{expression, A}, {expression, B}];
expression({'or', A, B}, _) -> [{expression, A}, {expression, B}];
expression({select, C, A, B}, _) -> [{expression, C}, {expression, A}, {expression, B}];
expression({function, _, List}, _) -> [{expression, E} || E <- List];
expression({object, _, List}, _) -> [{expression, E} || E <- List];
expression({kernel, Site}, #program{sites = Sites}) ->
    [{expression, E} || E <- element(2, element(Site + 1, Sites))];
expression({request, R, _}, #program{requests = Requests}) ->
    #{timeframe := T, gaps := G, lookahead := L, block := B, results := Results, symbol := S,
      currency := C, ignores := I} = element(R + 1, Requests),
    [{block, B} | [{expression, E} || E <- [T, G, L, S, C, I | Results]]];
expression({sequence, Block, X}, _) -> [{block, Block}, {expression, X}];
expression(_, _) -> [].
