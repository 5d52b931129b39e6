//! The key that is in the package, in two parts: it hides nothing from whoever takes both.

use shield_core::{ContentKey, Header, embedded};

use super::KeySource;
use crate::failure::Failure;
use crate::seat::Seat;

/// One part is the program's, the other the payload's.
pub struct Embedded;

impl KeySource for Embedded {
    fn content_key(&self, header: &Header, seat: &Seat) -> Result<ContentKey, Failure> {
        Ok(embedded(&seat.program, &header.parameters, &header.id)?)
    }
}
