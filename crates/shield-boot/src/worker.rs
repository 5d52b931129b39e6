//! Child processes of the app (`multiprocessing`): a parent hands them what to run, and the key, over
//! a pipe that only the two of them have.
//!
//! The frame: `PYTRWORK`, the parent's process id (u32), the body's length (u32), the content key
//! (32), the tag (32) over process id, length and body, then the body.

use std::io::Read;

use shield_core::ContentKey;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::platform;
use crate::vault::Vault;

/// The argument that such a child is started with; its pipe's number follows.
pub const ARGUMENT: &str = "--pytron-worker";
const MAGIC: &[u8; 8] = b"PYTRWORK";
const HEAD: usize = 8 + 4 + 4 + 32 + 32;
const MOST_BODY: u32 = 1024 * 1024;

/// What a parent has sent, not yet believed.
pub struct Order {
    pub key: ContentKey,
    message: Vec<u8>,
    tag: [u8; 32],
}

fn strange() -> Failure {
    Failure::refused("child processes of this app are started by the app alone")
}

impl Order {
    /// Reads it from where the argument says.
    pub fn read(argument: Option<&str>) -> Result<Self, Failure> {
        let pipe = argument.and_then(platform::order).ok_or_else(strange)?;
        Self::parse(pipe, platform::parent())
    }

    fn parse(mut pipe: impl Read, from: u32) -> Result<Self, Failure> {
        let mut head = Zeroizing::new([0; HEAD]);
        pipe.read_exact(&mut head[..]).map_err(|_| strange())?;
        let (length, parent) = (word(&head[12..16]), word(&head[8..12]));
        if &head[..8] != MAGIC || length > MOST_BODY || parent != from {
            return Err(strange());
        }
        let mut message = head[8..16].to_vec();
        let mut body = vec![0; length as usize];
        pipe.read_exact(&mut body).map_err(|_| strange())?;
        message.extend_from_slice(&body);
        let mut key = [0; 32];
        key.copy_from_slice(&head[16..48]);
        let mut tag = [0; 32];
        tag.copy_from_slice(&head[48..80]);
        Ok(Self {
            key: ContentKey::new(key),
            message,
            tag,
        })
    }

    /// What to run, if the parent is this app with this payload open.
    pub fn body(message: &[u8], tag: &[u8; 32], vault: &Vault) -> Result<Vec<u8>, Failure> {
        if vault.payload.check_worker(message, tag) {
            Ok(message[8..].to_vec())
        } else {
            Err(strange())
        }
    }

    /// The key, and what is checked when the payload is open.
    pub fn split(self) -> (ContentKey, Vec<u8>, [u8; 32]) {
        (self.key, self.message, self.tag)
    }
}

fn word(bytes: &[u8]) -> u32 {
    bytes.try_into().map_or(0, u32::from_le_bytes)
}

/// What a child that this process starts must find in its pipe.
pub fn frame(vault: &Vault, body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    framed(
        body,
        std::process::id(),
        &vault.key_for_child(),
        |message| vault.payload.worker_tag(message),
    )
}

fn framed(
    body: &[u8],
    from: u32,
    key: &[u8; 32],
    tag: impl FnOnce(&[u8]) -> [u8; 32],
) -> Option<Zeroizing<Vec<u8>>> {
    let length = u32::try_from(body.len()).ok()?;
    if length > MOST_BODY {
        return None;
    }
    let mut message = from.to_le_bytes().to_vec();
    message.extend_from_slice(&length.to_le_bytes());
    message.extend_from_slice(body);
    let mut frame = Zeroizing::new(Vec::with_capacity(HEAD + body.len()));
    frame.extend_from_slice(MAGIC);
    frame.extend_from_slice(&message[..8]);
    frame.extend_from_slice(&key[..]);
    frame.extend_from_slice(&tag(&message));
    frame.extend_from_slice(body);
    Some(frame)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    const FROM: u32 = 77;

    fn sample(body: &[u8]) -> Vec<u8> {
        framed(body, FROM, &[5; 32], shield_core::sha256)
            .unwrap()
            .to_vec()
    }

    #[test]
    fn what_a_parent_hands_over_is_what_its_child_reads() {
        for body in [&b""[..], b"order", &[9; 70_000]] {
            let (key, message, tag) = Order::parse(&sample(body)[..], FROM).ok().unwrap().split();
            assert_eq!(key.bytes(), &[5; 32]);
            assert_eq!(&message[8..], body);
            assert_eq!(tag, shield_core::sha256(&message));
        }
    }

    #[test]
    fn a_frame_that_is_cut_or_from_another_is_refused() {
        let frame = sample(b"order");
        for length in 0..frame.len() {
            assert!(Order::parse(&frame[..length], FROM).is_err(), "{length}");
        }
        assert!(Order::parse(&frame[..], FROM + 1).is_err());
        let mut longer = frame.clone();
        longer[12..16].copy_from_slice(&(MOST_BODY + 1).to_le_bytes());
        assert!(Order::parse(&longer[..], FROM).is_err());
        assert!(
            framed(&vec![0; MOST_BODY as usize + 1], FROM, &[5; 32], |_| [0;
                32])
            .is_none()
        );
    }
}
