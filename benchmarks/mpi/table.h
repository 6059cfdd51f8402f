/**
 * Titles and tables as OSU's micro-benchmarks lay them out: widths of columns, number of decimals, and the header
 * lines.
 */
#pragma once
#include <inttypes.h>
#include <stdio.h>

#include "arguments.h"

/** The kinds of table: microseconds of one message, MB/s, and microseconds over all ranks. */
enum table { LATENCY_TABLE, BANDWIDTH_TABLE, COLLECTIVE_TABLE };

enum { SIZE_WIDTH = 10, VALUE_WIDTH = 18, ITERATIONS_WIDTH = 12, DECIMALS = 2 };

/** Times of a collective operation in microseconds: of each rank its mean, and of those mean, least and most. */
struct collective_times {
  double average_us, least_us, most_us;
};

/** Prints the title. "Testbed" stands where OSU's own programs have "OSU". */
static inline void print_title(const char *title) { printf("# Testbed %s Test v%s\n", title, TESTBED_VERSION); }

/** Prints a line about how messages are sent, between title and header, as in `# Datatype: MPI_FLOAT`. */
static inline void print_setting(const char *key, const char *value) { printf("# %s: %s\n", key, value); }

/** Prints the header line. */
static inline void print_header(enum table table) {
  static const char *const headers[] = {
      [LATENCY_TABLE] = "# Size          Latency (us)",
      [BANDWIDTH_TABLE] = "# Size      Bandwidth (MB/s)",
      [COLLECTIVE_TABLE] = "# Size       Avg Latency(us)   Min Latency(us)   Max Latency(us)  Iterations",
  };
  puts(headers[table]);
  fflush(stdout);
}

/** Prints a row of a table of one value, and at once: a killed run should show how far it came. */
static inline void print_row(uint64_t size_bytes, double value) {
  printf("%-*" PRIu64 "%*.*f\n", SIZE_WIDTH, size_bytes, VALUE_WIDTH, DECIMALS, value);
  fflush(stdout);
}

/** Prints a row of a collective operation's table. */
static inline void print_collective_row(uint64_t size_bytes, struct collective_times times, uint64_t iterations) {
  printf("%-*" PRIu64 "%*.*f%*.*f%*.*f%*" PRIu64 "\n", SIZE_WIDTH, size_bytes, VALUE_WIDTH, DECIMALS, times.average_us,
         VALUE_WIDTH, DECIMALS, times.least_us, VALUE_WIDTH, DECIMALS, times.most_us, ITERATIONS_WIDTH, iterations);
  fflush(stdout);
}
