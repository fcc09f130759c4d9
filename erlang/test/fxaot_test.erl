%% What the suites share: where real data is, the four strategies, and a collector of events.
-module(fxaot_test).

-include_lib("stdlib/include/assert.hrl").

-export([begin_suite/1, end_suite/1, file/1, shared/1, lean/0, deploy_four/2, quotes/1, collector/1, collected/1, start/0,
         final_state/1, value/1, csv/1, until/1, stand_in_for_telemetry/0, no_telemetry/0,
         needed/0]).

%% The application, with restarts that a test's kills cannot exhaust.
start() ->
    ok = case application:load(fxaot) of
             {error, {already_loaded, _}} -> ok;
             Loaded -> Loaded
         end,
    application:set_env(fxaot, restart_intensity, 1000000),
    application:set_env(fxaot, restart_period, 1),
    {ok, _} = application:ensure_all_started(fxaot),
    ok.

%% Asks until the answer is true or {true, Value}, for at most ten seconds.
until(Ask) -> until(Ask, erlang:monotonic_time(millisecond) + 10000).

until(Ask, Deadline) ->
    case Ask() of
        true -> ok;
        {true, Value} -> Value;
        false ->
            ?assert(erlang:monotonic_time(millisecond) < Deadline),
            receive after 1 -> ok end,
            until(Ask, Deadline)
    end.

%% What most suites begin and end with. Their kills would fill the log.
begin_suite(Config) ->
    application:stop(fxaot),
    ok = start(),
    logger:set_primary_config(level, none),
    Config.

end_suite(_) ->
    logger:set_primary_config(level, notice),
    application:stop(fxaot).

%% A module with the one function of the library `telemetry' that the bus calls: it sends each event to the process
%% that is registered as fxaot_telemetry_SUITE.
stand_in_for_telemetry() ->
    Lines = ["-module(telemetry).", "-export([execute/3]).",
             "execute(Event, Measurements, Metadata) -> "
             "fxaot_telemetry_SUITE ! {telemetry, Event, Measurements, Metadata}, ok."],
    {ok, telemetry, Code} = compile:forms([form(Line) || Line <- Lines]),
    {module, telemetry} = code:load_binary(telemetry, "telemetry.beam", Code),
    ok.

form(Line) ->
    {ok, Tokens, _} = erl_scan:string(Line),
    {ok, Form} = erl_parse:parse_form(Tokens),
    Form.

no_telemetry() ->
    true = code:delete(telemetry),
    _ = code:purge(telemetry),
    fxaot_telemetry:bridge().

%% The applications that this one needs, in the order of their start, but for kernel and stdlib.
needed() -> needed(fxaot, []) -- [fxaot].

needed(Application, Known) ->
    case lists:member(Application, [kernel, stdlib | Known]) of
        true -> Known;
        false ->
            _ = application:load(Application),
            {ok, Below} = application:get_key(Application, applications),
            lists:foldl(fun needed/2, Known, Below) ++ [Application]
    end.

%% A file beside the suites.
file(Name) ->
    Ebin = filename:dirname(filename:absname(code:which(?MODULE))),
    [File | _] = [File || Folder <- [Ebin, filename:join(Ebin, "../erlang/test"),
                                     filename:join(Ebin, "../test")],
                          File <- [filename:join(Folder, Name)], filelib:is_regular(File)],
    File.

%% A path in the folder of real data: the environment's FXAOT_SHARED, or a `shared' above or beside
%% a folder above this one.
shared(Path) ->
    Roots = case os:getenv("FXAOT_SHARED") of
                false -> above(filename:dirname(filename:absname(code:which(?MODULE))));
                Root -> [Root]
            end,
    case [File || Root <- Roots, File <- [filename:join(Root, Path)], filelib:is_file(File)] of
        [File | _] -> {ok, File};
        [] -> {skip, Path ++ " is not there; set FXAOT_SHARED to the folder that has it"}
    end.

above("/") -> [];
above(Directory) -> [filename:join(Directory, "shared") | above(filename:dirname(Directory))].

%% Five days of EURUSD, or the simulated market where they are not there.
lean() ->
    case shared("data/lean-fxcm-eurusd") of
        {ok, Folder} -> Folder;
        {skip, Why} ->
            ct:pal("~s: the simulated market stands in", [Why]),
            #{days => 5, seed => 1}
    end.

deploy_four(Engine, Timeframe) ->
    Fusion = #{<<"ma_crossover.band">> => 0.00005, <<"momentum_breakout.threshold">> => 0.0006,
               <<"mean_reversion.k">> => 1.5},
    [ok = fxaot:deploy(Engine, Strategy, #{strategy => Strategy, instrument => 'EURUSD',
                                           timeframe => Timeframe, params => Params})
     || {Strategy, Params} <- [{ma_crossover, #{'band' => 0.00005}},
                               {momentum_breakout, #{threshold => 0.0004}},
                               {mean_reversion, #{}}, {fusion, Fusion}]],
    ok.

%% The first Count quotes of a seeded market.
quotes(Count) ->
    {ok, Market} = fxaot_nif:market(#{seed => 7, start => 1704240000000000000}),
    {ok, Quotes} = fxaot_nif:market_next(Market, 1 bsl 62, Count),
    ?assertEqual(Count * 48, byte_size(Quotes)),
    Quotes.

final_state(Engine) -> {fxaot:strategies(Engine), fxaot:account(Engine), fxaot:positions(Engine)}.

%% A process that subscribes to an engine and keeps events by number.
collector(Engine) ->
    Test = self(),
    Pid = spawn_link(fun() ->
                             ok = fxaot:subscribe(Engine),
                             Test ! {self(), subscribed},
                             collect(#{})
                     end),
    receive {Pid, subscribed} -> Pid end.

collect(Events) ->
    receive
        {fxaot_events, _, _, First, New} ->
            Numbered = lists:zip(lists:seq(First, First + length(New) - 1), New),
            %% What comes twice must be the same.
            [?assertEqual(Event, maps:get(Number, Events, Event)) || {Number, Event} <- Numbered],
            collect(maps:merge(Events, maps:from_list(Numbered)));
        {collected, From} -> From ! {self(), Events}
    end.

%% All events in order; fails when a number is missing.
collected(Pid) ->
    Pid ! {collected, self()},
    Events = receive {Pid, Map} -> Map end,
    Numbers = lists:sort(maps:keys(Events)),
    ?assertEqual(lists:seq(1, length(Numbers)), Numbers),
    [maps:get(Number, Events) || Number <- Numbers].

%% Rows of a gzipped CSV file without its header, split at commas.
csv(Path) ->
    {ok, Bytes} = file:read_file(Path),
    [_ | Lines] = binary:split(zlib:gunzip(Bytes), <<"\n">>, [global, trim_all]),
    [binary:split(Line, <<",">>, [global]) || Line <- Lines].

value(Text) ->
    try binary_to_float(Text)
    catch error:badarg ->
            try float(binary_to_integer(Text))
            catch error:badarg ->
                    %% 1e-05 has no fraction, which Erlang's floats need.
                    [Mantissa, Exponent] = binary:split(Text, <<"e">>),
                    binary_to_float(<<Mantissa/binary, ".0e", Exponent/binary>>)
            end
    end.
