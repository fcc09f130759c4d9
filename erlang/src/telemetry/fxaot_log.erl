%% @private The form of the application's log lines: reports of the domain `[fxaot]', written with the macro of
%% fxaot_log.hrl.
%%
%% Their metadata have engine and strategy too, and the ids of the trace that the line belongs to, so that a filter or
%% a formatter need not read the report.
-module(fxaot_log).

-export([whose/1, metadata/1, format/1]).

-export_type([report/0, subject/0]).

%% Whose line it is. Text: a name from a file, which need not be an atom of this node.
-type subject() :: #{engine => atom() | binary(), group => atom(), strategy => atom() | binary()}.

-type report() ::
        #{text := unicode:chardata(), engine => atom() | binary(), group => atom(), strategy => atom() | binary(),
          atom() => term()}.

%% @doc All lines of the calling process have this in their metadata, those of code that does not know whose it is too.
-spec whose(subject()) -> ok.
whose(Subject) -> logger:update_process_metadata(Subject).

-spec metadata(report()) -> logger:metadata().
metadata(Report) ->
    maps:merge((maps:with([engine, group, strategy], Report))#{domain => [fxaot], report_cb => fun ?MODULE:format/1},
               fxaot_trace:log_metadata()).

%% @doc The report's line: `fxaot engine eur strategy cross: stays on the VM'.
-spec format(report()) -> {io:format(), [term()]}.
format(#{text := Text} = Report) ->
    Subjects = [io_lib:format(" ~ts ~ts", [Key, shown(map_get(Key, Report))])
                || Key <- [engine, group, strategy], is_map_key(Key, Report)],
    {"fxaot~ts: ~ts", [Subjects, Text]}.

shown(Name) when is_binary(Name) -> Name;
shown(Name) -> io_lib:format("~tp", [Name]).
