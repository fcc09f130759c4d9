%% @private Instruments, quotes and bars without native code, as the native engine has them: prices on
%% the instrument's grid, bars that count from the start of its market's day, closed by the first quote
%% behind their end.
-module(fxaot_beam_market).

-export([terms/2, key/1, quote/3, builder/1, add/4, ends_at/1, is_full/1, candle/4, finish/1,
         start_of/1, length_of/1]).

-export_type([terms/0, steps/0, builder/0]).

-include("../eval/fxaot_eval.hrl").

-define(MAX_STEPS, 2251799813685248).
%% Added to a float below 2^51 and subtracted again, it rounds to the nearest whole number, halves to even.
-define(ROUNDER, 6755399441055744.0).

-type terms() :: #{base := binary(), quote := binary(), scale := float(), step_units := float(),
                   quantity_step := pos_integer(), hours := fxaot_hours:hours(),
                   calendar := fxaot_eval_time:calendar()}.
%% Bid and ask in price steps.
-type steps() :: {pos_integer(), pos_integer()}.

%% Timeframe's kind and count as fxaot_terms has them, length in ns or 0; then of the open bar: start and
%% end, quotes, sizes, first quote, quotes with the highest and the lowest mid, extremes of both sides.
-record(builder, {timeframe :: {0..5, pos_integer()}, length :: non_neg_integer(),
                  start = 0 :: integer(), stop = 0 :: integer(), ticks = 0 :: non_neg_integer(), size = 0.0 :: value(),
                  open = {1, 1} :: steps(), high = {0, 0.0, {1, 1}} :: tuple(),
                  low = {0, 0.0, {1, 1}} :: tuple(),
                  bids = {1, 1} :: {pos_integer(), pos_integer()},
                  asks = {1, 1} :: {pos_integer(), pos_integer()}}).

-opaque builder() :: #builder{}.

%% ---- instruments -------------------------------------------------------------

%% @doc An instrument's terms; built-in symbols need none of their own.
-spec terms(Symbol :: atom(), map()) -> {ok, terms()} | {error, {atom(), map()}}.
terms(Symbol, Spec) ->
    case fxaot_terms:instrument(Symbol, Spec) of
        {ok, {Base, Quote, Decimals, Units, _Pip, _Lot, Step, _Minimum, _Maximum, Session, Zone, _Aliases}} ->
            merged(Symbol, built_in(Symbol), {Base, Quote, Decimals, Units, Step}, {Session, Zone});
        Error -> Error
    end.

merged(Symbol, Known, {Base, Quote, Decimals, Units, Step}, {Session, Zone}) ->
    {KnownBase, KnownQuote, KnownDecimals, KnownStep} = Known,
    case {either(Base, <<>>, KnownBase), either(Quote, <<>>, KnownQuote),
          either(Decimals, -1, KnownDecimals)} of
        {B, Q, D} when B =/= none, Q =/= none, D =/= none, B =/= Q ->
            Hours = fxaot_hours:own(Session, Zone, fxaot_hours:of_currencies(B, Q)),
            {ok, #{base => B, quote => Q, hours => Hours, calendar => fxaot_hours:calendar(Hours),
                   scale => math:pow(10, D), step_units => float(either(Units, -1, 1)),
                   quantity_step => either(Step, -1, KnownStep)}};
        _ -> {error, {bad_instrument, #{symbol => Symbol}}}
    end.

either(Unset, Unset, Otherwise) -> Otherwise;
either(Value, _, _) -> Value.

%% The pairs of the eight majors, gold and silver.
built_in(Symbol) ->
    case atom_to_binary(Symbol) of
        <<"XAU", Quote/binary>> when Quote =:= <<"USD">> -> {<<"XAU">>, Quote, 2, 1};
        <<"XAG", Quote/binary>> when Quote =:= <<"USD">> -> {<<"XAG">>, Quote, 3, 1};
        <<Base:3/binary, Quote:3/binary>> ->
            Majors = [<<"EUR">>, <<"GBP">>, <<"AUD">>, <<"NZD">>, <<"USD">>, <<"CAD">>, <<"CHF">>, <<"JPY">>],
            case {rank(Base, Majors, 1), rank(Quote, Majors, 1)} of
                {B, Q} when B < Q, Q =< 8 ->
                    {Base, Quote, case Quote of <<"JPY">> -> 3; _ -> 5 end, 1};
                _ -> {none, none, none, 1}
            end;
        _ -> {none, none, none, 1}
    end.

rank(Name, [Name | _], N) -> N;
rank(Name, [_ | Rest], N) -> rank(Name, Rest, N + 1);
rank(_, [], N) -> N.

%% @doc A symbol's key in a batch record: names of up to 8 bytes are their own, longer ones are hashed.
-spec key(Symbol :: atom()) -> {ok, binary()} | error.
key(Symbol) ->
    Name = atom_to_binary(Symbol),
    case byte_size(Name) >= 1 andalso byte_size(Name) =< 31
        andalso lists:all(fun(C) -> C > 16#20 andalso C < 16#7F end, binary_to_list(Name)) of
        false -> error;
        true when byte_size(Name) =< 8 ->
            {ok, <<Name/binary, 0:(8 * (8 - byte_size(Name)))>>};
        true ->
            %% FNV-1a, 64 bits, with the top bit set.
            Hash = lists:foldl(fun(C, H) -> ((H bxor C) * 16#100000001B3) band 16#FFFFFFFFFFFFFFFF end,
                               16#CBF29CE484222325, binary_to_list(Name)),
            {ok, <<(Hash bor (1 bsl 63)):64/little>>}
    end.

%% @doc Both sides of a quote to the nearest step; `bad_price' if a side has no step.
-spec quote(float(), float(), terms()) -> {ok, steps()} | bad_price.
quote(Bid, Ask, #{scale := Scale, step_units := Units}) ->
    PerUnit = Scale / Units,
    case {steps(Bid, PerUnit), steps(Ask, PerUnit)} of
        {B, A} when is_integer(B), is_integer(A) -> {ok, {B, A}};
        _ -> bad_price
    end.

steps(Price, PerUnit) when Price > 0, Price < 1.0e18 ->
    case trunc(Price * PerUnit + ?ROUNDER - ?ROUNDER) of
        Steps when Steps >= 1, Steps =< ?MAX_STEPS -> Steps;
        _ -> none
    end;
steps(_, _) -> none.

price(Steps, #{scale := Scale, step_units := Units}) -> Steps * Units / Scale.

mid({Bid, Ask}, Terms) -> (price(Bid, Terms) + price(Ask, Terms)) / 2.

%% ---- bars --------------------------------------------------------------------

%% @doc Nanoseconds; 0 for a number of quotes.
-spec length_of({0..5, pos_integer()}) -> non_neg_integer().
length_of({2, N}) -> N * 1000000000;
length_of({3, N}) -> N * 60000000000;
length_of({4, N}) -> N * 3600000000000;
length_of({5, _}) -> 86400000000000;
length_of(_) -> 0.

-spec builder({0..5, pos_integer()}) -> builder().
builder(Timeframe) -> #builder{timeframe = Timeframe, length = length_of(Timeframe)}.

%% @doc When the open bar began, ns, and its quotes.
-spec start_of(builder()) -> {integer(), pos_integer()}.
start_of(#builder{start = Start, ticks = Ticks}) -> {Start, Ticks}.

%% @doc The end of the open bar, ns; `infinity' for a bar of quotes, or if none is open.
-spec ends_at(builder()) -> integer() | infinity.
ends_at(#builder{ticks = 0}) -> infinity;
ends_at(#builder{length = 0}) -> infinity;
ends_at(#builder{stop = Stop}) -> Stop.

%% @doc Whether a bar of quotes has all of them.
-spec is_full(builder()) -> boolean().
is_full(#builder{timeframe = {0, _}, ticks = Ticks}) -> Ticks >= 1;
is_full(#builder{timeframe = {1, N}, ticks = Ticks}) -> Ticks >= N;
is_full(_) -> false.

-spec finish(builder()) -> builder().
finish(#builder{timeframe = Timeframe}) -> builder(Timeframe).

%% @doc Adds a quote to the open bar, or opens one; days have no bar while the market is closed.
-spec add({steps(), Size :: value()}, Time :: integer(), terms(), builder()) -> builder().
add({Quote, Size}, Time, #{calendar := Calendar} = Terms, #builder{ticks = 0, length = Length} = B) ->
    case Length =:= 0 orelse fxaot_hours:bar(Length, Time, Calendar) of
        true -> opened({Quote, Size}, {Time, Time}, Terms, B);
        none -> B;
        Bar -> opened({Quote, Size}, Bar, Terms, B)
    end;
add({{Bid, Ask} = Quote, Size}, _, Terms, #builder{bids = {LowBid, HighBid}, asks = {LowAsk, HighAsk}} = B) ->
    Place = placed(Quote, Terms),
    B#builder{ticks = B#builder.ticks + 1, size = fxaot_eval_number:add(B#builder.size, Size),
              high = beyond(Place, B#builder.high, fun(P, Q) -> P > Q end),
              low = beyond(Place, B#builder.low, fun(P, Q) -> P < Q end),
              bids = {min(LowBid, Bid), max(HighBid, Bid)},
              asks = {min(LowAsk, Ask), max(HighAsk, Ask)}}.

opened({{Bid, Ask} = Quote, Size}, {Start, Stop}, Terms, B) ->
    Place = placed(Quote, Terms),
    B#builder{start = Start, stop = Stop, ticks = 1, size = Size, open = Quote, high = Place, low = Place,
              bids = {Bid, Bid}, asks = {Ask, Ask}}.

%% Mids of two quotes that are equal in steps can differ in the last bit.
placed({Bid, Ask} = Quote, Terms) -> {Bid + Ask, mid(Quote, Terms), Quote}.

beyond({Sum, Mid, _} = New, {OldSum, OldMid, _} = Old, IsBeyond) ->
    case IsBeyond({Sum, Mid}, {OldSum, OldMid}) of
        true -> New;
        false -> Old
    end.

%% @doc The open bar as it would be if it closed now, with its end in ns. Price is 0 mid, 1 bid, 2 ask; Last the
%% instrument's newest quote and its time.
-spec candle(0..2, {steps(), Time :: integer()}, terms(), builder()) -> {fxaot_eval:bar(), integer()}.
candle(Price, {{Bid, Ask} = Last, LastTime}, Terms, #builder{open = {OpenBid, OpenAsk} = Open} = B) ->
    #builder{start = Start, stop = Stop, length = Length, ticks = Ticks, size = Size} = B,
    End = case Length of
              0 -> LastTime;
              _ -> Stop
          end,
    {O, H, L, C} = case Price of
                       0 -> {mid(Open, Terms), element(2, B#builder.high), element(2, B#builder.low),
                             mid(Last, Terms)};
                       1 -> side(OpenBid, B#builder.bids, Bid, Terms);
                       2 -> side(OpenAsk, B#builder.asks, Ask, Terms)
                   end,
    Volume = case Size of
                 inf -> 1.7976931348623157e308;
                 _ when Size > 0 -> Size;
                 _ -> float(Ticks)
             end,
    {#{time => Start div 1000000, time_close => End div 1000000, open => O, high => H, low => L,
       close => C, volume => Volume}, End}.

side(Open, {Low, High}, Close, Terms) ->
    {price(Open, Terms), price(High, Terms), price(Low, Terms), price(Close, Terms)}.
