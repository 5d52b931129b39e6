//! What Linux and macOS have in common.

use std::ffi::{CStr, CString, c_void};
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::os::fd::FromRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::{DIALOGUES, has_screen};
use crate::failure::NO_KEY;
use crate::keys::passphrase::{Asked, line};

/// Moves a value into pages of its own that are not swapped, nor part of a core file; for ever.
pub fn locked<T>(value: T) -> &'static T {
    let length = size_of::<T>().max(1);
    let rights = libc::PROT_READ | libc::PROT_WRITE;
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: fresh pages; nothing is at their place.
    let place = unsafe { libc::mmap(std::ptr::null_mut(), length, rights, kind, -1, 0) };
    if place == libc::MAP_FAILED || align_of::<T>() > 4_096 {
        return Box::leak(Box::new(value));
    }
    // SAFETY: the pages are ours, large enough, and aligned to more than T asks. Where locking is
    // not allowed (a limit of 0) the value is still here, only less well kept.
    unsafe {
        libc::mlock(place, length);
        #[cfg(target_os = "linux")]
        libc::madvise(place, length, libc::MADV_DONTDUMP);
        let place = place.cast::<T>();
        place.write(value);
        &*place
    }
}

/// A descriptor that was handed to this process; it is closed with the file.
pub fn inherited(number: i32) -> Option<File> {
    // SAFETY: asks only.
    if number < 0 || unsafe { libc::fcntl(number, libc::F_GETFD) } < 0 {
        return None;
    }
    // SAFETY: open, and named by whoever started us, for us.
    Some(unsafe { File::from_raw_fd(number) })
}

/// A path with all links followed.
pub fn real(place: &Path) -> std::io::Result<std::path::PathBuf> {
    std::fs::canonicalize(place)
}

/// Only where processes are known by handles.
pub fn share(_word: &str, _handle: u64) {}

/// Only where processes are known by handles.
pub fn starter() -> u64 {
    0
}

/// The process that started this one.
pub fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

/// The words that tell this user from others of this machine.
pub fn user() -> Option<String> {
    // SAFETY: asks only.
    Some(unsafe { libc::getuid() }.to_string())
}

/// Which encodings the interpreter needs for its start: none beside UTF-8, which is set.
pub fn code_pages() -> Vec<String> {
    Vec::new()
}

/// Asks at the terminal, without showing what is typed.
pub fn ask_terminal(prompt: &str) -> Asked {
    // SAFETY: plain numbers, for which zeros are fine.
    let mut before: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: descriptor 0 and room for the answer.
    let known = unsafe { libc::tcgetattr(0, &raw mut before) } == 0;
    let mut quiet = before;
    // Ctrl-C ends the line instead of the program, which would leave the terminal without echo.
    quiet.c_lflag &= !(libc::ECHO | libc::ISIG);
    quiet.c_cc[libc::VEOL] = INTERRUPT;
    if known {
        // SAFETY: what the terminal told, with one flag less.
        unsafe { libc::tcsetattr(0, libc::TCSAFLUSH, &raw const quiet) };
    }
    eprint!("{prompt}");
    let given = typed();
    eprintln!();
    if known {
        // SAFETY: what the terminal told.
        unsafe { libc::tcsetattr(0, libc::TCSAFLUSH, &raw const before) };
    }
    Asked::of(given.filter(|given| !given.as_bytes().ends_with(&[INTERRUPT])))
}

/// Ctrl-C.
const INTERRUPT: u8 = 3;

/// One line of the terminal, which gives a line for each read.
fn typed() -> Option<Zeroizing<String>> {
    let mut room = Zeroizing::new([0; 4_096]);
    let length = std::io::stdin().read(&mut room[..]).ok()?;
    line(&room[..length]).ok()
}

/// Asks in a window, by a program of the system.
pub fn ask_dialogue(question: &str) -> Asked {
    if !has_screen() {
        return Asked::Nobody;
    }
    let programs = DIALOGUES
        .iter()
        .filter(|dialogue| is_roots(dialogue.program));
    for dialogue in programs {
        let words = dialogue.ask.iter().copied().chain([question]);
        let Ok(mut asking) = quietly(dialogue.program, words)
            .stdout(Stdio::piped())
            .spawn()
        else {
            continue;
        };
        let given = asking.stdout.take().and_then(|said| line(said).ok());
        let ended = asking.wait().is_ok_and(|ended| ended.success());
        return Asked::of(given.filter(|_| ended));
    }
    Asked::Nobody
}

fn quietly<'a>(program: &str, words: impl Iterator<Item = &'a str>) -> Command {
    let mut command = Command::new(program);
    let none = Stdio::null;
    command
        .args(words)
        .stdin(none())
        .stdout(none())
        .stderr(none());
    command
}

fn is_roots(place: &str) -> bool {
    std::fs::metadata(place).is_ok_and(|found| found.uid() == 0 && found.mode() & 0o022 == 0)
}

/// What tells one version of a file from another. The time of the last change cannot be set by
/// programs.
pub fn stamp(file: &std::fs::Metadata) -> [u64; 4] {
    [
        file.dev(),
        file.ino(),
        file.size(),
        (file.ctime().unsigned_abs() << 30) ^ file.ctime_nsec().unsigned_abs(),
    ]
}

/// A loaded library; never unloaded.
#[derive(Clone, Copy)]
pub struct Library(*mut c_void);

// SAFETY: a handle that the loader guards itself.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    /// Loads a file. `global` lets libraries that come later see its symbols.
    pub fn open(path: &Path, global: bool) -> Result<Self, String> {
        let name = CString::new(path.as_os_str().as_bytes()).map_err(|error| error.to_string())?;
        let scope = if global {
            libc::RTLD_GLOBAL
        } else {
            libc::RTLD_LOCAL
        };
        // SAFETY: the file was checked; its constructors run, as any program's do.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | scope) };
        if handle.is_null() {
            // SAFETY: after a failure it gives a text.
            let text = unsafe { CStr::from_ptr(libc::dlerror()) };
            return Err(text.to_string_lossy().into_owned());
        }
        Ok(Self(handle))
    }

    /// The address of a symbol.
    pub fn symbol(self, name: &CStr) -> Option<*mut c_void> {
        // SAFETY: a handle that is never closed.
        let found = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        (!found.is_null()).then_some(found)
    }
}

/// Says why the program ends to whoever started it; in a window, too, where a user has to do
/// something and has no terminal: started from a menu, an app would just not come.
pub fn tell(text: &str, code: i32) {
    eprintln!("{text}");
    if code != NO_KEY || std::io::stderr().is_terminal() || !has_screen() {
        return;
    }
    let mut programs = DIALOGUES
        .iter()
        .filter(|dialogue| is_roots(dialogue.program));
    programs.any(|dialogue| {
        let words = dialogue.tell.iter().copied().chain([text]);
        !dialogue.tell.is_empty() && quietly(dialogue.program, words).spawn().is_ok()
    });
}
