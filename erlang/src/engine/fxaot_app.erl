%% @private
-module(fxaot_app).
-behaviour(application).

-export([start/2, prep_stop/1, stop/1]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    case fxaot_config:check() of
        ok ->
            %% Logs native code that brought the node down before.
            _ = fxaot_quarantine:sweep(),
            fxaot_telemetry:bridge(),
            fxaot_sup:start_link();
        {error, Error} ->
            Sentence = fxaot_error:format_error(Error),
            logger:error("fxaot cannot start: ~ts", [Sentence]),
            {error, {Error, Sentence}}
    end.

-spec prep_stop(State) -> State.
prep_stop(State) ->
    fxaot_ending:close(),
    fxaot_ending:tell(),
    State.

-spec stop(term()) -> ok.
stop(_State) -> ok.
