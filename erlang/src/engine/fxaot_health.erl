%% @private The application's health, for a probe: see docs/configuration.md.
-module(fxaot_health).

-export([health/0, ready/0]).

-export_type([health/0, process/0]).

%% `restarting': there is no process now, or quotes do not reach it yet. `queue': messages that wait.
-type process() :: #{status := up | restarting | given_up | lost, queue := non_neg_integer()}.
-type health() ::
        #{running := boolean(),
          native := true | {false, Why :: binary()},
          engines := #{atom() => process()},
          groups := #{atom() => process()},
          %% Of the engines that have one. `durable': number of the newest record that is.
          journals := #{atom() => #{status := starting | up | unavailable, durable := non_neg_integer(),
                                    why => term()}},
          %% By engine or group, and id. `is_as_asked': whether it runs on the requested tier.
          deployments := #{{atom(), atom()} =>
                               #{status := up | restarting, queue := non_neg_integer(),
                                 is_as_asked := boolean(), why := binary(),
                                 %% It has missed quotes since (ns).
                                 stale_since => integer()}},
          quarantined := non_neg_integer(),
          ready := boolean()}.

%% @doc Asks no process, so it answers at once.
-spec health() -> health().
health() ->
    Entries = try fxaot_engines:all() catch error:badarg -> [] end,
    Health = #{running => is_pid(whereis(fxaot_sup)),
               native => native(),
               engines => maps:from_list([{Name, engine(Name, Status)}
                                          || #{kind := engine, name := Name, status := Status} <- Entries]),
               groups => maps:from_list([{Name, process(whereis(Name))}
                                         || #{kind := group, name := Name} <- Entries]),
               journals => maps:from_list([{Name, Journal} || #{kind := engine, name := Name} <- Entries,
                                                              #{} = Journal <- [fxaot_journal_figures:health(Name)]]),
               deployments => deployments(),
               quarantined => length(fxaot_quarantine:list())},
    Health#{ready => is_ready(Health)}.

%% @doc Whether everything works: native code is loaded, every engine, group and strategy has its process
%% and its state, and every journal takes records: without one its engine refuses new orders.
-spec ready() -> boolean().
ready() -> maps:get(ready, health()).

is_ready(#{running := Running, native := Native} = Health) ->
    Running andalso Native =:= true
        andalso lists:all(fun(#{status := Status}) -> Status =:= up end,
                          lists:append([maps:values(map_get(Kind, Health))
                                        || Kind <- [engines, groups, deployments, journals]])).

native() ->
    case fxaot_beam:load_error() of
        none -> true;
        Why -> {false, Why}
    end.

engine(_, given_up) -> #{status => given_up, queue => 0};
engine(Name, Status) ->
    Pid = whereis(Name),
    case process(Pid) of
        #{status := up} = Process when Status =:= lost -> Process#{status := lost};
        #{status := up} = Process ->
            case fxaot_names:is_ready(Name, Pid) of
                true -> Process;
                false -> Process#{status := restarting}
            end;
        Process -> Process
    end.

process(undefined) -> #{status => restarting, queue => 0};
process(Pid) ->
    case process_info(Pid, message_queue_len) of
        {_, Length} -> #{status => up, queue => Length};
        undefined -> #{status => restarting, queue => 0}
    end.

deployments() ->
    Stale = maps:from_list([{{fxaot_names:group(Name), Id}, Since} || {Name, Id, Since} <- fxaot_engines:all_stale()]),
    maps:from_list([{Key, maps:merge(maps:merge(process(Pid), tier(Saved)), age(Key, Stale))}
                    || {Key, Pid, Saved} <- fxaot_deployments:saved()]).

age(Key, Stale) ->
    case Stale of
        #{Key := Since} -> #{stale_since => Since};
        #{} -> #{}
    end.

tier(#{versions := [#{tier := Asked} | _], why := Why, is_native := IsNative, is_script := IsScript}) ->
    #{is_as_asked => IsNative orelse Asked =:= vm orelse not IsScript, why => Why};
%% It is being deployed.
tier(_) -> #{is_as_asked => true, why => <<>>}.
