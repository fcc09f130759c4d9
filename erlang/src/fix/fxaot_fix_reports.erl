%% @private Messages of a broker ▶ reports to the engine, with the ids that an order's changes have given it.
-module(fxaot_fix_reports).

-include("../telemetry/fxaot_log.hrl").
-include("fxaot_fix_connection.hrl").

-export([current/2, chained/3, understood/3, refused/1, unsent/2]).

%% @doc The client order id that the broker knows an order by.
-spec current(fxaot_order:id(), #connection{}) -> binary().
current(Id, #connection{chains = Chains}) -> maps:get(Id, Chains, fxaot_fix_orders:cl_ord_id(Id)).

%% @doc What a message reports; what is an alarm reports nothing.
-spec understood(fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), #connection{}) ->
          {[fxaot_gateway:report()], #connection{}}.
understood(Name, Fields, #connection{config = Config, engine = Engine} = Connection) ->
    case fxaot_fix_orders:report({Name, Fields}, Config) of
        {report, Report} -> {[Report], named(Report, Fields, Connection)};
        {alarm, What, Details} ->
            ?FXAOT_LOG(error, #{engine => Engine, text => io_lib:format("its broker says ~tp: ~0tp", [What, Details])}),
            fxaot_alarm:set(fix, {Engine, What, maps:get(exec_id, Fields, none)}, Details),
            fxaot_events:tell_subscribers(Engine, {fxaot_gateway, Engine, {What, Details}}),
            {[], Connection};
        _ -> {[], Connection}
    end.

named(#{kind := replaced, id := Id}, #{cl_ord_id := ClOrdId}, Connection) -> chained(Id, ClOrdId, Connection);
named(#{kind := Kind, id := Id}, _, Connection)
  when Kind =:= cancelled; Kind =:= rejected; Kind =:= expired -> chained(Id, none, Connection);
named(#{kind := fill, id := Id}, #{leaves_qty := Left}, Connection) when Left == 0 -> chained(Id, none, Connection);
named(_, _, Connection) -> Connection.

%% @doc The broker knows an order by this id now; `none': not any more. The session keeps it for the next connection.
-spec chained(fxaot_order:id(), ClOrdID :: binary() | none, #connection{}) -> #connection{}.
chained(Id, none, #connection{chains = Chains} = Connection) when not is_map_key(Id, Chains) -> Connection;
chained(Id, ClOrdId, #connection{chains = Chains, session = Session} = Connection) ->
    ok = fxaot_fix_session:chain(Session, Id, ClOrdId),
    Connection#connection{chains = case ClOrdId of
                                       none -> maps:remove(Id, Chains);
                                       _ -> Chains#{Id => ClOrdId}
                                   end}.

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
