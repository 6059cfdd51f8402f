/**
 * The five rules that the Graph500 specification (section 8) has for the tree of a search. A tree is given by the
 * parent of each vertex and by the level that the search says it found the vertex at; a vertex that was not reached has
 * -1 for both, and the root is its own parent. The rules about edges take part of the edges at a time: each rank has a
 * part.
 */
#pragma once
#include <stdbool.h>
#include <stdlib.h>

#include "kronecker.h"

enum { NOT_REACHED = -1 };

struct search_tree {
  int64_t vertices, root;
  const int64_t *parents;
  const int32_t *levels;
};

/** What is wrong with a tree: the number of the rule that it breaks. */
enum tree_fault {
  SOUND,
  NOT_A_TREE,
  LEVELS_NOT_CONSECUTIVE,
  EDGE_SPANS_LEVELS,
  COMPONENT_NOT_SPANNED,
  EDGE_NOT_IN_GRAPH
};

static const char *const tree_faults[] = {
    [SOUND] = "sound",
    [NOT_A_TREE] = "rule 1: the parents are no tree",
    [LEVELS_NOT_CONSECUTIVE] = "rule 2: a vertex is not one level below its parent",
    [EDGE_SPANS_LEVELS] = "rule 3: an edge connects levels that differ by more than one",
    [COMPONENT_NOT_SPANNED] = "rule 4: an edge connects a vertex of the tree with one that was not reached",
    [EDGE_NOT_IN_GRAPH] = "rule 5: a vertex and its parent are not joined by an edge of the graph",
};

/** Whether a vertex is in the tree. */
static inline bool is_reached(const struct search_tree *tree, int64_t vertex) {
  return tree->parents[vertex] != NOT_REACHED;
}

/** Whether a parent can be one at all: a vertex that was reached; itself only for the root. */
static inline bool parent_is_possible(const struct search_tree *tree, int64_t vertex) {
  int64_t parent = tree->parents[vertex];
  if (parent < 0 || parent >= tree->vertices || !is_reached(tree, parent)) return false;
  return (parent == vertex) == (vertex == tree->root);
}

/**
 * Rule 1: from every vertex that was reached, going from parent to parent ends at the root. `visited` has a 0 for each
 * vertex; a walk marks its way with its own number, so that meeting its own mark again is a cycle and another's is
 * known ground.
 */
static inline enum tree_fault check_walks(const struct search_tree *tree, int64_t *visited) {
  if (tree->parents[tree->root] != tree->root) return NOT_A_TREE;
  visited[tree->root] = -1;
  for (int64_t start = 0; start < tree->vertices; start++) {
    if (!is_reached(tree, start)) continue;
    for (int64_t vertex = start; visited[vertex] == 0; vertex = tree->parents[vertex]) {
      if (!parent_is_possible(tree, vertex)) return NOT_A_TREE;
      visited[vertex] = start + 1;
      if (visited[tree->parents[vertex]] == start + 1) return NOT_A_TREE;
    }
  }
  return SOUND;
}

/**
 * Rule 2: the root is at level 0, each other vertex one below its parent. Holds only for trees that rule 1 lets pass.
 */
static inline enum tree_fault check_levels(const struct search_tree *tree) {
  for (int64_t vertex = 0; vertex < tree->vertices; vertex++) {
    int32_t expected = NOT_REACHED;
    if (is_reached(tree, vertex)) expected = vertex == tree->root ? 0 : tree->levels[tree->parents[vertex]] + 1;
    if (tree->levels[vertex] != expected) return LEVELS_NOT_CONSECUTIVE;
  }
  return SOUND;
}

/**
 * Rules 3 and 4, of some edges. Marks in `joined` whom one of them joins with his parent, and counts those between
 * vertices of the tree, repetitions too but no loops, as Graph500 3.0.1 does.
 */
static inline enum tree_fault check_edges(const struct search_tree *tree, const struct edge *edges, uint64_t count,
                                          unsigned char *joined, uint64_t *edges_in_tree) {
  for (uint64_t index = 0; index < count; index++) {
    int64_t from = edges[index].from, to = edges[index].to;
    if (is_reached(tree, from) != is_reached(tree, to)) return COMPONENT_NOT_SPANNED;
    if (!is_reached(tree, from)) continue;
    if (abs(tree->levels[from] - tree->levels[to]) > 1) return EDGE_SPANS_LEVELS;
    if (tree->parents[from] == to) joined[from] = 1;
    if (tree->parents[to] == from) joined[to] = 1;
    if (from != to) *edges_in_tree += 1;
  }
  return SOUND;
}

/** Rule 5, from the marks that check_edges made for all edges of the graph. */
static inline enum tree_fault check_joined(const struct search_tree *tree, const unsigned char *joined) {
  for (int64_t vertex = 0; vertex < tree->vertices; vertex++) {
    if (is_reached(tree, vertex) && vertex != tree->root && !joined[vertex]) return EDGE_NOT_IN_GRAPH;
  }
  return SOUND;
}
