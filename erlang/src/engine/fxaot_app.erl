%% @private
-module(fxaot_app).
-behaviour(application).

-export([start/2, stop/1]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    %% Native code that brought the node down before is logged at once.
    _ = fxaot_quarantine:sweep(),
    fxaot_sup:start_link().

-spec stop(term()) -> ok.
stop(_State) -> ok.
