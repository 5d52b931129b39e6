//! One entry of the index: a file or module, and where its chunks are.

use crate::error::Error;
use crate::reader::Reader;
use crate::{CHUNK, MOST_SEALED};

const MOST_NAME: usize = 1_024;
const MOST_SIZE: u64 = 1 << 40;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Asset,
    Module,
    Package,
    /// A file that stands on disk; only its hash is in the payload.
    Native,
}

impl Kind {
    /// The number that stands in the index.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Asset => 0,
            Self::Module => 1,
            Self::Package => 2,
            Self::Native => 3,
        }
    }

    /// The kind of a number.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Asset,
            1 => Self::Module,
            2 => Self::Package,
            3 => Self::Native,
            _ => return None,
        })
    }
}

/// Where a sealed chunk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    pub offset: u64,
    pub length: u32,
    pub hash: [u8; 32],
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub kind: Kind,
    pub size: u64,
    pub hash: [u8; 32],
    pub chunks: Vec<Chunk>,
}

impl Entry {
    /// How many plain bytes chunk `number` has.
    pub(crate) fn plain_length(&self, number: usize) -> usize {
        let before = number as u64 * CHUNK as u64;
        usize::try_from((self.size - before).min(CHUNK as u64)).unwrap_or(CHUNK)
    }

    pub(crate) fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        let length = usize::from(reader.u16()?);
        let name = std::str::from_utf8(reader.bytes(length)?).ok()?.to_owned();
        check_name(&name).ok()?;
        let kind = Kind::of(reader.u8()?)?;
        let size = reader.u64().filter(|size| *size <= MOST_SIZE)?;
        let hash = reader.array()?;
        let count = reader.u32()?;
        if u64::from(count) != chunk_count(kind, size) {
            return None;
        }
        // Not reserved by what the index says: it is believed only as far as it goes.
        let mut chunks = Vec::new();
        for _ in 0..count {
            let (offset, length, hash) = (reader.u64()?, reader.u32()?, reader.array()?);
            if length as usize > MOST_SEALED {
                return None;
            }
            chunks.push(Chunk {
                offset,
                length,
                hash,
            });
        }
        Some(Self {
            name,
            kind,
            size,
            hash,
            chunks,
        })
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Option<()> {
        out.extend_from_slice(&u16::try_from(self.name.len()).ok()?.to_le_bytes());
        out.extend_from_slice(self.name.as_bytes());
        out.push(self.kind.number());
        out.extend_from_slice(&self.size.to_le_bytes());
        out.extend_from_slice(&self.hash);
        out.extend_from_slice(&u32::try_from(self.chunks.len()).ok()?.to_le_bytes());
        for chunk in &self.chunks {
            out.extend_from_slice(&chunk.offset.to_le_bytes());
            out.extend_from_slice(&chunk.length.to_le_bytes());
            out.extend_from_slice(&chunk.hash);
        }
        Some(())
    }
}

pub(crate) fn chunk_count(kind: Kind, size: u64) -> u64 {
    if kind == Kind::Native {
        0
    } else {
        size.div_ceil(CHUNK as u64)
    }
}

/// Whether a name may stand in an index.
///
/// # Errors
/// It breaks a rule of spec/shield.md, section 2.
pub fn check_name(name: &str) -> Result<(), Error> {
    let bad = name.is_empty()
        || name.len() > MOST_NAME
        || name.contains(['\0', '\\', ':'])
        || name.split('/').any(|part| matches!(part, "" | "." | ".."));
    if bad {
        Err(Error::BadName(name.to_owned()))
    } else {
        Ok(())
    }
}
