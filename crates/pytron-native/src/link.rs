//! The host's end of the socket that joins a page to the threads in `receive`
//! (spec/view.md, section 6): u32 LE length of the JSON, u32 LE number of parts, the JSON, then for
//! each part u32 LE length and its bytes.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use crate::reader::Frame;
use crate::reader::Reader;

/// One look at the socket takes at most so many frames, so that others get their turn.
const FRAMES: usize = 1024;

/// Asked of the system for what is on its way; it may give less. Every time the socket is full, one
/// side waits for the other.
const SOCKET_BUFFER: libc::c_int = 1 << 20;

/// Bytes that live as long as somebody holds them.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One page's socket.
pub struct Link {
    socket: UnixStream,
    reader: Mutex<Reader>,
    writer: Mutex<VecDeque<Piece>>,
}

struct Piece {
    bytes: Bytes,
    done: usize,
}

impl Link {
    /// A link and the page's end of it.
    pub fn pair() -> io::Result<(Self, OwnedFd)> {
        let (socket, page) = UnixStream::pair()?;
        socket.set_nonblocking(true)?;
        enlarge(&socket);
        enlarge(&page);
        let link = Self {
            socket,
            reader: Mutex::default(),
            writer: Mutex::default(),
        };
        Ok((link, page.into()))
    }

    /// Takes the frames that are there. False at the end: the page has gone, or sent nonsense.
    pub fn read(&self, mut found: impl FnMut(Frame)) -> bool {
        let mut reader = lock(&self.reader);
        for _ in 0..FRAMES {
            match reader.frame(&self.socket) {
                Ok(Some(frame)) => found(frame),
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
        true
    }

    /// Sends a frame, whose text may be in pieces, as far as the socket takes it; the rest waits for
    /// `flush`. False when the page has gone.
    pub fn write(&self, text: impl IntoIterator<Item = Bytes>, parts: &[Bytes]) -> bool {
        let mut writer = lock(&self.writer);
        let text: Vec<Piece> = text.into_iter().map(Piece::new).collect();
        let size = text.iter().map(Piece::left).sum();
        let mut head = [0; 8];
        head[..4].copy_from_slice(&wire_length(size));
        head[4..].copy_from_slice(&wire_length(parts.len()));
        writer.push_back(Piece::new(Arc::new(head)));
        writer.extend(text);
        for part in parts {
            writer.push_back(Piece::new(Arc::new(wire_length((**part).as_ref().len()))));
            writer.push_back(Piece::new(Arc::clone(part)));
        }
        self.drain(&mut writer).is_ok()
    }

    /// Sends what waits, as far as the socket takes it. False when the page has gone.
    pub fn flush(&self) -> bool {
        self.drain(&mut lock(&self.writer)).is_ok()
    }

    /// Bytes that the socket has not taken.
    pub fn waiting(&self) -> usize {
        lock(&self.writer).iter().map(Piece::left).sum()
    }

    fn drain(&self, writer: &mut VecDeque<Piece>) -> io::Result<()> {
        while !writer.is_empty() {
            let slices: Vec<IoSlice<'_>> = writer
                .iter()
                .take(64)
                .map(|piece| IoSlice::new(piece.rest()))
                .collect();
            let mut wrote = match (&self.socket).write_vectored(&slices) {
                Ok(wrote) => wrote,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => {
                    writer.clear();
                    return Err(error);
                }
            };
            drop(slices);
            while let Some(first) = writer.front_mut() {
                let taken = wrote.min(first.left());
                first.done += taken;
                wrote -= taken;
                if first.left() > 0 {
                    break;
                }
                writer.pop_front();
            }
        }
        Ok(())
    }
}

impl AsRawFd for Link {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Piece {
    fn new(bytes: Bytes) -> Self {
        Self { bytes, done: 0 }
    }

    fn rest(&self) -> &[u8] {
        (*self.bytes).as_ref().get(self.done..).unwrap_or_default()
    }

    fn left(&self) -> usize {
        self.rest().len()
    }
}

/// Asks for more room in a socket; without it everything works, only slower.
fn enlarge(socket: &impl AsRawFd) {
    let size = SOCKET_BUFFER;
    // SAFETY: reads an integer of ours of the length it is given.
    unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_SNDBUF,
            (&raw const size).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
}

fn wire_length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;
    use std::io::Read;

    fn joined() -> (Link, UnixStream) {
        let (link, page) = Link::pair().unwrap();
        (link, UnixStream::from(page))
    }

    fn text(bytes: &'static [u8]) -> Bytes {
        Arc::new(bytes)
    }

    fn encoded(text: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&wire_length(text.len()));
        bytes.extend_from_slice(&wire_length(parts.len()));
        bytes.extend_from_slice(text);
        for part in parts {
            bytes.extend_from_slice(&wire_length(part.len()));
            bytes.extend_from_slice(part);
        }
        bytes
    }

    fn taken(link: &Link) -> (usize, bool) {
        let mut frames = 0;
        let alive = link.read(|_| frames += 1);
        (frames, alive)
    }

    fn contents(pieces: &[Memory]) -> Vec<Vec<u8>> {
        pieces.iter().map(Memory::contents).collect()
    }

    #[test]
    fn frames_come_whole_however_they_were_cut() {
        let mut bytes = encoded(b"[1]", &[b"abc", b""]);
        bytes.extend(encoded(b"", &[]));
        bytes.extend(encoded(b"[2]", &[]));
        for size in [1, 2, 3, 7, bytes.len()] {
            let (link, mut page) = joined();
            let mut frames = Vec::new();
            for chunk in bytes.chunks(size) {
                page.write_all(chunk).unwrap();
                assert!(link.read(|frame| frames.push(frame)));
            }
            let texts: Vec<_> = frames.iter().map(|frame| frame.text.contents()).collect();
            assert_eq!(texts, [b"[1]".to_vec(), Vec::new(), b"[2]".to_vec()]);
            assert_eq!(contents(&frames[0].parts), [b"abc".to_vec(), Vec::new()]);
        }
    }

    #[test]
    fn nonsense_and_the_end_are_the_end() {
        let (link, mut page) = joined();
        page.write_all(&[255; 8]).unwrap();
        assert_eq!(taken(&link), (0, false));
        let (link, page) = joined();
        drop(page);
        assert_eq!(taken(&link), (0, false));
        assert!(!link.write([text(b"x")], &[]));
    }

    #[test]
    fn large_parts_pass_a_full_socket_in_order() {
        let (link, mut page) = joined();
        let part: Vec<u8> = (0..5_000_000_u32).map(|number| number as u8).collect();
        assert!(link.write([text(b"[1]")], &[Arc::new(part.clone())]));
        assert!(link.write([text(b"["), text(b"2]")], &[]));
        assert!(link.waiting() > 0);
        let mut expected = encoded(b"[1]", &[&part]);
        expected.extend(encoded(b"[2]", &[]));
        let mut got = vec![0; expected.len()];
        for chunk in got.chunks_mut(50_000) {
            assert!(link.flush());
            page.read_exact(chunk).unwrap();
        }
        assert_eq!(link.waiting(), 0);
        assert!(got == expected);
    }

    #[test]
    fn large_parts_are_read_whole() {
        let (link, mut page) = joined();
        let part: Vec<u8> = (0..3_000_000_u32)
            .map(|number| (number / 7) as u8)
            .collect();
        let bytes = encoded(b"[\"text\"]", &[&part, b"tail"]);
        let writer = std::thread::spawn(move || page.write_all(&bytes).map(|()| page));
        let mut frames = Vec::new();
        while frames.is_empty() {
            assert!(link.read(|frame| frames.push(frame)));
            std::thread::yield_now();
        }
        drop(writer.join().unwrap());
        assert!(contents(&frames[0].parts) == [part, b"tail".to_vec()]);
    }
}
