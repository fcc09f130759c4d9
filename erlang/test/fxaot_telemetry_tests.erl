-module(fxaot_telemetry_tests).
-include_lib("eunit/include/eunit.hrl").

-export([lines_of_events/0, document/0, source/1]).

-define(EVENT, [fxaot, engine, start]).

with_bus(Tests) ->
    {setup,
     fun() ->
             logger:set_primary_config(level, none),
             _ = application:stop(fxaot),
             Owner = spawn(fun() -> ok = fxaot_telemetry:new(), receive stop -> ok end end),
             wait(fun() -> ets:whereis(fxaot_telemetry) =/= undefined end),
             Owner
     end,
     fun(Owner) ->
             Monitor = monitor(process, Owner),
             Owner ! stop,
             receive {'DOWN', Monitor, _, _, _} -> ok end,
             logger:set_primary_config(level, notice)
     end, Tests}.

wait(Holds) ->
    case Holds() of
        true -> ok;
        false -> erlang:yield(), wait(Holds)
    end.

to_self(Event, Measurements, Metadata, Config) -> Config ! {Event, Measurements, Metadata}.

heard() -> receive Event -> Event after 0 -> none end.

%% Without the application there is no table: nothing is called, and nothing fails.
not_running_test() ->
    _ = application:stop(fxaot),
    ?assertEqual(ok, fxaot_telemetry:execute(?EVENT, #{system_time => 1}, #{engine => a})),
    ?assertEqual(7, fxaot_telemetry:span([fxaot, deploy], #{}, fun() -> {7, #{}} end)),
    ?assertEqual({error, {not_running, none}},
                 fxaot_telemetry:attach(a, ?EVENT, fun to_self/4, self())),
    ?assertEqual({error, {not_running, none}}, fxaot_telemetry:detach(a)),
    ?assertEqual([], fxaot_telemetry:list_handlers([])).

bus_test_() ->
    with_bus([{atom_to_list(Name), Test}
              || {Name, Test} <- [{a_handler_hears_its_event, fun one/0}, {one_id_many_events, fun many/0},
                                  {a_failing_handler_is_detached, fun failing/0}, {a_span_that_ends, fun span_stop/0},
                                  {a_span_that_raises, fun span_exception/0}, {handlers_by_prefix, fun listed/0}]]).

one() ->
    ok = fxaot_telemetry:attach(one, ?EVENT, fun to_self/4, self()),
    ?assertEqual({error, {already_exists, #{handler => one}}},
                 fxaot_telemetry:attach(one, [other], fun to_self/4, self())),
    ok = fxaot_telemetry:execute(?EVENT, #{system_time => 1}, #{engine => a}),
    ?assertEqual({?EVENT, #{system_time => 1}, #{engine => a}}, heard()),
    ok = fxaot_telemetry:execute([fxaot, engine, stop], #{}),
    ?assertEqual(none, heard()),
    ok = fxaot_telemetry:detach(one),
    ?assertEqual({error, {not_found, #{handler => one}}}, fxaot_telemetry:detach(one)),
    ok = fxaot_telemetry:execute(?EVENT, #{}, #{}),
    ?assertEqual(none, heard()).

many() ->
    ok = fxaot_telemetry:attach_many(many, [[a], [a, b], [a]], fun to_self/4, self()),
    [ok = fxaot_telemetry:execute(Event, #{}, #{}) || Event <- [[a], [a, b], [b]]],
    ?assertEqual([{[a], #{}, #{}}, {[a, b], #{}, #{}}, none], [heard(), heard(), heard()]),
    ok = fxaot_telemetry:detach(many),
    ?assertEqual([], fxaot_telemetry:list_handlers([])).

failing() ->
    ok = fxaot_telemetry:attach(failing, ?EVENT, fun(_, _, _, _) -> error(no) end, none),
    ok = fxaot_telemetry:attach(after_it, ?EVENT, fun to_self/4, self()),
    ok = fxaot_telemetry:execute(?EVENT, #{}, #{}),
    ?assertEqual({?EVENT, #{}, #{}}, heard()),
    ?assertMatch([#{id := after_it}], fxaot_telemetry:list_handlers([])),
    ok = fxaot_telemetry:detach(after_it).

span_stop() ->
    ok = fxaot_telemetry:attach_many(span, [[s, start], [s, stop], [s, exception]], fun to_self/4, self()),
    ?assertEqual(7, fxaot_telemetry:span([s], #{engine => a}, fun() -> {7, #{quotes => 3}, #{result => ok}} end)),
    {[s, start], #{monotonic_time := Start, system_time := _} = Began,
     #{engine := a, telemetry_span_context := Context}} = heard(),
    ?assertEqual(2, map_size(Began)),
    ?assert(is_reference(Context)),
    {[s, stop], #{duration := Duration, monotonic_time := Stop, quotes := 3}, Stopped} = heard(),
    ?assertEqual(Stop - Start, Duration),
    ?assertEqual(#{result => ok, telemetry_span_context => Context}, Stopped),
    ok = fxaot_telemetry:span([s], #{telemetry_span_context => mine}, fun() -> {ok, #{}} end),
    ?assertMatch({[s, start], _, #{telemetry_span_context := mine}}, heard()),
    ?assertMatch({[s, stop], _, #{telemetry_span_context := mine}}, heard()),
    ok = fxaot_telemetry:detach(span).

span_exception() ->
    ok = fxaot_telemetry:attach(span, [s, exception], fun to_self/4, self()),
    ?assertThrow(stop, fxaot_telemetry:span([s], #{engine => a}, fun() -> throw(stop) end)),
    ?assertMatch({[s, exception], #{duration := _, monotonic_time := _},
                  #{engine := a, kind := throw, reason := stop, stacktrace := [_ | _], telemetry_span_context := _}},
                 heard()),
    ok = fxaot_telemetry:detach(span).

listed() ->
    ok = fxaot_telemetry:attach_many(listed, [[a, b], [c]], fun to_self/4, self()),
    ?assertMatch([#{id := listed, event_name := [a, b], config := _, function := _}],
                 fxaot_telemetry:list_handlers([a])),
    ?assertEqual(2, length(fxaot_telemetry:list_handlers([]))),
    ok = fxaot_telemetry:detach(listed).

%% The library is called besides the bus's own handlers, once it was there at the start.
bridge_test_() ->
    with_bus(fun() ->
                     ok = fxaot_telemetry:bridge(),
                     ok = stand_in(self()),
                     ok = fxaot_telemetry:execute(?EVENT, #{a => 1}, #{}),
                     ?assertEqual(none, heard()),
                     ok = fxaot_telemetry:bridge(),
                     ok = fxaot_telemetry:execute(?EVENT, #{a => 1}, #{b => 2}),
                     ?assertEqual({library, ?EVENT, #{a => 1}, #{b => 2}}, heard()),
                     true = code:delete(telemetry),
                     _ = code:purge(telemetry),
                     true = persistent_term:erase({?MODULE, to}),
                     ok = fxaot_telemetry:bridge(),
                     ok = fxaot_telemetry:execute(?EVENT, #{}, #{}),
                     ?assertEqual(none, heard())
             end).

%% A module telemetry with execute/3.
stand_in(To) ->
    persistent_term:put({?MODULE, to}, To),
    Forms = [begin {ok, Tokens, _} = erl_scan:string(Text), {ok, Form} = erl_parse:parse_form(Tokens), Form end
             || Text <- ["-module(telemetry).", "-export([execute/3]).",
                         "execute(E, M, D) -> "
                         "persistent_term:get({fxaot_telemetry_tests, to}) ! {library, E, M, D}, ok."]],
    {ok, telemetry, Code} = compile:forms(Forms),
    {module, telemetry} = code:load_binary(telemetry, "telemetry.beam", Code),
    ok.

badarg_test_() ->
    F4 = fun(_, _, _, _) -> ok end,
    F0 = fun() -> {ok, #{}} end,
    [?_assertEqual({Function, Wrong}, {Function, wrong(Function, Arguments)})
     || {Function, Arguments, Wrong} <-
            [{execute, [[], #{}, #{}], #{1 => <<"not an event: a list of atoms that is not empty">>}},
             {execute, [[a], 1, #{}], #{2 => <<"not a map">>}},
             {span, [[a], #{}, F4], #{3 => <<"not a function without arguments">>}},
             {span, [a, #{}, F0], #{1 => <<"not an event: a list of atoms that is not empty">>}},
             {attach, [x, [1], F4, x], #{2 => <<"not an event: a list of atoms that is not empty">>}},
             {attach, [x, [a], F0, x], #{3 => <<"not a function of four arguments">>}},
             {attach_many, [x, [[a] | b], F4, x], #{2 => <<"not a list of events that is not empty">>}},
             {list_handlers, [a], #{1 => <<"not a list of atoms">>}}]].

wrong(Function, Arguments) ->
    try apply(fxaot_telemetry, Function, Arguments)
    catch error:badarg:Stacktrace -> fxaot_badarg:format_error(badarg, Stacktrace)
    end.

events_test() ->
    Events = fxaot_telemetry:events(),
    Names = [Event || #{event := Event} <- Events],
    ?assertEqual(lists:usort(Names), lists:sort(Names)),
    [?assertMatch(#{event := [fxaot | _], measurements := [_ | _], metadata := _, description := [_ | _]}, Row)
     || Row <- Events].

%% ---- docs/telemetry.md ------------------------------------------------------

%% The tables of the document are the table of the code.
document_test() ->
    case document() of
        {ok, Lines} ->
            Events = lines_of_events(),
            ?assertEqual([], Events -- Lines),
            ?assertEqual([], [Line || <<"| `[fxaot", _/binary>> = Line <- Lines] -- Events);
        none -> ok
    end.

lines_of_events() ->
    Rows = fxaot_telemetry:events(),
    [unicode:characters_to_binary(line(Row, Rows)) || #{event := Event} = Row <- Rows,
                                                      not is_span(Row) orelse lists:last(Event) =:= start].

is_span(#{metadata := Metadata}) -> lists:member(telemetry_span_context, Metadata).

line(#{event := Event, measurements := Measured, metadata := Metadata, description := Description} = Row, Rows) ->
    case is_span(Row) of
        false -> ["| `", name(Event), "` | ", words(Measured), " | ", words(Metadata), " | ", Description, " |"];
        true ->
            Prefix = lists:droplast(Event),
            [#{measurements := Ended, metadata := Told}]
                = [Stop || #{event := Name} = Stop <- Rows, Name =:= Prefix ++ [stop]],
            ["| `", name(Prefix), "` | ", words(Metadata -- [telemetry_span_context]), " | ",
             words((Ended -- [duration, monotonic_time]) ++ Told -- [telemetry_span_context | Metadata]), " | ",
             string:replace(Description, ": begins", ""), " |"]
    end.

name(Event) -> [$[, lists:join(", ", [atom_to_list(Atom) || Atom <- Event]), $]].

words([]) -> "–";
words(Names) -> lists:join(", ", [["`", atom_to_list(Name), "`"] || Name <- Names]).

%% None where the tests run without the project around them.
document() ->
    case source("docs/telemetry.md") of
        {ok, Text} -> {ok, binary:split(Text, <<"\n">>, [global])};
        none -> none
    end.

source(Name) -> source(Name, filename:absname(code:which(?MODULE))).

source(_, "/") -> none;
source(Name, Path) ->
    case file:read_file(filename:join(Path, Name)) of
        {ok, Text} -> {ok, Text};
        {error, _} -> source(Name, filename:dirname(Path))
    end.
