%% @private An upgrade of the release: the new modules must speak the interface of the native library that runs, then every
%% engine crosses to the new one. Both libraries are loaded; the old one serves an engine until it has crossed.
-module(fxaot_upgrade).

-include("../telemetry/fxaot_log.hrl").

-export([check/1, cross/0, priv/0]).

%% @doc For `fxaot.appup'. Throws an error when modules of another version, with this number of the interface
%% (FXAOT_ABI_VERSION), cannot use the native library of this node. The release handler, which ignores what is returned, then
%% returns the error, and nothing has changed.
-spec check(Abi :: pos_integer()) -> ok.
check(Abi) ->
    case fxaot_beam:load_error() of
        none -> compared(fxaot_nif:abi_version(), Abi);
        %% There are no native engines, and the new version may load its own.
        _ -> ok
    end.

compared(Abi, Abi) -> checked(Abi, Abi, ok);
compared(Running, Abi) ->
    checked(Running, Abi, error),
    throw({error, {other_interface, #{running => Running, new => Abi}}}).

checked(Running, New, Result) ->
    fxaot_telemetry_emit:happened([upgrade, check], #{running => Running, new => New, result => Result}).

%% @doc For `fxaot.appup', and by hand after an engine could not cross. Every engine and group crosses to the newest native
%% library by a snapshot, one after another; their strategies get native code again. One that cannot runs on where it is,
%% with an alarm. Never fails: here an error would restart the node.
-spec cross() -> ok.
cross() ->
    try
        fxaot_compiler:renew(),
        know_strategies(),
        lists:foreach(fun crossed/1, [Name || #{name := Name} <- fxaot_engines:all(), fxaot_names:group(Name) =:= Name,
                                              is_native(fxaot_names:target(Name))])
    catch
        %% The application does not run.
        error:badarg -> ok
    end.

%% The new library has yet to know those of the application's shared libraries.
know_strategies() ->
    case fxaot_strategy_libraries:load() of
        ok -> ok;
        {error, Error} -> ?FXAOT_LOG(error, #{text => fxaot:format_error(Error)})
    end.

is_native({call, _}) -> false;
is_native(_) -> true.

crossed(Name) ->
    Began = erlang:monotonic_time(millisecond),
    %% As long as it takes: an engine on its way must not be asked twice.
    Answer = try gen_server:call(Name, cross, infinity)
             catch exit:_ -> {error, {engine_down, Name}}
             end,
    told(Name, Answer, erlang:monotonic_time(millisecond) - Began).

told(_, same, _) -> ok;
told(Name, ok, Milliseconds) ->
    ?FXAOT_LOG(notice, #{engine => Name,
                         text => io_lib:format("runs in the new native library, after ~b ms", [Milliseconds])}),
    fxaot_telemetry_emit:happened([upgrade, cross], #{engine => Name}, ok),
    fxaot_alarm:clear_all(other_library, Name),
    fxaot_deployments:engine_crossed(Name);
told(Name, {error, Error} = Answer, _) ->
    ?FXAOT_LOG(error, #{engine => Name,
                        text => ["stays in the old native library: ", fxaot:format_error(Error)]}),
    fxaot_telemetry_emit:happened([upgrade, cross], #{engine => Name}, Answer),
    fxaot_alarm:set(other_library, {Name, library, fxaot_nif:abi_version()}, Error).

%% @doc The priv folder that the newest native library was loaded from. The tool there has the library's kernels: state
%% that one has begun, the other must continue to the bit. An engine of another library refuses its code.
-spec priv() -> file:filename_all().
priv() ->
    case {persistent_term:get({fxaot_nif, priv}, none), code:priv_dir(fxaot)} of
        {none, {error, _}} -> filename:join(filename:dirname(filename:dirname(code:which(?MODULE))), "priv");
        {none, Priv} -> Priv;
        {Priv, _} -> Priv
    end.
