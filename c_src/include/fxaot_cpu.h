/* What the processor must have for the code this header is compiled into. A static inline
 * function, so that it sees the flags of the translation unit (or Swift module) that includes it. */
#ifndef FXAOT_CPU_H
#define FXAOT_CPU_H
#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
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

/* The machine's own words about its instructions, as many as are there; the rest stays 0. The same
 * on all its processors and from one start to the next. */
#define FXAOT_CPU_FEATURE_WORDS 12

static inline void fxaot_cpu_features(uint32_t words[FXAOT_CPU_FEATURE_WORDS]) {
  for (int index = 0; index < FXAOT_CPU_FEATURE_WORDS; index++) words[index] = 0;
#if defined(__x86_64__)
  unsigned a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d)) {
    words[0] = a; /* family, model, stepping */
    words[1] = c;
    words[2] = d;
  }
  if (words[1] & (1u << 27)) __asm__ volatile("xgetbv" : "=a"(words[3]), "=d"(d) : "c"(0));
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    words[4] = b;
    words[5] = c;
    words[6] = d;
    if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) words[7] = a;
  }
  if (__get_cpuid(0x80000001u, &a, &b, &c, &d)) {
    words[8] = c;
    words[9] = d;
  }
#elif defined(__linux__)
  unsigned long bits[2] = {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
  for (int index = 0; index < 2; index++) {
    words[2 * index] = (uint32_t)bits[index];
    words[2 * index + 1] = (uint32_t)((uint64_t)bits[index] >> 32);
  }
#elif defined(__APPLE__)
  size_t size = sizeof words[0];
  sysctlbyname("hw.cpufamily", &words[0], &size, NULL, 0);
#endif
}

/* The highest x86-64 level of the psABI that this machine has, 1 to 4; 0 on other processors. */
static inline uint32_t fxaot_cpu_level(void) {
#if defined(__x86_64__)
  uint32_t w[FXAOT_CPU_FEATURE_WORDS];
  fxaot_cpu_features(w);
  /* sse3, ssse3, cmpxchg16b, sse4.1, sse4.2, popcnt; lahf */
  const uint32_t v2 = 1u | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23;
  if ((w[1] & v2) != v2 || !(w[8] & 1u)) return 1;
  /* fma, movbe, osxsave, avx, f16c; bmi1, avx2, bmi2; lzcnt; the system saves ymm */
  const uint32_t v3 = 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29;
  const uint32_t v3_7 = 1u << 3 | 1u << 5 | 1u << 8;
  if ((w[1] & v3) != v3 || (w[4] & v3_7) != v3_7 || !(w[8] & 1u << 5) || (w[3] & 6u) != 6u)
    return 2;
  /* avx512f, dq, cd, bw, vl; the system saves zmm */
  const uint32_t v4 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
  if ((w[4] & v4) != v4 || (w[3] & 0xE6u) != 0xE6u) return 3;
  return 4;
#else
  return 0;
#endif
}
#endif
