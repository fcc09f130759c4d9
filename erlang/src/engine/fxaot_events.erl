%% @private Subscribers of an engine's events, and watchers of its process and its strategies.
%%
%% Subscriptions are rows `{Name, Pid}' of a table that outlives every engine, and so a new engine under the
%% name finds its subscribers; `{Name, Pid, Most}' of one that wants at most so many messages a second. Native engines
%% send their events themselves. Watchers are groups of the pg scope
%% `fxaot_events', of this node alone.
-module(fxaot_events).

-export([new/0, subscribe/2, subscribe/3, unsubscribe/2, subscribers/1, limited/1, send/4, tell_subscribers/2]).
-export([watch/1, is_watching/1, unwatch/1, tell_watchers/2, join/1, tell/2]).

-define(SUBSCRIBERS, fxaot_subscribers).
%% For the scope.
-define(WAIT_MS, 1000).

-spec new() -> ok.
new() ->
    ?SUBSCRIBERS = ets:new(?SUBSCRIBERS, [named_table, public, bag, {read_concurrency, true}]),
    ok.

%% ---- subscribers --------------------------------------------------------------

-spec subscribe(Name :: atom(), pid()) -> ok | {error, {not_running, none}}.
subscribe(Name, Pid) -> inserted({Name, Pid}).

%% @doc For a process that cannot use more than so many messages a second: a native engine spares itself the others,
%% and they count as missed.
-spec subscribe(Name :: atom(), pid(), Most :: pos_integer()) -> ok | {error, {not_running, none}}.
subscribe(Name, Pid, Most) -> inserted({Name, Pid, Most}).

inserted(Row) ->
    try ets:insert(?SUBSCRIBERS, Row) of
        true -> ok
    catch error:badarg -> {error, {not_running, none}}
    end.

-spec unsubscribe(Name :: atom(), pid()) -> ok | {error, {not_running, none}}.
unsubscribe(Name, Pid) ->
    try ets:match_delete(?SUBSCRIBERS, {Name, Pid, '_'}) andalso ets:delete_object(?SUBSCRIBERS, {Name, Pid}) of
        true -> ok
    catch error:badarg -> {error, {not_running, none}}
    end.

%% @doc The living subscribers of an engine and of its group; removes the rows of dead ones.
-spec subscribers(Name :: atom()) -> [pid()].
subscribers(Name) ->
    lists:usort(lists:append([living(Each) || Each <- lists:usort([Name, fxaot_names:group(Name)])])).

living(Name) ->
    {Living, Dead} = lists:partition(fun(Row) -> is_process_alive(element(2, Row)) end,
                                     ets:lookup(?SUBSCRIBERS, Name)),
    lists:foreach(fun(Row) -> ets:delete_object(?SUBSCRIBERS, Row) end, Dead),
    [element(2, Row) || Row <- Living].

%% @doc The subscribers of an engine that want at most so many messages a second.
-spec limited(Name :: atom()) -> #{pid() => Most :: pos_integer()}.
limited(Name) -> maps:from_list([{Pid, Most} || {_, Pid, Most} <- ets:lookup(?SUBSCRIBERS, Name)]).

%% @doc Sends events of an engine without native code, under the sequence numbers from First on.
-spec send(Name :: atom(), Incarnation :: pos_integer(), First :: pos_integer(), [fxaot_nif:event()]) ->
          ok.
send(Name, Incarnation, First, Events) ->
    to_all(subscribers(Name), {?MODULE, Name, Incarnation, First, Events}).

%% @doc Sends what has no number.
-spec tell_subscribers(Name :: atom(), Message :: term()) -> ok.
tell_subscribers(Name, Message) -> to_all(subscribers(Name), Message).

%% ---- watchers -----------------------------------------------------------------

%% @doc The caller gets `{fxaot_engine, Name, up | stopped | lost}' when the engine's process has restarted, has
%% stopped for good, or has restarted without the engine's state. After the death of the scope it gets nothing more, see
%% {@link is_watching/1}: what waits for news must also look now and then.
-spec watch(Name :: atom()) -> ok.
watch(Name) -> join({watch, Name}).

-spec is_watching(Name :: atom()) -> boolean().
is_watching(Name) -> lists:member(self(), members({watch, Name})).

-spec unwatch(Name :: atom()) -> ok.
unwatch(Name) -> scope(fun(Self) -> pg:leave(?MODULE, {watch, Name}, Self) end).

-spec tell_watchers(Name :: atom(), up | stopped | lost) -> ok.
tell_watchers(Name, News) -> tell({watch, Name}, {fxaot_engine, Name, News}).

%% @doc The caller gets the messages to a group.
-spec join(Group :: term()) -> ok.
join(Group) -> scope(fun(Self) -> pg:join(?MODULE, Group, Self) end).

%% A scope that has just died, or does not answer, holds nobody up.
scope(Do) ->
    Self = self(),
    try fxaot_patience:ask(?MODULE, fun() -> Do(Self) end, ?WAIT_MS) of
        _ -> ok
    catch exit:_ -> ok
    end.

-spec tell(Group :: term(), Message :: term()) -> ok.
tell(Group, Message) -> to_all(members(Group), Message).

%% None while the scope's process restarts.
members(Group) -> try pg:get_local_members(?MODULE, Group) catch error:_ -> [] end.

to_all(Pids, Message) -> lists:foreach(fun(Pid) -> Pid ! Message end, Pids).
