//! Waiting until a page has read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Told whenever less waits for some page than before.
#[derive(Default)]
pub struct Room {
    waiting: AtomicUsize,
    turn: Mutex<()>,
    changed: Condvar,
}

impl Room {
    /// Something has been read, or dropped: who waits for room looks again.
    pub fn changed(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            drop(self.turn.lock().unwrap_or_else(PoisonError::into_inner));
            self.changed.notify_all();
        }
    }

    /// Waits until there is enough room, which `enough` says; false at the time-out.
    pub fn wait(&self, timeout: Duration, enough: impl Fn() -> bool) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let met = loop {
            if enough() {
                break true;
            }
            let left = deadline.map_or(Duration::MAX, |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                break false;
            }
            turn = self
                .changed
                .wait_timeout(turn, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        };
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        met
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU32;
    use std::thread;

    #[test]
    fn waiting_ends_with_enough_room() {
        let (room, bytes) = (Arc::new(Room::default()), Arc::new(AtomicU32::new(1000)));
        let reader = {
            let (room, bytes) = (Arc::clone(&room), Arc::clone(&bytes));
            thread::spawn(move || {
                for _ in 0..1000 {
                    bytes.fetch_sub(1, Ordering::SeqCst);
                    room.changed();
                }
            })
        };
        assert!(
            room.wait(Duration::from_secs(20), || bytes.load(Ordering::SeqCst)
                == 0)
        );
        reader.join().unwrap();
    }

    #[test]
    fn waiting_ends_at_the_time_out() {
        let room = Room::default();
        assert!(!room.wait(Duration::from_millis(1), || false));
        assert!(room.wait(Duration::ZERO, || true));
    }
}
