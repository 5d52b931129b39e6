//! What Python's threads and the main thread share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::time::Instant;

use pyo3::prelude::*;

use crate::buffer::Buffer;
use crate::command::Command;
use crate::event::Event;
use crate::inbox::{Inbox, Received};
#[cfg(target_os = "linux")]
use crate::line::Line;
#[cfg(target_os = "linux")]
use crate::lines::Lines;
use crate::memory::Memory;
use crate::outbox::{Flow, Outbox};
use crate::part::Parts;
use crate::platform::Waker;
use crate::room::Room;

/// One for each host.
pub struct Shared {
    inbox: Inbox<Incoming>,
    /// Pages that are joined to us directly (`webext/`).
    #[cfg(target_os = "linux")]
    pub lines: Lines,
    /// Pages' sockets are given to whoever receives, to be passed on.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "only there pages have sockets")
    )]
    pub hands_over: bool,
    pub flow: Flow,
    pub waker: Waker,
    orders: Mutex<Vec<Order>>,
    pages: Mutex<Pages>,
    parts: Mutex<Parts<Buffer>>,
    request: AtomicU64,
    room: Room,
}

/// For the threads in `receive`.
pub enum Incoming {
    Frame {
        window: u32,
        text: Text,
        parts: Vec<Memory>,
    },
    Event(Vec<u8>),
    /// The kit's end of a page's socket, where the kit is in another process.
    #[cfg(target_os = "linux")]
    Port {
        window: u32,
        socket: std::os::fd::OwnedFd,
    },
    Asset {
        request: u64,
        window: u32,
        method: String,
        path: String,
        headers: Vec<(&'static str, String)>,
    },
}

/// The JSON of a frame.
pub enum Text {
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "elsewhere a page has no line of its own")
    )]
    Whole(Memory),
    /// What stands in a message from this place on.
    Within(Box<dyn AsRef<[u8]> + Send>, usize),
}

/// For the main thread.
pub enum Order {
    Command(Command),
    Answer { request: u64, answer: Answer },
    Invoke(Py<PyAny>),
    Quit(i32),
}

/// A status, headers and a body for an asset request.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// Where the bytes of an answer come from.
pub enum Body {
    Empty,
    Owned(Vec<u8>),
    Held(std::sync::Arc<Buffer>, std::ops::Range<usize>),
    #[cfg(unix)]
    Stream {
        source: std::os::fd::OwnedFd,
        #[cfg_attr(
            not(target_os = "linux"),
            allow(dead_code, reason = "the engine wants whole bodies")
        )]
        length: i64,
    },
}

impl Body {
    /// An answer without one.
    pub fn status(status: u16) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: Self::Empty,
        }
    }
}

#[derive(Default)]
struct Pages {
    outboxes: HashMap<u32, Outbox>,
    /// Windows with something new to send.
    dirty: Vec<u32>,
}

impl Shared {
    pub fn new(flow: Flow, waker: Waker, hands_over: bool) -> std::io::Result<Self> {
        Ok(Self {
            inbox: Inbox::default(),
            #[cfg(target_os = "linux")]
            lines: Lines::new()?,
            hands_over,
            flow,
            waker,
            orders: Mutex::default(),
            pages: Mutex::default(),
            parts: Mutex::default(),
            request: AtomicU64::new(1),
            room: Room::default(),
        })
    }

    /// Gives something to the threads in `receive`.
    pub fn push(&self, item: Incoming) {
        self.inbox.push(item);
        #[cfg(target_os = "linux")]
        self.lines.ring();
    }

    /// `receive` waits again.
    pub fn open(&self) {
        self.inbox.open();
    }

    /// Every `receive` gives what is left, then nothing, until `open`.
    pub fn close(&self) {
        self.inbox.close();
        #[cfg(target_os = "linux")]
        self.lines.ring();
    }

    /// Waits for what pages and windows sent.
    #[cfg(not(target_os = "linux"))]
    pub fn receive(&self, timeout: Option<Duration>) -> Received<Incoming> {
        self.inbox.receive(timeout)
    }

    /// Waits for what pages and windows sent, and sends what is queued for them meanwhile.
    #[cfg(target_os = "linux")]
    pub fn receive(&self, timeout: Option<Duration>) -> Received<Incoming> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            self.lines.flush_dirty();
            self.room.changed();
            let mut received = self.inbox.take();
            self.lines.read(|window, frame| {
                let frame = Incoming::Frame {
                    window,
                    text: Text::Whole(frame.text),
                    parts: frame.parts,
                };
                match &mut received {
                    Received::Items(items) => items.push_back(frame),
                    other => *other = Received::Items([frame].into()),
                }
            });
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if !matches!(received, Received::TimedOut) || left.is_some_and(|left| left.is_zero()) {
                return received;
            }
            self.lines.wait(left, &self.inbox);
        }
    }

    /// Tells the kit.
    pub fn tell(&self, event: &Event) {
        self.push(Incoming::Event(event.json()));
    }

    /// Tells the main thread.
    pub fn order(&self, order: Order) {
        lock(&self.orders).push(order);
        self.waker.wake();
    }

    pub fn take_orders(&self) -> Vec<Order> {
        std::mem::take(&mut *lock(&self.orders))
    }

    pub fn parts(&self) -> MutexGuard<'_, Parts<Buffer>> {
        lock(&self.parts)
    }

    /// A number for the next asset request.
    pub fn next_request(&self) -> u64 {
        self.request.fetch_add(1, Ordering::Relaxed)
    }

    /// Makes the queue of a window that is about to open; false when there is one.
    pub fn add_page(&self, window: u32) -> bool {
        let mut pages = lock(&self.pages);
        if pages.outboxes.contains_key(&window) {
            return false;
        }
        pages.outboxes.insert(window, Outbox::new(self.flow));
        true
    }

    pub fn remove_page(&self, window: u32) {
        #[cfg(target_os = "linux")]
        self.lines.leave(window);
        lock(&self.pages).outboxes.remove(&window);
        self.parts().forget(window);
        self.room.changed();
    }

    /// Works on a window's queue; `None` for an unknown window.
    pub fn with_page<T>(&self, window: u32, work: impl FnOnce(&mut Outbox) -> T) -> Option<T> {
        let done = lock(&self.pages).outboxes.get_mut(&window).map(work);
        self.room.changed();
        done
    }

    /// Bytes that wait for a page; `None` for an unknown window.
    pub fn waiting(&self, window: u32) -> Option<usize> {
        #[cfg(target_os = "linux")]
        if let Some(line) = self.lines.of(window) {
            return Some(line.waiting());
        }
        let pages = lock(&self.pages);
        pages.outboxes.get(&window).map(Outbox::waiting)
    }

    /// Something was queued on a page's line.
    #[cfg(target_os = "linux")]
    pub fn queued(&self, window: u32, line: &Line, waiting: usize) {
        self.lines.queued(window, line, waiting);
        self.room.changed();
    }

    /// Waits until fewer bytes wait for a page, or it has gone; false at the time-out.
    pub fn drained(&self, window: u32, below: usize, timeout: Duration) -> bool {
        let enough = || self.waiting(window).is_none_or(|waiting| waiting < below);
        self.room.wait(timeout, enough)
    }

    /// Forgets what is queued for a page.
    pub fn discard(&self, window: u32) {
        #[cfg(target_os = "linux")]
        if let Some(line) = self.lines.of(window) {
            line.discard();
        }
        self.with_page(window, Outbox::discard);
        self.parts().withdraw(window);
    }

    /// Queues something for a page and wakes the main thread; the bytes now waiting.
    pub fn send(&self, window: u32, queue: impl FnOnce(&mut Outbox)) -> Option<usize> {
        let mut pages = lock(&self.pages);
        let outbox = pages.outboxes.get_mut(&window)?;
        queue(outbox);
        let waiting = outbox.waiting();
        if !pages.dirty.contains(&window) {
            pages.dirty.push(window);
        }
        drop(pages);
        self.waker.wake();
        Some(waiting)
    }

    pub fn take_dirty(&self) -> Vec<u32> {
        std::mem::take(&mut lock(&self.pages).dirty)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
