%% @private What waits to be exported: one bounded queue for each signal, filled by any process without a wait.
%%
%% ```
%%   offer: size + 1 ─▶ row in the table ─▶ a full batch? a message to the exporter
%%            └ beyond the bound: size − 1, dropped + 1
%% '''
%% A batch stays in the table until it is done with, so an exporter that crashes sends it again. The tables belong to
%% the exporters' supervisor. Counters count spans, log records or data points.
-module(fxaot_otlp_queue).

-export([new/3, remove/1, is_owned/2, offer/2, first/2, done/2, size/1, count/3, counts/1, keep/2, kept/1]).

-export_type([counter/0]).

-define(KEY(Signal), {?MODULE, Signal}).

-define(SIZE, 1).
-define(NEXT, 2).
%% The counters that are shown.
-define(COUNTERS, #{sent => 3,
                    %% The queue was full.
                    full => 4,
                    %% The receiver refused them for good, or they could not be written.
                    refused => 5,
                    %% They were tried too long, or the application stopped.
                    expired => 6,
                    %% Tries that failed and were repeated.
                    retries => 7}).

-type signal() :: fxaot_otlp_config:signal().
-type counter() :: sent | full | refused | expired | retries.

%% The caller owns the table. Most: how many items may wait; the exporter hears of each Batch of them.
-spec new(signal(), Most :: pos_integer(), Batch :: pos_integer()) -> ok.
new(Signal, Most, Batch) ->
    Table = ets:new(?MODULE, [public, ordered_set, {write_concurrency, true}]),
    persistent_term:put(?KEY(Signal), {Table, atomics:new(7, [{signed, false}]), Most, Batch,
                                       fxaot_otlp_exporter:name(Signal)}).

-spec remove(signal()) -> ok.
remove(Signal) ->
    _ = persistent_term:erase(?KEY(Signal)),
    ok.

%% @doc Whether the process has the signal's table.
-spec is_owned(signal(), pid()) -> boolean().
is_owned(Signal, Pid) ->
    case persistent_term:get(?KEY(Signal), none) of
        none -> false;
        {Table, _, _, _, _} -> ets:info(Table, owner) =:= Pid
    end.

%% @doc Puts an item into the queue, from any process. `off' when the signal is not exported.
-spec offer(signal(), Item :: term()) -> ok | dropped | off.
offer(Signal, Item) ->
    case persistent_term:get(?KEY(Signal), none) of
        none -> off;
        {Table, Counts, Most, Batch, Exporter} ->
            case atomics:add_get(Counts, ?SIZE, 1) of
                Size when Size =< Most ->
                    try ets:insert(Table, {atomics:add_get(Counts, ?NEXT, 1), Item}) of
                        true -> told(Size, Batch, Exporter)
                    %% The exporters' supervisor has just ended.
                    catch error:badarg ->
                            atomics:sub(Counts, ?SIZE, 1),
                            off
                    end;
                _ ->
                    atomics:sub(Counts, ?SIZE, 1),
                    atomics:add(Counts, map_get(full, ?COUNTERS), 1),
                    dropped
            end
    end.

told(Size, Batch, Exporter) when Size rem Batch =:= 0 ->
    case whereis(Exporter) of
        undefined -> ok;
        Pid ->
            Pid ! full,
            ok
    end;
told(_, _, _) -> ok.

%% ---- for the exporter -------------------------------------------------------------

%% @doc The oldest items, at most so many; they stay.
-spec first(signal(), Most :: pos_integer()) -> [{Key :: pos_integer(), Item :: term()}].
first(Signal, Most) ->
    {Table, _, _, _, _} = persistent_term:get(?KEY(Signal)),
    case ets:select(Table, [{'_', [], ['$_']}], Most) of
        {Rows, _} -> Rows;
        '$end_of_table' -> []
    end.

%% @doc Removes items.
-spec done(signal(), [Key :: pos_integer()]) -> ok.
done(Signal, Keys) ->
    {Table, Counts, _, _, _} = persistent_term:get(?KEY(Signal)),
    lists:foreach(fun(Key) -> ets:delete(Table, Key) end, Keys),
    atomics:sub(Counts, ?SIZE, length(Keys)).

%% @doc What an exporter that crashes needs to go on; for metrics, which have no items.
-spec keep(metrics, term()) -> ok.
keep(Signal, Term) ->
    {Table, _, _, _, _} = persistent_term:get(?KEY(Signal)),
    true = ets:insert(Table, {kept, Term}),
    ok.

-spec kept(signal()) -> none | term().
kept(Signal) ->
    {Table, _, _, _, _} = persistent_term:get(?KEY(Signal)),
    case ets:lookup(Table, kept) of
        [{_, Term}] -> Term;
        [] -> none
    end.

-spec size(signal()) -> non_neg_integer().
size(Signal) ->
    case persistent_term:get(?KEY(Signal), none) of
        none -> 0;
        {_, Counts, _, _, _} -> atomics:get(Counts, ?SIZE)
    end.

-spec count(signal(), counter(), non_neg_integer()) -> ok.
count(Signal, Counter, Count) ->
    {_, Counts, _, _, _} = persistent_term:get(?KEY(Signal)),
    atomics:add(Counts, map_get(Counter, ?COUNTERS), Count).

-spec counts(signal()) -> #{counter() => non_neg_integer()} | off.
counts(Signal) ->
    case persistent_term:get(?KEY(Signal), none) of
        none -> off;
        {_, Counts, _, _, _} -> maps:map(fun(_, Index) -> atomics:get(Counts, Index) end, ?COUNTERS)
    end.
