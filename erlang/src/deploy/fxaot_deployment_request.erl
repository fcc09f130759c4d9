%% @private The arguments of deploy/3 ▶ a request for a deployment: checks the options and compiles the
%% script, in the caller's process.
-module(fxaot_deployment_request).

-export([new/2]).

-define(OPTIONS, [instrument, params, price, strategy, tier, timeframe, wait, watch]).

%% @doc Options: those of {@link fxaot:deploy/3} without the strategy.
-spec new(Strategy :: term(), Options :: map()) ->
          {ok, fxaot_deployment:request()} | fxaot:error().
new(Strategy, Options) ->
    case fxaot_terms:known_options(Options, ?OPTIONS) of
        ok -> request(Strategy, Options);
        Error -> Error
    end.

request(Strategy, Options) ->
    Tier = maps:get(tier, Options, auto),
    Wait = maps:get(wait, Options, none),
    Watch = maps:get(watch, Options, false),
    case problem(Tier, Wait, Watch, Strategy) of
        none ->
            %% Before the file is read: a change while it is compiled is a change.
            Watched = watched(Watch, Strategy),
            case program(Strategy) of
                {ok, Program} ->
                    {ok, #{strategy => Program, deployment => maps:without([tier, wait, watch],
                                                                          Options),
                           tier => Tier, wait => Wait =:= native orelse Tier =:= native,
                           watch => Watched}};
                Error -> Error
            end;
        {Option, Value, Expected} ->
            {error, {bad_option, #{option => Option, value => Value, expected => Expected}}}
    end.

problem(Tier, _, _, _) when Tier =/= auto, Tier =/= vm, Tier =/= native ->
    {tier, Tier, "auto, vm or native"};
problem(_, Wait, _, _) when Wait =/= none, Wait =/= native -> {wait, Wait, "native, or left out"};
problem(vm, native, _, _) -> {wait, native, "left out with tier => vm"};
problem(_, _, Watch, _) when not is_boolean(Watch) -> {watch, Watch, "true or false"};
problem(_, _, true, {file, _}) -> none;
problem(_, _, true, _) -> {watch, true, "left out, unless the strategy is a {file, Path}"};
problem(_, _, _, _) -> none.

watched(true, {file, Path}) -> {Path, fxaot_watch:new(Path)};
watched(false, _) -> none.

program(Name) when is_atom(Name); is_binary(Name) -> {ok, Name};
program({artifact, Name}) ->
    case fxaot_artifacts:program(Name) of
        {ok, Program} -> {ok, {ir, Program}};
        Error -> Error
    end;
program(Script) -> fxaot_script:compile(Script).
