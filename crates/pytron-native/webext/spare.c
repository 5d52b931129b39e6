/* Memory of large parts, kept for the next ones when the page has dropped them.
 *
 * Fresh memory costs several times the copy into it, page by page, and WebKit gives no other: it maps
 * anew what it has, to clear it. So the page gets a buffer over the memory of an array that is kept
 * here, once all that it can see of that is overwritten.
 */

#define _DEFAULT_SOURCE /* madvise */

#include <sys/mman.h>

#include "port.h"

/* What the page has dropped is kept so long at least, and at most so much of it. */
#define KEPT_S 2
#define KEPT_BYTES (64u << 20)
/* WebKit looks for garbage when enough has been allocated, which these parts are not in its eyes. So
 * many times its size is said for each: then two or three take turns, where a dozen would lie about. */
#define WEIGHT 6
#define WEIGHT_MOST (1u << 30)

typedef struct {
    JSCValue *array; /* WebKit's own, as its pages read no other memory */
    uint8_t *memory;
    gsize size;
    gsize ready; /* so much of it has been used, and is there */
    gint64 dropped;
} Spare;

/* The page may hand its buffer to a worker, whose thread drops it then. */
static GMutex mutex;
static GQueue dropped = G_QUEUE_INIT; /* the last one first */
static guint timer;

/* Without waiting for WebKit to look for garbage, which an idle page does not. */
static void give_back(Spare *spare) {
    uintptr_t start = ((uintptr_t)spare->memory + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t end = ((uintptr_t)spare->memory + spare->size) & ~(uintptr_t)(PAGE - 1);
    madvise((void *)start, end - start, MADV_DONTNEED);
    spare->ready = 0;
}

static void spare_free(gpointer data) {
    Spare *spare = data;
    give_back(spare);
    g_object_unref(spare->array);
    g_free(spare);
}

/* In the page's loop, where WebKit's objects may be touched. */
static gboolean on_timer(gpointer data) {
    (void)data;
    GQueue late = G_QUEUE_INIT;
    gint64 until = g_get_monotonic_time() - KEPT_S * G_USEC_PER_SEC;
    g_mutex_lock(&mutex);
    for (Spare *last; (last = g_queue_peek_tail(&dropped)) != NULL && last->dropped <= until;)
        g_queue_push_tail(&late, g_queue_pop_tail(&dropped));
    gboolean more = !g_queue_is_empty(&dropped);
    if (!more) timer = 0;
    g_mutex_unlock(&mutex);
    g_queue_clear_full(&late, spare_free);
    return more;
}

static void on_dropped(gpointer data) {
    Spare *spare = data;
    spare->dropped = g_get_monotonic_time();
    g_mutex_lock(&mutex);
    g_queue_push_head(&dropped, spare);
    gsize kept = 0;
    for (GList *link = dropped.head; link != NULL; link = link->next) {
        Spare *each = link->data;
        if (kept + each->ready > KEPT_BYTES)
            give_back(each);
        else
            kept += each->ready;
    }
    if (timer == 0) timer = g_timeout_add_seconds(1, on_timer, NULL);
    g_mutex_unlock(&mutex);
}

/* One that is large enough, and not far too large. */
static Spare *take(gsize size) {
    Spare *found = NULL;
    g_mutex_lock(&mutex);
    for (GList *link = dropped.head; link != NULL && found == NULL; link = link->next) {
        Spare *each = link->data;
        if (each->size < size || each->size / 2 > size) continue;
        g_queue_delete_link(&dropped, link);
        found = each;
        break;
    }
    g_mutex_unlock(&mutex);
    return found;
}

/* Up to an eighth more, so that the next part may be a little larger. What is never used of it is no
 * memory yet. */
static gsize rounded(gsize size) {
    gsize step = PAGE;
    while (step * 16 <= size) step *= 2;
    return (size + step - 1) / step * step;
}

static Spare *make(gsize size) {
    /* Of an engine of its own: it must neither count as the page's nor hold on to its document. */
    static JSCContext *context = NULL;
    if (context == NULL) context = jsc_context_new();
    JSCValue *array = jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8, rounded(size));
    if (!jsc_value_is_typed_array(array)) { /* there is not so much memory */
        jsc_context_clear_exception(context);
        g_object_unref(array);
        return NULL;
    }
    Spare *spare = g_new0(Spare, 1);
    spare->array = array;
    spare->memory = jsc_value_typed_array_get_data(array, &spare->size);
    return spare;
}

JSCValue *spare_buffer(JSCContext *context, gsize size, uint8_t **memory, gsize *ready) {
    Spare *spare = take(size);
    if (spare == NULL) spare = make(size);
    if (spare == NULL) return NULL;
    *memory = spare->memory;
    *ready = MIN(spare->ready, size);
    spare->ready = MAX(spare->ready, size);
    /* Nobody touches it, so it is no memory. */
    g_object_unref(jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8,
                                             MIN(size * WEIGHT, WEIGHT_MOST)));
    jsc_context_clear_exception(context);
    return jsc_value_new_array_buffer(context, spare->memory, size, on_dropped, spare);
}
