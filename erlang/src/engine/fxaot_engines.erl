%% @private The engines and groups that should run: a table of the application's supervisor. It outlives all
%% processes below, and restarts read it.
%%
%% {@link fxaot_names} has the processes that there are; here stands what each is started with, who supervises
%% it, and whether it had state, so that a restart that finds none can say so.
-module(fxaot_engines).

-export([new/0, enter/4, enter_group/3, leave/1, find/1, all/0, limit/1, limit_of/1, default_limit/0]).
-export([options/1, set_options/2, status/1, set_status/2, has_state/1, set_has_state/2]).
-export([stale/1, set_stale/2, all_stale/0]).

-export_type([status/0, place/0, entry/0]).

%% `given_up': its process crashed too often; its state is kept. `lost': its state is gone.
-type status() :: running | given_up | lost.
%% Under fxaot's own supervisor, or in somebody else's tree.
-type place() :: fxaot | elsewhere.
-type entry() ::
        #{name := atom(), kind := engine, place := place(), supervisor := pid(), status := status()}
      | #{name := atom(), kind := group, count := pos_integer(), options := map()}.

-record(engine, {name :: atom(),
                 place :: place(),
                 supervisor :: pid(),
                 options :: map(),
                 limit :: timeout(),
                 status = running :: status(),
                 has_state = false :: boolean(),
                 %% Strategies that have missed quotes, and since when.
                 stale = #{} :: #{Id :: atom() => integer()}}).

-record(group, {name :: atom(), count :: pos_integer(), options :: map(), limit :: timeout()}).

%% @doc Only for the application's supervisor.
-spec new() -> ok.
new() ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {keypos, 2}, {read_concurrency, true}]),
    ok.

%% @doc The caller supervises the engine from now on, unless another process does. An engine that had state
%% keeps the options that it was started with.
-spec enter(Name :: atom(), place(), Options :: map(), Supervisor :: pid()) -> new | again | taken.
enter(Name, Place, Options, Supervisor) ->
    New = #engine{name = Name, place = Place, supervisor = Supervisor, options = Options,
                  limit = limit_of(Options)},
    case ets:insert_new(?MODULE, New) of
        true -> new;
        false -> enter_again(New, ets:lookup(?MODULE, Name))
    end.

enter_again(#engine{name = Name, place = Place, options = Options, supervisor = Supervisor}, []) ->
    enter(Name, Place, Options, Supervisor);
enter_again(New, [#engine{supervisor = Before} = Known]) ->
    case is_process_alive(Before) of
        true -> taken;
        false ->
            Next = case Known of
                       #engine{has_state = true} ->
                           Known#engine{place = New#engine.place, supervisor = New#engine.supervisor,
                                        status = running_again(Known#engine.status)};
                       _ -> New
                   end,
            ets:insert(?MODULE, Next),
            again
    end;
enter_again(_, [#group{}]) -> taken.

running_again(lost) -> lost;
running_again(_) -> running.

-spec enter_group(Name :: atom(), Count :: pos_integer(), Options :: map()) -> ok.
enter_group(Name, Count, Options) ->
    true = ets:insert(?MODULE, #group{name = Name, count = Count, options = Options,
                                      limit = limit_of(Options)}),
    ok.

-spec leave(Name :: atom()) -> ok.
leave(Name) ->
    true = ets:delete(?MODULE, Name),
    ok.

-spec find(Name :: atom()) -> {ok, entry()} | none.
find(Name) ->
    try ets:lookup(?MODULE, Name) of
        [Row] -> {ok, entry(Row)};
        [] -> none
    catch error:badarg -> none
    end.

-spec all() -> [entry()].
all() -> [entry(Row) || Row <- ets:tab2list(?MODULE)].

entry(#engine{name = Name, place = Place, supervisor = Supervisor, status = Status}) ->
    #{name => Name, kind => engine, place => Place, supervisor => Supervisor, status => Status};
entry(#group{name = Name, count = Count, options = Options}) ->
    #{name => Name, kind => group, count => Count, options => Options}.

%% ---- an engine --------------------------------------------------------------

%% @doc What the engine is started with, instruments included that were added since.
-spec options(Name :: atom()) -> map().
options(Name) -> ets:lookup_element(?MODULE, Name, #engine.options).

-spec set_options(Name :: atom(), Options :: map()) -> ok.
set_options(Name, Options) -> set(Name, {#engine.options, Options}).

-spec status(Name :: atom()) -> status() | none.
status(Name) ->
    case find(Name) of
        {ok, #{status := Status}} -> Status;
        _ -> none
    end.

-spec set_status(Name :: atom(), status()) -> ok.
set_status(Name, Status) -> set(Name, {#engine.status, Status}).

%% @doc Whether it has come up once, so that a restart without its state has lost it.
-spec has_state(Name :: atom()) -> boolean().
has_state(Name) -> ets:lookup_element(?MODULE, Name, #engine.has_state).

-spec set_has_state(Name :: atom(), boolean()) -> ok.
set_has_state(Name, HasState) -> set(Name, {#engine.has_state, HasState}).

%% @doc The strategies that have missed quotes: the time (ns) of the newest one that they know.
-spec stale(Name :: atom()) -> #{Id :: atom() => Since :: integer()}.
stale(Name) -> ets:lookup_element(?MODULE, Name, #engine.stale).

-spec set_stale(Name :: atom(), #{Id :: atom() => Since :: integer()}) -> ok.
set_stale(Name, Stale) -> set(Name, {#engine.stale, Stale}).

%% @doc Those of all engines.
-spec all_stale() -> [{Name :: atom(), Id :: atom(), Since :: integer()}].
all_stale() ->
    try ets:tab2list(?MODULE) of
        Rows -> [{Name, Id, Since} || #engine{name = Name, stale = Stale} <- Rows, {Id, Since} <- maps:to_list(Stale)]
    catch error:badarg -> []
    end.

set(Name, Update) ->
    _ = ets:update_element(?MODULE, Name, Update),
    ok.

%% ---- how long a request may take --------------------------------------------

%% @doc How long a request to an engine or group may take, ms.
-spec limit(Name :: atom()) -> timeout().
limit(Name) ->
    try ets:lookup(?MODULE, Name) of
        [#engine{limit = Limit}] -> Limit;
        [#group{limit = Limit}] -> Limit;
        [] -> default_limit()
    catch error:badarg -> default_limit()
    end.

-spec default_limit() -> timeout().
default_limit() -> fxaot_config:value(call_timeout).

%% @doc The same by the options, which may be wrong.
-spec limit_of(Options :: map()) -> timeout().
limit_of(#{timeout := Limit} = Options) ->
    case fxaot_engine_options:check(Options) of
        ok -> Limit;
        _ -> default_limit()
    end;
limit_of(_) -> default_limit().
