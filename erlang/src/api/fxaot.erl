%% @doc Forex strategies at native speed under a supervisor.
%%
%% An engine has instruments, strategies and a paper account. Quotes go in; signals, orders and
%% fills come back from the same call, and as messages to subscribers. An engine's process may
%% crash: its restart continues with all state.
%%
%% ```
%% 1> {ok, _} = fxaot:start_engine(eur, #{instruments => ['EURUSD']}).
%% 2> ok = fxaot:deploy(eur, cross, #{strategy => ma_crossover, instrument => 'EURUSD',
%%                                    timeframe => {minutes, 1}, params => #{'band' => 0.00005}}).
%% 3> {ok, #{quotes := _}} = fxaot:replay(eur, #{days => 1, seed => 1}, #{}).
%% 4> fxaot:account(eur).
%% '''
%% An engine is given by its name or pid. Times are nanoseconds since 1970 UTC, money integer
%% micro-units of the account currency, quantities integer base units.
%%
%% Errors: a wrong type raises `badarg', and the shell names the argument; a wrong value returns
%% `{error, {Reason, Details}}' and changes nothing. {@link format_error/1} turns it into a sentence.
%% `{error, {no_engine, Engine}}': there is no such engine. `{error, {engine_down, Engine}}': its process
%% died during the call or is restarting. `{error, {timeout, _}}': it did not answer in time. `{error, {given_up,
%% _}}': it crashed too often and is stopped; {@link start_engine/2} continues with its state, {@link
%% stop_engine/1} frees it. `{error, {state_lost, _}}': see {@link acknowledge_loss/1}.
%%
%% Longer than a file should be: the public interface is one module.
-module(fxaot).

-export([start_engine/1, start_engine/2, child_spec/2, stop_engine/1, acknowledge_loss/1,
         start_engines/1, start_engines/3, engines/1, move_instrument/3,
         add_instrument/2, add_instrument/3, deploy/3, undeploy/2, undeploy/3, rollback/2, rollback/3, tier/2,
         quarantine/0, release/1,
         tick/5, tick/7, ticks/2, advance/2, replay/3,
         submit/2, modify/3, cancel/2, cancel/3, cancel_all/2, cancel_all/3, close/2, close/3, close_by/3, close_by/4,
         order/2, orders/1, tickets/1, trades/1, trades_csv/1, deposit/2, deposit/3, withdraw/2, withdraw/3,
         halt/1, reduce/1, resume/1,
         report/2, requests/2, gateway/1,
         durable/1, snapshot/1, journal/1,
         subscribe/1, unsubscribe/1, drain/2, mailbox/1,
         health/0, ready/0,
         stats/1, account/1, positions/1, strategies/1, handle/1,
         execute/3,
         format_error/1, format_error/2]).

-export_type([engine/0, options/0, deployment/0, error/0]).

-include("../../include/fxaot.hrl").

-define(BADARG(Args), erlang:error(badarg, Args, [{error_info, #{module => fxaot_badarg}}])).
-define(IS_ENGINE(Engine), (is_atom(Engine) orelse is_pid(Engine))).

-define(RECORD, 48).
%% Messages that a new subscriber may get before the engine's process has seen to it.
-define(ALLOWANCE, 100).
-define(MOST_ENGINES, 1024).
%% Of an atom.
-define(MOST_CHARACTERS, 255).

-type engine() :: atom() | pid().
-type error() :: {error, {Reason :: atom(), Details :: term()}}.

%% {@link fxaot_nif:config()} and the instruments to begin with (`['EURUSD']'): built-in symbols,
%% or symbols with terms. With `mode => actor' the engine runs on a native thread of its own, see
%% {@link fxaot_nif:actor()}. `subscriber_limit' (10,000) is how many messages may wait for a
%% subscriber before it misses some, in either mode. `account', `risk' and `venue' are the terms of trading, see
%% docs/trading.md; `gateway' is the connection to a broker, see docs/gateways.md; `journal' is the folder from which the
%% engine comes back after the node's end, and `history' has the quotes that its strategies have missed then, see
%% docs/journal.md. `timeout' (5,000 ms) is how long a request to the engine's
%% process may take. That may crash `restart_intensity' times in `restart_period' seconds (10, 10) before the
%% engine is stopped. `on_stop => flat': when the application stops, positions are closed, and the stop waits up to
%% `stop_timeout' (5,000 ms) for their fills; `keep' is the default.
-type options() ::
        #{instruments => [Symbol :: atom() | {Symbol :: atom(), fxaot_nif:instrument()}],
          account_currency => atom(), balance => number(), min_strength => number(),
          sizer => {fixed, pos_integer()} | {equity_percent, number()}
                 | {risk, number(), pos_integer()} | {volatility, number(), pos_integer()}
                 | {kelly, 1..100, number()},
          scale_by_strength => boolean(), bar_events => boolean(),
          kept_bars => 0..100000, max_time_jump => pos_integer() | infinity,
          order_numbers => {First :: pos_integer(), Step :: pos_integer()},
          account => fxaot_account_terms:account(), risk => fxaot_account_terms:risk(),
          venue => paper | gateway | fxaot_account_terms:venue(), gateway => fxaot_gateway:spec(),
          journal => file:name_all() | map(), history => fxaot_journal_history:history(),
          mode => inline | actor,
          worker => #{waiting => park | yield | spin, budget => 1..256,
                      processor => any | non_neg_integer()},
          capacity => pos_integer(), overflow => refuse | drop_oldest | {block, pos_integer()},
          pull_capacity => pos_integer(), subscriber_limit => pos_integer(),
          timeout => pos_integer() | infinity,
          restart_intensity => non_neg_integer(), restart_period => pos_integer(),
          on_stop => keep | flat, stop_timeout => non_neg_integer()}.

-type deployment() ::
        #{strategy := atom() | binary() | fxaot_script:script() | {artifact, atom() | binary()},
          instrument => atom(),
          tier => auto | vm | native, wait => native, watch => boolean(),
          timeframe => fxaot_nif:timeframe(), price => fxaot_nif:price(),
          params => #{atom() | binary() => number() | boolean() | atom() | binary()},
          traceparent => binary()}.

%% ---- engines ----------------------------------------------------------------

%% @equiv start_engine(Name, #{})
-spec start_engine(Name :: atom()) -> {ok, pid()} | error().
start_engine(Name) when is_atom(Name) -> start_engine(Name, #{});
start_engine(Name) -> ?BADARG([Name]).

%% @doc Starts an engine, supervised and registered under its name.
-spec start_engine(Name :: atom(), options()) -> {ok, pid()} | error().
start_engine(undefined, _) -> {error, {bad_argument, #{name => undefined}}};
start_engine(Name, Options) when is_atom(Name), is_map(Options) ->
    case fxaot_engines_sup:prepare(Name) of
        ok -> started(Name, fun() -> fxaot_engines_sup:start_engine(Name, Options) end);
        Error -> Error
    end;
start_engine(Name, Options) -> ?BADARG([Name, Options]).

started(Name, Start) ->
    try Start() of
        {ok, Pid} -> {ok, Pid};
        ignore -> {error, {owner_alive, #{engine => Name}}};
        {error, {already_started, _}} -> {error, {already_exists, #{engine => Name}}};
        {error, {timeout, Details}} -> {error, {timeout, Details#{engine => Name}}};
        {error, {shutdown, {error, Error}}} -> {error, Error};
        {error, Reason} -> {error, {engine_down, #{engine => Name, reason => Reason}}}
    catch exit:{noproc, _} -> {error, {not_running, none}}
    end.

%% @doc The specification of an engine as a child of a supervisor of your own. It has limits of its own
%% (`restart_intensity', `restart_period'); beyond them its supervisor, your child, ends. An engine that is
%% started again there continues with its state; {@link stop_engine/1} frees the state when that child is
%% terminated.
-spec child_spec(Name :: atom(), options()) -> supervisor:child_spec().
child_spec(Name, Options) when is_atom(Name), Name =/= undefined, is_map(Options) ->
    #{id => {fxaot, Name}, start => {fxaot_engine_sup, start_link, [Name, Options, elsewhere]},
      restart => permanent, shutdown => infinity, type => supervisor, modules => [fxaot_engine_sup]};
child_spec(Name, Options) -> ?BADARG([Name, Options]).

%% @doc Stops an engine for good and frees its state. Its subscribers stay subscribed to the name. An engine of
%% a group is stopped with its group.
-spec stop_engine(engine()) -> ok | error().
stop_engine(Engine) when ?IS_ENGINE(Engine) ->
    in_group(Engine, fun(Name, Name) -> fxaot_engines_sup:stop_engine(Name);
                        (Group, Name) -> {error, {group_member, #{engine => Name, group => Group}}}
                     end);
stop_engine(Engine) -> ?BADARG([Engine]).

%% @doc Says that the loss of an engine's state is known. Until then every call to the engine returns `{error,
%% {state_lost, _}}'; afterwards it is empty, with its options and instruments. Deploy its strategies again.
-spec acknowledge_loss(engine()) -> ok | error().
acknowledge_loss(Engine) when ?IS_ENGINE(Engine) ->
    in_group(Engine, fun(_, Name) -> fxaot_lost:acknowledge(Name) end);
acknowledge_loss(Engine) -> ?BADARG([Engine]).

%% ---- journal ----------------------------------------------------------------

%% @doc The sequence number of the last record that an engine's journal holds durably. `{error, {no_journal, _}}' for an
%% engine without one.
-spec durable(engine()) -> {ok, Sequence :: non_neg_integer()} | error().
durable(Engine) when ?IS_ENGINE(Engine) -> journaled(Engine, fun fxaot_journal:durable/1);
durable(Engine) -> ?BADARG([Engine]).

%% @doc Begins a new segment of an engine's journal with a snapshot; returns when that is durable. A start reads the
%% newest one. The engine waits while its state is captured, not while it is written. Of a group: of all its engines, one
%% after another.
-spec snapshot(engine()) -> ok | error().
snapshot(Engine) when ?IS_ENGINE(Engine) ->
    case fxaot_names:name(Engine) of
        {ok, Name} -> each(fxaot_engine_trading:members(Name), fun fxaot_journal:snapshot/1);
        none -> {error, {no_engine, Engine}}
    end;
snapshot(Engine) -> ?BADARG([Engine]).

%% @doc What an engine's journal has done: `state' (starting, up or unavailable), `sequence' and `durable' (numbers of
%% the newest record and of the newest durable one), `epoch', and since the engine's start `records', `written_bytes',
%% `commits', `segments', `unavailable' (how often), `sync_ns' (spent on commits) and `longest_sync_ns'; `bytes' of the
%% newest segment; `snapshot_bytes' and `snapshot_ns', how long the engine has waited for the newest snapshot. Asks no
%% process. An engine of a group has a journal of its own.
-spec journal(engine()) -> {ok, map()} | error().
journal(Engine) when ?IS_ENGINE(Engine) -> journaled(Engine, fun fxaot_journal:figures/1);
journal(Engine) -> ?BADARG([Engine]).

journaled(Engine, Ask) ->
    case fxaot_names:name(Engine) of
        {ok, Name} ->
            case fxaot_engine_trading:members(Name) of
                [Name] -> Ask(Name);
                _ -> {error, {group, #{engine => Name}}}
            end;
        none -> {error, {no_engine, Engine}}
    end.

each([], _) -> ok;
each([Engine | Rest], Ask) ->
    case Ask(Engine) of
        ok -> each(Rest, Ask);
        Error -> Error
    end.

%% ---- several engines --------------------------------------------------------

%% @equiv start_engines(fxaot_engines, Count, #{})
-spec start_engines(Count :: pos_integer()) -> {ok, pid()} | error().
start_engines(Count) when is_integer(Count) -> start_engines(fxaot_engines, Count, #{});
start_engines(Count) -> ?BADARG([Count]).

%% @doc Starts a group: Count engines in actor mode, `Name_1', `Name_2' …, that share the instruments
%% (all built-in ones, unless given). Every function that takes an engine also takes the group's name,
%% except those that need one handle or mailbox. Quotes go straight to the engine that has
%% the instrument; an instrument is placed by rendezvous hashing, together with those it is
%% converted through. Subscribers get the events of each engine under that engine's name.
%%
%% Each engine has an account of its own: `account', `risk' and `venue' hold for each, margin and limits are checked
%% there, and cash goes to one of them. {@link account/1} of the group shows the sums, with the opening balance
%% once. A size in percent of equity would depend on where an instrument is, so `equity_percent' is refused.
-spec start_engines(Name :: atom(), Count :: pos_integer(), options()) -> {ok, pid()} | error().
start_engines(undefined, _, _) -> {error, {bad_argument, #{name => undefined}}};
start_engines(_, Count, _) when is_integer(Count), Count < 1 orelse Count > ?MOST_ENGINES ->
    {error, {limit, #{engines => Count, minimum => 1, maximum => ?MOST_ENGINES}}};
start_engines(_, Count, #{sizer := Sizer}) when is_integer(Count), is_tuple(Sizer),
                                                element(1, Sizer) =/= fixed ->
    {error, {bad_option, #{option => sizer, value => Sizer,
                           expected => "{fixed, BaseUnits} in a group: each engine knows only "
                                       "its own equity"}}};
start_engines(_, Count, #{mode := Mode}) when is_integer(Count), Mode =/= actor ->
    {error, {bad_option, #{option => mode, value => Mode, expected => "actor in a group"}}};
start_engines(_, Count, #{gateway := Gateway}) when is_integer(Count) ->
    {error, {bad_option, #{option => gateway, value => Gateway, expected => "left out in a group"}}};
start_engines(_, Count, #{venue := gateway}) when is_integer(Count) ->
    {error, {bad_option, #{option => venue, value => gateway, expected => "paper, or a map, in a group"}}};
start_engines(Name, Count, Options) when is_atom(Name), is_integer(Count), is_map(Options) ->
    %% The names of its engines are longer.
    Most = ?MOST_CHARACTERS - length(integer_to_list(Count)) - 1,
    case length(atom_to_list(Name)) =< Most andalso fxaot_engines_sup:prepare_group(Name) of
        ok -> started(Name, fun() -> fxaot_group_sup:start_group(Name, Count, Options) end);
        false -> {error, {limit, #{group => Name, characters => Most}}};
        Error -> Error
    end;
start_engines(Name, Count, Options) -> ?BADARG([Name, Count, Options]).

%% @doc The engines of a group, and which instruments each has.
-spec engines(Group :: engine()) -> {ok, [{Engine :: atom(), [Symbol :: atom()]}]} | error().
engines(Group) when ?IS_ENGINE(Group) -> fxaot_engine_call:ask(Group, engines);
engines(Group) -> ?BADARG([Group]).

%% @doc Moves an instrument, and those that are converted through one another with it, to another
%% engine of the group while quotes flow: bars under way, strategies with their market orders, and positions go
%% along, no quote is lost, and the events go on as if nothing had moved, under that engine's numbering. With open
%% tickets, attached orders or orders of clients it does not move: `{error, {open_orders, _}}'.
%% Returns the symbols that have moved.
-spec move_instrument(Group :: engine(), Symbol :: atom(), To :: atom()) ->
          {ok, [Symbol :: atom()]} | error().
move_instrument(Group, Symbol, To) when ?IS_ENGINE(Group), is_atom(Symbol), is_atom(To) ->
    fxaot_engine_call:ask(Group, {move, Symbol, To});
move_instrument(Group, Symbol, To) -> ?BADARG([Group, Symbol, To]).

%% ---- instruments and strategies ---------------------------------------------

%% @equiv add_instrument(Engine, Symbol, #{})
-spec add_instrument(engine(), Symbol :: atom()) -> ok | error().
add_instrument(Engine, Symbol) when ?IS_ENGINE(Engine), is_atom(Symbol) ->
    fxaot_engine_call:ask(Engine, {add_instrument, Symbol, #{}});
add_instrument(Engine, Symbol) -> ?BADARG([Engine, Symbol]).

%% @doc Adds an instrument to a running engine, see {@link fxaot_nif:add_instrument/3}.
-spec add_instrument(engine(), Symbol :: atom(), fxaot_nif:instrument()) -> ok | error().
add_instrument(Engine, Symbol, Spec) when ?IS_ENGINE(Engine), is_atom(Symbol), is_map(Spec) ->
    fxaot_engine_call:ask(Engine, {add_instrument, Symbol, Spec});
add_instrument(Engine, Symbol, Spec) -> ?BADARG([Engine, Symbol, Spec]).

%% @doc Starts a strategy. It trades from its next quote on. If a strategy runs under this id:
%% replaces it by this version between two quotes, and returns the changes.
%%
%% The strategy is the name of one that is built in, or a script in the strategy language:
%% `{file, "cross.pine"}', `{source, Text}', `{ir, Program}' as `fxaot check --emit binary' writes it,
%% or `{artifact, Name}' as `fxaot compile' has written it ahead of time. The tool `fxaot' compiles a
%% file or a text in an operating system process of its own, from the caller's process; the engine's
%% goes on meanwhile. Errors of a script are
%% `{error, {script_errors, #{diagnostics := [#{line, column, message}]}}}'. A script's params are its
%% inputs, by title or by the variable's name.
%%
%% A script runs on the VM at once, and in native code as soon as there is some; see
%% docs/native-strategies.md. Options:
%% <dl>
%% <dt>`tier'</dt><dd>`auto' (default); `vm': never native; `native': never without, so this waits
%%   as `wait => native' does.</dd>
%% <dt>`wait => native'</dt><dd>returns when native code runs. An error changes nothing: a new
%%   strategy is not deployed, a running one runs on.</dd>
%% <dt>`watch => true'</dt><dd>a `{file, Path}' is deployed again whenever it is saved. Errors
%%   are logged, and the running version continues.</dd>
%% <dt>`traceparent'</dt><dd>the caller's span, as W3C's Trace Context writes it; see docs/telemetry.md.</dd>
%% </dl>
%% A version that takes another's place keeps instrument, timeframe and price unless given, position,
%% waiting orders and the script's own book; its indicators are warm from the bars that the engine
%% keeps. Its params are those given with it.
-spec deploy(engine(), Id :: atom(), deployment()) -> ok | {ok, fxaot_nif:report()} | error().
deploy(Engine, Id, #{strategy := Strategy} = Deployment) when ?IS_ENGINE(Engine), is_atom(Id) ->
    in_group(Engine, fun(Group, Name) ->
                             traced(bad_option, option, maps:remove(strategy, Deployment),
                                    fun(Options) ->
                                            fxaot_telemetry_emit:span(
                                              [deploy], #{engine => Group, strategy => Id},
                                              fun() -> deployed(Group, Name, Id, Strategy, Options) end)
                                    end)
                     end);
deploy(Engine, Id, Deployment) when ?IS_ENGINE(Engine), is_atom(Id), is_map(Deployment) ->
    {error, {missing_option, #{option => strategy}}};
deploy(Engine, Id, Deployment) -> ?BADARG([Engine, Id, Deployment]).

deployed(Group, Name, Id, Strategy, Options) ->
    case fxaot_deployment_request:new(Strategy, Options) of
        {ok, Request} ->
            fxaot_deployments:deploy(Group, Name, Id, Request#{trace => fxaot_trace:current()});
        Error -> Error
    end.

%% Does something with the options that are left, in the trace that `traceparent' names.
traced(Reason, Key, Options, Do) ->
    case fxaot_trace:option(Reason, Key, Options) of
        {ok, Trace, Rest} -> fxaot_trace:within(Trace, fun() -> Do(Rest) end);
        Error -> Error
    end.

%% The same with an error for other options.
with_trace(Options, Known, Do) ->
    traced(bad_option, option, Options, fun(Rest) ->
                                                case fxaot_terms:known_options(Rest, Known) of
                                                    ok -> Do(Rest);
                                                    Error -> Error
                                                end
                                        end).

%% @doc Stops a strategy. Its position stays in the instrument's net position.
-spec undeploy(engine(), Id :: atom()) -> ok | error().
undeploy(Engine, Id) when ?IS_ENGINE(Engine), is_atom(Id) -> undeploy(Engine, Id, #{});
undeploy(Engine, Id) -> ?BADARG([Engine, Id]).

%% @doc The same with options: `traceparent', see docs/telemetry.md.
-spec undeploy(engine(), Id :: atom(), #{traceparent => binary()}) -> ok | error().
undeploy(Engine, Id, Options) when ?IS_ENGINE(Engine), is_atom(Id), is_map(Options) ->
    in_group(Engine, fun(Group, Name) ->
                             with_trace(Options, [], fun(_) -> undeployed(Group, Name, Id) end)
                     end);
undeploy(Engine, Id, Options) -> ?BADARG([Engine, Id, Options]).

undeployed(Group, Name, Id) ->
    fxaot_telemetry_emit:span([undeploy], #{engine => Group, strategy => Id},
                              fun() -> fxaot_deployments:undeploy(Group, Name, Id) end).

%% @doc Goes back to the version before the running one, as if it were deployed again. The five newest
%% versions are kept. `{error, {no_version, _}}' if there is no earlier version.
-spec rollback(engine(), Id :: atom()) -> {ok, fxaot_nif:report()} | error().
rollback(Engine, Id) when ?IS_ENGINE(Engine), is_atom(Id) -> rollback(Engine, Id, #{});
rollback(Engine, Id) -> ?BADARG([Engine, Id]).

%% @doc The same with options: `traceparent', see docs/telemetry.md.
-spec rollback(engine(), Id :: atom(), #{traceparent => binary()}) -> {ok, fxaot_nif:report()} | error().
rollback(Engine, Id, Options) when ?IS_ENGINE(Engine), is_atom(Id), is_map(Options) ->
    in_group(Engine, fun(Group, _) ->
                             with_trace(Options, [], fun(_) -> fxaot_deployments:rollback(Group, Id) end)
                     end);
rollback(Engine, Id, Options) -> ?BADARG([Engine, Id, Options]).

%% @doc The tier that a strategy runs on, and why: `native', `vm', `beam' or `built_in'. With `version' (1, and
%% one more with each that took its place), `native_steps', and whether native code is still on
%% `probation'.
-spec tier(engine(), Id :: atom()) ->
          {ok, #{tier := native | vm | beam | built_in, why := binary(), atom() => term()}} | error().
tier(Engine, Id) when ?IS_ENGINE(Engine), is_atom(Id) ->
    in_group(Engine, fun(Group, _) -> fxaot_deployments:tier(Group, Id) end);
tier(Engine, Id) -> ?BADARG([Engine, Id]).

in_group(Engine, Ask) ->
    case fxaot_names:name(Engine) of
        {ok, Name} -> Ask(fxaot_names:group(Name), Name);
        none -> {error, {no_engine, Engine}}
    end.

%% @doc The native code that is refused because the Erlang VM died while it was on probation.
-spec quarantine() -> [fxaot_quarantine:entry()].
quarantine() -> fxaot_quarantine:list().

%% @doc Trusts native code again, by its `plan' in {@link quarantine/0}, from the next deployment of its
%% script on.
-spec release(Plan :: binary()) -> ok | error().
release(Plan) when is_binary(Plan) -> fxaot_quarantine:lift(Plan);
release(Plan) -> ?BADARG([Plan]).

%% ---- quotes -----------------------------------------------------------------

%% @doc Sends one quote, from any process, straight into the engine. Returns the events it caused, or `ok'.
%% The engine's subscribers have them by then. It also works while the engine's process restarts.
%%
%% A time before 1990 is not in nanoseconds: `{error, {bad_time, _}}', and {@link format_error/1} says
%% which unit it looks like. A quote further ahead of its instrument's newest than
%% `max_time_jump' (7 days; an option of {@link start_engine/2}) is `{error, {time_jump, _}}' and
%% counted in {@link stats/1}: one stray quote must not make the right ones late. After three such quotes
%% in a row, all within that span of each other, or after an {@link advance/2} to that time, the next one
%% is accepted: the new time holds, and an `#alarm{kind = time_jump}' says so.
%%
%% In actor mode: puts the quote into the engine's mailbox. Returns `ok', `{error, full}',
%% `{error, stopped}' or `bad_time'; errors change nothing. The engine counts other faults of the quote,
%% and its events go to the subscribers.
-spec tick(engine(), Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number()) ->
          fxaot_nif:result() | {error, full | stopped}.
tick(Engine, Symbol, TimeNs, Bid, Ask)
  when ?IS_ENGINE(Engine), is_atom(Symbol), is_integer(TimeNs), is_number(Bid), is_number(Ask) ->
    case fxaot_names:target(Engine) of
        {engine, _, Handle} -> fxaot_nif:tick(Handle, Symbol, TimeNs, Bid, Ask);
        {send, _, _, Destination} -> fxaot_nif:send(Destination, Symbol, TimeNs, Bid, Ask);
        {call, Name} -> fxaot_engine_call:ask(Name, Engine, {tick, Symbol, TimeNs, Bid, Ask});
        _ -> {error, {no_engine, Engine}}
    end;
tick(Engine, Symbol, TimeNs, Bid, Ask) -> ?BADARG([Engine, Symbol, TimeNs, Bid, Ask]).

%% @doc Sends one quote with its sizes in base units.
-spec tick(engine(), Symbol :: atom(), TimeNs :: integer(), Bid :: number(), Ask :: number(),
           BidSize :: number(), AskSize :: number()) ->
          fxaot_nif:result() | {error, full | stopped}.
tick(Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize)
  when ?IS_ENGINE(Engine), is_atom(Symbol), is_integer(TimeNs), is_number(Bid), is_number(Ask),
       is_number(BidSize), is_number(AskSize) ->
    case fxaot_names:target(Engine) of
        {engine, _, Handle} ->
            fxaot_nif:tick(Handle, Symbol, TimeNs, Bid, Ask, BidSize, AskSize);
        {send, _, _, Destination} ->
            fxaot_nif:send(Destination, Symbol, TimeNs, Bid, Ask, BidSize, AskSize);
        {call, Name} ->
            fxaot_engine_call:ask(Name, Engine, {tick, Symbol, TimeNs, Bid, Ask, BidSize, AskSize});
        _ -> {error, {no_engine, Engine}}
    end;
tick(Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize) ->
    ?BADARG([Engine, Symbol, TimeNs, Bid, Ask, BidSize, AskSize]).

%% @doc Sends a batch of records, as {@link fxaot_nif:quote/6} makes them. Other processes' quotes may come
%% in between, but these keep their order. Bad records are counted and skipped; a batch without a time in
%% nanoseconds is `{error, {bad_time, _}}'.
%% In actor mode as {@link fxaot_nif:send_batch/2}.
-spec ticks(engine(), Quotes :: binary()) -> fxaot_nif:result() | {error, full | stopped}.
ticks(Engine, Quotes) when ?IS_ENGINE(Engine), is_binary(Quotes),
                           byte_size(Quotes) rem ?RECORD =/= 0 ->
    {error, {bad_length, #{bytes => byte_size(Quotes), record => ?RECORD}}};
ticks(Engine, Quotes) when ?IS_ENGINE(Engine), is_binary(Quotes) ->
    case fxaot_names:target(Engine) of
        {engine, _, Handle} -> fxaot_nif:ticks(Handle, Quotes);
        {send, _, _, Destination} -> fxaot_nif:send_batch(Destination, Quotes);
        {call, Name} -> fxaot_engine_call:ask(Name, Engine, {ticks, Quotes});
        _ -> {error, {no_engine, Engine}}
    end;
ticks(Engine, Quotes) -> ?BADARG([Engine, Quotes]).

%% @doc Lets time pass without a quote: bars that end at or before TimeNs close.
-spec advance(engine(), TimeNs :: integer()) -> fxaot_nif:result() | {error, full | stopped}.
advance(Engine, TimeNs) when ?IS_ENGINE(Engine), is_integer(TimeNs) ->
    case fxaot_names:target(Engine) of
        {engine, _, Handle} -> fxaot_nif:advance(Handle, TimeNs);
        {send, _, _, Destination} -> fxaot_nif:send_advance(Destination, TimeNs);
        {call, Name} -> fxaot_engine_call:ask(Name, Engine, {advance, TimeNs});
        _ -> {error, {no_engine, Engine}}
    end;
advance(Engine, TimeNs) -> ?BADARG([Engine, TimeNs]).

%% @doc Runs a feed through an engine to its end.
%%
%% The feed is quote files (a path, several, a folder; see {@link fxaot_file_feed}), the simulated
%% market (a map; see {@link fxaot_market_feed}), or `{Module, Arguments}' of behaviour
%% {@link fxaot_feed}. Options:
%% <dl>
%% <dt>`speed'</dt><dd>`infinity' (default), or by the quotes' own time × a factor.</dd>
%% <dt>`mode'</dt><dd>`batch' (default): one native call for a batch; `quote': one for each.</dd>
%% <dt>`close_last_bar'</dt><dd>`true' (default): at the end time passes until the bars that the
%%   strategies are in have closed. Quotes from before that are late then.</dd>
%% <dt>`progress'</dt><dd>a function that gets `#{quotes, seconds, progress}' a few times a second,
%%   progress from 0.0 to 1.0.</dd>
%% <dt>`traceparent'</dt><dd>the caller's span, as W3C's Trace Context writes it; see docs/telemetry.md.</dd>
%% </dl>
%% Survives crashes of the engine's process and resumes at the exact quote, as long as nobody else
%% sends quotes to that engine (`{error, {engine_changed, _}}'). Ends with its caller.
%%
%% Returns how many `quotes' were sent, how many of them the engine `accepted', and how many it
%% `dropped', by reason (`late', `bad_price', `bad_size', `bad_time', `unknown_symbol'; only those that
%% occurred). A replay accepts the gaps of its feed: `gaps' counts the quotes further ahead than
%% `max_time_jump'. The feed adds its own figures (files: `formats', how columns were read; `sorted', rows
%% put in order; `skipped', members of zips without data; `bad_lines' and the first three of them, `bad';
%% see {@link fxaot_file_feed}). The time went to: `feed_seconds' in the feed, `call_seconds' in
%% native calls, `publish_seconds' in sending events; feed and calls overlap.
-spec replay(engine(), fxaot_feed:source(), fxaot_replay:options()) ->
          {ok, #{quotes := non_neg_integer(), accepted := non_neg_integer(),
                 dropped := #{Reason :: atom() => pos_integer()}, seconds := float(),
                 atom() => term()}} | error().
replay(Engine, Feed, Options)
  when ?IS_ENGINE(Engine), is_map(Options),
       is_tuple(Feed) orelse is_list(Feed) orelse is_binary(Feed) orelse is_map(Feed) ->
    case fxaot_names:name(Engine) of
        {ok, Name} -> traced(bad_option, option, Options, fun(Rest) -> fxaot_replay:run(Name, Feed, Rest) end);
        none -> {error, {no_engine, Engine}}
    end;
replay(Engine, Feed, Options) -> ?BADARG([Engine, Feed, Options]).

%% ---- orders -----------------------------------------------------------------

%% @doc Sends an order: a map with `symbol', `side' (`buy', `sell') and `quantity' in base units at least; see
%% docs/trading.md for the other fields. The engine's subscribers have the order's events before this returns.
%%
%% `{error, {Reason, #{number := Number}}}' when the risk gate refuses it, such as `{margin, #{needed := _, free := _}}';
%% `{error, {bad_order, #{field := Field}}}' when it cannot be read. With an `id' that an earlier order has, this sends nothing and returns that order with
%% `is_known => true', or the reason why it was rejected: after `engine_down' or `timeout' submit the same again.
-spec submit(engine(), fxaot_order:request()) -> {ok, fxaot_order:order()} | error().
submit(Engine, Order) when ?IS_ENGINE(Engine), is_map(Order) ->
    traced(bad_order, field, Order, fun(Rest) -> trade(Engine, {submit, Rest}) end);
submit(Engine, Order) -> ?BADARG([Engine, Order]).

%% @doc Changes `quantity', `price', `limit', `stop_loss', `take_profit', `trail' or the end of a `{gtd, Time}' of an
%% order that has not ended, or the stop-loss and take-profit of a filled one whose position is open. It keeps its
%% id; it loses its place if its price changes or its quantity grows.
-spec modify(engine(), fxaot_order:id(), fxaot_order:change()) -> {ok, fxaot_order:order()} | error().
modify(Engine, Id, Change) when ?IS_ENGINE(Engine), is_binary(Id), is_map(Change) ->
    traced(bad_order, field, Change, fun(Rest) -> trade(Engine, {modify, Id, Rest}) end);
modify(Engine, Id, Change) -> ?BADARG([Engine, Id, Change]).

%% @doc Cancels an order.
-spec cancel(engine(), fxaot_order:id()) -> {ok, fxaot_order:order()} | error().
cancel(Engine, Id) when ?IS_ENGINE(Engine), is_binary(Id) -> trade(Engine, {cancel, Id});
cancel(Engine, Id) -> ?BADARG([Engine, Id]).

%% @doc The same with options: `traceparent', see docs/telemetry.md.
-spec cancel(engine(), fxaot_order:id(), #{traceparent => binary()}) -> {ok, fxaot_order:order()} | error().
cancel(Engine, Id, Options) when ?IS_ENGINE(Engine), is_binary(Id), is_map(Options) ->
    with_trace(Options, [], fun(_) -> trade(Engine, {cancel, Id}) end);
cancel(Engine, Id, Options) -> ?BADARG([Engine, Id, Options]).

%% @doc Cancels all orders, or those of a symbol, of a strategy, or of both. Stop-losses and take-profits that are
%% attached to a position stay. Returns how many were cancelled.
-spec cancel_all(engine(), all | #{symbol => atom(), strategy => atom()}) -> {ok, non_neg_integer()} | error().
cancel_all(Engine, Which) when ?IS_ENGINE(Engine) ->
    case is_selection(Which) of
        true -> trade(Engine, {cancel_all, Which});
        false -> ?BADARG([Engine, Which])
    end;
cancel_all(Engine, Which) -> ?BADARG([Engine, Which]).

%% @doc The same with options: `traceparent', see docs/telemetry.md.
-spec cancel_all(engine(), all | #{symbol => atom(), strategy => atom()}, #{traceparent => binary()}) ->
          {ok, non_neg_integer()} | error().
cancel_all(Engine, Which, Options) when ?IS_ENGINE(Engine), is_map(Options) ->
    case is_selection(Which) of
        true -> with_trace(Options, [], fun(_) -> trade(Engine, {cancel_all, Which}) end);
        false -> ?BADARG([Engine, Which, Options])
    end;
cancel_all(Engine, Which, Options) -> ?BADARG([Engine, Which, Options]).

is_selection(all) -> true;
is_selection(#{} = Which) -> lists:all(fun is_atom/1, maps:values(Which));
is_selection(_) -> false.

%% @doc Closes the position in an instrument, or a ticket of a hedging account, by a market order. Of a hedging
%% account's instrument: all tickets, an order for each. Returns the orders.
-spec close(engine(), Symbol :: atom() | {ticket, fxaot_order:id()}) -> {ok, [fxaot_order:order()]} | error().
close(Engine, What) when ?IS_ENGINE(Engine), is_atom(What) -> trade(Engine, {close, What, all});
close(Engine, {ticket, Id} = What) when ?IS_ENGINE(Engine), is_binary(Id) -> trade(Engine, {close, What, all});
close(Engine, What) -> ?BADARG([Engine, What]).

%% @doc Closes a part; of a hedging account's instrument the oldest tickets first, if the account has `fifo', else
%% `{error, {fifo, _}}'. A map has the options `quantity' and `traceparent' (see docs/telemetry.md).
-spec close(engine(), Symbol :: atom() | {ticket, fxaot_order:id()},
            Quantity :: pos_integer() | #{quantity => pos_integer(), traceparent => binary()}) ->
          {ok, [fxaot_order:order()]} | error().
close(Engine, What, #{quantity := Quantity} = Options) when not is_integer(Quantity) ->
    ?BADARG([Engine, What, Options]);
close(Engine, What, #{} = Options) ->
    with_trace(Options, [quantity], fun(#{quantity := Quantity}) -> close(Engine, What, Quantity);
                                       (_) -> close(Engine, What)
                                    end);
close(Engine, What, Quantity) when ?IS_ENGINE(Engine), is_atom(What), is_integer(Quantity) ->
    trade(Engine, {close, What, Quantity});
close(Engine, {ticket, Id} = What, Quantity) when ?IS_ENGINE(Engine), is_binary(Id), is_integer(Quantity) ->
    trade(Engine, {close, What, Quantity});
close(Engine, What, Quantity) -> ?BADARG([Engine, What, Quantity]).

%% @doc Closes a ticket by an opposite one: their common quantity, at the difference of their entry prices, without
%% a spread.
-spec close_by(engine(), Ticket :: fxaot_order:id(), By :: fxaot_order:id()) -> ok | error().
close_by(Engine, Ticket, By) when ?IS_ENGINE(Engine), is_binary(Ticket), is_binary(By) ->
    trade(Engine, {close_by, Ticket, By});
close_by(Engine, Ticket, By) -> ?BADARG([Engine, Ticket, By]).

%% @doc The same with options: `traceparent', see docs/telemetry.md.
-spec close_by(engine(), Ticket :: fxaot_order:id(), By :: fxaot_order:id(), #{traceparent => binary()}) ->
          ok | error().
close_by(Engine, Ticket, By, Options)
  when ?IS_ENGINE(Engine), is_binary(Ticket), is_binary(By), is_map(Options) ->
    with_trace(Options, [], fun(_) -> trade(Engine, {close_by, Ticket, By}) end);
close_by(Engine, Ticket, By, Options) -> ?BADARG([Engine, Ticket, By, Options]).

%% @doc An order by its id, also one that has ended.
-spec order(engine(), fxaot_order:id()) -> {ok, fxaot_order:order()} | error().
order(Engine, Id) when ?IS_ENGINE(Engine), is_binary(Id) -> trade(Engine, {order, Id});
order(Engine, Id) -> ?BADARG([Engine, Id]).

%% @doc The orders that have not ended, oldest first.
-spec orders(engine()) -> [fxaot_order:order()] | error().
orders(Engine) when ?IS_ENGINE(Engine) -> trade(Engine, orders);
orders(Engine) -> ?BADARG([Engine]).

%% @doc The open tickets of a hedging account, oldest first.
-spec tickets(engine()) -> [fxaot_order:ticket()] | error().
tickets(Engine) when ?IS_ENGINE(Engine) -> trade(Engine, tickets);
tickets(Engine) -> ?BADARG([Engine]).

%% @doc The closed trades, in the order of their exits: what each fill has closed of a position or a ticket.
-spec trades(engine()) -> {ok, [fxaot_order:trade()]} | error().
trades(Engine) when ?IS_ENGINE(Engine) ->
    named(Engine, fun(Name) -> fxaot_trades:all(fxaot_engine_trading:members(Name)) end);
trades(Engine) -> ?BADARG([Engine]).

%% @doc The same as CSV, with a header.
-spec trades_csv(engine()) -> {ok, binary()} | error().
trades_csv(Engine) when ?IS_ENGINE(Engine) ->
    case trades(Engine) of
        {ok, Trades} -> {ok, fxaot_trades:csv(Trades)};
        Error -> Error
    end;
trades_csv(Engine) -> ?BADARG([Engine]).

%% @doc Pays an amount in. In units of the account currency, as `balance' is. Returns {@link account/1}.
-spec deposit(engine(), Amount :: number()) -> {ok, #{atom() => term()}} | error().
deposit(Engine, Amount) when ?IS_ENGINE(Engine), is_number(Amount) -> trade(Engine, {deposit, Amount});
deposit(Engine, Amount) -> ?BADARG([Engine, Amount]).

%% @doc The same with options: `traceparent', see docs/telemetry.md.
-spec deposit(engine(), Amount :: number(), #{traceparent => binary()}) -> {ok, #{atom() => term()}} | error().
deposit(Engine, Amount, Options) when ?IS_ENGINE(Engine), is_number(Amount), is_map(Options) ->
    with_trace(Options, [], fun(_) -> trade(Engine, {deposit, Amount}) end);
deposit(Engine, Amount, Options) -> ?BADARG([Engine, Amount, Options]).

%% @doc Pays an amount out, at most the free margin. Returns {@link account/1}.
-spec withdraw(engine(), Amount :: number()) -> {ok, #{atom() => term()}} | error().
withdraw(Engine, Amount) when ?IS_ENGINE(Engine), is_number(Amount) -> trade(Engine, {withdraw, Amount});
withdraw(Engine, Amount) -> ?BADARG([Engine, Amount]).

%% @doc The same with options: `traceparent', see docs/telemetry.md.
-spec withdraw(engine(), Amount :: number(), #{traceparent => binary()}) -> {ok, #{atom() => term()}} | error().
withdraw(Engine, Amount, Options) when ?IS_ENGINE(Engine), is_number(Amount), is_map(Options) ->
    with_trace(Options, [], fun(_) -> trade(Engine, {withdraw, Amount}) end);
withdraw(Engine, Amount, Options) -> ?BADARG([Engine, Amount, Options]).

%% ---- gateway ------------------------------------------------------------------

%% @doc Takes a broker's report, for an engine with the option `venue => gateway'; see docs/gateways.md. Says what it
%% was: a report that is doubled, late, out of order or unknown is counted.
-spec report(engine(), fxaot_report:report()) -> {ok, fxaot_report:verdict()} | error().
report(Engine, Report) when ?IS_ENGINE(Engine), is_map(Report) -> trade(Engine, {report, Report});
report(Engine, Report) -> ?BADARG([Engine, Report]).

%% @doc What a broker is to do, after request number Acknowledged (0: all), at most 128. Those up to that number are
%% forgotten: acknowledge what has been handed over.
-spec requests(engine(), Acknowledged :: non_neg_integer()) -> {ok, [fxaot_report:request()]} | error().
requests(Engine, Acknowledged) when ?IS_ENGINE(Engine), is_integer(Acknowledged), Acknowledged >= 0 ->
    trade(Engine, {requests, Acknowledged});
requests(Engine, Acknowledged) -> ?BADARG([Engine, Acknowledged]).

%% @doc The state of an engine's gateway: whether it is up, and counters of requests and reports; of a gateway by
%% option also `connects', `differences' that reconciling has found, and reports that were `unreadable'.
-spec gateway(engine()) -> #{atom() => term()} | error().
gateway(Engine) when ?IS_ENGINE(Engine) ->
    case {trade(Engine, gateway), fxaot_names:name(Engine)} of
        {#{} = Figures, {ok, Name}} ->
            case fxaot_gateway_link:figures(Name) of
                #{} = Counted -> maps:merge(Figures, Counted);
                Error -> Error
            end;
        {Answer, _} -> Answer
    end;
gateway(Engine) -> ?BADARG([Engine]).

trade(Engine, Request)
  when Request =:= orders; Request =:= tickets; Request =:= gateway; element(1, Request) =:= order;
       element(1, Request) =:= requests; element(1, Request) =:= report ->
    fxaot_engine_call:ask(Engine, {trading, Request});
trade(Engine, Request) ->
    named(Engine, fun(Name) ->
                          Metadata = #{engine => Name, request => element(1, Request), id => id(Request),
                                       strategy => strategy(Request)},
                          fxaot_telemetry_emit:span([request], Metadata,
                                                    fun() ->
                                                            fxaot_engine_call:ask(Name, Engine, {trading, Request})
                                                    end)
                  end).

%% Of the order that a request is about.
id({submit, #{id := Id}}) -> Id;
id({modify, Id, _}) -> Id;
id({cancel, Id}) -> Id;
id(_) -> undefined.

strategy({submit, #{strategy := Strategy}}) when is_atom(Strategy) -> Strategy;
strategy(_) -> undefined.

named(Engine, Do) ->
    case fxaot_names:name(Engine) of
        {ok, Name} -> Do(Name);
        none -> {error, {no_engine, Engine}}
    end.

%% ---- the kill switch --------------------------------------------------------

%% @doc The kill switch. From any process and at once, also while the engine is busy or its process restarts: the
%% next order is refused (`halted'). Then the engine's process cancels resting and waiting orders. Stop-losses,
%% take-profits and closes stay and pass, unless `halt_keeps_protection' of the option `risk' is false.
%%
%% An error says that the orders are not cancelled yet, since the process did not answer; new orders are refused
%% all the same, and its restart cancels them. Only {@link resume/1} ends it.
-spec halt(engine()) -> ok | error().
halt(Engine) when ?IS_ENGINE(Engine) -> switch(Engine, halted);
halt(Engine) -> ?BADARG([Engine]).

%% @doc The same, but orders that shrink their own strategy's position pass; others are refused (`reducing').
-spec reduce(engine()) -> ok | error().
reduce(Engine) when ?IS_ENGINE(Engine) -> switch(Engine, reducing);
reduce(Engine) -> ?BADARG([Engine]).

%% @doc Ends {@link halt/1}, {@link reduce/1}, and the reducing that a limit has switched to.
-spec resume(engine()) -> ok | error().
resume(Engine) when ?IS_ENGINE(Engine) -> switch(Engine, active);
resume(Engine) -> ?BADARG([Engine]).

switch(Engine, State) ->
    named(Engine, fun(Name) ->
                          ok = fxaot_engine_trading:switch(Name, State),
                          fxaot_telemetry_emit:happened([trading, state], #{engine => Name, state => State}),
                          fxaot_engine_call:ask(Name, Engine, {trading, {apply_state, State}})
                  end).

%% ---- events -----------------------------------------------------------------

%% @doc From now on the caller gets `{fxaot_events, Name, Incarnation, FirstSequence, [Event]}', the records
%% of fxaot.hrl, before the call that caused the events returns. An engine numbers its events 1, 2, 3 …
%% without gaps; a larger incarnation means that the engine under this name is a new one, which starts at 1
%% again. Subscriptions survive crashes of the engine's process and end with the subscriber. Subscribing
%% twice is subscribing once.
%%
%% In actor mode the messages come from the native thread, one for each turn that caused events. A
%% subscriber with `subscriber_limit' waiting messages misses further events: {@link stats/1} counts them,
%% and when there is room again, it gets `{fxaot_gap, Name, From, To}', the first and the last number that
%% it has missed.
%%
%% When the application stops while positions are open, subscribers get `{fxaot_stopping, Name, Positions}'
%% with those of {@link positions/1}, or, in a hedging account, of {@link tickets/1}.
-spec subscribe(engine()) -> ok | error().
subscribe(Engine) when ?IS_ENGINE(Engine) ->
    case fxaot_names:name(Engine) of
        none -> {error, {no_engine, Engine}};
        {ok, Name} ->
            case fxaot_events:subscribe(Name, self()) of
                ok -> tell_engine(Name, {subscribe, self()});
                Error -> Error
            end
    end;
subscribe(Engine) -> ?BADARG([Engine]).

%% @doc Ends the caller's subscription, if there is one.
-spec unsubscribe(engine()) -> ok | error().
unsubscribe(Engine) when ?IS_ENGINE(Engine) ->
    case fxaot_names:name(Engine) of
        {ok, Name} ->
            case fxaot_events:unsubscribe(Name, self()) of
                ok -> tell_engine(Name, {unsubscribe, self()});
                Error -> Error
            end;
        %% An engine that is stopped: its subscribers stay subscribed to the name.
        none when is_atom(Engine) -> fxaot_events:unsubscribe(Engine, self());
        none -> ok
    end;
unsubscribe(Engine) -> ?BADARG([Engine]).

%% One that is restarting finds its subscribers in their table.
tell_engine(Name, {Kind, Pid} = Request) ->
    fxaot_telemetry_emit:happened([subscriber, subscription(Kind)], #{engine => Name, pid => Pid}),
    %% An inline engine hears of it at once, also while its process restarts.
    _ = case {fxaot_names:target(Name), Kind} of
            {{engine, _, Handle}, subscribe} -> fxaot_nif:subscribe(Handle, Pid, ?ALLOWANCE);
            {{engine, _, Handle}, unsubscribe} -> fxaot_nif:unsubscribe(Handle, Pid);
            _ -> ok
        end,
    case fxaot_engine_call:ask(Name, Name, Request) of
        {error, {engine_down, _}} -> ok;
        Answer -> Answer
    end.

subscription(subscribe) -> add;
subscription(unsubscribe) -> remove.

%% @doc Takes events of an engine in actor mode that wait to be pulled, see
%% {@link fxaot_nif:drain/2}.
-spec drain(engine(), Most :: non_neg_integer()) ->
          {ok, [{Sequence :: pos_integer(), fxaot_nif:event()}]} | error().
drain(Engine, Most) when ?IS_ENGINE(Engine), is_integer(Most), Most >= 0 ->
    case mailbox(Engine) of
        {ok, Mailbox} -> fxaot_nif:drain(Mailbox, Most);
        Error -> Error
    end;
drain(Engine, Most) -> ?BADARG([Engine, Most]).

%% @doc The mailbox of an engine in actor mode, for {@link fxaot_nif:send/5}: saves the look-up of
%% {@link tick/5}. Valid until the engine's process dies.
-spec mailbox(engine()) -> {ok, fxaot_nif:mailbox()} | error().
mailbox(Engine) when ?IS_ENGINE(Engine) ->
    case fxaot_names:target(Engine) of
        {send, _, mailbox, Mailbox} -> {ok, Mailbox};
        {send, _, router, _} -> {error, {group, #{engine => Engine}}};
        {call, Name} -> fxaot_engine_call:ask(Name, Engine, handle);
        none -> {error, {no_engine, Engine}};
        _ -> {error, {inline_mode, #{engine => Engine}}}
    end;
mailbox(Engine) -> ?BADARG([Engine]).

%% ---- health -----------------------------------------------------------------

%% @doc What works: native code, engines, groups, journals, strategies, and how many messages wait for each. Asks no
%% process, so it also answers while some are stuck.
-spec health() -> fxaot_health:health().
health() -> fxaot_health:health().

%% @doc Whether native code is loaded, every engine, group and strategy has its process and its state, and every
%% journal takes records.
-spec ready() -> boolean().
ready() -> fxaot_health:ready().

%% ---- reading ----------------------------------------------------------------

%% @doc Counters and sampled latencies.
-spec stats(engine()) -> #{atom() => term()} | error().
stats(Engine) when ?IS_ENGINE(Engine) -> fxaot_engine_call:ask(Engine, stats);
stats(Engine) -> ?BADARG([Engine]).

%% @doc Money in micro-units of the `currency': `balance', `equity', `realised', `unrealised', `margin_used',
%% `free_margin', and the sums since the start `commission', `swap' and `cash'; `margin_level' (equity / margin
%% used, or `infinity'), `state' (`active', `reducing', `halted'), and `unvalued', how many open positions no live
%% quote converts.
-spec account(engine()) -> #{atom() => term()} | error().
account(Engine) when ?IS_ENGINE(Engine) -> fxaot_engine_call:ask(Engine, account);
account(Engine) -> ?BADARG([Engine]).

%% @doc Net position per instrument that has traded.
-spec positions(engine()) -> [#{atom() => term()}] | error().
positions(Engine) when ?IS_ENGINE(Engine) -> fxaot_engine_call:ask(Engine, positions);
positions(Engine) -> ?BADARG([Engine]).

%% @doc Per strategy: its name and place, its counts and its own book; `stale_since' (ns) where it has missed quotes, see
%% docs/journal.md.
-spec strategies(engine()) -> [#{atom() => term()}] | error().
strategies(Engine) when ?IS_ENGINE(Engine) -> fxaot_engine_call:ask(Engine, strategies);
strategies(Engine) -> ?BADARG([Engine]).

%% @doc The native engine's handle for {@link fxaot_nif}. Any process may send quotes to it, unless it is in
%% actor mode; all else is for its owner, or, after the owner's death, for a process that adopts it.
-spec handle(engine()) -> {ok, fxaot_nif:handle()} | error().
handle(Engine) when ?IS_ENGINE(Engine) -> fxaot_engine_call:ask(Engine, handle);
handle(Engine) -> ?BADARG([Engine]).

%% ---- arrays -----------------------------------------------------------------

%% @doc A strategy over a whole history: one signal per bar, −1.0 … +1.0, 0.0 where it holds.
%%
%% Prices (closes) and volumes are equally long binaries of native float64, read in place, and the
%% signals are one too; or lists of numbers, for small histories, and the signals are a list.
-spec execute(Strategy :: atom() | binary(),
              #{prices := binary() | [number()], volumes := binary() | [number()]},
              Params :: #{atom() | binary() => number()}) ->
          {ok, Signals :: binary() | [float()]} | error().
execute(Strategy, Data, Params)
  when is_atom(Strategy) orelse is_binary(Strategy), is_map(Data), is_map(Params) ->
    case arrays(Data) of
        {ok, Prices, Volumes} ->
            case fxaot_nif:execute(Strategy, Prices, Volumes, Params) of
                {ok, Signals} when is_list(map_get(prices, Data)) ->
                    {ok, [Signal || <<Signal:64/float-native>> <= Signals]};
                Answer -> Answer
            end;
        Error -> Error
    end;
execute(Strategy, Data, Params) -> ?BADARG([Strategy, Data, Params]).

arrays(#{prices := Prices, volumes := Volumes} = Data) ->
    case fxaot_terms:known_options(Data, [prices, volumes]) of
        ok ->
            case {array(prices, Prices), array(volumes, Volumes)} of
                {{ok, P}, {ok, V}} -> {ok, P, V};
                {{ok, _}, Error} -> Error;
                {Error, _} -> Error
            end;
        Error -> Error
    end;
arrays(#{prices := _}) -> {error, {missing_option, #{option => volumes}}};
arrays(_) -> {error, {missing_option, #{option => prices}}}.

array(_, Array) when is_binary(Array) -> {ok, Array};
array(Name, List) when is_list(List) -> packed(Name, List, 1, []);
array(Name, Value) ->
    {error, {bad_option, #{option => Name, value => Value,
                           expected => "a binary of float64 or a list of numbers"}}}.

packed(_, [], _, Done) -> {ok, iolist_to_binary(lists:reverse(Done))};
packed(Name, [Value | Rest], Position, Done) when is_number(Value) ->
    try <<Value:64/float-native>> of
        Bytes -> packed(Name, Rest, Position + 1, [Bytes | Done])
    catch error:badarg -> {error, {bad_list, #{argument => Name, position => Position}}}
    end;
packed(Name, [_ | _], Position, _) ->
    {error, {bad_list, #{argument => Name, position => Position}}};
packed(Name, _, _, _) -> {error, {bad_list, #{argument => Name}}}.

%% ---- errors -----------------------------------------------------------------

%% @doc A sentence for `{error, Error}', the Error alone, or `badarg'.
-spec format_error(term()) -> unicode:chardata().
format_error(Error) -> fxaot_error:format_error(Error).

%% @doc Which argument of a call that raised `badarg' is wrong and why (EEP 54).
-spec format_error(Reason :: term(), Stacktrace :: [tuple()]) ->
          #{pos_integer() | general => unicode:chardata()}.
format_error(Reason, Stacktrace) -> fxaot_badarg:format_error(Reason, Stacktrace).
