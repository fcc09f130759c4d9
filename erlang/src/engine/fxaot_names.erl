%% @private The engines by name and by pid: one table that outlives them.
%%
%% The API refuses a process that is not an engine, since an engine's request could crash it. A new heir
%% finds the engines here, and senders the target of an engine's quotes.
%%
%% Rows: `{Name, Pid}', `{Pid, Name}', `{{ready, Name}, Pid}' and, for an engine in a group, `{{group, Name},
%% Group}', with a journal `{{journal, Name}, Pid}'. The target of quotes (a handle, a mailbox or a router) is a persistent term under the engine's name: a look-up by an
%% atom copies nothing. Replacing such a term scans every heap, so it changes only when an engine starts or
%% stops, or an actor restarts. The handle of an inline engine outlives its process.
-module(fxaot_names).

-export([new/0, forget_targets/0, enter/2, set_target/2, set_ready/2, is_ready/2, is_taken/1, set_group/2, leave_group/1,
         set_journal/2, journal/1, leave_journal/1, leave/2, forget/1, name/1, group/1, target/1, pids/0]).

-export_type([target/0]).

%% A quote goes straight into a native engine, into the mailbox of an engine in actor mode, or through the
%% router of a group. An engine without native code or state, or that has given up, gets a call to its process.
-type target() ::
        {engine, Name :: atom(), fxaot_nif:handle()}
      | {call, Name :: atom()}
      | {send, Name :: atom(), mailbox, fxaot_nif:mailbox()}
      | {send, Name :: atom(), router, fxaot_nif:router()}.

-spec new() -> ok.
new() ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {read_concurrency, true}]),
    %% Of an application that was killed.
    forget_targets().

%% @doc The application has ended: no quote reaches an engine that nobody supervises.
-spec forget_targets() -> ok.
forget_targets() -> lists:foreach(fun({Name, _}) -> forget_target(Name) end, persistent_term:get()).

%% @doc Enters a process under its name and replaces the one before it. Only for the engine itself.
%% The old process's mailbox returns `stopped' to senders until there is a new one.
-spec enter(Name :: atom(), pid()) -> ok.
enter(Name, Pid) ->
    Stale = ets:lookup(?MODULE, Name),
    true = ets:insert(?MODULE, [{Name, Pid}, {Pid, Name}]),
    lists:foreach(fun({_, Old}) when Old =/= Pid -> ets:delete(?MODULE, Old);
                     (_) -> ok
                  end, Stale).

%% @doc Sets the target of an entered engine's quotes. Only for the engine itself.
-spec set_target(Name :: atom(), target()) -> ok.
set_target(Name, Target) -> persistent_term:put(Name, Target).

%% @doc Quotes reach this process's engine from now on: its target is set or, in a group, its route.
-spec set_ready(Name :: atom(), pid()) -> ok.
set_ready(Name, Pid) ->
    true = ets:insert(?MODULE, {{ready, Name}, Pid}),
    ok.

-spec is_ready(Name :: atom(), pid()) -> boolean().
is_ready(Name, Pid) ->
    try ets:lookup(?MODULE, {ready, Name}) =:= [{{ready, Name}, Pid}]
    catch error:badarg -> false
    end.

%% Any other term under an engine's name belongs to another application.
is_target(Name, {engine, Name, Engine}) -> is_reference(Engine);
is_target(Name, {call, Name}) -> is_atom(Name);
is_target(Name, {send, Name, Kind, _}) -> Kind =:= mailbox orelse Kind =:= router;
is_target(_, _) -> false.

forget_target(Name) ->
    case is_target(Name, persistent_term:get(Name, none)) of
        true -> _ = persistent_term:erase(Name), ok;
        false -> ok
    end.

%% @doc Whether another application has a persistent term under this name.
-spec is_taken(Name :: atom()) -> boolean().
is_taken(Name) ->
    case persistent_term:get(Name, none) of
        none -> false;
        Term -> not is_target(Name, Term)
    end.

%% @doc Puts an engine's name into a group. It stays there when the engine stops, until the group does.
-spec set_group(Name :: atom(), Group :: atom()) -> ok.
set_group(Name, Group) ->
    true = ets:insert(?MODULE, {{group, Name}, Group}),
    ok.

-spec leave_group(Name :: atom()) -> ok.
leave_group(Name) ->
    true = ets:delete(?MODULE, {group, Name}),
    ok.

%% @doc Enters the process of an engine's journal. Only for that itself.
-spec set_journal(Name :: atom(), pid()) -> ok.
set_journal(Name, Pid) ->
    true = ets:insert(?MODULE, {{journal, Name}, Pid}),
    ok.

%% @doc The newest process of an engine's journal, which may have ended.
-spec journal(Name :: atom()) -> pid() | none.
journal(Name) ->
    try ets:lookup(?MODULE, {journal, Name}) of
        [{_, Pid}] -> Pid;
        [] -> none
    catch error:badarg -> none
    end.

-spec leave_journal(Name :: atom()) -> ok.
leave_journal(Name) ->
    true = ets:delete(?MODULE, {journal, Name}),
    ok.

-spec leave(Name :: atom(), pid()) -> ok.
leave(Name, Pid) ->
    lists:foreach(fun(Key) -> ets:delete(?MODULE, Key) end, [Name, Pid, {ready, Name}]),
    forget_target(Name).

%% @doc Removes an engine whose process has ended.
-spec forget(Name :: atom()) -> ok.
forget(Name) ->
    case ets:lookup(?MODULE, Name) of
        [{_, Pid}] -> leave(Name, Pid);
        [] -> forget_target(Name)
    end.

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
    try ets:lookup(?MODULE, {group, Name}) of
        [{_, Group}] -> Group;
        [] -> Name
    catch error:badarg -> Name
    end.

%% @doc The target of an engine's quotes, and its name.
-spec target(Engine :: atom() | pid()) -> target() | none.
target(Name) when is_atom(Name) -> persistent_term:get(Name, none);
target(Pid) ->
    case name(Pid) of
        {ok, Name} -> target(Name);
        none -> none
    end.

%% @doc The processes of all engines; some may have just died.
-spec pids() -> [pid()].
pids() -> [Pid || {_, Pid} <- ets:tab2list(?MODULE), is_pid(Pid)].
