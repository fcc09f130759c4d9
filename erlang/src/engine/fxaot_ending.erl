%% @private Reports open positions when the application stops: their state ends with it.
-module(fxaot_ending).

-export([tell/0]).

%% The time limit for all engines together.
-define(WAIT_MS, 5000).

%% @doc For each engine with open positions: a line in the log, and `{fxaot_stopping, Engine, Positions}' to its
%% subscribers.
-spec tell() -> ok.
tell() ->
    Until = erlang:monotonic_time(millisecond) + ?WAIT_MS,
    Asked = [{Name, gen_server:send_request(Name, positions)}
             || #{kind := engine, name := Name} <- fxaot_engines:all()],
    lists:foreach(fun({Name, Request}) -> told(Name, positions(Name, Request, Until)) end, Asked).

positions(Name, Request, Until) ->
    case gen_server:receive_response(Request, max(0, Until - erlang:monotonic_time(millisecond))) of
        {reply, Answer} -> Answer;
        timeout -> {error, {timeout, #{engine => Name, milliseconds => ?WAIT_MS}}};
        {error, _} -> of_nobody(Name)
    end.

%% An engine that has given up, or whose own tree has ended.
of_nobody(Name) ->
    case fxaot_heir:look(Name) of
        {ok, Engine} ->
            case fxaot_nif:adopt(Engine) of
                ok -> fxaot_nif:positions(Engine);
                Error -> Error
            end;
        none -> {error, {engine_down, Name}}
    end.

told(Name, {error, _} = Error) ->
    logger:warning("fxaot engine ~tp stops; whether positions are open is not known: ~ts",
                   [Name, fxaot_error:format_error(Error)]);
told(Name, Positions) ->
    case [Position || #{quantity := Quantity} = Position <- Positions, Quantity =/= 0] of
        [] -> ok;
        Open ->
            logger:warning("fxaot engine ~tp stops with open positions: ~ts",
                           [Name, lists:join(", ", [sentence(Position) || Position <- Open])]),
            fxaot_events:tell_subscribers(Name, {fxaot_stopping, Name, Open})
    end.

sentence(#{symbol := Symbol, quantity := Quantity, average_price := Price}) ->
    io_lib:format("~ts ~b at ~w", [Symbol, Quantity, Price]).
