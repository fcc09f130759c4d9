%% @doc The engine, one level down: direct calls into native code.
%%
%% An engine belongs to the process that made it. Only that process may use the
%% handle (others get `{error, {not_owner, _}}'), unless its owner has died and
%% somebody calls {@link adopt/1}, or the owner shares it: see {@link share/2}.
%% A handle that nobody holds any more is freed.
%%
%% Every function here validates the types of its arguments and raises `badarg'
%% for a wrong one; the shell and {@link fxaot:format_error/2} say which and why.
%% A wrong value is `{error, {Reason, Details}}' and does not change the engine.
%%
%% Times are nanoseconds since 1970 UTC, prices floats, money integer micro-units
%% of the account currency, quantities integer base units.
%%
%% Longer than a file should be: Erlang binds a NIF library to one module.
-module(fxaot_nif).

-export([new/0, new/1, close/1, adopt/1, share/2, subscribers/1,
         add_instrument/2, add_instrument/3, add_strategy/4, add_script/4, remove_strategy/2,
         tick/5, tick/7, ticks/2, feed/2, advance/2, set_replaying/2, pending/1, acknowledge/1,
         start_actor/1, start_actor/2, stop_actor/1,
         send/5, send/7, send_batch/2, send_batch/3, send_replay/3, send_advance/2, drain/2,
         cross/3, has_crossed/1,
         subscribe/2, subscribe/3, unsubscribe/2, allow/3, mailbox/1,
         router/1, set_routes/2, move/5, unrouted/1, instruments/1,
         load_native/1, native_info/1, script_plan/1, script_plan/2, script_plan/3, attach_native/2,
         attach_native/3, detach_native/2, reload_basis/5, prepare/3, swap/3,
         set_account/2, set_risk/2, set_venue/2, set_terms/3,
         submit/2, modify/3, cancel/2, cancel_all/2, close/2, close/3, close_by/3, deposit/2, withdraw/2,
         set_state/2, apply_state/1, fill_rest/1, order/2, orders/1, tickets/1, trades/2,
         set_gateway/2, requests/2, report/2, gateway/1,
         trace/2, traced/1,
         start_journal/2, take_journal/1, lose_journal/1, apply_records/2, mark_stale/1, warm/2, drop/2, load_strategies/1,
         journal_snapshot/1, restore/1, sha256/1,
         frame_records/2, read_records/3, crc32c/1, lock_file/1, unlock_file/1,
         stats/1, latency/1, account/1, positions/1, strategies/1, strategies/3, quotes/1, bars/3, figures/3,
         symbol_key/1, quote/6, strategy_list/0, instrument_list/0,
         execute/4,
         zip_find/2, zip_members/2, zip_start/3, zip_check/3, symbol_in_names/1, day_in_name/1,
         detect_format/1, sniff/4, set_parser/6, parser/4, parse/3, parser_info/1,
         sorter/1, sort/3, sorted/2,
         market/1, market_next/3,
         fix_rules/3, fix_parse/4, fix_write/3, fix_wire/2, fix_leave/4, fix_unwire/1,
         note/1, forget/1,
         abi_version/0]).

-export_type([handle/0, mailbox/0, router/0, native/0, basis/0, prepared/0, report/0, actor/0, config/0,
              instrument/0, deployment/0, script_deployment/0, timeframe/0, bar/0, event/0, result/0,
              error/0, parser/0, sorter/0, market/0, fix_rules/0, fix_wire/0, market_config/0, zip_member/0, format/0, price/0,
              trading_state/0, answer/1, traced/0, traced_quote/0, chain/0, file_lock/0]).

%% Where a journal stands: 48 bytes.
-type chain() :: binary().
-opaque file_lock() :: reference().

-include("../../include/fxaot.hrl").
-include("../../include/fxaot_abi.hrl").

%% A wrong type: a real badarg, with what error_info needs to say which argument. A macro, since
%% the function that raises it must be the public one.
-define(BADARG(Args), erlang:error(badarg, Args, [{error_info, #{module => fxaot_badarg}}])).

-define(MAX_INT64, 16#7FFFFFFFFFFFFFFF).
%% Of cash, in units of the account currency.
-define(MAX_AMOUNT, 1000000000000).

%% Only native code knows whether a reference is the right resource, or bytes are a parser: its badarg
%% is raised again from the public function. Not in tick/5,7, where that would cost time.
-define(NATIVE(Call, Args), try Call catch error:badarg -> ?BADARG(Args) end).

-on_load(init/0).

-nifs([new_nif/11, close_nif/1, adopt_nif/1, share_nif/2, subscribers_nif/1,
       add_instrument_nif/3, add_strategy_nif/8, add_script_nif/8, remove_strategy_nif/2,
       tick_nif/5, tick_nif/7, ticks_nif/2, feed_nif/2, advance_nif/2, set_replaying_nif/2, pending_nif/1, events_nif/1,
       acknowledge_nif/1,
       set_account_nif/2, set_risk_nif/2, set_venue_nif/2, set_terms_nif/3,
       submit_nif/2, modify_nif/3, cancel_nif/2, cancel_all_nif/3, close_symbol_nif/3, close_ticket_nif/3,
       close_by_nif/3, cash_nif/2, set_state_nif/2, apply_state_nif/1, fill_rest_nif/1, order_nif/2, orders_nif/1, tickets_nif/1,
       trades_nif/2, set_gateway_nif/2, requests_nif/2, report_nif/2, gateway_nif/1,
       start_journal_nif/2, take_journal_nif/1, lose_journal_nif/1, apply_nif/2, mark_stale_nif/1, warm_nif/2, drop_nif/2, load_strategies_nif/1,
       journal_snapshot_nif/1, restore_nif/1, cross_nif/3, has_crossed_nif/1, sha256_nif/1,
       frame_nif/2, read_records_nif/3, crc32c_nif/1, lock_file_nif/1, unlock_file_nif/1,
       trace_nif/2, traced_nif/1, stats_nif/1, latency_nif/1, account_nif/1, positions_nif/1, strategies_nif/3, quotes_nif/1, bars_nif/3, figures_nif/3,
       start_actor_nif/9, stop_actor_nif/1, send_nif/5, send_nif/7, send_batch_nif/4,
       wait_nif/3, stop_waiting_nif/2, send_advance_nif/2, drain_nif/2, mailbox_nif/1, subscribe_nif/3,
       unsubscribe_nif/2, allow_nif/3, router_nif/1, set_routes_nif/2, move_nif/5,
       unrouted_nif/1, instruments_nif/1,
       load_native_nif/1, native_info_nif/1, script_plan_nif/1, script_plan_nif/2, script_plan_nif/6,
       attach_native_nif/2, attach_native_nif/3, detach_native_nif/2, reload_basis_nif/5,
       prepare_script_nif/3, prepare_strategy_nif/3, swap_nif/3,
       symbol_key_nif/1, strategy_list_nif/0, instrument_list_nif/0,
       execute_nif/4,
       zip_find_nif/2, zip_members_nif/2, zip_start_nif/3, zip_check_nif/3, symbol_in_names_nif/1, day_in_name_nif/1,
       detect_format_nif/1, sniff_nif/4, set_parser_nif/6, sorter_nif/1, sort_nif/3, sorted_nif/2,
       parser_nif/4, parse_nif/3, parser_info_nif/1,
       market_nif/8, market_next_nif/3,
       fix_rules_nif/3, fix_parse_nif/4, fix_write_nif/3, fix_wire_nif/2, fix_leave_nif/4, fix_unwire_nif/1,
       note_nif/1, forget_nif/1,
       abi_version/0]).

-opaque handle() :: reference().
-opaque mailbox() :: reference().
-opaque router() :: reference().
-opaque native() :: reference().
-opaque basis() :: reference().
-opaque prepared() :: reference().
-opaque market() :: reference().
-opaque parser() :: binary().
-opaque sorter() :: reference().
-opaque zip_member() :: binary().
-opaque fix_rules() :: reference().
-opaque fix_wire() :: reference().
-type error() :: {error, {Reason :: atom(), Details :: term()}}.
-type event() :: #signal{} | #order{} | #fill{} | #reject{} | #account{} | #bar{} | #alarm{}.
-type result() :: ok | [event(), ...] | error().
-type timeframe() :: tick | {ticks | seconds | minutes | hours, pos_integer()} | day.
-type price() :: mid | bid | ask.
-type bar() :: {OpenTimeNs :: integer(), EndTimeNs :: integer(), Open :: float(), High :: float(), Low :: float(),
                Close :: float(), Volume :: float(), Ticks :: integer()}.
-type trading_state() :: active | reducing | halted.
%% With the events that the call has caused.
-type answer(Value) :: {ok, Value, [event()]} | error().
-type format() :: lean | truefx | histdata | bars | quotes | columns.

-type config() ::
        #{account_currency => atom(),           % USD
          balance => number(),                  % 100_000, in units of the account currency
          min_strength => number(),             % 0.1: a stronger signal becomes an order
          sizer => {fixed, pos_integer()}       % {fixed, 10_000}, base units
                 | {equity_percent, number()}   % of equity, as notional
                 | {risk, Percent :: number(), StopSteps :: pos_integer()}
                 | {volatility, Percent :: number(), Bars :: pos_integer()}
                 | {kelly, PercentOfKelly :: 1..100, MostPercent :: number()},
          scale_by_strength => boolean(),       % false: true trades |signal| of the size
          bar_events => boolean(),              % false
          kept_bars => 0..100000,               % 10_000: newest closed bars kept for reloads
          max_time_jump => pos_integer()        % 604_800_000_000_000 ns, 7 days: how far ahead of
                         | infinity,            %   its instrument's time a quote may be
          order_numbers => {First :: pos_integer(), Step :: pos_integer()}}. % {1, 1}: of its orders;
                                                %   engines that exchange instruments share a step

%% Fields that a built-in symbol has already may be left out.
-type instrument() ::
        #{base => atom(), quote => atom(),
          price_decimals => 0..9, step_units => pos_integer(), pip_steps => pos_integer(),
          lot => pos_integer(), quantity_step => pos_integer(),
          minimum_quantity => pos_integer(), maximum_quantity => pos_integer(),
          session => binary(), timezone => binary(),
          aliases => [atom()],                  % other names that quotes and orders may have
          %% Its trading terms, see fxaot_instrument_terms:terms().
          margin_rate => number(), margin_tiers => [#{above := number(), rate := number()}],
          max_position => pos_integer(), minimum_stop_distance => non_neg_integer(),
          hours => forex | binary(), triple_day => monday | tuesday | wednesday | thursday | friday,
          swap_mode => points | currency | percent, swap_days => 360 | 365,
          swap_long => number(), swap_short => number(), commission => map()}.

-type deployment() ::
        #{instrument := atom(),
          timeframe => timeframe(),             % {minutes, 1}
          price => price(),                     % mid: the basis of the bars
          params => #{atom() | binary() => number()}}.

%% Inputs by title or by variable; a text is an atom or a binary.
-type script_deployment() ::
        #{instrument := atom(), timeframe => timeframe(), price => price(),
          params => #{atom() | binary() => number() | boolean() | atom() | binary()}}.

-type actor() ::
        #{name => atom(),                       % fxaot; sent with the events
          capacity => 1..4194304,               % 65_536 quotes; rounded up to a power of two
          overflow => refuse | drop_oldest      % refuse: what becomes of a quote that finds
                    | {block, timeout()},       %   no room; block: its sender waits, in ms
          pull_capacity => 1..1048576,          % 16_384 events that may wait for drain/2
          waiting => park | yield | spin,       % park: behaviour of an idle thread
          budget => 1..256,                     % 256 quotes a turn; events go out after each
          processor => any | non_neg_integer()}. % any: the core it stays on

%% Of trace/2.
-type traced() :: {[{Sequence :: pos_integer(), AgeNs :: integer(), event()}], Missed :: non_neg_integer(),
                   [traced_quote()]}.
-type traced_quote() :: {Symbol :: atom(), TimeNs :: integer(), Bid :: float(), Ask :: float(), AgeNs :: integer(),
                         Status :: atom(), FirstEvent :: pos_integer(), Events :: non_neg_integer(),
                         [{Stage :: atom(), Ns :: float()}]}.

-type value() :: number() | boolean() | binary().
%% The changes of a swap: inputs by title, or by variable if they have no title, and plots by title.
-type report() ::
        #{version := pos_integer(),
          warm_bars := non_neg_integer(),       % bars that the new version has seen already
          inputs := #{added := [#{name := binary(), default := value(), value := value()}],
                      removed := [#{name := binary(), default := value(), value := value()}],
                      changed := [#{name := binary(), default := {Old :: value(), New :: value()},
                                    value := {Old :: value(), New :: value()}}]},
          outputs := #{added := [binary()], removed := [binary()]}}.

-type market_config() ::
        #{symbol => atom(), seed => non_neg_integer(), start => non_neg_integer(),
          price => number(), annual_volatility => number(), quotes_per_day => number(),
          spread_steps => number(), price_decimals => 1..9}.

%% ---- engines ----------------------------------------------------------------

%% @equiv new(#{})
-spec new() -> {ok, handle()} | error().
new() -> new(#{}).

%% @doc Makes an engine that belongs to the calling process.
-spec new(config()) -> {ok, handle()} | error().
new(Config) when is_map(Config) ->
    case fxaot_terms:config(Config) of
        {ok, {Currency, Balance, MinStrength, Sizer, Fixed, Percent, Bars, Kept, Jump, {First, Step}}} ->
            new_nif(Currency, Balance, MinStrength, Sizer, Fixed, Percent, Bars, Kept, Jump, First, Step);
        Error -> Error
    end;
new(Config) -> ?BADARG([Config]).

%% @doc Frees the engine. Its handle returns `{error, {closed, _}}' from then on.
-spec close(handle()) -> ok | error().
close(Engine) when is_reference(Engine) -> ?NATIVE(close_nif(Engine), [Engine]);
close(Engine) -> ?BADARG([Engine]).

%% @doc Makes the caller the owner of an engine whose owner is dead.
%% `{error, {owner_alive, _}}' while it lives.
-spec adopt(handle()) -> ok | error().
adopt(Engine) when is_reference(Engine) -> ?NATIVE(adopt_nif(Engine), [Engine]);
adopt(Engine) -> ?BADARG([Engine]).

%% @doc From now on any process may send quotes to the engine: {@link tick/5}, {@link tick/7}, {@link ticks/2} and
%% {@link advance/2} take turns by a lock of the engine, which is free at once when nobody else is in it.
%% A caller that finds it taken is rescheduled; no scheduler waits. Only the owner may read or change the
%% engine, as before. Events go to the {@link subscribe/3} processes, under this name, before the call
%% that caused them returns.
-spec share(handle(), Name :: atom()) -> ok | error().
share(Engine, Name) when is_reference(Engine), is_atom(Name) ->
    ?NATIVE(share_nif(Engine, Name), [Engine, Name]);
share(Engine, Name) -> ?BADARG([Engine, Name]).

%% @doc Of a shared engine or a mailbox, for any process: the engine's `incarnation', the events that
%% subscribers `missed', `publish_ns' spent on sending events (of a shared engine), and the `subscribers'
%% with the events each missed.
-spec subscribers(handle() | mailbox()) ->
          #{incarnation := pos_integer(), missed := non_neg_integer(), publish_ns := non_neg_integer(),
            subscribers := [{pid(), Missed :: non_neg_integer()}]}.
subscribers(Engine) when is_reference(Engine) ->
    {Incarnation, Missed, PublishNs, Subscribers} = ?NATIVE(subscribers_nif(Engine), [Engine]),
    #{incarnation => Incarnation, missed => Missed, publish_ns => PublishNs,
      subscribers => Subscribers};
subscribers(Engine) -> ?BADARG([Engine]).

%% @equiv add_instrument(Engine, Symbol, #{})
-spec add_instrument(handle(), atom()) -> ok | error().
add_instrument(Engine, Symbol) -> add_instrument(Engine, Symbol, #{}).

%% @doc Adds an instrument: a built-in symbol (see {@link instrument_list/0}), possibly with other
%% terms, or any other with at least base, quote and price_decimals.
%%
%% Quantities are whole base units unless `quantity_step', the venue's step, says otherwise; the
%% smallest one is that step unless `minimum_quantity' does. An order below one step is a
%% `#reject{reason = quantity_below_minimum}', and a strategy's first one also raises an alarm
%% `small_order' with size and step.
%%
%% Two currencies, or a metal in one, have days and bars from 17:00 New York on; other instruments from
%% midnight UTC on. `session' (`<<"0930-1600:23456">>', as scripts write it) and `timezone'
%% (`<<"America/Chicago">>') replace this, like the tool's `--session' and `--timezone'. With a zone alone
%% the days start at its midnight.
%%
%% Margin, hours, swap and commission are options too: see docs/trading.md.
-spec add_instrument(handle(), atom(), instrument()) -> ok | error().
add_instrument(Engine, Symbol, Spec) when is_reference(Engine), is_atom(Symbol), is_map(Spec) ->
    case {fxaot_terms:instrument(Symbol, Spec), fxaot_instrument_terms:terms(Spec)} of
        {{ok, Fields}, none} ->
            ?NATIVE(add_instrument_nif(Engine, Symbol, Fields), [Engine, Symbol, Spec]);
        {{ok, Fields}, {ok, Terms}} ->
            case ?NATIVE(add_instrument_nif(Engine, Symbol, Fields), [Engine, Symbol, Spec]) of
                ok -> ?NATIVE(set_terms_nif(Engine, Symbol, Terms), [Engine, Symbol, Spec]);
                Error -> Error
            end;
        {Error, _} -> Error
    end;
add_instrument(Engine, Symbol, Spec) -> ?BADARG([Engine, Symbol, Spec]).

%% @doc Starts a strategy under a new id.
-spec add_strategy(handle(), Id :: atom(), Strategy :: atom() | binary(), deployment()) ->
          ok | error().
add_strategy(Engine, Id, Strategy, Deployment)
  when is_reference(Engine), is_atom(Id), is_atom(Strategy) orelse is_binary(Strategy),
       is_map(Deployment) ->
    case fxaot_terms:deployment(Deployment) of
        {ok, {Symbol, Kind, Count, Price, Params}} ->
            Answer = ?NATIVE(add_strategy_nif(Engine, Id, fxaot_terms:text(Strategy), Symbol, Kind,
                                              Count, Price, Params),
                             [Engine, Id, Strategy, Deployment]),
            with_near_miss(Answer, Strategy);
        Error -> Error
    end;
add_strategy(Engine, Id, Strategy, Deployment) -> ?BADARG([Engine, Id, Strategy, Deployment]).

%% @doc Starts a script under a new id. The program is the output of `fxaot check --emit binary'; any
%% other bytes are refused.
-spec add_script(handle(), Id :: atom(), Program :: binary(), script_deployment()) ->
          ok | error().
add_script(Engine, Id, Program, Deployment)
  when is_reference(Engine), is_atom(Id), is_binary(Program), is_map(Deployment) ->
    case fxaot_terms:script_deployment(Deployment) of
        {ok, {Symbol, Kind, Count, Price, Params}} ->
            ?NATIVE(add_script_nif(Engine, Id, Program, Symbol, Kind, Count, Price, Params),
                    [Engine, Id, Program, Deployment]);
        Error -> Error
    end;
add_script(Engine, Id, Program, Deployment) -> ?BADARG([Engine, Id, Program, Deployment]).

%% @doc Stops a strategy. Its position stays in the instrument's net position.
-spec remove_strategy(handle(), Id :: atom()) -> ok | error().
remove_strategy(Engine, Id) when is_reference(Engine), is_atom(Id) ->
    ?NATIVE(remove_strategy_nif(Engine, Id), [Engine, Id]);
remove_strategy(Engine, Id) -> ?BADARG([Engine, Id]).

%% An unknown name gets the known one that is nearest to it.
with_near_miss({error, {unknown_strategy, #{strategy := Name} = Details}}, _) ->
    {error, {unknown_strategy, maps:merge(Details, near(Name, strategy_list()))}};
with_near_miss({error, {unknown_parameter, #{parameter := Name} = Details}}, Strategy) ->
    case lists:keyfind(fxaot_terms:text(Strategy), 1, strategy_list()) of
        {_, Known} -> {error, {unknown_parameter, maps:merge(Details, near(Name, Known))}};
        false -> {error, {unknown_parameter, Details}}
    end;
with_near_miss(Answer, _) -> Answer.

near(Name, Named) -> fxaot_near_miss:suggestion(Name, [element(1, Entry) || Entry <- Named]).

%% ---- quotes -----------------------------------------------------------------

%% @doc Sends one quote. Returns the events it caused, or `ok'.
%%
%% `{error, {bad_time, _}}' for a time before 1990: its unit is not nanoseconds.
%% `{error, {time_jump, _}}' for one further ahead than `max_time_jump' of the instrument's newest
%% quote, or of a later {@link advance/2}: one stray quote must not make the right ones late. After
%% three such quotes in a row, all within that span of each other, the next one is accepted with an
%% `#alarm{kind = time_jump}'. An {@link advance/2} to that time does the same.
-spec tick(handle(), Symbol :: atom(), TimeNs :: non_neg_integer(), Bid :: float(),
           Ask :: float()) -> result().
tick(Engine, Symbol, TimeNs, Bid, Ask)
  when is_reference(Engine), is_atom(Symbol), is_integer(TimeNs), is_float(Bid), is_float(Ask) ->
    tick_nif(Engine, Symbol, TimeNs, Bid, Ask);
tick(Engine, Symbol, TimeNs, Bid, Ask)
  when is_reference(Engine), is_atom(Symbol), is_integer(TimeNs), is_number(Bid), is_number(Ask) ->
    tick_nif(Engine, Symbol, TimeNs, fxaot_terms:to_float(Bid), fxaot_terms:to_float(Ask));
tick(Engine, Symbol, TimeNs, Bid, Ask) -> ?BADARG([Engine, Symbol, TimeNs, Bid, Ask]).

%% @doc Sends one quote with its sizes in base units.
-spec tick(handle(), Symbol :: atom(), TimeNs :: non_neg_integer(), Bid :: float(),
           Ask :: float(), BidSize :: float(), AskSize :: float()) -> result().
tick(Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize)
  when is_reference(Engine), is_atom(Symbol), is_integer(TimeNs), is_float(Bid), is_float(Ask),
       is_float(BidSize), is_float(AskSize) ->
    tick_nif(Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize);
tick(Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize)
  when is_reference(Engine), is_atom(Symbol), is_integer(TimeNs), is_number(Bid), is_number(Ask),
       is_number(BidSize), is_number(AskSize) ->
    F = fun fxaot_terms:to_float/1,
    tick_nif(Engine, Symbol, TimeNs, F(Bid), F(Ask), F(BidSize), F(AskSize));
tick(Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) ->
    ?BADARG([Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize]).

%% @doc Sends a batch: 48-byte records as {@link quote/6} makes them, read in place. Bad records
%% are counted in {@link stats/1} and skipped; a batch whose times are all in another unit than
%% nanoseconds is `{error, {bad_time, _}}'. Yields, so a large batch holds no scheduler.
-spec ticks(handle(), Quotes :: binary()) -> result().
ticks(Engine, Quotes) when is_reference(Engine), is_binary(Quotes) ->
    case ?NATIVE(ticks_nif(Engine, Quotes), [Engine, Quotes]) of
        {slices, [Events]} -> Events;
        {slices, Slices} -> lists:append(lists:reverse(Slices));
        Answer -> Answer
    end;
ticks(Engine, Quotes) -> ?BADARG([Engine, Quotes]).

%% @doc The same for a shared engine, without the events in the answer: they go to its subscribers.
-spec feed(handle(), Quotes :: binary()) -> ok | error().
feed(Engine, Quotes) when is_reference(Engine), is_binary(Quotes) ->
    ?NATIVE(feed_nif(Engine, Quotes), [Engine, Quotes]);
feed(Engine, Quotes) -> ?BADARG([Engine, Quotes]).

%% @doc Lets time pass without a quote: bars that end at or before TimeNs close.
-spec advance(handle(), TimeNs :: non_neg_integer()) -> result().
advance(Engine, TimeNs) when is_reference(Engine), is_integer(TimeNs) ->
    ?NATIVE(advance_nif(Engine, TimeNs), [Engine, TimeNs]);
advance(Engine, TimeNs) -> ?BADARG([Engine, TimeNs]).

%% @doc `true': from now on the owner's quotes are a replay's, which has the gaps of its files: those further
%% ahead than `max_time_jump' are accepted, and counted as `gaps' in {@link stats/1}. Others' quotes into a shared
%% engine are live. `false': the owner's are live again, as after {@link adopt/1}.
-spec set_replaying(handle(), boolean()) -> ok | error().
set_replaying(Engine, IsReplaying) when is_reference(Engine), is_boolean(IsReplaying) ->
    ?NATIVE(set_replaying_nif(Engine, IsReplaying), [Engine, IsReplaying]);
set_replaying(Engine, IsReplaying) -> ?BADARG([Engine, IsReplaying]).

%% @doc The events of the newest call, with the sequence number of the first. They are kept until
%% the next call that may cause events, or {@link acknowledge/1}: an adopter sends them again.
-spec pending(handle()) -> {ok, {FirstSequence :: pos_integer(), [event()]}} | error().
pending(Engine) when is_reference(Engine) ->
    case ?NATIVE(pending_nif(Engine), [Engine]) of
        {ok, First} ->
            case events_nif(Engine) of
                ok -> {ok, {First, []}};
                Events -> {ok, {First, Events}}
            end;
        Error -> Error
    end;
pending(Engine) -> ?BADARG([Engine]).

%% @doc Forgets the events that {@link pending/1} would return.
-spec acknowledge(handle()) -> ok | error().
acknowledge(Engine) when is_reference(Engine) -> ?NATIVE(acknowledge_nif(Engine), [Engine]);
acknowledge(Engine) -> ?BADARG([Engine]).

%% @doc One record for {@link ticks/2}. A time that fits no record becomes −1, a number beyond
%% float64 its largest value: ticks/2 counts both as bad.
-spec quote(Symbol :: atom(), TimeNs :: non_neg_integer(), Bid :: float(), Ask :: float(),
            BidSize :: float(), AskSize :: float()) -> <<_:384>>.
quote(Symbol, TimeNs, Bid, Ask, BidSize, AskSize)
  when is_atom(Symbol), is_integer(TimeNs), is_number(Bid), is_number(Ask), is_number(BidSize),
       is_number(AskSize) ->
    case symbol_key(Symbol) of
        {ok, Key} ->
            Time = if
                       TimeNs >= 0, TimeNs =< ?MAX_INT64 -> TimeNs;
                       true -> -1
                   end,
            F = fun fxaot_terms:to_float/1,
            <<Time:64/little-signed, Key:64/little, (F(Bid)):64/little-float,
              (F(Ask)):64/little-float, (F(BidSize)):64/little-float,
              (F(AskSize)):64/little-float>>;
        _ -> ?BADARG([Symbol, TimeNs, Bid, Ask, BidSize, AskSize])
    end;
quote(Symbol, TimeNs, Bid, Ask, BidSize, AskSize) ->
    ?BADARG([Symbol, TimeNs, Bid, Ask, BidSize, AskSize]).

%% @doc A symbol's key in a batch record.
-spec symbol_key(Symbol :: atom()) -> {ok, pos_integer()} | error().
symbol_key(Symbol) when is_atom(Symbol) -> symbol_key_nif(Symbol);
symbol_key(Symbol) -> ?BADARG([Symbol]).

%% ---- actors -----------------------------------------------------------------

%% @equiv start_actor(Engine, #{})
-spec start_actor(handle()) -> {ok, mailbox()} | error().
start_actor(Engine) -> start_actor(Engine, #{}).

%% @doc Gives the engine to a native thread of its own. Any process may then send quotes to the
%% mailbox; {@link tick/5}, {@link tick/7}, {@link ticks/2} and {@link advance/2} return `{error, {actor_mode, _}}'. Only
%% the owner may read or change the engine; the thread does that between two turns, after the quotes
%% accepted before. Ends with {@link stop_actor/1}, with the owner, or when nobody holds the mailbox.
-spec start_actor(handle(), actor()) -> {ok, mailbox()} | error().
start_actor(Engine, Options) when is_reference(Engine), is_map(Options) ->
    case fxaot_terms:actor(Options) of
        {ok, {Name, Capacity, Events, {Overflow, WaitNs}, Waiting, Budget, Processor}} ->
            ?NATIVE(start_actor_nif(Engine, Name, Capacity, Events, Overflow, WaitNs, Waiting,
                                    Budget, Processor),
                    [Engine, Options]);
        Error -> Error
    end;
start_actor(Engine, Options) -> ?BADARG([Engine, Options]).

%% @doc Refuses further quotes, waits until the accepted ones have been handled, and gives the engine
%% back to its owner. Only the owner may call this. Calling it again returns `ok'.
-spec stop_actor(handle()) -> ok | error().
stop_actor(Engine) when is_reference(Engine) -> ?NATIVE(stop_actor_nif(Engine), [Engine]);
stop_actor(Engine) -> ?BADARG([Engine]).

%% @doc Puts one quote into a mailbox, from any process; each process's quotes keep their order.
%% `{error, full}' and `{error, stopped}' changed nothing. A time that is not in nanoseconds is
%% `{error, {bad_time, _}}' at once; the engine counts other faults of a quote, see {@link stats/1}.
-spec send(mailbox() | router(), Symbol :: atom(), TimeNs :: integer(), Bid :: float(), Ask :: float()) ->
          ok | {error, full | stopped} | error().
send(Mailbox, Symbol, TimeNs, Bid, Ask)
  when is_reference(Mailbox), is_atom(Symbol), is_integer(TimeNs), is_float(Bid), is_float(Ask) ->
    case send_nif(Mailbox, Symbol, TimeNs, Bid, Ask) of
        {wait, _, _, _} = Wait ->
            waited(Wait, Mailbox, policy, fun(_) -> send_nif(Mailbox, Symbol, TimeNs, Bid, Ask) end);
        Answer -> Answer
    end;
send(Mailbox, Symbol, TimeNs, Bid, Ask)
  when is_reference(Mailbox), is_atom(Symbol), is_integer(TimeNs), is_number(Bid),
       is_number(Ask) ->
    send(Mailbox, Symbol, TimeNs, fxaot_terms:to_float(Bid), fxaot_terms:to_float(Ask));
send(Mailbox, Symbol, TimeNs, Bid, Ask) -> ?BADARG([Mailbox, Symbol, TimeNs, Bid, Ask]).

%% @doc Puts one quote with its sizes into a mailbox.
-spec send(mailbox() | router(), Symbol :: atom(), TimeNs :: integer(), Bid :: float(), Ask :: float(),
           BidSize :: float(), AskSize :: float()) -> ok | {error, full | stopped} | error().
send(Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize)
  when is_reference(Mailbox), is_atom(Symbol), is_integer(TimeNs), is_float(Bid), is_float(Ask),
       is_float(BidSize), is_float(AskSize) ->
    case send_nif(Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) of
        {wait, _, _, _} = Wait ->
            waited(Wait, Mailbox, policy,
                   fun(_) -> send_nif(Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) end);
        Answer -> Answer
    end;
send(Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize)
  when is_reference(Mailbox), is_atom(Symbol), is_integer(TimeNs), is_number(Bid),
       is_number(Ask), is_number(BidSize), is_number(AskSize) ->
    F = fun fxaot_terms:to_float/1,
    send(Mailbox, Symbol, TimeNs, F(Bid), F(Ask), F(BidSize), F(AskSize));
send(Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) ->
    ?BADARG([Mailbox, Symbol, TimeNs, Bid, Ask, BidSize, AskSize]).

%% @doc Puts a batch of records into a mailbox, in order. If only the first ones find room, this returns
%% `{error, {full, #{accepted => Count}}}', and `{error, full}' if none does; the same with `stopped'.
-spec send_batch(mailbox() | router(), Quotes :: binary()) -> ok | {error, full | stopped} | error().
send_batch(Mailbox, Quotes) when is_reference(Mailbox), is_binary(Quotes) ->
    ?NATIVE(batch(Mailbox, Quotes, 0, policy), [Mailbox, Quotes]);
send_batch(Mailbox, Quotes) -> ?BADARG([Mailbox, Quotes]).

%% @doc The same, but waits for room, at most that many milliseconds, whatever the mailbox's own `overflow' is.
-spec send_batch(mailbox() | router(), Quotes :: binary(), Milliseconds :: 0..3600000) ->
          ok | {error, full | stopped} | error().
send_batch(Mailbox, Quotes, Milliseconds)
  when is_reference(Mailbox), is_binary(Quotes), is_integer(Milliseconds), Milliseconds >= 0,
       Milliseconds =< 3600000 ->
    ?NATIVE(batch(Mailbox, Quotes, 1, Milliseconds * 1000000),
            [Mailbox, Quotes, Milliseconds]);
send_batch(Mailbox, Quotes, Milliseconds) -> ?BADARG([Mailbox, Quotes, Milliseconds]).

%% @doc The same with quotes that are marked as a replay's, see {@link set_replaying/2}.
-spec send_replay(mailbox() | router(), Quotes :: binary(), Milliseconds :: 0..3600000) ->
          ok | {error, full | stopped} | error().
send_replay(Mailbox, Quotes, Milliseconds)
  when is_reference(Mailbox), is_binary(Quotes), is_integer(Milliseconds), Milliseconds >= 0,
       Milliseconds =< 3600000 ->
    ?NATIVE(batch(Mailbox, Quotes, 2, Milliseconds * 1000000),
            [Mailbox, Quotes, Milliseconds]);
send_replay(Mailbox, Quotes, Milliseconds) -> ?BADARG([Mailbox, Quotes, Milliseconds]).

%% @doc Lets time pass as {@link advance/2} does, in its turn among the quotes.
-spec send_advance(mailbox() | router(), TimeNs :: integer()) -> ok | {error, full | stopped} | error().
send_advance(Mailbox, TimeNs) when is_reference(Mailbox), is_integer(TimeNs) ->
    Send = fun(_) -> send_advance_nif(Mailbox, TimeNs) end,
    ?NATIVE(waited(Send(0), Mailbox, policy, Send), [Mailbox, TimeNs]);
send_advance(Mailbox, TimeNs) -> ?BADARG([Mailbox, TimeNs]).

batch(Mailbox, Quotes, Kind, Limit) ->
    Send = fun(Done) -> send_batch_nif(Mailbox, Quotes, Done, Kind) end,
    waited(Send(0), Mailbox, Limit, Send).

%% Waits for room where a call has found none, as long as the mailbox's policy or the caller says (ns). The process waits
%% for the actor's message, so it holds no scheduler. Done quotes of a batch have found room.
waited({wait, Policy, Done, Symbol}, To, Limit, Send) ->
    Wait = case Limit of
               policy -> Policy;
               _ -> Limit
           end,
    waited(Done, Symbol, To, erlang:monotonic_time(nanosecond) + Wait, Send);
waited(Answer, _, _, _) -> Answer.

%% Once it is known that this process waits it tries again, so that no room is overlooked.
waited(Done, Symbol, To, End, Send) ->
    Ref = make_ref(),
    Places = wait_nif(To, Ref, Symbol),
    case Send(Done) of
        {wait, _, Done, Symbol} ->
            receive {fxaot_room, Ref} -> again(Done, To, End, Send)
            after pause(Places, End) ->
                    no_longer(Places, Ref),
                    case erlang:monotonic_time(nanosecond) < End of
                        true -> again(Done, To, End, Send);
                        false -> full(Done)
                    end
            end;
        {wait, _, More, Next} ->
            no_longer(Places, Ref),
            waited(More, Next, To, End, Send);
        Answer ->
            no_longer(Places, Ref),
            Answer
    end.

again(Done, To, End, Send) ->
    case Send(Done) of
        {wait, _, More, Next} -> waited(More, Next, To, End, Send);
        Answer -> Answer
    end.

%% Nobody rings for a router's advance, which waits for several engines.
pause([], _) -> 1;
pause(_, End) -> max(0, (End - erlang:monotonic_time(nanosecond) + 999999) div 1000000).

no_longer(Places, Ref) ->
    lists:foreach(fun(Place) ->
                          case stop_waiting_nif(Place, Ref) of
                              true -> ok;
                              false -> receive {fxaot_room, Ref} -> ok end
                          end
                  end, Places).

full(0) -> {error, full};
full(Done) -> {error, {full, #{accepted => Done}}}.

%% @doc Takes events that wait, oldest first, with their sequence numbers: at most Most, and at
%% most 1,024. `{error, {busy, _}}' while another process drains. Events for which there was no
%% room are missing, and are counted as `unpulled' in {@link mailbox/1}.
-spec drain(mailbox(), Most :: non_neg_integer()) ->
          {ok, [{Sequence :: pos_integer(), event()}]} | error().
drain(Mailbox, Most) when is_reference(Mailbox), is_integer(Most), Most >= 0 ->
    ?NATIVE(drain_nif(Mailbox, min(Most, 1024)), [Mailbox, Most]);
drain(Mailbox, Most) -> ?BADARG([Mailbox, Most]).

%% @equiv subscribe(Mailbox, Subscriber, infinity)
-spec subscribe(mailbox(), pid()) -> ok | error().
subscribe(Mailbox, Subscriber) -> subscribe(Mailbox, Subscriber, infinity).

%% @doc From now on that local process gets `{fxaot_events, Name, Incarnation, FirstSequence, [Event]}', from
%% a mailbox's native thread after each turn with events, from a shared engine after each call: that many
%% messages, until {@link allow/3} allows more. Events beyond are counted as missed, and
%% `{fxaot_gap, Name, From, To}' names them before the next message, or when more are allowed. Ends with
%% the process. At most 256 subscribers.
-spec subscribe(mailbox() | handle(), pid(), Allowance :: non_neg_integer() | infinity) -> ok | error().
subscribe(Mailbox, Subscriber, Allowance)
  when is_reference(Mailbox), is_pid(Subscriber), node(Subscriber) =:= node(),
       Allowance =:= infinity orelse is_integer(Allowance) andalso Allowance >= 0 ->
    ?NATIVE(subscribe_nif(Mailbox, Subscriber, allowance(Allowance)),
            [Mailbox, Subscriber, Allowance]);
subscribe(Mailbox, Subscriber, Allowance) -> ?BADARG([Mailbox, Subscriber, Allowance]).

-spec unsubscribe(mailbox() | handle(), pid()) -> ok.
unsubscribe(Mailbox, Subscriber)
  when is_reference(Mailbox), is_pid(Subscriber), node(Subscriber) =:= node() ->
    ?NATIVE(unsubscribe_nif(Mailbox, Subscriber), [Mailbox, Subscriber]);
unsubscribe(Mailbox, Subscriber) -> ?BADARG([Mailbox, Subscriber]).

%% @doc Sets how many more messages a subscriber may get. `{error, {not_found, _}}' if the process is not a
%% subscriber.
-spec allow(mailbox() | handle(), pid(), Allowance :: non_neg_integer() | infinity) -> ok | error().
allow(Mailbox, Subscriber, Allowance)
  when is_reference(Mailbox), is_pid(Subscriber), node(Subscriber) =:= node(),
       Allowance =:= infinity orelse is_integer(Allowance) andalso Allowance >= 0 ->
    ?NATIVE(allow_nif(Mailbox, Subscriber, allowance(Allowance)),
            [Mailbox, Subscriber, Allowance]);
allow(Mailbox, Subscriber, Allowance) -> ?BADARG([Mailbox, Subscriber, Allowance]).

allowance(infinity) -> infinity;
allowance(Number) -> min(Number, ?MAX_INT64 - 1).

%% @doc A mailbox's figures, for any process and without waiting: `state' (`running' or `stopped'),
%% `capacity', quotes `waiting', `pushed', `handled', `refused', `dropped', the `high_water' mark,
%% events `pulled' and `unpulled', `missed' by subscribers, `subscribers' with the events each missed,
%% the thread's `rounds' and `sleeps', and `pinning' (0, or the system's error).
-spec mailbox(mailbox()) -> #{atom() => term()}.
mailbox(Mailbox) when is_reference(Mailbox) -> ?NATIVE(mailbox_nif(Mailbox), [Mailbox]);
mailbox(Mailbox) -> ?BADARG([Mailbox]).

%% ---- several engines ---------------------------------------------------------

%% @doc Makes a router. The functions that send to a mailbox also send through a router: a quote goes to
%% the mailbox of the engine that has its instrument. `overflow' must be that of these mailboxes.
-spec router(actor()) -> {ok, router()} | error().
router(Options) when is_map(Options) ->
    case fxaot_terms:actor(maps:with([overflow], Options)) of
        {ok, {_, _, _, {_, WaitNs}, _, _, _}} -> router_nif(WaitNs);
        Error -> Error
    end;
router(Options) -> ?BADARG([Options]).

%% @doc Replaces all routes. When it returns, the quotes that took the old routes are in their mailboxes.
%% Symbols are 1 to 31 printable ASCII characters, each at most once.
-spec set_routes(router(), [{Symbol :: atom(), mailbox()}]) -> ok | error().
set_routes(Router, Routes) when is_reference(Router), is_list(Routes) ->
    ?NATIVE(set_routes_nif(Router, Routes), [Router, Routes]);
set_routes(Router, Routes) -> ?BADARG([Router, Routes]).

%% @doc Moves instruments from one engine in actor mode to another while quotes flow: no quote is
%% lost, doubled or overtaken, and their events go on as if they had stayed. `Routes' are the routes
%% after the move. Any process may call it; `{error, {stopped, _}}' if an engine has no actor.
%% A refused move changes neither routes nor instruments.
-spec move(router(), Routes :: [{Symbol :: atom(), mailbox()}], From :: handle(), To :: handle(),
           Symbols :: [atom()]) -> ok | error().
move(Router, Routes, From, To, Symbols)
  when is_reference(Router), is_list(Routes), is_reference(From), is_reference(To),
       is_list(Symbols) ->
    ?NATIVE(move_nif(Router, Routes, From, To, Symbols), [Router, Routes, From, To, Symbols]);
move(Router, Routes, From, To, Symbols) -> ?BADARG([Router, Routes, From, To, Symbols]).

%% @doc How many quotes have had no route.
-spec unrouted(router()) -> non_neg_integer().
unrouted(Router) when is_reference(Router) -> ?NATIVE(unrouted_nif(Router), [Router]);
unrouted(Router) -> ?BADARG([Router]).

%% @doc The symbols that an engine has.
-spec instruments(handle()) -> [atom()] | error().
instruments(Engine) when is_reference(Engine) -> ?NATIVE(instruments_nif(Engine), [Engine]);
instruments(Engine) -> ?BADARG([Engine]).

%% ---- native code --------------------------------------------------------------

%% @doc Loads the variant for this processor of an artifact, by the path of its manifest. The files
%% and their folder must belong to the user or root and be writable by nobody else, and the bytes
%% must have the manifest's hash. Every user of the code keeps it loaded; it is unloaded after the last
%% one.
-spec load_native(ManifestPath :: file:name_all()) -> {ok, native()} | error().
load_native(Path) when is_binary(Path); is_list(Path) ->
    case manifest_path(Path) of
        error -> ?BADARG([Path]);
        Native -> ?NATIVE(load_native_nif(Native), [Path])
    end;
load_native(Path) -> ?BADARG([Path]).

manifest_path(Path) ->
    try unicode:characters_to_binary(filename:absname(Path), unicode, file:native_name_encoding()) of
        Binary when is_binary(Binary) -> Binary;
        _ -> error
    catch error:_ -> error
    end.

%% @doc About a loaded artifact: the hash of its plan, the processors of the loaded variant, the
%% compiler, the manifest's path.
-spec native_info(native()) ->
          {ok, #{plan := <<_:256>>, cpu := binary(), compiler := binary(), path := binary()}}.
native_info(Native) when is_reference(Native) -> ?NATIVE(native_info_nif(Native), [Native]);
native_info(Native) -> ?BADARG([Native]).

%% @doc The plan of a running script, from which native code is printed, and its SHA-256.
-spec script_plan(handle(), Id :: atom()) ->
          {ok, #{hash := <<_:256>>, bytes := binary()}} | error().
script_plan(Engine, Id) when is_reference(Engine), is_atom(Id) ->
    ?NATIVE(script_plan_nif(Engine, Id), [Engine, Id]);
script_plan(Engine, Id) -> ?BADARG([Engine, Id]).

%% @doc The plan of a prepared script; any process may ask.
-spec script_plan(prepared()) -> {ok, #{hash := <<_:256>>, bytes := binary()}} | error().
script_plan(Prepared) when is_reference(Prepared) ->
    ?NATIVE(script_plan_nif(Prepared), [Prepared]);
script_plan(Prepared) -> ?BADARG([Prepared]).

%% @doc The plan of a script that no engine runs yet, on bars of the deployment's instrument with these
%% terms: the same as that of the running script. `{error, {bad_script, _}}' too for one that reads other
%% instruments.
-spec script_plan(Program :: binary(), instrument(), script_deployment()) ->
          {ok, #{hash := <<_:256>>, bytes := binary()}} | error().
script_plan(Program, Terms, Deployment)
  when is_binary(Program), is_map(Terms), is_map(Deployment) ->
    case fxaot_terms:script_deployment(Deployment) of
        {ok, {Symbol, Kind, Count, _, Params}} ->
            case fxaot_terms:instrument(Symbol, Terms) of
                {ok, Fields} ->
                    ?NATIVE(script_plan_nif(Program, Symbol, Fields, Kind, Count, Params),
                            [Program, Terms, Deployment]);
                Error -> Error
            end;
        Error -> Error
    end;
script_plan(Program, Terms, Deployment) -> ?BADARG([Program, Terms, Deployment]).

%% @doc Runs a script in native code from its next bar on; its events stay the same.
%% `{error, {bad_artifact, _}}' for code of another plan.
-spec attach_native(handle(), Id :: atom(), native()) -> ok | error().
attach_native(Engine, Id, Native) when is_reference(Engine), is_atom(Id), is_reference(Native) ->
    ?NATIVE(attach_native_nif(Engine, Id, Native), [Engine, Id, Native]);
attach_native(Engine, Id, Native) -> ?BADARG([Engine, Id, Native]).

%% @doc The same for a prepared script; any process may call it.
-spec attach_native(prepared(), native()) -> ok | error().
attach_native(Prepared, Native) when is_reference(Prepared), is_reference(Native) ->
    ?NATIVE(attach_native_nif(Prepared, Native), [Prepared, Native]);
attach_native(Prepared, Native) -> ?BADARG([Prepared, Native]).

%% @doc Runs a script on the VM again, from its next bar on.
-spec detach_native(handle(), Id :: atom()) -> ok | error().
detach_native(Engine, Id) when is_reference(Engine), is_atom(Id) ->
    ?NATIVE(detach_native_nif(Engine, Id), [Engine, Id]);
detach_native(Engine, Id) -> ?BADARG([Engine, Id]).

%% ---- reloads ------------------------------------------------------------------

%% @doc Copies the basis for another version of a running strategy: instrument, kept bars, the texts of
%% its book. Kind, Count: the new version's timeframe, and Price, which must be the running
%% one's, as {@link fxaot_terms:script_deployment/1} has them. Quick.
-spec reload_basis(handle(), Id :: atom(), Kind :: 0..5, Count :: pos_integer(), Price :: 0..2) ->
          {ok, basis()} | error().
reload_basis(Engine, Id, Kind, Count, Price)
  when is_reference(Engine), is_atom(Id), is_integer(Kind), is_integer(Count), is_integer(Price) ->
    ?NATIVE(reload_basis_nif(Engine, Id, Kind, Count, Price), [Engine, Id, Kind, Count, Price]);
reload_basis(Engine, Id, Kind, Count, Price) -> ?BADARG([Engine, Id, Kind, Count, Price]).

%% @doc Builds another version and runs it on the kept bars; from any process, on a dirty scheduler.
%% A binary that begins with `FXIR' is a script's program; any other name is a strategy of
%% {@link strategy_list/0}. Scripts replace scripts, built-in strategies replace built-in strategies.
-spec prepare(basis(), ProgramOrName :: binary() | atom(),
              Params :: #{atom() | binary() => number() | boolean() | atom() | binary()}) ->
          {ok, prepared()} | error().
prepare(Basis, <<"FXIR", _/binary>> = Program, Params) when is_reference(Basis), is_map(Params) ->
    case fxaot_params:inputs(Params) of
        {ok, List} -> ?NATIVE(prepare_script_nif(Basis, Program, List), [Basis, Program, Params]);
        Error -> Error
    end;
prepare(Basis, Name, Params)
  when is_reference(Basis), is_atom(Name) orelse is_binary(Name), is_map(Params) ->
    case fxaot_params:params(Params) of
        {ok, List} ->
            Answer = ?NATIVE(prepare_strategy_nif(Basis, fxaot_terms:text(Name), List),
                             [Basis, Name, Params]),
            with_near_miss(Answer, Name);
        Error -> Error
    end;
prepare(Basis, Name, Params) -> ?BADARG([Basis, Name, Params]).

%% @doc Replaces the running version by a prepared one, between two quotes. The new version first runs
%% the bars that have closed since the basis was copied. It keeps position, waiting orders and the
%% script's book, and uses its own settings. On an error the running version continues: `stale' if it
%% has changed since the basis was copied. Quick, unless many bars have closed since.
-spec swap(handle(), Id :: atom(), prepared()) -> {ok, report()} | error().
swap(Engine, Id, Prepared) when is_reference(Engine), is_atom(Id), is_reference(Prepared) ->
    ?NATIVE(swap_nif(Engine, Id, Prepared), [Engine, Id, Prepared]);
swap(Engine, Id, Prepared) -> ?BADARG([Engine, Id, Prepared]).

%% ---- trading ----------------------------------------------------------------

%% @doc The account's terms; what is not given has its default. `{error, {busy, _}}' once there is an order or a
%% position. See docs/trading.md for this and the functions that follow.
-spec set_account(handle(), fxaot_account_terms:account()) -> ok | error().
set_account(Engine, Terms) when is_reference(Engine), is_map(Terms) ->
    case fxaot_account_terms:account(Terms) of
        {ok, Places} -> ?NATIVE(set_account_nif(Engine, Places), [Engine, Terms]);
        Error -> Error
    end;
set_account(Engine, Terms) -> ?BADARG([Engine, Terms]).

%% @doc The limits of the risk gate; what is not given is off.
-spec set_risk(handle(), fxaot_account_terms:risk()) -> ok | error().
set_risk(Engine, Risk) when is_reference(Engine), is_map(Risk) ->
    case fxaot_account_terms:risk(Risk) of
        {ok, Places} -> ?NATIVE(set_risk_nif(Engine, Places), [Engine, Risk]);
        Error -> Error
    end;
set_risk(Engine, Risk) -> ?BADARG([Engine, Risk]).

%% @doc Latency, slippage and rejects of the paper venue; what is not given is none.
-spec set_venue(handle(), fxaot_account_terms:venue()) -> ok | error().
set_venue(Engine, Venue) when is_reference(Engine), is_map(Venue) ->
    case fxaot_account_terms:venue(Venue) of
        {ok, Places} -> ?NATIVE(set_venue_nif(Engine, Places), [Engine, Venue]);
        Error -> Error
    end;
set_venue(Engine, Venue) -> ?BADARG([Engine, Venue]).

%% @doc The trading terms of an instrument that the engine has; what is not given is as usual.
-spec set_terms(handle(), Symbol :: atom(), fxaot_instrument_terms:terms()) -> ok | error().
set_terms(Engine, Symbol, Terms) when is_reference(Engine), is_atom(Symbol), is_map(Terms) ->
    case fxaot_instrument_terms:all(Terms) of
        {ok, Places} -> ?NATIVE(set_terms_nif(Engine, Symbol, Places), [Engine, Symbol, Terms]);
        Error -> Error
    end;
set_terms(Engine, Symbol, Terms) -> ?BADARG([Engine, Symbol, Terms]).

%% @doc Sends an order to the risk gate. `{error, {Reason, #{number := Number}}}' if that refuses it, with the refused
%% order's number and the numbers of the reason; `{error, {bad_order, #{field := _}}}' if it cannot be read. An id that an earlier order has gives that order's state, and sends
%% no second one.
-spec submit(handle(), fxaot_order:request()) -> answer(fxaot_order:order()).
submit(Engine, Order) when is_reference(Engine), is_map(Order) ->
    case fxaot_order:request(Order) of
        {ok, Places} -> fxaot_order:with_value(?NATIVE(submit_nif(Engine, Places), [Engine, Order]), Order);
        Error -> Error
    end;
submit(Engine, Order) -> ?BADARG([Engine, Order]).

%% @doc Changes an order that has not ended. The gate checks it again.
-spec modify(handle(), fxaot_order:id(), fxaot_order:change()) -> answer(fxaot_order:order()).
modify(Engine, Id, Change) when is_reference(Engine), is_binary(Id), is_map(Change) ->
    case {fxaot_order:is_name(Id), fxaot_order:change(Change)} of
        {true, {ok, Places}} ->
            fxaot_order:with_value(?NATIVE(modify_nif(Engine, Id, Places), [Engine, Id, Change]), Change);
        {true, Error} -> Error;
        {false, _} -> {error, {not_found, #{id => Id}}}
    end;
modify(Engine, Id, Change) -> ?BADARG([Engine, Id, Change]).

%% @doc Cancels an order that has not ended.
-spec cancel(handle(), fxaot_order:id()) -> answer(fxaot_order:order()).
cancel(Engine, Id) when is_reference(Engine), is_binary(Id) ->
    case fxaot_order:is_name(Id) of
        true -> ?NATIVE(cancel_nif(Engine, Id), [Engine, Id]);
        false -> {error, {not_found, #{id => Id}}}
    end;
cancel(Engine, Id) -> ?BADARG([Engine, Id]).

%% @doc Cancels all orders, or those of a symbol, a strategy or both. Attached orders stay.
-spec cancel_all(handle(), all | #{symbol => atom(), strategy => atom()}) -> answer(non_neg_integer()).
cancel_all(Engine, all) -> cancel_all(Engine, #{});
cancel_all(Engine, Which) when is_reference(Engine), is_map(Which) ->
    case {fxaot_terms:known_options(Which, [strategy, symbol]),
          [maps:get(Key, Which, undefined) || Key <- [symbol, strategy]]} of
        {ok, [Symbol, Strategy]} when is_atom(Symbol), is_atom(Strategy) ->
            ?NATIVE(cancel_all_nif(Engine, Symbol, Strategy), [Engine, Which]);
        {ok, _} -> ?BADARG([Engine, Which]);
        {Error, _} -> Error
    end;
cancel_all(Engine, Which) -> ?BADARG([Engine, Which]).

%% @doc Closes an instrument's position, or a ticket: market orders, one for each ticket.
-spec close(handle(), Symbol :: atom() | {ticket, fxaot_order:id()}) -> answer([fxaot_order:order()]).
close(Engine, What) when is_reference(Engine), is_atom(What) ->
    ?NATIVE(close_symbol_nif(Engine, What, 0), [Engine, What]);
close(Engine, {ticket, Id} = What) when is_reference(Engine), is_binary(Id) ->
    closed_ticket(Id, fun() -> ?NATIVE(close_ticket_nif(Engine, Id, 0), [Engine, What]) end);
close(Engine, What) -> ?BADARG([Engine, What]).

%% @doc The same for a part.
-spec close(handle(), Symbol :: atom() | {ticket, fxaot_order:id()}, Quantity :: pos_integer()) ->
          answer([fxaot_order:order()]).
close(Engine, What, Quantity)
  when is_reference(Engine), is_integer(Quantity), is_atom(What) orelse element(1, What) =:= ticket,
       Quantity < 1 orelse Quantity > ?MAX_INT64 ->
    {error, {bad_order, #{field => quantity, value => Quantity, expected => "a whole number from 1"}}};
close(Engine, What, Quantity) when is_reference(Engine), is_atom(What), is_integer(Quantity) ->
    ?NATIVE(close_symbol_nif(Engine, What, Quantity), [Engine, What, Quantity]);
close(Engine, {ticket, Id} = What, Quantity) when is_reference(Engine), is_binary(Id), is_integer(Quantity) ->
    closed_ticket(Id, fun() -> ?NATIVE(close_ticket_nif(Engine, Id, Quantity), [Engine, What, Quantity]) end);
close(Engine, What, Quantity) -> ?BADARG([Engine, What, Quantity]).

%% @doc Closes a ticket by an opposite one: their common quantity, at the difference of their entry prices.
-spec close_by(handle(), fxaot_order:id(), By :: fxaot_order:id()) -> answer([]).
close_by(Engine, Id, By) when is_reference(Engine), is_binary(Id), is_binary(By) ->
    closed_ticket(Id, fun() ->
                              closed_ticket(By, fun() -> ?NATIVE(close_by_nif(Engine, Id, By), [Engine, Id, By])
                                                end)
                      end);
close_by(Engine, Id, By) -> ?BADARG([Engine, Id, By]).

closed_ticket(Id, Close) ->
    case fxaot_order:is_id(Id) andalso Close() of
        {error, {bad_order, #{field := ticket} = Details}} ->
            {error, {bad_order, Details#{value => Id}}};
        false -> {error, {bad_order, #{field => ticket, value => Id}}};
        Answer -> Answer
    end.

%% @doc Pays an amount in the account currency in. The account then.
-spec deposit(handle(), Amount :: number()) -> answer(#{atom() => term()}).
deposit(Engine, Amount) when is_reference(Engine), is_number(Amount) -> paid(Engine, Amount, 1);
deposit(Engine, Amount) -> ?BADARG([Engine, Amount]).

%% @doc Pays out, at most the free margin. The account then.
-spec withdraw(handle(), Amount :: number()) -> answer(#{atom() => term()}).
withdraw(Engine, Amount) when is_reference(Engine), is_number(Amount) -> paid(Engine, Amount, -1);
withdraw(Engine, Amount) -> ?BADARG([Engine, Amount]).

paid(Engine, Amount, Sign) when Amount > 0, Amount =< ?MAX_AMOUNT ->
    case fxaot_account_terms:micro(Amount) of
        0 -> bad_amount(Amount);
        Micro -> fxaot_order:with_value(?NATIVE(cash_nif(Engine, Sign * Micro), [Engine, Amount]),
                                        #{amount => Amount})
    end;
paid(_, Amount, _) -> bad_amount(Amount).

bad_amount(Amount) ->
    {error, {bad_order, #{field => amount, value => Amount,
                          expected => "from 0.000001 to 1,000,000,000,000 of the account currency"}}}.

%% @doc The kill switch: from any process, also while another one is in the engine, in effect for the next order.
%% {@link apply_state/1} then cancels what a halt cancels. Of an engine in actor mode, its mailbox does too.
-spec set_state(handle() | mailbox(), trading_state()) -> ok | error().
set_state(Engine, State)
  when is_reference(Engine), State =:= active orelse State =:= reducing orelse State =:= halted ->
    Number = case State of active -> 0; reducing -> 1; halted -> 2 end,
    ?NATIVE(set_state_nif(Engine, Number), [Engine, State]);
set_state(Engine, State) -> ?BADARG([Engine, State]).

%% @doc Cancels what the state cancels. The state.
-spec apply_state(handle()) -> answer(trading_state()).
apply_state(Engine) when is_reference(Engine) -> ?NATIVE(apply_state_nif(Engine), [Engine]);
apply_state(Engine) -> ?BADARG([Engine]).

%% @doc Trading ends: closes and liquidations that still wait fill at their instruments' last quotes, if these are no
%% older than `max_quote_age_ms', or without that 5 seconds, by the engine's time. How many positions are left.
-spec fill_rest(handle()) -> answer(non_neg_integer()).
fill_rest(Engine) when is_reference(Engine) -> ?NATIVE(fill_rest_nif(Engine), [Engine]);
fill_rest(Engine) -> ?BADARG([Engine]).

%% @doc An order by its id, also one that has ended.
-spec order(handle(), fxaot_order:id()) -> {ok, fxaot_order:order()} | error().
order(Engine, Id) when is_reference(Engine), is_binary(Id) ->
    case fxaot_order:is_name(Id) of
        true -> ?NATIVE(order_nif(Engine, Id), [Engine, Id]);
        false -> {error, {not_found, #{id => Id}}}
    end;
order(Engine, Id) -> ?BADARG([Engine, Id]).

%% @doc The orders that have not ended, oldest first.
-spec orders(handle()) -> [fxaot_order:order()] | error().
orders(Engine) when is_reference(Engine) -> ?NATIVE(orders_nif(Engine), [Engine]);
orders(Engine) -> ?BADARG([Engine]).

%% @doc The open tickets of a hedging account, oldest first.
-spec tickets(handle()) -> [fxaot_order:ticket()] | error().
tickets(Engine) when is_reference(Engine) -> ?NATIVE(tickets_nif(Engine), [Engine]);
tickets(Engine) -> ?BADARG([Engine]).

%% @doc Closed trades from number First on (the oldest is 0), at most 1,000, and the First to go on with, or `done'.
%% Old ones are forgotten, see docs/trading.md.
-spec trades(handle(), First :: non_neg_integer()) ->
          {ok, [fxaot_order:trade()], Next :: pos_integer() | done} | error().
trades(Engine, First) when is_reference(Engine), is_integer(First), First >= 0 ->
    ?NATIVE(trades_nif(Engine, min(First, ?MAX_INT64)), [Engine, First]);
trades(Engine, First) -> ?BADARG([Engine, First]).

%% ---- gateway: see docs/gateways.md --------------------------------------------

%% @doc `up' or `down': orders go to a broker, whose connection is up or down; `none': to the paper venue. `{error,
%% {busy, _}}' when the venue would change while there is an order or a position.
-spec set_gateway(handle(), none | down | up) -> ok | error().
set_gateway(Engine, Link) when is_reference(Engine), Link =:= none orelse Link =:= down orelse Link =:= up ->
    Number = case Link of none -> 0; down -> 1; up -> 2 end,
    ?NATIVE(set_gateway_nif(Engine, Number), [Engine, Link]);
set_gateway(Engine, Link) -> ?BADARG([Engine, Link]).

%% @doc The engine begins to record what it takes in: with the scope `inputs' everything, quotes included, with
%% `account' what there is and the account's items that have changed; with `nothing' it ends. See docs/journal.md.
%% Whoever owns the engine calls it.
-spec start_journal(handle(), Scope :: nothing | account | inputs) -> ok | error().
start_journal(Engine, Scope)
  when is_reference(Engine), Scope =:= nothing orelse Scope =:= account orelse Scope =:= inputs ->
    ?NATIVE(start_journal_nif(Engine, scope(Scope)), [Engine, Scope]);
start_journal(Engine, Scope) -> ?BADARG([Engine, Scope]).

scope(nothing) -> 0;
scope(account) -> 1;
scope(inputs) -> 2.

%% @doc What the engine has recorded since the last call: records of their payload's length (32 bits, little-endian),
%% type (8 bits) and payload. IsBroken: some are lost since the last snapshot. Any process may call it, one at a time.
-spec take_journal(handle()) -> {ok, Records :: binary(), IsBroken :: boolean()} | error().
take_journal(Engine) when is_reference(Engine) -> ?NATIVE(take_journal_nif(Engine), [Engine]);
take_journal(Engine) -> ?BADARG([Engine]).

%% @doc The journal takes no records: nothing is recorded, and new orders are refused (`journal_unavailable'), until
%% the next snapshot. Any process may call it.
-spec lose_journal(handle()) -> ok | error().
lose_journal(Engine) when is_reference(Engine) -> ?NATIVE(lose_journal_nif(Engine), [Engine]);
lose_journal(Engine) -> ?BADARG([Engine]).

%% @doc Carries out whole records of a segment, whose sums have been checked: see docs/journal.md. After an error the
%% engine is not what the journal tells, and is to be closed. Whoever owns the engine calls it. O(records).
-spec apply_records(handle(), Records :: binary()) -> ok | error().
apply_records(Engine, Records) when is_reference(Engine), is_binary(Records) ->
    ?NATIVE(apply_nif(Engine, Records), [Engine, Records]);
apply_records(Engine, Records) -> ?BADARG([Engine, Records]).

%% @doc After the last record of a journal without quotes: {@link strategies/1} says of each strategy `stale_since', the
%% time of the newest quote that it knows. Whoever owns the engine calls it.
-spec mark_stale(handle()) -> ok | error().
mark_stale(Engine) when is_reference(Engine) -> ?NATIVE(mark_stale_nif(Engine), [Engine]);
mark_stale(Engine) -> ?BADARG([Engine]).

%% @doc Runs bars and strategies on quotes of the past, in the order of their times and in as many calls as it takes:
%% without signals, orders, fills and events. What the bars have had already is skipped. A strategy is no longer stale once
%% the quotes reach the newest time that the account knows. Before the engine takes quotes, and by its owner. O(quotes).
-spec warm(handle(), Quotes :: binary()) -> ok | error().
warm(Engine, Quotes) when is_reference(Engine), is_binary(Quotes), byte_size(Quotes) rem 48 =:= 0 ->
    ?NATIVE(warm_nif(Engine, Quotes), [Engine, Quotes]);
warm(Engine, Quotes) -> ?BADARG([Engine, Quotes]).

%% @doc The engine's whole state, and what it had recorded before: see {@link take_journal/1}; nothing where some of that
%% was lost. From then on its journal has no gap. The engine waits only while its state is captured. Any process may
%% call it.
-spec journal_snapshot(handle()) -> {ok, Records :: binary(), Snapshot :: binary()} | error().
journal_snapshot(Engine) when is_reference(Engine) -> ?NATIVE(journal_snapshot_nif(Engine), [Engine]);
journal_snapshot(Engine) -> ?BADARG([Engine]).

%% @doc An engine that goes on where the one of a snapshot was, event by event, and belongs to the caller. Scripts run on
%% the VM until they get native code. `bad_record' for bytes that are no snapshot. O(state).
-spec restore(Snapshot :: binary()) -> {ok, handle()} | error().
restore(Snapshot) when is_binary(Snapshot) -> ?NATIVE(restore_nif(Snapshot), [Snapshot]);
restore(Snapshot) -> ?BADARG([Snapshot]).

%% @doc Takes instruments out for good, with all that belongs to them: another engine has them. `{error, {busy, _}}' with
%% open tickets or orders of clients. Any process may call it.
-spec drop(handle(), [Symbol :: atom()]) -> ok | error().
drop(Engine, Symbols) when is_reference(Engine), is_list(Symbols) -> ?NATIVE(drop_nif(Engine, Symbols), [Engine, Symbols]);
drop(Engine, Symbols) -> ?BADARG([Engine, Symbols]).

%% @doc Takes engines, all or none, over to the native library of the newest version of this module, by a snapshot of each,
%% and the router that leads to them. Handles, mailboxes and subscriptions stay, events go on; scripts run on the VM until
%% they get native code. `same': all run in it already. Quotes that come meanwhile wait. Any process may call it; an engine
%% that is not shared and has no thread crosses in a call of its owner. After an error the engines are where they were;
%% after `stopped' the threads of some are not. O(state).
%%
%% Engines with a journal, which records in the scope, begin its next segment with that snapshot: the answer has what each
%% has recorded before, and the snapshot. After an error each journal needs a snapshot too.
-spec cross([handle(), ...], none | router(), Scope :: nothing | account | inputs) ->
          ok | {ok, [{Records :: binary(), Snapshot :: binary()} | same]} | same | error().
cross([_ | _] = Engines, Router, Scope)
  when Router =:= none orelse is_reference(Router), Scope =:= nothing orelse Scope =:= account orelse Scope =:= inputs ->
    ?NATIVE(cross_nif(Engines, Router, scope(Scope)), [Engines, Router, Scope]);
cross(Engines, Router, Scope) -> ?BADARG([Engines, Router, Scope]).

%% @doc Whether the engine runs in the native library of the newest version of this module.
-spec has_crossed(handle()) -> boolean().
has_crossed(Engine) when is_reference(Engine) -> ?NATIVE(has_crossed_nif(Engine), [Engine]);
has_crossed(Engine) -> ?BADARG([Engine]).

%% @doc SHA-256 of some bytes. O(bytes).
-spec sha256(binary()) -> binary().
sha256(Bytes) when is_binary(Bytes) -> ?NATIVE(sha256_nif(Bytes), [Bytes]);
sha256(Bytes) -> ?BADARG([Bytes]).

%% @doc A batch of {@link take_journal/1} as records of a segment that follow the chain: sequence number and epoch of
%% the newest record (64 bits each, little-endian) and its SHA-256. O(bytes).
-spec frame_records(Batch :: binary(), chain()) -> {ok, Records :: binary(), chain()} | error().
frame_records(Batch, Chain) when is_binary(Batch), byte_size(Chain) =:= 48 ->
    ?NATIVE(frame_nif(Batch, Chain), [Batch, Chain]);
frame_records(Batch, Chain) -> ?BADARG([Batch, Chain]).

%% @doc The whole records at the beginning of some bytes that follow the chain: how many bytes they take, what is wrong
%% with the next one (`short': the bytes end), whether another record lies behind that, and where each record is. Which:
%% `all' of them, or `other' than those that engines carry out. O(bytes).
-spec read_records(binary(), chain(), Which :: all | other) ->
          {Whole :: non_neg_integer(),
           none | short | length | sum | sequence | epoch | hash | type, IsLater :: boolean(),
           [{Type :: 1..32, Sequence :: pos_integer(), Epoch :: non_neg_integer(), Offset :: non_neg_integer(),
             Length :: non_neg_integer()}], chain()}.
read_records(Bytes, Chain, Which)
  when is_binary(Bytes), byte_size(Chain) =:= 48, Which =:= all orelse Which =:= other ->
    ?NATIVE(read_records_nif(Bytes, Chain, Which =:= all), [Bytes, Chain, Which]);
read_records(Bytes, Chain, Which) -> ?BADARG([Bytes, Chain, Which]).

%% @doc CRC-32C (Castagnoli) of some bytes; of the digits 123456789 it is 16#E3069283. O(bytes).
-spec crc32c(binary()) -> non_neg_integer().
crc32c(Bytes) when is_binary(Bytes) -> ?NATIVE(crc32c_nif(Bytes), [Bytes]);
crc32c(Bytes) -> ?BADARG([Bytes]).

%% @doc Locks a file for this node, and makes it where it is not there. `taken' while another process of the system, or
%% this one, has it. The system gives it back when the node ends, however it does; {@link unlock_file/1} before.
-spec lock_file(Path :: binary()) -> {ok, file_lock()} | {error, taken | file:posix()}.
lock_file(Path) when is_binary(Path) -> ?NATIVE(lock_file_nif(Path), [Path]);
lock_file(Path) -> ?BADARG([Path]).

-spec unlock_file(file_lock()) -> ok.
unlock_file(Lock) when is_reference(Lock) -> ?NATIVE(unlock_file_nif(Lock), [Lock]);
unlock_file(Lock) -> ?BADARG([Lock]).

%% @doc The requests to the broker after number Acknowledged, oldest first, at most 128. Those up to that number have
%% been handed over, and are forgotten.
-spec requests(handle(), Acknowledged :: non_neg_integer()) -> {ok, [fxaot_report:request()]} | error().
requests(Engine, Acknowledged) when is_reference(Engine), is_integer(Acknowledged), Acknowledged >= 0 ->
    ?NATIVE(requests_nif(Engine, min(Acknowledged, ?MAX_INT64)), [Engine, Acknowledged]);
requests(Engine, Acknowledged) -> ?BADARG([Engine, Acknowledged]).

%% @doc Takes a broker's report: with a gateway nothing else fills, ends or changes an order that was sent. `{error,
%% {bad_report, #{field := _}}}' if it cannot be read, `{error, {limit, _}}' for a fill of more than any order can
%% have: these change nothing.
-spec report(handle(), fxaot_report:report()) -> answer(fxaot_report:verdict()).
report(Engine, Report) when is_reference(Engine), is_map(Report) ->
    case fxaot_report:report(Report) of
        {ok, Places} ->
            case ?NATIVE(report_nif(Engine, Places), [Engine, Report]) of
                %% All else has been checked.
                {error, {bad_argument, _}} ->
                    {error, {bad_report, #{field => price, value => maps:get(price, Report, undefined)}}};
                {error, {bad_config, _}} -> {error, {no_gateway, #{}}};
                Answer -> Answer
            end;
        Error -> Error
    end;
report(Engine, Report) -> ?BADARG([Engine, Report]).

%% @doc The state of the gateway: its link, the numbers of the newest request and of the newest acknowledged one, and
%% what the reports were.
-spec gateway(handle()) -> fxaot_report:figures() | error().
gateway(Engine) when is_reference(Engine) -> ?NATIVE(gateway_nif(Engine), [Engine]);
gateway(Engine) -> ?BADARG([Engine]).

%% ---- reading ----------------------------------------------------------------

%% @doc Counters and sampled latencies, see docs/architecture.md.
-spec stats(handle()) -> #{atom() => number() | #{atom() => float()}} | error().
stats(Engine) when is_reference(Engine) -> ?NATIVE(stats_nif(Engine), [Engine]);
stats(Engine) -> ?BADARG([Engine]).

%% @doc The timed quotes by their latency: how many there are, the sum of their times, and how many took no
%% longer than each bound, ns. The bounds are always the same, from 25 ns to 1 s. To 6.25 %, as the
%% percentiles of {@link stats/1}.
-spec latency(handle()) ->
          {Samples :: non_neg_integer(), SumNs :: float(), [{BoundNs :: float(), Count :: non_neg_integer()}]}
        | error().
latency(Engine) when is_reference(Engine) -> ?NATIVE(latency_nif(Engine), [Engine]);
latency(Engine) -> ?BADARG([Engine]).

%% @doc From now on the engine keeps the events of its orders for {@link traced/1}, and about one in so many quotes with
%% the times of its stages; `none': no quotes. It picks them among the timed quotes. How many quotes are timed, one in
%% 128 or all that are to be traced, is the same for all engines. Bounded: 256 events and 64 quotes.
-spec trace(handle(), off | none | pos_integer()) -> ok | error().
trace(Engine, none) when is_reference(Engine) -> ?NATIVE(trace_nif(Engine, 0), [Engine, none]);
trace(Engine, What) when is_reference(Engine), What =:= off orelse is_integer(What) andalso What > 0 andalso What < 1 bsl 64 ->
    ?NATIVE(trace_nif(Engine, What), [Engine, What]);
trace(Engine, What) -> ?BADARG([Engine, What]).

%% @doc What the engine has kept since the last call, the events with their sequence numbers, the oldest first. An age is
%% how long ago it was, ns. Events that come after the first one that found no room are `Missed'. Stages: `entry' (from
%% the call to the engine, in actor mode through its mailbox), `admit', `bars', `strategies', `trading'.
-spec traced(handle()) -> traced() | error().
traced(Engine) when is_reference(Engine) -> ?NATIVE(traced_nif(Engine), [Engine]);
traced(Engine) -> ?BADARG([Engine]).

%% @doc `currency', `balance', `equity', `realised', `unrealised', `unvalued' (open positions without a
%% conversion, which are not in equity), `state', `margin_used', `free_margin', `margin_level' (a float, or
%% `infinity' when no margin is used), and the sums since the start: `commission', `swap', `cash'.
-spec account(handle()) -> #{atom() => atom() | integer() | float()} | error().
account(Engine) when is_reference(Engine) -> ?NATIVE(account_nif(Engine), [Engine]);
account(Engine) -> ?BADARG([Engine]).

%% @doc Net position per instrument that has traded.
-spec positions(handle()) -> [#{atom() => term()}] | error().
positions(Engine) when is_reference(Engine) -> ?NATIVE(positions_nif(Engine), [Engine]);
positions(Engine) -> ?BADARG([Engine]).

%% @doc Per strategy: its name and place, its counts and its own book; its `tier' (`built_in', `vm' or
%% `native'), its `native_steps', its `version' (1, and one more with each swap). `rejected' has its `rejects' by
%% reason; after 15 different reasons, further ones are `other'. `stale_since' (ns) where it has missed quotes.
-spec strategies(handle()) -> [#{atom() => term()}] | error().
strategies(Engine) when is_reference(Engine) -> ?NATIVE(strategies_nif(Engine, 0, 1 bsl 32), [Engine]);
strategies(Engine) -> ?BADARG([Engine]).

%% @doc A part of them: at most Most, without the First first ones. Quotes may come in between two parts.
-spec strategies(handle(), First :: non_neg_integer(), Most :: non_neg_integer()) ->
          [#{atom() => term()}] | error().
strategies(Engine, First, Most)
  when is_reference(Engine), is_integer(First), First >= 0, First < 1 bsl 64, is_integer(Most), Most >= 0,
       Most < 1 bsl 64 ->
    ?NATIVE(strategies_nif(Engine, First, Most), [Engine, First, Most]);
strategies(Engine, First, Most) -> ?BADARG([Engine, First, Most]).

%% @doc Every instrument with the decimals of its prices and its newest quote.
-spec quotes(handle()) ->
          [{Symbol :: atom(), Decimals :: 0..9, none | {TimeNs :: integer(), Bid :: float(), Ask :: float()}}] | error().
quotes(Engine) when is_reference(Engine) -> ?NATIVE(quotes_nif(Engine), [Engine]);
quotes(Engine) -> ?BADARG([Engine]).

%% @doc The newest bars that a strategy reads, at most Most and at most 1,000, oldest first: closed ones that the engine
%% keeps, then the one that forms, if there is one (IsOpen). First is the number of the first one, from the series' start.
-spec bars(handle(), Id :: atom(), Most :: non_neg_integer()) ->
          {ok, First :: non_neg_integer(), [bar()], IsOpen :: boolean()} | error().
bars(Engine, Id, Most) when is_reference(Engine), is_atom(Id), is_integer(Most), Most >= 0, Most < 1 bsl 64 ->
    ?NATIVE(bars_nif(Engine, Id, min(Most, 1000)), [Engine, Id, Most]);
bars(Engine, Id, Most) -> ?BADARG([Engine, Id, Most]).

%% @doc What {@link account/1}, {@link positions/1}, {@link strategies/3} from the first one on, {@link quotes/1} and, for
%% each of these strategies, {@link bars/3} return, of at most 16 bars, all of one moment and in one call: for whoever asks many
%% times a second.
-spec figures(handle(), MostStrategies :: non_neg_integer(), MostBars :: non_neg_integer()) ->
          #{account := map(), positions := [map()], strategies := [#{atom() => term()}],
            quotes := [{Symbol :: atom(), Decimals :: 0..9, none | {TimeNs :: integer(), Bid :: float(), Ask :: float()}}],
            bars := [{Id :: atom(), First :: non_neg_integer(), IsOpen :: boolean(), [bar()]}]} | error().
figures(Engine, Strategies, Bars)
  when is_reference(Engine), is_integer(Strategies), Strategies >= 0, Strategies < 1 bsl 64, is_integer(Bars), Bars >= 0,
       Bars < 1 bsl 64 ->
    ?NATIVE(figures_nif(Engine, Strategies, min(Bars, 16)), [Engine, Strategies, Bars]);
figures(Engine, Strategies, Bars) -> ?BADARG([Engine, Strategies, Bars]).

%% @doc Loads a shared library that has strategies of its own, by its absolute path, and registers them: docs/adding-a-strategy.md.
%% Returns their names. Its code runs in this node and is trusted as such.
-spec load_strategies(Path :: binary()) -> {ok, [Name :: binary()]} | error().
load_strategies(Path) when is_binary(Path) -> ?NATIVE(load_strategies_nif(Path), [Path]);
load_strategies(Path) -> ?BADARG([Path]).

%% @doc The strategies that can be started, with their parameters
%% `{Name, Default, Minimum, Maximum, integer | float}'.
-spec strategy_list() -> [{Name :: binary(), [{binary(), float(), float(), float(), atom()}]}].
strategy_list() -> strategy_list_nif().

%% @doc The symbols that need no terms of their own.
-spec instrument_list() -> [binary()].
instrument_list() -> instrument_list_nif().

%% ---- arrays -----------------------------------------------------------------

%% @doc A strategy over whole histories: binaries of native float64, equally long. See
%% {@link fxaot:execute/3}. Past 1 ms of work it moves to a dirty scheduler.
-spec execute(Strategy :: atom() | binary(), Closes :: binary(), Volumes :: binary(),
              Params :: #{atom() | binary() => number()}) -> {ok, Signals :: binary()} | error().
execute(Strategy, Closes, Volumes, Params)
  when is_atom(Strategy) orelse is_binary(Strategy), is_binary(Closes), is_binary(Volumes),
       is_map(Params) ->
    case fxaot_params:params(Params) of
        {ok, List} ->
            with_near_miss(execute_nif(fxaot_terms:text(Strategy), Closes, Volumes, List),
                           Strategy);
        Error -> Error
    end;
execute(Strategy, Closes, Volumes, Params) -> ?BADARG([Strategy, Closes, Volumes, Params]).

%% ---- quote files ------------------------------------------------------------

%% @doc Where the table of contents of a zip file is, and how many members it has. Tail: the last 65,557 bytes of the file, or
%% all of a shorter one.
-spec zip_find(Tail :: binary(), FileBytes :: non_neg_integer()) ->
          {ok, Offset :: non_neg_integer(), Bytes :: non_neg_integer(), Count :: non_neg_integer()} | {error, atom()}.
zip_find(Tail, FileBytes) when is_binary(Tail), is_integer(FileBytes), FileBytes >= 0 ->
    ?NATIVE(zip_find_nif(Tail, FileBytes), [Tail, FileBytes]);
zip_find(Tail, FileBytes) -> ?BADARG([Tail, FileBytes]).

%% @doc The members in the bytes of a table of contents that are no folders, in the order of their names.
-spec zip_members(Directory :: binary(), Count :: non_neg_integer()) ->
          {ok, [{Name :: binary(), IsDeflated :: boolean(), Packed :: non_neg_integer(), Size :: non_neg_integer(),
                 Offset :: non_neg_integer(), zip_member()}]}
        | {error, {atom() | {compression_method, non_neg_integer()}, Name :: binary()}}.
zip_members(Directory, Count) when is_binary(Directory), is_integer(Count), Count >= 0 ->
    ?NATIVE(zip_members_nif(Directory, Count), [Directory, Count]);
zip_members(Directory, Count) -> ?BADARG([Directory, Count]).

%% @doc Where a member's packed bytes begin, all of which are in the file. Header: the 30 bytes at its offset.
-spec zip_start(zip_member(), Header :: binary(), FileBytes :: non_neg_integer()) ->
          {ok, non_neg_integer()} | {error, bad_member}.
zip_start(Member, Header, FileBytes)
  when is_binary(Member), is_binary(Header), is_integer(FileBytes), FileBytes >= 0 ->
    ?NATIVE(zip_start_nif(Member, Header, FileBytes), [Member, Header, FileBytes]);
zip_start(Member, Header, FileBytes) -> ?BADARG([Member, Header, FileBytes]).

%% @doc Whether what a member holds is what the table of contents says: its length and its CRC-32.
-spec zip_check(zip_member(), Size :: non_neg_integer(), CRC :: non_neg_integer()) -> ok | {error, size | checksum}.
zip_check(Member, Size, CRC)
  when is_binary(Member), is_integer(Size), Size >= 0, is_integer(CRC), CRC >= 0, CRC < 16#100000000 ->
    ?NATIVE(zip_check_nif(Member, Size, CRC), [Member, Size, CRC]);
zip_check(Member, Size, CRC) -> ?BADARG([Member, Size, CRC]).

%% @doc The built-in symbol that is a word of a file's names, which are lines in the order in which they count.
-spec symbol_in_names(Names :: binary()) -> atom().
symbol_in_names(Names) when is_binary(Names), byte_size(Names) =< 4096 -> symbol_in_names_nif(Names);
symbol_in_names(Names) -> ?BADARG([Names]).

%% @doc The day (ns since 1970) that the first eight digits of a name are, as YYYYMMDD.
-spec day_in_name(Name :: binary()) -> TimeNs :: integer() | undefined.
day_in_name(Name) when is_binary(Name), byte_size(Name) =< 4096 -> day_in_name_nif(Name);
day_in_name(Name) -> ?BADARG([Name]).

%% @doc The format of a text by its first lines.
-spec detect_format(Head :: binary()) -> {ok, format()} | error().
detect_format(Head) when is_binary(Head) -> detect_format_nif(Head);
detect_format(Head) -> ?BADARG([Head]).

%% @doc Detects a text's format from its beginning (64 KiB or more) and from its names (its own first, then
%% its file's). Zone is an IANA name for times without a zone; `<<>>' means HistData's own, else UTC.
%% Returns a parser for {@link set_parser/6}, a sentence that says how each column is read, whether rows
%% are bars, whether the times need a day, and the symbol that a column names.
-spec sniff(Head :: binary(), IsWhole :: boolean(), Names :: [binary()], Zone :: binary()) ->
          {ok, parser(), Sentence :: binary(), IsBars :: boolean(), NeedsDay :: boolean(),
           Symbol :: binary() | undefined} | error().
sniff(Head, IsWhole, Names, Zone)
  when is_binary(Head), is_boolean(IsWhole), is_list(Names), is_binary(Zone) ->
    try sniff_nif(Head, IsWhole, iolist_to_binary(lists:join($\n, Names)), Zone)
    catch error:_ -> ?BADARG([Head, IsWhole, Names, Zone])
    end;
sniff(Head, IsWhole, Names, Zone) -> ?BADARG([Head, IsWhole, Names, Zone]).

%% @doc Completes a parser of {@link sniff/4} or {@link parser/4}: the symbol, midnight of the file's day,
%% how many bad lines are allowed, and the time from which a quote is a bad line. If a column names
%% symbols, rows of other symbols than Column are left out.
-spec set_parser(parser(), Symbol :: atom(), DayNs :: non_neg_integer(),
                 BadLineLimit :: non_neg_integer(), LatestNs :: integer(),
                 Column :: atom()) -> {ok, parser()} | error().
set_parser(Parser, Symbol, DayNs, BadLineLimit, LatestNs, Column)
  when is_binary(Parser), is_atom(Symbol), is_integer(DayNs), is_integer(BadLineLimit),
       is_integer(LatestNs), is_atom(Column) ->
    ?NATIVE(set_parser_nif(Parser, Symbol, DayNs, BadLineLimit, LatestNs, Column),
            [Parser, Symbol, DayNs, BadLineLimit, LatestNs, Column]);
set_parser(Parser, Symbol, DayNs, BadLineLimit, LatestNs, Column) ->
    ?BADARG([Parser, Symbol, DayNs, BadLineLimit, LatestNs, Column]).

%% @doc Puts rows of Width records each (4 for a bar, else 1) in the order of time: in memory up to
%% 256 MiB, beyond that within the newest 100,000 rows.
-spec sorter(Width :: 1..64) -> {ok, sorter()} | error().
sorter(Width) when is_integer(Width), Width >= 1, Width =< 64 -> sorter_nif(Width);
sorter(Width) -> ?BADARG([Width]).

%% @doc Adds whole rows; `true' as Final says that these are the last ones. `{error, {time_backwards, _}}' for a row that
%% is too far out of order.
-spec sort(sorter(), Quotes :: binary(), Final :: boolean()) -> ok | error().
sort(Sorter, Quotes, Final)
  when is_reference(Sorter), is_binary(Quotes), byte_size(Quotes) rem 48 =:= 0, is_boolean(Final) ->
    ?NATIVE(sort_nif(Sorter, Quotes, Final), [Sorter, Quotes, Final]);
sort(Sorter, Quotes, Final) -> ?BADARG([Sorter, Quotes, Final]).

%% @doc Takes at most Count records in time order; an empty binary means that more rows must be added, or
%% that all have been taken. Also returns how many rows so far were older than the row before.
-spec sorted(sorter(), Count :: 1..1048576) ->
          {ok, Quotes :: binary(), Unordered :: non_neg_integer()} | error().
sorted(Sorter, Count) when is_reference(Sorter), is_integer(Count), Count >= 1, Count =< 1048576 ->
    ?NATIVE(sorted_nif(Sorter, Count), [Sorter, Count]);
sorted(Sorter, Count) -> ?BADARG([Sorter, Count]).

%% @doc A parser's state, a value without a handle. DayNs is midnight of the file's day (lean).
-spec parser(format(), Symbol :: atom(), DayNs :: non_neg_integer(),
             BadLineLimit :: non_neg_integer()) -> {ok, parser()} | error().
parser(Format, Symbol, DayNs, BadLineLimit)
  when is_atom(Format), is_atom(Symbol), is_integer(DayNs), is_integer(BadLineLimit) ->
    parser_nif(Format, Symbol, DayNs, BadLineLimit);
parser(Format, Symbol, DayNs, BadLineLimit) -> ?BADARG([Format, Symbol, DayNs, BadLineLimit]).

%% @doc Parses whole lines of Bytes to records on a dirty scheduler. Consumed bytes are fewer than
%% given when the last line is not whole (unless Final): send the rest again with what follows.
-spec parse(parser(), Bytes :: binary(), Final :: boolean()) ->
          {ok, Quotes :: binary(), Consumed :: non_neg_integer(), parser()} | error().
parse(Parser, Bytes, Final) when is_binary(Parser), is_binary(Bytes), is_boolean(Final) ->
    ?NATIVE(parse_nif(Parser, Bytes, Final), [Parser, Bytes, Final]);
parse(Parser, Bytes, Final) -> ?BADARG([Parser, Bytes, Final]).

%% @doc Lines read, bad lines, the numbers of the first bad ones, the first three of them with what is
%% wrong, good rows, and rows left out for their symbol.
-spec parser_info(parser()) -> #{lines := non_neg_integer(), bad_lines := non_neg_integer(),
                                 bad_line_numbers := [pos_integer()],
                                 bad_texts := [{pos_integer(), Reason :: atom(), binary()}],
                                 rows := non_neg_integer(),
                                 other_symbols := non_neg_integer()} | error().
parser_info(Parser) when is_binary(Parser) -> ?NATIVE(parser_info_nif(Parser), [Parser]);
parser_info(Parser) -> ?BADARG([Parser]).

%% ---- simulated market -------------------------------------------------------

%% @doc A seeded market; the same seed gives the same quotes on every machine.
-spec market(market_config()) -> {ok, market()} | error().
market(Config) when is_map(Config) ->
    case fxaot_terms:market(Config) of
        {ok, {Symbol, Seed, Start, Price, Volatility, PerDay, Spread, Decimals}} ->
            market_nif(Symbol, Seed, Start, Price, Volatility, PerDay, Spread, Decimals);
        Error -> Error
    end;
market(Config) -> ?BADARG([Config]).

%% @doc The next at most Count quotes before EndNs; an empty binary when that is reached.
-spec market_next(market(), EndNs :: non_neg_integer(), Count :: 1..1048576) ->
          {ok, Quotes :: binary()} | error().
market_next(Market, EndNs, Count)
  when is_reference(Market), is_integer(EndNs), is_integer(Count) ->
    ?NATIVE(market_next_nif(Market, EndNs, Count), [Market, EndNs, Count]);
market_next(Market, EndNs, Count) -> ?BADARG([Market, EndNs, Count]).

%% ---- the end of the VM ---------------------------------------------------------

%% ---- FIX --------------------------------------------------------------------

%% @private Rules for {@link fix_parse/4}, from the data dictionary: `{Tag, Name, Kind, Codes}' of fields, `{Type, Name,
%% Members, Required, Groups}' of messages with the tags of the header, and these tags. A group is `{Count, First, Members,
%% Required}': the tags of its count, and of its entries. Fields sorted by name are read faster.
-spec fix_rules([{Tag :: pos_integer(), Name :: atom(), Kind :: 0..11, Codes :: binary()}],
                [{Type :: binary(), Name :: atom(), Members :: [pos_integer()], Required :: [pos_integer()],
                  Groups :: [{pos_integer(), pos_integer(), [pos_integer()], [pos_integer()]}]}],
                Header :: [pos_integer()]) -> {ok, fix_rules()} | error().
fix_rules(Fields, Messages, Header) ->
    ?NATIVE(fix_rules_nif(Fields, Messages, Header), [Fields, Messages, Header]).

%% @private The plain messages that the bytes begin with, at most Most (and 64, in the first 100 kB), and what follows
%% them. See {@link fxaot_fix_codec}.
-spec fix_parse(fix_rules(), binary(), MaxBytes :: pos_integer(), Most :: pos_integer()) ->
          {[{Name :: atom(), #{atom() => term()}}], Rest :: binary()}.
fix_parse(Rules, Bytes, Max, Most)
  when is_reference(Rules), is_binary(Bytes), is_integer(Max), Max > 0, Max < 1 bsl 64, is_integer(Most), Most > 0,
       Most < 1 bsl 64 ->
    ?NATIVE(fix_parse_nif(Rules, Bytes, Max, Most), [Rules, Bytes, Max, Most]);
fix_parse(Rules, Bytes, Max, Most) -> ?BADARG([Rules, Bytes, Max, Most]).

%% @private The bytes of a plain message; `none' for one that this does not write. See {@link fxaot_fix_codec}.
-spec fix_write(fix_rules(), Name :: atom(), #{term() => term()}) -> binary() | none | error().
fix_write(Rules, Name, Fields) when is_reference(Rules), is_atom(Name), is_map(Fields) ->
    ?NATIVE(fix_write_nif(Rules, Name, Fields), [Rules, Name, Fields]);
fix_write(Rules, Name, Fields) -> ?BADARG([Rules, Name, Fields]).

%% @doc A file and a connected TCP socket, given by its descriptor, into which {@link fix_leave/4} writes. It has its own
%% descriptors of both, until {@link fix_unwire/1} or the garbage collector closes them: the connection does not end before.
-spec fix_wire(Path :: binary(), Socket :: non_neg_integer()) -> {ok, fix_wire()} | {error, file:posix()}.
fix_wire(Path, Socket) when is_binary(Path), is_integer(Socket) -> ?NATIVE(fix_wire_nif(Path, Socket), [Path, Socket]);
fix_wire(Path, Socket) -> ?BADARG([Path, Socket]).

%% @doc Appends a record to the file, makes it durable if it is to be, and then sends a message, as much of it as the
%% socket takes at once. An error is the file's: nothing has left. What a lost connection does not take is not sent.
-spec fix_leave(fix_wire(), Record :: iodata(), Message :: iodata(), IsSynced :: boolean()) ->
          {ok, Sent :: non_neg_integer()} | {error, file:posix()}.
fix_leave(Wire, Record, Message, IsSynced) when is_reference(Wire), is_boolean(IsSynced) ->
    ?NATIVE(fix_leave_nif(Wire, Record, Message, IsSynced), [Wire, Record, Message, IsSynced]);
fix_leave(Wire, Record, Message, IsSynced) -> ?BADARG([Wire, Record, Message, IsSynced]).

-spec fix_unwire(fix_wire()) -> ok.
fix_unwire(Wire) when is_reference(Wire) -> ?NATIVE(fix_unwire_nif(Wire), [Wire]);
fix_unwire(Wire) -> ?BADARG([Wire]).

%% @doc A file that an orderly end of the VM removes, `halt/0' included, and a crash leaves.
-spec note(Path :: binary()) -> ok | error().
note(Path) when is_binary(Path) -> ?NATIVE(note_nif(Path), [Path]);
note(Path) -> ?BADARG([Path]).

%% @doc The file stays after all.
-spec forget(Path :: binary()) -> ok.
forget(Path) when is_binary(Path) -> ?NATIVE(forget_nif(Path), [Path]);
forget(Path) -> ?BADARG([Path]).

%% ---- loading ----------------------------------------------------------------

%% @doc The ABI number that the loaded library speaks.
-spec abi_version() -> pos_integer().
abi_version() -> erlang:nif_error({not_loaded, ?MODULE}).

init() ->
    Directory = case code:priv_dir(fxaot) of
                    {error, bad_name} ->
                        Beam = filename:dirname(code:which(?MODULE)),
                        filename:join(filename:dirname(Beam), "priv");
                    Found -> Found
                end,
    Loaded = erlang:load_nif(filename:join(Directory, "fxaot_nif"), ?FXAOT_ABI_VERSION),
    %% New engines run in its libfxaot.so; those that are there cross, see fxaot_upgrade.
    _ = [persistent_term:put({?MODULE, priv}, Directory) || Loaded =:= ok],
    case {Loaded, persistent_term:get({?MODULE, load}, none)} of
        %% A module that works is not replaced by one that does not.
        {{error, _}, ok} -> Loaded;
        _ ->
            persistent_term:put({?MODULE, load}, Loaded),
            %% In a release the boot would end with an on_load function that fails; so whoever runs
            %% without native code looks here why.
            ok
    end.

new_nif(_, _, _, _, _, _, _, _, _, _, _) -> erlang:nif_error(not_loaded).
close_nif(_) -> erlang:nif_error(not_loaded).
adopt_nif(_) -> erlang:nif_error(not_loaded).
share_nif(_, _) -> erlang:nif_error(not_loaded).
subscribers_nif(_) -> erlang:nif_error(not_loaded).
add_instrument_nif(_, _, _) -> erlang:nif_error(not_loaded).
add_strategy_nif(_, _, _, _, _, _, _, _) -> erlang:nif_error(not_loaded).
add_script_nif(_, _, _, _, _, _, _, _) -> erlang:nif_error(not_loaded).
remove_strategy_nif(_, _) -> erlang:nif_error(not_loaded).
tick_nif(_, _, _, _, _) -> erlang:nif_error(not_loaded).
tick_nif(_, _, _, _, _, _, _) -> erlang:nif_error(not_loaded).
ticks_nif(_, _) -> erlang:nif_error(not_loaded).
feed_nif(_, _) -> erlang:nif_error(not_loaded).
advance_nif(_, _) -> erlang:nif_error(not_loaded).
set_replaying_nif(_, _) -> erlang:nif_error(not_loaded).
pending_nif(_) -> erlang:nif_error(not_loaded).
events_nif(_) -> erlang:nif_error(not_loaded).
acknowledge_nif(_) -> erlang:nif_error(not_loaded).
set_account_nif(_, _) -> erlang:nif_error(not_loaded).
set_risk_nif(_, _) -> erlang:nif_error(not_loaded).
set_venue_nif(_, _) -> erlang:nif_error(not_loaded).
set_terms_nif(_, _, _) -> erlang:nif_error(not_loaded).
submit_nif(_, _) -> erlang:nif_error(not_loaded).
modify_nif(_, _, _) -> erlang:nif_error(not_loaded).
cancel_nif(_, _) -> erlang:nif_error(not_loaded).
cancel_all_nif(_, _, _) -> erlang:nif_error(not_loaded).
close_symbol_nif(_, _, _) -> erlang:nif_error(not_loaded).
close_ticket_nif(_, _, _) -> erlang:nif_error(not_loaded).
close_by_nif(_, _, _) -> erlang:nif_error(not_loaded).
set_gateway_nif(_, _) -> erlang:nif_error(not_loaded).
requests_nif(_, _) -> erlang:nif_error(not_loaded).
start_journal_nif(_, _) -> erlang:nif_error(not_loaded).
take_journal_nif(_) -> erlang:nif_error(not_loaded).
lose_journal_nif(_) -> erlang:nif_error(not_loaded).
apply_nif(_, _) -> erlang:nif_error(not_loaded).
mark_stale_nif(_) -> erlang:nif_error(not_loaded).
load_strategies_nif(_) -> erlang:nif_error(not_loaded).
warm_nif(_, _) -> erlang:nif_error(not_loaded).
drop_nif(_, _) -> erlang:nif_error(not_loaded).
journal_snapshot_nif(_) -> erlang:nif_error(not_loaded).
restore_nif(_) -> erlang:nif_error(not_loaded).
cross_nif(_, _, _) -> erlang:nif_error(not_loaded).
has_crossed_nif(_) -> erlang:nif_error(not_loaded).
sha256_nif(_) -> erlang:nif_error(not_loaded).
frame_nif(_, _) -> erlang:nif_error(not_loaded).
read_records_nif(_, _, _) -> erlang:nif_error(not_loaded).
crc32c_nif(_) -> erlang:nif_error(not_loaded).
lock_file_nif(_) -> erlang:nif_error(not_loaded).
unlock_file_nif(_) -> erlang:nif_error(not_loaded).
report_nif(_, _) -> erlang:nif_error(not_loaded).
gateway_nif(_) -> erlang:nif_error(not_loaded).
cash_nif(_, _) -> erlang:nif_error(not_loaded).
set_state_nif(_, _) -> erlang:nif_error(not_loaded).
apply_state_nif(_) -> erlang:nif_error(not_loaded).
fill_rest_nif(_) -> erlang:nif_error(not_loaded).
order_nif(_, _) -> erlang:nif_error(not_loaded).
orders_nif(_) -> erlang:nif_error(not_loaded).
tickets_nif(_) -> erlang:nif_error(not_loaded).
trades_nif(_, _) -> erlang:nif_error(not_loaded).
trace_nif(_, _) -> erlang:nif_error(not_loaded).
traced_nif(_) -> erlang:nif_error(not_loaded).
stats_nif(_) -> erlang:nif_error(not_loaded).
latency_nif(_) -> erlang:nif_error(not_loaded).
account_nif(_) -> erlang:nif_error(not_loaded).
positions_nif(_) -> erlang:nif_error(not_loaded).
strategies_nif(_, _, _) -> erlang:nif_error(not_loaded).
quotes_nif(_) -> erlang:nif_error(not_loaded).
bars_nif(_, _, _) -> erlang:nif_error(not_loaded).
figures_nif(_, _, _) -> erlang:nif_error(not_loaded).
start_actor_nif(_, _, _, _, _, _, _, _, _) -> erlang:nif_error(not_loaded).
stop_actor_nif(_) -> erlang:nif_error(not_loaded).
send_nif(_, _, _, _, _) -> erlang:nif_error(not_loaded).
send_nif(_, _, _, _, _, _, _) -> erlang:nif_error(not_loaded).
send_batch_nif(_, _, _, _) -> erlang:nif_error(not_loaded).
wait_nif(_, _, _) -> erlang:nif_error(not_loaded).
stop_waiting_nif(_, _) -> erlang:nif_error(not_loaded).
send_advance_nif(_, _) -> erlang:nif_error(not_loaded).
drain_nif(_, _) -> erlang:nif_error(not_loaded).
mailbox_nif(_) -> erlang:nif_error(not_loaded).
subscribe_nif(_, _, _) -> erlang:nif_error(not_loaded).
unsubscribe_nif(_, _) -> erlang:nif_error(not_loaded).
allow_nif(_, _, _) -> erlang:nif_error(not_loaded).
router_nif(_) -> erlang:nif_error(not_loaded).
set_routes_nif(_, _) -> erlang:nif_error(not_loaded).
move_nif(_, _, _, _, _) -> erlang:nif_error(not_loaded).
unrouted_nif(_) -> erlang:nif_error(not_loaded).
instruments_nif(_) -> erlang:nif_error(not_loaded).
load_native_nif(_) -> erlang:nif_error(not_loaded).
native_info_nif(_) -> erlang:nif_error(not_loaded).
script_plan_nif(_) -> erlang:nif_error(not_loaded).
script_plan_nif(_, _) -> erlang:nif_error(not_loaded).
script_plan_nif(_, _, _, _, _, _) -> erlang:nif_error(not_loaded).
attach_native_nif(_, _) -> erlang:nif_error(not_loaded).
attach_native_nif(_, _, _) -> erlang:nif_error(not_loaded).
detach_native_nif(_, _) -> erlang:nif_error(not_loaded).
reload_basis_nif(_, _, _, _, _) -> erlang:nif_error(not_loaded).
prepare_script_nif(_, _, _) -> erlang:nif_error(not_loaded).
prepare_strategy_nif(_, _, _) -> erlang:nif_error(not_loaded).
swap_nif(_, _, _) -> erlang:nif_error(not_loaded).
symbol_key_nif(_) -> erlang:nif_error(not_loaded).
strategy_list_nif() -> erlang:nif_error(not_loaded).
instrument_list_nif() -> erlang:nif_error(not_loaded).
execute_nif(_, _, _, _) -> erlang:nif_error(not_loaded).
zip_find_nif(_, _) -> erlang:nif_error(not_loaded).
zip_members_nif(_, _) -> erlang:nif_error(not_loaded).
zip_start_nif(_, _, _) -> erlang:nif_error(not_loaded).
zip_check_nif(_, _, _) -> erlang:nif_error(not_loaded).
symbol_in_names_nif(_) -> erlang:nif_error(not_loaded).
day_in_name_nif(_) -> erlang:nif_error(not_loaded).
detect_format_nif(_) -> erlang:nif_error(not_loaded).
sniff_nif(_, _, _, _) -> erlang:nif_error(not_loaded).
set_parser_nif(_, _, _, _, _, _) -> erlang:nif_error(not_loaded).
sorter_nif(_) -> erlang:nif_error(not_loaded).
sort_nif(_, _, _) -> erlang:nif_error(not_loaded).
sorted_nif(_, _) -> erlang:nif_error(not_loaded).
parser_nif(_, _, _, _) -> erlang:nif_error(not_loaded).
parse_nif(_, _, _) -> erlang:nif_error(not_loaded).
parser_info_nif(_) -> erlang:nif_error(not_loaded).
market_nif(_, _, _, _, _, _, _, _) -> erlang:nif_error(not_loaded).
market_next_nif(_, _, _) -> erlang:nif_error(not_loaded).
fix_wire_nif(_, _) -> erlang:nif_error(not_loaded).
fix_leave_nif(_, _, _, _) -> erlang:nif_error(not_loaded).
fix_unwire_nif(_) -> erlang:nif_error(not_loaded).
fix_rules_nif(_, _, _) -> erlang:nif_error(not_loaded).
fix_parse_nif(_, _, _, _) -> erlang:nif_error(not_loaded).
fix_write_nif(_, _, _) -> erlang:nif_error(not_loaded).
note_nif(_) -> erlang:nif_error(not_loaded).
forget_nif(_) -> erlang:nif_error(not_loaded).
