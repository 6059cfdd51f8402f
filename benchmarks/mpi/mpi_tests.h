/** The thirteen tests of testbed_mpi and its command line, without MPI. */
#pragma once
#include "table.h"

enum test_family { POINT_TO_POINT, ONE_SIDED, COLLECTIVE };
enum test_id {
  PING_PONG,
  WINDOW_OF_SENDS,
  WINDOWS_BOTH_WAYS,
  PUT,
  WINDOW_OF_PUTS,
  PUTS_BOTH_WAYS,
  GET,
  WINDOW_OF_GETS,
  ACCUMULATE,
  BROADCAST,
  ALLGATHER,
  ALLREDUCE,
  ALL_TO_ALL,
  TESTS
};

/** `title` is OSU's. Point-to-point and one-sided tests need exactly two ranks, collective tests at least two. */
struct test {
  const char *name, *title;
  enum test_family family;
  enum table table;
  /** How one-sided operations are brought to their end; NULL for other families. */
  const char *synchronization;
};

#define FLUSH "MPI_Win_flush"
#define FENCE_OF_PAIR "MPI_Win_post/start/complete/wait"

static const struct test tests[TESTS] = {
    [PING_PONG] = {"latency", "MPI Latency", POINT_TO_POINT, LATENCY_TABLE, NULL},
    [WINDOW_OF_SENDS] = {"bandwidth", "MPI Bandwidth", POINT_TO_POINT, BANDWIDTH_TABLE, NULL},
    [WINDOWS_BOTH_WAYS] = {"bidirectional_bandwidth", "MPI Bi-Directional Bandwidth", POINT_TO_POINT, BANDWIDTH_TABLE,
                           NULL},
    [PUT] = {"put_latency", "MPI_Put Latency", ONE_SIDED, LATENCY_TABLE, FLUSH},
    [WINDOW_OF_PUTS] = {"put_bandwidth", "MPI_Put Bandwidth", ONE_SIDED, BANDWIDTH_TABLE, FLUSH},
    [PUTS_BOTH_WAYS] = {"put_bidirectional_bandwidth", "MPI_Put Bi-directional Bandwidth", ONE_SIDED, BANDWIDTH_TABLE,
                        FENCE_OF_PAIR},
    [GET] = {"get_latency", "MPI_Get Latency", ONE_SIDED, LATENCY_TABLE, FLUSH},
    [WINDOW_OF_GETS] = {"get_bandwidth", "MPI_Get Bandwidth", ONE_SIDED, BANDWIDTH_TABLE, FLUSH},
    [ACCUMULATE] = {"accumulate_latency", "MPI_Accumulate Latency", ONE_SIDED, LATENCY_TABLE, FLUSH},
    [BROADCAST] = {"broadcast", "MPI Broadcast Latency", COLLECTIVE, COLLECTIVE_TABLE, NULL},
    [ALLGATHER] = {"allgather", "MPI Allgather Latency", COLLECTIVE, COLLECTIVE_TABLE, NULL},
    [ALLREDUCE] = {"allreduce", "MPI Allreduce Latency", COLLECTIVE, COLLECTIVE_TABLE, NULL},
    [ALL_TO_ALL] = {"all_to_all", "MPI All-to-All Personalized Exchange Latency", COLLECTIVE, COLLECTIVE_TABLE, NULL},
};

/** Bytes of the numbers that allreduce adds up (MPI_FLOAT, as OSU has it up to release 5). */
enum {
  ALLREDUCE_UNIT_BYTES = 4,
  MOST_SIZE_BYTES = 1 << 26,
  MOST_WINDOW = 1024,
  MOST_MEMORY_BYTES = 1 << 30,
  MOST_ITERATIONS = 10000000
};

static const char mpi_usage[] =
    "usage: mpirun -n RANKS testbed_mpi TEST [--sizes BYTES,...] [--iterations N] [--warm-up N] [--window N]\n"
    "  TEST on 2 ranks: latency, bandwidth, bidirectional_bandwidth, put_latency, put_bandwidth,\n"
    "       put_bidirectional_bandwidth, get_latency, get_bandwidth, accumulate_latency\n"
    "  TEST on 2 or more: broadcast, allgather, allreduce, all_to_all\n"
    "  --sizes       of messages, going up; default: the powers of two from 4 to 65536\n"
    "  --iterations  that are timed, at each size; default 100\n"
    "  --warm-up     iterations before, which are not timed; default 10\n"
    "  --window      messages in flight in tests of bandwidth; default 64\n"
    "Prints OSU's table layout. Exit status: 0 well, 1 wrong data or a failure, 2 wrong usage\n";

/** What a command line of testbed_mpi asks for. */
struct mpi_command {
  enum test_id test;
  struct sizes sizes;
  uint64_t iterations, warm_up, window;
};

/** Finds a test by its name; TESTS when there is none. */
static inline enum test_id find_test(const char *name) {
  int id = 0;
  while (id < TESTS && strcmp(tests[id].name, name) != 0) id++;
  return (enum test_id)id;
}

/** Reads the command line. `line` takes the message when something is wrong. */
static inline enum request read_mpi_command(struct mpi_command *command, struct command_line *line, int count,
                                            char *const *words) {
  const char *name = NULL;
  *command = (struct mpi_command){.iterations = 100, .warm_up = 10, .window = 64};
  for (uint64_t bytes = 4; bytes <= 65536; bytes *= 2) command->sizes.bytes[command->sizes.count++] = bytes;
  const struct option options[] = {
      {.name = "TEST", .text = &name},
      {.name = "--sizes", .sizes = &command->sizes, .least = 1, .most = MOST_SIZE_BYTES},
      {.name = "--iterations", .number = &command->iterations, .least = 1, .most = MOST_ITERATIONS},
      {.name = "--warm-up", .number = &command->warm_up, .least = 0, .most = MOST_ITERATIONS},
      {.name = "--window", .number = &command->window, .least = 1, .most = MOST_WINDOW},
  };
  line->options = options;
  line->option_count = sizeof options / sizeof *options;
  enum request request = read_command_line(line, count, words);
  line->options = NULL;
  if (request != RUN) return request;
  command->test = name == NULL ? TESTS : find_test(name);
  if (command->test == TESTS) {
    snprintf(line->message, sizeof line->message, "%.80s: a TEST is needed, as in testbed_mpi latency; see --help",
             name == NULL ? "no test" : name);
    return WRONG;
  }
  for (int index = 0; command->test == ALLREDUCE && index < command->sizes.count; index++) {
    if (command->sizes.bytes[index] % ALLREDUCE_UNIT_BYTES == 0) continue;
    snprintf(line->message, sizeof line->message,
             "--sizes: %" PRIu64 " is no multiple of %d, the bytes of a number that allreduce adds up",
             command->sizes.bytes[index], ALLREDUCE_UNIT_BYTES);
    return WRONG;
  }
  uint64_t memory_bytes = command->sizes.bytes[command->sizes.count - 1] * command->window;
  bool one_place_each = tests[command->test].family == ONE_SIDED && tests[command->test].table == BANDWIDTH_TABLE;
  if (one_place_each && memory_bytes > MOST_MEMORY_BYTES) {
    snprintf(line->message, sizeof line->message,
             "--sizes and --window: the window of the largest size takes %" PRIu64
             " bytes of memory, at most %d can be",
             memory_bytes, MOST_MEMORY_BYTES);
    return WRONG;
  }
  return RUN;
}

/** Whether a test can run on this many ranks; a message when it can't. */
static inline bool ranks_fit(enum test_id test, int ranks, char message[MESSAGE_CHARACTERS]) {
  bool pair = tests[test].family != COLLECTIVE;
  if (pair ? ranks == 2 : ranks >= 2) return true;
  snprintf(message, MESSAGE_CHARACTERS, "%s: %s 2 ranks are needed, as in mpirun -n 2; found %d", tests[test].name,
           pair ? "exactly" : "at least", ranks);
  return false;
}

/** Prints what stands above the rows. */
static inline void print_preamble(enum test_id test) {
  print_title(tests[test].title);
  if (tests[test].family == ONE_SIDED) print_setting("Window creation", "MPI_Win_allocate");
  if (tests[test].synchronization != NULL) print_setting("Synchronization", tests[test].synchronization);
  if (test == ALLREDUCE) print_setting("Datatype", "MPI_FLOAT");
  if (test == ACCUMULATE) print_setting("Datatype", "MPI_UNSIGNED_CHAR");
  print_header(tests[test].table);
}
