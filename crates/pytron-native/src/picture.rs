//! What a picture of a page tells.

#![cfg_attr(
    windows,
    allow(dead_code, reason = "WebView2 gives pictures only as files")
)]

use std::collections::HashSet;

/// As many colours as anybody wants to tell a painted page from a blank one.
const COLOURS: usize = 256;

/// How many colours there are among pixels of `step` bytes, whose first three are the colour.
pub fn colours(data: &[u8], step: usize) -> usize {
    let mut found = HashSet::new();
    for pixel in data.chunks_exact(step.max(3)) {
        if found.len() == COLOURS {
            break;
        }
        found.insert([pixel[0], pixel[1], pixel[2]]);
    }
    found.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_counted_up_to_the_limit() {
        assert_eq!(colours(&[], 4), 0);
        assert_eq!(colours(&[1, 2, 3, 0, 1, 2, 3, 255, 9, 2, 3, 0], 4), 2);
        let many: Vec<u8> = (0..3000_u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(colours(&many, 4), COLOURS);
    }
}
