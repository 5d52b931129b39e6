//! What is sealed opens; whatever is changed does not, and says why.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use shield_core::{
    CHUNK, ContentKey, Error, Kind, Passphrase, Payload, Plan, Scheme, content_hash, embedded,
    passphrase_key, passphrase_parameters, seal,
};

const SEED: [u8; 32] = [7; 32];
const ID: [u8; 16] = [9; 16];
const PROGRAM: [u8; 32] = [1; 32];
const PART: [u8; 32] = [2; 32];

struct Made {
    bytes: Vec<u8>,
    publisher: [u8; 32],
}

fn key() -> ContentKey {
    embedded(&PROGRAM, &PART, &ID).unwrap()
}

fn made(entries: Vec<(String, Kind, Vec<u8>)>, rollback: u64) -> Made {
    let plan = Plan {
        scheme: Scheme::Embedded,
        parameters: PART.to_vec(),
        id: ID,
        rollback,
        key: &key(),
        publisher: &SEED,
    };
    let sealed = seal(plan, entries).unwrap();
    Made {
        bytes: sealed.bytes,
        publisher: sealed.publisher,
    }
}

fn sample() -> Made {
    let large: Vec<u8> = (0..CHUNK * 2 + 5).map(|at| (at % 251) as u8).collect();
    made(
        vec![
            (
                "web/index.html".into(),
                Kind::Asset,
                b"<h1>secret</h1>".to_vec(),
            ),
            ("web/large.bin".into(), Kind::Asset, large),
            ("app".into(), Kind::Module, vec![0; 100]),
            ("lib.so".into(), Kind::Native, b"\x7fELF".to_vec()),
            ("empty".into(), Kind::Asset, Vec::new()),
        ],
        5,
    )
}

fn opened(bytes: &[u8], publisher: &[u8; 32], least: u64) -> Result<Payload<Bytes>, Error> {
    let source = Bytes(bytes.to_vec());
    let header = Payload::header(&source, publisher, least)?;
    let key = embedded(&PROGRAM, &header.parameters, &header.id)?;
    Payload::open(source, &header, &key)
}

struct Bytes(Vec<u8>);

impl shield_core::Source for Bytes {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error> {
        self.0[..].read(start, into)
    }
}

/// Everything that a payload gives out, or the first thing that is wrong.
fn everything(bytes: &[u8], publisher: &[u8; 32]) -> Result<Vec<Vec<u8>>, Error> {
    let payload = opened(bytes, publisher, 5)?;
    let readable = payload
        .index()
        .entries()
        .iter()
        .filter(|entry| entry.kind != Kind::Native);
    readable
        .map(|entry| payload.read(&entry.name).map(|plain| plain.to_vec()))
        .collect()
}

#[test]
fn what_was_sealed_opens() {
    let made = sample();
    let payload = opened(&made.bytes, &made.publisher, 5).unwrap();
    let names: Vec<_> = payload
        .index()
        .entries()
        .iter()
        .map(|entry| &entry.name[..])
        .collect();
    assert_eq!(
        names,
        ["app", "empty", "lib.so", "web/index.html", "web/large.bin"]
    );
    assert_eq!(
        &payload.read("web/index.html").unwrap()[..],
        b"<h1>secret</h1>"
    );
    assert_eq!(payload.read("empty").unwrap().len(), 0);
    assert_eq!(payload.read("no").unwrap_err().name(), "unknown_entry");
    assert!(
        payload
            .check_native("lib.so", 4, &content_hash(b"\x7fELF"))
            .is_ok()
    );
    assert_eq!(
        payload
            .check_native("lib.so", 4, &content_hash(b"\x7fELf"))
            .unwrap_err()
            .name(),
        "changed_native"
    );
    assert_eq!(
        payload
            .check_native("app", 100, &content_hash(&[0; 100]))
            .unwrap_err()
            .name(),
        "changed_native"
    );
}

#[test]
fn a_range_is_that_part_of_the_whole() {
    let made = sample();
    let payload = opened(&made.bytes, &made.publisher, 5).unwrap();
    let whole = payload.read("web/large.bin").unwrap();
    let size = whole.len();
    for (start, end) in [
        (0, 1),
        (CHUNK - 1, CHUNK + 1),
        (CHUNK, 2 * CHUNK),
        (5, size),
        (size, size + 9),
    ] {
        let part = payload
            .read_range("web/large.bin", start as u64..end as u64)
            .unwrap();
        assert_eq!(&part[..], &whole[start.min(size)..end.min(size)]);
    }
    assert!(
        payload
            .read_range("web/large.bin", 9..9)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_large_entry_is_opened_by_all_cores_and_yet_whole() {
    let size = 9 * (1 << 20) + 77;
    let content: Vec<u8> = (0..size)
        .map(|at| (at % 253) as u8 ^ (at >> 18) as u8)
        .collect();
    let entries = vec![("video".into(), Kind::Asset, content.clone())];
    let made = made(entries, 5);
    let payload = opened(&made.bytes, &made.publisher, 5).unwrap();
    assert_eq!(&payload.read("video").unwrap()[..], content);
    for (start, length) in [
        (0, size),
        (1, size - 1),
        (CHUNK * 3 + 5, 5 << 20),
        (size - 9, 9),
    ] {
        let mut into = vec![0; length];
        payload.read_into("video", start as u64, &mut into).unwrap();
        assert_eq!(into, content[start..start + length]);
    }
    let more = payload.read_into("video", size as u64 - 1, &mut [0; 2]);
    assert_eq!(more.unwrap_err().name(), "refused");
    // One bit in the middle is enough, whichever thread meets it.
    let chunk = payload.index().entries()[0].chunks[20].offset;
    let mut damaged = made.bytes.clone();
    damaged[usize::try_from(chunk).unwrap()] ^= 1;
    let payload = opened(&damaged, &made.publisher, 5).unwrap();
    assert_eq!(payload.read("video").unwrap_err().name(), "damaged_chunk");
}

#[test]
fn nothing_stands_in_clear() {
    let made = sample();
    for secret in [&b"secret"[..], b"index.html", b"lib.so"] {
        assert!(
            !made
                .bytes
                .windows(secret.len())
                .any(|window| window == secret)
        );
    }
}

#[test]
fn every_bad_ending_has_its_name() {
    let made = sample();
    let name = |bytes: &[u8]| everything(bytes, &made.publisher).unwrap_err().name();
    let changed = |at: usize| {
        let mut bytes = made.bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    let size = made.bytes.len();
    assert_eq!(name(&made.bytes[..10]), "not_a_payload");
    assert_eq!(name(&changed(0)), "not_a_payload");
    assert_eq!(name(&changed(8)), "unknown_format");
    assert_eq!(name(&changed(11)), "unknown_format");
    assert_eq!(name(&changed(32)), "bad_signature");
    assert_eq!(name(&changed(90)), "bad_signature");
    assert_eq!(name(&changed(200)), "damaged_chunk");
    assert_eq!(name(&changed(size - 1)), "damaged_index");
    assert_eq!(name(&made.bytes[..size - 1]), "truncated");
    assert_eq!(name(&[&made.bytes[..], b"x"].concat()), "trailing_data");
    assert_eq!(
        opened(&made.bytes, &made.publisher, 6)
            .err()
            .unwrap()
            .name(),
        "rolled_back"
    );
    assert_eq!(
        opened(&made.bytes, &[3; 32], 5).err().unwrap().name(),
        "bad_signature"
    );
    let source = Bytes(made.bytes.clone());
    let header = Payload::header(&source, &made.publisher, 5).unwrap();
    let other = embedded(&[8; 32], &header.parameters, &header.id).unwrap();
    assert_eq!(
        Payload::open(source, &header, &other).err().unwrap().name(),
        "wrong_key"
    );
}

#[test]
fn chunks_do_not_change_places() {
    let block = |fill: u8| vec![fill; CHUNK];
    let entries = |first, second| {
        vec![
            ("a".into(), Kind::Asset, block(first)),
            ("b".into(), Kind::Asset, block(second)),
        ]
    };
    let (one, two) = (made(entries(1, 2), 5), made(entries(2, 1), 5));
    assert_eq!(one.bytes.len(), two.bytes.len());
    // The body of one under the head and index of the other, both by the same publisher.
    let payload = opened(&one.bytes, &one.publisher, 5).unwrap();
    let start = usize::try_from(payload.index().entries()[0].chunks[0].offset).unwrap();
    let end = start
        + payload
            .index()
            .entries()
            .iter()
            .map(|e| e.chunks[0].length as usize)
            .sum::<usize>();
    let mut mixed = one.bytes.clone();
    mixed[start..end].copy_from_slice(&two.bytes[start..end]);
    assert_eq!(
        everything(&mixed, &one.publisher).unwrap_err().name(),
        "damaged_chunk"
    );
}

#[test]
fn names_that_lead_out_or_come_twice_are_refused() {
    let try_names = |names: &[&str]| {
        let plan = Plan {
            scheme: Scheme::Embedded,
            parameters: PART.to_vec(),
            id: ID,
            rollback: 0,
            key: &key(),
            publisher: &SEED,
        };
        seal(
            plan,
            names
                .iter()
                .map(|name| ((*name).to_owned(), Kind::Asset, vec![1])),
        )
        .err()
    };
    for bad in [
        "", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "C:a", "a\0b",
    ] {
        assert_eq!(try_names(&[bad]).unwrap().name(), "refused", "{bad:?}");
    }
    assert_eq!(try_names(&["a", "a"]).unwrap().name(), "refused");
    assert!(try_names(&["a", "a.b", "größe/試"]).is_none());
}

#[test]
fn a_passphrase_opens_and_another_does_not() {
    let content = ContentKey::new([4; 32]);
    let cost = Passphrase {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
    let parameters = passphrase_parameters(b"open", cost, [1; 16], [2; 12], &content, &ID).unwrap();
    assert_eq!(
        passphrase_key(b"open", &parameters, &ID).unwrap().bytes(),
        &[4; 32]
    );
    let name = |passphrase: &[u8], parameters: &[u8], id| {
        passphrase_key(passphrase, parameters, id)
            .err()
            .unwrap()
            .name()
    };
    assert_eq!(name(b"Open", &parameters, &ID), "wrong_key");
    assert_eq!(name(b"open", &parameters, &[0; 16]), "wrong_key");
    assert_eq!(name(b"open", &parameters[1..], &ID), "damaged_header");
    let mut dear = parameters.clone();
    dear[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(name(b"open", &dear, &ID), "damaged_header");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64)
    ))]

    #[test]
    fn whatever_byte_is_changed_nothing_wrong_comes_out(at in 0usize..10_000, bit in 0u8..8) {
        let made = made(vec![
            ("a".into(), Kind::Asset, b"one".repeat(50)),
            ("b/c".into(), Kind::Package, (0..3000u32).map(|n| (n * n) as u8).collect()),
        ], 5);
        let right = everything(&made.bytes, &made.publisher).unwrap();
        let mut bytes = made.bytes.clone();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        prop_assert!(everything(&bytes, &made.publisher).is_err());
        prop_assert_eq!(everything(&made.bytes, &made.publisher).unwrap(), right);
    }

    #[test]
    fn bytes_of_any_kind_end_in_an_error(mut bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if bytes.len() > 12 {
            bytes[..12].copy_from_slice(b"PYTRSEAL\x01\0\x01\0");
        }
        prop_assert!(everything(&bytes, &[3; 32]).is_err());
    }

    /// A publisher's own tools may be wrong too: what is signed is believed, and never harms.
    #[test]
    fn a_header_with_any_fields_ends_in_an_error(
        fields in prop::collection::vec(any::<u64>(), 3),
        few in 0_u64..4_096,
        wide in any::<bool>(),
    ) {
        let made = sample();
        let mut bytes = made.bytes.clone();
        for (field, at) in fields.iter().zip([32, 40, 48]) {
            let value = if wide { *field } else { field % (few + 1) };
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        }
        let length = 88 + PART.len();
        let message = [&b"pytron shield 1 header\0"[..], &bytes[..length]].concat();
        let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap();
        bytes[length..length + 64].copy_from_slice(pair.sign(&message).as_ref());
        prop_assert!(everything(&bytes, &made.publisher).is_err());
    }
}
