//! The primitives, from ring: AES-256-GCM (NIST SP 800-38D), HKDF (RFC 5869), SHA-256 (FIPS 180-4),
//! Ed25519 (RFC 8032); and BLAKE3 from its authors, for content.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf;
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use zeroize::Zeroizing;

pub(crate) const KEY: usize = 32;
pub(crate) const NONCE: usize = 12;
pub(crate) const TAG: usize = 16;

/// A key that is wiped when it goes.
pub(crate) type Key = Zeroizing<[u8; KEY]>;

/// The SHA-256 of some bytes.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, data).as_ref());
    hash
}

/// The hash by which content is known (spec/shield.md, section 2): BLAKE3.
#[must_use]
pub fn content_hash(data: &[u8]) -> [u8; 32] {
    blake3::hash(data).into()
}

/// The same of what comes piece by piece.
#[derive(Default)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash of all pieces.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// What a licence is bound to: a hash of the kind and the machine's or user's own words.
#[must_use]
pub fn fingerprint(kind: &str, words: &[u8]) -> [u8; 32] {
    sha256(
        &[
            b"pytron shield 1 fingerprint ",
            kind.as_bytes(),
            b"\0",
            words,
        ]
        .concat(),
    )
}

pub(crate) fn derive(salt: &[u8], secret: &[u8], info: &str) -> Option<Key> {
    let mut key = Key::default();
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let info = [info.as_bytes()];
    prk.expand(&info, hkdf::HKDF_SHA256)
        .ok()?
        .fill(&mut key[..])
        .ok()?;
    Some(key)
}

fn cipher(key: &Key) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, &key[..])
        .ok()
        .map(LessSafeKey::new)
}

/// Seals in place and adds the tag.
pub(crate) fn encrypt(key: &Key, nonce: [u8; NONCE], bound: &[u8], data: &mut Vec<u8>) -> bool {
    cipher(key).is_some_and(|cipher| {
        let nonce = Nonce::assume_unique_for_key(nonce);
        cipher
            .seal_in_place_append_tag(nonce, Aad::from(bound), data)
            .is_ok()
    })
}

/// Opens in place; the plain bytes, or nothing when the tag does not fit.
pub(crate) fn decrypt<'a>(
    key: &Key,
    nonce: [u8; NONCE],
    bound: &[u8],
    data: &'a mut [u8],
) -> Option<&'a mut [u8]> {
    let nonce = Nonce::assume_unique_for_key(nonce);
    cipher(key)?
        .open_in_place(nonce, Aad::from(bound), data)
        .ok()
}

/// HMAC-SHA-256 (RFC 2104).
pub(crate) fn tag(key: &Key, message: &[u8]) -> [u8; 32] {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key[..]);
    let mut tag = [0; 32];
    tag.copy_from_slice(ring::hmac::sign(&key, message).as_ref());
    tag
}

/// Whether a tag fits, in a time that does not tell where it differs.
pub(crate) fn check_tag(key: &Key, message: &[u8], tag: &[u8]) -> bool {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key[..]);
    ring::hmac::verify(&key, message, tag).is_ok()
}

/// The public half of a signing key.
#[must_use]
pub fn verifying_key(seed: &[u8; 32]) -> Option<[u8; 32]> {
    use ring::signature::KeyPair;
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    pair.public_key().as_ref().try_into().ok()
}

pub(crate) fn sign(seed: &[u8; 32], message: &[u8]) -> Option<[u8; 64]> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    pair.sign(message).as_ref().try_into().ok()
}

pub(crate) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key)
        .verify(message, signature)
        .is_ok()
}
