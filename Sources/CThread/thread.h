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

/* Asks for a cache line that this thread will soon write, taking it from the other cores. */
static inline void fxaot_prefetch_to_write(const void *address) {
#if defined(__x86_64__)
  __asm__ volatile("prefetchw %0" : : "m"(*(const char *)address));
#else
  __builtin_prefetch(address, 1);
#endif
}

#if defined(__linux__)
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
#endif
#endif
