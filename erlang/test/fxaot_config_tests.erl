-module(fxaot_config_tests).
-include_lib("eunit/include/eunit.hrl").

%% The application's file and the module have the same keys and defaults.
defaults_test() ->
    _ = application:load(fxaot),
    {ok, Keys} = application:get_key(fxaot, env),
    ?assertEqual(lists:sort(fxaot_config:keys()), lists:sort(Keys)),
    ?assertEqual(ok, fxaot_config:check(Keys)).

good_values_test_() ->
    [?_assertEqual(ok, fxaot_config:check([Pair]))
     || Pair <- [{restart_intensity, 0}, {call_timeout, infinity}, {tool, "/a/b"}, {tool, <<"/a/b">>},
                 {artifact_dirs, []}, {artifact_dirs, ["a", <<"b">>]}, {strategies, ["a"]}, {compile_memory, infinity},
                 {compile_memory, 1 bsl 40}, {quarantine_dir, none}, {quarantine_dir, "q"},
                 {probation_steps, 0}, {probation_seconds, 0}, {watch_interval, 1}, {metrics_port, none},
                 {metrics_port, 0}, {metrics_port, 65535}, {metrics_ip, {0, 0, 0, 0}},
                 {metrics_ip, {0, 0, 0, 0, 0, 0, 0, 1}}, {metrics_timeout, 1}, {metrics_series, 100}]].

bad_values_test_() ->
    [?_assertEqual(iolist_to_binary(Sentence), fxaot:format_error(fxaot_config:check([Pair])))
     || {Pair, Sentence} <-
            [{{compile_timeout, "60000"}, "The key compile_timeout of the application fxaot must be a whole "
              "number from 1; got \"60000\"."},
             {{compile_timeout, 1 bsl 32}, "The key compile_timeout of the application fxaot must be a whole "
              "number below 4294967296; got 4294967296."},
             {{call_timeout, 0}, "The key call_timeout of the application fxaot must be a whole number from 1, "
              "or infinity; got 0."},
             {{restart_intensity, -1}, "The key restart_intensity of the application fxaot must be a whole "
              "number from 0; got -1."},
             {{tool, fxaot}, "The key tool of the application fxaot must be a path; got fxaot."},
             {{quarantine_dir, []}, "The key quarantine_dir of the application fxaot must be a path, or none; "
              "got []."},
             {{artifact_dirs, "priv"}, "The key artifact_dirs of the application fxaot must be a list of paths; "
              "got \"priv\"."},
             {{metrics_port, 65536}, "The key metrics_port of the application fxaot must be a port from 1 to 65535, 0 "
              "for any that is free, or none; got 65536."},
             {{metrics_ip, "localhost"}, "The key metrics_ip of the application fxaot must be an address such as "
              "{127,0,0,1} or {0,0,0,0,0,0,0,1}; got \"localhost\"."},
             {{artifact_dirs, ["a" | "b"]}, "The key artifact_dirs of the application fxaot must be a list of paths; "
              "got [\"a\",98]."},
             {{libraries, ["a", <<"b">> | c]}, "The key libraries of the application fxaot must be a list of paths; "
              "got [\"a\",<<\"b\">>|c]."},
             {{tool, <<"a", 0, "b">>}, "The key tool of the application fxaot must be a path; got <<97,0,98>>."},
             {{quarantine_dir, [$a, 0]}, "The key quarantine_dir of the application fxaot must be a path, or none; "
              "got [97,0]."},
             {{compile_memory, 1 bsl 63}, "The key compile_memory of the application fxaot must be a whole number below "
              "9223372036854775808; got 9223372036854775808."},
             {{metrics_series, 99}, "The key metrics_series of the application fxaot must be a whole number from 100; "
              "got 99."},
             {{compile_timout, 1}, "The application fxaot has no key compile_timout; did you mean "
              "compile_timeout?"}]].

%% The application does not start, and says why.
start_test() ->
    logger:set_primary_config(level, none),
    _ = application:stop(fxaot),
    application:set_env(fxaot, compile_timeout, "60000"),
    {error, {{Error, Sentence}, _}} = application:start(fxaot),
    application:set_env(fxaot, compile_timeout, 60000),
    logger:set_primary_config(level, notice),
    ?assertMatch({bad_key, #{key := compile_timeout}}, Error),
    ?assertMatch(<<"The key compile_timeout", _/binary>>, Sentence).

%% Without HOME it starts, and refuses native code only.
no_home_test_() ->
    Command = ["env -u HOME -u XDG_CACHE_HOME erl -noshell -pa '", filename:join(code:lib_dir(fxaot), "ebin"), "' ",
               "-eval '{ok, _} = application:ensure_all_started(fxaot), [] = fxaot:quarantine(), "
               "io:put_chars(fxaot:format_error(fxaot_quarantine:admit(<<0:256>>, [])))' -s erlang halt"],
    {timeout, 60,
     ?_assertEqual("Cannot record the probation of native code: HOME is not set; set quarantine_dir of fxaot.",
                   os:cmd(lists:flatten(Command)))}.
