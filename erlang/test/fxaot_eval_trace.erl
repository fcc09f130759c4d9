%% Reads what Tests/Support/TraceData writes, and runs the evaluator over it.
-module(fxaot_eval_trace).

-export([cases/1, replay/1, is_sensitive/2]).

-export_type([difference/0]).

%% Where two runs part: bar, what, the value of the machine, the evaluator's.
-type difference() :: {non_neg_integer(), term(), term(), term()}.

%% Numbers may differ by this, relative to the larger one. A difference of numbers that are not that
%% small can itself be: next to 0 they may be so far apart as a number of this size may.
-define(RELATIVE, 1.0e-12).
-define(SMALL, 1.0e-3).
-define(NEARLY, 1.0e-11).

%% The cases of a trace.
cases(<<Count:32/little, Bytes/binary>>) -> cases(Count, Bytes, []).

cases(0, <<>>, Done) -> lists:reverse(Done);
cases(Count, <<Length:32/little, Case:Length/binary, Rest/binary>>, Done) ->
    cases(Count - 1, Rest, [head(Case) | Done]).

head(B0) ->
    {Name, B1} = text(B0),
    {Program, B2} = text(B1),
    {Timeframe, B3} = text(B2),
    {Symbol, B4} = symbol(B3),
    {Account, <<Count:32/little, B5/binary>>} = text(B4),
    {Data, B6} = list(Count, fun history/1, B5),
    <<IsHistory, Plots:32/little, ReadsBook, ReadsTrades, Rest/binary>> = B6,
    #{name => Name, program => Program,
      environment => #{timeframe => Timeframe, symbol => Symbol, account_currency => Account, data => Data},
      is_history => IsHistory =:= 1, plots => Plots, reads_book => ReadsBook =:= 1,
      reads_trades => ReadsTrades =:= 1, run => Rest}.

history(B0) ->
    {#{ticker := Ticker} = Symbol, B1} = symbol(B0),
    {Timeframe, <<Count:32/little, Bars:(Count * 56)/binary, Rest/binary>>} = text(B1),
    {{Ticker, #{symbol => Symbol, timeframe => Timeframe, bars => [bar(Bar) || <<Bar:56/binary>> <= Bars]}}, Rest}.

symbol(<<Mintick:64/little-float, PointValue:64/little-float, MinContract:64/little-float, B0/binary>>) ->
    {Texts, Rest} = texts(9, B0),
    Names = [prefix, ticker, root, description, type, currency, base_currency, timezone, session],
    {maps:merge(maps:from_list(lists:zip(Names, Texts)),
                #{mintick => Mintick, point_value => PointValue, min_contract => MinContract}), Rest}.

%% `{ok, Bars, Plotted values and orders compared}', `{refused, …}' where neither runs it, or where they part.
-spec replay(map()) -> {ok, non_neg_integer(), non_neg_integer()} | {refused, term()}
              | {differs, difference()}.
replay(#{program := Program, environment := Environment, run := Run} = Case) ->
    case {Run, fxaot_eval:new(Program, Environment, #{})} of
        {<<0, Why/binary>>, {error, Error}} -> {refused, {element(1, text(Why)), Error}};
        {<<0, Why/binary>>, {ok, _}} -> {differs, {0, new, element(1, text(Why)), ok}};
        {<<1, _/binary>>, {error, Error}} -> {differs, {0, new, ok, Error}};
        {<<1, Count:32/little, Bars:(Count * 56)/binary, Rest/binary>>, {ok, State}} ->
            Candles = [bar(Bar) || <<Bar:56/binary>> <= Bars],
            {ok, Ready} = case Case of
                              #{is_history := true} -> fxaot_eval:use_history(State, Candles);
                              _ -> {ok, State}
                          end,
            try steps(0, Candles, Rest, #{closed => #{}, compared => 0}, Ready, Case)
            catch throw:{differs, Difference} -> {differs, Difference}
            end
    end.

%% Whether a plotted value moves by as much as two runs are apart when prices and volumes move by one
%% unit in their last place; or the runs are so near that what rounding adds up to in a window tells
%% them apart, which moving equal values alike does not show.
-spec is_sensitive(map(), difference()) -> boolean().
is_sensitive(Case, {Bar, {plot, N}, Theirs, Ours}) when is_float(Theirs), is_float(Ours) ->
    abs(Theirs - Ours) =< ?NEARLY * max(abs(Theirs), abs(Ours)) orelse moves(Case, Bar, N, Theirs, Ours);
is_sensitive(_, _) -> false.

moves(Case, Bar, N, Theirs, Ours) ->
    Moved = [Value || Seed <- lists:seq(1, 12), {plotted, Value} <- [moved(Case, Bar, N, Seed)],
                      is_float(Value)],
    Moved =/= [] andalso abs(Theirs - Ours) =< 16 * lists:max([abs(Value - Ours) || Value <- Moved]).

moved(#{run := <<1, Count:32/little, Bars:(Count * 56)/binary, Rest/binary>>} = Case, Bar, N, Seed) ->
    rand:seed(exsss, Seed),
    Nudged = << <<Time/binary, (<< <<(nudged(X)):64/little-float>> || <<X:64/little-float>> <= Numbers >>)/binary>>
                || <<Time:16/binary, Numbers:40/binary>> <= Bars >>,
    try replay(Case#{run := <<1, Count:32/little, Nudged/binary, Rest/binary>>, want => {Bar, N}}) of
        _ -> none
    catch throw:{plotted, Value} -> {plotted, Value}
    end.

nudged(X) when X == 0 -> X;
nudged(X) ->
    <<Bits:64>> = <<X/float>>,
    <<Y/float>> = <<(Bits + rand:uniform(3) - 2):64>>,
    Y.

steps(I, [], <<>>, #{compared := Compared}, _, _) -> {ok, I, Compared};
steps(I, [Candle | Candles], B0, Book0, State0, #{plots := Count} = Case) ->
    {Book1, B1} = numbers(B0, Book0, Case),
    {Book, B2} = trades(B1, Book1, Case),
    case {B2, fxaot_eval:step(State0, Candle, book(Book))} of
        {<<0, Line:32/little-signed, Rest/binary>>, {error, {Line, Sentence}}} ->
            is_told(element(1, text(Rest)), Sentence) orelse
                throw({differs, {I, sentence, element(1, text(Rest)), Sentence}}),
            {ok, I, map_get(compared, Book)};
        {<<0, Line:32/little-signed, _/binary>>, {error, {Other, Sentence}}} ->
            throw({differs, {I, line, Line, {Other, Sentence}}});
        {<<0, _:32, Rest/binary>>, {ok, _, _}} ->
            throw({differs, {I, failure, element(1, text(Rest)), ok}});
        {<<1, _/binary>>, {error, Failure}} -> throw({differs, {I, failure, ok, Failure}});
        {<<1, B3/binary>>, {ok, State, #{plots := Plots, orders := Orders, risks := Risks}}} ->
            {Expected, B4} = floats(Count, B3),
            _ = wanted(I, Plots, Case),
            is_map_key(want, Case) orelse
                [throw({differs, {I, {plot, N}, E, P}})
                 || {N, E, P} <- lists:zip3(lists:seq(0, Count - 1), Expected, Plots), not is_same(E, P)],
            <<OrderCount:32/little, B5/binary>> = B4,
            {TheirOrders, B6} = list(OrderCount, fun order/1, B5),
            is_map_key(want, Case) orelse compare(I, order, TheirOrders, Orders),
            <<RiskCount:32/little, B7/binary>> = B6,
            {TheirRisks, B8} = list(RiskCount, fun risk/1, B7),
            is_map_key(want, Case) orelse compare(I, risk, TheirRisks, Risks),
            Sum = map_get(compared, Book) + Count + length(Orders),
            steps(I + 1, Candles, B8, Book#{compared := Sum}, State, Case)
    end.

%% The machine tells of most failures by one word, and of a function over objects by its sentence.
is_told(Why, Sentence) -> binary:match(Why, <<": ">>) =:= nomatch orelse Why =:= Sentence.

%% A run for one value ends with it.
wanted(I, Plots, #{want := {I, N}}) -> throw({plotted, lists:nth(N + 1, Plots)});
wanted(_, _, _) -> ok.

book(#{numbers := _} = Book) -> Book;
book(#{entry_name := _} = Book) -> Book#{numbers => {}};
book(_) -> none.

numbers(B, Book, #{reads_book := true}) ->
    {Numbers, Rest} = floats(33, B),
    {Book#{numbers => list_to_tuple(Numbers)}, Rest};
numbers(B, Book, _) -> {Book, B}.

trades(B0, #{closed := Closed} = Book, #{reads_trades := true}) ->
    {EntryName, <<OpenCount:32/little, B1/binary>>} = text(B0),
    {Open, <<NewCount:32/little, B2/binary>>} = list(OpenCount, fun trade/1, B1),
    {New, B3} = list(NewCount, fun trade/1, B2),
    {Book#{entry_name => EntryName, open => maps:from_list(numbered(0, Open)),
           closed => maps:merge(Closed, maps:from_list(numbered(map_size(Closed), New)))}, B3};
trades(B, Book, _) -> {Book, B}.

numbered(From, List) -> lists:zip(lists:seq(From, From + length(List) - 1), List).

compare(_, _, Same, Same) -> ok;
compare(I, What, Theirs, Ours) when length(Theirs) =:= length(Ours) ->
    [[throw({differs, {I, {What, Key}, Value, maps:get(Key, Our)}})
      || {Key, Value} <- maps:to_list(Their), not is_same(Value, maps:get(Key, Our))]
     || {Their, Our} <- lists:zip(Theirs, Ours)];
compare(I, What, Theirs, Ours) -> throw({differs, {I, What, Theirs, Ours}}).

is_same(A, B) when is_float(A), is_float(B) ->
    abs(A - B) =< ?RELATIVE * max(max(abs(A), abs(B)), ?SMALL);
is_same(A, B) -> A =:= B.

%% ---- reading -----------------------------------------------------------------

text(<<Length:32/little, Text:Length/binary, Rest/binary>>) -> {Text, Rest}.

texts(Count, Bytes) -> list(Count, fun text/1, Bytes).

list(0, _, Rest) -> {[], Rest};
list(Count, Read, Bytes) ->
    {Entry, Rest} = Read(Bytes),
    {Entries, Left} = list(Count - 1, Read, Rest),
    {[Entry | Entries], Left}.

floats(Count, Bytes) -> list(Count, fun float_of/1, Bytes).

float_of(<<X:64/little-float, Rest/binary>>) -> {X, Rest};
float_of(<<0:48, 16#F0, 16#7F, Rest/binary>>) -> {inf, Rest};
float_of(<<0:48, 16#F0, 16#FF, Rest/binary>>) -> {ninf, Rest};
float_of(<<_:64, Rest/binary>>) -> {na, Rest}.

bar(<<Time:64/little-signed, Close:64/little-signed, Prices/binary>>) ->
    [O, H, L, C, V] = [X || <<X:64/little-float>> <= Prices],
    #{time => Time, time_close => Close, open => O, high => H, low => L, close => C, volume => V}.

trade(B0) ->
    {Texts, B1} = texts(4, B0),
    <<EntryBar:64/little-signed, ExitBar:64/little-signed, EntryTime:64/little-signed,
      ExitTime:64/little-signed, B2/binary>> = B1,
    {Floats, Rest} = floats(8, B2),
    Names = [entry_id, exit_id, entry_comment, exit_comment, entry_bar, exit_bar, entry_time,
             exit_time, entry_price, exit_price, size, profit, commission, max_runup, max_drawdown, rate],
    Values = Texts ++ [float(X) || X <- [EntryBar, ExitBar, EntryTime, ExitTime]] ++ Floats,
    {maps:from_list(lists:zip(Names, Values)), Rest}.

order(<<Kind, Direction/signed, Oca, Immediately, B0/binary>>) ->
    {Texts, B1} = texts(7, B0),
    {Floats, Rest} = floats(9, B1),
    Names = [id, from_entry, oca_name, comment, comment_profit, comment_loss, comment_trailing,
             quantity, quantity_percent, limit, stop, trail_price, profit, loss, trail_points,
             trail_offset],
    Kinds = {entry, order, exit, close, close_all, cancel, cancel_all},
    {maps:merge(maps:from_list(lists:zip(Names, Texts ++ Floats)),
                #{kind => element(Kind + 1, Kinds), direction => Direction,
                  oca => element(Oca + 1, {none, cancel, reduce}),
                  immediately => Immediately =:= 1}), Rest}.

risk(<<Kind, B0/binary>>) ->
    {Value, <<IsPercent, B1/binary>>} = float_of(B0),
    {Message, Rest} = text(B1),
    Kinds = {allow_entry_in, max_consecutive_loss_days, max_drawdown, max_intraday_filled_orders,
             max_intraday_loss, max_position_size},
    {#{kind => element(Kind + 1, Kinds), value => Value, is_percent => IsPercent =:= 1,
       message => Message}, Rest}.
