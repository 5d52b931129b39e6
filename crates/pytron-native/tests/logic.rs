//! The modules that need neither Python nor a display, with their in-file tests. A test executable
//! of the library itself would have to link libpython.

#![allow(dead_code, reason = "each module is tested without its callers")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../src/command.rs"]
mod command;
#[path = "../src/depth.rs"]
mod depth;
#[path = "../src/dialog.rs"]
mod dialog;
#[path = "../src/envelope.rs"]
mod envelope;
#[cfg(target_os = "linux")]
#[path = "logic/frames.rs"]
mod frames;
#[path = "../src/ground.rs"]
mod ground;
#[path = "../src/head.rs"]
mod head;
#[path = "../src/platform/portable/services/image.rs"]
mod image;
#[path = "../src/inbox.rs"]
mod inbox;
#[path = "../src/limits.rs"]
mod limits;
#[cfg(target_os = "linux")]
#[path = "../src/line.rs"]
mod line;
#[cfg(target_os = "linux")]
#[path = "../src/lines.rs"]
mod lines;
#[cfg(target_os = "linux")]
#[path = "../src/link.rs"]
mod link;
/// In place of the module that has Python's memory.
mod memory {
    use std::mem::MaybeUninit;

    pub struct Memory(Vec<u8>);

    impl Memory {
        pub fn of(size: usize) -> Option<Self> {
            Some(Self(vec![0; size]))
        }

        pub fn contents(&self) -> Vec<u8> {
            self.0.clone()
        }

        pub fn size(&self) -> usize {
            self.0.len()
        }

        /// In stretches, as the real one gives them.
        pub fn next(&mut self, filled: usize) -> &mut [MaybeUninit<u8>] {
            let ready = self.0.len().min(filled / 100_000 * 100_000 + 100_000);
            let next = &mut self.0[filled..ready];
            // SAFETY: what is written is written; what was there is bytes.
            unsafe { std::slice::from_raw_parts_mut(next.as_mut_ptr().cast(), next.len()) }
        }
    }
}
#[path = "../src/notice.rs"]
mod notice;
#[path = "../src/platform/windows/number.rs"]
mod number;
#[path = "../src/outbox.rs"]
mod outbox;
#[path = "../src/part.rs"]
mod part;
#[path = "../src/picture.rs"]
mod picture;
#[cfg(target_os = "linux")]
#[path = "../src/platform/linux/preflight.rs"]
mod preflight;
#[cfg(target_os = "linux")]
#[path = "../src/reader.rs"]
mod reader;
#[path = "../src/room.rs"]
mod room;
#[path = "../src/route.rs"]
mod route;
#[cfg(target_os = "linux")]
#[path = "../src/platform/linux/sentry.rs"]
mod sentry;
#[path = "../src/stored.rs"]
mod stored;
#[path = "../src/platform/windows/toast.rs"]
mod toast;
