/* Orders, tickets and trades as terms, and the account's terms, the risk's and the venue's from terms. */
#ifndef FXAOT_NIF_TRADING_H
#define FXAOT_NIF_TRADING_H

#include "fxaot_nif.h"

/* ---- terms ▶ structs: false for a wrong type or length -------------------- */

/* A binary of at most FXAOT_ID_BYTES, or of an attached order with its end; an empty one is no id. */
bool fxaot_get_id(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_id *out);
bool fxaot_get_account_terms(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_account_terms *out);
bool fxaot_get_risk(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_risk *out);
bool fxaot_get_venue(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_venue *out);
bool fxaot_get_trading_terms(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_terms *out);
bool fxaot_get_request(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_order_request *out);
bool fxaot_get_change(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_order_change *out);
bool fxaot_get_report(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_report *out);

/* ---- structs ▶ terms ------------------------------------------------------ */

ERL_NIF_TERM fxaot_order_term(ErlNifEnv *env, const fxaot_order *order);
ERL_NIF_TERM fxaot_ticket_term(ErlNifEnv *env, const fxaot_ticket *ticket);
ERL_NIF_TERM fxaot_trade_term(ErlNifEnv *env, const fxaot_trade *trade);
ERL_NIF_TERM fxaot_gateway_request_term(ErlNifEnv *env, const fxaot_gateway_request *request);
ERL_NIF_TERM fxaot_account_term(ErlNifEnv *env, const fxaot_account *account);
/* The field of an order that a fault is of. */
ERL_NIF_TERM fxaot_fault_term(ErlNifEnv *env, uint32_t fault);

#endif
