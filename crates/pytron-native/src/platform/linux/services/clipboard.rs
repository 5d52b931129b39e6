//! The clipboard, asynchronously: another program may take its time to hand over what it holds.

use std::cell::Cell;
use std::path::PathBuf;

use gtk::gdk::{Atom, SELECTION_CLIPBOARD};
use gtk::glib::prelude::*;
use gtk::{Clipboard, SelectionData, TargetEntry, TargetFlags, gdk_pixbuf::Pixbuf};
use serde_json::{Value, json};

use crate::clipboard::{Format, Read, Watch, Write};
use crate::guard::guard;
use crate::service::{self, Failure, Outcomes, Reply};

const TEXT: u32 = 1;
const HTML: u32 = 2;
const IMAGE: u32 = 3;
const FILES: u32 = 4;
/// What GNOME's file manager wants beside the list of addresses.
const COPIED: u32 = 5;

const HTML_TYPE: &str = "text/html";

const TARGETS: [(&str, u32); 9] = [
    ("UTF8_STRING", TEXT),
    ("text/plain;charset=utf-8", TEXT),
    ("text/plain", TEXT),
    ("STRING", TEXT),
    ("TEXT", TEXT),
    (HTML_TYPE, HTML),
    ("image/png", IMAGE),
    ("text/uri-list", FILES),
    ("x-special/gnome-copied-files", COPIED),
];

thread_local! {
    static WATCHING: Cell<Option<bool>> = const { Cell::new(None) };
}

fn board() -> Clipboard {
    Clipboard::get(&SELECTION_CLIPBOARD)
}

pub fn serve(name: &str, args: Value, reply: Reply) {
    let outcome = match name {
        "clipboard.read" => match service::parse(args) {
            Ok(args) => return read(args, reply),
            Err(failure) => Err(failure),
        },
        "clipboard.write" => service::parse(args).and_then(write),
        "clipboard.watch" => service::parse(args).map(|args: Watch| watch(args.on)),
        _ => return formats(reply),
    };
    reply.give(outcome);
}

fn read(args: Read, reply: Reply) {
    match args.format {
        Format::Text => board().request_text(move |_, text| reply.give(Ok(json!(text)))),
        // Asked for what it does not offer, a program may give something else.
        Format::Html => {
            board().request_contents(&Atom::intern("TARGETS"), move |board, offered| {
                let offered = offered.targets().unwrap_or_default();
                if !offered.iter().any(|target| target.name() == HTML_TYPE) {
                    return reply.give(Ok(Value::Null));
                }
                board.request_contents(&Atom::intern(HTML_TYPE), move |_, data| {
                    let found = (data.length() > 0).then(|| decoded(&data.data()));
                    reply.give(Ok(json!(found)));
                });
            })
        }
        Format::Files => board().request_uris(move |_, uris| {
            let path = |uri: &gtk::glib::GString| gtk::glib::filename_from_uri(uri).ok();
            let paths: Vec<_> = uris.iter().filter_map(path).map(|(path, _)| path).collect();
            reply.give(Ok(if paths.is_empty() {
                Value::Null
            } else {
                json!(paths)
            }));
        }),
        Format::Image => {
            let Some(path) = args.path else {
                return reply.give(Err(Failure::arguments("an image needs a path")));
            };
            board().request_image(move |_, image| {
                reply.give(image.map_or(Ok(Value::Null), |image| saved(image, &path)));
            });
        }
    }
}

/// HTML comes as UTF-8, from Mozilla's programs as UTF-16 with a mark in front.
fn decoded(bytes: &[u8]) -> String {
    if let [0xFF, 0xFE, rest @ ..] = bytes {
        let units: Vec<u16> = rest
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        return String::from_utf16_lossy(&units);
    }
    String::from_utf8_lossy(bytes)
        .trim_end_matches('\0')
        .to_owned()
}

fn saved(image: &Pixbuf, path: &PathBuf) -> Outcomes {
    match image.savev(path, "png", &[]) {
        Ok(()) => Ok(json!({"width": image.width(), "height": image.height()})),
        Err(error) => Err(Failure::unsupported(format!("{}: {error}", path.display()))),
    }
}

/// What the clipboard gives to other programs, in every form that it has.
struct Held {
    text: Option<String>,
    html: Option<String>,
    image: Option<Vec<u8>>,
    uris: Vec<String>,
}

impl Held {
    fn has(&self, kind: u32) -> bool {
        match kind {
            TEXT => self.text.is_some(),
            HTML => self.html.is_some(),
            IMAGE => self.image.is_some(),
            _ => !self.uris.is_empty(),
        }
    }

    fn give(&self, data: &SelectionData, kind: u32) {
        let set = |bytes: &[u8]| data.set(&data.target(), 8, bytes);
        match kind {
            TEXT => {
                data.set_text(self.text.as_deref().unwrap_or_default());
            }
            HTML => set(self.html.as_deref().unwrap_or_default().as_bytes()),
            IMAGE => set(self.image.as_deref().unwrap_or_default()),
            FILES => {
                let uris: Vec<&str> = self.uris.iter().map(String::as_str).collect();
                data.set_uris(&uris);
            }
            _ => set(format!("copy\n{}", self.uris.join("\n")).as_bytes()),
        }
    }
}

fn write(args: Write) -> Outcomes {
    let read = |path: PathBuf| {
        std::fs::read(&path)
            .map_err(|error| Failure::arguments(format!("{}: {error}", path.display())))
    };
    let image = args.image.map(read).transpose()?;
    let uri = |path: &PathBuf| {
        gtk::glib::filename_to_uri(path, None)
            .map(Into::into)
            .map_err(|error| Failure::arguments(format!("{}: {error}", path.display())))
    };
    let uris = args
        .files
        .iter()
        .map(uri)
        .collect::<Result<Vec<String>, _>>()?;
    let held = Held {
        text: args.text,
        html: args.html,
        image,
        uris,
    };
    let targets: Vec<TargetEntry> = TARGETS
        .iter()
        .filter(|(_, kind)| held.has(*kind))
        .map(|(name, kind)| TargetEntry::new(name, TargetFlags::empty(), *kind))
        .collect();
    let given = if targets.is_empty() {
        // `clear` empties only what is our own.
        let empty = [TargetEntry::new(
            "x-pytron/nothing",
            TargetFlags::empty(),
            0,
        )];
        board().set_with_data(&empty, |_, _, _| {})
    } else {
        board().set_with_data(&targets, move |_, data, kind| {
            guard("the clipboard", (), || held.give(data, kind));
        })
    };
    if given {
        Ok(Value::Null)
    } else {
        Err(Failure::unsupported(
            "the display did not give the clipboard away; try again",
        ))
    }
}

fn formats(reply: Reply) {
    board().request_contents(&Atom::intern("TARGETS"), move |_, data| {
        let targets = data.targets().unwrap_or_default();
        let has = |name: &str| targets.iter().any(|target| target.name() == name);
        let mut found = Vec::new();
        for (name, is) in [
            ("text", data.targets_include_text()),
            ("html", has(HTML_TYPE)),
            ("image", data.targets_include_image(false)),
            ("files", data.targets_include_uri()),
        ] {
            if is {
                found.push(name);
            }
        }
        reply.give(Ok(json!(found)));
    });
}

/// Tells of changes from now on, or no more.
fn watch(on: bool) -> Value {
    if WATCHING.replace(Some(on)).is_none() {
        board().connect_local("owner-change", false, |_| {
            if WATCHING.get() == Some(true) {
                guard("the clipboard", (), || {
                    service::happened("clipboard.changed", json!({}));
                });
            }
            None
        });
    }
    Value::Null
}
