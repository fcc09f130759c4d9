%% @private Instruments, bars and strategies of an engine without native code, as data: quotes in, events out.
%% Prices, bars and counters are those of the native engine; orders are rejected as `degraded'.
%%
%% Longer than a file should be: each step of a quote's way takes and returns one record, which stays private.
-module(fxaot_beam_engine).

-include("../../include/fxaot.hrl").

-export([new/1, add_instrument/3, instruments/1, deploy/4, replace/4, remove/2, find/2]).
-export([tick/6, batch/2, replay/2, advance/2, close_bars/2]).
-export([counts/1, count_events/2, account/1, strategies/1]).

-export_type([engine/0]).

%% After so many quotes from too far ahead, the next one that agrees with them is accepted.
-define(JUMPS_NEEDED, 3).
-define(MIN_TIME, 631152000000000000).
-define(MAX_TIME, 7258118400000000000).

-record(instrument, {terms :: fxaot_beam_market:terms(), clock = ?MIN_TIME :: integer(),
                     %% Quotes in a row that were too far ahead: how many, the earliest, the latest.
                     jump = none :: none | {pos_integer(), integer(), integer()},
                     last = none :: none | {fxaot_beam_market:steps(), integer()},
                     %% By timeframe's length, the longest first.
                     builders = [] :: [{{0..5, pos_integer()}, fxaot_beam_market:builder()}]}).

-record(engine, {config :: map(),
                 instruments = #{} :: #{atom() => #instrument{}},
                 %% In the order of adding.
                 symbols = [] :: [atom()],
                 keys = #{} :: #{binary() => atom()},
                 %% Other names of instruments.
                 aliases = #{} :: #{atom() => atom()},
                 %% In the order of their deployment.
                 strategies = [] :: [fxaot_beam_strategy:strategy()],
                 rejects = #{} :: #{atom() => pos_integer()},
                 %% Whether quotes come from a replay, which has gaps.
                 replaying = false :: boolean(),
                 next_order = 1 :: pos_integer(),
                 counts :: #{atom() => non_neg_integer()}}).

-opaque engine() :: #engine{}.
-type events() :: [fxaot_nif:event()].

%% @doc Config: `currency', `balance', `min_strength', `quantity', `bar_events', `max_time_jump'.
-spec new(map()) -> engine().
new(Config) -> #engine{config = Config, counts = no_counts()}.

no_counts() ->
    maps:from_list([{Key, 0} || Key <- [quotes, accepted, crossed, late, bad_price, bad_size, bad_time,
                                        time_jump, gaps, unknown_symbol, bars, signals, orders, fills,
                                        rejects, alarms, events]]).

%% ---- instruments and strategies ---------------------------------------------

-spec add_instrument(Symbol :: atom(), Terms :: map(), engine()) -> {ok, engine()} | fxaot:error().
add_instrument(Symbol, _, #engine{instruments = Known, aliases = Aliases})
  when is_map_key(Symbol, Known); is_map_key(Symbol, Aliases) ->
    {error, {already_exists, #{symbol => Symbol}}};
add_instrument(Symbol, Spec, #engine{instruments = Known, aliases = Aliases} = Engine) ->
    case {fxaot_beam_market:key(Symbol), fxaot_beam_market:terms(Symbol, Spec)} of
        {{ok, _}, {ok, Terms}} ->
            Others = maps:get(aliases, Spec, []),
            case [Name || Name <- Others, Name =:= Symbol orelse is_map_key(Name, Known)
                              orelse is_map_key(Name, Aliases)] of
                [] -> {ok, added(Symbol, Others, Terms, Engine)};
                _ -> {error, {already_exists, #{symbol => Symbol}}}
            end;
        {error, _} -> {error, {bad_instrument, #{symbol => Symbol}}};
        {_, Error} -> Error
    end.

added(Symbol, Others, Terms, #engine{instruments = Known, symbols = Symbols, keys = Keys, aliases = Aliases} = Engine) ->
    Named = maps:from_list([{Key, Symbol} || Name <- [Symbol | Others], {ok, Key} <- [fxaot_beam_market:key(Name)]]),
    Engine#engine{instruments = Known#{Symbol => #instrument{terms = Terms}}, symbols = Symbols ++ [Symbol],
                  keys = maps:merge(Keys, Named),
                  aliases = maps:merge(Aliases, maps:from_list([{Name, Symbol} || Name <- Others]))}.

-spec deploy(Id :: atom(), Strategy :: term(), Deployment :: map(), engine()) ->
          {ok, engine()} | fxaot:error().
deploy(Id, Strategy, Deployment, #engine{strategies = Strategies, instruments = Instruments} = Engine) ->
    Symbol = maps:get(instrument, Deployment, none),
    case Instruments of
        #{Symbol := #instrument{terms = Terms} = Instrument} ->
            case fxaot_beam_strategy:new(Id, Strategy, Deployment, Terms) of
                {ok, Made} ->
                    {_, _, Kind, _} = fxaot_beam_strategy:fields(Made),
                    Watched = Instruments#{Symbol := watching(Kind, Instrument)},
                    {ok, Engine#engine{strategies = Strategies ++ [Made], instruments = Watched}};
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

%% @doc Replaces a strategy by another version, on the same instrument; returns the changes.
-spec replace(Id :: atom(), Strategy :: term(), Deployment :: map(), engine()) ->
          {ok, fxaot_nif:report(), engine()} | fxaot:error().
replace(Id, Strategy, Deployment, #engine{strategies = Strategies} = Engine) ->
    {ok, Running} = find(Id, Engine),
    {_, Symbol, _, _} = fxaot_beam_strategy:fields(Running),
    Without = Engine#engine{strategies = lists:delete(Running, Strategies)},
    case maps:get(instrument, Deployment) =:= Symbol andalso deploy(Id, Strategy, Deployment, Without) of
        false ->
            {error, {bad_reload, #{message => <<"a strategy cannot change its instrument">>}}};
        {ok, #engine{strategies = All} = Next} ->
            {Report, Warm} = fxaot_beam_strategy:succeed(Running, lists:last(All)),
            InPlace = [case S of Running -> Warm; _ -> S end || S <- Strategies],
            {ok, Report, Next#engine{strategies = InPlace}};
        Error -> Error
    end.

-spec remove(Id :: atom(), engine()) -> {ok, engine()} | fxaot:error().
remove(Id, #engine{strategies = Strategies} = Engine) ->
    case find(Id, Engine) of
        {ok, S} -> {ok, Engine#engine{strategies = lists:delete(S, Strategies)}};
        Error -> Error
    end.

-spec find(Id :: atom(), engine()) -> {ok, fxaot_beam_strategy:strategy()} | fxaot:error().
find(Id, #engine{strategies = Strategies}) ->
    case [S || S <- Strategies, element(1, fxaot_beam_strategy:fields(S)) =:= Id] of
        [S] -> {ok, S};
        [] -> {error, {not_found, #{id => Id}}}
    end.

%% ---- quotes -----------------------------------------------------------------

%% @doc Handles one quote. Returns its events, or the reason why it was dropped.
-spec tick(Symbol :: atom(), Time :: integer(), Bid :: number(), Ask :: number(),
           none | {BidSize :: number(), AskSize :: number()}, engine()) ->
          {ok, events(), engine()} | {dropped, Reason :: atom(), engine()}.
tick(Name, Time, Bid, Ask, Sizes, #engine{aliases = Aliases} = Engine) ->
    Symbol = maps:get(Name, Aliases, Name),
    Size = case Sizes of
               none -> 0.0;
               {BidSize, AskSize} -> size(BidSize, AskSize)
           end,
    taken(Symbol, Time, fxaot_terms:to_float(Bid), fxaot_terms:to_float(Ask), Size,
          count(quotes, 1, Engine)).

%% @doc A batch of records. Fails if all their times are in another unit than nanoseconds; the records are
%% counted all the same.
-spec batch(Quotes :: binary(), engine()) -> {events() | fxaot:error(), engine()}.
batch(Quotes, Engine) ->
    {Events, Next} = records(Quotes, [], Engine),
    case has_no_time(Quotes) of
        true -> {{error, {bad_time, #{time => time_of(Quotes)}}}, Next};
        false -> {Events, Next}
    end.

%% @doc The same with the quotes of a replay.
-spec replay(Quotes :: binary(), engine()) -> {events() | fxaot:error(), engine()}.
replay(Quotes, Engine) ->
    {Answer, Next} = batch(Quotes, Engine#engine{replaying = true}),
    {Answer, Next#engine{replaying = false}}.

%% @doc Lets time pass without a quote.
-spec advance(Time :: integer(), engine()) -> {events() | fxaot:error(), engine()}.
advance(Time, Engine) when Time >= ?MIN_TIME, Time =< ?MAX_TIME -> advanced(Time, Engine);
advance(Time, Engine) -> {{error, {bad_time, #{time => Time}}}, Engine}.

%% @doc Lets time pass until the strategies' bars that contain the last quote have closed.
-spec close_bars(LastTime :: integer(), engine()) -> {events(), engine()}.
close_bars(Last, #engine{strategies = Strategies, instruments = Instruments} = Engine) ->
    Hours = fun(Symbol) ->
                    #{Symbol := #instrument{terms = #{hours := Own}}} = Instruments,
                    [Own]
            end,
    Lengths = [{fxaot_beam_market:length_of(Kind), Hours(Symbol)}
               || S <- Strategies, {_, Symbol, Kind, _} <- [fxaot_beam_strategy:fields(S)]],
    case fxaot_hours:last_bar_end(Lengths, Last) of
        none -> {[], Engine};
        End -> advanced(End, Engine)
    end.

size(Bid, Ask) when Bid >= 0, Ask >= 0 -> fxaot_eval_number:add(float(Bid), float(Ask));
size(_, _) -> bad_size.

%% Whether all records' times are in another unit than nanoseconds.
has_no_time(<<Time:64/little-signed, _:40/binary, Rest/binary>>) when Time >= 0, Time < ?MIN_TIME ->
    Rest =:= <<>> orelse has_no_time(Rest);
has_no_time(_) -> false.

time_of(<<Time:64/little-signed, _/binary>>) -> Time.

records(<<Time:64/little-signed, Key:8/binary, Bid:64/little-float, Ask:64/little-float,
          BidSize:64/little-float, AskSize:64/little-float, Rest/binary>>, Done, Engine0) ->
    record(Key, Time, Bid, Ask, size(BidSize, AskSize), Rest, Done, Engine0);
%% NaN or infinity: Erlang has no such floats.
records(<<Time:64/little-signed, Key:8/binary, Bid:64/bits, Ask:64/bits, _:128, Rest/binary>>, Done, Engine0) ->
    Prices = [X || <<X:64/little-float>> <= <<Bid/bits, Ask/bits>>],
    {B, A, Size} = case Prices of
                       [X, Y] -> {X, Y, bad_size};
                       _ -> {-1.0, -1.0, 0.0}
                   end,
    record(Key, Time, B, A, Size, Rest, Done, Engine0);
records(_, Done, Engine) -> {lists:append(lists:reverse(Done)), Engine}.

record(Key, Time, Bid, Ask, Size, Rest, Done, #engine{keys = Keys} = Engine0) ->
    case taken(maps:get(Key, Keys, none), Time, Bid, Ask, Size, count(quotes, 1, Engine0)) of
        {ok, [], Engine} -> records(Rest, Done, Engine);
        {ok, Events, Engine} -> records(Rest, [Events | Done], Engine);
        {dropped, _, Engine} -> records(Rest, Done, Engine)
    end.

taken(Symbol, Time, Bid, Ask, Size, #engine{instruments = Instruments} = Engine) ->
    case Instruments of
        #{Symbol := #instrument{terms = Terms, clock = Clock} = Instrument} ->
            case fxaot_beam_market:quote(Bid, Ask, Terms) of
                bad_price -> dropped(bad_price, bad_price, Engine);
                _ when Size =:= bad_size; Size =:= inf -> dropped(bad_size, bad_size, Engine);
                _ when Time < ?MIN_TIME; Time > ?MAX_TIME -> dropped(bad_time, bad_time, Engine);
                _ when Time < Clock -> dropped(time_backwards, late, Engine);
                {ok, Quote} ->
                    case jumped(Symbol, Time, Instrument, Engine) of
                        {ok, Events, Next} ->
                            {ok, More, Last} =
                                quoted(Symbol, Time, Quote, Size, count(accepted, 1, Next)),
                            {ok, Events ++ More, Last};
                        Dropped -> Dropped
                    end
            end;
        #{} -> dropped(unknown_symbol, unknown_symbol, Engine)
    end.

%% A quote from further ahead than max_time_jump is dropped, until three in a row agree on the time.
jumped(_, _, #instrument{last = none}, Engine) -> {ok, [], Engine};
jumped(Symbol, Time, #instrument{clock = Clock, jump = Jump} = Instrument, Engine) ->
    #engine{config = #{max_time_jump := Limit}, replaying = IsReplay} = Engine,
    case further(Time, Jump, Limit) of
        _ when Time - Clock =< Limit -> {ok, [], Engine};
        _ when IsReplay -> {ok, [], count(gaps, 1, Engine)};
        {confirmed, Count} -> {ok, [jump_alarm(Symbol, Time, Count)], count(alarms, 1, Engine)};
        Next ->
            dropped(time_jump, time_jump, put_instrument(Symbol, Instrument#instrument{jump = Next}, Engine))
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

dropped(Reason, Counter, Engine) -> {dropped, Reason, count(Counter, 1, Engine)}.

quoted(Symbol, Time, {Bid, Ask} = Quote, Size, Engine0) ->
    Crossed = case Bid > Ask of true -> 1; false -> 0 end,
    {Closed, Engine1} = close_ended(Symbol, Time, count(crossed, Crossed, Engine0)),
    #{Symbol := #instrument{terms = Terms, builders = Builders} = Instrument} = Engine1#engine.instruments,
    Added = [{Kind, fxaot_beam_market:add({Quote, Size}, Time, Terms, B)} || {Kind, B} <- Builders],
    Engine2 = put_instrument(Symbol, Instrument#instrument{clock = Time, last = {Quote, Time}, jump = none,
                                                          builders = Added}, Engine1),
    {Full, Engine} = close_full(Symbol, Engine2),
    {ok, Closed ++ Full, Engine}.

put_instrument(Symbol, Instrument, #engine{instruments = Instruments} = Engine) ->
    Engine#engine{instruments = Instruments#{Symbol := Instrument}}.

advanced(Time, #engine{symbols = Symbols} = Engine0) ->
    lists:foldl(fun(Symbol, {Events, Engine}) ->
                        {Jumped, Confirmed} = confirm_jump(Symbol, Time, Engine),
                        {More, Next} = close_ended(Symbol, Time, Confirmed),
                        #{Symbol := #instrument{clock = Clock} = I} = Next#engine.instruments,
                        {Events ++ Jumped ++ More,
                         put_instrument(Symbol, I#instrument{clock = max(Clock, Time)}, Next)}
                end, {[], Engine0}, Symbols).

%% Time has passed to the quotes that were dropped for being too far ahead.
confirm_jump(Symbol, Time, #engine{instruments = Instruments, config = #{max_time_jump := Limit}} = Engine) ->
    case Instruments of
        #{Symbol := #instrument{clock = Clock, jump = {Count, _, Latest}} = Instrument}
          when Time > Clock, Latest - Time =< Limit ->
            {[jump_alarm(Symbol, Time, Count)],
             put_instrument(Symbol, Instrument#instrument{jump = none}, count(alarms, 1, Engine))};
        _ -> {[], Engine}
    end.

%% The time bars that ended at or before Time: by their end, and those that end together from the
%% longest to the shortest.
close_ended(Symbol, Time, #engine{instruments = Instruments} = Engine) ->
    #{Symbol := #instrument{builders = Builders}} = Instruments,
    case [End || {_, B} <- Builders, End <- [fxaot_beam_market:ends_at(B)], End =< Time] of
        [] -> {[], Engine};
        Ends ->
            End = lists:min(Ends),
            Kinds = [Kind || {Kind, B} <- Builders, fxaot_beam_market:ends_at(B) =:= End],
            {Events, Closed} = close_kinds(Symbol, Kinds, Engine),
            {More, Next} = close_ended(Symbol, Time, Closed),
            {Events ++ More, Next}
    end.

close_full(Symbol, #engine{instruments = Instruments} = Engine) ->
    #{Symbol := #instrument{builders = Builders}} = Instruments,
    close_kinds(Symbol, [Kind || {Kind, B} <- Builders, fxaot_beam_market:is_full(B)], Engine).

close_kinds(Symbol, Kinds, Engine) ->
    lists:foldl(fun(Kind, {Events, S}) ->
                        {More, Next} = close(Symbol, Kind, S),
                        {Events ++ More, Next}
                end, {[], Engine}, Kinds).

close(Symbol, Kind, #engine{instruments = Instruments, strategies = Strategies0} = Engine0) ->
    #{Symbol := #instrument{terms = Terms, last = Last, builders = Builders} = Instrument} = Instruments,
    {_, Builder} = lists:keyfind(Kind, 1, Builders),
    {Stepped, {Events, Engine}} =
        lists:mapfoldl(fun(Strategy, {Done, S}) ->
                               stepped(Symbol, Kind, Last, Terms, Builder, Strategy, Done, S)
                       end, {[], count(bars, 1, Engine0)}, Strategies0),
    Finished = lists:keyreplace(Kind, 1, Builders, {Kind, fxaot_beam_market:finish(Builder)}),
    {lists:append(lists:reverse(Events)),
     put_instrument(Symbol, Instrument#instrument{builders = Finished}, Engine#engine{strategies = Stepped})}.

stepped(Symbol, Kind, Last, Terms, Builder, Strategy, Done, #engine{config = Config} = Engine0) ->
    case fxaot_beam_strategy:fields(Strategy) of
        {Id, Symbol, Kind, Price} ->
            {Bar, End} = fxaot_beam_market:candle(Price, Last, Terms, Builder),
            {Left, Next} = fxaot_beam_strategy:step(Bar, maps:get(min_strength, Config), Strategy),
            {Events, Engine} = lists:mapfoldl(fun(What, S) -> event(What, Id, Symbol, End, S) end, Engine0, Left),
            Told = [bar(Id, Symbol, Bar, Builder, End, Left) || maps:get(bar_events, Config)],
            {Next, {[Told ++ Events | Done], Engine}};
        _ -> {Strategy, {Done, Engine0}}
    end.

%% ---- events -----------------------------------------------------------------

bar(Id, Symbol, #{open := O, high := H, low := L, close := C, volume := V}, Builder, End, Left) ->
    {Start, Ticks} = fxaot_beam_market:start_of(Builder),
    Strength = case [S || {signal, S} <- Left] of
                   [First | _] -> First;
                   [] -> 0.0
               end,
    #bar{strategy = Id, symbol = Symbol, open_time = Start, end_time = End, open = O, high = H,
         low = L, close = C, volume = V, ticks = Ticks, strength = Strength}.

event({signal, Strength}, Id, Symbol, Time, Engine) ->
    {#signal{id = Id, symbol = Symbol, time = Time, strength = Strength}, count(signals, 1, Engine)};
event({order, Side, Wanted}, Id, Symbol, Time, Engine) ->
    #engine{config = Config, next_order = Order, rejects = Rejects} = Engine,
    Quantity = case Wanted of
                   default -> maps:get(quantity, Config);
                   _ -> Wanted
               end,
    Refused = maps:update_with(Id, fun(N) -> N + 1 end, 1, Rejects),
    {#reject{order_id = Order, strategy = Id, symbol = Symbol, time = Time, side = Side,
             quantity = Quantity, reason = degraded},
     count(rejects, 1, Engine#engine{next_order = Order + 1, rejects = Refused})};
event(bad_signal, Id, Symbol, Time, Engine) ->
    {#alarm{kind = bad_signal, strategy = Id, symbol = Symbol, time = Time, count = 1},
     count(alarms, 1, Engine)};
event({stopped, Line}, Id, Symbol, Time, Engine) ->
    {#alarm{kind = script_stopped, strategy = Id, symbol = Symbol, time = Time, count = max(0, Line)},
     count(alarms, 1, Engine)}.

count(_, 0, Engine) -> Engine;
count(Key, By, #engine{counts = Counts} = Engine) ->
    #{Key := N} = Counts,
    Engine#engine{counts = Counts#{Key := N + By}}.

%% ---- figures ----------------------------------------------------------------

-spec counts(engine()) -> #{atom() => non_neg_integer() | #{atom() => pos_integer()}}.
counts(#engine{counts = #{rejects := Rejects} = Counts, strategies = Strategies}) ->
    Counts#{rejected => maps:from_list([{degraded, Rejects} || Rejects > 0]), strategies => length(Strategies)}.

%% @doc Counts published events.
-spec count_events(non_neg_integer(), engine()) -> engine().
count_events(Count, Engine) -> count(events, Count, Engine).

-spec account(engine()) -> #{atom() => term()}.
account(#engine{config = #{currency := Currency, balance := Balance}}) ->
    #{currency => binary_to_atom(Currency), balance => Balance, equity => Balance, realised => 0,
      unrealised => 0, unvalued => 0, state => active, margin_used => 0, free_margin => Balance,
      margin_level => infinity, commission => 0, swap => 0, cash => 0}.

-spec strategies(engine()) -> [#{atom() => term()}].
strategies(#engine{strategies = Strategies, rejects = Rejects}) ->
    [begin
         #{id := Id} = Info = fxaot_beam_strategy:info(S),
         Count = maps:get(Id, Rejects, 0),
         Info#{rejects => Count, rejected => maps:from_list([{degraded, Count} || Count > 0])}
     end || S <- Strategies].

-spec instruments(engine()) -> [atom()].
instruments(#engine{symbols = Symbols}) -> Symbols.
