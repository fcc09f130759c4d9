%% @private Closes positions where an engine's option `on_stop' asks for it, and reports those that are open when the
%% application stops: their state ends with it.
-module(fxaot_ending).

-include("../telemetry/fxaot_log.hrl").

-export([close/0, tell/0]).

%% The time limit for the answers of all engines together.
-define(WAIT_MS, 5000).

%% ---- closing ------------------------------------------------------------------

%% @doc Each engine with `on_stop => flat' is halted, and closes for its positions are sent. Waits until they are
%% filled, by quotes that still come, at most for its `stop_timeout'. Then the paper venue fills what is left at the
%% last quotes, where these are fresh.
-spec close() -> ok.
close() ->
    Closing = [closing(Name, fxaot_engine_options:stop_timeout(Options))
               || #{kind := engine, name := Name} <- fxaot_engines:all(),
                  Options <- [fxaot_engines:options(Name)], maps:get(on_stop, Options, keep) =:= flat],
    lists:foreach(fun ended/1, Closing).

%% An engine that does not answer holds the stop up no longer than others may.
ended({Name, Until, {Pid, Monitor}}) ->
    receive {'DOWN', Monitor, process, Pid, _} -> ok
    after max(0, Until - erlang:monotonic_time(millisecond)) ->
            demonitor(Monitor, [flush]),
            exit(Pid, kill),
            ?FXAOT_LOG(warning, #{engine => Name, text => "cannot close its positions: it does not answer"})
    end.

closing(Name, Timeout) ->
    Until = erlang:monotonic_time(millisecond) + Timeout,
    {Name, Until + ?WAIT_MS, spawn_monitor(fun() -> closed(Name, Until) end)}.

closed(Name, Until) ->
    _ = fxaot:subscribe(Name),
    _ = fxaot:halt(Name),
    lists:foreach(fun(Symbol) ->
                          case fxaot:close(Name, Symbol) of
                              {ok, _} -> ok;
                              Error ->
                                  Why = fxaot_error:format_error(Error),
                                  ?FXAOT_LOG(warning, #{engine => Name, symbol => Symbol,
                                                        text => io_lib:format("cannot close ~tp: ~ts", [Symbol, Why])})
                          end
                  end, open(Name)),
    await_closed(Name, Until).

await_closed(Name, Until) ->
    case open(Name) of
        [] -> ok;
        _ ->
            receive {fxaot_events, _, _, _, _} -> await_closed(Name, Until)
            after max(0, Until - erlang:monotonic_time(millisecond)) -> fill_rest(Name)
            end
    end.

fill_rest(Name) ->
    case fxaot_engine_call:ask(Name, Name, {trading, {fill_rest, stopping}}) of
        {ok, _} -> ok;
        Error ->
            ?FXAOT_LOG(warning, #{engine => Name, text => ["cannot fill its closes: ", fxaot_error:format_error(Error)]})
    end.

%% The instruments that are held. An engine that does not answer closes nothing.
open(Name) ->
    Held = [{Symbol, Quantity} || #{symbol := Symbol, quantity := Quantity}
                                      <- list(fxaot:positions(Name)) ++ list(fxaot:tickets(Name))],
    lists:usort([Symbol || {Symbol, Quantity} <- Held, Quantity =/= 0]).

list(List) when is_list(List) -> List;
list({error, _}) -> [].

%% ---- telling ------------------------------------------------------------------

%% @doc For each engine with open positions or tickets: a line in the log, and `{fxaot_stopping, Engine, Open}' to its
%% subscribers.
-spec tell() -> ok.
tell() ->
    Until = erlang:monotonic_time(millisecond) + ?WAIT_MS,
    Asked = [{Name, [gen_server:send_request(Name, Request) || Request <- [positions, {trading, tickets}]]}
             || #{kind := engine, name := Name} <- fxaot_engines:all()],
    lists:foreach(fun({Name, Requests}) -> told(Name, [answer(Name, Request, Until) || Request <- Requests]) end,
                  Asked).

answer(Name, Request, Until) ->
    case gen_server:receive_response(Request, max(0, Until - erlang:monotonic_time(millisecond))) of
        {reply, Answer} -> Answer;
        timeout -> {error, {timeout, #{engine => Name, milliseconds => ?WAIT_MS}}};
        {error, _} -> nobody
    end.

%% An engine that has given up, or whose own tree has ended.
of_nobody(Name) ->
    case fxaot_heir:look(Name) of
        {ok, Engine} ->
            case fxaot_nif:adopt(Engine) of
                ok -> [fxaot_nif:positions(Engine), fxaot_nif:tickets(Engine)];
                Error -> [Error]
            end;
        none -> [{error, {engine_down, Name}}]
    end.

told(Name, [Answer | _] = Answers) ->
    case {lists:member(nobody, Answers), Answer} of
        {true, _} -> told(Name, of_nobody(Name));
        {false, {error, _}} ->
            ?FXAOT_LOG(warning, #{engine => Name, text => ["stops; whether positions are open is not known: ",
                                                           fxaot_error:format_error(Answer)]});
        {false, Positions} -> told(Name, Positions, lists:append([list(Tickets) || Tickets <- tl(Answers)]))
    end.

%% In a hedging account the tickets: their net may be nothing.
told(Name, Positions, []) ->
    open(Name, [Position || #{quantity := Quantity} = Position <- Positions, Quantity =/= 0]);
told(Name, _, Tickets) -> open(Name, Tickets).

open(_, []) -> ok;
open(Name, Open) ->
    ?FXAOT_LOG(warning, #{engine => Name, text => ["stops with open positions: ",
                                                   lists:join(", ", [sentence(Each) || Each <- Open])]}),
    fxaot_events:tell_subscribers(Name, {fxaot_stopping, Name, Open}).

sentence(#{symbol := Symbol, quantity := Quantity, average_price := Price}) ->
    io_lib:format("~ts ~b at ~w", [Symbol, Quantity, Price]);
sentence(#{symbol := Symbol, side := Side, quantity := Quantity, price := Price}) ->
    io_lib:format("~ts ~ts ~b at ~w", [Symbol, Side, Quantity, Price]).
