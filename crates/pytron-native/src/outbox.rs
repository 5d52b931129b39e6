//! What waits for one page: messages joined into frames, and how much of it the page has read.
//!
//! Nothing is handed over faster than the page reads, so a page that has stopped costs the bytes
//! in this queue (which the kit bounds by what `send` returns) and a few frames on the way.

use std::collections::VecDeque;

use crate::head::{Part, head};

/// Messages are joined into one frame up to this size; a larger one goes alone.
const JOINED_BYTES: usize = 1 << 20;
/// On the way at once where the transport has no handles to count.
const FRAMES_ON_THE_WAY: usize = 8;
const BYTES_ON_THE_WAY: usize = 1 << 20;
/// The page acknowledges a frame with parts at once, others at latest after 64 Ki characters, each
/// up to three bytes: what is less than this on the way may have been read long ago, and does not
/// count as waiting.
const UNREPORTED_BYTES: usize = 256 << 10;

/// How a frame reaches the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// One frame for each reply handle the page has given.
    Handles,
    /// A few frames, until the page says that it has read them.
    Credit,
}

/// A frame under way to the page.
#[derive(Debug)]
struct Sent {
    number: u64,
    size: usize,
}

#[derive(Debug)]
struct Batch {
    text: Vec<u8>,
    /// Bytes of its messages and parts, without what joins them.
    size: usize,
    alone: bool,
}

/// The queue of one page.
#[derive(Debug)]
pub struct Outbox {
    flow: Flow,
    open: bool,
    handles: usize,
    batches: VecDeque<Batch>,
    queued: usize,
    sent: VecDeque<Sent>,
    on_the_way: usize,
    count: u64,
}

impl Outbox {
    pub fn new(flow: Flow) -> Self {
        Self {
            flow,
            open: false,
            handles: 0,
            batches: VecDeque::new(),
            queued: 0,
            sent: VecDeque::new(),
            on_the_way: 0,
            count: 0,
        }
    }

    /// Queues comma-joined messages.
    pub fn push(&mut self, messages: &[u8]) {
        self.queued += messages.len();
        if let Some(last) = self.batches.back_mut()
            && !last.alone
            && last.text.len() + messages.len() <= JOINED_BYTES
        {
            last.text.push(b',');
            last.text.extend_from_slice(messages);
            last.size += messages.len();
            return;
        }
        self.batches.push_back(Batch {
            text: framed("", messages),
            size: messages.len(),
            alone: false,
        });
    }

    /// Queues messages as a frame of their own, whose parts the page fetches by their ids.
    pub fn push_with_parts(&mut self, messages: &[u8], parts: &[Part]) {
        let size = messages.len() + parts.iter().map(|(_, size)| size).sum::<usize>();
        self.queued += size;
        self.batches.push_back(Batch {
            text: framed(&head(parts), messages),
            size,
            alone: true,
        });
    }

    /// The next frame, if the page can take one now. With `Flow::Handles` it uses up a handle.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        if !self.may_send() {
            return None;
        }
        let mut batch = self.batches.pop_front()?;
        batch.text.push(b']');
        self.queued -= batch.size;
        self.count += 1;
        self.on_the_way += batch.size;
        self.sent.push_back(Sent {
            number: self.count,
            size: batch.size,
        });
        if self.flow == Flow::Handles {
            self.handles -= 1;
        }
        Some(batch.text)
    }

    fn may_send(&self) -> bool {
        let room = match self.flow {
            Flow::Handles => self.handles > 0,
            Flow::Credit => {
                self.sent.is_empty()
                    || (self.sent.len() < FRAMES_ON_THE_WAY && self.on_the_way < BYTES_ON_THE_WAY)
            }
        };
        self.open && room
    }

    /// A new document has opened its port: the handles and frames of the old one are gone.
    pub fn open(&mut self) {
        self.shut();
        self.open = true;
    }

    /// The document is gone, or its process.
    pub fn shut(&mut self) {
        self.open = false;
        self.handles = 0;
        self.sent.clear();
        self.on_the_way = 0;
        self.count = 0;
    }

    /// The page has read this many frames since it opened its port.
    pub fn acknowledge(&mut self, got: u64) {
        while let Some(first) = self.sent.front() {
            if first.number > got {
                break;
            }
            self.on_the_way -= first.size;
            self.sent.pop_front();
        }
    }

    /// The page has given a handle, or (`given` false) it was answered without a frame.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "only WebKitGTK has handles")
    )]
    pub fn count_handle(&mut self, given: bool) {
        if given {
            self.handles += 1;
        } else {
            self.handles = self.handles.saturating_sub(1);
        }
    }

    /// Forgets what is queued: the session has ended.
    pub fn discard(&mut self) {
        self.batches.clear();
        self.queued = 0;
    }

    /// Bytes that the page has not read.
    pub fn waiting(&self) -> usize {
        if self.on_the_way > UNREPORTED_BYTES {
            self.queued + self.on_the_way
        } else {
            self.queued
        }
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }
}

fn framed(head: &str, messages: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(head.len() + messages.len() + 2);
    text.push(b'[');
    text.extend_from_slice(head.as_bytes());
    text.extend_from_slice(messages);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn opened(flow: Flow, handles: usize) -> Outbox {
        let mut outbox = Outbox::new(flow);
        outbox.open();
        (0..handles).for_each(|_| outbox.count_handle(true));
        outbox
    }

    #[test]
    fn messages_are_joined_in_order() {
        let mut outbox = opened(Flow::Handles, 2);
        outbox.push(b"1");
        outbox.push(b"2,3");
        assert_eq!(outbox.next().unwrap(), b"[1,2,3]");
        assert!(outbox.is_empty());
        assert_eq!(outbox.waiting(), 0);
        assert_eq!(outbox.next(), None);
    }

    #[test]
    fn a_frame_with_parts_stands_alone() {
        let mut outbox = opened(Flow::Handles, 3);
        outbox.push(b"1");
        outbox.push_with_parts(b"2", &[(9, 100), (8, 50)]);
        outbox.push(b"3");
        assert_eq!(outbox.waiting(), 153);
        assert_eq!(outbox.next().unwrap(), b"[1]");
        let head = br#"[{"kind":"head","parts":[[9,100],[8,50]]},2]"#;
        assert_eq!(outbox.next().unwrap(), head);
        assert_eq!(outbox.next().unwrap(), b"[3]");
    }

    #[test]
    fn nothing_leaves_before_the_page_is_open() {
        let mut outbox = Outbox::new(Flow::Credit);
        outbox.push(b"1");
        assert_eq!(outbox.next(), None);
        outbox.open();
        assert!(outbox.next().is_some());
    }

    #[test]
    fn without_handles_frames_wait() {
        let mut outbox = opened(Flow::Handles, 1);
        outbox.push(&[b'1'; JOINED_BYTES]);
        outbox.push(b"2");
        assert!(outbox.next().is_some());
        assert_eq!(outbox.next(), None);
        assert!(
            outbox.waiting() > JOINED_BYTES,
            "a large unread frame counts"
        );
        outbox.acknowledge(1);
        assert_eq!(outbox.waiting(), 1);
        outbox.count_handle(true);
        assert_eq!(outbox.next().unwrap(), b"[2]");
    }

    #[test]
    fn credit_is_bounded_by_frames_and_bytes() {
        let mut outbox = opened(Flow::Credit, 0);
        for _ in 0..20 {
            outbox.push_with_parts(b"1", &[]);
        }
        let sent = std::iter::from_fn(|| outbox.next()).count();
        assert_eq!(sent, FRAMES_ON_THE_WAY);
        outbox.acknowledge(3);
        assert_eq!(std::iter::from_fn(|| outbox.next()).count(), 3);

        let mut outbox = opened(Flow::Credit, 0);
        outbox.push_with_parts(b"1", &[(1, BYTES_ON_THE_WAY)]);
        outbox.push_with_parts(b"2", &[]);
        assert_eq!(std::iter::from_fn(|| outbox.next()).count(), 1);
    }

    #[test]
    fn a_new_document_forgets_what_was_on_the_way() {
        let mut outbox = opened(Flow::Handles, 1);
        outbox.push(&[b'1'; 2 * UNREPORTED_BYTES]);
        outbox.next().unwrap();
        outbox.open();
        assert_eq!(outbox.waiting(), 0);
        outbox.push(b"1");
        assert_eq!(outbox.next(), None, "the old document's handles are gone");
    }

    proptest! {
        #[test]
        fn every_message_leaves_once_and_in_order(sizes in proptest::collection::vec(1_usize..400_000, 1..40)) {
            let mut outbox = opened(Flow::Handles, 0);
            let mut expected = Vec::new();
            for (index, size) in sizes.iter().enumerate() {
                let message = vec![b'a' + (index % 26) as u8; *size];
                outbox.push(&message);
                expected.push(message);
            }
            let mut got: Vec<Vec<u8>> = Vec::new();
            while !outbox.is_empty() {
                outbox.count_handle(true);
                let frame = outbox.next().unwrap();
                let inside = &frame[1..frame.len() - 1];
                got.extend(inside.split(|byte| *byte == b',').map(<[u8]>::to_vec));
            }
            prop_assert_eq!(got, expected);
            outbox.acknowledge(u64::MAX);
            prop_assert_eq!(outbox.waiting(), 0);
        }
    }
}
