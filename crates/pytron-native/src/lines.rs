//! All direct lines of a host, and the one place where threads wait for them and for the inbox.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::inbox::Inbox;
use crate::line::{Flushed, Line};
use crate::link::Frame;

/// About the answers of half a thousand calls: a write costs little beside making them.
const MUCH: usize = 24 << 10;
/// Several messages within this time are a burst.
const BURST: Duration = Duration::from_micros(500);
/// Where pages were so quick with their next frames, and this process with what it did about them,
/// as when one call follows another, a thread looks for a while before it sleeps: to be awake again
/// takes 20 to 50 us. So many in a row, for a page is quick now and then beside a Python that
/// computes, which needs the processor more; after a look in vain as many anew.
const QUICK: Duration = Duration::from_micros(400);
const QUICK_ONES: u32 = 4;
const LOOK: Duration = Duration::from_micros(50);

/// Lines by window.
pub struct Lines {
    lines: Mutex<BTreeMap<u32, Arc<Line>>>,
    /// Windows with something queued, or half written to a full socket.
    dirty: Mutex<BTreeSet<u32>>,
    bell: OwnedFd,
    waiting: AtomicUsize,
    pace: Mutex<Pace>,
}

/// How quickly one frame follows another.
#[derive(Default)]
struct Pace {
    /// So many in a row were quick.
    quick: u32,
    /// When the last came.
    last: Option<Instant>,
}

impl Lines {
    pub fn new() -> io::Result<Self> {
        // SAFETY: makes a descriptor, which we then own.
        let bell = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if bell < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self {
            lines: Mutex::default(),
            dirty: Mutex::default(),
            // SAFETY: just made, and nobody else has it.
            bell: unsafe { OwnedFd::from_raw_fd(bell) },
            waiting: AtomicUsize::new(0),
            pace: Mutex::default(),
        })
    }

    /// The page of a window has a line from now on; the last one's is gone.
    pub fn join(&self, window: u32, line: Line) {
        lock(&self.lines).insert(window, Arc::new(line));
        self.ring();
    }

    pub fn leave(&self, window: u32) {
        lock(&self.lines).remove(&window);
        self.ring();
    }

    pub fn of(&self, window: u32) -> Option<Arc<Line>> {
        lock(&self.lines).get(&window).cloned()
    }

    /// Something was queued for a window, where so many bytes wait now: written at once when a
    /// thread is listening (then the sender is not the one that will listen next), else by the next
    /// that comes to listen. Nor does much wait for that: the page reads while more is made.
    ///
    /// What follows closely on the last write is left to the thread that listens: it takes along
    /// what comes until it is awake, and the sender goes on meanwhile.
    pub fn queued(&self, window: u32, line: &Line, waiting: usize) {
        let listening = self.waiting.load(Ordering::SeqCst) > 0;
        if waiting >= MUCH || (listening && !line.wrote_within(BURST)) {
            self.flush(window, line);
        } else if lock(&self.dirty).insert(window) {
            self.ring(); // one may have come to listen meanwhile
        }
    }

    /// Writes what is queued for all, as far as their sockets take it.
    pub fn flush_dirty(&self) {
        let dirty = std::mem::take(&mut *lock(&self.dirty));
        for window in dirty {
            if let Some(line) = self.of(window) {
                self.flush(window, &line);
            }
        }
    }

    fn flush(&self, window: u32, line: &Line) {
        match line.flush() {
            Flushed::All => {}
            Flushed::Gone => self.leave(window),
            Flushed::Blocked => {
                // Whoever listens also waits for the socket to take more.
                if lock(&self.dirty).insert(window) {
                    self.ring();
                }
            }
        }
    }

    /// Takes the frames that all pages have sent.
    pub fn read(&self, mut found: impl FnMut(u32, Frame)) {
        let lines: Vec<(u32, Arc<Line>)> = lock(&self.lines)
            .iter()
            .map(|(window, line)| (*window, Arc::clone(line)))
            .collect();
        for (window, line) in lines {
            if !line.link.read(|frame| found(window, frame)) {
                let mut lines = lock(&self.lines);
                // A new page may have come meanwhile, with a line of its own.
                if lines
                    .get(&window)
                    .is_some_and(|now| Arc::ptr_eq(now, &line))
                {
                    lines.remove(&window);
                }
            }
        }
    }

    /// Looks for a while, where that pays, and then sleeps until there is something.
    fn poll(&self, polled: &mut [libc::pollfd], timeout: Option<Duration>) {
        let begun = Instant::now();
        let mut pace = std::mem::take(&mut *lock(&self.pace));
        if pace.last.is_none_or(|last| begun - last > QUICK) {
            pace.quick = 0;
        }
        let mut ready = false;
        if pace.quick >= QUICK_ONES {
            while !ready && begun.elapsed() < LOOK {
                ready = poll(polled, Some(Duration::ZERO));
            }
            if !ready {
                pace.quick = 0;
            }
        }
        if !ready {
            ready = poll(polled, timeout);
        }
        // Who rings is one of ours, who would rather go on: see `queued`.
        if ready && polled[0].revents == 0 && begun.elapsed() < QUICK && several_processors() {
            pace.quick += 1;
            pace.last = Some(Instant::now());
            *lock(&self.pace) = pace;
        }
    }

    /// Wakes a thread in `wait`.
    pub fn ring(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            let one = 1_u64.to_ne_bytes();
            // SAFETY: writes eight bytes of ours to a descriptor of ours. It can only fail when
            // the counter is full, and then it rings anyway.
            unsafe { libc::write(self.bell.as_raw_fd(), one.as_ptr().cast(), one.len()) };
        }
    }

    /// Waits until a page has sent something or somebody rings. The inbox is looked at once this
    /// thread counts as waiting: what comes after that rings.
    pub fn wait<T>(&self, timeout: Option<Duration>, inbox: &Inbox<T>) {
        let _here = Presence::new(&self.waiting);
        if inbox.is_ready() {
            return;
        }
        let mut polled = vec![listen(self.bell.as_raw_fd(), false)];
        {
            let dirty = lock(&self.dirty);
            polled.extend(
                lock(&self.lines)
                    .iter()
                    .map(|(window, line)| listen(line.link.as_raw_fd(), dirty.contains(window))),
            );
        }
        self.poll(&mut polled, timeout);
        if polled[0].revents != 0 {
            let mut rung = [0_u8; 8];
            // SAFETY: reads into an array of ours; empty when another thread was quicker.
            unsafe { libc::read(self.bell.as_raw_fd(), rung.as_mut_ptr().cast(), rung.len()) };
        }
        if inbox.is_closed() {
            self.ring(); // the end is for all who wait, and this thread may have taken their ring
        }
    }
}

/// Counts a waiting thread for as long as it lives.
struct Presence<'a>(&'a AtomicUsize);

impl<'a> Presence<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Waits for one of the descriptors to be ready; false at the time-out.
fn poll(polled: &mut [libc::pollfd], timeout: Option<Duration>) -> bool {
    // Rounded up: a wait must not end before its time.
    let milliseconds = timeout.map_or(-1, |timeout| {
        i32::try_from(timeout.as_micros().div_ceil(1000)).unwrap_or(i32::MAX)
    });
    let count = libc::nfds_t::try_from(polled.len()).unwrap_or(libc::nfds_t::MAX);
    // SAFETY: the array is ours and of that length; a descriptor that was closed meanwhile makes
    // the wait end early, which is allowed.
    unsafe { libc::poll(polled.as_mut_ptr(), count, milliseconds) > 0 }
}

/// Whether another thread, or the page, can run while one of ours does.
pub fn several_processors() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| std::thread::available_parallelism().is_ok_and(|count| count.get() > 1))
}

fn listen(fd: RawFd, writes: bool) -> libc::pollfd {
    libc::pollfd {
        fd,
        events: libc::POLLIN | if writes { libc::POLLOUT } else { 0 },
        revents: 0,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;
    use std::io::Write;
    use std::os::unix::net::UnixStream;
    use std::thread;

    const WINDOW: u32 = 1;
    const SOON: Option<Duration> = Some(Duration::from_secs(60));
    /// Empty, with no parts.
    const FRAME: [u8; 8] = [0; 8];

    fn joined() -> (Lines, UnixStream) {
        let lines = Lines::new().unwrap();
        let (link, page) = Link::pair().unwrap();
        lines.join(WINDOW, Line::new(link));
        (lines, UnixStream::from(page))
    }

    fn be_quick(lines: &Lines, quick: u32) {
        let last = Some(Instant::now());
        *lock(&lines.pace) = Pace { quick, last };
    }

    /// Waits as `Shared::receive` does, for so many frames.
    fn hear(lines: &Lines, count: usize) {
        let inbox = Inbox::<()>::default();
        let mut heard = 0;
        while heard < count {
            lines.wait(SOON, &inbox);
            lines.read(|window, _| {
                assert_eq!(window, WINDOW);
                heard += 1;
            });
        }
        assert_eq!(heard, count);
    }

    #[test]
    fn frames_are_heard_by_who_looks_and_by_who_sleeps() {
        let (lines, mut page) = joined();
        for quick in [QUICK_ONES, 0] {
            be_quick(&lines, quick);
            thread::scope(|scope| {
                scope.spawn(|| page.write_all(&FRAME).unwrap());
                hear(&lines, 1);
            });
        }
    }

    #[test]
    fn who_looks_hears_the_bell_and_the_end_of_its_time() {
        let (lines, _page) = joined();
        let inbox = Inbox::<()>::default();
        be_quick(&lines, QUICK_ONES);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| lines.wait(None, &inbox));
            while !waiting.is_finished() {
                lines.ring();
            }
        });
        be_quick(&lines, QUICK_ONES);
        lines.wait(Some(LOOK), &inbox);
        assert_eq!(lock(&lines.pace).quick, 0);
    }
}
