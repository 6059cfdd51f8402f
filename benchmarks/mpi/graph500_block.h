/**
 * The command line of testbed_bfs and what it prints, in the layout of Graph500 3.0.1. Statistics: Graph500
 * specification, section 9; of rates they are those of the time that one edge takes, turned over, so that their mean is
 * the harmonic one.
 */
#pragma once
#include <math.h>

#include "arguments.h"
#include "kronecker.h"

enum { MOST_SEARCHES = 64, LEAST_SEARCHES = 2 };

static const char bfs_usage[] =
    "usage: mpirun -n RANKS testbed_bfs --scale S [--edge-factor F] [--searches N] [--seed N]\n"
    "  --scale        the graph has 2^S vertices, 1 to 30\n"
    "  --edge-factor  edges for each vertex, default 16\n"
    "  --searches     from as many roots, 2 to 64, default 64\n"
    "  --seed         of graph and roots, default 20261123\n"
    "Prints a block as Graph500 3.0.1 does. Exit status: 0 well, 1 a wrong tree or a failure, 2 wrong usage\n";

struct bfs_command {
  struct kronecker graph;
  uint64_t searches;
};

/** Reads the command line. `line` takes the message when something is wrong. */
static inline enum request read_bfs_command(struct bfs_command *command, struct command_line *line, int count,
                                            char *const *words) {
  uint64_t scale = 0;
  *command = (struct bfs_command){.graph = {.edge_factor = 16, .seed = 20261123}, .searches = MOST_SEARCHES};
  const struct option options[] = {
      {.name = "--scale", .number = &scale, .least = 1, .most = 30},
      {.name = "--edge-factor", .number = &command->graph.edge_factor, .least = 1, .most = 1024},
      {.name = "--searches", .number = &command->searches, .least = LEAST_SEARCHES, .most = MOST_SEARCHES},
      {.name = "--seed", .number = &command->graph.seed, .least = 0, .most = UINT64_MAX},
  };
  line->options = options;
  line->option_count = sizeof options / sizeof *options;
  enum request request = read_command_line(line, count, words);
  line->options = NULL;
  command->graph.scale = (int)scale;
  if (request != RUN || scale != 0) return request;
  snprintf(line->message, sizeof line->message, "--scale is missing, as in testbed_bfs --scale 14; see --help");
  return WRONG;
}

/** What searches took and saw: seconds of search and validation, edges of the graph within the tree. */
struct search_record {
  double seconds[MOST_SEARCHES], validation_seconds[MOST_SEARCHES], edges[MOST_SEARCHES];
};

struct statistics {
  double least, first_quartile, median, third_quartile, most, mean, deviation;
};

/** The order of two values, for qsort. */
static inline int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/** Statistics of at least two values. A quantile between two values is the middle of them. */
static inline struct statistics statistics_of(const double *values, uint64_t count) {
  double sorted[MOST_SEARCHES], sum = 0, squares = 0;
  memcpy(sorted, values, count * sizeof *values);
  qsort(sorted, count, sizeof *sorted, by_value);
  for (uint64_t index = 0; index < count; index++) sum += sorted[index];
  double mean = sum / (double)count;
  for (uint64_t index = 0; index < count; index++) squares += (sorted[index] - mean) * (sorted[index] - mean);
  uint64_t last = count - 1;
  return (struct statistics){
      .least = sorted[0],
      .first_quartile = (sorted[last / 4] + sorted[count / 4]) / 2,
      .median = (sorted[last / 2] + sorted[count / 2]) / 2,
      .third_quartile = (sorted[last - last / 4] + sorted[last - count / 4]) / 2,
      .most = sorted[last],
      .mean = mean,
      .deviation = sqrt(squares / (double)last),
  };
}

/** Prints one line. The value begins in the same column whatever the key. */
static inline void print_statistic(const char *prefix, const char *key, const char *quantity, const char *mark,
                                   double value) {
  int width = printf("%s%s_%s:", prefix, key, quantity);
  printf("%*s%g\n", 32 - width, mark, value);
}

/** Prints the seven lines of a quantity. `harmonic` is put before the names of mean and deviation. */
static inline void print_statistics(const char *prefix, const char *quantity, struct statistics of, bool harmonic) {
  print_statistic(prefix, "min", quantity, "", of.least);
  print_statistic(prefix, "firstquartile", quantity, "", of.first_quartile);
  print_statistic(prefix, "median", quantity, "", of.median);
  print_statistic(prefix, "thirdquartile", quantity, "", of.third_quartile);
  print_statistic(prefix, "max", quantity, "", of.most);
  print_statistic(prefix, harmonic ? "harmonic_mean" : "mean", quantity, harmonic ? "!  " : "", of.mean);
  print_statistic(prefix, harmonic ? "harmonic_stddev" : "stddev", quantity, "", of.deviation);
}

/**
 * Turns statistics of the time of an edge over into those of edges in a second. The harmonic mean's deviation is that
 * of Norris, The Standard Errors of the Geometric and Harmonic Means (Annals of Mathematical Statistics, 1940), as the
 * specification has it.
 */
static inline struct statistics turned_over(struct statistics times, uint64_t count) {
  return (struct statistics){
      .least = 1 / times.most,
      .first_quartile = 1 / times.third_quartile,
      .median = 1 / times.median,
      .third_quartile = 1 / times.first_quartile,
      .most = 1 / times.least,
      .mean = 1 / times.mean,
      .deviation = times.deviation / (times.mean * times.mean * sqrt((double)(count - 1))),
  };
}

/** Prints title and settings, before any work. */
static inline void print_bfs_title(const struct bfs_command *command) {
  printf("# Testbed BFS Test v%s\n# Seed: %" PRIu64 "\n", TESTBED_VERSION, command->graph.seed);
  fflush(stdout);
}

/** Prints the block of statistics. */
static inline void print_bfs_block(const struct bfs_command *command, int ranks, double generation_seconds,
                                   double construction_seconds, const struct search_record *record) {
  double edge_seconds[MOST_SEARCHES];
  uint64_t count = command->searches;
  for (uint64_t index = 0; index < count; index++) edge_seconds[index] = record->seconds[index] / record->edges[index];
  printf("%-32s%d\n%-32s%" PRIu64 "\n", "SCALE:", command->graph.scale, "edgefactor:", command->graph.edge_factor);
  printf("%-32s%" PRIu64 "\n%-32s%g\n", "NBFS:", count, "graph_generation:", generation_seconds);
  printf("%-32s%d\n%-32s%g\n", "num_mpi_processes:", ranks, "construction_time:", construction_seconds);
  print_statistics("bfs  ", "time", statistics_of(record->seconds, count), false);
  print_statistics("", "nedge", statistics_of(record->edges, count), false);
  print_statistics("bfs  ", "TEPS", turned_over(statistics_of(edge_seconds, count), count), true);
  print_statistics("bfs  ", "validate", statistics_of(record->validation_seconds, count), false);
}
