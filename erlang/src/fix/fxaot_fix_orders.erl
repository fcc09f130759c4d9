%% @private An engine's requests ▶ messages of FIX, and messages ▶ reports.
%%
%% A client order id is the order's id. A cancel or a change has that with `~' and the request's number, which names
%% its order without a table: `a~7' is about `a'. An id that ends so by itself gets `~0'.
-module(fxaot_fix_orders).

-export([new_order/2, cancel/3, change/3, cl_ord_id/1, cl_ord_id/2, order_id/1, report/2, status/2, net/2, units/2, quantity/2]).

-export_type([outcome/0]).

-type outcome() :: {report, fxaot_gateway:report()} | {alarm, atom(), map()} | none.

%% ---- ids --------------------------------------------------------------------------

-spec cl_ord_id(fxaot_order:id()) -> binary().
cl_ord_id(Id) ->
    case order_id(Id) of
        Id -> Id;
        _ -> <<Id/binary, "~0">>
    end.

-spec cl_ord_id(fxaot_order:id(), Sequence :: pos_integer()) -> binary().
cl_ord_id(Id, Sequence) -> <<Id/binary, "~", (integer_to_binary(Sequence))/binary>>.

%% @doc The order that a client order id is about.
-spec order_id(binary()) -> fxaot_order:id().
order_id(ClOrdId) -> stem(ClOrdId, byte_size(ClOrdId)).

stem(Text, Size) when Size > 0 ->
    case binary:at(Text, Size - 1) of
        Digit when Digit >= $0, Digit =< $9 -> stem(Text, Size - 1);
        $~ when Size < byte_size(Text), Size > 1 -> binary:part(Text, 0, Size - 1);
        _ -> Text
    end;
stem(Text, _) -> Text.

%% ---- requests -----------------------------------------------------------------------

%% @doc Or why the broker cannot have such an order.
-spec new_order(fxaot_gateway:request(), map()) -> {ok, fxaot_fix_codec:fields()} | {unsupported, string()}.
new_order(#{order := #{id := Id}} = Request, Config) ->
    case terms(Request, Config) of
        {ok, Terms} -> {ok, Terms#{cl_ord_id => cl_ord_id(Id)}};
        Error -> Error
    end.

-spec cancel(fxaot_gateway:request(), Original :: binary(), map()) -> fxaot_fix_codec:fields().
cancel(#{sequence := Sequence, order := #{id := Id, quantity := Units} = Order}, Original, Config) ->
    (about(Order, Config))#{cl_ord_id => cl_ord_id(Id, Sequence), orig_cl_ord_id => Original,
                            order_qty => quantity(Units, Config)}.

-spec change(fxaot_gateway:request(), Original :: binary(), map()) ->
          {ok, fxaot_fix_codec:fields()} | {unsupported, string()}.
change(#{sequence := Sequence, order := #{id := Id}} = Request, Original, Config) ->
    case terms(Request, Config) of
        {ok, Terms} -> {ok, Terms#{cl_ord_id => cl_ord_id(Id, Sequence), orig_cl_ord_id => Original}};
        Error -> Error
    end.

about(#{symbol := Symbol, side := Side}, #{names := Names} = Config) ->
    maps:merge(#{symbol => maps:get(Symbol, Names, atom_to_binary(Symbol)),
                 side => case Side of buy -> <<"1">>; sell -> <<"2">> end,
                 transact_time => fxaot_fix_time:text(erlang:system_time(millisecond))},
               maps:with([account], Config)).

terms(#{post_only := true}, _) -> {unsupported, "post_only"};
terms(#{trigger := Trigger, order := #{type := Type}}, _) when Trigger =/= same, Type =/= market, Type =/= limit ->
    {unsupported, "trigger"};
terms(#{order := #{trail := Trail}}, _) when Trail > 0 -> {unsupported, "trail"};
terms(#{order := #{type := limit_if_touched}}, _) -> {unsupported, "limit_if_touched"};
terms(#{order := #{quantity := Units, tif := Tif} = Order}, Config) ->
    {ok, maps:merge((about(Order, Config))#{order_qty => quantity(Units, Config)},
                    maps:merge(priced(Order), lasting(Order, Tif)))}.

priced(#{type := market}) -> #{ord_type => <<"1">>};
priced(#{type := limit, price := Price}) -> #{ord_type => <<"2">>, price => Price};
priced(#{type := stop, price := Price}) -> #{ord_type => <<"3">>, stop_px => Price};
priced(#{type := stop_limit, price := Price, limit := Limit}) ->
    #{ord_type => <<"4">>, stop_px => Price, price => Limit};
priced(#{type := market_if_touched, price := Price}) -> #{ord_type => <<"J">>, stop_px => Price}.

%% A market order that may rest would be none.
lasting(#{type := market}, gtc) -> #{};
lasting(_, gtc) -> #{time_in_force => <<"1">>};
lasting(_, day) -> #{time_in_force => <<"0">>};
lasting(_, ioc) -> #{time_in_force => <<"3">>};
lasting(_, fok) -> #{time_in_force => <<"4">>};
lasting(_, {gtd, Ns}) -> #{time_in_force => <<"6">>, expire_time => fxaot_fix_time:text(Ns div 1000000)}.

%% @doc Units as the broker counts them.
-spec quantity(Units :: non_neg_integer(), map()) -> number().
quantity(Units, #{lot := 1}) -> Units;
quantity(Units, #{lot := Lot}) when Units rem Lot =:= 0 -> Units div Lot;
quantity(Units, #{lot := Lot}) -> Units / Lot.

-spec units(number(), map()) -> non_neg_integer().
units(Quantity, #{lot := Lot}) -> round(Quantity * Lot).

%% ---- messages -----------------------------------------------------------------------

%% @doc What a message of a broker says.
-spec report({fxaot_fix_dictionary:name(), fxaot_fix_codec:fields()}, map()) -> outcome().
report({execution_report, #{exec_type := Type} = Fields}, Config) -> executed(Type, Fields, Config);
report({order_cancel_reject, #{cl_ord_id := ClOrdId, cxl_rej_response_to := To}}, _) ->
    {report, #{id => order_id(ClOrdId),
               kind => case To of <<"1">> -> cancel_rejected; <<"2">> -> replace_rejected end}};
report({business_message_reject, #{business_reject_ref_id := ClOrdId, ref_msg_type := Type}}, _) ->
    case Type of
        <<"D">> -> {report, #{id => order_id(ClOrdId), kind => rejected}};
        <<"F">> -> {report, #{id => order_id(ClOrdId), kind => cancel_rejected}};
        <<"G">> -> {report, #{id => order_id(ClOrdId), kind => replace_rejected}};
        _ -> none
    end;
report(_, _) -> none.

%% 1 and 2 are fills of brokers that speak as FIX 4.2 did.
executed(Type, #{last_qty := Quantity, last_px := Price, exec_id := Execution} = Fields, Config)
  when Type =:= <<"F">>; Type =:= <<"1">>; Type =:= <<"2">> ->
    case units(Quantity, Config) of
        Units when Units > 0, Price > 0 ->
            about_order(Fields, #{kind => fill, quantity => Units, price => Price, execution => short(Execution)});
        _ -> without_amount(Type, Fields)
    end;
executed(<<"F">>, Fields, _) -> without_amount(<<"F">>, Fields);
executed(<<"0">>, Fields, _) -> about_order(Fields, #{kind => accepted});
executed(<<"L">>, Fields, _) -> about_order(Fields, #{kind => triggered});
executed(<<"4">>, Fields, _) -> about_order(Fields, #{kind => cancelled});
executed(<<"5">>, Fields, _) -> about_order(Fields, #{kind => replaced});
executed(<<"8">>, Fields, _) -> about_order(Fields, #{kind => rejected});
executed(Type, Fields, _) when Type =:= <<"C">>; Type =:= <<"3">> -> about_order(Fields, #{kind => expired});
%% The broker takes back or changes what has been booked.
executed(Type, Fields, _) when Type =:= <<"G">>; Type =:= <<"H">> ->
    {alarm, trade_corrected, maps:with([cl_ord_id, order_id, exec_id, exec_type, last_qty, last_px, text], Fields)};
executed(<<"D">>, Fields, _) ->
    {alarm, order_restated, maps:with([cl_ord_id, order_id, order_qty, leaves_qty, cum_qty, text], Fields)};
%% Pending, stopped, suspended, calculated, a status: nothing has changed.
executed(_, _, _) -> none.

%% Where 1 and 2 are no fills, they say the order's state.
without_amount(<<"F">>, Fields) ->
    {alarm, fill_without_amount, maps:with([cl_ord_id, order_id, exec_id, last_qty, last_px, cum_qty, text], Fields)};
without_amount(_, _) -> none.

%% A cancel's and a change's report has their own id, and the order's as the original one.
about_order(#{cl_ord_id := ClOrdId}, Report) -> {report, Report#{id => order_id(ClOrdId)}};
about_order(#{orig_cl_ord_id := ClOrdId}, Report) -> {report, Report#{id => order_id(ClOrdId)}};
about_order(#{order_id := Order}, Report) -> {report, Report#{id => short(Order)}}.

%% The engine takes ids of up to 64 bytes.
short(Id) when byte_size(Id) =< 64 -> Id;
short(Id) -> binary:encode_hex(erlang:md5(Id)).

%% @doc What an execution report says that an order is, an answer to AF or H.
-spec status(fxaot_fix_codec:fields(), map()) ->
          #{id := fxaot_order:id() | none, live := boolean(), current => binary(), filled => non_neg_integer()}.
status(#{cl_ord_id := ClOrdId, ord_status := Status, cum_qty := Filled}, Config) ->
    #{id => order_id(ClOrdId), current => ClOrdId, filled => units(Filled, Config),
      live => lists:member(Status, [<<"0">>, <<"1">>, <<"5">>, <<"6">>, <<"7">>, <<"9">>, <<"A">>, <<"D">>, <<"E">>])};
status(_, _) -> #{id => none, live => false}.

%% @doc The net units of a position report: of its transactions (TQ) where it has such, else of all that it has.
-spec net([fxaot_fix_codec:fields()], map()) -> integer().
net(List, Config) ->
    Counted = case [Each || #{pos_type := <<"TQ">>} = Each <- List] of
                  [] -> List;
                  Transactions -> Transactions
              end,
    lists:sum([units(maps:get(long_qty, Each, 0), Config) - units(maps:get(short_qty, Each, 0), Config) || Each <- Counted]).
