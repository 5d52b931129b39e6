//! What each system offers to a process that defends itself, under the same names.

use std::path::Path;

use crate::failure::Failure;

/// Decides about a library by the name with which it is asked for.
pub type Guard = Box<dyn Fn(&Path) -> Result<(), Failure> + Send + Sync>;

/// A program of the system, with the arguments before its text: to ask for something that nobody is
/// to see, and to say something.
#[cfg(unix)]
pub struct Dialogue {
    pub program: &'static str,
    pub ask: &'static [&'static str],
    pub tell: &'static [&'static str],
}

#[cfg(target_os = "linux")]
mod environment;
#[cfg(target_os = "linux")]
mod handing;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod loaded;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod syscall;
#[cfg(target_os = "linux")]
pub use {handing::*, linux::*, loaded::*};

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;

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
mod windows_handing;
#[cfg(windows)]
pub use {windows::*, windows_handing::*};
