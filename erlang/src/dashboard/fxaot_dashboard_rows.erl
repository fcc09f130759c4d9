%% @private The rows of the stream: events, alarms, log lines, as texts. A value.
%%
%% They are numbered, and the newest 1,000 are kept. A page says the last one that it has, `INCARNATION-NUMBER', and gets
%% those that follow, or how many are gone.
%%
%% A second's events make at most 100 rows, all at once if they come so: people read no more, and each row goes to each
%% page. The others are counted, and the second ends with their number.
-module(fxaot_dashboard_rows).

-export([new/1, add/2, events/3, left_out/2, end_second/1, fresh/1, published/1, last/1, since/2]).

-export_type([rows/0, place/0]).

-define(KEPT, 1000).
%% A new page gets so many of them.
-define(FIRST, 200).
-define(MOST_EVENTS, 100).

-record(rows, {incarnation :: pos_integer(), number = 0 :: non_neg_integer(),
               %% The newest first.
               kept = queue:new() :: queue:queue({pos_integer(), binary()}), count = 0 :: non_neg_integer(),
               %% Rows since the last update.
               fresh = 0 :: non_neg_integer(),
               %% Of this second.
               events = 0 :: non_neg_integer(), left_out = 0 :: non_neg_integer()}).

-opaque rows() :: #rows{}.
%% A row, and the collector's incarnation, in ms since 1970: row 0 is before the first.
-type place() :: {Incarnation :: integer(), Number :: integer()}.

%% @doc Numbers begin anew with each incarnation of the collector.
-spec new(Incarnation :: pos_integer()) -> rows().
new(Incarnation) -> #rows{incarnation = Incarnation}.

-spec add(map(), rows()) -> rows().
add(Row, #rows{number = Number, kept = Kept, count = Count, fresh = Fresh} = Rows) ->
    Next = Number + 1,
    Text = iolist_to_binary(fxaot_dashboard_json:encode(Row#{n => Next})),
    Shorter = case Count < ?KEPT of
                  true -> Kept;
                  false -> queue:drop_r(Kept)
              end,
    Rows#rows{number = Next, kept = queue:in_r({Next, Text}, Shorter), count = min(Count + 1, ?KEPT), fresh = Fresh + 1}.

%% @doc Events of an engine; bars make no rows.
-spec events(Engine :: atom(), [fxaot_nif:event()], rows()) -> rows().
events(_, Events, #rows{events = Seen} = Rows) when Seen >= ?MOST_EVENTS -> left_out(length(Events), Rows);
events(Engine, Events, #rows{events = Seen} = Rows) ->
    Made = [Row#{engine => Engine} || Event <- Events, #{} = Row <- [fxaot_dashboard_render:event(Event)]],
    {Shown, Others} = lists:split(min(length(Made), ?MOST_EVENTS - Seen), Made),
    lists:foldl(fun add/2, left_out(length(Others), Rows#rows{events = Seen + length(Shown)}), Shown).

%% @doc Events that make no rows.
-spec left_out(non_neg_integer(), rows()) -> rows().
left_out(Count, #rows{left_out = Before} = Rows) -> Rows#rows{left_out = Before + Count}.

-spec end_second(rows()) -> rows().
end_second(#rows{left_out = 0} = Rows) -> Rows#rows{events = 0};
end_second(#rows{left_out = Count} = Rows) ->
    add(fxaot_dashboard_news:row(gap, [integer_to_binary(Count), <<" events more">>]), Rows#rows{events = 0, left_out = 0}).

%% @doc The texts of those that came after the last update, the oldest first.
-spec fresh(rows()) -> [binary()].
fresh(#rows{number = Number, fresh = Fresh} = Rows) -> after_number(Number - Fresh, Rows).

%% @doc There has been an update.
-spec published(rows()) -> rows().
published(Rows) -> Rows#rows{fresh = 0}.

%% @doc The newest row.
-spec last(rows()) -> place().
last(#rows{incarnation = Incarnation, number = Number}) -> {Incarnation, Number}.

%% @doc The texts of those after a place, and how many more are gone; after none, or one of another incarnation, the newest.
-spec since(place() | none, rows()) -> {[binary()], Missed :: non_neg_integer()}.
since({Incarnation, Last}, #rows{incarnation = Incarnation, number = Number, count = Count} = Rows) when Last =< Number ->
    {after_number(Last, Rows), max(0, Number - Count - Last)};
since(_, #rows{number = Number} = Rows) -> {after_number(Number - ?FIRST, Rows), 0}.

after_number(Last, #rows{kept = Kept}) ->
    lists:reverse([Text || {_, Text} <- lists:takewhile(fun({Number, _}) -> Number > Last end, queue:to_list(Kept))]).
