/** The command line of testbed_ep and what it prints, in the layout of NPB 3.4. */
#pragma once
#include "arguments.h"
#include "gaussian_pairs.h"

static const char ep_usage[] =
    "usage: mpirun -n RANKS testbed_ep [--class S|W|A|B|C|D]\n"
    "  --class  of the problem: 2^24, 2^25, 2^28, 2^30, 2^32 or 2^36 pairs of random numbers; default S\n"
    "Prints a block as NPB 3.4 does. Exit status: 0 well, 1 wrong sums or a failure, 2 wrong usage\n";

/** Reads the command line. `line` takes the message when something is wrong. */
static inline enum request read_ep_command(const struct ep_class **class, struct command_line *line, int count,
                                           char *const *words) {
  const char *name = "S";
  const struct option options[] = {{.name = "--class", .text = &name}};
  line->options = options;
  line->option_count = 1;
  enum request request = read_command_line(line, count, words);
  line->options = NULL;
  if (request != RUN) return request;
  *class = find_class(name);
  if (*class != NULL) return RUN;
  snprintf(line->message, sizeof line->message, "--class %.40s: one of S, W, A, B, C, D is needed", name);
  return WRONG;
}

/** Writes a number as Fortran's D format has it, as in -3.247834652034738D+03. */
static inline const char *fortran_text(char text[32], double value) {
  snprintf(text, 32, "%.15e", value);
  char *letter = strchr(text, 'e');
  if (letter != NULL) *letter = 'D';
  return text;
}

/** Prints title and settings. */
static inline void print_ep_preamble(const struct ep_class *class, int ranks) {
  printf("# Testbed EP Test v%s\n# Seed: %" PRIu64 "\n\n", TESTBED_VERSION, NPB_SEED);
  printf(" Number of random numbers generated: %15" PRIu64 "  (class %c)\n", UINT64_C(2) << class->exponent,
         class->letter);
  printf(" Total number of processes:          %15d\n\n", ranks);
  fflush(stdout);
}

/** Prints the results. The rate counts random numbers, two a pair, in millions a second. */
static inline void print_ep_results(const struct ep_class *class, const struct gaussian_sums *sums, double seconds,
                                    int ranks) {
  char x[32], y[32];
  double pairs = 0, rate = (double)(UINT64_C(2) << class->exponent) / 1e6 / seconds;
  for (int ring = 0; ring < RINGS; ring++) pairs += sums->rings[ring];
  printf("EP Benchmark Results:\n\nCPU Time =%10.4f\nN = 2^%5d\nNo. Gaussian Pairs = %13.0f.\n", seconds,
         class->exponent, pairs);
  printf("Sums = %25s%25s\nCounts:\n", fortran_text(x, sums->x), fortran_text(y, sums->y));
  for (int ring = 0; ring < RINGS; ring++) printf("%3d%14.0f.\n", ring, sums->rings[ring]);
  printf("\n\n EP Benchmark Completed.\n");
  printf(" Class           = %24c\n Size            = %24" PRIu64 "\n", class->letter, UINT64_C(2) << class->exponent);
  printf(" Iterations      = %24d\n Time in seconds = %24.2f\n", 0, seconds);
  printf(" Total processes = %24d\n Active procs    = %24d\n", ranks, ranks);
  printf(" Mop/s total     = %24.2f\n Mop/s/process   = %24.2f\n", rate, rate / ranks);
  printf(" Operation type  = %24s\n", "Random numbers generated");
  printf(" Verification    = %24s\n", sums_are_right(class, sums) ? "SUCCESSFUL" : "UNSUCCESSFUL");
  printf(" Version         = %24s\n", TESTBED_VERSION);
}
