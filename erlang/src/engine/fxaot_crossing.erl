%% @private Engines and their journals on the way to another version of the native library.
-module(fxaot_crossing).

-export([cross/3]).

%% @doc All or none. An engine with a journal begins a new segment with the snapshot that it has crossed by; until then its
%% journal takes nothing.
-spec cross([{Name :: atom(), fxaot_nif:handle()}, ...], none | fxaot_nif:router(), Options :: map()) ->
          ok | same | fxaot:error().
cross(Engines, Router, Options) ->
    {Names, Handles} = lists:unzip(Engines),
    case fxaot_journal_options:read(Options) of
        none -> fxaot_nif:cross(Handles, Router, nothing);
        Journal -> journaled(Names, Handles, Router, fxaot_journal_options:scope(Journal))
    end.

journaled(Names, Handles, Router, Scope) ->
    case lists:takewhile(fun(Name) -> fxaot_journal:hold(Name) =:= ok end, Names) of
        Names -> told(fxaot_nif:cross(Handles, Router, Scope), Names);
        Held -> told({error, {journal_unavailable, none}}, Held)
    end.

told({ok, Captured}, Names) ->
    _ = [fxaot_journal:crossed(Name, Of) || {Name, Of} <- lists:zip(Names, Captured)],
    ok;
told(same, Names) ->
    _ = [fxaot_journal:crossed(Name, same) || Name <- Names],
    same;
told(Error, Names) ->
    _ = [fxaot_journal:crossed(Name, failed) || Name <- Names],
    Error.
