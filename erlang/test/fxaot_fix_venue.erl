%% The broker on QuickFIX of the suites of `make test-fix' (Tests/fix/venue.cpp), and an engine that trades with it.
-module(fxaot_fix_venue).

-include_lib("stdlib/include/assert.hrl").
-include("../include/fxaot.hrl").

-export([begin_suite/1, begin_case/2, end_case/0, start/1, heard/2, told/2, options/2, engine/2, engine/3, up/0, down/0,
         quoted/3, submitted/2, fill/1, order/2, net/0, figures/0, figures/1, phase/0, phase/1]).

%% Compiles it.
begin_suite(Config) ->
    case os:getenv("FXAOT_FIX") of
        false -> {skip, "make test-fix runs it"};
        _ -> built(Config)
    end.

built(Config) ->
    Program = filename:join(proplists:get_value(priv_dir, Config), "venue"),
    Source = source(filename:absname(code:which(?MODULE))),
    Said = os:cmd(lists:flatten(io_lib:format("c++ -std=c++14 -O1 -w '~ts' -lquickfix -lpthread -o '~ts' 2>&1",
                                              [Source, Program]))),
    case filelib:is_regular(Program) of
        true ->
            Dictionary = filename:join(filename:dirname(Source), "FIX44.xml"),
            fxaot_test:begin_suite([{venue, Program}, {dictionary, Dictionary} | Config]);
        false -> ct:fail(Said)
    end.

source("/") -> "venue.cpp";
source(Path) ->
    File = filename:join(Path, "Tests/fix/venue.cpp"),
    case filelib:is_regular(File) of
        true -> File;
        false -> source(filename:dirname(Path))
    end.

%% A folder and a port for the case.
begin_case(Case, Config) ->
    Dir = filename:join(proplists:get_value(priv_dir, Config), atom_to_list(Case)),
    ok = filelib:ensure_dir(filename:join([Dir, "venue", "x"])),
    {ok, Probe} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Probe),
    ok = gen_tcp:close(Probe),
    [{dir, Dir}, {port, Port} | Config].

end_case() ->
    _ = fxaot:stop_engine(eur),
    ok.

%% ---- the venue --------------------------------------------------------------------

start(Config) ->
    Venue = open_port({spawn_executable, proplists:get_value(venue, Config)},
                      [{args, [integer_to_list(proplists:get_value(port, Config)),
                               filename:join(proplists:get_value(dir, Config), "venue"),
                               proplists:get_value(dictionary, Config)]},
                       {line, 1000}, binary]),
    heard(Venue, <<"ready">>),
    Venue.

heard(Venue, Line) -> receive {Venue, {data, {eol, Line}}} -> ok after 10000 -> ct:fail({not_heard, Line}) end.

told(Venue, Line) ->
    true = port_command(Venue, [Line, "\n"]),
    [Word | _] = string:split(Line, " "),
    heard(Venue, iolist_to_binary(["done ", Word])).

%% ---- the engine -------------------------------------------------------------------

options(Config, More) ->
    maps:merge(#{host => "127.0.0.1", port => proplists:get_value(port, Config), sender => "DESK", target => "BROKER",
                 store => filename:join(proplists:get_value(dir, Config), "store"), heartbeat_s => 5, journal => never,
                 symbols => #{'EURUSD' => "EUR/USD"}, reconnect_ms => {20, 100}}, More).

engine(Venue, Config) -> engine(Venue, Config, #{}).

%% Connected, and its quotes asked for.
engine(Venue, Config, More) ->
    #{symbols := Symbols} = Options = options(Config, More),
    {ok, _} = fxaot:start_engine(eur, #{instruments => maps:keys(Symbols), balance => 10000,
                                        gateway => {fxaot_gateway_fix, Options}}),
    ok = fxaot:subscribe(eur),
    _ = [heard(Venue, iolist_to_binary(["subscribe ", Name])) || Name <- maps:values(Symbols)],
    up().

up() -> fxaot_test:until(fun() -> maps:get(link, fxaot:gateway(eur)) =:= up end).

down() -> fxaot_test:until(fun() -> maps:get(link, fxaot:gateway(eur)) =/= up end).

quoted(Venue, Bid, Ask) ->
    Before = quotes(),
    told(Venue, io_lib:format("quote EUR/USD ~p ~p", [Bid, Ask])),
    fxaot_test:until(fun() -> quotes() > Before end).

quotes() -> maps:get(quotes, fxaot:stats(eur)).

%% A market order of 10,000 units, or what else is given.
submitted(Id, More) ->
    {ok, Order} = fxaot:submit(eur, maps:merge(#{id => Id, symbol => 'EURUSD', side => buy, quantity => 10000}, More)),
    Order.

event(Match) ->
    receive {fxaot_events, eur, _, _, Events} ->
            case [Event || Event <- Events, Match(Event)] of
                [Event | _] -> Event;
                [] -> event(Match)
            end
    after 10000 -> ct:fail(no_event)
    end.

fill(Id) -> event(fun(#fill{name = Name}) -> Name =:= Id; (_) -> false end).

order(Id, State) -> event(fun(#order{name = Name, state = Now}) -> Name =:= Id andalso Now =:= State; (_) -> false end).

net() -> lists:sum([Quantity || #{quantity := Quantity} <- fxaot:positions(eur)]).

%% ---- its sessions -----------------------------------------------------------------

phase() -> phase(orders).

phase(Role) -> maps:get(phase, figures(Role), none).

figures() -> figures(orders).

figures(Role) ->
    case [Session || {{eur, Of}, Session, _, _} <- supervisor:which_children(fxaot_fix_sup), Of =:= Role] of
        [Session] -> fxaot_fix_session:figures(Session);
        [] -> #{}
    end.
