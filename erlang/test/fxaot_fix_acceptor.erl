%% A counterparty of FIX sessions that does what a test says: it sends any bytes, and reads one message after another.
%% One for each test's process.
-module(fxaot_fix_acceptor).

-include_lib("stdlib/include/assert.hrl").

-export([listen/0, accept/1, accept_without_logon/1, logged_on/1, synced/1, send/2, send/3, resend/4, send_bytes/1, framed/1,
         expect/1, expect/2, expect_any/1, expect_one/0, nothing_but/1, closed/0, numbers/2, close/0, now_text/1]).

-define(WAIT_MS, 10000).

listen() ->
    {ok, Listen} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}, {reuseaddr, true}, {nodelay, true}]),
    {ok, Port} = inet:port(Listen),
    numbers(1, 1),
    {Listen, Port}.

%% The numbers of the next message that is sent, and of the next one that is read.
numbers(Out, In) ->
    put(fix_out, Out),
    put(fix_in, In),
    ok.

accept_without_logon(Listen) ->
    {ok, Socket} = gen_tcp:accept(Listen, ?WAIT_MS),
    put(fix_socket, Socket),
    put(fix_buffer, <<>>),
    ok.

%% The logon.
accept(Listen) ->
    ok = accept_without_logon(Listen),
    expect(logon).

logged_on(Listen) ->
    Logon = accept(Listen),
    send(logon, #{encrypt_method => 0, heart_bt_int => maps:get(heart_bt_int, Logon)}),
    Logon.

%% Until the session is up on the other side.
synced(Listen) ->
    Logon = logged_on(Listen),
    answer(expect(test_request)),
    Logon.

answer(#{test_req_id := Id}) -> send(heartbeat, #{test_req_id => Id}).

send(Name, Fields) ->
    Seq = get(fix_out),
    put(fix_out, Seq + 1),
    send(Name, Fields, Seq).

send(Name, Fields, Seq) ->
    {ok, Bytes} = fxaot_fix_codec:encode(Name, maps:merge(header(Seq), Fields)),
    send_bytes(Bytes).

%% Once more, what was sent first at a time, ms since 1970.
resend(Name, Fields, Seq, Before) ->
    send(Name, Fields#{poss_dup_flag => true, orig_sending_time => fxaot_fix_time:text(Before)}, Seq).

header(Seq) -> #{sender_comp_id => <<"BROKER">>, target_comp_id => <<"DESK">>, msg_seq_num => Seq, sending_time => now_text(0)}.

now_text(AheadMs) -> fxaot_fix_time:text(erlang:system_time(millisecond) + AheadMs).

send_bytes(Bytes) -> ok = gen_tcp:send(get(fix_socket), Bytes).

%% A message around a body, in which | stands for the separator, with its right length and sum.
framed(Body) ->
    Bytes = << <<(case Char of $| -> 1; _ -> Char end)>> || <<Char>> <= iolist_to_binary(Body) >>,
    Start = <<"8=FIX.4.4", 1, "9=", (integer_to_binary(byte_size(Bytes)))/binary, 1, Bytes/binary>>,
    Sum = lists:sum(binary_to_list(Start)) rem 256,
    <<Start/binary, (iolist_to_binary(io_lib:format("10=~3..0b", [Sum])))/binary, 1>>.

%% The next message has this name and the next number; a repeated one has its own.
expect(Name) ->
    {Got, Fields} = next(),
    ?assertEqual({Name, Fields}, {Got, Fields}),
    case Fields of
        #{poss_dup_flag := true} -> ok;
        #{msg_seq_num := Seq} ->
            ?assertEqual(get(fix_in), Seq),
            put(fix_in, Seq + 1)
    end,
    Fields.

%% One of these.
expect_any(Names) ->
    {Got, #{msg_seq_num := Seq}} = next(),
    ?assert(lists:member(Got, Names)),
    put(fix_in, Seq + 1),
    Got.

%% Any message, or `closed'.
expect_one() -> next().

%% And these fields.
expect(Name, Wanted) ->
    Fields = expect(Name),
    ?assertEqual(Wanted, maps:with(maps:keys(Wanted), Fields)),
    Fields.

%% A test request is answered, and before that comes nothing: what was sent has had no answer.
nothing_but(Answer) ->
    send(test_request, #{test_req_id => Answer}),
    expect(heartbeat, #{test_req_id => Answer}).

next() ->
    case fxaot_fix_codec:decode(get(fix_buffer)) of
        {ok, Message, Rest} ->
            put(fix_buffer, Rest),
            Message;
        {more, _} ->
            case gen_tcp:recv(get(fix_socket), 0, ?WAIT_MS) of
                {ok, Bytes} -> put(fix_buffer, <<(get(fix_buffer))/binary, Bytes/binary>>), next();
                {error, Reason} -> {Reason, #{}}
            end
    end.

%% The other side has ended the connection, and has said no more.
closed() -> ?assertEqual({closed, #{}}, next()).

close() -> gen_tcp:close(get(fix_socket)).
