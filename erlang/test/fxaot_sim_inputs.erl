%% What happens to an engine in the simulation: quotes, orders of a client, strategies, what an application keeps, and a
%% broker's reports. `next(N)' is one of them, by a number from 1 to 100.
-module(fxaot_sim_inputs).

-export([next/1, given/1]).

-include("fxaot_sim.hrl").

next(N) when N =< 45 -> tick(fxaot_sim:pick(['EURUSD', 'EURUSD', 'GBPUSD']));
next(N) when N =< 48 -> ticks(rand:uniform(300));
next(N) when N =< 51 ->
    later(rand:uniform(20) * ?SECOND),
    #run{time = Time} = get(?RUN),
    given({advance, Time});
next(N) when N =< 68 -> given({submit, order()});
next(N) when N =< 71 -> given({cancel, some_order()});
next(N) when N =< 73 -> given({modify, some_order(), #{price => near('EURUSD', 0.004)}});
next(N) when N =< 75 -> given({close, fxaot_sim:pick(['EURUSD', 'GBPUSD'])});
next(76) -> given({close, {ticket, some_order()}});
next(77) -> given({close_by, some_order(), some_order()});
next(78) -> given({cancel_all, fxaot_sim:pick([#{}, #{symbol => 'EURUSD'}])});
next(79) -> given({deposit, rand:uniform(1000)});
next(80) -> given({withdraw, rand:uniform(1000)});
next(N) when N =< 82 ->
    given({set_state, fxaot_sim:pick([active, active, active, reducing, halted])}),
    given(apply_state);
next(83) -> given({set_state, active});
next(N) when N =< 86 ->
    case get(?RUN) of
        #run{options = #{strategies := true}} -> strategy();
        _ -> tick('EURUSD')
    end;
next(87) ->
    case get(?RUN) of
        #run{strategies = [Id | Rest]} ->
            fxaot_sim:changed(fun(Run) -> Run#run{strategies = Rest} end),
            given({remove, Id}),
            own({delete, {deployment, Id}});
        _ -> ok
    end;
next(88) -> given({risk, fxaot_sim:pick([#{}, #{max_orders => 4}])});
next(N) when N =< 92 -> handed_over();
next(N) when N =< 96 -> reported();
next(N) when N =< 98 ->
    case [Key || {note, _} = Key <- fxaot_sim_model:known_terms()] of
        [Key | _] = Keys when length(Keys) > 3 -> own({delete, Key});
        _ -> own({put, {note, rand:uniform(6)}, rand:uniform(1000)})
    end;
next(_) -> fxaot_sim_node:ask(sync, fxaot_sim_node:client({input, fxaot_sim_model:count()})).

own(Term) ->
    Version = fxaot_sim_model:kept(Term),
    fxaot_sim:step({Term, Version}),
    fxaot_sim_node:ask({own, Term}, fxaot_sim_node:client({kept, Version})).

%% Gives it to the engine. With the policy `always' its answer waits, as in the engine's process.
given(Input) ->
    #run{engine = Engine, options = #{journal := #{sync := Sync}}} = get(?RUN),
    fxaot_sim:step(Input),
    fxaot_sim:counted(inputs),
    Answer = fxaot_sim_model:input(Engine, Input),
    _ = Sync =:= always andalso is_promise(Input) andalso not is_error(Answer)
        andalso fxaot_sim_of_fxaot_journal:acknowledge(sim, fxaot_sim_node:find(sim), fxaot_sim_node:client({input, fxaot_sim_model:count()}), ok),
    Answer.

is_error(Answer) -> is_tuple(Answer) andalso element(1, Answer) =:= error.

is_promise(Input) when is_tuple(Input) -> not lists:member(element(1, Input), [tick, ticks, advance, set_state, requests]);
is_promise(Input) -> Input =:= apply_state.

later(By) -> fxaot_sim:changed(fun(#run{time = Time} = Run) -> Run#run{time = Time + By} end).

%% Some quotes are late, some far ahead, some crossed.
tick(Symbol) ->
    later(case rand:uniform(60) of
              1 -> rand:uniform(72) * 3600 * ?SECOND;
              2 -> -rand:uniform(5) * ?SECOND;
              _ -> rand:uniform(2000) * ?MS
          end),
    #run{time = Time} = get(?RUN),
    {Bid, Ask} = quote(Symbol),
    given({tick, Symbol, case rand:uniform(80) of 1 -> Time + 30 * 86400 * ?SECOND; _ -> Time end, Bid, Ask,
           case rand:uniform(4) of 1 -> 100.0 * rand:uniform(50); _ -> 0.0 end}).

ticks(Count) ->
    given({ticks, iolist_to_binary([begin
                                        later(rand:uniform(500) * ?MS),
                                        #run{time = Time} = get(?RUN),
                                        {Bid, Ask} = quote('EURUSD'),
                                        fxaot_nif:quote('EURUSD', Time, Bid, Ask, 0.0, 0.0)
                                    end || _ <- lists:seq(1, Count)])}).

quote(Symbol) ->
    fxaot_sim:changed(fun(#run{mids = #{Symbol := Mid} = Mids} = Run) ->
                    Run#run{mids = Mids#{Symbol := Mid * (1 + (rand:uniform() - 0.5) * fxaot_sim:pick([0.0004, 0.0004, 0.002]))}}
            end),
    #run{mids = #{Symbol := Mid}} = get(?RUN),
    Bid = round(Mid * 100000),
    {Bid / 100000, (Bid + rand:uniform(6) - 1) / 100000}.

near(Symbol, Width) ->
    #run{mids = #{Symbol := Mid}} = get(?RUN),
    round(Mid * (1 + (rand:uniform() - 0.5) * Width) * 100000) / 100000.

id(N) -> <<"o", (integer_to_binary(N))/binary>>.

some_order() ->
    #run{orders = Orders} = get(?RUN),
    id(max(1, Orders - rand:uniform(8) + 1)).

order() ->
    fxaot_sim:changed(fun(#run{orders = Orders} = Run) -> Run#run{orders = Orders + 1} end),
    #run{orders = Number, options = #{journal := #{quotes := AreQuotes}}} = get(?RUN),
    Symbol = fxaot_sim:pick(['EURUSD', 'EURUSD', 'GBPUSD']),
    Plain = #{id => id(Number), symbol => Symbol, side => fxaot_sim:pick([buy, sell]), quantity => 1000 * rand:uniform(20)},
    Typed = case rand:uniform(10) of
                N when N =< 5 -> Plain;
                N when N =< 8 -> Plain#{type => fxaot_sim:pick([limit, stop, market_if_touched]), price => near(Symbol, 0.004)};
                9 -> Plain#{type => fxaot_sim:pick([stop_limit, limit_if_touched]), price => near(Symbol, 0.004),
                            limit => near(Symbol, 0.004)};
                %% Where it stands between two commits the journal without quotes does not say.
                10 when AreQuotes -> Plain#{type => stop, price => near(Symbol, 0.004), trail => 20 + rand:uniform(100)};
                10 -> Plain
            end,
    lists:foldl(fun({Key, Value}, Order) ->
                        case rand:uniform(6) of
                            1 -> Order#{Key => Value};
                            _ -> Order
                        end
                end, Typed,
                [{stop_loss, near(Symbol, 0.02)}, {take_profit, near(Symbol, 0.02)}, {oco, <<"group">>},
                 {tif, fxaot_sim:pick([day, ioc, fok])}, {reduce_only, true}]).

strategy() ->
    #run{strategies = Known} = get(?RUN),
    Id = fxaot_sim:pick([one, two, three, four]),
    Deployment = #{instrument => 'EURUSD', timeframe => {seconds, fxaot_sim:pick([2, 5])}},
    Input = case rand:uniform(2) of
                1 -> {strategy, Id, ma_crossover, Deployment#{params => #{'band' => 0.00001}}};
                2 -> {script, Id, persistent_term:get(fxaot_sim_script), Deployment#{params => #{}}}
            end,
    Answer = case lists:member(Id, Known) of
                 true -> {error, known};
                 false -> given(Input)
             end,
    case Answer of
        ok ->
            fxaot_sim:changed(fun(Run) -> Run#run{strategies = [Id | Known]} end),
            own({put, {deployment, Id}, element(1, Input)});
        _ -> ok
    end.

%% ---- the broker -----------------------------------------------------------------

%% As the gateway's link does: what it has sent is taken off, what is to be sent has to be durable first.
handed_over() ->
    case get(?RUN) of
        #run{options = #{venue := gateway}, engine = Engine, handed = Handed} ->
            case given({requests, Handed}) of
                {ok, [_ | _] = Requests} ->
                    _ = Engine,
                    fxaot_sim_node:ask(sync, fxaot_sim_node:client({sent, fxaot_sim_model:count(), Requests}));
                _ -> ok
            end;
        _ -> ok
    end.

reported() ->
    Sent = [Id || {_, {send, Id}} <- fxaot_sim_model:sent(), is_binary(Id)],
    case get(?RUN) of
        #run{options = #{venue := gateway}, executions = Number} when Sent =/= [] ->
            Id = fxaot_sim:pick(lists:sublist(lists:reverse(Sent), 6)),
            Report = #{id => Id, kind => fxaot_sim:pick([accepted, accepted, cancelled, rejected, expired, fill, fill, fill])},
            fxaot_sim:changed(fun(Run) -> Run#run{executions = Number + 1} end),
            given({report, case Report of
                               #{kind := fill} ->
                                   Report#{quantity => 1000 * rand:uniform(10), price => near('EURUSD', 0.0005),
                                           execution => <<"x", (integer_to_binary(max(1, Number - rand:uniform(3) + 2)))/binary>>,
                                           commission => rand:uniform(3)};
                               _ -> Report
                           end});
        _ -> ok
    end.
