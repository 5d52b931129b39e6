//! What differs between operating systems. Each file has the same names: `ORIGIN`, `Engine`,
//! `View`, `Request`, `Waker`, `Watch`, `prepare`, `facts`, `flow`.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;
