%% @private Chooses the engine of a group that gets an instrument.
%%
%% Instruments that are converted through one another stay together: they are a family, and a family goes
%% to one engine by rendezvous hashing (Thaler and Ravishankar 1996), the one with the highest hash of
%% (engine, family), so with another number of engines only the necessary families move.
-module(fxaot_placement).

-export([place/2, families/2]).

-export_type([family/0]).

-type family() :: binary().

%% @doc The engine for a key: the one with the highest hash. Where engines come or go, only the keys
%% of those move.
-spec place(Key :: term(), Engines :: [atom(), ...]) -> atom().
place(Key, Engines) ->
    {_, Engine} = lists:max([{erlang:phash2({Engine, Key}), Engine} || Engine <- Engines]),
    Engine.

%% @doc The family of each instrument: the currency in which its profit reaches the account's. That is its
%% quote currency if a pair links it with the account's; else, over a cross as an engine finds it, the
%% currency in the middle: USD, or that of the first pair that leads on. An instrument that is quoted in the
%% account's currency is of its base's family, since others are converted through it. O(instruments²) at
%% most.
-spec families([{Symbol :: atom(), fxaot_nif:instrument()}], Account :: atom()) ->
          #{Symbol :: atom() => family()}.
families(Instruments, Account) ->
    Pairs = [{Symbol, currencies(Symbol, Spec)} || {Symbol, Spec} <- Instruments],
    Links = [Currencies || {_, Currencies} <- Pairs],
    maps:from_list([{Symbol, family(Currencies, text(Account), Links)} || {Symbol, Currencies} <- Pairs]).

family({Base, Account}, Account, _) -> Base;
family({_, Quote}, Account, Links) ->
    case linked(Quote, Account, Links) of
        true -> Quote;
        false ->
            case [Middle || Middle <- [<<"USD">> | middles(Quote, Links)],
                            linked(Quote, Middle, Links), linked(Middle, Account, Links)] of
                [Middle | _] -> Middle;
                [] -> Quote
            end
    end.

linked(A, B, Links) -> lists:member({A, B}, Links) orelse lists:member({B, A}, Links).

middles(Currency, Links) ->
    [case Link of
         {Currency, Other} -> Other;
         {Other, _} -> Other
     end || {A, B} = Link <- Links, A =:= Currency orelse B =:= Currency].

currencies(Symbol, Spec) ->
    Text = atom_to_binary(Symbol),
    {text(maps:get(base, Spec, binary:part(Text, 0, min(3, byte_size(Text))))),
     text(maps:get(quote, Spec, case Text of
                                    <<_:3/binary, Rest/binary>> -> Rest;
                                    _ -> Text
                                end))}.

text(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
text(Text) -> Text.
