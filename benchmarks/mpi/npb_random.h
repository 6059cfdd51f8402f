/**
 * The NAS Parallel Benchmarks' random numbers: x(k+1) = a x(k) mod 2^46, each taken as x(k) / 2^46.
 * Source: Bailey et al., The NAS Parallel Benchmarks, RNR-94-007, section 2.3 (March 1994).
 */
#pragma once
#include <stdint.h>

/** a = 5^13, and the seed of EP. */
#define NPB_MULTIPLIER UINT64_C(1220703125)
#define NPB_SEED UINT64_C(271828183)

/** A product modulo 2^46: since 2^46 divides 2^64, what an overflow loses does not matter. */
static inline uint64_t multiply_modulo_2_46(uint64_t left, uint64_t right) {
  return left * right & ((UINT64_C(1) << 46) - 1);
}

/** The state after `steps` numbers, without making them: a^steps x mod 2^46 by repeated squaring. */
static inline uint64_t skip_numbers(uint64_t state, uint64_t steps) {
  for (uint64_t factor = NPB_MULTIPLIER; steps > 0; steps >>= 1, factor = multiply_modulo_2_46(factor, factor)) {
    if (steps & 1) state = multiply_modulo_2_46(state, factor);
  }
  return state;
}

/** The next number, between 0 and 1. */
static inline double next_number(uint64_t *state) {
  *state = multiply_modulo_2_46(*state, NPB_MULTIPLIER);
  return (double)*state * 0x1p-46;
}
