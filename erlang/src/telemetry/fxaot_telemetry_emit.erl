%% @private How the application's modules tell the bus what happens: names without `fxaot', answers as metadata.
-module(fxaot_telemetry_emit).

-export([happened/2, happened/3, span/3, start_span/2, stop_span/2]).

-export_type([span/0]).

%% A span that ends in another function than it began in.
-opaque span() :: {Name :: [atom()], Metadata :: map(), Start :: integer()}.

-spec happened(Name :: [atom()], fxaot_telemetry:metadata()) -> ok.
happened(Name, Metadata) ->
    fxaot_telemetry:execute([fxaot | Name], #{system_time => erlang:system_time()}, Metadata).

%% @doc With the answer of what has happened.
-spec happened(Name :: [atom()], fxaot_telemetry:metadata(), Answer :: term()) -> ok.
happened(Name, Metadata, Answer) -> happened(Name, maps:merge(Metadata, result(Answer))).

%% @doc A span over a function that returns an answer of the house: `ok', `{ok, …}' or `{error, {Reason, _}}'.
-spec span(Name :: [atom()], fxaot_telemetry:metadata(), fun(() -> Answer)) -> Answer.
span(Name, Metadata, Function) ->
    Told = fun() ->
                   Answer = Function(),
                   {Answer, measured(Answer), maps:merge(Metadata, maps:merge(result(Answer), orders(Name, Answer)))}
           end,
    fxaot_trace:contained(fun() -> fxaot_telemetry:span([fxaot | Name], Metadata, Told) end).

-spec start_span(Name :: [atom()], fxaot_telemetry:metadata()) -> span().
start_span(Name, Metadata) ->
    Start = erlang:monotonic_time(),
    Within = Metadata#{telemetry_span_context => make_ref()},
    fxaot_telemetry:execute([fxaot | Name] ++ [start],
                            #{monotonic_time => Start, system_time => erlang:system_time()}, Within),
    {Name, Within, Start}.

-spec stop_span(span(), Answer :: term()) -> ok.
stop_span({Name, Metadata, Start}, Answer) ->
    Stop = erlang:monotonic_time(),
    fxaot_telemetry:execute([fxaot | Name] ++ [stop], #{duration => Stop - Start, monotonic_time => Stop},
                            maps:merge(Metadata, maps:merge(result(Answer), error_of(Name, Answer)))).

result({error, {Reason, _}}) -> #{result => error, reason => Reason};
result({error, Reason}) -> #{result => error, reason => Reason};
result(_) -> #{result => ok}.

%% A reload's error, as {@link fxaot:format_error/1} takes it: the dashboard shows its sentence.
error_of([reload], {error, Error}) -> #{error => Error};
error_of(_, _) -> #{}.

%% Of a replay.
measured({ok, #{quotes := Quotes, accepted := Accepted}}) -> #{quotes => Quotes, accepted => Accepted};
measured(_) -> #{}.

%% The numbers of the orders that a request was about.
orders([request], {ok, #{number := Number}}) -> #{orders => [Number]};
orders([request], {ok, [#{number := _} | _] = Orders}) -> #{orders => [Number || #{number := Number} <- Orders]};
orders([request], {error, {_, #{number := Number}}}) -> #{orders => [Number]};
orders([request], _) -> #{orders => []};
orders(_, _) -> #{}.
