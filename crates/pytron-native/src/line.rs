//! The direct way to a page, past the main thread: messages are joined into frames and written to
//! its socket by whichever thread comes first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::link::{Bytes, Link};

/// Messages are joined into one frame up to this size; a larger one goes alone.
pub const JOINED_BYTES: usize = 1 << 20;

/// One page's line.
pub struct Line {
    pub link: Link,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    batches: VecDeque<Batch>,
    bytes: usize,
    written: Option<Instant>,
}

struct Batch {
    text: Vec<u8>,
    /// A message too large to be joined with others, not copied.
    large: Option<Bytes>,
    parts: Vec<Bytes>,
    size: usize,
}

impl Queue {
    fn clear(&mut self) {
        self.batches.clear();
        self.bytes = 0;
    }
}

/// How far a flush came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flushed {
    All,
    /// The socket is full: somebody must flush again when it is not.
    Blocked,
    /// The page has gone.
    Gone,
}

impl Line {
    pub fn new(link: Link) -> Self {
        Self {
            link,
            queue: Mutex::default(),
        }
    }

    /// Queues comma-joined messages; with parts as a frame of their own. Bytes now waiting.
    pub fn push(&self, messages: &[u8], parts: Vec<Bytes>) -> usize {
        let mut queue = self.queue();
        if parts.is_empty()
            && let Some(last) = queue.batches.back_mut()
            && last.parts.is_empty()
            && last.large.is_none()
            && last.text.len() + messages.len() <= JOINED_BYTES
        {
            last.text.push(b',');
            last.text.extend_from_slice(messages);
            last.size += messages.len();
            queue.bytes += messages.len();
        } else {
            let mut text = Vec::with_capacity(messages.len() + 2);
            text.push(b'[');
            text.extend_from_slice(messages);
            Self::append(&mut queue, text, None, parts, messages.len());
        }
        queue.bytes + self.link.waiting()
    }

    /// Queues messages that are too large to be joined with others, as a frame of their own.
    pub fn push_large(&self, messages: Bytes, parts: Vec<Bytes>) -> usize {
        let mut queue = self.queue();
        let size = (*messages).as_ref().len();
        Self::append(&mut queue, vec![b'['], Some(messages), parts, size);
        queue.bytes + self.link.waiting()
    }

    fn append(
        queue: &mut Queue,
        text: Vec<u8>,
        large: Option<Bytes>,
        parts: Vec<Bytes>,
        size: usize,
    ) {
        let beside: usize = parts.iter().map(|part| (**part).as_ref().len()).sum();
        let size = size + beside;
        queue.bytes += size;
        queue.batches.push_back(Batch {
            text,
            large,
            parts,
            size,
        });
    }

    /// Writes what the socket takes.
    pub fn flush(&self) -> Flushed {
        let mut queue = self.queue(); // held over the writes: frames must not overtake each other
        loop {
            if !self.link.flush() {
                queue.clear();
                return Flushed::Gone;
            }
            if self.link.waiting() > 0 {
                return Flushed::Blocked;
            }
            let Some(mut batch) = queue.batches.pop_front() else {
                return Flushed::All;
            };
            queue.bytes -= batch.size;
            queue.written = Some(Instant::now());
            let sent = if let Some(large) = batch.large {
                let end: Bytes = Arc::new(b"]");
                let text: [Bytes; 3] = [Arc::new(batch.text), large, end];
                self.link.write(text, &batch.parts)
            } else {
                batch.text.push(b']');
                let text: Bytes = Arc::new(batch.text);
                self.link.write([text], &batch.parts)
            };
            if !sent {
                queue.clear();
                return Flushed::Gone;
            }
        }
    }

    /// Whether a frame was written in this time.
    pub fn wrote_within(&self, time: Duration) -> bool {
        let written = self.queue().written;
        written.is_some_and(|written| written.elapsed() < time)
    }

    /// Bytes that have not been handed to the socket.
    pub fn waiting(&self) -> usize {
        self.queue().bytes + self.link.waiting()
    }

    /// Forgets what is queued: the session has ended. What is half written goes on.
    pub fn discard(&self) {
        self.queue().clear();
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part for `push`.
pub fn part(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Bytes {
    Arc::new(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    fn joined() -> (Line, UnixStream) {
        let (link, page) = Link::pair().unwrap();
        (Line::new(link), UnixStream::from(page))
    }

    fn frame(page: &mut UnixStream) -> (String, Vec<Vec<u8>>) {
        let mut head = [0; 8];
        page.read_exact(&mut head).unwrap();
        let size = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        let mut text = vec![0; size(0)];
        page.read_exact(&mut text).unwrap();
        let parts = (0..size(4))
            .map(|_| {
                let mut length = [0; 4];
                page.read_exact(&mut length).unwrap();
                let mut part = vec![0; u32::from_le_bytes(length) as usize];
                page.read_exact(&mut part).unwrap();
                part
            })
            .collect();
        (String::from_utf8(text).unwrap(), parts)
    }

    #[test]
    fn messages_are_joined_until_one_has_parts() {
        let (line, mut page) = joined();
        line.push(b"1", Vec::new());
        line.push(b"2,3", Vec::new());
        line.push(b"4", vec![part(b"part".to_vec())]);
        assert_eq!(line.push(b"5", Vec::new()), 1 + 3 + 1 + 4 + 1);
        assert_eq!(line.flush(), Flushed::All);
        assert_eq!(line.waiting(), 0);
        assert_eq!(frame(&mut page), ("[1,2,3]".to_owned(), Vec::new()));
        assert_eq!(frame(&mut page), ("[4]".to_owned(), vec![b"part".to_vec()]));
        assert_eq!(frame(&mut page), ("[5]".to_owned(), Vec::new()));
    }

    #[test]
    fn large_messages_are_a_frame_of_their_own() {
        let (line, mut page) = joined();
        line.push(b"1", Vec::new());
        line.push_large(part(b"2".to_vec()), vec![part(b"part".to_vec())]);
        assert_eq!(line.push(b"3", Vec::new()), 1 + 1 + 4 + 1);
        assert_eq!(line.flush(), Flushed::All);
        assert_eq!(frame(&mut page), ("[1]".to_owned(), Vec::new()));
        assert_eq!(frame(&mut page), ("[2]".to_owned(), vec![b"part".to_vec()]));
        assert_eq!(frame(&mut page), ("[3]".to_owned(), Vec::new()));
    }

    #[test]
    fn a_full_socket_blocks_and_what_waits_is_counted() {
        let (line, mut page) = joined();
        let text = vec![b'7'; 4 << 20];
        line.push(&text, Vec::new());
        line.push(b"8", Vec::new());
        assert_eq!(line.flush(), Flushed::Blocked);
        assert!(line.waiting() > 1 << 20);
        let reader = std::thread::spawn(move || (frame(&mut page), frame(&mut page)));
        while line.flush() == Flushed::Blocked {
            std::thread::yield_now();
        }
        let ((first, _), (second, _)) = reader.join().unwrap();
        assert_eq!((first.len(), second.as_str()), (text.len() + 2, "[8]"));
    }

    #[test]
    fn a_page_that_has_gone_leaves_nothing_waiting() {
        let (line, page) = joined();
        drop(page);
        line.push(b"1", Vec::new());
        assert_eq!(line.flush(), Flushed::Gone);
        assert_eq!(line.waiting(), 0);
    }

    #[test]
    fn a_discarded_queue_is_not_sent() {
        let (line, mut page) = joined();
        line.push(b"1", Vec::new());
        line.discard();
        line.push(b"2", Vec::new());
        assert_eq!(line.flush(), Flushed::All);
        assert_eq!(frame(&mut page).0, "[2]");
    }
}
