%% @private The known name that a misspelt one probably means.
-module(fxaot_near_miss).

-export([suggestion/2]).

%% Longer names get no suggestion.
-define(MAX_NAME_BYTES, 63).

%% @doc `#{suggestion => Name}' with the known name nearest to an unknown one, or `#{}'.
-spec suggestion(Unknown :: term(), Known :: [Name]) -> #{suggestion => Name}
              when Name :: atom() | binary().
suggestion(Unknown, Known) when is_atom(Unknown); is_binary(Unknown) ->
    case characters(Unknown) of
        Text when is_list(Text), length(Text) =< ?MAX_NAME_BYTES -> nearest(Text, Known);
        _ -> #{}
    end;
suggestion(_, _) -> #{}.

nearest(Text, Known) ->
    Near = lists:sort([{Distance, Name} || Name <- Known, Letters <- [characters(Name)],
                                           abs(length(Letters) - length(Text)) =< 3,
                                           Distance <- [distance(Text, Letters)],
                                           Distance =< 1 + length(Text) div 3]),
    case Near of
        [{_, Name} | _] -> #{suggestion => Name};
        [] -> #{}
    end.

characters(Name) -> unicode:characters_to_list(fxaot_terms:text(Name)).

%% Levenshtein distance, one row of the table at a time.
distance(A, B) ->
    First = lists:seq(0, length(B)),
    lists:last(lists:foldl(fun(Char, Row) -> next_row(Char, B, Row) end, First, A)).

next_row(Char, B, [Corner | _] = Row) -> [Corner + 1 | cells(Char, B, Row, Corner + 1)].

cells(_, [], _, _) -> [];
cells(Char, [Char | B], [Diagonal | [_ | _] = Row], _) ->
    [Diagonal | cells(Char, B, Row, Diagonal)];
cells(Char, [_ | B], [Diagonal | [Above | _] = Row], Left) ->
    Cell = 1 + lists:min([Diagonal, Above, Left]),
    [Cell | cells(Char, B, Row, Cell)].
