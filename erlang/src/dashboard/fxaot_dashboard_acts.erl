%% @private What a page may do: each act is checked, carried out and logged with who asked for it.
%%
%% Names come as texts and are looked up among the atoms that there are. A new strategy gets the first free name of a
%% list of sixteen, so that no request makes an atom.
-module(fxaot_dashboard_acts).

-include("../telemetry/fxaot_log.hrl").

-export([act/3, check/1]).

-define(NEW, [script_1, script_2, script_3, script_4, script_5, script_6, script_7, script_8, script_9, script_10,
              script_11, script_12, script_13, script_14, script_15, script_16]).
-define(MOST_COUNT, 10000).

-type answer() :: #{atom() => term()}.

%% @doc The answer has `ok', and with false an `error', a sentence, and a script's `diagnostics'.
-spec act(#{binary() => fxaot_json:json()}, fxaot_dashboard_session:session(), inet:ip_address()) -> answer().
act(#{<<"act">> := Act, <<"engine">> := Text} = Fields, Session, Ip) when is_binary(Act), is_binary(Text) ->
    case atom(Text) of
        {ok, Engine} ->
            case fxaot_names:name(Engine) of
                {ok, _} ->
                    {What, Answer} = done(Act, Engine, Fields),
                    logged(Engine, What, Answer, Session, Ip),
                    Answer;
                none -> failed({no_engine, Engine})
            end;
        none -> refused(<<"No such engine.">>)
    end;
act(_, _, _) -> refused(<<"An act needs its name and an engine.">>).

done(<<"halt">>, Engine, _) -> {"halt", answer(fxaot:halt(Engine))};
done(<<"reduce">>, Engine, _) -> {"reduce", answer(fxaot:reduce(Engine))};
done(<<"resume">>, Engine, _) -> {"resume", answer(fxaot:resume(Engine))};
done(<<"close">>, Engine, #{<<"ticket">> := Ticket}) when is_binary(Ticket) ->
    {["close ticket ", show(Ticket)], answer(fxaot:close(Engine, {ticket, Ticket}))};
done(<<"close">>, Engine, #{<<"symbol">> := Text}) ->
    named(Text, "close", fun(Symbol) -> {["close ", show(Symbol)], answer(fxaot:close(Engine, Symbol))} end);
done(<<"rollback">>, Engine, #{<<"strategy">> := Text}) ->
    named(Text, "rollback", fun(Id) -> {["roll back ", show(Id)], answer(fxaot:rollback(Engine, Id))} end);
done(<<"deploy">>, Engine, #{<<"source">> := Source} = Fields) when is_binary(Source) ->
    case fxaot_dashboard_login:work(fun() -> deploy(Engine, Source, Fields) end) of
        {done, Answer} -> Answer;
        busy -> {"deploy", refused(<<"Other scripts are being checked: try again.">>)}
    end;
done(Act, _, _) -> {["act ", show(Act)], refused(<<"Unknown act, or something is missing.">>)}.

deploy(Engine, Source, Fields) ->
    case {id(Engine, maps:get(<<"strategy">>, Fields, null)), options(Fields)} of
        {{ok, Id}, {ok, Options}} ->
            Answer = answer(fxaot:deploy(Engine, Id, Options#{strategy => {source, Source}})),
            {["deploy ", show(Id), ", ", integer_to_list(byte_size(Source)), " bytes"], Answer#{strategy => Id}};
        {{error, Sentence}, _} -> {"deploy", refused(Sentence)};
        {_, {error, Sentence}} -> {"deploy", refused(Sentence)}
    end.

%% null: a new strategy.
id(Engine, null) ->
    {ok, Name} = fxaot_names:name(Engine),
    Group = fxaot_names:group(Name),
    Taken = [Id || {{Of, Id}, _, _} <- fxaot_deployments:saved(), Of =:= Group],
    case ?NEW -- Taken of
        [Free | _] -> {ok, Free};
        [] -> {error, <<"Sixteen strategies are deployed from here already.">>}
    end;
id(_, Text) ->
    case atom(Text) of
        {ok, Id} -> {ok, Id};
        none -> {error, <<"No such strategy.">>}
    end.

options(Fields) ->
    case {maps:get(<<"symbol">>, Fields, null), timeframe(maps:get(<<"timeframe">>, Fields, null))} of
        {_, error} -> {error, <<"The timeframe is a unit and a count.">>};
        {null, Timeframe} -> {ok, maps:from_list(Timeframe)};
        {Text, Timeframe} ->
            case atom(Text) of
                {ok, Symbol} -> {ok, maps:from_list([{instrument, Symbol} | Timeframe])};
                none -> {error, <<"No such instrument.">>}
            end
    end.

timeframe(null) -> [];
timeframe([<<"day">> | _]) -> [{timeframe, day}];
timeframe([Unit, Count]) when is_integer(Count), Count > 0, Count =< ?MOST_COUNT ->
    case lists:keyfind(Unit, 1, [{<<"seconds">>, seconds}, {<<"minutes">>, minutes}, {<<"hours">>, hours},
                                 {<<"ticks">>, ticks}]) of
        {_, Kind} -> [{timeframe, {Kind, Count}}];
        false -> error
    end;
timeframe(_) -> error.

named(Text, What, Do) ->
    case atom(Text) of
        {ok, Name} -> Do(Name);
        none -> {What, refused(<<"No such name.">>)}
    end.

atom(Text) when is_binary(Text) -> try {ok, binary_to_existing_atom(Text)} catch error:_ -> none end;
atom(_) -> none.

%% @doc What the checker says of a script; nothing is deployed.
-spec check(#{binary() => fxaot_json:json()}) -> answer().
check(#{<<"source">> := Source}) when is_binary(Source) ->
    case fxaot_dashboard_login:work(fun() -> fxaot_script:compile({source, Source}) end) of
        {done, {ok, _}} -> #{ok => true};
        {done, Error} -> answer(Error);
        busy -> refused(<<"Other scripts are being checked: try again.">>)
    end;
check(_) -> refused(<<"There is no source.">>).

%% ---- answers --------------------------------------------------------------------

answer(ok) -> #{ok => true};
answer({ok, #{version := Version, warm_bars := Bars}}) -> #{ok => true, version => Version, warm_bars => Bars};
answer({ok, _}) -> #{ok => true};
answer({error, {script_errors, #{diagnostics := Diagnostics}} = Error}) ->
    (failed(Error))#{diagnostics => [maps:filter(fun(_, Value) -> is_binary(Value) orelse is_integer(Value) end, Each)
                                     || Each <- Diagnostics]};
answer({error, Error}) -> failed(Error).

failed(Error) ->
    case unicode:characters_to_binary(fxaot:format_error(Error)) of
        Sentence when is_binary(Sentence) -> refused(string:slice(Sentence, 0, 4000));
        _ -> refused(<<"It failed.">>)
    end.

refused(Sentence) -> #{ok => false, error => Sentence}.

logged(Engine, What, Answer, #{name := Name}, Ip) ->
    Result = case Answer of
                 #{ok := true} -> "done";
                 #{error := Sentence} -> ["refused: ", hd(string:split(Sentence, "\n"))]
             end,
    Text = unicode:characters_to_binary(io_lib:format("~ts at ~ts: ~ts: ~ts", [Name, inet:ntoa(Ip), What, Result])),
    ok = fxaot_dashboard_collector:note(act, #{engine => Engine, text => Text}),
    ?FXAOT_LOG(notice, #{engine => Engine, who => Name, what => What, text => ["the dashboard: ", Text]}).

show(Name) when is_atom(Name) -> atom_to_binary(Name);
show(Text) -> io_lib:format("~0tP", [Text, 20]).
