/*
 * ivshmem_latency: latency of messages between two processes over memory that both have mapped, as two guests on one node
 * have by an IVSHMEM device (Inter-VM Shared Memory). A ping-pong: the client sends, the server sends the same bytes back,
 * and half of a round trip is the latency of one message. A message is copied into the shared memory by the sender and out
 * of it by the receiver, as MPI libraries do; filling and checking the bytes lies outside the measured time.
 * Exit status: 0 well, 1 no server (client), 2 wrong usage or memory, 3 wrong message, 124 time limit (as coreutils timeout).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef PCI_DEVICES
#define PCI_DEVICES "/sys/bus/pci/devices"
#endif
enum { NO_SERVER = 1, UNUSABLE = 2, WRONG_MESSAGE = 3, TIME_LIMIT = 124 };
enum { CACHE_LINE = 64, TEXT_BYTES = 4096, POLLS_BEFORE_YIELD = 1000 };
#define MAX_ITERATIONS 10000000u
#define TEXT_MARK UINT64_C(0x7478657473657431)

/* One side's word to the other before the ping-pong. The nonces tell a process of now from what an earlier launch left. */
struct greeting {
  _Alignas(CACHE_LINE) _Atomic uint64_t nonce; /* of this process; the server publishes its greeting with it */
  _Atomic uint64_t token, size, messages;
  _Atomic uint64_t reply; /* the nonce of the other side; the client publishes its greeting with it */
};
struct mailbox {
  _Atomic uint64_t sequence; /* of the message that lies here, published after its bytes */
  unsigned char payload[];
};
/* The memory: greetings, the mailbox to the server, the mailbox to the client; at its end the block of `write` and `read`. */
struct memory {
  struct greeting server, client;
  unsigned char mailboxes[];
};
struct text_block {
  _Atomic uint64_t mark;
  uint64_t length;
  char text[TEXT_BYTES - 2 * sizeof(uint64_t)];
};
struct settings {
  const char *file;
  uint64_t size, iterations, warm_up, token, time_limit, connect_limit;
};

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
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void check_deadline(const char *waiting_for) {
  if (clock_ns(CLOCK_MONOTONIC) >= deadline_ns) fail(TIME_LIMIT, "the time limit was reached while waiting for %s", waiting_for);
}

/* ---- The memory ---- */

static bool attribute_is(const char *device, const char *name, const char *expected) {
  char path[512], text[32] = "";
  snprintf(path, sizeof path, PCI_DEVICES "/%s/%s", device, name);
  FILE *file = fopen(path, "r");
  if (file == NULL) return false;
  bool read = fgets(text, sizeof text, file) != NULL;
  fclose(file);
  text[strcspn(text, "\n")] = '\0';
  return read && strcmp(text, expected) == 0;
}

/* A device without a driver may be switched off; its memory then reads as ones, and writes are lost. */
static void enable_device(const char *device) {
  if (!attribute_is(device, "enable", "0")) return;
  char path[512];
  snprintf(path, sizeof path, PCI_DEVICES "/%s/enable", device);
  FILE *file = fopen(path, "w");
  bool written = file != NULL && fputs("1", file) >= 0;
  if (file != NULL && fclose(file) != 0) written = false;
  if (!written) fail(UNUSABLE, "the IVSHMEM device is switched off, and %s can't be written: %s", path, strerror(errno));
}

/* Finds the one IVSHMEM device (1af4:1110) and gives the path of its BAR 2, which is the shared memory. */
static const char *find_device_memory(void) {
  static char path[512];
  DIR *devices = opendir(PCI_DEVICES);
  if (devices == NULL) fail(UNUSABLE, "%s can't be read: %s", PCI_DEVICES, strerror(errno));
  for (struct dirent *entry; (entry = readdir(devices)) != NULL;) {
    if (!attribute_is(entry->d_name, "vendor", "0x1af4") || !attribute_is(entry->d_name, "device", "0x1110")) continue;
    if (path[0] != '\0') fail(UNUSABLE, "there are several IVSHMEM devices: name one by --file, as in --file %s", path);
    snprintf(path, sizeof path, PCI_DEVICES "/%s/resource2", entry->d_name);
    enable_device(entry->d_name);
  }
  closedir(devices);
  if (path[0] == '\0') fail(UNUSABLE, "no IVSHMEM device (1af4:1110) is in %s; on a host use --file /dev/shm/NAME", PCI_DEVICES);
  return path;
}

static void *map_memory(const char *path, uint64_t *bytes) {
  struct stat status;
  int descriptor = open(path, O_RDWR | O_CLOEXEC);
  if (descriptor < 0 || fstat(descriptor, &status) != 0) fail(UNUSABLE, "%s can't be opened: %s", path, strerror(errno));
  *bytes = (uint64_t)status.st_size;
  if (*bytes < sizeof(struct memory) + TEXT_BYTES + 4 * CACHE_LINE || *bytes % CACHE_LINE != 0) {
    fail(UNUSABLE, "%s has %llu bytes, which is no shared memory: at least 8192 are needed, in whole cache lines of %d", path,
         (unsigned long long)*bytes, CACHE_LINE);
  }
  void *address = mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) fail(UNUSABLE, "%s can't be mapped: %s", path, strerror(errno));
  close(descriptor);
  return address;
}

/* ---- write and read ---- */

static void write_text(struct text_block *block, const char *text) {
  size_t length = strlen(text);
  if (length > sizeof block->text) fail(UNUSABLE, "the text has %zu bytes; at most %zu fit", length, sizeof block->text);
  atomic_store(&block->mark, 0);
  memcpy(block->text, text, length);
  block->length = length;
  atomic_store(&block->mark, TEXT_MARK);
}

static void read_text(struct text_block *block, const char *path) {
  if (atomic_load(&block->mark) != TEXT_MARK || block->length > sizeof block->text) fail(UNUSABLE, "no text was written to %s", path);
  printf("%.*s\n", (int)block->length, block->text);
}

/* ---- Both sides find each other ---- */

static uint64_t new_nonce(void) {
  return ((clock_ns(CLOCK_REALTIME) ^ ((uint64_t)getpid() << 20)) & UINT32_MAX) | 1;
}

static void fill_greeting(struct greeting *own, const struct settings *settings) {
  atomic_store(&own->token, settings->token);
  atomic_store(&own->size, settings->size);
  atomic_store(&own->messages, settings->warm_up + settings->iterations);
}

static void compare_greeting(struct greeting *other, const struct settings *settings) {
  unsigned long long size = atomic_load(&other->size), messages = atomic_load(&other->messages);
  if (size == settings->size && messages == settings->warm_up + settings->iterations) return;
  fail(UNUSABLE, "the other side sends %llu messages of %llu bytes, this side %llu of %llu; both need the same numbers", messages, size,
       (unsigned long long)(settings->warm_up + settings->iterations), (unsigned long long)settings->size);
}

static void pause_between_looks(const char *waiting_for) {
  check_deadline(waiting_for);
  nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

/* Offers the launch and waits for a client. Gives the session: the server's nonce, which every sequence number begins with. */
static uint64_t greet_client(struct memory *memory, struct mailbox *to_server, struct mailbox *to_client, const struct settings *settings) {
  uint64_t session = new_nonce();
  atomic_store(&memory->server.nonce, 0);
  atomic_store(&memory->server.reply, 0);
  atomic_store(&memory->client.reply, 0);
  atomic_store(&to_server->sequence, 0);
  atomic_store(&to_client->sequence, 0);
  fill_greeting(&memory->server, settings);
  atomic_store(&memory->server.nonce, session);
  while (atomic_load(&memory->client.reply) != session) pause_between_looks("the client");
  atomic_store(&memory->server.reply, atomic_load(&memory->client.nonce));
  compare_greeting(&memory->client, settings);
  return session;
}

/* Answers whatever offer has the token until one is confirmed: an offer that an earlier launch left never is. */
static uint64_t greet_server(struct memory *memory, const struct settings *settings, const char *path) {
  uint64_t nonce = new_nonce(), limit = clock_ns(CLOCK_MONOTONIC) + settings->connect_limit * 1000000000u;
  for (;;) {
    uint64_t session = atomic_load(&memory->server.nonce);
    if (session != 0 && atomic_load(&memory->server.token) == settings->token) {
      if (atomic_load(&memory->server.reply) == nonce) {
        compare_greeting(&memory->server, settings);
        return session;
      }
      if (atomic_load(&memory->client.reply) != session || atomic_load(&memory->client.nonce) != nonce) {
        fill_greeting(&memory->client, settings);
        atomic_store(&memory->client.nonce, nonce);
        atomic_store(&memory->client.reply, session);
      }
    }
    if (clock_ns(CLOCK_MONOTONIC) >= limit) {
      fail(NO_SERVER, "Couldn't connect to %s within %llu s: no server with -p %llu is there", path,
           (unsigned long long)settings->connect_limit, (unsigned long long)settings->token);
    }
    pause_between_looks("the server");
  }
}

/* ---- Messages ---- */

/* Bytes that differ from message to message and from place to place (SplitMix64's increment and multiplier). */
static void fill_pattern(unsigned char *bytes, uint64_t size, uint64_t sequence) {
  for (uint64_t offset = 0; offset < size; offset += sizeof(uint64_t)) {
    uint64_t word = (sequence * UINT64_C(0x9e3779b97f4a7c15) + offset) * UINT64_C(0xbf58476d1ce4e5b9);
    memcpy(bytes + offset, &word, size - offset < sizeof word ? size - offset : sizeof word);
  }
}

static void check_pattern(const unsigned char *bytes, const unsigned char *expected, uint64_t size, uint64_t number) {
  for (uint64_t offset = 0; offset < size; offset++) {
    if (bytes[offset] == expected[offset]) continue;
    fail(WRONG_MESSAGE, "message %llu is wrong at byte %llu of %llu: 0x%02x, not 0x%02x", (unsigned long long)number,
         (unsigned long long)offset, (unsigned long long)size, bytes[offset], expected[offset]);
  }
}

static void send_message(struct mailbox *box, const unsigned char *bytes, uint64_t size, uint64_t sequence) {
  memcpy(box->payload, bytes, size);
  atomic_store_explicit(&box->sequence, sequence, memory_order_release);
}

/* Spins, and lets others run after a while: emulated guests have fewer processors than there are processes that spin. */
static void receive_message(struct mailbox *box, unsigned char *bytes, uint64_t size, uint64_t before, uint64_t sequence) {
  for (unsigned polls = 1;; polls++) {
    uint64_t seen = atomic_load_explicit(&box->sequence, memory_order_acquire);
    if (seen == sequence) break;
    if (seen != before) {
      fail(WRONG_MESSAGE, "the mailbox has message %#llx where %#llx should follow: another process writes to this memory",
           (unsigned long long)seen, (unsigned long long)sequence);
    }
    if (polls % POLLS_BEFORE_YIELD == 0) {
      check_deadline("a message");
      sched_yield();
    }
  }
  memcpy(bytes, box->payload, size);
}

static void *allocate(uint64_t count, uint64_t bytes) {
  void *memory = calloc(count, bytes);
  if (memory == NULL) fail(UNUSABLE, "no memory for %llu times %llu bytes", (unsigned long long)count, (unsigned long long)bytes);
  return memory;
}

static int by_time(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

/* Prints half of the round trips; the 99th percentile is that of the nearest rank. */
static void print_results(uint64_t *round_trips, const struct settings *settings, const char *path, uint64_t memory_bytes) {
  uint64_t count = settings->iterations, sum = 0;
  qsort(round_trips, count, sizeof *round_trips, by_time);
  for (uint64_t index = 0; index < count; index++) sum += round_trips[index];
  double median = ((double)round_trips[(count - 1) / 2] + (double)round_trips[count / 2]) / 2;
  printf("# hpc-virtualization-testbed ivshmem_latency 1\n# memory %s %llu bytes, %llu iterations, %llu warm-up\n", path,
         (unsigned long long)memory_bytes, (unsigned long long)count, (unsigned long long)settings->warm_up);
  printf("# bytes    min[us]    median[us]    mean[us]    p99[us]    max[us]\n%llu    %.3f    %.3f    %.3f    %.3f    %.3f\n",
         (unsigned long long)settings->size, (double)round_trips[0] / 2e3, median / 2e3, (double)sum / (double)count / 2e3,
         (double)round_trips[(count * 99 + 99) / 100 - 1] / 2e3, (double)round_trips[count - 1] / 2e3);
}

static void ping_pong(bool is_server, struct memory *memory, uint64_t memory_bytes, const struct settings *settings, const char *path) {
  uint64_t room = (memory_bytes - TEXT_BYTES - sizeof *memory) / 2 / CACHE_LINE * CACHE_LINE, size = settings->size;
  if (size > room - sizeof(struct mailbox)) {
    fail(UNUSABLE, "--size %llu is too much: %s has %llu bytes, enough for messages of up to %llu", (unsigned long long)size, path,
         (unsigned long long)memory_bytes, (unsigned long long)(room - sizeof(struct mailbox)));
  }
  struct mailbox *to_server = (void *)memory->mailboxes, *to_client = (void *)(memory->mailboxes + room);
  unsigned char *bytes = allocate(size, 1), *expected = allocate(size, 1);
  uint64_t *round_trips = is_server ? NULL : allocate(settings->iterations, sizeof *round_trips);
  uint64_t session = is_server ? greet_client(memory, to_server, to_client, settings) : greet_server(memory, settings, path);
  for (uint64_t number = 1, before = 0; number <= settings->warm_up + settings->iterations; number++) {
    uint64_t sequence = session << 32 | number;
    fill_pattern(expected, size, sequence);
    if (is_server) {
      receive_message(to_server, bytes, size, before, sequence);
      send_message(to_client, bytes, size, sequence);
    } else {
      uint64_t begun = clock_ns(CLOCK_MONOTONIC);
      send_message(to_server, expected, size, sequence);
      receive_message(to_client, bytes, size, before, sequence);
      uint64_t ended = clock_ns(CLOCK_MONOTONIC);
      if (number > settings->warm_up) round_trips[number - settings->warm_up - 1] = ended - begun;
    }
    check_pattern(bytes, expected, size, number);
    before = sequence;
  }
  if (is_server) atomic_store(&memory->server.nonce, 0);
  else print_results(round_trips, settings, path, memory_bytes);
}

/* ---- The command line ---- */

static const char usage[] =
    "ivshmem_latency [--file PATH] --size BYTES --iterations N --warm-up N -p|--token NUMBER\n"
    "                --time-limit SECONDS [--connect-limit SECONDS] server|client\n"
    "ivshmem_latency [--file PATH] write TEXT | read\n"
    "ivshmem_latency --version";

static uint64_t parse_number(const char *option, const char *text, uint64_t least, uint64_t most) {
  char *end;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < least || value > most) {
    fail(UNUSABLE, "--%s %s: a whole number from %llu to %llu is needed", option, text, (unsigned long long)least, (unsigned long long)most);
  }
  return value;
}

int main(int count, char **words) {
  static const struct { const char *name; uint64_t least, most; } ranges[] = {
      {"size", 1, UINT32_MAX},       {"iterations", 1, MAX_ITERATIONS}, {"warm-up", 0, MAX_ITERATIONS},
      {"token", 1, UINT32_MAX},      {"time-limit", 1, 86400},          {"connect-limit", 1, 86400},
  };
  enum { RANGES = sizeof ranges / sizeof *ranges, FILE_OPTION = 1000 };
  struct option options[RANGES + 3] = {{"file", required_argument, NULL, FILE_OPTION}, {"version", no_argument, NULL, 'V'}};
  for (int index = 0; index < RANGES; index++) options[index + 2] = (struct option){ranges[index].name, required_argument, NULL, index};
  struct settings settings = {0};
  uint64_t *const values[RANGES] = {&settings.size,  &settings.iterations, &settings.warm_up,
                                    &settings.token, &settings.time_limit, &settings.connect_limit};
  uint64_t given = 0;
  for (int option; (option = getopt_long(count, words, "p:V", options, NULL)) != -1;) {
    if (option == 'p') option = 3;
    if (option == 'V') return puts("Version: 1") < 0;
    if (option == '?') fail(UNUSABLE, "usage:\n%s", usage);
    if (option == FILE_OPTION) {
      settings.file = optarg;
      continue;
    }
    *values[option] = parse_number(ranges[option].name, optarg, ranges[option].least, ranges[option].most);
    given |= UINT64_C(1) << option;
  }
  const char *mode = optind < count ? words[optind] : "";
  bool is_server = strcmp(mode, "server") == 0, is_write = strcmp(mode, "write") == 0, is_read = strcmp(mode, "read") == 0;
  if ((!is_server && !is_write && !is_read && strcmp(mode, "client") != 0) || count - optind != (is_write ? 2 : 1)) {
    fail(UNUSABLE, "usage:\n%s", usage);
  }
  for (int index = 0; !is_write && !is_read && index < RANGES - 1; index++) {
    if ((given >> index & 1) == 0) fail(UNUSABLE, "--%s is missing; usage:\n%s", ranges[index].name, usage);
  }
  if (settings.connect_limit == 0) settings.connect_limit = settings.time_limit;
  if (settings.time_limit != 0) deadline_ns = clock_ns(CLOCK_MONOTONIC) + settings.time_limit * 1000000000u;
  const char *path = settings.file != NULL ? settings.file : find_device_memory();
  uint64_t memory_bytes;
  unsigned char *memory = map_memory(path, &memory_bytes);
  struct text_block *block = (void *)(memory + memory_bytes - TEXT_BYTES);
  if (is_write) write_text(block, words[optind + 1]);
  else if (is_read) read_text(block, path);
  else ping_pong(is_server, (void *)memory, memory_bytes, &settings, path);
  if (fflush(stdout) != 0) fail(UNUSABLE, "the output can't be written: %s", strerror(errno));
  return 0;
}
