//! Sealing: the build side.

use crate::cipher::{self, NONCE};
use crate::entry::{Chunk, Entry, Kind, check_name};
use crate::error::Error;
use crate::header::{FIXED, Header, SIGNATURE, Scheme};
use crate::index::Index;
use crate::key::ContentKey;
use crate::payload::{CHUNKS, INDEX, PACKED, STORED, chunk_bound, chunk_nonce};
use crate::{CHUNK, content_hash};

/// zstd's level: 0.29 of the size at a speed that seals 100 MB in a few seconds.
const LEVEL: i32 = 9;
const FAILED: Error = Error::Refused("the cipher failed");

/// What a payload is to be, apart from its content.
pub struct Plan<'a> {
    pub scheme: Scheme,
    pub parameters: Vec<u8>,
    /// Fresh random bytes.
    pub id: [u8; 16],
    pub rollback: u64,
    pub key: &'a ContentKey,
    /// The seed of the publisher's Ed25519 key (RFC 8032).
    pub publisher: &'a [u8; 32],
}

/// A finished payload.
pub struct Sealed {
    pub bytes: Vec<u8>,
    /// The publisher's verifying key, for the program.
    pub publisher: [u8; 32],
}

/// Seals entries, in whatever order, into one payload.
///
/// # Errors
/// `BadName`, or a name that comes twice; content that no payload can hold.
pub fn seal(
    plan: Plan<'_>,
    entries: impl IntoIterator<Item = (String, Kind, Vec<u8>)>,
) -> Result<Sealed, Error> {
    let mut content: Vec<_> = entries.into_iter().collect();
    content.sort_by(|(left, ..), (right, ..)| left.cmp(right));
    if let Some(pair) = content.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Error::BadName(pair[0].0.clone()));
    }
    let (id, content_key) = (plan.id, &plan.key.0);
    let key = |info| cipher::derive(&id, &content_key[..], info).ok_or(FAILED);
    let start = FIXED + plan.parameters.len() + SIGNATURE;
    let mut out = vec![0; start];
    let chunk_key = key(CHUNKS)?;
    let mut sealed = Vec::with_capacity(content.len());
    for (number, (name, kind, plain)) in content.into_iter().enumerate() {
        check_name(&name)?;
        let number = u32::try_from(number).map_err(|_| Error::Refused("too many entries"))?;
        let (size, hash) = (plain.len() as u64, content_hash(&plain));
        let mut entry = Entry {
            name,
            kind,
            size,
            hash,
            chunks: Vec::new(),
        };
        if kind != Kind::Native {
            for (at, part) in plain.chunks(CHUNK).enumerate() {
                let mut data = packed(part);
                let bound = chunk_bound(&plan.id, number, at as u64, &entry);
                if !cipher::encrypt(
                    &chunk_key,
                    chunk_nonce(number, at as u64),
                    &bound,
                    &mut data,
                ) {
                    return Err(FAILED);
                }
                entry.chunks.push(Chunk {
                    offset: out.len() as u64,
                    length: u32::try_from(data.len()).map_err(|_| FAILED)?,
                    hash: content_hash(&data),
                });
                out.extend_from_slice(&data);
            }
        }
        sealed.push(entry);
    }
    finish(plan, &key(INDEX)?, sealed, out)
}

fn finish(
    plan: Plan<'_>,
    index_key: &cipher::Key,
    entries: Vec<Entry>,
    mut out: Vec<u8>,
) -> Result<Sealed, Error> {
    let mut index = Index::of(entries)
        .write()
        .ok_or(Error::Refused("too many entries"))?;
    let mut header = Header {
        scheme: plan.scheme,
        id: plan.id,
        rollback: plan.rollback,
        index_offset: out.len() as u64,
        index_length: (index.len() + cipher::TAG) as u64,
        index_hash: [0; 32],
        parameters: plan.parameters,
    };
    let bound = header.bound().ok_or(FAILED)?;
    if !cipher::encrypt(index_key, [0; NONCE], &bound, &mut index) {
        return Err(FAILED);
    }
    header.index_hash = content_hash(&index);
    out.extend_from_slice(&index);
    let signed = header.signed(plan.publisher).ok_or(FAILED)?;
    out[..signed.len()].copy_from_slice(&signed);
    let publisher = cipher::verifying_key(plan.publisher).ok_or(FAILED)?;
    Ok(Sealed {
        bytes: out,
        publisher,
    })
}

fn packed(part: &[u8]) -> Vec<u8> {
    let smaller = zstd::bulk::compress(part, LEVEL)
        .ok()
        .filter(|made| made.len() < part.len());
    let (method, data) = smaller
        .as_deref()
        .map_or((STORED, part), |made| (PACKED, made));
    let mut out = Vec::with_capacity(1 + data.len() + cipher::TAG);
    out.push(method);
    out.extend_from_slice(data);
    out
}
