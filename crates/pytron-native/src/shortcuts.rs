//! Shortcuts that work while another program has the keyboard: X11, Windows, macOS.

use std::cell::RefCell;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use global_hotkey::hotkey::HotKey;
use global_hotkey::{Error, GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::event::Event;
use crate::platform::services;
use crate::service::{self, Failure, Outcomes};
use crate::shared::Shared;

thread_local! {
    static MANAGER: RefCell<Option<GlobalHotKeyManager>> = const { RefCell::new(None) };
}

/// Ids of the kit by those of the system, for the thread that hears of keys; and who is told.
static NAMES: Mutex<Option<Names>> = Mutex::new(None);

struct Names {
    shared: Arc<Shared>,
    ids: HashMap<u32, (String, HotKey)>,
}

#[derive(Deserialize)]
struct Args {
    id: String,
    keys: Option<String>,
}

pub fn serve(shared: &Arc<Shared>, name: &str, args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    let (possible, reason) = services::shortcuts();
    if !possible {
        return Err(Failure::unsupported(reason));
    }
    if MANAGER.with_borrow(Option::is_none) {
        let made = GlobalHotKeyManager::new()
            .map_err(|error| Failure::unsupported(format!("no shortcuts: {error}")))?;
        MANAGER.set(Some(made));
        GlobalHotKeyEvent::set_event_handler(Some(pressed));
    }
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_with(|| Names {
        shared: Arc::clone(shared),
        ids: HashMap::new(),
    });
    names.shared = Arc::clone(shared);
    let known = names.ids.values().find(|(id, _)| *id == args.id);
    let known = known.map(|(_, key)| *key);
    let mut wanted = None;
    if name == "shortcuts.register" {
        let keys = args.keys.unwrap_or_default();
        let key = HotKey::from_str(&keys)
            .map_err(|_| Failure::arguments(unreadable(&keys, "CmdOrCtrl+Shift+K")))?;
        if known == Some(key) {
            return Ok(Value::Null);
        }
        with_manager(&keys, |manager| manager.register(key))?;
        wanted = Some(key);
    }
    // The old keys go last: when the new ones are refused, they stay.
    if let Some(key) = known {
        with_manager("it", |manager| manager.unregister(key))?;
        names.ids.remove(&key.id());
    }
    if let Some(key) = wanted {
        names.ids.insert(key.id(), (args.id, key));
    }
    Ok(Value::Null)
}

fn with_manager(
    keys: &str,
    work: impl FnOnce(&GlobalHotKeyManager) -> Result<(), Error>,
) -> Result<(), Failure> {
    MANAGER.with_borrow(|manager| match manager {
        Some(manager) => work(manager).map_err(|error| {
            Failure::unsupported(match error {
                Error::AlreadyRegistered(_) => {
                    format!("{keys} is taken, by this or another program; choose others")
                }
                error => format!("the shortcut was refused: {error}"),
            })
        }),
        None => Ok(()),
    })
}

/// What is said of keys that mean nothing.
pub fn unreadable(keys: &str, example: &str) -> String {
    format!("keys {keys:?} cannot be read; write them as in {example:?}")
}

/// On a thread of the system's.
fn pressed(event: GlobalHotKeyEvent) {
    if event.state() != HotKeyState::Pressed {
        return;
    }
    let names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(names) = names.as_ref()
        && let Some((id, _)) = names.ids.get(&event.id())
    {
        names.shared.tell(&Event::Service {
            name: "shortcuts.pressed",
            fields: json!({"id": id}),
        });
    }
}
