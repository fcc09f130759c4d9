%% @private Who gets an engine's events, and who hears of its process and of its strategies: groups of the
%% pg scope `fxaot_events', which outlive those processes.
-module(fxaot_events).

-export([subscribe/1, unsubscribe/1, subscribers/1, publisher/2, publish/2, send/3]).
-export([watch/1, unwatch/1, tell_watchers/2, join/1, tell/2]).

-export_type([publisher/0]).

%% An engine's name, and the sequence number of its next event.
-opaque publisher() :: {Name :: atom(), Next :: pos_integer()}.

%% @doc The caller gets `{fxaot_events, Name, First, [Event]}' from now on; subscribing twice is
%% subscribing once.
-spec subscribe(Name :: atom()) -> ok | {error, {not_running, none}}.
subscribe(Name) ->
    try lists:member(self(), pg:get_local_members(?MODULE, Name)) orelse pg:join(?MODULE, Name, self()) of
        _ -> ok
    catch _:_ -> {error, {not_running, none}}
    end.

-spec unsubscribe(Name :: atom()) -> ok | {error, {not_running, none}}.
unsubscribe(Name) ->
    try pg:leave(?MODULE, Name, self()) of
        _ -> ok
    catch exit:_ -> {error, {not_running, none}}
    end.

-spec subscribers(Name :: atom()) -> [pid()].
subscribers(Name) -> members(Name).

%% @doc The publisher of an engine's events from a sequence number on.
-spec publisher(Name :: atom(), Next :: pos_integer()) -> publisher().
publisher(Name, Next) -> {Name, Next}.

%% @doc Sends the events of a call's answer, if it has some.
-spec publish(ok | [fxaot_nif:event()] | fxaot:error(), publisher()) -> publisher().
publish([_ | _] = Events, {Name, First}) ->
    send(Name, First, Events),
    {Name, First + length(Events)};
publish(_, Publisher) -> Publisher.

%% @doc Sends events under the sequence numbers from First on.
-spec send(Name :: atom(), First :: pos_integer(), [fxaot_nif:event()]) -> ok.
send(_, _, []) -> ok;
send(Name, First, Events) -> tell(Name, {?MODULE, Name, First, Events}).

%% @doc The caller gets `{fxaot_engine, Name, up | stopped}' when the engine's process has come back, or
%% is stopped for good.
-spec watch(Name :: atom()) -> ok.
watch(Name) -> join({watch, Name}).

-spec unwatch(Name :: atom()) -> ok | not_joined.
unwatch(Name) -> pg:leave(?MODULE, {watch, Name}, self()).

-spec tell_watchers(Name :: atom(), up | stopped) -> ok.
tell_watchers(Name, News) -> tell({watch, Name}, {fxaot_engine, Name, News}).

%% @doc The caller gets the messages told to a group.
-spec join(Group :: term()) -> ok.
join(Group) -> pg:join(?MODULE, Group, self()).

-spec tell(Group :: term(), Message :: term()) -> ok.
tell(Group, Message) -> lists:foreach(fun(Member) -> Member ! Message end, members(Group)).

%% None while the scope's process restarts.
members(Group) -> try pg:get_members(?MODULE, Group) catch error:_ -> [] end.
