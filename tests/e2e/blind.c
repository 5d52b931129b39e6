/* A stand-in for graphics that fail, loaded before GTK: nothing that WebKit draws reaches a window,
 * or its process ends as it does where it gets no EGL display. PYTRON_TEST_MENDS says that the
 * processor can draw. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(void) {
  return getenv("PYTRON_TEST_MENDS") == NULL || getenv("WEBKIT_DISABLE_COMPOSITING_MODE") == NULL;
}

static int dies(void) { return getenv("PYTRON_TEST_DIES") != NULL; }

void gtk_widget_draw(void *widget, void *context) {
  void (*draw)(void *, void *) = (void (*)(void *, void *))dlsym(RTLD_NEXT, "gtk_widget_draw");
  if (!fails() || dies()) draw(widget, context);
}

void *dlopen(const char *name, int how) {
  void *(*open)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
  int is_web = strcmp(program_invocation_short_name, "WebKitWebProcess") == 0;
  if (dies() && fails() && is_web && name != NULL && strstr(name, "libEGL") != NULL) _exit(134);
  return open(name, how);
}
