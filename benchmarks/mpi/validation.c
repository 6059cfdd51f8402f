/**
 * Validates searches. Each rank gets the whole tree (13 bytes a vertex, and 8 to walk it) and looks at its part of the
 * edges.
 */
#include <mpi.h>

#include "graph.h"
#include "tree_validation.h"

/** Gathers what each rank has of its vertices, and puts it into the order of the vertices. `words` has room for all. */
static void gather(const struct graph *graph, const void *own, void *all, MPI_Datatype type, size_t bytes_each) {
  int *counts = allocate((uint64_t)graph->ranks * 2, sizeof *counts), *places = counts + graph->ranks;
  int own_count = (int)graph->own_vertices;
  MPI_Allgather(&own_count, 1, MPI_INT, counts, 1, MPI_INT, MPI_COMM_WORLD);
  for (int rank = 1; rank < graph->ranks; rank++) places[rank] = places[rank - 1] + counts[rank - 1];
  unsigned char *by_rank = allocate((uint64_t)graph->vertices, bytes_each);
  MPI_Allgatherv(own, own_count, type, by_rank, counts, places, type, MPI_COMM_WORLD);
  for (int64_t vertex = 0; vertex < graph->vertices; vertex++) {
    int64_t place = places[owner(graph, vertex)] + own_index(graph, vertex);
    memcpy((unsigned char *)all + (size_t)vertex * bytes_each, by_rank + (size_t)place * bytes_each, bytes_each);
  }
  free(by_rank);
  free(counts);
}

/** Ends the program if any rank found a fault. What stands on standard output then is Graph500's line for it. */
static void end_if_broken(const struct graph *graph, enum tree_fault fault, int64_t root) {
  int own = fault, any;
  MPI_Allreduce(&own, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (any == SOUND) return;
  if (graph->rank != 0) {
    // Rank 0 speaks for all and ends them.
    MPI_Barrier(MPI_COMM_WORLD);
    return;
  }
  puts("No results printed for invalid run.");
  fflush(stdout);
  fail("the tree of the search from vertex %" PRId64 " is wrong, %s", root, tree_faults[any]);
}

uint64_t validate_search(const struct graph *graph, int64_t root, const int64_t *parents, const int32_t *levels) {
  uint64_t vertices = (uint64_t)graph->vertices, own_edges = 0, edges;
  int64_t *all_parents = allocate(vertices, sizeof *all_parents), *visited = allocate(vertices, sizeof *visited);
  int32_t *all_levels = allocate(vertices, sizeof *all_levels);
  unsigned char *joined = allocate(vertices, 1);
  gather(graph, parents, all_parents, MPI_INT64_T, sizeof *all_parents);
  gather(graph, levels, all_levels, MPI_INT32_T, sizeof *all_levels);
  struct search_tree tree = {graph->vertices, root, all_parents, all_levels};
  enum tree_fault fault = check_walks(&tree, visited);
  if (fault == SOUND) fault = check_levels(&tree);
  end_if_broken(graph, fault, root);
  end_if_broken(graph, check_edges(&tree, graph->edges, graph->edge_count, joined, &own_edges), root);
  MPI_Allreduce(MPI_IN_PLACE, joined, (int)graph->vertices, MPI_UNSIGNED_CHAR, MPI_MAX, MPI_COMM_WORLD);
  end_if_broken(graph, check_joined(&tree, joined), root);
  MPI_Allreduce(&own_edges, &edges, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
  free(all_parents);
  free(visited);
  free(all_levels);
  free(joined);
  return edges;
}
