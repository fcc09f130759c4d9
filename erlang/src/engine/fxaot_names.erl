%% @private Which engines there are, by name and by pid: one table that outlives them.
%%
%% The API refuses a process that is not an engine, since an engine's request could crash it. A new heir
%% finds here whom to ask, and senders find where an engine's quotes go.
%%
%% Rows: `{Name, Pid}', `{Pid, Name}' and, for an engine in a group, `{{group, Name}, Group}'. Mailboxes
%% and routers are persistent terms: a look-up copies nothing, while a table would make a new reference
%% for every quote. They change only when an engine starts, stops or comes back.
-module(fxaot_names).

-export([new/0, enter/2, set_target/2, set_group/2, leave/2, name/1, group/1, target/1, pids/0]).

-export_type([target/0]).

%% A quote goes by a call to the engine's process, `beam' for one without native code, or is sent to the
%% mailbox of an engine in actor mode or to the router of a group.
-type target() ::
        {call, Name :: atom(), inline | beam}
      | {send, Name :: atom(), mailbox, fxaot_nif:mailbox()}
      | {send, Name :: atom(), router, fxaot_nif:router()}.

-spec new() -> ok.
new() ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {read_concurrency, true}]),
    %% Of an application that was stopped or killed.
    [persistent_term:erase(Key) || {{?MODULE, _} = Key, _} <- persistent_term:get()],
    ok.

%% @doc Enters a process under its name, in place of the one before it. Only for the engine itself.
%% The mailbox of the process before answers senders with `stopped' until there is a new one.
-spec enter(Name :: atom(), pid()) -> ok.
enter(Name, Pid) ->
    Stale = ets:lookup(?MODULE, Name),
    true = ets:insert(?MODULE, [{Name, Pid}, {Pid, Name}]),
    lists:foreach(fun({_, Old}) when Old =/= Pid -> ets:delete(?MODULE, Old);
                     (_) -> ok
                  end, Stale).

%% @doc Where quotes for an engine that has entered go. Only for the engine itself.
-spec set_target(Name :: atom(), inline | beam | {mailbox, fxaot_nif:mailbox()}
                               | {router, fxaot_nif:router()}) -> ok.
set_target(Name, inline) -> forget_target(Name);
set_target(Name, beam) -> persistent_term:put({?MODULE, Name}, {call, Name, beam});
set_target(Name, {Kind, Destination}) ->
    persistent_term:put({?MODULE, Name}, {send, Name, Kind, Destination}).

forget_target(Name) ->
    _ = persistent_term:erase({?MODULE, Name}),
    ok.

%% @doc Puts an engine into a group.
-spec set_group(Name :: atom(), Group :: atom()) -> ok.
set_group(Name, Group) ->
    true = ets:insert(?MODULE, {{group, Name}, Group}),
    ok.

-spec leave(Name :: atom(), pid()) -> ok.
leave(Name, Pid) ->
    ets:delete(?MODULE, {group, Name}),
    ets:delete(?MODULE, Name),
    ets:delete(?MODULE, Pid),
    forget_target(Name).

%% @doc The name of an engine given by name or pid; also while it restarts.
-spec name(Engine :: atom() | pid()) -> {ok, atom()} | none.
name(Engine) ->
    try ets:lookup(?MODULE, Engine) of
        [{Name, Pid}] when is_pid(Pid) -> {ok, Name};
        [{_, Name}] -> {ok, Name};
        [] -> none
    catch error:badarg -> none
    end.

%% @doc The group of an engine that is in one, else the engine: within it, strategies' ids are unique.
-spec group(Name :: atom()) -> atom().
group(Name) ->
    case ets:lookup(?MODULE, {group, Name}) of
        [{_, Group}] -> Group;
        [] -> Name
    end.

%% @doc Where quotes for an engine go, and its name.
-spec target(Engine :: atom() | pid()) -> target() | none.
target(Engine) ->
    case persistent_term:get({?MODULE, Engine}, none) of
        none ->
            case name(Engine) of
                {ok, Engine} -> {call, Engine, inline};
                {ok, Name} -> target(Name);
                none -> none
            end;
        Target -> Target
    end.

%% @doc The processes of all engines; some may have just died.
-spec pids() -> [pid()].
pids() -> [Pid || {_, Pid} <- ets:tab2list(?MODULE), is_pid(Pid)].
