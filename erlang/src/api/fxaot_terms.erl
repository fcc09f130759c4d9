%% @private Maps of options ▶ the positional arguments that the native functions take.
%%
%% Every function is total: a wrong value is `{error, {Reason, Details}}', whatever the term.
%%
%% Longer than a file should be: one table of options after another, with the checks that they share.
-module(fxaot_terms).

-export([config/1, config_options/0, built_in_symbols/0, actor/1, actor_options/0, instrument/2,
         instruments/1, deployment/1, script_deployment/1, market/1, market_options/0, text/1, number/1,
         to_float/1, known_options/2, checked/5, currency/1, flag/1, whole/3, one_of/2]).

-export_type([error/0]).

-define(MAX_ALIASES, 8).
-define(MAX_INT64, 16#7FFFFFFFFFFFFFFF).
-define(MAX_UINT64, 16#FFFFFFFFFFFFFFFF).
-define(MAX_UINT32, 16#FFFFFFFF).
%% The largest finite float64. As a price it is beyond every instrument's limit.
-define(MAX_FLOAT, 1.7976931348623157e308).
%% In units of the account currency, so that micro-units stay far from 2^63.
-define(MAX_BALANCE, 1000000000000).
%% The longest bar, as in the native library.
-define(MAX_DAYS, 366).
%% 256 MB of quotes, 160 MB of events.
-define(MAX_QUOTES, 4194304).
-define(MAX_EVENTS, 1048576).
-define(MAX_WAIT_MS, 3600000).
-define(MAX_PROCESSOR, 4095).
%% Of one timeframe and price of an instrument: 6.4 MB.
-define(MAX_KEPT_BARS, 100000).

-define(WEEK_NS, 604800000000000).

-type error() :: {error, {Reason :: atom(), Details :: map()}}.

%% @doc An engine's configuration: currency, balance in micro-units, minimum strength, kind of
%% sizer (a number of fxaot.h), its quantity, its percentage, bar events, kept bars, how far
%% a quote's time may jump (ns).
-spec config(map()) ->
          {ok, {binary(), integer(), float(), 0..511, pos_integer(), float(), 0 | 1,
                non_neg_integer(), pos_integer(), {pos_integer(), pos_integer()}}} | error().
config(Config) ->
    checked(bad_config, Config, config_defaults(), fun config_option/2,
            fun(#{account_currency := Currency, balance := Balance, min_strength := Strength,
                  sizer := {Sizer, Fixed, Percent}, scale_by_strength := Scaled,
                  bar_events := Bars, kept_bars := Kept,
                  max_time_jump := Jump, order_numbers := Numbers}) ->
                    {Currency, Balance, Strength, Sizer + 256 * Scaled, Fixed, Percent, Bars, Kept, Jump,
                     Numbers}
            end).

%% @doc The options of config/1.
-spec config_options() -> [atom()].
config_options() -> maps:keys(config_defaults()).

config_defaults() ->
    #{account_currency => 'USD', balance => 100000, min_strength => 0.1,
      sizer => {fixed, 10000}, scale_by_strength => false, bar_events => false, kept_bars => 10000,
      max_time_jump => ?WEEK_NS, order_numbers => {1, 1}}.

config_option(account_currency, Value) -> currency(Value);
config_option(balance, Value) when is_number(Value), Value >= 0, Value =< ?MAX_BALANCE ->
    {ok, round(Value * 1000000)};
config_option(balance, _) -> {expected, "a number from 0 to 1,000,000,000,000"};
config_option(min_strength, Value) when is_number(Value), Value >= 0, Value =< 1 ->
    {ok, float(Value)};
config_option(min_strength, _) -> {expected, "a number from 0 to 1"};
config_option(sizer, {fixed, Quantity})
  when is_integer(Quantity), Quantity > 0, Quantity =< ?MAX_INT64 ->
    {ok, {0, Quantity, 0.0}};
config_option(sizer, {equity_percent, Percent})
  when is_number(Percent), Percent > 0, Percent =< 1000000 ->
    {ok, {1, 1, float(Percent)}};
config_option(sizer, {risk, Percent, Steps})
  when is_number(Percent), Percent > 0, Percent =< 100, is_integer(Steps), Steps > 0,
       Steps =< 1000000000000 ->
    {ok, {2, Steps, float(Percent)}};
config_option(sizer, {volatility, Percent, Bars})
  when is_number(Percent), Percent > 0, Percent =< 100, is_integer(Bars), Bars > 0, Bars =< 10000 ->
    {ok, {3, Bars, float(Percent)}};
config_option(sizer, {kelly, Part, Most})
  when is_integer(Part), Part > 0, Part =< 100, is_number(Most), Most > 0, Most =< 100000 ->
    {ok, {4, Part, float(Most)}};
config_option(sizer, _) ->
    {expected, "{fixed, BaseUnits}, {equity_percent, Percent}, {risk, Percent, StopSteps}, "
     "{volatility, Percent, Bars} or {kelly, PercentOfKelly, MostPercent}, above 0"};
config_option(scale_by_strength, Value) -> flag(Value);
config_option(bar_events, Value) -> flag(Value);
config_option(kept_bars, Value) -> whole(Value, 0, ?MAX_KEPT_BARS);
config_option(max_time_jump, infinity) -> {ok, ?MAX_INT64};
config_option(max_time_jump, Value) when is_integer(Value), Value > 0, Value =< ?MAX_INT64 ->
    {ok, Value};
config_option(max_time_jump, _) -> {expected, "nanoseconds from 1, or infinity"};
config_option(order_numbers, {First, Step})
  when is_integer(First), is_integer(Step), First >= 1, First =< Step, Step =< 65535 ->
    {ok, {First, Step}};
config_option(order_numbers, _) -> {expected, "{First, Step}, whole numbers from 1, First at most Step"}.

%% @doc The symbols that need no terms of their own.
-spec built_in_symbols() -> [atom()].
built_in_symbols() -> [binary_to_atom(Symbol) || Symbol <- fxaot_nif:instrument_list()].

%% @doc The instruments that an engine starts with: symbols, and symbols with terms.
-spec instruments(term()) -> {ok, [{Symbol :: atom(), Terms :: map()}]} | error().
instruments([]) -> {ok, []};
instruments([Entry | Rest]) ->
    case {symbol_and_terms(Entry), instruments(Rest)} of
        {none, _} -> bad_instruments(Entry);
        {Instrument, {ok, More}} -> {ok, [Instrument | More]};
        {_, Error} -> Error
    end;
instruments(Other) -> bad_instruments(Other).

symbol_and_terms(Symbol) when is_atom(Symbol) -> {Symbol, #{}};
symbol_and_terms({Symbol, Terms}) when is_atom(Symbol), is_map(Terms) -> {Symbol, Terms};
symbol_and_terms(_) -> none.

bad_instruments(Value) ->
    {error, {bad_option, #{option => instruments, value => Value,
                           expected => "a list of symbols and {Symbol, Spec}"}}}.

%% @doc The settings of an engine on a thread of its own: name, quotes and events that may wait, the policy of
%% a full mailbox (0 refuse, 1 drop the oldest; how long a sender waits, ns), the policy of an idle
%% thread (0 park, 1 yield, 2 spin), quotes a turn, processor (−1: any).
-spec actor(map()) ->
          {ok, {atom(), pos_integer(), pos_integer(), {0 | 1, non_neg_integer()}, 0..2, 1..256,
                integer()}} | error().
actor(Options) ->
    checked(bad_option, Options, actor_defaults(), fun actor_option/2,
            fun(#{name := Name, capacity := Capacity, pull_capacity := Events,
                  overflow := Overflow, waiting := Waiting, budget := Budget,
                  processor := Processor}) ->
                    {Name, Capacity, Events, Overflow, Waiting, Budget, Processor}
            end).

%% @doc The options of actor/1.
-spec actor_options() -> [atom()].
actor_options() -> maps:keys(actor_defaults()).

actor_defaults() ->
    #{name => fxaot, capacity => 65536, pull_capacity => 16384, overflow => refuse,
      waiting => park, budget => 256, processor => any}.

actor_option(name, Value) when is_atom(Value) -> {ok, Value};
actor_option(name, _) -> {expected, "an atom"};
actor_option(capacity, Value) -> whole(Value, 1, ?MAX_QUOTES);
actor_option(pull_capacity, Value) -> whole(Value, 1, ?MAX_EVENTS);
actor_option(overflow, refuse) -> {ok, {0, 0}};
actor_option(overflow, drop_oldest) -> {ok, {1, 0}};
actor_option(overflow, {block, Milliseconds})
  when is_integer(Milliseconds), Milliseconds > 0, Milliseconds =< ?MAX_WAIT_MS ->
    {ok, {0, Milliseconds * 1000000}};
actor_option(overflow, _) ->
    {expected, "refuse, drop_oldest or {block, Milliseconds}, with 1 to 3600000 milliseconds"};
actor_option(waiting, park) -> {ok, 0};
actor_option(waiting, yield) -> {ok, 1};
actor_option(waiting, spin) -> {ok, 2};
actor_option(waiting, _) -> {expected, "park, yield or spin"};
actor_option(budget, Value) -> whole(Value, 1, 256);
actor_option(processor, any) -> {ok, -1};
actor_option(processor, Value) when is_integer(Value), Value >= 0, Value =< ?MAX_PROCESSOR ->
    {ok, Value};
actor_option(processor, _) -> {expected, "any, or a processor's number from 0 to 4095"}.

%% @doc An instrument's terms; -1 and `<<>>' stand for the built-in symbol's own. Its trading terms, which may be
%% among them, are {@link fxaot_instrument_terms}'s.
-spec instrument(Symbol :: atom(), map()) ->
          {ok, {binary(), binary(), integer(), integer(), integer(), integer(), integer(),
                integer(), integer(), Session :: binary(), Zone :: binary(), Aliases :: [atom()]}} | error().
instrument(Symbol, Spec) ->
    Defaults = #{base => inherit, quote => inherit, price_decimals => inherit,
                 step_units => inherit, pip_steps => inherit, lot => inherit,
                 quantity_step => inherit, minimum_quantity => inherit,
                 maximum_quantity => inherit, session => inherit, timezone => inherit, aliases => []},
    Trading = fxaot_instrument_terms:names(),
    Result = checked(bad_instrument, Spec, Defaults, Trading, fun instrument_option/2,
                     fun(#{base := Base, quote := Quote, price_decimals := Decimals,
                           step_units := Step, pip_steps := Pip, lot := Lot,
                           quantity_step := QuantityStep, minimum_quantity := Minimum,
                           maximum_quantity := Maximum, session := Session, timezone := Zone,
                           aliases := Aliases}) ->
                             {Base, Quote, Decimals, Step, Pip, Lot, QuantityStep, Minimum,
                              Maximum, Session, Zone, Aliases}
                     end),
    case {Result, fxaot_instrument_terms:terms(Spec)} of
        {{ok, _}, {error, {bad_instrument, Details}}} -> bad_instrument(Symbol, Details);
        {{error, {bad_instrument, Details}}, _} -> bad_instrument(Symbol, Details);
        _ -> Result
    end.

bad_instrument(Symbol, Details) -> {error, {bad_instrument, Details#{symbol => Symbol}}}.

instrument_option(Name, inherit)
  when Name =:= base; Name =:= quote; Name =:= session; Name =:= timezone -> {ok, <<>>};
instrument_option(_, inherit) -> {ok, -1};
instrument_option(aliases, Value) -> aliases(Value);
instrument_option(Side, Value) when Side =:= base; Side =:= quote -> currency(Value);
instrument_option(price_decimals, Value) -> whole(Value, 0, 9);
instrument_option(session, Value) ->
    hours(Value, fun fxaot_eval_time:session/1, "a session such as <<\"1700-1700:23456\">> or <<\"24x7\">>");
instrument_option(timezone, Value) ->
    hours(Value, fun fxaot_eval_time:zone/1, "a time zone that this system has, such as <<\"America/New_York\">>");
instrument_option(step_units, Value) -> whole(Value, 1, ?MAX_UINT32);
instrument_option(_, Value) -> whole(Value, 1, ?MAX_INT64).

%% Names as feeds write them, each a symbol.
aliases(List) when is_list(List) ->
    try lists:all(fun is_symbol/1, List) andalso length(List) =< ?MAX_ALIASES
             andalso length(lists:usort(List)) =:= length(List) of
        true -> {ok, List};
        false -> bad_aliases()
    catch error:_ -> bad_aliases()
    end;
aliases(_) -> bad_aliases().

bad_aliases() -> {expected, "at most 8 different atoms of 1 to 31 printable ASCII characters, such as ['EURUSD.r']"}.

is_symbol(Atom) when is_atom(Atom) ->
    Name = atom_to_binary(Atom),
    byte_size(Name) >= 1 andalso byte_size(Name) =< 31 andalso
        lists:all(fun(C) -> C > 16#20 andalso C < 16#7F end, binary_to_list(Name));
is_symbol(_) -> false.

%% Kept as it is where it can be read; one byte of the native field is its end.
hours(Value, Read, Expected) when is_binary(Value), byte_size(Value) > 0, byte_size(Value) < 64 ->
    case Read(Value) of
        none -> {expected, Expected};
        _ -> {ok, Value}
    end;
hours(_, _, Expected) -> {expected, Expected}.

%% @doc A deployment: symbol, timeframe's kind and count, price basis, parameters.
-spec deployment(map()) -> {ok, {atom(), 0..5, pos_integer(), 0..2, fxaot_params:params()}} | error().
deployment(Deployment) -> placed(Deployment, fun deployment_option/2).

%% @doc The same of a script, whose parameters may be flags and texts too.
-spec script_deployment(map()) -> {ok, {atom(), 0..5, pos_integer(), 0..2, fxaot_params:inputs()}} | error().
script_deployment(Deployment) -> placed(Deployment, fun script_option/2).

placed(#{instrument := _} = Deployment, Check) ->
    Defaults = #{instrument => undefined, timeframe => {minutes, 1}, price => mid, params => #{}},
    checked(bad_deployment, Deployment, Defaults, Check,
            fun(#{instrument := Symbol, timeframe := {Kind, Count}, price := Price,
                  params := Params}) -> {Symbol, Kind, Count, Price, Params}
            end);
placed(_, _) -> {error, {missing_option, #{option => instrument}}}.

script_option(params, Value) when is_map(Value) -> fxaot_params:inputs(Value);
script_option(params, _) -> {expected, "a map of names to numbers, true, false or texts"};
script_option(Option, Value) -> deployment_option(Option, Value).

deployment_option(instrument, Value) when is_atom(Value) -> {ok, Value};
deployment_option(instrument, _) -> {expected, "an atom, the symbol"};
deployment_option(timeframe, Value) -> timeframe(Value);
deployment_option(price, mid) -> {ok, 0};
deployment_option(price, bid) -> {ok, 1};
deployment_option(price, ask) -> {ok, 2};
deployment_option(price, _) -> {expected, "mid, bid or ask"};
deployment_option(params, Value) when is_map(Value) -> fxaot_params:params(Value);
deployment_option(params, _) -> {expected, "a map of names to numbers"}.

timeframe(tick) -> {ok, {0, 1}};
timeframe(day) -> {ok, {5, 1}};
timeframe({ticks, Count}) when is_integer(Count), Count > 0, Count =< 1000000000 ->
    {ok, {1, Count}};
timeframe({Unit, Count} = Value) when is_integer(Count), Count > 0 ->
    case Unit of
        seconds when Count =< ?MAX_DAYS * 86400 -> {ok, {2, Count}};
        minutes when Count =< ?MAX_DAYS * 1440 -> {ok, {3, Count}};
        hours when Count =< ?MAX_DAYS * 24 -> {ok, {4, Count}};
        _ -> bad_timeframe(Value)
    end;
timeframe(Value) -> bad_timeframe(Value).

bad_timeframe(Value) -> {error, {bad_timeframe, #{timeframe => Value}}}.

%% @doc A simulated market's configuration; 0 stands for its default.
-spec market(map()) ->
          {ok, {atom(), non_neg_integer(), non_neg_integer(), float(), float(), float(), float(),
                non_neg_integer()}} | error().
market(Config) ->
    checked(bad_config, Config, market_defaults(), fun market_option/2,
            fun(#{symbol := Symbol, seed := Seed, start := Start, price := Price,
                  annual_volatility := Volatility, quotes_per_day := PerDay,
                  spread_steps := Spread, price_decimals := Decimals}) ->
                    {Symbol, Seed, Start, Price, Volatility, PerDay, Spread, Decimals}
            end).

%% @doc The options of market/1.
-spec market_options() -> [atom()].
market_options() -> maps:keys(market_defaults()).

market_defaults() ->
    #{symbol => 'EURUSD', seed => 0, start => 0, price => default,
      annual_volatility => default, quotes_per_day => default,
      spread_steps => default, price_decimals => default}.

market_option(symbol, Value) when is_atom(Value) -> {ok, Value};
market_option(symbol, _) -> {expected, "an atom, the symbol"};
market_option(seed, Value) -> whole(Value, 0, ?MAX_UINT64);
market_option(start, Value) -> whole(Value, 0, ?MAX_INT64);
market_option(price_decimals, default) -> {ok, 0};
market_option(price_decimals, Value) -> whole(Value, 1, 9);
market_option(_, default) -> {ok, 0.0};
market_option(_, Value) when is_number(Value), Value > 0, Value =< 1.0e15 -> {ok, float(Value)};
market_option(_, _) -> {expected, "a number above 0"}.

%% @doc A name as text.
-spec text(atom() | binary()) -> binary().
text(Name) when is_atom(Name) -> atom_to_binary(Name);
text(Name) when is_binary(Name) -> Name.

%% @doc A number as float64, if it fits.
-spec number(number()) -> {ok, float()} | error.
number(Value) when is_float(Value) -> {ok, Value};
number(Value) ->
    try {ok, float(Value)} catch error:badarg -> error end.

%% @doc A number as float64. An integer beyond its range becomes the largest float of its sign,
%% which is out of every instrument's limits as a price.
-spec to_float(number()) -> float().
to_float(Number) when is_float(Number) -> Number;
to_float(Number) ->
    case number(Number) of
        {ok, Float} -> Float;
        error when Number > 0 -> ?MAX_FLOAT;
        error -> -?MAX_FLOAT
    end.

%% @doc Whether Options has no key but those of Known. Complexity: keys × known keys.
-spec known_options(Options :: map(), Known :: [atom()]) -> ok | error().
known_options(Options, Known) ->
    case lists:sort(maps:keys(Options)) -- Known of
        [] -> ok;
        [Unknown | _] ->
            %% Only atoms get a suggestion.
            Near = case is_atom(Unknown) of
                       true -> fxaot_near_miss:suggestion(Unknown, Known);
                       false -> #{}
                   end,
            {error, {unknown_option, Near#{option => Unknown, known => Known}}}
    end.

%% ---- checking ---------------------------------------------------------------

%% @doc Options over their defaults, each checked, then put into their places. `Check' answers `{ok, Value}',
%% `{expected, Text}' or an error of its own.
-spec checked(Reason :: atom(), Options :: map(), Defaults :: map(),
              fun((atom(), term()) -> {ok, term()} | {expected, string()} | error()),
              fun((map()) -> Places)) -> {ok, Places} | error().
checked(Reason, Options, Defaults, Check, Positional) ->
    checked(Reason, Options, Defaults, [], Check, Positional).

%% Others: known options that somebody else checks.
checked(Reason, Options, Defaults, Others, Check, Positional) ->
    case known_options(Options, maps:keys(Defaults) ++ Others) of
        ok ->
            Own = maps:merge(Defaults, maps:without(Others, Options)),
            case check(lists:sort(maps:to_list(Own)), Check, Reason, #{}) of
                {ok, Values} -> {ok, Positional(Values)};
                Error -> Error
            end;
        Error -> Error
    end.

check([], _, _, Values) -> {ok, Values};
check([{Key, Value} | Rest], Check, Reason, Values) ->
    case Check(Key, Value) of
        {ok, Checked} -> check(Rest, Check, Reason, Values#{Key => Checked});
        {expected, Text} ->
            {error, {Reason, #{option => Key, value => Value, expected => Text}}};
        Error -> Error
    end.

%% @doc A currency's name.
-spec currency(term()) -> {ok, binary()} | {expected, string()}.
currency(Value) when is_atom(Value) ->
    Text = atom_to_binary(Value),
    case Text =/= <<>> andalso byte_size(Text) =< 7
        andalso lists:all(fun(C) -> C > $\s andalso C < 127 end, binary_to_list(Text)) of
        true -> {ok, Text};
        false -> {expected, "an atom of 1 to 7 ASCII characters, the currency"}
    end;
currency(_) -> {expected, "an atom of 1 to 7 ASCII characters, the currency"}.

%% @doc A flag as 0 or 1.
-spec flag(term()) -> {ok, 0 | 1} | {expected, string()}.
flag(true) -> {ok, 1};
flag(false) -> {ok, 0};
flag(_) -> {expected, "true or false"}.

%% @doc A whole number of a range.
-spec whole(term(), integer(), integer()) -> {ok, integer()} | {expected, string()}.
whole(Value, Low, High) when is_integer(Value), Value >= Low, Value =< High -> {ok, Value};
whole(_, Low, High) -> {expected, lists:concat(["a whole number from ", Low, " to ", High])}.

%% @doc The place of a name in a list, from 0.
-spec one_of(term(), [atom(), ...]) -> {ok, non_neg_integer()} | {expected, string()}.
one_of(Value, Names) -> one_of(Value, Names, 0, Names).

one_of(Value, [Value | _], Place, _) -> {ok, Place};
one_of(Value, [_ | Rest], Place, Names) -> one_of(Value, Rest, Place + 1, Names);
one_of(_, [], _, Names) ->
    {Before, [Last]} = lists:split(length(Names) - 1, Names),
    {expected, lists:flatten([lists:join(", ", [atom_to_list(Name) || Name <- Before]), " or ",
                              atom_to_list(Last)])}.
