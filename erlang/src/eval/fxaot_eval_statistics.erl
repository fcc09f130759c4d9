%% @private Statistics of a script's arrays, and elements as texts. Elements that are na are left out, except where a
%% rule says otherwise; without any other element the result is na. Sums run from the first element to the last.
-module(fxaot_eval_statistics).

-export([function/3, average/1, extremes/1, ascending/2, median/2, mode/1]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [add/2, subtract/2, multiply/2, divide/2, below/2, at_least/2, same/2, truth/1]).

-define(TOLERANCE, 1.0e-10).

%% @doc A function of an array's elements.
-spec function(atom(), [value()], fxaot_eval_heap:heap()) -> fxaot_eval_object:result().
function(text_split, [Text, Separator], Heap) ->
    Parts = split(Text, Separator),
    fxaot_eval_span:make(text, Parts, fxaot_eval_heap:spend(length(Parts), Heap));
function(text_of_object, [Id, Format], Heap) -> {text(fxaot_eval_heap:look(Id, Heap), Id, Format, Heap), Heap};
function(array_join, [Id, Separator], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    Between = case Separator of na -> <<>>; _ -> shown(Separator, text, na, Heap) end,
    {fxaot_eval_text:cut(lists:join(Between, shown_all(fxaot_eval_span:elements(Span), Span, na, Heap))), Heap};
function(array_abs, [Id], Heap) ->
    Span = fxaot_eval_span:find(Id, Heap),
    Values = [fxaot_eval_number:absolute(X) || X <- fxaot_eval_span:elements(Span)],
    fxaot_eval_span:make(fxaot_eval_span:type(Span), Values, Heap);
function(array_standardize, [Id], Heap) ->
    fxaot_eval_span:make(float, standardized(elements(Id, Heap)), Heap);
function(array_sum, [Id], Heap) -> {sum(present(Id, Heap)), Heap};
function(array_avg, [Id], Heap) -> {average(present(Id, Heap)), Heap};
function(array_range, [Id], Heap) ->
    {Least, Most} = extremes(present(Id, Heap)),
    {subtract(Most, Least), Heap};
function(array_variance, [Id, Biased], Heap) -> {variance(present(Id, Heap), is_biased(Biased)), Heap};
function(array_stdev, [Id, Biased], Heap) ->
    {fxaot_eval_number:square_root(variance(present(Id, Heap), is_biased(Biased))), Heap};
function(array_every, [Id], Heap) ->
    Elements = elements(Id, Heap),
    {truth(Elements =/= [] andalso lists:all(fun is_nonzero/1, Elements)), Heap};
function(array_some, [Id], Heap) -> {truth(lists:any(fun is_nonzero/1, elements(Id, Heap))), Heap};
function(array_covariance, [Id, Other, Biased], Heap0) ->
    First = elements(Id, Heap0),
    Second = elements(Other, Heap0),
    Heap = fxaot_eval_heap:spend(length(Second), Heap0),
    length(First) =:= length(Second) orelse fxaot_eval_heap:fail({shapes, 1, length(First), 1, length(Second)}),
    {covariance([Pair || {X, Y} = Pair <- lists:zip(First, Second), X =/= na, Y =/= na], is_biased(Biased)), Heap};
function(array_percent_rank, [Id, Index], Heap) -> {percent_rank(elements(Id, Heap), Index), Heap};
function(array_min, [Id, Rank], Heap) -> nth(Id, Rank, least, Heap);
function(array_max, [Id, Rank], Heap) -> nth(Id, Rank, most, Heap);
function(Function, [Id | Arguments], Heap0)
  when Function =:= array_median; Function =:= array_mode; Function =:= array_percentile_linear;
       Function =:= array_percentile_nearest ->
    Span = fxaot_eval_span:find(Id, Heap0),
    {All, Heap} = ascending(fxaot_eval_span:elements(Span), Heap0),
    {ranked(Function, All, fxaot_eval_span:count(Span), fxaot_eval_span:type(Span), Arguments), Heap};
function(Function, Values, Heap) -> fxaot_eval_map:function(Function, Values, Heap).

%% Of a bool or a number: 0 and na are false.
is_nonzero(X) -> fxaot_eval_number:not_equal(X, 0.0).

elements(Id, Heap) -> fxaot_eval_span:elements(fxaot_eval_span:find(Id, Heap)).

present(Id, Heap) -> [X || X <- elements(Id, Heap), X =/= na].

is_biased(X) -> not (X == 0.0).

%% ---- sums ----------------------------------------------------------------------------

%% As in Pine, a sum on the way that is 1e-10 or less from 0 is 0.
sum([]) -> na;
sum(Values) ->
    lists:foldl(fun(X, Sum0) ->
                        Sum = add(Sum0, X),
                        case at_least(?TOLERANCE, fxaot_eval_number:absolute(Sum)) of
                            true -> 0.0;
                            false -> Sum
                        end
                end, 0.0, Values).

plain_sum(Values) -> lists:foldl(fun(X, Sum) -> add(Sum, X) end, 0.0, Values).

%% @doc Of values that are not na.
-spec average([value()]) -> value().
average([]) -> na;
average(Values) -> divide(plain_sum(Values), float(length(Values))).

%% @doc The least and the greatest of values that are not na.
-spec extremes([value()]) -> {value(), value()}.
extremes([]) -> {na, na};
extremes([First | Rest]) ->
    lists:foldl(fun(X, {Least, Most}) ->
                        {case at_least(X, Least) of true -> Least; false -> X end,
                         case at_least(Most, X) of true -> Most; false -> X end}
                end, {First, First}, Rest).

%% From the sums of the values and of their squares, never negative. Of one value it is 0, or na unbiased.
variance([_], true) -> 0.0;
variance(Values, _) when length(Values) =< 1 -> na;
variance(Values, IsBiased) ->
    Sum = plain_sum(Values),
    Squares = plain_sum([multiply(X, X) || X <- Values]),
    Count = float(length(Values)),
    Mean = divide(Sum, Count),
    Variance = case IsBiased of
                   true -> subtract(divide(Squares, Count), multiply(Mean, Mean));
                   false -> subtract(divide(Squares, Count - 1.0), multiply(divide(Sum, Count - 1.0), Mean))
               end,
    case below(Variance, 0.0) of
        true -> 0.0;
        false -> Variance
    end.

%% Of the pairs without na.
covariance([], _) -> na;
covariance([_], false) -> na;
covariance(Pairs, IsBiased) ->
    Count = length(Pairs),
    MeanX = divide(plain_sum([X || {X, _} <- Pairs]), float(Count)),
    MeanY = divide(plain_sum([Y || {_, Y} <- Pairs]), float(Count)),
    Sum = plain_sum([multiply(subtract(X, MeanX), subtract(Y, MeanY)) || {X, Y} <- Pairs]),
    divide(Sum, float(case IsBiased of true -> Count; false -> Count - 1 end)).

%% Equal elements are 1 each.
standardized(Elements) ->
    Values = [X || X <- Elements, X =/= na],
    Mean = divide(plain_sum(Values), float(length(Values))),
    Deviation = fxaot_eval_number:square_root(variance(Values, true)),
    [if X =:= na -> na;
        Deviation == 0.0 -> 1.0;
        true -> divide(subtract(X, Mean), Deviation)
     end || X <- Elements].

%% ---- ranks -----------------------------------------------------------------------------

%% @doc The elements that are not na, in ascending order.
-spec ascending([value()], fxaot_eval_heap:heap()) -> {[value()], fxaot_eval_heap:heap()}.
ascending(Elements, Heap) ->
    Count = length(Elements),
    {[X || {X, _} <- fxaot_eval_array:sorted(float, Elements), X =/= na],
     fxaot_eval_heap:spend(Count * fxaot_eval_array:bits(Count), Heap)}.

%% Beyond the elements that are not na, but below the size, it is the last one's.
nth(Id, Rank, End, Heap0) ->
    Elements = elements(Id, Heap0),
    {Least, Most} = extremes([X || X <- Elements, X =/= na]),
    case Least =:= na orelse rank(Rank, length(Elements)) of
        true -> {na, Heap0};
        0 -> {case End of least -> Least; most -> Most end, Heap0};
        Place ->
            {All, Heap} = ascending(Elements, Heap0),
            FromEnd = min(Place, length(All) - 1),
            {lists:nth(FromEnd + 1, case End of least -> All; most -> lists:reverse(All) end), Heap}
    end.

rank(na, _) -> 0;
rank(Rank, Count) -> fxaot_eval_span:place(Rank, Count, from_start, within).

ranked(array_median, All, _, Type, _) -> median(All, Type);
ranked(array_mode, All, _, _, _) -> mode(All);
ranked(_, _, 0, _, _) -> na;
ranked(array_percentile_linear, _, _, _, [na]) -> na;
ranked(array_percentile_nearest, All, Count, Type, [na]) ->
    ranked(array_percentile_nearest, All, Count, Type, [0.0]);
ranked(Function, All, Count, _, [Percentage]) ->
    at_least(Percentage, 0.0) andalso at_least(100.0, Percentage) orelse
        fxaot_eval_heap:fail({argument, Percentage}),
    case Function of
        array_percentile_linear -> percentile(All, Count, Percentage);
        array_percentile_nearest -> at(max(1, min(Count, ceil(Percentage * Count / 100))), All)
    end.

%% na for a place behind the last one.
at(Place, All) when Place =< length(All) -> lists:nth(Place, All);
at(_, _) -> na.

%% @doc Of values in ascending order: between the middle ones of an even number; of ints it is one, cut towards 0.
-spec median([value()], atom()) -> value().
median([], _) -> na;
median(All, Type) ->
    Middle = length(All) div 2,
    case length(All) rem 2 of
        1 -> lists:nth(Middle + 1, All);
        0 ->
            Median = divide(add(lists:nth(Middle, All), lists:nth(Middle + 1, All)), 2.0),
            case Type of
                int -> fxaot_eval_number:truncated(Median);
                _ -> Median
            end
    end.

%% @doc Of values in ascending order, the least of the most frequent.
-spec mode([value()]) -> value().
mode([]) -> na;
mode([First | Rest]) -> mode(Rest, First, 1, First, 1).

mode([X | Rest], Value, Count, Mode, Most) ->
    {Next, N} = case same(X, Value) of
                    true -> {Value, Count + 1};
                    false -> {X, 1}
                end,
    case N > Most of
        true -> mode(Rest, Next, N, Next, N);
        false -> mode(Rest, Next, N, Mode, Most)
    end;
mode([], _, _, Mode, _) -> Mode.

%% na counts as an element behind the others: a place between two is then na. The place of the percentage among
%% Count, from 1 on, is Count · p / 100 + ½.
percentile(All, Count, Percentage) ->
    Place0 = Count * Percentage / 100 + 0.5,
    Whole = math:floor(Place0 + 0.5),
    Place = case abs(Place0 - Whole) < 1.0e-9 of true -> Whole; false -> Place0 end,
    Below = trunc(Place),
    Part = Place - Below,
    IsWhole = length(All) =:= Count,
    if Place =< 1 -> at(1, All);
       Place >= Count -> at(Count, All);
       Part == 0.0 -> at(Below, All);
       IsWhole ->
            add(multiply(lists:nth(Below, All), 1 - Part), multiply(lists:nth(Below + 1, All), Part));
       true -> na
    end.

%% The share of the other elements that are not above the one at the index, in percent; na counts as above all.
percent_rank([], _) -> na;
percent_rank(Elements, Index) ->
    Count = length(Elements),
    X = lists:nth(rank(Index, Count) + 1, Elements),
    case Count > 1 andalso X =/= na of
        true -> (length([E || E <- Elements, at_least(X, E)]) - 1) * 100.0 / (Count - 1);
        false -> na
    end.

%% ---- texts -----------------------------------------------------------------------------

%% `[1, 2]'; a matrix has a line for each row; any other object, and na, is NaN.
text(#object{kind = matrix, type = Type, cells = Cells, detail = Columns}, _, Format, Heap) ->
    listed([shown(X, Type, Format, Heap) || X <- fxaot_eval_vector:to_list(Cells)], Columns);
text(#object{kind = Kind}, Id, Format, Heap) when Kind =:= array; Kind =:= slice ->
    Span = fxaot_eval_span:find(Id, Heap),
    listed(shown_all(fxaot_eval_span:elements(Span), Span, Format, Heap), fxaot_eval_span:count(Span));
text(_, _, _, _) -> <<"NaN">>.

listed(Texts, Columns) -> fxaot_eval_text:cut(["[", rows(Texts, Columns), "]"]).

rows(Texts, Columns) when length(Texts) =< Columns -> lists:join(", ", Texts);
rows(Texts, Columns) ->
    {Row, Rest} = lists:split(Columns, Texts),
    [lists:join(", ", Row), "]\n[" | rows(Rest, Columns)].

shown_all(Elements, Span, Format, Heap) -> [shown(X, fxaot_eval_span:type(Span), Format, Heap) || X <- Elements].

shown(X, text, _, _) when is_binary(X) -> X;
shown(_, text, _, _) -> <<"NaN">>;
shown(X, bool, _, _) -> fxaot_eval_text:function(text_of_bool, [X], [], 0.01);
shown(X, _, Format, Heap) ->
    fxaot_eval_text:function(text_of_number_formatted, [X, Format], [], fxaot_eval_heap:mintick(Heap)).

%% The texts between separators; without a separator the characters. None of na.
split(Text, _) when not is_binary(Text) -> [];
split(Text, Separator) when is_binary(Separator), Separator =/= <<>> -> binary:split(Text, Separator, [global]);
split(Text, _) -> characters(Text, <<>>).

characters(<<C, Rest/binary>>, Done) when C band 16#C0 =:= 16#80; Done =:= <<>> ->
    characters(Rest, <<Done/binary, C>>);
characters(<<C, Rest/binary>>, Done) -> [Done | characters(Rest, <<C>>)];
characters(<<>>, Done) -> [Done].
