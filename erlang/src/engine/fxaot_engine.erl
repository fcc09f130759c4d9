%% @private The process that owns a native engine.
%%
%% Quotes do not pass here: their senders call the native engine, which has its own lock and sends
%% the events to the subscribers, see {@link fxaot_nif:share/2}. This process deploys, reads, and renews the
%% subscribers' allowances.
%%
%% It restarts without loss: strategies, positions and open bars are in the native engine, which the heir keeps
%% and quotes still reach. The restart adopts that engine.
%%
%% With `mode => actor' the native engine runs on a thread of its own, see {@link fxaot_engine_actor}.
%%
%% Longer than a file should be: every request of the behaviour is here, each a few lines.
-module(fxaot_engine).
-behaviour(gen_server).
-behaviour(fxaot_engine_call).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).
-export([feed/3, close_bars/2, subscribe/2, unsubscribe/2, deploy/4, undeploy/2, add_instrument/3, read/2,
         stop/1, other/2]).

%% How often subscribers' allowances are renewed.
-define(ALLOWANCE_MS, 50).

-record(state, {name :: atom(),
                options :: map(),
                engine :: fxaot_nif:handle(),
                mailbox = inline :: inline | fxaot_nif:mailbox(),
                %% Whether a message to renew the subscribers' allowances is on its way.
                renews = false :: boolean(),
                symbols = #{} :: fxaot_engine_feed:symbols()}).

-spec start_link(Name :: atom(), Options :: map()) -> {ok, pid()} | ignore | {error, term()}.
start_link(Name, Options) ->
    gen_server:start_link({local, Name}, ?MODULE, {Name, Options}, []).

%% ---- coming up --------------------------------------------------------------

-spec init({Name :: atom(), Options :: map()}) ->
          {ok, #state{}} | ignore | {stop, {shutdown, term()}}.
init({Name, Options}) ->
    ok = fxaot_log:whose(#{engine => Name}),
    ok = fxaot_names:enter(Name, self()),
    case inherited(Name, Options) of
        {ok, State} -> up(State);
        {error, {owner_alive, _}} ->
            %% Another process has adopted the native engine first, and owns it.
            fxaot_heir:forget(Name),
            fxaot_names:leave(Name, self()),
            fxaot_engines:leave(Name),
            fxaot_events:tell_watchers(Name, stopped),
            ignore;
        lost -> {stop, {shutdown, lost}};
        Error -> down(Name, Error)
    end.

%% One that had come up before stays known: it is started again, or gives up.
down(Name, Error) ->
    case fxaot_engines:has_state(Name) of
        true -> ok;
        false -> fxaot_names:leave(Name, self())
    end,
    {stop, {shutdown, Error}}.

up(#state{name = Name, engine = Engine, options = Options} = State) ->
    case started(Name, Options, Engine) of
        {ok, Mailbox} ->
            Up = State#state{mailbox = Mailbox},
            fxaot_quote_span:trace(Engine),
            fxaot_engine_subscribers:restore(Name, source(Up), Options),
            fxaot_names:set_target(Name, case Mailbox of
                                             inline -> {engine, Name, Engine};
                                             _ -> {send, Name, mailbox, Mailbox}
                                         end),
            %% A kill switch that was set while there was no process.
            _ = fxaot_nif:apply_state(Engine),
            came_up(Up),
            fxaot_gateways_sup:start(Name, Options),
            fxaot_journal_recovery:deployments(Name, Options, Engine),
            is_grouped(Name) orelse fxaot_names:set_ready(Name, self()),
            {ok, renewing(Up)};
        Error ->
            ?FXAOT_LOG(error, #{engine => Name, text => ["cannot start: ", fxaot:format_error(Error)]}),
            _ = [freed(Name, Engine) || not fxaot_engines:has_state(Name)],
            down(Name, Error)
    end.

freed(Name, Engine) ->
    fxaot_heir:forget(Name),
    fxaot_nif:close(Engine).

%% Its group routes quotes to it again.
came_up(#state{name = Name, mailbox = Mailbox}) ->
    Event = case fxaot_engines:has_state(Name) of
                true -> adopt;
                false -> start
            end,
    fxaot_engines:set_has_state(Name, true),
    fxaot_keeper:watch_process(engine, Name),
    fxaot_telemetry_emit:happened([engine, Event], #{engine => Name, mode => mode(Mailbox)}),
    is_grouped(Name) andalso fxaot_group:member_up(fxaot_names:group(Name), Name),
    fxaot_events:tell_watchers(Name, up).

is_grouped(Name) -> fxaot_names:group(Name) =/= Name.

mode(inline) -> inline;
mode(_) -> actor.

%% The way in for quotes: a mailbox, or the engine's own lock.
started(Name, Options, Engine) ->
    case fxaot_engine_actor:start(Name, Options, Engine) of
        {ok, inline} ->
            case fxaot_nif:share(Engine, Name) of
                ok -> {ok, inline};
                Error -> Error
            end;
        Answer -> Answer
    end.

%% What events come from.
source(#state{mailbox = inline, engine = Engine}) -> Engine;
source(#state{mailbox = Mailbox}) -> Mailbox.

%% The heir has the engine of the process before. If the heir has just died too, an inline engine's handle is
%% still in its persistent term; the state of an actor is lost.
inherited(Name, Options) ->
    case {fxaot_heir:fetch(Name), fxaot_names:target(Name)} of
        {{ok, Engine, Kept}, _} -> adopted(Name, Engine, Kept);
        {_, {engine, Name, Engine}} -> adopted(Name, Engine, fxaot_engines:options(Name));
        {{error, _} = Error, _} -> Error;
        {none, _} ->
            case fxaot_engines:has_state(Name) of
                true -> orphaned(Name, fxaot_engines:options(Name));
                false -> fresh(Name, Options)
            end
    end.

%% With a journal nothing is lost: that holds the native engine too, or what it has written brings it back.
orphaned(Name, #{journal := _} = Options) ->
    case fxaot_journal:handle(Name) of
        {ok, Engine} -> adopted(Name, Engine, Options);
        none -> fresh(Name, Options)
    end;
orphaned(_, _) -> lost.

adopted(Name, Engine, Options) ->
    case fxaot_nif:adopt(Engine) of
        ok ->
            fxaot_heir:keep(Name, Engine, Options),
            {ok, #state{name = Name, options = Options, engine = Engine}};
        {error, {closed, _}} -> fresh(Name, Options);
        Error -> Error
    end.

%% Checked here because fxaot_terms does not know the options of an engine's process.
fresh(Name, Options) ->
    Known = [instruments, subscriber_limit, journal, history | fxaot_engine_actor:option_names()]
        ++ fxaot_engine_options:names() ++ fxaot_terms:config_options()
        ++ fxaot_account_terms:option_names(),
    maybe_made(Name, Options, [fxaot_terms:known_options(Options, Known), free_name(Name),
                               fxaot_engine_subscribers:check(Options), fxaot_journal_options:check(Options),
                               fxaot_journal_history:check(Options),
                               fxaot_engine_actor:options(Name, Options)]).

maybe_made(Name, Options, Checks) ->
    case [Error || {error, _} = Error <- Checks] of
        [] -> made(Name, Options);
        [Error | _] -> Error
    end.

free_name(Name) ->
    case fxaot_names:is_taken(Name) of
        true -> {error, {name_taken, #{engine => Name}}};
        false -> ok
    end.

made(Name, Options) ->
    Make = fun() -> fxaot_nif:new(maps:with(fxaot_terms:config_options(), Options)) end,
    Add = fun(Engine, Instruments) -> add_instruments(Engine, Options, Instruments) end,
    case fxaot_journal_recovery:start(Name, Options, Make, Add) of
        {ok, Engine, Whole} ->
            fxaot_engines:set_options(Name, Whole),
            fxaot_heir:keep(Name, Engine, Whole),
            {ok, #state{name = Name, options = Whole, engine = Engine}};
        Error -> Error
    end.

add_instruments(Engine, Options, Instruments) ->
    case fxaot_terms:instruments(Instruments) of
        {ok, Terms} ->
            add_each(Engine, [{Symbol, fxaot_account_terms:limited(Symbol, Spec, Options)} || {Symbol, Spec} <- Terms]);
        Error -> Error
    end.

add_each(_, []) -> ok;
add_each(Engine, [{Symbol, Terms} | Rest]) ->
    case fxaot_nif:add_instrument(Engine, Symbol, Terms) of
        ok -> add_each(Engine, Rest);
        Error -> Error
    end.

%% ---- messages ---------------------------------------------------------------

-spec handle_call(fxaot_engine_call:request(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {noreply, #state{}} | {stop, normal, ok, #state{}}.
handle_call(Request, From, #state{options = Options} = State) ->
    case {fxaot_engine_call:answer(?MODULE, Request, State), fxaot_journal_recovery:waits(Options, Request)} of
        {{reply, {error, _}, _} = Refused, _} -> Refused;
        {{reply, Answer, #state{name = Name} = Next}, true} ->
            fxaot_journal:acknowledge(Name, fxaot_journals_sup:find(Name), From, Answer),
            {noreply, Next};
        {Reply, _} -> Reply
    end.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, thread_lost, #state{}}.
handle_info(renew_allowances, #state{name = Name, options = Options} = State) ->
    {noreply, case fxaot_engine_subscribers:renew(Name, source(State), Options) of
                  true -> renewing(State#state{renews = false});
                  false -> State#state{renews = false}
              end};
handle_info({fxaot_heir, up}, #state{name = Name, engine = Engine, options = Options} = State) ->
    fxaot_heir:keep(Name, Engine, Options),
    {noreply, State};
handle_info(restart, State) -> {stop, thread_lost, State};
handle_info(_, State) -> {noreply, State}.

%% As long as there is a subscriber.
renewing(#state{renews = true} = State) -> State;
renewing(State) ->
    _ = erlang:send_after(?ALLOWANCE_MS, self(), renew_allowances),
    State#state{renews = true}.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, #state{name = Name} = State, _) ->
    %% The version before did not say so.
    fxaot_names:set_ready(Name, self()),
    {ok, State};
code_change(_, State, _) -> {ok, State}.

%% ---- requests ---------------------------------------------------------------

-spec feed(fxaot_engine_feed:mode(), Quotes :: binary(), #state{}) -> fxaot_engine_call:reply(#state{}).
feed(Mode, Quotes, #state{mailbox = inline, engine = Engine} = State) ->
    ok = fxaot_nif:set_replaying(Engine, true),
    try fed(Mode, Quotes, State)
    after ok = fxaot_nif:set_replaying(Engine, false)
    end;
feed(_, Quotes, #state{mailbox = Mailbox} = State) ->
    {reply, fxaot_engine_feed:send(Mailbox, Quotes), State}.

fed(batch, Quotes, #state{engine = Engine} = State) ->
    {reply, fxaot_engine_feed:batch(Quotes, Engine), State};
fed(quote, Quotes, #state{engine = Engine, symbols = Symbols} = State) ->
    {Answer, Seen} = fxaot_engine_feed:each(Quotes, Engine, Symbols),
    {reply, Answer, State#state{symbols = Seen}}.

-spec close_bars(LastTimeNs :: integer(), #state{}) -> fxaot_engine_call:reply(#state{}).
close_bars(Last, #state{engine = Engine, mailbox = Mailbox, options = Options} = State) ->
    Instruments = maps:get(instruments, Options, ['EURUSD']),
    Lengths = [{length_ns(Timeframe), hours(Symbol, Instruments)}
               || #{timeframe := Timeframe, symbol := Symbol} <- fxaot_nif:strategies(Engine)],
    case fxaot_hours:last_bar_end(Lengths, Last) of
        none -> {reply, ok, State};
        End when Mailbox =:= inline -> {reply, fxaot_nif:advance(Engine, End), State};
        End -> {reply, fxaot_nif:send_advance(Mailbox, End), State}
    end.

hours(Symbol, Instruments) ->
    fxaot_hours:of_instrument(Symbol, case instrument_terms(Symbol, Instruments) of
                                          {ok, Terms} -> Terms;
                                          {error, _} -> #{}
                                      end).

length_ns({seconds, N}) -> N * 1000000000;
length_ns({minutes, N}) -> N * 60000000000;
length_ns({hours, N}) -> N * 3600000000000;
length_ns(day) -> 86400000000000;
length_ns(_) -> 0.

-spec subscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
subscribe(Pid, #state{name = Name, options = Options} = State) ->
    {reply, fxaot_engine_subscribers:subscribe(Name, source(State), Pid, Options), renewing(State)}.

-spec unsubscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
unsubscribe(Pid, State) -> {reply, fxaot_nif:unsubscribe(source(State), Pid), State}.

-spec deploy(Id :: atom(), Strategy :: term(), Deployment :: map(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
deploy(Id, {ir, Program}, Deployment, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:add_script(Engine, Id, Program, Deployment), State};
deploy(Id, {ir, Program, Native}, Deployment, #state{engine = Engine} = State) ->
    {reply, add_native(Engine, Id, Program, Native, Deployment), State};
deploy(Id, Strategy, Deployment, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:add_strategy(Engine, Id, Strategy, Deployment), State}.

%% Between two quotes, so that native code takes the very first step.
add_native(Engine, Id, Program, Native, Deployment) ->
    case fxaot_nif:add_script(Engine, Id, Program, Deployment) of
        ok ->
            case fxaot_nif:attach_native(Engine, Id, Native) of
                ok -> ok;
                Error ->
                    _ = fxaot_nif:remove_strategy(Engine, Id),
                    Error
            end;
        Error -> Error
    end.

-spec undeploy(Id :: atom(), #state{}) -> fxaot_engine_call:reply(#state{}).
undeploy(Id, #state{name = Name, engine = Engine} = State) ->
    Answer = fxaot_nif:remove_strategy(Engine, Id),
    _ = Answer =:= ok andalso fxaot_journal_history:forget(Name, Id),
    {reply, Answer, State}.

-spec add_instrument(Symbol :: atom(), fxaot_nif:instrument(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
add_instrument(Symbol, Terms, #state{engine = Engine, options = Options} = State) ->
    case fxaot_nif:add_instrument(Engine, Symbol, fxaot_account_terms:limited(Symbol, Terms, Options)) of
        ok -> {reply, ok, with_terms([{Symbol, Terms}], [], State)};
        Error -> {reply, Error, State}
    end.

%% The terms that instruments were added with are kept as the heir keeps the options.
with_terms(Added, Gone, #state{name = Name, engine = Engine, options = Options} = State) ->
    Kept = [Entry || Entry <- maps:get(instruments, Options, ['EURUSD']),
                     not lists:member(symbol(Entry), Gone)],
    After = Options#{instruments => Kept ++ Added},
    fxaot_journal_recovery:keep_instruments(Name, Kept ++ Added),
    fxaot_engines:set_options(Name, After),
    fxaot_heir:keep(Name, Engine, After),
    State#state{options = After}.

symbol({Symbol, _}) -> Symbol;
symbol(Symbol) -> Symbol.

-spec read(stats | account | positions | strategies | instruments, #state{}) -> term().
read(stats, #state{engine = Engine, mailbox = inline}) ->
    maps:merge(fxaot_nif:stats(Engine), fxaot_nif:subscribers(Engine));
read(stats, #state{engine = Engine, mailbox = Mailbox}) ->
    maps:merge(fxaot_nif:stats(Engine),
               (fxaot_nif:subscribers(Mailbox))#{mailbox => fxaot_nif:mailbox(Mailbox)});
read(account, #state{engine = Engine}) -> fxaot_nif:account(Engine);
read(positions, #state{engine = Engine}) -> fxaot_nif:positions(Engine);
read(strategies, #state{engine = Engine}) -> fxaot_nif:strategies(Engine);
read(instruments, #state{engine = Engine}) -> fxaot_nif:instruments(Engine).

-spec stop(#state{}) -> {stop, normal, ok, #state{}}.
stop(#state{name = Name, engine = Engine, mailbox = Mailbox} = State) ->
    fxaot_gateways_sup:stop(Name),
    fxaot_journal_recovery:stop(Name),
    map_size(fxaot_engines:stale(Name)) =:= 0 orelse fxaot_alarm:clear(strategies_stale, Name),
    fxaot_heir:forget(Name),
    fxaot_names:leave(Name, self()),
    fxaot_engines:leave(Name),
    fxaot_tracer:last(Name, mode(Mailbox), Engine),
    _ = fxaot_nif:close(Engine),
    fxaot_telemetry_emit:happened([engine, stop], #{engine => Name}),
    fxaot_events:tell_watchers(Name, stopped),
    fxaot_deployments:engine_stopped(Name),
    {stop, normal, ok, State}.

-spec other(term(), #state{}) -> fxaot_engine_call:reply(#state{}).
other({trading, Request}, #state{engine = Engine} = State) ->
    {reply, fxaot_engine_trading:answer(Request, Engine), State};
other({metrics, Strategies, Deadline}, #state{engine = Engine, mailbox = Mailbox} = State) ->
    {reply, fxaot_metrics_engine:native(Engine, Mailbox, Strategies, Deadline), State};
other({dashboard, Pace, Deadline}, #state{engine = Engine, mailbox = Mailbox} = State) ->
    {reply, fxaot_dashboard_engine:native(Engine, Mailbox, Pace, Deadline), State};
other({dashboard_bars, Id, Most}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:bars(Engine, Id, Most), State};
other({dashboard_trades, Most}, #state{engine = Engine} = State) ->
    {reply, fxaot_dashboard_engine:trades(Engine, Most), State};
other({traced, Deadline}, #state{engine = Engine, mailbox = Mailbox} = State) ->
    %% After the deadline nobody waits for the answer any more.
    {reply, case erlang:monotonic_time() < Deadline of
                true -> fxaot_tracer:answer(mode(Mailbox), Engine);
                false -> late
            end, State};
other(trace, #state{engine = Engine} = State) -> {reply, fxaot_quote_span:trace(Engine), State};
other({strategy, Id}, #state{engine = Engine} = State) ->
    {reply, case [Info || #{id := Known} = Info <- fxaot_nif:strategies(Engine), Known =:= Id] of
                [Info] -> {ok, Info};
                [] -> {error, {not_found, #{id => Id}}}
            end, State};
other({script_plan, Id}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:script_plan(Engine, Id), State};
other({attach_native, Id, Native}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:attach_native(Engine, Id, Native), State};
other({reload_basis, Id, Kind, Count, Price}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:reload_basis(Engine, Id, Kind, Count, Price), State};
other({swap, Id, Prepared}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:swap(Engine, Id, Prepared), State};
other({move_terms, Added, Gone}, State) -> {reply, ok, with_terms(Added, Gone, State)};
other({instrument_terms, Symbol}, #state{options = Options} = State) ->
    {reply, instrument_terms(Symbol, maps:get(instruments, Options, ['EURUSD'])), State};
other(cross, #state{name = Name, engine = Engine, options = Options} = State) ->
    {reply, crossed(fxaot_crossing:cross([{Name, Engine}], none, Options), Engine), State};
other(restart, State) ->
    self() ! restart,
    {reply, ok, State};
other(handle, #state{engine = Engine} = State) -> {reply, {ok, Engine}, State};
other(_, State) -> {reply, {error, {bad_argument, none}}, State}.

%% Without its thread it goes on in another process, which adopts the native engine.
crossed({error, {stopped, _}} = Error, _) ->
    self() ! restart,
    Error;
crossed(Answer, Engine) ->
    fxaot_quote_span:trace(Engine),
    Answer.

instrument_terms(Symbol, Instruments) ->
    case {lists:member(Symbol, Instruments), lists:keyfind(Symbol, 1, Instruments)} of
        {true, _} -> {ok, #{}};
        {false, {_, Terms}} -> {ok, Terms};
        {false, false} -> {error, {unknown_symbol, #{symbol => Symbol}}}
    end.
