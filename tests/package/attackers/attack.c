/* What another process of the same user tries on a running app, and around its start.
 *
 * attack mem PID NEEDLE      reads its memory through /proc
 * attack vm PID NEEDLE       reads its memory by process_vm_readv
 * attack ptrace PID          attaches to it
 * attack traced PROGRAM ...  starts it under a tracer that lets it run
 * attack filter PROGRAM ...  starts it under a filter that says yes to every prctl, and does none
 * attack orders DIRECTORY    looks into the descriptors of child processes until DIRECTORY is gone
 *
 * Exit code 0: it worked, or the program's own; 1: it did not; 2: it could not be tried.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

static int search(pid_t pid, const char *needle, int by_vm) {
  char name[64], line[512];
  static char piece[PIECE + 256];
  size_t length = strlen(needle);
  snprintf(name, sizeof name, "/proc/%d/maps", pid);
  FILE *maps = fopen(name, "r");
  snprintf(name, sizeof name, "/proc/%d/mem", pid);
  int memory = by_vm ? -1 : open(name, O_RDONLY);
  if (maps == NULL || (memory < 0 && !by_vm)) {
    perror("refused");
    return 1;
  }
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long start, end;
    char rights[8];
    if (sscanf(line, "%lx-%lx %7s", &start, &end, rights) != 3 || rights[0] != 'r') continue;
    for (unsigned long at = start; at < end; at += PIECE) {
      size_t wanted = end - at < sizeof piece ? end - at : sizeof piece;
      struct iovec here = {piece, wanted}, there = {(void *)at, wanted};
      ssize_t got = by_vm ? process_vm_readv(pid, &here, 1, &there, 1, 0)
                          : pread(memory, piece, wanted, (off_t)at);
      if (got > 0 && memmem(piece, (size_t)got, needle, length) != NULL) {
        puts("found");
        return 0;
      }
    }
  }
  return 1;
}

static int attach(pid_t pid) {
  if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) != 0) {
    perror("refused");
    return 1;
  }
  waitpid(pid, NULL, __WALL);
  ptrace(PTRACE_DETACH, pid, NULL, NULL);
  puts("attached");
  return 0;
}

static int traced(char **command) {
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execv(command[0], command);
    _exit(2);
  }
  for (;;) {
    int status;
    if (waitpid(child, &status, __WALL) < 0) return 2;
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
    int signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
    ptrace(PTRACE_CONT, child, NULL, (void *)(long)signal);
  }
}

static int filtered(char **command) {
  struct sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    perror("this system has no filters");
    return 2;
  }
  execv(command[0], command);
  return 2;
}

/* What a child process inherits, as long as it is as open as a program that was just started. */
static int orders(const char *until) {
  char name[320], words[256], piece[256];
  while (access(until, F_OK) == 0) {
    DIR *all = opendir("/proc");
    struct dirent *process;
    while (all != NULL && (process = readdir(all)) != NULL) {
      snprintf(name, sizeof name, "/proc/%s/cmdline", process->d_name);
      int file = open(name, O_RDONLY);
      ssize_t length = file < 0 ? -1 : read(file, words, sizeof words);
      if (file >= 0) close(file);
      if (length <= 0 || memmem(words, (size_t)length, "--pytron-worker", 15) == NULL) continue;
      for (int number = 0; number < 64; number++) {
        snprintf(name, sizeof name, "/proc/%s/fd/%d", process->d_name, number);
        file = open(name, O_RDONLY | O_NONBLOCK);
        length = file < 0 ? -1 : pread(file, piece, sizeof piece, 0);
        if (file >= 0) close(file);
        if (length > 8 && memcmp(piece, "PYTRWORK", 8) == 0) {
          puts("found");
          return 0;
        }
      }
    }
    if (all != NULL) closedir(all);
  }
  return 1;
}

int main(int count, char **words) {
  if (count < 3) return 2;
  if (strcmp(words[1], "traced") == 0) return traced(words + 2);
  if (strcmp(words[1], "filter") == 0) return filtered(words + 2);
  if (strcmp(words[1], "orders") == 0) return orders(words[2]);
  pid_t pid = (pid_t)atoi(words[2]);
  if (strcmp(words[1], "ptrace") == 0) return attach(pid);
  return count < 4 ? 2 : search(pid, words[3], strcmp(words[1], "vm") == 0);
}
