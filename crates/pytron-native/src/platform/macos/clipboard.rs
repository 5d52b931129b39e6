//! What arboard does not tell of the clipboard.

use objc2_app_kit::{
    NSPasteboard, NSPasteboardTypeFileURL, NSPasteboardTypeHTML, NSPasteboardTypePNG,
    NSPasteboardTypeString, NSPasteboardTypeTIFF,
};
use objc2_foundation::NSArray;

/// Changes with the contents.
pub fn serial() -> u64 {
    let count = NSPasteboard::generalPasteboard().changeCount();
    u64::try_from(count).unwrap_or_default()
}

/// What it holds.
pub fn formats() -> Vec<&'static str> {
    let board = NSPasteboard::generalPasteboard();
    // SAFETY: names that AppKit defines, for as long as the process lives.
    let kinds = unsafe {
        [
            ("text", vec![NSPasteboardTypeString]),
            ("html", vec![NSPasteboardTypeHTML]),
            ("image", vec![NSPasteboardTypePNG, NSPasteboardTypeTIFF]),
            ("files", vec![NSPasteboardTypeFileURL]),
        ]
    };
    kinds
        .into_iter()
        .filter(|(_, types)| {
            let types = NSArray::from_slice(types);
            board.availableTypeFromArray(&types).is_some()
        })
        .map(|(name, _)| name)
        .collect()
}
