//! What the bootstrap puts around a frame on its way up: who sends it, and what it has read so far.
//!
//! `SECRET TAG GOT ; ID , ID … ; TEXT` without the spaces: 32 hexadecimal digits, one letter, the
//! number of frames the page has read, the parts that were uploaded before it, and the frame.

/// Length of a view's secret, in hexadecimal digits.
pub const SECRET_LEN: usize = 32;

/// What a page wants with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// The client has opened the port: what was in flight belongs to another document.
    Open,
    /// A frame for the kit.
    Frame,
    /// Nothing but what was read, and on WebKitGTK one more handle to answer through.
    Poll,
    /// The page asks to be closed.
    Close,
}

/// A message from the page, checked.
#[derive(Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    pub tag: Tag,
    pub got: u64,
    pub parts: Vec<u64>,
    /// Where the frame begins in the message.
    pub start: usize,
    pub text: &'a [u8],
}

/// Why a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It does not begin with the view's secret: it is not from our bootstrap.
    Secret,
    /// It has the secret and is malformed.
    Shape,
}

impl Refusal {
    /// Said in the `refused` event.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Secret => "a message without the window's secret",
            Self::Shape => "a malformed message",
        }
    }
}

/// Takes a message apart.
pub fn parse<'a>(message: &'a [u8], secret: &str) -> Result<Envelope<'a>, Refusal> {
    let (head, rest) = message
        .split_at_checked(SECRET_LEN)
        .ok_or(Refusal::Secret)?;
    if !same(head, secret.as_bytes()) {
        return Err(Refusal::Secret);
    }
    let (tag, rest) = rest.split_first().ok_or(Refusal::Shape)?;
    let tag = match tag {
        b'o' => Tag::Open,
        b'f' => Tag::Frame,
        b'p' => Tag::Poll,
        b'c' => Tag::Close,
        _ => return Err(Refusal::Shape),
    };
    let (got, rest) = field(rest)?;
    let got = number(got)?;
    let (ids, text) = field(rest)?;
    let parts = if ids.is_empty() {
        Vec::new()
    } else {
        ids.split(|byte| *byte == b',')
            .map(number)
            .collect::<Result<_, _>>()?
    };
    let start = message.len() - text.len();
    Ok(Envelope {
        tag,
        got,
        parts,
        start,
        text,
    })
}

/// A secret's digits from random bytes.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Compares without ending early, so that time tells nothing about the secret.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0, |different, (a, b)| different | (a ^ b))
            == 0
}

fn field(bytes: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    let end = bytes
        .iter()
        .position(|byte| *byte == b';')
        .ok_or(Refusal::Shape)?;
    Ok((&bytes[..end], &bytes[end + 1..]))
}

fn number(digits: &[u8]) -> Result<u64, Refusal> {
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::Shape);
    }
    Ok(digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "00112233445566778899aabbccddeeff";

    fn message(rest: &str) -> Vec<u8> {
        format!("{SECRET}{rest}").into_bytes()
    }

    #[test]
    fn frame_with_parts_is_taken_apart() {
        let message = message("f12;7,8;[1]");
        let envelope = parse(&message, SECRET).unwrap();
        assert_eq!(envelope.tag, Tag::Frame);
        assert_eq!(envelope.got, 12);
        assert_eq!(envelope.parts, [7, 8]);
        assert_eq!(envelope.text, b"[1]");
        assert_eq!(&message[envelope.start..], b"[1]");
    }

    #[test]
    fn text_may_hold_the_separators() {
        let message = message("f0;;[\";,\"]");
        assert_eq!(parse(&message, SECRET).unwrap().text, b"[\";,\"]");
    }

    #[test]
    fn another_secret_is_refused() {
        let other = "f0112233445566778899aabbccddeeff";
        assert_eq!(parse(&message("f0;;[]"), other), Err(Refusal::Secret));
        assert_eq!(parse(b"short", SECRET), Err(Refusal::Secret));
    }

    #[test]
    fn malformed_rest_is_refused() {
        for rest in [
            "",
            "x0;;",
            "f;;",
            "f1",
            "f1;2",
            "f1;,;",
            "f-1;;",
            "f1;a;",
            "f12345678901234567;;",
        ] {
            assert_eq!(parse(&message(rest), SECRET), Err(Refusal::Shape), "{rest}");
        }
    }

    #[test]
    fn secret_has_two_digits_a_byte() {
        assert_eq!(hexadecimal(&[0, 255, 16]), "00ff10");
    }

    proptest! {
        #[test]
        fn no_message_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, SECRET);
            let mut message = SECRET.as_bytes().to_vec();
            message.extend(&bytes);
            if let Ok(envelope) = parse(&message, SECRET) {
                prop_assert_eq!(&message[envelope.start..], envelope.text);
            }
        }

        #[test]
        fn what_the_bootstrap_writes_is_read_back(
            got in 0_u64..1 << 53,
            parts in proptest::collection::vec(0_u64..1 << 53, 0..5),
            text in ".*",
        ) {
            let ids: Vec<String> = parts.iter().map(u64::to_string).collect();
            let message = format!("{SECRET}f{got};{};{text}", ids.join(","));
            let envelope = parse(message.as_bytes(), SECRET).unwrap();
            prop_assert_eq!(envelope.got, got);
            prop_assert_eq!(&envelope.parts, &parts);
            prop_assert_eq!(envelope.text, text.as_bytes());
        }
    }
}
