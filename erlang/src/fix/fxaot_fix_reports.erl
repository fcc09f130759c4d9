%% @private Messages of a broker ▶ reports to the engine, with the ids that an order's changes have given it.
-module(fxaot_fix_reports).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_connection.hrl").

-export([current/2, understood/3, refused/1, unsent/2]).

%% @doc The client order id that the broker knows an order by.
-spec current(fxaot_order:id(), #connection{}) -> binary().
current(Id, #connection{chains = Chains}) -> maps:get(Id, Chains, fxaot_fix_orders:cl_ord_id(Id)).

%% @doc What a message reports; what is an alarm reports nothing.
-spec understood(fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), #connection{}) ->
          {[fxaot_gateway:report()], #connection{}}.
understood(Name, Fields, #connection{config = Config, engine = Engine} = Connection) ->
    case fxaot_fix_orders:report({Name, Fields}, Config) of
        {report, Report} -> {[Report], chained(Report, Fields, Connection)};
        {alarm, What, Details} ->
            ?FXAOT_LOG(error, #{engine => Engine, text => io_lib:format("its broker says ~tp: ~0tp", [What, Details])}),
            fxaot_alarm:set(fix, {Engine, What, maps:get(exec_id, Fields, none)}, Details),
            fxaot_events:tell_subscribers(Engine, {fxaot_gateway, Engine, {What, Details}}),
            {[], Connection};
        _ -> {[], Connection}
    end.

chained(#{kind := replaced, id := Id}, #{cl_ord_id := ClOrdId}, #connection{chains = Chains} = Connection) ->
    Connection#connection{chains = Chains#{Id => ClOrdId}};
chained(#{kind := Kind, id := Id}, _, #connection{chains = Chains} = Connection)
  when Kind =:= cancelled; Kind =:= rejected; Kind =:= expired ->
    Connection#connection{chains = maps:remove(Id, Chains)};
chained(#{kind := fill, id := Id}, #{leaves_qty := Left}, #connection{chains = Chains} = Connection) when Left == 0 ->
    Connection#connection{chains = maps:remove(Id, Chains)};
chained(_, _, Connection) -> Connection.

%% @doc The reports of a request that the broker has rejected.
-spec refused({fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()}) -> [fxaot_gateway:report()].
refused({new_order_single, Fields}) -> [about(Fields, rejected)];
refused({order_cancel_request, Fields}) -> [about(Fields, cancel_rejected)];
refused({order_cancel_replace_request, Fields}) -> [about(Fields, replace_rejected)];
refused(_) -> [].

about(#{cl_ord_id := ClOrdId}, Kind) -> #{id => fxaot_fix_orders:order_id(ClOrdId), kind => Kind}.

%% @doc The reports of a request that the broker asks for again, and that is too old to be sent. One that the broker has
%% answered has reached it, whatever its numbers say.
-spec unsent({fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()}, #connection{}) -> [fxaot_gateway:report()].
unsent({Name, #{cl_ord_id := ClOrdId}} = Request, #connection{engine = Engine}) ->
    Waits = case Name of
                new_order_single -> pending_new;
                order_cancel_request -> pending_cancel;
                order_cancel_replace_request -> pending_replace;
                _ -> none
            end,
    case fxaot:order(Engine, fxaot_fix_orders:order_id(ClOrdId)) of
        {ok, #{state := Waits}} -> refused(Request);
        _ -> []
    end;
unsent(_, _) -> [].
