/* Tables of contents of zip files, and what names of files say. */
#include "fxaot_nif.h"

#include <string.h>

/* Names of a file, one a line. */
#define NAMES_BYTES 4096

static ERL_NIF_TERM fault_term(ErlNifEnv *env, uint32_t fault, uint32_t method) {
  static const char *const names[] = {"whole",     "no_directory", "bad_directory", "zip64",
                                      "encrypted", "method",       "bad_member",    "too_long",
                                      "size",      "checksum"};
  if (fault >= sizeof names / sizeof *names) return fxaot_unknown_code(env, fault);
  if (fault != FXAOT_ZIP_METHOD) return enif_make_atom(env, names[fault]);
  return enif_make_tuple2(env, enif_make_atom(env, "compression_method"),
                          enif_make_uint(env, method));
}

static ERL_NIF_TERM fault_error(ErlNifEnv *env, uint32_t fault) {
  return enif_make_tuple2(env, atoms.error, fault_term(env, fault, 0));
}

/* (Tail, FileBytes): {ok, Offset, Bytes, Count} */
FXAOT_NIF(fxaot_nif_zip_find_2) {
  ErlNifBinary tail;
  ErlNifUInt64 file_bytes;
  fxaot_zip_place place;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &tail) || tail.size > FXAOT_ZIP_TAIL_BYTES ||
      !enif_get_uint64(env, argv[1], &file_bytes))
    return enif_make_badarg(env);
  uint32_t fault = fxaot_zip_find(tail.data, tail.size, file_bytes, &place);
  if (fault) return fault_error(env, fault);
  return enif_make_tuple4(env, atoms.ok, enif_make_uint64(env, place.offset),
                          enif_make_uint64(env, place.bytes), enif_make_uint64(env, place.count));
}

/* Where a member's name is in the directory. */
static ERL_NIF_TERM name_term(ErlNifEnv *env, const ErlNifBinary *directory,
                              const fxaot_zip_member *member) {
  if (member->name > directory->size || member->name_bytes > directory->size - member->name)
    return fxaot_binary_term(env, NULL, 0);
  return fxaot_binary_term(env, directory->data + member->name, member->name_bytes);
}

static ERL_NIF_TERM members_term(ErlNifEnv *env, const ErlNifBinary *directory,
                                 const fxaot_zip_member *members, uint64_t count) {
  ERL_NIF_TERM list = enif_make_list(env, 0);
  while (count--) {
    const fxaot_zip_member *member = &members[count];
    ERL_NIF_TERM is_deflated = member->method ? atoms.atom_true : atoms.atom_false;
    ERL_NIF_TERM entry = enif_make_tuple6(
        env, name_term(env, directory, member), is_deflated, enif_make_uint64(env, member->packed),
        enif_make_uint64(env, member->size), enif_make_uint64(env, member->offset),
        fxaot_binary_term(env, member, sizeof *member));
    list = enif_make_list_cell(env, entry, list);
  }
  return fxaot_ok(env, list);
}

/* (Directory, Count), dirty: {ok, [{Name, IsDeflated, Packed, Size, Offset, Member}]}, {error, {Reason, Name}} */
FXAOT_NIF(fxaot_nif_zip_members_2) {
  ErlNifBinary directory;
  unsigned most;
  uint64_t count;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &directory) || !enif_get_uint(env, argv[1], &most) ||
      most > UINT16_MAX)
    return enif_make_badarg(env);
  fxaot_zip_place place = {.bytes = directory.size, .count = most};
  fxaot_zip_member *members = enif_alloc((most + 1) * sizeof *members);
  if (!members) return fxaot_error(env, atoms.out_of_memory, enif_make_new_map(env));
  uint32_t fault = fxaot_zip_members(directory.data, &place, members, &count);
  ERL_NIF_TERM answer = fault ? fxaot_error(env, fault_term(env, fault, most ? members->method : 0),
                                            most ? name_term(env, &directory, members)
                                                 : fxaot_binary_term(env, NULL, 0))
                              : members_term(env, &directory, members, count);
  enif_free(members);
  return answer;
}

/* (Member, Header, FileBytes): {ok, Start} */
FXAOT_NIF(fxaot_nif_zip_start_3) {
  ErlNifBinary header;
  ErlNifUInt64 file_bytes;
  fxaot_zip_member member;
  uint64_t start;
  (void)argc;
  if (!fxaot_get_struct(env, argv[0], &member, sizeof member) ||
      !enif_inspect_binary(env, argv[1], &header) || !enif_get_uint64(env, argv[2], &file_bytes))
    return enif_make_badarg(env);
  uint32_t fault = fxaot_zip_start(&member, header.data, header.size, file_bytes, &start);
  return fault ? fault_error(env, fault) : fxaot_ok(env, enif_make_uint64(env, start));
}

/* (Member, Size, CRC) */
FXAOT_NIF(fxaot_nif_zip_check_3) {
  fxaot_zip_member member;
  ErlNifUInt64 size;
  unsigned crc;
  (void)argc;
  if (!fxaot_get_struct(env, argv[0], &member, sizeof member) ||
      !enif_get_uint64(env, argv[1], &size) || !enif_get_uint(env, argv[2], &crc))
    return enif_make_badarg(env);
  uint32_t fault = fxaot_zip_check(&member, size, crc);
  return fault ? fault_error(env, fault) : atoms.ok;
}

/* (Names), one a line: the symbol, or undefined */
FXAOT_NIF(fxaot_nif_symbol_in_names_1) {
  ErlNifBinary names;
  char symbol[FXAOT_SYMBOL_BYTES];
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &names) || names.size > NAMES_BYTES)
    return enif_make_badarg(env);
  uint64_t length =
      fxaot_symbol_in_names((const char *)names.data, names.size, symbol, sizeof symbol);
  return length ? enif_make_atom_len(env, symbol, (size_t)length) : atoms.undefined;
}

/* (Name): nanoseconds since 1970, or undefined */
FXAOT_NIF(fxaot_nif_day_in_name_1) {
  ErlNifBinary name;
  (void)argc;
  if (!enif_inspect_binary(env, argv[0], &name) || name.size > NAMES_BYTES)
    return enif_make_badarg(env);
  int64_t day = fxaot_day_in_name((const char *)name.data, name.size);
  return day < 0 ? atoms.undefined : enif_make_int64(env, day);
}
