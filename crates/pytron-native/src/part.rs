//! Binary parts on their way through the app origin, for transports that carry text only.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Uploaded and not yet claimed by a frame (spec/ipc.md, section 7).
const UP_COUNT: usize = 1024;
const UP_BYTES: usize = 1 << 30;

/// The parts of all windows. `P` is what a part down is kept as.
pub struct Parts<P> {
    down: HashMap<u64, Down<P>>,
    up: HashMap<u64, Up>,
}

struct Down<P> {
    window: u32,
    data: Arc<P>,
    size: usize,
    /// Everything before this was handed over.
    next: usize,
}

struct Up {
    window: u32,
    data: Vec<u8>,
}

/// A piece of a part for the page.
pub struct Slice<P> {
    pub data: Arc<P>,
    pub range: Range<usize>,
    pub size: usize,
}

impl<P> Default for Parts<P> {
    fn default() -> Self {
        Self {
            down: HashMap::new(),
            up: HashMap::new(),
        }
    }
}

impl<P> Parts<P> {
    /// Keeps a part for the page, which will ask for it by `id`.
    pub fn offer(&mut self, id: u64, window: u32, data: P, size: usize) {
        let data = Arc::new(data);
        self.down.insert(
            id,
            Down {
                window,
                data,
                size,
                next: 0,
            },
        );
    }

    /// A part that the page gets in another way than by asking; it is kept until `drop_shared`.
    #[cfg_attr(
        not(windows),
        allow(dead_code, reason = "only WebView2 has shared memory")
    )]
    pub fn share(&self, id: u64, window: u32) -> Option<Arc<P>> {
        let part = self.down.get(&id).filter(|part| part.window == window)?;
        Some(Arc::clone(&part.data))
    }

    /// The page has the part.
    #[cfg_attr(
        not(windows),
        allow(dead_code, reason = "only WebView2 has shared memory")
    )]
    pub fn drop_shared(&mut self, id: u64) {
        self.down.remove(&id);
    }

    /// A piece of a part, or all of it. The part is freed with its last byte.
    pub fn take(&mut self, id: u64, window: u32, asked: Option<Asked>) -> Taken<P> {
        let Some(part) = self.down.get_mut(&id).filter(|part| part.window == window) else {
            return Taken::Unknown;
        };
        let range = match asked {
            None => 0..part.size,
            Some(asked) => match asked.within(part.size) {
                Some(range) => range,
                None => return Taken::Outside(part.size),
            },
        };
        let slice = Slice {
            data: Arc::clone(&part.data),
            range: range.clone(),
            size: part.size,
        };
        if range.start <= part.next {
            part.next = part.next.max(range.end);
        }
        if part.next >= part.size {
            self.down.remove(&id);
        }
        Taken::Slice(slice)
    }

    /// Keeps what a page has uploaded; false when it has uploaded too much.
    pub fn keep(&mut self, id: u64, window: u32, data: Vec<u8>) -> bool {
        let of_window = self.up.values().filter(|part| part.window == window);
        let (count, bytes) = of_window.fold((0, 0), |(count, bytes), part| {
            (count + 1, bytes + part.data.len())
        });
        let fits = count < UP_COUNT && data.len() <= UP_BYTES - bytes;
        if fits {
            self.up.insert(id, Up { window, data });
        }
        fits
    }

    /// The uploads a frame names; `None` when it names one that is not there.
    pub fn claim(&mut self, ids: &[u64], window: u32) -> Option<Vec<Vec<u8>>> {
        ids.iter()
            .map(|id| match self.up.remove(id) {
                Some(part) if part.window == window => Some(part.data),
                _ => None,
            })
            .collect()
    }

    /// The window's session has ended: nobody will ask for what was offered.
    pub fn withdraw(&mut self, window: u32) {
        self.down.retain(|_, part| part.window != window);
    }

    /// The window's document has gone.
    pub fn forget(&mut self, window: u32) {
        self.down.retain(|_, part| part.window != window);
        self.up.retain(|_, part| part.window != window);
    }
}

/// The answer to a page that asks for a part.
pub enum Taken<P> {
    Slice(Slice<P>),
    /// The range is outside; the part's size.
    Outside(usize),
    Unknown,
}

/// One range of a `range` header. Source: RFC 9110, section 14.1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    From(usize, Option<usize>),
    Last(usize),
}

impl Asked {
    /// Reads a header; `None` for anything but one range of bytes, which is then to be ignored.
    pub fn parse(header: &str) -> Option<Self> {
        let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
        if first.is_empty() {
            return number(last).map(Self::Last);
        }
        let first = number(first)?;
        if last.is_empty() {
            return Some(Self::From(first, None));
        }
        let last = number(last)?;
        (first <= last).then_some(Self::From(first, Some(last)))
    }

    fn within(self, size: usize) -> Option<Range<usize>> {
        let range = match self {
            Self::From(first, None) => first..size,
            Self::From(first, Some(last)) => first..size.min(last.saturating_add(1)),
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

fn number(digits: &str) -> Option<usize> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slice<P>(taken: Taken<P>) -> Range<usize> {
        match taken {
            Taken::Slice(slice) => slice.range,
            Taken::Outside(size) => panic!("outside of {size}"),
            Taken::Unknown => panic!("unknown"),
        }
    }

    #[test]
    fn a_part_is_given_once() {
        let mut parts = Parts::default();
        parts.offer(1, 7, "data", 4);
        assert!(
            matches!(parts.take(1, 8, None), Taken::Unknown),
            "another window's"
        );
        assert_eq!(slice(parts.take(1, 7, None)), 0..4);
        assert!(matches!(parts.take(1, 7, None), Taken::Unknown));
    }

    #[test]
    fn a_part_in_pieces_is_freed_with_its_last_byte() {
        let mut parts = Parts::default();
        parts.offer(1, 7, (), 10);
        assert_eq!(slice(parts.take(1, 7, Asked::parse("bytes=6-9"))), 6..10);
        assert_eq!(slice(parts.take(1, 7, Asked::parse("bytes=0-5"))), 0..6);
        assert_eq!(slice(parts.take(1, 7, Asked::parse("bytes=6-"))), 6..10);
        assert!(matches!(parts.take(1, 7, None), Taken::Unknown));
    }

    #[test]
    fn a_range_past_the_end_is_outside() {
        let mut parts = Parts::default();
        parts.offer(1, 7, (), 10);
        assert!(matches!(
            parts.take(1, 7, Asked::parse("bytes=10-")),
            Taken::Outside(10)
        ));
        assert_eq!(slice(parts.take(1, 7, Asked::parse("bytes=-3"))), 7..10);
    }

    #[test]
    fn uploads_belong_to_their_window() {
        let mut parts = Parts::<()>::default();
        assert!(parts.keep(1, 7, vec![1]));
        assert!(parts.keep(2, 7, vec![2]));
        assert_eq!(parts.claim(&[1, 2], 7), Some(vec![vec![1], vec![2]]));
        assert_eq!(parts.claim(&[1], 7), None);
        assert!(parts.keep(3, 7, vec![3]));
        assert_eq!(parts.claim(&[3], 8), None);
    }

    #[test]
    fn uploads_are_bounded_and_forgotten_with_the_document() {
        let mut parts = Parts::<()>::default();
        let count = u64::try_from(UP_COUNT).unwrap();
        assert!((0..count).all(|id| parts.keep(id, 7, Vec::new())));
        assert!(!parts.keep(count, 7, Vec::new()));
        assert!(parts.keep(count, 8, Vec::new()));
        parts.forget(7);
        assert!(parts.keep(count + 1, 7, Vec::new()));
    }

    #[test]
    fn headers_that_are_no_single_range_are_ignored() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=2-1",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=+1-2",
        ] {
            assert_eq!(Asked::parse(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn ranges_stay_inside(header in "bytes=[0-9]{0,25}-[0-9]{0,25}", size in 0_usize..1000) {
            if let Some(range) = Asked::parse(&header).and_then(|asked| asked.within(size)) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}
