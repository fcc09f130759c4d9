%% @private Serves /metrics by inets' httpd, where the application's environment has a port: `metrics_port',
%% `metrics_ip'.
%%
%% The port is checked when the application starts. If it is taken later, at a restart of this process, the log says so,
%% and this process tries again after a pause: telemetry never stops trading.
-module(fxaot_metrics_http).
-behaviour(gen_server).

-include("fxaot_log.hrl").

-export([check/0, start_link/0, port/0]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).
%% For httpd.
-export([do/1]).

-include_lib("inets/include/httpd.hrl").

%% Between two tries to open the port; each next pause is twice as long.
-define(PAUSE_MS, 500).
-define(MOST_PAUSE_MS, 30000).
%% Connections at once.
-define(CLIENTS, 16).
%% A client that sends nothing, or too little, loses its connection, as does one that does not read its answer.
-define(SILENCE_S, 5).
-define(LEAST_BYTES_PER_SECOND, 100).
-define(SEND_MS, 10000).

-record(state, {server = none :: none | {pid(), inet:port_number()}, pause = ?PAUSE_MS :: pos_integer()}).

%% @doc Whether metrics can be served, if they are to be.
-spec check() -> ok | fxaot:error().
check() ->
    case address() of
        none -> ok;
        {Ip, Port} ->
            case gen_tcp:listen(Port, [{ip, Ip}, {reuseaddr, true}, family(Ip)]) of
                {ok, Socket} -> gen_tcp:close(Socket);
                {error, Reason} -> refused(Ip, Port, Reason)
            end
    end.

refused(Ip, Port, Reason) -> {error, {metrics_port, #{ip => Ip, port => Port, reason => Reason}}}.

address() ->
    case fxaot_config:value(metrics_port) of
        none -> none;
        Port -> {fxaot_config:value(metrics_ip), Port}
    end.

family(Ip) when tuple_size(Ip) =:= 8 -> inet6;
family(_) -> inet.

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc The port that serves metrics now: the one that was chosen, where the environment has 0.
-spec port() -> inet:port_number() | none.
port() -> gen_server:call(?MODULE, port).

%% ---- the process ------------------------------------------------------------

-spec init([]) -> {ok, #state{}, {continue, open}}.
init([]) ->
    process_flag(trap_exit, true),
    {ok, #state{}, {continue, open}}.

-spec handle_continue(open, #state{}) -> {noreply, #state{}}.
handle_continue(open, State) -> {noreply, opened(State)}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(port, _From, #state{server = none} = State) -> {reply, none, State};
handle_call(port, _From, #state{server = {_, Port}} = State) -> {reply, Port, State};
handle_call(_, _From, State) -> {reply, {error, {bad_argument, none}}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({'EXIT', Server, Reason}, #state{server = {Server, _}} = State) ->
    {noreply, failed(Reason, State#state{server = none})};
handle_info(open, #state{server = none} = State) -> {noreply, opened(State)};
handle_info(_, State) -> {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, #state{server = none}) -> ok;
terminate(_, #state{server = {Server, _}}) ->
    Monitor = monitor(process, Server),
    exit(Server, shutdown),
    receive {'DOWN', Monitor, process, Server, _} -> ok end.

-spec code_change(term(), #state{}, term()) -> {ok, #state{}}.
code_change(_, State, _) -> {ok, State}.

opened(State) ->
    case address() of
        none -> State;
        {Ip, Port} ->
            Free = free(Ip, Port),
            case started(Ip, Free) of
                {ok, Server} ->
                    ?FXAOT_LOG(notice, #{text => io_lib:format("serves metrics at port ~b of ~ts",
                                                               [Free, inet:ntoa(Ip)])}),
                    State#state{server = {Server, Free}, pause = ?PAUSE_MS};
                {error, Reason} -> failed(Reason, State)
            end
    end.

%% httpd does not tell which port it has got.
free(Ip, 0) ->
    case gen_tcp:listen(0, [{ip, Ip}, family(Ip)]) of
        {ok, Socket} ->
            {ok, Port} = inet:port(Socket),
            ok = gen_tcp:close(Socket),
            Port;
        {error, _} -> 0
    end;
free(_, Port) -> Port.

failed(Reason, #state{pause = Pause} = State) ->
    case address() of
        none -> State;
        {Ip, Port} ->
            ?FXAOT_LOG(warning, #{text => fxaot_error:format_error(refused(Ip, Port, cause(Reason)))}),
            _ = erlang:send_after(Pause, self(), open),
            State#state{pause = min(2 * Pause, ?MOST_PAUSE_MS)}
    end.

%% httpd wraps what the socket said.
cause({shutdown, Reason}) -> cause(Reason);
cause({failed_to_start_child, _, Reason}) -> cause(Reason);
cause({error, Reason}) -> cause(Reason);
cause({listen, Reason}) -> cause(Reason);
cause(Reason) -> Reason.

started(Ip, Port) ->
    %% No file is served, but httpd wants its folders to exist.
    Folder = filename:dirname(code:which(?MODULE)),
    inets:start(httpd, [{port, Port}, {bind_address, Ip}, {ipfamily, family(Ip)}, {server_name, "fxaot"},
                        {server_root, Folder}, {document_root, Folder}, {modules, [?MODULE]},
                        {server_tokens, none}, {max_clients, ?CLIENTS},
                        {keep_alive_timeout, ?SILENCE_S}, {minimum_bytes_per_second, ?LEAST_BYTES_PER_SECOND},
                        {max_header_size, 8192},
                        {max_uri_size, 1024}, {max_body_size, 1024}, {max_content_length, 1024}], stand_alone).

%% ---- a request --------------------------------------------------------------

-spec do(#mod{}) -> {proceed, [{response, {response, [{atom(), term()}], iodata()}}]}.
do(#mod{method = Method, request_uri = Uri, parsed_header = Headers, socket = Socket}) ->
    %% httpd has no option for it that works in OTP 25.
    _ = inet:setopts(Socket, [{send_timeout, ?SEND_MS}, {send_timeout_close, true}]),
    {Code, Head, Body} = case {hd(string:split(Uri, "?")), Method} of
                             {"/metrics", Get} when Get =:= "GET"; Get =:= "HEAD" -> metrics(Headers);
                             {"/metrics", _} -> {405, [{allow, "GET, HEAD"}], <<>>};
                             _ -> {404, [{content_type, "text/plain"}], <<"Metrics are at /metrics.\n">>}
                         end,
    Length = {content_length, integer_to_list(byte_size(Body))},
    Sent = case Method of
               "HEAD" -> nobody;
               _ -> [Body]
           end,
    {proceed, [{response, {response, [{code, Code}, Length | Head], Sent}}]}.

metrics(Headers) ->
    Kind = fxaot_metrics_text:accepted(proplists:get_value("accept", Headers, "")),
    Text = iolist_to_binary(fxaot_metrics_text:format(Kind, fxaot_metrics:collect())),
    Type = [{content_type, fxaot_metrics_text:content_type(Kind)}],
    case fxaot_metrics_text:takes_gzip(proplists:get_value("accept-encoding", Headers, "")) of
        false -> {200, Type, Text};
        true -> {200, [{content_encoding, "gzip"} | Type], zlib:gzip(Text)}
    end.
