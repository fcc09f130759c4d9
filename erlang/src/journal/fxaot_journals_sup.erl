%% @private The journals of the engines that have one.
-module(fxaot_journals_sup).
-behaviour(supervisor).

-export([start_link/0, start/2, stop/1, find/1, keep_terms/2, terms/1, init/1]).

%% What the application keeps in each journal, so that a journal's process that comes back knows it all.
-define(TERMS, fxaot_journal_terms).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% @doc Starts an engine's journal, unless it runs. `{error, {journal_taken, _}}' where another engine or node has the
%% folder.
-spec start(Engine :: atom(), fxaot_journal_options:options()) -> ok | fxaot:error().
start(Engine, Options) ->
    Limit = fxaot_engines:limit(Engine),
    case fxaot_patience:start_child(?MODULE, child(Engine, Options), Limit) of
        {ok, _} -> ok;
        {error, {timeout, _}} -> {error, {timeout, #{engine => Engine, milliseconds => Limit}}};
        {error, {already_started, _}} -> ok;
        {error, already_present} ->
            _ = supervisor:delete_child(?MODULE, Engine),
            start(Engine, Options);
        {error, {{shutdown, {error, _} = Error}, _}} -> Error;
        {error, {shutdown, {error, _} = Error}} -> Error;
        {error, Reason} -> {error, {journal_unavailable, #{engine => Engine, reason => Reason}}}
    end.

-spec stop(Engine :: atom()) -> ok.
stop(Engine) ->
    case find(Engine) of
        undefined -> ok;
        _ ->
            _ = fxaot_journal:close(Engine),
            _ = supervisor:terminate_child(?MODULE, Engine),
            _ = supervisor:delete_child(?MODULE, Engine),
            fxaot_names:leave_journal(Engine),
            _ = ets:whereis(?TERMS) =/= undefined andalso ets:delete(?TERMS, Engine),
            fxaot_alarm:clear(journal_unavailable, Engine)
    end,
    fxaot_journal_figures:close(Engine).

%% @doc Without asking the supervisor where it can: each order for a broker looks here.
-spec find(Engine :: atom()) -> pid() | undefined.
find(Engine) ->
    case fxaot_names:journal(Engine) of
        none -> undefined;
        Journal ->
            case is_process_alive(Journal) of
                true -> Journal;
                false -> restarted(Engine)
            end
    end.

restarted(Engine) ->
    try lists:keyfind(Engine, 1, supervisor:which_children(?MODULE)) of
        {_, Journal, _, _} when is_pid(Journal) -> Journal;
        _ -> undefined
    catch exit:_ -> undefined
    end.

-spec keep_terms(Engine :: atom(), Terms :: #{term() => term()}) -> ok.
keep_terms(Engine, Terms) ->
    %% A supervisor of the version before has none.
    _ = ets:whereis(?TERMS) =/= undefined andalso ets:insert(?TERMS, {Engine, Terms}),
    ok.

%% @doc What an engine's journal kept, as its process before this one knew it.
-spec terms(Engine :: atom()) -> {ok, #{term() => term()}} | none.
terms(Engine) ->
    case ets:whereis(?TERMS) =/= undefined andalso ets:lookup(?TERMS, Engine) of
        [{_, Terms}] -> {ok, Terms};
        _ -> none
    end.

%% When this supervisor comes back, the engines that live get their journals again.
-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    %% An upgrade of the release calls this again.
    _ = ets:whereis(?TERMS) =:= undefined andalso ets:new(?TERMS, [named_table, public]),
    Journals = [{Name, fxaot_journal_options:read(fxaot_engines:options(Name))}
                || #{kind := engine, name := Name} <- fxaot_engines:all(), fxaot_engines:has_state(Name)],
    {ok, {maps:put(strategy, one_for_one, fxaot_sup:intensity_of_supervisors()),
          [child(Name, Options) || {Name, Options} <- Journals, Options =/= none]}}.

child(Engine, Options) ->
    #{id => Engine, start => {fxaot_journal, start_link, [Engine, Options]}, restart => transient, shutdown => 10000}.
