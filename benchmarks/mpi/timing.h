/** What is made of a measured time. Definitions: OSU micro-benchmarks, README. */
#pragma once
#include <stdint.h>

/**
 * Microseconds of one of `count` equal steps. A ping-pong has two steps an iteration: half a round trip is the latency.
 */
static inline double step_us(double seconds, uint64_t count) { return seconds * 1e6 / (double)count; }

/** Bandwidth in MB/s of 10^6 bytes: `messages` of a size in a time, in one direction or in both together. */
static inline double megabytes_per_second(double seconds, uint64_t size_bytes, uint64_t messages) {
  return (double)size_bytes * (double)messages / 1e6 / seconds;
}
