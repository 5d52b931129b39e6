//! Menus, through muda on every system: of the app, of one window, under the pointer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::str::FromStr;

use muda::accelerator::Accelerator;
use muda::{CheckMenuItem, Menu, MenuEvent, MenuItem, MenuItemKind, PredefinedMenuItem, Submenu};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::guard::guard;
use crate::platform::services;
use crate::role;
use crate::service::{self, Failure, Outcomes};
use crate::shortcuts::unreadable;

/// Ids of items with a role begin so; the kit's own ids cannot.
const ROLE: &str = "\u{1}";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Item {
    kind: String,
    id: String,
    label: String,
    keys: Option<String>,
    enabled: Option<bool>,
    checked: bool,
    role: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
pub struct Items {
    pub items: Vec<Item>,
    pub x: Option<f64>,
    pub y: Option<f64>,
}

#[derive(Deserialize)]
struct Change {
    id: String,
    label: Option<String>,
    enabled: Option<bool>,
    checked: Option<bool>,
}

/// What is shown now of an id: one for each menu that has it.
#[derive(Default)]
struct Known {
    items: HashMap<String, Vec<(u64, MenuItemKind)>>,
    /// The ids of the radio group that an id is in.
    groups: HashMap<String, Vec<String>>,
    /// The description that new windows get.
    app: Option<Vec<Item>>,
    windows: HashMap<u32, Built>,
    /// Of the menu that is built now, or was last.
    serial: u64,
}

/// A menu whose items are known as long as it lives.
pub struct Built {
    pub menu: Menu,
    serial: u64,
}

impl Drop for Built {
    fn drop(&mut self) {
        // When the thread ends there is nothing left to forget.
        let _ = KNOWN.try_with(|known| {
            if let Ok(mut known) = known.try_borrow_mut() {
                known.items.retain(|_, all| {
                    all.retain(|(serial, _)| *serial != self.serial);
                    !all.is_empty()
                });
            }
        });
    }
}

/// Gets the id of what was chosen.
type Chosen = Box<dyn FnOnce(String)>;

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
    /// Who waits for what is chosen in a context menu.
    static CHOSEN: RefCell<Option<Chosen>> = const { RefCell::new(None) };
}

/// Sets the app's menu, or that of one window.
pub fn set(window: Option<u32>, args: Value) -> Outcomes {
    listen();
    let Items { items, .. } = service::parse(args)?;
    check(&items)?;
    let numbers = match window {
        Some(number) => vec![number],
        None => {
            KNOWN.with_borrow_mut(|known| known.app = Some(items.clone()));
            let stage = crate::stage::current();
            stage.map_or_else(Vec::new, |stage| {
                stage
                    .windows()
                    .iter()
                    .map(|window| window.number())
                    .collect()
            })
        }
    };
    for number in numbers {
        attach_items(number, &items)?;
    }
    Ok(Value::Null)
}

/// Gives a new window the app's menu.
pub fn attach(number: u32) {
    let items = KNOWN.with_borrow(|known| known.app.clone());
    // Without a menu of the app's own there is that of the platform: on macOS Cmd-C is a menu's.
    if let Some(items) = items.or_else(role::standard)
        && let Err(failure) = attach_items(number, &items)
    {
        crate::stage::log("error", format!("a menu: {}", failure.message));
    }
}

/// The menu of a window that goes; it is the window's no longer.
pub fn detach(number: u32) -> Option<Built> {
    KNOWN.with_borrow_mut(|known| known.windows.remove(&number))
}

/// The menu of a window.
#[cfg(windows)]
pub fn of_window(number: u32) -> Option<Menu> {
    KNOWN.with_borrow(|known| known.windows.get(&number).map(|built| built.menu.clone()))
}

fn attach_items(number: u32, items: &[Item]) -> Result<(), Failure> {
    let window = crate::stage::current().and_then(|stage| stage.window(number));
    let Some(window) = window else {
        return Ok(());
    };
    let before = KNOWN.with_borrow_mut(|known| known.windows.remove(&number));
    if let Some(before) = before {
        services::remove_menu(&window, &before.menu);
    }
    if items.is_empty() {
        return Ok(());
    }
    let built = build(items)?;
    services::attach_menu(&window, &built.menu)
        .map_err(|error| Failure::unsupported(format!("the menu was not shown: {error}")))?;
    KNOWN.with_borrow_mut(|known| known.windows.insert(number, built));
    Ok(())
}

/// A menu of these items. The same id may be in several.
pub fn build(items: &[Item]) -> Result<Built, Failure> {
    listen();
    let serial = KNOWN.with_borrow_mut(|known| {
        known.serial += 1;
        known.serial
    });
    let built = Built {
        menu: Menu::new(),
        serial,
    };
    for item in made(items)? {
        built.menu.append(as_item(&item)).map_err(refused)?;
    }
    Ok(built)
}

/// Changes items wherever they are shown.
pub fn update(args: Value) -> Outcomes {
    let change: Change = service::parse(args)?;
    let items = KNOWN.with_borrow(|known| known.items.get(&change.id).cloned());
    let Some(items) = items else {
        return Err(Failure::arguments(format!(
            "no menu has an item {:?}",
            change.id
        )));
    };
    for (_, item) in &items {
        match item {
            MenuItemKind::MenuItem(item) => {
                change.label.iter().for_each(|label| item.set_text(label));
                change.enabled.iter().for_each(|on| item.set_enabled(*on));
            }
            MenuItemKind::Check(item) => {
                change.label.iter().for_each(|label| item.set_text(label));
                change.enabled.iter().for_each(|on| item.set_enabled(*on));
            }
            MenuItemKind::Submenu(item) => {
                change.label.iter().for_each(|label| item.set_text(label));
                change.enabled.iter().for_each(|on| item.set_enabled(*on));
            }
            _ => {}
        }
    }
    if let Some(checked) = change.checked {
        check_item(&change.id, checked);
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(app) = &mut known.app {
            remember(app, &change);
        }
    });
    Ok(Value::Null)
}

/// Later windows get the item as it is now.
fn remember(items: &mut [Item], change: &Change) {
    for item in items {
        if item.id == change.id {
            item.label = change.label.clone().unwrap_or_else(|| item.label.clone());
            item.enabled = change.enabled.or(item.enabled);
            item.checked = change.checked.unwrap_or(item.checked);
        }
        remember(&mut item.items, change);
    }
}

/// Waits for what is chosen; `None` waits no more.
pub fn on_chosen(chosen: Option<Chosen>) {
    CHOSEN.replace(chosen);
}

fn made(items: &[Item]) -> Result<Vec<MenuItemKind>, Failure> {
    let mut found = Vec::with_capacity(items.len());
    let mut group: Vec<String> = Vec::new();
    for item in items {
        if item.kind == "radio" {
            group.push(item.id.clone());
        } else {
            join(&mut group);
        }
        found.extend(make(item)?);
    }
    join(&mut group);
    Ok(found)
}

fn join(group: &mut Vec<String>) {
    let ids = std::mem::take(group);
    KNOWN.with_borrow_mut(|known| {
        for id in &ids {
            known.groups.insert(id.clone(), ids.clone());
        }
    });
}

fn make(item: &Item) -> Result<Option<MenuItemKind>, Failure> {
    let enabled = item.enabled.unwrap_or(true);
    let keys = keys_of(item)?;
    let id = item.id.as_str();
    let made = match item.kind.as_str() {
        "line" => {
            let line = PredefinedMenuItem::separator();
            return Ok(Some(MenuItemKind::Predefined(line)));
        }
        "role" => return Ok(with_role(item, keys)),
        "menu" => {
            let menu = Submenu::with_id(id, &item.label, enabled);
            for child in made(&item.items)? {
                menu.append(as_item(&child)).map_err(refused)?;
            }
            MenuItemKind::Submenu(menu)
        }
        "check" | "radio" => MenuItemKind::Check(CheckMenuItem::with_id(
            id,
            &item.label,
            enabled,
            item.checked,
            keys,
        )),
        _ => MenuItemKind::MenuItem(MenuItem::with_id(id, &item.label, enabled, keys)),
    };
    if !item.id.is_empty() {
        KNOWN.with_borrow_mut(|known| {
            let serial = known.serial;
            let all = known.items.entry(item.id.clone()).or_default();
            all.push((serial, made.clone()));
        });
    }
    Ok(Some(made))
}

/// None for a role that is not this system's.
fn with_role(item: &Item, keys: Option<Accelerator>) -> Option<MenuItemKind> {
    let label = Some(item.label.as_str()).filter(|label| !label.is_empty());
    if let Some(own) = services::system_role(&item.role, label) {
        return Some(MenuItemKind::Predefined(own));
    }
    let (title, usual) = role::usual(&item.role)?;
    let keys = keys.or_else(|| usual.and_then(|keys| Accelerator::from_str(keys).ok()));
    let id = format!("{ROLE}{}", item.role);
    let made = MenuItem::with_id(id, label.unwrap_or(title), true, keys);
    Some(MenuItemKind::MenuItem(made))
}

fn keys_of(item: &Item) -> Result<Option<Accelerator>, Failure> {
    item.keys
        .as_deref()
        .map(|keys| {
            Accelerator::from_str(keys).map_err(|_| {
                let said = unreadable(keys, "CmdOrCtrl+O");
                Failure::arguments(format!("the menu item {:?}: {said}", item.label))
            })
        })
        .transpose()
}

fn check(items: &[Item]) -> Result<(), Failure> {
    for item in items {
        keys_of(item)?;
        check(&item.items)?;
    }
    Ok(())
}

fn as_item(item: &MenuItemKind) -> &dyn muda::IsMenuItem {
    match item {
        MenuItemKind::MenuItem(item) => item,
        MenuItemKind::Submenu(item) => item,
        MenuItemKind::Predefined(item) => item,
        MenuItemKind::Check(item) => item,
        MenuItemKind::Icon(item) => item,
    }
}

fn refused(error: muda::Error) -> Failure {
    Failure::unsupported(format!("the menu was not made: {error}"))
}

fn check_item(id: &str, checked: bool) {
    let (items, group) =
        KNOWN.with_borrow(|known| (known.items.clone(), known.groups.get(id).cloned()));
    let set = |id: &str, on: bool| {
        for (_, item) in items.get(id).into_iter().flatten() {
            if let MenuItemKind::Check(item) = item {
                item.set_checked(on);
            }
        }
    };
    if let Some(group) = group.filter(|_| checked) {
        group.iter().for_each(|other| set(other, other == id));
    } else {
        set(id, checked);
    }
}

/// Hears of clicks; on the main thread, where the menus are.
fn listen() {
    use std::sync::Once;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        MenuEvent::set_event_handler(Some(|event: MenuEvent| {
            guard("a menu", (), || clicked(&event.id().0));
        }));
    });
}

fn clicked(id: &str) {
    if let Some(role) = id.strip_prefix(ROLE) {
        on_chosen(None);
        return services::perform(role);
    }
    let (item, radio) = KNOWN.with_borrow(|known| {
        let item = known.items.get(id).and_then(|items| items.last());
        (
            item.map(|(_, item)| item.clone()),
            known.groups.get(id).is_some_and(|group| !group.is_empty()),
        )
    });
    let checked = match item {
        // One of a group stays chosen when it is chosen again.
        Some(MenuItemKind::Check(item)) => Some(radio || item.is_checked()),
        _ => None,
    };
    if let Some(checked) = checked {
        check_item(id, checked);
    }
    if let Some(chosen) = CHOSEN.take() {
        chosen(id.to_owned());
    }
    let window = crate::stage::current().and_then(|stage| stage.focused());
    service::happened(
        "menu.click",
        json!({"id": id, "checked": checked, "window": window}),
    );
}
