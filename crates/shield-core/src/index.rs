//! The index: every entry by its name, in the order of names.

use crate::entry::Entry;
use crate::error::Error;
use crate::reader::Reader;

const MOST_ENTRIES: u32 = 1_000_000;

/// A payload's entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    entries: Vec<Entry>,
}

impl Index {
    /// Takes plain bytes apart.
    ///
    /// # Errors
    /// `DamagedIndex`: it breaks a rule. `body` is where chunks may stand.
    pub fn parse(plain: &[u8], body: std::ops::Range<u64>) -> Result<Self, Error> {
        Self::checked(plain, body).ok_or(Error::DamagedIndex)
    }

    fn checked(plain: &[u8], body: std::ops::Range<u64>) -> Option<Self> {
        let mut reader = Reader(plain);
        let count = reader.u32().filter(|count| *count <= MOST_ENTRIES)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut next = body.start;
        for _ in 0..count {
            let entry = Entry::parse(&mut reader)?;
            if entries.last().is_some_and(|last| last.name >= entry.name) {
                return None;
            }
            for chunk in &entry.chunks {
                if chunk.offset != next {
                    return None;
                }
                next = next.checked_add(u64::from(chunk.length))?;
            }
            entries.push(entry);
        }
        (reader.0.is_empty() && next == body.end).then_some(Self { entries })
    }

    pub(crate) fn of(entries: Vec<Entry>) -> Self {
        Self { entries }
    }

    pub(crate) fn write(&self) -> Option<Vec<u8>> {
        let count = u32::try_from(self.entries.len())
            .ok()
            .filter(|count| *count <= MOST_ENTRIES)?;
        let mut out = count.to_le_bytes().to_vec();
        for entry in &self.entries {
            entry.write(&mut out)?;
        }
        Some(out)
    }

    /// The entries in the order of their names.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// An entry and its number.
    ///
    /// # Errors
    /// `UnknownEntry`.
    pub fn find(&self, name: &str) -> Result<(u32, &Entry), Error> {
        let found = self
            .entries
            .binary_search_by(|entry| entry.name.as_str().cmp(name));
        let at = found.map_err(|_| Error::UnknownEntry(name.to_owned()))?;
        let number = u32::try_from(at).map_err(|_| Error::DamagedIndex)?;
        Ok((number, &self.entries[at]))
    }
}
