//! The queue between the main thread, which must never wait, and the threads in `receive`.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What pages and windows sent, in order. Each item is given to one receiver.
pub struct Inbox<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    waiting: usize,
    /// A receiver was woken and has not come yet: waking a second one would be for nothing.
    woken: bool,
    closed: bool,
}

/// How a wait ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<T> {
    Items(VecDeque<T>),
    Closed,
    TimedOut,
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::new(),
                waiting: 0,
                woken: false,
                closed: false,
            }),
            arrived: Condvar::new(),
        }
    }
}

impl<T> Inbox<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item and wakes one receiver.
    pub fn push(&self, item: T) {
        let mut state = self.lock();
        state.items.push_back(item);
        let wake = state.waiting > 0 && !state.woken;
        state.woken |= wake;
        drop(state);
        if wake {
            self.arrived.notify_one();
        }
    }

    /// Waits for items and takes all of them; `None` waits until there are some or it is closed.
    #[cfg_attr(
        target_os = "linux",
        allow(dead_code, reason = "lines.rs waits for sockets too")
    )]
    pub fn receive(&self, timeout: Option<Duration>) -> Received<T> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.lock();
        loop {
            if !state.items.is_empty() {
                state.woken = false;
                return Received::Items(std::mem::take(&mut state.items));
            }
            if state.closed {
                return Received::Closed;
            }
            state.waiting += 1;
            state = match deadline {
                None => self
                    .arrived
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        state.waiting -= 1;
                        return Received::TimedOut;
                    }
                    self.arrived
                        .wait_timeout(state, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
            state.waiting -= 1;
            // Whoever runs now looks at the items, so the next push must wake somebody again.
            state.woken = false;
        }
    }

    /// Takes what is there without waiting.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "read beside direct lines")
    )]
    pub fn take(&self) -> Received<T> {
        let mut state = self.lock();
        if state.items.is_empty() {
            return if state.closed {
                Received::Closed
            } else {
                Received::TimedOut
            };
        }
        Received::Items(std::mem::take(&mut state.items))
    }

    /// Whether `take` would give something.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "read beside direct lines")
    )]
    pub fn is_ready(&self) -> bool {
        let state = self.lock();
        state.closed || !state.items.is_empty()
    }

    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "read beside direct lines")
    )]
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Every `receive` gives what is left, then nothing, until `open`.
    pub fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    pub fn open(&self) {
        self.lock().closed = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::thread;

    const SOON: Option<Duration> = Some(Duration::from_secs(20));

    #[test]
    fn all_items_come_at_once_and_in_order() {
        let inbox = Inbox::default();
        (0..5).for_each(|item| inbox.push(item));
        let expected = Received::Items((0..5).collect());
        assert_eq!(inbox.receive(SOON), expected);
    }

    #[test]
    fn nothing_in_time_is_a_time_out() {
        let inbox = Inbox::<u8>::default();
        let timeout = Some(Duration::from_millis(1));
        assert_eq!(inbox.receive(timeout), Received::TimedOut);
    }

    #[test]
    fn closing_gives_what_is_left_and_then_the_end() {
        let inbox = Inbox::default();
        inbox.push(1);
        inbox.close();
        assert_eq!(inbox.receive(None), Received::Items([1].into()));
        assert_eq!(inbox.receive(None), Received::Closed);
        inbox.open();
        inbox.push(2);
        assert_eq!(inbox.receive(SOON), Received::Items([2].into()));
    }

    #[test]
    fn many_receivers_get_each_item_once() {
        const ITEMS: u32 = 20_000;
        let inbox = Arc::new(Inbox::default());
        let receivers: Vec<_> = (0..4)
            .map(|_| {
                let inbox = Arc::clone(&inbox);
                thread::spawn(move || {
                    let mut seen = Vec::new();
                    while let Received::Items(items) = inbox.receive(None) {
                        seen.extend(items);
                    }
                    seen
                })
            })
            .collect();
        (0..ITEMS).for_each(|item| inbox.push(item));
        inbox.close();
        let mut all: Vec<u32> = receivers
            .into_iter()
            .flat_map(|receiver| receiver.join().unwrap())
            .collect();
        all.sort_unstable();
        assert_eq!(all, (0..ITEMS).collect::<Vec<_>>());
    }
}
