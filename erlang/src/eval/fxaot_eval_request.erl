%% @private A `request.security' at work: gathers the bars of the world that asked, or of another
%% symbol, to bars of its period, runs its world on them, and shows the results to the world that asked.
%%
%% Without lookahead a period's results are seen from the chart bar on that closes it; when that bar
%% is missing, from the next one on. With lookahead they are seen from the period's first chart bar
%% on: over a history that is known beforehand as they will be at its end, otherwise as the period
%% looks so far. Of periods shorter than the chart's bars, several may close in one: arrays get them all, others show
%% the last one, with lookahead the first one. Chart bars on days on which the symbol is not traded belong to no day, week or month.
%%
%% Longer than a file should be: gathering, running and showing share the state of one request.
-module(fxaot_eval_request).

-export([new/1, advance_all/3, publish_all/2, foresee_all/2]).

-export_type([feed/0]).

-include("fxaot_eval.hrl").

%% 5 minutes; sessions begin on a multiple of this. A symbol that does not trade for two weeks has
%% closed its period.
-define(PROBE, 300000).
-define(PROBES, 4032).

-record(feed, {world :: fxaot_eval_run:world(), fresh_world :: fxaot_eval_run:world(),
               feeds :: feeds(),
               %% The chart's, as it is on the bar at hand.
               book = none :: fxaot_eval_run:book(),
               period :: fxaot_eval_time:period(), calendar :: fxaot_eval_time:calendar(),
               gaps :: boolean(), lookahead :: boolean(),
               %% The symbol's trading hours and its zone; none when it always trades.
               hours :: none | {fxaot_eval_time:session(), fxaot_eval_time:zone()},
               %% Another symbol's bars: those to come, and all of them.
               source = none :: none | map(), all = [] :: [#candle{}],
               %% Of `request.security_lower_tf': the types of its arrays' elements, and the results of each period
               %% with its end, the newest first.
               elements = none :: none | [atom()], within = [] :: [{integer(), [value()]}],
               %% Whether periods are shorter than the chart's bars; without a source, whether the bars that it gets
               %% are those of its period.
               is_shorter = false :: boolean(), asking = 0 :: integer(), has_shown = false :: boolean(), is_own_period = false :: boolean(),
               rates = none :: none | fxaot_eval_market:rates(),
               %% Where its world sees Heikin-Ashi bars: open and close of the newest one.
               heikin_ashi = off :: off | none | {float(), float()},
               bucket = none :: none | #candle{}, is_open = false :: boolean(),
               shown = [] :: [value()], is_fresh = false :: boolean(),
               %% With lookahead over a history: start, end and results of the periods to come.
               foreseen = [] :: list(), last_end = none :: none | integer(),
               %% Over a history: number and beginning of its last period. none: the newest one is the last.
               last = none :: none | {integer(), integer()},
               is_first = true :: boolean()}).

-opaque feed() :: #feed{}.
-type feeds() :: [{non_neg_integer(), feed()}].

-spec new(map()) -> feed().
new(#{world := World, feeds := Feeds, period := Period, calendar := Calendar, gaps := Gaps,
      lookahead := Lookahead, hours := Hours, elements := Elements,
      input := #{source := Source, rates := Rates} = Input}) ->
    #feed{world = World, fresh_world = World, feeds = Feeds, period = Period, calendar = Calendar,
          gaps = Gaps, lookahead = Lookahead, hours = Hours, elements = Elements,
          is_shorter = maps:get(is_shorter, Input, false), is_own_period = maps:get(is_own_period, Input, false),
          source = Source, rates = Rates,
          heikin_ashi = case Input of #{is_heikin_ashi := true} -> none; _ -> off end,
          all = case Source of none -> []; #{bars := Bars} -> Bars end}.

%% @doc The chart's next bar. Throws as {@link fxaot_eval_run:step/5}.
-spec advance_all(#candle{}, fxaot_eval_run:book(), feeds()) -> feeds().
advance_all(Bar, Book, Feeds) -> [{R, advance(Bar, Feed#feed{book = Book})} || {R, Feed} <- Feeds].

%% @doc The visible results of each request, for a bar that begins then.
-spec publish_all(integer(), feeds()) ->
          {#{non_neg_integer() => [value() | {array, atom(), [value()]}]}, feeds()}.
publish_all(Time, Feeds0) ->
    Feeds = [{R, begun_at(Time, Feed)} || {R, Feed} <- Feeds0],
    {maps:from_list([{R, shown(Feed)} || {R, Feed} <- Feeds]),
     [{R, Feed#feed{is_fresh = false}} || {R, Feed} <- Feeds]}.

begun_at(Time, #feed{within = Within} = Feed) ->
    Feed#feed{within = [Period || {End, _} = Period <- Within, End > Time]}.

shown(#feed{elements = Elements, within = Within}) when Elements =/= none ->
    Rows = lists:reverse([Results || {_, Results} <- Within]),
    [{array, Type, [lists:nth(K, Row) || Row <- Rows]}
     || {K, Type} <- lists:zip(lists:seq(1, length(Elements)), Elements)];
shown(#feed{gaps = true, is_fresh = false}) -> [];
shown(#feed{shown = Shown}) -> Shown.

advance(Bar, #feed{is_shorter = IsShorter, elements = Elements} = Feed) when IsShorter; Elements =/= none ->
    within(Bar, Feed);
advance(Bar, #feed{source = #{}} = Feed) -> sourced(Bar, Feed);
advance(Bar, #feed{lookahead = true} = Feed) ->
    case is_left_out(Bar, Feed) of
        true -> Feed#feed{feeds = advance_all(Bar, Feed#feed.book, Feed#feed.feeds)};
        false -> ahead(Bar, Feed)
    end;
advance(Bar, Feed) -> live(Bar, Feed).

%% The periods that close in one of the chart's bars.
within(#candle{time = Time, time_close = End} = Bar, Feed0) ->
    case Feed0#feed{asking = Time, has_shown = false} of
        #feed{source = none} = Feed -> take(Bar, Feed);
        Feed ->
            {_, Pulled} = pulled(Bar, false, Feed),
            passed(End, Pulled)
    end.

ahead(Bar, Feed) ->
    case shows_foreseen(Bar#candle.time, Feed) of
        true ->
            case foreseen(Bar, Feed) of
                {true, Known} -> Known#feed{is_open = true};
                {false, Unknown} -> live(Bar, Unknown#feed{is_open = false})
            end;
        false -> live(Bar, Feed)
    end.

%% Whether the periods at an instant are known beforehand, so that none is gathered.
shows_foreseen(Time, #feed{lookahead = true, last_end = End}) when End =/= none -> Time < End;
shows_foreseen(_, _) -> false.

is_left_out(_, #feed{source = #{is_whole := true}}) -> false;
is_left_out(_, #feed{is_own_period = true}) -> false;
is_left_out(#candle{time = Time}, #feed{period = Period, calendar = Calendar}) ->
    not fxaot_eval_time:is_intraday(Period) andalso not fxaot_eval_time:is_traded(Time, Calendar).

live(Bar, #feed{lookahead = Lookahead} = Feed0) ->
    Feed = take(Bar, Feed0),
    case Lookahead of
        false -> Feed;
        true -> looked(started(Feed0), Feed)
    end.

%% One bar, for the requests inside this one and for this one. A period whose last bar is missing is
%% closed first: its world must not see later bars.
take(Bar, Feed0) ->
    Feed1 = case is_late(Bar, Feed0) of
                true -> passed(Bar#candle.time, Feed0);
                false -> Feed0
            end,
    Feed = inner_advanced(Bar, Feed1),
    gather(converted(Bar, Feed), Feed, seen(Feed)).

is_late(#candle{time = Time}, #feed{is_open = true, bucket = #candle{time_close = End}}) -> Time >= End;
is_late(_, _) -> false.

inner_advanced(Bar, #feed{feeds = Feeds, book = Book} = Feed) ->
    Feed#feed{feeds = advance_all(Bar, Book, Feeds)}.

%% What is seen of a period that has closed: arrays get all within a bar; else the last one counts, with lookahead the
%% first one within the bar.
seen(#feed{elements = Elements}) when Elements =/= none -> fun keep/1;
seen(#feed{lookahead = true, is_shorter = true}) -> fun first_shown/1;
seen(#feed{lookahead = true}) -> fun(Closed) -> Closed end;
seen(#feed{lookahead = false}) -> fun show/1.

keep(#feed{world = World, bucket = #candle{time_close = End}, within = Within} = Closed) ->
    Closed#feed{within = [{End, fxaot_eval_run:results(World)} | Within]}.

first_shown(#feed{has_shown = false, asking = Asking, bucket = #candle{time_close = End}} = Closed) when End > Asking ->
    show(Closed#feed{has_shown = true});
first_shown(Closed) -> Closed.

converted(Bar, #feed{rates = none}) -> Bar;
converted(#candle{time = Time} = Bar, #feed{rates = Rates}) ->
    Rate = fxaot_eval_market:rate(Rates, Time),
    [Open, High, Low, Close] = [fxaot_eval_number:multiply(X, Rate)
                                || X <- [Bar#candle.open, Bar#candle.high, Bar#candle.low, Bar#candle.close]],
    Bar#candle{open = Open, high = High, low = Low, close = Close}.

%% ---- another symbol's bars ---------------------------------------------------

sourced(Bar, #feed{lookahead = true, last_end = End} = Feed) when End =/= none -> begun(Bar, Feed);
sourced(#candle{time_close = Time} = Bar, #feed{lookahead = Lookahead} = Feed0) ->
    Before = started(Feed0),
    {IsNews, Feed1} = pulled(Bar, false, Feed0),
    Feed = passed(Time, Feed1),
    case Lookahead andalso (IsNews orelse Feed1#feed.is_open =/= Feed#feed.is_open) of
        true -> looked(Before, Feed);
        false -> Feed
    end.

%% The bars that had closed by then, each once. Rates hold from the bar after their day on.
pulled(Bar, IsNews, #feed{source = #{bars := [Next | Rest], waits := Waits} = Source} = Feed0) ->
    Limit = case Waits of true -> Bar#candle.time; false -> Bar#candle.time_close end,
    case Next#candle.time_close =< Limit of
        true -> pulled(Bar, true, take(Next, Feed0#feed{source = Source#{bars := Rest}}));
        false -> {IsNews, Feed0}
    end;
pulled(_, IsNews, Feed) -> {IsNews, Feed}.

%% Closes the periods that are over by an instant, though no bar has closed them: first the requests
%% inside, up to the period's end, then this one, then whatever ended inside since.
passed(Time, Feed0) ->
    case shows_foreseen(Time, Feed0) of
        true -> Feed0;
        false -> inner_passed(Time, own_passed(Time, Feed0))
    end.

own_passed(Time, #feed{is_open = true, bucket = #candle{time_close = End}} = Feed0) when Time >= End ->
    Feed = inner_passed(End, inner_pulled(End, Feed0)),
    (seen(Feed))(closed(Feed));
own_passed(_, Feed) -> Feed.

inner_passed(Time, #feed{feeds = Feeds, book = Book} = Feed) ->
    Feed#feed{feeds = [{R, case F of
                               #feed{source = none} -> passed(Time, F#feed{book = Book});
                               _ -> F
                           end} || {R, F} <- Feeds]}.

%% Another symbol's bars that had closed by an instant on which the chart has no bar.
inner_pulled(Time, #feed{feeds = Feeds, book = Book} = Feed) ->
    Instant = #candle{time = Time - 1, time_close = Time, open = 0.0, high = 0.0, low = 0.0,
                      close = 0.0, volume = 0.0},
    Feed#feed{feeds = [{R, case F of
                               #feed{source = none} -> F;
                               #feed{is_shorter = IsShorter, elements = E} when IsShorter; E =/= none -> F;
                               _ -> sourced(Instant, F#feed{book = Book})
                           end} || {R, F} <- Feeds]}.

%% The newest period that has begun, where all are known.
begun(#candle{time = Time} = Bar, #feed{foreseen = [{Start, _, Values} | Rest]} = Feed) when Start =< Time ->
    begun(Bar, Feed#feed{foreseen = Rest, shown = Values, is_fresh = true});
begun(_, Feed) -> Feed.

%% ---- periods -----------------------------------------------------------------

started(#feed{is_open = true, bucket = #candle{time = Time}}) -> Time;
started(_) -> none.

looked(Before, Feed0) ->
    Feed = case started(Feed0) of
               none -> Feed0#feed{is_fresh = true};
               Before -> Feed0;
               _ -> Feed0#feed{is_fresh = true}
           end,
    case Feed of
        #feed{is_open = true, world = World, is_fresh = IsFresh} ->
            Peeked = show(ran(Feed)),
            Peeked#feed{world = World, is_fresh = IsFresh, heikin_ashi = Feed#feed.heikin_ashi};
        _ -> show(Feed)
    end.

%% Adds the bar to its period's, and runs the world when the period is over.
gather(Bar, Feed, Closed) ->
    case is_left_out(Bar, Feed) of
        true -> Feed;
        false -> added(Bar, Feed, Closed)
    end.

added(Bar, #feed{is_open = true, bucket = Bucket} = Feed, Closed) ->
    #candle{high = High, low = Low, close = Close, volume = Volume} = Bar,
    Longer = Bucket#candle{high = max(Bucket#candle.high, High), low = min(Bucket#candle.low, Low),
                           close = Close,
                           volume = fxaot_eval_number:add(Bucket#candle.volume, Volume)},
    over(Bar, Feed#feed{bucket = Longer}, Closed);
added(Bar, Feed, Closed) -> over(Bar, opened(Bar, Feed), Closed).

%% Begins a period with its first bar.
opened(Bar, #feed{source = Source, is_own_period = IsOwn} = Feed) when IsOwn; map_get(is_whole, Source) ->
    Feed#feed{bucket = Bar, is_open = true};
opened(#candle{time = Time} = Bar, #feed{period = Period, calendar = Calendar} = Feed) ->
    {Start, End} = fxaot_eval_time:bounds(Period, Time, Calendar),
    Feed#feed{bucket = Bar#candle{time = Start, time_close = End}, is_open = true}.

over(Bar, Feed, Closed) ->
    case is_at_end(Bar, Feed) of
        true -> Closed(closed(Feed));
        false -> Feed
    end.

is_at_end(#candle{time_close = Time}, #feed{bucket = #candle{time_close = End}, hours = Hours}) ->
    Time >= End orelse is_over(Time, End, Hours, ?PROBES).

%% Whether the symbol does not trade until the period's end.
is_over(_, _, none, _) -> false;
is_over(Time, End, {Session, Zone} = Hours, Left) when Time < End, Left > 0 ->
    case fxaot_eval_time:is_within(Session, fxaot_eval_time:local(Time, Zone)) of
        true -> false;
        false -> is_over(Time + ?PROBE, End, Hours, Left - 1)
    end;
is_over(_, _, _, _) -> true.

closed(Feed) -> ran(Feed#feed{is_open = false}).

ran(#feed{world = World, feeds = Feeds0, book = Book, bucket = #candle{time = Time} = Bucket} = Feed) ->
    {Requests, Feeds} = publish_all(Time, Feeds0),
    {Bar, Newest} = shaped(Bucket, Feed#feed.heikin_ashi),
    Feed#feed{feeds = Feeds, heikin_ashi = Newest,
              world = fxaot_eval_run:step(Bar, place(Time, Feed#feed.last), Book, Requests, World)}.

place(Time, none) -> {newest, Time, false};
place(_, {Index, Time}) -> {Index, Time, true}.

%% The bar as its world sees it.
shaped(Bar, off) -> {Bar, off};
shaped(#candle{open = Open, high = High, low = Low, close = Close} = Bar, Before) ->
    Begin = case Before of
                none -> (Open + Close) / 2;
                {O, C} -> (O + C) / 2
            end,
    End = (Open + High + Low + Close) / 4,
    {Bar#candle{open = Begin, high = max(High, max(Begin, End)), low = min(Low, min(Begin, End)), close = End},
     {Begin, End}}.

show(#feed{world = World} = Feed) ->
    Feed#feed{shown = fxaot_eval_run:results(World), is_fresh = true}.

%% ---- a history known beforehand ----------------------------------------------

%% @doc Calculates the final results of the periods of these bars.
-spec foresee_all([#candle{}], feeds()) -> feeds().
foresee_all(Bars, Feeds) -> [{R, foresee(Bars, Feed)} || {R, Feed} <- Feeds].

foresee(Bars, #feed{source = #{}, all = All} = Feed) ->
    Last = case Bars of [] -> none; _ -> (lists:last(Bars))#candle.time_close end,
    foresee_own([Bar || Bar <- All, is_integer(Last), Bar#candle.time_close =< Last], Feed);
foresee(Bars, Feed) -> foresee_own(Bars, Feed).

foresee_own(Bars, #feed{feeds = Inner} = Feed0) ->
    Feed = Feed0#feed{feeds = foresee_all(Bars, Inner), book = empty_book(), last = last_period(Bars, Feed0)},
    case Feed of
        #feed{lookahead = Lookahead, is_shorter = IsShorter} when not Lookahead; IsShorter -> Feed;
        _ ->
            {Last, Recorded} = lists:foldl(fun past/2, {reset(Feed), []}, Bars),
            All = case Last of
                      #feed{is_open = true} -> record(closed(Last), Recorded);
                      _ -> Recorded
                  end,
            Ends = [End || {_, End, _} <- All],
            (reset(Feed))#feed{foreseen = lists:reverse(All),
                               last_end = case Ends of [] -> none; [End | _] -> End end}
    end.

%% The last of the periods that these bars make, if it is over or not.
last_period(Bars, Feed0) ->
    case lists:foldl(fun count/2, {Feed0#feed{is_open = false}, 0}, Bars) of
        {_, 0} -> none;
        {#feed{bucket = #candle{time = Start}}, Count} -> {Count - 1, Start}
    end.

count(Bar, {Feed0, Count0} = Before) ->
    case is_left_out(Bar, Feed0) of
        true -> Before;
        false ->
            {Feed, Count} = case not Feed0#feed.is_open orelse is_late(Bar, Feed0) of
                                true -> {opened(Bar, Feed0), Count0 + 1};
                                false -> {Feed0, Count0}
                            end,
            {Feed#feed{is_open = not is_at_end(Bar, Feed)}, Count}
    end.

%% Nothing has been traded when a history is looked at.
empty_book() -> #{numbers => erlang:append_element(erlang:make_tuple(32, 0.0), na)}.

%% Up to two periods close on one bar: each is noted before the next one begins.
past(Bar, {Feed0, Recorded}) ->
    {Feed1, Late} = case is_late(Bar, Feed0) of
                        true ->
                            Passed = passed(Bar#candle.time, Feed0),
                            {Passed, record(Passed, [])};
                        false -> {Feed0, []}
                    end,
    {Feed, Closed} = noted(converted(Bar, Feed1), inner_advanced(Bar, Feed1)),
    {Feed, Closed ++ Late ++ Recorded}.

noted(Bar, Feed0) ->
    case not Feed0#feed.is_open andalso is_left_out(Bar, Feed0) of
        true -> {Feed0, []};
        false -> taken(Bar, Feed0)
    end.

taken(Bar, Feed0) ->
    case gather(Bar, Feed0, fun(Feed) -> Feed end) of
        #feed{is_open = true} = Feed -> {Feed, []};
        Feed -> {Feed, record(Feed, [])}
    end.

record(Closed, Recorded) -> [entry(Closed) | Recorded].

entry(#feed{world = World, bucket = #candle{time = Start, time_close = End}}) ->
    {Start, End, fxaot_eval_run:results(World)}.

reset(#feed{source = #{} = Source, all = All} = Feed) ->
    again(Feed#feed{source = Source#{bars := All}});
reset(Feed) -> again(Feed).

again(#feed{fresh_world = World, feeds = Feeds} = Feed) ->
    Feed#feed{world = World, feeds = [{R, reset(F)} || {R, F} <- Feeds], is_open = false,
              is_fresh = false, shown = [], within = [], is_first = true,
              heikin_ashi = case Feed#feed.heikin_ashi of off -> off; _ -> none end}.

%% The results of the period that the bar lies in, where they are known.
foreseen(#candle{time = Time} = Bar, #feed{foreseen = [{_, End, _} | Rest]} = Feed) when End =< Time ->
    foreseen(Bar, Feed#feed{foreseen = Rest, is_fresh = true, is_first = false});
foreseen(#candle{time = Time}, #feed{foreseen = [{Start, _, Values} | _]} = Feed) when Start =< Time ->
    #feed{is_first = IsFirst, is_open = IsOpen, is_fresh = IsFresh} = Feed,
    {true, Feed#feed{shown = Values, is_fresh = IsFresh orelse (IsFirst andalso not IsOpen)}};
foreseen(_, Feed) -> {false, Feed}.
