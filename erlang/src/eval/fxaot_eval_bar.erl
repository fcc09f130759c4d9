%% @private The bar, the time and the book as a script reads them.
-module(fxaot_eval_bar).

-export([field/2, time/4, stamp/2, shown/3, clock/3, book/2, trade/4]).

-include("fxaot_eval.hrl").

-import(fxaot_eval_number, [truth/1]).

%% ---- the bar -------------------------------------------------------------------

%% @doc A field of the bar at hand.
-spec field(atom(), #w{}) -> value().
field(close, #w{candle = #candle{close = Close}}) -> Close;
field(open, #w{candle = #candle{open = Open}}) -> Open;
field(high, #w{candle = #candle{high = High}}) -> High;
field(low, #w{candle = #candle{low = Low}}) -> Low;
field(volume, #w{candle = #candle{volume = Volume}}) -> Volume;
field(hl2, #w{candle = #candle{high = High, low = Low}}) -> mean([High, Low]);
field(hlc3, #w{candle = #candle{high = High, low = Low, close = Close}}) -> mean([High, Low, Close]);
field(ohlc4, #w{candle = #candle{open = O, high = H, low = L, close = C}}) -> mean([O, H, L, C]);
field(hlcc4, #w{candle = #candle{high = H, low = L, close = C}}) -> mean([H, L, C, C]);
field(time, #w{candle = #candle{time = Time}}) -> float(Time);
field(F, #w{candle = #candle{time_close = Time}}) when F =:= time_close; F =:= now -> float(Time);
field(index, #w{bar = Bar}) -> float(Bar - 1);
field(last_index, #w{place = {newest, _, _}, bar = Bar}) -> float(Bar - 1);
field(last_index, #w{place = {Last, _, _}}) -> float(Last);
field(last_time, #w{place = {_, Last, _}}) -> float(Last);
field(time_trading_day, #w{candle = #candle{time = Time}, fixed = #{calendar := Calendar}}) ->
    float(fxaot_eval_time:trading_day(Time, Calendar) * 86400000);
field(is_first, #w{bar = Bar}) -> truth(Bar =:= 1);
field(is_last, #w{place = {newest, _, _}}) -> 1.0;
field(is_last, #w{bar = Bar, place = {Last, _, _}}) -> truth(Bar - 1 >= Last);
field(is_history, #w{place = {_, _, IsHistory}}) -> truth(IsHistory);
field(is_realtime, #w{place = {_, _, IsHistory}}) -> truth(not IsHistory);
field(F, _) when F =:= is_new; F =:= is_confirmed -> 1.0;
field(is_last_confirmed_history, #w{bar = Bar, place = {Last, _, IsHistory}}) ->
    truth(IsHistory andalso Bar - 1 =:= Last);
field(is_market, #w{candle = #candle{time = Time}} = W) -> truth(is_within(Time, W));
field(F, _) when F =:= is_premarket; F =:= is_postmarket -> 0.0;
field(is_session_first, #w{day = Day, day_before = Before}) -> truth(Day =/= Before);
field(is_session_last, #w{candle = #candle{time = Time, time_close = Close},
                          fixed = #{calendar := Calendar}} = W) ->
    truth(not is_within(Close, W) orelse fxaot_eval_time:trading_day(Close, Calendar)
              =/= fxaot_eval_time:trading_day(Time, Calendar));
field(Field, #w{candle = #candle{time = Time}, fixed = #{zone := Zone}}) ->
    float(fxaot_eval_time:field(Field, fxaot_eval_time:local(Time, Zone))).

mean(Values) ->
    Sum = lists:foldl(fun(X, Sum) -> fxaot_eval_number:add(Sum, X) end, hd(Values), tl(Values)),
    fxaot_eval_number:divide(Sum, float(length(Values))).

is_within(Time, #w{fixed = #{session := Session, zone := Zone}}) ->
    Session =:= none orelse fxaot_eval_time:is_within(Session, fxaot_eval_time:local(Time, Zone)).

%% ---- time ------------------------------------------------------------------------

%% @doc time() and time_close(): a bar belongs to the session it opens in; of its close, the last moment
%% before counts. Another timeframe with a session has the bars of the session's hours.
-spec time(tuple(), fxaot_eval_time:zone(), fxaot_eval_time:session() | none, #candle{}) -> value().
time({itself, time}, Zone, Session, #candle{time = Time}) -> inside(Time, Time, Zone, Session);
time({itself, time_close}, Zone, Session, #candle{time_close = Time}) ->
    inside(Time, Time - 1, Zone, Session);
time({bounds, Function, Period, Calendar}, _, none, #candle{time = Time}) ->
    bound(Function, fxaot_eval_time:bounds(Period, Time, Calendar));
time({bounds, Function, Period, Calendar}, _, Session, #candle{time = Time}) ->
    bound(Function, fxaot_eval_time:session_bounds(Period, Time, Session, Calendar)).

bound(_, none) -> na;
bound(time, {Start, _}) -> float(Start);
bound(time_close, {_, End}) -> float(End).

inside(Answer, _, _, none) -> float(Answer);
inside(Answer, Time, Zone, Session) ->
    case fxaot_eval_time:is_within(Session, fxaot_eval_time:local(Time, Zone)) of
        true -> float(Answer);
        false -> na
    end.

%% @doc timestamp() of year, month, day, hour, minute, second.
-spec stamp(fxaot_eval_time:zone(), [value()]) -> value().
stamp(Zone, Values) ->
    case lists:all(fun(X) -> is_float(X) andalso abs(X) < 1.0e12 end, Values) of
        true ->
            case fxaot_eval_time:timestamp([trunc(X) || X <- Values], Zone) of
                na -> na;
                Instant -> float(Instant)
            end;
        false -> na
    end.

%% @doc str.format_time().
-spec shown(fxaot_eval_time:zone(), value(), value()) -> value().
shown(Zone, Time, Format) when is_float(Time), abs(Time) =< 7.6032e15 ->
    Pattern = case Format of _ when is_binary(Format) -> Format; _ -> <<>> end,
    Local = fxaot_eval_time:local(trunc(Time), Zone),
    fxaot_eval_text:clock(float(Local), Local - trunc(Time), Pattern);
shown(_, _, _) -> na.

%% @doc A field of a zone's clock.
-spec clock(atom(), fxaot_eval_time:zone(), value()) -> value().
clock(Field, Zone, Time) when is_float(Time), abs(Time) =< 7.6032e15 ->
    float(fxaot_eval_time:field(Field, fxaot_eval_time:local(trunc(Time), Zone)));
clock(_, _, _) -> na.

%% ---- the book ----------------------------------------------------------------------

%% @doc A number of the book, by its place, or the newest entry's name.
-spec book(non_neg_integer() | entry_name, #w{}) -> value().
book(entry_name, #w{book = #{entry_name := Name}}) -> Name;
book(entry_name, _) -> <<>>;
book(N, #w{book = none, fixed = #{capital := Capital}}) -> unopened(N, Capital);
book(N, #w{book = #{numbers := Numbers}}) -> element(N + 1, Numbers).

%% A book without any trade: the account's numbers, no mean of nothing.
unopened(N, Capital) when N =:= 2; N =:= 29 -> Capital;
unopened(N, _) when N =:= 1; N =:= 30; N =:= 32; N >= 20, N =< 25 -> na;
unopened(_, _) -> 0.0.

%% @doc A field of an open or closed trade; na if there is no such trade.
-spec trade(atom(), boolean(), value(), #w{}) -> value().
trade(_, _, _, #w{book = none}) -> na;
trade(Field, IsOpen, N, #w{book = Book, fixed = #{point_value := PointValue}}) when is_float(N), N >= 0.0 ->
    case maps:get(case IsOpen of true -> open; false -> closed end, Book, #{}) of
        Trades ->
            case maps:find(trunc(N), Trades) of
                {ok, Trade} -> trade_field(Field, Trade, PointValue);
                error -> na
            end
    end;
trade(_, _, _, _) -> na.

%% Percents are of the trade's entry cost.
trade_field(Field, #{entry_price := Price, size := Size} = Trade, PointValue)
  when Field =:= profit_percent; Field =:= max_runup_percent; Field =:= max_drawdown_percent ->
    Amount = map_get(case Field of
                         profit_percent -> profit;
                         max_runup_percent -> max_runup;
                         max_drawdown_percent -> max_drawdown
                     end, Trade),
    Value = fxaot_eval_number:multiply(
              fxaot_eval_number:multiply(Price, fxaot_eval_number:absolute(Size)), PointValue),
    Cost = fxaot_eval_number:multiply(Value, maps:get(rate, Trade, 1.0)),
    fxaot_eval_number:multiply(fxaot_eval_number:divide(Amount, Cost), 100.0);
trade_field(Field, Trade, _) -> map_get(Field, Trade).
