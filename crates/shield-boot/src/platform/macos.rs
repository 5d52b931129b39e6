//! macOS: environment, tracing. Type-checked (`python -m tools.dev.targets`), never run.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, IntoRawFd};
use std::path::{Path, PathBuf};
use std::process::Command;

use zeroize::Zeroizing;

use super::Dialogue;
use crate::failure::Failure;
use crate::seat::Options;

const PT_DENY_ATTACH: i32 = 31;

/// Makes this process one that others cannot look into.
///
/// A program with a hardened runtime (`codesign --options runtime`, which the packager's signing step
/// uses) is not led astray by `DYLD_` variables; without it they are taken out here.
pub fn begin(options: &Options) -> Result<(), Failure> {
    clean_environment()?;
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: a limit on the stack.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    if !options.debuggable {
        // SAFETY: the request takes no other arguments. Traced already, the process ends here.
        unsafe { libc::ptrace(PT_DENY_ATTACH, 0, std::ptr::null_mut(), 0) };
    }
    Ok(())
}

fn clean_environment() -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    let leads = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.starts_with("DYLD_") || name.starts_with("PYTHON")
    };
    let all: Vec<_> = std::env::vars_os().collect();
    let kept: Vec<_> = all
        .iter()
        .filter(|(name, _)| !leads(name))
        .cloned()
        .collect();
    if kept.len() == all.len() {
        return Ok(());
    }
    let program = std::env::current_exe()
        .map_err(|error| Failure::refused(format!("the program does not find itself: {error}")))?;
    let error = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env_clear()
        .envs(kept)
        .exec();
    Err(Failure::refused(format!(
        "the program could not start anew: {error}"
    )))
}

/// The words that tell this machine from others.
pub fn machine() -> Option<String> {
    let mut id = [0_u8; 16];
    let wait = libc::timespec {
        tv_sec: 5,
        tv_nsec: 0,
    };
    // SAFETY: room for the 16 bytes, and a time to wait.
    let answer = unsafe { libc::gethostuuid(id.as_mut_ptr(), &raw const wait) };
    (answer == 0).then(|| id.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The folder for settings of this user's apps.
pub fn settings() -> Option<PathBuf> {
    Some(Path::new(&std::env::var_os("HOME")?).join("Library/Application Support"))
}

/// Programs that show a window for us.
pub const DIALOGUES: &[Dialogue] = &[Dialogue {
    program: "/usr/bin/osascript",
    ask: &[
        "-e",
        "on run words",
        "-e",
        "text returned of (display dialog (item 1 of words) default answer \"\" with hidden answer)",
        "-e",
        "end run",
    ],
    tell: &[
        "-e",
        "on run words",
        "-e",
        "display alert (item 1 of words)",
        "-e",
        "end run",
    ],
}];

/// A session without a screen answers no dialogue, which then ends by itself.
pub fn has_screen() -> bool {
    true
}

/// Whether a file of this name is one that a loader would load.
pub fn is_library(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.ends_with(".so") || name.ends_with(".dylib")
}

/// What a parent has to say to this child, by the word on its command line.
pub fn order(token: &str) -> Option<impl Read> {
    super::inherited(token.parse().ok()?)
}

/// Holds an order ready for one child, in a pipe that it inherits; gives the word for its command
/// line. A process here is closed to others of its user by the hardened runtime, from its start on.
pub fn hand(content: Zeroizing<Vec<u8>>, _options: &Options) -> Option<String> {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    if unsafe { libc::pipe(ends.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: both just made.
    let [reader, mut writer] = ends.map(|end| unsafe { File::from_raw_fd(end) });
    // A pipe holds 64 KiB; longer orders are written while they are read.
    std::thread::spawn(move || writer.write_all(&content));
    Some(reader.into_raw_fd().to_string())
}
