/* Two processes find each other in the shared memory and send each other messages. */
#pragma once
#include <sched.h>

#include "shared_memory.h"

/* Polls between two looks at the clock. */
enum { POLLS_BEFORE_YIELD = 1000 };

/*
 * One side's word to the other before the messages. The server publishes its own by its nonce, the client its own by
 * its reply, which is the server's nonce; the server confirms by replying with the client's. Nonces are new in each
 * process, so nothing that an earlier launch left can be taken for an answer.
 */
struct greeting {
  _Alignas(CACHE_LINE) _Atomic uint64_t nonce;
  _Atomic uint64_t token, size, messages, reply;
};

/* A message: its bytes, and its sequence number, which is published after them. Begins a cache line. */
struct mailbox {
  _Atomic uint64_t sequence;
  unsigned char payload[];
};

/* From its beginning: greetings, mailbox to the server, mailbox to the client. The text block lies at its end. */
struct memory {
  struct greeting server, client;
  unsigned char mailboxes[];
};

/* One side of one launch. `expected` and `received` hold one message each. */
struct side {
  struct memory *memory;
  const char *path;
  uint64_t token, size, warm_up, iterations, connect_limit;
  struct mailbox *to_server, *to_client;
  unsigned char *expected, *received;
};

static void *allocate(uint64_t count, uint64_t bytes) {
  void *memory = calloc(count, bytes);
  if (memory == NULL) fail(UNUSABLE, "no memory for %llu times %llu bytes", (printable)count, (printable)bytes);
  return memory;
}

/* Divides what lies between greetings and text into two mailboxes. */
static void place_mailboxes(struct side *side, uint64_t memory_bytes) {
  uint64_t each = (memory_bytes - TEXT_BYTES - sizeof(struct memory)) / 2 / CACHE_LINE * CACHE_LINE;
  uint64_t most = each - sizeof(struct mailbox);
  if (side->size > most) {
    fail(UNUSABLE, "--size %llu does not fit: %s has %llu bytes, enough for messages of up to %llu",
         (printable)side->size, side->path, (printable)memory_bytes, (printable)most);
  }
  side->to_server = (void *)side->memory->mailboxes;
  side->to_client = (void *)(side->memory->mailboxes + each);
  side->expected = allocate(side->size, 1);
  side->received = allocate(side->size, 1);
}

/* ---- Both sides find each other ---- */

static uint64_t new_nonce(void) {
  return ((clock_ns(CLOCK_REALTIME) ^ (uint64_t)getpid() << 20) & UINT32_MAX) | 1;
}

static void fill_greeting(struct greeting *own, const struct side *side) {
  atomic_store(&own->token, side->token);
  atomic_store(&own->size, side->size);
  atomic_store(&own->messages, side->warm_up + side->iterations);
}

static void compare_greeting(struct greeting *other, const struct side *side) {
  uint64_t size = atomic_load(&other->size), messages = atomic_load(&other->messages);
  uint64_t own_messages = side->warm_up + side->iterations;
  if (size == side->size && messages == own_messages) return;
  fail(UNUSABLE, "the other side has %llu messages of %llu bytes, this side %llu of %llu; they must be the same",
       (printable)messages, (printable)size, (printable)own_messages, (printable)side->size);
}

static void pause_between_looks(const char *waiting_for) {
  check_deadline(waiting_for);
  nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

/* Offers the launch and waits for a client. Gives the session, which is the server's nonce. */
static uint64_t greet_client(struct side *side) {
  struct greeting *own = &side->memory->server, *other = &side->memory->client;
  uint64_t session = new_nonce();
  atomic_store(&own->nonce, 0);
  atomic_store(&own->reply, 0);
  atomic_store(&other->reply, 0);
  atomic_store(&side->to_server->sequence, 0);
  atomic_store(&side->to_client->sequence, 0);
  fill_greeting(own, side);
  atomic_store(&own->nonce, session);
  while (atomic_load(&other->reply) != session) pause_between_looks("the client");
  atomic_store(&own->reply, atomic_load(&other->nonce));
  compare_greeting(other, side);
  return session;
}

/* Answers any offer that has the token until one is confirmed: an offer that an earlier launch left never is. */
static uint64_t greet_server(struct side *side) {
  struct greeting *own = &side->memory->client, *other = &side->memory->server;
  uint64_t nonce = new_nonce(), limit = clock_ns(CLOCK_MONOTONIC) + side->connect_limit * NS_PER_SECOND;
  for (;;) {
    uint64_t session = atomic_load(&other->nonce);
    if (session != 0 && atomic_load(&other->token) == side->token) {
      if (atomic_load(&other->reply) == nonce) {
        compare_greeting(other, side);
        return session;
      }
      if (atomic_load(&own->reply) != session || atomic_load(&own->nonce) != nonce) {
        fill_greeting(own, side);
        atomic_store(&own->nonce, nonce);
        atomic_store(&own->reply, session);
      }
    }
    /* client.sh and the judge of launches know these words, which are perftest's. */
    if (clock_ns(CLOCK_MONOTONIC) >= limit) {
      fail(NO_SERVER, "Couldn't connect to %s within %llu s: no server with -p %llu is there", side->path,
           (printable)side->connect_limit, (printable)side->token);
    }
    pause_between_looks("the server");
  }
}

/* ---- Messages ---- */

/* Bytes that differ from message to message and from place to place; the factors are SplitMix64's. */
static void fill_pattern(unsigned char *bytes, uint64_t size, uint64_t sequence) {
  for (uint64_t offset = 0; offset < size; offset += sizeof(uint64_t)) {
    uint64_t word = (sequence * UINT64_C(0x9e3779b97f4a7c15) + offset) * UINT64_C(0xbf58476d1ce4e5b9);
    memcpy(bytes + offset, &word, size - offset < sizeof word ? size - offset : sizeof word);
  }
}

static void check_pattern(const struct side *side, uint64_t number) {
  for (uint64_t offset = 0; offset < side->size; offset++) {
    if (side->received[offset] == side->expected[offset]) continue;
    fail(WRONG_MESSAGE, "message %llu is wrong at byte %llu of %llu: it is 0x%02x and should be 0x%02x",
         (printable)number, (printable)offset, (printable)side->size, side->received[offset], side->expected[offset]);
  }
}

static void send_message(struct mailbox *box, const unsigned char *bytes, uint64_t size, uint64_t sequence) {
  memcpy(box->payload, bytes, size);
  atomic_store_explicit(&box->sequence, sequence, memory_order_release);
}

/* Spins, and lets others run after a while: on emulated nodes there are fewer processors than processes that spin. */
static void receive_message(struct side *side, struct mailbox *box, uint64_t before, uint64_t sequence) {
  for (uint64_t polls = 1;; polls++) {
    uint64_t seen = atomic_load_explicit(&box->sequence, memory_order_acquire);
    if (seen == sequence) break;
    if (seen != before) {
      fail(WRONG_MESSAGE, "message %#llx came where %#llx should come: something else writes to this memory",
           (printable)seen, (printable)sequence);
    }
    if (polls % POLLS_BEFORE_YIELD == 0) {
      check_deadline("a message");
      sched_yield();
    }
  }
  memcpy(side->received, box->payload, side->size);
}

/* Sends every message that comes in back as it came. */
static void serve(struct side *side) {
  uint64_t session = greet_client(side), before = 0;
  for (uint64_t number = 1; number <= side->warm_up + side->iterations; number++) {
    uint64_t sequence = session << 32 | number;
    receive_message(side, side->to_server, before, sequence);
    send_message(side->to_client, side->received, side->size, sequence);
    fill_pattern(side->expected, side->size, sequence);
    check_pattern(side, number);
    before = sequence;
  }
  atomic_store(&side->memory->server.nonce, 0);
}

/* Measures the round trips after the warm-up, in nanoseconds. */
static void measure(struct side *side, uint64_t *round_trips) {
  uint64_t session = greet_server(side), before = 0;
  for (uint64_t number = 1; number <= side->warm_up + side->iterations; number++) {
    uint64_t sequence = session << 32 | number;
    fill_pattern(side->expected, side->size, sequence);
    uint64_t begun = clock_ns(CLOCK_MONOTONIC);
    send_message(side->to_server, side->expected, side->size, sequence);
    receive_message(side, side->to_client, before, sequence);
    uint64_t ended = clock_ns(CLOCK_MONOTONIC);
    check_pattern(side, number);
    if (number > side->warm_up) round_trips[number - side->warm_up - 1] = ended - begun;
    before = sequence;
  }
}
