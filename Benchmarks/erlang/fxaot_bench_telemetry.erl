%% @doc Quotes with telemetry on and off: for the rows quote_telemetry and replay_telemetry of `make bench', and for
%% scripts/telemetry-cost, which counts instructions.
%%
%% On: /metrics is served and one quote in 1,000 is traced, as the keys of environment/0 say, and an event has a
%% handler. A collection of metrics is measured by itself, since there is one each second, in which millions of quotes
%% pass.
-module(fxaot_bench_telemetry).

-export([main/1, start/1, stop/1, quotes/1, run/2, collect/0]).

-define(PART, 50000).
-define(FILL, 100000).
%% What happens each second is counted by itself, since a second has far fewer quotes where instructions are counted.
-define(QUIET, #{traces_delay => 3600000, logs_delay => 3600000, metrics_delay => 3600000, traces_batch => 2048}).

-type mode() :: on | off.
-type kind() :: quote | replay | collect | none.

%% @doc For scripts/telemetry-cost: `Kind Mode Count'. The count is one of quotes, or of collections, each after so many
%% quotes that an engine has as many to trace as it keeps; `none' makes the quotes and sends nothing, and `fill' sends
%% those before collections and does not collect: which is what the rest of a run costs. The quotes go to engines of
%% several names by turns: where a name lies among the persistent terms costs a quote up to 150 instructions, by luck.
-spec main([string()]) -> no_return().
main([Kind, Mode, Count]) ->
    ok = logger:set_primary_config(level, warning),
    ok = start(list_to_atom(Mode), engines(Kind), ?QUIET),
    _ = [ok = sys:suspend(fxaot_tracer) || Mode =:= "on"],
    counted(list_to_atom(Kind), list_to_integer(Count), market()),
    %% A clean end would read and export what collections are counted for.
    halt(0).

engines(Kind) when Kind =:= "collect"; Kind =:= "fill" -> [?MODULE];
engines(_) -> names().

names() -> [list_to_atom(atom_to_list(?MODULE) ++ [$_, Letter]) || Letter <- "abcdefghijklmnop"].

counted(collect, Count, Market) ->
    lists:foreach(fun(_) ->
                          run(replay, next(Market, ?FILL)),
                          ok = sys:resume(fxaot_tracer),
                          collect(),
                          exported(),
                          ok = sys:suspend(fxaot_tracer)
                  end, lists:seq(1, Count));
counted(fill, Count, Market) ->
    lists:foreach(fun(_) -> run(replay, next(Market, ?FILL)) end, lists:seq(1, Count));
counted(Kind, Count, Market) ->
    lists:foreach(fun(N) -> run(Kind, lists:nth(N rem length(names()) + 1, names()), next(Market, ?PART)) end,
                  lists:seq(1, Count div ?PART)).

%% @doc So many quotes of a seeded market.
-spec quotes(pos_integer()) -> binary().
quotes(Count) -> next(market(), Count).

market() ->
    {ok, Market} = fxaot_nif:market(#{seed => 7, start => 1704240000000000000}),
    Market.

next(Market, Count) ->
    {ok, Quotes} = fxaot_nif:market_next(Market, 1 bsl 62, Count),
    Quotes.

%% Nobody listens at that port. Quotes come faster than spans are exported anyway: most spans find a full queue.
environment() -> environment(#{}).

environment(Options) ->
    [{metrics_port, 0},
     {otlp, Options#{endpoint => <<"http://127.0.0.1:9">>, quote_spans => 1000, shutdown_timeout => 1}}].

-spec start(mode()) -> ok.
start(Mode) -> start(Mode, [?MODULE], #{}).

start(Mode, Engines, Options) ->
    _ = application:load(fxaot),
    %% That nobody listens.
    ok = logger:set_application_level(fxaot, critical),
    _ = [ok = application:set_env(fxaot, Key, Value) || Mode =:= on, {Key, Value} <- environment(Options)],
    {ok, _} = application:ensure_all_started(fxaot),
    lists:foreach(fun(Engine) ->
                          {ok, _} = fxaot:start_engine(Engine, #{instruments => ['EURUSD']}),
                          ok = fxaot:deploy(Engine, crossover,
                                            #{strategy => ma_crossover, instrument => 'EURUSD',
                                              timeframe => {minutes, 1}, params => #{'band' => 0.00005}})
                  end, Engines),
    _ = [ok = fxaot_telemetry:attach(?MODULE, Event, fun(_, _, _, _) -> ok end, none)
         || Mode =:= on, Event <- [[fxaot, request, stop]]],
    ok.

-spec stop(mode()) -> ok.
stop(_) ->
    ok = application:stop(fxaot),
    ok = logger:unset_application_level(fxaot),
    lists:foreach(fun({Key, _}) -> application:unset_env(fxaot, Key) end, environment()).

%% @doc Sends quotes, each by itself or in the pieces of a feed.
-spec run(kind(), Quotes :: binary()) -> ok.
run(Kind, Quotes) -> run(Kind, ?MODULE, Quotes).

run(none, _, _) -> ok;
run(quote, Engine, Quotes) -> ticked(Engine, Quotes);
run(replay, Engine, <<Part:(48 * 4096)/binary, Rest/binary>>) ->
    _ = fxaot:ticks(Engine, Part),
    run(replay, Engine, Rest);
run(replay, Engine, Quotes) ->
    _ = fxaot:ticks(Engine, Quotes),
    ok.

%% @doc What a scrape takes, and the reading of the traces.
-spec collect() -> ok.
collect() ->
    ok = fxaot_tracer:read_all(),
    _ = iolist_size(fxaot_metrics_text:format(open_metrics, fxaot_metrics:collect())),
    ok.

%% What an export of the traces costs, without its connection.
exported() ->
    {Keys, Spans} = lists:unzip(fxaot_otlp_queue:first(traces, 512)),
    {Body, _} = fxaot_otlp_proto:traces(#{attributes => #{}, version => <<"0.1.0">>}, Spans),
    _ = zlib:gzip(Body),
    ok = fxaot_otlp_queue:done(traces, Keys).

ticked(Engine, <<Time:64/little, _:64, Bid:64/little-float, Ask:64/little-float, _:128, Rest/binary>>) ->
    _ = fxaot:tick(Engine, 'EURUSD', Time, Bid, Ask),
    ticked(Engine, Rest);
ticked(_, <<>>) -> ok.
