//! The modules that need neither Python nor a display, with their in-file tests. A test executable
//! of the library itself would have to link libpython.

#![allow(dead_code, reason = "each module is tested without its callers")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../src/command.rs"]
mod command;
#[path = "../src/envelope.rs"]
mod envelope;
#[path = "../src/inbox.rs"]
mod inbox;
#[path = "../src/limits.rs"]
mod limits;
#[cfg(target_os = "linux")]
#[path = "../src/line.rs"]
mod line;
#[cfg(target_os = "linux")]
#[path = "../src/link.rs"]
mod link;
#[path = "../src/outbox.rs"]
mod outbox;
#[path = "../src/part.rs"]
mod part;
#[path = "../src/picture.rs"]
mod picture;
#[path = "../src/route.rs"]
mod route;
