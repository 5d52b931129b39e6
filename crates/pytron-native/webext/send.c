/* From the page to the kit. */

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "port.h"

typedef struct {
    GBytes *bytes;
    gsize done;
} Piece;

static void piece_free(gpointer data) {
    Piece *piece = data;
    g_bytes_unref(piece->bytes);
    g_free(piece);
}

/* Writes what the socket takes; FALSE when it is full (or gone). */
static gboolean flush(Port *port) {
    Piece *piece;
    while (port->fd >= 0 && (piece = g_queue_peek_head(&port->pieces)) != NULL) {
        gsize size;
        const uint8_t *data = g_bytes_get_data(piece->bytes, &size);
        ssize_t wrote =
            send(port->fd, data + piece->done, size - piece->done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (wrote < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN && errno != EWOULDBLOCK) port_lost(port);
            return FALSE;
        }
        piece->done += (gsize)wrote;
        if (piece->done == size) piece_free(g_queue_pop_head(&port->pieces));
    }
    return port->fd >= 0;
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data) {
    (void)fd;
    (void)condition;
    Port *port = data;
    if (!flush(port) && port->fd >= 0) return G_SOURCE_CONTINUE;
    port->writable = 0;
    return G_SOURCE_REMOVE;
}

void port_flush_soon(Port *port) {
    if (port->fd < 0 || port->writable || flush(port) || port->fd < 0) return;
    port->writable = g_unix_fd_add_full(PRIORITY, port->fd, G_IO_OUT, on_writable, port, NULL);
}

static void push(Port *port, GBytes *bytes) {
    Piece *piece = g_new0(Piece, 1);
    piece->bytes = bytes;
    g_queue_push_tail(&port->pieces, piece);
}

static void put_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * i));
}

/* Text up to here goes with its head. */
#define SMALL_TEXT (16u << 10)
/* A page that waits this long for a busy kit would rather paint. */
#define PATIENCE_MS 20

/* The memory of an ArrayBuffer or a view of one. */
static const uint8_t *part_memory(JSCValue *value, gsize *size) {
    if (jsc_value_is_array_buffer(value)) return jsc_value_array_buffer_get_data(value, size);
    if (!jsc_value_is_typed_array(value)) return NULL;
    *size = jsc_value_typed_array_get_size(value);
    return jsc_value_typed_array_get_data(value, NULL);
}

/* Sends at once what the socket takes, without a copy; what it does not take is copied, as the page
 * may change it afterwards. */
static void put(Port *port, const uint8_t *data, gsize size) {
    gsize done = 0;
    while (done < size && port->fd >= 0 && g_queue_is_empty(&port->pieces)) {
        ssize_t wrote = send(port->fd, data + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (wrote >= 0) {
            done += (gsize)wrote;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd full = {.fd = port->fd, .events = POLLOUT};
            if (poll(&full, 1, PATIENCE_MS) <= 0) break;
        } else if (errno != EINTR) {
            port_lost(port);
            return;
        }
    }
    if (done < size) push(port, g_bytes_new(data + done, size - done));
}

/* Whether the arguments are a text and buffers, all of them of a size that may be sent. */
static gboolean fits(GPtrArray *arguments) {
    if (arguments->len < 1 || arguments->len - 1 > MAX_PARTS) return FALSE;
    for (guint i = 1; i < arguments->len; i++) {
        gsize size = 0;
        if (part_memory(arguments->pdata[i], &size) == NULL && size > 0) return FALSE;
        if (size > MAX_PART) return FALSE;
    }
    return TRUE;
}

JSCValue *port_send(GPtrArray *arguments, gpointer data) {
    Port *port = data;
    JSCContext *context = jsc_context_get_current();
    if (!fits(arguments) || (port->fd < 0 && !port->asked))
        return jsc_value_new_boolean(context, FALSE);
    GBytes *text = jsc_value_to_string_as_bytes(arguments->pdata[0]);
    gsize size = g_bytes_get_size(text);
    if (size > MAX_TEXT) {
        g_bytes_unref(text);
        return jsc_value_new_boolean(context, FALSE);
    }
    /* One call for a small frame: the kit's side reads it whole. */
    uint8_t head[8 + SMALL_TEXT];
    gsize joined = size <= SMALL_TEXT ? size : 0;
    const uint8_t *memory = g_bytes_get_data(text, NULL);
    put_u32(head, (uint32_t)size);
    put_u32(head + 4, (uint32_t)arguments->len - 1);
    if (joined > 0) memcpy(head + 8, memory, joined);
    put(port, head, 8 + joined);
    if (joined < size) put(port, memory, size);
    g_bytes_unref(text);
    for (guint i = 1; i < arguments->len; i++) {
        gsize length = 0;
        const uint8_t *part = part_memory(arguments->pdata[i], &length);
        uint8_t prefix[4];
        put_u32(prefix, (uint32_t)length);
        put(port, prefix, 4);
        put(port, part, length);
    }
    port_flush_soon(port);
    port->sent = g_get_monotonic_time();
    compiler_after_us();
    return jsc_value_new_boolean(context, TRUE);
}

void port_forget_pieces(Port *port) { g_queue_clear_full(&port->pieces, piece_free); }
