-module(fxaot_quarantine_tests).
-include_lib("eunit/include/eunit.hrl").

-define(PLAN, <<7:256>>).
-define(HEX, <<"0000000000000000000000000000000000000000000000000000000000000007">>).

all_test_() ->
    {foreach, fun folder/0, fun removed/1,
     [fun nothing_is_in_quarantine_at_first/1, fun a_probation_that_is_passed_leaves_nothing/1,
      fun a_living_process_is_not_judged/1, fun a_dead_process_puts_its_plan_in_quarantine/1,
      fun a_process_of_the_same_number_is_another/1, fun a_zombie_is_dead/1,
      fun an_alarm_is_raised_and_cleared/1, fun a_folder_that_cannot_be_written/1,
      fun without_a_quarantine/1, fun other_files_are_left_alone/1,
      fun only_what_is_in_quarantine_is_released/1, fun another_boot_is_over/1,
      fun another_namespace_renews_its_files/1, fun each_process_is_read_once/1,
      fun a_probation_goes_on/1]}.

folder() ->
    logger:set_primary_config(level, none),
    Folder = filename:join("/tmp", "fxaot-quarantine-" ++ os:getpid() ++ "-" ++
                               integer_to_list(erlang:unique_integer([positive]))),
    application:set_env(fxaot, quarantine_dir, Folder),
    Folder.

removed(Folder) ->
    application:unset_env(fxaot, quarantine_dir),
    _ = file:del_dir_r(Folder),
    logger:set_primary_config(level, notice).

files(Folder) -> case file:list_dir(Folder) of {ok, Names} -> Names; {error, enoent} -> [] end.

nothing_is_in_quarantine_at_first(_) ->
    [?_assertEqual([], fxaot_quarantine:list()), ?_assertEqual(ok, fxaot_quarantine:check(?PLAN))].

a_probation_that_is_passed_leaves_nothing(Folder) ->
    fun() ->
            {ok, First} = fxaot_quarantine:admit(?PLAN, "cross of eur"),
            {ok, Second} = fxaot_quarantine:admit(?PLAN, "cross of usd"),
            ?assertEqual(2, length(files(Folder))),
            ok = fxaot_quarantine:pass(First),
            ok = fxaot_quarantine:pass(Second),
            ?assertEqual([], files(Folder))
    end.

a_living_process_is_not_judged(_) ->
    fun() ->
            {ok, Marker} = fxaot_quarantine:admit(?PLAN, "cross of eur"),
            ?assertEqual([], fxaot_quarantine:sweep()),
            ?assertEqual(ok, fxaot_quarantine:check(?PLAN)),
            ok = fxaot_quarantine:pass(Marker)
    end.

%% As a process of the operating system would have left it.
left_behind(Folder, Process, Start) -> left_behind(Folder, Process, Start, namespace(), boot()).

left_behind(Folder, Process, Start, Namespace, Boot) ->
    Name = lists:join($-, [?HEX, Process, Start, Namespace, Boot, "1.probation"]),
    Path = filename:join(Folder, binary_to_list(iolist_to_binary(Name))),
    ok = filelib:ensure_dir(Path),
    ok = file:write_file(Path, "since 1700000000\nnode a@b\nstrategy cross of eur\n"),
    Path.

namespace() ->
    {ok, "pid:[" ++ Number} = file:read_link("/proc/self/ns/pid"),
    lists:droplast(Number).

boot() ->
    {ok, Id} = file:read_file("/proc/sys/kernel/random/boot_id"),
    binary_to_list(binary:replace(string:trim(Id), <<"-">>, <<>>, [global])).

own_start() ->
    {ok, Stat} = file:read_file("/proc/self/stat"),
    binary_to_list(lists:nth(20, binary:split(lists:last(binary:split(Stat, <<") ">>)), <<" ">>, [global]))).

a_dead_process_puts_its_plan_in_quarantine(Folder) ->
    fun() ->
            left_behind(Folder, "999999999", "17"),
            ?assertEqual([?HEX], fxaot_quarantine:sweep()),
            ?assertEqual([], fxaot_quarantine:sweep()),
            Refused = {error, {quarantined, #{plan => ?HEX}}},
            ?assertEqual(Refused, fxaot_quarantine:check(?PLAN)),
            ?assertEqual(Refused, fxaot_quarantine:admit(?PLAN, "cross of eur")),
            ?assertEqual([#{plan => ?HEX, since => 1700000000, node => <<"a@b">>,
                            strategy => <<"cross of eur">>}], fxaot:quarantine()),
            ?assertEqual(ok, fxaot:release(?HEX)),
            ?assertEqual([], fxaot:quarantine()),
            ?assertEqual(ok, fxaot_quarantine:check(?PLAN))
    end.

a_process_of_the_same_number_is_another(Folder) ->
    fun() ->
            left_behind(Folder, os:getpid(), "17"),
            ?assertEqual([?HEX], fxaot_quarantine:sweep())
    end.

%% Dead, but its parent has not noticed.
a_zombie_is_dead(Folder) ->
    fun() ->
            Port = open_port({spawn_executable, "/bin/sh"},
                             [{args, ["-c", "sleep 0 & echo $!; exec sleep 1000"]},
                              {line, 100}]),
            Zombie = receive {Port, {data, {eol, Line}}} -> Line end,
            left_behind(Folder, Zombie, until_zombie(Zombie)),
            Swept = fxaot_quarantine:sweep(),
            {os_pid, Parent} = erlang:port_info(Port, os_pid),
            _ = os:cmd("kill -9 " ++ integer_to_list(Parent)),
            ?assertEqual([?HEX], Swept)
    end.

until_zombie(Process) ->
    {ok, Stat} = file:read_file(["/proc/", Process, "/stat"]),
    case binary:split(lists:last(binary:split(Stat, <<") ">>)), <<" ">>, [global]) of
        [<<"Z">> | _] = Words -> binary_to_list(lists:nth(20, Words));
        _ -> erlang:yield(), until_zombie(Process)
    end.

an_alarm_is_raised_and_cleared(Folder) ->
    fun() ->
            {ok, _} = application:ensure_all_started(sasl),
            left_behind(Folder, "999999999", "17"),
            _ = fxaot_quarantine:sweep(),
            ?assertMatch([{{fxaot_quarantine, ?HEX}, #{strategy := <<"cross of eur">>}}],
                         alarm_handler:get_alarms()),
            ok = fxaot:release(?HEX),
            ?assertEqual([], alarm_handler:get_alarms()),
            ok = application:stop(sasl)
    end.

a_folder_that_cannot_be_written(_) ->
    fun() ->
            application:set_env(fxaot, quarantine_dir, "/proc/nowhere"),
            {error, {no_probation, #{path := "/proc/nowhere"}}} = Error =
                fxaot_quarantine:admit(?PLAN, "cross of eur"),
            ?assertMatch(<<"Cannot record the probation of native code in /proc/nowhere: ",
                           _/binary>>, fxaot:format_error(Error))
    end.

without_a_quarantine(_) ->
    fun() ->
            application:set_env(fxaot, quarantine_dir, none),
            {ok, Marker} = fxaot_quarantine:admit(?PLAN, "cross of eur"),
            ?assertEqual(ok, fxaot_quarantine:pass(Marker)),
            ?assertEqual([], fxaot_quarantine:list()),
            ?assertEqual([], fxaot_quarantine:sweep())
    end.

other_files_are_left_alone(Folder) ->
    fun() ->
            ok = filelib:ensure_dir(filename:join(Folder, "x")),
            Names = ["README", "a-b.probation", "a.probation"],
            [ok = file:write_file(filename:join(Folder, Name), "") || Name <- Names],
            ?assertEqual([], fxaot_quarantine:sweep()),
            ?assertEqual(Names, lists:sort(files(Folder)))
    end.

only_what_is_in_quarantine_is_released(_) ->
    [?_assertMatch({error, {not_found, _}}, fxaot:release(Plan))
     || Plan <- [?HEX, <<"../../etc/passwd">>, <<>>]].

%% The number and the start of a process may come again.
another_boot_is_over(Folder) ->
    fun() ->
            _ = left_behind(Folder, os:getpid(), own_start()),
            ?assertEqual([], fxaot_quarantine:sweep()),
            _ = left_behind(Folder, os:getpid(), own_start(), namespace(), "0123456789abcdef"),
            ?assertEqual([?HEX], fxaot_quarantine:sweep())
    end.

another_namespace_renews_its_files(Folder) ->
    fun() ->
            Path = left_behind(Folder, "999999999", "17", "1", boot()),
            ?assertEqual([], fxaot_quarantine:sweep()),
            ok = file:change_time(Path, calendar:now_to_local_time({1700, 0, 0})),
            ?assertEqual([?HEX], fxaot_quarantine:sweep())
    end.

each_process_is_read_once(_) ->
    fun() ->
            Markers = [begin
                           {ok, Marker} = fxaot_quarantine:admit(<<N:256>>, "cross of eur"),
                           Marker
                       end || N <- lists:seq(1, 50)],
            Test = self(),
            Sweeper = spawn_link(fun() -> receive go -> Test ! {swept, fxaot_quarantine:sweep()} end end),
            1 = erlang:trace(Sweeper, true, [call]),
            1 = erlang:trace_pattern({file, read_file, 1}, true, []),
            Sweeper ! go,
            receive {swept, Swept} -> ?assertEqual([], Swept) end,
            Delivered = erlang:trace_delivered(all),
            receive {trace_delivered, all, Delivered} -> ok end,
            _ = erlang:trace_pattern({file, read_file, 1}, false, []),
            ?assertEqual(1, reads()),
            [ok = fxaot_quarantine:pass(Marker) || Marker <- Markers]
    end.

reads() -> receive {trace, _, call, _} -> 1 + reads() after 0 -> 0 end.

a_probation_goes_on(Folder) ->
    fun() ->
            {ok, Marker} = fxaot_quarantine:admit(?PLAN, "cross of eur"),
            [Name] = files(Folder),
            Path = filename:join(Folder, Name),
            ok = file:change_time(Path, calendar:now_to_local_time({1700, 0, 0})),
            ok = fxaot_quarantine:renew(Marker),
            ?assert(filelib:last_modified(Path) > calendar:now_to_local_time({1780, 0, 0})),
            ok = file:delete(Path),
            ok = fxaot_quarantine:resume(Marker),
            ?assertEqual([Name], files(Folder)),
            ok = fxaot_quarantine:pass(Marker)
    end.
