//! Messages with buttons, and a question that is answered by typing.

use std::rc::Rc;

use serde_json::{Value, json};

use super::super::super::system;
use super::pending::Pending;
use crate::dialog::Message;
use crate::service::{self, Failure, Reply};
use crate::window::Window;

/// Shows a message; gives the index of the button.
pub fn message(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    let message = match service::parse::<Message>(args) {
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
    let message = match service::parse::<Message>(args) {
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
