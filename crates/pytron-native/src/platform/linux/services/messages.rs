//! Messages with buttons, and a question that is answered by typing.

use std::rc::Rc;

use gtk::prelude::*;
use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType};
use serde_json::{Value, json};

use super::parent;
use super::pending::Pending;
use crate::dialog::{Level, Message};
use crate::guard::guard;
use crate::service::{self, Failure, Reply};
use crate::window::Window;

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

fn make(window: Option<&Rc<Window>>, args: Value) -> Result<(Message, MessageDialog), Failure> {
    let args: Message = service::parse(args)?;
    let level = match args.level {
        Level::Info => MessageType::Info,
        Level::Warning => MessageType::Warning,
        Level::Error => MessageType::Error,
        Level::Question => MessageType::Question,
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
    dialog.set_default_response(response(args.default));
    Ok((args, dialog))
}

fn response(index: usize) -> ResponseType {
    ResponseType::Other(u16::try_from(index).unwrap_or(u16::MAX))
}

fn show(
    window: Option<&Rc<Window>>,
    dialog: &MessageDialog,
    reply: Reply,
    value: impl Fn(Option<usize>) -> Value + 'static,
) {
    let pending = Pending::new(window, reply);
    let answering = Rc::clone(&pending);
    dialog.connect_response(move |_, response| {
        guard("a message", (), || {
            let button = match response {
                ResponseType::Other(index) => Some(index.into()),
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
