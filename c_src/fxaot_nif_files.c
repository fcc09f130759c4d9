/* Quote files and the simulated market.
 * Longer than a file should be: options, states and records of one parser. */
#include "fxaot_nif.h"

#include <string.h>

static const struct {
  uint32_t format;
  const ERL_NIF_TERM *atom;
} formats[] = {{FXAOT_FORMAT_LEAN, &atoms.lean},         {FXAOT_FORMAT_TRUEFX, &atoms.truefx},
               {FXAOT_FORMAT_HISTDATA, &atoms.histdata}, {FXAOT_FORMAT_BARS, &atoms.bars},
               {FXAOT_FORMAT_QUOTES, &atoms.quotes},     {FXAOT_FORMAT_COLUMNS, &atoms.columns}};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)
/* A bar becomes four quotes. */
#define QUOTES_PER_BAR 4

/* (Head) */
FXAOT_NIF(fxaot_nif_detect_format_1) {
  ErlNifBinary head;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &head)) return enif_make_badarg(env);
  size_t looked_at = head.size < 65536 ? head.size : 65536;
  uint32_t format = fxaot_detect_format(head.data, looked_at);
  for (unsigned i = 0; i < FORMAT_COUNT; i++)
    if (formats[i].format == format) return fxaot_ok(env, *formats[i].atom);
  return fxaot_status_error(env, FXAOT_BAD_FORMAT, enif_make_new_map(env));
}

static ERL_NIF_TERM parser_term(ErlNifEnv *env, const fxaot_parser *parser) {
  ERL_NIF_TERM term;
  memcpy(enif_make_new_binary(env, sizeof *parser, &term), parser, sizeof *parser);
  return term;
}

static bool get_parser(ErlNifEnv *env, ERL_NIF_TERM term, fxaot_parser *parser) {
  ErlNifBinary binary;
  if (!enif_inspect_binary(env, term, &binary) || binary.size != sizeof *parser) return false;
  memcpy(parser, binary.data, sizeof *parser);
  return true;
}

#define SENTENCE_BYTES 2048
#define NAMES_BYTES 4096

static bool get_string(ErlNifEnv *env, ERL_NIF_TERM term, char *out, size_t size) {
  ErlNifBinary binary;
  if (!enif_inspect_binary(env, term, &binary) || memchr(binary.data, 0, binary.size)) return false;
  size_t length = binary.size < size ? binary.size : size - 1;
  memcpy(out, binary.data, length);
  out[length] = 0;
  return true;
}

/* The name of a column's symbol, if its key is the name itself, else undefined. */
static ERL_NIF_TERM symbol_name(ErlNifEnv *env, uint64_t key) {
  char name[sizeof key + 1] = {0};
  if (key == 0 || key >> 63) return atoms.undefined;
  for (unsigned i = 0; i < sizeof key; i++) name[i] = (char)(key >> (8 * i) & 0xff);
  return fxaot_text(env, name);
}

/* (Head, IsWhole, Names, Zone): {ok, Parser, Sentence, IsBars, NeedsDay, Symbol}. */
FXAOT_NIF(fxaot_nif_sniff_4) {
  ErlNifBinary head;
  fxaot_parser parser;
  char names[NAMES_BYTES], zone[FXAOT_ZONE_BYTES], sentence[SENTENCE_BYTES] = {0};
  (void)argc;
  memset(&parser, 0, sizeof parser);
  if (!enif_inspect_binary(env, argv[0], &head) || !get_string(env, argv[2], names, sizeof names) ||
      !get_string(env, argv[3], zone, sizeof zone))
    return enif_make_badarg(env);
  int32_t status = fxaot_sniff_text(&parser, head.data, head.size, argv[1] == atoms.atom_true,
                                    names, zone, sentence, sizeof sentence);
  ERL_NIF_TERM text = fxaot_text(env, sentence);
  if (status != FXAOT_OK)
    return fxaot_status_error(env, status, fxaot_map(env, 1, &atoms.message, &text));
  return enif_make_tuple6(env, atoms.ok, parser_term(env, &parser), text,
                          parser.layout.is_bars ? atoms.atom_true : atoms.atom_false,
                          parser.layout.since_midnight ? atoms.atom_true : atoms.atom_false,
                          symbol_name(env, parser.layout.symbol));
}

/* Completes a parser that knows its format: (Parser, Symbol, DayNs, BadLineLimit, LatestNs,
 * Column), of which Column is the symbol whose rows are read where a column names it, or undefined. */
FXAOT_NIF(fxaot_nif_set_parser_6) {
  fxaot_parser parser;
  char symbol[FXAOT_SYMBOL_BYTES];
  ErlNifSInt64 day, latest;
  ErlNifUInt64 limit;
  (void)argc;
  if (!get_parser(env, argv[0], &parser) || !enif_get_uint64(env, argv[3], &limit) ||
      !enif_get_int64(env, argv[4], &latest))
    return enif_make_badarg(env);
  parser.symbol = fxaot_get_text(env, argv[1], symbol, sizeof symbol)
                      ? fxaot_symbol_key(symbol, strlen(symbol))
                      : 0;
  if (parser.symbol == 0)
    return fxaot_status_error(env, FXAOT_BAD_INSTRUMENT,
                              fxaot_map(env, 1, &atoms.symbol, &argv[1]));
  if (!enif_get_int64(env, argv[2], &day) || day < 0 || day > FXAOT_MAX_TIME_NS)
    return fxaot_status_error(env, FXAOT_BAD_TIME, fxaot_map(env, 1, &atoms.time, &argv[2]));
  if (parser.layout.symbol && argv[5] != atoms.undefined &&
      fxaot_get_text(env, argv[5], symbol, sizeof symbol))
    parser.layout.symbol = fxaot_symbol_key(symbol, strlen(symbol));
  parser.day_ns = day;
  parser.bad_line_limit = limit;
  parser.earliest_ns = FXAOT_MIN_TIME_NS;
  parser.latest_ns = latest < FXAOT_MAX_TIME_NS ? latest : FXAOT_MAX_TIME_NS;
  return fxaot_ok(env, parser_term(env, &parser));
}

/* (Format, Symbol, DayNs, BadLineLimit) */
FXAOT_NIF(fxaot_nif_parser_4) {
  fxaot_parser parser;
  char symbol[FXAOT_SYMBOL_BYTES];
  ErlNifSInt64 day;
  ErlNifUInt64 limit;
  (void)argc;
  memset(&parser, 0, sizeof parser);
  for (unsigned i = 0; i < FORMAT_COUNT; i++)
    if (*formats[i].atom == argv[0]) parser.format = formats[i].format;
  if (parser.format == FXAOT_FORMAT_UNKNOWN)
    return fxaot_status_error(env, FXAOT_BAD_FORMAT, argv[0]);
  if (fxaot_get_text(env, argv[1], symbol, sizeof symbol))
    parser.symbol = fxaot_symbol_key(symbol, strlen(symbol));
  if (parser.symbol == 0)
    return fxaot_status_error(env, FXAOT_BAD_INSTRUMENT,
                              fxaot_map(env, 1, &atoms.symbol, &argv[1]));
  if (!enif_get_int64(env, argv[2], &day) || day < 0 || day > FXAOT_MAX_TIME_NS)
    return fxaot_status_error(env, FXAOT_BAD_TIME, fxaot_map(env, 1, &atoms.time, &argv[2]));
  if (!enif_get_uint64(env, argv[3], &limit))
    return fxaot_error(env, atoms.bad_argument, fxaot_map(env, 1, &atoms.bad_lines, &argv[3]));
  parser.day_ns = day;
  parser.bad_line_limit = limit;
  return fxaot_ok(env, parser_term(env, &parser));
}

static ERL_NIF_TERM line_reason(ErlNifEnv *env, uint8_t reason) {
  static const char *const names[] = {"other", "columns", "time", "range", "number",
                                      "price", "level",   "bar",  "size"};
  return reason < sizeof names / sizeof *names ? enif_make_atom(env, names[reason])
                                               : fxaot_unknown_code(env, reason);
}

/* The first bad lines as they are: [{Number, Reason, Text}]. */
static ERL_NIF_TERM bad_texts(ErlNifEnv *env, const fxaot_parser *parser) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  uint64_t kept =
      parser->bad_lines < FXAOT_BAD_TEXTS_KEPT ? parser->bad_lines : FXAOT_BAD_TEXTS_KEPT;
  while (kept--) {
    char text[FXAOT_BAD_TEXT_BYTES];
    memcpy(text, parser->bad_texts[kept], sizeof text);
    text[sizeof text - 1] = 0;
    ERL_NIF_TERM line =
        enif_make_tuple3(env, enif_make_uint64(env, parser->bad_line_numbers[kept]),
                         line_reason(env, parser->bad_reasons[kept]), fxaot_text(env, text));
    list = enif_make_list_cell(env, line, list);
  }
  return list;
}

static ERL_NIF_TERM parser_info(ErlNifEnv *env, const fxaot_parser *parser) {
  ERL_NIF_TERM numbers = enif_make_list(env, 0);
  uint64_t kept =
      parser->bad_lines < FXAOT_BAD_LINES_KEPT ? parser->bad_lines : FXAOT_BAD_LINES_KEPT;
  while (kept--)
    numbers =
        enif_make_list_cell(env, enif_make_uint64(env, parser->bad_line_numbers[kept]), numbers);
  ERL_NIF_TERM keys[] = {atoms.lines,     atoms.bad_lines, atoms.bad_line_numbers,
                         atoms.bad_texts, atoms.rows,      atoms.other_symbols};
  ERL_NIF_TERM values[] = {enif_make_uint64(env, parser->lines),
                           enif_make_uint64(env, parser->bad_lines),
                           numbers,
                           bad_texts(env, parser),
                           enif_make_uint64(env, parser->rows),
                           enif_make_uint64(env, parser->other_symbols)};
  return fxaot_map(env, 6, keys, values);
}

static uint64_t count_lines(const unsigned char *bytes, size_t size) {
  uint64_t lines = 1;
  const unsigned char *at = bytes, *end = bytes + size;
  while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) lines++, at++;
  return lines;
}

/* (Parser, Bytes, Final) */
FXAOT_NIF(fxaot_nif_parse_3) {
  fxaot_parser parser;
  ErlNifBinary bytes, out;
  (void)argc;
  if (!get_parser(env, argv[0], &parser) || !enif_inspect_binary(env, argv[1], &bytes))
    return enif_make_badarg(env);
  parser.final = argv[2] == atoms.atom_true;
  uint64_t capacity = count_lines(bytes.data, bytes.size);
  if (parser.format == FXAOT_FORMAT_BARS || parser.layout.is_bars) capacity *= QUOTES_PER_BAR;
  if (!enif_alloc_binary(capacity * sizeof(fxaot_quote), &out))
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  int32_t status = fxaot_parse_quotes(&parser, bytes.data, bytes.size, out.data, capacity);
  if (status == FXAOT_OK && enif_realloc_binary(&out, parser.written * sizeof(fxaot_quote)))
    return enif_make_tuple4(env, atoms.ok, enif_make_binary(env, &out),
                            enif_make_uint64(env, parser.consumed), parser_term(env, &parser));
  enif_release_binary(&out);
  if (status == FXAOT_OK) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  return fxaot_status_error(env, status, parser_info(env, &parser));
}

/* (Parser) */
FXAOT_NIF(fxaot_nif_parser_info_1) {
  fxaot_parser parser;
  (void)argc;
  if (!get_parser(env, argv[0], &parser)) return enif_make_badarg(env);
  return parser_info(env, &parser);
}

/* ---- rows in the order of time ------------------------------------------- */

typedef struct sorter_resource {
  const fxaot_library *library;
  fxaot_sorter *sorter;
  ErlNifMutex *lock; /* a sorter has no owner; calls take turns */
} sorter_resource;

static ErlNifResourceType *sorter_type;

static void destroy_sorter(ErlNifEnv *env, void *object) {
  sorter_resource *handle = object;
  (void)env;
  handle->library->sorter_free(handle->sorter);
  if (handle->lock) enif_mutex_destroy(handle->lock);
}

bool fxaot_open_sorters(ErlNifEnv *env, ErlNifResourceFlags flags) {
  sorter_type = enif_open_resource_type(env, NULL, "fxaot_sorter_2", destroy_sorter, flags, NULL);
  return sorter_type;
}

/* (Width) */
FXAOT_NIF(fxaot_nif_sorter_1) {
  unsigned width;
  (void)argc;
  if (!enif_get_uint(env, argv[0], &width)) return enif_make_badarg(env);
  sorter_resource *handle = enif_alloc_resource(sorter_type, sizeof *handle);
  if (!handle) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  memset(handle, 0, sizeof *handle);
  handle->library = &fxaot_own_library;
  handle->lock = enif_mutex_create("fxaot_sorter");
  int32_t status =
      handle->lock ? handle->library->sorter_new(width, &handle->sorter) : FXAOT_OUT_OF_MEMORY;
  ERL_NIF_TERM term = enif_make_resource(env, handle);
  enif_release_resource(handle);
  return status == FXAOT_OK ? fxaot_ok(env, term)
                            : fxaot_status_error(env, status, enif_make_new_map(env));
}

/* (Sorter, Quotes, Final): ok, or why they cannot be put in order. Dirty. */
FXAOT_NIF(fxaot_nif_sort_3) {
  void *object;
  ErlNifBinary quotes;
  (void)argc;
  if (!enif_get_resource(env, argv[0], sorter_type, &object) ||
      !enif_inspect_binary(env, argv[1], &quotes))
    return enif_make_badarg(env);
  sorter_resource *handle = object;
  enif_mutex_lock(handle->lock);
  int32_t status =
      handle->library->sorter_add(handle->sorter, quotes.data, quotes.size / sizeof(fxaot_quote));
  if (status == FXAOT_OK && argv[2] == atoms.atom_true)
    handle->library->sorter_finish(handle->sorter);
  enif_mutex_unlock(handle->lock);
  return status == FXAOT_OK ? atoms.ok : fxaot_status_error(env, status, enif_make_new_map(env));
}

/* (Sorter, Count): {ok, Quotes, RowsThatWereOlderThanTheOneBefore} */
FXAOT_NIF(fxaot_nif_sorted_2) {
  void *object;
  ErlNifUInt64 count;
  ErlNifBinary out;
  (void)argc;
  if (!enif_get_resource(env, argv[0], sorter_type, &object) ||
      !enif_get_uint64(env, argv[1], &count) || count < 1 || count > 1048576)
    return enif_make_badarg(env);
  sorter_resource *handle = object;
  if (!enif_alloc_binary(count * sizeof(fxaot_quote), &out))
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  enif_mutex_lock(handle->lock);
  uint64_t taken = handle->library->sorter_take(handle->sorter, out.data, count);
  uint64_t unordered = handle->library->sorter_unordered(handle->sorter);
  enif_mutex_unlock(handle->lock);
  if (!enif_realloc_binary(&out, taken * sizeof(fxaot_quote))) {
    enif_release_binary(&out);
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  return enif_make_tuple3(env, atoms.ok, enif_make_binary(env, &out),
                          enif_make_uint64(env, unordered));
}

/* ---- simulated market ---------------------------------------------------- */

void fxaot_market_destructor(ErlNifEnv *env, void *object) {
  market_resource *handle = object;
  (void)env;
  handle->library->market_free(handle->market);
  if (handle->lock) enif_mutex_destroy(handle->lock);
}

/* (Symbol, Seed, StartNs, Price, AnnualVolatility, QuotesPerDay, SpreadSteps, Decimals) */
FXAOT_NIF(fxaot_nif_market_8) {
  fxaot_market_config config;
  char symbol[FXAOT_SYMBOL_BYTES];
  ErlNifUInt64 seed;
  ErlNifSInt64 start;
  (void)argc;
  memset(&config, 0, sizeof config);
  if (!enif_get_uint64(env, argv[1], &seed) || !enif_get_int64(env, argv[2], &start) ||
      !enif_get_double(env, argv[3], &config.price) ||
      !enif_get_double(env, argv[4], &config.annual_volatility) ||
      !enif_get_double(env, argv[5], &config.quotes_per_day) ||
      !enif_get_double(env, argv[6], &config.spread_steps) ||
      !enif_get_uint(env, argv[7], &config.price_decimals))
    return enif_make_badarg(env);
  if (fxaot_get_text(env, argv[0], symbol, sizeof symbol))
    config.symbol = fxaot_symbol_key(symbol, strlen(symbol));
  if (config.symbol == 0)
    return fxaot_status_error(env, FXAOT_BAD_INSTRUMENT,
                              fxaot_map(env, 1, &atoms.symbol, &argv[0]));
  config.seed = seed;
  config.start_ns = start;

  market_resource *handle = enif_alloc_resource(fxaot_market_type, sizeof *handle);
  if (!handle) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  memset(handle, 0, sizeof *handle);
  handle->library = &fxaot_own_library;
  handle->lock = enif_mutex_create("fxaot_market");
  int32_t status =
      handle->lock ? handle->library->market_new(&config, &handle->market) : FXAOT_OUT_OF_MEMORY;
  ERL_NIF_TERM term = enif_make_resource(env, handle);
  enif_release_resource(handle);
  if (status != FXAOT_OK) return fxaot_status_error(env, status, enif_make_new_map(env));
  return fxaot_ok(env, term);
}

/* (Market, EndNs, Count) */
FXAOT_NIF(fxaot_nif_market_next_3) {
  void *object;
  ErlNifSInt64 end;
  ErlNifUInt64 count;
  ErlNifBinary out;
  (void)argc;
  if (!enif_get_resource(env, argv[0], fxaot_market_type, &object)) return enif_make_badarg(env);
  market_resource *handle = object;
  if (!enif_get_int64(env, argv[1], &end) || end < 0 || end > FXAOT_MAX_TIME_NS)
    return fxaot_status_error(env, FXAOT_BAD_TIME, fxaot_map(env, 1, &atoms.time, &argv[1]));
  if (!enif_get_uint64(env, argv[2], &count) || count < 1 || count > 1048576)
    return fxaot_error(env, atoms.limit, fxaot_map(env, 1, &atoms.count, &argv[2]));
  if (!handle->market || !enif_alloc_binary(count * sizeof(fxaot_quote), &out))
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  enif_mutex_lock(handle->lock);
  uint64_t written = handle->library->market_next(handle->market, end, out.data, count);
  enif_mutex_unlock(handle->lock);
  if (!enif_realloc_binary(&out, written * sizeof(fxaot_quote))) {
    enif_release_binary(&out);
    return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  }
  return fxaot_ok(env, enif_make_binary(env, &out));
}
