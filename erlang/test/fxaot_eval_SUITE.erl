%% The evaluator in Erlang against the virtual machine: what Tests/Support/TraceData wrote of the
%% machine is done again and compared, bar by bar.
%%
%% Numbers agree within 1e-12 of the larger one (of 1e-3 where both are smaller). There are results
%% that no two ways of calculating share to so many places: a difference of nearly equal numbers
%% divided by another one, the root of what rounding left of 0, a fraction cut off next to a whole
%% number. Such a case is told from a mistake by moving prices and volumes by one unit in their last place:
%% what moves the evaluator's own result as far as it is from the machine's is the script's doing.
%% Up to 1e-11 none is asked for that. They are counted, printed, and bounded.
-module(fxaot_eval_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

-define(PROGRAMS, 2000).
-define(SCRIPTS, 300).
-define(OBJECTS, 1000).
-define(BARS, 40).
%% Of the random programs at most so many may have a result that is that sensitive: 1 in 200.
-define(SENSITIVE, 10).

all() ->
    [strategies_agree, functions_agree, conformance_cases_agree, random_programs_agree,
     random_scripts_agree, random_objects_agree, objects_are_reclaimed, other_symbols_agree, any_bytes_are_decoded,
     mutated_programs_run, the_budget_ends_a_loop, inputs_are_checked, what_cannot_run_is_told,
     zones_have_their_clocks].

suite() -> [{timetrap, {minutes, 3}}].

init_per_suite(Config) ->
    Above = above(filename:dirname(filename:absname(code:which(?MODULE)))),
    case [Root || Root <- Above, filelib:is_file(tool(Root))] of
        [Root | _] -> [{root, Root} | Config];
        [] -> {skip, "make trace-data builds Tests/Support/TraceData, which tells what the machine does"}
    end.

end_per_suite(_) -> ok.

above("/") -> [];
above(Folder) -> [Folder | above(filename:dirname(Folder))].

tool(Root) -> filename:join([Root, ".build", "release", "TraceData"]).

trace(Arguments, Config) ->
    Root = proplists:get_value(root, Config),
    Port = open_port({spawn_executable, tool(Root)}, [{args, Arguments}, binary, exit_status, {cd, Root}]),
    read(Port, []).

read(Port, Done) ->
    receive
        {Port, {data, Bytes}} -> read(Port, [Bytes | Done]);
        {Port, {exit_status, 0}} -> iolist_to_binary(lists:reverse(Done))
    end.

%% ---- agreement ---------------------------------------------------------------

strategies_agree(Config) ->
    Cases = scripts("priv/strategies/*.pine", 4000, Config),
    ?assertEqual(4, length(Cases)),
    %% mean_reversion divides a difference of closes by their deviation, here 1/5000 of a close.
    agree(Cases, 1).

functions_agree(Config) ->
    Cases = scripts("Tests/Agreement/*.pine", 1000, Config),
    ?assert(Cases =/= []),
    agree(Cases, 0).

conformance_cases_agree(Config) ->
    Cases = scripts("Tests/Conformance/*.pine", 2000, Config),
    ?assert(length(Cases) >= 28),
    agree(Cases, 0).

scripts(Pattern, Bars, Config) ->
    Root = proplists:get_value(root, Config),
    Files = lists:sort(filelib:wildcard(Pattern, Root)),
    fxaot_eval_trace:cases(trace(["scripts", integer_to_list(Bars) | Files], Config)).

random_programs_agree(Config) ->
    Numbers = [integer_to_list(N) || N <- [0, ?PROGRAMS, ?BARS]],
    Cases = fxaot_eval_trace:cases(trace(["random" | Numbers], Config)),
    ?assertEqual(?PROGRAMS, length(Cases)),
    agree(Cases, ?SENSITIVE).

other_symbols_agree(Config) ->
    Cases = fxaot_eval_trace:cases(trace(["symbols", "600"], Config)),
    {Run, Refused} = lists:partition(fun(#{run := <<Runs, _/binary>>}) -> Runs =:= 1 end, Cases),
    ?assertEqual({14, 6}, {length(Run), length(Refused)}),
    agree(Run, 0),
    [?assertMatch({refused, _}, fxaot_eval_trace:replay(Case)) || Case <- Refused].

%% The machine itself is compared with an interpreter of the scripts' text on these (ScriptOracleTests).
random_scripts_agree(Config) ->
    Numbers = [integer_to_list(N) || N <- [0, ?SCRIPTS, ?BARS]],
    Cases = fxaot_eval_trace:cases(trace(["written" | Numbers], Config)),
    ?assert(length(Cases) > ?SCRIPTS * 9 div 10),
    agree(Cases, 1).

%% Arrays, slices, maps, matrices, records and drawings; a script that stops does so on the same line, with the same
%% sentence.
random_objects_agree(Config) ->
    Cases = objects(0, ?OBJECTS, ?BARS, Config),
    ?assertEqual(?OBJECTS, length(Cases)),
    agree(Cases, 0).

%% So many bars that what nothing refers to is reclaimed meanwhile.
objects_are_reclaimed(Config) -> agree(objects(?OBJECTS, 30, 500, Config), 0).

objects(First, Count, Bars, Config) ->
    Numbers = [integer_to_list(N) || N <- [First, Count, Bars]],
    fxaot_eval_trace:cases(trace(["objects" | Numbers], Config)).

%% On two processes, as there are two cores.
agree(Cases, MostSensitive) ->
    Outcomes = parallel([{maps:get(name, Case), Case} || Case <- Cases]),
    Compared = lists:sum([N || {_, {ok, _, N}} <- Outcomes]),
    Sensitive = [{Name, Difference} || {Name, {sensitive, Difference}} <- Outcomes],
    Differ = [{Name, Outcome} || {Name, Outcome} <- Outcomes,
                                 not lists:member(element(1, Outcome), [ok, sensitive])],
    ct:pal("~b cases, ~b plotted values and orders compared, sensitive: ~tp", [length(Cases), Compared, Sensitive]),
    ?assertEqual([], Differ),
    ?assert(length(Sensitive) =< MostSensitive),
    ?assert(Compared > 1000).

parallel(Cases) ->
    Self = self(),
    {First, Second} = lists:partition(fun({I, _}) -> I rem 2 =:= 0 end,
                                      lists:zip(lists:seq(1, length(Cases)), Cases)),
    Workers = [spawn_link(fun() -> Self ! {self(), [{Name, outcome(Case)} || {_, {Name, Case}} <- Half]} end)
               || Half <- [First, Second]],
    lists:append([receive {Worker, Outcomes} -> Outcomes end || Worker <- Workers]).

outcome(Case) ->
    case fxaot_eval_trace:replay(Case) of
        {differs, Difference} ->
            case fxaot_eval_trace:is_sensitive(Case, Difference) of
                true -> {sensitive, Difference};
                false -> {differs, Difference}
            end;
        Outcome -> Outcome
    end.

%% ---- robustness --------------------------------------------------------------

program(Config) ->
    [#{program := Program} | _] = fxaot_eval_trace:cases(trace(["random", "7", "1", "1"], Config)),
    Program.

any_bytes_are_decoded(Config) ->
    Program = program(Config),
    {ok, _} = new(Program),
    [?assertMatch({error, {bad_script, _}}, new(Bytes))
     || Bytes <- [<<>>, <<"FXIR">>, <<"FXIR", 4>>, <<"FXIR", 3>>, <<Program/binary, 0>>]
            ++ [binary:part(Program, 0, N) || N <- lists:seq(0, byte_size(Program) - 1, 7)]],
    rand:seed(exsss, 11),
    [{error, {bad_script, _}} = new(<<"FXIR", 4, (rand:bytes(rand:uniform(200)))/binary>>)
     || _ <- lists:seq(1, 3000)].

%% Whatever a byte is turned into: refused, or run to an end.
mutated_programs_run(Config) ->
    rand:seed(exsss, 12),
    Cases = fxaot_eval_trace:cases(trace(["random", "0", "60", "3"], Config)) ++ objects(0, 60, 3, Config),
    Outcomes = [run(changed(Program)) || #{program := Program} <- Cases, _ <- lists:seq(1, 40)],
    ?assertEqual([error, ok], lists:usort(Outcomes)).

changed(Program) ->
    Place = 4 + rand:uniform(byte_size(Program) - 5),
    <<Before:Place/binary, _, After/binary>> = Program,
    <<Before/binary, (rand:uniform(256) - 1), After/binary>>.

run(Program) ->
    case new(Program) of
        {error, _} -> error;
        {ok, State} -> run(State, 3)
    end.

run(_, 0) -> ok;
run(State, Left) ->
    case fxaot_eval:step(State, bar(10 - Left, 1.0 + Left / 8), none) of
        {ok, Next, _} -> run(Next, Left - 1);
        {error, {Line, Sentence}} when is_integer(Line), is_binary(Sentence) -> error
    end.

new(Program) -> fxaot_eval:new(Program, #{timeframe => <<"15">>}, #{}).

bar(I, Close) ->
    #{time => I * 900000, time_close => (I + 1) * 900000, open => Close, high => Close + 1,
      low => Close - 1, close => Close, volume => 1.0}.

compiled(Lines) ->
    {ok, {ir, Program}} = fxaot_script:compile({source, lists:join("\n", ["//@version=6" | Lines])}),
    Program.

the_budget_ends_a_loop(_) ->
    {ok, State} = new(compiled(["indicator(\"E\")", "i = 0", "while true", "    i += 1", "plot(i)"])),
    ?assertMatch({error, {4, <<"the script exceeds its step limit", _/binary>>}}, fxaot_eval:step(State, bar(0, 1.0), none)).

inputs_are_checked(_) ->
    Program = compiled(["indicator(\"I\")", "n = input.int(3, \"Length\", minval = 1, maxval = 9)",
                        "kind = input.string(\"a\", \"Kind\", options = [\"a\", \"b\"])",
                        "src = input.source(close, \"Source\")",
                        "plot(kind == \"b\" ? src * n : 0)"]),
    New = fun(Params) -> fxaot_eval:new(Program, #{timeframe => <<"1">>}, Params) end,
    {ok, State} = New(#{<<"Length">> => 5, kind => b, <<"Source">> => high}),
    ?assertMatch({ok, _, #{plots := [10.0]}}, fxaot_eval:step(State, bar(0, 1.0), none)),
    ?assertMatch({error, {parameter_range, #{minimum := 1.0, maximum := 9.0, value := 10.0}}}, New(#{n => 10})),
    [?assertMatch({error, {bad_parameter, _}}, New(Params))
     || Params <- [#{n => 1.5}, #{n => true}, #{kind => c}, #{src => index}]],
    ?assertMatch({error, {unknown_parameter, _}}, New(#{m => 1})).

what_cannot_run_is_told(_) ->
    Why = fun(Line) ->
                  {error, {bad_script, #{message := Message}}} =
                      new(compiled(["indicator(\"W\")", Line])),
                  Message
          end,
    ?assertEqual(<<"the script requests bars of 5, shorter than the chart's">>,
                 Why("plot(request.security(syminfo.tickerid, \"5\", close))")),
    ?assertEqual(<<"'09-17' is not a session; write it as 0930-1600 or 0930-1600:23456">>,
                 Why("plot(time(\"60\", \"09-17\"))")),
    ?assertEqual(<<"this system has no time zone 'Mars/Olympus'">>,
                 Why("plot(hour(time, \"Mars/Olympus\"))")).

%% Both sides of the two changes of 2024, by the file's transitions and by the rule behind them.
zones_have_their_clocks(_) ->
    case fxaot_eval_time:zone(<<"America/New_York">>) of
        none -> {skip, "this system has no time zones"};
        Zone ->
            Hour = fun(Instant) -> fxaot_eval_time:field(hour, fxaot_eval_time:local(Instant * 1000, Zone)) end,
            ?assertEqual([1, 3, 1, 1], [Hour(T) || T <- [1710053999, 1710054000, 1730613599, 1730613600]]),
            ?assertEqual([1, 3], [Hour(T) || T <- [2530767599, 2530767600]]),
            ?assertEqual(1710054000000, fxaot_eval_time:instant(1710054000000 - 4 * 3600000, Zone))
    end.
