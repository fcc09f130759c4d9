%% @private
-module(fxaot_app).
-behaviour(application).

-include("../telemetry/fxaot_log.hrl").

-export([start/2, prep_stop/1, stop/1, config_change/3]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    case checked([fun fxaot_config:check/0, fun fxaot_metrics_http:check/0, fun fxaot_dashboard:check/0,
                  fun fxaot_strategy_libraries:load/0]) of
        ok ->
            %% Logs native code that brought the node down before.
            _ = fxaot_quarantine:sweep(),
            fxaot_telemetry:bridge(),
            started(fxaot_sup:start_link());
        {error, Error} ->
            Sentence = fxaot_error:format_error(Error),
            ?FXAOT_LOG(error, #{text => ["cannot start: ", Sentence]}),
            {error, {Error, Sentence}}
    end.

checked([]) -> ok;
checked([Check | Rest]) ->
    case Check() of
        ok -> checked(Rest);
        Error -> Error
    end.

started({ok, _} = Up) ->
    {ok, Version} = application:get_key(fxaot, vsn),
    fxaot_telemetry_emit:happened([application, start], #{version => Version}),
    Up;
started(Error) -> Error.

-spec prep_stop(State) -> State.
prep_stop(State) ->
    fxaot_ending:close(),
    fxaot_ending:tell(),
    fxaot_tracer:read_all(),
    fxaot_otlp_sup:collect(),
    fxaot_telemetry_emit:happened([application, stop], #{}),
    State.

-spec stop(term()) -> ok.
stop(_State) ->
    fxaot_names:forget_targets(),
    ok = fxaot_tracer:stop(),
    fxaot_otlp_sup:close().

%% An upgrade of the release has changed the environment.
-spec config_change(Changed :: [{atom(), term()}], New :: [{atom(), term()}], Removed :: [atom()]) -> ok.
config_change(Changed, New, Removed) ->
    fxaot_telemetry_emit:happened([config, change], #{changed => Changed, new => New, removed => Removed}).
