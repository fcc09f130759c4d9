%% @private The figures of all engines, as they were last read. A value of the collector, which asks for them and gets the
%% answers.
%%
%% Questions go out without waiting, and an engine that has not answered is not asked again for a while.
-module(fxaot_dashboard_figures).

-include("../telemetry/fxaot_log.hrl").

-export([watched/1, asked/2, answered/2, seen/5, missed/4, changed/1, all/1, published/1]).

-export_type([figures/0, part/0]).

-define(MOST_ENGINES, 32).
-define(SLOW_MS, 1000).
-define(DEADLINE_MS, 1000).
-define(ANSWER_MS, 5000).
%% Of an engine's events, which are messages to the collector: so many messages a second make more rows than are shown.
-define(MOST_MESSAGES, 100).

-record(engine, {request = none :: none | gen_server:request_id(),
                 asked = long_ago() :: integer(),
                 %% When it was last asked for all, ms.
                 slow = long_ago() :: integer(),
                 %% What it was rendered to, and whether that has changed since the last update.
                 fast = <<"null">> :: binary(), slow_text = <<"null">> :: binary(),
                 is_new = true :: boolean(), is_slow_new = true :: boolean(),
                 incarnation = 0 :: integer(), sequence = 0 :: non_neg_integer()}).

-type figures() :: #{Name :: atom() => #engine{}}.
%% A JSON text.
-type part() :: {fast | slow, Name :: atom(), binary()}.

%% Monotonic, as all times here.
long_ago() -> erlang:monotonic_time(millisecond) - 10 * ?SLOW_MS.

%% ---- engines --------------------------------------------------------------------

%% @doc The engines that there are, the caller being a subscriber of each from its first sight on; and whether there are
%% others than before.
-spec watched(figures()) -> {IsOther :: boolean(), figures()}.
watched(Known) ->
    Names = lists:sublist(lists:sort([Name || #{kind := engine, name := Name} <- entries()]), ?MOST_ENGINES),
    New = [Name || Name <- Names, not is_map_key(Name, Known)],
    lists:foreach(fun subscribe/1, New),
    {New =/= [] orelse length(Names) =/= map_size(Known),
     maps:merge(maps:from_list([{Name, #engine{}} || Name <- New]), maps:with(Names, Known))}.

entries() -> try fxaot_engines:all() catch error:badarg -> [] end.

%% The table's row outlives the engine's process; its answer is of no interest.
subscribe(Name) ->
    _ = fxaot_events:subscribe(Name, self(), ?MOST_MESSAGES),
    _ = gen_server:send_request(Name, {subscribe, self()}),
    ok.

%% @doc Events have come, from number First to Last: how many are missing before them. An engine numbers its events without
%% gaps; another incarnation begins again. `none' if the engine is not shown.
-spec seen(Name :: atom(), Incarnation :: integer(), First :: pos_integer(), Last :: non_neg_integer(), figures()) ->
          {Missed :: non_neg_integer(), figures()} | none.
seen(Name, Incarnation, First, Last, Figures) ->
    case Figures of
        #{Name := #engine{incarnation = Incarnation, sequence = Known} = Engine} ->
            {max(0, First - Known - 1), Figures#{Name := Engine#engine{sequence = max(Known, Last)}}};
        #{Name := Engine} ->
            {0, Figures#{Name := Engine#engine{incarnation = Incarnation, sequence = Last}}};
        #{} -> none
    end.

%% @doc The engine says that it has not sent those from number First to Last.
-spec missed(Name :: atom(), First :: pos_integer(), Last :: pos_integer(), figures()) ->
          {Missed :: pos_integer(), figures()} | none.
missed(Name, First, Last, Figures) ->
    case Figures of
        #{Name := #engine{sequence = Known} = Engine} ->
            {Last - First + 1, Figures#{Name := Engine#engine{sequence = max(Known, Last)}}};
        #{} -> none
    end.

%% ---- questions --------------------------------------------------------------------

%% @doc Asks all at once.
-spec asked(Now :: integer(), figures()) -> figures().
asked(Now, Figures) -> maps:map(fun(Name, Engine) -> ask(Name, Engine, Now) end, Figures).

ask(_, #engine{request = Request, asked = Asked} = Engine, Now)
  when Request =/= none, Now - Asked < ?ANSWER_MS; Asked > Now -> Engine;
ask(Name, #engine{slow = Slow} = Engine, Now) ->
    Pace = case Now - Slow >= ?SLOW_MS of
               true -> slow;
               false -> fast
           end,
    Deadline = erlang:monotonic_time() + erlang:convert_time_unit(?DEADLINE_MS, millisecond, native),
    Engine#engine{request = gen_server:send_request(Name, {dashboard, Pace, Deadline}), asked = Now,
                  slow = case Pace of slow -> Now; fast -> Slow end}.

%% @doc A message that may be an engine's answer.
-spec answered(Message :: term(), figures()) -> figures().
answered(Message, Figures) -> answered(Message, maps:to_list(Figures), Figures).

answered(_, [], Figures) -> Figures;
answered(Message, [{_, #engine{request = none}} | Rest], Figures) -> answered(Message, Rest, Figures);
answered(Message, [{Name, #engine{request = Request} = Engine} | Rest], Figures) ->
    case gen_server:check_response(Message, Request) of
        no_reply -> answered(Message, Rest, Figures);
        {reply, {ok, Read}} -> Figures#{Name := shown(Name, Read, Engine#engine{request = none})};
        %% It is stuck, restarts, or has lost its state: the last figures stay.
        _ -> Figures#{Name := Engine#engine{request = none}}
    end.

%% Figures that it does not know must not end what others are shown.
shown(Name, Read, Engine) ->
    try rendered(Read, Engine)
    catch Class:Reason:Stacktrace ->
            ?FXAOT_LOG(error, #{engine => Name, text => io_lib:format("the dashboard cannot show it: ~0tP",
                                                                      [{Class, Reason, Stacktrace}, 30])}),
            %% Not twenty times a second.
            Engine#engine{asked = erlang:monotonic_time(millisecond) + ?ANSWER_MS}
    end.

rendered(Read, #engine{fast = Fast, slow_text = Slow, incarnation = Incarnation, sequence = Sequence} = Engine) ->
    NewFast = iolist_to_binary(fxaot_dashboard_render:engine(Read, #{})),
    NewSlow = case Read of
                  #{stats := _} ->
                      iolist_to_binary(fxaot_dashboard_render:slow(Read, #{incarnation => Incarnation, sequence => Sequence}));
                  _ -> Slow
              end,
    Engine#engine{fast = NewFast, slow_text = NewSlow, is_new = Engine#engine.is_new orelse NewFast =/= Fast,
                  is_slow_new = Engine#engine.is_slow_new orelse NewSlow =/= Slow}.

%% ---- parts of an update -------------------------------------------------------------

%% @doc What has changed since the last update.
-spec changed(figures()) -> [part()].
changed(Figures) ->
    Engines = maps:to_list(Figures),
    [{fast, Name, Text} || {Name, #engine{is_new = true, fast = Text}} <- Engines]
        ++ [{slow, Name, Text} || {Name, #engine{is_slow_new = true, slow_text = Text}} <- Engines].

-spec all(figures()) -> [part()].
all(Figures) ->
    lists:append([[{fast, Name, Fast}, {slow, Name, Slow}]
                  || {Name, #engine{fast = Fast, slow_text = Slow}} <- maps:to_list(Figures)]).

%% @doc There has been an update.
-spec published(figures()) -> figures().
published(Figures) -> maps:map(fun(_, Engine) -> Engine#engine{is_new = false, is_slow_new = false} end, Figures).
