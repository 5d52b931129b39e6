//! The header: what a reader must know before it has a key, signed (spec/shield.md, section 2).

use crate::cipher;
use crate::error::Error;
use crate::reader::Reader;

pub(crate) const MAGIC: &[u8; 8] = b"PYTRSEAL";
pub(crate) const FORMAT: u16 = 1;
/// Bytes before the scheme's parameters.
pub(crate) const FIXED: usize = 88;
/// Of these, what the index is bound to: all but its own hash.
pub(crate) const BOUND: usize = 56;
pub(crate) const SIGNATURE: usize = 64;
pub(crate) const MOST_PARAMETERS: usize = 4_096;
pub(crate) const MOST_INDEX: u64 = 64 * 1024 * 1024;
const CONTEXT: &[u8] = b"pytron shield 1 header\0";

/// Where the content key comes from (spec/shield.md, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Embedded,
    Passphrase,
    Licence,
    Server,
}

impl Scheme {
    fn number(self) -> u16 {
        match self {
            Self::Embedded => 1,
            Self::Passphrase => 2,
            Self::Licence => 3,
            Self::Server => 4,
        }
    }

    fn of(number: u16) -> Result<Self, Error> {
        match number {
            1 => Ok(Self::Embedded),
            2 => Ok(Self::Passphrase),
            3 => Ok(Self::Licence),
            4 => Ok(Self::Server),
            _ => Err(Error::UnknownFormat),
        }
    }
}

/// A payload's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub scheme: Scheme,
    pub id: [u8; 16],
    pub rollback: u64,
    pub index_offset: u64,
    pub index_length: u64,
    pub index_hash: [u8; 32],
    pub parameters: Vec<u8>,
}

impl Header {
    /// How many bytes from the start of a file the whole header takes, told by its first 16.
    pub fn length(start: &[u8]) -> Result<usize, Error> {
        let mut reader = Reader(start);
        if reader.bytes(8) != Some(MAGIC) {
            return Err(Error::NotAPayload);
        }
        let format = reader.u16().ok_or(Error::NotAPayload)?;
        let scheme = reader.u16().ok_or(Error::NotAPayload)?;
        if format != FORMAT {
            return Err(Error::UnknownFormat);
        }
        Scheme::of(scheme)?;
        let parameters = reader.u32().ok_or(Error::NotAPayload)? as usize;
        if parameters > MOST_PARAMETERS {
            return Err(Error::DamagedHeader);
        }
        Ok(FIXED + parameters + SIGNATURE)
    }

    /// The header of a file that is `size` long, if the publisher has signed it.
    ///
    /// # Errors
    /// What is wrong with it; the signature is looked at before anything in it is believed.
    pub fn open(bytes: &[u8], size: u64, publisher: &[u8; 32]) -> Result<Self, Error> {
        let length = Self::length(bytes)?;
        let bytes = bytes.get(..length).ok_or(Error::Truncated)?;
        let (signed, signature) = bytes.split_at(length - SIGNATURE);
        if !cipher::verify(publisher, &[CONTEXT, signed].concat(), signature) {
            return Err(Error::BadSignature);
        }
        let header = Self::parse(signed).ok_or(Error::DamagedHeader)?;
        let end = header.index_offset.checked_add(header.index_length);
        let end = end.ok_or(Error::DamagedHeader)?;
        if header.index_offset < length as u64 || header.index_length > MOST_INDEX {
            return Err(Error::DamagedHeader);
        }
        match size.cmp(&end) {
            std::cmp::Ordering::Less => Err(Error::Truncated),
            std::cmp::Ordering::Greater => Err(Error::TrailingData),
            std::cmp::Ordering::Equal => Ok(header),
        }
    }

    fn parse(signed: &[u8]) -> Option<Self> {
        let mut reader = Reader(signed);
        reader.bytes(10)?;
        let scheme = Scheme::of(reader.u16()?).ok()?;
        let parameters = reader.u32()? as usize;
        let id = reader.array()?;
        let (rollback, index_offset, index_length) = (reader.u64()?, reader.u64()?, reader.u64()?);
        let index_hash = reader.array()?;
        let parameters = reader.bytes(parameters)?.to_vec();
        Some(Self {
            scheme,
            id,
            rollback,
            index_offset,
            index_length,
            index_hash,
            parameters,
        })
    }

    fn fixed(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(FIXED + self.parameters.len() + SIGNATURE);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&self.scheme.number().to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(self.parameters.len()).ok()?.to_le_bytes());
        bytes.extend_from_slice(&self.id);
        for number in [self.rollback, self.index_offset, self.index_length] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.index_hash);
        Some(bytes)
    }

    /// Where the first chunk stands.
    pub(crate) fn first_chunk(&self) -> u64 {
        (FIXED + self.parameters.len() + SIGNATURE) as u64
    }

    /// What the index is bound to.
    pub(crate) fn bound(&self) -> Option<Vec<u8>> {
        let mut bytes = self.fixed()?;
        bytes.truncate(BOUND);
        bytes.extend_from_slice(&self.parameters);
        Some(bytes)
    }

    /// The header's bytes, signed.
    pub(crate) fn signed(&self, publisher: &[u8; 32]) -> Option<Vec<u8>> {
        let mut bytes = self.fixed()?;
        bytes.extend_from_slice(&self.parameters);
        let signature = cipher::sign(publisher, &[CONTEXT, &bytes[..]].concat())?;
        bytes.extend_from_slice(&signature);
        Some(bytes)
    }
}
