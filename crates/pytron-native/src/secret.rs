//! Numbers that nobody can guess.

use crate::envelope::hexadecimal;
use crate::error::Error;

/// A view's secret.
pub fn view() -> Result<String, Error> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(hexadecimal(&bytes))
}

/// A part's id: an integer that JavaScript holds exactly.
pub fn part() -> Result<u64, Error> {
    let mut bytes = [0; 8];
    fill(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes) >> 11)
}

fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|error| Error::System(std::io::Error::other(error.to_string())))
}
