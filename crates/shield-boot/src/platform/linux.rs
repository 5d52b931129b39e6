//! Linux: environment, tracing, namespaces, foreign libraries.

use std::collections::HashSet;
use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::syscall;
use crate::failure::Failure;
use crate::seat::Options;

/// Variables by which the loader, Python, or libraries below the window are led to further code, or
/// made to tell what they do. A name that ends with `_`, and `PYTHON`, stand for all that begin so.
const LEADING: &[&str] = &[
    "LD_",
    "PYTHON",
    "MALLOC_",
    "GST_PLUGIN_",
    "VK_",
    "QT_PLUGIN_",
    "QT_QPA_PLATFORM_PLUGIN_",
    "GLIBC_TUNABLES",
    "GCONV_PATH",
    "LOCPATH",
    "NLSPATH",
    "OPENSSL_CONF",
    "OPENSSL_MODULES",
    "OPENSSL_ENGINES",
    "SSLKEYLOGFILE",
    "GIO_EXTRA_MODULES",
    "GIO_MODULE_DIR",
    "GTK_MODULES",
    "GTK3_MODULES",
    "GTK_PATH",
    "GTK_EXE_PREFIX",
    "GTK_IM_MODULE_FILE",
    "GDK_PIXBUF_MODULE_FILE",
    "GDK_PIXBUF_MODULEDIR",
    "GI_TYPELIB_PATH",
    "WEBKIT_EXEC_PATH",
    "WEBKIT_INJECTED_BUNDLE_PATH",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "LIBGL_DRIVERS_PATH",
    "LIBVA_DRIVERS_PATH",
    "VDPAU_DRIVER_PATH",
    "EGL_DRIVERS_PATH",
    "__EGL_VENDOR_LIBRARY_FILENAMES",
    "__EGL_VENDOR_LIBRARY_DIRS",
    "TCL_LIBRARY",
    "TK_LIBRARY",
];
/// Of these not even `keep_environment` keeps any.
const ALWAYS: &[&str] = &["LD_", "PYTHON", "GLIBC_TUNABLES", "GCONV_PATH"];
/// The user namespace that is there from the start (include/linux/proc_ns.h).
const FIRST_USER_NAMESPACE: &str = "user:[4026531837]";

/// Makes this process one that others cannot look into, and refuses where that is not so.
pub fn begin(options: &Options) -> Result<(), Failure> {
    clean_environment(options)?;
    name_process();
    no_core();
    if !options.debuggable {
        close()?;
    }
    if !options.containers {
        outside_of_containers()?;
    }
    if !options.foreign_libraries {
        strangers(&HashSet::new(), true)?;
    }
    Ok(())
}

fn is_leading(name: &[u8], list: &[&str]) -> bool {
    list.iter().any(|item| {
        let group = item.ends_with('_') || *item == "PYTHON";
        name == item.as_bytes() || (group && name.starts_with(item.as_bytes()))
    })
}

/// Starts this program anew without the variables that lead libraries astray.
fn clean_environment(options: &Options) -> Result<(), Failure> {
    let list = if options.keep_environment {
        ALWAYS
    } else {
        LEADING
    };
    let all: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let count = all.len();
    let kept: Vec<CString> = all
        .into_iter()
        .filter(|(name, _)| !is_leading(name.as_bytes(), list))
        .filter_map(|(name, value)| {
            CString::new([name.into_vec(), value.into_vec()].join(&b'=')).ok()
        })
        .collect();
    if kept.len() == count {
        return Ok(());
    }
    let arguments: Vec<CString> = std::env::args_os()
        .filter_map(|argument| CString::new(argument.into_vec()).ok())
        .collect();
    let pointers = |list: &[CString]| -> Vec<*const libc::c_char> {
        let ends = std::iter::once(std::ptr::null());
        list.iter().map(|text| text.as_ptr()).chain(ends).collect()
    };
    let (arguments, variables) = (pointers(&arguments), pointers(&kept));
    let program = c"/proc/self/exe".as_ptr() as usize;
    let words = [
        program,
        arguments.as_ptr() as usize,
        variables.as_ptr() as usize,
        0,
        0,
    ];
    // SAFETY: a path, and two lists of strings that end with NULL.
    unsafe { syscall::call(libc::SYS_execve, words) };
    Err(Failure::refused(
        "the program could not start anew without the variables that lead libraries astray",
    ))
}

/// Started anew, the process would be called `exe`.
fn name_process() {
    let program = std::env::current_exe().ok();
    let name = program.as_deref().and_then(Path::file_name);
    if let Some(name) = name.and_then(|name| CString::new(name.as_bytes()).ok()) {
        syscall::prctl(libc::PR_SET_NAME, name.as_ptr() as usize);
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
    // SAFETY: asks only.
    let user = unsafe { libc::geteuid() };
    // What `prctl` answers can be faked by a filter; whose /proc/self/mem is, and that it does not
    // open, cannot. Root may look into everything anyway.
    let open = user != 0
        && (!syscall::owner_of_proc(c"/proc/self/mem").is_some_and(is_roots)
            || syscall::can_read(c"/proc/self/mem"));
    if open {
        return Err(Failure::refused(
            "the system lets other programs look into this one",
        ));
    }
    Ok(())
}

fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
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
    if filtered.is_some_and(|mode| mode != "0") || status.is_none() {
        return Err(inside("under a filter of system calls"));
    }
    if in_user_namespace() {
        return Err(inside("in a user namespace of someone else"));
    }
    Ok(())
}

fn in_user_namespace() -> bool {
    let map = syscall::read_proc(c"/proc/self/uid_map");
    let words: Vec<_> = map.as_deref().unwrap_or("").split_whitespace().collect();
    let space = std::fs::read_link("/proc/self/ns/user");
    let first = space.is_ok_and(|name| name == Path::new(FIRST_USER_NAMESPACE));
    words != ["0", "0", "4294967295"] || !first
}

/// Whether this is root. In a user namespace, which only `containers` lets in, root outside of it has
/// the number of all whom it does not know; our own user is none of them.
fn is_roots(owner: u32) -> bool {
    // SAFETY: asks only.
    let own = unsafe { libc::geteuid() };
    let unknown = || {
        syscall::read_proc(c"/proc/sys/kernel/overflowuid")?
            .trim()
            .parse()
            .ok()
    };
    owner == 0 || (owner != own && in_user_namespace() && unknown() == Some(owner))
}

/// Refuses code in this process that is neither the system's, nor ours, nor in `known`.
///
/// The system's files belong to root, and nobody else may write them. `start` is true before any
/// library was loaded: then there is no code without a file either.
pub fn strangers(known: &HashSet<PathBuf>, start: bool) -> Result<(), Failure> {
    let maps = syscall::read_proc(c"/proc/self/maps");
    let maps = maps.ok_or_else(|| Failure::refused("the system shows no /proc"))?;
    let own = std::env::current_exe().ok();
    let mut seen = HashSet::new();
    for line in maps.lines() {
        let mut words = line.splitn(6, ' ');
        let runs = words.nth(1).is_some_and(|rights| rights.contains('x'));
        let name = words.nth(3).unwrap_or("").trim_start();
        if !runs || !seen.insert(name) {
            continue;
        }
        let place = Path::new(name);
        let good = match name {
            "[vdso]" | "[vsyscall]" | "[uprobes]" => true,
            "" => !start,
            _ if name.starts_with("/memfd:") => !start,
            _ if name.starts_with('/') => {
                own.as_deref() == Some(place) || known.contains(place) || is_the_systems(place)
            }
            _ => !start,
        };
        if !good {
            let what = if name.is_empty() {
                "code without a file"
            } else {
                name
            };
            return Err(Failure::refused(format!(
                "{what} was loaded into this program and is not part of it"
            )));
        }
    }
    Ok(())
}

fn is_the_systems(place: &Path) -> bool {
    std::fs::metadata(place).is_ok_and(|found| is_roots(found.uid()) && found.mode() & 0o022 == 0)
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

/// Programs that ask for a passphrase in a window, with their arguments.
pub const DIALOGUES: &[(&str, &[&str])] = &[
    ("/usr/bin/zenity", &["--password", "--title"]),
    ("/usr/bin/kdialog", &["--password"]),
    ("/usr/bin/ssh-askpass", &[]),
];

/// Whether a file of this name is one that a loader would load.
pub fn is_library(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.ends_with(".so") || name.contains(".so.")
}

/// A file in memory with this content, which child processes can be given.
pub fn memory_file(content: &[u8]) -> Option<i32> {
    use std::io::{Seek, Write};
    use std::os::fd::{FromRawFd, IntoRawFd};
    // SAFETY: a name and no flags: it is inherited only where a child is given it.
    let made = unsafe { libc::memfd_create(c"pytron".as_ptr(), libc::MFD_CLOEXEC) };
    if made < 0 {
        return None;
    }
    // SAFETY: just made, and nobody else's.
    let mut file = unsafe { std::fs::File::from_raw_fd(made) };
    file.write_all(content).ok()?;
    file.rewind().ok()?;
    Some(file.into_raw_fd())
}
