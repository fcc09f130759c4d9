%% @private The one table of all events; docs/telemetry.md has the same rows, and a test compares them.
%%
%% A span stands as its three events. `engine' is an engine or a group of engines, `strategy' the id of a deployed
%% strategy, `result' is ok or error, and `reason' the first word of the error.
-module(fxaot_telemetry_events).

-export([all/0]).

-export_type([row/0]).

-type row() :: #{event := fxaot_telemetry:event(), measurements := [atom()], metadata := [atom()],
                 description := string()}.

-spec all() -> [row()].
all() ->
    lists:append(
      [[one([application, start], [system_time], [version], "The application has started"),
        one([application, stop], [system_time], [], "The application stops; its tables are still there"),
        one([config, change], [system_time], [changed, new, removed],
            "An upgrade of the release has changed the application's environment"),
        one([upgrade, check], [system_time], [running, new, result],
            "An upgrade asked whether the new modules fit the native library"),
        one([upgrade, cross], [system_time], [engine, result, reason],
            "An engine or group crossed to the new native library, or could not")],

       [one([engine, start], [system_time], [engine, mode], "An engine is up, with a new state"),
        one([engine, adopt], [system_time], [engine, mode], "An engine's next process has taken over its state"),
        one([engine, crash], [system_time], [engine, reason], "An engine's process has died"),
        one([engine, lost], [system_time], [engine], "An engine's state is lost"),
        one([engine, give_up], [system_time], [engine, reason], "An engine crashed too often and stays stopped"),
        one([engine, stop], [system_time], [engine], "An engine is stopped, and its state is freed"),
        one([group, start], [system_time], [engine, engines], "A group's process is up, at first or again"),
        one([group, crash], [system_time], [engine, reason], "A group's process has died; its engines run on"),
        one([group, stop], [system_time], [engine], "A group is stopped, with its engines")],

       span([deploy], [engine, strategy], [engine, strategy, result, reason],
            "fxaot:deploy/3"),
       span([check], [script], [script, result, reason],
            "A script's text becomes a program, by the tool"),
       span([compile], [plan], [plan, result, reason],
            "A plan becomes native code, by the compile server"),
       span([load], [manifest, source], [manifest, source, result, reason],
            "Native code is checked and mapped"),
       span([attach], [engine, strategy], [engine, strategy, result, reason],
            "Native code takes over a running script"),
       span([reload], [engine, strategy], [engine, strategy, result, reason, error],
            "A running strategy's next version, from the request to the swap; also fxaot:rollback/2"),
       span([prepare], [engine, strategy], [engine, strategy, result, reason],
            "The next version is built and runs over the kept bars"),
       span([swap], [engine, strategy], [engine, strategy, result, reason],
            "The next version replaces the running one, between two quotes"),
       span([undeploy], [engine, strategy], [engine, strategy, result, reason], "fxaot:undeploy/3"),
       [one([tier, change], [system_time], [engine, strategy, tier, why],
            "A script runs in native code now, or has to stay on the VM"),
        one([deployment, crash], [system_time], [engine, strategy, reason],
            "The process of a deployed strategy has died; the strategy runs on"),
        one([quarantine, add], [system_time], [plan], "Native code is refused: the node has died while it was new"),
        one([quarantine, lift], [system_time], [plan], "Native code is trusted again"),
        one([cache, hit], [system_time], [plan], "The compiler's cache has a plan's native code"),
        one([cache, miss], [system_time], [plan], "It does not, so the compiler has to make it"),
        one([cache, size], [system_time, entries, bytes], [],
            "What the cache holds after a compilation, and when it is first used"),
        one([compiler, start], [system_time], [], "The compile server is started"),
        one([compiler, fail], [system_time], [reason], "The compile server has failed and is killed")],

       span([replay], [engine], [engine, result, reason], [quotes, accepted], "fxaot:replay/3"),
       [one([feed, open], [system_time], [engine, feed, result, reason], "A replay has opened its feed"),
        one([feed, close], [system_time, quotes], [engine, feed, result, reason], "A replay has closed its feed")],

       [one([subscriber, add], [system_time], [engine, pid], "A process has subscribed to an engine's events"),
        one([subscriber, remove], [system_time], [engine, pid], "A process has ended its subscription"),
        one([subscriber, missed], [missed], [engine, pid],
            "Events were not sent to a subscriber that has fallen behind; noticed within 50 ms")],

       span([request], [engine, request, id, strategy], [engine, request, id, strategy, result, reason, orders],
            "A request of trading: submit, modify, cancel, cancel_all, close, close_by, deposit, withdraw"),
       [one([gateway, connect], [system_time], [engine, result, reason],
            "A gateway has tried to connect to its broker"),
        one([gateway, down], [system_time], [engine, reason], "A gateway has lost its connection"),
        one([gateway, difference], [system_time], [engine, difference],
            "After a connect the broker and the engine differ: missing, unknown, filled or position"),
        one([journal, recover], [system_time, records, bytes, duration], [engine],
            "An engine has come back from its journal"),
        one([journal, lost], [system_time], [engine, reason],
            "A journal takes no records: new orders are refused"),
        one([journal, back], [system_time], [engine], "It takes records again, from a new snapshot on"),
        one([strategy, stale], [system_time, since], [engine, strategy],
            "A strategy out of a journal without quotes has missed those since a time, and history does not reach"),
        one([strategy, warm], [system_time, since], [engine, strategy],
            "History has warmed such a strategy: it has run on the quotes since that time"),
        one([fix, up], [system_time], [engine, session], "A FIX session is logged on, and no message is missing"),
        one([fix, down], [system_time], [engine, session, reason], "A FIX session that was up has ended"),
        one([fix, resend], [system_time], [engine, session, direction, from, to],
            "Messages by number are asked for (in) or were asked for (out)"),
        one([fix, reject], [system_time], [engine, session, direction, reason],
            "A FIX message is rejected: the counterparty's (out) or ours (in)"),
        one([trading, state], [system_time], [engine, state],
            "fxaot:halt/1, reduce/1 or resume/1: the state is active, reducing or halted"),
        one([alarm, set], [system_time], [kind, of_what], "An alarm for people is set"),
        one([alarm, clear], [system_time], [kind, of_what], "An alarm for people is cleared"),
        one([telemetry, failure], [system_time], [handler, event, reason], "A handler has failed and is detached")]]).

one(Name, Measurements, Metadata, Description) ->
    #{event => [fxaot | Name], measurements => Measurements, metadata => Metadata, description => Description}.

span(Name, Start, Stop, Description) -> span(Name, Start, Stop, [], Description).

span(Name, Start, Stop, Measured, Description) ->
    Context = [telemetry_span_context],
    [one(Name ++ [start], [monotonic_time, system_time], Start ++ Context, Description ++ ": begins"),
     one(Name ++ [stop], [duration, monotonic_time | Measured], Stop ++ Context, Description ++ ": ends"),
     one(Name ++ [exception], [duration, monotonic_time], Start ++ [kind, reason, stacktrace] ++ Context,
         Description ++ ": raises an exception")].
