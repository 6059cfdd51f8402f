/** For tests without MPI: EP in as many parts as the first word says, one after another. */
#include "../ep_block.h"

int main(int count, char **words) {
  const struct ep_class *class = find_class(words[2]);
  struct gaussian_sums sums = {0};
  int parts = count == 3 ? atoi(words[1]) : 1;
  uint64_t pairs = UINT64_C(1) << class->exponent;
  for (int part = 0; part < parts; part++) {
    add_pairs(&sums, first_pair_of(pairs, part, parts), first_pair_of(pairs, part + 1, parts));
  }
  print_ep_preamble(class, 1);
  print_ep_results(class, &sums, 1.25, 1);
  sums.x *= 1 + 2e-8;
  if (sums_are_right(class, &sums)) puts("sums that are wrong are taken for right");
  return EXIT_SUCCESS;
}
