//! Opening: what is read is checked before a byte of it is given out.

use std::ops::Range;
use std::sync::{Mutex, OnceLock};

use zstd::bulk::Decompressor;

use crate::cipher::{self, Key, NONCE};
use crate::entry::{Entry, Kind};
use crate::error::Error;
use crate::header::Header;
use crate::index::Index;
use crate::key::ContentKey;
use crate::plain::Plain;
use crate::{CHUNK, MOST_SEALED, content_hash};

pub(crate) const INDEX: &str = "pytron shield 1 index";
pub(crate) const CHUNKS: &str = "pytron shield 1 chunk";
const WORKER: &str = "pytron shield 1 worker";
pub(crate) const STORED: u8 = 0;
pub(crate) const PACKED: u8 = 1;

/// Where a payload's bytes come from; several threads may ask. This crate reads no files itself.
pub trait Source: Sync {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// Fills `into` with the bytes from `start` on.
    ///
    /// # Errors
    /// They cannot be read.
    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error>;
}

impl Source for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error> {
        let start = usize::try_from(start).ok();
        let found = start.and_then(|start| self.get(start..)?.get(..into.len()));
        into.copy_from_slice(found.ok_or(Error::Truncated)?);
        Ok(())
    }
}

fn bytes(source: &(impl Source + ?Sized), start: u64, length: u64) -> Result<Vec<u8>, Error> {
    // Not reserved by what a header says: it is believed only as far as the file goes.
    if length > source.size() {
        return Err(Error::Truncated);
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(|_| Error::Truncated)?];
    source.read(start, &mut bytes)?;
    Ok(bytes)
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
    let length = Header::length(&bytes(source, 0, 16)?)? as u64;
    if size < length {
        return Err(Error::Truncated);
    }
    let header = Header::open(&bytes(source, 0, length)?, size, publisher)?;
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
        let mut sealed = bytes(&source, header.index_offset, header.index_length)?;
        if content_hash(&sealed) != header.index_hash {
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
    /// `UnknownEntry`, `DamagedChunk`.
    pub fn read(&self, name: &str) -> Result<Plain, Error> {
        self.read_range(name, 0..u64::MAX)
    }

    /// A part of an entry; what is past its end is left out.
    ///
    /// # Errors
    /// `UnknownEntry`, `DamagedChunk`.
    pub fn read_range(&self, name: &str, range: Range<u64>) -> Result<Plain, Error> {
        let mut part = Plain::new(vec![0; self.length(name, &range)?]);
        self.read_into(name, range.start, &mut part)?;
        Ok(part)
    }

    /// How many bytes a part of an entry has; what is past its end is left out.
    ///
    /// # Errors
    /// `UnknownEntry`.
    pub fn length(&self, name: &str, range: &Range<u64>) -> Result<usize, Error> {
        let (_, entry) = self.sealed(name)?;
        let (start, end) = (range.start.min(entry.size), range.end.min(entry.size));
        usize::try_from(end.saturating_sub(start)).map_err(|_| Error::Refused("too large to hold"))
    }

    /// Fills `into` with the bytes of an entry from `start` on. All cores open a large part.
    ///
    /// # Errors
    /// `UnknownEntry`, `DamagedChunk`: then nothing in `into` is to be used. `Refused`: the entry has
    /// not so many bytes.
    pub fn read_into(&self, name: &str, start: u64, into: &mut [u8]) -> Result<(), Error> {
        if into.is_empty() {
            return self.sealed(name).map(|_| ());
        }
        let (number, entry) = self.sealed(name)?;
        if start.saturating_add(into.len() as u64) > entry.size {
            return Err(Error::Refused("more is asked for than there is"));
        }
        let helpers = cores().min(into.len() / LARGE);
        let pieces = Mutex::new(Pieces {
            at: start,
            rest: into,
        });
        let work = || {
            let mut opener = Opener::new(self, number, entry)?;
            loop {
                let piece = pieces.lock().map_or(None, |mut pieces| pieces.next());
                let Some((at, out)) = piece else {
                    return Ok(());
                };
                opener.fill(at, out)?;
            }
        };
        std::thread::scope(|scope| {
            // Where no thread can be had this one does it alone.
            let help = |_| std::thread::Builder::new().spawn_scoped(scope, work).ok();
            let helping: Vec<_> = (1..helpers).filter_map(help).collect();
            let own = work();
            let others = helping.into_iter().map(|thread| {
                let ended = thread.join();
                ended.unwrap_or(Err(Error::Refused("a thread failed")))
            });
            others.fold(own, Result::and)
        })
    }

    fn sealed(&self, name: &str) -> Result<(u32, &Entry), Error> {
        let (number, entry) = self.index.find(name)?;
        if entry.kind == Kind::Native {
            return Err(Error::UnknownEntry(name.to_owned())); // it stands on disk
        }
        Ok((number, entry))
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
}

/// From so many bytes for each on, a further thread gains more than it costs.
const LARGE: usize = 1 << 20;
/// How much of a part a thread takes at a time.
const PIECE: u64 = 4 * CHUNK as u64;

fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// What is left to open, cut where chunks are, so that none is opened twice.
struct Pieces<'a> {
    at: u64,
    rest: &'a mut [u8],
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (u64, &'a mut [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let length = usize::try_from(PIECE - self.at % PIECE).unwrap_or(usize::MAX);
        let rest = std::mem::take(&mut self.rest);
        let (piece, rest) = rest.split_at_mut(length.min(rest.len()));
        let at = self.at;
        self.at += piece.len() as u64;
        self.rest = rest;
        Some((at, piece))
    }
}

/// Opens chunks of one entry, one after the other, in the same room.
struct Opener<'a, S: Source> {
    payload: &'a Payload<S>,
    number: u32,
    entry: &'a Entry,
    /// Never made smaller, so that all that stood in it is wiped with it.
    room: Plain,
    unpack: Decompressor<'static>,
}

impl<'a, S: Source> Opener<'a, S> {
    fn new(payload: &'a Payload<S>, number: u32, entry: &'a Entry) -> Result<Self, Error> {
        let room = match &entry.chunks[..] {
            [] => 0,
            [only] => only.length as usize,
            _ => MOST_SEALED,
        };
        Ok(Self {
            payload,
            number,
            entry,
            room: Plain::new(vec![0; room]),
            unpack: Decompressor::new().map_err(|_| Error::Refused("no memory to unpack"))?,
        })
    }

    /// Fills `out` with the entry's bytes from `start` on, which it has.
    fn fill(&mut self, start: u64, out: &mut [u8]) -> Result<(), Error> {
        let (mut rest, mut at) = (out, start);
        while !rest.is_empty() {
            let (chunk, skipped) = (at / CHUNK as u64, at % CHUNK as u64);
            let chunk = usize::try_from(chunk).map_err(|_| Error::DamagedIndex)?;
            let skipped = usize::try_from(skipped).map_err(|_| Error::DamagedIndex)?;
            let size = self.entry.plain_length(chunk);
            let (out, later) = rest.split_at_mut(rest.len().min(size - skipped));
            if out.len() == size {
                self.open(chunk, out)?;
            } else {
                let mut whole = Plain::new(vec![0; size]);
                self.open(chunk, &mut whole)?;
                out.copy_from_slice(&whole[skipped..][..out.len()]);
            }
            at += out.len() as u64;
            rest = later;
        }
        Ok(())
    }

    /// Fills `out`, which is as long as the chunk is by the index.
    fn open(&mut self, at: usize, out: &mut [u8]) -> Result<(), Error> {
        let damaged = || Error::DamagedChunk(self.entry.name.clone());
        let chunk = self.entry.chunks.get(at).ok_or_else(damaged)?;
        let sealed = self.room.get_mut(..chunk.length as usize);
        let sealed = sealed.ok_or_else(damaged)?;
        self.payload.source.read(chunk.offset, sealed)?;
        if content_hash(sealed) != chunk.hash {
            return Err(damaged());
        }
        let bound = chunk_bound(&self.payload.id, self.number, at as u64, self.entry);
        let nonce = chunk_nonce(self.number, at as u64);
        let plain = cipher::decrypt(&self.payload.chunk_key, nonce, &bound, sealed);
        let (method, data) = plain
            .and_then(|plain| plain.split_first())
            .ok_or_else(damaged)?;
        let done = match *method {
            STORED if data.len() == out.len() => {
                out.copy_from_slice(data);
                out.len()
            }
            // The frame may want more: it gets room for what the index says and not a byte beyond.
            PACKED => self.unpack.decompress_to_buffer(data, out).unwrap_or(0),
            _ => 0,
        };
        if done == out.len() {
            Ok(())
        } else {
            Err(damaged())
        }
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
