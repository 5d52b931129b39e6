//! Messages with buttons, and a question that is answered by typing.

use std::rc::Rc;

use gtk::prelude::*;
use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType};
use serde::Deserialize;
use serde_json::{Value, json};

use super::parent;
use super::pending::Pending;
use crate::guard::guard;
use crate::service::{self, Failure, Reply};
use crate::window::Window;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Args {
    text: String,
    detail: String,
    title: Option<String>,
    level: String,
    buttons: Vec<String>,
    default: u16,
    cancel: Option<u16>,
    value: String,
    secret: bool,
}

/// Shows a message; gives the index of the button.
pub fn message(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    let (args, dialog) = match make(window, args) {
        Ok(made) => made,
        Err(failure) => return reply.give(Err(failure)),
    };
    let cancel = json!(args.cancel);
    show(window, &dialog, reply, move |button| {
        button.map_or_else(|| cancel.clone(), |index| json!(index))
    });
}

/// Asks for a line of text; gives it when the first button was chosen.
pub fn prompt(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    let (args, dialog) = match make(window, args) {
        Ok(made) => made,
        Err(failure) => return reply.give(Err(failure)),
    };
    let entry = gtk::Entry::new();
    entry.set_text(&args.value);
    entry.set_visibility(!args.secret);
    if args.secret {
        entry.set_input_purpose(gtk::InputPurpose::Password);
    }
    entry.set_activates_default(true);
    let area = dialog.content_area();
    area.set_margin_start(12);
    area.set_margin_end(12);
    area.add(&entry);
    entry.show();
    entry.grab_focus();
    show(window, &dialog, reply, move |button| match button {
        Some(0) => json!(entry.text().as_str()),
        _ => Value::Null,
    });
}

fn make(window: Option<&Rc<Window>>, args: Value) -> Result<(Args, MessageDialog), Failure> {
    let args: Args = service::parse(args)?;
    if args.buttons.is_empty() {
        return Err(Failure::arguments("buttons must not be empty"));
    }
    let level = match args.level.as_str() {
        "warning" => MessageType::Warning,
        "error" => MessageType::Error,
        "question" => MessageType::Question,
        _ => MessageType::Info,
    };
    let parent = parent(window);
    let mut flags = DialogFlags::DESTROY_WITH_PARENT;
    if parent.is_some() {
        flags |= DialogFlags::MODAL;
    }
    let dialog = MessageDialog::new(parent.as_ref(), flags, level, ButtonsType::None, &args.text);
    if !args.detail.is_empty() {
        dialog.set_secondary_text(Some(&args.detail));
    }
    dialog.set_title(args.title.as_deref().unwrap_or_default());
    // The first one is the rightmost, where GTK's own dialogs have what is most likely wanted.
    for (index, label) in args.buttons.iter().enumerate().rev() {
        dialog.add_button(label, response(index));
    }
    dialog.set_default_response(response(args.default.into()));
    Ok((args, dialog))
}

fn response(index: usize) -> ResponseType {
    ResponseType::Other(u16::try_from(index).unwrap_or(u16::MAX))
}

fn show(
    window: Option<&Rc<Window>>,
    dialog: &MessageDialog,
    reply: Reply,
    value: impl Fn(Option<u16>) -> Value + 'static,
) {
    let pending = Pending::new(window, reply);
    let answering = Rc::clone(&pending);
    dialog.connect_response(move |_, response| {
        guard("a message", (), || {
            let button = match response {
                ResponseType::Other(index) => Some(index),
                _ => None, // closed, or Escape
            };
            answering.finish(Ok(value(button)));
        });
    });
    let shown = dialog.clone();
    // SAFETY: GTK's own end of a window, which we made and nobody else holds.
    pending.on_dismiss(move || unsafe { shown.destroy() });
    dialog.present();
}
