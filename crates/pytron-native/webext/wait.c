/* Waits for the kit, in the page's loop. */

#define _GNU_SOURCE /* sched_getaffinity */

#include <poll.h>
#include <sched.h>

#include "port.h"

/* Where the kit's last answers were quick, the loop looks for the next one before it sleeps: a
 * process that sleeps takes 20 to 50 us to be awake again. So many in a row, for a Python that
 * computes is quick now and then, and needs the processor more; after a look in vain as many anew. */
#define QUICK_US 400
#define QUICK_ONES 4
#define LOOK_US 50

typedef struct {
    GSource source;
    Port *port;
} Watch;

/* Whether the kit can run while the page looks. */
static gboolean several_processors(void) {
    static int count = 0;
    if (count == 0) {
        cpu_set_t set;
        count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    }
    return count > 1;
}

/* Whether the kit's end has something, seen before the loop goes to sleep. */
static gboolean prepare(GSource *source, gint *timeout) {
    Port *port = ((Watch *)source)->port;
    *timeout = -1;
    if (port->quick < QUICK_ONES || port->sent == 0) return FALSE;
    struct pollfd socket = {.fd = port->fd, .events = POLLIN};
    do {
        if (poll(&socket, 1, 0) != 0) return TRUE;
    } while (g_get_monotonic_time() - port->sent < LOOK_US);
    port->quick = 0;
    return FALSE;
}

static gboolean check(GSource *source) {
    Port *port = ((Watch *)source)->port;
    return g_source_query_unix_fd(source, port->watched) != 0;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data) {
    (void)callback;
    (void)data;
    Port *port = ((Watch *)source)->port;
    gint64 sent = port->sent;
    port->sent = 0;
    if (sent != 0) {
        gboolean quick = g_get_monotonic_time() - sent < QUICK_US && several_processors();
        port->quick = quick ? MIN(port->quick + 1, QUICK_ONES) : 0;
    }
    compiler_after_us();
    return port_readable(port);
}

static GSourceFuncs functions = {.prepare = prepare, .check = check, .dispatch = dispatch};

void port_watch(Port *port) {
    port->readable = g_source_new(&functions, sizeof(Watch));
    ((Watch *)port->readable)->port = port;
    port->watched =
        g_source_add_unix_fd(port->readable, port->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
    g_source_set_priority(port->readable, PRIORITY);
    g_source_attach(port->readable, NULL);
}

void port_unwatch(Port *port) {
    if (port->readable == NULL) return;
    g_source_destroy(port->readable);
    g_clear_pointer(&port->readable, g_source_unref);
}
