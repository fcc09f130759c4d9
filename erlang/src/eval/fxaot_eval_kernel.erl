%% @private The functions with state, `ta.*', `math.sum', `fixnan': finds the module with their definition.
%% fxaot_eval_names has their other properties.
-module(fxaot_eval_kernel).

-export([make/2, step/4, extreme/2, extreme_step/3]).

-export_type([kernel/0, state/0, known/0]).

-include("fxaot_eval.hrl").

-type kernel() :: atom().
-type state() :: term().
%% An argument's value where it is known before the first bar.
-type known() :: value() | unknown.

%% @doc The state before the first bar; `not_constant' where an argument must be known and is not.
-spec make(kernel(), [known()]) -> {ok, {module() | none, state()}} | not_constant.
make(Kernel, Known) ->
    case lists:any(fun(I) -> lists:nth(I, Known) =:= na end, fxaot_eval_names:kernel_lengths(Kernel)) of
        true -> {ok, {none, unanswered(fxaot_eval_names:kernel_results(Kernel), fxaot_eval_names:kernel_type(Kernel))}};
        false -> make([fxaot_eval_average, fxaot_eval_rank, fxaot_eval_range, fxaot_eval_event], Kernel, Known)
    end.

%% A length that is na has no answer.
unanswered(1, bool) -> 0.0;
unanswered(1, _) -> na;
unanswered(Count, _) -> erlang:make_tuple(Count, na).

make([], Kernel, _) -> error({no_formula, Kernel});
make([Module | Rest], Kernel, Known) ->
    case Module:make(Kernel, Known) of
        none -> make(Rest, Kernel, Known);
        not_constant -> not_constant;
        State -> {ok, {Module, State}}
    end.

%% @doc One bar. Returns the result, or a tuple of several.
-spec step(kernel(), {module() | none, state()}, [value()], #candle{}) ->
          {value() | tuple(), {module() | none, state()}}.
step(_, {none, Answer} = State, _, _) -> {Answer, State};
step(Kernel, {Module, State}, Arguments, Candle) ->
    {Result, Next} = Module:step(Kernel, State, Arguments, Candle),
    {Result, {Module, Next}}.

%% ---- highest and lowest in a branch -------------------------------------------

%% TradingView keeps the values in N + 1 slots, by the number of the bar, and writes a slot only when
%% the function is called: on a bar without a call the slot still has its value of N + 1 bars before,
%% or 0. The extreme is kept from call to call, and searched for anew once it is N bars old.

%% @doc For `highest', `lowest', `highestbars', `lowestbars' with a known length.
-spec extreme(kernel(), Length :: value()) -> state().
extreme(Kernel, Length) ->
    Which = case Kernel of
                highest -> highest;
                highestbars -> highest;
                _ -> lowest
            end,
    {Which, max(1, fxaot_eval_number:whole(Length)), 0.0, none, #{}}.

%% @doc The extreme and how many bars ago it was, as 0 or a negative number.
-spec extreme_step(state(), value(), Bar :: non_neg_integer()) -> {{value(), value()}, state()}.
extreme_step({Which, N, Best, Place, Slots0}, X, Bar) ->
    Slots = Slots0#{Bar rem (N + 1) => X},
    {Best1, Place1} =
        case X of
            na -> {Best, none};
            _ when Place =:= none -> {X, Bar};
            _ ->
                case is_beyond(Which, X, Best) of
                    true -> {X, Bar};
                    false when Bar - Place >= N -> search(Which, N, Slots, Bar, 1, X, Bar);
                    false -> {Best, Place}
                end
        end,
    Result = case Place1 of
                 _ when Bar < N - 1 -> {na, na};
                 none -> {na, 0.0};
                 _ -> {Best1, float(Place1 - Bar)}
             end,
    {Result, {Which, N, Best1, Place1, Slots}}.

%% The oldest extreme of the newest N slots up to a na.
search(Which, N, Slots, Bar, Older, Best, Place) when Older < N, Older =< Bar ->
    case maps:get((Bar - Older) rem (N + 1), Slots, 0.0) of
        na -> {Best, Place};
        X ->
            case X == Best orelse is_beyond(Which, X, Best) of
                true -> search(Which, N, Slots, Bar, Older + 1, X, Bar - Older);
                false -> search(Which, N, Slots, Bar, Older + 1, Best, Place)
            end
    end;
search(_, _, _, _, _, Best, Place) -> {Best, Place}.

is_beyond(highest, X, Best) -> fxaot_eval_number:above(X, Best);
is_beyond(lowest, X, Best) -> fxaot_eval_number:above(Best, X).
