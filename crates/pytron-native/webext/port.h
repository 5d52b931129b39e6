/* The port of one page: its socket, and what is half read or half written.
 *
 * On the socket, both ways: u32 LE length of the JSON, u32 LE number of parts, the JSON in UTF-8,
 * then for each part u32 LE length and its bytes (spec/view.md, section 6).
 */

#ifndef PYTRON_PORT_H
#define PYTRON_PORT_H

#include <stdint.h>
#include <webkit2/webkit-web-extension.h>

/* Below 100 a flood of frames would starve rendering; idle work comes after them. */
#define PRIORITY 150
#define MAX_TEXT (1u << 30)
#define MAX_PARTS 1024
#define MAX_PART (1u << 30)
#define PAGE (4u << 10) /* of memory */

typedef enum { READ_HEAD, READ_TEXT, READ_PART_SIZE, READ_PART } Phase;

/* It outlives documents: a reload keeps the socket. */
typedef struct {
    WebKitWebPage *page;
    int fd;
    gboolean asked;
    GSource *readable;
    gpointer watched; /* the socket in it */
    guint writable;
    gint64 sent; /* when the page last sent something that is not answered; 0 for never */
    guint quick; /* answers in a row that came quickly */
    guint lost; /* the page is yet to be told that the other end has gone */
    GQueue pieces;     /* what the socket did not take yet */
    JSCValue *receive; /* the present document's function, or NULL */
    guint64 document;

    Phase phase;
    uint8_t small[8];
    gsize got;
    gsize want;
    gsize ready; /* of what is wanted, so much memory is there to be filled */
    char *text;
    gsize text_capacity;
    gsize text_size;
    uint32_t parts_expected;
    GPtrArray *parts; /* JSCValue: Uint8Array or ArrayBuffer each; NULL when nobody listens */
    guint64 parts_document;
    uint8_t *part; /* where the bytes of the present one go */
    uint8_t *sink; /* where the bytes of a part go that nobody wants */
} Port;

/* port.c */
Port *port_of(WebKitWebPage *page);
void port_open(Port *port, int fd);
void port_close(Port *port);
void port_lost(Port *port);

/* extension.c */
void port_ask(Port *port);

/* send.c: send(text, part, …), for the page's bootstrap only. */
JSCValue *port_send(GPtrArray *arguments, gpointer port);
void port_flush_soon(Port *port);
void port_forget_pieces(Port *port);

/* receive.c */
void port_expect_frame(Port *port);
gboolean port_readable(Port *port);

/* compiler.c: called when something goes or comes. */
void compiler_after_us(void);

/* spare.c: a buffer for the page, so much of whose memory is ready to be filled; NULL for none. */
JSCValue *spare_buffer(JSCContext *context, gsize size, uint8_t **memory, gsize *ready);

/* wait.c */
void port_watch(Port *port);
void port_unwatch(Port *port);

#endif
