/** A graph divided among ranks. Vertices go round: rank r of n has the vertices r, r + n, r + 2n and so on. */
#pragma once
#include "kronecker.h"
#include "process.h"

/**
 * Room for a search, made once: the vertices whose owners were told (a bit each), whom to tell, and the newest
 * vertices.
 */
struct search_space {
  unsigned char *told;
  struct edge *found;
  int64_t *frontier;
};

struct graph {
  int64_t vertices, own_vertices;
  int rank, ranks;
  /** This rank's part of the edges as they were generated. */
  struct edge *edges;
  uint64_t edge_count;
  /**
   * Neighbours of own vertex v: neighbours[starts[v]] up to neighbours[starts[v + 1]]. No vertex is its own neighbour.
   */
  int64_t *starts, *neighbours;
  struct search_space space;
};

/** The rank that has a vertex, and the place of the vertex among that rank's own. */
static inline int owner(const struct graph *graph, int64_t vertex) { return (int)(vertex % graph->ranks); }
static inline int64_t own_index(const struct graph *graph, int64_t vertex) { return vertex / graph->ranks; }

/** Generates this rank's part of the edges. */
struct graph generate_graph(const struct process *process, const struct kronecker *kronecker);

/** Makes the neighbours out of all ranks' edges (kernel 1). */
void construct_graph(struct graph *graph);

/** Frees all that the graph has. */
void free_graph(struct graph *graph);

/** Chooses different roots that have a neighbour, the same on every rank; gives how many there are, at most `count`. */
uint64_t choose_roots(const struct graph *graph, const struct kronecker *kronecker, int64_t *roots, uint64_t count);

/** Pairs of vertices on their way to the owners of the first. */
struct pairs {
  struct edge *pairs;
  int64_t count;
};

/** Sends each pair to the owner of its `from` and gives those that came, in memory that the caller frees. */
struct pairs exchange_pairs(const struct graph *graph, const struct edge *pairs, int64_t count);

/** A breadth-first search (kernel 2). `parents` and `levels` are those of own vertices. */
void search_graph(const struct graph *graph, int64_t root, int64_t *parents, int32_t *levels);

/** Ends the program unless the tree of a search keeps all rules. Gives the edges of the graph within it. */
uint64_t validate_search(const struct graph *graph, int64_t root, const int64_t *parents, const int32_t *levels);
