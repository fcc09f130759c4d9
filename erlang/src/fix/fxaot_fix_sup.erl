%% @private The FIX sessions of engines, one child for each connection. A session that ends is begun again by the
%% gateway that owns it, after a wait, so none is restarted here.
-module(fxaot_fix_sup).
-behaviour(supervisor).

-export([start_link/0, session/3, stop/1, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% @doc The session of an engine, with the caller as its owner from now on. One with other options ends first.
-spec session(Engine :: atom(), fxaot_fix_session:role(), fxaot_fix_session:config()) ->
          {ok, pid()} | {error, term()}.
session(Engine, Role, Config) ->
    Id = {Engine, Role},
    Child = #{id => Id, start => {fxaot_fix_session, start_link, [Engine, Role, Config]}, restart => temporary,
              modules => [fxaot_fix_session]},
    case supervisor:start_child(?MODULE, Child) of
        {ok, Session} -> owned(Session, Config, Id, Child);
        {error, {already_started, Session}} -> owned(Session, Config, Id, Child);
        {error, Reason} -> {error, Reason}
    end.

owned(Session, Config, Id, Child) ->
    try fxaot_fix_session:own(Session, Config) of
        ok -> {ok, Session};
        other ->
            _ = supervisor:terminate_child(?MODULE, Id),
            case supervisor:start_child(?MODULE, Child) of
                {ok, New} ->
                    ok = fxaot_fix_session:own(New, Config),
                    {ok, New};
                {error, Reason} -> {error, Reason}
            end
    catch exit:Reason -> {error, Reason}
    end.

-spec stop(Engine :: atom()) -> ok.
stop(Engine) ->
    _ = [supervisor:terminate_child(?MODULE, {Engine, Role}) || Role <- [orders, quotes], whereis(?MODULE) =/= undefined],
    fxaot_alarm:clear_all(fix, Engine).

-spec init([]) -> {ok, {supervisor:sup_flags(), []}}.
init([]) -> {ok, {maps:put(strategy, one_for_one, fxaot_sup:intensity_of_supervisors()), []}}.
