//! The number on a taskbar's icon: Windows takes a small picture of it.

/// Pixels of a side: what the taskbar shows at twice the usual scale.
pub const SIDE: usize = 32;

const CORNER: f32 = 11.0;
const GROUND: [u8; 3] = [0xC4, 0x2B, 0x1C];
const WIDE: usize = 4;
const HIGH: usize = 7;
/// The digits and a plus: four pixels of each row.
const GLYPHS: [[u8; HIGH]; 11] = [
    [0b0110, 0b1001, 0b1001, 0b1001, 0b1001, 0b1001, 0b0110],
    [0b0010, 0b0110, 0b0010, 0b0010, 0b0010, 0b0010, 0b0111],
    [0b0110, 0b1001, 0b0001, 0b0010, 0b0100, 0b1000, 0b1111],
    [0b0110, 0b1001, 0b0001, 0b0110, 0b0001, 0b1001, 0b0110],
    [0b0001, 0b0011, 0b0101, 0b1001, 0b1111, 0b0001, 0b0001],
    [0b1111, 0b1000, 0b1110, 0b0001, 0b0001, 0b1001, 0b0110],
    [0b0110, 0b1000, 0b1000, 0b1110, 0b1001, 0b1001, 0b0110],
    [0b1111, 0b0001, 0b0001, 0b0010, 0b0010, 0b0100, 0b0100],
    [0b0110, 0b1001, 0b1001, 0b0110, 0b1001, 0b1001, 0b0110],
    [0b0110, 0b1001, 0b1001, 0b0111, 0b0001, 0b0001, 0b0110],
    [0b0000, 0b0000, 0b0100, 0b1110, 0b0100, 0b0000, 0b0000],
];

/// The picture: red, green, blue, alpha. More than 99 is `99+`, for there is no room.
pub fn picture(count: u64) -> Vec<u8> {
    let text = if count > 99 {
        "99+".to_owned()
    } else {
        count.to_string()
    };
    // Three signs are drawn smaller.
    let scale = if text.len() > 2 { 2 } else { 3 };
    let width = (text.len() * (WIDE + 1) - 1) * scale;
    let (left, top) = ((SIDE - width) / 2, (SIDE - HIGH * scale) / 2);
    let mut pixels = ground();
    for (place, sign) in text.bytes().enumerate() {
        let glyph = &GLYPHS[usize::from(sign.wrapping_sub(b'0')).min(10)];
        let start = left + place * (WIDE + 1) * scale;
        for (y, x) in (0..HIGH * scale).flat_map(|y| (0..WIDE * scale).map(move |x| (y, x))) {
            if glyph[y / scale] >> (WIDE - 1 - x / scale) & 1 == 1 {
                let at = ((top + y) * SIDE + start + x) * 4;
                pixels[at..at + 4].fill(0xFF);
            }
        }
    }
    pixels
}

/// A square with round corners.
fn ground() -> Vec<u8> {
    let mut pixels = Vec::with_capacity(SIDE * SIDE * 4);
    for y in 0..SIDE {
        for x in 0..SIDE {
            pixels.extend(GROUND);
            pixels.push(covered(x, y));
        }
    }
    pixels
}

/// How much of a pixel is inside, so that the corners are smooth.
fn covered(x: usize, y: usize) -> u8 {
    let middle = SIDE as f32 / 2.0;
    let beyond = |at: usize| ((at as f32 + 0.5 - middle).abs() - (middle - CORNER)).max(0.0);
    let outside = beyond(x).hypot(beyond(y)) - CORNER;
    ((0.5 - outside).clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn white(count: u64) -> Vec<(usize, usize)> {
        let pixels = picture(count);
        assert_eq!(pixels.len(), SIDE * SIDE * 4);
        let is_white = |at: &usize| pixels[at * 4..at * 4 + 4] == [0xFF; 4];
        (0..SIDE * SIDE)
            .filter(is_white)
            .map(|at| (at % SIDE, at / SIDE))
            .collect()
    }

    #[test]
    fn every_number_is_drawn_differently_and_in_the_middle() {
        let drawn: Vec<_> = (1..=100).map(white).collect();
        for (index, one) in drawn.iter().enumerate() {
            assert!(!one.is_empty());
            assert!(!drawn[..index].contains(one), "{}", index + 1);
            // Within the round square, so all of it is seen.
            assert!(one.iter().all(|&(x, y)| covered(x, y) == 255));
        }
        assert_eq!(white(100), white(u64::MAX));
    }

    #[test]
    fn corners_are_clear_and_the_middle_is_full() {
        assert_eq!(covered(0, 0), 0);
        assert_eq!(covered(16, 0), 255);
        assert_eq!(covered(16, 16), 255);
        assert!((1..255).contains(&covered(3, 3)));
    }
}
