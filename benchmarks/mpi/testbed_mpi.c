/**
 * testbed_mpi: latency and bandwidth of MPI's point-to-point, one-sided and collective operations. Our own program; the
 * tests and the layout of the tables are those of the OSU micro-benchmarks. One launch measures all sizes, because on
 * emulated nodes the start of an MPI program is what takes long. Before a size is measured, contents that were received
 * are compared.
 */
#include "measure.h"

int main(int count, char **words) {
  struct mpi_command command;
  struct command_line line = {0};
  enum request request = read_mpi_command(&command, &line, count, words);
  struct process process = start_process("testbed_mpi", mpi_usage, request, &line);
  if (!ranks_fit(command.test, process.ranks, line.message)) end_unusable(line.message);
  if (process.rank == 0) print_preamble(command.test);
  static void (*const measure[])(const struct process *, const struct mpi_command *) = {
      [POINT_TO_POINT] = measure_point_to_point,
      [ONE_SIDED] = measure_one_sided,
      [COLLECTIVE] = measure_collective,
  };
  measure[tests[command.test].family](&process, &command);
  return end_process();
}
