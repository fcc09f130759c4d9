%% Of the file feed's modules.

%% A text that is ready to be read, and its first quote's time.
-record(text, {source :: fxaot_bytes:source(),
               label :: string(),
               bytes :: non_neg_integer(),
               symbol :: atom(),
               parser :: fxaot_nif:parser(),
               format :: binary(),
               width :: 1 | 4,
               first :: integer()}).
