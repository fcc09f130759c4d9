%% @private Which argument of a call has the wrong type: the `error_info' callback with which the shell
%% explains a `badarg' (EEP 54).
-module(fxaot_badarg).

-export([format_error/2]).

-spec format_error(Reason :: term(), Stacktrace :: [tuple()]) ->
          #{pos_integer() | general => unicode:chardata()}.
format_error(badarg, [{Module, Function, Arguments, _} | _]) when is_list(Arguments) ->
    case types(Module, Function, length(Arguments)) of
        unknown -> #{general => <<"an argument has the wrong type">>};
        Types ->
            Numbered = lists:zip3(lists:seq(1, length(Arguments)), Types, Arguments),
            case [{N, iolist_to_binary(["not ", article(Type)])}
                  || {N, Type, Argument} <- Numbered, not is_type(Type, Argument)] of
                [] -> #{general => <<"an argument has an invalid value">>};
                Wrong -> maps:from_list(Wrong)
            end
    end;
format_error(_, _) -> #{}.

types(fxaot_nif, Function, Arity) -> nif_types(Function, Arity);
types(fxaot, Function, Arity) -> api_types(Function, Arity);
types(fxaot_telemetry, Function, Arity) -> telemetry_types(Function, Arity);
types(_, _, _) -> unknown.

telemetry_types(execute, 3) -> [event, map, map];
telemetry_types(span, 3) -> [event, map, work];
telemetry_types(attach, 4) -> [any, event, handler, any];
telemetry_types(attach_many, 4) -> [any, events, handler, any];
telemetry_types(list_handlers, 1) -> [prefix];
telemetry_types(_, _) -> unknown.

nif_types(new, 1) -> [map];
nif_types(add_instrument, 2) -> [handle, atom];
nif_types(add_instrument, 3) -> [handle, atom, map];
nif_types(add_strategy, 4) -> [handle, atom, name, map];
nif_types(add_script, 4) -> [handle, atom, binary, map];
nif_types(remove_strategy, 2) -> [handle, atom];
nif_types(tick, 5) -> [handle, atom, integer, number, number];
nif_types(tick, 7) -> [handle, atom, integer, number, number, number, number];
nif_types(Function, 2) when Function =:= ticks; Function =:= feed -> [handle, binary];
nif_types(share, 2) -> [handle, atom];
nif_types(advance, 2) -> [handle, integer];
nif_types(set_replaying, 2) -> [handle, boolean];
nif_types(start_actor, 2) -> [handle, map];
nif_types(send, 5) -> [mailbox, atom, integer, number, number];
nif_types(send, 7) -> [mailbox, atom, integer, number, number, number, number];
nif_types(send_batch, 2) -> [mailbox, binary];
nif_types(Function, 3) when Function =:= send_batch; Function =:= send_replay ->
    [mailbox, binary, milliseconds];
nif_types(send_advance, 2) -> [mailbox, integer];
nif_types(drain, 2) -> [mailbox, count];
nif_types(subscribe, 3) -> [mailbox, local_pid, allowance];
nif_types(unsubscribe, 2) -> [mailbox, local_pid];
nif_types(allow, 3) -> [mailbox, local_pid, allowance];
nif_types(mailbox, 1) -> [mailbox];
nif_types(router, 1) -> [map];
nif_types(instruments, 1) -> [handle];
nif_types(load_native, 1) -> [path];
nif_types(native_info, 1) -> [native];
nif_types(script_plan, 1) -> [prepared];
nif_types(script_plan, 2) -> [handle, atom];
nif_types(script_plan, 3) -> [binary, map, map];
nif_types(attach_native, 2) -> [prepared, native];
nif_types(attach_native, 3) -> [handle, atom, native];
nif_types(detach_native, 2) -> [handle, atom];
nif_types(reload_basis, 5) -> [handle, atom, integer, integer, integer];
nif_types(prepare, 3) -> [basis, name, map];
nif_types(swap, 3) -> [handle, atom, prepared];
nif_types(quote, 6) -> [symbol, integer, number, number, number, number];
nif_types(symbol_key, 1) -> [symbol];
nif_types(execute, 4) -> [name, binary, binary, map];
nif_types(detect_format, 1) -> [binary];
nif_types(sniff, 4) -> [binary, boolean, names, binary];
nif_types(set_parser, 6) -> [binary, atom, integer, integer, integer, atom];
nif_types(sorter, 1) -> [integer];
nif_types(sort, 3) -> [sorter, binary, boolean];
nif_types(sorted, 2) -> [sorter, integer];
nif_types(parser, 4) -> [atom, atom, integer, integer];
nif_types(parse, 3) -> [binary, binary, boolean];
nif_types(parser_info, 1) -> [binary];
nif_types(market, 1) -> [map];
nif_types(Function, 1) when Function =:= note; Function =:= forget -> [binary];
nif_types(market_next, 3) -> [market, integer, integer];
nif_types(Function, 2)
  when Function =:= set_account; Function =:= set_risk; Function =:= set_venue; Function =:= submit ->
    [handle, map];
nif_types(set_terms, 3) -> [handle, atom, map];
nif_types(modify, 3) -> [handle, binary, map];
nif_types(Function, 2) when Function =:= cancel; Function =:= order -> [handle, binary];
nif_types(cancel_all, 2) -> [handle, which];
nif_types(close, 2) -> [handle, closed];
nif_types(close, 3) -> [handle, closed, integer];
nif_types(close_by, 3) -> [handle, binary, binary];
nif_types(Function, 2) when Function =:= deposit; Function =:= withdraw -> [handle, number];
nif_types(set_state, 2) -> [handle_or_mailbox, trading_state];
nif_types(trades, 2) -> [handle, count];
nif_types(set_gateway, 2) -> [handle, link];
nif_types(requests, 2) -> [handle, count];
nif_types(start_journal, 2) -> [handle, scope];
nif_types(cross, 3) -> [handles, router, scope];
nif_types(has_crossed, 1) -> [handle];
nif_types(Function, 1) when Function =:= take_journal; Function =:= lose_journal; Function =:= journal_snapshot -> [handle];
nif_types(Function, 1) when Function =:= restore; Function =:= sha256 -> [binary];
nif_types(mark_stale, 1) -> [handle];
nif_types(drop, 2) -> [handle, names];
nif_types(load_strategies, 1) -> [binary];
nif_types(Function, 2) when Function =:= apply_records; Function =:= warm -> [handle, binary];
nif_types(Function, 1) when Function =:= symbol_in_names; Function =:= day_in_name -> [binary];
nif_types(Function, 2) when Function =:= zip_find; Function =:= zip_members -> [binary, count];
nif_types(zip_start, 3) -> [binary, binary, count];
nif_types(zip_check, 3) -> [binary, count, count];
nif_types(frame_records, 2) -> [binary, chain];
nif_types(read_records, 3) -> [binary, chain, which_records];
nif_types(crc32c, 1) -> [binary];
nif_types(lock_file, 1) -> [binary];
nif_types(unlock_file, 1) -> [lock];
nif_types(report, 2) -> [handle, map];
nif_types(gateway, 1) -> [handle];
nif_types(strategies, 3) -> [handle, count, count];
nif_types(bars, 3) -> [handle, atom, count];
nif_types(figures, 3) -> [handle, count, count];
nif_types(fix_rules, 3) -> [any, any, any];
nif_types(fix_parse, 4) -> [any, binary, count, count];
nif_types(fix_write, 3) -> [any, atom, map];
nif_types(fix_wire, 2) -> [binary, count];
nif_types(fix_leave, 4) -> [wire, any, any, boolean];
nif_types(fix_unwire, 1) -> [wire];
nif_types(trace, 2) -> [handle, trace];
nif_types(traced, 1) -> [handle];
nif_types(Function, 1)
  when Function =:= apply_state; Function =:= fill_rest; Function =:= orders; Function =:= tickets -> [handle];
nif_types(Function, 1)
  when Function =:= close; Function =:= adopt; Function =:= pending; Function =:= acknowledge;
       Function =:= stats; Function =:= account; Function =:= positions; Function =:= subscribers;
       Function =:= strategies; Function =:= latency; Function =:= stop_actor -> [handle];
nif_types(_, _) -> unknown.

api_types(start_engine, 1) -> [atom];
api_types(start_engine, 2) -> [atom, map];
api_types(child_spec, 2) -> [atom, map];
api_types(start_engines, 1) -> [integer];
api_types(start_engines, 3) -> [atom, integer, map];
api_types(engines, 1) -> [engine];
api_types(move_instrument, 3) -> [engine, atom, atom];
api_types(deploy, 3) -> [engine, atom, map];
api_types(undeploy, 2) -> [engine, atom];
api_types(undeploy, 3) -> [engine, atom, map];
api_types(rollback, 2) -> [engine, atom];
api_types(rollback, 3) -> [engine, atom, map];
api_types(tier, 2) -> [engine, atom];
api_types(release, 1) -> [binary];
api_types(add_instrument, 2) -> [engine, atom];
api_types(add_instrument, 3) -> [engine, atom, map];
api_types(tick, 5) -> [engine, atom, integer, number, number];
api_types(tick, 7) -> [engine, atom, integer, number, number, number, number];
api_types(ticks, 2) -> [engine, binary];
api_types(advance, 2) -> [engine, integer];
api_types(drain, 2) -> [engine, count];
api_types(replay, 3) -> [engine, feed, map];
api_types(execute, 3) -> [name, map, map];
api_types(Function, 2) when Function =:= submit; Function =:= report -> [engine, map];
api_types(requests, 2) -> [engine, count];
api_types(Function, 1)
  when Function =:= gateway; Function =:= durable; Function =:= snapshot; Function =:= journal -> [engine];
api_types(modify, 3) -> [engine, binary, map];
api_types(Function, 2) when Function =:= cancel; Function =:= order -> [engine, binary];
api_types(cancel, 3) -> [engine, binary, map];
api_types(cancel_all, 2) -> [engine, which];
api_types(cancel_all, 3) -> [engine, which, map];
api_types(close, 2) -> [engine, closed];
api_types(close, 3) -> [engine, closed, closing];
api_types(close_by, 3) -> [engine, binary, binary];
api_types(close_by, 4) -> [engine, binary, binary, map];
api_types(Function, 2) when Function =:= deposit; Function =:= withdraw -> [engine, number];
api_types(Function, 3) when Function =:= deposit; Function =:= withdraw -> [engine, number, map];
api_types(Function, 1)
  when Function =:= orders; Function =:= tickets; Function =:= trades; Function =:= trades_csv;
       Function =:= halt; Function =:= reduce; Function =:= resume -> [engine];
api_types(Function, 1)
  when Function =:= stop_engine; Function =:= acknowledge_loss; Function =:= subscribe;
       Function =:= unsubscribe; Function =:= stats; Function =:= account; Function =:= positions;
       Function =:= subscribers;
       Function =:= strategies; Function =:= handle; Function =:= mailbox -> [engine];
api_types(_, _) -> unknown.

is_type(any, _) -> true;
is_type(prefix, Term) -> Term =:= [] orelse is_type(event, Term);
is_type(event, [Atom | Rest]) -> is_atom(Atom) andalso (Rest =:= [] orelse is_type(event, Rest));
is_type(event, _) -> false;
is_type(events, [Event | Rest]) -> is_type(event, Event) andalso (Rest =:= [] orelse is_type(events, Rest));
is_type(events, _) -> false;
is_type(handler, Term) -> is_function(Term, 4);
is_type(work, Term) -> is_function(Term, 0);
is_type(map, Term) -> is_map(Term);
is_type(atom, Term) -> is_atom(Term);
is_type(symbol, Term) -> is_atom(Term);
is_type(name, Term) -> is_atom(Term) orelse is_binary(Term);
is_type(integer, Term) -> is_integer(Term);
is_type(number, Term) -> is_number(Term);
is_type(binary, Term) -> is_binary(Term);
is_type(boolean, Term) -> is_boolean(Term);
is_type(handle, Term) -> is_reference(Term) andalso resource(Term) =/= other;
is_type(handles, Term) -> is_list(Term) andalso Term =/= []
                              andalso lists:all(fun(One) -> is_type(handle, One) end, Term);
is_type(router, Term) -> Term =:= none orelse is_reference(Term);
is_type(mailbox, Term) -> is_reference(Term) andalso mailbox(Term);
is_type(milliseconds, Term) -> is_integer(Term) andalso Term >= 0 andalso Term =< 3600000;
is_type(count, Term) -> is_integer(Term) andalso Term >= 0;
is_type(trace, Term) -> Term =:= off orelse Term =:= none orelse is_integer(Term) andalso Term > 0;
is_type(chain, Term) -> is_binary(Term) andalso byte_size(Term) =:= 48;
is_type(which_records, Term) -> Term =:= all orelse Term =:= other;
is_type(Resource, Term) when Resource =:= lock; Resource =:= wire -> is_reference(Term);
is_type(scope, Term) -> lists:member(Term, [nothing, account, inputs]);
is_type(link, Term) -> lists:member(Term, [none, down, up]);
is_type(local_pid, Term) -> is_pid(Term) andalso node(Term) =:= node();
is_type(allowance, Term) -> Term =:= infinity orelse is_type(count, Term);
is_type(Resource, Term) when Resource =:= market; Resource =:= sorter -> is_reference(Term);
is_type(names, Term) -> is_list(Term);
is_type(which, all) -> true;
is_type(which, Term) -> is_map(Term) andalso lists:all(fun is_atom/1, maps:values(Term));
is_type(closed, {ticket, Id}) -> is_binary(Id);
is_type(closed, Term) -> is_atom(Term);
is_type(closing, #{quantity := Quantity}) -> is_integer(Quantity);
is_type(closing, Term) -> is_integer(Term) orelse is_map(Term);
is_type(handle_or_mailbox, Term) -> is_type(handle, Term) orelse is_type(mailbox, Term);
is_type(trading_state, Term) -> lists:member(Term, [active, reducing, halted]);
is_type(Resource, Term) when Resource =:= native; Resource =:= basis; Resource =:= prepared ->
    is_reference(Term);
is_type(path, Term) -> is_binary(Term) orelse is_list(Term);
is_type(engine, Term) -> is_atom(Term) orelse is_pid(Term);
is_type(feed, Term) -> is_tuple(Term) orelse is_list(Term) orelse is_binary(Term)
                           orelse is_map(Term).

%% Another reference may be a market, another library's resource, or a plain make_ref().
resource(Reference) ->
    try fxaot_nif:stats(Reference) of
        _ -> engine
    catch error:_ -> other
    end.

mailbox(Reference) ->
    try fxaot_nif:mailbox(Reference) of
        #{} -> true
    catch error:_ -> false
    end.

article(mailbox) -> "a mailbox";
article(milliseconds) -> "a number of milliseconds from 0 to 3600000";
article(count) -> "a whole number from 0";
article(local_pid) -> "the pid of a process on this node";
article(allowance) -> "a whole number from 0, or infinity";
article(prefix) -> "a list of atoms";
article(event) -> "an event: a list of atoms that is not empty";
article(events) -> "a list of events that is not empty";
article(handler) -> "a function of four arguments";
article(work) -> "a function without arguments";
article(map) -> "a map";
article(atom) -> "an atom";
article(symbol) -> "an atom that names a symbol (1 to 31 printable ASCII characters)";
article(name) -> "an atom or a binary";
article(integer) -> "a whole number";
article(number) -> "a number";
article(binary) -> "a binary";
article(boolean) -> "true or false";
article(handles) -> "a list of different engines' handles";
article(router) -> "a router or none";
article(handle) -> "an engine's handle";
article(market) -> "a market's handle";
article(sorter) -> "a sorter";
article(names) -> "a list of names";
article(which) -> "all, or a map of symbol and strategy to atoms";
article(closed) -> "a symbol (an atom) or {ticket, Id} with a binary";
article(closing) -> "a whole number, or a map of options with a whole number as quantity";
article(handle_or_mailbox) -> "an engine's handle or mailbox";
article(trading_state) -> "active, reducing or halted";
article(trace) -> "off, none or a whole number from 1";
article(chain) -> "a binary of 48 bytes";
article(which_records) -> "all or other";
article(lock) -> "a lock from lock_file/1";
article(wire) -> "a wire from fix_wire/2";
article(scope) -> "nothing, account or inputs";
article(link) -> "none, down or up";
article(native) -> "native code";
article(basis) -> "a basis from reload_basis/5";
article(prepared) -> "a version from prepare/3";
article(path) -> "a file's name";
article(engine) -> "an engine's name (an atom) or pid";
article(feed) -> "a feed: {Module, Arguments}, a path, a list of paths or a map".
