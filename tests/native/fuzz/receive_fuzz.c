/* Feeds the reader of the web process extension (webext/receive.c, spare.c) with broken frames.
 *
 * Built with the sanitizers of the compiler by tests/native/test_fuzz_receive.py. JavaScriptCore is
 * played by a few functions below whose buffers have exactly the size that was asked for, so that a
 * byte too many is seen.
 *
 *     receive_fuzz SECONDS SEED FILE…      mutate the files for so long
 *     receive_fuzz 0 0 FILE…               only replay them
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "port.h"

#define MOST 4096

static Port port;
static uint64_t state = 1, frames, rounds;

static uint32_t dice(uint32_t sides) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return sides ? (uint32_t)(state >> 16) % sides : 0;
}

/* --- what the extension asks of JavaScriptCore ------------------------------------------------ */

typedef struct {
    void *memory;
    gsize size;
} Array;

static void array_free(gpointer data) {
    Array *array = data;
    free(array->memory);
    free(array);
}

JSCContext *jsc_value_get_context(JSCValue *value) { return (JSCContext *)value; }
void jsc_context_clear_exception(JSCContext *context) { (void)context; }
gboolean jsc_value_is_typed_array(JSCValue *value) {
    return g_object_get_data(G_OBJECT(value), "array") != NULL;
}

JSCValue *jsc_value_new_typed_array(JSCContext *context, JSCTypedArrayType type, gsize size) {
    (void)context;
    (void)type;
    GObject *value = g_object_new(G_TYPE_OBJECT, NULL);
    if (dice(50) == 0) return (JSCValue *)value; /* out of memory, in a page */
    Array *array = malloc(sizeof *array);
    array->memory = malloc(size);
    array->size = size;
    g_object_set_data_full(value, "array", array, array_free);
    return (JSCValue *)value;
}

gpointer jsc_value_typed_array_get_data(JSCValue *value, gsize *length) {
    Array *array = g_object_get_data(G_OBJECT(value), "array");
    if (length != NULL) *length = array->size;
    return array->memory;
}

JSCContext *jsc_context_new(void) { return (JSCContext *)g_object_new(G_TYPE_OBJECT, NULL); }

JSCValue *jsc_value_new_array_buffer(JSCContext *context, gpointer memory, gsize size,
                                     GDestroyNotify drop, gpointer data) {
    (void)context;
    GObject *value = g_object_new(G_TYPE_OBJECT, NULL);
    g_object_set_data(value, "memory", memory);
    g_object_set_data(value, "size", GSIZE_TO_POINTER(size));
    g_object_set_data_full(value, "spare", data, drop);
    return (JSCValue *)value;
}

static const uint8_t *contents(JSCValue *value, gsize *size) {
    if (jsc_value_is_typed_array(value)) return jsc_value_typed_array_get_data(value, size);
    *size = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(value), "size"));
    return g_object_get_data(G_OBJECT(value), "memory");
}

JSCValue *jsc_value_new_string_from_bytes(JSCContext *context, GBytes *bytes) {
    (void)context;
    gsize size;
    const uint8_t *text = g_bytes_get_data(bytes, &size);
    uint8_t sum = 0;
    for (gsize i = 0; i < size; i++) sum ^= text[i]; /* every byte is really there */
    GObject *value = g_object_new(G_TYPE_OBJECT, NULL);
    g_object_set_data(value, "sum", GINT_TO_POINTER((int)sum));
    return (JSCValue *)value;
}

/* The page gets a frame: it reads its parts, and at times it reloads or is closed meanwhile. */
JSCValue *jsc_value_function_callv(JSCValue *function, guint count, JSCValue **values) {
    (void)function;
    frames++;
    for (guint i = 1; i < count; i++) {
        gsize size;
        volatile uint8_t sum = 0;
        const uint8_t *bytes = contents(values[i], &size);
        for (gsize at = 0; at < size; at++) sum ^= bytes[at];
    }
    if (dice(40) == 0) port.document++;
    if (dice(200) == 0) port_close(&port);
    return (JSCValue *)g_object_new(G_TYPE_OBJECT, NULL);
}

/* --- port.c, as far as the reader needs it ---------------------------------------------------- */

void port_close(Port *closed) {
    if (closed->fd >= 0) close(closed->fd);
    closed->fd = -1;
}

void port_lost(Port *lost) { port_close(lost); }

static void part_free(gpointer data) {
    if (data != NULL) g_object_unref(data);
}

static int open_port(void) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) exit(2);
    memset(&port, 0, sizeof port);
    port.fd = pair[0];
    port.receive = dice(8) ? (JSCValue *)g_object_new(G_TYPE_OBJECT, NULL) : NULL;
    port.parts = g_ptr_array_new_with_free_func(part_free);
    port_expect_frame(&port);
    return pair[1];
}

static void end_port(int peer) {
    if (peer >= 0) close(peer);
    port_close(&port);
    if (port.receive != NULL) g_object_unref(port.receive);
    g_ptr_array_unref(port.parts);
    g_free(port.text);
    g_free(port.sink);
}

/* The bytes arrive in pieces, and the reader gets its turn between any two of them. */
static void feed(const uint8_t *bytes, gsize size, gboolean whole) {
    int peer = open_port();
    gsize at = 0;
    while (at < size && port.fd >= 0) {
        gsize piece = whole ? size - at : 1 + dice(dice(4) ? 16 : (uint32_t)(size - at));
        if (piece > size - at) piece = size - at;
        ssize_t sent = send(peer, bytes + at, piece, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0 && errno != EAGAIN) break;
        if (sent > 0) at += (gsize)sent;
        if (!whole && dice(60) == 0) port.document++;
        port_readable(&port);
    }
    close(peer);
    if (port.fd >= 0) port_readable(&port);
    end_port(-1);
    rounds++;
}

static gsize mutate(uint8_t *bytes, gsize size) {
    static const uint32_t odd[] = {0, 1, 2, 7, 255, 1024, 1025, 65536, 1u << 30, (1u << 30) + 1, ~0u};
    for (uint32_t changes = 1 + dice(6); changes > 0; changes--) {
        uint32_t at = dice((uint32_t)size + 1);
        switch (dice(5)) {
        case 0:
            if (at < size) bytes[at] ^= (uint8_t)(1u << dice(8));
            break;
        case 1:
            if (at + 4 <= size) memcpy(bytes + at, &odd[dice(11)], 4);
            break;
        case 2:
            size = at;
            break;
        case 3: { /* a piece comes again */
            uint32_t length = dice((uint32_t)size - at + 1);
            if (size + length > MOST) length = (uint32_t)(MOST - size);
            memmove(bytes + at + length, bytes + at, size - at);
            size += length;
            break;
        }
        default: { /* a good small head, so that what follows is read */
            uint32_t head[2] = {dice(40), dice(4)};
            if (at + 8 <= size) memcpy(bytes + at, head, 8);
        }
        }
    }
    return size;
}

int main(int count, char **words) {
    if (count < 4) return 2;
    long seconds = atol(words[1]);
    state = strtoull(words[2], NULL, 10) | 1;
    static uint8_t seeds[64][MOST], bytes[MOST];
    gsize sizes[64], known = 0;
    for (int i = 3; i < count && known < 64; i++) {
        FILE *file = fopen(words[i], "rb");
        if (file == NULL) return 2;
        sizes[known] = fread(seeds[known], 1, MOST, file);
        fclose(file);
        feed(seeds[known], sizes[known], TRUE);
        feed(seeds[known], sizes[known], FALSE);
        known++;
    }
    for (time_t end = time(NULL) + seconds; time(NULL) < end;) {
        for (int i = 0; i < 1000; i++) {
            gsize one = dice((uint32_t)known);
            memcpy(bytes, seeds[one], sizes[one]);
            feed(bytes, mutate(bytes, sizes[one]), dice(3) == 0);
        }
        g_main_context_iteration(NULL, FALSE); /* the timer of spare.c */
    }
    printf("%llu inputs, %llu frames\n", (unsigned long long)rounds, (unsigned long long)frames);
    return 0;
}
