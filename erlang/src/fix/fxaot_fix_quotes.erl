%% @private The market data of a FIX session ▶ quotes of an engine: top of book from snapshots (W) and changes (X).
%%
%% A book gives a quote when it has both sides, is not crossed, and its message is young enough. A lost change makes a
%% book of changes worthless: it is emptied, and asked for anew.
-module(fxaot_fix_quotes).

-include("../telemetry/fxaot_log.hrl").

-export([new/3, took/3, lost/1, anew/1, best/2]).

-export_type([book/0]).

-type entries() :: #{Key :: term() => {Side :: bid | ask, Price :: number(), Size :: number()}}.
-record(book, {engine :: atom(),
               config :: map(),
               symbols :: [{Symbol :: atom(), [binary(), ...]}],
               names :: #{binary() => atom()},
               %% By the id of each request (V): answers with another id are those of an earlier one.
               requests :: #{binary() => atom()},
               entries = #{} :: #{atom() => entries()},
               stale_ms :: pos_integer() | infinity,
               time :: sent | received,
               lot :: pos_integer(),
               refused = [] :: [atom()]}).
-opaque book() :: #book{}.

%% @doc An empty book, and the requests (V) that fill it: one for each instrument.
-spec new(Engine :: atom(), [{Symbol :: atom(), [binary(), ...]}], map()) -> {book(), [fxaot_fix_codec:fields()]}.
new(Engine, Symbols, #{stale_ms := Stale, quote_time := Time, lot := Lot} = Config) ->
    requested(#book{engine = Engine, config = Config, symbols = Symbols, stale_ms = Stale, time = Time, lot = Lot,
                    names = maps:from_list([{Name, Symbol} || {Symbol, Names} <- Symbols, Name <- Names]),
                    requests = #{}}).

requested(#book{symbols = Symbols, config = Config} = Book) ->
    Stamp = integer_to_binary(erlang:unique_integer([positive])),
    Prefix = <<(integer_to_binary(erlang:system_time(microsecond)))/binary, ".", Stamp/binary, "-">>,
    Requests = [{<<Prefix/binary, (atom_to_binary(Symbol))/binary>>, Symbol, Name} || {Symbol, [Name | _]} <- Symbols],
    {Book#book{requests = maps:from_list([{Id, Symbol} || {Id, Symbol, _} <- Requests])},
     [request(<<"1">>, Id, Name, Config) || {Id, _, Name} <- Requests]}.

%% 1 begins, 2 ends.
request(Type, Id, Name, #{quote_updates := Updates}) ->
    #{md_req_id => Id, subscription_request_type => Type, market_depth => 1,
      md_update_type => case Updates of full -> 0; incremental -> 1 end,
      no_md_entry_types => [#{md_entry_type => <<"0">>}, #{md_entry_type => <<"1">>}],
      no_related_sym => [#{symbol => Name}]}.

%% @doc A change may be lost. A book of snapshots is whole with the next one.
-spec lost(book()) -> {lost, book()} | whole.
lost(#book{config = #{quote_updates := full}}) -> whole;
lost(Book) -> {lost, Book#book{entries = #{}}}.

%% @doc An empty book, and the requests that end the old ones and fill it.
-spec anew(book()) -> {book(), [fxaot_fix_codec:fields()]}.
anew(#book{requests = Before, symbols = Symbols, config = Config} = Book) ->
    {Next, Requests} = requested(Book#book{entries = #{}}),
    Names = maps:from_list([{Symbol, Name} || {Symbol, [Name | _]} <- Symbols]),
    {Next, [request(<<"2">>, Id, map_get(Symbol, Names), Config) || {Id, Symbol} <- lists:sort(maps:to_list(Before))]
     ++ Requests}.

%% @doc Takes a message of market data, and gives the engine the quotes that it makes.
-spec took(fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), book()) -> book().
took(Name, #{md_req_id := Id}, #book{requests = Requests} = Book)
  when Name =/= market_data_request_reject, not is_map_key(Id, Requests) -> Book;
took(market_data_snapshot, #{symbol := Name, no_md_entries := List} = Fields, #book{names = Names, entries = All} = Book) ->
    case Names of
        #{Name := Symbol} ->
            Entries = lists:foldl(fun(Entry, Known) -> added(Entry, Known) end, #{}, List),
            quoted([Symbol], Fields, accepted(Symbol, Book#book{entries = All#{Symbol => Entries}}));
        #{} -> Book
    end;
took(market_data_incremental, #{no_md_entries := List} = Fields, #book{requests = Requests} = Book) ->
    First = maps:get(maps:get(md_req_id, Fields, <<>>), Requests, none),
    {_, Changed, Next} = lists:foldl(fun changed/2, {First, [], Book}, List),
    quoted(lists:usort(Changed), Fields, Next);
took(market_data_request_reject, #{md_req_id := Id} = Fields,
     #book{engine = Engine, requests = Requests, refused = Refused} = Book) ->
    case Requests of
        #{Id := Symbol} ->
            Details = maps:with([md_req_rej_reason, text], Fields),
            ?FXAOT_LOG(error, #{engine => Engine,
                                text => io_lib:format("its broker refuses quotes of ~tp: ~0tp", [Symbol, Details])}),
            fxaot_alarm:set(fix, {Engine, quotes_refused, Symbol}, Details),
            Book#book{refused = [Symbol | Refused]};
        #{} -> Book
    end.

accepted(Symbol, #book{engine = Engine, refused = Refused} = Book) ->
    case lists:member(Symbol, Refused) of
        true ->
            fxaot_alarm:clear(fix, {Engine, quotes_refused, Symbol}),
            Book#book{refused = lists:delete(Symbol, Refused)};
        false -> Book
    end.

%% An entry without a symbol belongs to the one before.
changed(#{md_update_action := Action} = Entry, {Before, Changed, #book{names = Names, entries = All} = Book}) ->
    Symbol = case Entry of
                 #{symbol := Name} -> maps:get(Name, Names, none);
                 #{} -> Before
             end,
    case Symbol of
        none -> {none, Changed, Book};
        _ ->
            Known = maps:get(Symbol, All, #{}),
            {Symbol, [Symbol | Changed], Book#book{entries = All#{Symbol => done(Action, Entry, Known)}}}
    end.

done(<<"2">>, Entry, Known) -> maps:remove(key(Entry), Known);
done(_, #{md_entry_ref_id := Old} = Entry, Known) ->
    added(maps:merge(side_of(maps:get(Old, Known, none)), Entry), maps:remove(Old, Known));
done(Action, Entry, Known) ->
    Key = key(Entry),
    case Known of
        %% A change may say the size or the price alone.
        #{Key := Old} when Action =:= <<"1">> -> added(maps:merge(side_of(Old), Entry), Known);
        _ -> added(Entry, Known)
    end.

side_of({bid, Price, Size}) -> #{md_entry_type => <<"0">>, md_entry_px => Price, md_entry_size => Size};
side_of({ask, Price, Size}) -> #{md_entry_type => <<"1">>, md_entry_px => Price, md_entry_size => Size};
side_of(none) -> #{}.

%% Without ids each side is one entry. A condition other than A, open, is no price to trade at.
key(#{md_entry_id := Id}) -> Id;
key(#{md_entry_ref_id := Id}) -> Id;
key(#{md_entry_type := Type}) -> {side, Type};
key(_) -> none.

added(#{md_entry_type := Type, md_entry_px := Price} = Entry, Known) when Type =:= <<"0">>; Type =:= <<"1">> ->
    case maps:get(quote_condition, Entry, <<"A">>) of
        <<"A">> ->
            Side = case Type of <<"0">> -> bid; <<"1">> -> ask end,
            Known#{key(Entry) => {Side, Price, maps:get(md_entry_size, Entry, 0)}};
        _ -> maps:remove(key(Entry), Known)
    end;
added(_, Known) -> Known.

quoted(Symbols, Fields, #book{stale_ms = Stale} = Book) ->
    Text = maps:get(orig_sending_time, Fields, map_get(sending_time, Fields)),
    {ok, Sent} = fxaot_fix_time:nanoseconds(Text),
    Now = erlang:system_time(nanosecond),
    case Stale =:= infinity orelse abs(Now - Sent) =< Stale * 1000000 of
        true -> lists:foreach(fun(Symbol) -> quote(Symbol, Sent, Now, Book) end, Symbols);
        false -> ok
    end,
    Book.

quote(Symbol, Sent, Now, #book{engine = Engine, time = Time, lot = Lot} = Book) ->
    case best(Symbol, Book) of
        {Bid, Ask, BidSize, AskSize} ->
            At = case Time of sent -> Sent; received -> Now end,
            _ = fxaot:tick(Engine, Symbol, At, Bid, Ask, BidSize * Lot, AskSize * Lot),
            ok;
        none -> ok
    end.

%% @doc The best prices of an instrument and their sizes; `none' for a book with one side, or a crossed one.
-spec best(Symbol :: atom(), book()) -> {Bid :: number(), Ask :: number(), number(), number()} | none.
best(Symbol, #book{entries = All}) ->
    Entries = maps:values(maps:get(Symbol, All, #{})),
    case {[{Price, Size} || {bid, Price, Size} <- Entries], [{Price, Size} || {ask, Price, Size} <- Entries]} of
        {[_ | _] = Bids, [_ | _] = Asks} ->
            {{Bid, BidSize}, {Ask, AskSize}} = {lists:max(Bids), lists:min(Asks)},
            case Bid =< Ask of
                true -> {Bid, Ask, BidSize, AskSize};
                false -> none
            end;
        _ -> none
    end.
