%% @private The sentences of engines, quotes, instruments, strategies, options and parameters.
-module(fxaot_error_engine).

-export([sentence/1, sentence/2]).

-import(fxaot_show, [term/1, name/1]).

%% 1990 and 2200, ns.
-define(MIN_TIME, 631152000000000000).
-define(MAX_TIME, 7258118400000000000).

%% @doc A reason with its details.
-spec sentence(Reason :: atom(), Details :: map()) -> fxaot_error:sentence().
sentence(unknown_option, #{option := Option, suggestion := _}) ->
    {["Unknown option ", term(Option)], [option, known]};
sentence(unknown_option, #{option := Option, known := Known}) when is_list(Known) ->
    {["Unknown option ", term(Option), "; known options: ",
      lists:join(", ", [term(Name) || Name <- Known])], [option, known]};
sentence(unknown_option, #{option := Option}) -> {["Unknown option ", term(Option)], [option]};
sentence(name_taken, #{engine := Name}) ->
    {["The name ", term(Name), " is taken: a persistent term of another application has it"], [engine]};
sentence(unknown_key, #{in := Map} = Details) ->
    {["The key ", term(Map), " of the application fxaot has no option ", term(map_get(key, Details)),
      case Details of
          #{suggestion := _} -> [];
          #{known := Known} -> ["; its options: ", lists:join(", ", [term(Name) || Name <- Known])]
      end], [in, key, known]};
sentence(unknown_key, #{key := Key, suggestion := _}) ->
    {["The application fxaot has no key ", term(Key)], [key, known]};
sentence(unknown_key, #{key := Key, known := Known}) ->
    {["The application fxaot has no key ", term(Key), "; its keys: ",
      lists:join(", ", [term(Name) || Name <- Known])], [key, known]};
%% Without its value, which may be a secret.
sentence(bad_key, #{in := Map, key := Option, expected := Expected}) ->
    {["The option ", term(Option), " of the key ", term(Map), " of the application fxaot must be ", Expected],
     [in, key, expected]};
sentence(bad_key, #{key := Key, expected := Expected} = Details) when not is_map_key(value, Details) ->
    {["The key ", term(Key), " of the application fxaot must be ", Expected], [key, expected]};
sentence(bad_key, #{key := Key, expected := Expected} = Details) ->
    {["The key ", term(Key), " of the application fxaot must be ", Expected,
      io_lib:format("; got ~0tp", [map_get(value, Details)])], [key, expected, value]};
sentence(metrics_port, #{ip := Ip, port := Port, reason := eaddrinuse}) ->
    {["Cannot serve metrics: another program has the port ", term(Port), " of ", inet:ntoa(Ip),
      "; set metrics_port of fxaot to another one"], [ip, port, reason]};
sentence(metrics_port, #{ip := Ip, port := Port, reason := Reason}) ->
    {["Cannot serve metrics on the port ", term(Port), " of ", inet:ntoa(Ip)] ++ posix(Reason), [ip, port, reason]};
sentence(dashboard_port, #{ip := Ip, port := Port, reason := eaddrinuse}) ->
    {["Cannot serve the dashboard: another program has the port ", term(Port), " of ", inet:ntoa(Ip),
      "; set port in the key dashboard of fxaot to another one"], [ip, port, reason]};
sentence(dashboard_port, #{ip := Ip, port := Port, reason := Reason}) ->
    {["Cannot serve the dashboard on the port ", term(Port), " of ", inet:ntoa(Ip)] ++ posix(Reason), [ip, port, reason]};
sentence(dashboard_crypto, _) ->
    {"Cannot serve the dashboard: this Erlang has no application crypto", []};
sentence(dashboard_tls, #{path := Path}) ->
    {["Cannot serve the dashboard over TLS: there is no file ", term(Path)], [path]};
sentence(dashboard_tls, #{reason := Reason}) ->
    {["Cannot serve the dashboard over TLS: the application ssl does not start"], [reason || Reason =/= none]};
sentence(other_interface, #{running := Running, new := New}) ->
    {["The new version needs interface ", term(New), " of the native library, and this node runs ", term(Running),
      ": restart the node with the new version"], [running, new]};
sentence(missing_option, #{option := Option}) ->
    {["The option ", term(Option), " is missing"], [option]};
sentence(Reason, #{option := Option, expected := Expected} = Details)
  when Reason =:= bad_config; Reason =:= bad_instrument; Reason =:= bad_deployment;
       Reason =:= bad_option ->
    {["The option ", term(Option), " must be ", Expected, got(Details)], [option, expected, value]};
sentence(bad_parameter, #{parameter := Name, given := twice}) ->
    {["The parameter ", term(Name), " is given twice"], [parameter, given]};
sentence(Reason, #{parameter := _, message := Message} = Details)
  when Reason =:= bad_parameter; Reason =:= unknown_parameter; Reason =:= parameter_range ->
    {[string:titlecase(name(Message)), got(Details)], [parameter, message, value, minimum, maximum]};
sentence(bad_parameter, #{parameter := Name}) ->
    {["The parameter ", term(Name), " must have an atom or a binary as its name and a number as its value"],
     [parameter]};
sentence(unknown_parameter, #{parameter := Name}) ->
    {["The strategy has no parameter ", term(Name)], [parameter]};
sentence(parameter_range, #{parameter := Name}) ->
    {["The parameter ", term(Name), " is out of range"], [parameter]};
sentence(parameter_range, #{strategy := Strategy}) ->
    {["The parameters of ", term(Strategy), " contradict each other", together(Strategy)], [strategy]};
sentence(unknown_strategy, #{message := Message}) ->
    {["The engine cannot come back: ", name(Message), "; the application's key strategies names libraries of strategies"],
     [message]};
sentence(strategy_library, #{path := Path, message := Message}) ->
    {["Cannot load the library of strategies ", name(Path), ": ", name(Message)], [path, message]};
sentence(strategy_library, #{path := Path, strategy := Strategy}) ->
    {["The library ", name(Path), " has a strategy that cannot be registered: ", name(Strategy)], [path, strategy]};
sentence(unknown_strategy, #{strategy := Strategy}) ->
    {["Unknown strategy ", term(Strategy)], [strategy, id, symbol]};
sentence(bad_list, #{argument := Argument, position := Position}) ->
    {["Element ", term(Position), " of the list ", term(Argument),
      " is not a number that fits a float64"], [argument, position]};
sentence(bad_list, #{argument := Argument}) ->
    {["The list ", term(Argument), " is not a proper list"], [argument]};
sentence(bad_timeframe, #{timeframe := Timeframe}) ->
    {[term(Timeframe), " is not a timeframe: use tick, {ticks, N}, {seconds, N}, {minutes, N}, "
      "{hours, N} or day, with N from 1"], [timeframe]};
sentence(bad_time, #{time := Time}) when is_integer(Time) ->
    {[sentence(bad_time), "; got ", term(Time), unit(Time)], [time]};
sentence(timeout, #{engine := Engine, milliseconds := Limit}) ->
    {["The engine ", term(Engine), " did not answer within ", term(Limit),
      " ms; the request may still take effect"], [engine, milliseconds]};
sentence(timeout, #{milliseconds := Limit}) ->
    {["The strategy's process did not answer within ", term(Limit), " ms; the request may still take effect"],
     [milliseconds]};
sentence(limit, #{group := Group, characters := Most}) ->
    {["The name ", term(Group), " is too long for a group: it may have ", term(Most), " characters"], [group, characters]};
sentence(state_lost, #{engine := Engine}) ->
    {["The state of the engine ", term(Engine), " is lost, positions and orders included: its process and the "
      "heir died at the same moment; fxaot:acknowledge_loss(", term(Engine), ") starts an empty engine"],
     [engine]};
sentence(group_member, #{engine := Engine, group := Group}) ->
    {["The engine ", term(Engine), " belongs to the group ", term(Group), " and starts and stops with it"],
     [engine, group]};
sentence(degraded, #{why := Why}) -> {[sentence(degraded), ": ", term(Why)], [why]};
sentence(not_owner, #{owner := Owner}) when is_pid(Owner), node(Owner) =:= node() ->
    case is_process_alive(Owner) of
        true -> {sentence(not_owner), [owner]};
        false ->
            {[sentence(not_owner), ", which is dead; fxaot_nif:adopt/1 takes the engine over"], [owner]}
    end;
sentence(_, _) -> unknown.

%% @doc A reason without details.
-spec sentence(Reason :: atom()) -> string() | unknown.
sentence(unknown_symbol) -> "The engine does not have this instrument";
sentence(bad_price) -> "A price must be a finite number above zero, within the instrument's limits";
sentence(bad_size) -> "A quote's size must be a finite number from zero";
sentence(bad_time) -> "A time must be in nanoseconds, from 1990 to 2200";
sentence(time_backwards) -> "The quote is older than the instrument's newest one and was dropped";
sentence(time_jump) ->
    "The quote is further ahead of the instrument's time than max_time_jump allows and was dropped; "
        "three such quotes in a row at one place, or fxaot:advance/2, set the new time";
sentence(unknown_strategy) -> "No strategy has this name";
sentence(unknown_parameter) -> "The strategy does not have this parameter";
sentence(parameter_range) -> "A parameter is out of range or contradicts another one";
sentence(bad_parameter) -> "A parameter has an invalid name or value";
sentence(bad_timeframe) ->
    "The timeframe must be tick, {ticks, N}, {seconds, N}, {minutes, N}, {hours, N} or day";
sentence(already_exists) -> "This name is already in use";
sentence(not_found) -> "Nothing has this name";
sentence(bad_instrument) ->
    "The instrument's terms are incomplete or out of range; an instrument that is not built in needs at "
        "least base, quote and price_decimals";
sentence(bad_config) -> "A value of the configuration is out of range";
sentence(bad_deployment) -> "The deployment has an invalid value";
sentence(bad_option) -> "An option has an invalid value";
sentence(unknown_option) -> "There is no such option";
sentence(missing_option) -> "A required option is missing";
sentence(unknown_key) -> "The application has no such key";
sentence(bad_key) -> "A key of the application has an invalid value";
sentence(bad_list) -> "A list must be proper and hold only numbers that fit a float64";
sentence(out_of_memory) -> "There is not enough memory";
sentence(limit) -> "A documented limit is reached";
sentence(bad_abi) -> "The native library has another version of the interface";
sentence(unknown_status) -> "The native library answered with an unknown status";
sentence(bad_length) ->
    "The sizes do not match: a batch needs whole 48-byte records, an array needs whole float64 values, "
        "and prices and volumes must be equally long";
sentence(bad_argument) -> "An argument has an invalid value";
sentence(no_array_form) -> "The strategy reads several timeframes, so it cannot run over one array";
sentence(full) -> "The engine's mailbox is full";
sentence(stopped) -> "The engine accepts no quotes: it is stopped or restarting";
sentence(thread) -> "The system cannot start another thread";
sentence(busy) -> "Another process is already doing this";
sentence(other_library) ->
    "Two versions of the native library: the engine runs in another one than this was made in, see docs/releases.md";
sentence(actor_mode) -> "The engine runs on a thread of its own: send quotes to its mailbox";
sentence(inline_mode) -> "The engine has no thread of its own; start it with mode => actor";
sentence(degraded) -> "This needs native code, which is not loaded";
sentence(group) ->
    "A group of engines has no handle, mailbox, events or cash of its own: ask one of its engines, see "
        "fxaot:engines/1";
sentence(closed) -> "The engine is closed";
sentence(not_owner) -> "The engine belongs to another process";
sentence(owner_alive) -> "The engine's owner is alive, so the engine cannot be adopted";
sentence(no_engine) -> "No such engine";
sentence(engine_down) ->
    "The engine's process died during the call or is restarting; its stats show whether the request "
        "took effect";
sentence(timeout) -> "The engine did not answer in time; the request may still take effect";
sentence(state_lost) -> "The engine's state is lost; fxaot:acknowledge_loss/1 starts an empty one";
sentence(no_loss) -> "The engine has lost nothing";
sentence(given_up) ->
    "The engine crashed too often and is stopped; its state is kept: fxaot:start_engine/2 goes on with it, "
        "fxaot:stop_engine/1 frees it";
sentence(group_member) -> "The engine belongs to a group and starts and stops with it";
sentence(own_supervisor) ->
    "The engine is in a supervision tree of its own: terminate it there, then fxaot:stop_engine/1 frees its state";
sentence(not_running) -> "The application fxaot is not running";
sentence(_) -> unknown.

posix(Reason) when is_atom(Reason) -> [": ", inet:format_error(Reason)];
posix(Reason) -> [": ", term(Reason)].

got(#{value := Value}) -> ["; got ", term(Value)];
got(_) -> "".

%% The native check says that several parameters of a built-in strategy contradict each other, not which.
together(<<"ma_crossover">>) -> ": fast must be below slow";
together(<<"fusion">>) ->
    ": the weights must add up to at most 1, and ma_crossover.fast must be below ma_crossover.slow";
together(_) -> "".

%% Whether it is a time of 1990 to 2200 in another unit. No number fits two of them.
unit(Time) ->
    Fits = [[", which looks like ", Unit, ": multiply it by ", term(Factor)]
            || {Unit, Factor} <- [{"seconds", 1000000000}, {"milliseconds", 1000000},
                                  {"microseconds", 1000}],
               Time * Factor >= ?MIN_TIME, Time * Factor =< ?MAX_TIME],
    case Fits of
        [] -> "";
        [Fit] -> Fit
    end.
