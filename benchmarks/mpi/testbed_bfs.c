/**
 * testbed_bfs: breadth-first searches of a Kronecker graph, each validated. Our own program after the Graph500
 * specification; results are not Graph500 results. Graph, roots and trees are made and kept in memory, distributed over
 * the ranks.
 */
#include <mpi.h>

#include "graph.h"
#include "graph500_block.h"

/** Seconds since `begun`, of the slowest rank: as long as it takes until all are done. */
static double seconds_of_all(double begun) {
  double own = MPI_Wtime() - begun, longest;
  MPI_Allreduce(&own, &longest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return longest;
}

/** The time, the same moment on all ranks. */
static double begin_together(void) {
  MPI_Barrier(MPI_COMM_WORLD);
  return MPI_Wtime();
}

int main(int count, char **words) {
  struct bfs_command command;
  struct command_line line = {0};
  enum request request = read_bfs_command(&command, &line, count, words);
  struct process process = start_process("testbed_bfs", bfs_usage, request, &line);
  if (process.rank == 0) print_bfs_title(&command);

  double begun = begin_together();
  struct graph graph = generate_graph(&process, &command.graph);
  double generation_seconds = seconds_of_all(begun);
  begun = begin_together();
  construct_graph(&graph);
  double construction_seconds = seconds_of_all(begun);

  int64_t roots[MOST_SEARCHES];
  uint64_t found = choose_roots(&graph, &command.graph, roots, command.searches);
  if (found < command.searches) {
    snprintf(line.message, sizeof line.message,
             "--searches %" PRIu64 ": the graph of --scale %d has only %" PRIu64 " vertices with a neighbour",
             command.searches, command.graph.scale, found);
    end_unusable(line.message);
  }
  int64_t *parents = allocate((uint64_t)graph.own_vertices, sizeof *parents);
  int32_t *levels = allocate((uint64_t)graph.own_vertices, sizeof *levels);
  struct search_record record;
  for (uint64_t search = 0; search < command.searches; search++) {
    begun = begin_together();
    search_graph(&graph, roots[search], parents, levels);
    record.seconds[search] = seconds_of_all(begun);
    begun = begin_together();
    record.edges[search] = (double)validate_search(&graph, roots[search], parents, levels);
    record.validation_seconds[search] = seconds_of_all(begun);
  }
  if (process.rank == 0) {
    print_bfs_block(&command, process.ranks, generation_seconds, construction_seconds, &record);
  }
  free(parents);
  free(levels);
  free_graph(&graph);
  return end_process();
}
