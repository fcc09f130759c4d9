%% @private Which engines there are, by name and by pid: one table that outlives them.
%%
%% It lets the API refuse a process that is no engine, whose answer to an engine's request would
%% be a crash, tells a new heir whom to ask, and tells senders where an engine's quotes go.
%%
%% Rows: `{Name, Pid, Target}' and `{Pid, Name}'; a group of engines has a router.
-module(fxaot_names).

-export([new/0, enter/2, set_target/2, leave/2, name/1, target/1, pids/0]).

-export_type([target/0]).

-type target() :: inline | {mailbox, fxaot_nif:mailbox()} | {router, fxaot_nif:router()}.

-spec new() -> ok.
new() ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {read_concurrency, true}]),
    ok.

%% @doc Enters a process under its name, in place of the one before it. Only for the engine itself.
-spec enter(Name :: atom(), pid()) -> ok.
enter(Name, Pid) ->
    Stale = ets:lookup(?MODULE, Name),
    Target = case Stale of
                 %% Senders are told `stopped' by the old mailbox until there is a new one.
                 [{_, _, Last}] -> Last;
                 [] -> inline
             end,
    true = ets:insert(?MODULE, [{Name, Pid, Target}, {Pid, Name}]),
    lists:foreach(fun({_, Old, _}) when Old =/= Pid -> ets:delete(?MODULE, Old);
                     (_) -> ok
                  end, Stale).

%% @doc Where quotes for an engine that has entered go. Only for the engine itself.
-spec set_target(Name :: atom(), target()) -> ok.
set_target(Name, Target) ->
    true = ets:update_element(?MODULE, Name, {3, Target}),
    ok.

-spec leave(Name :: atom(), pid()) -> ok.
leave(Name, Pid) ->
    ets:delete(?MODULE, Name),
    ets:delete(?MODULE, Pid),
    ok.

%% @doc The name of an engine given by name or pid; also while it restarts.
-spec name(Engine :: atom() | pid()) -> {ok, atom()} | none.
name(Engine) ->
    try ets:lookup(?MODULE, Engine) of
        [{Name, _, _}] -> {ok, Name};
        [{_, Name}] -> {ok, Name};
        [] -> none
    catch error:badarg -> none
    end.

%% @doc Where quotes for an engine go: by a call to its process, to its mailbox, or, those of a group,
%% through its router.
-spec target(Engine :: atom() | pid()) -> target() | none.
target(Engine) ->
    try ets:lookup(?MODULE, Engine) of
        [{_, _, Target}] -> Target;
        [{_, Name}] -> target(Name);
        [] -> none
    catch error:badarg -> none
    end.

%% @doc The processes of all engines; some may have just died.
-spec pids() -> [pid()].
pids() -> [Pid || {_, Pid, _} <- ets:tab2list(?MODULE)].
