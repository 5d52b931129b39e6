//! Linux: how a child process gets what it is to run, and the key.
//!
//! A program that has just been started is open to others of its user until it closes itself, and with
//! it all that it has inherited. So a child inherits a socket with nothing in it. Once it has closed
//! itself it makes a way of its own, which nobody can have looked at, and sends the end for writing;
//! its parent writes there when the kernel says that it is the child, alone and closed.

use std::ffi::CString;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{linux, syscall};
use crate::seat::Options;

/// How long a child waits for its parent, which answers at once or never.
const PATIENCE: Duration = Duration::from_secs(60);
/// Room for what a message carries beside its byte: one descriptor, and who has sent it.
const BESIDE: usize = 128;

/// What a parent has to say to this child, by the word on its command line.
pub fn order(token: &str) -> Option<impl Read> {
    let socket = super::inherited(token.parse().ok()?)?;
    let (own, theirs) = UnixStream::pair().ok()?;
    own.set_read_timeout(Some(PATIENCE)).ok()?;
    send(&socket, theirs.as_raw_fd())?;
    drop(theirs);
    Some(Held {
        own,
        _socket: socket,
    })
}

/// The way, and the socket by which it was sent: closed, it would say that this child is gone.
struct Held {
    own: UnixStream,
    _socket: File,
}

impl Read for Held {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.own.read(into)
    }
}

/// Holds an order ready for one child, which inherits a socket; gives the word for its command line.
pub fn hand(content: Zeroizing<Vec<u8>>, options: &Options) -> Option<String> {
    let mut ends = [0; 2];
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC;
    // SAFETY: room for two descriptors.
    if unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: both just made.
    let [own, theirs] = ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) });
    let yes: libc::c_int = 1;
    // SAFETY: an open socket, and a number of the size that is said.
    let set = unsafe {
        libc::setsockopt(
            own.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PASSCRED,
            (&raw const yes).cast(),
            size_of_val(&yes) as libc::socklen_t,
        )
    };
    if set != 0 {
        return None;
    }
    let debuggable = options.debuggable;
    let serving = move || {
        while let Some((sender, way)) = receive(own.as_raw_fd()) {
            if let Some(way) = way.filter(|_| is_our_child(sender, debuggable)) {
                write(way.as_raw_fd(), &content);
                return;
            }
        }
    };
    std::thread::Builder::new().spawn(serving).ok()?;
    Some(theirs.into_raw_fd().to_string())
}

/// Whether a process was started by this one, and nobody can look into it.
fn is_our_child(process: i32, debuggable: bool) -> bool {
    let place = |name: &str| CString::new(format!("/proc/{process}/{name}")).ok();
    let status = place("status").and_then(|place| syscall::read_proc(&place));
    let field = |name| status.as_deref().and_then(|text| linux::field(text, name));
    let own = std::process::id().to_string();
    let closed = || {
        field("TracerPid:") == Some("0")
            && place("mem").is_some_and(|memory| linux::is_closed(&memory))
    };
    field("PPid:") == Some(own.as_str()) && (debuggable || closed())
}

fn message(iov: &mut libc::iovec, beside: &mut [u64; BESIDE / 8]) -> libc::msghdr {
    // SAFETY: numbers and pointers, for which zeros are fine.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = iov;
    message.msg_iovlen = 1;
    message.msg_control = beside.as_mut_ptr().cast();
    message.msg_controllen = BESIDE as _;
    message
}

fn send(socket: &File, descriptor: RawFd) -> Option<()> {
    let mut byte = [1_u8];
    let mut beside = [0_u64; BESIDE / 8];
    let mut iov = libc::iovec {
        iov_base: byte.as_mut_ptr().cast(),
        iov_len: 1,
    };
    let mut message = message(&mut iov, &mut beside);
    // SAFETY: room for one descriptor, as `cmsg(3)` asks for it.
    let sent = unsafe {
        let size = size_of::<RawFd>() as u32;
        message.msg_controllen = libc::CMSG_SPACE(size) as _;
        let head = libc::CMSG_FIRSTHDR(&raw const message);
        (*head).cmsg_level = libc::SOL_SOCKET;
        (*head).cmsg_type = libc::SCM_RIGHTS;
        (*head).cmsg_len = libc::CMSG_LEN(size) as _;
        libc::CMSG_DATA(head)
            .cast::<RawFd>()
            .write_unaligned(descriptor);
        libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL)
    };
    (sent == 1).then_some(())
}

/// The next message: which process has sent it, and the descriptor with it; none when there is nobody
/// left to send one.
fn receive(socket: RawFd) -> Option<(i32, Option<OwnedFd>)> {
    let mut byte = [0_u8];
    let mut beside = [0_u64; BESIDE / 8];
    let mut iov = libc::iovec {
        iov_base: byte.as_mut_ptr().cast(),
        iov_len: 1,
    };
    let mut message = message(&mut iov, &mut beside);
    let (mut sender, mut way) = (0, None);
    // SAFETY: an open socket, room for what comes, and the walk that `cmsg(3)` describes.
    unsafe {
        let flags = libc::MSG_CMSG_CLOEXEC;
        let got = loop {
            let got = libc::recvmsg(socket, &raw mut message, flags);
            let again = std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted;
            if got >= 0 || !again {
                break got;
            }
        };
        if got <= 0 {
            return None;
        }
        let mut head = libc::CMSG_FIRSTHDR(&raw const message);
        while !head.is_null() {
            let data = libc::CMSG_DATA(head);
            if (*head).cmsg_type == libc::SCM_CREDENTIALS {
                sender = data.cast::<libc::ucred>().read_unaligned().pid;
            } else if (*head).cmsg_type == libc::SCM_RIGHTS {
                let number = data.cast::<RawFd>().read_unaligned();
                way = Some(OwnedFd::from_raw_fd(number));
            }
            head = libc::CMSG_NXTHDR(&raw const message, head);
        }
    }
    Some((sender, way))
}

/// Writes all, unless the child is gone.
fn write(way: RawFd, mut content: &[u8]) {
    while !content.is_empty() {
        // SAFETY: as many bytes as are said; without a signal where nobody reads.
        let sent = unsafe {
            libc::send(
                way,
                content.as_ptr().cast(),
                content.len(),
                libc::MSG_NOSIGNAL,
            )
        };
        let again = std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted;
        match usize::try_from(sent) {
            Ok(count) => content = content.get(count..).unwrap_or_default(),
            Err(_) if again => {}
            Err(_) => return,
        }
    }
}
