/* fxaot_vector.h: eight doubles at a time, for the array and lane code of scripts.
 *
 * Swift's own SIMD8<Double> operators are eight scalar operations that the optimizer may or may not
 * join again; these are one instruction each (two with 256-bit registers). Swift sees
 * fxaot_f8 as SIMD8<Double> and fxaot_m8 as SIMD8<Int64>; a mask's lane is 0 or -1. IEEE
 * arithmetic, nothing is contracted or reordered. */
#ifndef FXAOT_VECTOR_H
#define FXAOT_VECTOR_H

#include <stdint.h>

typedef double fxaot_f8 __attribute__((ext_vector_type(8)));
typedef int64_t fxaot_m8 __attribute__((ext_vector_type(8)));
/* The same at any address of doubles. */
typedef double fxaot_f8_unaligned __attribute__((ext_vector_type(8), aligned(8)));

#define FXAOT_V8 static inline __attribute__((always_inline))

FXAOT_V8 fxaot_f8 fxaot_v8_load(const double *at) { return *(const fxaot_f8_unaligned *)at; }
FXAOT_V8 void fxaot_v8_store(double *at, fxaot_f8 x) { *(fxaot_f8_unaligned *)at = x; }
FXAOT_V8 fxaot_f8 fxaot_v8_all(double x) { return (fxaot_f8)x; }
/* x, x + 1 … x + 7 */
FXAOT_V8 fxaot_f8 fxaot_v8_from(double x) {
  return (fxaot_f8)x + (fxaot_f8){0, 1, 2, 3, 4, 5, 6, 7};
}

FXAOT_V8 fxaot_f8 fxaot_v8_add(fxaot_f8 a, fxaot_f8 b) { return a + b; }
FXAOT_V8 fxaot_f8 fxaot_v8_subtract(fxaot_f8 a, fxaot_f8 b) { return a - b; }
FXAOT_V8 fxaot_f8 fxaot_v8_multiply(fxaot_f8 a, fxaot_f8 b) { return a * b; }
FXAOT_V8 fxaot_f8 fxaot_v8_divide(fxaot_f8 a, fxaot_f8 b) { return a / b; }
FXAOT_V8 fxaot_f8 fxaot_v8_negate(fxaot_f8 a) { return -a; }
FXAOT_V8 fxaot_f8 fxaot_v8_magnitude(fxaot_f8 a) { return __builtin_elementwise_abs(a); }
FXAOT_V8 fxaot_f8 fxaot_v8_root(fxaot_f8 a) { return __builtin_elementwise_sqrt(a); }
FXAOT_V8 fxaot_f8 fxaot_v8_floor(fxaot_f8 a) { return __builtin_elementwise_floor(a); }
FXAOT_V8 fxaot_f8 fxaot_v8_ceiling(fxaot_f8 a) { return __builtin_elementwise_ceil(a); }
FXAOT_V8 fxaot_f8 fxaot_v8_truncate(fxaot_f8 a) { return __builtin_elementwise_trunc(a); }

FXAOT_V8 fxaot_m8 fxaot_v8_greater(fxaot_f8 a, fxaot_f8 b) { return a > b; }
FXAOT_V8 fxaot_m8 fxaot_v8_at_least(fxaot_f8 a, fxaot_f8 b) { return a >= b; }
FXAOT_V8 fxaot_m8 fxaot_v8_equal(fxaot_f8 a, fxaot_f8 b) { return a == b; }
FXAOT_V8 fxaot_m8 fxaot_v8_differ(fxaot_f8 a, fxaot_f8 b) { return a != b; }

FXAOT_V8 fxaot_m8 fxaot_v8_mask(uint32_t is_true) { return (fxaot_m8)(is_true ? -1LL : 0LL); }
FXAOT_V8 fxaot_m8 fxaot_v8_and(fxaot_m8 a, fxaot_m8 b) { return a & b; }
FXAOT_V8 fxaot_m8 fxaot_v8_or(fxaot_m8 a, fxaot_m8 b) { return a | b; }
FXAOT_V8 fxaot_m8 fxaot_v8_not(fxaot_m8 a) { return ~a; }
FXAOT_V8 _Bool fxaot_v8_any(fxaot_m8 a) { return __builtin_reduce_or(a) != 0; }
/* a where the mask is set, else b. */
FXAOT_V8 fxaot_f8 fxaot_v8_select(fxaot_m8 mask, fxaot_f8 a, fxaot_f8 b) { return mask ? a : b; }

#define FXAOT_V8_MIX(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/* Eight rows of eight, `stride` doubles apart, to eight columns behind each other at `to`; past the
 * caches where that is the start of a line. */
FXAOT_V8 void fxaot_v8_transpose(const double *from, int64_t stride, double *to) {
  fxaot_f8 r[8], a[8], b[8];
  for (int k = 0; k < 8; k++) r[k] = fxaot_v8_load(from + k * stride);
  for (int k = 0; k < 8; k += 2) {
    a[k] = FXAOT_V8_MIX(r[k], r[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[k + 1] = FXAOT_V8_MIX(r[k], r[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int k = 0; k < 8; k += 4)
    for (int i = k; i < k + 2; i++) {
      b[i] = FXAOT_V8_MIX(a[i], a[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      b[i + 2] = FXAOT_V8_MIX(a[i], a[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  fxaot_f8 c[8];
  for (int k = 0; k < 4; k++) {
    c[k] = FXAOT_V8_MIX(b[k], b[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    c[k + 4] = FXAOT_V8_MIX(b[k], b[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  if (((uintptr_t)to & 63) == 0)
    for (int k = 0; k < 8; k++) __builtin_nontemporal_store(c[k], (fxaot_f8 *)(to + 8 * k));
  else
    for (int k = 0; k < 8; k++) fxaot_v8_store(to + 8 * k, c[k]);
}

#endif
