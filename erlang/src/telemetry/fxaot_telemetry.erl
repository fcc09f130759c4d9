%% @doc The event bus: what happens in the application, for handlers that want to know.
%%
%% It has the semantics of the library `telemetry', so its handlers work here unchanged: an event is a list of
%% atoms, has measurements and metadata, and calls its handlers in the process that it happens in. Where that library
%% is loaded when the application starts, its handlers are called too. {@link events/0} lists all events;
%% docs/telemetry.md has the same table.
%%
%% A handler that fails is detached and logged. While the application does not run there are no handlers, and events
%% go nowhere. No event happens on a quote's way.
-module(fxaot_telemetry).

-include("fxaot_log.hrl").

-export([execute/2, execute/3, span/3, attach/4, attach_many/4, detach/1, list_handlers/1, events/0]).
-export([new/0, bridge/0]).

-export_type([event/0, measurements/0, metadata/0, handler/0]).

-type event() :: [atom(), ...].
-type measurements() :: #{atom() => term()}.
-type metadata() :: #{atom() => term()}.
-type handler() :: fun((event(), measurements(), metadata(), Config :: term()) -> term()).
-type error() :: {error, {already_exists | not_found | not_running, term()}}.

-define(BADARG(Args), erlang:error(badarg, Args, [{error_info, #{module => fxaot_badarg}}])).

%% Rows: `{Event, Id, Handler, Config}', and `{{id, Id}, Events}', which reserves the id.
-define(TABLE, ?MODULE).
%% The module of the library, or none.
-define(BRIDGE, {?MODULE, bridge}).

%% @private Only for the application's supervisor.
-spec new() -> ok.
new() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, duplicate_bag, {read_concurrency, true}]),
    ok.

%% @private Looks for the library `telemetry'. For the application's start: replacing a persistent term scans every
%% heap.
-spec bridge() -> ok.
bridge() ->
    Found = case code:ensure_loaded(telemetry) of
                {module, telemetry} ->
                    case erlang:function_exported(telemetry, execute, 3) of
                        true -> telemetry;
                        false -> none
                    end;
                {error, _} -> none
            end,
    persistent_term:put(?BRIDGE, Found).

%% @doc All events, in the order of docs/telemetry.md.
-spec events() -> [fxaot_telemetry_events:row()].
events() -> fxaot_telemetry_events:all().

%% ---- events -----------------------------------------------------------------

%% @equiv execute(Event, Measurements, #{})
-spec execute(event(), measurements()) -> ok.
execute(Event, Measurements) -> execute(Event, Measurements, #{}).

%% @doc Calls the handlers of an event, in the order in which they were attached. Without one it costs a look-up.
-spec execute(event(), measurements(), metadata()) -> ok.
execute([_ | _] = Event, Measurements, Metadata) when is_map(Measurements), is_map(Metadata) ->
    lists:foreach(fun(Row) -> handled(Row, Event, Measurements, Metadata) end, rows(Event)),
    case persistent_term:get(?BRIDGE, none) of
        none -> ok;
        Library ->
            _ = Library:execute(Event, Measurements, Metadata),
            ok
    end;
execute(Event, Measurements, Metadata) -> ?BADARG([Event, Measurements, Metadata]).

rows(Event) -> try ets:lookup(?TABLE, Event) catch error:badarg -> [] end.

handled({_, Id, Handler, Config}, Event, Measurements, Metadata) ->
    try
        _ = Handler(Event, Measurements, Metadata, Config),
        ok
    catch
        Class:Reason:Stacktrace ->
            _ = detach(Id),
            ?FXAOT_LOG(error, #{text => io_lib:format("the telemetry handler ~0tp failed at ~0tp and is detached: ~0tP",
                                                      [Id, Event, {Class, Reason, Stacktrace}, 30])}),
            fxaot_telemetry_emit:happened([telemetry, failure], #{handler => Id, event => Event, reason => Reason})
    end.

%% @doc Runs a function between two events: `Prefix ++ [start]' with the measurements `system_time' and
%% `monotonic_time', then `Prefix ++ [stop]', or `Prefix ++ [exception]' with `kind', `reason' and `stacktrace' in its
%% metadata, with `duration' and `monotonic_time'; all in native units. Their metadata have the same
%% `telemetry_span_context', StartMetadata's own or a new reference. An exception is raised again.
-spec span(Prefix :: event(), StartMetadata :: metadata(),
           fun(() -> {Result, StopMetadata :: metadata()} | {Result, measurements(), StopMetadata :: metadata()})) ->
          Result.
span([_ | _] = Prefix, StartMetadata, Function) when is_map(StartMetadata), is_function(Function, 0) ->
    Start = erlang:monotonic_time(),
    Context = maps:get(telemetry_span_context, StartMetadata, make_ref()),
    Within = fun(Metadata) -> maps:merge(#{telemetry_span_context => Context}, Metadata) end,
    execute(Prefix ++ [start], #{monotonic_time => Start, system_time => erlang:system_time()}, Within(StartMetadata)),
    try Function() of
        {Result, StopMetadata} ->
            execute(Prefix ++ [stop], ended(Start, #{}), Within(StopMetadata)),
            Result;
        {Result, Measurements, StopMetadata} ->
            execute(Prefix ++ [stop], ended(Start, Measurements), Within(StopMetadata)),
            Result
    catch
        Class:Reason:Stacktrace ->
            execute(Prefix ++ [exception], ended(Start, #{}),
                    (Within(StartMetadata))#{kind => Class, reason => Reason, stacktrace => Stacktrace}),
            erlang:raise(Class, Reason, Stacktrace)
    end;
span(Prefix, StartMetadata, Function) -> ?BADARG([Prefix, StartMetadata, Function]).

ended(Start, Measurements) ->
    Stop = erlang:monotonic_time(),
    Measurements#{duration => Stop - Start, monotonic_time => Stop}.

%% ---- handlers ---------------------------------------------------------------

%% @doc Attaches a handler to one event. Every id is used once.
-spec attach(Id :: term(), event(), handler(), Config :: term()) -> ok | error().
attach(Id, Event, Handler, Config) when is_function(Handler, 4) ->
    case is_event(Event) of
        true -> attached(Id, [Event], Handler, Config);
        false -> ?BADARG([Id, Event, Handler, Config])
    end;
attach(Id, Event, Handler, Config) -> ?BADARG([Id, Event, Handler, Config]).

%% @doc Attaches a handler to several events, under one id.
-spec attach_many(Id :: term(), [event(), ...], handler(), Config :: term()) -> ok | error().
attach_many(Id, [_ | _] = Events, Handler, Config) when is_function(Handler, 4) ->
    case are_events(Events) of
        true -> attached(Id, Events, Handler, Config);
        false -> ?BADARG([Id, Events, Handler, Config])
    end;
attach_many(Id, Events, Handler, Config) -> ?BADARG([Id, Events, Handler, Config]).

are_events([Event | Rest]) -> is_event(Event) andalso are_events(Rest);
are_events(Rest) -> Rest =:= [].

is_event([Atom]) -> is_atom(Atom);
is_event([Atom | Rest]) -> is_atom(Atom) andalso is_event(Rest);
is_event(_) -> false.

attached(Id, Events, Handler, Config) ->
    try ets:insert_new(?TABLE, {{id, Id}, Events}) of
        true ->
            true = ets:insert(?TABLE, [{Event, Id, Handler, Config} || Event <- lists:usort(Events)]),
            ok;
        false -> {error, {already_exists, #{handler => Id}}}
    catch error:badarg -> {error, {not_running, none}}
    end.

%% @doc Detaches a handler from all its events.
-spec detach(Id :: term()) -> ok | error().
detach(Id) ->
    try ets:take(?TABLE, {id, Id}) of
        [{_, Events}] ->
            lists:foreach(fun(Event) -> ets:match_delete(?TABLE, {Event, Id, '_', '_'}) end, Events);
        [] -> {error, {not_found, #{handler => Id}}}
    catch error:badarg -> {error, {not_running, none}}
    end.

%% @doc The handlers of all events that begin with these atoms.
-spec list_handlers(Prefix :: [atom()]) ->
          [#{id := term(), event_name := event(), function := handler(), config := term()}].
list_handlers(Prefix) ->
    case Prefix =:= [] orelse is_event(Prefix) of
        true -> listed(Prefix);
        false -> ?BADARG([Prefix])
    end.

listed(Prefix) ->
    Rows = try ets:tab2list(?TABLE) catch error:badarg -> [] end,
    [#{id => Id, event_name => Event, function => Handler, config => Config}
     || {Event, Id, Handler, Config} <- Rows, lists:prefix(Prefix, Event)].
