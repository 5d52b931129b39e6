//! System calls without the C library: a preloaded library can stand in for every function of it.

use std::ffi::{CStr, c_long};

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
    // SAFETY: plain numbers, for which zeros are fine.
    let mut found: libc::stat = unsafe { std::mem::zeroed() };
    let arguments = [
        opened.0,
        c"".as_ptr() as usize,
        &raw mut found as usize,
        libc::AT_EMPTY_PATH as usize,
        0,
    ];
    // SAFETY: a descriptor of ours, an empty path, and room for the answer.
    let answer = unsafe { call(libc::SYS_newfstatat, arguments) };
    (answer == 0 && is_proc(&opened)).then_some(found.st_uid)
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
