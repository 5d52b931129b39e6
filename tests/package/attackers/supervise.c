/* Starts a program and answers some of its system calls in the kernel's place: closing itself seems to
 * work and does nothing, and what it reads of itself in /proc is another, clean process's.
 *
 * supervise PROGRAM ...      exit code: the program's, or 2: it could not be tried
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child sends the descriptor by which its calls are answered. */
static void give(int socket, int descriptor) {
  char byte = 1, room[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room};
  message.msg_controllen = sizeof room;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &descriptor, sizeof(int));
  sendmsg(socket, &message, 0);
}

static int take(int socket) {
  char byte, room[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room};
  message.msg_controllen = sizeof room;
  if (recvmsg(socket, &message, 0) <= 0 || CMSG_FIRSTHDR(&message) == NULL) return -1;
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
  return descriptor;
}

static int started(int socket, char **command) {
  struct sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
  };
  struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                              SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
  if (listener < 0) return 2;
  give(socket, listener);
  close(listener);
  close(socket);
  execv(command[0], command);
  return 2;
}

/* What stands at an address of the program, whose memory is as open as if it had not closed itself. */
static void text_of(int pid, unsigned long long at, char *room, size_t size) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/mem", pid);
  int memory = open(name, O_RDONLY);
  ssize_t got = memory < 0 ? 0 : pread(memory, room, size - 1, (off_t)at);
  if (memory >= 0) close(memory);
  room[got > 0 ? got : 0] = 0;
}

static void answer(int listener, struct seccomp_notif *call) {
  struct seccomp_notif_resp said = {.id = call->id};
  char path[256] = "";
  if (call->data.nr == SYS_openat) text_of((int)call->pid, call->data.args[1], path, sizeof path);
  int is_status = strcmp(path, "/proc/self/status") == 0;
  int is_memory = strcmp(path, "/proc/self/mem") == 0;
  if (call->data.nr == SYS_prctl && call->data.args[0] == PR_SET_DUMPABLE) {
    said.val = 0;
  } else if (is_memory && !(call->data.args[2] & O_PATH)) {
    said.error = -EACCES;
  } else if (is_status || is_memory) {
    int file = is_status ? open("/proc/self/status", O_RDONLY) : open("/proc/1/status", O_RDONLY);
    struct seccomp_notif_addfd add = {.id = call->id, .srcfd = (unsigned)file, .newfd_flags = O_CLOEXEC};
    said.val = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
    if (said.val < 0) said.error = -EACCES, said.val = 0;
    close(file);
  } else {
    said.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  }
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &said);
}

int main(int count, char **words) {
  int ends[2], status;
  if (count < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 2;
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    _exit(started(ends[1], words + 1));
  }
  close(ends[1]);
  int listener = take(ends[0]);
  if (listener < 0) {
    fputs("this system has no supervisors\n", stderr);
    return 2;
  }
  struct pollfd watched = {listener, POLLIN, 0};
  while (poll(&watched, 1, -1) > 0 && !(watched.revents & POLLHUP)) {
    struct seccomp_notif call;
    memset(&call, 0, sizeof call);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) == 0) answer(listener, &call);
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
