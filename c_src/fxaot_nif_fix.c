/* FIX messages: the dictionary's rules in, bytes in, terms out. */
#include "fxaot_nif.h"

#include <string.h>

#define MOST_NAMES 256
#define MOST_FIELDS 1024
#define MOST_MESSAGES 64
#define MOST_MEMBERS 128
#define MOST_ENTRIES 256
#define MOST_WRITTEN 8192
#define MOST_BYTES 100000
#define BYTES_PER_PERCENT 4000
#define WORDS (FXAOT_FIX_TAGS / 64)

/* Tags in the dictionary's order. */
typedef struct tag_list {
  uint16_t tags[MOST_MEMBERS], count;
} tag_list;

/* The rules, and the atoms of fields and messages. Never changes once it is made. */
typedef struct fix_resource {
  uint8_t kinds[FXAOT_FIX_TAGS];
  uint64_t codes[FXAOT_FIX_TAGS][2];
  uint16_t types[FXAOT_FIX_MESSAGES];
  uint64_t members[FXAOT_FIX_MESSAGES][WORDS], required[FXAOT_FIX_MESSAGES][WORDS];
  uint64_t known[FXAOT_FIX_MESSAGES][WORDS], header[WORDS];
  fxaot_fix_group groups[FXAOT_FIX_GROUPS];
  uint64_t group_members[FXAOT_FIX_GROUPS][WORDS], group_required[FXAOT_FIX_GROUPS][WORDS];
  tag_list orders[FXAOT_FIX_MESSAGES], group_orders[FXAOT_FIX_GROUPS];
  ERL_NIF_TERM names[FXAOT_FIX_TAGS], messages[FXAOT_FIX_MESSAGES];
  uint8_t ranks[FXAOT_FIX_TAGS]; /* of the names, in their list */
  unsigned name_count;
  uint64_t message_count, group_count;
} fix_resource;

static ErlNifResourceType *fix_type;

bool fxaot_open_fix(ErlNifEnv *env, ErlNifResourceFlags flags) {
  fix_type = enif_open_resource_type(env, NULL, "fxaot_fix", NULL, flags, NULL);
  return fix_type;
}

/* ---- the rules --------------------------------------------------------------- */

static bool get_tag(ErlNifEnv *env, ERL_NIF_TERM term, unsigned *tag) {
  return enif_get_uint(env, term, tag) && *tag < FXAOT_FIX_TAGS;
}

static bool get_set(ErlNifEnv *env, ERL_NIF_TERM list, uint64_t set[WORDS]) {
  ERL_NIF_TERM head;
  unsigned tag;
  while (enif_get_list_cell(env, list, &head, &list)) {
    if (!get_tag(env, head, &tag)) return false;
    set[tag / 64] |= UINT64_C(1) << tag % 64;
  }
  return enif_is_empty_list(env, list);
}

static bool get_order(ErlNifEnv *env, ERL_NIF_TERM list, tag_list *order) {
  ERL_NIF_TERM head;
  unsigned tag;
  for (order->count = 0; enif_get_list_cell(env, list, &head, &list); order->count++) {
    if (order->count == MOST_MEMBERS || !get_tag(env, head, &tag)) return false;
    order->tags[order->count] = (uint16_t)tag;
  }
  return true;
}

/* {Tag, Name, Kind, Codes}: Codes has the bytes that a code may be. */
static bool get_field(ErlNifEnv *env, ERL_NIF_TERM term, fix_resource *fix) {
  const ERL_NIF_TERM *parts;
  ErlNifBinary codes;
  unsigned tag, kind;
  int arity;
  if (!enif_get_tuple(env, term, &arity, &parts) || arity != 4 || !get_tag(env, parts[0], &tag) ||
      !enif_is_atom(env, parts[1]) || !enif_get_uint(env, parts[2], &kind) ||
      kind > FXAOT_FIX_COUNT || !enif_inspect_binary(env, parts[3], &codes))
    return false;
  if (fix->name_count == MOST_NAMES || fix->names[tag]) return false;
  fix->names[tag] = parts[1];
  fix->ranks[tag] = (uint8_t)fix->name_count++;
  fix->kinds[tag] = (uint8_t)kind;
  for (size_t n = 0; n < codes.size; n++) {
    if (codes.data[n] >= 128) return false;
    fix->codes[tag][codes.data[n] / 64] |= UINT64_C(1) << codes.data[n] % 64;
  }
  return true;
}

static bool get_each(ErlNifEnv *env, ERL_NIF_TERM list, fix_resource *fix,
                     bool get(ErlNifEnv *, ERL_NIF_TERM, fix_resource *)) {
  ERL_NIF_TERM head;
  while (enif_get_list_cell(env, list, &head, &list))
    if (!get(env, head, fix)) return false;
  return enif_is_empty_list(env, list);
}

static void add_all(uint64_t set[WORDS], const uint64_t more[WORDS]) {
  for (unsigned word = 0; word < WORDS; word++) set[word] |= more[word];
}

/* {Count, First, Members, Required}, of the newest message */
static bool get_group(ErlNifEnv *env, ERL_NIF_TERM term, fix_resource *fix) {
  const ERL_NIF_TERM *parts;
  int arity;
  if (fix->group_count == FXAOT_FIX_GROUPS) return false;
  uint64_t n = fix->group_count;
  fxaot_fix_group *group = &fix->groups[n];
  if (!enif_get_tuple(env, term, &arity, &parts) || arity != 4 ||
      !get_tag(env, parts[0], &group->tag) || !get_tag(env, parts[1], &group->first) ||
      !get_set(env, parts[2], fix->group_members[n]) ||
      !get_order(env, parts[2], &fix->group_orders[n]) ||
      !get_set(env, parts[3], fix->group_required[n]))
    return false;
  group->message = (uint32_t)fix->message_count;
  add_all(fix->known[fix->message_count], fix->group_members[n]);
  fix->group_count++;
  return true;
}

/* {Type, Name, Members, Required, Groups} */
static bool get_message(ErlNifEnv *env, ERL_NIF_TERM term, fix_resource *fix) {
  const ERL_NIF_TERM *parts;
  ErlNifBinary type;
  int arity;
  uint64_t n = fix->message_count;
  if (n == FXAOT_FIX_MESSAGES || !enif_get_tuple(env, term, &arity, &parts) || arity != 5 ||
      !enif_inspect_binary(env, parts[0], &type) || type.size < 1 || type.size > 2 ||
      !enif_is_atom(env, parts[1]) || !get_set(env, parts[2], fix->members[n]) ||
      !get_order(env, parts[2], &fix->orders[n]) || !get_set(env, parts[3], fix->required[n]) ||
      !get_each(env, parts[4], fix, get_group))
    return false;
  add_all(fix->known[n], fix->members[n]);
  fix->types[n] = (uint16_t)(type.data[0] | (type.size == 2 ? type.data[1] << 8 : 0));
  fix->messages[n] = parts[1];
  fix->message_count++;
  return true;
}

/* (Fields, Messages, HeaderTags) */
FXAOT_NIF(fxaot_nif_fix_rules_3) {
  (void)argc;
  fix_resource *fix = enif_alloc_resource(fix_type, sizeof *fix);
  if (!fix) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  memset(fix, 0, sizeof *fix);
  bool is_good = get_each(env, argv[0], fix, get_field) &&
                 get_each(env, argv[1], fix, get_message) && get_set(env, argv[2], fix->header);
  /* A member without a name has no term. */
  for (uint64_t n = 0; is_good && n < fix->message_count; n++)
    for (unsigned tag = 0; tag < FXAOT_FIX_TAGS; tag++)
      if (fix->known[n][tag / 64] >> tag % 64 & 1 && !fix->names[tag]) is_good = false;
  ERL_NIF_TERM term = is_good ? enif_make_resource(env, fix) : enif_make_badarg(env);
  enif_release_resource(fix);
  return is_good ? fxaot_ok(env, term) : term;
}

static fxaot_fix_rules make_rules(const fix_resource *fix) {
  return (fxaot_fix_rules){.kinds = fix->kinds,
                           .codes = fix->codes[0],
                           .types = fix->types,
                           .members = fix->members[0],
                           .required = fix->required[0],
                           .known = fix->known[0],
                           .header = fix->header,
                           .groups = fix->groups,
                           .group_members = fix->group_members[0],
                           .group_required = fix->group_required[0],
                           .message_count = fix->message_count,
                           .group_count = fix->group_count};
}

/* ---- bytes to messages ------------------------------------------------------- */

typedef struct fix_source {
  const fix_resource *fix;
  ERL_NIF_TERM bytes;
  size_t start; /* of the message in the bytes */
  const fxaot_fix_field *fields;
} fix_source;

static bool make_fields(ErlNifEnv *env, const fix_source *source, uint32_t first, uint32_t end,
                        ERL_NIF_TERM *term);

/* The list of a group's entries. */
static bool make_entries(ErlNifEnv *env, const fix_source *source, uint32_t group,
                         ERL_NIF_TERM *term) {
  ERL_NIF_TERM list = enif_make_list(env, 0), entry;
  uint32_t end = group + 1 + source->fields[group].length;
  for (uint32_t n = group + 1; n < end; n += 1 + source->fields[n].length) {
    if (!make_fields(env, source, n + 1, n + 1 + source->fields[n].length, &entry)) return false;
    list = enif_make_list_cell(env, entry, list);
  }
  return enif_make_reverse_list(env, list, term);
}

static bool make_value(ErlNifEnv *env, const fix_source *source, uint32_t place,
                       ERL_NIF_TERM *term) {
  const fxaot_fix_field *field = &source->fields[place];
  switch (field->form) {
  case FXAOT_FIX_WHOLE: *term = enif_make_int64(env, field->whole); return true;
  case FXAOT_FIX_REAL: *term = enif_make_double(env, field->real); return true;
  case FXAOT_FIX_TRUE: *term = atoms.atom_true; return true;
  case FXAOT_FIX_FALSE: *term = atoms.atom_false; return true;
  case FXAOT_FIX_GROUP: return make_entries(env, source, place, term);
  default:
    *term = enif_make_sub_binary(env, source->bytes, source->start + field->offset, field->length);
    return true;
  }
}

/* The map of the fields from first to end; false where a name comes twice. They go in the order of the rules, which is
 * that of the terms: a map of sorted keys is made in less time. */
static bool make_fields(ErlNifEnv *env, const fix_source *source, uint32_t first, uint32_t end,
                        ERL_NIF_TERM *term) {
  ERL_NIF_TERM keys[MOST_NAMES], values[MOST_NAMES];
  uint64_t ranks[MOST_NAMES / 64] = {0};
  uint16_t places[MOST_NAMES];
  unsigned count = 0;
  for (uint32_t n = first; n < end; n++) {
    uint8_t rank = source->fix->ranks[source->fields[n].tag];
    ranks[rank / 64] |= UINT64_C(1) << rank % 64;
    places[rank] = (uint16_t)n;
    if (source->fields[n].form == FXAOT_FIX_GROUP) n += source->fields[n].length;
  }
  for (unsigned word = 0; word < MOST_NAMES / 64; word++)
    for (uint64_t set = ranks[word]; set; set &= set - 1) {
      uint16_t place = places[64 * word + (unsigned)__builtin_ctzll(set)];
      keys[count] = source->fix->names[source->fields[place].tag];
      if (!make_value(env, source, place, &values[count++])) return false;
    }
  return enif_make_map_from_arrays(env, keys, values, count, term);
}

/* (Rules, Bytes, MaxBody, MostMessages). {Messages, Rest}: up to the first one that is not plain. At most
 * MOST_MESSAGES, and as many as begin in the first MOST_BYTES. */
FXAOT_NIF(fxaot_nif_fix_parse_4) {
  void *object;
  ErlNifBinary bytes;
  ErlNifUInt64 most_body, most;
  fxaot_fix_field fields[MOST_FIELDS];
  fxaot_fix_message message;
  ERL_NIF_TERM messages[MOST_MESSAGES];
  unsigned count = 0;
  size_t done = 0;
  (void)argc;
  if (!enif_get_resource(env, argv[0], fix_type, &object) ||
      !enif_inspect_binary(env, argv[1], &bytes) || !enif_get_uint64(env, argv[2], &most_body) ||
      !enif_get_uint64(env, argv[3], &most))
    return enif_make_badarg(env);
  const fix_resource *fix = object;
  const fxaot_fix_rules rules = make_rules(fix);
  if (most > MOST_MESSAGES) most = MOST_MESSAGES;
  if (most_body > FXAOT_FIX_MAX_BODY) most_body = FXAOT_FIX_MAX_BODY;
  while (count < most && done < bytes.size && done < MOST_BYTES) {
    size_t left = bytes.size - done;
    if (left > FXAOT_FIX_MAX_BYTES) left = FXAOT_FIX_MAX_BYTES;
    const fix_source source = {.fix = fix, .bytes = argv[1], .start = done, .fields = fields};
    ERL_NIF_TERM map;
    if (fxaot_fix_read(&rules, bytes.data + done, left, most_body, fields, MOST_FIELDS, &message) !=
            FXAOT_OK ||
        !make_fields(env, &source, 0, message.field_count, &map))
      break;
    messages[count++] = enif_make_tuple2(env, fix->messages[message.message], map);
    done += message.bytes;
  }
  size_t percent = 1 + done / BYTES_PER_PERCENT;
  enif_consume_timeslice(env, percent > 100 ? 100 : (int)percent);
  return enif_make_tuple2(
      env, enif_make_list_from_array(env, messages, count),
      done == 0 ? argv[1] : enif_make_sub_binary(env, argv[1], done, bytes.size - done));
}

/* ---- messages to bytes ------------------------------------------------------- */

typedef struct fix_values {
  const fix_resource *fix;
  uint64_t message;
  fxaot_fix_value list[MOST_FIELDS];
  unsigned count;
} fix_values;

static bool get_members(ErlNifEnv *env, ERL_NIF_TERM map, const tag_list *order,
                        const uint64_t *required, bool is_entry, fix_values *values);

/* The number of entries, and the fields of each. A group in a group is not plain. */
static bool get_entries(ErlNifEnv *env, ERL_NIF_TERM list, bool is_entry, fxaot_fix_value *value,
                        fix_values *values) {
  const fix_resource *fix = values->fix;
  ERL_NIF_TERM entry;
  uint64_t n = 0;
  while (n < fix->group_count &&
         (fix->groups[n].tag != value->tag || fix->groups[n].message != values->message))
    n++;
  if (is_entry || n == fix->group_count) return false;
  value->form = FXAOT_FIX_GROUP;
  while (enif_get_list_cell(env, list, &entry, &list))
    if (value->whole++ == MOST_ENTRIES ||
        !get_members(env, entry, &fix->group_orders[n], fix->group_required[n], true, values))
      return false;
  return enif_is_empty_list(env, list);
}

static bool get_value(ErlNifEnv *env, ERL_NIF_TERM term, bool is_entry, fxaot_fix_value *value,
                      fix_values *values) {
  ErlNifBinary text;
  ErlNifSInt64 whole;
  if (values->fix->kinds[value->tag] == FXAOT_FIX_COUNT)
    return get_entries(env, term, is_entry, value, values);
  if (enif_inspect_binary(env, term, &text)) {
    value->form = FXAOT_FIX_TEXT;
    value->text = text.data;
    value->length = text.size;
  } else if (enif_get_int64(env, term, &whole)) {
    value->form = FXAOT_FIX_WHOLE;
    value->whole = whole;
  } else if (enif_get_double(env, term, &value->real)) {
    value->form = FXAOT_FIX_REAL;
  } else if (enif_is_identical(term, atoms.atom_true)) {
    value->form = FXAOT_FIX_TRUE;
  } else if (enif_is_identical(term, atoms.atom_false)) {
    value->form = FXAOT_FIX_FALSE;
  } else {
    return false;
  }
  return true;
}

/* The fields of a map in their order; false if it lacks one that it must have, or has another one. */
static bool get_members(ErlNifEnv *env, ERL_NIF_TERM map, const tag_list *order,
                        const uint64_t *required, bool is_entry, fix_values *values) {
  size_t size, found = 0;
  ERL_NIF_TERM term;
  if (!enif_get_map_size(env, map, &size)) return false;
  for (unsigned n = 0; n < order->count; n++) {
    uint16_t tag = order->tags[n];
    if (!enif_get_map_value(env, map, values->fix->names[tag], &term)) {
      if (required[tag / 64] >> tag % 64 & 1) return false;
      continue;
    }
    if (values->count == MOST_FIELDS) return false;
    fxaot_fix_value *value = &values->list[values->count++];
    *value = (fxaot_fix_value){.tag = tag};
    if (!get_value(env, term, is_entry, value, values)) return false;
    found++;
  }
  return found == size;
}

/* (Rules, Name, Fields). The message's bytes; none for one that is not plain. */
FXAOT_NIF(fxaot_nif_fix_write_3) {
  void *object;
  fix_values values;
  uint8_t bytes[MOST_WRITTEN];
  fxaot_fix_span span;
  ERL_NIF_TERM term;
  (void)argc;
  if (!enif_get_resource(env, argv[0], fix_type, &object) || !enif_is_atom(env, argv[1]) ||
      !enif_is_map(env, argv[2]))
    return enif_make_badarg(env);
  const fix_resource *fix = object;
  values.fix = fix;
  values.count = 0;
  for (values.message = 0; values.message < fix->message_count; values.message++)
    if (enif_is_identical(fix->messages[values.message], argv[1])) break;
  if (values.message == fix->message_count ||
      !get_members(env, argv[2], &fix->orders[values.message], fix->required[values.message], false,
                   &values))
    return atoms.none;
  const fxaot_fix_rules rules = make_rules(fix);
  if (fxaot_fix_write(&rules, values.message, values.list, values.count, bytes, sizeof bytes,
                      &span) != FXAOT_OK)
    return atoms.none;
  uint8_t *to = enif_make_new_binary(env, span.count, &term);
  if (!to) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  memcpy(to, bytes + span.start, span.count);
  return term;
}
