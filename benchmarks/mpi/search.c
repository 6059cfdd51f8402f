/**
 * The search: level after level, each rank tells the owners of the neighbours of its newest vertices who found them.
 */
#include <mpi.h>

#include "graph.h"
#include "tree_validation.h"

/** Puts a vertex into a set of a bit each; false when it was there. */
static bool add_to(unsigned char *set, int64_t vertex) {
  unsigned char bit = (unsigned char)(1 << vertex % 8);
  if (set[vertex / 8] & bit) return false;
  set[vertex / 8] |= bit;
  return true;
}

/** Lists the neighbours of the newest vertices with those vertices, each neighbour once in a whole search. */
static int64_t find_neighbours(const struct graph *graph, int64_t frontier_count) {
  int64_t count = 0;
  for (int64_t index = 0; index < frontier_count; index++) {
    int64_t vertex = graph->space.frontier[index], own = own_index(graph, vertex);
    for (int64_t place = graph->starts[own]; place < graph->starts[own + 1]; place++) {
      int64_t neighbour = graph->neighbours[place];
      if (!add_to(graph->space.told, neighbour)) continue;
      graph->space.found[count++] = (struct edge){neighbour, vertex};
    }
  }
  return count;
}

void search_graph(const struct graph *graph, int64_t root, int64_t *parents, int32_t *levels) {
  int64_t frontier_count = 0, anywhere = 1;
  memset(graph->space.told, 0, (size_t)graph->vertices / 8 + 1);
  for (int64_t index = 0; index < graph->own_vertices; index++) {
    parents[index] = NOT_REACHED;
    levels[index] = NOT_REACHED;
  }
  if (owner(graph, root) == graph->rank) {
    graph->space.frontier[frontier_count++] = root;
    parents[own_index(graph, root)] = root;
    levels[own_index(graph, root)] = 0;
  }
  for (int32_t level = 1; anywhere > 0; level++) {
    struct pairs arrived = exchange_pairs(graph, graph->space.found, find_neighbours(graph, frontier_count));
    frontier_count = 0;
    for (int64_t index = 0; index < arrived.count; index++) {
      int64_t vertex = arrived.pairs[index].from, own = own_index(graph, vertex);
      if (parents[own] != NOT_REACHED) continue;
      parents[own] = arrived.pairs[index].to;
      levels[own] = level;
      graph->space.frontier[frontier_count++] = vertex;
    }
    free(arrived.pairs);
    MPI_Allreduce(&frontier_count, &anywhere, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
  }
}
