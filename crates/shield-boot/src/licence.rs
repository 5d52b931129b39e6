//! The licence file: where it lies, and what it is bound to.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use shield_core::{Binding, ContentKey, Licence, fingerprint};

use crate::failure::Failure;
use crate::platform;
use crate::seat::Seat;

/// Names a licence file that lies elsewhere.
pub const VARIABLE: &str = "PYTRON_LICENCE";
const NAME: &str = "licence.json";

/// The product that the user's licence is for, and its key.
pub fn product(seat: &Seat) -> Result<([u8; 16], ContentKey), Failure> {
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
    let beside = std::env::current_exe().ok();
    let beside = beside.and_then(|program| Some(program.parent()?.join(NAME)));
    own.into_iter().chain(beside).collect()
}

/// The day, in UTC: `YYYY-MM-DD`.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn today() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
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
