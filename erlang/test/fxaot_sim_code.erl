%% The code of the journal as it is, but in a simulated node: calls of modules that touch disk, clock or other processes
%% are calls of the simulation. What runs is compiled from the abstract code of the modules under test, under another name.
-module(fxaot_sim_code).

-export([load/0, name/1]).

%% What runs in the simulation.
-define(MODULES, [fxaot_journal, fxaot_journal_files, fxaot_journal_writer, fxaot_journal_recovery,
                  fxaot_journal_history]).

%% What takes the place of whole modules.
-define(STANDINS, #{file => fxaot_sim_disk, filelib => fxaot_sim_disk, gen_server => fxaot_sim_node, timer => fxaot_sim_node,
                    fxaot_journals_sup => fxaot_sim_node, fxaot_engines => fxaot_sim_node, fxaot_heir => fxaot_sim_node,
                    fxaot_alarm => fxaot_sim_node, fxaot_telemetry => fxaot_sim_node,
                    fxaot_telemetry_emit => fxaot_sim_node, fxaot_journal_figures => fxaot_sim_figures, fxaot_account_terms => fxaot_sim_node}).

%% And of functions.
-define(FUNCTIONS, #{{erlang, start_timer} => fxaot_sim_node, {erlang, monotonic_time} => fxaot_sim_node,
                     {erlang, system_time} => fxaot_sim_node, {fxaot_names, set_journal} => fxaot_sim_node,
                     {fxaot_journal_writer, start_link} => fxaot_sim_node, {fxaot_journal_writer, job} => fxaot_sim_node,
                     {fxaot_nif, lock_file} => fxaot_sim_disk, {fxaot_nif, unlock_file} => fxaot_sim_disk,
                     {fxaot_nif, lose_journal} => fxaot_sim_node, {fxaot_nif, journal_snapshot} => fxaot_sim_node,
                     {fxaot_nif, apply_records} => fxaot_sim_node, {fxaot_nif, frame_records} => fxaot_sim_node,
                     {fxaot_nif, remove_strategy} => fxaot_sim_node,
                     {fxaot_account_terms, option_names} => fxaot_account_terms,
                     {fxaot_account_terms, limited} => fxaot_account_terms,
                     {fxaot_engines, find} => {fxaot_sim_node, engine_found}}).

%% @doc The name under which a module runs in the simulation.
name(Module) -> list_to_atom("fxaot_sim_of_" ++ atom_to_list(Module)).

%% @doc Loads them. The application is compiled with its debug information.
load() -> lists:foreach(fun load/1, ?MODULES).

load(Module) ->
    {module, Module} = code:ensure_loaded(Module),
    Beam = filename:join([code:lib_dir(fxaot), "ebin", atom_to_list(Module) ++ ".beam"]),
    {ok, {Module, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(Beam, [abstract_code]),
    Name = name(Module),
    Options = [binary, export_all, nowarn_export_all, return_errors],
    {ok, Name, Code} = compile:forms([form(Form) || Form <- Forms], Options),
    {module, Name} = code:load_binary(Name, Beam, Code),
    ok.

form({attribute, Line, module, Module}) -> {attribute, Line, module, name(Module)};
form({function, _, _, _, _} = Function) -> replaced(Function);
form(Form) -> Form.

replaced({remote, Line, {atom, _, Module}, {atom, _, Function}}) ->
    {Other, Name} = standin(Module, Function),
    {remote, Line, {atom, Line, Other}, {atom, Line, Name}};
replaced({function, {atom, Line, Module}, {atom, _, Function}, Arity}) ->
    {Other, Name} = standin(Module, Function),
    {function, {atom, Line, Other}, {atom, Line, Name}, Arity};
replaced(Tuple) when is_tuple(Tuple) -> list_to_tuple(replaced(tuple_to_list(Tuple)));
replaced([First | Rest]) -> [replaced(First) | replaced(Rest)];
replaced(Other) -> Other.

standin(Module, Function) ->
    case {?FUNCTIONS, ?STANDINS} of
        {#{{Module, Function} := {_, _} = Other}, _} -> Other;
        {#{{Module, Function} := Other}, _} -> {Other, Function};
        {_, #{Module := Other}} -> {Other, Function};
        _ ->
            case lists:member(Module, ?MODULES) of
                true -> {name(Module), Function};
                false -> {Module, Function}
            end
    end.
