%% @private The journals of a group: each engine has one of its own, in the sub-folders 1, 2 … of the group's folder. What
%% belongs to the group as a whole, its size and its deployments, stands in that of the first engine.
-module(fxaot_group_journal).

-export([prepare/1, member/2, check_size/3, keep/3, forget/2, deployed/1, unknown/2, joined/2, restore/2, move/5, settle/2]).

%% Instruments on their way from one engine to another.
-type move() :: {From :: atom(), To :: atom(), Symbols :: [atom(), ...]}.

%% @doc Whether the folder can be a group's.
-spec prepare(Options :: map()) -> ok | fxaot:error().
prepare(#{journal := _} = Options) ->
    case fxaot_journal_options:check(Options) of
        ok ->
            Dir = dir(Options),
            case fxaot_journal_files:prepare(Dir) of
                ok -> no_engine(Dir, fxaot_journal_files:segments(Dir));
                Error -> Error
            end;
        Error -> Error
    end;
prepare(_) -> ok.

no_engine(_, {ok, []}) -> ok;
no_engine(Dir, {ok, _}) -> {error, {journal_folder, #{path => Dir, reason => engine}}};
no_engine(_, Error) -> Error.

dir(Options) ->
    #{dir := Dir} = fxaot_journal_options:read(Options),
    Dir.

%% @doc The options of a group's N-th engine.
-spec member(N :: pos_integer(), Options :: map()) -> map().
member(N, #{journal := Journal} = Options) ->
    Whole = if
                is_map(Journal) -> Journal;
                true -> #{}
            end,
    Options#{journal => Whole#{dir => filename:join(dir(Options), integer_to_list(N))}};
member(_, Options) -> Options.

%% @doc The group has to have as many engines as before: instruments and the numbers of orders are spread over them.
-spec check_size(First :: atom(), Count :: pos_integer(), Options :: map()) -> ok | fxaot:error().
check_size(First, Count, #{journal := _} = Options) ->
    case fxaot_journal:terms(First) of
        {ok, #{{group, count} := Count}} -> ok;
        {ok, #{{group, count} := Before}} ->
            {error, {journal_folder, #{path => dir(Options), reason => count, engines => Before}}};
        {ok, _} -> fxaot_journal:keep(First, {group, count}, Count);
        Error -> Error
    end;
check_size(_, _, _) -> ok.

%% @doc The engine's journal knows that it is one of a group.
-spec joined(Engine :: atom(), Options :: map()) -> ok.
joined(Engine, #{journal := _}) ->
    case fxaot_journal:terms(Engine) of
        {ok, #{{group, member} := true}} -> ok;
        _ -> fxaot_journal:keep(Engine, {group, member}, true)
    end;
joined(_, _) -> ok.

%% @doc Keeps a deployment of an engine, or of a group, as long as that has a journal.
-spec keep(Group :: atom(), Id :: atom(), Saved :: map()) -> ok.
keep(Group, Id, Saved) ->
    {Engine, Key} = place(Group, Id),
    fxaot_journal:keep(Engine, Key, Saved).

-spec forget(Group :: atom(), Id :: atom()) -> ok.
forget(Group, Id) ->
    {Engine, Key} = place(Group, Id),
    fxaot_journal:forget(Engine, Key).

place(Group, Id) ->
    case fxaot_engines:find(Group) of
        {ok, #{kind := group}} ->
            [First] = fxaot_group:names(Group, 1),
            {First, {group, deployment, Id}};
        _ -> {Group, {deployment, Id}}
    end.

%% @doc The strategies that have been deployed to an engine, as its journal's terms tell: those of a group stand in the
%% first engine's.
-spec deployed(Terms :: #{term() => term()}) -> [Id :: atom()] | of_group.
deployed(#{{group, member} := true}) -> of_group;
deployed(Terms) -> [Id || {deployment, Id} <- maps:keys(Terms)].

%% @doc Those of a group's strategies that the end came upon while they were deployed or undeployed, before that was written
%% down.
-spec unknown(Group :: atom(), Ids :: [atom()]) -> [Id :: atom()].
unknown(Group, Ids) ->
    [First] = fxaot_group:names(Group, 1),
    {ok, Terms} = fxaot_journal:terms(First),
    [Id || Id <- Ids, not is_map_key({group, deployment, Id}, Terms)].

%% @doc Starts the deployments of an engine or a group again that its journal knows. Of a strategy that is not there, since
%% the node died while it came or went, nothing stays.
-spec restore(Group :: atom(), Ids :: [atom()]) -> ok.
restore(Group, Ids) ->
    {Engine, Key} = place(Group, all),
    case fxaot_journal:terms(Engine) of
        {ok, Terms} -> each(Group, Ids, setelement(tuple_size(Key), Key, '_'), lists:sort(maps:to_list(Terms)));
        _ -> ok
    end.

each(Group, Ids, Pattern, Terms) ->
    lists:foreach(fun({Key, Saved}) ->
                          case is_tuple(Key) andalso tuple_size(Key) =:= tuple_size(Pattern)
                              andalso setelement(tuple_size(Key), Key, '_') =:= Pattern of
                              true -> restored(Group, element(tuple_size(Key), Key), Saved, Ids);
                              false -> ok
                          end
                  end, Terms).

restored(Group, Id, Saved, Ids) ->
    case lists:member(Id, Ids) of
        true -> fxaot_deployments:restore(Group, Id, Saved);
        false -> forget(Group, Id)
    end.

%% ---- moves ------------------------------------------------------------------

%% @doc Moves instruments by Do, so that a crash at any moment leaves them in one engine. The move is announced in the first
%% engine's journal; that of the engine which they leave writes nothing until the other one has them. Then Do is undone by
%% Undo where the other one's disk fails. Without a journal it is Do alone.
%% ```
%%   first engine   │ announced │                                      │ done
%%   From           │           │ held            │ snapshot without   │
%%   To             │           │ snapshot with   │                    │
%% '''
-spec move(Options :: map(), First :: atom(), move(), Do :: fun(() -> ok | fxaot:error()),
           Undo :: fun(() -> ok | fxaot:error())) -> ok | fxaot:error().
move(#{journal := _}, First, {From, To, [Symbol | _]} = Move, Do, Undo) ->
    Key = {group, moving, Symbol},
    ok = fxaot_journal:keep(First, Key, Move),
    case first_error([fun() -> fxaot_journal:sync(First) end, fun() -> fxaot_journal:hold(From, To) end]) of
        ok ->
            Answer = done(Do(), From, To, Undo),
            _ = fxaot_journal:sync(From) =:= ok andalso fxaot_journal:forget(First, Key),
            Answer;
        Error ->
            ok = fxaot_journal:forget(First, Key),
            Error
    end;
move(_, _, _, Do, _) -> Do().

done(ok, From, To, Undo) ->
    case fxaot_journal:sync(To) of
        ok ->
            _ = fxaot_journal:release(From),
            ok;
        Error ->
            ok = Undo(),
            _ = fxaot_journal:release(From),
            Error
    end;
done(Error, From, _, _) ->
    _ = fxaot_journal:release(From),
    Error.

first_error([]) -> ok;
first_error([Step | Rest]) ->
    case Step() of
        ok -> first_error(Rest);
        Error -> Error
    end.

%% @doc Ends the moves that a crash has cut off, before the engines of a group take quotes: instruments that both engines
%% have belong to the one to which they were moved. Has tells whether an engine has an instrument.
-spec settle(First :: atom(), Has :: fun((Engine :: atom(), Symbol :: atom()) -> boolean())) -> ok | fxaot:error().
settle(First, Has) ->
    {ok, Terms} = fxaot_journal:terms(First),
    first_error([fun() -> settled(First, Key, Move, Has) end || {{group, moving, _} = Key, Move} <- maps:to_list(Terms)]).

settled(First, Key, {From, To, Symbols}, Has) ->
    Twice = [Symbol || Symbol <- Symbols, Has(From, Symbol), Has(To, Symbol)],
    case Twice =:= [] orelse dropped(From, Twice) of
        {error, _} = Error -> Error;
        _ -> fxaot_journal:forget(First, Key)
    end.

dropped(From, Symbols) ->
    {ok, Engine} = fxaot:handle(From),
    first_error([fun() -> fxaot_nif:drop(Engine, Symbols) end, fun() -> fxaot_journal:sync(From) end]).
