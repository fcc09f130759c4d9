%% @doc The simulated market as a feed: no data needed, the same quotes for the same seed.
%%
%% Arguments: those of {@link fxaot_nif:market/1}, and `days' (5), the length in calendar days from
%% `start' (2024-01-01); weekends have no quotes.
-module(fxaot_market_feed).
-behaviour(fxaot_feed).

-export([init/1, next/1, terminate/2, progress/1]).

-export_type([arguments/0]).

-define(DAY_NS, 86400000000000).
-define(DEFAULT_START_NS, 1704067200000000000).
-define(BATCH, 16384).

-type arguments() ::
        #{days => number(), symbol => atom(), seed => non_neg_integer(),
          start => non_neg_integer(), price => number(), annual_volatility => number(),
          quotes_per_day => number(), spread_steps => number(), price_decimals => 1..9}.

-record(feed, {market :: fxaot_nif:market(),
               start :: non_neg_integer(),
               finish :: non_neg_integer(),
               now :: non_neg_integer()}).

-spec init(arguments()) -> {ok, #feed{}} | {error, {atom(), term()}}.
init(Arguments) when is_map(Arguments) ->
    case fxaot_terms:known_options(Arguments, [days | fxaot_terms:market_options()]) of
        ok ->
            opened(maps:get(days, Arguments, 5), start(Arguments),
                   maps:remove(days, Arguments));
        Error -> Error
    end;
init(Arguments) -> {error, {bad_feed, #{feed => Arguments}}}.

%% 0 means the default, as in {@link fxaot_nif:market/1}.
start(Arguments) ->
    case maps:get(start, Arguments, 0) of
        0 -> ?DEFAULT_START_NS;
        Start -> Start
    end.

opened(Days, Start, Config) when is_number(Days), Days > 0, Days =< 36525 ->
    case fxaot_nif:market(Config#{start => Start}) of
        {ok, Market} ->
            Finish = Start + round(Days * ?DAY_NS),
            {ok, #feed{market = Market, start = Start, finish = Finish, now = Start}};
        Error -> Error
    end;
opened(Days, _, _) ->
    {error, {bad_option, #{option => days, value => Days,
                           expected => "a number above 0, at most 36525"}}}.

-spec next(#feed{}) -> {quotes, binary(), #feed{}} | {done, #feed{}}
              | {error, {atom(), term()}, #feed{}}.
next(#feed{market = Market, finish = Finish} = Feed) ->
    case fxaot_nif:market_next(Market, Finish, ?BATCH) of
        {ok, <<>>} -> {done, Feed#feed{now = Finish}};
        {ok, Quotes} ->
            <<Time:64/little-signed, _/binary>> = binary:part(Quotes, byte_size(Quotes), -48),
            {quotes, Quotes, Feed#feed{now = Time}};
        {error, Reason} -> {error, Reason, Feed}
    end.

-spec terminate(term(), #feed{}) -> ok.
terminate(_, _) -> ok.

-spec progress(#feed{}) -> float().
progress(#feed{start = Start, finish = Finish, now = Now}) -> (Now - Start) / (Finish - Start).
