%% Deploys a strategy and counts the events of its engine, by kind.
-module(quotes_journal).
-behaviour(gen_server).

-include_lib("fxaot/include/fxaot.hrl").

-export([start_link/0, counts/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% The number of events of each kind, and the profit of all fills in micro-units.
counts() -> gen_server:call(?MODULE, counts).

init([]) ->
    ok = fxaot:subscribe(eur),
    %% After a restart of this process alone the strategy is there: then this is its next version.
    _ = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD',
                                   timeframe => {minutes, 1}, params => #{'band' => 0.00005}}),
    {ok, #{}}.

handle_call(counts, _From, Counts) -> {reply, Counts, Counts}.

handle_cast(_, Counts) -> {noreply, Counts}.

handle_info({fxaot_events, eur, _Incarnation, _First, Events}, Counts) ->
    {noreply, lists:foldl(fun counted/2, Counts, Events)};
handle_info({fxaot_gap, eur, From, To}, Counts) -> {noreply, add(missed, To - From + 1, Counts)};
handle_info(_, Counts) -> {noreply, Counts}.

counted(#fill{profit = Profit}, Counts) -> add(profit, Profit, add(fill, 1, Counts));
counted(Event, Counts) -> add(element(1, Event), 1, Counts).

add(Key, More, Counts) -> maps:update_with(Key, fun(Count) -> Count + More end, More, Counts).
