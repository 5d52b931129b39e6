//! The direct way to a page, past the main thread: messages are joined into frames and written to
//! its socket by whichever thread comes first.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::link::{Bytes, Link};

/// Messages are joined into one frame up to this size; a larger one goes alone.
const JOINED_BYTES: usize = 1 << 20;

/// One page's line.
pub struct Line {
    pub link: Link,
    /// The main thread waits for the full socket to take more.
    pub watched: AtomicBool,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    batches: VecDeque<Batch>,
    bytes: usize,
}

struct Batch {
    text: Vec<u8>,
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
            watched: AtomicBool::new(false),
            queue: Mutex::default(),
        }
    }

    /// Queues comma-joined messages; with parts as a frame of their own. Bytes now waiting.
    pub fn push(&self, messages: &[u8], parts: Vec<Bytes>) -> usize {
        let size = messages.len()
            + parts
                .iter()
                .map(|part| (**part).as_ref().len())
                .sum::<usize>();
        let mut queue = self.queue();
        queue.bytes += size;
        match queue.batches.back_mut() {
            Some(last)
                if parts.is_empty()
                    && last.parts.is_empty()
                    && last.text.len() + messages.len() <= JOINED_BYTES =>
            {
                last.text.push(b',');
                last.text.extend_from_slice(messages);
                last.size += size;
            }
            _ => {
                let mut text = Vec::with_capacity(messages.len() + 2);
                text.push(b'[');
                text.extend_from_slice(messages);
                queue.batches.push_back(Batch { text, parts, size });
            }
        }
        queue.bytes + self.link.waiting()
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
            batch.text.push(b']');
            if !self.link.write(batch.text, &batch.parts) {
                queue.clear();
                return Flushed::Gone;
            }
        }
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
