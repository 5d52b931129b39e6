//! Linux: tracing, namespaces, filters of system calls.

use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Dialogue, environment, loaded, probe, syscall};
use crate::failure::Failure;
use crate::seat::Options;

/// The user namespace that is there from the start (include/linux/proc_ns.h).
const FIRST_USER_NAMESPACE: &str = "user:[4026531837]";

/// Makes this process one that others cannot look into, and refuses where that is not so.
pub fn begin(options: &Options) -> Result<(), Failure> {
    enough_stack()?;
    environment::clean(options)?;
    name_process();
    no_core();
    if !options.debuggable {
        close()?;
    }
    if !options.containers {
        outside_of_containers()?;
    }
    if !options.foreign_libraries {
        loaded::untouched()?;
    }
    Ok(())
}

/// The path of this program, as the kernel knows it.
pub fn program() -> std::io::Result<PathBuf> {
    syscall::read_link(c"/proc/self/exe").ok_or_else(|| std::io::ErrorKind::NotFound.into())
}

/// Ends the process at once: what others have hung upon its end does not run.
pub fn end(code: i32) -> ! {
    loop {
        let code = usize::try_from(code).unwrap_or(1);
        // SAFETY: does not come back.
        unsafe { syscall::call(libc::SYS_exit_group, [code, 0, 0, 0, 0]) };
    }
}

/// Started anew, the process would be called `exe`.
fn name_process() {
    let program = program().ok();
    let name = program.as_deref().and_then(Path::file_name);
    if let Some(name) = name.and_then(|name| CString::new(name.as_bytes()).ok()) {
        syscall::prctl(libc::PR_SET_NAME, name.as_ptr() as usize);
    }
}

/// The least stack with which Python runs at all.
const LEAST_STACK: libc::rlim_t = 1 << 20;

/// The main thread's stack grows up to its limit, which whoever starts a program can set.
fn enough_stack() -> Result<(), Failure> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: room for the answer, and a limit on the stack.
    let good = unsafe {
        let known = libc::getrlimit(libc::RLIMIT_STACK, &raw mut limit) == 0;
        let small = known && limit.rlim_cur < LEAST_STACK;
        limit.rlim_cur = limit.rlim_max.min(8 * LEAST_STACK);
        !small
            || (limit.rlim_cur >= LEAST_STACK
                && libc::setrlimit(libc::RLIMIT_STACK, &raw const limit) == 0)
    };
    if good {
        Ok(())
    } else {
        Err(Failure::refused(
            "the system gives this program too little stack (ulimit -s)",
        ))
    }
}

fn no_core() {
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: a limit on the stack. That it worked is not relied upon: see `close`.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
}

/// Closes this process to others of its user: no tracing, no reading of memory, no core.
fn close() -> Result<(), Failure> {
    syscall::prctl(libc::PR_SET_DUMPABLE, 0);
    let status = syscall::read_proc(c"/proc/self/status");
    let status = status.ok_or_else(|| Failure::refused("the system shows no /proc"))?;
    if field(&status, "TracerPid:") != Some("0") {
        return Err(Failure::refused("another program traces this one"));
    }
    let user = syscall::user();
    // What `prctl` answers can be faked by a filter; whose /proc/self/mem is, and that it does not
    // open, cannot. Root may look into everything anyway.
    let open = user != 0 && (!is_closed(c"/proc/self/mem") || syscall::can_read(c"/proc/self/mem"));
    if open {
        return Err(Failure::refused(
            "the system lets other programs look into this one",
        ));
    }
    Ok(())
}

/// Whether a process, by the `mem` of its folder in /proc, is closed to others of its user.
pub fn is_closed(memory: &CStr) -> bool {
    syscall::owner_of_proc(memory).is_some_and(loaded::is_roots)
}

/// A line of `/proc/…/status`, by its name with the colon.
pub fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    Some(line[name.len()..].trim())
}

/// Refuses filters of system calls, whose answers cannot be believed, and foreign user namespaces,
/// whose root may look into this process.
fn outside_of_containers() -> Result<(), Failure> {
    let inside = |what: &str| {
        Failure::refused(format!(
            "this app does not run {what}; its maker can allow that (containers = true)"
        ))
    };
    let status = syscall::read_proc(c"/proc/self/status");
    let filtered = status.as_deref().and_then(|text| field(text, "Seccomp:"));
    // A supervisor of system calls can answer with another process's status, but hardly hide itself.
    let own = status.as_deref().and_then(|text| field(text, "Pid:"));
    let lies = own != Some(std::process::id().to_string().as_str()) || probe::is_supervised();
    if filtered != Some("0") || lies {
        return Err(inside("under a filter of system calls"));
    }
    if in_user_namespace() {
        return Err(inside("in a user namespace of someone else"));
    }
    Ok(())
}

pub fn in_user_namespace() -> bool {
    let map = syscall::read_proc(c"/proc/self/uid_map");
    let words: Vec<_> = map.as_deref().unwrap_or("").split_whitespace().collect();
    let space = syscall::read_link(c"/proc/self/ns/user");
    let first = space.is_some_and(|name| name == Path::new(FIRST_USER_NAMESPACE));
    words != ["0", "0", "4294967295"] || !first
}

/// The words that tell this machine from others.
pub fn machine() -> Option<String> {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .iter()
        .find_map(|place| std::fs::read_to_string(place).ok())
}

/// The folder for settings of this user's apps.
pub fn settings() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let named = named.filter(|place| place.is_absolute());
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")))
}

/// Advises large pages for memory that is about to be written: handing it out page by page takes the
/// system longer than opening what goes there. Whether it listens is no matter.
pub fn soon_written(room: &mut [u8]) {
    // SAFETY: asks only.
    let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4_096);
    let start = room.as_mut_ptr();
    let skipped = start.align_offset(page);
    if let Some(length) = room
        .len()
        .checked_sub(skipped)
        .filter(|left| *left >= LARGE)
    {
        // SAFETY: within memory that is ours alone; its content stays.
        unsafe { libc::madvise(start.add(skipped).cast(), length, libc::MADV_HUGEPAGE) };
    }
}

/// Of less there is no large page whole in it for certain.
const LARGE: usize = 4 << 20;

/// Programs that show a window for us.
pub const DIALOGUES: &[Dialogue] = &[
    Dialogue {
        program: "/usr/bin/zenity",
        ask: &["--entry", "--hide-text", "--title=Passphrase", "--text"],
        tell: &["--error", "--no-markup", "--text"],
    },
    Dialogue {
        program: "/usr/bin/kdialog",
        ask: &["--title", "Passphrase", "--password"],
        tell: &["--error"],
    },
    Dialogue {
        program: "/usr/bin/ssh-askpass",
        ask: &[],
        tell: &[],
    },
];

/// Whether a window could be shown.
pub fn has_screen() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
}

/// Whether a file of this name is one that a loader would load.
pub fn is_library(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.ends_with(".so") || name.contains(".so.")
}
