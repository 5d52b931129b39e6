//! What arboard does not tell of the clipboard.

use windows::Win32::System::DataExchange::{
    GetClipboardSequenceNumber, IsClipboardFormatAvailable, RegisterClipboardFormatW,
};
use windows::Win32::System::Ole::{CF_DIB, CF_DIBV5, CF_HDROP, CF_UNICODETEXT};
use windows::core::{PCWSTR, w};

/// Changes with the contents.
pub fn serial() -> u64 {
    // SAFETY: it only reads.
    unsafe { GetClipboardSequenceNumber() }.into()
}

/// What it holds.
pub fn formats() -> Vec<&'static str> {
    // SAFETY: it only reads.
    let there = |format: u32| unsafe { IsClipboardFormatAvailable(format) }.is_ok();
    // SAFETY: the name is a constant; a format that is known is found, not made anew.
    let named = |name: PCWSTR| unsafe { RegisterClipboardFormatW(name) };
    let mut found = Vec::new();
    for (name, is) in [
        ("text", there(CF_UNICODETEXT.0.into())),
        ("html", there(named(w!("HTML Format")))),
        (
            "image",
            there(CF_DIBV5.0.into()) || there(CF_DIB.0.into()) || there(named(w!("PNG"))),
        ),
        ("files", there(CF_HDROP.0.into())),
    ] {
        if is {
            found.push(name);
        }
    }
    found
}
