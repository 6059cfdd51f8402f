#include "process.h"

#include <mpi.h>
#include <stdarg.h>

/** What a failure is reported from. */
static struct process this_process = {.program = "testbed"};

struct process start_process(const char *program, const char *usage, enum request request,
                             const struct command_line *line) {
  this_process.program = program;
  if (request == HELP || request == VERSION) {
    if (request == HELP) fputs(usage, stdout);
    if (request == VERSION) puts("Version: " TESTBED_VERSION);
    exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  MPI_Init(NULL, NULL);
  MPI_Comm_rank(MPI_COMM_WORLD, &this_process.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &this_process.ranks);
  if (request == WRONG) end_unusable(line->message);
  return this_process;
}

int end_process(void) {
  if (fflush(stdout) != 0 || ferror(stdout)) fail("the output can't be written: %s", strerror(errno));
  MPI_Finalize();
  return EXIT_SUCCESS;
}

_Noreturn void fail(const char *format, ...) {
  char message[MESSAGE_CHARACTERS];
  va_list values;
  va_start(values, format);
  vsnprintf(message, sizeof message, format, values);
  va_end(values);
  fprintf(stderr, "%s: rank %d of %d: %s\n", this_process.program, this_process.rank, this_process.ranks, message);
  MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  exit(EXIT_FAILURE);
}

_Noreturn void end_unusable(const char *message) {
  if (this_process.rank == 0) fprintf(stderr, "%s: %s\n", this_process.program, message);
  MPI_Finalize();
  exit(EXIT_USAGE);
}

void *allocate(uint64_t count, uint64_t bytes_each) {
  enum { PAGE_BYTES = 4096 };
  uint64_t bytes = (count * bytes_each / PAGE_BYTES + 1) * PAGE_BYTES;
  bool too_many = bytes_each != 0 && count > SIZE_MAX / 2 / bytes_each;
  void *memory = too_many ? NULL : aligned_alloc(PAGE_BYTES, bytes);
  if (memory == NULL) fail("no memory for %" PRIu64 " times %" PRIu64 " bytes", count, bytes_each);
  return memset(memory, 0, bytes);
}
