%% @private An engine for nodes that cannot load native code: it evaluates strategies in Erlang from their
%% programs. Signals continue, orders are refused, and an alarm is raised.
%%
%% Requests that need native code fail with `degraded'. After a crash the restart deploys the
%% strategies again, with empty histories.
-module(fxaot_beam).
-behaviour(gen_server).
-behaviour(fxaot_engine_call).

-include("../telemetry/fxaot_log.hrl").
-include("../../include/fxaot.hrl").

-export([load_error/0, start_link/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).
-export([feed/3, close_bars/2, subscribe/2, unsubscribe/2, deploy/4, undeploy/2, add_instrument/3, read/2,
         stop/1, other/2]).

-record(state, {name :: atom(), why :: binary(), engine :: fxaot_beam_engine:engine(),
                %% Of the newest event; not lost by a crash.
                numbers :: atomics:atomics_ref(),
                trading = active :: fxaot_nif:trading_state()}).

%% @doc Why native code is not loaded; `none' if it is.
-spec load_error() -> none | binary().
load_error() ->
    case loaded(code:ensure_loaded(fxaot_nif)) of
        ok -> none;
        {error, _} ->
            %% Loading may succeed by now.
            _ = code:purge(fxaot_nif),
            case loaded(code:load_file(fxaot_nif)) of
                ok -> none;
                {error, {_, Text}} when is_list(Text) -> unicode:characters_to_binary(Text);
                {error, Other} -> unicode:characters_to_binary(io_lib:format("~0tp", [Other]))
            end
    end.

loaded({module, _}) -> persistent_term:get({fxaot_nif, load}, {error, not_loaded});
loaded(Error) -> Error.

-spec start_link(Name :: atom(), Options :: map()) -> {ok, pid()} | ignore | {error, term()}.
start_link(Name, Options) -> gen_server:start_link({local, Name}, ?MODULE, {Name, Options}, []).

%% ---- coming up --------------------------------------------------------------

-spec init({Name :: atom(), Options :: map()}) -> {ok, #state{}} | {stop, {shutdown, term()}}.
init({Name, Options}) ->
    Why = case load_error() of
              none -> <<"it was not loaded when this engine started">>;
              Text -> Text
          end,
    case made(Name, Why, Options) of
        {ok, State} ->
            ok = fxaot_names:enter(Name, self()),
            fxaot_names:set_target(Name, {call, Name}),
            fxaot_names:set_ready(Name, self()),
            ?FXAOT_LOG(alert, #{engine => Name,
                                text => ["runs without native code: signals go on, orders are refused (", Why, ")"]}),
            Up = publish([alarm()], State),
            fxaot_keeper:watch_process(engine, Name),
            fxaot_telemetry_emit:happened([engine, start], #{engine => Name, mode => beam}),
            fxaot_events:tell_watchers(Name, up),
            {ok, again(Up)};
        Error -> {stop, {shutdown, Error}}
    end.

made(Name, Why, Options) ->
    Config = maps:with(fxaot_terms:config_options(), Options),
    case checked(Config, Options) of
        {ok, {Currency, Balance, MinStrength, Sizer, Fixed, _, Bars, _, Jump, _}} ->
            Quantity = case Sizer of 0 -> Fixed; 1 -> 0 end,
            Engine = fxaot_beam_engine:new(#{currency => Currency, balance => Balance,
                                             min_strength => MinStrength, quantity => Quantity,
                                             bar_events => Bars =:= 1, max_time_jump => Jump}),
            case add_instruments(maps:get(instruments, Options, ['EURUSD']), Engine) of
                {ok, Populated} ->
                    {ok, #state{name = Name, why = Why, numbers = fxaot_beam_store:numbers(Name),
                                engine = Populated}};
                Error -> Error
            end;
        Error -> Error
    end.

checked(Config, Options) ->
    case fxaot_account_terms:check(Options) of
        ok -> fxaot_terms:config(Config);
        Error -> Error
    end.

add_instruments(Instruments, Engine) ->
    case fxaot_terms:instruments(Instruments) of
        {ok, Terms} -> add_each(Terms, Engine);
        Error -> Error
    end.

add_each([], Engine) -> {ok, Engine};
add_each([{Symbol, Terms} | Rest], Engine) ->
    case fxaot_beam_engine:add_instrument(Symbol, Terms, Engine) of
        {ok, Next} -> add_each(Rest, Next);
        Error -> Error
    end.

%% The strategies that were deployed before a crash.
again(#state{name = Name, engine = Engine} = State) ->
    State#state{engine = lists:foldl(fun(Deployment, Next) -> again(Name, Deployment, Next) end, Engine,
                                     fxaot_beam_store:deployments(Name))}.

again(Name, {Id, Strategy, Deployment}, Engine) ->
    case fxaot_beam_engine:deploy(Id, Strategy, Deployment, Engine) of
        {ok, Next} -> Next;
        Error ->
            ?FXAOT_LOG(error, #{engine => Name, strategy => Id,
                                text => ["cannot deploy it again: ", fxaot_error:format_error(Error)]}),
            Engine
    end.

%% ---- messages ---------------------------------------------------------------

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {stop, normal, ok, #state{}}.
handle_call(Request, _From, State) -> fxaot_engine_call:answer(?MODULE, Request, State).

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(_, State) -> {noreply, State}.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, #state{name = Name} = State, _) ->
    %% The version before did not say so.
    fxaot_names:set_ready(Name, self()),
    {ok, State};
code_change(_, State, _) -> {ok, State}.

%% ---- requests ---------------------------------------------------------------

-spec feed(fxaot_engine_feed:mode(), Quotes :: binary(), #state{}) -> fxaot_engine_call:reply(#state{}).
feed(_, Quotes, #state{engine = Engine} = State) ->
    Start = erlang:monotonic_time(nanosecond),
    {Answer, Next} = fxaot_beam_engine:replay(Quotes, Engine),
    Called = erlang:monotonic_time(nanosecond),
    case Answer of
        {error, _} -> {reply, Answer, State#state{engine = Next}};
        Events ->
            Published = publish(Events, State#state{engine = Next}),
            {reply, {ok, Called - Start, erlang:monotonic_time(nanosecond) - Called}, Published}
    end.

-spec close_bars(LastTimeNs :: integer(), #state{}) -> fxaot_engine_call:reply(#state{}).
close_bars(Last, #state{engine = Engine} = State) ->
    answered(fxaot_beam_engine:close_bars(Last, Engine), State).

-spec subscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
subscribe(Pid, #state{name = Name} = State) ->
    Pid ! {fxaot_events, Name, fxaot_beam_store:incarnation(Name), 1, [alarm()]},
    {reply, ok, State}.

-spec unsubscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
unsubscribe(_, State) -> {reply, ok, State}.

-spec deploy(Id :: atom(), Strategy :: term(), Deployment :: map(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
deploy(Id, Strategy, Deployment, #state{engine = Engine} = State) ->
    case fxaot_beam_engine:find(Id, Engine) of
        {ok, _} -> replace(Id, Strategy, Deployment, State);
        _ ->
            case fxaot_beam_engine:deploy(Id, Strategy, Deployment, Engine) of
                {ok, Next} ->
                    fxaot_beam_store:put(State#state.name, Id, Strategy, Deployment),
                    {reply, ok, State#state{engine = Next}};
                Error -> {reply, Error, State}
            end
    end.

%% Another version: instrument, timeframe and price stay unless given.
replace(Id, Strategy, Given, #state{name = Name, engine = Engine} = State) ->
    {_, _, Before} = lists:keyfind(Id, 1, fxaot_beam_store:deployments(Name)),
    Deployment = maps:merge(maps:with([instrument, timeframe, price], Before), Given),
    case fxaot_beam_engine:replace(Id, Strategy, Deployment, Engine) of
        {ok, Report, Next} ->
            fxaot_beam_store:put(Name, Id, Strategy, Deployment),
            {reply, {ok, Report}, State#state{engine = Next}};
        Error -> {reply, Error, State}
    end.

-spec undeploy(Id :: atom(), #state{}) -> fxaot_engine_call:reply(#state{}).
undeploy(Id, #state{name = Name, engine = Engine} = State) ->
    case fxaot_beam_engine:remove(Id, Engine) of
        {ok, Next} ->
            fxaot_beam_store:delete(Name, Id),
            {reply, ok, State#state{engine = Next}};
        Error -> {reply, Error, State}
    end.

-spec add_instrument(Symbol :: atom(), fxaot_nif:instrument(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
add_instrument(Symbol, Terms, #state{engine = Engine} = State) ->
    case fxaot_beam_engine:add_instrument(Symbol, Terms, Engine) of
        {ok, Next} -> {reply, ok, State#state{engine = Next}};
        Error -> {reply, Error, State}
    end.

-spec read(stats | account | positions | strategies | instruments, #state{}) -> term().
read(stats, #state{engine = Engine, why = Why}) ->
    (fxaot_beam_engine:counts(Engine))#{tier => beam, why => Why};
read(account, #state{engine = Engine, trading = Trading}) ->
    (fxaot_beam_engine:account(Engine))#{state := Trading};
read(positions, _) -> [];
read(strategies, #state{engine = Engine, why = Why}) ->
    [Info#{why => Why} || Info <- fxaot_beam_engine:strategies(Engine)];
read(instruments, #state{engine = Engine}) -> fxaot_beam_engine:instruments(Engine).

-spec stop(#state{}) -> {stop, normal, ok, #state{}}.
stop(#state{name = Name} = State) ->
    fxaot_beam_store:forget(Name),
    fxaot_names:leave(Name, self()),
    fxaot_telemetry_emit:happened([engine, stop], #{engine => Name}),
    fxaot_events:tell_watchers(Name, stopped),
    {stop, normal, ok, State}.

-spec other(term(), #state{}) -> fxaot_engine_call:reply(#state{}).
other({metrics, Strategies, _Deadline}, State) ->
    {reply, fxaot_metrics_engine:answer(fun(Figures) -> read(Figures, State) end, Strategies), State};
other({dashboard, _, _}, State) ->
    {reply, fxaot_dashboard_engine:answer(fun(Figures) -> read(Figures, State) end), State};
other({tick, Symbol, Time, Bid, Ask}, State) -> tick(Symbol, Time, Bid, Ask, none, State);
other({tick, Symbol, Time, Bid, Ask, BidSize, AskSize}, State) ->
    tick(Symbol, Time, Bid, Ask, {BidSize, AskSize}, State);
other({ticks, Quotes}, #state{engine = Engine} = State) ->
    answered(fxaot_beam_engine:batch(Quotes, Engine), State);
other({advance, Time}, #state{engine = Engine} = State) ->
    answered(fxaot_beam_engine:advance(Time, Engine), State);
other({tier, Id}, #state{engine = Engine, why = Why} = State) ->
    {reply, case fxaot_beam_engine:find(Id, Engine) of
                {ok, _} -> {ok, #{tier => beam, why => Why}};
                Error -> Error
            end, State};
%% There are no orders, and none is let through.
other({trading, Request}, State) when Request =:= orders; Request =:= tickets -> {reply, [], State};
other({trading, {trades, _}}, State) -> {reply, {ok, [], done}, State};
other({trading, {cancel_all, _}}, State) -> {reply, {ok, 0}, State};
other({trading, {apply_state, Trading}}, State) -> {reply, ok, State#state{trading = Trading}};
other({trading, {Request, Id}}, State) when Request =:= order; Request =:= cancel ->
    {reply, {error, {not_found, #{id => Id}}}, State};
other(_, #state{why = Why} = State) -> {reply, {error, {degraded, #{why => Why}}}, State}.

tick(Symbol, Time, Bid, Ask, Sizes, #state{engine = Engine} = State) ->
    case fxaot_beam_engine:tick(Symbol, Time, Bid, Ask, Sizes, Engine) of
        {ok, Events, Next} -> answered({Events, Next}, State);
        {dropped, Reason, Next} ->
            Details = #{symbol => Symbol, time => Time, bid => Bid, ask => Ask},
            answered({{error, {Reason, Details}}, Next}, State)
    end.

%% ---- events -----------------------------------------------------------------

alarm() -> #alarm{kind = degraded, strategy = undefined, symbol = undefined, time = 0, count = 1}.

answered({[], Engine}, State) -> {reply, ok, State#state{engine = Engine}};
answered({{error, _} = Error, Engine}, State) -> {reply, Error, State#state{engine = Engine}};
answered({Events, Engine}, State) -> {reply, Events, publish(Events, State#state{engine = Engine})}.

publish([], State) -> State;
publish(Events, #state{name = Name, numbers = Numbers, engine = Engine} = State) ->
    Count = length(Events),
    Last = atomics:add_get(Numbers, 1, Count),
    fxaot_events:send(Name, fxaot_beam_store:incarnation(Name), Last - Count + 1, Events),
    State#state{engine = fxaot_beam_engine:count_events(Count, Engine)}.
