%% @private The pages that are open, and what each gets. A value of the collector.
%%
%% An update is one binary for all. Over plain TCP it goes into the page's socket from here: fifty processes that wake up for it
%% would cost more than the sending. Where that would have to wait, and over TLS, the page's own process sends it, and gets
%% the next one when it has done so; what it misses meanwhile it gets in one piece of its own, so that no mailbox grows.
-module(fxaot_dashboard_pages).

-export([add/4, converted/2, is_ready/2, remove/2, send/4, update/5]).

-export_type([pages/0, way/0]).

-record(page, {last :: fxaot_dashboard_rows:place(), is_ready = false :: boolean(),
               %% It has missed an update, and needs all of the next.
               is_behind = false :: boolean(),
               way = own :: way()}).

%% The socket, while the session is valid; or the page's own process.
-type way() :: {fxaot_dashboard_socket:socket(), fxaot_dashboard_session:session()} | own.

-type pages() :: #{pid() => #page{}}.

%% @doc A page that has been given an update up to this row.
-spec add(pid(), fxaot_dashboard_rows:place(), way(), pages()) -> pages().
add(Pid, Last, Way, Pages) -> Pages#{Pid => #page{last = Last, way = Way}}.

%% @doc From those of the version before, which had no way, and back.
-spec converted(up | down, map()) -> map().
converted(up, Pages) ->
    maps:map(fun(_, {page, Last, IsReady, IsBehind}) -> #page{last = Last, is_ready = IsReady, is_behind = IsBehind};
                (_, #page{} = Page) -> Page
             end, Pages);
converted(down, Pages) ->
    maps:map(fun(_, #page{last = Last, is_ready = IsReady, is_behind = IsBehind}) -> {page, Last, IsReady, IsBehind} end,
             Pages).

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
sent(Pid, #page{is_behind = IsBehind, last = Last, way = Way} = Page, Common, Whole, Newest) ->
    Update = case IsBehind of
                 false -> Common;
                 true -> Whole(Last)
             end,
    Page#page{last = Newest, is_behind = false, is_ready = is_sent(Way, Update) orelse given(Pid, Update)}.

is_sent(own, _) -> false;
is_sent({Socket, Session}, Update) ->
    fxaot_dashboard_login:is_valid(Session) andalso fxaot_dashboard_socket:try_send(Socket, Update).

%% It says when it has sent it, or ends.
given(Pid, Update) ->
    Pid ! {fxaot_dashboard, Update},
    false.

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
