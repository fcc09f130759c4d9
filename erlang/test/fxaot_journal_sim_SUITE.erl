%% A few seeds of `make sim', and that it finds what is wrong.
-module(fxaot_journal_sim_SUITE).

-compile([export_all, nowarn_export_all]).

-include_lib("stdlib/include/assert.hrl").

-define(SEEDS, 300).

all() -> [seeds_hold, a_seed_does_the_same_again, planted_faults_are_found].

suite() -> [{timetrap, {minutes, 5}}].

init_per_suite(Config) ->
    logger:set_primary_config(level, none),
    ok = fxaot_sim:load(),
    Config.

end_per_suite(_) -> logger:set_primary_config(level, notice).

seeds_hold(_) ->
    {Failures, Counts} = fxaot_sim:many(1, ?SEEDS, 1),
    ?assertEqual([], Failures),
    ct:pal("~p", [Counts]),
    ?assertEqual([], [What || What <- [runs, inputs, faults, kill, power, stop, journal_dies, unavailable, {flipped, refused},
                                       {flipped, started}],
                              not is_map_key(What, Counts)]).

a_seed_does_the_same_again(_) ->
    [?assertEqual(again(Seed), again(Seed)) || Seed <- [7, 8, 9]].

again(Seed) -> {fxaot_sim:run(Seed), rand:export_seed()}.

planted_faults_are_found(_) ->
    [?assertMatch({Fault, Found} when Found > 0, {Fault, found(Fault)})
     || Fault <- [syncs_do_nothing, early_answers, a_record_is_lost, a_record_is_doubled]].

found(Fault) -> length([Seed || Seed <- lists:seq(1, 60), element(1, fxaot_sim:run(Seed, Fault)) =:= failed]).
