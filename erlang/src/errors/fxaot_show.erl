%% @private Terms and names as text in a sentence.
-module(fxaot_show).

-export([term/1, name/1]).

%% @doc A term as Erlang writes it, a text as itself. Long terms are cut: a sentence is for reading.
-spec term(term()) -> unicode:chardata().
term(Term) when is_binary(Term); is_list(Term) ->
    case is_text(Term) of
        true -> name(Term);
        false -> lists:flatten(io_lib:format("~0tP", [Term, 30]))
    end;
term(Term) -> lists:flatten(io_lib:format("~0tP", [Term, 30])).

is_text(<<>>) -> false;
is_text([]) -> false;
is_text(Text) when is_binary(Text), byte_size(Text) =< 200 ->
    case unicode:characters_to_list(Text) of
        List when is_list(List) -> io_lib:printable_unicode_list(List);
        _ -> false
    end;
is_text(Text) when is_list(Text) -> io_lib:printable_unicode_list(Text);
is_text(_) -> false.

%% @doc A path or name, whatever its bytes are.
-spec name(file:name_all() | unicode:chardata()) -> string().
name(Path) ->
    try unicode:characters_to_list(Path) of
        Text when is_list(Text) -> Text;
        _ -> lists:flatten(io_lib:format("~0tp", [Path]))
    catch error:_ -> lists:flatten(io_lib:format("~0tP", [Path, 30]))
    end.
