/* From the kit to the page. */

#define _DEFAULT_SOURCE /* madvise */

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "port.h"

/* A turn of the loop hands over at most this much text, so that the page can paint in between. */
#define TURN_BYTES (4u << 20)
#define TURN_FRAMES 256
/* What is larger is waited for: the kit is writing it, and the way back to here through the loop
 * takes as long as the next piece. */
#define AWAITED_BYTES (64u << 10)
#define PATIENCE_MS 5
/* What is smaller is left to come page by page. */
#define PREPARED_BYTES (256u << 10)
/* What is smaller costs less than to keep its memory. */
#ifndef SPARE_BYTES /* the fuzzer's parts are all smaller */
#define SPARE_BYTES (8u << 20)
#endif
#ifndef MADV_POPULATE_WRITE /* glibc before 2.35 */
#define MADV_POPULATE_WRITE 23
#endif

static uint32_t take_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Fresh memory costs more than the copy into it, page by page: so the next stretch of it is made
 * ready before it is filled. Not as large pages: the host of a virtual machine takes back those that
 * are free, and to get one again costs many times what small ones do.
 * Nothing but whole pages with some of our bytes in them is touched. */
static void prepare(Port *port, const uint8_t *into) {
    gsize left = port->want - port->ready;
    if (port->want < PREPARED_BYTES) {
        port->ready = port->want;
        return;
    }
    gsize size = MIN(left, PREPARED_BYTES);
    uintptr_t start = (uintptr_t)into + port->ready;
    uintptr_t page = start & ~(uintptr_t)(PAGE - 1);
    madvise((void *)page, start + size - page, MADV_POPULATE_WRITE); /* older kernels refuse it */
    port->ready += size;
}

/* Reads until `want` bytes are at `into`; 1 when they are, 0 when the socket is empty, -1 at its
 * end. */
static int fill(Port *port, void *into) {
    while (port->got < port->want) {
        if (port->got == port->ready) prepare(port, into);
        ssize_t read = recv(port->fd, (uint8_t *)into + port->got, port->ready - port->got,
                            MSG_DONTWAIT);
        if (read > 0) {
            port->got += (gsize)read;
        } else if (read == 0) {
            return -1;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd empty = {.fd = port->fd, .events = POLLIN};
            if (port->want - port->got < AWAITED_BYTES || poll(&empty, 1, PATIENCE_MS) <= 0)
                return 0;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    port->got = 0;
    return 1;
}

static void expect(Port *port, Phase phase, gsize want) {
    port->phase = phase;
    port->want = want;
    port->got = 0;
    port->ready = 0;
}

void port_expect_frame(Port *port) { expect(port, READ_HEAD, 8); }

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
    port_expect_frame(port);
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

/* What the page will have the part in, and how much of that is ready; NULL when there is no such
 * memory, or no page. */
static JSCValue *page_part(Port *port, gsize size, gsize *ready) {
    if (port->receive == NULL || port->parts_document != port->document) return NULL;
    JSCContext *context = jsc_value_get_context(port->receive);
    if (size >= SPARE_BYTES) return spare_buffer(context, size, &port->part, ready);
    JSCValue *array = jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8, size);
    if (jsc_value_is_typed_array(array))
        port->part = jsc_value_typed_array_get_data(array, NULL);
    else
        g_clear_object(&array);
    return array;
}

static gboolean begin_part(Port *port) {
    gsize size = take_u32(port->small);
    if (size > MAX_PART) return FALSE;
    gsize ready = 0;
    JSCValue *part = page_part(port, size, &ready);
    g_clear_pointer(&port->sink, g_free);
    if (part == NULL) {
        port->part = port->sink = g_malloc(size ? size : 1);
        port->parts_document = UINT64_MAX; /* nobody will get this frame */
    }
    g_ptr_array_add(port->parts, part);
    expect(port, READ_PART, size);
    port->ready = ready;
    return TRUE;
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
        if ((filled = fill(port, port->part)) <= 0) return filled;
        next_part(port);
        return port->phase == READ_HEAD ? 1 : 2;
    }
}

gboolean port_readable(Port *port) {
    gsize bytes = 0;
    for (int frames = 0; frames < TURN_FRAMES && bytes < TURN_BYTES;) {
        int done = step(port);
        if (done == 0) return G_SOURCE_CONTINUE;
        if (port->fd < 0) return G_SOURCE_REMOVE; /* the page's code closed it meanwhile */
        if (done < 0) {
            port_lost(port);
            return G_SOURCE_REMOVE;
        }
        if (done == 1) {
            frames++;
            bytes += port->text_size;
        }
    }
    return G_SOURCE_CONTINUE;
}
