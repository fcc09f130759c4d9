%% @doc What `make soak' says.
-module(fxaot_soak_report).

-export([progress/3, show/1]).

-export_type([check/0]).

-type check() :: {Name :: atom() | tuple(), IsHeld :: boolean(), Figures :: iolist()}.

%% @doc One line on how far it is.
-spec progress(SecondsLeft :: non_neg_integer(), fxaot_soak_watch:memory(),
               Quotes :: non_neg_integer()) -> ok.
progress(Left, {Resident, Erlang}, Quotes) ->
    io:format("  ~4b s left: ~.1f M quotes, ~b MB resident, ~b MB Erlang's~n",
              [Left, Quotes / 1.0e6, Resident div 1048576, Erlang div 1048576]).

%% @doc A table of all checks, and a sentence. Answers those that failed.
-spec show([check()]) -> [check()].
show(Checks) ->
    io:format("~n~-24s ~-6s ~s~n", ["check", "holds", "figures"]),
    lists:foreach(fun({Name, Is, Figures}) ->
                          io:format("~-24s ~-6s ~ts~n", [name(Name), holds(Is), Figures])
                  end, Checks),
    Failed = [Check || {_, false, _} = Check <- Checks],
    case Failed of
        [] -> io:format("~nAll ~b checks hold.~n", [length(Checks)]);
        _ ->
            io:format("~nSoak failed: ~ts.~n",
                      [lists:join("; ", [[name(Name), " (", Figures, ")"]
                                         || {Name, _, Figures} <- Failed])])
    end,
    Failed.

name({Engine, What}) -> lists:concat([Engine, " ", What]);
name({Name}) -> Name;
name(Name) -> atom_to_list(Name).

holds(true) -> "yes";
holds(false) -> "NO".
