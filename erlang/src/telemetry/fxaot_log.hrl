%% Every log line of the application is one of these: a report with `text', a sentence without "fxaot" and without its
%% subject, and with `engine', `group', `strategy' where there are some. See fxaot_log.
-include_lib("kernel/include/logger.hrl").

%% Nothing is evaluated when the level is off.
-define(FXAOT_LOG(Level, Report), ?LOG(Level, Report, fxaot_log:metadata(Report))).
