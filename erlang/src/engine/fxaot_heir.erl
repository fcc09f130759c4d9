%% @private Holds a second reference to every native engine, and does nothing else, so that the
%% engine outlives the process that runs it: its restart adopts it with all its state.
%%
%% When the heir itself dies, nothing is lost: the engines hold their own references, and a new
%% heir asks them (`{fxaot_heir, up}') for copies.
-module(fxaot_heir).
-behaviour(gen_server).

-export([start_link/0, keep/3, fetch/1, look/1, forget/1, held/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).

%% It answers at once. When it does not, an engine's start waits no longer for it, or no other could start.
-define(WAIT_MS, 5000).

-type state() :: #{Name :: atom() => {fxaot_nif:handle(), Options :: map()}}.

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Keeps an engine under its name. Does not wait: the caller has its own reference.
-spec keep(Name :: atom(), fxaot_nif:handle(), Options :: map()) -> ok.
keep(Name, Handle, Options) -> gen_server:cast(?MODULE, {keep, Name, Handle, Options}).

%% @doc The engine kept under a name. Waits while the heir restarts.
-spec fetch(Name :: atom()) -> {ok, fxaot_nif:handle(), Options :: map()} | none | fxaot:error().
fetch(Name) ->
    try gen_server:call(?MODULE, {fetch, Name}, ?WAIT_MS)
    catch
        exit:{timeout, _} -> {error, {timeout, #{engine => Name, milliseconds => ?WAIT_MS}}};
        exit:_ ->
            %% The caller is in fxaot_names already, so the new heir will ask it.
            receive {fxaot_heir, up} -> fetch(Name) end
    end.

%% @doc The same for another process than the engine's, which does not wait.
-spec look(Name :: atom()) -> {ok, fxaot_nif:handle()} | none.
look(Name) ->
    try gen_server:call(?MODULE, {fetch, Name}) of
        {ok, Handle, _} -> {ok, Handle};
        none -> none
    catch exit:_ -> none
    end.

-spec forget(Name :: atom()) -> ok.
forget(Name) -> gen_server:cast(?MODULE, {forget, Name}).

%% @doc All kept engines; an empty list while the heir is down.
-spec held() -> [{Name :: atom(), Options :: map()}].
held() ->
    try gen_server:call(?MODULE, held, infinity)
    catch exit:_ -> []
    end.

-spec init([]) -> {ok, state()}.
init([]) ->
    lists:foreach(fun(Engine) -> Engine ! {fxaot_heir, up} end, fxaot_names:pids()),
    {ok, #{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call({fetch, Name}, _From, State) ->
    case State of
        #{Name := {Handle, Options}} -> {reply, {ok, Handle, Options}, State};
        #{} -> {reply, none, State}
    end;
handle_call(held, _From, State) ->
    {reply, [{Name, Options} || {Name, {_, Options}} <- maps:to_list(State)], State};
handle_call(_, _From, State) -> {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast({keep, Name, Handle, Options}, State) ->
    {noreply, State#{Name => {Handle, Options}}};
handle_cast({forget, Name}, State) -> {noreply, maps:remove(Name, State)};
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info(_, State) -> {noreply, State}.

-spec code_change(term(), state(), term()) -> {ok, state()}.
code_change(_, State, _) -> {ok, State}.
