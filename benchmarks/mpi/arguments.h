/**
 * Reads a command line. Nothing is printed and nothing ends here: under MPI every rank reads the same words, and only
 * rank 0 may speak.
 */
#pragma once
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TESTBED_VERSION "1.0"

/** What bad usage ends with. */
#define EXIT_USAGE 2

enum { MOST_SIZES = 64, MESSAGE_CHARACTERS = 320 };

/** Message sizes in bytes, each larger than the one before. */
struct sizes {
  int count;
  uint64_t bytes[MOST_SIZES];
};

/** One thing that can stand in a command line. Which of the three pointers is set says what its value is. */
struct option {
  /** As in "--sizes"; a name without dashes is that of a word that stands alone. */
  const char *name;
  uint64_t *number;
  struct sizes *sizes;
  const char **text;
  /** The range of a number, or of each size. */
  uint64_t least, most;
};

/** What a command line asks for. WRONG: `message` says what is wrong, where, and what would be right. */
enum request { RUN, HELP, VERSION, WRONG };

struct command_line {
  const struct option *options;
  int option_count;
  char message[MESSAGE_CHARACTERS];
};

/** Reads a whole number up to `end`, where it must end too; false when it is none. */
static inline bool read_number(const char *text, const char *end, uint64_t *number) {
  char *stop;
  if (!isdigit((unsigned char)*text)) return false;
  errno = 0;
  unsigned long long value = strtoull(text, &stop, 10);
  *number = value;
  return errno == 0 && stop == end;
}

/** Reads a number into its option; false with a message when it is none or outside the option's range. */
static inline bool read_number_option(struct command_line *line, const struct option *option, const char *text) {
  uint64_t number;
  if (read_number(text, text + strlen(text), &number) && number >= option->least && number <= option->most) {
    *option->number = number;
    return true;
  }
  snprintf(line->message, sizeof line->message, "%s %.40s: a whole number from %" PRIu64 " to %" PRIu64 " is needed",
           option->name, text, option->least, option->most);
  return false;
}

/** Reads a list such as 1,8,4096 into its option; false with a message when it is none. */
static inline bool read_sizes_option(struct command_line *line, const struct option *option, const char *text) {
  struct sizes *sizes = option->sizes;
  sizes->count = 0;
  for (const char *start = text;; start++) {
    const char *end = start + strcspn(start, ",");
    uint64_t bytes;
    bool good = read_number(start, end, &bytes) && bytes >= option->least && bytes <= option->most;
    if (!good || sizes->count == MOST_SIZES || (sizes->count > 0 && bytes <= sizes->bytes[sizes->count - 1])) break;
    sizes->bytes[sizes->count++] = bytes;
    start = end;
    if (*end == '\0') return true;
  }
  snprintf(line->message, sizeof line->message,
           "%s %.80s: up to %d sizes from %" PRIu64 " to %" PRIu64
           " bytes are needed, each larger than the one before, "
           "as in %s 1,8,4096",
           option->name, text, MOST_SIZES, option->least, option->most, option->name);
  return false;
}

/**
 * Finds the option of a word: an option of that name, or the first word that still has no text. NULL: there is none.
 */
static inline const struct option *find_option(const struct command_line *line, const char *word) {
  for (int index = 0; index < line->option_count; index++) {
    const struct option *option = &line->options[index];
    bool stands_alone = option->name[0] != '-';
    if (stands_alone ? word[0] != '-' && *option->text == NULL : strcmp(option->name, word) == 0) return option;
  }
  return NULL;
}

/** Reads a command line into its options. The first mistake ends the reading. */
static inline enum request read_command_line(struct command_line *line, int count, char *const *words) {
  for (int index = 1; index < count; index++) {
    const char *word = words[index];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return HELP;
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) return VERSION;
    const struct option *option = find_option(line, word);
    if (option == NULL) {
      snprintf(line->message, sizeof line->message, "%.80s: no such option or one word too many; see --help", word);
      return WRONG;
    }
    const char *value = option->name[0] == '-' ? words[++index] : word;
    if (value == NULL) {
      snprintf(line->message, sizeof line->message, "%s: its value is missing; see --help", option->name);
      return WRONG;
    }
    if (option->text != NULL) *option->text = value;
    if (option->number != NULL && !read_number_option(line, option, value)) return WRONG;
    if (option->sizes != NULL && !read_sizes_option(line, option, value)) return WRONG;
  }
  return RUN;
}
