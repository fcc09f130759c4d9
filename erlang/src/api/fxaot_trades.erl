%% @private Closed trades: all of them, a page at a time, and as CSV.
-module(fxaot_trades).

-export([all/1, csv/1]).

%% @doc The trades of an engine, or of all engines of a group, by the time of their exit.
-spec all(Engines :: [atom()]) -> {ok, [fxaot_order:trade()]} | fxaot:error().
all(Engines) -> all(Engines, []).

all([], [Trades]) -> {ok, Trades};
all([], Lists) -> {ok, by_exit(lists:append(lists:reverse(Lists)))};
all([Engine | Rest], Lists) ->
    case pages(Engine, 0, []) of
        {ok, Trades} -> all(Rest, [Trades | Lists]);
        Error -> Error
    end.

by_exit(Trades) ->
    [Trade || {_, Trade} <- lists:keysort(1, [{Time, Trade} || #{exit_time := Time} = Trade <- Trades])].

%% A request is short, however many trades there are.
pages(Engine, First, Pages) ->
    case fxaot_engine_call:ask(Engine, {trading, {trades, First}}) of
        {ok, Trades, done} -> {ok, lists:append(lists:reverse([Trades | Pages]))};
        {ok, Trades, Next} -> pages(Engine, Next, [Trades | Pages]);
        Error -> Error
    end.

%% @doc A line for each trade, below a header. Times are nanoseconds, money micro-units, as in the maps.
-spec csv([fxaot_order:trade()]) -> binary().
csv(Trades) ->
    Columns = [symbol, strategy, side, quantity, entry_time, entry_price, exit_time, exit_price, profit,
               commission, entry_order, exit_order],
    iolist_to_binary([line([atom_to_binary(Column) || Column <- Columns])
                      | [line([cell(map_get(Column, Trade)) || Column <- Columns]) || Trade <- Trades]]).

line(Cells) -> [lists:join($,, Cells), $\n].

cell(undefined) -> <<>>;
cell(Value) when is_integer(Value) -> integer_to_binary(Value);
cell(Value) when is_float(Value) -> io_lib:format("~w", [Value]);
cell(Value) ->
    Text = atom_to_binary(Value),
    case binary:match(Text, [<<",">>, <<"\"">>, <<"\n">>, <<"\r">>]) of
        nomatch -> Text;
        _ -> [$", binary:replace(Text, <<"\"">>, <<"\"\"">>, [global]), $"]
    end.
