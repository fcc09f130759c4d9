%% @private A feed's batch into an engine: in one native call, in one for each quote, or through a mailbox.
%%
%% The answer has no events, which would be copied for nothing, but how long (ns) native calls and
%% publishing took.
-module(fxaot_engine_feed).

-export([batch/2, each/3, send/2]).

-export_type([mode/0, answer/0, symbols/0]).

%% One native call for all quotes of a batch, or one for each.
-type mode() :: batch | quote.
-type answer() :: {ok, CallNs :: non_neg_integer(), PublishNs :: non_neg_integer()} | fxaot:error().
%% Record keys and their symbols.
-type symbols() :: #{<<_:64>> => atom()}.

-define(RECORD, 48).
%% How long a batch waits for room in a mailbox before it looks whether the actor still runs.
-define(WAIT_MS, 1000).

-record(feed, {engine :: fxaot_nif:handle(),
               symbols :: symbols()}).

%% @doc All quotes in one native call.
-spec batch(Quotes :: binary(), fxaot_nif:handle()) -> answer().
batch(Quotes, Engine) ->
    {Answer, Times} = timed(Engine, fun() -> fxaot_nif:feed(Engine, Quotes) end),
    case Answer of
        {error, _} -> Answer;
        _ -> Times
    end.

%% @doc One native call for each quote.
-spec each(Quotes :: binary(), fxaot_nif:handle(), symbols()) -> {answer(), symbols()}.
each(Quotes, Engine, Symbols) ->
    {#feed{symbols = Seen}, Times} =
        timed(Engine, fun() -> quotes(Quotes, none, #feed{engine = Engine, symbols = Symbols}) end),
    {Times, Seen}.

%% The engine itself sends the events, within the calls.
timed(Engine, Calls) ->
    #{publish_ns := Before} = fxaot_nif:subscribers(Engine),
    Start = erlang:monotonic_time(nanosecond),
    Answer = Calls(),
    Spent = erlang:monotonic_time(nanosecond) - Start,
    #{publish_ns := After} = fxaot_nif:subscribers(Engine),
    Publishing = After - Before,
    {Answer, {ok, max(0, Spent - Publishing), Publishing}}.

%% The loop keeps its place in the binary, and the symbol of the record before: a key is compared
%% as two halves, since 64 bits are no small integer.
quotes(<<Time:64/little-signed, Low:32/little, High:32/little, Bid:64/little-float,
         Ask:64/little-float, 0:64, 0:64, Rest/binary>>,
       {Low, High, Symbol} = Known, #feed{engine = Engine} = Feed) ->
    %% A record's error is in the engine's counters already.
    _ = fxaot_nif:tick(Engine, Symbol, Time, Bid, Ask),
    quotes(Rest, Known, Feed);
quotes(<<Time:64/little-signed, Low:32/little, High:32/little, Bid:64/little-float,
         Ask:64/little-float, BidSize:64/little-float, AskSize:64/little-float, Rest/binary>>,
       {Low, High, Symbol} = Known, #feed{engine = Engine} = Feed) ->
    _ = fxaot_nif:tick(Engine, Symbol, Time, Bid, Ask, BidSize, AskSize),
    quotes(Rest, Known, Feed);
%% NaN or infinity: a record can contain it, an Erlang float cannot.
quotes(<<Head:64, Low:32/little, High:32/little, Tail:256, Rest/binary>>, {Low, High, _} = Known, Feed) ->
    quotes(Rest, Known, as_record(<<Head:64, Low:32/little, High:32/little, Tail:256>>, Feed));
%% Another symbol than before, or one without an atom.
quotes(<<Head:64, Low:32/little, High:32/little, Tail:256, Rest/binary>>, _, Feed) ->
    Quote = <<Head:64, Low:32/little, High:32/little, Tail:256>>,
    case symbol(<<Low:32/little, High:32/little>>, Feed) of
        {ok, Symbol, Seen} ->
            Known = {Low, High, Symbol},
            quotes(Rest, Known, quotes(Quote, Known, Seen));
        none -> quotes(Rest, none, as_record(Quote, Feed))
    end;
quotes(<<_/binary>>, _, Feed) -> Feed.

as_record(Quote, #feed{engine = Engine} = Feed) ->
    _ = fxaot_nif:feed(Engine, Quote),
    Feed.

%% A key of up to 8 bytes is the symbol's text.
symbol(Key, #feed{symbols = Symbols} = Feed) ->
    case Symbols of
        #{Key := Symbol} -> {ok, Symbol, Feed};
        #{} ->
            try
                [Text | _] = binary:split(Key, <<0>>),
                Symbol = binary_to_existing_atom(Text),
                <<Number:64/little>> = Key,
                {ok, Number} = fxaot_nif:symbol_key(Symbol),
                {ok, Symbol, Feed#feed{symbols = Symbols#{Key => Symbol}}}
            catch error:_ -> none
            end
    end.

%% @doc Puts a batch into a mailbox or through a router, and waits for room as long as it takes: a feed
%% comes as fast as the engine can. `{stopped, Quotes}': so many were taken when an engine of a group was
%% found stopped.
-spec send(fxaot_nif:mailbox() | fxaot_nif:router(), Quotes :: binary()) ->
          answer() | {stopped, Quotes :: non_neg_integer()}.
send(Destination, Quotes) -> send_from(Destination, Quotes, 0, erlang:monotonic_time(nanosecond)).

send_from(Destination, Quotes, Sent, Start) ->
    case fxaot_nif:send_replay(Destination, Quotes, ?WAIT_MS) of
        ok -> {ok, erlang:monotonic_time(nanosecond) - Start, 0};
        {error, full} -> send_from(Destination, Quotes, Sent, Start);
        {error, {full, #{accepted := Accepted}}} ->
            Bytes = Accepted * ?RECORD,
            <<_:Bytes/binary, Rest/binary>> = Quotes,
            send_from(Destination, Rest, Sent + Accepted, Start);
        {error, stopped} -> {stopped, Sent};
        {error, {stopped, #{accepted := Accepted}}} -> {stopped, Sent + Accepted};
        {error, {_, _}} = Error -> Error
    end.
