%% @private One plain sentence for the `{Reason, Details}' of an `{error, _}'.
%%
%% Four modules have the sentences: {@link fxaot_error_script} of scripts and native code,
%% {@link fxaot_error_file} of files and feeds, {@link fxaot_error_trading} of orders,
%% {@link fxaot_error_engine} of everything else. Each answers
%% `{Sentence, Keys}': the sentence without its full stop, and the details that it contains. The other
%% details are added in brackets.
-module(fxaot_error).

-export([format_error/1]).

-export_type([sentence/0]).

-type sentence() :: {unicode:chardata(), Shown :: [atom()]} | unknown.

%% @doc Accepts `{error, Error}', the Error alone, and `badarg'; shows anything else as it is.
-spec format_error(term()) -> binary().
format_error({error, Error}) -> format_error(Error);
format_error(badarg) ->
    <<"An argument has the wrong type; the shell's exception report says which.">>;
format_error(Reason) when Reason =:= full; Reason =:= stopped -> format_error({Reason, none});
format_error({Reason, Details}) when is_atom(Reason) ->
    {Text, Shown} = sentence(Reason, Details),
    unicode:characters_to_binary([Text, rest(Details, [suggestion | Shown]), ending(Details)]);
format_error(Other) -> unicode:characters_to_binary([fxaot_show:term(Other), $.]).

sentence(Reason, Details) when is_map(Details) ->
    first([fun() -> Module:sentence(Reason, Details) end || Module <- modules()]
          ++ [fun() -> sentence(Reason, none) end]);
sentence(Reason, _) ->
    first([fun() -> without_details(Module:sentence(Reason)) end || Module <- modules()]
          ++ [fun() -> {spaced(Reason), []} end]).

modules() -> [fxaot_error_trading, fxaot_error_script, fxaot_error_file, fxaot_error_engine].

without_details(unknown) -> unknown;
without_details(Text) -> {Text, []}.

first([Sentence | Rest]) ->
    case Sentence() of
        unknown -> first(Rest);
        Found -> Found
    end.

ending(#{suggestion := Near}) -> ["; did you mean ", fxaot_show:term(Near), $?];
ending(_) -> $..

rest(Details, Shown) when is_map(Details) ->
    case lists:sort(maps:to_list(maps:without(Shown, Details))) of
        [] -> [];
        Left ->
            Shows = [[spaced(Key), " ", fxaot_show:term(Value)] || {Key, Value} <- Left],
            [" (", lists:join(", ", Shows), $)]
    end;
rest(none, _) -> [];
rest(undefined, _) -> [];
rest([], _) -> [];
rest(Details, _) -> [" (", fxaot_show:term(Details), $)].

spaced(Key) when is_atom(Key) -> string:replace(atom_to_list(Key), "_", " ", all);
spaced(Key) -> fxaot_show:term(Key).
