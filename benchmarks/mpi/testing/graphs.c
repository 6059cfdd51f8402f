/** For tests without MPI: edges of a graph, the permutation of its labels, and the rule that a broken tree breaks. */
#include <stdio.h>
#include <string.h>

#include "../tree_validation.h"

/** Prints the number of the rule that a tree of the graph 0-1, 1-2, 2-3, 3-0, 0-4, 4-4 and apart from it 5-6 breaks. */
static int broken_rule(char **words) {
  enum { VERTICES = 7 };
  static const struct edge edges[] = {{0, 1}, {2, 1}, {2, 3}, {3, 0}, {0, 4}, {4, 4}, {5, 6}, {0, 1}};
  int64_t parents[VERTICES], visited[VERTICES] = {0};
  int32_t levels[VERTICES];
  unsigned char joined[VERTICES] = {0};
  uint64_t in_tree = 0;
  for (int vertex = 0; vertex < VERTICES; vertex++) {
    parents[vertex] = atoi(words[vertex]);
    levels[vertex] = atoi(words[VERTICES + vertex]);
  }
  struct search_tree tree = {VERTICES, 0, parents, levels};
  enum tree_fault fault = check_walks(&tree, visited);
  if (fault == SOUND) fault = check_levels(&tree);
  if (fault == SOUND) fault = check_edges(&tree, edges, sizeof edges / sizeof *edges, joined, &in_tree);
  if (fault == SOUND) fault = check_joined(&tree, joined);
  printf("%s, %d edges\n", tree_faults[fault], (int)in_tree);
  return EXIT_SUCCESS;
}

/** Whether the scrambling of labels reaches each label once. */
static int check_permutations(void) {
  for (int scale = 1; scale <= 14; scale++) {
    static unsigned char seen[1 << 14];
    memset(seen, 0, sizeof seen);
    for (uint64_t vertex = 0; vertex < UINT64_C(1) << scale; vertex++) {
      int64_t label = scramble(vertex, scale, (uint64_t)scale * 77);
      if (label < 0 || label >= INT64_C(1) << scale || seen[label]++) return EXIT_FAILURE;
    }
  }
  return EXIT_SUCCESS;
}

int main(int count, char **words) {
  if (count == 16 && strcmp(words[1], "tree") == 0) return broken_rule(words + 2);
  if (count == 2) return check_permutations();
  struct kronecker graph = {atoi(words[1]), 16, strtoull(words[2], NULL, 10)};
  for (uint64_t number = 0; number < edge_count(&graph); number++) {
    struct edge edge = kronecker_edge(&graph, number);
    printf("%lld %lld\n", (long long)edge.from, (long long)edge.to);
  }
  return EXIT_SUCCESS;
}
