/**
 * testbed_ep: arithmetic on every rank and almost no communication. Our own program after the published algorithm of
 * the NAS Parallel Benchmarks' EP, with its published sums.
 */
#include <mpi.h>

#include "ep_block.h"
#include "process.h"

int main(int count, char **words) {
  const struct ep_class *class = NULL;
  struct command_line line = {0};
  enum request request = read_ep_command(&class, &line, count, words);
  struct process process = start_process("testbed_ep", ep_usage, request, &line);
  if (process.rank == 0) print_ep_preamble(class, process.ranks);
  uint64_t pairs = UINT64_C(1) << class->exponent;
  struct gaussian_sums own = {0}, sums;
  MPI_Barrier(MPI_COMM_WORLD);
  double begun = MPI_Wtime();
  add_pairs(&own, first_pair_of(pairs, process.rank, process.ranks),
            first_pair_of(pairs, process.rank + 1, process.ranks));
  MPI_Allreduce(&own.x, &sums.x, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  MPI_Allreduce(&own.y, &sums.y, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  MPI_Allreduce(own.rings, sums.rings, RINGS, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  double own_seconds = MPI_Wtime() - begun, seconds;
  MPI_Reduce(&own_seconds, &seconds, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
  bool right = sums_are_right(class, &sums);
  if (process.rank == 0) {
    print_ep_results(class, &sums, seconds, process.ranks);
    if (!right) fprintf(stderr, "testbed_ep: the sums are not those published for class %c\n", class->letter);
  }
  int status = end_process();
  return right ? status : EXIT_FAILURE;
}
