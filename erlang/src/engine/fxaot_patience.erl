%% @private Requests that may take as long as they need, but not for ever to a process that does not answer.
-module(fxaot_patience).

-export([request/3, response/3, ask/3, start_child/3]).
-export([answer/1]).

%% @doc A request to a process that stays ready to answer while it works on one, as to `alive'. Each time that Limit (ms)
%% has passed, it is asked that.
-spec request(pid(), Request :: term(), Limit :: timeout()) -> {reply, term()} | {died, Reason :: term()} | timeout.
request(Pid, Request, Limit) -> awaited(gen_server:send_request(Pid, Request), Pid, Limit).

awaited(Sent, Pid, Limit) ->
    case gen_server:wait_response(Sent, Limit) of
        timeout ->
            try gen_server:call(Pid, alive, Limit) of
                _ -> awaited(Sent, Pid, Limit)
            catch
                exit:{timeout, _} -> answered(gen_server:receive_response(Sent, 0));
                exit:_ -> awaited(Sent, Pid, Limit)
            end;
        Response -> answered(Response)
    end.

answered({error, {Reason, _}}) -> {died, Reason};
answered(Other) -> Other.

%% @doc The response to a request that was sent, and that may take long. The process is given up if it is suspended when
%% Limit (ms) has passed.
-spec response(gen_server:request_id(), Process :: atom(), Limit :: timeout()) ->
          {reply, term()} | {error, {Reason :: term(), term()}} | timeout.
response(Sent, Process, Limit) ->
    case gen_server:wait_response(Sent, Limit) of
        timeout ->
            case is_suspended(whereis(Process)) of
                true -> gen_server:receive_response(Sent, 0);
                false -> response(Sent, Process, Limit)
            end;
        Response -> Response
    end.

%% @doc A question to a process of OTP's, whose own function waits for ever. That process may be busy for long, as a
%% supervisor that starts a child; it is given up if it is suspended when Limit (ms) has passed. Exits as Ask does.
-spec ask(Process :: atom(), Ask :: fun(() -> Answer), Limit :: timeout()) ->
          Answer | {error, {timeout, #{milliseconds := timeout()}}}.
ask(Process, Ask, Limit) ->
    {Helper, Monitor} = spawn_monitor(?MODULE, answer, [Ask]),
    helped(Process, Helper, Monitor, Limit).

%% @private In the helper.
-spec answer(fun(() -> term())) -> no_return().
answer(Ask) -> exit({?MODULE, Ask()}).

helped(Process, Helper, Monitor, Limit) ->
    receive {'DOWN', Monitor, process, Helper, Reason} -> told(Reason, Limit)
    after Limit ->
            _ = is_suspended(whereis(Process)) andalso exit(Helper, kill),
            helped(Process, Helper, Monitor, Limit)
    end.

told({?MODULE, Answer}, _) -> Answer;
told(killed, Limit) -> {error, {timeout, #{milliseconds => Limit}}};
told(Reason, _) -> exit(Reason).

is_suspended(undefined) -> false;
is_suspended(Pid) ->
    case process_info(Pid, [status, current_function]) of
        [{status, suspended} | _] -> true;
        %% By sys:suspend/1.
        [_, {current_function, {sys, _, _}}] -> true;
        _ -> false
    end.

%% @doc As {@link supervisor:start_child/2}.
-spec start_child(Supervisor :: atom(), supervisor:child_spec() | [term()], Limit :: timeout()) ->
          supervisor:startchild_ret() | {ok, pid(), Info :: term()} | {error, {timeout, map()}}.
start_child(Supervisor, Child, Limit) ->
    ask(Supervisor, fun() -> supervisor:start_child(Supervisor, Child) end, Limit).
