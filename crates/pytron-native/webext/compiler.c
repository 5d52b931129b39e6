/* Lets the page and the kit go before WebKit's compiler.
 *
 * What a page does often is compiled by threads of their own. While a page is young they are as busy
 * as the page and Python together, and where there is no processor for all of them everybody waits.
 * So they get a low priority, as Chromium gives its background threads. With a spare processor
 * nothing changes; without one compiling still gets about a tenth, so that a page that computes
 * beside busy programs becomes quick a little later. As SCHED_IDLE calls would be quicker still, but
 * such a page took several times as long.
 */

#define _GNU_SOURCE /* dirfd, openat */

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port.h"

#define THREADS "/proc/self/task"
/* Their name on Linux since WebKitGTK 2.34. */
#define COMPILER "JITWorker\n"
#define LESS 10
/* They end when there is nothing to compile, and come anew: how many threads there are shows that
 * quickly. A new one takes a moment to have its name, so all are looked at now and then. */
#define GLANCE_US 5000
#define LOOK_US 100000

static gboolean is_compiler(int threads, const char *id) {
    char path[NAME_MAX + sizeof "/comm"];
    char name[sizeof COMPILER] = "";
    snprintf(path, sizeof path, "%s/comm", id);
    int file = openat(threads, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return FALSE;
    ssize_t size = read(file, name, sizeof name - 1);
    close(file);
    return size > 0 && strcmp(name, COMPILER) == 0;
}

static void look(void) {
    DIR *threads = opendir(THREADS);
    if (threads == NULL) return;
    int nice = getpriority(PRIO_PROCESS, 0) + LESS; /* than this thread, which is the page's own */
    for (struct dirent *thread; (thread = readdir(threads)) != NULL;) {
        id_t id = (id_t)strtoul(thread->d_name, NULL, 10);
        if (is_compiler(dirfd(threads), thread->d_name)) setpriority(PRIO_PROCESS, id, nice);
    }
    closedir(threads);
}

void compiler_after_us(void) {
    static gint64 glanced, looked;
    static nlink_t count; /* of the threads, and two */
    gint64 now = g_get_monotonic_time();
    if (now - glanced < GLANCE_US) return;
    glanced = now;
    struct stat threads;
    if (stat(THREADS, &threads) < 0) return;
    if (threads.st_nlink == count && now - looked < LOOK_US) return;
    count = threads.st_nlink;
    looked = now;
    look();
}
