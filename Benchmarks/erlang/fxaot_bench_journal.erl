%% @doc The journal: records a second through the engine, the journal's process and the disk; and a start that reads a
%% million of them.
-module(fxaot_bench_journal).

-export([append/1, recovery/1, order/2]).

-define(NAME, fxaot_bench_journal).
-define(START, 1704240000000000000).

%% @doc Records a second: advances of a supervised engine, committed every 10 ms, until the last is durable.
-spec append(Count :: pos_integer()) -> float().
append(Count) ->
    Dir = fresh(),
    ok = up(Dir),
    Began = erlang:monotonic_time(nanosecond),
    ok = advanced(1, Count),
    ok = fxaot_journal:sync(?NAME),
    Spent = erlang:monotonic_time(nanosecond) - Began,
    {ok, Durable} = fxaot:durable(?NAME),
    true = Durable > Count,
    ok = down(Dir),
    Count * 1.0e9 / Spent.

%% @doc Seconds until an engine is back from so many records: orders, their cancels, and advances.
-spec recovery(Count :: pos_integer()) -> float().
recovery(Count) ->
    Dir = fresh(),
    ok = up(Dir),
    ok = fxaot:tick(?NAME, 'EURUSD', ?START, 1.1, 1.1001),
    ok = filled(1, Count div 4),
    {ok, Durable} = fxaot:durable(?NAME),
    true = Durable >= Count,
    Account = fxaot:account(?NAME),
    ok = application:stop(fxaot),
    Began = erlang:monotonic_time(nanosecond),
    ok = up(Dir),
    Spent = erlang:monotonic_time(nanosecond) - Began,
    Account = fxaot:account(?NAME),
    ok = down(Dir),
    Spent / 1.0e9.

%% @doc Nanoseconds of an order and its cancel in an engine of one's own, with its inputs recorded or not.
-spec order(Scope :: nothing | inputs, Count :: pos_integer()) -> float().
order(Scope, Count) ->
    {ok, Engine} = fxaot_nif:new(),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    ok = fxaot_nif:start_journal(Engine, Scope),
    ok = fxaot_nif:tick(Engine, 'EURUSD', ?START, 1.1, 1.1001),
    Began = erlang:monotonic_time(nanosecond),
    ok = ordered(Engine, 1, Count),
    Spent = erlang:monotonic_time(nanosecond) - Began,
    {ok, _, false} = fxaot_nif:take_journal(Engine),
    ok = fxaot_nif:close(Engine),
    Spent / Count.

ordered(_, N, Count) when N > Count -> ok;
ordered(Engine, N, Count) ->
    Id = integer_to_binary(N),
    {ok, _, _} = fxaot_nif:submit(Engine, limit(Id)),
    {ok, _, _} = fxaot_nif:cancel(Engine, Id),
    %% As often as a commit of 10 ms would.
    _ = N rem 500 =:= 0 andalso fxaot_nif:take_journal(Engine),
    ordered(Engine, N + 1, Count).

limit(Id) -> #{id => Id, symbol => 'EURUSD', side => buy, type => limit, price => 1.0, quantity => 1000}.

up(Dir) ->
    _ = application:load(fxaot),
    ok = logger:set_application_level(fxaot, critical),
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(?NAME, #{journal => #{dir => Dir, quotes => true}}),
    ok.

down(Dir) ->
    ok = application:stop(fxaot),
    ok = logger:unset_application_level(fxaot),
    file:del_dir_r(Dir).

fresh() ->
    Dir = filename:absname("_build/bench/journal"),
    _ = file:del_dir_r(Dir),
    Dir.

advanced(N, Count) when N > Count -> ok;
advanced(N, Count) ->
    _ = fxaot:advance(?NAME, ?START + N),
    advanced(N + 1, Count).

filled(N, Count) when N > Count -> fxaot_journal:sync(?NAME);
filled(N, Count) ->
    Id = integer_to_binary(N),
    {ok, _} = fxaot:submit(?NAME, limit(Id)),
    {ok, _} = fxaot:cancel(?NAME, Id),
    _ = fxaot:advance(?NAME, ?START + 2 * N),
    _ = fxaot:advance(?NAME, ?START + 2 * N + 1),
    filled(N + 1, Count).
