%% @private What a FIX session tells its owner, and which messages the owner has not done with.
%%
%% A message's place is its epoch and its number: after a reset the same numbers come again.
-module(fxaot_fix_owner).

-include("fxaot_fix_session.hrl").

-export([news/2, message/4, done/2, noted/1, counted/2]).

-define(NOTE_MS, 5).

-spec news(fxaot_fix_session:news(), #session{}) -> ok.
news(_, #session{owner = none}) -> ok;
news(News, #session{owner = {Owner, _}}) ->
    Owner ! {fxaot_fix, self(), News},
    ok.

%% @doc A message of the application in its order. Until the session is up the owner waits for all of them.
-spec message(Seq :: pos_integer(), fxaot_fix_dictionary:name(), fxaot_fix_codec:fields(), #session{}) -> #session{}.
message(Seq, Name, Fields, #session{pending = Pending, phase = Phase, epoch = Epoch} = Session) ->
    Place = {Epoch, Seq},
    _ = [news({message, Place, Name, Fields}, Session) || Phase =:= up],
    Session#session{pending = queue:in({Place, Name, Fields}, Pending)}.

%% @doc The owner has done with all messages up to this place.
-spec done(fxaot_fix_session:place(), #session{}) -> #session{}.
done(Place, #session{pending = Pending} = Session) -> noted(Session#session{pending = without(Place, Pending)}).

without(Place, Pending) ->
    case queue:peek(Pending) of
        {value, {Oldest, _, _}} when Oldest =< Place -> without(Place, queue:drop(Pending));
        _ -> Pending
    end.

%% @doc What is done with, all messages before the oldest one that the owner still has, is written down with the next
%% message that leaves, or a little later: a write would hold up the next order.
-spec noted(#session{}) -> #session{}.
noted(#session{pending = Pending, store = Store, epoch = Epoch, is_noting = IsNoting} = Session) ->
    Done = case queue:peek(Pending) of
               empty -> fxaot_fix_store:next_in(Store);
               {value, {{Epoch, Oldest}, _, _}} -> Oldest;
               %% Those of an epoch before have no number in the store.
               _ -> hd([Seq || {{Of, Seq}, _, _} <- queue:to_list(Pending), Of =:= Epoch]
                       ++ [fxaot_fix_store:next_in(Store)])
           end,
    Next = fxaot_fix_store:received(Done, Store),
    Notes = not IsNoting andalso fxaot_fix_store:is_behind(Next),
    _ = [erlang:send_after(?NOTE_MS, self(), note) || Notes],
    Session#session{store = Next, is_noting = IsNoting orelse Notes}.

-spec counted(atom() | {in | out, fxaot_fix_dictionary:name()}, #session{}) -> #session{}.
counted(What, #session{figures = Figures} = Session) ->
    Session#session{figures = maps:update_with(What, fun(Count) -> Count + 1 end, 1, Figures)}.
