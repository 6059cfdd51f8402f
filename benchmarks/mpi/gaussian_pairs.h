/**
 * The arithmetic of EP: pairs of normally distributed numbers by Marsaglia's polar method, their sums, and how many lie
 * in each square ring. Source: Bailey et al., The NAS Parallel Benchmarks, RNR-94-007, section 2.2.1.
 */
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "npb_random.h"

enum { RINGS = 10 };

/** What a part of the pairs adds up to. Parts are added up in any order. */
struct gaussian_sums {
  double x, y;
  /** Pairs whose larger coordinate lies between the index and the next whole number. */
  double rings[RINGS];
};

/** A problem size: 2^exponent pairs of uniform numbers, and the sums that were published for it. */
struct ep_class {
  char letter;
  int exponent;
  double x, y;
};

/** Sums: RNR-94-007 for A and B, NPB 3.4 for the others. */
static const struct ep_class ep_classes[] = {
    {'S', 24, -3.247834652034740e3, -6.958407078382297e3}, {'W', 25, -2.863319731645753e3, -6.320053679109499e3},
    {'A', 28, -4.295875165629892e3, -1.580732573678431e4}, {'B', 30, 4.033815542441498e4, -2.660669192809235e4},
    {'C', 32, 4.764367927995374e4, -8.084072988043731e4},  {'D', 36, 1.982481200946593e5, -1.020596636361769e5},
};

/** The class of a name of one letter; NULL when there is none. */
static inline const struct ep_class *find_class(const char *name) {
  for (size_t index = 0; index < sizeof ep_classes / sizeof *ep_classes; index++) {
    if (name[0] == ep_classes[index].letter && name[1] == '\0') return &ep_classes[index];
  }
  return NULL;
}

/**
 * Adds the pairs from one place of the sequence up to another. The state is always odd, so no square is 0; that ten
 * rings are enough for every class is part of the published results.
 */
static inline void add_pairs(struct gaussian_sums *sums, uint64_t first_pair, uint64_t end_pair) {
  uint64_t state = skip_numbers(NPB_SEED, 2 * first_pair);
  for (uint64_t pair = first_pair; pair < end_pair; pair++) {
    double x = 2 * next_number(&state) - 1;
    double y = 2 * next_number(&state) - 1;
    double square = x * x + y * y;
    if (square > 1) continue;
    double factor = sqrt(-2 * log(square) / square);
    x *= factor;
    y *= factor;
    sums->rings[(int)fmax(fabs(x), fabs(y))] += 1;
    sums->x += x;
    sums->y += y;
  }
}

/** The first pair of a rank's share. Shares differ by at most one; that of rank `ranks` begins where all end. */
static inline uint64_t first_pair_of(uint64_t pairs, int rank, int ranks) {
  return pairs / (uint64_t)ranks * (uint64_t)rank + pairs % (uint64_t)ranks * (uint64_t)rank / (uint64_t)ranks;
}

/** Whether both sums are those published, but for a relative 1e-8 (RNR-94-007: the order of additions is free). */
static inline bool sums_are_right(const struct ep_class *class, const struct gaussian_sums *sums) {
  return fabs((sums->x - class->x) / class->x) <= 1e-8 && fabs((sums->y - class->y) / class->y) <= 1e-8;
}
