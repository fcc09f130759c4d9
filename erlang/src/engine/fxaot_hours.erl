%% @private Markets' opening hours and the start of their days, as in the native engine: forex from Sunday
%% 17:00 to Friday 17:00 New York; anything else always, with days from midnight UTC.
-module(fxaot_hours).

-export([of_currencies/2, own/3, of_instrument/2, calendar/1, bar/3, last_bar_end/2]).

-export_type([hours/0]).

%% A session as scripts write it, and a zone.
-type hours() :: {Session :: binary(), Zone :: binary()}.

-define(FOREX, {<<"1700-1700:23456">>, <<"America/New_York">>}).
-define(ALWAYS, {<<"24x7">>, <<"UTC">>}).
-define(DAY, 86400000000000).
-define(MS, 1000000).

%% @doc Two currencies, or a metal priced in a currency, are forex.
-spec of_currencies(Base :: binary(), Quote :: binary()) -> hours().
of_currencies(Base, Quote) ->
    case Base =/= Quote andalso is_money(Base) andalso is_money(Quote) of
        true -> ?FOREX;
        false -> ?ALWAYS
    end.

%% @doc The hours of an instrument's terms (`<<>>': not given), else those of its market. A zone without a
%% session starts its days at midnight.
-spec own(Session :: binary(), Zone :: binary(), hours()) -> hours().
own(<<>>, <<>>, Market) -> Market;
own(<<>>, Zone, _) -> {element(1, ?ALWAYS), Zone};
own(Session, <<>>, {_, Zone}) -> {Session, Zone};
own(Session, Zone, _) -> {Session, Zone}.

%% @doc The possible hours of an instrument, by the terms that it was added with: two where neither terms
%% nor name show its market.
-spec of_instrument(Symbol :: atom(), Terms :: map()) -> [hours()].
of_instrument(Symbol, Terms) ->
    Markets = case {Terms, atom_to_binary(Symbol)} of
                  {#{base := Base, quote := Quote}, _} -> [of_currencies(name(Base), name(Quote))];
                  {_, <<Base:3/binary, Quote:3/binary>>} -> [of_currencies(Base, Quote)];
                  _ -> [?FOREX, ?ALWAYS]
              end,
    Session = maps:get(session, Terms, <<>>),
    Zone = maps:get(timezone, Terms, <<>>),
    lists:usort([own(Session, Zone, Market) || Market <- Markets]).

name(Currency) when is_atom(Currency) -> atom_to_binary(Currency);
name(Currency) -> Currency.

is_money(Name) ->
    lists:member(Name, [<<"USD">>, <<"EUR">>, <<"JPY">>, <<"GBP">>, <<"AUD">>, <<"NZD">>, <<"CAD">>, <<"CHF">>,
                        <<"SEK">>, <<"NOK">>, <<"DKK">>, <<"ISK">>, <<"PLN">>, <<"CZK">>, <<"HUF">>, <<"RON">>,
                        <<"BGN">>, <<"TRY">>, <<"RUB">>, <<"UAH">>, <<"KZT">>, <<"ZAR">>, <<"NGN">>, <<"KES">>,
                        <<"EGP">>, <<"ILS">>, <<"AED">>, <<"SAR">>, <<"QAR">>, <<"KWD">>, <<"BHD">>, <<"INR">>,
                        <<"SGD">>, <<"HKD">>, <<"CNH">>, <<"CNY">>, <<"TWD">>, <<"KRW">>, <<"THB">>, <<"IDR">>,
                        <<"MYR">>, <<"PHP">>, <<"VND">>, <<"MXN">>, <<"BRL">>, <<"ARS">>, <<"CLP">>, <<"COP">>,
                        <<"PEN">>, <<"XAU">>, <<"XAG">>, <<"XPT">>, <<"XPD">>]).

%% @doc Reads the system's zones.
-spec calendar(hours()) -> fxaot_eval_time:calendar().
calendar({Session, Zone}) ->
    fxaot_eval_time:calendar(fxaot_eval_time:zone(Zone), fxaot_eval_time:session(Session)).

%% @doc The bar of a length that contains a time, all in ns; none if the market has no such bar.
-spec bar(Length :: pos_integer(), Time :: non_neg_integer(), fxaot_eval_time:calendar()) ->
          {Start :: integer(), End :: integer()} | none.
bar(Length, Time, Calendar) when Length < ?DAY ->
    nanoseconds(fxaot_eval_time:bounds({Length div 1000000000, second}, Time div ?MS, Calendar));
bar(Length, Time, Calendar) ->
    case fxaot_eval_time:is_traded(Time div ?MS, Calendar) of
        true when Length rem ?DAY =:= 0 ->
            nanoseconds(fxaot_eval_time:bounds({Length div ?DAY, day}, Time div ?MS, Calendar));
        true ->
            Start = Time - Time rem Length,
            {Start, Start + Length};
        false -> none
    end.

nanoseconds({Start, End}) -> {Start * ?MS, End * ?MS}.

%% @doc The latest end of the bars that contain a quote's time, by length (ns; 0 for bars that do not count
%% time) and the instrument's possible hours; none without a bar of time.
-spec last_bar_end([{Length :: non_neg_integer(), [hours(), ...]}], Time :: non_neg_integer()) ->
          integer() | none.
last_bar_end(Bars, Time) ->
    case [bar_end(Length, Time, Hours) || {Length, All} <- Bars, Length > 0, Hours <- All] of
        [] -> none;
        Ends -> lists:max(Ends)
    end.

bar_end(Length, Time, Hours) ->
    case bar(Length, Time, calendar(Hours)) of
        {_, End} -> End;
        none -> Time
    end.
