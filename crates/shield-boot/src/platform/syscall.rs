//! System calls without the C library: a preloaded library can stand in for every function of it.

use std::ffi::{CStr, CString, OsStr, c_long};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A system call; what the kernel answers, negative for an error.
///
/// # Safety
/// The arguments must be what the call asks for.
#[cfg(target_arch = "x86_64")]
pub unsafe fn call(number: c_long, arguments: [usize; 5]) -> isize {
    let answer: isize;
    // SAFETY: the kernel's convention on this architecture; it spoils rcx and r11.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") number as isize => answer,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            in("r10") arguments[3],
            in("r8") arguments[4],
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    answer
}

/// A system call; what the kernel answers, negative for an error.
///
/// # Safety
/// The arguments must be what the call asks for.
#[cfg(target_arch = "aarch64")]
pub unsafe fn call(number: c_long, arguments: [usize; 5]) -> isize {
    let answer: isize;
    // SAFETY: the kernel's convention on this architecture.
    unsafe {
        std::arch::asm!(
            "svc 0",
            in("x8") number as isize,
            inlateout("x0") arguments[0] => answer,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            in("x4") arguments[4],
        );
    }
    answer
}

const PROC_SUPER_MAGIC: libc::__fsword_t = 0x9fa0;

/// A descriptor that is closed when it goes.
struct Descriptor(usize);

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: ours.
        unsafe { call(libc::SYS_close, [self.0, 0, 0, 0, 0]) };
    }
}

fn open(path: &CStr, flags: i32) -> Option<Descriptor> {
    let flags = usize::try_from(flags | libc::O_CLOEXEC).ok()?;
    let arguments = [libc::AT_FDCWD as usize, path.as_ptr() as usize, flags, 0, 0];
    // SAFETY: a path that ends with NUL, and flags.
    let opened = unsafe { call(libc::SYS_openat, arguments) };
    usize::try_from(opened).ok().map(Descriptor)
}

/// Whether it is really the kernel's /proc that stands there.
fn is_proc(opened: &Descriptor) -> bool {
    // SAFETY: plain numbers, for which zeros are fine.
    let mut found: libc::statfs = unsafe { std::mem::zeroed() };
    let arguments = [opened.0, &raw mut found as usize, 0, 0, 0];
    // SAFETY: a descriptor of ours, and room for the answer.
    let answer = unsafe { call(libc::SYS_fstatfs, arguments) };
    answer == 0 && found.f_type == PROC_SUPER_MAGIC
}

/// The whole of a file in /proc, if it is the kernel's.
pub fn read_proc(path: &CStr) -> Option<String> {
    let opened = open(path, libc::O_RDONLY)?;
    if !is_proc(&opened) {
        return None;
    }
    let mut text = Vec::new();
    let mut piece = [0_u8; 4_096];
    loop {
        let arguments = [opened.0, piece.as_mut_ptr() as usize, piece.len(), 0, 0];
        // SAFETY: a descriptor of ours, and room for what it says.
        let count = unsafe { call(libc::SYS_read, arguments) };
        match usize::try_from(count).ok()? {
            0 => return String::from_utf8(text).ok(),
            count => text.extend_from_slice(piece.get(..count)?),
        }
    }
}

/// Who owns a file in /proc, if it is the kernel's.
pub fn owner_of_proc(path: &CStr) -> Option<u32> {
    let opened = open(path, libc::O_PATH)?;
    let found = facts_of(opened.0, c"", libc::AT_EMPTY_PATH)?;
    is_proc(&opened).then_some(found.st_uid)
}

/// What the kernel knows of a file; of what a link leads to.
pub fn facts(path: &Path) -> Option<libc::stat> {
    let path = CString::new(path.as_os_str().as_bytes()).ok()?;
    facts_of(libc::AT_FDCWD as usize, &path, 0)
}

fn facts_of(folder: usize, path: &CStr, flags: i32) -> Option<libc::stat> {
    // SAFETY: plain numbers, for which zeros are fine.
    let mut found: libc::stat = unsafe { std::mem::zeroed() };
    let flags = usize::try_from(flags).ok()?;
    let place = &raw mut found as usize;
    let arguments = [folder, path.as_ptr() as usize, place, flags, 0];
    // SAFETY: a path that ends with NUL, and room for the answer.
    let answer = unsafe { call(libc::SYS_newfstatat, arguments) };
    (answer == 0).then_some(found)
}

/// Where a link leads.
pub fn read_link(path: &CStr) -> Option<PathBuf> {
    let mut room = [0_u8; 4_096];
    let arguments = [
        libc::AT_FDCWD as usize,
        path.as_ptr() as usize,
        room.as_mut_ptr() as usize,
        room.len(),
        0,
    ];
    // SAFETY: a path that ends with NUL, and room for the answer.
    let length = unsafe { call(libc::SYS_readlinkat, arguments) };
    let text = room.get(..usize::try_from(length).ok()?)?;
    Some(OsStr::from_bytes(text).into())
}

/// The user whose rights this process has.
pub fn user() -> u32 {
    // SAFETY: asks only.
    let user = unsafe { call(libc::SYS_geteuid, [0; 5]) };
    u32::try_from(user).unwrap_or(u32::MAX)
}

/// Whether a file can be opened for reading.
pub fn can_read(path: &CStr) -> bool {
    open(path, libc::O_RDONLY).is_some()
}

/// `prctl` with one argument.
pub fn prctl(option: i32, argument: usize) -> isize {
    let arguments = [usize::try_from(option).unwrap_or(0), argument, 0, 0, 0];
    // SAFETY: only used with options that take a number or a string that ends with NUL.
    unsafe { call(libc::SYS_prctl, arguments) }
}
