%% @private Which engines there are, by name and by pid: one table that outlives them.
%%
%% It lets the API refuse a process that is no engine, whose answer to an engine's request would
%% be a crash, and tells a new heir whom to ask.
-module(fxaot_names).

-export([new/0, enter/2, leave/2, name/1, pids/0]).

-spec new() -> ok.
new() ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {read_concurrency, true}]),
    ok.

%% @doc Enters a process under its name, in place of the one before it. Only for the engine itself.
-spec enter(Name :: atom(), pid()) -> ok.
enter(Name, Pid) ->
    Stale = ets:lookup(?MODULE, Name),
    true = ets:insert(?MODULE, [{Name, Pid}, {Pid, Name}]),
    lists:foreach(fun({_, Old}) when Old =/= Pid -> ets:delete(?MODULE, Old);
                     (_) -> ok
                  end, Stale).

-spec leave(Name :: atom(), pid()) -> ok.
leave(Name, Pid) ->
    ets:delete(?MODULE, Name),
    ets:delete(?MODULE, Pid),
    ok.

%% @doc The name of an engine given by name or pid; also while it restarts.
-spec name(Engine :: atom() | pid()) -> {ok, atom()} | none.
name(Engine) ->
    try ets:lookup(?MODULE, Engine) of
        [{Name, Pid}] when is_pid(Pid) -> {ok, Name};
        [{_, Name}] -> {ok, Name};
        [] -> none
    catch error:badarg -> none
    end.

%% @doc The processes of all engines; some may have just died.
-spec pids() -> [pid()].
pids() -> [Pid || {_, Pid} <- ets:tab2list(?MODULE), is_pid(Pid)].
