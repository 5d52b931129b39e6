//! What Python tells before it acts: files of the package are checked before they are opened.
//!
//! Source: CPython's manual, "Audit events table".

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;

use super::api::Object;
use super::bridge::bridge;

/// Is told of every event; answers 0, or does not come back.
pub extern "C" fn hook(event: *const c_char, arguments: *mut Object, _data: *mut c_void) -> c_int {
    if event.is_null() {
        return 0;
    }
    // SAFETY: the interpreter gives a string.
    let event = unsafe { CStr::from_ptr(event) };
    let is_opening = event == c"open" || event == c"ctypes.dlopen";
    if let Some(bridge) = bridge().filter(|_| is_opening)
        && let Some(place) = bridge.text_at(arguments, 0)
    {
        bridge.end_unless(bridge.natives.check_place(Path::new(&place)));
    }
    0
}
