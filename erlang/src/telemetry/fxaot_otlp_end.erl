%% @private The end of the exports: one time limit for all exporters, and what is left when they have ended.
%%
%% It is their supervisor's first child and so the last to end, also when that gives up.
-module(fxaot_otlp_end).
-behaviour(gen_server).

-export([start_link/0, until/1]).
-export([init/1, handle_call/3, handle_cast/2, terminate/2, code_change/3]).

-define(WAIT_MS, 1000).

%% When the exports must have ended (monotonic, ms).
-type state() :: none | integer().

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Called by each exporter that ends: the first one's limit is that of the others too, which begin to send at once.
-spec until(LimitMs :: non_neg_integer()) -> Until :: integer().
until(Limit) ->
    try gen_server:call(?MODULE, {until, Limit}, ?WAIT_MS)
    catch exit:_ -> now_ms() + Limit
    end.

now_ms() -> erlang:monotonic_time(millisecond).

-spec init([]) -> {ok, state()}.
init([]) ->
    process_flag(trap_exit, true),
    {ok, none}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call({until, Limit}, {Exporter, _}, Before) ->
    case Before =/= none andalso now_ms() =< Before + Limit of
        true -> {reply, Before, Before};
        %% The first one, or one that was ended alone was before.
        false ->
            told(Exporter),
            Until = now_ms() + Limit,
            {reply, Until, Until}
    end;
handle_call(_, _From, State) -> {reply, {error, {bad_argument, none}}, State}.

told(Exporter) ->
    _ = [Pid ! flush || Signal <- fxaot_otlp_config:signals(), Pid <- [whereis(fxaot_otlp_exporter:name(Signal))],
                        is_pid(Pid), Pid =/= Exporter],
    ok.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec code_change(term(), state(), term()) -> {ok, state()}.
code_change(_, State, _) -> {ok, State}.

-spec terminate(term(), state()) -> ok.
terminate(_, _) -> fxaot_otlp_sup:close().
