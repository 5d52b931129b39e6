//! Frames from a page's socket, however they were cut on the way.

use std::io::{self, ErrorKind, Read};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use crate::memory::Memory;

/// What a page may send (spec/ipc.md, section 7). The kit looks again; this bounds memory before.
const MAX_TEXT: usize = 64 << 20;
const MAX_PARTS: usize = 1024;
const MAX_PART: usize = 1 << 30;
/// A small frame is read whole with one call.
const BUFFER: usize = 64 << 10;
/// A frame that the page sent.
pub struct Frame {
    pub text: Memory,
    pub parts: Vec<Memory>,
}

#[derive(Default)]
pub struct Reader {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    stage: Stage,
    /// The text and the parts so far; the last is filled up to `filled`.
    pieces: Vec<Memory>,
    filled: usize,
    wanted: usize,
}

#[derive(Default, Clone, Copy)]
enum Stage {
    #[default]
    Head,
    PartSize,
    Piece,
}

impl Reader {
    /// The next whole frame; `None` when the socket is empty before its end.
    pub fn frame(&mut self, socket: &UnixStream) -> io::Result<Option<Frame>> {
        loop {
            match self.stage {
                Stage::Head => {
                    let Some(head) = self.take(socket, 8)? else {
                        return Ok(None);
                    };
                    let parts = number(&head[4..]);
                    if parts > MAX_PARTS {
                        return Err(ErrorKind::InvalidData.into());
                    }
                    self.wanted = 1 + parts;
                    self.begin(number(&head[..4]), MAX_TEXT)?;
                }
                Stage::PartSize => {
                    let Some(size) = self.take(socket, 4)? else {
                        return Ok(None);
                    };
                    self.begin(number(&size), MAX_PART)?;
                }
                Stage::Piece => {
                    if !self.fill(socket)? {
                        return Ok(None);
                    }
                    if self.pieces.len() < self.wanted {
                        self.stage = Stage::PartSize;
                        continue;
                    }
                    self.stage = Stage::Head;
                    let parts = self.pieces.split_off(1);
                    let text = self.pieces.pop();
                    return Ok(text.map(|text| Frame { text, parts }));
                }
            }
        }
    }

    fn begin(&mut self, size: usize, most: usize) -> io::Result<()> {
        if size > most {
            return Err(ErrorKind::InvalidData.into());
        }
        let piece = Memory::of(size).ok_or(ErrorKind::OutOfMemory)?;
        self.pieces.push(piece);
        self.filled = 0;
        self.stage = Stage::Piece;
        Ok(())
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

    /// Fills the last piece; large ones not through the buffer. False when the socket is empty
    /// before its end.
    fn fill(&mut self, socket: &UnixStream) -> io::Result<bool> {
        loop {
            let Some(piece) = self.pieces.last_mut() else {
                return Ok(true);
            };
            let size = piece.size();
            let room = piece.next(self.filled);
            let there = room.len().min(self.end - self.start);
            let buffered = &self.buffer[self.start..self.start + there];
            for (to, from) in room.iter_mut().zip(buffered) {
                to.write(*from);
            }
            self.start += there;
            self.filled += there;
            let left = size - self.filled;
            if left == 0 {
                return Ok(true);
            }
            let room = &mut room[there..];
            let more = if room.is_empty() {
                true // the next stretch
            } else if left >= BUFFER {
                let read = receive(socket, room)?;
                self.filled += read.unwrap_or(0);
                read.is_some()
            } else {
                self.refill(socket)?
            };
            if !more {
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
        let read = or_later(|| socket.read(&mut self.buffer[self.end..]))?;
        self.end += read.unwrap_or(0);
        Ok(read.is_some())
    }
}

/// Reads into memory that nothing has been written to; `None` when there is nothing.
fn receive(socket: &UnixStream, room: &mut [MaybeUninit<u8>]) -> io::Result<Option<usize>> {
    or_later(|| {
        // SAFETY: writes at most so many bytes, into memory that is ours.
        let read =
            unsafe { libc::recv(socket.as_raw_fd(), room.as_mut_ptr().cast(), room.len(), 0) };
        usize::try_from(read).map_err(|_| io::Error::last_os_error())
    })
}

/// What a read gives: `None` when the socket is empty, an error at its end.
fn or_later(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<Option<usize>> {
    loop {
        match read() {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(size) => return Ok(Some(size)),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

fn number(bytes: &[u8]) -> usize {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[..4]);
    u32::from_le_bytes(four) as usize
}
