/**
 * For tests without MPI: prints the whole table of each test with made-up numbers, or says what a command line came to.
 */
#include "../ep_block.h"
#include "../graph500_block.h"
#include "../mpi_tests.h"
#include "../pattern.h"
#include "../timing.h"

static const char *const requests[] = {[RUN] = "run", [HELP] = "help", [VERSION] = "version", [WRONG] = "wrong"};

static void print_table(enum test_id test) {
  print_preamble(test);
  for (uint64_t size = 1; size <= MOST_SIZE_BYTES; size *= 2) {
    double value = 0.005 + (double)size * 1.37;
    if (tests[test].table == COLLECTIVE_TABLE) {
      print_collective_row(size, (struct collective_times){value, value / 2, value * 2}, 5);
    } else {
      print_row(size, value);
    }
  }
}

static void print_bfs(void) {
  struct bfs_command command = {.graph = {.scale = 10, .edge_factor = 16, .seed = 7}, .searches = 5};
  struct search_record record;
  for (int index = 0; index < 5; index++) {
    record.seconds[index] = 0.001 * (1 + index * index);
    record.validation_seconds[index] = 0.5 - 0.1 * index;
    record.edges[index] = 16000;
  }
  print_bfs_title(&command);
  print_bfs_block(&command, 4, 0.25, 1.5e-5, &record);
}

static int check_patterns(void) {
  unsigned char bytes[100];
  for (uint64_t size = 1; size <= 67; size += 3) {
    for (uint64_t wrong = 0; wrong < size; wrong++) {
      fill_pattern(bytes, size, pattern_stream(1, 0, size));
      if (find_wrong_byte(bytes, size, pattern_stream(1, 0, size)) != size) return 1;
      bytes[wrong] ^= 0x40;
      if (find_wrong_byte(bytes, size, pattern_stream(1, 0, size)) != wrong) return 2;
      spoil_pattern(bytes, size, pattern_stream(1, 0, size));
      for (uint64_t place = 0; place < size; place++) {
        unsigned char expected[100];
        fill_pattern(expected, size, pattern_stream(1, 0, size));
        if (expected[place] == 0 || (bytes[place] ^ expected[place]) != UINT8_MAX) return 3;
        bytes[place] = (unsigned char)(bytes[place] + expected[place]);
      }
      if (find_wrong_sum(bytes, size) != size) return 4;
      bytes[wrong]++;
      if (find_wrong_sum(bytes, size) != wrong) return 5;
    }
  }
  return 0;
}

/** Reads `program words...` as that program does; `ranks` are those of testbed_mpi. */
static void print_request(int ranks, int count, char **words) {
  struct mpi_command mpi;
  struct bfs_command bfs;
  const struct ep_class *class;
  struct command_line line = {0};
  enum request request = WRONG;
  if (strcmp(words[0], "testbed_mpi") == 0) {
    request = read_mpi_command(&mpi, &line, count, words);
    if (request == RUN && !ranks_fit(mpi.test, ranks, line.message)) request = WRONG;
  }
  if (strcmp(words[0], "testbed_bfs") == 0) request = read_bfs_command(&bfs, &line, count, words);
  if (strcmp(words[0], "testbed_ep") == 0) request = read_ep_command(&class, &line, count, words);
  printf("%s%s%s\n", requests[request], request == WRONG ? ": " : "", line.message);
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  if (strcmp(what, "table") == 0) print_table(find_test(words[2]));
  if (strcmp(what, "bfs") == 0) print_bfs();
  if (strcmp(what, "patterns") == 0) return check_patterns();
  if (strcmp(what, "request") == 0) print_request(atoi(words[2]), count - 3, words + 3);
  if (strcmp(what, "timing") == 0) printf("%g %g\n", step_us(2, 1000), megabytes_per_second(2, 1000000, 64));
  return EXIT_SUCCESS;
}
