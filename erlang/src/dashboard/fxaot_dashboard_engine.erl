%% @private What an engine's process reads of its engine for the dashboard.
-module(fxaot_dashboard_engine).

-export([native/4, trades/2, answer/1]).

-export_type([figures/0]).

%% Shown of one engine.
-define(MOST_STRATEGIES, 64).
-define(MOST_ORDERS, 200).
%% Of each strategy: the newest closed one, so that its last state is seen, and the one that forms.
-define(BARS, 2).

-type series() :: {Id :: atom(), First :: non_neg_integer(), IsOpen :: boolean(), [fxaot_nif:bar()]}.
-type figures() ::
        #{account := map(), positions := [map()], strategies := [map()],
          quotes => [{atom(), non_neg_integer(), none | {integer(), float(), float()}}],
          bars => [series()],
          stats => map(), latency => tuple(), orders => [map()], tickets => [map()], gateway => map() | tuple(),
          mailbox => map()}.

%% @doc `late' after the deadline (monotonic, native), when nobody waits for the answer any more. `slow': with what need
%% not be read many times a second.
-spec native(fxaot_nif:handle(), inline | fxaot_nif:mailbox(), fast | slow, Deadline :: integer()) ->
          {ok, figures()} | late | fxaot_nif:error().
native(Engine, Mailbox, Pace, Deadline) ->
    case erlang:monotonic_time() < Deadline of
        true ->
            %% In one call: each takes the engine from those who send quotes.
            case fxaot_nif:figures(Engine, ?MOST_STRATEGIES, ?BARS) of
                Figures when is_map(Figures) -> {ok, maps:merge(Figures, slow(Pace, Engine, Mailbox))};
                Error -> Error
            end;
        false -> late
    end.

slow(fast, _, _) -> #{};
slow(slow, Engine, Mailbox) ->
    maps:merge(#{stats => fxaot_nif:stats(Engine), latency => fxaot_nif:latency(Engine),
                 orders => lists:sublist(fxaot_nif:orders(Engine), ?MOST_ORDERS),
                 tickets => lists:sublist(fxaot_nif:tickets(Engine), ?MOST_ORDERS),
                 gateway => fxaot_nif:gateway(Engine)},
               case Mailbox of
                   inline -> #{};
                   _ -> #{mailbox => fxaot_nif:mailbox(Mailbox)}
               end).

%% @doc The newest closed trades, the oldest of them first. The engine gives a thousand at a time, from the oldest on.
-spec trades(fxaot_nif:handle(), Most :: pos_integer()) -> {ok, [fxaot_order:trade()]} | fxaot_nif:error().
trades(Engine, Most) -> trades(Engine, Most, 0, []).

trades(Engine, Most, First, Before) ->
    case fxaot_nif:trades(Engine, First) of
        {ok, Trades, done} -> {ok, newest(Most, Before ++ Trades)};
        {ok, Trades, Next} -> trades(Engine, Most, Next, newest(Most, Before ++ Trades));
        Error -> Error
    end.

newest(Most, Trades) -> lists:nthtail(max(0, length(Trades) - Most), Trades).

%% @doc The figures of an engine without native code: it shows no prices.
-spec answer(Read :: fun((fxaot_engine_call:figures()) -> term())) -> {ok, figures()}.
answer(Read) ->
    {ok, #{stats => Read(stats), account => Read(account), positions => Read(positions),
           strategies => lists:sublist(Read(strategies), ?MOST_STRATEGIES)}}.
