%% @private The FIX sessions of engines, for the collector. Sessions count in their own process and are asked, all at
%% once; one that does not answer in time, because it is connecting for example, is left out of that collection.
-module(fxaot_metrics_fix).

-export([ask/0, answers/2, points/1, series/0]).

-export_type([asked/0, session/0]).

-define(PHASES, [idle, logon, syncing, up, leaving, stopped]).
-define(COUNTS, [{<<"fxaot_fix_logons">>, logons}, {<<"fxaot_fix_resends">>, resends}, {<<"fxaot_fix_gaps">>, gaps},
                 {<<"fxaot_fix_rejects">>, rejects}, {<<"fxaot_fix_garbled">>, garbled},
                 {<<"fxaot_fix_missed_heartbeats">>, missed_heartbeats}]).

-opaque asked() :: gen_server:request_id().
-type session() :: {Engine :: atom(), fxaot_fix_session:role(), Figures :: map()}.

%% @doc Asks which sessions there are.
-spec ask() -> asked().
ask() -> gen_server:send_request(fxaot_fix_sup, which_children).

%% @doc What the sessions have counted. Left: milliseconds from now to the deadline.
-spec answers(asked(), Left :: fun(() -> non_neg_integer())) -> [session()].
answers(Asked, Left) ->
    Sessions = case gen_server:receive_response(Asked, Left()) of
                   {reply, Children} -> [{Of, Pid} || {Of, Pid, _, _} <- lists:sort(Children), is_pid(Pid)];
                   _ -> []
               end,
    Requests = [{Of, gen_server:send_request(Session, figures)} || {Of, Session} <- Sessions],
    [{Engine, Role, Figures} || {{Engine, Role}, Request} <- Requests,
                                {reply, #{} = Figures} <- [gen_server:receive_response(Request, Left())]].

%% @doc How many series a session has.
-spec series() -> pos_integer().
series() -> length(?PHASES) + length(?COUNTS) + 2 + 2 * length(fxaot_fix_dictionary:messages()).

-spec points(session()) -> [{Metric :: binary(), fxaot_metrics:point()}].
points({Engine, Role, #{phase := Phase, next_in := In, next_out := Out} = Figures}) ->
    Session = #{<<"engine">> => atom_to_binary(Engine), <<"session">> => atom_to_binary(Role)},
    [point(<<"fxaot_fix_session_state">>, Session#{<<"state">> => atom_to_binary(Each)}, one_if(Each =:= Phase))
     || Each <- ?PHASES]
        ++ [point(Metric, Session, maps:get(Key, Figures, 0)) || {Metric, Key} <- ?COUNTS]
        ++ [point(<<"fxaot_fix_next_sequence">>, Session#{<<"direction">> => Direction}, Next)
            || {Direction, Next} <- [{<<"in">>, In}, {<<"out">>, Out}]]
        ++ [point(<<"fxaot_fix_messages">>,
                  Session#{<<"direction">> => atom_to_binary(Direction), <<"type">> => atom_to_binary(Name)},
                  maps:get({Direction, Name}, Figures, 0))
            || Direction <- [in, out], Name <- fxaot_fix_dictionary:messages()].

point(Metric, Labels, Value) -> {Metric, #{labels => Labels, value => Value}}.

one_if(true) -> 1;
one_if(false) -> 0.
