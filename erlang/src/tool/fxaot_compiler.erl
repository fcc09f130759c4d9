%% @private Plans ▶ native code, by `fxaot compile-server' in an operating system process of its own.
%%
%% Requests and answers are frames of four bytes of length, big-endian, then a letter:
%% ```
%%   C plan bytes   ▶  O {"plan", "manifest", "cached", "milliseconds"}    compile, unless cached
%%   Q plan hash    ▶  O {"cached", "manifest"}  or  N                     is it there already?
%%   any request    ▶  E {"reason", "message"}
%% '''
%% The server is started when it is first needed, with a limit on its memory, and has one request at
%% a time; callers that ask for the same plan share one request. A server that takes too long, sends an
%% invalid reply, or dies, is killed with all its children, and its request fails with an error. The
%% next one starts a new server; after a second failure in a row it waits before that, longer each
%% time. So a broken compiler costs its callers an error and nothing else.
%%
%% The application's environment: `compile_timeout' (ms of a request, 60,000) and `compile_memory'
%% (bytes of address space, 4 GB; `infinity').
-module(fxaot_compiler).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([start_link/0, compile/2, cached/2, requests/0, renew/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).

-export_type([compiled/0, hash/0, plan/0]).

%% An answer is a line of JSON.
-define(MOST_BYTES, 1048576).
%% Before the third server in a row; then twice as long each time.
-define(PAUSE_MS, 250).
-define(MOST_PAUSE_MS, 10000).

-type hash() :: <<_:256>>.
%% The plan of a script, see fxaot_nif:script_plan/2.
-type plan() :: #{hash := hash(), bytes := binary()}.
-type compiled() ::
        #{manifest := file:filename_all(), cached := boolean(), milliseconds := number()}.
-type key() :: {compile | cached, hash()}.

-record(server, {program :: fxaot_tool:program(),
                 port :: port(),
                 %% The part of its answer that has come.
                 read = <<>> :: binary()}).

-record(state, {server = none :: none | #server{},
                %% The server's request, and the timer that ends it.
                current = none :: none | {key(), reference()},
                waiting = queue:new() :: queue:queue(key()),
                %% Who asks for a request first is named in the log when it fails.
                requests = #{} :: #{key() => {Frame :: iodata(), [gen_server:from()], fxaot_log:subject()}},
                %% Servers in a row that failed; while a pause lasts no other is started.
                failures = 0 :: non_neg_integer(),
                is_paused = false :: boolean()}).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc The artifact of a plan, from the compiler's cache or new.
-spec compile(plan(), Whose :: fxaot_log:subject()) -> {ok, compiled()} | fxaot:error().
compile(#{hash := Hash, bytes := Bytes}, Whose) -> request({compile, Hash}, [$C, Bytes], Whose).

%% @doc The artifact of a plan, if the compiler's cache has it.
-spec cached(hash(), Whose :: fxaot_log:subject()) -> {ok, compiled()} | none | fxaot:error().
cached(<<_:32/binary>> = Hash, Whose) -> request({cached, Hash}, [$Q, Hash], Whose).

%% @doc How many requests wait or are being answered.
-spec requests() -> non_neg_integer().
requests() -> gen_server:call(?MODULE, requests, infinity).

%% @doc The next request starts a new server, with the tool that there is now.
-spec renew() -> ok.
renew() -> gen_server:cast(?MODULE, renew).

request(Key, Frame, Whose) ->
    try gen_server:call(?MODULE, {request, Key, Frame, Whose}, infinity)
    catch exit:_ -> {error, {compiler, #{reason => restarted}}}
    end.

%% ---- requests ---------------------------------------------------------------

-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(trap_exit, true),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {noreply, #state{}} | {reply, term(), #state{}}.
handle_call({request, Key, Frame, Whose}, From, #state{requests = Requests, waiting = Waiting} = State) ->
    case Requests of
        #{Key := {Known, Callers, First}} ->
            {noreply, State#state{requests = Requests#{Key := {Known, [From | Callers], First}}}};
        #{} ->
            {noreply, next(State#state{requests = Requests#{Key => {Frame, [From], Whose}},
                                       waiting = queue:in(Key, Waiting)})}
    end;
handle_call(requests, _From, #state{requests = Requests} = State) ->
    {reply, map_size(Requests), State};
handle_call(_, _From, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(renew, #state{current = none, server = Server} = State) ->
    kill(Server),
    {noreply, State#state{server = none}};
handle_cast(renew, State) ->
    %% After the request at hand.
    _ = erlang:send_after(?PAUSE_MS, self(), renew),
    {noreply, State};
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({Port, {data, Bytes}}, #state{server = #server{port = Port} = Server} = State) ->
    Read = <<(Server#server.read)/binary, Bytes/binary>>,
    {noreply, received(State#state{server = Server#server{read = Read}})};
handle_info({Port, {exit_status, Status}}, #state{server = #server{port = Port}} = State) ->
    {noreply, next(failed(#{reason => ended, status => Status}, State))};
handle_info({'EXIT', Port, _}, #state{server = #server{port = Port}} = State) ->
    {noreply, next(failed(#{reason => ended}, State))};
handle_info({timeout, Timer, too_long}, #state{current = {_, Timer}} = State) ->
    {noreply, next(failed(#{reason => timeout, milliseconds => limit()}, State))};
handle_info(renew, State) -> handle_cast(renew, State);
handle_info(go_on, State) -> {noreply, next(State#state{is_paused = false})};
handle_info(_, State) -> {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, #state{server = Server}) -> kill(Server).

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

%% The next request, where there is one and the server is free.
next(#state{current = none, is_paused = false, waiting = Waiting, requests = Requests} = State) ->
    case queue:out(Waiting) of
        {empty, _} -> State;
        {{value, Key}, Rest} ->
            {Frame, _, _} = map_get(Key, Requests),
            begun(Key, Frame, State#state{waiting = Rest})
    end;
next(State) -> State.

begun(Key, Frame, #state{server = none} = State) ->
    case start() of
        {ok, Server} -> begun(Key, Frame, State#state{server = Server});
        {error, _} = Error -> next(answered(Key, Error, State))
    end;
begun(Key, Frame, #state{server = #server{port = Port}} = State) ->
    Timer = erlang:start_timer(limit(), self(), too_long),
    Begun = State#state{current = {Key, Timer}},
    try port_command(Port, [<<(iolist_size(Frame)):32>>, Frame]) of
        true -> Begun
    catch error:_ -> next(failed(#{reason => ended}, Begun))
    end.

answered(Key, Answer, #state{requests = Requests} = State) ->
    {{_, Callers, _}, Rest} = maps:take(Key, Requests),
    lists:foreach(fun(From) -> gen_server:reply(From, Answer) end, Callers),
    State#state{requests = Rest}.

%% ---- answers ----------------------------------------------------------------

received(#state{server = #server{read = <<Length:32, _/binary>>}} = State)
  when Length > ?MOST_BYTES -> next(failed(#{reason => rubbish}, State));
received(#state{server = #server{read = <<Length:32, Answer:Length/binary, Rest/binary>>} = Server,
                current = {{Kind, _} = Key, Timer}} = State) ->
    case {answer(Kind, Answer), Rest} of
        {rubbish, _} -> next(failed(#{reason => rubbish}, State));
        {Result, <<>>} ->
            _ = erlang:cancel_timer(Timer),
            next(answered(Key, Result, State#state{server = Server#server{read = <<>>},
                                                   current = none, failures = 0}));
        %% One answer to one request.
        _ -> next(failed(#{reason => rubbish}, State))
    end;
received(#state{current = none} = State) -> next(failed(#{reason => rubbish}, State));
received(State) -> State.

answer(cached, <<"N">>) -> none;
answer(_, <<"O", Text/binary>>) ->
    case fxaot_json:decode(Text) of
        {ok, #{<<"manifest">> := Manifest} = Told} when is_binary(Manifest) ->
            {ok, #{manifest => Manifest,
                   cached => maps:get(<<"cached">>, Told, true) =:= true,
                   milliseconds => number(maps:get(<<"milliseconds">>, Told, 0))}};
        _ -> rubbish
    end;
answer(_, <<"E", Text/binary>>) ->
    case fxaot_json:decode(Text) of
        {ok, #{<<"reason">> := Reason, <<"message">> := Message}}
          when is_binary(Reason), is_binary(Message) ->
            {error, {compiler, #{reason => reason(Reason), message => Message}}};
        _ -> rubbish
    end;
answer(_, _) -> rubbish.

number(Value) when is_number(Value) -> Value;
number(_) -> 0.

reason(<<"no_toolchain">>) -> no_toolchain;
reason(<<"bad_plan">>) -> bad_plan;
reason(<<"disk">>) -> disk;
reason(_) -> failed.

%% ---- the server -------------------------------------------------------------

start() ->
    case fxaot_tool:find() of
        {ok, Tool} ->
            case fxaot_tool:open_server(Tool, ["compile-server"], memory()) of
                {ok, Program} ->
                    fxaot_telemetry_emit:happened([compiler, start], #{}),
                    {ok, #server{program = Program, port = fxaot_tool:port(Program)}};
                {error, Reason} -> {error, {compiler, #{reason => ended, cause => Reason}}}
            end;
        Error -> Error
    end.

memory() ->
    fxaot_config:value(compile_memory).

limit() -> fxaot_config:value(compile_timeout).

%% The server is killed, and its request has failed.
failed(Why, #state{server = Server, current = Current, failures = Failures} = State) ->
    kill(Server),
    fxaot_telemetry_emit:happened([compiler, fail], #{reason => maps:get(reason, Why)}),
    ?FXAOT_LOG(warning, maps:merge(whose(State), #{text => fxaot_error:format_error({compiler, Why})})),
    After = paused(State#state{server = none, current = none, failures = Failures + 1}),
    case Current of
        none -> After;
        {Key, Timer} ->
            _ = erlang:cancel_timer(Timer),
            answered(Key, {error, {compiler, Why}}, After)
    end.

whose(#state{current = {Key, _}, requests = Requests}) -> element(3, map_get(Key, Requests));
whose(_) -> #{}.

paused(#state{failures = Failures} = State) when Failures < 2 -> State;
paused(#state{failures = Failures} = State) ->
    Pause = min(?MOST_PAUSE_MS, ?PAUSE_MS bsl min(10, Failures - 2)),
    _ = erlang:send_after(Pause, self(), go_on),
    State#state{is_paused = true}.

kill(none) -> ok;
kill(#server{program = Program}) -> fxaot_tool:kill(Program).
