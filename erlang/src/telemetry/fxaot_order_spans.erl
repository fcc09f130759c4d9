%% @private Spans of orders, made of the events that an engine has kept for its traces.
%% ```
%%   #signal{} ▶ span signal
%%   #order{} ─▶ span order, below the signal, the bar or the request ▶ span venue, until the order ends
%%   #fill{} ──▶ span fill, below venue, with a link to the signal, the bar or the request
%% '''
%% Their times are those of the engine; the quotes' times are attributes.
-module(fxaot_order_spans).

-include("../../include/fxaot.hrl").

-export([new/0, events/4, forget/2]).

-export_type([orders/0, traced/0, cause/0]).

%% Orders that are followed at the same time; further ones are not.
-define(MOST_ORDERS, 10000).
%% Of one order that are kept.
-define(MOST_EVENTS, 128).

-record(followed, {span :: fxaot_span:span(),
                   venue :: fxaot_span:span(),
                   %% What has caused it, for its fills to link to.
                   cause :: none | fxaot_trace:context(),
                   %% Base units that are not filled yet. An order without a name has no last event.
                   open :: non_neg_integer(),
                   %% The newest first.
                   events = [] :: [map()]}).

-opaque orders() :: #{{Engine :: atom(), Number :: pos_integer()} => #followed{}}.
%% When it happened, in nanoseconds since 1970 UTC.
-type traced() :: {Time :: integer(), fxaot_nif:event()}.
%% The request that has made an order.
-type cause() :: fun((Number :: pos_integer()) -> fxaot_trace:context() | none).
%% What the next order may come from.
-type seen() :: none | {#signal{}, Time :: integer()}
              | {bar, Strategy :: atom(), Symbol :: atom(), QuoteTime :: integer(), fxaot_trace:context() | none}.

-spec new() -> orders().
new() -> #{}.

%% @doc Takes the events of an engine, in their order.
-spec events(Engine :: atom(), [traced()], cause(), orders()) -> orders().
events(Engine, Traced, Cause, Orders) -> followed(Traced, Engine, Cause, none, Orders).

%% @doc Follows no order of this engine any more: what becomes of them is not known.
-spec forget(Engine :: atom(), orders()) -> orders().
forget(Engine, Orders) -> maps:filter(fun({Name, _}, _) -> Name =/= Engine end, Orders).

followed([], _, _, _, Orders) -> Orders;
followed([{At, #signal{} = Signal} | Rest], Engine, Cause, _, Orders) ->
    followed(Rest, Engine, Cause, {Signal, At}, Orders);
followed([{At, Event} | Rest], Engine, Cause, Seen, Orders) ->
    {Next, Now} = event(Event, At, Engine, Cause, Seen, Orders),
    followed(Rest, Engine, Cause, Next, Now).

event(#order{id = Number, state = OrderState} = Order, At, Engine, Cause, Seen, Orders) ->
    Key = {Engine, Number},
    case Orders of
        #{Key := Followed} -> {after_bar(Seen), changed(Order, At, Key, Followed, Orders)};
        #{} when OrderState =:= new; OrderState =:= pending_new; OrderState =:= accepted ->
            {Context, Next} = caused(Order, Number, At, Engine, Cause, Seen),
            {Next, placed(Order, At, Key, Context, Orders)};
        #{} -> {after_bar(Seen), Orders}
    end;
event(#fill{order_id = Number} = Fill, At, Engine, _, Seen, Orders) ->
    {after_bar(Seen), case Orders of
                          #{{Engine, Number} := Followed} -> filled(Fill, At, Engine, Followed, Orders);
                          #{} -> Orders
                      end};
event(#reject{order_id = Number} = Reject, At, Engine, Cause, Seen, Orders) ->
    {Context, Next} = caused(Reject, Number, At, Engine, Cause, Seen),
    _ = rejected(Reject, At, Engine, Context),
    {Next, Orders};
event(_, _, _, _, _, Orders) -> {none, Orders}.

%% A bar may cause several orders, a signal the next one alone.
after_bar({bar, _, _, _, _} = Bar) -> Bar;
after_bar(_) -> none.

%% ---- an order -----------------------------------------------------------------

placed(_, _, _, _, Orders) when map_size(Orders) >= ?MOST_ORDERS -> Orders;
placed(#order{id = Number, strategy = Strategy, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
              name = Name, price = Price}, At, {Engine, _} = Key, Cause, Orders) ->
    Attributes = attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol, side => Side,
                              quantity => Quantity, order => Number, id => Name, price => Price, time => Time}),
    Order = fxaot_span:start(<<"fxaot.order">>, #{parent => Cause, start_time => At, attributes => Attributes}),
    Venue = fxaot_span:start(<<"fxaot.venue">>, #{parent => fxaot_span:context(Order), kind => client,
                                                  start_time => At,
                                                  attributes => maps:with([<<"fxaot.engine">>, <<"fxaot.symbol">>],
                                                                          Attributes)}),
    Orders#{Key => #followed{span = Order, venue = Venue, cause = Cause, open = Quantity}}.

%% What happened to an order, as an event of its span; the last one ends it.
changed(#order{state = OrderState, reason = Reason, time = Time} = Order, At, Key,
        #followed{events = Events, open = Open} = Followed, Orders) ->
    Event = #{time => At, name => atom_to_binary(name_of(OrderState)),
              attributes => attributes(#{time => Time, reason => Reason})},
    Now = Followed#followed{events = lists:sublist([Event | Events], ?MOST_EVENTS), open = open(Order, Open)},
    case is_end(OrderState) of
        true ->
            finished(OrderState, Reason, At, Now),
            maps:remove(Key, Orders);
        false -> Orders#{Key := Now}
    end.

%% What a change of its quantity leaves open is what its event says.
open(#order{state = modified, quantity = Quantity}, _) -> Quantity;
open(_, Open) -> Open.

name_of(Name) when is_atom(Name) -> Name;
name_of({Name, _}) -> Name.

is_end(OrderState) -> lists:member(OrderState, [filled, cancelled, expired]).

finished(OrderState, Reason, At, #followed{span = Span, venue = Venue, events = Events}) ->
    Attributes = attributes(#{state => OrderState, reason => Reason}),
    fxaot_span:finish(Venue, #{end_time => At, attributes => Attributes}),
    fxaot_span:finish(Span, #{end_time => At, attributes => Attributes, events => lists:reverse(Events)}).

filled(#fill{order_id = Number, strategy = Strategy, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
             price = Price, profit = Profit, commission = Commission}, At, Engine,
       #followed{venue = Venue, cause = Cause, open = Open} = Followed, Orders) ->
    _ = moment(<<"fxaot.fill">>, At,
               #{parent => fxaot_span:context(Venue), links => [Cause || Cause =/= none],
                 attributes => attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol, order => Number,
                                            side => Side, quantity => Quantity, price => Price, profit => Profit,
                                            commission => Commission, time => Time})}, #{}),
    left(max(0, Open - Quantity), At, {Engine, Number}, Followed, Orders).

left(0, At, Key, Followed, Orders) ->
    finished(filled, undefined, At, Followed),
    maps:remove(Key, Orders);
left(Open, _, Key, Followed, Orders) -> Orders#{Key := Followed#followed{open = Open}}.

rejected(#reject{order_id = Number, strategy = Strategy, symbol = Symbol, time = Time, side = Side, quantity = Quantity,
                 reason = Reason, name = Name}, At, Engine, Cause) ->
    moment(<<"fxaot.order">>, At,
           #{parent => Cause,
             attributes => attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol, side => Side,
                                        quantity => Quantity, order => Number, id => Name, state => rejected,
                                        reason => name_of(Reason), time => Time})},
           #{status => {error, string:replace(atom_to_list(name_of(Reason)), "_", " ", all)}}).

moment(Name, At, Options, Ending) ->
    Span = fxaot_span:start(Name, Options#{start_time => At}),
    fxaot_span:finish(Span, Ending#{end_time => At}),
    fxaot_span:context(Span).

attributes(Map) -> fxaot_span:attributes(Map).

%% ---- what causes an order -------------------------------------------------------

%% A request; else the signal that is the event before; else, of a script, the bar on which it wants the order.
-spec caused(#order{} | #reject{}, Number :: pos_integer(), Time :: integer(), Engine :: atom(), cause(), seen()) ->
          {fxaot_trace:context() | none, seen()}.
caused(Event, Number, At, Engine, Cause, Seen) ->
    case Cause(Number) of
        none -> of_strategy(subject(Event), At, Engine, Seen);
        Context -> {Context, none}
    end.

subject(#order{strategy = Strategy, symbol = Symbol, time = Time}) -> {Strategy, Symbol, Time};
subject(#reject{strategy = Strategy, symbol = Symbol, time = Time}) -> {Strategy, Symbol, Time}.

of_strategy({undefined, _, _}, _, _, Seen) -> {none, after_bar(Seen)};
of_strategy({Strategy, Symbol, _}, _, Engine, {#signal{id = Strategy, symbol = Symbol} = Signal, Seen}) ->
    {signalled(Signal, Seen, Engine), none};
of_strategy({Strategy, Symbol, Time}, _, _, {bar, Strategy, Symbol, Time, Context} = Bar) -> {Context, Bar};
of_strategy({Strategy, Symbol, Time}, At, Engine, _) ->
    Context = moment(<<"fxaot.bar">>, At,
                     #{attributes => attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol,
                                                  time => Time})}, #{}),
    {Context, {bar, Strategy, Symbol, Time, Context}}.

%% The root of the order's trace, and no longer than a moment.
signalled(#signal{id = Strategy, symbol = Symbol, time = Time, strength = Strength}, Seen, Engine) ->
    moment(<<"fxaot.signal">>, Seen,
           #{attributes => attributes(#{engine => Engine, strategy => Strategy, symbol => Symbol,
                                        strength => Strength, time => Time})}, #{}).
