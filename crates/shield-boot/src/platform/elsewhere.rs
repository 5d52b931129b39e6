//! What Windows and macOS have in common: they do by themselves, or not at all, what Linux needs code
//! for.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::Guard;
use crate::failure::Failure;

/// Neither system tells a library's owner. The hardened runtime of macOS refuses foreign ones; on
/// Windows the places where libraries are looked for are narrowed.
pub fn strangers(_known: &HashSet<PathBuf>) -> Result<(), Failure> {
    Ok(())
}

/// Asks nobody before a library is loaded, for the same reasons.
pub fn guard(_decides: Guard) {}

/// Not told apart here.
pub fn is_the_systems_library(_place: &Path) -> bool {
    true
}

/// Large pages are no matter of advice here.
pub fn soon_written(_room: &mut [u8]) {}

/// Ends the process.
pub fn end(code: i32) -> ! {
    std::process::exit(code)
}

/// The path of this program.
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}
