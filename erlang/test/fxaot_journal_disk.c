/* A disk that fails or stalls, for fxaot_journal_SUITE: loaded before libc, it holds up or refuses what is done to
 * files *.fxj as the file named by FXAOT_DISK says: "eio", "stall", or anything else for a disk in order. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_journal(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path);
  return length > 4 && !memcmp(path + length - 4, ".fxj", 4);
}

static char fault(void) {
  char word = 0;
  const char *path = getenv("FXAOT_DISK");
  FILE *file = path ? fopen(path, "re") : NULL;
  if (file) {
    word = (char)fgetc(file);
    fclose(file);
  }
  return word;
}

static int refused(int file) {
  if (!is_journal(file)) return 0;
  char word;
  while ((word = fault()) == 's') usleep(2000);
  if (word != 'e') return 0;
  errno = EIO;
  return 1;
}

int fdatasync(int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return refused(file) ? -1 : real(file);
}

ssize_t write(int file, const void *bytes, size_t count) {
  ssize_t (*real)(int, const void *, size_t) =
      (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  return refused(file) ? -1 : real(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  ssize_t (*real)(int, const struct iovec *, int) =
      (ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
  return refused(file) ? -1 : real(file, parts, count);
}
