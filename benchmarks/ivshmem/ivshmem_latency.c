/*
 * ivshmem_latency: latency of messages between two processes over memory that both have mapped, as two guests on one
 * node have it by an IVSHMEM device (Inter-VM Shared Memory). A ping-pong: the client sends, the server sends the same
 * bytes back, and half of a round trip is the latency of one message. A message is copied into the shared memory by its
 * sender and out of it by its receiver, as MPI libraries do; making up and checking the bytes is not in the times.
 *
 *   gcc -O2 -static -std=c11 -Wall -Wextra -Werror -o ivshmem_latency ivshmem_latency.c
 *
 * Exit status: 0 well, 1 no server is there (client), 2 wrong usage or unusable memory, 3 wrong message, 124 time limit
 */
#define _GNU_SOURCE
#include <getopt.h>

#include "ping_pong.h"

#define MAX_ITERATIONS 10000000

static const char usage[] =
    "usage:\n"
    "  ivshmem_latency [--file PATH] --size BYTES --iterations N --warm-up N -p|--token NUMBER\n"
    "                  --time-limit SECONDS [--connect-limit SECONDS] server|client\n"
    "  ivshmem_latency [--file PATH] write TEXT\n"
    "  ivshmem_latency [--file PATH] read\n"
    "  ivshmem_latency -V|--version";

enum number { SIZE, ITERATIONS, WARM_UP, TOKEN, TIME_LIMIT_SECONDS, CONNECT_LIMIT_SECONDS, NUMBERS };

static const struct {
  const char *option;
  uint64_t least, most;
} ranges[NUMBERS] = {
    [SIZE] = {"size", 1, UINT32_MAX},
    [ITERATIONS] = {"iterations", 1, MAX_ITERATIONS},
    [WARM_UP] = {"warm-up", 0, MAX_ITERATIONS},
    [TOKEN] = {"token", 1, UINT32_MAX},
    [TIME_LIMIT_SECONDS] = {"time-limit", 1, 86400},
    [CONNECT_LIMIT_SECONDS] = {"connect-limit", 1, 86400},
};

/* What the command line says. `text` is that of `write`; a number that is absent is `ABSENT`. */
#define ABSENT UINT64_MAX
struct command {
  const char *file, *mode, *text;
  uint64_t numbers[NUMBERS];
};

static uint64_t parse_number(enum number number, const char *text) {
  const char *option = ranges[number].option;
  char *end;
  errno = 0;
  uint64_t value = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < ranges[number].least ||
      value > ranges[number].most) {
    fail(UNUSABLE, "--%s %s: a whole number from %llu to %llu is needed", option, text,
         (printable)ranges[number].least, (printable)ranges[number].most);
  }
  return value;
}

static struct command parse_command(int count, char **words) {
  enum { FILE_OPTION = NUMBERS, VERSION_OPTION, OPTIONS };
  struct option options[OPTIONS + 1] = {0};
  for (int number = 0; number < NUMBERS; number++) {
    options[number] = (struct option){ranges[number].option, required_argument, NULL, number};
  }
  options[FILE_OPTION] = (struct option){"file", required_argument, NULL, FILE_OPTION};
  options[VERSION_OPTION] = (struct option){"version", no_argument, NULL, 'V'};
  struct command command = {0};
  for (int number = 0; number < NUMBERS; number++) command.numbers[number] = ABSENT;
  for (int option; (option = getopt_long(count, words, "p:V", options, NULL)) != -1;) {
    if (option == '?') fail(UNUSABLE, "%s", usage);
    if (option == 'V') {
      puts("Version: 1");
      exit(EXIT_SUCCESS);
    }
    if (option == FILE_OPTION) {
      command.file = optarg;
    } else {
      enum number number = option == 'p' ? TOKEN : (enum number)option;
      command.numbers[number] = parse_number(number, optarg);
    }
  }
  if (optind < count) command.mode = words[optind++];
  if (optind < count) command.text = words[optind++];
  if (command.mode == NULL || optind < count) fail(UNUSABLE, "%s", usage);
  return command;
}

static bool mode_is(const struct command *command, const char *mode) { return strcmp(command->mode, mode) == 0; }

static int by_time(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* Half of a round trip in microseconds. Three decimals: between two cores it is a fraction of one. */
static double latency_us(double round_trip_ns) { return round_trip_ns / 2 / 1000; }

/* Prints one row. The 99th percentile is that of the nearest rank: at least 99 % of all are not above it. */
static void print_results(const struct side *side, uint64_t memory_bytes, uint64_t *round_trips) {
  uint64_t count = side->iterations, sum = 0;
  qsort(round_trips, count, sizeof *round_trips, by_time);
  for (uint64_t index = 0; index < count; index++) sum += round_trips[index];
  double middle = ((double)round_trips[(count - 1) / 2] + (double)round_trips[count / 2]) / 2;
  printf("# hpc-virtualization-testbed ivshmem_latency 1\n");
  printf("# memory %s %llu bytes, %llu iterations, %llu warm-up\n", side->path, (printable)memory_bytes,
         (printable)count, (printable)side->warm_up);
  printf("# bytes    min[us]    median[us]    mean[us]    p99[us]    max[us]\n");
  printf("%llu    %.3f    %.3f    %.3f    %.3f    %.3f\n", (printable)side->size,
         latency_us((double)round_trips[0]), latency_us(middle), latency_us((double)sum / (double)count),
         latency_us((double)round_trips[(count * 99 + 99) / 100 - 1]), latency_us((double)round_trips[count - 1]));
}

static void run_side(const struct command *command, const char *path, unsigned char *memory, uint64_t memory_bytes) {
  const uint64_t *numbers = command->numbers;
  struct side side = {
      .memory = (void *)memory,
      .path = path,
      .token = numbers[TOKEN],
      .size = numbers[SIZE],
      .warm_up = numbers[WARM_UP],
      .iterations = numbers[ITERATIONS],
      .connect_limit = numbers[numbers[CONNECT_LIMIT_SECONDS] == ABSENT ? TIME_LIMIT_SECONDS : CONNECT_LIMIT_SECONDS],
  };
  place_mailboxes(&side, memory_bytes);
  if (mode_is(command, "server")) {
    serve(&side);
  } else {
    uint64_t *round_trips = allocate(side.iterations, sizeof *round_trips);
    measure(&side, round_trips);
    print_results(&side, memory_bytes, round_trips);
  }
}

int main(int count, char **words) {
  struct command command = parse_command(count, words);
  bool writes = mode_is(&command, "write"), reads = mode_is(&command, "read");
  bool is_side = mode_is(&command, "server") || mode_is(&command, "client");
  if ((!writes && !reads && !is_side) || writes != (command.text != NULL)) fail(UNUSABLE, "%s", usage);
  for (int number = 0; is_side && number < CONNECT_LIMIT_SECONDS; number++) {
    if (command.numbers[number] == ABSENT) fail(UNUSABLE, "--%s is missing\n%s", ranges[number].option, usage);
  }
  if (is_side) deadline_ns = clock_ns(CLOCK_MONOTONIC) + command.numbers[TIME_LIMIT_SECONDS] * NS_PER_SECOND;
  const char *path = command.file != NULL ? command.file : find_device_memory();
  uint64_t memory_bytes;
  unsigned char *memory = map_memory(path, &memory_bytes);
  struct text_block *block = (void *)(memory + memory_bytes - TEXT_BYTES);
  if (writes) write_text(block, command.text);
  if (reads) read_text(block, path);
  if (is_side) run_side(&command, path, memory, memory_bytes);
  if (fflush(stdout) != 0) fail(UNUSABLE, "the output can't be written: %s", strerror(errno));
  return EXIT_SUCCESS;
}
