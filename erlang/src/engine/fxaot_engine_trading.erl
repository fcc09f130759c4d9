%% @private Requests of trading to an engine with native code, and the kill switch, which asks no process.
-module(fxaot_engine_trading).

-export([answer/2, is_list_of/1, members/1, switch/2]).

-export_type([request/0]).

-type request() ::
        {submit, fxaot_order:request()}
      | {modify, fxaot_order:id(), fxaot_order:change()}
      | {cancel | order, fxaot_order:id()}
      | {cancel_all, all | #{symbol => atom(), strategy => atom()}}
      | {close, atom() | {ticket, fxaot_order:id()}, pos_integer() | all}
      | {close_by, fxaot_order:id(), fxaot_order:id()}
      | {deposit | withdraw, number()}
      | {apply_state, fxaot_nif:trading_state()}
      | {report, fxaot_report:report()} | {requests, Acknowledged :: non_neg_integer()}
      | {set_gateway, down | up} | gateway
      | {fill_rest, stopping}
      | orders | tickets | {trades, First :: non_neg_integer()}.

%% @doc The answer of the engine, whose owner the caller is. Its events go to the subscribers.
-spec answer(request(), fxaot_nif:handle()) -> term().
answer({submit, Order}, Engine) -> value(fxaot_nif:submit(Engine, Order));
answer({modify, Id, Change}, Engine) -> value(fxaot_nif:modify(Engine, Id, Change));
answer({cancel, Id}, Engine) -> value(fxaot_nif:cancel(Engine, Id));
answer({order, Id}, Engine) -> fxaot_nif:order(Engine, Id);
answer({cancel_all, Which}, Engine) -> value(fxaot_nif:cancel_all(Engine, Which));
answer({close, What, all}, Engine) -> value(fxaot_nif:close(Engine, What));
answer({close, What, Quantity}, Engine) -> value(fxaot_nif:close(Engine, What, Quantity));
answer({close_by, Id, By}, Engine) ->
    case fxaot_nif:close_by(Engine, Id, By) of
        {ok, _, _} -> ok;
        Error -> Error
    end;
answer({deposit, Amount}, Engine) -> value(fxaot_nif:deposit(Engine, Amount));
answer({withdraw, Amount}, Engine) -> value(fxaot_nif:withdraw(Engine, Amount));
answer({apply_state, _}, Engine) ->
    case fxaot_nif:apply_state(Engine) of
        {ok, _, _} -> ok;
        Error -> Error
    end;
answer({report, Report}, Engine) -> value(fxaot_nif:report(Engine, Report));
answer({requests, Acknowledged}, Engine) -> fxaot_nif:requests(Engine, Acknowledged);
answer({set_gateway, Link}, Engine) -> fxaot_nif:set_gateway(Engine, Link);
answer(gateway, Engine) -> fxaot_nif:gateway(Engine);
answer({fill_rest, _}, Engine) -> value(fxaot_nif:fill_rest(Engine));
answer(orders, Engine) -> fxaot_nif:orders(Engine);
answer(tickets, Engine) -> fxaot_nif:tickets(Engine);
answer({trades, First}, Engine) -> fxaot_nif:trades(Engine, First).

value({ok, Value, _Events}) -> {ok, Value};
value(Error) -> Error.

%% @doc Whether a request's answer is a list, of all engines of a group together.
-spec is_list_of(request()) -> boolean().
is_list_of(Request) -> Request =:= orders orelse Request =:= tickets.

%% @doc The engines of a group, or the engine itself.
-spec members(Name :: atom()) -> [atom()].
members(Name) ->
    case fxaot_engines:find(Name) of
        {ok, #{kind := group, count := Count}} -> fxaot_group:names(Name, Count);
        _ -> [Name]
    end.

%% @doc Sets the trading state of an engine, or of all engines of a group, at once: also of one that is busy, whose
%% process restarts, or that has given up.
-spec switch(Name :: atom(), fxaot_nif:trading_state()) -> ok.
switch(Name, State) ->
    lists:foreach(fun(Member) ->
                          case way_in(Member) of
                              {ok, Engine} -> _ = fxaot_nif:set_state(Engine, State), ok;
                              none -> ok
                          end
                  end, members(Name)).

way_in(Name) ->
    case fxaot_names:target(Name) of
        {engine, _, Engine} -> {ok, Engine};
        {send, _, mailbox, Mailbox} -> {ok, Mailbox};
        _ -> fxaot_heir:look(Name)
    end.
