%% @private Several engines in actor mode under one name: one account's instruments over several
%% native threads.
%%
%% Quotes do not come by here: they go through a native router to the engine that has their
%% instrument. Instruments are placed by rendezvous hashing (Thaler and Ravishankar 1996): each goes
%% to the engine with the highest hash of (engine, instrument), so that with another number of
%% engines only those move that must. Instruments that are converted through one another stay
%% together, see family/3.
%%
%% The engines are processes of their own and outlive this one; its restart asks them for their instruments.
%%
%% Longer than a file should be: every request of the behaviour is here, each a few lines.
-module(fxaot_group).
-behaviour(gen_server).
-behaviour(fxaot_engine_call).

-export([start_link/3, names/2, place/2, family/3]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([feed/3, close_bars/2, subscribe/2, unsubscribe/2, deploy/4, undeploy/2, add_instrument/3, read/2,
         stop/1, other/2]).

-record(state, {name :: atom(),
                options :: map(),
                engines :: [atom()],
                router :: fxaot_nif:router(),
                %% The terms of those that are not built in.
                specs = #{} :: #{Symbol :: atom() => fxaot_nif:instrument()},
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

%% @doc The engine for a key: the one with the highest hash. Where engines come or go, only the keys
%% of those move.
-spec place(Key :: term(), Engines :: [atom(), ...]) -> atom().
place(Key, Engines) ->
    {_, Engine} = lists:max([{erlang:phash2({Engine, Key}), Engine} || Engine <- Engines]),
    Engine.

%% @doc Instruments of one family stay on one engine. The family is the currency that an instrument's
%% profit is converted from, or, if that is the account's currency, its base. So EURGBP is
%% with GBPUSD, which its profit needs.
-spec family(Symbol :: atom(), fxaot_nif:instrument(), Account :: atom()) -> atom() | binary().
family(Symbol, Spec, Account) ->
    Text = atom_to_binary(Symbol),
    Base = text(maps:get(base, Spec, binary:part(Text, 0, min(3, byte_size(Text))))),
    Quote = text(maps:get(quote, Spec, case Text of
                                           <<_:3/binary, Rest/binary>> -> Rest;
                                           _ -> Text
                                       end)),
    case text(Account) of
        Quote -> Base;
        _ -> Quote
    end.

text(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
text(Text) -> Text.

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
    case fxaot:start_engine(Engine, Options) of
        {ok, _} -> start(Rest, Options, IsRestart, [Engine | Fresh]);
        {error, {already_exists, _}} when IsRestart -> start(Rest, Options, IsRestart, Fresh);
        Error -> {error, Fresh, Error}
    end.

populated(Instruments, false, State) ->
    case fxaot_terms:instruments(Instruments) of
        {ok, Terms} -> add_all(Terms, State);
        Error -> Error
    end;
populated(Instruments, true, State) ->
    routed(State#state{specs = maps:from_list([Entry || {_, _} = Entry <- Instruments])}).

add_all([], State) -> routed(State);
add_all([{Symbol, Terms} | Rest], State) ->
    case add(Symbol, Terms, State) of
        {ok, Next} -> add_all(Rest, Next);
        Error -> Error
    end.

add(Symbol, Spec, #state{engines = Engines, specs = Specs} = State) ->
    Next = State#state{specs = Specs#{Symbol => Spec}},
    case ask(place(family(Symbol, Next), Engines), {add_instrument, Symbol, Spec}) of
        ok -> {ok, Next};
        Error -> Error
    end.

family(Symbol, #state{options = Options, specs = Specs}) ->
    family(Symbol, maps:get(Symbol, Specs, #{}), maps:get(account_currency, Options, 'USD')).

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
add_instrument(Symbol, Terms, State) ->
    case lists:keymember(Symbol, 1, State#state.places) of
        true -> {reply, {error, {already_exists, #{symbol => Symbol}}}, State};
        false ->
            case add(Symbol, Terms, State) of
                {ok, Next} ->
                    {ok, Routed} = routed(Next),
                    {reply, ok, Routed};
                Error -> {reply, Error, State}
            end
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
    Counts = lists:foldl(fun({_, Map}, Sums) -> add_counts(Map, Sums) end, #{}, Stats),
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
other({instrument_terms, Symbol}, #state{specs = Specs} = State) ->
    {reply, case engine_of(Symbol, State) of
                none -> {error, {unknown_symbol, #{symbol => Symbol}}};
                _ -> {ok, maps:get(Symbol, Specs, #{})}
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
    Family = family(Symbol, State),
    Moving = [S || {S, Engine} <- Places, Engine =:= From, family(S, State) =:= Family],
    After = [{S, case lists:member(S, Moving) of
                     true -> To;
                     false -> Engine
                 end} || {S, Engine} <- Places],
    {ok, FromHandle} = ask(From, handle),
    {ok, ToHandle} = ask(To, handle),
    Routes = [{S, mailbox(Engine)} || {S, Engine} <- After],
    case fxaot_nif:move(Router, Routes, FromHandle, ToHandle, Moving) of
        ok -> {reply, {ok, Moving}, State#state{places = After}};
        Error ->
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
