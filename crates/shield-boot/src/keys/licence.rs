//! The licence file: where it lies, and what it is bound to.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use shield_core::{Binding, ContentKey, Header, Licence, fingerprint, product_key};

use super::KeySource;
use crate::failure::Failure;
use crate::platform;
use crate::seat::Seat;

/// Names a licence file that lies elsewhere.
pub const VARIABLE: &str = "PYTRON_LICENCE";
const NAME: &str = "licence.json";

/// Looks for the user's licence.
pub struct LicenceFile;

impl KeySource for LicenceFile {
    fn content_key(&self, header: &Header, seat: &Seat) -> Result<ContentKey, Failure> {
        let (product, key) = product(seat)?;
        product_key(&product, &key, &header.parameters, &header.id).map_err(Failure::from)
    }
}

/// The product that the user's licence is for, and its key.
fn product(seat: &Seat) -> Result<([u8; 16], ContentKey), Failure> {
    let places = places(seat);
    let found = places.iter().find_map(|place| std::fs::read(place).ok());
    let text = found.ok_or_else(|| {
        let place = places.first().map(|place| place.display().to_string());
        Failure::no_key(format!(
            "there is no licence: put licence.json at {}; this machine is {}, this user {}",
            place.unwrap_or_default(),
            spelled(Binding::Machine),
            spelled(Binding::User),
        ))
    })?;
    let licence = Licence::read(&text, &seat.licence)?;
    let today = today();
    if let Some(day) = licence
        .expires
        .as_deref()
        .filter(|day| *day < today.as_str())
    {
        return Err(Failure::no_key(format!("the licence has expired on {day}")));
    }
    let print = print_of(licence.binding)
        .ok_or_else(|| Failure::no_key("this system does not say which machine it is"))?;
    let key = licence.product_key(&today, &print)?;
    Ok((licence.product, key))
}

/// The fingerprint that a licence of this binding is made for.
pub fn print_of(binding: Binding) -> Option<[u8; 32]> {
    Some(match binding {
        Binding::None => [0; 32],
        Binding::Machine => fingerprint("machine", platform::machine()?.trim().as_bytes()),
        Binding::User => {
            let words = format!("{}\n{}", platform::machine()?.trim(), platform::user()?);
            fingerprint("user", words.as_bytes())
        }
    })
}

fn spelled(binding: Binding) -> String {
    print_of(binding).map_or_else(
        || "unknown".to_owned(),
        |print| print.iter().map(|byte| format!("{byte:02x}")).collect(),
    )
}

fn places(seat: &Seat) -> Vec<PathBuf> {
    if let Some(place) = std::env::var_os(VARIABLE) {
        return vec![place.into()];
    }
    let own = platform::settings().map(|folder| folder.join(&seat.identifier).join(NAME));
    let beside = platform::program().ok();
    let beside = beside.and_then(|program| Some(program.parent()?.join(NAME)));
    own.into_iter().chain(beside).collect()
}

/// The day, in UTC: `YYYY-MM-DD`.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    day_of(since.map_or(0, |since| since.as_secs()))
}

fn day_of(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_one_another_as_in_the_calendar() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for number in 0..60_000_u64 {
            assert_eq!(
                day_of(number * 86_400 + number % 86_400),
                format!("{year:04}-{month:02}-{day:02}")
            );
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn a_machine_and_its_users_have_prints_of_their_own() {
        assert_eq!(print_of(Binding::None), Some([0; 32]));
        let (machine, user) = (print_of(Binding::Machine), print_of(Binding::User));
        assert_eq!(machine.is_some(), user.is_some()); // a container may have no machine id
        assert!(machine.is_none() || machine != user);
    }
}
