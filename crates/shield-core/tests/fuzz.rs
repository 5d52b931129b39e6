//! Payloads that were changed at many places, also by who has the publisher's key and the content's:
//! nothing harms, and what comes out is what the index says.
//!
//! The corpus is every payload of spec/shield/payloads.json. What a run finds, proptest writes beside
//! the crate into `proptest-regressions/`, which is kept, and tries first from then on.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::LazyLock;

use proptest::prelude::*;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::signature::Ed25519KeyPair;
use shield_core::{Kind, Payload, content_hash, embedded, verifying_key};

const PARAMETERS: usize = 88;

/// The payloads that the vectors are made of, with the seed and the program's part of their keys.
struct Corpus {
    payloads: Vec<Vec<u8>>,
    seed: [u8; 32],
    program: [u8; 32],
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../spec/shield/payloads.json"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    let of = |list: &str| vectors[list].as_array().unwrap().clone();
    let first = of("sealed").swap_remove(0);
    let key = |value: &serde_json::Value| bytes(value).try_into().unwrap();
    Corpus {
        payloads: [of("sealed"), of("refused")]
            .concat()
            .iter()
            .map(|vector| bytes(&vector["payload"]))
            .collect(),
        seed: key(&first["seed"]),
        program: key(&first["secret"]["program"]),
    }
});

fn bytes(text: &serde_json::Value) -> Vec<u8> {
    let pairs = text.as_str().unwrap().as_bytes().chunks_exact(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// What is done to bytes at a place, given as a share of their length.
#[derive(Debug, Clone)]
enum Change {
    Flip(u16, u8),
    Set(u16, u8),
    Cut(u16, u8),
    Insert(u16, Vec<u8>),
    /// Copies a part to another place.
    Copy(u16, u16, u8),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = any::<u16>;
    let few = || prop_oneof![Just(0_u8), Just(1), Just(255), any::<u8>()];
    let change = prop_oneof![
        (at(), 0_u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (at(), few()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (at(), any::<u8>()).prop_map(|(at, length)| Change::Cut(at, length)),
        (at(), prop::collection::vec(few(), 1..50)).prop_map(|(at, new)| Change::Insert(at, new)),
        (at(), at(), any::<u8>()).prop_map(|(from, to, length)| Change::Copy(from, to, length)),
    ];
    prop::collection::vec(change, 0..8)
}

fn changed(mut data: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let place = |at: u16| usize::from(at) * data.len() / 65_536;
        let part = |at: u16, length: u8| {
            let start = place(at);
            start..data.len().min(start + usize::from(length))
        };
        match change {
            Change::Flip(..) | Change::Set(..) if data.is_empty() => {}
            Change::Flip(at, bit) => {
                let at = place(*at);
                data[at] ^= 1 << bit;
            }
            Change::Set(at, byte) => {
                let at = place(*at);
                data[at] = *byte;
            }
            Change::Cut(at, length) => {
                let part = part(*at, *length);
                data.drain(part);
            }
            Change::Insert(at, new) => {
                let at = place(*at);
                data.splice(at..at, new.iter().copied());
            }
            Change::Copy(from, to, length) => {
                let copied = data[part(*from, *length)].to_vec();
                let to = place(*to);
                data.splice(to..to, copied);
            }
        }
    }
    data
}

fn field(payload: &[u8], at: usize) -> usize {
    usize::try_from(u64::from_le_bytes(payload[at..at + 8].try_into().unwrap())).unwrap()
}

/// The header signed anew, where the payload is long enough to have one.
fn signed(mut payload: Vec<u8>) -> Vec<u8> {
    let length = payload.get(12..16).map_or(usize::MAX, |length| {
        u32::from_le_bytes(length.try_into().unwrap()) as usize
    });
    let end = PARAMETERS.saturating_add(length);
    if payload.len() >= end.saturating_add(64) {
        let message = [&b"pytron shield 1 header\0"[..], &payload[..end]].concat();
        let pair = Ed25519KeyPair::from_seed_unchecked(&CORPUS.seed).unwrap();
        payload[end..end + 64].copy_from_slice(pair.sign(&message).as_ref());
    }
    payload
}

/// What the first payload of the corpus is opened by, apart from its content.
fn index_key(payload: &[u8]) -> (LessSafeKey, Vec<u8>) {
    let part = &payload[PARAMETERS..PARAMETERS + 32];
    let id: [u8; 16] = payload[16..32].try_into().unwrap();
    let content = embedded(&CORPUS.program, part, &id).unwrap();
    let prk = Salt::new(HKDF_SHA256, &id).extract(&content.bytes()[..]);
    let mut key = [0; 32];
    let info = [&b"pytron shield 1 index"[..]];
    prk.expand(&info, HKDF_SHA256)
        .unwrap()
        .fill(&mut key)
        .unwrap();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    (key, part.to_vec())
}

fn plain_index(payload: &[u8]) -> Vec<u8> {
    let (key, part) = index_key(payload);
    let mut sealed = payload[field(payload, 40)..].to_vec();
    let bound = Aad::from([&payload[..56], &part].concat());
    let nonce = Nonce::assume_unique_for_key([0; 12]);
    key.open_in_place(nonce, bound, &mut sealed)
        .unwrap()
        .to_vec()
}

/// The payload with another index, sealed and signed as it must be.
fn with_index(payload: &[u8], mut index: Vec<u8>) -> Vec<u8> {
    let (key, part) = index_key(payload);
    let mut made = payload[..field(payload, 40)].to_vec();
    made[48..56].copy_from_slice(&(index.len() as u64 + 16).to_le_bytes());
    let bound = Aad::from([&made[..56], &part].concat());
    let nonce = Nonce::assume_unique_for_key([0; 12]);
    key.seal_in_place_append_tag(nonce, bound, &mut index)
        .unwrap();
    made[56..88].copy_from_slice(&content_hash(&index));
    made.extend_from_slice(&index);
    signed(made)
}

/// Opens everything; whether all of it opened. Whatever does has the size that the index says.
fn opens(payload: &[u8]) -> bool {
    let source = Bytes(payload.to_vec());
    let publisher = verifying_key(&CORPUS.seed).unwrap();
    let Ok(header) = Payload::header(&source, &publisher, 5) else {
        return false;
    };
    let Ok(key) = embedded(&CORPUS.program, &header.parameters, &header.id) else {
        return false;
    };
    let Ok(opened) = Payload::open(source, &header, &key) else {
        return false;
    };
    let sealed = opened.index().entries().iter();
    let sealed = sealed.filter(|entry| entry.kind != Kind::Native);
    let mut all = true;
    for entry in sealed {
        // What a wrong index calls large has no chunks for it, and is refused before it is held.
        match opened.read(&entry.name) {
            Ok(plain) => assert_eq!(plain.len() as u64, entry.size),
            Err(error) => {
                assert_eq!(error.name(), "damaged_chunk");
                all = false;
            }
        }
    }
    all
}

struct Bytes(Vec<u8>);

impl shield_core::Source for Bytes {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), shield_core::Error> {
        self.0[..].read(start, into)
    }
}

#[test]
fn what_is_not_changed_opens() {
    let first = &CORPUS.payloads[0];
    assert!(opens(first));
    assert!(opens(&signed(first.clone())));
    assert!(opens(&with_index(first, plain_index(first))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(256)
    ))]

    #[test]
    fn a_payload_that_was_changed_anywhere_ends_in_an_error(
        which in any::<prop::sample::Index>(), changes in changes(), sign in any::<bool>(),
    ) {
        let made = changed(which.get(&CORPUS.payloads).clone(), &changes);
        let known = CORPUS.payloads.contains(&made);
        let made = if sign { signed(made) } else { made };
        let opened = opens(&made);
        // Signed, another header may be a good one; unsigned, no other payload is.
        prop_assert!(known || sign || !opened);
    }

    #[test]
    fn an_index_of_any_kind_harms_nobody(changes in changes()) {
        let first = &CORPUS.payloads[0];
        opens(&with_index(first, changed(plain_index(first), &changes)));
    }
}
