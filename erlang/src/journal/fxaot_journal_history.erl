%% @private Strategies that have missed quotes: after a recovery without quotes they stand at the newest snapshot. The option
%% `history' has the quotes since; what it does not reach is reported as stale.
-module(fxaot_journal_history).

-include("../telemetry/fxaot_log.hrl").

-export([check/1, catch_up/3, forget/2]).

-export_type([history/0]).

%% Quotes of the past: a source as {@link fxaot:replay/3} takes it, or what gives one, told from when (ns) and of which
%% instruments.
-type history() :: fxaot_feed:source()
                 | fun((#{since := integer(), symbols := [atom()]}) -> fxaot_feed:source() | none | fxaot:error()).

%% @doc Whether an engine's options have a history that can be.
-spec check(Options :: map()) -> ok | fxaot:error().
check(#{history := _} = Options) when not is_map_key(journal, Options) ->
    {error, {missing_option, #{option => journal}}};
check(#{history := History})
  when is_function(History, 1); is_map(History); is_list(History); is_binary(History);
       tuple_size(History) =:= 2, is_atom(element(1, History)) ->
    ok;
check(#{history := History}) ->
    {error, {bad_option, #{option => history, value => History,
                           expected => "a source of quotes as replay/3 takes it, or a function of one argument that "
                                       "returns one"}}};
check(_) -> ok.

%% @doc Warms the stale strategies of an engine that has just come back, and reports those that are stale all the same. The
%% caller owns the engine. Whatever is wrong with the history, the engine goes on.
-spec catch_up(Name :: atom(), fxaot_nif:handle(), Options :: map()) -> ok.
catch_up(Name, Engine, Options) ->
    case stale(Engine) of
        [] -> reported(Name, [], []);
        Before ->
            _ = [warmed(Name, Engine, History, Before) || #{history := History} <- [Options]],
            reported(Name, Before, stale(Engine))
    end.

stale(Engine) -> [{Id, Since} || #{id := Id, stale_since := Since} <- fxaot_nif:strategies(Engine)].

%% @doc A strategy is no longer there.
-spec forget(Name :: atom(), Id :: atom()) -> ok.
forget(Name, Id) ->
    case fxaot_engines:stale(Name) of
        #{Id := _} = Stale -> listed(Name, maps:remove(Id, Stale));
        #{} -> ok
    end.

listed(Name, Stale) ->
    fxaot_engines:set_stale(Name, Stale),
    case map_size(Stale) of
        0 -> fxaot_alarm:clear(strategies_stale, Name);
        _ -> fxaot_alarm:set(strategies_stale, Name, Stale)
    end.

%% ---- what is told -----------------------------------------------------------

reported(_, [], []) -> ok;
reported(Name, Before, After) ->
    lists:foreach(fun({Id, Since}) ->
                          case lists:keyfind(Id, 1, After) of
                              {_, Newest} -> happened(stale, Name, Id, Newest);
                              false -> happened(warm, Name, Id, Since)
                          end
                  end, Before),
    After =:= [] orelse
        ?FXAOT_LOG(warning, #{engine => Name, strategies => [Id || {Id, _} <- After],
                              text => io_lib:format("~b of its strategies are stale: they have missed quotes since ~ts",
                                                    [length(After), time(lists:min([Since || {_, Since} <- After]))])}),
    listed(Name, maps:from_list(After)).

happened(What, Name, Id, Since) ->
    fxaot_telemetry:execute([fxaot, strategy, What], #{system_time => erlang:system_time(), since => Since},
                            #{engine => Name, strategy => Id}).

time(Ns) -> calendar:system_time_to_rfc3339(Ns, [{unit, nanosecond}, {offset, "Z"}]).

%% ---- warming ----------------------------------------------------------------

warmed(Name, Engine, History, Stale) ->
    Began = erlang:monotonic_time(millisecond),
    Asked = #{since => lists:min([Since || {_, Since} <- Stale]), symbols => fxaot_nif:instruments(Engine)},
    case fed(Engine, History, Asked) of
        {ok, Quotes} ->
            ?FXAOT_LOG(notice, #{engine => Name,
                                 text => io_lib:format("its strategies have run on ~b quotes of history, in ~b ms",
                                                       [Quotes, erlang:monotonic_time(millisecond) - Began])});
        {error, _} = Error ->
            ?FXAOT_LOG(warning, #{engine => Name,
                                  text => ["its history cannot be read: ", fxaot:format_error(Error)]})
    end.

%% The feed runs in a process of its own, one batch ahead of the engine.
fed(Engine, History, Asked) ->
    Owner = self(),
    {Feeder, Monitor} = spawn_monitor(fun() -> feeds(Owner, monitor(process, Owner), History, Asked) end),
    Answer = taken(Engine, Feeder, Monitor, 0),
    demonitor(Monitor, [flush]),
    Answer.

taken(Engine, Feeder, Monitor, Count) ->
    receive
        {Feeder, quotes, Quotes} ->
            Feeder ! {self(), next},
            case fxaot_nif:warm(Engine, Quotes) of
                ok -> taken(Engine, Feeder, Monitor, Count + byte_size(Quotes) div 48);
                Error ->
                    exit(Feeder, kill),
                    Error
            end;
        {Feeder, done} -> {ok, Count};
        {Feeder, {error, _} = Error} -> Error;
        {'DOWN', Monitor, process, Feeder, Reason} -> {error, {feed_died, #{reason => Reason}}}
    end.

feeds(Owner, Monitor, History, Asked) ->
    case source(History, Asked) of
        none -> Owner ! {self(), done};
        {error, {_, _}} = Error -> Owner ! {self(), Error};
        Source ->
            case fxaot_feed:open(Source) of
                {ok, Feed} -> feeds(Owner, Monitor, Feed);
                Error -> Owner ! {self(), Error}
            end
    end.

source(History, Asked) when is_function(History) -> History(Asked);
source(Source, _) -> Source.

feeds(Owner, Monitor, Feed) ->
    case fxaot_feed:next(Feed) of
        {quotes, Quotes, Next} ->
            Owner ! {self(), quotes, Quotes},
            receive
                {Owner, next} -> feeds(Owner, Monitor, Next);
                {'DOWN', Monitor, process, Owner, _} -> fxaot_feed:close(ok, Next)
            end;
        {done, Last} ->
            Owner ! {self(), done},
            fxaot_feed:close(ok, Last);
        {error, Error, Last} ->
            Owner ! {self(), {error, Error}},
            fxaot_feed:close({error, Error}, Last)
    end.
