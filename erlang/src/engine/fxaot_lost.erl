%% @private The process of an engine whose state is gone: the engine's and the heir died at the same moment.
%%
%% It answers every request with `state_lost', so that nobody mistakes an empty engine for the old one. After
%% {@link fxaot:acknowledge_loss/1} an empty engine replaces it.
-module(fxaot_lost).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/1, acknowledge/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).

-spec start_link(Name :: atom()) -> {ok, pid()} | {error, term()}.
start_link(Name) -> gen_server:start_link({local, Name}, ?MODULE, Name, []).

%% @doc Starts an empty engine with the options and instruments of the lost one.
-spec acknowledge(Name :: atom()) -> ok | fxaot:error().
acknowledge(Name) ->
    case fxaot_engines:status(Name) of
        lost ->
            fxaot_engines:set_has_state(Name, false),
            fxaot_engines:set_status(Name, running),
            case fxaot_engine_sup:start_again(Name) of
                ok -> fxaot_alarm:clear(state_lost, Name);
                Error ->
                    fxaot_engines:set_has_state(Name, true),
                    fxaot_engines:set_status(Name, lost),
                    _ = fxaot_engine_sup:start_again(Name),
                    Error
            end;
        _ -> {error, {no_loss, #{engine => Name}}}
    end.

-spec init(Name :: atom()) -> {ok, Name :: atom()}.
init(Name) ->
    ok = fxaot_names:enter(Name, self()),
    fxaot_names:set_target(Name, {call, Name}),
    case fxaot_engines:status(Name) of
        lost -> ok;
        _ ->
            fxaot_engines:set_status(Name, lost),
            ?FXAOT_LOG(alert, #{engine => Name, text => fxaot_error:format_error(loss(Name))}),
            fxaot_alarm:set(state_lost, Name),
            fxaot_telemetry_emit:happened([engine, lost], #{engine => Name})
    end,
    fxaot_events:tell_watchers(Name, lost),
    {ok, Name}.

loss(Name) -> {state_lost, #{engine => Name}}.

-spec handle_call(term(), gen_server:from(), Name :: atom()) ->
          {reply, term(), atom()} | {stop, normal, ok, atom()}.
handle_call(stop, _From, Name) ->
    fxaot_names:leave(Name, self()),
    fxaot_engines:leave(Name),
    fxaot_alarm:clear(state_lost, Name),
    fxaot_telemetry_emit:happened([engine, stop], #{engine => Name}),
    fxaot_events:tell_watchers(Name, stopped),
    fxaot_deployments:engine_stopped(Name),
    {stop, normal, ok, Name};
handle_call(_, _From, Name) -> {reply, {error, loss(Name)}, Name}.

-spec handle_cast(term(), Name :: atom()) -> {noreply, atom()}.
handle_cast(_, Name) -> {noreply, Name}.

%% Such as a new heir's.
-spec handle_info(term(), Name :: atom()) -> {noreply, atom()}.
handle_info(_, Name) -> {noreply, Name}.

-spec code_change(term(), Name :: atom(), term()) -> {ok, Name :: atom()}.
code_change(_, Name, _) -> {ok, Name}.
