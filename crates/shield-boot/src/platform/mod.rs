//! What each system offers to a process that defends itself, under the same names.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod syscall;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub use macos::*;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;
