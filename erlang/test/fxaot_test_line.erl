%% A log line of the application, with everything that one may have.
-module(fxaot_test_line).

-include("../src/telemetry/fxaot_log.hrl").

-export([write/1]).

write(Engine) ->
    ?FXAOT_LOG(error, #{engine => Engine, reason => no_room, text => "cannot start: no room"}),
    {error, {no_room, none}}.
