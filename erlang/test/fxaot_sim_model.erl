%% What an engine has been told, input by input, and what its journal has promised of that: the naive side of the
%% simulation. It keeps a list of all inputs, an account that adds up events, and the number of the last input that
%% somebody has been told is durable.
%%
%% An engine that comes back must be one that has never stopped and was told the first N inputs, with N at least that
%% number. With quotes in the journal it is so to the last bit of a snapshot; without, in its account.
-module(fxaot_sim_model).

-export([new/3, made/0, input/2, noted/1, acknowledged/1, count/0, last/1, recovered/1, asked/1, crashed/1, started/1,
         kept/1, known_terms/0, terms_acknowledged/1, sent/1, sent/0, lost_inputs/0, nothing_promised/0, recorded/1]).

-define(KEY, ?MODULE).

-record(ledger, {balance = 0 :: integer() | unknown, positions = #{} :: #{atom() => integer()}}).

-record(model, {scope :: inputs | account,
                config :: map(),
                add :: fun((reference(), [term()]) -> ok),
                %% What the inputs follow: an empty engine, or a snapshot.
                base = fresh :: fresh | binary(),
                next_base = none :: none | {binary(), Count :: non_neg_integer()},
                inputs = #{} :: #{pos_integer() => term()},
                ledgers = #{} :: #{non_neg_integer() => #ledger{} | unknown},
                count = 0 :: non_neg_integer(),
                floor = 0 :: non_neg_integer(),
                %% Inputs that a crash has taken, newest first.
                lost = [] :: [term()],
                %% The sequence number that was durable before the crash, and the epoch before.
                durable = 0 :: non_neg_integer(), epoch = 0 :: non_neg_integer(),
                %% What the application kept, by version; the first one that may come back.
                terms = [{0, #{}}] :: [{non_neg_integer(), map()}], terms_floor = 0 :: non_neg_integer(),
                %% Numbers of gateways and their records.
                gateways = [] :: [{pos_integer(), binary()}],
                %% Requests that the broker has got.
                sent = #{} :: #{pos_integer() => {atom(), binary() | undefined}}}).

new(Scope, Config, Add) ->
    put(?KEY, #model{scope = Scope, config = Config, add = Add, ledgers = #{0 => opening(Config)}}).

opening(#{balance := Balance}) -> #ledger{balance = Balance * 1000000}.

%% An empty engine, since the journal has none. It must never have promised anything.
made() ->
    #model{config = Config, floor = Floor, base = Base} = Model = get(?KEY),
    _ = Floor > 0 andalso failed({an_empty_journal, #{promised => Floor}}),
    fresh = Base,
    put(?KEY, Model#model{inputs = #{}, ledgers = #{0 => opening(Config)}, count = 0}),
    fxaot_nif:new(Config).

count() -> (get(?KEY))#model.count.
last(Count) -> maps:get(Count, (get(?KEY))#model.inputs, none).

%% Gives an input to the engine, and takes it down in parts, each of which is one record or part of one: a crash may come
%% between any two.
input(Engine, Input) ->
    #model{count = Before, ledgers = All} = get(?KEY),
    Ledger = maps:get(Before, All),
    lists:foreach(fun noted/1, parts(Input)),
    Answer = given(Engine, Input),
    changed(fun(#model{count = Count, ledgers = Ledgers} = Model) ->
                    %% Between the parts nobody has seen the account.
                    Unseen = maps:from_list([{Number, unknown} || Number <- lists:seq(Before + 1, Count - 1)]),
                    Model#model{ledgers = (maps:merge(Ledgers, Unseen))#{Count => lists:foldl(fun entered/2, Ledger, events(Input, Answer))}}
            end),
    try added_up(Engine, count()) catch throw:{failed, Why} -> throw({failed, {Why, Answer}}) end,
    Answer.

parts({ticks, Quotes}) -> [{ticks, Quote} || <<Quote:48/binary>> <= Quotes];
parts({strategy, Id, _, _} = Input) -> [{name, Id}, Input];
parts({script, Id, _, _} = Input) -> [{name, Id}, Input];
parts({add, Symbols}) -> lists:append([[{name, Symbol}, {add, [Symbol]}] || Symbol <- Symbols]);
parts({options, Options}) ->
    %% With the time, which tells a gateway's number: told/2.
    [{options, maps:with([Name], Options), os:system_time(microsecond)} || Name <- fxaot_account_terms:option_names(), is_map_key(Name, Options)];
parts(Input) -> [Input].

noted(Input) ->
    changed(fun(#model{count = Count, inputs = Inputs, ledgers = Ledgers} = Model) ->
                    Model#model{count = Count + 1, inputs = Inputs#{Count + 1 => Input},
                                ledgers = Ledgers#{Count + 1 => maps:get(Count, Ledgers)}}
            end).

given(Engine, {tick, Symbol, Time, Bid, Ask, Size}) -> fxaot_nif:tick(Engine, Symbol, Time, Bid, Ask, Size, Size);
given(Engine, {ticks, Quotes}) -> fxaot_nif:ticks(Engine, Quotes);
given(Engine, {advance, Time}) -> fxaot_nif:advance(Engine, Time);
given(Engine, {submit, Order}) -> fxaot_nif:submit(Engine, Order);
given(Engine, {modify, Id, Change}) -> fxaot_nif:modify(Engine, Id, Change);
given(Engine, {cancel, Id}) -> fxaot_nif:cancel(Engine, Id);
given(Engine, {cancel_all, Which}) -> fxaot_nif:cancel_all(Engine, Which);
given(Engine, {close, What}) -> fxaot_nif:close(Engine, What);
given(Engine, {close, What, Quantity}) -> fxaot_nif:close(Engine, What, Quantity);
given(Engine, {close_by, Id, Other}) -> fxaot_nif:close_by(Engine, Id, Other);
given(Engine, {deposit, Amount}) -> fxaot_nif:deposit(Engine, Amount);
given(Engine, {withdraw, Amount}) -> fxaot_nif:withdraw(Engine, Amount);
given(Engine, {set_state, State}) -> fxaot_nif:set_state(Engine, State);
given(Engine, apply_state) -> fxaot_nif:apply_state(Engine);
given(Engine, fill_rest) -> fxaot_nif:fill_rest(Engine);
given(Engine, {risk, Risk}) -> fxaot_nif:set_risk(Engine, Risk);
given(Engine, {venue, Venue}) -> fxaot_nif:set_venue(Engine, Venue);
given(Engine, {strategy, Id, Name, Deployment}) -> fxaot_nif:add_strategy(Engine, Id, Name, Deployment);
given(Engine, {script, Id, Program, Deployment}) -> fxaot_nif:add_script(Engine, Id, Program, Deployment);
given(Engine, {remove, Id}) -> fxaot_nif:remove_strategy(Engine, Id);
given(Engine, {options, Options}) -> fxaot_account_terms:apply(Engine, Options);
given(Engine, {options, Options, _}) -> fxaot_account_terms:apply(Engine, Options);
given(Engine, {add, Instruments}) -> ((get(?KEY))#model.add)(Engine, Instruments);
given(Engine, {requests, After}) -> fxaot_nif:requests(Engine, After);
given(Engine, {report, Report}) -> fxaot_nif:report(Engine, Report);
given(Engine, {name, Name}) ->
    Text = atom_to_binary(Name),
    Record = <<1, 1:64/little, (byte_size(Text)):32/little, Text/binary>>,
    {ok, Framed, _} = fxaot_nif:frame_records(<<(byte_size(Record)):32/little, 5, Record/binary>>, <<0:384>>),
    fxaot_nif:apply_records(Engine, Framed);
given(Engine, lost) -> fxaot_nif:lose_journal(Engine);
given(Engine, mended) -> element(1, fxaot_nif:journal_snapshot(Engine)).

%% ---- the naive account ----------------------------------------------------------

%% Two tickets that close each other leave the position as it is: their one fill tells the profit.
events({close_by, _, _}, {ok, _, Events}) ->
    [case Event of
         {fill, _, _, _, _, _, _, _, _, _, _} -> setelement(7, Event, 0);
         _ -> Event
     end || Event <- Events];
events(_, {ok, _, Events}) -> Events;
events(_, Events) when is_list(Events) -> Events;
events(_, _) -> [].

entered(_, unknown) -> unknown;
%% The profit in a strategy's fill is that of its own book.
entered({fill, _, Strategy, Symbol, _, Side, Quantity, _, Profit, _, Commission},
        #ledger{balance = Balance, positions = All}) ->
    Signed = case Side of buy -> Quantity; sell -> -Quantity end,
    #ledger{balance = case Strategy of
                          undefined when Balance =/= unknown -> Balance + Profit - Commission;
                          _ -> unknown
                      end,
            positions = All#{Symbol => maps:get(Symbol, All, 0) + Signed}};
entered({account, _, _, _, Amount, _, _, _}, #ledger{balance = Balance} = Ledger) when Balance =/= unknown ->
    Ledger#ledger{balance = Balance + Amount};
entered(_, Ledger) -> Ledger.

%% ---- promises -----------------------------------------------------------------

%% The first inputs so far are durable.
acknowledged(Count) -> changed(fun(#model{floor = Floor} = Model) -> Model#model{floor = max(Floor, Count)} end).

sent(Requests) ->
    changed(fun(#model{sent = Sent} = Model) ->
                    Model#model{sent = lists:foldl(fun sent/2, Sent, Requests)}
            end).

sent(#{sequence := Sequence, kind := Kind, order := #{id := Id}}, Sent) ->
    case Sent of
        #{Sequence := {Kind, Id}} -> Sent;
        #{Sequence := Other} -> failed({another_request, #{sequence => Sequence, was => Other, is => {Kind, Id}}});
        #{} -> Sent#{Sequence => {Kind, Id}}
    end.

sent() -> lists:sort(maps:to_list((get(?KEY))#model.sent)).

%% A term is kept, or forgotten, or (`none') all stay: the number of this version.
kept(Term) ->
    #model{terms = [{Version, Terms} | _] = All} = Model = get(?KEY),
    Next = case Term of
               none -> Terms;
               {put, Key, Value} -> Terms#{Key => Value};
               {delete, Key} -> maps:remove(Key, Terms)
           end,
    put(?KEY, Model#model{terms = [{Version + 1, Next} | All]}),
    Version + 1.

terms_acknowledged(Version) ->
    changed(fun(#model{terms_floor = Floor} = Model) -> Model#model{terms_floor = max(Floor, Version)} end).

known_terms() ->
    #model{terms = [{_, Terms} | _]} = get(?KEY),
    lists:sort(maps:keys(Terms)).

%% ---- after a crash --------------------------------------------------------------

%% Whatever was is right.
nothing_promised() -> changed(fun(Model) -> Model#model{floor = 0, durable = 0, terms_floor = 0, epoch = 0} end).

crashed(Durable) -> changed(fun(Model) -> Model#model{durable = Durable} end).

%% What the journal is asked while an engine comes back.
asked({found, <<Sequence:64/little, _/binary>>, Terms}) ->
    #model{durable = Durable, terms = All, terms_floor = Floor} = Model = get(?KEY),
    _ = Sequence < Durable andalso failed({lost_records, #{durable => Durable, found => Sequence}}),
    Own = maps:filter(fun(Key, _) -> is_tuple(Key) end, Terms),
    case [One || {Version, Map} = One <- All, Version >= Floor, Map =:= Own] of
        [{Version, _} | _] -> put(?KEY, Model#model{terms = [One || {Number, _} = One <- All, Number =< Version]});
        [] -> failed({other_terms, #{found => Own, wanted => [One || {Version, _} = One <- All, Version >= Floor]}})
    end;
asked(_) -> ok.

%% An engine has come out of the files.
recovered(Engine) ->
    #model{scope = Scope, floor = Floor, count = Count} = get(?KEY),
    {ok, _, Snapshot} = fxaot_nif:journal_snapshot(Engine),
    Seen = case Scope of
               inputs -> {counts(Engine), Snapshot};
               account -> account(Engine)
           end,
    case found(Seen, Floor, Count) of
        {some, There, After} ->
            added_up(Engine, There),
            cut(There),
            lists:foreach(fun noted/1, After),
            seen_again(Engine, There),
            changed(fun(Model) -> Model#model{next_base = {Snapshot, Model#model.count}} end);
        none ->
            Earlier = found(Seen, 0, Count),
            failed({other_state, #{promised => Floor, inputs => Count, is_that_of => Earlier,
                                   difference => case Earlier of
                                                     none -> difference(Engine, Floor, Count);
                                                     {some, There, _} -> {the_input_after, last(There + 1)}
                                                 end}})
    end.

%% The first count of inputs, from the least on, that leads there. Without quotes what changes what there is is recorded at
%% once, and what becomes of the account at a commit: a crash may leave some of the first without the second before.
found(Seen, Least, Most) ->
    Twin = twin(Least),
    Found = found(Seen, Twin, Least, Most),
    ok = fxaot_nif:close(Twin),
    case Found of
        {some, Count} -> {some, Count, []};
        none when is_map(Seen) -> mixed(Seen, Least, Most);
        none -> none
    end.

found(Seen, Twin, Count, Most) ->
    case is_like(Twin, Count, Seen) of
        true -> {some, Count};
        false when Count < Most ->
            told(Twin, Count + 1),
            found(Seen, Twin, Count + 1, Most);
        false -> none
    end.

mixed(_, Count, Most) when Count > Most -> none;
mixed(Seen, Count, Most) ->
    Twin = twin(Count),
    Found = mixed(Seen, Twin, Count, [Number || Number <- lists:seq(Count + 1, Most), is_structural(last(Number))], []),
    ok = fxaot_nif:close(Twin),
    case Found of
        none -> mixed(Seen, Count + 1, Most);
        _ -> Found
    end.

mixed(_, _, _, [], _) -> none;
mixed(Seen, Twin, Count, [Number | Rest], After) ->
    told(Twin, Number),
    case account(Twin) of
        Seen -> {some, Count, lists:reverse(After, [last(Number)])};
        _ -> mixed(Seen, Twin, Count, Rest, [last(Number) | After])
    end.

is_structural(Input) when is_tuple(Input) ->
    lists:member(element(1, Input), [name, strategy, script, remove, add, options, risk, venue]);
is_structural(_) -> false.

%% A snapshot takes its time: first what is read quickly. Looking at one mends a journal: it is lost again.
is_like(Twin, Count, {Counts, Snapshot}) ->
    case counts(Twin) of
        Counts ->
            {ok, _, Other} = fxaot_nif:journal_snapshot(Twin),
            _ = is_lost(Count) andalso fxaot_nif:lose_journal(Twin),
            Other =:= Snapshot;
        _ -> false
    end;
is_like(Twin, _, Account) -> account(Twin) =:= Account.

counts(Engine) -> maps:with([quotes, accepted, orders, fills, rejects, events, bars, signals], fxaot_nif:stats(Engine)).

is_lost(0) -> false;
is_lost(Count) ->
    case last(Count) of
        lost -> true;
        mended -> false;
        _ -> is_lost(Count - 1)
    end.

%% An engine without a fault, after so many inputs.
twin(Count) ->
    #model{base = Base, config = Config, scope = Scope} = get(?KEY),
    {ok, Twin} = case Base of
                     fresh -> fxaot_nif:new(Config);
                     _ -> fxaot_nif:restore(Base)
                 end,
    ok = fxaot_nif:start_journal(Twin, Scope),
    told_all(Twin, 1, Count, []),
    Twin.

%% Quotes that follow each other in one batch.
told_all(Twin, Number, Count, Quotes) when Number > Count -> told_quotes(Twin, Quotes);
told_all(Twin, Number, Count, Quotes) ->
    case last(Number) of
        {ticks, Quote} -> told_all(Twin, Number + 1, Count, [Quotes, Quote]);
        _ ->
            told_quotes(Twin, Quotes),
            told(Twin, Number),
            told_all(Twin, Number + 1, Count, [])
    end.

told_quotes(_, []) -> ok;
told_quotes(Twin, Quotes) -> given(Twin, {ticks, iolist_to_binary(Quotes)}).

%% A gateway has a number of its own, which is part of orders' names: the time at which it was switched on. The twin gets the
%% one that was recorded.
told(Twin, Number) ->
    case last(Number) of
        {options, #{venue := gateway} = Options, Began} ->
            ok = given(Twin, {options, maps:remove(venue, Options)}),
            #model{gateways = Gateways} = get(?KEY),
            case lists:sort([Gateway || {Time, _} = Gateway <- Gateways, Time >= Began]) of
                [{_, Payload} | _] ->
                    {ok, Record, _} = fxaot_nif:frame_records(<<13:32/little, 5, Payload/binary>>, <<0:384>>),
                    fxaot_nif:apply_records(Twin, Record);
                [] -> given(Twin, {options, #{venue => gateway}})
            end;
        Input -> given(Twin, Input)
    end.

%% What the engine has recorded, as it goes to the files.
recorded(<<13:32/little, 5, 7, Link:32/little, Number:64/little, Rest/binary>>) ->
    changed(fun(#model{gateways = Gateways} = Model) ->
                    Model#model{gateways = [{Number, <<7, Link:32/little, Number:64/little>>} | Gateways]}
            end),
    recorded(Rest);
recorded(<<Length:32/little, _, _:Length/binary, Rest/binary>>) -> recorded(Rest);
recorded(<<>>) -> ok.

account(Engine) ->
    #{balance := Balance, state := State, cash := Cash, commission := Commission, swap := Swap} = fxaot_nif:account(Engine),
    #{money => {Balance, State, Cash, Commission, Swap},
      orders => fxaot_nif:orders(Engine),
      tickets => [maps:without([unrealised], Ticket) || Ticket <- tickets(Engine)],
      positions => [maps:with([symbol, quantity, price], Position) || Position <- fxaot_nif:positions(Engine)],
      trades => trades(Engine, 0),
      books => [maps:with([id, position, fills, quantity], Strategy) || Strategy <- fxaot_nif:strategies(Engine)]}.

tickets(Engine) ->
    case fxaot_nif:tickets(Engine) of
        Tickets when is_list(Tickets) -> Tickets;
        {error, _} -> []
    end.

trades(Engine, First) ->
    case fxaot_nif:trades(Engine, First) of
        {ok, Trades, done} -> Trades;
        {ok, Trades, Next} -> Trades ++ trades(Engine, Next)
    end.

%% Of the account at the least and the most that may be there; the bytes of a snapshot where all of that is the same.
difference(Engine, Floor, Count) ->
    Mine = account(Engine),
    {ok, _, Snapshot} = fxaot_nif:journal_snapshot(Engine),
    [{Number, with_twin(Number, fun(Twin) ->
                                        case account(Twin) of
                                            Mine ->
                                                {ok, _, Other} = fxaot_nif:journal_snapshot(Twin),
                                                {bytes, Number, byte_size(Snapshot), byte_size(Other), lists:sublist(places(Snapshot, Other, 0), 12)};
                                            Theirs -> [Key || Key <- lists:sort(maps:keys(Mine)), maps:get(Key, Mine) =/= maps:get(Key, Theirs)]
                                        end
                                end)} || Number <- lists:seq(Floor, Count)].

places(<<A, One/binary>>, <<B, Other/binary>>, At) when A =/= B -> [{At, A, B} | places(One, Other, At + 1)];
places(<<_, One/binary>>, <<_, Other/binary>>, At) -> places(One, Other, At + 1);
places(_, _, _) -> [].

with_twin(Count, Do) ->
    Twin = twin(Count),
    Answer = Do(Twin),
    ok = fxaot_nif:close(Twin),
    Answer.

%% Balance and positions are the sums of the events up to there.
added_up(Engine, Count) ->
    #model{ledgers = Ledgers} = get(?KEY),
    added_up_to(Engine, maps:get(Count, Ledgers)).

added_up_to(_, unknown) -> ok;
added_up_to(Engine, #ledger{balance = Balance, positions = Positions}) ->
    #{balance := Found} = fxaot_nif:account(Engine),
    _ = Found =/= Balance andalso Balance =/= unknown andalso failed({other_balance, #{found => Found, of_events => Balance}}),
    Held = maps:from_list([{Symbol, Quantity} || #{symbol := Symbol, quantity := Quantity} <- fxaot_nif:positions(Engine),
                                                 Quantity =/= 0]),
    Wanted = maps:filter(fun(_, Quantity) -> Quantity =/= 0 end, Positions),
    _ = Held =/= Wanted andalso failed({other_positions, #{found => Held, of_events => Wanted}}),
    ok.

%% Where nobody had seen the account, the sums begin anew.
seen_again(Engine, Count) ->
    changed(fun(#model{ledgers = #{Count := unknown} = Ledgers} = Model) ->
                    #{balance := Balance} = fxaot_nif:account(Engine),
                    Held = maps:from_list([{Symbol, Quantity}
                                           || #{symbol := Symbol, quantity := Quantity} <- fxaot_nif:positions(Engine)]),
                    Model#model{ledgers = Ledgers#{Count := #ledger{balance = Balance, positions = Held}}};
               (Model) -> Model
            end).

%% The inputs after those have never been.
cut(There) ->
    changed(fun(#model{inputs = Inputs, ledgers = Ledgers, count = Count} = Model) ->
                    Model#model{inputs = maps:with(lists:seq(1, There), Inputs),
                                ledgers = maps:with(lists:seq(0, There), Ledgers), count = There,
                                lost = [maps:get(Number, Inputs) || Number <- lists:seq(Count, There + 1, -1)]}
            end).

%% The start has been answered: from here on all that it found is durable.
started(Epoch) ->
    #model{epoch = Before} = get(?KEY),
    _ = Epoch > Before orelse failed({an_old_epoch, #{before => Before, now => Epoch}}),
    changed(fun(#model{scope = account, next_base = {Snapshot, There}, inputs = Inputs, ledgers = Ledgers,
                       count = Count} = Model) ->
                    Model#model{base = Snapshot, next_base = none, inputs = moved(Inputs, There + 1, Count, There),
                                ledgers = moved(Ledgers, There, Count, There), count = Count - There,
                                floor = Count - There, epoch = Epoch};
               (#model{count = Count} = Model) -> Model#model{floor = Count, next_base = none, epoch = Epoch}
            end).

moved(Map, First, Last, By) -> maps:from_list([{Number - By, maps:get(Number, Map)} || Number <- lists:seq(First, Last)]).

%% What the crash took, oldest first; once.
lost_inputs() ->
    #model{lost = Lost} = Model = get(?KEY),
    put(?KEY, Model#model{lost = []}),
    lists:reverse(Lost).

changed(Change) ->
    put(?KEY, Change(get(?KEY))),
    ok.

failed(Reason) -> throw({failed, Reason}).
