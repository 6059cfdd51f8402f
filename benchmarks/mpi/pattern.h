/**
 * Contents of messages. They differ from pair to pair of ranks, from size to size and from place to place, and no byte
 * is 0: what was lost, cut, misplaced, sent twice or left from before does not look right.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/**
 * Eight bytes of a stream at an offset that is a multiple of eight. The factors are SplitMix64's (Steele et al. 2014).
 */
static inline uint64_t pattern_word(uint64_t stream, uint64_t offset) {
  uint64_t word = (stream * UINT64_C(0x9e3779b97f4a7c15) + offset + 1) * UINT64_C(0xbf58476d1ce4e5b9);
  return (word ^ word >> 29) | UINT64_C(0x0101010101010101);
}

/** The stream of what one rank sends to another in messages of a size. */
static inline uint64_t pattern_stream(int from_rank, int to_rank, uint64_t size_bytes) {
  return ((uint64_t)from_rank << 20 | (uint64_t)to_rank) ^ size_bytes << 40;
}

/** How many of eight bytes from an offset on still belong to a message. */
static inline size_t pattern_length(uint64_t size_bytes, uint64_t offset) {
  return size_bytes - offset < sizeof(uint64_t) ? size_bytes - offset : sizeof(uint64_t);
}

/** Fills a message. */
static inline void fill_pattern(unsigned char *bytes, uint64_t size_bytes, uint64_t stream) {
  for (uint64_t offset = 0; offset < size_bytes; offset += sizeof(uint64_t)) {
    uint64_t word = pattern_word(stream, offset);
    memcpy(bytes + offset, &word, pattern_length(size_bytes, offset));
  }
}

/**
 * Fills memory with the complement of a message, so that every byte has to change when the message comes. Complement
 * and message add up to bytes of all ones, which is what an accumulated sum must be.
 */
static inline void spoil_pattern(unsigned char *bytes, uint64_t size_bytes, uint64_t stream) {
  for (uint64_t offset = 0; offset < size_bytes; offset += sizeof(uint64_t)) {
    uint64_t word = ~pattern_word(stream, offset);
    memcpy(bytes + offset, &word, pattern_length(size_bytes, offset));
  }
}

/** Offset of the first byte that is wrong; the size when none is. */
static inline uint64_t find_wrong_byte(const unsigned char *bytes, uint64_t size_bytes, uint64_t stream) {
  for (uint64_t offset = 0; offset < size_bytes; offset += sizeof(uint64_t)) {
    uint64_t word = pattern_word(stream, offset);
    size_t length = pattern_length(size_bytes, offset);
    if (memcmp(bytes + offset, &word, length) == 0) continue;
    const unsigned char *expected = (const unsigned char *)&word;
    for (size_t index = 0; bytes[offset] == expected[index]; index++) offset++;
    return offset;
  }
  return size_bytes;
}

/** Offset of the first byte of an accumulated sum that is wrong; the size when none is. */
static inline uint64_t find_wrong_sum(const unsigned char *bytes, uint64_t size_bytes) {
  for (uint64_t offset = 0; offset < size_bytes; offset++) {
    if (bytes[offset] != UINT8_MAX) return offset;
  }
  return size_bytes;
}
