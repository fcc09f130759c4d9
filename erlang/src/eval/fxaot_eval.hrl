%% The tables of a decoded program, and the evaluator's records.

%% A value of a script: a float, a text, or a value that floats in Erlang do not have. Ints are whole floats,
%% bools 0.0 and 1.0.
-type value() :: float() | na | inf | ninf | binary().

-record(program,
        {is_strategy :: boolean(),
         title :: binary(),
         initial_capital :: value(),
         %% Of the account; empty: the symbol's.
         currency = <<>> :: binary(),
         parameters :: [map()],
         texts :: tuple(),
         variables :: tuple(),              % value types
         expressions :: tuple(),            % {Type, Expression}
         sites :: tuple(),                  % {Kernel, [Expression number]}
         requests :: tuple(),
         blocks :: tuple(),                 % [{Line, Statement}]
         loops :: tuple(),
         orders :: tuple(),                 % {Kind, [Expression number | none]}
         risks :: tuple(),
         plots :: [binary()],
         body :: integer(),
         %% How far back the script says that it looks; 0 where it does not.
         max_bars_back = 0 :: non_neg_integer(),
         language_version = 6 :: 0..255,
         %% Of how many drawings of a kind the newest stay, by kind; a kind beyond the end has no limit.
         most_drawings = [] :: [non_neg_integer()],
         %% Of the tables that are lists: parameters, plots.
         counts :: {non_neg_integer(), non_neg_integer()},
         %% Nodes of the tree under the body, those that stand in several places counted for each.
         size = 0 :: non_neg_integer()}).

%% A bar of the chart; times in milliseconds since 1970 UTC.
-record(candle, {time :: integer(), time_close :: integer(),
                 open :: float(), high :: float(), low :: float(), close :: float(),
                 volume :: float(),
                 %% The chart's bar before it, and of that the one before.
                 before = none :: #candle{} | none}).

%% A world at work.
-record(w, {fixed :: map(),
            variables :: tuple(), sites :: tuple(), series :: tuple(),
            %% This bar's values of the fields whose past is read.
            fields = [] :: list(),
            %% Bars begun.
            bar = 0 :: non_neg_integer(),
            candle :: #candle{} | undefined, place :: tuple() | undefined,
            book = none :: none | map(), requests = #{} :: map(),
            day_before = none :: integer() | none, day = none :: integer() | none,
            budget = 1000000 :: integer(),
            plots = #{} :: map(), orders = [] :: list(), order_count = 0 :: non_neg_integer(),
            risks = [] :: list()}).
