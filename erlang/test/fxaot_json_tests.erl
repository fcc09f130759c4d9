-module(fxaot_json_tests).

-include_lib("eunit/include/eunit.hrl").

values_test_() ->
    [?_assertEqual({ok, Term}, fxaot_json:decode(Text))
     || {Text, Term} <-
            [{<<" [1, -2, 0.5, 1e2, 2.5E-1] ">>, [1, -2, 0.5, 100.0, 0.25]},
             {<<"{\"a\":{},\"b\":[null,true,false]}">>,
              #{<<"a">> => #{}, <<"b">> => [null, true, false]}},
             {<<"\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\/\"">>, <<"é😀\n\"\\/"/utf8>>},
             {<<"[] and more">>, []}]].

what_is_none_test_() ->
    [?_assertEqual(error, fxaot_json:decode(Text))
     || Text <- [<<>>, <<"[1">>, <<"{\"a\"}">>, <<"\"\\x\"">>, <<"\"a">>, <<"nul">>, <<"[1 2]">>,
                 <<"\"\\ud83d\"">>, <<255>>]].
