%% @private A program's inputs: the user's values, by title or variable, else the initial values.
-module(fxaot_eval_params).

-export([settle/2]).

-include("fxaot_eval.hrl").

%% @doc Values in the order of the program's parameters; of a source its bar field.
-spec settle(#program{}, #{atom() | binary() => term()}) ->
          {ok, tuple()} | {error, {Reason :: atom(), Details :: map()}}.
settle(#program{parameters = Parameters, texts = Texts}, Given) ->
    Initial = [initial(P, Texts) || P <- Parameters],
    try
        Values = lists:foldl(fun({Name, Value}, Done) -> given(Name, Value, Parameters, Texts, Done) end,
                             Initial, maps:to_list(Given)),
        {ok, list_to_tuple(Values)}
    catch throw:{error, _} = Error -> Error
    end.

initial(#{kind := source, initial := X}, _) -> {source, source(X)};
initial(#{kind := Kind, initial := X}, Texts) ->
    case is_text(Kind) of
        true -> text(X, Texts);
        false -> X
    end.

text(X, Texts) when is_float(X), X >= 0.0, X < tuple_size(Texts) -> element(trunc(X) + 1, Texts);
text(_, _) -> na.

is_text(Kind) -> lists:member(Kind, [text, timeframe, session, symbol, enumeration]).

sources() -> [open, high, low, close, volume, hl2, hlc3, ohlc4, hlcc4].

source(X) when is_float(X), X >= 0.0, X < 9.0 -> lists:nth(trunc(X) + 1, sources());
source(_) -> close.

given(Name, Value, Parameters, Texts, Values) ->
    Text = name(Name),
    Known = lists:zip(lists:seq(1, length(Parameters)), Parameters),
    case [I || {I, #{title := Title}} <- Known, Title =:= Text]
        ++ [I || {I, #{variable := Variable}} <- Known, Variable =:= Text, Text =/= <<>>] of
        [] -> refuse(unknown_parameter, Text, <<"the script has no input '", Text/binary, "'">>);
        [I | _] ->
            Parameter = lists:nth(I, Parameters),
            Chosen = chosen(Text, Value, Parameter),
            check(Text, Chosen, Parameter, Texts),
            lists:sublist(Values, I - 1) ++ [Chosen | lists:nthtail(I, Values)]
    end.

name(Name) when is_atom(Name) -> atom_to_binary(Name);
name(Name) -> Name.

-spec refuse(atom(), binary(), iodata()) -> no_return().
refuse(Reason, Name, Message) ->
    throw({error, {Reason, #{parameter => Name, message => iolist_to_binary(Message)}}}).

chosen(_, X, #{kind := Kind}) when is_number(X), abs(X) < 9.0e15, Kind =:= int orelse Kind =:= time, trunc(X) == X ->
    float(X);
chosen(_, X, #{kind := Kind}) when is_number(X), Kind =:= float orelse Kind =:= price -> float(X);
chosen(_, X, #{kind := color}) when is_number(X), X >= 0, X =< 16#FFFFFFFF, trunc(X) == X -> float(X);
chosen(_, X, #{kind := bool}) when is_boolean(X) -> fxaot_eval_number:truth(X);
chosen(Name, X, #{kind := source}) when is_atom(X) ->
    case lists:member(X, sources()) of
        true -> {source, X};
        false -> wrong(Name)
    end;
chosen(Name, X, #{kind := source}) when is_binary(X) ->
    case [S || S <- sources(), atom_to_binary(S) =:= X] of
        [Source] -> {source, Source};
        [] -> wrong(Name)
    end;
chosen(Name, X, #{kind := Kind}) ->
    case is_text(Kind) of
        true when is_binary(X) -> X;
        true when is_atom(X), not is_boolean(X) -> atom_to_binary(X);
        %% A timeframe or a text of digits, such as 60.
        true when is_number(X) -> fxaot_eval_text:function(text_of_number, [float(X)], [false], 1.0);
        _ -> wrong(Name)
    end.

-spec wrong(binary()) -> no_return().
wrong(Name) ->
    refuse(bad_parameter, Name, ["the input ", Name, " takes another type of value"]).

check(_, {source, _}, _, _) -> ok;
check(Name, X, #{options := [_ | _] = Options, kind := Kind}, Texts) ->
    Allowed = case is_text(Kind) of
                  true -> [text(O, Texts) || O <- Options];
                  false -> Options
              end,
    lists:any(fun(O) -> O == X end, Allowed) orelse
        refuse(bad_parameter, Name, ["the input ", Name, " takes only one of its options"]);
check(Name, X, #{minimum := Least, maximum := Most}, _) ->
    case fxaot_eval_number:above(Least, X) orelse fxaot_eval_number:above(X, Most) of
        true ->
            Limits = maps:from_list([{K, L} || {K, L} <- [{minimum, Least}, {maximum, Most}], is_float(L)]),
            throw({error, {parameter_range, Limits#{parameter => Name, value => X,
                                                    message => range(Name, Least, Most)}}});
        false -> ok
    end.

range(Name, Least, Most) ->
    Range = case {Least, Most} of
                {_, na} -> ["at least ", written(Least)];
                {na, _} -> ["at most ", written(Most)];
                _ -> ["from ", written(Least), " to ", written(Most)]
            end,
    iolist_to_binary(["the input ", Name, " must be ", Range]).

written(X) when is_float(X), trunc(X) == X, abs(X) < 1.0e15 -> integer_to_binary(trunc(X));
written(X) when is_float(X) -> float_to_binary(X, [short]);
written(X) -> atom_to_binary(X).
