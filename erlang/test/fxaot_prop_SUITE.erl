%% Random terms at every native function, and random valid sequences against a small model.
%% Longer than a file should be: the generators of terms and the model share their tables.
-module(fxaot_prop_SUITE).

-include_lib("proper/include/proper.hrl").
-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-compile([export_all, nowarn_export_all]).

-define(T0, 1704240000000000000).

all() ->
    [random_terms_at_native_functions, random_terms_at_the_api, random_terms_at_telemetry, random_parser_states,
     random_files, random_sequences].

suite() -> [{timetrap, {minutes, 10}}].

init_per_suite(Config) ->
    ok = fxaot_test:start(),
    logger:set_primary_config(level, none),
    {ok, {ir, Program}} = fxaot_script:compile({source, script()}),
    persistent_term:put({?MODULE, program}, Program),
    %% From here on there is neither a compiler nor an artifact.
    application:set_env(fxaot, tool, "/nowhere/fxaot"),
    application:set_env(fxaot, artifact_dirs, []),
    Config.

script() ->
    "//@version=6\nstrategy(\"P\", default_qty_value = 1000)\nfast = input.int(3, minval = 1)\n"
    "if ta.crossover(close, ta.ema(close, fast))\n    strategy.entry(\"L\", strategy.long)\n"
    "strategy.exit(\"X\", loss = 50, trail_points = 20, trail_offset = 10)\n".

end_per_suite(_) ->
    logger:set_primary_config(level, notice),
    [application:unset_env(fxaot, Key) || Key <- [tool, artifact_dirs]],
    application:stop(fxaot).

holds(Property, Cases) ->
    Tell = fun(".", []) -> ok;
              (Format, Arguments) -> ct:log(Format, Arguments)
           end,
    ?assertEqual(true, proper:quickcheck(Property, [{numtests, Cases}, {on_output, Tell},
                                                    {max_size, 30}, noshrink])).

random_terms_at_native_functions(_) -> holds(random_terms(fxaot_nif, native()), 8000).
random_terms_at_the_api(_) -> holds(random_terms(fxaot, api()), 1500).
random_terms_at_telemetry(_) -> holds(random_terms(fxaot_telemetry, telemetry()), 1500).
random_parser_states(_) -> holds(random_parsers(), 1500).
random_files(_) -> holds(random_texts(), 500).
random_sequences(_) -> holds(random_sequence(), 1500).

%% ---- random terms -----------------------------------------------------------

%% Every exported function but those that only answer a constant.
native() ->
    [Function || {Name, _} = Function <- fxaot_nif:module_info(exports),
                 %% A file that is noted is deleted at the end.
                 not lists:member(Name, [module_info, abi_version, note, forget, lock_file])].

api() ->
    [Function || {Name, _} = Function <- fxaot:module_info(exports), Name =/= module_info].

telemetry() ->
    [Function || {Name, _} = Function <- fxaot_telemetry:module_info(exports),
                 not lists:member(Name, [module_info, new, bridge])].

%% It answers, or raises badarg. Anything else, and above all a dead node, is a failure.
random_terms(Module, Functions) ->
    ?FORALL({Function, Arity}, oneof(Functions),
            ?FORALL(Arguments, arguments(Module, Function, Arity),
                    begin
                        Things = things(),
                        Real = real(Arguments, Things),
                        Answered = answered(Module, Function, Real),
                        tidy(Things),
                        ?WHENFAIL(ct:log("~p:~p~p~n~p~n",
                                            [Module, Function, Real, Answered]),
                                  ok(Answered))
                    end)).

answered(Module, Function, Arguments) ->
    try apply(Module, Function, Arguments) of
        {error, {Reason, _} = Error} when is_atom(Reason) ->
            case fxaot:format_error(Error) of
                Sentence when is_binary(Sentence) -> error_answer
            end;
        _ -> answer
    catch
        error:badarg:Stacktrace ->
            Explained = fxaot:format_error(badarg, Stacktrace),
            true = is_map(Explained),
            badarg;
        Class:Reason:Stacktrace -> {Class, Reason, Stacktrace}
    end.

ok(Answered) -> lists:member(Answered, [answer, error_answer, badarg]).

%% Names of live things stand in the generated terms, since handles cannot be generated.
things() ->
    {ok, Engine} = fxaot_nif:new(#{bar_events => true}),
    ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
    ok = fxaot_nif:add_strategy(Engine, a, ma_crossover, #{instrument => 'EURUSD',
                                                           timeframe => tick}),
    {ok, Closed} = fxaot_nif:new(),
    ok = fxaot_nif:close(Closed),
    {ok, Actor} = fxaot_nif:new(),
    ok = fxaot_nif:add_instrument(Actor, 'EURUSD'),
    {ok, Mailbox} = fxaot_nif:start_actor(Actor, #{capacity => 64, pull_capacity => 64}),
    {ok, Router} = fxaot_nif:router(#{}),
    ok = fxaot_nif:set_routes(Router, [{'EURUSD', Mailbox}]),
    {ok, Market} = fxaot_nif:market(#{}),
    {ok, Parser} = fxaot_nif:parser(lean, 'EURUSD', 0, 10),
    {ok, Sorter} = fxaot_nif:sorter(1),
    #{'$sorter' => Sorter, '$engine' => Engine, '$closed' => Closed, '$market' => Market, '$parser' => Parser,
      '$actor' => Actor, '$mailbox' => Mailbox, '$router' => Router, '$self' => self(),
      '$ref' => make_ref()}.

tidy(#{'$engine' := Engine, '$actor' := Actor}) ->
    _ = fxaot_nif:close(Engine),
    _ = fxaot_nif:close(Actor),
    _ = fxaot:stop_engine(prop_engine),
    _ = fxaot:stop_engine(fxaot_engines),
    ok.

real(Term, Things) when is_map_key(Term, Things) -> maps:get(Term, Things);
real({A, B}, Things) -> {real(A, Things), real(B, Things)};
real([Head | Tail], Things) -> [real(Head, Things) | real(Tail, Things)];
real(Term, _) -> Term.

%% Mostly what the function takes, each argument with its odd values; sometimes anything at all.
arguments(Module, Function, Arity) ->
    Fitting = [argument(Type) || Type <- types(Module, Function, Arity)],
    frequency([{4, Fitting},
               {2, [frequency([{2, Argument}, {1, anything()}]) || Argument <- Fitting]},
               {1, [anything() || _ <- Fitting]}]).

anything() ->
    frequency([{4, any()}, {1, oneof(['$engine', '$closed', '$market', '$parser', '$actor', '$mailbox',
                                          '$router', '$self', '$ref'])},
               {1, [1 | 2]}, {1, 1 bsl 80}, {1, -(1 bsl 80)}, {1, <<1:7>>}]).

%% fxaot_error knows the types of arguments by function.
types(fxaot_nif, new, 0) -> [];
types(_, strategy_list, 0) -> [];
types(_, instrument_list, 0) -> [];
types(fxaot_nif, Function, Arity) ->
    Types = #{new => [config], set_account => [handle, trading], set_risk => [handle, trading],
              set_venue => [handle, trading], set_gateway => [handle, link], requests => [handle, whole],
              cross => [handles, router, scope], has_crossed => [handle],
              start_journal => [handle, scope], take_journal => [handle], journal_snapshot => [handle], restore => [bytes], sha256 => [bytes], lose_journal => [handle],
              mark_stale => [handle], drop => [handle, symbols], load_strategies => [bytes], warm => [handle, records], apply_records => [handle, bytes], frame_records => [bytes, chain],
              read_records => [bytes, chain, which_records], crc32c => [bytes], unlock_file => [reference],
              report => [handle, report], gateway => [handle], set_terms => [handle, symbol, instrument], submit => [handle, order],
              modify => [handle, order_id, order], cancel => [handle, order_id], cancel_all => [handle, which],
              close_by => [handle, order_id, order_id], deposit => [handle, price], withdraw => [handle, price],
              set_state => [mailbox, trading_state], apply_state => [handle], fill_rest => [handle], order => [handle, order_id],
              orders => [handle], tickets => [handle], trades => [handle, whole],
              adopt => [handle], share => [handle, id],
              subscribers => [mailbox], pending => [handle],
              acknowledge => [handle], stats => [handle], latency => [handle], trace => [handle, whole], traced => [handle],
              fix_rules => [symbols, symbols, symbols], fix_parse => [reference, bytes, whole, whole], fix_write => [reference, symbol, params],
              fix_wire => [bytes, whole], fix_leave => [reference, bytes, bytes, flag], fix_unwire => [reference], account => [handle],
              positions => [handle], strategies => [handle], quotes => [handle], bars => [handle, id, whole], figures => [handle, whole, whole],
              add_script => [handle, id, program, deployment],
              remove_strategy => [handle, id], add_strategy => [handle, id, strategy, deployment],
              ticks => [handle, records], feed => [handle, records], advance => [handle, time], symbol_key => [symbol],
              quote => [symbol, time, price, price, price, price],
              execute => [strategy, bytes, bytes, params], detect_format => [bytes],
              parser => [format, symbol, time, whole], parse => [parser, bytes, flag],
              parser_info => [parser], market => [market_config],
              market_next => [market, time, whole],
              start_actor => [handle, actor], stop_actor => [handle],
              send_advance => [mailbox, time], drain => [mailbox, whole],
              subscribe => [mailbox, subscriber, whole], unsubscribe => [mailbox, subscriber],
              allow => [mailbox, subscriber, whole], mailbox => [mailbox],
              router => [actor], set_routes => [router, routes],
              native_info => [reference], detach_native => [handle, id],
              reload_basis => [handle, id, whole, whole, whole],
              prepare => [reference, program, params], swap => [handle, id, reference],
              move => [router, routes, handle, handle, symbols], unrouted => [router],
              instruments => [handle], send_batch => [mailbox, records, wait],
              set_replaying => [handle, flag], send_replay => [mailbox, records, wait],
              sniff => [bytes, flag, names, bytes], sorter => [whole], sort => [sorter, records, flag],
              sorted => [sorter, whole],
              set_parser => [parser, symbol, time, whole, time, symbol],
              zip_find => [bytes, whole], zip_members => [bytes, whole], zip_start => [bytes, bytes, whole],
              zip_check => [bytes, whole, whole], symbol_in_names => [bytes], day_in_name => [bytes]},
    case {Function, Arity} of
        {close, 1} -> [handle];
        {close, 2} -> [handle, closed];
        {close, 3} -> [handle, closed, whole];
        {strategies, 3} -> [handle, whole, whole];
        {add_instrument, 2} -> [handle, symbol];
        {load_native, 1} -> [bytes];
        {script_plan, 1} -> [reference];
        {script_plan, 2} -> [handle, id];
        {script_plan, 3} -> [program, instrument, deployment];
        {attach_native, 2} -> [reference, reference];
        {attach_native, 3} -> [handle, id, reference];
        {add_instrument, 3} -> [handle, symbol, instrument];
        {start_actor, 1} -> [handle];
        {subscribe, 2} -> [mailbox, subscriber];
        {send_batch, 2} -> [mailbox, records];
        {send, 5} -> [mailbox, symbol, time, price, price];
        {send, 7} -> [mailbox, symbol, time, price, price, price, price];
        {tick, 5} -> [handle, symbol, time, price, price];
        {tick, 7} -> [handle, symbol, time, price, price, price, price];
        _ -> maps:get(Function, Types)
    end;
types(fxaot_telemetry, Function, Arity) ->
    maps:get({Function, Arity}, #{{execute, 2} => [event, told], {execute, 3} => [event, told, told],
                                  {span, 3} => [event, told, work], {attach, 4} => [id, event, handler, id],
                                  {attach_many, 4} => [id, events, handler, id], {detach, 1} => [id],
                                  {list_handlers, 1} => [event], {events, 0} => []});
types(fxaot, start_engine, 1) -> [engine];
types(fxaot, start_engine, 2) -> [engine, config];
types(fxaot, child_spec, 2) -> [engine, config];
types(fxaot, Function, 0) when Function =:= health; Function =:= ready; Function =:= quarantine -> [];
types(fxaot, start_engines, 1) -> [whole];
types(fxaot, start_engines, 3) -> [engine, whole, config];
types(fxaot, move_instrument, 3) -> [engine, symbol, id];
types(fxaot, deploy, 3) -> [engine, id, deployment];
types(fxaot, replay, 3) -> [engine, feed, params];
types(fxaot, rollback, 2) -> [engine, id];
types(fxaot, rollback, 3) -> [engine, id, params];
types(fxaot, undeploy, 3) -> [engine, id, params];
types(fxaot, cancel, 3) -> [engine, order_id, params];
types(fxaot, cancel_all, 3) -> [engine, which, params];
types(fxaot, close_by, 4) -> [engine, order_id, order_id, params];
types(fxaot, Function, 3) when Function =:= deposit; Function =:= withdraw -> [engine, price, params];
types(fxaot, tier, 2) -> [engine, id];
types(fxaot, release, 1) -> [bytes];
types(fxaot, execute, 3) -> [strategy, arrays, params];
types(fxaot, format_error, 1) -> [whole];
types(fxaot, format_error, 2) -> [id, whole];
types(fxaot, Function, Arity) when Arity > 1 ->
    [_ | Rest] = types(fxaot_nif, case Function of
                                      undeploy -> remove_strategy;
                                      _ -> Function
                                  end, Arity),
    [engine | Rest];
types(fxaot, _, 1) -> [engine].

argument(handle) -> frequency([{8, '$engine'}, {4, '$actor'}, {1, '$closed'}, {1, '$market'},
                               {1, '$ref'}]);
argument(handles) -> list(argument(handle));
argument(mailbox) -> frequency([{8, '$mailbox'}, {3, '$router'}, {1, '$engine'}]);
argument(router) -> frequency([{8, '$router'}, {1, '$mailbox'}, {1, '$ref'}]);
argument(subscriber) -> frequency([{8, '$self'}, {1, self}, {1, '$ref'}]);
argument(routes) -> list({argument(symbol), argument(mailbox)});
argument(symbols) -> list(argument(symbol));
argument(wait) -> oneof([0, 1, 5, -1, 3600001, 1 bsl 64]);
argument(actor) ->
    options([{oneof([name, capacity, pull_capacity, overflow, waiting, budget, processor]),
              oneof([1, 64, 1000, 0, -1, 1 bsl 40, park, yield, spin, refuse, drop_oldest,
                     {block, 1}, {block, 0}, any, x])}]);
argument(event) -> oneof([[], [a], [fxaot, engine, start], [a | b], [1], list(oneof([a, b]))]);
argument(events) -> oneof([[], [[]], [[a], [b]], [[a] | b], list(argument(event))]);
argument(told) -> oneof([#{}, #{a => 1}, #{telemetry_span_context => 1}]);
argument(handler) -> oneof([function4(any()), function0(any())]);
argument(work) -> oneof([function0({any(), #{}}), function0({any(), #{}, #{}}), function4(any())]);
argument(engine) -> oneof([prop_engine, nobody, kernel_sup]);
argument(market) -> frequency([{8, '$market'}, {1, '$engine'}]);
argument(sorter) -> frequency([{8, '$sorter'}, {1, '$market'}, {1, '$ref'}]);
argument(names) -> oneof([[], [<<"EURUSD.csv">>, binary()], [1], x]);
argument(reference) -> oneof(['$ref', '$engine', '$market']);
argument(parser) -> frequency([{8, '$parser'}, {2, binary()}, {1, binary(736)}]);
argument(id) -> oneof([a, b, '', 'ü']);
argument(symbol) -> oneof(['EURUSD', 'USDJPY', 'NONE', '', 'ü', long_symbol()]);
argument(strategy) -> oneof([ma_crossover, <<"fusion">>, momentum_breakout, none, <<>>, <<0>>,
                             binary(70), {ir, argument(program)}, {file, "no.pine"}, {file, 1}]);
argument(program) ->
    Program = persistent_term:get({?MODULE, program}),
    ?LET({Place, Byte}, {integer(0, byte_size(Program) - 1), byte()},
         oneof([Program, binary(),
                <<(binary:part(Program, 0, Place))/binary, Byte,
                  (binary:part(Program, Place + 1, byte_size(Program) - Place - 1))/binary>>]));
argument(time) -> oneof([?T0, ?T0 div 1000000, 0, -1, integer(), 1 bsl 62, 1 bsl 63, 1 bsl 64, -(1 bsl 63),
                         7258118400000000000, 7258118399999999999]);
argument(price) -> oneof([1.1, 1, 0, -1.0, 1.0e-300, 1.0e300, 1.7e308, 1 bsl 1100, 4.9e-324, -0.0,
                          float(), 22517998136.0, 22517998137.0]);
argument(order_id) -> oneof([<<"a">>, <<"b">>, <<"a.sl">>, <<"close.1">>, <<>>, binary(64), binary(65), <<0>>, a]);
argument(closed) -> oneof([argument(symbol), {ticket, argument(order_id)}, {ticket, a}]);
argument(which) -> oneof([all, none, options([{oneof([symbol, strategy, id]), oneof(['EURUSD', a, <<"a">>, 1])}])]);
argument(trading_state) -> oneof([active, reducing, halted, x]);
argument(chain) -> oneof([<<0:384>>, <<1:384>>, <<0:64>>, x]);
argument(which_records) -> oneof([all, other, x]);
argument(scope) -> oneof([nothing, account, inputs, x]);
argument(link) -> oneof([none, down, up, x]);
argument(report) ->
    options([{kind, oneof([accepted, fill, cancelled, replaced, x])}, {id, argument(order_id)},
             {number, argument(whole)}, {quantity, oneof([1, 1000, argument(whole)])},
             {price, oneof([1.1, argument(price)])}, {execution, argument(order_id)},
             {commission, oneof([1, argument(price)])}, {kindd, x}]);
argument(trading) ->
    options([{oneof([leverage, mode, liquidation, stop_out, new_orders, fifo, max_spread, collar, order_rate,
                     daily_loss, max_position, halt_keeps_protection, latency_ms, slippage, reject_probability,
                     seed, levrage]),
              oneof([argument(price), argument(whole), boolean(), hedging, partial, 0.5,
                     #{count => 3, per_ms => 100}])}]);
argument(order) ->
    Prices = [price, limit, stop_loss, take_profit, trail_activation],
    Fields = [{oneof(Prices), oneof([1.1, 1.2, 0.9, argument(price)])},
              {type, oneof([market, limit, stop, stop_limit, market_if_touched, limit_if_touched, x])},
              {tif, oneof([gtc, day, ioc, fok, {gtd, argument(time)}, x])},
              {oneof([trail, trail_step]), oneof([0, 10, argument(whole)])},
              {oneof([reduce_only, post_only]), boolean()}, {oneof([oco, 'after', id]), argument(order_id)},
              {strategy, oneof([a, b, undefined])}, {trigger, oneof([same, mid, opposite, x])}, {pirce, 1.1}],
    ?LET({Some, Side, Quantity}, {options(Fields), oneof([buy, sell]), oneof([1, 1000, argument(whole)])},
         oneof([Some#{symbol => 'EURUSD', side => Side, quantity => Quantity}, Some]));
argument(whole) -> oneof([0, 1, 7, -1, integer(), 2000, 1 bsl 20, 1 bsl 31, 1 bsl 32, 1 bsl 63,
                          1 bsl 64, 1 bsl 65]);
argument(flag) -> boolean();
argument(format) -> oneof([lean, truefx, histdata, bars, quotes, none]);
argument(bytes) -> oneof([binary(), ?LET(Line, line(), iolist_to_binary(Line)),
                          ?LET(N, integer(0, 40), binary(8 * N))]);
argument(records) -> oneof([binary(), ?LET(N, integer(0, 20), binary(48 * N)),
                            ?LET(Records, list(record()), iolist_to_binary(Records))]);
argument(params) ->
    options([{oneof([fast, slow, window, k, confirm, 'band', cap, volume_window, lookback,
                     threshold, adapt, <<"fast">>, weight_crossover, <<"mean_reversion.k">>]),
              oneof([argument(price), argument(whole), float(0.0, 100.0)])}]);
argument(config) ->
    ?LET({Account, Actor, Mode}, {argument(account), argument(actor), oneof([inline, actor, x])},
         oneof([Account, (maps:merge(Actor, Account))#{mode => Mode},
                Account#{mode => Mode, worker => maps:with([waiting, budget, processor], Actor)}]));
argument(account) ->
    options([{oneof([balance, min_strength, sizer, bar_events, account_currency]),
              oneof([argument(price), boolean(), 'USD', 'JPY', {fixed, argument(whole)},
                     {equity_percent, argument(price)}])},
             {oneof([account, risk, venue]), argument(trading)}]);
argument(instrument) ->
    options([{oneof([base, quote]), oneof(['EUR', 'USD', 'XXX', ''])},
             {oneof([session, timezone]), oneof([<<"24x7">>, <<"UTC">>, <<"1700-1700">>, binary(), x])},
             {oneof([price_decimals, step_units, pip_steps, lot, quantity_step, minimum_quantity,
                     maximum_quantity, max_position, swap_days]), argument(whole)},
             {oneof([margin_rate, swap_long, swap_short]), oneof([0.02, -6.5, argument(price)])},
             {margin_tiers, oneof([[], [#{above => 1000000, rate => 0.05}], [x], x])},
             {hours, oneof([forex, <<"1700-1700:23456">>, binary(), x])},
             {commission, oneof([#{per_lot => 3.5}, #{percent => 0.01, minimum => 1}, #{}, x])}]);
argument(deployment) ->
    ?LET(Options, options([{timeframe, oneof([tick, day, {oneof([ticks, seconds, minutes, hours]),
                                                          argument(whole)}])},
                           {price, oneof([mid, bid, ask, last])}, {params, argument(params)},
                           {tier, oneof([auto, vm, native, x])}, {wait, oneof([native, x])},
                           {watch, oneof([true, false, x])},
                           {strategy, argument(strategy)}]),
         oneof([Options#{instrument => 'EURUSD'},
                maps:remove(strategy, Options#{instrument => 'EURUSD'}), Options]));
argument(market_config) ->
    options([{oneof([seed, start, price, annual_volatility, quotes_per_day, spread_steps,
                     price_decimals]), oneof([argument(price), argument(whole), argument(time)])},
             {symbol, argument(symbol)}]);
argument(arrays) -> options([{oneof([prices, volumes]),
                              oneof([argument(bytes), list(argument(price)), [1 | 2]])}]);
argument(feed) -> oneof(["/none", [], #{days => 0.01}, #{days => -1}, {lists, x},
                         {fxaot_file_feed, #{}}, <<>>, [0]]).

options(Pairs) -> ?LET(List, list(oneof(Pairs)), maps:from_list(List)).

long_symbol() -> list_to_atom(lists:duplicate(31, $X)).

record() ->
    ?LET({Time, Bid, Size}, {argument(time), argument(price), argument(price)},
         fxaot_nif:quote('EURUSD', Time, Bid, Bid, Size, Size)).

line() ->
    ?LET(Fields, list(oneof([<<"1787">>, <<"1.38727">>, <<"2013-01-01 22:00:00.295000+00:00">>,
                             <<"20200101 170000065">>, <<"1745182800000">>, <<"-1">>, <<"1e999">>,
                             <<"99999999999999999999999999">>, <<"nan">>, <<>>, <<"timestamp">>,
                             <<"0.000000000000000000000000000001">>, binary()])),
         [lists:join(<<",">>, Fields), oneof([<<"\n">>, <<"\r\n">>, <<>>])]).

%% ---- parsers ----------------------------------------------------------------

%% A parser's state is a value that a caller could have tampered with: any bytes are survived.
random_parsers() ->
    ?FORALL({Format, Holes, Text, Final},
            {oneof([lean, truefx, histdata, bars, quotes]),
             list({integer(0, 735), oneof([0, 1, 127, 128, 255])}), list(line()), boolean()},
            begin
                {ok, Parser} = fxaot_nif:parser(Format, 'EURUSD', 0, 10),
                Tampered = lists:foldl(fun tamper/2, Parser, Holes),
                Bytes = iolist_to_binary(Text),
                _ = fxaot_nif:parser_info(Tampered),
                case fxaot_nif:parse(Tampered, Bytes, Final) of
                    {ok, Quotes, Consumed, Next} ->
                        byte_size(Quotes) rem 48 =:= 0 andalso Consumed =< byte_size(Bytes)
                            andalso is_map(fxaot_nif:parser_info(Next));
                    {error, {Reason, _}} -> is_atom(Reason)
                end
            end).

tamper({At, Byte}, Parser) when At < byte_size(Parser) ->
    <<Head:At/binary, _, Tail/binary>> = Parser,
    <<Head/binary, Byte, Tail/binary>>;
tamper(_, Parser) -> Parser.

%% However a text is cut in two, the same quotes come out.
random_texts() ->
    ?FORALL({Format, Text, At}, {oneof([lean, truefx, histdata, bars, quotes]), list(line()),
                                 non_neg_integer()},
            begin
                {ok, Parser} = fxaot_nif:parser(Format, 'EURUSD', 0, 1 bsl 40),
                Bytes = iolist_to_binary(Text),
                _ = fxaot_nif:detect_format(Bytes),
                {ok, Whole, Size, _} = fxaot_nif:parse(Parser, Bytes, true),
                {Head, _} = split_binary(Bytes, min(At * 7, byte_size(Bytes))),
                {ok, First, Consumed, Next} = fxaot_nif:parse(Parser, Head, false),
                <<_:Consumed/binary, Rest/binary>> = Bytes,
                {ok, Second, _, _} = fxaot_nif:parse(Next, Rest, true),
                Size =:= byte_size(Bytes) andalso Whole =:= <<First/binary, Second/binary>>
            end).

%% ---- sequences against a model ----------------------------------------------

%% What the engine must count, worked out beside it.
-record(model, {last = 0, begun = false, quotes = 0, accepted = 0, crossed = 0, late = 0, bad_price = 0,
                unknown_symbol = 0, events = 0, strategies = []}).

command() ->
    Quote = {quote, oneof([0, 1, 1000000000, 60000000000, -1]), integer(-300, 300), integer(-2, 6)},
    frequency([{20, Quote}, {5, {batch, list(Quote)}}, {2, {advance, integer(0, 120)}},
               {2, {deploy, oneof([a, b, c]), oneof([tick, {ticks, 3}, {seconds, 1}, {minutes, 1}])}},
               {1, {undeploy, oneof([a, b, c])}}, {1, bad_price}, {1, unknown_symbol}]).

random_sequence() ->
    ?FORALL(Commands, list(command()),
            begin
                {ok, Engine} = fxaot_nif:new(#{bar_events => true}),
                ok = fxaot_nif:add_instrument(Engine, 'EURUSD'),
                Model = lists:foldl(fun(Command, M) -> run(Command, Engine, M) end,
                                    #model{last = ?T0}, Commands),
                #{quotes := Quotes, accepted := Accepted, crossed := Crossed, late := Late,
                  bad_price := BadPrice, unknown_symbol := Unknown, events := Events,
                  orders := Orders, fills := Fills} = fxaot_nif:stats(Engine),
                Ids = [Id || #{id := Id} <- fxaot_nif:strategies(Engine)],
                ok = fxaot_nif:close(Engine),
                Got = Model#model{quotes = Quotes, accepted = Accepted, crossed = Crossed,
                                  late = Late, bad_price = BadPrice, unknown_symbol = Unknown,
                                  events = Events, strategies = lists:sort(Ids)},
                ?WHENFAIL(ct:log("model ~p~nengine ~p~n", [Model, Got]),
                          Model =:= Got andalso Fills =< Orders)
            end).

prices(Steps, Spread) -> {(110000 + Steps) / 100000, (110000 + Steps + Spread) / 100000}.

run({quote, Later, Steps, Spread}, Engine, Model) ->
    {Bid, Ask} = prices(Steps, Spread),
    Time = Model#model.last + Later,
    Answer = fxaot_nif:tick(Engine, 'EURUSD', Time, Bid, Ask),
    expected(Later, Answer, counted(Later, Spread, Model));
run({batch, Quotes}, Engine, Model) ->
    {Records, Counted} =
        lists:mapfoldl(fun({quote, Later, Steps, Spread}, M) ->
                               {Bid, Ask} = prices(Steps, Spread),
                               {fxaot_nif:quote('EURUSD', M#model.last + Later, Bid, Ask, 0, 0),
                                counted(Later, Spread, M)}
                       end, Model, Quotes),
    events(fxaot_nif:ticks(Engine, iolist_to_binary(Records)), Counted);
run({advance, Seconds}, Engine, #model{last = Last} = Model) ->
    %% Bars close, and later quotes from before are late.
    Time = Last + Seconds * 1000000000,
    events(fxaot_nif:advance(Engine, Time), Model#model{last = Time, begun = true});
run({deploy, Id, Timeframe}, Engine, #model{strategies = Ids} = Model) ->
    Params = #{fast => 1, slow => 2, 'band' => 0, confirm => 0},
    Answer = fxaot_nif:add_strategy(Engine, Id, ma_crossover,
                                    #{instrument => 'EURUSD', timeframe => Timeframe,
                                      params => Params}),
    case lists:member(Id, Ids) of
        true ->
            {error, {already_exists, _}} = Answer,
            Model;
        false ->
            ok = Answer,
            Model#model{strategies = lists:sort([Id | Ids])}
    end;
run({undeploy, Id}, Engine, #model{strategies = Ids, events = Known} = Before) ->
    Answer = fxaot_nif:remove_strategy(Engine, Id),
    %% Its waiting order ends with it.
    {ok, {_, Events}} = fxaot_nif:pending(Engine),
    [#order{strategy = Id, state = cancelled, reason = strategy} = Event || Event <- Events],
    ok = fxaot_nif:acknowledge(Engine),
    Model = Before#model{events = Known + length(Events)},
    case lists:member(Id, Ids) of
        true -> ok = Answer;
        false -> {error, {not_found, _}} = Answer
    end,
    Model#model{strategies = lists:delete(Id, Ids)};
run(bad_price, Engine, #model{last = Last, quotes = Q, bad_price = N} = Model) ->
    {error, {bad_price, _}} = fxaot_nif:tick(Engine, 'EURUSD', Last, 0.0, 1.1),
    Model#model{quotes = Q + 1, bad_price = N + 1};
run(unknown_symbol, Engine, #model{last = Last, quotes = Q, unknown_symbol = N} = Model) ->
    {error, {unknown_symbol, _}} = fxaot_nif:tick(Engine, 'GBPUSD', Last, 1.0, 1.1),
    Model#model{quotes = Q + 1, unknown_symbol = N + 1}.

%% The first quote cannot be late, unless time has been told to pass before it.
counted(Later, _, #model{quotes = Q, late = N, begun = true} = Model) when Later < 0 ->
    Model#model{quotes = Q + 1, late = N + 1};
counted(Later, Spread, #model{quotes = Q, accepted = N, crossed = C, last = Last} = Model) ->
    Crossed = case Spread < 0 of true -> C + 1; false -> C end,
    Model#model{begun = true, quotes = Q + 1, accepted = N + 1, crossed = Crossed,
                last = Last + Later}.

expected(Later, {error, {time_backwards, _}}, Model) when Later < 0 -> Model;
expected(_, Answer, Model) -> events(Answer, Model).

events(ok, Model) -> Model;
events([_ | _] = Events, #model{events = N} = Model) -> Model#model{events = N + length(Events)}.
