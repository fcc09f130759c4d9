%% The port of the compile server, with a server that stands in for it and fails in every way.
-module(fxaot_compiler_SUITE).

-include_lib("stdlib/include/assert.hrl").

-compile([export_all, nowarn_export_all]).

all() ->
    [a_plan_is_compiled, many_callers_share_one_request, one_at_a_time_in_order,
     the_cache_is_asked, errors_of_the_compiler_are_told, a_missing_tool, a_server_that_dies,
     a_server_that_is_killed, a_server_that_hangs, rubbish, out_of_memory,
     a_broken_compiler_takes_nothing_down, its_process_is_killed].

suite() -> [{timetrap, {minutes, 1}}].

init_per_suite(Config) ->
    _ = fxaot_test:begin_suite(Config),
    [{tool, fxaot_test:file("fake_compile_server")} | Config].

end_per_suite(Config) -> fxaot_test:end_suite(Config).

init_per_testcase(Case, Config) ->
    application:stop(fxaot),
    application:set_env(fxaot, tool, proplists:get_value(tool, Config)),
    Log = filename:join(proplists:get_value(priv_dir, Config), atom_to_list(Case) ++ ".log"),
    os:putenv("FXAOT_FAKE_LOG", Log),
    {ok, _} = application:ensure_all_started(fxaot),
    [{log, Log} | Config].

end_per_testcase(_, _) ->
    [application:unset_env(fxaot, Key) || Key <- [tool, compile_timeout, compile_memory]],
    [os:unsetenv(Name) || Name <- ["FXAOT_FAKE", "FXAOT_FAKE_LOG"]],
    ok.

%% What the server does with it is in its bytes.
plan(Bytes) -> #{hash => crypto:hash(sha256, Bytes), bytes => iolist_to_binary(Bytes)}.

compile(Bytes) -> fxaot_compiler:compile(plan(Bytes), #{engine => eur, strategy => cross}).

requests(Config) ->
    {ok, Text} = file:read_file(proplists:get_value(log, Config)),
    binary:split(Text, <<"\n">>, [global, trim_all]).

sentence(Error) -> fxaot:format_error(Error).

a_plan_is_compiled(Config) ->
    ?assertEqual({ok, #{manifest => <<"/nowhere/a.manifest">>, cached => false,
                        milliseconds => 12.5}}, compile("ok")),
    ?assertEqual([<<"C <<\"ok\">>">>], requests(Config)).

many_callers_share_one_request(Config) ->
    application:set_env(fxaot, compile_timeout, 1000),
    Callers = [spawn_monitor(fun() -> exit({answer, compile("hang")}) end) || _ <- lists:seq(1, 20)],
    Answers = [receive {'DOWN', Monitor, process, Pid, {answer, Answer}} -> Answer end
               || {Pid, Monitor} <- Callers],
    ?assertMatch([{error, {compiler, #{reason := timeout}}}], lists:usort(Answers)),
    ?assertMatch([<<"C <<\"hang\">>">>, <<"child ", _/binary>>], requests(Config)).

one_at_a_time_in_order(Config) ->
    Names = ["ok " ++ integer_to_list(N) || N <- lists:seq(1, 9)],
    Test = self(),
    ok = sys:suspend(fxaot_compiler),
    [begin
         spawn_link(fun() -> Test ! {Name, compile(Name)} end),
         until_queued(N)
     end || {N, Name} <- lists:zip(lists:seq(1, 9), Names)],
    ok = sys:resume(fxaot_compiler),
    [receive {Name, Answer} -> ?assertMatch({ok, _}, Answer) end || Name <- Names],
    ?assertEqual([iolist_to_binary(["C <<\"", Name, "\">>"]) || Name <- Names], requests(Config)).

until_queued(Count) ->
    case process_info(whereis(fxaot_compiler), message_queue_len) of
        {_, Length} when Length >= Count -> ok;
        _ -> erlang:yield(), until_queued(Count)
    end.

until_asked() ->
    case fxaot_compiler:requests() of
        0 -> erlang:yield(), until_asked();
        _ -> ok
    end.

the_cache_is_asked(_) ->
    Hash = maps:get(hash, plan("ok")),
    ?assertEqual(none, fxaot_compiler:cached(Hash, #{})),
    killed(fxaot_compiler),
    os:putenv("FXAOT_FAKE", "cached"),
    ?assertMatch({ok, #{manifest := _}}, fxaot_compiler:cached(Hash, #{})).

killed(Name) ->
    Pid = whereis(Name),
    Monitor = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, _, _} -> ok end,
    _ = supervisor:which_children(fxaot_compiler_sup),
    ok.

errors_of_the_compiler_are_told(_) ->
    ?assertEqual(<<"No Swift toolchain found: it is so.">>,
                 sentence(compile("E no_toolchain"))),
    [?assertMatch({error, {compiler, #{reason := Reason, message := <<"it is so">>}}},
                  compile("E " ++ atom_to_list(Reason)))
     || Reason <- [no_toolchain, failed, bad_plan, disk]],
    ?assertMatch({error, {compiler, #{reason := failed}}}, compile("E unheard_of")),
    ?assertEqual(<<"The compiler failed: it is so.">>, sentence(compile("E disk"))),
    {ok, _} = compile("ok").

a_missing_tool(_) ->
    application:set_env(fxaot, tool, "/nowhere/fxaot"),
    Error = compile("ok"),
    ?assertMatch({error, {no_tool, _}}, Error),
    ?assertMatch({match, _}, re:run(sentence(Error), "/nowhere/fxaot")).

a_server_that_dies(_) ->
    Error = compile("die"),
    ?assertMatch({error, {compiler, #{reason := ended, status := 3}}}, Error),
    ?assertEqual(<<"The compiler exited with status 3 before it replied.">>, sentence(Error)),
    {ok, _} = compile("ok").

a_server_that_is_killed(_) ->
    {ok, _} = compile("ok"),
    {os_pid, Process} = erlang:port_info(server(), os_pid),
    Caller = spawn_monitor(fun() -> exit({answer, compile("hang")}) end),
    until_asked(),
    [] = os:cmd("kill -9 " ++ integer_to_list(Process)),
    {Pid, Monitor} = Caller,
    receive
        {'DOWN', Monitor, process, Pid, {answer, Answer}} ->
            ?assertMatch({error, {compiler, #{reason := ended, status := 137}}}, Answer)
    end,
    {ok, _} = compile("ok").

server() ->
    {links, Links} = process_info(whereis(fxaot_compiler), links),
    [Port] = [Port || Port <- Links, is_port(Port)],
    Port.

%% Ended with all that it has started.
a_server_that_hangs(Config) ->
    application:set_env(fxaot, compile_timeout, 2000),
    Error = compile("hang"),
    ?assertMatch({error, {compiler, #{reason := timeout, milliseconds := 2000}}}, Error),
    ?assertEqual(<<"The compiler took more than 2000 ms and was killed.">>, sentence(Error)),
    [_, <<"child ", Child/binary>>] = requests(Config),
    ?assertNot(is_running(Child)),
    {ok, _} = compile("ok").

%% One that is dead may still wait for its parent to notice.
is_running(Process) ->
    case file:read_file(["/proc/", Process, "/stat"]) of
        {ok, Stat} -> re:run(Stat, "\\) [ZX] ", [{capture, none}]) =:= nomatch;
        {error, _} -> false
    end.

rubbish(_) ->
    [begin
         Error = compile(What),
         ?assertMatch({What, {error, {compiler, #{reason := rubbish}}}}, {What, Error}),
         ?assertEqual(<<"The compiler sent an invalid reply and was killed.">>,
                      sentence(Error))
     end || What <- ["rubbish", "huge", "json"]],
    ?assertMatch({error, {compiler, #{reason := rubbish}}}, compile("twice")),
    {ok, _} = compile("ok").

out_of_memory(_) ->
    application:set_env(fxaot, compile_memory, 4096),
    ?assertMatch({error, {compiler, #{reason := ended}}}, compile("ok")),
    application:set_env(fxaot, compile_memory, infinity),
    {ok, _} = compile("ok").

a_broken_compiler_takes_nothing_down(_) ->
    {ok, Engine} = fxaot:start_engine(steady),
    Compiler = whereis(fxaot_compiler),
    Test = self(),
    [spawn_link(fun() -> Test ! compile("die " ++ integer_to_list(N)) end) || N <- lists:seq(1, 5)],
    [receive Answer -> ?assertMatch({error, {compiler, #{reason := ended}}}, Answer) end
     || _ <- lists:seq(1, 5)],
    {ok, _} = compile("ok"),
    ?assertEqual(Compiler, whereis(fxaot_compiler)),
    ?assertEqual(Engine, whereis(steady)),
    ok = fxaot:stop_engine(steady).

its_process_is_killed(_) ->
    {ok, _} = compile("ok"),
    Test = self(),
    spawn_link(fun() -> Test ! compile("hang") end),
    until_asked(),
    killed(fxaot_compiler),
    receive
        Answer ->
            ?assertMatch({error, {compiler, #{reason := restarted}}}, Answer),
            ?assertEqual(<<"The compiler's process was restarted.">>, sentence(Answer))
    end,
    {ok, _} = compile("ok").
