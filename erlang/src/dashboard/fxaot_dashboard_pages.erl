%% @private The pages that are open, and what each gets. A value of the collector.
%%
%% An update is one binary for all. A page gets the next one when it has sent the one before; what it misses meanwhile it
%% gets in one piece of its own, so that no mailbox grows.
-module(fxaot_dashboard_pages).

-export([add/3, is_ready/2, remove/2, send/4, update/5]).

-export_type([pages/0]).

-record(page, {last :: fxaot_dashboard_rows:place(), is_ready = false :: boolean(),
               %% It has missed an update, and needs all of the next.
               is_behind = false :: boolean()}).

-type pages() :: #{pid() => #page{}}.

%% @doc A page that has been given an update up to this row.
-spec add(pid(), fxaot_dashboard_rows:place(), pages()) -> pages().
add(Pid, Last, Pages) -> Pages#{Pid => #page{last = Last}}.

%% @doc It has sent its update.
-spec is_ready(pid(), pages()) -> pages().
is_ready(Pid, Pages) ->
    case Pages of
        #{Pid := Page} -> Pages#{Pid := Page#page{is_ready = true}};
        #{} -> Pages
    end.

-spec remove(pid(), pages()) -> pages().
remove(Pid, Pages) -> maps:remove(Pid, Pages).

%% @doc Up to this row: the common update, or a page's own, of all after its last row.
-spec send(Common :: binary(), Whole :: fun((fxaot_dashboard_rows:place()) -> binary()), fxaot_dashboard_rows:place(),
           pages()) -> pages().
send(Common, Whole, Newest, Pages) -> maps:map(fun(Pid, Page) -> sent(Pid, Page, Common, Whole, Newest) end, Pages).

sent(_, #page{is_ready = false} = Page, _, _, _) -> Page#page{is_behind = true};
sent(Pid, #page{is_behind = IsBehind, last = Last}, Common, Whole, Newest) ->
    Pid ! {fxaot_dashboard, case IsBehind of
                                false -> Common;
                                true -> Whole(Last)
                            end},
    #page{last = Newest}.

%% @doc An update as server-sent events have it (HTML, 9.2). `none': the node has not changed.
-spec update(fxaot_dashboard_rows:place(), [fxaot_dashboard_figures:part()], Node :: binary() | none, Rows :: [binary()],
             Missed :: non_neg_integer()) -> binary().
update({Incarnation, Number}, Parts, Node, Rows, Missed) ->
    Members = [member(<<"at">>, integer_to_binary(os:system_time(millisecond))),
               member(<<"incarnation">>, integer_to_binary(Incarnation)),
               member(<<"engines">>, object(fast, Parts)), member(<<"slow">>, object(slow, Parts)),
               member(<<"rows">>, [$[, lists:join($,, Rows), $]])]
        ++ [member(<<"node">>, Node) || Node =/= none]
        ++ [member(<<"missed">>, integer_to_binary(Missed)) || Missed > 0],
    iolist_to_binary([<<"id: ">>, integer_to_binary(Incarnation), $-, integer_to_binary(Number), <<"\ndata: {">>,
                      lists:join($,, Members), <<"}\n\n">>]).

member(Key, Value) -> [$", Key, $", $:, Value].

object(Kind, Parts) ->
    [${, lists:join($,, [[fxaot_dashboard_json:text(atom_to_binary(Name)), $:, Text]
                         || {Of, Name, Text} <- Parts, Of =:= Kind]), $}].
