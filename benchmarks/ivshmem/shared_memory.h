/* The shared memory: where it is, how it is mapped, and the text at its end that `write` leaves for `read`. */
#pragma once
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"

/* A test builds the program with another folder. */
#ifndef PCI_DEVICES
#define PCI_DEVICES "/sys/bus/pci/devices"
#endif

enum { CACHE_LINE = 64, TEXT_BYTES = 4096, LEAST_MEMORY = 8192 };

/* Tells a text from whatever else may lie there. */
#define TEXT_MARK UINT64_C(0x7478657473657431)

struct text_block {
  _Atomic uint64_t mark; /* published after the text */
  uint64_t length;
  char text[TEXT_BYTES - 2 * sizeof(uint64_t)];
};

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
  if (written) return;
  fail(UNUSABLE, "the IVSHMEM device is off, and 1 can't be written to %s: %s", path, strerror(errno));
}

/* Finds the one IVSHMEM device (1af4:1110) and gives the path of its BAR 2, which is the shared memory. */
static const char *find_device_memory(void) {
  static char path[512];
  DIR *devices = opendir(PCI_DEVICES);
  if (devices == NULL) fail(UNUSABLE, "%s can't be read: %s", PCI_DEVICES, strerror(errno));
  for (struct dirent *entry; (entry = readdir(devices)) != NULL;) {
    const char *device = entry->d_name;
    if (!attribute_is(device, "vendor", "0x1af4") || !attribute_is(device, "device", "0x1110")) continue;
    if (path[0] != '\0') fail(UNUSABLE, "there are several IVSHMEM devices; name one, as in --file %s", path);
    snprintf(path, sizeof path, PCI_DEVICES "/%s/resource2", device);
    enable_device(device);
  }
  closedir(devices);
  if (path[0] == '\0') {
    fail(UNUSABLE, "no IVSHMEM device (1af4:1110) is in %s; on a host: --file /dev/shm/NAME", PCI_DEVICES);
  }
  return path;
}

static unsigned char *map_memory(const char *path, uint64_t *bytes) {
  struct stat status;
  int descriptor = open(path, O_RDWR | O_CLOEXEC);
  if (descriptor < 0 || fstat(descriptor, &status) != 0) {
    fail(UNUSABLE, "%s can't be opened: %s", path, strerror(errno));
  }
  *bytes = (uint64_t)status.st_size;
  if (*bytes < LEAST_MEMORY || *bytes % CACHE_LINE != 0) {
    fail(UNUSABLE, "%s has %llu bytes; shared memory has at least %d and a multiple of %d", path,
         (printable)*bytes, LEAST_MEMORY, CACHE_LINE);
  }
  void *address = mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) fail(UNUSABLE, "%s can't be mapped: %s", path, strerror(errno));
  close(descriptor);
  return address;
}

static void write_text(struct text_block *block, const char *text) {
  size_t length = strlen(text);
  if (length > sizeof block->text) {
    fail(UNUSABLE, "the text has %zu bytes; at most %zu fit", length, sizeof block->text);
  }
  atomic_store(&block->mark, 0);
  memcpy(block->text, text, length);
  block->length = length;
  atomic_store(&block->mark, TEXT_MARK);
}

static void read_text(struct text_block *block, const char *path) {
  if (atomic_load(&block->mark) != TEXT_MARK || block->length > sizeof block->text) {
    fail(UNUSABLE, "no text was written to %s", path);
  }
  printf("%.*s\n", (int)block->length, block->text);
}
