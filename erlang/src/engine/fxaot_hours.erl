%% @private When markets are open, and when their days begin: forex from Sunday 17:00 to Friday 17:00 New
%% York, anything else always, with days from midnight UTC. As the native engine has it.
-module(fxaot_hours).

-export([of_currencies/2, calendar/1, bar/3, last_bar_end/2]).

-export_type([hours/0]).

-type hours() :: forex | always.

-define(DAY, 86400000000000).
-define(MS, 1000000).

%% @doc Two currencies, or a metal priced in a currency, are forex.
-spec of_currencies(Base :: binary(), Quote :: binary()) -> hours().
of_currencies(Base, Quote) ->
    case Base =/= Quote andalso is_money(Base) andalso is_money(Quote) of
        true -> forex;
        false -> always
    end.

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
calendar(always) -> fxaot_eval_time:calendar(0, none);
calendar(forex) ->
    Zone = fxaot_eval_time:zone(<<"America/New_York">>),
    fxaot_eval_time:calendar(Zone, fxaot_eval_time:session(<<"1700-1700:23456">>)).

%% @doc The bar of a length that a time lies in, all in ns; none where the market has no such bar.
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

%% @doc When the last of the bars ends that a quote's time lies in, by their lengths (ns; 0 for bars that
%% do not count time) and symbols; none without a bar of time.
-spec last_bar_end([{Length :: non_neg_integer(), Symbol :: atom()}], Time :: non_neg_integer()) ->
          integer() | none.
last_bar_end(Bars, Time) ->
    case [bar_end(Length, Time, Symbol) || {Length, Symbol} <- Bars, Length > 0] of
        [] -> none;
        Ends -> lists:max(Ends)
    end.

%% A name may not say which market the symbol has: then the later end of both.
bar_end(Length, Time, Symbol) ->
    Hours = case atom_to_binary(Symbol) of
                <<Base:3/binary, Quote:3/binary>> -> [of_currencies(Base, Quote)];
                _ -> [forex, always]
            end,
    lists:max([case bar(Length, Time, calendar(H)) of
                   {_, End} -> End;
                   none -> Time
               end || H <- Hours]).
