//! The key from a server of the app's maker, each time the app starts. What is said is sealed and
//! signed by itself (spec/shield.md, section 5), so nothing on the way is trusted and there is no TLS.

use std::time::Duration;

use shield_core::{Answer, Asking, Binding, ContentKey, Header, Question, product_key, product_of};

use super::{KeySource, licence};
use crate::failure::Failure;
use crate::seat::Seat;

/// Names another address: a relay, where the server itself cannot be reached. It can only fail.
const VARIABLE: &str = "PYTRON_KEY_SERVER";
/// How long a server may take, all in all.
const PATIENCE: Duration = Duration::from_secs(20);
const MOST: u64 = 64 * 1024;

/// Asks the server that the payload names.
pub struct Server;

impl KeySource for Server {
    fn content_key(&self, header: &Header, seat: &Seat) -> Result<ContentKey, Failure> {
        let (product, address) = product_of(&header.parameters)?;
        let question = Question::new(Asking {
            product: &product,
            payload: &header.id,
            machine: licence::print_of(Binding::Machine),
            user: licence::print_of(Binding::User),
        });
        let question = question.ok_or_else(|| Failure::no_key("this system has no randomness"))?;
        let named = std::env::var(VARIABLE)
            .ok()
            .filter(|named| !named.is_empty());
        let body = ask(named.as_deref().unwrap_or(address), question.text())?;
        match question.answered(&body, &seat.licence)? {
            Answer::Key(key) => Ok(product_key(&product, &key, &header.parameters, &header.id)?),
            Answer::Refused(text) => Err(Failure::no_key(text)),
        }
    }
}

fn ask(address: &str, question: &str) -> Result<Vec<u8>, Failure> {
    let settings = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false) // an answer is judged by its signature
        .max_redirects(3)
        .build();
    let sent = ureq::Agent::new_with_config(settings)
        .post(address)
        .header("Content-Type", "application/json")
        .send(question);
    let mut answer = sent.map_err(|error| unreachable(address, &error))?;
    let status = answer.status();
    let read = answer.body_mut().with_config().limit(MOST).read_to_vec();
    let body = read.map_err(|error| unreachable(address, &error))?;
    if status.is_success() {
        return Ok(body);
    }
    Err(Failure::no_key(format!(
        "the key server {address} has answered with an error ({}); try again later",
        status.as_u16()
    )))
}

fn unreachable(address: &str, error: &ureq::Error) -> Failure {
    let why = match error {
        ureq::Error::HostNotFound => "its name is not known here".to_owned(),
        ureq::Error::Timeout(_) => "it does not answer in time".to_owned(),
        other => other.to_string().replace(['\n', '\r'], " "),
    };
    Failure::no_key(format!(
        "there is no network to the key server {address}, which this app needs to start: {why}"
    ))
}
