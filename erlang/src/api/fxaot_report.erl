%% @private A broker's reports as maps ▶ the positional arguments that the native functions take. See
%% docs/gateways.md.
%%
%% Every function is total: a wrong value is `{error, {Reason, Details}}', whatever the term.
-module(fxaot_report).

-export([report/1]).

-export_type([report/0, verdict/0, request/0, figures/0]).

-define(MAX_QUANTITY, 1000000000000).
%% In units of the account currency.
-define(MAX_COMMISSION, 1000000000).
-define(MAX_INT64, 16#7FFFFFFFFFFFFFFF).
-define(KINDS, [accepted, triggered, fill, cancelled, rejected, expired, cancel_rejected, replaced,
                replace_rejected]).

%% `id' or `number' names the order. A fill has `quantity', `price' and `execution', which is unique for its order;
%% without `commission' (in the account currency, positive is paid) the instrument's terms say it.
-type report() ::
        #{id => fxaot_order:id(), number => pos_integer(),
          kind := accepted | triggered | fill | cancelled | rejected | expired | cancel_rejected | replaced
                | replace_rejected,
          quantity => pos_integer(), price => number(), execution => fxaot_order:id(),
          commission => number()}.

%% What a report was. `late': the order has ended; a fill is booked all the same. `out_of_order': it answers nothing
%% that was asked, or comes after what it should have come before.
-type verdict() :: taken | duplicate | late | out_of_order | unknown.

%% What the broker is to do. `order': as it is to be; its `id' is the client order id. `ticket': the number of the
%% order whose ticket it closes.
-type request() ::
        #{sequence := pos_integer(), kind := send | cancel | replace, order := fxaot_order:order(),
          trigger := same | mid | opposite, post_only := boolean(), ticket := pos_integer() | undefined,
          trail_step := non_neg_integer(), trail_activation := float() | undefined}.

-type figures() ::
        #{link := none | down | up, requests := non_neg_integer(), acknowledged := non_neg_integer(),
          reports := non_neg_integer(), fills := non_neg_integer(), duplicates := non_neg_integer(),
          late := non_neg_integer(), out_of_order := non_neg_integer(), unknown := non_neg_integer(),
          overfills := non_neg_integer()}.

%% @doc A report in its native order.
-spec report(map()) -> {ok, tuple()} | fxaot_terms:error().
report(Report) ->
    Defaults = #{id => none, number => none, kind => none, quantity => none, price => none, execution => none,
                 commission => none},
    Checked = fxaot_terms:checked(bad_report, Report, Defaults, fun field/2, fun places/1),
    case {Checked, Report} of
        {{error, {bad_report, #{option := Field} = Details}}, _} ->
            {error, {bad_report, (maps:remove(option, Details))#{field => Field}}};
        {{error, _}, _} -> Checked;
        {_, #{id := _, number := _}} -> missing(id);
        {_, #{id := _}} -> complete(Checked, Report);
        {_, #{number := _}} -> complete(Checked, Report);
        {_, #{}} -> missing(id)
    end.

complete(Checked, #{kind := fill} = Report) ->
    case [Field || Field <- [quantity, price, execution], not is_map_key(Field, Report)] of
        [] -> Checked;
        [Missing | _] -> missing(Missing)
    end;
complete(Checked, #{kind := _}) -> Checked;
complete(_, _) -> missing(kind).

missing(id) -> {error, {bad_report, #{field => id, expected => "there, or number in its place"}}};
missing(Field) -> {error, {bad_report, #{field => Field, expected => "there"}}}.

places(#{id := Id, number := Number, kind := Kind, quantity := Quantity, price := Price, execution := Execution,
         commission := Commission}) ->
    {Id, Number, Kind, Quantity, Price, Commission, Execution}.

field(Id, none) when Id =:= id; Id =:= execution -> {ok, <<>>};
field(Id, Value) when Id =:= id; Id =:= execution ->
    case fxaot_order:is_id(Value) of
        true -> {ok, Value};
        false -> {expected, "a binary of 1 to 64 bytes"}
    end;
field(Whole, none) when Whole =:= number; Whole =:= quantity; Whole =:= kind -> {ok, 0};
field(number, Value) -> fxaot_terms:whole(Value, 1, ?MAX_INT64);
field(quantity, Value) -> fxaot_terms:whole(Value, 1, ?MAX_QUANTITY);
field(kind, Value) ->
    case fxaot_terms:one_of(Value, ?KINDS) of
        {ok, Place} -> {ok, Place + 1};
        Expected -> Expected
    end;
field(_, none) -> {ok, undefined};
field(price, Value) when is_number(Value) -> {ok, fxaot_terms:to_float(Value)};
field(price, _) -> {expected, "a price, a number"};
field(commission, Value) when is_number(Value), abs(Value) =< ?MAX_COMMISSION ->
    {ok, fxaot_account_terms:micro(Value)};
field(commission, _) -> {expected, "an amount in the account currency"}.
