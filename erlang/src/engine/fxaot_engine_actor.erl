%% @private An engine's own native thread, as its process sees it: options, start, subscribers.
%%
%% A subscriber may get as many messages more as it has room for. So its waiting messages never exceed
%% the limit, and the native thread never has to ask.
-module(fxaot_engine_actor).

-export([option_names/0, options/2, start/3, subscribe/3, renew/2]).

%% Of an engine with a thread.
-define(OPTIONS, [worker, capacity, overflow, pull_capacity, subscriber_limit]).
-define(WORKER_OPTIONS, [waiting, budget, processor]).
%% Messages that may wait for a subscriber.
-define(SUBSCRIBER_LIMIT, 10000).

-spec option_names() -> [atom()].
option_names() -> [mode | ?OPTIONS].

%% @doc The options of the engine's thread; `inline' if it has no thread.
-spec options(Name :: atom(), Options :: map()) -> inline | {actor, fxaot_nif:actor()} | fxaot:error().
options(Name, #{mode := actor} = Options) ->
    Worker = maps:get(worker, Options, #{}),
    Limit = limit(Options),
    if
        not is_map(Worker) -> bad_option(worker, Worker, "a map of waiting, budget and processor");
        not is_integer(Limit); Limit < 1 ->
            bad_option(subscriber_limit, Limit, "a whole number from 1");
        true ->
            case fxaot_terms:known_options(Worker, ?WORKER_OPTIONS) of
                ok -> actor(maps:merge(maps:with([capacity, overflow, pull_capacity], Options),
                                       Worker#{name => Name}));
                Error -> Error
            end
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

%% @doc Starts the thread, if the options ask for one, with the subscribers that there are already.
-spec start(Name :: atom(), Options :: map(), fxaot_nif:handle()) ->
          {ok, inline | fxaot_nif:mailbox()} | fxaot:error().
start(Name, Options, Engine) ->
    case options(Name, Options) of
        inline -> {ok, inline};
        {actor, Actor} ->
            case fxaot_nif:start_actor(Engine, Actor) of
                {ok, Mailbox} ->
                    log_differences(Name, Actor, fxaot_nif:mailbox(Mailbox)),
                    lists:foreach(fun(Pid) -> _ = subscribe(Mailbox, Pid, Options) end,
                                  [Pid || Pid <- fxaot_events:subscribers(Name), node(Pid) =:= node()]),
                    {ok, Mailbox};
                Error -> Error
            end;
        Error -> Error
    end.

%% Where the thread differs from its options.
log_differences(Name, Actor, #{capacity := Capacity, pinning := Pinning}) ->
    case Actor of
        #{capacity := Asked} when Asked =/= Capacity ->
            logger:notice("fxaot engine ~tp: the mailbox's capacity is ~b quotes, a power of two, "
                          "instead of ~b", [Name, Capacity, Asked]);
        _ -> ok
    end,
    case Pinning of
        0 -> ok;
        _ -> logger:warning("fxaot engine ~tp: cannot pin its thread to processor ~tp (error ~b)",
                            [Name, maps:get(processor, Actor, any), Pinning])
    end.

-spec subscribe(fxaot_nif:mailbox(), pid(), Options :: map()) -> ok | fxaot:error().
subscribe(Mailbox, Pid, Options) -> fxaot_nif:subscribe(Mailbox, Pid, limit(Options)).

%% @doc Renews the subscribers' allowances; whether there are any.
-spec renew(fxaot_nif:mailbox(), Options :: map()) -> boolean().
renew(Mailbox, Options) ->
    #{subscribers := Subscribers} = fxaot_nif:mailbox(Mailbox),
    lists:foreach(fun({Pid, _}) -> allow(Mailbox, Pid, limit(Options)) end, Subscribers),
    Subscribers =/= [].

allow(Mailbox, Pid, Limit) ->
    case process_info(Pid, message_queue_len) of
        {_, Waiting} -> fxaot_nif:allow(Mailbox, Pid, max(0, Limit - Waiting));
        undefined -> ok
    end.

limit(Options) -> maps:get(subscriber_limit, Options, ?SUBSCRIBER_LIMIT).
