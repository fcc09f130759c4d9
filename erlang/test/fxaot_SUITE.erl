-module(fxaot_SUITE).
-export([all/0,a/1]).
all() -> [a].
a(_) -> ok.
