%% What a journal counts, of which the simulation asks for the epoch and what is durable.
-module(fxaot_sim_figures).

-export([open/1, framed/3, began/3, committed/4, captured/3, segment/2, down/3, up/1, durable/1, read/1, new/0]).

%% A node begins.
new() ->
    _ = put({?MODULE, durable}, 0),
    ok.

open(_) -> none.
framed(_, _, _) -> ok.
began(_, _, _) -> ok.
captured(_, _, _) -> ok.
down(_, _, _) -> ok.
up(_) -> ok.

committed(Durable, _, _, _) ->
    _ = put({?MODULE, durable}, Durable),
    ok.

durable(_) -> get({?MODULE, durable}).

segment(Epoch, _) ->
    _ = put(?MODULE, Epoch),
    ok.

read(_) -> {ok, #{epoch => get(?MODULE)}, #{}}.
