//! WebKit's script message handler with reply, which the safe crate does not reach: it takes the
//! name of the script world as text, and the world that pages live in is NULL.

use std::ffi::{CString, c_char, c_void};

use gtk::glib::ffi::{GFALSE, GTRUE, g_free, gboolean};
use gtk::glib::gobject_ffi::{GCallback, g_object_unref, g_signal_connect_data};
use gtk::glib::translate::ToGlibPtr;
use javascriptcore_rs_sys::{
    JSCValue, jsc_value_get_context, jsc_value_new_string, jsc_value_to_string,
};
use webkit2gtk::UserContentManager;
use webkit2gtk_sys::{
    WebKitScriptMessageReply, WebKitUserContentManager, webkit_script_message_reply_return_value,
    webkit_user_content_manager_register_script_message_handler_with_reply,
};

type Handler = Box<dyn Fn(&str) -> String>;

/// Calls `handler` for each message that the page posts to `name`; its text is the reply.
pub fn register(
    manager: &UserContentManager,
    name: &str,
    handler: impl Fn(&str) -> String + 'static,
) {
    let handler: Handler = Box::new(handler);
    // The handler lives as long as the process, as the only view does.
    let data = Box::into_raw(Box::new(handler)).cast::<c_void>();
    let (Ok(signal), Ok(name)) = (
        CString::new(format!("script-message-with-reply-received::{name}")),
        CString::new(name),
    ) else {
        return;
    };
    let manager: *mut WebKitUserContentManager = manager.to_glib_none().0;
    type Received = unsafe extern "C" fn(
        *mut WebKitUserContentManager,
        *mut JSCValue,
        *mut WebKitScriptMessageReply,
        *mut c_void,
    ) -> gboolean;
    // SAFETY: the manager is alive; `received` has the signature that WebKit documents for this
    // signal, and GCallback is the erased form in which GObject takes it; `data` is never freed.
    unsafe {
        let callback: GCallback = Some(std::mem::transmute::<Received, unsafe extern "C" fn()>(
            received,
        ));
        g_signal_connect_data(manager.cast(), signal.as_ptr(), callback, data, None, 0);
        webkit_user_content_manager_register_script_message_handler_with_reply(
            manager,
            name.as_ptr(),
            std::ptr::null(),
        );
    }
}

unsafe extern "C" fn received(
    _: *mut WebKitUserContentManager,
    message: *mut JSCValue,
    reply: *mut WebKitScriptMessageReply,
    data: *mut c_void,
) -> gboolean {
    // SAFETY: WebKit gives live objects for the time of the signal; `data` is the Handler that
    // `register` leaked; the text is ours to free, and the new value is ours to unref.
    unsafe {
        let text = jsc_value_to_string(message);
        if text.is_null() {
            return GFALSE;
        }
        let handler = &*data.cast::<Handler>();
        let answer = handler(&std::ffi::CStr::from_ptr(text).to_string_lossy());
        g_free(text.cast());
        let Ok(answer) = CString::new(answer) else {
            return GFALSE;
        };
        let value = jsc_value_new_string(
            jsc_value_get_context(message),
            answer.as_ptr().cast::<c_char>(),
        );
        webkit_script_message_reply_return_value(reply, value);
        g_object_unref(value.cast());
    }
    GTRUE
}
