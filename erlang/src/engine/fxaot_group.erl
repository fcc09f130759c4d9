%% @private Several engines in actor mode under one name: one account's instruments over several
%% native threads.
%%
%% Quotes do not come by here: they go through a native router to the engine that has their
%% instrument. {@link fxaot_placement} says which that is.
%%
%% The engines are processes of their own and outlive this one; its restart asks them for their instruments.
%%
%% Longer than a file should be: every request of the behaviour is here, each a few lines.
-module(fxaot_group).
-behaviour(gen_server).
-behaviour(fxaot_engine_call).

-export([start_link/3, names/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([feed/3, close_bars/2, subscribe/2, unsubscribe/2, deploy/4, undeploy/2, add_instrument/3, read/2,
         stop/1, other/2]).

-record(state, {name :: atom(),
                options :: map(),
                engines :: [atom()],
                router :: fxaot_nif:router(),
                %% In the order of adding; the terms of built-in ones are empty.
                instruments = [] :: [{Symbol :: atom(), fxaot_nif:instrument()}],
                %% Which engine has an instrument.
                places = [] :: [{Symbol :: atom(), Engine :: atom()}]}).

-spec start_link(Name :: atom(), Count :: pos_integer(), Options :: map()) ->
          {ok, pid()} | {error, term()}.
start_link(Name, Count, Options) ->
    gen_server:start_link({local, Name}, ?MODULE, {Name, Count, Options}, []).

%% @doc The engines of a group.
-spec names(Group :: atom(), Count :: pos_integer()) -> [atom()].
names(Group, Count) ->
    [binary_to_atom(<<(atom_to_binary(Group))/binary, $_, (integer_to_binary(N))/binary>>)
     || N <- lists:seq(1, Count)].

%% ---- coming up --------------------------------------------------------------

-spec init({Name :: atom(), Count :: pos_integer(), Options :: map()}) ->
          {ok, #state{}} | {stop, {shutdown, term()}}.
init({Name, Count, Options}) ->
    Engines = names(Name, Count),
    {Instruments, Rest} = case maps:take(instruments, Options) of
                              error -> {fxaot_terms:built_in_symbols(), Options};
                              Taken -> Taken
                          end,
    IsRestart = fxaot_names:name(Name) =/= none,
    ok = fxaot_names:enter(Name, self()),
    case start(Engines, Rest#{mode => actor, instruments => []}, IsRestart, []) of
        {ok, Fresh} ->
            {ok, Router} = fxaot_nif:router(Options),
            State = #state{name = Name, options = Rest, engines = Engines, router = Router},
            lists:foreach(fun fxaot_events:watch/1, Engines),
            lists:foreach(fun(Engine) -> fxaot_names:set_group(Engine, Name) end, Engines),
            case populated(Instruments, IsRestart, State) of
                {ok, Populated} ->
                    fxaot_names:set_target(Name, {send, Name, router, Router}),
                    {ok, Populated};
                Error -> given_up(Fresh, Name, Error)
            end;
        {error, Fresh, Error} -> given_up(Fresh, Name, Error)
    end.

given_up(Fresh, Name, Error) ->
    lists:foreach(fun fxaot:stop_engine/1, Fresh),
    fxaot_names:leave(Name, self()),
    {stop, {shutdown, Error}}.

%% After a restart the engines are there already.
start([], _, _, Fresh) -> {ok, lists:reverse(Fresh)};
start([Engine | Rest], Options, IsRestart, Fresh) ->
    case fxaot:start_engine(Engine, numbered(Fresh, Rest, Options)) of
        {ok, _} -> start(Rest, Options, IsRestart, [Engine | Fresh]);
        {error, {already_exists, _}} when IsRestart -> start(Rest, Options, IsRestart, Fresh);
        Error -> {error, Fresh, Error}
    end.

%% Orders go along with their instruments, so no two engines give the same number.
numbered(Before, After, Options) ->
    Options#{order_numbers => {length(Before) + 1, length(Before) + 1 + length(After)}}.

populated(Instruments, false, State) ->
    case fxaot_terms:instruments(Instruments) of
        {ok, Terms} -> add_all(Terms, State#state{instruments = Terms});
        Error -> Error
    end;
%% The engines know what has been added and moved since.
populated(_, true, #state{engines = Engines} = State) ->
    routed(State#state{instruments = lists:append([added(Engine) || Engine <- Engines])}).

added(Engine) ->
    [begin
         {ok, Terms} = ask(Engine, {instrument_terms, Symbol}),
         {Symbol, Terms}
     end || Symbol <- ask(Engine, instruments)].

add_all([], State) -> routed(State);
add_all([{Symbol, Terms} | Rest], #state{engines = Engines} = State) ->
    Engine = fxaot_placement:place(map_get(Symbol, families(State)), Engines),
    case ask(Engine, {add_instrument, Symbol, Terms}) of
        ok -> add_all(Rest, State);
        Error -> Error
    end.

families(#state{options = Options, instruments = Instruments}) ->
    fxaot_placement:families(Instruments, maps:get(account_currency, Options, 'USD')).

%% The engines know best what they have, and by which mailbox quotes reach them now.
routed(#state{engines = Engines, router = Router} = State) ->
    Places = [{Symbol, Engine} || Engine <- Engines,
                                  Symbol <- ask(Engine, instruments)],
    Routes = [{Symbol, mailbox(Engine)} || {Symbol, Engine} <- Places],
    case fxaot_nif:set_routes(Router, Routes) of
        ok -> {ok, State#state{places = Places}};
        Error -> Error
    end.

mailbox(Engine) ->
    {ok, Mailbox} = fxaot:mailbox(Engine),
    Mailbox.

%% ---- messages ---------------------------------------------------------------

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {stop, normal, ok, #state{}}.
handle_call(Request, _From, State) -> fxaot_engine_call:answer(?MODULE, Request, State).

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

%% An engine's process is back, with a new mailbox.
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({fxaot_engine, _, up}, State) ->
    try routed(State) of
        {ok, Routed} -> {noreply, Routed};
        _ -> {noreply, State}
    catch exit:_ ->
            %% Another one is restarting, and will say so.
            {noreply, State}
    end;
handle_info(_, State) -> {noreply, State}.

%% ---- requests ---------------------------------------------------------------

-spec feed(fxaot_engine_feed:mode(), Quotes :: binary(), #state{}) -> fxaot_engine_call:reply(#state{}).
feed(_, Quotes, #state{router = Router} = State) ->
    {reply, fxaot_engine_feed:send(Router, Quotes), State}.

-spec close_bars(LastTimeNs :: integer(), #state{}) -> fxaot_engine_call:reply(#state{}).
close_bars(Last, State) -> {reply, each({close_bars, Last}, State), State}.

-spec subscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
subscribe(Pid, State) -> {reply, each({subscribe, Pid}, State), State}.

-spec unsubscribe(pid(), #state{}) -> fxaot_engine_call:reply(#state{}).
unsubscribe(Pid, State) -> {reply, each({unsubscribe, Pid}, State), State}.

-spec add_instrument(Symbol :: atom(), fxaot_nif:instrument(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
add_instrument(Symbol, Terms, #state{places = Places, instruments = Instruments} = State) ->
    Next = State#state{instruments = Instruments ++ [{Symbol, Terms}]},
    case lists:keymember(Symbol, 1, Places) of
        true -> {reply, {error, {already_exists, #{symbol => Symbol}}}, State};
        false ->
            case ask(engine_for(Symbol, Next), {add_instrument, Symbol, Terms}) of
                ok ->
                    {ok, Routed} = routed(Next),
                    {reply, ok, gathered(Routed)};
                Error -> {reply, Error, State}
            end
    end.

%% Where its family is already, or will be.
engine_for(Symbol, #state{engines = Engines, places = Places} = State) ->
    #{Symbol := Family} = Families = families(State),
    case [Engine || {Other, Engine} <- Places, map_get(Other, Families) =:= Family] of
        [Engine | _] -> Engine;
        [] -> fxaot_placement:place(Family, Engines)
    end.

%% A new pair may lead others to the account's currency: then they become one family, and follow the first
%% of them. A family that cannot be moved now stays where it is.
gathered(#state{places = Places} = State) ->
    Families = families(State),
    Homes = lists:foldr(fun({Symbol, Engine}, Map) -> Map#{map_get(Symbol, Families) => Engine} end, #{},
                        Places),
    lists:foldl(fun({Symbol, _}, Next) -> follow(Symbol, map_get(map_get(Symbol, Families), Homes), Next)
                end, State, Places).

follow(Symbol, Home, State) ->
    case engine_of(Symbol, State) of
        Home -> State;
        From ->
            {reply, Answer, Next} = move(Symbol, From, Home, State),
            case Answer of
                {ok, _} -> ok;
                Error ->
                    logger:warning("fxaot group ~tp: cannot move ~tp to ~tp: ~ts",
                                   [State#state.name, Symbol, Home, fxaot:format_error(Error)])
            end,
            Next
    end.

-spec deploy(Id :: atom(), Strategy :: term(), Deployment :: map(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
deploy(Id, Strategy, #{instrument := Symbol} = Deployment, State) ->
    case {engine_of(Symbol, State), strategy_engine(Id, State)} of
        {none, _} -> {reply, {error, {unknown_symbol, #{symbol => Symbol}}}, State};
        {Engine, none} -> {reply, ask(Engine, {deploy, Id, Strategy, Deployment}), State};
        {_, _} -> {reply, {error, {already_exists, #{id => Id}}}, State}
    end;
deploy(_, _, _, State) -> {reply, {error, {missing_option, #{option => instrument}}}, State}.

-spec undeploy(Id :: atom(), #state{}) -> fxaot_engine_call:reply(#state{}).
undeploy(Id, State) -> {reply, ask_engine_of(Id, {undeploy, Id}, State), State}.

-spec read(stats | account | positions | strategies | instruments, #state{}) -> term().
read(stats, #state{router = Router} = State) ->
    Stats = all(stats, State),
    Counts = lists:foldl(fun({_, Map}, Sums) -> add_counts(maps:remove(incarnation, Map), Sums) end, #{},
                         Stats),
    Unrouted = fxaot_nif:unrouted(Router),
    #{quotes := Quotes, unknown_symbol := Unknown} = Counts,
    Counts#{quotes := Quotes + Unrouted, unknown_symbol := Unknown + Unrouted,
            engines => maps:from_list(Stats)};
read(account, #state{options = Options} = State) ->
    account([Account || {_, Account} <- all(account, State)],
            round(maps:get(balance, Options, 100000) * 1000000));
read(Listed, State) -> lists:append([List || {_, List} <- all(Listed, State)]).

-spec stop(#state{}) -> {stop, normal, ok, #state{}}.
stop(#state{name = Name, engines = Engines} = State) ->
    lists:foreach(fun fxaot_events:unwatch/1, Engines),
    fxaot_names:leave(Name, self()),
    lists:foreach(fun fxaot:stop_engine/1, Engines),
    fxaot_deployments:engine_stopped(Name),
    {stop, normal, ok, State}.

-spec other(term(), #state{}) -> fxaot_engine_call:reply(#state{}).
other({strategy, Id} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({script_plan, Id} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({attach_native, Id, _} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({swap, Id, _} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({reload_basis, Id, _, _, _} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({instrument_terms, Symbol}, #state{instruments = Instruments} = State) ->
    {reply, case lists:keyfind(Symbol, 1, Instruments) of
                {_, Terms} -> {ok, Terms};
                false -> {error, {unknown_symbol, #{symbol => Symbol}}}
            end, State};
other({move, Symbol, To}, State) ->
    case {engine_of(Symbol, State), lists:member(To, State#state.engines)} of
        {none, _} -> {reply, {error, {unknown_symbol, #{symbol => Symbol}}}, State};
        {_, false} -> {reply, {error, {no_engine, To}}, State};
        {To, true} -> {reply, {ok, []}, State};
        {From, true} -> move(Symbol, From, To, State)
    end;
other(engines, #state{engines = Engines, places = Places} = State) ->
    {reply, {ok, [{Engine, [Symbol || {Symbol, E} <- Places, E =:= Engine]}
                  || Engine <- Engines]}, State};
other(handle, #state{name = Name} = State) ->
    {reply, {error, {group, #{engine => Name}}}, State};
other(_, State) -> {reply, {error, {bad_argument, none}}, State}.

%% ---- asking the engines -----------------------------------------------------

ask(Engine, Request) -> gen_server:call(Engine, Request, infinity).

all(Request, #state{engines = Engines}) -> [{Engine, ask(Engine, Request)} || Engine <- Engines].

%% All of them, and the first error.
each(Request, State) ->
    case [Error || {_, {error, _} = Error} <- all(Request, State)] of
        [] -> ok;
        [Error | _] -> Error
    end.

engine_of(Symbol, #state{places = Places}) ->
    case lists:keyfind(Symbol, 1, Places) of
        {_, Engine} -> Engine;
        false -> none
    end.

ask_engine_of(Id, Request, State) ->
    case strategy_engine(Id, State) of
        none -> {error, {not_found, #{id => Id}}};
        Engine -> ask(Engine, Request)
    end.

strategy_engine(Id, State) ->
    case [Engine || {Engine, List} <- all(strategies, State), #{id := Known} <- List,
                    Known =:= Id] of
        [Engine | _] -> Engine;
        [] -> none
    end.

%% ---- moving -----------------------------------------------------------------

%% With the instrument go those that are converted through it, or it through them.
move(Symbol, From, To, #state{places = Places, router = Router} = State) ->
    #{Symbol := Family} = Families = families(State),
    Moving = [S || {S, Engine} <- Places, Engine =:= From, map_get(S, Families) =:= Family],
    After = [{S, case lists:member(S, Moving) of
                     true -> To;
                     false -> Engine
                 end} || {S, Engine} <- Places],
    {ok, FromHandle} = ask(From, handle),
    {ok, ToHandle} = ask(To, handle),
    Routes = [{S, mailbox(Engine)} || {S, Engine} <- After],
    %% The terms go first: should this process die in between, no engine has an instrument without.
    ok = ask(To, {move_terms, [Terms || {S, _} = Terms <- State#state.instruments, lists:member(S, Moving)],
                  Moving}),
    case fxaot_nif:move(Router, Routes, FromHandle, ToHandle, Moving) of
        ok ->
            ok = ask(From, {move_terms, [], Moving}),
            {reply, {ok, Moving}, State#state{places = After}};
        Error ->
            ok = ask(To, {move_terms, [], Moving}),
            %% The quotes must find the instruments where they are.
            {ok, Routed} = routed(State),
            {reply, Error, Routed}
    end.

%% ---- sums -------------------------------------------------------------------

add_counts(Map, Sums) ->
    maps:fold(fun(Key, Value, All) when is_integer(Value) ->
                      maps:update_with(Key, fun(Sum) -> Sum + Value end, Value, All);
                 (_, _, All) -> All
              end, Sums, Map).

%% Every engine has the whole opening balance; the group has it once.
account([First | _] = Accounts, Opening) ->
    Sum = fun(Key) -> lists:sum([map_get(Key, Account) || Account <- Accounts]) end,
    Twice = Opening * (length(Accounts) - 1),
    First#{balance := Sum(balance) - Twice, equity := Sum(equity) - Twice,
           realised := Sum(realised), unrealised := Sum(unrealised), unvalued := Sum(unvalued)}.
