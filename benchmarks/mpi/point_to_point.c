/** Two ranks send each other messages: ping-pong, and windows of messages in one direction or in both. */
#include "measure.h"

enum { MESSAGE_TAG = 1, ACKNOWLEDGEMENT_TAG = 2, ACKNOWLEDGEMENT_BYTES = 4 };

/** One rank's side of the messages of one size. All messages of a window have the same contents and the same place. */
struct messages {
  unsigned char *outgoing, *incoming;
  int size_bytes, peer, window;
  bool first;
  MPI_Request *sends, *receives;
  MPI_Status *statuses;
};

/** A message to the other rank and back. */
static void ping_pong(const struct messages *messages) {
  void *outgoing = messages->outgoing, *incoming = messages->incoming;
  int size = messages->size_bytes, peer = messages->peer;
  if (messages->first) MPI_Send(outgoing, size, MPI_BYTE, peer, MESSAGE_TAG, MPI_COMM_WORLD);
  MPI_Recv(incoming, size, MPI_BYTE, peer, MESSAGE_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  if (!messages->first) MPI_Send(outgoing, size, MPI_BYTE, peer, MESSAGE_TAG, MPI_COMM_WORLD);
}

/** Starts the sends of a window. */
static void post_sends(const struct messages *messages) {
  for (int index = 0; index < messages->window; index++) {
    MPI_Isend(messages->outgoing, messages->size_bytes, MPI_BYTE, messages->peer, MESSAGE_TAG, MPI_COMM_WORLD,
              &messages->sends[index]);
  }
}

/** Starts the receives of a window, all to one place, as OSU has it: what comes is the same. */
static void post_receives(const struct messages *messages) {
  for (int index = 0; index < messages->window; index++) {
    MPI_Irecv(messages->incoming, messages->size_bytes, MPI_BYTE, messages->peer, MESSAGE_TAG, MPI_COMM_WORLD,
              &messages->receives[index]);
  }
}

/** A window of messages from the first rank, which the second acknowledges when it has them all. */
static void window_of_sends(const struct messages *messages) {
  unsigned char acknowledgement[ACKNOWLEDGEMENT_BYTES] = {0};
  int size = ACKNOWLEDGEMENT_BYTES, peer = messages->peer;
  if (messages->first) {
    post_sends(messages);
    MPI_Waitall(messages->window, messages->sends, messages->statuses);
    MPI_Recv(acknowledgement, size, MPI_BYTE, peer, ACKNOWLEDGEMENT_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  } else {
    post_receives(messages);
    MPI_Waitall(messages->window, messages->receives, messages->statuses);
    MPI_Send(acknowledgement, size, MPI_BYTE, peer, ACKNOWLEDGEMENT_TAG, MPI_COMM_WORLD);
  }
}

/** A window of messages from each rank at the same time. */
static void windows_both_ways(const struct messages *messages) {
  post_receives(messages);
  post_sends(messages);
  MPI_Waitall(messages->window, messages->sends, messages->statuses);
  MPI_Waitall(messages->window, messages->receives, messages->statuses);
}

/** One iteration of each test, and how many messages it carries in a window of one. */
static const struct {
  void (*iterate)(const struct messages *);
  int messages;
} steps[] = {
    [PING_PONG] = {ping_pong, 2},
    [WINDOW_OF_SENDS] = {window_of_sends, 1},
    [WINDOWS_BOTH_WAYS] = {windows_both_ways, 2},
};

/** One iteration whose contents are compared. */
static void check_contents(const struct messages *messages, enum test_id test, int rank) {
  uint64_t size = (uint64_t)messages->size_bytes;
  uint64_t expected = pattern_stream(messages->peer, rank, size);
  fill_pattern(messages->outgoing, size, pattern_stream(rank, messages->peer, size));
  spoil_pattern(messages->incoming, size, expected);
  steps[test].iterate(messages);
  if (test == WINDOW_OF_SENDS && messages->first) return;
  uint64_t wrong = find_wrong_byte(messages->incoming, size, expected);
  if (wrong == size) return;
  fail("%s: a message of %" PRIu64 " bytes is wrong at byte %" PRIu64, tests[test].name, size, wrong);
}

void measure_point_to_point(const struct process *process, const struct mpi_command *command) {
  enum test_id test = command->test;
  uint64_t largest = command->sizes.bytes[command->sizes.count - 1];
  struct messages messages = {
      .outgoing = allocate(largest, 1),
      .incoming = allocate(largest, 1),
      .peer = 1 - process->rank,
      .window = (int)command->window,
      .first = process->rank == 0,
      .sends = allocate(command->window, sizeof *messages.sends),
      .receives = allocate(command->window, sizeof *messages.receives),
      .statuses = allocate(command->window, sizeof *messages.statuses),
  };
  for (int index = 0; index < command->sizes.count; index++) {
    uint64_t size = command->sizes.bytes[index];
    messages.size_bytes = (int)size;
    check_contents(&messages, test, process->rank);
    for (uint64_t iteration = 0; iteration < command->warm_up; iteration++) steps[test].iterate(&messages);
    MPI_Barrier(MPI_COMM_WORLD);
    double begun = MPI_Wtime();
    for (uint64_t iteration = 0; iteration < command->iterations; iteration++) steps[test].iterate(&messages);
    double seconds = MPI_Wtime() - begun;
    if (process->rank != 0) continue;
    uint64_t count = command->iterations * (uint64_t)steps[test].messages;
    print_row(size, test == PING_PONG ? step_us(seconds, count)
                                      : megabytes_per_second(seconds, size, count * command->window));
  }
  free(messages.outgoing);
  free(messages.incoming);
  free(messages.sends);
  free(messages.receives);
  free(messages.statuses);
}
