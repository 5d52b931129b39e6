//! Every bad ending, by name (spec/shield.md, section 4).

/// Why a payload, or something in it, cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("this is no sealed payload")]
    NotAPayload,
    #[error("the payload has a format or key scheme that this program does not know")]
    UnknownFormat,
    #[error("the payload's header is damaged")]
    DamagedHeader,
    #[error("the payload was changed, or was not made by this program's publisher")]
    BadSignature,
    #[error("the payload is older than this program accepts")]
    RolledBack,
    #[error("the payload is cut short")]
    Truncated,
    #[error("something was added to the payload")]
    TrailingData,
    #[error("the payload's index is damaged")]
    DamagedIndex,
    #[error("the passphrase is wrong, or the key is for another payload")]
    WrongKey,
    #[error("{0} is damaged in the payload")]
    DamagedChunk(String),
    #[error("the file {0} was changed since the package was made")]
    ChangedNative(String),
    #[error("the payload has no {0}")]
    UnknownEntry(String),
    #[error("{0} is no name for an entry")]
    BadName(String),
    #[error("the licence {0}")]
    Licence(&'static str),
    #[error("the key server {0}")]
    Server(&'static str),
    #[error("the payload cannot be read: {0}")]
    Unreadable(String),
    #[error("{0}")]
    Refused(&'static str),
}

impl Error {
    /// The name that the spec, the vectors and other languages use.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotAPayload => "not_a_payload",
            Self::UnknownFormat => "unknown_format",
            Self::DamagedHeader => "damaged_header",
            Self::BadSignature => "bad_signature",
            Self::RolledBack => "rolled_back",
            Self::Truncated => "truncated",
            Self::TrailingData => "trailing_data",
            Self::DamagedIndex => "damaged_index",
            Self::WrongKey | Self::Licence(_) | Self::Server(_) => "wrong_key",
            Self::DamagedChunk(_) => "damaged_chunk",
            Self::ChangedNative(_) => "changed_native",
            Self::UnknownEntry(_) => "unknown_entry",
            Self::BadName(_) | Self::Refused(_) => "refused",
            Self::Unreadable(_) => "unreadable",
        }
    }
}
