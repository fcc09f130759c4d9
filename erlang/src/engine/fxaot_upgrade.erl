%% @private What the release handler asks before it upgrades this application: `fxaot.appup' calls it.
%%
%% The native library stays the one that the node has started with, so the new modules must speak its interface.
-module(fxaot_upgrade).

-export([check/1]).

%% @doc Throws an error when modules of another version, with this number of the interface (FXAOT_ABI_VERSION),
%% cannot use the native library of this node. The release handler, which ignores what is returned, then
%% returns the error, and nothing has changed.
-spec check(Abi :: pos_integer()) -> ok.
check(Abi) ->
    case fxaot_beam:load_error() of
        none -> compared(fxaot_nif:abi_version(), Abi);
        %% There are no native engines, and the new version may load its own.
        _ -> ok
    end.

compared(Abi, Abi) -> ok;
compared(Running, Abi) -> throw({error, {other_interface, #{running => Running, new => Abi}}}).
