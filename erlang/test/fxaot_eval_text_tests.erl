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
     ?_assertEqual(1365.0, Call(text_length, [Call(text_repeat, [<<"€"/utf8>>, 3000.0, <<>>])])),
     ?_assertEqual(<<"NASDAQ:SYMBOL">>, Call(text_match, [<<"sell some NASDAQ:SYMBOL!">>, <<"[\\w]+:[\\w]+">>])),
     ?_assertEqual(<<"é"/utf8>>, Call(text_match, [<<"1é"/utf8>>, <<"[^\\d]">>])),
     ?_assertEqual(<<>>, Call(text_match, [<<"abc">>, <<"\\d">>])),
     ?_assertEqual(na, Call(text_match, [na, <<"a">>]))].

%% The same as Tests/StrategyLanguageTests/Formulas/TextTests.swift asks of the virtual machine.
numbers_are_written_as_the_machine_does_test_() ->
    Plain = fun(X) -> fxaot_eval_text:function(text_of_number, [X], [], 0.01) end,
    As = fun(X, F) -> fxaot_eval_text:function(text_of_number_formatted, [X, F], [], 0.01) end,
    [?_assertEqual(<<"0.3">>, Plain(0.1 + 0.2)), ?_assertEqual(<<"1000000000000000000000">>, Plain(1.0e21)),
     ?_assertEqual(<<"0">>, Plain(-0.00000000004)), ?_assertEqual(<<"NaN">>, Plain(na)),
     ?_assertEqual(<<".5">>, As(0.5, <<"#.0">>)), ?_assertEqual(<<"0.5">>, As(0.5, <<"#.#">>)),
     ?_assertEqual(<<"2.68">>, As(2.675, <<"#.##">>)), ?_assertEqual(<<"-3">>, As(-2.5, <<"#">>)),
     ?_assertEqual(<<"123,4567">>, As(1234567.0, <<"#,####">>)),
     ?_assertEqual(<<"(1.5)">>, As(-1.5, <<"0.0;(0.0)">>)), ?_assertEqual(<<"#3">>, As(3.0, <<"'#'0">>)),
     ?_assertEqual(<<"25.6%">>, As(0.256, <<"#.#%">>)), ?_assertEqual(<<"abc3">>, As(2.5, <<"abc">>)),
     ?_assertEqual(<<"1.01">>, As(1.005, <<"mintick">>)), ?_assertEqual(<<"NaN%">>, As(na, <<"percent">>)),
     ?_assertEqual(<<"1.235M">>, As(1234567.0, <<"volume">>)), ?_assertEqual(<<"12">>, As(12.4, <<"volume">>))].

messages_are_those_of_the_machine_test_() ->
    Message = fun(Pattern, X) ->
                      fxaot_eval_text:function(text_format, [Pattern, X], [true, is_binary(X)], 0.01)
              end,
    [?_assertEqual(<<"1,234,567.123">>, Message(<<"{0}">>, 1234567.12345)),
     ?_assertEqual(<<"-0">>, Message(<<"{0}">>, -0.0004)), ?_assertEqual(<<"1.3">>, Message(<<"{0,number,#.#}">>, 1.25)),
     ?_assertEqual(<<"1,235">>, Message(<<"{0, number, Integer }">>, 1234.5)),
     ?_assertEqual(<<"-$1,234.50">>, Message(<<"{0,number,currency}">>, -1234.5)),
     ?_assertEqual(<<" 1.3">>, Message(<<"{0,number, #.#}">>, 1.25)),
     ?_assertEqual(<<"{0} it's 1">>, Message(<<"'{0}' it''s {0}">>, 1.0)),
     ?_assertEqual(<<"{1}x">>, Message(<<"{1}{0}">>, <<"x">>)), ?_assertEqual(<<"{0">>, Message(<<"{0">>, 1.0)),
     ?_assertEqual(<<"Monday, March 4, 2024">>, Message(<<"{0,date,full}">>, 1709561109007.0)),
     ?_assertEqual(<<"2:05:09 PM">>, Message(<<"{0,time}">>, 1709561109007.0))].

times_have_their_letters_test_() ->
    Text = fun(Pattern) -> fxaot_eval_text:clock(1709543109007.0, -18000000, Pattern) end,
    [?_assertEqual(<<"2024-03-04T09:05:09-0500">>, Text(<<>>)),
     ?_assertEqual(<<"-05 -0500 -05:00 GMT-05:00">>, Text(<<"X XX XXX z">>)),
     ?_assertEqual(<<"4 04 64 064 10 2 1 AD">>, Text(<<"d dd D DDD w W u G">>)),
     ?_assertEqual(<<"9 o'clock 'AM' Mon Monday">>, Text(<<"h 'o''clock' ''a'' EEE EEEE">>))].

rounding_is_that_of_the_machine_test_() ->
    Round = fun(X, Places) -> fxaot_eval_number:function(round_to, [X, Places], 0.01) end,
    [?_assertEqual(2.68, Round(2.675, 2.0)), ?_assertEqual(-2.68, Round(-2.675, 2.0)),
     ?_assertEqual(100019.74, Round(100019.7405, 3.0)), ?_assertEqual(2.67, Round(2.6749999999999, 2.0)),
     ?_assertEqual(-3.0, fxaot_eval_number:function(round, [-2.5], 0.01)),
     ?_assertEqual(-1.01, fxaot_eval_number:function(round_to_mintick, [-1.005], 0.01))].

numbers_are_read_as_the_machine_does_test_() ->
    Read = fun(Text) -> fxaot_eval_text:function(text_to_number, [Text], [], 0.01) end,
    [?_assertEqual(Expected, Read(Text))
     || {Text, Expected} <- [{<<" 12\t">>, 12.0}, {<<"-1.5">>, -1.5}, {<<".5">>, 0.5}, {<<"1.">>, 1.0},
                             {<<"2.5E-1">>, 0.25}, {<<>>, na}, {<<" ">>, na}, {<<"0x10">>, na},
                             {<<"inf">>, na}, {<<"1 2">>, na}, {<<"--1">>, na}, {<<".">>, na}]].
