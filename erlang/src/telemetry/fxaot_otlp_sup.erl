%% @private The exporters, and the queues that they empty.
%%
%% It has a budget of its own, and is a transient child of the application's supervisor: exporters that crash too often
%% end the export, and nothing else. `supervisor:restart_child(fxaot_sup, fxaot_otlp_sup)' starts it again.
-module(fxaot_otlp_sup).
-behaviour(supervisor).

-include("fxaot_log.hrl").

-export([child/0, start_link/0, init/1, collect/0, close/0]).

%% For a last export, besides its own time limit.
-define(SPARE_MS, 1000).

%% @doc For the application's supervisor.
-spec child() -> supervisor:child_spec().
child() -> #{id => ?MODULE, start => {?MODULE, start_link, []}, restart => transient, type => supervisor}.

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    {_, Warnings} = fxaot_otlp_config:read(),
    _ = [?FXAOT_LOG(warning, #{text => Warning}) || Warning <- Warnings],
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% @doc The application is about to stop: the last export of metrics has the engines' figures of now, since it comes when
%% they have ended.
-spec collect() -> ok.
collect() ->
    case fxaot_otlp_queue:counts(metrics) of
        off -> ok;
        _ ->
            _ = fxaot_metrics:collect(),
            ok
    end.

%% @doc The exporters have ended: nothing is queued any more.
-spec close() -> ok.
close() ->
    fxaot_otlp_logs:remove_handler(),
    closed(fxaot_otlp_config:signals()).

%% An upgrade of the release calls this in the running supervisor, which has the queues and their exporters.
-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    {Config, _} = fxaot_otlp_config:read(),
    Children = case fxaot_otel:is_present() of
                   true -> [tracer(otel) | exporters(without_traces(Config))];
                   false -> exporters(Config) ++ [tracer(Sampling) || Sampling <- sampling(Config)]
               end,
    {ok, {maps:put(strategy, one_for_one, fxaot_sup:intensity()), Children}}.

without_traces(off) -> off;
without_traces(#{targets := Targets} = Config) -> Config#{targets := maps:remove(traces, Targets)}.

sampling(#{targets := #{traces := _}, sampler := Sampler, sampler_ratio := Ratio}) -> [{Sampler, Ratio}];
sampling(_) -> [].

tracer(Sampling) -> #{id => fxaot_tracer, start => {fxaot_tracer, start_link, [Sampling]}}.

exporters(off) ->
    closed(fxaot_otlp_config:signals()),
    [];
exporters(#{targets := Targets} = Config) ->
    closed(fxaot_otlp_config:signals() -- maps:keys(Targets)),
    lists:foreach(fun opened/1, maps:to_list(Targets)),
    [#{id => fxaot_otlp_end, start => {fxaot_otlp_end, start_link, []}}
     | [exporter(Signal, Config) || Signal <- lists:sort(maps:keys(Targets))]].

closed(Signals) -> lists:foreach(fun fxaot_otlp_queue:remove/1, Signals).

opened({Signal, #{batching := Batching}}) ->
    case fxaot_otlp_queue:is_owned(Signal, self()) of
        true -> ok;
        false -> fxaot_otlp_queue:new(Signal, maps:get(queue, Batching, 1), maps:get(batch, Batching, 1))
    end.

exporter(Signal, #{shutdown_timeout := Timeout}) ->
    #{id => fxaot_otlp_exporter:name(Signal),
      start => {fxaot_otlp_exporter, start_link, [Signal]},
      shutdown => Timeout + ?SPARE_MS}.
