/* The life of a page's port. */

#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

#include "port.h"

/* Joins the port to the host's end. */
void port_open(Port *port, int fd) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    port->fd = fd;
    port_watch(port);
    port_flush_soon(port);
}

void port_close(Port *port) {
    if (port->fd < 0) return;
    port_unwatch(port);
    if (port->writable) g_source_remove(port->writable);
    port->writable = 0;
    close(port->fd);
    port->fd = -1;
    port->asked = FALSE;
    port_forget_pieces(port);
    g_ptr_array_set_size(port->parts, 0);
    port_expect_frame(port);
}

/* What the client does when another process takes the place of the one it spoke to (spec/ipc.md,
 * section 2): it says hello anew, and what it sends until then waits here. */
static gboolean on_lost(gpointer data) {
    Port *port = data;
    port->lost = 0;
    port_forget_pieces(port);
    if (port->receive != NULL) {
        JSCContext *context = jsc_value_get_context(port->receive);
        JSCValue *receive = g_object_ref(port->receive);
        JSCValue *text = jsc_value_new_string(context, "[{\"kind\":\"restart\"}]");
        JSCValue *result = jsc_value_function_callv(receive, 1, &text);
        g_object_unref(result);
        g_object_unref(text);
        g_object_unref(receive);
        jsc_context_clear_exception(context);
    }
    return G_SOURCE_REMOVE;
}

/* The other end has gone. The page may be sending just now, so it is told a little later. */
void port_lost(Port *port) {
    port_close(port);
    port_ask(port);
    if (port->lost == 0) port->lost = g_idle_add_full(PRIORITY, on_lost, port, NULL);
}

static void part_free(gpointer value) {
    if (value != NULL) g_object_unref(value);
}

static void port_free(gpointer data) {
    Port *port = data;
    if (port->lost) g_source_remove(port->lost);
    port_close(port);
    port_forget_pieces(port);
    g_clear_object(&port->receive);
    g_ptr_array_unref(port->parts);
    g_free(port->text);
    g_free(port->sink);
    g_free(port);
}

Port *port_of(WebKitWebPage *page) {
    Port *port = g_object_get_data(G_OBJECT(page), "pytron-port");
    if (port == NULL) {
        port = g_new0(Port, 1);
        port->page = page;
        port->fd = -1;
        g_queue_init(&port->pieces);
        port->parts = g_ptr_array_new_with_free_func(part_free);
        port_expect_frame(port);
        g_object_set_data_full(G_OBJECT(page), "pytron-port", port, port_free);
    }
    return port;
}
