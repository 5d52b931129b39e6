//! Fresh memory, made ready stretch by stretch just before it is filled.
//!
//! It costs more than the copy into it when it comes page by page. As large pages it is a tenth of
//! that, where they are in reach: the host of a virtual machine takes back what is free (WSL 2
//! does), large pages first, and to get one again costs many times what small ones do. A few are
//! fetched for each memory all the same: the next one finds them in reach.

/// What is ready of one piece of memory.
#[derive(Default)]
pub struct Ground {
    ready: usize,
    /// Large pages that were out of reach.
    fetched: usize,
}

#[cfg(not(target_os = "linux"))]
impl Ground {
    /// How much of the memory can be filled now: here the system makes it ready as it likes.
    pub fn ready(&mut self, _start: *mut u8, size: usize, _filled: usize) -> usize {
        self.fetched = 0;
        self.ready = size;
        size
    }
}

#[cfg(target_os = "linux")]
impl Ground {
    /// How much of this memory, of which so much is filled, can be filled now: more than that,
    /// unless it is all. Nothing but whole pages with some of its bytes in them is touched.
    pub fn ready(&mut self, start: *mut u8, size: usize, filled: usize) -> usize {
        use std::time::{Duration, Instant};
        const SMALL: usize = 4 << 10;
        const LARGE: usize = 2 << 20;
        const STRETCH: usize = 256 << 10;
        /// What the small pages in a large one would cost; a large one in reach takes a fifth.
        const COLD: Duration = Duration::from_millis(1);
        const MOST_FETCHED: usize = 3;

        if size < STRETCH {
            return size;
        }
        if filled < self.ready || self.ready == size {
            return self.ready;
        }
        let from = start.addr() + self.ready;
        let aside = from.next_multiple_of(LARGE) - from;
        let left = size - self.ready;
        // SAFETY: pages with bytes of this memory in them; what is in them stays.
        let advise = |from: usize, length, advice| unsafe {
            libc::madvise(from as *mut libc::c_void, length, advice);
        };
        if aside == 0 && left >= LARGE && self.fetched < MOST_FETCHED {
            advise(from, LARGE, libc::MADV_HUGEPAGE);
            let before = Instant::now();
            advise(from, LARGE, libc::MADV_POPULATE_WRITE); // older kernels only refuse it
            self.fetched += usize::from(before.elapsed() >= COLD);
            self.ready += LARGE;
        } else {
            let length = left.min(STRETCH);
            let length = if aside > 0 { length.min(aside) } else { length };
            let page = from / SMALL * SMALL;
            advise(page, from + length - page, libc::MADV_POPULATE_WRITE);
            self.ready += length;
        }
        self.ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_becomes_ready_and_no_more() {
        for size in [0, 1, 4096, 300 << 10, (2 << 20) + 1, (7 << 20) + 12_345] {
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
                assert!(memory.iter().all(|byte| *byte == 0xa5));
            }
        }
    }
}
