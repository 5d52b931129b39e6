//! How deeply JSON is nested, looked at 64 bytes at a time.

/// Whether brackets outside of strings are nested deeper than this. What is no JSON gets some
/// answer, and is refused by who parses it.
pub fn is_deeper(text: &[u8], most: usize) -> bool {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let (blocks, rest) = text.as_chunks::<64>();
    let mut last = [b' '; 64];
    last[..rest.len()].copy_from_slice(rest);
    let mut walk = Walk::default();
    blocks
        .iter()
        .chain([&last])
        .any(|block| walk.exceeds(block, most))
}

/// Where a walk through a text is.
#[derive(Default)]
struct Walk {
    depth: i64,
    /// All ones inside of a string.
    string: u64,
    /// 1 when the next byte comes after a backslash that counts.
    escaped: u64,
}

impl Walk {
    fn exceeds(&mut self, block: &[u8; 64], most: i64) -> bool {
        let quotes = marks(block, b'"', 0) & !self.escapes(block);
        let strings = through(quotes) ^ self.string;
        self.string = (strings.cast_signed() >> 63).cast_unsigned();
        // One bit tells square brackets from curly ones.
        let opening = marks(block, b'{', 0x20) & !strings;
        let closing = marks(block, b'}', 0x20) & !strings;
        if self.depth + i64::from(opening.count_ones()) > most {
            return self.exceeds_exactly(opening, closing, most);
        }
        self.depth += i64::from(opening.count_ones()) - i64::from(closing.count_ones());
        false
    }

    fn exceeds_exactly(&mut self, opening: u64, closing: u64, most: i64) -> bool {
        let mut deepest = self.depth;
        for place in 0..64 {
            self.depth += i64::from(opening >> place & 1 == 1);
            self.depth -= i64::from(closing >> place & 1 == 1);
            deepest = deepest.max(self.depth);
        }
        deepest > most
    }

    /// Bytes that come after a backslash that counts; few texts have any.
    fn escapes(&mut self, block: &[u8; 64]) -> u64 {
        let backslashes = marks(block, b'\\', 0);
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        let mut escapes = 0;
        for place in 0..64 {
            escapes |= self.escaped << place;
            self.escaped = backslashes >> place & 1 & !self.escaped;
        }
        escapes
    }
}

/// A bit for each byte that is this one once the `either` bits are set, the first in the lowest.
/// Source: "Determine if a word has a zero byte", Bit Twiddling Hacks, in its exact form.
fn marks(block: &[u8; 64], byte: u8, either: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    /// Moves the lowest bits of eight bytes side by side into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (wanted, either) = (
        u64::from_ne_bytes([byte; 8]),
        u64::from_ne_bytes([either; 8]),
    );
    let (words, _) = block.as_chunks::<8>();
    words.iter().rev().fold(0, |marks, word| {
        let left = (u64::from_le_bytes(*word) | either) ^ wanted;
        let zeros = !((left & LOW).wrapping_add(LOW) | left | LOW) >> 7;
        marks << 8 | zeros.wrapping_mul(GATHER) >> 56
    })
}

/// Each bit is whether an odd number of bits is set up to it.
const fn through(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ bits << 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Byte for byte.
    fn deepest(text: &[u8]) -> usize {
        let (mut depth, mut most, mut string, mut escaped) = (0_i64, 0, false, false);
        for &byte in text {
            match byte {
                b'"' if !escaped => string = !string,
                b'[' | b'{' if !string => depth += 1,
                b']' | b'}' if !string => depth -= 1,
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
            most = most.max(depth);
        }
        usize::try_from(most).unwrap()
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        for depth in [1, 63, 64, 65, 128, 200] {
            let text = [b"[".repeat(depth), b"]".repeat(depth)].concat();
            assert!(!is_deeper(&text, depth));
            assert!(is_deeper(&text, depth - 1));
        }
    }

    #[test]
    fn brackets_in_strings_do_not_count() {
        let text = format!(r#"["{}", {{"\\": "\"[["}}]"#, "[".repeat(500));
        assert!(!is_deeper(text.as_bytes(), 2));
        assert!(is_deeper(text.as_bytes(), 1));
    }

    proptest! {
        #[test]
        fn it_is_what_counting_says(
            text in r#"[\[\]{}"\\a ]{0,300}"#,
            most in 0_usize..6,
        ) {
            prop_assert_eq!(is_deeper(text.as_bytes(), most), deepest(text.as_bytes()) > most);
        }
    }
}
