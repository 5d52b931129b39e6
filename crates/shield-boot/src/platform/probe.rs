//! Linux: whether somebody answers this process's system calls in the kernel's place.

use super::syscall;

/// `SECCOMP_SET_MODE_FILTER` and `SECCOMP_FILTER_FLAG_NEW_LISTENER` (include/uapi/linux/seccomp.h).
const SET_FILTER: usize = 1;
const NEW_LISTENER: usize = 8;
/// `BPF_RET | BPF_K`, and `SECCOMP_RET_ALLOW`.
const RETURN: u16 = 6;
const ALLOW: u32 = 0x7fff_0000;

/// Asks in a child process, which is changed by the asking: a process has room for one supervisor, so
/// where there is one already the kernel refuses another.
pub fn is_supervised() -> bool {
    // SAFETY: the child makes system calls alone, and ends.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let found = usize::from(is_refused_another());
        // SAFETY: ends the child without anything else.
        unsafe { syscall::call(libc::SYS_exit_group, [found, 0, 0, 0, 0]) };
    }
    let mut status = 0;
    // SAFETY: our child, and room for how it ended.
    let ended = child > 0 && unsafe { libc::waitpid(child, &raw mut status, 0) } == child;
    !ended || !libc::WIFEXITED(status) || libc::WEXITSTATUS(status) != 0
}

fn is_refused_another() -> bool {
    let rule = libc::sock_filter {
        code: RETURN,
        jt: 0,
        jf: 0,
        k: ALLOW,
    };
    let program = libc::sock_fprog {
        len: 1,
        filter: (&raw const rule).cast_mut(),
    };
    syscall::prctl(libc::PR_SET_NO_NEW_PRIVS, 1);
    let words = [SET_FILTER, NEW_LISTENER, &raw const program as usize, 0, 0];
    // SAFETY: a filter of one rule, which lives longer than the call.
    let answer = unsafe { syscall::call(libc::SYS_seccomp, words) };
    // A kernel without such supervisors does not know the flag, or the call.
    let known = [libc::EINVAL, libc::ENOSYS];
    answer < 0 && !known.iter().any(|error| answer == -(*error as isize))
}
