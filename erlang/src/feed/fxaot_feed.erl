%% @doc A source of quotes for {@link fxaot:replay/3}.
%%
%% A feed is pulled: its functions run in the process that replays it, one batch ahead of the
%% engine. Its resources should end with its process (files do) or in `terminate/2'.
-module(fxaot_feed).

-export([open/1, next/1, progress/1, info/1, close/2]).

-export_type([feed/0, source/0]).

%% Makes the feed ready, or returns an error.
-callback init(Arguments :: term()) -> {ok, State :: term()} | {error, {atom(), term()}}.
%% The next records, as `fxaot_nif:quote/6' makes them, in time order.
-callback next(State :: term()) ->
    {quotes, Quotes :: binary(), State :: term()}
  | {done, State :: term()}
  | {error, {atom(), term()}, State :: term()}.
-callback terminate(Reason :: term(), State :: term()) -> term().
%% How much of the feed is through, 0.0 … 1.0.
-callback progress(State :: term()) -> float().
%% Figures of the feed for the replay's answer, such as bad lines.
-callback info(State :: term()) -> map().

-optional_callbacks([progress/1, info/1]).

%% A feed as replay/3 takes it: any module of this behaviour; a path or several for the file feed;
%% a map for the simulated market.
-type source() :: {module(), Arguments :: term()}
                | file:name_all() | [file:name_all(), ...]
                | fxaot_market_feed:arguments().

-opaque feed() :: {module(), term()}.

%% @doc Opens a feed in the calling process.
-spec open(source()) -> {ok, feed()} | {error, {atom(), term()}}.
open({Module, Arguments}) when is_atom(Module) ->
    case code:ensure_loaded(Module) of
        {module, _} ->
            case erlang:function_exported(Module, next, 1) of
                true -> opened(Module, Module:init(Arguments));
                false -> {error, {bad_feed, #{module => Module}}}
            end;
        _ -> {error, {bad_feed, #{module => Module}}}
    end;
open(Arguments) when is_map(Arguments) -> open({fxaot_market_feed, Arguments});
open(Files) when is_list(Files); is_binary(Files) ->
    open({fxaot_file_feed, #{files => Files}});
open(Other) -> {error, {bad_feed, #{feed => Other}}}.

opened(Module, {ok, State}) -> {ok, {Module, State}};
opened(_, {error, {Reason, _}} = Error) when is_atom(Reason) -> Error;
opened(Module, Other) -> {error, {bad_feed, #{module => Module, init => Other}}}.

%% @doc The next batch.
-spec next(feed()) -> {quotes, binary(), feed()} | {done, feed()}
              | {error, {atom(), term()}, feed()}.
next({Module, State}) ->
    case Module:next(State) of
        {quotes, Quotes, Next} when is_binary(Quotes), byte_size(Quotes) rem 48 =:= 0 ->
            {quotes, Quotes, {Module, Next}};
        {done, Next} -> {done, {Module, Next}};
        {error, {Reason, Details}, Next} -> {error, {Reason, Details}, {Module, Next}};
        _ -> {error, {bad_feed, #{module => Module}}, {Module, State}}
    end.

%% @doc How much of it is through; 0.0 for a feed that cannot tell.
-spec progress(feed()) -> float().
progress({Module, State}) -> optional(Module, progress, State, 0.0).

-spec info(feed()) -> map().
info({Module, State}) -> optional(Module, info, State, #{}).

-spec close(Reason :: term(), feed()) -> ok.
close(Reason, {Module, State}) ->
    _ = Module:terminate(Reason, State),
    ok.

optional(Module, Function, State, Default) ->
    case erlang:function_exported(Module, Function, 1) of
        true -> Module:Function(State);
        false -> Default
    end.
