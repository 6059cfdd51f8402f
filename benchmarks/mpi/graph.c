/** How a graph is divided, constructed, and how pairs of vertices travel. */
#include "graph.h"

#include <limits.h>
#include <mpi.h>

/** Words of a pair as MPI counts them. */
enum { PAIR_WORDS = 2 };

static const char too_large[] = "the graph is too large for these ranks: use more, or a smaller --scale";

struct graph generate_graph(const struct process *process, const struct kronecker *kronecker) {
  uint64_t all = edge_count(kronecker), rank = (uint64_t)process->rank, ranks = (uint64_t)process->ranks;
  uint64_t first = all / ranks * rank + all % ranks * rank / ranks;
  uint64_t end = all / ranks * (rank + 1) + all % ranks * (rank + 1) / ranks;
  struct graph graph = {
      .vertices = vertex_count(kronecker),
      .rank = process->rank,
      .ranks = process->ranks,
      .edges = allocate(end - first, sizeof *graph.edges),
      .edge_count = end - first,
  };
  graph.own_vertices = (graph.vertices - graph.rank + graph.ranks - 1) / graph.ranks;
  for (uint64_t number = first; number < end; number++) graph.edges[number - first] = kronecker_edge(kronecker, number);
  return graph;
}

/** Puts places after another: gives the sum of the counts, which has to be one that MPI can count. */
static int64_t place(const int *counts, int *places, int ranks) {
  int64_t sum = 0;
  for (int rank = 0; rank < ranks; rank++) {
    if (sum + counts[rank] > INT_MAX) fail("%s", too_large);
    places[rank] = (int)sum;
    sum += counts[rank];
  }
  return sum;
}

/**
 * A pair that could not have been sent to this rank was broken on its way; its vertices are used as places in memory.
 */
static void check_arrived(const struct graph *graph, const struct pairs *arrived) {
  for (int64_t index = 0; index < arrived->count; index++) {
    struct edge pair = arrived->pairs[index];
    bool in_range = pair.from >= 0 && pair.from < graph->vertices && pair.to >= 0 && pair.to < graph->vertices;
    if (in_range && owner(graph, pair.from) == graph->rank) continue;
    fail("a pair of vertices came that nobody sends here: %" PRId64 ", %" PRId64, pair.from, pair.to);
  }
}

struct pairs exchange_pairs(const struct graph *graph, const struct edge *pairs, int64_t count) {
  size_t ranks = (size_t)graph->ranks;
  int *numbers = allocate(ranks * 4, sizeof *numbers);
  int *sent = numbers, *sent_places = sent + ranks, *received = sent_places + ranks,
      *received_places = received + ranks;
  if (count > INT_MAX / PAIR_WORDS) fail("%s", too_large);
  for (int64_t index = 0; index < count; index++) sent[owner(graph, pairs[index].from)] += PAIR_WORDS;
  MPI_Alltoall(sent, 1, MPI_INT, received, 1, MPI_INT, MPI_COMM_WORLD);
  place(sent, sent_places, graph->ranks);
  struct pairs result = {.count = place(received, received_places, graph->ranks) / PAIR_WORDS};
  struct edge *sorted = allocate((uint64_t)count, sizeof *sorted);
  result.pairs = allocate((uint64_t)result.count, sizeof *result.pairs);
  for (int64_t index = 0; index < count; index++) {
    int *next = &sent_places[owner(graph, pairs[index].from)];
    sorted[*next / PAIR_WORDS] = pairs[index];
    *next += PAIR_WORDS;
  }
  place(sent, sent_places, graph->ranks);
  MPI_Alltoallv(sorted, sent, sent_places, MPI_INT64_T, result.pairs, received, received_places, MPI_INT64_T,
                MPI_COMM_WORLD);
  free(sorted);
  free(numbers);
  check_arrived(graph, &result);
  return result;
}

void construct_graph(struct graph *graph) {
  struct edge *both = allocate(graph->edge_count, 2 * sizeof *both);
  int64_t count = 0;
  for (uint64_t index = 0; index < graph->edge_count; index++) {
    struct edge edge = graph->edges[index];
    if (edge.from == edge.to) continue;
    both[count++] = edge;
    both[count++] = (struct edge){edge.to, edge.from};
  }
  struct pairs own = exchange_pairs(graph, both, count);
  free(both);
  graph->starts = allocate((uint64_t)graph->own_vertices + 2, sizeof *graph->starts);
  graph->neighbours = allocate((uint64_t)own.count, sizeof *graph->neighbours);
  // Counted two places further on: while neighbours are put down, each start moves on to be that of the next vertex.
  for (int64_t index = 0; index < own.count; index++) graph->starts[own_index(graph, own.pairs[index].from) + 2]++;
  for (int64_t own = 0; own < graph->own_vertices; own++) graph->starts[own + 2] += graph->starts[own + 1];
  for (int64_t index = 0; index < own.count; index++) {
    graph->neighbours[graph->starts[own_index(graph, own.pairs[index].from) + 1]++] = own.pairs[index].to;
  }
  graph->space.told = allocate((uint64_t)graph->vertices / 8 + 1, sizeof *graph->space.told);
  graph->space.found =
      allocate((uint64_t)(own.count < graph->vertices ? own.count : graph->vertices), sizeof *own.pairs);
  graph->space.frontier = allocate((uint64_t)graph->own_vertices, sizeof *graph->space.frontier);
  free(own.pairs);
}

void free_graph(struct graph *graph) {
  void *const parts[] = {graph->edges,      graph->starts,      graph->neighbours,
                         graph->space.told, graph->space.found, graph->space.frontier};
  for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) free(parts[part]);
}

uint64_t choose_roots(const struct graph *graph, const struct kronecker *kronecker, int64_t *roots, uint64_t count) {
  // A permutation tries no vertex twice. Many at a time, since each look at other ranks is a message.
  enum { CANDIDATES = 1024 };
  unsigned char has_neighbour[CANDIDATES], anywhere[CANDIDATES];
  uint64_t found = 0;
  for (int64_t first = 0; first < graph->vertices && found < count; first += CANDIDATES) {
    int64_t candidates[CANDIDATES];
    int tried = (int)(graph->vertices - first < CANDIDATES ? graph->vertices - first : CANDIDATES);
    for (int index = 0; index < tried; index++) {
      int64_t vertex = scramble((uint64_t)(first + index), kronecker->scale, mix(kronecker->seed + 1));
      int64_t own = own_index(graph, vertex);
      candidates[index] = vertex;
      has_neighbour[index] = owner(graph, vertex) == graph->rank && graph->starts[own] != graph->starts[own + 1];
    }
    MPI_Allreduce(has_neighbour, anywhere, tried, MPI_UNSIGNED_CHAR, MPI_MAX, MPI_COMM_WORLD);
    for (int index = 0; index < tried && found < count; index++) {
      if (anywhere[index]) roots[found++] = candidates[index];
    }
  }
  return found;
}
