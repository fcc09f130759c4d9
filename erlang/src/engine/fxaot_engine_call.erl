%% @private Requests to an engine, and the behaviour of its three kinds of process, {@link
%% fxaot_engine} with native code, {@link fxaot_group} of several engines, {@link fxaot_beam} without native
%% code.
%%
%% The callbacks are the requests that all three answer; `other/2' gets all other requests.
-module(fxaot_engine_call).

-export([ask/2, ask/3, answer/3]).

-export_type([request/0, figures/0, reply/1]).

-type request() ::
        {tick, Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number()}
      | {tick, Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number(),
         BidSize :: number(), AskSize :: number()}
      | {ticks, binary()}
      | {advance, TimeNs :: integer()}
      | {feed, fxaot_engine_feed:mode(), binary()}
      | {close_bars, LastTimeNs :: integer()}
      | {subscribe | unsubscribe, pid()}
      | {deploy, Id :: atom(), strategy(), map()}
      | {undeploy, Id :: atom()}
      | {add_instrument, Symbol :: atom(), fxaot_nif:instrument()}
      | figures() | handle | stop
      | {trading, fxaot_engine_trading:request()}
      %% Of engines with native code and their groups.
      | {strategy | script_plan, Id :: atom()}
      | {attach_native, Id :: atom(), fxaot_nif:native()}
      | {reload_basis, Id :: atom(), Kind :: 0..5, Count :: pos_integer(), Price :: 0..2}
      | {swap, Id :: atom(), fxaot_nif:prepared()}
      | {instrument_terms, Symbol :: atom()}
      | {move_terms, Added :: [{Symbol :: atom(), fxaot_nif:instrument()}], Gone :: [Symbol :: atom()]}
      | {metrics, Strategies :: non_neg_integer(), Deadline :: integer()}
      | trace | {traced, Deadline :: integer()}
      %% For the dashboard.
      | {dashboard, fast | slow, Deadline :: integer()}
      | {dashboard_bars, Id :: atom(), Most :: non_neg_integer()} | {dashboard_trades, Most :: non_neg_integer()}
      %% To the newest native library; and after the loss of its thread.
      | cross | restart
      %% Of groups.
      | engines | {move, Symbol :: atom(), To :: atom()}
      %% Of engines without native code, which have no process for each strategy.
      | {tier | rollback, Id :: atom()}.

-type strategy() :: atom() | binary() | fxaot_script:program() | {ir, binary(), fxaot_nif:native()}.
-type figures() :: stats | account | positions | strategies | instruments.
-type reply(State) :: {reply, term(), State}.

-callback feed(fxaot_engine_feed:mode(), Quotes :: binary(), State) -> reply(State).
%% Time passes until the bars that contain the last quote have closed.
-callback close_bars(LastTimeNs :: integer(), State) -> reply(State).
-callback subscribe(pid(), State) -> reply(State).
-callback unsubscribe(pid(), State) -> reply(State).
-callback deploy(Id :: atom(), strategy(), Deployment :: map(), State) -> reply(State).
-callback undeploy(Id :: atom(), State) -> reply(State).
-callback add_instrument(Symbol :: atom(), fxaot_nif:instrument(), State) -> reply(State).
-callback read(figures(), State :: term()) -> term().
-callback stop(State) -> {stop, normal, ok, State}.
-callback other(term(), State) -> reply(State).

%% @doc Asks an engine or a group, by name or pid. Any other process is refused: the question might crash
%% it.
-spec ask(fxaot:engine(), request()) -> term().
ask(Engine, Request) ->
    case fxaot_names:name(Engine) of
        {ok, Name} -> ask(Name, Engine, Request);
        none -> {error, {no_engine, Engine}}
    end.

%% @doc The same by the name that fxaot_names has just given for the engine.
-spec ask(Name :: atom(), fxaot:engine(), request()) -> term().
ask(Name, Engine, Request) ->
    Limit = fxaot_engines:limit(Name),
    try gen_server:call(Name, Request, Limit)
    catch
        exit:{timeout, _} -> {error, {timeout, #{engine => Name, milliseconds => Limit}}};
        exit:_ -> {error, down(Name, Engine)}
    end.

down(Name, Engine) ->
    case fxaot_engines:status(Name) of
        given_up -> {given_up, #{engine => Name}};
        _ -> {engine_down, Engine}
    end.

%% @doc An engine's answer to a request, as handle_call/3 returns it.
-spec answer(module(), term(), State) -> reply(State) | {stop, normal, ok, State}.
answer(Module, Request, State) ->
    %% The API has checked all types; if native code still refuses one, the request fails and not the
    %% engine.
    try dispatched(Module, Request, State)
    catch
        error:badarg -> {reply, {error, {bad_argument, #{request => named(Request)}}}, State};
        %% Of a group: the engine that was asked has died, does not answer or has lost its state.
        throw:{refused, Error} -> {reply, {error, Error}, State}
    end.

dispatched(Module, {feed, Mode, Quotes}, State) -> Module:feed(Mode, Quotes, State);
dispatched(Module, {close_bars, Last}, State) -> Module:close_bars(Last, State);
dispatched(Module, {subscribe, Pid}, State) -> Module:subscribe(Pid, State);
dispatched(Module, {unsubscribe, Pid}, State) -> Module:unsubscribe(Pid, State);
dispatched(Module, {deploy, Id, Strategy, Deployment}, State) ->
    Module:deploy(Id, Strategy, Deployment, State);
dispatched(Module, {undeploy, Id}, State) -> Module:undeploy(Id, State);
dispatched(Module, {add_instrument, Symbol, Terms}, State) -> Module:add_instrument(Symbol, Terms, State);
dispatched(Module, Figures, State)
  when Figures =:= stats; Figures =:= account; Figures =:= positions; Figures =:= strategies;
       Figures =:= instruments -> {reply, Module:read(Figures, State), State};
dispatched(Module, stop, State) -> Module:stop(State);
dispatched(Module, Request, State) -> Module:other(Request, State).

named({trading, Request}) -> named(Request);
named(Request) when is_tuple(Request) -> element(1, Request);
named(Request) -> Request.
