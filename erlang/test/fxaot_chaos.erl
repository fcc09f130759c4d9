%% @doc `make chaos-otp': processes of the application are killed at random, supervisors too, under load; then
%% everything must be there, and every count must add up.
%%
%% Three inline engines and a group of two take quotes from a process for each instrument, while others read,
%% deploy and roll back, and one subscriber for each hears everything and checks the numbering. Where there is a
%% compiler, each engine also runs a script, in native code at the end.
%%
%% Longer than a file should be: the load, the kills and the checks of one run.
-module(fxaot_chaos).

-export([main/2, run/2]).

-define(INLINE, [chaos_one, chaos_two, chaos_three]).
-define(GROUP, chaos_group).
-define(MEMBERS, [chaos_group_1, chaos_group_2]).
-define(SYMBOLS, ['EURUSD', 'GBPUSD', 'USDJPY', 'EURJPY', 'USDCHF']).
-define(START, 1704240000000000000).
-define(SECOND, 1000000000).
-define(WAIT_MS, 10000).
%% Compilations that a kill has ended are repeated until they succeed.
-define(NATIVE_MS, 60000).
%% The longest pause between two kills.
-define(PAUSE_MS, 20).
%% Between two requests of a caller.
-define(REQUEST_MS, 5).

%% @doc For the shell: seconds, and the seed ("" for one from the clock).
-spec main(Seconds :: string(), Seed :: string()) -> no_return().
main(Seconds, Seed) ->
    logger:set_primary_config(level, none),
    Number = case Seed of
                 "" -> erlang:system_time(second);
                 _ -> list_to_integer(Seed)
             end,
    case run(list_to_integer(Seconds), Number) of
        [] -> halt(0);
        Failures ->
            [io:format("FAILED ~0tp~n", [Failure]) || Failure <- Failures],
            halt(1)
    end.

%% @doc The checks that failed.
-spec run(Seconds :: pos_integer(), Seed :: integer()) -> [term()].
run(Seconds, Seed) ->
    _ = application:stop(fxaot),
    ok = fxaot_test:start(),
    ok = application:set_env(fxaot, compile_retry, 10),
    ok = application:set_env(fxaot, quarantine_dir, filename:absname("_build/chaos/quarantine")),
    io:format("fxaot chaos: ~b s, seed ~b~n", [Seconds, Seed]),
    _ = rand:seed(exsss, Seed),
    Scripts = started(),
    Application = whereis(fxaot_sup),
    Listeners = [listener(Engine) || Engine <- engines()],
    Senders = [worker(Engine, fun(Me) -> send(Me, Engine, Symbol, 0, #{}) end)
               || Engine <- engines(), Symbol <- ?SYMBOLS],
    Callers = [worker(Engine, fun(Me) -> call(Me, Engine, Scripts, #{}) end) || Engine <- engines()],
    Killed = kill(erlang:monotonic_time(millisecond) + 1000 * Seconds, #{}),
    Refused = merged([Reasons || {_, Reasons} <- [ended(Caller) || Caller <- Callers]]),
    Sent = [ended(Sender) || Sender <- Senders],
    Failures = checks(Application, Killed, Refused, Sent, Listeners) ++ natives(Scripts),
    ok = application:stop(fxaot),
    Failures.

engines() -> ?INLINE ++ [?GROUP].

started() ->
    Options = #{instruments => ?SYMBOLS, bar_events => true},
    [{ok, _} = fxaot:start_engine(Engine, Options) || Engine <- ?INLINE],
    {ok, _} = fxaot:start_engines(?GROUP, length(?MEMBERS), Options),
    [ok = deploy(Engine, Symbol, 5) || Engine <- engines(), Symbol <- ?SYMBOLS],
    scripts([script(Engine, 5, #{wait => native}) || Engine <- engines()]).

%% How many scripts each engine runs.
scripts([{error, {compiler, #{reason := no_toolchain}}} | _]) ->
    io:format("no compiler, so no native code~n"),
    0;
scripts(Answers) ->
    [ok = Answer || Answer <- Answers],
    1.

script(Engine, Fast, Options) ->
    {ok, Program} = file:read_file(filename:join(code:priv_dir(fxaot), "strategies/ma_crossover.fxir")),
    fxaot:deploy(Engine, script, Options#{strategy => {ir, Program}, instrument => 'EURUSD', timeframe => {minutes, 1},
                                          params => #{<<"fast">> => Fast, <<"slow">> => 30}}).

deploy(Engine, Symbol, Fast) ->
    fxaot:deploy(Engine, Symbol, #{strategy => ma_crossover, instrument => Symbol, timeframe => {minutes, 1},
                                   params => #{fast => Fast, slow => 30, 'band' => 0.0}}).

%% ---- load -------------------------------------------------------------------

worker(Engine, Work) ->
    Parent = self(),
    {Engine, spawn_link(fun() -> Work(Parent) end)}.

ended({Engine, Pid}) ->
    Pid ! stop,
    receive {Pid, Result} -> {Engine, Result} end.

%% One instrument's quotes, a second apart. What is refused is sent again.
send(Parent, Engine, Symbol, Sent, Refused) ->
    receive stop -> Parent ! {self(), {Sent, Refused}}
    after case Sent rem 10 of 0 -> 1; _ -> 0 end ->
            Price = 1.1 + 0.01 * math:sin(Sent / 3000),
            case fxaot:tick(Engine, Symbol, ?START + Sent * ?SECOND, Price, Price + 0.0001) of
                {error, Error} ->
                    receive after 1 -> ok end,
                    send(Parent, Engine, Symbol, Sent, counted(reason(Error), Refused));
                _ -> send(Parent, Engine, Symbol, Sent + 1, Refused)
            end
    end.

call(Parent, Engine, Scripts, Refused) ->
    receive stop -> Parent ! {self(), Refused}
    after rand:uniform(?REQUEST_MS) ->
            Symbol = lists:nth(rand:uniform(length(?SYMBOLS)), ?SYMBOLS),
            Answer = case rand:uniform(200) of
                         1 when Scripts > 0 -> script(Engine, 3 + rand:uniform(3), #{});
                         2 when Scripts > 0 -> fxaot:rollback(Engine, script);
                         _ -> request(rand:uniform(7), Engine, Symbol)
                     end,
            call(Parent, Engine, Scripts, case Answer of
                                              {error, Error} -> counted(reason(Error), Refused);
                                              _ -> Refused
                                          end)
    end.

request(1, Engine, _) -> fxaot:stats(Engine);
request(2, Engine, _) -> fxaot:positions(Engine);
request(3, Engine, _) -> fxaot:account(Engine);
request(4, Engine, _) -> fxaot:strategies(Engine);
request(5, Engine, Symbol) -> fxaot:tier(Engine, Symbol);
request(6, Engine, Symbol) -> deploy(Engine, Symbol, 4 + rand:uniform(10));
request(7, Engine, Symbol) -> fxaot:rollback(Engine, Symbol).

reason({Reason, _}) -> Reason;
reason(Reason) -> Reason.

counted(Key, Counts) -> maps:update_with(Key, fun(Count) -> Count + 1 end, 1, Counts).

merged(Maps) ->
    lists:foldl(fun(Map, All) ->
                        maps:fold(fun(Key, Count, Sums) ->
                                          maps:update_with(Key, fun(Sum) -> Sum + Count end, Count, Sums)
                                  end, All, Map)
                end, #{}, Maps).

%% ---- a subscriber -----------------------------------------------------------

listener(Engine) ->
    Parent = self(),
    Pid = spawn_link(fun() ->
                             ok = fxaot:subscribe(Engine),
                             Parent ! {self(), subscribed},
                             listen(Parent, #{}, [])
                     end),
    receive {Pid, subscribed} -> {Engine, Pid} end.

%% The number that comes next from each native engine, and what came instead.
listen(Parent, Next, Faults) ->
    receive
        {fxaot_events, Engine, Incarnation, First, Events} ->
            heard({Engine, Incarnation}, First, First + length(Events), Parent, Next, Faults);
        {fxaot_gap, Engine, From, To} ->
            %% It names no incarnation; there is to be one only.
            [Key] = [Key || {Known, _} = Key <- maps:keys(Next), Known =:= Engine],
            heard(Key, From, To + 1, Parent, Next, Faults);
        told ->
            Parent ! {self(), {Next, Faults}},
            listen(Parent, Next, Faults)
    end.

heard(Key, First, After, Parent, Next, Faults) ->
    case maps:get(Key, Next, 1) of
        First -> listen(Parent, Next#{Key => After}, Faults);
        Expected -> listen(Parent, Next#{Key => After}, [{Key, Expected, First} | Faults])
    end.

told({_, Pid}) ->
    Pid ! told,
    receive {Pid, Told} -> Told end.

%% ---- killing ----------------------------------------------------------------

kill(Until, Killed) ->
    case erlang:monotonic_time(millisecond) < Until of
        false -> Killed;
        true ->
            Processes = below(fxaot_sup),
            Pid = lists:nth(rand:uniform(length(Processes)), Processes),
            Label = label(Pid),
            killed(Label, Pid),
            receive after rand:uniform(?PAUSE_MS + 1) - 1 -> ok end,
            kill(Until, counted(Label, Killed))
    end.

%% The heir and an engine in actor mode that die at once lose a state, which is another test's matter.
killed(Label, Pid) when Label =:= fxaot_heir; Label =:= fxaot_heir_sup ->
    _ = until(fun all_held/0),
    exit(Pid, kill),
    _ = until(fun() -> not is_process_alive(Pid) andalso all_held() end),
    ok;
killed(_, Pid) ->
    exit(Pid, kill),
    ok.

all_held() ->
    length(fxaot_heir:held()) =:= length(?INLINE ++ ?MEMBERS)
        andalso lists:all(fun(Name) -> is_pid(whereis(Name)) end, ?INLINE ++ ?MEMBERS).

below(Supervisor) ->
    try supervisor:which_children(Supervisor) of
        Children -> lists:append([[Pid | [Below || Type =:= supervisor, Below <- below(Pid)]]
                                  || {_, Pid, Type, _} <- Children, is_pid(Pid)])
    catch exit:_ -> []
    end.

label(Pid) ->
    case process_info(Pid, [registered_name, dictionary]) of
        [{_, Name}, _] when is_atom(Name) -> Name;
        [_, {_, Dictionary}] ->
            case lists:keyfind('$initial_call', 1, Dictionary) of
                {_, {supervisor, Module, _}} -> Module;
                {_, {Module, _, _}} -> Module;
                false -> other
            end;
        undefined -> gone
    end.

%% ---- what must hold ---------------------------------------------------------

checks(Application, Killed, Refused, Sent, Listeners) ->
    io:format("killed: ~tp~nanswers to requests: ~tp~n", [Killed, Refused]),
    Quotes = [{Engine, Count, Reasons} || {Engine, {Count, Reasons}} <- Sent],
    io:format("quotes: ~b, refused: ~tp~n",
              [lists:sum([Count || {_, Count, _} <- Quotes]), merged([Reasons || {_, _, Reasons} <- Quotes])]),
    failed([{application, Application =:= whereis(fxaot_sup)},
            {ready, until(fun fxaot:ready/0)},
            {requests, maps:keys(Refused) -- [engine_down, deployment_down, no_version, timeout, task_died] =:= []},
            {refused, [Reason || {_, _, Reasons} <- Quotes, Reason <- maps:keys(Reasons),
                                 Reason =/= stopped, Reason =/= full] =:= []}]
           ++ lists:append([engine(Engine, Quotes, Listeners) || Engine <- engines()])).

engine(Engine, Quotes, Listeners) ->
    Count = lists:sum([Count || {Of, Count, _} <- Quotes, Of =:= Engine]),
    Listener = lists:keyfind(Engine, 1, Listeners),
    [{{accepted, Engine, Count, accepted(Engine)}, until(fun() -> accepted(Engine) =:= Count end)},
     {{heard, Engine, events(Engine), told(Listener)}, until(fun() -> all_heard(Engine, Listener) end)},
     {{faults, Engine, element(2, told(Listener))}, element(2, told(Listener)) =:= []},
     {{strategies, Engine}, lists:sort([Id || #{id := Id} <- fxaot:strategies(Engine)]) -- [script]
                                =:= lists:sort(?SYMBOLS)}]
        ++ [{{tier, Engine, Symbol, fxaot:tier(Engine, Symbol)},
             until(fun() -> is_built_in(fxaot:tier(Engine, Symbol)) end)} || Symbol <- ?SYMBOLS].

natives(0) -> [];
natives(_) ->
    Deadline = erlang:monotonic_time(millisecond) + ?NATIVE_MS,
    failed([{{script, Engine, fxaot:tier(Engine, script)},
             until(fun() -> is_native(fxaot:tier(Engine, script)) end, Deadline)} || Engine <- engines()]).

is_native({ok, #{tier := native}}) -> true;
is_native(_) -> false.

accepted(Engine) -> count(accepted, fxaot:stats(Engine)).

count(Key, Stats) when is_map(Stats) -> map_get(Key, Stats);
count(_, Error) -> Error.

events(?GROUP) -> lists:append([events(Member) || Member <- ?MEMBERS]);
events(Engine) -> [{Engine, count(events, fxaot:stats(Engine))}].

%% The last number is that of the newest event, of one incarnation.
all_heard(Engine, Listener) ->
    {Next, _} = told(Listener),
    lists:sort(events(Engine)) =:= lists:sort([{Of, After - 1} || {{Of, _}, After} <- maps:to_list(Next)]).

is_built_in({ok, #{tier := built_in}}) -> true;
is_built_in(_) -> false.

failed(Checks) -> [What || {What, Holds} <- Checks, not Holds].

%% Whether it holds within ten seconds.
until(Ask) -> until(Ask, erlang:monotonic_time(millisecond) + ?WAIT_MS).

until(Ask, Deadline) ->
    case {Ask(), erlang:monotonic_time(millisecond) < Deadline} of
        {true, _} -> true;
        {_, false} -> false;
        _ ->
            receive after 1 -> ok end,
            until(Ask, Deadline)
    end.
