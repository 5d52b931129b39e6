//! Fresh memory, made ready stretch by stretch just before it is filled.
//!
//! It costs more than the copy into it when it comes page by page. Not as large pages: the host of a
//! virtual machine takes back those that are free, and to get one again costs many times what small
//! ones do. Even so it costs twice the copy, so for much of it a second thread goes ahead.

#[cfg(target_os = "linux")]
pub use linux::Ground;
#[cfg(not(target_os = "linux"))]
pub use other::Ground;

#[cfg(not(target_os = "linux"))]
mod other {
    /// What is ready of one piece of memory.
    #[derive(Default)]
    pub struct Ground;

    impl Ground {
        /// How much of the memory can be filled now: here the system makes it ready as it likes.
        pub fn ready(&mut self, _start: *mut u8, size: usize, _filled: usize) -> usize {
            size
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread::{self, JoinHandle};

    use crate::lines::several_processors;

    const PAGE: usize = 4 << 10;
    const STRETCH: usize = 256 << 10;
    /// From here on a second thread pays.
    const MUCH: usize = 2 << 20;
    /// So many stretches at most does it go ahead: who sends little must not cost much.
    const LEAD: usize = 32;

    /// What is ready of one piece of memory. It must go before the memory does.
    #[derive(Default)]
    pub struct Ground {
        ready: usize,
        ahead: Option<Ahead>,
    }

    struct Ahead {
        stretches: Arc<Stretches>,
        thread: JoinHandle<()>,
    }

    /// All of a piece of memory, each stretch for the thread that comes first.
    struct Stretches {
        start: usize,
        size: usize,
        next: AtomicUsize,
        /// Where it is being filled.
        filled: AtomicUsize,
        done: Vec<AtomicBool>,
    }

    impl Ground {
        /// How much of this memory, of which so much is filled, can be filled now: more than that,
        /// unless it is all. Nothing but whole pages with some of its bytes in them is touched.
        pub fn ready(&mut self, start: *mut u8, size: usize, filled: usize) -> usize {
            if size < STRETCH {
                return size;
            }
            if filled < self.ready || self.ready == size {
                return self.ready;
            }
            if self.ready == 0 && size >= MUCH && several_processors() {
                self.ahead = Ahead::start(start.addr(), size);
            }
            let index = self.ready / STRETCH;
            match &self.ahead {
                Some(ahead) => ahead.stretches.reach(index, &ahead.thread),
                None => make_ready(start.addr(), size, index),
            }
            self.ready = size.min(self.ready + STRETCH);
            self.ready
        }
    }

    impl Drop for Ground {
        fn drop(&mut self) {
            if let Some(ahead) = self.ahead.take() {
                ahead
                    .stretches
                    .next
                    .store(usize::MAX / 2, Ordering::Relaxed);
                ahead.thread.thread().unpark();
                let _ = ahead.thread.join();
            }
        }
    }

    impl Ahead {
        /// `None` when there can be no more threads.
        fn start(start: usize, size: usize) -> Option<Self> {
            let stretches = Arc::new(Stretches {
                start,
                size,
                next: AtomicUsize::new(0),
                filled: AtomicUsize::new(0),
                done: (0..size.div_ceil(STRETCH))
                    .map(|_| AtomicBool::new(false))
                    .collect(),
            });
            let theirs = Arc::clone(&stretches);
            let thread = thread::Builder::new()
                .name("pytron-memory".to_owned())
                .spawn(move || theirs.go_ahead())
                .ok()?;
            Some(Self { stretches, thread })
        }
    }

    impl Stretches {
        /// Makes one ready that nobody has begun; false when there is none.
        fn one(&self) -> bool {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(done) = self.done.get(index) else {
                return false;
            };
            make_ready(self.start, self.size, index);
            done.store(true, Ordering::Release);
            true
        }

        fn go_ahead(&self) {
            while self.next.load(Ordering::Relaxed) < self.done.len() {
                let filled = self.filled.load(Ordering::Relaxed);
                if self.next.load(Ordering::Relaxed) < filled + LEAD {
                    self.one();
                } else {
                    thread::park();
                }
            }
        }

        /// Sees to it that this one is ready.
        fn reach(&self, index: usize, helper: &JoinHandle<()>) {
            self.filled.store(index, Ordering::Relaxed);
            helper.thread().unpark();
            while !self.done[index].load(Ordering::Acquire) {
                if !self.one() {
                    thread::yield_now();
                }
            }
        }
    }

    /// Older kernels only refuse it: then the pages come when they are written to.
    fn make_ready(start: usize, size: usize, index: usize) {
        let from = start + index * STRETCH;
        let end = start + size.min((index + 1) * STRETCH);
        let page = from / PAGE * PAGE;
        // SAFETY: pages with bytes of this memory in them, which lives longer than what calls this;
        // what is in them stays.
        unsafe {
            libc::madvise(
                page as *mut libc::c_void,
                end - page,
                libc::MADV_POPULATE_WRITE,
            )
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_becomes_ready_and_no_more() {
        for size in [0, 1, 4096, 300 << 10, (2 << 20) + 1, (70 << 20) + 12_345] {
            for shift in [0, 1, 4095] {
                let mut memory = vec![0xa5_u8; size + shift + 4096];
                let mut ground = Ground::default();
                let (mut filled, mut steps) = (0, 0);
                while filled < size {
                    let ready = ground.ready(memory[shift..].as_mut_ptr(), size, filled);
                    assert!(ready > filled && ready <= size);
                    assert_eq!(
                        ground.ready(memory[shift..].as_mut_ptr(), size, ready - 1),
                        ready
                    );
                    filled = ready;
                    steps += 1;
                }
                assert!(steps <= 2 + size / (64 << 10));
                drop(ground);
                assert!(memory.iter().all(|byte| *byte == 0xa5));
            }
        }
    }

    #[test]
    fn memory_that_is_never_filled_can_go() {
        let mut memory = vec![0xa5_u8; 64 << 20];
        let mut ground = Ground::default();
        let size = memory.len();
        assert!(ground.ready(memory.as_mut_ptr(), size, 0) < size);
        drop(ground);
        drop(memory);
    }
}
