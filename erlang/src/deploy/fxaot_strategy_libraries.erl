%% @private Shared libraries with strategies, by the application's key `strategies': loaded before any engine comes back.
-module(fxaot_strategy_libraries).

-include("../telemetry/fxaot_log.hrl").

-export([load/0]).

%% @doc Registers the strategies of all libraries, in their order. Without native code there is nothing to load them.
-spec load() -> ok | fxaot:error().
load() ->
    case {fxaot_config:value(strategies), fxaot_beam:load_error()} of
        {[], _} -> ok;
        {Paths, none} -> each(Paths);
        {Paths, _} ->
            ?FXAOT_LOG(warning, #{text => io_lib:format("has no native code, and so no strategies of ~ts",
                                                        [lists:join(", ", [fxaot_show:name(Path) || Path <- Paths])])})
    end.

each([]) -> ok;
each([Path | Rest]) ->
    %% Without a folder the system would look in its own.
    Whole = unicode:characters_to_binary(filename:absname(unicode:characters_to_list(Path))),
    case fxaot_nif:load_strategies(Whole) of
        {ok, Names} ->
            ?FXAOT_LOG(notice, #{path => Whole, text => ["has the strategies ", lists:join(", ", Names), " of ", Whole]}),
            each(Rest);
        {error, {Reason, Details}} -> {error, {Reason, Details#{path => Whole}}}
    end.
