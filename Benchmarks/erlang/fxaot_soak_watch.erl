%% @doc What the machine's side of a soak looks like: memory, and schedulers that were held up.
-module(fxaot_soak_watch).

-export([start/1, long_schedules/1, memory/0, flat/2, threads/0]).

-export_type([memory/0, counts/0]).

%% Bytes of the process as a whole, and those that the VM knows of.
-type memory() :: {Resident :: non_neg_integer(), Erlang :: non_neg_integer()}.

-type counts() ::
        #{seen := non_neg_integer(), beyond := non_neg_integer(), longest := non_neg_integer(),
          held_beyond := non_neg_integer(), longest_held := non_neg_integer(),
          examples := [{Milliseconds :: pos_integer(), Held :: non_neg_integer(), [mfa()]}]}.

-define(PAGE, 4096).
-define(EXAMPLES, 5).
-define(SAMPLE_MS, 5).
%% The unit of /proc/stat.
-define(TICK_MS, 10).
%% Samples that are kept: of the last second or so.
-define(SAMPLES, 200).

%% @doc From now on whatever holds a scheduler for 1 ms or more is noted.
%%
%% The VM measures that by the clock, also while the system runs other threads on the processor:
%% with more busy threads than processors there are many such. So the system is asked, every few
%% milliseconds, how long the schedulers' threads have waited for a processor, and for how long the
%% machine below has taken processors away. What the more patient of the threads waited, and what was
%% taken away, is not counted as held.
-spec start(LimitMs :: pos_integer()) -> pid().
start(Limit) ->
    Counts = #{seen => 0, beyond => 0, longest => 0, held_beyond => 0, longest_held => 0,
               examples => []},
    spawn_opt(fun() ->
                      Files = system_files(),
                      _ = erlang:system_monitor(self(), [{long_schedule, 1}]),
                      watch(Files, [waited(Files)], Limit, Counts)
              end, [link, {priority, max}]).

watch(Files, Samples, Limit, Counts) ->
    receive
        {monitor, _, long_schedule, Info} ->
            Milliseconds = proplists:get_value(timeout, Info),
            Now = waited(Files),
            Event = {Milliseconds, held(Milliseconds, Now, Samples),
                     [MFA || {Key, {_, _, _} = MFA} <- Info, Key =:= in orelse Key =:= out]},
            watch(Files, lists:sublist([Now | Samples], ?SAMPLES), Limit,
                  counted(Event, Limit, Counts));
        {long_schedules, From} ->
            From ! {self(), Counts},
            watch(Files, Samples, Limit, Counts)
    after ?SAMPLE_MS ->
            watch(Files, lists:sublist([waited(Files) | Samples], ?SAMPLES), Limit, Counts)
    end.

%% Sums and a few examples: what watches for memory that grows must not grow itself.
counted({Milliseconds, Held, _} = Event, Limit,
        #{seen := Seen, beyond := Beyond, longest := Longest, held_beyond := HeldBeyond,
          longest_held := LongestHeld, examples := Examples}) ->
    #{seen => Seen + 1, beyond => Beyond + one_if(Milliseconds >= Limit),
      longest => max(Longest, Milliseconds), held_beyond => HeldBeyond + one_if(Held >= Limit),
      longest_held => max(LongestHeld, Held),
      examples => case Held >= Limit andalso length(Examples) < ?EXAMPLES of
                      true -> [Event | Examples];
                      false -> Examples
                  end}.

one_if(true) -> 1;
one_if(false) -> 0.

%% Time that a scheduler was held, less what its thread waited since shortly before.
held(Milliseconds, {Now, Taken, Waits}, Samples) ->
    Begin = Now - Milliseconds - ?SAMPLE_MS,
    {_, TakenBefore, WaitsBefore} =
        case lists:dropwhile(fun({Time, _, _}) -> Time > Begin end, Samples) of
            [Found | _] -> Found;
            [] -> lists:last(Samples)
        end,
    Waited = lists:max([0 | [After - Before || {After, Before} <- lists:zip(Waits, WaitsBefore)]]),
    max(0, Milliseconds - Waited div 1000000 - (Taken - TakenBefore)).

%% Milliseconds that the machine below took away, and nanoseconds that each thread waited.
waited({Stat, Files}) ->
    {erlang:monotonic_time(millisecond), ?TICK_MS * field(Stat, 9),
     [field(File, 2) || File <- Files]}.

%% The n-th word of a file, a number.
field(none, _) -> 0;
field(File, N) ->
    {ok, Text} = file:pread(File, 0, 160),
    Words = binary:split(Text, [<<" ">>, <<"\n">>], [global, trim_all]),
    binary_to_integer(lists:nth(N, Words)).

%% Where Linux tells what was taken away, and how long threads waited; nothing elsewhere.
system_files() ->
    case file:open("/proc/stat", [raw, read, binary]) of
        {ok, Stat} -> {Stat, scheduler_files()};
        {error, _} -> {none, []}
    end.

scheduler_files() ->
    [File || Name <- filelib:wildcard("/proc/self/task/*/comm"),
             {ok, Text} <- [file:read_file(Name)],
             re:run(Text, "^([0-9]+_scheduler|erts_sched_[0-9]+)$", [multiline]) =/= nomatch,
             {ok, File} <- [file:open(filename:join(filename:dirname(Name), "schedstat"),
                                      [raw, read, binary])]].

%% @doc How many there were (`seen'), how many of the limit or more (`beyond'), the `longest', all by
%% the clock; the same of what was held; and `examples' of that, each with where it began and ended.
-spec long_schedules(pid()) -> counts().
long_schedules(Watch) ->
    Watch ! {long_schedules, self()},
    receive {Watch, Counts} -> Counts end.

%% @doc 0 for resident memory where the system does not tell.
-spec memory() -> memory().
memory() ->
    Resident = case file:read_file("/proc/self/statm") of
                   {ok, Text} ->
                       [_, Pages | _] = binary:split(Text, <<" ">>, [global]),
                       binary_to_integer(Pages) * ?PAGE;
                   _ -> 0
               end,
    {Resident, erlang:memory(total)}.

%% @doc Of figures over time: the median of the first quarter, of the last, the largest, and whether
%% the median has grown by at most Bound. A leak grows all the time; what comes and goes does not
%% move a median.
-spec flat(Figures :: [non_neg_integer(), ...], Bound :: non_neg_integer()) ->
          {First :: non_neg_integer(), Last :: non_neg_integer(), Most :: non_neg_integer(),
           IsFlat :: boolean()}.
flat(Figures, Bound) ->
    Quarter = max(1, length(Figures) div 4),
    First = median(lists:sublist(Figures, Quarter)),
    Last = median(lists:nthtail(length(Figures) - Quarter, Figures)),
    {First, Last, lists:max(Figures), Last - First =< Bound}.

median(Figures) -> lists:nth((length(Figures) + 1) div 2, lists:sort(Figures)).

%% @doc How many threads the VM has; 0 where the system does not tell.
-spec threads() -> non_neg_integer().
threads() ->
    case file:list_dir("/proc/self/task") of
        {ok, Threads} -> length(Threads);
        {error, _} -> 0
    end.
