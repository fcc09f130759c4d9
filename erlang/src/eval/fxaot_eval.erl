%% @doc Evaluates scripts in Erlang, from their programs: for engines without native code, and as the
%% tests' oracle.
%%
%% Written from the language's definition and not from the virtual machine: it walks the program's tree,
%% and its kernels are plain sums over windows. Results agree with the native engine's within 1e-12.
%%
%% ```
%% {ok, State} = fxaot_eval:new(Program, #{timeframe => <<"15">>}, #{<<"Length">> => 14}),
%% {ok, Next, #{plots := Plots, orders := Orders}} = fxaot_eval:step(State, Bar, none)
%% '''
%% Numbers are floats; `na' and the infinities, which no float in Erlang can be, are the atoms `na',
%% `inf' and `ninf'.
-module(fxaot_eval).

-export([new/3, step/3, use_history/2, plots/1, title/1, inputs/1]).

-export_type([state/0, bar/0, environment/0, output/0]).

-include("fxaot_eval.hrl").

%% Milliseconds since 1970 UTC, open to close.
-type bar() :: #{time := integer(), time_close := integer(), open := float(), high := float(),
                 low := float(), close := float(), volume := float()}.

%% The environment of a script. `timeframe' is the chart's, as Pine writes it. A symbol's fields have the
%% names of `syminfo.*'; those that are left out are a nameless symbol's that always trades.
-type environment() :: #{timeframe := binary(),
                         symbol => #{atom() => float() | binary()},
                         %% Other symbols' bars, for `request.security' of them and for conversions;
                         %% the chart's own too where it is a pair that money is converted by.
                         data => #{binary() => history()} | [{binary(), history()}],
                         %% The account's currency, unless the script chooses it.
                         account_currency => binary()}.

%% In the order of time. `symbol' as above; its name is the key.
-type history() :: #{timeframe := binary(), bars := [bar()], symbol => #{atom() => float() | binary()}}.

-type output() :: #{plots := [value()], orders := [map()], risks := [map()]}.

-record(state, {program :: #program{}, parameters :: tuple(), world :: fxaot_eval_run:world(),
                feeds :: [{non_neg_integer(), fxaot_eval_request:feed()}],
                bars = 0 :: non_neg_integer(),
                %% Number and time of the last bar of a history that is known.
                last = none :: none | {non_neg_integer(), integer()}}).

-opaque state() :: #state{}.

%% The limit of requests nested in each other's expressions.
-define(DEEPEST, 8).
%% Each request's world is made of the whole script.
-define(MOST_NODES, 4000000).

%% @doc Prepares a program for an environment. Params are inputs by title or by the variable's name:
%% numbers, `true', `false', texts as atoms or binaries.
%%
%% Errors: `bad_script' (no program, or one that cannot run here; a `message' says why),
%% `unknown_parameter', `bad_parameter', `parameter_range'.
-spec new(binary(), environment(), #{atom() | binary() => term()}) ->
          {ok, state()} | {error, {Reason :: atom(), Details :: map()}}.
new(Bytes, #{timeframe := Timeframe} = Environment, Params) ->
    case {fxaot_eval_codec:decode(Bytes), fxaot_eval_time:period(Timeframe)} of
        {{error, _}, _} -> bad_script(<<"the compiled script is damaged">>);
        {_, none} -> bad_script(<<"'", Timeframe/binary, "' is not a timeframe">>);
        {{ok, Program}, Period} ->
            case fxaot_eval_params:settle(Program, Params) of
                {ok, Parameters} ->
                    made(Program, Environment,
                         #{parameters => Parameters, period => Period, chart => Period,
                           zone => fun fxaot_eval_time:zone/1});
                Error -> Error
            end
    end.

any_symbol() ->
    #{mintick => 0.01, point_value => 1.0, min_contract => 0.000001, prefix => <<>>,
      ticker => <<>>, root => <<>>, description => <<>>, type => <<"crypto">>,
      session => <<"24x7">>, timezone => <<"UTC">>, currency => <<"USD">>, base_currency => <<>>}.

made(Program, Environment, Place) ->
    try
        Known = maps:merge(Place, market(Program, Environment)),
        {{World, Feeds}, _} = world(Program, chart, Known, [], 0),
        {ok, #state{program = Program, parameters = map_get(parameters, Known), world = World,
                    feeds = Feeds}}
    catch throw:{refused, Sentence} -> bad_script(Sentence)
    end.

%% The chart's symbol, the others, and the account.
market(#program{currency = Currency}, Environment) ->
    Symbol = maps:merge(any_symbol(), maps:get(symbol, Environment, #{})),
    Account = case Currency of
                  <<>> -> maps:get(currency, Symbol);
                  _ -> Currency
              end,
    #{symbol => Symbol, chart_symbol => Symbol, any => any_symbol(), history => none,
      data => fxaot_eval_market:histories(maps:get(data, Environment, #{}), any_symbol()),
      account => maps:get(account_currency, Environment, Account)}.

bad_script(Message) -> {error, {bad_script, #{message => Message}}}.

%% A world and the requests that it needs, which may need others.
world(#program{size = Size}, _, _, Inside, Count)
  when length(Inside) > ?DEEPEST; (Count + 1) * Size > ?MOST_NODES ->
    throw({refused, <<"the script exceeds its memory limit">>});
world(Program, Kind, Known, Inside, Count) ->
    #{requests := Requests, open := Open} = Folded = fxaot_eval_fold:fold(Program, Kind, Known),
    Body = fxaot_eval_needs:prune(maps:get(body, Folded), Kind, Folded),
    #{requests := Needed} = Fixed = fxaot_eval_world:make(Program, Folded, Body, Known),
    told(Open, Needed),
    {Feeds, Made} =
        lists:mapfoldl(fun(R, Sum) ->
                               {Feed, Next} = feed(Program, R, map_get(R, Requests), Known,
                                                   Inside, Sum),
                               {{R, Feed}, Next}
                       end, Count + 1, [R || R <- Needed, not lists:member(R, Inside)]),
    {{fxaot_eval_run:new(Fixed), Feeds}, Made}.

told([{Line, What} | _], [_ | _]) ->
    throw({refused, iolist_to_binary(["line ", integer_to_list(Line), ": request.security's ", What,
                                      " must be known before the first bar"])});
told(_, _) -> ok.

feed(Program, R, #{gaps := Gaps, lookahead := Lookahead} = Request, Known, Inside, Count) ->
    {#{symbol := Symbol, period := Period, zone := Zones} = There, Input} =
        fxaot_eval_market:place(Request, Known),
    #program{requests = Requests, expressions = Expressions} = Program,
    #{results := Results} = element(R + 1, Requests),
    Elements = case Request of
                   #{kind := lower_bars} -> [element(1, element(E + 1, Expressions)) || E <- Results];
                   _ -> none
               end,
    {{World, Feeds}, Made} = world(Program, {request, R}, There, [R | Inside], Count),
    {Session, Zone, Calendar} = fxaot_eval_world:clock(Symbol, Zones),
    Hours = case Session =:= none orelse Session =:= fxaot_eval_time:session(<<"24x7">>) of
                true -> none;
                false -> {Session, Zone}
            end,
    {fxaot_eval_request:new(#{world => World, feeds => Feeds, period => Period,
                              calendar => Calendar, gaps => Gaps, lookahead => Lookahead,
                              hours => Hours, input => Input, elements => Elements}), Made}.

%% @doc Gives the script all future bars, before the first one. Without this call a script is live: the newest
%% bar is the last one, and with lookahead it sees its higher timeframes as they are so far.
-spec use_history(state(), [bar(), ...]) -> {ok, state()} | {error, {integer(), binary()}}.
use_history(#state{feeds = Feeds} = State, Bars) ->
    Last = {length(Bars) - 1, maps:get(time, lists:last(Bars))},
    try
        Foreseen = fxaot_eval_request:foresee_all([candle(Bar) || Bar <- Bars], Feeds),
        {ok, State#state{feeds = Foreseen, last = Last}}
    catch throw:{stop, Line, Sentence} -> {error, {Line, Sentence}}
    end.

%% @doc Runs the script on one bar. The book is the script's own; `none' is a book without a
%% trade. Plots are in the order of {@link plots/1}. After an error the script is over.
-spec step(state(), bar(), fxaot_eval_run:book()) ->
          {ok, state(), output()} | {error, {Line :: integer(), Sentence :: binary()}}.
step(#state{world = World0, feeds = Feeds0, bars = Bars, last = Last} = State, Bar, Book) ->
    Candle = candle(Bar),
    Place = case Last of
                none -> {Bars, Candle#candle.time, false};
                {Index, Time} -> {Index, Time, true}
            end,
    try
        {Requests, Feeds} = fxaot_eval_request:publish_all(
                              Candle#candle.time, fxaot_eval_request:advance_all(Candle, Book, Feeds0)),
        World = fxaot_eval_run:step(Candle, Place, Book, Requests, World0),
        {ok, State#state{world = World, feeds = Feeds, bars = Bars + 1},
         #{plots => fxaot_eval_run:plots(World), orders => fxaot_eval_run:orders(World),
           risks => fxaot_eval_run:risks(World)}}
    catch throw:{stop, Line, Sentence} -> {error, {Line, Sentence}}
    end.

candle(#{time := Time, time_close := TimeClose, open := Open, high := High, low := Low,
         close := Close, volume := Volume}) ->
    #candle{time = Time, time_close = TimeClose, open = Open, high = High, low = Low, close = Close,
            volume = Volume}.

%% @doc The titles of the plots.
-spec plots(state()) -> [binary()].
plots(#state{program = #program{plots = Plots}}) -> Plots.

-spec title(state()) -> binary().
title(#state{program = #program{title = Title}}) -> Title.

%% @doc The inputs, by title or by variable where they have none.
-spec inputs(state()) -> [#{name := binary(), default := term(), value := term()}].
inputs(#state{program = #program{parameters = Inputs} = Program, parameters = Values}) ->
    {ok, Defaults} = fxaot_eval_params:settle(Program, #{}),
    [#{name => case Title of <<>> -> Variable; _ -> Title end,
       default => shown(Kind, Default), value => shown(Kind, Value)}
     || {#{title := Title, variable := Variable, kind := Kind}, Default, Value}
            <- lists:zip3(Inputs, tuple_to_list(Defaults), tuple_to_list(Values))].

shown(_, {source, Field}) -> atom_to_binary(Field);
shown(bool, X) -> X == 1.0;
shown(_, X) -> X.
