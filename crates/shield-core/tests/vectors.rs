//! The vectors of spec/shield.md: the same bytes are sealed, and the same things refused.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use serde::Deserialize;
use shield_core::{
    ContentKey, Error, Header, Kind, Payload, Plan, Scheme, Source, content_hash, embedded,
    passphrase_key, seal,
};

#[derive(Deserialize)]
struct Vectors {
    sealed: Vec<Sealed>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Sealed {
    name: String,
    scheme: u16,
    parameters: String,
    id: String,
    rollback: u64,
    key: String,
    seed: String,
    publisher: String,
    secret: Secret,
    entries: Vec<(String, u8, String)>,
    payload: String,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    error: String,
    publisher: String,
    least: u64,
    secret: Secret,
    payload: String,
}

#[derive(Deserialize)]
struct Secret {
    program: Option<String>,
    passphrase: Option<String>,
}

fn vectors() -> Vectors {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../spec/shield/payloads.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn array<const N: usize>(text: &str) -> [u8; N] {
    bytes(text).try_into().unwrap()
}

struct Held(Vec<u8>);

impl Source for Held {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error> {
        self.0[..].read(start, into)
    }
}

fn key(secret: &Secret, header: &Header) -> Result<ContentKey, Error> {
    if let Some(program) = &secret.program {
        return embedded(&array(program), &header.parameters, &header.id);
    }
    let passphrase = secret.passphrase.as_deref().unwrap();
    passphrase_key(passphrase.as_bytes(), &header.parameters, &header.id)
}

fn opened(
    payload: &str,
    publisher: &str,
    least: u64,
    secret: &Secret,
) -> Result<Payload<Held>, Error> {
    let source = Held(bytes(payload));
    let header = Payload::header(&source, &array(publisher), least)?;
    let key = key(secret, &header)?;
    let payload = Payload::open(source, &header, &key)?;
    for entry in payload.index().entries() {
        if entry.kind != Kind::Native {
            payload.read(&entry.name)?;
        }
    }
    Ok(payload)
}

#[test]
fn what_others_sealed_opens() {
    for vector in vectors().sealed {
        let payload = opened(&vector.payload, &vector.publisher, 0, &vector.secret).unwrap();
        let names: Vec<_> = payload
            .index()
            .entries()
            .iter()
            .map(|e| e.name.clone())
            .collect();
        let wanted: Vec<_> = vector
            .entries
            .iter()
            .map(|(name, ..)| name.clone())
            .collect();
        assert_eq!(names, wanted, "{}", vector.name);
        for (name, kind, content) in &vector.entries {
            let (_, entry) = payload.index().find(name).unwrap();
            assert_eq!(
                (entry.kind.number(), entry.hash),
                (*kind, content_hash(&bytes(content)))
            );
            if entry.kind != Kind::Native {
                assert_eq!(payload.read(name).unwrap()[..], bytes(content)[..]);
            }
        }
    }
}

#[test]
fn the_same_bytes_are_sealed() {
    for vector in vectors().sealed {
        let scheme = [Scheme::Embedded, Scheme::Passphrase, Scheme::Licence];
        let key = ContentKey::new(array(&vector.key));
        let plan = Plan {
            scheme: scheme[usize::from(vector.scheme) - 1],
            parameters: bytes(&vector.parameters),
            id: array(&vector.id),
            rollback: vector.rollback,
            key: &key,
            publisher: &array(&vector.seed),
        };
        let entries = vector
            .entries
            .iter()
            .map(|(name, kind, content)| (name.clone(), Kind::of(*kind).unwrap(), bytes(content)));
        let sealed = seal(plan, entries).unwrap();
        assert_eq!(sealed.bytes, bytes(&vector.payload), "{}", vector.name);
        assert_eq!(sealed.publisher, array::<32>(&vector.publisher));
    }
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    for vector in vectors().refused {
        let opened = opened(
            &vector.payload,
            &vector.publisher,
            vector.least,
            &vector.secret,
        );
        let error = opened.err().map(|error| error.name());
        assert_eq!(error, Some(&vector.error[..]), "{}", vector.name);
    }
}
