%% @doc The floor that calls into native code are measured against.
-module(fxaot_bench_floor).

-export([empty/5]).

-on_load(init/0).
-nifs([empty/5]).

init() ->
    erlang:load_nif(filename:join(filename:dirname(code:which(?MODULE)), "fxaot_bench_floor"), 0).

%% @doc A NIF of the arity of fxaot_nif:tick/5 that answers its second argument.
-spec empty(term(), term(), term(), term(), term()) -> term().
empty(_, _, _, _, _) -> erlang:nif_error(not_loaded).
