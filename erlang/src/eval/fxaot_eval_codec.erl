%% @private Programs in their binary form, as `fxaot check --emit binary' writes them.
%%
%% ```
%%   "FXIR"   4 bytes
%%   version  1 byte
%%   settings, parameters, texts, variables, expressions with types, arguments, sites, requests,
%%   blocks with lines, loops, orders, risks, plots, body: each a count and its entries
%% '''
%% Whole numbers are 7 bits a byte, the lowest first, signed ones in zigzag; floats 8 bytes, little
%% endian; texts a length and UTF-8. Whatever the bytes are, the answer is a program that can be
%% walked without further checks, or `{error, bad_program}'.
%%
%% Longer than a file should be: the format is one piece, in the order of its bytes.
-module(fxaot_eval_codec).

-export([decode/1]).

-include("fxaot_eval.hrl").

-compile({no_auto_import, [float/1]}).

-define(VERSION, 4).
%% Deeper or larger trees are refused, as everywhere.
-define(DEEPEST, 250).
-define(LARGEST, 2000000).

-spec decode(binary()) -> {ok, #program{}} | {error, bad_program}.
decode(<<"FXIR", ?VERSION, Bytes/binary>>) ->
    try {ok, program(Bytes)} catch throw:bad -> {error, bad_program} end;
decode(_) -> {error, bad_program}.

program(B0) ->
    {{IsStrategy, Title, Language, Capital, Currency, Back, Drawings}, B1} = settings(B0),
    {Parameters, B2} = list(B1, fun parameter/1),
    {Texts, B3} = list(B2, fun text/1),
    {Variables, B4} = list(B3, fun variable/1),
    {Expressions, B5} = list(B4, fun typed/1),
    {Arguments, B6} = list(B5, fun signed/1),
    {Sites, B7} = list(B6, fun site/1),
    {Requests, B8} = list(B7, fun request/1),
    {Blocks, B9} = list(B8, fun(B) -> list(B, fun lined/1) end),
    {Loops, B10} = list(B9, fun(B) -> tuple(B, 5) end),
    {Orders, B11} = list(B10, fun order/1),
    {Risks, B12} = list(B11, fun risk/1),
    {Plots, B13} = list(B12, fun text/1),
    {Body, Rest} = signed(B13),
    Rest =:= <<>> orelse throw(bad),
    AllTexts = [<<>> | Texts],
    length(lists:usort(AllTexts)) =:= length(AllTexts) orelse throw(bad),
    All = list_to_tuple(Arguments),
    checked(#program{is_strategy = IsStrategy, title = Title, initial_capital = Capital,
                     currency = Currency,
                     parameters = Parameters, texts = list_to_tuple(AllTexts),
                     variables = list_to_tuple(Variables),
                     expressions = list_to_tuple([{Type, linked(E, All)} || {Type, E} <- Expressions]),
                     sites = list_to_tuple([{Kernel, arguments(L, All)} || {Kernel, L} <- Sites]),
                     requests = list_to_tuple(Requests), blocks = list_to_tuple(Blocks),
                     loops = list_to_tuple(Loops), orders = list_to_tuple(Orders),
                     risks = list_to_tuple(Risks), plots = Plots, body = Body,
                     max_bars_back = Back, language_version = Language, most_drawings = Drawings,
                     counts = {length(Parameters), length(Plots)}}).

%% ---- numbers and texts ------------------------------------------------------

unsigned(Bytes) -> unsigned(Bytes, 0, 0).

unsigned(<<More:1, Bits:7, Rest/binary>>, Shift, Sum) when Shift < 63 ->
    Value = Sum bor (Bits bsl Shift),
    case More of
        0 -> {Value, Rest};
        1 -> unsigned(Rest, Shift + 7, Value)
    end;
unsigned(_, _, _) -> throw(bad).

signed(Bytes) ->
    {Raw, Rest} = unsigned(Bytes),
    Value = (Raw bsr 1) bxor -(Raw band 1),
    case Value >= -16#80000000 andalso Value =< 16#7FFFFFFF of
        true -> {Value, Rest};
        false -> throw(bad)
    end.

count(Bytes) ->
    case unsigned(Bytes) of
        {Count, Rest} when Count =< byte_size(Rest) -> {Count, Rest};
        _ -> throw(bad)
    end.

float(<<X:64/float-little, Rest/binary>>) -> {X, Rest};
float(<<0:48, 16#F0, 16#7F, Rest/binary>>) -> {inf, Rest};
float(<<0:48, 16#F0, 16#FF, Rest/binary>>) -> {ninf, Rest};
float(<<_:64, Rest/binary>>) -> {na, Rest};
float(_) -> throw(bad).

text(Bytes) ->
    {Length, Rest} = count(Bytes),
    split_binary(Rest, Length).

byte(<<Byte, Rest/binary>>) -> {Byte, Rest};
byte(_) -> throw(bad).

bool(<<0, Rest/binary>>) -> {false, Rest};
bool(<<1, Rest/binary>>) -> {true, Rest};
bool(_) -> throw(bad).

%% One of a tuple of names, by number.
name(Bytes, Names) ->
    {N, Rest} = byte(Bytes),
    {name_of(N, Names), Rest}.

name_of(N, Names) when N < tuple_size(Names) -> element(N + 1, Names);
name_of(_, _) -> throw(bad).

list(Bytes, Read) ->
    {Count, Rest} = count(Bytes),
    entries(Count, Rest, Read, []).

entries(0, Rest, _, Done) -> {lists:reverse(Done), Rest};
entries(Count, Bytes, Read, Done) ->
    {Entry, Rest} = Read(Bytes),
    entries(Count - 1, Rest, Read, [Entry | Done]).

%% Signed numbers in a row, behind those that are there.
tuple(Bytes, Count) -> tuple(Bytes, Count, []).

tuple(Bytes, 0, Done) -> {list_to_tuple(lists:reverse(Done)), Bytes};
tuple(Bytes, Count, Done) ->
    {X, Rest} = signed(Bytes),
    tuple(Rest, Count - 1, [X | Done]).

%% ---- declarations -----------------------------------------------------------

settings(B0) ->
    {IsStrategy, B1} = bool(B0),
    {Title, B2} = text(B1),
    {Language, B3} = byte(B2),
    {{Capital, Currency}, B4} = broker(B3),
    {_Ignored, B5} = list(B4, fun(B) ->
                                      {Name, Rest} = text(B),
                                      {Place, Rest1} = tuple(Rest, 2),
                                      {{Name, Place}, Rest1}
                              end),
    {_CalculatedBars, B6} = unsigned(B5),
    {Back, B7} = unsigned(B6),
    {Drawings, B8} = list(B7, fun unsigned/1),
    {{IsStrategy, Title, Language, Capital, Currency, Back, Drawings}, B8}.

broker(B0) ->
    {Capital, B1} = float(B0),
    {_Sizing, B2} = name(B1, {fixed, cash, percent_of_equity}),
    {_Quantity, B3} = float(B2),
    {_Pyramiding, B4} = unsigned(B3),
    {_Commission, B5} = name(B4, {percent, cash_per_contract, cash_per_order}),
    B6 = lists:foldl(fun(_, B) -> element(2, float(B)) end, B5, [value, slippage, limit, long, short]),
    B7 = lists:foldl(fun(_, B) -> element(2, bool(B)) end, B6, [on_close, any, on_fills]),
    {Currency, B8} = text(B7),
    {{Capital, Currency}, B8}.

parameter(B0) ->
    {Kind, B1} = name(B0, {int, float, bool, text, color, time, timeframe, session, symbol, price,
                           enumeration, source}),
    {Variable, B2} = text(B1),
    {Title, B3} = text(B2),
    {Initial, B4} = float(B3),
    {Minimum, B5} = float(B4),
    {Maximum, B6} = float(B5),
    {_Step, B7} = float(B6),
    {Options, B8} = list(B7, fun float/1),
    {_Group, B9} = text(B8),
    {#{kind => Kind, variable => Variable, title => Title, initial => Initial,
       minimum => Minimum, maximum => Maximum, options => Options}, B9}.

%% The highest bit of a variable's type says `varip', which no program here looks at.
variable(B0) ->
    {_Name, B1} = text(B0),
    {N, B2} = byte(B1),
    {name_of(N band 127, types()), B2}.

type(Bytes) -> name(Bytes, types()).

types() -> {int, float, bool, text, color, reference}.

site(B0) ->
    {Kernel, B1} = name(B0, fxaot_eval_names:kernels()),
    {List, B2} = tuple(B1, 2),
    {{Kernel, List}, B2}.

request(B0) ->
    {{Timeframe, Gaps, Lookahead, Block}, B1} = tuple(B0, 4),
    {Results, B2} = list(B1, fun signed/1),
    {Kind, B3} = name(B2, {security, currency_rate, lower_bars}),
    {{Symbol, Currency, Ignores}, B4} = tuple(B3, 3),
    {#{timeframe => Timeframe, gaps => Gaps, lookahead => Lookahead, block => Block,
       results => Results, kind => Kind, symbol => Symbol, currency => Currency, ignores => Ignores},
     B4}.

order(B0) ->
    {Kind, B1} = name(B0, {entry, order, exit, close, close_all, cancel, cancel_all}),
    {Arguments, B2} = tuple(B1, 19),
    {{Kind, tuple_to_list(Arguments)}, B2}.

risk(B0) ->
    {Kind, B1} = name(B0, {allow_entry_in, max_consecutive_loss_days, max_drawdown,
                           max_intraday_filled_orders, max_intraday_loss, max_position_size}),
    {Value, B2} = signed(B1),
    {IsPercent, B3} = bool(B2),
    {Message, B4} = signed(B3),
    {{Kind, Value, IsPercent, Message}, B4}.

%% ---- expressions ------------------------------------------------------------

typed(B0) ->
    {Type, B1} = type(B0),
    {Expression, B2} = expression(B1),
    {{Type, Expression}, B2}.

expression(<<0, Rest/binary>>) -> with(number, float(Rest));
expression(<<1, Rest/binary>>) -> tagged(text, Rest, 1);
expression(<<2, Rest/binary>>) -> tagged(parameter, Rest, 1);
expression(<<3, Rest/binary>>) -> tagged(variable, Rest, 1);
expression(<<4, Rest/binary>>) -> tagged(history, Rest, 2);
expression(<<5, Rest/binary>>) -> with(bar, name(Rest, fxaot_eval_names:fields()));
expression(<<6, Rest/binary>>) -> named(bar_history, Rest, fxaot_eval_names:fields(), 1);
expression(<<7, Rest/binary>>) -> with(symbol, name(Rest, fxaot_eval_names:symbol_fields()));
expression(<<8, Rest/binary>>) -> with(timeframe, name(Rest, fxaot_eval_names:timeframe_fields()));
expression(<<9, Rest/binary>>) -> named(unary, Rest, {negate, 'not', is_na, truncate, truth}, 1);
expression(<<10, Rest/binary>>) -> named(binary, Rest, fxaot_eval_names:binary_operators(), 2);
expression(<<11, Rest/binary>>) -> tagged('and', Rest, 2);
expression(<<12, Rest/binary>>) -> tagged('or', Rest, 2);
expression(<<13, Rest/binary>>) -> tagged(select, Rest, 3);
expression(<<14, Rest/binary>>) -> named(function, Rest, fxaot_eval_names:functions(), 2);
expression(<<15, Rest/binary>>) -> tagged(kernel, Rest, 1);
expression(<<16, Rest/binary>>) -> tagged(kernel_result, Rest, 2);
expression(<<17, Rest/binary>>) -> tagged(request, Rest, 2);
expression(<<18, Rest/binary>>) ->
    case byte(Rest) of
        {N, Rest1} when N < 33 -> {{book, N}, Rest1};
        _ -> throw(bad)
    end;
expression(<<19, Rest/binary>>) -> {{entry_name}, Rest};
expression(<<20, Rest/binary>>) ->
    {Field, B1} = name(Rest, fxaot_eval_names:trade_fields()),
    {IsOpen, B2} = bool(B1),
    {Index, B3} = signed(B2),
    {{trade, Field, IsOpen, Index}, B3};
expression(<<21, Rest/binary>>) -> tagged(sequence, Rest, 2);
expression(<<22, Rest/binary>>) -> named(object, Rest, fxaot_eval_names:objects(), 2);
expression(_) -> throw(bad).

with(Tag, {Value, Rest}) -> {{Tag, Value}, Rest}.

tagged(Tag, Bytes, Count) -> tuple(Bytes, Count, [Tag]).

named(Tag, Bytes, Names, Count) ->
    {Name, Rest} = name(Bytes, Names),
    tuple(Rest, Count, [Name, Tag]).

linked({function, Function, Start, Count}, All) ->
    {function, Function, arguments({Start, Count}, fxaot_eval_names:arity(Function), All)};
linked({object, Function, Start, Count}, All) ->
    {object, Function, arguments({Start, Count}, fxaot_eval_names:object_arity(Function), All)};
linked(Expression, _) -> Expression.

arguments({_, Count} = List, {Fewest, Most}, All) ->
    Count >= Fewest andalso Count =< Most orelse throw(bad),
    arguments(List, All).

arguments({Start, Count}, All)
  when Start >= 0, Count >= 0, Start + Count =< tuple_size(All) ->
    [element(I, All) || I <- lists:seq(Start + 1, Start + Count)];
arguments(_, _) -> throw(bad).

%% ---- statements -------------------------------------------------------------

lined(B0) ->
    {Line, B1} = signed(B0),
    {Statement, B2} = statement(B1),
    {{Line, Statement}, B2}.

statement(<<0, Rest/binary>>) -> tagged(evaluate, Rest, 1);
statement(<<1, Rest/binary>>) -> tagged(declare, Rest, 2);
statement(<<2, Rest/binary>>) -> tagged(declare_once, Rest, 2);
statement(<<3, Rest/binary>>) -> tagged(assign, Rest, 2);
statement(<<4, Rest/binary>>) -> tagged(branch, Rest, 3);
statement(<<5, Rest/binary>>) -> tagged(for, Rest, 1);
statement(<<6, Rest/binary>>) -> tagged(while, Rest, 2);
statement(<<7, Rest/binary>>) -> {{break}, Rest};
statement(<<8, Rest/binary>>) -> {{continue}, Rest};
statement(<<9, Rest/binary>>) -> tagged(order, Rest, 1);
statement(<<10, Rest/binary>>) -> tagged(risk, Rest, 1);
statement(<<11, Rest/binary>>) -> tagged(plot, Rest, 2);
statement(<<12, Rest/binary>>) -> tagged(fail, Rest, 1);
statement(_) -> throw(bad).

%% ---- checking ---------------------------------------------------------------

%% Every reachable part refers to existing parts, ends, and is neither too deep nor too large.
checked(Program) ->
    lists:foreach(fun(Block) -> [refers(S, Program) || {_, S} <- Block] end,
                  tuple_to_list(Program#program.blocks)),
    _ = [variable_is(V, Program) || {V, _, _, _, _} <- tuple_to_list(Program#program.loops)],
    {{_, Size}, _} = block(Program#program.body, 0, Program, #{}),
    Program#program.body >= 0 andalso Size =< ?LARGEST orelse throw(bad),
    Program#program{size = Size}.

%% {Height, Size} of the parts below, each once; `open' while on the way to it.
visited(Key, Depth, Seen, Measure) ->
    Depth < ?DEEPEST orelse throw(bad),
    case Seen of
        #{Key := open} -> throw(bad);
        #{Key := {Height, _} = Extent} ->
            Depth + Height =< ?DEEPEST orelse throw(bad),
            {Extent, Seen};
        #{} ->
            {{Height, Size}, Seen1} = Measure(Seen#{Key => open}),
            Extent = {Height + 1, min(Size, ?LARGEST + 1)},
            {Extent, Seen1#{Key => Extent}}
    end.

block(Block, _, _, Seen) when Block < 0 -> {{0, 0}, Seen};
block(Block, Depth, Program, Seen) ->
    Statements = entry(Block, Program#program.blocks),
    visited({block, Block}, Depth, Seen,
            fun(S0) ->
                    lists:foldl(fun({_, S}, {Extent, Before}) ->
                                        {E, After} = parts(statement_parts(S, Program), Depth + 1,
                                                           Program, Before),
                                        {larger(larger(Extent, E), {0, 1}), After}
                                end, {{0, 1}, S0}, Statements)
            end).

expression(E, Depth, Program, Seen) ->
    {_, Expression} = entry(E, Program#program.expressions),
    visited({e, E}, Depth, Seen,
            fun(S0) ->
                    refers_expression(Expression, Program),
                    {Extent, S1} = parts(expression_parts(Expression, Program), Depth + 1, Program, S0),
                    {larger(Extent, {0, 1}), S1}
            end).

parts({Expressions, Blocks}, Depth, Program, Seen) ->
    First = lists:foldl(fun(E, {Extent, S}) ->
                                {More, S1} = expression(E, Depth, Program, S),
                                {larger(Extent, More), S1}
                        end, {{0, 0}, Seen}, Expressions),
    lists:foldl(fun(B, {Extent, S}) ->
                        {More, S1} = block(B, Depth, Program, S),
                        {larger(Extent, More), S1}
                end, First, Blocks).

larger({H1, S1}, {H2, S2}) -> {max(H1, H2), S1 + S2}.

entry(N, Table) when N >= 0, N < tuple_size(Table) -> element(N + 1, Table);
entry(_, _) -> throw(bad).

below(N, Count) -> N >= 0 andalso N < Count orelse throw(bad).

given(Expressions) -> [E || E <- Expressions, E >= 0].

statement_parts({evaluate, E}, _) -> {[E], []};
statement_parts({fail, E}, _) -> {[E], []};
statement_parts({branch, C, Then, Else}, _) -> {[C], [Then, Else]};
statement_parts({for, N}, P) ->
    {_, From, To, Step, Body} = entry(N, P#program.loops),
    From >= 0 andalso To >= 0 orelse throw(bad),
    {given([From, Step, To]), [Body]};
statement_parts({while, C, Body}, _) -> {[C], [Body]};
statement_parts({order, N}, P) -> {given(element(2, entry(N, P#program.orders))), []};
statement_parts({risk, N}, P) ->
    {_, Value, _, Message} = entry(N, P#program.risks),
    Value >= 0 orelse throw(bad),
    {given([Value, Message]), []};
statement_parts({_, _, E}, _) -> {[E], []};
statement_parts(_, _) -> {[], []}.

expression_parts({history, _, E}, _) -> {[E], []};
expression_parts({bar_history, _, E}, _) -> {[E], []};
expression_parts({unary, _, E}, _) -> {[E], []};
expression_parts({binary, _, A, B}, _) -> {[A, B], []};
expression_parts({'and', A, B}, _) -> {[A, B], []};
expression_parts({'or', A, B}, _) -> {[A, B], []};
expression_parts({select, C, A, B}, _) -> {[C, A, B], []};
expression_parts({Tag, _, List}, _) when Tag =:= function; Tag =:= object -> {List, []};
expression_parts({kernel, Site}, P) -> {element(2, entry(Site, P#program.sites)), []};
expression_parts({request, R, _}, P) ->
    #{timeframe := Timeframe, gaps := Gaps, lookahead := Lookahead, block := Block,
      results := Results, kind := Kind, symbol := Symbol, currency := Currency, ignores := Ignores} =
        entry(R, P#program.requests),
    Timeframe >= 0 orelse throw(bad),
    Kind =/= currency_rate orelse Symbol >= 0 andalso Currency >= 0 orelse throw(bad),
    {[Timeframe | given([Gaps, Lookahead, Symbol, Currency, Ignores])] ++ Results, [Block]};
expression_parts({trade, _, _, E}, _) -> {[E], []};
expression_parts({sequence, Block, E}, _) -> {[E], [Block]};
expression_parts(_, _) -> {[], []}.

refers({Tag, V, _}, P) when Tag =:= declare; Tag =:= declare_once; Tag =:= assign ->
    variable_is(V, P);
refers({for, N}, P) -> entry(N, P#program.loops);
refers({order, N}, P) -> entry(N, P#program.orders);
refers({risk, N}, P) -> entry(N, P#program.risks);
refers({plot, N, _}, #program{counts = {_, Plots}}) -> below(N, Plots);
refers(_, _) -> ok.

variable_is(V, P) -> entry(V, P#program.variables).

refers_expression({text, N}, P) -> entry(N, P#program.texts);
refers_expression({parameter, N}, #program{counts = {Parameters, _}}) -> below(N, Parameters);
refers_expression({variable, V}, P) -> variable_is(V, P);
refers_expression({history, V, _}, P) -> variable_is(V, P);
refers_expression({kernel, S}, P) ->
    {Kernel, Arguments} = entry(S, P#program.sites),
    length(Arguments) =:= length(fxaot_eval_names:kernel_arguments(Kernel)) orelse throw(bad);
refers_expression({kernel_result, S, K}, P) ->
    {Kernel, _} = entry(S, P#program.sites),
    K >= 0 andalso K < fxaot_eval_names:kernel_results(Kernel) orelse throw(bad);
refers_expression({request, R, K}, P) ->
    #{results := Results} = entry(R, P#program.requests),
    K >= 0 andalso K < length(Results) orelse throw(bad);
refers_expression(_, _) -> ok.
