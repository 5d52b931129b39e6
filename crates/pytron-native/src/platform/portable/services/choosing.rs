//! File dialogs, the system's own through rfd.

use std::rc::Rc;
use std::thread;

use rfd::{AsyncFileDialog, FileHandle};
use serde_json::{Value, json};

use super::pending::Pending;
use crate::dialog::{Choice, Mode};
use crate::service::{self, Reply};
use crate::window::Window;

/// Lets the user choose what is there.
pub fn open(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    let args: Choice = match service::parse(args) {
        Ok(args) => args,
        Err(failure) => return reply.give(Err(failure)),
    };
    let dialog = made(window, &args);
    match args.mode {
        Mode::File => answer(window, dialog.pick_file(), reply, |file| {
            json!([path(file)])
        }),
        Mode::Folder => answer(window, dialog.pick_folder(), reply, |file| {
            json!([path(file)])
        }),
        Mode::Files => answer(window, dialog.pick_files(), reply, |files| {
            json!(files.iter().map(path).collect::<Vec<_>>())
        }),
    }
}

/// Lets the user choose where something is to be written; the system asks about what is there.
pub fn save(window: Option<&Rc<Window>>, args: Value, reply: Reply) {
    match service::parse(args) {
        Ok(args) => {
            let dialog = made(window, &args);
            answer(window, dialog.save_file(), reply, |file| json!(path(file)));
        }
        Err(failure) => reply.give(Err(failure)),
    }
}

fn made(window: Option<&Rc<Window>>, args: &Choice) -> AsyncFileDialog {
    let mut dialog = AsyncFileDialog::new();
    if let Some(title) = &args.title {
        dialog = dialog.set_title(title);
    }
    for filter in &args.filters {
        dialog = dialog.add_filter(&filter.name, &filter.extensions);
    }
    if let Some(folder) = &args.folder {
        dialog = dialog.set_directory(folder);
    }
    if let Some(name) = &args.name {
        dialog = dialog.set_file_name(name);
    }
    match window {
        Some(window) => dialog.set_parent(window.frame()),
        None => dialog,
    }
}

/// The dialog is made here, on the main thread, and waited for on one of its own.
fn answer<T: 'static>(
    window: Option<&Rc<Window>>,
    chosen: impl Future<Output = Option<T>> + Send + 'static,
    reply: Reply,
    value: impl Fn(&T) -> Value + Send + 'static,
) {
    let pending = Pending::new(window.map(|window| window.number()), reply);
    thread::spawn(move || {
        let chosen = pollster::block_on(chosen);
        pending.finish(Ok(chosen.map_or(Value::Null, |chosen| value(&chosen))));
    });
}

fn path(file: &FileHandle) -> String {
    file.path().to_string_lossy().into_owned()
}
