//! Why the program does not start: one sentence for the user, and an exit code.

/// What went wrong, and what the program ends with.
#[derive(Debug)]
pub struct Failure {
    pub code: i32,
    pub text: String,
}

/// The package, or its surroundings, are not what they must be.
pub const REFUSED: i32 = 3;
/// The passphrase or the licence is missing or does not fit.
pub const NO_KEY: i32 = 4;

impl Failure {
    /// The package, or what is around it, was tampered with.
    pub fn refused(text: impl Into<String>) -> Self {
        Self {
            code: REFUSED,
            text: text.into(),
        }
    }

    /// There is no key that opens it.
    pub fn no_key(text: impl Into<String>) -> Self {
        Self {
            code: NO_KEY,
            text: text.into(),
        }
    }
}

impl From<shield_core::Error> for Failure {
    fn from(error: shield_core::Error) -> Self {
        use shield_core::Error;
        match error {
            Error::WrongKey => Self::no_key("the key does not open this package"),
            Error::Licence(_) | Error::Server(_) => Self::no_key(error.to_string()),
            _ => Self::refused(error.to_string()),
        }
    }
}
