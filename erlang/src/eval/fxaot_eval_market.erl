%% @private Other symbols than the chart's: which one a request means, its bars, and the rates between
%% currencies.
%%
%% A history is a symbol, a timeframe and bars in the order of time. Rates go by daily closes: what
%% holds at an instant is the close of the newest day that was over by then.
-module(fxaot_eval_market).

-export([histories/2, is_meant/2, place/2, rate/2]).

-export_type([history/0, rates/0, input/0]).

-include("fxaot_eval.hrl").

-type history() :: #{symbol := map(), period := fxaot_eval_time:period(), bars := [#candle{}]}.
%% Of each pair on the way: its closes, and whether it stands the other way round.
-type rates() :: [{closes(), boolean()}].
-type closes() :: {Start :: integer(), Open :: float(), [{End :: integer(), Close :: float()}]}.
%% The input of a request: bars of its own, whether they are those of its period, whether they wait for
%% the next bar's open; and the rates that convert its prices.
-type input() :: #{source := none | #{bars := [#candle{}], is_whole := boolean(), waits := boolean()},
                   rates := none | rates()}.

%% Before all bars.
-define(EVER, -16#8000000000000000).

%% @doc The environment's `data', by name or in a list. Fields of a symbol that are left out are as in
%% `Any'; throws `{refused, Sentence}'.
-spec histories(map() | [{binary(), map()}], map()) -> [history()].
histories(Data, Any) when is_map(Data) -> histories(lists:sort(maps:to_list(Data)), Any);
histories(Data, Any) -> [history(Name, History, Any) || {Name, History} <- Data].

history(Name, #{timeframe := Timeframe, bars := Bars} = History, Any) ->
    Period = fxaot_eval_time:period(Timeframe),
    Period =/= none orelse refuse(["'", Timeframe, "' is not a timeframe"]),
    {Prefix, Ticker} = split(Name),
    Named = maps:merge(Any, #{prefix => Prefix, ticker => Ticker}),
    #{symbol => maps:merge(Named, maps:get(symbol, History, #{})), period => Period,
      bars => [candle(Bar) || Bar <- Bars]}.

candle(#{time := Time, time_close := TimeClose, open := Open, high := High, low := Low,
         close := Close, volume := Volume}) ->
    #candle{time = Time, time_close = TimeClose, open = Open, high = High, low = Low, close = Close,
            volume = Volume}.

%% ---- names -------------------------------------------------------------------

%% @doc Whether a script means a symbol by a text: the empty one is the symbol of the bars at hand.
-spec is_meant(value(), map()) -> boolean().
is_meant(<<>>, _) -> true;
is_meant(Text, Symbol) when is_binary(Text) -> means(split(Text), of_symbol(Symbol));
is_meant(_, _) -> false.

%% Without an exchange a name is of any.
means({P, T}, {Q, T}) -> P =:= Q orelse P =:= <<>> orelse Q =:= <<>>;
means(_, _) -> false.

split(Text) ->
    case binary:split(string:uppercase(Text), <<":">>) of
        [Prefix, Ticker] -> {Prefix, Ticker};
        [Ticker] -> {<<>>, Ticker}
    end.

of_symbol(#{prefix := Prefix, ticker := Ticker}) -> {string:uppercase(Prefix), string:uppercase(Ticker)}.

%% The history of a symbol with the longest bars that are no longer than a timeframe; else any of it.
find(Name, Period, Data) ->
    Fine = [H || #{period := Has} = H <- Data, not is_shorter(Period, Has)],
    case named(Name, Fine) of
        [First | Rest] -> lists:foldl(fun longest/2, First, Rest);
        [] ->
            case named(Name, Data) of
                [Found | _] -> Found;
                [] -> none
            end
    end.

longest(#{period := Has} = History, #{period := Best} = Before) ->
    case is_shorter(Best, Has) of true -> History; false -> Before end.

%% Those with the same exchange where there are any.
named(Name, Data) ->
    case [H || #{symbol := Symbol} = H <- Data, of_symbol(Symbol) =:= Name] of
        [] -> [H || #{symbol := Symbol} = H <- Data, means(of_symbol(Symbol), Name)];
        Same -> Same
    end.

%% ---- requests ----------------------------------------------------------------

%% @doc The known values of a request's world, and the bars that it gathers. Throws
%% `{refused, Sentence}'.
-spec place(map(), map()) -> {Known :: map(), input()}.
place(#{kind := currency_rate, symbol := From0, currency := To0, ignores := Ignores}, #{data := Data} = Known) ->
    {From, To} = {currency(From0), currency(To0)},
    Bars = case way(From, To, Data) of
               none when Ignores -> [];
               none -> no_rate(From, To);
               Rates -> rate_bars(Rates)
           end,
    {Known#{period => day()}, #{source => #{bars => Bars, is_whole => true, waits => true}, rates => none}};
place(#{timeframe := Text, symbol := Asked, currency := Currency} = Request, Known) ->
    Period = request_period(Text, Known),
    {Name, IsHeikinAshi} = unmarked(Asked),
    {There, Source} = symbol_place(Name, Period, Request, Known),
    is_fine_enough(There),
    {There, #{source => Source, rates => conversion(Currency, There), is_heikin_ashi => IsHeikinAshi,
              is_shorter => is_shorter(Period, map_get(chart, Known)),
              is_own_period => is_lower(Request) andalso Period =:= given(Known)}}.

is_lower(#{kind := Kind}) -> Kind =:= lower_bars.

is_shorter(Period, Other) -> fxaot_eval_time:seconds(Period) < fxaot_eval_time:seconds(Other).

%% The timeframe of the bars that a request gets of the world that asks.
given(#{history := #{period := Period}}) -> Period;
given(#{chart := Chart}) -> Chart.

%% `ticker.heikinashi' puts its mark behind a symbol's name.
unmarked(Name) when is_binary(Name) ->
    case binary:split(Name, <<";HEIKINASHI">>) of
        [Symbol, <<>>] -> {Symbol, true};
        _ -> {Name, false}
    end;
unmarked(Name) -> {Name, false}.

day() -> fxaot_eval_time:period(<<"1D">>).

request_period(Text, #{period := Own}) when not is_binary(Text); Text =:= <<>> -> Own;
request_period(Text, _) ->
    case fxaot_eval_time:period(Text) of
        none -> refuse(["'", Text, "' is not a timeframe"]);
        Period -> Period
    end.

symbol_place(Name, Period, Request, #{symbol := Own, period := Asking, data := Data} = Known) ->
    IsOwn = Name =:= none orelse is_meant(Name, Own),
    IsLonger = is_lower(Request) andalso is_shorter(Asking, Period),
    case IsOwn andalso is_shorter(Period, given(Known)) of
        _ when IsLonger -> longer(Period, Request, Known);
        true -> shorter(find(of_symbol(Own), Period, Data), Period, Request, Known);
        false when IsOwn -> {Known#{period => Period}, none};
        false -> other(Name, is_binary(Name) andalso find(split(Name), Period, Data), Period, Request, Known)
    end.

longer(Period, #{ignores := true}, Known) -> {Known#{period => Period}, nothing()};
longer(Period, _, _) ->
    refuse(["request.security_lower_tf at ", fxaot_eval_time:period_text(Period),
            " is longer than the chart's timeframe"]).

%% The asking world's symbol at a timeframe that is shorter than the bars at hand.
shorter(#{period := Has, bars := Bars} = History, Period, _, Known) when Has =:= Period ->
    {Known#{period => Period, history => History}, #{bars => Bars, is_whole => true, waits => false}};
shorter(#{period := Has, bars := Bars} = History, Period, Request, Known) ->
    case is_shorter(Has, Period) of
        true -> {Known#{period => Period, history => History}, #{bars => Bars, is_whole => false, waits => false}};
        false -> shorter(none, Period, Request, Known)
    end;
shorter(none, Period, #{ignores := true}, Known) -> {Known#{period => Period, history => none}, nothing()};
shorter(none, Period, _, _) ->
    refuse(["the script requests bars of ", fxaot_eval_time:period_text(Period), ", shorter than the chart's"]).

nothing() -> #{bars => [], is_whole => true, waits => false}.

other(_, #{symbol := Symbol, period := Has, bars := Bars} = History, Period, _, Known) ->
    {Known#{period => Period, symbol => Symbol, history => History},
     #{bars => Bars, is_whole => Has =:= Period, waits => false}};
other(Name, none, Period, #{ignores := true}, #{any := Any} = Known) ->
    {Prefix, Ticker} = split(Name),
    {Known#{period => Period, symbol => Any#{prefix => Prefix, ticker => Ticker}, history => none},
     #{bars => [], is_whole => true, waits => false}};
other(Name, _, _, _, _) ->
    refuse(["request.security asks for ", case is_binary(Name) of true -> Name; false -> "na" end,
            ", which has no bars"]).

is_fine_enough(#{history := #{period := Has, symbol := #{ticker := Ticker}}, period := Wanted}) ->
    fxaot_eval_time:seconds(Has) =< fxaot_eval_time:seconds(Wanted) orelse
        refuse(["request.security asks for ", Ticker, " at ", fxaot_eval_time:period_text(Wanted),
                ", but its bars are of ", fxaot_eval_time:period_text(Has)]);
is_fine_enough(_) -> true.

conversion(none, _) -> none;
conversion(Currency, #{symbol := #{currency := Own}, data := Data}) ->
    case currency(Currency) of
        Same when Same =:= <<>>; Same =:= <<"NONE">>; Same =:= Own -> none;
        To ->
            case way(Own, To, Data) of
                none -> no_rate(Own, To);
                Rates -> Rates
            end
    end.

currency(Text) when is_binary(Text) -> string:uppercase(Text);
currency(_) -> refuse("a currency is na").

-spec no_rate(binary(), binary()) -> no_return().
no_rate(From, To) -> refuse(["cannot convert ", From, " to ", To]).

-spec refuse(iodata()) -> no_return().
refuse(Sentence) -> throw({refused, iolist_to_binary(Sentence)}).

%% ---- rates -------------------------------------------------------------------

%% The pairs that lead from one currency to another: itself, its inverse, or two over one cross, the
%% dollar first.
way(Same, Same, _) -> [];
way(From, To, Data) ->
    case link(From, To, Data) of
        none ->
            Pairs = lists:append([[Base, Quote] || #{symbol := #{base_currency := Base, currency := Quote}, bars := [_ | _]} <- Data]),
            cross(From, To, [<<"USD">> | [Name || Name <- Pairs, Name =/= <<>>]], Data);
        Link -> [Link]
    end.

cross(_, _, [], _) -> none;
cross(From, To, [Middle | Rest], Data) ->
    case {link(From, Middle, Data), link(Middle, To, Data)} of
        {First, Second} when First =/= none, Second =/= none -> [First, Second];
        _ -> cross(From, To, Rest, Data)
    end.

link(From, To, Data) ->
    Direct = [{H, false} || #{symbol := #{base_currency := B, currency := Q}, bars := [_ | _]} = H <- Data,
                            B =:= From, Q =:= To],
    Inverse = [{H, true} || #{symbol := #{base_currency := B, currency := Q}, bars := [_ | _]} = H <- Data,
                            B =:= To, Q =:= From],
    case Direct ++ Inverse of
        [{History, IsInverted} | _] -> {closes(History), IsInverted};
        [] -> none
    end.

closes(#{bars := [#candle{time = Start, open = Open} | _] = Bars, period := Period, symbol := Symbol}) ->
    Days = case fxaot_eval_time:is_intraday(Period) of
               false -> [{End, Close} || #candle{time_close = End, close = Close} <- Bars];
               true -> days(Bars, element(3, fxaot_eval_world:clock(Symbol, fun fxaot_eval_time:zone/1)))
           end,
    {Start, Open, Days}.

days(Bars, Calendar) ->
    lists:reverse(
      lists:foldl(fun(#candle{time = Time, close = Close}, [{End, _} | Days]) when Time < End ->
                          [{End, Close} | Days];
                     (#candle{time = Time, close = Close}, Days) ->
                          {_, End} = fxaot_eval_time:bounds(day(), Time, Calendar),
                          [{End, Close} | Days]
                  end, [], Bars)).

%% @doc One unit of the first currency in the second at an instant; na before there was a rate.
-spec rate(rates(), integer()) -> float() | na.
rate(Rates, Time) -> rate(Rates, Time, 1.0).

rate([], _, Product) -> Product;
rate([{Closes, IsInverted} | Rest], Time, Product) ->
    case price(Closes, Time) of
        Price when is_float(Price), Price > 0.0 ->
            rate(Rest, Time, Product * case IsInverted of true -> 1 / Price; false -> Price end);
        _ -> na
    end.

price({Start, Open, Days}, Time) ->
    case lists:takewhile(fun({End, _}) -> End =< Time end, Days) of
        [] when Time >= Start -> Open;
        [] -> na;
        Over -> element(2, lists:last(Over))
    end.

%% A bar for each rate, which holds from its time on.
rate_bars([]) -> [flat(?EVER, 1.0)];
rate_bars(Rates) ->
    Times = lists:usort(lists:append([[Start | [End || {End, _} <- Days]] || {{Start, _, [_ | _] = Days}, _} <- Rates])),
    [flat(Time, Rate) || Time <- Times, Rate <- [rate(Rates, Time)], Rate =/= na].

flat(Time, Rate) ->
    #candle{time = Time, time_close = Time, open = Rate, high = Rate, low = Rate, close = Rate, volume = 0.0}.
