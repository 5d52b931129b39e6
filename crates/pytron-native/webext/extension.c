/* The fast path on Linux: a WebKitGTK web process extension.
 *
 * It joins the main frame of the app's own origin to a socket whose other end is the kit, so that
 * calls and binary pass neither the UI process nor its event loop. The host hands the socket over
 * when this side asks for it (message `pytron-port`); without this library the page falls back to
 * the message handler by itself.
 *
 * Only libc is linked: WebKit's and GLib's symbols come from the process that loads this.
 */

#include <gio/gunixfdlist.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "port.h"
#include "port_script.h"

static char **origins; /* whose main frames get the port; the app's own comes first */

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
        port_forget_pieces(port);
        return;
    }
    port_open(port, fd);
}

void port_ask(Port *port) {
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
    port_ask(port);
    JSCContext *context = webkit_frame_get_js_context_for_script_world(frame, world);
    JSCValue *send = jsc_value_new_function_variadic(context, NULL, G_CALLBACK(port_send), port,
                                                     NULL, JSC_TYPE_VALUE);
    JSCValue *listen = jsc_value_new_function(context, NULL, G_CALLBACK(on_listen), port, NULL,
                                              G_TYPE_NONE, 1, JSC_TYPE_VALUE);
    JSCValue *install = jsc_context_evaluate(context, PORT_SCRIPT, -1);
    if (jsc_value_is_function(install)) {
        JSCValue *result =
            jsc_value_function_call(install, JSC_TYPE_VALUE, send, JSC_TYPE_VALUE, listen,
                                    G_TYPE_STRING, origins[0], G_TYPE_NONE);
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
    /* WebKit's process ends when the one that shows it has gone, but not while it is stopped. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (data == NULL || !g_variant_is_of_type(data, G_VARIANT_TYPE_STRING_ARRAY)) return;
    origins = g_variant_dup_strv(data, NULL);
    g_signal_connect(webkit_script_world_get_default(), "window-object-cleared",
                     G_CALLBACK(on_window_object_cleared), NULL);
}
