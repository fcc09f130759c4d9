%% @private The one collector of metrics: Prometheus text, OpenMetrics and OTLP are made from its answer.
-module(fxaot_metrics).

-export([collect/0]).

-export_type([metric/0, point/0]).

%% Names are those of Prometheus without `_total', units are base units: seconds, bytes.
-type metric() :: #{name := binary(), type := counter | gauge | histogram, unit := binary(), help := binary(),
                    points := [point()]}.
%% Buckets are cumulative, by their upper bounds; the last one has all.
-type point() :: #{labels := #{binary() => binary()}, value := number()}
               | #{labels := #{binary() => binary()}, buckets := [{Bound :: number() | infinity, non_neg_integer()}],
                   sum := number(), count := non_neg_integer()}.

-spec collect() -> [metric()].
collect() ->
    [#{name => <<"fxaot_beam_run_queue">>, type => gauge, unit => <<>>,
       help => <<"Processes and ports that are ready to run and wait for a scheduler">>,
       points => [#{labels => #{}, value => erlang:statistics(total_run_queue_lengths_all)}]}].
