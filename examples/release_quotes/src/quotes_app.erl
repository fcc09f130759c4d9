-module(quotes_app).
-behaviour(application).
-behaviour(supervisor).

-export([start/2, stop/1, init/1]).

start(_, _) -> supervisor:start_link({local, quotes_sup}, ?MODULE, []).

stop(_) -> ok.

%% The engine first: the journal subscribes to it.
init([]) ->
    {ok, {#{strategy => rest_for_one},
          [fxaot:child_spec(eur, #{instruments => ['EURUSD']}),
           #{id => quotes_journal, start => {quotes_journal, start_link, []}}]}}.
