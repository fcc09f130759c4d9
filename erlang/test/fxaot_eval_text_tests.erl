-module(fxaot_eval_text_tests).
-include_lib("eunit/include/eunit.hrl").

%% The same as Tests/StrategyLanguageTests/Version5Tests.swift asks of the virtual machine.
dates_test_() ->
    [{Text, ?_assert(Expected == fxaot_eval_date:milliseconds(list_to_binary(Text)))}
     || {Text, Expected} <- [
            {"Feb 01 2020 22:10:05", 1580595005000}, {"04 Dec 1995 00:12:00 GMT+5", 818017920000},
            {"2015 03 03", 1425340800000}, {"27 MAY 24 00:00 +0300", 1716757200000},
            {"2020-02-20T15:30", 1582212600000}, {"20 Feb 2020", 1582156800000},
            {"2020-02-20 15:30", 1582212600000}, {"1 January 2020", 1577836800000},
            {"2020/01/02", 1577923200000}, {"Sat, 01 Feb 2020 22:10:05 GMT", 1580595005000},
            {"20200102", 1577923200000}, {"31-Oct-2024", 1730332800000},
            {"2020-02-20T15:30:00.250Z", 1582212600250}, {"5 Mar 99 12:00 EST", 920653200000},
            {"2020-02-20T15:30+02:00", 1582205400000},
            {"Thu, 20 Feb 2020 15:30 GMT-0330", 1582225200000}, {"2020-02", 1580515200000},
            {"29 Feb 2024", 1709164800000}, {"29 Feb 2023", na}, {"yesterday", na}, {"", na},
            {"2020-13-01", na}, {"20 Feb", na}, {"2020-02-20T25:30", na}, {"Marvel 1 2020", na},
            {"1 2 3", na}, {"2020-02-20 15:30 15:30", na}, {"20 Feb Mar 2020", na},
            {"2020-02-20 12", na}]].

characters_are_counted_not_bytes_test_() ->
    Call = fun(Function, Arguments) -> fxaot_eval_text:function(Function, Arguments, [], 0.01) end,
    [?_assertEqual(5.0, Call(text_length, [<<"héllo"/utf8>>])),
     ?_assertEqual(2.0, Call(text_position, [<<"→€x"/utf8>>, <<"x">>])),
     ?_assertEqual(<<"é"/utf8>>, Call(text_substring, [<<"héllo"/utf8>>, 1.0, 2.0])),
     ?_assertEqual(<<"€"/utf8>>, Call(text_substring, [<<"→€"/utf8>>, 1.0, 9.0])),
     ?_assertEqual(<<>>, Call(text_substring, [<<"→€"/utf8>>, 2.0, na])),
     ?_assertEqual(<<"HÉSS"/utf8>>, Call(text_upper, [<<"héß"/utf8>>])),
     ?_assertEqual(<<"àb"/utf8>>, Call(text_lower, [<<"ÀB"/utf8>>])),
     ?_assertEqual(1365.0, Call(text_length, [Call(text_repeat, [<<"€"/utf8>>, 3000.0, <<>>])]))].
