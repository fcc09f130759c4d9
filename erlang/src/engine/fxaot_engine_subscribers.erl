%% @private The subscribers of a native engine, as its process sees them: how many messages each may get.
%%
%% A subscriber's allowance is the room that it has left. So its waiting messages never exceed the limit, and
%% native code need not check them. One that wants at most so many a second gets that room once a second.
-module(fxaot_engine_subscribers).

-export([check/1, subscribe/4, restore/3, renew/3]).

-export_type([source/0]).

%% The sender of the messages: the mailbox in actor mode, else the engine itself.
-type source() :: fxaot_nif:mailbox() | fxaot_nif:handle().

%% Messages that may wait for a subscriber.
-define(LIMIT, 10000).
-define(SECOND_MS, 1000).

-spec check(Options :: map()) -> ok | fxaot:error().
check(Options) ->
    case limit(Options) of
        Limit when is_integer(Limit), Limit >= 1 -> ok;
        Limit -> {error, {bad_option, #{option => subscriber_limit, value => Limit,
                                        expected => "a whole number from 1"}}}
    end.

-spec subscribe(Name :: atom(), source(), pid(), Options :: map()) -> ok | fxaot:error().
subscribe(Name, Source, Pid, Options) ->
    fxaot_nif:subscribe(Source, Pid, maps:get(Pid, fxaot_events:limited(Name), limit(Options))).

%% @doc Subscribes the subscribers of this name, also those of the engine before.
-spec restore(Name :: atom(), source(), Options :: map()) -> ok.
restore(Name, Source, Options) ->
    lists:foreach(fun(Pid) -> _ = subscribe(Name, Source, Pid, Options) end, fxaot_events:subscribers(Name)),
    #{subscribers := Subscribers} = fxaot_nif:subscribers(Source),
    known(Subscribers).

%% @doc Renews the allowances; whether there are subscribers.
-spec renew(Name :: atom(), source(), Options :: map()) -> boolean().
renew(Name, Source, Options) ->
    #{subscribers := Subscribers} = fxaot_nif:subscribers(Source),
    Limited = fxaot_events:limited(Name),
    {Few, All} = lists:partition(fun({Pid, _}) -> is_map_key(Pid, Limited) end, Subscribers),
    tell_missed(Name, All),
    lists:foreach(fun({Pid, _}) -> allow(Source, Pid, limit(Options)) end, All),
    case is_second() orelse Subscribers =:= [] of
        true ->
            lists:foreach(fun({Pid, _}) -> allow(Source, Pid, map_get(Pid, Limited)) end, Few),
            %% Without those that have died.
            _ = fxaot_events:subscribers(Name),
            ok;
        false -> ok
    end,
    Subscribers =/= [].

%% What each has missed, as it was told last: of this process alone, in its dictionary.
known(Subscribers) ->
    _ = put(?MODULE, maps:from_list(Subscribers)),
    ok.

%% Once a second.
is_second() ->
    Now = erlang:monotonic_time(millisecond),
    case get({?MODULE, second}) of
        At when is_integer(At), Now - At < ?SECOND_MS -> false;
        _ ->
            _ = put({?MODULE, second}, Now),
            true
    end.

tell_missed(Name, Subscribers) ->
    Known = case get(?MODULE) of
                undefined -> #{};
                Map -> Map
            end,
    lists:foreach(fun({Pid, Missed}) ->
                          case Missed - maps:get(Pid, Known, 0) of
                              More when More > 0 ->
                                  fxaot_telemetry:execute([fxaot, subscriber, missed], #{missed => More},
                                                          #{engine => Name, pid => Pid});
                              _ -> ok
                          end
                  end, Subscribers),
    known(Subscribers).

allow(Source, Pid, Limit) ->
    case process_info(Pid, message_queue_len) of
        {_, Waiting} -> fxaot_nif:allow(Source, Pid, max(0, Limit - Waiting));
        undefined -> ok
    end.

limit(Options) -> maps:get(subscriber_limit, Options, ?LIMIT).
