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

typedef void *(*Open)(const char *, int);

void gtk_widget_draw(void *widget, void *context) {
  if (fails() && !dies()) return;
  /* Python loads GTK for itself alone, where RTLD_NEXT does not look. */
  void *gtk = ((Open)dlsym(RTLD_NEXT, "dlopen"))("libgtk-3.so.0", RTLD_LAZY | RTLD_NOLOAD);
  ((void (*)(void *, void *))dlsym(gtk, "gtk_widget_draw"))(widget, context);
}

void *dlopen(const char *name, int how) {
  Open open = (Open)dlsym(RTLD_NEXT, "dlopen");
  int is_web = strcmp(program_invocation_short_name, "WebKitWebProcess") == 0;
  if (dies() && fails() && is_web && name != NULL && strstr(name, "libEGL") != NULL) _exit(134);
  return open(name, how);
}
