%% @private Values of a strategy's parameters and of a script's inputs, as the native functions take them.
-module(fxaot_params).

-export([params/1, inputs/1]).

-export_type([params/0, inputs/0]).

-define(MAX_PARAMS, 64).
-define(MAX_NAME_BYTES, 63).
%% Of an input's title, and of a text given to it.
-define(MAX_TITLE_BYTES, 4095).

-type params() :: [{Name :: binary(), Value :: float()}].
-type inputs() :: [{Name :: binary(), Value :: float() | boolean() | binary()}].

%% @doc A strategy's parameters by name. The strategy checks whether they exist and fit.
-spec params(map()) -> {ok, params()} | fxaot_terms:error().
params(Params) when map_size(Params) > ?MAX_PARAMS ->
    {error, {limit, #{parameters => map_size(Params), maximum => ?MAX_PARAMS}}};
params(Params) -> each_param(lists:sort(maps:to_list(Params)), []).

each_param([], Done) -> twice(Done);
each_param([{Key, Value} | Rest], Done) when is_number(Value), is_atom(Key) orelse is_binary(Key) ->
    Name = fxaot_terms:text(Key),
    case {parameter_name(Name), fxaot_terms:number(Value)} of
        {true, {ok, Float}} -> each_param(Rest, [{Name, Float} | Done]);
        {true, error} -> bad_parameter(Key, Value);
        {false, _} -> {error, {unknown_parameter, #{parameter => Key}}}
    end;
each_param([{Key, Value} | _], _) -> bad_parameter(Key, Value).

twice(Done) ->
    Names = [Name || {Name, _} <- Done],
    case Names -- lists:usort(Names) of
        [] -> {ok, Done};
        [Twice | _] -> {error, {bad_parameter, #{parameter => Twice, given => twice}}}
    end.

%% @doc A script's inputs by title or variable. The script checks whether they exist and fit.
-spec inputs(map()) -> {ok, inputs()} | fxaot_terms:error().
inputs(Inputs) when map_size(Inputs) > ?MAX_PARAMS ->
    {error, {limit, #{parameters => map_size(Inputs), maximum => ?MAX_PARAMS}}};
inputs(Inputs) -> each_input(lists:sort(maps:to_list(Inputs)), []).

each_input([], Done) -> twice(Done);
each_input([{Key, Value} | Rest], Done) when is_atom(Key); is_binary(Key) ->
    case {title(fxaot_terms:text(Key)), input(Value)} of
        {{ok, Name}, {ok, Given}} -> each_input(Rest, [{Name, Given} | Done]);
        {error, _} -> {error, {unknown_parameter, #{parameter => Key}}};
        {_, error} -> bad_input(Key, Value)
    end;
each_input([{Key, Value} | _], _) -> bad_input(Key, Value).

input(Value) when is_boolean(Value) -> {ok, Value};
input(Value) when is_number(Value) -> fxaot_terms:number(Value);
input(Value) when is_atom(Value); is_binary(Value) -> title(fxaot_terms:text(Value));
input(_) -> error.

title(Text) when byte_size(Text) > ?MAX_TITLE_BYTES -> error;
title(Text) ->
    case binary:match(Text, <<0>>) of
        nomatch -> {ok, Text};
        _ -> error
    end.

bad_input(Key, Value) ->
    {error, {bad_parameter, #{parameter => Key, value => Value,
                              message => <<"an input takes a number, true, false or a text">>}}}.

bad_parameter(Key, Value) -> {error, {bad_parameter, #{parameter => Key, value => Value}}}.

parameter_name(Name) ->
    Name =/= <<>> andalso byte_size(Name) =< ?MAX_NAME_BYTES
        andalso binary:match(Name, <<0>>) =:= nomatch.
