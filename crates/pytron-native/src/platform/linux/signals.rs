//! Signals that wry has taken, and that we answer otherwise.

use std::ffi::CStr;

use gtk::glib::gobject_ffi as gobject;
use gtk::glib::prelude::*;

/// Disconnects every handler that a signal of this object has.
pub fn disconnect(object: &impl IsA<gtk::glib::Object>, signal: &CStr) {
    let object = object.upcast_ref::<gtk::glib::Object>();
    // SAFETY: finds and disconnects handlers of one signal of a live object; an unknown signal is 0,
    // which no handler has.
    unsafe {
        let pointer: *mut gobject::GObject = object.as_ptr();
        let class = object.type_();
        let signal = gobject::g_signal_lookup(
            signal.as_ptr(),
            gtk::glib::translate::IntoGlib::into_glib(class),
        );
        loop {
            let handler = gobject::g_signal_handler_find(
                pointer,
                gobject::G_SIGNAL_MATCH_ID,
                signal,
                0,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            );
            if handler == 0 {
                break;
            }
            gobject::g_signal_handler_disconnect(pointer, handler);
        }
    }
}
