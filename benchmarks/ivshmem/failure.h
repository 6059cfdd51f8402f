/* How the program ends when it can't go on, and when that is because of the time. */
#pragma once
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Exit statuses. TIME_LIMIT is that of coreutils' timeout. */
enum { NO_SERVER = 1, UNUSABLE = 2, WRONG_MESSAGE = 3, TIME_LIMIT = 124 };

/* For printf: uint64_t is not the same type everywhere. */
typedef unsigned long long printable;

#define NS_PER_SECOND UINT64_C(1000000000)

/* The whole process has to end before; main sets it. */
static uint64_t deadline_ns = UINT64_MAX;

_Noreturn static void __attribute__((format(printf, 2, 3))) fail(int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("ivshmem_latency: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(status);
}

static uint64_t clock_ns(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * NS_PER_SECOND + (uint64_t)time.tv_nsec;
}

static void check_deadline(const char *waiting_for) {
  if (clock_ns(CLOCK_MONOTONIC) < deadline_ns) return;
  fail(TIME_LIMIT, "the time limit was reached while waiting for %s", waiting_for);
}
