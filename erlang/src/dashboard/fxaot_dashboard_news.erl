%% @private What happens in the node beside engines' own events: telemetry and log lines become rows of the stream.
-module(fxaot_dashboard_news).

-export([attach/1, detach/0, alarms/0, row/2, happened/2]).
%% For the bus and the logger.
-export([handle_event/4, log/2]).

-define(HANDLER, fxaot_dashboard).
-define(EVENTS, [[fxaot, alarm, set], [fxaot, alarm, clear], [fxaot, reload, stop], [fxaot, tier, change],
                 [fxaot, engine, start], [fxaot, engine, adopt], [fxaot, engine, stop], [fxaot, gateway, connect],
                 [fxaot, gateway, down], [fxaot, journal, lost], [fxaot, journal, back], [fxaot, trading, state]]).
%% Waiting messages of the collector above which news is left out.
-define(MOST_WAITING, 500).
-define(MOST_TEXT, 1000).

%% @doc From now on the process of that name gets `{happened, Event, Metadata}' and `{row, Row}'.
-spec attach(Name :: atom()) -> ok.
attach(Name) ->
    ok = detach(),
    ok = fxaot_telemetry:attach_many(?HANDLER, ?EVENTS, fun ?MODULE:handle_event/4, Name),
    _ = logger:add_handler(?HANDLER, ?MODULE, #{level => notice, config => Name}),
    ok.

-spec detach() -> ok.
detach() ->
    _ = logger:remove_handler(?HANDLER),
    _ = fxaot_telemetry:detach(?HANDLER),
    ok.

-spec handle_event(fxaot_telemetry:event(), map(), map(), Name :: atom()) -> ok.
handle_event([_ | Event], _, Metadata, Name) -> tell(Name, {happened, Event, Metadata}).

%% Lines of the application.
-spec log(logger:log_event(), logger:handler_config()) -> ok.
%% An act, which has a row of its own.
log(#{msg := {report, #{who := _}}}, _) -> ok;
log(#{level := Level, meta := #{domain := [fxaot | _]} = Meta} = Event, #{config := Name}) ->
    Line = try logger_formatter:format(Event, #{single_line => true, template => [msg]})
           catch _:_ -> <<"?">>
           end,
    tell(Name, {row, (row(log, Line))#{level => Level, time => maps:get(time, Meta, 0) div 1000}});
log(_, _) -> ok.

tell(Name, Message) ->
    case whereis(Name) of
        undefined -> ok;
        Pid ->
            case process_info(Pid, message_queue_len) of
                {_, Waiting} when Waiting < ?MOST_WAITING ->
                    Pid ! Message,
                    ok;
                _ -> ok
            end
    end.

%% ---- rows -------------------------------------------------------------------------

%% @doc What each event of telemetry is shown as; an alarm's is `{set | clear, Alarm, Text}' besides.
-spec happened(Event :: [atom()], map()) -> {Row :: map(), none | {set | clear, Alarm :: term(), Text :: binary()}} | none.
happened([alarm, set], #{kind := Kind, of_what := Of}) ->
    Text = alarm_text(Kind, Of),
    {row(alarm, [<<"alarm set: ">>, Text]), {set, {Kind, Of}, Text}};
happened([alarm, clear], #{kind := Kind, of_what := Of}) ->
    Text = alarm_text(Kind, Of),
    {row(alarm, [<<"alarm cleared: ">>, Text]), {clear, {Kind, Of}, Text}};
happened([reload, stop], #{engine := Engine, strategy := Id} = Metadata) ->
    Text = case Metadata of
               #{result := ok} -> <<"reloaded">>;
               _ -> [<<"not reloaded: ">>, sentence(maps:get(error, Metadata, unknown))]
           end,
    {(row(reload, Text))#{engine => Engine, strategy => Id}, none};
happened(Event, #{engine := Engine} = Metadata) ->
    Rest = [[<<", ">>, atom_to_binary(Key), $\s, text("~0tP", [Value, 20])]
            || {Key, Value} <- lists:sort(maps:to_list(maps:with([state, tier, why, result, reason], Metadata)))],
    Row = row(node, [lists:join($\s, [atom_to_binary(Word) || Word <- Event]), Rest]),
    {maps:merge(Row#{engine => Engine}, maps:with([strategy], Metadata)), none};
happened(_, _) -> none.

%% Of several lines one.
sentence(Error) -> lists:join($\s, string:lexemes(fxaot:format_error(Error), "\n")).

%% @doc A row of now.
-spec row(Kind :: atom(), iodata()) -> map().
row(Kind, Text) -> #{kind => Kind, time => os:system_time(millisecond), text => text("~ts", [Text])}.

%% @doc The alarms from before, as sasl's own handler lists them: when and what.
-spec alarms() -> #{term() => {Ms :: integer(), binary()}}.
alarms() ->
    Listed = case whereis(alarm_handler) of
                 undefined -> [];
                 _ -> try alarm_handler:get_alarms() catch exit:_ -> [] end
             end,
    maps:from_list([{{Kind, Of}, {0, alarm_text(Kind, Of)}} || is_list(Listed), {{Kind, Of}, _} <- Listed,
                                                               lists:member(Kind, fxaot_alarm:kinds())]).

alarm_text(Kind, Of) -> text("~ts: ~0tP", [Kind, Of, 20]).

text(Format, Arguments) ->
    case unicode:characters_to_binary(io_lib:format(Format, Arguments)) of
        Text when is_binary(Text) -> string:slice(Text, 0, ?MOST_TEXT);
        _ -> <<"?">>
    end.
