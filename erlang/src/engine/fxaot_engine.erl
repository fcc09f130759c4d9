%% @private The process that owns a native engine.
%%
%% It dies and comes back without loss: strategies, positions, bars under way and the newest events
%% are in the native engine, which the heir keeps meanwhile. Its restart adopts that engine,
%% publishes the events that its predecessor may not have published, and goes on.
%%
%% With `mode => actor' the native engine runs on a thread of its own. Quotes go to its mailbox and
%% events come from that thread; this process deploys, reads, and sees to it that no subscriber is
%% sent more than it takes in.
-module(fxaot_engine).
-behaviour(gen_server).

-include("../../include/fxaot.hrl").

-export([start_link/2, ask/2, watch/1, unwatch/1, feed_mailbox/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-export_type([request/0, feed_mode/0]).

%% How a feed's batch goes in: one native call for all quotes, or one for each.
-type feed_mode() :: batch | quote.

-type request() ::
        {tick, Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number()}
      | {tick, Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number(),
         BidSize :: number(), AskSize :: number()}
      | {ticks, binary()}
      | {feed, feed_mode(), binary()}
      | {advance, TimeNs :: integer()}
      | {close_bars, LastTimeNs :: integer()}
      | {subscribe, pid()} | {unsubscribe, pid()}
      | {deploy, Id :: atom(), Strategy :: atom() | binary(), fxaot_nif:deployment()}
      | {deploy, Id :: atom(), fxaot_script:program() | {ir, binary(), fxaot_nif:native()},
         fxaot_nif:script_deployment()}
      | {undeploy, Id :: atom()} | {strategy, Id :: atom()}
      | {script_plan, Id :: atom()} | {attach_native, Id :: atom(), fxaot_nif:native()}
      | {reload_basis, Id :: atom(), Kind :: 0..5, Count :: pos_integer(), Price :: 0..2}
      | {swap, Id :: atom(), fxaot_nif:prepared()}
      %% Of an engine without native code only, which has no process for each strategy.
      | {tier | rollback, Id :: atom()}
      | {add_instrument, Symbol :: atom(), fxaot_nif:instrument()}
      | {instrument_terms, Symbol :: atom()}
      | stats | account | positions | strategies | instruments | handle | stop.

%% Of an engine with a thread, beside fxaot_terms:actor_options().
-define(ACTOR_OPTIONS, [worker, capacity, overflow, pull_capacity, subscriber_limit]).
-define(WORKER_OPTIONS, [waiting, budget, processor]).
%% Messages that may wait for a subscriber, and how often that is looked after.
-define(SUBSCRIBER_LIMIT, 10000).
-define(ALLOWANCE_MS, 50).
-define(RECORD, 48).
%% How long a feed's batch waits for room before it looks whether the actor still runs.
-define(FEED_WAIT_MS, 1000).

-record(state, {name :: atom(),
                options :: map(),
                engine :: fxaot_nif:handle(),
                mailbox = inline :: inline | fxaot_nif:mailbox(),
                %% Whether a message to renew the subscribers' allowances is on its way.
                renews = false :: boolean(),
                %% The sequence number that the next event gets.
                sequence :: pos_integer(),
                %% Record keys seen in `quote' mode, and their symbols.
                symbols = #{} :: #{<<_:64>> => atom()}}).

-spec start_link(Name :: atom(), Options :: map()) -> {ok, pid()} | ignore | {error, term()}.
start_link(Name, Options) ->
    gen_server:start_link({local, Name}, ?MODULE, {Name, Options}, []).

%% @doc Asks an engine or a group of engines. Only a process that is one is asked: another might crash
%% on the question.
-spec ask(fxaot:engine(), request() | fxaot_group:request()) -> term().
ask(Engine, Request) ->
    case fxaot_names:name(Engine) of
        {ok, Name} ->
            try gen_server:call(Name, Request, infinity)
            catch exit:_ -> {error, {engine_down, Engine}}
            end;
        none -> {error, {no_engine, Engine}}
    end.

%% @doc From now on the caller gets `{fxaot_engine, Name, up | stopped}' when the engine's process
%% has come back, or is stopped for good.
-spec watch(Name :: atom()) -> ok.
watch(Name) -> pg:join(fxaot_events, {watch, Name}, self()).

-spec unwatch(Name :: atom()) -> ok | not_joined.
unwatch(Name) -> pg:leave(fxaot_events, {watch, Name}, self()).

%% @doc Puts a feed's batch into a mailbox or through a router, waiting for room as long as it takes:
%% a feed comes as fast as the engine can. Answers how long that took, ns, as a feed's batch does.
-spec feed_mailbox(fxaot_nif:mailbox() | fxaot_nif:router(), Quotes :: binary()) ->
          {ok, CallNs :: non_neg_integer(), PublishNs :: 0} | fxaot:error() | {error, stopped}.
feed_mailbox(Destination, Quotes) ->
    feed_mailbox(Destination, Quotes, erlang:monotonic_time(nanosecond)).

feed_mailbox(Destination, Quotes, Start) ->
    case fxaot_nif:send_replay(Destination, Quotes, ?FEED_WAIT_MS) of
        ok -> {ok, erlang:monotonic_time(nanosecond) - Start, 0};
        {error, full} -> feed_mailbox(Destination, Quotes, Start);
        {error, {full, #{accepted := Accepted}}} ->
            Sent = Accepted * ?RECORD,
            <<_:Sent/binary, Rest/binary>> = Quotes,
            feed_mailbox(Destination, Rest, Start);
        Error -> Error
    end.

%% ---- coming up --------------------------------------------------------------

-spec init({Name :: atom(), Options :: map()}) ->
          {ok, #state{}} | ignore | {stop, {shutdown, term()}}.
init({Name, Options}) ->
    ok = fxaot_names:enter(Name, self()),
    case inherited(Name, Options) of
        {ok, State} -> up(State);
        {error, {owner_alive, _}} ->
            %% Somebody adopted the native engine before this process could: it is theirs.
            fxaot_heir:forget(Name),
            fxaot_names:leave(Name, self()),
            tell_watchers(Name, stopped),
            ignore;
        Error ->
            fxaot_names:leave(Name, self()),
            {stop, {shutdown, Error}}
    end.

up(#state{name = Name, engine = Engine} = State) ->
    case start_actor(State) of
        {ok, #state{mailbox = Mailbox} = Started} ->
            fxaot_names:set_target(Name, case Mailbox of
                                             inline -> inline;
                                             _ -> {mailbox, Mailbox}
                                         end),
            tell_watchers(Name, up),
            {ok, Started};
        Error ->
            logger:error("fxaot engine ~tp: cannot start its thread: ~ts",
                         [Name, fxaot:format_error(Error)]),
            fxaot_heir:forget(Name),
            _ = fxaot_nif:close(Engine),
            fxaot_names:leave(Name, self()),
            {stop, {shutdown, Error}}
    end.

inherited(Name, Options) ->
    case fxaot_heir:fetch(Name) of
        {ok, Engine, Kept} ->
            case fxaot_nif:adopt(Engine) of
                ok -> {ok, resumed(Name, Kept, Engine)};
                {error, {closed, _}} -> fresh(Name, Options);
                Error -> Error
            end;
        none -> fresh(Name, Options)
    end.

%% The events of the predecessor's last call may have been published or not: they are sent again,
%% under the same numbers.
resumed(Name, Options, Engine) ->
    {ok, {First, Events}} = fxaot_nif:pending(Engine),
    #{events := Last} = fxaot_nif:stats(Engine),
    State = #state{name = Name, options = Options, engine = Engine, sequence = Last + 1},
    send_events(Name, First, Events),
    State.

%% Checked here and not with the rest, which knows nothing of what is beside it.
fresh(Name, Options) ->
    Known = [instruments, mode | ?ACTOR_OPTIONS] ++ fxaot_terms:config_options(),
    case fxaot_terms:known_options(Options, Known) of
        ok ->
            case actor(Name, Options) of
                {error, _} = Error -> Error;
                _ -> made(Name, Options)
            end;
        Error -> Error
    end.

made(Name, Options) ->
    Instruments = maps:get(instruments, Options, ['EURUSD']),
    Config = maps:with(fxaot_terms:config_options(), Options),
    case fxaot_nif:new(Config) of
        {ok, Engine} ->
            case add_instruments(Engine, Instruments) of
                ok ->
                    fxaot_heir:keep(Name, Engine, Options),
                    {ok, #state{name = Name, options = Options, engine = Engine, sequence = 1}};
                Error ->
                    ok = fxaot_nif:close(Engine),
                    Error
            end;
        Error -> Error
    end.

%% ---- a thread of its own ----------------------------------------------------

%% What the options say of the engine's thread: `inline' for none.
-spec actor(Name :: atom(), Options :: map()) -> inline | {actor, fxaot_nif:actor()} | fxaot:error().
actor(Name, #{mode := actor} = Options) ->
    Worker = maps:get(worker, Options, #{}),
    Limit = maps:get(subscriber_limit, Options, ?SUBSCRIBER_LIMIT),
    if
        not is_map(Worker) -> bad_option(worker, Worker, "a map of waiting, budget and processor");
        not is_integer(Limit); Limit < 1 ->
            bad_option(subscriber_limit, Limit, "a whole number from 1");
        true ->
            case fxaot_terms:known_options(Worker, ?WORKER_OPTIONS) of
                ok ->
                    Mailbox = maps:with([capacity, overflow, pull_capacity], Options),
                    Actor = maps:merge(Mailbox, Worker#{name => Name}),
                    case fxaot_terms:actor(Actor) of
                        {ok, _} -> {actor, Actor};
                        Error -> Error
                    end;
                Error -> Error
            end
    end;
actor(_, Options) ->
    case {maps:get(mode, Options, inline), [Key || Key <- ?ACTOR_OPTIONS, is_map_key(Key, Options)]} of
        {inline, []} -> inline;
        {inline, [Key | _]} ->
            {error, {bad_option, #{option => Key, expected => "left out, or used with mode => actor"}}};
        {Mode, _} -> bad_option(mode, Mode, "inline or actor")
    end.

bad_option(Option, Value, Expected) ->
    {error, {bad_option, #{option => Option, value => Value, expected => Expected}}}.

start_actor(#state{name = Name, options = Options, engine = Engine} = State) ->
    case actor(Name, Options) of
        inline -> {ok, State};
        {actor, Actor} ->
            case fxaot_nif:start_actor(Engine, Actor) of
                {ok, Mailbox} ->
                    tell_surprises(Name, Actor, fxaot_nif:mailbox(Mailbox)),
                    Limit = maps:get(subscriber_limit, Options, ?SUBSCRIBER_LIMIT),
                    lists:foreach(fun(Pid) -> _ = fxaot_nif:subscribe(Mailbox, Pid, Limit) end,
                                  [Pid || Pid <- members(Name), node(Pid) =:= node()]),
                    {ok, renewing(State#state{mailbox = Mailbox})};
                Error -> Error
            end;
        Error -> Error
    end.

%% What is not as it was asked for.
tell_surprises(Name, Actor, #{capacity := Capacity, pinning := Pinning}) ->
    case Actor of
        #{capacity := Asked} when Asked =/= Capacity ->
            logger:notice("fxaot engine ~tp: the mailbox's capacity is ~b quotes, a power of two, "
                          "instead of ~b", [Name, Capacity, Asked]);
        _ -> ok
    end,
    case Pinning of
        0 -> ok;
        _ -> logger:warning("fxaot engine ~tp: cannot pin its thread to processor ~tp (error ~b)",
                            [Name, maps:get(processor, Actor, any), Pinning])
    end.

%% A subscriber may get as many messages more as it has room for: what waits for it never exceeds
%% the limit, and the native thread never has to ask.
renew_allowances(#state{mailbox = Mailbox, options = Options} = State) ->
    Limit = maps:get(subscriber_limit, Options, ?SUBSCRIBER_LIMIT),
    case fxaot_nif:mailbox(Mailbox) of
        #{subscribers := []} -> State#state{renews = false};
        #{subscribers := Subscribers} ->
            lists:foreach(fun({Pid, _}) -> renew_allowance(Mailbox, Pid, Limit) end, Subscribers),
            renewing(State#state{renews = false})
    end.

%% As long as there is a subscriber.
renewing(#state{renews = true} = State) -> State;
renewing(State) ->
    _ = erlang:send_after(?ALLOWANCE_MS, self(), renew_allowances),
    State#state{renews = true}.

renew_allowance(Mailbox, Pid, Limit) ->
    case process_info(Pid, message_queue_len) of
        {_, Waiting} -> fxaot_nif:allow(Mailbox, Pid, max(0, Limit - Waiting));
        undefined -> ok
    end.

add_instruments(_, []) -> ok;
add_instruments(Engine, [Entry | Rest]) ->
    Added = case Entry of
                Symbol when is_atom(Symbol) -> fxaot_nif:add_instrument(Engine, Symbol);
                {Symbol, Spec} when is_atom(Symbol), is_map(Spec) ->
                    fxaot_nif:add_instrument(Engine, Symbol, Spec);
                _ -> bad_instruments(Entry)
            end,
    case Added of
        ok -> add_instruments(Engine, Rest);
        Error -> Error
    end;
add_instruments(_, Other) -> bad_instruments(Other).

bad_instruments(Value) ->
    bad_option(instruments, Value, "a list of symbols and {Symbol, Spec}").

%% ---- requests ---------------------------------------------------------------

-spec handle_call(request(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {stop, normal, ok, #state{}}.
handle_call(Request, _From, State) ->
    %% The API has checked all types; should native code still refuse one, it is the request that
    %% fails and not the engine.
    try handle(Request, State)
    catch error:badarg ->
            {reply, {error, {bad_argument, #{request => named(Request)}}}, State}
    end.

named(Request) when is_tuple(Request) -> element(1, Request);
named(Request) -> Request.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(renew_allowances, State) -> {noreply, renew_allowances(State)};
handle_info({fxaot_heir, up}, #state{name = Name, engine = Engine, options = Options} = State) ->
    fxaot_heir:keep(Name, Engine, Options),
    {noreply, State};
handle_info(_, State) -> {noreply, State}.

handle({tick, Symbol, Time, Bid, Ask}, #state{engine = Engine} = State) ->
    answered(fxaot_nif:tick(Engine, Symbol, Time, Bid, Ask), State);
handle({tick, Symbol, Time, Bid, Ask, BidSize, AskSize}, #state{engine = Engine} = State) ->
    answered(fxaot_nif:tick(Engine, Symbol, Time, Bid, Ask, BidSize, AskSize), State);
handle({ticks, Quotes}, #state{engine = Engine} = State) ->
    answered(fxaot_nif:ticks(Engine, Quotes), State);
handle({feed, Mode, Quotes}, #state{mailbox = inline, engine = Engine} = State) ->
    ok = fxaot_nif:set_replaying(Engine, true),
    try feed(Mode, Quotes, State)
    after ok = fxaot_nif:set_replaying(Engine, false)
    end;
handle({feed, _, Quotes}, #state{mailbox = Mailbox} = State) ->
    {reply, feed_mailbox(Mailbox, Quotes), State};
handle({subscribe, Pid}, #state{mailbox = Mailbox, options = Options} = State) ->
    Limit = maps:get(subscriber_limit, Options, ?SUBSCRIBER_LIMIT),
    {reply, fxaot_nif:subscribe(Mailbox, Pid, Limit), renewing(State)};
handle({unsubscribe, Pid}, #state{mailbox = Mailbox} = State) ->
    {reply, fxaot_nif:unsubscribe(Mailbox, Pid), State};
handle({advance, Time}, #state{engine = Engine} = State) ->
    answered(fxaot_nif:advance(Engine, Time), State);
handle({close_bars, Last}, #state{engine = Engine, mailbox = Mailbox} = State) ->
    case last_bar_end(fxaot_nif:strategies(Engine), Last) of
        none -> {reply, ok, State};
        End when Mailbox =:= inline -> answered(fxaot_nif:advance(Engine, End), State);
        End -> {reply, fxaot_nif:send_advance(Mailbox, End), State}
    end;
handle({deploy, Id, {ir, Program}, Deployment}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:add_script(Engine, Id, Program, Deployment), State};
handle({deploy, Id, {ir, Program, Native}, Deployment}, #state{engine = Engine} = State) ->
    {reply, add_native(Engine, Id, Program, Native, Deployment), State};
handle({deploy, Id, Strategy, Deployment}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:add_strategy(Engine, Id, Strategy, Deployment), State};
handle({undeploy, Id}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:remove_strategy(Engine, Id), State};
handle({strategy, Id}, #state{engine = Engine} = State) ->
    {reply, case [Told || #{id := Known} = Told <- fxaot_nif:strategies(Engine), Known =:= Id] of
                [Told] -> {ok, Told};
                [] -> {error, {not_found, #{id => Id}}}
            end, State};
handle({script_plan, Id}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:script_plan(Engine, Id), State};
handle({attach_native, Id, Native}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:attach_native(Engine, Id, Native), State};
handle({reload_basis, Id, Kind, Count, Price}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:reload_basis(Engine, Id, Kind, Count, Price), State};
handle({swap, Id, Prepared}, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:swap(Engine, Id, Prepared), State};
handle({add_instrument, Symbol, Spec}, #state{engine = Engine} = State) ->
    case fxaot_nif:add_instrument(Engine, Symbol, Spec) of
        ok -> {reply, ok, with_terms(Symbol, Spec, State)};
        Error -> {reply, Error, State}
    end;
handle({instrument_terms, Symbol}, #state{options = Options} = State) ->
    {reply, instrument_terms(Symbol, maps:get(instruments, Options, ['EURUSD'])), State};
handle(stats, #state{engine = Engine, mailbox = inline} = State) ->
    {reply, fxaot_nif:stats(Engine), State};
handle(stats, #state{engine = Engine, mailbox = Mailbox} = State) ->
    Stats = fxaot_nif:stats(Engine),
    {reply, Stats#{mailbox => fxaot_nif:mailbox(Mailbox)}, State};
handle(account, #state{engine = Engine} = State) -> {reply, fxaot_nif:account(Engine), State};
handle(positions, #state{engine = Engine} = State) -> {reply, fxaot_nif:positions(Engine), State};
handle(strategies, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:strategies(Engine), State};
handle(instruments, #state{engine = Engine} = State) ->
    {reply, fxaot_nif:instruments(Engine), State};
handle(handle, #state{engine = Engine} = State) -> {reply, {ok, Engine}, State};
handle(stop, #state{name = Name, engine = Engine} = State) ->
    fxaot_heir:forget(Name),
    fxaot_names:leave(Name, self()),
    _ = fxaot_nif:close(Engine),
    tell_watchers(Name, stopped),
    fxaot_deployments:engine_stopped(Name),
    {stop, normal, ok, State};
handle(_, State) -> {reply, {error, {bad_argument, none}}, State}.

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

%% The terms that instruments were added with are kept as the heir keeps the options.
with_terms(Symbol, Spec, #state{name = Name, engine = Engine, options = Options} = State) ->
    Before = maps:get(instruments, Options, ['EURUSD']),
    After = Options#{instruments => Before ++ [{Symbol, Spec}]},
    fxaot_heir:keep(Name, Engine, After),
    State#state{options = After}.

instrument_terms(Symbol, Instruments) ->
    case {lists:member(Symbol, Instruments), lists:keyfind(Symbol, 1, Instruments)} of
        {true, _} -> {ok, #{}};
        {false, {_, Spec}} -> {ok, Spec};
        {false, false} -> {error, {unknown_symbol, #{symbol => Symbol}}}
    end.

answered(Result, State) -> {reply, Result, publish(Result, State)}.

%% The end of the last bar that Last falls in, over all strategies on a time grid.
last_bar_end(Strategies, Last) ->
    Lengths = [{Length, Symbol} || #{timeframe := Timeframe, symbol := Symbol} <- Strategies,
                                   Length <- [length_ns(Timeframe)], Length > 0],
    case [fxaot_hours:last_bar_end(Length, Last, Symbol) || {Length, Symbol} <- Lengths] of
        [] -> none;
        Ends -> lists:max(Ends)
    end.

length_ns({seconds, N}) -> N * 1000000000;
length_ns({minutes, N}) -> N * 60000000000;
length_ns({hours, N}) -> N * 3600000000000;
length_ns(day) -> 86400000000000;
length_ns(_) -> 0.

%% ---- a feed's batches -------------------------------------------------------

%% Answers no events, which would be copied for nothing, but how long (ns) native calls and
%% publishing took.
feed(batch, Quotes, #state{engine = Engine} = State) ->
    Start = erlang:monotonic_time(nanosecond),
    Result = fxaot_nif:ticks(Engine, Quotes),
    Called = erlang:monotonic_time(nanosecond),
    case Result of
        {error, _} -> {reply, Result, State};
        _ ->
            Published = publish(Result, State),
            {reply, {ok, Called - Start, erlang:monotonic_time(nanosecond) - Called}, Published}
    end;
feed(quote, Quotes, State) ->
    Start = erlang:monotonic_time(nanosecond),
    {Published, Publishing} = each(Quotes, none, State, 0),
    {reply, {ok, erlang:monotonic_time(nanosecond) - Start - Publishing, Publishing}, Published}.

%% The loop keeps its place in the binary, and the symbol of the record before: a key is compared
%% as two halves, since 64 bits are no small integer.
each(<<Time:64/little-signed, Low:32/little, High:32/little, Bid:64/little-float,
       Ask:64/little-float, 0:64, 0:64, Rest/binary>>,
     {Low, High, Symbol} = Known, #state{engine = Engine} = State, Publishing) ->
    case fxaot_nif:tick(Engine, Symbol, Time, Bid, Ask) of
        [_ | _] = Events ->
            {Published, Spent} = timed_publish(Events, State),
            each(Rest, Known, Published, Publishing + Spent);
        %% A record's error is in the engine's counters already.
        _ -> each(Rest, Known, State, Publishing)
    end;
each(<<Time:64/little-signed, Low:32/little, High:32/little, Bid:64/little-float,
       Ask:64/little-float, BidSize:64/little-float, AskSize:64/little-float, Rest/binary>>,
     {Low, High, Symbol} = Known, #state{engine = Engine} = State, Publishing) ->
    case fxaot_nif:tick(Engine, Symbol, Time, Bid, Ask, BidSize, AskSize) of
        [_ | _] = Events ->
            {Published, Spent} = timed_publish(Events, State),
            each(Rest, Known, Published, Publishing + Spent);
        _ -> each(Rest, Known, State, Publishing)
    end;
%% NaN or infinity: no Erlang term can say it, a record can.
each(<<Head:64, Low:32/little, High:32/little, Tail:256, Rest/binary>>, {Low, High, _} = Known,
     State, Publishing) ->
    each(Rest, Known, as_record(<<Head:64, Low:32/little, High:32/little, Tail:256>>, State),
         Publishing);
%% Another symbol than before, or none that has an atom.
each(<<Head:64, Low:32/little, High:32/little, Tail:256, Rest/binary>>, _, State, Publishing) ->
    Quote = <<Head:64, Low:32/little, High:32/little, Tail:256>>,
    {Next, Spent, Known} = case symbol(<<Low:32/little, High:32/little>>, State) of
                               {ok, Symbol, Seen} ->
                                   Found = {Low, High, Symbol},
                                   {After, Time} = each(Quote, Found, Seen, 0),
                                   {After, Time, Found};
                               none -> {as_record(Quote, State), 0, none}
                           end,
    each(Rest, Known, Next, Publishing + Spent);
each(<<_/binary>>, _, State, Publishing) -> {State, Publishing}.

timed_publish(Events, State) ->
    Start = erlang:monotonic_time(nanosecond),
    Published = publish(Events, State),
    {Published, erlang:monotonic_time(nanosecond) - Start}.

as_record(Quote, #state{engine = Engine} = State) ->
    publish(fxaot_nif:ticks(Engine, Quote), State).

%% A key of up to 8 bytes is the symbol's text.
symbol(Key, #state{symbols = Symbols} = State) ->
    case Symbols of
        #{Key := Symbol} -> {ok, Symbol, State};
        #{} ->
            try
                [Text | _] = binary:split(Key, <<0>>),
                Symbol = binary_to_existing_atom(Text),
                <<Number:64/little>> = Key,
                {ok, Number} = fxaot_nif:symbol_key(Symbol),
                {ok, Symbol, State#state{symbols = Symbols#{Key => Symbol}}}
            catch error:_ -> none
            end
    end.

%% ---- events -----------------------------------------------------------------

publish([_ | _] = Events, #state{name = Name, sequence = First} = State) ->
    send_events(Name, First, Events),
    State#state{sequence = First + length(Events)};
publish(_, State) -> State.

send_events(_, _, []) -> ok;
send_events(Name, First, Events) -> send(Name, {fxaot_events, Name, First, Events}).

tell_watchers(Name, News) -> send({watch, Name}, {fxaot_engine, Name, News}).

send(Group, Message) -> lists:foreach(fun(Member) -> Member ! Message end, members(Group)).

%% None while the scope's process restarts.
members(Group) -> try pg:get_members(fxaot_events, Group) catch error:_ -> [] end.
