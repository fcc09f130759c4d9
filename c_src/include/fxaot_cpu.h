/* What the processor must have for the code this header is compiled into. A static inline
 * function, so that it sees the flags of the translation unit (or Swift module) that includes it. */
#ifndef FXAOT_CPU_H
#define FXAOT_CPU_H
#include <stddef.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

static inline const char *fxaot_cpu_missing(void) {
#if defined(__x86_64__) && defined(__AVX__)
  unsigned a, b, c, d, low, high;
  /* Without the system's consent to save the wide registers no AVX instruction runs. */
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return "avx";
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6u) != 6u || !(c & (1u << 28))) return "avx";
#ifdef __FMA__
  if (!(c & (1u << 12))) return "fma";
#endif
#ifdef __F16C__
  if (!(c & (1u << 29))) return "f16c";
#endif
#ifdef __MOVBE__
  if (!(c & (1u << 22))) return "movbe";
#endif
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return "avx2";
#ifdef __AVX2__
  if (!(b & (1u << 5))) return "avx2";
#endif
#ifdef __BMI__
  if (!(b & (1u << 3))) return "bmi1";
#endif
#ifdef __BMI2__
  if (!(b & (1u << 8))) return "bmi2";
#endif
#ifdef __AVX512F__
  if ((low & 0xE6u) != 0xE6u || !(b & (1u << 16))) return "avx512f";
#endif
#ifdef __AVX512DQ__
  if (!(b & (1u << 17))) return "avx512dq";
#endif
#ifdef __AVX512BW__
  if (!(b & (1u << 30))) return "avx512bw";
#endif
#ifdef __AVX512VL__
  if (!(b & (1u << 31))) return "avx512vl";
#endif
#ifdef __LZCNT__
  if (!__get_cpuid(0x80000001u, &a, &b, &c, &d) || !(c & (1u << 5))) return "lzcnt";
#endif
#endif
  return NULL;
}
#endif
