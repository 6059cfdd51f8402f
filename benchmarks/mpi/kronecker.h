/**
 * Edges of a Kronecker graph with the initiator of the Graph500 specification (section 3.2): A = 0.57, B = 0.19, C =
 * 0.19, D = 0.05. Each edge is a function of seed and number, so the graph is the same on any number of ranks. The
 * edges are drawn independently, so their order needs no shuffling; labels of vertices do, since the initiator prefers
 * low ones.
 */
#pragma once
#include <stdint.h>

#define KRONECKER_A 0.57
#define KRONECKER_B 0.19
#define KRONECKER_C 0.19

/** A graph of 2^scale vertices and edge_factor times as many edges, loops and repetitions among them. */
struct kronecker {
  int scale;
  uint64_t edge_factor, seed;
};

/** An edge, which has no direction. */
struct edge {
  int64_t from, to;
};

/** Vertices, and edges, of a graph. */
static inline int64_t vertex_count(const struct kronecker *graph) { return INT64_C(1) << graph->scale; }

static inline uint64_t edge_count(const struct kronecker *graph) { return graph->edge_factor << graph->scale; }

/** SplitMix64's output function (Steele, Lea, Flood 2014), which spreads each bit over all. */
static inline uint64_t mix(uint64_t word) {
  word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
  return word ^ word >> 31;
}

/** The number at a place of SplitMix64's sequence of a key. */
static inline uint64_t random_word(uint64_t key, uint64_t place) {
  return mix(key + (place + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/** A number from 0 up to but not 1, at a place of the sequence. */
static inline double random_fraction(uint64_t key, uint64_t place) {
  return (double)(random_word(key, place) >> 11) * 0x1p-53;
}

/**
 * A permutation of the vertices: multiplication by odd numbers and shifts to the right can both be undone modulo
 * 2^scale.
 */
static inline int64_t scramble(uint64_t vertex, int scale, uint64_t key) {
  uint64_t mask = (UINT64_C(1) << scale) - 1;
  for (uint64_t round = 0; round < 4; round++) {
    vertex = (vertex * (random_word(key, 2 * round) | 1) + random_word(key, 2 * round + 1)) & mask;
    vertex ^= vertex >> (scale / 2 + 1);
  }
  return (int64_t)vertex;
}

/** The edge of a number: for each bit of the labels one of the four quarters of the adjacency matrix is drawn. */
static inline struct edge kronecker_edge(const struct kronecker *graph, uint64_t number) {
  uint64_t key = random_word(mix(graph->seed), number), from = 0, to = 0;
  for (int bit = 0; bit < graph->scale; bit++) {
    double fraction = random_fraction(key, (uint64_t)bit);
    uint64_t lower = fraction >= KRONECKER_A + KRONECKER_B;
    uint64_t right = lower ? fraction >= KRONECKER_A + KRONECKER_B + KRONECKER_C : fraction >= KRONECKER_A;
    from |= lower << bit;
    to |= right << bit;
  }
  uint64_t label_key = mix(~graph->seed);
  return (struct edge){scramble(from, graph->scale, label_key), scramble(to, graph->scale, label_key)};
}
