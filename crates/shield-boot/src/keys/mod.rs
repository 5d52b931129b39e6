//! Where the key of a payload comes from. A scheme is one file here: an OS keyring is another of them.

pub mod embedded;
pub mod licence;
pub mod passphrase;
pub mod server;

use shield_core::{ContentKey, Header, Scheme};

use crate::failure::Failure;
use crate::seat::Seat;

/// Gives the content key, from the payload's parameters and something outside of the package.
pub trait KeySource {
    /// The content key, or what the user can do.
    ///
    /// # Errors
    /// A sentence for the end user, with exit code 4.
    fn content_key(&self, header: &Header, seat: &Seat) -> Result<ContentKey, Failure>;
}

/// The source that a payload names.
pub fn source_of(scheme: Scheme) -> &'static dyn KeySource {
    match scheme {
        Scheme::Embedded => &embedded::Embedded,
        Scheme::Passphrase => &passphrase::Passphrase,
        Scheme::Licence => &licence::LicenceFile,
        Scheme::Server => &server::Server,
    }
}
