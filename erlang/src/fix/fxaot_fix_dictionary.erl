%% @private The data dictionary of FIX 4.4 as far as a forex broker needs it: session, market data, orders, positions.
%% Names are the standard's in snake case; the tags, types and orders are those of FIX 4.4, volumes 2 to 6.
-module(fxaot_fix_dictionary).

-export([field/1, tag/1, message/1, type/1, header/0, data_of/1, length_of/1, names/0, messages/0]).

-export_type([kind/0, member/0, name/0]).

%% `{one_of, Kind, Values}': a code with these values. `data': bytes, whose length another field says.
-type kind() :: int | length | number | char | string | boolean | timestamp | date | time | data | count
              | {one_of, [binary()]}.
-type name() :: atom().
%% What a message or an entry of a group has, in its order. A group: the name of its count, and of each entry.
-type member() :: {required | optional, name()} | {required | optional, name(), [member(), ...]}.

%% ---- fields -------------------------------------------------------------------

-define(FIELDS,
        [{1, account, string}, {6, avg_px, number}, {7, begin_seq_no, int}, {11, cl_ord_id, string},
         {14, cum_qty, number}, {15, currency, string}, {16, end_seq_no, int}, {17, exec_id, string},
         {22, security_id_source, string}, {31, last_px, number}, {32, last_qty, number}, {34, msg_seq_num, int},
         {36, new_seq_no, int}, {37, order_id, string}, {38, order_qty, number},
         {39, ord_status, {one_of, [<<"0">>, <<"1">>, <<"2">>, <<"3">>, <<"4">>, <<"5">>, <<"6">>, <<"7">>, <<"8">>,
                                    <<"9">>, <<"A">>, <<"B">>, <<"C">>, <<"D">>, <<"E">>]}},
         {40, ord_type, char}, {41, orig_cl_ord_id, string}, {43, poss_dup_flag, boolean}, {44, price, number},
         {45, ref_seq_num, int}, {48, security_id, string}, {49, sender_comp_id, string}, {50, sender_sub_id, string},
         {52, sending_time, timestamp},
         {54, side, {one_of, [<<"1">>, <<"2">>, <<"3">>, <<"4">>, <<"5">>, <<"6">>, <<"7">>, <<"8">>, <<"9">>]}},
         {55, symbol, string}, {56, target_comp_id, string}, {57, target_sub_id, string}, {58, text, string},
         {59, time_in_force, char}, {60, transact_time, timestamp}, {64, settl_date, date}, {75, trade_date, date},
         {89, signature, data}, {90, secure_data_len, length}, {91, secure_data, data},
         {93, signature_length, length}, {95, raw_data_length, length}, {96, raw_data, data},
         {97, poss_resend, boolean}, {98, encrypt_method, int}, {99, stop_px, number}, {102, cxl_rej_reason, int},
         {103, ord_rej_reason, int}, {108, heart_bt_int, int}, {112, test_req_id, string},
         {115, on_behalf_of_comp_id, string}, {116, on_behalf_of_sub_id, string}, {122, orig_sending_time, timestamp},
         {123, gap_fill_flag, boolean}, {126, expire_time, timestamp}, {128, deliver_to_comp_id, string},
         {129, deliver_to_sub_id, string}, {141, reset_seq_num_flag, boolean}, {146, no_related_sym, count},
         {150, exec_type, char}, {151, leaves_qty, number}, {212, xml_data_len, length}, {213, xml_data, data},
         {262, md_req_id, string}, {263, subscription_request_type, char}, {264, market_depth, int},
         {265, md_update_type, int}, {266, aggregated_book, boolean}, {267, no_md_entry_types, count},
         {268, no_md_entries, count}, {269, md_entry_type, char}, {270, md_entry_px, number},
         {271, md_entry_size, number}, {272, md_entry_date, date}, {273, md_entry_time, time},
         {276, quote_condition, string}, {278, md_entry_id, string}, {279, md_update_action, char},
         {280, md_entry_ref_id, string}, {281, md_req_rej_reason, char}, {290, md_entry_position_no, int},
         {299, quote_entry_id, string}, {336, trading_session_id, string}, {346, number_of_orders, int},
         {348, encoded_issuer_len, length}, {349, encoded_issuer, data}, {350, encoded_security_desc_len, length},
         {351, encoded_security_desc, data}, {352, encoded_list_exec_inst_len, length},
         {353, encoded_list_exec_inst, data}, {354, encoded_text_len, length}, {355, encoded_text, data},
         {356, encoded_subject_len, length}, {357, encoded_subject, data}, {358, encoded_headline_len, length},
         {359, encoded_headline, data}, {360, encoded_alloc_text_len, length}, {361, encoded_alloc_text, data},
         {362, encoded_underlying_issuer_len, length}, {363, encoded_underlying_issuer, data},
         {364, encoded_underlying_security_desc_len, length}, {365, encoded_underlying_security_desc, data},
         {371, ref_tag_id, int}, {372, ref_msg_type, string}, {373, session_reject_reason, int},
         {378, exec_restatement_reason, int}, {379, business_reject_ref_id, string},
         {380, business_reject_reason, int}, {383, max_message_size, int}, {432, expire_date, date},
         {434, cxl_rej_response_to, {one_of, [<<"1">>, <<"2">>]}}, {445, encoded_list_status_text_len, length},
         {446, encoded_list_status_text, data}, {447, party_id_source, char}, {448, party_id, string},
         {452, party_role, int}, {453, no_party_ids, count}, {460, product, int}, {527, secondary_exec_id, string},
         {553, username, string}, {554, password, string}, {581, account_type, int},
         {584, mass_status_req_id, string}, {585, mass_status_req_type, int}, {618, encoded_leg_issuer_len, length},
         {619, encoded_leg_issuer, data}, {621, encoded_leg_security_desc_len, length},
         {622, encoded_leg_security_desc, data}, {702, no_positions, count}, {703, pos_type, string},
         {704, long_qty, number}, {705, short_qty, number}, {706, pos_qty_status, int}, {707, pos_amt_type, string},
         {708, pos_amt, number}, {710, pos_req_id, string}, {715, clearing_business_date, date},
         {721, pos_maint_rpt_id, string}, {724, pos_req_type, int}, {727, total_num_pos_reports, int},
         {728, pos_req_result, int}, {729, pos_req_status, int}, {730, settl_price, number},
         {731, settl_price_type, int}, {734, prior_settl_price, number}, {753, no_pos_amt, count},
         {789, next_expected_msg_seq_num, int}, {790, ord_status_req_id, string}, {851, last_liquidity_ind, int},
         {911, tot_num_reports, int}, {912, last_rpt_requested, boolean}]).

%% The fields whose bytes another one counts: that comes first. All of FIX 4.4: what they contain must not be read as fields.
-define(DATA,
        [{signature_length, signature}, {secure_data_len, secure_data}, {raw_data_length, raw_data},
         {encoded_text_len, encoded_text}, {xml_data_len, xml_data}, {encoded_issuer_len, encoded_issuer},
         {encoded_security_desc_len, encoded_security_desc}, {encoded_list_exec_inst_len, encoded_list_exec_inst},
         {encoded_subject_len, encoded_subject}, {encoded_headline_len, encoded_headline},
         {encoded_alloc_text_len, encoded_alloc_text}, {encoded_underlying_issuer_len, encoded_underlying_issuer},
         {encoded_underlying_security_desc_len, encoded_underlying_security_desc},
         {encoded_list_status_text_len, encoded_list_status_text}, {encoded_leg_issuer_len, encoded_leg_issuer},
         {encoded_leg_security_desc_len, encoded_leg_security_desc}]).

%% @doc The name and the kind of a tag.
-spec field(Tag :: integer()) -> {name(), kind()} | unknown.
field(Tag) ->
    case lists:keyfind(Tag, 1, ?FIELDS) of
        {_, Name, Kind} -> {Name, Kind};
        false -> unknown
    end.

%% @doc The tag and the kind of a name.
-spec tag(name()) -> {Tag :: pos_integer(), kind()} | unknown.
tag(Name) ->
    case lists:keyfind(Name, 2, ?FIELDS) of
        {Tag, _, Kind} -> {Tag, Kind};
        false -> unknown
    end.

-spec names() -> [name()].
names() -> [Name || {_, Name, _} <- ?FIELDS].

%% @doc The bytes that a length counts, and the length of bytes.
-spec data_of(name()) -> name() | none.
data_of(Length) -> proplists:get_value(Length, ?DATA, none).

-spec length_of(name()) -> name() | none.
length_of(Data) ->
    case lists:keyfind(Data, 2, ?DATA) of
        {Length, _} -> Length;
        false -> none
    end.

%% ---- messages -----------------------------------------------------------------

%% @doc What stands before the body, after BeginString, BodyLength and MsgType.
-spec header() -> [member()].
header() ->
    [{required, sender_comp_id}, {required, target_comp_id}, {optional, on_behalf_of_comp_id},
     {optional, deliver_to_comp_id}, {optional, secure_data}, {required, msg_seq_num}, {optional, sender_sub_id},
     {optional, target_sub_id}, {optional, on_behalf_of_sub_id}, {optional, deliver_to_sub_id},
     {optional, poss_dup_flag}, {optional, poss_resend}, {required, sending_time}, {optional, orig_sending_time}].

-spec messages() -> [name()].
messages() ->
    [heartbeat, test_request, resend_request, reject, sequence_reset, logout, logon, execution_report,
     order_cancel_reject, new_order_single, order_cancel_request, order_cancel_replace_request, order_status_request,
     order_mass_status_request, market_data_request, market_data_snapshot, market_data_incremental,
     market_data_request_reject, business_message_reject, request_for_positions, request_for_positions_ack,
     position_report].

%% @doc The name and the body of a message by its MsgType.
-spec message(Type :: binary()) -> {name(), [member()]} | unknown.
message(Type) ->
    case [Name || Name <- messages(), type(Name) =:= Type] of
        [Name] -> {Name, body(Name)};
        [] -> unknown
    end.

-spec type(name()) -> binary() | unknown.
type(heartbeat) -> <<"0">>;
type(test_request) -> <<"1">>;
type(resend_request) -> <<"2">>;
type(reject) -> <<"3">>;
type(sequence_reset) -> <<"4">>;
type(logout) -> <<"5">>;
type(execution_report) -> <<"8">>;
type(order_cancel_reject) -> <<"9">>;
type(logon) -> <<"A">>;
type(new_order_single) -> <<"D">>;
type(order_cancel_request) -> <<"F">>;
type(order_cancel_replace_request) -> <<"G">>;
type(order_status_request) -> <<"H">>;
type(market_data_request) -> <<"V">>;
type(market_data_snapshot) -> <<"W">>;
type(market_data_incremental) -> <<"X">>;
type(market_data_request_reject) -> <<"Y">>;
type(order_mass_status_request) -> <<"AF">>;
type(request_for_positions) -> <<"AN">>;
type(request_for_positions_ack) -> <<"AO">>;
type(position_report) -> <<"AP">>;
type(business_message_reject) -> <<"j">>;
type(_) -> unknown.

body(heartbeat) -> [{optional, test_req_id}];
body(test_request) -> [{required, test_req_id}];
body(resend_request) -> [{required, begin_seq_no}, {required, end_seq_no}];
body(reject) ->
    [{required, ref_seq_num}, {optional, ref_tag_id}, {optional, ref_msg_type}, {optional, session_reject_reason},
     {optional, text}, {optional, encoded_text}];
body(sequence_reset) -> [{optional, gap_fill_flag}, {required, new_seq_no}];
body(logout) -> [{optional, text}, {optional, encoded_text}];
body(logon) ->
    [{required, encrypt_method}, {required, heart_bt_int}, {optional, raw_data}, {optional, reset_seq_num_flag},
     {optional, next_expected_msg_seq_num}, {optional, max_message_size}, {optional, username}, {optional, password}];
body(new_order_single) ->
    [{required, cl_ord_id}, parties(), {optional, account}, {optional, account_type}, {optional, settl_date}]
        ++ instrument()
        ++ [{required, side}, {required, transact_time}, {optional, order_qty}, {required, ord_type},
            {optional, price}, {optional, stop_px}, {optional, currency}, {optional, time_in_force},
            {optional, expire_date}, {optional, expire_time}, {optional, text}, {optional, encoded_text}];
body(order_cancel_request) ->
    [{required, orig_cl_ord_id}, {optional, order_id}, {required, cl_ord_id}, {optional, account}, parties()]
        ++ instrument()
        ++ [{required, side}, {required, transact_time}, {optional, order_qty}, {optional, text}];
body(order_cancel_replace_request) ->
    [{optional, order_id}, parties(), {required, orig_cl_ord_id}, {required, cl_ord_id}, {optional, account}]
        ++ instrument()
        ++ [{required, side}, {required, transact_time}, {optional, order_qty}, {required, ord_type},
            {optional, price}, {optional, stop_px}, {optional, currency}, {optional, time_in_force},
            {optional, expire_date}, {optional, expire_time}, {optional, text}];
body(order_status_request) ->
    [{optional, order_id}, {required, cl_ord_id}, parties(), {optional, account}] ++ instrument()
        ++ [{optional, ord_status_req_id}, {required, side}];
body(order_mass_status_request) ->
    [{required, mass_status_req_id}, {required, mass_status_req_type}, parties(), {optional, account},
     {optional, symbol}, {optional, side}];
body(execution_report) ->
    [{required, order_id}, {optional, cl_ord_id}, {optional, orig_cl_ord_id}, {optional, ord_status_req_id},
     {optional, mass_status_req_id}, {optional, tot_num_reports}, {optional, last_rpt_requested}, parties(),
     {required, exec_id}, {optional, secondary_exec_id}, {required, exec_type}, {required, ord_status},
     {optional, ord_rej_reason}, {optional, exec_restatement_reason}, {optional, account}, {optional, settl_date}]
        ++ instrument()
        ++ [{required, side}, {optional, order_qty}, {optional, ord_type}, {optional, price}, {optional, stop_px},
            {optional, currency}, {optional, time_in_force}, {optional, expire_date}, {optional, expire_time},
            {optional, last_qty}, {optional, last_px}, {required, leaves_qty}, {required, cum_qty},
            {required, avg_px}, {optional, trade_date}, {optional, transact_time}, {optional, last_liquidity_ind},
            {optional, text}, {optional, encoded_text}];
body(order_cancel_reject) ->
    [{required, order_id}, {required, cl_ord_id}, {required, orig_cl_ord_id}, {required, ord_status},
     {optional, account}, {optional, transact_time}, {required, cxl_rej_response_to}, {optional, cxl_rej_reason},
     {optional, text}, {optional, encoded_text}];
body(market_data_request) ->
    [{required, md_req_id}, {required, subscription_request_type}, {required, market_depth},
     {optional, md_update_type}, {optional, aggregated_book},
     {required, no_md_entry_types, [{required, md_entry_type}]},
     {required, no_related_sym, instrument()}];
body(market_data_snapshot) ->
    [{optional, md_req_id}] ++ instrument()
        ++ [{required, no_md_entries, [{required, md_entry_type} | entry()]}];
body(market_data_incremental) ->
    [{optional, md_req_id},
     {required, no_md_entries,
      [{required, md_update_action}, {optional, md_entry_type}, {optional, md_entry_id}, {optional, md_entry_ref_id},
       {optional, symbol}, {optional, security_id}, {optional, security_id_source}, {optional, product}
       | entry() -- [{optional, md_entry_id}]]}];
body(market_data_request_reject) ->
    [{required, md_req_id}, {optional, md_req_rej_reason}, {optional, text}, {optional, encoded_text}];
body(business_message_reject) ->
    [{optional, ref_seq_num}, {required, ref_msg_type}, {optional, business_reject_ref_id},
     {required, business_reject_reason}, {optional, text}, {optional, encoded_text}];
body(request_for_positions) ->
    [{required, pos_req_id}, {required, pos_req_type}, {optional, subscription_request_type}, parties(),
     {required, account}, {required, account_type}, {optional, symbol}, {optional, currency},
     {required, clearing_business_date}, {required, transact_time}, {optional, text}];
body(request_for_positions_ack) ->
    [{required, pos_maint_rpt_id}, {optional, pos_req_id}, {optional, total_num_pos_reports},
     {required, pos_req_result}, {required, pos_req_status}, parties(), {required, account},
     {required, account_type}, {optional, symbol}, {optional, currency}, {optional, text}];
body(position_report) ->
    [{required, pos_maint_rpt_id}, {optional, pos_req_id}, {optional, pos_req_type}, {optional, subscription_request_type},
     {optional, total_num_pos_reports}, {required, pos_req_result}, {required, clearing_business_date}, parties(),
     {required, account}, {required, account_type}, {optional, symbol}, {optional, currency},
     {required, settl_price}, {required, settl_price_type}, {required, prior_settl_price},
     {required, no_positions, [{required, pos_type}, {optional, long_qty}, {optional, short_qty},
                               {optional, pos_qty_status}]},
     {required, no_pos_amt, [{required, pos_amt_type}, {required, pos_amt}]}, {optional, text}].

instrument() -> [{required, symbol}, {optional, security_id}, {optional, security_id_source}, {optional, product}].

parties() -> {optional, no_party_ids, [{required, party_id}, {optional, party_id_source}, {optional, party_role}]}.

entry() ->
    [{optional, md_entry_px}, {optional, currency}, {optional, md_entry_size}, {optional, md_entry_date},
     {optional, md_entry_time}, {optional, trading_session_id}, {optional, quote_condition}, {optional, md_entry_id},
     {optional, quote_entry_id}, {optional, number_of_orders}, {optional, md_entry_position_no}, {optional, text}].
