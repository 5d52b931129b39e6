/* The fast path on Linux: a WebKitGTK web process extension.
 *
 * It joins the main frame of the app's own origin to a socket whose other end is the kit, so that
 * calls and binary pass neither the UI process nor its event loop. The host hands the socket over
 * when this side asks for it (message `pytron-port`); without this library the page falls back to
 * the message handler by itself.
 *
 * On the socket, both ways: u32 LE length of the JSON, u32 LE number of parts, the JSON in UTF-8,
 * then for each part u32 LE length and its bytes (spec/view.md, section 6).
 *
 * Only libc is linked: WebKit's and GLib's symbols come from the process that loads this.
 */

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <webkit2/webkit-web-extension.h>

#include "port.h"

/* Below 100 a flood of frames would starve rendering; idle work comes after them. */
#define PRIORITY 150
/* A turn of the loop hands over at most this much text, so that the page can paint in between. */
#define TURN_BYTES (4u << 20)
#define TURN_FRAMES 256
#define MAX_TEXT (1u << 30)
#define MAX_PARTS 1024
#define MAX_PART (1u << 30)

typedef struct {
    GBytes *bytes;
    gsize done;
} Piece;

typedef enum { READ_HEAD, READ_TEXT, READ_PART_SIZE, READ_PART } Phase;

/* The port of one page. It outlives documents: a reload keeps the socket. */
typedef struct {
    WebKitWebPage *page;
    int fd;
    gboolean asked;
    guint readable;
    guint writable;
    GQueue pieces; /* what the socket did not take yet */
    JSCValue *receive; /* the present document's function, or NULL */
    guint64 document;

    Phase phase;
    uint8_t small[8];
    gsize got;
    gsize want;
    char *text;
    gsize text_capacity;
    gsize text_size;
    uint32_t parts_expected;
    GPtrArray *parts; /* JSCValue: Uint8Array each; NULL entries when nobody listens */
    guint64 parts_document;
    uint8_t *sink; /* where the bytes of a part go that nobody wants */
} Port;

static char **origins; /* whose main frames get the port */

static void port_close(Port *port);

/* --- writing ------------------------------------------------------------------------------- */

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
            if (errno != EAGAIN && errno != EWOULDBLOCK) port_close(port);
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

static void flush_soon(Port *port) {
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

static uint32_t take_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The bytes of an ArrayBuffer or a view of one, copied: the page may change them afterwards. */
static GBytes *part_bytes(JSCValue *value) {
    gsize size = 0;
    if (jsc_value_is_array_buffer(value)) {
        gpointer data = jsc_value_array_buffer_get_data(value, &size);
        return g_bytes_new(data, size);
    }
    if (!jsc_value_is_typed_array(value)) return NULL;
    gpointer data = jsc_value_typed_array_get_data(value, NULL);
    return g_bytes_new(data, jsc_value_typed_array_get_size(value));
}

/* send(text, parts): from the page's bootstrap only. Throws nothing: the bootstrap has checked. */
static JSCValue *on_send(GPtrArray *arguments, gpointer data) {
    Port *port = data;
    JSCContext *context = jsc_context_get_current();
    JSCValue *gone = jsc_value_new_boolean(context, FALSE);
    if (arguments->len < 1 || (port->fd < 0 && !port->asked)) return gone;
    GBytes *text = jsc_value_to_string_as_bytes(arguments->pdata[0]);
    uint32_t count = (uint32_t)arguments->len - 1;
    gsize size = g_bytes_get_size(text);
    if (size > MAX_TEXT || count > MAX_PARTS) {
        g_bytes_unref(text);
        return gone;
    }
    uint8_t *head = g_malloc(8 + size);
    put_u32(head, (uint32_t)size);
    put_u32(head + 4, count);
    memcpy(head + 8, g_bytes_get_data(text, NULL), size);
    g_bytes_unref(text);

    GQueue frame = G_QUEUE_INIT;
    g_queue_push_tail(&frame, g_bytes_new_take(head, 8 + size));
    for (uint32_t i = 0; i < count; i++) {
        GBytes *part = part_bytes(arguments->pdata[1 + i]);
        if (part == NULL || g_bytes_get_size(part) > MAX_PART) {
            if (part) g_bytes_unref(part);
            g_queue_clear_full(&frame, (GDestroyNotify)g_bytes_unref);
            return gone;
        }
        uint8_t length[4];
        put_u32(length, (uint32_t)g_bytes_get_size(part));
        g_queue_push_tail(&frame, g_bytes_new(length, 4));
        g_queue_push_tail(&frame, part);
    }
    GBytes *bytes;
    while ((bytes = g_queue_pop_head(&frame)) != NULL) push(port, bytes);
    flush_soon(port);
    g_object_unref(gone);
    return jsc_value_new_boolean(context, TRUE);
}

/* --- reading ------------------------------------------------------------------------------- */

/* Reads until `want` bytes are at `into`; 1 when they are, 0 when the socket is empty, -1 at its
 * end. */
static int fill(Port *port, void *into) {
    while (port->got < port->want) {
        ssize_t read = recv(port->fd, (uint8_t *)into + port->got, port->want - port->got,
                            MSG_DONTWAIT);
        if (read > 0) {
            port->got += (gsize)read;
        } else if (read == 0) {
            return -1;
        } else if (errno != EINTR) {
            return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
        }
    }
    port->got = 0;
    return 1;
}

static void expect(Port *port, Phase phase, gsize want) {
    port->phase = phase;
    port->want = want;
    port->got = 0;
}

static void hand_over(Port *port) {
    JSCValue *receive = port->receive;
    gboolean whole = port->parts->len == 0 || port->parts_document == port->document;
    if (receive != NULL && whole) {
        JSCContext *context = jsc_value_get_context(receive);
        GBytes *bytes = g_bytes_new_static(port->text, port->text_size);
        JSCValue *text = jsc_value_new_string_from_bytes(context, bytes);
        g_ptr_array_insert(port->parts, 0, text);
        g_object_ref(receive);
        JSCValue *result = jsc_value_function_callv(receive, port->parts->len,
                                                    (JSCValue **)port->parts->pdata);
        g_object_unref(result);
        g_object_unref(receive);
        jsc_context_clear_exception(context);
        g_bytes_unref(bytes);
    }
    g_ptr_array_set_size(port->parts, 0);
    if (port->text_capacity > TURN_BYTES) {
        g_clear_pointer(&port->text, g_free);
        port->text_capacity = 0;
    }
    expect(port, READ_HEAD, 8);
}

/* The next part, or the end of the frame. */
static void next_part(Port *port) {
    if (port->parts->len < port->parts_expected)
        expect(port, READ_PART_SIZE, 4);
    else
        hand_over(port);
}

static gboolean begin_frame(Port *port) {
    port->text_size = take_u32(port->small);
    port->parts_expected = take_u32(port->small + 4);
    if (port->text_size > MAX_TEXT || port->parts_expected > MAX_PARTS) return FALSE;
    if (port->text_size > port->text_capacity) {
        g_free(port->text);
        port->text = g_malloc(port->text_size);
        port->text_capacity = port->text_size;
    }
    port->parts_document = port->document;
    expect(port, READ_TEXT, port->text_size);
    return TRUE;
}

static gboolean begin_part(Port *port) {
    uint32_t size = take_u32(port->small);
    if (size > MAX_PART) return FALSE;
    JSCValue *array = NULL;
    if (port->receive != NULL && port->parts_document == port->document)
        array = jsc_value_new_typed_array(jsc_value_get_context(port->receive),
                                          JSC_TYPED_ARRAY_UINT8, size);
    g_clear_pointer(&port->sink, g_free);
    if (array == NULL || !jsc_value_is_typed_array(array)) {
        g_clear_object(&array);
        port->sink = g_malloc(size ? size : 1);
        port->parts_document = UINT64_MAX; /* nobody will get this frame */
    }
    g_ptr_array_add(port->parts, array);
    expect(port, READ_PART, size);
    return TRUE;
}

static void *part_memory(Port *port) {
    if (port->sink != NULL) return port->sink;
    return jsc_value_typed_array_get_data(port->parts->pdata[port->parts->len - 1], NULL);
}

/* One step; 1 when a frame is complete, 0 to wait, -1 when the peer is gone or mad. */
static int step(Port *port) {
    int filled;
    switch (port->phase) {
    case READ_HEAD:
        if ((filled = fill(port, port->small)) <= 0) return filled;
        return begin_frame(port) ? 2 : -1;
    case READ_TEXT:
        if ((filled = fill(port, port->text)) <= 0) return filled;
        next_part(port);
        return port->phase == READ_HEAD ? 1 : 2;
    case READ_PART_SIZE:
        if ((filled = fill(port, port->small)) <= 0) return filled;
        return begin_part(port) ? 2 : -1;
    case READ_PART:
    default:
        if ((filled = fill(port, part_memory(port))) <= 0) return filled;
        next_part(port);
        return port->phase == READ_HEAD ? 1 : 2;
    }
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data) {
    (void)fd;
    (void)condition;
    Port *port = data;
    gsize bytes = 0;
    for (int frames = 0; frames < TURN_FRAMES && bytes < TURN_BYTES;) {
        int done = step(port);
        if (done == 0) return G_SOURCE_CONTINUE;
        if (port->fd < 0) return G_SOURCE_REMOVE; /* the page's code closed it meanwhile */
        if (done < 0) {
            port->readable = 0;
            port_close(port);
            return G_SOURCE_REMOVE;
        }
        if (done == 1) {
            frames++;
            bytes += port->text_size;
        }
    }
    return G_SOURCE_CONTINUE;
}

/* --- the port's life ------------------------------------------------------------------------ */

static void port_close(Port *port) {
    if (port->fd < 0) return;
    if (port->readable) g_source_remove(port->readable);
    if (port->writable) g_source_remove(port->writable);
    port->readable = port->writable = 0;
    close(port->fd);
    port->fd = -1;
    port->asked = FALSE;
    g_queue_clear_full(&port->pieces, piece_free);
    g_ptr_array_set_size(port->parts, 0);
    expect(port, READ_HEAD, 8);
}

static void part_free(gpointer value) {
    if (value != NULL) g_object_unref(value);
}

static void port_free(gpointer data) {
    Port *port = data;
    port_close(port);
    g_queue_clear_full(&port->pieces, piece_free);
    g_clear_object(&port->receive);
    g_ptr_array_unref(port->parts);
    g_free(port->text);
    g_free(port->sink);
    g_free(port);
}

static Port *port_of(WebKitWebPage *page) {
    Port *port = g_object_get_data(G_OBJECT(page), "pytron-port");
    if (port == NULL) {
        port = g_new0(Port, 1);
        port->page = page;
        port->fd = -1;
        g_queue_init(&port->pieces);
        port->parts = g_ptr_array_new_with_free_func(part_free);
        expect(port, READ_HEAD, 8);
        g_object_set_data_full(G_OBJECT(page), "pytron-port", port, port_free);
    }
    return port;
}

/* The host's answer: one end of a socket pair. */
static void on_answer(GObject *page, GAsyncResult *result, gpointer data) {
    (void)data;
    Port *port = port_of(WEBKIT_WEB_PAGE(page));
    WebKitUserMessage *answer =
        webkit_web_page_send_message_to_view_finish(WEBKIT_WEB_PAGE(page), result, NULL);
    GUnixFDList *list = answer ? webkit_user_message_get_fd_list(answer) : NULL;
    int fd = list && g_unix_fd_list_get_length(list) == 1 ? g_unix_fd_list_get(list, 0, NULL) : -1;
    g_clear_object(&answer);
    if (fd < 0 || port->fd >= 0) {
        if (fd >= 0) close(fd);
        port->asked = FALSE;
        g_queue_clear_full(&port->pieces, piece_free);
        return;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    port->fd = fd;
    port->readable = g_unix_fd_add_full(PRIORITY, fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable,
                                        port, NULL);
    flush_soon(port);
}

static void ask(Port *port) {
    if (port->fd >= 0 || port->asked) return;
    port->asked = TRUE;
    webkit_web_page_send_message_to_view(port->page, webkit_user_message_new("pytron-port", NULL),
                                         NULL, on_answer, NULL);
}

/* listen(receive): the page's bootstrap says what to call with frames. */
static void on_listen(JSCValue *receive, gpointer data) {
    Port *port = data;
    g_clear_object(&port->receive);
    if (jsc_value_is_function(receive)) port->receive = g_object_ref(receive);
}

static gboolean is_ours(const char *uri) {
    if (uri == NULL) return FALSE;
    for (char **origin = origins; *origin != NULL; origin++) {
        size_t length = strlen(*origin);
        if (strncmp(uri, *origin, length) == 0 && (uri[length] == '/' || uri[length] == '\0'))
            return TRUE;
    }
    return FALSE;
}

/* A new document, before any of its code: the main frame of our origin gets the port. */
static void on_window_object_cleared(WebKitScriptWorld *world, WebKitWebPage *page,
                                     WebKitFrame *frame, gpointer data) {
    (void)data;
    if (!webkit_frame_is_main_frame(frame)) return;
    Port *port = port_of(page);
    g_clear_object(&port->receive);
    port->document++;
    if (!is_ours(webkit_frame_get_uri(frame))) return;
    ask(port);
    JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, world);
    JSCValue *send = jsc_value_new_function_variadic(context, NULL, G_CALLBACK(on_send), port,
                                                     NULL, JSC_TYPE_VALUE);
    JSCValue *listen = jsc_value_new_function(context, NULL, G_CALLBACK(on_listen), port, NULL,
                                              G_TYPE_NONE, 1, JSC_TYPE_VALUE);
    JSCValue *install = jsc_context_evaluate(context, PORT_SCRIPT, -1);
    if (jsc_value_is_function(install)) {
        JSCValue *result = jsc_value_function_call(install, JSC_TYPE_VALUE, send, JSC_TYPE_VALUE,
                                                   listen, G_TYPE_NONE);
        g_object_unref(result);
    }
    jsc_context_clear_exception(context);
    g_object_unref(install);
    g_object_unref(listen);
    g_object_unref(send);
    g_object_unref(context);
}

G_MODULE_EXPORT void webkit_web_extension_initialize_with_user_data(WebKitWebExtension *extension,
                                                                    GVariant *data) {
    (void)extension;
    if (data == NULL || !g_variant_is_of_type(data, G_VARIANT_TYPE_STRING_ARRAY)) return;
    origins = g_variant_dup_strv(data, NULL);
    g_signal_connect(webkit_script_world_get_default(), "window-object-cleared",
                     G_CALLBACK(on_window_object_cleared), NULL);
}
