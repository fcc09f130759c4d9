%% The tables of a decoded program, and the evaluator's records.

%% A value of a script: a float, a text, a reference to an object, or a value that floats in Erlang do not have.
%% Ints are whole floats, bools 0.0 and 1.0.
-type value() :: float() | na | inf | ninf | binary() | reference_to_object().
-type reference_to_object() :: {ref, pos_integer()}.

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

%% An object of a script: fxaot_eval_heap.
-record(object, {kind :: fxaot_eval_heap:kind(),
                 %% The type of the elements, of a map's values; of a map's keys.
                 type = float :: atom(), key = float :: atom(),
                 %% An array's and a matrix's elements, row by row, are a vector, the fields of a record and of a
                 %% drawing a tuple, a map's pairs are fxaot_eval_map's; a slice has none.
                 cells = none :: term(),
                 %% The cells that the machine has given to it, and how many lie ahead of the first element.
                 room = 0 :: non_neg_integer(), lead = 0 :: non_neg_integer(),
                 %% Of a matrix its columns, of a slice its array, of a map the size of the machine's index, of a
                 %% record the number of its type, of a drawing its kind.
                 detail = 0 :: integer(),
                 %% Of a matrix its rows, of a slice its first index, of a drawing its number in the order in which
                 %% they were made, below 0 when it has been deleted.
                 extra = 0 :: integer(),
                 %% Of a slice.
                 count = 0 :: non_neg_integer()}).

%% A world at work.
-record(w, {fixed :: map(),
            variables :: tuple(), sites :: tuple(), series :: tuple(),
            %% This bar's values of the fields whose past is read.
            fields = [] :: list(),
            %% Bars begun.
            bar = 0 :: non_neg_integer(),
            candle :: #candle{} | undefined, place :: tuple() | undefined,
            book = none :: none | map(), requests = #{} :: map(), heap :: fxaot_eval_heap:heap(),
            day_before = none :: integer() | none, day = none :: integer() | none,
            budget = 1000000 :: integer(),
            plots = #{} :: map(), orders = [] :: list(), order_count = 0 :: non_neg_integer(),
            risks = [] :: list()}).
