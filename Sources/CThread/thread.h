/* What Swift cannot say about threads: a variadic system call and one instruction. */
#ifndef FXAOT_THREAD_H
#define FXAOT_THREAD_H

#include <stdint.h>

/* Tells the processor that this is a loop waiting for memory to change. */
static inline void fxaot_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

#if defined(__linux__)
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>

long syscall(long number, ...);

/* Sleeps while *word is `expected`; may also return for no reason. */
static inline void fxaot_futex_wait(void *word, uint32_t expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, (void *)0, (void *)0, 0);
}

static inline void fxaot_futex_wake_one(void *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, (void *)0, (void *)0, 0);
}

/* Keeps the calling thread on one processor; 0 or the system's error. */
static inline int32_t fxaot_pin_thread(int64_t processor) {
  unsigned long mask[64] = {0};
  const int64_t bits = 8 * (int64_t)sizeof(mask[0]);
  if (processor < 0 || processor >= 64 * bits) return EINVAL;
  mask[processor / bits] = 1UL << (processor % bits);
  return syscall(SYS_sched_setaffinity, 0, sizeof(mask), mask) < 0 ? errno : 0;
}
#endif
#endif
