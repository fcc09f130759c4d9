%% @private Logins: one password at a time, in a process of low priority, and few wrong ones a minute from an address. And the
%% sessions that have been ended before their time.
-module(fxaot_dashboard_login).
-behaviour(gen_server).

-export([start_link/0, password/3, token/2, end_session/1, is_ended/1, is_valid/1, work/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3]).

-define(MINUTE_MS, 60000).
%% Wrong logins a minute: of one address, and of all together.
-define(MOST_WRONG, 5).
-define(MOST_WRONG_OF_ALL, 60).
-define(MOST_WAITING, 8).
-define(ANSWER_MS, 60000).
-define(ENDED, 10000).
%% Scripts that are checked at once.
-define(WORKERS, 2).

-type verdict() :: {ok, Name :: binary(), fxaot_dashboard_config:role()} | wrong | {wait, Seconds :: pos_integer()}
                 | busy.

-record(state, {config :: fxaot_dashboard_config:config(),
                %% Of the last minute.
                wrong = [] :: [{Ms :: integer(), inet:ip_address()}],
                waiting = queue:new() :: queue:queue({gen_server:from(), inet:ip_address(), binary(), binary()}),
                worker = none :: none | {pid(), reference(), gen_server:from(), inet:ip_address()},
                work = #{} :: #{reference() => pid()}}).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc `busy': too many wait.
-spec password(inet:ip_address(), Name :: binary(), Password :: binary()) -> verdict().
password(Ip, Name, Password) -> ask({password, Ip, Name, Password}, busy).

-spec token(inet:ip_address(), Token :: binary()) -> verdict().
token(Ip, Token) -> ask({token, Ip, Token}, busy).

%% @doc A session that its owner has ended.
-spec end_session(fxaot_dashboard_session:session()) -> ok.
end_session(#{id := Id, ends := Ends}) -> ask({end_session, Id, Ends}, ok).

%% Asked with each request: from a table.
-spec is_ended(fxaot_dashboard_session:session()) -> boolean().
is_ended(#{id := Id}) -> try ets:member(?MODULE, Id) catch error:badarg -> true end.

%% @doc Neither over nor ended.
-spec is_valid(fxaot_dashboard_session:session()) -> boolean().
is_valid(#{ends := Ends} = Session) -> Ends > os:system_time(second) andalso not is_ended(Session).

%% @doc Does what takes long, a script's check, unless as many as may do so already.
-spec work(fun(() -> Result)) -> {done, Result} | busy.
work(Do) ->
    case ask({begin_work, self()}, busy) of
        {ok, Place} -> try {done, Do()} after gen_server:cast(?MODULE, {end_work, Place}) end;
        busy -> busy
    end.

ask(Request, Otherwise) ->
    try gen_server:call(?MODULE, Request, ?ANSWER_MS)
    catch exit:_ -> Otherwise
    end.

-spec init([]) -> {ok, #state{}}.
init([]) ->
    ?MODULE = ets:new(?MODULE, [named_table, protected, {read_concurrency, true}]),
    {ok, #state{config = fxaot_dashboard_config:read()}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({token, Ip, Token}, _, #state{config = Config} = Before) ->
    case delay(Ip, Before) of
        {0, State} ->
            case fxaot_dashboard_session:by_token(Config, Token) of
                none -> {reply, wrong, wrong(Ip, State)};
                Right -> {reply, Right, State}
            end;
        {Seconds, State} -> {reply, {wait, Seconds}, State}
    end;
handle_call({password, Ip, Name, Password}, From, Before) ->
    case delay(Ip, Before) of
        {0, #state{waiting = Waiting} = State} ->
            case queue:len(Waiting) < ?MOST_WAITING of
                true -> {noreply, next(State#state{waiting = queue:in({From, Ip, Name, Password}, Waiting)})};
                false -> {reply, busy, State}
            end;
        {Seconds, State} -> {reply, {wait, Seconds}, State}
    end;
handle_call({end_session, Id, Ends}, _, State) ->
    Now = os:system_time(second),
    _ = ets:select_delete(?MODULE, [{{'_', '$1'}, [{'<', '$1', Now}], [true]}]),
    %% Only those who have a session can end one.
    _ = ets:info(?MODULE, size) < ?ENDED andalso ets:insert(?MODULE, {Id, Ends}),
    {reply, ok, State};
handle_call({begin_work, Pid}, _, #state{work = Work} = State) ->
    case map_size(Work) < ?WORKERS of
        true ->
            Place = monitor(process, Pid),
            {reply, {ok, Place}, State#state{work = Work#{Place => Pid}}};
        false -> {reply, busy, State}
    end;
handle_call(_, _, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({end_work, Place}, #state{work = Work} = State) ->
    _ = demonitor(Place, [flush]),
    {noreply, State#state{work = maps:remove(Place, Work)}};
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({verdict, Pid, Verdict}, #state{worker = {Pid, Monitor, From, Ip}} = State) ->
    _ = demonitor(Monitor, [flush]),
    gen_server:reply(From, Verdict),
    {noreply, next(case Verdict of
                       wrong -> wrong(Ip, State#state{worker = none});
                       _ -> State#state{worker = none}
                   end)};
handle_info({'DOWN', Monitor, process, Pid, _}, #state{worker = {Pid, Monitor, From, _}} = State) ->
    gen_server:reply(From, busy),
    {noreply, next(State#state{worker = none})};
handle_info({'DOWN', Monitor, process, _, _}, #state{work = Work} = State) ->
    {noreply, State#state{work = maps:remove(Monitor, Work)}};
handle_info(_, State) -> {noreply, State}.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

%% How long an address has to wait, s.
delay(Ip, #state{wrong = Wrong} = State) ->
    Now = erlang:monotonic_time(millisecond),
    Recent = [Each || {At, _} = Each <- Wrong, Now - At < ?MINUTE_MS],
    Next = State#state{wrong = Recent},
    case {[At || {At, Of} <- Recent, Of =:= Ip], Recent} of
        {Own, _} when length(Own) >= ?MOST_WRONG -> {left(lists:nth(?MOST_WRONG, Own), Now), Next};
        {_, All} when length(All) >= ?MOST_WRONG_OF_ALL ->
            {left(element(1, lists:nth(?MOST_WRONG_OF_ALL, All)), Now), Next};
        _ -> {0, Next}
    end.

left(At, Now) -> max(1, (At + ?MINUTE_MS - Now + 999) div 1000).

%% The newest first.
wrong(Ip, #state{wrong = Wrong} = State) ->
    State#state{wrong = [{erlang:monotonic_time(millisecond), Ip} | Wrong]}.

%% The password of a name that there is not takes as long.
next(#state{worker = none, waiting = Waiting, config = #{users := Users}} = State) ->
    case queue:out(Waiting) of
        {empty, _} -> State;
        {{value, {From, Ip, Name, Password}}, Rest} ->
            Server = self(),
            {Pid, Monitor} =
                spawn_opt(fun() -> Server ! {verdict, self(), verdict(Name, Password, Users)} end,
                          [monitor, {priority, low}]),
            State#state{worker = {Pid, Monitor, From, Ip}, waiting = Rest}
    end;
next(State) -> State.

verdict(Name, Password, Users) ->
    case [User || #{name := Known} = User <- Users, Known =:= Name] of
        [#{role := Role, password := Hash}] ->
            case fxaot_dashboard_password:matches(Password, Hash) of
                true -> {ok, Name, Role};
                false -> wrong
            end;
        [] ->
            _ = fxaot_dashboard_password:matches(Password, fxaot_dashboard_password:nobody()),
            wrong
    end.
