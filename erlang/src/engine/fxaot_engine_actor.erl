%% @private An engine's own native thread, as its process sees it: options and start.
-module(fxaot_engine_actor).

-include("../telemetry/fxaot_log.hrl").

-export([option_names/0, options/2, start/3]).

%% Of an engine with a thread.
-define(OPTIONS, [worker, capacity, overflow, pull_capacity]).
-define(WORKER_OPTIONS, [waiting, budget, processor]).

-spec option_names() -> [atom()].
option_names() -> [mode | ?OPTIONS].

%% @doc The options of the engine's thread; `inline' if it has no thread.
-spec options(Name :: atom(), Options :: map()) -> inline | {actor, fxaot_nif:actor()} | fxaot:error().
options(Name, #{mode := actor} = Options) ->
    Worker = maps:get(worker, Options, #{}),
    case is_map(Worker) andalso fxaot_terms:known_options(Worker, ?WORKER_OPTIONS) of
        false -> bad_option(worker, Worker, "a map of waiting, budget and processor");
        ok -> actor(maps:merge(maps:with([capacity, overflow, pull_capacity], Options),
                               Worker#{name => Name}));
        Error -> Error
    end;
options(_, Options) ->
    case {maps:get(mode, Options, inline), [Key || Key <- ?OPTIONS, is_map_key(Key, Options)]} of
        {inline, []} -> inline;
        {inline, [Key | _]} ->
            {error, {bad_option, #{option => Key, expected => "left out, or used with mode => actor"}}};
        {Mode, _} -> bad_option(mode, Mode, "inline or actor")
    end.

actor(Actor) ->
    case fxaot_terms:actor(Actor) of
        {ok, _} -> {actor, Actor};
        Error -> Error
    end.

bad_option(Option, Value, Expected) ->
    {error, {bad_option, #{option => Option, value => Value, expected => Expected}}}.

%% @doc Starts the thread, if the options ask for one.
-spec start(Name :: atom(), Options :: map(), fxaot_nif:handle()) ->
          {ok, inline | fxaot_nif:mailbox()} | fxaot:error().
start(Name, Options, Engine) ->
    case options(Name, Options) of
        inline -> {ok, inline};
        {actor, Actor} ->
            case fxaot_nif:start_actor(Engine, Actor) of
                {ok, Mailbox} ->
                    log_differences(Name, Actor, fxaot_nif:mailbox(Mailbox)),
                    {ok, Mailbox};
                Error -> Error
            end;
        Error -> Error
    end.

%% Logs where the thread differs from its options.
log_differences(Name, Actor, #{capacity := Capacity, pinning := Pinning}) ->
    case Actor of
        #{capacity := Asked} when Asked =/= Capacity ->
            ?FXAOT_LOG(notice, #{engine => Name,
                                 text => io_lib:format("the mailbox's capacity is ~b quotes, a power of two, "
                                                       "instead of ~b", [Capacity, Asked])});
        _ -> ok
    end,
    case Pinning of
        0 -> ok;
        _ ->
            ?FXAOT_LOG(warning, #{engine => Name,
                                  text => io_lib:format("cannot pin its thread to processor ~tp (error ~b)",
                                                        [maps:get(processor, Actor, any), Pinning])})
    end.
