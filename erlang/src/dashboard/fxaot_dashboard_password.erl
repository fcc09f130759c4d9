%% @private Passwords as PBKDF2-HMAC-SHA256 (RFC 8018): `<<"pbkdf2-sha256$600000$SALT$HASH">>', both in base 64.
%%
%% `crypto:pbkdf2_hmac/5' would hold a scheduler for a quarter of a second. Here it is a loop of crypto:mac/4, which other
%% processes interrupt: about two seconds of a process of low priority.
-module(fxaot_dashboard_password).

-export([hash/1, is_hash/1, matches/2, nobody/0]).

-define(ROUNDS, 600000).
-define(LEAST_ROUNDS, 600000).
-define(MOST_ROUNDS, 10000000).
-define(SALT, 16).
-define(LENGTH, 32).

-spec hash(Password :: binary()) -> binary().
hash(Password) ->
    Salt = crypto:strong_rand_bytes(?SALT),
    written(Salt, derived(Password, Salt, ?ROUNDS)).

written(Salt, Hash) ->
    iolist_to_binary(["pbkdf2-sha256$", integer_to_list(?ROUNDS), $$, base64:encode(Salt), $$, base64:encode(Hash)]).

%% @doc Nobody's hash: no password matches. For names that there are not, so that they take as long.
-spec nobody() -> binary().
nobody() -> written(<<0:?SALT/unit:8>>, <<0:?LENGTH/unit:8>>).

-spec is_hash(term()) -> boolean().
is_hash(Text) when is_binary(Text) -> read(Text) =/= error;
is_hash(_) -> false.

read(Text) ->
    try
        [<<"pbkdf2-sha256">>, Rounds, Salt, Hash] = binary:split(Text, <<"$">>, [global]),
        {binary_to_integer(Rounds), base64:decode(Salt), base64:decode(Hash)}
    of
        {Count, <<_:?SALT/binary, _/binary>> = Bytes, <<_:?LENGTH/binary>> = Sum}
          when Count >= ?LEAST_ROUNDS, Count =< ?MOST_ROUNDS -> {Count, Bytes, Sum};
        _ -> error
    catch error:_ -> error
    end.

%% @doc O(rounds).
-spec matches(Password :: binary(), Hash :: binary()) -> boolean().
matches(Password, Text) ->
    case read(Text) of
        {Rounds, Salt, Hash} -> crypto:hash_equals(derived(Password, Salt, Rounds), Hash);
        error -> false
    end.

derived(Password, Salt, Rounds) ->
    First = crypto:mac(hmac, sha256, Password, <<Salt/binary, 1:32>>),
    more(Rounds - 1, Password, First, binary:decode_unsigned(First)).

more(0, _, _, Sum) -> <<Sum:?LENGTH/unit:8>>;
more(Rounds, Password, Before, Sum) ->
    Next = crypto:mac(hmac, sha256, Password, Before),
    more(Rounds - 1, Password, Next, Sum bxor binary:decode_unsigned(Next)).
