//! Fresh memory, made ready stretch by stretch just before it is filled.
//!
//! It costs more than the copy into it when it comes page by page. Not as large pages: the host of a
//! virtual machine takes back those that are free, and to get one again costs many times what small
//! ones do.

/// What is ready of one piece of memory.
#[derive(Default)]
pub struct Ground {
    ready: usize,
}

#[cfg(not(target_os = "linux"))]
impl Ground {
    /// How much of the memory can be filled now: here the system makes it ready as it likes.
    pub fn ready(&mut self, _start: *mut u8, size: usize, _filled: usize) -> usize {
        self.ready = size;
        size
    }
}

#[cfg(target_os = "linux")]
impl Ground {
    /// How much of this memory, of which so much is filled, can be filled now: more than that,
    /// unless it is all. Nothing but whole pages with some of its bytes in them is touched.
    pub fn ready(&mut self, start: *mut u8, size: usize, filled: usize) -> usize {
        const PAGE: usize = 4 << 10;
        const STRETCH: usize = 256 << 10;

        if size < STRETCH {
            return size;
        }
        if filled < self.ready || self.ready == size {
            return self.ready;
        }
        let from = start.addr() + self.ready;
        let length = STRETCH.min(size - self.ready);
        let page = from / PAGE * PAGE;
        // SAFETY: pages with bytes of this memory in them; what is in them stays. Older kernels only
        // refuse it.
        unsafe {
            libc::madvise(
                page as *mut libc::c_void,
                from + length - page,
                libc::MADV_POPULATE_WRITE,
            )
        };
        self.ready += length;
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
