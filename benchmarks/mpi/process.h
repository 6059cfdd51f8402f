/** One rank of a program: how it starts, and how it ends when it can't go on. */
#pragma once
#include "arguments.h"

struct process {
  const char *program;
  int rank, ranks;
};

/**
 * Starts MPI, or answers --help and --version before it: they must work where no launcher is. What is wrong with the
 * usage is told after it, since only then a process knows whether it is rank 0.
 */
struct process start_process(const char *program, const char *usage, enum request request,
                             const struct command_line *line);

/** Ends a rank whose work is done and gives the exit status. A result that could not be written whole is a failure. */
int end_process(void);

/** Ends all ranks with exit status 1 and one line on standard error: something went wrong that may not give numbers. */
_Noreturn void __attribute__((format(printf, 1, 2))) fail(const char *format, ...);

/** Ends all ranks with exit status 2, after one line on rank 0's standard error. Every rank must call it. */
_Noreturn void end_unusable(const char *message);

/** Gives memory for `count` things, all zero, at the beginning of a page as large messages have it. */
void *allocate(uint64_t count, uint64_t bytes_each);
