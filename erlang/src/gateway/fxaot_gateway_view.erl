%% @private What an engine and its broker know of orders and positions, compared.
-module(fxaot_gateway_view).

-export([differences/4]).

-export_type([difference/0]).

%% `missing': an order that lives here, and not at the broker; `unknown': the other way round; `filled': an order
%% with other units filled; `position': an instrument with other net units.
-type difference() ::
        {missing | unknown, fxaot_order:id(), #{}}
      | {filled, fxaot_order:id(), #{engine := non_neg_integer(), broker := non_neg_integer()}}
      | {position, Symbol :: atom(), #{engine := integer(), broker := integer()}}.

%% @doc Sorted. An order that waits for another one, or whose request has not been handed over, is none that the
%% broker must know.
-spec differences(fxaot_gateway:view(), [fxaot_order:order()], Positions :: [map()],
                  [fxaot_gateway:request()]) -> [difference()].
differences(#{orders := Theirs, positions := Held}, Orders, Positions, Requests) ->
    lists:sort(of_orders(Theirs, Orders, Requests) ++ of_positions(Held, Positions)).

of_orders(unknown, _, _) -> [];
of_orders(Theirs, Orders, Requests) ->
    Unsent = [Id || #{kind := send, order := #{id := Id}} <- Requests],
    Here = maps:from_list([{Id, Filled} || #{id := Id, filled := Filled, state := State} <- Orders, State =/= new,
                                           not lists:member(Id, Unsent)]),
    There = maps:from_list([{Id, Filled} || #{id := Id, filled := Filled} <- Theirs]),
    [{missing, Id, #{}} || Id <- maps:keys(Here), not is_map_key(Id, There)]
               ++ [{unknown, Id, #{}} || Id <- maps:keys(There), not is_map_key(Id, Here),
                                        not lists:member(Id, Unsent)]
               ++ [{filled, Id, #{engine => Mine, broker => map_get(Id, There)}}
                   || {Id, Mine} <- maps:to_list(Here), is_map_key(Id, There), map_get(Id, There) =/= Mine].

of_positions(unknown, _) -> [];
of_positions(Held, Positions) ->
    Ours = maps:from_list([{Symbol, Quantity} || #{symbol := Symbol, quantity := Quantity} <- Positions]),
    [{position, Symbol, #{engine => maps:get(Symbol, Ours, 0), broker => maps:get(Symbol, Held, 0)}}
                   || Symbol <- lists:usort(maps:keys(Ours) ++ maps:keys(Held)),
                      maps:get(Symbol, Ours, 0) =/= maps:get(Symbol, Held, 0)].
