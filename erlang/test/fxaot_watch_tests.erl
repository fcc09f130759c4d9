-module(fxaot_watch_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() -> {foreach, fun file/0, fun file:delete/1,
                [fun what_is_not_changed/1, fun another_content_of_the_same_size/1,
                 fun the_same_content_again/1, fun gone_and_back/1,
                 fun a_save_in_pieces/1, fun no_plain_file/1]}.

file() ->
    Name = filename:join("/tmp", "fxaot-watch-" ++ os:getpid() ++ "-" ++
                             integer_to_list(erlang:unique_integer([positive]))),
    ok = file:write_file(Name, "one"),
    Name.

%% What the second look after a change says.
looks(Watch, Change) ->
    Change(),
    {unchanged, Next} = fxaot_watch:look(Watch),
    fxaot_watch:look(Next).

what_is_not_changed(File) ->
    fun() ->
            Watch = fxaot_watch:new(File),
            {unchanged, Next} = fxaot_watch:look(Watch),
            ?assertMatch({unchanged, _}, fxaot_watch:look(Next))
    end.

%% In the same second, with the same size.
another_content_of_the_same_size(File) ->
    fun() ->
            Watch = fxaot_watch:new(File),
            {changed, Second} = looks(Watch, fun() -> ok = file:write_file(File, "two") end),
            {unchanged, Third} = fxaot_watch:look(Second),
            ?assertMatch({changed, _}, looks(Third, fun() -> ok = file:write_file(File, "six") end))
    end.

the_same_content_again(File) ->
    fun() ->
            Watch = fxaot_watch:new(File),
            Touch = fun() -> ok = file:change_time(File, {{2030, 1, 1}, {0, 0, 0}}) end,
            ?assertMatch({unchanged, _}, looks(Watch, Touch))
    end.

gone_and_back(File) ->
    fun() ->
            Watch = fxaot_watch:new(File),
            {unchanged, Second} = looks(Watch, fun() -> ok = file:delete(File) end),
            {unchanged, Third} = looks(Second, fun() -> ok = file:write_file(File, "one") end),
            ?assertMatch({changed, _}, looks(Third, fun() -> ok = file:write_file(File, "1") end))
    end.

%% A piece between two looks each.
a_save_in_pieces(File) ->
    fun() ->
            Write = fun(Content, Watch) ->
                            ok = file:write_file(File, Content),
                            {unchanged, Next} = fxaot_watch:look(Watch),
                            Next
                    end,
            Watch = lists:foldl(Write, fxaot_watch:new(File), ["t", "tw", "two"]),
            {changed, Next} = fxaot_watch:look(Watch),
            ?assertMatch({unchanged, _}, fxaot_watch:look(Next))
    end.

no_plain_file(File) ->
    fun() ->
            Watch = fxaot_watch:new(File),
            ok = file:delete(File),
            ok = file:make_symlink("/dev/zero", File),
            {unchanged, Device} = fxaot_watch:look(Watch),
            ok = file:delete(File),
            ?assertMatch({changed, _},
                         looks(Device, fun() -> ok = file:write_file(File, "two") end))
    end.
