/* Lets a page collect its garbage and count what lives, loaded before WebKit: the page gets a
 * function `collect`, by which all that nothing holds is gone before it is counted. What is asked
 * of JavaScriptCore is there for debuggers, and in no header that is installed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

typedef void *Ref; /* contexts, values and strings of JavaScriptCore */

Ref JSContextGetGlobalObject(Ref context);
Ref JSStringCreateWithUTF8CString(const char *text);
Ref JSObjectMakeFunctionWithCallback(Ref context, Ref name, Ref (*call)(Ref, Ref, Ref, size_t, const Ref *, Ref *));
void JSObjectSetProperty(Ref context, Ref object, Ref name, Ref value, unsigned attributes, Ref *error);
void JSStringRelease(Ref text);
void JSSynchronousGarbageCollectForDebugging(Ref context);
Ref JSGetMemoryUsageStatistics(Ref context);
Ref webkit_frame_get_javascript_global_context(Ref frame);

static Ref collect(Ref context, Ref function, Ref self, size_t count, const Ref *arguments, Ref *error) {
  (void)function, (void)self, (void)count, (void)arguments, (void)error;
  JSSynchronousGarbageCollectForDebugging(context);
  return JSGetMemoryUsageStatistics(context);
}

/* What Pytron's extension asks for each new document, before its code. */
Ref webkit_frame_get_js_context_for_script_world(Ref frame, Ref world) {
  Ref (*next)(Ref, Ref) =
      (Ref(*)(Ref, Ref))dlsym(RTLD_NEXT, "webkit_frame_get_js_context_for_script_world");
  Ref context = webkit_frame_get_javascript_global_context(frame);
  Ref name = JSStringCreateWithUTF8CString("collect");
  Ref made = JSObjectMakeFunctionWithCallback(context, name, collect);
  JSObjectSetProperty(context, JSContextGetGlobalObject(context), name, made, 0, NULL);
  JSStringRelease(name);
  return next(frame, world);
}
