//! What differs between operating systems. Each has the same names: `ORIGIN`, `SCHEME`, `HOST`,
//! `Engine`, `View`, `Request`, `Waker`, `Watch`, `set_environment`, `open_display`, `prepare`,
//! `settle`, `facts`, `flow`, `soon`, `size`, `theme`, `set_theme`, `set_backdrop`, `services`.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(not(target_os = "linux"))]
mod portable;
#[cfg(not(target_os = "linux"))]
pub use portable::*;

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as system;

#[cfg(target_os = "windows")]
mod windows;
#[cfg(target_os = "windows")]
use windows as system;

/// A value of `facts`.
pub enum Fact {
    Text(String),
    Flag(bool),
}
