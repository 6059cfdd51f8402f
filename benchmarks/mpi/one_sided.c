/**
 * One rank reads or writes the memory of another (MPI-3, memory of MPI_Win_allocate). What one side of a pair does is
 * timed on rank 0: the origin of every operation, and with PUTS_BOTH_WAYS also a target. Each operation of a window has
 * its own place in the target's memory (puts) or in the origin's (gets), since writes at the same time to one place are
 * not allowed.
 */
#include "measure.h"

/** One rank's side of the operations of one size. */
struct operations {
  MPI_Win window;
  /** What the other rank reaches. */
  unsigned char *exposed;
  /** The origin's own memory. */
  unsigned char *local;
  MPI_Group peer_group;
  int size_bytes, rank, peer, count;
};

enum { TARGET = 1 };

/** Starts a window of puts, each to its own place. */
static void put_all(const struct operations *operations) {
  int size = operations->size_bytes;
  for (int index = 0; index < operations->count; index++) {
    MPI_Put(operations->local, size, MPI_BYTE, operations->peer, (MPI_Aint)index * size, size, MPI_BYTE,
            operations->window);
  }
}

/** Puts, and waits until they are in the target's memory. */
static void put_and_flush(const struct operations *operations) {
  put_all(operations);
  MPI_Win_flush(operations->peer, operations->window);
}

/** Gets, each into its own place, and waits until they are here. */
static void get_and_flush(const struct operations *operations) {
  int size = operations->size_bytes;
  for (int index = 0; index < operations->count; index++) {
    MPI_Get(operations->local + (size_t)index * (size_t)size, size, MPI_BYTE, operations->peer, 0, size, MPI_BYTE,
            operations->window);
  }
  MPI_Win_flush(operations->peer, operations->window);
}

/** Adds to the target's bytes, and waits until that is done. */
static void accumulate_and_flush(const struct operations *operations) {
  MPI_Accumulate(operations->local, operations->size_bytes, MPI_UNSIGNED_CHAR, operations->peer, 0,
                 operations->size_bytes, MPI_UNSIGNED_CHAR, MPI_SUM, operations->window);
  MPI_Win_flush(operations->peer, operations->window);
}

/** Both ranks open their memory to each other, write, and wait until both have written. */
static void put_both_ways(const struct operations *operations) {
  MPI_Win_post(operations->peer_group, 0, operations->window);
  MPI_Win_start(operations->peer_group, 0, operations->window);
  put_all(operations);
  MPI_Win_complete(operations->window);
  MPI_Win_wait(operations->window);
}

static void (*const iterate[])(const struct operations *) = {
    [PUT] = put_and_flush, [WINDOW_OF_PUTS] = put_and_flush, [PUTS_BOTH_WAYS] = put_both_ways,
    [GET] = get_and_flush, [WINDOW_OF_GETS] = get_and_flush, [ACCUMULATE] = accumulate_and_flush,
};

/** Whether data comes to the origin. */
static bool gets(enum test_id test) { return test == GET || test == WINDOW_OF_GETS; }

/**
 * Runs a number of iterations and gives their time in seconds. With PUTS_BOTH_WAYS each iteration opens and closes the
 * windows itself; all others are within one lock of the target.
 */
static double run(const struct operations *operations, enum test_id test, uint64_t warm_up, uint64_t iterations) {
  bool both = test == PUTS_BOTH_WAYS, origin = both || operations->rank != TARGET;
  double begun = 0, seconds = 0;
  if (origin && !both) MPI_Win_lock(MPI_LOCK_SHARED, operations->peer, 0, operations->window);
  for (uint64_t number = 0; origin && number < warm_up + iterations; number++) {
    if (number == warm_up) begun = MPI_Wtime();
    iterate[test](operations);
  }
  seconds = MPI_Wtime() - begun;
  if (origin && !both) MPI_Win_unlock(operations->peer, operations->window);
  MPI_Barrier(MPI_COMM_WORLD);
  return seconds;
}

/** Fills both sides' memory so that every byte has to change where data comes in. */
static void prepare(const struct operations *operations, enum test_id test) {
  uint64_t size = (uint64_t)operations->size_bytes;
  uint64_t outgoing = pattern_stream(operations->rank, operations->peer, size);
  uint64_t incoming = pattern_stream(operations->peer, operations->rank, size);
  if (!gets(test)) fill_pattern(operations->local, size, outgoing);
  // A rank's own loads and stores are seen by others, and theirs by it, only within a lock.
  MPI_Win_lock(MPI_LOCK_EXCLUSIVE, operations->rank, 0, operations->window);
  if (gets(test)) fill_pattern(operations->exposed, size, outgoing);
  unsigned char *place = gets(test) ? operations->local : operations->exposed;
  for (int index = 0; index < operations->count; index++) spoil_pattern(place + (size_t)index * size, size, incoming);
  MPI_Win_unlock(operations->rank, operations->window);
  MPI_Barrier(MPI_COMM_WORLD);
}

/** One iteration whose contents are compared where they came in. */
static void check_contents(const struct operations *operations, enum test_id test) {
  uint64_t size = (uint64_t)operations->size_bytes, wrong = size;
  uint64_t incoming = pattern_stream(operations->peer, operations->rank, size);
  bool receives = test == PUTS_BOTH_WAYS || gets(test) != (operations->rank == TARGET);
  prepare(operations, test);
  run(operations, test, 0, 1);
  MPI_Win_lock(MPI_LOCK_EXCLUSIVE, operations->rank, 0, operations->window);
  const unsigned char *place = gets(test) ? operations->local : operations->exposed;
  for (int index = 0; receives && wrong == size && index < operations->count; index++) {
    const unsigned char *bytes = place + (size_t)index * size;
    wrong = test == ACCUMULATE ? find_wrong_sum(bytes, size) : find_wrong_byte(bytes, size, incoming);
  }
  MPI_Win_unlock(operations->rank, operations->window);
  if (wrong != size) {
    fail("%s: an operation on %" PRIu64 " bytes is wrong at byte %" PRIu64, tests[test].name, size, wrong);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

/** Gives memory of which `places` of a size can be reached by the other rank. */
static struct operations open_window(const struct process *process, uint64_t size_bytes, int places) {
  struct operations operations = {.rank = process->rank, .peer = 1 - process->rank, .count = places};
  MPI_Aint bytes = (MPI_Aint)size_bytes * places;
  operations.local = allocate((uint64_t)bytes, 1);
  MPI_Win_allocate(bytes, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &operations.exposed, &operations.window);
  MPI_Group everyone;
  MPI_Comm_group(MPI_COMM_WORLD, &everyone);
  MPI_Group_incl(everyone, 1, &operations.peer, &operations.peer_group);
  MPI_Group_free(&everyone);
  return operations;
}

void measure_one_sided(const struct process *process, const struct mpi_command *command) {
  enum test_id test = command->test;
  bool windows = tests[test].table == BANDWIDTH_TABLE;
  uint64_t largest = command->sizes.bytes[command->sizes.count - 1];
  struct operations operations = open_window(process, largest, windows ? (int)command->window : 1);
  for (int index = 0; index < command->sizes.count; index++) {
    uint64_t size = command->sizes.bytes[index];
    operations.size_bytes = (int)size;
    check_contents(&operations, test);
    double seconds = run(&operations, test, command->warm_up, command->iterations);
    if (process->rank != 0) continue;
    uint64_t messages = command->iterations * (uint64_t)operations.count * (test == PUTS_BOTH_WAYS ? 2 : 1);
    print_row(size, windows ? megabytes_per_second(seconds, size, messages) : step_us(seconds, messages));
  }
  MPI_Group_free(&operations.peer_group);
  MPI_Win_free(&operations.window);
  free(operations.local);
}
