%% @private What an upgrade of the release must know: the native library stays the one that the node has started
%% with. So the new modules must speak its interface, and scripts are compiled by its version's tool.
-module(fxaot_upgrade).

-export([check/1, priv/0]).

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

%% @doc The priv folder that the native library was loaded from. The tool there has the library's kernels: state
%% that one has begun, the other must continue to the bit.
-spec priv() -> file:filename_all().
priv() ->
    case {persistent_term:get({fxaot_nif, priv}, none), code:priv_dir(fxaot)} of
        {none, {error, _}} -> filename:join(filename:dirname(filename:dirname(code:which(?MODULE))), "priv");
        {none, Priv} -> Priv;
        {Priv, _} -> Priv
    end.
