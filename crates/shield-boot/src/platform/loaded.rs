//! Linux: what code is in this process, and what may come in.

use std::collections::HashSet;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Guard, linux, syscall};
use crate::failure::Failure;

/// Whether this is root. In a user namespace, which only `containers` lets in, root outside of it has
/// the number of all whom it does not know; our own user is none of them.
pub fn is_roots(owner: u32) -> bool {
    let unknown = || {
        syscall::read_proc(c"/proc/sys/kernel/overflowuid")?
            .trim()
            .parse()
            .ok()
    };
    let foreign = || owner != syscall::user() && linux::in_user_namespace();
    owner == 0 || (foreign() && unknown() == Some(owner))
}

/// One mapping of `/proc/self/maps`, if code in it can run.
struct Code<'a>(&'a str);

impl<'a> Code<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let mut words = line.splitn(6, ' ');
        let runs = words.nth(1).is_some_and(|rights| rights.contains('x'));
        runs.then(|| Self(words.nth(3).unwrap_or("").trim_start()))
    }

    fn refused(&self, what: &str) -> Failure {
        let name = if self.0.is_empty() {
            "code without a file"
        } else {
            self.0
        };
        Failure::refused(format!("{name} {what}"))
    }

    fn stranger(&self) -> Failure {
        self.refused("was loaded into this program and is not part of it")
    }
}

/// Refuses a process in which, before its first line, somebody else's code has run: libraries that
/// were preloaded and hide that, threads, and functions that were changed in memory.
pub fn untouched() -> Result<(), Failure> {
    let status = syscall::read_proc(c"/proc/self/status");
    let threads = status
        .as_deref()
        .and_then(|text| linux::field(text, "Threads:"));
    let alone = threads == Some("1");
    // Not every kernel offers `smaps`; what was changed shows there alone.
    let maps = syscall::read_proc(c"/proc/self/smaps");
    let maps = maps.or_else(|| syscall::read_proc(c"/proc/self/maps"));
    let (true, Some(maps)) = (alone, maps) else {
        return Err(Failure::refused(
            "something runs in this program that is not part of it",
        ));
    };
    let own = linux::program().ok();
    let mut code = None;
    for line in maps.lines() {
        let word = line.split(' ').next().unwrap_or("");
        if !word.ends_with(':') {
            code = Code::of(line);
            let known = code.as_ref().is_none_or(|code| {
                let place = Path::new(code.0);
                let kernels = ["[vdso]", "[vsyscall]", "[uprobes]"].contains(&code.0);
                kernels || own.as_deref() == Some(place) || is_the_systems(place)
            });
            if let Some(code) = code.as_ref().filter(|_| !known) {
                return Err(code.stranger());
            }
        } else if word == "Anonymous:"
            && let Some(code) = &code
            && code.0.starts_with('/')
            && !line.trim_end().ends_with(" 0 kB")
        {
            return Err(code.refused("was changed in the memory of this program"));
        }
    }
    Ok(())
}

/// Refuses code in this process that is neither the system's, nor ours, nor in `known`, nor made
/// while it runs.
pub fn strangers(known: &HashSet<PathBuf>) -> Result<(), Failure> {
    let maps = syscall::read_proc(c"/proc/self/maps");
    let maps = maps.ok_or_else(|| Failure::refused("the system shows no /proc"))?;
    let own = linux::program().ok();
    let mut seen = HashSet::new();
    for code in maps.lines().filter_map(Code::of) {
        let place = Path::new(code.0);
        // Engines translate scripts into code: into memory without a file, or with a `/memfd:`.
        let is_file = code.0.starts_with('/') && !code.0.starts_with("/memfd:");
        let good = !is_file
            || own.as_deref() == Some(place)
            || known.contains(place)
            || is_the_systems(place);
        if seen.insert(code.0) && !good {
            return Err(code.stranger());
        }
    }
    Ok(())
}

/// Whether a file is root's, and nobody else may write it.
fn is_the_systems(place: &Path) -> bool {
    syscall::facts(place).is_some_and(|found| is_roots(found.st_uid) && found.st_mode & 0o022 == 0)
}

/// Whether a library that is about to be loaded is the system's: nobody else can have put it, or any
/// folder or link on the way to it, there.
pub fn is_the_systems_library(place: &Path) -> bool {
    let Ok(real) = std::fs::canonicalize(place) else {
        return true; // it is not there: nothing is loaded
    };
    let safe = |folder: &Path| {
        syscall::facts(folder)
            .is_some_and(|found| is_roots(found.st_uid) && found.st_mode & 0o002 == 0)
    };
    let way = |place: &Path| place.ancestors().skip(1).all(safe);
    is_the_systems(&real) && way(&real) && way(place)
}

static GUARD: OnceLock<Guard> = OnceLock::new();

/// From now on asks before any library is loaded into this process, whoever loads it.
pub fn guard(decides: Guard) {
    let _ = GUARD.set(decides);
}

/// Stands before the C library's function of this name, for all who load libraries while the program
/// runs: a setting of the user's, or of whoever wants to be one, names modules to GTK and to drivers.
/// It must not be seen as the caller, whose folders are searched: so it goes on there by a jump.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
#[unsafe(naked)]
#[cfg(target_arch = "x86_64")]
pub unsafe extern "C" fn dlopen(name: *const c_char, flags: c_int) -> *mut c_void {
    std::arch::naked_asm!(
        "push rdi",
        "push rsi",
        "sub rsp, 8",
        "call {admit}",
        "add rsp, 8",
        "pop rsi",
        "pop rdi",
        "jmp rax",
        admit = sym admit,
    );
}

/// The same on this architecture.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
#[unsafe(naked)]
#[cfg(target_arch = "aarch64")]
pub unsafe extern "C" fn dlopen(name: *const c_char, flags: c_int) -> *mut c_void {
    std::arch::naked_asm!(
        "stp x0, x1, [sp, #-32]!",
        "str x30, [sp, #16]",
        "bl {admit}",
        "mov x16, x0",
        "ldr x30, [sp, #16]",
        "ldp x0, x1, [sp], #32",
        "br x16",
        admit = sym admit,
    );
}

/// Ends the process where a library may not be loaded; else gives the C library's function.
extern "C" fn admit(name: *const c_char) -> *mut c_void {
    if let Some(decides) = GUARD.get().filter(|_| !name.is_null()) {
        // SAFETY: the caller's string, which ends with NUL.
        let name = unsafe { CStr::from_ptr(name) };
        let place = Path::new(std::ffi::OsStr::from_bytes(name.to_bytes()));
        if let Err(failure) = decides(place) {
            crate::say(&failure);
            linux::end(failure.code);
        }
    }
    real()
}

fn real() -> *mut c_void {
    static REAL: OnceLock<usize> = OnceLock::new();
    // SAFETY: the next function of this name; there is one, as this program is linked to it.
    let found =
        REAL.get_or_init(|| unsafe { libc::dlsym(libc::RTLD_NEXT, c"dlopen".as_ptr()) } as usize);
    *found as *mut c_void
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn of_the_mappings_those_are_looked_at_that_can_run() {
        let runs = "7f00-7f01 r-xp 00000000 08:01 42    /usr/lib/a b.so";
        assert_eq!(Code::of(runs).unwrap().0, "/usr/lib/a b.so");
        assert_eq!(Code::of("7f00-7f01 r-xp 00000000 00:00 0").unwrap().0, "");
        assert!(Code::of("7f00-7f01 rw-p 00000000 00:00 0 [heap]").is_none());
        assert!(Code::of("").is_none());
    }

    #[test]
    fn a_library_is_the_systems_by_its_owner_and_by_the_way_to_it() {
        assert!(is_the_systems_library(Path::new("/bin/sh")));
        let folder = std::env::temp_dir().join(format!("pytron-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let link = folder.join("sh");
        std::os::unix::fs::symlink("/bin/sh", &link).unwrap();
        // Whoever made the link can lead it elsewhere in the next moment.
        let safe = is_the_systems_library(&link);
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(!safe);
    }

    #[test]
    fn this_test_has_threads_and_so_is_refused() {
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(untouched().unwrap_err().text.contains("something runs")));
        });
    }
}
