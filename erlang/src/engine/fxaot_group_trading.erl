%% @private Requests of trading to a group: each engine has an account, orders and tickets of its own, so a
%% request goes to the engine that has its instrument, its order or its ticket.
-module(fxaot_group_trading).

-export([needs_places/1, answer/4]).

-type ask() :: fun((Engine :: atom(), fxaot_engine_call:request()) -> term()).
-type places() :: [{Symbol :: atom(), Engine :: atom()}].

%% @doc Whether a request names an instrument: then the group must have heard of all of its engines.
-spec needs_places(fxaot_engine_trading:request()) -> boolean().
needs_places({submit, _}) -> true;
needs_places({close, Symbol, _}) -> is_atom(Symbol);
needs_places(_) -> false.

%% @doc `Ask' asks one engine; it throws where that does not answer.
-spec answer(fxaot_engine_trading:request(), ask(), Engines :: [atom()], places()) -> term().
answer({submit, #{symbol := Symbol} = Order} = Request, Ask, Engines, Places) ->
    case lists:keyfind(Symbol, 1, Places) of
        {_, Engine} ->
            case known(Order, Ask, lists:delete(Engine, Engines)) of
                none -> traded(Ask, Engine, Request);
                Known -> Known
            end;
        false -> {error, {unknown_symbol, #{symbol => Symbol}}}
    end;
%% Any engine says what is missing.
answer({submit, _} = Request, Ask, [Engine | _], _) -> traded(Ask, Engine, Request);
answer({modify, Id, _} = Request, Ask, Engines, _) -> by_order(Id, Request, Ask, Engines);
answer({cancel, Id} = Request, Ask, Engines, _) -> by_order(Id, Request, Ask, Engines);
answer({order, Id} = Request, Ask, Engines, _) -> by_order(Id, Request, Ask, Engines);
answer({close_by, Id, _} = Request, Ask, Engines, _) -> by_order(Id, Request, Ask, Engines);
answer({close, {ticket, Id}, _} = Request, Ask, Engines, _) -> by_order(Id, Request, Ask, Engines);
answer({close, Symbol, _} = Request, Ask, _, Places) ->
    case lists:keyfind(Symbol, 1, Places) of
        {_, Engine} -> traded(Ask, Engine, Request);
        false -> {error, {unknown_symbol, #{symbol => Symbol}}}
    end;
answer({cancel_all, _} = Request, Ask, Engines, _) ->
    Answers = [traded(Ask, Engine, Request) || Engine <- Engines],
    case [Error || {error, _} = Error <- Answers] of
        [] -> {ok, lists:sum([Count || {ok, Count} <- Answers])};
        [Error | _] -> Error
    end;
answer({apply_state, _} = Request, Ask, Engines, _) ->
    case [Error || Engine <- Engines, {error, _} = Error <- [applied(Ask, Engine, Request)]] of
        [] -> ok;
        [Error | _] -> Error
    end;
answer({Cash, _}, _, [Engine | _], _) when Cash =:= deposit; Cash =:= withdraw ->
    {error, {group, #{engine => fxaot_names:group(Engine)}}};
answer(Request, Ask, Engines, _) ->
    case fxaot_engine_trading:is_list_of(Request) of
        true -> lists:append([traded(Ask, Engine, Request) || Engine <- Engines]);
        false -> {error, {bad_argument, none}}
    end.

traded(Ask, Engine, Request) -> Ask(Engine, {trading, Request}).

%% One that does not answer holds no other's state up.
applied(Ask, Engine, Request) ->
    try traded(Ask, Engine, Request) catch throw:{refused, Error} -> {error, Error} end.

%% An order's id is one of the whole group, also after its instrument has moved.
known(#{id := Id}, Ask, Engines) ->
    case holder(Id, Ask, Engines) of
        none -> none;
        {_, #{state := rejected, reason := Reason, detail := Detail, number := Number}} ->
            {error, {Reason, Detail#{number => Number}}};
        {_, Order} -> {ok, Order#{is_known => true}}
    end;
known(_, _, _) -> none.

%% Where nobody has the order, any engine says so.
by_order(Id, Request, Ask, [First | _] = Engines) ->
    case holder(Id, Ask, Engines) of
        {Engine, _} -> traded(Ask, Engine, Request);
        none -> traded(Ask, First, Request)
    end.

holder(_, _, []) -> none;
holder(Id, Ask, [Engine | Rest]) ->
    case traded(Ask, Engine, {order, Id}) of
        {ok, Order} -> {Engine, Order};
        {error, _} -> holder(Id, Ask, Rest)
    end.
