//! The page's messages and the frames to it.
//!
//! Usually a script message handler with reply: a reply handle is the shortest way into the page,
//! and because the page gives a new one only when it has read, handles are the flow control too.
//! The crate lacks that signal, so it is connected by hand. `PYTRON_TRANSPORT=evaluate` uses what
//! every engine has instead: a message handler, and a call of the bootstrap's receive function.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use gtk::gio::Cancellable;
use gtk::glib::ffi::{gboolean, gpointer};
use gtk::glib::gobject_ffi::{GClosure, GConnectFlags, g_signal_connect_data};
use gtk::glib::prelude::*;
use gtk::glib::translate::{ToGlibPtr, from_glib_none};
use gtk::glib::{Bytes, VariantDict};
use javascriptcore::{Context, Value, ValueExt};
use javascriptcore_rs_sys::JSCValue;
use webkit2gtk::{UserContentManager, UserContentManagerExt, WebView, WebViewExt};
use webkit2gtk_sys::{
    WebKitScriptMessageReply, WebKitUserContentManager, webkit_script_message_reply_ref,
    webkit_script_message_reply_return_value, webkit_script_message_reply_unref,
    webkit_user_content_manager_register_script_message_handler_with_reply,
};

use crate::guard::guard;
use crate::outbox::Flow;
use crate::stage;

const NAME: &str = "pytron";

/// Kept for frames that come later; more than these are answered with nothing.
const HANDLES: usize = 8;

/// One view's way to and from its page.
pub struct Port {
    number: Rc<Cell<u32>>,
    web: WebView,
    flow: Flow,
    replies: RefCell<VecDeque<Reply>>,
}

impl Port {
    pub fn new(number: Rc<Cell<u32>>, web: &WebView, flow: Flow) -> Rc<Self> {
        let port = Rc::new(Self {
            number,
            web: web.clone(),
            flow,
            replies: RefCell::default(),
        });
        if let Some(content) = web.user_content_manager() {
            match flow {
                Flow::Handles => connect_with_reply(&content, &port),
                Flow::Credit => connect(&content, &port),
            }
        }
        port
    }

    /// The name of the transport, for the bootstrap.
    pub fn mode(&self) -> &'static str {
        match self.flow {
            Flow::Handles => "reply",
            Flow::Credit => "message",
        }
    }

    /// A frame for the page. With handles the outbox has counted that there is one.
    pub fn deliver(&self, text: Vec<u8>) {
        match self.flow {
            Flow::Handles => {
                let reply = self.replies.borrow_mut().pop_front();
                if let Some(reply) = reply {
                    Self::answer(&reply, &Bytes::from_owned(text));
                }
            }
            Flow::Credit => self.evaluate(&text),
        }
    }

    /// The document or its process has gone, and with it whoever waits for these.
    pub fn forget(&self) {
        self.replies.take();
    }

    fn answer(reply: &Reply, text: &Bytes) {
        let value = Value::new_string_from_bytes(&reply.context, Some(text));
        // SAFETY: both are alive; the reply is answered once and then given up.
        unsafe { webkit_script_message_reply_return_value(reply.handle, value.to_glib_none().0) };
    }

    /// The text goes as an argument: as source it would have to pass the JavaScript compiler.
    fn evaluate(&self, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let arguments = VariantDict::new(None);
        arguments.insert_value("text", &text.as_ref().to_variant());
        let arguments = arguments.end();
        self.web.call_async_javascript_function(
            "__pytron_receive__(text)",
            Some(&arguments),
            None,
            None,
            Cancellable::NONE,
            |_| {},
        );
    }

    fn received(self: &Rc<Self>, value: &Value, reply: Option<Reply>) {
        let number = self.number.get();
        let Some(stage) = stage::current() else {
            return;
        };
        let Some(window) = stage.window(number) else {
            return;
        };
        let message: Box<dyn AsRef<[u8]> + Send> = match value.to_string_as_bytes() {
            Some(bytes) if value.is_string() => Box::new(bytes),
            _ => return stage.refuse(number, "a message that is no string".to_owned()),
        };
        let opens = is_open(&*message);
        if !stage.message(&window, message) {
            return;
        }
        if let Some(reply) = reply {
            if opens {
                self.forget();
            }
            self.keep(&stage, number, reply);
        }
        stage.flush(number);
    }

    fn keep(&self, stage: &stage::Stage, number: u32, reply: Reply) {
        let mut replies = self.replies.borrow_mut();
        replies.push_back(reply);
        let surplus = (replies.len() > HANDLES)
            .then(|| replies.pop_front())
            .flatten();
        drop(replies);
        match surplus {
            None => {
                stage
                    .shared
                    .with_page(number, |page| page.count_handle(true));
            }
            Some(reply) => Self::answer(&reply, &Bytes::from_static(b"")),
        }
    }
}

/// Whether the message opens the port; it has passed no check yet.
fn is_open(message: &(dyn AsRef<[u8]> + Send)) -> bool {
    message.as_ref().get(crate::envelope::SECRET_LEN) == Some(&b'o')
}

/// A promise in the page that waits for an answer. Dropped unanswered, WebKit rejects it.
struct Reply {
    handle: *mut WebKitScriptMessageReply,
    /// Where the message lives. A value of another context is in another heap: WebKit would free
    /// its string twice.
    context: Context,
}

impl Reply {
    /// # Safety
    /// The handle is a live one.
    unsafe fn new(handle: *mut WebKitScriptMessageReply, message: &Value) -> Option<Self> {
        Some(Self {
            context: message.context()?,
            // SAFETY: alive, says the caller; the reference is given up in `drop`.
            handle: unsafe { webkit_script_message_reply_ref(handle) },
        })
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        // SAFETY: we own one reference.
        unsafe { webkit_script_message_reply_unref(self.handle) };
    }
}

fn connect(content: &UserContentManager, port: &Rc<Port>) {
    let port = Rc::downgrade(port);
    content.connect_script_message_received(Some(NAME), move |_, result| {
        guard("a message", (), || {
            if let (Some(port), Some(value)) = (port.upgrade(), result.js_value()) {
                port.received(&value, None);
            }
        });
    });
    content.register_script_message_handler(NAME);
}

fn connect_with_reply(content: &UserContentManager, port: &Rc<Port>) {
    type Callback = unsafe extern "C" fn();
    let data = Box::into_raw(Box::new(Rc::downgrade(port)));
    let callback: unsafe extern "C" fn(
        *mut WebKitUserContentManager,
        *mut JSCValue,
        *mut WebKitScriptMessageReply,
        gpointer,
    ) -> gboolean = received_with_reply;
    let manager: *mut WebKitUserContentManager = content.to_glib_none().0;
    // SAFETY: the callback has the signal's documented signature; its data is freed with the
    // connection; a NULL world is the page's own, which the crate's method cannot say.
    unsafe {
        g_signal_connect_data(
            manager.cast(),
            c"script-message-with-reply-received::pytron".as_ptr(),
            Some(std::mem::transmute::<*const (), Callback>(
                callback as *const (),
            )),
            data.cast(),
            Some(free),
            GConnectFlags::default(),
        );
        webkit_user_content_manager_register_script_message_handler_with_reply(
            manager,
            c"pytron".as_ptr(),
            std::ptr::null(),
        );
    }
}

unsafe extern "C" fn free(data: gpointer, _closure: *mut GClosure) {
    // SAFETY: the box made in `connect_with_reply`, given back once.
    drop(unsafe { Box::from_raw(data.cast::<std::rc::Weak<Port>>()) });
}

unsafe extern "C" fn received_with_reply(
    _manager: *mut WebKitUserContentManager,
    value: *mut JSCValue,
    reply: *mut WebKitScriptMessageReply,
    data: gpointer,
) -> gboolean {
    guard("a message", (), || {
        // SAFETY: the data lives as long as the connection; value and reply as long as this call,
        // so we take references of our own.
        let (port, value, reply) = unsafe {
            let value: Value = from_glib_none(value);
            let reply = Reply::new(reply, &value);
            (
                (*data.cast::<std::rc::Weak<Port>>()).upgrade(),
                value,
                reply,
            )
        };
        if let Some(port) = port {
            port.received(&value, reply);
        }
    });
    gtk::glib::ffi::GTRUE
}
