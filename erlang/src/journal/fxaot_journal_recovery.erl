%% @private An engine out of its journal, or a new one with an empty journal; and what the application keeps there.
-module(fxaot_journal_recovery).

-include("../telemetry/fxaot_log.hrl").

-export([start/4, deployments/3, keep_instruments/2, stop/1, waits/2, acknowledges/1]).

-type make() :: fun(() -> {ok, fxaot_nif:handle()} | fxaot:error()).
%% Instruments and terms of trading of a given list of instruments.
-type add() :: fun((fxaot_nif:handle(), [term()]) -> ok | fxaot:error()).

%% @doc The engine as its journal tells, or what Make makes where that is empty, with what the options add; from then on
%% it is recorded. Add gives an engine instruments. Returns the options with all its instruments.
-spec start(Name :: atom(), Options :: map(), make(), add()) -> {ok, fxaot_nif:handle(), Options :: map()} | fxaot:error().
start(Name, Options, Make, Add) ->
    case fxaot_journal_options:read(Options) of
        none -> made(Name, Options, Make, Add);
        Journal ->
            case fxaot_journals_sup:start(Name, Journal) of
                ok -> closed_on_error(Name, journaled(Name, Options, Journal, Make, Add));
                Error -> Error
            end
    end.

made(_, Options, Make, Add) ->
    Instruments = maps:get(instruments, Options, ['EURUSD']),
    case Make() of
        {ok, Engine} -> with(Engine, termed(Engine, Options, Instruments, Add), Options);
        Error -> Error
    end.

with(Engine, ok, Options) -> {ok, Engine, Options};
with(Engine, Error, _) ->
    ok = fxaot_nif:close(Engine),
    Error.

termed(Engine, Options, Instruments, Add) ->
    case fxaot_account_terms:apply(Engine, Options) of
        ok -> Add(Engine, Instruments);
        Error -> Error
    end.

closed_on_error(_, {ok, _, _} = Started) -> Started;
closed_on_error(Name, Error) ->
    fxaot_journals_sup:stop(Name),
    Error.

journaled(Name, Options, Journal, Make, Add) ->
    Began = erlang:monotonic_time(millisecond),
    Recovered = fxaot_journal:recover(Name, fun fxaot_nif:restore/1,
                                      fun(Records, Engine) -> fxaot_nif:apply_records(Engine, Records) end),
    case Recovered of
        {ok, none} -> begun(Name, Options, Journal, Make, Add);
        {ok, Engine, Told} ->
            told(Name, Told, erlang:monotonic_time(millisecond) - Began),
            continued(Name, Options, Journal, Engine, Told, Add);
        Error -> Error
    end.

%% The first snapshot is of an engine without anything: what it gets is recorded.
begun(Name, Options, Journal, Make, Add) ->
    Instruments = maps:get(instruments, Options, ['EURUSD']),
    case Make() of
        {ok, Engine} ->
            with(Engine,
                 all([fun() -> opened(Name, Engine, Journal) end,
                      fun() -> termed(Engine, Options, Instruments, Add) end,
                      fun() -> keep(Name, Options) end,
                      fun() -> fxaot_journal:sync(Name) end]),
                 Options);
        Error -> Error
    end.

opened(Name, Engine, Journal) ->
    case fxaot_nif:start_journal(Engine, fxaot_journal_options:scope(Journal)) of
        ok -> fxaot_journal:open(Name, Engine);
        Error -> Error
    end.

%% What the options say of trading holds again where it has changed; new instruments are added.
continued(Name, Options, Journal, Engine, #{terms := Terms} = Recovered, Add) ->
    ok = aged(Engine, Journal, Recovered),
    ok = fxaot_journal_history:catch_up(Name, Engine, Options),
    Trading = trading(Options),
    Opened = fun() ->
                     all([fun() -> opened(Name, Engine, Journal) end,
                          fun() -> undeployed(Engine, fxaot_group_journal:deployed(Terms)) end])
             end,
    case Opened() of
        ok ->
            Known = known(Engine, maps:get(instruments, Terms, []), maps:get(instruments, Options, ['EURUSD'])),
            New = [Instrument || Instrument <- maps:get(instruments, Options, ['EURUSD']), not is_in(Instrument, Known)],
            %% The end came after an instrument was recorded, and before that it is one of the options': maybe before its terms.
            Here = fxaot_nif:instruments(Engine),
            {Half, Missing} = lists:partition(fun(Instrument) -> lists:member(named(Instrument), Here) end, New),
            All = Options#{instruments => Known ++ New},
            with(Engine,
                 all([fun() ->
                              case Terms of
                                  #{trading := Trading} -> ok;
                                  #{} -> fxaot_account_terms:apply(Engine, Options)
                              end
                      end,
                      fun() -> Add(Engine, Missing) end,
                      fun() -> termed(Engine, All, Half) end,
                      fun() -> keep(Name, All) end,
                      fun() -> fxaot_journal:sync(Name) end]),
                 All);
        Error -> with(Engine, Error, Options)
    end.

%% The end came while a strategy was deployed or undeployed, before the application had written that down.
undeployed(_, of_group) -> ok;
undeployed(Engine, Deployed) ->
    all([fun() -> fxaot_nif:remove_strategy(Engine, Id) end
         || #{id := Id} <- fxaot_nif:strategies(Engine), not lists:member(Id, Deployed)]).

%% The instruments that the application knows, those that the engine does not have left out. One that the end came upon while
%% it was added goes again, unless something has been traded in it.
known(Engine, Listed, Wanted) ->
    Here = fxaot_nif:instruments(Engine),
    Known = [Instrument || Instrument <- Listed, lists:member(named(Instrument), Here)],
    Busy = busy(Engine),
    Kept = [Symbol || Symbol <- Here, not is_in(Symbol, Known), not is_in(Symbol, Wanted),
                      lists:member(Symbol, Busy) orelse fxaot_nif:drop(Engine, [Symbol]) =/= ok],
    Known ++ Kept.

is_in(Instrument, Instruments) -> lists:member(named(Instrument), [named(Each) || Each <- Instruments]).

busy(Engine) ->
    [Symbol || #{symbol := Symbol} <- fxaot_nif:orders(Engine) ++ fxaot_nif:strategies(Engine)
                   ++ [Position || #{quantity := Quantity} = Position <- fxaot_nif:positions(Engine), Quantity =/= 0]
                   ++ case fxaot_nif:tickets(Engine) of
                          Tickets when is_list(Tickets) -> Tickets;
                          {error, _} -> []
                      end].

%% Without quotes in the journal strategies have missed those since the snapshot, unless an orderly stop came next.
aged(_, _, #{is_of_end := true}) -> ok;
aged(Engine, Journal, #{terms := Terms}) ->
    case maps:get(scope, Terms, fxaot_journal_options:scope(Journal)) of
        account -> fxaot_nif:mark_stale(Engine);
        inputs -> ok
    end.

termed(Engine, Options, Instruments) ->
    {ok, Specs} = fxaot_terms:instruments(Instruments),
    all([fun() ->
                 case maps:with(fxaot_instrument_terms:names(), fxaot_account_terms:limited(Symbol, Spec, Options)) of
                     None when map_size(None) =:= 0 -> ok;
                     Terms -> fxaot_nif:set_terms(Engine, Symbol, Terms)
                 end
         end || {Symbol, Spec} <- Specs]).

named({Symbol, _}) -> Symbol;
named(Symbol) -> Symbol.

all([]) -> ok;
all([Step | Rest]) ->
    case Step() of
        ok -> all(Rest);
        Error -> Error
    end.

trading(Options) -> maps:with(fxaot_account_terms:option_names(), Options).

keep(Name, Options) ->
    fxaot_journal:keep(Name, scope, fxaot_journal_options:scope(fxaot_journal_options:read(Options))),
    fxaot_journal:keep(Name, trading, trading(Options)),
    keep_instruments(Name, maps:get(instruments, Options, ['EURUSD'])).

%% @doc The instruments of a journaled engine have changed.
-spec keep_instruments(Name :: atom(), [term()]) -> ok.
keep_instruments(Name, Instruments) -> fxaot_journal:keep(Name, instruments, Instruments).

told(Name, #{records := Records, bytes := Bytes, torn := Torn}, Milliseconds) ->
    ?FXAOT_LOG(notice, #{engine => Name,
                         text => io_lib:format("has come back from its journal: ~b records, ~b bytes, in ~b ms",
                                               [Records, Bytes, Milliseconds])}),
    fxaot_telemetry:execute([fxaot, journal, recover],
                            #{system_time => erlang:system_time(), records => Records, bytes => Bytes,
                              duration => erlang:convert_time_unit(Milliseconds, millisecond, native)},
                            #{engine => Name}),
    case Torn of
        none -> ok;
        {Path, Cut} ->
            ?FXAOT_LOG(warning, #{engine => Name,
                                  text => io_lib:format("its journal ended inside a record: ~b bytes were cut off ~ts",
                                                        [Cut, Path])})
    end.

%% @doc Starts the strategies again that the journal knows, once the engine is up.
-spec deployments(Name :: atom(), Options :: map(), fxaot_nif:handle()) -> ok.
deployments(Name, #{journal := _}, Engine) ->
    fxaot_group_journal:restore(Name, [Id || #{id := Id} <- fxaot_nif:strategies(Engine)]);
deployments(_, _, _) -> ok.

-spec stop(Name :: atom()) -> ok.
stop(Name) -> fxaot_journals_sup:stop(Name).

%% @doc Whether a request's answer waits until what it did is durable.
-spec waits(Options :: map(), fxaot_engine_call:request()) -> boolean().
waits(#{journal := _} = Options, Request) ->
    case fxaot_journal_options:read(Options) of
        #{sync := always} -> acknowledges(Request);
        _ -> false
    end;
waits(_, _) -> false.

%% @doc Whether the answer to a request says that something is done which must not be lost.
-spec acknowledges(term()) -> boolean().
acknowledges({trading, Request}) ->
    is_tuple(Request) andalso
        lists:member(element(1, Request),
                     [submit, modify, cancel, cancel_all, close, close_by, deposit, withdraw, apply_state, report]);
acknowledges({Request, _, _, _}) -> Request =:= deploy;
acknowledges({undeploy, _}) -> true;
acknowledges({swap, _, _}) -> true;
acknowledges({add_instrument, _, _}) -> true;
acknowledges(_) -> false.
