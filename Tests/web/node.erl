%% A node of fxaot with a dashboard, for the tests of the browser: `node:main([Port, Folder])'. It reads Erlang expressions
%% from its standard input, a line each, and prints what they are. Its engine has a journal in Folder.
-module(node).

-export([main/1]).

main([Port, Folder]) ->
    ok = application:load(fxaot),
    Tokens = [#{name => <<"trader">>, role => trade, token => <<"trader-token-0123456789">>},
              #{name => <<"viewer">>, role => view, token => <<"viewer-token-0123456789">>}],
    ok = application:set_env(fxaot, dashboard, #{port => list_to_integer(Port), tokens => Tokens, rate => 20}),
    logger:set_handler_config(default, config, #{type => standard_error}),
    {ok, _} = application:ensure_all_started(fxaot),
    {ok, _} = fxaot:start_engine(eur, #{instruments => ['EURUSD', 'USDJPY'], balance => 10000, account => #{leverage => 50},
                                        journal => filename:join(Folder, "journal")}),
    io:format("ready ~ts~n", [fxaot_dashboard:url()]),
    loop().

loop() ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            io:format("~0tp~n", [try evaluated(Line) catch Class:Reason -> {Class, Reason} end]),
            loop()
    end.

evaluated(Line) ->
    {ok, Tokens, _} = erl_scan:string(Line),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    {value, Value, _} = erl_eval:exprs(Expressions, []),
    Value.
