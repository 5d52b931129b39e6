//! Messages with buttons, and a question that is answered by typing.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::system;
use super::pending::Pending;
use crate::service::{self, Failure, Reply};
use crate::window::Window;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Message {
    pub text: String,
    pub detail: String,
    pub title: Option<String>,
    pub level: String,
    pub buttons: Vec<String>,
    pub default: usize,
    pub cancel: Option<usize>,
    pub value: String,
    pub secret: bool,
}

/// Shows a message; gives the index of the button.
pub fn message(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    let message = match parse(args) {
        Ok(message) => message,
        Err(failure) => return reply.give(Err(failure)),
    };
    let cancel = json!(message.cancel);
    let pending = Pending::new(window.map(|window| window.number()), reply);
    system::messages::show(window, message, move |chosen| {
        let value = |button: Option<usize>| button.map_or(cancel, |index| json!(index));
        pending.finish(chosen.map(value).map_err(Failure::unsupported));
    });
}

/// Asks for a line of text; gives it when the first button was chosen.
pub fn prompt(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    let message = match parse(args) {
        Ok(message) => message,
        Err(failure) => return reply.give(Err(failure)),
    };
    let pending = Pending::new(window.map(|window| window.number()), reply);
    system::messages::ask(window, message, move |typed| {
        pending.finish(
            typed
                .map(|typed| json!(typed))
                .map_err(Failure::unsupported),
        );
    });
}

fn parse(args: Value) -> Result<Message, Failure> {
    let message: Message = service::parse(args)?;
    if message.buttons.is_empty() {
        return Err(Failure::arguments("buttons must not be empty"));
    }
    Ok(message)
}
