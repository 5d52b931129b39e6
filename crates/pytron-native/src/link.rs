//! The host's end of the socket that joins a page to the threads in `receive`
//! (spec/view.md, section 6): u32 LE length of the JSON, u32 LE number of parts, the JSON, then for
//! each part u32 LE length and its bytes.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a page may send (spec/ipc.md, section 7). The kit looks again; this bounds memory before.
const MAX_TEXT: usize = 64 << 20;
const MAX_PARTS: usize = 1024;
const MAX_PART: usize = 1 << 30;
/// A small frame is read whole with one call.
const BUFFER: usize = 64 << 10;
/// One look at the socket takes at most so many frames, so that others get their turn.
const FRAMES: usize = 1024;

/// A frame that the page sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub text: Vec<u8>,
    pub parts: Vec<Vec<u8>>,
}

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

#[derive(Default)]
struct Reader {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    stage: Stage,
    frame: Frame,
    parts: usize,
}

#[derive(Default, Clone, Copy)]
enum Stage {
    #[default]
    Head,
    Text(usize),
    PartSize,
    Part(usize),
}

impl Link {
    /// A link and the page's end of it.
    pub fn pair() -> io::Result<(Self, OwnedFd)> {
        let (socket, page) = UnixStream::pair()?;
        socket.set_nonblocking(true)?;
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

    /// Sends a frame as far as the socket takes it; the rest waits for `flush`. False when the page
    /// has gone.
    pub fn write(&self, text: Vec<u8>, parts: &[Bytes]) -> bool {
        let mut writer = lock(&self.writer);
        let mut head = [0; 8];
        head[..4].copy_from_slice(&size_of(&text));
        head[4..].copy_from_slice(&u32::try_from(parts.len()).unwrap_or(u32::MAX).to_le_bytes());
        writer.push_back(Piece::new(Arc::new(head)));
        writer.push_back(Piece::new(Arc::new(text)));
        for part in parts {
            writer.push_back(Piece::new(Arc::new(size_of((**part).as_ref()))));
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

impl Reader {
    /// The next whole frame; `None` when the socket is empty before its end.
    fn frame(&mut self, socket: &UnixStream) -> io::Result<Option<Frame>> {
        loop {
            let stage = self.stage;
            let done = match stage {
                Stage::Head => self.take(socket, 8)?.map(|head| {
                    let (text, parts) = (number(&head[..4]), number(&head[4..]));
                    (text <= MAX_TEXT && parts <= MAX_PARTS).then_some((text, parts))
                }),
                Stage::PartSize => self.take(socket, 4)?.map(|size| {
                    let size = number(&size);
                    (size <= MAX_PART).then_some((size, 0))
                }),
                Stage::Text(size) => self.fill(socket, size, None)?.then_some(Some((0, 0))),
                Stage::Part(size) => {
                    let last = self.frame.parts.len().checked_sub(1);
                    self.fill(socket, size, last)?.then_some(Some((0, 0)))
                }
            };
            let Some(step) = done else {
                return Ok(None);
            };
            let (size, parts) = step.ok_or(ErrorKind::InvalidData)?;
            self.stage = match stage {
                Stage::Head => {
                    self.parts = parts;
                    self.frame.text.reserve_exact(size);
                    Stage::Text(size)
                }
                Stage::PartSize => {
                    self.frame.parts.push(Vec::with_capacity(size));
                    Stage::Part(size)
                }
                Stage::Text(_) | Stage::Part(_) if self.frame.parts.len() < self.parts => {
                    Stage::PartSize
                }
                Stage::Text(_) | Stage::Part(_) => {
                    self.stage = Stage::Head;
                    return Ok(Some(std::mem::take(&mut self.frame)));
                }
            };
        }
    }

    /// Exactly this many bytes of a header, through the buffer.
    fn take(&mut self, socket: &UnixStream, size: usize) -> io::Result<Option<[u8; 8]>> {
        while self.end - self.start < size {
            if !self.refill(socket)? {
                return Ok(None);
            }
        }
        let mut taken = [0; 8];
        taken[..size].copy_from_slice(&self.buffer[self.start..self.start + size]);
        self.start += size;
        Ok(Some(taken))
    }

    /// Fills the text, or the part of this index, to its size; large ones not through the buffer.
    fn fill(&mut self, socket: &UnixStream, size: usize, part: Option<usize>) -> io::Result<bool> {
        loop {
            let into = match part {
                None => &mut self.frame.text,
                Some(index) => &mut self.frame.parts[index],
            };
            let missing = size - into.len();
            let there = missing.min(self.end - self.start);
            into.extend_from_slice(&self.buffer[self.start..self.start + there]);
            self.start += there;
            if there == missing {
                return Ok(true);
            }
            let missing = missing - there;
            if missing >= BUFFER {
                // `read_to_end` of a limited reader appends into the reserved memory.
                match socket.take(missing as u64).read_to_end(into) {
                    Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                    Err(error) => return Err(error),
                }
            } else if !self.refill(socket)? {
                return Ok(false);
            }
        }
    }

    /// Reads into the buffer; false when there is nothing.
    fn refill(&mut self, mut socket: &UnixStream) -> io::Result<bool> {
        if self.buffer.is_empty() {
            self.buffer = vec![0; BUFFER];
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        loop {
            match socket.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    self.end += read;
                    return Ok(true);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }
}

fn number(bytes: &[u8]) -> usize {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[..4]);
    u32::from_le_bytes(four) as usize
}

fn size_of(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined() -> (Link, UnixStream) {
        let (link, page) = Link::pair().unwrap();
        (link, UnixStream::from(page))
    }

    fn encoded(text: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&size_of(text));
        bytes.extend_from_slice(&(parts.len() as u32).to_le_bytes());
        bytes.extend_from_slice(text);
        for part in parts {
            bytes.extend_from_slice(&size_of(part));
            bytes.extend_from_slice(part);
        }
        bytes
    }

    fn taken(link: &Link) -> (Vec<Frame>, bool) {
        let mut frames = Vec::new();
        let alive = link.read(|frame| frames.push(frame));
        (frames, alive)
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
            let texts: Vec<_> = frames.iter().map(|frame| frame.text.as_slice()).collect();
            assert_eq!(texts, [b"[1]".as_slice(), b"", b"[2]"]);
            assert_eq!(frames[0].parts, [b"abc".to_vec(), Vec::new()]);
        }
    }

    #[test]
    fn nonsense_and_the_end_are_the_end() {
        let (link, mut page) = joined();
        page.write_all(&[255; 8]).unwrap();
        assert_eq!(taken(&link), (Vec::new(), false));
        let (link, page) = joined();
        drop(page);
        assert_eq!(taken(&link), (Vec::new(), false));
        assert!(!link.write(b"x".to_vec(), &[]));
    }

    #[test]
    fn large_parts_pass_a_full_socket_in_order() {
        let (link, mut page) = joined();
        let part: Vec<u8> = (0..5_000_000_u32).map(|number| number as u8).collect();
        assert!(link.write(b"[1]".to_vec(), &[Arc::new(part.clone())]));
        assert!(link.write(b"[2]".to_vec(), &[]));
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
        assert!(frames[0].parts == [part, b"tail".to_vec()]);
    }
}
