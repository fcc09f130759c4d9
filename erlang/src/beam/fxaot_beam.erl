%% @private An engine without native code, where that cannot be loaded: strategies are evaluated in
%% Erlang from their programs, signals go on, orders are refused, and an alarm says so.
%%
%% Requests that need native code fail with `degraded'. Strategies are deployed again when it comes back
%% from a crash, with nothing in their histories.
-module(fxaot_beam).
-behaviour(gen_server).
-behaviour(fxaot_engine_call).

-include("../../include/fxaot.hrl").

-export([load_error/0, start_link/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([feed/3, close_bars/2, subscribe/2, unsubscribe/2, deploy/4, undeploy/2, add_instrument/3, read/2,
         stop/1, other/2]).

%% So many quotes from too far ahead make the next one that agrees with them right.
-define(JUMPS_NEEDED, 3).
-define(MIN_TIME, 631152000000000000).
-define(MAX_TIME, 7258118400000000000).

-record(instrument, {terms :: fxaot_beam_market:terms(), clock = ?MIN_TIME :: integer(),
                     %% Quotes in a row that were too far ahead: how many, the earliest, the latest.
                     jump = none :: none | {pos_integer(), integer(), integer()},
                     last = none :: none | {fxaot_beam_market:steps(), integer()},
                     %% By timeframe's length, the longest first.
                     builders = [] :: [{{0..5, pos_integer()}, fxaot_beam_market:builder()}]}).

-record(state, {name :: atom(), why :: binary(), config :: map(),
                instruments = #{} :: #{atom() => #instrument{}},
                keys = #{} :: #{binary() => atom()},
                %% In the order of their deployment.
                strategies = [] :: [fxaot_beam_strategy:strategy()],
                rejects = #{} :: #{atom() => pos_integer()},
                %% Whether quotes come from a replay, which has gaps.
                replaying = false :: boolean(),
                %% What a crash must not lose: the number of the newest event, and (as a persistent
                %% term beside it) what is deployed.
                numbers :: atomics:atomics_ref(), next_order = 1 :: pos_integer(),
                counts :: #{atom() => non_neg_integer()}}).

%% @doc Why native code is not there; `none' when it is.
-spec load_error() -> none | binary().
load_error() ->
    case loaded(code:ensure_loaded(fxaot_nif)) of
        ok -> none;
        {error, _} ->
            %% The cause may be gone by now.
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
            %% Not `inline': subscribers must hear of it.
            fxaot_names:set_target(Name, beam),
            logger:alert("fxaot engine ~tp runs without native code: signals go on, orders are "
                         "refused (~ts)", [Name, Why]),
            Up = publish([alarm()], State),
            fxaot_events:tell_watchers(Name, up),
            {ok, again(Up)};
        Error -> {stop, {shutdown, Error}}
    end.

made(Name, Why, Options) ->
    Config = maps:with(fxaot_terms:config_options(), Options),
    case fxaot_terms:config(Config) of
        {ok, {Currency, Balance, MinStrength, Sizer, Fixed, _, Bars, _, Jump}} ->
            Quantity = case Sizer of 0 -> Fixed; 1 -> 0 end,
            {Numbers, _} = kept(Name),
            State = #state{name = Name, why = Why, counts = counts(), numbers = Numbers,
                           config = #{currency => Currency, balance => Balance,
                                      min_strength => MinStrength, quantity => Quantity,
                                      bar_events => Bars =:= 1, max_time_jump => Jump}},
            add_instruments(maps:get(instruments, Options, ['EURUSD']), State);
        Error -> Error
    end.

counts() ->
    maps:from_list([{Key, 0} || Key <- [quotes, accepted, crossed, late, bad_price, bad_size, bad_time,
                                        time_jump, gaps, unknown_symbol, bars, signals, orders, fills, rejects, alarms,
                                        events]]).

add_instruments(Instruments, State) ->
    case fxaot_terms:instruments(Instruments) of
        {ok, Terms} -> add_each(Terms, State);
        Error -> Error
    end.

add_each([], State) -> {ok, State};
add_each([{Symbol, Terms} | Rest], State) ->
    case added(Symbol, Terms, State) of
        {ok, Next} -> add_each(Rest, Next);
        Error -> Error
    end.

added(Symbol, _, #state{instruments = Known}) when is_map_key(Symbol, Known) ->
    {error, {already_exists, #{symbol => Symbol}}};
added(Symbol, Spec, #state{instruments = Known, keys = Keys} = State) ->
    case {fxaot_beam_market:key(Symbol), fxaot_beam_market:terms(Symbol, Spec)} of
        {{ok, Key}, {ok, Terms}} ->
            {ok, State#state{instruments = Known#{Symbol => #instrument{terms = Terms}},
                             keys = Keys#{Key => Symbol}}};
        {error, _} -> {error, {bad_instrument, #{symbol => Symbol}}};
        {_, Error} -> Error
    end.

%% What was deployed before a crash.
again(#state{name = Name} = State0) ->
    lists:foldl(fun({Id, Strategy, Deployment}, State) ->
                        case deployed(Id, Strategy, Deployment, State) of
                            {ok, Next} -> Next;
                            Error ->
                                logger:error("fxaot engine ~tp: cannot deploy ~tp again: ~ts",
                                             [Name, Id, fxaot_error:format_error(Error)]),
                                State
                        end
                end, State0, deployments(Name)).

kept(Name) ->
    case persistent_term:get({?MODULE, Name}, none) of
        none ->
            Kept = {atomics:new(1, []), []},
            persistent_term:put({?MODULE, Name}, Kept),
            Kept;
        Kept -> Kept
    end.

deployments(Name) -> element(2, kept(Name)).

put_deployments(Name, Deployments) ->
    {Numbers, _} = kept(Name),
    persistent_term:put({?MODULE, Name}, {Numbers, Deployments}).

%% ---- messages ---------------------------------------------------------------

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {stop, normal, ok, #state{}}.
handle_call(Request, _From, State) -> fxaot_engine_call:answer(?MODULE, Request, State).

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(_, State) -> {noreply, State}.

%% ---- requests ---------------------------------------------------------------

-spec feed(fxaot_engine_feed:mode(), Quotes :: binary(), #state{}) -> fxaot_engine_call:reply(#state{}).
feed(_, Quotes, State0) ->
    Start = erlang:monotonic_time(nanosecond),
    {Events, #state{replaying = true} = Fed} = records(Quotes, [], State0#state{replaying = true}),
    State = Fed#state{replaying = false},
    Called = erlang:monotonic_time(nanosecond),
    case has_no_time(Quotes) of
        true -> {reply, {error, {bad_time, #{time => time_of(Quotes)}}}, State};
        false ->
            Published = publish(Events, State),
            {reply, {ok, Called - Start, erlang:monotonic_time(nanosecond) - Called}, Published}
    end.

-spec close_bars(LastTimeNs :: integer(), #state{}) -> fxaot_engine_call:reply(#state{}).
close_bars(Last, State0) ->
    Lengths = [{fxaot_beam_market:length_of(Kind), Symbol}
               || S <- State0#state.strategies, {_, Symbol, Kind, _} <- [fxaot_beam_strategy:fields(S)]],
    case fxaot_hours:last_bar_end(Lengths, Last) of
        none -> {reply, ok, State0};
        End ->
            {Events, State} = advanced(End, State0),
            answered(Events, State)
    end.

-spec subscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
subscribe(Pid, #state{name = Name} = State) ->
    Pid ! {fxaot_events, Name, 1, [alarm()]},
    {reply, ok, State}.

-spec unsubscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
unsubscribe(_, State) -> {reply, ok, State}.

-spec deploy(Id :: atom(), Strategy :: term(), Deployment :: map(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
deploy(Id, Strategy, Deployment, State) ->
    case find(Id, State) of
        {ok, Running} -> replaced(Running, Strategy, Deployment, State);
        _ ->
            case deployed(Id, Strategy, Deployment, State) of
                {ok, Next} -> {reply, ok, noted(Id, Strategy, Deployment, Next)};
                Error -> {reply, Error, State}
            end
    end.

-spec undeploy(Id :: atom(), #state{}) -> fxaot_engine_call:reply(#state{}).
undeploy(Id, #state{name = Name, strategies = Strategies} = State) ->
    case find(Id, State) of
        {ok, S} ->
            put_deployments(Name, lists:keydelete(Id, 1, deployments(Name))),
            {reply, ok, State#state{strategies = lists:delete(S, Strategies)}};
        Error -> {reply, Error, State}
    end.

-spec add_instrument(Symbol :: atom(), fxaot_nif:instrument(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
add_instrument(Symbol, Terms, State) ->
    case added(Symbol, Terms, State) of
        {ok, Next} -> {reply, ok, Next};
        Error -> {reply, Error, State}
    end.

-spec read(stats | account | positions | strategies | instruments, #state{}) -> term().
read(stats, #state{counts = Counts, why = Why}) -> Counts#{tier => beam, why => Why};
read(account, #state{config = #{currency := Currency, balance := Balance}}) ->
    #{currency => binary_to_atom(Currency), balance => Balance, equity => Balance, realised => 0,
      unrealised => 0, unvalued => 0};
read(positions, _) -> [];
read(strategies, #state{strategies = Strategies, rejects = Rejects, why = Why}) ->
    [begin
         #{id := Id} = Info = fxaot_beam_strategy:info(S),
         Info#{rejects => maps:get(Id, Rejects, 0), why => Why}
     end || S <- Strategies];
read(instruments, #state{instruments = Instruments}) -> maps:keys(Instruments).

-spec stop(#state{}) -> {stop, normal, ok, #state{}}.
stop(#state{name = Name} = State) ->
    _ = persistent_term:erase({?MODULE, Name}),
    fxaot_names:leave(Name, self()),
    fxaot_events:tell_watchers(Name, stopped),
    {stop, normal, ok, State}.

-spec other(term(), #state{}) -> fxaot_engine_call:reply(#state{}).
other({tick, Symbol, Time, Bid, Ask}, State) -> ticked(Symbol, Time, Bid, Ask, 0.0, State);
other({tick, Symbol, Time, Bid, Ask, BidSize, AskSize}, State) ->
    ticked(Symbol, Time, Bid, Ask, size(BidSize, AskSize), State);
other({ticks, Quotes}, State0) ->
    {Events, State} = records(Quotes, [], State0),
    case has_no_time(Quotes) of
        true -> {reply, {error, {bad_time, #{time => time_of(Quotes)}}}, State};
        false -> answered(Events, State)
    end;
other({advance, Time}, State0) when Time >= ?MIN_TIME, Time =< ?MAX_TIME ->
    {Events, State} = advanced(Time, State0),
    answered(Events, State);
other({advance, Time}, State) -> {reply, {error, {bad_time, #{time => Time}}}, State};
other({tier, Id}, #state{why = Why} = State) ->
    {reply, case find(Id, State) of
                {ok, _} -> {ok, #{tier => beam, why => Why}};
                Error -> Error
            end, State};
other(_, #state{why = Why} = State) -> {reply, {error, {degraded, #{why => Why}}}, State}.

deployed(Id, Strategy, Deployment, #state{strategies = Strategies, instruments = Instruments} = State) ->
    Symbol = maps:get(instrument, Deployment, none),
    case Instruments of
        #{Symbol := #instrument{terms = Terms} = Instrument} ->
            case fxaot_beam_strategy:new(Id, Strategy, Deployment, Terms) of
                {ok, Made} ->
                    {_, _, Kind, _} = fxaot_beam_strategy:fields(Made),
                    Watched = Instruments#{Symbol := watching(Kind, Instrument)},
                    {ok, State#state{strategies = Strategies ++ [Made], instruments = Watched}};
                Error -> Error
            end;
        _ when Symbol =:= none -> {error, {missing_option, #{option => instrument}}};
        _ -> {error, {unknown_symbol, #{symbol => Symbol}}}
    end.

watching(Kind, #instrument{builders = Builders} = Instrument) ->
    case lists:keymember(Kind, 1, Builders) of
        true -> Instrument;
        false ->
            Longer = fun({A, _}, {B, _}) ->
                             {fxaot_beam_market:length_of(A), A} >= {fxaot_beam_market:length_of(B), B}
                     end,
            All = [{Kind, fxaot_beam_market:builder(Kind)} | Builders],
            Instrument#instrument{builders = lists:sort(Longer, All)}
    end.

noted(Id, Strategy, Deployment, #state{name = Name} = State) ->
    Entry = {Id, Strategy, Deployment},
    put_deployments(Name, lists:keystore(Id, 1, deployments(Name), Entry)),
    State.

%% Another version takes its place: what is not given stays as it is.
replaced(Running, Strategy, Given, #state{name = Name, strategies = Strategies} = State) ->
    {Id, Symbol, _, _} = fxaot_beam_strategy:fields(Running),
    {_, _, Before} = lists:keyfind(Id, 1, deployments(Name)),
    Deployment = maps:merge(maps:with([instrument, timeframe, price], Before), Given),
    Without = State#state{strategies = lists:delete(Running, Strategies)},
    case maps:get(instrument, Deployment) =:= Symbol andalso deployed(Id, Strategy, Deployment, Without) of
        false ->
            Message = <<"a strategy cannot change its instrument">>,
            {reply, {error, {bad_reload, #{message => Message}}}, State};
        {ok, #state{strategies = All} = Next} ->
            New = lists:last(All),
            {Report, Warm} = fxaot_beam_strategy:succeed(Running, New),
            InPlace = [case S of Running -> Warm; _ -> S end || S <- Strategies],
            {reply, {ok, Report}, noted(Id, Strategy, Deployment, Next#state{strategies = InPlace})};
        Error -> {reply, Error, State}
    end.

find(Id, #state{strategies = Strategies}) ->
    case [S || S <- Strategies, element(1, fxaot_beam_strategy:fields(S)) =:= Id] of
        [S] -> {ok, S};
        [] -> {error, {not_found, #{id => Id}}}
    end.

%% ---- quotes -----------------------------------------------------------------

size(Bid, Ask) when Bid >= 0, Ask >= 0 -> fxaot_eval_number:add(float(Bid), float(Ask));
size(_, _) -> bad_size.

ticked(Symbol, Time, Bid, Ask, Size, State0) ->
    case taken(Symbol, Time, fxaot_terms:to_float(Bid), fxaot_terms:to_float(Ask), Size,
               count(quotes, 1, State0)) of
        {ok, Events, State} -> answered(Events, State);
        {dropped, Reason, State} ->
            Details = #{symbol => Symbol, time => Time, bid => Bid, ask => Ask},
            {reply, {error, {Reason, Details}}, State}
    end.

%% Whether all records' times are in another unit than nanoseconds.
has_no_time(<<Time:64/little-signed, _:40/binary, Rest/binary>>) when Time >= 0, Time < ?MIN_TIME ->
    Rest =:= <<>> orelse has_no_time(Rest);
has_no_time(_) -> false.

time_of(<<Time:64/little-signed, _/binary>>) -> Time.

records(<<Time:64/little-signed, Key:8/binary, Bid:64/little-float, Ask:64/little-float,
          BidSize:64/little-float, AskSize:64/little-float, Rest/binary>>, Done, State0) ->
    record(Key, Time, Bid, Ask, size(BidSize, AskSize), Rest, Done, State0);
%% NaN or infinity, which no float is.
records(<<Time:64/little-signed, Key:8/binary, Bid:64/bits, Ask:64/bits, _:128, Rest/binary>>, Done, State0) ->
    Prices = [X || <<X:64/little-float>> <= <<Bid/bits, Ask/bits>>],
    {B, A, Size} = case Prices of
                       [X, Y] -> {X, Y, bad_size};
                       _ -> {-1.0, -1.0, 0.0}
                   end,
    record(Key, Time, B, A, Size, Rest, Done, State0);
records(_, Done, State) -> {lists:append(lists:reverse(Done)), State}.

record(Key, Time, Bid, Ask, Size, Rest, Done, #state{keys = Keys} = State0) ->
    case taken(maps:get(Key, Keys, none), Time, Bid, Ask, Size, count(quotes, 1, State0)) of
        {ok, [], State} -> records(Rest, Done, State);
        {ok, Events, State} -> records(Rest, [Events | Done], State);
        {dropped, _, State} -> records(Rest, Done, State)
    end.

taken(Symbol, Time, Bid, Ask, Size, #state{instruments = Instruments} = State) ->
    case Instruments of
        #{Symbol := #instrument{terms = Terms, clock = Clock} = Instrument} ->
            case fxaot_beam_market:quote(Bid, Ask, Terms) of
                bad_price -> dropped(bad_price, bad_price, State);
                _ when Size =:= bad_size; Size =:= inf -> dropped(bad_size, bad_size, State);
                _ when Time < ?MIN_TIME; Time > ?MAX_TIME -> dropped(bad_time, bad_time, State);
                _ when Time < Clock -> dropped(time_backwards, late, State);
                {ok, Quote} ->
                    case jumped(Symbol, Time, Instrument, State) of
                        {ok, Events, Next} ->
                            {ok, More, Last} =
                                quoted(Symbol, Time, Quote, Size, count(accepted, 1, Next)),
                            {ok, Events ++ More, Last};
                        Dropped -> Dropped
                    end
            end;
        #{} -> dropped(unknown_symbol, unknown_symbol, State)
    end.

%% A quote from further ahead than max_time_jump is dropped, until three in a row agree on the time.
jumped(_, _, #instrument{last = none}, State) -> {ok, [], State};
jumped(Symbol, Time, #instrument{clock = Clock, jump = Jump} = Instrument, State) ->
    #state{config = #{max_time_jump := Limit}, replaying = IsReplay} = State,
    case further(Time, Jump, Limit) of
        _ when Time - Clock =< Limit -> {ok, [], State};
        _ when IsReplay -> {ok, [], count(gaps, 1, State)};
        {confirmed, Count} -> {ok, [jump_alarm(Symbol, Time, Count)], count(alarms, 1, State)};
        Next ->
            dropped(time_jump, time_jump, put_instrument(Symbol, Instrument#instrument{jump = Next}, State))
    end.

further(Time, none, _) -> {1, Time, Time};
further(Time, {Count, Earliest, Latest}, Limit) ->
    {First, Last} = {min(Earliest, Time), max(Latest, Time)},
    if
        Last - First > Limit -> {1, Time, Time};
        Count =:= ?JUMPS_NEEDED -> {confirmed, Count};
        true -> {Count + 1, First, Last}
    end.

jump_alarm(Symbol, Time, Count) ->
    #alarm{kind = time_jump, strategy = undefined, symbol = Symbol, time = Time, count = Count}.

dropped(Reason, Counter, State) -> {dropped, Reason, count(Counter, 1, State)}.

quoted(Symbol, Time, {Bid, Ask} = Quote, Size, State0) ->
    Crossed = case Bid > Ask of true -> 1; false -> 0 end,
    {Closed, State1} = close_ended(Symbol, Time, count(crossed, Crossed, State0)),
    #{Symbol := #instrument{terms = Terms, builders = Builders} = Instrument} = State1#state.instruments,
    Added = [{Kind, fxaot_beam_market:add({Quote, Size}, Time, Terms, B)} || {Kind, B} <- Builders],
    State2 = put_instrument(Symbol, Instrument#instrument{clock = Time, last = {Quote, Time}, jump = none,
                                                          builders = Added}, State1),
    {Full, State} = close_full(Symbol, State2),
    {ok, Closed ++ Full, State}.

put_instrument(Symbol, Instrument, #state{instruments = Instruments} = State) ->
    State#state{instruments = Instruments#{Symbol := Instrument}}.

advanced(Time, #state{instruments = Instruments} = State0) ->
    lists:foldl(fun(Symbol, {Events, State}) ->
                        {Jumped, Confirmed} = confirm_jump(Symbol, Time, State),
                        {More, Next} = close_ended(Symbol, Time, Confirmed),
                        #{Symbol := #instrument{clock = Clock} = I} = Next#state.instruments,
                        {Events ++ Jumped ++ More,
                         put_instrument(Symbol, I#instrument{clock = max(Clock, Time)}, Next)}
                end, {[], State0}, maps:keys(Instruments)).

%% Time has passed to where quotes were dropped for being too far ahead.
confirm_jump(Symbol, Time, #state{instruments = Instruments, config = #{max_time_jump := Limit}} = State) ->
    case Instruments of
        #{Symbol := #instrument{clock = Clock, jump = {Count, _, Latest}} = Instrument}
          when Time > Clock, Latest - Time =< Limit ->
            {[jump_alarm(Symbol, Time, Count)],
             put_instrument(Symbol, Instrument#instrument{jump = none}, count(alarms, 1, State))};
        _ -> {[], State}
    end.

%% The time bars that ended at or before Time: by their end, and those that end together from the
%% longest to the shortest.
close_ended(Symbol, Time, #state{instruments = Instruments} = State) ->
    #{Symbol := #instrument{builders = Builders}} = Instruments,
    case [End || {_, B} <- Builders, End <- [fxaot_beam_market:ends_at(B)], End =< Time] of
        [] -> {[], State};
        Ends ->
            End = lists:min(Ends),
            Kinds = [Kind || {Kind, B} <- Builders, fxaot_beam_market:ends_at(B) =:= End],
            {Events, Closed} = close_kinds(Symbol, Kinds, State),
            {More, Next} = close_ended(Symbol, Time, Closed),
            {Events ++ More, Next}
    end.

close_full(Symbol, #state{instruments = Instruments} = State) ->
    #{Symbol := #instrument{builders = Builders}} = Instruments,
    close_kinds(Symbol, [Kind || {Kind, B} <- Builders, fxaot_beam_market:is_full(B)], State).

close_kinds(Symbol, Kinds, State) ->
    lists:foldl(fun(Kind, {Events, S}) ->
                        {More, Next} = close(Symbol, Kind, S),
                        {Events ++ More, Next}
                end, {[], State}, Kinds).

close(Symbol, Kind, #state{instruments = Instruments, strategies = Strategies0} = State0) ->
    #{Symbol := #instrument{terms = Terms, last = Last, builders = Builders} = Instrument} = Instruments,
    {_, Builder} = lists:keyfind(Kind, 1, Builders),
    {Stepped, {Events, State}} =
        lists:mapfoldl(fun(Strategy, {Done, S}) ->
                               stepped(Symbol, Kind, Last, Terms, Builder, Strategy, Done, S)
                       end, {[], count(bars, 1, State0)}, Strategies0),
    Finished = lists:keyreplace(Kind, 1, Builders, {Kind, fxaot_beam_market:finish(Builder)}),
    {lists:append(lists:reverse(Events)),
     put_instrument(Symbol, Instrument#instrument{builders = Finished}, State#state{strategies = Stepped})}.

stepped(Symbol, Kind, Last, Terms, Builder, Strategy, Done, #state{config = Config} = State0) ->
    case fxaot_beam_strategy:fields(Strategy) of
        {Id, Symbol, Kind, Price} ->
            {Bar, End} = fxaot_beam_market:candle(Price, Last, Terms, Builder),
            {Left, Next} = fxaot_beam_strategy:step(Bar, maps:get(min_strength, Config), Strategy),
            {Events, State} = lists:mapfoldl(fun(What, S) -> event(What, Id, Symbol, End, S) end, State0, Left),
            Told = [bar(Id, Symbol, Bar, Builder, End, Left) || maps:get(bar_events, Config)],
            {Next, {[Told ++ Events | Done], State}};
        _ -> {Strategy, {Done, State0}}
    end.

%% ---- events -----------------------------------------------------------------

alarm() -> #alarm{kind = degraded, strategy = undefined, symbol = undefined, time = 0, count = 1}.

bar(Id, Symbol, #{open := O, high := H, low := L, close := C, volume := V}, Builder, End, Left) ->
    {Start, Ticks} = fxaot_beam_market:start_of(Builder),
    Strength = case [S || {signal, S} <- Left] of
                   [First | _] -> First;
                   [] -> 0.0
               end,
    #bar{strategy = Id, symbol = Symbol, open_time = Start, end_time = End, open = O, high = H,
         low = L, close = C, volume = V, ticks = Ticks, strength = Strength}.

event({signal, Strength}, Id, Symbol, Time, State) ->
    {#signal{id = Id, symbol = Symbol, time = Time, strength = Strength}, count(signals, 1, State)};
event({order, Side, Wanted}, Id, Symbol, Time, State) ->
    #state{config = Config, next_order = Order, rejects = Rejects} = State,
    Quantity = case Wanted of
                   default -> maps:get(quantity, Config);
                   _ -> Wanted
               end,
    Refused = maps:update_with(Id, fun(N) -> N + 1 end, 1, Rejects),
    {#reject{order_id = Order, strategy = Id, symbol = Symbol, time = Time, side = Side,
             quantity = Quantity, reason = degraded},
     count(rejects, 1, State#state{next_order = Order + 1, rejects = Refused})};
event(bad_signal, Id, Symbol, Time, State) ->
    {#alarm{kind = bad_signal, strategy = Id, symbol = Symbol, time = Time, count = 1},
     count(alarms, 1, State)};
event({stopped, Line}, Id, Symbol, Time, State) ->
    {#alarm{kind = script_stopped, strategy = Id, symbol = Symbol, time = Time, count = max(0, Line)},
     count(alarms, 1, State)}.

count(_, 0, State) -> State;
count(Key, By, #state{counts = Counts} = State) ->
    #{Key := N} = Counts,
    State#state{counts = Counts#{Key := N + By}}.

answered([], State) -> {reply, ok, State};
answered(Events, State) -> {reply, Events, publish(Events, State)}.

publish([], State) -> State;
publish(Events, #state{name = Name, numbers = Numbers} = State) ->
    Count = length(Events),
    Last = atomics:add_get(Numbers, 1, Count),
    fxaot_events:send(Name, Last - Count + 1, Events),
    count(events, Count, State).
