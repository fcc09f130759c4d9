%% @private A deployment without native code: the evaluator on the deployment's bars, and which of its
%% output is a signal.
-module(fxaot_beam_strategy).

-export([new/4, succeed/2, step/3, info/1, fields/1]).

-export_type([strategy/0]).

-include("../eval/fxaot_eval.hrl").

-record(strategy, {id :: atom(), symbol :: atom(), title :: binary(), timeframe :: term(),
                   kind :: {0..5, pos_integer()}, price :: 0..2,
                   state :: fxaot_eval:state(), signal_plot :: none | pos_integer(),
                   %% The chart's bars as the script sees them: 1, or that many ms a minute.
                   scale = none :: none | pos_integer(),
                   version = 1 :: pos_integer(),
                   %% The newest bars, for the version after this one.
                   kept = [] :: [fxaot_eval:bar()], kept_count = 0 :: non_neg_integer(),
                   bars = 0 :: non_neg_integer(), signals = 0 :: non_neg_integer(),
                   failure = none :: none | binary()}).

-opaque strategy() :: #strategy{}.
-type error() :: {error, {Reason :: atom(), Details :: map()}}.

-define(KEPT_BARS, 10000).
-define(BUILT_IN, [ma_crossover, momentum_breakout, mean_reversion, fusion]).

%% @doc A strategy's name, or a program, as `fxaot:deploy/3' has it.
-spec new(Id :: atom(), atom() | binary() | fxaot_script:program(), map(), fxaot_beam_market:terms()) ->
          {ok, strategy()} | error().
new(Id, {ir, Program}, Deployment, Terms) ->
    case fxaot_terms:script_deployment(Deployment) of
        {ok, {Symbol, Kind, Count, Price, Params}} ->
            Given = maps:from_list(Params),
            made(Id, Program, {Symbol, {Kind, Count}, Price}, Given, none, Deployment, Terms);
        Error -> Error
    end;
new(Id, Name, Deployment, Terms) ->
    case {built_in(Name), fxaot_terms:deployment(Deployment)} of
        {none, _} -> {error, {unknown_strategy, #{strategy => Name}}};
        {_, {error, _} = Error} -> Error;
        {Known, {ok, {Symbol, Kind, Count, Price, Params}}} ->
            case file:read_file(shipped(Known)) of
                {ok, Program} ->
                    named(Id, Known, Program, {Symbol, {Kind, Count}, Price}, Params, Deployment, Terms);
                {error, Posix} ->
                    {error, {unreadable_file, #{path => shipped(Known), reason => Posix}}}
            end
    end.

built_in(Name) when is_binary(Name) ->
    case [Known || Known <- ?BUILT_IN, atom_to_binary(Known) =:= Name] of
        [Known] -> Known;
        [] -> none
    end;
built_in(Name) ->
    case lists:member(Name, ?BUILT_IN) of
        true -> Name;
        false -> none
    end.

%% Made by `make' from the script of the same name.
shipped(Name) ->
    Priv = case code:priv_dir(fxaot) of
               {error, _} -> filename:join(filename:dirname(filename:dirname(code:which(?MODULE))), "priv");
               Folder -> Folder
           end,
    filename:join([Priv, "strategies", atom_to_list(Name) ++ ".fxir"]).

%% Parameters have the native strategy's names, which are the script's variables; fusion's are dotted.
named(Id, fusion, Program, {_, Kind, _} = Place, Params, Deployment, Terms) ->
    case fxaot_beam_market:length_of(Kind) div 1000000 of
        0 -> {error, {bad_deployment, #{option => timeframe, value => maps:get(timeframe, Deployment),
                                        expected => "a length of time while native code is not loaded"}}};
        Length ->
            Given = maps:from_list([{fusion_variable(Name), Value} || {Name, Value} <- Params]),
            made(Id, Program, Place, Given, Length, Deployment, Terms)
    end;
named(Id, _, Program, Place, Params, Deployment, Terms) ->
    made(Id, Program, Place, maps:from_list(Params), none, Deployment, Terms).

fusion_variable(<<"ma_crossover.", Name/binary>>) -> prefixed(<<"crossover_">>, Name);
fusion_variable(<<"momentum_breakout.threshold">>) -> <<"momentum_threshold">>;
fusion_variable(<<"momentum_breakout.", Name/binary>>) -> prefixed(<<"momentum_">>, Name);
fusion_variable(<<"mean_reversion.", Name/binary>>) -> prefixed(<<"reversion_">>, Name);
fusion_variable(Name) -> Name.

%% All three parts have these.
prefixed(Prefix, Name) when Name =:= <<"confirm">>; Name =:= <<"volume_window">>; Name =:= <<"cap">> ->
    <<Prefix/binary, Name/binary>>;
prefixed(_, Name) -> Name.

made(Id, Program, {Symbol, Kind, Price}, Given, Scale, Deployment, Terms) ->
    Timeframe = case Scale of
                    none -> period(Kind);
                    _ -> <<"1">>
                end,
    case fxaot_eval:new(Program, #{timeframe => Timeframe, symbol => symbol(Terms)}, Given) of
        {ok, State} ->
            Titles = fxaot_eval:plots(State),
            Plot = case [I || {I, <<"signal">>} <- lists:zip(lists:seq(1, length(Titles)), Titles)] of
                       [First | _] -> First;
                       [] -> none
                   end,
            {ok, #strategy{id = Id, symbol = Symbol, title = fxaot_eval:title(State), kind = Kind,
                           timeframe = maps:get(timeframe, Deployment, {minutes, 1}), price = Price,
                           state = State, signal_plot = Plot, scale = Scale}};
        Error -> Error
    end.

%% Bars of quotes look like bars of one second, the shortest that Pine has.
period(Kind) ->
    case fxaot_beam_market:length_of(Kind) div 1000000000 of
        0 -> <<"1S">>;
        Seconds when Seconds rem 86400 =:= 0 -> counted(Seconds div 86400, <<"D">>);
        Seconds when Seconds rem 60 =:= 0 -> counted(Seconds div 60, <<>>);
        Seconds -> counted(Seconds, <<"S">>)
    end.

counted(N, Unit) -> <<(integer_to_binary(N))/binary, Unit/binary>>.

symbol(#{base := Base, quote := Quote, scale := Scale, step_units := Units, quantity_step := Step,
         hours := {Session, Zone}}) ->
    Ticker = <<Base/binary, Quote/binary>>,
    #{session => Session, timezone => Zone, mintick => Units / Scale, min_contract => float(Step), ticker => Ticker, root => Ticker,
      type => <<"forex">>, currency => Quote, base_currency => Base}.

%% @doc A bar has closed. Returns its signals and orders: the value of a plot named `signal', else the orders'
%% directions; or the reason why the script has stopped.
-spec step(fxaot_eval:bar(), MinStrength :: float(), strategy()) ->
          {[{signal, float()} | {order, buy | sell, non_neg_integer() | default} | bad_signal
            | {stopped, integer()}], strategy()}.
step(_, _, #strategy{failure = Failure} = S) when Failure =/= none -> {[], S};
step(Bar, MinStrength, #strategy{state = State0} = S0) ->
    S = kept(Bar, S0),
    case fxaot_eval:step(State0, scaled(Bar, S), none) of
        {ok, State, #{plots := Plots, orders := Orders}} ->
            Left = left(Plots, Orders, MinStrength, S),
            Signals = length([Strength || {signal, Strength} <- Left]),
            {Left, S#strategy{state = State, bars = S#strategy.bars + 1,
                              signals = S#strategy.signals + Signals}};
        {error, {Line, Sentence}} ->
            Why = iolist_to_binary(["line ", integer_to_list(Line), ": ", Sentence]),
            {[{stopped, Line}], S#strategy{failure = Why}}
    end.

kept(Bar, #strategy{kept = Kept, kept_count = Count} = S) when Count < 2 * ?KEPT_BARS ->
    S#strategy{kept = [Bar | Kept], kept_count = Count + 1};
kept(Bar, #strategy{kept = Kept} = S) ->
    S#strategy{kept = [Bar | lists:sublist(Kept, ?KEPT_BARS - 1)], kept_count = ?KEPT_BARS}.

%% @doc Replaces the version before it, warm from that version's bars. Returns the changes, as
%% `fxaot:deploy/3' does.
-spec succeed(strategy(), strategy()) -> {fxaot_nif:report(), strategy()}.
succeed(#strategy{kind = Kind, price = Price, kept = Kept, version = Version} = Before,
        #strategy{kind = NewKind, price = NewPrice} = New) ->
    Bars = case {Kind, Price} of
               {NewKind, NewPrice} -> lists:reverse(lists:sublist(Kept, ?KEPT_BARS));
               _ -> []
           end,
    %% Past signals are not published.
    Warm = lists:foldl(fun(Bar, S) -> element(2, step(Bar, 1.0, S)) end, New, Bars),
    {#{version => Version + 1, warm_bars => length(Bars),
       inputs => changes(fxaot_eval:inputs(Before#strategy.state), fxaot_eval:inputs(New#strategy.state)),
       outputs => outputs(fxaot_eval:plots(Before#strategy.state), fxaot_eval:plots(New#strategy.state))},
     Warm#strategy{version = Version + 1, bars = 0, signals = 0}}.

changes(Before, Now) ->
    Named = fun(Inputs) -> maps:from_list([{Name, Input} || #{name := Name} = Input <- Inputs]) end,
    {Old, New} = {Named(Before), Named(Now)},
    #{added => [Input || #{name := Name} = Input <- Now, not is_map_key(Name, Old)],
      removed => [Input || #{name := Name} = Input <- Before, not is_map_key(Name, New)],
      changed => [#{name => Name, default => {map_get(default, Was), map_get(default, Is)},
                    value => {map_get(value, Was), map_get(value, Is)}}
                  || #{name := Name} = Is <- Now, #{Name := Was} <- [Old], Was =/= Is]}.

outputs(Before, Now) -> #{added => Now -- Before, removed => Before -- Now}.

%% Fusion asks for 5 and 15 times its chart's minute: on other charts it sees each bar as a minute.
scaled(Bar, #strategy{scale = none}) -> Bar;
scaled(#{time := Time, time_close := Close} = Bar, #strategy{scale = Length}) ->
    Bar#{time => Time * 60000 div Length, time_close => Close * 60000 div Length}.

left(Plots, _, MinStrength, #strategy{signal_plot = N}) when N =/= none ->
    case lists:nth(N, Plots) of
        na -> [];
        Strength when is_float(Strength), Strength /= 0.0 ->
            Bounded = min(max(Strength, -1.0), 1.0),
            [{signal, Bounded} | [{order, side(Bounded), default} || abs(Bounded) > MinStrength]];
        Zero when is_float(Zero) -> [];
        _ -> [bad_signal]
    end;
left(_, Orders, _, _) ->
    lists:append([[{signal, float(D)}, {order, side(D), quantity(Quantity)}]
                  || #{kind := Kind, direction := D, quantity := Quantity} <- Orders,
                     Kind =:= entry orelse Kind =:= order, D =/= 0]).

side(Direction) when Direction > 0 -> buy;
side(_) -> sell.

quantity(X) when is_float(X), X >= 0.0, X < 1.0e15 -> trunc(X);
quantity(_) -> default.

%% @doc As an entry of `fxaot:strategies/1'.
-spec info(strategy()) -> map().
info(#strategy{id = Id, symbol = Symbol, title = Title, timeframe = Timeframe, bars = Bars,
               signals = Signals, version = Version, failure = Failure}) ->
    Info = #{id => Id, symbol => Symbol, strategy => Title, timeframe => Timeframe, bars => Bars,
             signals => Signals, orders => 0, fills => 0, quantity => 0, tier => beam,
             version => Version},
    case Failure of
        none -> Info;
        _ -> Info#{failure => Failure}
    end.

%% @doc Id, symbol, timeframe's kind and count, price.
-spec fields(strategy()) -> {atom(), atom(), {0..5, pos_integer()}, 0..2}.
fields(#strategy{id = Id, symbol = Symbol, kind = Kind, price = Price}) -> {Id, Symbol, Kind, Price}.
