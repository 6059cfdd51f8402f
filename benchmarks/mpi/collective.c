/**
 * Operations in which all ranks take part. Each rank times its own calls; a barrier keeps one iteration from the next.
 */
#include "measure.h"

enum { ROOT = 0 };

/** One rank's side of an operation of one size: the size of what one rank gives, or gives to each other rank. */
struct operation {
  unsigned char *outgoing, *incoming;
  int size_bytes, rank, ranks;
};

/** The root's bytes go to all. */
static void broadcast(const struct operation *operation) {
  unsigned char *bytes = operation->rank == ROOT ? operation->outgoing : operation->incoming;
  MPI_Bcast(bytes, operation->size_bytes, MPI_BYTE, ROOT, MPI_COMM_WORLD);
}

/** Each rank's bytes go to all. */
static void allgather(const struct operation *operation) {
  int size = operation->size_bytes;
  MPI_Allgather(operation->outgoing, size, MPI_BYTE, operation->incoming, size, MPI_BYTE, MPI_COMM_WORLD);
}

/** All ranks' numbers are added up, and all get the sums. */
static void allreduce(const struct operation *operation) {
  MPI_Allreduce(operation->outgoing, operation->incoming, operation->size_bytes / ALLREDUCE_UNIT_BYTES, MPI_FLOAT,
                MPI_SUM, MPI_COMM_WORLD);
}

/** Each rank has bytes for each. */
static void all_to_all(const struct operation *operation) {
  int size = operation->size_bytes;
  MPI_Alltoall(operation->outgoing, size, MPI_BYTE, operation->incoming, size, MPI_BYTE, MPI_COMM_WORLD);
}

static void (*const iterate[])(const struct operation *) = {
    [BROADCAST] = broadcast,
    [ALLGATHER] = allgather,
    [ALLREDUCE] = allreduce,
    [ALL_TO_ALL] = all_to_all,
};

/**
 * A small whole number, so that sums of it are exact in single precision. It differs from rank to rank and place to
 * place.
 */
static float addend(int rank, int place) { return (float)((rank * 5 + place) % 61 + 1); }

/** Numbers that all ranks add up; -1, which no sum can be, waits where sums come in. */
static void prepare_sums(const struct operation *operation) {
  float *outgoing = (float *)operation->outgoing, *incoming = (float *)operation->incoming;
  for (int place = 0; place < operation->size_bytes / ALLREDUCE_UNIT_BYTES; place++) {
    outgoing[place] = addend(operation->rank, place);
    incoming[place] = -1;
  }
}

/** The first byte of a wrong sum; the size when all are right. */
static uint64_t find_wrong_total(const struct operation *operation) {
  const float *incoming = (const float *)operation->incoming;
  for (int place = 0; place < operation->size_bytes / ALLREDUCE_UNIT_BYTES; place++) {
    float sum = 0;
    for (int rank = 0; rank < operation->ranks; rank++) sum += addend(rank, place);
    if (incoming[place] != sum) return (uint64_t)place * ALLREDUCE_UNIT_BYTES;
  }
  return (uint64_t)operation->size_bytes;
}

/** The stream of what comes from a rank: only all_to_all has contents of their own for each receiver. */
static uint64_t stream(const struct operation *operation, enum test_id test, int from_rank, int to_rank) {
  return pattern_stream(from_rank, test == ALL_TO_ALL ? to_rank : 0, (uint64_t)operation->size_bytes);
}

/** How many ranks' contents come in. */
static int senders(const struct operation *operation, enum test_id test) {
  return test == BROADCAST ? 1 : operation->ranks;
}

/** Contents for the operations that move bytes, and their complement where they come in. */
static void prepare_bytes(const struct operation *operation, enum test_id test) {
  uint64_t size = (uint64_t)operation->size_bytes;
  for (int to = 0; to < (test == ALL_TO_ALL ? operation->ranks : 1); to++) {
    fill_pattern(operation->outgoing + (size_t)to * size, size, stream(operation, test, operation->rank, to));
  }
  for (int from = 0; from < senders(operation, test); from++) {
    spoil_pattern(operation->incoming + (size_t)from * size, size, stream(operation, test, from, operation->rank));
  }
}

/** The first wrong byte of what came from one rank; the size when all are right. */
static uint64_t find_wrong(const struct operation *operation, enum test_id test, int *from) {
  uint64_t size = (uint64_t)operation->size_bytes;
  if (test == BROADCAST && operation->rank == ROOT) return size;
  for (*from = 0; *from < senders(operation, test); ++*from) {
    uint64_t wrong = find_wrong_byte(operation->incoming + (size_t)*from * size, size,
                                     stream(operation, test, *from, operation->rank));
    if (wrong != size) return wrong;
  }
  return size;
}

/** One operation whose contents are compared. */
static void check_contents(const struct operation *operation, enum test_id test) {
  uint64_t size = (uint64_t)operation->size_bytes;
  if (test == ALLREDUCE) prepare_sums(operation);
  if (test != ALLREDUCE) prepare_bytes(operation, test);
  iterate[test](operation);
  int from = 0;
  uint64_t wrong = test == ALLREDUCE ? find_wrong_total(operation) : find_wrong(operation, test, &from);
  if (wrong == size) return;
  if (test == ALLREDUCE) fail("allreduce: of %" PRIu64 " bytes the sum at byte %" PRIu64 " is wrong", size, wrong);
  fail("%s: %" PRIu64 " bytes of rank %d are wrong at byte %" PRIu64, tests[test].name, size, from, wrong);
}

/** This rank's mean time in an operation, in microseconds. */
static double mean_us(const struct operation *operation, enum test_id test, const struct mpi_command *command) {
  double seconds = 0;
  MPI_Barrier(MPI_COMM_WORLD);
  for (uint64_t number = 0; number < command->warm_up + command->iterations; number++) {
    double begun = MPI_Wtime();
    iterate[test](operation);
    if (number >= command->warm_up) seconds += MPI_Wtime() - begun;
    MPI_Barrier(MPI_COMM_WORLD);
  }
  return step_us(seconds, command->iterations);
}

void measure_collective(const struct process *process, const struct mpi_command *command) {
  enum test_id test = command->test;
  uint64_t largest = command->sizes.bytes[command->sizes.count - 1], ranks = (uint64_t)process->ranks;
  struct operation operation = {
      .outgoing = allocate(largest, test == ALL_TO_ALL ? ranks : 1),
      .incoming = allocate(largest, (uint64_t)(test == ALLREDUCE || test == BROADCAST ? 1 : ranks)),
      .rank = process->rank,
      .ranks = process->ranks,
  };
  for (int index = 0; index < command->sizes.count; index++) {
    uint64_t size = command->sizes.bytes[index];
    operation.size_bytes = (int)size;
    check_contents(&operation, test);
    double own_us = mean_us(&operation, test, command);
    struct collective_times times;
    MPI_Reduce(&own_us, &times.average_us, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    MPI_Reduce(&own_us, &times.least_us, 1, MPI_DOUBLE, MPI_MIN, 0, MPI_COMM_WORLD);
    MPI_Reduce(&own_us, &times.most_us, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
    if (process->rank != 0) continue;
    times.average_us /= process->ranks;
    print_collective_row(size, times, command->iterations);
  }
  free(operation.outgoing);
  free(operation.incoming);
}
