/**
 * For tests: a transport that loses or changes bytes. Linked to a program, it stands between the program and MPI's
 * profiling interface and breaks the one operation that the environment variable TESTBED_BREAK names.
 */
#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool breaks(const char *operation) {
  const char *name = getenv("TESTBED_BREAK");
  return name != NULL && strcmp(name, operation) == 0;
}

/** One less when the operation is to lose the last thing that it moves. */
static int lessened(const char *operation, int count) { return breaks(operation) ? count - 1 : count; }

/** Changes the last byte, which in a floating-point number is that of the sign and most of the exponent. */
static void change(const char *operation, void *bytes, int count, MPI_Datatype type) {
  int size;
  PMPI_Type_size(type, &size);
  if (breaks(operation)) ((unsigned char *)bytes)[(size_t)count * (size_t)size - 1] ^= 0x41;
}

int MPI_Send(const void *bytes, int count, MPI_Datatype type, int to, int tag, MPI_Comm ranks) {
  return PMPI_Send(bytes, lessened("MPI_Send", count), type, to, tag, ranks);
}

int MPI_Isend(const void *bytes, int count, MPI_Datatype type, int to, int tag, MPI_Comm ranks, MPI_Request *request) {
  return PMPI_Isend(bytes, lessened("MPI_Isend", count), type, to, tag, ranks, request);
}

int MPI_Put(const void *bytes, int count, MPI_Datatype type, int to, MPI_Aint place, int target_count,
            MPI_Datatype target_type, MPI_Win window) {
  return PMPI_Put(bytes, lessened("MPI_Put", count), type, to, place, lessened("MPI_Put", target_count), target_type,
                  window);
}

int MPI_Get(void *bytes, int count, MPI_Datatype type, int from, MPI_Aint place, int target_count,
            MPI_Datatype target_type, MPI_Win window) {
  return PMPI_Get(bytes, lessened("MPI_Get", count), type, from, place, lessened("MPI_Get", target_count), target_type,
                  window);
}

int MPI_Accumulate(const void *bytes, int count, MPI_Datatype type, int to, MPI_Aint place, int target_count,
                   MPI_Datatype target_type, MPI_Op operation, MPI_Win window) {
  return PMPI_Accumulate(bytes, lessened("MPI_Accumulate", count), type, to, place,
                         lessened("MPI_Accumulate", target_count), target_type, operation, window);
}

int MPI_Bcast(void *bytes, int count, MPI_Datatype type, int root, MPI_Comm ranks) {
  int result = PMPI_Bcast(bytes, count, type, root, ranks);
  change("MPI_Bcast", bytes, count, type);
  return result;
}

int MPI_Allgather(const void *bytes, int count, MPI_Datatype type, void *received, int received_count,
                  MPI_Datatype received_type, MPI_Comm ranks) {
  int result = PMPI_Allgather(bytes, count, type, received, received_count, received_type, ranks), size;
  PMPI_Comm_size(ranks, &size);
  change("MPI_Allgather", received, received_count * size, received_type);
  return result;
}

int MPI_Allreduce(const void *bytes, void *received, int count, MPI_Datatype type, MPI_Op operation, MPI_Comm ranks) {
  int result = PMPI_Allreduce(bytes, received, count, type, operation, ranks);
  change("MPI_Allreduce", received, count, type);
  return result;
}

int MPI_Alltoall(const void *bytes, int count, MPI_Datatype type, void *received, int received_count,
                 MPI_Datatype received_type, MPI_Comm ranks) {
  int result = PMPI_Alltoall(bytes, count, type, received, received_count, received_type, ranks), size;
  PMPI_Comm_size(ranks, &size);
  change("MPI_Alltoall", received, received_count * size, received_type);
  return result;
}

/**
 * Changes pairs of vertices so that they still could be right. "construction": the first exchange gives another graph
 * than was generated. "search": the last word of the second exchange names another parent. "MPI_Alltoallv": not even a
 * vertex.
 */
int MPI_Alltoallv(const void *bytes, const int *counts, const int *places, MPI_Datatype type, void *received,
                  const int *received_counts, const int *received_places, MPI_Datatype received_type, MPI_Comm ranks) {
  static int calls;
  int size, words;
  int result =
      PMPI_Alltoallv(bytes, counts, places, type, received, received_counts, received_places, received_type, ranks);
  PMPI_Comm_size(ranks, &size);
  words = received_places[size - 1] + received_counts[size - 1];
  calls++;
  for (int word = 1; word < words; word += 2) {
    int64_t *vertex = (int64_t *)received + word;
    if (calls == 1 && breaks("construction")) *vertex ^= 1;
    if (calls == 3 && breaks("search")) *vertex ^= 1;
    if (calls == 1 && breaks("MPI_Alltoallv")) *vertex = -5;
  }
  return result;
}
