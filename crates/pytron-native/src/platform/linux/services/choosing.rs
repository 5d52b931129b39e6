//! File dialogs: GTK's own chooser, which is the desktop's where a portal is asked for
//! (`GTK_USE_PORTAL=1`, and always in Flatpak).

use std::rc::Rc;

use gtk::prelude::*;
use gtk::{FileChooserAction, FileChooserNative, FileFilter, ResponseType};
use serde_json::{Value, json};

use super::parent;
use super::pending::Pending;
use crate::dialog::{Choice, Filter, Mode};
use crate::guard::guard;
use crate::service::{self, Reply};
use crate::window::Window;

/// Lets the user choose what is there.
pub fn open(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    let args: Choice = match service::parse(args) {
        Ok(args) => args,
        Err(failure) => return reply.give(Err(failure)),
    };
    let action = match args.mode {
        Mode::File | Mode::Files => FileChooserAction::Open,
        Mode::Folder => FileChooserAction::SelectFolder,
    };
    show(window, &args, action, reply, |chooser| {
        let files = chooser.filenames();
        json!(
            files
                .iter()
                .map(|file| file.to_string_lossy())
                .collect::<Vec<_>>()
        )
    });
}

/// Lets the user choose where something is to be written.
pub fn save(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    match service::parse(args) {
        Ok(args) => show(window, &args, FileChooserAction::Save, reply, |chooser| {
            chooser
                .filename()
                .map_or(Value::Null, |file| json!(file.to_string_lossy()))
        }),
        Err(failure) => reply.give(Err(failure)),
    }
}

fn show(
    window: Option<&Rc<Window>>,
    args: &Choice,
    action: FileChooserAction,
    reply: Reply,
    chosen: impl Fn(&FileChooserNative) -> Value + 'static,
) {
    let parent = parent(window);
    let chooser =
        FileChooserNative::new(args.title.as_deref(), parent.as_ref(), action, None, None);
    chooser.set_modal(parent.is_some());
    chooser.set_select_multiple(args.mode == Mode::Files);
    chooser.set_do_overwrite_confirmation(true);
    for filter in &args.filters {
        chooser.add_filter(gtk_filter(filter));
    }
    if let Some(folder) = &args.folder {
        chooser.set_current_folder(folder);
    }
    if let Some(name) = &args.name {
        chooser.set_current_name(name);
    }
    let pending = Pending::new(window, reply);
    let answering = Rc::clone(&pending);
    chooser.connect_response(move |chooser, response| {
        guard("a file dialog", (), || {
            let accepted = response == ResponseType::Accept;
            answering.finish(Ok(if accepted {
                chosen(chooser)
            } else {
                Value::Null
            }));
        });
    });
    chooser.show();
    pending.on_dismiss(move || chooser.destroy());
}

fn gtk_filter(filter: &Filter) -> FileFilter {
    let made = FileFilter::new();
    made.set_name(Some(&filter.name));
    for extension in &filter.extensions {
        made.add_pattern(&pattern(extension));
    }
    made
}

/// A pattern that matches in either case, as users expect: `*.[pP][nN][gG]`.
fn pattern(extension: &str) -> String {
    if extension == "*" {
        return "*".to_owned();
    }
    let letters = extension.chars().map(|letter| {
        if letter.is_ascii_alphabetic() {
            let (low, high) = (letter.to_ascii_lowercase(), letter.to_ascii_uppercase());
            format!("[{low}{high}]")
        } else {
            letter.to_string()
        }
    });
    format!("*.{}", letters.collect::<String>())
}
