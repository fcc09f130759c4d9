%% @private The dashboard's port. Each connection has a process of its own, linked to this one; the next one is accepted by a
%% process that waits, as long as there are fewer than the most.
%%
%% If the port is taken when this process restarts, the log says so, and it tries again after a pause.
-module(fxaot_dashboard_listener).
-behaviour(gen_server).

-include("../telemetry/fxaot_log.hrl").

-export([check/0, start_link/0, port/0, accepted/0, begin_stream/0]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).

-define(PAUSE_MS, 500).
-define(MOST_PAUSE_MS, 30000).
-define(MOST_CONNECTIONS, 256).
%% Pages; the rest of the connections is for requests.
-define(MOST_STREAMS, 128).
-define(ANSWER_MS, 5000).

-record(state, {config :: fxaot_dashboard_config:config(),
                listener = none :: none | gen_tcp:socket(), port = none :: none | inet:port_number(),
                connections = #{} :: #{pid() => accepts | answers | streams},
                pause = ?PAUSE_MS :: pos_integer()}).

%% @doc Whether the dashboard can be served, if it is to be.
-spec check() -> ok | fxaot:error().
check() ->
    case fxaot_dashboard_config:read() of
        off -> ok;
        #{ip := Ip, port := Port, tls := Tls} ->
            case {usable(Tls), fxaot_dashboard_socket:listen(Ip, Port, [])} of
                {ok, {ok, Listener}} -> fxaot_dashboard_socket:close_listener(Listener);
                {ok, {error, Reason}} -> {error, {dashboard_port, #{ip => Ip, port => Port, reason => Reason}}};
                {Error, {ok, Listener}} ->
                    ok = fxaot_dashboard_socket:close_listener(Listener),
                    Error;
                {Error, _} -> Error
            end
    end.

usable(Tls) ->
    case application:ensure_all_started(crypto) of
        {ok, _} -> readable(Tls);
        {error, _} -> {error, {dashboard_crypto, #{}}}
    end.

readable(none) -> ok;
readable(Tls) ->
    case [Path || Key <- [certfile, keyfile], Path <- [map_get(Key, Tls)], not filelib:is_regular(Path)] of
        [] ->
            case application:ensure_all_started(ssl) of
                {ok, _} -> ok;
                {error, Reason} -> {error, {dashboard_tls, #{reason => Reason}}}
            end;
        [Path | _] -> {error, {dashboard_tls, #{path => Path}}}
    end.

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc The port that serves now.
-spec port() -> inet:port_number() | none.
port() -> try gen_server:call(?MODULE, port, ?ANSWER_MS) catch exit:_ -> none end.

%% @doc For a connection's process: somebody has connected, and another process must wait for the next.
-spec accepted() -> ok.
accepted() -> gen_server:cast(?MODULE, {accepted, self()}).

%% @doc For a connection's process: it becomes a page's stream.
-spec begin_stream() -> ok | full.
begin_stream() -> try gen_server:call(?MODULE, begin_stream, ?ANSWER_MS) catch exit:_ -> full end.

-spec init([]) -> {ok, #state{}, {continue, open}}.
init([]) ->
    process_flag(trap_exit, true),
    {ok, #state{config = fxaot_dashboard_config:read()}, {continue, open}}.

-spec handle_continue(open, #state{}) -> {noreply, #state{}}.
handle_continue(open, State) -> {noreply, opened(State)}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(port, _, #state{port = Port} = State) -> {reply, Port, State};
handle_call(begin_stream, {Pid, _}, #state{connections = Connections} = State) ->
    case length([ok || streams <- maps:values(Connections)]) < ?MOST_STREAMS of
        true when is_map_key(Pid, Connections) ->
            {reply, ok, State#state{connections = Connections#{Pid := streams}}};
        _ -> {reply, full, State}
    end;
handle_call(_, _, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({accepted, Pid}, #state{connections = Connections} = State) ->
    {noreply, case Connections of
                  #{Pid := accepts} -> waiting(State#state{connections = Connections#{Pid := answers}});
                  #{} -> State
              end};
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({'EXIT', Pid, _}, #state{connections = Connections} = State) when is_map_key(Pid, Connections) ->
    {noreply, waiting(State#state{connections = maps:remove(Pid, Connections)})};
handle_info(open, #state{listener = none} = State) -> {noreply, opened(State)};
handle_info(_, State) -> {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, #state{listener = none}) -> ok;
terminate(_, #state{listener = Listener}) -> fxaot_dashboard_socket:close_listener(Listener).

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

opened(#state{config = #{ip := Ip, port := Port, tls := Tls}, pause = Pause} = State) ->
    case fxaot_dashboard_socket:listen(Ip, Port, []) of
        {ok, Listener} ->
            Free = fxaot_dashboard_socket:port(Listener),
            ?FXAOT_LOG(notice, #{text => io_lib:format("serves the dashboard at port ~b of ~ts", [Free, inet:ntoa(Ip)])}),
            Tls =/= none orelse fxaot_dashboard_config:is_loopback(Ip) orelse
                ?FXAOT_LOG(warning, #{text => "the dashboard has no TLS: whoever sees its traffic can act in its place"}),
            waiting(State#state{listener = Listener, port = Free, pause = ?PAUSE_MS});
        {error, Reason} ->
            Error = {dashboard_port, #{ip => Ip, port => Port, reason => Reason}},
            ?FXAOT_LOG(warning, #{text => fxaot_error:format_error(Error)}),
            _ = erlang:send_after(Pause, self(), open),
            State#state{pause = min(2 * Pause, ?MOST_PAUSE_MS)}
    end.

%% One waits for the next connection.
waiting(#state{listener = none} = State) -> State;
waiting(#state{connections = Connections, listener = Listener, config = Config, port = Port} = State) ->
    case lists:member(accepts, maps:values(Connections)) orelse map_size(Connections) >= ?MOST_CONNECTIONS of
        true -> State;
        false ->
            Pid = fxaot_dashboard_connection:start_link(Listener, Port, Config),
            State#state{connections = Connections#{Pid => accepts}}
    end.
