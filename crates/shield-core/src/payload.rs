//! Opening: what is read is checked before a byte of it is given out.

use std::borrow::Cow;
use std::ops::Range;

use crate::cipher::{self, Key, NONCE};
use crate::entry::{Chunk, Entry, Kind};
use crate::error::Error;
use crate::header::Header;
use crate::index::Index;
use crate::key::ContentKey;
use crate::plain::Plain;
use crate::{CHUNK, sha256};

pub(crate) const INDEX: &str = "pytron shield 1 index";
pub(crate) const CHUNKS: &str = "pytron shield 1 chunk";
const WORKER: &str = "pytron shield 1 worker";
pub(crate) const STORED: u8 = 0;
pub(crate) const PACKED: u8 = 1;

/// Where a payload's bytes come from. This crate reads no files itself.
pub trait Source {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// These bytes, whole.
    ///
    /// # Errors
    /// They cannot be read.
    fn read(&self, range: Range<u64>) -> Result<Cow<'_, [u8]>, Error>;
}

impl Source for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Cow<'_, [u8]>, Error> {
        let range = usize::try_from(range.start)
            .ok()
            .zip(usize::try_from(range.end).ok());
        let found = range.and_then(|(start, end)| self.get(start..end));
        found.map(Cow::Borrowed).ok_or(Error::Truncated)
    }
}

/// The header of a payload, read and checked.
///
/// # Errors
/// It is no payload of this publisher, or older than `least`.
pub fn header(
    source: &(impl Source + ?Sized),
    publisher: &[u8; 32],
    least: u64,
) -> Result<Header, Error> {
    let size = source.size();
    if size < 16 {
        return Err(Error::NotAPayload);
    }
    let length = Header::length(&source.read(0..16)?)? as u64;
    if size < length {
        return Err(Error::Truncated);
    }
    let header = Header::open(&source.read(0..length)?, size, publisher)?;
    if header.rollback < least {
        Err(Error::RolledBack)
    } else {
        Ok(header)
    }
}

/// An open payload.
pub struct Payload<S: Source> {
    source: S,
    id: [u8; 16],
    chunk_key: Key,
    worker_key: Key,
    index: Index,
}

impl<S: Source> Payload<S> {
    /// Reads the header; see [`header`].
    ///
    /// # Errors
    /// As there.
    pub fn header(source: &S, publisher: &[u8; 32], least: u64) -> Result<Header, Error> {
        header(source, publisher, least)
    }

    /// Opens the index with a key.
    ///
    /// # Errors
    /// `DamagedIndex`, or `WrongKey` when it is whole and yet does not open.
    pub fn open(source: S, header: &Header, key: &ContentKey) -> Result<Self, Error> {
        let end = header.index_offset + header.index_length;
        let mut sealed = source.read(header.index_offset..end)?.into_owned();
        if sha256(&sealed) != header.index_hash {
            return Err(Error::DamagedIndex);
        }
        let bound = header.bound().ok_or(Error::DamagedHeader)?;
        let derived = |info| cipher::derive(&header.id, &key.0[..], info).ok_or(Error::WrongKey);
        let index_key = derived(INDEX)?;
        let plain = cipher::decrypt(&index_key, [0; NONCE], &bound, &mut sealed);
        let body = header.first_chunk()..header.index_offset;
        let index = Index::parse(plain.ok_or(Error::WrongKey)?, body)?;
        Ok(Self {
            source,
            id: header.id,
            chunk_key: derived(CHUNKS)?,
            worker_key: derived(WORKER)?,
            index,
        })
    }

    /// What is in it.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The whole of an entry.
    ///
    /// # Errors
    /// `UnknownEntry`, `DamagedChunk`, `DamagedContent`.
    pub fn read(&self, name: &str) -> Result<Plain, Error> {
        let (number, entry) = self.index.find(name)?;
        let size = usize::try_from(entry.size).map_err(|_| Error::Refused("too large to hold"))?;
        let mut whole = Plain::new(Vec::with_capacity(size));
        for at in 0..entry.chunks.len() {
            whole.extend_from_slice(&self.chunk(number, entry, at)?);
        }
        if entry.kind == Kind::Native || sha256(&whole) != entry.hash {
            return Err(Error::DamagedContent(name.to_owned()));
        }
        Ok(whole)
    }

    /// A part of an entry; what is past its end is left out.
    ///
    /// # Errors
    /// `UnknownEntry`, `DamagedChunk`.
    pub fn read_range(&self, name: &str, range: Range<u64>) -> Result<Plain, Error> {
        let (number, entry) = self.index.find(name)?;
        let range = range.start.min(entry.size)..range.end.min(entry.size);
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
        let mut part = Plain::new(Vec::with_capacity(length));
        if range.is_empty() {
            return Ok(part);
        }
        let size = CHUNK as u64;
        for at in range.start / size..range.end.div_ceil(size) {
            let at = usize::try_from(at).map_err(|_| Error::DamagedIndex)?;
            let plain = self.chunk(number, entry, at)?;
            let begin = at as u64 * size;
            let from = range.start.saturating_sub(begin).min(plain.len() as u64);
            let to = (range.end - begin).min(plain.len() as u64);
            let (from, to) = (usize::try_from(from), usize::try_from(to));
            let span = from
                .ok()
                .zip(to.ok())
                .and_then(|(from, to)| plain.get(from..to));
            part.extend_from_slice(span.ok_or(Error::DamagedIndex)?);
        }
        Ok(part)
    }

    /// Whether a file on disk is the one that was sealed.
    ///
    /// # Errors
    /// `ChangedNative`, `UnknownEntry`.
    pub fn check_native(&self, name: &str, size: u64, hash: &[u8; 32]) -> Result<(), Error> {
        let (_, entry) = self.index.find(name)?;
        let same = entry.kind == Kind::Native && entry.size == size && entry.hash == *hash;
        if same {
            Ok(())
        } else {
            Err(Error::ChangedNative(name.to_owned()))
        }
    }

    /// What shows a child process that its parent has this payload open (section 6).
    #[must_use]
    pub fn worker_tag(&self, message: &[u8]) -> [u8; 32] {
        cipher::tag(&self.worker_key, message)
    }

    /// Whether a parent that has this payload open has sent a message.
    #[must_use]
    pub fn check_worker(&self, message: &[u8], tag: &[u8]) -> bool {
        cipher::check_tag(&self.worker_key, message, tag)
    }

    fn chunk(&self, number: u32, entry: &Entry, at: usize) -> Result<Plain, Error> {
        let damaged = || Error::DamagedChunk(entry.name.clone());
        let chunk = entry.chunks.get(at).ok_or_else(damaged)?;
        let end = chunk.offset + u64::from(chunk.length);
        let sealed = self.source.read(chunk.offset..end)?.into_owned();
        self.open_chunk(number, entry, at, chunk, sealed)
            .ok_or_else(damaged)
    }

    fn open_chunk(
        &self,
        number: u32,
        entry: &Entry,
        at: usize,
        chunk: &Chunk,
        sealed: Vec<u8>,
    ) -> Option<Plain> {
        if sha256(&sealed) != chunk.hash {
            return None;
        }
        let mut sealed = Plain::new(sealed);
        let bound = chunk_bound(&self.id, number, at as u64, entry);
        let plain = cipher::decrypt(
            &self.chunk_key,
            chunk_nonce(number, at as u64),
            &bound,
            &mut sealed,
        )?;
        let (method, data) = plain.split_first()?;
        let wanted = entry.plain_length(at);
        let unpacked = match *method {
            STORED => data.to_vec(),
            // The frame may want more: it gets room for what the index says and not a byte beyond.
            PACKED => zstd::bulk::decompress(data, wanted).ok()?,
            _ => return None,
        };
        (unpacked.len() == wanted).then(|| Plain::new(unpacked))
    }
}

pub(crate) fn chunk_nonce(entry: u32, chunk: u64) -> [u8; NONCE] {
    let mut nonce = [0; NONCE];
    nonce[..4].copy_from_slice(&entry.to_le_bytes());
    nonce[4..].copy_from_slice(&chunk.to_le_bytes());
    nonce
}

pub(crate) fn chunk_bound(id: &[u8; 16], number: u32, chunk: u64, entry: &Entry) -> Vec<u8> {
    let last = (chunk + 1) * CHUNK as u64 >= entry.size;
    let mut bound = id.to_vec();
    bound.extend_from_slice(&number.to_le_bytes());
    bound.extend_from_slice(&chunk.to_le_bytes());
    bound.push(u8::from(last));
    bound.push(entry.kind.number());
    bound.extend_from_slice(entry.name.as_bytes());
    bound
}
