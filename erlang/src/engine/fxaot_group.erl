%% @private Several engines in actor mode under one name: one account's instruments over several
%% native threads.
%%
%% Quotes do not pass here: a native router sends them to the engine that has their instrument, see
%% {@link fxaot_placement}.
%%
%% The engines are processes of their own and outlive this one; its restart reads their instruments.
%% It never starts a missing engine, because that would be an empty one under the old name.
%%
%% Longer than a file should be: every request of the behaviour is here, each a few lines.
-module(fxaot_group).
-behaviour(gen_server).
-behaviour(fxaot_engine_call).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/3, member_up/2, names/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).
-export([feed/3, close_bars/2, subscribe/2, unsubscribe/2, deploy/4, undeploy/2, add_instrument/3, read/2,
         stop/1, other/2]).

-record(state, {name :: atom(),
                options :: map(),
                engines :: [atom()],
                router :: fxaot_nif:router(),
                %% In the order of adding; the terms of built-in ones are empty.
                instruments = [] :: [{Symbol :: atom(), fxaot_nif:instrument()}],
                %% Which engine has an instrument.
                places = [] :: [{Symbol :: atom(), Engine :: atom()}],
                %% The newest of each engine.
                mailboxes = #{} :: #{Engine :: atom() => fxaot_nif:mailbox()}}).

-spec start_link(Name :: atom(), Count :: pos_integer(), Options :: map()) ->
          {ok, pid()} | {error, term()}.
start_link(Name, Count, Options) ->
    gen_server:start_link({local, Name}, ?MODULE, {Name, Count, Options}, []).

%% @doc An engine's process is back, with a new mailbox.
-spec member_up(Group :: atom(), Engine :: atom()) -> ok.
member_up(Group, Engine) -> gen_server:cast(Group, {up, Engine}).

%% @doc The engines of a group.
-spec names(Group :: atom(), Count :: pos_integer()) -> [atom()].
names(Group, Count) ->
    [binary_to_atom(<<(atom_to_binary(Group))/binary, $_, (integer_to_binary(N))/binary>>)
     || N <- lists:seq(1, Count)].

%% ---- coming up --------------------------------------------------------------

-spec init({Name :: atom(), Count :: pos_integer(), Options :: map()}) ->
          {ok, #state{}} | {stop, {shutdown, term()}}.
init({Name, Count, Options}) ->
    case router(Name, Options) of
        {ok, Router} ->
            ok = fxaot_names:enter(Name, self()),
            State = #state{name = Name, options = maps:remove(instruments, Options), engines = names(Name, Count),
                           router = Router},
            case fxaot_engines:find(Name) of
                {ok, #{kind := group}} -> again(State);
                none -> fresh(State, Options)
            end;
        Error -> {stop, {shutdown, Error}}
    end.

%% The engines are there already, or come back when they can, and know what has been added and moved since.
again(#state{name = Name} = State) ->
    Answer = routed(State),
    came_up(State),
    fxaot_events:tell_watchers(Name, up),
    Answer.

fresh(#state{engines = Engines, name = Name, options = Rest} = State, Options) ->
    %% Of a group whose process was killed while it started.
    ended([Engine || Engine <- Engines, fxaot_names:group(Engine) =:= Name]),
    case fxaot_group_journal:prepare(Options) of
        ok ->
            case start(Engines, Rest#{mode => actor, instruments => []}, []) of
                {ok, Fresh} -> started(Fresh, State, Options);
                {error, Fresh, Error} -> given_up(Fresh, Name, Error)
            end;
        Error -> given_up([], Name, Error)
    end.

started(Engines, #state{name = Name} = State, Options) ->
    lists:foreach(fun(Engine) -> fxaot_names:set_group(Engine, Name) end, Engines),
    case populated(maps:get(instruments, Options, fxaot_terms:built_in_symbols()), State) of
        {ok, Populated} ->
            fxaot_engines:enter_group(Name, length(Engines), Options),
            came_up(Populated),
            _ = is_map_key(journal, Options) andalso restored(Populated),
            {ok, Populated};
        Error -> given_up(Engines, Name, Error)
    end.

restored(#state{name = Name} = State) ->
    Here = [Id || #{id := Id} <- read(strategies, State)],
    Unknown = fxaot_group_journal:unknown(Name, Here),
    lists:foreach(fun(Id) -> ask_engine_of(Id, {undeploy, Id}, State) end, Unknown),
    fxaot_group_journal:restore(Name, Here -- Unknown).

came_up(#state{name = Name, engines = Engines}) ->
    fxaot_keeper:watch_process(group, Name),
    fxaot_telemetry_emit:happened([group, start], #{engine => Name, engines => Engines}).

%% Keeps the router of the process before. Once it has new routes, its last senders' quotes are in their
%% mailboxes, and it has counted quotes without a route.
router(Name, Options) ->
    case fxaot_names:target(Name) of
        {send, Name, router, Known} -> {ok, Known};
        _ -> fxaot_nif:router(Options)
    end.

given_up(Fresh, Name, Error) ->
    ended(Fresh),
    fxaot_names:leave(Name, self()),
    {stop, {shutdown, Error}}.

ended(Engines) ->
    lists:foreach(fun(Engine) ->
                          _ = fxaot_engines_sup:stop_engine(Engine),
                          fxaot_names:leave_group(Engine)
                  end, Engines).

start([], _, Fresh) -> {ok, lists:reverse(Fresh)};
start([Engine | Rest], Options, Fresh) ->
    case fxaot:start_engine(Engine, fxaot_group_journal:member(length(Fresh) + 1, numbered(Fresh, Rest, Options))) of
        {ok, _} ->
            case Fresh =/= [] orelse fxaot_group_journal:check_size(Engine, 1 + length(Rest), Options) of
                {error, _} = Error -> {error, [Engine], Error};
                _ ->
                    ok = fxaot_group_journal:joined(Engine, Options),
                    start(Rest, Options, [Engine | Fresh])
            end;
        Error -> {error, Fresh, Error}
    end.

%% Orders go along with their instruments, so no two engines give the same number.
numbered(Before, After, Options) ->
    Options#{order_numbers => {length(Before) + 1, length(Before) + 1 + length(After)}}.

populated(Instruments, State) ->
    case fxaot_terms:instruments(Instruments) of
        {ok, Terms} ->
            try added(Terms, State)
            catch throw:{refused, Error} -> {error, Error}
            end;
        Error -> Error
    end.

%% Engines with a journal have come back with theirs.
added(Terms, #state{options = #{journal := _}, engines = [First | _]} = State) ->
    case fxaot_group_journal:settle(First, fun(Engine, Symbol) -> lists:member(Symbol, ask(Engine, instruments)) end) of
        ok -> recovered(Terms, State);
        Error -> Error
    end;
added(Terms, State) -> add_all(Terms, State#state{instruments = Terms}).

recovered(Terms, State) ->
    {ok, #state{instruments = Known} = Routed} = routed(State),
    New = [Entry || {Symbol, _} = Entry <- Terms, not lists:keymember(Symbol, 1, Known)],
    add_all(New, Routed#state{instruments = Known ++ New}).

add_all([], State) -> routed(State);
add_all([{Symbol, Terms} | Rest], State) ->
    case ask(engine_for(Symbol, State), {add_instrument, Symbol, Terms}) of
        ok -> add_all(Rest, State);
        Error -> Error
    end.

families(#state{options = Options, instruments = Instruments}) ->
    fxaot_placement:families(Instruments, maps:get(account_currency, Options, 'USD')).

%% The engines know their instruments and their mailboxes. One that does not answer keeps its places and its
%% mailbox; it reports when it is back.
routed(#state{engines = Engines, router = Router, mailboxes = Known} = State) ->
    Pids = [{Engine, whereis(Engine)} || Engine <- Engines],
    Heard = [{Engine, heard(Engine, State)} || Engine <- Engines],
    Places = lists:append([Of || {_, {Of, _}} <- Heard]),
    Mailboxes = maps:merge(Known, maps:from_list([{Engine, Mailbox} || {Engine, {_, {ok, Mailbox}}} <- Heard])),
    Next = with_terms(State#state{places = Places, mailboxes = Mailboxes}),
    %% Where an engine has not been heard of, quotes go by the routes of the group's process before: an engine
    %% that is not there refuses them. One that has given up or lost its state holds no other's routes up.
    case awaited(Next) =:= [] andalso fxaot_nif:set_routes(Router, routes(Places, Next)) of
        false -> {ok, Next};
        ok ->
            set_target(Next),
            lists:foreach(fun({Engine, Pid}) -> is_pid(Pid) andalso fxaot_names:set_ready(Engine, Pid) end, Pids),
            {ok, Next};
        Error -> Error
    end.

heard(Engine, #state{places = Before}) ->
    try {[{Symbol, Engine} || Symbol <- ask(Engine, instruments)], fxaot:mailbox(Engine)}
    catch throw:{refused, _} -> {[Place || {_, Known} = Place <- Before, Known =:= Engine], none}
    end.

%% Of instruments that this process has not added itself, the engines have the terms.
with_terms(#state{places = Places, instruments = Known} = State) ->
    New = [{Symbol, Engine} || {Symbol, Engine} <- Places, not lists:keymember(Symbol, 1, Known)],
    State#state{instruments = Known ++ lists:append([terms(Symbol, Engine) || {Symbol, Engine} <- New])}.

terms(Symbol, Engine) ->
    try ask(Engine, {instrument_terms, Symbol}) of
        {ok, Terms} -> [{Symbol, Terms}];
        %% It has left the engine meanwhile.
        {error, _} -> []
    catch throw:{refused, _} -> []
    end.

set_target(#state{name = Name, router = Router}) ->
    fxaot_names:set_target(Name, {send, Name, router, Router}).

unheard(#state{engines = Engines, places = Places, instruments = Instruments, mailboxes = Mailboxes}) ->
    [Engine || Engine <- Engines,
               not is_map_key(Engine, Mailboxes)
                   orelse lists:any(fun({Symbol, Of}) ->
                                            Of =:= Engine andalso not lists:keymember(Symbol, 1, Instruments)
                                    end, Places)].

awaited(State) -> [Engine || Engine <- unheard(State), fxaot_engines:status(Engine) =:= running].

%% For requests that need the instruments of all engines.
complete(State) ->
    case unheard(State) of
        [] -> State;
        Engines ->
            lists:foreach(fun(Engine) -> ask(Engine, instruments) end, Engines),
            {ok, Routed} = routed(State),
            Routed
    end.

routes(Places, #state{mailboxes = Mailboxes} = State) ->
    [{Symbol, map_get(Engine, Mailboxes)} || {Symbol, Engine} <- named(Places, State), is_map_key(Engine, Mailboxes)].

%% The places by all names of the instruments.
named(Places, #state{instruments = Instruments}) ->
    lists:append([[{Name, Engine} || Name <- [Symbol | aliases(Symbol, Instruments)]] || {Symbol, Engine} <- Places]).

aliases(Symbol, Instruments) ->
    case lists:keyfind(Symbol, 1, Instruments) of
        {_, Terms} -> maps:get(aliases, Terms, []);
        false -> []
    end.

%% Names that another instrument of the group has.
taken(Symbol, Terms, #state{places = Places} = State) ->
    Known = [Name || {Name, _} <- named(Places, State)],
    [Name || Name <- [Symbol | aliases(Symbol, [{Symbol, Terms}])], lists:member(Name, Known)].

%% ---- messages ---------------------------------------------------------------

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {stop, normal, ok, #state{}}.
handle_call(Request, _From, State) -> fxaot_engine_call:answer(?MODULE, Request, State).

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({up, _}, State) ->
    case routed(State) of
        {ok, Routed} -> {noreply, Routed};
        _ -> {noreply, State}
    end;
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(_, State) -> {noreply, State}.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

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
add_instrument(Symbol, Terms, Before) ->
    #state{instruments = Instruments} = State = complete(Before),
    Next = State#state{instruments = Instruments ++ [{Symbol, Terms}]},
    case taken(Symbol, Terms, State) of
        [Name | _] -> {reply, {error, {already_exists, #{symbol => Name}}}, State};
        [] ->
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
            {Answer, Next} = try move(Symbol, From, Home, State) of
                                 {reply, Told, Moved} -> {Told, Moved}
                             catch throw:{refused, Why} -> {{error, Why}, State}
                             end,
            case Answer of
                {ok, _} -> ok;
                Error ->
                    ?FXAOT_LOG(warning, #{group => State#state.name, symbol => Symbol,
                                          text => io_lib:format("cannot move ~tp to ~tp: ~ts",
                                                                [Symbol, Home, fxaot:format_error(Error)])})
            end,
            Next
    end.

-spec deploy(Id :: atom(), Strategy :: term(), Deployment :: map(), #state{}) ->
          fxaot_engine_call:reply(#state{}).
deploy(Id, Strategy, #{instrument := Symbol} = Deployment, Before) ->
    State = complete(Before),
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
    fxaot_engines:leave(Name),
    fxaot_names:leave(Name, self()),
    ended(Engines),
    fxaot_telemetry_emit:happened([group, stop], #{engine => Name}),
    fxaot_events:tell_watchers(Name, stopped),
    fxaot_deployments:engine_stopped(Name),
    {stop, normal, ok, State}.

-spec other(term(), #state{}) -> fxaot_engine_call:reply(#state{}).
other({trading, Request}, Before) ->
    State = case fxaot_group_trading:needs_places(Request) of
                true -> complete(Before);
                false -> Before
            end,
    #state{engines = Engines, places = Places} = State,
    {reply, fxaot_group_trading:answer(Request, fun ask/2, Engines, named(Places, State)), State};
other({strategy, Id} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({script_plan, Id} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({attach_native, Id, _} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({swap, Id, _} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other({reload_basis, Id, _, _, _} = Request, State) -> {reply, ask_engine_of(Id, Request, State), State};
other(Request, State)
  when Request =:= engines; element(1, Request) =:= instrument_terms; element(1, Request) =:= move ->
    placed(Request, complete(State));
other(cross, #state{engines = Engines, router = Router, options = Options} = State) ->
    Answer = fxaot_crossing:cross([{Engine, Handle} || {Engine, {ok, Handle}} <- all(handle, State)], Router, Options),
    Next = case Answer of
               {error, {stopped, _}} -> restart;
               _ -> trace
           end,
    lists:foreach(fun(Engine) -> ask(Engine, Next) end, Engines),
    {reply, Answer, State};
other(handle, #state{name = Name} = State) ->
    {reply, {error, {group, #{engine => Name}}}, State};
other(_, State) -> {reply, {error, {bad_argument, none}}, State}.

placed({instrument_terms, Symbol}, #state{instruments = Instruments} = State) ->
    {reply, case lists:keyfind(Symbol, 1, Instruments) of
                {_, Terms} -> {ok, Terms};
                false -> {error, {unknown_symbol, #{symbol => Symbol}}}
            end, State};
placed({move, Symbol, To}, State) ->
    case {engine_of(Symbol, State), lists:member(To, State#state.engines)} of
        {none, _} -> {reply, {error, {unknown_symbol, #{symbol => Symbol}}}, State};
        {_, false} -> {reply, {error, {no_engine, To}}, State};
        {To, true} -> {reply, {ok, []}, State};
        {From, true} -> move(Symbol, From, To, State)
    end;
placed(engines, #state{engines = Engines, places = Places} = State) ->
    {reply, {ok, [{Engine, [Symbol || {Symbol, E} <- Places, E =:= Engine]}
                  || Engine <- Engines]}, State}.

%% ---- asking the engines -----------------------------------------------------

ask(Engine, Request) ->
    case fxaot_engine_call:ask(Engine, Request) of
        {error, {Reason, _} = Error}
          when Reason =:= engine_down; Reason =:= no_engine; Reason =:= timeout; Reason =:= state_lost;
               Reason =:= given_up -> throw({refused, Error});
        Answer -> Answer
    end.

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
move(Symbol, From, To, #state{places = Places, router = Router, options = Options, engines = [First | _]} = State) ->
    #{Symbol := Family} = Families = families(State),
    Moving = [S || {S, Engine} <- Places, Engine =:= From, map_get(S, Families) =:= Family],
    After = [{S, case lists:member(S, Moving) of
                     true -> To;
                     false -> Engine
                 end} || {S, Engine} <- Places],
    {ok, FromHandle} = ask(From, handle),
    {ok, ToHandle} = ask(To, handle),
    %% The terms go first: if this process dies in between, no engine has an instrument without terms.
    ok = ask(To, {move_terms, [Terms || {S, _} = Terms <- State#state.instruments, lists:member(S, Moving)],
                  Moving}),
    Do = fun() -> fxaot_nif:move(Router, routes(After, State), FromHandle, ToHandle, Moving) end,
    Undo = fun() -> fxaot_nif:move(Router, routes(Places, State), ToHandle, FromHandle, Moving) end,
    case fxaot_group_journal:move(Options, First, {From, To, Moving}, Do, Undo) of
        ok ->
            _ = forgotten(From, Moving),
            {reply, {ok, Moving}, State#state{places = After}};
        Error ->
            _ = forgotten(To, Moving),
            %% The routes must match the instruments' engines.
            {ok, Routed} = routed(State),
            {reply, refusal(Error, Symbol), Routed}
    end.

refusal({error, {busy, _}}, Symbol) -> {error, {open_orders, #{symbol => Symbol}}};
refusal(Error, _) -> Error.

%% An engine that has just died keeps the terms of instruments that have left it, which does no harm.
forgotten(Engine, Symbols) ->
    try ask(Engine, {move_terms, [], Symbols})
    catch throw:{refused, _} -> ok
    end.

%% ---- sums -------------------------------------------------------------------

add_counts(Map, Sums) ->
    maps:fold(fun(Key, Value, All) when is_integer(Value) ->
                      maps:update_with(Key, fun(Sum) -> Sum + Value end, Value, All);
                 (rejected, Reasons, All) ->
                      All#{rejected => add_counts(Reasons, maps:get(rejected, All, #{}))};
                 (_, _, All) -> All
              end, Sums, Map).

%% Every engine has the whole opening balance; the group has it once. Margin is each engine's own affair: the
%% group's level is that of the sums.
account([First | _] = Accounts, Opening) ->
    Sum = fun(Key) -> lists:sum([map_get(Key, Account) || Account <- Accounts]) end,
    Twice = Opening * (length(Accounts) - 1),
    {Equity, Used} = {Sum(equity) - Twice, Sum(margin_used)},
    Sums = maps:from_list([{Key, Sum(Key)} || Key <- [realised, unrealised, unvalued, commission, swap, cash]]),
    maps:merge(First, Sums#{balance => Sum(balance) - Twice, equity => Equity, margin_used => Used,
                            free_margin => Equity - Used, margin_level => level(Equity, Used),
                            state => strictest([State || #{state := State} <- Accounts])}).

level(_, 0) -> infinity;
level(Equity, Used) -> Equity / Used.

strictest(States) ->
    hd([State || State <- [halted, reducing, active], lists:member(State, States)] ++ [active]).
